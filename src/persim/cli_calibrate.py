"""The command `persim calibrate`: parameters are fitted to published figures."""

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
    from persim.calibration.plan import Plan
    from persim.calibration.study import Carrying
    from persim.calibration.tables import Calibrated


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(calibrate)


def _complete(incomplete: str) -> list[str]:
    from persim.design_search import CALIBRATION, known_designs

    return [name for name in known_designs(CALIBRATION) if name.startswith(incomplete)]


def calibrate(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A calibration: a name or a file.", autocompletion=_complete)
    ],
    out: Annotated[Path | None, typer.Option(help="The folder; outputs/NAME if none.", show_default=False)] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the calibration in the folder.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small budget, in minutes: shows how it goes, not what comes of it.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs, how long, how much disk; run nothing.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Seed of all luck, if not the file's.", show_default=False)] = None,
    people: Annotated[int | None, typer.Option(help="People in a run, if not the file's.", show_default=False)] = None,
    jobs: Annotated[int, typer.Option(help="Threads or processes; 0 for all cores. Results do not depend on it.")] = 0,
    workers: Annotated[WorkersChoice, typer.Option(help="What makes runs side by side.")] = WorkersChoice.threads,
    scheduler: Annotated[
        str | None, typer.Option(metavar="URL", help="A Dask scheduler, such as tcp://host:8786.", show_default=False)
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Resume, and make again what is damaged.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Throw away what is in the folder and begin anew.")] = False,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Write tables only.")] = False,
    candidates: Annotated[
        bool, typer.Option("--candidates", help="FILE is a calibration's folder: what further data would tell.")
    ] = False,
    json: Json = False,
) -> None:
    """Fit parameters to published figures: history matching cuts the space, ABC-SMC weighs what is left.

    Finished runs are kept whatever happens: Ctrl-C, a kill, a full disk. `--resume` makes what is missing.
    """
    if candidates:
        return _further(Path(file), seed, jobs, json)
    from persim.calibration.study import Carrying, asked_for, carried_out, check_crew, check_early, place_of
    from persim.sweep import Crew

    started, crew = time.time(), Crew(jobs, workers.value, scheduler)
    check_crew(crew)
    plan = asked_for(file, seed, people, quick)
    how = Carrying(place_of(plan, out), crew, resume, repair, force, not no_figures)
    with _kept(lambda _: "the same command and --resume") as places:
        check_early(plan, how, dry_run)
        _say_if_compiling()
        _tell_cost(plan, how, dry_run, json)
        if dry_run:
            return
        places.append(how.place)
        with _progress("calibrating") as bar:
            found = carried_out(plan, how, started, bar or _LinesOfProgress())
        _report(found, how.place, json)


def _further(folder: Path, seed: int | None, jobs: int, json: bool) -> None:
    """Print what further data would tell of a finished calibration. Nothing is written."""
    from persim.calibration.further import further_data, further_lines
    from persim.store import plain
    from persim.text_table import wrapped

    _say_if_compiling()
    found = further_data(folder, 1 if seed is None else seed, jobs)
    if json:
        names = [one.name for one in found.candidates]
        said = {
            "pairs": found.pairs,
            "candidates": names,
            "left": found.found.directions,
            "se": found.found.directions_se,
        }
        return terminal.show_json(plain(said))
    for line in further_lines(found):
        for part in wrapped(line, _page()) if ", ask: " in line else [line]:
            terminal.show(part.strip() if ", ask: " in line else part)


def _tell_cost(plan: Plan, how: Carrying, dry_run: bool, json: bool) -> None:
    """Runs and time, before it begins: as the answer of a dry run, else beside it."""
    from dataclasses import asdict

    from persim.calibration.study import forecast
    from persim.calibration.words import cost_lines

    found = forecast(plan, None if how.force else how.place, how.crew.jobs)
    if dry_run and json:
        terminal.show_json({"calibration": plan.name, **asdict(found)})
        return
    for line in cost_lines(plan, found.missing, found.seconds_a_run, found.seconds, str(_shown(how.place))):
        (terminal.show if dry_run else terminal.say)(line)


def _report(found: Calibrated, place: Path, json: bool) -> None:
    from persim.calibration import words
    from persim.calibration.folder import TABLES
    from persim.store import plain
    from persim.text_table import wrapped

    if json:
        tables = {name: getattr(found, name).to_dict("records") for name in TABLES}
        said = {"answer": words.answer(found), **tables, "notes": words.notes(found), "runs": found.n_runs}
        terminal.show_json(plain(said | {"folder": str(_shown(place))}))
        return
    for line in [*words.parameter_lines(found), "", *words.target_lines(found), ""]:
        terminal.show(line)
    for note in words.notes(found):
        for line in wrapped(note, _page()):
            terminal.show(line)
    for sentence in words.answer(found):
        for line in wrapped(sentence, _page()):
            terminal.show(typer.style(line.strip(), bold=True) if _in_colour() else line.strip())
    terminal.show(f"Sample, tables, figures and how to read them: {_shown(place) / 'README.txt'}")
