"""Phase 6: occasions to speak of budgets, the gates at each, offers, and hand-offs to somebody else.

Hours were shared before anyone is met, so the order of people cannot matter: every case of a worker gets the same share,
and who is full was fixed at the start of the week.
"""

from persim import purposes as purpose
from persim.draws import draw, judgement_stream, stream
from persim.events import BOUNCED, E_HAND_OFF, E_HANDED_ON, E_REVIEW, FULL_BIT, LOST, NOBODY_BIT, TAKEN
from persim.jit import loop
from persim.measures import (
    M_ACCEPTED,
    M_CARER_WISHES,
    M_CLOSED_ANY,
    M_CLOSED_FIRST,
    M_DECLINED,
    M_LEFT_AT,
    M_OFFERS,
    M_OFFERS_WITH_CARER,
    M_OPPORTUNITIES,
    M_OPPORTUNITIES_ASKED,
    M_OPPORTUNITIES_DEFAULT,
    M_OPPORTUNITIES_PASSED_ON,
    M_OPPORTUNITIES_REVIEW,
    M_PASSED_ON,
    M_PASSED_ON_BOUNCED,
    M_PASSED_ON_LOST,
    M_PASSED_ON_TAKEN,
    M_RAISED,
    M_REVIEWS_HELD,
    M_REVIEWS_SLIPPED,
)
from persim.phases.counting import NOTE_TALLY, keeps_ledger, note, note_wait, record
from persim.phases.recording import record_gates, record_left, record_offer, record_opportunity, record_stage
from persim.rules.caseload import judgement_period
from persim.rules.gates import chance_of_accepting, first_gate, gates_closed, user_accepts
from persim.rules.information import user_is_let_down
from persim.rules.pathway import carer_wishes_it, user_enters_stage, user_leaves_pathway, user_starts_pathway
from persim.rules.practice import (
    chance_of_handing_on,
    outside_room,
    practitioner_can_act,
    practitioner_hands_on,
    room_for_cases,
    user_goes_to_broker,
    user_is_involved,
)
from persim.state import (
    B_DECLINED,
    B_HAND_OFF,
    B_NO_COORDINATOR,
    B_NONE,
    B_ROLE,
    COUNCIL_TEAM,
    HANDED_ON,
    INPATIENT,
    INTEGRATED,
    LEAD_COORDINATOR,
    NO_CARER,
    SEPARATE,
    SOCIAL_WORKER,
    UNDERSTANDS,
)

NO_OCCASION, AT_REVIEW, ON_REQUEST, BY_DEFAULT, PASSED_ON = 0, 1, 2, 3, 4


@loop
def remember_gates(user, closed, notes):
    """Keep the gates of this opportunity on the person, and count the first and all of them."""
    first = first_gate(closed)
    user.barrier = first
    user.gates = closed
    note(notes, NOTE_TALLY + first, 1.0)
    note(notes, M_CLOSED_FIRST + first, user.weight)
    for gate in range(1, B_DECLINED):
        if (closed >> gate) & 1 == 1:
            note(notes, M_CLOSED_ANY + gate, user.weight)


@loop
def count_opportunity(user, occasion, notes):
    """Count an opportunity and what brought it."""
    weight = user.weight
    user.n_opportunities += 1
    note(notes, M_OPPORTUNITIES, weight)
    if occasion == AT_REVIEW:
        note(notes, M_OPPORTUNITIES_REVIEW, weight)
    elif occasion == ON_REQUEST:
        note(notes, M_OPPORTUNITIES_ASKED, weight)
    elif occasion == BY_DEFAULT:
        note(notes, M_OPPORTUNITIES_DEFAULT, weight)
    else:
        note(notes, M_OPPORTUNITIES_PASSED_ON, weight)


