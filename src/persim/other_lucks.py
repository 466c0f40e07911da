"""The same story with only the luck changed: one synthetic person at the start, and several lives from there.

People, posts, teams, rules and scenario are the same; chance falls otherwise from the first week on (`persim.start`). What
differs between such lives is luck alone. One life says little then: `LuckShares` counts over many, quickly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np

from persim import events
from persim.biography import counts_of, gate_counts
from persim.errors import InputError
from persim.life_end import IN_A_STORY, end_of
from persim.life_sentences import Told, tell, telling_of
from persim.lives import Lives
from persim.policy import day_words
from persim.scenario import Scenario
from persim.sentence import Sentence
from persim.simulate import run_scenario
from persim.start import start_of
from persim.state import Barrier, Place, Stage
from persim.twin_rows import Parting, parting_of
from persim.twin_turns import start_of_budget

SAME_START = (
    "The same synthetic person, service, rules and scenario at the start; only chance falls otherwise from the first week "
    "on: for this person, and for everybody with whom they have to do. Which peers they are linked with, and what a budget "
    "would come to, is luck too."
)
ONE_LIFE = "A life that ends well under one luck and not under another says nothing of the person, nor of who worked with them."
MAIN = (
    events.E_ASKED, events.E_OFFER, events.E_HANDED_ON, events.E_PANEL, events.E_IN_USE, events.E_BUDGET_ENDED,
    events.E_LEFT, events.E_DISCHARGED, events.E_REFERRED,
)  # fmt: skip
MOST_DATES = 8
SHARES = {
    "opportunity": "budgets came up at least once",
    "offered": "a budget was offered at least once",
    "in_use": "a budget is in use in the end",
    "real": "the budget in use is real: an agreed plan, and a sum known or free to vary",
    "strict": "the budget in use has all three truths",
    "counted": "the council counts a budget in the end",
    "away": "discharged in the end, or the place went to another synthetic person",
}


@dataclass(frozen=True)
class Luck:
    """One life of the person.

    Attributes:
        lives: of the run. person: row of the people. first: the life that it is set beside, or None for the first itself.
    """

    lives: Lives
    person: int
    first: Luck | None = None

    @property
    def seed(self) -> int:
        """The seed of its luck."""
        return self.lives.ledger.weekly_seed

    @cached_property
    def numbers(self) -> np.ndarray:
        """Numbers of the person's rows, the last of which may say that another takes the place."""
        found = self.lives.of_person(self.person)
        taken = np.flatnonzero(self.lives.rows["kind"][found] == events.E_REFERRED)
        return found[: taken[0] + 1] if len(taken) else found

    @cached_property
    def own(self) -> np.ndarray:
        """Those rows."""
        return self.lives.rows[self.numbers]

    @cached_property
    def told(self) -> Told:
        """The life in sentences."""
        return tell(self.lives.rows, self.numbers, self.lives.setting(self.person))

    @cached_property
    def end(self) -> list[tuple[str, str]]:
        """How it stands in the last week, in words."""
        state = self.lives.states(self.person)[-1]
        found = end_of(state)
        if self.is_another:
            found = {"Who": "another synthetic person has the place by then", **found}
        return [(what, found[what]) for what in IN_A_STORY if what in found]

    @property
    def is_another(self) -> bool:
        """Has another synthetic person taken the place by the end?"""
        return bool(self.lives.first_week_of_next[self.person] < self.lives.weeks[1])

    @cached_property
    def dates(self) -> tuple[Sentence, ...]:
        """The main dates: requests, offers, hand-offs, decisions, budgets; the first few."""
        names = {events.KINDS[kind].name for kind in MAIN}
        return tuple(one for one in self.told.sentences if one.kind in names)[:MOST_DATES]

    @cached_property
    def budget(self) -> tuple[int, int] | None:
        """Places, among the rows, of the opportunity and the offer behind the budget in use in the end; None if none is."""
        return start_of_budget(self.own)

    @cached_property
    def parting(self) -> Parting | None:
        """Where it parts from the first life; None for the first itself, and if it never does."""
        if self.first is None:
            return None
        return parting_of(self.first.lives.rows, self.first.numbers, self.lives.rows, self.numbers)

    @cached_property
    def parting_words(self) -> str:
        """The first event that one of the two lives has and the other has not, or has otherwise."""
        parting = self.parting
        if parting is None:
            return ""
        day = day_words(parting.week)
        sides = [(self, parting.second), (cast(Luck, self.first), parting.first)]
        side, number = next((life, number) for life, number in sides if number is not None)
        setting = side.lives.setting(self.person)
        setting.aftercare = -1
        telling = telling_of(cast(np.void, side.lives.rows[number]), setting, every=True)
        text = telling.text if telling is not None else ""
        whose = "here" if side is self else "with the first luck"
        return f"From the week of {day} on they differ; {whose}: {text[:1].lower()}{text[1:]}"

    @cached_property
    def decided(self) -> str:
        """One sentence on what the luck decided, beside the first life."""
        if self.first is None:
            return f"{_way(self)[:1].upper()}{_way(self)[1:]}."
        ours, theirs = self.budget is not None, self.first.budget is not None
        if ours and theirs:
            weeks = _week_of_offer(self) - _week_of_offer(self.first)
            when = "in the same week" if weeks == 0 else f"{abs(weeks)} weeks {'later' if weeks > 0 else 'earlier'}"
            return f"A budget in the end under both: luck decided when; the offer came {when}."
        if ours:
            return f"Luck decided that a budget came of it: {_way(self)}; with the first luck {_way(self.first)}."
        if theirs:
            return f"Luck decided that no budget came of it: {_way(self)}; with the first luck {_way(self.first)}."
        if _way(self) == _way(self.first):
            return f"No budget in the end under either: {_way(self)}, under both."
        return (
            f"No budget in the end under either, on other ways: {_way(self)}; with the first luck {_way(self.first)}."
        )


