"""How one run of a calibration is made: a point and a seed in, the targets, or one world of the patterns, out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from persim.calibration.plan import Plan, Stage, World, sides_of, world_of, worlds_of
from persim.evidence import Measured, Measures, People, Side
from persim.evidence.people_read import mean_of_people
from persim.model_version import MODEL_VERSION
from persim.run_maker import HEX_DIGITS, settled
from persim.run_store import Settled
from persim.scenario import Scenario, read_scenario
from persim.simulate import Run, run_scenario

HEAD = 5  # columns that say where a run belongs: stage, step, point, world, replicate


@dataclass(frozen=True)
class Reading:
    """What is read from a run, and the column of the row that it goes to: measured quantities added up, or a mean."""

    column: int
    measured: tuple[Measured, ...] = ()
    people: People | None = None


@dataclass(frozen=True)
class Arm:
    """One world that a point is run in: a scenario without the point's numbers, and what is read from its runs.

    Attributes:
        kept: parameters that the world sets itself, so that the point's values of them do not count.
    """

    scenario: Scenario
    digest: str
    readings: tuple[Reading, ...]
    kept: frozenset[str] = frozenset()

    @cached_property
    def measures(self) -> Measures:
        """What is measured in it, everything together."""
        measured = [one for reading in self.readings for one in reading.measured]
        return Measures(measured, self.scenario.start_week, self.scenario.n_weeks)

    def run(self, numbers: Mapping[str, float], seed: int) -> Run:
        """Run it at a point."""
        own = {name: value for name, value in numbers.items() if name not in self.kept}
        since = min(self.measures.unread_weeks, self.scenario.n_weeks - 1)
        return run_scenario(self.scenario.in_world(own), seed, "weekly", self.measures.dimensions, since)

    def read(self, run: Run, row: np.ndarray) -> None:
        """Write what is read into the row."""
        values, place = self.measures.row(run), 0
        for reading in self.readings:
            if reading.people is not None:
                row[reading.column] = mean_of_people(run.world, reading.people)
                continue
            row[reading.column] = values[place : place + len(reading.measured)].sum()
            place += len(reading.measured)


@dataclass(frozen=True)
class CalibrationMaker:
    """Makes the runs of one step: from number `first` on, replicate after replicate, point by point, world by world.

    Attributes:
        points: shape (n_points, n_parameters); in a copy for elsewhere those from `first_point` on.
        names: of their columns. places: columns of the row where they are kept. where: number of the stage and the step.
    """

    arms: tuple[Arm, ...]
    names: tuple[str, ...]
    points: np.ndarray
    places: tuple[int, ...]
    where: tuple[int, int]
    n_points: int
    n_columns: int
    seed: int
    first: int
    first_point: int = 0
    model_version: str = field(default=MODEL_VERSION)

    def place(self, number: int) -> tuple[int, int, int]:
        """(replicate, point, arm) of a run."""
        replicate, rest = divmod(number - self.first, self.n_points * len(self.arms))
        return replicate, *divmod(rest, len(self.arms))

    def own_seed(self, replicate: int, point: int) -> int:
        """The seed of a run: no two points share one, worlds of a point do.

        Luck that all points shared would shift all their figures alike, and nothing could tell that from the model's mean.
        """
        return self.seed + self.first + replicate * self.n_points + point

    def _numbers(self, point: int) -> dict[str, float]:
        return dict(zip(self.names, self.points[point - self.first_point].tolist(), strict=True))

    def name(self, number: int) -> str:
        """The name of a run: a hash of its world, its point, its seed and the model's sources."""
        replicate, point, arm = self.place(number)
        said = [self.arms[arm].digest, self._numbers(point), self.own_seed(replicate, point), self.model_version]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:HEX_DIGITS]

    def make(self, number: int) -> Settled:
        """Make one run; one that raises has a cause, with its traceback, instead of numbers."""
        return settled(number, self.name(number), self._row)

    def _row(self, number: int) -> np.ndarray:
        replicate, point, arm = self.place(number)
        row = np.full(self.n_columns, np.nan)
        row[:HEAD] = (*self.where, point, arm, replicate)
        row[list(self.places)] = self.points[point - self.first_point]
        self.arms[arm].read(self.arms[arm].run(self._numbers(point), self.own_seed(replicate, point)), row)
        return row

    def only(self, numbers: Sequence[int]) -> CalibrationMaker:
        """A copy that can make these runs, small enough to be sent with them."""
        wanted = [self.place(number)[1] for number in numbers]
        first = min(wanted)
        points = self.points[first - self.first_point : max(wanted) + 1 - self.first_point]
        return replace(self, points=points, first_point=first)


def arm_of(plan: Plan, stage: Stage) -> Arm:
    """The world that a stage's targets are measured in."""
    scenario = plan.scenario.changed(None, stage.weeks, **stage.fixed)
    columns = plan.columns
    readings = tuple(
        Reading(columns.index(f"target.{target.id}"), (target.measured,)) for target in plan.targets_of(stage)
    )
    return Arm(scenario, scenario.digest(), readings)


def pattern_arms(plan: Plan, stage: Stage) -> tuple[Arm, ...]:
    """The worlds of a stage's patterns; the stage's own settings hold in them too, unless a world sets the number itself."""
    columns, patterns = plan.columns, plan.patterns_of(stage)
    read: dict[World, list[Reading]] = {world: [] for world in worlds_of(patterns)}
    last: dict[World, int] = {}
    for pattern in patterns:
        for number, contrast in enumerate(pattern.contrasts):
            for side, name in zip(sides_of(contrast), ("less", "more"), strict=True):
                if side.constant is None:
                    world = world_of(side)
                    column = columns.index(f"side.{pattern.id}.{number}.{name}")
                    read[world].append(_reading(side, column))
                    last[world] = max(last.get(world, 0), side.last)
    return tuple(_arm(plan, stage, world, tuple(readings), last[world]) for world, readings in read.items())


def _reading(side: Side, column: int) -> Reading:
    if side.people is not None:
        return Reading(column, people=side.people)
    return Reading(column, tuple(Measured(name, side.group, side.first, side.last) for name in side.outcomes))


def _arm(plan: Plan, stage: Stage, world: World, readings: tuple[Reading, ...], last: int) -> Arm:
    name, changes = world
    scenario = plan.scenario if name == plan.scenario.name else read_scenario(name)
    changed: dict[str, float | None] = {**stage.fixed, **dict(changes)}
    scenario = scenario.changed(plan.people, last + 1 - scenario.start_week, **changed)
    return Arm(scenario, scenario.digest(), readings, frozenset(changed))
