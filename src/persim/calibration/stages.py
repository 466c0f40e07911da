"""The stages of a calibration, one after another: waves, generations, patterns, and what is known after each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from persim.calibration.history import History, match
from persim.calibration.maker import HEAD, arm_of, pattern_arms
from persim.calibration.plan import Plan, Stage, observed_of
from persim.calibration.runs import Runs
from persim.calibration.smc import Carried, SmcResult, Start, infer
from persim.calibration.space import effective, luck, systematic
from persim.errors import InputError
from persim.evidence import Contrast

WRONG_BY = 2.0  # standard errors by which an effect may point the wrong way before a draw is given up
WAVES, SMC, DRAWS, BEFORE = range(4)  # purposes of luck
PRIOR_PREDICTIVE = 0  # the wave that was drawn from the whole prior


@dataclass(frozen=True)
class Shown:
    """What one comparison of a pattern came to at each draw: mean effect and its standard error, shape (n_draws,)."""

    pattern: str
    contrast: Contrast
    effects: np.ndarray
    error: np.ndarray

    @property
    def contradicts(self) -> np.ndarray:
        """Draws at which the effect points the wrong way by more than `WRONG_BY` standard errors."""
        if self.contrast.sign == 0:
            return np.zeros(len(self.effects), bool)
        return ~(self.contrast.sign * self.effects >= -WRONG_BY * self.error)


@dataclass(frozen=True)
class StageResult:
    """What is known after a stage.

    Attributes:
        names: parameters so far, those of earlier stages first. draws: a sample of them, shape (n_draws, n_names), each
            point once. weights: shape (n_draws,), sum to 1; 0 where a pattern is contradicted. figures: what the draws
            give for the stage's targets. chain_weights, shape (n_chains, n_draws): as each chain alone would have them.
        history: None where no wave was run. shown: what the patterns came to, at draws `tried`.
    """

    stage: Stage
    names: tuple[str, ...]
    history: History
    smc: SmcResult
    draws: np.ndarray
    figures: np.ndarray
    weights: np.ndarray
    shown: tuple[Shown, ...]

    @property
    def ess(self) -> float:
        """The effective sample size of inference, less what patterns took away; and at most that of the draws."""
        kept = float(self.weights.sum() > 0.0) * min(1.0, self.kept)
        return min(self.smc.ess * kept, effective(self.weights))

    @property
    def kept(self) -> float:
        """Share of the draws that no pattern contradicts."""
        if not self.shown:
            return 1.0
        wrong = np.any([one.contradicts for one in self.shown], axis=0)
        return float(1.0 - wrong.mean())


def carry_out(plan: Plan, runs: Runs) -> list[StageResult]:
    """All stages."""
    found: list[StageResult] = []
    for number in range(len(plan.stages)):
        found.append(_stage(plan, runs, number, found[-1] if found else None))
    return found


def _stage(plan: Plan, runs: Runs, number: int, before: StageResult | None) -> StageResult:
    stage, arm = plan.stages[number], arm_of(plan, plan.stages[number])
    names = (*(before.names if before else ()), *stage.space.names)
    carried = None if before is None else Carried(before.draws, before.weights)
    columns = plan.columns
    places = [columns.index(f"target.{code}") for code in stage.targets]

    def simulate(points: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        return runs.step(number, (arm,), names, points)[:, :, 0, places]

    def simulate_anew(points: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """With numbers of earlier stages drawn for each point."""
        if carried is None:
            return simulate(points, numbers)
        rng = luck(plan.seed, number, BEFORE, int(numbers[0]))
        rows = rng.permutation(systematic(carried.weights, len(points), rng))
        return simulate(np.hstack([carried.points[rows], points]), numbers)

    aims = observed_of(plan.targets_of(stage))
    history = match(simulate_anew, stage.space, aims, stage.waves, plan.seed, number, WAVES)
    runs.left_out((stage.waves.waves - len(history.waves)) * stage.waves.points * stage.replicates)
    start = Start(history.pool, history.region.allows, history.share)
    found = infer(simulate, stage.space, aims, None, stage.smc, plan.seed, number, SMC, start=start, carried=carried)
    return _kept(plan, runs, number, names, history, found)


def _kept(
    plan: Plan, runs: Runs, number: int, names: tuple[str, ...], history: History, found: SmcResult
) -> StageResult:  # fmt: skip
    """The sample of a stage: draws of the posterior, less those that contradict a pattern."""
    stage = plan.stages[number]
    n_draws = min(stage.draws, stage.pattern_draws) if stage.patterns else stage.draws
    rows, counts = np.unique(systematic(found.weights, n_draws, luck(plan.seed, number, DRAWS)), return_counts=True)
    weights, shown = counts / counts.sum(), ()
    if stage.patterns:
        arms = pattern_arms(plan, stage)
        runs.left_out(plan.pattern_runs(stage) - len(rows) * len(arms) * stage.replicates)
        values = runs.step(number, arms, names, found.points[rows])
        shown = _shown(plan, stage, values)
        weights = weights * ~np.any([one.contradicts for one in shown], axis=0)
        if not weights.any():
            worst = max(shown, key=lambda one: one.contradicts.mean())
            raise InputError(
                f"stage {stage.name}: every draw contradicts a pattern, {worst.pattern} ({worst.contrast.name}) most often; "
                "the model cannot meet these targets and show these patterns at once"
            )
        weights = weights / weights.sum()
    return StageResult(stage, names, history, found, found.points[rows], found.figures[rows], weights, shown)


def _shown(plan: Plan, stage: Stage, rows: np.ndarray) -> tuple[Shown, ...]:
    """Every comparison at every draw; the standard error is that of all draws together, since each has few replicates.

    Args:
        rows: of shape (n_draws, n_replicates, n_arms, n_columns); each side stands in the row of its own world only.
    """
    columns, found = plan.columns, []
    for pattern in plan.patterns_of(stage):
        for number, contrast in enumerate(pattern.contrasts):
            sides = []
            for side, name in ((contrast.less, "less"), (contrast.more, "more")):
                column = rows[..., columns.index(f"side.{pattern.id}.{number}.{name}")]
                there = np.isfinite(column)
                read = np.where(there, column, 0.0).sum(axis=2) / np.where(there.any(axis=2), 1.0, np.nan)
                sides.append(np.full(read.shape, side.constant) if side.constant is not None else read)
            effect = sides[1] - sides[0]
            means = np.nanmean(effect, axis=1) if np.isfinite(effect).any() else effect.mean(axis=1)
            found.append(Shown(pattern.id, contrast, means, _error(effect)))
    return tuple(found)


def _error(effect: np.ndarray) -> np.ndarray:
    """Standard error of each draw's mean effect, pooled over draws, shape (n_draws,); infinite with one replicate."""
    n_draws, replicates = effect.shape
    if replicates < 2:
        return np.full(n_draws, np.inf)
    variance = float(np.nanmean(np.nanvar(effect, axis=1, ddof=1)))
    return np.full(n_draws, np.sqrt(variance / replicates))


def point_rows(plan: Plan, rows: np.ndarray) -> np.ndarray:
    """Means over replicates of the runs of points in a stage's own world, from all runs of a store.

    Args:
        rows: of all runs, shape (n_runs, n_columns). Returns: shape (n_points, n_columns), in the order of runs.
    """
    own = np.isfinite(rows[:, HEAD + len(plan.parameters) : HEAD + len(plan.parameters) + len(plan.targets)]).any(
        axis=1
    )
    rows = rows[own]
    keys = rows[:, 1] * 1e9 + rows[:, 2]
    order = np.argsort(keys, kind="stable")
    _, first, counts = np.unique(keys[order], return_index=True, return_counts=True)
    return np.add.reduceat(rows[order], first, axis=0) / counts[:, None] if len(rows) else rows
