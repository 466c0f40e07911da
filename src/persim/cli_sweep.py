"""The command `persim sweep`: a design is run, stopped, resumed, made more precise."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from persim import terminal
from persim.cli_runs import _page, _progress, _say_if_compiling, _shown

if TYPE_CHECKING:
    from persim.design import Design
    from persim.sweep_result import Sweep


class WorkersChoice(StrEnum):
    """What makes runs side by side."""

    threads = "threads"
    processes = "processes"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(sweep)


def _complete_design(incomplete: str) -> list[str]:
    from persim.design_search import known_designs

    return [name for name in known_designs() if name.startswith(incomplete)]


def sweep(
    design: Annotated[
        str,
        typer.Argument(
            metavar="DESIGN",
            help="A name, a file, or the folder of a sweep to go on with.",
            autocompletion=_complete_design,
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The folder of the sweep; outputs/NAME if none.", show_default=False)
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the sweep in the folder.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs, how long, how much disk; run nothing.")
    ] = False,
    replicates: Annotated[
        int | None,
        typer.Option(
            help="Runs of each scenario in each world, if not the design's; more are added.", show_default=False
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the first replicate, if not the design's.", show_default=False)
    ] = None,
    jobs: Annotated[int, typer.Option(help="Threads or processes; 0 for all cores. Results do not depend on it.")] = 0,
    workers: Annotated[WorkersChoice, typer.Option(help="What makes runs side by side.")] = WorkersChoice.threads,
    scheduler: Annotated[
        str | None, typer.Option(metavar="URL", help="A Dask scheduler, such as tcp://host:8786.", show_default=False)
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            help="Add runs until 95 % intervals of differences are so narrow: 0.5pp either way.", show_default=False
        ),
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option(help="The outcome whose precision that is; the deciding one if none.", show_default=False),
    ] = None,
    cap: Annotated[
        int | None,
        typer.Option(help="The most replicates that --precision adds up to; 2000 if not said.", show_default=False),
    ] = None,
    people: Annotated[
        int | None, typer.Option(help="People in a run, if not the design's.", show_default=False)
    ] = None,
    weeks: Annotated[int | None, typer.Option(help="Weeks of a run, if not the design's.", show_default=False)] = None,
    rerun_failed: Annotated[bool, typer.Option("--rerun-failed", help="Resume, and make failed runs again.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Resume, and make again what is damaged.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Throw away the sweep in the folder and begin anew.")] = False,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Write tables only.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Run a design: scenarios in many worlds, kept run by run, resumed after anything.

    Finished runs are kept whatever happens: Ctrl-C, a kill, a full disk. `--resume` makes what is missing.
    """
    from persim.errors import InputError
    from persim.precision import CAP
    from persim.sweep import planned
    from persim.sweep import sweep as run_sweep

    if cap is not None and precision is None:
        raise InputError("--cap is the most replicates that --precision adds up to: it goes with one, such as 0.5pp")
    with _kept(_sweep_goes_on) as places:
        found, place = planned(design, out, replicates, seed, people, weeks)
        if dry_run:
            _tell_estimate(found, place, found.replicates if replicates is None else replicates, jobs, json)
            return
        places.append(place)
        _say_if_compiling()
        with _progress("running") as bar:
            progress = bar or _LinesOfProgress()
            result = run_sweep(
                design, out, replicates=replicates, seed=seed, n_users=people, n_weeks=weeks, jobs=jobs,
                workers=workers.value, scheduler=scheduler, precision=precision, outcome=outcome,
                cap=CAP if cap is None else cap, resume=resume, rerun_failed=rerun_failed, repair=repair, force=force,
                figures=not no_figures, progress=progress,
            )  # fmt: skip
        _report(result, json)
    if result.n_failed:
        raise typer.Exit(terminal.SOME_FAILED)


LINE_SECONDS = 60.0


class _LinesOfProgress:
    """A line a minute for a log, where there is no terminal for a bar: a sweep may take all night."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._before: int | None = None

    def __call__(self, done: int, total: int, failed: int) -> None:
        now = time.monotonic()
        if self._before is None:
            self._before = done  # made by an earlier command
        if now - self._told < LINE_SECONDS or done <= self._before:
            return
        self._told = now
        left = (now - self._began) * (total - done) / (done - self._before)
        trouble = f", {failed:,} failed" if failed else ""
        terminal.say(f"{done:,} of {total:,} runs{trouble}; about {max(1, round(left / 60.0)):,} min left")


TERMINATED = 128 + signal.SIGTERM


class _Terminated(KeyboardInterrupt):
    """The system asked the process to end."""


@contextmanager
def _kept(goes_on: Callable[[Path], str]) -> Iterator[list[Path]]:
    """Ctrl-C, or a polite kill, ends the command between two runs and says how to go on with what is in the folder."""

    def end(number: int, frame: FrameType | None) -> None:
        raise _Terminated

    places: list[Path] = []
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield places
    except KeyboardInterrupt as why:
        terminal.say(_interrupted(places[0] if places else None, goes_on))
        raise typer.Exit(TERMINATED if isinstance(why, _Terminated) else terminal.INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupted(place: Path | None, goes_on: Callable[[Path], str]) -> str:
    from persim.run_store import DESIGN

    if place is None or not (place / DESIGN).is_file():
        return "interrupted before anything was begun"
    return f"interrupted; every finished run is kept: go on with {goes_on(place)}"


def _sweep_goes_on(place: Path) -> str:
    return f"`persim sweep {_typed(place)} --resume`"


def _typed(place: Path) -> str:
    """A path as it is typed: in quotes if the shell would take it apart."""
    text = str(_shown(place))
    return text if all(sign.isalnum() or sign in "/\\._-+:~" for sign in text) else f'"{text}"'


def _tell_estimate(design: Design, place: Path, replicates: int, jobs: int, json: bool) -> None:
    from persim.sweep_estimate import as_plain, estimate
    from persim.sweep_words import estimate_lines

    _say_if_compiling()
    found = estimate(design, place, replicates, jobs)
    if json:
        terminal.show_json({"design": design.name, **as_plain(found)})
        return
    for line in estimate_lines(design, replicates, found, str(_shown(place))):
        terminal.show(line)


def _report(result: Sweep, json: bool) -> None:
    from persim.store import MANIFEST

    if json:
        import json as json_module

        manifest: dict[str, Any] = json_module.loads((result.folder / MANIFEST).read_text("utf-8"))
        kept = (
            "name",
            "question",
            "answer",
            "replicates",
            "runs",
            "n_failed",
            "n_worlds",
            "two_parts",
            "deciding_outcome",
            "notes",
            "failed",
        )
        terminal.show_json(
            {name: manifest[name] for name in kept if name in manifest} | {"folder": str(_shown(result.folder))}
        )
        return
    from persim.sweep_folder import ANSWER, SHORT
    from persim.text_table import wrapped

    for row in result.failures.head(10).itertuples():
        cause = str(row.cause).rsplit("\n", 1)[-1]
        terminal.say(f"failed: {row.scenario}, world {row.world}, seed {row.seed}: {cause}")
    terminal.show((result.folder / SHORT).read_text("utf-8").rstrip())
    terminal.show("")
    for paragraph in (result.folder / ANSWER).read_text("utf-8").split("\n\n"):
        for line in wrapped(" ".join(paragraph.split()), _page()):
            terminal.show(line.strip())
    terminal.show(f"\nTables, figures and how to read them: {_shown(result.folder) / 'README.txt'}")
