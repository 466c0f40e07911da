"""The JSON Schema of scenario files, made from the table of parameters, so that editors complete and explain the keys.

It says less than persim itself checks: dates, overlaps and what a file extends are only checked on reading.
"""

from typing import Any

from persim.parameters import FIXED_AT_START, TABLE, Parameter
from persim.policy import COMPUTED
from persim.scenario_fields import LONGEST_TEXT, NAME, is_whole
from persim.scenario_file import MOST_PEOPLE, MOST_RAMP, MOST_WEEKS, REQUIRED, SCHEMA_VERSION

_DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{1,2}-\d{1,2}$"}


def scenario_schema() -> dict[str, Any]:
    """The schema (draft 7, which editors know best) of one scenario file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "persim scenario",
        "description": "A world to ask a question of. Made by scripts/generate_docs.py.",
        "type": "object",
        "additionalProperties": False,
        "required": list(REQUIRED),
        "definitions": {p.name: _parameter(p) for p in TABLE if p.name not in COMPUTED},
        "properties": {
            "schema_version": {
                "const": SCHEMA_VERSION,
                "description": "The version of this form of file: 1.",
            },
            "name": json_name("The file's name without .yaml."),
            "title": json_text("What stands above figures and tables."),
            "question": json_text("The question this scenario asks."),
            "expected": json_text("What is expected: a direction, never a size."),
            "sources": {"type": ["array", "null"], "items": json_text("A source, such as S4.")},
            "notes": json_text("Anything a reader should know."),
            "extends": json_name("The scenario this one adds to: in the same folder, or one that comes with persim."),
            "horizon": _horizon(),
            "population": _population(),
            "parameters": _parameters(),
            "policy": _policy(),
            "arms": {
                "type": ["object", "null"],
                "description": "Variants that are compared side by side; each adds to the scenario.",
                "propertyNames": {"pattern": f"^{NAME.pattern}$"},
                "additionalProperties": _arm(),
            },
        },
    }


def json_text(description: str) -> dict[str, Any]:
    """Words for people."""
    return {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "description": description}


def json_name(description: str) -> dict[str, Any]:
    """A name that is safe as a file's."""
    return {"type": "string", "pattern": f"^{NAME.pattern}$", "description": description}


def json_whole(low: int, high: int, description: str) -> dict[str, Any]:
    """A whole number within bounds."""
    return {"type": "integer", "minimum": low, "maximum": high, "description": description}


def json_object(description: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A mapping with these keys and no others."""
    return {
        "type": ["object", "null"],
        "description": description,
        "additionalProperties": False,
        "properties": properties,
        **more,
    }


def _horizon() -> dict[str, Any]:
    return json_object(
        "When the run starts and how long it is.",
        {
            "start": {**_DATE, "description": "A Monday; 2008-04-07 is week 0."},
            "weeks": json_whole(1, MOST_WEEKS, "Weeks of the run."),
        },
    )


def _population() -> dict[str, Any]:
    enrich = "Share of people drawn from those prone to detention; weights restore the natural share."
    return json_object(
        "Who is simulated.",
        {
            "people": json_whole(1, MOST_PEOPLE, "People under the Trust."),
            "enrich_compulsion": {
                "type": ["number", "null"],
                "exclusiveMinimum": 0,
                "exclusiveMaximum": 1,
                "description": enrich,
            },
        },
    )


def _parameter(parameter: Parameter) -> dict[str, Any]:
    default = "placed by a dial" if parameter.default is None else f"{parameter.default:g}"
    return {
        "type": "integer" if is_whole(parameter) else "number",
        "minimum": parameter.low,
        "maximum": parameter.high,
        "description": (
            f"{parameter.meaning} ({parameter.unit}). Default {default}. "
            f"Evidence: {parameter.grade}. Source: {parameter.source}."
        ),
    }


def _reference(parameter: Parameter) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{parameter.name}"}


def _parameters() -> dict[str, Any]:
    numbers: dict[str, Any] = {p.name: _reference(p) for p in TABLE if p.name not in COMPUTED}
    for p in TABLE:
        if p.default is None:
            numbers[p.name] = {"anyOf": [_reference(p), {"type": "null"}]}
    return json_object("Numbers that hold in every week of the run.", numbers)


def _policy() -> dict[str, Any]:
    changeable = [p for p in TABLE if p.name not in COMPUTED and p.name not in FIXED_AT_START]
    numbers = {p.name: _reference(p) for p in changeable}
    step = json_object(
        "From a date on, some numbers are others.",
        {
            "from": {**_DATE, "description": "The first day; it stands for the week that contains it."},
            "until": {**_DATE, "description": "The first day without the step; left out, the step goes on."},
            "ramp_weeks": json_whole(
                0, MOST_RAMP, "Weeks in which the numbers move there in equal parts; 0 is at once."
            ),
            "set": json_object("Levers and other parameters, and their values.", numbers, minProperties=1),
            "deadline": {**_DATE, "description": "Only with `target`: the day by which it is to be met."},
            "why": json_text("What happened, in words."),
            "source": json_text("Where that is said, such as S4."),
        },
        required=["from", "set"],
    )
    return {"type": ["array", "null"], "description": "Dated steps, in any order.", "items": step}


def _arm() -> dict[str, Any]:
    return json_object(
        "One variant.",
        {
            "title": json_text("What this variant is called."),
            "expected": json_text("What is expected of it: a direction, never a size."),
            "parameters": {"$ref": "#/properties/parameters"},
            "policy": {"$ref": "#/properties/policy"},
        },
    )
