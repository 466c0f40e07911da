"""How an opportunity is told: what brought it, who would lead, which gate closed first and which others were closed.

A gate is told as recorded: what was found, in the passive, and never why somebody acted as they did.
"""

from __future__ import annotations

import numpy as np

from persim.events import E_GATE, E_OPPORTUNITY
from persim.sentence import Fact, Setting, Telling, coded, told
from persim.state import Barrier

GATES = tuple(Barrier(number) for number in range(Barrier.NO_COORDINATOR, Barrier.DECLINED))
# Gate -> (its name, what is recorded where it closed, and where it stood open).
WORDS: dict[int, tuple[str, str, str]] = {
    Barrier.NO_COORDINATOR: ("coordinator", "nobody was at work in the coordinator's post", "somebody was at work"),
    Barrier.NOT_RECOGNISED: ("need", "eligible need was not recognised", "eligible need was recognised"),
    Barrier.READINESS: ("readiness", "not found 'stable enough now'", "found 'stable enough now'"),
    Barrier.TIME: ("time", "no time was left that week, even for the shortest forms", "there was time"),
    Barrier.NOT_RECOMMENDED: ("recommending", "a budget was not recommended", "a budget was recommended"),
    Barrier.ROLE: ("role", "not held to be part of the job", "held to be part of the job"),
    Barrier.KNOWLEDGE: ("knowledge", "it was not known how a budget is got", "it was known how a budget is got"),
    Barrier.RISK: ("risk", "the risk that was seen was not accepted", "the risk that was seen was accepted"),
    Barrier.LEGAL_BAR: ("law", "the law was taken to stand in the way", "no bar was seen in the law"),
    Barrier.INFORMATION: ("information", "budgets were not explained", "budgets were explained, or known already"),
}
_OCCASIONS = {
    1: "At the review", 2: "At this request", 3: "At the review, where an offer was due", 4: "At the hand-off",
}  # fmt: skip


def gates_in(bits: int) -> list[int]:
    """The gates closed, in the order in which they stand, of bits 1 << barrier."""
    return [int(gate) for gate in GATES if bits >> gate & 1]


def closed_words(gate: int) -> str:
    """A closed gate: its name and what is recorded."""
    name, closed, _ = WORDS[gate]
    return f"{name} ({closed})"


def law_closed_first(bits: int) -> bool:
    """Did the gate of law close, and none before it?"""
    return gates_in(bits)[:1] == [Barrier.LEGAL_BAR]


def opportunity(row: np.void, setting: Setting) -> Telling | None:
    """One opportunity with its gates; where legal status is not told, without the gate of law."""
    if not setting.legal and law_closed_first(int(row["detail"])):
        return None
    bits, occasion = setting.gate_bits(row), coded(row, "outcome", _OCCASIONS)
    closed = gates_in(bits)
    if not closed:
        opened = Fact("every gate stood open", "detail", bits)
        return told(
            "{occasion}, {who} raised personal budgets: {gates}.", occasion=occasion, who=setting.who(row), gates=opened
        )
    first = Fact(closed_words(closed[0]), "detail", bits)
    if closed[0] == Barrier.NO_COORDINATOR:
        first = Fact(WORDS[closed[0]][1], "detail", bits)
        return told("{occasion}, personal budgets were not raised: {first}.", occasion=occasion, first=first)
    also = "; ".join(closed_words(gate) for gate in closed[1:])
    none = " No other gate closed." if setting.legal else ""  # the gate of law may have closed
    others = Fact(f" Also closed: {also}." if also else none, "detail", bits)
    return told(
        "{occasion}, {who} did not raise personal budgets. The gate that closed first: {first}.{others}",
        occasion=occasion, who=setting.who(row), first=first, others=others,
    )  # fmt: skip


def gate(row: np.void, setting: Setting) -> Telling:
    """One gate on its own, told only where everything is."""
    name, closed, stood_open = WORDS[int(row["kind"]) - E_GATE]
    words = {0: f"closed: {closed}", 1: f"open: {stood_open}"}
    return told(f"Gate of {name}, {{found}}.", found=coded(row, "outcome", words))


TELLERS = {E_OPPORTUNITY: opportunity}
WHOLE_TELLERS = {E_GATE + number: gate for number in GATES}
