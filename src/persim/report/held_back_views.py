"""The tables of what holds people back: three readings of each barrier, who is left, the tally of closed gates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from persim.attribution_words import (
    BASE_CAVEAT,
    CHANCE,
    ENOUGH,
    FAULT_CAVEAT,
    ONE_SEED_CHANCE,
    SHARES_CAVEAT,
    TALLY_CAVEAT,
    rows_of,
)
from persim.outcomes import BY_NAME
from persim.report.effects import difference_cell, level_cell
from persim.report.held_back import HeldBack
from persim.report.views import Cell, Line, View

if TYPE_CHECKING:
    import pandas as pd

POINTS = "points, of 100 eligible people"
WAYS = ("fixed", "shuffled", "by_itself", "at_all")


def views_of(found: HeldBack) -> list[View]:
    """Every table of the section, in order."""
    return [_shares(found), _remainder(found), _tally(found)]


def _shares(found: HeldBack) -> View:
    single, last = ({row["barrier"]: row for row in rows_of(found.frames[name])} for name in ("singles", "last"))
    lines = []
    for row in rows_of(found.frames["shares"]):
        readings = ((single, "gain"), ({row["barrier"]: row}, "share"), (last, "gain"))
        cells = tuple(_difference(rows[row["barrier"]], name) for rows, name in readings)
        lines.append(Line(row["label"], cells, caveats=(SHARES_CAVEAT,)))
    level = rows_of(found.frames["levels"])[0]
    whole = difference_cell("share", level["missing"], level["missing_low"], level["missing_high"])
    lines.append(Line("All together", (Cell(""), whole, Cell("")), is_sum=True))
    has_intervals = math.isfinite(level["missing_low"])  # one seed has none
    lead = (
        f"In {POINTS}. Alone: what it brings when it alone is gone and all others stay. Shared out: its Shapley share, the "
        "mean over many orders in which barriers could go; shares add up to the whole. Last: what it still brings when "
        f"all others are gone already.{' Under each number: its 95 % interval.' if has_intervals else ''}",
        CHANCE if has_intervals else ONE_SEED_CHANCE,
        FAULT_CAVEAT,
    )
    heads = ("Alone", "Shared out (Shapley)", "Last")
    return View("shares", "What each barrier holds back, read in three ways", lead, "Barrier", heads, tuple(lines))


def _difference(row: dict[str, Any], name: str) -> Cell:
    return difference_cell("share", row[name], row["low"], row["high"])


def _remainder(found: HeldBack) -> View:
    level = rows_of(found.frames["levels"])[0]
    rows = rows_of(found.frames["remainder"])
    real = BY_NAME["real_take_up"].caveat
    lines = [Line("Have a real budget", _levels(level), caveats=(real,))]
    lines += [Line("None by their own choice, shown apart")]
    lines += [Line(row["label"], _levels(row), caveats=(BASE_CAVEAT,)) for row in rows if row["choice"]]
    lines += [Line("None for other reasons")]
    lines += [Line(row["label"], _levels(row)) for row in rows if not row["choice"] and _counts(row)]
    lead = ("Of 100 eligible people, at the end: as it is, and with every barrier gone.",)
    heads = ("As it is", "Every barrier gone")
    return View(
        "remainder", "Who has a real budget, and who has none", lead, "Of 100 eligible people", heads, tuple(lines)
    )


def _counts(row: dict[str, Any]) -> bool:
    return max(row["as_is"], row["all_off"]) > ENOUGH


def _levels(row: dict[str, Any]) -> tuple[Cell, Cell]:
    return _level(row, "as_is"), _level(row, "all_off")


def _level(row: dict[str, Any], name: str) -> Cell:
    """A share with its interval, cut off at nought and at all."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return level_cell("share", row[name], 0.0 if low < 0.0 else low, 1.0 if high > 1.0 else high)


def _tally(found: HeldBack) -> View:
    rows = [row for row in rows_of(found.frames["tally"]) if row["at_all"] > ENOUGH]
    lines = tuple(Line(row["label"], tuple(_level(row, way) for way in WAYS), caveats=(TALLY_CAVEAT,)) for row in rows)
    lead = (
        "Of 100 occasions to speak of budgets, as it is: how often a gate closed first, in the order of the rules and on "
        "average over every order; how often it alone closed; how often it closed at all.",
    )
    heads = ("First, order of the rules", "First, any order", "It alone", "At all")
    return View("tally", "Which gate closed, whatever is asked first", lead, "Gate", heads, lines)


# For the workbook


def frames_of(found: HeldBack) -> dict[str, pd.DataFrame]:
    """Tables for sheets, shares of eligible people or of occasions as points of 100: columns that begin with `points_`."""
    made = {
        "Barrier shares": _in_points(found.frames["shares"], ("share", "low", "high", "of_missing"), SHARES_CAVEAT),
        "Barriers alone": _in_points(found.frames["singles"], ("gain", "low", "high"), SHARES_CAVEAT),
        "Barriers last": _in_points(found.frames["last"], ("gain", "low", "high"), SHARES_CAVEAT),
    }
    ends = ("", "_low", "_high")
    columns = tuple(f"{name}{end}" for name in ("as_is", "all_off") for end in ends)
    made["Who has none"] = _in_points(found.frames["remainder"], columns, BASE_CAVEAT)
    columns = tuple(f"{way}{end}" for way in WAYS for end in ends)
    made["Closed gates"] = _in_points(found.frames["tally"], columns, TALLY_CAVEAT)
    return made


def _in_points(table: pd.DataFrame, columns: tuple[str, ...], caveat: str) -> pd.DataFrame:
    made = table.copy()
    for name in columns:
        made[name] = 100.0 * made[name]
    return made.rename(columns={name: f"points_{name}" for name in columns}).assign(caveat=caveat)
