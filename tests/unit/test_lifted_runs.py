"""Runs with barriers switched off: what is off never holds anybody back, the others still do, and health is the same."""

import numpy as np
import pytest

from persim import events as e
from persim import purposes, simulate, state
from persim.draws import draw, judgement_stream
from persim.measures import COLUMN
from persim.parameters import TABLE
from persim.people import real_broad
from persim.rules.caseload import judgement_period
from persim.rules.gates import user_accepts
from persim.state import Barrier, Stage

SWITCHES = tuple(p.name for p in TABLE if p.group == "barriers")


@pytest.fixture(scope="module")
def runs():
    """The baseline as it stands (""), with each barrier off, and with all ("all"): one run each, with a ledger."""
    chosen = {"": {}, **{name: {name: 1.0} for name in SWITCHES}, "all": dict.fromkeys(SWITCHES, 1.0)}
    return {
        name: simulate("baseline", 1, n_users=2000, n_weeks=260, ledger=True, **numbers)
        for name, numbers in chosen.items()
    }


def of_kind(run, kind):
    return run.ledger.rows[run.ledger.rows["kind"] == kind]


def closed(run, *gates):
    """Opportunities at which any of these gates was closed."""
    bits = of_kind(run, e.E_OPPORTUNITY)["detail"].astype(np.int64)
    return int(np.bitwise_and(bits, sum(1 << gate for gate in gates)).astype(bool).sum())


def ended(run, *ways):
    return int(np.isin(of_kind(run, e.E_LEFT)["outcome"], ways).sum())


def n_of(run, kind, *outcomes):
    return int(np.isin(of_kind(run, kind)["outcome"], outcomes).sum())


def not_understood(run):
    users = run.world.users
    here = (users["place"] == state.ON_CASELOAD) & (users["eligible"] == 1)
    return int((here & (users["informed"] != state.UNDERSTANDS)).sum())


def gate_rows_closed(run, gate):
    """Tries of a gate that closed, other than for certain."""
    rows = of_kind(run, e.E_GATE + gate)
    return int(((rows["outcome"] == 0) & (rows["threshold"] < 1.0)).sum())


def refused_although_there(run, made_kind, asked_kind):
    """People who were there at a stage and yet were not told, or did not agree, at the question that followed."""
    wanted = np.isin(run.ledger.rows["kind"], (made_kind, asked_kind))
    n, there = 0, {}
    for row in run.ledger.rows[wanted]:
        if row["kind"] == made_kind:
            there[int(row["person"])] = row["outcome"] == 1
        elif there[int(row["person"])] and row["outcome"] == 0:
            n += 1
    return n


def hours_and_weeks_of_stages(run):
    """Stages that began with hours or weeks of their own: contested and disputed ones wait for others."""
    rows = of_kind(run, e.E_STAGE)
    usual = ~np.isin(rows["outcome"], (Stage.RAISED, Stage.CONTESTED)) & (rows["detail"] != Barrier.FUNDING_DISPUTE)
    return int(((rows["threshold"] > 0.0) | (usual & (rows["draw"] > 0.0))).sum())


def form_not_as_wished(run):
    rows = of_kind(run, e.E_SET_UP)
    return int((rows["outcome"] != rows["detail"]).sum())


# What happens in the run as it stands, and must never happen with the switch on.
NEVER = {
    "lift_information": [
        lambda run: closed(run, Barrier.INFORMATION), lambda run: len(of_kind(run, e.E_FORGOT)), not_understood,
    ],
    "lift_recognition": [lambda run: closed(run, Barrier.NOT_RECOGNISED)],
    "lift_readiness": [lambda run: gate_rows_closed(run, Barrier.READINESS)],
    "lift_time": [
        lambda run: int(run.record[:, :, COLUMN["first_no_coordinator"]].sum()),
        lambda run: closed(run, Barrier.TIME), lambda run: closed(run, Barrier.NOT_RECOMMENDED),
        lambda run: closed(run, Barrier.NO_COORDINATOR), lambda run: n_of(run, e.E_REVIEW, 0),
        lambda run: int(run.counts[:, 0, COLUMN["reviews_slipped"]].sum()),
    ],
    "lift_role": [
        lambda run: closed(run, Barrier.ROLE), lambda run: len(of_kind(run, e.E_HANDED_ON)),
        lambda run: len(of_kind(run, e.E_HAND_OFF)), lambda run: ended(run, Barrier.HAND_OFF),
    ],
    "lift_knowledge": [lambda run: closed(run, Barrier.KNOWLEDGE)],
    "lift_risk": [lambda run: closed(run, Barrier.RISK)],
    "lift_legal_bar": [lambda run: closed(run, Barrier.LEGAL_BAR)],
    "lift_language_and_power": [
        lambda run: refused_although_there(run, e.E_ASSESSED, e.E_SUM_TOLD),
        lambda run: refused_although_there(run, e.E_PLANNED, e.E_PLAN_AGREED),
        lambda run: int((of_kind(run, e.E_CLIMATE)["second"] > 0.0).sum()),
    ],
    "lift_steps": [lambda run: ended(run, Barrier.STEPS_AND_WAITS), hours_and_weeks_of_stages],
    "lift_disputes": [
        lambda run: n_of(run, e.E_DISPUTE, 1), lambda run: len(of_kind(run, e.E_DISPUTE_ENDS)),
        lambda run: ended(run, Barrier.FUNDING_DISPUTE),
    ],
    "lift_panel": [
        lambda run: n_of(run, e.E_STAGE, Stage.PANEL), lambda run: len(of_kind(run, e.E_PANEL)),
        lambda run: n_of(run, e.E_SIGNED, 0), lambda run: ended(run, Barrier.PANEL),
    ],
    "lift_market": [lambda run: ended(run, Barrier.MARKET), form_not_as_wished],
}  # fmt: skip


