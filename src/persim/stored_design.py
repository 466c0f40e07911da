"""A design as a store holds it, in plain types, and what has changed since then, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import persim
from persim.design import Design
from persim.design_file import Sample, Spread
from persim.errors import StoreError
from persim.model_version import MODEL_VERSION
from persim.outcomes import BY_NAME as OUTCOMES_BY_NAME
from persim.outcomes import Outcome
from persim.parameters import BY_NAME
from persim.reduction import Reduction
from persim.run_parts import column_names
from persim.run_store import rows_in_a_part
from persim.scenario import Scenario
from persim.scenario_resolved import scenario_of
from persim.scenario_words import Differences

MOST_WORDS = 40  # lines of differences
_TEXTS = ("name", "title", "question", "expected", "notes")


def content_of(design: Design) -> dict[str, Any]:
    """What a store's design.json says of a design, all in a fixed order."""
    return {
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        **{key: getattr(design, key) for key in _TEXTS},
        "seed": design.seed,
        "replicates": design.replicates,
        "deciding_outcome": design.deciding_outcome,
        "asked_outcomes": list(design.asked_outcomes),
        "remarks": list(design.remarks),
        "reduction": _reduction_content(design.reduction),
        "factors": [_factor_content(factor) for factor in design.factors],
        "sample": None
        if design.sample is None
        else {key: value for key, value in vars(design.sample).items() if value != ""},
        "worlds": [[float(value) for value in world] for world in design.worlds],
        "alternatives": [
            {"name": name, "digest": scenario.digest(), "resolved": scenario.resolved()}
            for name, scenario in zip(design.names, design.alternatives, strict=True)
        ],
        "part_rows": rows_in_a_part(design.reduction.n_columns),
        "columns": column_names(design.reduction),
    }


