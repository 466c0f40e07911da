"""The tables of an attribution for a terminal or a text file: shares, who is left, groups, pairs, the tally."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from persim.attribution_result import Attribution
from persim.attribution_words import (
    BASE_CAVEAT,
    ENOUGH,
    GROUPS_CAVEAT,
    SHARES_CAVEAT,
    TALLY_CAVEAT,
    fewer_seeds,
    off_already_words,
    rows_of,
    size_words,
    still_on,
)
from persim.barriers import BY_KEY
from persim.number_words import MINUS, NOTHING, difference_words
from persim.reduction import SMALL
from persim.text_table import Row, TextTable

MOST_PAIRS = 8


def tables(found: Attribution) -> list[TextTable]:
    """The tables for a terminal: shares, who is left, groups, pairs, the tally."""
    if found.n_seeds == 0:
        return []
    made = [_shares_table(found), _remainder_table(found)]
    made += [_groups_table(found)] if found.shown else []
    made += [_pairs_table(found)] if _pairs(found) else []
    return [*made, _tally_table(found)]


def _shown(row: Mapping[str, Any], name: str) -> str:
    return _difference(row[name], row["low"], row["high"])


def _difference(value: float, low: float, high: float) -> str:
    """A difference with its interval; what is nought but for rounding is nought, and has no minus."""
    text = difference_words("share", *(round(each, 12) for each in (value, low, high)), short=True)
    is_nought = not any(sign in text.split(" ")[0] for sign in "123456789")
    return text.replace(MINUS, "+") if is_nought else text


def _shares_table(found: Attribution) -> TextTable:
    single, last = ({row["barrier"]: row for row in rows_of(table)} for table in (found.singles, found.last))
    off = {barrier.key for barrier in found.plan.off_already}
    rows = [
        Row(f"  {row['label']} (already off)", (NOTHING, NOTHING, NOTHING))
        if row["barrier"] in off
        else Row(
            f"  {row['label']}",
            (_shown(row, "share"), _shown(single[row["barrier"]], "gain"), _shown(last[row["barrier"]], "gain")),
        )
        for row in rows_of(found.shares)
    ]
    level = rows_of(found.levels)[0]
    whole = _difference(level["missing"], level["missing_low"], level["missing_high"])
    title = (
        f"{found.plan.scenario.name}: what holds back real take-up, in points of 100 eligible people",
        size_words(found.plan),
    )
    columns = ("Shapley share", "switched off alone", "last, others off")
    return TextTable(
        title, columns, (*rows, Row("  All together", (whole, "", ""))), (*off_already_words(found.plan), SHARES_CAVEAT)
    )


def _remainder_table(found: Attribution) -> TextTable:
    level = rows_of(found.levels)[0] | {"label": "Have a real budget"}
    rows = tuple(
        Row(f"  {row['label']}", (_level(row, "as_is"), _level(row, "all_off")))
        for row in (level, *rows_of(found.remainder))
    )
    title = ("Of 100 eligible people, at the end of the window",)
    return TextTable(title, ("as it is", "all off"), rows, (BASE_CAVEAT,))


def _level(row: Mapping[str, Any], name: str) -> str:
    value, low, high = (100.0 * row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if not math.isfinite(value):
        return NOTHING
    half = round((high - low) / 2.0, 10)
    decimals = min(3, math.ceil(-math.log10(half))) if 0.0 < half < 0.05 else 1
    return f"{value:.{decimals}f} ± {half:.{decimals}f}" if math.isfinite(low) else f"{value:.1f}"


def _groups_table(found: Attribution) -> TextTable:
    own = {(row["dimension"], row["group"], row["barrier"]): row for row in rows_of(found.groups)}
    level = {(row["dimension"], row["group"]): row for row in rows_of(found.levels)}
    groups = found.shown
    rows = [
        Row(f"  {row['label']}", tuple(_shown(own[(*group, row["barrier"])], "share") for group in groups))
        for row in still_on(found, found.shares)
    ]
    for label, name in (("  As it is, of 100", "as_is"), ("  All off, of 100", "all_off")):
        rows.append(Row(label, tuple(_level(level[group], name) for group in groups)))
    small = [group[1] for group in groups if level[group]["small"]]
    few = f"Fewer than {SMALL} eligible people in a run: {', '.join(small)}. Read with care."
    return TextTable(
        ("Shapley shares by group, in points of 100 eligible people of the group",), tuple(g[1] for g in groups),
        tuple(rows), (GROUPS_CAVEAT, *((few,) if small else ()), *fewer_seeds(found)),
    )  # fmt: skip


def _pairs(found: Attribution) -> list[dict[str, Any]]:
    """The pairs of barriers neither of which the scenario has off already."""
    off = {barrier.key for barrier in found.plan.off_already}
    return [row for row in rows_of(found.interactions) if not off & {row["first"], row["second"]}]


def _pairs_table(found: Attribution) -> TextTable:
    pairs = _pairs(found)
    rows = [
        Row(f"  {BY_KEY[row['first']].short}, {BY_KEY[row['second']].short}", (_shown(row, "interaction"),))
        for row in pairs[:MOST_PAIRS]
    ]
    note = (
        "Both off together, less each off alone, all other barriers on. Above nought: one stands behind the other, so "
        f"both together bring more than their sum. The largest {len(rows)} of {len(pairs)} pairs."
    )
    return TextTable(("Two barriers together, in points beyond their sum",), ("interaction",), tuple(rows), (note,))


def _tally_table(found: Attribution) -> TextTable:
    ways = ("fixed", "shuffled", "by_itself", "at_all")
    rows = [
        Row(f"  {row['label']}", tuple(_share(row[way]) for way in ways))
        for row in rows_of(found.tally)
        if row["at_all"] > ENOUGH
    ]
    columns = ("first, order of the rules", "first, order shuffled", "it alone closed", "closed at all")
    return TextTable(("Opportunities by closed gate, as it is, % of all",), columns, tuple(rows), (TALLY_CAVEAT,))


def _share(value: float) -> str:
    return f"{100.0 * value:.1f}" if math.isfinite(value) else NOTHING
