"""Phases 6 to 8: the practitioner's week, opportunities and their gates, the pathway stage by stage, relabelling.

Hours were shared before anyone is met here, so the order of people cannot matter: every case of a worker gets the same
share, and who is full was fixed at the start of the week.
"""

from persim import purposes as purpose
from persim.draws import draw, judgement_stream, stream
from persim.jit import loop
from persim.measures import (
    M_ACCEPTED,
    M_ASSESSMENTS,
    M_ASSESSMENTS_WITHOUT_PERSON,
    M_BUDGET_REVIEWS,
    M_BUDGET_REVIEWS_WITHOUT_PERSON,
    M_BUDGETS_CUT,
    M_BUDGETS_RAISED,
    M_CLOSED_ANY,
    M_CLOSED_FIRST,
    M_CONTEST_WON,
    M_DECLINED,
    M_DISPUTED_SPENDING,
    M_DISPUTED_WEEKS,
    M_DISPUTES,
    M_ENDED,
    M_HOURS_FORMS,
    M_LEFT_AT,
    M_LEFT_PROCESS,
    M_OFFERS,
    M_OPPORTUNITIES,
    M_OPPORTUNITIES_ASKED,
    M_OPPORTUNITIES_DEFAULT,
    M_OPPORTUNITIES_PASSED_ON,
    M_OPPORTUNITIES_REVIEW,
    M_PASSED_ON,
    M_PASSED_ON_BOUNCED,
    M_PASSED_ON_LOST,
    M_PASSED_ON_TAKEN,
    M_PLAN_INVOLVEMENT,
    M_PLANS,
    M_PLANS_WITHOUT_PERSON,
    M_RAISED,
    M_RELABEL_LAPSED,
    M_RELABELLED_NOW,
    M_REVIEWS_HELD,
    M_REVIEWS_SLIPPED,
    M_SET_UP_FAILED,
    M_SPEND_COUNCIL,
    M_SPEND_NHS,
    M_SPEND_PERSON,
    M_STARTED,
    M_WEEKS_TO_START,
)
from persim.phases.counting import count
from persim.phases.opening import outside_room
from persim.rules.caseload import judgement_period
from persim.rules.forms import unit
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
    user_chooses_form,
    user_enters_stage,
    user_finds_support,
    user_is_told_sum,
    user_is_worn_out,
    user_leaves_pathway,
    user_may_vary,
    user_starts_pathway,
    user_starts_using,
    user_takes_part,
)
from persim.rules.practice import (
    first_gate,
    gates_closed,
    practitioner_hands_on,
    share_of_voice,
    user_accepts,
    user_goes_to_broker,
    user_is_involved,
)
from persim.rules.targets import council_counts, user_label_lapses, user_service_is_relabelled
from persim.state import (
    ABSENT_ASSESSMENT,
    ABSENT_PLAN,
    ASSESSMENT,
    AT_PANEL,
    B_CONTRIBUTION,
    B_DECLINED,
    B_FUNDING_DISPUTE,
    B_HAND_OFF,
    B_MARKET,
    B_NO_COORDINATOR,
    B_NONE,
    B_PANEL,
    B_ROLE,
    B_STEPS_AND_WAITS,
    BROKER,
    COUNCIL_TEAM,
    DIRECT_PAYMENT,
    FUNDING,
    HANDED_ON,
    IN_USE,
    INDICATIVE,
    INPATIENT,
    INTEGRATED,
    LEAD_COORDINATOR,
    NO_FORM,
    OUTSIDE,
    PLAN,
    RAISED,
    SEPARATE,
    SET_UP,
    SOCIAL_WORKER,
    UNDERSTANDS,
    WAIT_BINS,
    YEAR,
)

NO_OCCASION, AT_REVIEW, ON_REQUEST, BY_DEFAULT, PASSED_ON = 0, 1, 2, 3, 4


