"""Where in a lesson file something stands: its node, its key, and the fields that keep its faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from persim.lessons.part_keys import PART_KEYS
from persim.scenario_fields import Fields
from persim.scenario_yaml import Node


@dataclass
class Place:
    """One mapping of the file. Each reader gives what is usual where the key is not written or is at fault."""

    fields: Fields
    node: Node
    key: str
    id: str
    found: dict[str, Node] = field(default_factory=dict)

    def mapping(self, *keys: str) -> dict[str, Node]:
        """The nodes of the keys that are written; others are faults."""
        self.found = self.fields.mapping(self.node, self.key, keys)
        return self.found

    def part(self, kind: str) -> dict[str, Node]:
        """The nodes of a part of this kind; keys that it may not have, or lacks, are faults."""
        found = self.mapping(*PART_KEYS[kind].every)
        self.need(found, *PART_KEYS[kind].needed)
        return found

    def fault(self, key: str, problem: str, expected: str = "", hint: str = "") -> None:
        """Note a fault at one of the mapping's keys, or at the mapping itself."""
        node = self.found.get(key.split("[")[0].split(".")[0], self.node)
        path = f"{self.key}.{key}" if key else self.key
        got = None if node.kind == "scalar" and key else ""
        self.fields.fault(node, path, problem, expected, hint, got=got)

    def need(self, found: Mapping[str, Node], *keys: str) -> None:
        """Note every one of these keys that is missing."""
        for key in keys:
            if key not in found and self.node.kind == "mapping":
                self.fields.fault(self.node, f"{self.key}.{key}", "is missing", f"a line `{key}: ...`", got="")

    def common(self, found: Mapping[str, Node], kind: str) -> dict[str, Any]:
        """What every part has."""
        own = self.name(found, "id")
        return {
            "kind": kind,
            "id": own or self.id,
            "title": self.text(found, "title"),
            "text": self.text(found, "text"),
        }

    def text(self, found: Mapping[str, Node], key: str) -> str:
        """Words."""
        return (self.fields.text(found[key], f"{self.key}.{key}") or "") if key in found else ""

    def name(self, found: Mapping[str, Node], key: str) -> str:
        """A name of small letters, digits and _."""
        return (self.fields.name(found[key], f"{self.key}.{key}") or "") if key in found else ""

    def number(self, found: Mapping[str, Node], key: str, usual: float) -> float:
        """A number."""
        if key not in found:
            return usual
        value = self.fields.plain_number(found[key], f"{self.key}.{key}", "a number in the outcome's unit")
        return usual if value is None else value

    def whole(self, found: Mapping[str, Node], key: str, low: int, high: int, what: str, usual: int) -> int:
        """A whole number within bounds."""
        value = self.fields.whole_if_there(found, key, low, high, what, f"{self.key}.")
        return usual if value is None else value

    def words(self, found: Mapping[str, Node], key: str) -> tuple[str, ...]:
        """A list of words."""
        if key not in found:
            return ()
        items = self.fields.items(found[key], f"{self.key}.{key}", "a list of names")
        texts = [self.fields.text(item, f"{self.key}.{key}[{number}]") for number, item in enumerate(items)]
        return tuple(dict.fromkeys(text for text in texts if text))

    def below(self, key: str, node: Node) -> Place:
        """A mapping below one of the keys."""
        return Place(self.fields, node, f"{self.key}.{key}", "")
