"""The tables as an Excel workbook: a front sheet, then one sheet a table, with units, caveats and number formats.

Numbers stand in the unit that their row names (a share of 0.174 as 17.4, unit %). Text is always written as text: what
begins like a formula or an address stays what it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from persim.number_words import shown, unit_words
from persim.report.folder import ResultFiles, text_of
from persim.report.views import clean
from persim.report.why import Why
from persim.report.wording import NOT_FOR, answer_of, limits_of, made_by, question_of, title_of

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 60_000
MOST_SIGNS = 32_000  # in a cell; Excel allows 32,767
# Sheet names of the tables, in their order. Others, such as everybody's own row of a single run, are left out.
SHEETS = {
    "summary": "Levels",
    "differences": "Differences",
    "across_worlds": "Across worlds",
    "fails": "Where it fails",
    "groups": "Groups",
    "barriers": "Barriers",
    "funnel": "From eligible to real",
    "costs": "Costs",
    "decomposition": "Decomposition",
    "waits": "Waits",
    "series": "Over time",
    "worlds": "Worlds",
    "weekly": "Over time",
    "quarterly": "Over time",
    "final": "At the end",
}
IN_UNIT = frozenset((
    "mean", "low", "high", "sd", "p5", "p50", "p95", "difference", "difference_low", "difference_high", "part", "value",
))  # columns counted in the unit of their row  # fmt: skip
SHARES = frozenset((
    "kept_from_last", "waiting", "share_better", "share_clearly_better", "coverage", "density", "coverage_held_out",
    "density_held_out",
))  # fmt: skip
HEADS = {
    "n_pairs": "pairs of runs",
    "n_runs": "runs",
    "people": "people behind it in a run",
    "small": "fewer than 200 people",
    "worth_pairs": "independent pairs that one pair is worth",
    "per_100_eligible": "of 100 eligible people",
    "of_missing": "part of the whole gap",
    "by_itself": "it alone closed",
    "at_all": "closed at all",
    "fixed": "closed first, order of the rules",
    "shuffled": "closed first, any order",
    "all_off": "every barrier gone",
    "p5": "5 % of runs below",
    "p95": "95 % of runs below",
}
POINTS = "points_"  # begins the name of a column that is counted of 100 already
TITLE_FORMAT = {"bold": True, "font_size": 16}


def workbook_bytes(files: ResultFiles, behind: Why | None = None) -> bytes:
    """The workbook as a file, with the tables of an attribution and stories. Raises: ImportError without XlsxWriter."""
    import xlsxwriter

    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": clean(title_of(files)), "author": "persim", "created": _made(files)})
        formats = _Formats(book)
        front = book.add_worksheet("Read first")
        written, left_out = [], []
        for name, table in files.tables.items():
            kept, why = _kept(name, table)
            if kept is None:
                left_out.append(f"{name}: {why}")
                continue
            sheet = book.add_worksheet(SHEETS[name])
            _write_table(sheet, formats, kept)
            written.append((SHEETS[name], f"{len(kept):,} rows of {name}.parquet{f'; {why}' if why else ''}"))
        for name, (table, words) in (behind.frames() if behind else {}).items():
            _write_table(book.add_worksheet(name), formats, table)
            written.append((name, words))
        left_out += [f"{file}: only in the folder" for file in _other_tables(files)]
        _write_front(front, formats, files, written, left_out)
    return out.getvalue()


def _other_tables(files: ResultFiles) -> list[str]:
    """Tables that the folder holds and a report does not show, such as every run's own numbers."""
    tables = {f"{name}.parquet" for name in files.tables}
    return [file for file in sorted(files.manifest["files"]) if file.endswith(".parquet") and file not in tables]


