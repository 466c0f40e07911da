"""Rules of the practitioner's week: the gates at an opportunity to speak of budgets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import state
from persim.rules.gates import (
    effective_worry,
    first_gate,
    gates_closed,
    practitioner_accepts_risk,
    practitioner_explains_budgets,
    practitioner_finds_ready,
    practitioner_has_time,
    practitioner_knows_process,
    practitioner_recognises_need,
    practitioner_recommends,
    practitioner_sees_no_bar,
    practitioner_sees_role,
)

JUST_UNDER_1 = 1.0 - 2.0**-53
shares = st.floats(0.0, 1.0)
draws = st.floats(0.0, JUST_UNDER_1)


def gate(name, practitioner, team, locality, parameters, user, worker=None, org=None, **numbers):
    """A gate as a function of the draw alone."""
    p = parameters(**numbers)
    worker, org = worker or practitioner(), org or locality(p)
    return {
        "need": lambda u: practitioner_recognises_need(worker, user, p, u),
        "ready": lambda u: practitioner_finds_ready(worker, user, p, u),
        "time": lambda u: practitioner_has_time(worker, u),
        "recommends": lambda u: practitioner_recommends(worker, user, p, u),
        "role": lambda u: practitioner_sees_role(worker, user, org, p, u),
        "process": lambda u: practitioner_knows_process(worker, org, p, u),
        "risk": lambda u: practitioner_accepts_risk(worker, user, team(), org, p, u),
        "bar": lambda u: practitioner_sees_no_bar(worker, user, p, u),
        "tell": lambda u: practitioner_explains_budgets(worker, user, org, p, u),
    }[name]


@pytest.mark.parametrize(
    ("name", "shut", "open_"),
    [
        ("need", {"social_care_knowledge": 0.0}, {"social_care_knowledge": 1.0}),
        ("ready", {"medical_orientation": 1.0}, {"medical_orientation": 0.0}),
        ("time", {"gate_open": 0.0}, {"gate_open": 1.0}),
        ("recommends", {"squeeze": 1.0, "medical_orientation": 1.0}, {"squeeze": 0.0}),
        ("role", {"legitimacy": 0.0}, {"legitimacy": 1.0}),
        ("process", {"knowledge": 0.0}, {"knowledge": 1.0}),
        ("risk", {"worry_person": 1.0}, {"worry_person": 0.0, "worry_self": 0.0}),
    ],
)
def test_a_gate_is_shut_and_open_at_the_ends_of_what_it_reads(
    name, shut, open_, practitioner, team, locality, person, parameters
):
    numbers = {"readiness_unsettled": 1.0, "not_recommended": 1.0}
    user = person(mental_state=state.UNSETTLED, perceived_risk=1.0)
    worst = gate(name, practitioner, team, locality, parameters, user, practitioner(**shut), **numbers)
    best = gate(name, practitioner, team, locality, parameters, user, practitioner(**open_), **numbers)
    assert not (worst(0.0) and worst(JUST_UNDER_1))
    assert best(0.0)
    assert best(JUST_UNDER_1)


def test_section_117_on_file_makes_need_easier_to_recognise(practitioner, team, locality, person, parameters):
    worker = practitioner(social_care_knowledge=0.6)
    assert not gate("need", practitioner, team, locality, parameters, person(), worker)(0.7)
    assert gate("need", practitioner, team, locality, parameters, person(s117=1), worker)(0.7)


@pytest.mark.parametrize("mental_state", [state.CRISIS, state.INPATIENT])
def test_nobody_is_ready_in_crisis_or_hospital_whoever_looks(mental_state, practitioner, person, parameters):
    for medical in (0.0, 1.0):
        worker = practitioner(medical_orientation=medical)
        for u in (0.0, JUST_UNDER_1):
            assert not practitioner_finds_ready(worker, person(mental_state=mental_state), parameters(), u)


@given(draws, st.integers(0, 200), st.integers(0, 200))
def test_doubt_about_readiness_fades_with_stable_weeks(practitioner, person, parameters, u, weeks, more):
    p = parameters()
    soon = practitioner_finds_ready(practitioner(), person(weeks_in_state=weeks), p, u)
    later = practitioner_finds_ready(practitioner(), person(weeks_in_state=weeks + more), p, u)
    assert later >= soon


@given(draws, shares, shares)
def test_target_pressure_and_action_research_open_the_role_gate(
    practitioner, person, locality, parameters, u, push, gain
):
    p = parameters()
    plain = practitioner_sees_role(practitioner(), person(), locality(), p, u)
    assert practitioner_sees_role(practitioner(), person(), locality(push=push), p, u) >= plain
    assert practitioner_sees_role(practitioner(), person(), locality(gain_role=gain), p, u) >= plain


def test_without_legitimacy_no_pressure_opens_the_role_gate(practitioner, person, locality, parameters):
    org = locality(push=1.0)
    assert not practitioner_sees_role(
        practitioner(legitimacy=0.0), person(), org, parameters(pressure_opens_role=3), 0.0
    )


@given(draws, shares, shares)
def test_perceived_risk_and_blame_close_the_risk_gate(practitioner, person, team, locality, parameters, u, one, other):
    low, high = sorted((one, other))
    p = parameters()

    def accepts(risk=0.5, blame=0.5):
        return practitioner_accepts_risk(
            practitioner(), person(perceived_risk=risk), team(), locality(blame=blame), p, u
        )

    assert accepts(risk=low) >= accepts(risk=high)
    assert accepts(blame=low) >= accepts(blame=high)


@given(draws, shares)
def test_the_risk_gate_looks_at_belief_and_not_at_actual_risk(
    practitioner, person, team, locality, parameters, u, actual
):
    p, org = parameters(), locality()
    seen = practitioner_accepts_risk(practitioner(), person(vulnerability=actual), team(), org, p, u)
    assert seen == practitioner_accepts_risk(practitioner(), person(vulnerability=0.4), team(), org, p, u)


def test_alarm_closes_the_risk_gate_for_people_at_no_risk_too_but_not_without_risk_aversion(
    practitioner, person, team, locality, parameters
):
    p, org, safe = parameters(), locality(), person(perceived_risk=0.0)
    assert practitioner_accepts_risk(practitioner(), safe, team(alarm=0.0), org, p, 0.5)
    assert not practitioner_accepts_risk(practitioner(), safe, team(alarm=0.8), org, p, 0.5)
    fearless = practitioner(worry_person=0.0, worry_self=0.0)
    assert practitioner_accepts_risk(fearless, safe, team(alarm=1.0), org, p, JUST_UNDER_1)
    panel = parameters(risk_enablement_panel=1.0, risk_panel_relief=1.0)
    assert practitioner_accepts_risk(practitioner(), safe, team(alarm=0.8), org, panel, JUST_UNDER_1)


def test_worry_for_oneself_counts_as_far_as_the_organisation_blames(practitioner, locality):
    anxious = practitioner(worry_person=0.3, worry_self=0.8)
    assert effective_worry(anxious, locality(blame=0.0)) == pytest.approx(0.3)
    assert 0.3 < effective_worry(anxious, locality(blame=0.5)) < effective_worry(anxious, locality(blame=1.0)) < 1.0


def test_detention_bars_always_an_order_sometimes_and_a_voluntary_person_never(
    practitioner, person, on_cto, parameters
):
    p = parameters(legal_bar_cto=1.0)
    for section in (state.SECTION_2, state.SECTION_3):
        assert not practitioner_sees_no_bar(practitioner(), person(legal_status=section), p, JUST_UNDER_1)
    assert practitioner_sees_no_bar(practitioner(), person(), p, 0.0)
    assert not practitioner_sees_no_bar(practitioner(knowledge=0.0), on_cto(), p, JUST_UNDER_1)
    assert practitioner_sees_no_bar(practitioner(knowledge=1.0), on_cto(), p, 0.6)


def test_who_knows_of_budgets_need_not_be_told(practitioner, person, locality, parameters):
    mute = locality(tell=0.0)
    assert practitioner_explains_budgets(practitioner(), person(informed=1), mute, parameters(), JUST_UNDER_1)
    assert not practitioner_explains_budgets(practitioner(), person(informed=0), mute, parameters(), 0.0)


@given(st.integers(1, 2**12 - 1))
def test_the_first_gate_is_the_lowest_that_closed(bits):
    closed = bits << 1
    first = first_gate(closed)
    assert closed & (1 << first)
    assert all(not closed & (1 << gate) for gate in range(first))
    assert first_gate(0) == state.B_NONE


def test_all_gates_are_tried_and_every_one_that_closes_is_kept(practitioner, person, team, locality, parameters, luck):
    p = parameters(tell=0.0)
    worker = practitioner(
        social_care_knowledge=0.0, gate_open=0.0, legitimacy=0.0, knowledge=0.0, worry_person=1.0, squeeze=1.0
    )
    user = person(mental_state=state.CRISIS, legal_status=state.SECTION_3, perceived_risk=1.0)
    luck(0.0)
    numbers = parameters(tell=0.0, not_recommended=1.0)
    every = gates_closed(worker, user, team(), locality(p), numbers, 1, 2, False)
    assert [gate for gate in range(20) if every >> gate & 1] == list(range(state.B_NOT_RECOGNISED, state.B_DECLINED))
    excused = gates_closed(worker, user, team(), locality(p), numbers, 1, 2, True)
    assert every & ~excused == (1 << state.B_ROLE) | (1 << state.B_NOT_RECOMMENDED)


def test_with_every_door_open_no_gate_closes(practitioner, person, team, locality, parameters, luck):
    luck(JUST_UNDER_1)
    worker = practitioner(social_care_knowledge=1.0, legitimacy=1.0, knowledge=1.0, worry_person=0.0, worry_self=0.0)
    assert gates_closed(worker, person(informed=1), team(), locality(), parameters(), 1, 2, False) == 0
