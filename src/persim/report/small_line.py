"""A small life line as an inline SVG: one lane for each life, its height the way to a budget, marks for what happened.

Height and marks carry the meaning; colour only repeats it. Drawn narrow, so that its words can be read on a telephone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np

from persim.flag_places import Flag
from persim.policy import monday_of
from persim.state import MentalState, Place, Stage

WIDTH, SIDE = 300.0, 4.0
LANE, HEAD, GAP, FOOT, TOP = 15.0, 23.0, 10.0, 13.0, 11.0
BLUE, SKY, PALE, VERMILION, GREY, INK = "#0072B2", "#9CCBE8", "#DCE9F3", "#B84700", "#7A8290", "#1D2430"
HEIGHTS = {"none": 1.6, "way": 6.0, "use": 11.0, "real": LANE}
COLOURS = {"none": GREY, "way": SKY, "use": PALE, "real": BLUE}
KEY = (
    ("none", "not on the way"), ("way", "on the way"), ("use", "a budget in use, not real"), ("real", "a real budget"),
    ("hospital", "in crisis or in hospital"), ("gate", "budgets not raised"), ("person", "the person's choice"),
    ("budget", "a step on the way"),
)  # fmt: skip


@dataclass(frozen=True)
class LifeLane:
    """One life: its name, the record at the end of each week (dtype USER), and what happened."""

    name: str
    states: np.ndarray
    flags: Sequence[Flag]


def small_line(lanes: Sequence[LifeLane], start_week: int, parting_week: int | None, label: str) -> str:
    """The drawing.

    Args:
        start_week: calendar week of the first record. parting_week: where the lives part; None if they do not.
        label: what a screen reader says instead.
    """
    n_weeks = len(lanes[0].states)
    each, top = HEAD + LANE + GAP, 0.0 if parting_week is None else TOP
    height = top + each * len(lanes) + FOOT
    across = (WIDTH - 2 * SIDE) / n_weeks
    parts = []
    if parting_week is not None:
        parts += _parting(SIDE + (parting_week - start_week) * across, height - FOOT)
    for number, lane in enumerate(lanes):
        parts += _lane(lane, top + number * each, start_week, across)
    parts += _years(start_week, n_weeks, across, top + each * len(lanes))
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escape(label)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def swatch(kind: str) -> str:
    """A sign of the key."""
    if kind in HEIGHTS:
        own = HEIGHTS[kind]
        inside = _bar(0.0, 18.0, LANE - own + 0.5, own, COLOURS[kind], kind == "use")
    elif kind == "hospital":
        inside = _bar(0.0, 18.0, 6.0, 3.0, INK)
    else:
        inside = _mark(9.0, 8.0, kind)
    return f'<svg viewBox="0 0 18 16" width="18" height="16" aria-hidden="true" focusable="false">{inside}</svg>'


def kinds_of(states: np.ndarray) -> np.ndarray:
    """The way to a budget at the end of each week: none, way, use or real; nothing where the person is discharged."""
    in_use = states["pathway_stage"] == Stage.IN_USE
    agreed = (states["plan_agreed"] == 1) & ((states["amount_known"] == 1) | (states["can_vary"] == 1))
    real = in_use & agreed & (states["one_off"] == 0)
    away = states["place"] == Place.AWAY
    on_the_way = states["pathway_stage"] != Stage.OUTSIDE
    return np.select([away, real, in_use, on_the_way], ["", "real", "use", "way"], "none")


def _parting(x: float, floor: float) -> list[str]:
    """A line through both lives, with its words over them."""
    anchor, shift = ("end", -3.0) if x > WIDTH / 2 else ("start", 3.0)
    line = f'<path d="M{x:.1f} 2V{floor:.1f}" stroke="{VERMILION}" stroke-width="1.2" stroke-dasharray="4 2.5"/>'
    return [line, _text(x + shift, 9.0, "they part", VERMILION, anchor, bold=True)]


def _lane(lane: LifeLane, top: float, start_week: int, across: float) -> list[str]:
    floor = top + HEAD + LANE
    parts = [
        _text(SIDE, top + 9.0, lane.name if len(lane.name) < 42 else f"{lane.name[:40]}…", INK, "start", bold=True)
    ]
    for first, stop, kind in _spans(kinds_of(lane.states)):
        if kind:
            own = HEIGHTS[kind]
            x, width = SIDE + first * across, (stop - first) * across
            parts.append(_bar(x, width, floor - own, own, COLOURS[kind], kind == "use"))
    unwell = (lane.states["mental_state"] >= MentalState.CRISIS) & (lane.states["place"] != Place.AWAY)
    for first, stop, held in _spans(unwell):
        if held:
            parts.append(_bar(SIDE + first * across, (stop - first) * across, floor + 2.0, 2.6, INK))
    for flag in lane.flags:
        if flag.whose != "care":
            parts.append(_mark(SIDE + (flag.week - start_week + 0.5) * across, top + 17.0, flag.whose))
    return parts


def _spans(values: np.ndarray) -> list[tuple[int, int, Any]]:
    edges = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    return [(first, stop, values[first]) for first, stop in pairwise(edges)]


def _years(start_week: int, n_weeks: int, across: float, top: float) -> list[str]:
    parts = []
    first, last = monday_of(start_week), monday_of(start_week + n_weeks)
    for year in range(first.year, last.year + 1):
        week = max(0.0, (date(year, 1, 1) - first).days / 7.0)
        until = min(float(n_weeks), (date(year + 1, 1, 1) - first).days / 7.0)
        x = SIDE + week * across
        if week > 0.0:
            parts.append(f'<path d="M{x:.1f} {top - 4:.1f}v5" stroke="{GREY}" stroke-width=".7"/>')
        if (until - week) * across > 22.0:
            parts.append(_text(x + 2.0, top + 8.0, str(year), "#4A5464", "start"))
    parts.append(f'<path d="M{SIDE} {top - 4:.1f}H{WIDTH - SIDE}" stroke="{GREY}" stroke-width=".7"/>')
    return parts


def _bar(x: float, width: float, y: float, height: float, colour: str, edged: bool = False) -> str:
    edge = f' stroke="{BLUE}" stroke-width=".7"' if edged else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.6):.1f}" height="{height:.1f}" fill="{colour}"{edge}/>'


def _mark(x: float, y: float, whose: str) -> str:
    if whose == "gate":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.7" fill="#fff" stroke="{VERMILION}" stroke-width="1.3"/>'
    if whose == "person":
        return f'<path d="M{x - 3.2:.1f} {y + 2.8:.1f}h6.4l-3.2-6z" fill="{BLUE}"/>'
    return f'<rect x="{x - 2.4:.1f}" y="{y - 2.4:.1f}" width="4.8" height="4.8" fill="#007A5A"/>'


def _text(x: float, y: float, words: str, colour: str, anchor: str, bold: bool = False) -> str:
    weight = ' font-weight="700" paint-order="stroke" stroke="#fff" stroke-width="3"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="9.2" fill="{colour}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'
