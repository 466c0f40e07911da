"""A scenario: a world to ask a question of. Read from YAML, joined with what it extends, complete and checked.

What a file says wins over what it extends: its policy steps override its parents' in the weeks they cover, and a number
it sets under `parameters` holds in every week, also where its parents' steps changed it. Arms add to their scenario in
the same way. The text of a file is read in `scenario_yaml.py`, `scenario_fields.py` and `scenario_file.py`; what policy
steps make of the parameters week by week is in `policy.py`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from persim.errors import Fault, InputError, ScenarioError
from persim.parameters import BY_NAME, TABLE, defaults
from persim.policy import COMPUTED, WEEK_ZERO, PolicyStep, monday_of, week_of, weekly_rows
from persim.scenario_fields import nearest, value_fault
from persim.scenario_file import (
    MOST_PEOPLE,
    MOST_WEEKS,
    SCHEMA_VERSION,
    SHARES,
    Arm,
    ScenarioFile,
    parse_file,
    read_file,
    share_faults,
)
from persim.scenario_search import find_named, find_scenario, known_names, shipped_folder, shipped_names

LONGEST_CHAIN = 20


@dataclass(frozen=True)
class Scenario:
    """A complete scenario. `parameters` holds every number of the table (None where a dial places it)."""

    name: str
    title: str = ""
    question: str = ""
    expected: str = ""
    sources: tuple[str, ...] = ()
    notes: str = ""
    start: date = WEEK_ZERO
    n_weeks: int = 260
    n_users: int = 3000
    enrich: float | None = None
    parameters: Mapping[str, float | None] = field(default_factory=lambda: _default_numbers())
    policy: tuple[PolicyStep, ...] = ()
    arms: tuple[Arm, ...] = ()
    path: Path | None = None
    schema_version: int = SCHEMA_VERSION

    @property
    def start_week(self) -> int:
        """The calendar week in which the run starts."""
        return week_of(self.start)

    def weekly_parameters(self) -> np.ndarray:
        """The records rules read, one a week of the run: dtype `PARAMETERS`, shape (n_weeks,), a copy to keep."""
        return self._weekly.copy()

    @cached_property
    def _weekly(self) -> np.ndarray:
        return weekly_rows(self.parameters, self.policy, self.start_week, self.n_weeks)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_weekly"}

    def arm(self, name: str) -> "Scenario":
        """The variant with this name, called `scenario/arm`."""
        for arm in self.arms:
            if arm.name == name:
                return replace(
                    self,
                    name=f"{self.name}/{arm.name}",
                    title=f"{self.title}: {arm.title or arm.name}",
                    expected=arm.expected or self.expected,
                    parameters={**self.parameters, **arm.parameters},
                    policy=_added(self.policy, arm.parameters, arm.policy),
                    arms=(),
                )
        names = [arm.name for arm in self.arms]
        known = nearest(name, names) or (f"it has: {', '.join(names)}" if names else "it has no arms")
        raise InputError(f"the scenario {self.name} has no arm {name!r} - {known}")

    def variants(self) -> list["Scenario"]:
        """What is run: every arm, or the scenario itself if it has none."""
        return [self.arm(arm.name) for arm in self.arms] or [self]

    def changed(self, n_users: int | None = None, n_weeks: int | None = None, **parameters: float | None) -> "Scenario":
        """The same scenario with other numbers; a parameter given here holds in every week.

        Raises: ScenarioError for an unknown parameter or a value out of bounds, all faults at once.
        """
        faults = [*_size_faults(n_users, n_weeks), *_keyword_faults(parameters)]
        if not faults and parameters:
            faults = [_share_fault(*wrong) for wrong in share_faults({**self.parameters, **parameters})]
        if faults:
            raise ScenarioError(faults)
        numbers = {name: None if value is None else float(value) for name, value in parameters.items()}
        arms = tuple(
            replace(arm, parameters=_less(arm.parameters, numbers), policy=_added(arm.policy, numbers, ()))
            for arm in self.arms
        )
        return replace(
            self,
            n_users=self.n_users if n_users is None else int(n_users),
            n_weeks=self.n_weeks if n_weeks is None else int(n_weeks),
            parameters={**self.parameters, **numbers},
            policy=_added(self.policy, numbers, ()),
            arms=arms,
        )

    def with_arms(self, arms: Sequence[Arm]) -> "Scenario":
        """The scenario with what these arms add, one after another; its name and titles stay."""
        parameters, policy = dict(self.parameters), self.policy
        for arm in arms:
            parameters |= arm.parameters
            policy = _added(policy, arm.parameters, arm.policy)
        return replace(self, parameters=parameters, policy=policy)

    def in_world(self, numbers: Mapping[str, float]) -> "Scenario":
        """`changed(**numbers)` for numbers known to be in bounds, without making every week's record anew."""
        policy = _added(self.policy, numbers, ())
        other = replace(self, parameters={**self.parameters, **numbers}, policy=policy, arms=())
        weekly = self._weekly.copy()
        for name, value in numbers.items():
            weekly[name] = value
        other.__dict__["_weekly"] = weekly
        return other

    def resolved(self) -> dict[str, Any]:
        """The whole scenario as plain types in a fixed order, as the manifest of a run holds it."""
        return {
            "schema_version": self.schema_version,
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "expected": self.expected,
            "sources": list(self.sources),
            "notes": self.notes,
            "start": self.start.isoformat(),
            "n_weeks": self.n_weeks,
            "n_users": self.n_users,
            "enrich": self.enrich,
            "parameters": {p.name: self.parameters[p.name] for p in TABLE},
            "policy": [step.resolved() for step in self.policy],
            "arms": [
                {
                    "name": arm.name,
                    "title": arm.title,
                    "expected": arm.expected,
                    "parameters": {name: arm.parameters[name] for name in sorted(arm.parameters)},
                    "policy": [step.resolved() for step in arm.policy],
                }
                for arm in self.arms
            ],
        }

    def digest(self) -> str:
        """SHA-256 of `resolved()`: equal for scenarios that say the same, whatever file they come from."""
        text = json.dumps(self.resolved(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def read_scenario(path: str | Path) -> Scenario:
    """The scenario of a file, or of a name: `baseline`, `scenarios/mine.yaml`, `cto_rights/all` (one arm).

    A bare name is looked for here, in the folder `scenarios` here, then among the scenarios that come with persim.

    Raises: ScenarioError with every fault of the file and of the files it extends.
    """
    found, arm = find_scenario(path)
    scenario = _checked(_joined(_chain(found)))
    return scenario.arm(arm) if arm else scenario


def parse_scenario(text: str, path: str | Path) -> Scenario:
    """The scenario that `text` would be if it stood in a file at `path`; nothing is read there, nor written.

    Raises: ScenarioError as `read_scenario` does.
    """
    place = Path(path)
    return _checked(_joined(_chain(place, parse_file(text, place))))


def _checked(scenario: Scenario) -> Scenario:
    """The scenario, whose dated steps leave shares of one whole at most 1 in every week, in every arm."""
    faults = []
    for world in dict.fromkeys(("", *(arm.name for arm in scenario.arms))):
        weekly = (scenario.arm(world) if world else scenario).weekly_parameters()
        for first, second in SHARES:
            over = np.flatnonzero(weekly[first] + weekly[second] > 1 + 1e-9)
            if len(over):
                key = f"arms.{world}.policy" if world else "policy"
                week = scenario.start_week + int(over[0])
                got = f"{weekly[first][over[0]]:g} + {weekly[second][over[0]]:g}"
                problem = (
                    f"is what {first} and {second} come to from {monday_of(week).isoformat()}: more than the whole"
                )
                where = str(scenario.path or scenario.name)
                faults.append(Fault(where, 0, 0, key, got, "shares that come to at most 1 together", "", problem))
    if faults:
        raise ScenarioError(faults)
    return scenario


def _chain(path: Path, first: tuple[ScenarioFile, list[Fault]] | None = None) -> list[ScenarioFile]:
    """The file and all it extends, eldest first.

    Raises: ScenarioError with the faults of all of them.
    """
    files: list[ScenarioFile] = []
    faults: list[Fault] = []
    seen: list[Path] = []
    place: Path | None = path
    while place is not None:
        seen.append(_identity(place))
        try:
            content, own = first if first and not files else read_file(place)
        except ScenarioError as error:
            raise ScenarioError([*faults, *_with_hint(error.faults, place)]) from None
        files.append(content)
        faults += own
        place = _parent(content, seen, files, faults)
    files.reverse()
    if not faults:
        faults = list(_joined_share_faults(files))
    if faults:
        raise ScenarioError(faults)
    return files


def _identity(place: Path) -> Path:
    """The one true path of a file, as far as it can be told."""
    try:
        return place.resolve()
    except (OSError, RuntimeError, ValueError):
        return place.absolute()


def _with_hint(faults: list[Fault], place: Path) -> list[Fault]:
    """The faults of a file that cannot be read; if it is missing, with the nearest name."""
    if not any(fault.problem == "there is no such file" for fault in faults):
        return faults
    hint = nearest(place.stem, known_names(place.parent))
    return [replace(fault, hint=hint) for fault in faults]


def _parent(content: ScenarioFile, seen: list[Path], files: list[ScenarioFile], faults: list[Fault]) -> Path | None:
    """The file that `content` extends; None if there is none, or if that is a fault (which is noted)."""
    name = content.extends
    if name is None:
        return None
    at = content.places["extends"]
    parent = find_named(name, (content.path.parent, shipped_folder()))

    def fault(problem: str, expected: str, hint: str = "") -> None:
        faults.append(Fault(content.shown, at.line, at.column, "extends", name, expected, hint, problem))

    if parent is None:
        hint = nearest(name, known_names(content.path.parent))
        fault("names no scenario", "a scenario in the same folder or one that comes with persim", hint)
    elif _identity(parent) in seen:
        names = [file.name for file in files[seen.index(_identity(parent)) :]]
        circle = " -> ".join([*names, name])
        fault(f"goes round in a circle: {circle}", "a scenario that does not extend this one")
        return None
    elif len(files) >= LONGEST_CHAIN:
        fault(f"is the end of a chain of more than {LONGEST_CHAIN}", "a shorter chain")
        return None
    return parent


def _joined_share_faults(files: list[ScenarioFile]) -> Iterable[Fault]:
    """Shares that come to more than the whole once the chain is joined, told where the last file sets one of them."""
    parameters = _default_numbers()
    for file in files:
        parameters |= file.parameters
    last = files[-1]
    worlds: list[tuple[str, Mapping[str, float | None]]] = [("parameters", parameters)]
    worlds += [(f"arms.{arm.name}.parameters", {**parameters, **arm.parameters}) for arm in last.arms]
    for key, world in worlds:
        for first, second, problem in share_faults(world):
            for name, other in ((first, second), (second, first)):
                path = f"{key}.{name}"
                if node := last.places.get(path):
                    text = problem if name == first else f"with {other} = {world[other]:g} comes to more than the whole"
                    expected = "shares that come to at most 1 together"
                    yield Fault(last.shown, node.line, node.column, path, f"{world[name]:g}", expected, "", text)
                    break


def _default_numbers() -> dict[str, float | None]:
    return {name: None if value is None else float(value) for name, value in defaults().items()}


def _joined(files: list[ScenarioFile]) -> Scenario:
    parameters = _default_numbers()
    policy: tuple[PolicyStep, ...] = ()
    horizon: dict[str, Any] = {}
    population: dict[str, Any] = {}
    for file in files:
        parameters |= file.parameters
        policy = _added(policy, file.parameters, file.policy)
        horizon |= file.horizon
        population |= file.population
    own = files[-1]
    return Scenario(
        name=own.name,
        title=own.texts.get("title", ""),
        question=own.texts.get("question", ""),
        expected=own.texts.get("expected", ""),
        sources=own.sources,
        notes=own.texts.get("notes", ""),
        start=horizon.get("start", WEEK_ZERO),
        n_weeks=horizon.get("weeks", 260),
        n_users=population.get("people", 3000),
        enrich=population.get("enrich_compulsion"),
        parameters=parameters,
        policy=policy,
        arms=own.arms,
        path=own.path,
    )


def _added(
    policy: tuple[PolicyStep, ...], parameters: Iterable[str], steps: tuple[PolicyStep, ...]
) -> tuple[PolicyStep, ...]:
    """The parents' steps without the numbers now fixed for every week, and the new steps after them."""
    kept = (step.without(parameters) for step in policy)
    return (*(step for step in kept if step is not None), *steps)


def _less(parameters: Mapping[str, float | None], names: Iterable[str]) -> dict[str, float | None]:
    dropped = set(names)
    return {name: value for name, value in parameters.items() if name not in dropped}


def _size_faults(n_users: int | None, n_weeks: int | None) -> Iterable[Fault]:
    for key, value, most in (("n_users", n_users, MOST_PEOPLE), ("n_weeks", n_weeks, MOST_WEEKS)):
        if value is not None and (isinstance(value, bool) or value != int(value) or not 1 <= value <= most):
            yield Fault("", 0, 0, key, repr(value), f"a whole number from 1 to {most:,}", "", "cannot be used")


def _keyword_faults(parameters: Mapping[str, float | None]) -> Iterable[Fault]:
    for name, value in parameters.items():
        if name not in BY_NAME:
            hint = nearest(name, BY_NAME) or "`persim parameters` lists the names"
            yield Fault("", 0, 0, name, "", "", hint, f"unknown parameter {name!r}")
            continue
        parameter = BY_NAME[name]
        if name in COMPUTED:
            yield Fault(
                "",
                0,
                0,
                name,
                repr(value),
                "a policy step with a deadline",
                "",
                "is counted down by the model",
            )
        elif value is None and parameter.default is None:
            continue
        elif isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            yield Fault("", 0, 0, name, repr(value), f"{parameter.low:g} to {parameter.high:g}", "", "is not a number")
        elif wrong := value_fault(parameter, float(value)):
            yield Fault("", 0, 0, name, f"{float(value):g}", wrong[1], "", wrong[0])


def _share_fault(first: str, second: str, problem: str) -> Fault:
    return Fault("", 0, 0, first, "", f"{first} and {second} of at most 1 together", "", problem)


__all__ = [
    "Arm",
    "PolicyStep",
    "Scenario",
    "find_scenario",
    "parse_scenario",
    "read_scenario",
    "shipped_folder",
    "shipped_names",
]
