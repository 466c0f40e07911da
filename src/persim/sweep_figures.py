"""The figures of a sweep over many worlds: what goes into each, and the words around it. Drawing is `persim.world_plots`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from persim.comparison_figures import titles_of
from persim.drawn_parts import DRAWN_CAVEAT
from persim.figure_frames import Words
from persim.intervals import means
from persim.number_words import unit_words
from persim.outcomes import HEADLINE
from persim.parameters import BY_NAME
from persim.parts_plots import two_parts_of_intervals
from persim.sweep_result import Sweep
from persim.sweep_words import WORLDS_CAVEAT, size_of
from persim.world_plots import along_factors, over_two_factors, spread_over_worlds
from persim.worlds import better_if, world_differences

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST_DRAWN = 14  # scenarios in a figure
MOST_APART = 3  # scenarios with a figure along factors of their own
MOST_FACTORS = 9
MOST_MEASURES = 9


def sweep_figures(sweep: Sweep, parts: pd.DataFrame | None = None) -> Iterator[tuple[str, Words, Figure]]:
    """(file name, words, figure), one after another; `parts`: of drawn worlds, as `persim.drawn_parts` has them."""
    measure = sweep.design.deciding_outcome
    outcome = sweep.measures[measure]
    values = sweep.values(measure)
    levels = means(values).mean
    found = world_differences(values)
    titles = titles_of(sweep.design.alternatives, sweep.names)
    caveat = " ".join(filter(None, (outcome.caveat, WORLDS_CAVEAT)))
    if found and parts is not None and all(not factor.values for factor in sweep.design.factors):
        yield two_parts_figure(sweep, parts, titles)
    if found:
        sign = -1.0 if better_if(measure) == "lower" else 1.0
        order = sorted(range(len(found)), key=lambda n: -_middle(sign * found[n].mean))[:MOST_DRAWN]
        words = Words(
            f"{outcome.label}: what changes, from world to world",
            f"Mean paired difference to “{titles[sweep.names[0]]}” in each world; {size_of(sweep)}. Dot or cross: one world "
            "(a cross goes the other way); ring: the middle world; line: nine of ten worlds.",
            caveat,
        )
        drawn = {titles[sweep.names[n + 1]]: found[n] for n in order}
        yield "worlds", words, spread_over_worlds(
            {t: d.mean for t, d in drawn.items()}, {t: d.better(measure) for t, d in drawn.items()}, outcome.unit, words
        )  # fmt: skip
        for rank, n in enumerate(order[:MOST_APART]):
            name = sweep.names[n + 1]
            words = Words(
                f"What the difference goes with: {titles[name]}",
                f"{outcome.label}, mean paired difference to “{titles[sweep.names[0]]}” in each world, against each varied "
                f"number; {size_of(sweep)}. Black: the middle of worlds with about that value. Cross: goes the other way.",
                caveat,
            )
            figure = along_factors(_columns(sweep), found[n].mean, found[n].better(measure), outcome.unit, words)
            yield f"factors-{rank + 1}", words, figure
    else:
        words = Words(
            f"{outcome.label}: what it goes with",
            f"Level in each world against each varied number; {size_of(sweep)}. Black: the middle of worlds with about that "
            "value.",
            caveat,
        )
        yield "factors-1", words, along_factors(_columns(sweep), levels[:, 0], None, outcome.unit, words)
    yield from _grids(sweep, levels[:, 0], caveat)


def two_parts_figure(sweep: Sweep, parts: pd.DataFrame, titles: dict[str, str]) -> tuple[str, Words, Figure]:
    """Differences over draws from a posterior sample, both parts of each interval."""
    measure = sweep.design.deciding_outcome
    wanted = [name for name in dict.fromkeys((measure, *HEADLINE)) if name in sweep.measures][:MOST_MEASURES]
    table = parts[(parts["reference"] != "") & parts["measure"].isin(wanted)].copy()
    place = {name: number for number, name in enumerate(wanted)}
    table = table.assign(place=table["measure"].map(place)).sort_values("place", kind="stable")
    words = Words(
        f"What changes, compared with “{titles[sweep.names[0]]}”, and what the doubt is made of",
        f"Mean paired differences, {size_of(sweep)}. Black line: 95 % interval with both kinds of doubt. Blue: what is not known "
        "of the numbers, with its share of the variance; the rest is chance. Pale: nine of ten single runs.",
        " ".join(filter(None, (sweep.measures[measure].caveat, DRAWN_CAVEAT))),
    )
    others = {name: titles[name] for name in sweep.names[1 : MOST_DRAWN + 1]}
    return "two_parts", words, two_parts_of_intervals(table, others, words)


def _middle(values: np.ndarray) -> float:
    """The middle one of those that are there; the least of all numbers if none is."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else -np.inf


def _columns(sweep: Sweep) -> dict[str, np.ndarray]:
    worlds = sweep.design.worlds
    factors = sweep.design.factors[:MOST_FACTORS]
    return {_label(factor.parameter): worlds[:, place] for place, factor in enumerate(factors)}


def _label(parameter: str) -> str:
    words = parameter.replace("_", " ")
    unit = BY_NAME[parameter].unit
    return f"{words[0].upper()}{words[1:]}" + ("" if unit in ("0-1", "0 or 1", "") else f", {unit}")


def _grids(sweep: Sweep, levels: np.ndarray, caveat: str) -> Iterator[tuple[str, Words, Figure]]:
    """The reference's level over a grid of two or three listed numbers."""
    design = sweep.design
    if not 2 <= len(design.factors) <= 3 or not all(factor.values for factor in design.factors):
        return
    outcome = sweep.measures[design.deciding_outcome]
    sizes = [len(factor.values) for factor in design.factors]
    if max(sizes) > 9:
        return
    shape = levels.reshape(sizes)
    first, second, *third = design.factors
    tables = {"": shape}
    if third:
        called = _label(third[0].parameter)
        tables = {f"{called} {value:g}": shape[:, :, place] for place, value in enumerate(third[0].values)}
    words = Words(
        f"{outcome.label} in {sweep.names[0]}",
        f"Mean level in each world, {unit_words(outcome.unit)}; {size_of(sweep)}. Darker is more.",
        caveat,
    )
    labels = (_label(first.parameter), _label(second.parameter))
    yield "grid", words, over_two_factors(tables, first.values, second.values, labels, outcome.unit, words)