@loop
def remember_gates(user, worker, closed, localities_tally, out, cells, groups):
    """Keep the gates of this opportunity on the person, and count the first and all of them."""
    first = first_gate(closed)
    user.barrier = first
    user.gates = closed
    localities_tally[worker.locality, first] += 1
    count(out, cells, groups, user, worker, M_CLOSED_FIRST + first, user.weight)
    for gate in range(1, B_DECLINED):
        if (closed >> gate) & 1 == 1:
            count(out, cells, groups, user, worker, M_CLOSED_ANY + gate, user.weight)


@loop
def count_opportunity(user, worker, occasion, out, cells, groups):
    """Count an opportunity and what brought it."""
    weight = user.weight
    user.n_opportunities += 1
    count(out, cells, groups, user, worker, M_OPPORTUNITIES, weight)
    if occasion == AT_REVIEW:
        count(out, cells, groups, user, worker, M_OPPORTUNITIES_REVIEW, weight)
    elif occasion == ON_REQUEST:
        count(out, cells, groups, user, worker, M_OPPORTUNITIES_ASKED, weight)
    elif occasion == BY_DEFAULT:
        count(out, cells, groups, user, worker, M_OPPORTUNITIES_DEFAULT, weight)
    else:
        count(out, cells, groups, user, worker, M_OPPORTUNITIES_PASSED_ON, weight)


@loop
def offer_is_made(user, worker, lead, org, p, week, out, cells, groups):
    """All gates stood open: the offer, and the person's own choice."""
    weight = user.weight
    user.n_offers += 1
    user.informed = UNDERSTANDS
    count(out, cells, groups, user, worker, M_OFFERS, weight)
    own = judgement_stream(user.key, -1, judgement_period(user, p, week))
    if user_accepts(user, org, p, draw(own, purpose.WILLING)):
        count(out, cells, groups, user, worker, M_ACCEPTED, weight)
        count(out, cells, groups, user, worker, M_RAISED, weight)
        user_starts_pathway(user, org, p, lead, week)
    else:
        count(out, cells, groups, user, worker, M_DECLINED, weight)
        user_leaves_pathway(user, p, B_DECLINED, week)


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
def hand_on(user, practitioners, localities, team, worker, n_posts, p, s, out, cells, groups):
    """Send the person to somebody else, to wait there; they are not told why."""
    taker = find_taker(user, practitioners, localities, team, n_posts, p, s)
    weeks = p.council_weeks if practitioners[taker].profession == COUNCIL_TEAM else p.handoff_weeks
    if taker != n_posts + 2 * team.locality + 1 or localities[team.locality].integration != SEPARATE:
        weeks = p.handoff_weeks
    user_enters_stage(user, HANDED_ON, 0.0, weeks)
    user.lead_worker = taker
    count(out, cells, groups, user, worker, M_PASSED_ON, user.weight)


@loop
def opportunity_arises(user, practitioners, localities, team, n_posts, p, occasion, week, tally, out, cells, groups):
    """One opportunity: every gate is tried, the first that closes is remembered, and all that would have."""
    worker = practitioners[user.coordinator]
    org = localities[team.locality]
    s = stream(user.key, week)
    count_opportunity(user, worker, occasion, out, cells, groups)
    if worker.works == 0:
        remember_gates(user, worker, 1 << B_NO_COORDINATOR, tally, out, cells, groups)
        return
    lead_row = user.coordinator
    broker = n_posts + 2 * team.locality
    if occasion == ON_REQUEST and user_goes_to_broker(user, practitioners[broker], org, p, draw(s, purpose.SELF_REFER)):
        lead_row = broker
    lead = practitioners[lead_row]
    period = judgement_period(user, p, week)
    judgement = judgement_stream(user.key, lead_row * 4096 + lead.holder, period)
    closed = gates_closed(lead, user, team, org, p, judgement, s, occasion == BY_DEFAULT)
    if closed == 0:
        offer_is_made(
            user,
            worker,
            LEAD_COORDINATOR if lead_row == user.coordinator else lead_row,
            org,
            p,
            week,
            out,
            cells,
            groups,
        )
        return
    remember_gates(user, worker, closed, tally, out, cells, groups)
    if first_gate(closed) == B_ROLE and practitioner_hands_on(lead, user, org, p, draw(judgement, purpose.HAND_ON)):
        hand_on(user, practitioners, localities, team, worker, n_posts, p, s, out, cells, groups)


