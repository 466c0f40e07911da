"""The pathway to a budget, stage by stage, and what happens to one in use.

outside -> (handed on) -> raised -> assessment -> indicative budget -> support plan -> funding -> (panel, contest) ->
set-up -> in use. Each stage costs staff hours, the person's effort and weeks; people leave more as it drags on.
A budget is real or hollow by three truths, never by its label: the sum known, the plan agreed, free to vary.
"""

import math

from persim import purposes as purpose
from persim.draws import draw
from persim.jit import rule
from persim.rules.forms import chance_of_presence, unit
from persim.state import (
    ABSENT_ASSESSMENT,
    B_ENDED,
    B_NONE,
    B_STEPS_AND_WAITS,
    CARER_ADVOCATES,
    CARER_SUPPORTS,
    CARER_WORRIED,
    CRISIS,
    IN_USE,
    LEAD_COORDINATOR,
    NO_FORM,
    OUTSIDE,
    RAISED,
)

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
def chance_of_leaving(user, org, p, week, helped):
    """Weekly chance of leaving the process: higher the longer it drags on and the heavier it is.

    A supporting carer, a broker, peers, confidence and taking part keep people in. Source: S4, S5; PAT09, PAT23.
    """
    if p.lift_steps >= 0.5:
        return 0.0
    chance = p.leave_rate * (0.5 + org.effort) * (1.0 + p.leave_growth * (week - user.raised_week))
    if user.carer == CARER_SUPPORTS or user.carer == CARER_ADVOCATES:
        chance *= p.carer_keeps
    if helped == 1:
        chance *= p.helper_keeps
    chance *= (1.4 - 0.8 * user.confidence) * (1.3 - 0.6 * user.involvement)
    if user.mental_state == CRISIS:
        chance *= 2.0
    return unit(chance)


@rule
def user_is_worn_out(user, org, p, week, helped, u):
    """Does the person leave the process this week? See `chance_of_leaving`."""
    return u < chance_of_leaving(user, org, p, week, helped)


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
def hours_allowed(user, p):
    """How far the hours of a stage allowed taking part, in [0, 1]: the mean over the hours worked."""
    if user.worked_hours > 0.0:
        return user.worked_with / user.worked_hours
    return 1.0 if p.lift_steps >= 0.5 else 0.0


@rule
def user_takes_part(user, p, voice, stage_bit, u):
    """Was the person there at this stage? Writes `involvement` (a running mean) and the bit of absence.

    How far the hours allowed taking part says `hours_allowed`. Short of time, forms are done without the person.

    Args:
        voice: share of the person's view that counts, in [0, 1].
    Source: S2 (excluded from the process to save time); PAT05; story 3.
    """
    possible = hours_allowed(user, p)
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
def chance_sum_is_told(user, org, p):
    """Chance that the indicative sum is told and understood: in plain words, and to someone who was there."""
    present = user.absent & ABSENT_ASSESSMENT == 0
    if present and p.lift_language_and_power >= 0.5:
        return 1.0
    return unit(p.sum_told * (0.6 + 0.4 * org.plain_language) * (1.0 if present else 0.4))


@rule
def user_is_told_sum(user, org, p, u):
    """Is the indicative sum told and understood? Source: ENG08; S5 (plain language)."""
    return u < chance_sum_is_told(user, org, p)


@rule
def chance_plan_is_agreed(user, p, present):
    """Chance that the plan is one the person agreed: by how far they took part, small if it was written without them."""
    if not present:
        return unit(p.plan_agreed_absent)
    if p.lift_language_and_power >= 0.5:
        return 1.0
    return unit(p.plan_agreed * (0.55 + 0.9 * user.involvement))


@rule
def user_agrees_plan(user, p, present, u):
    """Is the plan one that the person agreed? Hardly, if it was written without them. Source: S2, S4; story 3."""
    return u < chance_plan_is_agreed(user, p, present)


@rule
def overlap_of_needs(user):
    """How far health and social need overlap: the lesser of the two, doubled and held within 1. Source: S4."""
    return unit(2.0 * min(user.health_need, user.social_need))


@rule
def chance_of_dispute(user, org, p):
    """Chance of a dispute over who pays: grows with overlap; pooled money and section 117 prevent it."""
    if p.lift_disputes >= 0.5:
        return 0.0
    chance = p.dispute_share * overlap_of_needs(user) * (1.0 - org.pooling)
    return chance * p.dispute_section_117 if user.s117 == 1 else chance


@rule
def funding_is_disputed(user, org, p, u):
    """Is there a dispute over who pays? Source: S4; story 8."""
    return u < chance_of_dispute(user, org, p)


@rule
def dispute_ends(p, u):
    """How a dispute ends: social care pays, both pay, or there is no budget. Source: S4; shares an assumption."""
    if u < p.dispute_nowhere:
        return DISPUTE_NOWHERE
    if u < p.dispute_nowhere + p.dispute_joint:
        return DISPUTE_JOINT
    return DISPUTE_SOCIAL


@rule
def user_starts_using(user, p, week):
    """The budget is in use: a promise kept raises trust."""
    user.pathway_stage = IN_USE
    user.weeks_in_stage = 0
    user.in_use_week = week
    user.control_before = user.control_felt
    user.lead_worker = LEAD_COORDINATOR
    user.barrier = B_NONE
    user.gates = 0
    user.paused = 0
    user.activity_goes_on = 0
    user.trust = unit(user.trust + p.trust_promise)


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
