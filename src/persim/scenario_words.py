"""Scenarios in words: how two of them differ, and the text of a new one to start from."""

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from persim.errors import InputError
from persim.parameters import BY_NAME, TABLE
from persim.policy import PolicyStep, week_of
from persim.scenario import Arm, Scenario, parse_scenario, read_scenario
from persim.scenario_fields import NAME, NAME_EXPECTED, UNUSABLE, nearest
from persim.scenario_search import find_named, known_names, shipped_folder, shipped_names

HEADLINE = ("risk_aversion", "role_boundary", "bureaucracy")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Differences:
    """What differs between two scenarios, as plain types: JSON with `as_json`, sentences with `lines`."""

    a: Scenario
    b: Scenario

    def texts(self) -> list[dict[str, str]]:
        """Title, question and expectation, where they differ."""
        fields = ("title", "question", "expected")
        pairs = ((name, getattr(self.a, name), getattr(self.b, name)) for name in fields)
        return [{"field": name, "a": a, "b": b} for name, a, b in pairs if a != b]

    def frame(self) -> list[dict[str, Any]]:
        """Start, length and population, where they differ."""
        fields = (
            ("start", "first day", ""),
            ("n_weeks", "length", "weeks"),
            ("n_users", "population", "people"),
            ("enrich", "share of people drawn from those prone to detention", "share"),
        )
        found = []
        for name, meaning, unit in fields:
            a, b = _plain(getattr(self.a, name)), _plain(getattr(self.b, name))
            if a != b:
                found.append({"name": name, "meaning": meaning, "unit": unit, "a": a, "b": b})
        return found

    def parameters(self) -> list[dict[str, Any]]:
        """Numbers that hold from the first week, where they differ."""
        return _number_differences(self.a.parameters, self.b.parameters)

    def policy(self) -> dict[str, list[PolicyStep]]:
        """The steps only one of them has, by date."""
        return _step_differences(self.a.policy, self.b.policy)

    def arms(self) -> list[dict[str, Any]]:
        """Arms only one of them has, or that differ."""
        in_a, in_b = {arm.name: arm for arm in self.a.arms}, {arm.name: arm for arm in self.b.arms}
        found = []
        for name in dict.fromkeys([*in_a, *in_b]):
            a, b = in_a.get(name), in_b.get(name)
            if a != b:
                where = "both" if a and b else "a" if a else "b"
                found.append({"name": name, "in": where, "a": a, "b": b})
        return found

    def as_json(self) -> dict[str, Any]:
        """The differences as plain types."""
        policy = self.policy()
        return {
            "a": self.a.name,
            "b": self.b.name,
            "texts": self.texts(),
            "frame": self.frame(),
            "parameters": self.parameters(),
            "policy": {side: [step.resolved() for step in steps] for side, steps in policy.items()},
            "arms": [{**found, "a": _arm_json(found["a"]), "b": _arm_json(found["b"])} for found in self.arms()],
        }

    def lines(self) -> list[str]:
        """The differences in words."""
        lines = [f"{self.b.name} compared with {self.a.name}"]
        sections = (
            ("In words", [f"  {d['field']}: {_short(d['a'])} -> {_short(d['b'])}" for d in self.texts()]),
            ("Time and people", [f"  {_number_sentence(d)}" for d in self.frame()]),
            ("From the first week", [f"  {_number_sentence(d)}" for d in self.parameters()]),
            (f"Policy only in {self.b.name}", _step_lines(self.policy()["b"], self.a)),
            (f"Policy only in {self.a.name}", _step_lines(self.policy()["a"], self.b)),
            ("Arms", [line for found in self.arms() for line in self._arm_lines(found)]),
        )
        for title, section in sections:
            if section:
                lines += ["", title, *section]
        return lines if len(lines) > 1 else [f"{self.b.name} and {self.a.name} say the same"]

    def _arm_lines(self, found: Mapping[str, Any]) -> list[str]:
        a, b = found["a"], found["b"]
        if a and b:
            one, other = self.a.arm(a.name), self.b.arm(b.name)
            numbers = _number_differences(one.parameters, other.parameters)
            steps = _step_differences(a.policy, b.policy)
            lines = [f"  {a.name} differs", *(f"    {_number_sentence(d)}" for d in numbers)]
            lines += [f"  {line}" for line in _step_lines(steps["b"], one)]
            return lines + [f"    without: {step_sentences(step)[0]}" for step in steps["a"]]
        arm, base = (b, self.b) if b else (a, self.a)
        numbers = _number_differences(base.parameters, {**base.parameters, **arm.parameters})
        lines = [f"  {arm.name}, only in {base.name}: {arm.title or arm.name}"]
        lines += [f"    {_number_sentence(d)}" for d in numbers]
        return lines + [f"  {line}" for line in _step_lines(arm.policy, base)]


