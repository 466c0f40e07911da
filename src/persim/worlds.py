"""Scenarios over many worlds: how often one beats another, by how much, and where it does not.

Tables of a `persim.sweep_result.Sweep` in which numbers are varied. A world's difference is the mean of its paired runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from persim.discovery import CAVEAT, Discovery, can_discover, condition_words, discover, discovery_sentence
from persim.gaps_and_costs import DERIVED
from persim.intervals import means, paired, quantiles
from persim.outcomes import HEADLINE, Outcome
from persim.parameters import BY_NAME
from persim.sweep_result import Sweep

if TYPE_CHECKING:
    import pandas as pd

ACROSS_COLUMNS = (
    "alternative", "reference", "measure", "label", "unit", "mean", "p5", "p50", "p95", "better_if", "share_better",
    "share_clearly_better", "n_worlds", "replicates", "caveat",
)  # fmt: skip
FAIL_COLUMNS = (
    "alternative", "reference", "measure", "n_worlds", "failing", "conditions", "coverage", "density",
    "coverage_held_out", "density_held_out", "sentence", "caveat",
)  # fmt: skip
# Where fewer, shorter or less is what people want; where neither is, nothing is called better: declining is a choice, and
# what is reported need not change a life.
BETTER_IF_LOWER = frozenset({
    "wait_weeks", "left_process", "refused", "passed_on", "plan_without_person", "relabelled_take_up",
    "notional_take_up", "reality_gap", "never_had_opportunity", "forms_hours_year", "forms_hours_per_start", "hours_forms",
    "overtime", "displaced", "crises", "admissions", "cto_recalls", "cost_forms", "cost_levers", "cost_per_real_budget",
})  # fmt: skip
BETTER_IF_HIGHER = frozenset({
    "real_take_up", "real_take_up_strict", "real_during_year", "informed", "opportunities", "offers",
    "offers_per_opportunity", "starts", "plan_involvement", "involved_in_care", "support_without_budget",
    "social_contact", "control_felt", "quality_of_life", "localities_on_target", "people_with_real_budget",
    "order_informed", "rights_informed", "involvement_making", "involvement_review", "involvement_gain",
    "conditions_negotiated",
})  # fmt: skip
NO_DIFFERENCE = 1e-9  # below it, a mean of differences is rounding


def better_if(measure: str) -> str:
    """Which way is good: "higher", "lower", or "" where neither is better in itself."""
    return "higher" if measure in BETTER_IF_HIGHER else "lower" if measure in BETTER_IF_LOWER else ""


@dataclass(frozen=True)
class WorldDifferences:
    """Of one scenario against the reference, in every world: mean paired difference and its 95 % interval, (n_worlds,)."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n_pairs: np.ndarray

    def better(self, measure: str) -> np.ndarray:
        """In which worlds the difference goes the good way; all False where neither way is better."""
        side = {"higher": 1.0, "lower": -1.0, "": 0.0}[better_if(measure)]
        return np.nan_to_num(self.mean * side) > NO_DIFFERENCE

    def clearly_better(self, measure: str) -> np.ndarray:
        """In which worlds even the interval's worse end goes the good way."""
        way = better_if(measure)
        worse = self.low if way == "higher" else -self.high
        return np.nan_to_num(worse, nan=-1.0) > NO_DIFFERENCE if way else np.zeros(len(self.mean), bool)


def world_differences(values: np.ndarray) -> list[WorldDifferences]:
    """One entry per scenario but the first, from values of shape (replicates, n_worlds, n_alternatives)."""
    found = []
    for other in range(1, values.shape[2]):
        d = paired(values[..., 0], values[..., other])
        found.append(WorldDifferences(d.mean, d.low, d.high, d.n))
    return found


def across_worlds(sweep: Sweep) -> pd.DataFrame:
    """Every measure over worlds: levels (reference empty) and differences to the reference, `ACROSS_COLUMNS`.

    `mean` is over the `n_worlds` that have the figure; 5, 50 and 95 % of them lie below p5, p50 and p95. `share_better` is
    the share of worlds whose mean difference goes the good way, `share_clearly_better` of those in which the interval does.
    """
    import pandas as pd

    rows = []
    for names, block in sweep.measure_blocks():
        for place, measure in enumerate(names):
            values, outcome = block[..., place], sweep.measures[measure]
            level = means(values).mean
            for number, name in enumerate(sweep.names):
                rows.append(_across(sweep, name, "", measure, outcome, level[:, number], None))
            for name, found in zip(sweep.names[1:], world_differences(values), strict=True):
                rows.append(_across(sweep, name, sweep.names[0], measure, outcome, found.mean, found))
    table = pd.DataFrame(rows, columns=list(ACROSS_COLUMNS))
    order = {name: place for place, name in enumerate(sweep.names)}
    kinds = {name: place for place, name in enumerate(_ordered(sweep.measures))}
    keys = pd.DataFrame({
        "measure": table["measure"].map(kinds), "kind": table["reference"] != "", "alternative": table["alternative"].map(order),
    })  # fmt: skip
    return table.loc[keys.sort_values(["kind", "measure", "alternative"], kind="stable").index].reset_index(drop=True)


