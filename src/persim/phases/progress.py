"""Phases 6 to 8 for one person: the pathway stage by stage (a budget in use: `persim.phases.in_use`).

Each stage costs hours of whoever leads, and weeks. The panel meets in `persim.phases.opening`.
"""

from persim import purposes as purpose
from persim.draws import draw, stream
from persim.events import (
    E_ASSESSED,
    E_CONTEST_HEARD,
    E_CONTRIBUTION,
    E_DISPUTE,
    E_DISPUTE_ENDS,
    E_FREE_TO_VARY,
    E_IN_USE,
    E_PLAN_AGREED,
    E_PLANNED,
    E_SET_UP,
    E_SIGNED,
    E_SUM,
    E_SUM_TOLD,
)
from persim.jit import loop, rule
from persim.measures import (
    M_ASSESSMENTS,
    M_ASSESSMENTS_WITHOUT_PERSON,
    M_CONTEST_WON,
    M_DISPUTED_WEEKS,
    M_DISPUTES,
    M_HOURS_FORMS,
    M_HOURS_FORMS_BROKERS,
    M_HOURS_FORMS_COUNCIL,
    M_LEFT_PROCESS,
    M_PLAN_INVOLVEMENT,
    M_PLANS,
    M_PLANS_WITHOUT_PERSON,
    M_SET_UP_FAILED,
    M_STARTED,
    M_WEEKS_TO_START,
)
from persim.phases.counting import keeps_ledger, note, note_wait, record
from persim.phases.in_use import person_is_counted_anew, person_uses_budget
from persim.phases.meeting import NO_OCCASION, end_process, hand_off_arrives, opportunity_arises, person_has_occasion
from persim.phases.recording import leader_of, record_presence, record_stage
from persim.rules.budgets import (
    chance_of_no_support,
    chance_of_varying,
    user_chooses_form,
    user_finds_support,
    user_may_vary,
)
from persim.rules.information import user_is_let_down
from persim.rules.panels import manager_signs
from persim.rules.pathway import (
    DISPUTE_JOINT,
    DISPUTE_NOWHERE,
    budget_is_one_off,
    budget_sum,
    chance_of_dispute,
    chance_of_leaving,
    chance_plan_is_agreed,
    chance_sum_is_told,
    dispute_ends,
    funding_is_disputed,
    user_agrees_plan,
    user_enters_stage,
    user_is_asked_to_contribute,
    user_is_told_sum,
    user_is_worn_out,
    user_starts_using,
    user_takes_part,
    user_waits_for,
)
from persim.rules.practice import practitioner_can_act, share_of_voice
from persim.rules.targets import council_counts
from persim.state import (
    ABSENT_ASSESSMENT,
    ABSENT_PLAN,
    ASSESSMENT,
    AT_PANEL,
    B_CONTRIBUTION,
    B_FUNDING_DISPUTE,
    B_MARKET,
    B_PANEL,
    B_STEPS_AND_WAITS,
    BROKER,
    CONTESTED,
    COUNCIL_TEAM,
    FUNDING,
    HANDED_ON,
    IN_USE,
    INDICATIVE,
    INPATIENT,
    NO_FORM,
    OUTSIDE,
    PLAN,
    RAISED,
    SET_UP,
)


@loop
def assessment_done(user, lead, org, p, s, notes):
    """The assessment is made, with or without the person; the points give an indicative sum."""
    voice = share_of_voice(user, lead, org, p)
    present = user_takes_part(user, p, voice, ABSENT_ASSESSMENT, draw(s, purpose.ABSENT))
    note(notes, M_ASSESSMENTS, user.weight)
    if not present:
        note(notes, M_ASSESSMENTS_WITHOUT_PERSON, user.weight)
    user.budget_gbp_per_year = budget_sum(user, p)
    u = draw(user.key, purpose.AMOUNT + 600)
    user.one_off = int(budget_is_one_off(user, p, u))
    if keeps_ledger(notes):
        record_presence(notes, E_ASSESSED, user, p, voice, present, draw(s, purpose.ABSENT))
        record(notes, E_SUM, user.one_off, -1, 0, 0.0, 0.0, user.budget_gbp_per_year, u)
    user_enters_stage(user, INDICATIVE, 0.0, org.indicative_weeks)


@loop
def plan_done(user, lead, org, p, s, notes):
    """The support plan is written, with or without the person; then the question who pays."""
    voice = share_of_voice(user, lead, org, p)
    present = user_takes_part(user, p, voice, ABSENT_PLAN, draw(s, purpose.ABSENT))
    weight = user.weight
    note(notes, M_PLANS, weight)
    note(notes, M_PLAN_INVOLVEMENT, weight * user.involvement)
    if not present:
        note(notes, M_PLANS_WITHOUT_PERSON, weight)
    user.plan_agreed = int(user_agrees_plan(user, p, present, draw(s, purpose.AGREED)))
    if keeps_ledger(notes):
        record_presence(notes, E_PLANNED, user, p, voice, present, draw(s, purpose.ABSENT))
        chance, u = chance_plan_is_agreed(user, p, present), draw(s, purpose.AGREED)
        record(notes, E_PLAN_AGREED, user.plan_agreed, leader_of(user), 0, user.involvement, 0.0, chance, u)
    user_enters_stage(user, FUNDING, 0.0, org.funding_weeks)
    disputed = funding_is_disputed(user, org, p, draw(s, purpose.DISPUTE))
    if keeps_ledger(notes):
        chance, u = chance_of_dispute(user, org, p), draw(s, purpose.DISPUTE)
        record(notes, E_DISPUTE, int(disputed), -1, 0, user.health_need, user.social_need, chance, u)
    if disputed:
        note(notes, M_DISPUTES, weight)
        user.wait_left += p.dispute_weeks
        user_waits_for(user, B_FUNDING_DISPUTE)


