"""Who is under the Trust: people who come, leave, return and are assessed; practitioners who come and go.

A row is a person under the Trust: on the caseload, away (discharged), or replaced by the row's next person, so that
someone who leaves can return and the n-th person of a row is the same in every scenario.
"""

import math

from persim import purposes as purpose
from persim.draws import POST, draw, key_of, normal_draw, stream
from persim.jit import rule
from persim.rules.forms import middle_of_three, odds_shift, second_of_four, third_of_four, unit
from persim.rules.professions import home_knowledge, home_legitimacy, home_medical, home_recognition, home_worry
from persim.state import (
    AWAY,
    B_NO_OPPORTUNITY,
    CARER_ADVOCATES,
    CARER_SUPPORTS,
    CARER_WORRIED,
    CRISIS,
    KNOWS,
    LEAD_COORDINATOR,
    NO_CARER,
    NO_FORM,
    NO_RELATIVE,
    NOT_INFORMED,
    NURSE,
    OCCUPATIONAL_THERAPIST,
    ON_CASELOAD,
    OTHER_RELATIVE,
    OUTSIDE,
    RELATIVE_IS_CARER,
    SOCIAL_WORKER,
    STABLE,
    TRAIT_ALONE,
    TRAIT_PRONE,
    TRAIT_PSYCHOSIS,
    UNSETTLED,
    VOLUNTARY,
)

WEEKS_BEFORE_DISCHARGE, WEEKS_AWAY = 12, 104


@rule
def need_threshold(p):
    """The social need from which the assessed band meets the council's threshold, implicit tightening included."""
    return p.eligible_at + p.band_width * (1.0 - p.threshold) + p.implicit_tightening


@rule
def chance_of_psychosis(user, p):
    """Chance that someone under the Trust has psychosis: higher at high vulnerability and where prone to detention.

    A marker, so that published figures about people with psychosis meet people with psychosis: it has no effect of its
    own. Source: PAR33; TGT08 to TGT10.
    """
    odds = math.exp(p.psychosis_slope * (user.vulnerability - 0.4)) * (
        p.psychosis_prone if user.traits & TRAIT_PRONE else 1.0
    )
    return odds_shift(p.psychosis_share, odds)


@rule
def user_enters(user, org, p, enriched):
    """A new person comes under the Trust: traits, need, carer and what is known, from the person's key.

    Args:
        user: writes every field but `key` and `coordinator`.
        enriched: share of rows drawn from people prone to detention, or a negative number for the natural share. The
            weight restores the natural share.

    Traits are drawn from the person's key, which is the same in every scenario.
    """
    s = user.key
    v = second_of_four(s, purpose.VULNERABILITY)
    user.vulnerability = v
    user.hazard = math.exp(p.vulnerability_slope * (v - 0.4))
    share = p.prone_share if enriched < 0.0 else enriched
    user.traits = TRAIT_PRONE if draw(s, purpose.PRONE) < share else 0
    if draw(s, purpose.PSYCHOSIS) < chance_of_psychosis(user, p):
        user.traits |= TRAIT_PSYCHOSIS
    user.weight = 1.0
    if enriched >= 0.0:
        user.weight = p.prone_share / share if user.traits & TRAIT_PRONE else (1.0 - p.prone_share) / (1.0 - share)
    user.social_need = third_of_four(s, purpose.SOCIAL_NEED)
    user.health_need = 0.5 * v + 0.5 * middle_of_three(s, purpose.HEALTH_NEED)
    user.autonomy_preference = middle_of_three(s, purpose.AUTONOMY)
    user.confidence = middle_of_three(s, purpose.CONFIDENCE)
    user.self_stigma = middle_of_three(s, purpose.SELF_STIGMA)
    user.trust = 0.3 + 0.5 * draw(s, purpose.TRUST)
    stigma = 0.5 * (org.stigma + p.service_stigma)
    bias = p.stigma_bias * stigma * (1.0 - p.unbiased_belief) * 2.0 * draw(s, purpose.FILE) * (1.0 - v)
    user.perceived_risk = unit(v + bias)
    user.file_risk = unit(user.perceived_risk + 0.05)
    user_has_ties(user, p, s)
    user.s117 = int(draw(s, purpose.S117) < p.s117_share * (p.prone_ratio if user.traits & TRAIT_PRONE else 1.0))
    user.eligible = int(user.s117 == 1 or user.social_need >= need_threshold(p))
    user.package = int(user.eligible == 1 and draw(s, purpose.PACKAGE) < p.package_share)
    user.informed = KNOWS if draw(s, purpose.INFORMED) < p.informed_at_start else NOT_INFORMED
    user.weeks_to_review = 1 + int(draw(s, purpose.REVIEW_PHASE) * p.review_weeks)
    x = draw(s, purpose.MENTAL_START)
    user.mental_state = STABLE if x < 0.8 else UNSETTLED if x < 0.97 else CRISIS
    user.weeks_in_state = int(26.0 * draw(s, purpose.MENTAL_START + 400))
    user.control_felt = p.control_base
    user.control_before = p.control_base
    user.control_recorded = 0.45
    user.social_contact = p.contact_base
    user.quality_of_life = p.quality_base
    user_has_no_history(user)


