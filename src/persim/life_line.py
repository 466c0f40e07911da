"""The life line: five years of one synthetic person as one figure.

From the top: what happened, as flags that never overlap (`flag_places`); where the person was; the stage on the way to a
budget; choice and control as felt, beside the risk that is perceived. Which rows become flags stands in `life_marks`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, MonthLocator, YearLocator, date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import blended_transform_factory

from persim.figure_frames import (
    BLUE,
    GREEN,
    GREY,
    INK,
    NOTE_SIZE,
    SUBTITLE_SIZE,
    TITLE_SIZE,
    VERMILION,
    WIDTH,
    Words,
    height_of,
    house_style,
)
from persim.flag_places import FLAG_SIZE, LEFT, Flag, placed, room_for
from persim.policy import monday_of
from persim.state import LegalStatus, MentalState, Place, Stage

ORANGE, SOFT, SAND, MINT = "#E69F00", "#D6E6F2", "#EFEFEF", "#A6D9C7"
FLAG_LINE = 0.185  # inches for a line of flags
LANE, GAP, CURVES, STEP, KEY = 0.25, 0.11, 1.35, 0.2, 0.2  # inches
STAGES = {
    Stage.OUTSIDE: "not on the way", Stage.HANDED_ON: "handed on", Stage.RAISED: "raised",
    Stage.ASSESSMENT: "assessment", Stage.INDICATIVE: "sum", Stage.PLAN: "support plan", Stage.FUNDING: "funding",
    Stage.PANEL: "panel", Stage.CONTESTED: "contested", Stage.SET_UP: "setting up", Stage.IN_USE: "in use",
}  # fmt: skip
MARKERS = {"person": ("^", BLUE), "gate": ("o", VERMILION), "budget": ("s", GREEN), "care": ("D", GREY)}
MARKER_WORDS = {
    "person": "the person's choice", "gate": "budgets not raised", "budget": "on the way, or the budget", "care": "care",
}  # fmt: skip


@dataclass(frozen=True)
class _Lane:
    name: str
    bars: tuple[tuple[np.ndarray, str, str, str], ...]  # (weeks it holds, colour, hatch, words of the key)


def life_line(
    states: np.ndarray, start_week: int, flags: Sequence[Flag], words: Words, taken_week: int | None = None
) -> Figure:  # fmt: skip
    """The figure of one life.

    Args:
        states: the person's record at the end of each week, dtype USER, shape (n_weeks,).
        start_week: calendar week of the first.
        taken_week: calendar week from which on the place is another person's, if it ever was.
    """
    right = room_for(flags, start_week, len(states))
    shown, rows = placed(flags, start_week, len(states), right)
    lanes = lanes_of(states)
    stages = sorted({Stage.OUTSIDE, Stage.IN_USE, *(Stage(int(code)) for code in states["pathway_stage"])})
    n_lines = 1 + max(rows, default=0)
    heights = [0.24 + FLAG_LINE * n_lines, LANE * len(lanes), STEP * len(stages) + 0.1, CURVES]
    with house_style():
        key = _key_lines(lanes, shown)
        figure, (top, where, way, felt) = _frame(heights, words, KEY * len(key), right)
        days = np.array(date2num([monday_of(start_week + number) for number in range(len(states) + 1)]), float)
        draw_flags(top, shown, rows, heights[0])
        _draw_lanes(where, lanes, days)
        _draw_way(way, states["pathway_stage"], stages, days)
        _draw_felt(felt, states, days, taken_week is None)
        if taken_week is not None:
            _wash_out((where, way, felt), days[taken_week - start_week], days[-1])
        share_years((top, where, way, felt), days)
        for axes in (where, way, felt):
            axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
            axes.set_axisbelow(True)
        _draw_key(figure, key, words)
        return figure


# Flags


def share_years(panels: Sequence[Axes], days: np.ndarray) -> None:
    """One time axis for panels that stand over each other, told under the last: years, or quarters where time is short."""
    for axes in panels:
        axes.set_xlim(days[0], days[-1])
        axes.xaxis.set_major_locator(YearLocator())
        axes.tick_params(axis="x", length=0, labelbottom=axes is panels[-1], labelsize=9.5)
    panels[-1].xaxis.set_major_formatter(DateFormatter("%Y"))
    if len(days) <= 80:
        panels[-1].xaxis.set_major_locator(MonthLocator(bymonth=(1, 4, 7, 10)))
        panels[-1].xaxis.set_major_formatter(DateFormatter("%b %Y"))


def draw_flags(axes: Axes, shown: Sequence[Flag], rows: Sequence[int], height: float) -> None:
    """Flags with their words on the lines where they were placed; `height` of the panel in inches."""
    axes.set_ylim(0.0, height)
    axes.set_yticks([])
    for spine in ("left", "bottom"):
        axes.spines[spine].set_visible(False)
    for flag, row in zip(shown, rows, strict=True):
        day = float(date2num(monday_of(flag.week)))
        marker, colour = MARKERS[flag.whose]
        if row >= 0:
            top = 0.24 + FLAG_LINE * row + 0.08
            axes.plot([day, day], [0.07, top + 0.05], color="#BBBBBB", linewidth=0.8, zorder=1)
            axes.annotate(
                flag.label, (day, top), xytext=(3, 0), textcoords="offset points", fontsize=FLAG_SIZE, va="center",
                color=INK if flag.whose != "care" else "#555555", annotation_clip=False, zorder=3,
            )  # fmt: skip
        face = "white" if flag.whose == "gate" else colour
        axes.plot(
            [day], [0.07], marker, color=face, markeredgecolor=colour, markeredgewidth=1.5, markersize=6,
            clip_on=False, zorder=4,
        )  # fmt: skip


# Lanes


def lanes_of(states: np.ndarray) -> list[_Lane]:
    """Where the person was; eligible or not; under the Act, if ever; counted by the council, if ever."""
    away, state = states["place"] == Place.AWAY, states["mental_state"]
    lanes = [
        _Lane("Where", (
            (~away & (state <= MentalState.UNSETTLED), SOFT, "", "on the caseload"),
            (~away & (state == MentalState.CRISIS), ORANGE, "", "in crisis"),
            (~away & (state == MentalState.INPATIENT), INK, "", "in hospital"),
            (away, "white", "////", "discharged"),
        ))
    ]  # fmt: skip
    eligible = (states["eligible"] == 1) & ~away
    lanes.append(_Lane("Social care", ((eligible, MINT, "", "eligible"),)))
    status = states["legal_status"]
    if (status != LegalStatus.VOLUNTARY).any():
        detained = (status == LegalStatus.SECTION_2) | (status == LegalStatus.SECTION_3)
        lanes.append(_Lane("The Act", (
            (detained, GREY, "", "under a section"), (status == LegalStatus.CTO, SAND, "....", "on a CTO"),
        )))  # fmt: skip
    counted = (states["counted"] == 1) & ~away
    if counted.any():
        used = states["pathway_stage"] == Stage.IN_USE
        lanes.append(_Lane("Counted", (
            (counted & used, BLUE, "", "counted, a budget in use"),
            (counted & ~used, "white", "\\\\\\\\", "counted, no budget"),
        )))  # fmt: skip
    return lanes


def _spans(held: np.ndarray) -> list[tuple[int, int]]:
    """Runs of True as (first, stop)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _draw_lanes(axes: Axes, lanes: Sequence[_Lane], days: np.ndarray) -> None:
    axes.set_ylim(len(lanes), 0.0)
    for number, lane in enumerate(lanes):
        for held, colour, hatch, _ in lane.bars:
            spans = [(days[first], days[stop] - days[first]) for first, stop in _spans(held)]
            edge = "#999999" if hatch else colour
            axes.broken_barh(
                spans,
                (number + 0.16, 0.68),
                facecolor=colour,
                hatch=hatch,
                edgecolor=edge,
                linewidth=0.5 if hatch else 0.0,
            )
        if not any(held.any() for held, *_ in lane.bars):
            axes.text(
                0.5 * (days[0] + days[-1]), number + 0.5, f"not {lane.bars[0][3]} at any time", ha="center",
                va="center", fontsize=9, color="#555555", style="italic",
            )  # fmt: skip
    axes.set_yticks([number + 0.5 for number in range(len(lanes))], [lane.name for lane in lanes])
    axes.tick_params(axis="y", length=0)
    for spine in ("left", "bottom"):
        axes.spines[spine].set_visible(False)


