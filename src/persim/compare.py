"""Scenario against scenario with common luck: `compare` runs them and gives a `persim.comparison.Comparison`.

Replicate r has seed `seed + r` in every scenario, so a person meets the same luck in all of them, and differences are
taken run by run. A finished run is reduced to one row of numbers on disk; the rows are then summarised a block of
columns at a time. In memory are, at most: for each thread one run (its people, and counts of n_weeks x groups x 230
float64, 8 MB for 260 weeks), one block of 32 MB, and the summary. That does not depend on the number of runs.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from persim.comparison import Comparison, summarised
from persim.comparison_folder import write_comparison
from persim.errors import Fault, InputError, ScenarioError
from persim.experiment import Failure, Progress, Task, paired_tasks, run_tasks
from persim.outcomes import HEADLINE, YEAR_WEEKS
from persim.parameters import FIXED_AT_START
from persim.policy import monday_of, week_of
from persim.reduction import EQUITY, SMALL, Reduction, chosen_outcomes, is_barrier, period_of
from persim.scenario import Scenario, read_scenario
from persim.simulate import Record, checked_groups, ready_the_compiled_model, run_scenario
from persim.store import ResultFolder, Spool

Window = tuple[int, int] | str | None
Source = Scenario | str | os.PathLike[str]
LARGEST_SEED = 2**62 - 1


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
        replicates: runs of each scenario. seed: of the first. jobs: threads, 0 for all cores; results do not depend on it.
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
    with ResultFolder(out, "", force) as folder:
        started = time.time()
        comparison = carried_out(plan, progress, folder)
        write_comparison(comparison, folder, started)
        return comparison


@dataclass(frozen=True)
class Plan:
    """A comparison that has been checked and can be carried out."""

    variants: tuple[Scenario, ...]
    names: tuple[str, ...]
    replicates: int
    seed: int
    jobs: int
    reduction: Reduction
    notes: tuple[str, ...]
    options: dict[str, object]


def planned(
    scenarios: Sequence[Source] | Source, replicates: int, seed: int, jobs: int, n_users: int | None,
    n_weeks: int | None, outcomes: Sequence[str] | None, groups: Sequence[str] | None, record: Record, window: Window,
    parameters: Mapping[str, float | None],
) -> Plan:  # fmt: skip
    """Everything that can be wrong is found here, before anything is run. Arguments and errors as for `compare`."""
    whole_number("replicates", replicates, 1)
    whole_number("seed", seed, -LARGEST_SEED)
    whole_number("jobs", jobs, 0)
    if seed + replicates > LARGEST_SEED:
        raise InputError(f"seed is {seed}; it must be an integer of at most 62 bits")
    variants = read_all(scenarios, n_users, n_weeks, parameters)
    names = unique_names([variant.name for variant in variants])
    notes = checked_to_compare(variants, names)
    first, stop = shared_weeks(variants, names)
    reduction = _reduction(variants, first, stop, window, outcomes, groups, record)
    options = {
        "replicates": replicates, "seed": seed, "people": n_users, "weeks": n_weeks, "outcomes": outcomes,
        "groups": groups, "record": record, "window": None if window is None else list(reduction.window),
        "parameters": dict(parameters),
    }  # fmt: skip
    return Plan(tuple(variants), names, int(replicates), int(seed), int(jobs), reduction, tuple(notes), options)


def carried_out(plan: Plan, progress: Progress | None = None, folder: ResultFolder | None = None) -> Comparison:
    """Run a planned comparison; the numbers of its runs wait in a nameless file, on the folder's disk if there is one."""
    variants, reduction, n = plan.variants, plan.reduction, len(plan.variants)
    ready_the_compiled_model()
    spool = Spool(plan.replicates * n, reduction.n_columns, folder and folder.place)
    try:
        failures = _run_all(plan, spool, progress)
    except BaseException:
        spool.close()
        raise
    levels, spread, differences = summarised(spool, n)
    notes = (*plan.notes, *_notes(variants, plan.names, reduction, failures, plan.replicates))
    return Comparison(
        variants, plan.names, plan.replicates, plan.seed, reduction, levels, spread, differences, tuple(failures),
        notes, spool, plan.options,
    )  # fmt: skip


def _reduction(
    variants: Sequence[Scenario], first: int, stop: int, window: Window, outcomes: Sequence[str] | None,
    groups: Sequence[str] | None, record: Record,
) -> Reduction:  # fmt: skip
    kept = chosen_outcomes(outcomes)
    every = period_of(record, stop - first)
    over_time = tuple(outcome for outcome in kept if every and not is_barrier(outcome))
    apart = frozenset((*HEADLINE, *(outcomes or ())))
    dimensions = checked_groups(EQUITY if groups is None else groups)
    places = [max(1, int(v.weekly_parameters()["n_localities"][0])) for v in variants]
    if "locality" in dimensions and len(set(places)) > 1:
        raise InputError(f"scenarios have {places} localities: they cannot be shown by locality beside each other")
    return Reduction(
        first, stop, read_window(window, first, stop), kept, over_time, apart, every, dimensions, places[0]
    )


