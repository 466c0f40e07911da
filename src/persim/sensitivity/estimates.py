"""Elementary effects and Sobol' indices with the noise of replicates taken off: plain functions of arrays.

A model with luck gives at point i and with seed r the value y(i, r) = f(i) + e(i, r). What is wanted is how the
expectation f depends on the inputs. A product of two values made with *different* seeds has no share of luck in its
expectation, so wherever an estimator has a product of two outputs, the mean over all pairs of different seeds is taken
instead of the product of means. For R seeds that is the product of means less the covariance over seeds divided by R; it
holds whether luck is shared between points (common random numbers) or not. Without luck both are SALib's estimators.

Estimators: Morris 1991, Campolongo and others 2007; first and total order Saltelli and others 2010; second Saltelli 2002.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
MOST_WITHOUT = 0.05  # of resamples that may have no value
TWO_SIDED = (100.0 * (1.0 - LEVEL) / 2.0, 100.0 * (1.0 + LEVEL) / 2.0)


def resampled(n: int, resamples: int, seed: int) -> np.ndarray:
    """Weights of n things in each resample of a bootstrap, shape (resamples, n); a row adds up to 1."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), size=resamples) / n


def interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % percentile interval over resamples (first axis); NaN if more than one in twenty of them has no value."""
    enough = np.isfinite(values).mean(axis=0) > 1.0 - MOST_WITHOUT
    low, high = np.nanpercentile(np.where(enough, values, 0.0), TWO_SIDED, axis=0)
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def across(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The mean product of values of different seeds, over the last axis (at least two seeds)."""
    n = first.shape[-1]
    both = first.sum(axis=-1) * second.sum(axis=-1) - (first * second).sum(axis=-1)
    return both / (n * (n - 1))


# Morris ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Screened:
    """What a screening found, each an array of shape (n_factors,), in units of the outcome over a factor's whole range.

    Attributes:
        mu, mu_star, sigma: mean, mean size and spread of elementary effects. low, high: the 95 % interval of mu_star.
        noise: standard deviation of one effect by luck alone. by_luck: the mu_star that luck alone would give.
        own_sigma: sigma with luck taken off.
        n: trajectories.
    """

    mu: np.ndarray
    mu_star: np.ndarray
    sigma: np.ndarray
    low: np.ndarray
    high: np.ndarray
    noise: np.ndarray
    by_luck: np.ndarray
    own_sigma: np.ndarray
    n: int

    @property
    def beyond_luck(self) -> np.ndarray:
        """Is the lower end of mu_star above what luck alone would give?"""
        return self.low > self.by_luck


