"""One lesson file, checked: every fault at once, with file, line and nearest right word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from persim.errors import ScenarioError
from persim.lessons.lesson import LESSON_VERSION, ContentNote, Lesson, Part, Question, Reveal, Told
from persim.lessons.part_fields import PART_READERS, Place
from persim.lessons.search import find_lesson
from persim.lessons.sources import known_sources
from persim.scenario_fields import Fields
from persim.scenario_yaml import Node, read_nodes, shown_path

REQUIRED = ("schema_version", "lesson", "title", "question", "minutes", "sources", "parts")
TOP_KEYS = (*REQUIRED, "order", "for_teachers")
MOST_MINUTES, MOST_PARTS, USUAL_ORDER = 180, 60, 100


def read_lesson(path: str | Path) -> Lesson:
    """A lesson by its name or file.

    Raises: ScenarioError with every fault of the file.
    """
    place = find_lesson(path)
    stamp = place.stat() if place.is_file() else None
    return _read(place, (stamp.st_mtime_ns, stamp.st_size) if stamp else (0, 0))


@lru_cache(maxsize=128)
def _read(place: Path, stamp: tuple[int, int]) -> Lesson:
    """The lesson of a file as it is now: a teacher who saves the file sees the change on reload."""
    tree, faults = read_nodes(place, "lesson")
    fields = Fields(shown_path(place))
    lesson = lesson_of(fields, tree, place)
    if faults or fields.faults:
        raise ScenarioError([*faults, *fields.faults])
    return lesson


def lesson_of(fields: Fields, tree: Node, place: Path) -> Lesson:
    """What the tree of a file says; faults are noted in `fields`, and with faults it is what could be read."""
    found = fields.mapping(tree, "", TOP_KEYS)
    for key in REQUIRED:
        if key not in found:
            fields.fault(tree, key, "is missing", f"a line `{key}: ...`", got="")
    if "schema_version" in found:
        version = fields.plain_number(found["schema_version"], "schema_version", str(LESSON_VERSION))
        if version is not None and version != LESSON_VERSION:
            problem = "is not known to this version of persim"
            fields.fault(found["schema_version"], "schema_version", problem, str(LESSON_VERSION))
    texts = {key: fields.text(found[key], key) or "" for key in ("title", "question", "for_teachers") if key in found}
    return Lesson(
        name=_own_name(fields, found, place),
        title=texts.get("title", ""),
        question=texts.get("question", ""),
        minutes=fields.whole_if_there(found, "minutes", 1, MOST_MINUTES, "minutes") or 0,
        sources=fields.names(found, "sources", known_sources()),
        parts=_parts(fields, found.get("parts")),
        order=fields.whole_if_there(found, "order", 1, USUAL_ORDER, "places in the list") or USUAL_ORDER,
        for_teachers=texts.get("for_teachers", ""),
    )


def _own_name(fields: Fields, found: Mapping[str, Node], place: Path) -> str:
    name = fields.name(found["lesson"], "lesson") if "lesson" in found else None
    if name is not None and name != place.stem:
        problem = f"differs from the file's name {place.name}"
        fields.fault(found["lesson"], "lesson", problem, place.stem, "rename one of the two")
    return name or place.stem


def _parts(fields: Fields, node: Node | None) -> tuple[Part, ...]:
    if node is None:
        return ()
    items = fields.items(node, "parts", "a list of parts, each starting with `- kind: ...`")
    if not items and (node.blank or node.kind == "list"):
        fields.fault(node, "parts", "has no part", "parts, each starting with `- kind: ...`")
    if len(items) > MOST_PARTS:
        fields.fault(node, "parts", f"are more than {MOST_PARTS}", "a lesson that fits a seminar")
    parts: list[Part] = []
    places: dict[str, Place] = {}
    for number, item in enumerate(items[:MOST_PARTS]):
        place = Place(fields, item, f"parts[{number}]", f"part_{number + 1}")
        part = _part(place)
        if part is None:
            continue
        if part.id in places:
            place.fault("id", f"is the id of {places[part.id].key} too", "an id of its own")
        places[part.id] = place
        if isinstance(part, Told) and any(isinstance(before, ContentNote) for before in parts):
            part = replace(part, legal=True)
        parts.append(part)
    _check_questions(parts, places)
    _check_ways_round(parts, places)
    return tuple(parts)


def _part(place: Place) -> Part | None:
    node, fields = place.node, place.fields
    if node.kind != "mapping":
        return fields.fault(node, place.key, "is not a part", f"`- kind: {' | '.join(PART_READERS)}`")
    if "kind" not in node.entries:
        return fields.fault(node, f"{place.key}.kind", "is missing", f"one of {', '.join(PART_READERS)}", got="")
    kind_node = node.entries["kind"][1]
    kind = fields.choice({"kind": kind_node}, "kind", tuple(PART_READERS), f"{place.key}.")
    if kind is None or kind not in PART_READERS:
        return None
    return PART_READERS[kind](place, kind)


def _check_questions(parts: list[Part], places: Mapping[str, Place]) -> None:
    """Every question is answered by one reveal after it, which has what the question needs."""
    asked: dict[str, Question] = {}
    answered: set[str] = set()
    for part in parts:
        if isinstance(part, Question):
            asked[part.id] = part
        elif isinstance(part, Reveal) and part.question:
            place = places[part.id]
            if part.question not in asked:
                place.fault("question", "is no question before this reveal", "", *_near(part.question, asked))
            elif part.question in answered:
                place.fault("question", "is answered by a reveal before this one", "one reveal for each question")
            else:
                _check_pair(asked[part.question], part, places)
            answered.add(part.question)
    for name in asked.keys() - answered:
        places[name].fault("", "has no reveal", f"a later part with `kind: reveal` and `question: {name}`")


def _check_pair(question: Question, reveal: Reveal, places: Mapping[str, Place]) -> None:
    place = places[question.id]
    compared = reveal.compared
    names = {*reveal.outcomes, *reveal.groups, *(world.name for world in reveal.runs.worlds)}
    for number, choice in enumerate(question.choices):
        if choice.direction and compared.against is None:
            problem = "needs something that the reveal's reading is held against"
            place.fault(f"choices[{number}].direction", problem, "`against:` below the reveal's `read:`")
        if choice.largest and choice.largest not in names:
            hint = f"known there: {', '.join(sorted(names))}"
            place.fault(f"choices[{number}].largest", "is no world, outcome or group of its reveal", "", hint)
    if question.predict != "curve":
        return
    if reveal.chart != "curves":
        place.fault("predict", "is a curve, but its reveal draws bars", "`chart: curves` in the reveal")
    if not reveal.weeks[0] <= question.from_week < reveal.weeks[1]:
        place.fault("from_week", f"is not among the weeks {reveal.weeks[0]} to {reveal.weeks[1]} of its reveal")
    for name in question.given:
        if name not in {world.name for world in reveal.runs.worlds} - {compared.reading.world}:
            place.fault(
                "given", f"names {name}, which is no other world of its reveal", "worlds that are not asked for"
            )


def _check_ways_round(parts: list[Part], places: Mapping[str, Place]) -> None:
    """Where a content note lets people go on lies after it."""
    order = [part.id for part in parts]
    for number, part in enumerate(parts):
        target = getattr(part, "skip_to", "")
        if target and target not in order[number + 1 :]:
            places[part.id].fault("skip_to", "is no part after this note", "", *_near(target, order[number + 1 :]))


def _near(word: str, known) -> tuple[str, ...]:
    from persim.scenario_fields import nearest

    return (nearest(word, known),)


__all__ = ["lesson_of", "read_lesson"]
