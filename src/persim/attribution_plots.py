"""One function per figure of an attribution: tables in, a figure out. Nothing here knows of runs.

Colours are those of `figure_frames` and never carry meaning alone: bars, dots and squares have their words beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure

from persim.figure_frames import BLUE, GREEN, GREY, INK, PALE, SKY, VERMILION, Words, house_style, panels_for
from persim.number_words import MINUS

if TYPE_CHECKING:
    import pandas as pd

ROW = 0.33  # inches
LEAST_SHOWN, LEAST_OTHERS = 0.4, 0.05  # of 100 eligible people: less has no bar of its own, or none at all
DIVERGING = LinearSegmentedColormap.from_list("persim", [BLUE, "#FFFFFF", VERMILION])
MARKS = (("o", BLUE), ("s", VERMILION), ("D", GREEN), ("^", SKY), ("v", GREY))
NOTE = "#555555"
Rows = Sequence[Mapping[str, Any]]


def signed(points: float, decimals: int = 1) -> str:
    """+14.2, or with a real minus sign."""
    text = f"{abs(points):.{decimals}f}"
    sign = MINUS if points < 0.0 and text.strip("0.") else "+"
    return f"{sign}{text}"


# From take-up as it is to everybody --------------------------------------------------------------------------------------


def waterfall(level: Mapping[str, float], shares: Rows, remainder: Rows, all_off_label: str, words: Words) -> Figure:
    """From real take-up as it is, barrier by barrier, to all off; then choices, then who has none yet, up to 100.

    Args:
        level: as_is and all_off. shares: rows with label, share, low, high, in the order drawn. remainder: rows with
            label, choice, all_off. all_off_label: what take-up with all barriers off is called.
    """
    after = _left_over(remainder)
    all_off = len(shares) + 1
    first_rest = all_off + 1 + sum(chosen for _, _, chosen in after)
    labels = ["Have a real budget, as it is", *(row["label"] for row in shares), all_off_label]
    labels += [label for label, _, _ in after]
    wider = {1: 0.45, all_off: 0.45, all_off + 1: 0.45, first_rest: 0.25}
    places = np.cumsum([0.0, *(1.0 + wider.get(row, 0.0) for row in range(1, len(labels)))])
    with house_style():
        figure, (axes,) = panels_for([""], ROW * (places[-1] + 1.4), words, bottom=0.55, left=3.35, share=False)
        _total_bar(axes, places[0], 100.0 * level["as_is"])
        _steps(axes, places[:all_off], shares, 100.0 * level["as_is"])
        end = 100.0 * level["all_off"]
        _join(axes, places[all_off - 1], places[all_off], end)
        _total_bar(axes, places[all_off], end)
        for row, (_, size, chosen) in enumerate(after, all_off + 1):
            _join(axes, places[row - 1], places[row], end)
            axes.barh(places[row], size, left=end, height=0.66, color=GREY if chosen else PALE)
            _beside(axes, places[row], end, size, end + size, f"{size:.1f}", NOTE)
            end += size
        axes.axvline(100.0, color="#999999", linewidth=0.8, linestyle=(0, (2, 2)), zorder=0.5)
        axes.set_yticks(places, labels)
        for row in (0, all_off):
            axes.get_yticklabels()[row].set_fontweight("bold")
        axes.set_ylim(places[-1] + 0.7, -0.7)
        axes.set_xlim(0.0, 100.6)
        axes.set_xticks(range(0, 101, 10))
        axes.set_xlabel("of 100 eligible people", fontsize=8.5)
        _plain(axes)
        return figure


def _left_over(remainder: Rows) -> list[tuple[str, float, bool]]:
    """(label, points, is it a choice) of who has no real budget with all barriers off: choices first, then by size."""
    choices = [(row["label"], 100.0 * row["all_off"], True) for row in remainder if row["choice"]]
    others = [(row["label"], 100.0 * row["all_off"], False) for row in remainder if not row["choice"]]
    told = sorted((each for each in others if each[1] >= LEAST_SHOWN), key=lambda each: -each[1])
    few = sum(size for _, size, _ in others) - sum(size for _, size, _ in told)
    return [*choices, *told, *([("Others", few, False)] if few >= LEAST_OTHERS else [])]


def _total_bar(axes: Axes, place: float, value: float) -> None:
    axes.barh(place, value, height=0.74, color=BLUE)
    _beside(axes, place, 0.0, value, value, f"{value:.1f}", BLUE, bold=True)


def _steps(axes: Axes, places: np.ndarray, shares: Rows, end: float) -> None:
    """A floating bar for each barrier with its interval, one after another; the first of `places` is where they begin."""
    for above, place, row in zip(places, places[1:], shares, strict=False):
        size, low, high = (100.0 * row[name] for name in ("share", "low", "high"))
        _join(axes, above, place, end)
        axes.barh(place, size, left=end, height=0.66, color=VERMILION if size >= 0.0 else SKY)
        right = max(end, end + size)
        if np.isfinite(low):
            axes.plot([end + low, end + high], [place, place], color=INK, linewidth=1.1, zorder=4)
            axes.plot([end + low, end + high], [place, place], "|", color=INK, markersize=6, zorder=4)
            right = max(right, end + high)
        _beside(axes, place, end, size, right, signed(size), INK)
        end += size


def _join(axes: Axes, above: float, below: float, x: float) -> None:
    axes.plot([x, x], [above, below], color="#AAAAAA", linewidth=0.8, zorder=0.8)


def _beside(
    axes: Axes, place: float, start: float, size: float, right: float, text: str, colour: str, bold: bool = False
) -> None:
    """A number to the right of a bar, or to its left where there is no room."""
    outside = right < 95.0
    x = right if outside else min(start, start + size)
    axes.annotate(
        text, (x, place), xytext=(5 if outside else -5, 0), textcoords="offset points", va="center",
        ha="left" if outside else "right", fontsize=9, color=colour, fontweight="bold" if bold else "normal",
    )  # fmt: skip


def _plain(axes: Axes) -> None:
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.8)
    axes.set_axisbelow(True)


# Three readings ------------------------------------------------------------------------------------------------------------


def three_readings(shares: pd.DataFrame, singles: pd.DataFrame, last: pd.DataFrame, words: Words) -> Figure:
    """For each barrier: switched off alone, Shapley share, last when all others are off; with intervals.

    Args:
        shares: columns barrier, label, share, low, high, in the order drawn. singles, last: gain instead of share.
    """
    own = shares.set_index("barrier")
    readings = (
        ("switched off alone", singles.set_index("barrier").loc[own.index], "gain", "o", "white", SKY),
        ("Shapley share", own, "share", "o", BLUE, BLUE),
        ("last, all others off", last.set_index("barrier").loc[own.index], "gain", "D", VERMILION, VERMILION),
    )
    rows = np.arange(len(own), dtype=float)
    with house_style():
        figure, (axes,) = panels_for([""], ROW * (len(own) + 1.2), words, bottom=0.55, left=2.7, share=False)
        values = np.array([100.0 * table[name].to_numpy(float) for _, table, name, *_ in readings])
        axes.hlines(rows, values.min(axis=0), values.max(axis=0), color=PALE, linewidth=4.0, zorder=1, capstyle="round")
        for number, (word, table, name, mark, fill, edge) in enumerate(readings):
            ends = [100.0 * table[end].to_numpy(float) for end in ("low", "high")]
            axes.hlines(rows, *ends, color=edge, linewidth=1.3, zorder=2)
            axes.plot(
                100.0 * table[name].to_numpy(float), rows, mark, markersize=7 if mark == "o" else 6, zorder=3 + number,
                markerfacecolor=fill, markeredgecolor=edge, markeredgewidth=1.6, linestyle="none", label=word,
            )  # fmt: skip
        axes.axvline(0.0, color="#999999", linewidth=0.8, zorder=0.5)
        axes.set_yticks(rows, own["label"].tolist())
        axes.set_ylim(len(own) - 0.4, -0.8)
        axes.set_xlabel("points of 100 eligible people", fontsize=8.5)
        axes.legend(loc="lower right", frameon=False, fontsize=9, handletextpad=0.4)
        _plain(axes)
        return figure


# Two together --------------------------------------------------------------------------------------------------------------


def interaction_map(keys: Sequence[str], names: Sequence[str], table: Rows, words: Words) -> Figure:
    """What two barriers bring together beyond their sum, pair by pair; pale where it may be chance.

    Args:
        keys, names: of the barriers, in the order drawn. table: rows with first, second, interaction, low, high.
    """
    n = len(keys)
    place = {key: number for number, key in enumerate(keys)}
    grid, sure = np.full((n, n), np.nan), np.zeros((n, n), bool)
    for row in table:
        one, other = sorted((place[row["first"]], place[row["second"]]))
        grid[other, one] = 100.0 * row["interaction"]
        sure[other, one] = not row["low"] <= 0.0 <= row["high"] and np.isfinite(row["low"])
    most = max(0.1, float(np.nanmax(np.abs(grid)))) if np.isfinite(grid).any() else 1.0
    with house_style():
        figure, (axes,) = panels_for([""], 0.36 * n, words, bottom=1.35, left=2.3, share=False)
        axes.imshow(grid[1:, :-1], cmap=DIVERGING, norm=TwoSlopeNorm(0.0, -most, most), aspect="auto")
        for row in range(1, n):
            for column in range(row):
                if np.isfinite(value := grid[row, column]):
                    dark = abs(value) > 0.6 * most
                    axes.text(
                        column, row - 1, signed(value) if abs(value) >= 0.05 else "·", ha="center", va="center", fontsize=8.5,
                        color="white" if dark else INK if sure[row, column] else "#9A9A9A",
                        fontweight="bold" if sure[row, column] else "normal",
                    )  # fmt: skip
        axes.set_xticks(range(n - 1), names[:-1], rotation=35, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(n - 1), names[1:])
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        return figure


# Groups --------------------------------------------------------------------------------------------------------------------


def shares_by_group(
    shares: pd.DataFrame, groups: pd.DataFrame, titles: Mapping[str, str], words: Words
) -> Figure:  # fmt: skip
    """Shapley shares by group, one panel a dimension, each group with a mark of its own.

    Args:
        shares: columns barrier, label, in the order drawn. groups: columns dimension, group, barrier, share, low, high.
        titles: of each dimension.
    """
    keys, labels = shares["barrier"].tolist(), shares["label"].tolist()
    rows = np.arange(len(keys), dtype=float)
    with house_style():
        figure, panels = panels_for(
            list(titles.values()), 0.3 * (len(keys) + 1.6), words, bottom=0.5, left=2.5, gap=0.75
        )
        for axes, dimension in zip(panels, titles, strict=True):
            own = groups[groups["dimension"] == dimension]
            names = list(dict.fromkeys(own["group"]))
            for number, name in enumerate(names):
                part = own[own["group"] == name].set_index("barrier").loc[keys]
                mark, colour = MARKS[number % len(MARKS)]
                shift = rows + 0.22 * (number - (len(names) - 1) / 2.0)
                low, value, high = (100.0 * part[column].to_numpy(float) for column in ("low", "share", "high"))
                axes.hlines(shift, low, high, color=colour, linewidth=1.2, alpha=0.8)
                axes.plot(value, shift, mark, color=colour, markersize=4.6, linestyle="none", label=name)
            axes.axvline(0.0, color="#999999", linewidth=0.8, zorder=0.5)
            axes.set_yticks(rows, labels)
            axes.set_ylim(len(keys) - 0.3, -0.9)
            axes.legend(loc="lower right", frameon=False, fontsize=8, handletextpad=0.3, borderaxespad=0.1)
            _plain(axes)
            axes.set_xlabel("points of 100 eligible people of the group", fontsize=8.5)
        return figure


# Closed gates --------------------------------------------------------------------------------------------------------------


def gates_in_any_order(table: pd.DataFrame, words: Words) -> Figure:
    """Opportunities by closed gate: first in the order of the rules, first over every order, from alone to at all.

    Args:
        table: columns label, fixed, shuffled, by_itself, at_all; gates in the order of the rules.
    """
    rows = np.arange(len(table), dtype=float)
    fixed, shuffled, least, most = (
        100.0 * table[name].to_numpy(float) for name in ("fixed", "shuffled", "by_itself", "at_all")
    )
    with house_style():
        figure, (axes,) = panels_for([""], ROW * (len(table) + 1.2), words, bottom=0.55, left=2.7, share=False)
        axes.hlines(
            rows, least, most, color=PALE, linewidth=6.0, zorder=1, label="from it alone closed to closed at all"
        )
        axes.plot(
            fixed, rows, "o", markersize=9, markerfacecolor="none", markeredgecolor=VERMILION, markeredgewidth=1.6,
            linestyle="none", label="closed first, in the order of the rules", zorder=3,
        )  # fmt: skip
        axes.plot(shuffled, rows, "o", markersize=7, color=BLUE, linestyle="none", label="closed first, order shuffled")
        axes.set_yticks(rows, table["label"].tolist())
        axes.set_ylim(len(table) - 0.4, -0.8)
        axes.set_xlim(left=-0.6)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")
        axes.set_xlabel("of all opportunities", fontsize=8.5)
        axes.legend(loc="lower right", frameon=False, fontsize=9, handletextpad=0.5)
        _plain(axes)
        return figure
