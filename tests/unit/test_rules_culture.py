"""Rules of culture: a locality's terms, attitudes, alarm, media, action research, what levers cost."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import state
from persim.parameters import BY_NAME
from persim.rules.culture import (
    AIM_INFORMATION,
    AIM_KNOWLEDGE,
    AIM_NONE,
    AIM_RISK,
    AIM_ROLE,
    AIM_STEPS,
    aim_of,
    fading,
    order_rights_hours,
    organisation_acts,
    organisation_feels_media,
    organisation_sets_terms,
    partnership,
    practitioner_learns,
    reflects_today,
    team_alarm_moves,
    weekly_lever_hours,
)

shares = st.floats(0.0, 1.0)
ATTITUDES = ("worry_person", "worry_self", "legitimacy", "medical_orientation", "knowledge", "social_care_knowledge")


@given(st.integers(1, 104))
def test_half_is_left_after_a_half_life(weeks):
    assert fading(float(weeks)) ** weeks == pytest.approx(0.5)


def test_a_media_event_raises_stigma_and_blame_for_a_time(locality, parameters):
    event, quiet = parameters(media_event=1.0), parameters()
    org = locality(quiet)
    before = (org.stigma, org.blame)
    organisation_feels_media(org, event)
    organisation_sets_terms(org, event)
    assert org.stigma == pytest.approx(before[0] + event.media_stigma)
    assert org.blame == pytest.approx(min(1.0, before[1] + event.media_blame))
    raised = org.stigma_raised
    for _ in range(int(quiet.media_half_life)):
        organisation_feels_media(org, quiet)
    assert org.stigma_raised == pytest.approx(raised / 2)


@given(st.floats(0.2, 5.0))
def test_dials_at_their_ends_bind_every_locality(locality, parameters, odds):
    for dial in (0.0, 1.0):
        p = parameters(risk_aversion=dial, role_boundary=dial, bureaucracy=dial, medical_model=dial)
        org = locality(p, odds_risk_aversion=odds, odds_role_boundary=odds, odds_bureaucracy=odds)
        for name in ("risk_aversion", "role_boundary", "bureaucracy", "medical_model"):
            assert getattr(org, name) == pytest.approx(dial, abs=1e-13)


@pytest.mark.parametrize(
    "term",
    [
        "steps",
        "pages",
        "effort",
        "assessment_hours",
        "plan_hours",
        "set_up_hours",
        "assessment_weeks",
        "indicative_weeks",
        "plan_weeks",
        "funding_weeks",
        "set_up_weeks",
    ],
)
def test_bureaucracy_adds_and_a_lean_process_takes_out(term, locality, parameters):
    light, usual, heavy = (locality(parameters(bureaucracy=dial)) for dial in (0.0, 0.5, 1.0))
    assert getattr(light, term) < getattr(usual, term) < getattr(heavy, term)
    lean = locality(parameters(bureaucracy=1.0, lean_process=0.5))
    assert getattr(lean, term) < getattr(heavy, term)


def test_bureaucracy_leaves_fewer_panel_places(locality, parameters):
    assert locality(parameters(bureaucracy=0.0)).panel_places > locality(parameters(bureaucracy=1.0)).panel_places


@pytest.mark.parametrize(
    ("number", "term"), [("n_steps", "steps"), ("n_pages", "pages"), ("panel_places", "panel_places")]
)
def test_a_chosen_number_wins_over_the_dial(number, term, locality, parameters):
    for bureaucracy in (0.0, 1.0):
        assert getattr(locality(parameters(bureaucracy=bureaucracy, **{number: 7})), term) == 7.0


def test_steps_and_pages_are_whole(locality, parameters):
    for dial in (0.1, 0.33, 0.77):
        org = locality(parameters(bureaucracy=dial, lean_process=0.3))
        assert org.steps == int(org.steps)
        assert org.pages == int(org.pages)


def test_a_rural_locality_has_travel_a_thin_market_and_fewer_peers(locality, parameters):
    p = parameters()
    town, country = locality(p), locality(p, rural=1)
    assert country.contact_hours > town.contact_hours
    assert country.market < town.market
    assert country.peers < town.peers == 1.0


def test_section_75_pools_in_part_and_the_lever_the_rest(locality, parameters):
    p = parameters()
    assert locality(p, integration=state.SEPARATE).pooling == 0.0
    assert locality(p, integration=state.INTEGRATED).pooling == p.section75_pooling
    assert locality(parameters(pooled_funding=1.0), integration=state.SEPARATE).pooling == 1.0


def test_leadership_speeds_change_and_inertia_slows_it(locality, parameters):
    usual = locality(parameters()).change_speed
    assert locality(parameters(leadership=1.0)).change_speed > usual
    assert locality(parameters(usual_leadership=0.9)).change_speed > usual
    assert locality(parameters(culture_inertia=0.9)).change_speed < usual
    assert locality(parameters(leadership=1.0)).power_distance < locality(parameters()).power_distance


def test_positive_risk_taking_halves_blame(locality, parameters):
    assert locality(parameters(positive_risk_taking=1.0)).blame == pytest.approx(0.5 * locality(parameters()).blame)


def test_strict_quality_assurance_thins_the_market_and_adds_weeks(locality, parameters):
    lax, strict = locality(parameters(qa_strictness=0.0)), locality(parameters(qa_strictness=1.0))
    assert strict.market < lax.market
    assert strict.set_up_weeks > lax.set_up_weeks


def test_nobody_tells_where_the_information_dial_is_nought(locality, parameters):
    assert locality(parameters(information=0.0)).tell == 0.0
    assert locality(parameters(information=0.3)).tell == pytest.approx(parameters().tell)


def learned(practitioner, team, locality, p, weeks=52, **changes):
    """A worker after some weeks in a team that stays as it is."""
    worker = practitioner(**changes)
    for _ in range(weeks):
        practitioner_learns(worker, team(), locality(p), p)
    return worker


@pytest.mark.parametrize(
    ("lever", "attitude", "sign"),
    [
        ("training", "knowledge", 1),
        ("training", "worry_person", -1),
        ("role_clarity", "legitimacy", 1),
        ("positive_risk_taking", "worry_person", -1),
        ("positive_risk_taking", "worry_self", -1),
        ("leadership", "legitimacy", 1),
        ("role_clarity", "knowledge", 1),
        ("leadership", "medical_orientation", -1),
        ("training", "social_care_knowledge", 1),
    ],
)
def test_a_lever_moves_its_attitude(lever, attitude, sign, practitioner, team, locality, parameters):
    without = learned(practitioner, team, locality, parameters(training=0.0))
    with_lever = learned(practitioner, team, locality, parameters(**{"training": 0.0, lever: 1.0}))
    assert sign * (getattr(with_lever, attitude) - getattr(without, attitude)) > 0.01


def test_role_protection_slows_and_leadership_speeds_legitimacy(practitioner, team, locality, parameters):
    p = parameters(role_clarity=1.0)
    open_, guarded = (learned(practitioner, team, locality, p, role_protection=x).legitimacy for x in (0.1, 0.9))
    assert open_ > guarded
    led = parameters(role_clarity=1.0, usual_leadership=0.9)
    assert learned(practitioner, team, locality, led).legitimacy > learned(practitioner, team, locality, p).legitimacy


def test_budgets_completed_teach(practitioner, team, locality, parameters):
    p = parameters()
    none, one = (learned(practitioner, team, locality, p, 1, completed=n) for n in (0, 1))
    assert one.knowledge > none.knowledge
    assert one.legitimacy > none.legitimacy
    assert one.worry_person == none.worry_person


def test_attitudes_go_towards_the_teams_norm(practitioner, team, locality, parameters):
    p = parameters(home_rate=0.0, training=0.0)
    worker = practitioner(legitimacy=0.2, worry_person=0.9)
    practitioner_learns(worker, team(mean_legitimacy=0.8, mean_worry_person=0.1), locality(p), p)
    assert worker.legitimacy > 0.2
    assert worker.worry_person < 0.9


@given(st.lists(shares, min_size=6, max_size=6), shares, st.integers(0, 3))
def test_attitudes_stay_within_one(practitioner, team, locality, parameters, values, lever, completed):
    p = parameters(training=lever, role_clarity=lever, positive_risk_taking=lever, leadership=lever, lever_rate=0.2)
    worker = practitioner(completed=completed, **dict(zip(ATTITUDES, values, strict=True)))
    practitioner_learns(worker, team(), locality(p), p)
    assert all(0.0 <= getattr(worker, name) <= 1.0 for name in ATTITUDES)


def alarm_after(team, locality, p, weeks, **org):
    """A team's alarm some weeks after one attributed incident."""
    ours = team(incidents=1)
    team_alarm_moves(ours, locality(p, **org), p)
    ours.incidents = 0
    for _ in range(weeks):
        team_alarm_moves(ours, locality(p, **org), p)
    return ours.alarm


