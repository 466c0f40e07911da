"""One week of one coordinator: what the hours were due for and went on, whom the week brought, and what did not fit.

It stands beside the person's story, so that nobody is the villain: the same week in which a budget was not spoken of.
Hours are the ledger's own (E_POST_WEEK, E_POST_HOURS); people are told of by number, without legal status.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np

from persim import events
from persim.biography import MARGIN, run_json, wrapped
from persim.caseload_year import FAIR, SYNTHETIC, CaseloadYear, check_span
from persim.errors import InputError
from persim.lives import Lives
from persim.meeting_scene import said
from persim.policy import day_words
from persim.post_sentences import of_person
from persim.sentence import Fact, Sentence, coded, decimal
from persim.state import Barrier
from persim.text_table import Row, TextTable

MET = (
    events.E_REVIEW, events.E_OPPORTUNITY, events.E_OFFER, events.E_HAND_OFF, events.E_ASSESSED, events.E_PLANNED,
    events.E_SUM_TOLD, events.E_SET_UP, events.E_IN_USE, events.E_BUDGET_REVIEW,
)  # fmt: skip
SLIPS = "What did not fit is not what somebody chose to leave: contacts come first, by how urgent they are."
NO_PARTS = (
    "Reviews and talks are held as far as the time gate stands open, and which of them is left to chance: the hours worked on "
    "them are those that were due, times that share."
)


class Activity(NamedTuple):
    """Hours of one kind of work: due, worked, left over; None where the ledger does not say. row: of the ledger."""

    name: str
    due: float | None
    worked: float
    left_over: float | None
    row: int


@dataclass(frozen=True)
class CoordinatorWeek:
    """A week of one post.

    Attributes:
        lives: the run. post: row of the practitioners. week: calendar week.
    """

    lives: Lives
    post: int
    week: int

    @property
    def title(self) -> str:
        """What stands over it."""
        return f"A week of {self.lives.posts.named(self.post)}: from {day_words(self.week)}"

    @cached_property
    def asked(self) -> int:
        """Number of the row that says what the week asked and allowed."""
        number = self.lives.week_of_post(events.E_POST_WEEK, self.week, self.post)
        assert number is not None  # every post has one every week
        return number

    @cached_property
    def spent(self) -> int:
        """Number of the row that says where the hours went."""
        number = self.lives.week_of_post(events.E_POST_HOURS, self.week, self.post)
        assert number is not None
        return number

    @property
    def _asked(self) -> np.void:
        return cast(np.void, self.lives.rows[self.asked])

    @property
    def _spent(self) -> np.void:
        return cast(np.void, self.lives.rows[self.spent])

    @property
    def at_work(self) -> bool:
        """Was somebody at work in the post?"""
        return int(self.lives.rows["outcome"][self.asked]) == 1

    @property
    def gate(self) -> float:
        """How far the time gate stood open, from 0 to 1."""
        return float(self.lives.rows["detail"][self.asked]) / 1000.0

    @cached_property
    def caseload(self) -> int:
        """People on the caseload at the end of the week."""
        mine = self.lives.coordinators(self.week) == self.post
        return int((mine & self.lives.on_caseload(self.week)).sum())

    @cached_property
    def activities(self) -> tuple[Activity, ...]:
        """The hours by kind of work; none if nobody was at work."""
        if not self.at_work:
            return ()
        asked, spent = self._asked, self._spent
        contacts, slipped = float(asked["first"]), float(spent["second"])
        talks = float(asked["second"])
        forms = float(spent["draw"])
        share = float(asked["draw"])
        due = forms / share if forms > 0.0 and share > 0.0 else None
        return (
            Activity("contacts", contacts, contacts - slipped, slipped, self.spent),
            Activity("reviews and talks", talks, talks * self.gate, talks * (1.0 - self.gate), self.asked),
            Activity("forms for budgets", due, forms, None if due is None else due - forms, self.spent),
            Activity("overtime, within these", None, float(spent["first"]), None, self.spent),
        )

    @cached_property
    def people(self) -> tuple[tuple[int, tuple[Sentence, ...]], ...]:
        """Each person the week was about, with what happened, in order of rows; not what did not fit."""
        by_person: dict[int, list[Sentence]] = {}
        left = {sentence.row for sentence in self.slipped}
        for sentence in self._told:
            if sentence.row not in left:
                by_person.setdefault(int(self.lives.rows["person"][sentence.row]), []).append(sentence)
        return tuple((person, tuple(sentences)) for person, sentences in by_person.items())

    @cached_property
    def _told(self) -> tuple[Sentence, ...]:
        """Rows on people of the caseload, and on others with whom this post had to do, without legal status."""
        rows = self.lives.rows
        year = CaseloadYear(self.lives, (self.post,), (self.week, self.week + 1), every=True)
        found = {sentence.row: sentence for sentence in year.sentences if rows["person"][sentence.row] >= 0}
        first, stop = np.searchsorted(rows["week"], [self.week, self.week + 1])
        own = np.flatnonzero((rows["practitioner"][first:stop] == self.post) & np.isin(rows["kind"][first:stop], MET))
        for number in [*(first + own).tolist(), *self._of_caseload(events.E_STATE).tolist()]:
            sentence = found.get(number) or self._of_person(number)
            if sentence is not None:
                found[number] = sentence
        return tuple(found[number] for number in sorted(found))

    def _of_person(self, number: int) -> Sentence | None:
        return of_person(number, cast(np.void, self.lives.rows[number]), self.lives.posts, self.post)

    def _of_caseload(self, *kinds: int) -> np.ndarray:
        year = CaseloadYear(self.lives, (self.post,), (self.week, self.week + 1))
        return year.numbers[np.isin(self.lives.rows["kind"][year.numbers], kinds)]

    @cached_property
    def slipped(self) -> tuple[Sentence, ...]:
        """What did not fit: contacts, reviews that were due, budgets for which no time was left, forms that wait."""
        asked, spent, found = self._asked, self._spent, []
        if not self.at_work:
            away = coded(asked, "outcome", {0: "Nobody was at work in the post"})
            return (said(self.lives, self.asked, "{away}; what cannot wait is shared out in the team.", away=away),)
        if spent["second"] >= 0.05:
            hours = decimal(spent, "second", " hours")
            found.append(said(self.lives, self.spent, "Contacts that slipped to a later week: {hours}.", hours=hours))
        for number in self._of_caseload(events.E_REVIEW).tolist():
            sentence = self._of_person(number)
            if sentence is not None and self.lives.rows["outcome"][number] == 0:
                found.append(sentence)
        for number in self._of_caseload(events.E_GATE + Barrier.TIME).tolist():
            row = cast(np.void, self.lives.rows[number])
            if row["outcome"] == 0 and row["practitioner"] == self.post:
                who = Fact(f"Synthetic person {row['person']}", "person", int(row["person"]))
                none = coded(row, "outcome", {0: "no time was left to speak of personal budgets"})
                found.append(said(self.lives, number, "{who}: {none}.", who=who, none=none))
        share = float(asked["draw"])
        if share < 0.995:
            part = Fact(f"{100.0 * share:.0f} %", "draw", share)
            found.append(
                said(self.lives, self.asked, "Of the work due on each budget, {part} could be done.", part=part)
            )
        return tuple(found)

    @cached_property
    def in_words(self) -> tuple[Sentence, ...]:
        """The week in two or three sentences."""
        if not self.at_work:
            return self.slipped
        asked, spent = self._asked, self._spent
        gate = Fact(f"{asked['detail'] / 10.0:.0f} %", "detail", int(asked["detail"]))
        return (
            said(
                self.lives, self.asked,
                "People's states called for {contacts} of contacts; reviews and talks that were due, for {talks}.",
                contacts=decimal(asked, "first", " hours"), talks=decimal(asked, "second", " hours"),
            ),
            said(
                self.lives, self.spent,
                "Social care kept {social}; {forms} of them went on forms for budgets. Overtime: {over}.",
                social=decimal(spent, "threshold", " hours"), forms=decimal(spent, "draw"),
                over=decimal(spent, "first", " hours"),
            ),
            said(self.lives, self.asked, "So the time gate stood open {gate} of the way.", gate=gate),
        )  # fmt: skip

    def notes(self) -> list[str]:
        """What to bear in mind."""
        return [SLIPS, NO_PARTS, FAIR, SYNTHETIC]

    def text(self, width: int = 100) -> str:
        """The week for a terminal, in lines of at most `width` signs."""
        lines = [*wrapped(self.title, width), f"{self.caseload} people on the caseload", ""]
        lines += [line for one in self.in_words for line in wrapped(f"{one.text} [{one.row}]", width)]
        if self.activities:
            rows = tuple(
                Row(f"  {one.name}", tuple(_hours(value) for value in (one.due, one.worked, one.left_over)))
                for one in self.activities
            )
            lines += [
                "",
                *(line for line, _ in TextTable(("Hours",), ("due", "worked", "left over"), rows).lines(width)),
            ]
        lines += ["", "Whom the week was about"]
        told = [one for _, sentences in self.people for one in sentences]
        lines += [line for one in told for line in wrapped(f"{one.text} [{one.row}]", width, "  ", "    ")]
        lines += [] if told else ["  Nothing was recorded of anybody."]
        if self.at_work:
            lines += ["", "What did not fit", *([] if self.slipped else ["  Everything that was due could be done."])]
            lines += [line for one in self.slipped for line in wrapped(f"{one.text} [{one.row}]", width, "  ", "    ")]
        lines.append("")
        return "\n".join([*lines, *(line for note in [MARGIN, *self.notes()] for line in wrapped(note, width))]) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Plain types: hours, sentences with their facts, notes, and what the run was."""
        return {
            "about": self.title, "post": self.post, "week": self.week, **run_json(self.lives), "at_work": self.at_work,
            "caseload": self.caseload, "gate": self.gate, "hours": [one._asdict() for one in self.activities],
            "words": [one.as_json() for one in self.in_words],
            "people": [{"person": person, "sentences": [one.as_json() for one in told]} for person, told in self.people],
            "slipped": [one.as_json() for one in self.slipped], "notes": self.notes(),
        }  # fmt: skip


def _hours(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def coordinator_week(lives: Lives, post: int, week: int) -> CoordinatorWeek:
    """A calendar week of one post. Raises: InputError if there is no such post of a team, or no such week in the run."""
    lives.checked_post(post)
    check_span((week, week + 1), *lives.weeks)
    return CoordinatorWeek(lives, post, week)


def fullest_week(lives: Lives, post: int) -> int:
    """The week of a post in which the time gate stood least open, the earliest of equals. Raises: InputError as above."""
    lives.checked_post(post)
    rows = lives.rows
    own = rows[(rows["kind"] == events.E_POST_WEEK) & (rows["practitioner"] == post) & (rows["outcome"] == 1)]
    if not len(own):
        raise InputError(f"nobody was at work in post {post} in any week of this run")
    return int(own["week"][np.argmin(own["detail"])])
