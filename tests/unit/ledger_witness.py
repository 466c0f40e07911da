"""What every column of a ledger should hold: a witness who steps the same run uncompiled and reckons for itself.

Whenever a row is about to be written, the witness looks at the world at that very moment and at a copy of the person from
before, asks the rules, draws from the keys, and notes what each column should be. So equality can be exact, to the bit.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from persim import draws
from persim import events as e
from persim import purposes as purpose
from persim.agent_engine import MODEL_MODULES, PlainWorld
from persim.draws import draw, judgement_stream, stream
from persim.jit import plain_twins
from persim.measures import N_FIELDS
from persim.outcomes import group_rows
from persim.phases.counting import NOTES_SIZE, Notes
from persim.population import n_posts_of, start_world
from persim.rules import caseload
from persim.scenario import Scenario
from persim.state import (
    LEAD_COORDINATOR,
)

Row = dict[str, Any]
AT_REVIEW, ON_REQUEST, BY_DEFAULT, PASSED_ON = 1, 2, 3, 4
NOTHING = {"outcome": 0, "practitioner": -1, "detail": 0, "first": 0, "second": 0, "threshold": 0, "draw": 0}
EXPECTED: dict[int, Callable[["Witness", Any], Row]] = {}


def holds(kind: int):
    def put(function):
        EXPECTED[kind] = function
        return function

    return put


def named(**columns: Any) -> Row:
    return columns


def copied(record: Any) -> SimpleNamespace:
    return SimpleNamespace(**vars(record))


def place_of(one: Any, many: list[Any]) -> int:
    return next(place for place, other in enumerate(many) if other is one)


class Witness:
    """Steps a run.

    Attributes:
        expected: dtype EVENT, one record for each row of the run's ledger. columns: kind -> names that were reckoned.
        before, at_turn: the person at hand before what is written now, and when the person's phase began.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.rows: list[tuple[int, int, int, Row]] = []
        self.columns: dict[int, set[str]] = {}
        enriched = -1.0 if scenario.enrich is None else float(scenario.enrich)
        world = start_world(scenario.n_users, scenario.weekly_parameters(), seed, enriched)
        self.seed, self.first_week, self.n_posts, self.row = seed, scenario.start_week, n_posts_of(world), -1
        self.world = PlainWorld(world, {}).objects
        self.users, self.posts, self.teams = self.world.users, self.world.practitioners, self.world.teams
        self.spirals = [0] * len(world.localities)
        space = plain_twins(MODEL_MODULES, draws.PLAIN)
        space |= {"record": self.record, "turn_to": self.turn_to}
        for name, look in (
            ("person_lives", self.look_at_person), ("person_meets_new_coordinator", self.look_at_person),
            ("post_opens_week", self.look_at_post), ("record_week_of_post", lambda _, post, *more: self.look_at_post(post)),
            ("team_alarm_moves", self.look_at_team), ("organisation_acts", self.look_at_locality),
            ("record_terms", lambda _, org, *more: self.look_at_locality(org)),
        ):  # fmt: skip
            space[name] = self.seen_first(space[name], look)
        first, n_rows = group_rows(len(world.localities), ())
        n_weeks, out = scenario.n_weeks, np.zeros((1, n_rows, N_FIELDS))
        notes = Notes([0.0] * NOTES_SIZE, ())
        places = seed, enriched, self.first_week, 0, 0, n_weeks, n_weeks
        space["run_weeks"](self.world, *places, out, [0] * 4, first.tolist(), notes)
        self.expected = np.zeros(len(self.rows), e.EVENT)
        for place, (week, kind, person, columns) in enumerate(self.rows):
            row = {"week": week, "kind": kind, "person": person} | NOTHING | columns
            self.expected[place] = tuple(row[name] for name in e.EVENT.names or ())

    @staticmethod
    def seen_first(function, look):
        def call(*args):
            look(*args)
            return function(*args)

        return call

    def turn_to(self, notes, week, row):
        if row < 0:
            self.posts_before = [copied(post) for post in self.posts]
        self.week, self.row, self.last, self.p = week, row, 0, self.world.parameters[week - self.first_week]
        if row >= 0:
            self.look_at_person(self.users[row])
            self.team = self.teams[self.posts[self.before.coordinator].team]
            self.org = self.world.localities[self.team.locality]
            self.at_turn, self.s = self.before, stream(self.before.key, week)

    def look_at_person(self, user, *more):
        self.before = copied(user)

    def look_at_post(self, post, *more):
        self.number = place_of(post, self.posts)

    def look_at_team(self, team, *more):
        self.number, self.team_before = place_of(team, self.teams), copied(team)

    def look_at_locality(self, org, *more):
        self.number, self.org = place_of(org, self.world.localities), org

    def record(self, notes, kind, *written):
        user = self.users[self.row] if self.row >= 0 else None
        columns = EXPECTED[kind](self, user)
        self.columns.setdefault(kind, set()).update(columns)
        self.rows.append((self.week, kind, self.row, columns))
        self.last = kind

    def u(self, what: int) -> float:
        """The draw of the person at hand for a purpose of this week."""
        return draw(self.s, what)

    def period(self, user) -> int:
        return caseload.judgement_period(user, self.p, self.week)

    def judgement(self, user, lead) -> int:
        return judgement_stream(user.key, lead.key + lead.holder, self.period(user))

    def led_by(self, user) -> int:
        return user.coordinator if user.lead_worker == LEAD_COORDINATOR else user.lead_worker

    def duty_amhp(self) -> int:
        team = self.team
        there = [
            row
            for row in range(team.first_post, team.first_post + team.n_posts)
            if self.posts[row].amhp == 1 and self.posts[row].vacant_weeks == self.posts[row].sick_weeks == 0
        ]
        if not there:
            return self.n_posts + 2 * team.locality + 1
        return there[int(draw(stream(team.key, self.week), purpose.AGREE) * len(there))]

    def counted(self, kind: int, meets: Callable[[int, Row], bool]) -> int:
        """Rows of this kind in this week that meet something about the person and the columns."""
        found = 0
        for week, other, person, columns in reversed(self.rows):
            if week != self.week:
                break
            found += other == kind and meets(person, columns)
        return found
