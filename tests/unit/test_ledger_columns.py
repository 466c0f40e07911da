"""Every column of every kind of event holds what `persim.events.KINDS` says, to the bit, on whole runs.

A witness steps the same runs uncompiled and reckons every column for itself, from the rules, the keys and the world at the
moment of the row (`ledger_witness`); the rows compared with it are those of the compiled engine. What the ledger adds up
to is held against the run's own record.
"""

import dataclasses

import ledger_of_budgets  # noqa: F401  (the four say what each kind should hold)
import ledger_of_gates  # noqa: F401
import ledger_of_lives  # noqa: F401
import ledger_of_posts  # noqa: F401
import numpy as np
import pytest
from ledger_witness import EXPECTED, NOTHING, Witness

from persim import events as e
from persim.events import KINDS
from persim.measures import COLUMN
from persim.policy import PolicyStep, monday_of
from persim.scenario import read_scenario
from persim.simulate import run_scenario
from persim.state import BROKER, COUNCIL_TEAM, NO_FORM, Barrier

pytestmark = pytest.mark.slow
SEED = 5
# Every run ends with an audit that counts only what is real. Events that are rare in a few hundred people are made likelier,
# and shares are such that no two columns hold the same by chance.
OFTEN = {
    "incident_at_crisis": 0.3, "attributed_share": 0.47, "section2_share": 0.53, "informed_at_start": 0.5,
    "ask_rate": 0.08, "review_weeks": 13, "initial_budget_share": 0.05, "return_rate": 0.01, "contribution_share": 0.4,
    "contribution_declines": 0.19, "budget_ends": 0.01, "disputed_spending": 0.02, "stable_to_crisis": 0.006,
    "panel_refuses": 0.7, "contest": 0.9, "pot_per_eligible": 200, "refuse_when_spent": 0.41, "dispute_share": 0.9,
    "cto_end_between": 0.01, "willing": 0.9, "sickness_rate": 0.04, "handoff_tried": 0.7, "council_weeks": 7,
}  # fmt: skip
ON_ORDERS = {"cto_at_discharge": 0.6, "recall_at_crisis": 0.3, "recall_at_admission": 0.6}
PUSHED = {
    "target": 0.3, "spiral_weeks": 26, "relabel_rate": 0.02, "relabel_lapses": 0.03, "media_event": 0.1,
    "integrated_share": 0.2, "co_located_share": 0.2,
}  # fmt: skip
RUNS = {
    "gold_standard": (400, 165, {}),
    "cto_rights/all": (400, 130, ON_ORDERS),
    "rural_action_research/co_researchers": (460, 120, PUSHED),
    "austerity": (70, 80, {"lift_information": 1, "lift_time": 1, "initial_budget_share": 0.05}),
}  # fmt: skip
COLUMNS = (*NOTHING, "week", "person")
# Outcomes that a draw below its chance brought, of kinds that are not decided by chance throughout.
BY_CHANCE = {
    e.E_POST: (e.POST_LEFT, e.POST_FILLED, e.POST_ILL), e.E_ORDER_ENDED: (e.ENDED_BETWEEN,),
    e.E_LEFT: (Barrier.STEPS_AND_WAITS,), e.E_SET_UP: (NO_FORM,),
}  # fmt: skip


@pytest.fixture(scope="module")
def runs():
    """Name -> the run by the compiled engine, and the witness of it."""
    found = {}
    for name, (n_users, n_weeks, more) in RUNS.items():
        scenario = read_scenario(name).changed(n_users=n_users, n_weeks=n_weeks, **OFTEN | more)
        audit = PolicyStep(monday_of(scenario.start_week + n_weeks - 25), {"audit": 1})
        scenario = dataclasses.replace(scenario, policy=(*scenario.policy, audit))
        found[name] = run_scenario(scenario, SEED, ledger=True), Witness(scenario, SEED)
    return found


