"""The JSON Schema of design files, made from the tables of parameters and outcomes, so that editors complete the keys.

It says less than persim itself checks: what the named scenarios change, and whether values clash, is checked on reading.
"""

from __future__ import annotations

from typing import Any

from persim.design_file import (
    COMBINATIONS,
    DESIGN_VERSION,
    LARGEST_SEED,
    MOST_LEVELS,
    MOST_REPLICATES,
    RECORDS,
    REQUIRED,
)
from persim.design_sample import METHODS, MOST_POINTS
from persim.gaps_and_costs import DERIVED
from persim.outcomes import ALL_GROUPS, OUTCOMES
from persim.parameters import TABLE, Parameter
from persim.policy import COMPUTED
from persim.scenario_file import MOST_PEOPLE, MOST_WEEKS
from persim.scenario_schema import json_name, json_object, json_text, json_whole

SCENARIO = "../scenarios/scenario.schema.json"  # beside the folder of designs, also in a wheel


def design_schema() -> dict[str, Any]:
    """The schema (draft 7, which editors know best) of one design file."""
    outcomes = [outcome.name for outcome in OUTCOMES]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "persim design",
        "description": "Which scenarios are run, in which worlds, how often. Made by scripts/generate_docs.py.",
        "type": "object",
        "additionalProperties": False,
        "required": list(REQUIRED),
        "definitions": {"spread": _spread()},
        "properties": {
            "schema_version": {"const": DESIGN_VERSION, "description": "The version of this form of file: 1."},
            "name": json_name("The file's name without .yaml; also the folder's below outputs."),
            "title": json_text("What stands above figures and tables."),
            "question": json_text("The question this design asks."),
            "expected": json_text("What is expected: a direction, never a size."),
            "notes": json_text("Anything a reader should know."),
            "scenarios": {
                "type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"},
                "description": "Names, files, or arms such as cto_rights/all; the first is what others are compared with.",
            },
            "levers": _levers(),
            "parameters": json_object(
                "Numbers that differ from world to world, for all scenarios alike.",
                {p.name: _varied(p) for p in TABLE if p.name not in COMPUTED and p.name != "target"},
            ),
            "sample": _sample(),
            "population": json_object("Who is simulated.", {"people": json_whole(1, MOST_PEOPLE, "People in a run.")}),
            "horizon": json_object("How long.", {"weeks": json_whole(1, MOST_WEEKS, "Weeks of a run.")}),
            "replicates": json_whole(1, MOST_REPLICATES, "Runs of each scenario in each world; 10 if left out."),
            "seed": json_whole(0, LARGEST_SEED, "Seed of the first replicate; 1 if left out."),
            "record": {"enum": list(RECORDS), "description": "How often outcomes over time are kept; final if left out."},
            "window": json_text("Weeks or dates FROM:TO to report on; the last 52 weeks if left out."),
            "groups": _list_of([*ALL_GROUPS], "Groups of people to report apart; gaps between groups need theirs."),
            "outcomes": _list_of([*outcomes, "all"], "Outcomes to keep besides the usual."),
            "deciding_outcome": {
                "enum": [*outcomes, *DERIVED],
                "description": "The outcome by which one scenario beats another; real_take_up if left out.",
            },
        },
    }  # fmt: skip


def _list_of(names: list[str], description: str) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": {"enum": names}, "description": description}


def _levers() -> dict[str, Any]:
    lever = json_object(
        "What this lever adds to a scenario.",
        {
            "title": json_text("What it is called."),
            "expected": json_text("What is expected of it: a direction, never a size."),
            "parameters": {"$ref": f"{SCENARIO}#/properties/parameters"},
            "policy": {"$ref": f"{SCENARIO}#/properties/policy"},
        },
    )
    which = {"type": "object", "description": "Each lever by name.", "additionalProperties": lever}
    combine = {"enum": list(COMBINATIONS), "description": "Which levers are tried together; alone if left out."}
    return json_object("Bundles of changes that are added to every scenario.", {"combine": combine, "which": which})


def _varied(parameter: Parameter) -> dict[str, Any]:
    said = f"{parameter.meaning} ({parameter.unit}), {parameter.low:g} to {parameter.high:g}."
    return {"description": said, "allOf": [{"$ref": "#/definitions/spread"}]}


def _spread() -> dict[str, Any]:
    values = {"type": "array", "items": {"type": "number"}, "minItems": 1, "uniqueItems": True}
    number = {"type": "number", "description": "Within the parameter's bounds, which are meant if it is left out."}
    mapping = json_object(
        "A list, a grid with `grid`, otherwise sampled; between low and high.",
        {
            "list": values, "grid": json_whole(2, MOST_LEVELS, "Values, evenly spaced."), "low": number, "high": number,
            "scale": {"enum": ["linear", "log"]},
        },
    )  # fmt: skip
    return {"anyOf": [{"const": "sampled"}, values, mapping]}


def _sample() -> dict[str, Any]:
    return json_object(
        "How sampled numbers are drawn.",
        {
            "method": {"enum": list(METHODS), "description": "sobol if left out; its points are a power of two."},
            "points": json_whole(2, MOST_POINTS, "Worlds; 64 if left out."),
            "file": json_text(
                "The posterior sample that `method: posterior` draws from; the one that comes with persim if left out."
            ),
            "seed": json_whole(0, LARGEST_SEED, "Seed of the sample; 1 if left out."),
        },
    )
