"""Whose story to tell: `--pick "never offered, high perceived risk"`, `longest wait`, `typical`.

Conditions come from a closed vocabulary and are joined by *and*. They are about the first person of each place under the
Trust, up to the week in which another person takes it. Of those who match, the one with the longest wait is told if that
was asked, else the most typical of them, so that nobody is picked for a striking story by accident. The same run gives the
same person.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from persim import events
from persim.errors import InputError
from persim.lives import Lives
from persim.phases.counting import LOWER_THIRD, UPPER_THIRD
from persim.state import Barrier, Carer, MentalState, Profession, Stage

LONGEST_WAIT, TYPICAL = "longest wait", "typical"
ORDERINGS = {
    LONGEST_WAIT: "of those who match, who waited longest between budgets raised and in use or the end",
    TYPICAL: "of those who match, whose life is nearest to the mean of theirs; without other conditions, of people "
    "eligible all along",
}


class Pick(NamedTuple):
    """Who was picked.

    Attributes:
        person: row of the people. matching: rows of all who match, in order. words: how the person was picked.
    """

    person: int
    matching: np.ndarray
    words: str


class Features:
    """What conditions and orderings are made of: one value for the first person of each place, shape (n_users,)."""

    def __init__(self, lives: Lives) -> None:
        """Take the rows of the first person of each place."""
        self.lives, self.users = lives, lives.start.users
        rows = lives.rows[lives.rows["person"] >= 0]
        self.rows = rows[rows["week"] < lives.first_week_of_next[rows["person"]]]

    @property
    def n(self) -> int:
        """Places under the Trust."""
        return len(self.users)

    def times(self, kind: int, *outcomes: int, detail: int | None = None) -> np.ndarray:
        """How many rows of a kind (with one of these outcomes, if any are named) each person has."""
        chosen = self.rows["kind"] == kind
        if outcomes:
            chosen &= np.isin(self.rows["outcome"], outcomes)
        if detail is not None:
            chosen &= self.rows["detail"] == detail
        return np.bincount(self.rows["person"][chosen], minlength=self.n)

    @cached_property
    def ever_eligible(self) -> np.ndarray:
        """Was the person found eligible at any time?"""
        return (self.users["eligible"] == 1) | (self.times(events.E_REASSESSED, 1) > 0)

    @cached_property
    def eligible_all_along(self) -> np.ndarray:
        """Was the person eligible at the start and at every assessment?"""
        return (self.users["eligible"] == 1) & (self.times(events.E_REASSESSED, 0) == 0)

    @cached_property
    def started_with_budget(self) -> np.ndarray:
        """Did the person hold a direct payment at the start?"""
        return self.users["pathway_stage"] == Stage.IN_USE

    @cached_property
    def truths(self) -> dict[str, np.ndarray]:
        """Has any budget of the person been real, or counted with none of the three truths?"""
        real, hollow = self.started_with_budget.copy(), np.zeros(self.n, bool)
        known = {events.E_SUM_TOLD: 0, events.E_PLAN_AGREED: 1, events.E_FREE_TO_VARY: 2}
        flags = np.zeros((self.n, 3), bool)
        for row in self.rows[np.isin(self.rows["kind"], [*known, events.E_OFFER, events.E_IN_USE])]:
            person, kind = int(row["person"]), int(row["kind"])
            if kind in known:
                flags[person, known[kind]] = row["outcome"] == 1
            elif kind == events.E_OFFER:
                flags[person] = False
            else:
                told, agreed, vary = flags[person]
                real[person] |= agreed and (told or vary)
                hollow[person] |= row["detail"] == 1 and not (told or agreed or vary)
        return {"real": real, "hollow": hollow}

    @cached_property
    def wait(self) -> np.ndarray:
        """The longest time between budgets raised and in use or the end, in weeks; -1 for whom they were never raised."""
        found = np.full(self.n, -1, np.int64)
        since = np.full(self.n, -1, np.int64)
        ends = (events.E_IN_USE, events.E_LEFT)
        for row in self.rows[np.isin(self.rows["kind"], (events.E_STAGE, *ends))]:
            person, week = int(row["person"]), int(row["week"])
            if row["kind"] == events.E_STAGE and row["outcome"] == Stage.RAISED:
                since[person] = week - self.lives.weeks[0]
            elif row["kind"] in ends and since[person] >= 0:
                found[person] = max(found[person], week - self.lives.weeks[0] - since[person])
                since[person] = -1
        still = np.minimum(self.lives.first_week_of_next, self.lives.weeks[1]) - 1 - self.lives.weeks[0] - since
        return np.where(since >= 0, np.maximum(found, still), found)

    @cached_property
    def summaries(self) -> np.ndarray:
        """A life in numbers, standardised over everyone, shape (n_users, n_numbers)."""
        numbers = np.stack([
            self.users["perceived_risk"], self.users["social_need"], self.users["confidence"],
            self.users["carer"] != Carer.NONE, self.users["s117"], self.users["package"],
            self.times(events.E_REVIEW, 1), self.times(events.E_OPPORTUNITY), self.times(events.E_OFFER),
            self.times(events.E_ASKED), self.times(events.E_HANDED_ON), self.times(events.E_IN_USE),
            self.times(events.E_STATE, MentalState.CRISIS) + self.times(events.E_RETURNED, MentalState.CRISIS),
            self.times(events.E_STATE, MentalState.INPATIENT),
            self.times(events.E_NEW_COORDINATOR), self.times(events.E_DISCHARGED), self.wait,
        ], axis=1).astype(float)  # fmt: skip
        spread = numbers.std(axis=0)
        return (numbers - numbers.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)

    def coordinator_is(self, profession: Profession) -> np.ndarray:
        """Is the coordinator at the start of this profession?"""
        return self.lives.start.practitioners["profession"][self.users["coordinator"]] == profession

    @property
    def rural(self) -> np.ndarray:
        """Is the locality rural?"""
        start = self.lives.start
        return start.localities["rural"][start.practitioners["locality"][self.users["coordinator"]]] == 1


Condition = Callable[[Features], np.ndarray]


def _band(field: str, low: float, high: float) -> Condition:
    return lambda f: (f.users[field] >= low) & (f.users[field] < high)


def _ever(kind: int, *outcomes: int, detail: int | None = None) -> Condition:
    return lambda f: f.times(kind, *outcomes, detail=detail) > 0


def _never_with_need(kind: int) -> Condition:
    return lambda f: f.ever_eligible & ~f.started_with_budget & (f.times(kind) == 0)


# Word -> (what it means, how it is found).
CONDITIONS: dict[str, tuple[str, Condition]] = {
    "never offered": ("eligible at some time, and never offered a budget", _never_with_need(events.E_OFFER)),
    "never had an opportunity": (
        "eligible at some time, and budgets never came up", _never_with_need(events.E_OPPORTUNITY)
    ),
    "offered": ("offered a budget at some time", _ever(events.E_OFFER)),
    "declined": ("declined an offer, which is a choice", _ever(events.E_OFFER, 0)),
    "asked": ("asked for a budget", _ever(events.E_ASKED)),
    "handed on": ("handed on to somebody else", _ever(events.E_HANDED_ON)),
    "hand-off lost": ("a hand-off was lost on the way", _ever(events.E_HAND_OFF, events.LOST)),
    "funding disputed": ("who pays was disputed", _ever(events.E_DISPUTE, 1)),
    "refused by panel": ("the funding panel refused", _ever(events.E_PANEL, 1, events.REFUSED_FOR_MONEY)),
    "left the process": (
        "left on the way: steps and waits",
        lambda f: f.times(events.E_LEFT, int(Barrier.STEPS_AND_WAITS)) > 0,
    ),
    "budget in use": ("had a budget in use", lambda f: f.started_with_budget | (f.times(events.E_IN_USE) > 0)),
    "real budget": (
        "a budget in use with an agreed plan, and a sum known or free to vary, when it began", lambda f: f.truths["real"]
    ),
    "notional": (
        "counted by the council with none of the three truths",
        lambda f: f.truths["hollow"] | (f.times(events.E_COUNTED, 1, detail=events.COUNT_RELABELLED) > 0),
    ),
    "counted but no budget": (
        "an existing service was relabelled and counted", _ever(events.E_COUNTED, 1, detail=events.COUNT_RELABELLED)
    ),
    "low perceived risk": ("at the start", _band("perceived_risk", -1.0, LOWER_THIRD)),
    "middle perceived risk": ("at the start", _band("perceived_risk", LOWER_THIRD, UPPER_THIRD)),
    "high perceived risk": ("at the start", _band("perceived_risk", UPPER_THIRD, 2.0)),
    "low actual risk": ("set by the modeller; no service can see it", _band("vulnerability", -1.0, LOWER_THIRD)),
    "high actual risk": ("set by the modeller; no service can see it", _band("vulnerability", UPPER_THIRD, 2.0)),
    "detained": ("admitted under the Mental Health Act at some time", _ever(events.E_DETAINED)),
    "on a CTO": ("on a community treatment order at some time", _ever(events.E_ORDER_MADE)),
    "section 117": ("with a right to aftercare at the start", lambda f: f.users["s117"] == 1),
    "eligible all along": ("eligible at the start and at every assessment", lambda f: f.eligible_all_along),
    "never eligible": ("not found eligible at any time", lambda f: ~f.ever_eligible),
    "with a carer": ("at the start", lambda f: f.users["carer"] != Carer.NONE),
    "without a carer": ("at the start", lambda f: f.users["carer"] == Carer.NONE),
    "nurse": ("as care coordinator at the start", lambda f: f.coordinator_is(Profession.NURSE)),
    "social worker": ("as care coordinator at the start", lambda f: f.coordinator_is(Profession.SOCIAL_WORKER)),
    "occupational therapist": (
        "as care coordinator at the start", lambda f: f.coordinator_is(Profession.OCCUPATIONAL_THERAPIST)
    ),
    "rural": ("in a rural locality", lambda f: f.rural),
    "urban": ("in an urban locality", lambda f: ~f.rural),
}  # fmt: skip


def pick(lives: Lives, text: str) -> Pick:
    """The person that a list of conditions picks.

    Raises: InputError for a word outside the vocabulary, with the nearest, and if nobody matches.
    """
    words = checked(text)
    features = Features(lives)
    conditions = [word for word in words if word in CONDITIONS]
    if not conditions:
        conditions = ["eligible all along"] if TYPICAL in words or LONGEST_WAIT not in words else []
    held = np.ones(features.n, bool)
    for word in conditions:
        held &= CONDITIONS[word][1](features)
    if LONGEST_WAIT in words:
        held &= features.wait >= 0
    matching = np.flatnonzero(held)
    if not len(matching):
        raise InputError(
            f"nobody in this run of {features.n:,} people matches {text!r}; drop a condition or run more people"
        )
    if LONGEST_WAIT in words:
        person = int(matching[np.argmax(features.wait[matching])])
        how = f"the longest wait, {features.wait[person]} weeks"
    else:
        person, how = typical(features.summaries, matching), "the most typical of them"
    asked = ", ".join(conditions) if conditions else "budgets were raised"
    people = "person matches" if len(matching) == 1 else "people match"
    how = "" if len(matching) == 1 else f", and this is {how} (ties by row)"
    return Pick(person, matching, f"Picked by: {asked}. {len(matching):,} {people} of {features.n:,}{how}.")


def checked(text: str) -> list[str]:
    """The words of a pick, in the vocabulary's spelling. Raises: InputError with the nearest word."""
    known = {word.lower(): word for word in (*CONDITIONS, *ORDERINGS)}
    words: list[str] = []
    for part in text.split(","):
        word = " ".join(part.lower().split())
        if word not in known:
            near = _near(word, list(known))
            hint = f"did you mean {known[near]!r}?" if near else "--pick help lists them"
            raise InputError(f"--pick does not know {part.strip()!r} - {hint}")
        words.append(known[word])
    if LONGEST_WAIT in words and TYPICAL in words:
        raise InputError("--pick takes one of 'longest wait' and 'typical', not both")
    return list(dict.fromkeys(words))


def _near(word: str, known: list[str]) -> str:
    """What was meant: words that begin with what was typed before those that hold it, and both before what looks alike."""
    if word:
        begin = [one for one in known if one.startswith(word)]
        hold = [one for one in known if word in one]
        if begin or hold:
            return difflib.get_close_matches(word, begin or hold, 1, 0.0)[0]
    return next(iter(difflib.get_close_matches(word, known, 1, 0.6)), "")


def typical(summaries: np.ndarray, matching: np.ndarray) -> int:
    """The medoid: whose summed squared distance to the others is least, who is the nearest to their mean; ties by row."""
    own = summaries[matching]
    distance = ((own - own.mean(axis=0)) ** 2).sum(axis=1)
    return int(matching[np.argmin(distance)])


def vocabulary() -> list[tuple[str, str]]:
    """Every word that --pick knows, with its meaning."""
    return [*((word, meaning) for word, (meaning, _) in CONDITIONS.items()), *ORDERINGS.items()]
