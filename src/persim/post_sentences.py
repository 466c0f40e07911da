"""How rows on posts and teams are told, and which rows on people a caseload's year tells beside them.

A post is a place: its holders come and go. Nothing here says how anybody did, only what was recorded.
"""

from __future__ import annotations

import numpy as np

from persim import events
from persim.events import KINDS
from persim.life_sentences import telling_of
from persim.sentence import Fact, Posts, Sentence, Setting, Telling, coded, counted, index, told

# Rows on people that a caseload's year tells one by one; all others are counted.
TOLD_ON_PEOPLE = (
    events.E_INCIDENT, events.E_OFFER, events.E_HANDED_ON, events.E_HAND_OFF, events.E_PANEL, events.E_IN_USE,
    events.E_LEFT, events.E_BUDGET_ENDED,
)  # fmt: skip
ALSO_TOLD_IN_FULL = (events.E_REVIEW, events.E_ASKED, events.E_OPPORTUNITY)


def post_changes(row: np.void, posts: Posts) -> Telling:
    """A practitioner leaves, comes, falls ill or is back."""
    post = int(row["practitioner"])
    who = Fact(posts.named(post), "practitioner", post)
    what = coded(
        row, "outcome",
        {events.POST_LEFT: "fell vacant", events.POST_FILLED: "has a new holder", events.POST_ILL: "is without its holder",
         events.POST_BACK: "has its holder back at work"},
    )  # fmt: skip
    if row["outcome"] == events.POST_FILLED:
        return told(
            "The post of {who} {what}, after {weeks} vacant.", who=who, what=what, weeks=counted(row, "first", "week")
        )
    if row["outcome"] == events.POST_ILL:
        return told(
            "The post of {who} {what}, ill for {weeks}.", who=who, what=what, weeks=counted(row, "first", "week")
        )
    return told("The post of {who} {what}.", who=who, what=what)


def alarm(row: np.void) -> Telling:
    """An incident put down to a budget, as the team took it."""
    incidents = coded(row, "outcome", {n: f"{n} serious incident review{'' if n == 1 else 's'}" for n in range(1, 100)})
    return told(
        "After {incidents} put down to a budget, alarm in the team went from {before} to {after}.",
        incidents=incidents, before=index(row, "first"), after=index(row, "second"),
    )  # fmt: skip


def of_post(number: int, row: np.void, posts: Posts) -> Sentence:
    """The sentence of a row on a post or a team."""
    telling = alarm(row) if row["kind"] == events.E_ALARM else post_changes(row, posts)
    return Sentence(number, int(row["week"]), KINDS[int(row["kind"])].name, telling.text, telling.facts)


def of_person(number: int, row: np.void, posts: Posts, coordinator: int) -> Sentence | None:
    """The sentence of a row on somebody of the caseload, who is named by number; nothing that tells legal status."""
    setting = Setting(posts, coordinator, -1, -1, legal=False)
    setting.introduced = coordinator
    telling = telling_of(row, setting)
    if telling is None:
        return None
    person = Fact(f"Synthetic person {row['person']}", "person", int(row["person"]))
    text = f"{person.words}: {telling.text[:1].lower()}{telling.text[1:]}"
    return Sentence(number, int(row["week"]), KINDS[int(row["kind"])].name, text, {"person": person, **telling.facts})
