"""One design file, checked: which scenarios, what is varied, how often, and what is kept of each run.

Faults are noted with file, line and nearest word, all at once, as for scenario files. Reading the scenarios that a design
names, and making worlds of what it varies, is `persim.design`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from persim.design_sample import LARGEST_SEED, Sample, Spread, read_sample
from persim.errors import Fault, ScenarioError
from persim.gaps_and_costs import DERIVED
from persim.outcomes import ALL_GROUPS
from persim.outcomes import BY_NAME as OUTCOMES_BY_NAME
from persim.parameters import BY_NAME, Parameter
from persim.policy import COMPUTED
from persim.scenario_fields import Fields, is_whole
from persim.scenario_file import MOST_PEOPLE, MOST_WEEKS, Arm, read_arms
from persim.scenario_yaml import Node, read_nodes, shown_path

DESIGN_VERSION = 1
MOST_LEVELS, MOST_REPLICATES = 1000, 1_000_000
REQUIRED = ("schema_version", "name", "title", "question", "scenarios")
TOP_KEYS = (
    *REQUIRED, "expected", "notes", "levers", "parameters", "sample", "population", "horizon", "replicates", "seed",
    "record", "window", "groups", "outcomes", "deciding_outcome",
)  # fmt: skip
SENSITIVITY_KEYS = ("morris", "sobol")  # what a sensitivity design has, and a sweep has not
RECORDS = ("final", "quarterly", "weekly")
COMBINATIONS = ("alone", "alone_and_together", "pairs", "every_combination")
MOST_LEVERS_COMBINED = 10  # 1,024 combinations
Combine = Literal["alone", "alone_and_together", "pairs", "every_combination"]


@dataclass(frozen=True)
class Levers:
    """Bundles of changes that are added to every scenario, and which of them together."""

    arms: tuple[Arm, ...] = ()
    combine: Combine = "alone"


@dataclass(frozen=True)
class DesignFile:
    """What a design file says, and where (`places`: key path -> node)."""

    path: Path
    shown: str
    name: str
    texts: Mapping[str, str]
    scenarios: tuple[str, ...]
    levers: Levers
    spreads: tuple[Spread, ...]
    sample: Sample | None
    n_users: int | None
    n_weeks: int | None
    replicates: int
    seed: int
    record: str
    window: str | None
    groups: tuple[str, ...]
    outcomes: tuple[str, ...]
    deciding_outcome: str
    places: Mapping[str, Node]

    def fault(self, key: str, problem: str, expected: str = "", hint: str = "", got: str = "") -> Fault:
        """A fault at one of the file's keys, found later."""
        node = self.places.get(key)
        line, column = (node.line, node.column) if node else (0, 0)
        return Fault(self.shown, line, column, key, got, expected, hint, problem)


def read_design_file(path: Path) -> tuple[DesignFile, list[Fault]]:
    """The file's content and its faults: with faults, the content is what could be read.

    Raises: ScenarioError if the file cannot be read at all or is not YAML.
    """
    tree, faults = read_nodes(path, "design")
    fields = Fields(shown_path(path))
    if "scenarios" not in tree.entries and {"extends", "policy", "arms"} & set(tree.entries):
        hint = f"persim compare baseline {fields.shown}"
        raise ScenarioError([Fault(fields.shown, tree.line, tree.column, "", "", "a design", hint, "is a scenario")])
    if own := set(SENSITIVITY_KEYS) & set(tree.entries):
        place, hint = tree.entries[min(own)][0], f"persim sensitivity {fields.shown}"
        raise ScenarioError(
            [Fault(fields.shown, place.line, place.column, "", "", "", hint, "is a sensitivity design")]
        )
    content, _ = read_top(fields, tree, path, TOP_KEYS, REQUIRED)
    return content, faults + fields.faults


