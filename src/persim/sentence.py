"""A sentence of a story: its text, the row of the ledger that it tells, and every fact in it with the column it is from.

A sentence says what was recorded, never a motive. Its words are filled in from facts, so that a number cannot stand in a
text without a column of its row behind it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from persim import events
from persim.events import KINDS
from persim.policy import monday_of
from persim.state import (
    BROKER,
    COUNCIL_TEAM,
    NOT_INFORMED,
    UNDERSTANDS,
    Barrier,
    BudgetForm,
    Informed,
    LegalStatus,
    MentalState,
    Stage,
)

PROFESSIONS = ("a nurse", "a social worker", "an occupational therapist", "a broker", "the council's team")


class Fact(NamedTuple):
    """Words of a sentence, and the column of its row (of `persim.events.EVENT`) whose value they say."""

    words: str
    column: str
    value: float


class Telling(NamedTuple):
    """A text with its facts filled in."""

    text: str
    facts: dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row of the ledger in words.

    Attributes:
        row: number of the row in the ledger. week: calendar week, 0 = that of 7 April 2008. kind: name of the event's kind.
        facts: what the text says, by name. weighed: what else the row holds (chance, draw, what was weighed), in words;
            empty unless all was asked for.
    """

    row: int
    week: int
    kind: str
    text: str
    facts: Mapping[str, Fact]
    weighed: str = ""

    @property
    def date(self) -> date:
        """The Monday of its week."""
        return monday_of(self.week)

    def as_json(self) -> dict[str, Any]:
        """Plain types: row, week, date, kind, text, weighed, and the facts with their columns and values."""
        facts = {name: fact._asdict() for name, fact in self.facts.items()}
        return {"row": self.row, "week": self.week, "date": self.date.isoformat(), "kind": self.kind} | {
            "text": self.text, "weighed": self.weighed, "facts": facts,
        }  # fmt: skip


def told(template: str, **facts: Fact) -> Telling:
    """A telling whose {names} are filled with the words of these facts."""
    text = template.format_map({name: fact.words for name, fact in facts.items()})
    return Telling(text[:1].upper() + text[1:], facts)


# Facts of one row


def coded(row: np.void, column: str, words: Mapping[int, str]) -> Fact:
    """What a code says."""
    return Fact(words[int(row[column])], column, int(row[column]))


def counted(row: np.void, column: str, noun: str) -> Fact:
    """A whole number of things: no weeks, 1 week, 12 weeks."""
    value = float(row[column])
    number = f"{value:.0f}" if round(value) else "no"
    return Fact(f"{number} {noun}{'' if round(value) == 1 else 's'}", column, value)


def decimal(row: np.void, column: str, after: str = "") -> Fact:
    """A number with one decimal: 7.5 hours."""
    value = float(row[column])
    return Fact(f"{value:.1f}{after}", column, value)


def index(row: np.void, column: str) -> Fact:
    """An index from 0 to 1, with two decimals."""
    value = float(row[column])
    return Fact(f"{value:.2f}", column, value)


def money(row: np.void, column: str) -> Fact:
    """A sum in pounds: £2,412."""
    value = float(row[column])
    return Fact(f"£{value:,.0f}", column, value)


class Posts:
    """Who holds which post: the words for a row of the practitioners."""

    def __init__(self, professions: np.ndarray) -> None:
        """Keep the professions, int64 (n_practitioners,): posts, then a broker and a council team for each locality."""
        self.professions = professions

    def profession(self, post: int) -> str:
        """The profession with its article."""
        return PROFESSIONS[int(self.professions[post])]

    def named(self, post: int) -> str:
        """The profession and the number of the post."""
        return f"{self.profession(post)} (post {post})"

    def is_outside(self, post: int) -> bool:
        """Is this a broker or a council team, who can lead on a budget but coordinate nobody?"""
        return int(self.professions[post]) in (BROKER, COUNCIL_TEAM)


