"""Hand-offs of a run, each followed through the ledger: who sent it, to whom, whether it arrived, and what came of it.

Being handed on is a way of coping with a boundary between jobs. Nothing here says that anybody did wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from persim import events
from persim.ledger import Ledger
from persim.state import Barrier

# What becomes of a hand-off, by the end of the run.
FATES = (
    "lost on the way", "not taken: full", "not taken: not held to be part of the job", "not taken: nobody at work",
    "ended before it arrived", "not arrived yet", "taken, no offer", "taken, offer declined",
    "taken, ended without a budget", "taken, still on the way", "taken, budget came into use",
)  # fmt: skip
(
    LOST, FULL, ROLE, NOBODY, ENDED_BEFORE, NOT_ARRIVED, NO_OFFER, DECLINED, ENDED_WITHOUT, STILL_ON_THE_WAY, IN_USE,
) = range(11)  # fmt: skip
NOT_TAKEN = (FULL, ROLE, NOBODY)
TAKEN = (NO_OFFER, DECLINED, ENDED_WITHOUT, STILL_ON_THE_WAY, IN_USE)
OFFERED = (DECLINED, ENDED_WITHOUT, STILL_ON_THE_WAY, IN_USE)
ACCEPTED = (ENDED_WITHOUT, STILL_ON_THE_WAY, IN_USE)
_ENDS = (events.E_LEFT, events.E_REFERRED)


class HandOff(NamedTuple):
    """One hand-off: its week, person, the posts of who sent it and who was to take it, what came of it, and its row."""

    week: int
    person: int
    sender: int
    taker: int
    fate: int
    row: int


def hand_offs(ledger: Ledger) -> list[HandOff]:
    """Every hand-off of a run, in order of the people and then of time."""
    handed = ledger.rows[ledger.of_kind(events.E_HANDED_ON)]
    found = []
    for person in np.unique(handed["person"]).tolist():
        numbers = ledger.of_person(person)
        own = ledger.rows[numbers]
        kinds = own["kind"]
        raised = np.flatnonzero(kinds == events.E_OPPORTUNITY)
        for place in np.flatnonzero(kinds == events.E_HANDED_ON).tolist():
            before = raised[np.searchsorted(raised, place) - 1]
            found.append(
                HandOff(
                    int(own["week"][place]), person, int(own["practitioner"][before]), int(own["practitioner"][place]),
                    _fate(own[place + 1 :]), int(numbers[place]),
                )
            )  # fmt: skip
    return found


def _fate(rows: np.ndarray) -> int:
    """What became of a hand-off, from the person's rows after it."""
    place = _first(rows, events.E_HAND_OFF, *_ENDS)
    if place is None:
        return NOT_ARRIVED
    row = rows[place]
    if row["kind"] != events.E_HAND_OFF:
        return ENDED_BEFORE
    if row["outcome"] == events.LOST:
        return LOST
    if row["outcome"] == events.BOUNCED:
        return _not_taken(int(row["detail"]))
    return _after_taking(rows[place + 1 :])


def _not_taken(bits: int) -> int:
    """Why a hand-off was not taken: of all that held, the first in the order nobody at work, full, not part of the job."""
    if bits & events.NOBODY_BIT:
        return NOBODY
    if bits & events.FULL_BIT:
        return FULL
    assert bits >> Barrier.ROLE & 1, f"no reason in {bits}"
    return ROLE


def _after_taking(rows: np.ndarray) -> int:
    offered = _first(rows, events.E_OFFER, *_ENDS)
    if offered is None or rows["kind"][offered] != events.E_OFFER:
        return NO_OFFER
    if rows["outcome"][offered] == 0:
        return DECLINED
    ended = _first(rows[offered:], events.E_IN_USE, *_ENDS)
    if ended is None:
        return STILL_ON_THE_WAY
    return IN_USE if rows["kind"][offered + ended] == events.E_IN_USE else ENDED_WITHOUT


def _first(rows: np.ndarray, *kinds: int) -> int | None:
    places = np.flatnonzero(np.isin(rows["kind"], kinds))
    return int(places[0]) if len(places) else None
