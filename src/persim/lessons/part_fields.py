"""The parts of a lesson file, each kind by a reader of its own: what it may hold, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from persim.choosers import checked as checked_pick
from persim.errors import InputError
from persim.lessons.lesson import (
    CHOICE,
    CURVE,
    DIRECTIONS,
    MEETING,
    NUMBER,
    PREDICTIONS,
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
from persim.lessons.place import COMMON, Place
from persim.lessons.reveal_fields import RUN_KEYS, read_reveal, read_runs
from persim.lessons.sources import known_sources
from persim.loops import BY_KEY as LOOPS
from persim.meeting_views import KINDS_OF_MEETING
from persim.scenario_yaml import Node

MEETINGS = tuple(dict.fromkeys(kind.title for kind in KINDS_OF_MEETING.values()))
MOST_ITEMS, MOST_CHOICES, MOST_LUCKS, MOST_LUCK = 20, 8, 6, 999_999


def _text(place: Place, kind: str) -> Part:
    found = place.mapping(*COMMON)
    place.need(found, "text")
    return Part(**place.common(found, kind))


def _content_note(place: Place, kind: str) -> ContentNote:
    found = place.mapping(*COMMON, "skip_to")
    place.need(found, "text")
    return ContentNote(**place.common(found, kind), skip_to=place.name(found, "skip_to"))


def _question(place: Place, kind: str) -> Question:
    own: dict[str, tuple[str, ...]] = {
        CHOICE: ("choices",),
        NUMBER: ("low", "high"),
        CURVE: ("low", "high", "from_week", "given"),
    }
    every = sorted({key for keys in own.values() for key in keys})
    found = place.mapping(*COMMON, "predict", *every)
    place.need(found, "id", "text", "predict")
    predict = place.fields.choice(found, "predict", PREDICTIONS, f"{place.key}.") or CHOICE
    for key in every:
        if key in found and key not in own.get(predict, every):
            place.fault(key, f"does not go with `predict: {predict}`")
    bounds = [place.number(found, key, usual) for key, usual in (("low", 0.0), ("high", 1.0))]
    if predict == CHOICE:
        place.need(found, "choices")
    elif not bounds[0] < bounds[1]:
        place.fault("high" if "high" in found else "low", f"leaves no room: {bounds[0]:g} to {bounds[1]:g}")
    if predict == CURVE:
        place.need(found, "from_week", "high")
    return Question(
        **place.common(found, kind),
        predict=predict,
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
    some = [choice.can_be_right for choice in choices]
    if (
        any(some)
        and len({(bool(c.direction), bool(c.between), bool(c.largest)) for c in choices if c.can_be_right}) > 1
    ):
        place.fields.fault(
            node, f"{place.key}.choices", "are right by different measures", "one measure for all answers"
        )
    return tuple(choices)


def _choice(place: Place) -> Choice:
    found = place.mapping("text", "direction", "between", "largest")
    place.need(found, "text")
    measures = [key for key in ("direction", "between", "largest") if key in found]
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
    own = {"luck": ("luck",), "person_and_coordinator": ("week",), "three_views": ("meeting",)}[kind]
    found = place.mapping(*COMMON, *RUN_KEYS, "pick", "after", *own)
    place.need(found, "worlds", "pick", *(key for key in own if key == "luck"))
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
    found = place.mapping(*COMMON, "loop")
    place.need(found, "loop")
    return Loop(**place.common(found, kind), loop=place.fields.choice(found, "loop", LOOPS, f"{place.key}.") or "")


def _explain(place: Place, kind: str) -> Explain:
    found = place.mapping(*COMMON, "sources")
    place.need(found, "text", "sources")
    below = {f"{place.key}.sources": found["sources"]} if "sources" in found else {}
    return Explain(
        **place.common(found, kind), sources=place.fields.names(below, f"{place.key}.sources", known_sources())
    )


def _items(place: Place, kind: str) -> Items:
    found = place.mapping(*COMMON, "items")
    place.need(found, "items")
    node, key = found.get("items"), f"{place.key}.items"
    items = place.fields.items(node, key, "a list of sentences") if node else []
    if node is not None and node.kind == "list" and not 1 <= len(items) <= MOST_ITEMS:
        place.fields.fault(node, key, "are not a few", f"one to {MOST_ITEMS} sentences")
    texts = [place.fields.text(item, f"{key}[{number}]") for number, item in enumerate(items)]
    return Items(**place.common(found, kind), items=tuple(text for text in texts if text))


def _try(place: Place, kind: str) -> Try:
    found = place.mapping(*COMMON, *RUN_KEYS)
    place.need(found, "worlds")
    return Try(**place.common(found, kind), runs=read_runs(place, found, most_worlds=2))


Reader = Callable[[Place, str], Part]
# What a part may be, in the order in which a page of help tells them.
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
