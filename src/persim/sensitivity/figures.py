"""The figures of a study: what goes into each, and the words around it. `persim.sensitivity.plots` draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.attribution_plots import interaction_map
from persim.figure_frames import Words
from persim.number_words import shown, unit_words
from persim.sensitivity.plots import heat_map, index_bars, screening_bars, tornado
from persim.sensitivity.result import Sensitivity
from persim.sensitivity.words import (
    LUCK_CAVEAT,
    RANGES_CAVEAT,
    SCREENING_CAVEAT,
    factor_words,
    size_words,
    target_words,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FEWEST_MAPPED = 2  # factors, of which a map of pairs would have one cell
MOST_PANELS = 6  # targets in a figure of bars, and tornadoes
Target = tuple[str, str]


def figures(found: Sensitivity) -> Iterator[tuple[str, Words, Figure]]:
    """(file name, words, figure), one after another."""
    if found.screened:
        yield _screening(found)
    if len(found.sobol):
        if np.isfinite(found.sobol["index"]).any():
            yield _indices(found)
        for number, target in enumerate(_targets(found.swings, found)[:MOST_PANELS], 1):
            if (_of(found.swings, target)["swing"] != 0.0).any():
                yield _tornado(found, target, number)
        for number, target in enumerate(_targets(found.sobol, found)[:MOST_PANELS], 1):
            if len(found.kept) > FEWEST_MAPPED and np.isfinite(_pairs(found, target)["index"]).any():
                yield _pairs_map(found, target, number)
    if found.screened:
        yield _heat_map(found)


def _targets(table: pd.DataFrame, found: Sensitivity) -> list[Target]:
    there = set(zip(table["outcome"], table["target"], strict=True))
    return [target for target in found.plan.targets if target in there]


def _of(table: pd.DataFrame, target: Target) -> pd.DataFrame:
    return table[(table["outcome"] == target[0]) & (table["target"] == target[1])]


def _unit(found: Sensitivity, target: Target) -> tuple[str, str]:
    """The unit of an outcome, and what numbers of a target are counted in."""
    unit = found.plan.outcome(target[0]).unit
    return unit, unit_words(unit) if target[1] == "level" else shown(unit).of_difference


def _sized(rows: pd.DataFrame, unit: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows for drawing, some of their numbers in the size that is shown."""
    factor = shown(unit).factor
    key = "factor" if "input" not in rows else "input"
    return [
        {str(k): factor * v if k in names else v for k, v in row.items()} | {"label": factor_words(row[key])}
        for row in rows.to_dict("records")
    ]


def _screening(found: Sensitivity) -> tuple[str, Words, Figure]:
    words = Words(
        "Which factors move the outcome at all",
        f"Mean size of elementary effects (mu*) over the whole range of each factor, with 95 % interval. Blue: goes on to "
        f"indices; grey: does not. Red line: what luck alone would give. {size_words(found.plan)}.",
        f"{SCREENING_CAVEAT} {RANGES_CAVEAT}",
    )
    panels, units = {}, []
    for target in _targets(found.morris, found)[:MOST_PANELS]:
        unit, counted = _unit(found, target)
        rows = _of(found.morris, target).set_index("factor").loc[_order(found)].reset_index()
        panels[target_words(found.plan, target)] = _sized(rows, unit, ("mu_star", "low", "high", "by_luck"))
        units.append(shown(unit).of_difference)
    return "screening", words, screening_bars(panels, units, words)


