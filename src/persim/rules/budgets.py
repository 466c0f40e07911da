"""A budget at set-up and in use: who holds the money, what it may be spent on, reviews, pauses and its end."""

import math

from persim import purposes as purpose
from persim.draws import draw
from persim.jit import rule
from persim.rules.forms import chance_of_presence, unit
from persim.state import (
    ABSENT_ASSESSMENT,
    ABSENT_PLAN,
    ABSENT_REVIEW,
    CARER_ADVOCATES,
    CARER_SUPPORTS,
    CARER_WORRIED,
    CTO,
    DIRECT_PAYMENT,
    FIRST_REVIEW_WEEKS,
    INPATIENT,
    MANAGED,
    NO_FORM,
    SECTION_2,
    SECTION_3,
    THIRD_PARTY,
    YEAR,
)


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
def chance_of_no_support(org, p):
    """Chance that support cannot be found as wished: the thinner the market."""
    if p.lift_market >= 0.5:
        return 0.0
    return p.set_up_fails * (1.0 - org.market)


@rule
def user_finds_support(user, org, p, s):
    """Can support be found? In a thin market half of the failures become managed, half end the process. Source: PAT24.

    Returns the form in the end, or NO_FORM.
    """
    if draw(s, purpose.MARKET) < chance_of_no_support(org, p):
        if draw(s, purpose.MARKET_MANAGED) < 0.5:
            return NO_FORM
        return MANAGED
    return user.budget_form


@rule
def chance_of_varying(user, org, p):
    """Chance that spending can be changed without a new panel: likelier with a direct payment and little bureaucracy.

    Conditions of an order that were not negotiated narrow it. Source: S1, S5.
    """
    chance = p.can_vary if user.budget_form == DIRECT_PAYMENT else p.can_vary_managed
    if user.legal_status == CTO and p.lift_legal_bar < 0.5:
        chance *= max(0.0, 1.0 - p.condition_narrows * user.conditions * (1.0 - user.conditions_negotiated))
    return unit(chance * (1.15 - 0.35 * org.bureaucracy))


@rule
def user_may_vary(user, org, p, u):
    """Can the person change what it is spent on without a new panel? See `chance_of_varying`."""
    return u < chance_of_varying(user, org, p)


@rule
def activity_can_go_on(org, p, u):
    """Can what the budget paid for go on without it? Likelier the broader the market. Source: PAT34."""
    return u < p.activity_goes_on * 2.0 * org.market


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
def user_budget_pauses(user, p):
    """Does a direct payment pause? After some weeks in hospital. Source: ENG15; practice differed."""
    return user.budget_form == DIRECT_PAYMENT and user.mental_state == INPATIENT and user.weeks_in_state > p.pause_weeks
