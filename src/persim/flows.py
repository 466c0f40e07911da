"""Flows: between two scenarios, who gains a real budget, who loses one, who stays, by group of people.

Two runs of one seed hold the same people, so the net difference in real take-up is made of people who move each way.
`flows` runs pairs of seeds and counts; `flow_stories` tells where lives part and a few typical ones; `flow_words` and
`flow_plots` show it. A move is counted in the last week of the runs.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.comparison_plan import LARGEST_SEED, whole_number
from persim.errors import InputError
from persim.experiment import Failure, Progress, Task, paired_tasks, run_tasks
from persim.flow_counts import GAINS, LOSES, MOVES, N_COMPARED, STATES, checked_flow_groups, counted, group_labels
from persim.intervals import Means, means
from persim.scenario import Scenario
from persim.simulate import Run, checked_seed, run_scenario
from persim.twin_pairs import is_one_scenario, names_of, read_pair

if TYPE_CHECKING:
    import pandas as pd

    from persim.flow_stories import FlowStories

REPLICATES = 20
GROUPS = ("profession", "perceived_risk", "actual_risk", "carer", "rural")  # legal status only where it is asked for


@dataclass(frozen=True)
class Flows:
    """What pairs of runs gave.

    Attributes:
        scenarios: the two. groups: dimensions shown apart. seed: of the first pair.
        moves: people by move, weighted, shape (n_seeds, n_groups, 8), groups as in `labels`, "all" first; see `MOVES`.
        states: people by state in the first and in the second, weighted, shape (n_seeds, 6, 6); see `STATES`.
        take_up: the two runs' own real take-up in the last week, shape (n_seeds, 2).
        failures: runs that failed, whose pairs are left out.
    """

    scenarios: tuple[Scenario, Scenario]
    groups: tuple[str, ...]
    seed: int
    moves: np.ndarray
    states: np.ndarray
    take_up: np.ndarray
    failures: tuple[Failure, ...] = ()

    @property
    def names(self) -> tuple[str, str]:
        """Names of the two scenarios, told apart."""
        return names_of(*self.scenarios)

    @property
    def replicates(self) -> int:
        """Pairs of runs."""
        return len(self.moves)

    @property
    def seeds(self) -> tuple[int, int]:
        """The first and the last seed, failed pairs among them."""
        return self.seed, self.seed + self.replicates + len({one.task.replicate for one in self.failures}) - 1

    @property
    def last_week(self) -> int:
        """The calendar week in which people are counted."""
        return self.scenarios[0].start_week + self.scenarios[0].n_weeks - 1

    @property
    def is_one_scenario(self) -> bool:
        """Are the two scenarios the same?"""
        return is_one_scenario(*self.scenarios)

    @property
    def labels(self) -> list[tuple[str, str]]:
        """(dimension, group) of each row of groups: everyone, then the groups."""
        return group_labels(self.groups)

    @cached_property
    def rates(self) -> np.ndarray:
        """Of 100 people compared: gain, lose, stay with, stay without, net; shape (n_seeds, n_groups, 5).

        NaN where a seed has nobody to compare in a group.
        """
        compared = self.moves[:, :, :N_COMPARED]
        base = compared.sum(axis=2, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = 100.0 * np.where(base > 0.0, compared / np.where(base > 0.0, base, 1.0), np.nan)
        return np.concatenate([shares, shares[:, :, [GAINS]] - shares[:, :, [LOSES]]], axis=2)

    def means(self) -> Means:
        """Means of `rates` over seeds, with 95 % intervals, shape (n_groups, 5)."""
        return means(self.rates)

    @cached_property
    def net(self) -> np.ndarray:
        """Percentage points of real take-up, shape (n_seeds, 3): gains less losses, people not compared, the difference.

        The difference is that of the runs' own real take-up. People who are in the base of one run only account for the
        rest of it, so that the first two add up to the third.
        """
        difference = 100.0 * (self.take_up[:, 1] - self.take_up[:, 0])
        moved = self.rates[:, 0, 4]
        return np.stack([moved, difference - moved, difference], axis=1)

    @property
    def people(self) -> np.ndarray:
        """People compared in a run, mean over seeds, by group, shape (n_groups,)."""
        return self.moves[:, :, :N_COMPARED].sum(axis=2).mean(axis=0)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Tidy: dimension, group, move, per_100, low, high, people (a run, mean); "net" is gains less losses."""
        import pandas as pd

        found = self.means()
        columns = [*MOVES[:N_COMPARED], "net"]
        rows = []
        for number, (dimension, label) in enumerate(self.labels):
            people = self.moves[:, number].mean(axis=0)
            for column, move in enumerate(columns):
                count = people[GAINS] - people[LOSES] if move == "net" else people[column]
                rows.append((dimension, label, move, found.mean[number, column], found.low[number, column],
                             found.high[number, column], count))  # fmt: skip
            for move in range(N_COMPARED, len(MOVES)):
                rows.append((dimension, label, MOVES[move], np.nan, np.nan, np.nan, people[move]))
        return pd.DataFrame(rows, columns=["dimension", "group", "move", "per_100", "low", "high", "people"])

    @cached_property
    def stories(self) -> FlowStories:
        """Where the lives of the first pair part, and a typical story for each move. Both runs are made again."""
        from persim.flow_stories import stories_of

        return stories_of(self)

    def as_json(self) -> dict[str, Any]:
        """Plain types."""
        from persim.flow_words import json_of

        return json_of(self)

    def text(self, width: int = 100) -> str:
        """Tables, partings and stories for a terminal or a text file."""
        from persim.flow_words import text_of

        return text_of(self, width)


