"""The gates at an opportunity to speak of budgets, and the person's own choice when all of them stand open.

Gates stand in this order: a coordinator at all, eligible need recognised, readiness, time, recommending, role,
knowledge, risk, legal bar, information. Then the person chooses; declining is a choice and no barrier. Judgements on
need, readiness, role, risk and the law persist for a person and coordinator for about two years: fresh draws at each of
ten tries would wash every barrier out. Every gate has a chance, which the ledger keeps, and a decision on it.
"""

import math

from persim import purposes as purpose
from persim.draws import draw
from persim.jit import rule
from persim.rules.forms import odds_shift
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
    CARER_ADVOCATES,
    CARER_WORRIED,
    CRISIS,
    CTO,
    INPATIENT,
    NOT_INFORMED,
    SECTION_2,
    SECTION_3,
    STABLE,
)


@rule
def effective_worry(worker, org):
    """Risk aversion in [0, 1]: worry for the person, and worry for oneself as far as the organisation blames. Source: S3."""
    return 1.0 - (1.0 - worker.worry_person) * (1.0 - org.blame * worker.worry_self)


@rule
def chance_need_is_recognised(worker, user, p):
    """Chance that eligible need is recognised. Certain knowledge counts half where section 117 says so on file."""
    if p.lift_recognition >= 0.5:
        return 1.0
    if user.s117 == 1:
        return 1.0 - 0.5 * (1.0 - worker.social_care_knowledge)
    return worker.social_care_knowledge


@rule
def practitioner_recognises_need(worker, user, p, u):
    """Does the practitioner recognise eligible need? Likelier where section 117 says so on file. Source: S5; PAT25."""
    return u < chance_need_is_recognised(worker, user, p)


@rule
def chance_of_doubt(worker, user, p):
    """Chance that the person is not found 'stable enough now': 1 in crisis or hospital, then by medical orientation."""
    if user.mental_state == CRISIS or user.mental_state == INPATIENT:
        return 1.0
    if p.lift_readiness >= 0.5:
        return 0.0
    doubt = p.readiness_unsettled
    if user.mental_state == STABLE:
        fading = math.exp(-user.weeks_in_state / p.settling_weeks)
        doubt = p.readiness_stable + (p.readiness_unsettled - p.readiness_stable) * fading
    return worker.medical_orientation * doubt


@rule
def practitioner_finds_ready(worker, user, p, u):
    """Is the person 'stable enough now'? Never in crisis or hospital; beyond that by medical orientation. Source: S2; story 1."""
    return u >= chance_of_doubt(worker, user, p)


@rule
def practitioner_has_time(worker, u):
    """Is there time this week, even for the shortest forms? Source: S2; PAT04."""
    return u < worker.gate_open


@rule
def chance_of_avoiding(worker, p):
    """Chance that a budget is not recommended because it costs time."""
    return p.not_recommended * worker.squeeze * (0.5 + worker.medical_orientation) * (1.0 - 0.5 * p.role_clarity)


@rule
def practitioner_recommends(worker, user, p, u):
    """Is a budget recommended although it costs time? Not recommending is a strategy under pressure. Source: S2."""
    return u >= chance_of_avoiding(worker, p)


@rule
def chance_role_is_seen(worker, org, p):
    """Chance that budgets are held to be one's own job: role legitimacy, opened by the council's push and action research."""
    if p.lift_role >= 0.5:
        return 1.0
    legitimacy = odds_shift(worker.legitimacy, 1.0 + p.pressure_opens_role * org.push)
    return legitimacy + (1.0 - legitimacy) * org.gain_role


@rule
def practitioner_sees_role(worker, user, org, p, u):
    """Does the practitioner hold that budgets are their own job? Target pressure and action research open the gate a little.

    Source: S2 (role legitimacy, somebody else's job); PAT01, PAT02.
    """
    return u < chance_role_is_seen(worker, org, p)