def test_alarm_jumps_at_an_incident_and_halves_over_months(team, locality, parameters):
    p = parameters()
    assert 0.0 < alarm_after(team, locality, p, 0) <= 1.0
    assert alarm_after(team, locality, p, 26) == pytest.approx(alarm_after(team, locality, p, 0) / 2)
    quiet = team()
    team_alarm_moves(quiet, locality(p), p)
    assert quiet.alarm == 0.0


def test_alarm_is_higher_under_blame_and_lower_and_shorter_with_a_risk_enablement_panel(team, locality, parameters):
    p, panel = parameters(), parameters(risk_enablement_panel=1.0)
    assert alarm_after(team, locality, p, 0, blame=0.9) > alarm_after(team, locality, p, 0, blame=0.1)
    assert alarm_after(team, locality, panel, 0) < alarm_after(team, locality, p, 0)
    share_left = alarm_after(team, locality, panel, 20) / alarm_after(team, locality, panel, 0)
    assert share_left < alarm_after(team, locality, p, 20) / alarm_after(team, locality, p, 0)


def test_many_incidents_never_alarm_beyond_one(team, locality, parameters):
    ours = team(incidents=50)
    team_alarm_moves(ours, locality(blame=1.0), parameters(alarm_jump=1.0))
    assert ours.alarm <= 1.0


