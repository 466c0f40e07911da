"""Which points a study runs, as shares of each input from 0 to 1: Morris trajectories and Sobol' base samples by SALib.

Points are arrays of shape (n_points, n_inputs); NaN stands where an input is left as the scenario has it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from persim.errors import InputError
from persim.sensitivity.asked import Indices, Screening
from persim.sensitivity.inputs import Factor, Input


def need_salib() -> None:
    """Raises: InputError if SALib is not installed."""
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise InputError("sensitivity analysis needs SALib: pip install 'persim[calibrate]'") from None


def problem_of(inputs: Sequence[Input], factors: Sequence[Factor]) -> dict[str, Any]:
    """What SALib is told: every input from 0 to 1, and the factor that moves it, in the order of factors."""
    places = [place for factor in factors for place in factor.members]
    return {
        "num_vars": len(places),
        "names": [inputs[place].name for place in places],
        "bounds": [[0.0, 1.0]] * len(places),
        "groups": [factor.name for factor in factors for _ in factor.members],
    }


def screening_points(inputs: Sequence[Input], factors: Sequence[Factor], how: Screening) -> np.ndarray:
    """Morris trajectories: shape (trajectories x (n_factors + 1), n_inputs), one factor changed from row to row.

    A range moves over the grid. Listed values and levels of a choice do not lie on one, so in each trajectory a pair of
    different ones is drawn, all pairs alike, and the step goes from one to the other.
    """
    need_salib()
    from SALib.sample import morris

    sampled = morris.sample(problem_of(inputs, factors), how.trajectories, num_levels=how.levels, seed=how.seed)
    points = _in_order(sampled, inputs, factors)
    luck = np.random.default_rng([how.seed, 1])
    length = len(factors) + 1
    for place, one in enumerate(inputs):
        if one.n_levels:
            for first in range(0, len(points), length):
                pair = np.sort(luck.permutation(one.n_levels)[:2])
                rows = points[first : first + length, place]
                rows[:] = np.where(rows < 0.5, one.share_of_level(pair[0]), one.share_of_level(pair[-1]))
    return points


def index_points(inputs: Sequence[Input], kept: Sequence[Factor], how: Indices) -> np.ndarray:
    """Saltelli's sample of the kept factors: shape (points x (n_kept + 2), or x (2 n_kept + 2), n_inputs).

    Inputs of other factors are NaN.
    """
    need_salib()
    from SALib.sample import sobol

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SciPy's word on the argument `seed`, which is SALib's
        sampled = sobol.sample(
            problem_of(inputs, kept), how.points, calc_second_order=how.second_order, seed=how.seed
        )  # fmt: skip
    return _in_order(sampled, inputs, kept)


def _in_order(sampled: np.ndarray, inputs: Sequence[Input], factors: Sequence[Factor]) -> np.ndarray:
    """Columns in the order of inputs, NaN for those that no factor moves."""
    points = np.full((len(sampled), len(inputs)), np.nan)
    points[:, [place for factor in factors for place in factor.members]] = sampled
    return points


def values_of(inputs: Sequence[Input], points: np.ndarray) -> np.ndarray:
    """The values of inputs at points of shares, of the same shape."""
    found = np.full(points.shape, np.nan)
    for place, one in enumerate(inputs):
        for row, share in enumerate(points[:, place]):
            if not np.isnan(share):
                found[row, place] = one.value(float(share))
    return found


def steps_of(how: Indices, n_kept: int) -> int:
    """Points for each point of the base sample."""
    return 2 * n_kept + 2 if how.second_order else n_kept + 2
