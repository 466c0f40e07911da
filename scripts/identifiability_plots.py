"""Figures of the page on what can be known: coverage, ranks, the ridge, what further data would tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from scipy.stats import beta

from persim.calibration.recovery import bands
from persim.figure_frames import BLUE, GREY, INK, PALE, SKY, VERMILION, Words, house_style, panels_for

Row = Mapping[str, Any]
ROW = 0.27  # inches
LEFT = 2.3
DIVERGING = LinearSegmentedColormap.from_list("persim-signs", [VERMILION, "#FFFFFF", BLUE])
BLUES = LinearSegmentedColormap.from_list("persim-blues", ["#FFFFFF", SKY, BLUE])


def named(name: str) -> str:
    """A parameter as it is read."""
    return name.replace("_", " ").replace("cto ", "CTO ")


def coverage(stages: Mapping[str, Row], cases: int, words: Words) -> Figure:
    """Share of 90 % intervals that hold the truth, with its exact binomial interval; grey: 85 to 95 %."""
    n = max(len(stage["recovery"]["names"]) for stage in stages.values())
    with house_style():
        figure, panels = panels_for(
            [f"Stage {named(name)}" for name in stages],
            ROW * (n + 1),
            words,
            bottom=0.6,
            left=LEFT,
            gap=1.6,
            share=False,
        )
        for axes, stage in zip(panels, stages.values(), strict=True):
            names, shares = stage["recovery"]["names"], np.array(stage["recovery"]["coverage"])
            axes.axvspan(85, 95, color=PALE, zorder=0)
            axes.axvline(90, color=GREY, linewidth=1.0, zorder=1)
            for place, share in enumerate(shares):
                hits = round(share * cases)
                low = float(beta.ppf(0.025, hits, cases - hits + 1)) if hits else 0.0
                high = float(beta.ppf(0.975, hits + 1, cases - hits)) if hits < cases else 1.0
                axes.plot([100 * low, 100 * high], [place, place], color=BLUE, linewidth=1.6, zorder=2)
                axes.plot(100 * share, place, "o", color=BLUE, markersize=6, zorder=3)
            axes.set_yticks(range(len(names)), [named(name) for name in names])
            axes.set_ylim(n - 0.4, -0.6)
            axes.tick_params(axis="y", length=0)
            axes.set_xlim(70, 100)
            axes.set_xlabel("% of cases")
        return figure


def ranks(stage: Row, cases: int, words: Words) -> Figure:
    """Share of truths below each rank less what is even, one panel a parameter, within bands for all places at once."""
    names = stage["recovery"]["names"]
    places, low, high = bands(cases)
    with house_style():
        figure, panels = panels_for([named(name) for name in names], 1.25, words, bottom=0.6, left=0.75, gap=0.5)
        for axes, own, chance in zip(
            panels, np.array(stage["recovery"]["ranks"]).T, stage["recovery"]["even"], strict=True
        ):
            axes.fill_between(places, low - places, high - places, color=PALE, linewidth=0)
            axes.axhline(0.0, color=GREY, linewidth=0.8)
            below = (own[:, None] <= places).mean(axis=0)
            axes.step(places, below - places, where="post", color=BLUE, linewidth=1.5)
            axes.text(
                0.98, 0.93, f"p = {chance:.2f}", transform=axes.transAxes, ha="right", va="top", fontsize=8, color=INK
            )
            axes.set_ylim(-0.24, 0.24)
            axes.set_xlim(0.0, 1.0)
        for axes in panels[-3:]:
            axes.set_xlabel("rank of the truth")
        return figure


def ridge(stage: Row, pair: Sequence[str], figure_for: tuple[float, float], words: Words) -> Figure:
    """Left: the figure over two parameters, the others held. Middle: their draws. Right: partial correlations of all.

    Args:
        figure_for: the published figure and its error of observation, as shares.
    """
    posterior = stage["posterior"]
    names = [axis["name"] for axis in stage["parameters"]]
    places = [names.index(one) for one in pair]
    titles = ["Reported take-up, %, all others at their means", "Draws of the posterior", "Partial correlations"]
    with house_style():
        figure, panels = panels_for(titles, 3.0, words, bottom=1.15, left=0.8, gap=0.4, share=False)
        axes = [stage["parameters"][place] for place in places]
        ends = [np.linspace(axis["low"], axis["high"], len(posterior["surface"])) for axis in axes]
        _surface(panels[0], ends, 100.0 * np.array(posterior["surface"]), 100.0 * np.array(figure_for))
        draws = np.array(posterior["sample"])
        values = [
            axis["low"] + (axis["high"] - axis["low"]) * draws[:, at] for axis, at in zip(axes, places, strict=True)
        ]
        panels[1].plot(*values, "o", color=BLUE, alpha=0.35, markersize=3.5, markeredgewidth=0)
        for one in panels[:2]:
            one.set(xlim=(axes[0]["low"], axes[0]["high"]), ylim=(axes[1]["low"], axes[1]["high"]))
            one.set_xlabel(named(pair[0]))
        panels[0].set_ylabel(named(pair[1]))
        panels[1].tick_params(labelleft=False)
        _matrix(panels[2], np.array(posterior["partial"]), names)
        for panel, left, narrower in zip(panels, (0.0, -0.02, 0.03), (0.02, 0.02, 0.025), strict=True):
            box = panel.get_position()
            panel.set_position((box.x0 + left, box.y0, box.width - narrower, box.height))
        return figure


def _surface(axes: Any, ends: Sequence[np.ndarray], values: np.ndarray, figure_for: np.ndarray) -> None:
    """Lines of the same take-up; grey where it lies within one error of the published figure."""
    value, error = figure_for
    axes.contourf(*ends, values, levels=[value - error, value + error], colors=[PALE])
    lines = axes.contour(*ends, values, levels=np.arange(2, 60, 2), colors=BLUE, linewidths=0.9)
    axes.clabel(lines, fmt="%g", fontsize=7.5)
    axes.contour(*ends, values, levels=[value], colors=VERMILION, linewidths=2.2)


def _matrix(axes: Any, values: np.ndarray, names: Sequence[str]) -> None:
    shown = np.where(np.tri(len(names), k=-1, dtype=bool), values, np.nan)[1:, :-1]
    axes.imshow(shown, cmap=DIVERGING, vmin=-1, vmax=1, aspect="auto")
    for row in range(len(shown)):
        for column in range(row + 1):
            text = f"{shown[row, column]:.2f}".replace("-", "\N{MINUS SIGN}")
            dark = abs(shown[row, column]) > 0.6
            axes.text(column, row, text, ha="center", va="center", fontsize=6.5, color="white" if dark else INK)
    axes.set_xticks(range(len(names) - 1), [named(name) for name in names[:-1]], rotation=35, ha="right")
    axes.set_yticks(range(len(names) - 1), [named(name) for name in names[1:]])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def further(stage: Row, words: Words) -> Figure:
    """Expected shrinkage of every parameter and of the ridge by each datum, in %, the best for the ridge first."""
    asked = stage["posterior"]["asked"]
    names = [axis["name"] for axis in stage["parameters"]]
    order = np.argsort(asked["ridge"], kind="stable")
    values = 100.0 * (1.0 - np.column_stack([asked["ridge"], asked["left"]]))[order]
    errors = 100.0 * np.column_stack([asked["ridge_se"], asked["left_se"]])[order]
    with house_style():
        figure, (axes,) = panels_for(
            [""], 0.27 * len(order), words, bottom=0.95, left=LEFT + 0.85, gap=0.3, share=False
        )  # fmt: skip
        axes.imshow(values, cmap=BLUES, vmin=0.0, vmax=max(40.0, float(values.max())), aspect="auto")
        for row in range(values.shape[0]):
            for column in range(values.shape[1]):
                value, sure = values[row, column], values[row, column] > 2.0 * errors[row, column]
                text = f"{value:.0f}" if sure and value >= 1.0 else "·"
                axes.text(
                    column, row, text, ha="center", va="center", fontsize=8.5, color="white" if value > 30 else INK
                )
        axes.axvline(0.5, color=INK, linewidth=1.2)
        labels = ["along the ridge", *(named(name) for name in names)]
        axes.set_xticks(range(len(labels)), labels, rotation=25, ha="right")
        axes.set_yticks(range(len(order)), [f"{asked['names'][one]} (n = {asked['n'][one]})" for one in order])
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return figure