@loop
def offer_is_made(user, lead, org, p, asked, week, notes):
    """All gates stood open: the offer, and the person's own choice. Who asked for it has chosen."""
    weight = user.weight
    user.n_offers += 1
    user.informed = UNDERSTANDS
    note(notes, M_OFFERS, weight)
    own = judgement_stream(user.key, -1, judgement_period(user, p, week))
    carer_wishes = False
    if user.carer != NO_CARER:
        note(notes, M_OFFERS_WITH_CARER, weight)
        carer_wishes = carer_wishes_it(user, p, draw(own, purpose.CARER_WISH))
        if carer_wishes:
            note(notes, M_CARER_WISHES, weight)
    accepts = asked or user_accepts(user, org, p, draw(own, purpose.WILLING))
    if keeps_ledger(notes):
        chance = 1.0 if asked else chance_of_accepting(user, org, p)
        record_offer(notes, user, lead, int(accepts), asked, carer_wishes, chance, draw(own, purpose.WILLING))
    if accepts:
        note(notes, M_ACCEPTED, weight)
        note(notes, M_RAISED, weight)
        user_starts_pathway(user, org, p, lead, week)
        if keeps_ledger(notes):
            record_stage(notes, user, week)
    else:
        note(notes, M_DECLINED, weight)
        user_leaves_pathway(user, p, B_DECLINED, week)


@loop
def end_process(user, barrier, p, week, chance, u, notes):
    """The process ends without a budget: count at which stage, and remember why.

    Args:
        chance, u: the chance of it and its draw where the person left worn out, else 0.
    """
    if keeps_ledger(notes):
        record_left(notes, user, barrier, week, chance, u)
    note(notes, M_LEFT_AT + user.pathway_stage, user.weight)
    note(notes, NOTE_TALLY + barrier, 1.0)
    user_leaves_pathway(user, p, barrier, week)


@loop
def find_taker(user, practitioners, localities, team, n_posts, p, s):
    """Whom a hand-off goes to: a broker with room, a social worker of an integrated team, else the council team."""
    broker = n_posts + 2 * team.locality
    org = localities[team.locality]
    if p.brokers > 0.0 and practitioners[broker].lead_cases < outside_room(practitioners[broker], org, p):
        return broker
    if org.integration == INTEGRATED:
        candidates = 0
        for j in range(team.first_post, team.first_post + team.n_posts):
            candidates += int(practitioners[j].profession == SOCIAL_WORKER and j != user.coordinator)
        nth = int(draw(s, purpose.TAKER) * candidates)
        for j in range(team.first_post, team.first_post + team.n_posts):
            if practitioners[j].profession == SOCIAL_WORKER and j != user.coordinator:
                if nth == 0:
                    return j
                nth -= 1
    return broker + 1


@loop
def hand_on(user, practitioners, localities, team, n_posts, p, s, u, notes):
    """Send the person to somebody else, to wait there; they are not told why."""
    taker = find_taker(user, practitioners, localities, team, n_posts, p, s)
    separate = localities[team.locality].integration == SEPARATE
    weeks = p.council_weeks if separate and practitioners[taker].profession == COUNCIL_TEAM else p.handoff_weeks
    user_enters_stage(user, HANDED_ON, 0.0, weeks)
    user.lead_worker = taker
    note(notes, M_PASSED_ON, user.weight)
    if keeps_ledger(notes):
        chance = chance_of_handing_on(localities[team.locality], p)
        record(notes, E_HANDED_ON, 0, taker, 0, chance, 0.0, weeks, u)


@loop
def opportunity_arises(user, practitioners, localities, team, n_posts, p, occasion, week, notes):
    """One opportunity: every gate is tried, the first that closes is remembered, and all that would have."""
    worker = practitioners[user.coordinator]
    org = localities[team.locality]
    s = stream(user.key, week)
    count_opportunity(user, occasion, notes)
    lead_row = user.coordinator
    broker = n_posts + 2 * team.locality
    if occasion == ON_REQUEST and user_goes_to_broker(user, practitioners[broker], org, p, draw(s, purpose.SELF_REFER)):
        lead_row = broker
    elif not practitioner_can_act(worker, p):
        if keeps_ledger(notes):
            record_opportunity(notes, user, team, occasion, user.coordinator, 1 << B_NO_COORDINATOR)
        remember_gates(user, 1 << B_NO_COORDINATOR, notes)
        return
    lead = practitioners[lead_row]
    judgement = judgement_stream(user.key, lead.key + lead.holder, judgement_period(user, p, week))
    closed = gates_closed(lead, user, team, org, p, judgement, s, occasion == BY_DEFAULT)
    if keeps_ledger(notes):
        record_opportunity(notes, user, team, occasion, lead_row, closed)
        record_gates(notes, lead, lead_row, user, team, org, p, judgement, s, occasion == BY_DEFAULT, closed)
    if closed == 0:
        leads = LEAD_COORDINATOR if lead_row == user.coordinator else lead_row
        offer_is_made(user, leads, org, p, user.asked == 1, week, notes)
        return
    remember_gates(user, closed, notes)
    u = draw(judgement, purpose.HAND_ON)
    if first_gate(closed) == B_ROLE and practitioner_hands_on(lead, user, org, p, u):
        hand_on(user, practitioners, localities, team, n_posts, p, s, u, notes)