def numbers_in_week(a: Scenario, b: Scenario, week: int) -> list[str]:
    """The numbers that differ between two scenarios in a calendar week of both, each in words: in `a` -> in `b`."""
    first, second = _in_force(a, week), _in_force(b, week)
    return [
        f"{_named(name)}: {_amount(name, _rounded(first[name]))} -> {_amount(name, _rounded(second[name]))}"
        for name in first
        if first[name] != second[name]
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def step_sentences(step: PolicyStep, before: Scenario | None = None) -> list[str]:
    """A policy step in words: when and why, then each number it sets with its meaning and unit.

    With `before`, also what that scenario has in the week in which the step begins.
    """
    when = f"from {_day(step.from_)} (week {week_of(step.from_)})"
    when += f" until {_day(step.until)}" if step.until else ""
    when += f", over {step.ramp_weeks} weeks" if step.ramp_weeks > 1 else ""
    when += f", deadline {_day(step.deadline)}" if step.deadline else ""
    why = ": ".join(part for part in (when, " ".join(step.why.split())) if part)
    source = f" [{step.source}]" if step.source else ""
    instead = _in_force(before, week_of(step.from_)) if before else {}
    numbers = [
        f"  {_named(name)} becomes {_amount(name, value)}{_instead_of(name, value, instead)}"
        for name, value in step.set.items()
    ]
    return [f"{why}{source}", *numbers]


def new_scenario_text(name: str, extends: str, folder: Path) -> str:
    """The text of a commented scenario file that would stand in `folder` and extends another.

    Raises: InputError for a name that cannot be used; ScenarioError if what it extends cannot be read.
    """
    _check_names(name, extends, folder)
    place = folder / f"{name}.yaml"
    parent = parse_scenario(_header(name, extends, place), place)
    stepped = {number for step in parent.policy for number in step.set}
    shown = [p.name for p in TABLE if p.group == "dials" and p.name not in stepped]
    lines = [
        _header(name, extends, place).rstrip(),
        "",
        "# When and who, as in what it extends unless you say otherwise:",
        f"# horizon: {{start: {parent.start}, weeks: {parent.n_weeks}}}",
        f"# population: {{people: {parent.n_users}}}",
        "",
        "# Numbers that hold in every week. Change one. `persim parameters` lists all, with bounds and sources.",
        "parameters:" if set(shown) & set(HEADLINE) else "parameters: {}",
    ]
    lines += [_parameter_line(number, parent, "  " if number in HEADLINE else "  # ") for number in shown]
    lines += [
        "",
        "# Dated changes: take the # away. `persim parameters --group levers` lists the levers.",
        *_EXAMPLE,
    ]
    return "\n".join(lines) + "\n"


def _check_names(name: str, extends: str, folder: Path) -> None:
    if not NAME.fullmatch(name) or name in UNUSABLE:
        raise InputError(f"{name!r} cannot be the name of a scenario: give {NAME_EXPECTED}")
    if name in shipped_names():
        raise InputError(f"{name!r} is the name of a scenario that comes with persim: choose another")
    if name == extends:
        raise InputError(f"{name!r} cannot extend itself")
    if not NAME.fullmatch(extends) or find_named(extends, (folder, shipped_folder())) is None:
        hint = nearest(extends, known_names(folder)) or f"persim brings {', '.join(shipped_names())}"
        raise InputError(f"there is no scenario {extends!r} in {folder.as_posix()} or with persim - {hint}")


def write_new(name: str, extends: str, folder: Path, force: bool) -> Path:
    """Write a new scenario file; an existing one only with `force`.

    Raises: InputError, ScenarioError; then nothing is written.
    """
    text = new_scenario_text(name, extends, folder)
    place = folder / f"{name}.yaml"
    parse_scenario(text, place)
    if os.path.lexists(place) and not force:
        raise InputError(f"{place} exists: give another name, or --force to write over it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{name}.yaml.new"
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, place)
    except OSError as error:
        raise InputError(f"{place} cannot be written: {error.strerror or error}") from None
    return place


def differences(a: str | Path, b: str | Path) -> Differences:
    """How scenario `b` differs from `a`."""
    return Differences(read_scenario(a), read_scenario(b))


_EXAMPLE = (
    "# policy:",
    "#   - from: 2010-04-05",
    "#     until: 2012-04-02        # the first day without it; leave out to go on",
    "#     ramp_weeks: 26           # leave out for a change at once",
    "#     set: {lean_process: 0.5, delegated_sign_off: 2000}",
    "#     why: Half the steps and pages",
    "#     source: S4",
    "",
    "# Variants to compare side by side:",
    "# arms:",
    "#   half:",
    "#     title: half of it",
    "#     parameters: {bureaucracy: 0.3}",
)


def _header(name: str, extends: str, place: Path) -> str:
    schema = shipped_folder() / "scenario.schema.json"
    try:
        shown = Path(os.path.relpath(schema, place.absolute().parent)).as_posix()
    except ValueError:  # another drive
        shown = schema.as_posix()
    title = name.replace("_", " ").capitalize()
    return "\n".join((
        f"# yaml-language-server: $schema={shown}",
        "# Change what you like, then:  persim validate FILE  and  persim compare baseline FILE",
        "schema_version: 1",
        f"name: {name}",
        f'title: "{title}"',
        "question: What would be different?      # why this scenario exists",
        "expected: A direction, never a size.    # before you run it",
        f"extends: {extends}",
        "",
    ))  # fmt: skip


def _parameter_line(name: str, parent: Scenario, lead: str) -> str:
    p = BY_NAME[name]
    value = parent.parameters[name]
    number = "null" if value is None else f"{value:g}"
    return f"{f'{lead}{name}: {number}':<32}  # {p.low:g} to {p.high:g}: {p.meaning[0].lower()}{p.meaning[1:]}"


def _number_differences(a: Mapping[str, float | None], b: Mapping[str, float | None]) -> list[dict[str, Any]]:
    changed = [p for p in TABLE if a[p.name] != b[p.name]]
    return [{"name": p.name, "meaning": p.meaning, "unit": p.unit, "a": a[p.name], "b": b[p.name]} for p in changed]


def _step_differences(a: Iterable[PolicyStep], b: Iterable[PolicyStep]) -> dict[str, list[PolicyStep]]:
    in_a, in_b = list(a), list(b)
    only_a = [step for step in in_a if step not in in_b]
    only_b = [step for step in in_b if step not in in_a]
    return {side: sorted(steps, key=lambda s: s.from_) for side, steps in (("a", only_a), ("b", only_b))}


def _step_lines(steps: Iterable[PolicyStep], before: Scenario) -> list[str]:
    return [f"  {line}" for step in steps for line in step_sentences(step, before)]


def _in_force(scenario: Scenario, week: int) -> dict[str, float | None]:
    """The numbers of a scenario in a calendar week (the nearest week of its run)."""
    row = scenario.weekly_parameters()[min(max(week - scenario.start_week, 0), scenario.n_weeks - 1)]
    return {p.name: None if math.isnan(row[p.name]) else float(row[p.name]) for p in TABLE}


def _instead_of(name: str, value: float, before: Mapping[str, float | None]) -> str:
    if name not in before or before[name] == value:
        return ""
    return f" instead of {_amount(name, before[name])}"


def _arm_json(arm: Arm | None) -> dict[str, Any] | None:
    if arm is None:
        return None
    policy = [step.resolved() for step in arm.policy]
    return {
        "title": arm.title,
        "expected": arm.expected,
        "parameters": dict(arm.parameters),
        "policy": policy,
    }


def _number_sentence(d: Mapping[str, Any]) -> str:
    name = d["name"]
    if name in BY_NAME:
        return f"{_named(name)}: {_amount(name, d['a'])} -> {_amount(name, d['b'])}"
    unit = f" {d['unit']}" if d["unit"] else ""
    a, b = ("natural" if value is None else value for value in (d["a"], d["b"]))
    return f"{d['meaning']}: {a} -> {b}{unit}"


def _named(name: str) -> str:
    return f"{BY_NAME[name].meaning} ({name})"


def _amount(name: str, value: float | None) -> str:
    if value is None:
        return "as the dial places it"
    unit = BY_NAME[name].unit
    return f"{value:g}" if unit in ("0-1", "0 or 1", "share", "ratio") else f"{value:g} {unit}"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _short(text: str) -> str:
    return " ".join(text.split()) or "(nothing)"
