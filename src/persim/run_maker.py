"""How one run of a design is made, on whatever thread, process or machine: its number in, its row of numbers out."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from persim.design import Design
from persim.drawn_worlds import in_drawn_world
from persim.model_version import MODEL_VERSION
from persim.reduction import Reduction
from persim.run_store import Settled
from persim.scenario import Scenario
from persim.simulate import run_scenario

KEPT_BYTES = 256 << 20  # of weekly records that are kept between runs
BYTES_A_WEEK = 2600  # of one record, roughly
HEX_DIGITS = 32


class Maker(Protocol):
    """What makes the runs of a store: a run's number in, its name and its row of numbers out. It can be pickled."""

    def name(self, number: int) -> str:
        """The name of a run: a hash of all that decides its numbers."""
        ...

    def make(self, number: int) -> Settled:
        """Make one run; one that raises has a cause instead of numbers."""
        ...


@dataclass(frozen=True)
class RunMaker:
    """Makes runs by number: replicate x n_cells + cell, where cell is world x n_alternatives + alternative.

    Attributes:
        alternatives: some of them may be None in a copy that is sent elsewhere. worlds: shape (n_worlds, n_factors).
        drawn: the parameters that come from a posterior sample, so that levers act from the drawn value.
    """

    alternatives: tuple[Scenario | None, ...]
    digests: tuple[str, ...]
    parameters: tuple[str, ...]
    worlds: np.ndarray
    n_worlds: int
    first_world: int
    seed: int
    reduction: Reduction
    drawn: tuple[str, ...] = ()
    model_version: str = field(default=MODEL_VERSION)

    @cached_property
    def _keeps_weekly(self) -> bool:
        """Do the weekly records of all alternatives fit into memory?"""
        weeks = max(scenario.n_weeks for scenario in self.alternatives if scenario is not None)
        return len(self.alternatives) * weeks * BYTES_A_WEEK <= KEPT_BYTES

    def place(self, number: int) -> tuple[int, int, int]:
        """(replicate, world, alternative) of a run."""
        replicate, cell = divmod(number, self.n_worlds * len(self.alternatives))
        world, alternative = divmod(cell, len(self.alternatives))
        return replicate, world, alternative

    def name(self, number: int) -> str:
        """The name of a run: a hash of its scenario, its world's numbers, its seed and the model's sources."""
        replicate, world, alternative = self.place(number)
        numbers = dict(zip(self.parameters, self.worlds[world - self.first_world].tolist(), strict=True))
        said = [self.digests[alternative], numbers, self.seed + replicate, self.model_version]
        said += [self.drawn] if self.drawn else []
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:HEX_DIGITS]

    def make(self, number: int) -> Settled:
        """Make one run; one that raises has a cause, with its traceback, instead of numbers."""
        return settled(number, self.name(number), self._row)

    def _row(self, number: int) -> np.ndarray:
        replicate, world, alternative = self.place(number)
        scenario = self.alternatives[alternative]
        if scenario is None:
            raise AssertionError(f"run {number} was sent without its scenario")
        if not self._keeps_weekly:
            scenario = replace(scenario)  # a copy without the weekly record
        if self.parameters:
            numbers = dict(zip(self.parameters, self.worlds[world - self.first_world].tolist(), strict=True))
            scenario = in_drawn_world(scenario, numbers, self.drawn)
        since = self.reduction.unread_weeks(scenario.start_week)
        run = run_scenario(scenario, self.seed + replicate, "weekly", self.reduction.recorded, since)
        return self.reduction.row(run)

    def only(self, numbers: Sequence[int]) -> RunMaker:
        """A copy that can make these runs, small enough to be sent with them."""
        places = [self.place(number) for number in numbers]
        wanted = {alternative for _, _, alternative in places}
        first = min(world for _, world, _ in places)
        stop = max(world for _, world, _ in places) + 1
        kept = tuple(scenario if place in wanted else None for place, scenario in enumerate(self.alternatives))
        worlds = self.worlds[first - self.first_world : stop - self.first_world]
        return replace(self, alternatives=kept, worlds=worlds, first_world=first)


def run_maker(design: Design) -> RunMaker:
    """The maker of a design's runs."""
    digests = tuple(scenario.digest() for scenario in design.alternatives)
    parameters = tuple(factor.parameter for factor in design.factors)
    return RunMaker(
        design.alternatives, digests, parameters, design.worlds, design.n_worlds, 0, design.seed, design.reduction,
        design.drawn,
    )  # fmt: skip


def settled(number: int, name: str, row: Callable[[int], np.ndarray]) -> Settled:
    """A run that has ended: the row that `row(number)` gives, or the cause with its traceback if it raises."""
    try:
        return Settled(number, name, row(number))
    except Exception as error:
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        return Settled(number, name, None, "".join(lines).strip())


def make_all(maker: Maker, numbers: Iterable[int]) -> list[Settled]:
    """Several runs, one after another."""
    return [maker.make(number) for number in numbers]
