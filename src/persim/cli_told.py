"""What the commands that tell stories share: how wide they show, and what they check and say before they run."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from persim import terminal
from persim.errors import InputError

if TYPE_CHECKING:
    from persim.coordinator_week import CoordinatorWeek
    from persim.lives import Lives
    from persim.meeting_views import PersonsMeetings
    from persim.scenario import Scenario

PAGE, NARROWEST = 100, 40  # signs of a page: of a file, and at most of a terminal; at least


def page(most: int = PAGE) -> int:
    """How wide a story is shown: as the terminal, at most `most` signs; 100 where it goes to a file."""
    from persim.cli_runs import _page

    if not _is_terminal():
        return PAGE
    return max(NARROWEST, min(_page(), most))


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def say_if_arms(scenario: Scenario) -> None:
    """Say that a scenario with arms is run without any of them."""
    if scenario.arms:
        names = ", ".join(f"{scenario.name}/{arm.name}" for arm in scenario.arms)
        terminal.say(f"{scenario.name} has arms, and this runs it without any; also to be run: {names}")


def check_before_the_run(
    scenario: Scenario, person: int | None, practitioner: int | None = None, team: int | None = None,
    span: tuple[int, int] | None = None,
) -> None:  # fmt: skip
    """Raises: InputError, before anything is run, if there will be no such person, post or team, or no such weeks."""
    from persim.caseload_year import check_span
    from persim.state import POSTS_PER_TEAM

    n_posts = -(-scenario.n_users // max(1, int(scenario.weekly_parameters()["rows_per_post"][0])))
    n_teams = -(-n_posts // POSTS_PER_TEAM)
    asked = (
        (person, "person", "people", scenario.n_users),
        (practitioner, "practitioner", "posts", n_posts),
        (team, "team", "teams", n_teams),
    )
    for number, what, plural, n in asked:
        if number is not None and not 0 <= number < n:
            raise InputError(f"there is no {what} {number}: {plural} are numbered 0 to {n - 1}")
    if span is not None:
        check_span(span, scenario.start_week, scenario.start_week + scenario.n_weeks)


@dataclass(frozen=True)
class ToShow:
    """What is shown and never written: one person's meetings, or one week of one post.

    Attributes:
        person, pick: whose meetings, by number or by choice; neither if they were not asked for.
        post: whose week. week: the calendar week, and the one after it; None if no week was asked for.
    """

    person: int | None = None
    pick: str = ""
    post: int = -1
    week: tuple[int, int] | None = None

    def told(self, lives: Lives) -> PersonsMeetings | CoordinatorWeek | None:
        """What was asked for; None if nothing of the kind was. Raises: InputError if there is no such post or week."""
        from persim.choosers import pick
        from persim.coordinator_week import coordinator_week
        from persim.meeting_views import PersonsMeetings

        if self.week is not None:
            return coordinator_week(lives, self.post, self.week[0])
        person = pick(lives, self.pick).person if self.pick else self.person
        if person is None:
            return None
        lives.of_person(person)  # raises if there is no such person, before anything is shown
        return PersonsMeetings(lives, person)


def asked_to_show(
    person: int | None, practitioner: int | None, pick: str | None, week: str | None, meetings: bool, more: bool
) -> ToShow:
    """What --meetings and --week ask for. `more`: was a span, every row or a folder asked for too?

    Raises: InputError for a date that is none, and for what does not go together.
    """
    if week is None and not meetings:
        return ToShow()
    if more:
        raise InputError(
            "--meetings and --week are shown whole, and not written: leave --all, spans of time and --out out"
        )
    if meetings and (week is not None or (person is None and pick is None)):
        raise InputError("--meetings is of a person: give --person 17 or --pick, and no --week")
    if meetings:
        return ToShow(person, pick or "")
    if practitioner is None:
        raise InputError("--week is of one post: give --practitioner 4")
    from persim.caseload_year import weeks_asked

    try:
        return ToShow(post=practitioner, week=weeks_asked(None, week, week))
    except InputError:
        raise InputError(f"--week {week!r} is not a date such as 2010-04-05") from None
