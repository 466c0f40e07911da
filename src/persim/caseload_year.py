"""A caseload's year: `persim explain SCENARIO --practitioner 4`, and the same for a team.

Who held the post, where its hours went, how often the time gate stood open, and what happened on the caseload, beside the
mean of all posts of the run. It is told so that nobody is the villain: hours, the team, the locality and the rules stand
around every gate.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from persim import events
from persim.biography import LEFT_OUT, MARGIN, counts_of, counts_words, run_json, story_lines, wrapped
from persim.errors import InputError
from persim.gate_sentences import WORDS
from persim.lives import Lives
from persim.policy import monday_of, week_of
from persim.post_sentences import ALSO_TOLD_IN_FULL, TOLD_ON_PEOPLE, of_person, of_post
from persim.sentence import Sentence
from persim.state import POSTS_PER_TEAM, YEAR, Barrier
from persim.text_table import Row, TextTable

FAIR = (
    "A post is a place; its holders come and go, and none of them is real. What a post can do in a week is set by hours, "
    "caseload, team, locality and the rules of this model: this is no judgement of a practitioner or a profession, and one "
    "year of one post says nothing of another."
)
HOURS_NOTE = (
    "Hours are means of a week in which somebody was at work. Contacts are what people's states call for; what does not fit "
    "becomes overtime, then contacts that slip. Shares and hours of all posts are of the same weeks."
)
STATUS = (
    "Gates of law are left out here, as legal status is; an opportunity at which that gate closed first is counted, not "
    "told."
)
SYNTHETIC = "Synthetic people and practitioners: true of the rules of this model only; nothing here came from records."
QUARTER = 13


@dataclass(frozen=True)
class CaseloadYear:
    """What a span of weeks brought to one post, or to the posts of one team.

    Attributes:
        posts: rows of the practitioners. weeks: first calendar week, and the first after the span.
        team: the team, where it is told whole; else -1. every: tell reviews, requests and opportunities one by one too.
    """

    lives: Lives
    posts: tuple[int, ...]
    weeks: tuple[int, int]
    team: int = -1
    every: bool = False

    @property
    def title(self) -> str:
        """What stands over every page."""
        if self.team >= 0:
            return f"Team {self.team}: synthetic people and practitioners"
        return f"Post {self.posts[0]}, {self.lives.posts.profession(self.posts[0])}: a synthetic caseload"

    @property
    def subtitle(self) -> str:
        """Which run, which weeks, where."""
        ledger = self.lives.ledger
        first, last = (monday_of(week) for week in (self.weeks[0], self.weeks[1] - 1))
        place = self.lives.place_of(self.posts[0])
        where = place if self.team < 0 else place.split(", ", 1)[1]
        return (
            f"Scenario {ledger.scenario.name}, {self.lives.seed_words}, {first.day} {first:%B %Y} to {last.day} {last:%B %Y}; "
            f"{where}"
        )

    @cached_property
    def numbers(self) -> np.ndarray:
        """Numbers of the rows on people of the caseload in the span, in order."""
        rows, first, stop = self.lives.rows, *self.weeks
        span = np.flatnonzero((rows["week"] >= first) & (rows["week"] < stop) & (rows["person"] >= 0))
        coordinator = self.lives.coordinators(first - 1)
        moves = rows["kind"] == events.E_NEW_COORDINATOR
        chosen = np.zeros(len(span), bool)
        for begin, end in _pieces(span, moves[span]):
            piece = span[begin:end]
            if moves[piece[0]]:
                coordinator[rows["person"][piece[0]]] = rows["practitioner"][piece[0]]
            chosen[begin:end] = np.isin(coordinator[rows["person"][piece]], self.posts)
        return span[chosen]

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """What is told one by one: posts and alarm, offers, hand-offs, budgets, incidents; with `every`, opportunities."""
        rows, posts = self.lives.rows, self.lives.posts
        kinds = (*TOLD_ON_PEOPLE, *(ALSO_TOLD_IN_FULL if self.every else ()))
        own = self._own(events.E_POST)
        if self.team >= 0:
            own = np.sort(np.concatenate([own, self._own(events.E_ALARM)]))
        found = [of_post(number, row, posts) for number, row in zip(own.tolist(), rows[own], strict=True)]
        chosen = self.numbers[np.isin(rows["kind"][self.numbers], kinds)]
        coordinator = self.posts[0] if self.team < 0 else -1  # in a team's story each post is named
        for number, row in zip(chosen.tolist(), rows[chosen], strict=True):
            sentence = of_person(number, row, posts, coordinator)
            if sentence is not None:
                found.append(sentence)
        return tuple(sorted(found, key=lambda sentence: sentence.row))

    def _own(self, kind: int) -> np.ndarray:
        rows = self.lives.rows
        held = (rows["kind"] == kind) & (rows["week"] >= self.weeks[0]) & (rows["week"] < self.weeks[1])
        return np.flatnonzero(held & np.isin(rows["practitioner"], self.posts))

    @cached_property
    def hours(self) -> dict[str, list[float]]:
        """What the weeks asked and allowed: name -> one number a quarter, the whole span, and all posts of the run."""
        first, stop = self.weeks
        spans = [(begin, min(begin + QUARTER, stop)) for begin in range(first, stop, QUARTER)]
        everyone = tuple(range(self.lives.ledger.n_posts))
        columns = [hours_of(self.lives.rows, self.posts, span) for span in [*spans, self.weeks]]
        columns.append(hours_of(self.lives.rows, everyone, self.weeks))
        return {name: [column[name] for column in columns] for name in columns[0]}

    @cached_property
    def counts(self) -> dict[str, int]:
        """What happened on the caseload, in numbers of rows, without gates of law."""
        law = WORDS[Barrier.LEGAL_BAR][0]
        found = counts_of(self.lives.rows[self.numbers])
        return {name: n for name, n in found.items() if name not in (f"closed first: {law}", f"closed: {law}")}

    def people(self) -> tuple[int, int]:
        """People on the caseload before the first week and at the end of the last."""
        first, last = (
            int((np.isin(self.lives.coordinators(week), self.posts) & self.lives.on_caseload(week)).sum())
            for week in (self.weeks[0] - 1, self.weeks[1] - 1)
        )
        return first, last

    def table(self) -> TextTable:
        """The hours as a table."""
        n_quarters = len(next(iter(self.hours.values()))) - 2
        starts = [monday_of(self.weeks[0] + QUARTER * number) for number in range(n_quarters)]
        columns = (*(f"{day.day} {day:%b}" for day in starts), "whole time", "all posts")
        rows = tuple(
            Row(f"  {name}", tuple(_cell(name, value) for value in values)) for name, values in self.hours.items()
        )
        return TextTable(("Where the hours went, by quarter from",), columns, rows, (HOURS_NOTE,))

    def text(self, width: int = 100) -> str:
        """The year for a terminal or a text file, in lines of at most `width` signs."""
        first, last = self.people()
        lines = [
            *wrapped(self.title, width),
            *wrapped(self.subtitle, width),
            "",
            *(line for line, _ in self.table().lines(width)),
        ]
        lines += [
            "",
            "What happened on the caseload",
            f"  people on the caseload: {first} at the start, {last} at the end",
        ]
        for line in counts_words(self.counts):
            lines += wrapped(line, width, "  ", "  ")
        lines += story_lines(self.sentences, width)
        lines.append("")
        for note in self.notes():
            lines += wrapped(note, width)
        return "\n".join(lines) + "\n"

    def notes(self) -> list[str]:
        """What to bear in mind."""
        more = "" if self.every else " --all tells care reviews, requests and opportunities one by one."
        return [MARGIN + more, STATUS, FAIR, LEFT_OUT, SYNTHETIC]

    def as_json(self) -> dict[str, Any]:
        """Plain types: hours, counts, sentences with their facts, notes, and what the run was."""
        first, last = self.people()
        return {
            "about": self.title, "posts": list(self.posts), "team": self.team if self.team >= 0 else None,
            "weeks": [self.weeks[0], self.weeks[1] - 1], **run_json(self.lives), "hours": self.hours,
            "people": {"at the start": first, "at the end": last}, "counts": self.counts,
            "sentences": [sentence.as_json() for sentence in self.sentences], "notes": self.notes(),
        }  # fmt: skip


def caseload_year(lives: Lives, post: int, weeks: tuple[int, int] | None = None, every: bool = False) -> CaseloadYear:
    """The year of one post. Raises: InputError if there is no such post, or the weeks lie outside the run."""
    return CaseloadYear(lives, (lives.checked_post(post),), span_within(lives, weeks), every=every)


def team_year(lives: Lives, team: int, weeks: tuple[int, int] | None = None, every: bool = False) -> CaseloadYear:
    """The year of one team. Raises: InputError if there is no such team, or the weeks lie outside the run."""
    n_posts = lives.ledger.n_posts
    n_teams = -(-n_posts // POSTS_PER_TEAM)
    if not 0 <= team < n_teams:
        raise InputError(f"there is no team {team}: teams are numbered 0 to {n_teams - 1}")
    posts = range(team * POSTS_PER_TEAM, min((team + 1) * POSTS_PER_TEAM, n_posts))
    return CaseloadYear(lives, tuple(posts), span_within(lives, weeks), team, every)


def span_within(lives: Lives, weeks: tuple[int, int] | None) -> tuple[int, int]:
    """A span of calendar weeks of the run; the last whole financial year, or all of a shorter run, if none is given.

    Raises: InputError if the span is empty or not wholly in the run.
    """
    first, stop = lives.weeks
    if weeks is None:
        year_ends = stop - stop % YEAR
        return (year_ends - YEAR, year_ends) if year_ends - YEAR >= first else (first, stop)
    check_span(weeks, first, stop)
    return weeks


def check_span(weeks: tuple[int, int], first: int, stop: int) -> None:
    """Raises: InputError unless a span of calendar weeks lies wholly in a run of the weeks from `first` to before `stop`."""
    if not first <= weeks[0] < weeks[1] <= stop:
        raise InputError(
            f"{monday_of(weeks[0])} to {monday_of(weeks[1] - 1)} is not a span of this run, which goes from "
            f"{monday_of(first)} to {monday_of(stop - 1)}"
        )


def weeks_asked(year: str | None, since: str | None, until: str | None) -> tuple[int, int] | None:
    """Calendar weeks of a financial year such as 2010-11, or of two dates. Raises: InputError for what is neither."""
    if year is not None:
        match = re.fullmatch(r"(20\d\d)-(\d\d)", year.strip())
        if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
            raise InputError(f"--year {year!r} is not a financial year, such as 2010-11")
        if since is not None or until is not None:
            raise InputError("--year or --from and --to, not both")
        first = (int(match[1]) - 2008) * YEAR
        return first, first + YEAR
    if since is None and until is None:
        return None
    if since is None or until is None:
        raise InputError("--from needs --to, and --to needs --from: two dates such as 2010-04-05")
    return week_of(_day("--from", since)), week_of(_day("--to", until)) + 1


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{option} {text!r} is not a date such as 2010-04-05") from None


def _pieces(span: np.ndarray, moves: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of a span of rows, each beginning with a change of coordinator or with the span."""
    if not len(span):
        return []
    cuts = sorted({0, *np.flatnonzero(moves).tolist(), len(span)})
    return list(itertools.pairwise(cuts))


