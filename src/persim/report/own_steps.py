"""What a scenario does that the reference does not: numbers set from the first week, and dated steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from persim.report.folder import ResultFiles, ScenarioWords, text_of
from persim.report.views import clipped

MOST_STEPS, MOST_NUMBERS = 12, 8
STEP_SIGNS = 400


def own_steps(files: ResultFiles, scenario: ScenarioWords) -> list[str]:
    """In words, one a step: "From 5 April 2010: half the steps and pages (panel_interval 2)". None for the reference."""
    reference = files.scenarios[0]
    if scenario is reference or not scenario.resolved or not reference.resolved:
        return []
    shared = _policy(reference)
    steps = [_step(step) for step in _policy(scenario) if step not in shared]
    told = [*_numbers(scenario.resolved, reference.resolved), *(clipped(text, STEP_SIGNS) for text in steps)]
    return [*told[:MOST_STEPS], *([f"And {len(told) - MOST_STEPS} more steps."] if len(told) > MOST_STEPS else [])]


def _policy(scenario: ScenarioWords) -> list[Mapping[str, Any]]:
    policy = scenario.resolved.get("policy")
    return [step for step in policy if isinstance(step, dict)] if isinstance(policy, list) else []


def _numbers(own: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    mine, theirs = own.get("parameters"), other.get("parameters")
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return []
    changed = {name: value for name, value in mine.items() if value != theirs.get(name)}
    return [f"From the first week: {_set_in_words(changed)}."] if changed else []


def _step(step: Mapping[str, Any]) -> str:
    until = f" to {_day(step.get('until'))}" if step.get("until") else ""
    ramp = step.get("ramp_weeks")
    slowly = f", over {ramp} weeks" if isinstance(ramp, int) and ramp > 0 else ""
    values = step.get("set")
    numbers = _set_in_words(values) if isinstance(values, dict) else ""
    why = text_of(step.get("why")).rstrip(".")
    words = f"{why} ({numbers})" if why and numbers else why or numbers
    return f"From {_day(step.get('from'))}{until}{slowly}: {words}."


def _set_in_words(values: Mapping[str, Any]) -> str:
    """Names with their numbers: "role_boundary 0.3, market 0.6"."""
    told = [f"{name} {_number(value)}" for name, value in list(values.items())[:MOST_NUMBERS]]
    return ", ".join(told) + (f", and {len(values) - MOST_NUMBERS} more" if len(values) > MOST_NUMBERS else "")


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else "by dial" if value is None else text_of(value)


def _day(value: Any) -> str:
    try:
        day = date.fromisoformat(text_of(value))
    except ValueError:
        return text_of(value) or "the first week"
    return f"{day.day} {day:%B %Y}"