def _run_all(plan: Plan, spool: Spool, progress: Progress | None) -> list[Failure]:
    reduction, n = plan.reduction, len(plan.variants)
    variants = [replace(variant, n_weeks=reduction.stop - variant.start_week) for variant in plan.variants]
    missing = np.full(reduction.n_columns, np.nan)

    def work(task: Task) -> None:
        row = missing
        try:
            row = reduction.row(run_scenario(variants[task.scenario], task.seed, "weekly", reduction.recorded))
        finally:
            spool.write(task.number, row)

    return run_tasks(paired_tasks(n, plan.replicates, plan.seed), plan.replicates * n, work, plan.jobs, progress)


def whole_number(name: str, value: int, least: int) -> None:
    """Raises: InputError unless `value` is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} is {value!r}; it must be a whole number of at least {least}")


def read_all(
    scenarios: Sequence[Source] | Source, n_users: int | None, n_weeks: int | None, parameters: Mapping[str, float | None]
) -> list[Scenario]:
    """Every scenario to run, arms apart. Raises: ScenarioError with the faults of all files at once."""
    listed = [scenarios] if isinstance(scenarios, (Scenario, str, os.PathLike)) else list(scenarios)
    faults: list[Fault] = []
    found: list[Scenario] = []
    for source in listed:
        try:
            scenario = source if isinstance(source, Scenario) else read_scenario(os.fspath(source))
            if n_users is not None or n_weeks is not None or parameters:
                scenario = scenario.changed(n_users=n_users, n_weeks=n_weeks, **parameters)
            found += scenario.variants()
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    if not found:
        raise InputError("there is nothing to compare: name at least one scenario")
    return found


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, a repeated one with a counter: "baseline", "baseline (2)"."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def checked_to_compare(variants: list[Scenario], names: Sequence[str]) -> list[str]:
    """Notes on what differs at the start. Raises: InputError if the scenarios do not hold the same people."""
    first = variants[0]
    for other, name in zip(variants, names, strict=True):
        if other.n_users != first.n_users:
            raise InputError(
                f"{names[0]} has {first.n_users:,} people and {name} {other.n_users:,}: runs are compared person by person, "
                f"so give all the same number, such as --people {max(first.n_users, other.n_users)}"
            )
        if other.enrich != first.enrich:
            enriched, plain = (names[0], name) if other.enrich is None else (name, names[0])
            raise InputError(
                f"{enriched} draws people prone to detention more often than their share (population.enrich_compulsion) "
                f"and {plain} does not in the same way, so they do not hold the same people. "
                f"Compare it with its own arms, or give both the same population"
            )
    fixed = sorted({
        parameter for other in variants[1:] for parameter in FIXED_AT_START
        if other.parameters[parameter] != first.parameters[parameter]
    })  # fmt: skip
    if not fixed:
        return []
    return [f"The scenarios start from different populations ({', '.join(fixed)}), so less luck is shared."]


def shared_weeks(variants: list[Scenario], names: Sequence[str]) -> tuple[int, int]:
    """The calendar weeks that all scenarios run: (first, the week after the last). Raises: InputError if there are none."""
    first = max(variant.start_week for variant in variants)
    stop = min(variant.start_week + variant.n_weeks for variant in variants)
    if first >= stop:
        spans = "; ".join(
            f"{name} weeks {v.start_week} to {v.start_week + v.n_weeks - 1}"
            for v, name in zip(variants, names, strict=True)
        )
        raise InputError(f"the scenarios have no week in common: {spans}")
    return first, stop


def read_window(window: Window, first: int, stop: int) -> tuple[int, int]:
    """The weeks to report on: (first, the week after the last).

    Raises: InputError unless it is FROM:TO in weeks or dates within the shared weeks.
    """
    if window is None:
        return max(first, stop - YEAR_WEEKS), stop
    parts = window.split(":") if isinstance(window, str) else list(window)
    expected = f"FROM:TO in weeks ({first}:{stop}) or dates ({monday_of(first)}:{monday_of(stop)}), TO left out"
    if len(parts) != 2:
        raise InputError(f"window is {window!r}; expected {expected}")
    start, end = (_week(part, default, expected) for part, default in zip(parts, (first, stop), strict=True))
    if not first <= start < end <= stop:
        raise InputError(f"window {start}:{end} does not lie in the weeks compared; expected {expected}")
    return start, end


def _week(text: str | int | date, default: int, expected: str) -> int:
    if isinstance(text, date):
        return week_of(text)
    word = str(text).strip()
    if not word:
        return default
    if re.fullmatch(r"[+-]?\d{1,6}", word):
        return int(word)
    try:
        return week_of(date.fromisoformat(word))
    except ValueError:
        raise InputError(f"window: {word!r} is neither a week nor a date; expected {expected}") from None


def _notes(
    variants: Sequence[Scenario], names: Sequence[str], reduction: Reduction, failures: list[Failure], replicates: int
) -> list[str]:
    notes = []
    first, stop = reduction.first, reduction.stop
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
