"""What the rows about posts, teams and localities should hold (see `ledger_witness`)."""

from ledger_witness import copied, holds, named

from persim import events as e
from persim import purposes as purpose
from persim.draws import draw, stream
from persim.rules import caseload, culture, practice, targets
from persim.state import BROKER, YEAR


@holds(e.E_POST)
def _(w, user):
    row = w.number
    before, org = w.posts_before[row], w.world.localities[w.posts[row].locality]
    after, p, s = copied(before), w.p, stream(before.key, w.week)
    fresh = caseload.practitioner_stays_in_post(after, p, s)
    columns = named(practitioner=row, detail=after.holder, first=0, second=0, threshold=0, draw=0)
    if fresh:
        caseload.practitioner_arrives(after, org, p, caseload.holder_stream(w.seed, row, after.holder))
        chance, u, what = 1.0 / p.vacancy_weeks, draw(s, purpose.FILL_POST), e.POST_FILLED
        columns |= named(outcome=what, first=before.vacant_weeks, second=after.legitimacy, threshold=chance, draw=u)
    elif after.vacant_weeks:
        chance, u = p.turnover / YEAR, draw(s, purpose.LEAVE_POST)
        columns |= named(outcome=e.POST_LEFT, threshold=chance, draw=u)
    elif after.sick_weeks:
        chance, u, what = p.sickness_rate, draw(s, purpose.SICK), e.POST_ILL
        columns |= named(outcome=what, first=after.sick_weeks, threshold=chance, draw=u)
    else:
        return columns | named(outcome=e.POST_BACK)
    assert u < chance
    return columns


def week_of(w):
    """A post at the end of the week, its hours shared out once more; those outside the teams as they stand."""
    post = copied(w.posts_before[w.number])
    if post.profession >= BROKER:
        return w.posts[w.number]
    for name in ("social_hours", "overtime", "displaced", "gate_open", "involvement_possible", "case_share"):
        setattr(post, name, -1.0)
    practice.practitioner_shares_hours(post, w.p)
    return post


@holds(e.E_POST_WEEK)
def _(w, user):
    post = week_of(w)
    contacts = post.hours_crisis + post.hours_detained + post.hours_cto + post.hours_unsettled + post.hours_routine
    return named(
        outcome=post.vacant_weeks == post.sick_weeks == 0, practitioner=w.number, detail=int(1000.0 * post.gate_open),
        first=contacts, second=post.hours_reviews + post.hours_talk, threshold=post.involvement_possible,
        draw=post.case_share,
    )  # fmt: skip


@holds(e.E_POST_HOURS)
def _(w, user):
    post, row = week_of(w), w.number
    begun = w.counted(e.E_IN_USE, lambda person, columns: columns["practitioner"] == row)
    return named(
        practitioner=row, detail=begun, first=post.overtime, second=post.displaced, threshold=post.social_hours,
        draw=post.hours_forms,
    )  # fmt: skip


@holds(e.E_ALARM)
def _(w, user):
    team = w.team_before
    after, org, ours = (
        copied(team),
        w.world.localities[team.locality],
        range(team.first_user, team.first_user + team.n_users),
    )
    after.incidents = w.counted(e.E_INCIDENT, lambda person, columns: person in ours and columns["outcome"])
    culture.team_alarm_moves(after, org, w.p)
    return named(
        outcome=after.incidents, practitioner=team.first_post, detail=w.number, first=team.alarm, second=after.alarm
    )  # fmt: skip


@holds(e.E_TERMS)
def _(w, user):
    org = w.org
    return named(
        detail=w.number, first=targets.push(org, w.p), second=org.council_rate, threshold=org.effort, draw=org.market
    )  # fmt: skip


@holds(e.E_CLIMATE)
def _(w, user):
    org = w.org
    return named(
        detail=w.number, first=org.blame, second=org.power_distance, threshold=org.compelled_share, draw=org.stigma
    )  # fmt: skip


@holds(e.E_SPIRAL)
def _(w, user):
    w.spirals[w.number] += 1
    return named(outcome=w.org.spiral_aim, detail=w.number, first=w.spirals[w.number])
