"""Figures of the practitioners' side: where a week's hours went, and who hands on to whom with what in the end.

Professions stand in panels of their own, so that a scenario is compared with a scenario and not a profession with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from persim.figure_frames import BLUE, INK, NOTE_SIZE, PALE, WIDTH, Words, height_of, house_style, panels_for
from persim.hand_offs import (
    DECLINED,
    ENDED_BEFORE,
    ENDED_WITHOUT,
    FATES,
    FULL,
    IN_USE,
    LOST,
    NO_OFFER,
    NOBODY,
    NOT_ARRIVED,
    ROLE,
    STILL_ON_THE_WAY,
)
from persim.practice_counts import PROFESSIONS, USE_WORDS, USES, WEEK_ROWS
from persim.practice_words import HAND_OFF_NOTE, NOT_A_RANKING, SENDER_WORDS, size_words
from persim.ribbons import ribbon, spread, tops_of
from persim.state import Profession
from persim.store import safe_name
from persim.text_table import broken

if TYPE_CHECKING:
    from persim.practice_view import Practice

# Use -> colour and hatch: the same in every figure.
USE_COLOURS = {
    "crisis": ("#D55E00", ""), "detained": ("#4D4D4D", ""), "cto": ("#CC79A7", ""), "unsettled": ("#E69F00", ""),
    "routine": ("#D9D9D9", ""), "reviews": ("#009E73", ""), "talk": ("#56B4E9", ""), "forms": ("#0072B2", ""),
    "amhp": ("white", "////"),
}  # fmt: skip
OVERTIME, SLIPPED, GATE = "#222222", "....", "#7A6F5D"
SOCIAL = ("reviews", "talk", "forms")
BAR, KEY = 0.3, 0.19  # inches
# What became of a hand-off, from the top of its figure, with its colour.
FATE_COLOURS = {
    IN_USE: BLUE, STILL_ON_THE_WAY: "#56B4E9", ENDED_WITHOUT: "#9BBFD6", DECLINED: "#CC79A7", NO_OFFER: "#B9B9B9",
    ROLE: "#D55E00", FULL: "#E69F00", NOBODY: "#F0C36D", LOST: "#4D4D4D", ENDED_BEFORE: "#8A8A8A", NOT_ARRIVED: "#DDDDDD",
}  # fmt: skip
SENDER_COLOUR, TAKER_COLOUR = "#7A6F5D", "#7A6F5D"
TALL, GAP, APART, NODE = 3.6, 0.16, 0.26, 0.16  # inches


def all_figures(found: Practice) -> list[tuple[str, Words, Figure]]:
    """Every figure: (file name, words, figure); hand-offs of each scenario on the same scale."""
    figures = [("hours", hours_words(found), hours_figure(found))]
    for number, name in enumerate(found.names):
        if found.hand_offs[number].any():
            figures.append(
                (f"hand_offs_{safe_name(name)}", hand_off_words(found, number), hand_off_figure(found, number))
            )
    return figures


# Hours


def hours_words(found: Practice) -> Words:
    """What stands around the figure of hours."""
    subtitle = (
        "Hours a week per post at work, from the top: all of them (line: the contract's hours for direct work); of these "
        "reviews and budgets, on a scale of their own; overtime within them, and contact hours that slipped. Last: how far the "
        f"time gate stood shut, with 95 % intervals. {size_words(found).replace(', 95 % intervals', '')}."
    )
    caveat = (
        f"{NOT_A_RANKING} AMHP duty, which only social workers have here, comes out of the same hours. Contacts are set by "
        "people's states. Administration, meetings and travel between are not shown."
    )
    return Words("Where a week's hours went", subtitle, caveat)


def hours_figure(found: Practice) -> Figure:
    """Stacked bars of hours: a column of panels for each profession, a bar for each scenario."""
    n = len(found.names)
    words, height = hours_words(found), BAR * (n + 0.8)
    titles = [f"{name.capitalize()}s" for name in PROFESSIONS] + [""] * 9
    labels = ["\n".join(broken(name, 24)) for name in found.names]
    level = [found.week_of(number) for number in range(n)]
    with house_style():
        figure, panels = panels_for(titles, height, words, bottom=0.56 + 2 * KEY, left=2.0, gap=0.42, share=False)
        for p in range(len(PROFESSIONS)):
            top, middle, apart, bottom = panels[p::3]
            means = np.array([one.mean[p] for one in level])
            _stack(top, means, USES, found.direct_hours)
            _stack(middle, means, SOCIAL)
            for number, hours in enumerate(found.direct_hours):
                top.plot([hours, hours], [number - 0.42, number + 0.42], color=INK, linewidth=1.6)
            _apart(apart, means[:, [WEEK_ROWS.index("overtime"), WEEK_ROWS.index("slipped")]])
            shut, rows = WEEK_ROWS.index("gate_shut"), np.arange(n)
            ends = [
                [100.0 * one[p, shut] for one in side] for side in ([m.low for m in level], [m.high for m in level])
            ]
            bottom.barh(rows, 100.0 * np.nan_to_num(means[:, shut]), color=GATE, height=0.62)
            known = np.isfinite(ends[0])  # one run has no interval, and an absent profession no share
            bottom.hlines(
                rows[known],
                np.maximum(ends[0], 0.0)[known],
                np.minimum(ends[1], 100.0)[known],
                color=INK,
                linewidth=1.3,
            )
        _scale(panels[:3], max(*found.direct_hours, _longest(panels[:3])), "all hours a week")
        _scale(panels[3:6], _longest(panels[3:6]), "hours for reviews, talking of budgets, forms")
        _scale(panels[6:9], 1.2 * _longest(panels[6:9]), "hours of overtime, and of contacts that slipped")
        _scale(panels[9:], _longest(panels[9:]), "time gate shut, % of weeks at work")
        for number, axes in enumerate(panels):
            axes.set_ylim(n - 0.4, -0.6)
            axes.set_yticks(range(n), labels if number % 3 == 0 else [""] * n)
            axes.tick_params(axis="y", length=0, labelsize=8.8)
            axes.grid(axis="x", color="#EEEEEE", linewidth=0.8)
            axes.set_axisbelow(True)
        _draw_key(figure, words)
        return figure


def _stack(axes: Axes, means: np.ndarray, uses: Sequence[str], clear_of: Sequence[float] = ()) -> None:
    """Bars of uses on top of each other, with their sum at the end, or beyond what it must be clear of."""
    left = np.zeros(len(means))
    for use in uses:
        colour, hatch = USE_COLOURS[use]
        values = np.nan_to_num(means[:, USES.index(use)])
        axes.barh(np.arange(len(means)), values, left=left, color=colour, hatch=hatch, height=0.62, linewidth=0.4,
                  edgecolor="#777777" if hatch else colour)  # fmt: skip
        left = left + values
    for row, end in enumerate(left):
        place = max(end, clear_of[row]) if len(clear_of) else end
        axes.annotate(f"{end:.1f}" if len(clear_of) else f"{end:.2f}", (place, row), xytext=(5, 0),
                      textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip


def _apart(axes: Axes, means: np.ndarray) -> None:
    """Overtime, and contact hours that slipped: shape (n_scenarios, 2)."""
    rows, (over, slipped) = np.arange(len(means)), np.nan_to_num(means).T
    axes.barh(rows, over, color=OVERTIME, height=0.62)
    axes.barh(rows, slipped, left=over, color="white", hatch=SLIPPED, edgecolor="#777777", linewidth=0.4, height=0.62)
    for row in rows:
        axes.annotate(f"{over[row]:.2f} + {slipped[row]:.2f}", (over[row] + slipped[row], row), xytext=(5, 0),
                      textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip


def _longest(panels: Sequence[Axes]) -> float:
    return max(0.01, *(axes.dataLim.xmax for axes in panels))


def _scale(panels: Sequence[Axes], longest: float, label: str) -> None:
    """The same axis for the panels of a row, its name under the middle one."""
    for number, axes in enumerate(panels):
        axes.set_xlim(0.0, 1.22 * longest)
        axes.locator_params(axis="x", nbins=5)
        axes.set_xlabel(label if number == 1 else "", fontsize=8.8)


def _draw_key(figure: Figure, words: Words) -> None:
    handles = [
        Patch(
            facecolor=colour, hatch=hatch, edgecolor="#777777" if hatch else colour, linewidth=0.4, label=USE_WORDS[use]
        )
        for use, (colour, hatch) in USE_COLOURS.items()
    ]
    handles += [
        Patch(facecolor=OVERTIME, label="Overtime"),
        Patch(facecolor="white", hatch=SLIPPED, edgecolor="#777777", linewidth=0.4, label="Contacts that slipped"),
    ]
    columns = -(-len(handles) // 2)
    y = (height_of(words.caveat) + 0.04) / figure.get_figheight()
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.25 / WIDTH, y), ncols=columns, fontsize=NOTE_SIZE + 0.8,
        frameon=False, handlelength=1.3, handletextpad=0.5, columnspacing=1.6, borderpad=0.0, borderaxespad=0.0,
        labelcolor="#444444",
    )  # fmt: skip


# Hand-offs


def hand_off_words(found: Practice, number: int) -> Words:
    """What stands around the figure of hand-offs of one scenario."""
    n = float(found.steps[number, :, 0].mean())
    subtitle = (
        f"{found.names[number]}: {n:.0f} hand-offs a year per 1,000 eligible people. Who sends, who is to take it, and what "
        f"came of it by the end of the run; numbers are a year per 1,000 eligible people. {size_words(found)}."
    ).replace(", 95 % intervals", "")
    return Words("Somebody else's job: who hands on to whom", subtitle, f"{NOT_A_RANKING} {HAND_OFF_NOTE}")


def hand_off_figure(found: Practice, number: int) -> Figure:
    """Ribbons from senders to takers to what came of it, in one scenario; the scale is that of all scenarios."""
    words, people = hand_off_words(found, number), found.hand_offs.mean(axis=1)
    scale = TALL / max(1e-9, float(people.sum(axis=(1, 2, 3)).max()))
    sent = people[number].sum(axis=2)  # (sender, taker)
    came = people[number].sum(axis=0)  # (taker, fate)
    senders = [profession for profession in Profession if sent[profession].any()]
    takers = [profession for profession in Profession if sent[:, profession].any()]
    fates = [fate for fate in FATE_COLOURS if came[:, fate].any()]
    columns = ((sent.sum(axis=1), senders), (sent.sum(axis=0), takers), (came.sum(axis=0), fates))
    total = scale * float(sent.sum())
    height = max(total + GAP * (max(len(used) for _, used in columns) - 1), APART * len(fates)) + 0.4
    with house_style():
        figure, panels = panels_for([""], height, words, bottom=0.2, left=0.35, share=False)
        axes = panels[0]
        width = WIDTH - 0.7
        axes.set_xlim(0.0, width)
        axes.set_ylim(height, 0.0)
        axes.axis("off")
        xs = (1.9, 4.7, width - 3.3)
        tops = [tops_of(sizes, used, scale, _gap(height, scale, sizes, used), 0.25) for sizes, used in columns]
        _ribbons(axes, sent, senders, takers, scale, tops[:2], (xs[0] + NODE, xs[1]), None)
        _ribbons(axes, came, takers, fates, scale, tops[1:], (xs[1] + NODE, xs[2]), FATE_COLOURS)
        _blocks(
            axes, xs[0], *columns[0], scale, tops[0], {code: SENDER_WORDS[Profession(code)] for code in senders}, "left"
        )
        _blocks(
            axes, xs[1], *columns[1], scale, tops[1], {code: SENDER_WORDS[Profession(code)] for code in takers}, "over"
        )
        _blocks(axes, xs[2], *columns[2], scale, tops[2], {fate: FATES[fate] for fate in fates}, "right")
        for x, text, side in zip(
            xs, ("sent by", "sent to", "what came of it"), ("right", "center", "left"), strict=True
        ):
            place = x + (NODE if side == "right" else NODE / 2 if side == "center" else 0.0)
            axes.text(place, -0.06, text, ha=side, va="bottom", fontsize=10.5, fontweight="bold")
        return figure


def _gap(height: float, scale: float, sizes: np.ndarray, used: Sequence[int]) -> float:
    """The gap between blocks with which a column fills the height."""
    room = height - 0.4 - scale * float(sum(sizes[code] for code in used))
    return room / (len(used) - 1) if len(used) > 1 else 0.0


def _ribbons(
    axes: Axes, people: np.ndarray, left_codes: Sequence[int], right_codes: Sequence[int], scale: float,
    tops: Sequence[dict[int, float]], ends: tuple[float, float], colours: dict[int, str] | None,
) -> None:  # fmt: skip
    left, right = dict(tops[0]), dict(tops[1])
    for one in left_codes:
        for other in right_codes:
            thick = scale * float(people[one, other])
            if thick > 0.0:
                colour = PALE if colours is None else colours[other]
                ribbon(axes, ends, (left[one], right[other]), thick, colour, 0.75 if colours is None else 0.5)
                left[one] += thick
                right[other] += thick


def _blocks(
    axes: Axes, x: float, sizes: np.ndarray, used: Sequence[int], scale: float, tops: dict[int, float],
    words: dict[int, str], side: str,
) -> None:  # fmt: skip
    middles = [tops[code] + scale * float(sizes[code]) / 2.0 for code in used]
    for code in used:
        colour = FATE_COLOURS[code] if side == "right" else SENDER_COLOUR
        axes.add_patch(
            Rectangle((x, tops[code]), NODE, max(scale * float(sizes[code]), 0.012), facecolor=colour, linewidth=0)
        )
    places = spread(middles, APART) if side != "over" else middles
    for code, middle, place in zip(used, middles, places, strict=True):
        size = f"{sizes[code]:.1f}" if sizes[code] >= 0.05 else "under 0.05"
        if side == "over":
            axes.text(x + NODE / 2, tops[code] - 0.04, f"{words[code]}  {size}", ha="center", va="bottom", fontsize=9.2,
                      bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.8})  # fmt: skip
            continue
        edge, away = (x, -0.14) if side == "left" else (x + NODE, 0.14)
        if abs(place - middle) > 0.02:
            axes.plot([edge, edge + 0.8 * away], [middle, place], color="#AAAAAA", linewidth=0.7)
        text = f"{words[code]}  {size}" if side == "left" else f"{size}  {words[code]}"
        strong = side == "right" and code == IN_USE
        axes.text(edge + away, place, text, ha="right" if side == "left" else "left", va="center", fontsize=9.2,
                  fontweight="bold" if strong else "normal", color=BLUE if strong else INK)  # fmt: skip
