"""What the evidence files hold once they are read: targets, parameter figures and patterns, as plain frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Use = Literal["specification", "calibration", "validation"]
Verified = Literal["yes", "third hand", "derived"]
Tier = Literal["A", "B"]
Stage = Literal["services", "take_up", ""]

BASELINE = "baseline"
EVERYBODY = "all"


@dataclass(frozen=True)
class Measured:
    """What in the model stands for a published figure, on the same base.

    A count of a week's end (people reported) is its mean over the weeks, a flow its sum; a rate is the sum of its top
    over the sum of its base, so that it is per person-week lived through. A figure "during the year" counts from the
    April before `last`.

    Attributes:
        outcome: of `persim.outcomes`. group: the label of a group, or "all".
        first, last: calendar weeks, both included; week 0 is that of 7 April 2008.
        ratio_to: weeks by whose value that of first to last is divided, for growth.
    """

    outcome: str
    group: str = EVERYBODY
    first: int = 0
    last: int = 0
    ratio_to: tuple[int, int] | None = None
    scenario: str = BASELINE


@dataclass(frozen=True)
class Target:
    """A published figure that the model produces rather than takes in.

    `value` is None where only a bound was published (`one_sided`: "upper"). `low` and `high` are the plausible range,
    definition error included; `sd` is the standard deviation that counts as the error of observation. `datum` names the
    published figure itself, so that it cannot enter twice under two codes.
    """

    id: str
    quantity: str
    unit: str
    value: float | None
    low: float
    high: float
    se: float | None
    one_sided: Literal["", "upper"]
    year: str
    population: str
    denominator: str
    source: str
    verified: Verified
    use: Use
    tier: Tier
    note: str
    stage: Stage
    datum: str
    measured: Measured

    @property
    def sd(self) -> float:
        """The error of observation: the standard error if one is given, else a quarter of the range."""
        return self.se if self.se is not None else (self.high - self.low) / 4.0

    def distance(self, simulated: float) -> float:
        """How far a simulated value lies from the figure, in errors of observation; 0 within a one-sided bound."""
        if self.value is None:
            return max(0.0, simulated - self.high) / self.sd
        return (simulated - self.value) / self.sd


@dataclass(frozen=True)
class Range:
    """A published figure that bounds numbers the model takes in, or that is context.

    `parameters` lean on it; where none does, `not_used` says why. `value`, `low` and `high` are None where the source
    gives none.
    """

    id: str
    quantity: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    figure: str
    year: str
    population: str
    source: str
    verified: Verified
    note: str
    parameters: tuple[str, ...]
    not_used: str


@dataclass(frozen=True)
class People:
    """A mean over eligible people at a run's last week.

    Attributes:
        column: of the table of people. where: column -> the word, number or truth that it has to be.
    """

    column: str
    where: Mapping[str, str | float | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a world, and what is read from it.

    Attributes:
        scenario: a name, or an arm such as cto_rights/all. changes: parameters changed from the first week.
        outcomes: added up. group, first, last: as in `Measured`. people: read instead of outcomes, if given.
        constant: a number instead of a world.
    """

    scenario: str = BASELINE
    changes: Mapping[str, float] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    group: str = EVERYBODY
    first: int = 0
    last: int = 259
    people: People | None = None
    constant: float | None = None


@dataclass(frozen=True)
class Contrast:
    """One comparison that a pattern foretells: the effect is `more` minus `less`, seed by seed.

    Attributes:
        name: says what is compared. sign: expected, +1, -1 or 0.
        smallest: the smallest effect of interest; for sign 0 the interval must lie within it.
        relative: is the effect taken as a share of the mean of `less`?
    """

    name: str
    sign: int
    less: Side
    more: Side
    smallest: float = 0.0
    relative: bool = False


@dataclass(frozen=True)
class Pattern:
    """A direction of effect with its source, and the comparisons that would show it.

    `not_shown` says what of it the model cannot show and why; with no contrasts, that is all of it.
    """

    id: str
    quantity: str
    sign: int
    year: str
    population: str
    source: str
    verified: Verified
    note: str
    contrasts: tuple[Contrast, ...]
    not_shown: str

    def arms(self) -> list[tuple[str, Mapping[str, float]]]:
        """The worlds that its contrasts need, each once: scenario and changed parameters."""
        found: list[tuple[str, Mapping[str, float]]] = []
        for contrast in self.contrasts:
            for side in (contrast.less, contrast.more):
                if side.constant is None and (side.scenario, side.changes) not in found:
                    found.append((side.scenario, side.changes))
        return found


@dataclass(frozen=True)
class Evidence:
    """All that the model is held against: targets, patterns, and figures for parameters."""

    targets: tuple[Target, ...]
    patterns: tuple[Pattern, ...]
    ranges: tuple[Range, ...]

    def target(self, id: str) -> Target:
        """The target of that code. Raises: KeyError."""
        return {target.id: target for target in self.targets}[id]

    def pattern(self, id: str) -> Pattern:
        """The pattern of that code. Raises: KeyError."""
        return {pattern.id: pattern for pattern in self.patterns}[id]
