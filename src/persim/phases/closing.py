"""Phases 9 to 11: outcomes and census of people, then culture of teams and localities.

The census takes the stocks of the week from everyone on the caseload; the base of take-up is people who are eligible.
"""

from persim.jit import loop
from persim.measures import (
    M_ACTUAL_RISK,
    M_ALARM,
    M_CONTROL_FELT,
    M_CONTROL_RECORDED,
    M_COST_LEVERS,
    M_CRISIS_WEEKS,
    M_DETAINED,
    M_DIRECT_PAYMENTS,
    M_DISPLACED,
    M_ELIGIBLE,
    M_FIRST,
    M_FIRST_COUNTED_IN_YEAR,
    M_FIRST_ELIGIBLE_IN_YEAR,
    M_GATE,
    M_HAD_OPPORTUNITY,
    M_HOSPITAL_WEEKS,
    M_HOURS_AMHP,
    M_HOURS_CRISIS,
    M_HOURS_CTO,
    M_HOURS_DETAINED,
    M_HOURS_REVIEWS,
    M_HOURS_ROUTINE,
    M_HOURS_TALK,
    M_HOURS_UNSETTLED,
    M_INFORMED,
    M_INVOLVED,
    M_KNOWLEDGE,
    M_LEGITIMACY,
    M_MANAGED_BUDGETS,
    M_MEDICAL_ORIENTATION,
    M_N_ELIGIBLE,
    M_N_PEOPLE,
    M_NOTIONAL,
    M_ON_CASELOAD,
    M_ON_CTO,
    M_ORDERS_MADE,
    M_ORDERS_REVIEWED,
    M_OVERTIME,
    M_PAUSED,
    M_PERCEIVED_RISK,
    M_POSTS,
    M_POSTS_FILLED,
    M_QUALITY_OF_LIFE,
    M_REAL_BROAD,
    M_REAL_STRICT,
    M_RELABELLED,
    M_REPORTED,
    M_REPORTED_WITH_ONE_OFF,
    M_S117_ENTITLED,
    M_SOCIAL_CONTACT,
    M_SPEND_PACKAGES,
    M_STAGE,
    M_SUPPORT_WITHOUT_BUDGET,
    M_THIRD_PARTY_BUDGETS,
    M_TIME_GATE_SHUT,
    M_UNDERSTANDS,
    M_VOLUNTARY,
    M_VOLUNTARY_CONTROL,
    M_WITH_COORDINATOR,
    M_WITHOUT_BUDGET,
    M_WORRY_PERSON,
    M_WORRY_SELF,
)
from persim.phases.counting import LOCALITY_GROUP, count_post, find_cells
from persim.rules.culture import (
    aim_of,
    order_rights_hours,
    organisation_acts,
    partnership,
    practitioner_learns,
    reflects_today,
    team_alarm_moves,
    weekly_lever_hours,
)
from persim.rules.information import what_user_tells
from persim.rules.targets import is_real
from persim.rules.wellbeing import control_on_paper, user_feels_week
from persim.state import (
    B_FUNDING_DISPUTE,
    B_HAND_OFF,
    B_INFORMATION,
    B_KNOWLEDGE,
    B_LEGAL_BAR,
    B_NO_COORDINATOR,
    B_NO_OPPORTUNITY,
    B_NOT_RECOGNISED,
    B_NOT_RECOMMENDED,
    B_PANEL,
    B_READINESS,
    B_RISK,
    B_ROLE,
    B_STEPS_AND_WAITS,
    B_TIME,
    CRISIS,
    CTO,
    DIRECT_PAYMENT,
    IN_USE,
    N_BARRIERS,
    NOT_INFORMED,
    OUTSIDE,
    THIRD_PARTY,
    UNDERSTANDS,
    VOLUNTARY,
    YEAR,
)


