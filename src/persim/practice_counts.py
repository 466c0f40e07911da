"""What one run says of practitioners: where the hours went, how often the time gate closed, and who hands on to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from persim import events
from persim.hand_offs import FATES, hand_offs
from persim.ledger import Ledger
from persim.lives import Lives
from persim.measures import COLUMN
from persim.scenario import Scenario
from persim.simulate import Run, run_scenario
from persim.state import Barrier, Profession

# Uses of a week's hours, in the order of priority in which the rules share them; then what stands apart.
USES = ("crisis", "detained", "cto", "unsettled", "routine", "reviews", "talk", "forms", "amhp")
USE_WORDS = {
    "crisis": "People in crisis", "detained": "People detained", "cto": "People on CTOs", "unsettled": "People who are unsettled",
    "routine": "Routine contacts", "reviews": "Care reviews", "talk": "Talking of budgets", "forms": "Forms for budgets",
    "amhp": "AMHP duty",
}  # fmt: skip
PROFESSIONS = ("nurse", "social worker", "occupational therapist")
SENDERS = (*PROFESSIONS, "broker", "council team")  # by `Profession`
N_PROFESSIONS = len(PROFESSIONS)
# Of the time gate: opportunities led, with somebody at work, the gate closed, closed first of all gates.
LED, TRIED, CLOSED, CLOSED_FIRST = range(4)
YEAR_WEEKS = 52
# Rows of `Practice.weeks`: hours a week per post at work by use, their sum, what stands apart, then shares of time.
WEEK_ROWS = (*USES, "all", "overtime", "slipped", "gate_shut", "gate_closed", "gate_closed_first")
STEPS = ("hand_offs", "lost", "not_taken", "taken", "offered", "accepted", "in_use")


class PracticeCounts(NamedTuple):
    """Sums over the weeks of the window; professions are those of who does it, not of who coordinates.

    Shapes: hours (3, n_uses), hours of posts at work; overtime, slipped, gate_shut, post_weeks (3,); gate (3, 4), see `LED`;
    hand_offs (5, 5, n_fates), weighted people by profession of sender and taker; eligible: person-years in the base.
    """

    hours: np.ndarray
    overtime: np.ndarray
    slipped: np.ndarray
    gate_shut: np.ndarray
    post_weeks: np.ndarray
    gate: np.ndarray
    hand_offs: np.ndarray
    eligible: float


def counts_of_run(scenario: Scenario, seed: int, window: tuple[int, int]) -> PracticeCounts:
    """Run once with the ledger, and count.

    Args:
        window: calendar weeks, the first and the one after the last. Hand-offs made in it are followed to the run's end.
    """
    run = run_scenario(scenario, seed, "weekly", ("profession",), ledger=True)
    return counted(run, window)


def counted(run: Run, window: tuple[int, int]) -> PracticeCounts:
    """What a run with its ledger and the group "profession", recorded weekly, says of practitioners."""
    assert run.ledger is not None
    chosen = (run.weeks >= window[0]) & (run.weeks < window[1])
    sums = run.counts[chosen].sum(axis=0)
    groups = [label for _, label in run.labels]
    own = sums[[groups.index(name) for name in PROFESSIONS]]
    professions = run.world.practitioners["profession"]
    rows = run.ledger.rows[(run.ledger.rows["week"] >= window[0]) & (run.ledger.rows["week"] < window[1])]
    hours = np.stack([own[:, COLUMN[f"hours_{use}"]] for use in USES], axis=1)
    # The measure counts forms with the profession that coordinates; the ledger with the post that does them.
    hours[:, USES.index("forms")] = _by_profession(rows, events.E_POST_HOURS, "draw", professions)
    return PracticeCounts(
        hours, own[:, COLUMN["overtime"]], own[:, COLUMN["displaced"]], own[:, COLUMN["time_gate_shut"]],
        own[:, COLUMN["posts_working"]], gate_counts(rows, professions),
        hand_off_counts(run.ledger, professions, window), float(sums[0, COLUMN["eligible"]]) / YEAR_WEEKS,
    )  # fmt: skip


def _by_profession(rows: np.ndarray, kind: int, column: str, professions: np.ndarray) -> np.ndarray:
    """The sum of a column over the rows of a kind, by profession of the post: (3,)."""
    chosen = rows[rows["kind"] == kind]
    sums = np.bincount(professions[chosen["practitioner"]], chosen[column], len(Profession))
    return sums[:N_PROFESSIONS]


def gate_counts(rows: np.ndarray, professions: np.ndarray) -> np.ndarray:
    """Opportunities by profession of who would lead, and of them those at which the time gate closed: (3, 4)."""
    met = rows[rows["kind"] == events.E_OPPORTUNITY]
    led = professions[met["practitioner"]]
    bits = met["detail"].astype(np.int64)
    somebody = bits != 1 << Barrier.NO_COORDINATOR
    closed = somebody & (bits >> Barrier.TIME & 1 == 1)
    before = (1 << Barrier.TIME) - 1  # gates that stand before the time gate
    first = closed & (bits & before == 0)
    cases = (np.ones(len(met), bool), somebody, closed, first)
    return np.stack([np.bincount(led[case], minlength=len(Profession))[:N_PROFESSIONS] for case in cases], 1).astype(
        float
    )


def hand_off_counts(ledger: Ledger, professions: np.ndarray, window: tuple[int, int]) -> np.ndarray:
    """Hand-offs made in the window by profession of sender and taker and by what came of them: (5, 5, n_fates)."""
    found = np.zeros((len(Profession), len(Profession), len(FATES)))
    weight = _weights(ledger)
    for one in hand_offs(ledger):
        if window[0] <= one.week < window[1]:
            found[professions[one.sender], professions[one.taker], one.fate] += weight(one.person, one.week)
    return found


def _weights(ledger: Ledger):
    """A function of (person, week): the weight of whoever has the place then; 1 unless a rare group was enriched."""
    if ledger.scenario.enrich is None:
        return lambda person, week: 1.0
    from persim.replay import Replay

    lives, replay = Lives(ledger), Replay(ledger)

    def weight(person: int, week: int) -> float:
        if week < lives.first_week_of_next[person]:
            return float(lives.start.users["weight"][person])
        return float(replay.weekly(person)["weight"][week - lives.weeks[0]])

    return weight
