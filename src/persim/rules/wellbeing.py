"""How people are: mental state, incidents, felt and recorded control, social contact, quality of life.

By default neither a budget, nor control, nor an order changes relapse (PAT20, PAT30).
"""

import math

from persim.jit import rule
from persim.rules.forms import unit
from persim.state import (
    ADMITTED,
    CRISIS,
    CRISIS_STARTS,
    CTO,
    DIRECT_PAYMENT,
    FUNDING,
    IN_USE,
    INPATIENT,
    LEFT_HOSPITAL,
    NO_CARER,
    NOTHING,
    STABLE,
    THIRD_PARTY,
    TRAIT_ALONE,
    UNSETTLED,
    VOLUNTARY,
)


@rule
def hazard_now(user, p):
    """Relapse as a ratio to usual: by vulnerability, and by felt control if the hypothesis that it protects is switched on."""
    if p.control_protects > 0.0:
        return user.hazard * math.exp(-p.control_protects * (user.control_felt - p.control_base))
    return user.hazard


@rule
def chance_of_change(mental_state, hazard, p):
    """Weekly chance of leaving a mental state, whatever comes next."""
    if mental_state == STABLE:
        return p.stable_to_crisis * hazard + p.stable_to_unsettled * hazard
    if mental_state == UNSETTLED:
        return p.unsettled_to_crisis * hazard + p.unsettled_to_stable
    if mental_state == CRISIS:
        return p.crisis_to_unsettled + p.crisis_to_inpatient
    return p.inpatient_discharge


@rule
def user_changes_state(user, p, u):
    """Does the person's mental state change this week? A Markov chain by vulnerability; one draw.

    Writes `mental_state`, `weeks_in_state`. Returns NOTHING, CRISIS_STARTS, ADMITTED or LEFT_HOSPITAL.
    Source: TGT09, TGT10, PAR39, PAR40.
    """
    old = user.mental_state
    new = old
    hazard = hazard_now(user, p)
    if old == STABLE:
        to_crisis = p.stable_to_crisis * hazard
        if u < to_crisis:
            new = CRISIS
        elif u < to_crisis + p.stable_to_unsettled * hazard:
            new = UNSETTLED
    elif old == UNSETTLED:
        to_crisis = p.unsettled_to_crisis * hazard
        if u < to_crisis:
            new = CRISIS
        elif u < to_crisis + p.unsettled_to_stable:
            new = STABLE
    elif old == CRISIS:
        if u < p.crisis_to_unsettled:
            new = UNSETTLED
        elif u < p.crisis_to_unsettled + p.crisis_to_inpatient:
            new = INPATIENT
    elif u < p.inpatient_discharge:
        new = UNSETTLED
    if new == old:
        user.weeks_in_state += 1
        return NOTHING
    user.mental_state = new
    user.weeks_in_state = 0
    if new == CRISIS:
        return CRISIS_STARTS
    if new == INPATIENT:
        return ADMITTED
    if old == INPATIENT:
        return LEFT_HOSPITAL
    return NOTHING


@rule
def user_has_incident(user, p, u):
    """Is there a serious incident at the onset of this crisis? Independent of holding a budget. Source: PAT07; ENG17."""
    return u < p.incident_at_crisis


@rule
def practitioner_attributes_incident(worker, user, p, u):
    """Is the incident put down to the budget? Only if the person has one: attribution, not cause. Source: S3."""
    return user.pathway_stage == IN_USE and u < p.attributed_share


@rule
def budget_worth(user, org, p):
    """What a budget in use is worth to this person, in [0, 1]: the three truths, involvement, ease, market.

    A budget with none of the three truths is worth nothing, whatever its label or form. A pause suspends it.
    Source: S4, S5; PAR56 (ease), PAR57 (views included), PAT24 (market).
    """
    if user.pathway_stage != IN_USE or user.paused == 1:
        return 0.0
    truths = p.worth_known * user.amount_known + p.worth_agreed * user.plan_agreed
    truths = min(1.0, truths + p.worth_vary * user.can_vary)
    taking_part = 0.5 + 0.5 * user.involvement
    ease = 1.1 - 0.3 * org.effort
    return unit(truths * taking_part * ease * (0.6 + 0.4 * org.market) * (0.85 + 0.15 * user.trust))


@rule
def form_gain(user, p):
    """The felt control that a budget of this form adds at its best. Source: TGT15; sizes by form an assumption."""
    if user.budget_form == DIRECT_PAYMENT:
        return p.control_direct_payment
    if user.budget_form == THIRD_PARTY:
        return p.control_third_party
    return p.control_managed


@rule
def compelled_control(user, org, p, control):
    """Felt control under the Act, or in its shadow. Source: S1, S3; PAT11."""
    if user.legal_status == CTO:
        unnegotiated = user.conditions * (1.0 - user.conditions_negotiated)
        return max(0.0, control * p.control_cto - p.control_condition * unnegotiated)
    if user.legal_status != VOLUNTARY:
        return control * p.control_detained
    return max(0.0, control - p.control_shadow * org.compelled_share)


@rule
def towards(now, level, p):
    """One week's move towards a level: quicker up than down. Source: PAT34 (gains fade)."""
    speed = p.gain_speed if level > now else p.fade_speed
    return now + speed * (level - now)


@rule
def user_feels_week(user, org, p):
    """Felt control, social contact and quality of life move towards this week's levels.

    Writes the three. What ends may go on: after a budget whose activity can go on, the gains fade four times more slowly.
    Source: S5, PAT19, PAT34; by design involvement alone moves none of them (PAT26).
    """
    worth = budget_worth(user, org, p)
    control = p.control_base
    contact = p.contact_base + p.contact_peers * (0.5 + 0.5 * p.peer_support) * org.peers
    if user.carer != NO_CARER:
        contact += p.contact_carer
    if user.traits & TRAIT_ALONE:
        contact -= 0.5 * p.contact_carer
    if worth > 0.0:
        control += form_gain(user, p) * 1.5 * worth
        contact += p.contact_budget * worth
    control = unit(compelled_control(user, org, p, control))
    quality = p.quality_base + p.quality_control * (user.control_felt - p.control_base)
    quality += p.quality_contact * (user.social_contact - p.contact_base)
    if user.mental_state == UNSETTLED:
        quality -= p.quality_unsettled
    elif user.mental_state != STABLE:
        quality -= p.quality_crisis
    if user.activity_goes_on == 1 and worth == 0.0:
        user.control_felt += 0.25 * (towards(user.control_felt, control, p) - user.control_felt)
        user.social_contact += 0.25 * (towards(user.social_contact, unit(contact), p) - user.social_contact)
    else:
        user.control_felt = towards(user.control_felt, control, p)
        user.social_contact = towards(user.social_contact, unit(contact), p)
    user.quality_of_life += 0.15 * (unit(quality) - user.quality_of_life)


@rule
def control_on_paper(user):
    """Control as the service records it: from forms alone, not from what the person can do. Source: S3 (two readings)."""
    recorded = 0.45
    if user.counted == 1:
        recorded += 0.30
    if user.pathway_stage >= FUNDING:
        recorded += 0.15
    if user.legal_status == CTO and user.cto_involvement_review >= 0.0:
        recorded += 0.05
    return recorded