@rule
def chance_process_is_known(worker, org, p):
    """Chance of knowing how a budget is got: one's own knowledge, and what action research adds."""
    if p.lift_knowledge >= 0.5:
        return 1.0
    return worker.knowledge + (1.0 - worker.knowledge) * org.gain_knowledge


@rule
def practitioner_knows_process(worker, org, p, u):
    """Does the practitioner know how a budget is got? Source: S4, S5; PAR19, PAR20."""
    return u < chance_process_is_known(worker, org, p)


@rule
def shared_worry(worker, org, p):
    """Worry that is left where a risk enablement panel shares the decision and action research has lifted part of it."""
    return effective_worry(worker, org) * (1.0 - p.risk_panel_relief * p.risk_enablement_panel) * (1.0 - org.gain_risk)


@rule
def chance_risk_is_accepted(worker, user, team, org, p):
    """Chance of accepting the risk that is seen: worry x perceived risk, and alarm, which closes nothing without worry."""
    if p.lift_risk >= 0.5:
        return 1.0
    worry = shared_worry(worker, org, p)
    alarm = p.alarm_closes * team.alarm * min(1.0, 2.0 * worry)
    return (1.0 - worry * user.perceived_risk) * (1.0 - alarm)


@rule
def practitioner_accepts_risk(worker, user, team, org, p, u):
    """Does the practitioner accept the risk they see? Worry x perceived risk, and the team's alarm after an incident.

    A risk enablement panel shares the decision and lifts part of both. Without risk aversion alarm closes nothing.
    Source: S3; PAT06, PAT07; stories 4 and 12.
    """
    return u < chance_risk_is_accepted(worker, user, team, org, p)


@rule
def chance_of_bar(worker, user, p):
    """Chance that the law seems to forbid it: 1 under detention, less on a CTO, the less the better the law is known."""
    if p.lift_legal_bar >= 0.5:
        return 0.0
    if user.legal_status == SECTION_2 or user.legal_status == SECTION_3:
        return 1.0
    if user.legal_status != CTO:
        return 0.0
    return p.legal_bar_cto * (1.0 - 0.5 * worker.knowledge) * (1.0 - 0.3 * p.positive_risk_taking)


@rule
def practitioner_sees_no_bar(worker, user, p, u):
    """Does the law seem to allow it? Under detention no; a CTO is often taken as a bar, the less so by those who know.

    The law itself barred direct payments until November 2009, not budgets. Source: S1; ENG05.
    """
    return u >= chance_of_bar(worker, user, p)


@rule
def chance_of_explaining(user, org, p):
    """Chance that the information gate stands open: certain where the person knows, else that budgets are explained."""
    if user.informed != NOT_INFORMED or p.lift_information >= 0.5:
        return 1.0
    return org.tell


@rule
def practitioner_explains_budgets(worker, user, org, p, u):
    """Does the practitioner explain budgets? Needless where the person knows; else it ends here. Source: S5; PAT10."""
    return u < chance_of_explaining(user, org, p)


@rule
def chance_of_accepting(user, org, p):
    """Chance that the person accepts an offer: a wish, stronger with autonomy and confidence, weaker in a thin market.

    Source: form an assumption; S3 (thin options), PAT23 (carers).
    """
    chance = p.willing * (0.5 + 0.5 * user.autonomy_preference) * (0.8 + 0.4 * user.confidence)
    if p.lift_market < 0.5:
        chance *= 1.0 - p.thin_market_declines * (1.0 - org.market)
    if user.carer == CARER_ADVOCATES:
        chance *= 1.15
    elif user.carer == CARER_WORRIED:
        chance *= 0.80
    if user.package == 1:
        chance *= 1.0 - 0.3 * p.fear_of_losing
    return min(1.0, chance * 4.0 / 3.0)


@rule
def user_accepts(user, org, p, u):
    """Does the person accept the offer? Declining is a choice. Source: see `chance_of_accepting`.

    Args:
        u: draw in [0, 1) that lasts for about two years, purpose WILLING.
    """
    return u < chance_of_accepting(user, org, p)


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
