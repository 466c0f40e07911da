"""How one run of a study is made, and what is kept of it: which point, which scenario, which seed, what it came to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from persim.model_version import MODEL_VERSION
from persim.outcomes import BY_NAME, YEAR_WEEKS
from persim.rates import Rates
from persim.run_maker import HEX_DIGITS, settled
from persim.run_store import Settled
from persim.scenario import Scenario
from persim.sensitivity.inputs import Input
from persim.sensitivity.plan import Plan
from persim.sensitivity.points import values_of
from persim.simulate import run_scenario


@dataclass(frozen=True)
class SensitivityMaker:
    """Makes runs by number: those of the screening, then those of the indices; in a stage replicate after replicate.

    Within a stage a run's number is (replicate x n_points + point) x n_scenarios + scenario.

    Attributes:
        stages: values of the inputs at the points of each stage, shape (n_points, n_inputs); NaN: as it is.
    """

    alternatives: tuple[Scenario, ...]
    n_scenarios: int
    inputs: tuple[Input, ...]
    stages: tuple[np.ndarray, ...]
    replicates: int
    seed: int
    window: tuple[int, int]
    outcomes: tuple[str, ...]
    model_version: str = field(default=MODEL_VERSION)

    @cached_property
    def _rates(self) -> Rates:
        return Rates([BY_NAME[name] for name in self.outcomes])

    @cached_property
    def _digests(self) -> tuple[str, ...]:
        return tuple(scenario.digest() for scenario in self.alternatives)

    @cached_property
    def n_runs(self) -> int:
        """Runs of all stages."""
        return sum(len(points) for points in self.stages) * self.n_scenarios * self.replicates

    def place(self, number: int) -> tuple[int, int, int, int]:
        """(stage, replicate, point, scenario) of a run."""
        stage = 0
        while number >= (here := len(self.stages[stage]) * self.n_scenarios * self.replicates):
            number, stage = number - here, stage + 1
        cell, scenario = divmod(number, self.n_scenarios)
        replicate, point = divmod(cell, len(self.stages[stage]))
        return stage, replicate, point, scenario

    def _asked(self, number: int) -> tuple[int, dict[str, float], int]:
        """The alternative, the numbers that are set in every week, and the seed of a run."""
        stage, replicate, point, scenario = self.place(number)
        combination, numbers = 0, {}
        for one, value in zip(self.inputs, self.stages[stage][point].tolist(), strict=True):
            if one.spread is None:
                combination = combination * one.n_levels + (0 if np.isnan(value) else int(value))
            elif not np.isnan(value):
                numbers[one.name] = value
        n_combinations = len(self.alternatives) // self.n_scenarios
        return scenario * n_combinations + combination, numbers, self.seed + replicate

    def name(self, number: int) -> str:
        """The name of a run: a hash of its scenario, its inputs, its seed and the model's sources; "" if there is none."""
        if number >= self.n_runs:
            return ""
        alternative, numbers, seed = self._asked(number)
        said = [self._digests[alternative], numbers, seed, self.model_version]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:HEX_DIGITS]

    def make(self, number: int) -> Settled:
        """Make one run; one that raises has a cause, with its traceback, instead of numbers."""
        return settled(number, self.name(number), self._row)

    def _row(self, number: int) -> np.ndarray:
        alternative, numbers, seed = self._asked(number)
        stage, _, point, which = self.place(number)
        scenario = self.alternatives[alternative].in_world(numbers)
        run = run_scenario(scenario, seed, "weekly", (), self._unread(scenario))
        first = self.window[0] - run.first_week
        values, _, _ = self._rates.over_spans(run, (), [(first, self.window[1] - run.first_week)])
        return np.array([stage, point, which, seed, *self.stages[stage][point], *values[:, 0, 0]])

    def _unread(self, scenario: Scenario) -> int:
        """Weeks at the start of a run that no outcome looks at: those before the window, and before the April it needs."""
        yearly = any(BY_NAME[name].yearly for name in self.outcomes)
        first = min(self.window[0], (self.window[1] - 1) // YEAR_WEEKS * YEAR_WEEKS) if yearly else self.window[0]
        return max(0, first - scenario.start_week)


def maker_of(plan: Plan, index_shares: np.ndarray | None = None) -> SensitivityMaker:
    """The maker of a study's runs.

    Args:
        index_shares: points of the second stage, once it is known which factors go on.
    """
    stages = [plan.shares] if index_shares is None else [plan.shares, index_shares]
    return SensitivityMaker(
        plan.alternatives, plan.n_scenarios, plan.inputs, tuple(values_of(plan.inputs, points) for points in stages),
        plan.replicates, plan.seed, plan.window, plan.outcomes,
    )  # fmt: skip
