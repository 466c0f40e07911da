"""What figures say about parameters, and what they leave open: parameters not informed, ridges along which they trade off.

All is measured in the unit cube, where the prior is even: its standard deviation is 1 / sqrt(12) for every parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from persim.calibration.space import Space, luck

PRIOR_SD = 1.0 / np.sqrt(12.0)
NOT_INFORMED = 0.9  # of the prior's standard deviation left, with a mean that has hardly moved
HARDLY = 0.25  # of the prior's standard deviation
INFORMED = 0.5
RIDGE = 0.3  # partial correlation from which two parameters are said to stand for each other
RESAMPLES, RESAMPLING = 200, 3301


@dataclass(frozen=True)
class Informed:
    """One parameter: what of the prior's standard deviation is `left` (1: all), and how far the mean has `moved` in it.

    `se` is the Monte-Carlo error of `left`. `mean` is in the unit cube.
    """

    name: str
    left: float
    se: float
    mean: float
    moved: float

    @property
    def verdict(self) -> str:
        """One of "not informed", "partly" and "informed"."""
        if self.left > NOT_INFORMED and abs(self.moved) < HARDLY:
            return "not informed"
        return "informed" if self.left < INFORMED else "partly"


@dataclass(frozen=True)
class Ridge:
    """Two parameters that stand for each other: the figures leave one free as long as the other makes up for it.

    Attributes:
        correlation: in the posterior. partial: with all others held; se: its Monte-Carlo error.
        along, across: standard deviation left of the prior's, along the ridge and across it.
    """

    first: str
    second: str
    correlation: float
    partial: float
    se: float
    along: float
    across: float


@dataclass(frozen=True)
class Identified:
    """A posterior looked at: every parameter, all partial correlations of shape (n, n), ridges from the strongest down."""

    rows: tuple[Informed, ...]
    correlation: np.ndarray
    partial: np.ndarray
    ridges: tuple[Ridge, ...]

    @property
    def not_informed(self) -> tuple[str, ...]:
        """Parameters of which the figures say nothing."""
        return tuple(row.name for row in self.rows if row.verdict == "not informed")


def identified(space: Space, points: np.ndarray, weights: np.ndarray, seed: int = 1) -> Identified:
    """What a weighted sample of the posterior says.

    Args:
        points: values, shape (n_points, space.n). weights: 0 or more, shape (n_points,). seed: of the Monte-Carlo errors.
    """
    unit, weights = space.unit(points), weights / weights.sum()
    mean, cov = moments(unit, weights)
    left = np.sqrt(np.diag(cov)) / PRIOR_SD
    rng = luck(seed, RESAMPLING)
    again = [moments(unit, _bootstrapped(weights, rng)) for _ in range(RESAMPLES)]
    left_se = np.array([np.sqrt(np.diag(one)) for _, one in again]).std(axis=0, ddof=1) / PRIOR_SD
    rows = tuple(
        Informed(name, float(left[i]), float(left_se[i]), float(mean[i]), float((mean[i] - 0.5) / PRIOR_SD))
        for i, name in enumerate(space.names)
    )
    partial = partial_correlations(cov)
    partial_se = np.array([partial_correlations(one) for _, one in again]).std(axis=0, ddof=1)
    spread = np.sqrt(np.diag(cov))
    correlation = cov / np.outer(spread, spread)
    pairs = [(i, j) for i in range(space.n) for j in range(i) if abs(partial[i, j]) >= RIDGE]
    pairs = [(i, j) for i, j in pairs if abs(partial[i, j]) > 3.0 * partial_se[i, j]]
    pairs.sort(key=lambda pair: -abs(partial[pair]))
    ridges = tuple(
        Ridge(
            space.names[j], space.names[i], float(correlation[i, j]), float(partial[i, j]), float(partial_se[i, j]),
            *_across(cov, j, i, float(np.sign(partial[i, j]))),
        )
        for i, j in pairs
    )  # fmt: skip
    return Identified(rows, correlation, partial, ridges)


def moments(unit: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and covariance of points, shape (n,) and (n, n)."""
    mean = weights @ unit
    apart = unit - mean
    return mean, (apart * weights[:, None]).T @ apart


def partial_correlations(cov: np.ndarray) -> np.ndarray:
    """Correlation of every two with all others held, from a covariance, shape (n, n)."""
    precision = np.linalg.inv(cov + 1e-10 * np.eye(len(cov)))
    scale = np.sqrt(np.diag(precision))
    found = -precision / np.outer(scale, scale)
    np.fill_diagonal(found, 1.0)
    return found


def contrast(space: Space, first: str, second: str, sign: float) -> np.ndarray:
    """The direction of a ridge in the unit cube: both rise together (sign 1), or one for the other (-1); length 1."""
    found = np.zeros(space.n)
    found[space.names.index(first)] = np.sqrt(0.5)
    found[space.names.index(second)] = np.sqrt(0.5) * (1.0 if sign > 0 else -1.0)
    return found


def words(found: Identified, labels: Mapping[str, str] | None = None) -> Sequence[str]:
    """Sentences: what the figures say nothing of, what they say, what stands for what."""

    def told(name: str) -> str:
        return (labels or {}).get(name, name)

    lines = []
    for verdict, text in (
        ("not informed", "The figures say nothing of"), ("partly", "They narrow a little"), ("informed", "They inform"),
    ):  # fmt: skip
        rows = sorted((row for row in found.rows if row.verdict == verdict), key=lambda row: -row.left)
        if rows:
            each = ", ".join(f"{told(row.name)} ({100 * row.left:.0f} % of the prior's spread is left)" for row in rows)
            lines.append(f"{text}: {each}.")
    for ridge in found.ridges:
        way = "more of one makes up for less of the other" if ridge.partial < 0 else "both can rise together"
        lines.append(
            f"A ridge: {told(ridge.first)} and {told(ridge.second)} cannot be told apart, {way} (partial correlation "
            f"{ridge.partial:.2f}, error {ridge.se:.2f}; {100 * ridge.along:.0f} % of the prior's spread is left along the "
            f"ridge, {100 * ridge.across:.0f} % across it)."
        )
    return lines


def _across(cov: np.ndarray, i: int, j: int, sign: float) -> tuple[float, float]:
    """Standard deviation over the prior's along the ridge of two parameters and across it."""
    both = cov[i, i] + cov[j, j]
    along = np.sqrt(max(0.0, (both + sign * 2.0 * cov[i, j]) / 2.0))
    return float(along / PRIOR_SD), float(np.sqrt(max(0.0, (both - sign * 2.0 * cov[i, j]) / 2.0)) / PRIOR_SD)


def _bootstrapped(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    found = weights * rng.exponential(size=len(weights))
    return found / found.sum()
