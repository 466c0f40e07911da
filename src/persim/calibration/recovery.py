"""Does the inference find what it should? Known parameters, made-up figures, and where the truth lies in the posterior.

Parameters are drawn from the prior, a simulator and an error of observation make figures of them, and the same inference
that calibrates the model is given those figures. If it is right, the truth's rank in the posterior is even between 0 and
1, whatever the model: 90 % intervals hold the truth in 90 % of cases (coverage), and the ranks of all cases look even
(simulation-based calibration: Cook, Gelman and Rubin 2006, Journal of Computational and Graphical Statistics 15; Talts and
others 2018, arXiv 1804.06788). Bands for the ranks hold at all places at once (Säilynoja, Bürkner and Vehtari 2022,
Statistics and Computing 32).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from persim.calibration.history import Simulator
from persim.calibration.smc import SmcResult, SmcSettings, infer
from persim.calibration.space import Space, effective, luck
from persim.calibration.targets import averaged
from persim.errors import InputError

LEVEL = 0.9  # of the intervals
GOOD = (0.85, 0.95)  # coverage that is taken as right
SURE = 0.95  # of the bands
SIMULATED = 4000  # sets of even ranks that the bands come from
BINS = 10  # of a histogram of ranks
TRUTHS, ERRORS, TIES, NULL = range(3101, 3105)  # purposes of luck
CASES = 3200  # first number of the luck of the inferences

Inference = Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Recovery:
    """Known parameters and what the inference made of them, case by case.

    Attributes:
        names: of the parameters. truths: in the unit cube, shape (n_cases, n). figures: that were made of them.
        ranks: the posterior's weight below the truth, 0 to 1, of the same shape; ties are broken by luck.
        means, spreads: of the posterior, in the unit cube, of the same shape.
        ess: effective sample size of each case, shape (n_cases,).
    """

    names: tuple[str, ...]
    truths: np.ndarray
    figures: np.ndarray
    ranks: np.ndarray
    means: np.ndarray
    spreads: np.ndarray
    ess: np.ndarray

    @property
    def n_cases(self) -> int:
        """How many cases there are."""
        return len(self.truths)

    def covered(self, level: float = LEVEL) -> np.ndarray:
        """Does the central interval of that level hold the truth? Bool of shape (n_cases, n)."""
        tail = (1.0 - level) / 2.0
        return (self.ranks >= tail) & (self.ranks <= 1.0 - tail)

    def coverage(self, level: float = LEVEL) -> np.ndarray:
        """Share of cases whose interval holds the truth, shape (n,)."""
        return self.covered(level).mean(axis=0)

    def pooled(self, level: float = LEVEL) -> tuple[float, float, float]:
        """Coverage of all parameters together with its 95 % interval; cases are independent, parameters in one are not."""
        from persim.intervals import means

        found = means(self.covered(level).mean(axis=1))
        return float(found.mean), float(found.low), float(found.high)

    @property
    def learnt(self) -> np.ndarray:
        """Mean standard deviation of the posterior over that of the prior, shape (n,); 1 is nothing learnt."""
        return self.spreads.mean(axis=0) * np.sqrt(12.0)


def recovery(
    simulator: Simulator, inference: Inference, space: Space, sd: np.ndarray, n_cases: int, seed: int
) -> Recovery:
    """Recover known parameters.

    Args:
        simulator: makes the figures of the true parameters: values of points, shape (n, space.n), and their numbers, to
            (n, n_targets) or (n, n_replicates, n_targets), of which means are taken. Not the luck that the inference uses.
        inference: figures of one case, shape (n_targets,), and its number, to a weighted sample of the posterior: values,
            shape (n_points, space.n), and weights, shape (n_points,). See `by_smc`.
        sd: error of observation that is added to the figures, shape (n_targets,).
        seed: of the truths, their errors and ties.

    Raises: InputError if a true point gives no figure for some target.
    """
    truths = space.values(luck(seed, TRUTHS).random((n_cases, space.n)))
    exact, _ = averaged(simulator(truths, np.arange(n_cases)))
    if not np.isfinite(exact).all():
        raise InputError(f"{(~np.isfinite(exact).all(axis=1)).sum()} of {n_cases} true points lack a figure")
    figures = exact + luck(seed, ERRORS).normal(size=exact.shape) * sd
    ties = luck(seed, TIES).random(truths.shape)
    unit, found = space.unit(truths), []
    for case in range(n_cases):
        points, weights = inference(figures[case], case)
        found.append(_placed(space.unit(points), weights / weights.sum(), unit[case], ties[case]))
    ranks, means, spreads, ess = (np.array(column) for column in zip(*found, strict=True))
    return Recovery(space.names, unit, figures, ranks, means, spreads, ess)


def by_smc(
    simulator: Simulator,
    space: Space,
    sd: np.ndarray,
    settings: SmcSettings,
    seed: int,
    upper: np.ndarray | None = None,
) -> Inference:
    """The inference of `persim.calibration.infer`, with luck of its own for every case."""
    from persim.calibration.targets import observed

    def inference(figures: np.ndarray, case: int) -> tuple[np.ndarray, np.ndarray]:
        result: SmcResult = infer(simulator, space, observed(figures, sd, upper), None, settings, seed, CASES + case)
        return result.points, result.weights

    return inference


def _placed(
    unit: np.ndarray, weights: np.ndarray, truth: np.ndarray, ties: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Ranks of the truth, means and spreads of the posterior, effective sample size."""
    same = np.abs(unit - truth) < 1e-9
    below = weights @ ((unit < truth) & ~same)
    ranks = np.clip(below + ties * (weights @ same), 0.0, 1.0)
    means = weights @ unit
    return ranks, means, np.sqrt(weights @ np.square(unit - means)), effective(weights)


