"""Phase 2 for the posts of a team: who is there this week, and which approved professional is on duty."""

from persim import purposes as purpose
from persim.draws import draw, stream
from persim.jit import loop
from persim.phases.counting import keeps_ledger, turn_to
from persim.phases.recording import record_post_change
from persim.rules.caseload import holder_stream, practitioner_arrives, practitioner_stays_in_post


@loop
def post_opens_week(worker, number, org, p, seed, week, notes):
    """Phase 2 for a post: turnover, vacancy, sickness; the week's sheet is blank."""
    vacant, sick = worker.vacant_weeks, worker.sick_weeks
    worker.fresh_holder = practitioner_stays_in_post(worker, p, stream(worker.key, week))
    if worker.fresh_holder == 1:
        practitioner_arrives(worker, org, p, holder_stream(seed, number, worker.holder))
    if keeps_ledger(notes):
        record_post_change(notes, worker, number, vacant, sick, p, stream(worker.key, week))
    worker.works = int(worker.vacant_weeks == 0 and worker.sick_weeks == 0)
    worker.lead_cases = worker.next_lead_cases
    worker.next_lead_cases = 0.0
    worker.completed = 0
    worker.hours_crisis = 0.0
    worker.hours_detained = 0.0
    worker.hours_cto = 0.0
    worker.hours_unsettled = 0.0
    worker.hours_routine = 0.0
    worker.hours_reviews = 0.0
    worker.hours_talk = 0.0
    worker.hours_due = 0.0
    worker.hours_forms = 0.0


@loop
def team_opens_week(team, practitioners, org, parameters, index, n_posts, seed, week, notes):
    """Phase 2 for the posts of a team: who is there, and which AMHP is on duty (the council's if none is at work)."""
    p = parameters[index]
    turn_to(notes, week, -1)
    first, last = team.first_post, team.first_post + team.n_posts
    at_work = 0
    team.n_working = 0
    team.cover_hours = 0.0
    for j in range(first, last):
        post_opens_week(practitioners[j], j, org, p, seed, week, notes)
        team.n_working += practitioners[j].works
        at_work += practitioners[j].amhp * practitioners[j].works
    team.duty_amhp = n_posts + 2 * team.locality + 1
    nth = int(draw(stream(team.key, week), purpose.AGREE) * at_work)
    for j in range(first, last):
        if practitioners[j].amhp * practitioners[j].works == 1:
            if nth == 0:
                team.duty_amhp = j
            nth -= 1
