"""What decided that only one of two lives has a budget in the end: back from the budget in use to the offer behind it.

Where two lives first part need not be what made the difference. So the opportunity from which the budget came is looked
up in the other life too: which gates were closed there, was there an opportunity at all, or what came after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from persim import events
from persim.twin_reasons import Decision, decision_of, gate_name
from persim.twin_rows import gates_that_differ, parting_of

if TYPE_CHECKING:
    from persim.sentence import Posts
    from persim.twins import Twins


@dataclass(frozen=True, slots=True)
class Turn:
    """Where it was decided.

    Attributes:
        week: of the offer behind the budget. side: 0 if the first life has the budget, 1 if the second. offer: its row.
        decisions: what was decided otherwise that week in the other life; empty if it had no opportunity then.
        later: both were offered a budget that week, and `decisions` holds what parted them after.
    """

    week: int
    side: int
    offer: int
    decisions: tuple[Decision, ...]
    later: bool = False

    def words(self, names: tuple[str, str]) -> str:
        """In a few words: "gates of need and role: closed in A, open in B"."""
        has, has_not = names[self.side], names[1 - self.side]
        if self.later and not self.decisions:
            return "offered in both that week; what came after differs"
        if not self.decisions:
            return f"no opportunity in {has_not} in the week of the offer in {has}"
        gates = [gate_name(_kind_of(one)) for one in self.decisions if one.kind.startswith("gate: ")]
        first = self.decisions[0]
        if gates and not self.later:
            due = "; an offer was due" if first.kind == "opportunity" else ""
            return (
                f"gate{'s' if len(gates) > 1 else ''} of {' and '.join(gates)}: closed in {has_not}, open in {has}{due}"
            )
        lead = "offered in both that week, then " if self.later else ""
        return f"{lead}{first.kind}: {first.outcomes[0]} in {names[0]}, {first.outcomes[1]} in {names[1]}"


def _kind_of(decision: Decision) -> int:
    return events.BY_NAME[decision.kind]


def turn_of(twins: Twins) -> Turn | None:
    """Where it was decided that one of two lives has a budget in use in the end; None if both have, or neither."""
    rows, numbers = (twins.a.rows, twins.b.rows), twins.numbers
    starts = [start_of_budget(own[of]) for own, of in zip(rows, numbers, strict=True)]
    if (starts[0] is None) == (starts[1] is None):
        return None
    side = 0 if starts[0] is not None else 1
    return _turn(rows, numbers, side, starts[side], twins.a.posts)


def start_of_budget(own: np.ndarray) -> tuple[int, int] | None:
    """Places of the opportunity and the offer behind the budget that is in use at the end; None if there is none."""
    used = np.flatnonzero(own["kind"] == events.E_IN_USE)
    if not len(used) or np.isin(own["kind"][used[-1] :], (events.E_BUDGET_ENDED, events.E_REFERRED)).any():
        return None
    offers = np.flatnonzero((own["kind"][: used[-1]] == events.E_OFFER) & (own["outcome"][: used[-1]] == 1))
    if not len(offers):
        return None
    raised = np.flatnonzero(own["kind"][: offers[-1]] == events.E_OPPORTUNITY)
    return int(raised[-1]), int(offers[-1])


def _turn(
    rows: tuple[np.ndarray, np.ndarray], numbers: tuple[np.ndarray, np.ndarray], side: int,
    start: tuple[int, int] | None, posts: Posts,
) -> Turn:  # fmt: skip
    assert start is not None
    raised, offered = start
    has, has_not = rows[side][numbers[side]], rows[1 - side][numbers[1 - side]]
    week, offer = int(has["week"][raised]), int(numbers[side][offered])
    there = np.flatnonzero((has_not["kind"] == events.E_OPPORTUNITY) & (has_not["week"] == week))
    if not len(there):
        return Turn(week, side, offer, ())
    places = [0, 0]
    places[side], places[1 - side] = raised, int(there[-1])
    a, b, of_a, of_b = *rows, *numbers
    pairs = gates_that_differ(a, of_a, b, of_b, *places)
    first, second = int(of_a[places[0]]), int(of_b[places[1]])
    if a["outcome"][first] != b["outcome"][second]:
        pairs.insert(0, (first, second))
    if pairs:
        return Turn(week, side, offer, tuple(decision_of(a, b, *pair, posts) for pair in pairs))
    after = parting_of(a, of_a[places[0] :], b, of_b[places[1] :])
    if after is None or after.first is None or after.second is None:
        return Turn(week, side, offer, (), later=True)
    if a["kind"][after.first] != b["kind"][after.second]:
        return Turn(week, side, offer, (), later=True)
    return Turn(week, side, offer, (decision_of(a, b, after.first, after.second, posts),), later=True)
