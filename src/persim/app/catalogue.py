"""What the page can show and ask for, told once when it opens: dials, scenarios, outcomes, loops, words of the codes, bounds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import persim
from persim.app import curves, settings
from persim.app.dials import DIALS
from persim.biography import SYNTHETIC
from persim.loops import loops_json
from persim.outcomes import BY_NAME
from persim.people import words
from persim.scenario import Scenario, read_scenario
from persim.scenario_search import shipped_names
from persim.state import Barrier, LegalStatus, Profession, Stage

PURPOSE = "A thinking aid on synthetic people: not for decisions on eligibility, risk, budgets, staff or sites."


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Any]:
    """All that the page needs to know before anything is run."""
    return {
        "version": persim.__version__, "purpose": PURPOSE, "synthetic": SYNTHETIC,
        "dials": [dial.as_json() for dial in DIALS.values()],
        "scenarios": [_scenario_json(read_scenario(name)) for name in shipped_names()],
        "outcomes": {name: _outcome_json(name) for name in curves.CHARTED},
        "loops": loops_json(),
        "stages": words(Stage), "barriers": words(Barrier), "legal": words(LegalStatus), "professions": words(Profession),
        "limits": {
            "people": [settings.FEWEST_PEOPLE, settings.MOST_PEOPLE], "seed": [0, settings.MOST_SEED],
            "replicates": curves.MOST_REPLICATES, "outcomes": curves.MOST_OUTCOMES, "steps": settings.MOST_STEPS,
            "text": settings.MOST_TEXT, "weeks": settings.MOST_WEEKS,
        },
    }  # fmt: skip


def _scenario_json(scenario: Scenario) -> dict[str, Any]:
    return {
        **about(scenario),
        "arms": [about(scenario.arm(arm.name)) for arm in scenario.arms],
    }


def about(scenario: Scenario) -> dict[str, Any]:
    """A scenario in words, where its dials stand in the first week, and the path of those that it moves by itself."""
    weekly = scenario.weekly_parameters()
    moved = sorted(name for name in DIALS if (weekly[name] != weekly[name][0]).any())
    return {
        "name": scenario.name, "title": scenario.title, "question": scenario.question.strip(),
        "expected": scenario.expected.strip(), "weeks": scenario.n_weeks, "start": scenario.start.isoformat(),
        "dials": {name: float(weekly[name][0]) for name in DIALS},
        "moved": moved, "paths": {name: [round(value, 4) for value in weekly[name].tolist()] for name in moved},
    }  # fmt: skip


def _outcome_json(name: str) -> dict[str, str]:
    outcome = BY_NAME[name]
    return {
        "label": outcome.label, "unit": outcome.unit, "meaning": outcome.meaning, "caveat": outcome.caveat,
        "kind": outcome.kind,
    }  # fmt: skip
