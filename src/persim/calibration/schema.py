"""The JSON Schema of calibration files, made from the table of parameters, so that editors complete the keys."""

from __future__ import annotations

from typing import Any

from persim.calibration.plan_file import (
    CALIBRATION_VERSION,
    MOST_CHAINS,
    MOST_GENERATIONS,
    MOST_POINTS,
    MOST_REPLICATES,
    REQUIRED,
    STAGE_REQUIRED,
)
from persim.design_file import LARGEST_SEED
from persim.parameters import TABLE, Parameter
from persim.posterior import why_not_varied
from persim.scenario_file import MOST_PEOPLE, MOST_WEEKS
from persim.scenario_schema import json_name, json_object, json_text, json_whole


def calibration_schema() -> dict[str, Any]:
    """The schema (draft 7, which editors know best) of one calibration file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "persim calibration",
        "description": "What is fitted to which published figures, in which order. Made by scripts/generate_docs.py.",
        "type": "object",
        "additionalProperties": False,
        "required": list(REQUIRED),
        "properties": {
            "schema_version": {"const": CALIBRATION_VERSION, "description": "The version of this form of file: 1."},
            "name": json_name("The folder's name below outputs."),
            "title": json_text("What it is called."),
            "seed": json_whole(0, LARGEST_SEED, "Seed of all luck; 1 if left out."),
            "people": json_whole(1, MOST_PEOPLE, "People in a run; 1,000 if left out."),
            "stages": {"type": "array", "minItems": 1, "description": "Stages, in order.", "items": _stage()},
        },
    }


def _stage() -> dict[str, Any]:
    codes = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}}
    stage = json_object(
        "What is fitted together.",
        {
            "name": json_name("What the stage is called."),
            "targets": {**codes, "description": "Codes of the evidence with `use: calibration`."},
            "parameters": json_object("The prior of each.", {p.name: _prior(p) for p in TABLE if not why_not_varied(p)}),
            "fixed": json_object("Settings of this stage only.", {p.name: {"type": "number"} for p in TABLE}),
            "weeks": json_whole(1, MOST_WEEKS, "Weeks of a run; the baseline's if left out."),
            "replicates": json_whole(1, MOST_REPLICATES, "Runs at each point, with the same seeds at all; 2 if left out."),
            "waves": json_object("History matching.", {
                "number": json_whole(1, MOST_GENERATIONS, "Waves at most; 3 if left out."),
                "points": json_whole(25, MOST_POINTS, "Points of a wave; 300 if left out."),
                "cut": {"type": "number", "minimum": 1, "maximum": 10, "description": "Implausibility ruled out; 3 if left out."},
            }),
            "smc": json_object("Weighing what is left.", {
                "particles": json_whole(8, MOST_POINTS, "Points of a generation, over all chains; 1,000 if left out."),
                "generations": json_whole(1, MOST_GENERATIONS, "Generations; 8 if left out."),
                "chains": json_whole(1, MOST_CHAINS, "Independent chains; 4 if left out."),
                "ess_share": {"type": "number", "minimum": 0.01, "maximum": 1, "description": "Effective share; 0.5."},
                "draws": json_whole(10, MOST_POINTS, "Size of the sample; that of a generation if left out."),
            }),
            "patterns": {"description": "Patterns that draws must not contradict.", "anyOf": [
                codes, json_object("", {"which": codes, "draws": json_whole(1, MOST_POINTS, "Draws they are tried on; 200.")}),
            ]},
        },
    )  # fmt: skip
    return {**stage, "type": "object", "required": list(STAGE_REQUIRED)}


def _prior(parameter: Parameter) -> dict[str, Any]:
    number = {"type": "number", "minimum": parameter.low, "maximum": parameter.high}
    said = f"{parameter.meaning} ({parameter.unit}), {parameter.low:g} to {parameter.high:g} if no narrower prior is given."
    return json_object(said, {"low": number, "high": number, "scale": {"enum": ["linear", "log"]}})
