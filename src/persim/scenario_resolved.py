"""A `Scenario` back from what `Scenario.resolved()` gave, as a manifest holds it: for a run to be made again.

Nothing is read from any file, so the scenario files may be gone. What was resolved by another version of the model, or
changed by hand, is refused with every fault at once. What could be run can be made again, so shares of one whole are not
added up here: files are held to that, changes from the command line are not in every week and arm.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from persim.errors import Fault, ScenarioError
from persim.parameters import BY_NAME, FIXED_AT_START, TABLE
from persim.policy import COMPUTED, PolicyStep
from persim.scenario import Arm, Scenario
from persim.scenario_fields import FIRST_DAY, LAST_DAY, nearest, value_fault
from persim.scenario_file import MOST_PEOPLE, MOST_RAMP, MOST_WEEKS, SCHEMA_VERSION

KEYS = (
    "schema_version", "name", "title", "question", "expected", "sources", "notes", "start", "n_weeks", "n_users",
    "enrich", "parameters", "policy", "arms",
)  # fmt: skip
STEP_KEYS = ("from", "until", "ramp_weeks", "set", "deadline", "why", "source")
ARM_KEYS = ("name", "title", "expected", "parameters", "policy")
OTHER_VERSION = "was it resolved by another version of the model?"


def scenario_of(resolved: Mapping[str, Any]) -> Scenario:
    """The scenario that this is the resolved form of: `scenario_of(s.resolved())` says what `s` says, to the digest.

    Raises: ScenarioError with every key that is missing, unknown, of the wrong type or out of bounds.
    """
    reader = _Reader()
    found = reader.mapping(resolved, "", KEYS)
    version = found.get("schema_version")
    if "schema_version" in found and (isinstance(version, bool) or version != SCHEMA_VERSION):
        reader.fault("schema_version", version, "is not known to this version of persim", str(SCHEMA_VERSION))
    scenario = Scenario(
        name=reader.name(found, "name", ""),
        title=reader.text(found, "title", ""),
        question=reader.text(found, "question", ""),
        expected=reader.text(found, "expected", ""),
        sources=reader.texts(found, "sources"),
        notes=reader.text(found, "notes", ""),
        start=reader.day(found, "start", "") or FIRST_DAY,
        n_weeks=reader.whole(found, "n_weeks", "", 1, MOST_WEEKS),
        n_users=reader.whole(found, "n_users", "", 1, MOST_PEOPLE),
        enrich=reader.enrich(found),
        parameters=reader.all_parameters(found),
        policy=reader.policy(found, ""),
        arms=reader.arms(found),
    )
    if reader.faults:
        raise ScenarioError(reader.faults)
    return scenario


class _Reader:
    """Reads plain values and keeps every fault; a value that is at fault gives something harmless in its place."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, key: str, got: object, problem: str, expected: str = "", hint: str = "") -> None:
        shown = "" if got is None else repr(got)
        self.faults.append(
            Fault("", 0, 0, key, shown if len(shown) < 80 else f"{shown[:76]}...", expected, hint, problem)
        )

    def mapping(self, value: object, key: str, keys: Iterable[str]) -> dict[str, Any]:
        """The entries of a mapping that must have exactly these keys; those that it has."""
        if not isinstance(value, Mapping):
            self.fault(key or "the scenario", value, "is not a mapping", "keys with values")
            return {}
        known = list(keys)
        for name in value:
            if name not in known:
                hint = (nearest(name, known) if isinstance(name, str) else "") or OTHER_VERSION
                self.fault(f"{key}{name}", None, "is not known here", "", hint)
        for name in known:
            if name not in value:
                self.fault(f"{key}{name}", None, "is missing", "", OTHER_VERSION)
        return {name: value[name] for name in known if name in value}

    def entries(self, found: Mapping[str, Any], name: str, key: str) -> list[Any]:
        """A list."""
        value = found.get(name, [])
        if isinstance(value, (list, tuple)):
            return list(value)
        self.fault(f"{key}{name}", value, "is not a list")
        return []

    def text(self, found: Mapping[str, Any], name: str, key: str) -> str:
        """Any text, also an empty one."""
        value = found.get(name, "")
        if isinstance(value, str):
            return value
        self.fault(f"{key}{name}", value, "is not text")
        return ""

    def name(self, found: Mapping[str, Any], name: str, key: str) -> str:
        """A text that is not empty."""
        value = self.text(found, name, key)
        if name in found and value == "":
            self.fault(f"{key}{name}", value, "is not a name")
        return value

    def texts(self, found: Mapping[str, Any], name: str) -> tuple[str, ...]:
        """A list of texts."""
        items = self.entries(found, name, "")
        return tuple(self.text({name: item}, name, f"[{number}] of ") for number, item in enumerate(items))

    def day(self, found: Mapping[str, Any], name: str, key: str) -> date | None:
        """A date; None where there is none."""
        value = found.get(name)
        if value is None:
            return None
        expected = f"a date such as 2010-04-05, from {FIRST_DAY.year} to {LAST_DAY.year}"
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            day = None
        if day is None or day.isoformat() != value:  # 20100405 is a date to Python, but nothing `resolved` gives
            self.fault(f"{key}{name}", value, "is not a date", expected)
            return None
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fault(f"{key}{name}", value, "is out of range", expected)
        return day

    def whole(self, found: Mapping[str, Any], name: str, key: str, low: int, high: int) -> int:
        """A whole number within bounds."""
        value = found.get(name, low)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(f"{key}{name}", value, "cannot be used", f"a whole number from {low:,} to {high:,}")
            return low
        return value

    def enrich(self, found: Mapping[str, Any]) -> float | None:
        """The share of people prone to detention that is drawn; None for their own share."""
        value = found.get("enrich")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
            self.fault("enrich", value, "is not a share between 0 and 1")
            return None
        return value

    def number(self, name: str, value: Any, key: str, may_be_none: bool) -> Any:
        """A parameter's value as it is written (3 stays 3, so that the digest stays); outside its bounds it is a fault."""
        parameter = BY_NAME[name]
        if value is None and may_be_none and parameter.default is None:
            return None
        expected = f"{parameter.low:g} to {parameter.high:g}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(f"{key}{name}", "null" if value is None else value, "is not a number", expected)
            return value
        try:
            wrong = value_fault(parameter, float(value))
        except OverflowError:  # a whole number of hundreds of digits
            wrong = ("is not a finite number", expected)
        if wrong:
            self.fault(f"{key}{name}", value, wrong[0], wrong[1], OTHER_VERSION)
        return value

    def all_parameters(self, found: Mapping[str, Any]) -> dict[str, float | None]:
        """Every parameter of the table."""
        given = self.mapping(found.get("parameters", dict.fromkeys(BY_NAME)), "parameters.", [p.name for p in TABLE])
        if "parameters" not in found:  # told as missing already
            return {}
        return {name: self.number(name, value, "parameters.", True) for name, value in given.items()}

    def some_parameters(self, value: object, key: str, refused: frozenset[str]) -> dict[str, Any]:
        """Some parameters of the table, but none of those refused."""
        if not isinstance(value, Mapping):
            self.fault(key.rstrip("."), value, "is not a mapping", "parameters with values")
            return {}
        for name in value:
            if name not in BY_NAME:
                hint = (nearest(name, BY_NAME) if isinstance(name, str) else "") or OTHER_VERSION
                self.fault(f"{key}{name}", None, "is not a parameter", "", hint)
            elif name in refused:
                self.fault(f"{key}{name}", None, "cannot be set there")
        return {name: number for name, number in value.items() if name in BY_NAME}

    def policy(self, found: Mapping[str, Any], key: str) -> tuple[PolicyStep, ...]:
        """Dated steps in the order they are in."""
        items = self.entries(found, "policy", key)
        return tuple(self.step(item, f"{key}policy[{number}].") for number, item in enumerate(items))

    def step(self, value: object, key: str) -> PolicyStep:
        """One dated step."""
        found = self.mapping(value, key, STEP_KEYS)
        begin, until = self.day(found, "from", key), self.day(found, "until", key)
        if "from" in found and found["from"] is None:
            self.fault(f"{key}from", "null", "is not a date")
        if begin and until and until <= begin:
            self.fault(f"{key}until", found["until"], f"is not after `from`, {begin}")
        numbers = self.some_parameters(found.get("set", {}), f"{key}set.", FIXED_AT_START | COMPUTED)
        return PolicyStep(
            from_=begin or FIRST_DAY,
            set={name: self.number(name, number, f"{key}set.", False) for name, number in numbers.items()},
            until=until,
            ramp_weeks=self.whole(found, "ramp_weeks", key, 0, MOST_RAMP),
            deadline=self.day(found, "deadline", key),
            why=self.text(found, "why", key),
            source=self.text(found, "source", key),
        )

    def arms(self, found: Mapping[str, Any]) -> tuple[Arm, ...]:
        """Variants; each name once."""
        arms = [self.arm(item, f"arms[{n}].") for n, item in enumerate(self.entries(found, "arms", ""))]
        for number, arm in enumerate(arms):
            if arm.name and arm.name in [other.name for other in arms[:number]]:
                self.fault(f"arms[{number}].name", arm.name, "is there twice")
        return tuple(arms)

    def arm(self, value: object, key: str) -> Arm:
        """One variant."""
        found = self.mapping(value, key, ARM_KEYS)
        numbers = self.some_parameters(found.get("parameters", {}), f"{key}parameters.", COMPUTED)
        return Arm(
            name=self.name(found, "name", key),
            title=self.text(found, "title", key),
            expected=self.text(found, "expected", key),
            parameters={name: self.number(name, n, f"{key}parameters.", True) for name, n in numbers.items()},
            policy=self.policy(found, key),
        )
