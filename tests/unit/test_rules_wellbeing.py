"""Rules of wellbeing: mental state, incidents, felt and recorded control, quality of life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import state
from persim.rules.wellbeing import (
    budget_worth,
    compelled_control,
    control_on_paper,
    form_gain,
    practitioner_attributes_incident,
    towards,
    user_changes_state,
    user_feels_week,
    user_has_incident,
)

JUST_UNDER_1 = 1.0 - 2.0**-53
shares = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        (state.STABLE, state.CRISIS, state.CRISIS_STARTS),
        (state.UNSETTLED, state.CRISIS, state.CRISIS_STARTS),
        (state.CRISIS, state.UNSETTLED, state.NOTHING),
        (state.INPATIENT, state.UNSETTLED, state.LEFT_HOSPITAL),
    ],
)
def test_the_least_draw_changes_the_state(before, after, event, person, parameters):
    user = person(mental_state=before, weeks_in_state=9)
    assert user_changes_state(user, parameters(), 0.0) == event
    assert (user.mental_state, user.weeks_in_state) == (after, 0)


@pytest.mark.parametrize("before", list(state.MentalState))
def test_the_largest_draw_leaves_the_state_and_counts_the_week(before, person, parameters):
    user = person(mental_state=int(before), weeks_in_state=9)
    assert user_changes_state(user, parameters(), JUST_UNDER_1) == state.NOTHING
    assert (user.mental_state, user.weeks_in_state) == (before, 10)


def test_a_crisis_can_lead_to_hospital(person, parameters):
    p = parameters(crisis_to_unsettled=0.2, crisis_to_inpatient=0.2)
    user = person(mental_state=state.CRISIS)
    assert user_changes_state(user, p, 0.3) == state.ADMITTED
    assert user.mental_state == state.INPATIENT


def test_someone_unsettled_can_settle_again(person, parameters):
    p = parameters(unsettled_to_crisis=0.03, unsettled_to_stable=0.2)
    user = person(mental_state=state.UNSETTLED)
    assert user_changes_state(user, p, 0.1) == state.NOTHING
    assert (user.mental_state, user.weeks_in_state) == (state.STABLE, 0)


@given(st.floats(0.2, 5.0), st.floats(0.0, 5.0), shares)
def test_whoever_falls_ill_at_a_low_hazard_does_so_at_a_higher_one(person, parameters, hazard, more, u):
    low, high = person(hazard=hazard), person(hazard=hazard + more)
    user_changes_state(low, parameters(), u)
    user_changes_state(high, parameters(), u)
    order = {state.STABLE: 0, state.UNSETTLED: 1, state.CRISIS: 2}
    assert order[low.mental_state] <= order[high.mental_state]


def test_neither_control_nor_a_budget_nor_an_order_changes_relapse_by_default(person, holder, on_cto, parameters):
    p = parameters()
    edge = p.stable_to_unsettled + p.stable_to_crisis
    for u in (0.0, p.stable_to_crisis, edge - 1e-12, edge + 1e-12, JUST_UNDER_1):
        seen = set()
        for user in (person(), person(control_felt=1.0), holder(control_felt=0.9), on_cto(control_felt=0.1)):
            user_changes_state(user, p, u)
            seen.add(user.mental_state)
        assert len(seen) == 1


def test_under_the_hypothesis_control_protects(person, parameters):
    p = parameters(control_protects=1.0)
    u = p.stable_to_crisis * 0.8
    low, high = person(control_felt=p.control_base), person(control_felt=0.9)
    assert user_changes_state(low, p, u) == state.CRISIS_STARTS
    assert user_changes_state(high, p, u) == state.NOTHING


def test_incidents_are_rare_and_as_likely_with_as_without_a_budget(person, holder, parameters):
    p = parameters()
    for user in (person(), holder()):
        assert user_has_incident(user, p, 0.0)
        assert not user_has_incident(user, p, p.incident_at_crisis)
        assert not user_has_incident(user, p, JUST_UNDER_1)


def test_an_incident_is_put_down_to_a_budget_only_where_there_is_one(person, holder, practitioner, parameters):
    p = parameters()
    assert practitioner_attributes_incident(practitioner(), holder(), p, 0.0)
    assert not practitioner_attributes_incident(practitioner(), holder(), p, JUST_UNDER_1)
    assert not practitioner_attributes_incident(practitioner(), person(), p, 0.0)
    assert not practitioner_attributes_incident(practitioner(), person(pathway_stage=state.SET_UP), p, 0.0)


def test_a_budget_without_any_of_the_three_truths_is_worth_nothing(holder, locality, parameters):
    hollow = holder(amount_known=0, plan_agreed=0, can_vary=0, involvement=1.0, trust=1.0)
    assert budget_worth(hollow, locality(), parameters()) == 0.0


def test_a_paused_budget_and_one_not_yet_in_use_are_worth_nothing(holder, locality, parameters):
    assert budget_worth(holder(paused=1), locality(), parameters()) == 0.0
    assert budget_worth(holder(pathway_stage=state.SET_UP), locality(), parameters()) == 0.0


@pytest.mark.parametrize("truth", ["amount_known", "plan_agreed", "can_vary"])
def test_each_truth_makes_a_budget_worth_more(truth, holder, locality, parameters):
    p, org = parameters(), locality()
    assert budget_worth(holder(), org, p) > budget_worth(holder(**{truth: 0}), org, p) > 0.0


@pytest.mark.parametrize(
    ("of", "low", "high"),
    [
        ("user", {"involvement": 0.1}, {"involvement": 0.9}),
        ("user", {"trust": 0.1}, {"trust": 0.9}),
        ("org", {"effort": 0.9}, {"effort": 0.1}),
        ("org", {"market": 0.1}, {"market": 0.9}),
    ],
)
def test_taking_part_ease_trust_and_choice_make_a_budget_worth_more(of, low, high, holder, locality, parameters):
    p, in_user = parameters(), of == "user"
    less = budget_worth(holder(**(low if in_user else {})), locality(**({} if in_user else low)), p)
    more = budget_worth(holder(**(high if in_user else {})), locality(**({} if in_user else high)), p)
    assert less < more


def test_a_direct_payment_adds_more_control_than_a_third_party_and_that_more_than_a_managed_budget(holder, parameters):
    gains = [form_gain(holder(budget_form=form), parameters()) for form in (state.DIRECT_PAYMENT, state.THIRD_PARTY, 3)]
    assert gains == sorted(gains, reverse=True)
    assert len(set(gains)) == 3


def test_compulsion_lowers_control_by_form(person, on_cto, locality, parameters):
    p, org = parameters(), locality(compelled_share=0.0)
    free = compelled_control(person(), org, p, 0.4)
    order = compelled_control(on_cto(conditions=0), org, p, 0.4)
    conditions = compelled_control(on_cto(conditions=4, conditions_negotiated=0.0), org, p, 0.4)
    detained = compelled_control(person(legal_status=state.SECTION_3), org, p, 0.4)
    assert free == 0.4
    assert free > order > conditions > detained > 0.0


def test_negotiated_conditions_take_no_control(on_cto, locality, parameters):
    p, org = parameters(), locality()
    agreed = compelled_control(on_cto(conditions=4, conditions_negotiated=1.0), org, p, 0.4)
    assert agreed == compelled_control(on_cto(conditions=0), org, p, 0.4)


def test_local_use_of_compulsion_casts_a_shadow_on_others_only(person, on_cto, locality, parameters):
    p, sunny, shadowed = parameters(), locality(compelled_share=0.0), locality(compelled_share=0.1)
    assert compelled_control(person(), shadowed, p, 0.4) < compelled_control(person(), sunny, p, 0.4)
    assert compelled_control(on_cto(), shadowed, p, 0.4) == compelled_control(on_cto(), sunny, p, 0.4)
    assert compelled_control(person(), locality(compelled_share=1.0), parameters(control_shadow=3.0), 0.4) == 0.0


@given(shares, shares)
def test_a_week_moves_towards_a_level_and_never_past_it(parameters, now, level):
    moved = towards(now, level, parameters())
    assert min(now, level) - 1e-12 <= moved <= max(now, level) + 1e-12


def test_gains_come_quicker_than_they_fade(parameters):
    assert towards(0.4, 0.8, parameters()) - 0.4 > 0.8 - towards(0.8, 0.4, parameters())


def live_on(user, org, p, weeks):
    """Feel some weeks."""
    for _ in range(weeks):
        user_feels_week(user, org, p)
    return user


def test_a_real_budget_raises_control_contact_and_quality_of_life(person, holder, locality, parameters):
    p = parameters()
    without = live_on(person(), locality(p), p, 104)
    with_budget = live_on(holder(), locality(p), p, 104)
    assert with_budget.control_felt > without.control_felt + 0.05
    assert with_budget.social_contact > without.social_contact
    assert with_budget.quality_of_life > without.quality_of_life


def test_involvement_alone_changes_nothing_that_is_felt(person, locality, parameters):
    p = parameters()
    left_out, involved = person(), person(planned_with=1, involvement=1.0, informed=state.UNDERSTANDS)
    live_on(left_out, locality(p), p, 52)
    live_on(involved, locality(p), p, 52)
    for name in ("control_felt", "social_contact", "quality_of_life"):
        assert getattr(left_out, name) == getattr(involved, name)


def test_gains_fade_after_an_end_and_more_slowly_where_the_activity_goes_on(person, locality, parameters):
    p = parameters()
    stopped = live_on(person(control_felt=0.7), locality(p), p, 26)
    goes_on = live_on(person(control_felt=0.7, activity_goes_on=1), locality(p), p, 26)
    assert stopped.control_felt < goes_on.control_felt < 0.7


@pytest.mark.parametrize("mental_state", [state.UNSETTLED, state.CRISIS, state.INPATIENT])
def test_distress_lowers_quality_of_life(mental_state, person, locality, parameters):
    p = parameters()
    well, unwell = person(), person(mental_state=mental_state)
    assert live_on(unwell, locality(p), p, 4).quality_of_life < live_on(well, locality(p), p, 4).quality_of_life


def test_a_carer_raises_and_living_alone_lowers_social_contact(person, locality, parameters):
    p = parameters()
    alone, plain, cared_for = person(traits=state.TRAIT_ALONE), person(), person(carer=state.CARER_SUPPORTS)
    contacts = [live_on(user, locality(p), p, 52).social_contact for user in (alone, plain, cared_for)]
    assert contacts == sorted(contacts)
    assert contacts[0] < contacts[2]


@given(
    st.fixed_dictionaries(dict.fromkeys(("control_felt", "social_contact", "quality_of_life", "trust"), shares)),
    st.sampled_from(list(state.LegalStatus)),
    st.sampled_from(list(state.MentalState)),
    st.booleans(),
)
def test_what_is_felt_stays_within_one(
    person, holder, locality, parameters, felt, legal_status, mental_state, has_budget
):
    own = {**felt, "legal_status": int(legal_status), "mental_state": int(mental_state), "conditions": 4}
    user = holder(**own) if has_budget else person(**own)
    user_feels_week(user, locality(), parameters())
    for name in ("control_felt", "social_contact", "quality_of_life"):
        assert 0.0 <= getattr(user, name) <= 1.0


def test_recorded_control_follows_forms_not_what_the_person_can_do(person, holder):
    hollow = holder(amount_known=0, plan_agreed=0, can_vary=0)
    assert control_on_paper(hollow) == control_on_paper(holder()) > control_on_paper(person())
    assert control_on_paper(person(counted=1, package=1)) > control_on_paper(person())