def elementary_effects(
    shares: np.ndarray, members: list[tuple[int, ...]], by_step: list[bool], values: np.ndarray
) -> np.ndarray:
    """Elementary effects, shape (n_trajectories, n_factors, n_replicates).

    Args:
        shares: points, shape (n_trajectories x (n_factors + 1), n_inputs). members: the inputs of each factor.
        by_step: is the effect divided by the length of the step, so that it is that of the whole range? Steps between
            listed values are whole as they are. values: of the outcome, shape (n_points, n_replicates).
    """
    length = len(members) + 1
    found = np.full((len(shares) // length, len(members), values.shape[1]), np.nan)
    for trajectory in range(len(found)):
        rows = slice(trajectory * length, (trajectory + 1) * length)
        moved, changed = np.diff(shares[rows], axis=0), np.diff(values[rows], axis=0)
        for step, move in enumerate(moved):
            factor = next((f for f, own in enumerate(members) if np.any(move[list(own)] != 0.0)), None)
            if factor is None:  # a choice of one level
                continue
            own = move[list(members[factor])]
            size = float(np.max(np.abs(own))) if by_step[factor] else 1.0
            sign = float(np.sign(own[0])) if len(own) == 1 else 1.0
            found[trajectory, factor] = sign * changed[step] / size
    return found


def _shrunk(n: int) -> float:
    """What the standard deviation of n normal values comes to on average, as a share of the true one."""
    return math.sqrt(2.0 / (n - 1)) * math.exp(math.lgamma(n / 2.0) - math.lgamma((n - 1) / 2.0))


def screened(effects: np.ndarray, resamples: int, seed: int) -> Screened:
    """Summaries of elementary effects of shape (n_trajectories, n_factors, n_replicates); trajectories are resampled."""
    mean = effects.mean(axis=-1)
    noise = effects.var(axis=-1, ddof=1) / effects.shape[-1]
    size = np.abs(mean)
    sigma = mean.std(axis=0, ddof=1)
    low, high = interval(resampled(len(mean), resamples, seed) @ size)
    return Screened(
        mu=mean.mean(axis=0),
        mu_star=size.mean(axis=0),
        sigma=sigma,
        low=low,
        high=high,
        noise=np.sqrt(noise.mean(axis=0)),
        by_luck=np.sqrt(2.0 / np.pi * noise).mean(axis=0) / _shrunk(effects.shape[-1]),
        own_sigma=np.sqrt(np.maximum(0.0, sigma**2 - noise.mean(axis=0))),
        n=len(mean),
    )


# Sobol' ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blocks:
    """Saltelli's sample taken apart: a, b of shape (n, R); ab, ba of shape (n, n_factors, R), ba None without it.

    `ab[i, j]` is the point `a[i]` with factor j as in `b[i]`. Each seed's mean over all points has been taken off.
    """

    a: np.ndarray
    b: np.ndarray
    ab: np.ndarray
    ba: np.ndarray | None

    @property
    def n(self) -> int:
        """Points of the base sample."""
        return len(self.a)


def blocks_of(values: np.ndarray, n_factors: int, second_order: bool) -> Blocks:
    """Take outcomes of shape (n_points, R), in the order of SALib's sample, apart; whole blocks with NaN are left out."""
    steps = 2 * n_factors + 2 if second_order else n_factors + 2
    cut = values.reshape(-1, steps, values.shape[-1])
    cut = cut[np.isfinite(cut).all(axis=(1, 2))]
    if len(cut):
        cut = cut - cut.mean(axis=(0, 1))
    ba = cut[:, n_factors + 1 : 2 * n_factors + 1] if second_order else None
    return Blocks(cut[:, 0], cut[:, -1], cut[:, 1 : n_factors + 1], ba)


@dataclass(frozen=True)
class SobolIndices:
    """Indices for each row of weights: first, total of shape (k, n_factors); second (k, n_factors, n_factors) or None.

    `variance` is that between points, shape (k,).
    """

    first: np.ndarray
    total: np.ndarray
    second: np.ndarray | None
    variance: np.ndarray


def sobol_indices(blocks: Blocks, weights: np.ndarray, corrected: bool = True) -> SobolIndices:
    """Sobol' indices of the base points with these weights, shape (k, n); NaN where nothing varies beyond luck.

    Args:
        corrected: take products of different seeds, so that luck adds nothing; otherwise of means over seeds.
    """
    product = across if corrected else _of_means
    a, b, ab = blocks.a, blocks.b, blocks.ab
    variance = _variance(np.stack([a, b]), weights, corrected)
    scale = np.where(variance > 0.0, variance, np.nan)[:, None]
    step = ab - a[:, None]
    first = weights @ product(np.broadcast_to(b[:, None], step.shape), step) / scale
    total = weights @ (0.5 * product(step, step)) / scale
    second = None
    if blocks.ba is not None:
        both = product(blocks.ba[:, :, None], ab[:, None]) - product(a, b)[:, None, None]
        joint = np.tensordot(weights, both, axes=1) / scale[:, :, None]
        second = joint - first[:, :, None] - first[:, None, :]
    return SobolIndices(first, total, second, variance)


def _of_means(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return first.mean(axis=-1) * second.mean(axis=-1)


def _variance(values: np.ndarray, weights: np.ndarray, corrected: bool) -> np.ndarray:
    """Variance between points of the expectation (or, not corrected, of the mean over seeds), shape (k,).

    Args:
        values: shape (2, n, R): both halves of the base sample, weighted alike.
    """
    n = values.shape[-1]
    whole = _spread(values.sum(axis=-1, keepdims=True), weights)
    return (whole - _spread(values, weights)) / (n * (n - 1)) if corrected else whole / n**2


def _spread(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Variances between points of each column, added up: values of shape (2, n, columns), weights (k, n)."""
    square = weights @ (values * values).mean(axis=0)
    mean = weights @ values.mean(axis=0)
    return (square - mean * mean).sum(axis=-1)


# Noise -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Noise:
    """Parts of the variance of one run's outcome, each of shape (k,): one value for each row of weights.

    Attributes:
        points: between points, of the expectation: what the inputs do. luck: what a seed does at one point and not at
            others. seeds: what a seed does at all points alike; it cancels where points are compared (a number).
    """

    points: np.ndarray
    luck: np.ndarray
    seeds: float
    replicates: int

    @property
    def share_of_run(self) -> np.ndarray:
        """Share of the variance of single runs that is noise of replicates."""
        signal, noise = np.maximum(self.points, 0.0), np.maximum(self.luck, 0.0) + self.seeds
        return noise / np.where(signal + noise > 0.0, signal + noise, np.nan)

    @property
    def share_of_mean(self) -> np.ndarray:
        """Share of the variance between points of means over replicates that is noise."""
        signal, noise = np.maximum(self.points, 0.0), np.maximum(self.luck, 0.0) / self.replicates
        return noise / np.where(signal + noise > 0.0, signal + noise, np.nan)


def noise_of(values: np.ndarray, weights: np.ndarray) -> Noise:
    """Parts of the variance of values of shape (2, n, R): both halves of a base sample, as they were run."""
    n = values.shape[-1]
    points = _variance(values, weights, True)
    luck = _spread(values, weights) / n - points
    whole = values.reshape(-1, n)
    together = np.cov(whole.T)
    mean_luck = float(np.diag(together).mean() - together[~np.eye(n, dtype=bool)].mean())
    seeds = float(np.var(whole.mean(axis=0), ddof=1)) - max(0.0, mean_luck) / len(whole)
    return Noise(points, luck, max(0.0, seeds), n)
