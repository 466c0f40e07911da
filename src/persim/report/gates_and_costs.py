"""What stood in the way, how far people came, what it costs and whose cost it is, and what made the difference."""

from __future__ import annotations

import math
from typing import Any

from persim.number_words import NOTHING
from persim.report.effects import (
    EXTRA_COST,
    INTERVALS,
    POINTS,
    difference_cell,
    level_cell,
    levels_and_gains,
    present,
    ratio_cell,
    unit_of,
)
from persim.report.folder import ResultFiles, rows_of, text_of
from persim.report.views import Cell, Line, View, clipped

NEGLIGIBLE = 0.0005  # share of weeks below which a barrier has no row
ON_THE_WAY = "hand_off"  # gates stand before it; it and what follows lie on the way
COSTS = (
    "cost_forms", "cost_levers", "cost_budgets", "cost_services", "cost_year", "cost_net_year", "cost_per_real_budget",
)  # fmt: skip
PAYERS = {
    "council": "Paid by the council",
    "nhs": "Paid by the NHS",
    "people": "Paid by people themselves",
    "person": "Paid by people themselves",
    "carers": "Given by carers",
    "trust": "Paid by the Trust",
    "all": "All payers",
    "all three": "All three together",
}


def barriers(files: ResultFiles) -> View | None:
    """Weeks without a real budget: the gate that closed first beside every gate that would have closed."""
    table = files.tables.get("barriers")
    if table is None:
        return None
    names = present(files, table)
    found = {(row.scenario, row.barrier): row for row in rows_of(table)}
    codes = [code for code in dict.fromkeys(table["barrier"]) if _counts(code, names, found)]
    choices = {row.barrier for row in rows_of(table) if bool(getattr(row, "choice", row.barrier == "declined"))}
    plain = [code for code in codes if code not in choices and code != "none"]
    start = plain.index(ON_THE_WAY) if ON_THE_WAY in plain else len(plain)
    lines: list[Line] = []
    for heading, chosen in (
        ("Gates, in the order in which they stand", plain[:start]),
        ("On the way, and after", plain[start:]),
        ("No barrier closed", [code for code in codes if code == "none"]),
        ("A choice, shown apart", [code for code in codes if code in choices]),
    ):
        if chosen:
            lines.append(Line(heading))
            lines += [_barrier_line(code, names, found) for code in chosen]
    lead = (
        "Of 100 weeks that eligible people lived without a real budget. First: the gate that closed first, so the order "
        "of gates decides. Any: every gate that would have closed; a week can have several, so these add up to more "
        "than 100. Means over runs.",
    )
    heads = tuple(files.title(name) for name in names)
    return View(
        "barriers", "Weeks without a real budget, by barrier", lead, "Barrier", heads, tuple(lines), ("first", "any")
    )


def _counts(code: str, names: list[str], found: dict) -> bool:
    rows = [found[name, code] for name in names if (name, code) in found]
    return any(max(row.first, row.would_close) >= NEGLIGIBLE for row in rows)


def _barrier_line(code: str, names: list[str], found: dict) -> Line:
    cells: list[Cell] = []
    for name in names:
        row = found.get((name, code))
        shares = (math.nan, math.nan) if row is None else (row.first, row.would_close)
        cells += [Cell(f"{100.0 * share:.1f}" if math.isfinite(share) else NOTHING) for share in shares]
    first = next(found[name, code] for name in names if (name, code) in found)
    return Line(first.label, tuple(cells), caveats=(text_of(getattr(first, "caveat", "")),))


def funnel(files: ResultFiles) -> View | None:
    """How far 100 eligible people came."""
    table = files.tables.get("funnel")
    if table is None:
        return None
    names = present(files, table)
    found = {(row.scenario, row.step): row for row in rows_of(table)}
    lines = []
    for step in dict.fromkeys(table["step"]):
        rows = [found.get((name, step)) for name in names]
        cells = tuple(
            Cell(f"{row.per_100_eligible:.1f}" if row is not None and math.isfinite(row.per_100_eligible) else NOTHING)
            for row in rows
        )
        lines.append(Line(next(row.label for row in rows if row is not None), cells))
    lead = (
        "Of 100 eligible people, at the end of the run; a step includes all later ones. Means over runs. Declining is a "
        "choice, so not everyone who stops on the way was stopped.",
    )
    heads = tuple(files.title(name) for name in names)
    return View("funnel", "From eligible to a real budget", lead, "Step", heads, tuple(lines))


