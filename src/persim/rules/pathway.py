"""The pathway to a budget, stage by stage, and what happens to one in use.

outside -> (handed on) -> raised -> assessment -> indicative budget -> support plan -> funding -> (panel, contest) ->
set-up -> in use. Each stage costs staff hours, the person's effort and weeks; people leave more as it drags on.
A budget is real or hollow by three truths, never by its label: the sum known, the plan agreed, free to vary.
"""

import math

from persim import purposes as purpose
from persim.draws import draw
from persim.jit import rule
from persim.rules.forms import unit
from persim.state import (
    ABSENT_ASSESSMENT,
    ABSENT_PLAN,
    ABSENT_REVIEW,
    B_ENDED,
    B_NONE,
    B_STEPS_AND_WAITS,
    CARER_ADVOCATES,
    CARER_SUPPORTS,
    CARER_WORRIED,
    CRISIS,
    CTO,
    DIRECT_PAYMENT,
    FIRST_REVIEW_WEEKS,
    IN_USE,
    INPATIENT,
    LEAD_COORDINATOR,
    MANAGED,
    NO_FORM,
    OUTSIDE,
    RAISED,
    SECTION_2,
    SECTION_3,
    THIRD_PARTY,
    YEAR,
)

WAITS_ON, GOES_ON, ENDS_HERE = 0, 1, 2
FUNDED, REFUSED, SENT_BACK = 0, 1, 2
DISPUTE_SOCIAL, DISPUTE_JOINT, DISPUTE_NOWHERE = 0, 1, 2


@rule
def user_enters_stage(user, stage, hours, weeks):
    """Move to a stage with its staff hours and least weeks still to come."""
    user.pathway_stage = stage
    user.weeks_in_stage = 0
    user.work_left = hours
    user.worked_with = 0.0
    user.worked_hours = 0.0
    user.wait_left = weeks


@rule
def user_waits_for(user, barrier):
    """What holds this person up now, for the weeks without a budget by barrier."""
    user.barrier = barrier
    user.gates = 1 << barrier


@rule
def user_starts_pathway(user, org, p, lead, week):
    """Budgets are raised with someone willing: the way begins. Source: S4 (steps)."""
    user.lead_worker = lead
    user.raised_week = week
    user.involvement = 0.0
    user.absent = 0
    user.amount_known = 0
    user.plan_agreed = 0
    user.can_vary = 0
    user_waits_for(user, B_STEPS_AND_WAITS)
    user_enters_stage(user, RAISED, 0.0, 1.0)


@rule
def user_leaves_pathway(user, p, barrier, week):
    """The process ends without a budget; what ended it is remembered, and it rests a while."""
    user.pathway_stage = OUTSIDE
    user.weeks_in_stage = 0
    user.lead_worker = LEAD_COORDINATOR
    user_waits_for(user, barrier)
    user.rest_until = week + int(p.rest_weeks)
    user_has_no_budget(user)


@rule
def user_is_worn_out(user, org, p, week, helped, u):
    """Does the person leave the process this week? Likelier the longer it drags on and the heavier it is.

    A supporting carer, a broker, peers, confidence and taking part keep people in. Source: S4, S5; PAT09, PAT23.
    """
    chance = p.leave_rate * (0.5 + org.effort) * (1.0 + p.leave_growth * (week - user.raised_week))
    if user.carer == CARER_SUPPORTS or user.carer == CARER_ADVOCATES:
        chance *= p.carer_keeps
    if helped == 1:
        chance *= p.helper_keeps
    chance *= (1.4 - 0.8 * user.confidence) * (1.3 - 0.6 * user.involvement)
    if user.mental_state == CRISIS:
        chance *= 2.0
    return u < chance


