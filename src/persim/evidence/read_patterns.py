"""`patterns.yaml`, checked: directions of effect, and the comparisons that would show each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from persim.evidence.fields import SOURCE_KEYS, VERIFIED, EvidenceFile, open_evidence
from persim.evidence.people_read import COLUMNS, allowed_words
from persim.evidence.rows import BASELINE, Contrast, Pattern, People, Side
from persim.parameters import BY_NAME
from persim.scenario_fields import nearest
from persim.scenario_yaml import Node

PATTERN_KEYS = (*(key for key in SOURCE_KEYS if key != "unit"), "sign", "contrasts", "not_shown")
REQUIRED = ("quantity", "sign", "year", "population", "source", "verified")
TEXTS = ("quantity", "year", "population", "source", "note", "not_shown")
CONTRAST_KEYS = ("name", "sign", "read", "less", "more", "smallest", "relative")
READ_KEYS = ("outcome", "group", "weeks", "people")
SIDE_KEYS = ("scenario", "changes", "constant", *READ_KEYS)
SIGNS = {1.0: 1, -1.0: -1, 0.0: 0}


def read_patterns(path: Path) -> tuple[list[Pattern], EvidenceFile]:
    """The patterns of a file, those without faults, and the file with its faults."""
    file = open_evidence(path, "patterns")
    return [found for code, row in file.items() if (found := _pattern(file, code, row))], file


def _pattern(file: EvidenceFile, code: str, row: Node) -> Pattern | None:
    before = len(file.fields.faults)
    found = file.fields.mapping(row, code, PATTERN_KEYS)
    file.required(found, row, code, REQUIRED)
    sign = _sign(file, found, code)
    items = file.fields.items(found["contrasts"], f"{code}.contrasts", "a list") if "contrasts" in found else []
    contrasts = [_contrast(file, item, f"{code}.contrasts[{n}]", sign or 0) for n, item in enumerate(items)]
    if not items and "not_shown" not in found:
        expected = "comparisons that show it, or not_shown and the reason"
        file.fields.fault(row, f"{code}.contrasts", "is missing", expected, got="")
    said: dict[str, Any] = {name: file.text(found, code, name) for name in TEXTS}
    said["verified"] = file.fields.choice(found, "verified", VERIFIED, f"{code}.")
    if len(file.fields.faults) > before or sign is None:
        return None
    return Pattern(id=code, sign=sign, contrasts=tuple(one for one in contrasts if one), **said)


def _sign(file: EvidenceFile, found: Mapping[str, Node], key: str) -> int | None:
    value = file.number(found, key, "sign")
    if value is not None and value not in SIGNS:
        return file.fields.fault(found["sign"], f"{key}.sign", "is not a sign", "1, -1 or 0")
    return None if value is None else SIGNS[value]


def _contrast(file: EvidenceFile, node: Node, key: str, sign: int) -> Contrast | None:
    before = len(file.fields.faults)
    found = file.fields.mapping(node, key, CONTRAST_KEYS)
    file.required(found, node, key, ("name", "less", "more"))
    own = _sign(file, found, key) if "sign" in found else sign
    shared = file.fields.mapping(found["read"], f"{key}.read", READ_KEYS) if "read" in found else {}
    less, more = (_side(file, found.get(which), f"{key}.{which}", shared) for which in ("less", "more"))
    smallest = file.number(found, key, "smallest") or 0.0
    if own == 0 and smallest <= 0.0:
        file.fields.fault(node, f"{key}.smallest", "is missing", "the smallest effect of interest, above 0", got="")
    relative = file.fields.choice(found, "relative", ("true", "false"), f"{key}.") == "true"
    if len(file.fields.faults) > before or less is None or more is None or own is None:
        return None
    if less == more:
        return file.fields.fault(node, key, "compares a side with itself", "two sides that differ", got="")
    return Contrast(file.text(found, key, "name"), own, less, more, smallest, relative)


def _side(file: EvidenceFile, node: Node | None, key: str, shared: Mapping[str, Node]) -> Side | None:
    if node is None:
        return None
    found = {**shared, **file.fields.mapping(node, key, SIDE_KEYS)}
    if "constant" in found:
        return Side(constant=file.number(found, key, "constant"))
    if ("outcome" in found) == ("people" in found):
        file.fields.fault(node, f"{key}.outcome", "is missing", "either an outcome or people to read", got="")
        return None
    scenario = file.text(found, key, "scenario") or BASELINE
    horizon = file.horizon(scenario, found.get("scenario", node), f"{key}.scenario")
    changes = _changes(file, found["changes"], f"{key}.changes") if "changes" in found else {}
    if "people" in found:
        people = _people(file, found["people"], f"{key}.people")
        first, last = horizon or (0, 0)
        return Side(scenario, changes, first=last, last=last, people=people) if people else None
    weeks = file.weeks(found["weeks"], f"{key}.weeks", horizon) if "weeks" in found else horizon
    node = found["outcome"]
    items = node.items if node.kind == "list" else [node]
    names = [file.outcome(item, f"{key}.outcome") for item in items]
    first, last = weeks or (0, 0)
    return Side(scenario, changes, tuple(name for name in names if name), file.group(found, key), first, last)


def _changes(file: EvidenceFile, node: Node, key: str) -> dict[str, float]:
    changes = {}
    for name, value in file.fields.mapping(node, key, BY_NAME).items():
        number = file.fields.parameter(value, f"{key}.{name}", BY_NAME[name])
        if number is not None:
            changes[name] = number
    return changes


def _people(file: EvidenceFile, node: Node, key: str) -> People | None:
    found = file.fields.mapping(node, key, ("mean", "where"))
    file.required(found, node, key, ("mean",))
    column = file.fields.choice(found, "mean", COLUMNS, f"{key}.")
    where: dict[str, str | float | bool] = {}
    for name, value in (
        file.fields.mapping(found["where"], f"{key}.where", COLUMNS) if "where" in found else {}
    ).items():
        known = allowed_words(name)
        if known and value.text not in known:
            file.fields.fault(
                value,
                f"{key}.where.{name}",
                "is not known here",
                f"one of {', '.join(known)}",
                nearest(value.text, known),
            )
        elif known:
            where[name] = value.text
        elif value.text in ("true", "false"):
            where[name] = value.text == "true"
        elif (number := file.fields.plain_number(value, f"{key}.where.{name}", "true, false or a number")) is not None:
            where[name] = number
    return People(column, where) if column else None
