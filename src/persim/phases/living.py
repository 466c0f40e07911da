"""Phases 2 to 5, person by person: caseload, mental state, compulsion, information; and what each asks of the week.

What a person reads of others here (a coordinator's post, peers' signals, the locality's use of compulsion) was fixed at
the end of last week, so the order of people cannot matter. Hours are added to the coordinator's week in row order.
"""

from persim import purposes as purpose
from persim.draws import PERSON, draw, key_of, stream
from persim.events import (
    BUDGET_NOT_ELIGIBLE,
    E_ASKED,
    E_BUDGET_ENDED,
    E_DETAINED,
    E_DISCHARGED,
    E_FORGOT,
    E_HEARD,
    E_INCIDENT,
    E_NEW_COORDINATOR,
    E_ORDER_ENDED,
    E_REASSESSED,
    E_REFERRED,
    E_RETURNED,
    E_SECTION_2_ENDS,
    ENDED_DISCHARGED,
)
from persim.jit import loop
from persim.measures import (
    M_ADMISSIONS,
    M_ASKED,
    M_CRISES,
    M_DETENTIONS,
    M_DISCHARGED,
    M_ENDED,
    M_INCIDENTS,
    M_INCIDENTS_ATTRIBUTED,
    M_LEFT_AT,
    M_ORDERS_ENDED,
    M_REFERRED,
    M_RETURNED,
    M_STAYED_AWAY,
    M_TRANSFERRED,
)
from persim.phases.compulsion import person_leaves_section, person_under_order
from persim.phases.counting import add_notes, has_notes, keeps_ledger, note, note_wait, record, turn_to
from persim.phases.recording import leader_of, record_left, record_state
from persim.rules.budgets import budget_review_is_due
from persim.rules.caseload import (
    WEEKS_AWAY,
    chance_of_discharge,
    chance_of_return,
    need_threshold,
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
    chance_of_detention,
    user_is_detained,
    user_moves_to_section_3,
    user_order_ends,
)
from persim.rules.information import (
    HEARD_NOTHING,
    SIGNAL_BAD,
    SIGNAL_GOOD,
    SIGNAL_NONE,
    chance_of_asking,
    chance_of_hearing,
    peer_row,
    user_asks,
    user_can_ask,
    user_forgets,
    user_grows,
    user_hears,
    user_is_told_of_budgets,
    user_takes_in,
)
from persim.rules.pathway import user_budget_ends, user_leaves_pathway
from persim.rules.practice import (
    contact_cannot_wait,
    contacts_needed,
    practitioner_takes_on_case,
    practitioner_takes_on_contact,
    user_is_seen_anew,
)
from persim.rules.wellbeing import hazard_now, practitioner_attributes_incident, user_changes_state, user_has_incident
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
            if keeps_ledger(notes):
                chance = chance_of_return(user, p)
                record(notes, E_RETURNED, user.mental_state, -1, 0, 0.0, 0.0, chance, draw(s, purpose.MOVE))
            note(notes, M_RETURNED, user.weight)
            if user.mental_state == CRISIS:
                note(notes, M_CRISES, user.weight)
            person_is_reassessed(user, p, s, week, notes)
        elif user.weeks_in_state == WEEKS_AWAY:
            note(notes, M_STAYED_AWAY, user.weight)
    elif draw(s, purpose.REPLACE) < p.new_referral_rate:
        user.key = key_of(seed, PERSON, row, user.key)
        user_enters(user, org, p, enriched)
        user_is_newly_referred(user)
        note(notes, M_REFERRED, user.weight)
        if keeps_ledger(notes):
            u = draw(s, purpose.REPLACE)
            record(notes, E_REFERRED, user.eligible, user.coordinator, 0, 0.0, 0.0, p.new_referral_rate, u)


@loop
def person_is_discharged(user, p, week, u, notes):
    """Phase 2: discharge to primary care; a process under way ends, a budget in use goes on with the council."""
    note(notes, M_DISCHARGED, user.weight)
    if keeps_ledger(notes):
        record(notes, E_DISCHARGED, 0, -1, 0, 0.0, 0.0, chance_of_discharge(user, p), u)
    if user.legal_status == CTO:
        note(notes, M_ORDERS_ENDED, user.weight)
        if keeps_ledger(notes):
            record(notes, E_ORDER_ENDED, ENDED_DISCHARGED, -1, 0, user.cto_weeks, 0.0, 0.0, 0.0)
        user_order_ends(user)
    if user.pathway_stage != OUTSIDE and user.pathway_stage != IN_USE:
        if keeps_ledger(notes):
            record_left(notes, user, B_ENDED, week, 0.0, 0.0)
        note_wait(notes, user, 0)
        note(notes, M_LEFT_AT + user.pathway_stage, user.weight)
        user_leaves_pathway(user, p, B_ENDED, week)
    user_goes_away(user)


