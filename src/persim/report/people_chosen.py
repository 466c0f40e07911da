"""Whose stories a report tells: chosen by rule from one seed, the typical person of each case, never for a striking story."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from persim.choosers import CONDITIONS, Features, typical
from persim.errors import PersimError
from persim.flow_counts import GAINS, LOSES, STAYS_WITH, STAYS_WITHOUT, in_base, is_real, moves_of
from persim.lives import Lives
from persim.report.folder import ResultFiles
from persim.report.reference import alternatives_of, first_seed, reference_of
from persim.report.views import clean, clipped
from persim.scenario import Scenario
from persim.simulate import Run, run_scenario
from persim.twin_pairs import check_same_people

MOST_PEOPLE = 3_000  # in the run that stories are from
MOST_STORIES = 3
TITLE_SIGNS = 60


@dataclass(frozen=True)
class Chosen:
    """A person, the case they stand for, and the rule that chose them, in words."""

    person: int
    case: str
    rule: str


@dataclass(frozen=True)
class Runs:
    """One run, or a pair of the same people, with their lives.

    Attributes:
        scenarios: named as the report calls them. counts: how many people move how, in a sentence; "" for one run.
    """

    scenarios: tuple[Scenario, ...]
    seed: int
    lives: tuple[Lives, ...]
    runs: tuple[Run, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the scenarios are called, in quotation marks."""
        return tuple(scenario.name for scenario in self.scenarios)

    @property
    def counts(self) -> str:
        """Who gains, who loses, in a sentence; nothing for one run."""
        if len(self.runs) < 2:
            return ""
        moves = {move: len(rows) for move, rows in moves_of(self.runs[0].world, self.runs[1].world).items()}
        total = sum(moves[move] for move in (GAINS, LOSES, STAYS_WITH, STAYS_WITHOUT))
        return (
            f"Of {total:,} people eligible at the end in both, {moves[GAINS]:,} have a real budget in {self.names[1]} only, "
            f"{moves[LOSES]:,} in {self.names[0]} only, {moves[STAYS_WITH]:,} in both, and {moves[STAYS_WITHOUT]:,} in "
            "neither."
        )


def runs_of(files: ResultFiles) -> Runs | None:
    """The reference's first seed run again with its ledger, and the best alternative of the same people beside it.

    None if the folder does not hold the reference's numbers.
    """
    reference = reference_of(files)
    if reference is None:
        return None
    pair = [_named(reference, files.title(files.names[0]))]
    for name, other in alternatives_of(files):
        beside = _named(other, files.title(name))
        try:
            check_same_people(pair[0], beside)
        except PersimError:
            continue
        pair.append(beside)
        break
    seed = first_seed(files)
    try:
        runs = [run_scenario(scenario, seed, "final", ledger=True) for scenario in pair]
    except PersimError:
        return None
    lives = tuple(Lives(run.ledger) for run in runs if run.ledger is not None)
    return Runs(tuple(pair), seed, lives, tuple(runs))


def _named(scenario: Scenario, title: str) -> Scenario:
    """The scenario under its title, in quotation marks, and of no more people than stories need."""
    people = min(scenario.n_users, MOST_PEOPLE)
    return replace(scenario, name=f"“{clipped(clean(title), TITLE_SIGNS)}”", n_users=people)


def chosen_of(runs: Runs) -> list[Chosen]:
    """Up to three people: who moves, who was never offered one at high perceived risk, who has a real budget."""
    features = [Features(lives) for lives in runs.lives]
    summaries = np.concatenate([one.summaries for one in features], axis=1)
    stays = np.ones(features[0].n, bool)  # in their place all along, so that a story is of one person
    for lives in runs.lives:
        stays &= lives.first_week_of_next >= lives.weeks[1]
    found: list[Chosen] = []
    for case, held, rule in (_cases_of_pair if len(runs.runs) > 1 else _cases_of_one)(runs, features[0]):
        held = held & stays
        held[[one.person for one in found]] = False
        matching = np.flatnonzero(held)
        if len(matching) and len(found) < MOST_STORIES:
            n = len(matching)
            how = f"The typical one of {n:,} people" if n > 1 else "The only one of those"
            found.append(Chosen(typical(summaries, matching), case, f"{how} {rule}."))
    return found


Case = tuple[str, np.ndarray, str]


def _cases_of_pair(runs: Runs, first: Features) -> list[Case]:
    a, b = runs.names
    moves = moves_of(runs.runs[0].world, runs.runs[1].world)
    gains = (
        "Gains a real budget",
        _rows(moves[GAINS], first.n),
        f"who have a real budget at the end in {b} and not in {a}",
    )
    loses = (
        "Loses a real budget",
        _rows(moves[LOSES], first.n),
        f"who have a real budget at the end in {a} and not in {b}",
    )
    both = ("A real budget in both", _rows(moves[STAYS_WITH], first.n), "who have a real budget at the end in both")
    neither = ("A real budget in neither", _rows(moves[STAYS_WITHOUT], first.n), "who have none at the end in both")
    mover = loses if len(moves[LOSES]) > len(moves[GAINS]) else gains
    return [mover, _never_offered(first, f" in {a}"), both, neither]


def _cases_of_one(runs: Runs, first: Features) -> list[Case]:
    world = runs.runs[0].world
    real = ("A real budget", is_real(world), "who have a real budget at the end")
    without = in_base(world) & ~is_real(world)
    declined = (
        "Declined an offer",
        CONDITIONS["declined"][1](first),
        "who declined an offer at some time, which is a choice",
    )
    none = ("No real budget", without, "who are eligible at the end and have no real budget")
    return [real, _never_offered(first, ""), declined, none]


def _never_offered(first: Features, where: str) -> Case:
    held = CONDITIONS["never offered"][1](first) & CONDITIONS["high perceived risk"][1](first)
    return (
        "Never offered one, seen as a high risk", held,
        f"who were eligible at some time, seen as a high risk at the start, and never offered a budget{where}",
    )  # fmt: skip


def _rows(rows: np.ndarray, n: int) -> np.ndarray:
    held = np.zeros(n, bool)
    held[rows] = True
    return held
