"""The command that tells stories: `persim explain`. What it tells stands in `persim.explain`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from persim import terminal
from persim.cli_options import Changes, Force, Groups, Json, Luck, Out, People, Weeks
from persim.cli_told import asked_to_show, check_before_the_run, page, say_if_arms
from persim.errors import InputError
from persim.scenario_search import complete_scenario

if TYPE_CHECKING:
    from persim.explain import Story
    from persim.lives import Lives


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(explain)


# Options of this command alone.
Source = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="A name or file; or a folder or file with a ledger that was kept.",
        autocompletion=complete_scenario,
    ),
]
Person = Annotated[int | None, typer.Option(help="A person, by number from 0.", show_default=False)]
Practitioner = Annotated[
    int | None, typer.Option(help="A post, by number from 0: its caseload's year.", show_default=False)
]
Team = Annotated[int | None, typer.Option(help="A team, by number from 0: its year.", show_default=False)]
Pick = Annotated[
    str | None,
    typer.Option(
        help="Choose a person, such as 'never offered, high perceived risk', 'longest wait' or 'typical'; "
        "`help` lists the words.",
        show_default=False,
    ),
]
Year = Annotated[
    str | None,
    typer.Option(
        metavar="2010-11", help="Financial year of a caseload; the last whole one if none.", show_default=False
    ),
]
Since = Annotated[str | None, typer.Option("--from", metavar="DATE", help="Or from this day on.", show_default=False)]
Until = Annotated[str | None, typer.Option("--to", metavar="DATE", help="To this day.", show_default=False)]
Week = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="Of a --practitioner, one week in full: hours, people, what did not fit.",
        show_default=False,
    ),
]
Meetings = Annotated[
    bool, typer.Option("--meetings", help="Of a person, each meeting seen three ways: person, coordinator, record.")
]
StorySeed = Annotated[int | None, typer.Option(help="Seed of the run; 1 if none.", show_default=False)]
Versus = Annotated[
    str | None,
    typer.Option(
        metavar="SCENARIO",
        help="Another scenario: one --person in both, or else who gains, who loses, who stays.",
        autocompletion=complete_scenario,
        show_default=False,
    ),
]
Pairs = Annotated[
    int | None, typer.Option(help="Pairs of runs for --versus without a person; 20 if none.", show_default=False)
]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="With --versus and --out: no figures.")]
All = Annotated[
    bool,
    typer.Option(
        "--all",
        help="Of a person: every row, with what was weighed, its chance and draw. Of a post or team: care reviews, "
        "requests and opportunities too, and no chances.",
    ),
]


def explain(
    scenario: Source = "baseline",
    person: Person = None,
    practitioner: Practitioner = None,
    team: Team = None,
    pick: Pick = None,
    year: Year = None,
    since: Since = None,
    until: Until = None,
    week: Week = None,
    meetings: Meetings = False,
    seed: StorySeed = None,
    luck: Luck = None,
    people: People = None,
    weeks: Weeks = None,
    set_: Changes = None,
    versus: Versus = None,
    replicates: Pairs = None,
    groups: Groups = None,
    no_figures: NoFigures = False,
    all_: All = False,
    out: Out = None,
    json: Json = False,
    force: Force = False,
) -> None:
    """Tell the story of one synthetic person, caseload or team, each sentence with its row of the ledger.

    Writes nothing unless --out says where.
    """
    from persim.choosers import checked
    from persim.cli_runs import _folder, _interruptible, _nowhere, _say_if_compiling, _shown, changes
    from persim.explain import Story, is_ledger, lives_of, write_story
    from persim.scenario import read_scenario
    from persim.store import plain

    if pick is not None and pick.strip().lower() == "help":
        _show_vocabulary()
        return
    for source in (scenario, versus):
        if source is not None:
            _check_source(source, out)
    if versus is not None:
        from persim.cli_twins import Asked, explain_versus

        _check_versus(practitioner, team, pick, year, since, until, week, meetings or None)
        explain_versus(Asked(scenario, versus, person, seed, people, weeks, set_, all_, replicates, groups, no_figures,
                             out, json, force, luck))  # fmt: skip
        return
    _check_whose(person, practitioner, team, pick)
    if replicates is not None or groups is not None or no_figures:
        raise InputError("--replicates, --groups and --no-figures are for --versus, a second scenario")
    span = _span(practitioner, team, year, since, until)
    shown = asked_to_show(person, practitioner, pick, week, meetings, span is not None or all_ or out is not None)
    if pick is not None:
        checked(pick)
    numbers = changes(set_)
    found = None if is_ledger(scenario) else read_scenario(scenario).changed(people, weeks, **numbers)
    if found is not None:  # a ledger has been run: what is asked of it is checked when it is read
        check_before_the_run(found, person, practitioner, team, shown.week or span)
        say_if_arms(found)
    with _interruptible(), _folder(out, "story", force) if out else _nowhere() as folder:
        _say_if_compiling(ledger=True)
        started = time.time()
        ready = (
            (scenario, seed, people, weeks, numbers, luck) if found is None else (found, seed, None, None, None, luck)
        )
        lives = lives_of(*ready)
        story = shown.told(lives) or _told(lives, person, practitioner, team, pick or "", span, all_)
        if not json:  # before it is written, so that a full disk loses no answer
            terminal.show(story.text(page()))
        place = write_story(story, folder, started) if folder and isinstance(story, Story) else None
    if json:
        terminal.show_json(plain(story.as_json()) | ({"folder": str(_shown(place))} if place else {}))
    elif place:
        terminal.show(f"Written to {_shown(Path(place))}")


def _check_source(source: str, out: Path | None) -> None:
    """Raises: InputError for no name, a folder without a ledger, and results that would replace what is read."""
    from persim.explain import is_ledger

    if not source.strip():
        raise InputError("an empty name: name a scenario, or a folder or file with a ledger that was kept")
    place = Path(source)
    if not is_ledger(source):
        if place.is_dir():
            raise InputError(f"{source} is a folder without ledger.parquet: no run with its ledger was kept there")
        return
    folder = place if place.is_dir() else place.parent
    if out is not None and out.resolve() == folder.resolve():
        raise InputError(f"--out {out} is the folder that the ledger is read from: say another")


def _check_whose(person: int | None, practitioner: int | None, team: int | None, pick: str | None) -> None:
    given = [
        name
        for name, value in (("--person", person), ("--practitioner", practitioner), ("--team", team), ("--pick", pick))
        if value is not None
    ]
    if len(given) > 1:
        raise InputError(f"{given[0]} or {given[1]}, not both: one story at a time")
    if not given:
        raise InputError(
            "whose story? --person 17, --practitioner 4, --team 2, or --pick typical (--pick help lists what can be picked)"
        )


def _check_versus(*others: object) -> None:
    if any(other is not None for other in others):
        raise InputError(
            "--versus takes --person or nobody: posts, teams, --pick, --meetings and spans of time are for one scenario"
        )


def _span(
    practitioner: int | None, team: int | None, year: str | None, since: str | None, until: str | None
) -> tuple[int, int] | None:
    from persim.caseload_year import weeks_asked

    span = weeks_asked(year, since, until)
    if span is not None and practitioner is None and team is None:
        raise InputError("--year, --from and --to are for --practitioner and --team; a person's story is told whole")
    return span


def _told(
    lives: Lives, person: int | None, practitioner: int | None, team: int | None, pick: str,
    span: tuple[int, int] | None, every: bool,
) -> Story:  # fmt: skip
    from persim.caseload_year import caseload_year, team_year
    from persim.explain import story_of_person

    if practitioner is not None:
        return caseload_year(lives, practitioner, span, every)
    if team is not None:
        return team_year(lives, team, span, every)
    return story_of_person(lives, person, pick, every)


def _show_vocabulary() -> None:
    from persim.biography import wrapped
    from persim.choosers import vocabulary

    words = vocabulary()
    longest = max(len(word) for word, _ in words)
    for line in wrapped("What --pick knows; several words, with commas between them, must all hold:", page()):
        terminal.show(line)
    terminal.show("")
    for word, meaning in words:
        first, *more = wrapped(meaning, max(20, page() - longest - 4))
        terminal.show(f"  {word.ljust(longest)}  {first}")
        for line in more:
            terminal.show(" " * (longest + 1) + line)
