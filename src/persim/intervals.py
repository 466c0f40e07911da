"""Means, paired differences and ratios with 95 % intervals: plain functions of arrays, runs along the first axis.

A number that is missing in a run (NaN: nobody started, so there is no wait) is left out, in a pair together with its
partner. An interval covers chance between runs only: not doubt about parameters, nor about the model.
"""

from typing import NamedTuple

import numpy as np

LEVEL = 0.95


class Means(NamedTuple):
    """Of values over runs: how many there are, their mean, standard deviation, and the interval of the mean."""

    n: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray


class Differences(NamedTuple):
    """Of pairs: how many, the mean difference with its interval, the correlation, and what pairing is worth.

    `worth` is the ratio of variances without and with common luck: one pair is worth that many independent pairs.
    """

    n: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    correlation: np.ndarray
    worth: np.ndarray


def t_quantile(n: np.ndarray | float) -> np.ndarray:
    """Student's factor of the standard error for a 95 % interval of a mean of n values; NaN for fewer than two."""
    from scipy.special import stdtrit

    free = np.asarray(n, float) - 1.0
    return np.where(free >= 1.0, stdtrit(np.maximum(free, 1.0), 0.5 + LEVEL / 2.0), np.nan)


def means(values: np.ndarray) -> Means:
    """Means along the first axis, with t intervals. One run has a mean and no interval (NaN)."""
    there = ~np.isnan(values)
    n = there.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=0) / np.where(n > 0, n, np.nan)
        spread = np.where(there, values - mean, 0.0)
        variance = (spread * spread).sum(axis=0) / np.where(n > 1, n - 1.0, np.nan)
        sd = np.sqrt(variance)
        half = t_quantile(n) * sd / np.sqrt(n)
    return Means(n, mean, sd, mean - half, mean + half)


def paired(reference: np.ndarray, other: np.ndarray) -> Differences:
    """Differences `other - reference`, pair by pair along the first axis. Equal runs give exactly 0, from 0 to 0."""
    missing = np.isnan(reference) | np.isnan(other)
    a, b = np.where(missing, np.nan, reference), np.where(missing, np.nan, other)
    first, second, difference = means(a), means(b), means(b - a)
    together = np.where(missing, 0.0, (a - first.mean) * (b - second.mean)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = together / np.where(first.n > 1, first.n - 1.0, np.nan)
        apart = first.sd * first.sd + second.sd * second.sd
        correlation = covariance / (first.sd * second.sd)
        worth = apart / (difference.sd * difference.sd)
    return Differences(difference.n, difference.mean, difference.low, difference.high, correlation, worth)


def quantiles(values: np.ndarray, at: tuple[float, ...]) -> tuple[np.ndarray, ...]:
    """Quantiles along the first axis, linear between values, missing ones left out."""
    ordered = np.sort(values, axis=0)  # missing ones come last
    n = (~np.isnan(ordered)).sum(axis=0)
    found = []
    for share in at:
        place = share * np.maximum(n - 1, 0)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(n - 1, 0))
        low = np.take_along_axis(ordered, below[None], 0)[0]
        high = np.take_along_axis(ordered, above[None], 0)[0]
        found.append(low + (high - low) * (place - below))
    return tuple(found)


class Ratio(NamedTuple):
    """Extra cost per extra gain: the ratio and its interval, or a word for why there is none."""

    value: float
    low: float
    high: float
    why_not: str = ""


NO_RATIO = float("nan")


def extra_cost_per_gain(cost: np.ndarray, gain: np.ndarray) -> Ratio:
    """The ratio of mean differences, with Fieller's interval, from paired differences of shape (n,).

    Fieller's interval is bounded exactly when the interval of the gain leaves out 0; otherwise the ratio is unstable
    and none is given. Nor is one given where a ratio would mislead: less gained, or more gained for less money.
    """
    there = ~(np.isnan(cost) | np.isnan(gain))
    cost, gain = cost[there], gain[there]
    if not np.any(cost) and not np.any(gain):
        return Ratio(NO_RATIO, NO_RATIO, NO_RATIO, "no difference")
    gained, spent = means(gain), means(cost)
    if len(gain) < 2:
        return Ratio(NO_RATIO, NO_RATIO, NO_RATIO, "unstable")
    if gained.low <= 0.0 <= gained.high:
        return Ratio(NO_RATIO, NO_RATIO, NO_RATIO, "unstable")
    if gained.mean < 0.0:
        return Ratio(NO_RATIO, NO_RATIO, NO_RATIO, "fewer for less" if spent.mean < 0.0 else "fewer for more")
    if spent.high < 0.0:
        return Ratio(NO_RATIO, NO_RATIO, NO_RATIO, "more for less")
    n = len(gain)
    t = float(t_quantile(n))
    together = float(((cost - spent.mean) * (gain - gained.mean)).sum() / (n - 1) / n)
    cost_error, gain_error = float(spent.sd**2 / n), float(gained.sd**2 / n)
    c, g = float(spent.mean), float(gained.mean)
    a = g * g - t * t * gain_error
    b = c * g - t * t * together
    root = max(0.0, b * b - a * (c * c - t * t * cost_error)) ** 0.5
    return Ratio(c / g, (b - root) / a, (b + root) / a)
