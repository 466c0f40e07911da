"""A class in a room: what visitors predict, pooled for the teacher's screen, and which reveals the teacher has opened.

Held in memory, bounded, and forgotten when the server stops or the teacher starts afresh. A visitor is a random token that
their page made and forgets with its tab: no name, no account. Of an address it is only counted how many visitors came from
it, under a keyed digest, beside no token and no answer. Fewer than three answers are only counted.
Called from the server's event loop only, so nothing here is locked.
"""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np

from persim.app.guard import VISITOR
from persim.app.lesson_pages import label_of, lesson_named, part_named, unit_of
from persim.errors import InputError
from persim.lessons.lesson import CHOICE, CURVE, NUMBER, Lesson, Question
from persim.outcomes import BY_NAME

MOST_VISITORS = 300
MOST_OF_ADDRESS = 100  # visitors of one address, so that one page that invents them cannot fill the room
MOST_QUESTIONS = 128  # of one class
MOST_POINTS = 60  # of one drawn curve
MOST_CURVES = 60  # drawn one by one beside the pooled ones
FEWEST = 3  # answers, below which only their number is told
BINS = 10
GRID_WEEKS = 13

Answer = int | float | tuple[tuple[int, float], ...]


class ClosedError(Exception):
    """Not for this visitor, or not now."""


@dataclass(frozen=True)
class Asked:
    """What an answer to a question has to be: choices, or bounds, and for a curve the weeks it is drawn over."""

    kind: str
    title: str
    label: str
    unit: str
    choices: tuple[str, ...]
    low: float
    high: float
    from_week: int
    last_week: int

    @property
    def grid(self) -> list[int]:
        """The weeks at which drawn curves are pooled: the last, and every quarter of a year back to the first drawn."""
        return [*range(self.last_week, self.from_week - 1, -GRID_WEEKS)][::-1]


@dataclass
class State:
    """Where a class stands: is it in session, the question on the screen, the reveals that are open."""

    in_session: bool = False
    lesson: str = ""
    part: str = ""
    revealed: dict[str, list[str]] = field(default_factory=dict)
    run: int = 0  # grows when the teacher starts afresh, so that pages can tell


class Room:
    """One class. `key` is the teacher's; `lessons` gives a lesson by name or raises InputError."""

    def __init__(self, lessons: Callable[[str], Lesson] = lesson_named, key: str | None = None) -> None:
        """Open an empty room; nobody is in session until the teacher chooses a question."""
        self.key = key or secrets.token_urlsafe(16)
        self._lessons = lessons
        self._asked: dict[tuple[str, str], Asked] = {}
        self._answers: dict[tuple[str, str], dict[str, Answer]] = {}
        self._visitors: OrderedDict[str, None] = OrderedDict()
        self._came_from: Counter[bytes] = Counter()
        self._secret = secrets.token_bytes(16)
        self._state = State()

    # The teacher

    def is_teacher(self, key: str | None) -> bool:
        """Is this the teacher's key? Takes as long for a near miss as for a far one."""
        return secrets.compare_digest((key or "").encode(), self.key.encode())

    def choose(self, lesson: str, part: str) -> None:
        """Put a question on the screen; the class is in session from now on. Raises: InputError for an unknown one."""
        self.asked(lesson, part)
        self._state.in_session, self._state.lesson, self._state.part = True, lesson, part

    def reveal(self, lesson: str, part: str) -> None:
        """Open the reveal of a question to everybody; answers to it are closed. Raises: InputError for an unknown one."""
        self.asked(lesson, part)
        opened = self._state.revealed.setdefault(lesson, [])
        if part not in opened:
            opened.append(part)

    def start_afresh(self) -> None:
        """Forget every answer, visitor and open reveal, and whatever was known of lessons; the class is over."""
        self._asked.clear()
        self._answers.clear()
        self._visitors.clear()
        self._came_from.clear()
        self._state = State(run=self._state.run + 1)

    # Visitors

    def joins(self, visitor: str, address: str = "") -> None:
        """Count a visitor as here. A full room forgets who came first and never answered, if there is one."""
        if not VISITOR.fullmatch(visitor) or visitor in self._visitors:
            return
        origin = blake2b(address.encode(), key=self._secret, digest_size=8).digest()
        if address and self._came_from[origin] >= MOST_OF_ADDRESS:
            return
        if len(self._visitors) >= MOST_VISITORS:
            answered = set().union(*self._answers.values()) if self._answers else set()
            idle = next((one for one in self._visitors if one not in answered), None)
            if idle is None:
                return
            del self._visitors[idle]
        self._visitors[visitor] = None
        self._came_from[origin] += 1

    def answer(self, visitor: str, lesson: str, part: str, answer: object, address: str = "") -> None:
        """Take a visitor's prediction; a second one to the same question takes the place of the first.

        Raises: InputError for an unknown question or an answer that it cannot have; ClosedError if there is no class, if the
            reveal is open already, or if the room is full.
        """
        if not self._state.in_session:
            raise ClosedError("there is no class just now")
        if not VISITOR.fullmatch(visitor):
            raise InputError("the visitor's token is missing")
        asked = self.asked(lesson, part)
        if self.is_open(lesson, part):
            raise ClosedError("the reveal is open, so answers are closed")
        taken = checked_answer(asked, answer)
        self.joins(visitor, address)
        if visitor not in self._visitors:
            raise ClosedError("the room is full")
        self._answers.setdefault((lesson, part), {})[visitor] = taken

    def is_open(self, lesson: str, part: str) -> bool:
        """Has the teacher opened the reveal of this question?"""
        return part in self._state.revealed.get(lesson, [])

    def asked(self, lesson: str, part: str) -> Asked:
        """What is asked there; its lesson is read unless that was done. Raises: InputError unless it is a question."""
        found = self._asked.get((lesson, part)) or self.question(lesson, part)
        self.keep(lesson, part, found)
        return found

    def question(self, lesson: str, part: str) -> Asked:
        """What is asked there; changes nothing, so another thread may read it. Raises: InputError unless it is a question."""
        return self._asked.get((lesson, part)) or asked_in(self._lessons(lesson), part)

    def knows(self, lesson: str, part: str) -> bool:
        """Has what is asked there been read?"""
        return (lesson, part) in self._asked

    def keep(self, lesson: str, part: str, asked: Asked) -> None:
        """Remember what is asked there. Raises: InputError for more questions than a class can have."""
        if (lesson, part) not in self._asked and len(self._asked) >= MOST_QUESTIONS:
            raise InputError(f"one class can have {MOST_QUESTIONS} questions; start afresh for more")
        self._asked[lesson, part] = asked

    # What is told

    @property
    def state(self) -> dict[str, Any]:
        """Where the class stands, for everybody: no answers."""
        now = self._state
        return {
            "in_session": now.in_session, "lesson": now.lesson, "part": now.part, "here": len(self._visitors),
            "revealed": {lesson: list(parts) for lesson, parts in now.revealed.items()}, "run": now.run,
        }  # fmt: skip

    def pooled(self, lesson: str, part: str) -> dict[str, Any]:
        """The predictions to a question, pooled. Fewer than three: only their number.

        Returns: kind, n, `few`; for choices `counts`; for a number `edges`, `counts`, `median`, `low`, `high` (quartiles); for
            a curve `weeks`, `median`, `low`, `high` (quartiles at each week) and up to sixty `curves`.
        """
        asked = self.asked(lesson, part)
        answers = list(self._answers.get((lesson, part), {}).values())
        told: dict[str, Any] = {
            "kind": asked.kind, "title": asked.title, "label": asked.label, "unit": asked.unit, "n": len(answers),
            "choices": list(asked.choices), "bounds": [asked.low, asked.high], "revealed": self.is_open(lesson, part),
            "few": len(answers) < FEWEST, "fewest": FEWEST,
        }  # fmt: skip
        if told["few"]:
            return told
        return told | _POOLS[asked.kind](asked, answers)


