"""The start of a week: policy sets each locality's terms, money and push; outside workers are ready; panels meet."""

from persim import purposes as purpose
from persim.draws import draw, stream
from persim.events import E_CONTEST
from persim.jit import loop
from persim.measures import M_CONTESTED, M_COUNCIL_RATE, M_LOCALITIES, M_LOCALITIES_ON_TARGET, M_REFUSED, M_SENT_BACK
from persim.phases.counting import N_PROFESSIONS, POST_GROUP, add_notes, keeps_ledger, note, note_wait, record, turn_to
from persim.phases.meeting import end_process
from persim.phases.recording import record_panel, record_stage
from persim.rules.culture import organisation_feels_media, organisation_sets_terms
from persim.rules.information import user_is_let_down
from persim.rules.panels import (
    FUNDED,
    SENT_BACK,
    chance_of_contesting,
    panel_decides,
    panel_keeps,
    panel_sits,
    user_contests,
)
from persim.rules.pathway import user_enters_stage, user_waits_for
from persim.rules.practice import outside_worker_is_ready
from persim.rules.targets import organisation_reckons_money
from persim.state import AT_PANEL, B_PANEL, B_STEPS_AND_WAITS, CONTESTED, PLAN, SET_UP


@loop
def localities_open(localities, practitioners, n_posts, parameters, index, week, out, groups):
    """Phase 1: policy. Every locality's terms for this week, and how its council stands to its target."""
    p = parameters[index]
    for number in range(len(localities)):
        org = localities[number]
        organisation_feels_media(org, p)
        organisation_sets_terms(org, p)
        organisation_reckons_money(org, p, week)
        outside_worker_is_ready(practitioners[n_posts + 2 * number], org, p)
        outside_worker_is_ready(practitioners[n_posts + 2 * number + 1], org, p)
        if org.n_teams == 0:
            continue
        here = groups[POST_GROUP] + number * N_PROFESSIONS
        out[here, M_LOCALITIES] += 1.0
        out[here, M_COUNCIL_RATE] += org.council_rate
        out[here, M_LOCALITIES_ON_TARGET] += 1.0 if 0.0 < p.target <= org.council_rate else 0.0


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
    if keeps_ledger(notes):
        record_panel(notes, user, org, p, s, decision)
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
        contests = user_contests(user, org, p, draw(s, purpose.CONTEST))
        if keeps_ledger(notes):
            chance, u = chance_of_contesting(user, org, p), draw(s, purpose.CONTEST)
            record(notes, E_CONTEST, int(contests), -1, 0, user.confidence, org.power_distance, chance, u)
        if contests:
            note(notes, M_CONTESTED, user.weight)
            user_enters_stage(user, CONTESTED, 0.0, p.contest_weeks)
        else:
            user_is_let_down(user, p)
            end_process(user, B_PANEL, p, week, 0.0, 0.0, notes)
            return
    if keeps_ledger(notes):
        record_stage(notes, user, week)


@loop
def panels_meet(
    users, practitioners, localities, parameters, index, queue, week, out, cells, groups, notes, tally, waits
):
    """Phase 7, the panel: oldest cases first, as many as there are places. Unused places keep for some weeks."""
    p = parameters[index]
    for number in range(len(localities)):
        org = localities[number]
        weekly = org.panel_places * org.eligible_before / 1000.0
        org.panel_carried = min(org.panel_carried + weekly, weekly * panel_keeps(org, p) + 1.0) if weekly > 0.0 else 0.0
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
            turn_to(notes, week, row)
            decide_case(user, org, p, week, notes)
            add_notes(notes, out, cells, groups, user, practitioners[user.coordinator], tally, waits)
