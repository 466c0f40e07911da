"""Phases 2 to 5, person by person: caseload, mental state, compulsion, information; and what each asks of the week.

What a person reads of others here (a coordinator's post, peers' signals, the locality's use of compulsion) was fixed at
the end of last week, so the order of people cannot matter. Hours are added to the coordinator's week in row order.
"""

from persim import purposes as purpose
from persim.draws import PERSON, draw, key_of, stream
from persim.jit import loop
from persim.measures import (
    M_ADMISSIONS,
    M_ASKED,
    M_BENEFIT_ASKED,
    M_BENEFIT_FELT,
    M_CONDITIONS,
    M_CONDITIONS_NEGOTIATED,
    M_COST_LEVERS,
    M_CRISES,
    M_DETENTIONS,
    M_DISCHARGED,
    M_ENDED,
    M_INCIDENTS,
    M_INCIDENTS_ATTRIBUTED,
    M_INVOLVEMENT_MAKING,
    M_INVOLVEMENT_REVIEW,
    M_LEFT_AT,
    M_ORDER_INFORMED,
    M_ORDERS_ENDED,
    M_ORDERS_MADE,
    M_ORDERS_REFUSED,
    M_ORDERS_REVIEWED,
    M_PAIRED_INVOLVEMENT_GAIN,
    M_PAIRED_REVIEWS,
    M_RECALLS,
    M_REFERRED,
    M_RETURNED,
    M_REVOCATIONS,
    M_RIGHTS_INFORMED,
    M_RIGHTS_INFORMED_REVIEW,
    M_TRANSFERRED,
)
from persim.phases.counting import add_notes, note, note_wait
from persim.rules.caseload import (
    WEEKS_AWAY,
    holder_stream,
    practitioner_arrives,
    practitioner_stays_in_post,
    user_aftercare_ends,
    user_comes_back,
    user_enters,
    user_goes_away,
    user_is_assessed,
    user_is_discharged,
    user_is_newly_referred,
    user_is_transferred,
    user_meets_new_coordinator,
    user_returns,
)
from persim.rules.compulsion import (
    ORDER_ENDED,
    ORDER_ENDED_AT_REVIEW,
    ORDER_GOES_ON,
    ORDER_MADE,
    ORDER_REFUSED,
    ORDER_REVIEWED,
    RECALLED,
    REVOKED,
    user_goes_on_order,
    user_is_detained,
    user_leaves_hospital,
    user_lives_on_order,
    user_moves_to_section_3,
    user_order_ends,
    user_order_is_revoked,
)
from persim.rules.culture import order_rights_hours
from persim.rules.information import (
    HEARD_NOTHING,
    SIGNAL_BAD,
    SIGNAL_GOOD,
    SIGNAL_NONE,
    peer_row,
    user_asks,
    user_can_ask,
    user_forgets,
    user_grows,
    user_hears,
    user_takes_in,
)
from persim.rules.pathway import budget_review_is_due, user_budget_ends, user_leaves_pathway
from persim.rules.practice import (
    contact_cannot_wait,
    contacts_needed,
    practitioner_takes_on_case,
    practitioner_takes_on_contact,
    user_is_seen_anew,
)
from persim.rules.wellbeing import practitioner_attributes_incident, user_changes_state, user_has_incident
from persim.state import (
    ADMITTED,
    AWAY,
    B_ENDED,
    CRISIS,
    CRISIS_STARTS,
    CTO,
    HANDED_ON,
    IN_USE,
    KNOWS,
    LEAD_COORDINATOR,
    LEFT_HOSPITAL,
    NOT_INFORMED,
    NOTHING,
    ON_CASELOAD,
    OUTSIDE,
    PEER_BLOCK,
    PEERS,
    RAISED,
    SECTION_2,
    SET_UP,
    UNDERSTANDS,
    VOLUNTARY,
)


@loop
def person_is_away(user, row, seed, org, p, enriched, s, week, notes):
    """Phase 2 for someone discharged: away still, back again, or the row's next person."""
    user.weeks_in_state += 1
    if user.weeks_in_state <= WEEKS_AWAY:
        if user_returns(user, p, draw(s, purpose.MOVE)):
            user_comes_back(user, p, draw(s, purpose.REPLACE))
            note(notes, M_RETURNED, user.weight)
            if user.mental_state == CRISIS:
                note(notes, M_CRISES, user.weight)
            person_is_reassessed(user, p, s, week, notes)
    elif draw(s, purpose.REPLACE) < p.new_referral_rate:
        user.key = key_of(seed, PERSON, row, user.key)
        user_enters(user, org, p, enriched)
        user_is_newly_referred(user)
        note(notes, M_REFERRED, user.weight)


