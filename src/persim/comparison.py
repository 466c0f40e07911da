"""The result of a comparison: scenarios beside each other, with paired differences to the first, as tidy tables.

Arrays hold one row per scenario and one column per number of `persim.reduction.Reduction`; tables are made when asked
for. How runs are made stands in `persim.compare`, how a comparison reads in words in `persim.comparison_words`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from persim import comparison_tables as tables
from persim import decision_tables as decisions
from persim.experiment import Failure
from persim.gaps_and_costs import DERIVED, GAPS
from persim.intervals import Differences, Means, Ratio, extra_cost_per_gain
from persim.outcomes import Outcome
from persim.reduction import SMALL, Reduction, Rows, Waits
from persim.scenario import Scenario
from persim.state import Barrier
from persim.study_size import StudySize, study_size

if TYPE_CHECKING:
    import pandas as pd

EXTRA_COST_LABEL = "Extra cost per extra real budget, a year"
SUMMARY_COLUMNS = (
    "scenario", "measure", "label", "unit", "mean", "low", "high", "sd", "p5", "p95", "n_runs", "people", "small",
    "meaning", "caveat",
)  # fmt: skip
DIFFERENCE_COLUMNS = (
    "scenario", "reference", "measure", "label", "unit", "difference", "low", "high", "n_pairs", "correlation",
    "worth_pairs", "people", "small", "note", "caveat",
)  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """One number of one scenario: its level, and its paired difference to the reference (None for the reference)."""

    mean: float
    low: float
    high: float
    n: int
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    n_pairs: int | None = None
    correlation: float | None = None
    worth: float | None = None


def columns_of(reduction: Reduction) -> dict[str, int]:
    """The column of each measure for everyone: chosen outcomes, then gaps and costs."""
    window, shape = reduction.sections["window"]
    derived, _ = reduction.sections["derived"]
    places = {outcome.name: window + number * shape[1] for number, outcome in enumerate(reduction.outcomes)}
    return places | {name: derived + number for number, name in enumerate(DERIVED)}


@dataclass(frozen=True)
class Comparison:
    """Scenarios compared with the first of them, run by run with the same luck.

    Attributes:
        scenarios: what was run. names: what they are called here, each once. seed: of replicate 0; replicate r has
        `seed + r`. reduction: which weeks, outcomes and groups. levels, differences: over runs, arrays of shape
        (n_scenarios, n_columns) and (n_scenarios - 1, n_columns). spread: the 5 % and 95 % quantiles of runs.
        failures: runs that raised. notes: what a reader has to know, in words. wait_counts: one a scenario. spool:
        every run's numbers, on disk.
    """

    scenarios: tuple[Scenario, ...]
    names: tuple[str, ...]
    replicates: int
    seed: int
    reduction: Reduction
    levels: Means
    spread: tuple[np.ndarray, np.ndarray]
    differences: Differences
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    wait_counts: tuple[Waits, ...] = field(repr=False)
    spool: Rows = field(repr=False)
    options: dict[str, object] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The scenario that the others are compared with."""
        return self.names[0]

    @property
    def n_users(self) -> int:
        """People under the Trust in a run."""
        return self.scenarios[0].n_users

    @property
    def measures(self) -> dict[str, Outcome]:
        """Everything reported for everyone, by name: chosen outcomes, then gaps and costs."""
        return {outcome.name: outcome for outcome in self.reduction.outcomes} | DERIVED

    @cached_property
    def place(self) -> dict[str, int]:
        """The column of each measure for everyone."""
        return columns_of(self.reduction)

    def estimate(self, measure: str, scenario: int | str) -> Estimate:
        """One measure of one scenario for everyone, with its difference to the reference."""
        number = self.names.index(scenario) if isinstance(scenario, str) else scenario
        return self._estimate(number, self.place[measure])

    def _estimate(self, scenario: int, column: int) -> Estimate:
        levels, differences = self.levels, self.differences
        own = (
            float(levels.mean[scenario, column]),
            float(levels.low[scenario, column]),
            float(levels.high[scenario, column]),
        )
        n = int(levels.n[scenario, column])
        if scenario == 0:
            return Estimate(*own, n)
        at = (scenario - 1, column)
        gained = (float(differences.mean[at]), float(differences.low[at]), float(differences.high[at]))
        return Estimate(
            *own, n, *gained, int(differences.n[at]), float(differences.correlation[at]), float(differences.worth[at])
        )

    def people_behind(self, measure: str) -> float:
        """People a measure rests on in one run: the fewest over scenarios; NaN if it is not about people."""
        gaps = [gap.name for gap in GAPS]
        if measure in gaps:
            counts = self.reduction.part("gap_people", self.levels.mean)[:, gaps.index(measure)]
        elif measure in DERIVED:
            return float("nan")
        else:
            number = [outcome.name for outcome in self.reduction.outcomes].index(measure)
            counts = self.reduction.part("people", self.levels.mean)[:, number, 0]
        return float(np.nanmin(counts)) if np.any(~np.isnan(counts)) else float("nan")

    def values(self, measure: str, scenario: int | str) -> np.ndarray:
        """A measure for everyone in every run of a scenario, shape (replicates,); NaN for a run that failed."""
        number = self.names.index(scenario) if isinstance(scenario, str) else scenario
        column = self.place[measure]
        rows = range(number, self.replicates * len(self.names), len(self.names))
        return np.array([self.spool.read(row, column, column + 1)[0] for row in rows])

    def rows(self, part: str, scenario: int) -> np.ndarray:
        """One part of `Reduction.sections` in every run of a scenario, shape (replicates, numbers of the part)."""
        start, shape = self.reduction.sections[part]
        rows = range(scenario, self.replicates * len(self.names), len(self.names))
        columns = range(start, start + int(np.prod(shape)))  # one by one: rows of a sweep are kept by column
        return np.array([[self.spool.read(row, column, column + 1)[0] for row in rows] for column in columns]).T

    @cached_property
    def extra_cost(self) -> tuple[Ratio, ...]:
        """For every scenario but the first: extra cost a year per extra person with a real budget."""
        pairs = (decisions.gains_and_costs(self, number) for number in range(1, len(self.names)))
        return tuple(extra_cost_per_gain(cost, gain) for gain, cost in pairs)

    def barrier_shares(self, scenario: int) -> dict[str, tuple[float, float]]:
        """Barrier -> shares of weeks without a real budget: closed first, and would have closed."""
        found = {}
        for barrier in Barrier:
            name = barrier.name.lower()
            first, anyway = (
                float(self.levels.mean[scenario, self.place[f"weeks_{kind}_{name}"]]) for kind in ("first", "any")
            )
            found[name] = (first, anyway)
        return found

    def study(self, scenario: int) -> StudySize:
        """How large a real study would have to be to see this scenario's difference in felt control (persons, teams)."""
        both = self.reduction.part("variance", self.levels.mean)[[0, scenario]]
        known = both[~np.isnan(both).any(axis=1)]
        within, between, size = (float(value) for value in known.mean(axis=0)) if len(known) else (math.nan,) * 3
        difference = self.estimate("control_felt", scenario).difference
        return study_size(math.nan if difference is None else difference, within, between, size)

    # The tables -----------------------------------------------------------------------------------------------------

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Levels for everyone, of every scenario and measure: `SUMMARY_COLUMNS`."""
        import pandas as pd

        rows = []
        for number, name in enumerate(self.names):
            for measure, outcome in self.measures.items():
                column, behind = self.place[measure], self.people_behind(measure)
                rows.append((
                    name, measure, outcome.label, outcome.unit, *self.level(number, column), behind, behind < SMALL,
                    outcome.meaning, outcome.caveat,
                ))  # fmt: skip
        return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))

    def level(self, scenario: int, column: int) -> tuple[float, ...]:
        """Mean, low, high, standard deviation, 5 % and 95 % quantile, and number of runs of a column."""
        at = (scenario, column)
        of_runs = (self.levels.sd[at], self.spread[0][at], self.spread[1][at], self.levels.n[at])
        return (self.levels.mean[at], self.levels.low[at], self.levels.high[at], *of_runs)

    @cached_property
    def paired_differences(self) -> pd.DataFrame:
        """Paired differences for everyone, of every scenario but the first: `DIFFERENCE_COLUMNS`."""
        import pandas as pd

        rows = []
        for number in range(1, len(self.names)):
            for measure, outcome in self.measures.items():
                behind = self.people_behind(measure)
                rows.append((
                    self.names[number], self.reference, measure, outcome.label, outcome.unit,
                    *self.difference(number, self.place[measure]), behind, behind < SMALL, "", outcome.caveat,
                ))  # fmt: skip
            ratio = self.extra_cost[number - 1]
            rows.append((
                self.names[number], self.reference, "extra_cost_per_extra_real_budget", EXTRA_COST_LABEL, "GBP",
                ratio.value, ratio.low, ratio.high, self.replicates, np.nan, np.nan, np.nan, False, ratio.why_not,
                DERIVED["cost_per_real_budget"].caveat,
            ))  # fmt: skip
        return pd.DataFrame(rows, columns=list(DIFFERENCE_COLUMNS))

    def difference(self, scenario: int, column: int) -> tuple[float, ...]:
        """Mean, low, high, number of pairs, correlation and worth of a column's paired difference."""
        at, d = (scenario - 1, column), self.differences
        return (d.mean[at], d.low[at], d.high[at], d.n[at], d.correlation[at], d.worth[at])

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Levels and differences by group: `GROUP_COLUMNS`."""
        return tables.groups_table(self)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Outcomes over time: which, when, mean with interval, nine of ten runs, difference with interval."""
        return tables.series_table(self)

    @cached_property
    def barriers(self) -> pd.DataFrame:
        """Weeks without a real budget by barrier: scenario, barrier, label, choice, first, ..., would_close, ..."""
        return tables.barriers_table(self)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """From eligible to real, at the end of the run; `kept_from_last` is the share of the step before."""
        return tables.steps_table(self)

    @cached_property
    def waits(self) -> pd.DataFrame:
        """How long each stage of the pathway lasts in each scenario, people still waiting included, all runs together.

        Columns as `persim.people.waits_table` has them; `waiting` is the share still there after so many weeks.
        """
        return tables.waits_table(self)

    @cached_property
    def decomposition(self) -> pd.DataFrame:
        """Each scenario's difference in real take-up by stage of the way: `persim.decision_tables.PART_COLUMNS`."""
        return decisions.parts_table(self)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """What the council, the NHS and people pay, a year: `persim.decision_tables.COST_COLUMNS`."""
        return decisions.costs_table(self)

    def run_parts(self) -> Iterator[pd.DataFrame]:
        """Every run's own values over the window, long, a few runs at a time."""
        return tables.run_tables(self)
