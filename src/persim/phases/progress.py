"""Phases 7 and 8 for one person: the pathway stage by stage, a budget in use, relabelling.

Each stage costs hours of whoever leads, and weeks. The panel meets in `persim.phases.opening`.
"""

from persim import purposes as purpose
from persim.draws import draw, stream
from persim.jit import loop, rule
from persim.measures import (
    M_ASSESSMENTS,
    M_ASSESSMENTS_WITHOUT_PERSON,
    M_BUDGET_REVIEWS,
    M_BUDGET_REVIEWS_WITHOUT_PERSON,
    M_BUDGETS_CUT,
    M_BUDGETS_RAISED,
    M_CONTEST_WON,
    M_DISPUTED_SPENDING,
    M_DISPUTED_WEEKS,
    M_DISPUTES,
    M_ENDED,
    M_HOURS_FORMS,
    M_HOURS_FORMS_BROKERS,
    M_HOURS_FORMS_COUNCIL,
    M_LEFT_PROCESS,
    M_PLAN_INVOLVEMENT,
    M_PLANS,
    M_PLANS_WITHOUT_PERSON,
    M_RELABEL_LAPSED,
    M_RELABELLED_NOW,
    M_SET_UP_FAILED,
    M_SPEND_COUNCIL,
    M_SPEND_NHS,
    M_SPEND_PERSON,
    M_STARTED,
    M_WEEKS_TO_START,
)
from persim.phases.counting import note, note_wait
from persim.phases.meeting import NO_OCCASION, end_process, hand_off_arrives, opportunity_arises, person_has_occasion
from persim.rules.information import user_is_let_down
from persim.rules.pathway import (
    DISPUTE_JOINT,
    DISPUTE_NOWHERE,
    activity_can_go_on,
    budget_is_one_off,
    budget_review_is_due,
    budget_sum,
    dispute_ends,
    funding_is_disputed,
    manager_signs,
    user_agrees_plan,
    user_budget_ends,
    user_budget_is_due_to_end,
    user_budget_is_reviewed,
    user_budget_pauses,
    user_chooses_form,
    user_enters_stage,
    user_finds_support,
    user_is_asked_to_contribute,
    user_is_told_sum,
    user_is_worn_out,
    user_may_vary,
    user_starts_using,
    user_takes_part,
    user_waits_for,
)
from persim.rules.practice import share_of_voice
from persim.rules.targets import council_counts, user_label_lapses, user_service_is_relabelled
from persim.state import (
    ABSENT_ASSESSMENT,
    ABSENT_PLAN,
    ABSENT_REVIEW,
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
    LEAD_COORDINATOR,
    NO_FORM,
    OUTSIDE,
    PLAN,
    RAISED,
    SET_UP,
    YEAR,
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
    user.one_off = int(budget_is_one_off(user, p, draw(user.key, purpose.AMOUNT + 600)))
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
    user_enters_stage(user, FUNDING, 0.0, org.funding_weeks)
    if funding_is_disputed(user, org, p, draw(s, purpose.DISPUTE)):
        note(notes, M_DISPUTES, weight)
        user.wait_left += p.dispute_weeks
        user_waits_for(user, B_FUNDING_DISPUTE)


@loop
def funding_done(user, org, p, week, s, notes):
    """Signatures are in and a dispute, if any, is over: a manager signs, or the papers go to the panel."""
    user.joint_funded = 0
    if user.barrier == B_FUNDING_DISPUTE:
        outcome = dispute_ends(p, draw(s, purpose.DISPUTE_END))
        if outcome == DISPUTE_NOWHERE:
            note_wait(notes, user, 0)
            end_process(user, B_FUNDING_DISPUTE, p, week, notes)
            return
        user.joint_funded = int(outcome == DISPUTE_JOINT)
    note_wait(notes, user, 1)
    if manager_signs(user, p):
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
    if form == NO_FORM:
        user.budget_form = NO_FORM
        note(notes, M_SET_UP_FAILED, weight)
        note_wait(notes, user, 0)
        end_process(user, B_MARKET, p, week, notes)
        return
    note_wait(notes, user, 1)
    user.budget_form = form
    user.can_vary = int(user_may_vary(user, org, p, draw(s, purpose.VARY)))
    note(notes, M_STARTED, weight)
    note(notes, M_WEEKS_TO_START, weight * (week - user.raised_week))
    lead.completed += 1
    user_starts_using(user, p, week)
    user.counted = council_counts(user, p)


@loop
def sum_is_indicated(user, org, p, week, s, notes):
    """The indicative sum is told or not; someone asked for a contribution may end it here."""
    user.amount_known = int(user_is_told_sum(user, org, p, draw(s, purpose.SUM_TOLD)))
    user.contribution = int(user_is_asked_to_contribute(user, p))
    if user.contribution == 1 and draw(s, purpose.CONTRIBUTION_DECLINED) < p.contribution_declines:
        note_wait(notes, user, 0)
        end_process(user, B_CONTRIBUTION, p, week, notes)
        return
    note_wait(notes, user, 1)
    user_enters_stage(user, PLAN, org.plan_hours, org.plan_weeks)


@loop
def contest_is_heard(user, org, p, week, s, notes):
    """A contested refusal is reconsidered, or upheld."""
    if draw(s, purpose.CONTEST_WON) >= p.contest_won:
        note_wait(notes, user, 0)
        user_is_let_down(user, p)
        end_process(user, B_PANEL, p, week, notes)
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
    if user_is_worn_out(user, org, p, week, helped, draw(s, purpose.LEAVE)):
        note(notes, M_LEFT_PROCESS, user.weight)
        note_wait(notes, user, 0)
        end_process(user, B_STEPS_AND_WAITS, p, week, notes)
        return
    if user.work_left > 0.0 and lead.works == 1:
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
def person_uses_budget(user, worker, org, p, week, notes):
    """Phase 7 for a budget in use: paused in hospital, reviewed, ended; what it spends and who pays."""
    s = stream(user.key, week)
    weight = user.weight
    user.paused = int(user_budget_pauses(user, p))
    if user.paused == 0:
        weekly = user.budget_gbp_per_year * weight / (p.one_off_weeks if user.one_off == 1 else YEAR)
        person = p.contribution_size * weekly if user.contribution == 1 else 0.0
        nhs = p.joint_share * weekly if user.joint_funded == 1 else 0.0
        org.running_cost += user.budget_gbp_per_year * weight
        note(notes, M_SPEND_PERSON, person)
        note(notes, M_SPEND_NHS, nhs)
        note(notes, M_SPEND_COUNCIL, max(0.0, weekly - person - nhs))
        if draw(s, purpose.DISPUTED_SPENDING) < p.disputed_spending * (1.0 - p.qa_strictness):
            note(notes, M_DISPUTED_SPENDING, weight)
    if user.one_off == 0 and budget_review_is_due(user.weeks_in_stage) and worker.works == 1:
        note(notes, M_BUDGET_REVIEWS, weight)
        change = user_budget_is_reviewed(user, worker, org, p, s)
        if user.absent & ABSENT_REVIEW != 0:
            note(notes, M_BUDGET_REVIEWS_WITHOUT_PERSON, weight)
        if change < 0:
            note(notes, M_BUDGETS_CUT, weight)
        elif change > 0:
            note(notes, M_BUDGETS_RAISED, weight)
    if user_budget_is_due_to_end(user, p, draw(s, purpose.END)):
        note(notes, M_ENDED, weight)
        note_wait(notes, user, 0)
        user_budget_ends(user, p, week, activity_can_go_on(org, p, draw(s, purpose.GOES_ON)))
        return
    user.counted = council_counts(user, p)


@loop
def person_is_counted_anew(user, org, p, s, notes):
    """Phase 8: an existing service is relabelled, or drops out of the count."""
    if user.counted == 1:
        if user_label_lapses(user, p, draw(s, purpose.LAPSE)):
            user.counted = 0
            note(notes, M_RELABEL_LAPSED, user.weight)
    elif user_service_is_relabelled(user, org, p, draw(s, purpose.RELABEL)):
        user.counted = 1
        note(notes, M_RELABELLED_NOW, user.weight)


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
            lead = practitioners[user.coordinator if user.lead_worker == LEAD_COORDINATOR else user.lead_worker]
            person_on_pathway(user, lead, org, p, week, notes)
    if user.package == 1 and user.eligible == 1 and user.pathway_stage != IN_USE:
        person_is_counted_anew(user, org, p, s, notes)
