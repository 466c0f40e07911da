"""Scenario against scenario with common luck: `compare` runs them and gives a `persim.comparison.Comparison`.

Replicate r has seed `seed + r` in every scenario, so a person meets the same luck in all of them, and differences are
taken run by run. A finished run is reduced to one row of numbers on disk; the rows are then summarised a block of
columns at a time. In memory are, at most: for each thread one run (its people, and counts of n_weeks x rows of groups
x 230 float64: 13 MB for 260 weeks, 3 localities and the groups of the headline), one block of 32 MB, and the summary.
That does not depend on the number of runs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from persim.comparison import Comparison
from persim.comparison_plan import Plan, Source, Window, planned
from persim.experiment import Failure, Progress, Task, paired_tasks, run_tasks
from persim.intervals import Differences, Means, means, paired, quantiles
from persim.policy import monday_of
from persim.reduction import SMALL, Waits
from persim.simulate import Record, ready_the_compiled_model, run_scenario
from persim.store import ResultFolder, Spool

SPREAD = (0.05, 0.95)  # nine of ten runs lie between these quantiles


def compare(
    scenarios: Sequence[Source] | Source,
    replicates: int = 100,
    seed: int = 1,
    jobs: int = 0,
    *,
    n_users: int | None = None,
    n_weeks: int | None = None,
    outcomes: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    record: Record = "quarterly",
    window: Window = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
    progress: Progress | None = None,
    **parameters: float | None,
) -> Comparison:
    """Run scenarios with common luck and compare each with the first.

    Args:
        scenarios: scenarios, names or paths; one with arms stands for all its arms.
        replicates: runs of each scenario. seed: of the first. jobs: threads, 0 for all cores; results do not depend.
        n_users, n_weeks, parameters: changes to all scenarios, as for `persim.simulate`.
        outcomes: names to keep besides the lean set; ["all"] for every one. groups: dimensions to report apart.
        record: keep outcomes over time by "quarterly" or "weekly" periods, or the window only ("final").
        window: calendar weeks or dates FROM:TO (TO left out) to report on; by default the last 52 shared weeks.
        out: a folder to write tables and figures to. force: replace it if persim wrote it.
        progress: called with (runs done, of how many, failed) now and then.

    Raises: ScenarioError, InputError for what cannot be compared; StoreError if the folder cannot be written. A run
        that fails is kept in `Comparison.failures`.
    """
    plan = planned(scenarios, replicates, seed, jobs, n_users, n_weeks, outcomes, groups, record, window, parameters)
    if out is None:
        return carried_out(plan, progress)
    from persim.comparison_folder import write_comparison  # draws figures, so it takes a while to load

    with ResultFolder(out, "", force) as folder:
        started = time.time()
        comparison = carried_out(plan, progress, folder)
        write_comparison(comparison, folder, started)
        return comparison


def carried_out(plan: Plan, progress: Progress | None = None, folder: ResultFolder | None = None) -> Comparison:
    """Run a planned comparison; the numbers of its runs wait in a nameless file, on the folder's disk if given."""
    variants, reduction, n = plan.variants, plan.reduction, len(plan.variants)
    ready_the_compiled_model()
    waits = tuple(Waits() for _ in variants)
    spool = Spool(plan.replicates * n, reduction.n_columns, folder.place if folder and os.name == "posix" else None)
    try:
        failures = _run_all(plan, spool, waits, progress)
    except BaseException:
        spool.close()
        raise
    levels, spread, differences = summarised(spool, n)
    notes = (*plan.notes, *_notes(plan, failures))
    return Comparison(
        variants, plan.names, plan.replicates, plan.seed, reduction, levels, spread, differences, tuple(failures),
        notes, waits, spool, plan.options,
    )  # fmt: skip


def _run_all(plan: Plan, spool: Spool, waits: Sequence[Waits], progress: Progress | None) -> list[Failure]:
    reduction, n = plan.reduction, len(plan.variants)
    variants = [replace(variant, n_weeks=reduction.stop - variant.start_week) for variant in plan.variants]
    missing = np.full(reduction.n_columns, np.nan)

    def work(task: Task) -> None:
        row = missing
        try:
            variant = variants[task.scenario]
            since = reduction.unread_weeks(variant.start_week)
            run = run_scenario(variant, task.seed, "weekly", reduction.recorded, since)
            row = reduction.row(run)
            waits[task.scenario].add(run.world)
        finally:
            spool.write(task.number, row)

    return run_tasks(paired_tasks(n, plan.replicates, plan.seed), plan.replicates * n, work, plan.jobs, progress)


def summarised(spool: Spool, n_scenarios: int) -> tuple[Means, tuple[np.ndarray, np.ndarray], Differences]:
    """Levels, spread and differences of spooled runs, one block of columns after another.

    Rows of the spool are runs, scenarios in turn; a run that failed is a row of NaN.
    """
    n_columns = spool.n_columns
    levels = Means(*(np.full((n_scenarios, n_columns), np.nan) for _ in Means._fields))
    spread = (np.full((n_scenarios, n_columns), np.nan), np.full((n_scenarios, n_columns), np.nan))
    differences = Differences(*(np.full((n_scenarios - 1, n_columns), np.nan) for _ in Differences._fields))
    for first, stop, block in spool.blocks():
        reference = block[0::n_scenarios]
        for scenario in range(n_scenarios):
            own = block[scenario::n_scenarios]
            for whole, part in zip(levels, means(own), strict=True):
                whole[scenario, first:stop] = part
            for whole, part in zip(spread, quantiles(own, SPREAD), strict=True):
                whole[scenario, first:stop] = part
            if scenario:
                for whole, part in zip(differences, paired(reference, own), strict=True):
                    whole[scenario - 1, first:stop] = part
    return levels, spread, differences


def _notes(plan: Plan, failures: Sequence[Failure]) -> list[str]:
    notes = []
    variants, names, replicates = plan.variants, plan.names, plan.replicates
    first, stop = plan.reduction.first, plan.reduction.stop
    spans = {(variant.start_week, variant.start_week + variant.n_weeks) for variant in variants}
    if len(spans) > 1:
        notes.append(
            f"The scenarios cover different weeks; they are compared on those they share, weeks {first} to {stop - 1} "
            f"({monday_of(first)} to {monday_of(stop - 1)}), and run no further."
        )
    if replicates == 1:
        notes.append("One run of each scenario: there is a difference but no interval. Ask for more with --replicates.")
    if failures:
        notes.append(
            f"{len(failures)} of {replicates * len(names)} runs failed and are left out with their pairs; "
            f"first: {names[failures[0].task.scenario]}, seed {failures[0].task.seed}: {failures[0].cause}"
        )
    if variants[0].n_users < SMALL * 4:
        notes.append(f"With {variants[0].n_users:,} people a run, most figures rest on fewer than {SMALL} people.")
    return notes
