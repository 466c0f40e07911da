"""Twelve stories that a care coordinator should recognise, as given, when, then.

Some follow one person with set luck through a rule or two; some give a few hundred people their own luck and compare
shares, with a bound far beyond chance.
"""

import copy

import pytest

from persim import purposes as purpose
from persim import state
from persim.draws import PERSON, judgement_stream, key_of, stream
from persim.phases.compulsion import person_leaves_section
from persim.phases.counting import scratch
from persim.phases.in_use import person_uses_budget
from persim.phases.living import person_hears
from persim.phases.meeting import AT_REVIEW, ON_REQUEST, hand_off_arrives, opportunity_arises
from persim.phases.progress import funding_done, person_on_pathway, plan_done
from persim.rules.budgets import wishes_direct_payment
from persim.rules.caseload import user_is_assessed, user_meets_new_coordinator
from persim.rules.compulsion import user_goes_on_order, user_lives_on_order
from persim.rules.culture import team_alarm_moves
from persim.rules.gates import gates_closed, practitioner_accepts_risk
from persim.rules.information import HEARD_BAD, SIGNAL_BAD, SIGNAL_GOOD, SIGNAL_KNOWS, chance_of_asking
from persim.rules.pathway import carer_wishes_it, user_is_asked_to_contribute, user_is_worn_out
from persim.rules.practice import practitioner_shares_hours, practitioner_takes_on_case, user_is_seen_anew
from persim.rules.wellbeing import user_feels_week

OPEN = 1.0 - 2.0**-53
# Luck that opens every gate that a draw can open: most open at a low draw, some at a high one.
GATES_OPEN = {purpose.READY: OPEN, purpose.AVOID: OPEN, purpose.LEGAL: OPEN}
N = 400


def people(make, n=N, **changes):
    """Some people with keys, and so luck, of their own."""
    return [make(key=key_of(11, PERSON, number, 0), **changes) for number in range(n)]


def test_1_not_now(scene, person, luck):
    luck(0.0, {**GATES_OPEN, purpose.READY: 0.2})
    # Given a person two weeks out of crisis and a coordinator who puts treatment first, when the review comes,
    just_settled = person(mental_state=state.UNSETTLED, weeks_in_state=2)
    noted = scene(coordinator={"medical_orientation": 0.9}).happens(
        opportunity_arises, just_settled, occasion=AT_REVIEW
    )
    # then there is no offer, for want of readiness.
    assert "offers" not in noted
    assert just_settled.barrier == state.B_READINESS
    # Given six stable months and a coordinator of another mind, an offer is possible.
    settled = person(weeks_in_state=26)
    assert scene(coordinator={"medical_orientation": 0.1}).happens(opportunity_arises, settled, occasion=AT_REVIEW)[
        "offers"
    ]


def test_2_somebody_else(scene, person, parameters, luck):
    # Given a nurse who holds it is not their job and a social worker who is full,
    p = parameters()
    full = {"lead_cases": int(p.handoff_full), "legitimacy": 1.0}
    here = scene(p, {"legitimacy": 0.0}, full, {"integration": state.INTEGRATED})
    luck(0.0, {**GATES_OPEN, purpose.LOST: OPEN})
    user = person(informed=1, asked=1)
    told = {**vars(user)}
    # when the person asks, then a hand-off is made and waits;
    assert here.happens(opportunity_arises, user, occasion=ON_REQUEST)["passed_on"] == 1
    assert (user.pathway_stage, user.lead_worker, user.barrier) == (state.HANDED_ON, 1, state.B_ROLE)
    assert user.wait_left > 0
    waiting = copy.copy(user)
    # it bounces off the full list,
    assert here.happens(hand_off_arrives, user)["passed_on_bounced"] == 1
    assert (user.pathway_stage, user.barrier) == (state.OUTSIDE, state.B_HAND_OFF)
    # or is lost, which costs trust; and the person is told nothing.
    luck(0.0, GATES_OPEN)
    assert here.happens(hand_off_arrives, waiting)["passed_on_lost"] == 1
    assert waiting.trust < told["trust"]
    for sent in (user, waiting):
        assert (sent.informed, sent.n_offers) == (told["informed"], 0)


def plan_written(scene, user, p, contacts):
    """A plan written by a coordinator with so many hours of contacts and nine of other forms; the events noted."""
    here = scene(p, {"hours_routine": contacts})
    coordinator, noted = here.practitioners[0], {}
    while user.pathway_stage == state.PLAN and here.week < 300:
        here.week += 1
        coordinator.hours_due = 9.0
        practitioner_takes_on_case(coordinator, user, p)
        practitioner_shares_hours(coordinator, p)
        for name, amount in here.happens(person_on_pathway, user).items():
            noted[name] = noted.get(name, 0.0) + amount
    return noted