def _key_of(lanes: Sequence[_Lane]) -> list[tuple[str, str, str]]:
    return [(colour, hatch, name) for lane in lanes for held, colour, hatch, name in lane.bars if held.any()]


def _key_lines(lanes: Sequence[_Lane], shown: Sequence[Flag]) -> list[list[Line2D | Patch]]:
    """What marks and bars mean, in lines from the top."""
    handles: list[Line2D | Patch] = []
    for whose, (marker, colour) in MARKERS.items():
        if any(flag.whose == whose for flag in shown):
            face = "white" if whose == "gate" else colour
            handles.append(
                Line2D([], [], linestyle="", marker=marker, color=face, markeredgecolor=colour, markeredgewidth=1.4,
                       markersize=5.5, label=MARKER_WORDS[whose])
            )  # fmt: skip
    n_marks = len(handles)
    handles += [
        Patch(facecolor=colour, hatch=hatch, edgecolor="#999999" if hatch else colour, linewidth=0.5, label=name)
        for colour, hatch, name in _key_of(lanes)
    ]
    return [handles] if len(handles) <= 8 else [handles[:n_marks], handles[n_marks:]]


def _draw_key(figure: Figure, lines: Sequence[list[Line2D | Patch]], words: Words) -> None:
    for number, part in enumerate(reversed(lines)):
        y = (height_of(words.caveat) + 0.06 + KEY * number) / figure.get_figheight()
        figure.legend(
            handles=part, loc="lower left", bbox_to_anchor=(0.25 / WIDTH, y), ncols=len(part),
            fontsize=NOTE_SIZE + 0.8, frameon=False, handlelength=1.4, handletextpad=0.5, columnspacing=1.4,
            borderpad=0.0, borderaxespad=0.0, labelcolor="#444444",
        )  # fmt: skip


