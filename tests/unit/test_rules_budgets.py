"""Rules of the pathway: the form of a budget, its use, review and end."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import purposes as purpose
from persim import state
from persim.rules.budgets import (
    activity_can_go_on,
    budget_review_is_due,
    direct_payment_allowed,
    user_budget_is_due_to_end,
    user_budget_is_reviewed,
    user_budget_pauses,
    user_chooses_form,
    user_finds_support,
    user_may_vary,
    wishes_direct_payment,
)
from persim.rules.pathway import (
    budget_sum,
    carer_wishes_it,
    user_budget_ends,
    user_is_asked_to_contribute,
    user_starts_using,
)

JUST_UNDER_1 = 1.0 - 2.0**-53
WEEK = 100
draws = st.floats(0.0, JUST_UNDER_1)


def test_the_law_bars_direct_payments_in_detention_and_before_november_2009_on_an_order(person, on_cto, parameters):
    before, after = parameters(direct_payment_barred=1), parameters()
    for section in (state.SECTION_2, state.SECTION_3):
        assert not direct_payment_allowed(person(legal_status=section), after)
    assert not direct_payment_allowed(on_cto(), before)
    assert direct_payment_allowed(on_cto(), after)
    assert direct_payment_allowed(person(), before)


@given(draws, st.floats(100.0, 12000.0), st.floats(100.0, 12000.0))
def test_larger_sums_support_and_carers_make_the_wish_for_the_money_likelier(
    person, locality, parameters, u, one, other
):
    small, large = sorted((one, other))
    p = parameters()

    def wishes(numbers=p, **changes):
        user = person(**{"budget_gbp_per_year": small, **changes})
        return wishes_direct_payment(user, locality(), numbers, u)

    assert wishes(budget_gbp_per_year=large) >= wishes()
    assert wishes(parameters(direct_payment_support=1.0)) >= wishes()
    assert wishes(carer=state.CARER_SUPPORTS) >= wishes() >= wishes(carer=state.CARER_WORRIED)


def test_the_form_follows_the_wish_as_far_as_law_and_service_allow(
    on_the_way, practitioner, locality, parameters, luck
):
    def form(worker=None, p=None, **changes):
        user = on_the_way(**changes)
        return user_chooses_form(user, worker or practitioner(), locality(power_distance=1.0), p or parameters(), 1)

    luck(JUST_UNDER_1, {purpose.FORM: 0.0, purpose.FORM + 200: 0.0})
    assert form() == state.DIRECT_PAYMENT
    assert form(legal_status=state.SECTION_3) == state.MANAGED
    assert form(p=parameters(direct_payment_barred=1), legal_status=state.CTO) == state.MANAGED
    luck(JUST_UNDER_1, {purpose.FORM: JUST_UNDER_1, purpose.FORM + 200: 0.0})
    assert form() == state.MANAGED  # who does not wish for it never gets it
    luck(JUST_UNDER_1, {purpose.FORM: 0.0})
    assert form(practitioner(medical_orientation=1.0)) == state.MANAGED  # the wish goes unheard
    luck(0.0, {purpose.FORM: JUST_UNDER_1})
    assert form() == state.THIRD_PARTY


def test_a_thin_market_ends_or_changes_what_was_wished(holder, locality, parameters, luck):
    user, p, thin = holder(), parameters(), locality(market=0.0)
    luck(0.0)
    assert user_finds_support(user, thin, p, 1) == state.NO_FORM
    luck(0.0, {purpose.MARKET_MANAGED: JUST_UNDER_1})
    assert user_finds_support(user, thin, p, 1) == state.MANAGED
    luck(0.0)
    assert user_finds_support(user, locality(market=1.0), p, 1) == state.DIRECT_PAYMENT


def test_direct_payments_are_free_to_vary_more_often_and_imposed_conditions_narrow_them(holder, locality, parameters):
    p, org = parameters(can_vary=0.8, can_vary_managed=0.4), locality(bureaucracy=0.0)
    assert user_may_vary(holder(), org, p, 0.6)
    assert not user_may_vary(holder(budget_form=state.MANAGED), org, p, 0.6)
    imposed = {"legal_status": state.CTO, "conditions": 4, "conditions_negotiated": 0.0}
    narrowed = parameters(can_vary=0.8, condition_narrows=0.2)
    assert not user_may_vary(holder(**imposed), org, narrowed, 0.6)
    assert user_may_vary(holder(**{**imposed, "conditions_negotiated": 1.0}), org, narrowed, 0.6)


def test_a_promise_kept_raises_trust_and_no_barrier_is_left(on_the_way, parameters):
    user = on_the_way(lead_worker=9)
    user_starts_using(user, parameters(), WEEK)
    assert (user.pathway_stage, user.in_use_week, user.weeks_in_stage) == (state.IN_USE, WEEK, 0)
    assert (user.barrier, user.gates, user.lead_worker) == (state.B_NONE, 0, state.LEAD_COORDINATOR)
    assert user.trust > 0.6


def test_a_budget_that_ends_takes_the_truths_and_the_count_with_it(holder, parameters):
    user = holder(one_off=1, joint_funded=1, paused=1)
    user_budget_ends(user, parameters(rest_weeks=26), WEEK, True)
    assert (user.pathway_stage, user.barrier, user.rest_until) == (state.OUTSIDE, state.B_ENDED, WEEK + 26)
    names = ("budget_form", "counted", "amount_known", "plan_agreed", "can_vary", "one_off", "joint_funded", "paused")
    assert [getattr(user, name) for name in names] == [0] * len(names)
    assert user.activity_goes_on == 1


def test_what_it_paid_for_may_go_on_where_the_market_is_broad(locality, parameters):
    p = parameters()
    assert activity_can_go_on(locality(market=0.5), p, 0.0)
    assert not activity_can_go_on(locality(market=0.0), p, 0.0)


def test_one_off_budgets_end_after_their_weeks_and_others_by_chance(holder, parameters):
    p = parameters(one_off_weeks=13)
    assert not user_budget_is_due_to_end(holder(one_off=1, weeks_in_stage=12), p, 0.0)
    assert user_budget_is_due_to_end(holder(one_off=1, weeks_in_stage=13), p, JUST_UNDER_1)
    assert user_budget_is_due_to_end(holder(), p, 0.0)
    assert not user_budget_is_due_to_end(holder(), p, JUST_UNDER_1)


def test_budgets_are_reviewed_after_ten_weeks_then_yearly():
    assert [week for week in range(160) if budget_review_is_due(week)] == [10, 52, 104, 156]


@pytest.mark.parametrize(("u", "change"), [(0.0, -1), (0.5, 0), (JUST_UNDER_1, 1)])
def test_a_budget_review_cuts_keeps_or_raises_the_sum(u, change, holder, practitioner, locality, parameters, luck):
    p = parameters()
    luck(u, {purpose.ABSENT: 0.0})
    user = holder(budget_gbp_per_year=1000.0)
    assert user_budget_is_reviewed(user, practitioner(), locality(), p, 1) == change
    assert user.budget_gbp_per_year == pytest.approx(1000.0 * (1.0 - p.cut_size, 1.0, 1.0 + p.raise_size)[change + 1])


def test_only_a_direct_payment_pauses_and_only_after_weeks_in_hospital(holder, parameters):
    p = parameters(pause_weeks=6)
    inside = {"mental_state": state.INPATIENT, "weeks_in_state": 7}
    assert user_budget_pauses(holder(**inside), p)
    assert not user_budget_pauses(holder(**{**inside, "weeks_in_state": 6}), p)
    assert not user_budget_pauses(holder(**inside, budget_form=state.MANAGED), p)
    assert not user_budget_pauses(holder(), p)


def test_no_contribution_under_section_117(person, parameters, luck):
    luck(0.0)
    assert user_is_asked_to_contribute(person(), parameters())
    assert not user_is_asked_to_contribute(person(s117=1), parameters())
    luck(JUST_UNDER_1)
    assert not user_is_asked_to_contribute(person(), parameters())


def test_the_carers_wish_differs_by_carer_and_changes_nothing_of_the_persons(person, parameters):
    p = parameters()
    u = (p.carer_wish_worried + p.carer_wish_advocates) / 2
    for carer, expected in ((state.CARER_ADVOCATES, True), (state.CARER_WORRIED, False)):
        user = person(carer=carer)
        before = {**vars(user)}
        assert carer_wishes_it(user, p, u) == expected
        assert vars(user) == before


def test_a_wish_for_the_money_is_never_certain(person, locality, parameters):
    user = person(budget_gbp_per_year=12000.0, autonomy_preference=1.0, confidence=1.0, carer=state.CARER_SUPPORTS)
    assert not wishes_direct_payment(user, locality(), parameters(direct_payment_wish=1.0), 0.96)
    assert math.isfinite(budget_sum(user, parameters()))
