"""Rules of compulsion: detention, the making of an order, its review, recall and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import purposes as purpose
from persim import state
from persim.rules.compulsion import (
    NO_ORDER,
    ORDER_ENDED,
    ORDER_ENDED_AT_REVIEW,
    ORDER_GOES_ON,
    ORDER_MADE,
    ORDER_REFUSED,
    ORDER_REVIEWED,
    RECALLED,
    REVOKED,
    local_use,
    practitioner_agrees_to_order,
    practitioner_agrees_to_revoke,
    proneness,
    user_appraises_order,
    user_goes_on_order,
    user_is_detained,
    user_leaves_hospital,
    user_lives_on_order,
    user_moves_to_section_3,
    user_order_ends,
    user_order_is_revoked,
)

JUST_UNDER_1 = 1.0 - 2.0**-53


def test_use_of_the_act_is_as_usual_at_the_default_of_the_dial(locality, parameters):
    assert local_use(locality(compulsion_practice=parameters().compulsion_practice)) == pytest.approx(1.0)
    assert local_use(locality(compulsion_practice=0.9)) > local_use(locality(compulsion_practice=0.1))


def test_proneness_averages_one_over_people(person, parameters):
    p = parameters(prone_share=0.2, prone_ratio=4.0)
    mean = 0.2 * proneness(person(traits=state.TRAIT_PRONE), p) + 0.8 * proneness(person(traits=0), p)
    assert mean == pytest.approx(1.0)


def test_an_admission_may_be_under_section_2_or_3_and_costs_trust(person, locality, parameters, luck):
    for section_draw, expected in ((0.0, state.SECTION_2), (JUST_UNDER_1, state.SECTION_3)):
        luck(0.0, {purpose.SECTION: section_draw})
        user = person(mental_state=state.INPATIENT)
        assert user_is_detained(user, locality(), parameters(), 1)
        assert user.legal_status == expected
        assert user.trust < 0.6


def test_most_admissions_are_informal(person, locality, parameters, luck):
    luck(JUST_UNDER_1)
    user = person(mental_state=state.INPATIENT)
    assert not user_is_detained(user, locality(), parameters(), 1)
    assert (user.legal_status, user.trust) == (state.VOLUNTARY, 0.6)


def test_someone_already_under_the_act_is_not_detained_anew(on_cto, locality, parameters, luck):
    luck(0.0)
    assert not user_is_detained(on_cto(), locality(), parameters(), 1)


def test_section_2_ends_after_four_weeks(person, parameters):
    p = parameters()
    early = person(legal_status=state.SECTION_2, weeks_in_state=3)
    user_moves_to_section_3(early, p, 0.0)
    assert early.legal_status == state.SECTION_2
    for u, expected in ((0.0, state.SECTION_3), (JUST_UNDER_1, state.VOLUNTARY)):
        user = person(legal_status=state.SECTION_2, weeks_in_state=4)
        user_moves_to_section_3(user, p, u)
        assert user.legal_status == expected


def test_aftercare_follows_section_3_and_not_section_2(person, practitioner, locality, parameters, luck):
    luck(JUST_UNDER_1)
    for section, expected in ((state.SECTION_2, 0), (state.SECTION_3, 1)):
        user = person(legal_status=section)
        assert user_leaves_hospital(user, practitioner(), locality(), parameters(), 1) == NO_ORDER
        assert (user.s117, user.legal_status) == (expected, state.VOLUNTARY)


def test_an_order_needs_the_law_section_3_and_an_amhp(person, practitioner, locality, parameters, luck):
    amhp, org = practitioner(medical_orientation=0.0), locality()
    luck(0.0)
    assert user_leaves_hospital(person(legal_status=state.SECTION_3), amhp, org, parameters(), 1) == ORDER_MADE
    assert user_leaves_hospital(person(legal_status=state.SECTION_2), amhp, org, parameters(), 1) == NO_ORDER
    before_november_2008 = parameters(ctos_exist=0)
    assert user_leaves_hospital(person(legal_status=state.SECTION_3), amhp, org, before_november_2008, 1) == NO_ORDER
    luck(0.0, {purpose.AGREE: JUST_UNDER_1})
    assert user_leaves_hospital(person(legal_status=state.SECTION_3), amhp, org, parameters(), 1) == ORDER_REFUSED


def test_a_person_centred_amhp_refuses_more_often(practitioner, person, parameters):
    p = parameters(amhp_agrees=0.8)
    medical, centred = practitioner(medical_orientation=1.0), practitioner(medical_orientation=0.0)
    assert practitioner_agrees_to_order(medical, person(), p, JUST_UNDER_1)
    assert not practitioner_agrees_to_order(centred, person(), p, JUST_UNDER_1)
    assert not practitioner_agrees_to_revoke(centred, person(), p, JUST_UNDER_1)
    assert practitioner_agrees_to_revoke(centred, person(), p, 0.0)


HALVES = {purpose.INVOLVEMENT: 0.5, purpose.NEGOTIATED: 0.5, purpose.CONDITIONS: 0.9, purpose.OBJECTS: 0.9}


def made(on_cto, practitioner, locality, p, luck, draws=(), amhp=None):
    """An order made with middling luck, apart from the draws named."""
    luck(JUST_UNDER_1, {**HALVES, **dict(draws)})
    user = on_cto(legal_status=state.VOLUNTARY)
    user_goes_on_order(user, amhp or practitioner(), locality(p), p, 1)
    assert user.legal_status == state.CTO
    return user


def test_a_new_order_starts_its_clock_and_has_no_review_behind_it(on_cto, practitioner, locality, parameters, luck):
    user = made(on_cto, practitioner, locality, parameters(), luck)
    assert (user.cto_weeks, user.cto_involvement_review, user.cto_felt_benefit) == (0, -1.0, 0)


def test_haste_lowers_involvement_and_a_meeting_takes_the_haste_away(on_cto, practitioner, locality, parameters, luck):
    usual, meeting = parameters(), parameters(rights_meeting=1.0)
    calm = made(on_cto, practitioner, locality, usual, luck)
    hurried = made(on_cto, practitioner, locality, usual, luck, {purpose.HURRY: 0.0})
    prepared = made(on_cto, practitioner, locality, meeting, luck, {purpose.HURRY: 0.0})
    assert hurried.cto_involvement_making < calm.cto_involvement_making < prepared.cto_involvement_making


def test_advocate_relative_and_a_person_centred_amhp_raise_involvement(
    on_cto, practitioner, locality, parameters, luck
):
    p = parameters()
    plain = made(on_cto, practitioner, locality, p, luck)
    advocate = made(on_cto, practitioner, locality, p, luck, {purpose.ADVOCATE: 0.0})
    relative = made(on_cto, practitioner, locality, p, luck, {purpose.RELATIVE_CONSULTED: 0.0})
    centred = made(on_cto, practitioner, locality, p, luck, (), practitioner(medical_orientation=0.0))
    for better in (advocate, relative, centred):
        assert better.cto_involvement_making > plain.cto_involvement_making


def test_a_relative_is_not_consulted_against_the_persons_objection(on_cto, practitioner, locality, parameters, luck):
    p = parameters()
    asked = {purpose.RELATIVE_CONSULTED: 0.0}
    welcome = made(on_cto, practitioner, locality, p, luck, asked)
    refused = made(on_cto, practitioner, locality, p, luck, {**asked, purpose.OBJECTS: 0.0})
    assert refused.cto_involvement_making < welcome.cto_involvement_making


def test_plain_information_informs_of_order_and_rights(on_cto, practitioner, locality, parameters, luck):
    draws = {purpose.ORDER_INFORMED: 0.6, purpose.RIGHTS_INFORMED: 0.6}
    usual = made(on_cto, practitioner, locality, parameters(), luck, draws)
    plain = made(on_cto, practitioner, locality, parameters(rights_information=1.0), luck, draws)
    assert (usual.order_informed, usual.rights_informed) == (0, 0)
    assert (plain.order_informed, plain.rights_informed) == (1, 1)


@given(st.floats(0.0, JUST_UNDER_1))
def test_there_are_nought_to_the_most_conditions(u):
    n = int(u * (4 + 1.0))
    assert 0 <= n <= 4


@pytest.mark.parametrize(("u", "expected"), [(0.0, 0), (JUST_UNDER_1, 4)])
def test_conditions_span_their_range(u, expected, on_cto, practitioner, locality, parameters, luck):
    user = made(on_cto, practitioner, locality, parameters(max_conditions=4), luck, {purpose.CONDITIONS: u})
    assert user.conditions == expected


def test_imposed_conditions_cost_trust(on_cto, practitioner, locality, parameters, luck):
    none = made(on_cto, practitioner, locality, parameters(), luck, {purpose.CONDITIONS: 0.0})
    four = made(on_cto, practitioner, locality, parameters(), luck, {purpose.CONDITIONS: JUST_UNDER_1})
    assert four.trust < none.trust == 0.6


def live_a_week(user, practitioner, locality, p, change=state.NOTHING, amhp=None):
    """One week on an order."""
    return user_lives_on_order(user, amhp or practitioner(), locality(p), p, change, 1)


def test_reviews_fall_at_six_and_twelve_months_then_yearly(on_cto, practitioner, locality, parameters, luck):
    luck(JUST_UNDER_1)
    user = made(on_cto, practitioner, locality, parameters(), luck)
    weeks = range(1, 210)
    events = [live_a_week(user, practitioner, locality, parameters()) for _ in weeks]
    assert [week for week, event in zip(weeks, events, strict=True) if event == ORDER_REVIEWED] == [
        26,
        52,
        104,
        156,
        208,
    ]


def test_a_review_missed_in_hospital_is_held_on_leaving(on_cto, practitioner, locality, parameters, luck):
    luck(JUST_UNDER_1)
    user = on_cto(cto_weeks=25, cto_review_in=1, mental_state=state.INPATIENT)
    assert [live_a_week(user, practitioner, locality, parameters()) for _ in range(3)] == [ORDER_GOES_ON] * 3
    user.mental_state = state.UNSETTLED
    assert live_a_week(user, practitioner, locality, parameters()) == ORDER_REVIEWED


def test_an_ordinary_week_on_an_order_brings_nothing(on_cto, practitioner, locality, parameters, luck):
    luck(JUST_UNDER_1)
    user = on_cto(cto_weeks=10)
    assert live_a_week(user, practitioner, locality, parameters()) == ORDER_GOES_ON
    assert user.cto_weeks == 11


def test_recalls_ride_on_crises_and_admissions_only(on_cto, practitioner, locality, parameters, luck):
    luck(0.0, {purpose.END_ORDER: JUST_UNDER_1})
    p = parameters()
    events = [live_a_week(on_cto(), practitioner, locality, p, change) for change in range(4)]
    assert events == [ORDER_GOES_ON, RECALLED, REVOKED, ORDER_GOES_ON]
    luck(JUST_UNDER_1)
    assert live_a_week(on_cto(), practitioner, locality, p, state.CRISIS_STARTS) == ORDER_GOES_ON


def test_without_the_amhp_a_recall_is_not_turned_into_revocation(on_cto, practitioner, locality, parameters, luck):
    luck(0.0, {purpose.REVOKE: JUST_UNDER_1})
    centred = practitioner(medical_orientation=0.0)
    user = on_cto(mental_state=state.INPATIENT)
    assert live_a_week(user, practitioner, locality, parameters(), state.ADMITTED, centred) == RECALLED
    assert user.legal_status == state.CTO


def test_a_review_can_end_the_order_or_not(on_cto, practitioner, locality, parameters, luck):
    for u, expected in ((0.0, ORDER_ENDED_AT_REVIEW), (JUST_UNDER_1, ORDER_REVIEWED)):
        luck(0.5, {purpose.END_ORDER: u})
        user = on_cto(cto_weeks=25, cto_review_in=1)
        assert live_a_week(user, practitioner, locality, parameters()) == expected
        assert 0.0 <= user.cto_involvement_review <= 1.0


def test_an_order_may_end_between_reviews(on_cto, practitioner, locality, parameters, luck):
    luck(JUST_UNDER_1, {purpose.END_ORDER: 0.0})
    assert live_a_week(on_cto(), practitioner, locality, parameters()) == ORDER_ENDED


def test_there_is_no_review_in_hospital(on_cto, practitioner, locality, parameters, luck):
    luck(0.0)
    user = on_cto(cto_weeks=25, cto_review_in=1, mental_state=state.INPATIENT)
    assert live_a_week(user, practitioner, locality, parameters()) == ORDER_GOES_ON


def test_who_is_informed_stays_informed(on_cto, practitioner, locality, parameters, luck):
    luck(JUST_UNDER_1)
    user = on_cto(cto_weeks=25, cto_review_in=1, order_informed=1, rights_informed=1)
    live_a_week(user, practitioner, locality, parameters())
    assert (user.order_informed, user.rights_informed) == (1, 1)


def test_revocation_goes_back_to_section_3_and_costs_trust(on_cto, parameters):
    user = on_cto()
    user_order_is_revoked(user, parameters())
    assert user.legal_status == state.SECTION_3
    assert user.trust < 0.6


def test_aftercare_and_what_was_felt_outlast_the_order(on_cto):
    user = on_cto(cto_felt_benefit=1)
    user_order_ends(user)
    assert (user.legal_status, user.conditions, user.s117, user.cto_felt_benefit) == (state.VOLUNTARY, 0, 1, 1)


def test_felt_benefit_is_an_appraisal_and_moves_nothing_else(on_cto, parameters, luck):
    for u, expected in ((0.0, 1), (JUST_UNDER_1, 0)):
        luck(u)
        user = on_cto()
        before = {**vars(user)}
        user_appraises_order(user, parameters())
        assert user.cto_felt_benefit == expected
        assert {**vars(user), "cto_felt_benefit": 0} == {**before, "cto_felt_benefit": 0}
