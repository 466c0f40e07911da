"""A sweep whose worlds were drawn from a posterior sample: every number with an interval that holds two kinds of doubt.

What is not known of the model's numbers, and chance, told apart by `persim.two_parts`, for levels and differences.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from persim.errors import InputError
from persim.number_words import MINUS, difference_words, level_words, share_of_worlds, shown
from persim.sweep_result import Sweep
from persim.two_parts import TwoParts, two_parts

if TYPE_CHECKING:
    import pandas as pd

PARTS_COLUMNS = (
    "alternative", "reference", "measure", "label", "unit", "mean", "low", "high", "numbers_sd", "chance_se",
    "numbers_share", "chance_share", "run_low", "run_high", "n_draws", "n_runs", "in_words", "caveat",
)  # fmt: skip
DRAWN_CAVEAT = (
    "Intervals hold what is not known of the numbers, as the posterior sample has it, and chance; two_parts.csv tells them "
    "apart. They do not hold doubt about the model itself, nor about numbers that the sample does not vary."
)
NO_PARTS = "one run in each draw: what is not known of the numbers and chance cannot be told apart"


def parts_table(sweep: Sweep, measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Levels (reference empty) and paired differences over drawn worlds: `PARTS_COLUMNS`, after listed numbers if any.

    Where the design crosses draws with listed values, each of their combinations has rows of its own.

    Args:
        measures: these only, and not all.
    Raises: InputError if the sweep's worlds are not drawn from a posterior sample, or a measure is not kept.
    """
    import pandas as pd

    design = sweep.design
    if not design.drawn:
        raise InputError(f"{sweep.folder}: its worlds are not drawn from a posterior sample")
    blocks = sweep.measure_blocks() if measures is None else [(list(measures), sweep.columns(measures))]
    listed = [factor for factor in design.factors if factor.values]
    grid = list(itertools.product(*(factor.values for factor in listed)))
    rows = []
    for names, block in blocks:
        draws = block.reshape(sweep.replicates, len(grid), -1, len(sweep.names), len(names))
        for place, measure in enumerate(names):
            for setting, numbers in enumerate(grid):
                found = _rows(sweep, measure, draws[:, setting, :, :, place])
                rows += [(*numbers, *row) for row in found]
    table = pd.DataFrame(rows, columns=[*(factor.parameter for factor in listed), *PARTS_COLUMNS])
    order = {name: place for place, name in enumerate(sweep.names)}
    keys = pd.DataFrame({"kind": table["reference"] != "", "alternative": table["alternative"].map(order)})
    return table.loc[keys.sort_values(["kind", "alternative"], kind="stable").index].reset_index(drop=True)


def _rows(sweep: Sweep, measure: str, values: np.ndarray) -> list[tuple[object, ...]]:
    """Rows of one measure, from values of shape (replicates, n_draws, n_alternatives)."""
    reference, outcome = sweep.names[0], sweep.measures[measure]
    start = (measure, outcome.label, outcome.unit)
    found = [(name, "", *start, values[..., place]) for place, name in enumerate(sweep.names)]
    found += [
        (name, reference, *start, values[..., place + 1] - values[..., 0]) for place, name in enumerate(sweep.names[1:])
    ]
    rows = []
    for *said, some in found:
        p = two_parts(some)
        rows.append((
            *said, p.mean, p.low, p.high, p.numbers_sd, p.chance_se, p.numbers_share, 1.0 - p.numbers_share, p.run_low,
            p.run_high, p.n_draws, p.n_runs, doubt_words(p), outcome.caveat,
        ))  # fmt: skip
    return rows


def doubt_words(parts: TwoParts) -> str:
    """What an interval's doubt is made of: shares of its variance."""
    if not math.isfinite(parts.low):
        return "no interval"
    if parts.n_runs < 2:
        return NO_PARTS
    if not math.isfinite(parts.numbers_share):
        return "no doubt: all runs are the same"
    if parts.numbers_share == 0.0:
        return "all is chance as far as can be told: only more draws and runs show what is not known about the numbers"
    numbers, chance = share_of_worlds(parts.numbers_share), share_of_worlds(1.0 - parts.numbers_share)
    return f"{numbers} is what we do not know about the numbers, {chance} chance: more draws and runs narrow only the second"


