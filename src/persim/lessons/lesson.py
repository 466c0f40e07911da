"""What a lesson is once it is read: a sequence of parts of known kinds, as plain frozen records.

No record holds a result. A reveal says which worlds are run and what is read from them; a choice says what would have to
come out for it to be right; so a lesson stays true, or is seen to be wrong, when results change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LESSON_VERSION = 1
EVERYBODY = "all"
RISES, FALLS, HARDLY_CHANGES = "rises", "falls", "hardly_changes"
DIRECTIONS = (RISES, FALLS, HARDLY_CHANGES)
CHOICE, NUMBER, CURVE = "choice", "number", "curve"
CURVES, BARS = "curves", "bars"
CHARTS = (CURVES, BARS)
# Which week of the coordinator stands beside a person's story.
MEETING, FULLEST, HANDED_ON, COUNTED = "meeting", "fullest", "handed_on", "counted"
WEEKS_BESIDE = (MEETING, FULLEST, HANDED_ON, COUNTED)
STUDIES = ("teams", "people")
STUDIED = ("control_felt", "quality_of_life")  # outcomes that a study could ask each person for
Direction = Literal["rises", "falls", "hardly_changes"]


@dataclass(frozen=True)
class World:
    """One world, as the seminar's page takes it: a scenario that comes with persim, dials, steps, loops switched off.

    Attributes:
        name: what other lines of the lesson call it. title: what the page calls it.
        steps: (week of the run, dials from that week on).
    """

    name: str
    title: str
    scenario: str = "baseline"
    dials: Mapping[str, float] = field(default_factory=dict)
    steps: tuple[tuple[int, Mapping[str, float]], ...] = ()
    off: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """The world as a request of the page holds it."""
        steps = [{"week": week, "dials": dict(dials)} for week, dials in self.steps]
        return {"scenario": self.scenario, "dials": dict(self.dials), "steps": steps, "off": list(self.off)}


@dataclass(frozen=True)
class Runs:
    """What is run: every world with the seeds `seed`, `seed` + 1, ... so that worlds have the same people and luck."""

    worlds: tuple[World, ...]
    people: int = 1000
    replicates: int = 40
    seed: int = 1

    def world(self, name: str) -> World:
        """The world of that name."""
        return next(world for world in self.worlds if world.name == name)


@dataclass(frozen=True)
class Reading:
    """One number of a run: an outcome of a group in a world, over weeks of the run (both ends included)."""

    outcome: str
    world: str
    weeks: tuple[int, int]
    group: str = EVERYBODY


@dataclass(frozen=True)
class Compared:
    """A reading and, where there is one, what it is held against: the same with another world, group, outcome or weeks.

    `smallest` is the smallest difference of interest, in the outcome's unit: within it nothing has changed.
    """

    reading: Reading
    against: Reading | None = None
    smallest: float = 0.0


@dataclass(frozen=True)
class Expected:
    """A direction that the lesson's words rest on. A test runs it; if it fails, the lesson or the model is at fault."""

    compared: Compared
    direction: Direction


@dataclass(frozen=True)
class Choice:
    """One answer, and what would have to come out of the runs for it to be right; nothing for an opinion.

    Attributes:
        direction: that the reveal's reading takes against what it is held against.
        between: the reading lies from the first (included) to the second (not included); None leaves an end open.
        largest: the world, group or outcome whose reading is the largest of those that the choices name.
    """

    text: str
    direction: Direction | None = None
    between: tuple[float | None, float | None] | None = None
    largest: str = ""

    @property
    def can_be_right(self) -> bool:
        """Do runs decide whether it is right?"""
        return bool(self.direction or self.between or self.largest)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a lesson. `id` is its name in the lesson: its own, or made of its number."""

    kind: str
    id: str
    title: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class ContentNote(Part):
    """What the lesson is about, said before it comes. `skip_to` is the part that goes on without it."""

    skip_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Question(Part):
    """A prediction that a visitor commits to before the reveal.

    Attributes:
        predict: choice, number or curve. choices: of a choice.
        low, high: bounds of a number, or of the axis of a curve, in the outcome's unit.
        from_week: the curve is given up to this week of the run, and drawn from it on. given: worlds drawn in full.
    """

    predict: str
    choices: tuple[Choice, ...] = ()
    low: float = 0.0
    high: float = 1.0
    from_week: int = 0
    given: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reveal(Part):
    """What the runs say, beside what was predicted.

    Attributes:
        question: the id of the question it answers, or nothing.
        outcomes, groups: what is drawn, in every world. chart: curves over weeks, or bars over the reading's weeks.
        over: each point of a curve adds up that many weeks. compared: what is read. after: said below the chart.
        study: "teams" or "people": what is predicted is how many of them each arm of a real study would need to see
            the difference that is read; else "".
    """

    question: str
    runs: Runs
    outcomes: tuple[str, ...]
    groups: tuple[str, ...]
    chart: str
    weeks: tuple[int, int]
    over: int
    compared: Compared
    expect: tuple[Expected, ...]
    after: str
    study: str = ""


@dataclass(frozen=True, kw_only=True)
class Told(Part):
    """One synthetic person in one world, found by words of `persim.choosers`: beside the coordinator, seen three ways,
    or met by other luck.

    Attributes:
        pick: such as "never offered, high perceived risk". luck: numbers of other luck, for a part about luck.
        week: which week of the coordinator is told: that of the person's most telling meeting, the coordinator's fullest, or
            the first in which the person was handed on, or a service of theirs was relabelled and counted.
        meeting: the kind of meeting that is shown first, as `persim.meeting_views` calls it; the most telling if "".
        legal: is what was done under the Mental Health Act told? Only after a content note. after: said below.
    """

    runs: Runs
    pick: str
    luck: tuple[int, ...] = ()
    week: str = MEETING
    meeting: str = ""
    legal: bool = False
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Loop(Part):
    """A diagram of one feedback loop (a key of `persim.loops`), with a switch."""

    loop: str


@dataclass(frozen=True, kw_only=True)
class Explain(Part):
    """An explanation with its sources: codes such as S4 or PAR62."""

    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Items(Part):
    """What the model leaves out, or questions for the room."""

    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Try(Part):
    """A way into the page for exploring, with these worlds set."""

    runs: Runs


@dataclass(frozen=True)
class Lesson:
    """A lesson. `minutes` is how long it takes with a room, `order` its place in the list."""

    name: str
    title: str
    question: str
    minutes: int
    sources: tuple[str, ...]
    parts: tuple[Part, ...]
    order: int = 100
    for_teachers: str = ""

    def part(self, name: str) -> Part | None:
        """The part of that id."""
        return next((part for part in self.parts if part.id == name), None)

    def reveal_of(self, question: Question) -> Reveal:
        """The reveal that answers a question."""
        return next(part for part in self.parts if isinstance(part, Reveal) and part.question == question.id)

    @property
    def has_content_note(self) -> bool:
        """Does the lesson begin with a word of care?"""
        return any(part.kind == "content_note" for part in self.parts)
