"""How one run of an attribution is made, and what is kept of it: which barriers were off, and what take-up came to.

A row holds, over the window: real take-up for everyone and by group with the eligible people behind it, where eligible
people without a real budget stand at the end of the window, and for the runs as they are the tally of closed gates.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from persim.agent_engine import fields_of
from persim.attribution_plan import AttributionPlan
from persim.barriers import Barrier
from persim.draws import PERSON, key_of
from persim.events import E_OPPORTUNITY, E_REFERRED
from persim.gate_tally import gate_tally
from persim.measures import COLUMN
from persim.model_version import MODEL_VERSION
from persim.outcomes import BY_NAME, group_labels
from persim.population import start_world
from persim.rates import Rates
from persim.rules.caseload import user_enters
from persim.run_maker import HEX_DIGITS, settled
from persim.run_store import Settled
from persim.scenario import Scenario
from persim.simulate import Run, run_scenario
from persim.state import Barrier as Gate
from persim.state import Stage

if TYPE_CHECKING:
    from persim.ledger import Ledger

OUTCOME = "real_take_up"
ONE_OFF = "one_off"
# Where eligible people without a real budget stand: what holds them up, and whether they are still on the way.
ON_THE_WAY, LEFT_THE_WAY = "on_the_way", "left_the_way"
HOLDS_UP = (Gate.STEPS_AND_WAITS, Gate.FUNDING_DISPUTE, Gate.PANEL)  # someone on the way, and what a process ends at
STOPPED = tuple(gate for gate in Gate if gate not in HOLDS_UP)
STANDINGS = (*(gate.name.lower() for gate in STOPPED), ONE_OFF, ON_THE_WAY, LEFT_THE_WAY)
GATES = tuple(gate for gate in Gate if Gate.NONE < gate < Gate.DECLINED)  # that an opportunity can meet
TALLIES = ("fixed", "shuffled", "by_itself", "at_all")


def group_column(name: str, dimension: str, label: str) -> str:
    """The name of a number of one group, as in a sweep's parts: `real_take_up[nurse]`."""
    return name if dimension == "all" else f"{name}[{label}]"


@dataclass(frozen=True)
class AttributionMaker:
    """Makes runs by number: replicate x n_slots + slot.

    Attributes:
        coalitions: which barriers are off, as bits, shape (replicates, n_slots).
    """

    scenario: Scenario
    barriers: tuple[Barrier, ...]
    coalitions: np.ndarray
    seed: int
    window: tuple[int, int]
    groups: tuple[str, ...]
    model_version: str = field(default=MODEL_VERSION)

    @cached_property
    def labels(self) -> list[tuple[str, str]]:
        """(dimension, label) of the groups kept, everyone first."""
        n_localities = max(1, int(self.scenario.weekly_parameters()["n_localities"][0]))
        return group_labels(n_localities, self.groups)

    @cached_property
    def columns(self) -> list[str]:
        """A name for each number of a row."""
        return [
            *(f"off:{barrier.key}" for barrier in self.barriers),
            *(group_column(OUTCOME, *label) for label in self.labels),
            *(group_column("people", *label) for label in self.labels),
            *(f"standing:{name}" for name in STANDINGS),
            *(f"tally_{kind}:{gate.name.lower()}" for kind in TALLIES for gate in GATES),
        ]

    @cached_property
    def _rates(self) -> Rates:
        return Rates([BY_NAME[OUTCOME]])

    @cached_property
    def _digest(self) -> str:
        return self.scenario.digest()

    def place(self, number: int) -> tuple[int, int]:
        """(replicate, coalition) of a run."""
        replicate, slot = divmod(number, self.coalitions.shape[1])
        return replicate, int(self.coalitions[replicate, slot])

    def name(self, number: int) -> str:
        """The name of a run: a hash of its scenario, the barriers off, its seed and the model's sources."""
        replicate, coalition = self.place(number)
        said = [self._digest, sorted(self._off(coalition)), self.seed + replicate, self.model_version]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:HEX_DIGITS]

    def make(self, number: int) -> Settled:
        """Make one run; one that raises has a cause, with its traceback, instead of numbers."""
        return settled(number, self.name(number), self._row)

    def _off(self, coalition: int) -> dict[str, float]:
        return {barrier.parameter: 1.0 for place, barrier in enumerate(self.barriers) if coalition >> place & 1}

    def _row(self, number: int) -> np.ndarray:
        replicate, coalition = self.place(number)
        scenario = self.scenario.in_world(self._off(coalition)) if coalition else self.scenario
        since = self.window[0] - scenario.start_week
        run = run_scenario(scenario, self.seed + replicate, "weekly", self.groups, since, ledger=coalition == 0)
        span = (0, self.window[1] - self.window[0])
        values, closing, _ = self._rates.over_spans(run, self.groups, [span])
        off = [coalition >> place & 1 for place in range(len(self.barriers))]
        tally = tally_of(run) if coalition == 0 else np.full((len(TALLIES), len(GATES)), np.nan)
        parts = (off, values[0, 0], closing[:, COLUMN["n_eligible"]], standings(closing[0]), tally)
        return np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])


