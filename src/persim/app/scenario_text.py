"""A world of the page as a scenario file that runs the same everywhere, and the command that does it."""

from __future__ import annotations

from typing import Any

import yaml

from persim.app.settings import Settings
from persim.loops import switched_off
from persim.parameters import TABLE, defaults
from persim.scenario import Scenario
from persim.scenario_search import shipped_names

NAME = "from_the_page"
HEAD = """# yaml-language-server: $schema=scenario.schema.json
# From the seminar's page of persim. Run it with seed {seed}:
#   {command}
"""


def command_of(settings: Settings, world: int = 0) -> str:
    """The command that makes the run that the page shows: of a shipped scenario if dials alone differ, else of the file."""
    own = settings.worlds[world]
    seed = f"--seed {settings.seed}" + (f" --luck {settings.luck}" if settings.luck is not None else "")
    if own.text or own.steps:
        return f"persim run {NAME}.yaml {seed}"
    numbers = {**dict(own.dials), **switched_off(own.off)}
    changed = "".join(f" --set {name}={value:g}" for name, value in numbers.items())
    return f"persim run {own.scenario} --people {settings.people} {seed}{changed}"


def scenario_text(settings: Settings, world: int = 0) -> str:
    """The text of a scenario file: what it extends and what differs, or the whole where it extends no shipped scenario."""
    own, scenario = settings.worlds[world], settings.scenario(world)
    head = HEAD.format(seed=settings.seed, command=f"persim run {NAME}.yaml --seed {settings.seed}")
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
    own, scenario = settings.worlds[world], settings.scenario(world)
    found: dict[str, Any] = {"extends": own.scenario, "population": {"people": settings.people}}
    numbers = {**dict(own.dials), **switched_off(own.off)}
    if numbers:
        found["parameters"] = numbers
    if own.steps:
        found["policy"] = [_step(step.resolved()) for step in scenario.policy[-len(own.steps) :]]
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
        found["policy"] = [_step(step.resolved()) for step in scenario.policy]
    return found


def _step(resolved: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in resolved.items() if value not in (None, "", 0)}
    return {"from": kept.pop("from"), **kept}
