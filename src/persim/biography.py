"""A biography: who somebody was at the start, what happened in dated sentences, and what not to conclude.

Every sentence stands for one row of the ledger, whose number follows it in brackets. `text`, `as_json`, `page` and
`figure` are four faces of the same story.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from persim import events
from persim.gate_sentences import WORDS, gates_in
from persim.life_end import IN_A_STORY, end_of
from persim.life_sentences import tell
from persim.lives import Lives
from persim.sentence import Sentence
from persim.state import Barrier, Stage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SYNTHETIC = "A synthetic person: true of the rules of this model only; nothing here came from records."
LEFT_OUT = (
    "Most of a life is not here: the model has no ethnicity, age, sex, poverty, housing, work, faith or diagnosis, one "
    "carer at most, and no reasons. A sentence says what was recorded, never why."
)
MARGIN = "The number behind a sentence is the row of the ledger that it tells; dates are those of a week's Monday."
INDICES = "Perceived risk, trust and involvement are indices of this model, from 0 to 1."
GATES = (
    "Gates stand in a row, and the first that closes decides what is told first; one opened alone would often meet the "
    "next. A closed gate is a record of practice in its circumstances, not of anybody's worth."
)
NEVER_ELIGIBLE = "Not found eligible for social care at the start or at any assessment, so no budget could be offered."
SHORT_WORDS = {"AMHP": "approved mental health professional", "CTO": "community treatment order"}
LUCK = (
    "Chance and draw: what the rules leave to chance happens where the draw is below the chance. A draw is luck from 0 to 1, "
    "keyed to the person, the week and what it is for: the same in every scenario of the same seed."
)


@dataclass(frozen=True)
class Biography:
    """The story of one place under the Trust, and of everyone who held it in turn.

    Attributes:
        lives: the run it comes from. person: row of the people. sentences: what is told, in order.
        left_out: rows not told, by kind. every: was every row to be told? chosen: how the person was picked, in words.
    """

    lives: Lives
    person: int
    sentences: tuple[Sentence, ...]
    left_out: dict[str, int]
    every: bool = False
    chosen: str = ""

    @property
    def title(self) -> str:
        """What stands over every page."""
        return f"Synthetic person {self.person}"

    @property
    def subtitle(self) -> str:
        """Scenario, seed, size and time."""
        scenario = self.lives.ledger.scenario
        return (
            f"Scenario {scenario.name}, {self.lives.seed_words}, {scenario.n_users:,} people, "
            f"{self.lives.first_day()} to {self.lives.last_day()}"
        )

    @cached_property
    def counts(self) -> dict[str, int]:
        """What happened to the first person of the place, in numbers of rows, by name."""
        rows, numbers = self.lives.rows, self.lives.of_person(self.person)
        return counts_of(rows[numbers[rows["week"][numbers] < self.lives.first_week_of_next[self.person]]])

    @cached_property
    def never_eligible(self) -> str:
        """A sentence, if nobody who had the place was found eligible at any time, and no budget was there; else empty."""
        own = self.lives.rows[self.lives.of_person(self.person)]
        found = np.isin(own["kind"], (events.E_REASSESSED, events.E_REFERRED)) & (own["outcome"] == 1)
        start = self.lives.start.users[self.person]
        offered = start["pathway_stage"] != Stage.OUTSIDE or (own["kind"] == events.E_OFFER).any()
        return "" if start["eligible"] or found.any() or offered else NEVER_ELIGIBLE

    @cached_property
    def end(self) -> list[tuple[str, str]]:
        """How it stands in the last week: (what, in words). Facts of the final state; no row of the ledger tells them."""
        last, found = self.states[-1], end_of(self.states[-1])
        if last["key"] != self.lives.start.users[self.person]["key"]:
            found["Who"] = "the synthetic person who has the place then"
        return [(what, found[what]) for what in IN_A_STORY if what in found]

    @property
    def end_heading(self) -> str:
        """What stands over the end."""
        return f"In the end (week of {self.lives.last_day()})"

    def notes(self) -> list[str]:
        """What to bear in mind, below every face of the story."""
        found = [MARGIN, INDICES, GATES, *short_words(self.sentences)]
        if self.every:
            found.append(LUCK)
        elif self.left_out:
            found.append(f"{left_out_words(self.left_out)} --all tells every row, with its chance and draw.")
        return [*found, LEFT_OUT, SYNTHETIC]

    def text(self, width: int = 100) -> str:
        """The story for a terminal or a text file, in lines of at most `width` signs."""
        lines = [
            self.title,
            *wrapped(self.subtitle, width),
            *wrapped(self.chosen, width),
            "",
            f"At the start ({self.lives.first_day()})",
        ]
        lines += pair_lines(self.lives.who(self.person), width)
        if self.never_eligible:
            lines += ["", *wrapped(self.never_eligible, width)]
        lines += story_lines(self.sentences, width)
        lines += ["", self.end_heading, *pair_lines(self.end, width)]
        lines += ["", "In numbers"]
        for line in counts_words(self.counts):
            lines += wrapped(line, width, "  ", "  ")
        lines.append("")
        for note in self.notes():
            lines += wrapped(note, width)
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Plain types: who, sentences with facts and their columns, counts, notes, and what the run was."""
        return {
            "about": self.title, "person": self.person, "chosen": self.chosen, **run_json(self.lives),
            "at_the_start": dict(self.lives.who(self.person)),
            "sentences": [sentence.as_json() for sentence in self.sentences],
            "never_eligible": self.never_eligible, "in_the_end": dict(self.end),
            "left_out": self.left_out, "counts": self.counts, "notes": self.notes(),
        }  # fmt: skip

    @cached_property
    def states(self) -> np.ndarray:
        """The person's record at the end of each week, dtype USER, shape (n_weeks,), rebuilt from the ledger."""
        return self.lives.states(self.person)

    def figure(self) -> Figure:
        """The life line."""
        from persim.figure_frames import Words
        from persim.life_line import life_line
        from persim.life_marks import flags_of

        who = dict(self.lives.who(self.person))
        subtitle = (
            f"{self.subtitle}. At the start: {who['Social care']}; perceived risk {who['Perceived risk'].split(' ')[0]}; "
            f"{who['Carer']}; care coordinator {who['Care coordinator'].split(' (')[0]}."
        )
        caveat = (
            f"{SYNTHETIC} Flags: what the ledger records, never why; a mark without words is told in the story. Choice and "
            "control as felt and perceived risk are indices of this model from 0 to 1."
        )
        flags = flags_of(self.sentences, self.lives.rows)
        taken = int(self.lives.first_week_of_next[self.person])
        return life_line(
            self.states, self.lives.weeks[0], flags, Words(self.title, subtitle, caveat),
            taken_week=taken if taken < self.lives.weeks[1] else None,
        )  # fmt: skip


