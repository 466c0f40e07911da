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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice

import numpy as np

from persim.comparison import Comparison, columns_of
from persim.comparison_plan import LARGEST_SEED, Plan, Source, Window, planned, whole_number
from persim.errors import InputError
from persim.experiment import Failure, Progress, Task, paired_tasks, run_tasks
from persim.gaps_and_costs import DERIVED
from persim.intervals import Differences, Means, means, paired, quantiles
from persim.outcomes import BY_NAME
from persim.policy import monday_of
from persim.precision import CAP, PILOT, Precision, next_replicates, read_half_width, stopping_words
from persim.reduction import SMALL, Rows, Waits
from persim.simulate import Record, outcome_named, ready_the_compiled_model, run_scenario
from persim.store import ResultFolder, Spool

REPLICATES = 100  # where none are asked for
DECIDING = "real_take_up"
SPREAD = (0.05, 0.95)  # nine of ten runs lie between these quantiles


def compare(
    scenarios: Sequence[Source] | Source,
    replicates: int | None = None,
    seed: int = 1,
    jobs: int = 0,
    *,
    n_users: int | None = None,
    n_weeks: int | None = None,
    outcomes: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    record: Record = "quarterly",
    window: Window = None,
    precision: str | float | None = None,
    outcome: str | None = None,
    cap: int = CAP,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
    progress: Progress | None = None,
    **parameters: float | None,
) -> Comparison:
    """Run scenarios with common luck and compare each with the first.

    Args:
        scenarios: scenarios, names or paths; one with arms stands for all its arms.
        replicates: runs of each scenario, 100 if not given; with a precision, those to begin with.
        seed: of the first. jobs: threads, 0 for all cores; results do not depend on it.
        n_users, n_weeks, parameters: changes to all scenarios, as for `persim.simulate`.
        outcomes: names to keep besides the lean set; ["all"] for every one. groups: dimensions to report apart.
        record: keep outcomes over time by "quarterly" or "weekly" periods, or the window only ("final").
        window: calendar weeks or dates FROM:TO (TO left out) to report on; by default the last 52 shared weeks.
        precision: add pairs of runs until the 95 % interval of every scenario's difference in `outcome` (real take-up
            if not named) has this half-width, such as "0.5pp" or 0.005, or `cap` pairs are made; a note says which.
        out: a folder to write tables and figures to. force: replace it if persim wrote it.
        progress: called with (runs done, of how many, failed) now and then.

    Raises: ScenarioError, InputError for what cannot be compared; StoreError if the folder cannot be written. A run
        that fails is kept in `Comparison.failures`.
    """
    plan = planned_precisely(
        scenarios, replicates, seed, jobs, n_users, n_weeks, outcomes, groups, record, window, parameters, precision,
        outcome, cap,
    )  # fmt: skip
    if out is None:
        return carried_out(plan, progress)
    from persim.comparison_folder import write_comparison  # draws figures, so it takes a while to load

    with ResultFolder(out, "", force) as folder:
        started = time.time()
        comparison = carried_out(plan, progress, folder)
        write_comparison(comparison, folder, started)
        return comparison


def planned_precisely(
    scenarios: Sequence[Source] | Source, replicates: int | None, seed: int, jobs: int, n_users: int | None,
    n_weeks: int | None, outcomes: Sequence[str] | None, groups: Sequence[str] | None, record: Record, window: Window,
    parameters: Mapping[str, float | None], precision: str | float | None, outcome: str | None, cap: int,
) -> Plan:  # fmt: skip
    """A plan as `planned` makes it, with the precision asked for among its options. Arguments and errors: `compare`."""
    if precision is None and outcome is not None:
        raise InputError("outcome says whose interval is to be narrow: it goes with precision, such as 0.5pp")
    name = outcome or DECIDING
    if precision is not None and name in BY_NAME:
        outcomes = [*([outcomes] if isinstance(outcomes, str) else outcomes or ()), *([outcome] if outcome else ())]
    first = REPLICATES if replicates is None else replicates
    if precision is not None:
        whole_number("cap", cap, 2)
        whole_number("replicates", first, 1)
        if replicates is not None and replicates > cap:
            raise InputError(f"replicates is {replicates}, more than the cap of {cap} pairs")
        first = min(cap, max(PILOT, replicates or 0))
    plan = planned(scenarios, first, seed, jobs, n_users, n_weeks, outcomes, groups, record, window, parameters)
    if precision is None:
        return plan
    kept = {one.name: one for one in plan.reduction.outcomes} | DERIVED
    if name not in kept:
        outcome_named(name)  # raises, with the nearest
    if len(plan.names) < 2:
        raise InputError("precision is that of a difference: name two scenarios or more")
    if seed + cap > LARGEST_SEED:
        raise InputError(f"seed is {seed}; it must be an integer of at most 62 bits")
    unit = kept[name].unit
    asked = Precision(name, unit, read_half_width(precision, unit, name), int(cap))
    return replace(plan, options=plan.options | {"precision": asdict(asked)})