def asked_in(lesson: Lesson, part: str) -> Asked:
    """What a question of a lesson asks. Raises: InputError if the part is none."""
    question = part_named(lesson, part)
    if not isinstance(question, Question):
        raise InputError(f"the part {part[:64]!r} of the lesson {lesson.name} asks for no prediction")
    reveal = lesson.reveal_of(question)
    outcome = BY_NAME[reveal.compared.reading.outcome]
    study = reveal.study
    return Asked(
        question.predict, question.title, f"{study.capitalize()} in each arm" if study else label_of(outcome.name),
        "number" if study else unit_of(outcome.unit), tuple(choice.text for choice in question.choices),
        question.low, question.high, question.from_week, reveal.weeks[1],
    )  # fmt: skip


def checked_answer(asked: Asked, answer: object) -> Answer:
    """The answer, as it is kept. Raises: InputError in plain words if the question cannot have it."""
    if asked.kind == CHOICE:
        if type(answer) is not int or not 0 <= answer < len(asked.choices):
            raise InputError(f"answer: expected the number of a choice, 0 to {len(asked.choices) - 1}")
        return answer
    if asked.kind == NUMBER:
        return _within(answer, asked)
    if not isinstance(answer, list) or not 2 <= len(answer) <= MOST_POINTS:
        raise InputError(f"answer: expected 2 to {MOST_POINTS} pairs of week and value")
    points = []
    for pair in answer:
        if not isinstance(pair, list) or len(pair) != 2 or type(pair[0]) is not int:
            raise InputError("answer: expected pairs of a whole week and a value")
        points.append((pair[0], _within(pair[1], asked)))
    weeks = [week for week, _ in points]
    if weeks != sorted(set(weeks)) or weeks[0] < asked.from_week or weeks[-1] > asked.last_week:
        raise InputError(f"answer: weeks must grow, from {asked.from_week} to {asked.last_week}")
    return tuple(points)


def _within(value: object, asked: Asked) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and asked.low <= value <= asked.high:
        return float(value)
    raise InputError(f"answer: expected a number from {asked.low:g} to {asked.high:g}")


def _pooled_choices(asked: Asked, answers: Sequence[Any]) -> dict[str, Any]:
    return {"counts": np.bincount(np.array(answers), minlength=len(asked.choices)).tolist()}


def _pooled_numbers(asked: Asked, answers: Sequence[Any]) -> dict[str, Any]:
    values = np.array(answers, float)
    counts, edges = np.histogram(values, BINS, (asked.low, asked.high))
    low, median, high = np.quantile(values, (0.25, 0.5, 0.75))
    return {
        "edges": [round(float(edge), 6) for edge in edges], "counts": counts.tolist(), "median": round(float(median), 6),
        "low": round(float(low), 6), "high": round(float(high), 6),
    }  # fmt: skip


def _pooled_curves(asked: Asked, answers: Sequence[Any]) -> dict[str, Any]:
    grid = asked.grid
    drawn = np.array([np.interp(grid, *np.array(points, float).T) for points in answers])
    low, median, high = np.quantile(drawn, (0.25, 0.5, 0.75), axis=0)
    lines = {"median": median, "low": low, "high": high}
    return {
        "weeks": grid,
        **{name: [round(float(value), 5) for value in line] for name, line in lines.items()},
        "curves": [[round(float(value), 4) for value in line] for line in drawn[-MOST_CURVES:]],
    }


_POOLS = {CHOICE: _pooled_choices, NUMBER: _pooled_numbers, CURVE: _pooled_curves}