@rule
def user_has_ties(user, p, s):
    """Carer, nearest relative and household of a new person."""
    user.carer = NO_CARER
    if draw(s, purpose.CARER) < p.carer_share:
        kind = draw(s, purpose.CARER_KIND)
        user.carer = CARER_SUPPORTS
        if kind < p.carer_advocates:
            user.carer = CARER_ADVOCATES
        elif kind < p.carer_advocates + p.carer_worried:
            user.carer = CARER_WORRIED
    relative = draw(s, purpose.RELATIVE)
    user.nearest_relative = NO_RELATIVE
    if relative < 0.85:
        user.nearest_relative = RELATIVE_IS_CARER if user.carer != NO_CARER and relative < 0.6 else OTHER_RELATIVE
    if draw(s, purpose.LIVES_ALONE) < p.lives_alone_share:
        user.traits |= TRAIT_ALONE


@rule
def user_has_no_history(user):
    """A new person starts with no order, no budget and no history with the service."""
    user.place = ON_CASELOAD
    user.legal_status = VOLUNTARY
    user.pathway_stage = OUTSIDE
    user.budget_form = NO_FORM
    user.lead_worker = LEAD_COORDINATOR
    user.barrier = B_NO_OPPORTUNITY
    user.gates = 0
    user.weeks_in_stage = 0
    user.counted = 0
    user.cto_weeks = 0
    user.cto_review_in = 0
    user.order_informed = 0
    user.rights_informed = 0
    user.conditions = 0
    user.conditions_negotiated = 0.0
    user.cto_involvement_making = 0.0
    user.cto_involvement_review = -1.0
    user.cto_felt_benefit = 0
    user.amhp = -1
    user.amount_known = 0
    user.plan_agreed = 0
    user.can_vary = 0
    user.one_off = 0
    user.joint_funded = 0
    user.contribution = 0
    user.involvement = 0.0
    user.absent = 0
    user.budget_gbp_per_year = 0.0
    user.work_left = 0.0
    user.wait_left = 0.0
    user.raised_week = -100000
    user.in_use_week = -100000
    user.rest_until = -100000
    user.heard = 0
    user.asked = 0
    user.paused = 0
    user.activity_goes_on = 0
    user.year_marks = 0
    user.n_opportunities = 0
    user.planned_with = 0
    user.n_offers = 0


@rule
def chance_of_discharge(user, p):
    """Weekly chance of discharge of someone who is stable for twelve weeks: higher at low vulnerability."""
    return p.discharge_rate * (1.6 - 1.2 * user.vulnerability)


@rule
def user_is_discharged(user, p, u):
    """Is this person discharged to primary care this week?

    Only people stable for twelve weeks; likelier at low vulnerability. An order ends with it. Neither a budget, nor the way
    to one, nor an order changes it, so that health and its luck are the same whatever the policy. Source: PAR36; PAT20, PAT30.
    """
    if user.mental_state != STABLE or user.weeks_in_state < WEEKS_BEFORE_DISCHARGE:
        return False
    return u < chance_of_discharge(user, p)


@rule
def chance_of_return(user, p):
    """Weekly chance of being referred again: higher the higher the vulnerability."""
    return p.return_rate * (0.6 + user.vulnerability)


@rule
def user_returns(user, p, u):
    """Is this person referred again this week? Source: TGT14."""
    return u < chance_of_return(user, p)


@rule
def user_comes_back(user, p, u):
    """Put a returning person on the caseload again, in crisis or unsettled; eligibility is assessed anew.

    Source: TGT14 (60 % in crisis).
    """
    user.place = ON_CASELOAD
    user.mental_state = CRISIS if u < p.return_in_crisis else UNSETTLED
    user.weeks_in_state = 0
    user.weeks_to_review = 4