def flows(
    a: Scenario | str | Path, b: Scenario | str | Path, *, replicates: int = REPLICATES, seed: int = 1,
    n_users: int | None = None, n_weeks: int | None = None, groups: Sequence[str] | None = None, jobs: int = 0,
    progress: Progress | None = None, **parameters: float | None,
) -> Flows:  # fmt: skip
    """Who gains a real budget from scenario `a` to scenario `b`, who loses one, who stays.

    Args:
        replicates: pairs of runs. seed: of the first pair; the next has the next seed.
        n_users, n_weeks, parameters: as for `persim.simulate`, for both. groups: dimensions to show apart, `GROUPS` if none.
        jobs: threads, 0 for all cores. progress: called with (runs done, of how many, failed) now and then.

    Raises: ScenarioError; InputError if the scenarios do not hold the same people over the same weeks, and for what else
        cannot be run.
    """
    pair = read_pair(a, b, n_users, n_weeks, parameters)
    return flows_of(pair, replicates, seed, groups, jobs, progress)


def flows_of(
    pair: tuple[Scenario, Scenario], replicates: int = REPLICATES, seed: int = 1, groups: Sequence[str] | None = None,
    jobs: int = 0, progress: Progress | None = None,
) -> Flows:  # fmt: skip
    """`flows` of two scenarios that hold the same people (see `persim.twin_pairs.read_pair`)."""
    whole_number("replicates", replicates, 1)
    whole_number("jobs", jobs, 0)
    seed = checked_seed(seed)
    if seed + replicates > LARGEST_SEED:
        raise InputError(f"seed is {seed}; it must be an integer of at most 62 bits")
    chosen = checked_flow_groups(GROUPS if groups is None else groups)
    counts = _Counts(pair, chosen, replicates)
    failures = run_tasks(paired_tasks(2, replicates, seed), 2 * replicates, counts.work, jobs, progress)
    failed = {failure.task.replicate for failure in failures}
    whole = [number for number in range(replicates) if number not in failed]
    if not whole:
        raise InputError(f"every pair of runs failed, the first with {failures[0].cause}")
    return Flows(pair, chosen, seed, counts.moves[whole], counts.states[whole], counts.take_up[whole], tuple(failures))


class _Counts:
    """Counts pairs of runs as they come; of a pair only the first run is kept until the second is there."""

    def __init__(self, pair: tuple[Scenario, Scenario], groups: tuple[str, ...], replicates: int) -> None:
        self.pair, self.groups = pair, groups
        self.moves = np.zeros((replicates, len(group_labels(groups)), len(MOVES)))
        self.states = np.zeros((replicates, len(STATES), len(STATES)))
        self.take_up = np.zeros((replicates, 2))
        self._waiting: dict[int, tuple[int, Run]] = {}
        self._lock = threading.Lock()

    def work(self, task: Task) -> None:
        run = run_scenario(self.pair[task.scenario], task.seed, "final")
        with self._lock:
            other = self._waiting.pop(task.replicate, None)
            if other is None:
                self._waiting[task.replicate] = (task.scenario, run)
                return
        first, second = (run, other[1]) if task.scenario == 0 else (other[1], run)
        self.take_up[task.replicate] = [float(one.series("real_take_up")[-1]) for one in (first, second)]
        self.moves[task.replicate], self.states[task.replicate] = counted(first.world, second.world, self.groups)