def read_top(
    fields: Fields, tree: Node, path: Path, keys: Collection[str], required: Collection[str]
) -> tuple[DesignFile, dict[str, Node]]:
    """What the keys of a design file say, and the nodes of all keys that are there; faults are noted in `fields`.

    Args:
        keys: that such a file may have; those that `DesignFile` does not know are the caller's to read.
    """
    found = fields.mapping(tree, "", keys, elsewhere="it belongs below `parameters:`")
    places = {"": tree, **found}
    for key in required:
        if key not in found:
            fields.fault(tree, key, "is missing", f"a line `{key}: ...`", got="")
    _check_version(fields, found)
    spreads = _spreads(fields, found.get("parameters"), places)
    people = fields.mapping(found["population"], "population", ("people",)) if "population" in found else {}
    horizon = fields.mapping(found["horizon"], "horizon", ("weeks",)) if "horizon" in found else {}
    content = DesignFile(
        path=path,
        shown=fields.shown,
        name=_own_name(fields, found, path),
        texts={
            k: t for k in ("title", "question", "expected", "notes") if k in found and (t := fields.text(found[k], k))
        },
        scenarios=_scenarios(fields, found.get("scenarios"), places),
        levers=_levers(fields, found.get("levers"), places),
        spreads=spreads,
        sample=read_sample(fields, found.get("sample"), spreads, places) if "sample" in keys else None,
        replicates=fields.whole_if_there(found, "replicates", 1, MOST_REPLICATES, "runs of each scenario in each world")
        or 10,
        seed=fields.whole_if_there(found, "seed", 0, LARGEST_SEED, "seeds")
        or (0 if _is_nought(found.get("seed")) else 1),
        record=fields.choice(found, "record", RECORDS) or "final",
        window=found["window"].text if "window" in found and fields.text(found["window"], "window") else None,
        groups=fields.names(found, "groups", ALL_GROUPS),
        outcomes=fields.names(found, "outcomes", (*OUTCOMES_BY_NAME, "all")),
        deciding_outcome=fields.choice(found, "deciding_outcome", {**OUTCOMES_BY_NAME, **DERIVED}) or "real_take_up",
        places=places,
        n_users=fields.whole_if_there(people, "people", 1, MOST_PEOPLE, "people", "population."),
        n_weeks=fields.whole_if_there(horizon, "weeks", 1, MOST_WEEKS, "weeks", "horizon."),
    )
    return content, found


def _is_nought(node: Node | None) -> bool:
    return node is not None and node.text.strip() == "0"


def _check_version(fields: Fields, found: Mapping[str, Node]) -> None:
    if "schema_version" in found:
        node = found["schema_version"]
        version = fields.plain_number(node, "schema_version", str(DESIGN_VERSION))
        if version is not None and version != DESIGN_VERSION:
            fields.fault(node, "schema_version", "is not known to this version of persim", str(DESIGN_VERSION))


def _own_name(fields: Fields, found: Mapping[str, Node], path: Path) -> str:
    name = fields.name(found["name"], "name") if "name" in found else None
    if name is not None and name != path.stem:
        fields.fault(
            found["name"], "name", f"differs from the file's name {path.name}", path.stem, "rename one of the two"
        )
    return name or path.stem


def _scenarios(fields: Fields, node: Node | None, places: dict[str, Node]) -> tuple[str, ...]:
    if node is None:
        return ()
    expected = "a list such as [baseline, lean_process]; the first is what the others are compared with"
    items = fields.items(node, "scenarios", expected)
    if node.blank or (node.kind == "list" and not items):
        fields.fault(node, "scenarios", "names no scenario", expected)
    names: list[str] = []
    for number, item in enumerate(items):
        key = f"scenarios[{number}]"
        places[key] = item
        text = fields.text(item, key)
        if text in names:
            fields.fault(item, key, "is named twice", "each scenario once")
        elif text:
            names.append(text)
    return tuple(names)


def _levers(fields: Fields, node: Node | None, places: dict[str, Node]) -> Levers:
    found = fields.mapping(node, "levers", ("combine", "which")) if node else {}
    if node is None:
        return Levers()
    if not found:
        if node.kind == "mapping":
            fields.fault(node, "levers", "names no lever", "levers below `which:`, or no line `levers:`", got="")
        return Levers()
    combine = fields.choice(found, "combine", COMBINATIONS, "levers.") or "alone"
    if "which" not in found:
        fields.fault(node, "levers.which", "is missing", "a name for each lever, and below it what it changes", got="")
    before = len(fields.faults)
    arms = read_arms(fields, found.get("which"), places, "levers.which")
    if "which" in found and not arms and len(fields.faults) == before:
        fields.fault(
            found["which"], "levers.which", "names no lever", "a name for each, and below it what it changes", got=""
        )
    for arm in arms:
        if not arm.parameters and not arm.policy:
            fields.fault(places[f"levers.which.{arm.name}"], f"levers.which.{arm.name}", "changes nothing", got="")
    _check_levers_apart(fields, arms, places)
    if combine == "every_combination" and len(arms) > MOST_LEVERS_COMBINED:
        problem = f"of {len(arms)} levers are {2 ** len(arms):,} scenarios"
        fields.fault(found["combine"], "levers.combine", problem, f"at most {MOST_LEVERS_COMBINED} levers, or `pairs`")
    return Levers(arms, combine)  # type: ignore[arg-type]  # one of COMBINATIONS


