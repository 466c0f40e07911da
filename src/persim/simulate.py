"""One run: a scenario and a seed make a `Run`.

The run itself is compiled and holds arrays only; tables are made when they are asked for.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from persim.errors import InputError
from persim.jit import note_compiled
from persim.ledger import Ledger, weeks_that_fit, with_room, written
from persim.measures import N_FIELDS
from persim.outcomes import ALL_GROUPS, BY_NAME, OUTCOMES, group_labels, group_rows, group_table, value_of
from persim.phases.counting import empty_ledger, scratch
from persim.population import n_posts_of, start_world
from persim.scenario import Scenario, read_scenario
from persim.start import enriched_share, start_of
from persim.state import World
from persim.week import run_weeks

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

Record = Literal["weekly", "quarterly", "final"]
QUARTER_WEEKS = 13
_COMPILING = threading.Lock()


@dataclass(frozen=True)
class Run:
    """What one run gave.

    Attributes:
        scenario: the resolved scenario. seed: its seed.
        record: counts, float64 of shape (n_periods, n_rows, N_FIELDS); see `persim.measures`.
        dimensions: names of the groups recorded, of `persim.outcomes.ALL_GROUPS`.
        world: the state at the end. since: weeks at the start that were run but not recorded.
        ledger: every event of the run, if it was asked for (weeks that were not recorded included).
        luck: the seed of what happened from the first week on, if it was another than that of the people.
    """

    scenario: Scenario
    seed: int
    record: np.ndarray
    dimensions: tuple[str, ...]
    every: int
    world: World
    since: int = 0
    ledger: Ledger | None = None
    luck: int | None = None

    @property
    def first_week(self) -> int:
        """The first calendar week recorded."""
        return self.scenario.start_week + self.since

    @property
    def weeks(self) -> np.ndarray:
        """The last calendar week of each period, shape (n_periods,); week 0 is that of 7 April 2008."""
        last = np.minimum((np.arange(len(self.record)) + 1) * self.every, self.scenario.n_weeks - self.since) - 1
        return self.first_week + last

    @property
    def lengths(self) -> np.ndarray:
        """Weeks in each period, shape (n_periods,): the last may be shorter."""
        return np.diff(np.concatenate([[self.first_week - 1], self.weeks]))

    @property
    def rural(self) -> list[bool]:
        """Which localities are rural."""
        return [bool(value) for value in self.world.localities["rural"]]

    @cached_property
    def counts(self) -> np.ndarray:
        """Counts by group, shape (n_periods, n_groups, N_FIELDS), groups as in `labels`."""
        return group_table(self.record, self.rural, self.dimensions)

    @property
    def labels(self) -> list[tuple[str, str]]:
        """(dimension, label) of each group of `counts`."""
        return group_labels(len(self.rural), self.dimensions)

    def values(self, outcome: str) -> np.ndarray:
        """One outcome over time and groups, shape (n_periods, n_groups); NaN where there was no base.

        Raises: InputError for an unknown outcome, with the nearest name.
        """
        return value_of(outcome_named(outcome), self.counts, self.weeks, self.lengths)

    def series(self, outcome: str) -> np.ndarray:
        """One outcome over time for everyone, shape (n_periods,)."""
        return self.values(outcome)[:, 0]

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Tidy table of every outcome: week, locality, group, outcome, value.

        `locality` is "all" or a locality's name; `group` is "all" or a group's label. One row per period, so weekly only
        if the run was recorded weekly.
        """
        return self.table([outcome.name for outcome in OUTCOMES])

    def table(self, outcomes: Sequence[str]) -> pd.DataFrame:
        """Tidy table of the named outcomes: week, locality, group, outcome, value."""
        import pandas as pd

        outcomes = [outcomes] if isinstance(outcomes, str) else outcomes
        labels = self.labels
        weeks = self.weeks
        values = np.stack([self.values(name) for name in outcomes])
        n_outcomes, n_periods, n_groups = values.shape
        locality = [label if dimension == "locality" else "all" for dimension, label in labels]
        group = ["all" if dimension == "locality" else label for dimension, label in labels]
        return pd.DataFrame(
            {
                "week": np.tile(np.repeat(weeks, n_groups), n_outcomes),
                "locality": pd.Categorical(np.tile(locality, n_outcomes * n_periods)),
                "group": pd.Categorical(np.tile(group, n_outcomes * n_periods)),
                "outcome": pd.Categorical(np.repeat(list(outcomes), n_periods * n_groups)),
                "value": values.ravel(),
            }
        )

    @cached_property
    def people(self) -> pd.DataFrame:
        """The final state, one row per person under the Trust, codes as words."""
        from persim.people import people_table

        return people_table(self.world)

    @cached_property
    def waits(self) -> pd.DataFrame:
        """How long each stage of the pathway lasts, people still waiting included (see `persim.people.waits_table`)."""
        from persim.people import waits_table

        return waits_table(self.world)


def outcome_named(name: str):
    """The outcome of that name. Raises: InputError with the nearest name."""
    if name in BY_NAME:
        return BY_NAME[name]
    import difflib

    near = difflib.get_close_matches(name, BY_NAME, 1)
    raise InputError(f"no outcome is called {name!r}" + (f" - did you mean {near[0]!r}?" if near else ""))


def checked_groups(groups: Sequence[str]) -> tuple[str, ...]:
    """The names of dimensions, "all" dropped. Raises: InputError with the nearest name."""
    import difflib

    groups = (groups,) if isinstance(groups, str) else groups
    for name in groups:
        if name != "all" and name not in ALL_GROUPS:
            near = difflib.get_close_matches(name, ALL_GROUPS, 1)
            hint = f" - did you mean {near[0]!r}?" if near else f"; groups are {', '.join(ALL_GROUPS)}"
            raise InputError(f"no group is called {name!r}{hint}")
    return tuple(name for name in ALL_GROUPS if name in groups)


