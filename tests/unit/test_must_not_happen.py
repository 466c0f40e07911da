"""What must never happen, whatever the seed: watched week by week in whole runs, and the ninth story.

Legal limits, labels that change lives, choices counted as barriers, budgets that make people ill.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import purposes as purpose
from persim import state
from persim.measures import COLUMN, FIELDS
from persim.rules.budgets import user_chooses_form
from persim.rules.compulsion import ORDER_MADE, user_leaves_hospital
from persim.simulate import run_scenario

JUST_UNDER_1 = 1.0 - 2.0**-53
CTOS_BEGIN, PAYMENTS_ALLOWED = 30, 83
OF_HEALTH = ("key", "place", "mental_state", "weeks_in_state", "legal_status", "cto_weeks", "s117", "vulnerability",
             "conditions", "cto_felt_benefit", "eligible")  # fmt: skip
COUNTS_OF_HEALTH = ("crises", "admissions", "crisis_weeks", "hospital_weeks", "incidents", "detentions", "orders_made",
                    "recalls", "revocations", "orders_ended", "discharged", "returned", "referred")  # fmt: skip


@pytest.fixture(scope="module", params=[1, 2])
def weeks(request, stepped, tiny):
    """Every week of 110 weeks of 1 650 people, half of them prone to detention: (week, people before, people after)."""
    scenario = tiny(n_users=1650, n_weeks=110, enrich=0.5, initial_budget_share=0.05, stable_to_crisis=0.01,
                    cto_at_discharge=0.6, ask_rate=0.2, tell=1.0, role_boundary=0.2, risk_aversion=0.2)  # fmt: skip
    world, seen = stepped(scenario, request.param), []
    before = world.world.users.copy()
    for week in range(110):
        world.run(1)
        after = world.world.users.copy()
        seen.append((week, before, after))
        before = after
    return seen


# 1 Orders and direct payments within the law


def test_nobody_is_on_a_cto_before_week_30_and_some_are_after(weeks):
    on_order = [int((after["legal_status"] == state.CTO).sum()) for _, _, after in weeks]
    assert sum(on_order[:CTOS_BEGIN]) == 0
    assert on_order[-1] > 10


def test_a_cto_comes_from_section_3_only(weeks):
    begun = 0
    for _, before, after in weeks:
        new = (after["legal_status"] == state.CTO) & (before["legal_status"] != state.CTO)
        assert set(before["legal_status"][new]) <= {state.SECTION_3}
        begun += new.sum()
    assert begun > 20


@given(st.integers(-(2**63), 2**63 - 1), st.floats(0.0, 1.0))
def test_no_luck_makes_a_cto_from_section_2(person, practitioner, locality, parameters, s, vulnerability):
    p = parameters(cto_at_discharge=1.0, amhp_agrees=1.0)
    for status in (state.VOLUNTARY, state.SECTION_2):
        user = person(legal_status=status, vulnerability=vulnerability, traits=state.TRAIT_PRONE)
        assert user_leaves_hospital(user, practitioner(), locality(), p, s) != ORDER_MADE
        assert user.s117 == 0


def test_no_direct_payment_starts_for_someone_detained_or_before_week_83_on_an_order(weeks):
    begun = 0
    for week, before, after in weeks:
        paid = (after["pathway_stage"] == state.IN_USE) & (after["budget_form"] == state.DIRECT_PAYMENT)
        new = paid & (before["pathway_stage"] != state.IN_USE)
        assert not np.isin(after["legal_status"][new], (state.SECTION_2, state.SECTION_3)).any()
        if week < PAYMENTS_ALLOWED:
            assert not (after["legal_status"][new] == state.CTO).any()
        begun += new.sum()
    assert begun > 5


def test_nobody_on_a_cto_holds_a_direct_payment_before_week_83(weeks):
    for week, _, after in weeks[: PAYMENTS_ALLOWED - 1]:
        paid = (after["pathway_stage"] == state.IN_USE) & (after["budget_form"] == state.DIRECT_PAYMENT)
        assert not (paid & (after["legal_status"] == state.CTO)).any(), week


# 2 A label changes nothing but the count


@pytest.fixture(scope="module")
def labels(tiny):
    """The same people with and without a target; pressure opens no role gate, so that labels are all it brings."""
    scenario = tiny(n_users=1650, n_weeks=170, pressure_opens_role=0.0, relabel_rate=0.1)
    return run_scenario(scenario, 3), run_scenario(scenario.changed(target=0.0), 3)


def test_a_relabelled_service_changes_nothing_of_the_persons_week(labels):
    with_target, without = (run.world.users for run in labels)
    relabelled = (with_target["counted"] == 1) & (with_target["pathway_stage"] != state.IN_USE)
    assert relabelled.sum() > 20
    only_on_paper = {"counted", "control_recorded", "year_marks"}
    for name in with_target.dtype.names:
        if name not in only_on_paper:
            assert with_target[name].tobytes() == without[name].tobytes(), name


def test_labels_cost_and_gain_nobody_an_hour(labels):
    hours = [
        number for number, name in enumerate(FIELDS) if name.startswith(("hours_", "overtime", "displaced", "spend_"))
    ]
    with_target, without = (run.record[:, :, hours] for run in labels)
    assert with_target.tobytes() == without.tobytes()


def test_only_people_with_a_service_are_relabelled(labels, weeks):
    for users in [labels[0].world.users, *(after for _, _, after in weeks)]:
        relabelled = (users["counted"] == 1) & (users["pathway_stage"] != state.IN_USE)
        assert (users["package"][relabelled] == 1).all()


def test_9_march_rush(tiny):
    # Given a council short of 30 % in January 2011, then packages are relabelled in the weeks before the deadline,
    run = run_scenario(tiny(n_users=3300, n_weeks=190), 1)
    now = run.counts[:, 0, COLUMN["relabelled_now"]]
    rush, year_before, after = now[143:155].sum(), now[91:103].sum(), now[160:172].sum()
    # mostly existing ones (new budgets are few beside them), and fewer a year before and after the deadline.
    assert rush > 1.5 * year_before
    assert rush > 1.5 * after
    assert rush > run.counts[143:155, 0, COLUMN["started"]].sum()


# 4 Consent, choice, and no effect on health


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(list(state.Carer)), st.floats(0.0, 1.0))
def test_no_direct_payment_without_the_wish_for_it(on_the_way, practitioner, locality, parameters, s, carer, autonomy):
    p = parameters(direct_payment_wish=0.0)
    user = on_the_way(carer=int(carer), autonomy_preference=autonomy)
    assert user_chooses_form(user, practitioner(), locality(), p, s) != state.DIRECT_PAYMENT


def test_a_person_who_does_not_wish_for_it_gets_another_form_whatever_the_carer(
    on_the_way, practitioner, locality, parameters, luck
):
    luck(0.0, {purpose.FORM: JUST_UNDER_1})
    for carer in state.Carer:
        user = on_the_way(carer=int(carer))
        assert user_chooses_form(user, practitioner(), locality(), parameters(), 1) != state.DIRECT_PAYMENT


def test_without_the_wish_there_is_no_direct_payment_in_a_whole_run(tiny):
    scenario = tiny(n_users=1650, n_weeks=120, direct_payment_wish=0.0, initial_budget_share=0.0, role_boundary=0.1)
    run = run_scenario(scenario, 1)
    assert run.counts[:, 0, COLUMN["started"]].sum() > 5
    assert run.counts[:, 0, COLUMN["direct_payments"]].sum() == 0


def test_a_declined_offer_is_never_counted_as_a_barrier(tiny):
    run = run_scenario(tiny(n_users=1650, n_weeks=120, willing=0.1, role_boundary=0.1, ask_rate=0.2), 1)
    counts = run.counts[:, 0].sum(0)
    assert counts[COLUMN["declined"]] > 10
    assert counts[COLUMN["closed_first_declined"]] == counts[COLUMN["closed_any_declined"]] == 0
    assert run.world.tally[:, state.B_DECLINED].sum() == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_budgets_on_or_off_leave_health_the_same_person_by_person(seed, tiny):
    """Nobody offered, or nearly everybody: the same crises, incidents, admissions, orders and discharges."""
    scenario = tiny(n_users=1650, n_weeks=160, enrich=0.4)
    off = run_scenario(scenario.changed(willing=0.0, ask_rate=0.0, initial_budget_share=0.0, relabel_rate=0.0), seed)
    on = run_scenario(scenario.changed(willing=1.0, role_boundary=0.0, risk_aversion=0.3, information=0.9), seed)
    held = [(run.world.users["pathway_stage"] == state.IN_USE).sum() for run in (off, on)]
    assert held[0] == 0
    assert held[1] > 60
    for name in OF_HEALTH:
        assert off.world.users[name].tobytes() == on.world.users[name].tobytes(), name
    for name in COUNTS_OF_HEALTH:
        assert off.counts[:, 0, COLUMN[name]].tobytes() == on.counts[:, 0, COLUMN[name]].tobytes(), name


def test_orders_on_or_off_leave_health_the_same_person_by_person(tiny):
    scenario = tiny(n_users=1650, n_weeks=160, enrich=0.5, cto_at_discharge=0.6)
    on, off = run_scenario(scenario.changed(ctos_exist=1), 1), run_scenario(scenario.changed(ctos_exist=0), 1)
    assert (on.world.users["cto_weeks"] > 0).sum() > 30
    assert (off.world.users["cto_weeks"] > 0).sum() == 0
    for name in ("key", "place", "mental_state", "weeks_in_state"):
        assert on.world.users[name].tobytes() == off.world.users[name].tobytes(), name
    for name in ("crises", "admissions", "crisis_weeks", "hospital_weeks", "incidents"):
        assert on.counts[:, 0, COLUMN[name]].tobytes() == off.counts[:, 0, COLUMN[name]].tobytes(), name


def test_the_hypothesis_that_control_protects_would_be_seen(tiny):
    scenario = tiny(n_users=1650, n_weeks=160, control_protects=1.0)
    off = run_scenario(scenario.changed(willing=0.0, ask_rate=0.0, initial_budget_share=0.0), 1)
    on = run_scenario(scenario.changed(willing=1.0, role_boundary=0.0, risk_aversion=0.2, information=0.9), 1)
    assert off.world.users["mental_state"].tobytes() != on.world.users["mental_state"].tobytes()
