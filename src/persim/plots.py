"""One function per figure: a table of a comparison in, a figure out.

A figure says in its subtitle what is drawn, on how many runs and people, and what a band or bar means; a caveat stands
below. Labels stand beside what they name. Nothing here knows of runs; frames and colours are in `figure_frames`, figures
of differences and costs in `decision_plots`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, YearLocator, date2num
from matplotlib.figure import Figure

from persim.figure_frames import (
    BLUE,
    GREY,
    INK,
    MOST_COLUMNS,
    NOTE_SIZE,
    PALE,
    VERMILION,
    WIDTH,
    Words,
    columns_for,
    height_of,
    house_style,
    panels_for,
)

if TYPE_CHECKING:
    import pandas as pd

KEY_LINE = 0.165  # inches
QUARTER_DAYS = 91
LABEL_HEIGHT = 0.135  # of a panel, for two lines at the end of a curve


@dataclass(frozen=True)
class Event:
    """A date to mark in figures over time; `label` may be empty in panels that only repeat it."""

    day: date
    label: str


# Take-up over time

LINES = (("reported_take_up", "reported", VERMILION, "--"), ("real_take_up", "real", BLUE, "-"))


def take_up_over_time(
    series: pd.DataFrame,
    titles: Mapping[str, str],
    words: Words,
    policy: Sequence[Event] = (),
    levers: Mapping[str, Sequence[date]] | None = None,
) -> Figure:
    """Reported and real take-up over time, one panel a scenario on the same axes, with bands.

    Args:
        series: columns scenario, date, group, outcome, mean, p5, p95; rows of group "all" are drawn.
        titles: scenario -> panel title, in order. policy: dates marked in every panel. levers: dates on which a
            scenario's own steps begin.
    """
    table = series[(series["group"] == "all") & series["outcome"].isin([line[0] for line in LINES])]
    with house_style():
        key = _key_lines(policy, bool(levers) and any((levers or {}).values()), list(titles.values()))
        figure, panels = panels_for(list(titles.values()), 2.55, words, bottom=0.5 + KEY_LINE * len(key))
        top = max(1.0, 112.0 * float(np.nanmax(table["p95"].to_numpy(), initial=0.0)))
        for number, (axes, name) in enumerate(zip(panels, titles, strict=True)):
            own = table[table["scenario"] == name]
            _draw_take_up(axes, own, top)
            if number:
                _draw_reference(axes, table[table["scenario"] == next(iter(titles))])
            axes.set_ylim(0.0, top)
            _mark_dates(axes, policy, tuple((levers or {}).get(name, ())))
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
            axes.grid(axis="y", color="#EEEEEE", linewidth=0.8)
            axes.set_axisbelow(True)
        _date_axis(panels[0], _days(table))
        for number, line in enumerate(reversed(key)):
            y = (height_of(words.caveat) + 0.06 + KEY_LINE * number) / figure.get_figheight()
            for x, part in zip((0.25 / WIDTH, 0.52), line, strict=False):
                figure.text(x, y, part, fontsize=NOTE_SIZE, color="#555555")
        return figure


def _days(table: pd.DataFrame) -> np.ndarray:
    return _places([date.fromisoformat(str(day)) for day in table["date"].tolist()])


def _places(days: Sequence[date]) -> np.ndarray:
    """Where days lie on an axis of dates."""
    return np.array(date2num(list(days)), float)


def _draw_take_up(axes: Axes, own: pd.DataFrame, top: float) -> None:
    ends = []
    for outcome, word, colour, dashes in LINES:
        line = own[own["outcome"] == outcome]
        days, mean = _days(line), 100.0 * line["mean"].to_numpy(float)
        low, high = (100.0 * line[column].to_numpy(float) for column in ("p5", "p95"))
        axes.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(days, mean, color=colour, linestyle=dashes, linewidth=2.0, label=outcome)
        if len(days) and np.isfinite(mean[-1]):
            ends.append((mean[-1], f"{word}\n{mean[-1]:.1f} %", colour))
    _label_ends(axes, ends, top)


def _label_ends(axes: Axes, ends: list[tuple[float, str, str]], top: float) -> None:
    """Labels at the ends of lines, pushed apart where they would touch, and kept off the axis."""
    place = 0.0
    for value, text, colour in sorted(ends):
        place = max(place + LABEL_HEIGHT if place else LABEL_HEIGHT / 2, value / top)
        axes.annotate(
            text, (1.0, place), xycoords="axes fraction", xytext=(5, 0), textcoords="offset points", color=colour,
            fontsize=8.5, va="center", ha="left", fontweight="bold", linespacing=1.05, annotation_clip=False,
        )  # fmt: skip


def _draw_reference(axes: Axes, table: pd.DataFrame) -> None:
    line = table[table["outcome"] == "real_take_up"]
    axes.plot(
        _days(line), 100.0 * line["mean"].to_numpy(float), color=GREY, linewidth=1.2, zorder=1.5, label="reference"
    )


def _mark_dates(axes: Axes, policy: Sequence[Event], levers: Sequence[date]) -> None:
    for number, place in enumerate(_places([event.day for event in policy]), 1):
        axes.axvline(place, color="#BBBBBB", linewidth=0.8, linestyle=(0, (2, 2)), zorder=0.5)
        axes.annotate(
            str(number), (place, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 1), textcoords="offset points",
            fontsize=7, color="#777777", ha="center", va="bottom", annotation_clip=False,
        )  # fmt: skip
    starts = _places(sorted(set(levers)))
    axes.plot(starts, np.zeros(len(starts)), "^", color=INK, markersize=6, clip_on=False, zorder=5, label="levers")


def _date_axis(axes: Axes, days: np.ndarray) -> None:
    if len(days):
        axes.set_xlim(days.min() - QUARTER_DAYS, days.max())
    axes.xaxis.set_major_locator(YearLocator())
    axes.xaxis.set_major_formatter(DateFormatter("%Y"))


def _key_lines(policy: Sequence[Event], levers: bool, titles: Sequence[str]) -> list[tuple[str, ...]]:
    """What marks mean, in lines of up to two columns, to stand under the panels."""
    dates = [f"{number}  {event.day:%b %Y}: {event.label}" for number, event in enumerate(policy, 1)]
    half = -(-len(dates) // 2)
    lines: list[tuple[str, ...]] = [tuple(dates[row::half]) for row in range(half)]
    marks = (["▲  the scenario's own steps begin"] if levers else []) + (
        [f"Grey line: real take-up, “{titles[0]}”"] if len(titles) > 1 else []
    )
    return [*lines, tuple(marks)] if marks else lines


# From eligible to real


def steps_to_a_budget(steps: pd.DataFrame, titles: Mapping[str, str], words: Words) -> Figure:
    """How far eligible people came, step by step, one panel a scenario; a tick marks the first scenario.

    Args:
        steps: columns scenario, step, label, per_100_eligible.
    """
    with house_style():
        figure, panels = panels_for(list(titles.values()), 2.2, words, bottom=0.6, left=1.65)
        reference = steps[steps["scenario"] == next(iter(titles))]["per_100_eligible"].to_numpy(float)
        for number, (axes, name) in enumerate(zip(panels, titles, strict=True)):
            own = steps[steps["scenario"] == name]
            values = own["per_100_eligible"].to_numpy(float)
            rows = np.arange(len(values))
            shades = [PALE] * (len(values) - 1) + [BLUE]
            axes.barh(rows, values, color=shades, height=0.68)
            _label_bars(axes, values)
            if number:
                axes.vlines(reference, rows - 0.34, rows + 0.34, color=INK, linewidth=1.4)
            axes.set_yticks(rows, own["label"].tolist())
            axes.invert_yaxis() if not number else None
            axes.set_xlim(0.0, 100.0)
            axes.set_xticks([0, 25, 50, 75, 100])
            axes.set_xlabel(
                "of 100 eligible people" if number + columns_for(len(titles), MOST_COLUMNS) >= len(titles) else "",
                fontsize=8.5,
            )
            axes.tick_params(axis="y", length=0)
        return figure


def _label_bars(axes: Axes, values: np.ndarray) -> None:
    for row, value in enumerate(values):
        is_last, is_long = row == len(values) - 1, value > 85.0
        axes.annotate(
            f"{value:.0f}" if value >= 9.95 else f"{value:.1f}", (value, row), xytext=(-4 if is_long else 5, 0),
            textcoords="offset points", va="center", ha="right" if is_long else "left", fontsize=9,
            fontweight="bold" if is_last else "normal", color=BLUE if is_last else INK,
        )  # fmt: skip


# Barriers


def barriers(table: pd.DataFrame, titles: Mapping[str, str], words: Words) -> Figure:
    """Weeks without a real budget by barrier: the first gate that closed beside every gate that would have.

    Args:
        table: columns scenario, barrier, label, choice, first, would_close; barriers in the order in which they stand.
    """
    first = table[table["scenario"] == next(iter(titles))]
    largest = table.groupby("barrier", observed=True)["would_close"].max()
    shown_rows = first[(first["barrier"] != "none") & (largest.reindex(first["barrier"]).to_numpy() >= 0.002)]
    order = [*shown_rows[~shown_rows["choice"]]["barrier"], *shown_rows[shown_rows["choice"]]["barrier"]]
    names = dict(zip(first["barrier"], first["label"], strict=True))
    labels = [str(names[barrier]) for barrier in order]
    places = np.arange(len(order), dtype=float)
    n_choices = int(shown_rows["choice"].sum())
    if n_choices:
        places[-n_choices:] += 0.8  # a choice stands apart
    with house_style():
        height = 0.235 * (len(order) + 1)
        figure, panels = panels_for(list(titles.values()), height, words, bottom=0.5, left=2.3)
        top = 100.0 * float(largest.max())
        for number, (axes, name) in enumerate(zip(panels, titles, strict=True)):
            own = table[table["scenario"] == name].set_index("barrier").loc[order]
            closed, anyway = (100.0 * own[column].to_numpy(float) for column in ("first", "would_close"))
            choice = own["choice"].to_numpy(bool)
            for row, place in enumerate(places):
                colour = GREY if choice[row] else VERMILION
                axes.plot(
                    [closed[row], anyway[row]],
                    [place, place],
                    color=PALE,
                    linewidth=3.5,
                    zorder=1,
                    solid_capstyle="round",
                )
                axes.plot(
                    [anyway[row]],
                    [place],
                    "o",
                    markersize=6,
                    markerfacecolor="white",
                    markeredgecolor=colour,
                    markeredgewidth=1.6,
                )
                axes.plot([closed[row]], [place], "o", markersize=6, color=colour, zorder=3)
            if not number:
                _name_the_dots(axes, places, closed, anyway)
                axes.set_ylim(places[-1] + 0.7, -1.0)
            axes.set_yticks(places, labels)
            axes.tick_params(axis="y", length=0)
            axes.set_xlim(-0.02 * top, top * 1.08)
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")
            axes.grid(axis="x", color="#EEEEEE", linewidth=0.8)
            axes.set_axisbelow(True)
        return figure


def _name_the_dots(axes: Axes, places: np.ndarray, closed: np.ndarray, anyway: np.ndarray) -> None:
    """Say at the widest pair which dot is which."""
    row = int(np.argmax(anyway - closed))
    for value, word, side in ((closed[row], "closed first", "left"), (anyway[row], "would have closed", "right")):
        axes.annotate(
            word,
            (value, places[row]),
            xytext=(0, 6),
            textcoords="offset points",
            fontsize=7.5,
            color="#555555",
            ha=side,
            va="bottom",
        )
