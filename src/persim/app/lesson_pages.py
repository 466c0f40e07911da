"""Lessons as JSON for the seminar's page: the list, one lesson, and what its parts show when they are opened.

What a reveal shows depends on the lesson alone, so thirty visitors who open it share one making of it. The text of a reveal,
and the part of a curve that is to be drawn, are sent only when they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from persim.app.curves import BAND, BAND_WORDS
from persim.app.lesson_runs import Line, OneSeed, RevealRuns, checked_settings, lines_of, number, settings_of
from persim.biography import SYNTHETIC
from persim.errors import InputError, ScenarioError
from persim.evidence.measured import GROUP_LABELS
from persim.intervals import means, quantiles
from persim.lessons.file import USUAL_ORDER, read_lesson
from persim.lessons.lesson import (
    BARS,
    CHOICE,
    CURVE,
    EVERYBODY,
    Choice,
    ContentNote,
    Explain,
    Items,
    Lesson,
    Loop,
    Part,
    Question,
    Reading,
    Reveal,
    Told,
    Try,
)
from persim.lessons.search import lesson_places
from persim.lessons.sources import reference
from persim.loops import BY_KEY, loop_json
from persim.outcomes import BY_NAME, GROUP_CAVEATS
from persim.scenario_fields import NAME, nearest

PER_HUNDRED = "a year, per 100 people"
# Outcomes that are about a gate, by the beginning of their names.
GATE_COUNTS = {
    "closed_first_": "first gate to close", "closed_any_": "gate would have closed",
    "weeks_first_": "weeks held up first by it", "weeks_any_": "weeks held up by it",
}  # fmt: skip


def lesson_list(folder: Path | None = None) -> list[dict[str, Any]]:
    """Every lesson: those of a teacher's own folder first. One that has faults is listed with them.

    Returns: name, title, question, minutes, sources, content_note, own, and `faults` (a text) if it cannot be given.
    """
    found: list[tuple[dict[str, Any], tuple[bool, int, str]]] = []
    for name, place in lesson_places(folder).items():
        own = folder is not None and place.parent == folder
        try:
            lesson = read_lesson(place)
        except ScenarioError as error:
            faulty = {"name": name, "title": name, "own": own, "faults": _without_folders(error)}
            found.append((faulty, (not own, USUAL_ORDER, name)))
            continue
        row = {
            "name": name, "title": lesson.title, "question": lesson.question, "minutes": lesson.minutes,
            "sources": list(lesson.sources), "content_note": lesson.has_content_note, "own": own, "faults": "",
        }  # fmt: skip
        found.append((row, (not own, lesson.order, name)))
    return [row for row, _ in sorted(found, key=lambda pair: pair[1])]


def lesson_named(name: str, folder: Path | None = None) -> Lesson:
    """The lesson of that name. Raises: InputError if there is none, with the nearest; its faults if it has any."""
    places = lesson_places(folder)
    if not NAME.fullmatch(name) or name not in places:
        raise InputError(
            f"there is no lesson {name[:64]!r} - {nearest(name, places) or 'lessons are ' + ', '.join(places)}"
        )
    try:
        return read_lesson(places[name])
    except ScenarioError as error:
        raise InputError(_without_folders(error)) from None


def lesson_json(name: str, folder: Path | None = None) -> dict[str, Any]:
    """A lesson with its parts, as the page shows them before anything is opened."""
    lesson = lesson_named(name, folder)
    return {
        "name": lesson.name, "title": lesson.title, "question": lesson.question, "minutes": lesson.minutes,
        "sources": _references(lesson.sources), "for_teachers": lesson.for_teachers, "synthetic": SYNTHETIC,
        "content_note": lesson.has_content_note, "parts": [_part_json(lesson, part) for part in lesson.parts],
    }  # fmt: skip


def part_named(lesson: Lesson, name: str) -> Part:
    """A part by its id. Raises: InputError if there is none."""
    if part := lesson.part(name):
        return part
    raise InputError(f"the lesson {lesson.name} has no part {name[:64]!r}")


def _without_folders(error: ScenarioError) -> str:
    return "\n".join(str(fault).replace(str(Path(fault.file).parent) + "/", "") for fault in error.faults)


def _references(codes: Sequence[str]) -> list[dict[str, str]]:
    return [{"code": code, "reference": reference(code)} for code in codes]


# One part, before it is opened


def _part_json(lesson: Lesson, part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": part.kind, "id": part.id, "title": part.title, "text": part.text}
    if isinstance(part, ContentNote):
        found["skip_to"] = part.skip_to
    elif isinstance(part, Question):
        found |= question_json(part, lesson.reveal_of(part))
    elif isinstance(part, Reveal):
        found |= {"question": part.question, "opens": True}
    elif isinstance(part, Told):
        found |= {"opens": True, "pick": part.pick, "lucks": list(part.luck)}
    elif isinstance(part, Loop):
        found["loop"] = loop_json(BY_KEY[part.loop])
    elif isinstance(part, Explain):
        found["sources"] = _references(part.sources)
    elif isinstance(part, Items):
        found["items"] = list(part.items)
    elif isinstance(part, Try):
        found["settings"] = settings_of(part.runs, part.runs.worlds)
    return found


def question_json(question: Question, reveal: Reveal) -> dict[str, Any]:
    """What a visitor has to know to predict."""
    reading = reveal.compared.reading
    outcome = BY_NAME[reading.outcome]
    unit, label, meaning = unit_of(outcome.unit), label_of(outcome.name), outcome.meaning
    if reveal.study:
        unit, label = "number", f"{reveal.study.capitalize()} in each arm"
        meaning = "For a study that finds the difference in four of five trials, at 5 %, two-sided"
    return {
        "predict": question.predict, "from_week": question.from_week, "choices": [choice.text for choice in question.choices],
        "low": question.low, "high": question.high, "unit": unit, "label": label, "meaning": meaning,
        "opens": question.predict == CURVE,
        "opinion": question.predict == CHOICE and not any(choice.can_be_right for choice in question.choices),
    }  # fmt: skip


def unit_of(unit: str) -> str:
    """The unit as the page's scripts name it."""
    return {"share": "percent", "0-1": "index"}.get(unit, "number" if unit == "people" else unit)