def period_weeks(record: Record, n_weeks: int) -> int:
    """Weeks in a recorded period: 1, 13 or the whole run."""
    if record == "weekly":
        return 1
    if record == "quarterly":
        return QUARTER_WEEKS
    if record == "final":
        return n_weeks
    raise InputError(f"record is {record!r}; it can be 'weekly', 'quarterly' or 'final'")


def simulate(
    scenario: Scenario | str | Path,
    seed: int = 1,
    n_users: int | None = None,
    n_weeks: int | None = None,
    *,
    record: Record = "weekly",
    groups: Sequence[str] = ("all",),
    ledger: bool = False,
    luck: int | None = None,
    **parameters: float | None,
) -> Run:
    """Run one scenario once.

    Args:
        scenario: a scenario, the name of a shipped one, or a path.
        seed: any integer of at most 62 bits; the same seed gives the same people and the same luck in every scenario.
        n_users: people under the Trust, if not the scenario's. n_weeks: weeks to run, if not the scenario's.
        record: what to keep: every week, every quarter, or the last period only. Flows add up over a period.
        groups: groups to record apart, of `persim.outcomes.ALL_GROUPS`.
        ledger: keep every event with its cause, as `Run.ledger`.
        luck: another seed: the people, posts, teams and localities of `seed` at the start, and the luck of this one from
            the first week on.
        parameters: numbers to change from the first week, by name (`persim.parameters()` lists them).

    Raises: ScenarioError for a bad scenario or parameter, InputError for anything else that is wrong.
    """
    if not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    if n_users is not None or n_weeks is not None or parameters:
        scenario = scenario.changed(n_users=n_users, n_weeks=n_weeks, **parameters)
    return run_scenario(scenario, seed, record, checked_groups(groups), ledger=ledger, luck=luck)


def run_scenario(
    scenario: Scenario,
    seed: int,
    record: Record = "weekly",
    dimensions: tuple[str, ...] = (),
    since: int = 0,
    ledger: bool = False,
    watch: Callable[[int, World], None] | None = None,
    luck: int | None = None,
) -> Run:
    """Run a resolved scenario: the one place where a run is made, for every caller and thread.

    Args:
        since: leave out that many weeks from the start of the record, which is smaller and quicker to make then.
        ledger: keep every event, of all weeks.
        watch: called after each week with its number, from 0, and the world, which it may read but not change.
        luck: the seed of what happens from the first week on, if another (see `persim.start`).
    """
    seed, luck = checked_seed(seed), None if luck is None else checked_seed(luck, "luck")
    luck = None if luck == seed else luck
    weekly_seed = seed if luck is None else luck
    enriched = enriched_share(scenario)
    n_weeks, start = scenario.n_weeks - since, scenario.start_week
    every = period_weeks(record, n_weeks)
    ready_the_compiled_model(ledger)
    world = start_of(scenario, seed, luck)
    first, n_rows = group_rows(len(world.localities), dimensions)
    cells, notes = scratch(empty_ledger() if ledger else None)
    out, unread = np.zeros((-(-n_weeks // every), n_rows, N_FIELDS)), np.zeros((1, n_rows, N_FIELDS))
    for index, weeks, period, record_of in ((0, since, since, unread), (since, n_weeks, every, out)):
        done = 0
        while done < weeks:
            notes = with_room(notes, world)
            step = min(weeks - done, weeks_that_fit(notes, world)) if ledger else weeks
            step = 1 if watch else step
            run_weeks(world, weekly_seed, enriched, start, index, done, step, period, record_of, cells, first, notes)
            done += step
            if watch:
                watch(index + done - 1, world)
    events = Ledger(written(notes), scenario, seed, n_posts_of(world), luck=luck) if ledger else None
    return Run(scenario, seed, out, dimensions, every, world, since, events, luck)


def checked_seed(seed: object, name: str = "seed") -> int:
    """The seed as an int. Raises: InputError unless it is a whole number of at most 62 bits; `name` is what it calls it."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not -(2**62) < int(seed) < 2**62:
        raise InputError(f"{name} is {seed!r}; it must be a whole number of at most 62 bits")
    return int(seed)


_READY: set[bool] = set()


def ready_the_compiled_model(ledger: bool = False) -> None:
    """Compile the model or load it from the cache, once a process: numba must not do so in two threads at once.

    Args:
        ledger: the model that writes a ledger, which is compiled apart, so that without one nothing is left of it.
    """
    if ledger in _READY:
        return
    with _COMPILING:
        if ledger in _READY:
            return
        with _interrupts_remembered():
            _compile(ledger)
        _READY.add(ledger)
        note_compiled(ledger)


def _compile(ledger: bool) -> None:
    from persim.parameters import defaults, parameter_rows

    weekly = {name: np.full(1, np.nan if value is None else value) for name, value in defaults().items()}
    world = start_world(40, parameter_rows(weekly), 1)
    first, n_rows = group_rows(len(world.localities), ())
    cells, notes = scratch(empty_ledger() if ledger else None)
    notes = with_room(notes, world)
    run_weeks(world, 1, -1.0, 0, 0, 0, 1, 1, np.zeros((1, n_rows, N_FIELDS)), cells, first, notes)


@contextmanager
def _interrupts_remembered() -> Iterator[None]:
    """Raise KeyboardInterrupt again at the end if Ctrl-C came meanwhile: the compiler may swallow it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def remember(number: int, frame: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