@loop
def funding_done(user, org, p, week, s, notes):
    """Signatures are in and a dispute, if any, is over: a manager signs, or the papers go to the panel."""
    user.joint_funded = 0
    if user.barrier == B_FUNDING_DISPUTE:
        outcome = dispute_ends(p, draw(s, purpose.DISPUTE_END))
        if keeps_ledger(notes):
            u = draw(s, purpose.DISPUTE_END)
            record(notes, E_DISPUTE_ENDS, outcome, -1, 0, 0.0, 0.0, p.dispute_nowhere, u)
        if outcome == DISPUTE_NOWHERE:
            note_wait(notes, user, 0)
            end_process(user, B_FUNDING_DISPUTE, p, week, 0.0, 0.0, notes)
            return
        user.joint_funded = int(outcome == DISPUTE_JOINT)
    note_wait(notes, user, 1)
    signs = manager_signs(user, p)
    if keeps_ledger(notes):
        gbp, limit = user.budget_gbp_per_year, p.delegated_sign_off
        record(notes, E_SIGNED, int(signs), -1, 0, gbp, user.perceived_risk, limit, 0.0)
    if signs:
        org.committed += user.budget_gbp_per_year * user.weight
        user_waits_for(user, B_STEPS_AND_WAITS)
        user_enters_stage(user, SET_UP, org.set_up_hours, org.set_up_weeks)
        return
    user_enters_stage(user, AT_PANEL, 0.0, 0.0)
    user_waits_for(user, B_PANEL)


@loop
def set_up_done(user, lead, org, p, week, s, notes):
    """Set-up ends: a form that the market can bear, or nothing to buy; then the budget is in use."""
    user.budget_form = user_chooses_form(user, lead, org, p, s)
    form = user_finds_support(user, org, p, s)
    weight = user.weight
    if keeps_ledger(notes):
        chance, u = chance_of_no_support(org, p), draw(s, purpose.MARKET)
        record(notes, E_SET_UP, form, leader_of(user), user.budget_form, org.market, 0.0, chance, u)
    if form == NO_FORM:
        user.budget_form = NO_FORM
        note(notes, M_SET_UP_FAILED, weight)
        note_wait(notes, user, 0)
        end_process(user, B_MARKET, p, week, 0.0, 0.0, notes)
        return
    note_wait(notes, user, 1)
    user.budget_form = form
    user.can_vary = int(user_may_vary(user, org, p, draw(s, purpose.VARY)))
    note(notes, M_STARTED, weight)
    note(notes, M_WEEKS_TO_START, weight * (week - user.raised_week))
    lead.completed += 1
    if keeps_ledger(notes):
        chance, u = chance_of_varying(user, org, p), draw(s, purpose.VARY)
        record(notes, E_FREE_TO_VARY, user.can_vary, -1, 0, 0.0, 0.0, chance, u)
    lead_row = leader_of(user)
    user_starts_using(user, p, week)
    user.counted = council_counts(user, p)
    if keeps_ledger(notes):
        weeks, gbp = week - user.raised_week, user.budget_gbp_per_year
        record(notes, E_IN_USE, form, lead_row, user.counted, weeks, 0.0, gbp, 0.0)


@loop
def sum_is_indicated(user, org, p, week, s, notes):
    """The indicative sum is told or not; someone asked for a contribution may end it here."""
    user.amount_known = int(user_is_told_sum(user, org, p, draw(s, purpose.SUM_TOLD)))
    user.contribution = int(user_is_asked_to_contribute(user, p))
    u = draw(s, purpose.CONTRIBUTION_DECLINED)
    declines = user.contribution == 1 and u < p.contribution_declines
    if keeps_ledger(notes):
        chance, v = chance_sum_is_told(user, org, p), draw(s, purpose.SUM_TOLD)
        record(notes, E_SUM_TOLD, user.amount_known, leader_of(user), 0, org.plain_language, 0.0, chance, v)
        if user.contribution == 1:
            record(notes, E_CONTRIBUTION, int(not declines), -1, 0, 0.0, 0.0, p.contribution_declines, u)
    if declines:
        note_wait(notes, user, 0)
        end_process(user, B_CONTRIBUTION, p, week, 0.0, 0.0, notes)
        return
    note_wait(notes, user, 1)
    user_enters_stage(user, PLAN, org.plan_hours, org.plan_weeks)


