"""Figures of a sweep over many worlds: tables in, figures out, in the house style.

`spread_over_worlds` shows how far a difference goes from world to world, `along_factors` what it goes with, and
`over_two_factors` a level over a grid. What goes into them is `persim.worlds`, the words are `persim.sweep_figures`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from persim.figure_frames import BLUE, PALE, VERMILION, Words, fold, house_style, panels_for
from persim.number_words import MINUS, NOTHING, share_of_worlds, shown

GOLDEN = 0.6180339887498949
MOST_DOTS = 2000
BINS = 8
LABEL_SIGNS = 30


def spread_over_worlds(
    differences: Mapping[str, np.ndarray], better: Mapping[str, np.ndarray], unit: str, words: Words
) -> Figure:
    """How far each scenario's difference goes from world to world.

    Args:
        differences: title of a scenario -> mean paired difference in each world, shape (n_worlds,). better: the same,
            bool: does the difference go the good way?
    """
    way = shown(unit)
    with house_style():
        figure, (axes,) = panels_for(
            [""], 0.55 + 0.52 * len(differences), words, bottom=0.62, left=2.9, share=False
        )  # fmt: skip
        figure.subplots_adjust(right=0.87)
        axes.axvline(0.0, color="#666666", linewidth=0.9)
        for place, (title, values) in enumerate(differences.items()):
            _draw_worlds(axes, place, way.factor * values, better[title])
        axes.set_yticks(range(len(differences)), [fold(title, LABEL_SIGNS) for title in differences])
        axes.set_ylim(len(differences) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(f"Difference, {way.of_difference}")
        axes.xaxis.set_major_formatter(FuncFormatter(_signed))
        axes.text(
            1.02, 1.0, "goes the\ngood way in", transform=axes.transAxes, fontsize=8.5, va="bottom", color="#444444"
        )
    return figure


def _draw_worlds(axes: Axes, place: int, values: np.ndarray, better: np.ndarray) -> None:
    there = ~np.isnan(values)
    values, good = values[there], better[there]
    if not len(values):
        return
    drawn = np.arange(len(values))[:: max(1, len(values) // MOST_DOTS)]
    heights = place + 0.24 * (2.0 * ((drawn * GOLDEN) % 1.0) - 1.0)
    for chosen, colour, sign in ((good[drawn], BLUE, "o"), (~good[drawn], VERMILION, "x")):
        axes.plot(
            values[drawn][chosen], heights[chosen], sign, color=colour, markersize=3, alpha=0.45, markeredgewidth=0.8
        )
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    axes.plot([low, high], [place, place], color="#222222", linewidth=2.2, solid_capstyle="round")
    axes.plot([middle], [place], "o", color="white", markeredgecolor="#222222", markersize=7, markeredgewidth=1.6)
    share = share_of_worlds(float(good.mean()))
    text = "all worlds" if good.all() else "no world" if not good.any() else f"{share} of worlds"
    axes.text(1.02, place, text, transform=axes.get_yaxis_transform(), va="center", fontsize=9.5)


def along_factors(
    worlds: Mapping[str, np.ndarray], values: np.ndarray, better: np.ndarray | None, unit: str, words: Words
) -> Figure:
    """A difference, or a level, against each varied number, one panel a number.

    Args:
        worlds: label of a number -> its value in each world. values: shape (n_worlds,). better: which worlds go the good
            way; None for a level.
    """
    way = shown(unit)
    with house_style():
        figure, panels = panels_for(list(worlds), 1.9, words, bottom=0.55, left=0.85, gap=0.75, share=False)
        top = way.factor * values
        for number, (axes, column) in enumerate(zip(panels, worlds.values(), strict=True)):
            _draw_along(axes, column, top, better)
            if better is not None:
                axes.axhline(0.0, color="#666666", linewidth=0.9)
                axes.yaxis.set_major_formatter(FuncFormatter(_signed))
            axes.set_ylim(*_limits(top))
            if number % 3:
                axes.tick_params(labelleft=False)
            else:
                axes.set_ylabel(
                    _capital(way.of_difference if better is not None else way.after.strip() or way.of_difference)
                )
    return figure


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _limits(values: np.ndarray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    low, high = min(0.0, float(known.min(initial=0.0))), max(0.0, float(known.max(initial=0.0)))
    room = 0.06 * (high - low or 1.0)
    return low - room, high + room


def _draw_along(axes: Axes, column: np.ndarray, values: np.ndarray, better: np.ndarray | None) -> None:
    there = ~np.isnan(values)
    if not there.any():
        return
    column, values = column[there], values[there]
    good = np.ones(len(values), bool) if better is None else better[there]
    span = float(np.ptp(column)) or 1.0
    levels = np.unique(column)
    jitter = 0.0
    if len(levels) <= BINS:  # a few values: put dots beside each other
        jitter = 0.12 * span / max(1, len(levels) - 1) * (2.0 * ((np.arange(len(column)) * GOLDEN) % 1.0) - 1.0)
    for chosen, colour, sign in ((good, BLUE, "o"), (~good, VERMILION, "x")):
        places = (column + jitter)[chosen]
        axes.plot(places, values[chosen], sign, color=colour, markersize=3, alpha=0.4, markeredgewidth=0.8)
    edges = levels if len(levels) <= BINS else np.quantile(column, np.linspace(0.0, 1.0, BINS + 1))
    if len(levels) <= BINS:
        middles = [(level, float(np.median(values[column == level]))) for level in levels]
    else:
        which = np.clip(np.searchsorted(edges, column, side="right") - 1, 0, BINS - 1)
        middles = [
            (float(np.median(column[which == b])), float(np.median(values[which == b])))
            for b in range(BINS)
            if np.any(which == b)
        ]
    axes.plot(*zip(*middles, strict=True), color="#222222", linewidth=1.8)
    axes.xaxis.set_major_locator(MaxNLocator(5))


def over_two_factors(
    tables: Mapping[str, np.ndarray], rows: Sequence[float], columns: Sequence[float], labels: tuple[str, str], unit: str,
    words: Words,
) -> Figure:  # fmt: skip
    """A level over a grid of two varied numbers, one panel for each value of a third.

    Args:
        tables: title of a panel -> values of shape (n_rows, n_columns). labels: of rows and columns.
    """
    way = shown(unit)
    with house_style():
        figure, panels = panels_for(list(tables), 2.6, words, bottom=0.62, left=1.0, gap=0.85, share=False)
        known = np.concatenate([way.factor * table[~np.isnan(table)] for table in tables.values()])
        top, least = float(known.max(initial=0.0)), float(known.min(initial=0.0))
        for number, (axes, table) in enumerate(zip(panels, tables.values(), strict=True)):
            shades = way.factor * table
            axes.imshow(
                shades,
                cmap="Blues",
                vmin=least,
                vmax=least + 1.25 * (top - least) or 1.0,
                aspect="auto",
                origin="lower",
            )
            for (row, column), value in np.ndenumerate(shades):
                dark = value > least + 0.72 * (top - least)
                axes.text(column, row, _level(value, way.decimals), ha="center", va="center",
                          fontsize=8.5, color="white" if dark else "#222222")  # fmt: skip
            axes.set_xticks(range(len(columns)), [f"{value:g}" for value in columns])
            axes.set_yticks(range(len(rows)), [f"{value:g}" for value in rows])
            axes.set_xlabel(fold(labels[1], 44))
            axes.tick_params(length=0)
            if number % 3 == 0:
                axes.set_ylabel(fold(labels[0], 36))
            for spine in axes.spines.values():
                spine.set_color(PALE)
    return figure


def _level(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", MINUS) if math.isfinite(value) else NOTHING


def _signed(value: float, _: object) -> str:
    text = f"{abs(value):g}"
    return text if value == 0 else f"{'+' if value > 0 else MINUS}{text}"


__all__ = ["along_factors", "over_two_factors", "spread_over_worlds"]