@loop
def hand_off_arrives(user, practitioners, team, org, p, week, tally, out, cells, groups):
    """A hand-off reaches its taker: lost on the way, bounced, or taken and weighed anew."""
    worker = practitioners[user.coordinator]
    taker = practitioners[user.lead_worker]
    s = stream(user.key, week)
    weight = user.weight
    if draw(s, purpose.LOST) < p.handoff_lost:
        count(out, cells, groups, user, worker, M_PASSED_ON_LOST, weight)
        user_is_let_down(user, p)
        end_process(user, worker, B_HAND_OFF, p, week, tally, out, cells, groups)
        return
    limit = outside_room(taker, org, p) if taker.profession >= BROKER else int(p.handoff_full)
    row = user.lead_worker
    judgement = judgement_stream(user.key, row * 4096 + taker.holder, judgement_period(user, p, week))
    closed = gates_closed(taker, user, team, org, p, judgement, s, False)
    if taker.works == 0 or taker.lead_cases >= limit or (closed >> B_ROLE) & 1 == 1:
        count(out, cells, groups, user, worker, M_PASSED_ON_BOUNCED, weight)
        end_process(user, worker, B_HAND_OFF, p, week, tally, out, cells, groups)
        return
    count(out, cells, groups, user, worker, M_PASSED_ON_TAKEN, weight)
    count_opportunity(user, worker, PASSED_ON, out, cells, groups)
    if closed == 0:
        offer_is_made(user, worker, row, org, p, week, out, cells, groups)
        return
    user_leaves_pathway(user, p, B_NONE, week)
    remember_gates(user, worker, closed, tally, out, cells, groups)


@loop
def end_process(user, worker, barrier, p, week, tally, out, cells, groups):
    """The process ends without a budget: count at which stage, and remember why."""
    count(out, cells, groups, user, worker, M_LEFT_AT + user.pathway_stage, user.weight)
    tally[worker.locality, barrier] += 1
    user_leaves_pathway(user, p, barrier, week)


@loop
def count_wait(user, waits, went_on):
    """Count the end of a stage by its length in weeks."""
    waits[user.pathway_stage, min(WAIT_BINS - 1, user.weeks_in_stage), went_on] += 1


@loop
def assessment_done(user, lead, org, p, s, worker, out, cells, groups):
    """The assessment is made, with or without the person; the points give an indicative sum."""
    voice = share_of_voice(user, lead, org, p)
    present = user_takes_part(user, lead.involvement_possible, voice, ABSENT_ASSESSMENT, draw(s, purpose.ABSENT))
    count(out, cells, groups, user, worker, M_ASSESSMENTS, user.weight)
    if not present:
        count(out, cells, groups, user, worker, M_ASSESSMENTS_WITHOUT_PERSON, user.weight)
    user.budget_gbp_per_year = budget_sum(user, p)
    user.one_off = int(budget_is_one_off(user, p, draw(user.key, purpose.AMOUNT + 600)))
    user_enters_stage(user, INDICATIVE, 0.0, org.indicative_weeks)


@loop
def plan_done(user, lead, org, p, s, worker, out, cells, groups):
    """The support plan is written, with or without the person; then the question who pays."""
    voice = share_of_voice(user, lead, org, p)
    present = user_takes_part(user, lead.involvement_possible, voice, ABSENT_PLAN, draw(s, purpose.ABSENT))
    weight = user.weight
    count(out, cells, groups, user, worker, M_PLANS, weight)
    count(out, cells, groups, user, worker, M_PLAN_INVOLVEMENT, weight * user.involvement)
    if not present:
        count(out, cells, groups, user, worker, M_PLANS_WITHOUT_PERSON, weight)
    user.plan_agreed = int(user_agrees_plan(user, p, present, draw(s, purpose.AGREED)))
    user_enters_stage(user, FUNDING, 0.0, org.funding_weeks)
    if funding_is_disputed(user, org, p, draw(s, purpose.DISPUTE)):
        count(out, cells, groups, user, worker, M_DISPUTES, weight)
        user.wait_left += p.dispute_weeks
        user.barrier = B_FUNDING_DISPUTE
        user.gates = 1 << B_FUNDING_DISPUTE


