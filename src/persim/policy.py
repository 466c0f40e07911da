"""Dated policy steps, and what they make of the parameters week by week.

Week 0 is the week of Monday 7 April 2008. A date stands for the week that contains it; weeks before it are negative.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from persim.parameters import TABLE, parameter_rows

WEEK_ZERO = date(2008, 4, 7)
NO_TARGET_WEEKS = 260  # what `target_deadline_weeks` says while no target is in force
COMPUTED = frozenset({"target_deadline_weeks"})  # counted down from a step's `deadline`, never set by hand


def week_of(day: date) -> int:
    """The calendar week that contains `day`; week 0 starts on 7 April 2008."""
    return (day - WEEK_ZERO).days // 7


def monday_of(week: int) -> date:
    """The Monday on which a calendar week starts."""
    return WEEK_ZERO + timedelta(weeks=week)


def day_words(week: int) -> str:
    """That Monday in words: 4 April 2011."""
    day = monday_of(week)
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True)
class PolicyStep:
    """From a date (until another, exclusive) some parameters have other values, at once or over `ramp_weeks`.

    A ramp is linear from the value in force in the week before, and complete in its last week. `deadline` belongs to a
    step that sets `target`.
    """

    from_: date
    set: Mapping[str, float]
    until: date | None = None
    ramp_weeks: int = 0
    deadline: date | None = None
    why: str = ""
    source: str = ""

    @property
    def weeks(self) -> tuple[int, float]:
        """The first calendar week it covers, and the first it does not (infinity if it goes on)."""
        return week_of(self.from_), week_of(self.until) if self.until else float("inf")

    def without(self, names: Iterable[str]) -> "PolicyStep | None":
        """The step without these parameters; None if nothing is left of it."""
        dropped = set(names)
        kept = {name: value for name, value in self.set.items() if name not in dropped}
        if len(kept) == len(self.set):
            return self
        deadline = self.deadline if "target" in kept else None
        step = PolicyStep(self.from_, kept, self.until, self.ramp_weeks, deadline, self.why, self.source)
        return step if kept else None

    def resolved(self) -> dict[str, Any]:
        """Plain types in a fixed order, as the manifest of a run holds them."""
        return {
            "from": self.from_.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "ramp_weeks": self.ramp_weeks,
            "set": {name: self.set[name] for name in sorted(self.set)},
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "why": self.why,
            "source": self.source,
        }


def overlapping(steps: Iterable[PolicyStep]) -> list[tuple[int, int, str]]:
    """Pairs of steps of one list that set the same parameter in the same week: (later index, earlier index, name)."""
    clashes: list[tuple[int, int, str]] = []
    seen: dict[str, list[tuple[int, tuple[int, float]]]] = {}
    for index, step in enumerate(steps):
        first, end = step.weeks
        for name in step.set:
            for other, (other_first, other_end) in seen.setdefault(name, []):
                if first < other_end and other_first < end:
                    clashes.append((index, other, name))
                    break
            seen[name].append((index, (first, end)))
    return clashes


def weekly_rows(
    parameters: Mapping[str, float | None], policy: Iterable[PolicyStep], start_week: int, n_weeks: int
) -> np.ndarray:
    """The records rules read, one a week: dtype `PARAMETERS`, shape (n_weeks,).

    Each step writes over what stands from the steps before it, in the weeks it covers only; so the order of `policy` is
    parents first, and by date within one list. The path of a ramp does not depend on where the horizon starts.
    """
    policy = tuple(policy)
    first = min([start_week, *(step.weeks[0] for step in policy)])
    lead = start_week - first
    n_all = lead + n_weeks
    weekly = {p.name: np.full(n_all, np.nan if (v := parameters[p.name]) is None else float(v)) for p in TABLE}
    deadline = np.full(n_all, np.nan)
    for step in policy:
        begin, end = step.weeks[0] - first, int(min(step.weeks[1] - first, n_all))
        if begin >= end:
            continue
        for name, value in step.set.items():
            path = weekly[name]
            before = path[begin - 1] if begin > 0 else path[begin]
            path[begin:end] = value
            n_rising = min(step.ramp_weeks - 1, end - begin)
            if n_rising > 0:
                path[begin : begin + n_rising] = (
                    before + (value - before) * np.arange(1, n_rising + 1) / step.ramp_weeks
                )
        if "target" in step.set:
            deadline[begin:end] = np.nan if step.deadline is None else week_of(step.deadline)
    left = np.maximum(deadline - np.arange(first, first + n_all), 0)
    in_force = (weekly["target"] > 0) & ~np.isnan(deadline)
    weekly["target_deadline_weeks"] = np.where(in_force, left, float(NO_TARGET_WEEKS))
    return parameter_rows({name: path[lead:] for name, path in weekly.items()})
