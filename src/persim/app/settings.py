"""What a visitor's page asks for: people, seed, luck and one or two worlds, checked field by field, all faults at once.

Nothing here names a file: scenarios are those that come with persim, or the text of one that the visitor brings, which goes
through the same reader as every scenario file and may extend only what comes with persim.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from persim.app.dials import DIALS
from persim.errors import InputError, ScenarioError
from persim.loops import BY_KEY as LOOPS
from persim.loops import switched_off
from persim.policy import PolicyStep, monday_of
from persim.scenario import Scenario, parse_scenario, read_scenario
from persim.scenario_fields import nearest
from persim.scenario_search import shipped_folder, shipped_names
from persim.scenario_yaml import parse_nodes, shown_path
from persim.twin_pairs import people_apart

FEWEST_PEOPLE, MOST_PEOPLE = 50, 1000
MOST_WEEKS = 520
MOST_SEED = 999_999
MOST_STEPS = 12
MOST_TEXT = 64 * 1024  # bytes of a scenario that a visitor brings
MOST_LOCALITIES = 30  # a run keeps its counts for each team: 150 localities take 0.9 GB while it is made
MOST_VALUES = 3000  # of such a text, with every alias counted as what it stands for: half a second to read
MOST_FAULTS = 30  # told of one request: each may cost a search for the nearest word
BROUGHT = "your_scenario"  # its name if it has none
_NAMED = re.compile(r"^name: *[\"']?([a-z][a-z0-9_]{0,63})[\"']? *(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True)
class WorldSettings:
    """One world: a scenario, dials turned from the first week on and later, feedback loops switched off."""

    scenario: str = "baseline"
    text: str = ""
    dials: tuple[tuple[str, float], ...] = ()
    steps: tuple[tuple[int, tuple[tuple[str, float], ...]], ...] = ()
    off: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What is asked for. `luck` is None where people meet the luck of their own seed."""

    people: int = 400
    seed: int = 1
    luck: int | None = None
    worlds: tuple[WorldSettings, ...] = field(default_factory=lambda: (WorldSettings(),))

    def world(self, number: int) -> WorldSettings:
        """One of the worlds. Raises: InputError if there is none of that number."""
        if not 0 <= number < len(self.worlds):
            raise InputError(f"there is no world {number}")
        return self.worlds[number]

    def scenario(self, world: int = 0) -> Scenario:
        """The complete scenario of a world; of two, both last as long as the shorter.

        Raises: InputError if there is none, or two worlds do not hold the same people; ScenarioError for a text with faults.
        """
        own = _scenario(self.world(world), self.people)
        return own if len(self.worlds) == 1 else _beside(self.worlds, self.people)[world]


@lru_cache(maxsize=256)
def _scenario(world: WorldSettings, people: int) -> Scenario:
    found = brought(world.text) if world.text else _shipped(world.scenario)
    if found.n_weeks > MOST_WEEKS:
        raise InputError(f"{found.name} runs for {found.n_weeks:,} weeks; this page shows at most {MOST_WEEKS}")
    if (found.parameters["n_localities"] or 0) > MOST_LOCALITIES:
        raise InputError(f"{found.name} has more localities than this page shows: {MOST_LOCALITIES} at most")
    numbers: dict[str, Any] = {**dict(world.dials), **switched_off(world.off)}
    found = found.changed(n_users=people, **numbers)
    late = [week for week, _ in world.steps if week >= found.n_weeks]
    if late:
        raise InputError(f"a dial is turned in week {late[0]}, but {found.name} runs for {found.n_weeks} weeks")
    steps = _steps_of(world, found.start_week)
    return replace(found, policy=(*found.policy, *steps), arms=())


