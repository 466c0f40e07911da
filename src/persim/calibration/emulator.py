"""An emulator: what the simulator would give at a point that was not run, with its uncertainty, by Gaussian processes.

One process a target, on a quadratic trend without cross terms. Its kernel has a length of its own for every parameter,
and a part for chance that is at least the chance seen between replicates. Fitted in one thread of linear algebra, so that
the numbers are the same whatever else runs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from persim.calibration.space import Space, luck
from persim.errors import InputError

MOST_POINTS = 500  # that a process is fitted on
POINTS_FOR_LENGTHS = 200  # of them, those that the lengths of the kernel are found with
HELD_OUT = 0.2  # share of the points by which the emulator is checked
FEWEST_HELD_OUT = 5
BLOCK = 2000
_LENGTHS, _CHANCE = (0.05, 20.0), (1e-6, 1.0)


def one_thread() -> AbstractContextManager[object]:
    """Linear algebra in one thread, so that results do not depend on the machine's cores."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


@dataclass(frozen=True)
class Check:
    """How an emulator does on points held out from fitting: standardised errors, shape (n_held_out,)."""

    errors: np.ndarray

    @property
    def within_two(self) -> float:
        """Share of errors within two standard deviations; about 0.95 if the emulator knows what it does not know."""
        return float((np.abs(self.errors) <= 2.0).mean()) if len(self.errors) else np.nan

    @property
    def spread(self) -> float:
        """Root mean square of the errors; about 1."""
        return float(np.sqrt(np.square(self.errors).mean())) if len(self.errors) else np.nan


