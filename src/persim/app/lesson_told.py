"""Persons in lessons: found by words in a run, then told beside their coordinator, in three views, or under other luck.

Words find somebody after any change of the model. Where nobody in the first run matches, the runs of the next seeds are
looked through, and the page says which it was.
"""

from __future__ import annotations

from typing import Any

from persim import events
from persim.app import stories
from persim.app.films import Films
from persim.app.lesson_runs import checked_settings, settings_of
from persim.choosers import Pick, pick
from persim.errors import InputError
from persim.lessons.lesson import COUNTED, FULLEST, HANDED_ON, Told
from persim.lives import Lives
from persim.other_lucks import luck_shares

MOST_SEEDS = 10
MANY_LUCKS = range(1, 101)


def told_json(films: Films, part: Told) -> dict[str, Any]:
    """What a part about one person shows. Raises: InputError if nobody matches in any of the runs looked through."""
    scenario = checked_settings(part.runs, part.runs.worlds[0]).scenario()
    lives, found = matching(films, part)
    seed, person = lives.ledger.seed, found.person
    shown: dict[str, Any] = {
        "id": part.id, "kind": part.kind, "person": person, "seed": seed, "picked": found.words, "after": part.after,
        "settings": settings_of(part.runs, part.runs.worlds) | {"seed": seed},
    }  # fmt: skip
    if part.kind == "three_views":
        return shown | {"meetings": meetings_json(lives, person, part)}
    if part.kind == "luck":
        others = [films.get(scenario, seed, luck).lives for luck in part.luck]
        shares = luck_shares(scenario, seed, MANY_LUCKS)
        return shown | {"lucks": stories.lucks_json([lives, *others], person, shares)}
    week = week_beside(lives, person, part)
    post = int(lives.coordinators(lives.weeks[0] + week)[person])
    beside = stories.week_json(lives, post, None if part.week == FULLEST else week)
    return shown | {"story": stories.person_json(lives, person, legal=part.legal), "week": beside}


def matching(films: Films, part: Told) -> tuple[Lives, Pick]:
    """The first run in which somebody matches, and who: of several, the most typical."""
    scenario = checked_settings(part.runs, part.runs.worlds[0]).scenario()
    for seed in range(part.runs.seed, part.runs.seed + MOST_SEEDS):
        lives = films.get(scenario, seed).lives
        try:
            return lives, pick(lives, part.pick)
        except InputError:
            continue
    many = f"{MOST_SEEDS} runs of {part.runs.people:,} people"
    raise InputError(f"nobody in {many} matches {part.pick!r}: drop a condition or run more people")


def meetings_json(lives: Lives, person: int, part: Told) -> dict[str, Any]:
    """The person's meetings, the one that the part asks for first."""
    found = stories.meetings_json(lives, person, legal=part.legal)
    if part.meeting:
        kinds = [meeting["kind"] for meeting in found["meetings"]]
        found["best"] = kinds.index(part.meeting) if part.meeting in kinds else found["best"]
    return found


def week_beside(lives: Lives, person: int, part: Told) -> int:
    """The week of the run that stands beside a story: that of an event, else of the most telling meeting, else the first."""
    rows = lives.rows[lives.of_person(person)]
    if part.week == HANDED_ON:
        rows = rows[rows["kind"] == events.E_HANDED_ON]
    elif part.week == COUNTED:
        rows = rows[(rows["kind"] == events.E_COUNTED) & (rows["detail"] == events.COUNT_RELABELLED)]
    if part.week in (HANDED_ON, COUNTED) and len(rows):
        return int(rows["week"][0]) - lives.weeks[0]
    found = stories.meetings_json(lives, person, legal=part.legal)
    return 0 if found["best"] is None else int(found["meetings"][found["best"]]["week"])
