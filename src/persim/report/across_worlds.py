"""What a sweep says: the numbers that were varied, in how many worlds an alternative is better, and where it fails."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from persim.discovery import CAVEAT
from persim.number_words import NOTHING, level_words, share_of_worlds
from persim.report.effects import POINTS, difference_cell, headline_sections, unit_of
from persim.report.folder import ResultFiles, rows_of, text_of
from persim.report.views import Cell, Line, View
from persim.report.wording import with_titles

PRIORS = CAVEAT


def is_sweep(files: ResultFiles) -> bool:
    """Whether the folder has results over many worlds."""
    return "across_worlds" in files.tables


def factors(files: ResultFiles) -> View | None:
    """The numbers that differ between worlds, with their bounds."""
    found = files.manifest.get("factors")
    entries = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    if not entries:
        return None
    lines = []
    for entry in entries:
        cells = tuple(Cell(_number(entry.get(key))) for key in ("low", "high"))
        words = (Cell(text_of(entry.get("unit")) or NOTHING), Cell(text_of(entry.get("kind")) or NOTHING))
        parameter = text_of(entry.get("parameter"))
        lines.append(Line(text_of(entry.get("label")) or parameter, (*cells, *words), parameter))
    lead = ("Worlds differ in these numbers; within a world, every alternative has the same ones.",)
    heads = ("From", "To", "Unit", "Kind")
    return View("factors", "What was varied between worlds", lead, "Number", heads, tuple(lines))


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and math.isfinite(value) else text_of(value) or NOTHING


def share_words(share: float) -> str:
    """A share of worlds: 82 %."""
    return share_of_worlds(share) or NOTHING


def shares_better(files: ResultFiles) -> View | None:
    """For each alternative and measure: mean difference over worlds, middle nine tenths, shares of worlds better."""
    table = files.tables.get("across_worlds")
    if table is None:
        return None
    levels = {(row.alternative, row.measure): row for row in rows_of(table) if row.reference in ("", row.alternative)}
    table = table[(table["reference"] != "") & (table["reference"] != table["alternative"])]
    if not len(table):
        return None
    found = {(row.alternative, row.measure): row for row in rows_of(table) if math.isfinite(row.mean)}
    names, reference = list(dict.fromkeys(table["alternative"])), str(table["reference"].iloc[0])
    lines = []
    for heading, measures in headline_sections(files):
        chosen = [measure for measure in measures if any((name, measure) in found for name in names)]
        lines += [Line(heading)] if chosen else []
        lines += [_world_line(m, [found.get((n, m)) for n in names], levels.get((reference, m))) for m in chosen]
    lead = (
        f"Difference to “{files.title(reference)}”: in the middle world, and under it in the middle nine tenths of worlds. "
        "Better: share of worlds in which the alternative goes the good way on average; under it, in which it does so "
        f"beyond chance. {POINTS}",
    )
    heads = tuple(files.title(name) for name in names)
    return View(
        "worlds", "In how many worlds each alternative is better", lead, "Measure", heads, tuple(lines),
        ("difference", "better"),
    )  # fmt: skip


def _world_line(measure: str, rows: list[Any], level: Any) -> Line:
    """A measure: its unit, where it stands in the reference on average, which way is better; then the alternatives."""
    first = next(row for row in rows if row is not None)
    told = [unit_of(first.unit)]
    if level is not None and math.isfinite(level.mean):
        told.append(f"{level_words(level.unit, level.p50)} in the reference's middle world")
    if text_of(getattr(first, "better_if", "")):
        told.append(f"{first.better_if} is better")
    cells = tuple(cell for row in rows for cell in _world_cells(row))
    return Line(first.label, cells, "; ".join(told), (PRIORS, text_of(getattr(first, "caveat", ""))))


def _world_cells(row: Any) -> tuple[Cell, Cell]:
    if row is None:
        return Cell(NOTHING), Cell(NOTHING)
    clear = f"{share_words(row.share_clearly_better)} clearly" if math.isfinite(row.share_clearly_better) else ""
    return difference_cell(row.unit, row.p50, row.p5, row.p95), Cell(share_words(row.share_better), clear)


def fails(files: ResultFiles) -> View | None:
    """Where each alternative fails, in words, with how much of the failing the words cover and how densely."""
    table = files.tables.get("fails")
    if table is None or not len(table):
        return None
    across = files.tables.get("across_worlds")
    labels = {} if across is None else {row.measure: row.label for row in rows_of(across)}
    lines = []
    for name in dict.fromkeys(table["alternative"]):
        lines.append(Line(files.title(name)))
        rows = table[table["alternative"] == name]
        lines += [_fail_line(files, row, labels) for row in rows_of(rows)]
    lead = (
        "Coverage: of the worlds in which the alternative fails, the share that the words describe. Density: of the "
        "worlds that the words describe, the share in which it fails. Under each: the same in worlds held out, which "
        "the words were not made from; go by these.",
    )
    heads = ("Worlds failing", "Coverage", "Density")
    return View("fails", "Where each alternative fails", lead, "Conditions", heads, tuple(lines), wordy=True)


def _covered(share: float, held_out: float) -> Cell:
    return Cell(share_words(share), f"{share_words(held_out)} held out" if math.isfinite(held_out) else "")


def _fail_line(files: ResultFiles, row: Any, labels: Mapping[str, str]) -> Line:
    worlds = f"{row.failing:,.0f}" if math.isfinite(row.failing) else NOTHING
    of = f"of {row.n_worlds:,.0f}" if math.isfinite(row.n_worlds) else ""
    cells = (
        Cell(worlds, of),
        _covered(row.coverage, row.coverage_held_out),
        _covered(row.density, row.density_held_out),
    )
    conditions = text_of(getattr(row, "conditions", ""))
    words = f"It fails where {conditions}." if conditions else row.sentence or "No words describe where it fails."
    caveat = text_of(getattr(row, "caveat", "")) or PRIORS
    return Line(with_titles(files, words), cells, labels.get(row.measure, row.measure.replace("_", " ")), (caveat,))
