"""The command `persim attribute`: what holds back real take-up, barrier by barrier."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from persim import terminal
from persim.barriers import BARRIERS
from persim.cli_options import Changes, Groups, Json, People, Seed, Weeks, Window
from persim.cli_runs import _in_colour, _page, _print_tables, _progress, _say_if_compiling, _shown, changes, listed
from persim.cli_sweep import WorkersChoice, _kept, _LinesOfProgress
from persim.scenario_search import complete_scenario
from persim.shapley_orders import MOST_EXACT, ORDERS, PAIRS, REPLICATES

if TYPE_CHECKING:
    from persim.attribution_plan import AttributionPlan
    from persim.attribution_result import Attribution


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(attribute)


def attribute(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO",
            help="A name, a file, or an arm such as cto_rights/all.",
            autocompletion=complete_scenario,
        ),
    ],
    barriers: Annotated[
        str | None,
        typer.Option(
            help=f"Barriers to share out over, such as role,risk,panel; all {len(BARRIERS)} if none.",
            show_default=False,
        ),
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(help=f"Seeds, {REPLICATES} if not said; more are added with --resume.", show_default=False),
    ] = None,
    seed: Seed = 1,
    pairs: Annotated[int, typer.Option(help="Seeds for each pair of barriers; 0 for no interactions.")] = PAIRS,
    orders: Annotated[int, typer.Option(help="Random orders for each seed, each with its reverse.")] = ORDERS,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact", help=f"Every subset of the barriers instead of sampled orders; at most {MOST_EXACT} of them."
        ),
    ] = False,
    people: People = None,
    weeks: Weeks = None,
    window: Window = None,
    groups: Groups = None,
    set_: Changes = None,
    jobs: Annotated[int, typer.Option(help="Threads or processes; 0 for all cores. Results do not depend on it.")] = 0,
    workers: Annotated[WorkersChoice, typer.Option(help="What makes runs side by side.")] = WorkersChoice.threads,
    out: Annotated[
        Path | None, typer.Option(help="The folder; outputs/attribution_NAME if none.", show_default=False)
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the attribution in the folder.")] = False,
    rerun_failed: Annotated[bool, typer.Option("--rerun-failed", help="Resume, and make failed runs again.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Resume, and make again what is damaged.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Throw away what is in the folder and begin anew.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs, how long, how much disk; run nothing.")
    ] = False,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Write tables only.")] = False,
    json: Json = False,
) -> None:
    """Share the missing real take-up out over barriers: each switched off alone, together, and in many orders.

    Finished runs are kept whatever happens: Ctrl-C, a kill, a full disk. `--resume` makes what is missing.
    """
    from persim.attribution import Carrying, carried_out, check_crew, check_early, place_of
    from persim.attribution_plan import planned_attribution
    from persim.sweep import Crew

    started, crew = time.time(), Crew(jobs, workers.value)
    check_crew(crew)
    plan = planned_attribution(
        scenario, barriers=None if barriers is None else listed(barriers), replicates=replicates, seed=seed, pairs=pairs,
        orders=orders, exact=exact, n_users=people, n_weeks=weeks, window=window,
        groups=None if groups is None else listed(groups), parameters=changes(set_),
    )  # fmt: skip
    how = Carrying(place_of(plan, out), crew, exact, resume, rerun_failed, repair, force, not no_figures)
    with _kept(lambda _: "the same command and --resume") as places:
        check_early(plan, how, dry_run)
        _say_if_compiling()
        _say_if_compiling(ledger=True)  # for the runs as they are
        if dry_run:
            _tell_estimate(plan, how.place, jobs, exact, force, json)
            return
        places.append(how.place)
        _say_what_comes(plan, how.place, jobs, exact, force)
        with _progress("running") as bar:
            result = carried_out(plan, how, started, bar or _LinesOfProgress())
        _report(result, json)
    if result.n_failed:
        raise typer.Exit(terminal.SOME_FAILED)


def _tell_estimate(plan: AttributionPlan, place: Path, jobs: int, exact: bool, force: bool, json: bool) -> None:
    from persim.attribution import estimated
    from persim.attribution_words import estimate_lines
    from persim.sweep_estimate import as_plain

    found = estimated(plan, None if force else place, jobs, exact)
    if json:
        terminal.show_json({"scenario": plan.scenario.name, **as_plain(found)})
        return
    for line in estimate_lines(plan, found, str(_shown(place))):
        terminal.show(line)


def _say_what_comes(plan: AttributionPlan, place: Path, jobs: int, exact: bool, force: bool) -> None:
    """Runs and time, before it begins; what is there is not counted if it is to be thrown away."""
    from persim.attribution import estimated
    from persim.attribution_words import estimate_lines

    found = estimated(plan, None if force else place, jobs, exact)
    for line in estimate_lines(plan, found, str(_shown(place))):
        terminal.say(line)


def _report(result: Attribution, json: bool) -> None:
    from persim import attribution_words as words
    from persim.attribution_tables import tables
    from persim.store import plain
    from persim.text_table import wrapped

    for row in result.failures.head(10).itertuples():
        cause = str(row.cause).rsplit("\n", 1)[-1]
        terminal.say(f"failed: seed {row.seed}, off: {row.off or 'none'}: {cause}")
    if json:
        terminal.show_json(plain(words.as_json(result)) | {"folder": str(_shown(result.folder))})
        return
    page = _page()
    _print_tables([table.lines(page) for table in tables(result)])
    for note in [*words.notes(result), words.FAULT_CAVEAT, words.chance(result), words.PURPOSE]:
        for line in wrapped(note, page):
            terminal.show(line)
    terminal.show("")
    for line in wrapped(" ".join(words.answer(result)), page):
        terminal.show(typer.style(line.strip(), bold=True) if _in_colour() else line.strip())
    terminal.show(f"Tables, figures and how to read them: {_shown(result.folder) / 'README.txt'}")