@loop
def funding_done(user, org, p, week, waits, s, worker, tally, out, cells, groups):
    """Signatures are in and a dispute, if any, is over: a manager signs, or the papers go to the panel."""
    user.joint_funded = 0
    if user.barrier == B_FUNDING_DISPUTE:
        outcome = dispute_ends(p, draw(s, purpose.DISPUTE_END))
        if outcome == DISPUTE_NOWHERE:
            count_wait(user, waits, 0)
            end_process(user, worker, B_FUNDING_DISPUTE, p, week, tally, out, cells, groups)
            return
        user.joint_funded = int(outcome == DISPUTE_JOINT)
    count_wait(user, waits, 1)
    if manager_signs(user, p):
        org.committed += user.budget_gbp_per_year * user.weight
        user.barrier = B_STEPS_AND_WAITS
        user.gates = 1 << B_STEPS_AND_WAITS
        user_enters_stage(user, SET_UP, org.set_up_hours, org.set_up_weeks)
        return
    user_enters_stage(user, AT_PANEL, 0.0, 0.0)
    user.barrier = B_PANEL
    user.gates = 1 << B_PANEL


@loop
def set_up_done(user, lead, org, p, week, waits, s, worker, tally, out, cells, groups):
    """Set-up ends: a form that the market can bear, or nothing to buy; then the budget is in use."""
    user.budget_form = user_chooses_form(user, lead, org, p, s)
    form = user_finds_support(user, org, p, s)
    weight = user.weight
    if form == NO_FORM:
        user.budget_form = NO_FORM
        count(out, cells, groups, user, worker, M_SET_UP_FAILED, weight)
        count_wait(user, waits, 0)
        end_process(user, worker, B_MARKET, p, week, tally, out, cells, groups)
        return
    count_wait(user, waits, 1)
    user.budget_form = form
    user.can_vary = int(user_may_vary(user, org, p, draw(s, purpose.VARY)))
    count(out, cells, groups, user, worker, M_STARTED, weight)
    count(out, cells, groups, user, worker, M_WEEKS_TO_START, weight * (week - user.raised_week))
    if user.lead_worker == LEAD_COORDINATOR:
        lead.completed += 1
    user_starts_using(user, week)
    user.trust = unit(user.trust + p.trust_promise)


@loop
def stage_is_done(user, lead, org, p, week, waits, s, worker, tally, out, cells, groups):
    """Work and waiting of a stage are over: on to the next."""
    stage = user.pathway_stage
    if stage == FUNDING:
        funding_done(user, org, p, week, waits, s, worker, tally, out, cells, groups)
        return
    if stage == SET_UP:
        set_up_done(user, lead, org, p, week, waits, s, worker, tally, out, cells, groups)
        return
    count_wait(user, waits, 1)
    if stage == RAISED:
        user_enters_stage(user, ASSESSMENT, org.assessment_hours, org.assessment_weeks)
    elif stage == ASSESSMENT:
        assessment_done(user, lead, org, p, s, worker, out, cells, groups)
    elif stage == INDICATIVE:
        user.amount_known = int(user_is_told_sum(user, org, p, draw(s, purpose.SUM_TOLD)))
        user.contribution = int(user.s117 == 0 and draw(user.key, purpose.CONTRIBUTION) < p.contribution_share)
        if user.contribution == 1 and draw(s, purpose.CONTRIBUTION_DECLINED) < p.contribution_declines:
            end_process(user, worker, B_CONTRIBUTION, p, week, tally, out, cells, groups)
        else:
            user_enters_stage(user, PLAN, org.plan_hours, org.plan_weeks)
    elif stage == PLAN:
        plan_done(user, lead, org, p, s, worker, out, cells, groups)
    elif draw(s, purpose.CONTEST_WON) < p.contest_won:
        count(out, cells, groups, user, worker, M_CONTEST_WON, user.weight)
        user_enters_stage(user, SET_UP, org.set_up_hours, org.set_up_weeks)
        user.barrier = B_STEPS_AND_WAITS
        user.gates = 1 << B_STEPS_AND_WAITS
    else:
        user_is_let_down(user, p)
        end_process(user, worker, B_PANEL, p, week, tally, out, cells, groups)