def _check_levers_apart(fields: Fields, arms: tuple[Arm, ...], places: Mapping[str, Node]) -> None:
    """Two levers that change one number cannot be combined: what they did together could not be told."""
    owner: dict[str, str] = {}
    for arm in arms:
        for name in sorted({*arm.parameters, *(n for step in arm.policy for n in step.set)}):
            if name in owner:
                key = f"levers.which.{arm.name}"
                problem = f"changes {name}, which the lever {owner[name]} changes too"
                fields.fault(places[key], key, problem, "levers that change different numbers", got="")
            owner.setdefault(name, arm.name)


def _spreads(fields: Fields, node: Node | None, places: dict[str, Node]) -> tuple[Spread, ...]:
    found = fields.mapping(node, "parameters", BY_NAME) if node else {}
    spreads = []
    for name, value in found.items():
        key = f"parameters.{name}"
        places[key] = value
        if name in COMPUTED:
            fields.fault(value, key, "is counted down by the model", "a policy step with a deadline in a scenario")
        elif name == "target":
            fields.fault(value, key, "needs a deadline", "scenarios or levers that set it in a dated step", got="")
        elif spread := _spread(fields, value, key, BY_NAME[name]):
            spreads.append(spread)
    return tuple(spreads)


_SPREAD_EXPECTED = "`sampled`, a list such as [0.2, 0.5], {grid: 5}, or {low: 0.1, high: 0.6}"


def _spread(fields: Fields, node: Node, key: str, parameter: Parameter) -> Spread | None:
    if node.kind == "scalar" and node.text == "sampled":
        return Spread(parameter.name, (), parameter.low, parameter.high)
    if node.kind == "scalar":
        return fields.fault(node, key, "does not say how it is varied", _SPREAD_EXPECTED)
    if node.kind == "list":
        return _listed(fields, node, key, parameter)
    found = fields.mapping(node, key, ("list", "grid", "low", "high", "scale"))
    if "list" in found:
        return _listed(fields, found["list"], f"{key}.list", parameter)
    before = len(fields.faults)
    low, high = (_bound(fields, found, key, end, parameter) for end in ("low", "high"))
    if low is None or high is None:
        return None
    if not low < high:
        fields.fault(found.get("high", node), f"{key}.high", f"is not above low, {low:g}", f"up to {parameter.high:g}")
    log = fields.choice(found, "scale", ("linear", "log"), f"{key}.") == "log"
    if log and low <= 0.0:
        fields.fault(found["scale"], f"{key}.scale", "needs a low above 0", "`low:` above 0, or `scale: linear`")
    levels = fields.whole_if_there(found, "grid", 2, MOST_LEVELS, "values", f"{key}.")
    if len(fields.faults) > before:
        return None
    if levels is None:
        return Spread(parameter.name, (), low, high, log)
    return _on_grid(fields, found["grid"], key, parameter, low, high, levels, log)


def _on_grid(
    fields: Fields, node: Node, key: str, parameter: Parameter, low: float, high: float, levels: int, log: bool
) -> Spread | None:
    shares = [number / (levels - 1) for number in range(levels)]
    values = tuple(tidy(parameter, between(low, high, share, log)) for share in shares)
    if len(set(values)) < levels:
        return fields.fault(node, f"{key}.grid", "gives a value twice", f"fewer values from {low:g} to {high:g}")
    return Spread(parameter.name, values, low, high, log)


def _bound(fields: Fields, found: Mapping[str, Node], key: str, end: str, parameter: Parameter) -> float | None:
    if end not in found:
        return parameter.low if end == "low" else parameter.high
    return fields.parameter(found[end], f"{key}.{end}", parameter)


def _listed(fields: Fields, node: Node, key: str, parameter: Parameter) -> Spread | None:
    items = fields.items(node, key, "a list of values")
    values = [fields.parameter(item, f"{key}[{number}]", parameter) for number, item in enumerate(items)]
    known = [value for value in values if value is not None]
    if node.kind != "list" or len(known) < len(values):
        return None
    if not known:
        return fields.fault(node, key, "lists no value", _SPREAD_EXPECTED)
    for number, value in enumerate(known):
        if value in known[:number]:
            return fields.fault(items[number], f"{key}[{number}]", "stands twice", "each value once")
    return Spread(parameter.name, tuple(known), min(known), max(known))


def between(low: float, high: float, share: float, log: bool) -> float:
    """The value at a share of the way from `low` to `high`, by equal steps or by equal factors."""
    if log:
        return math.exp(math.log(low) + (math.log(high) - math.log(low)) * share)
    return low + (high - low) * share


def tidy(parameter: Parameter, value: float) -> float:
    """The value with six digits, whole where only whole numbers make sense, and within the parameter's bounds."""
    rounded = float(round(value)) if is_whole(parameter) else float(f"{value:.6g}")
    return min(max(rounded, parameter.low), parameter.high)
