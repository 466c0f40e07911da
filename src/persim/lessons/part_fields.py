"""The parts of a lesson file, each kind by a reader of its own: what it may hold, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from persim.choosers import checked as checked_pick
from persim.errors import InputError
from persim.lessons.lesson import (
    CHOICE,
    DIRECTIONS,
    MEETING,
    WEEKS_BESIDE,
    Choice,
    ContentNote,
    Explain,
    Items,
    Loop,
    Part,
    Question,
    Told,
    Try,
)
from persim.lessons.part_keys import CHOICE_KEYS, PART_KEYS, PREDICTION_KEYS
from persim.lessons.place import Place
from persim.lessons.reveal_fields import read_reveal, read_runs
from persim.lessons.sources import known_sources
from persim.loops import BY_KEY as LOOPS
from persim.meeting_views import KINDS_OF_MEETING
from persim.scenario_yaml import Node

MEETINGS = tuple(dict.fromkeys(kind.title for kind in KINDS_OF_MEETING.values()))
MOST_ITEMS, MOST_CHOICES, MOST_LUCKS, MOST_LUCK = 20, 8, 6, 999_999


def _text(place: Place, kind: str) -> Part:
    found = place.part(kind)
    return Part(**place.common(found, kind))


def _content_note(place: Place, kind: str) -> ContentNote:
    found = place.part(kind)
    return ContentNote(**place.common(found, kind), skip_to=place.name(found, "skip_to"))


def _question(place: Place, kind: str) -> Question:
    found = place.part(kind)
    predict = place.fields.choice(found, "predict", PREDICTION_KEYS, f"{place.key}.") or ""
    if predict in PREDICTION_KEYS:
        own = PREDICTION_KEYS[predict]
        place.need(found, *own.needed)
        for key in PART_KEYS[kind].may:
            if key in found and key not in (*own.needed, *own.may):
                place.fault(key, f"does not go with `predict: {predict}`")
    bounds = [place.number(found, key, usual) for key, usual in (("low", 0.0), ("high", 1.0))]
    if not bounds[0] < bounds[1]:
        place.fault("high" if "high" in found else "low", f"leaves no room: {bounds[0]:g} to {bounds[1]:g}")
    return Question(
        **place.common(found, kind),
        predict=predict or CHOICE,
        choices=_choices(place, found.get("choices")),
        low=bounds[0],
        high=bounds[1],
        from_week=place.whole(found, "from_week", 0, 2599, "weeks", 0),
        given=place.words(found, "given"),
    )


def _choices(place: Place, node: Node | None) -> tuple[Choice, ...]:
    if node is None:
        return ()
    items = place.fields.items(node, f"{place.key}.choices", "a list of answers, each starting with `- text: ...`")
    if node.kind == "list" and not 2 <= len(items) <= MOST_CHOICES:
        place.fields.fault(node, f"{place.key}.choices", "are not a choice", f"two to {MOST_CHOICES} answers")
    choices = [_choice(Place(place.fields, item, f"{place.key}.choices[{n}]", "")) for n, item in enumerate(items)]
    measures = {(bool(c.direction), bool(c.between), bool(c.largest)) for c in choices if c.can_be_right}
    if len(measures) > 1:
        key, problem = f"{place.key}.choices", "are right by different measures"
        place.fields.fault(node, key, problem, "one measure for all answers")
    return tuple(choices)


def _choice(place: Place) -> Choice:
    found = place.mapping(*CHOICE_KEYS)
    place.need(found, "text")
    measures = [key for key in CHOICE_KEYS[1:] if key in found]
    if len(measures) > 1:
        place.fault(measures[1], f"stands beside `{measures[0]}`", "one of the two")
    return Choice(
        text=place.text(found, "text"),
        direction=place.fields.choice(found, "direction", DIRECTIONS, f"{place.key}."),  # type: ignore[arg-type]
        between=_between(place, found.get("between")),
        largest=place.text(found, "largest"),
    )


def _between(place: Place, node: Node | None) -> tuple[float | None, float | None] | None:
    if node is None:
        return None
    key, expected = f"{place.key}.between", "two numbers such as [0.1, 0.2]; null leaves an end open"
    items = place.fields.items(node, key, expected)
    if len(items) != 2:
        return place.fields.fault(node, key, "has not two ends", expected)
    low, high = (None if item.text == "null" else place.fields.plain_number(item, key, expected) for item in items)
    if low is not None and high is not None and not low < high:
        place.fields.fault(node, key, "leaves no room", expected)
    return low, high


def _told(place: Place, kind: str) -> Told:
    found = place.part(kind)
    pick = place.text(found, "pick")
    if pick:
        try:
            checked_pick(pick)
        except InputError as error:
            place.fault("pick", str(error).removeprefix("--pick "))
    runs = read_runs(place, found, most_worlds=1)
    return Told(
        **place.common(found, kind), runs=runs, pick=pick, luck=_lucks(place, found.get("luck")),
        week=place.fields.choice(found, "week", WEEKS_BESIDE, f"{place.key}.") or MEETING,
        meeting=place.fields.choice(found, "meeting", MEETINGS, f"{place.key}.") or "", after=place.text(found, "after"),
    )  # fmt: skip


def _lucks(place: Place, node: Node | None) -> tuple[int, ...]:
    if node is None:
        return ()
    key, what = f"{place.key}.luck", "numbers of other luck"
    items = place.fields.items(node, key, "a list such as [1, 2, 3]")
    if node.kind == "list" and not 1 <= len(items) <= MOST_LUCKS:
        place.fields.fault(node, key, "are not a few", f"one to {MOST_LUCKS} {what}")
    numbers = [place.fields.whole(item, f"{key}[{n}]", 0, MOST_LUCK, what) for n, item in enumerate(items)]
    return tuple(number for number in numbers if number is not None)


def _loop(place: Place, kind: str) -> Loop:
    found = place.part(kind)
    return Loop(**place.common(found, kind), loop=place.fields.choice(found, "loop", LOOPS, f"{place.key}.") or "")


def _explain(place: Place, kind: str) -> Explain:
    found = place.part(kind)
    below = {f"{place.key}.sources": found["sources"]} if "sources" in found else {}
    return Explain(
        **place.common(found, kind), sources=place.fields.names(below, f"{place.key}.sources", known_sources())
    )


def _items(place: Place, kind: str) -> Items:
    found = place.part(kind)
    node, key = found.get("items"), f"{place.key}.items"
    items = place.fields.items(node, key, "a list of sentences") if node else []
    if node is not None and node.kind == "list" and not 1 <= len(items) <= MOST_ITEMS:
        place.fields.fault(node, key, "are not a few", f"one to {MOST_ITEMS} sentences")
    texts = [place.fields.text(item, f"{key}[{number}]") for number, item in enumerate(items)]
    return Items(**place.common(found, kind), items=tuple(text for text in texts if text))


def _try(place: Place, kind: str) -> Try:
    found = place.part(kind)
    return Try(**place.common(found, kind), runs=read_runs(place, found, most_worlds=2))


Reader = Callable[[Place, str], Part]
PART_READERS: Mapping[str, Reader] = {
    "text": _text,
    "content_note": _content_note,
    "question": _question,
    "reveal": read_reveal,
    "look": read_reveal,
    "two_worlds": read_reveal,
    "person_and_coordinator": _told,
    "three_views": _told,
    "luck": _told,
    "loops": _loop,
    "explain": _explain,
    "leaves_out": _items,
    "discuss": _items,
    "try": _try,
}

__all__ = ["PART_READERS", "Place"]
