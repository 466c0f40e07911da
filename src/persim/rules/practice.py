"""The practitioner's week: hours, the gates at an opportunity to speak of budgets, hand-offs, what they believe.

Gates stand in this order: a coordinator at all, eligible need recognised, readiness, time, recommending, role,
knowledge, risk, legal bar, information. Then the person chooses; declining is a choice and no barrier. Judgements on
need, readiness, role, risk and the law persist for a person and coordinator for about two years: fresh draws at each of
ten tries would wash every barrier out.
"""

import math

from persim import purposes as purpose
from persim.draws import draw
from persim.jit import rule
from persim.rules.forms import odds_shift, soft_excess, unit
from persim.state import (
    B_INFORMATION,
    B_KNOWLEDGE,
    B_LEGAL_BAR,
    B_NONE,
    B_NOT_RECOGNISED,
    B_NOT_RECOMMENDED,
    B_READINESS,
    B_RISK,
    B_ROLE,
    B_TIME,
    BROKER,
    CARER_ADVOCATES,
    CARER_WORRIED,
    CRISIS,
    CTO,
    INPATIENT,
    NOT_INFORMED,
    SECTION_2,
    SECTION_3,
    STABLE,
    UNSETTLED,
    VOLUNTARY,
)


@rule
def effective_worry(worker, org):
    """Risk aversion in [0, 1]: worry for the person, and worry for oneself as far as the organisation blames. Source: S3."""
    return 1.0 - (1.0 - worker.worry_person) * (1.0 - org.blame * worker.worry_self)


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
    best = 1.0 - 0.5 * worker.medical_orientation
    rest = max(0.0, social - first)
    if worker.hours_due <= 0.0:
        worker.involvement_possible = best
        worker.case_share = 1.0
        return
    taking_part = (rest / worker.hours_due - p.shortest_forms) / max(0.01, 1.0 - p.shortest_forms)
    taking_part = min(best, max(p.least_involvement, taking_part))
    worker.involvement_possible = taking_part
    need = worker.hours_due * (p.shortest_forms + (1.0 - p.shortest_forms) * taking_part)
    worker.case_share = 1.0 if need <= rest else rest / need


@rule
def practitioner_recognises_need(worker, user, p, u):
    """Does the practitioner recognise eligible need? Certain where section 117 says so on file. Source: S5; PAT25."""
    knows = worker.social_care_knowledge
    if user.s117 == 1:
        knows = 1.0 - 0.5 * (1.0 - knows)
    return u < knows


@rule
def practitioner_finds_ready(worker, user, p, u):
    """Is the person 'stable enough now'? Never in crisis or hospital; beyond that by medical orientation. Source: S2; story 1."""
    if user.mental_state == CRISIS or user.mental_state == INPATIENT:
        return False
    doubt = p.readiness_unsettled
    if user.mental_state == STABLE:
        fading = math.exp(-user.weeks_in_state / p.settling_weeks)
        doubt = p.readiness_stable + (p.readiness_unsettled - p.readiness_stable) * fading
    return u >= worker.medical_orientation * doubt


@rule
def practitioner_has_time(worker, u):
    """Is there time this week, even for the shortest forms? Source: S2; PAT04."""
    return u < worker.gate_open


@rule
def practitioner_recommends(worker, user, p, u):
    """Is a budget recommended although it costs time? Not recommending is a strategy under pressure. Source: S2."""
    avoiding = p.not_recommended * worker.squeeze * (0.5 + worker.medical_orientation) * (1.0 - 0.5 * p.role_clarity)
    return u >= avoiding


@rule
def practitioner_sees_role(worker, user, org, p, u):
    """Does the practitioner hold that budgets are their own job? Target pressure and action research open the gate a little.

    Source: S2 (role legitimacy, somebody else's job); PAT01, PAT02.
    """
    legitimacy = odds_shift(worker.legitimacy, 1.0 + p.pressure_opens_role * org.push)
    legitimacy = legitimacy + (1.0 - legitimacy) * org.gain_role
    return u < legitimacy


@rule
def practitioner_knows_process(worker, org, p, u):
    """Does the practitioner know how a budget is got? Source: S4, S5; PAR19, PAR20."""
    return u < worker.knowledge + (1.0 - worker.knowledge) * org.gain_knowledge


@rule
def practitioner_accepts_risk(worker, user, team, org, p, u):
    """Does the practitioner accept the risk they see? Worry x perceived risk, and the team's alarm after an incident.

    A risk enablement panel shares the decision and lifts part of both. Without risk aversion alarm closes nothing.
    Source: S3; PAT06, PAT07; stories 4 and 12.
    """
    worry = effective_worry(worker, org) * (1.0 - p.risk_panel_relief * p.risk_enablement_panel) * (1.0 - org.gain_risk)
    alarm = p.alarm_closes * team.alarm * min(1.0, 2.0 * worry)
    return u < (1.0 - worry * user.perceived_risk) * (1.0 - alarm)


