"""Figures of evidence: every target beside the model in errors of observation, and every comparison of the patterns.

Each row stands on a scale of its own, so that figures of all units fit one picture; numbers in their units stand beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from persim.evidence.drawn import HeldDrawn
from persim.evidence.effects import Effect, PatternEffect
from persim.evidence.held import Held, HeldTarget
from persim.evidence.words import HOW_NEAR, HOW_SHOWN, effect_words, figure_words, number_words
from persim.figure_frames import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PALE,
    VERMILION,
    WIDTH,
    Words,
    fold,
    house_style,
    panels_for,
)

ROW = 0.34  # inches
FAR = 6.0  # errors of observation; what lies further is drawn at the edge, with an arrow
LABELS, NUMBERS = 4.3, 3.0  # inches left and right of the panel
LOOKS = {
    "meets": (GREEN, "o"), "near": (BLUE, "s"), "misses": (VERMILION, "X"), "no base": (GREY, "x"),
    "shown": (GREEN, "o"), "not shown": (GREY, "s"), "opposite": (VERMILION, "X"),
}  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """A heading (without `look`) or a drawn row; `beside` is a second point, with its interval, above the first."""

    label: str
    numbers: str = ""
    look: str = ""
    band: tuple[float, float] = (0.0, 0.0)
    point: float = np.nan
    interval: tuple[float, float] = (np.nan, np.nan)
    spread: tuple[float, float] = (np.nan, np.nan)
    beside: tuple[float, float, float] | None = None


def target_words(held: Held) -> Words:
    """What stands around the figure of targets."""
    doubt = "draws of the posterior" if held.draws else "runs"
    subtitle = (
        f"Errors of observation from the published figure (0); band: the plausible range. {len(held.seeds)} {doubt} of "
        f"{held.scenario.n_users:,} people: mean, its 95 % interval (thick), nine of ten {doubt} (thin)."
    )
    return Words(f"Published figures beside {held.scenario.name}", subtitle, HOW_NEAR)


def target_figure(held: Held) -> Figure:
    """One row a target: observed range against simulated interval."""
    lines: list[_Line] = []
    for use in ("calibration", "validation", "specification"):
        own = [one for one in held.targets if one.target.use == use]
        lines += [_Line(use.capitalize()), *(_target_line(one) for one in own)] if own else []
    looks = ("meets", "near", "misses")
    return _drawn(target_words(held), lines, FAR, "errors of observation from the published figure", looks)


def drawn_target_words(held: HeldDrawn) -> Words:
    """What stands around the figure of targets over draws."""
    subtitle = (
        f"Errors of observation from the published figure (0); band: the plausible range. {held.draws} draws with "
        f"{len(held.seeds)} runs each of {held.scenario.n_users:,} people: mean, its 95 % interval with doubt about numbers and "
        f"chance (thick), nine of ten runs (thin). Grey: {len(held.usual.seeds)} runs at the defaults, chance only."
    )
    return Words(f"Published figures beside {held.scenario.name}, over draws of the posterior", subtitle, HOW_NEAR)


def drawn_figure(held: HeldDrawn) -> Figure:
    """One row a target: observed range against the interval over draws, and that at the defaults."""
    lines: list[_Line] = []
    for use in ("calibration", "validation", "specification"):
        own = [one for one in held.targets if one.target.use == use]
        lines += [_Line(use.capitalize())] if own else []
        for one in own:
            usual = _target_line(one.usual)
            lines.append(replace(_target_line(one.over), beside=(usual.point, *usual.interval)))
    looks = ("meets", "near", "misses")
    return _drawn(drawn_target_words(held), lines, FAR, "errors of observation from the published figure", looks)


def _target_line(one: HeldTarget) -> _Line:
    target = one.target
    zero = target.high if target.value is None else target.value
    low = -10.0 * FAR if target.value is None else (target.low - zero) / target.sd

    def placed(value: float) -> float:
        return (value - zero) / target.sd

    return _Line(
        f"{target.id}  {target.quantity}", f"{figure_words(target)}; simulated {number_words(one.mean, target.unit)}",
        one.verdict, (low, placed(target.high)), placed(one.mean), (placed(one.low), placed(one.high)),
        (placed(one.spread[0]), placed(one.spread[1])),
    )  # fmt: skip


def pattern_words(n_seeds: int, n_users: int) -> Words:
    """What stands around the figure of patterns."""
    subtitle = (
        f"Effects with 95 % intervals of {n_seeds} pairs of runs of {n_users:,} people, each row on its own scale. Right of 0: "
        "as foretold. Where no effect is foretold, the band is the smallest effect of interest."
    )
    return Words("Directions of effect that the model should show", subtitle, HOW_SHOWN)


def pattern_figure(found: Sequence[PatternEffect], n_seeds: int, n_users: int) -> Figure:
    """One row a comparison, below the pattern that it belongs to."""
    lines: list[_Line] = []
    for one in found:
        lines.append(_Line(f"{one.pattern.id}  {one.pattern.quantity}: {one.verdict}"))
        lines += [_effect_line(effect) for effect in one.effects]
    looks = ("shown", "not shown", "opposite")
    return _drawn(
        pattern_words(n_seeds, n_users), lines, 1.15, "as foretold: right of 0; each row on its own scale", looks
    )


def _effect_line(effect: Effect) -> _Line:
    smallest, sign = effect.contrast.smallest, effect.contrast.sign or 1
    largest = max((abs(end) for end in (effect.low, effect.high, 2.0 * smallest) if np.isfinite(end)), default=0.0)
    scale = sign / largest if largest else 1.0
    ends = sorted((scale * effect.low, scale * effect.high))
    band = (-abs(scale) * smallest, abs(scale) * smallest) if effect.contrast.sign == 0 else (0.0, 0.0)
    return _Line(
        effect.contrast.name, effect_words(effect), effect.verdict, band, scale * effect.mean, (ends[0], ends[1])
    )


def _drawn(words: Words, lines: Sequence[_Line], far: float, axis: str, looks: Sequence[str]) -> Figure:
    with house_style():
        figure, (axes, *_) = panels_for([""], ROW * len(lines), words, bottom=0.95, left=LABELS, share=False)
        right = 1.0 - NUMBERS / WIDTH
        figure.subplots_adjust(right=right)
        for number, line in enumerate(lines):
            _draw_line(axes, number, line, far)
        axes.axvline(0.0, color=INK, linewidth=0.9, zorder=1)
        axes.set(xlim=(-far, far), ylim=(len(lines) - 0.4, -0.7), yticks=[])
        axes.set_xlabel(axis, fontsize=8.5)
        axes.spines["left"].set_visible(False)
        _key(figure, axes, looks)
    return figure


def _draw_line(axes: Axes, number: int, line: _Line, far: float) -> None:
    across = axes.get_yaxis_transform()
    inches = WIDTH - LABELS - NUMBERS
    if not line.look:
        axes.text(
            -(LABELS - 0.25) / inches,
            number,
            line.label,
            transform=across,
            fontsize=8.6,
            fontweight="bold",
            va="center",
        )
        return
    axes.text(
        -(LABELS - 0.4) / inches,
        number,
        fold(line.label, 74),
        transform=across,
        fontsize=7.6,
        va="center",
        linespacing=0.95,
    )
    axes.text(
        1.03,
        number,
        fold(line.numbers, 46),
        transform=across,
        fontsize=7.6,
        va="center",
        color="#444444",
        linespacing=0.95,
    )
    _draw_marks(axes, number, line, far)


def _draw_marks(axes: Axes, number: int, line: _Line, far: float) -> None:
    """Band, spread, interval and point of a row, and what stands beside them."""
    colour, marker = LOOKS[line.look]
    low, high = (float(np.clip(end, -far, far)) for end in line.band)
    axes.add_patch(Rectangle((low, number - 0.33), high - low, 0.66, facecolor=PALE, edgecolor="none", zorder=0))
    axes.plot(line.spread, (number, number), color=colour, linewidth=1.0, zorder=2)
    axes.plot(line.interval, (number, number), color=colour, linewidth=3.2, solid_capstyle="butt", zorder=3)
    if abs(line.point) > far:
        edge = float(np.sign(line.point)) * far * 0.985
        axes.plot(
            [edge], [number], marker=">" if edge > 0 else "<", color=colour, markersize=7, zorder=4, clip_on=False
        )
    else:
        axes.plot(
            [line.point], [number], marker=marker, color=colour, markersize=6.5, markeredgecolor="white", zorder=4
        )
    if line.beside is not None and abs(line.beside[0]) <= far:
        axes.plot(line.beside[1:], (number - 0.24,) * 2, color=GREY, linewidth=2.0, solid_capstyle="butt", zorder=3)
        axes.plot([line.beside[0]], [number - 0.24], marker="D", color=GREY, markersize=4, zorder=4)


def _key(figure: Figure, axes: Axes, looks: Sequence[str]) -> None:
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=LOOKS[look][0], marker=LOOKS[look][1], linewidth=2.5, markeredgecolor="white", label=look)
        for look in looks
    ]
    handles.append(
        Patch(facecolor=PALE, label="plausible range" if "meets" in looks else "smallest effect of interest")
    )
    below = -0.5 / axes.get_position().height / figure.get_figheight()
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, below), ncols=4, fontsize=7.6, frameon=False)