def carried_out(plan: Plan, progress: Progress | None = None, folder: ResultFolder | None = None) -> Comparison:
    """Run a planned comparison; the numbers of its runs wait in a nameless file, on the folder's disk if given.

    With a precision among the plan's options, pairs are added in rounds: the same ones, whatever runs them.
    """
    variants, reduction, n = plan.variants, plan.reduction, len(plan.variants)
    ready_the_compiled_model()
    waits = tuple(Waits() for _ in variants)
    spool = Spool(plan.replicates * n, reduction.n_columns, folder.place if folder and os.name == "posix" else None)
    try:
        failures, stopped = _run_all(plan, spool, waits, progress)
    except BaseException:
        spool.close()
        raise
    plan = replace(plan, replicates=spool.n_rows // n)
    levels, spread, differences = summarised(spool, n)
    notes = (*plan.notes, *stopped, *_notes(plan, failures))
    return Comparison(
        variants, plan.names, plan.replicates, plan.seed, reduction, levels, spread, differences, tuple(failures),
        notes, waits, spool, plan.options,
    )  # fmt: skip


def _run_all(
    plan: Plan, spool: Spool, waits: Sequence[Waits], progress: Progress | None
) -> tuple[list[Failure], list[str]]:
    """Run all, in rounds if a precision is asked for. Returns: what failed, and why it stopped if it could go on."""
    given = plan.options.get("precision")
    asked = Precision(**given) if isinstance(given, dict) else None
    done, replicates, n = 0, plan.replicates, len(plan.variants)
    failures: list[Failure] = []
    while True:
        failures += _run_round(plan, spool, waits, range(done, replicates), _onward(progress, done * n, len(failures)))
        done = replicates
        if asked is None:
            return failures, []
        pairs = _pairs(spool, n, columns_of(plan.reduction)[asked.outcome])
        more = next_replicates(pairs, asked.half_width, done, asked.cap)
        if not more:
            return failures, [stopping_words(pairs, asked, done)]
        replicates = done + more
        spool.grow(replicates * n)


def _onward(progress: Progress | None, done: int, failed: int) -> Progress | None:
    """The same progress, counted on from earlier rounds."""
    if progress is None or not done:
        return progress
    return lambda more, n, failed_more: progress(done + more, done + n, failed + failed_more)


def _pairs(spool: Spool, n: int, column: int) -> list[np.ndarray]:
    """Differences to the first scenario in one column, of each other scenario, each of shape (replicates,)."""
    values = np.array([spool.read(row, column, column + 1)[0] for row in range(spool.n_rows)]).reshape(-1, n)
    return [values[:, scenario] - values[:, 0] for scenario in range(1, n)]


def _run_round(
    plan: Plan, spool: Spool, waits: Sequence[Waits], replicates: range, progress: Progress | None
) -> list[Failure]:
    """Run these replicates of every scenario, each pair finished before the next begins."""
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

    tasks = islice(paired_tasks(n, replicates.stop, plan.seed), replicates.start * n, None)
    return run_tasks(tasks, len(replicates) * n, work, plan.jobs, progress)


def summarised(spool: Rows, n_scenarios: int) -> tuple[Means, tuple[np.ndarray, np.ndarray], Differences]:
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
    if failures:
        notes.append(
            f"{len(failures)} of {replicates * len(names)} runs failed and are left out with their pairs; "
            f"first: {names[failures[0].task.scenario]}, seed {failures[0].task.seed}: {failures[0].cause}"
        )
    return [*notes, *size_notes(replicates, variants[0].n_users)]


def size_notes(replicates: int, n_users: int) -> list[str]:
    """What a reader has to know of few runs and few people."""
    notes = []
    if replicates == 1:
        notes.append("One run of each scenario: there is a difference but no interval. Ask for more with --replicates.")
    if n_users < SMALL * 4:
        notes.append(f"With {n_users:,} people a run, most figures rest on fewer than {SMALL} people.")
    return notes
