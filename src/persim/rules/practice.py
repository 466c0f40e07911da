"""The practitioner's week: what it asks in hours and how they are shared, hand-offs, whose view counts, workers outside."""

import math

from persim.jit import rule
from persim.rules.forms import odds_shift, soft_excess, unit
from persim.state import (
    BROKER,
    CARER_ADVOCATES,
    COUNCIL_TEAM,
    CRISIS,
    CTO,
    INPATIENT,
    SECTION_2,
    SECTION_3,
    STABLE,
    UNSETTLED,
    VOLUNTARY,
)


@rule
def user_is_seen_anew(user, p, crisis_starts):
    """One week's change of perceived risk: slow learning, a jump at a crisis, a file that hardly fades.

    Belief is the coordinator's; `vulnerability` is what nobody can see. Writes `perceived_risk`, `file_risk`.
    Source: S3; PAT06; story 4.
    """
    learning = p.risk_learning + 0.25 * p.unbiased_belief
    user.perceived_risk += learning * (user.vulnerability - user.perceived_risk)
    user.file_risk += (p.file_fades + 0.25 * p.unbiased_belief) * (user.vulnerability - user.file_risk)
    if crisis_starts:
        user.perceived_risk = unit(user.perceived_risk + p.crisis_jump * (1.0 - p.unbiased_belief))
        user.file_risk = unit(max(user.file_risk, user.perceived_risk))


@rule
def contacts_needed(user, p):
    """Contacts a week that this person's state calls for. Source: TGT08; PAR13."""
    if user.mental_state == STABLE:
        needed = p.contacts_stable
    elif user.mental_state == UNSETTLED:
        needed = p.contacts_unsettled
    elif user.mental_state == CRISIS:
        needed = p.contacts_crisis
    else:
        needed = p.contacts_inpatient
    if user.legal_status == CTO:
        needed += p.contacts_cto
    return needed


@rule
def practitioner_takes_on_contact(worker, user, hours):
    """Put a person's contact hours into their class of priority on the worker's week."""
    if user.mental_state == CRISIS:
        worker.hours_crisis += hours
    elif user.legal_status == SECTION_2 or user.legal_status == SECTION_3:
        worker.hours_detained += hours
    elif user.legal_status == CTO:
        worker.hours_cto += hours
    elif user.mental_state == STABLE:
        worker.hours_routine += hours
    else:
        worker.hours_unsettled += hours


@rule
def practitioner_shares_hours(worker, p):
    """Share the week's hours by priority, so that social care is squeezed but seldom nil.

    Contacts come first. What social care keeps falls smoothly with the load (a plain residue would be a knife-edge), and
    further with medical orientation; protected hours are a floor. What does not fit becomes overtime, then slipping
    contacts, routine ones first. With the time that is left the practitioner can open the time gate, and work forms with
    the person or, short of hours, without.

    Reads the week's demand; writes `social_hours`, `overtime`, `displaced`, `gate_open`, `involvement_possible`,
    `case_share`, `squeeze`. Source: S2; TGT07, TGT08; PAR10-13; PAT04, PAT05.
    """
    hours = max(1.0, p.contract_hours * p.direct_share - worker.amhp * p.ctos_exist * p.amhp_duty_hours)
    worker.hours_direct = hours
    contacts = worker.hours_crisis + worker.hours_detained + worker.hours_cto + worker.hours_unsettled
    contacts += worker.hours_routine
    soft = hours * p.protection_width * soft_excess((1.0 - contacts / hours) / p.protection_width)
    social = soft * (1.0 - p.medical_claim * worker.medical_orientation)
    social = max(social, p.protected_hours * 12.0 / 52.0)
    worker.social_hours = social
    wanted = worker.hours_reviews + worker.hours_talk + worker.hours_due
    excess = max(0.0, contacts + min(social, wanted) - hours)
    worker.overtime = min(excess, p.overtime_share * hours)
    worker.displaced = min(contacts, excess - worker.overtime)
    worker.squeeze = math.exp(-social / (p.squeeze_width * hours))
    first = worker.hours_reviews + worker.hours_talk
    least = first + p.shortest_forms * worker.hours_due
    worker.gate_open = 1.0 if least <= social else social / least
    best = most_involvement(worker, p)
    rest = max(0.0, social - first)
    if p.lift_time >= 0.5:
        worker.squeeze = 0.0
        worker.gate_open = 1.0
    if worker.hours_due <= 0.0 or p.lift_time >= 0.5:
        worker.involvement_possible = best
        worker.case_share = 1.0
        return
    taking_part = (rest / worker.hours_due - p.shortest_forms) / max(0.01, 1.0 - p.shortest_forms)
    taking_part = min(best, max(p.least_involvement, taking_part))
    worker.involvement_possible = taking_part
    need = worker.hours_due * (p.shortest_forms + (1.0 - p.shortest_forms) * taking_part)
    worker.case_share = 1.0 if need <= rest else rest / need


@rule
def most_involvement(worker, p):
    """The most that a person takes part when hours do not press: less where treatment comes first. Source: S3; PAT03."""
    if p.lift_language_and_power >= 0.5:
        return 1.0
    return 1.0 - 0.5 * worker.medical_orientation


@rule
def practitioner_can_act(worker, p):
    """Is the worker at work, or stood in for where time is no barrier?"""
    return worker.works == 1 or p.lift_time >= 0.5


