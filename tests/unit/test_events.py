"""The rows of a ledger are what `persim.events.KINDS` says: complete, decided as told, and the same totals as the record."""

import ast
from pathlib import Path

import numpy as np
import pytest

from persim import events as e
from persim import simulate
from persim.events import BY_NAME, EVENT, KINDS
from persim.measures import COLUMN
from persim.policy import week_of
from persim.state import Barrier, Stage

ROOT = Path(__file__).resolve().parents[2]
PHASES = sorted((ROOT / "src/persim/phases").glob("*.py"))
GATES = [gate for gate in Barrier if e.E_GATE + gate in KINDS]
EXCUSED = {Barrier.NOT_RECOMMENDED, Barrier.ROLE}
AT_REVIEW, ON_REQUEST, BY_DEFAULT, PASSED_ON = 1, 2, 3, 4
SCENARIOS = (
    "baseline", "cto_rights/all", "gold_standard", "thirty_percent_target", "austerity",
    "rural_action_research/co_researchers", "perceived_risk/media_event", "integrated_teams",
)  # fmt: skip
NOTHING = {"outcome": 0, "practitioner": -1, "detail": 0, "first": 0, "second": 0, "threshold": 0, "draw": 0}


@pytest.fixture(scope="module")
def runs():
    """Whole runs of several scenarios with their ledgers, by name."""
    return {name: simulate(name, 1, n_users=1000, n_weeks=260, ledger=True) for name in SCENARIOS}


def of_kind(rows: np.ndarray, kind: int) -> np.ndarray:
    return rows[rows["kind"] == kind]


# The kinds


def codes() -> dict[str, int]:
    return {name: value for name, value in vars(e).items() if name.startswith("E_") and name != "E_GATE"}


def test_every_code_is_a_kind_and_every_kind_a_code():
    assert sorted(KINDS) == sorted([*codes().values(), *(e.E_GATE + gate for gate in GATES)])
    assert len(set(codes().values())) == len(codes())
    assert all(-128 <= code <= 127 for code in KINDS)
    assert len(GATES) == 9


def test_names_of_kinds_are_unique_and_find_their_code():
    assert len({kind.name for kind in KINDS.values()}) == len(KINDS)
    assert {BY_NAME[kind.name] for kind in KINDS.values()} == set(KINDS)


def test_the_phases_write_every_code_and_no_other():
    used = {
        node.id
        for path in PHASES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id.startswith("E_")
    }
    assert used == {*codes(), "E_GATE"}


def test_an_event_is_under_forty_bytes():
    assert EVENT.itemsize == 38


@pytest.mark.parametrize("code", KINDS)
def test_a_kind_is_told_in_full(code):
    kind = KINDS[code]
    assert kind.concerns in ("person", "post", "team", "locality")
    assert kind.meaning[0].isupper()
    assert not kind.meaning.endswith(".")
    if kind.by_chance:
        assert kind.threshold
        assert kind.draw
        assert set(kind.met) <= ({code for code, _ in kind.outcomes} or {0})
    if kind.outcomes:
        assert kind.outcome


# The rows of real runs


def test_every_kind_is_written_by_some_run(runs):
    written = np.concatenate([np.unique(run.ledger.rows["kind"]) for run in runs.values()])
    assert set(KINDS) == set(written.tolist())


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_decision_is_met_where_the_draw_is_below_its_chance(runs, name):
    rows = runs[name].ledger.rows
    for code, kind in KINDS.items():
        if kind.by_chance:
            ours = of_kind(rows, code)
            below, met = ours["draw"] < ours["threshold"], np.isin(ours["outcome"], kind.met)
            wrong = ours[below != met]
            assert len(wrong) == 0, f"{kind.name}: {wrong[:3]}"


@pytest.mark.parametrize("name", SCENARIOS)
def test_chances_and_draws_are_within_bounds(runs, name):
    rows = runs[name].ledger.rows
    for code, kind in KINDS.items():
        if kind.draw == "draw":
            ours = of_kind(rows, code)
            assert ((ours["draw"] >= 0.0) & (ours["draw"] < 1.0)).all(), kind.name
        if kind.by_chance:
            assert (of_kind(rows, code)["threshold"] >= 0.0).all(), kind.name
    for column in ("first", "second", "threshold", "draw"):
        assert np.isfinite(rows[column]).all()


@pytest.mark.parametrize("name", SCENARIOS)
def test_outcomes_are_known_and_columns_without_a_meaning_are_empty(runs, name):
    rows = runs[name].ledger.rows
    for code, kind in KINDS.items():
        ours = of_kind(rows, code)
        if kind.outcomes:
            assert set(ours["outcome"].tolist()) <= {outcome for outcome, _ in kind.outcomes}, kind.name
        for column, nothing in NOTHING.items():
            if not getattr(kind, column):
                assert (ours[column] == nothing).all(), f"{kind.name}: {column}"


