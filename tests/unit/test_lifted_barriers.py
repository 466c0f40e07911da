"""Barriers that can be switched off: what each means in the rules, that it holds in runs, and that no two meddle.

A switch is a parameter whose name begins with `lift_`: 0 as the model stands, 1 off. Health never reads one.
"""

import ast
from pathlib import Path

import pytest

from persim import state
from persim.barriers import BARRIERS
from persim.parameters import BY_NAME, TABLE
from persim.phases.meeting import hand_off_arrives, person_has_occasion
from persim.rules.budgets import chance_of_no_support, chance_of_varying, user_finds_support
from persim.rules.culture import organisation_sets_process, organisation_sets_terms
from persim.rules.gates import (
    chance_need_is_recognised,
    chance_of_accepting,
    chance_of_avoiding,
    chance_of_bar,
    chance_of_doubt,
    chance_of_explaining,
    chance_process_is_known,
    chance_risk_is_accepted,
    chance_role_is_seen,
)
from persim.rules.information import user_forgets, user_is_told_of_budgets
from persim.rules.panels import manager_signs
from persim.rules.pathway import (
    chance_of_dispute,
    chance_of_leaving,
    chance_plan_is_agreed,
    chance_sum_is_told,
    hours_allowed,
)
from persim.rules.practice import (
    most_involvement,
    outside_worker_is_ready,
    practitioner_can_act,
    practitioner_shares_hours,
    share_of_voice,
)

ROOT = Path(__file__).resolve().parents[2]
SWITCHES = tuple(p.name for p in TABLE if p.group == "barriers")
WEEK = 100


class Made:
    """People, practitioners and a locality as the other tests of rules make them, all under the same usual numbers."""

    def __init__(self, person, on_the_way, on_cto, practitioner, team, locality, parameters):
        self.person, self.on_the_way, self.on_cto = person, on_the_way, on_cto
        self.practitioner, self.team = practitioner, team
        self.parameters, self.org = parameters, locality()
        self.locality = locality


@pytest.fixture(scope="module")
def made(person, on_the_way, on_cto, practitioner, team, locality, parameters):
    return Made(person, on_the_way, on_cto, practitioner, team, locality, parameters)


def understands(m, p):
    user = m.person(informed=state.NOT_INFORMED)
    return user_is_told_of_budgets(user, p), user.informed


def busy_week(m, p):
    """A week with more contacts, reviews and forms than hours: the gate, the pull to save time, and how cases are worked."""
    worker = m.practitioner(hours_routine=22.0, hours_reviews=6.0, hours_talk=3.0, hours_due=12.0)
    practitioner_shares_hours(worker, p)
    return worker.gate_open, worker.squeeze, worker.case_share, chance_of_avoiding(worker, p)


def part_in_busy_week(m, p):
    worker = m.practitioner(hours_routine=22.0, hours_due=12.0, medical_orientation=0.4)
    practitioner_shares_hours(worker, p)
    return worker.involvement_possible


def busy_council_team(m, p):
    worker = m.practitioner(profession=state.COUNCIL_TEAM, hours_due=500.0)
    outside_worker_is_ready(worker, m.org, p)
    return worker.case_share, worker.involvement_possible > 0.5


def risk_at_its_worst(m, p):
    worker, user = m.practitioner(worry_person=1.0, worry_self=1.0), m.person(perceived_risk=1.0)
    return chance_risk_is_accepted(worker, user, m.team(alarm=1.0), m.org, p)


def varying_with_conditions(m, p):
    bound = m.on_cto(budget_form=state.MANAGED, conditions=3, conditions_negotiated=0.0)
    free = m.person(budget_form=state.MANAGED)
    return chance_of_varying(bound, m.org, p) / chance_of_varying(free, m.org, p)


def power_and_language(m, p):
    org = m.locality(m.parameters(power_distance=0.7, plain_language=0.2))
    organisation_sets_terms(org, p)
    return org.power_distance, org.plain_language


