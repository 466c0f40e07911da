"""The start of a week: policy sets each locality's terms, money and push; outside workers are ready; panels meet."""

from persim import purposes as purpose
from persim.draws import draw, stream
from persim.jit import loop, rule
from persim.measures import M_CONTESTED, M_LEFT_AT, M_REFUSED, M_SENT_BACK
from persim.phases.counting import add_notes, note, note_wait
from persim.rules.culture import organisation_feels_media, organisation_sets_terms
from persim.rules.forms import odds_shift
from persim.rules.information import user_is_let_down
from persim.rules.pathway import (
    FUNDED,
    SENT_BACK,
    panel_decides,
    user_contests,
    user_enters_stage,
    user_leaves_pathway,
    user_waits_for,
)
from persim.rules.targets import push
from persim.state import (
    AT_PANEL,
    B_PANEL,
    B_STEPS_AND_WAITS,
    BROKER,
    CONTESTED,
    PLAN,
    SET_UP,
    YEAR,
)

COUNCIL_HOURS_A_CASE = 1.5


@rule
def organisation_reckons_money(org, p, week):
    """The year's pot, what it has committed, and how far the council is from its target."""
    org.caseload_factor *= 1.0 + p.caseload_growth / YEAR
    org.pot_factor *= 1.0 + p.pot_growth / YEAR
    if week % YEAR == 0:
        org.committed = org.running_cost
    org.pot = p.pot_per_eligible * org.eligible_now * org.pot_factor
    org.eligible_before = org.eligible_now
    here = org.counted_now / org.eligible_now if org.eligible_now > 0.0 else 0.0
    others = odds_shift(p.other_clients_rate, org.odds_other_clients)
    org.council_rate = p.mental_health_weight * here + (1.0 - p.mental_health_weight) * others
    org.push = push(org, p)
    org.compelled_share = org.compelled_now / org.people_now if org.people_now > 0.0 else 0.0
    org.eligible_now = 0.0
    org.counted_now = 0.0
    org.compelled_now = 0.0
    org.people_now = 0.0
    org.running_cost = 0.0


@rule
def outside_worker_is_ready(worker, org, p):
    """Brokers and the council team: their attitudes, and this week's hours shared over last week's demand.

    Brokers know the process and hold it their own job; they bypass the role gate, not risk or panel.
    """
    worker.lead_cases = worker.next_lead_cases
    worker.next_lead_cases = 0
    worker.works = 1
    worker.gate_open = 1.0
    worker.squeeze = 0.0
    worry = odds_shift(org.risk_aversion, p.worry_social_worker)
    if worker.profession == BROKER:
        worker.legitimacy = 1.0
        worker.knowledge = 1.0
        worker.social_care_knowledge = 1.0
        worker.medical_orientation = 0.0
        worker.worry_person = worry * p.broker_worry
        worker.worry_self = 0.0
        hours = p.brokers * org.n_teams * p.contract_hours * p.broker_direct_share
    else:
        worker.legitimacy = 1.0 - odds_shift(org.role_boundary, p.boundary_council)
        worker.knowledge = p.knowledge_social_worker
        worker.social_care_knowledge = p.recognises_social_worker
        worker.medical_orientation = 0.5 * org.medical_model
        worker.worry_person = worry
        worker.worry_self = worry
        hours = p.council_cases * org.n_teams * COUNCIL_HOURS_A_CASE
    worker.social_hours = hours
    due = worker.hours_due
    worker.hours_due = 0.0
    if due <= 0.0:
        worker.involvement_possible = 1.0 - 0.5 * worker.medical_orientation
        worker.case_share = 1.0
        return
    part = (hours / due - p.shortest_forms) / max(0.01, 1.0 - p.shortest_forms)
    part = min(1.0 - 0.5 * worker.medical_orientation, max(p.least_involvement, part))
    worker.involvement_possible = part
    worker.case_share = min(1.0, hours / (due * (p.shortest_forms + (1.0 - p.shortest_forms) * part)))