@loop
def person_is_discharged(user, p, week, notes):
    """Phase 2: discharge to primary care; a process under way ends, a budget in use goes on with the council."""
    note(notes, M_DISCHARGED, user.weight)
    if user.legal_status == CTO:
        note(notes, M_ORDERS_ENDED, user.weight)
        user_order_ends(user)
    if user.pathway_stage != OUTSIDE and user.pathway_stage != IN_USE:
        note_wait(notes, user, 0)
        note(notes, M_LEFT_AT + user.pathway_stage, user.weight)
        user_leaves_pathway(user, p, B_ENDED, week)
    user_goes_away(user)


@loop
def person_leaves_section(user, amhp, amhp_row, org, p, s, notes):
    """Phase 4 on leaving hospital: aftercare duty, and perhaps a CTO."""
    outcome = user_leaves_hospital(user, amhp, org, p, s)
    weight = user.weight
    if outcome == ORDER_REFUSED:
        note(notes, M_ORDERS_REFUSED, weight)
    if outcome != ORDER_MADE:
        return
    user_goes_on_order(user, amhp, org, p, s)
    user.amhp = amhp_row
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
def person_under_order(user, amhp, org, p, change, s, notes):
    """Phase 4 for someone on a CTO: recall, review, end."""
    first_review = user.cto_involvement_review < 0.0
    event = user_lives_on_order(user, amhp, org, p, change, s)
    if event == ORDER_GOES_ON:
        return
    weight = user.weight
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


@loop
def person_changes(user, worker, amhp, team, org, p, change, s, notes):
    """Phases 3 and 4 in a week in which the mental state changed: crisis, incident, admission, leaving hospital."""
    weight = user.weight
    if change == CRISIS_STARTS:
        note(notes, M_CRISES, weight)
        if user_has_incident(user, p, draw(s, purpose.INCIDENT)):
            note(notes, M_INCIDENTS, weight)
            if practitioner_attributes_incident(worker, user, p, draw(s, purpose.ATTRIBUTE)):
                note(notes, M_INCIDENTS_ATTRIBUTED, weight)
                team.incidents += 1
    elif change == ADMITTED:
        note(notes, M_ADMISSIONS, weight)
        if user_is_detained(user, org, p, s):
            note(notes, M_DETENTIONS, weight)
    elif change == LEFT_HOSPITAL and user.legal_status != VOLUNTARY and user.legal_status != CTO:
        person_leaves_section(user, amhp, team.duty_amhp, org, p, s, notes)


@loop
def person_is_reassessed(user, p, s, week, notes):
    """Eligibility assessed anew: someone no longer eligible loses process, budget and service."""
    if user_aftercare_ends(user, p, draw(s, purpose.AFTERCARE)):
        user.s117 = 0
    user.eligible = user_is_assessed(user, p)
    if user.eligible == 1:
        return
    user.package = 0
    if user.pathway_stage != OUTSIDE:
        note_wait(notes, user, 0)
    if user.pathway_stage == IN_USE:
        note(notes, M_ENDED, user.weight)
        user_budget_ends(user, p, week, False)
    elif user.pathway_stage != OUTSIDE:
        note(notes, M_LEFT_AT + user.pathway_stage, user.weight)
        user_leaves_pathway(user, p, B_ENDED, week)
    user.counted = 0


@loop
def person_hears(user, row, users, team, org, p, s):
    """Phase 5: hearing of budgets from peers of the team and others, or forgetting."""
    if user.informed != NOT_INFORMED and user_forgets(user, p, draw(s, purpose.FORGET)):
        user.informed = NOT_INFORMED
        user.heard = HEARD_NOTHING
        return
    u = draw(s, purpose.HEAR)
    if not user_hears(user, org, p, 1.0, u):  # not even if every peer told: look no further
        return
    first = row - row % PEER_BLOCK
    tell, good, bad = 0, 0, 0
    for slot in range(PEERS):
        peer = peer_row(user.key, slot, first)
        if team.first_user <= peer < team.first_user + team.n_users and peer != row:
            signal = users[peer].peer_signal
            tell += int(signal != SIGNAL_NONE)
            good += int(signal == SIGNAL_GOOD)
            bad += int(signal == SIGNAL_BAD)
    if user_hears(user, org, p, tell / PEERS, u):
        user_takes_in(user, good, bad)


@loop
def person_lives(user, worker, amhp, team, org, p, s, week, notes):
    """Phases 3 and 4 for one person on the caseload: mental state, compulsion, how they are seen, eligibility."""
    was_on_order = user.legal_status == CTO
    change = user_changes_state(user, p, draw(s, purpose.MENTAL))
    if change != NOTHING:
        person_changes(user, worker, amhp, team, org, p, change, s, notes)
    if user.legal_status != VOLUNTARY:
        if user.legal_status == SECTION_2:
            user_moves_to_section_3(user, p, draw(s, purpose.SECTION))
        elif was_on_order:
            person_under_order(user, amhp, org, p, change, s, notes)
    user_is_seen_anew(user, p, change == CRISIS_STARTS)
    if user.s117 > user.eligible or draw(s, purpose.REASSESS) < p.reassessment_rate:
        person_is_reassessed(user, p, s, week, notes)


