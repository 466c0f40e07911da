"""What a comparison will run, checked: every fault is found here, before anything is run.

Scenarios are compared person by person, so they must hold the same people; they are compared on the weeks they share.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from persim.errors import Fault, InputError, ScenarioError
from persim.gaps_and_costs import EQUITY
from persim.outcomes import HEADLINE, YEAR_WEEKS
from persim.parameters import FIXED_AT_START
from persim.policy import monday_of, week_of
from persim.rates import is_barrier
from persim.reduction import Reduction, chosen_outcomes, period_of
from persim.scenario import Scenario, read_scenario
from persim.simulate import Record, checked_groups

Window = tuple[int, int] | str | None
Source = Scenario | str | os.PathLike[str]
LARGEST_SEED = 2**62 - 1


@dataclass(frozen=True)
class Plan:
    """A comparison that has been checked and can be carried out."""

    variants: tuple[Scenario, ...]
    names: tuple[str, ...]
    replicates: int
    seed: int
    jobs: int
    reduction: Reduction
    notes: tuple[str, ...]
    options: dict[str, object]


def planned(
    scenarios: Sequence[Source] | Source, replicates: int, seed: int, jobs: int, n_users: int | None,
    n_weeks: int | None, outcomes: Sequence[str] | None, groups: Sequence[str] | None, record: Record, window: Window,
    parameters: Mapping[str, float | None],
) -> Plan:  # fmt: skip
    """Everything that can be wrong is found here, before anything is run. Arguments and errors as for `compare`."""
    outcomes, groups = ([given] if isinstance(given, str) else given for given in (outcomes, groups))
    whole_number("replicates", replicates, 1)
    whole_number("seed", seed, -LARGEST_SEED)
    whole_number("jobs", jobs, 0)
    if seed + replicates > LARGEST_SEED:
        raise InputError(f"seed is {seed}; it must be an integer of at most 62 bits")
    variants = read_all(scenarios, n_users, n_weeks, parameters)
    names = unique_names([variant.name for variant in variants])
    notes = checked_to_compare(variants, names)
    first, stop = shared_weeks(variants, names)
    reduction = reduction_for(variants, first, stop, window, outcomes, groups, record)
    options = {
        "replicates": replicates, "seed": seed, "people": n_users, "weeks": n_weeks, "outcomes": outcomes,
        "groups": groups, "record": record, "window": None if window is None else list(reduction.window),
        "parameters": dict(parameters),
    }  # fmt: skip
    return Plan(tuple(variants), names, int(replicates), int(seed), int(jobs), reduction, tuple(notes), options)


def reduction_for(
    variants: Sequence[Scenario], first: int, stop: int, window: Window, outcomes: Sequence[str] | None,
    groups: Sequence[str] | None, record: Record,
) -> Reduction:  # fmt: skip
    """What is kept of runs of these scenarios over the weeks they share. Raises: InputError for what cannot be kept."""
    kept = chosen_outcomes(outcomes)
    every = period_of(record, stop - first)
    over_time = tuple(outcome for outcome in kept if every and not is_barrier(outcome))
    apart = frozenset((*HEADLINE, *(outcomes or ())))
    dimensions = checked_groups(EQUITY if groups is None else groups)
    places = [max(1, int(v.weekly_parameters()["n_localities"][0])) for v in variants]
    if "locality" in dimensions and len(set(places)) > 1:
        raise InputError(f"scenarios have {places} localities: they cannot be shown by locality beside each other")
    return Reduction(
        first, stop, read_window(window, first, stop), kept, over_time, apart, every, dimensions, places[0]
    )


def whole_number(name: str, value: int, least: int) -> None:
    """Raises: InputError unless `value` is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} is {value!r}; it must be a whole number of at least {least}")


def read_all(
    scenarios: Sequence[Source] | Source,
    n_users: int | None,
    n_weeks: int | None,
    parameters: Mapping[str, float | None],
) -> list[Scenario]:
    """Every scenario to run, arms apart. Raises: ScenarioError with the faults of all files at once."""
    listed = [scenarios] if isinstance(scenarios, (Scenario, str, os.PathLike)) else list(scenarios)
    faults: list[Fault] = []
    found: list[Scenario] = []
    for source in listed:
        try:
            scenario = source if isinstance(source, Scenario) else read_scenario(os.fspath(source))
            if n_users is not None or n_weeks is not None or parameters:
                scenario = scenario.changed(n_users=n_users, n_weeks=n_weeks, **parameters)
            found += scenario.variants()
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    if not found:
        raise InputError("there is nothing to compare: name at least one scenario")
    return found


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, a repeated one with a counter: "baseline", "baseline (2)"."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def checked_to_compare(variants: list[Scenario], names: Sequence[str]) -> list[str]:
    """Notes on what differs at the start. Raises: InputError if the scenarios do not hold the same people."""
    first = variants[0]
    for other, name in zip(variants, names, strict=True):
        if other.n_users != first.n_users:
            raise InputError(
                f"{names[0]} has {first.n_users:,} people and {name} {other.n_users:,}: runs are compared person by "
                f"person, so give all the same number, such as --people {max(first.n_users, other.n_users)}"
            )
        if other.enrich != first.enrich:
            enriched, plain = (names[0], name) if other.enrich is None else (name, names[0])
            raise InputError(
                f"{enriched} draws people prone to detention more often than their share "
                f"(population.enrich_compulsion) and {plain} does not in the same way, so they do not hold the same "
                f"people. Compare it with its own arms, or give both the same population"
            )
    fixed = sorted({
        parameter for other in variants[1:] for parameter in FIXED_AT_START
        if other.parameters[parameter] != first.parameters[parameter]
    })  # fmt: skip
    if not fixed:
        return []
    return [f"The scenarios start from different populations ({', '.join(fixed)}), so less luck is shared."]


def shared_weeks(variants: list[Scenario], names: Sequence[str]) -> tuple[int, int]:
    """The calendar weeks that all scenarios run: (first, the week after the last). Raises: InputError if none."""
    first = max(variant.start_week for variant in variants)
    stop = min(variant.start_week + variant.n_weeks for variant in variants)
    if first >= stop:
        spans = "; ".join(
            f"{name} weeks {v.start_week} to {v.start_week + v.n_weeks - 1}"
            for v, name in zip(variants, names, strict=True)
        )
        raise InputError(f"the scenarios have no week in common: {spans}")
    return first, stop


def read_window(window: Window, first: int, stop: int) -> tuple[int, int]:
    """The weeks to report on: (first, the week after the last).

    Raises: InputError unless it is FROM:TO in weeks or dates within the shared weeks.
    """
    if window is None:
        return max(first, stop - YEAR_WEEKS), stop
    parts = window.split(":") if isinstance(window, str) else list(window)
    expected = f"FROM:TO in weeks ({first}:{stop}) or dates ({monday_of(first)}:{monday_of(stop)}), TO left out"
    if len(parts) != 2:
        raise InputError(f"window is {window!r}; expected {expected}")
    start, end = (_week(part, default, expected) for part, default in zip(parts, (first, stop), strict=True))
    if not first <= start < end <= stop:
        raise InputError(f"window {start}:{end} does not lie in the weeks compared; expected {expected}")
    return start, end


def _week(text: str | int | date, default: int, expected: str) -> int:
    if isinstance(text, date):
        return week_of(text)
    word = str(text).strip()
    if not word:
        return default
    if re.fullmatch(r"[+-]?\d{1,6}", word):
        return int(word)
    try:
        return week_of(date.fromisoformat(word))
    except ValueError:
        raise InputError(f"window: {word!r} is neither a week nor a date; expected {expected}") from None