@rule
def outside_room(worker, org, p):
    """How many cases brokers or the council team of this locality can hold."""
    if worker.profession == BROKER:
        return int(p.brokers * org.n_teams * p.broker_cases)
    return int(p.council_cases * org.n_teams)


@loop
def localities_open(localities, practitioners, n_posts, parameters, index, week):
    """Phase 1: policy. Every locality's terms for this week."""
    p = parameters[index]
    for number in range(len(localities)):
        org = localities[number]
        organisation_feels_media(org, p)
        organisation_sets_terms(org, p)
        organisation_reckons_money(org, p, week)
        outside_worker_is_ready(practitioners[n_posts + 2 * number], org, p)
        outside_worker_is_ready(practitioners[n_posts + 2 * number + 1], org, p)


@rule
def panel_sits(org, p, week):
    """Does the locality's funding panel meet this week? Weekly, or every few weeks in a rural one."""
    interval = int(p.rural_panel_interval) if org.rural == 1 else 1
    return week % max(1, interval) == 0


@loop
def oldest_case(users, practitioners, queue, number, week):
    """The waiting case of this locality that has waited longest; ties go by a keyed ticket. Returns a row or -1."""
    best, longest, ticket = -1, -1, 0.0
    for q in range(1, queue[0] + 1):
        user = users[queue[q]]
        if user.pathway_stage != AT_PANEL or practitioners[user.coordinator].locality != number:
            continue
        if user.weeks_in_stage < longest:
            continue
        own = draw(stream(user.key, week), purpose.TICKET)
        if user.weeks_in_stage > longest or own < ticket:
            best, longest, ticket = queue[q], user.weeks_in_stage, own
    return best


@loop
def decide_case(user, org, p, week, notes):
    """The panel decides one case, and what follows from it."""
    s = stream(user.key, week)
    decision = panel_decides(user, org, p, s)
    if decision == FUNDED:
        note_wait(notes, user, 1)
        org.committed += user.budget_gbp_per_year * user.weight
        user_enters_stage(user, SET_UP, org.set_up_hours, org.set_up_weeks)
        user_waits_for(user, B_STEPS_AND_WAITS)
    elif decision == SENT_BACK:
        note_wait(notes, user, 0)
        note(notes, M_SENT_BACK, user.weight)
        user_enters_stage(user, PLAN, 0.5 * org.plan_hours, 0.5 * org.plan_weeks)
        user_waits_for(user, B_STEPS_AND_WAITS)
    else:
        note_wait(notes, user, 0)
        note(notes, M_REFUSED, user.weight)
        if user_contests(user, org, p, draw(s, purpose.CONTEST)):
            note(notes, M_CONTESTED, user.weight)
            user_enters_stage(user, CONTESTED, 0.0, 8.0)
        else:
            note(notes, M_LEFT_AT + AT_PANEL, user.weight)
            user_is_let_down(user, p)
            user_leaves_pathway(user, p, B_PANEL, week)


@loop
def panels_meet(
    users, practitioners, localities, parameters, index, queue, week, out, cells, groups, notes, tally, waits
):
    """Phase 7, the panel: oldest cases first, as many as there are places. Unused places keep for four weeks at most."""
    p = parameters[index]
    for number in range(len(localities)):
        org = localities[number]
        weekly = org.panel_places * org.eligible_before / 1000.0
        org.panel_carried = min(org.panel_carried + weekly, weekly * 4.0 + 1.0) if weekly > 0.0 else 0.0
        if not panel_sits(org, p, week):
            continue
        while org.panel_carried > 0.0:
            row = oldest_case(users, practitioners, queue, number, week)
            if row < 0:
                break
            user = users[row]
            if org.panel_carried < user.weight and draw(stream(user.key, week), purpose.TICKET + 400) >= (
                org.panel_carried / user.weight
            ):
                break
            org.panel_carried -= user.weight
            decide_case(user, org, p, week, notes)
            add_notes(notes, out, cells, groups, user, practitioners[user.coordinator], tally, waits)