@loop
def person_changes(user, worker, amhp, team, org, p, change, s, notes):
    """Phases 3 and 4 in a week in which the mental state changed: crisis, incident, admission, leaving hospital."""
    weight = user.weight
    if change == CRISIS_STARTS:
        note(notes, M_CRISES, weight)
        if user_has_incident(user, p, draw(s, purpose.INCIDENT)):
            note(notes, M_INCIDENTS, weight)
            attributed = practitioner_attributes_incident(worker, user, p, draw(s, purpose.ATTRIBUTE))
            if attributed:
                note(notes, M_INCIDENTS_ATTRIBUTED, weight)
                team.incidents += 1
            if keeps_ledger(notes):
                share, u = p.attributed_share, draw(s, purpose.ATTRIBUTE)
                rate, v = p.incident_at_crisis, draw(s, purpose.INCIDENT)
                record(notes, E_INCIDENT, int(attributed), user.coordinator, 0, share, u, rate, v)
    elif change == ADMITTED:
        note(notes, M_ADMISSIONS, weight)
        if user_is_detained(user, org, p, s):
            note(notes, M_DETENTIONS, weight)
            if keeps_ledger(notes):
                chance, u = chance_of_detention(user, org, p), draw(s, purpose.DETAIN)
                record(notes, E_DETAINED, user.legal_status, -1, 0, p.section2_share, 0.0, chance, u)
    elif change == LEFT_HOSPITAL and user.legal_status != VOLUNTARY and user.legal_status != CTO:
        person_leaves_section(user, amhp, team.duty_amhp, org, p, s, notes)


@loop
def person_is_reassessed(user, p, s, week, notes):
    """Eligibility assessed anew: someone no longer eligible loses process, budget and service."""
    if user_aftercare_ends(user, p, draw(s, purpose.AFTERCARE)):
        user.s117 = 0
    user.eligible = user_is_assessed(user, p)
    if keeps_ledger(notes):
        need = need_threshold(p)
        record(notes, E_REASSESSED, user.eligible, -1, user.s117, user.social_need, need, 0.0, 0.0)
    if user.eligible == 1:
        return
    user.package = 0
    if user.pathway_stage != OUTSIDE:
        note_wait(notes, user, 0)
    if user.pathway_stage == IN_USE:
        note(notes, M_ENDED, user.weight)
        if keeps_ledger(notes):
            weeks = user.weeks_in_stage
            record(notes, E_BUDGET_ENDED, 0, user.coordinator, BUDGET_NOT_ELIGIBLE, weeks, 0.0, 0.0, 0.0)
        user_budget_ends(user, p, week, False)
    elif user.pathway_stage != OUTSIDE:
        if keeps_ledger(notes):
            record_left(notes, user, B_ENDED, week, 0.0, 0.0)
        note(notes, M_LEFT_AT + user.pathway_stage, user.weight)
        user_leaves_pathway(user, p, B_ENDED, week)
    user.counted = 0


@loop
def person_hears(user, row, users, team, org, p, s, notes):
    """Phase 5: hearing of budgets from peers of the team and others, or forgetting."""
    if user.informed != NOT_INFORMED and user_forgets(user, p, draw(s, purpose.FORGET)):
        user.informed = NOT_INFORMED
        user.heard = HEARD_NOTHING
        if keeps_ledger(notes):
            record(notes, E_FORGOT, user.informed, -1, 0, 0.0, 0.0, p.forget_rate, draw(s, purpose.FORGET))
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
        informed, heard = user.informed, user.heard
        user_takes_in(user, good, bad)
        if keeps_ledger(notes) and (user.informed != informed or user.heard != heard):
            chance = chance_of_hearing(user, org, p, tell / PEERS)
            record(notes, E_HEARD, user.informed, -1, user.heard, tell / PEERS, org.information, chance, u)


@loop
def person_learns_of_budgets(user, row, users, team, org, p, s, notes):
    """Phase 5: hearing of budgets, or forgetting; where information is no barrier everyone eligible understands them."""
    if user_is_told_of_budgets(user, p):
        if keeps_ledger(notes):
            record(notes, E_HEARD, user.informed, -1, user.heard, 0.0, org.information, 1.0, 0.0)
    elif user.informed != UNDERSTANDS:
        person_hears(user, row, users, team, org, p, s, notes)
    elif user_forgets(user, p, draw(s, purpose.FORGET)):
        user.informed = KNOWS
        if keeps_ledger(notes):
            record(notes, E_FORGOT, user.informed, -1, 0, 0.0, 0.0, p.forget_rate, draw(s, purpose.FORGET))