def maker_of(plan: AttributionPlan) -> AttributionMaker:
    """The maker of a plan's runs."""
    return AttributionMaker(
        plan.scenario, plan.barriers, plan.layout.coalitions, plan.seed, plan.window, plan.groups
    )  # fmt: skip


def standings(counts: np.ndarray) -> np.ndarray:
    """Where eligible people without a real budget stand, as shares of all eligible: shape (len(STANDINGS),).

    With real take-up they add up to 1. A real one-off payment is neither a budget that lasts nor the want of one. The
    record says by what people are held up, not whether they are still on the way; but all who are between the raising of
    a budget and its use are held up by `HOLDS_UP`, so what the stages do not hold of those three has left. Someone handed
    on waits, too, with the gate that their own coordinator found closed.

    Args:
        counts: of everyone at the end of the window, shape (N_FIELDS,).
    """
    eligible = counts[COLUMN["eligible"]]
    first = {gate: counts[COLUMN[f"first_{gate.name.lower()}"]] for gate in Gate}
    one_off = eligible - counts[COLUMN["real_broad"]] - counts[COLUMN["without_budget"]]
    raised = sum(
        counts[COLUMN[f"stage_{stage.name.lower()}"]] for stage in Stage if Stage.RAISED <= stage < Stage.IN_USE
    )
    handed_on = counts[COLUMN["stage_handed_on"]]
    left = sum(first[gate] for gate in HOLDS_UP) - raised
    first[Gate.ROLE] -= handed_on
    found = np.array([*(first[gate] for gate in STOPPED), one_off, raised + handed_on, left])
    return np.maximum(found, 0.0) / eligible if eligible > 0.0 else np.full(len(found), np.nan)


def tally_of(run: Run) -> np.ndarray:
    """Opportunities in the run's record by closed gate, as shares of all: shape (len(TALLIES), len(GATES)).

    Args:
        run: with its ledger.
    """
    assert run.ledger is not None
    rows = run.ledger.rows
    at = (rows["kind"] == E_OPPORTUNITY) & (rows["week"] >= run.first_week)
    met = rows[at]
    found = gate_tally(met["detail"], weights_at(run.ledger)[at], Gate.DECLINED)
    if not found.opportunities:
        return np.full((len(TALLIES), len(GATES)), np.nan)
    ways = (found.fixed, found.shuffled, found.by_itself, found.at_all)
    return np.array([way[list(GATES)] / found.opportunities for way in ways])


def weights_at(ledger: Ledger) -> np.ndarray:
    """How many people the person of each row of a ledger stood for at that time, shape (n_rows,).

    All weigh 1, unless people prone to detention are drawn more often than their share. A weight is set at birth and
    stays; so whoever takes a place that became free is born once more here, from their key.
    """
    rows, scenario = ledger.rows, ledger.scenario
    if scenario.enrich is None:
        return np.ones(len(rows))
    numbers, enriched = scenario.weekly_parameters(), float(scenario.enrich)
    users = start_world(scenario.n_users, numbers, ledger.seed, enriched).users
    keys, weights = users["key"].tolist(), users["weight"].copy()
    found = np.ones(len(rows))
    before = 0
    for row in [*np.flatnonzero(rows["kind"] == E_REFERRED), len(rows)]:
        people = rows["person"][before:row]
        found[before:row] = np.where(people >= 0, weights[people], 1.0)
        if row < len(rows):
            person, week = int(rows["person"][row]), int(rows["week"][row]) - scenario.start_week
            newcomer = SimpleNamespace(key=key_of(ledger.seed, PERSON, person, keys[person]))
            p = SimpleNamespace(**fields_of(numbers, week))
            user_enters(newcomer, SimpleNamespace(stigma=0.0), p, enriched)
            keys[person], weights[person] = newcomer.key, newcomer.weight
        before = row
    return found