# Action research


@pytest.mark.parametrize(
    ("counts", "shared", "aim"),
    [
        ((0, 0, 0, 0, 0), 1.0, AIM_NONE),
        ((9, 5, 1, 1, 1), 1.0, AIM_INFORMATION),
        ((9, 5, 1, 1, 1), 0.0, AIM_ROLE),
        ((0, 1, 5, 1, 1), 0.5, AIM_KNOWLEDGE),
        ((0, 1, 1, 5, 1), 0.5, AIM_RISK),
        ((0, 4, 1, 1, 5), 1.0, AIM_STEPS),
        ((0, 4, 1, 1, 5), 0.0, AIM_ROLE),
    ],
)
def test_a_spiral_aims_at_the_largest_barrier_known(counts, shared, aim):
    assert aim_of(*map(float, counts), shared) == aim


def test_co_research_is_tokenism_where_power_distance_is_high(locality, parameters):
    p = parameters(co_researchers=1.0)
    assert partnership(locality(power_distance=1.0), p) == 0.0
    assert partnership(locality(power_distance=0.2), p) == pytest.approx(0.8)
    assert partnership(locality(power_distance=0.2), parameters()) == 0.0


def test_there_is_time_to_reflect_at_the_start_and_the_end_of_each_spiral(locality, parameters):
    p = parameters(spiral_weeks=52)
    assert reflects_today(locality(spirals=0), p)
    assert not reflects_today(locality(spirals=1, spiral_week=51), p)
    assert reflects_today(locality(spirals=1, spiral_week=52), p)


@pytest.mark.parametrize(
    ("aim", "gain"),
    [
        (AIM_INFORMATION, "gain_information"),
        (AIM_ROLE, "gain_role"),
        (AIM_KNOWLEDGE, "gain_knowledge"),
        (AIM_RISK, "gain_risk"),
        (AIM_STEPS, "gain_steps"),
    ],
)
def test_a_spiral_lifts_what_it_aims_at_and_informs_and_involves_on_the_way(aim, gain, locality, parameters):
    p = parameters(action_research=1.0)
    aimed, idle = locality(spiral_aim=aim), locality()
    for _ in range(52):
        organisation_acts(aimed, p)
        organisation_acts(idle, p)
    assert getattr(aimed, gain) > getattr(idle, gain) + 0.1
    assert 0.0 < aimed.gain_involvement <= 1.0
    assert idle.gain_information > 0.0


def test_gains_fade_without_action_research(locality, parameters):
    org = locality(gain_role=0.5)
    organisation_acts(org, parameters())
    assert org.gain_role == pytest.approx(0.5 * (1.0 - parameters().spiral_fades))
    assert org.spiral_week == 0


# Costs


@pytest.mark.parametrize(
    "lever",
    [
        "training",
        "role_clarity",
        "positive_risk_taking",
        "brokers",
        "risk_enablement_panel",
        "peer_support",
        "campaign",
        "advocacy",
        "direct_payment_support",
        "action_research",
    ],
)
def test_a_lever_costs_hours(lever, parameters):
    dear = weekly_lever_hours(parameters(**{lever: BY_NAME[lever].high}), 10)
    assert dear > weekly_lever_hours(parameters(**{lever: 0.0}), 10)


def test_rights_practice_costs_by_its_parts(parameters):
    parts = ("rights_information", "rights_meeting", "rights_advocate", "rights_relative")
    assert order_rights_hours(parameters()) == 0.0
    whole = order_rights_hours(parameters(**dict.fromkeys(parts, 1.0)))
    assert whole == pytest.approx(parameters().hours_of_rights)
    assert order_rights_hours(parameters(rights_practice=1.0)) == whole
    for part in parts:
        assert order_rights_hours(parameters(**{part: 1.0})) == pytest.approx(whole / 4)
    assert math.isfinite(whole)
