"""How a service changes: the terms of a locality, attitudes, alarm, media, action research.

Culture tends to inertia, not to runaway: turnover and the profession's mean hold it. Alarm after an attributed incident
is apart from the slow attitude: a jump with a half-life of months.
"""

import math

from persim.jit import rule
from persim.rules.forms import between, chosen_or, odds_shift, unit
from persim.rules.professions import home_knowledge, home_legitimacy, home_medical, home_recognition, home_worry
from persim.state import INTEGRATED

AIM_NONE, AIM_INFORMATION, AIM_ROLE, AIM_KNOWLEDGE, AIM_RISK, AIM_STEPS = 0, 1, 2, 3, 4, 5


@rule
def fading(half_life):
    """The share left after a week of something that halves in `half_life` weeks."""
    return math.exp(-0.6931471805599453 / half_life)


@rule
def organisation_feels_media(org, p):
    """A media event raises public stigma and blame for a time; never tied to anyone in the model. Source: S3."""
    left = fading(p.media_half_life)
    org.stigma_raised = org.stigma_raised * left + p.media_stigma * p.media_event
    org.media_blame = org.media_blame * left + p.media_blame * p.media_event
    org.stigma = unit(p.public_stigma + org.stigma_raised)


@rule
def organisation_sets_terms(org, p):
    """This week's terms of a locality: its dials, and what they place (steps, pages, hours, waits, panel), levers included.

    Every number that a dial places can be chosen by a scenario instead. Source: S4, S5; PAT09; PAR26, PAR32, PAR58.
    """
    org.risk_aversion = odds_shift(p.risk_aversion, org.odds_risk_aversion)
    org.role_boundary = odds_shift(p.role_boundary, org.odds_role_boundary)
    org.bureaucracy = odds_shift(p.bureaucracy, org.odds_bureaucracy)
    org.medical_model = odds_shift(p.medical_model, org.odds_medical_model)
    org.target_pressure = odds_shift(p.target_pressure, org.odds_target_pressure)
    org.compulsion_practice = odds_shift(p.compulsion_practice, org.odds_compulsion_practice)
    org.information = odds_shift(p.information, org.odds_information)
    org.information += (1.0 - org.information) * org.gain_information
    market = odds_shift(p.market, org.odds_market) * (1.0 - p.qa_thins_market * p.qa_strictness)
    org.market = market * p.rural_market if org.rural == 1 else market
    leadership = unit(p.usual_leadership + p.leadership * (1.0 - p.usual_leadership))
    org.change_speed = (0.4 + 1.2 * leadership) * (1.0 - p.culture_inertia)
    org.blame = unit(p.blame_culture * (1.0 - 0.5 * p.positive_risk_taking) + org.media_blame)
    org.power_distance = p.power_distance * (1.0 - 0.3 * p.leadership) * (1.0 - 0.5 * org.gain_involvement)
    org.plain_language = p.plain_language
    if p.lift_language_and_power >= 0.5:
        org.power_distance = 0.0
        org.plain_language = 1.0
    org.pooling = unit(p.pooled_funding + (p.section75_pooling if org.integration == INTEGRATED else 0.0))
    org.tell = unit(p.tell * (0.4 + 2.0 * org.information)) if org.information > 0.0 else 0.0
    org.peers = p.rural_peers if org.rural == 1 else 1.0
    travel = 1.0 + p.rural_travel if org.rural == 1 else 1.0
    org.contact_hours = p.contact_hours * p.workload * org.caseload_factor * travel
    organisation_sets_process(org, p)