def test_3_done_for(scene, on_the_way, holder, locality, parameters, luck):
    p = parameters()
    luck(0.6, {purpose.LEAVE: OPEN, purpose.DISPUTE: OPEN, purpose.ABSENT: 0.5})
    # Given a coordinator with time and one short of it but pressed to complete, when the plan is written,
    with_them, for_them = (on_the_way(work_left=9.0, wait_left=1.0, involvement=0.4) for _ in range(2))
    calm = plan_written(scene, with_them, p, 3.0)
    pressed = plan_written(scene, for_them, p, 17.0)
    # then it is done without the person, in fewer hours, with low involvement,
    assert "plans_without_person" not in calm
    assert pressed["plans_without_person"] == 1
    assert pressed["hours_forms"] < 0.9 * calm["hours_forms"]
    assert for_them.involvement < 0.5 * with_them.involvement
    assert for_them.absent & state.ABSENT_PLAN
    assert (with_them.plan_agreed, for_them.plan_agreed) == (1, 0)
    # and the budget brings little control.
    gained = []
    for user in (with_them, for_them):
        used = holder(
            plan_agreed=user.plan_agreed, involvement=user.involvement, amount_known=user.plan_agreed, can_vary=0
        )
        for _ in range(52):
            user_feels_week(used, locality(p), p)
        gained.append(used.control_felt - p.control_base)
    assert gained[1] < 0.25 * gained[0]


def test_4_file_follows(person, parameters):
    # Given an old incident on record and two quiet years,
    p = parameters()
    user = person(vulnerability=0.3, perceived_risk=0.9, file_risk=0.95)
    for _ in range(104):
        user_is_seen_anew(user, p, False)
    before = user.perceived_risk
    assert before < 0.75
    # when a new coordinator takes over,
    user_meets_new_coordinator(user, p)
    # then perceived risk rises towards the file although actual risk has not changed.
    assert before + 0.05 < user.perceived_risk < user.file_risk
    assert user.vulnerability == 0.3


def made_orders(on_cto, practitioner, locality, p):
    """Orders made for a few hundred people, each with their own luck."""
    users = people(on_cto, legal_status=state.SECTION_3)
    for user in users:
        user_goes_on_order(user, practitioner(), locality(p), p, stream(user.key, 60))
    return users


def mean(users, name):
    return sum(getattr(user, name) for user in users) / len(users)


def test_5_discharge_friday(on_cto, practitioner, locality, parameters):
    # Given CTOs made in a hurry with no advocate,
    # then order and rights are seldom understood and conditions not discussed;
    hurried = made_orders(on_cto, practitioner, locality, parameters(hurried_share=1.0, advocate_share=0.0))
    assert mean(hurried, "order_informed") < 0.35
    assert mean(hurried, "rights_informed") < 0.25
    assert mean(hurried, "conditions_negotiated") < 0.2
    # given a meeting before discharge, both improve.
    met = made_orders(
        on_cto, practitioner, locality, parameters(hurried_share=1.0, advocate_share=0.0, rights_meeting=1.0)
    )
    for name in ("order_informed", "rights_informed", "conditions_negotiated", "cto_involvement_making"):
        assert mean(met, name) > 1.3 * mean(hurried, name)


def test_6_six_months_on(on_cto, practitioner, locality, parameters):
    # Given the same people at review,
    p = parameters(cto_end_between=0.0)
    users = made_orders(on_cto, practitioner, locality, p)
    for user in users:
        for week in range(26):
            user_feels_week(user, locality(p), p)
            user_lives_on_order(user, practitioner(), locality(p), p, state.NOTHING, stream(user.key, 61 + week))
    # then involvement is on average greater, though not everyone's,
    assert mean(users, "cto_involvement_review") > mean(users, "cto_involvement_making") + 0.1
    assert any(user.cto_involvement_review < user.cto_involvement_making for user in users)
    # some, not all, say that the limits helped,
    assert 0.2 < mean(users, "cto_felt_benefit") < 0.8
    # while felt control stays low.
    assert mean(users, "control_felt") < p.control_base - 0.03


def share_offered(users, here, p):
    """Share of people for whom every gate stands open, each with their own luck."""
    worker, team, org = here.practitioners[0], here.team, here.locality
    closed = [
        gates_closed(worker, user, team, org, p, judgement_stream(user.key, 5, 1), stream(user.key, 9), False)
        for user in users
    ]
    return sum(bits == 0 for bits in closed) / len(users)


def test_7_entitled_not_offered(scene, person, on_cto, parameters):
    # Given section 117 aftercare and a CTO,
    p = parameters()
    entitled, similar = people(on_cto, 2000, social_need=0.1), people(person, 2000, social_need=0.8)
    # then there is no eligibility test and no charge,
    assert all(user_is_assessed(user, p) == 1 for user in entitled)
    assert user_is_assessed(person(social_need=0.1), p) == 0
    assert not any(user_is_asked_to_contribute(user, p) for user in entitled)
    assert any(user_is_asked_to_contribute(user, p) for user in similar)
    # yet fewer offers than for similar voluntary people.
    here = scene(p, {"legitimacy": 0.8, "knowledge": 0.6})
    assert 0 < share_offered(entitled, here, p) < 0.75 * share_offered(similar, here, p)


