"""Rules of the practitioner's week: beliefs, hours, the person's choice, hand-offs, outside workers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import state
from persim.rules.gates import user_accepts
from persim.rules.practice import (
    contact_cannot_wait,
    contacts_needed,
    outside_room,
    outside_worker_is_ready,
    practitioner_covers_for_others,
    practitioner_hands_on,
    practitioner_shares_hours,
    practitioner_takes_on_case,
    practitioner_takes_on_contact,
    share_of_voice,
    user_goes_to_broker,
    user_is_involved,
    user_is_seen_anew,
)

JUST_UNDER_1 = 1.0 - 2.0**-53
shares = st.floats(0.0, 1.0)
draws = st.floats(0.0, JUST_UNDER_1)


# Beliefs


def test_belief_learns_slowly_and_jumps_at_a_crisis(person, parameters):
    p = parameters()
    user = person(vulnerability=0.2, perceived_risk=0.6, file_risk=0.6)
    user_is_seen_anew(user, p, False)
    assert 0.2 < user.perceived_risk < 0.6
    assert user.perceived_risk < user.file_risk < 0.6
    before = user.perceived_risk
    user_is_seen_anew(user, p, True)
    assert user.perceived_risk > before
    assert user.vulnerability == 0.2


def test_the_file_never_knows_less_than_the_belief_at_a_crisis(person, parameters):
    user = person(perceived_risk=0.95, file_risk=0.3)
    user_is_seen_anew(user, parameters(), True)
    assert user.file_risk == user.perceived_risk <= 1.0


def test_unbiased_belief_goes_quickly_to_fact(person, parameters):
    user = person(vulnerability=0.2, perceived_risk=0.8)
    for _ in range(26):
        user_is_seen_anew(user, parameters(unbiased_belief=1.0), False)
    assert user.perceived_risk == pytest.approx(0.2, abs=0.01)


# Hours


def test_the_more_distress_the_more_contacts(person, parameters):
    p = parameters()
    needed = [contacts_needed(person(mental_state=code), p) for code in (state.STABLE, state.UNSETTLED, state.CRISIS)]
    assert needed == sorted(needed)
    assert needed[0] < contacts_needed(person(legal_status=state.CTO), p)


@pytest.mark.parametrize(
    ("who", "column"),
    [
        ({"mental_state": state.CRISIS, "legal_status": state.CTO}, "hours_crisis"),
        ({"mental_state": state.INPATIENT, "legal_status": state.SECTION_2}, "hours_detained"),
        ({"legal_status": state.CTO}, "hours_cto"),
        ({"mental_state": state.UNSETTLED}, "hours_unsettled"),
        ({}, "hours_routine"),
    ],
)
def test_a_contact_goes_to_its_class_of_priority(who, column, person, practitioner):
    worker = practitioner(hours_routine=0.0)
    practitioner_takes_on_contact(worker, person(**who), 2.0)
    assert getattr(worker, column) == 2.0
    assert sum(value for name, value in vars(worker).items() if name in CLASSES) == 2.0


CLASSES = ("hours_crisis", "hours_detained", "hours_cto", "hours_unsettled", "hours_routine")


def shared(practitioner, p, **demand):
    """A worker after sharing out a week with this demand."""
    worker = practitioner(**demand)
    practitioner_shares_hours(worker, p)
    return worker


@given(st.floats(0.0, 40.0), st.floats(0.0, 20.0), st.floats(0.0, 20.0), shares)
def test_more_contacts_leave_less_but_never_nought_for_social_care(practitioner, parameters, load, more, due, medical):
    p = parameters()
    light = shared(practitioner, p, hours_routine=load, hours_due=due, medical_orientation=medical)
    heavy = shared(practitioner, p, hours_routine=load + more, hours_due=due, medical_orientation=medical)
    assert 0.0 < heavy.social_hours <= light.social_hours
    assert heavy.gate_open <= light.gate_open
    assert heavy.involvement_possible <= light.involvement_possible
    assert heavy.squeeze >= light.squeeze
    assert heavy.overtime + heavy.displaced >= light.overtime + light.displaced - 1e-9


@given(*[st.floats(0.0, 30.0)] * 5, shares)
def test_shares_of_the_week_make_sense_under_any_load(
    practitioner, parameters, crisis, routine, reviews, talk, due, medical
):
    p = parameters()
    worker = shared(
        practitioner,
        p,
        hours_crisis=crisis,
        hours_routine=routine,
        hours_reviews=reviews,
        hours_talk=talk,
        hours_due=due,
        medical_orientation=medical,
    )
    assert 0.0 <= worker.gate_open <= 1.0
    assert 0.0 <= worker.case_share <= 1.0
    assert 0.0 <= worker.involvement_possible <= 1.0
    assert 0.0 <= worker.overtime <= p.overtime_share * worker.hours_direct + 1e-9
    assert 0.0 <= worker.displaced <= crisis + routine + 1e-9
    least = reviews + talk + p.shortest_forms * due
    spent = worker.gate_open * (reviews + talk) + worker.case_share * due * (
        p.shortest_forms + (1.0 - p.shortest_forms) * worker.involvement_possible
    )
    assert spent <= worker.social_hours + 1e-6 or worker.gate_open == pytest.approx(worker.social_hours / least)


def test_protected_hours_are_a_floor(practitioner, parameters):
    crushed = shared(practitioner, parameters(), hours_routine=60.0)
    protected = shared(practitioner, parameters(protected_hours=6.0), hours_routine=60.0)
    assert protected.social_hours == pytest.approx(6.0 * 12 / 52)
    assert crushed.social_hours < protected.social_hours


def test_short_of_time_the_forms_get_shorter_before_they_wait(practitioner, parameters):
    p = parameters()
    ample = shared(practitioner, p, hours_routine=4.0, hours_due=2.0)
    short = shared(practitioner, p, hours_routine=12.0, hours_due=ample.social_hours)
    assert short.involvement_possible < ample.involvement_possible
    desperate = shared(practitioner, p, hours_routine=30.0, hours_due=20.0)
    assert desperate.involvement_possible == p.least_involvement
    assert desperate.case_share < 1.0 == ample.case_share


def test_medical_orientation_claims_social_care_time(practitioner, parameters):
    p = parameters()
    assert (
        shared(practitioner, p, medical_orientation=0.9).social_hours
        < shared(practitioner, p, medical_orientation=0.1).social_hours
    )


def test_amhp_duty_leaves_the_caseload_only_while_the_law_has_amhps(practitioner, parameters):
    before, after = parameters(ctos_exist=0), parameters()
    assert shared(practitioner, after, amhp=1).hours_direct < shared(practitioner, before, amhp=1).hours_direct
    assert shared(practitioner, after, amhp=0).hours_direct == shared(practitioner, before, amhp=1).hours_direct


def test_what_cannot_wait_is_shared_by_those_at_work(person, on_cto, practitioner, team):
    assert contact_cannot_wait(person(mental_state=state.CRISIS))
    assert contact_cannot_wait(on_cto())
    assert not contact_cannot_wait(person(mental_state=state.UNSETTLED))
    ours = team(n_working=4, cover_hours=6.0)
    there, ill = practitioner(), practitioner(works=0)
    practitioner_covers_for_others(there, ours)
    practitioner_covers_for_others(ill, ours)
    assert (there.hours_crisis, ill.hours_crisis) == (1.5, 0.0)


def test_a_lead_counts_every_case_and_works_none_in_hospital(person, practitioner, parameters):
    lead, p = practitioner(), parameters()
    practitioner_takes_on_case(lead, person(work_left=1.0, weight=2.0), p)
    practitioner_takes_on_case(lead, person(work_left=99.0), p)
    practitioner_takes_on_case(lead, person(work_left=5.0, mental_state=state.INPATIENT), p)
    assert (lead.next_lead_cases, lead.hours_due) == (4.0, 2.0 + p.most_case_hours)


# Choice, hand-offs, outside workers


@given(draws, shares, shares)
def test_acceptance_rises_with_autonomy_and_a_broad_market(person, locality, parameters, u, one, other):
    low, high = sorted((one, other))
    p = parameters()
    assert user_accepts(person(autonomy_preference=high), locality(), p, u) >= user_accepts(
        person(autonomy_preference=low), locality(), p, u
    )
    assert user_accepts(person(), locality(market=high), p, u) >= user_accepts(person(), locality(market=low), p, u)


def test_declining_is_possible_and_nobody_accepts_where_nobody_is_willing(person, locality, parameters):
    assert user_accepts(person(), locality(), parameters(), 0.0)
    assert not user_accepts(person(), locality(), parameters(), JUST_UNDER_1)
    assert not user_accepts(person(), locality(), parameters(willing=0.0), 0.0)


def test_hand_offs_are_rarer_where_colleagues_are_few(practitioner, person, locality, parameters):
    p = parameters(handoff_tried=0.4)
    assert practitioner_hands_on(practitioner(), person(), locality(), p, 0.39)
    assert not practitioner_hands_on(practitioner(), person(), locality(rural=1), p, 0.39)
    assert not practitioner_hands_on(practitioner(), person(), locality(), p, JUST_UNDER_1)


def test_a_broker_must_exist_and_have_room(practitioner, person, locality, parameters):
    p, org = parameters(brokers=1.0), locality()
    full = practitioner(lead_cases=int(p.broker_cases))
    assert user_goes_to_broker(person(), practitioner(), org, p, 0.0)
    assert not user_goes_to_broker(person(), full, org, p, 0.0)
    assert not user_goes_to_broker(person(), practitioner(), org, parameters(), 0.0)
    u = p.broker_reach
    assert user_goes_to_broker(person(confidence=0.9), practitioner(), org, p, u)
    assert not user_goes_to_broker(person(confidence=0.1), practitioner(), org, p, u)


def test_voice_rises_with_confidence_advocates_and_plain_language(person, practitioner, locality, parameters):
    p, org = parameters(), locality()
    plain = share_of_voice(person(), practitioner(), org, p)
    assert share_of_voice(person(confidence=0.9), practitioner(), org, p) > plain
    assert share_of_voice(person(carer=state.CARER_ADVOCATES), practitioner(), org, p) > plain
    assert share_of_voice(person(), practitioner(), org, parameters(plain_language=0.9)) > plain
    assert share_of_voice(person(), practitioner(medical_orientation=0.9), org, p) < plain
    assert share_of_voice(person(), practitioner(), locality(power_distance=0.9), p) < plain


def test_an_involvement_drive_involves_more_people_in_reviews(person, practitioner, locality, parameters):
    u = 0.6
    assert not user_is_involved(person(), practitioner(), locality(), parameters(), u)
    assert user_is_involved(person(), practitioner(), locality(), parameters(involvement_drive=1.0), u)
    assert not user_is_involved(person(), practitioner(), locality(), parameters(), JUST_UNDER_1)


def test_brokers_hold_it_their_job_and_the_council_team_doubts_too(practitioner, locality, parameters):
    p = parameters(brokers=1.0)
    broker, council = practitioner(profession=state.BROKER), practitioner(profession=state.COUNCIL_TEAM)
    for worker in (broker, council):
        outside_worker_is_ready(worker, locality(p), p)
        assert outside_room(worker, locality(p), p) > 0
    assert (broker.legitimacy, broker.knowledge) == (1.0, 1.0)
    assert 0.0 < council.legitimacy < 1.0
    assert outside_room(broker, locality(p), parameters(brokers=0.0)) == 0


def test_the_more_forms_are_due_the_less_an_outside_worker_can_involve_the_person(practitioner, locality, parameters):
    p = parameters(brokers=1.0)
    calm, busy = (practitioner(profession=state.BROKER, hours_due=due) for due in (5.0, 90.0))
    for worker in (calm, busy):
        outside_worker_is_ready(worker, locality(p), p)
        assert worker.hours_due == 0.0
    assert busy.involvement_possible < calm.involvement_possible
    assert busy.case_share < calm.case_share == 1.0
