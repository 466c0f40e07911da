"""The command `persim compare`: scenarios beside the first, with default numbers or over draws from a posterior sample."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from persim import terminal
from persim.cli_options import (
    Cap,
    Changes,
    Deciding,
    Draws,
    Force,
    Groups,
    Json,
    Out,
    Outcomes,
    People,
    Posterior,
    PosteriorFile,
    Precision,
    RecordChoice,
    Replicates,
    Scenarios,
    Seed,
    Weeks,
    Window,
)
from persim.cli_runs import _carry_out, _folder, _interruptible, _progress, _report, _say_if_compiling, changes, listed
from persim.cli_sweep import _kept, _LinesOfProgress, _sweep_goes_on
from persim.cli_sweep import _report as _report_sweep
from persim.errors import InputError

if TYPE_CHECKING:
    from persim.design import Design


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(compare)


def compare(
    scenarios: Scenarios,
    replicates: Replicates = None,
    seed: Seed = 1,
    jobs: Annotated[int, typer.Option(help="Threads; 0 for all cores. Results do not depend on it.")] = 0,
    people: People = None,
    weeks: Weeks = None,
    window: Window = None,
    groups: Groups = None,
    outcomes: Outcomes = None,
    record: Annotated[RecordChoice, typer.Option(help="How often to keep outcomes.")] = RecordChoice.quarterly,
    precision: Precision = None,
    outcome: Deciding = None,
    cap: Cap = None,
    posterior: Posterior = False,
    posterior_file: PosteriorFile = None,
    draws: Draws = None,
    set_: Changes = None,
    out: Out = None,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Write tables only.")] = False,
    json: Json = False,
    force: Force = False,
) -> None:
    """Compare scenarios with the first of them, with common luck; print the table, write tables and figures.

    With --posterior, intervals hold what is not known of the model's numbers too, told apart from chance.
    """
    from persim.compare import planned_precisely
    from persim.comparison_folder import folder_name
    from persim.precision import CAP

    if cap is not None and precision is None:
        raise InputError("--cap is the most pairs to run for a --precision, such as 0.5pp")
    numbers, kept, apart = changes(set_), listed(outcomes) or None, None if groups is None else listed(groups)
    if posterior or posterior_file is not None:
        if precision is not None or outcome is not None:
            raise InputError(
                "--precision is that of chance only; with --posterior, say how many --draws and --replicates"
            )
        design = _drawn(scenarios, posterior_file, draws, replicates, seed, people, weeks, kept, apart, window, numbers)
        _run_drawn(design, out, jobs, force, not no_figures, json)
        return
    if draws is not None:
        raise InputError("--draws is how many draws from a posterior sample: it goes with --posterior")
    plan = planned_precisely(
        scenarios, replicates, seed, jobs, people, weeks, kept, apart, record.value, window, numbers, precision, outcome,
        CAP if cap is None else cap,
    )  # fmt: skip
    with _interruptible(), _folder(out, folder_name(list(plan.names)), force) as folder:
        comparison, place = _carry_out(plan, folder, not no_figures, "compare")
    _report(comparison, place, json)


def _drawn(
    scenarios: list[str], file: Path | None, draws: int | None, replicates: int | None, seed: int, people: int | None,
    weeks: int | None, outcomes: list[str] | None, groups: list[str] | None, window: str | None,
    numbers: Mapping[str, Any],
) -> Design:  # fmt: skip
    from persim.drawn_compare import DRAWS, RUNS_IN_A_DRAW, drawn_design

    draws, replicates = DRAWS if draws is None else draws, RUNS_IN_A_DRAW if replicates is None else replicates
    return drawn_design(
        scenarios, file, draws, replicates, seed, people, weeks, outcomes, groups, window, dict(numbers)
    )  # fmt: skip


def _run_drawn(design: Design, out: Path | None, jobs: int, force: bool, figures: bool, json: bool) -> None:
    """Run the draws into a folder that a sweep can go on with, and tell what came of them."""
    from persim.comparison_folder import folder_name
    from persim.store import free_place
    from persim.sweep import sweep

    place = free_place(f"{folder_name(list(design.names))}-posterior") if out is None else out
    with _kept(_sweep_goes_on) as places:
        places.append(Path(place))
        _say_if_compiling()
        with _progress("running") as bar:
            progress = bar or _LinesOfProgress()
            result = sweep(design, place, jobs=jobs, force=force, figures=figures, progress=progress)
        _report_sweep(result, json)
    if result.n_failed:
        raise typer.Exit(terminal.SOME_FAILED)
