"""The Mental Health Act: detention, community treatment orders (CTOs), their making, review, recall and end.

Orders need section 3, never section 2, and an AMHP's agreement; they exist only from 3 November 2008. Entitlement
widens under section 117 while offers, involvement and control fall: the paradox of S1. Felt benefit is an appraisal at
review, for some and not all; it causes nothing (PAT30).
"""

from persim import purposes as purpose
from persim.draws import draw
from persim.jit import rule
from persim.rules.forms import unit
from persim.state import (
    ADMITTED,
    CRISIS_STARTS,
    CTO,
    DIRECT_PAYMENT,
    INPATIENT,
    MANAGED,
    NO_RELATIVE,
    SECTION_2,
    SECTION_3,
    STABLE,
    TRAIT_PRONE,
    VOLUNTARY,
)

FIRST_CTO_REVIEW, SECOND_CTO_REVIEW, YEARLY = 26, 52, 52
SECTION_2_WEEKS = 4
NO_ORDER, ORDER_MADE, ORDER_REFUSED = 0, 1, 2
ORDER_GOES_ON, ORDER_REVIEWED, ORDER_ENDED_AT_REVIEW, ORDER_ENDED, RECALLED, REVOKED = 0, 1, 2, 3, 4, 5


@rule
def local_use(org):
    """How readily the Act is used here, as a ratio to usual practice (1 at the default of the dial)."""
    return 0.6 + 2.0 * org.compulsion_practice


@rule
def proneness(user, p):
    """How much likelier the Act is for this person; averages 1 over people."""
    usual = 1.0 - p.prone_share + p.prone_share * p.prone_ratio
    return (p.prone_ratio if user.traits & TRAIT_PRONE else 1.0) / usual


@rule
def chance_of_detention(user, org, p):
    """Chance that an admission is under the Act: by vulnerability, local use of the Act and proneness."""
    return unit(p.detained_share * (0.5 + 1.25 * user.vulnerability) * local_use(org) * proneness(user, p))


@rule
def user_is_detained(user, org, p, s):
    """Is this admission under the Act, and under which section? Writes `legal_status`. Source: PAR46, PAR47.

    Trust falls with detention. Someone recalled from an order is detained already.
    """
    if user.legal_status != VOLUNTARY:
        return False
    if draw(s, purpose.DETAIN) >= chance_of_detention(user, org, p):
        return False
    user.legal_status = SECTION_2 if draw(s, purpose.SECTION) < p.section2_share else SECTION_3
    user.trust = unit(user.trust - p.trust_detained)
    return True


@rule
def user_moves_to_section_3(user, p, u):
    """After four weeks section 2 ends: on to section 3, or informal. Source: the Act."""
    if user.legal_status == SECTION_2 and user.weeks_in_state >= SECTION_2_WEEKS:
        user.legal_status = SECTION_3 if u < p.section2_to_3 else VOLUNTARY


@rule
def person_centred(amhp):
    """How person-centred an AMHP is, in [0, 1]: the less, the more treatment comes first for them. Source: S1."""
    return 1.0 - amhp.medical_orientation


@rule
def practitioner_agrees_to_order(amhp, user, p, u):
    """Does the AMHP agree to a CTO? A person-centred AMHP refuses more often. Source: S1; AMHPs agree or there is no order."""
    return u < 1.0 - (1.0 - p.amhp_agrees) * 2.0 * person_centred(amhp) * (1.4 - user.vulnerability)


@rule
def chance_of_order(user, org, p):
    """Chance that leaving hospital from section 3 is proposed to be to a CTO; none where the law does not know them."""
    if p.ctos_exist < 0.5:
        return 0.0
    return unit(p.cto_at_discharge * (0.4 + 1.2 * user.vulnerability) * local_use(org) * proneness(user, p))


