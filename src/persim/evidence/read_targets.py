"""`targets.yaml`, checked: published figures that the model produces, and what in the model stands for each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from persim.evidence.fields import SOURCE_KEYS, VERIFIED, EvidenceFile, open_evidence
from persim.evidence.rows import BASELINE, Measured, Target
from persim.scenario_yaml import Node

USES = ("specification", "calibration", "validation")
HELD_APART = {"calibration", "validation"}
STAGES = ("services", "take_up")
TEXTS = ("quantity", "unit", "year", "population", "denominator", "source", "note", "datum")
TARGET_KEYS = (
    *SOURCE_KEYS, "value", "range", "standard_error", "one_sided", "denominator", "use", "tier", "stage", "datum", "measured",
)  # fmt: skip
REQUIRED = (
    "quantity", "unit", "range", "year", "population", "denominator", "source", "verified", "use", "tier", "datum", "measured",
)  # fmt: skip


def read_targets(path: Path) -> tuple[list[Target], EvidenceFile]:
    """The targets of a file, those without faults, and the file with its faults."""
    file = open_evidence(path, "targets")
    found = [target for code, row in file.items() if (target := _target(file, code, row))]
    _check_data(file, found)
    return found, file


def _target(file: EvidenceFile, code: str, row: Node) -> Target | None:
    before = len(file.fields.faults)
    found = file.fields.mapping(row, code, TARGET_KEYS)
    file.required(found, row, code, REQUIRED)
    value = file.number(found, code, "value")
    ends = file.interval(found, code, value)
    one_sided = file.fields.choice(found, "one_sided", ("upper",), f"{code}.") or ""
    _check_value(file, found, row, code, one_sided)
    se = file.number(found, code, "standard_error")
    if se is not None and se <= 0.0:
        file.fields.fault(found["standard_error"], f"{code}.standard_error", "is not above 0", "a standard error")
    use = _use(file, found, code)
    stage = file.fields.choice(found, "stage", STAGES, f"{code}.") or ""
    if use == "calibration" and not stage:
        file.fields.fault(row, f"{code}.stage", "is missing", f"one of {', '.join(STAGES)}: when it is fitted", got="")
    measured = _measured(file, found["measured"], f"{code}.measured") if "measured" in found else None
    said: dict[str, Any] = {name: file.text(found, code, name) for name in TEXTS}
    said |= {"use": use, "stage": stage, "verified": file.fields.choice(found, "verified", VERIFIED, f"{code}.")}
    said |= {"tier": file.fields.choice(found, "tier", ("A", "B"), f"{code}."), "one_sided": one_sided}
    if len(file.fields.faults) > before or ends is None or measured is None:
        return None
    return Target(id=code, value=value, low=ends[0], high=ends[1], se=se, measured=measured, **said)


def _check_value(file: EvidenceFile, found: Mapping[str, Node], row: Node, code: str, one_sided: str) -> None:
    """A figure is a value, unless only a bound was published."""
    if "value" not in found and not one_sided:
        expected = "a line `value: ...`, or `one_sided: upper`"
        file.fields.fault(row, f"{code}.value", "is missing", expected, got="")
    if "value" in found and one_sided:
        file.fields.fault(found["value"], f"{code}.value", "stands beside one_sided", "a value or a bound")


def _use(file: EvidenceFile, found: Mapping[str, Node], code: str) -> str | None:
    """What the figure is used for: one thing."""
    if "use" in found and found["use"].kind == "list":
        said = {item.text for item in found["use"].items}
        problem = "is for both calibration and validation" if said >= HELD_APART else "names more than one use"
        return file.fields.fault(found["use"], f"{code}.use", problem, f"one of {', '.join(USES)}")
    return file.fields.choice(found, "use", USES, f"{code}.")


def _measured(file: EvidenceFile, node: Node, key: str) -> Measured | None:
    found = file.fields.mapping(node, key, ("outcome", "group", "weeks", "ratio_to"))
    file.required(found, node, key, ("outcome", "weeks"))
    horizon = file.horizon(BASELINE, node, key)
    outcome = file.outcome(found["outcome"], f"{key}.outcome") if "outcome" in found else None
    group = file.group(found, key)
    weeks = file.weeks(found["weeks"], f"{key}.weeks", horizon) if "weeks" in found else None
    before = file.weeks(found["ratio_to"], f"{key}.ratio_to", horizon) if "ratio_to" in found else None
    if outcome is None or weeks is None:
        return None
    return Measured(outcome, group, *weeks, ratio_to=before)


def _check_data(file: EvidenceFile, targets: list[Target]) -> None:
    """No published figure under two codes, whether by its name or by source, year and value."""
    for number, target in enumerate(targets):
        for other in targets[:number]:
            same = target.datum == other.datum or (
                target.value is not None
                and (target.source, target.year, target.value) == (other.source, other.year, other.value)
            )
            if same:
                both = {target.use, other.use} == HELD_APART
                problem = f"is the figure of {other.id}" + (", for both calibration and validation" if both else "")
                expected = "each published figure once, for one use"
                file.fields.fault(file.rows[target.id], f"{target.id}.datum", problem, expected, got="")