def _ordered(measures: dict[str, Outcome]) -> list[str]:
    first = [name for name in HEADLINE if name in measures]
    return list(dict.fromkeys([*first, *measures]))


def _across(
    sweep: Sweep, name: str, reference: str, measure: str, outcome: Outcome, of_worlds: np.ndarray,
    found: WorldDifferences | None,
) -> tuple[object, ...]:  # fmt: skip
    there = of_worlds[~np.isnan(of_worlds)]
    mean = float(there.mean()) if len(there) else np.nan
    low, middle, high = (
        (float(q[0]) for q in quantiles(of_worlds[:, None], (0.05, 0.5, 0.95))) if len(there) else (np.nan,) * 3
    )
    way = better_if(measure)
    shares = (np.nan, np.nan)
    if found is not None and way and len(there):
        shares = (
            float(found.better(measure).sum() / len(there)),
            float(found.clearly_better(measure).sum() / len(there)) if sweep.replicates > 1 else np.nan,
        )
    return (
        name, reference, measure, outcome.label, outcome.unit, mean, low, middle, high, way, *shares, len(there),
        sweep.replicates, outcome.caveat,
    )  # fmt: skip


def worlds_table(sweep: Sweep, measures: Sequence[str]) -> pd.DataFrame:
    """One row for each world, scenario and measure: world, varied numbers, alternative, measure, value, difference, ..."""
    import pandas as pd

    design = sweep.design
    numbers = {factor.parameter: design.worlds[:, place] for place, factor in enumerate(design.factors)}
    tables = []
    for measure in measures:
        values = sweep.values(measure)
        level, found = means(values).mean, world_differences(values)
        for number, name in enumerate(sweep.names):
            d = found[number - 1] if number else None
            nothing = np.full(design.n_worlds, np.nan)
            tables.append(pd.DataFrame({
                "world": np.arange(design.n_worlds), **numbers, "alternative": name, "measure": measure,
                "value": level[:, number], "difference": d.mean if d else nothing, "low": d.low if d else nothing,
                "high": d.high if d else nothing, "n_pairs": d.n_pairs if d else np.zeros(design.n_worlds, np.int64),
            }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def told_measures(sweep: Sweep) -> list[str]:
    """The measures kept world by world: the deciding one, the headline, what was asked for, gaps and cost."""
    wanted = [sweep.design.deciding_outcome, *HEADLINE, *sweep.content["asked_outcomes"], *DERIVED]
    return [name for name in dict.fromkeys(wanted) if name in sweep.measures]


def where_it_fails(sweep: Sweep) -> list[tuple[str, Discovery]]:
    """For each scenario but the first: in which worlds it does no better in the deciding outcome; a tie is no better.

    Empty if scikit-learn, which finds the conditions, is not installed.
    """
    import pandas as pd

    if not can_discover():
        return []
    measure, design = sweep.design.deciding_outcome, sweep.design
    names = [factor.parameter for factor in design.factors]
    factors = pd.DataFrame(design.worlds, columns=pd.Index(names))
    labels = {name: name.replace("_", " ") for name in names}
    units = {name: BY_NAME[name].unit for name in names}
    found = []
    for name, differences in zip(sweep.names[1:], world_differences(sweep.values(measure)), strict=True):
        there = ~np.isnan(differences.mean)
        if better_if(measure) and there.any():
            failing = ~differences.better(measure)[there]
            if np.all(np.abs(differences.mean[there]) <= NO_DIFFERENCE):
                found.append(
                    (name, Discovery(int(there.sum()), int(failing.sum()), (), "no difference", labels, units))
                )
                continue
            found.append((name, discover(factors[there].reset_index(drop=True), failing, labels, units)))
    return found


def fail_sentence(sweep: Sweep, name: str, found: Discovery, clearly: float = math.nan) -> str:
    """In what share of worlds a scenario beats the first (`clearly`: beyond chance), and where it fails.

    An interval goes with it only where worlds were drawn at random: a grid is all there is of itself, and Sobol' points and
    Latin hypercubes are no independent draws.
    """
    sample = sweep.design.sample
    at_random = sample is not None and sample.method == "random"
    return discovery_sentence(found, name, sweep.names[0], interval=at_random, clearly=clearly)


def fails_table(sweep: Sweep, found: Sequence[tuple[str, Discovery]]) -> pd.DataFrame:
    """Boxes of worlds in which a scenario fails, one a row (a row without a box where there is none): `FAIL_COLUMNS`."""
    import pandas as pd

    rows = []
    for name, one in found:
        start = (name, sweep.names[0], sweep.design.deciding_outcome, one.n_worlds, one.n_failing)
        sentence = fail_sentence(sweep, name, one)
        for box in one.boxes:
            conditions = " and ".join(condition_words(each, one.labels, one.units) for each in box.conditions)
            figures = (box.coverage, box.density, box.held_out_coverage, box.held_out_density)
            rows.append((*start, conditions, *figures, sentence, CAVEAT))
        if not one.boxes:
            rows.append((*start, "", *(np.nan,) * 4, sentence, CAVEAT))
    return pd.DataFrame(rows, columns=list(FAIL_COLUMNS))