@rule
def budget_sum(user, p):
    """The yearly sum that the points of the assessment give: small, ordinary or large. Source: PAR28-30 (a mixture).

    Log-uniform within each part; the person's place in it is drawn at birth, so the same need meets the same sum.
    """
    place = draw(user.key, purpose.AMOUNT)
    if place < p.small_share:
        return 100.0 * math.exp(math.log(10.0) * place / p.small_share)
    if place >= 1.0 - p.large_share:
        return 10000.0 * math.exp(math.log(1.2) * (place - 1.0 + p.large_share) / p.large_share)
    middle = 1.0 - p.small_share - p.large_share
    return 1000.0 * math.exp(math.log(10.0) * (place - p.small_share) / middle)


@rule
def budget_is_one_off(user, p, u):
    """Is this a single payment? Only small ones are. Source: PAR31."""
    return user.budget_gbp_per_year < 1000.0 and u < p.one_off_share


@rule
def chance_of_presence(possible, p):
    """Chance that the person is there when a stage is worked, given the involvement that hours allow. Source: S2; PAT05."""
    return p.presence_least + (1.15 - p.presence_least) * possible


@rule
def user_takes_part(user, p, voice, stage_bit, u):
    """Was the person there at this stage? Writes `involvement` (a running mean) and the bit of absence.

    How far the hours allowed taking part is the mean over the hours worked. Short of time, forms are done without the
    person.

    Args:
        voice: share of the person's view that counts, in [0, 1].
    Source: S2 (excluded from the process to save time); PAT05; story 3.
    """
    possible = user.worked_with / user.worked_hours if user.worked_hours > 0.0 else 0.0
    part = unit(possible * (0.4 + 0.6 * voice))
    present = u < chance_of_presence(possible, p)
    if present:
        user.absent &= ~stage_bit
    else:
        part *= 0.3
        user.absent |= stage_bit
    if stage_bit == ABSENT_ASSESSMENT:
        user.involvement = part
    else:
        user.involvement = 0.4 * user.involvement + 0.6 * part
    return present


@rule
def user_is_told_sum(user, org, p, u):
    """Is the indicative sum told and understood? Source: ENG08; S5 (plain language)."""
    present = user.absent & ABSENT_ASSESSMENT == 0
    chance = p.sum_told * (0.6 + 0.4 * org.plain_language) * (1.0 if present else 0.4)
    return u < unit(chance)


@rule
def user_agrees_plan(user, p, present, u):
    """Is the plan one that the person agreed? Hardly, if it was written without them. Source: S2, S4; story 3."""
    chance = p.plan_agreed * (0.55 + 0.9 * user.involvement) if present else p.plan_agreed_absent
    return u < unit(chance)


@rule
def overlap_of_needs(user):
    """How far health and social need overlap: the lesser of the two, doubled and held within 1. Source: S4."""
    return unit(2.0 * min(user.health_need, user.social_need))


@rule
def funding_is_disputed(user, org, p, u):
    """Is there a dispute over who pays? Grows with overlap; pooled money and section 117 prevent it. Source: S4; story 8."""
    chance = p.dispute_share * overlap_of_needs(user) * (1.0 - org.pooling)
    if user.s117 == 1:
        chance *= p.dispute_section_117
    return u < chance


@rule
def dispute_ends(p, u):
    """How a dispute ends: social care pays, both pay, or there is no budget. Source: S4; shares an assumption."""
    if u < p.dispute_nowhere:
        return DISPUTE_NOWHERE
    if u < p.dispute_nowhere + p.dispute_joint:
        return DISPUTE_JOINT
    return DISPUTE_SOCIAL


@rule
def manager_signs(user, p):
    """Can a team manager sign instead of the panel? Below the limit, and not where the risk looks high."""
    return user.budget_gbp_per_year <= p.delegated_sign_off and user.perceived_risk < p.sign_off_risk


