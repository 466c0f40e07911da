"""One scenario file, checked: what it says itself, before what it extends is added.

Nothing here knows other files; joining a file to its parents is `scenario.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from persim.errors import Fault, ScenarioError
from persim.parameters import BY_NAME, FIXED_AT_START
from persim.policy import PolicyStep, overlapping
from persim.scenario_fields import Fields, is_whole
from persim.scenario_yaml import Node, parse_nodes, read_nodes, shown_path

SCHEMA_VERSION = 1
MOST_WEEKS, MOST_PEOPLE, MOST_RAMP = 2600, 1_000_000, 520
REQUIRED = ("schema_version", "name", "title", "question")
TOP_KEYS = (
    *REQUIRED, "expected", "sources", "notes", "extends", "horizon", "population", "parameters", "policy", "arms",
)  # fmt: skip
STEP_KEYS = ("from", "until", "ramp_weeks", "set", "deadline", "why", "source")
ARM_KEYS = ("title", "expected", "parameters", "policy")
# Shares of one whole: together at most 1.
SHARES = (
    ("integrated_share", "co_located_share"),
    ("nurse_share", "social_worker_share"),
    ("carer_advocates", "carer_worried"),
    ("small_share", "large_share"),
    ("dispute_nowhere", "dispute_joint"),
    ("cut_at_review", "raise_at_review"),
)


@dataclass(frozen=True)
class Arm:
    """A variant of a scenario: what it adds, as a file that extends the scenario would."""

    name: str
    title: str = ""
    expected: str = ""
    parameters: Mapping[str, float | None] = field(default_factory=dict)
    policy: tuple[PolicyStep, ...] = ()


@dataclass(frozen=True)
class ScenarioFile:
    """What one file says. `places` maps a key path to the node it stands at, for faults found later."""

    path: Path
    shown: str
    name: str
    texts: Mapping[str, str]
    sources: tuple[str, ...]
    extends: str | None
    horizon: Mapping[str, date | int]
    population: Mapping[str, int | float | None]
    parameters: Mapping[str, float | None]
    policy: tuple[PolicyStep, ...]
    arms: tuple[Arm, ...]
    places: Mapping[str, Node]


def read_file(path: Path) -> tuple[ScenarioFile, list[Fault]]:
    """The file's content and its faults: with faults, the content is what could be read.

    Raises: ScenarioError if the file cannot be read at all or is not YAML.
    """
    tree, duplicates = read_nodes(path)
    return _file_of(tree, path, shown_path(path), duplicates)


def parse_file(text: str, path: Path) -> tuple[ScenarioFile, list[Fault]]:
    """The same from a text that is to stand at `path`."""
    shown = shown_path(path)
    tree, duplicates = parse_nodes(text, shown)
    return _file_of(tree, path, shown, duplicates)


def _file_of(tree: Node, path: Path, shown: str, duplicates: list[Fault]) -> tuple[ScenarioFile, list[Fault]]:
    fields = Fields(shown)
    if "scenarios" in tree.entries and "extends" not in tree.entries:
        hint = f"persim sweep {shown}"
        raise ScenarioError([Fault(shown, tree.line, tree.column, "", "", "a scenario", hint, "is a design")])
    found = fields.mapping(tree, "", TOP_KEYS, elsewhere="it belongs below `parameters:`")
    places = dict(found)
    for key in REQUIRED:
        if key not in found:
            fields.fault(tree, key, "is missing", f"a line `{key}: ...`", got="")
    _check_version(fields, found)
    parameters = _parameters(fields, found.get("parameters"), "parameters", places)
    content = ScenarioFile(
        path=path,
        shown=shown,
        name=_own_name(fields, found, path),
        texts={
            k: t for k in ("title", "question", "expected", "notes") if k in found and (t := fields.text(found[k], k))
        },
        sources=_sources(fields, found.get("sources")),
        extends=fields.name(found["extends"], "extends") if "extends" in found else None,
        horizon=_horizon(fields, found.get("horizon")),
        population=_population(fields, found.get("population")),
        parameters=parameters,
        policy=_policy(fields, found.get("policy"), "policy"),
        arms=read_arms(fields, found.get("arms"), places),
        places=places,
    )
    return content, duplicates + fields.faults


def _check_version(fields: Fields, found: Mapping[str, Node]) -> None:
    if "schema_version" not in found:
        return
    node = found["schema_version"]
    version = fields.plain_number(node, "schema_version", str(SCHEMA_VERSION))
    if version is not None and version != SCHEMA_VERSION:
        fields.fault(node, "schema_version", "is not known to this version of persim", str(SCHEMA_VERSION))


def _own_name(fields: Fields, found: Mapping[str, Node], path: Path) -> str:
    name = fields.name(found["name"], "name") if "name" in found else None
    if name is not None and name != path.stem:
        problem, hint = f"differs from the file's name {path.name}", "rename one of the two"
        fields.fault(found["name"], "name", problem, f"{path.stem}", hint)
    return name or path.stem


def _sources(fields: Fields, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    items = fields.items(node, "sources", "a list such as [S4, S5]")
    texts = (fields.text(item, f"sources[{number}]") for number, item in enumerate(items))
    return tuple(text for text in texts if text)


def _horizon(fields: Fields, node: Node | None) -> dict[str, date | int]:
    horizon: dict[str, date | int] = {}
    found = fields.mapping(node, "horizon", ("start", "weeks")) if node else {}
    if "start" in found and (start := fields.monday(found["start"], "horizon.start")):
        horizon["start"] = start
    if "weeks" in found and (weeks := fields.whole(found["weeks"], "horizon.weeks", 1, MOST_WEEKS, "weeks")):
        horizon["weeks"] = weeks
    return horizon


def _population(fields: Fields, node: Node | None) -> dict[str, int | float | None]:
    population: dict[str, int | float | None] = {}
    found = fields.mapping(node, "population", ("people", "enrich_compulsion")) if node else {}
    if "people" in found and (n := fields.whole(found["people"], "population.people", 1, MOST_PEOPLE, "people")):
        population["people"] = n
    if "enrich_compulsion" in found:
        enrich = found["enrich_compulsion"]
        if _is_null(enrich):
            population["enrich_compulsion"] = None
        elif share := fields.share(enrich, "population.enrich_compulsion"):
            population["enrich_compulsion"] = share
    return population


def _is_null(node: Node) -> bool:
    return node.kind == "scalar" and not node.quoted and node.text in ("null", "~", "Null", "NULL")


def _parameters(fields: Fields, node: Node | None, key: str, places: dict[str, Node]) -> dict[str, float | None]:
    values: dict[str, float | None] = {}
    for name, value_node in (fields.mapping(node, key, BY_NAME) if node else {}).items():
        parameter, path = BY_NAME[name], f"{key}.{name}"
        places[path] = value_node
        if _is_null(value_node):
            if parameter.default is None:
                values[name] = None
            else:
                fields.fault(value_node, path, "only a number that a dial places can be null", f"{parameter.default:g}")
            continue
        value = fields.parameter(value_node, path, parameter)
        if value is not None and name == "target" and value > 0:
            fields.fault(
                value_node,
                path,
                "needs a deadline",
                "a policy step with `set: {target: ...}` and `deadline:`",
            )
        elif value is not None:
            values[name] = value
    return values


def _policy(fields: Fields, node: Node | None, key: str) -> tuple[PolicyStep, ...]:
    if node is None:
        return ()
    places: list[Node] = []
    steps: list[PolicyStep] = []
    for number, item in enumerate(fields.items(node, key, "a list of steps, each starting with `- from: DATE`")):
        step = _step(fields, item, f"{key}[{number}]")
        if step is not None:
            steps.append(step)
            places.append(item)
    for later, earlier, name in overlapping(steps):
        problem = f"sets {name} in weeks in which the step of line {places[earlier].line} sets it too"
        fields.fault(places[later], key, problem, "steps that do not overlap", "end the first with `until:`", got="")
    return tuple(sorted(steps, key=lambda step: step.from_))


def _step(fields: Fields, node: Node, key: str) -> PolicyStep | None:
    found = fields.mapping(node, key, STEP_KEYS)
    for required in ("from", "set"):
        if node.kind == "mapping" and required not in found:
            fields.fault(node, f"{key}.{required}", "is missing", f"a line `{required}: ...`", got="")
    begin = fields.day(found["from"], f"{key}.from") if "from" in found else None
    until = fields.day(found["until"], f"{key}.until") if "until" in found else None
    deadline = fields.day(found["deadline"], f"{key}.deadline") if "deadline" in found else None
    ramp = fields.whole(found["ramp_weeks"], f"{key}.ramp_weeks", 0, MOST_RAMP, "weeks") if "ramp_weeks" in found else 0
    values = _step_values(fields, found.get("set"), f"{key}.set", ramp or 0)
    texts = {k: fields.text(found[k], f"{key}.{k}") or "" for k in ("why", "source") if k in found}
    if begin is None or not values:
        return None
    step = PolicyStep(begin, values, until, ramp or 0, deadline, texts.get("why", ""), texts.get("source", ""))
    _check_dates(fields, step, found, key)
    return step


def _step_values(fields: Fields, node: Node | None, key: str, ramp_weeks: int) -> dict[str, float]:
    if node is None:
        return {}
    if node.blank or (node.kind == "mapping" and not node.entries):
        fields.fault(node, key, "sets nothing", "a lever or parameter, such as {training: 0.3}")
    values: dict[str, float] = {}
    for name, value_node in fields.mapping(node, key, BY_NAME).items():
        parameter, path = BY_NAME[name], f"{key}.{name}"
        if name in FIXED_AT_START:
            problem = f"{name} shapes the population at the start and cannot change later"
            fields.fault(value_node, path, problem, "a line below `parameters:`", got="")
            continue
        value = fields.parameter(value_node, path, parameter)
        if value is None:
            continue
        if ramp_weeks > 1 and (is_whole(parameter) or parameter.default is None):
            why = "goes from one whole number to the next" if is_whole(parameter) else "has no number to start from"
            fields.fault(value_node, path, f"cannot be ramped: {name} {why}", "a step without `ramp_weeks`", got="")
        values[name] = value
    return values


def _check_dates(fields: Fields, step: PolicyStep, found: Mapping[str, Node], key: str) -> None:
    first, end = step.weeks
    if step.until is not None and step.until <= step.from_:
        problem, expected = (
            f"is not after `from`, {step.from_}",
            "a later date (the first day without the step)",
        )
        fields.fault(found["until"], f"{key}.until", problem, expected)
    elif end <= first:
        problem = f"lies in the week of `from`, {step.from_}, so that the step covers no week"
        fields.fault(found["until"], f"{key}.until", problem, "a date in a later week")
    elif step.ramp_weeks > end - first:
        problem = f"is longer than the {end - first:g} weeks from `from` to `until`"
        fields.fault(found["ramp_weeks"], f"{key}.ramp_weeks", problem, "a ramp that ends before the step does")
    target = step.set.get("target")
    if step.deadline is not None and not target:
        fields.fault(
            found["deadline"],
            f"{key}.deadline",
            "belongs to a step that sets a target",
            "`set: {target: ...}`",
        )
    elif step.deadline is None and target:
        fields.fault(found["set"], f"{key}.set.target", "needs a deadline", "a line `deadline: DATE`", got="")
    elif step.deadline is not None and step.deadline < step.from_:
        problem = f"is before `from`, {step.from_}"
        fields.fault(found["deadline"], f"{key}.deadline", problem, "a later date")


def read_arms(fields: Fields, node: Node | None, places: dict[str, Node], above: str = "arms") -> tuple[Arm, ...]:
    """Named variants that stand below the key `above`; where each stands is added to `places`."""
    if node is None or node.blank:
        return ()
    if node.kind != "mapping":
        fields.fault(node, above, "is not a mapping", "a name for each, and below it what it changes")
        return ()
    arms = []
    for name, (key_node, value) in node.entries.items():
        key = f"{above}.{name}"
        places[key] = key_node
        fields.name(key_node, key)
        arms.append(_arm(fields, name, value, key, places))
    return tuple(arms)


def _arm(fields: Fields, name: str, node: Node, key: str, places: dict[str, Node]) -> Arm:
    found = fields.mapping(node, key, ARM_KEYS, elsewhere=f"it belongs below `{key}.parameters:`")
    texts = {k: fields.text(found[k], f"{key}.{k}") or "" for k in ("title", "expected") if k in found}
    return Arm(
        name=name,
        title=texts.get("title", ""),
        expected=texts.get("expected", ""),
        parameters=_parameters(fields, found.get("parameters"), f"{key}.parameters", places),
        policy=_policy(fields, found.get("policy"), f"{key}.policy"),
    )


def share_faults(parameters: Mapping[str, float | None]) -> Iterable[tuple[str, str, str]]:
    """Shares of one whole that come to more than 1: (first name, second name, what is wrong)."""
    for first, second in SHARES:
        a, b = parameters[first] or 0.0, parameters[second] or 0.0
        if a + b > 1 + 1e-9:
            yield first, second, f"with {second} = {b:g} comes to {a + b:g}, more than the whole"


__all__ = ["Arm", "ScenarioFile", "parse_file", "read_arms", "read_file", "share_faults"]
