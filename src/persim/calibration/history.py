"""History matching: wave by wave, the part of the space is cut away that cannot give the observed figures.

A point is ruled out if, for any target, the emulator's mean lies more than `cut` standard deviations from the figure,
where the variance adds up emulator, observation, and chance as far as replicates do not tell it apart (Vernon, Goldstein and
Bower 2010, Bayesian Analysis 5). What is left is small, so it is sampled by a chain of nested levels (subset simulation),
which tells its share of the whole too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from persim.calibration.emulator import Emulator, fit, one_thread
from persim.calibration.space import Space, luck, spread_out
from persim.calibration.targets import Observed, averaged

Simulator = Callable[[np.ndarray, np.ndarray], np.ndarray]
CUT = 3.0
FIRST_LOOK = 4096  # points of the whole cube by which the first wave's share is told
LEVEL_SHARE, MOST_LEVELS, MOVES = 0.2, 40, 8
DESIGN, FITTING, SAMPLING = range(3)  # purposes of luck


@dataclass(frozen=True)
class HistorySettings:
    """How the space is cut: waves of so many points, the cut, and how many points stand for what is left.

    `small` is the emulator's variance, over that of observation, below which another wave says nothing new.
    """

    waves: int = 3
    points: int = 300
    cut: float = CUT
    pool: int = 512
    small: float = 0.1


@dataclass(frozen=True)
class Region:
    """What is not ruled out by any wave so far; with no waves, the whole cube."""

    observed: Observed
    emulators: tuple[Emulator, ...] = ()
    cuts: tuple[float, ...] = ()

    def excess(self, unit: np.ndarray) -> np.ndarray:
        """Implausibility of points of the unit cube over the cut, the worst of all waves, shape (n_points,)."""
        found = np.zeros(len(unit))
        for emulator, cut in zip(reversed(self.emulators), reversed(self.cuts), strict=True):
            mean, variance = emulator.predict(unit)
            found = np.maximum(found, self.observed.implausibility(mean, variance + emulator.left_over) / cut)
        return found

    def allows(self, unit: np.ndarray) -> np.ndarray:
        """Which points are not ruled out, bool of shape (n_points,)."""
        left = np.ones(len(unit), bool)
        for emulator, cut in zip(reversed(self.emulators), reversed(self.cuts), strict=True):
            places = np.flatnonzero(left)
            mean, variance = emulator.predict(unit[places])
            left[places] = self.observed.implausibility(mean, variance + emulator.left_over) <= cut
        return left


@dataclass(frozen=True)
class Wave:
    """One wave: its points (values and what they gave), the emulator, the share of space left, the cut that was used.

    `uncertainty` is the emulator's variance over that of observation, for each target, in what is left.
    """

    points: np.ndarray
    simulated: np.ndarray
    emulator: Emulator
    share: float
    cut: float
    uncertainty: np.ndarray


@dataclass(frozen=True)
class History:
    """What is left after all waves: the region, points that stand for it, shape (n, space.n) in the cube, its share."""

    waves: tuple[Wave, ...]
    region: Region
    pool: np.ndarray
    share: float
    notes: tuple[str, ...] = field(default=())


def match(
    simulator: Simulator, prior: Space, observed: Observed, settings: HistorySettings, seed: int, *place: int
) -> History:
    """Cut the space by waves.

    Args:
        simulator: values of points, shape (n, space.n), and their numbers, to figures of shape (n, n_targets), or
            (n, n_replicates, n_targets), whose spread then tells the chance.
        seed, place: of all luck.
    """
    region, share, first = Region(observed), 1.0, 0
    pool = luck(seed, *place, SAMPLING, 0).random((FIRST_LOOK, prior.n))
    waves: list[Wave] = []
    notes: list[str] = []
    units, means = np.empty((0, prior.n)), np.empty((0, observed.n))
    for number in range(settings.waves):
        rng = luck(seed, *place, DESIGN, number)
        unit = spread_out(settings.points, prior.n, rng) if not waves else _some(pool, settings.points, rng)
        values = prior.values(unit)
        unit = prior.unit(values)
        here, chance = averaged(simulator(values, first + np.arange(len(values))))
        first += len(values)
        kept = region.allows(units) if len(units) else np.zeros(0, bool)
        units, means = np.vstack([units[kept], unit]), np.vstack([means[kept], here])
        with one_thread():
            emulator = fit(prior, units, means, chance, seed, *place, FITTING, number)
            region, pool, share, cut = _narrowed(
                region, emulator, settings, pool, share, luck(seed, *place, SAMPLING, number + 1)
            )
            uncertainty = _uncertainty(emulator, observed, pool)
        if cut > settings.cut:
            notes.append(
                f"wave {number + 1}: no point comes within {settings.cut:g} standard deviations of every target, "
                f"so the cut was {cut:.3g}"
            )
        waves.append(Wave(values, here, emulator, share, cut, uncertainty))
        if uncertainty.max() < settings.small:
            break
    return History(tuple(waves), region, pool, share, tuple(notes))


def _uncertainty(emulator: Emulator, observed: Observed, pool: np.ndarray) -> np.ndarray:
    _, variance = emulator.predict(pool)
    return np.median(variance, axis=0) / (np.square(observed.sd) + emulator.left_over)


def _some(pool: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Points of what is left, as many of them apart as there are, then moved ones of them again."""
    order = np.concatenate([rng.permutation(len(pool)) for _ in range(-(-n // len(pool)))])
    return pool[order[:n]]


def _narrowed(
    region: Region, emulator: Emulator, settings: HistorySettings, pool: np.ndarray, share: float,
    rng: np.random.Generator,
) -> tuple[Region, np.ndarray, float, float]:  # fmt: skip
    """The region with another emulator, points that stand for it, its share of space and the cut.

    Levels of implausibility are lowered so that a fifth of the points stays at a time; these are multiplied and moved
    within their level. If the cut is out of reach, the lowest level reached becomes the cut.
    """
    cut = settings.cut
    new = Region(region.observed, (*region.emulators, emulator), (*region.cuts, cut))
    excess, level = new.excess(pool), np.inf
    for _ in range(MOST_LEVELS):
        lower = max(1.0, float(np.quantile(excess, LEVEL_SHARE)))
        stays = excess <= lower
        if lower > 1.0 and lower >= 0.999 * level:  # as low as it gets
            cut *= lower
            new = Region(region.observed, new.emulators, (*region.cuts, cut))
            break
        share *= float(stays.mean())
        level = lower
        rows = rng.choice(np.flatnonzero(stays), settings.pool)
        pool, excess = _moved(new, pool[rows], excess[rows], level, rng)
        if level == 1.0:
            break
    return new, pool, share, cut


def _moved(
    region: Region, pool: np.ndarray, excess: np.ndarray, level: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Points moved at random within a level, so that those that were multiplied part; even in the level as before."""
    spread = np.cov(pool, rowvar=False).reshape(pool.shape[1], -1) + 1e-6 * np.eye(pool.shape[1])
    root = np.linalg.cholesky(spread)
    for move in range(MOVES):
        step = 2.38 / np.sqrt(pool.shape[1]) / (1.0, 2.0, 4.0)[move % 3]
        there = _reflected(pool + step * rng.normal(size=pool.shape) @ root.T)
        found = region.excess(there)
        goes = found <= level
        pool, excess = np.where(goes[:, None], there, pool), np.where(goes, found, excess)
    return pool, excess


def _reflected(unit: np.ndarray) -> np.ndarray:
    """Points that left the unit cube, put back as by mirrors at its walls."""
    folded = np.mod(unit, 2.0)
    return np.where(folded > 1.0, 2.0 - folded, folded)