@dataclass(frozen=True)
class Evenness:
    """Whether the ranks of one parameter look even.

    Attributes:
        chance: how often ranks that are even stray as far as these somewhere along the line; small is bad.
        counts: of the ranks in `BINS` bins of the same width.
    """

    name: str
    chance: float
    counts: np.ndarray


def evenness(found: Recovery, seed: int = 1) -> list[Evenness]:
    """One entry a parameter."""
    null = _strays(found.n_cases, seed)
    edges = np.linspace(0.0, 1.0, BINS + 1)
    rows = []
    for name, ranks in zip(found.names, found.ranks.T, strict=True):
        own = _stray(np.sort(ranks)[None, :])[0]
        rows.append(Evenness(name, float((null <= own * (1.0 + 1e-12)).mean()), np.histogram(ranks, edges)[0]))
    return rows


def all_even(rows: list[Evenness]) -> bool:
    """Do the ranks of all parameters together look even, with a false alarm in `1 - SURE` of all studies (Bonferroni)?"""
    return min(row.chance for row in rows) > (1.0 - SURE) / len(rows)


def bands(n_cases: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places between 0 and 1, and the bands within which the share of even ranks below each place stays, at all at once.

    Returns: places, low, high, each of shape (101,).
    """
    from scipy.stats import binom

    tail = float(np.quantile(_strays(n_cases, seed), 1.0 - SURE))
    places = np.linspace(0.0, 1.0, 101)
    low, high = binom.ppf(tail / 2.0, n_cases, places), binom.isf(tail / 2.0, n_cases, places)
    low[[0, -1]], high[[0, -1]] = (0, n_cases), (0, n_cases)
    return places, low / n_cases, high / n_cases


@cache
def _strays(n_cases: int, seed: int) -> np.ndarray:
    """How far even ranks stray, as `_stray` says, in many sets; shape (SIMULATED,)."""
    return _stray(np.sort(luck(seed, NULL).random((SIMULATED, n_cases)), axis=1))


def _stray(ordered: np.ndarray) -> np.ndarray:
    """The smallest two-sided chance, over places, of so many ranks below the place; one number a row of sorted ranks."""
    from scipy.stats import binom

    n = ordered.shape[1]
    places = np.linspace(0.0, 1.0, 101)[1:-1]
    counts = np.stack([(ordered <= place).sum(axis=1) for place in places], axis=1)
    table = np.minimum(
        binom.cdf(np.arange(n + 1)[None, :], n, places[:, None]),
        binom.sf(np.arange(n + 1)[None, :] - 1, n, places[:, None]),
    )
    return np.minimum(1.0, 2.0 * table[np.arange(len(places)), counts]).min(axis=1)


def narrowed(inference: Inference, space: Space, factor: float) -> Inference:
    """The same posterior made too narrow (or too wide) around its mean on purpose: to see that the study would tell."""

    def changed(figures: np.ndarray, case: int) -> tuple[np.ndarray, np.ndarray]:
        points, weights = inference(figures, case)
        unit = space.unit(points)
        middle = (weights / weights.sum()) @ unit
        return _values(space, np.clip(middle + factor * (unit - middle), 0.0, 1.0)), weights

    return changed


def _values(space: Space, unit: np.ndarray) -> np.ndarray:
    """Values that are not rounded, so that a small step is not lost."""
    found = np.empty_like(unit)
    for place, axis in enumerate(space.axes):
        share = unit[:, place]
        if axis.log:
            found[:, place] = axis.low * (axis.high / axis.low) ** share
        else:
            found[:, place] = axis.low + (axis.high - axis.low) * share
    return found
