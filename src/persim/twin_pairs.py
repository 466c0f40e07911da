"""Two scenarios that hold the same people: read, checked and named, before anything is run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from persim.comparison_plan import unique_names
from persim.errors import InputError
from persim.parameters import FIXED_AT_START
from persim.scenario import Scenario, read_scenario

# How health and social care are joined is set at the start too, and changes nobody: arms that differ in it have twins.
NOT_OF_PEOPLE = frozenset({"integrated_share", "co_located_share"})


def read_pair(
    a: Scenario | str | Path, b: Scenario | str | Path, n_users: int | None = None, n_weeks: int | None = None,
    parameters: Mapping[str, float | None] | None = None,
) -> tuple[Scenario, Scenario]:  # fmt: skip
    """Two scenarios with the same changes. Raises: ScenarioError; InputError if they do not hold the same people."""
    found = [source if isinstance(source, Scenario) else read_scenario(source) for source in (a, b)]
    one, other = (scenario.changed(n_users=n_users, n_weeks=n_weeks, **(parameters or {})) for scenario in found)
    check_same_people(one, other)
    return one, other


def names_of(one: Scenario, other: Scenario) -> tuple[str, str]:
    """The names of two scenarios, told apart if they are the same."""
    first, second = unique_names([one.name, other.name])
    return first, second


def is_one_scenario(one: Scenario, other: Scenario) -> bool:
    """Do two scenarios that hold the same people have the same numbers in every week?"""
    return one.weekly_parameters().tobytes() == other.weekly_parameters().tobytes()


def one_scenario_words(one: Scenario, other: Scenario, then: str) -> str:
    """That two scenarios are the same, or agree in the weeks that are run, and what follows from it."""
    if one.digest() == other.digest():
        return f"The two scenarios are the same: {then}."
    weeks = "Over this week" if one.n_weeks == 1 else f"Over these {one.n_weeks} weeks"
    return f"{weeks} the two scenarios do not differ: {then}."


def check_same_people(one: Scenario, other: Scenario) -> None:
    """Raises: InputError unless the two scenarios hold the same people over the same weeks; it says in what they differ."""
    for difference, advice in people_apart(one, other):
        raise InputError(f"{difference}, so there are no twins: {advice}")


def people_apart(one: Scenario, other: Scenario) -> list[tuple[str, str]]:
    """Why two scenarios do not hold the same people over the same weeks, each with advice; empty if they do."""
    names = names_of(one, other)
    pairs = (
        (
            "people",
            f"{one.n_users:,}",
            f"{other.n_users:,}",
            "give both the same number, such as --people 3000; a ledger that was kept has its own",
        ),
        ("first day", str(one.start), str(other.start), "give both the same start"),
        (
            "weeks",
            str(one.n_weeks),
            str(other.n_weeks),
            "give both the same number, such as --weeks 260; a ledger that was kept has its own",
        ),
        (
            "share drawn from people prone to detention",
            _enriched(one),
            _enriched(other),
            "compare arms of one scenario",
        ),
    )
    found = [
        (f"{names[0]} and {names[1]} differ in {what} ({first} and {second})", advice)
        for what, first, second, advice in pairs
        if first != second
    ]
    fixed = sorted(FIXED_AT_START - NOT_OF_PEOPLE)
    differ = [name for name in fixed if one.parameters[name] != other.parameters[name]]
    if differ:
        told = ", ".join(f"{name} ({one.parameters[name]:g} and {other.parameters[name]:g})" for name in differ)
        found.append((f"{names[0]} and {names[1]} start with other people", f"they differ in {told}"))
    return found


def _enriched(scenario: Scenario) -> str:
    return "natural" if scenario.enrich is None else f"{scenario.enrich:g}"