def parts_sentences(sweep: Sweep, parts: pd.DataFrame, best: str) -> list[str]:
    """The deciding outcome of one alternative: its size with both kinds of doubt, and what the doubt is made of."""
    own = parts[(parts["measure"] == sweep.design.deciding_outcome) & (parts["alternative"] == best)]
    row = own[own["reference"] != ""].iloc[0] if len(sweep.names) > 1 else own.iloc[0]
    unit, label, way = str(row["unit"]), str(row["label"]), shown(str(row["unit"]))
    size = (unit, float(row["mean"]), float(row["low"]), float(row["high"]))
    if row["reference"]:
        changes = f"{difference_words(*size)} {way.of_difference} against {row['reference']}"
        said = f"With {best}, {label[0].lower()}{label[1:]} changes by {changes}"
    else:
        low, high = (level_words(unit, end) for end in size[2:])
        said = f"{label} in {best} is {level_words(unit, size[1])} ({low} to {high})"
    runs = f"{row['n_runs']:,} runs" if row["n_runs"] > 1 else "one run"
    ends = run_words(unit, float(row["run_low"]), float(row["run_high"]), bool(row["reference"]))
    return [
        f"{said}, over {row['n_draws']:,} draws of the numbers with {runs} each (95 % interval, both kinds of doubt).",
        f"Of this doubt, {row['in_words']}. A single place of {sweep.design.n_users:,} people may see {ends} (nine of ten runs).",
    ]


def run_words(unit: str, low: float, high: float, signed: bool) -> str:
    """Between what single runs lie: +0.4 to +6.2, or 2.1 % to 9.4 %."""
    if not signed:
        return f"{level_words(unit, low)} to {level_words(unit, high)}"
    way = shown(unit)
    digits = 3 if way.factor == 1.0 and max(abs(low), abs(high)) < 1.0 else 1
    return " to ".join(_signed(way.factor * end, digits) for end in (low, high))


def _signed(value: float, digits: int) -> str:
    text = f"{abs(value):,.{digits}f}"
    return text if float(text.replace(",", "")) == 0.0 else f"{'+' if value > 0 else MINUS}{text}"


def parts_lines(sweep: Sweep, parts: pd.DataFrame, most: int = 12) -> list[str]:
    """The deciding outcome of every alternative, as lines of text."""
    own = parts[parts["measure"] == sweep.design.deciding_outcome]
    unit = str(own["unit"].iloc[0])
    levels = own[own["reference"] == ""].set_index("alternative")
    told = own[own["reference"] != ""].set_index("alternative")
    lines = [
        f"{'':<36}{'level':>9}{'difference (95 % interval)':>30}{'of it numbers':>15}{'chance':>9}{'nine of ten runs':>20}"
    ]
    for name in sweep.names[: most + 1]:
        line = f"{name[:35]:<36}{level_words(unit, float(levels.loc[name, 'mean'])):>9}"  # type: ignore[arg-type]
        if name in told.index:
            row = told.loc[name].to_dict()
            size = difference_words(unit, float(row["mean"]), float(row["low"]), float(row["high"]))
            shares = (share_of_worlds(float(row[kind])) for kind in ("numbers_share", "chance_share"))
            ends = run_words(unit, float(row["run_low"]), float(row["run_high"]), signed=True)
            line += "{:>30}{:>15}{:>9}{:>20}".format(size, *shares, ends)
        lines.append(line.rstrip())
    if len(sweep.names) > most + 1:
        lines.append(f"and {len(sweep.names) - most - 1} more scenarios in two_parts.csv")
    if len(sweep.names) > 1:
        lines.append(
            f"Differences to {sweep.names[0]}, {shown(unit).of_difference}. Shares are of the interval's variance: what is not "
            "known of the numbers, and chance."
        )
    return lines