@loop
def person_on_pathway(user, practitioners, team, org, p, week, waits, tally, out, cells, groups):
    """Phase 7 for one person on the way: work, wait, leave or go on."""
    worker = practitioners[user.coordinator]
    user.wait_left -= 1.0
    if user.pathway_stage == HANDED_ON:
        if user.wait_left <= 0.0 and user.mental_state != INPATIENT:
            hand_off_arrives(user, practitioners, team, org, p, week, tally, out, cells, groups)
        return
    if user.barrier == B_FUNDING_DISPUTE:
        count(out, cells, groups, user, worker, M_DISPUTED_WEEKS, user.weight)
    if user.mental_state == INPATIENT:
        return
    s = stream(user.key, week)
    lead = practitioners[user.coordinator if user.lead_worker == LEAD_COORDINATOR else user.lead_worker]
    helped = int(lead.profession == BROKER or draw(user.key, purpose.PEER_WORKER) < 0.6 * p.peer_support)
    if user_is_worn_out(user, org, p, week, helped, draw(s, purpose.LEAVE)):
        count(out, cells, groups, user, worker, M_LEFT_PROCESS, user.weight)
        count_wait(user, waits, 0)
        end_process(user, worker, B_STEPS_AND_WAITS, p, week, tally, out, cells, groups)
        return
    if user.work_left > 0.0 and lead.works == 1:
        done = min(user.work_left, p.most_case_hours) * lead.case_share
        user.work_left -= done
        spent = done * (p.shortest_forms + (1.0 - p.shortest_forms) * lead.involvement_possible) * user.weight
        lead.hours_forms += spent
        count(out, cells, groups, user, worker, M_HOURS_FORMS, spent)
    if user.pathway_stage != AT_PANEL and user.work_left <= 1e-9 and user.wait_left <= 0.0:
        stage_is_done(user, lead, org, p, week, waits, s, worker, tally, out, cells, groups)


@loop
def person_uses_budget(user, worker, org, p, week, waits, out, cells, groups):
    """Phase 7 for a budget in use: paused in hospital, reviewed, ended; what it spends and who pays."""
    s = stream(user.key, week)
    weight = user.weight
    user.paused = int(
        user.budget_form == DIRECT_PAYMENT and user.mental_state == INPATIENT and user.weeks_in_state > p.pause_weeks
    )
    if user.paused == 0:
        weekly = user.budget_gbp_per_year / YEAR * weight
        person = p.contribution_size * weekly if user.contribution == 1 else 0.0
        nhs = 0.5 * weekly if user.joint_funded == 1 else 0.0
        org.running_cost += user.budget_gbp_per_year * weight
        count(out, cells, groups, user, worker, M_SPEND_PERSON, person)
        count(out, cells, groups, user, worker, M_SPEND_NHS, nhs)
        count(out, cells, groups, user, worker, M_SPEND_COUNCIL, weekly - person - nhs)
        if draw(s, purpose.DISPUTED_SPENDING) < p.disputed_spending * (1.0 - p.qa_strictness):
            count(out, cells, groups, user, worker, M_DISPUTED_SPENDING, weight)
    if user.one_off == 0 and budget_review_is_due(user.weeks_in_stage) and worker.works == 1:
        count(out, cells, groups, user, worker, M_BUDGET_REVIEWS, weight)
        before = user.absent
        change = user_budget_is_reviewed(user, worker, org, p, s)
        if user.absent != before:
            count(out, cells, groups, user, worker, M_BUDGET_REVIEWS_WITHOUT_PERSON, weight)
        if change < 0:
            count(out, cells, groups, user, worker, M_BUDGETS_CUT, weight)
        elif change > 0:
            count(out, cells, groups, user, worker, M_BUDGETS_RAISED, weight)
    if user_budget_is_due_to_end(user, p, draw(s, purpose.END)):
        count(out, cells, groups, user, worker, M_ENDED, weight)
        count_wait(user, waits, 0)
        user_budget_ends(user, p, week, activity_can_go_on(org, p, draw(s, purpose.GOES_ON)))
        return
    user.counted = council_counts(user, p)


