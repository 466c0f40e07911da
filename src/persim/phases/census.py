"""Phase 11: the census of a team's people at the end of a week.

Stocks are taken from everyone on the caseload; the base of take-up is people who are eligible. Budgets are told apart by
the three truths, never by a label.
"""

from persim.jit import loop, rule
from persim.measures import (
    M_ACTUAL_RISK,
    M_ADMITTED_THIS_YEAR,
    M_CONTROL_BETTER,
    M_CONTROL_FELT,
    M_CONTROL_RECORDED,
    M_CRISIS_THIS_YEAR,
    M_CRISIS_WEEKS,
    M_DETAINED,
    M_DIRECT_PAYMENTS,
    M_DIRECT_PAYMENTS_REPORTED,
    M_ELIGIBLE,
    M_FIRST,
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
from persim.rules.pathway import budget_sum
from persim.rules.practice import practitioner_can_act
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
    INPATIENT,
    NOT_INFORMED,
    OUTSIDE,
    THIRD_PARTY,
    UNDERSTANDS,
    VOLUNTARY,
    YEAR,
    YEAR_ADMITTED,
    YEAR_BITS,
    YEAR_COUNTED,
    YEAR_CRISIS,
    YEAR_ELIGIBLE,
    YEAR_FIRSTS,
    YEAR_NOTIONAL,
    YEAR_REAL,
    YEAR_STRICT,
)


@rule
def form_measure(budget_form):
    """The measure that counts a budget of this form."""
    if budget_form == DIRECT_PAYMENT:
        return M_DIRECT_PAYMENTS
    return M_THIRD_PARTY_BUDGETS if budget_form == THIRD_PARTY else M_MANAGED_BUDGETS


@loop
def census_of_barriers(user, somebody, out, cells, n_cells):
    """An eligible person without a real budget: by the gate that closed first, and by every gate that would have.

    Args:
        somebody: is a coordinator at work, or stood in for?
    """
    weight = user.weight
    barrier = user.barrier
    if barrier == B_NO_OPPORTUNITY and not somebody:
        barrier = B_NO_COORDINATOR
    gates = user.gates if user.gates != 0 else 1 << barrier
    for c in range(n_cells):
        out[cells[c], M_WITHOUT_BUDGET] += weight
        out[cells[c], M_FIRST + barrier] += weight
    if user.planned_with == 1:
        for c in range(n_cells):
            out[cells[c], M_SUPPORT_WITHOUT_BUDGET] += weight
    gate = 0
    while gates != 0:
        if gates & 1 == 1:
            for c in range(n_cells):
                out[cells[c], M_GATE + gate] += weight
        gates >>= 1
        gate += 1


@loop
def census_of_budgets(user, p, out, cells, n_cells):
    """An eligible person on the way, with a budget or with a service.

    A service costs what the same need would be given as a budget, so that a budget replaces its cost. Source: PAT20; ENG13.
    """
    weight = user.weight
    in_use = user.pathway_stage == IN_USE
    truths = user.amount_known + user.plan_agreed + user.can_vary if in_use else 0
    better = weight if in_use and user.control_felt - user.control_before >= p.noticed_gain else 0.0
    for c in range(n_cells):
        cell = cells[c]
        if user.pathway_stage != OUTSIDE:
            out[cell, M_STAGE + user.pathway_stage] += weight
        if in_use:
            out[cell, form_measure(user.budget_form)] += weight
            out[cell, M_PAUSED] += weight * user.paused
            out[cell, M_CONTROL_BETTER] += better
            if user.one_off == 0:
                out[cell, M_REAL_STRICT] += weight if truths == 3 else 0.0
                out[cell, M_REAL_BROAD] += weight if is_real(user) else 0.0
        if user.counted == 1:
            out[cell, M_REPORTED_WITH_ONE_OFF] += weight
            if in_use and user.budget_form == DIRECT_PAYMENT:
                out[cell, M_DIRECT_PAYMENTS_REPORTED] += weight
            out[cell, M_RELABELLED] += 0.0 if in_use else weight
            if not in_use or user.one_off == 0:
                out[cell, M_REPORTED] += weight
                out[cell, M_NOTIONAL] += weight if truths == 0 else 0.0
    if user.package == 1 and (not in_use or user.one_off == 1):
        cost = weight * p.package_cost * budget_sum(user, p) / YEAR
        for c in range(n_cells):
            out[cells[c], M_SPEND_PACKAGES] += cost


