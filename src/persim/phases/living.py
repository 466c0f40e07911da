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
from persim.phases.counting import count
from persim.rules.caseload import (
    YEARS_AWAY,
    holder_stream,
    practitioner_arrives,
    practitioner_stays_in_post,
    user_comes_back,
    user_enters,
    user_goes_away,
    user_is_assessed,
    user_is_discharged,
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
from persim.rules.information import (
    HEARD_NOTHING,
    SIGNAL_BAD,
    SIGNAL_GOOD,
    SIGNAL_NONE,
    peer_row,
    user_asks,
    user_forgets,
    user_grows,
    user_hears,
    user_takes_in,
)
from persim.rules.pathway import user_budget_ends, user_leaves_pathway
from persim.rules.practice import contacts_needed, practitioner_takes_on_contact, user_is_seen_anew
from persim.rules.wellbeing import (
    ADMITTED,
    CRISIS_STARTS,
    NOTHING,
    practitioner_attributes_incident,
    user_changes_state,
    user_has_incident,
)
from persim.state import (
    AWAY,
    B_ENDED,
    CTO,
    IN_USE,
    INPATIENT,
    LEAD_COORDINATOR,
    NOT_INFORMED,
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
def person_is_away(user, row, seed, worker, org, p, enriched, s, out, cells, groups):
    """Phase 2 for someone discharged: away still, back again, or the row's next person."""
    user.weeks_away += 1
    if user.weeks_away <= YEARS_AWAY:
        if user_returns(user, p, draw(s, purpose.MOVE)):
            user_comes_back(user, p, draw(s, purpose.REPLACE))
            count(out, cells, groups, user, worker, M_RETURNED, user.weight)
    elif draw(s, purpose.REPLACE) < p.new_referral_rate:
        user.generation += 1
        user.key = key_of(seed, PERSON, row, user.generation)
        user_enters(user, org, p, enriched)
        count(out, cells, groups, user, worker, M_REFERRED, user.weight)


@loop
def person_changes_coordinator(user, practitioners, team, p, s, out, cells, groups):
    """Phase 2: a transfer within the team, or a new holder of the post."""
    if draw(s, purpose.TRANSFER) < p.transfer_rate and team.n_posts > 1:
        step = 1 + int(draw(s, purpose.TRANSFER_TO) * (team.n_posts - 1))
        user.coordinator = team.first_post + (user.coordinator - team.first_post + step) % team.n_posts
        user_meets_new_coordinator(user, p)
        count(out, cells, groups, user, practitioners[user.coordinator], M_TRANSFERRED, user.weight)
    elif practitioners[user.coordinator].fresh_holder == 1:
        user_meets_new_coordinator(user, p)


@loop
def find_amhp(practitioners, team, council_row, s):
    """The AMHP who is asked: one of the team's who is at work, by a keyed draw, or the council's."""
    at_work = 0
    for j in range(team.first_post, team.first_post + team.n_posts):
        at_work += practitioners[j].amhp * practitioners[j].works
    if at_work == 0:
        return council_row
    nth = int(draw(s, purpose.AGREE + 200) * at_work)
    for j in range(team.first_post, team.first_post + team.n_posts):
        if practitioners[j].amhp * practitioners[j].works == 1:
            if nth == 0:
                return j
            nth -= 1
    return council_row


@loop
def person_leaves_section(user, practitioners, team, worker, org, p, council_row, s, out, cells, groups):
    """Phase 4 on leaving hospital: aftercare duty, and perhaps a CTO."""
    row = find_amhp(practitioners, team, council_row, s)
    amhp = practitioners[row]
    outcome = user_leaves_hospital(user, amhp, org, p, s)
    if outcome == ORDER_REFUSED:
        count(out, cells, groups, user, worker, M_ORDERS_REFUSED, user.weight)
    if outcome != ORDER_MADE:
        return
    user_goes_on_order(user, amhp, org, p, s)
    user.amhp = row
    weight = user.weight
    count(out, cells, groups, user, worker, M_ORDERS_MADE, weight)
    count(out, cells, groups, user, worker, M_ORDER_INFORMED, weight * user.order_informed)
    count(out, cells, groups, user, worker, M_RIGHTS_INFORMED, weight * user.rights_informed)
    count(out, cells, groups, user, worker, M_INVOLVEMENT_MAKING, weight * user.cto_involvement_making)
    count(out, cells, groups, user, worker, M_CONDITIONS, weight * user.conditions)
    count(
        out, cells, groups, user, worker, M_CONDITIONS_NEGOTIATED, weight * user.conditions * user.conditions_negotiated
    )


@loop
def count_review(user, worker, first_review, out, cells, groups):
    """Count a CTO review, and the paired gain in involvement among those who reach their first."""
    weight = user.weight
    count(out, cells, groups, user, worker, M_ORDERS_REVIEWED, weight)
    count(out, cells, groups, user, worker, M_RIGHTS_INFORMED_REVIEW, weight * user.rights_informed)
    count(out, cells, groups, user, worker, M_INVOLVEMENT_REVIEW, weight * user.cto_involvement_review)
    count(out, cells, groups, user, worker, M_BENEFIT_ASKED, weight)
    count(out, cells, groups, user, worker, M_BENEFIT_FELT, weight * user.cto_felt_benefit)
    if first_review:
        gain = user.cto_involvement_review - user.cto_involvement_making
        count(out, cells, groups, user, worker, M_PAIRED_REVIEWS, weight)
        count(out, cells, groups, user, worker, M_PAIRED_INVOLVEMENT_GAIN, weight * gain)


@loop
def person_under_order(user, practitioners, worker, org, p, change, s, out, cells, groups):
    """Phase 4 for someone on a CTO: recall, review, end."""
    first_review = user.cto_involvement_review < 0.0
    amhp = practitioners[user.amhp]
    event = user_lives_on_order(user, amhp, org, p, change == CRISIS_STARTS, s)
    if event == ORDER_GOES_ON:
        return
    if event == ORDER_REVIEWED or event == ORDER_ENDED_AT_REVIEW:
        count_review(user, worker, first_review, out, cells, groups)
    if event == RECALLED or event == REVOKED:
        count(out, cells, groups, user, worker, M_RECALLS, user.weight)
    if event == REVOKED:
        count(out, cells, groups, user, worker, M_REVOCATIONS, user.weight)
        count(out, cells, groups, user, worker, M_ADMISSIONS, user.weight)
        user_order_is_revoked(user, p)
    elif event == ORDER_ENDED or event == ORDER_ENDED_AT_REVIEW:
        count(out, cells, groups, user, worker, M_ORDERS_ENDED, user.weight)
        user_order_ends(user)


@loop
def person_has_incident(user, worker, team, p, s, out, cells, groups):
    """A serious incident at the onset of a crisis, perhaps put down to a budget: then the team is alarmed."""
    if not user_has_incident(user, p, draw(s, purpose.INCIDENT)):
        return
    count(out, cells, groups, user, worker, M_INCIDENTS, user.weight)
    if practitioner_attributes_incident(worker, user, p, draw(s, purpose.ATTRIBUTE)):
        count(out, cells, groups, user, worker, M_INCIDENTS_ATTRIBUTED, user.weight)
        team.incidents += 1


@loop
def person_hears(user, row, users, team, org, p, s):
    """Phase 5: hearing of budgets from peers and others, or forgetting."""
    if user.informed != NOT_INFORMED:
        if user_forgets(user, p, draw(s, purpose.FORGET)):
            user.informed = NOT_INFORMED
            user.heard = HEARD_NOTHING
        if user.informed == UNDERSTANDS:
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
    if user_hears(user, org, p, tell / PEERS, draw(s, purpose.HEAR)):
        user_takes_in(user, good, bad)


@loop
def person_asks_of_week(user, practitioners, worker, org, p):
    """Put this person's contacts, review, talk and forms on the week of those who do them."""
    weight = user.weight
    hours = contacts_needed(user, p) * org.contact_hours * weight
    practitioner_takes_on_contact(worker, user, hours)
    outside = user.pathway_stage == OUTSIDE
    if user.weeks_to_review <= 0:
        worker.hours_reviews += p.review_hours * weight
        if outside and user.eligible == 1 and user.asked == 0:
            worker.hours_talk += p.talk_hours * weight
    if user.asked == 1:
        worker.hours_talk += p.talk_hours * weight
    if RAISED <= user.pathway_stage <= SET_UP and user.mental_state != INPATIENT:
        lead = practitioners[user.coordinator if user.lead_worker == LEAD_COORDINATOR else user.lead_worker]
        if user.work_left > 0.0:
            lead.hours_due += min(user.work_left, p.most_case_hours) * weight
        lead.next_lead_cases += 1


@loop
def person_is_reassessed(user, worker, p, week, out, cells, groups):
    """Eligibility assessed anew: someone no longer eligible loses process or budget."""
    user.eligible = user_is_assessed(user, p)
    if user.eligible == 1:
        return
    user.asked = 0
    if user.pathway_stage == IN_USE:
        count(out, cells, groups, user, worker, M_ENDED, user.weight)
        user_budget_ends(user, p, week, False)
    elif user.pathway_stage != OUTSIDE:
        count(out, cells, groups, user, worker, M_LEFT_AT + user.pathway_stage, user.weight)
        user_leaves_pathway(user, p, B_ENDED, week)
    user.counted = 0


@loop
def person_lives(
    row, users, practitioners, team, org, parameters, index, council_row, seed, enriched, week, out, cells, groups
):
    """Phases 2 to 5 for one person."""
    user = users[row]
    p = parameters[index]
    s = stream(user.key, week)
    if user.place == AWAY:
        person_is_away(user, row, seed, practitioners[user.coordinator], org, p, enriched, s, out, cells, groups)
        if user.place == AWAY:
            return
    person_changes_coordinator(user, practitioners, team, p, s, out, cells, groups)
    worker = practitioners[user.coordinator]
    if user_is_discharged(user, p, draw(s, purpose.MOVE)):
        count(out, cells, groups, user, worker, M_DISCHARGED, user.weight)
        user_goes_away(user)
        return
    change = user_changes_state(user, p, draw(s, purpose.MENTAL))
    if change != NOTHING:
        person_meets_the_act(user, practitioners, team, worker, org, p, council_row, change, s, out, cells, groups)
    if user.legal_status == SECTION_2:
        user_moves_to_section_3(user, p, draw(s, purpose.SECTION))
    elif user.legal_status == CTO and user.cto_weeks >= 0:
        person_under_order(user, practitioners, worker, org, p, change, s, out, cells, groups)
    user_is_seen_anew(user, p, change == CRISIS_STARTS)
    if draw(s, purpose.REASSESS) < p.reassessment_rate or user.s117 > user.eligible:
        person_is_reassessed(user, worker, p, week, out, cells, groups)
    user.asked = 0
    if user.eligible == 1:
        person_hears(user, row, users, team, org, p, s)
        if user_asks(user, org, p, draw(s, purpose.ASK)):
            user.asked = 1
            count(out, cells, groups, user, worker, M_ASKED, user.weight)
        user_grows(user, worker, p)
    user.weeks_to_review -= 1
    person_asks_of_week(user, practitioners, worker, org, p)


@loop
def person_meets_the_act(user, practitioners, team, worker, org, p, council_row, change, s, out, cells, groups):
    """Phases 3 and 4 in a week in which the mental state changed: crisis, admission, leaving hospital."""
    weight = user.weight
    if change == CRISIS_STARTS:
        count(out, cells, groups, user, worker, M_CRISES, weight)
        person_has_incident(user, worker, team, p, s, out, cells, groups)
    elif change == ADMITTED:
        count(out, cells, groups, user, worker, M_ADMISSIONS, weight)
        if user_is_detained(user, org, p, s):
            count(out, cells, groups, user, worker, M_DETENTIONS, weight)
    elif user.legal_status != VOLUNTARY and user.legal_status != CTO:
        person_leaves_section(user, practitioners, team, worker, org, p, council_row, s, out, cells, groups)


@loop
def team_lives(
    team, users, practitioners, localities, parameters, index, n_posts, seed, enriched, week, out, cells, groups
):
    """Phases 2 to 5 for one team: who is in post, then its people."""
    org = localities[team.locality]
    p = parameters[index]
    for j in range(team.first_post, team.first_post + team.n_posts):
        post_opens_week(practitioners[j], j, org, p, seed, week)
    council_row = n_posts + 2 * team.locality + 1
    for row in range(team.first_user, team.first_user + team.n_users):
        person_lives(
            row,
            users,
            practitioners,
            team,
            org,
            parameters,
            index,
            council_row,
            seed,
            enriched,
            week,
            out,
            cells,
            groups,
        )


@loop
def post_opens_week(worker, number, org, p, seed, week):
    """Phase 2 for a post: turnover, vacancy, sickness; the week's sheet is blank."""
    worker.fresh_holder = practitioner_stays_in_post(worker, p, stream(worker.key, week))
    if worker.fresh_holder == 1:
        practitioner_arrives(worker, org, p, holder_stream(seed, number, worker.holder))
    worker.works = int(worker.vacant_weeks == 0 and worker.sick_weeks == 0)
    worker.lead_cases = worker.next_lead_cases
    worker.next_lead_cases = 0
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