@lru_cache(maxsize=256)
def _beside(worlds: tuple[WorldSettings, ...], people: int) -> tuple[Scenario, ...]:
    """Worlds that are shown beside each other: the same people over the same weeks, or nothing said of them would be true."""
    found = [_scenario(world, people) for world in worlds]
    weeks = min(scenario.n_weeks for scenario in found)
    one, other = (replace(scenario, n_weeks=weeks) for scenario in found)
    for difference, advice in people_apart(one, other):
        numbers = f": {advice}" if advice.startswith("they differ") else ""
        raise InputError(f"{difference}, so these two worlds cannot hold the same people{numbers}")
    return one, other


@cache
def _shipped(name: str) -> Scenario:
    """A scenario that comes with persim, read once; the names are known and few."""
    return read_scenario(name)


def _steps_of(world: WorldSettings, start_week: int) -> list[PolicyStep]:
    """The dials turned later on, each until it is turned again: steps that a file may hold beside each other."""
    turned = [(week, name, value) for week, dials in world.steps for name, value in dials]
    steps = []
    for week, name, value in turned:
        later = [other for other, same, _ in turned if same == name and other > week]
        until = monday_of(start_week + min(later)) if later else None
        steps.append(PolicyStep(monday_of(start_week + week), {name: value}, until, why="Turned on the seminar's page"))
    return steps


def brought(text: str) -> Scenario:
    """The scenario of a text that a visitor brings. It may extend only scenarios that come with persim.

    Raises: ScenarioError with every fault, told without this machine's folders; InputError if it holds too much.
    """
    named = _NAMED.search(text)
    place = (
        shipped_folder() / f"{named[1] if named else BROUGHT}.yaml"
    )  # a file's name is the scenario's, and is not read
    try:
        if parse_nodes(text, shown_path(place))[0].size > MOST_VALUES:
            raise InputError(f"your file holds more than {MOST_VALUES:,} values; a scenario holds a few hundred")
        return replace(parse_scenario(text, place), path=None)
    except ScenarioError as error:
        faults = [replace(f, file=_shown(f.file, shown_path(place))) for f in error.faults]
        raise ScenarioError(faults) from None


def _shown(file: str, place: str) -> str:
    """The name of a file in messages to a visitor: never a folder."""
    return "your file" if file == place else file.replace("\\", "/").rpartition("/")[2]


def scenario_names() -> list[str]:
    """What `scenario` may name: every scenario that comes with persim, and every arm of it."""
    return list(_scenario_names())


@lru_cache(maxsize=1)
def _scenario_names() -> tuple[str, ...]:
    found = []
    for name in shipped_names():
        found += [name, *(f"{name}/{arm.name}" for arm in read_scenario(name).arms)]
    return tuple(found)


def read_settings(given: Any) -> Settings:
    """The settings that a request holds. Raises: InputError with every fault, one a line."""
    faults: list[str] = []
    reader = _Reader(faults)
    if not isinstance(given, Mapping):
        raise InputError("settings: expected an object with people, seed, luck and worlds")
    reader.known(given, ("people", "seed", "luck", "worlds"), "settings")
    people = reader.whole(given.get("people", 400), "people", FEWEST_PEOPLE, MOST_PEOPLE)
    seed = reader.whole(given.get("seed", 1), "seed", 0, MOST_SEED)
    luck = given.get("luck")
    luck = None if luck is None else reader.whole(luck, "luck", 0, MOST_SEED)
    worlds = given.get("worlds", [{}])
    if not isinstance(worlds, list) or not 1 <= len(worlds) <= 2:
        faults.append("worlds: expected a list of one or two worlds")
        worlds = []
    found = tuple(reader.world(world, f"worlds.{number}") for number, world in enumerate(worlds))
    if faults:
        raise InputError("\n".join(faults))
    return Settings(people, seed, luck, found)


