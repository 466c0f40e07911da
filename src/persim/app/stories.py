"""Stories for the seminar's page: the same sentences as `persim explain` tells, as plain types that JSON can hold.

Every function takes lives that were run already, and makes words only. Weeks are numbered within the run, from 0, as in a
film. Whatever is long is cut, and it is said how much was left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from persim import biography as told_life
from persim import events
from persim.biography import Biography, biography
from persim.caseload_year import CaseloadYear, caseload_year
from persim.events import KINDS
from persim.gate_sentences import WORDS
from persim.life_sentences import tell
from persim.lives import Lives
from persim.policy import monday_of
from persim.sentence import Sentence
from persim.state import YEAR, Barrier
from persim.twin_words import (
    NEVER_PART,
    notes_of,
    one_scenario_text,
    parting_texts,
    parting_words,
    turn_texts,
    why_texts,
)
from persim.twins import Twins

MOST_SENTENCES = 250  # of one story; a life of five years has about thirty
# What tells legal status: left out where a page does not ask for it.
OF_THE_ACT = frozenset(
    KINDS[kind].name
    for kind in (events.E_DETAINED, events.E_SECTION_2_ENDS, events.E_LEFT_SECTION, events.E_ORDER_MADE,
                 events.E_ORDER_REVIEWED, events.E_ORDER_ENDED, events.E_RECALLED)
)  # fmt: skip
ACT_LEFT_OUT = "What was done under the Mental Health Act is left out here."
SECTION_117 = ", with a right to aftercare (section 117)"


def person_json(lives: Lives, person: int, *, legal: bool = True) -> dict[str, Any]:
    """The story of one person.

    Args:
        legal: tell what was done under the Mental Health Act too, as it happens, as a biography does.

    Returns: kind, person, title, subtitle, synthetic, start, about, never_eligible, sentences, left_out, end_heading,
        end, counts, gates, notes, legal, run.

    Raises: InputError if there is no such person.
    """
    story = biography(lives, person) if legal else _without_the_act(lives, person)
    about = [(what, words if legal else words.replace(SECTION_117, "")) for what, words in lives.who(person)]
    notes = story.notes() if legal else [*story.notes(), ACT_LEFT_OUT]
    return {
        "kind": "person", "person": person, "title": story.title, "subtitle": story.subtitle,
        "synthetic": told_life.SYNTHETIC, "start": lives.first_day(), "about": pairs_json(about),
        "never_eligible": story.never_eligible, **sentences_json(lives, story.sentences), "end_heading": story.end_heading,
        "end": pairs_json(story.end), **counts_json(story, legal), "notes": for_a_page(notes), "legal": legal,
        "run": told_life.run_json(lives),
    }  # fmt: skip


def post_json(lives: Lives, post: int, week: int | None = None) -> dict[str, Any]:
    """A caseload's year: of the financial year in which a week of the run lies, else of the last whole one.

    Returns: kind, post, title, subtitle, synthetic, first_week, last_week, people, quarters, hours, sentences,
        left_out, counts, gates, notes, run. Each of `hours` has one number a quarter, `whole` and `all_posts`; null where
        nobody was at work.

    Raises: InputError if there is no such post of a team, or no such week in the run.
    """
    story = caseload_year(lives, post, None if week is None else _year_of(lives, week))
    first, stop = story.weeks
    at_start, at_end = story.people()
    starts = [monday_of(begin) for begin in range(first, stop, 13)]
    return {
        "kind": "post", "post": post, "title": story.title, "subtitle": story.subtitle,
        "synthetic": story.notes()[-1], "first_week": first - lives.weeks[0], "last_week": stop - 1 - lives.weeks[0],
        "people": {"start": at_start, "end": at_end}, "quarters": [f"{day.day} {day:%b %Y}" for day in starts],
        "hours": [_hours_json(name, values) for name, values in story.hours.items()],
        **sentences_json(lives, story.sentences), **counts_json(story), "notes": for_a_page(story.notes()),
        "run": told_life.run_json(lives),
    }  # fmt: skip


def twins_json(twins: Twins) -> dict[str, Any]:
    """One person in two runs: what both lives share, where and why they part, what followed, how it stands in the end.

    Returns: kind, person, title, subtitle, synthetic, names, about, headline, why, turn, parting (null if the lives never
        part), shared, shared_left_out, after (two lists), after_left_out (two numbers), end, notes, runs.
    """
    parting = twins.parting
    shared = sentences_json(twins.a, [one.first for one in twins.shared])
    after = [sentences_json(lives, told) for lives, told in zip((twins.a, twins.b), twins.after, strict=True)]
    if twins.is_one_scenario:
        headline, why = one_scenario_text(twins), []
    elif parting is None:
        headline, why = NEVER_PART, why_texts(twins)
    else:
        headline = f"The lives part in the week of {day_of(parting.week)}: {parting_words(twins)}."
        why = why_texts(twins)
    return {
        "kind": "twins", "person": twins.person, "title": twins.title, "subtitle": twins.subtitle,
        "synthetic": told_life.SYNTHETIC, "names": list(twins.names), "about": pairs_json(twins.a.who(twins.person)),
        "headline": headline, "why": why, "turn": turn_texts(twins),
        "parting": None if parting is None else {
            "week": parting.week - twins.a.weeks[0], "date": monday_of(parting.week).isoformat(),
            "day": day_of(parting.week), "rows": [parting.first, parting.second], "texts": parting_texts(twins),
        },
        "shared": shared["sentences"], "shared_left_out": shared["left_out"],
        "after": [one["sentences"] for one in after], "after_left_out": [one["left_out"] for one in after],
        "end": [{"what": what, "first": one, "second": two} for what, one, two in twins.ends],
        "notes": for_a_page(notes_of(twins)), "runs": [told_life.run_json(twins.a), told_life.run_json(twins.b)],
    }  # fmt: skip


# Parts


def sentences_json(lives: Lives, sentences: Sequence[Sentence]) -> dict[str, Any]:
    """The first sentences of a story, and how many more there are."""
    first = lives.weeks[0]
    return {
        "sentences": [sentence_json(first, one) for one in sentences[:MOST_SENTENCES]],
        "left_out": max(0, len(sentences) - MOST_SENTENCES),
    }


def sentence_json(first_week: int, sentence: Sentence) -> dict[str, Any]:
    """One sentence: week of the run, date, day in words, text, kind of event, row of the ledger."""
    return {
        "week": sentence.week - first_week, "date": sentence.date.isoformat(), "day": day_of(sentence.week),
        "text": sentence.text, "kind": sentence.kind, "row": sentence.row,
    }  # fmt: skip


def pairs_json(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """What, and in words."""
    return [{"what": what, "words": words} for what, words in pairs]


def counts_json(story: Biography | CaseloadYear, legal: bool = True) -> dict[str, Any]:
    """What happened, in numbers of rows, and how often each gate closed first and at all."""
    counts: Mapping[str, int] = story.counts
    law = WORDS[Barrier.LEGAL_BAR][0]
    gates = [WORDS[gate][0] for gate in Barrier if gate in WORDS]
    return {
        "counts": [
            {"what": what, "n": n}
            for what, n in counts.items()
            if not what.startswith("closed") and (n or what in told_life.ALWAYS)
        ],
        "gates": [
            {"gate": gate, "first": counts.get(f"closed first: {gate}", 0), "closed": counts[f"closed: {gate}"]}
            for gate in gates
            if counts.get(f"closed: {gate}") and (legal or gate != law)
        ],
    }


def for_a_page(notes: Iterable[str]) -> list[str]:
    """Notes without what they say of the command line's options."""
    found = []
    for note in notes:
        kept = [part for part in note.split(". ") if not part.startswith("--")]
        text = ". ".join(kept)
        found.append(text if text.endswith(".") else f"{text}.")
    return found


def day_of(week: int) -> str:
    """The Monday of a calendar week in words: 4 April 2011."""
    day = monday_of(week)
    return f"{day.day} {day:%B %Y}"


def _without_the_act(lives: Lives, person: int) -> Biography:
    told = tell(lives.rows, lives.of_person(person), lives.setting(person, legal=False))
    sentences = tuple(one for one in told.sentences if one.kind not in OF_THE_ACT)
    left_out = {kind: n for kind, n in told.left_out.items() if kind not in OF_THE_ACT}
    return Biography(lives, person, sentences, left_out)


def _year_of(lives: Lives, week: int) -> tuple[int, int]:
    first, stop = lives.weeks
    begin = (first + week) - (first + week) % YEAR
    return max(first, begin), min(stop, begin + YEAR)


def _hours_json(name: str, values: Sequence[float]) -> dict[str, Any]:
    what, _, unit = name.rpartition(", ")
    numbers = [round(value, 2) if math.isfinite(value) else None for value in values]
    return {"what": what, "unit": unit, "quarters": numbers[:-2], "whole": numbers[-2], "all_posts": numbers[-1]}