@rule
def chance_of_handing_on(org, p):
    """Chance that one who holds it is not their job hands the person on, rather than do nothing: less in a rural locality."""
    return p.handoff_tried * 0.7 if org.rural == 1 else p.handoff_tried


@rule
def practitioner_hands_on(worker, user, org, p, u):
    """Does one who holds it is not their job hand the person on, rather than do nothing? Source: S2; story 2."""
    return u < chance_of_handing_on(org, p)


@rule
def user_goes_to_broker(user, broker, org, p, u):
    """Does someone who asks go straight to a broker? The confident more often: help reaches those who look for it."""
    if p.brokers <= 0.0 or broker.lead_cases >= p.brokers * org.n_teams * p.broker_cases:
        return False
    return u < p.broker_reach * (0.4 + 1.2 * user.confidence)


@rule
def user_is_involved(user, worker, org, p, u):
    """Is this care review planned with the person, their choice recorded? Not a budget, and not control. Source: PAR45; PAT26."""
    chance = p.usual_involvement * (0.6 + 0.4 * share_of_voice(user, worker, org, p)) * (1.15 - 0.5 * worker.squeeze)
    return u < unit(chance + 0.35 * p.involvement_drive + 0.30 * org.gain_involvement)


@rule
def share_of_voice(user, worker, org, p):
    """How far this person's view counts where stages are worked with them, in [0, 1].

    The medical model and power distance lower it, plain language, an advocate, an advocating carer and confidence raise
    it. Source: S3 ('professional knows best'), S5 (language, structures, power).
    """
    if p.lift_language_and_power >= 0.5:
        return 1.0
    voice = 0.6 * user.confidence + 0.4 * p.advocacy
    if user.carer == CARER_ADVOCATES:
        voice += 0.2
    voice = unit(voice + org.gain_involvement)
    return unit(
        1.0 - org.power_distance * (1.0 - 0.5 * p.plain_language) * (1.0 - voice) - 0.2 * worker.medical_orientation
    )


@rule
def outside_worker_is_ready(worker, org, p):
    """Brokers and the council team: their attitudes, and this week's hours shared over last week's demand.

    Brokers know the process and hold it their own job; they bypass the role gate, not risk or panel.
    """
    worker.lead_cases = worker.next_lead_cases
    worker.next_lead_cases = 0.0
    worker.completed = 0
    worker.hours_forms = 0.0
    worker.works = 1
    worker.gate_open = 1.0
    worker.squeeze = 0.0
    worry = odds_shift(org.risk_aversion, p.worry_social_worker)
    if worker.profession == BROKER:
        worker.legitimacy = 1.0
        worker.knowledge = 1.0
        worker.social_care_knowledge = 1.0
        worker.medical_orientation = 0.0
        worker.worry_person = worry * p.broker_worry
        worker.worry_self = 0.0
        hours = p.brokers * org.n_teams * p.contract_hours * p.broker_direct_share
    else:
        worker.legitimacy = 1.0 - odds_shift(org.role_boundary, p.boundary_council)
        worker.knowledge = p.knowledge_social_worker
        worker.social_care_knowledge = p.recognises_social_worker
        worker.medical_orientation = 0.5 * org.medical_model
        worker.worry_person = worry
        worker.worry_self = worry
        hours = p.council_cases * org.n_teams * p.council_case_hours
    worker.social_hours = hours
    due = worker.hours_due
    worker.hours_due = 0.0
    if due <= 0.0 or p.lift_time >= 0.5:
        worker.involvement_possible = most_involvement(worker, p)
        worker.case_share = 1.0
        return
    part = (hours / due - p.shortest_forms) / max(0.01, 1.0 - p.shortest_forms)
    part = min(most_involvement(worker, p), max(p.least_involvement, part))
    worker.involvement_possible = part
    worker.case_share = min(1.0, hours / (due * (p.shortest_forms + (1.0 - p.shortest_forms) * part)))


@rule
def outside_room(worker, org, p):
    """How many cases brokers or the council team of this locality can hold."""
    if worker.profession == BROKER:
        return int(p.brokers * org.n_teams * p.broker_cases)
    return int(p.council_cases * org.n_teams)


@rule
def room_for_cases(worker, org, p):
    """How many budget cases a taker of hand-offs can hold."""
    if worker.profession == BROKER or worker.profession == COUNCIL_TEAM:
        return outside_room(worker, org, p)
    return int(p.handoff_full)


@rule
def practitioner_takes_on_case(worker, user, p):
    """Put the forms of a person on the pathway on the week of who leads; nothing can be done in hospital."""
    worker.next_lead_cases += user.weight
    if user.work_left > 0.0 and user.mental_state != INPATIENT:
        worker.hours_due += min(user.work_left, p.most_case_hours) * user.weight


@rule
def contact_cannot_wait(user):
    """Must somebody of the team see this person although their coordinator is not there? Crisis, section or order."""
    return user.mental_state == CRISIS or user.legal_status != VOLUNTARY


@rule
def practitioner_covers_for_others(worker, team):
    """Take an even share of what cannot wait on caseloads whose post is vacant or whose coordinator is ill."""
    if worker.works == 1:
        worker.hours_crisis += team.cover_hours / max(1, team.n_working)
