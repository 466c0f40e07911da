"""The figures of a calibration: marginals against priors, pairs, the fit of each target, the shrinking space, the ridge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from persim.calibration.space import Axis, quantiles
from persim.calibration.tables import INTERVAL, NOT_INFORMED, Calibrated, rows_of
from persim.calibration.words import signed
from persim.figure_frames import BLUE, GREY, INK, PALE, SKY, VERMILION, Words, house_style, panels_for

MOST_IN_PAIRS = 6
BINS = 24
ROW = 0.36  # inches
DOTS = 600


def figures(found: Calibrated) -> Iterator[tuple[str, Words, Figure]]:
    """Name, words and figure, one after another."""
    made = (("marginals", _marginals), ("predictive", _predictive), ("space_left", _space_left), ("pairs", _pairs))
    for name, draw in made:
        if name != "pairs" or len(found.last.names) > 1:
            yield name, *draw(found)
    if len(found.last.names) > 1:
        yield "ridge", *_ridge(found)


def _axes_of(found: Calibrated) -> dict[str, Axis]:
    return {axis.name: axis for stage in found.plan.stages for axis in stage.space.axes}


def _marginals(found: Calibrated) -> tuple[Words, Figure]:
    """A panel for each parameter: the prior as a line, the posterior as bars."""
    last, axes_of = found.last, _axes_of(found)
    words = Words(
        "What the targets say of each parameter",
        f"Bars: posterior ({len(found.kept):,} weighted draws). Dashed line: prior. Dot: posterior mean, with the 90 % interval.",
        f"Parameters whose spread falls by less than {100 * NOT_INFORMED:.0f} % are marked as not informed.",
    )
    table = found.parameters.set_index("parameter")
    titles = [
        f"{name}" + ("" if table.loc[name, "informed"] else " (not informed)") for name in last.names
    ]  # fmt: skip
    with house_style():
        figure, panels = panels_for(titles, 1.15, words, bottom=0.3, share=False, gap=0.55)
        for panel, name in zip(panels, last.names, strict=True):
            _marginal(panel, axes_of[name], last.draws[:, last.names.index(name)], last.weights)
        return words, figure


def _marginal(panel: Axes, axis: Axis, values: np.ndarray, weights: np.ndarray) -> None:
    edges = np.geomspace(axis.low, axis.high, BINS + 1) if axis.log else np.linspace(axis.low, axis.high, BINS + 1)
    heights, _ = np.histogram(values, edges, weights=weights)
    panel.bar(edges[:-1], heights * BINS, np.diff(edges), align="edge", color=SKY, linewidth=0)
    panel.plot([axis.low, axis.high], [1.0, 1.0], color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
    low, _, high = quantiles(values, weights, INTERVAL)
    top = 1.12 * max(1.0, float(heights.max()) * BINS)
    panel.plot([low, high], [top, top], color=BLUE, linewidth=2.0, solid_capstyle="butt")
    panel.plot([weights @ values], [top], "o", color=BLUE, markersize=5)
    panel.set_ylim(0.0, 1.1 * top)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    _scaled(panel, axis, "x")


def _scaled(panel: Axes, axis: Axis, side: str) -> None:
    """A side of a panel over the whole prior, with ticks that can be read."""
    if axis.log:
        getattr(panel, f"set_{side}scale")("log")
        ticks = np.geomspace(axis.low, axis.high, 4)
    else:
        ticks = np.linspace(axis.low, axis.high, 4)
    getattr(panel, f"set_{side}ticks")(ticks, [f"{tick:.2g}" for tick in ticks])
    getattr(panel, f"set_{side}lim")(axis.low, axis.high)
    panel.minorticks_off()


def _predictive(found: Calibrated) -> tuple[Words, Figure]:
    """Prior and posterior predictive against each target, in errors of observation."""
    words = Words(
        "How well the calibrated model meets what it was fitted to",
        "Distance from the published figure in errors of observation: grey before (prior), blue after; lines hold 90 %.",
        "These figures were used for fitting, so agreement is no test. The chance of single runs is taken out after.",
    )
    table = found.targets
    places = np.arange(len(table))
    with house_style():
        figure, (panel,) = panels_for([""], ROW * (len(table) + 1.5), words, bottom=0.55, left=4.1, share=False)
        panel.axvspan(-2.0, 2.0, color="#EEF3F7", zorder=0)
        panel.axvline(0.0, color="#999999", linewidth=0.9)
        limit = 8.0
        for place, row in zip(places, rows_of(table), strict=True):
            for low, middle, high, color, shift in (
                (row.prior_p5, row.prior_median, row.prior_p95, GREY, 0.16), (row.p5, row.median, row.p95, BLUE, -0.16),
            ):  # fmt: skip
                ends = [(float(value) - row.observed) / row.sd for value in (low, middle, high)]
                panel.plot(np.clip([ends[0], ends[2]], -limit, limit), [place + shift] * 2, color=color, linewidth=2.2)
                if abs(ends[1]) <= limit:
                    panel.plot([ends[1]], [place + shift], "s" if color == GREY else "o", color=color, markersize=5)
        labels = [f"{row.quantity} ({row.target})" for row in rows_of(table)]
        panel.set_yticks(places, labels)
        panel.set_ylim(len(table) - 0.4, -0.6)
        panel.set_xlim(-limit - 0.2, limit + 0.2)
        panel.set_xlabel(f"errors of observation (cut at {limit:g})", fontsize=8.5)
        panel.tick_params(axis="y", length=0)
        return words, figure


def _space_left(found: Calibrated) -> tuple[Words, Figure]:
    """The share of the space that is left after each wave, one panel a stage."""
    words = Words(
        "How far history matching cuts the space",
        "Share of the prior space that is not ruled out, wave by wave, on a scale of factors of ten.",
        "Ruled out: the emulator is sure that some target would be missed by more than the cut. What is left is weighed by runs.",
    )
    shares = [[1.0, *(wave.share for wave in stage.history.waves)] for stage in found.stages]
    least = min(min(values) for values in shares)
    with house_style():
        titles = [f"{stage.stage.name}: {stage.stage.space.n} parameters" for stage in found.stages]
        figure, panels = panels_for(titles, 2.3, words, bottom=0.5, share=False, left=0.8)
        for panel, values in zip(panels, shares, strict=True):
            panel.plot(range(len(values)), values, "o-", color=BLUE, linewidth=1.8)
            for place, value in enumerate(values):
                text = f"{100.0 * value:.3g} %"
                panel.annotate(
                    text, (place, value), (7, 5), textcoords="offset points", ha="left", fontsize=8.5, color=INK
                )
            panel.set_yscale("log")
            panel.set_ylim(least / 3.0, 4.0)
            panel.set_xlim(-0.3, len(values) - 0.4)
            decades = 10.0 ** np.arange(np.floor(np.log10(least / 3.0)) + 1.0, 1.0)
            panel.set_yticks(decades, [f"{100.0 * share:g} %" for share in decades])
            panel.set_xticks(range(len(values)), ["prior", *(f"wave {n}" for n in range(1, len(values)))])
            panel.minorticks_off()
        return words, figure


def _pairs(found: Calibrated) -> tuple[Words, Figure]:
    """The main parameters against each other: those of the strongest correlations, then the best informed."""
    last, axes_of = found.last, _axes_of(found)
    names = _main(found)
    rows = _dots(found)
    n = len(names)
    words = Words(
        "The main parameters, two by two",
        "Dots: draws of the posterior sample. On the diagonal: each by itself, bars the posterior, the dashed line the prior.",
        "Axes are the whole prior. A slanted cloud is a ridge: along it the fit stays the same.",
    )
    correlation = {frozenset((row.one, row.other)): row.correlation for row in rows_of(found.correlations)}
    with house_style():
        figure, _ = panels_for([""], 1.5 * n, words, bottom=0.45, left=0.9, share=False)
        box = figure.axes[0].get_position()
        figure.axes[0].remove()
        grid = figure.add_gridspec(
            n, n, left=box.x0, right=box.x1, bottom=box.y0, top=box.y1, wspace=0.12, hspace=0.12
        ).subplots(squeeze=False)
        for i, below in enumerate(names):
            for j, across in enumerate(names):
                panel = grid[i, j]
                if j > i:
                    panel.set_axis_off()
                    r = correlation[frozenset((below, across))]
                    panel.text(
                        0.5,
                        0.5,
                        signed(r, 2),
                        ha="center",
                        va="center",
                        fontsize=8 + 8 * abs(r),
                        transform=panel.transAxes,
                    )
                    continue
                column = last.draws[:, last.names.index(across)]
                if i == j:
                    _marginal(panel, axes_of[across], column, last.weights)
                else:
                    _cloud(
                        panel, column[rows], last.draws[rows, last.names.index(below)], axes_of[across], axes_of[below]
                    )
                panel.tick_params(labelbottom=i == n - 1, labelleft=j == 0 and i > 0, labelsize=7)
                _inwards(panel)
                if i == n - 1:
                    panel.set_xlabel(across, fontsize=8)
                if j == 0:
                    panel.set_ylabel(below, fontsize=8)
        figure.align_ylabels(grid[:, 0])
        return words, figure


def _inwards(panel: Axes) -> None:
    """The first and last tick labels of both sides stay within the panel, clear of those of its neighbours."""
    for axis, ends in ((panel.xaxis, ("left", "right")), (panel.yaxis, ("bottom", "top"))):
        labels = axis.get_ticklabels()
        for label, end in zip((labels[0], labels[-1]) if labels else (), ends, strict=False):
            label.set(**{"ha" if axis is panel.xaxis else "va": end})


def _cloud(panel: Axes, x: np.ndarray, y: np.ndarray, across: Axis, below: Axis, size: float = 3.0) -> None:
    panel.plot(x, y, "o", color=BLUE, markersize=size, alpha=0.4, markeredgewidth=0)
    _scaled(panel, across, "x")
    _scaled(panel, below, "y")


def _main(found: Calibrated) -> list[str]:
    names: list[str] = []
    for row in rows_of(found.correlations.head(3)):
        names += [name for name in (str(row.one), str(row.other)) if name not in names]
    best = found.parameters.sort_values("shrinkage", ascending=False)["parameter"]
    names += [name for name in best if name not in names]
    order = list(found.last.names)
    return sorted(names[:MOST_IN_PAIRS], key=order.index)


def _dots(found: Calibrated) -> np.ndarray:
    """Rows of draws in proportion to their weights, each at most as often as it weighs; those shown as dots."""
    from persim.calibration.space import luck, systematic

    return systematic(found.last.weights, min(DOTS, len(found.kept)), luck(found.plan.seed, 991))


def _ridge(found: Calibrated) -> tuple[Words, Figure]:
    """The two parameters that stand in for each other most, in colours of the prior and the posterior."""
    last, axes_of = found.last, _axes_of(found)
    row = rows_of(found.correlations)[0]
    one, other = str(row.one), str(row.other)
    words = Words(
        f"{one} and {other}: what these targets cannot tell apart",
        f"Dots: draws of the posterior sample over the whole prior space. Correlation {signed(float(row.correlation), 2)}.",
        "Points along a slanted cloud fit the targets equally well; another kind of evidence would have to choose among them.",
    )
    rows = _dots(found)
    with house_style():
        figure, (panel,) = panels_for([""], 4.2, words, bottom=0.55, left=0.9, share=False)
        x, y = (last.draws[:, last.names.index(name)] for name in (one, other))
        _cloud(panel, x[rows], y[rows], axes_of[one], axes_of[other], 5.0)
        centre = found.parameters.set_index("parameter")["centre"]
        panel.plot([centre[one]], [centre[other]], "D", color=VERMILION, markersize=7, label="centre of the sample")
        panel.grid(color=PALE, linewidth=0.6)
        panel.set_xlabel(one)
        panel.set_ylabel(other)
        panel.legend(frameon=False, fontsize=8.5, loc="upper right")
        return words, figure
