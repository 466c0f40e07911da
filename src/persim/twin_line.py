"""The twin life line: two lives of one synthetic person, one over the other, with the parting marked through both.

From the top: what happened and the stage on the way to a budget in the first scenario, the same in the second, then
choice and control as felt in both. What stands before the parting is the same in both lives.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from persim.biography import SYNTHETIC
from persim.figure_frames import (
    BLUE,
    GREY,
    NOTE_SIZE,
    SUBTITLE_SIZE,
    TITLE_SIZE,
    VERMILION,
    WIDTH,
    Words,
    height_of,
    house_style,
)
from persim.life_line import FLAG_LINE, MARKER_WORDS, MARKERS, STAGES, Flag, draw_flags, placed, share_years
from persim.life_marks import flags_of
from persim.policy import monday_of
from persim.state import Place, Stage
from persim.text_table import broken
from persim.twin_words import NEVER_PART, one_scenario_text, parting_words

if TYPE_CHECKING:
    from persim.twins import Twins

LEFT, RIGHT = 1.25, 1.35  # inches beside the panels
STEP, CURVES, KEY = 0.19, 1.25, 0.24  # inches
HEAD = 0.30  # inches over the flags of a life, for its name
COLOURS = ("#6B6B6B", BLUE)
ALIKE = "#F4F1EA"  # behind what is the same in both


def words_of(twins: Twins) -> Words:
    """Title, subtitle and caveat."""
    if twins.is_one_scenario:
        what = one_scenario_text(twins)
    elif twins.parting is None:
        what = NEVER_PART
    else:
        what = f"The lives part in the week of {_day(twins.parting.week)}: {parting_words(twins)}."
    if twins.turn is not None:
        what += f" The budget was decided in the week of {_day(twins.turn.week)}: {twins.turn.words(twins.names)}."
    caveat = (
        f"{SYNTHETIC} Same person, same luck, two scenarios. Flags: what the ledgers record, never why. Shaded: the same in "
        "both. Choice and control as felt is an index of this model from 0 to 1."
    )
    return Words(twins.title, f"{twins.subtitle}. {what}", caveat)


def twin_line(twins: Twins) -> Figure:
    """The figure of two lives."""
    start, n_weeks = twins.a.weeks[0], len(twins.states[0])
    words = words_of(twins)
    flags = [flags_of(told.sentences, lives.rows) for told, lives in zip(twins.told, (twins.a, twins.b), strict=True)]
    spots = [placed(own, start, n_weeks) for own in flags]
    codes = {int(code) for states in twins.states for code in states["pathway_stage"]}
    stages = sorted({Stage.OUTSIDE, Stage.IN_USE, *(Stage(code) for code in codes)})
    tops = [HEAD + 0.24 + FLAG_LINE * (1 + max(rows, default=0)) for _, rows in spots]
    way = STEP * len(stages) + 0.1
    days = np.array(date2num([monday_of(start + number) for number in range(n_weeks + 1)]), float)
    with house_style():
        figure, panels = _frame([tops[0], way, tops[1], way, CURVES], words)
        for side in (0, 1):
            _draw_flags(panels[2 * side], *spots[side], tops[side], twins.names[side], COLOURS[side])
            _draw_way(panels[2 * side + 1], twins.states[side]["pathway_stage"], stages, days, COLOURS[side])
        _draw_felt(panels[4], twins, days)
        _mark_parting(panels, twins, days)
        share_years(panels, days)
        _draw_key(figure, [flag for own in flags for flag in own], words)
        return figure


def _day(week: int) -> str:
    day = monday_of(week)
    return f"{day.day} {day:%B %Y}"


def _draw_flags(
    axes: Axes, shown: Sequence[Flag], rows: Sequence[int], height: float, name: str, colour: str
) -> None:  # fmt: skip
    axes.annotate(
        name, (0.0, 1.0), xycoords="axes fraction", xytext=(-LEFT * 72 + 18, -4), textcoords="offset points",
        fontsize=11, fontweight="bold", color=colour, va="top", annotation_clip=False,
    )  # fmt: skip
    draw_flags(axes, shown, rows, height)


def _draw_way(axes: Axes, stage: np.ndarray, stages: Sequence[Stage], days: np.ndarray, colour: str) -> None:
    level = np.array([stages.index(Stage(int(code))) for code in stage], float)
    steps = np.append(level, level[-1])
    axes.fill_between(days, steps, -0.5, step="post", color=colour, alpha=0.22, linewidth=0, zorder=2)
    axes.step(days, steps, where="post", color=colour, linewidth=2.2, zorder=3, solid_joinstyle="miter")
    axes.set_ylim(-0.5, len(stages) - 0.5)
    axes.set_yticks(range(len(stages)), [STAGES[name] for name in stages])
    axes.tick_params(axis="y", length=0, labelsize=8.8)
    axes.grid(axis="both", color="#E4E4E4", linewidth=0.8)
    axes.set_axisbelow(True)
    if not (stage > Stage.HANDED_ON).any():
        axes.text(
            0.5 * (days[0] + days[-1]), len(stages) - 1, "never on the way to a personal budget in these years",
            ha="center", va="center", fontsize=9, color="#555555", style="italic", zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip


def _draw_felt(axes: Axes, twins: Twins, days: np.ndarray) -> None:
    ends = []
    for name, states, colour, dashes in zip(twins.names, twins.states, COLOURS, ((0, (4, 1.6)), "-"), strict=True):
        away = states["place"] == Place.AWAY
        values = np.where(away, np.nan, states["control_felt"])
        axes.plot(days[:-1], values, color=colour, linestyle=dashes, linewidth=2.0, zorder=4)
        known = np.flatnonzero(~away)
        ends.append((float(states["control_felt"][known[-1] if len(known) else -1]), name, colour))
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
    axes.set_ylabel("choice and\ncontrol felt", fontsize=9)
    axes.grid(axis="both", color="#E4E4E4", linewidth=0.8)
    axes.set_axisbelow(True)
    place = blended_transform_factory(axes.transAxes, axes.transData)
    order = sorted(range(2), key=lambda side: ends[side][0])
    low, high = (ends[side][0] for side in order)
    apart = 0.2 + 0.07 * sum(len(broken(name, 14)[:3]) for name in twins.names)
    if high - low < apart:
        middle = min(max(0.5 * (low + high), apart), 1.0 - apart)
        low, high = middle - apart / 2, middle + apart / 2
    for side, height in zip(order, (low, high), strict=True):
        value, name, colour = ends[side]
        label = "\n".join([*broken(name, 14)[:3], f"{value:.2f}"])
        axes.annotate(
            label, (1.0, min(0.92, max(0.08, height))), xycoords=place, xytext=(7, 0), textcoords="offset points",
            color=colour, fontsize=8.2, fontweight="bold", va="center", linespacing=1.0, annotation_clip=False,
        )  # fmt: skip


def _mark_parting(panels: Sequence[Axes], twins: Twins, days: np.ndarray) -> None:
    """Shade what is the same in both, and draw the parting through all panels."""
    where = days[-1] if twins.parting is None else days[twins.parting.week - twins.a.weeks[0]]
    parts = twins.parting is not None
    for number, axes in enumerate(panels):
        bottom, top = axes.get_ylim()
        has_name = number in (0, 2)  # the name of a life stands over its flags, clear of shade and line
        reach = 1.0 - HEAD / (top - bottom) if has_name else 1.0
        axes.axvspan(days[0], where, 0.0, reach, color=ALIKE, zorder=0)
        if parts:
            axes.axvline(where, 0.0, reach, color=VERMILION, linewidth=1.6, linestyle=(0, (5, 2)), zorder=1.5)
    text, colour = ("they part", VERMILION) if parts else ("the same in both", GREY)
    left_of_it = where - days[0] > 0.12 * (days[-1] - days[0])
    panels[4].annotate(
        text, (where, 0.0), xycoords=("data", "axes fraction"), xytext=(-5 if left_of_it else 5, 5),
        textcoords="offset points", ha="right" if left_of_it else "left", va="bottom", fontsize=9, fontweight="bold",
        color=colour, zorder=6,
    )  # fmt: skip


def _draw_key(figure: Figure, flags: Sequence[Flag], words: Words) -> None:
    handles = []
    for whose, (marker, colour) in MARKERS.items():
        if any(flag.whose == whose for flag in flags):
            face = "white" if whose == "gate" else colour
            handles.append(
                Line2D([], [], linestyle="", marker=marker, color=face, markeredgecolor=colour, markeredgewidth=1.4,
                       markersize=5.5, label=MARKER_WORDS[whose])
            )  # fmt: skip
    if handles:
        y = (height_of(words.caveat) + 0.06) / figure.get_figheight()
        figure.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(0.25 / WIDTH, y),
            ncols=len(handles), fontsize=NOTE_SIZE + 0.8, frameon=False, handlelength=1.4, handletextpad=0.5,
            columnspacing=1.4, borderpad=0.0, borderaxespad=0.0, labelcolor="#444444",
        )  # fmt: skip


def _frame(heights: Sequence[float], words: Words) -> tuple[Figure, list[Axes]]:
    """A figure with panels of these heights one under another, and its words around them."""
    subtitle, caveat = textwrap.wrap(words.subtitle, 142), textwrap.wrap(words.caveat, 180)
    gaps = (0.03, 0.12, 0.03, 0.16)
    head, foot = 0.66 + 0.2 * len(subtitle), 0.36 + height_of(words.caveat) + KEY
    total = head + sum(heights) + sum(gaps) + foot
    figure = Figure(figsize=(WIDTH, total))
    panels, top = [], total - head
    for number, height in enumerate(heights):
        bottom = top - height
        share = {"sharex": panels[0]} if panels else {}
        panels.append(
            figure.add_axes((LEFT / WIDTH, bottom / total, (WIDTH - LEFT - RIGHT) / WIDTH, height / total), **share)
        )
        top = bottom - (gaps[number] if number < len(gaps) else 0.0)
    figure.text(0.25 / WIDTH, 1 - 0.40 / total, words.title, fontsize=TITLE_SIZE, fontweight="bold", va="baseline")
    for number, line in enumerate(subtitle):
        y = 1 - (0.64 + 0.2 * number) / total
        figure.text(0.25 / WIDTH, y, line, fontsize=SUBTITLE_SIZE, color="#444444", va="baseline")
    for number, line in enumerate(reversed(caveat)):
        y = (0.14 + 0.15 * number) / total
        figure.text(0.25 / WIDTH, y, line, fontsize=NOTE_SIZE, color="#666666", va="baseline")
    return figure, panels
