"""Two tables as text: where a difference in real take-up comes from, and who pays what a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persim.comparison import Comparison
from persim.decision_tables import ALL_PAYERS, COST_ITEMS, PARTS_CAVEAT, TOTAL, parts_are_of_the_window
from persim.number_words import difference_words, level_words
from persim.policy import monday_of
from persim.text_table import Notes, Row, TextTable

if TYPE_CHECKING:
    import pandas as pd

PAYERS = {"council": "The council pays", "NHS": "The NHS pays", "person": "People pay", ALL_PAYERS: "Together"}


def parts_in_words(c: Comparison, short: bool = False) -> TextTable:
    """Each scenario's difference in real take-up by stage of the way, beside the reference's share at each stage."""
    steps = c.steps[c.steps["scenario"] == c.reference]
    levels = dict(zip(steps["step"], steps["kept_from_last"].tolist(), strict=True))
    levels[TOTAL] = float(steps["per_100_eligible"].iloc[-1]) / 100.0
    found = _triples(c.decomposition, "step", ("part", "low", "high"))
    rows = []
    for step, label in dict(zip(c.decomposition["step"], c.decomposition["label"], strict=True)).items():
        cells = [difference_words("share", *found[name, step], short) for name in c.names[1:]]
        rows.append(Row(f"  {label}", (level_words("share", levels[step]), *cells)))
    rows = [Row("How many of each came on, and what that adds to real take-up"), *rows]
    title = f"Where the difference in real take-up to {c.reference} comes from, in percentage points"
    return TextTable((title,), c.names, tuple(rows), (PARTS_CAVEAT, *parts_notes(c)))


def _triples(
    table: pd.DataFrame, key: str, columns: tuple[str, str, str]
) -> dict[tuple[str, str], tuple[float, float, float]]:
    """(scenario, key) -> the three numbers of these columns."""
    keys = zip(table["scenario"].tolist(), table[key].tolist(), strict=True)
    first, second, third = (table[column].astype(float).tolist() for column in columns)
    return dict(zip(keys, zip(first, second, third, strict=True), strict=True))


def parts_notes(c: Comparison) -> tuple[str, ...]:
    """What to know of the total where the window does not end with the run."""
    if parts_are_of_the_window(c):
        return ()
    last = monday_of(c.reduction.stop - 1)
    return (
        f"The window ends before the run does; these parts are those of the run's end, the week of {last.day} {last:%B %Y}.",
    )


def costs_in_words(c: Comparison, short: bool = False) -> TextTable:
    """Who pays what a year: the reference's level, then each scenario's difference with its interval."""
    notes = Notes()
    levels = _triples(c.costs, "measure", ("mean", "low", "high"))
    found = _triples(c.costs, "measure", ("difference", "difference_low", "difference_high"))
    rows: list[Row] = []
    payer = ""
    for item in COST_ITEMS:
        if item.payer != payer:
            payer = item.payer
            rows.append(Row(PAYERS[payer]))
        cells = [difference_words("GBP", *found[name, item.measure], short) for name in c.names[1:]]
        level = level_words("GBP", levels[c.reference, item.measure][0])
        label = f"  {item.label}{notes.mark(item.caveat)}"
        rows.append(Row(label, (level, *cells)))
    against = f", and differences to {c.reference}, with 95 % intervals" if len(c.names) > 1 else ""
    return TextTable((f"Who pays what a year{against}",), c.names, tuple(rows), notes.lines())


def lines_of_both(c: Comparison, width: int) -> list[list[tuple[str, bool]]]:
    """Both tables for a page of that width; without a second scenario there is nothing to share out."""
    makers = [parts_in_words, costs_in_words] if len(c.names) > 1 else [costs_in_words]
    tables = [(make(c), make(c, short=True)) for make in makers]
    return [full.lines(width) if full.width <= width else short.lines(width) for full, short in tables]
