"""Figures of flows: who stands where in one scenario and in the other, and who gains and who loses by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from persim.figure_frames import BLUE, GREY, INK, PALE, VERMILION, WIDTH, Words, house_style, panels_for
from persim.flow_counts import GAINS, LOSES, OUT_OF_BASE, REAL, STATES
from persim.flow_words import GROUPS_NOTE, HEADINGS, answer, group_words, size_words, week_words
from persim.outcomes import GROUP_CAVEATS
from persim.ribbons import ribbon, spread, tops_of
from persim.text_table import broken

if TYPE_CHECKING:
    from persim.flows import Flows

TALL, GAP, APART = 5.4, 0.07, 0.33  # inches: of all ribbons, between two states, between two labels
LEFT_LABELS, NODE = 2.75, 0.16  # inches
NOT_FAULT = "The same people and the same luck in both. More take-up is not always better: declining is a choice."
REAL_MEANS = "Real: a budget in use with a plan the person agreed, and a sum known or free to vary."
NODE_COLOURS = (BLUE, "#56B4E9", "#E69F00", "#B0B0B0", "#CFCFCF", "#8A8A8A")


def all_figures(flows: Flows) -> list[tuple[str, Words, Figure]]:
    """Every figure: (file name, words, figure)."""
    return [
        ("flows", flow_words(flows), who_moves(flows)),
        ("flows_by_group", group_figure_words(flows), by_group(flows)),
    ]


# Who moves where


def flow_words(flows: Flows) -> Words:
    """What stands around the figure of moves."""
    title = "Who gains and who loses a real budget"
    subtitle = f"{answer(flows)} Where the same people stand in {week_words(flows)}; mean of {size_words(flows)}."
    caveat = (
        "Blue: without a real budget in the first, with one in the second. Orange: the other way. Dark grey: with one, and in "
        "the other scenario not eligible or discharged. Widths: people of 100 who are "
        f"eligible in the first scenario; under 0.05 not drawn. {NOT_FAULT} {REAL_MEANS}"
    )
    return Words(title, subtitle, caveat)


def who_moves(flows: Flows) -> Figure:
    """Where people stand in the first scenario (left) and in the second (right), and who moves from where to where."""
    words, people = flow_words(flows), flows.states.mean(axis=0)
    people[OUT_OF_BASE, OUT_OF_BASE] = 0.0
    shares = 100.0 * people / people[:OUT_OF_BASE].sum()
    shares[shares < 0.05] = 0.0
    used = [n for n in range(len(STATES)) if shares[n].sum() > 0.0 or shares[:, n].sum() > 0.0]
    total = max(shares.sum(), 1e-9)
    scale = TALL / total
    height = TALL + GAP * (len(used) - 1) + 0.2
    with house_style():
        figure, panels = panels_for([""], height, words, bottom=0.25, left=0.35, share=False)
        axes = panels[0]
        width = WIDTH - 0.35 - 0.35
        axes.set_xlim(0.0, width)
        axes.set_ylim(height, 0.0)
        axes.axis("off")
        sides = (LEFT_LABELS, width - LEFT_LABELS - NODE)
        starts = [tops_of(sums, used, scale, GAP) for sums in (shares.sum(axis=1), shares.sum(axis=0))]
        _draw_ribbons(axes, shares, used, scale, starts, (sides[0] + NODE, sides[1]))
        for side, (x, sums, name) in enumerate(
            zip(sides, (shares.sum(axis=1), shares.sum(axis=0)), flows.names, strict=True)
        ):
            _draw_nodes(axes, x, sums, used, scale, starts[side], is_left=side == 0)
            axes.text(
                x + (NODE if side == 0 else 0.0), -0.08, "\n".join(broken(name, 26)), ha="right" if side == 0 else "left",
                va="bottom", fontsize=11, fontweight="bold", linespacing=1.0,
            )  # fmt: skip
        return figure


def _draw_ribbons(
    axes: Axes, shares: np.ndarray, used: Sequence[int], scale: float, starts: Sequence[dict[int, float]],
    ends: tuple[float, float],
) -> None:  # fmt: skip
    left, right = dict(starts[0]), dict(starts[1])
    ribbons = []
    for one in used:
        for other in used:
            thick = scale * float(shares[one, other])
            if thick > 0.0:
                ribbons.append((one, other, left[one], right[other], thick))
                left[one] += thick
                right[other] += thick
    for one, other, y, y_end, thick in sorted(ribbons, key=lambda ribbon: _is_told(ribbon[0], ribbon[1])):
        colour, alpha = _look(one, other)
        ribbon(axes, ends, (y, y_end), thick, colour, alpha)


def _look(one: int, other: int) -> tuple[str, float]:
    """Colour and opacity of a move from one state to another."""
    if not _is_told(one, other):
        return ("#7FB2D6" if one == REAL else PALE), 0.55
    if OUT_OF_BASE in (one, other):
        return "#6B6B6B", 0.75
    return (BLUE if other == REAL else VERMILION), 0.85


def _is_told(one: int, other: int) -> bool:
    return (one == REAL) != (other == REAL)


def _draw_nodes(
    axes: Axes, x: float, sums: np.ndarray, used: Sequence[int], scale: float, starts: dict[int, float], is_left: bool
) -> None:
    middles = []
    for state in used:
        tall = scale * float(sums[state])
        axes.add_patch(Rectangle((x, starts[state]), NODE, max(tall, 0.01), facecolor=NODE_COLOURS[state], linewidth=0))
        middles.append(starts[state] + tall / 2.0)
    for state, middle, place in zip(used, middles, spread(middles, APART), strict=True):
        edge, away = (x, -0.14) if is_left else (x + NODE, 0.14)
        if abs(place - middle) > 0.02:
            axes.plot([edge, edge + 0.8 * away], [middle, place], color="#AAAAAA", linewidth=0.7)
        size = f"{sums[state]:.1f}" if sums[state] >= 0.05 else "0"
        axes.text(
            edge + away, place, f"{STATES[state]}  {size}" if is_left else f"{size}  {STATES[state]}",
            ha="right" if is_left else "left", va="center", fontsize=9.5, fontweight="bold" if state == REAL else "normal",
            color=BLUE if state == REAL else INK,
        )  # fmt: skip


# By group


def group_figure_words(flows: Flows) -> Words:
    """What stands around the figure of groups."""
    title = "Who gains and who loses a real budget, by group"
    subtitle = (
        f"From {flows.names[0]} to {flows.names[1]}, of 100 eligible people of a group in {week_words(flows)}: how many gain "
        "a real budget (right), how many lose one "
        f"(left); the dot is the net with its 95 % interval. {size_words(flows)}."
    )
    caveats = {**GROUP_CAVEATS, "actual_risk": f"Actual risk: {GROUP_CAVEATS['actual_risk'].lower()}"}
    told = [caveats[name] for name in flows.groups if name in caveats]
    return Words(title, subtitle, " ".join([REAL_MEANS, GROUPS_NOTE, *dict.fromkeys(told), NOT_FAULT]))


def by_group(flows: Flows) -> Figure:
    """Bars of gains and losses, with the net, for everyone and each group."""
    words, found = group_figure_words(flows), flows.means()
    places, labels, headings = _rows_of(flows.labels)
    with house_style():
        figure, panels = panels_for([""], 0.235 * (places[-1] + 1.2), words, bottom=0.55, left=2.35, share=False)
        axes = panels[0]
        y = np.array(places)
        gain, lose = found.mean[:, GAINS], found.mean[:, LOSES]
        axes.barh(y, gain, color=BLUE, height=0.72, alpha=0.75)
        axes.barh(y, -lose, color=VERMILION, height=0.72, alpha=0.75)
        low, high = found.low[:, 4], found.high[:, 4]
        axes.hlines(y, low, high, color=INK, linewidth=1.5, zorder=4)
        axes.plot(found.mean[:, 4], y, "o", color=INK, markersize=4.5, zorder=5)
        axes.axvline(0.0, color=INK, linewidth=0.9)
        reach = (
            float(np.nanmax(np.concatenate([gain, high, [0.5]]))),
            float(np.nanmax(np.concatenate([lose, -low, [0.3]]))),
        )
        span = sum(reach)
        axes.set_xlim(-reach[1] - 0.07 * span, reach[0] + 0.07 * span)
        for row, place in enumerate(y):
            if np.isfinite(gain[row]):
                right = np.nanmax([gain[row], high[row], 0.0])
                left = np.nanmin([-lose[row], low[row], 0.0])
                axes.annotate(f"{gain[row]:.1f}", (right, place), xytext=(5, 0), textcoords="offset points", va="center",
                              fontsize=8.5, color=BLUE)  # fmt: skip
                axes.annotate(f"{lose[row]:.1f}", (left, place), xytext=(-5, 0), textcoords="offset points",
                              ha="right", va="center", fontsize=8.5, color=VERMILION)  # fmt: skip
        axes.set_ylim(places[-1] + 0.7, -0.9)
        axes.set_yticks(y, labels)
        axes.tick_params(axis="y", length=0, pad=10)
        for place, heading in headings:
            axes.annotate(
                heading, (0.0, place), xycoords=("axes fraction", "data"), xytext=(-150, 0), textcoords="offset points",
                va="center", ha="left", fontsize=8.8, color=GREY, fontweight="bold", annotation_clip=False,
            )  # fmt: skip
        axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
        for word, away, side in (("lose", -8, "right"), ("gain, of 100 eligible people", 8, "left")):
            axes.annotate(word, (0.0, 0.0), xycoords=("data", "axes fraction"), xytext=(away, -34), fontsize=9.5,
                          textcoords="offset points", ha=side, fontweight="bold",
                          color=VERMILION if side == "right" else BLUE, annotation_clip=False)  # fmt: skip
        axes.grid(axis="x", color="#EEEEEE", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines["left"].set_visible(False)
        return figure


def _rows_of(labels: Sequence[tuple[str, str]]) -> tuple[list[float], list[str], list[tuple[float, str]]]:
    """Places of the rows, their labels, and the headings of dimensions at their places."""
    places, names, headings, place, before = [], [], [], 0.0, "all"
    for dimension, label in labels:
        if dimension != before:
            place += 0.45
            headings.append((place, HEADINGS[dimension]))
            place += 1.0
        before = dimension
        places.append(place)
        names.append(group_words(dimension, label))
        place += 1.0
    return places, names, headings
