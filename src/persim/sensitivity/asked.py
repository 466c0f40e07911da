"""One sensitivity design file, checked: the keys of a sweep's design that it shares, and those of its own.

Shared keys are read by `persim.design_file`, with the same faults: file, line, nearest word, all at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from persim.design_file import LARGEST_SEED, REQUIRED, SENSITIVITY_KEYS, DesignFile, read_top
from persim.errors import Fault, ScenarioError
from persim.scenario_fields import Fields, nearest
from persim.scenario_file import Arm, read_arms
from persim.scenario_yaml import Node, read_nodes, shown_path

SHARED_KEYS = (
    *REQUIRED, "expected", "notes", "parameters", "population", "horizon", "replicates", "seed", "window", "outcomes",
)  # fmt: skip
TOP_KEYS = (*SHARED_KEYS, "choices", "moved_together", *SENSITIVITY_KEYS, "keep", "bootstrap")
SWEEP_KEYS = ("levers", "sample", "record", "groups", "deciding_outcome")  # what a sweep has, and a study has not
NEEDED = (*REQUIRED, "morris")
MOST_SCENARIOS, MOST_COMBINATIONS, FEWEST_REPLICATES = 2, 64, 2
MOST_TRAJECTORIES, MOST_GRID, MOST_POINTS, MOST_RESAMPLES, MOST_OUTCOMES = 10_000, 20, 65_536, 10_000, 12
FEWEST_POINTS, FEWEST_RESAMPLES, FEWEST_KEPT = 8, 100, 2


@dataclass(frozen=True)
class Screening:
    """Morris screening: trajectories, levels of the grid (even), seed of the sample."""

    trajectories: int = 20
    levels: int = 4
    seed: int = 1


@dataclass(frozen=True)
class Indices:
    """Sobol' indices: points of the base sample (a power of two), are second orders estimated?, seed of the sample."""

    points: int = 128
    second_order: bool = False
    seed: int = 1


@dataclass(frozen=True)
class Keep:
    """Which factors go on: those with at least this share of the largest mean effect, and at most so many (0: all)."""

    share: float = 0.1
    most: int = 0


@dataclass(frozen=True)
class Bootstrap:
    """How intervals are made: resamples, and the seed of their luck."""

    resamples: int = 1000
    seed: int = 1


@dataclass(frozen=True)
class Asked:
    """What a sensitivity design file says. `base` holds the keys that it shares with a sweep's design."""

    base: DesignFile
    choices: Mapping[str, tuple[Arm, ...]]
    together: Mapping[str, tuple[str, ...]]
    screening: Screening
    indices: Indices | None
    keep: Keep
    bootstrap: Bootstrap


def read_asked(path: Path) -> tuple[Asked, list[Fault]]:
    """The file's content and its faults: with faults, the content is what could be read.

    Raises: ScenarioError if the file cannot be read at all or is not YAML.
    """
    tree, faults = read_nodes(path, "sensitivity design")
    fields = Fields(shown_path(path))
    if set(SWEEP_KEYS) & set(tree.entries) and not set(SENSITIVITY_KEYS) & set(tree.entries):
        hint = f"persim sweep {fields.shown}"
        raise ScenarioError([Fault(fields.shown, tree.line, tree.column, "", "", "", hint, "is a design of a sweep")])
    base, found = read_top(fields, tree, path, TOP_KEYS, NEEDED)
    _check_shared(fields, base, found)
    places = dict(base.places)
    choices = _choices(fields, found.get("choices"), places)
    asked = Asked(
        base=DesignFile(**{**vars(base), "places": places}),
        choices=choices,
        together=_together(fields, found.get("moved_together"), [s.parameter for s in base.spreads] + list(choices)),
        screening=_screening(fields, found.get("morris")),
        indices=_indices(fields, found["sobol"]) if "sobol" in found else None,
        keep=_keep(fields, found.get("keep")),
        bootstrap=_bootstrap(fields, found.get("bootstrap")),
    )
    _check_enough(fields, asked, tree)
    return asked, faults + fields.faults


def _check_shared(fields: Fields, base: DesignFile, found: Mapping[str, Node]) -> None:
    """What a sweep may have, and a sensitivity study may not."""
    if len(base.scenarios) > MOST_SCENARIOS:
        problem = f"names {len(base.scenarios)} scenarios"
        fields.fault(found["scenarios"], "scenarios", problem, "one, or two whose difference is studied", got="")
    if "replicates" in found and base.replicates < FEWEST_REPLICATES:
        fields.fault(
            found["replicates"],
            "replicates",
            "cannot tell chance from the inputs",
            f"at least {FEWEST_REPLICATES} seeds",
        )
    if "all" in base.outcomes or len(base.outcomes) > MOST_OUTCOMES:
        problem = "is more than can be read"
        fields.fault(found["outcomes"], "outcomes", problem, f"at most {MOST_OUTCOMES} outcomes by name", got="")