@pytest.mark.parametrize("name", SCENARIOS)
def test_rows_are_in_order_of_weeks_and_name_who_is_there(runs, name):
    run = runs[name]
    rows, n_users = run.ledger.rows, run.scenario.n_users
    first, n_weeks = run.scenario.start_week, run.scenario.n_weeks
    assert (np.diff(rows["week"]) >= 0).all()
    assert set(rows["week"].tolist()) == set(range(first, first + n_weeks))
    about_people = np.isin(rows["kind"], [code for code, kind in KINDS.items() if kind.concerns == "person"])
    assert ((rows["person"] >= 0) == about_people).all()
    assert rows["person"].max() < n_users
    assert rows["practitioner"].min() >= -1
    assert rows["practitioner"].max() < len(run.world.practitioners)
    localities = of_kind(rows, e.E_TERMS)["detail"].reshape(n_weeks, -1)
    assert (localities == np.arange(len(run.world.localities))).all()
    posts = of_kind(rows, e.E_POST_WEEK)["practitioner"].reshape(n_weeks, -1)
    assert (np.sort(posts, axis=1) == np.arange(len(run.world.practitioners))).all()


# Gates


@pytest.mark.parametrize("name", SCENARIOS)
def test_gates_that_were_tried_agree_with_the_opportunity_before_them(runs, name):
    rows = runs[name].ledger.rows
    occasions = np.flatnonzero(rows["kind"] == e.E_OPPORTUNITY)
    assert len(occasions) > 500
    n_gates = 0
    for place in occasions.tolist():
        occasion, closed = rows[place], int(rows["detail"][place])
        tried = [] if closed == 1 << Barrier.NO_COORDINATOR else list(GATES)
        if occasion["outcome"] == BY_DEFAULT:
            tried = [gate for gate in tried if gate not in EXCUSED]
        ours = rows[place + 1 : place + 1 + len(tried)]
        assert ours["kind"].tolist() == [e.E_GATE + gate for gate in tried]
        assert [(closed >> gate) & 1 for gate in tried] == (1 - ours["outcome"]).tolist()
        assert (ours["person"] == occasion["person"]).all()
        assert (ours["practitioner"] == occasion["practitioner"]).all()
        if len(rows) > place + 1 + len(tried):
            follows = rows[place + 1 + len(tried)]
            offered = follows["kind"] == e.E_OFFER and follows["person"] == occasion["person"]
            assert offered == (closed == 0)
        n_gates += len(tried)
    assert n_gates == (rows["kind"] >= e.E_GATE).sum()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_hand_off_by_a_coordinator_follows_a_role_gate_that_stood_first(runs, name):
    rows = runs[name].ledger.rows
    last_closed: dict[int, int] = {}
    for row in rows[np.isin(rows["kind"], (e.E_OPPORTUNITY, e.E_HANDED_ON))]:
        if row["kind"] == e.E_OPPORTUNITY:
            last_closed[int(row["person"])] = int(row["detail"])
        else:
            closed = last_closed[int(row["person"])]
            assert closed & -closed == 1 << Barrier.ROLE
            assert row["draw"] < row["first"]


# Totals


