"""Which keys a part of each kind may have, and must: one table for the reader and for the JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

COMMON = ("kind", "id", "title", "text")
RUNS = ("people", "seed")
CHART = (*RUNS, "replicates", "groups", "chart", "weeks", "over", "read", "expect", "after", "study")


class Keys(NamedTuple):
    """Keys of a kind of part besides `kind`: needed, and others that it may have."""

    needed: tuple[str, ...]
    may: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """All keys, those of every part first."""
        return tuple(dict.fromkeys((*COMMON, *self.needed, *self.may)))


# In the order in which docs/lessons.md tells them.
PART_KEYS: Mapping[str, Keys] = {
    "text": Keys(("text",)),
    "content_note": Keys(("text",), ("skip_to",)),
    "question": Keys(("id", "text", "predict"), ("choices", "low", "high", "from_week", "given")),
    "reveal": Keys(("worlds", "outcomes", "question"), CHART),
    "look": Keys(("worlds", "outcomes"), CHART),
    "two_worlds": Keys(("worlds", "outcomes"), CHART),
    "person_and_coordinator": Keys(("worlds", "pick"), (*RUNS, "after", "week")),
    "three_views": Keys(("worlds", "pick"), (*RUNS, "after", "meeting")),
    "luck": Keys(("worlds", "pick", "luck"), (*RUNS, "after")),
    "loops": Keys(("loop",)),
    "explain": Keys(("text", "sources")),
    "leaves_out": Keys(("items",)),
    "discuss": Keys(("items",)),
    "try": Keys(("worlds",), RUNS),
}
# What a question has beside, by what is predicted.
PREDICTION_KEYS: Mapping[str, Keys] = {
    "choice": Keys(("choices",)),
    "number": Keys((), ("low", "high")),
    "curve": Keys(("from_week", "high"), ("low", "given")),
}
WORLD_NEEDS = ("title", "scenario")
WORLD_KEYS = (*WORLD_NEEDS, "dials", "steps", "off")
CHOICE_KEYS = ("text", "direction", "between", "largest")
SIDE_KEYS = ("outcome", "group", "world", "weeks")
