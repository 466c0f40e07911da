"""The order of a week, and the run of weeks.

A week opens everywhere (policy, terms, panels), then each team lives, works and ends its week, so that a team's people
stay in the processor's cache, then localities close. What a team reads of others was fixed at the start of the week, so
the order of teams cannot matter.
"""

from persim.jit import entry, loop, rule
from persim.measures import N_STOCKS
from persim.phases.census import team_is_counted
from persim.phases.closing import localities_close, person_ends_week, team_learns
from persim.phases.counting import add_notes, has_notes, turn_to
from persim.phases.living import team_lives
from persim.phases.opening import localities_open, panels_meet
from persim.phases.progress import person_is_met
from persim.phases.staffing import team_opens_week
from persim.rules.practice import practitioner_covers_for_others, practitioner_shares_hours
from persim.state import AT_PANEL, AWAY, OUTSIDE

# What happens in a week, in order: (phases of the model, who, the loop that runs them).
PHASES = (
    ("1 policy", "localities", "localities_open"),
    ("7 panel", "localities", "panels_meet"),
    ("2 caseload: posts", "practitioners of a team", "team_opens_week"),
    ("2-5 caseload, mental state, compulsion, information", "people of a team", "team_lives"),
    ("6 hours", "practitioners of a team", "team_shares_hours"),
    ("6-9 opportunities, pathway, target, outcomes", "people of a team", "team_works"),
    ("10 culture of a team", "practitioners of a team", "team_learns"),
    ("11 census", "people of a team", "team_is_counted"),
    ("10 culture of a locality", "localities", "localities_close"),
)


@loop
def team_shares_hours(team, practitioners, parameters, index):
    """Phase 6: every post of the team shares out its week."""
    for j in range(team.first_post, team.first_post + team.n_posts):
        practitioner_covers_for_others(practitioners[j], team)
        practitioner_shares_hours(practitioners[j], parameters[index])


@rule
def is_met(user):
    """Does this week bring anything between this person and the service's budgets: a review, a request, a process?"""
    if user.weeks_to_review <= 0 or user.asked == 1:
        return True
    return user.pathway_stage != OUTSIDE or (user.package == 1 and user.eligible == 1)


@loop
def team_works(
    team,
    users,
    practitioners,
    localities,
    n_posts,
    parameters,
    index,
    queue,
    week,
    out,
    cells,
    groups,
    notes,
    tally,
    waits,
):
    """Phases 6 to 9 for the team's people."""
    org = localities[team.locality]
    p = parameters[index]
    for row in range(team.first_user, team.first_user + team.n_users):
        user = users[row]
        if user.place == AWAY:
            user.peer_signal = 0
            continue
        if is_met(user):
            turn_to(notes, week, row)
            person_is_met(user, practitioners, localities, team, n_posts, p, week, notes)
            if user.pathway_stage == AT_PANEL:
                queue[0] += 1
                queue[queue[0]] = row
            if has_notes(notes):
                add_notes(notes, out, cells, groups, user, practitioners[user.coordinator], tally, waits)
        person_ends_week(user, org, p, week)


@loop
def one_week(world, seed, enriched, week, index, out, cells, groups, notes):
    """One week of the whole world.

    Args:
        world: `persim.state.World`, changed in place.
        week: calendar week, 0 = the week of 7 April 2008. index: the week's row of `world.parameters`.
        out: float64 (n_groups, N_FIELDS), added to. groups: int64 (N_DIMENSIONS,), first row of each dimension or -1.
        cells, notes: scratch, as `persim.phases.counting.scratch` makes them.
    """
    users, practitioners, teams, localities, parameters, queue, tally, waits = world
    n_posts = len(practitioners) - 2 * len(localities)
    localities_open(localities, practitioners, n_posts, parameters, index, week, out, groups)
    panels_meet(
        users, practitioners, localities, parameters, index, queue, week, out, cells, groups, notes, tally, waits
    )
    queue[0] = 0
    for number in range(len(teams)):
        team = teams[number]
        org = localities[team.locality]
        team_opens_week(team, practitioners, org, parameters, index, n_posts, seed, week, notes)
        team_lives(
            team, users, practitioners, org, parameters, index, seed, enriched, week, out, cells, groups, notes, tally,
            waits,
        )  # fmt: skip
        team_shares_hours(team, practitioners, parameters, index)
        team_works(
            team, users, practitioners, localities, n_posts, parameters, index, queue, week, out, cells, groups, notes,
            tally, waits,
        )  # fmt: skip
        team_learns(team, practitioners, org, parameters, index, week, out, groups, notes)
        team_is_counted(team, users, practitioners, parameters, index, week, out, cells, groups)
    localities_close(localities, practitioners, n_posts, parameters, index, week, tally, notes)


@entry
def run_weeks(world, seed, enriched, first_week, index, done, n_weeks, record_every, out, cells, groups, notes):
    """Some weeks of a run, recorded in periods: `n_weeks` of them, after the first `done` that are recorded already.

    Args:
        index: the week of the run, from 0, at which the record begins.
        out: float64 (n_periods, n_groups, N_FIELDS); flows add up over a period, stocks are those of its last week.
        record_every: weeks in a period.
    """
    for step in range(done, done + n_weeks):
        row = out[step // record_every]
        if step % record_every != 0:
            row[:, :N_STOCKS] = 0.0
        one_week(world, seed, enriched, first_week + index + step, index + step, row, cells, groups, notes)
