"""One meeting seen three ways: what the person met, what the coordinator had, what the record holds.

A meeting is a care review that was held, a request that came up, a hand-off that arrived, an assessment, a plan, a panel's
decision, or a review of a community treatment order. The three accounts are made of the same rows, and none of them is the
true one: nobody in them had the other two. How each is told: `meeting_met`, `meeting_had`, `meeting_filed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from persim import events
from persim import meeting_filed as filed
from persim import meeting_had as had
from persim import meeting_met as met
from persim.biography import LEFT_OUT, MARGIN, SYNTHETIC, run_json, wrapped
from persim.events import E_GATE
from persim.gate_sentences import gates_in
from persim.lives import Lives
from persim.meeting_scene import Scene
from persim.policy import day_words
from persim.sentence import Sentence

THREE = (
    "Three accounts of one meeting, each from its own chair: what the person met, what the coordinator had that week, what "
    "the record holds. None of the three had the other two. Hours, rules and chances stand beside every decision, and no "
    "account says why anybody acted as they did."
)
Account = Callable[[Scene], list[Sentence]]


class Kind(NamedTuple):
    """How one kind of meeting is told: its title, and its three accounts; `felt` and the like are added to them."""

    title: str
    person: Account
    coordinator: Account
    record: Account


KINDS_OF_MEETING: dict[int, Kind] = {
    events.E_REVIEW: Kind("A care review", met.review_met, had.opportunity_had, filed.review_recorded),
    events.E_OPPORTUNITY: Kind(
        "A request for a personal budget", met.opportunity_met, had.opportunity_had,
        lambda scene: [*filed.opportunity_recorded(scene), *filed.on_file(scene)],
    ),
    events.E_HAND_OFF: Kind("A hand-off arrives", met.hand_off_met, had.hand_off_had, filed.hand_off_recorded),
    events.E_ASSESSED: Kind("The assessment", met.made_met, had.made_had, filed.made_recorded),
    events.E_PLANNED: Kind("The support plan", met.made_met, had.made_had, filed.made_recorded),
    events.E_PANEL: Kind("The funding panel", met.panel_met, had.panel_had, filed.panel_recorded),
    events.E_ORDER_REVIEWED: Kind(
        "A review of a community treatment order", met.order_met, had.order_had, filed.order_recorded
    ),
}  # fmt: skip
_GATES = tuple(kind for kind in events.KINDS if kind > E_GATE)
# Rows that belong to a meeting where they follow it in the same week.
_FOLLOW: dict[int, tuple[int, ...]] = {
    events.E_REVIEW: (events.E_OPPORTUNITY, *_GATES, events.E_OFFER, events.E_HANDED_ON),
    events.E_OPPORTUNITY: (*_GATES, events.E_OFFER, events.E_HANDED_ON),
    events.E_HAND_OFF: (events.E_OPPORTUNITY, *_GATES, events.E_OFFER, events.E_LEFT, events.E_HANDED_ON),
    events.E_ASSESSED: (events.E_INVOLVED, events.E_SUM),
    events.E_PLANNED: (events.E_INVOLVED, events.E_PLAN_AGREED),
    events.E_PANEL: (events.E_CONTEST,),
    events.E_ORDER_REVIEWED: (events.E_ORDER_ENDED,),
}


COLUMNS = {
    "person": "What the person met", "coordinator": "What the coordinator had", "record": "What the record holds",
}  # fmt: skip


class Views(NamedTuple):
    """The three accounts, each in sentences."""

    person: tuple[Sentence, ...]
    coordinator: tuple[Sentence, ...]
    record: tuple[Sentence, ...]


@dataclass(frozen=True)
class Meeting:
    """One meeting of one person.

    Attributes:
        lives, person: whose. week: calendar week. main: number of the row it stands for. numbers: of all its rows.
        coordinator: the post that coordinates the person then. another: has another synthetic person taken the place?
    """

    lives: Lives
    person: int
    week: int
    main: int
    numbers: tuple[int, ...]
    coordinator: int
    another: bool = False

    @property
    def kind(self) -> Kind:
        """How it is told."""
        return KINDS_OF_MEETING[int(self.lives.rows["kind"][self.main])]

    @property
    def title(self) -> str:
        """What it was, and when."""
        return f"{self.kind.title}, week of {day_words(self.week)}"

    @property
    def is_of_the_act(self) -> bool:
        """Does its title alone tell legal status?"""
        return int(self.lives.rows["kind"][self.main]) == events.E_ORDER_REVIEWED

    @cached_property
    def telling(self) -> int:
        """How much the three accounts differ, as a rough number: the higher, the more there is to see."""
        rows = self.lives.rows[list(self.numbers)]
        kinds, main = rows["kind"].tolist(), rows[0]
        if main["kind"] in (events.E_ASSESSED, events.E_PLANNED):
            return 4 if main["outcome"] == 1 else 9
        if main["kind"] == events.E_PANEL:
            return 5 if main["outcome"] == 0 else 8
        if main["kind"] == events.E_ORDER_REVIEWED:
            return 6
        if main["kind"] == events.E_HAND_OFF and events.E_OPPORTUNITY not in kinds:
            return 7
        if events.E_OPPORTUNITY not in kinds:
            return 1 if main["detail"] == 1 else 2
        closed = len(gates_in(int(rows["detail"][kinds.index(events.E_OPPORTUNITY)])))
        asked = 2 if main["kind"] == events.E_OPPORTUNITY else 0
        handed = 2 if events.E_HANDED_ON in kinds else 0
        return 5 + asked + handed + min(closed, 3)

    def views(self, legal: bool = True) -> Views:
        """The three accounts. `legal`: tell a gate of law and what it weighed."""
        index = self.week - self.lives.weeks[0]
        state = self.lives.states(self.person)[index]
        scene = Scene(
            self.lives, self.person, self.week, self.main, self.numbers, state, self.coordinator, self._lead, legal
        )
        told = self.kind.person(scene)
        return Views((*told, *met.felt(scene)), tuple(self.kind.coordinator(scene)), tuple(self.kind.record(scene)))

    @property
    def _lead(self) -> int:
        """The post that leads at the meeting: the coordinator, where the row names nobody or an AMHP."""
        row = self.lives.rows[self.main]
        opportunity = [n for n in self.numbers if self.lives.rows["kind"][n] == events.E_OPPORTUNITY]
        if opportunity:
            return int(self.lives.rows["practitioner"][opportunity[0]])
        named = row["kind"] not in (events.E_PANEL, events.E_ORDER_REVIEWED) and row["practitioner"] >= 0
        return int(row["practitioner"]) if named else self.coordinator


def meetings_of(lives: Lives, person: int) -> tuple[Meeting, ...]:
    """Every meeting of one place, in order of time. Raises: InputError if there is no such person."""
    numbers = lives.of_person(person).tolist()
    rows = lives.rows[numbers]
    kinds, weeks, outcomes = rows["kind"].tolist(), rows["week"].tolist(), rows["outcome"].tolist()
    coordinator, next_person = int(lives.start.users["coordinator"][person]), int(lives.first_week_of_next[person])
    found, place = [], 0
    while place < len(numbers):
        kind = kinds[place]
        if kind == events.E_NEW_COORDINATOR:
            coordinator = int(rows["practitioner"][place])
        if kind not in KINDS_OF_MEETING or (kind == events.E_REVIEW and outcomes[place] != 1):
            place += 1
            continue
        stop = place + 1
        while stop < len(numbers) and weeks[stop] == weeks[place] and kinds[stop] in _FOLLOW[kind]:
            stop += 1
        own, week = tuple(numbers[place:stop]), weeks[place]
        found.append(Meeting(lives, person, week, numbers[place], own, coordinator, week >= next_person))
        place = stop
    return tuple(found)


def best(meetings: tuple[Meeting, ...]) -> Meeting | None:
    """The meeting with the most to see in it, of the first person of the place if they had any; the earliest of equals."""
    ranked = sorted(meetings, key=lambda one: (one.another, -one.telling, one.main))
    return ranked[0] if ranked else None


@dataclass(frozen=True)
class PersonsMeetings:
    """All meetings of one place, to be shown."""

    lives: Lives
    person: int

    @property
    def title(self) -> str:
        """What stands over them."""
        return f"Synthetic person {self.person}: meetings seen three ways"

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """In order of time."""
        return meetings_of(self.lives, self.person)

    def notes(self) -> list[str]:
        """What to bear in mind."""
        return [THREE, MARGIN, LEFT_OUT, SYNTHETIC]

    def text(self, width: int = 100) -> str:
        """The meetings for a terminal, in lines of at most `width` signs."""
        lines = [self.title]
        for one in self.meetings:
            taken = " (another synthetic person, who has the place by then)" if one.another else ""
            lines += ["", *wrapped(f"{one.title}{taken}", width)]
            for name, told in one.views()._asdict().items():
                lines.append(f"  {COLUMNS[name]}")
                lines += [
                    line for said in told for line in wrapped(f"{said.text} [{said.row}]", width, "    ", "      ")
                ]
        lines += [] if self.meetings else ["", "No meeting was recorded."]
        lines.append("")
        return "\n".join([*lines, *(line for note in self.notes() for line in wrapped(note, width))]) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Plain types: each meeting with its three accounts, each fact of each sentence with the column it is from."""
        most = best(self.meetings)
        return {
            "about": self.title, "person": self.person, **run_json(self.lives),
            "meetings": [
                {"title": one.title, "week": one.week, "another": one.another, "telling": one.telling,
                 **{name: [said.as_json() for said in told] for name, told in one.views()._asdict().items()}}
                for one in self.meetings
            ],
            "best": None if most is None else self.meetings.index(most), "notes": self.notes(),
        }  # fmt: skip