@loop
def person_asks_of_week(user, worker, team, org, p, week):
    """Put this person's contacts, review and talk on the coordinator's week; urgent ones on the team's if nobody is in post."""
    weight = user.weight
    hours = contacts_needed(user, p) * org.contact_hours * weight
    if worker.works == 1:
        practitioner_takes_on_contact(worker, user, hours)
    elif contact_cannot_wait(user):
        team.cover_hours += hours
    user.weeks_to_review -= 1
    if user.weeks_to_review <= 0:
        worker.hours_reviews += p.review_hours * weight
        if user.pathway_stage == OUTSIDE and user.eligible == 1 and user.asked == 0 and week >= user.rest_until:
            worker.hours_talk += p.talk_hours * weight
    if user.asked == 1 and user.pathway_stage == OUTSIDE:
        worker.hours_talk += p.talk_hours * weight
    if user.pathway_stage == IN_USE and budget_review_is_due(user.weeks_in_stage + 1):
        worker.hours_reviews += p.review_hours * weight


@loop
def post_opens_week(worker, number, org, p, seed, week):
    """Phase 2 for a post: turnover, vacancy, sickness; the week's sheet is blank."""
    worker.fresh_holder = practitioner_stays_in_post(worker, p, stream(worker.key, week))
    if worker.fresh_holder == 1:
        practitioner_arrives(worker, org, p, holder_stream(seed, number, worker.holder))
    worker.works = int(worker.vacant_weeks == 0 and worker.sick_weeks == 0)
    worker.lead_cases = worker.next_lead_cases
    worker.next_lead_cases = 0.0
    worker.completed = 0
    worker.hours_crisis = 0.0
    worker.hours_detained = 0.0
    worker.hours_cto = 0.0
    worker.hours_unsettled = 0.0
    worker.hours_routine = 0.0
    worker.hours_reviews = 0.0
    worker.hours_talk = 0.0
    worker.hours_due = 0.0
    worker.hours_forms = 0.0


@loop
def team_opens_week(team, practitioners, org, parameters, index, n_posts, seed, week):
    """Phase 2 for the posts of a team: who is there, and which AMHP is on duty (the council's if none is at work)."""
    p = parameters[index]
    first, last = team.first_post, team.first_post + team.n_posts
    at_work = 0
    team.n_working = 0
    team.cover_hours = 0.0
    for j in range(first, last):
        post_opens_week(practitioners[j], j, org, p, seed, week)
        team.n_working += practitioners[j].works
        at_work += practitioners[j].amhp * practitioners[j].works
    team.duty_amhp = n_posts + 2 * team.locality + 1
    nth = int(draw(stream(team.key, week), purpose.AGREE) * at_work)
    for j in range(first, last):
        if practitioners[j].amhp * practitioners[j].works == 1:
            if nth == 0:
                team.duty_amhp = j
            nth -= 1


@loop
def team_lives(
    team, users, practitioners, org, parameters, index, seed, enriched, week, out, cells, groups, notes, tally, waits
):
    """Phases 2 to 5 for the people of one team."""
    p = parameters[index]
    amhp = practitioners[team.duty_amhp]
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        s = stream(user.key, week)
        if user.place == AWAY:
            person_is_away(user, row, seed, org, p, enriched, s, week, notes)
        if user.place == ON_CASELOAD:
            if draw(s, purpose.TRANSFER) < p.transfer_rate and team.n_posts > 1:
                user_is_transferred(user, team, draw(s, purpose.TRANSFER_TO))
                user_meets_new_coordinator(user, p)
                note(notes, M_TRANSFERRED, user.weight)
            elif practitioners[user.coordinator].fresh_holder == 1:
                user_meets_new_coordinator(user, p)
            worker = practitioners[user.coordinator]
            if user.pathway_stage != HANDED_ON:  # a request that was handed on is still a request when it arrives
                user.asked = 0
            if user_is_discharged(user, p, draw(s, purpose.MOVE)):
                person_is_discharged(user, p, week, notes)
            else:
                person_lives(user, worker, amhp, team, org, p, s, week, notes)
                if user.eligible == 1:
                    if user.informed == UNDERSTANDS:
                        if user_forgets(user, p, draw(s, purpose.FORGET)):
                            user.informed = KNOWS
                    else:
                        person_hears(user, row, users, team, org, p, s)
                    if user_can_ask(user, week) and user_asks(user, org, p, week, draw(s, purpose.ASK)):
                        user.asked = 1
                        note(notes, M_ASKED, user.weight)
                user_grows(user, worker, p)
                person_asks_of_week(user, worker, team, org, p, week)
                if RAISED <= user.pathway_stage <= SET_UP:
                    lead = user.coordinator if user.lead_worker == LEAD_COORDINATOR else user.lead_worker
                    practitioner_takes_on_case(practitioners[lead], user, p)
        if notes[0] > 0.0:
            add_notes(notes, out, cells, groups, user, practitioners[user.coordinator], tally, waits)