@rule
def organisation_sets_process(org, p):
    """Steps and pages, and the hours and weeks that follow from them; none of either where steps are no barrier."""
    kept = (1.0 - p.lean_process) * (1.0 - org.gain_steps)
    if p.lift_steps >= 0.5:
        kept = 0.0
    steps = chosen_or(p.n_steps, between(p.steps_lean, p.steps_heavy, org.bureaucracy)) * kept
    pages = chosen_or(p.n_pages, between(p.pages_lean, p.pages_heavy, org.bureaucracy)) * kept
    org.steps = float(math.floor(steps + 0.5))
    org.pages = float(math.floor(pages + 0.5))
    org.effort = unit((org.pages / p.pages_heavy) * (1.0 - 0.4 * org.plain_language))
    org.assessment_hours = p.assessment_hours + p.assessment_page_hours * org.pages
    org.plan_hours = p.plan_hours + p.plan_page_hours * org.pages
    org.set_up_hours = p.set_up_hours + p.set_up_page_hours * org.pages
    org.assessment_weeks = p.assessment_step_weeks * org.steps
    org.indicative_weeks = p.indicative_step_weeks * org.steps
    org.plan_weeks = p.plan_step_weeks * org.steps
    org.funding_weeks = p.funding_step_weeks * org.steps
    org.set_up_weeks = p.set_up_step_weeks * org.steps + p.qa_weeks * p.qa_strictness
    if p.lift_steps >= 0.5:
        org.assessment_hours = 0.0
        org.plan_hours = 0.0
        org.set_up_hours = 0.0
        org.set_up_weeks = 0.0
    org.panel_places = chosen_or(p.panel_places, between(p.panel_lean, p.panel_heavy, org.bureaucracy))


@rule
def practitioner_learns(worker, team, org, p):
    """Attitudes move: to the team's norm, to the profession's mean, by levers, by budgets completed.

    Training moves knowledge and worry for the person; role clarity moves legitimacy, which role protection slows;
    positive risk-taking moves both worries; leadership speeds all of it. Source: S2, S3, S4; PAT27.
    """
    norm, home = p.norm_rate, p.home_rate
    gain = p.lever_rate * org.change_speed
    done = p.learning_by_doing * worker.completed
    calm = gain * unit(0.4 * p.training + p.positive_risk_taking)
    legitimacy_gain = (gain * unit(p.role_clarity + 0.4 * p.leadership) + done) * (1.0 - worker.role_protection)
    knowledge_gain = gain * unit(p.training + 0.5 * p.role_clarity) + done
    worry = home_worry(worker, org, p)
    x = worker.worry_person
    worker.worry_person = unit(x + norm * (team.mean_worry_person - x) + home * (worry - x) - calm * x)
    x = worker.worry_self
    worker.worry_self = unit(x + norm * (team.mean_worry_self - x) + home * (worry - x) - 0.5 * calm * x)
    x = worker.legitimacy
    pull = norm * (team.mean_legitimacy - x) + home * (home_legitimacy(worker, org, p) - x)
    worker.legitimacy = unit(x + pull + legitimacy_gain * (1.0 - x))
    x = worker.medical_orientation
    away = 0.3 * gain * unit(p.leadership + p.role_clarity) * x
    pull = norm * (team.mean_medical - x) + home * (home_medical(worker, org, p) - x)
    worker.medical_orientation = unit(x + pull - away)
    x = worker.knowledge
    worker.knowledge = unit(x + home * (home_knowledge(worker, p) - x) + knowledge_gain * (1.0 - x))
    x = worker.social_care_knowledge
    pull = home * (home_recognition(worker, p) - x)
    worker.social_care_knowledge = unit(x + pull + 0.7 * knowledge_gain * (1.0 - x))


@rule
def team_alarm_moves(team, org, p):
    """Alarm halves over months, sooner with a risk enablement panel; each attributed incident raises it. Source: PAT07."""
    relief = 1.0 - p.risk_panel_relief * p.risk_enablement_panel
    team.alarm *= fading(p.alarm_half_life * (0.4 + 0.6 * relief))
    jump = unit(p.alarm_jump * (0.3 + 0.7 * org.blame) * relief)
    for _ in range(team.incidents):
        team.alarm = 1.0 - (1.0 - team.alarm) * (1.0 - jump)