@loop
def contest_is_heard(user, org, p, week, s, notes):
    """A contested refusal is reconsidered, or upheld."""
    u = draw(s, purpose.CONTEST_WON)
    if keeps_ledger(notes):
        record(notes, E_CONTEST_HEARD, int(u < p.contest_won), -1, 0, 0.0, 0.0, p.contest_won, u)
    if u >= p.contest_won:
        note_wait(notes, user, 0)
        user_is_let_down(user, p)
        end_process(user, B_PANEL, p, week, 0.0, 0.0, notes)
        return
    note_wait(notes, user, 1)
    note(notes, M_CONTEST_WON, user.weight)
    org.committed += user.budget_gbp_per_year * user.weight
    user_enters_stage(user, SET_UP, org.set_up_hours, org.set_up_weeks)
    user_waits_for(user, B_STEPS_AND_WAITS)


@loop
def stage_is_done(user, lead, org, p, week, s, notes):
    """Work and waiting of a stage are over: on to the next."""
    stage = user.pathway_stage
    if stage == RAISED:
        note_wait(notes, user, 1)
        user_enters_stage(user, ASSESSMENT, org.assessment_hours, org.assessment_weeks)
    elif stage == ASSESSMENT:
        note_wait(notes, user, 1)
        assessment_done(user, lead, org, p, s, notes)
    elif stage == INDICATIVE:
        sum_is_indicated(user, org, p, week, s, notes)
    elif stage == PLAN:
        note_wait(notes, user, 1)
        plan_done(user, lead, org, p, s, notes)
    elif stage == FUNDING:
        funding_done(user, org, p, week, s, notes)
    elif stage == CONTESTED:
        contest_is_heard(user, org, p, week, s, notes)
    else:
        set_up_done(user, lead, org, p, week, s, notes)
    if keeps_ledger(notes) and OUTSIDE < user.pathway_stage < IN_USE:
        record_stage(notes, user, week)


@rule
def forms_measure(profession):
    """The measure that counts hours on forms of a worker of this profession."""
    if profession == BROKER:
        return M_HOURS_FORMS_BROKERS
    return M_HOURS_FORMS_COUNCIL if profession == COUNCIL_TEAM else M_HOURS_FORMS


@loop
def person_on_pathway(user, lead, org, p, week, notes):
    """Phase 7 for one person on the way: work, wait, leave or go on."""
    user.wait_left -= 1.0
    if user.barrier == B_FUNDING_DISPUTE:
        note(notes, M_DISPUTED_WEEKS, user.weight)
    if user.mental_state == INPATIENT:
        return
    if user.pathway_stage == SET_UP:
        org.running_cost += user.budget_gbp_per_year * user.weight
    s = stream(user.key, week)
    helped = int(lead.profession == BROKER or draw(user.key, purpose.PEER_WORKER) < p.peer_reach * p.peer_support)
    u = draw(s, purpose.LEAVE)
    if user_is_worn_out(user, org, p, week, helped, u):
        note(notes, M_LEFT_PROCESS, user.weight)
        note_wait(notes, user, 0)
        end_process(user, B_STEPS_AND_WAITS, p, week, chance_of_leaving(user, org, p, week, helped), u, notes)
        return
    if user.work_left > 0.0 and practitioner_can_act(lead, p):
        done = min(user.work_left, p.most_case_hours) * lead.case_share
        user.work_left -= done
        user.worked_hours += done
        user.worked_with += done * lead.involvement_possible
        spent = done * (p.shortest_forms + (1.0 - p.shortest_forms) * lead.involvement_possible) * user.weight
        lead.hours_forms += spent
        note(notes, forms_measure(lead.profession), spent)
    if user.pathway_stage != AT_PANEL and user.work_left <= 1e-9 and user.wait_left <= 0.0:
        stage_is_done(user, lead, org, p, week, s, notes)


@loop
def person_is_met(user, practitioners, localities, team, n_posts, p, week, notes):
    """Phases 6 to 8 for one person with a review due, a request, a process, a budget or a service."""
    org = localities[team.locality]
    s = stream(user.key, week)
    worker = practitioners[user.coordinator]
    occasion = NO_OCCASION
    if user.weeks_to_review <= 0 or user.asked == 1:
        occasion = person_has_occasion(user, worker, org, p, s, notes)
    if user.pathway_stage == OUTSIDE:
        if occasion != NO_OCCASION and user.eligible == 1 and week >= user.rest_until:
            opportunity_arises(user, practitioners, localities, team, n_posts, p, occasion, week, notes)
    else:
        user.weeks_in_stage += 1
        if user.pathway_stage == IN_USE:
            person_uses_budget(user, worker, org, p, week, notes)
        elif user.pathway_stage == HANDED_ON:
            user.wait_left -= 1.0
            if user.wait_left <= 0.0 and user.mental_state != INPATIENT:
                hand_off_arrives(user, practitioners[user.lead_worker], team, org, p, week, notes)
        else:
            person_on_pathway(user, practitioners[leader_of(user)], org, p, week, notes)
    if user.package == 1 and user.eligible == 1 and user.pathway_stage != IN_USE:
        person_is_counted_anew(user, org, p, s, notes)
