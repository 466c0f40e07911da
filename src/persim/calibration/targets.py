"""What is held against each other: observed figures with their errors, and what the simulator gives in their place.

The model of observation is figure = simulated + normal error of standard deviation `sd`. Weighting points by the density
of that error is then no approximation (Wilkinson 2013, Statistical Applications in Genetics and Molecular Biology 12):
a kernel of `width` 1 gives the posterior itself, wider ones give tempered ones on the way there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

MOST_PRESENT = 0.5  # share of replicates that must have a base


@dataclass(frozen=True)
class Observed:
    """Observed figures, shape (n_targets,); `upper` marks those of which only an upper bound is known."""

    values: np.ndarray
    sd: np.ndarray
    upper: np.ndarray

    @property
    def n(self) -> int:
        """How many figures there are."""
        return len(self.values)

    def distances(self, simulated: np.ndarray) -> np.ndarray:
        """Signed distances in errors of observation, same shape as `simulated` (..., n_targets); 0 below a bound."""
        found = (simulated - self.values) / self.sd
        return np.where(self.upper & (found < 0.0), 0.0, found)

    def log_kernel(self, simulated: np.ndarray, width: float = 1.0, unknown: np.ndarray | None = None) -> np.ndarray:
        """Log weight of each point, shape (n_points,), up to a constant; minus infinity where a figure is missing.

        Args:
            unknown: variance of the figures themselves, shape (n_targets,), which adds to that of observation.
        """
        more = 0.0 if unknown is None else unknown / np.square(self.sd)
        squares = (np.square(self.distances(simulated)) / (width**2 + more)).sum(axis=-1)
        return np.where(np.isfinite(squares), -0.5 * squares, -np.inf)

    def implausibility(self, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
        """The largest distance of any target in standard deviations of everything uncertain, shape (n_points,).

        Args:
            mean, variance: of an emulator, shape (n_points, n_targets); the variance holds chance and emulator error.
        """
        apart = (mean - self.values) / np.sqrt(variance + np.square(self.sd))
        return np.where(self.upper, np.maximum(apart, 0.0), np.abs(apart)).max(axis=-1)


def observed(values: ArrayLike, sd: ArrayLike, upper: ArrayLike | None = None) -> Observed:
    """Observed figures from plain arrays, all two-sided unless `upper` marks bounds."""
    values = np.asarray(values, float)
    return Observed(
        values, np.asarray(sd, float), np.zeros(len(values), bool) if upper is None else np.asarray(upper, bool)
    )


def averaged(simulated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means over replicates, shape (n_points, n_targets), and the variance of such a mean by chance, shape (n_targets,).

    Args:
        simulated: of shape (n_points, n_targets), then the chance is unknown (0); or (n_points, n_replicates, n_targets).
            A replicate without a base says nothing; a figure is missing where most have none.
    """
    simulated = np.asarray(simulated, float)
    if simulated.ndim == 2:
        return simulated, np.zeros(simulated.shape[1])
    there = np.isfinite(simulated)
    n = there.sum(axis=1)
    known = n >= np.maximum(1, simulated.shape[1] * MOST_PRESENT)
    filled = np.where(there, simulated, 0.0)
    means = np.where(known, filled.sum(axis=1) / np.maximum(n, 1), np.nan)
    several = known & (n > 1)
    apart = np.where(there, simulated - np.where(known, means, 0.0)[:, None, :], 0.0)
    variances = np.where(several, np.square(apart).sum(axis=1) / np.maximum(n - 1, 1) / np.maximum(n, 1), 0.0)
    return means, variances.sum(axis=0) / np.maximum(several.sum(axis=0), 1)