@pytest.mark.parametrize(("switch", "number"), [(switch, n) for switch in SWITCHES for n in range(len(NEVER[switch]))])
def test_a_barrier_that_is_off_never_holds_anybody_back(runs, switch, number):
    count = NEVER[switch][number]
    assert count(runs[""]) > 0, "it never happens anyway, so the test shows nothing"
    assert count(runs[switch]) == 0
    assert count(runs["all"]) == 0


@pytest.mark.parametrize("switch", SWITCHES)
def test_other_barriers_still_stand(runs, switch):
    for other in SWITCHES:
        if other != switch:
            assert any(count(runs[switch]) > 0 for count in NEVER[other]), other


@pytest.mark.parametrize("switch", [*SWITCHES, "all"])
def test_health_is_the_same_to_the_byte(runs, switch):
    usual, lifted = runs[""], runs[switch]
    for field in ("key", "place", "mental_state", "weeks_in_state", "legal_status", "cto_weeks", "s117", "eligible"):
        assert usual.world.users[field].tobytes() == lifted.world.users[field].tobytes(), field
    for measure in ("crises", "admissions", "crisis_weeks", "hospital_weeks", "incidents", "detentions", "orders_made"):
        column = COLUMN[measure]
        assert usual.record[:, :, column].tobytes() == lifted.record[:, :, column].tobytes(), measure
    for kind in (
        e.E_STATE, e.E_DETAINED, e.E_SECTION_2_ENDS, e.E_LEFT_SECTION, e.E_RECALLED, e.E_ORDER_ENDED, e.E_DISCHARGED,
        e.E_RETURNED, e.E_REFERRED, e.E_REASSESSED,
    ):  # fmt: skip
        assert of_kind(usual, kind).tobytes() == of_kind(lifted, kind).tobytes(), e.KINDS[kind].name


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_changes_a_run(runs, switch):
    assert runs[""].record.tobytes() != runs[switch].record.tobytes()


def test_switches_that_are_nought_change_nothing(runs):
    noughts = simulate("baseline", 1, n_users=2000, n_weeks=260, ledger=True, **dict.fromkeys(SWITCHES, 0.0))
    assert noughts.record.tobytes() == runs[""].record.tobytes()
    assert noughts.ledger.rows.tobytes() == runs[""].ledger.rows.tobytes()


def test_with_every_barrier_off_only_crisis_hospital_and_choice_are_left(runs):
    run = runs["all"]
    others = [gate for gate in Barrier if gate not in (Barrier.READINESS, Barrier.NONE) and e.E_GATE + gate in e.KINDS]
    assert closed(run, *others, Barrier.NO_COORDINATOR) == 0
    assert gate_rows_closed(run, Barrier.READINESS) == 0
    assert set(of_kind(run, e.E_LEFT)["outcome"].tolist()) <= {Barrier.CONTRIBUTION, Barrier.ENDED}


# What is no barrier but would hide a budget: single payments, budgets that end, a contribution that is declined; and
# budgets from before.
NO_HIDING = {
    "one_off_share": 0, "budget_ends": 0, "contribution_declines": 0, "initial_budget_share": 0, "can_vary": 1,
    "can_vary_managed": 1,
}  # fmt: skip


def share_of_the_willing_with_a_budget(stepped, tiny, seed, **numbers):
    """Of people eligible on the caseload after a week and after two years, who would accept in both: with a real budget."""
    world = stepped(tiny("baseline", n_users=2000, n_weeks=105, **NO_HIDING, **numbers), seed)
    world.run(1)
    users = world.world.users
    key, then = users["key"].copy(), (users["place"] == 0) & (users["eligible"] == 1)
    world.run(104)
    people, organisations = users.view(np.recarray), world.world.localities.view(np.recarray)
    p = world.world.parameters.view(np.recarray)[104]
    rows = np.flatnonzero(then & (users["key"] == key) & (users["place"] == 0) & (users["eligible"] == 1))

    def would_accept(row: int) -> bool:
        user = people[row]
        org = organisations[world.world.practitioners["locality"][user.coordinator]]
        periods = {judgement_period(user, p, when) for when in (0, 104)}
        return all(
            user_accepts(user, org, p, draw(judgement_stream(int(user.key), -1, period), purposes.WILLING))
            for period in periods
        )

    willing = [row for row in rows if would_accept(row)]
    assert len(willing) > 200
    return real_broad(users[willing]).mean()


def test_with_every_barrier_off_nearly_every_willing_person_has_a_real_budget_within_two_years(stepped, tiny):
    """As pattern P12 by sets of numbers; here by the switches alone."""
    off = dict.fromkeys(SWITCHES, 1.0)
    shares = [share_of_the_willing_with_a_budget(stepped, tiny, seed, **off) for seed in (1, 2, 3)]
    assert min(shares) > 0.97
    assert share_of_the_willing_with_a_budget(stepped, tiny, 1) < 0.2


@pytest.mark.parametrize("standing", ["role", "panel", "risk"])
def test_one_barrier_that_stands_is_felt(stepped, tiny, standing):
    off = dict.fromkeys(SWITCHES, 1.0) | {f"lift_{standing}": 0.0}
    assert share_of_the_willing_with_a_budget(stepped, tiny, 1, **off) < 0.9