class _Formats:
    """Cell formats by need, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", **wanted})
        return self._made[key]

    def text(self, words: str, **more: Any) -> Any:
        """For text; what begins like a formula is marked as text also for whoever edits the cell."""
        starts = words.lstrip()[:1] in ("=", "+", "-", "@")
        return self(**more, **({"quote_prefix": True} if starts else {}))


def _made(files: ResultFiles) -> datetime:
    """When the results were begun, so that the same folder gives the same workbook."""
    try:
        return datetime.fromisoformat(text_of(files.manifest.get("started"))).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return datetime(2000, 1, 1)


def _kept(name: str, table: pd.DataFrame) -> tuple[pd.DataFrame | None, str]:
    """The rows that go into a sheet, and what to say about those that do not."""
    if not len(table):
        return None, "empty"
    why = ""
    if name == "series" and "dimension" in table.columns:
        table, why = table[table["dimension"] == "all"], "for everyone; groups over time are in series.parquet"
    if name in ("weekly", "quarterly", "final") and "group" in table.columns:
        table, why = table[table["group"] == "all"], f"for everyone; groups are in {name}.parquet"
    if len(table) > MOST_ROWS:
        return None, f"{len(table):,} rows are too many for a sheet; they are in {name}.parquet"
    return table, why


def _write_table(sheet: Any, formats: _Formats, table: pd.DataFrame) -> None:
    """A sheet with a frozen head, a filter, and every row in the unit that it names."""
    columns = [str(column) for column in table.columns]
    units = [text_of(unit) for unit in table["unit"]] if "unit" in columns else None
    is_difference = units is not None and "mean" not in columns and "value" not in columns
    heads = [_head(column, units is not None) for column in columns]
    if units is not None:
        place = columns.index("unit") + 1
        columns.insert(place, "unit of differences")
        heads.insert(place, "unit of differences")
    for number, head in enumerate(heads):
        sheet.write_string(0, number, clean(head), formats(bold=True, text_wrap=True, bottom=2, bg_color="#EEF1F4"))
    for number, column in enumerate(columns):
        values = _values(table, column, units)
        _write_column(sheet, formats, number, values, units if column in IN_UNIT else None, column)
        sheet.set_column(number, number, _width(heads[number], values))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if is_difference:
        sheet.set_tab_color("#0B5A8F")


def _values(table: pd.DataFrame, column: str, units: list[str] | None) -> list[Any]:
    if column == "unit of differences" and units is not None:
        return [shown(unit).of_difference if unit else "" for unit in units]
    if column == "unit" and units is not None:
        return [unit_words(unit) if unit else "" for unit in units]
    return list(table[column])


def _head(column: str, has_unit: bool) -> str:
    if column in IN_UNIT:
        words = HEADS.get(column, column.replace("_", " "))
        return f"{words}, in its unit" if has_unit else words
    if column.startswith(POINTS):
        words = column.removeprefix(POINTS)
        return f"{HEADS.get(words, words.replace('_', ' '))}, of 100"
    if column in SHARES:
        return f"{column.replace('_', ' ')}, %"
    if column.startswith(("first", "would_close")):
        return f"{column.replace('_', ' ')}, {'percentage points' if 'difference' in column else '% of weeks'}"
    return HEADS.get(column, column.replace("_", " "))


def _write_column(
    sheet: Any, formats: _Formats, number: int, values: Sequence[Any], units: list[str] | None, column: str
) -> None:
    as_points = column.startswith(POINTS)
    as_share = column in SHARES or column.startswith(("first", "would_close"))
    for row, value in enumerate(values, 1):
        if isinstance(value, bool) or type(value).__name__ == "bool_":
            sheet.write_string(row, number, "yes" if value else "no", formats())
        elif isinstance(value, int | float) or hasattr(value, "dtype"):
            way = shown(units[row - 1]) if units is not None else None
            factor = way.factor if way else 100.0 if as_share else 1.0
            sign = (
                _number_format(way.decimals + 1)
                if way
                else _number_format(1)
                if as_share
                else "0.00"
                if as_points
                else "General"
            )
            _write_number(sheet, row, number, factor * float(value), formats(num_format=sign))
        else:
            words = clean(text_of(value))[:MOST_SIGNS]
            sheet.write_string(row, number, words, formats.text(words)) if words else None


def _number_format(decimals: int) -> str:
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _write_number(sheet: Any, row: int, column: int, value: float, look: Any) -> None:
    if math.isfinite(value):
        sheet.write_number(row, column, value, look)


def _width(head: str, values: Sequence[Any]) -> float:
    """Signs wide enough for most of a column, within reason."""
    longest = max((len(text_of(value)) for value in values[:400] if isinstance(value, str)), default=0)
    return float(min(60, max(9, longest + 1, min(18, len(head) + 2))))


def _write_front(
    sheet: Any, formats: _Formats, files: ResultFiles, written: list[tuple[str, str]], left_out: list[str]
) -> None:
    """What this is, the answer, what it is not for, how to read the sheets, caveats, provenance."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 110)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    row = 0

    def write(term: str, words: str, look: Callable[..., Any] = formats.text, **more: Any) -> None:
        nonlocal row
        term, words = clean(term)[:MOST_SIGNS], clean(words)[:MOST_SIGNS]
        if term:
            sheet.write_string(row, 0, term, formats.text(term, bold=True))
        sheet.write_string(row, 1, words, look(words, text_wrap=True, **more))
        row += 1

    write("Results of persim", title_of(files), **TITLE_FORMAT)
    write("Question", question_of(files))
    for number, sentence in enumerate(answer_of(files)):
        write("" if number else "The answer", sentence, font_size=12)
    write("What this is not for", NOT_FOR)
    write(
        "How to read the sheets",
        "Every number is in the unit that its row or its column names; differences between percentages are in percentage "
        "points. Intervals (low, high) are 95 % and cover chance between runs only. Caveats stand in the rows.",
    )
    for number, (name, words) in enumerate(written):
        write("" if number else "Sheets", f"{name}: {words}")
    for number, words in enumerate(left_out):
        write("" if number else "Left out", words)
    for number, words in enumerate(limits_of(files)):
        write("" if number else "Caveats", words)
    for term, words in made_by(files):
        write(term, words)
    for scenario in files.scenarios:
        write(f"Scenario {scenario.name}", f"{scenario.title} (digest {scenario.digest})")
