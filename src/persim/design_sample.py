"""How worlds are sampled, as a design file says it: by which method, how many, with which seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from persim.scenario_fields import Fields
from persim.scenario_yaml import Node

POSTERIOR = "posterior"
METHODS = ("sobol", "latin_hypercube", "random", POSTERIOR)
MOST_POINTS, LARGEST_SEED = 65_536, 2**53


@dataclass(frozen=True)
class Spread:
    """How one parameter is varied: `values` it takes one after another, or bounds from which it is sampled.

    `values` is empty for a sampled one. `log` spreads samples evenly over orders of magnitude.
    """

    parameter: str
    values: tuple[float, ...]
    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Sample:
    """How many worlds are sampled, by which method, with which seed.

    By the method `posterior` they are drawn from a posterior sample: that of `file`, or the shipped one if it is empty;
    `digest` is the SHA-256 of the one that was read.
    """

    method: str = "sobol"
    points: int = 64
    seed: int = 1
    file: str = ""
    digest: str = ""


def read_sample(fields: Fields, node: Node | None, spreads: Sequence[Spread], places: dict[str, Node]) -> Sample | None:
    """What `sample:` says; faults are noted in `fields`. None if it is not there.

    Args:
        places: of the file's keys, "" for the whole; those of the sample's are added.
    """
    sampled = [spread.parameter for spread in spreads if not spread.values]
    if node is None:
        if sampled:
            problem = f"is missing, but {', '.join(sampled)} {'is' if len(sampled) == 1 else 'are'} to be sampled"
            fields.fault(places[""], "sample", problem, "`sample: {method: sobol, points: 64}`", got="")
        return None
    found = fields.mapping(node, "sample", ("method", "points", "seed", "file"))
    places |= {f"sample.{key}": value for key, value in found.items()}
    method = fields.choice(found, "method", METHODS, "sample.") or "sobol"
    if method == POSTERIOR and sampled:
        problem = f"draws worlds from a posterior sample, so {', '.join(sampled)} cannot be sampled beside it"
        fields.fault(node, "sample", problem, "lists or grids of other numbers", got="")
    if method != POSTERIOR and not sampled:
        fields.fault(
            node, "sample", "has nothing to sample", "a parameter with `sampled` or {low: ..., high: ...}", got=""
        )
    points = fields.whole_if_there(found, "points", 2, MOST_POINTS, "worlds", "sample.") or 64
    seed = fields.whole_if_there(found, "seed", 0, LARGEST_SEED, "seeds", "sample.")
    if method == "sobol" and points & (points - 1):
        low, high = 1 << (points.bit_length() - 1), 1 << points.bit_length()
        hint = f"use {low} or {high}, or `method: latin_hypercube`"
        fields.fault(found["points"], "sample.points", "is no power of two, which Sobol' points need", "", hint)
    file = fields.text(found["file"], "sample.file") if "file" in found else None
    if file and method != POSTERIOR:
        fields.fault(found["file"], "sample.file", "is that of a posterior sample", "`method: posterior`, or no file")
    return Sample(method, points, 1 if seed is None else seed, file or "")
