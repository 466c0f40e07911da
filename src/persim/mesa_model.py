"""The model as Mesa users know it: `PersonalisationModel`, its agents and its DataCollector.

A step calls the compiled week of `persim.week` once, on the arrays of the world; agents are made when they are first
asked for. `engine="agents"` steps the same world one agent at a time (`persim.agent_engine`). Read `step` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import mesa
import numpy as np

from persim.agent_engine import PlainWorld, fields_of
from persim.errors import InputError
from persim.ledger import Ledger, cut_to_size, with_room, written
from persim.measures import N_FIELDS
from persim.mesa_agents import (
    BY_PROFESSION,
    RECORDS,
    Actor,
    AgentsByType,
    Broker,
    CouncilTeam,
    Nurse,
    OccupationalTherapist,
    Practitioner,
    ServiceUser,
    SocialWorker,
    classes_for,
)
from persim.mesa_collector import HeadlineCollector
from persim.outcomes import YEAR_WEEKS, group_rows, group_table, value_of
from persim.phases.counting import empty_ledger, scratch
from persim.policy import monday_of
from persim.population import n_posts_of
from persim.scenario import Scenario, read_scenario
from persim.simulate import Run, checked_groups, checked_seed, outcome_named, ready_the_compiled_model
from persim.start import enriched_share, start_of
from persim.state import Profession, World
from persim.week import run_weeks

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from mesa.datacollection import DataCollector

__all__ = [
    "Broker",
    "CouncilTeam",
    "Nurse",
    "OccupationalTherapist",
    "PersonalisationModel",
    "Practitioner",
    "ServiceUser",
    "SocialWorker",
]

Engine = Literal["compiled", "agents"]
Rng = int | np.integer | np.random.Generator | np.random.BitGenerator | np.random.SeedSequence | Sequence[int] | None
SEED_BITS = 62


class PersonalisationModel(mesa.Model):
    """Who is offered a personal budget and who takes one up, week by week, as a Mesa model.

    Args:
        scenario: a scenario, the name of a shipped one ("cto_rights", "cto_rights/all"), a path; "baseline" if None.
        rng: an integer of at most 62 bits is the run's seed: the same seed gives the same people and the same luck as
            `persim.simulate(scenario, seed)`, in every scenario. A NumPy generator, a SeedSequence or a list of
            integers gives the seed by one draw; None takes a new one. `seed` holds it.
        engine: "compiled" steps the whole week at once; "agents" steps one agent at a time, uncompiled and hundreds of
            times slower, for a debugger, for teaching and for `agent_classes`. Both give the same bytes.
        n_users: people under the Trust, if not the scenario's. n_weeks: weeks that can be run, if not the scenario's.
        groups: groups to record apart, of `persim.outcomes.ALL_GROUPS`.
        agent_classes: subclasses of the agent classes, each of which takes the place of the one it extends. A method
            that overrides a rule changes what those agents do. Needs `engine="agents"`.
        ledger: keep every event with its cause, as `run.ledger` (None before the first week; its scenario is as long as
            what has been run); the same bytes from both engines. Chances in it are those of the rules as they come with
            persim, also where a method of `agent_classes` decided otherwise.
        luck: another seed: the people of `rng` at the start, and the luck of this one from the first week on.
        parameters: numbers to change, in every week, by name: `risk_aversion=0.7` (`persim.parameters()` lists them).

    Attributes:
        scenario: the scenario with all changes. seed: the run's seed. engine: as above.
        n_weeks: weeks that can be run. `running` turns false after the last.
        datacollector: collects the headline outcomes at the end of every week (NaN where nobody is concerned); another
            DataCollector can be put in its place before the first step.
        random, rng: Mesa's generators, seeded with `seed`. The model itself uses neither: its luck comes from keys.

    Raises: ScenarioError for a bad scenario or parameter, InputError for anything else that is wrong.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | None = None,
        rng: Rng = 1,
        engine: Engine = "compiled",
        n_users: int | None = None,
        n_weeks: int | None = None,
        groups: Sequence[str] = ("all",),
        agent_classes: Sequence[type[Actor]] | type[Actor] = (),
        ledger: bool = False,
        luck: int | None = None,
        **parameters: float | None,
    ) -> None:
        self.seed = seed_of(rng)
        self.luck = None if luck is None or luck == self.seed else checked_seed(luck, "luck")
        super().__init__(rng=self.seed % 2**63)
        if not isinstance(scenario, Scenario):
            scenario = read_scenario("baseline" if scenario is None else scenario)
        self._study = scenario.changed(n_users=n_users, n_weeks=n_weeks, **parameters)
        self._classes = classes_for(engine, agent_classes)
        self.engine: Engine = engine
        self.n_weeks = self._study.n_weeks
        self._dimensions = checked_groups(groups)
        self._weeks_begun = 0
        self._keeps_ledger = bool(ledger)
        self._make_world()
        self.datacollector: DataCollector = HeadlineCollector(self)

    def _make_world(self) -> None:
        """The world at week 0 and room for the record of every week."""
        ready_the_compiled_model(self._keeps_ledger and self.engine == "compiled")
        study = self._study
        world = start_of(study, self.seed, self.luck)
        weekly_seed = self.seed if self.luck is None else self.luck
        groups, n_rows = group_rows(len(world.localities), self._dimensions)
        cells, self._notes = scratch(empty_ledger() if self._keeps_ledger else None)
        self._world = world
        self._record = np.zeros((self.n_weeks, n_rows, N_FIELDS))
        self._before, self._after = (weekly_seed, enriched_share(study), study.start_week), (cells, groups)
        self._columns = _columns_of(world)
        self._actors: dict[str, list[Any]] = {}
        self._plain: PlainWorld | None = None
        next_id = 1 + len(world.users) + len(world.practitioners)
        self.agent_id_counter = next_id  # ids below are kept for the world's own agents, made when asked for
        if self.engine == "agents":
            self._plain = PlainWorld(world, self._agents())

    def run_for(self, duration: float) -> None:
        """Run a whole number of weeks. Raises: InputError for a fraction, a negative number or anything else."""
        if (
            isinstance(duration, bool)
            or not isinstance(duration, (int, float, np.integer))
            or duration != int(duration)
        ):
            raise InputError(f"run_for({duration!r}): weeks must be a whole number")
        if duration < 0:
            raise InputError(f"run_for({duration!r}): weeks must not be negative")
        super().run_for(int(duration))

    def step(self) -> None:
        """Run one week, then collect.

        Raises: InputError after the scenario's last week.
        """
        index = self._weeks_begun
        if index >= self.n_weeks:
            raise InputError(self._past_the_end(index + 1))
        self._weeks_begun += 1
        run = run_weeks if self._plain is None else self._plain.run_weeks
        self._notes = with_room(self._notes, self._world)
        run(self._world, *self._before, index, 0, 1, 1, self._record[index : index + 1], *self._after, self._notes)
        self.datacollector.collect(self)
        if self._weeks_begun == self.n_weeks:
            self.running = False

    def _wrapped_step(self) -> None:
        """Mesa's step, past its event list when nothing else is on it: a tenth of a week's time would go there."""
        try:
            events, own = self._event_list._events, self._default_schedule._current_event
        except AttributeError:  # a Mesa that keeps them elsewhere
            events, own = [], None
        if own is None or len(events) != 1 or events[0] is not own or own.time != self.time + 1.0:
            super()._wrapped_step()
            return
        if self._weeks_begun >= self.n_weeks:
            raise InputError(self._past_the_end(self._weeks_begun + 1))
        own.time += 1.0
        self.time += 1.0
        self._do_step()

    def _advance_time(self, until: float) -> None:
        if until >= self.n_weeks + 1:  # refused before anything moves, so that the model can go on
            raise InputError(self._past_the_end(int(until)))
        super()._advance_time(until)

    def _past_the_end(self, step: int) -> str:
        done = f"{self._weeks_begun} of {self.n_weeks} weeks are run"
        return f"there is no week {step}: {done}; a longer run is made with n_weeks={step}, for example"

    @property
    def scenario(self) -> Scenario:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The scenario that is run, keywords included (persim's, not Mesa's)."""
        return self._study

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        self._scenario = scenario  # Mesa sets an empty one of its own

    @property
    def week(self) -> int:
        """The calendar week last run, or running now, 0 being that of 7 April 2008; before the first step, one less."""
        return self._study.start_week + self._weeks_begun - 1

    @property
    def date(self) -> date:
        """The Monday of `week`."""
        return monday_of(self.week)

    @property
    def world(self) -> World:
        """The records of people, practitioners, teams, localities; written anew at each call by `engine="agents"`."""
        if self._plain is not None:
            self._plain.write_back()
        return self._world

    @property
    def run(self) -> Run:
        """What has been recorded so far, as `persim.simulate` gives it; later steps do not change it."""
        world = World(*(array.copy() for array in self.world))
        record = self._record[: self._weeks_begun].copy()
        ledger = None
        if self._keeps_ledger and self._weeks_begun:
            so_far = replace(self._study, n_weeks=self._weeks_begun)
            ledger = Ledger(written(self._notes), so_far, self.seed, n_posts_of(world), luck=self.luck)
        return Run(self._study, self.seed, record, self._dimensions, 1, world, ledger=ledger, luck=self.luck)

    def outcome(self, name: str) -> float:
        """Any outcome of the week last run, for everyone; NaN where nobody is concerned or before the first step.

        Raises: InputError for an unknown outcome, with the nearest name.
        """
        values = self.series([name], max(0, self._weeks_begun - YEAR_WEEKS))[name]  # some sum since April
        return values[-1] if values else float("nan")

    def series(self, outcomes: Sequence[str], first: int = 0) -> dict[str, list[float]]:
        """Outcome -> its values for everyone, week by week so far, from the `first` week of the run on.

        Raises: InputError for an unknown outcome, with the nearest name.
        """
        chosen = {name: outcome_named(name) for name in outcomes}
        last = self._weeks_begun
        counts = group_table(self._record[first:last], [bool(value) for value in self._world.localities["rural"]], ())
        weeks = self._study.start_week + np.arange(first, last)
        return {name: value_of(outcome, counts, weeks, 1)[:, 0].tolist() for name, outcome in chosen.items()}

    @property
    def service_users(self) -> list[ServiceUser]:
        """The people, by row."""
        return self._agents()["users"]

    @property
    def practitioners(self) -> list[Practitioner]:
        """The posts of the teams, then each locality's brokers and council team, by row."""
        return self._agents()["practitioners"]

    @property
    def agents(self):
        """All agents: people, then practitioners. They are made when first asked for."""
        self._agents()
        return super().agents

    @property
    def agents_by_type(self) -> AgentsByType:
        """Agents by class. `ServiceUser`, `Nurse` and the other classes are keys; `Practitioner` gives all of them."""
        self._agents()
        return AgentsByType(self._agents_by_type, self)

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents that there are."""
        return list(self.agents_by_type)

    def _agents(self) -> dict[str, list[Any]]:
        """The world's own agents by field of `World`, made at the first call."""
        if not self._actors:
            next_id, self.agent_id_counter = self.agent_id_counter, 1
            world, classes = self._world, self._classes
            people, posts = len(world.users), [BY_PROFESSION[Profession(n)] for n in world.practitioners["profession"]]
            self._actors["users"] = [classes[ServiceUser](self, row) for row in range(people)]
            self._actors["practitioners"] = [classes[post](self, row) for row, post in enumerate(posts)]
            self.agent_id_counter = next_id
        return self._actors

    def _own_fields(self, kind: str, row: int) -> dict[str, float | int]:
        """The attributes that an agent holds itself: none if it is a view."""
        return {} if self.engine == "compiled" else fields_of(getattr(self._world, kind), row)

    def __getstate__(self) -> dict[str, Any]:
        kept = {name: value for name, value in self.__dict__.items() if name != "_columns"}
        return kept | {"_notes": cut_to_size(self._notes)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._columns = _columns_of(self._world)  # views of the new arrays, which a copy of views would not be
        ready_the_compiled_model(self._keeps_ledger and self.engine == "compiled")


def _columns_of(world: World) -> dict[str, dict[str, np.ndarray]]:
    """Field of `World` -> name of a record's field -> its column, a view."""
    return {kind: {name: getattr(world, kind)[name] for name in dtype.names or ()} for kind, dtype in RECORDS.items()}


def seed_of(rng: Rng) -> int:
    """The seed that Mesa's `rng` argument stands for (see `PersonalisationModel`).

    Raises: InputError for an integer of more than 62 bits and for what NumPy cannot make a generator of.
    """
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        if not -(2**SEED_BITS) < rng < 2**SEED_BITS:
            raise InputError(f"rng is {rng}; as a seed it must be an integer of at most {SEED_BITS} bits")
        return int(rng)
    try:
        if isinstance(rng, bool):
            raise TypeError
        return int(np.random.default_rng(rng).integers(2**SEED_BITS))
    except (TypeError, ValueError):
        expected = "an integer, a NumPy generator, a SeedSequence, a list of integers or None"
        raise InputError(f"rng is {rng!r}; it can be {expected}") from None
