"""A world of the page as a scenario file that runs the same everywhere, and the command that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from persim.app.settings import Settings
from persim.loops import switched_off
from persim.parameters import TABLE, defaults
from persim.policy import PolicyStep, monday_of, overlapping
from persim.scenario import Scenario
from persim.scenario_search import shipped_names

NAME = "from_the_page"
HEAD = """# yaml-language-server: $schema=scenario.schema.json
# From the seminar's page of persim. The run that the page showed:
#   {command}
"""


def command_of(settings: Settings, world: int = 0) -> str:
    """The command that makes the run that the page shows: of a shipped scenario if dials alone differ, else of the file."""
    own = settings.world(world)
    if own.text or own.steps:
        return _command_of_file(settings)
    numbers = {**dict(own.dials), **switched_off(own.off)}
    cut = _cut(settings, world)
    weeks = "" if cut is None else f" --weeks {cut}"
    changed = weeks + "".join(f" --set {name}={value!r}" for name, value in numbers.items())
    return f"persim run {own.scenario} --people {settings.people} {_chance(settings)}{changed}"


def _command_of_file(settings: Settings) -> str:
    return f"persim run {NAME}.yaml {_chance(settings)}"


def _chance(settings: Settings) -> str:
    return f"--seed {settings.seed}" + (f" --luck {settings.luck}" if settings.luck is not None else "")


def _cut(settings: Settings, world: int) -> int | None:
    """The weeks that a world lasts where it is the longer of two; None if it lasts as long as its scenario."""
    weeks = settings.scenario(world).n_weeks
    return None if weeks == replace(settings, worlds=(settings.world(world),)).scenario().n_weeks else weeks


def scenario_text(settings: Settings, world: int = 0) -> str:
    """The text of a scenario file: what it extends and what differs, or the whole where it extends no shipped scenario."""
    own, scenario = settings.world(world), settings.scenario(world)
    head = HEAD.format(command=_command_of_file(settings))
    content: dict[str, Any] = {
        "schema_version": scenario.schema_version, "name": NAME, "title": (scenario.title or own.scenario)[:150],
        "question": scenario.question or "What does this service do?", "notes": "Made on the seminar's page of persim.",
    }  # fmt: skip
    if not own.text and own.scenario in shipped_names():
        content |= _changes(settings, world)
    else:
        content |= _whole(scenario)
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def _changes(settings: Settings, world: int) -> dict[str, Any]:
    own, scenario = settings.world(world), settings.scenario(world)
    found: dict[str, Any] = {"extends": own.scenario, "population": {"people": settings.people}}
    if (cut := _cut(settings, world)) is not None:
        found["horizon"] = {"weeks": cut}
    numbers = {**dict(own.dials), **switched_off(own.off)}
    if numbers:
        found["parameters"] = numbers
    if own.steps:
        n_turned = sum(len(dials) for _, dials in own.steps)
        found["policy"] = [_step(step.resolved()) for step in scenario.policy[-n_turned:]]
    return found


def _whole(scenario: Scenario) -> dict[str, Any]:
    usual = defaults()
    numbers = {p.name: scenario.parameters[p.name] for p in TABLE if scenario.parameters[p.name] != usual[p.name]}
    population: dict[str, Any] = {"people": scenario.n_users}
    if scenario.enrich is not None:
        population["enrich_compulsion"] = scenario.enrich
    found: dict[str, Any] = {
        "horizon": {"start": scenario.start.isoformat(), "weeks": scenario.n_weeks}, "population": population,
    }  # fmt: skip
    if numbers:
        found["parameters"] = numbers
    if scenario.policy:
        found["policy"] = [_step(step.resolved()) for step in without_overlaps(scenario)]
    return found


def without_overlaps(scenario: Scenario) -> list[PolicyStep]:
    """The scenario's steps as one file may hold them, by date: a later step may not set what another sets that week.

    A number that several steps set in one week (parents' and children's) becomes constant steps of the path it takes.
    """
    names = {name for _, _, name in overlapping(scenario.policy)}
    kept = [step.without(names) for step in scenario.policy]
    found = [step for step in kept if step is not None]
    for name in sorted(names):
        found += _path_of(scenario, name)
    return sorted(found, key=lambda step: step.from_)


def _path_of(scenario: Scenario, name: str) -> list[PolicyStep]:
    values = scenario.weekly_parameters()[name].tolist()
    deadlines = [_deadline(scenario.policy, name, scenario.start_week + week) for week in range(len(values))]
    pairs = list(zip(values, deadlines, strict=True))
    starts = [week for week in range(len(pairs)) if week == 0 or pairs[week] != pairs[week - 1]]
    ends: list[int | None] = [*starts[1:], None]
    return [
        PolicyStep(
            monday_of(scenario.start_week + week), {name: values[week]},
            None if end is None else monday_of(scenario.start_week + end), deadline=deadlines[week],
        )
        for week, end in zip(starts, ends, strict=True)
    ]  # fmt: skip


def _deadline(policy: Sequence[PolicyStep], name: str, week: int) -> date | None:
    """The deadline in force in a calendar week: that of the last step which covers it."""
    if name != "target":
        return None
    covering = [step.deadline for step in policy if name in step.set and step.weeks[0] <= week < step.weeks[1]]
    return covering[-1] if covering else None


def _step(resolved: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in resolved.items() if value not in (None, "", 0)}
    return {"from": kept.pop("from"), **kept}