def costs(files: ResultFiles) -> View | None:
    """What it costs a year, by whose cost it is: the first scenario's level, then differences."""
    table = files.tables.get("costs")
    if table is None or not len(table):
        return _council_costs(files)
    names = present(files, table)
    found = {(row.scenario, row.payer, row.measure): row for row in rows_of(table)}
    lines: list[Line] = []
    for payer in dict.fromkeys(table["payer"]):
        lines.append(Line(PAYERS.get(str(payer).lower(), clipped(str(payer).capitalize(), 80))))
        for measure in dict.fromkeys(table.loc[table["payer"] == payer, "measure"]):
            rows = [found.get((name, payer, measure)) for name in names]
            lines.append(_cost_line(rows))
    return _cost_view(files, names, lines)


def _cost_line(rows: list[Any]) -> Line:
    shown = next(row for row in rows if row is not None)
    caveat = text_of(getattr(shown, "caveat", ""))
    cells = [_cost_level(rows[0])]
    for row in rows[1:]:
        if row is None or not hasattr(row, "difference"):
            cells.append(_cost_level(row))
            continue
        low, high = getattr(row, "difference_low", math.nan), getattr(row, "difference_high", math.nan)
        cells.append(difference_cell(row.unit, row.difference, low, high))
    return Line(shown.label, tuple(cells), unit_of(shown.unit), (caveat,), bool(getattr(shown, "is_sum", False)))


def _cost_level(row: Any) -> Cell:
    return Cell(NOTHING) if row is None else level_cell(row.unit, row.mean, row.low, row.high)


def _council_costs(files: ResultFiles) -> View | None:
    """Costs of a folder that has no table by payer: the council's, from the summary."""
    found = levels_and_gains(files)
    if found is None:
        return None
    names, levels, gains = found
    lines = [Line("Cost to the council")]
    for measure in COSTS:
        first = levels.get((names[0], measure))
        if first is None:
            continue
        rows = [gains.get((name, measure)) for name in names[1:]]
        others = (
            Cell(NOTHING) if row is None else difference_cell(row.unit, row.difference, row.low, row.high)
            for row in rows
        )
        caveat = text_of(getattr(first, "caveat", ""))
        level = level_cell(first.unit, first.mean, first.low, first.high)
        lines.append(Line(first.label, (level, *others), unit_of(first.unit), (caveat,)))
    extra = [gains.get((name, EXTRA_COST)) for name in names[1:]]
    if any(row is not None for row in extra):
        caveat = text_of(getattr(next(row for row in extra if row is not None), "caveat", ""))
        cells = (Cell(NOTHING), *(ratio_cell(row) for row in extra))
        lines.append(Line("Extra cost per extra real budget, a year", cells, unit_of("GBP"), (caveat,)))
    return _cost_view(files, names, lines) if len(lines) > 1 else None


def _cost_view(files: ResultFiles, names: list[str], lines: list[Line]) -> View:
    lead = (
        f"First column: the level in “{files.title(names[0])}”"
        + (". Other columns: the difference to it. " if len(names) > 1 else ". ")
        + f"Thousands of pounds end in k. {INTERVALS}",
    )
    heads = tuple(files.title(name) for name in names)
    return View("costs", "Costs, and whose cost it is", lead, "Cost", heads, tuple(lines), fixed=1)


def decomposition(files: ResultFiles) -> View | None:
    """Of which steps a scenario's difference in real take-up is made."""
    table = files.tables.get("decomposition")
    if table is None or not len(table):
        return None
    names = list(dict.fromkeys(table["scenario"]))
    found = {(row.scenario, row.step): row for row in rows_of(table)}
    lines = [_decomposition_line(step, names, found) for step in dict.fromkeys(table["step"])]
    reference = files.title(table["reference"].iloc[0])
    lead = (
        f"Of which steps of the way the difference in real take-up to “{reference}” is made. {INTERVALS} {POINTS} A step's "
        "part is not what a policy on that step alone would gain.",
    )
    heads = tuple(files.title(name) for name in names)
    return View("decomposition", "The difference in real take-up, step by step", lead, "Step", heads, tuple(lines))


def _decomposition_line(step: str, names: list[str], found: dict) -> Line:
    rows = [found.get((name, step)) for name in names]
    first = next(row for row in rows if row is not None)
    cells = tuple(
        Cell(NOTHING) if row is None else difference_cell(row.unit, row.part, row.low, row.high) for row in rows
    )
    caveats = (text_of(getattr(first, "caveat", "")),)
    return Line(first.label, cells, unit_of(first.unit), caveats, step == "total")
