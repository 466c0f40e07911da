"""The JSON Schema of lesson files, made from the tables that the reader uses, so that editors complete the keys.

It says less than persim itself checks: whether a question has its reveal, and a reveal its worlds, is checked on reading.
"""

from __future__ import annotations

from typing import Any

from persim.choosers import vocabulary
from persim.evidence.measured import GROUP_LABELS
from persim.lessons.file import MOST_MINUTES, MOST_PARTS, REQUIRED, TOP_KEYS, USUAL_ORDER
from persim.lessons.lesson import CHARTS, DIRECTIONS, EVERYBODY, LESSON_VERSION, STUDIES, WEEKS_BESIDE
from persim.lessons.part_fields import MEETINGS, MOST_CHOICES, MOST_ITEMS, MOST_LUCK, MOST_LUCKS
from persim.lessons.part_keys import CHOICE_KEYS, PART_KEYS, PREDICTION_KEYS, SIDE_KEYS, WORLD_KEYS, WORLD_NEEDS
from persim.lessons.reveal_fields import (
    DIALS,
    FEWEST_PEOPLE,
    LAST_WEEK,
    MOST_PEOPLE,
    MOST_REPLICATES,
    MOST_SEED,
    MOST_STEPS,
    MOST_WORLDS,
)
from persim.lessons.sources import known_sources
from persim.loops import BY_KEY
from persim.outcomes import OUTCOMES
from persim.parameters import BY_NAME
from persim.scenario_schema import json_name, json_text, json_whole

Schema = dict[str, Any]


def lesson_schema() -> Schema:
    """The schema (draft 7, which editors know best) of one lesson file."""
    top = {
        "schema_version": {"const": LESSON_VERSION, "description": "The version of this form of file: 1."},
        "lesson": json_name("The file's name without .yaml."),
        "title": json_text("What stands above the lesson."),
        "question": json_text("The question that the lesson asks."),
        "minutes": json_whole(1, MOST_MINUTES, "How long it takes with a room."),
        "sources": _listed(_ref("source"), "Codes of what it rests on, such as S4 or PAT16."),
        "parts": {"type": "array", "minItems": 1, "maxItems": MOST_PARTS, "description": "The parts, in order.",
                  "items": {"oneOf": [_part(kind) for kind in PART_KEYS]}},
        "order": json_whole(1, USUAL_ORDER, "Place in the list of lessons; at the end if left out."),
        "for_teachers": json_text("A word to whoever teaches it."),
    }  # fmt: skip
    return {
        "$schema": "http://json-schema.org/draft-07/schema#", "title": "persim lesson",
        "description": "A guided seminar. Made by scripts/generate_docs.py.", "type": "object",
        "additionalProperties": False, "required": list(REQUIRED), "definitions": _definitions(),
        "properties": {key: top[key] for key in TOP_KEYS},
    }  # fmt: skip


def _part(kind: str) -> Schema:
    keys = PART_KEYS[kind]
    known = _properties()
    properties = {"kind": {"const": kind}} | {key: known[key] for key in keys.every if key != "kind"}
    return _object(properties, "kind", *keys.needed)


def _object(properties: Schema, *required: str) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def _listed(items: Schema, description: str, **more: Any) -> Schema:
    return {"type": "array", "items": items, "description": description, **more}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _definitions() -> Schema:
    sides = {
        "outcome": _ref("outcome"),
        "group": _ref("group"),
        "world": json_text("The name of one of the part's worlds."),
        "weeks": {"type": "array", "items": json_whole(0, LAST_WEEK, "A week of the run, from 0."), "minItems": 2,
                  "maxItems": 2, "description": "First and last week of the run, both included."},
    }  # fmt: skip
    sides = {key: sides[key] for key in SIDE_KEYS}
    smallest = {"type": "number", "minimum": 0, "description": "The smallest difference of interest."}
    compared = {
        **sides,
        "against": _object(sides) | {"description": "What it is held against: what differs."},
        "smallest": smallest,
    }
    direction = {"enum": [*DIRECTIONS], "description": "Of what is read, against what it is held against."}
    dials = {name: {"type": "number", "minimum": BY_NAME[name].low, "maximum": BY_NAME[name].high,
                    "description": BY_NAME[name].meaning} for name in DIALS}  # fmt: skip
    step = _object(
        {"week": json_whole(0, LAST_WEEK, "From this week of the run on."), "dials": _ref("dials")}, "week", "dials"
    )
    world = {
        "title": json_text("What the page calls it."),
        "scenario": json_text("A scenario that comes with persim, or an arm such as cto_rights/all."),
        "dials": _ref("dials"),
        "steps": _listed(step, "Dials turned later.", maxItems=MOST_STEPS),
        "off": _listed({"enum": [*BY_KEY]}, "Feedback loops that are switched off."),
    }
    choice = {
        "text": json_text("The answer."),
        "direction": direction,
        "between": _listed(
            {"type": ["number", "null"]}, "Right if the reading lies from the first to below the second."
        ),
        "largest": json_text("Right if the reading of this world, outcome or group is the largest."),
    }
    return {
        "outcome": {"enum": [outcome.name for outcome in OUTCOMES], "description": "An outcome of the model."},
        "group": {"enum": [EVERYBODY, *GROUP_LABELS], "description": "A group of people; all if left out."},
        "source": {"enum": [*known_sources()], "description": "A code of the evidence."},
        "pick": json_text(
            "Who is told of, by words joined by commas: " + ", ".join(word for word, _ in vocabulary()) + "."
        ),
        "dials": _object(dials) | {"description": "Dials from the first week on."},
        "read": _object(compared) | {"description": "What is read from the runs."},
        "expected": _object({**compared, "direction": direction}, "direction"),
        "world": _object({key: world[key] for key in WORLD_KEYS}, *WORLD_NEEDS),
        "choice": _object({key: choice[key] for key in CHOICE_KEYS}, "text"),
    }