def test_the_witness_reckons_every_column_that_has_a_meaning(runs):
    assert set(EXPECTED) == set(KINDS)
    for _, witness in runs.values():
        for kind, columns in witness.columns.items():
            assert columns == {name for name in NOTHING if getattr(KINDS[kind], name)}, KINDS[kind].name
    assert {kind for _, witness in runs.values() for kind in witness.columns} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: KINDS[kind].name)
def test_every_column_holds_what_is_said_of_it(runs, kind):
    n_rows = 0
    for name, (run, witness) in runs.items():
        rows, expected = run.ledger.rows, witness.expected
        assert len(rows) == len(expected)
        assert (rows["kind"] == expected["kind"]).all()
        ours = rows["kind"] == kind
        n_rows += ours.sum()
        wrong = {
            column: (rows[column][ours][differs][:3].tolist(), expected[column][ours][differs][:3].tolist())
            for column in COLUMNS
            if (differs := rows[column][ours] != expected[column][ours]).any()
        }
        assert not wrong, f"{KINDS[kind].name}, {name}: column: (written, expected) {wrong}"
    assert n_rows >= 5


@pytest.mark.parametrize("kind", BY_CHANCE, ids=lambda kind: KINDS[kind].name)
def test_some_outcomes_came_by_a_draw_below_the_chance(runs, kind):
    for run, _ in runs.values():
        rows = run.ledger.rows
        ours = rows[(rows["kind"] == kind) & np.isin(rows["outcome"], BY_CHANCE[kind])]
        assert (ours["draw"] < ours["threshold"]).all()


def test_hours_of_posts_are_those_of_the_record(runs):
    for name in ("gold_standard", "rural_action_research/co_researchers"):
        run, _ = runs[name]
        rows, record = run.ledger.rows, run.counts[:, 0].sum(axis=0)
        weeks, hours = rows[rows["kind"] == e.E_POST_WEEK], rows[rows["kind"] == e.E_POST_HOURS]
        assert (weeks["practitioner"] == hours["practitioner"]).all()
        teams, works = weeks["practitioner"] < run.ledger.n_posts, weeks["outcome"] == 1
        professions = run.world.practitioners["profession"][weeks["practitioner"]]
        kept = ("crisis", "detained", "cto", "unsettled", "routine")
        told = {
            "contacts": sum(record[COLUMN[f"hours_{what}"]] for what in kept) + record[COLUMN["displaced"]],
            **{name: record[COLUMN[name]] for name in ("overtime", "displaced", "hours_forms", "started", "time_gate_shut")},
            "hours_forms_brokers": record[COLUMN["hours_forms_brokers"]],
            "hours_forms_council": record[COLUMN["hours_forms_council"]],
        }  # fmt: skip
        found = {
            "contacts": weeks["first"][teams & works].sum(), "overtime": hours["first"][teams & works].sum(),
            "displaced": hours["second"][teams & works].sum(), "hours_forms": hours["draw"][teams].sum(),
            "started": hours["detail"].sum(), "time_gate_shut": (1 - weeks["detail"][teams & works] / 1000).sum(),
            "hours_forms_brokers": hours["draw"][professions == BROKER].sum(),
            "hours_forms_council": hours["draw"][professions == COUNCIL_TEAM].sum(),
        }  # fmt: skip
        shut = found.pop("time_gate_shut") - told.pop("time_gate_shut")
        assert 0.0 <= shut < 0.001 * (teams & works).sum()  # per mille, rounded down
        assert found == pytest.approx(told, rel=1e-5)  # single precision, added up
        assert min(told["contacts"], told["overtime"], told["hours_forms"], told["started"]) > 0


def test_terms_of_localities_are_those_of_the_record(runs):
    for run, _ in runs.values():
        rows = run.ledger.rows
        terms = rows[rows["kind"] == e.E_TERMS]
        used = np.flatnonzero(run.world.localities["n_teams"] > 0)
        rates = terms[np.isin(terms["detail"], used)]["second"].reshape(run.scenario.n_weeks, -1)
        told = run.counts[:, 0, COLUMN["council_rate"]]
        assert rates.sum(axis=1) == pytest.approx(told, rel=1e-6)  # single precision
