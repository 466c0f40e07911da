"""Which sentences of a life become flags on its life line, in a few words each.

A flag stands for what the story tells at length. Its words are kept short enough for a row of flags to be read from the
back of a room.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from persim import events
from persim.flag_places import Flag
from persim.gate_sentences import WORDS, gates_in
from persim.sentence import Sentence
from persim.state import Barrier, BudgetForm, MentalState

_FORMS = {
    BudgetForm.DIRECT_PAYMENT: "direct payment", BudgetForm.THIRD_PARTY: "third party", BudgetForm.MANAGED: "managed",
}  # fmt: skip
_BUDGET_ENDED = {0: "budget ended", 1: "payment used up", 2: "budget ended"}
_PANEL = {1: "panel: refused", 2: "panel: sent back", 3: "panel: refused"}
_HAND_OFF = {0: "hand-off lost", 1: "hand-off not taken", 2: "hand-off taken"}
_ENDED = {
    Barrier.STEPS_AND_WAITS: "left the process", Barrier.CONTRIBUTION: "ended: contribution",
    Barrier.FUNDING_DISPUTE: "ended: who pays", Barrier.PANEL: "ended: panel", Barrier.MARKET: "no support found",
    Barrier.ENDED: "process ended",
}  # fmt: skip


def flags_of(sentences: Iterable[Sentence], rows: np.ndarray) -> list[Flag]:
    """The flags of a story, by its sentences' rows (dtype EVENT, of the whole ledger)."""
    found: list[Flag] = []
    for flag in (flag_of(rows[sentence.row]) for sentence in sentences):
        if flag is None:
            continue
        before = found[-1] if found else None
        if before is None or before.week != flag.week or "care" in (before.whose, flag.whose):
            found.append(flag)
        else:  # a request and its answer, a closed gate and what came of it: one flag
            heavier = max(before, flag, key=lambda one: one.weight)
            whose = "gate" if "gate" in (before.whose, flag.whose) else heavier.whose
            found[-1] = Flag(flag.week, f"{before.label}, {flag.label}", whose, heavier.weight)
    return found


def flag_of(row: np.void) -> Flag | None:
    """The flag of one row; None where it has none."""
    maker = _MAKERS.get(int(row["kind"]))
    made = None if maker is None else maker(row)
    return None if made is None else Flag(int(row["week"]), *made)


_Made = tuple[str, str, int] | None


def _opportunity(row: np.void) -> _Made:
    closed = gates_in(int(row["detail"]))
    return (f"not raised: {WORDS[closed[0]][0]}", "gate", 5) if closed else None


def _offer(row: np.void) -> _Made:
    return ("offered: accepted" if row["outcome"] else "offered: declined", "person", 10)


def _mental_state(row: np.void) -> _Made:
    return ("crisis", "care", 2) if row["outcome"] == MentalState.CRISIS else None


def _in_use(row: np.void) -> _Made:
    return (f"in use: {_FORMS[BudgetForm(int(row['outcome']))]}", "budget", 11)


def _left(row: np.void) -> _Made:
    ending = int(row["outcome"])
    if ending not in _ENDED:
        return None
    # At a contribution the person chose not to go on; leaving worn out by steps and waits is no choice.
    return (_ENDED[Barrier(ending)], "person" if ending == Barrier.CONTRIBUTION else "budget", 9)


def _count(row: np.void) -> _Made:
    words = {events.COUNT_RELABELLED: "service relabelled", events.COUNT_LAPSED: "label lapsed"}
    return (words[int(row["detail"])], "budget", 6) if int(row["detail"]) in words else None


_MAKERS = {
    events.E_OPPORTUNITY: _opportunity,
    events.E_OFFER: _offer,
    events.E_STATE: _mental_state,
    events.E_IN_USE: _in_use,
    events.E_LEFT: _left,
    events.E_COUNTED: _count,
    events.E_ASKED: lambda row: ("asked", "person", 7),
    events.E_HANDED_ON: lambda row: ("handed on", "budget", 6),
    events.E_HAND_OFF: lambda row: (_HAND_OFF[int(row["outcome"])], "budget", 7),
    events.E_PANEL: lambda row: (_PANEL[int(row["outcome"])], "budget", 8) if row["outcome"] else None,
    events.E_BUDGET_ENDED: lambda row: (_BUDGET_ENDED[int(row["detail"])], "budget", 9),
    events.E_DISPUTE: lambda row: ("who pays: disputed", "budget", 6) if row["outcome"] else None,
    events.E_ORDER_MADE: lambda row: ("CTO made", "care", 6),
    events.E_INCIDENT: lambda row: ("incident review", "care", 6),
    events.E_NEW_COORDINATOR: lambda row: ("new coordinator", "care", 3),
    events.E_DISCHARGED: lambda row: ("discharged", "care", 4),
    events.E_RETURNED: lambda row: ("referred again", "care", 4),
    events.E_REFERRED: lambda row: ("another person", "care", 12),
}
