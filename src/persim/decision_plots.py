"""Figures that a decision rests on: differences, the stages they come from, and extra budgets against extra cost.

A table or plain arrays in, a figure out, as in `persim.plots`. Nothing here knows of runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from persim.figure_frames import (
    BLUE,
    GREY,
    INK,
    MOST_COLUMNS,
    NOTE_SIZE,
    PALE,
    SKY,
    VERMILION,
    WIDTH,
    Words,
    columns_for,
    fold,
    house_style,
    panels_for,
)
from persim.number_words import MINUS, difference_words, level_words, shown

if TYPE_CHECKING:
    import pandas as pd

NUMBERS_COLUMN = 1.05  # inches, for a column of numbers at the right of a panel
REGION = 0.95
LEAST_PEOPLE, LEAST_POUNDS = 4.0, 1000.0  # shortest axes
LEAST_ACROSS, LEAST_UP = 0.5, 0.26  # of what values span, so that every quadrant has room for its name
QUADRANTS = (
    ("fewer budgets,\ncosts more", 0, 1),
    ("more budgets,\ncosts more", 1, 1),
    ("fewer budgets,\ncosts less", 0, 0),
    ("more budgets,\ncosts less", 1, 0),
)


# Differences


def differences(table: pd.DataFrame, levels: Mapping[str, float], titles: Mapping[str, str], words: Words) -> Figure:
    """Paired differences to the first scenario with their intervals, one panel a measure in its own unit.

    Args:
        table: columns scenario, measure, label, unit, difference, low, high, in the order to draw.
        levels: measure -> its level in the first scenario. titles: scenario -> its name, without the first.
    """
    measures = list(dict.fromkeys(table["measure"]))
    names = list(titles)
    with house_style():
        rows = [fold(title, 31) for title in titles.values()]
        height = 0.35 + (0.07 + 0.13 * max(row.count("\n") + 1 for row in rows)) * len(rows)
        labels = table.drop_duplicates("measure")["label"].tolist()
        figure, panels = panels_for(labels, height, words, bottom=0.7, left=2.2, gap=0.72, share=False)
        for number, (axes, measure) in enumerate(zip(panels, measures, strict=True)):
            own = table[table["measure"] == measure].set_index("scenario").reindex(names)
            unit = str(own["unit"].iloc[0])
            factor = shown(unit).factor
            values = (factor * own[column].to_numpy(float) for column in ("difference", "low", "high"))
            _draw_differences(axes, *values, least=shown(unit).least)
            first_column = number % columns_for(len(measures), MOST_COLUMNS) == 0
            axes.set_yticks(np.arange(len(names)), rows if first_column else [])
            axes.set_ylim(len(names) - 0.5, -0.5)
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            axes.locator_params(axis="x", nbins=5)
            axes.xaxis.set_major_formatter(_tick_pounds if unit == "GBP" else _tick)
            axes.set_xlabel(
                f"{shown(unit).of_difference} (from {level_words(unit, levels[measure])})",
                fontsize=8.5,
                color="#555555",
            )
        return figure


def _tick(value: float, _: float) -> str:
    return f"{round(value, 9):,g}".replace("-", MINUS) if abs(value) < 1e6 else f"{value:,.0f}"


def _tick_pounds(value: float, _: float) -> str:
    sign, size = (MINUS if value < 0.0 else ""), abs(value)
    return f"{sign}£{size / 1000.0:g}k" if size >= 1000.0 else f"{sign}£{size:g}"


def _draw_differences(axes: Axes, difference: np.ndarray, low: np.ndarray, high: np.ndarray, least: float) -> None:
    """Dots with intervals: filled and blue if the interval leaves out 0, open and grey if not.

    The axis spans at least `least`, so that a difference too small to matter looks small.
    """
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    for row, (value, start, end) in enumerate(zip(difference, low, high, strict=True)):
        if not np.isfinite(value):
            continue
        clear = bool(start > 0.0 or end < 0.0)
        colour = BLUE if clear else GREY
        if np.isfinite(start):
            axes.plot([start, end], [row, row], color=colour, linewidth=2.2, zorder=2, solid_capstyle="butt")
        axes.plot(
            [value],
            [row],
            "o",
            markersize=6,
            markeredgewidth=1.5,
            markerfacecolor=colour if clear else "white",
            markeredgecolor=colour,
            zorder=3,
        )
    reach = [edge for edge in (*low, *high, *difference) if np.isfinite(edge)]
    left, right = min([0.0, *reach]), max([0.0, *reach])
    spare = max(0.0, least - (right - left)) / 2.0
    span = max(right - left, least)
    axes.set_xlim(left - spare - 0.08 * span, right + spare + 0.08 * span)


def width_of(axes: Axes) -> float:
    """Inches across a panel."""
    return axes.get_position().width * WIDTH


# Where a difference comes from


def stages_of_a_difference(table: pd.DataFrame, titles: Mapping[str, str], total: str, words: Words) -> Figure:
    """A difference in real take-up by stage of the way, one panel a scenario on the same axis; the total stands apart.

    Args:
        table: columns scenario, step, label, part, low, high; shares. total: the step that adds up the others.
        titles: scenario -> panel title, without the first scenario.
    """
    steps = list(dict.fromkeys(table["step"]))
    labels = dict(zip(table["step"], table["label"], strict=True))
    places = np.arange(len(steps), dtype=float)
    places[steps.index(total)] += 0.45
    with house_style():
        height = 0.3 * (len(steps) + 1)
        figure, panels = panels_for(list(titles.values()), height, words, bottom=0.55, left=2.8)
        reach = 100.0 * table[["part", "low", "high"]].to_numpy(float)
        left, right = (float(edge(reach, initial=0.0)) for edge in (np.nanmin, np.nanmax))
        right = max(right, left + 1.0)
        for number, (axes, name) in enumerate(zip(panels, titles, strict=True)):
            own = table[table["scenario"] == name].set_index("step").loc[steps]
            part, low, high = (own[column].to_numpy(float) for column in ("part", "low", "high"))
            _draw_parts(axes, places, 100.0 * np.stack((part, low, high)), steps.index(total))
            for place, numbers in zip(places, zip(part, low, high, strict=True), strict=True):
                is_total = place == places[steps.index(total)]
                axes.annotate(
                    difference_words("share", *numbers, short=True), (1.0, place),
                    xycoords=("axes fraction", "data"), va="center", ha="right", fontsize=8.5,
                    fontweight="bold" if is_total else "normal", color=INK,
                )  # fmt: skip
            if not number:
                axes.set_ylim(places[-1] + 0.6, -0.6)
            axes.set_yticks(places, [labels[step] for step in steps])
            axes.tick_params(axis="y", length=0)
            bars = 1.0 - NUMBERS_COLUMN / width_of(axes)
            axes.set_xlim(left - 0.04 * (right - left), left + 1.04 * (right - left) / bars)
            axes.set_xticks([tick for tick in MaxNLocator(4).tick_values(left, right) if left <= tick <= right])
            axes.xaxis.set_major_formatter(_tick)
            axes.spines["left"].set_visible(False)
            below = number + columns_for(len(titles), MOST_COLUMNS) >= len(titles)
            axes.set_xlabel("percentage points" if below else "", fontsize=8.5, loc="left", color="#555555")
        return figure


def _draw_parts(axes: Axes, places: np.ndarray, numbers: np.ndarray, total: int) -> None:
    """Bars from nought with their intervals: the total darker, those whose interval holds nought without colour.

    Args:
        numbers: part, low, high of each stage in percentage points, shape (3, n_stages).
    """
    part, low, high = numbers
    clear = (low > 0.0) | (high < 0.0)
    shades = [
        (BLUE if clear[row] else GREY) if row == total else SKY if clear[row] else PALE for row in range(len(places))
    ]
    axes.barh(places, np.nan_to_num(part), color=shades, height=0.62, zorder=2)
    axes.hlines(places, low, high, color=INK, linewidth=1.3, zorder=3)
    axes.axvline(0.0, color=INK, linewidth=0.9, zorder=4)
    axes.axhline((places[total] + places[total - 1]) / 2.0, color="#CCCCCC", linewidth=0.8, zorder=1)


# Extra budgets against extra cost


@dataclass(frozen=True)
class PlanePanel:
    """One scenario's pairs: extra people with a real budget, extra cost in pounds a year, each of shape (n_pairs,).

    `per_gain` is the extra cost per extra real budget, NaN if none is given; `key` says it, or why there is none.
    """

    title: str
    gain: np.ndarray
    cost: np.ndarray
    per_gain: float
    key: str


def cost_plane(scenarios: Sequence[PlanePanel], words: Words) -> Figure:
    """Extra real budgets against extra cost, one panel a scenario on its own axes: pairs, mean, its 95 % region."""
    with house_style():
        titles = [panel.title for panel in scenarios]
        figure, panels = panels_for(titles, 2.75, words, bottom=0.85, left=0.85, gap=1.05, share=False)
        figure.subplots_adjust(wspace=0.26)
        for number, (axes, panel) in enumerate(zip(panels, scenarios, strict=True)):
            there = np.isfinite(panel.gain) & np.isfinite(panel.cost)
            _draw_pairs(axes, panel.gain[there], panel.cost[there], panel.per_gain)
            axes.yaxis.set_major_formatter(_tick_pounds)
            axes.xaxis.set_major_formatter(_tick)
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axes.yaxis.set_major_locator(MaxNLocator(5))
            axes.set_xlabel("extra people with a real budget", fontsize=8.5, color="#555555")
            axes.annotate(
                fold(panel.key, int(width_of(axes) * 17.0)), (0.0, 0.0), xycoords="axes fraction", xytext=(0, -36),
                textcoords="offset points", fontsize=NOTE_SIZE, color=BLUE, va="top", annotation_clip=False,
            )  # fmt: skip
            if number % columns_for(len(titles), MOST_COLUMNS) == 0:
                axes.set_ylabel("extra cost to the council, a year", fontsize=8.5, color="#555555")
                axes.yaxis.set_label_coords(-0.62 / width_of(axes), 0.5)
        return figure


def _draw_pairs(axes: Axes, gain: np.ndarray, cost: np.ndarray, per_gain: float) -> None:
    axes.axhline(0.0, color=INK, linewidth=0.9, zorder=1)
    axes.axvline(0.0, color=INK, linewidth=0.9, zorder=1)
    shade = max(0.12, min(0.6, 20.0 / max(1, len(gain))))
    axes.plot(gain, cost, "o", markersize=3.2, color=GREY, alpha=shade, markeredgewidth=0, zorder=2, label="pairs")
    outline = region_of_mean(gain, cost)
    reach = ((gain, LEAST_PEOPLE, LEAST_ACROSS), (cost, LEAST_POUNDS, LEAST_UP))
    across, up = (
        _limits(np.concatenate((values, *(outline[axis : axis + 1] if outline is not None else ()))), least, side)
        for axis, (values, least, side) in enumerate(reach)
    )
    if outline is not None:
        axes.fill(*outline, facecolor=SKY, alpha=0.55, edgecolor=BLUE, linewidth=1.2, zorder=3, label="region")
    if len(gain):
        axes.plot([gain.mean()], [cost.mean()], "o", markersize=5.5, color=BLUE, zorder=5, label="mean")
    if np.isfinite(per_gain):
        far = max(gain.mean(), 0.0) * 1.12
        axes.plot(
            [0.0, far], [0.0, far * per_gain], color=VERMILION, linewidth=1.3, linestyle="--", zorder=4, label="ratio"
        )
    axes.set_xlim(*across)
    axes.set_ylim(*up)
    for text, right, top in QUADRANTS:
        axes.annotate(
            text, (right, top), xycoords="axes fraction", xytext=(-4 if right else 4, -4 if top else 4),
            textcoords="offset points", ha="right" if right else "left", va="top" if top else "bottom", fontsize=7.5,
            color="#777777", linespacing=1.1, zorder=6, bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 1},
        )  # fmt: skip


def _limits(values: np.ndarray, least: float, side: float) -> tuple[float, float]:
    """Ends of an axis that hold all values and nought, with room on both sides of nought."""
    low, high = float(np.min(values, initial=0.0)), float(np.max(values, initial=0.0))
    span = max(1.2 * (high - low), least)
    low, high = min(1.3 * low, -side * span), max(1.3 * high, side * span)
    return low, high


def region_of_mean(x: np.ndarray, y: np.ndarray, n_points: int = 90) -> np.ndarray | None:
    """The outline of the 95 % region of the mean of pairs (x, y), by Hotelling's T squared, shape (2, n_points).

    None for fewer than three pairs.
    """
    n = len(x)
    if n < 3:
        return None
    from scipy.stats import f

    spread, axes = np.linalg.eigh(np.cov(x, y) / n)
    reach = np.sqrt(2.0 * (n - 1) / (n - 2) * float(f.ppf(REGION, 2, n - 2)) * np.maximum(spread, 0.0))
    turn = np.linspace(0.0, 2.0 * np.pi, n_points)
    around = axes @ (reach[:, None] * np.stack((np.cos(turn), np.sin(turn))))
    return around + np.array([[x.mean()], [y.mean()]])
