"""Runs for the pattern tests: the same seeds under two worlds, compared seed by seed.

A pattern passes by an interval of paired differences, never by a point: luck is shared, so seed by seed the two worlds
differ only through what was changed. `arm` runs a world and keeps it for the session, so that patterns share the
baseline; `Arm.rate` is a rate for each seed; `interval` is the mean with its t interval.

A `watch` is called before every week and after the last: it takes notes of what the record does not hold, or changes the
world between two weeks, which breaks a rule that no parameter switches off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

from persim.measures import COLUMN, N_FIELDS, N_STOCKS, STOCKS
from persim.outcomes import group_rows
from persim.population import start_world
from persim.scenario import Scenario, read_scenario
from persim.simulate import Run, ready_the_compiled_model, scratch
from persim.state import World
from persim.week import run_weeks

QUARTER, YEAR = 13, 52
LEVEL = 0.99
Notes = dict[str, np.ndarray]
Watch = Callable[[World, int, Notes], None]


@dataclass(frozen=True)
class Interval:
    """A mean over seeds and its t interval at `LEVEL`."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}], n = {self.n}"

    def above(self, value: float) -> bool:
        """Does the whole interval lie above `value`?"""
        return self.low > value

    def below(self, value: float) -> bool:
        """Does the whole interval lie below `value`?"""
        return self.high < value

    def within(self, low: float, high: float) -> bool:
        """Does the whole interval lie between `low` and `high`?"""
        return low < self.low and self.high < high


def interval(values: np.ndarray) -> Interval:
    """The mean of one value a seed, with its t interval; seeds without a base (NaN) are left out."""
    kept = values[~np.isnan(values)]
    n = len(kept)
    if n < 2:
        return Interval(float("nan"), float("nan"), float("nan"), n)
    mean = float(kept.mean())
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1) * kept.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half, n)


@dataclass(frozen=True)
class Verdict:
    """What a check of a pattern found: whether it holds, and the intervals that say so."""

    holds: bool
    found: Mapping[str, object]

    def __str__(self) -> str:
        return "; ".join(f"{name}: {value}" for name, value in self.found.items())


@dataclass(frozen=True)
class Arm:
    """One world over many seeds.

    Attributes:
        counts: float64 of shape (n_seeds, n_periods, n_groups, N_FIELDS). labels: of the groups, "all" first.
        every: weeks in a period. notes: what `watch` noted, one mapping a seed.
    """

    counts: np.ndarray
    labels: tuple[str, ...]
    every: int
    notes: tuple[Notes, ...]

    def total(self, fields: str, weeks: slice, group: str = "all") -> np.ndarray:
        """Sum of the named counts ("a b-" is a less b) over the periods that end in `weeks`, shape (n_seeds,).

        Stocks are multiplied by the weeks of a period, so that a flow over a stock is a weekly rate.
        """
        first, end = (weeks.start or 0) // self.every, weeks.stop // self.every
        part = self.counts[:, first:end, self.labels.index(group)]
        total = np.zeros(len(part))
        for field in fields.split():
            name = field.rstrip("-")
            weight = self.every if name in STOCKS else 1
            total += (-weight if field.endswith("-") else weight) * part[:, :, COLUMN[name]].sum(axis=1)
        return total

    def rate(self, top: str, bottom: str, weeks: slice, group: str = "all", scale: float = 1.0) -> np.ndarray:
        """A rate for each seed over the weeks, shape (n_seeds,); NaN where there was no base."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return scale * self.total(top, weeks, group) / self.total(bottom, weeks, group)


def run_one(
    scenario: Scenario, seed: int, dimensions: tuple[str, ...], every: int, watch: Watch | None
) -> tuple[np.ndarray, tuple[str, ...], Notes]:
    """One run: counts by group, the labels of the groups, and what was noted."""
    enriched = -1.0 if scenario.enrich is None else float(scenario.enrich)
    world = start_world(scenario.n_users, scenario.weekly_parameters(), seed, enriched)
    first, n_rows = group_rows(len(world.localities), dimensions)
    n_weeks, start = scenario.n_weeks, scenario.start_week
    out = np.zeros((-(-n_weeks // every), n_rows, N_FIELDS))
    cells, events = scratch()
    notes: Notes = {}
    if watch is None:
        run_weeks(world, seed, enriched, start, 0, n_weeks, every, out, cells, first, events)
    else:
        for week in range(n_weeks):
            watch(world, week, notes)
            row = out[week // every : week // every + 1]
            row[:, :, :N_STOCKS] = 0.0
            run_weeks(world, seed, enriched, start, week, 1, 1, row, cells, first, events)
        watch(world, n_weeks, notes)
    run = Run(scenario, seed, out, dimensions, every, world)
    return run.counts, tuple(label for _, label in run.labels), notes


@cache
def _kept_arm(
    name: str, seeds: tuple[int, ...], people: int, weeks: int | None, dimensions: tuple[str, ...], every: int,
    numbers: tuple[tuple[str, float], ...], watch: Watch | None,
) -> Arm:  # fmt: skip
    scenario = read_scenario(name).changed(n_users=people, n_weeks=weeks, **dict(numbers))
    ready_the_compiled_model()
    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(lambda seed: run_one(scenario, seed, dimensions, every, watch), seeds))
    return Arm(np.stack([r[0] for r in results]), results[0][1], every, tuple(r[2] for r in results))


def arm(
    name: str,
    *,
    seeds: int = 24,
    people: int = 3000,
    weeks: int | None = None,
    dimensions: tuple[str, ...] = (),
    every: int = QUARTER,
    watch: Watch | None = None,
    **numbers: float,
) -> Arm:
    """A scenario (or one arm, `name/arm`) with changed numbers over seeds 1 to `seeds`, on two threads, kept for the session."""
    given = tuple(sorted(numbers.items()))
    return _kept_arm(name, tuple(range(1, seeds + 1)), people, weeks, dimensions, every, given, watch)