def hours_of(rows: np.ndarray, posts: Sequence[int], weeks: tuple[int, int]) -> dict[str, float]:
    """What weeks asked of some posts and allowed them: means of a week at work, and shares of time; NaN if none was."""
    span = rows[(rows["week"] >= weeks[0]) & (rows["week"] < weeks[1])]
    asked = span[(span["kind"] == events.E_POST_WEEK) & np.isin(span["practitioner"], posts)]
    spent = span[(span["kind"] == events.E_POST_HOURS) & np.isin(span["practitioner"], posts)]
    at_work = asked["outcome"] == 1
    asked_here, spent_here = asked[at_work], spent[at_work]  # both have one row a post and week, in the same order

    def mean(values: np.ndarray) -> float:
        return float(values.mean()) if len(values) else float("nan")

    return {
        "weeks at work, of all weeks, %": 100.0 * mean(at_work),
        "contacts called for, hours": mean(asked_here["first"]),
        "contacts that slipped, hours": mean(spent_here["second"]),
        "reviews and talks due, hours": mean(asked_here["second"]),
        "kept for social care, hours": mean(spent_here["threshold"]),
        "on forms for budgets, hours": mean(spent_here["draw"]),
        "overtime, hours": mean(spent_here["first"]),
        "time gate open, % of weeks at work": mean(asked_here["detail"]) / 10.0,
    }


def _cell(name: str, value: float) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value:.0f}" if "%" in name else f"{value:.1f}"