@rule
def reflects_today(org, p):
    """Is it time to observe and reflect: before the first spiral, and at the end of each?"""
    return org.spirals == 0 or org.spiral_week >= int(p.spiral_weeks)


@rule
def partnership(org, p):
    """How far co-research is real: none without co-researchers, tokenism where power distance is high. Source: S5."""
    return p.co_researchers * (1.0 - org.power_distance)


@rule
def aim_of(information, role, knowledge, risk, steps, shared):
    """The largest barrier *known*: staff record most of theirs, co-researchers reveal what staff do not record.

    Args:
        information, role, knowledge, risk, steps: what closed over the last spiral, in counts.
        shared: how real the co-research is, in [0, 1].
    """
    seen_information, seen_steps = information * shared, steps * (0.4 + 0.6 * shared)
    largest = max(max(seen_information, role), max(max(knowledge, risk), seen_steps))
    if largest <= 0.0:
        return AIM_NONE
    if seen_information >= largest:
        return AIM_INFORMATION
    if role >= largest:
        return AIM_ROLE
    if knowledge >= largest:
        return AIM_KNOWLEDGE
    if risk >= largest:
        return AIM_RISK
    return AIM_STEPS


@rule
def organisation_acts(org, p):
    """One week of action research: what it aims at is lifted step by step; meetings inform and involve on the way.

    Without action research the gains fade. Source: S5; order and size a hypothesis (P8).
    """
    keep = 1.0 - p.spiral_fades
    org.gain_information *= keep
    org.gain_role *= keep
    org.gain_knowledge *= keep
    org.gain_risk *= keep
    org.gain_steps *= keep
    org.gain_involvement *= keep
    if p.action_research <= 0.0:
        return
    shared = partnership(org, p)
    step = p.action_research * p.spiral_strength * (0.4 + 0.6 * shared) / p.spiral_weeks
    org.gain_information += 0.5 * step * (1.0 - org.gain_information)
    org.gain_involvement += (0.2 + 0.8 * shared) * step * (1.0 - org.gain_involvement)
    if org.spiral_aim == AIM_INFORMATION:
        org.gain_information += step * (1.0 - org.gain_information)
    elif org.spiral_aim == AIM_ROLE:
        org.gain_role += step * (1.0 - org.gain_role)
    elif org.spiral_aim == AIM_KNOWLEDGE:
        org.gain_knowledge += step * (1.0 - org.gain_knowledge)
    elif org.spiral_aim == AIM_RISK:
        org.gain_risk += step * (1.0 - org.gain_risk)
    elif org.spiral_aim == AIM_STEPS:
        org.gain_steps += step * (1.0 - org.gain_steps)
    org.spiral_week += 1


@rule
def weekly_lever_hours(p, posts):
    """Hours a week that the levers in force cost one team of `posts` posts: paid helpers, training, supervision, meetings."""
    per_post = p.hours_of_training * p.training
    per_post += p.hours_of_supervision * unit(p.role_clarity + p.positive_risk_taking)
    hours = per_post * posts
    hours += p.brokers * p.contract_hours
    hours += p.hours_of_risk_panel * p.risk_enablement_panel
    hours += p.hours_of_peer_support * p.peer_support
    hours += p.hours_of_campaign * p.campaign
    hours += p.hours_of_advocacy * p.advocacy
    hours += p.hours_of_payment_support * p.direct_payment_support
    hours += p.hours_of_research * p.action_research
    return hours


@rule
def order_rights_hours(p):
    """Hours that rights practice costs per order made or reviewed, each part a quarter of full practice."""
    whole = p.rights_practice
    parts = max(p.rights_information, whole) + max(p.rights_meeting, whole)
    parts += max(p.rights_advocate, whole) + max(p.rights_relative, whole)
    return p.hours_of_rights * parts / 4.0
