"""The page's curves as a table to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import persim
from persim.app.settings import Settings

COLUMNS = (
    "week",
    "monday",
    "world",
    "scenario",
    "outcome",
    "this_run",
    "mean",
    "low",
    "high",
    "runs",
    "seed",
    "persim",
)


def csv_of(curves: Mapping[str, Any], settings: Settings) -> str:
    """One row a week, world and outcome: the run shown, the mean of all runs, and the band that holds 9 in 10 of them.

    Args:
        curves: as `persim.app.curves.curves_json` gives them.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    start = date.fromisoformat(curves["start"])
    for number, world in enumerate(curves["worlds"]):
        for outcome, lines in world["outcomes"].items():
            for week in range(len(lines["own"])):
                values = [_text(lines[name][week]) for name in ("own", "middle", "low", "high")]
                monday = (start + timedelta(weeks=week)).isoformat()
                writer.writerow([
                    week, monday, number + 1, world["name"], outcome, *values, curves["replicates"], settings.seed,
                    persim.__version__,
                ])  # fmt: skip
    return out.getvalue()


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
