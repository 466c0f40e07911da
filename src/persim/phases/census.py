"""Phase 11: the census of a team's people at the end of a week.

Stocks are taken from everyone on the caseload; the base of take-up is people who are eligible. Several short passes over
one team, so that its people stay in the processor's cache; `cells` keeps the rows of each person's groups between them.
"""

from persim.jit import loop, rule
from persim.measures import (
    M_ACTUAL_RISK,
    M_CONTROL_FELT,
    M_CONTROL_RECORDED,
    M_CRISIS_WEEKS,
    M_DETAINED,
    M_DIRECT_PAYMENTS,
    M_ELIGIBLE,
    M_FIRST,
    M_FIRST_COUNTED_IN_YEAR,
    M_FIRST_ELIGIBLE_IN_YEAR,
    M_GATE,
    M_HAD_OPPORTUNITY,
    M_HOSPITAL_WEEKS,
    M_INFORMED,
    M_INVOLVED,
    M_MANAGED_BUDGETS,
    M_N_ELIGIBLE,
    M_N_PEOPLE,
    M_NOTIONAL,
    M_ON_CASELOAD,
    M_ON_CTO,
    M_PAUSED,
    M_PERCEIVED_RISK,
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
    M_UNDERSTANDS,
    M_VOLUNTARY,
    M_VOLUNTARY_CONTROL,
    M_WITH_COORDINATOR,
    M_WITHOUT_BUDGET,
)
from persim.phases.counting import find_cells
from persim.rules.targets import is_real
from persim.rules.wellbeing import control_on_paper
from persim.state import (
    AWAY,
    B_NO_COORDINATOR,
    B_NO_OPPORTUNITY,
    CRISIS,
    CTO,
    DIRECT_PAYMENT,
    IN_USE,
    NOT_INFORMED,
    OUTSIDE,
    THIRD_PARTY,
    UNDERSTANDS,
    VOLUNTARY,
    YEAR,
)


@loop
def team_finds_cells(team, users, practitioners, groups, cells):
    """Find the groups of the team's people; returns how many dimensions are recorded."""
    n = 1
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        worker = practitioners[user.coordinator]
        n = find_cells(cells, row - team.first_user, groups, user, team.locality, worker.profession)
    return n


@loop
def census_of_caseload(team, users, out, cells, n_cells):
    """Everyone on the caseload: how many, in crisis or hospital, under the Act."""
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        if user.place == AWAY:
            continue
        weight = user.weight
        state, status = user.mental_state, user.legal_status
        for c in range(n_cells):
            cell = cells[row - team.first_user, c]
            out[cell, M_N_PEOPLE] += 1.0
            out[cell, M_ON_CASELOAD] += weight
            if state >= CRISIS:
                out[cell, M_CRISIS_WEEKS if state == CRISIS else M_HOSPITAL_WEEKS] += weight
            if status != VOLUNTARY:
                out[cell, M_ON_CTO if status == CTO else M_DETAINED] += weight


@loop
def census_of_outcomes(team, users, practitioners, out, cells, n_cells):
    """Eligible people: what they know, how they are seen, outcomes."""
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        if user.place == AWAY or user.eligible == 0:
            continue
        weight = user.weight
        user.control_recorded = control_on_paper(user)
        voluntary = weight if user.legal_status == VOLUNTARY else 0.0
        coordinated = weight * practitioners[user.coordinator].works
        informed = weight if user.informed != NOT_INFORMED else 0.0
        understands = weight if user.informed == UNDERSTANDS else 0.0
        met = weight if user.n_opportunities > 0 else 0.0
        entitled = weight if user.s117 == 1 else 0.0
        for c in range(n_cells):
            cell = cells[row - team.first_user, c]
            out[cell, M_N_ELIGIBLE] += 1.0
            out[cell, M_ELIGIBLE] += weight
            out[cell, M_CONTROL_FELT] += weight * user.control_felt
            out[cell, M_CONTROL_RECORDED] += weight * user.control_recorded
            out[cell, M_SOCIAL_CONTACT] += weight * user.social_contact
            out[cell, M_QUALITY_OF_LIFE] += weight * user.quality_of_life
            out[cell, M_PERCEIVED_RISK] += weight * user.perceived_risk
            out[cell, M_ACTUAL_RISK] += weight * user.vulnerability
            out[cell, M_INVOLVED] += weight * user.planned_with
            out[cell, M_INFORMED] += informed
            out[cell, M_UNDERSTANDS] += understands
            out[cell, M_HAD_OPPORTUNITY] += met
            out[cell, M_S117_ENTITLED] += entitled
            out[cell, M_WITH_COORDINATOR] += coordinated
            out[cell, M_VOLUNTARY] += voluntary
            out[cell, M_VOLUNTARY_CONTROL] += voluntary * user.control_felt


