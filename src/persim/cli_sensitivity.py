"""The command `persim sensitivity`: which inputs decide an outcome, and a difference between two scenarios."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from persim import terminal
from persim.cli_options import Json
from persim.cli_runs import _in_colour, _page, _progress, _say_if_compiling, _shown
from persim.cli_sweep import WorkersChoice, _kept, _LinesOfProgress

if TYPE_CHECKING:
    from persim.sensitivity.plan import Plan
    from persim.sensitivity.result import Sensitivity
    from persim.sensitivity.study import Carrying


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(sensitivity)


def _complete(incomplete: str) -> list[str]:
    from persim.design_search import SENSITIVITY, known_designs

    return [name for name in known_designs(SENSITIVITY) if name.startswith(incomplete)]


def sensitivity(
    design: Annotated[
        str,
        typer.Argument(metavar="DESIGN", help="A sensitivity design: a name or a file.", autocompletion=_complete),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The folder of the study; outputs/NAME if none.", show_default=False)
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the study in the folder.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs, how long, how much disk; run nothing.")
    ] = False,
    replicates: Annotated[
        int | None, typer.Option(help="Seeds for each point, if not the design's; at least 2.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the first replicate, if not the design's.", show_default=False)
    ] = None,
    jobs: Annotated[int, typer.Option(help="Threads or processes; 0 for all cores. Results do not depend on it.")] = 0,
    workers: Annotated[WorkersChoice, typer.Option(help="What makes runs side by side.")] = WorkersChoice.threads,
    scheduler: Annotated[
        str | None, typer.Option(metavar="URL", help="A Dask scheduler, such as tcp://host:8786.", show_default=False)
    ] = None,
    people: Annotated[
        int | None, typer.Option(help="People in a run, if not the design's.", show_default=False)
    ] = None,
    weeks: Annotated[int | None, typer.Option(help="Weeks of a run, if not the design's.", show_default=False)] = None,
    rerun_failed: Annotated[bool, typer.Option("--rerun-failed", help="Resume, and make failed runs again.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Resume, and make again what is damaged.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Throw away what is in the folder and begin anew.")] = False,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Write tables only.")] = False,
    json: Json = False,
) -> None:
    """Screen many inputs (Morris), then share the variance out over those that matter (Sobol'), noise told apart.

    Finished runs are kept whatever happens: Ctrl-C, a kill, a full disk. `--resume` makes what is missing.
    """
    from persim.sensitivity.study import Carrying, asked_for, carried_out, check_crew, check_early, place_of
    from persim.sweep import Crew

    started = time.time()
    how = Carrying(Crew(jobs, workers.value, scheduler), resume, rerun_failed, repair, force, not no_figures)
    check_crew(how.crew)
    plan = asked_for(design, replicates=replicates, seed=seed, n_users=people, n_weeks=weeks)
    place = place_of(plan, out)
    with _kept(lambda _: "the same command and --resume") as places:
        check_early(plan, place, how, dry_run)
        _say_if_compiling()
        _tell_cost(plan, place, how, dry_run, json)
        if dry_run:
            return
        places.append(place)
        with _progress("running") as bar:
            result = carried_out(plan, place, how, started, bar or _LinesOfProgress())
        _report(result, json)
    if result.n_failed:
        raise typer.Exit(terminal.SOME_FAILED)


def _tell_cost(plan: Plan, place: Path, how: Carrying, dry_run: bool, json: bool) -> None:
    """Runs and time, before it begins: as the answer of a dry run, else beside it."""
    from persim.sensitivity.study import forecast
    from persim.sensitivity.words import cost_lines
    from persim.sweep_estimate import as_plain

    found = forecast(plan, None if how.force else place, how.crew.jobs)
    if dry_run and json:
        parts = {"screening": as_plain(found.screening), "at_most": as_plain(found.most)}
        terminal.show_json({"design": plan.texts["name"], **parts})
        return
    for line in cost_lines(plan, found, str(_shown(place))):
        (terminal.show if dry_run else terminal.say)(line)


def _report(result: Sensitivity, json: bool) -> None:
    from persim.sensitivity import words
    from persim.store import plain
    from persim.text_table import wrapped

    for row in result.failures.head(10).itertuples():
        cause = str(row.cause).rsplit("\n", 1)[-1]
        terminal.say(f"failed: {row.stage}, point {row.point}, {row.scenario}, seed {row.seed}: {cause}")
    if json:
        tables = {name: getattr(result, name).to_dict("records") for name in ("morris", "sobol", "noise", "swings")}
        said = {"answer": words.answer(result), **tables, "notes": words.notes(result)}
        terminal.show_json(plain(said | {"folder": str(_shown(result.folder))}))
        return
    for note in words.notes(result):
        for line in wrapped(note, _page()):
            terminal.show(line)
    terminal.show("")
    for sentence in words.answer(result):
        for line in wrapped(sentence, _page()):
            terminal.show(typer.style(line.strip(), bold=True) if _in_colour() else line.strip())
    terminal.show(f"Tables, figures and how to read them: {_shown(result.folder) / 'README.txt'}")
