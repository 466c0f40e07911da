"""A scenario in a world that was drawn from a posterior sample: what the scenario changes, it changes from there.

A drawn value stands in the place of the table's. A lever on the same number keeps its size in relation to it: on the
odds of a share, as a ratio of a rate or a count, as a sum of what may be below 0 or is a logarithm already. So a lever
that lowers a number lowers it in every world, never leaves the bounds, and does what its file says where the table's
value is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

from persim.parameters import BY_NAME, Parameter
from persim.scenario import Scenario
from persim.scenario_fields import is_whole

SHARE_UNITS = ("share", "0-1", "need 0-1")


def in_drawn_world(scenario: Scenario, numbers: Mapping[str, float], drawn: Collection[str]) -> Scenario:
    """The scenario with a world's numbers in the place of the table's; its own levers on `drawn` ones act from there.

    Args:
        numbers: within bounds. drawn: those of them that come from a posterior sample; the others hold in every week.
    """
    levers = [name for name in drawn if is_lever(scenario, name)]
    if not levers:
        return scenario.in_world(numbers)

    def moved(found: Mapping[str, float | None]) -> dict[str, float | None]:
        return {
            name: value if name not in levers or value is None else carried(BY_NAME[name], value, numbers[name])
            for name, value in found.items()
        }

    policy = tuple(replace(step, set=moved(step.set)) for step in scenario.policy)
    placed = replace(scenario, parameters=moved(scenario.parameters), policy=policy, arms=())
    return placed.in_world({name: value for name, value in numbers.items() if name not in levers})


def is_lever(scenario: Scenario, name: str) -> bool:
    """Does the scenario itself give this number another value than the table's, from the start or at a date?"""
    return scenario.parameters[name] != BY_NAME[name].default or any(name in step.set for step in scenario.policy)


def without_steps_of(scenario: Scenario, baseline: Scenario, drawn: Collection[str]) -> Scenario:
    """The scenario without what the baseline's own dated steps do to drawn numbers: a drawn value holds in every week."""
    shared = {
        (name, value, step.from_, step.until, step.ramp_weeks)
        for step in baseline.policy
        for name, value in step.set.items()
        if name in drawn
    }
    steps = []
    for step in scenario.policy:
        span = (step.from_, step.until, step.ramp_weeks)
        kept = step.without([name for name, value in step.set.items() if (name, value, *span) in shared])
        steps += [kept] if kept else []
    return replace(scenario, policy=tuple(steps))


def carried(parameter: Parameter, value: float, drawn: float) -> float:
    """What a lever that takes the table's default to `value` makes of a drawn value, within the parameter's bounds."""
    start = parameter.default
    if start is None or drawn == start:
        return value
    if value == start:
        return drawn
    if parameter.low < 0.0 or parameter.unit in ("log", "log odds"):
        found = drawn + value - start
    elif parameter.unit in SHARE_UNITS:
        found = _by_odds(value, start, drawn)
    else:
        found = value if start == 0.0 else drawn * value / start
    found = min(max(found, parameter.low), parameter.high)
    return float(round(found)) if is_whole(parameter) else found


def _by_odds(value: float, start: float, drawn: float) -> float:
    """The share whose odds are to those of `drawn` as the odds of `value` to those of `start`; ends stay ends."""
    if value in (0.0, 1.0) or start in (0.0, 1.0):
        return value
    if drawn in (0.0, 1.0):
        return drawn
    log_odds = _log_odds(drawn) + _log_odds(value) - _log_odds(start)
    return 1.0 / (1.0 + math.exp(-log_odds))


def _log_odds(share: float) -> float:
    return math.log(share) - math.log1p(-share)
