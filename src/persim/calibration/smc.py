"""Approximate Bayesian computation by sequential importance sampling: generations of a fixed size, all of them pooled.

Every generation proposes points around those before (Beaumont and others 2009, Biometrika 96) and runs them all. A point
weighs prior over proposal, times the density of the error of observation at some width. The width falls until it is 1,
where the weights are those of the posterior itself. All generations are weighed together, with the mixture of all their
proposals below the line (Cornuet and others 2012, Scandinavian Journal of Statistics 39), so that no run is thrown away.

A generation always makes the same number of runs, so that what is to come is known and a run's number says what it is.
Several chains, which share only the width, tell by how far they agree whether the result can be relied on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from persim.calibration.emulator import one_thread
from persim.calibration.history import Simulator
from persim.calibration.smoothing import Smoothed, smoothed
from persim.calibration.space import Space, effective, luck, systematic
from persim.calibration.targets import Observed, averaged
from persim.calibration.targets import observed as plain_observed
from persim.errors import InputError

DEFENSIVE = 0.02  # share of proposals drawn from the whole prior, so that no weight can grow without bound
KERNEL = 1.6  # variance of the proposal's kernel, over that of the particles times the rule of thumb
BLOCK = 1024
MOST_BLOCKS = 2000
MOVES, CARRIED, RESAMPLED, CENTRES = range(4)  # purposes of luck
Restriction = Callable[[np.ndarray], np.ndarray]  # points of the unit cube to bool


@dataclass(frozen=True)
class SmcSettings:
    """`particles` of each generation, over all chains together; `generations` in all.

    ess_share: the width falls as far as the effective sample size of every chain, all generations together, stays this
    share of its particles in one generation; proposals of the last generation are always built at width 1.
    """

    particles: int = 1000
    generations: int = 8
    chains: int = 4
    ess_share: float = 0.5


@dataclass(frozen=True)
class Carried:
    """Parameters of a stage before, drawn anew for every particle: points, shape (n, k), and weights that sum to 1."""

    points: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Start:
    """Where the first generation is drawn from, if not the whole prior: points of the unit cube that stand for a region,
    what the region allows, and its share of the cube.
    """

    pool: np.ndarray
    allows: Restriction
    share: float


@dataclass(frozen=True)
class Generation:
    """One generation: values of its points (carried ones first), and what they gave.

    Attributes:
        chance: variance of a figure by chance, shape (n_targets,), 0 if unknown. width: reached with it and all before.
        ess: of each chain at that width. accepted: share of proposals within what is allowed, for each chain.
    """

    points: np.ndarray
    unit: np.ndarray
    simulated: np.ndarray
    chance: np.ndarray
    width: float
    ess: np.ndarray
    accepted: np.ndarray


@dataclass(frozen=True)
class SmcResult:
    """A weighted sample of the posterior.

    Attributes:
        points: values, shape (n, k), those of a stage before first. simulated: their figures, shape (n, n_targets);
            figures: the same with the chance of small runs taken out, which weights are made of (`smoothing`).
        own: share of a point's own distance from its neighbours that was kept, shape (n_targets,); 1 without chance.
        weights: shape (n,), sum to 1. chain, generation: of each point. ess: effective sample size of all.
        chain_weights: weights as each chain alone would give them, summing to 1 in every chain.
        generations: as they were run. reached: did the width come down to 1 by itself?
    """

    points: np.ndarray
    simulated: np.ndarray
    figures: np.ndarray
    own: np.ndarray
    weights: np.ndarray
    chain: np.ndarray
    generation: np.ndarray
    ess: float
    chain_weights: np.ndarray
    generations: tuple[Generation, ...]
    reached: bool


@dataclass(frozen=True)
class _Proposal:
    """Points around weighted centres, with some of the whole prior, cut to what is allowed (share `inside`)."""

    centres: np.ndarray
    weights: np.ndarray
    root: np.ndarray
    inside: float

    def log_density(self, unit: np.ndarray) -> np.ndarray:
        """Log density in the unit cube, shape (n_points,)."""
        n = self.root.shape[0]
        scaled = np.linalg.solve(self.root, np.vstack([unit, self.centres]).T).T
        points, centres = scaled[: len(unit)], scaled[len(unit) :]
        constant = -0.5 * n * np.log(2.0 * np.pi) - np.log(np.diag(self.root)).sum()
        found = np.empty(len(unit))
        with np.errstate(divide="ignore"):
            logs = np.log(self.weights)
        for first in range(0, len(unit), BLOCK):
            block = points[first : first + BLOCK]
            squares = np.square(block).sum(1)[:, None] + np.square(centres).sum(1)[None, :] - 2.0 * block @ centres.T
            found[first : first + BLOCK] = logsumexp(logs - 0.5 * np.maximum(squares, 0.0), axis=1) + constant
        mixed = np.logaddexp(np.log1p(-DEFENSIVE) + found, np.log(DEFENSIVE))
        return mixed - np.log(self.inside)


def infer(
    simulator: Simulator, prior: Space, observed: Observed | np.ndarray, sd: np.ndarray | None, settings: SmcSettings,
    seed: int, *place: int, start: Start | None = None, carried: Carried | None = None,
) -> SmcResult:  # fmt: skip
    """The posterior of a simulator's parameters, given figures observed with a normal error.

    Args:
        simulator: as in `history.match`; if parameters are carried over from a stage before, they come first in points.
        prior: even in the unit cube. observed, sd: figures and their errors, each of shape (n_targets,).
        seed, place: of all luck. start: what history matching has left of the prior.

    Raises: InputError if the settings do not go together, or a chain has no point that gives every target.
    """
    aims = observed if isinstance(observed, Observed) else plain_observed(observed, np.asarray(sd))
    check_settings(settings)
    run = _Run(simulator, prior, aims, settings, (seed, *place), start, carried)
    with one_thread():
        for _ in range(settings.generations):
            run.generation()
        return run.pooled()


def check_settings(settings: SmcSettings) -> None:
    """Raises: InputError unless particles can be split over chains."""
    if settings.chains < 1 or settings.particles % settings.chains or settings.particles < 8 * settings.chains:
        raise InputError(f"{settings.particles} particles cannot be split over {settings.chains} chains of 8 or more")


class _Run:
    """Inference under way: generations so far, and the proposals that they were drawn from (None: from the prior)."""

    def __init__(
        self, simulator: Simulator, prior: Space, aims: Observed, settings: SmcSettings, luck_of: tuple[int, ...],
        start: Start | None, carried: Carried | None,
    ) -> None:  # fmt: skip
        self.simulator, self.prior, self.aims, self.settings, self.luck_of = simulator, prior, aims, settings, luck_of
        self.start, self.carried = start, carried
        self.done: list[Generation] = []
        self.proposals: list[list[_Proposal | None]] = []
        self._smooth: dict[int | None, Smoothed] = {}
        self.each = settings.particles // settings.chains
        self.own = np.repeat(np.arange(settings.chains), self.each)  # chain of each point of a generation

    def rng(self, purpose: int, chain: int = 0) -> np.random.Generator:
        """The luck of one purpose, in one chain of the generation under way."""
        return luck(*self.luck_of, 100 + purpose, len(self.done), chain)

    def generation(self) -> None:
        """Propose and run one generation."""
        made = [self._proposed(chain) for chain in range(self.settings.chains)]
        values = self.prior.values(np.vstack([unit for unit, _ in made]))
        self.proposals.append([proposal for _, proposal in made])
        points = np.hstack([self._drawn_before(), values])
        numbers = len(self.done) * self.settings.particles + np.arange(len(points))
        simulated, chance = averaged(self.simulator(points, numbers))
        accepted = np.array([1.0 if proposal is None else proposal.inside for _, proposal in made])
        before = self.done[-1].width if self.done else np.inf
        unit = self.prior.unit(values)
        self.done.append(Generation(points, unit, simulated, chance, np.inf, np.zeros(0), accepted))
        self._smooth = {}
        width, ess = self._width(before)
        self.done[-1] = replace(self.done[-1], width=width, ess=ess)

    def _drawn_before(self) -> np.ndarray:
        """Parameters of a stage before, one row for every particle; no columns if there are none."""
        if self.carried is None:
            return np.empty((self.settings.particles, 0))
        rng = self.rng(CARRIED)
        rows = systematic(self.carried.weights, self.settings.particles, rng)
        return self.carried.points[rng.permutation(rows)]

    def _proposed(self, chain: int) -> tuple[np.ndarray, _Proposal | None]:
        """Points of one chain in the unit cube, and the proposal that they were drawn from."""
        rng = self.rng(MOVES, chain)
        if not self.done:
            if self.start is None:
                return rng.random((self.each, self.prior.n)), None
            pool = self.start.pool[luck(*self.luck_of, 100 + RESAMPLED).permutation(len(self.start.pool))]
            return pool[np.arange(chain * self.each, (chain + 1) * self.each) % len(pool)], None
        proposal = self._around(chain)
        found, tried, kept = [], 0, 0
        for _ in range(MOST_BLOCKS):
            there = _drawn(proposal, rng)
            inside = np.flatnonzero(((there >= 0.0) & (there <= 1.0)).all(axis=1))
            if self.start is not None:
                inside = inside[self.start.allows(there[inside])]
            found.append(there[inside])
            tried, kept = tried + len(there), kept + len(inside)
            if kept >= self.each:
                return np.vstack(found)[: self.each], replace(proposal, inside=kept / tried)
        raise InputError("proposals hardly ever fall into what history matching left: give its waves more points")

    def _around(self, chain: int) -> _Proposal:
        """The next proposal of a chain: kernels around as many of its points so far as it has particles.

        Their covariance is that of all its weighted points, narrowed by the rule of thumb for densities (Silverman).
        """
        last = len(self.done) == self.settings.generations - 1
        weights = _normalised(self._log_weights(chain, 1.0 if last else self.done[-1].width))
        unit = np.vstack([one.unit[self.own == chain] for one in self.done])
        n, n_effective = unit.shape[1], max(effective(weights), 2.0)
        apart = unit - weights @ unit
        spread = (apart * weights[:, None]).T @ apart
        few = min(1.0, (n + 2.0) / n_effective)  # correlations of a few points are not to be trusted
        spread = (1.0 - few) * spread + few * np.diag(np.diag(spread)) + 1e-8 * np.eye(n)
        shrink = KERNEL * (4.0 / (n_effective * (n + 2.0))) ** (2.0 / (n + 4.0))
        rows, counts = np.unique(systematic(weights, self.each, self.rng(CENTRES, chain)), return_counts=True)
        return _Proposal(unit[rows], counts / self.each, np.linalg.cholesky(shrink * spread), 1.0)

    def _log_proposal(self, proposal: _Proposal | None, unit: np.ndarray) -> np.ndarray:
        """Log density in the cube; the first generation is even over what was left."""
        if proposal is None:
            return np.full(len(unit), 0.0 if self.start is None else -np.log(self.start.share))
        return proposal.log_density(unit)

    def _width(self, before: float) -> tuple[float, np.ndarray]:
        """The smallest width from 1 to the one before at which every chain has enough effective particles, and those."""
        chains = range(self.settings.chains)
        logs = [self._log_ratio(chain) for chain in chains]
        for chain in chains:
            if not np.isfinite(self._log_kernel(chain, 1.0)).any():
                raise InputError(
                    f"no point of chain {chain + 1} gives every target: the runs are too small to have a base for all of "
                    "them, or the model cannot be fitted to these targets"
                )

        def ess(width: float) -> np.ndarray:
            return np.array([effective(_normalised(logs[c] + self._log_kernel(c, width))) for c in chains])

        wanted = self.settings.ess_share * self.each
        low, high = 1.0, min(before, 1e6)
        if (ess(1.0) >= wanted).all():
            return 1.0, ess(1.0)
        if (ess(high) >= wanted).all():
            for _ in range(50):
                middle = float(np.sqrt(low * high))
                low, high = (low, middle) if (ess(middle) >= wanted).all() else (middle, high)
        return float(high), ess(high)

    def _simulated(self, chain: int | None) -> np.ndarray:
        return np.vstack([one.simulated[self._whose(chain)] for one in self.done])

    def _smoothed(self, chain: int | None) -> Smoothed:
        """Figures of all points so far, of one chain by itself or of all, with chance taken out."""
        if chain not in self._smooth:
            own = self._whose(chain)
            chance = np.mean([one.chance for one in self.done], axis=0)
            first = 0 if self.carried is None else self.carried.points.shape[1]
            points = np.vstack([np.hstack([one.points[own][:, :first], one.unit[own]]) for one in self.done])
            self._smooth[chain] = smoothed(points, self._simulated(chain), chance, self.aims.values, self.aims.sd)
        return self._smooth[chain]

    def _log_kernel(self, chain: int | None, width: float) -> np.ndarray:
        found = self._smoothed(chain)
        return self.aims.log_kernel(found.figures, width, found.unknown)

    def _whose(self, chain: int | None) -> np.ndarray:
        return np.ones(len(self.own), bool) if chain is None else self.own == chain

    def _log_ratio(self, chain: int | None) -> np.ndarray:
        """Log of prior over the mixture of all proposals so far, of the points of one chain or of all."""
        chains = range(self.settings.chains) if chain is None else [chain]
        unit = np.vstack([one.unit[self._whose(chain)] for one in self.done])
        logs = [self._log_proposal(made[one], unit) for made in self.proposals for one in chains]
        return np.log(len(logs)) - logsumexp(logs, axis=0)

    def _log_weights(self, chain: int | None, width: float = 1.0) -> np.ndarray:
        return self._log_ratio(chain) + self._log_kernel(chain, width)

    def pooled(self) -> SmcResult:
        """All generations together, at width 1."""
        weights, found = _normalised(self._log_weights(None)), self._smoothed(None)
        chain = np.tile(self.own, len(self.done))
        alone = np.zeros(len(weights))
        for one in range(self.settings.chains):
            alone[chain == one] = _normalised(self._log_weights(one))
        return SmcResult(
            np.vstack([one.points for one in self.done]), self._simulated(None), found.figures, found.own, weights, chain,
            np.repeat(np.arange(len(self.done)), len(self.own)), effective(weights), alone, tuple(self.done),
            self.done[-1].width == 1.0,
        )  # fmt: skip


def _normalised(log_weights: np.ndarray) -> np.ndarray:
    return np.exp(log_weights - logsumexp(log_weights))


def _drawn(proposal: _Proposal, rng: np.random.Generator) -> np.ndarray:
    """A block of points of a proposal, some of them outside the cube, shape (BLOCK, n)."""
    n = proposal.root.shape[0]
    rows = rng.choice(len(proposal.weights), BLOCK, p=proposal.weights)
    there = proposal.centres[rows] + rng.normal(size=(BLOCK, n)) @ proposal.root.T
    return np.where(rng.random(BLOCK)[:, None] < DEFENSIVE, rng.random((BLOCK, n)), there)
