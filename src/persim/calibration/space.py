"""The space that a calibration searches: a box of parameters, seen as a unit cube, on the grid of three digits.

Points are rounded to three significant digits before they are run, so that every point is one that a person can write
down, and the defaults of the model can be one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DIGITS = 3


@dataclass(frozen=True)
class Axis:
    """One parameter and its prior: even between `low` and `high`, over orders of magnitude if `log`."""

    name: str
    low: float
    high: float
    log: bool = False
    whole: bool = False

    def value(self, share: float) -> float:
        """The value at a share of the way from low to high, rounded, within the bounds."""
        if self.log:
            value = float(np.exp(np.log(self.low) + (np.log(self.high) - np.log(self.low)) * share))
        else:
            value = self.low + (self.high - self.low) * share
        rounded = float(round(value)) if self.whole else float(f"{value:.{DIGITS}g}")
        return min(max(rounded, self.low), self.high)


@dataclass(frozen=True)
class Space:
    """A box of parameters. A point is a row of values; in the unit cube the prior is even."""

    axes: tuple[Axis, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters, in the order of columns."""
        return tuple(axis.name for axis in self.axes)

    @property
    def n(self) -> int:
        """How many parameters there are."""
        return len(self.axes)

    def values(self, unit: np.ndarray) -> np.ndarray:
        """Rounded values of points in the unit cube, both of shape (n_points, n)."""
        rows = [[axis.value(share) for axis, share in zip(self.axes, row, strict=True)] for row in unit.tolist()]
        return np.array(rows, float).reshape(len(unit), self.n)

    def unit(self, values: np.ndarray) -> np.ndarray:
        """Points in the unit cube from their values, both of shape (n_points, n)."""
        found = np.empty(np.shape(values), float)
        for place, axis in enumerate(self.axes):
            column, low, high = np.asarray(values)[:, place], axis.low, axis.high
            if axis.log:
                column, low, high = np.log(column), np.log(low), np.log(high)
            found[:, place] = (column - low) / (high - low)
        return found

    def prior_moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of every parameter under the prior, each of shape (n,)."""
        means, spreads = [], []
        for axis in self.axes:
            width = axis.high - axis.low
            if axis.log:
                logs = np.log(axis.high / axis.low)
                mean = width / logs
                spread = np.sqrt(max(0.0, (axis.high**2 - axis.low**2) / (2.0 * logs) - mean**2))
            else:
                mean, spread = (axis.low + axis.high) / 2.0, width / np.sqrt(12.0)
            means.append(mean)
            spreads.append(spread)
        return np.array(means), np.array(spreads)


def luck(seed: int, *place: int) -> np.random.Generator:
    """A stream of luck of its own for each place in a calibration: stage, step, purpose. It depends on nothing else."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *place])))


def spread_out(n_points: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """A space-filling design in the unit cube, shape (n_points, n): a Latin hypercube."""
    from scipy.stats import qmc

    return qmc.LatinHypercube(n, rng=rng).random(n_points)


def systematic(weights: np.ndarray, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Rows drawn in proportion to weights that sum to 1, by systematic resampling, shape (n_draws,)."""
    places = (np.arange(n_draws) + rng.random()) / n_draws
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)


def effective(weights: np.ndarray) -> float:
    """Kish's effective sample size of weights that are 0 or more; 0 if all of them are 0."""
    squares = float(np.square(weights).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0.0 else 0.0


def effective_of_groups(points: np.ndarray, weights: np.ndarray) -> tuple[float, int]:
    """Kish's effective sample size and number of distinct rows, where equal rows count as one.

    Args:
        points: shape (n, k). weights: shape (n,); rows without weight do not count.
    """
    there = weights > 0.0
    _, group = np.unique(points[there], axis=0, return_inverse=True)
    sums = np.bincount(group.ravel(), weights[there])
    return effective(sums), len(sums)


def quantiles(values: np.ndarray, weights: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Weighted quantiles of one column, shape (len(shares),)."""
    order = np.argsort(values, kind="stable")
    middle = np.cumsum(weights[order]) - weights[order] / 2.0
    return np.interp(shares, middle / weights.sum(), values[order])
