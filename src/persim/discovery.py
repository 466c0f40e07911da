"""Where a policy fails, over many worlds, and how that reads: "it fails where panel capacity < 3 per week".

A world is one set of parameters with the outcome "fails" or not. Boxes in it are found by `persim.failure_boxes`, and
told only if worlds they were not found in bear them out. Nothing here runs a model.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from persim.errors import InputError
from persim.failure_boxes import Box, Condition, Worlds, borne_out, find_boxes
from persim.number_words import MINUS, share_of_worlds

if TYPE_CHECKING:
    import pandas as pd

CAVEAT = "A share of this design's parameter sets, under its ranges; not a chance of success here."
FEWEST_WORLDS = 30
FEWEST_OF_A_KIND = 8  # worlds that fail, and that do not
UNITS_UNSAID = ("", "0-1", "share", "0 or 1")

Why = Literal["", "none fail", "all fail", "no difference", "too few worlds", "too few of a kind", "no pattern"]


@dataclass(frozen=True)
class Discovery:
    """Where it fails: boxes, best first; without any, `why_none` says why. Labels and units are by parameter."""

    n_worlds: int
    n_failing: int
    boxes: tuple[Box, ...]
    why_none: Why
    labels: Mapping[str, str]
    units: Mapping[str, str]

    @property
    def share_not_failing(self) -> float:
        """Of all worlds."""
        return 1.0 - self.n_failing / self.n_worlds


def can_discover() -> bool:
    """Is scikit-learn, which proposes boxes, installed?"""
    return importlib.util.find_spec("sklearn") is not None


def discover(
    factors: pd.DataFrame,
    failing: np.ndarray,
    labels: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    seed: int = 1,
) -> Discovery:
    """Find the boxes in which a policy fails.

    Args:
        factors: one row a world, one numeric column a parameter. failing: bool, shape (n_worlds,). labels, units: of
            parameters, for sentences. seed: of the trees and the folds; the same seed finds the same boxes.

    Raises: InputError if scikit-learn is missing, or factors are not numbers, one row for each entry of `failing`.
    """
    worlds = _checked(factors, failing)
    n, n_failing = len(worlds.fails), int(worlds.fails.sum())
    why_none = _why_not(n, n_failing)
    boxes: list[Box] = []
    if not why_none:
        boxes = borne_out(find_boxes(worlds, seed), worlds, seed)
        why_none = "" if boxes else "no pattern"
    return Discovery(n, n_failing, tuple(boxes), why_none, dict(labels or {}), dict(units or {}))


def _checked(factors: pd.DataFrame, failing: np.ndarray) -> Worlds:
    try:
        values = factors.to_numpy(float)
    except (TypeError, ValueError) as error:
        raise InputError(f"factors must be numbers: {error}") from None
    fails = np.asarray(failing)
    if fails.dtype != bool or fails.shape != (len(values),) or not len(values):
        raise InputError(
            f"failing must be bool of shape ({len(values)},), one a world; it is {fails.dtype} {fails.shape}"
        )
    if not np.isfinite(values).all():
        bad = factors.columns[~np.isfinite(values).all(axis=0)][0]
        raise InputError(f"factors: {bad} has a value that is missing or not finite")
    return Worlds(values, fails, [str(name) for name in factors.columns])


def _why_not(n: int, n_failing: int) -> Why:
    if n_failing in (0, n):
        return "all fail" if n_failing else "none fail"
    if n < FEWEST_WORLDS:
        return "too few worlds"
    return "too few of a kind" if min(n_failing, n - n_failing) < FEWEST_OF_A_KIND else ""


# In words


def share_interval(n_of: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share `n_of / n`; from 0 to 1 if there are none."""
    if n == 0:
        return 0.0, 1.0
    z2 = 1.959963984540054**2
    share = n_of / n
    middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n)
    half = math.sqrt(z2 * (share * (1.0 - share) / n + z2 / (4.0 * n * n))) / (1.0 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def discovery_sentence(
    found: Discovery, better: str, reference: str, interval: bool = True, clearly: float = math.nan
) -> str:
    """In what share of worlds `better` beats `reference`, and where it fails, in a sentence or two.

    Args:
        interval: say Wilson's interval of the share: for worlds that were drawn at random. clearly: the share of worlds in
            which it does so beyond chance, where that is known.

    The caveat `CAVEAT` belongs beside it.
    """
    n, good = found.n_worlds, found.n_worlds - found.n_failing
    if found.why_none == "no difference":
        return f"{better} does not differ from {reference} in any of {n:,} plausible worlds."
    low, high = share_interval(good, n)
    text = f"{better} beats {reference} in {share_of_worlds(good / n)} of {n:,} plausible worlds"
    if interval:
        text += f" (95 % interval {share_of_worlds(low)} to {share_of_worlds(high)})"
    if math.isfinite(clearly) and good:
        text += f", beyond chance in {share_of_worlds(clearly)}"
    if found.boxes:
        where = [_where(found, box) for box in found.boxes]
        return (
            f"{text}; it fails where {where[0]}" + "".join(f". It also fails where {more}" for more in where[1:]) + "."
        )
    return f"{text}{_WHY_WORDS[found.why_none].format(n=n, few=min(good, found.n_failing))}"


_WHY_WORDS: Mapping[Why, str] = {
    "": ".",
    "no difference": ".",
    "none fail": "; it fails in none of them.",
    "all fail": ": it fails in all of them.",
    "too few worlds": "; {n} worlds are too few to say where it fails.",
    "too few of a kind": "; {few} worlds of the rarer kind are too few to say where it fails.",
    "no pattern": "; where it fails does not follow from any one to three of the parameters varied.",
}


def _where(found: Discovery, box: Box) -> str:
    conditions = " and ".join(condition_words(each, found.labels, found.units) for each in box.conditions)
    figures = f"coverage {share_of_worlds(box.coverage)}, density {share_of_worlds(box.density)}"
    if box.unstable:
        held_out = f"{share_of_worlds(box.held_out_coverage)} and {share_of_worlds(box.held_out_density)}"
        figures += f"; unstable: {held_out} in worlds left out"
    return f"{conditions} ({figures})"


def condition_words(condition: Condition, labels: Mapping[str, str], units: Mapping[str, str]) -> str:
    """One condition as read: panel capacity < 3 per week."""
    parameter, side, threshold = condition
    label, unit = labels.get(parameter, parameter), units.get(parameter, "")
    number = f"{threshold:.6g}".replace("-", MINUS)
    label = label if label[:2].isupper() else label[:1].lower() + label[1:]
    return f"{label} {side} {number}" + ("" if unit in UNITS_UNSAID else f" {unit}")