# The way to a budget, and how it felt


def _draw_way(axes: Axes, stage: np.ndarray, stages: Sequence[Stage], days: np.ndarray) -> None:
    level = np.array([stages.index(Stage(int(code))) for code in stage], float)
    steps = np.append(level, level[-1])
    axes.fill_between(days, steps, -0.5, step="post", color=SOFT, linewidth=0, zorder=1)
    axes.step(days, steps, where="post", color=BLUE, linewidth=2.2, zorder=3, solid_joinstyle="miter")
    for first, stop in _spans(stage == Stage.IN_USE):
        axes.fill_between([days[first], days[stop]], level.max(), -0.5, color=BLUE, alpha=0.28, linewidth=0, zorder=2)
    axes.set_ylim(-0.5, len(stages) - 0.5)
    axes.set_yticks(range(len(stages)), [STAGES[name] for name in stages])
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.grid(axis="y", color="#EEEEEE", linewidth=0.8)
    if not (stage > Stage.HANDED_ON).any():
        axes.text(
            0.5 * (days[0] + days[-1]), len(stages) - 1, "never on the way to a personal budget in these years",
            ha="center", va="center", fontsize=9, color="#555555", style="italic",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip


def _wash_out(panels: Sequence[Axes], first: float, last: float) -> None:
    """What is another person's, from here on, is pale, and said to be so."""
    for axes in panels:
        axes.axvspan(first, last, facecolor="white", alpha=0.6, zorder=8)
        axes.axvline(first, color=INK, linewidth=1.0, zorder=9)
    panels[-1].annotate(
        "another person from here", (first, 0.08), xycoords=("data", "axes fraction"), xytext=(-4, 0),
        textcoords="offset points", fontsize=9, style="italic", color="#555555", ha="right", zorder=10,
    )  # fmt: skip


def _draw_felt(axes: Axes, states: np.ndarray, days: np.ndarray, with_values: bool) -> None:
    away = states["place"] == Place.AWAY
    ends = []
    for name, label, colour, dashes in (
        ("control_felt", "choice and\ncontrol felt", BLUE, "-"),
        ("perceived_risk", "perceived\nrisk", VERMILION, (0, (4, 1.6))),
    ):
        values = np.where(away, np.nan, states[name])
        axes.plot(days[:-1], values, color=colour, linestyle=dashes, linewidth=2.0)
        known = np.flatnonzero(~away)
        ends.append((float(states[name][known[-1] if len(known) else -1]), label, colour))
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
    axes.grid(axis="y", color="#EEEEEE", linewidth=0.8)
    place = blended_transform_factory(axes.transAxes, axes.transData)
    low, high = sorted(ends)
    apart = 0.30
    if high[0] - low[0] < apart:
        middle = min(max(0.5 * (low[0] + high[0]), apart), 1.0 - apart)
        heights = (middle - apart / 2, middle + apart / 2)
    else:
        heights = (max(0.08, low[0]), min(0.92, high[0]))
    for (value, label, colour), height in zip((low, high), heights, strict=True):
        words = f"{label} {value:.2f}" if with_values else label
        axes.annotate(
            words, (1.0, height), xycoords=place, xytext=(7, 0), textcoords="offset points",
            color=colour, fontsize=9, fontweight="bold", va="center", linespacing=1.05, annotation_clip=False,
        )  # fmt: skip


def _frame(heights: Sequence[float], words: Words, key: float, right: float) -> tuple[Figure, list[Axes]]:
    """A figure with panels of these heights one under another, and its words around them."""
    subtitle, caveat = textwrap.wrap(words.subtitle, 142), textwrap.wrap(words.caveat, 180)
    head, foot = 0.62 + 0.2 * len(subtitle), 0.34 + height_of(words.caveat) + key
    total = head + sum(heights) + GAP * (len(heights) - 1) + foot
    figure = Figure(figsize=(WIDTH, total))
    panels, top = [], total - head
    for number, height in enumerate(heights):
        share = {"sharex": panels[0]} if panels else {}
        bottom = top - height
        panels.append(
            figure.add_axes((LEFT / WIDTH, bottom / total, (WIDTH - LEFT - right) / WIDTH, height / total), **share)
        )
        top = bottom - GAP * (0.4 if number == 0 else 1.6 if number == 2 else 1.0)
    figure.text(0.25 / WIDTH, 1 - 0.40 / total, words.title, fontsize=TITLE_SIZE, fontweight="bold", va="baseline")
    for number, line in enumerate(subtitle):
        y = 1 - (0.64 + 0.2 * number) / total
        figure.text(0.25 / WIDTH, y, line, fontsize=SUBTITLE_SIZE, color="#444444", va="baseline")
    for number, line in enumerate(reversed(caveat)):
        y = (0.14 + 0.15 * number) / total
        figure.text(0.25 / WIDTH, y, line, fontsize=NOTE_SIZE, color="#666666", va="baseline")
    return figure, panels