# What a reveal shows


def reveal_json(reveal: Reveal, seeds: Sequence[OneSeed], choices: Sequence[Choice] = ()) -> dict[str, Any]:
    """A reveal when it is opened: its chart, what was read, what the runs settle, and which answers were right."""
    told = RevealRuns(reveal, seeds, choices)
    compared = reveal.compared
    outcome = BY_NAME[compared.reading.outcome]
    first = checked_settings(reveal.runs, reveal.runs.worlds[0]).scenario()
    chart = bars_json(told) if reveal.chart == BARS else {"series": series_json(told)}
    return {
        "id": reveal.id, "chart": reveal.chart, **chart, "title": _chart_title(reveal), "unit": unit_of(outcome.unit),
        "start": first.start.isoformat(), "first": reveal.weeks[0], "last": reveal.weeks[1], "over": reveal.over,
        "reading": told.read(), "read": _read_words(reveal), "study": reveal.study, "read_weeks": list(compared.reading.weeks),
        "against": None if compared.against is None else told.spread(compared.against),
        "against_name": _apart_name(reveal), "difference": told.difference(compared), "smallest": compared.smallest,
        "right": [told.right(choice) for choice in choices], "after": reveal.after, "caveats": _caveats(reveal),
        "people": reveal.runs.people, "replicates": reveal.runs.replicates, "interval": BAND_WORDS,
        "settings": settings_of(reveal.runs, _for_explore(reveal)),
    }  # fmt: skip