@loop
def hand_off_arrives(user, taker, team, org, p, week, notes):
    """A hand-off reaches its taker: lost on the way, bounced, or taken and weighed anew."""
    s = stream(user.key, week)
    weight = user.weight
    row, lost = user.lead_worker, draw(s, purpose.LOST)
    if lost < p.handoff_lost:
        note_wait(notes, user, 0)
        note(notes, M_PASSED_ON_LOST, weight)
        if keeps_ledger(notes):
            record(notes, E_HAND_OFF, LOST, row, 0, 0.0, 0.0, p.handoff_lost, lost)
        user_is_let_down(user, p)
        end_process(user, B_HAND_OFF, p, week, 0.0, 0.0, notes)
        return
    limit = room_for_cases(taker, org, p)
    judgement = judgement_stream(user.key, taker.key + taker.holder, judgement_period(user, p, week))
    closed = gates_closed(taker, user, team, org, p, judgement, s, False)
    full = taker.lead_cases >= limit and p.lift_time < 0.5
    bounced = not practitioner_can_act(taker, p) or full or (closed >> B_ROLE) & 1 == 1
    if keeps_ledger(notes):
        outcome = BOUNCED if bounced else TAKEN
        bits = closed | (FULL_BIT if full else 0) | (0 if practitioner_can_act(taker, p) else NOBODY_BIT)
        record(notes, E_HAND_OFF, outcome, row, bits, taker.lead_cases, limit, p.handoff_lost, lost)
    if bounced:
        note_wait(notes, user, 0)
        note(notes, M_PASSED_ON_BOUNCED, weight)
        end_process(user, B_HAND_OFF, p, week, 0.0, 0.0, notes)
        return
    note(notes, M_PASSED_ON_TAKEN, weight)
    count_opportunity(user, PASSED_ON, notes)
    if keeps_ledger(notes):
        record_opportunity(notes, user, team, PASSED_ON, row, closed)
        record_gates(notes, taker, row, user, team, org, p, judgement, s, False, closed)
    note_wait(notes, user, int(closed == 0))
    if closed == 0:
        offer_is_made(user, row, org, p, user.asked == 1, week, notes)
        return
    if keeps_ledger(notes):
        record_left(notes, user, B_NONE, week, 0.0, 0.0)
    user_leaves_pathway(user, p, B_NONE, week)
    remember_gates(user, closed, notes)


@loop
def person_has_occasion(user, worker, org, p, s, notes):
    """Phase 6: does this week bring an occasion to speak of budgets? Returns what brought it."""
    occasion = NO_OCCASION
    if user.weeks_to_review <= 0 and practitioner_can_act(worker, p) and user.mental_state != INPATIENT:
        u = draw(s, purpose.REVIEW_HELD)
        held = u < worker.gate_open
        if held:
            user.weeks_to_review = int(p.review_weeks)
            user.planned_with = int(user_is_involved(user, worker, org, p, draw(s, purpose.PLANNED_WITH)))
            occasion = AT_REVIEW if p.budgets_offered > 0.0 else NO_OCCASION
            if p.budgets_offered > 0.0 and draw(s, purpose.DEFAULT_OFFER) < p.default_offer:
                occasion = BY_DEFAULT
            if user.eligible == 1:
                note(notes, M_REVIEWS_HELD, user.weight)
        elif user.eligible == 1:
            note(notes, M_REVIEWS_SLIPPED, user.weight)
        if keeps_ledger(notes):
            planned = user.planned_with if held else 0
            record(notes, E_REVIEW, int(held), user.coordinator, planned, worker.social_hours, 0.0, worker.gate_open, u)
    if user.asked == 1 and occasion == NO_OCCASION:
        occasion = ON_REQUEST
    return occasion