@loop
def person_meets_new_coordinator(user, p, moved, notes):
    """Phase 2: the coordinator changes, because the person moved (1) or the post has a new holder (0)."""
    user_meets_new_coordinator(user, p)
    if keeps_ledger(notes):
        risk, trust = user.perceived_risk, user.trust
        record(notes, E_NEW_COORDINATOR, moved, user.coordinator, 0, risk, trust, 0.0, 0.0)


@loop
def person_lives(user, worker, amhp, team, org, p, s, week, notes):
    """Phases 3 and 4 for one person on the caseload: mental state, compulsion, how they are seen, eligibility."""
    was_on_order = user.legal_status == CTO
    before, weeks_before = user.mental_state, user.weeks_in_state
    change = user_changes_state(user, p, draw(s, purpose.MENTAL))
    if keeps_ledger(notes) and user.mental_state != before:
        record_state(notes, user, before, weeks_before, hazard_now(user, p), p, draw(s, purpose.MENTAL))
    if change != NOTHING:
        person_changes(user, worker, amhp, team, org, p, change, s, notes)
    if user.legal_status != VOLUNTARY:
        if user.legal_status == SECTION_2:
            user_moves_to_section_3(user, p, draw(s, purpose.SECTION))
            if keeps_ledger(notes) and user.legal_status != SECTION_2:
                u = draw(s, purpose.SECTION)
                record(notes, E_SECTION_2_ENDS, user.legal_status, -1, 0, 0.0, 0.0, p.section2_to_3, u)
        elif was_on_order:
            person_under_order(user, amhp, team.duty_amhp, org, p, change, s, notes)
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
        outside = user.pathway_stage == OUTSIDE and p.budgets_offered > 0.0
        if outside and user.eligible == 1 and user.asked == 0 and week >= user.rest_until:
            worker.hours_talk += p.talk_hours * weight
    if user.asked == 1 and user.pathway_stage == OUTSIDE:
        worker.hours_talk += p.talk_hours * weight
    if user.pathway_stage == IN_USE and budget_review_is_due(user.weeks_in_stage + 1):
        worker.hours_reviews += p.review_hours * weight


@loop
def team_lives(
    team, users, practitioners, org, parameters, index, seed, enriched, week, out, cells, groups, notes, tally, waits
):
    """Phases 2 to 5 for the people of one team."""
    p = parameters[index]
    amhp = practitioners[team.duty_amhp]
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        turn_to(notes, week, row)
        s = stream(user.key, week)
        if user.place == AWAY:
            person_is_away(user, row, seed, org, p, enriched, s, week, notes)
        if user.place == ON_CASELOAD:
            if draw(s, purpose.TRANSFER) < p.transfer_rate and team.n_posts > 1:
                user_is_transferred(user, team, draw(s, purpose.TRANSFER_TO))
                person_meets_new_coordinator(user, p, 1, notes)
                note(notes, M_TRANSFERRED, user.weight)
            elif practitioners[user.coordinator].fresh_holder == 1:
                person_meets_new_coordinator(user, p, 0, notes)
            worker = practitioners[user.coordinator]
            if user.pathway_stage != HANDED_ON:  # a request that was handed on is still a request when it arrives
                user.asked = 0
            if user_is_discharged(user, p, draw(s, purpose.MOVE)):
                person_is_discharged(user, p, week, draw(s, purpose.MOVE), notes)
            else:
                person_lives(user, worker, amhp, team, org, p, s, week, notes)
                if user.eligible == 1:
                    person_learns_of_budgets(user, row, users, team, org, p, s, notes)
                    if user_can_ask(user, week) and user_asks(user, org, p, week, draw(s, purpose.ASK)):
                        user.asked = 1
                        note(notes, M_ASKED, user.weight)
                        if keeps_ledger(notes):
                            chance, u = chance_of_asking(user, org, p), draw(s, purpose.ASK)
                            record(notes, E_ASKED, 0, -1, 0, user.trust, user.confidence, chance, u)
                user_grows(user, worker, p)
                person_asks_of_week(user, worker, team, org, p, week)
                if RAISED <= user.pathway_stage <= SET_UP:
                    practitioner_takes_on_case(practitioners[leader_of(user)], user, p)
        if has_notes(notes):
            add_notes(notes, out, cells, groups, user, practitioners[user.coordinator], tally, waits)
