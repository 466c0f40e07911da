"""An interval that holds two kinds of doubt, and each apart: what is not known of the numbers, and chance.

Runs are crossed: run r has the same luck in every draw. Write y = m + a(draw) + b(luck) + e. What is not known of the
numbers is the variance of a, between draws: that of the means of draws less what chance puts there, by a two-way random
effects model (Searle, Casella and McCulloch 1992, chapter 4). A one-way model would count shared luck, b, as if it were
another in each draw, and take off too much.

The question is: how large is the expected value in the world that is true, of which only the posterior is known? Its
interval holds var(a), and beside it the error of the estimate: var(a) / draws + var(b) / runs + var(e) / (draws x runs).
That second part is chance, and all that more draws and runs can narrow.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from persim.intervals import t_quantile

ROUNDING = 1e-12  # a variance less than this share of the mean square is rounding
NAN = math.nan


class TwoParts(NamedTuple):
    """One number over draws and runs; NaN for what cannot be told.

    `low` to `high` is the 95 % interval with both parts. `numbers_sd` is the standard deviation of what is not known of
    the numbers, `chance_se` the standard error by chance, `numbers_share` the first one's share of their variance.
    `run_low` to `run_high` hold nine of ten single runs, in whatever draw: what one place might see.
    """

    n_draws: int
    n_runs: int
    mean: float
    low: float
    high: float
    numbers_sd: float
    chance_se: float
    numbers_share: float
    run_low: float
    run_high: float


def two_parts(values: np.ndarray) -> TwoParts:
    """The parts of values of shape (runs, draws), run r with the same luck in all draws; NaN for what is missing.

    Runs that are missing in some draw are left out whole, or the draws if that loses less. One run of each draw gives an
    interval whose parts cannot be told apart; fewer than two draws give none.
    """
    values = _complete(np.asarray(values, float))
    n_runs, n_draws = values.shape
    if not values.size:
        return TwoParts(n_draws, n_runs, *(NAN,) * 8)
    mean = float(values.mean())
    spread = tuple(float(end) for end in np.quantile(values, (0.05, 0.95)))
    if n_draws < 2:
        return TwoParts(n_draws, n_runs, mean, *(NAN,) * 5, *spread)
    if n_runs < 2:
        half = float(t_quantile(n_draws)) * math.sqrt(float(values.var(ddof=1)) * (1.0 + 1.0 / n_draws))
        return TwoParts(n_draws, n_runs, mean, mean - half, mean + half, NAN, NAN, NAN, *spread)
    numbers, chance, free = _variances(values)
    half = _student(free) * math.sqrt(numbers + chance)
    share = numbers / (numbers + chance) if numbers + chance > 0.0 else NAN
    return TwoParts(
        n_draws, n_runs, mean, mean - half, mean + half, math.sqrt(numbers), math.sqrt(chance), share, *spread
    )


def _variances(values: np.ndarray) -> tuple[float, float, float]:
    """Variance between draws, squared error by chance, and the degrees of freedom of their sum (Satterthwaite)."""
    n_runs, n_draws = values.shape
    mean, of_runs, of_draws = values.mean(), values.mean(axis=1), values.mean(axis=0)
    left = values - of_runs[:, None] - of_draws + mean
    rest = float(np.square(left).sum()) / ((n_runs - 1) * (n_draws - 1))
    draws, luck = n_runs * float(of_draws.var(ddof=1)), n_draws * float(of_runs.var(ddof=1))
    least = ROUNDING * float(np.square(values).mean())
    more_draws, more_luck = draws - rest > least, luck - rest > least
    numbers = (draws - rest) / n_runs if more_draws else 0.0
    shared = (luck - rest) / n_draws if more_luck else 0.0
    rest = rest if rest > least else 0.0
    chance = numbers / n_draws + shared / n_runs + rest / (n_draws * n_runs)
    each = 1.0 / (n_draws * n_runs)
    by_draws = (1.0 + 1.0 / n_draws) / n_runs if more_draws else 0.0
    by_luck = each if more_luck else 0.0
    terms = (
        (by_draws * draws, n_draws - 1),
        (by_luck * luck, n_runs - 1),
        ((each - by_draws - by_luck) * rest, (n_runs - 1) * (n_draws - 1)),
    )
    below = sum(term * term / free for term, free in terms)
    return numbers, chance, max(1.0, (numbers + chance) ** 2 / below) if below > 0.0 else 1.0


def _student(free: float) -> float:
    return float(t_quantile(free + 1.0))


def _complete(values: np.ndarray) -> np.ndarray:
    """The largest part without gaps that leaving out runs alone, or draws alone, gives."""
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    values = values[~gaps.all(axis=1)][:, ~gaps.all(axis=0)]
    gaps = np.isnan(values)
    by_runs, by_draws = values[~gaps.any(axis=1)], values[:, ~gaps.any(axis=0)]
    return by_runs if by_runs.size >= by_draws.size else by_draws
