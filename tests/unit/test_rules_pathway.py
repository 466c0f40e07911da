"""Rules of the pathway: its steps, the plan, who pays, the panel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import purposes as purpose
from persim import state
from persim.rules.forms import chance_of_presence
from persim.rules.panels import FUNDED, REFUSED, SENT_BACK, manager_signs, panel_decides, panel_sits, user_contests
from persim.rules.pathway import (
    DISPUTE_JOINT,
    DISPUTE_NOWHERE,
    DISPUTE_SOCIAL,
    budget_is_one_off,
    budget_sum,
    dispute_ends,
    funding_is_disputed,
    overlap_of_needs,
    user_agrees_plan,
    user_enters_stage,
    user_is_told_sum,
    user_is_worn_out,
    user_leaves_pathway,
    user_starts_pathway,
    user_takes_part,
)

JUST_UNDER_1 = 1.0 - 2.0**-53
WEEK = 100
shares = st.floats(0.0, 1.0)
draws = st.floats(0.0, JUST_UNDER_1)


def test_the_way_begins_with_nothing_agreed(holder, locality, parameters):
    user = holder(absent=7)
    user_starts_pathway(user, locality(), parameters(), 5, WEEK)
    assert (user.pathway_stage, user.lead_worker, user.raised_week) == (state.RAISED, 5, WEEK)
    assert (user.amount_known, user.plan_agreed, user.can_vary, user.involvement, user.absent) == (0, 0, 0, 0.0, 0)
    assert (user.barrier, user.gates) == (state.B_STEPS_AND_WAITS, 1 << state.B_STEPS_AND_WAITS)


def test_who_leaves_the_pathway_keeps_nothing_of_a_budget_and_rests(holder, parameters):
    user = holder(pathway_stage=state.SET_UP, one_off=1, joint_funded=1)
    user_leaves_pathway(user, parameters(rest_weeks=26), state.B_MARKET, WEEK)
    assert (user.pathway_stage, user.lead_worker, user.rest_until) == (state.OUTSIDE, state.LEAD_COORDINATOR, WEEK + 26)
    assert (user.barrier, user.gates) == (state.B_MARKET, 1 << state.B_MARKET)
    left = (
        user.budget_form,
        user.budget_gbp_per_year,
        user.amount_known,
        user.plan_agreed,
        user.can_vary,
        user.one_off,
    )
    assert left == (0, 0.0, 0, 0, 0, 0)


def test_a_stage_starts_its_clock(person):
    user = person(weeks_in_stage=9, worked_hours=3.0, worked_with=1.0)
    user_enters_stage(user, state.PLAN, 4.0, 2.0)
    assert (user.pathway_stage, user.weeks_in_stage, user.work_left, user.wait_left) == (state.PLAN, 0, 4.0, 2.0)
    assert (user.worked_hours, user.worked_with) == (0.0, 0.0)


@given(draws, st.integers(0, 200), st.integers(0, 200))
def test_people_leave_more_the_longer_it_drags_on(on_the_way, locality, parameters, u, weeks, more):
    p, org = parameters(), locality()
    soon, late = (on_the_way(raised_week=WEEK - w) for w in (weeks, weeks + more))
    assert user_is_worn_out(late, org, p, WEEK, 0, u) >= user_is_worn_out(soon, org, p, WEEK, 0, u)


@pytest.mark.parametrize(
    ("keeps", "helped", "org_keeps"),
    [
        ({"carer": state.CARER_SUPPORTS}, 0, {}),
        ({"carer": state.CARER_ADVOCATES}, 0, {}),
        ({"confidence": 0.9}, 0, {}),
        ({"involvement": 0.9}, 0, {}),
        ({}, 1, {}),
        ({}, 0, {"effort": 0.1}),
    ],
)
def test_carer_helper_confidence_part_and_ease_keep_people_in(
    keeps, helped, org_keeps, on_the_way, locality, parameters
):
    p = parameters()

    def chance(user, org, with_help):
        steps = [n / 20000 for n in range(2000)]
        return sum(user_is_worn_out(user, org, p, WEEK, with_help, u) for u in steps)

    plain = chance(on_the_way(), locality(effort=0.5), 0)
    assert 0 < chance(on_the_way(**keeps), locality(**{"effort": 0.5, **org_keeps}), helped) < plain


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_sum_lies_in_the_mixture_and_is_the_persons_own(person, parameters, key):
    p = parameters()
    amount = budget_sum(person(key=key), p)
    assert 100.0 <= amount <= 12000.0 + 1e-6
    assert amount == budget_sum(person(key=key, vulnerability=0.9, s117=1), p)


def test_small_and_large_budgets_have_their_shares(person, parameters, luck):
    p = parameters(small_share=0.2, large_share=0.25)
    amounts = []
    for n in range(200):
        luck(n / 200)
        amounts.append(budget_sum(person(), p))
    assert sum(amount < 1000.0 for amount in amounts) == 40
    assert sum(amount >= 10000.0 for amount in amounts) == 50
    assert amounts == sorted(amounts)


def test_only_small_budgets_are_one_off(person, parameters):
    assert budget_is_one_off(person(budget_gbp_per_year=500.0), parameters(), 0.0)
    assert not budget_is_one_off(person(budget_gbp_per_year=500.0), parameters(), JUST_UNDER_1)
    assert not budget_is_one_off(person(budget_gbp_per_year=1000.0), parameters(), 0.0)


@given(draws, shares, shares)
def test_the_more_part_hours_allow_the_more_are_present(parameters, u, one, other):
    low, high = sorted((one, other))
    assert (u < chance_of_presence(high, parameters())) >= (u < chance_of_presence(low, parameters()))


def test_taking_part_is_the_mean_over_the_hours_worked(person, parameters):
    p = parameters()
    half = person(worked_hours=4.0, worked_with=2.0)
    assert user_takes_part(half, p, 1.0, state.ABSENT_ASSESSMENT, 0.0)
    assert half.involvement == pytest.approx(0.5)
    assert half.absent == 0
    assert user_takes_part(half, p, 1.0, state.ABSENT_PLAN, 0.0)
    assert half.involvement == pytest.approx(0.5)


def test_absence_is_marked_and_costs_involvement(person, parameters):
    there, absent = (person(worked_hours=4.0, worked_with=1.0) for _ in range(2))
    assert user_takes_part(there, parameters(), 0.8, state.ABSENT_PLAN, 0.0)
    assert not user_takes_part(absent, parameters(), 0.8, state.ABSENT_PLAN, JUST_UNDER_1)
    assert absent.involvement < there.involvement
    assert absent.absent == state.ABSENT_PLAN


@given(draws, shares)
def test_the_sum_is_told_less_to_those_who_were_absent(person, locality, parameters, u, plain):
    p = parameters()
    org = locality(plain_language=plain)
    present = user_is_told_sum(person(), org, p, u)
    assert present >= user_is_told_sum(person(absent=state.ABSENT_ASSESSMENT), org, p, u)
    assert user_is_told_sum(person(), locality(plain_language=1.0), p, u) >= present


@given(draws, shares)
def test_a_plan_written_without_the_person_is_seldom_agreed(person, parameters, u, part):
    p = parameters()
    user = person(involvement=part)
    assert user_agrees_plan(user, p, True, u) >= user_agrees_plan(user, p, False, u)
    assert not user_agrees_plan(person(involvement=0.0), p, False, JUST_UNDER_1)


@given(shares, shares)
def test_overlap_is_full_only_where_both_needs_are_large(person, health, social):
    overlap = overlap_of_needs(person(health_need=health, social_need=social))
    assert 0.0 <= overlap <= 1.0
    assert overlap == overlap_of_needs(person(health_need=social, social_need=health))
    assert (overlap == 1.0) == (min(health, social) >= 0.5)


def test_pooled_money_and_section_117_prevent_disputes(person, locality, parameters):
    p = parameters(dispute_share=1.0)
    both = {"health_need": 0.9, "social_need": 0.9}
    apart = locality(pooling=0.0)
    assert funding_is_disputed(person(**both), apart, p, JUST_UNDER_1)
    assert not funding_is_disputed(person(**both), locality(pooling=1.0), p, 0.0)
    assert not funding_is_disputed(person(**both, s117=1), apart, p, p.dispute_section_117 + 0.01)
    assert not funding_is_disputed(person(health_need=0.0, social_need=0.9), apart, p, 0.0)


def test_disputes_end_in_their_shares(parameters):
    p = parameters(dispute_nowhere=0.2, dispute_joint=0.3)
    ends = [dispute_ends(p, n / 100) for n in range(100)]
    assert [ends.count(end) for end in (DISPUTE_NOWHERE, DISPUTE_JOINT, DISPUTE_SOCIAL)] == [20, 30, 50]


def test_a_manager_signs_below_the_limit_and_not_where_risk_looks_high(person, parameters):
    p = parameters(delegated_sign_off=2500)
    assert manager_signs(person(budget_gbp_per_year=2500.0), p)
    assert not manager_signs(person(budget_gbp_per_year=2501.0), p)
    assert not manager_signs(person(budget_gbp_per_year=100.0, perceived_risk=p.sign_off_risk), p)
    assert not manager_signs(person(budget_gbp_per_year=100.0), parameters())


def test_the_panel_funds_refuses_or_sends_back(on_the_way, locality, parameters, luck):
    p, org = parameters(), locality(bureaucracy=1.0, risk_aversion=1.0)
    thin = on_the_way(involvement=0.0, perceived_risk=1.0)
    luck(JUST_UNDER_1)
    assert panel_decides(thin, org, p, 1) == FUNDED
    luck(JUST_UNDER_1, {purpose.PANEL: 0.0})
    assert panel_decides(thin, org, p, 1) == REFUSED
    luck(JUST_UNDER_1, {purpose.PANEL_PLAN: 0.0})
    assert panel_decides(thin, org, p, 1) == SENT_BACK
    assert panel_decides(on_the_way(involvement=1.0), org, p, 1) == FUNDED


def test_money_refuses_only_once_the_pot_is_committed(on_the_way, locality, parameters, luck):
    p = parameters(refuse_when_spent=1.0)
    luck(JUST_UNDER_1)
    assert panel_decides(on_the_way(), locality(pot=1000.0, committed=1000.0), p, 1) == FUNDED
    assert panel_decides(on_the_way(), locality(pot=1000.0, committed=1000.1), p, 1) == REFUSED


@given(draws, shares, shares)
def test_the_panel_refuses_more_where_risk_looks_higher_and_less_with_advice(
    on_the_way, locality, parameters, luck_of, u, one, other
):
    low, high = sorted((one, other))
    org = locality(risk_aversion=0.9)
    usual, advised = parameters(), parameters(risk_enablement_panel=1.0)
    luck_of(JUST_UNDER_1, {purpose.PANEL: u})
    refused = [panel_decides(on_the_way(perceived_risk=risk), org, usual, 1) == REFUSED for risk in (low, high)]
    assert refused[1] >= refused[0]
    assert refused[1] >= (panel_decides(on_the_way(perceived_risk=high), org, advised, 1) == REFUSED)


@pytest.fixture(scope="module")
def luck_of():
    """As `luck`, for tests that draw many examples: the pathway's draws stay set until the module ends."""
    import persim.rules.pathway as pathway

    patch = pytest.MonkeyPatch()
    yield lambda usual, chosen: patch.setattr(pathway, "draw", lambda s, which: chosen.get(which, usual))
    patch.undo()


def test_panels_are_rare_where_it_is_rural(locality, parameters):
    p = parameters(rural_panel_interval=4)
    assert all(panel_sits(locality(), p, week) for week in range(-8, 8))
    assert [week for week in range(-8, 8) if panel_sits(locality(rural=1), p, week)] == [-8, -4, 0, 4]


def test_confidence_and_advocates_contest_and_power_distance_deters(person, locality, parameters):
    p = parameters(contest=0.5)
    calm, steep = locality(power_distance=0.0), locality(power_distance=1.0)
    assert user_contests(person(), calm, p, 0.49)
    assert not user_contests(person(), steep, p, 0.49)
    assert user_contests(person(confidence=1.0), calm, p, 0.7)
    assert not user_contests(person(confidence=0.0), calm, p, 0.49)
    assert user_contests(person(), steep, parameters(advocacy=1.0), 0.29)
