"""What the three accounts of a meeting are made of: the rows, the person's state, and a sentence for one row.

A fact is a column of the sentence's own row, or a field of the person's rebuilt state at the end of that week, which is
written `state.control_felt`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from persim.events import KINDS
from persim.lives import Lives
from persim.sentence import Fact, Sentence, told
from persim.state import Informed

KNOWN: dict[int, str] = {
    Informed.NO: "nothing",
    Informed.KNOWS: "that they exist",
    Informed.UNDERSTANDS: "what they are",
}


def chance_words(chance: float) -> str:
    """A chance in plain words, so that no number with two decimals stands for what nobody could know so well."""
    if chance <= 0.0:
        return "no chance"
    if chance >= 1.0:
        return "certainty"
    bounds = (
        (0.05, "hardly any chance"), (0.25, "a small chance"), (0.45, "less than an even chance"),
        (0.55, "about an even chance"), (0.75, "better than an even chance"), (0.95, "a good chance"),
    )  # fmt: skip
    return next((words for bound, words in bounds if chance < bound), "near certainty")


def said(lives: Lives, number: int, template: str, **facts: Fact) -> Sentence:
    """A sentence of one row of the ledger, filled with its facts."""
    telling, row = told(template, **facts), lives.rows[number]
    return Sentence(number, int(row["week"]), KINDS[int(row["kind"])].name, telling.text, telling.facts)


def of_state(state: np.void, field: str, words: str) -> Fact:
    """Words for a field of the person's state."""
    return Fact(words, f"state.{field}", float(state[field]))


@dataclass(frozen=True)
class Scene:
    """What the accounts of one meeting are made of.

    Attributes:
        lives, person: whose life. week: calendar week. main: number of the row that the meeting stands for.
        numbers: of all its rows, in order. state: the person's record at the end of the week. coordinator: the post that
            coordinates then. lead: who leads at the meeting. legal: is legal status told?
    """

    lives: Lives
    person: int
    week: int
    main: int
    numbers: tuple[int, ...]
    state: np.void
    coordinator: int
    lead: int
    legal: bool = True

    def row_of(self, *kinds: int) -> int | None:
        """The first row of the meeting of one of these kinds."""
        return next((number for number in self.numbers if int(self.lives.rows["kind"][number]) in kinds), None)

    def say(self, number: int, template: str, **facts: Fact) -> Sentence:
        """A sentence of one of the ledger's rows."""
        return said(self.lives, number, template, **facts)

    def named(self, row: np.void) -> Fact:
        """The practitioner of a row: profession and post."""
        return Fact(self.lives.posts.named(int(row["practitioner"])), "practitioner", int(row["practitioner"]))