@loop
def census_of_budgets(row, user):
    """Count an eligible person's budget into one group: reported, real and notional by the three truths, never a label."""
    weight = user.weight
    truths = user.amount_known + user.plan_agreed + user.can_vary
    in_use = user.pathway_stage == IN_USE
    if user.counted == 1:
        row[M_REPORTED_WITH_ONE_OFF] += weight
        if user.one_off == 0:
            row[M_REPORTED] += weight
        if not in_use:
            row[M_RELABELLED] += weight
        if not in_use or truths == 0:
            row[M_NOTIONAL] += weight
    if in_use:
        if truths == 3:
            row[M_REAL_STRICT] += weight
        if is_real(user):
            row[M_REAL_BROAD] += weight
        if user.budget_form == DIRECT_PAYMENT:
            row[M_DIRECT_PAYMENTS] += weight
        elif user.budget_form == THIRD_PARTY:
            row[M_THIRD_PARTY_BUDGETS] += weight
        else:
            row[M_MANAGED_BUDGETS] += weight
        row[M_PAUSED] += weight * user.paused
    if user.pathway_stage != OUTSIDE:
        row[M_STAGE + user.pathway_stage] += weight


@loop
def census_of_barriers(row, user, works):
    """Count a week without a real budget: by the gate that closed first, and by every gate that would have."""
    weight = user.weight
    row[M_WITHOUT_BUDGET] += weight
    barrier = user.barrier
    if barrier == B_NO_OPPORTUNITY and works == 0:
        barrier = B_NO_COORDINATOR
    row[M_FIRST + barrier] += weight
    if user.gates == 0:
        row[M_GATE + barrier] += weight
        return
    for gate in range(1, N_BARRIERS):
        if (user.gates >> gate) & 1 == 1:
            row[M_GATE + gate] += weight


@loop
def census_of_outcomes(row, user, recorded):
    """Add an eligible person's state of knowledge, compulsion and outcomes to one group."""
    weight = user.weight
    row[M_N_ELIGIBLE] += 1.0
    row[M_ELIGIBLE] += weight
    row[M_CONTROL_FELT] += weight * user.control_felt
    row[M_CONTROL_RECORDED] += weight * recorded
    row[M_SOCIAL_CONTACT] += weight * user.social_contact
    row[M_QUALITY_OF_LIFE] += weight * user.quality_of_life
    row[M_PERCEIVED_RISK] += weight * user.perceived_risk
    row[M_ACTUAL_RISK] += weight * user.vulnerability
    row[M_INVOLVED] += weight * user.planned_with
    if user.informed != NOT_INFORMED:
        row[M_INFORMED] += weight
        if user.informed == UNDERSTANDS:
            row[M_UNDERSTANDS] += weight
    if user.n_opportunities > 0:
        row[M_HAD_OPPORTUNITY] += weight
    if user.s117 == 1:
        row[M_S117_ENTITLED] += weight


@loop
def census_of_person(user, worker, week, package_cost, out, cells, groups):
    """Phase 11 for one person on the caseload."""
    n = find_cells(cells, groups, user, worker)
    weight = user.weight
    eligible = user.eligible == 1
    year = (week + 100 * YEAR) // YEAR
    recorded = control_on_paper(user) if eligible else 0.0
    user.control_recorded = recorded
    newly_eligible = eligible and user.eligible_year != year
    newly_counted = eligible and user.counted == 1 and user.one_off == 0 and user.counted_year != year
    if newly_eligible:
        user.eligible_year = year
    if newly_counted:
        user.counted_year = year
    real = is_real(user)
    for c in range(n):
        row = out[cells[c]]
        row[M_N_PEOPLE] += 1.0
        row[M_ON_CASELOAD] += weight
        if user.mental_state >= CRISIS:
            row[M_CRISIS_WEEKS if user.mental_state == CRISIS else M_HOSPITAL_WEEKS] += weight
        if user.legal_status == CTO:
            row[M_ON_CTO] += weight
        elif user.legal_status != VOLUNTARY:
            row[M_DETAINED] += weight
        if eligible:
            census_of_outcomes(row, user, recorded)
            if user.pathway_stage != OUTSIDE or user.counted == 1:
                census_of_budgets(row, user)
            if not real:
                census_of_barriers(row, user, worker.works)
                if user.planned_with == 1:
                    row[M_SUPPORT_WITHOUT_BUDGET] += weight
            if worker.works == 1:
                row[M_WITH_COORDINATOR] += weight
            if user.legal_status == VOLUNTARY:
                row[M_VOLUNTARY] += weight
                row[M_VOLUNTARY_CONTROL] += weight * user.control_felt
            if newly_eligible:
                row[M_FIRST_ELIGIBLE_IN_YEAR] += weight
            if newly_counted:
                row[M_FIRST_COUNTED_IN_YEAR] += weight
            if user.package == 1 and user.pathway_stage != IN_USE:
                row[M_SPEND_PACKAGES] += weight * package_cost