@loop
def person_is_counted_anew(user, worker, org, p, s, out, cells, groups):
    """Phase 8: an existing service is relabelled, or drops out of the count."""
    if user.counted == 1:
        if user_label_lapses(user, p, draw(s, purpose.LAPSE)):
            user.counted = 0
            count(out, cells, groups, user, worker, M_RELABEL_LAPSED, user.weight)
    elif user_service_is_relabelled(user, org, p, draw(s, purpose.RELABEL)):
        user.counted = 1
        count(out, cells, groups, user, worker, M_RELABELLED_NOW, user.weight)


@loop
def person_has_occasion(user, worker, org, p, s, out, cells, groups):
    """Phase 6: does this week bring an occasion to speak of budgets? Returns what brought it."""
    occasion = NO_OCCASION
    if user.weeks_to_review <= 0 and worker.works == 1 and user.mental_state != INPATIENT:
        if draw(s, purpose.REVIEW_HELD) < worker.gate_open:
            user.weeks_to_review = int(p.review_weeks)
            user.planned_with = int(user_is_involved(user, worker, org, p, draw(s, purpose.PLANNED_WITH)))
            occasion = AT_REVIEW
            if draw(s, purpose.DEFAULT_OFFER) < p.default_offer:
                occasion = BY_DEFAULT
            if user.eligible == 1:
                count(out, cells, groups, user, worker, M_REVIEWS_HELD, user.weight)
        elif user.eligible == 1:
            count(out, cells, groups, user, worker, M_REVIEWS_SLIPPED, user.weight)
    if user.asked == 1 and occasion == NO_OCCASION:
        occasion = ON_REQUEST
    return occasion


@loop
def person_is_met(
    row,
    users,
    practitioners,
    localities,
    team,
    n_posts,
    parameters,
    index,
    queue,
    week,
    waits,
    tally,
    out,
    cells,
    groups,
):
    """Phases 6 to 8 for one person on the caseload."""
    user = users[row]
    p = parameters[index]
    org = localities[team.locality]
    s = stream(user.key, week)
    worker = practitioners[user.coordinator]
    occasion = NO_OCCASION
    if user.weeks_to_review <= 0 or user.asked == 1:
        occasion = person_has_occasion(user, worker, org, p, s, out, cells, groups)
    if user.pathway_stage == OUTSIDE:
        if occasion != NO_OCCASION and user.eligible == 1 and week >= user.rest_until:
            opportunity_arises(
                user, practitioners, localities, team, n_posts, p, occasion, week, tally, out, cells, groups
            )
    else:
        user.weeks_in_stage += 1
        if user.pathway_stage == IN_USE:
            person_uses_budget(user, worker, org, p, week, waits, out, cells, groups)
        else:
            person_on_pathway(user, practitioners, team, org, p, week, waits, tally, out, cells, groups)
        if user.pathway_stage == AT_PANEL:
            queue[0] += 1
            queue[queue[0]] = row
    if user.pathway_stage != IN_USE and user.package == 1:
        person_is_counted_anew(user, worker, org, p, s, out, cells, groups)
