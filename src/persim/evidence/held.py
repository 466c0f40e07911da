"""The model held against its targets: runs of a scenario, each target's value in them, its distance and a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from persim.errors import InputError
from persim.evidence.measured import Measures
from persim.evidence.rows import Target
from persim.experiment import Failure, Progress, Task, run_tasks
from persim.intervals import means, quantiles
from persim.parameters import TABLE
from persim.scenario import Scenario
from persim.simulate import checked_seed, ready_the_compiled_model, run_scenario

Meeting = Literal["meets", "near", "misses", "no base"]
NEAR = 2.0  # errors of observation
SPREAD = (0.05, 0.95)


@dataclass(frozen=True)
class HeldTarget:
    """One target beside the model.

    Attributes:
        values: in each run, shape (n_runs,); NaN without a base or where the run failed.
        mean, low, high, n: over runs, with the 95 % interval of the mean. spread: nine of ten runs lie between.
        seen_by: parameters whose default was chosen with this figure in sight.
    """

    target: Target
    values: np.ndarray
    mean: float
    low: float
    high: float
    n: int
    spread: tuple[float, float]
    seen_by: tuple[str, ...]

    @property
    def distance(self) -> float:
        """From the figure to the simulated mean, in errors of observation."""
        return self.target.distance(self.mean)

    @property
    def verdict(self) -> Meeting:
        """Meets: within the plausible range. Near: within two errors of observation of the figure. Else misses."""
        if np.isnan(self.mean):
            return "no base"
        if self.target.low <= self.mean <= self.target.high:
            return "meets"
        return "near" if abs(self.distance) <= NEAR else "misses"


@dataclass(frozen=True)
class Held:
    """The targets beside the model. `draws` says whether each run had its own draw of parameters."""

    scenario: Scenario
    targets: tuple[HeldTarget, ...]
    seeds: tuple[int, ...]
    draws: bool
    failures: tuple[Failure, ...]

    @property
    def missed(self) -> list[HeldTarget]:
        """Targets that the model misses."""
        return [one for one in self.targets if one.verdict in ("misses", "no base")]


def hold(
    targets: Sequence[Target],
    scenario: Scenario,
    seeds: Sequence[int],
    jobs: int = 0,
    draws: Sequence[Mapping[str, float]] | None = None,
    progress: Progress | None = None,
) -> Held:
    """Run the scenario and hold it against the targets.

    Args:
        seeds: one run each. jobs: threads, 0 for all cores; results do not depend on it.
        draws: parameters for each run, such as draws of a posterior; then intervals hold doubt about them too.

    Raises: InputError if draws and seeds differ in number, or a target's weeks are not run.
    """
    if draws is not None and len(draws) != len(seeds):
        raise InputError(f"{len(draws)} draws for {len(seeds)} runs: each run needs one")
    for seed in seeds:
        checked_seed(seed)
    measures = Measures([target.measured for target in targets], scenario.start_week, scenario.n_weeks)
    values = np.full((len(seeds), len(targets)), np.nan)
    ready_the_compiled_model()

    def work(task: Task) -> None:
        world = scenario if draws is None else scenario.in_world(draws[task.replicate])
        run = run_scenario(world, task.seed, "weekly", measures.dimensions, measures.unread_weeks)
        values[task.replicate] = measures.row(run)

    tasks = (Task(number, 0, number, seed) for number, seed in enumerate(seeds))
    failures = run_tasks(tasks, len(seeds), work, jobs, progress)
    found = tuple(_held(target, values[:, place]) for place, target in enumerate(targets))
    return Held(scenario, found, tuple(seeds), draws is not None, tuple(failures))


def _held(target: Target, values: np.ndarray) -> HeldTarget:
    found = means(values)
    low, high = quantiles(values[:, None], SPREAD)
    seen_by = tuple(p.name for p in TABLE if target.id in p.source)
    return HeldTarget(
        target, values, float(found.mean), float(found.low), float(found.high), int(found.n),
        (float(low[0]), float(high[0])), seen_by,
    )  # fmt: skip
