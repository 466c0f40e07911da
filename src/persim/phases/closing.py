"""Phases 9 and 10: how the week felt, what peers can hear; the culture of teams and localities; the census of posts."""

from persim.events import E_ALARM, E_SPIRAL
from persim.jit import loop, rule
from persim.measures import (
    M_ALARM,
    M_CONTACTS,
    M_COST_LEVERS,
    M_DISPLACED,
    M_HOURS_AMHP,
    M_HOURS_CRISIS,
    M_HOURS_CTO,
    M_HOURS_DETAINED,
    M_HOURS_REVIEWS,
    M_HOURS_ROUTINE,
    M_HOURS_TALK,
    M_HOURS_UNSETTLED,
    M_KNOWLEDGE,
    M_LEGITIMACY,
    M_MEDICAL_ORIENTATION,
    M_OVERTIME,
    M_POSTS,
    M_POSTS_FILLED,
    M_POSTS_WORKING,
    M_TIME_GATE_SHUT,
    M_WORRY_PERSON,
    M_WORRY_SELF,
)
from persim.phases.counting import count_post, keeps_ledger, record, turn_to
from persim.phases.recording import record_terms, record_week_of_post
from persim.rules.culture import (
    aim_of,
    organisation_acts,
    partnership,
    practitioner_learns,
    reflects_today,
    team_alarm_moves,
    weekly_lever_hours,
)
from persim.rules.information import what_user_tells
from persim.rules.wellbeing import user_feels_week
from persim.state import (
    B_FUNDING_DISPUTE,
    B_HAND_OFF,
    B_INFORMATION,
    B_KNOWLEDGE,
    B_LEGAL_BAR,
    B_NOT_RECOGNISED,
    B_NOT_RECOMMENDED,
    B_PANEL,
    B_READINESS,
    B_RISK,
    B_ROLE,
    B_STEPS_AND_WAITS,
    B_TIME,
    IN_USE,
    N_BARRIERS,
    POSTS_PER_TEAM,
    VOLUNTARY,
)


@rule
def person_ends_week(user, org, p, week):
    """Phase 9 for one person, and what the locality reckons with next week."""
    user_feels_week(user, org, p)
    user.peer_signal = what_user_tells(user, week, p)
    weight = user.weight
    org.people_now += weight
    if user.legal_status != VOLUNTARY:
        org.compelled_now += weight
    if user.eligible == 1:
        org.eligible_now += weight
        if user.counted == 1 and (user.one_off == 0 or user.pathway_stage != IN_USE):
            org.counted_now += weight


@loop
def census_of_post(worker, team, org, p, out, groups):
    """Phase 11 for one post: where its hours went, and what its holder holds."""
    count_post(out, groups, worker, M_POSTS, 1.0)
    if worker.vacant_weeks > 0:
        return
    slipped = worker.displaced
    routine = max(0.0, worker.hours_routine - slipped)
    slipped = max(0.0, slipped - worker.hours_routine)
    unsettled = max(0.0, worker.hours_unsettled - slipped)
    count_post(out, groups, worker, M_POSTS_FILLED, 1.0)
    count_post(out, groups, worker, M_WORRY_PERSON, worker.worry_person)
    count_post(out, groups, worker, M_WORRY_SELF, worker.worry_self)
    count_post(out, groups, worker, M_LEGITIMACY, worker.legitimacy)
    count_post(out, groups, worker, M_KNOWLEDGE, worker.knowledge)
    count_post(out, groups, worker, M_MEDICAL_ORIENTATION, worker.medical_orientation)
    count_post(out, groups, worker, M_ALARM, team.alarm)
    if worker.works == 0:
        return
    count_post(out, groups, worker, M_POSTS_WORKING, 1.0)
    count_post(out, groups, worker, M_HOURS_CRISIS, worker.hours_crisis)
    count_post(out, groups, worker, M_HOURS_DETAINED, worker.hours_detained)
    count_post(out, groups, worker, M_HOURS_CTO, worker.hours_cto)
    count_post(out, groups, worker, M_HOURS_UNSETTLED, unsettled)
    count_post(out, groups, worker, M_HOURS_ROUTINE, routine)
    count_post(out, groups, worker, M_HOURS_REVIEWS, worker.hours_reviews * worker.gate_open)
    count_post(out, groups, worker, M_HOURS_TALK, worker.hours_talk * worker.gate_open)
    count_post(out, groups, worker, M_HOURS_AMHP, worker.amhp * p.ctos_exist * p.amhp_duty_hours)
    seen = worker.hours_crisis + worker.hours_detained + worker.hours_cto + unsettled + routine
    count_post(out, groups, worker, M_CONTACTS, seen / org.contact_hours if org.contact_hours > 0.0 else 0.0)
    count_post(out, groups, worker, M_OVERTIME, worker.overtime)
    count_post(out, groups, worker, M_DISPLACED, worker.displaced)
    count_post(out, groups, worker, M_TIME_GATE_SHUT, 1.0 - worker.gate_open)


