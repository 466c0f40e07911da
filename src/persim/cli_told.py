"""What the commands that tell stories share: how wide they show, and what they check and say before they run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from persim import terminal
from persim.errors import InputError

if TYPE_CHECKING:
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
