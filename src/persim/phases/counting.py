"""How a week is counted, and how its ledger is kept.

A phase notes what happened to one person in a small buffer (`note`); at the end of the person's phase the notes are added
to the record (`add_notes`). `out` holds one row per group and one column per measure; `groups` holds the first row of each
dimension, or -1 when the dimension is not recorded; `cells` holds the rows of
the groups of the person at hand. Sums run in row order, so that every engine gives the same bits.

Where a run keeps a ledger, the same places write one row for each event (`record`; `persim.events` says what a row holds).
What a row needs beyond the event itself, such as the chance behind a decision, is computed only where `keeps_ledger`.
"""

from typing import Any, NamedTuple

import numpy as np

from persim.events import EVENT
from persim.jit import loop, rule
from persim.measures import N_FIELDS
from persim.state import CTO, N_BARRIERS, TRAIT_PSYCHOSIS, VOLUNTARY, WAIT_BINS

# Dimensions are recorded in pairs, which costs a person one place in each pair rather than two.
POST_GROUP, STATUS_GROUP, RISK_GROUP, CARER_GROUP, DIAGNOSIS_GROUP = range(5)
N_DIMENSIONS = 5
N_PROFESSIONS, N_STATUSES, N_THIRDS = 3, 3, 3
# The thirds of actual risk, Beta(2, 3). Belief is put into the same bands, so that bias shows.
LOWER_THIRD, UPPER_THIRD = 0.2914, 0.4865
# Notes past the measures: what closed, for action research; how long a stage took, for the waits.
NOTE_TALLY = N_FIELDS
NOTE_WAIT = N_FIELDS + N_BARRIERS
NOTES_SIZE = 257


class Notes(NamedTuple):
    """What the phases write beside the world.

    Attributes:
        counted: float64 (NOTES_SIZE,), notes of the person at hand: how many, then pairs of measure and amount.
        ledger: None where a run keeps none: then every line that writes to it is left out when the model is compiled.
            Else EVENT (room,), whose first record is no event: it holds the week, the person at hand (-1 for nobody,
            as `practitioner`) and how many rows are written (as `person`).
    """

    counted: Any
    ledger: Any


@rule
def third_of(risk):
    """0, 1 or 2: low, middle or high against the thirds of actual risk."""
    if risk < LOWER_THIRD:
        return 0
    return 1 if risk < UPPER_THIRD else 2


@rule
def legal_group(legal_status):
    """0 voluntary, 1 detained, 2 on a CTO."""
    if legal_status == VOLUNTARY:
        return 0
    return 2 if legal_status == CTO else 1


@loop
def find_cells(cells, groups, user, locality, profession):
    """Write the rows of every recorded group of a person into `cells`; returns how many."""
    cells[0] = groups[POST_GROUP] + locality * N_PROFESSIONS + profession
    n = 1
    if groups[STATUS_GROUP] >= 0:
        cells[n] = groups[STATUS_GROUP] + legal_group(user.legal_status) * 2 + user.s117
        n += 1
    if groups[RISK_GROUP] >= 0:
        cells[n] = groups[RISK_GROUP] + third_of(user.perceived_risk) * N_THIRDS + third_of(user.vulnerability)
        n += 1
    if groups[CARER_GROUP] >= 0:
        cells[n] = groups[CARER_GROUP] + user.carer
        n += 1
    if groups[DIAGNOSIS_GROUP] >= 0:
        cells[n] = groups[DIAGNOSIS_GROUP] + int(user.traits & TRAIT_PSYCHOSIS != 0)
        n += 1
    return n


@rule
def note(notes, measure, amount):
    """Note one event of the person at hand: `amount` of `measure`, counted when the person's phase ends."""
    counted = notes.counted
    n = int(counted[0])
    counted[2 * n + 1] = measure
    counted[2 * n + 2] = amount
    counted[0] = n + 1.0


@rule
def has_notes(notes):
    """Did anything happen to the person at hand?"""
    return notes.counted[0] > 0.0


@rule
def is_kept(ledger):
    """Is there a ledger? Known when the model is compiled, from the type."""
    return ledger is not None


@rule
def keeps_ledger(notes):
    """Does this run keep a ledger?"""
    return is_kept(notes.ledger)


@rule
def ledger_turns(ledger, week, row):
    """See `turn_to`."""
    if ledger is None:
        return
    ledger[0].week = week
    ledger[0].practitioner = row


@rule
def turn_to(notes, week, row):
    """What is recorded from now on is about this week and the person of `row`, or nobody (-1)."""
    ledger_turns(notes.ledger, week, row)


@loop
def write_row(ledger, kind, outcome, practitioner, detail, first, second, threshold, draw):
    """See `record`."""
    if ledger is None:
        return
    place = ledger[0].person + 1
    event = ledger[place]
    event.week = ledger[0].week
    event.kind = kind
    event.outcome = outcome
    event.person = ledger[0].practitioner
    event.practitioner = practitioner
    event.detail = detail
    event.first = first
    event.second = second
    event.threshold = threshold
    event.draw = draw
    ledger[0].person = place


@rule
def record(notes, kind, outcome, practitioner, detail, first, second, threshold, draw):
    """Write one row of the ledger about the person at hand. Only where `keeps_ledger`."""
    write_row(notes.ledger, kind, outcome, practitioner, detail, first, second, threshold, draw)


@rule
def note_wait(notes, user, went_on):
    """Note the end of a stage by its length in weeks; `went_on` is 1 if it led on, 0 if it ended otherwise."""
    weeks = min(WAIT_BINS - 1, user.weeks_in_stage)
    note(notes, NOTE_WAIT + (user.pathway_stage * WAIT_BINS + weeks) * 2 + went_on, 1.0)


@loop
def add_notes(notes, out, cells, groups, user, worker, tally, waits):
    """Add the notes of one person to every group they are in, and clear the notes."""
    counted = notes.counted
    n_cells = find_cells(cells, groups, user, worker.locality, worker.profession)
    for e in range(int(counted[0])):
        measure = int(counted[2 * e + 1])
        if measure >= NOTE_WAIT:
            place = measure - NOTE_WAIT
            waits[place // (2 * WAIT_BINS), place // 2 % WAIT_BINS, place % 2] += 1
        elif measure >= NOTE_TALLY:
            tally[worker.locality, measure - NOTE_TALLY] += 1
        else:
            for c in range(n_cells):
                out[cells[c], measure] += counted[2 * e + 2]
    counted[0] = 0.0


@loop
def count_post(out, groups, worker, measure, amount):
    """Add `amount` to `measure` for a practitioner: by locality and profession."""
    out[groups[POST_GROUP] + worker.locality * N_PROFESSIONS + worker.profession, measure] += amount


def scratch(ledger: np.ndarray | None = None) -> tuple[np.ndarray, Notes]:
    """Room for the groups of the person at hand, int64 (N_DIMENSIONS,), and notes; with a ledger to write, if any."""
    return np.zeros(N_DIMENSIONS, np.int64), Notes(np.zeros(NOTES_SIZE), ledger)


def empty_ledger() -> np.ndarray:
    """A ledger with no room yet: EVENT of shape (1,), nothing written."""
    return np.zeros(1, EVENT)
