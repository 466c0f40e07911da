"""What a sensitivity study varies: inputs, each on a share from 0 to 1 of what it can be, and factors that move them.

An *input* is a parameter over a range, a parameter that takes listed values, or a choice between bundles of changes. A
*factor* is one input, or several that are moved together. Samples are made of shares; a share becomes a value here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from persim.design_file import Spread, between, tidy
from persim.parameters import BY_NAME

Kind = Literal["range", "listed", "choice"]


@dataclass(frozen=True)
class Input:
    """One thing that is varied.

    Attributes:
        name: of the parameter, or of the choice. spread: how a parameter is varied. levels: of a choice, by name.
    """

    name: str
    spread: Spread | None
    levels: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """A range, listed values, or a choice."""
        return "choice" if self.spread is None else "listed" if self.spread.values else "range"

    @property
    def n_levels(self) -> int:
        """Values it takes; 0 for a range."""
        return len(self.levels) if self.spread is None else len(self.spread.values)

    def value(self, share: float) -> float:
        """The value at a share from 0 to 1: the parameter's value, or the number of a choice's level, from 0.

        Listed values and levels have equal parts of the way.
        """
        if self.n_levels:
            level = min(int(share * self.n_levels), self.n_levels - 1)
            return float(level) if self.spread is None else self.spread.values[level]
        assert self.spread is not None
        return tidy(BY_NAME[self.name], between(self.spread.low, self.spread.high, share, self.spread.log))

    def share_of_level(self, level: int) -> float:
        """The middle of a level's part of the way."""
        return (level + 0.5) / self.n_levels

    def said(self) -> str:
        """Over what it is varied, in words."""
        if self.spread is None:
            return ", ".join(self.levels)
        if self.spread.values:
            return ", ".join(f"{value:g}" for value in self.spread.values)
        return f"{self.spread.low:g} to {self.spread.high:g}{', log scale' if self.spread.log else ''}"


@dataclass(frozen=True)
class Factor:
    """What is moved in one step: an input, or several together. members: places in the list of inputs."""

    name: str
    members: tuple[int, ...]


def factors_of(names: list[str], together: dict[str, tuple[str, ...]]) -> tuple[Factor, ...]:
    """Factors in the order of their first inputs.

    Args:
        names: of the inputs. together: names of factors, and the inputs that each moves.
    """
    owner = {name: factor for factor, members in together.items() for name in members}
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(owner.get(name, name), []).append(place)
    return tuple(Factor(name, tuple(members)) for name, members in found.items())
