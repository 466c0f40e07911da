"""Phase 4 for one person: leaving hospital from a section, and a week on a community treatment order."""

from persim import purposes as purpose
from persim.draws import draw
from persim.events import E_LEFT_SECTION
from persim.jit import loop
from persim.measures import (
    M_BENEFIT_ASKED,
    M_BENEFIT_FELT,
    M_CONDITIONS,
    M_CONDITIONS_NEGOTIATED,
    M_COST_LEVERS,
    M_INVOLVEMENT_MAKING,
    M_INVOLVEMENT_REVIEW,
    M_ORDER_INFORMED,
    M_ORDERS_ENDED,
    M_ORDERS_MADE,
    M_ORDERS_REFUSED,
    M_ORDERS_REVIEWED,
    M_PAIRED_INVOLVEMENT_GAIN,
    M_PAIRED_REVIEWS,
    M_RECALLS,
    M_REVOCATIONS,
    M_RIGHTS_INFORMED,
    M_RIGHTS_INFORMED_REVIEW,
)
from persim.phases.counting import keeps_ledger, note, record
from persim.phases.recording import record_order_event, record_order_made
from persim.rules.compulsion import (
    ORDER_ENDED,
    ORDER_ENDED_AT_REVIEW,
    ORDER_GOES_ON,
    ORDER_MADE,
    ORDER_REFUSED,
    ORDER_REVIEWED,
    RECALLED,
    REVOKED,
    chance_of_order,
    user_goes_on_order,
    user_leaves_hospital,
    user_lives_on_order,
    user_order_ends,
    user_order_is_revoked,
)
from persim.rules.culture import order_rights_hours
from persim.state import SECTION_3


@loop
def person_leaves_section(user, amhp, amhp_row, org, p, s, notes):
    """Phase 4 on leaving hospital: aftercare duty, and perhaps a CTO."""
    section = user.legal_status
    outcome = user_leaves_hospital(user, amhp, org, p, s)
    weight = user.weight
    if keeps_ledger(notes):
        chance = chance_of_order(user, org, p) if section == SECTION_3 else 0.0
        u = draw(s, purpose.ORDER)
        record(notes, E_LEFT_SECTION, outcome, amhp_row, section, user.vulnerability, 0.0, chance, u)
    if outcome == ORDER_REFUSED:
        note(notes, M_ORDERS_REFUSED, weight)
    if outcome != ORDER_MADE:
        return
    form = user.budget_form
    user_goes_on_order(user, amhp, org, p, s)
    user.amhp = amhp_row
    if keeps_ledger(notes):
        record_order_made(notes, user, amhp_row, user.budget_form != form)
    note(notes, M_ORDERS_MADE, weight)
    note(notes, M_COST_LEVERS, weight * order_rights_hours(p) * p.staff_cost)
    note(notes, M_ORDER_INFORMED, weight * user.order_informed)
    note(notes, M_RIGHTS_INFORMED, weight * user.rights_informed)
    note(notes, M_INVOLVEMENT_MAKING, weight * user.cto_involvement_making)
    note(notes, M_CONDITIONS, weight * user.conditions)
    note(notes, M_CONDITIONS_NEGOTIATED, weight * user.conditions * user.conditions_negotiated)


@loop
def note_review(user, p, first_review, notes):
    """Note a CTO review, and the paired gain in involvement among those who reach their first."""
    weight = user.weight
    note(notes, M_ORDERS_REVIEWED, weight)
    note(notes, M_COST_LEVERS, weight * order_rights_hours(p) * p.staff_cost)
    note(notes, M_RIGHTS_INFORMED_REVIEW, weight * user.rights_informed)
    note(notes, M_INVOLVEMENT_REVIEW, weight * user.cto_involvement_review)
    note(notes, M_BENEFIT_ASKED, weight)
    note(notes, M_BENEFIT_FELT, weight * user.cto_felt_benefit)
    if first_review:
        note(notes, M_PAIRED_REVIEWS, weight)
        note(notes, M_PAIRED_INVOLVEMENT_GAIN, weight * (user.cto_involvement_review - user.cto_involvement_making))


@loop
def person_under_order(user, amhp, amhp_row, org, p, change, s, notes):
    """Phase 4 for someone on a CTO: recall, review, end."""
    first_review = user.cto_involvement_review < 0.0
    event = user_lives_on_order(user, amhp, org, p, change, s)
    if event == ORDER_GOES_ON:
        return
    weight = user.weight
    if keeps_ledger(notes):
        record_order_event(notes, user, amhp_row, event, change, p, s)
    if event == ORDER_REVIEWED or event == ORDER_ENDED_AT_REVIEW:
        note_review(user, p, first_review, notes)
    if event == RECALLED or event == REVOKED:
        note(notes, M_RECALLS, weight)
    if event == REVOKED:
        note(notes, M_REVOCATIONS, weight)
        user_order_is_revoked(user, p)
    elif event == ORDER_ENDED or event == ORDER_ENDED_AT_REVIEW:
        note(notes, M_ORDERS_ENDED, weight)
        user_order_ends(user)
