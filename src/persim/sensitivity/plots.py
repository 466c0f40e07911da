"""One function per figure of a study: tables in, a figure out. Nothing here knows of runs.

Colours are those of `figure_frames` and never carry meaning alone: marks differ in shape, cells hold their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from persim.figure_frames import (
    BLUE,
    GREY,
    INK,
    MOST_COLUMNS,
    PALE,
    SKY,
    VERMILION,
    Words,
    columns_for,
    fold,
    house_style,
    panels_for,
)
from persim.number_words import MINUS

ROW = 0.3  # inches
LEFT = 2.35
INDEX_RANGE = (-0.22, 1.22)
BLUES = LinearSegmentedColormap.from_list("persim-blues", ["#FFFFFF", SKY, BLUE])
Rows = Sequence[Mapping[str, Any]]


def _plain(axes: Axes) -> None:
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.8)
    axes.set_axisbelow(True)


def screening_bars(panels: Mapping[str, Rows], units: Sequence[str], words: Words) -> Figure:
    """Mean sizes of elementary effects with intervals, one panel a target; a tick shows what luck alone would give.

    Args:
        panels: by title, rows with label, mu_star, low, high, by_luck, kept, in the order drawn, sizes as shown.
    """
    with house_style():
        figure, all_axes = _side_by_side(panels, words)
        for axes, rows, unit in zip(all_axes, panels.values(), units, strict=True):
            places = np.arange(len(rows), dtype=float)
            for place, row in zip(places, rows, strict=True):
                colour = BLUE if row["kept"] else PALE
                axes.barh(place, row["mu_star"], height=0.62, color=colour)
                axes.plot([row["low"], row["high"]], [place, place], color=INK, linewidth=1.1, zorder=4)
                axes.plot([row["by_luck"]] * 2, [place - 0.4, place + 0.4], color=VERMILION, linewidth=1.6, zorder=5)
            axes.set_xlabel(unit, fontsize=8.5)
            axes.set_xlim(left=0.0)
        return figure


def _side_by_side(panels: Mapping[str, Rows], words: Words) -> tuple[Figure, list[Axes]]:
    """A figure with one panel for each title; rows are the same in all, so that only the first of a line names them."""
    n = max(len(rows) for rows in panels.values())
    figure, found = panels_for(list(panels), ROW * (n + 1.1), words, bottom=0.55, left=LEFT, gap=0.95, share=False)
    columns = columns_for(len(found), MOST_COLUMNS)
    for number, (axes, rows) in enumerate(zip(found, panels.values(), strict=True)):
        _rows(axes, rows)
        axes.tick_params(labelleft=number % columns == 0)
    return figure, found


def _rows(axes: Axes, rows: Rows) -> None:
    axes.set_yticks(np.arange(len(rows)), [row["label"] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.7)
    _plain(axes)


def index_bars(panels: Mapping[str, Rows], words: Words) -> Figure:
    """Total (bar) and first-order indices (open dot) with intervals, one panel a target.

    Args:
        panels: by title, rows with label, first, first_low, first_high, total, total_low, total_high, in the order drawn.
    """
    with house_style():
        figure, all_axes = _side_by_side(panels, words)
        for axes, rows in zip(all_axes, panels.values(), strict=True):
            for place, row in enumerate(rows):
                axes.barh(place, row["total"], height=0.6, color=SKY)
                for kind, shift, colour in (("total", 0.12, INK), ("first", -0.14, VERMILION)):
                    ends = [row[f"{kind}_low"], row[f"{kind}_high"]]
                    axes.plot(ends, [place + shift] * 2, color=colour, linewidth=1.1, zorder=4)
                axes.plot(
                    row["first"], place - 0.14, "o", markersize=5.5, markerfacecolor="white", markeredgecolor=VERMILION,
                    markeredgewidth=1.5, linestyle="none", zorder=5,
                )  # fmt: skip
            axes.axvline(0.0, color="#999999", linewidth=0.8, zorder=0.5)
            axes.set_xlim(*INDEX_RANGE)
            axes.set_xlabel("share of the variance between points", fontsize=8.5)
        return figure


def tornado(rows: Rows, middle: float, unit: str, words: Words) -> Figure:
    """What a target comes to at both ends of each input, around its mean; the widest first.

    Args:
        rows: with label, low_is, high_is, at_low, at_high, se, in the order drawn, sizes as shown. middle: the mean.
    """
    with house_style():
        figure, (axes,) = panels_for([""], 1.2 * ROW * (len(rows) + 1.1), words, bottom=0.6, left=LEFT, share=False)
        span = max((abs(row[end] - middle) + row["se"] for row in rows for end in ("at_low", "at_high")), default=0.0)
        span = span if np.isfinite(span) and span > 0.0 else 1.0
        for place, row in enumerate(rows):
            for end, colour, hatch in (("at_low", SKY, "//"), ("at_high", BLUE, "")):
                size = row[end] - middle
                axes.barh(
                    place, size, left=middle, height=0.6, color=colour, hatch=hatch, edgecolor="white", linewidth=0.0
                )
                _named(
                    axes, middle + size, place, size, row["low_is" if end == "at_low" else "high_is"], row, end, middle
                )
        axes.axvline(middle, color=INK, linewidth=1.0)
        axes.set_xlim(middle - 1.5 * span, middle + 1.5 * span)
        _rows(axes, rows)
        axes.set_xlabel(unit, fontsize=8.5)
        return figure


def _named(
    axes: Axes, x: float, place: int, size: float, text: str, row: Mapping[str, Any], end: str, middle: float
) -> None:
    """The end's name beside its bar; where both ends lie on one side, the longer bar's name stands outside, the other's not."""
    other = row["at_high" if end == "at_low" else "at_low"] - middle
    if size * other > 0.0 and abs(size) < abs(other):
        x, size = middle, -size  # there is room on the empty side
    axes.annotate(
        text, (x, place), xytext=(4 if size >= 0.0 else -4, 0), textcoords="offset points", va="center",
        ha="left" if size >= 0.0 else "right", fontsize=8, color="#444444",
    )  # fmt: skip


def heat_map(tables: Mapping[str, np.ndarray], labels: Sequence[str], columns: Sequence[str], words: Words) -> Figure:
    """Factors by targets, one panel a table of shares from 0 to 1; an empty cell did not go on.

    Args:
        tables: by title, shape (n_factors, n_targets), NaN for an empty cell.
    """
    with house_style():
        figure, all_axes = panels_for(
            list(tables), ROW * len(labels), words, bottom=1.3, left=LEFT,
            share=False,
        )  # fmt: skip
        for axes, table in zip(all_axes, tables.values(), strict=True):
            shown = np.clip(table, 0.0, 1.0)
            axes.imshow(shown, cmap=BLUES, vmin=0.0, vmax=1.0, aspect="auto")
            for (row, column), value in np.ndenumerate(table):
                axes.text(
                    column, row, _cell(value), ha="center", va="center", fontsize=8.5,
                    color=GREY if not np.isfinite(value) else "white" if value > 0.6 else INK,
                )  # fmt: skip
            axes.set_xticks(range(len(columns)), [fold(text, 26) for text in columns], rotation=35, ha="right",
                            rotation_mode="anchor", fontsize=8)  # fmt: skip
            axes.set_yticks(range(len(labels)), labels)
            axes.tick_params(length=0)
            for side in axes.spines.values():
                side.set_visible(False)
        for axes in all_axes[1:]:
            axes.set_yticklabels([])
        return figure


def _cell(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    text = f"{abs(value):.2f}"
    return f"{MINUS}{text}" if value <= -0.005 else text