@loop
def census_of_barriers(team, users, practitioners, out, cells, n_cells):
    """Eligible people without a real budget: by the gate that closed first, and by every gate that would have."""
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        if user.place == AWAY or user.eligible == 0 or is_real(user):
            continue
        weight = user.weight
        barrier = user.barrier
        if barrier == B_NO_OPPORTUNITY and practitioners[user.coordinator].works == 0:
            barrier = B_NO_COORDINATOR
        gates = user.gates if user.gates != 0 else 1 << barrier
        planned = weight * user.planned_with
        for c in range(n_cells):
            cell = cells[row - team.first_user, c]
            out[cell, M_WITHOUT_BUDGET] += weight
            out[cell, M_FIRST + barrier] += weight
            out[cell, M_SUPPORT_WITHOUT_BUDGET] += planned
            left, gate = gates, 0
            while left != 0:
                if left & 1 == 1:
                    out[cell, M_GATE + gate] += weight
                left >>= 1
                gate += 1


@rule
def form_measure(budget_form):
    """The measure that counts a budget of this form."""
    if budget_form == DIRECT_PAYMENT:
        return M_DIRECT_PAYMENTS
    return M_THIRD_PARTY_BUDGETS if budget_form == THIRD_PARTY else M_MANAGED_BUDGETS


@loop
def census_of_budgets(team, users, out, cells, n_cells, package_cost):
    """Eligible people on the way, with a budget or with a service: by the three truths, never by a label."""
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        if user.place == AWAY or user.eligible == 0:
            continue
        in_use = user.pathway_stage == IN_USE
        if user.pathway_stage == OUTSIDE and user.counted == 0 and user.package == 0:
            continue
        weight = user.weight
        truths = user.amount_known + user.plan_agreed + user.can_vary if in_use else 0
        real = is_real(user)
        for c in range(n_cells):
            cell = cells[row - team.first_user, c]
            if user.pathway_stage != OUTSIDE:
                out[cell, M_STAGE + user.pathway_stage] += weight
            if in_use:
                out[cell, form_measure(user.budget_form)] += weight
                out[cell, M_PAUSED] += weight * user.paused
                out[cell, M_REAL_STRICT] += weight if truths == 3 else 0.0
                out[cell, M_REAL_BROAD] += weight if real else 0.0
            elif user.package == 1:
                out[cell, M_SPEND_PACKAGES] += weight * package_cost
            if user.counted == 1:
                out[cell, M_REPORTED_WITH_ONE_OFF] += weight
                out[cell, M_REPORTED] += weight if user.one_off == 0 else 0.0
                out[cell, M_RELABELLED] += 0.0 if in_use else weight
                out[cell, M_NOTIONAL] += weight if truths == 0 else 0.0


@loop
def census_of_years(team, users, week, out, cells, n_cells):
    """Who is eligible, and who is counted, for the first time this financial year: for figures 'during the year'."""
    year = (week + 100 * YEAR) // YEAR
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        if user.place == AWAY or user.eligible == 0:
            continue
        if user.eligible_year != year:
            user.eligible_year = year
            for c in range(n_cells):
                out[cells[row - team.first_user, c], M_FIRST_ELIGIBLE_IN_YEAR] += user.weight
        if user.counted == 1 and user.one_off == 0 and user.counted_year != year:
            user.counted_year = year
            for c in range(n_cells):
                out[cells[row - team.first_user, c], M_FIRST_COUNTED_IN_YEAR] += user.weight


@loop
def team_is_counted(team, users, practitioners, parameters, index, week, out, cells, groups):
    """The whole census of one team's people."""
    n_cells = team_finds_cells(team, users, practitioners, groups, cells)
    census_of_caseload(team, users, out, cells, n_cells)
    census_of_outcomes(team, users, practitioners, out, cells, n_cells)
    census_of_barriers(team, users, practitioners, out, cells, n_cells)
    census_of_budgets(team, users, out, cells, n_cells, parameters[index].package_cost / YEAR)
    census_of_years(team, users, week, out, cells, n_cells)