@rule
def practitioner_sees_no_bar(worker, user, p, u):
    """Does the law seem to allow it? Under detention no; a CTO is often taken as a bar, the less so by those who know.

    The law itself barred direct payments until November 2009, not budgets. Source: S1; ENG05.
    """
    if user.legal_status == SECTION_2 or user.legal_status == SECTION_3:
        return False
    if user.legal_status != CTO:
        return True
    return u >= p.legal_bar_cto * (1.0 - 0.5 * worker.knowledge) * (1.0 - 0.3 * p.positive_risk_taking)


@rule
def practitioner_explains_budgets(worker, user, org, p, u):
    """Does the practitioner explain budgets? Needless where the person knows; else it ends here. Source: S5; PAT10."""
    if user.informed != NOT_INFORMED:
        return True
    return u < org.tell


@rule
def user_accepts(user, org, p, u):
    """Does the person accept the offer? A lasting wish, stronger with autonomy and confidence. Declining is a choice.

    Args:
        u: draw in [0, 1) that lasts for about two years, purpose WILLING.
    Source: form an assumption; S3 (thin options), PAT23 (carers).
    """
    chance = p.willing * (0.5 + 0.5 * user.autonomy_preference) * (0.8 + 0.4 * user.confidence)
    chance *= 1.0 - p.thin_market_declines * (1.0 - org.market)
    if user.carer == CARER_ADVOCATES:
        chance *= 1.15
    elif user.carer == CARER_WORRIED:
        chance *= 0.80
    if user.package == 1:
        chance *= 1.0 - 0.3 * p.fear_of_losing
    return u < min(1.0, chance * 4.0 / 3.0)


@rule
def gates_closed(worker, user, team, org, p, judgement, week_stream, excused):
    """Every gate that would close at this opportunity, as bits (1 << barrier); 0 when all are open.

    Args:
        worker: who leads: the care coordinator, or the taker of a hand-off.
        judgement: stream of the lasting judgement of this worker about this person.
        excused: at a default offer the role gate and the wish to save time do not count: an offer or a written reason.
    """
    closed = 0
    if not practitioner_recognises_need(worker, user, p, draw(judgement, purpose.RECOGNISE)):
        closed |= 1 << B_NOT_RECOGNISED
    if not practitioner_finds_ready(worker, user, p, draw(judgement, purpose.READY)):
        closed |= 1 << B_READINESS
    if not practitioner_has_time(worker, draw(week_stream, purpose.TIME)):
        closed |= 1 << B_TIME
    if not excused and not practitioner_recommends(worker, user, p, draw(week_stream, purpose.AVOID)):
        closed |= 1 << B_NOT_RECOMMENDED
    if not excused and not practitioner_sees_role(worker, user, org, p, draw(judgement, purpose.ROLE)):
        closed |= 1 << B_ROLE
    if not practitioner_knows_process(worker, org, p, draw(week_stream, purpose.KNOWLEDGE)):
        closed |= 1 << B_KNOWLEDGE
    if not practitioner_accepts_risk(worker, user, team, org, p, draw(judgement, purpose.RISK)):
        closed |= 1 << B_RISK
    if not practitioner_sees_no_bar(worker, user, p, draw(judgement, purpose.LEGAL)):
        closed |= 1 << B_LEGAL_BAR
    if not practitioner_explains_budgets(worker, user, org, p, draw(week_stream, purpose.TELL)):
        closed |= 1 << B_INFORMATION
    return closed


@rule
def first_gate(closed):
    """The gate that stands first among those closed, or B_NONE."""
    if closed == 0:
        return B_NONE
    gate = 1
    while (closed >> gate) & 1 == 0:
        gate += 1
    return gate


@rule
def practitioner_hands_on(worker, user, org, p, u):
    """Does one who holds it is not their job hand the person on, rather than do nothing? Source: S2; story 2."""
    chance = p.handoff_tried
    if org.rural == 1:
        chance *= 0.7
    return u < chance


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
    if due <= 0.0:
        worker.involvement_possible = 1.0 - 0.5 * worker.medical_orientation
        worker.case_share = 1.0
        return
    part = (hours / due - p.shortest_forms) / max(0.01, 1.0 - p.shortest_forms)
    part = min(1.0 - 0.5 * worker.medical_orientation, max(p.least_involvement, part))
    worker.involvement_possible = part
    worker.case_share = min(1.0, hours / (due * (p.shortest_forms + (1.0 - p.shortest_forms) * part)))


@rule
def outside_room(worker, org, p):
    """How many cases brokers or the council team of this locality can hold."""
    if worker.profession == BROKER:
        return int(p.brokers * org.n_teams * p.broker_cases)
    return int(p.council_cases * org.n_teams)


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
