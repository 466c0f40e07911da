"""Two ledgers of the same person: which rows they share, where they part, and which chances differed before.

Rows are the same where week, kind, outcome, practitioner and detail are; what was weighed, the chance and the hours may
differ. Nothing here knows words; `twin_reasons` says why lives part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from persim import events
from persim.events import KINDS
from persim.state import Barrier

IDENTITY = ("week", "kind", "outcome", "practitioner", "detail")
GATES = tuple(kind for kind in KINDS if kind > events.E_GATE)


@dataclass(frozen=True, slots=True)
class Parting:
    """The first rows in which two lives differ.

    Attributes:
        common: how many rows both lives have before. week: calendar week of the parting.
        first, second: numbers of the rows in the two ledgers; None where only the other life has the event.
    """

    common: int
    week: int
    first: int | None
    second: int | None

    @property
    def is_one_decision(self) -> bool:
        """Does the same event stand in both ledgers, with another outcome?"""
        return self.first is not None and self.second is not None


def parting_of(a: np.ndarray, of_a: np.ndarray, b: np.ndarray, of_b: np.ndarray) -> Parting | None:
    """Where two lives part; None if they never do.

    Args:
        a, b: rows of the two ledgers, dtype EVENT. of_a, of_b: numbers of the person's rows in each, in order.
    """
    rows_a, rows_b = a[of_a], b[of_b]
    n = min(len(of_a), len(of_b))
    differs = np.zeros(n, bool)
    for column in IDENTITY:
        differs |= rows_a[column][:n] != rows_b[column][:n]
    place = int(np.argmax(differs)) if differs.any() else n
    if place == len(of_a) and place == len(of_b):
        return None
    if place == len(of_a):
        return Parting(place, int(rows_b["week"][place]), None, int(of_b[place]))
    if place == len(of_b):
        return Parting(place, int(rows_a["week"][place]), int(of_a[place]), None)
    return _parting_at(place, rows_a, of_a, rows_b, of_b)


def _parting_at(place: int, rows_a: np.ndarray, of_a: np.ndarray, rows_b: np.ndarray, of_b: np.ndarray) -> Parting:
    week_a, week_b = int(rows_a["week"][place]), int(rows_b["week"][place])
    kind_a, kind_b = int(rows_a["kind"][place]), int(rows_b["kind"][place])
    first, second = int(of_a[place]), int(of_b[place])
    if week_a != week_b:
        return Parting(place, week_a, first, None) if week_a < week_b else Parting(place, week_b, None, second)
    if kind_a == kind_b:
        return Parting(place, week_a, first, second)
    # What the other life has too, later in the same week, is no event of its own.
    if kind_b in rows_a["kind"][place:][rows_a["week"][place:] == week_a]:
        return Parting(place, week_a, first, None)
    if kind_a in rows_b["kind"][place:][rows_b["week"][place:] == week_b]:
        return Parting(place, week_b, None, second)
    return Parting(place, week_a, first, second)


def gates_that_differ(
    a: np.ndarray, of_a: np.ndarray, b: np.ndarray, of_b: np.ndarray, place: int, place_b: int | None = None
) -> list[tuple[int, int]]:
    """Rows of the gates that closed in one life and stood open in the other, at the opportunity at `place` of both.

    Args:
        place_b: where the opportunity stands in the second, if elsewhere.

    Returns: pairs of row numbers (in the first ledger, in the second), in the order in which the gates stand.
    """
    gates_a, gates_b = _gates_after(a, of_a, place), _gates_after(b, of_b, place if place_b is None else place_b)
    return [
        (gates_a[gate], gates_b[gate])
        for gate in GATES
        if gate in gates_a and gate in gates_b and a["outcome"][gates_a[gate]] != b["outcome"][gates_b[gate]]
    ]


def _gates_after(rows: np.ndarray, numbers: np.ndarray, place: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for number in numbers[place + 1 : place + 1 + len(Barrier)]:
        kind = int(rows["kind"][number])
        if kind not in GATES:
            break
        found[kind] = int(number)
    return found


def other_chances(a: np.ndarray, of_a: np.ndarray, b: np.ndarray, of_b: np.ndarray, common: int) -> np.ndarray:
    """Places, of the rows that both lives have, at which the same came of another chance: int64, in order."""
    rows_a, rows_b = a[of_a[:common]], b[of_b[:common]]
    by_chance = np.isin(rows_a["kind"], [kind for kind, what in KINDS.items() if what.by_chance])
    return np.flatnonzero(by_chance & (rows_a["threshold"] != rows_b["threshold"]))
