"""What a feedback loop is made of: nodes, signed links with the rules behind them, and the parameters that cut it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from persim.parameters import Grade

Sign = Literal["+", "-"]
Kind = Literal["reinforcing", "balancing"]


@dataclass(frozen=True, slots=True)
class Node:
    """Something that rises and falls: its key within the loop, its words, and the outcome that shows it, if any does."""

    key: str
    label: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One node acts on another. `rule` is where, below `persim`; `cut`: it is what the loop's switch takes away."""

    cause: str
    effect: str
    sign: Sign
    rule: str
    why: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """One feedback loop.

    `outcome` shows best what it does, in the shipped scenario `seen_in`. `off` holds the parameters that cut it. `main`: one
    of the four that a lesson begins with. `caveat` is what a reader would otherwise take it to say.
    """

    key: str
    title: str
    sentence: str
    kind: Kind
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    off: Mapping[str, float]
    off_means: str
    outcome: str
    source: str
    grade: Grade
    caveat: str
    seen_in: str = "baseline"
    main: bool = False

    def node(self, key: str) -> Node:
        """The node with this key."""
        return next(node for node in self.nodes if node.key == key)

    def rings(self) -> list[tuple[Link, ...]]:
        """Every way round: links that lead from a node back to itself, each ring once, from its earliest node."""
        order = {node.key: place for place, node in enumerate(self.nodes)}
        found: list[tuple[Link, ...]] = []

        def follow(start: str, way: tuple[Link, ...]) -> None:
            at = way[-1].effect if way else start
            if way and at == start:
                found.append(way)
                return
            seen = {link.cause for link in way}
            for link in self.links:
                if link.cause == at and order[link.effect] >= order[start] and link.effect not in seen - {start}:
                    follow(start, (*way, link))

        for node in self.nodes:
            follow(node.key, ())
        return found


def ring_kind(ring: Iterable[Link]) -> Kind:
    """What the signs of a ring multiply to."""
    return "balancing" if sum(link.sign == "-" for link in ring) % 2 else "reinforcing"
