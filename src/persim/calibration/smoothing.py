"""What runs would give on average: the chance of small runs is taken out, as far as points nearby tell it apart.

A published rate of a whole country holds next to no chance, a run of a thousand people a good deal. So what counts is the
simulator's mean. Where replicates tell how large the chance is, each target is fitted by a quadratic surface over all
points; a point's own figure is drawn towards it by the share of its distance that is chance (empirical Bayes). Where there
is no chance, or it cannot be told, figures stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ENOUGH = 5.0  # points for each term of a surface
RIDGE = 1e-6
NEAR, LEAST = (
    3.0,
    0.05,
)  # errors of observation within which points count in full for the surface, and what others count


@dataclass(frozen=True)
class Smoothed:
    """Figures without chance, shape (n_points, n_targets), and the variance left unknown in them, shape (n_targets,).

    `own` is the share of a point's own distance from the surface that is kept: 0 if all of it is chance, 1 without chance.
    """

    figures: np.ndarray
    unknown: np.ndarray
    own: np.ndarray


def smoothed(
    points: np.ndarray, simulated: np.ndarray, chance: np.ndarray, values: np.ndarray, sd: np.ndarray
) -> Smoothed:
    """Figures with chance taken out.

    Args:
        points: shape (n, k), on any scale. simulated: shape (n, n_targets), with NaN where a figure is missing.
        chance: variance of a figure by chance, shape (n_targets,); 0 leaves a target as it is.
        values, sd: observed figures and their errors, which say where the surface has to fit well.
    """
    n_targets = simulated.shape[1]
    figures, unknown, own = simulated.copy(), np.zeros(n_targets), np.ones(n_targets)
    whole = np.isfinite(simulated).all(axis=1)
    if not whole.any() or not (chance > 0.0).any():
        return Smoothed(figures, unknown, own)
    basis = _terms(points, int(whole.sum()))
    trial = basis @ _fitted(basis[whole], simulated[whole], np.ones(int(whole.sum())))
    apart = np.abs((trial - values) / sd).max(axis=1)
    weights = np.where(apart <= NEAR, 1.0, np.maximum(LEAST, (NEAR / np.maximum(apart, NEAR)) ** 4))
    surface = basis @ _fitted(basis[whole], simulated[whole], weights[whole])
    total = weights[whole].sum()
    for target in np.flatnonzero(chance > 0.0):
        residual = simulated[whole, target] - surface[whole, target]
        spread = float(weights[whole] @ np.square(residual)) / total
        kept = max(0.0, 1.0 - float(chance[target]) / spread) if spread > 0.0 else 0.0
        figures[:, target] = surface[:, target] + kept * (simulated[:, target] - surface[:, target])
        of_surface = float(chance[target]) * basis.shape[1] / total
        unknown[target], own[target] = kept * float(chance[target]) + (1.0 - kept) * of_surface, kept
    return Smoothed(figures, unknown, own)


def _terms(points: np.ndarray, n: int) -> np.ndarray:
    """Terms of a surface: quadratic, with products of two where there are points enough for them, else without."""
    spread = points.std(axis=0)
    scaled = (points - points.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    k = scaled.shape[1]
    first, second = np.triu_indices(k)
    if n < ENOUGH * (1 + k + len(first)):
        first = second = np.arange(k)
    if n < ENOUGH * (1 + k + len(first)):
        first = second = np.empty(0, int)
    return np.column_stack([np.ones(len(points)), scaled, scaled[:, first] * scaled[:, second]])


def _fitted(basis: np.ndarray, simulated: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Coefficients of weighted surfaces, shape (n_terms, n_targets)."""
    weighted = basis * weights[:, None]
    return np.linalg.solve(weighted.T @ basis + RIDGE * weights.sum() * np.eye(basis.shape[1]), weighted.T @ simulated)