@dataclass(frozen=True)
class OtherLucks:
    """One person under several lucks. lives: of the runs, the first of which the others are set beside."""

    person: int
    lives: tuple[Lives, ...]

    @property
    def title(self) -> str:
        """What stands over it."""
        n = len(self.lives)
        return f"Synthetic person {self.person} under {f'{n} lucks' if n > 1 else 'one luck'}"

    @cached_property
    def lucks(self) -> tuple[Luck, ...]:
        """Each life."""
        first = Luck(self.lives[0], self.person)
        return (first, *(Luck(lives, self.person, first) for lives in self.lives[1:]))


def other_lucks(lives: Sequence[Lives], person: int) -> OtherLucks:
    """One person in runs that differ in luck alone.

    Raises: InputError if there is no such person, no run, or the runs differ in more than their luck.
    """
    if not lives:
        raise InputError("a story with other luck needs at least one run")
    first = lives[0].ledger
    for one in lives:
        one.of_person(person)
        if one.ledger.seed != first.seed or one.ledger.scenario.digest() != first.scenario.digest():
            raise InputError("these runs differ in more than their luck: they need one scenario and one seed of people")
    return OtherLucks(person, tuple(lives))


def _way(luck: Luck) -> str:
    """How far it came, in a few words."""
    if luck.budget is not None:
        return f"every gate stood open in the week of {day_words(_week_of_offer(luck))}, and the budget is in use"
    own, counts = luck.own, counts_of(luck.own)
    kinds = own["kind"]
    times = counts["opportunities to speak of budgets"]
    start = luck.lives.start.users[luck.person]
    if start["pathway_stage"] == Stage.IN_USE and not (kinds == events.E_BUDGET_ENDED).any():
        return "the budget that was there at the start is there still"
    if (kinds == events.E_IN_USE).any() or (kinds == events.E_BUDGET_ENDED).any():
        return "a budget was in use and has ended"
    if counts["offers accepted"]:
        left = own[(kinds == events.E_LEFT) & (own["detail"] > Stage.HANDED_ON)]
        if len(left):
            return f"a budget was accepted, and it ended on the way ({_ending(int(left['outcome'][-1]))})"
        return "a budget was accepted, and is on its way still"
    if counts["offers declined"]:
        return "a budget was offered and declined, which is a choice"
    if times:
        first, _ = gate_counts(own["detail"][kinds == events.E_OPPORTUNITY].tolist())
        gate, n = first.most_common(1)[0]  # without an offer, a gate was closed each time
        most = f"first that of {gate}" if n == times else f"most often first that of {gate}"
        return f"budgets came up {_times(times)}, and each time a gate was closed, {most}"
    return "budgets never came up"


