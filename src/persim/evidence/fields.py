"""Fields that the evidence files share: codes, figures with their range, who was counted, where it was read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from persim.errors import Fault, PersimError
from persim.evidence.measured import GROUP_LABELS
from persim.evidence.rows import EVERYBODY
from persim.outcomes import BY_NAME as OUTCOMES
from persim.scenario import read_scenario
from persim.scenario_fields import Fields, nearest
from persim.scenario_yaml import Node, read_nodes, shown_path

EVIDENCE_VERSION = 1
CODE = re.compile(r"[A-Z]{3}\d{2}")
VERIFIED = ("yes", "third hand", "derived")
WEEKS_EXPECTED = "[FIRST, LAST] in calendar weeks, both included, such as [156, 207]"
SOURCE_KEYS = ("quantity", "unit", "year", "population", "source", "verified", "note")
Weeks = tuple[int, int]


@dataclass
class EvidenceFile:
    """One file while it is read: its fields with the faults found in them, and its rows by code."""

    fields: Fields
    rows: dict[str, Node]
    duplicates: list[Fault]
    _horizons: dict[str, Weeks | None] = field(default_factory=dict)

    @property
    def faults(self) -> list[Fault]:
        """All that was found wrong so far."""
        return [*self.duplicates, *self.fields.faults]

    def items(self) -> Iterator[tuple[str, Node]]:
        """(code, row) of every row."""
        yield from self.rows.items()

    def required(self, found: Mapping[str, Node], row: Node, key: str, names: tuple[str, ...]) -> None:
        """Note what is missing from a row."""
        for name in names:
            if name not in found:
                self.fields.fault(row, f"{key}.{name}", "is missing", f"a line `{name}: ...`", got="")

    def text(self, found: Mapping[str, Node], key: str, name: str) -> str:
        """Words on one line, empty if the key is not written."""
        said = self.fields.text(found[name], f"{key}.{name}") if name in found else None
        return " ".join(said.split()) if said else ""

    def names(self, found: Mapping[str, Node], key: str, name: str, known: Collection[str]) -> tuple[str, ...]:
        """The known words of a list, none if the key is not written."""
        if name not in found:
            return ()
        words = []
        for item in self.fields.items(found[name], f"{key}.{name}", "a list of names"):
            word = self.fields.text(item, f"{key}.{name}")
            if word is not None and word not in known:
                self.fields.fault(item, f"{key}.{name}", "is not known here", "", nearest(word, known))
            elif word is not None:
                words.append(word)
        return tuple(words)

    def number(self, found: Mapping[str, Node], key: str, name: str) -> float | None:
        """A finite number, None if the key is not written."""
        return self.fields.plain_number(found[name], f"{key}.{name}", "a number") if name in found else None

    def interval(self, found: Mapping[str, Node], key: str, value: float | None) -> tuple[float, float] | None:
        """The range, which must not be empty and must hold the value."""
        if "range" not in found:
            return None
        node, expected = found["range"], "[LOW, HIGH], such as [0.10, 0.20]"
        ends = self._numbers(node, f"{key}.range", expected)
        if ends is None:
            return None
        low, high = ends
        if not low < high:
            return self.fields.fault(node, f"{key}.range", f"is empty: {low:g} is not below {high:g}", expected, got="")
        if value is not None and not low <= value <= high:
            problem = f"does not hold the value {value:g}"
            return self.fields.fault(
                node, f"{key}.range", problem, "a range with the value in it", got=f"[{low:g}, {high:g}]"
            )
        return low, high

    def weeks(self, node: Node, key: str, horizon: Weeks | None) -> Weeks | None:
        """Calendar weeks, first and last, within a horizon."""
        ends = self._numbers(node, key, WEEKS_EXPECTED)
        if ends is None:
            return None
        first, last = int(ends[0]), int(ends[1])
        if (first, last) != ends or first > last:
            return self.fields.fault(node, key, "are not weeks from first to last", WEEKS_EXPECTED)
        if horizon and not horizon[0] <= first <= last <= horizon[1]:
            problem = f"weeks {first} to {last} are not all run"
            return self.fields.fault(node, key, problem, f"weeks {horizon[0]} to {horizon[1]}", got="")
        return first, last

    def outcome(self, node: Node, key: str) -> str | None:
        """The name of an outcome of the model."""
        name = self.fields.text(node, key)
        if name is not None and name not in OUTCOMES:
            return self.fields.fault(node, key, "is no outcome of the model", "", nearest(name, OUTCOMES))
        return name

    def group(self, found: Mapping[str, Node], key: str) -> str:
        """The label of a group, "all" if the key is not written."""
        if "group" not in found:
            return EVERYBODY
        label = self.fields.text(found["group"], f"{key}.group") or EVERYBODY
        if label != EVERYBODY and label not in GROUP_LABELS:
            hint = nearest(label, GROUP_LABELS) or f"groups are all, {', '.join(GROUP_LABELS)}"
            self.fields.fault(found["group"], f"{key}.group", "is no group of the model", "", hint)
        return label

    def horizon(self, scenario: str, node: Node, key: str) -> Weeks | None:
        """(first, last) calendar week of a scenario; None, with a fault at the node, if it cannot be read."""
        if scenario not in self._horizons:
            try:
                found = read_scenario(scenario)
                self._horizons[scenario] = found.start_week, found.start_week + found.n_weeks - 1
            except PersimError as error:
                self._horizons[scenario] = None
                self.fields.fault(node, key, f"cannot be read: {error}", "a scenario, or an arm such as cto_rights/all")
        return self._horizons[scenario]

    def _numbers(self, node: Node, key: str, expected: str) -> tuple[float, float] | None:
        items = self.fields.items(node, key, expected)
        numbers = [self.fields.plain_number(item, key, expected) for item in items]
        if node.kind == "list" and len(items) != 2:
            return self.fields.fault(node, key, "is not a pair of numbers", expected)
        if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
            return None
        return numbers[0], numbers[1]


def open_evidence(path: Path, rows_key: str) -> EvidenceFile:
    """The rows of an evidence file: below `targets:`, `patterns:` or `ranges:`, by code.

    Raises: ScenarioError if the file cannot be read at all or is not YAML.
    """
    tree, duplicates = read_nodes(path, "findings file")
    fields = Fields(shown_path(path))
    found = fields.mapping(tree, "", ("schema_version", rows_key))
    for name in ("schema_version", rows_key):
        if name not in found:
            fields.fault(tree, name, "is missing", f"a line `{name}: ...`", got="")
    if "schema_version" in found:
        version = fields.plain_number(found["schema_version"], "schema_version", str(EVIDENCE_VERSION))
        if version is not None and version != EVIDENCE_VERSION:
            fields.fault(found["schema_version"], "schema_version", "is not known to this version of persim", "1")
    rows: dict[str, Node] = {}
    entries = found[rows_key].entries if rows_key in found else {}
    for code, (place, row) in entries.items():
        if CODE.fullmatch(code):
            rows[code] = row
        else:
            fields.fault(place, code, "is not a code", "three capitals and two digits, such as TGT01", got="")
    return EvidenceFile(fields, rows, duplicates)