class Setting:
    """What was so before a row is told: who coordinates, what was known. Told rows move it on (`moved_by`)."""

    def __init__(
        self, posts: Posts, coordinator: int, eligible: int, informed: int, legal: bool = True, aftercare: int = -1
    ) -> None:
        """Start as the person's record does at the start of the run.

        Args:
            legal: False in a group's story, without status. aftercare: the duty of aftercare, 0 or 1; -1 is not known.
        """
        self.posts, self.coordinator, self.legal = posts, coordinator, legal
        self.eligible, self.informed, self.aftercare = eligible, informed, aftercare
        self.slipped = False  # the review that is due has slipped already
        self.introduced = -1  # the coordinator whose profession and post have been told

    def unknown(self) -> None:
        """Take nothing as known already, so that the next row is told even if it changes nothing."""
        self.eligible, self.informed, self.slipped = -1, -1, False

    def moved_by(self, row: np.void) -> None:
        """What a row changes of the setting."""
        kind, outcome = int(row["kind"]), int(row["outcome"])
        if kind == events.E_NEW_COORDINATOR:
            self.coordinator = self.introduced = int(row["practitioner"])
        elif kind == events.E_REASSESSED:
            self.eligible, self.aftercare = outcome, int(row["detail"])
        elif kind == events.E_DISCHARGED:
            self.aftercare = 0
        elif kind == events.E_LEFT_SECTION and row["detail"] == LegalStatus.SECTION_3:
            self.aftercare = 1
        elif kind in (events.E_HEARD, events.E_FORGOT):
            self.informed = outcome
        elif kind == events.E_OFFER:
            self.informed = UNDERSTANDS
        elif kind == events.E_REVIEW:
            self.slipped = outcome == 0
        elif kind == events.E_REFERRED:
            self.eligible, self.informed, self.slipped, self.introduced = outcome, NOT_INFORMED - 1, False, -1
            self.aftercare = -1 if outcome == 1 else 0  # who is not eligible has no right to it

    def who(self, row: np.void) -> Fact:
        """The practitioner of a row: "the coordinator (a nurse, post 4)", then "the coordinator"; "a broker (post 97)"."""
        post = int(row["practitioner"])
        if post < 0:
            words = "nobody"
        elif post == self.coordinator and self.introduced == post:
            words = "the coordinator"
        elif post == self.coordinator:
            self.introduced = post
            words = f"the coordinator ({self.posts.profession(post)}, post {post})"
        else:
            words = self.posts.named(post)
        return Fact(words, "practitioner", post)

    def gate_bits(self, row: np.void) -> int:
        """The bits of a row's detail, without that of the gate of law where legal status is not told."""
        bits = int(row["detail"])
        return bits if self.legal else bits & ~(1 << Barrier.LEGAL_BAR)

    def amhp(self, row: np.void) -> Fact:
        """The AMHP of a row, who may be the council's."""
        post = int(row["practitioner"])
        if post < 0:
            words = "an AMHP"
        else:
            words = f"the council's AMHP (post {post})" if self.posts.is_outside(post) else f"the AMHP (post {post})"
        return Fact(words, "practitioner", post)


# Chance and what was weighed


def chance_and_draw(threshold: float, draw: float) -> tuple[str, str]:
    """A chance and a draw with as many decimals as it takes to see which is less: at least two, at most twelve."""
    decimals = 2
    if 0.0 < threshold < 1.0:
        decimals = max(2, min(12, 1 - math.floor(math.log10(threshold))))
    while decimals < 12 and threshold != draw and f"{threshold:.{decimals}f}" == f"{draw:.{decimals}f}":
        decimals += 1
    return f"{threshold:.{decimals}f}", f"{draw:.{decimals}f}"


def weighed(row: np.void, told_columns: set[str]) -> Telling:
    """What a row holds beside what its sentence says: what was weighed, the chance and the draw, named by its kind."""
    kind = KINDS[int(row["kind"])]
    parts: list[str] = []
    facts: dict[str, Fact] = {}
    for column in ("detail", "first", "second"):
        meaning = getattr(kind, column)
        if meaning and column not in told_columns:
            facts[column] = Fact(_value_words(meaning, float(row[column])), column, float(row[column]))
            parts.append(f"{label(meaning)} {facts[column].words}")
    chance, draw = chance_and_draw(float(row["threshold"]), float(row["draw"]))
    for column, words, meaning in (("threshold", chance, kind.threshold), ("draw", draw, kind.draw)):
        if meaning and column not in told_columns:
            facts[column] = Fact(words if kind.by_chance else f"{float(row[column]):.4g}", column, float(row[column]))
            parts.append(f"{label(meaning)} {facts[column].words}")
    return Telling("; ".join(parts), facts)


_CODES: tuple[tuple[str, type[IntEnum]], ...] = (
    ("(barrier)", Barrier), ("mental state", MentalState), ("state before", MentalState), ("legal status", LegalStatus),
    ("form chosen", BudgetForm), ("stage left", Stage), ("(0, 1, 2)", Informed),
)  # fmt: skip


def _value_words(meaning: str, value: float) -> str:
    """A value in words if it is a code or a flag; a number otherwise."""
    if "0 or 1" in meaning:
        return "yes" if value else "no"
    if meaning.startswith("gates closed"):
        gates = (gate for gate in Barrier if gate < Barrier.DECLINED)  # further bits of a hand-off are its own
        closed = [gate.name.lower().replace("_", " ") for gate in gates if int(value) >> gate & 1]
        return ", ".join(closed) or "none"
    for ending, codes in _CODES:
        if meaning.endswith(ending) and not meaning.startswith("weeks"):
            return codes(int(value)).name.lower().replace("_", " ")
    return f"{value / 1000.0:.3g}" if "per mille" in meaning else f"{value:.4g}"


def label(meaning: str) -> str:
    """The meaning of a column without its codes and units: "detail before", not "detail before, 0 or 1"."""
    short = re.split(r"[:;(]|, (?=0|1|GBP|per mille|bits)| (?=0 at )|^bits", f"{meaning} ")[0].strip()
    return re.sub(r"\d+ ?", "", short).strip() or "code"