@rule
def user_leaves_hospital(user, amhp, org, p, s):
    """What happens on leaving hospital: section 117 after section 3; perhaps a CTO if the law has them and an AMHP agrees.

    Writes `legal_status`, `s117`. Returns NO_ORDER, ORDER_MADE or ORDER_REFUSED. Source: ENG06, ENG10; PAR47.
    """
    was_section_3 = user.legal_status == SECTION_3
    user.legal_status = VOLUNTARY
    if not was_section_3:
        return NO_ORDER
    user.s117 = 1
    if draw(s, purpose.ORDER) >= chance_of_order(user, org, p):
        return NO_ORDER
    if not practitioner_agrees_to_order(amhp, user, p, draw(s, purpose.AGREE)):
        return ORDER_REFUSED
    return ORDER_MADE


@rule
def user_goes_on_order(user, amhp, org, p, s):
    """The making of a CTO: who is informed of order and rights, who takes part, which conditions are set.

    Haste lowers all of it; a meeting before discharge takes the haste away; an advocate, a consulted nearest relative
    and plain information raise it. Before 9 November 2009 a direct payment has to become a managed budget. Writes the
    person's order. Source: S1; PAT12, PAT13; story 5.
    """
    hurried = draw(s, purpose.HURRY) < p.hurried_share * (1.0 - max(p.rights_meeting, p.rights_practice))
    advocate = draw(s, purpose.ADVOCATE) < max(
        p.advocate_share, max(max(p.rights_advocate, p.rights_practice), p.advocacy) * 0.85
    )
    relative = user.nearest_relative != NO_RELATIVE and draw(user.key, purpose.OBJECTS) >= 0.25
    relative = relative and draw(s, purpose.RELATIVE_CONSULTED) < max(
        p.nr_consulted_share, 0.9 * max(p.rights_relative, p.rights_practice)
    )
    haste = 0.5 if hurried else 1.0
    informing = max(p.rights_information, p.rights_practice)
    plain = 0.5 * informing
    helped = 0.2 if advocate else 0.0
    told_order = unit(p.order_informed_making * haste + plain + helped)
    told_rights = unit(p.rights_informed_making * haste + plain + 1.5 * helped)
    user.order_informed = int(draw(s, purpose.ORDER_INFORMED) < told_order)
    user.rights_informed = int(draw(s, purpose.RIGHTS_INFORMED) < told_rights)
    part = p.involvement_making * haste * (0.6 + 0.8 * person_centred(amhp)) + 0.5 * helped
    part += (
        0.08 * (max(p.rights_meeting, p.rights_practice) if not hurried else 0.0)
        + 0.10 * informing * user.order_informed
    )
    if relative:
        part += 0.06
    part = part * (1.0 - 0.3 * org.power_distance) + 0.2 * (draw(s, purpose.INVOLVEMENT) - 0.5)
    user.cto_involvement_making = unit(part)
    user.cto_involvement_review = -1.0
    user.conditions = int(draw(s, purpose.CONDITIONS) * (p.max_conditions + 1.0))
    user.conditions_negotiated = unit(user.cto_involvement_making * (0.5 + draw(s, purpose.NEGOTIATED)))
    if p.direct_payment_barred >= 0.5 and user.budget_form == DIRECT_PAYMENT:
        user.budget_form = MANAGED
    user.cto_weeks = 0
    user.cto_review_in = FIRST_CTO_REVIEW
    user.cto_felt_benefit = 0
    user.legal_status = CTO
    user.trust = unit(user.trust - p.trust_condition * user.conditions * (1.0 - user.conditions_negotiated))


