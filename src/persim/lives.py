"""The lives of a run: its ledger beside the world as it began, from which everything that a story tells is looked up.

A row of people is a place under the Trust. The first person of a place is there from the start; when a place is taken by
another synthetic person (`E_REFERRED`), what follows is that person's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from persim.errors import InputError
from persim.events import E_DISCHARGED, E_NEW_COORDINATOR, E_REFERRED, E_RETURNED
from persim.phases.counting import LOWER_THIRD, UPPER_THIRD
from persim.policy import day_words
from persim.replay import Replay
from persim.sentence import PROFESSIONS, Posts, Setting
from persim.simulate import ready_the_compiled_model
from persim.start import seed_words, start_of
from persim.state import Carer, Informed, Integration, Place, Stage, World

if TYPE_CHECKING:
    from persim.ledger import Ledger

CARERS = {
    Carer.NONE: "no carer", Carer.SUPPORTS: "a carer who supports", Carer.ADVOCATES: "a carer who advocates",
    Carer.WORRIED: "a carer who is worried",
}  # fmt: skip
KNOWN = {
    Informed.NO: "nothing", Informed.KNOWS: "that they exist", Informed.UNDERSTANDS: "what they are",
}  # fmt: skip
JOINED = {
    Integration.INTEGRATED: "health and social care in one team", Integration.CO_LOCATED: "co-located services",
    Integration.SEPARATE: "separate services",
}  # fmt: skip


STATES_KEPT = 8  # people whose weeks are kept, of about 130 kB each in five years


class Lives:
    """A ledger and the world at its first week.

    Attributes:
        ledger: what happened. start: the world before its first week. posts: who holds which post.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Draw the world at the start again from the ledger's scenario and seed."""
        ready_the_compiled_model(ledger=True)  # as the run that kept it, so that no second one is compiled
        self.ledger = ledger
        self.start: World = start_of(ledger.scenario, ledger.seed, ledger.luck)
        self.posts = Posts(self.start.practitioners["profession"])

    @property
    def rows(self) -> np.ndarray:
        """The ledger's rows, dtype EVENT."""
        return self.ledger.rows

    @property
    def weeks(self) -> tuple[int, int]:
        """The first calendar week of the run, and the first after it."""
        scenario = self.ledger.scenario
        return scenario.start_week, scenario.start_week + scenario.n_weeks

    @property
    def seed_words(self) -> str:
        """The seed in words, and that of the luck if it is another."""
        return seed_words(self.ledger.seed, self.ledger.luck)

    def of_person(self, person: int) -> np.ndarray:
        """Numbers of a person's rows, in order. Raises: InputError if there is no such person."""
        return self.ledger.of_person(person)

    def setting(self, person: int, legal: bool = True) -> Setting:
        """What was so at the start for a person; `legal` as of `Setting`."""
        user = self.start.users[person]
        return Setting(
            self.posts, int(user["coordinator"]), int(user["eligible"]), int(user["informed"]),
            legal, int(user["s117"]),
        )  # fmt: skip

    @cached_property
    def replay(self) -> Replay:
        """Rebuilds people of this run, week by week."""
        return Replay(self.ledger)

    def states(self, person: int) -> np.ndarray:
        """A person's record at the end of each week, dtype USER, shape (n_weeks,); the last few asked for are kept."""
        return self._states(person)

    @cached_property
    def _states(self) -> Callable[[int], np.ndarray]:
        return lru_cache(STATES_KEPT)(self.replay.weekly)  # which threads of the seminar's page may share

    @cached_property
    def first_week_of_next(self) -> np.ndarray:
        """The week in which each place was first taken by another person, int64 (n_users,); the run's end if never."""
        found = np.full(len(self.start.users), self.weeks[1], np.int64)
        taken = self.rows[self.rows["kind"] == E_REFERRED]
        np.minimum.at(found, taken["person"], taken["week"].astype(np.int64))
        return found

    def coordinators(self, week: int) -> np.ndarray:
        """The post that coordinates each person at the end of a calendar week, int64 (n_users,)."""
        found = self.start.users["coordinator"].copy()
        moves = self.rows[(self.rows["kind"] == E_NEW_COORDINATOR) & (self.rows["week"] <= week)]
        found[moves["person"]] = moves["practitioner"]  # rows are in order of time, so the last one stays
        return found

    def on_caseload(self, week: int) -> np.ndarray:
        """Who is on a caseload, not discharged, at the end of a calendar week, bool (n_users,)."""
        found = self.start.users["place"] == Place.ON_CASELOAD
        kinds = (E_DISCHARGED, E_RETURNED, E_REFERRED)
        moves = self.rows[np.isin(self.rows["kind"], kinds) & (self.rows["week"] <= week)]
        found[moves["person"]] = moves["kind"] != E_DISCHARGED
        return found

    def week_of_post(self, kind: int, week: int, post: int) -> int | None:
        """Number of the row that says what a calendar week asked of a post (E_POST_WEEK) or where its hours went."""
        first, stop = np.searchsorted(self.rows["week"], [week, week + 1])
        span = self.rows[first:stop]
        found = np.flatnonzero((span["kind"] == kind) & (span["practitioner"] == post))
        return int(first + found[0]) if len(found) else None

    def place_of(self, post: int) -> str:
        """Team and locality of a post in words."""
        worker = self.start.practitioners[post]
        org = self.start.localities[worker["locality"]]
        where = "rural" if org["rural"] else "urban"
        return (
            f"team {worker['team']}, locality {worker['locality']} ({where}, {JOINED[Integration(org['integration'])]})"
        )

    def who(self, person: int) -> list[tuple[str, str]]:
        """What was so of a person at the start: (what, in words). No legal status: that is told as it happens."""
        user = self.start.users[person]
        need = "eligible for social care" if user["eligible"] else "not eligible for social care"
        if user["s117"]:
            need += ", with a right to aftercare (section 117)"
        post = int(user["coordinator"])
        found = [
            ("Social care", need),
            (
                "Perceived risk",
                f"{risk_group(float(user['perceived_risk']))} ({user['perceived_risk']:.2f}, from 0 to 1)",
            ),
            ("Carer", CARERS[Carer(user["carer"])]),
            ("Care coordinator", f"{PROFESSIONS[self.posts.professions[post]]} (post {post})"),
            ("Where", self.place_of(post)),
            ("Known of personal budgets", KNOWN[Informed(user["informed"])]),
            ("Service from the council", "yes, not as a budget" if user["package"] else "none"),
        ]
        if user["pathway_stage"] == Stage.IN_USE:
            found.append(("Personal budget", "a direct payment in use since before the start"))
        return found

    def first_day(self) -> str:
        """The first day of the run in words."""
        return day_words(self.weeks[0])

    def last_day(self) -> str:
        """The Monday of the last week in words."""
        return day_words(self.weeks[1] - 1)

    def checked_post(self, post: int) -> int:
        """The row of a post of a team. Raises: InputError if there is none."""
        n_posts = self.ledger.n_posts
        if not 0 <= post < n_posts:
            raise InputError(f"there is no practitioner {post}: posts are numbered 0 to {n_posts - 1}")
        return post


def risk_group(risk: float) -> str:
    """The band of a risk against the thirds of actual risk: low, middle or high."""
    return "low" if risk < LOWER_THIRD else "middle" if risk < UPPER_THIRD else "high"