def weeks_in_dispute(scene, on_the_way, p, pooled):
    """Weeks that two hundred people spend in dispute when their plans reach funding."""
    here = scene(p, org={"pooling": 1.0 if pooled else 0.0})
    weeks = 0.0
    for user in people(on_the_way, 200, health_need=0.7, social_need=0.8):
        here.happens(plan_done, user, s=stream(user.key, here.week))
        while user.pathway_stage == state.FUNDING and user.barrier == state.B_FUNDING_DISPUTE and user.wait_left > 0:
            user.wait_left -= 1.0
            weeks += 1
        here.happens(funding_done, user, s=stream(user.key, here.week))
        assert user.pathway_stage in (state.AT_PANEL, state.SET_UP, state.OUTSIDE)
    return weeks


def test_8_whose_need(scene, on_the_way, parameters):
    # Given high health and social need and no pooled money, when plans reach funding, then weeks pass in dispute;
    p = parameters()
    apart = weeks_in_dispute(scene, on_the_way, p, pooled=False)
    assert apart > 200
    # with pooled money, few.
    assert weeks_in_dispute(scene, on_the_way, p, pooled=True) < 0.1 * apart


def test_10_mother_knows_the_form(person, on_the_way, locality, parameters):
    p, org = parameters(), locality()
    # Given a carer who advocates, then asking, completing and managing are likelier;
    assert chance_of_asking(person(informed=1, carer=state.CARER_ADVOCATES), org, p) > chance_of_asking(
        person(informed=1), org, p
    )
    draws = [n / 1000 for n in range(1000)]
    alone, with_carer = on_the_way(), on_the_way(carer=state.CARER_ADVOCATES)
    leaving = [sum(user_is_worn_out(user, org, p, 100, 0, u / 50) for u in draws) for user in (alone, with_carer)]
    managing = [sum(wishes_direct_payment(user, org, p, u) for u in draws) for user in (alone, with_carer)]
    assert leaving[1] < leaving[0]
    assert managing[1] > managing[0]
    # and the carer's wish is recorded apart from the person's.
    wishes = {carer_wishes_it(with_carer, p, u) for u in (0.0, OPEN)}
    assert wishes == {True, False}


def heard(person, locality, p, team, signal, before=0):
    """People after a week in which all their linked peers tell this."""
    ours = team(n_users=state.PEER_BLOCK)
    peers = [person(peer_signal=signal) for _ in range(state.PEER_BLOCK)]
    users = people(person, state.PEER_BLOCK, informed=before)
    _, notes = scratch()
    for row, user in enumerate(users):
        everyone = [*peers[:row], user, *peers[row + 1 :]]
        person_hears(user, row, everyone, ours, locality(p), p, stream(user.key, 20), notes)
    return users


def test_11_word_of_mouth(person, locality, parameters, team):
    p = parameters(peers_tell=0.1, information=0.9, forget_rate=0.0)
    # Given peers with a budget that went well, then linked people learn and ask;
    good, silent = heard(person, locality, p, team, SIGNAL_GOOD), heard(person, locality, p, team, 0)
    assert sum(user.informed == state.UNDERSTANDS for user in good) > sum(user.informed > 0 for user in silent)
    # given peers whose forms took a year, fewer do.
    bad, plain = heard(person, locality, p, team, SIGNAL_BAD), heard(person, locality, p, team, SIGNAL_KNOWS)
    assert any(user.heard == HEARD_BAD for user in bad)

    def asking(users):
        return sum(chance_of_asking(user, locality(p), p) for user in users if user.informed)

    assert asking(good) > asking(plain) > asking(bad) > 0
    # Someone who knew already hears the story too.
    assert any(user.heard == HEARD_BAD for user in heard(person, locality, p, team, SIGNAL_BAD, before=state.KNOWS))


def risk_open(users, practitioner, ours, org, p):
    """Share of people whose risk gate stands open."""
    return sum(
        practitioner_accepts_risk(practitioner(), user, ours, org, p, n / len(users)) for n, user in enumerate(users)
    ) / len(users)


def test_12_after_the_incident(person, practitioner, locality, parameters, team):
    # Given a serious incident in a team with a blame culture,
    safe = [person(perceived_risk=0.05) for _ in range(N)]
    falls = {}
    for name, p in (("usual", parameters()), ("panel", parameters(risk_enablement_panel=1.0))):
        org, ours = locality(p, blame=0.9), team()
        before = risk_open(safe, practitioner, ours, org, p)
        ours.incidents = 1
        falls[name] = []
        for _ in range(40):
            team_alarm_moves(ours, org, p)
            ours.incidents = 0
            falls[name].append(before - risk_open(safe, practitioner, ours, org, p))
    # then offers fall for all its people, also for those at low risk, for months;
    assert falls["usual"][0] > 0.2
    assert falls["usual"][25] > 0.1
    # with a risk enablement panel, less and shorter.
    assert falls["panel"][0] < 0.5 * falls["usual"][0]
    assert falls["panel"][25] / falls["panel"][0] < falls["usual"][25] / falls["usual"][0]


@pytest.mark.parametrize("loop", [person_leaves_section, person_uses_budget])
def test_the_scene_gives_a_loop_all_that_it_asks_for(loop, scene, holder):
    assert scene().happens(loop, holder(legal_status=state.SECTION_3), amhp_row=1) is not None
