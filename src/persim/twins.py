"""Twins: the same synthetic person in two scenarios, up to where the two lives part, why they part, and what followed.

Luck is keyed to the person, so two runs of one seed hold the same people, and a draw is the same wherever the same
decision is met. What differs between two lives follows from what differs between the scenarios. Read `Twins` first;
`twin_rows` finds the parting, `twin_reasons` what stands behind it, `twin_words` tells it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from persim import events
from persim.errors import InputError
from persim.explain import is_ledger, lives_of
from persim.life_end import end_of
from persim.life_sentences import Told, tell
from persim.lives import Lives
from persim.scenario import Scenario
from persim.scenario_words import numbers_in_week
from persim.sentence import Sentence
from persim.twin_pairs import check_same_people, is_one_scenario, names_of, read_pair
from persim.twin_reasons import Decision, Difference, decision_of, leader, of_locality, of_person, of_post
from persim.twin_rows import Parting, gates_that_differ, other_chances, parting_of
from persim.twin_turns import Turn, turn_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Shared(NamedTuple):
    """A sentence of both lives: as the first ledger tells it, and the second (in other words where an amount differs)."""

    first: Sentence
    second: Sentence


class OtherChance(NamedTuple):
    """Decisions before the parting that met another chance and ended alike: the first of them, how many, of how many."""

    first: Decision
    week: int
    n: int
    of: int


@dataclass(frozen=True)
class Twins:
    """One person in two runs.

    Attributes:
        a, b: the lives of the two runs. person: row of the people. every: tell every row?
        called: what the two are called, if not by the names of their scenarios. legal: tell of gates of law too?
    """

    a: Lives
    b: Lives
    person: int
    every: bool = False
    called: tuple[str, str] | None = None
    legal: bool = True

    @cached_property
    def names(self) -> tuple[str, str]:
        """What the two scenarios are called, told apart."""
        return self.called or names_of(self.a.ledger.scenario, self.b.ledger.scenario)

    @property
    def title(self) -> str:
        """What stands over every page."""
        return f"Synthetic person {self.person} in two scenarios"

    @property
    def subtitle(self) -> str:
        """Scenarios, seed, size and time."""
        ledger = self.a.ledger
        return (
            f"{self.names[0]} beside {self.names[1]}: {self.a.seed_words}, {ledger.scenario.n_users:,} people, "
            f"{self.a.first_day()} to {self.a.last_day()}"
        )

    @property
    def is_one_scenario(self) -> bool:
        """Are the two scenarios the same?"""
        return is_one_scenario(self.a.ledger.scenario, self.b.ledger.scenario)

    @cached_property
    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the person's rows in the two ledgers, in order."""
        return self.a.of_person(self.person), self.b.of_person(self.person)

    @cached_property
    def parting(self) -> Parting | None:
        """Where the lives part; None if they never do."""
        return parting_of(self.a.rows, self.numbers[0], self.b.rows, self.numbers[1])

    @property
    def n_common(self) -> int:
        """Rows that both lives have before they part."""
        return len(self.numbers[0]) if self.parting is None else self.parting.common

    @cached_property
    def told(self) -> tuple[Told, Told]:
        """Both lives in sentences."""
        first, second = (
            tell(lives.rows, numbers, lives.setting(self.person, self.legal), self.every)
            for lives, numbers in zip((self.a, self.b), self.numbers, strict=True)
        )
        return first, second

    @cached_property
    def shared(self) -> tuple[Shared, ...]:
        """The sentences up to the parting."""
        partner = dict(
            zip(self.numbers[0][: self.n_common].tolist(), self.numbers[1][: self.n_common].tolist(), strict=True)
        )
        of_second = {sentence.row: sentence for sentence in self.told[1].sentences}
        return tuple(
            Shared(sentence, of_second[partner[sentence.row]])
            for sentence in self.told[0].sentences
            if sentence.row in partner and partner[sentence.row] in of_second
        )

    @cached_property
    def after(self) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
        """The sentences from the parting on, of each life."""
        first, second = (
            tuple(sentence for sentence in told.sentences if sentence.row in set(numbers[self.n_common :].tolist()))
            for told, numbers in zip(self.told, self.numbers, strict=True)
        )
        return first, second

    # Why

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions in which the lives part, where the same stand in both ledgers: one, or the gates that differ."""
        parting = self.parting
        if parting is None or parting.first is None or parting.second is None:
            return ()
        a, b = self.a.rows, self.b.rows
        if a["kind"][parting.first] != b["kind"][parting.second]:
            return ()
        pairs = [(parting.first, parting.second)]
        at = {events.E_OPPORTUNITY: 0, events.E_HAND_OFF: 1}.get(int(a["kind"][parting.first]))
        if at is not None:  # a hand-off that arrives is followed by its opportunity
            pairs = gates_that_differ(a, self.numbers[0], b, self.numbers[1], parting.common + at) or pairs
        return tuple(decision_of(a, b, first, second, self.a.posts) for first, second in pairs)

    @cached_property
    def other_chance(self) -> OtherChance | None:
        """Chances that differed before the lives part, and did not matter; None if there was none."""
        (of_a, of_b), a, b = self.numbers, self.a.rows, self.b.rows
        places = other_chances(a, of_a, b, of_b, self.n_common)
        if not len(places):
            return None
        first = decision_of(a, b, int(of_a[places[0]]), int(of_b[places[0]]), self.a.posts)
        by_chance = [kind for kind, what in events.KINDS.items() if what.by_chance]
        n_decisions = int(np.isin(a["kind"][of_a[: self.n_common]], by_chance).sum())
        return OtherChance(first, int(a["week"][first.rows[0]]), len(places), n_decisions)

    @cached_property
    def turn(self) -> Turn | None:
        """Where it was decided that only one of the lives has a budget in use in the end; None if both have, or neither."""
        return turn_of(self)

    @cached_property
    def states(self) -> tuple[np.ndarray, np.ndarray]:
        """The person's record at the end of each week in both runs, dtype USER, each of shape (n_weeks,)."""
        return self.a.states(self.person), self.b.states(self.person)

    @cached_property
    def before(self) -> tuple[np.ndarray, np.ndarray]:
        """The person's record at the end of the week before the parting (at the start, if there is none before)."""
        index = -1 if self.parting is None else self.parting.week - self.a.weeks[0] - 1
        if self.parting is not None and index < 0:
            return self.a.start.users[self.person], self.b.start.users[self.person]
        return self.states[0][index], self.states[1][index]

    @property
    def person_before(self) -> list[Difference]:
        """What differed in the person just before the parting."""
        return of_person(*self.before) if self.parting is not None else []

    @property
    def service_before(self) -> list[Difference]:
        """What differed in the week of the parting for the practitioner who leads, and in the locality."""
        if self.parting is None:
            return []
        posts = leader(self.before[0]), leader(self.before[1])
        locality = int(self.a.start.practitioners["locality"][posts[0]])
        week = self.parting.week
        return of_post(self.a.rows, self.b.rows, posts, week) + of_locality(self.a.rows, self.b.rows, locality, week)

    @property
    def scenario_numbers(self) -> list[str]:
        """The numbers that differ between the scenarios in the week of the parting, in words."""
        if self.parting is None:
            return []
        return numbers_in_week(self.a.ledger.scenario, self.b.ledger.scenario, self.parting.week)

    # In the end

    @cached_property
    def ends(self) -> list[tuple[str, str, str]]:
        """How it stands in the last week: (what, in the first, in the second), in words."""
        first, second = (end_of(states[-1]) for states in self.states)
        if self.states[0][-1]["key"] != self.states[1][-1]["key"]:
            first = {"Who": "the person who has the place then", **first}
            second = {"Who": "another synthetic person", **second}
        return [(what, first.get(what, "–"), second.get(what, "–")) for what in dict.fromkeys([*first, *second])]

    def text(self, width: int = 100) -> str:
        """The two lives for a terminal or a text file; side by side from 120 signs on."""
        from persim.twin_words import text_of

        return text_of(self, width)

    def as_json(self) -> dict[str, Any]:
        """Plain types: what both lives share, the parting and what stands behind it, what followed, the end."""
        from persim.twin_words import json_of

        return json_of(self)

    def figure(self) -> Figure:
        """The two life lines, one over the other, with the parting marked."""
        from persim.twin_line import twin_line

        return twin_line(self)


