"""How much a feedback loop does over time: the same people and luck with the loop and without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.errors import InputError
from persim.intervals import paired
from persim.loops import chosen_loops
from persim.scenario import Scenario, read_scenario
from persim.simulate import outcome_named, run_scenario

if TYPE_CHECKING:
    from pathlib import Path

MOST_SEEDS = 60  # the page asks for a handful; anything larger belongs to a study


@dataclass(frozen=True)
class LoopStrength:
    """One outcome with a loop less the same without it, week by week, over pairs of runs.

    Attributes:
        weeks: calendar weeks, shape (n_weeks,). on, off: means of the runs with and without the loop, shape (n_weeks,).
        difference, low, high: mean difference (with less without) and its 95 % interval, shape (n_weeks,); NaN where the
            outcome had no base, or where one pair gives no interval. n: pairs.
    """

    key: str
    outcome: str
    scenario: str
    n: int
    weeks: np.ndarray
    on: np.ndarray
    off: np.ndarray
    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def as_json(self) -> dict[str, Any]:
        """Plain types for the seminar's page; None where there was no base."""
        numbers = {name: _plain(getattr(self, name)) for name in ("on", "off", "difference", "low", "high")}
        first = int(self.weeks[0])
        return {
            "key": self.key,
            "outcome": self.outcome,
            "label": outcome_named(self.outcome).label,
            "unit": outcome_named(self.outcome).unit,
            "scenario": self.scenario,
            "n": self.n,
            "first_week": first,
            "weeks": len(self.weeks),
            **numbers,
        }


def loop_strength(
    scenario: Scenario | str | Path, key: str, seeds: Iterable[int] = range(1, 7), outcome: str | None = None
) -> LoopStrength:
    """What the loop `key` does to an outcome over time, by runs of `scenario` with it and without it, paired by seed.

    Args:
        scenario: as it stands the loop is on; one in which the loop is off already gives a difference of nought.
        seeds: one pair of runs for each; six of 400 people take about a tenth of a second.
        outcome: the loop's own if None.

    Raises: InputError for an unknown loop or outcome, or for no seeds or too many.
    """
    (loop,) = chosen_loops([key])
    name = outcome_named(outcome or loop.outcome).name
    chosen = list(seeds)
    if not 1 <= len(chosen) <= MOST_SEEDS:
        raise InputError(f"{len(chosen)} seeds; there can be 1 to {MOST_SEEDS}")
    if not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    cut: dict[str, Any] = dict(loop.off)
    without = scenario.changed(**cut)
    on, off = (
        np.array([run_scenario(world, seed, "weekly").series(name) for seed in chosen]) for world in (scenario, without)
    )
    found = paired(off, on)
    weeks = scenario.start_week + np.arange(scenario.n_weeks)
    means = (_mean(on), _mean(off))
    return LoopStrength(key, name, scenario.name, len(chosen), weeks, *means, found.mean, found.low, found.high)


def _mean(values: np.ndarray) -> np.ndarray:
    """Means over runs, missing ones left out; NaN where all are missing."""
    there = ~np.isnan(values)
    n = there.sum(axis=0)
    return np.where(n > 0, np.where(there, values, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)


def _plain(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 6) for value in values]