def _indices(found: Sensitivity) -> tuple[str, Words, Figure]:
    words = Words(
        "Which factors decide it, alone and with others",
        "Sobol' indices with 95 % intervals, noise of replicates taken off. Bar: total index (alone and with others); ring: "
        f"first order (alone). A line that reaches the edge goes on beyond it. {size_words(found.plan)}.",
        f"{LUCK_CAVEAT} {RANGES_CAVEAT}",
    )
    panels = {}
    known = found.sobol[np.isfinite(found.sobol["index"])]
    for target in _targets(known, found)[:MOST_PANELS]:
        own = _of(found.sobol, target).rename(columns={"index": "value"})
        rows = {name: {"label": factor_words(name)} for name in _order(found) if name in set(own["factor"])}
        for row in own[own["order"] != "second"].to_dict("records"):
            ends = {"value": row["order"], "low": f"{row['order']}_low", "high": f"{row['order']}_high"}
            rows[row["factor"]] |= {name: row[key] for key, name in ends.items()}
        panels[target_words(found.plan, target)] = list(rows.values())
    return "indices", words, index_bars(panels, words)


def _order(found: Sensitivity) -> list[str]:
    """Factors in the order drawn: by their largest share of the largest mu*, over targets; the same in every panel."""
    best = found.morris.groupby("factor")["of_largest"].max()
    return sorted((factor.name for factor in found.plan.factors), key=lambda name: -float(best[name]))


def _tornado(found: Sensitivity, target: Target, number: int) -> tuple[str, Words, Figure]:
    unit, counted = _unit(found, target)
    rows = _sized(_of(found.swings, target), unit, ("at_low", "at_high", "se", "swing"))
    middle = shown(unit).factor * float(_of(found.noise, target)["mean"].iloc[0])
    words = Words(
        f"What each input does: {target_words(found.plan, target)[0].lower()}{target_words(found.plan, target)[1:]}",
        f"Mean at the low end (pale, hatched) and at the high end (dark) of each input, with all other kept inputs varied; "
        f"the line is the mean over all points. Ends are fifths of a range, or levels; errors: swings.csv. "
        f"{size_words(found.plan)}.",
        RANGES_CAVEAT,
    )
    return f"tornado-{number}", words, tornado(rows, middle, counted, words)


def _pairs(found: Sensitivity, target: Target) -> pd.DataFrame:
    own = _of(found.sobol, target)
    return own[own["order"] == "second"]


def _pairs_map(found: Sensitivity, target: Target, number: int) -> tuple[str, Words, Figure]:
    called = target_words(found.plan, target)
    words = Words(
        f"Which factors work together: {called[0].lower()}{called[1:]}",
        "Second-order index of each pair, in per cent of the variance between points, noise of replicates taken off. Bold: "
        f"beyond chance (95 %); grey: may be chance. {size_words(found.plan)}.",
        f"{LUCK_CAVEAT} {RANGES_CAVEAT}",
    )
    keys = [name for name in _order(found) if name in set(found.sobol["factor"])]
    rows = [
        {
            "first": row["factor"],
            "second": row["other"],
            "interaction": row["index"],
            "low": row["low"],
            "high": row["high"],
        }
        for row in _pairs(found, target).to_dict("records")
    ]
    return f"pairs-{number}", words, interaction_map(keys, [factor_words(key) for key in keys], rows, words)


def _heat_map(found: Sensitivity) -> tuple[str, Words, Figure]:
    plan = found.plan
    targets = _targets(found.morris, found)
    names = _order(found)
    tables = {"Screening: mu* as a share of the largest": _grid(found.morris, "of_largest", names, targets)}
    if len(found.sobol):
        total = found.sobol[found.sobol["order"] == "total"]
        tables["Total index, noise taken off"] = _grid(total, "index", names, targets)
    words = Words(
        "Factors and outcomes at a glance",
        f"Darker is more. {'A dash: did not go on to indices. ' if len(found.sobol) else ''}{size_words(plan)}.",
        RANGES_CAVEAT,
    )
    columns = [target_words(plan, target) for target in targets]
    return "heat_map", words, heat_map(tables, [factor_words(name) for name in names], columns, words)


def _grid(table: pd.DataFrame, value: str, names: list[str], targets: list[Target]) -> np.ndarray:
    grid = np.full((len(names), len(targets)), np.nan)
    for place, target in enumerate(targets):
        for row in _of(table, target).to_dict("records"):
            grid[names.index(row["factor"]), place] = row[value]
    return grid