@rule
def user_is_newly_referred(user):
    """Someone new comes unsettled, is reviewed within weeks, and is nobody's long-stable case."""
    user.mental_state = UNSETTLED
    user.weeks_in_state = 0
    user.weeks_to_review = 4


@rule
def user_goes_away(user):
    """Discharge: a budget in use goes on with the council and is there on return; the aftercare duty ends."""
    user.place = AWAY
    user.weeks_in_state = 0
    user.s117 = 0
    user.lead_worker = LEAD_COORDINATOR


@rule
def user_aftercare_ends(user, p, u):
    """Does the duty of aftercare end at this assessment? Only for someone stable and voluntary. Source: section 117."""
    if user.s117 == 0 or user.mental_state != STABLE or user.legal_status != VOLUNTARY:
        return False
    return u < p.s117_ends / max(p.reassessment_rate, p.s117_ends, 1e-9)


@rule
def user_is_assessed(user, p):
    """The assessed band is set against the council's threshold; section 117 needs no such test. Returns 1 if eligible."""
    return 1 if user.s117 == 1 or user.social_need >= need_threshold(p) else 0


@rule
def user_is_transferred(user, team, u):
    """Move to another post of the same team, each as likely."""
    step = 1 + int(u * (team.n_posts - 1))
    user.coordinator = team.first_post + (user.coordinator - team.first_post + step) % team.n_posts


@rule
def user_meets_new_coordinator(user, p):
    """Belief goes part of the way to the file, and trust falls, when the coordinator changes. Source: S3; story 4."""
    user.perceived_risk += p.file_weight * (user.file_risk - user.perceived_risk)
    user.trust = unit(user.trust - p.trust_change)


@rule
def judgement_period(user, p, week):
    """The number of the period (about two years) in which judgements about this person last; people are out of step."""
    length = max(1, int(p.judgement_weeks))
    return (week + 100000 + ((user.key >> 20) & 1023) % length) // length


@rule
def profession_of(x, p):
    """The profession at place `x` in [0, 1) of a team's posts: nurses, then social workers, then therapists."""
    if x < p.nurse_share:
        return NURSE
    if x < p.nurse_share + p.social_worker_share:
        return SOCIAL_WORKER
    return OCCUPATIONAL_THERAPIST


@rule
def practitioner_arrives(worker, org, p, s):
    """A new holder takes the post with attitudes around the profession's mean. `s` is the holder's birth stream."""
    spread = p.person_spread
    worker.worry_person = odds_shift(
        home_worry(worker, org, p), math.exp(spread * normal_draw(s, purpose.WORRY_PERSON))
    )
    worker.worry_self = odds_shift(home_worry(worker, org, p), math.exp(spread * normal_draw(s, purpose.WORRY_SELF)))
    worker.legitimacy = odds_shift(
        home_legitimacy(worker, org, p), math.exp(spread * normal_draw(s, purpose.LEGITIMACY))
    )
    worker.medical_orientation = odds_shift(
        home_medical(worker, org, p), math.exp(spread * normal_draw(s, purpose.MEDICAL))
    )
    worker.role_protection = odds_shift(p.role_protection, math.exp(spread * normal_draw(s, purpose.PROTECTION)))
    worker.social_care_knowledge = home_recognition(worker, p)
    worker.knowledge = home_knowledge(worker, p)


@rule
def practitioner_stays_in_post(worker, p, s):
    """Turnover, vacancy and sickness of one post this week. Returns 1 when a new holder arrives, else 0.

    Source: PAR14 (turnover), PAR15-16 (vacancies), PAR17 (sickness). Independent of policy in the week, so that the
    same post changes hands in the same weeks in every scenario with the same rates.
    """
    if worker.vacant_weeks > 0:
        worker.vacant_weeks += 1
        if draw(s, purpose.FILL_POST) < 1.0 / p.vacancy_weeks:
            worker.vacant_weeks = 0
            worker.holder += 1
            return 1
        return 0
    if worker.sick_weeks > 0:
        worker.sick_weeks -= 1
    elif draw(s, purpose.SICK) < p.sickness_rate:
        worker.sick_weeks = 1 + int(-p.sickness_weeks * math.log(1.0 - draw(s, purpose.SICK_LENGTH)))
    if draw(s, purpose.LEAVE_POST) < p.turnover / 52.0:
        worker.vacant_weeks = 1
        worker.sick_weeks = 0
    return 0


@rule
def holder_stream(seed, post, holder):
    """The birth stream of the n-th holder of a post."""
    return stream(key_of(seed, POST, post, holder), 0)
