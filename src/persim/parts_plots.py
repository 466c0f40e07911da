"""A figure of intervals with two parts: what is not known of the numbers, and with it chance. A table in, a figure out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from persim.figure_frames import BLUE, INK, MOST_COLUMNS, PALE, Words, columns_for, fold, house_style, panels_for
from persim.number_words import MINUS, share_of_worlds, shown

if TYPE_CHECKING:
    import pandas as pd

LABEL_SIGNS = 31
ROOM = 0.06  # of the width, at either end


def two_parts_of_intervals(table: pd.DataFrame, titles: Mapping[str, str], words: Words) -> Figure:
    """Differences with both parts of their intervals, one panel a measure in its own unit.

    Args:
        table: columns alternative, measure, label, unit, mean, low, high, numbers_share, run_low, run_high, in the order to
            draw. titles: alternative -> its name.
    """
    measures, names = list(dict.fromkeys(table["measure"])), list(titles)
    rows = [fold(title, LABEL_SIGNS) for title in titles.values()]
    with house_style():
        height = 0.35 + (0.2 + 0.14 * max(row.count("\n") + 1 for row in rows)) * len(rows)
        labels = table.drop_duplicates("measure")["label"].tolist()
        figure, panels = panels_for(labels, height, words, bottom=0.7, left=2.2, gap=0.72, share=False)
        for number, (axes, measure) in enumerate(zip(panels, measures, strict=True)):
            own = table[table["measure"] == measure].set_index("alternative").reindex(names)
            way = shown(str(own["unit"].iloc[0]))
            _draw(axes, own, way.factor)
            first = number % columns_for(len(measures), MOST_COLUMNS) == 0
            axes.set_yticks(np.arange(len(names)), rows if first else [])
            axes.set_ylim(len(names) - 0.5, -0.5)
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            axes.locator_params(axis="x", nbins=5)
            axes.xaxis.set_major_formatter(FuncFormatter(_tick))
            axes.set_xlabel(way.of_difference, fontsize=8.5, color="#555555")
    return figure


def _draw(axes: Axes, own: pd.DataFrame, factor: float) -> None:
    """Pale: single runs. Thin: the whole interval. Thick: what is not known of the numbers. Its share stands above."""
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    columns = ("mean", "low", "high", "run_low", "run_high")
    mean, low, high, run_low, run_high = (factor * own[name].to_numpy(float) for name in columns)
    ends = [end[np.isfinite(end)] for end in (mean, low, high, run_low, run_high)]
    known = np.concatenate([*ends, [0.0]])
    room = ROOM * (float(np.ptp(known)) or 1.0)
    axes.set_xlim(float(known.min()) - room, float(known.max()) + room)
    for row, share in enumerate(own["numbers_share"].to_numpy(float)):
        if not np.isfinite(mean[row]):
            continue
        axes.plot([run_low[row], run_high[row]], [row, row], color=PALE, linewidth=9, solid_capstyle="butt", zorder=2)
        if np.isfinite(low[row]):
            axes.plot([low[row], high[row]], [row, row], "|-", color=INK, linewidth=1.4, markersize=7, zorder=4)
        if np.isfinite(share):
            half = (high[row] - low[row]) / 2.0 * np.sqrt(share)
            inner = [mean[row] - half, mean[row] + half]
            axes.plot(inner, [row, row], color=BLUE, linewidth=5, solid_capstyle="butt", zorder=3)
            axes.annotate(
                f"{share_of_worlds(float(share))} numbers", (mean[row], row), (0, 7), textcoords="offset points",
                ha="center", va="bottom", fontsize=7.5, color="#444444",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4}, zorder=6,
            )  # fmt: skip
        axes.plot(
            [mean[row]], [row], "o", color="white", markeredgecolor=INK, markersize=5, markeredgewidth=1.2, zorder=5
        )


def _tick(value: float, _: float) -> str:
    return f"{round(value, 9):,g}".replace("-", MINUS)