def biography(lives: Lives, person: int, every: bool = False, chosen: str = "") -> Biography:
    """The story of one person. Raises: InputError if there is no such person."""
    told = tell(lives.rows, lives.of_person(person), lives.setting(person), every)
    return Biography(lives, person, told.sentences, told.left_out, every, chosen)


def run_json(lives: Lives) -> dict[str, Any]:
    """Which run a story comes from."""
    ledger = lives.ledger
    return {
        "scenario": ledger.scenario.name, "digest": ledger.scenario.digest(), "seed": ledger.seed,
        "people": ledger.scenario.n_users, "model_version": ledger.model_version,
    } | ({} if ledger.luck is None else {"luck": ledger.luck})  # fmt: skip


# The story in lines


def wrapped(text: str, width: int, first: str = "", later: str = "") -> list[str]:
    """A text in lines; nothing for an empty one."""
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=later) if text else []


def short_words(sentences: Iterable[Sentence]) -> list[str]:
    """What the short words in some sentences stand for, in a line; none if there is none."""
    said = " ".join(sentence.text for sentence in sentences)
    found = [f"{short}: {words}." for short, words in SHORT_WORDS.items() if re.search(rf"\b{short}\b", said)]
    return [" ".join(found)] if found else []


def pair_lines(pairs: Sequence[tuple[str, str]], width: int) -> list[str]:
    """What, and in words, one under the other."""
    longest = max(len(label) for label, _ in pairs)
    return [
        line
        for label, words in pairs
        for line in wrapped(words, width, f"  {label.ljust(longest)}  ", " " * (longest + 4))
    ]