@rule
def marks_of_today(user):
    """What an eligible person is today, as bits of `year_marks`; one-off budgets are left out."""
    marks = YEAR_ELIGIBLE
    in_use = user.pathway_stage == IN_USE
    if in_use and user.one_off == 1:
        return marks
    truths = user.amount_known + user.plan_agreed + user.can_vary if in_use else 0
    if user.counted == 1:
        marks |= YEAR_COUNTED
        if truths == 0:
            marks |= YEAR_NOTIONAL
    if is_real(user):
        marks |= YEAR_REAL
        if truths == 3:
            marks |= YEAR_STRICT
    return marks


@rule
def marks_so_far(user, year):
    """What the person has been since April, as bits of `year_marks`."""
    return user.year_marks & ((1 << YEAR_BITS) - 1) if user.year_marks >> YEAR_BITS == year else 0


@rule
def user_is_marked(user, year):
    """Keep in mind until March that someone on the caseload is in crisis, or was admitted this week."""
    if user.mental_state == CRISIS:
        user.year_marks = (year << YEAR_BITS) | marks_so_far(user, year) | YEAR_CRISIS
    elif user.mental_state == INPATIENT and user.weeks_in_state == 0:
        user.year_marks = (year << YEAR_BITS) | marks_so_far(user, year) | YEAR_ADMITTED


@loop
def census_of_year(user, year, out, cells, n_cells):
    """What is this person for the first time this financial year? For figures published 'during the year'."""
    before = marks_so_far(user, year)
    marks = before | marks_of_today(user)
    if marks == before:
        return
    user.year_marks = (year << YEAR_BITS) | marks
    for bit in range(YEAR_FIRSTS):
        if ((marks ^ before) >> bit) & 1 == 1:
            for c in range(n_cells):
                out[cells[c], M_FIRST_ELIGIBLE_IN_YEAR + bit] += user.weight


@loop
def census_of_health(user, year, out, cells, n_cells):
    """Someone on the caseload: in crisis or hospital today, and at any time since April."""
    weight = user.weight
    if user.mental_state >= CRISIS:
        user_is_marked(user, year)
        measure = M_CRISIS_WEEKS if user.mental_state == CRISIS else M_HOSPITAL_WEEKS
        for c in range(n_cells):
            out[cells[c], measure] += weight
    marks = marks_so_far(user, year)
    if marks & YEAR_CRISIS != 0:
        for c in range(n_cells):
            out[cells[c], M_CRISIS_THIS_YEAR] += weight
    if marks & YEAR_ADMITTED != 0:
        for c in range(n_cells):
            out[cells[c], M_ADMITTED_THIS_YEAR] += weight


@loop
def census_of_person(user, works, out, cells, n_cells):
    """An eligible person: what they know, how they are seen, outcomes."""
    weight = user.weight
    user.control_recorded = control_on_paper(user)
    voluntary = weight if user.legal_status == VOLUNTARY else 0.0
    informed = weight if user.informed != NOT_INFORMED else 0.0
    understands = weight if user.informed == UNDERSTANDS else 0.0
    met = weight if user.n_opportunities > 0 else 0.0
    for c in range(n_cells):
        cell = cells[c]
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
        out[cell, M_S117_ENTITLED] += weight * user.s117
        out[cell, M_WITH_COORDINATOR] += weight * works
        out[cell, M_VOLUNTARY] += voluntary
        out[cell, M_VOLUNTARY_CONTROL] += voluntary * user.control_felt


@loop
def team_is_counted(team, users, practitioners, parameters, index, week, out, cells, groups):
    """The whole census of one team's people, person by person while each is at hand."""
    p = parameters[index]
    year = (week + 100 * YEAR) // YEAR
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        if user.place == AWAY:
            continue
        worker = practitioners[user.coordinator]
        n_cells = find_cells(cells, groups, user, team.locality, worker.profession)
        weight = user.weight
        for c in range(n_cells):
            out[cells[c], M_N_PEOPLE] += 1.0
            out[cells[c], M_ON_CASELOAD] += weight
        census_of_health(user, year, out, cells, n_cells)
        if user.legal_status != VOLUNTARY:
            measure = M_ON_CTO if user.legal_status == CTO else M_DETAINED
            for c in range(n_cells):
                out[cells[c], measure] += weight
        if user.eligible == 1:
            census_of_person(user, worker.works, out, cells, n_cells)
            if not is_real(user):
                census_of_barriers(user, practitioner_can_act(worker, p), out, cells, n_cells)
            if user.pathway_stage != OUTSIDE or user.counted == 1 or user.package == 1:
                census_of_budgets(user, p, out, cells, n_cells)
            census_of_year(user, year, out, cells, n_cells)
