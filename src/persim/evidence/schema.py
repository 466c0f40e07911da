"""The JSON Schemas of the evidence files, so that editors complete and explain the keys.

They say less than persim checks: whether ranges hold their values and weeks are run is only seen on reading.
"""

from __future__ import annotations

from typing import Any

from persim.evidence.fields import CODE, EVIDENCE_VERSION, VERIFIED
from persim.evidence.measured import GROUP_LABELS
from persim.evidence.people_read import COLUMNS
from persim.evidence.read_patterns import REQUIRED as PATTERN_REQUIRED
from persim.evidence.read_ranges import REQUIRED as RANGE_REQUIRED
from persim.evidence.read_targets import REQUIRED as TARGET_REQUIRED
from persim.evidence.read_targets import STAGES, USES
from persim.evidence.rows import EVERYBODY
from persim.outcomes import OUTCOMES
from persim.parameters import TABLE
from persim.scenario_schema import json_object, json_text

NUMBER = {"type": "number"}
OUTCOME = {"enum": [outcome.name for outcome in OUTCOMES], "description": "An outcome of the model."}
GROUP = {"enum": [EVERYBODY, *GROUP_LABELS], "description": "A group of people; all if left out."}
WEEKS = {
    "type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2,
    "description": "First and last calendar week, both included; week 0 is that of 7 April 2008.",
}  # fmt: skip
RANGE = {
    "type": "array",
    "items": NUMBER,
    "minItems": 2,
    "maxItems": 2,
    "description": "The plausible range, low and high.",
}


def evidence_schemas() -> dict[str, dict[str, Any]]:
    """Name of the file -> schema (draft 7, which editors know best)."""
    return {
        "targets.schema.json": _schema("targets", _target(), TARGET_REQUIRED),
        "patterns.schema.json": _schema("patterns", _pattern(), PATTERN_REQUIRED),
        "ranges.schema.json": _schema("ranges", _range(), RANGE_REQUIRED),
    }


def _schema(name: str, row: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    rows = {
        "type": "object", "additionalProperties": False,
        "patternProperties": {f"^{CODE.pattern}$": json_object("One row.", row, required=list(required))},
    }  # fmt: skip
    return {
        "$schema": "http://json-schema.org/draft-07/schema#", "title": f"persim evidence: {name}",
        "description": "Published findings. Made by scripts/generate_docs.py.", "type": "object",
        "additionalProperties": False, "required": ["schema_version", name],
        "properties": {"schema_version": {"const": EVIDENCE_VERSION}, name: rows},
    }  # fmt: skip


def _common() -> dict[str, Any]:
    return {
        "quantity": json_text("What was counted or measured, or the effect of what on what."),
        "year": {"type": ["string", "integer"], "description": "When."},
        "population": json_text("Who was counted."),
        "source": json_text("Where it was read."),
        "verified": {"enum": [*VERIFIED], "description": "Was the figure seen in an abstract, report or paper?"},
        "note": json_text("What a reader has to know."),
    }


def _figure() -> dict[str, Any]:
    return _common() | {"unit": json_text("The unit, share for a proportion."), "value": NUMBER, "range": RANGE}


def _target() -> dict[str, Any]:
    measured = {"outcome": OUTCOME, "group": GROUP, "weeks": WEEKS, "ratio_to": WEEKS}
    return _figure() | {
        "standard_error": NUMBER | {"description": "The error of observation; a quarter of the range if left out."},
        "one_sided": {"const": "upper", "description": "Only an upper bound was published."},
        "denominator": json_text("Of whom the share is a share."),
        "use": {"enum": [*USES], "description": "One use only."},
        "tier": {"enum": ["A", "B"], "description": "A: of mental health services; B: of something near."},
        "stage": {
            "enum": [*STAGES],
            "description": "When it is fitted: before or after personalisation is switched on.",
        },
        "datum": json_text("The published figure itself, so that none enters twice."),
        "measured": json_object("What in the model stands for it.", measured, required=["outcome", "weeks"]),
    }


def _range() -> dict[str, Any]:
    names = {"type": "array", "items": {"enum": [p.name for p in TABLE]}, "description": "Parameters that lean on it."}
    return _figure() | {
        "figure": json_text("How it reads, where a number and a range do not say it."),
        "parameters": names,
        "not_used": json_text("Why no number uses it."),
    }


def _pattern() -> dict[str, Any]:
    people = json_object(
        "A mean over eligible people at the end of the run.",
        {"mean": {"enum": [*COLUMNS]}, "where": {"type": "object", "propertyNames": {"enum": [*COLUMNS]}}},
        required=["mean"],
    )
    outcomes = {
        "anyOf": [OUTCOME, {"type": "array", "items": OUTCOME}],
        "description": "An outcome, or some to add up.",
    }
    read = {"outcome": outcomes, "group": GROUP, "weeks": WEEKS, "people": people}
    changes = {p.name: {"type": "number", "minimum": p.low, "maximum": p.high} for p in TABLE}
    side = json_object(
        "One side: a world and what is read from it.",
        read | {
            "scenario": json_text("A scenario or an arm; baseline if left out."),
            "changes": json_object("Parameters changed from the first week.", changes),
            "constant": NUMBER,
        },
    )  # fmt: skip
    sign = {"enum": [1, -1, 0], "description": "What is expected."}
    contrast = json_object(
        "A comparison: more minus less.",
        {
            "name": json_text("What is compared."), "sign": sign, "read": json_object("What both sides read.", read),
            "less": side, "more": side, "smallest": NUMBER | {"description": "The smallest effect of interest."},
            "relative": {"type": "boolean", "description": "Effect as a share of the mean of less?"},
        },
        required=["name", "less", "more"],
    )  # fmt: skip
    return _common() | {
        "sign": sign,
        "contrasts": {"type": "array", "items": contrast},
        "not_shown": json_text("What of it the model cannot show, and why."),
    }
