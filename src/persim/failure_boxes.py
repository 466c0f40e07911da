"""Boxes of parameters that hold most of the worlds that fail and little else: how they are found and tried.

Shallow decision trees propose boxes. The one with the best balance of coverage and density is taken, rid of conditions
that do not help. `persim.discovery` says what a world is, and what is told of the boxes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from persim.errors import InputError

DEPTHS = (1, 2, 3)
FOLDS = 5
LEAST_LEAF, LEAF_SHARE = 5, 0.05
MOST_BOXES = 2
LEAST_ADDED_COVERAGE = 0.15  # of a second box
LEAST_LIFT = 0.25  # of the way from the share of worlds that fail to 1, that a box's density must go
CONFIDENT = 0.01  # chance at most that held-out worlds in a box fail as often if the box meant nothing
UNSTABLE_LOSS = 0.15  # of coverage or density, from the worlds a box was found in to others
NO_HELP = 0.005  # a condition whose absence costs less of the balance is left out

Side = Literal["<", ">"]
Condition = tuple[str, Side, float]


@dataclass(frozen=True)
class Box:
    """Worlds in which every condition (parameter, "<" or ">", threshold) holds.

    `coverage` is the share of all failing worlds that lie inside, `density` the share of the worlds inside that fail,
    both in the worlds the box was found in; `held_out_...` the same in worlds left out while finding it, over folds.
    """

    conditions: tuple[Condition, ...]
    coverage: float
    density: float
    n_inside: int
    held_out_coverage: float = math.nan
    held_out_density: float = math.nan

    @property
    def unstable(self) -> bool:
        """Does the box do much worse in worlds it was not found in?"""
        return (
            self.coverage - self.held_out_coverage > UNSTABLE_LOSS
            or self.density - self.held_out_density > UNSTABLE_LOSS
        )


class Worlds(NamedTuple):
    """Parameters of each world, shape (n_worlds, n_parameters), whether it fails, and the parameters' names."""

    values: np.ndarray
    fails: np.ndarray
    names: list[str]

    def only(self, which: np.ndarray) -> Worlds:
        """Some of the worlds."""
        return Worlds(self.values[which], self.fails[which], self.names)

    def inside(self, conditions: Sequence[Condition]) -> np.ndarray:
        """Which worlds fulfil all conditions: bool, shape (n_worlds,)."""
        found = np.ones(len(self.values), bool)
        for parameter, side, threshold in conditions:
            column = self.values[:, self.names.index(parameter)]
            found &= column < threshold if side == "<" else column > threshold
        return found


def _balance(inside: np.ndarray, fails: np.ndarray) -> float:
    """The harmonic mean of coverage and density (F1): 1 if the box holds all that fails and nothing else."""
    both = 2.0 * float((inside & fails).sum())
    return both / float(inside.sum() + fails.sum()) if both else 0.0


def find_boxes(worlds: Worlds, seed: int) -> list[Box]:
    """The best box, then the best among the worlds outside it if it adds enough."""
    boxes: list[Box] = []
    fails = worlds.fails
    left = np.ones(len(fails), bool)
    least = max(LEAST_LEAF, math.ceil(LEAF_SHARE * len(fails)))
    for _ in range(MOST_BOXES):
        if not fails[left].any() or fails[left].all() or left.sum() < 2 * least:
            break
        box = _best(worlds.only(left), seed, least)
        inside = worlds.inside(box)
        added = float((inside & fails & left).sum()) / float(fails.sum())
        if not box or not _is_dense(inside & left, fails, left) or (boxes and added < LEAST_ADDED_COVERAGE):
            break
        caught = float((inside & fails).sum())
        boxes.append(Box(box, caught / float(fails.sum()), caught / float(inside.sum()), int(inside.sum())))
        left &= ~inside
    return boxes


def _is_dense(inside: np.ndarray, fails: np.ndarray, left: np.ndarray) -> bool:
    base, density = float(fails[left].mean()), float(fails[inside].mean()) if inside.any() else 0.0
    return density - base >= LEAST_LIFT * (1.0 - base)


def _best(worlds: Worlds, seed: int, least: int) -> tuple[Condition, ...]:
    """The box of best balance among all nodes of all trees; among equals, the one with fewest conditions."""
    best: tuple[float, int, tuple[Condition, ...]] = (0.0, 0, ())
    everywhere = np.ones(len(worlds.fails), bool)
    for path in dict.fromkeys(_proposed(worlds, seed, least)):
        box = _slim(path, worlds)
        inside = worlds.inside(box)
        if not _is_dense(inside, worlds.fails, everywhere):
            continue
        found = (_balance(inside, worlds.fails), -len(box), _rounded(box, worlds))
        if found[:2] > best[:2]:
            best = found
    return best[2]


