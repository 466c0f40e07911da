"""The scenarios of a folder as scenarios again, to run a little more of them: the reference, and what it is set against."""

from __future__ import annotations

import math
from typing import Any

from persim.errors import PersimError
from persim.model_version import MODEL_VERSION
from persim.report.folder import ResultFiles, ScenarioWords, rows_of, text_of
from persim.scenario import Scenario
from persim.scenario_resolved import scenario_of


def reference_of(files: ResultFiles) -> Scenario | None:
    """The first scenario of the folder; None if the folder does not hold all of its numbers."""
    return _scenario(files.scenarios[0]) if files.scenarios else None


def alternatives_of(files: ResultFiles) -> list[tuple[str, Scenario]]:
    """The other scenarios with their names in the folder: by real take-up, the highest first; as they stand, if unknown."""
    gains = _gains(files)
    order = sorted(files.scenarios[1:], key=lambda one: -gains.get(one.name, -math.inf))
    return [(one.name, found) for one in order if (found := _scenario(one)) is not None]


def first_seed(files: ResultFiles) -> int:
    """The first seed of the folder's runs; 1 if it does not say."""
    for key in ("seed", "seeds"):
        value: Any = files.manifest.get(key)
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, int) and not isinstance(first, bool) and first >= 0:
            return first
    return 1


def other_version(files: ResultFiles) -> str:
    """What to say if the folder's runs are of another version of the model than this; else nothing."""
    version = text_of(files.manifest.get("model_version"))
    if version in ("", MODEL_VERSION):
        return ""
    return (
        f"Made with version {MODEL_VERSION} of the model, and the results of this folder with version {version}: numbers "
        "may differ."
    )


def _scenario(words: ScenarioWords) -> Scenario | None:
    try:
        found = scenario_of(words.resolved) if words.resolved else None
    except PersimError:
        return None  # of a version of persim with other numbers
    return None if found is None or found.arms else found


def _gains(files: ResultFiles) -> dict[str, float]:
    for table, name, value in (("differences", "scenario", "difference"), ("across_worlds", "alternative", "mean")):
        if table in files.tables:
            rows = [row for row in rows_of(files.tables[table]) if row.measure == "real_take_up"]
            found = {getattr(row, name): float(getattr(row, value)) for row in rows}
            return {name: gain for name, gain in found.items() if math.isfinite(gain)}
    return {}