def _properties() -> Schema:
    """Every key that a part of some kind may have."""
    number = {"type": "number"}
    return {
        "id": json_name("The part's name within the lesson."),
        "title": json_text("What stands above the part."),
        "text": json_text("What is said first; an empty line makes a new paragraph, *stars* stress a word."),
        "after": json_text("What is said below what was opened."),
        "skip_to": json_name("The id of the part that goes on without what the note is about."),
        "predict": {"enum": [*PREDICTION_KEYS], "description": "What a visitor commits to."},
        "choices": _listed(_ref("choice"), "The answers.", minItems=2, maxItems=MOST_CHOICES),
        "low": number | {"description": "The least that may be said, or the foot of the axis, in the outcome's unit."},
        "high": number | {"description": "The most that may be said, or the top of the axis."},
        "from_week": json_whole(0, LAST_WEEK, "The week of the run from which on the curve is drawn."),
        "given": _listed(json_text("A world."), "Worlds that are drawn in full before the prediction."),
        "question": json_name("The id of the question that this answers."),
        "worlds": {"type": "object", "additionalProperties": _ref("world"), "minProperties": 1, "maxProperties": MOST_WORLDS,
                   "description": "A name for each world, and below it what it is."},
        "people": json_whole(FEWEST_PEOPLE, MOST_PEOPLE, "People in a run; 1,000 for a chart and 400 for a story if left out."),
        "seed": json_whole(0, MOST_SEED, "Seed of the first run; 1 if left out."),
        "replicates": json_whole(2, MOST_REPLICATES, "Runs of each world; 40 if left out."),
        "outcomes": _listed(_ref("outcome"), "What is drawn.", minItems=1),
        "groups": _listed(_ref("group"), "Groups that are drawn apart; everybody if left out."),
        "chart": {"enum": [*CHARTS], "description": "Curves over weeks, or bars over the weeks that are read."},
        "weeks": {"type": "array", "items": json_whole(0, LAST_WEEK, "A week of the run."), "minItems": 2, "maxItems": 2,
                  "description": "First and last week that is drawn."},
        "over": json_whole(1, 104, "Each point of a curve adds up that many weeks; 1 if left out."),
        "read": _ref("read"),
        "expect": _listed(_ref("expected"), "Directions that the words rest on; a test runs them."),
        "study": {"enum": [*STUDIES], "description": "Predicted is how many of them each arm of a real study would need."},
        "pick": _ref("pick"),
        "week": {"enum": [*WEEKS_BESIDE], "description": "Which week of the coordinator stands beside the story."},
        "meeting": {"enum": [*MEETINGS], "description": "The kind of meeting that is shown first."},
        "luck": _listed(json_whole(0, MOST_LUCK, "Other luck."), "Numbers of other luck.", minItems=1, maxItems=MOST_LUCKS),
        "loop": {"enum": [*BY_KEY], "description": "A feedback loop of the model."},
        "sources": _listed(_ref("source"), "Codes that are shown as references."),
        "items": _listed(json_text("A sentence."), "The sentences.", minItems=1, maxItems=MOST_ITEMS),
    }  # fmt: skip