def _choices(fields: Fields, node: Node | None, places: dict[str, Node]) -> dict[str, tuple[Arm, ...]]:
    """Choices between bundles of changes, by name."""
    if node is None or node.blank:
        return {}
    if node.kind != "mapping":
        fields.fault(node, "choices", "is not a mapping", "a name for each choice, and below it its levels")
        return {}
    found: dict[str, tuple[Arm, ...]] = {}
    owner: dict[str, str] = {}
    combinations = 1
    for name, (key_node, value) in node.entries.items():
        key = f"choices.{name}"
        places[key] = key_node
        fields.name(key_node, key)
        arms = read_arms(fields, value, places, key)
        if len(arms) < 2:
            fields.fault(key_node, key, "has no two levels", "a name for each, and below it what it changes", got="")
        for changed in sorted({n for arm in arms for n in changed_by_arm(arm)}):
            if changed in owner:
                problem = f"changes {changed}, which the choice {owner[changed]} changes too"
                fields.fault(key_node, key, problem, "choices that change different numbers", got="")
            owner.setdefault(changed, name)
        combinations *= max(1, len(arms))
        found[name] = arms
    if combinations > MOST_COMBINATIONS:
        fields.fault(node, "choices", f"have {combinations} combinations", f"at most {MOST_COMBINATIONS}", got="")
    return found


def changed_by_arm(arm: Arm) -> set[str]:
    """Names of the numbers that a bundle changes, at the start or at a date."""
    return {*arm.parameters, *(name for step in arm.policy for name in step.set)}


def _together(fields: Fields, node: Node | None, inputs: list[str]) -> dict[str, tuple[str, ...]]:
    """Inputs that are moved together, by the name of the factor that moves them."""
    if node is None or node.blank:
        return {}
    if node.kind != "mapping":
        fields.fault(node, "moved_together", "is not a mapping", "a name for each, and a list of inputs")
        return {}
    found: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    for name, (key_node, value) in node.entries.items():
        key = f"moved_together.{name}"
        fields.name(key_node, key)
        if name in inputs:
            fields.fault(key_node, key, "is the name of an input", "another name", got="")
        members: list[str] = []
        for number, item in enumerate(fields.items(value, key, "a list of inputs")):
            text, place = fields.text(item, f"{key}[{number}]"), f"{key}[{number}]"
            if text is None:
                continue
            if text not in inputs:
                hint = nearest(text, inputs) or f"varied here: {', '.join(inputs)}"
                fields.fault(item, place, "is not varied in this design", "", hint)
            elif text in owner:
                fields.fault(item, place, f"is moved by {owner[text]} already", "each input once")
            else:
                members.append(text)
                owner[text] = name
        if len(members) < 2:
            fields.fault(key_node, key, "moves no two inputs", "at least two inputs of this design", got="")
        found[name] = tuple(members)
    return found


def _screening(fields: Fields, node: Node | None) -> Screening:
    found = fields.mapping(node, "morris", ("trajectories", "levels", "seed")) if node else {}
    least = Screening()
    trajectories = fields.whole_if_there(found, "trajectories", 2, MOST_TRAJECTORIES, "trajectories", "morris.")
    levels = fields.whole_if_there(found, "levels", 4, MOST_GRID, "levels", "morris.") or least.levels
    if levels % 2:
        fields.fault(found["levels"], "morris.levels", "is odd", "an even number, such as 4")
    return Screening(trajectories or least.trajectories, levels, _seed(fields, found, "morris."))


def _indices(fields: Fields, node: Node) -> Indices:
    found = fields.mapping(node, "sobol", ("points", "second_order", "seed"))
    points = fields.whole_if_there(found, "points", FEWEST_POINTS, MOST_POINTS, "points", "sobol.") or Indices().points
    if points & (points - 1):
        low, high = 1 << (points.bit_length() - 1), 1 << points.bit_length()
        fields.fault(found["points"], "sobol.points", "is no power of two", "", f"use {low} or {high}")
    second = fields.whole_if_there(found, "second_order", 0, 1, "orders", "sobol.")
    return Indices(points, bool(second), _seed(fields, found, "sobol."))


def _keep(fields: Fields, node: Node | None) -> Keep:
    found = fields.mapping(node, "keep", ("share", "most")) if node else {}
    share = fields.share(found["share"], "keep.share") if "share" in found else None
    most = fields.whole_if_there(found, "most", FEWEST_KEPT, 1000, "factors", "keep.")
    return Keep(Keep().share if share is None else share, most or 0)


def _bootstrap(fields: Fields, node: Node | None) -> Bootstrap:
    found = fields.mapping(node, "bootstrap", ("resamples", "seed")) if node else {}
    resamples = fields.whole_if_there(found, "resamples", FEWEST_RESAMPLES, MOST_RESAMPLES, "resamples", "bootstrap.")
    return Bootstrap(resamples or Bootstrap().resamples, _seed(fields, found, "bootstrap."))


def _seed(fields: Fields, found: Mapping[str, Node], above: str) -> int:
    seed = fields.whole_if_there(found, "seed", 0, LARGEST_SEED, "seeds", above)
    return 1 if seed is None else seed


def _check_enough(fields: Fields, asked: Asked, tree: Node) -> None:
    """At least two factors: with fewer there is nothing to rank."""
    moved = sum(len(members) - 1 for members in asked.together.values() if members)
    n = len(asked.base.spreads) + len(asked.choices) - moved
    if n < 2 and not fields.faults:
        fields.fault(
            tree, "parameters", f"leave {n} factor{'s' if n != 1 else ''}", "at least two factors to vary", got=""
        )
