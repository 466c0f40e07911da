"""What further datum would tell parameters apart: how far each is expected to narrow a posterior, before anybody collects it.

Every particle of the posterior has an outcome for each candidate. A datum is made up of one particle's outcome and the
candidate's standard error; all other particles are weighed by how well they agree with it; what is then left of every
standard deviation is averaged over many such data (preposterior analysis). The particle that the datum was made of is
left out, or it would always recognise itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from persim.calibration.space import effective, luck, systematic
from persim.errors import InputError

DATA, BLOCKS, FEWEST = 400, 10, 30.0  # made-up data; parts of the sample for the Monte-Carlo error; effective particles
DRAWN, ERRORS = 3401, 3402  # purposes of luck


@dataclass(frozen=True)
class Shrinkage:
    """What candidates are expected to leave of a posterior.

    Attributes:
        left: expected standard deviation after over that before, shape (n_candidates, n); 1 is nothing gained.
        left_se: Monte-Carlo error. directions, directions_se: likewise along given directions, (n_candidates, n_directions).
        ess: mean effective sample size after, shape (n_candidates,); below `FEWEST` the rest is not to be trusted.
    """

    left: np.ndarray
    left_se: np.ndarray
    directions: np.ndarray
    directions_se: np.ndarray
    ess: np.ndarray

    @property
    def gained(self) -> np.ndarray:
        """Expected shrinkage, 1 - left."""
        return 1.0 - self.left

    def best(self, direction: int) -> np.ndarray:
        """Candidates for a direction, from the best down; int array of shape (n_candidates,)."""
        return np.argsort(self.directions[:, direction], kind="stable")


def expected_shrinkage(
    unit: np.ndarray, weights: np.ndarray, outcomes: np.ndarray, sd: np.ndarray, seed: int = 1,
    directions: np.ndarray | None = None, n_data: int = DATA,
) -> Shrinkage:  # fmt: skip
    """Expected shrinkage of a posterior by each candidate datum alone.

    Args:
        unit: particles, shape (n_particles, n), on a scale where standard deviations compare, such as the unit cube.
        weights: of the posterior, 0 or more, shape (n_particles,).
        outcomes: of one run of each particle, shape (n_particles, n_candidates); particles without a figure count as no
            agreement with any datum. sd: standard error of each datum, above 0, shape (n_candidates,).
        directions: of ridges, rows of length 1, shape (n_directions, n). n_data: how many data are made up.

    Raises: InputError for a standard error of 0 or less, or fewer than `BLOCKS` particles with an outcome.
    """
    sd = np.asarray(sd, float)
    if not (sd > 0.0).all():
        raise InputError("a candidate's standard error must be above 0")
    along = unit if directions is None else np.hstack([unit, unit @ np.atleast_2d(directions).T])
    weights = weights / weights.sum()
    found = [_one(along, weights, outcomes[:, one], sd[one], seed, one, n_data) for one in range(outcomes.shape[1])]
    left, errors, ess = (np.array(column) for column in zip(*found, strict=True))
    n = unit.shape[1]
    return Shrinkage(left[:, :n], errors[:, :n], left[:, n:], errors[:, n:], ess)


def _one(
    along: np.ndarray, weights: np.ndarray, outcome: np.ndarray, sd: float, seed: int, place: int, n_data: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """What one candidate leaves, its Monte-Carlo error (by leaving out parts of the sample), and effective sample size."""
    there = np.flatnonzero(np.isfinite(outcome) & (weights > 0.0))
    if len(there) < BLOCKS:
        raise InputError(f"only {len(there)} of {len(outcome)} particles have a figure for a candidate")
    along, outcome, weights = along[there], outcome[there], weights[there] / weights[there].sum()
    whole, ess = _left(along, weights, outcome, sd, luck(seed, DRAWN, place), n_data)
    block = luck(seed, ERRORS, place).permutation(len(there)) % BLOCKS
    parts = np.array(
        [
            _left(along, np.where(block == one, 0.0, weights), outcome, sd, luck(seed, DRAWN, place), n_data)[0]
            for one in range(BLOCKS)
        ]
    )
    return whole, np.sqrt((BLOCKS - 1.0) / BLOCKS * np.square(parts - parts.mean(axis=0)).sum(axis=0)), ess


def _left(
    along: np.ndarray, weights: np.ndarray, outcome: np.ndarray, sd: float, rng: np.random.Generator, n_data: int
) -> tuple[np.ndarray, float]:
    weights = weights / weights.sum()
    made_of = systematic(weights, n_data, rng)
    data = outcome[made_of] + sd * rng.normal(size=n_data)
    with np.errstate(divide="ignore"):
        logs = np.log(weights) - 0.5 * np.square((data[:, None] - outcome) / sd)
    logs[np.arange(n_data), made_of] = -np.inf
    after = np.exp(logs - logs.max(axis=1, keepdims=True))  # the best has 1, however far it is
    after /= after.sum(axis=1, keepdims=True)
    middle = weights @ along
    spread = np.sqrt(weights @ np.square(along - middle))
    apart = along - middle  # so that squares lose no digits
    means = after @ apart
    spreads = np.sqrt(np.maximum(after @ np.square(apart) - np.square(means), 0.0))
    return spreads.mean(axis=0) / spread, float(np.mean([effective(row) for row in after]))