def _proposed(worlds: Worlds, seed: int, least: int) -> Iterator[tuple[Condition, ...]]:
    """The way to every node but the root of every tree, conditions merged by parameter."""
    trees = _sklearn("tree")
    for weights in (None, "balanced"):
        for depth in DEPTHS:
            made = trees.DecisionTreeClassifier(
                max_depth=depth, min_samples_leaf=least, class_weight=weights, random_state=seed
            )
            tree = made.fit(worlds.values, worlds.fails).tree_
            waiting: list[tuple[int, dict[tuple[str, Side], float]]] = [(0, {})]
            while waiting:
                node, limits = waiting.pop()
                if limits:
                    yield tuple(sorted((name, side, limit) for (name, side), limit in limits.items()))
                if tree.children_left[node] < 0:
                    continue
                name: str = worlds.names[int(tree.feature[node])]
                limit = float(tree.threshold[node])
                upper, lower = limits.get((name, "<"), math.inf), limits.get((name, ">"), -math.inf)
                waiting.append((int(tree.children_right[node]), {**limits, (name, ">"): max(lower, limit)}))
                waiting.append((int(tree.children_left[node]), {**limits, (name, "<"): min(upper, limit)}))


def _slim(box: tuple[Condition, ...], worlds: Worlds) -> tuple[Condition, ...]:
    """The box without conditions whose absence costs next to nothing, least useful first."""
    while len(box) > 1:
        score = _balance(worlds.inside(box), worlds.fails)
        fewer = [box[:place] + box[place + 1 :] for place in range(len(box))]
        scores = [_balance(worlds.inside(other), worlds.fails) for other in fewer]
        if max(scores) < score - NO_HELP:
            break
        box = fewer[int(np.argmax(scores))]
    return box


def _rounded(box: tuple[Condition, ...], worlds: Worlds) -> tuple[Condition, ...]:
    """The box with as few digits in its thresholds as keep every world on its side."""
    found: list[Condition] = []
    for name, side, threshold in box:
        found.append((name, side, _round_between(worlds.values[:, worlds.names.index(name)], side, threshold)))
    return tuple(found)


def _round_between(column: np.ndarray, side: Side, threshold: float) -> float:
    inside = column < threshold if side == "<" else column > threshold
    if not inside.any() or inside.all():
        return threshold
    last, first = (inside, ~inside) if side == "<" else (~inside, inside)
    below, above = float(column[last].max()), float(column[first].min())
    for digits in range(1, 16):
        end, middle = (
            float(f"{value:.{digits - 1}e}") for value in (above if side == "<" else below, (below + above) / 2.0)
        )
        if end == (above if side == "<" else below):  # whole numbers: less than 3, not than 2.5
            return end
        if below < middle < above:
            return middle
    return threshold


def borne_out(boxes: list[Box], worlds: Worlds, seed: int) -> list[Box]:
    """The boxes with held-out figures; those that other worlds do not bear out are dropped, and any after them.

    The whole search is made anew without each fold, and its boxes are tried on that fold; each stands for the box that
    it overlaps most. A box is borne out if held-out worlds in it fail more often than all worlds do, by an exact test.
    """
    if not boxes:
        return []
    from scipy.stats import binomtest

    fails = worlds.fails
    whole = [worlds.inside(box.conditions) for box in boxes]
    inside = np.zeros((len(boxes), len(fails)), bool)
    folds = _sklearn("model_selection").StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(worlds.values, fails):
        for box in find_boxes(worlds.only(train), seed):
            again = worlds.inside(box.conditions)
            alike = [float((again & each).sum()) / float((again | each).sum()) for each in whole]
            inside[int(np.argmax(alike)), test] |= again[test]
    found = []
    for box, within in zip(boxes, inside, strict=True):
        n, n_fail = int(within.sum()), int((within & fails).sum())
        if n == 0 or binomtest(n_fail, n, float(fails.mean()), "greater").pvalue > CONFIDENT:
            break
        found.append(replace(box, held_out_coverage=n_fail / float(fails.sum()), held_out_density=n_fail / n))
    return found


def _sklearn(part: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"sklearn.{part}")
    except ModuleNotFoundError:
        raise InputError("finding where a policy fails needs scikit-learn: pip install 'persim[decide]'") from None
