"""`ranges.yaml`, checked: published figures that bound numbers, and which numbers lean on each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from persim.evidence.fields import SOURCE_KEYS, VERIFIED, EvidenceFile, open_evidence
from persim.evidence.rows import Range
from persim.parameters import BY_NAME
from persim.scenario_yaml import Node

RANGE_KEYS = (*SOURCE_KEYS, "value", "range", "figure", "parameters", "not_used")
REQUIRED = ("quantity", "unit", "year", "population", "source", "verified")
TEXTS = ("quantity", "unit", "figure", "year", "population", "source", "note", "not_used")


def read_ranges(path: Path) -> tuple[list[Range], EvidenceFile]:
    """The figures of a file, those without faults, and the file with its faults."""
    file = open_evidence(path, "ranges")
    return [found for code, row in file.items() if (found := _range(file, code, row))], file


def _range(file: EvidenceFile, code: str, row: Node) -> Range | None:
    before = len(file.fields.faults)
    found = file.fields.mapping(row, code, RANGE_KEYS)
    file.required(found, row, code, REQUIRED)
    value = file.number(found, code, "value")
    low, high = file.interval(found, code, value) or (None, None)
    parameters = file.names(found, code, "parameters", BY_NAME)
    if ("not_used" in found) == ("parameters" in found):
        problem = "stands beside not_used" if "not_used" in found else "is missing"
        expected = "either the parameters that lean on it, or not_used and the reason"
        file.fields.fault(row, f"{code}.parameters", problem, expected, got="")
    said: dict[str, Any] = {name: file.text(found, code, name) for name in TEXTS}
    said["verified"] = file.fields.choice(found, "verified", VERIFIED, f"{code}.")
    if len(file.fields.faults) > before:
        return None
    return Range(id=code, value=value, low=low, high=high, parameters=parameters, **said)