@loop
def person_ends_week(row, users, worker, org, parameters, index, week, out, cells, groups):
    """Phases 9 and 11 for one person: how the week felt, what peers can hear, and the census."""
    user = users[row]
    p = parameters[index]
    user_feels_week(user, org, p)
    user.peer_signal = what_user_tells(user, week, p)
    weight = user.weight
    org.people_now += weight
    if user.legal_status != VOLUNTARY:
        org.compelled_now += weight
    if user.eligible == 1:
        org.eligible_now += weight
        if user.counted == 1 and user.one_off == 0:
            org.counted_now += weight
    census_of_person(user, worker, week, p.package_cost / YEAR, out, cells, groups)


@loop
def census_of_post(worker, team, p, out, groups):
    """Phase 11 for one post: where its hours went, and what its holder holds."""
    count_post(out, groups, worker, M_POSTS, 1.0)
    if worker.vacant_weeks > 0:
        return
    slipped = worker.displaced
    routine = max(0.0, worker.hours_routine - slipped)
    slipped = max(0.0, slipped - worker.hours_routine)
    unsettled = max(0.0, worker.hours_unsettled - slipped)
    count_post(out, groups, worker, M_POSTS_FILLED, 1.0)
    count_post(out, groups, worker, M_HOURS_CRISIS, worker.hours_crisis)
    count_post(out, groups, worker, M_HOURS_DETAINED, worker.hours_detained)
    count_post(out, groups, worker, M_HOURS_CTO, worker.hours_cto)
    count_post(out, groups, worker, M_HOURS_UNSETTLED, unsettled)
    count_post(out, groups, worker, M_HOURS_ROUTINE, routine)
    count_post(out, groups, worker, M_HOURS_REVIEWS, worker.hours_reviews)
    count_post(out, groups, worker, M_HOURS_TALK, worker.hours_talk * worker.gate_open)
    count_post(out, groups, worker, M_HOURS_AMHP, worker.amhp * p.ctos_exist * p.amhp_duty_hours)
    count_post(out, groups, worker, M_OVERTIME, worker.overtime)
    count_post(out, groups, worker, M_DISPLACED, worker.displaced)
    count_post(out, groups, worker, M_WORRY_PERSON, worker.worry_person)
    count_post(out, groups, worker, M_WORRY_SELF, worker.worry_self)
    count_post(out, groups, worker, M_LEGITIMACY, worker.legitimacy)
    count_post(out, groups, worker, M_KNOWLEDGE, worker.knowledge)
    count_post(out, groups, worker, M_MEDICAL_ORIENTATION, worker.medical_orientation)
    count_post(out, groups, worker, M_ALARM, team.alarm)
    count_post(out, groups, worker, M_TIME_GATE_SHUT, 1.0 - worker.gate_open)


@loop
def team_learns(team, practitioners, org, parameters, index, out, groups):
    """Phase 10 for one team: norms, attitudes, alarm; then its posts are counted."""
    p = parameters[index]
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
    for j in range(first, last):
        worker = practitioners[j]
        practitioner_learns(worker, team, org, p)
        census_of_post(worker, team, p, out, groups)
    team_alarm_moves(team, org, p)
    team.incidents = 0
    out[groups[LOCALITY_GROUP] + team.locality, M_COST_LEVERS] += weekly_lever_hours(p, team.n_posts) * p.staff_cost


@loop
def localities_close(localities, parameters, index, tally, out, groups):
    """Phase 10 for localities: action research acts, and reflects at the end of a spiral on last year's tally."""
    p = parameters[index]
    for number in range(len(localities)):
        org = localities[number]
        organisation_acts(org, p)
        here = out[groups[LOCALITY_GROUP] + number]
        here[M_COST_LEVERS] += order_rights_hours(p) * p.staff_cost * (here[M_ORDERS_MADE] + here[M_ORDERS_REVIEWED])
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
            for barrier in range(N_BARRIERS):
                tally[number, barrier] = 0
