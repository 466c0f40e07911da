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
from persim.coordinator_week import coordinator_week, fullest_week
from persim.events import KINDS
from persim.gate_sentences import WORDS
from persim.life_sentences import tell
from persim.lives import Lives
from persim.meeting_views import COLUMNS, THREE, Meeting, best, meetings_of
from persim.other_lucks import ONE_LIFE, SAME_START, LuckShares, other_lucks
from persim.policy import day_words, monday_of
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

MOST_MEETINGS = 30
MOST_SENTENCES = 250  # of one story; a life of five years has about thirty
# What tells legal status: left out where a page does not ask for it.
OF_THE_ACT = frozenset(
    KINDS[kind].name
    for kind in (events.E_DETAINED, events.E_SECTION_2_ENDS, events.E_LEFT_SECTION, events.E_ORDER_MADE,
                 events.E_ORDER_REVIEWED, events.E_ORDER_ENDED, events.E_RECALLED)
)  # fmt: skip
GATE_OF_LAW = events.E_GATE + Barrier.LEGAL_BAR
WORDS_OF_LAW = ("legal", "the law", "section ", "Section ", "treatment order", "detained", "CTO", "Mental Health Act")
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
    about = _who(lives, person, legal)
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

    Unless `twins.legal`, what was done under the Mental Health Act is left out, and what is said of why keeps still of law.

    Returns: kind, person, title, subtitle, synthetic, names, about, headline, why, turn, parting (null if the lives never
        part), shared, shared_left_out, after (two lists), after_left_out (two numbers), end, notes, runs.
    """
    parting, legal = twins.parting, twins.legal
    shared = sentences_json(twins.a, _allowed([one.first for one in twins.shared], legal))
    after = [
        sentences_json(lives, _allowed(told, legal))
        for lives, told in zip((twins.a, twins.b), twins.after, strict=True)
    ]
    if twins.is_one_scenario:
        headline, why = one_scenario_text(twins), []
    elif parting is None:
        headline, why = NEVER_PART, for_a_page(why_texts(twins))
    elif not legal and _parts_by_the_act(twins):
        headline, why = f"The lives part in the week of {day_words(parting.week)}. {ACT_LEFT_OUT}", []
    else:
        headline = f"The lives part in the week of {day_words(parting.week)}: {parting_words(twins)}."
        why = for_a_page(why_texts(twins))
    turn = turn_texts(twins)
    if not legal:
        why, turn = ([text for text in texts if not _of_law(text)] for texts in (why, turn))
    notes = [text for text in for_a_page(notes_of(twins)) if legal or "CTO" not in text]
    return {
        "kind": "twins", "person": twins.person, "title": twins.title, "subtitle": twins.subtitle,
        "synthetic": told_life.SYNTHETIC, "names": list(twins.names), "about": pairs_json(_who(twins.a, twins.person, legal)),
        "headline": headline, "why": why, "turn": turn,
        "parting": None if parting is None else {
            **when_json(twins.a.weeks[0], parting.week), "rows": [parting.first, parting.second],
            "texts": parting_texts(twins) if legal or not _parts_by_the_act(twins) else [],
        },
        "shared": shared["sentences"], "shared_left_out": shared["left_out"],
        "after": [one["sentences"] for one in after], "after_left_out": [one["left_out"] for one in after],
        "end": [{"what": what, "first": one, "second": two} for what, one, two in twins.ends],
        "notes": notes if legal else [*notes, ACT_LEFT_OUT],
        "runs": [told_life.run_json(twins.a), told_life.run_json(twins.b)],
    }  # fmt: skip


def meetings_json(lives: Lives, person: int, *, legal: bool = True) -> dict[str, Any]:
    """Every meeting of one person, each seen three ways, in order of time; the most telling ones if there are many.

    Returns: kind, person, title, synthetic, note, views (what the three columns are called), meetings, best (its place in
        the list, null if there is none), left_out. Each meeting: title, kind, week, date, day, another (of another
        synthetic person who has the place), person, coordinator, record (sentences).

    Raises: InputError if there is no such person.
    """
    found = [one for one in meetings_of(lives, person) if legal or not one.is_of_the_act]
    kept = sorted(found, key=lambda one: (-one.telling, one.main))[:MOST_MEETINGS]
    shown = tuple(sorted(kept, key=lambda one: one.main))
    most = best(shown)
    return {
        "kind": "meetings", "person": person, "title": f"Synthetic person {person}: one meeting seen three ways",
        "synthetic": told_life.SYNTHETIC, "note": THREE,
        "views": dict(COLUMNS),
        "meetings": [_meeting_json(lives, one, legal) for one in shown],
        "best": None if most is None else shown.index(most), "left_out": len(found) - len(shown),
    }  # fmt: skip


def _meeting_json(lives: Lives, meeting: Meeting, legal: bool) -> dict[str, Any]:
    first, views = lives.weeks[0], meeting.views(legal)
    accounts = {name: [sentence_json(first, one) for one in told] for name, told in views._asdict().items()}
    return {
        "title": meeting.title, "kind": meeting.kind.title, **when_json(first, meeting.week),
        "another": meeting.another, **accounts,
    }  # fmt: skip


def week_json(lives: Lives, post: int, week: int | None = None) -> dict[str, Any]:
    """One week of one coordinator; the week in which the time gate stood least open, if none is named.

    Returns: kind, post, title, synthetic, week, date, day, at_work, caseload, gate (0 to 1), hours (name, due, worked,
        left_over; null where the ledger does not say), words, people (person, sentences), slipped, notes.

    Raises: InputError if there is no such post of a team, or no such week in the run.
    """
    first = lives.weeks[0]
    found = coordinator_week(lives, post, fullest_week(lives, post) if week is None else first + week)
    hours = [
        {"what": one.name, **{name: None if (value := getattr(one, name)) is None else round(value, 2)
                              for name in ("due", "worked", "left_over")}}
        for one in found.activities
    ]  # fmt: skip
    return {
        "kind": "week", "post": post, "title": found.title, "synthetic": found.notes()[-1],
        **when_json(first, found.week), "at_work": found.at_work,
        "caseload": found.caseload, "gate": found.gate, "hours": hours,
        "words": [sentence_json(first, one) for one in found.in_words],
        "people": [
            {"person": person, "sentences": [sentence_json(first, one) for one in told]} for person, told in found.people
        ],
        "slipped": [sentence_json(first, one) for one in found.slipped[:MOST_SENTENCES]], "notes": found.notes(),
    }  # fmt: skip


def lucks_json(lives: Sequence[Lives], person: int, shares: LuckShares | None = None) -> dict[str, Any]:
    """One person under several lucks, each beside the first; and, if they were counted, shares over many lucks.

    Returns: kind, person, title, synthetic, about, note, lucks, shares (null if not counted), notes. Each of `lucks`: luck
        (its seed), end, dates, parts (week, day and words; null for the first and where lives never part), decided.

    Raises: InputError if there is no such person, or the runs differ in more than their luck.
    """
    found = other_lucks(lives, person)
    first = lives[0].weeks[0]
    return {
        "kind": "lucks", "person": person, "title": found.title, "synthetic": told_life.SYNTHETIC,
        "about": pairs_json(lives[0].who(person)), "note": SAME_START,
        "lucks": [
            {"luck": one.seed, "end": pairs_json(one.end), "dates": [sentence_json(first, date) for date in one.dates],
             "parts": None if one.parting is None else {
                 "week": one.parting.week - first, "day": day_words(one.parting.week), "words": one.parting_words},
             "decided": one.decided}
            for one in found.lucks
        ],
        "shares": None if shares is None else shares.as_json(person), "notes": [ONE_LIFE, told_life.LEFT_OUT],
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
        **when_json(first_week, sentence.week), "text": sentence.text, "kind": sentence.kind, "row": sentence.row,
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
        text = ". ".join(kept).replace(" (`persim diff` tells all)", "")
        found.append(text if text.endswith(".") else f"{text}.")
    return found


def when_json(first_week: int, week: int) -> dict[str, Any]:
    """A calendar week: its number in the run, and its Monday as a date and in words."""
    return {"week": week - first_week, "date": monday_of(week).isoformat(), "day": day_words(week)}


def _who(lives: Lives, person: int, legal: bool) -> list[tuple[str, str]]:
    return [(what, words if legal else words.replace(SECTION_117, "")) for what, words in lives.who(person)]


def _allowed(sentences: Iterable[Sentence], legal: bool) -> list[Sentence]:
    return [one for one in sentences if legal or one.kind not in OF_THE_ACT]


def _parts_by_the_act(twins: Twins) -> bool:
    """Do two lives part by something done under the Act, or by a gate of law, in either of them?"""
    parting = twins.parting
    rows = [] if parting is None else [(twins.a, parting.first), (twins.b, parting.second)]
    rows += [(twins.a, decision.rows[0]) for decision in twins.decisions]
    kinds = [int(lives.rows["kind"][row]) for lives, row in rows if row is not None]
    return any(kind == GATE_OF_LAW or KINDS[kind].name in OF_THE_ACT for kind in kinds)


def _of_law(text: str) -> bool:
    return any(words in text for words in WORDS_OF_LAW)


def _without_the_act(lives: Lives, person: int) -> Biography:
    told = tell(lives.rows, lives.of_person(person), lives.setting(person, legal=False))
    sentences = tuple(_allowed(told.sentences, legal=False))
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