@rule
def panel_decides(user, org, p, s):
    """The panel's decision on one case: fund, refuse, or send a thin plan back. Source: PAR25; S4.

    Refusal for risk grows with strictness, the locality's worry and perceived risk, less where a risk enablement panel
    advised; once the year's pot is committed, money refuses too.
    """
    worry = org.risk_aversion * (1.0 - p.risk_panel_relief * p.risk_enablement_panel)
    refuse = p.panel_refuses * org.bureaucracy * (0.4 + 1.2 * worry * user.perceived_risk)
    if draw(s, purpose.PANEL) < refuse:
        return REFUSED
    if org.committed > org.pot and draw(s, purpose.PANEL_MONEY) < p.refuse_when_spent:
        return REFUSED
    if draw(s, purpose.PANEL_PLAN) < p.panel_sends_back * org.bureaucracy * (1.0 - user.involvement):
        return SENT_BACK
    return FUNDED


@rule
def user_contests(user, org, p, u):
    """Does the person contest a refusal? Confidence and advocates help, power distance deters. Source: S3."""
    chance = p.contest * (0.5 + user.confidence) * (1.0 - 0.8 * org.power_distance) + 0.3 * p.advocacy
    return u < chance


@rule
def direct_payment_allowed(user, p):
    """May this person have a direct payment in law? Detention and, before 9 November 2009, the Act bar it.

    Someone who does not want it never gets one: the wish is drawn apart. Source: ENG05; SI 2009/1887.
    """
    if user.legal_status == SECTION_2 or user.legal_status == SECTION_3:
        return False
    return not (p.direct_payment_barred >= 0.5 and user.legal_status == CTO)


@rule
def wishes_direct_payment(user, org, p, u):
    """Does the person wish for the money itself? The larger the sum and the more support to manage it, the likelier.

    Source: TGT05, PAT29 (direct payments are larger), PAT23 (carers help to manage).
    """
    size = math.exp(p.direct_payment_size * math.log(user.budget_gbp_per_year / 2500.0))
    chance = p.direct_payment_wish * size * (0.6 + 0.8 * user.autonomy_preference)
    chance *= 0.7 + 0.6 * p.direct_payment_support
    if user.carer == CARER_SUPPORTS or user.carer == CARER_ADVOCATES:
        chance *= 1.2
    elif user.carer == CARER_WORRIED:
        chance *= 0.8
    return u < min(0.95, chance * (0.75 + 0.25 * user.confidence))


@rule
def user_chooses_form(user, worker, org, p, s):
    """Who holds the money? The person's wish, as far as law and expertise given to the person allow.

    Source: ENG03; S3 ('professional knows best').
    """
    heard = draw(s, purpose.FORM + 200) < 1.0 - 0.4 * worker.medical_orientation * org.power_distance
    if heard and direct_payment_allowed(user, p) and wishes_direct_payment(user, org, p, draw(s, purpose.FORM)):
        return DIRECT_PAYMENT
    if draw(s, purpose.THIRD) < p.third_party_wish * (0.5 + org.market):
        return THIRD_PARTY
    return MANAGED


@rule
def user_finds_support(user, org, p, s):
    """Can support be found? In a thin market half of the failures become managed, half end the process. Source: PAT24.

    Returns the form in the end, or NO_FORM.
    """
    if draw(s, purpose.MARKET) < p.set_up_fails * (1.0 - org.market):
        if draw(s, purpose.MARKET_MANAGED) < 0.5:
            return NO_FORM
        return MANAGED
    return user.budget_form


@rule
def user_may_vary(user, org, p, u):
    """Can the person change what it is spent on without a new panel? Likelier with a direct payment and few steps.

    Conditions of an order that were not negotiated narrow it. Source: S1, S5.
    """
    chance = p.can_vary if user.budget_form == DIRECT_PAYMENT else p.can_vary_managed
    if user.legal_status == CTO:
        chance *= max(0.0, 1.0 - p.condition_narrows * user.conditions * (1.0 - user.conditions_negotiated))
    return u < chance * (1.15 - 0.35 * org.bureaucracy)