@loop
def team_learns(team, practitioners, org, parameters, index, week, out, groups, notes):
    """Phase 10 for one team: norms, attitudes, alarm; then its posts are counted."""
    p = parameters[index]
    turn_to(notes, week, -1)
    first, last = team.first_post, team.first_post + team.n_posts
    team.mean_worry_person = 0.0
    team.mean_worry_self = 0.0
    team.mean_legitimacy = 0.0
    team.mean_medical = 0.0
    for j in range(first, last):
        worker = practitioners[j]
        team.mean_worry_person += worker.worry_person / team.n_posts
        team.mean_worry_self += worker.worry_self / team.n_posts
        team.mean_legitimacy += worker.legitimacy / team.n_posts
        team.mean_medical += worker.medical_orientation / team.n_posts
    lever_cost = weekly_lever_hours(p, team.n_posts) * p.staff_cost / team.n_posts
    for j in range(first, last):
        worker = practitioners[j]
        practitioner_learns(worker, team, org, p)
        census_of_post(worker, team, org, p, out, groups)
        count_post(out, groups, worker, M_COST_LEVERS, lever_cost)
        if keeps_ledger(notes):
            record_week_of_post(notes, worker, j)
    alarm = team.alarm
    team_alarm_moves(team, org, p)
    if keeps_ledger(notes) and team.incidents > 0:
        number = first // POSTS_PER_TEAM
        record(notes, E_ALARM, team.incidents, first, number, alarm, team.alarm, 0.0, 0.0)
    team.incidents = 0


@loop
def localities_close(localities, practitioners, n_posts, parameters, index, week, tally, notes):
    """Phase 10 for localities: action research acts, and reflects at the end of a spiral on last year's tally."""
    p = parameters[index]
    turn_to(notes, week, -1)
    for number in range(len(localities)):
        org = localities[number]
        if keeps_ledger(notes):
            record_terms(notes, org, number)
            for outside in range(n_posts + 2 * number, n_posts + 2 * number + 2):
                record_week_of_post(notes, practitioners[outside], outside)
        organisation_acts(org, p)
        if p.action_research > 0.0 and reflects_today(org, p):
            seen = tally[number]
            org.spiral_aim = aim_of(
                float(seen[B_INFORMATION]),
                float(seen[B_ROLE] + seen[B_HAND_OFF] + seen[B_NOT_RECOMMENDED]),
                float(seen[B_NOT_RECOGNISED] + seen[B_KNOWLEDGE]),
                float(seen[B_READINESS] + seen[B_RISK] + seen[B_LEGAL_BAR]),
                float(seen[B_STEPS_AND_WAITS] + seen[B_FUNDING_DISPUTE] + seen[B_PANEL] + seen[B_TIME]),
                partnership(org, p),
            )
            org.spiral_week = 0
            org.spirals += 1
            if keeps_ledger(notes):
                record(notes, E_SPIRAL, org.spiral_aim, -1, number, org.spirals, 0.0, 0.0, 0.0)
            for barrier in range(N_BARRIERS):
                tally[number, barrier] = 0