@dataclass(frozen=True)
class _Process:
    """One target's process, ready to be asked: all arrays of points in the unit cube."""

    trend: np.ndarray
    scale: float
    points: np.ndarray
    lengths: np.ndarray
    amplitude: float
    chance: float
    lower: np.ndarray
    alpha: np.ndarray

    def mean(self, unit: np.ndarray) -> np.ndarray:
        """Mean of the simulator, shape (n_points,)."""
        cross = self.amplitude * _matern(unit / self.lengths, self.points / self.lengths)
        return _trend(unit) @ self.trend + self.scale * (cross @ self.alpha)

    def predict(self, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the simulator's mean, without chance, each of shape (n_points,)."""
        cross = self.amplitude * _matern(unit / self.lengths, self.points / self.lengths)
        mean = _trend(unit) @ self.trend + self.scale * (cross @ self.alpha)
        solved = solve_triangular(self.lower, cross.T, lower=True, check_finite=False)
        variance = np.maximum(self.amplitude - np.square(solved).sum(axis=0), 1e-12)
        return mean, self.scale**2 * variance


@dataclass(frozen=True)
class Emulator:
    """Emulators of all targets, over a space.

    `check` has one entry a target; `replicates_tell` is the variance by chance that replicates tell of, 0 if they do not.
    """

    space: Space
    processes: tuple[_Process, ...]
    check: tuple[Check, ...]
    replicates_tell: np.ndarray

    @property
    def chance(self) -> np.ndarray:
        """Variance by chance of one simulated mean, shape (n_targets,)."""
        return np.array([process.scale**2 * process.chance for process in self.processes])

    @property
    def left_over(self) -> np.ndarray:
        """Variance of one simulated mean beyond the chance that replicates tell of, shape (n_targets,).

        The chance of small runs is no part of a figure of a whole country; what else moves the mean is.
        """
        return np.maximum(0.0, self.chance - self.replicates_tell)

    def mean(self, unit: np.ndarray) -> np.ndarray:
        """Means alone in the unit cube, shape (n_points, n_targets): much quicker than `predict`."""
        return np.column_stack([process.mean(unit) for process in self.processes])

    def predict(self, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and emulator variance (without chance) in the unit cube, each of shape (n_points, n_targets)."""
        means, variances = np.empty((len(unit), len(self.processes))), np.empty((len(unit), len(self.processes)))
        for first in range(0, len(unit), BLOCK):
            block = slice(first, first + BLOCK)
            for place, process in enumerate(self.processes):
                means[block, place], variances[block, place] = process.predict(unit[block])
        return means, variances


def fit(space: Space, unit: np.ndarray, simulated: np.ndarray, chance: np.ndarray, seed: int, *place: int) -> Emulator:
    """Emulators of every target.

    Args:
        unit: points in the unit cube, shape (n_points, space.n). simulated: means, shape (n_points, n_targets); points
            with a missing figure are left out. chance: variance of such a mean by chance, shape (n_targets,), 0 if unknown.
        seed, place: of the luck that chooses points.

    Raises: InputError if scikit-learn is missing, or too few points have all figures.
    """
    try:
        import sklearn.gaussian_process  # noqa: F401 - asked for once, before anything is computed
    except ImportError:
        raise InputError("calibration needs scikit-learn: pip install 'persim[calibrate]'") from None
    rng = luck(seed, *place)
    order = rng.permutation(len(unit))
    processes, checks = [], []
    with one_thread():
        for target in range(simulated.shape[1]):
            chosen = np.sort(order[np.isfinite(simulated[order, target])][:MOST_POINTS])
            if len(chosen) < 4 * FEWEST_HELD_OUT:
                raise InputError(
                    f"target {target + 1}: only {len(chosen)} of {len(unit)} points have a base for it, too few to learn "
                    "from; more people in a run, or more replicates, help"
                )
            out = rng.permutation(len(chosen))[: max(FEWEST_HELD_OUT, round(HELD_OUT * len(chosen)))]
            kept = np.setdiff1d(np.arange(len(chosen)), out)
            x, y = unit[chosen], simulated[chosen, target]
            learnt = _learnt(x[kept], y[kept], float(chance[target]), rng)
            trial = _process(x[kept], y[kept], learnt)
            mean, variance = trial.predict(x[out])
            checks.append(Check((y[out] - mean) / np.sqrt(variance + trial.scale**2 * trial.chance)))
            processes.append(_process(x, y, learnt))
    return Emulator(space, tuple(processes), tuple(checks), np.asarray(chance, float))


def emulator_simulator(emulator: Emulator, seed: int = 0, chance: bool = True) -> Callable[..., np.ndarray]:
    """An emulator in place of a simulator: values of points, shape (n, k), and their numbers, to figures (n, n_targets).

    Args:
        chance: add chance as the simulator has it, keyed by the seed and the numbers of the points.
    """

    def simulate(points: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        mean, _ = emulator.predict(emulator.space.unit(points))
        if not chance:
            return mean
        first = int(numbers[0]) if len(numbers) else 0
        return mean + luck(seed, 77, first).normal(size=mean.shape) * np.sqrt(emulator.chance)

    return simulate


def _trend(unit: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(unit)), unit, np.square(unit)])


def _matern(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Matern's correlation of smoothness 5/2 between rows, shape (len(a), len(b))."""
    squares = np.square(a).sum(1)[:, None] + np.square(b).sum(1)[None, :] - 2.0 * (a @ b.T)
    far = np.sqrt(5.0 * np.maximum(squares, 0.0))
    return (1.0 + far + np.square(far) / 3.0) * np.exp(-far)


def _learnt(
    unit: np.ndarray, y: np.ndarray, chance: float, rng: np.random.Generator
) -> tuple[np.ndarray, float, float, float]:
    """Lengths, amplitude and chance of the kernel, on the scale of the trend's residuals, and that scale."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    few = np.sort(rng.permutation(len(y))[:POINTS_FOR_LENGTHS])
    residual = (y - _trend(unit) @ _coefficients(unit, y))[few]
    scale = max(float(residual.std()), 1e-12 * max(1.0, float(np.abs(y).max())))
    least = float(np.clip(chance / scale**2, _CHANCE[0], 0.99 * _CHANCE[1]))
    ones: Any = np.ones(unit.shape[1])
    kernel = ConstantKernel(0.5, (1e-3, 1e2)) * Matern(ones, _LENGTHS, nu=2.5)
    whole = kernel + WhiteKernel(min(2.0 * least, 1.0) if least > 1e-3 else 0.1, (least, _CHANCE[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        process: Any = GaussianProcessRegressor(whole, alpha=1e-10, random_state=0).fit(unit[few], residual / scale)
    values = process.kernel_.get_params()
    return (
        np.asarray(values["k1__k2__length_scale"], float) * np.ones(unit.shape[1]), float(values["k1__k1__constant_value"]),
        float(values["k2__noise_level"]), scale,
    )  # fmt: skip


def _coefficients(unit: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The quadratic trend, a little shrunk, so that few points do not throw it about."""
    basis = _trend(unit)
    penalty = 1e-3 * len(y) * np.eye(basis.shape[1])
    penalty[0, 0] = 0.0
    return np.linalg.solve(basis.T @ basis + penalty, basis.T @ y)


def _process(unit: np.ndarray, y: np.ndarray, learnt: tuple[np.ndarray, float, float, float]) -> _Process:
    lengths, amplitude, chance, scale = learnt
    trend = _coefficients(unit, y)
    residual = (y - _trend(unit) @ trend) / scale
    inside = amplitude * _matern(unit / lengths, unit / lengths) + (chance + 1e-9) * np.eye(len(y))
    lower = cholesky(inside, lower=True, check_finite=False)
    alpha = solve_triangular(lower.T, solve_triangular(lower, residual, lower=True), lower=False)
    return _Process(trend, scale, unit, lengths, amplitude, chance, lower, alpha)