def totals(rows: np.ndarray, n_posts: int) -> dict[str, float]:
    """Measures of the record, as the ledger has them."""

    def n(kind: int, column: str = "", *values: int) -> int:
        ours = of_kind(rows, kind)
        return int(np.isin(ours[column], values).sum()) if column else len(ours)

    left = of_kind(rows, e.E_LEFT)
    left = left[left["outcome"] != Barrier.NONE]  # a hand-off that was taken: weighed anew, not left
    posts = of_kind(rows, e.E_POST_WEEK)
    posts = posts[posts["practitioner"] < n_posts]
    occasions = of_kind(rows, e.E_OPPORTUNITY)["detail"].astype(np.int64)
    closed = occasions[occasions > 0]
    return {
        "referred": n(e.E_REFERRED), "discharged": n(e.E_DISCHARGED), "returned": n(e.E_RETURNED),
        "transferred": n(e.E_NEW_COORDINATOR, "outcome", 1),
        "crises": n(e.E_STATE, "outcome", 2) + n(e.E_RETURNED, "outcome", 2),
        "admissions": n(e.E_STATE, "outcome", 3), "detentions": n(e.E_DETAINED), "incidents": n(e.E_INCIDENT),
        "incidents_attributed": n(e.E_INCIDENT, "outcome", 1),
        "orders_made": n(e.E_ORDER_MADE), "orders_refused": n(e.E_LEFT_SECTION, "outcome", 2),
        "orders_reviewed": n(e.E_ORDER_REVIEWED), "recalls": n(e.E_RECALLED),
        "orders_ended": n(e.E_ORDER_ENDED, "outcome", 0, 1, 2), "revocations": n(e.E_ORDER_ENDED, "outcome", 3),
        "conditions": of_kind(rows, e.E_ORDER_MADE)["detail"].sum(),
        "involvement_making": of_kind(rows, e.E_ORDER_MADE)["threshold"].sum(),
        "involvement_review": of_kind(rows, e.E_ORDER_REVIEWED)["threshold"].sum(),
        "asked": n(e.E_ASKED), "opportunities": n(e.E_OPPORTUNITY),
        "opportunities_review": n(e.E_OPPORTUNITY, "outcome", AT_REVIEW),
        "opportunities_asked": n(e.E_OPPORTUNITY, "outcome", ON_REQUEST),
        "opportunities_default": n(e.E_OPPORTUNITY, "outcome", BY_DEFAULT),
        "opportunities_passed_on": n(e.E_OPPORTUNITY, "outcome", PASSED_ON),
        "offers": n(e.E_OFFER), "accepted": n(e.E_OFFER, "outcome", 1), "declined": n(e.E_OFFER, "outcome", 0),
        "offers_with_carer": (of_kind(rows, e.E_OFFER)["detail"] & e.CARER_BIT > 0).sum(),
        "carer_wishes": (of_kind(rows, e.E_OFFER)["detail"] & e.CARER_WISHES_BIT > 0).sum(),
        "raised": n(e.E_STAGE, "outcome", Stage.RAISED),
        "passed_on": n(e.E_HANDED_ON), "passed_on_lost": n(e.E_HAND_OFF, "outcome", e.LOST),
        "passed_on_bounced": n(e.E_HAND_OFF, "outcome", e.BOUNCED),
        "passed_on_taken": n(e.E_HAND_OFF, "outcome", e.TAKEN),
        "assessments": n(e.E_ASSESSED), "assessments_without_person": n(e.E_ASSESSED, "outcome", 0),
        "plans": n(e.E_PLANNED), "plans_without_person": n(e.E_PLANNED, "outcome", 0),
        "plan_involvement": of_kind(rows, e.E_INVOLVED)["threshold"][of_kind(rows, e.E_INVOLVED)["detail"] == 2].sum(),
        "disputes": n(e.E_DISPUTE, "outcome", 1), "refused": n(e.E_PANEL, "outcome", 1, 3),
        "sent_back": n(e.E_PANEL, "outcome", 2), "contested": n(e.E_CONTEST, "outcome", 1),
        "contest_won": n(e.E_CONTEST_HEARD, "outcome", 1), "set_up_failed": n(e.E_SET_UP, "outcome", 0),
        "started": n(e.E_IN_USE), "weeks_to_start": of_kind(rows, e.E_IN_USE)["first"].sum(),
        "left_process": n(e.E_LEFT, "outcome", Barrier.STEPS_AND_WAITS), "ended": n(e.E_BUDGET_ENDED),
        "budget_reviews": n(e.E_BUDGET_REVIEW), "budgets_cut": n(e.E_BUDGET_REVIEW, "outcome", -1),
        "budgets_raised": n(e.E_BUDGET_REVIEW, "outcome", 1),
        "budget_reviews_without_person": n(e.E_BUDGET_REVIEW, "detail", 0),
        "disputed_spending": n(e.E_DISPUTED_SPENDING),
        "relabelled_now": n(e.E_COUNTED, "detail", e.COUNT_RELABELLED),
        "relabel_lapsed": n(e.E_COUNTED, "detail", e.COUNT_LAPSED),
        "posts": len(posts), "posts_working": posts["outcome"].sum(),
        **{f"left_at_{stage.name.lower()}": (left["detail"] == stage).sum() for stage in Stage},
        **{f"closed_any_{gate.name.lower()}": ((closed >> gate) & 1).sum() for gate in GATES},
        **{f"closed_first_{gate.name.lower()}": (closed & -closed == 1 << gate).sum() for gate in GATES},
        "closed_first_no_coordinator": (closed == 1 << Barrier.NO_COORDINATOR).sum(),
    }  # fmt: skip


@pytest.mark.parametrize("name", [name for name in SCENARIOS if not name.startswith("cto_rights")])
def test_the_ledger_has_the_totals_of_the_record(runs, name):
    run = runs[name]
    assert (run.world.users["weight"] == 1.0).all()
    record = run.counts[:, 0].sum(axis=0)
    found = totals(run.ledger.rows, run.ledger.n_posts)
    told = {measure: float(record[COLUMN[measure]]) for measure in found}
    assert {measure: float(value) for measure, value in found.items()} == pytest.approx(told, abs=1e-6)
    assert sum(value > 0 for value in told.values()) > 60


def test_an_alarm_counts_the_incidents_that_were_put_down_to_a_budget(runs):
    for run in runs.values():
        rows = run.ledger.rows
        assert of_kind(rows, e.E_ALARM)["outcome"].sum() == (of_kind(rows, e.E_INCIDENT)["outcome"] == 1).sum()
        alarms = of_kind(rows, e.E_ALARM)
        assert (alarms["second"] > 0.0).all()


def test_a_media_event_shows_in_the_climate_of_its_week(runs):
    run = runs["perceived_risk/media_event"]
    climate = of_kind(run.ledger.rows, e.E_CLIMATE)
    (step,) = [step for step in run.scenario.policy if "media_event" in step.set]
    jumps = np.diff(climate["draw"].reshape(run.scenario.n_weeks, -1)[:, 0])
    assert jumps.max() > 0.0
    assert int(np.argmax(jumps)) + 1 + run.scenario.start_week == week_of(step.from_)