def story_lines(sentences: Sequence[Sentence], width: int) -> list[str]:
    """Dated sentences, a heading for each year, the row of each sentence behind it."""
    lines: list[str] = []
    year, week = 0, None
    for sentence in sentences:
        day = sentence.date
        if day.year != year:
            lines += ["", str(day.year)]
            year, week = day.year, None
        date = f"{day.day:>4} {day:%b}  " if sentence.week != week else " " * 10
        week = sentence.week
        behind = f" ({sentence.weighed})" if sentence.weighed else ""
        lines += wrapped(f"{sentence.text}{behind} [{sentence.row}]", width, date, " " * 10)
    return lines if lines else ["", "Nothing was recorded."]


# In numbers

COUNTED = (  # what stands twice is counted together: a crisis begins on the caseload, or is there at a return
    ("care reviews held", events.E_REVIEW, (1,)), ("weeks in which a review slipped", events.E_REVIEW, (0,)),
    ("requests for a budget", events.E_ASKED, None), ("opportunities to speak of budgets", events.E_OPPORTUNITY, None),
    ("offers", events.E_OFFER, None), ("offers accepted", events.E_OFFER, (1,)), ("offers declined", events.E_OFFER, (0,)),
    ("times handed on", events.E_HANDED_ON, None), ("hand-offs lost", events.E_HAND_OFF, (0,)),
    ("panel decisions", events.E_PANEL, None), ("refusals by the panel", events.E_PANEL, (1, 3)),
    ("budgets in use", events.E_IN_USE, None), ("budgets ended", events.E_BUDGET_ENDED, None),
    ("crises", events.E_STATE, (2,)), ("crises", events.E_RETURNED, (2,)), ("admissions", events.E_STATE, (3,)),
    ("changes of coordinator", events.E_NEW_COORDINATOR, None),
)  # fmt: skip
ALWAYS = ("opportunities to speak of budgets", "offers")


def counts_of(rows: np.ndarray) -> dict[str, int]:
    """How many rows there are of what a story counts, and how often each gate closed first and closed at all."""
    found: dict[str, int] = {}
    for name, kind, outcomes in COUNTED:
        chosen = rows["kind"] == kind
        if outcomes is not None:
            chosen &= np.isin(rows["outcome"], outcomes)
        found[name] = found.get(name, 0) + int(chosen.sum())
    first, anyway = gate_counts(rows[rows["kind"] == events.E_OPPORTUNITY]["detail"].tolist())
    found |= {f"closed first: {name}": n for name, n in first.items()}
    found |= {f"closed: {name}": n for name, n in anyway.items()}
    return found


def gate_counts(details: Iterable[int]) -> tuple[Counter[str], Counter[str]]:
    """How often each gate closed first, and how often it was closed at all, over the bits of opportunities."""
    first, anyway = Counter[str](), Counter[str]()
    for bits in details:
        closed = gates_in(bits)
        first.update(WORDS[gate][0] for gate in closed[:1])
        anyway.update(WORDS[gate][0] for gate in closed)
    return first, anyway


def counts_words(counts: Mapping[str, int]) -> list[str]:
    """The counts in lines; what never happened is left out, but for opportunities and offers."""
    named = [(name, n) for name, n in counts.items() if not name.startswith("closed") and (n or name in ALWAYS)]
    lines = ["; ".join(f"{name}: {n}" for name, n in named)]
    gates = [
        f"{name} {counts.get(f'closed first: {name}', 0)} of {counts[f'closed: {name}']}"
        for name in (WORDS[gate][0] for gate in Barrier if gate in WORDS)
        if counts.get(f"closed: {name}")
    ]
    return [*lines, f"gates, times closed first, of times closed at all: {', '.join(gates)}"] if gates else lines


def left_out_words(left_out: Mapping[str, int]) -> str:
    """Which rows a story left out, by kind; gates one by one are one kind."""
    kinds = Counter[str]()
    for name, n in left_out.items():
        kinds["gates one by one" if name.startswith("gate: ") else name] += n
    return f"Rows not told here: {', '.join(f'{name} {n}' for name, n in kinds.most_common())}."
