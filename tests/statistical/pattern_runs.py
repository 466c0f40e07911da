"""Runs for the pattern tests: the same seeds in two worlds, compared seed by seed.

A pattern passes by an interval of paired differences, never by a point: luck is shared, so that seed by seed two worlds
differ only through what was changed. `arm` runs a world over seeds and keeps it for the session, so that patterns share
their baselines; `Arm.rate` gives a rate for each seed; `interval` the mean of such numbers with its t interval; a
`Verdict` says whether a pattern holds, part by part.

A rule that no parameter switches off is broken by a `watch`. It is called before every week and after the last: it
takes notes of what the record does not hold, or changes the world between two weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import stats

from persim.measures import COLUMN, N_FIELDS, N_STOCKS, STOCKS
from persim.outcomes import group_rows
from persim.phases.counting import scratch
from persim.population import start_world
from persim.scenario import Scenario, read_scenario
from persim.simulate import Run, ready_the_compiled_model
from persim.state import World
from persim.week import run_weeks

QUARTER, YEAR = 13, 52
WHOLE, LAST_YEAR = slice(0, 260), slice(208, 260)
YEAR_2011 = slice(156, 208)  # April 2011 to March 2012
LEVEL = 0.99
SEEDS, PEOPLE = 20, 3000
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

    def above(self, value: float) -> tuple[bool, Interval]:
        """Does the whole interval lie above `value`?"""
        return self.low > value, self

    def below(self, value: float) -> tuple[bool, Interval]:
        """Does the whole interval lie below `value`?"""
        return self.high < value, self

    def within(self, low: float, high: float) -> tuple[bool, Interval]:
        """Does the whole interval lie between `low` and `high`?"""
        return low < self.low and self.high < high, self


def interval(values: np.ndarray | Iterable[float]) -> Interval:
    """The mean of one value a seed, with its t interval; seeds without a base (NaN) are left out."""
    values = np.asarray(values, float)
    kept = values[~np.isnan(values)]
    n = len(kept)
    if n < 2:
        return Interval(np.nan, np.nan, np.nan, n)
    mean = float(kept.mean())
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1) * kept.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half, n)


class Verdict:
    """Whether a pattern holds: parts by name, each what an interval said and that interval."""

    def __init__(self, **parts: tuple[bool, Interval]) -> None:
        self.parts = parts

    @property
    def holds(self) -> bool:
        """Do all parts hold?"""
        return all(held for held, _ in self.parts.values())

    def fails_in(self, *names: str) -> bool:
        """Does the pattern fail, and in each of these parts?"""
        return not self.holds and all(not self.parts[name][0] for name in names)

    def __repr__(self) -> str:
        return "\n" + "\n".join(
            f"{'held  ' if held else 'FAILED'} {name}: {found}" for name, (held, found) in self.parts.items()
        )


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
        """Sum of the named counts ("a b-" is a less b) over the periods of `weeks`, shape (n_seeds,).

        Weeks are counted from the start of the run and stand for whole periods. A stock counts for every week of its
        period, so that a flow over a stock is a weekly rate.
        """
        part = self.counts[:, weeks.start // self.every : weeks.stop // self.every, self.labels.index(group)]
        total = np.zeros(len(part))
        for field in fields.split():
            name = field.rstrip("-")
            times = (self.every if name in STOCKS else 1) * (-1 if field.endswith("-") else 1)
            total += times * part[:, :, COLUMN[name]].sum(axis=1)
        return total

    def rate(self, top: str, bottom: str, weeks: slice, group: str = "all", scale: float = 1.0) -> np.ndarray:
        """A rate for each seed over the weeks, shape (n_seeds,); NaN where there was no base."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return scale * self.total(top, weeks, group) / self.total(bottom, weeks, group)

    def noted(self, name: str) -> np.ndarray:
        """One note of every seed, stacked."""
        return np.stack([notes[name] for notes in self.notes])


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
        run_weeks(world, seed, enriched, start, 0, 0, n_weeks, every, out, cells, first, events)
    else:
        for week in range(n_weeks):
            watch(world, week, notes)
            row = out[week // every : week // every + 1]
            row[:, :, :N_STOCKS] = 0.0
            run_weeks(world, seed, enriched, start, week, 0, 1, 1, row, cells, first, events)
        watch(world, n_weeks, notes)
    run = Run(scenario, seed, out, dimensions, every, world)
    return run.counts, tuple(label for _, label in run.labels), notes


_KEPT: dict[tuple, Arm] = {}


def arm(
    world: str | Scenario,
    *,
    seeds: int = SEEDS,
    people: int = PEOPLE,
    weeks: int | None = None,
    dimensions: tuple[str, ...] = (),
    every: int = QUARTER,
    watch: Watch | None = None,
    **numbers: float,
) -> Arm:
    """A scenario (or one arm, `name/arm`) with changed numbers over seeds 1 to `seeds`, kept for the session.

    Runs on two threads; `watch` must not keep anything outside its notes.
    """
    scenario = read_scenario(world) if isinstance(world, str) else world
    scenario = scenario.changed(n_users=people, n_weeks=weeks, **numbers)
    key = (scenario.digest(), seeds, dimensions, every, watch)
    if key not in _KEPT:
        ready_the_compiled_model()
        with ThreadPoolExecutor(2) as threads:
            runs = list(
                threads.map(lambda seed: run_one(scenario, seed, dimensions, every, watch), range(1, seeds + 1))
            )
        _KEPT[key] = Arm(np.stack([counts for counts, _, _ in runs]), runs[0][1], every, tuple(r[2] for r in runs))
    return _KEPT[key]


def mean_where(values: np.ndarray, chosen: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean of the chosen, NaN if there are none."""
    return float(np.average(values[chosen], weights=weights[chosen])) if chosen.any() else np.nan
