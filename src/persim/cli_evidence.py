"""The command `persim evidence`: published figures and directions of effect, beside the model as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from persim import terminal
from persim.cli_options import Changes, Draws, Force, Json, Out, Posterior, PosteriorFile, Seed
from persim.cli_runs import (
    _folder,
    _in_colour,
    _interruptible,
    _nowhere,
    _page,
    _print_tables,
    _progress,
    _say_if_compiling,
    _shown,
    changes,
)
from persim.errors import InputError

if TYPE_CHECKING:
    from persim.posterior import Posterior as Sample

MOST = 100_000  # runs or draws
PEOPLE, FOR_TARGETS, FOR_PATTERNS = 3000, 40, 12


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(evidence)


def evidence(
    patterns: Annotated[
        bool, typer.Option("--patterns", help="Directions of effect, as paired experiments, instead of figures.")
    ] = False,
    replicates: Annotated[
        int | None,
        typer.Option(
            help=f"Runs: {FOR_TARGETS}, or {FOR_PATTERNS} of each world for patterns; with --posterior, in each draw too.",
            show_default=False,
        ),
    ] = None,
    people: Annotated[int, typer.Option(help="People in a run.")] = PEOPLE,
    posterior: Posterior = False,
    posterior_file: PosteriorFile = None,
    draws: Draws = None,
    seed: Seed = 1,
    jobs: Annotated[int, typer.Option(help="Threads; 0 for all cores. Results do not depend on it.")] = 0,
    set_: Changes = None,
    files: Annotated[
        Path | None, typer.Option(help="A folder of evidence files, if not those of persim.", show_default=False)
    ] = None,
    out: Out = None,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Write tables only.")] = False,
    json: Json = False,
    force: Force = False,
) -> None:
    """Hold the model against published figures: observed, simulated, distance, verdict. Misses are shown as misses.

    With --posterior, also over draws from a posterior sample, beside the defaults. Writes nothing unless --out says where.
    """
    from persim.evidence import read_evidence

    read_evidence(files)  # what is wrong with the files is told before anything is run
    count = (FOR_PATTERNS if patterns else FOR_TARGETS) if replicates is None else replicates
    _check_numbers(count, draws, seed)
    numbers, made = changes(set_), _patterns if patterns else _targets
    if posterior or posterior_file is not None:
        made = _over_draws(posterior_file, draws, replicates, numbers, patterns)
    elif draws is not None:
        raise InputError("--draws is how many draws from a posterior sample: it goes with --posterior")
    name = "patterns" if patterns else "evidence"
    with _interruptible(), _folder(out, name, force) if out else _nowhere() as folder:
        _say_if_compiling()
        seeds = range(seed, seed + count)
        table, found, failures, place = made(files, numbers, seeds, people, jobs, folder, not no_figures)
    for failure in failures[:10]:
        terminal.say(f"failed: seed {failure.task.seed}: {failure.cause}")
    _show(table, found, place, json)
    if failures:
        raise typer.Exit(terminal.SOME_FAILED)


def _check_numbers(replicates: int, draws: int | None, seed: int) -> None:
    """Raises: InputError for a number of runs, draws or a seed that no study has."""
    from persim.comparison_plan import LARGEST_SEED

    asked = (("replicates", replicates, 1, MOST), ("draws", draws, 1, MOST), ("seed", seed, 0, LARGEST_SEED))
    for name, number, low, most in asked:
        if number is not None and not low <= number <= most:
            raise InputError(f"{name} is {number}; it must be a whole number from {low} to {most:,}")


def _over_draws(
    file: Path | None, draws: int | None, replicates: int | None, numbers: Mapping[str, Any], patterns: bool
) -> Callable[..., tuple]:
    """What holds the targets against draws, after looking whether it can. Raises: InputError."""
    from persim.evidence.drawn import DRAWS, RUNS_IN_A_DRAW
    from persim.posterior import read_posterior

    if patterns:
        raise InputError("--patterns are tried at the defaults; leave out --posterior")
    sample = read_posterior(file)
    sample.check_not_set(numbers)
    return partial(_drawn, sample, DRAWS if draws is None else draws, replicates or RUNS_IN_A_DRAW)


def _drawn(
    sample: Sample, draws: int, runs: int, files: Path | None, numbers: Any, seeds: range, people: int, jobs: int,
    folder: Any, figures: bool,
) -> tuple:  # fmt: skip
    from persim.evidence.drawn_words import drawn_json, drawn_table
    from persim.evidence.folder import hold_targets_drawn, write_drawn_targets
    from persim.scenario import read_scenario

    started = time.time()
    scenario = read_scenario("baseline").changed(people, None, **numbers)
    with _progress("running") as bar:
        held = hold_targets_drawn(files, scenario, sample, draws, seeds[:runs], seeds, jobs, bar)
    place = write_drawn_targets(held, files, folder, started, figures) if folder else None
    return drawn_table(held), drawn_json(held), held.failures, place


def _targets(
    files: Path | None, numbers: Any, seeds: range, people: int, jobs: int, folder: Any, figures: bool
) -> tuple:
    from persim.evidence.folder import hold_targets, write_targets
    from persim.evidence.words import target_table, targets_json
    from persim.scenario import read_scenario

    started = time.time()
    scenario = read_scenario("baseline").changed(people, None, **numbers)
    with _progress("running") as bar:
        held = hold_targets(files, scenario, seeds, jobs, bar)
    place = write_targets(held, files, folder, started, figures) if folder else None
    return target_table(held), targets_json(held), held.failures, place


def _patterns(
    files: Path | None, numbers: Any, seeds: range, people: int, jobs: int, folder: Any, figures: bool
) -> tuple:
    from persim.evidence.folder import try_patterns, write_patterns
    from persim.evidence.words import pattern_table, patterns_json

    started = time.time()
    with _progress("running") as bar:
        tried = try_patterns(files, numbers, seeds, people, jobs, bar)
    place = write_patterns(tried, files, folder, started, figures) if folder else None
    return pattern_table(tried.found, len(seeds), people), patterns_json(tried.found), tried.failures, place


def _show(table: Any, found: dict[str, Any], place: Path | None, json: bool) -> None:
    from persim.store import plain
    from persim.text_table import wrapped

    if json:
        terminal.show_json(plain(found) | ({"folder": str(_shown(place))} if place else {}))
        return
    page = _page()
    _print_tables([table.lines(page)])
    for line in wrapped(found["answer"], page):
        terminal.show(typer.style(line, bold=True) if _in_colour() else line)
    if place:
        terminal.show(f"Tables, figures and how to read them: {_shown(place) / 'README.txt'}")