@rule
def user_starts_using(user, p, week):
    """The budget is in use: a promise kept raises trust."""
    user.pathway_stage = IN_USE
    user.weeks_in_stage = 0
    user.in_use_week = week
    user.lead_worker = LEAD_COORDINATOR
    user.barrier = B_NONE
    user.gates = 0
    user.paused = 0
    user.activity_goes_on = 0
    user.trust = unit(user.trust + p.trust_promise)


@rule
def activity_can_go_on(org, p, u):
    """Can what the budget paid for go on without it? Likelier the broader the market. Source: PAT34."""
    return u < p.activity_goes_on * 2.0 * org.market


@rule
def user_has_no_budget(user):
    """No sum, no form and none of the three truths."""
    user.budget_form = NO_FORM
    user.budget_gbp_per_year = 0.0
    user.amount_known = 0
    user.plan_agreed = 0
    user.can_vary = 0
    user.paused = 0
    user.one_off = 0
    user.joint_funded = 0


@rule
def user_budget_ends(user, p, week, goes_on):
    """A budget ends, and with it the three truths; the activity may go on without it."""
    user.pathway_stage = OUTSIDE
    user.weeks_in_stage = 0
    user.counted = 0
    user_has_no_budget(user)
    user_waits_for(user, B_ENDED)
    user.rest_until = week + int(p.rest_weeks)
    user.activity_goes_on = int(goes_on)


@rule
def user_budget_is_due_to_end(user, p, u):
    """Does this budget end now? A one-off after its weeks; others by chance."""
    if user.one_off == 1:
        return user.weeks_in_stage >= p.one_off_weeks
    return u < p.budget_ends


@rule
def budget_review_is_due(weeks_in_use):
    """Budgets are reviewed after about ten weeks, then yearly."""
    return weeks_in_use == FIRST_REVIEW_WEEKS or (weeks_in_use > 0 and weeks_in_use % YEAR == 0)


@rule
def user_budget_is_reviewed(user, worker, org, p, s):
    """A review of a budget in use: it may be cut or raised. Returns -1, 0 or 1. Source: ENG15."""
    present = draw(s, purpose.ABSENT) < chance_of_presence(worker.involvement_possible, p)
    user.absent &= ABSENT_ASSESSMENT | ABSENT_PLAN
    if not present:
        user.absent |= ABSENT_REVIEW
    u = draw(s, purpose.BUDGET_REVIEW)
    if u < p.cut_at_review:
        user.budget_gbp_per_year *= 1.0 - p.cut_size
        return -1
    if u >= 1.0 - p.raise_at_review:
        user.budget_gbp_per_year *= 1.0 + p.raise_size
        return 1
    return 0


@rule
def panel_keeps(org, p):
    """Weeks for which unused panel places keep: at least until the next panel."""
    return max(p.panel_keeps_weeks, p.rural_panel_interval) if org.rural == 1 else p.panel_keeps_weeks


@rule
def panel_sits(org, p, week):
    """Does the locality's funding panel meet this week? Weekly, or every few weeks in a rural one."""
    interval = int(p.rural_panel_interval) if org.rural == 1 else 1
    return week % max(1, interval) == 0


@rule
def user_budget_pauses(user, p):
    """Does a direct payment pause? After some weeks in hospital. Source: ENG15; practice differed."""
    return user.budget_form == DIRECT_PAYMENT and user.mental_state == INPATIENT and user.weeks_in_state > p.pause_weeks


@rule
def user_is_asked_to_contribute(user, p):
    """Is a contribution asked? By means, drawn at birth; never under section 117."""
    return user.s117 == 0 and draw(user.key, purpose.CONTRIBUTION) < p.contribution_share


@rule
def carer_wishes_it(user, p, u):
    """Does the carer wish for the budget? Asked and kept apart from the person's own choice. Source: S5; story 10."""
    if user.carer == CARER_ADVOCATES:
        return u < p.carer_wish_advocates
    if user.carer == CARER_WORRIED:
        return u < p.carer_wish_worried
    return u < p.carer_wish_supports