class _Reader:
    """Reads fields and notes what is wrong with them."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults

    def known(self, given: Mapping[str, Any], names: Iterable[str], where: str) -> None:
        names = tuple(names)
        for key in given:
            if len(self.faults) > MOST_FAULTS:
                return
            if key not in names:
                hint = nearest(str(key), list(names)) or f"it may hold {', '.join(names)}"
                self.faults.append(f"{where}: {_short(key)} is no setting - {hint}")

    def whole(self, value: Any, where: str, low: int, high: int) -> int:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not low <= value <= high:
            self.faults.append(f"{where} = {_short(value)}: expected a whole number from {low:,} to {high:,}")
            return low
        return value

    def world(self, given: Any, where: str) -> WorldSettings:
        if not isinstance(given, Mapping):
            self.faults.append(f"{where}: expected an object with scenario or text, dials, steps and off")
            return WorldSettings()
        self.known(given, ("scenario", "text", "dials", "steps", "off"), where)
        scenario, text = self._scenario(given, where)
        dials = self._dials(_or(given.get("dials"), {}), f"{where}.dials")
        return WorldSettings(scenario, text, dials, self._steps(given, where), self._off(given, where))

    def _scenario(self, given: Mapping[str, Any], where: str) -> tuple[str, str]:
        text, name = given.get("text"), given.get("scenario")
        if text:
            if not isinstance(text, str) or len(text.encode("utf-8", "replace")) > MOST_TEXT:
                self.faults.append(
                    f"{where}.text: expected the text of a scenario file, at most {MOST_TEXT // 1024} KiB"
                )
                return "baseline", ""
            return BROUGHT, text
        name = "baseline" if name is None else name
        if not isinstance(name, str) or name not in scenario_names():
            hint = nearest(name, scenario_names()) if isinstance(name, str) else ""
            hint = hint or f"scenarios are {', '.join(shipped_names())}"
            self.faults.append(f"{where}.scenario = {_short(name)}: no such scenario comes with persim - {hint}")
            return "baseline", ""
        return name, ""

    def _dials(self, given: Any, where: str) -> tuple[tuple[str, float], ...]:
        if not isinstance(given, Mapping):
            self.faults.append(f"{where}: expected an object of dials and numbers")
            return ()
        self.known(given, DIALS, where)
        found = []
        for name, dial in DIALS.items():  # in one order, so that the same settings are one key of the caches
            if name in given:
                value = given[name]
                number = isinstance(value, int | float) and not isinstance(value, bool)
                if not number or not dial.low <= value <= dial.high:
                    expected = f"a number from {dial.low:g} to {dial.high:g}"
                    self.faults.append(f"{where}.{name} = {_short(value)}: expected {expected}")
                    continue
                found.append((name, float(value)))
        return tuple(found)

    def _steps(self, given: Mapping[str, Any], where: str) -> tuple[tuple[int, tuple[tuple[str, float], ...]], ...]:
        steps = _or(given.get("steps"), [])
        if not isinstance(steps, list) or len(steps) > MOST_STEPS:
            self.faults.append(f"{where}.steps: expected a list of at most {MOST_STEPS} steps")
            return ()
        found: dict[int, dict[str, float]] = {}
        for number, step in enumerate(steps):
            place = f"{where}.steps.{number}"
            if not isinstance(step, Mapping):
                self.faults.append(f"{place}: expected an object with week and dials")
                continue
            self.known(step, ("week", "dials"), place)
            week = self.whole(step.get("week"), f"{place}.week", 0, MOST_WEEKS - 1)
            found.setdefault(week, {}).update(self._dials(_or(step.get("dials"), {}), f"{place}.dials"))
        return tuple((week, tuple(dials.items())) for week, dials in sorted(found.items()) if dials)

    def _off(self, given: Mapping[str, Any], where: str) -> tuple[str, ...]:
        off = _or(given.get("off"), [])
        if not isinstance(off, list) or not all(isinstance(key, str) for key in off):
            self.faults.append(f"{where}.off: expected a list of feedback loops")
            return ()
        for key in off:
            if len(self.faults) > MOST_FAULTS:
                return ()
            if key not in LOOPS:
                hint = nearest(key, list(LOOPS)) or f"loops are {', '.join(LOOPS)}"
                self.faults.append(f"{where}.off: {_short(key)} is no feedback loop - {hint}")
        return tuple(key for key in LOOPS if key in off)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _short(value: Any) -> str:
    try:
        text = json.dumps(value)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