def design_of(content: Mapping[str, Any]) -> Design:
    """The design that a store's design.json says.

    Raises: StoreError if it is damaged or was written for other outcomes or parameters than this version has.
    """
    if "kind" in content:
        raise StoreError(f"the folder holds a {content['kind']}, not a sweep")
    try:
        factors = tuple(
            Spread(f["parameter"], tuple(f["values"]), f["low"], f["high"], f["log"]) for f in content["factors"]
        )
        sample = content["sample"]
        design = Design(
            name=content["name"],
            title=content["title"],
            question=content["question"],
            expected=content["expected"],
            notes=content["notes"],
            alternatives=tuple(scenario_of(one["resolved"]) for one in content["alternatives"]),
            names=tuple(one["name"] for one in content["alternatives"]),
            factors=factors,
            worlds=np.array(content["worlds"], float).reshape(len(content["worlds"]), len(factors)),
            sample=None if sample is None else Sample(**sample),
            replicates=int(content["replicates"]),
            seed=int(content["seed"]),
            reduction=_reduction_of(content["reduction"]),
            deciding_outcome=content["deciding_outcome"],
            asked_outcomes=tuple(content["asked_outcomes"]),
            remarks=tuple(content["remarks"]),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise StoreError(
            f"design.json cannot be read by this version of persim: {type(error).__name__}: {error}"
        ) from None
    if column_names(design.reduction) != content["columns"]:
        raise StoreError("design.json keeps other numbers of a run than this version of persim does")
    return design


def _factor_content(factor: Spread) -> dict[str, Any]:
    parameter = BY_NAME[factor.parameter]
    return {
        "parameter": factor.parameter, "label": parameter.meaning, "unit": parameter.unit,
        "values": list(factor.values), "low": factor.low, "high": factor.high, "log": factor.log,
    }  # fmt: skip


def _reduction_content(reduction: Reduction) -> dict[str, Any]:
    return {
        "first": reduction.first,
        "stop": reduction.stop,
        "window": list(reduction.window),
        "outcomes": [outcome.name for outcome in reduction.outcomes],
        "over_time": [outcome.name for outcome in reduction.over_time],
        "apart_over_time": sorted(reduction.apart_over_time),
        "every": reduction.every,
        "groups": list(reduction.groups),
        "also": list(reduction.also),
        "n_localities": reduction.n_localities,
    }


def _reduction_of(content: Mapping[str, Any]) -> Reduction:
    def named(names: list[str]) -> tuple[Outcome, ...]:
        return tuple(OUTCOMES_BY_NAME[name] for name in names)

    return Reduction(
        content["first"], content["stop"], (content["window"][0], content["window"][1]), named(content["outcomes"]),
        named(content["over_time"]), frozenset(content["apart_over_time"]), content["every"], tuple(content["groups"]),
        content["n_localities"], tuple(content["also"]),
    )  # fmt: skip


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What differs between the design of a store and the design as it is now, in words; nothing if runs can be added.

    Titles and questions may change, and so may the number of replicates.
    """
    lines: list[str] = []
    before = {one["name"]: one for one in old["alternatives"]}
    after = {one["name"]: one for one in new["alternatives"]}
    lines += [f"the scenario {name} was left out" for name in before if name not in after]
    lines += [f"the scenario {name} was added" for name in after if name not in before]
    if not lines and list(before) != list(after):
        lines.append(f"the order of scenarios was {', '.join(before)}, and is {', '.join(after)}")
    told = {
        name: _scenario_changes(scenario_of(before[name]["resolved"]), scenario_of(after[name]["resolved"]))
        for name in before
        if name in after and before[name]["digest"] != after[name]["digest"]
    }
    common = set.intersection(*map(set, told.values())) if len(told) == len(before) > 1 else set()
    lines += [f"every scenario: {line}" for line in next(iter(told.values()), []) if line in common]
    lines += [f"{name}: {line}" for name, words in told.items() for line in words if line not in common]
    lines += _factor_changes(old, new)
    if old["seed"] != new["seed"]:
        lines.append(f"the first seed was {old['seed']}, and is {new['seed']}")
    if old["deciding_outcome"] != new["deciding_outcome"]:
        lines.append(f"the deciding outcome was {old['deciding_outcome']}, and is {new['deciding_outcome']}")
    for key, value in old["reduction"].items():
        if new["reduction"][key] != value:
            lines.append(f"what is kept of a run has changed: {key} {_changed(value, new['reduction'][key])}")
    if len(lines) > MOST_WORDS:
        lines = [*lines[:MOST_WORDS], f"and {len(lines) - MOST_WORDS} more"]
    return lines


def _scenario_changes(old: Scenario, new: Scenario) -> list[str]:
    """What matters to results, in words; titles and reasons do not."""
    found = Differences(old, new)
    lines = [f"{d['meaning']} was {d['a']}, and is {d['b']}" for d in found.frame()]
    lines += [
        f"{d['name']} ({d['meaning']}) was {_number(d['a'])}, and is {_number(d['b'])}" for d in found.parameters()
    ]
    steps = found.policy()
    for side, verb in (("a", "was there, and is gone or another"), ("b", "is new or another")):
        for step in steps[side]:
            numbers = ", ".join(f"{name} {value:g}" for name, value in step.set.items())
            until = f" until {step.until}" if step.until else ""
            lines.append(f"the step of {step.from_}{until} with {numbers} {verb}")
    return lines


def _number(value: float | None) -> str:
    return "by dial" if value is None else f"{value:g}"


def _factor_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    lines = []
    before, after = ({f["parameter"]: f for f in content["factors"]} for content in (old, new))
    lines += [f"{name} is no longer varied" for name in before if name not in after]
    lines += [f"{name} is varied now" for name in after if name not in before]
    for name, factor in before.items():
        if name in after and _said(factor) != _said(after[name]):
            lines.append(f"{name} was varied over {_said(factor)}, and is over {_said(after[name])}")
    if old["sample"] != new["sample"]:
        lines.append(f"the sample was {_short(old['sample'])}, and is {_short(new['sample'])}")
    if not lines and old["worlds"] != new["worlds"]:
        lines.append("the sampled worlds are others, perhaps made by another version of SciPy")
    return lines


def _said(factor: Mapping[str, Any]) -> str:
    if factor["values"]:
        return ", ".join(f"{value:g}" for value in factor["values"])
    return f"{factor['low']:g} to {factor['high']:g}{', log scale' if factor['log'] else ''}"


def _changed(old: Any, new: Any) -> str:
    """How a value has changed; of lists of names, only what came and what went."""
    if isinstance(old, list) and isinstance(new, list) and set(old) != set(new):
        gone = [str(item) for item in old if item not in new]
        came = [str(item) for item in new if item not in old]
        parts = [
            f"now {'has' if verb else 'lacks'} {', '.join(names)}" for verb, names in ((1, came), (0, gone)) if names
        ]
        return _short(" and ".join(parts))
    return f"was {_short(old)}, and is {_short(new)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