def series_json(
    told: RevealRuns, until: int | None = None, worlds: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """The lines of a chart with their band, over the reveal's weeks.

    Args:
        until: the last week that may be seen. worlds: only these.
    """
    reveal = told.reveal
    first, last = reveal.weeks
    stop = (last if until is None else until) + 1
    found = []
    for place, line in enumerate(lines_of(reveal)):
        if worlds is not None and line.world not in worlds:
            continue
        values = told.lines[:, place, first:stop]
        low, high = quantiles(values, BAND)
        columns = {"own": values[0], "middle": means(values).mean, "low": low, "high": high}
        found.append({
            "name": _line_name(reveal, line.world, line.outcome, line.group),
            **_place(reveal, line),
            **{name: [number(value) for value in column] for name, column in columns.items()},
        })  # fmt: skip
    return found


def bars_json(told: RevealRuns) -> dict[str, Any]:
    """The bars of a chart: the mean of runs over the reading's weeks, and where nine of ten lie."""
    reveal = told.reveal
    weeks = reveal.compared.reading.weeks
    bars = []
    for line in lines_of(reveal):
        spread = told.spread(Reading(line.outcome, line.world, weeks, line.group))
        name = _line_name(reveal, line.world, line.outcome, line.group)
        bars.append({"name": name, **_place(reveal, line), **spread})
    return {"bars": bars}


def known_part(
    question: Question, reveal: Reveal, seeds: Sequence[OneSeed], choices: Sequence[Choice] = ()
) -> dict[str, Any]:
    """What is shown of a chart before a curve is drawn: the asked line up to its week, other worlds in full if given."""
    told = RevealRuns(reveal, seeds, choices)
    start = checked_settings(reveal.runs, reveal.runs.worlds[0]).scenario().start
    known = [line for line in series_json(told, question.from_week) if line["asked"]]
    given = series_json(told, None, question.given) if question.given else []
    return {
        "id": question.id, "start": start.isoformat(), "first": reveal.weeks[0], "last": reveal.weeks[1],
        "from_week": question.from_week, "title": _chart_title(reveal), "known": known, "given": given,
        "interval": BAND_WORDS,
    }  # fmt: skip


def _place(reveal: Reveal, line: Line) -> dict[str, Any]:
    """Whether a line is what was asked for, and which world, outcome and group it shows, by number, for its looks."""
    names = [world.name for world in reveal.runs.worlds]
    return {
        "asked": (line.world, line.outcome, line.group) == _asked(reveal), "world": names.index(line.world),
        "outcome": reveal.outcomes.index(line.outcome), "group": reveal.groups.index(line.group),
    }  # fmt: skip


def _asked(reveal: Reveal) -> tuple[str, str, str]:
    reading = reveal.compared.reading
    return reading.world, reading.outcome, reading.group


def _line_name(reveal: Reveal, world: str, outcome: str, group: str) -> str:
    """What tells this line from the others."""
    words = []
    if len(reveal.outcomes) > 1:
        words.append(label_of(outcome))
    if len(reveal.groups) > 1:
        words.append(group[:1].upper() + group[1:] if group != EVERYBODY else "Everybody")
    if len(reveal.runs.worlds) > 1 or not words:
        words.append(reveal.runs.world(world).title)
    return ", ".join(words)


def label_of(outcome: str) -> str:
    """The outcome's label; of a gate with how it is counted, since both ways bear its name."""
    label = BY_NAME[outcome].label
    how = next((words for start, words in GATE_COUNTS.items() if outcome.startswith(start)), "")
    return f"{label}: {how}" if how else label


def _chart_title(reveal: Reveal) -> str:
    labels = [label_of(name) for name in reveal.outcomes]
    unit = BY_NAME[reveal.outcomes[0]].unit
    unit = PER_HUNDRED if unit == "per person-year" else unit  # so do the page's scripts write it
    said = f" ({unit})" if unit not in ("share", "0-1", "people") else ""
    over = f", last {reveal.over} weeks" if reveal.over > 1 and reveal.chart != BARS else ""
    return " and ".join(labels if len(labels) < 3 else [", ".join(labels[:-1]), labels[-1]]) + said + over


def _read_words(reveal: Reveal) -> str:
    reading = reveal.compared.reading
    who = f", {reading.group}" if reading.group != EVERYBODY else ""
    return f"{label_of(reading.outcome)}{who}: {reveal.runs.world(reading.world).title}"


def _apart_name(reveal: Reveal) -> str:
    """What the reading is held against, in words."""
    reading, against = reveal.compared.reading, reveal.compared.against
    if against is None:
        return ""
    words = []
    if against.outcome != reading.outcome:
        words.append(label_of(against.outcome))
    if against.group != reading.group:
        words.append("everybody" if against.group == EVERYBODY else against.group)
    if against.world != reading.world:
        words.append(reveal.runs.world(against.world).title)
    if against.weeks != reading.weeks:
        words.append(f"weeks {against.weeks[0]} to {against.weeks[1]}")
    return ", ".join(words)


def _caveats(reveal: Reveal) -> list[str]:
    caveats = [BY_NAME[name].caveat for name in reveal.outcomes]
    caveats += [GROUP_CAVEATS.get(GROUP_LABELS.get(group, ""), "") for group in reveal.groups]
    return [caveat for caveat in dict.fromkeys(caveats) if caveat]


def _for_explore(reveal: Reveal) -> list[Any]:
    """The worlds to look into: the one that is read and the one that it is held against, else the first two."""
    worlds = list(reveal.runs.worlds)
    if len(worlds) <= 2:
        return worlds
    against = reveal.compared.against
    own = reveal.runs.world(reveal.compared.reading.world)
    other = reveal.runs.world(against.world) if against else worlds[0]
    return [worlds[0] if other is own else other, own]