def process(m, p):
    org = m.locality()
    organisation_sets_process(org, p)
    hours = org.assessment_hours + org.plan_hours + org.set_up_hours
    weeks = org.assessment_weeks + org.indicative_weeks + org.plan_weeks + org.funding_weeks + org.set_up_weeks
    return org.steps, org.pages, org.effort, hours, weeks


def accepting_in_a_thin_market(m, p):
    thin, broad = m.locality(market=0.1), m.locality(market=1.0)
    return chance_of_accepting(m.person(), thin, p) / chance_of_accepting(m.person(), broad, p)


# (switch, what is looked at, its value with the switch on). With the switch off the value is another.
MEANINGS = [
    ("lift_information", lambda m, p: chance_of_explaining(m.person(), m.org, p), 1.0),
    ("lift_information", understands, (True, state.UNDERSTANDS)),
    ("lift_information", lambda m, p: user_forgets(m.person(informed=state.KNOWS), p, 0.0), False),
    ("lift_recognition", lambda m, p: chance_need_is_recognised(m.practitioner(), m.person(), p), 1.0),
    ("lift_recognition", lambda m, p: chance_need_is_recognised(m.practitioner(), m.person(s117=1), p), 1.0),
    ("lift_readiness", lambda m, p: chance_of_doubt(m.practitioner(), m.person(weeks_in_state=0), p), 0.0),
    ("lift_readiness", lambda m, p: chance_of_doubt(m.practitioner(), m.person(mental_state=state.UNSETTLED), p), 0.0),
    ("lift_time", busy_week, (1.0, 0.0, 1.0, 0.0)),
    ("lift_time", part_in_busy_week, 0.8),
    ("lift_time", busy_council_team, (1.0, True)),
    ("lift_time", lambda m, p: practitioner_can_act(m.practitioner(works=0), p), True),
    ("lift_role", lambda m, p: chance_role_is_seen(m.practitioner(legitimacy=0.0), m.org, p), 1.0),
    ("lift_knowledge", lambda m, p: chance_process_is_known(m.practitioner(knowledge=0.0), m.org, p), 1.0),
    ("lift_risk", risk_at_its_worst, 1.0),
    ("lift_legal_bar", lambda m, p: chance_of_bar(m.practitioner(), m.on_cto(), p), 0.0),
    ("lift_legal_bar", lambda m, p: chance_of_bar(m.practitioner(), m.person(legal_status=state.SECTION_2), p), 0.0),
    ("lift_legal_bar", lambda m, p: chance_of_bar(m.practitioner(), m.person(legal_status=state.SECTION_3), p), 0.0),
    ("lift_legal_bar", varying_with_conditions, 1.0),
    ("lift_language_and_power", power_and_language, (0.0, 1.0)),
    ("lift_language_and_power", lambda m, p: most_involvement(m.practitioner(), p), 1.0),
    ("lift_language_and_power", lambda m, p: share_of_voice(m.person(), m.practitioner(), m.org, p), 1.0),
    ("lift_language_and_power", lambda m, p: chance_sum_is_told(m.on_the_way(), m.org, p), 1.0),
    ("lift_language_and_power", lambda m, p: chance_plan_is_agreed(m.on_the_way(), p, True), 1.0),
    ("lift_steps", process, (0.0, 0.0, 0.0, 0.0, 0.0)),
    ("lift_steps", lambda m, p: hours_allowed(m.on_the_way(), p), 1.0),
    ("lift_steps", lambda m, p: chance_of_leaving(m.on_the_way(), m.org, p, WEEK, 0), 0.0),
    ("lift_disputes", lambda m, p: chance_of_dispute(m.person(health_need=1.0, social_need=1.0), m.org, p), 0.0),
    ("lift_panel", lambda m, p: manager_signs(m.on_the_way(budget_gbp_per_year=12000.0, perceived_risk=1.0), p), True),
    ("lift_market", lambda m, p: chance_of_no_support(m.org, p), 0.0),
    ("lift_market", accepting_in_a_thin_market, 1.0),
]  # fmt: skip
NAMED = [pytest.param(*meaning, id=f"{meaning[0]}-{n}") for n, meaning in enumerate(MEANINGS)]


