"""Patterns as paired experiments: the worlds that they need are run with the same luck, and each effect has a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from persim.drawn_worlds import in_drawn_world, without_steps_of
from persim.evidence.measured import Measures
from persim.evidence.people_read import mean_of_people
from persim.evidence.rows import BASELINE, Contrast, Measured, Pattern, People, Side
from persim.experiment import Failure, Progress, Task, run_tasks
from persim.intervals import means
from persim.scenario import Scenario, read_scenario
from persim.simulate import ready_the_compiled_model, run_scenario

Verdict = Literal["shown", "not shown", "opposite"]
World = tuple[str, tuple[tuple[str, float], ...]]


@dataclass(frozen=True)
class Effect:
    """What came of one comparison.

    Attributes:
        values: the effect in each run, shape (n_seeds,); NaN where a side had no base or its run failed.
        mean, low, high, n: over runs, with the 95 % interval. less, more: mean of each side.
    """

    contrast: Contrast
    values: np.ndarray
    mean: float
    low: float
    high: float
    n: int
    less: float
    more: float

    @property
    def verdict(self) -> Verdict:
        """Does the interval lie on the side that the pattern says, or within the smallest effect of interest for 0?"""
        smallest = self.contrast.smallest
        if self.contrast.sign == 0:
            if -smallest < self.low and self.high < smallest:
                return "shown"
            return "opposite" if self.low > smallest or self.high < -smallest else "not shown"
        low, high = sorted((self.contrast.sign * self.low, self.contrast.sign * self.high))
        return "shown" if low > smallest else "opposite" if high < 0.0 else "not shown"


@dataclass(frozen=True)
class PatternEffect:
    """What came of a pattern: all of its comparisons, and the runs that failed."""

    pattern: Pattern
    effects: tuple[Effect, ...]

    @property
    def verdict(self) -> Literal["shown", "not shown", "opposite", "cannot be shown"]:
        """Shown if every comparison is, opposite if one is."""
        verdicts = {effect.verdict for effect in self.effects}
        if not verdicts:
            return "cannot be shown"
        return "opposite" if "opposite" in verdicts else "not shown" if "not shown" in verdicts else "shown"


def pattern_effects(
    patterns: Sequence[Pattern],
    base_changes: Mapping[str, float] | None = None,
    seeds: Sequence[int] = range(1, 13),
    n_users: int = 3000,
    jobs: int = 0,
    progress: Progress | None = None,
) -> list[PatternEffect]:
    """Run every world that the patterns need with the same seeds, and take their effects: see `tried`."""
    return tried(patterns, base_changes, seeds, n_users, jobs, progress)[0]


def tried(
    patterns: Sequence[Pattern],
    base_changes: Mapping[str, float] | None = None,
    seeds: Sequence[int] = range(1, 13),
    n_users: int = 3000,
    jobs: int = 0,
    progress: Progress | None = None,
) -> tuple[list[PatternEffect], list[Failure]]:
    """Run every world that the patterns need with the same seeds, and take their effects.

    Args:
        base_changes: parameters that take another value than the table's in every world, such as a draw of a posterior;
            what scenarios and comparisons change, they change from there.
        n_users: people in a run. jobs: threads, 0 for all cores; results do not depend on it.

    Returns: the effects in the order of `patterns`, and the runs that failed, which are left out with their pairs.
    Raises: ScenarioError for a parameter that is unknown or out of bounds.
    """
    sides = [side for one in patterns for contrast in one.contrasts for side in (contrast.less, contrast.more)]
    worlds = _worlds(sides, base_changes or {}, n_users)
    names = list(worlds)
    ready_the_compiled_model()

    def work(task: Task) -> None:
        worlds[names[task.scenario]].run(task.replicate, task.seed)

    for world in worlds.values():
        world.make_room(len(seeds))
    tasks = (
        Task(replicate * len(names) + place, place, replicate, seed)
        for replicate, seed in enumerate(seeds)
        for place in range(len(names))
    )
    failures = run_tasks(tasks, len(names) * len(seeds), work, jobs, progress)
    found = [PatternEffect(one, tuple(_effect(c, worlds, len(seeds)) for c in one.contrasts)) for one in patterns]
    return found, failures


class _World:
    """One world over seeds: the quantities that are read from it."""

    def __init__(self, scenario: Scenario, sides: Sequence[Side]) -> None:
        self.people: list[People] = []
        measured: list[Measured] = []
        for side in sides:
            if side.people is not None and side.people not in self.people:
                self.people.append(side.people)
            measured += [one for one in _measured(side) if one not in measured]
        last = max(side.last for side in sides)
        self.scenario = replace(scenario, n_weeks=last + 1 - scenario.start_week)
        self.measures = Measures(measured, self.scenario.start_week, self.scenario.n_weeks)

    def make_room(self, n_seeds: int) -> None:
        self.values = np.full((n_seeds, len(self.measures.measured) + len(self.people)), np.nan)

    def run(self, replicate: int, seed: int) -> None:
        run = run_scenario(
            self.scenario,
            seed,
            "weekly",
            self.measures.dimensions,
            min(self.measures.unread_weeks, self.scenario.n_weeks - 1),
        )
        read = [mean_of_people(run.world, people) for people in self.people]
        self.values[replicate] = np.concatenate([self.measures.row(run), read])

    def read(self, side: Side) -> np.ndarray:
        """What a side reads, shape (n_seeds,)."""
        if side.people is not None:
            return self.values[:, len(self.measures.measured) + self.people.index(side.people)]
        return sum((self.values[:, self.measures.measured.index(one)] for one in _measured(side)), np.zeros(()))


def _measured(side: Side) -> list[Measured]:
    return [Measured(name, side.group, side.first, side.last, scenario=side.scenario) for name in side.outcomes]


def _key(side: Side) -> World:
    return side.scenario, tuple(sorted(side.changes.items()))


def _worlds(sides: Sequence[Side], base: Mapping[str, float], n_users: int) -> dict[World, _World]:
    """Every world that is needed, once."""
    by_world: dict[World, list[Side]] = {}
    for side in sides:
        if side.constant is None:
            by_world.setdefault(_key(side), []).append(side)
    baseline = read_scenario(BASELINE)
    baseline.changed(None, None, **_numbers(base))  # what is wrong with the changes is told here
    found = {}
    for (name, changes), own in by_world.items():
        scenario = read_scenario(name).changed(n_users=n_users)
        if base:
            scenario = in_drawn_world(without_steps_of(scenario, baseline, base), base, base)
        found[name, changes] = _World(scenario.changed(None, None, **_numbers(dict(changes))), own)
    return found


def _numbers(changes: Mapping[str, float]) -> dict[str, float | None]:
    return dict(changes)


def _effect(contrast: Contrast, worlds: Mapping[World, _World], n_seeds: int) -> Effect:
    less, more = (
        np.full(n_seeds, side.constant) if side.constant is not None else worlds[_key(side)].read(side)
        for side in (contrast.less, contrast.more)
    )
    there = ~(np.isnan(less) | np.isnan(more))
    usual = float(less[there].mean()) if there.any() else float("nan")
    scale = usual if contrast.relative else 1.0
    values = (more - less) / scale if scale else np.full(n_seeds, np.nan)
    found = means(values)
    return Effect(
        contrast, values, float(found.mean), float(found.low), float(found.high), int(found.n), usual,
        float(more[there].mean()) if there.any() else float("nan"),
    )  # fmt: skip