@rule
def user_reviews_order(user, amhp, org, p, s):
    """A CTO review: information given again, involvement drawn again and higher, conditions varied, appraisal asked.

    Returns True if the order ends here, for want of grounds or because the AMHP does not agree to extend it.
    Source: S1; PAT12, PAT14; TGT11; stories 5 and 6.
    """
    if user.order_informed == 0:
        user.order_informed = int(
            draw(s, purpose.ORDER_INFORMED)
            < unit(p.informed_at_review + 0.4 * max(p.rights_information, p.rights_practice))
        )
    if user.rights_informed == 0:
        user.rights_informed = int(
            draw(s, purpose.RIGHTS_INFORMED)
            < unit(p.informed_at_review + 0.4 * max(p.rights_information, p.rights_practice))
        )
    part = p.involvement_review * (0.8 + 0.4 * person_centred(amhp)) + 0.10 * user.rights_informed
    part = part * (1.0 - 0.3 * org.power_distance) + 0.3 * (draw(s, purpose.INVOLVEMENT) - 0.5)
    user.cto_involvement_review = unit(part)
    if user.conditions > 0 and draw(s, purpose.CONDITIONS) < user.cto_involvement_review:
        user.conditions -= 1
    user.conditions_negotiated = max(user.conditions_negotiated, user.cto_involvement_review)
    user_appraises_order(user, p)
    steady = 1.3 if user.mental_state == STABLE else 0.6
    ends = p.cto_end_review * (1.4 - user.vulnerability) * steady
    ends += (1.0 - ends) * (1.0 - p.amhp_agrees) * person_centred(amhp) * 0.5
    return draw(s, purpose.END_ORDER) < ends


@rule
def user_appraises_order(user, p):
    """Looking back, did the limits help? An appraisal that differs between people and causes nothing. Source: S1; PAT14."""
    chance = p.felt_benefit if user.mental_state == STABLE else 0.5 * p.felt_benefit
    user.cto_felt_benefit = int(
        draw(user.key, purpose.FELT_BENEFIT_TRAIT) < chance * (0.7 + 0.6 * user.conditions_negotiated)
    )


@rule
def chance_of_end_between(user, p):
    """Weekly chance that an order ends between reviews: by clinician, tribunal, managers or nearest relative."""
    return p.cto_end_between * (1.4 - user.vulnerability)


@rule
def user_lives_on_order(user, amhp, org, p, change, s):
    """One week on a CTO: recall, review or end. Returns what happened (ORDER_... codes, RECALLED, REVOKED).

    A review that falls in hospital or in a week of recall is held in the first week in which it can be. Recalls ride on
    crises and admissions that would have come without the order too, so that an order changes neither (PAT30): a crisis
    may bring a recall and home again, an admission a recall that an AMHP agrees to turn into revocation.
    Source: TGT11-13; PAR49, PAR50.

    Args:
        change: what the person's mental state did this week (`persim.rules.wellbeing` codes).
    """
    user.cto_weeks += 1
    user.cto_review_in -= 1
    if change == CRISIS_STARTS and draw(s, purpose.RECALL) < p.recall_at_crisis:
        user.trust = unit(user.trust - 0.5 * p.trust_detained)
        return RECALLED
    if change == ADMITTED and draw(s, purpose.RECALL) < p.recall_at_admission:
        if practitioner_agrees_to_revoke(amhp, user, p, draw(s, purpose.REVOKE)):
            return REVOKED
        return RECALLED
    if user.mental_state == INPATIENT:
        return ORDER_GOES_ON
    if user.cto_review_in <= 0:
        user.cto_review_in = YEARLY if user.cto_weeks >= SECOND_CTO_REVIEW else SECOND_CTO_REVIEW - FIRST_CTO_REVIEW
        if user_reviews_order(user, amhp, org, p, s):
            return ORDER_ENDED_AT_REVIEW
        return ORDER_REVIEWED
    if draw(s, purpose.END_ORDER) < chance_of_end_between(user, p):
        return ORDER_ENDED
    return ORDER_GOES_ON


@rule
def practitioner_agrees_to_revoke(amhp, user, p, u):
    """Does the AMHP agree to revoke the order? If not, the order goes on. Source: the Act."""
    return u < 1.0 - (1.0 - p.amhp_agrees) * person_centred(amhp)


@rule
def user_order_is_revoked(user, p):
    """Revocation: hospital goes on under section 3, whose clock starts again."""
    user_order_ends(user)
    user.legal_status = SECTION_3
    user.trust = unit(user.trust - p.trust_detained)


@rule
def user_order_ends(user):
    """The order ends; section 117 and what was felt of it stay."""
    user.legal_status = VOLUNTARY
    user.conditions = 0
    user.conditions_negotiated = 0.0
    user.cto_review_in = 0