def test_there_are_thirteen_switches_and_each_has_a_meaning_here():
    assert len(SWITCHES) == 13
    assert {switch for switch, _, _ in MEANINGS} == set(SWITCHES) == {barrier.parameter for barrier in BARRIERS}
    assert {(BY_NAME[name].default, BY_NAME[name].low, BY_NAME[name].high) for name in SWITCHES} == {(0.0, 0.0, 1.0)}


@pytest.mark.parametrize(("switch", "look", "lifted"), NAMED)
def test_what_off_means(made, switch, look, lifted):
    usual = look(made, made.parameters())
    assert look(made, made.parameters(**{switch: 1.0})) == pytest.approx(lifted, abs=1e-12)
    assert look(made, made.parameters(**{switch: 0.5})) == pytest.approx(lifted, abs=1e-12)
    assert usual != pytest.approx(lifted, abs=1e-9), "the barrier does not stand here, so the test shows nothing"


@pytest.mark.parametrize(("switch", "look", "lifted"), NAMED)
def test_a_rule_is_untouched_below_its_switch_and_by_all_other_switches(made, switch, look, lifted):
    usual = look(made, made.parameters())
    assert look(made, made.parameters(**{switch: 0.49})) == usual
    for other in SWITCHES:
        if other != switch:
            assert look(made, made.parameters(**{other: 1.0})) == usual, other


def test_no_function_reads_two_switches():
    places = [*(ROOT / "src/persim/rules").glob("*.py"), *(ROOT / "src/persim/phases").glob("*.py")]
    read = set()
    for place in places:
        for function in ast.walk(ast.parse(place.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                nodes = [node for node in ast.walk(function) if isinstance(node, ast.Attribute)]
                switches = {node.attr for node in nodes if node.attr.startswith("lift_")}
                assert len(switches) <= 1, f"{function.name} reads {switches}"
                read |= switches
    assert read == set(SWITCHES)


# Where a switch must not act


def test_crisis_and_hospital_are_no_barrier_that_can_be_switched_off(made):
    p = made.parameters(**dict.fromkeys(SWITCHES, 1.0))
    for mental_state in (state.CRISIS, state.INPATIENT):
        assert chance_of_doubt(made.practitioner(), made.person(mental_state=mental_state), p) == 1.0


def test_who_was_not_there_is_told_and_agrees_no_more_than_before(made):
    usual, lifted = made.parameters(), made.parameters(lift_language_and_power=1.0)
    absent = made.on_the_way(absent=state.ABSENT_ASSESSMENT | state.ABSENT_PLAN)
    assert chance_sum_is_told(absent, made.org, usual) == chance_sum_is_told(absent, made.org, lifted) < 0.4
    assert chance_plan_is_agreed(absent, lifted, False) == usual.plan_agreed_absent


def test_with_support_to_be_found_the_form_is_as_wished(made, luck):
    luck(0.0)
    user = made.person(budget_form=state.THIRD_PARTY)
    org = made.locality(market=0.0)
    assert user_finds_support(user, org, made.parameters(), 1) == state.NO_FORM
    assert user_finds_support(user, org, made.parameters(lift_market=1.0), 1) == state.THIRD_PARTY


def test_a_review_never_slips_and_a_full_taker_takes(scene, person, parameters, luck):
    luck(0.999)
    for p, held in ((parameters(), 0.0), (parameters(lift_time=1.0), 1.0)):
        user = person(weeks_to_review=0)
        here = scene(p, coordinator={"gate_open": 1.0 if p.lift_time else 0.2, "works": 1})
        noted = here.happens(person_has_occasion, user)
        assert noted.get("reviews_held", 0.0) == held
    for p, taken in ((parameters(), "passed_on_bounced"), (parameters(lift_time=1.0), "passed_on_taken")):
        user = person(pathway_stage=state.HANDED_ON, lead_worker=1, raised_week=90)
        here = scene(p, social_worker={"lead_cases": 1000.0, "legitimacy": 1.0})
        assert here.happens(hand_off_arrives, user)[taken] == 1