# Two runs of the same people


def twins(
    a: Scenario | str | Path, b: Scenario | str | Path, seed: int | None = None, person: int = 0, *, every: bool = False,
    n_users: int | None = None, n_weeks: int | None = None, **parameters: float | None,
) -> Twins:  # fmt: skip
    """The same synthetic person in two scenarios.

    Args:
        a, b: scenarios, their names or paths; or ledgers that were kept, or the folders they lie in.
        seed: of both runs, 1 if none. person: row of the people, from 0. every: tell every row, with chance and draw.
        n_users, n_weeks, parameters: as for `persim.simulate`, for both.

    Raises: ScenarioError for a bad scenario; InputError if the runs do not hold the same people over the same weeks, or
        there is no such person.
    """
    return twins_of(paired_lives(a, b, seed, n_users, n_weeks, parameters), person, every)


def twins_of(lives: tuple[Lives, Lives], person: int, every: bool = False) -> Twins:
    """`twins` of the lives of two runs (see `paired_lives`). Raises: InputError if there is no such person."""
    lives[0].of_person(person)
    return Twins(*lives, person, every)


def paired_lives(
    a: Scenario | str | Path, b: Scenario | str | Path, seed: int | None, n_users: int | None, n_weeks: int | None,
    parameters: Mapping[str, float | None], luck: int | None = None,
) -> tuple[Lives, Lives]:  # fmt: skip
    """The lives of two runs that hold the same people.

    A scenario beside a ledger is run with the ledger's seed, luck, people and weeks, unless others are given.

    Args:
        a, b, seed, n_users, n_weeks, parameters: as for `twins`. luck: of two scenarios, as for `persim.simulate`.

    Raises: InputError if the runs do not hold the same people, or if a number is to be changed in two ledgers.
    """
    kept = [is_ledger(source) for source in (a, b)]
    if any(kept) and luck is not None:
        raise InputError(
            "a ledger is of a run that is made: its luck cannot be changed, and the other life has the same"
        )
    if not any(kept):
        first, second = read_pair(a, b, n_users, n_weeks, parameters)
        return lives_of(first, seed, luck=luck), lives_of(second, seed, luck=luck)
    if all(kept):
        one, other = (lives_of(source, seed, n_users, n_weeks, parameters) for source in (a, b))
    else:
        ledger = lives_of(a if kept[0] else b)
        scenario = ledger.ledger.scenario
        for what, given, size in (("people", n_users, scenario.n_users), ("weeks", n_weeks, scenario.n_weeks)):
            if given is not None and given != size:
                raise InputError(
                    f"{a if kept[0] else b} is a ledger of {size:,} {what}, and the other scenario is run with as many: "
                    f"leave --{what} out"
                )
        run = lives_of(
            b if kept[0] else a, ledger.ledger.seed if seed is None else seed,
            scenario.n_users if n_users is None else n_users, scenario.n_weeks if n_weeks is None else n_weeks, parameters,
            ledger.ledger.luck,
        )  # fmt: skip
        one, other = (ledger, run) if kept[0] else (run, ledger)
    check_same_people(one.ledger.scenario, other.ledger.scenario)
    if one.ledger.seed != other.ledger.seed:
        raise InputError(
            f"the two runs have seeds {one.ledger.seed} and {other.ledger.seed}: twins have the same luck, so one seed"
        )
    if one.ledger.luck != other.ledger.luck:
        raise InputError(f"the two runs have the luck of other seeds ({one.seed_words}; {other.seed_words}): no twins")
    return one, other