def _ending(barrier: int) -> str:
    words = {
        Barrier.STEPS_AND_WAITS: "steps and waits", Barrier.CONTRIBUTION: "a contribution was asked",
        Barrier.FUNDING_DISPUTE: "a dispute over funding", Barrier.PANEL: "the panel", Barrier.MARKET: "no support found",
        Barrier.ENDED: "discharge, or no longer eligible",
    }  # fmt: skip
    return words.get(Barrier(barrier), "it was not taken on")


def _times(n: int) -> str:
    return "once" if n == 1 else "twice" if n == 2 else f"{n} times"


def _week_of_offer(luck: Luck) -> int:
    assert luck.budget is not None
    return int(luck.own["week"][luck.budget[1]])


# Over many lucks


@dataclass(frozen=True)
class LuckShares:
    """How often something is so, over many lucks, for every place.

    Attributes:
        lucks: the seeds of the lucks, in order. found: of `SHARES`, name -> bool (n_lucks, n_users); only of the person who
            was there at the start, so all but `away` are False where another has taken the place.
    """

    lucks: tuple[int, ...]
    found: dict[str, np.ndarray]

    def counts(self, person: int) -> dict[str, int]:
        """Under how many of the lucks each is so for one person."""
        return {name: int(values[:, person].sum()) for name, values in self.found.items()}

    def as_json(self, person: int) -> dict[str, Any]:
        """Plain types: of how many lucks, and for each of `SHARES` what it is and under how many it is so."""
        counts = self.counts(person)
        rows = [{"name": name, "what": what, "n": counts[name]} for name, what in SHARES.items()]
        return {"of": len(self.lucks), "lucks": [min(self.lucks), max(self.lucks)], "shares": rows}


def luck_shares(scenario: Scenario, seed: int, lucks: Iterable[int]) -> LuckShares:
    """Run one scenario with the people of one seed under each luck, without a ledger: about ten milliseconds each.

    Raises: InputError if there is no luck, or one is no seed.
    """
    chosen = tuple(lucks)
    if not chosen:
        raise InputError("shares over lucks need at least one luck")
    rows: dict[str, list[np.ndarray]] = {name: [] for name in SHARES}
    for luck in chosen:
        run = run_scenario(scenario, seed, "final", luck=luck)
        same = run.world.users["key"] == start_of(scenario, run.seed, run.luck).users["key"]
        for name, values in _so(run.world.users, same).items():
            rows[name].append(values)
    return LuckShares(chosen, {name: np.array(values) for name, values in rows.items()})


def joined_shares(parts: Sequence[LuckShares]) -> LuckShares:
    """Shares that were counted in parts, together."""
    found = {name: np.concatenate([part.found[name] for part in parts]) for name in SHARES}
    return LuckShares(tuple(luck for part in parts for luck in part.lucks), found)


def _so(users: np.ndarray, same: np.ndarray) -> dict[str, np.ndarray]:
    known, agreed, free = (users[name] == 1 for name in ("amount_known", "plan_agreed", "can_vary"))
    in_use = same & (users["pathway_stage"] == Stage.IN_USE)
    return {
        "opportunity": same & (users["n_opportunities"] > 0), "offered": same & (users["n_offers"] > 0),
        "in_use": in_use, "real": in_use & agreed & (known | free), "strict": in_use & agreed & known & free,
        "counted": same & (users["counted"] == 1), "away": ~same | (users["place"] == Place.AWAY),
    }  # fmt: skip
