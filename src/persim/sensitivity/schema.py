"""The JSON Schema of sensitivity designs: what a sweep's design shares with them, and what is their own."""

from __future__ import annotations

from typing import Any

from persim.design_file import LARGEST_SEED, MOST_REPLICATES
from persim.design_schema import SCENARIO, design_schema
from persim.scenario_schema import json_name, json_object, json_text, json_whole
from persim.sensitivity.asked import (
    FEWEST_KEPT,
    FEWEST_POINTS,
    FEWEST_REPLICATES,
    FEWEST_RESAMPLES,
    MOST_GRID,
    MOST_OUTCOMES,
    MOST_POINTS,
    MOST_RESAMPLES,
    MOST_SCENARIOS,
    MOST_TRAJECTORIES,
    NEEDED,
    SHARED_KEYS,
)


def sensitivity_schema() -> dict[str, Any]:
    """The schema (draft 7) of one sensitivity design."""
    shared = design_schema()
    own = {key: shared["properties"][key] for key in SHARED_KEYS}
    own["name"] = json_name("The file's name without .yaml; also the folder's below outputs.")
    own["scenarios"] = {
        **own["scenarios"], "maxItems": MOST_SCENARIOS,
        "description": "One scenario, or two: then the second's paired difference to the first is explained, too.",
    }  # fmt: skip
    outcomes = own["outcomes"]["items"]["enum"][:-1]  # without "all"
    own["outcomes"] = {
        "type": ["array", "null"], "maxItems": MOST_OUTCOMES, "items": {"enum": outcomes},
        "description": "Outcomes to explain; real_take_up if left out.",
    }  # fmt: skip
    own["replicates"] = json_whole(FEWEST_REPLICATES, MOST_REPLICATES, "Seeds for each point; 10 if left out.")
    return {
        "$schema": shared["$schema"],
        "title": "persim sensitivity design",
        "description": "Which inputs are varied, and how they are sampled. Made by scripts/generate_docs.py.",
        "type": "object",
        "additionalProperties": False,
        "required": list(NEEDED),
        "definitions": shared["definitions"],
        "properties": {**own, **_own()},
    }


def _own() -> dict[str, Any]:
    seed = json_whole(0, LARGEST_SEED, "Seed of its luck; 1 if left out.")
    level = json_object(
        "What this level changes; nothing, if empty.",
        {
            "title": json_text("What it is called."),
            "expected": json_text("What is expected of it: a direction, never a size."),
            "parameters": {"$ref": f"{SCENARIO}#/properties/parameters"},
            "policy": {"$ref": f"{SCENARIO}#/properties/policy"},
        },
    )
    choice = {"type": "object", "minProperties": 2, "additionalProperties": {"anyOf": [level, {"type": "null"}]}}
    names = {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"type": "string"}}
    return {
        "choices": {"type": "object", "description": "Choices between bundles of changes.", "additionalProperties": choice},
        "moved_together": {
            "type": "object", "description": "Inputs that are moved together, as one factor.", "additionalProperties": names,
        },
        "morris": json_object("Screening by elementary effects.", {
            "trajectories": json_whole(2, MOST_TRAJECTORIES, "Trajectories; 20 if left out."),
            "levels": json_whole(4, MOST_GRID, "Levels of the grid, an even number; 4 if left out."),
            "seed": seed,
        }),
        "sobol": json_object("Sobol' indices of the factors kept; screening alone if left out.", {
            "points": json_whole(FEWEST_POINTS, MOST_POINTS, "Points of the base sample, a power of two; 128 if left out."),
            "second_order": json_whole(0, 1, "1 for second orders too, which nearly doubles the points."),
            "seed": seed,
        }),
        "keep": json_object("Which factors go on to indices.", {
            "share": {
                "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1,
                "description": "At least this share of the largest mu*; 0.1 if left out.",
            },
            "most": json_whole(FEWEST_KEPT, 1000, "No more than so many; all that pass if left out."),
        }),
        "bootstrap": json_object("How intervals are made.", {
            "resamples": json_whole(FEWEST_RESAMPLES, MOST_RESAMPLES, "Resamples; 1000 if left out."), "seed": seed,
        }),
    }  # fmt: skip
