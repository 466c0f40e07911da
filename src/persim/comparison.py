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

from persim.experiment import Failure
from persim.gaps_and_costs import DERIVED, GAPS
from persim.intervals import Differences, Means, Ratio, extra_cost_per_gain
from persim.outcomes import BARRIER_LABELS, BY_NAME, GROUP_CAVEATS, Outcome
from persim.people import survival
from persim.policy import monday_of
from persim.reduction import SMALL, STEPS, Reduction, Waits
from persim.scenario import Scenario
from persim.state import Barrier
from persim.store import Spool
from persim.study_size import StudySize, study_size

if TYPE_CHECKING:
    import pandas as pd

RUNS_IN_A_PART = 64
EXTRA_COST_LABEL = "Extra cost per extra real budget, a year"
SUMMARY_COLUMNS = (
    "scenario", "measure", "label", "unit", "mean", "low", "high", "sd", "p5", "p95", "n_runs", "people", "small",
    "meaning", "caveat",
)  # fmt: skip
DIFFERENCE_COLUMNS = (
    "scenario", "reference", "measure", "label", "unit", "difference", "low", "high", "n_pairs", "correlation",
    "worth_pairs", "people", "small", "note", "caveat",
)  # fmt: skip
GROUP_COLUMNS = (
    "scenario", "dimension", "group", "outcome", "label", "unit", "mean", "low", "high", "difference",
    "difference_low", "difference_high", "n_pairs", "people", "small", "caveat",
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
    spool: Spool = field(repr=False)
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
    def _place(self) -> dict[str, int]:
        window, shape = self.reduction.sections["window"]
        derived, _ = self.reduction.sections["derived"]
        places = {outcome.name: window + number * shape[1] for number, outcome in enumerate(self.reduction.outcomes)}
        return places | {name: derived + number for number, name in enumerate(DERIVED)}

    def estimate(self, measure: str, scenario: int | str) -> Estimate:
        """One measure of one scenario for everyone, with its difference to the reference."""
        number = self.names.index(scenario) if isinstance(scenario, str) else scenario
        return self._estimate(number, self._place[measure])

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
        column = self._place[measure]
        rows = range(number, self.replicates * len(self.names), len(self.names))
        return np.array([self.spool.read(row, column, column + 1)[0] for row in rows])

    @cached_property
    def extra_cost(self) -> tuple[Ratio, ...]:
        """For every scenario but the first: extra cost a year per extra person with a real budget."""
        cost, gain = self.values("cost_net_year", 0), self.values("people_with_real_budget", 0)
        return tuple(
            extra_cost_per_gain(
                self.values("cost_net_year", number) - cost, self.values("people_with_real_budget", number) - gain
            )
            for number in range(1, len(self.names))
        )

    def barrier_shares(self, scenario: int) -> dict[str, tuple[float, float]]:
        """Barrier -> shares of weeks without a real budget: closed first, and would have closed."""
        found = {}
        for barrier in Barrier:
            name = barrier.name.lower()
            first, anyway = (
                float(self.levels.mean[scenario, self._place[f"weeks_{kind}_{name}"]]) for kind in ("first", "any")
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
                column, behind = self._place[measure], self.people_behind(measure)
                rows.append((
                    name, measure, outcome.label, outcome.unit, *self._level(number, column), behind, behind < SMALL,
                    outcome.meaning, outcome.caveat,
                ))  # fmt: skip
        return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))

    def _level(self, scenario: int, column: int) -> tuple[float, ...]:
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
                    *self._difference(number, self._place[measure]), behind, behind < SMALL, "", outcome.caveat,
                ))  # fmt: skip
            ratio = self.extra_cost[number - 1]
            rows.append((
                self.names[number], self.reference, "extra_cost_per_extra_real_budget", EXTRA_COST_LABEL, "GBP",
                ratio.value, ratio.low, ratio.high, self.replicates, np.nan, np.nan, np.nan, False, ratio.why_not,
                DERIVED["cost_per_real_budget"].caveat,
            ))  # fmt: skip
        return pd.DataFrame(rows, columns=list(DIFFERENCE_COLUMNS))

    def _difference(self, scenario: int, column: int) -> tuple[float, ...]:
        at, d = (scenario - 1, column), self.differences
        return (d.mean[at], d.low[at], d.high[at], d.n[at], d.correlation[at], d.worth[at])

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Levels and differences by group: `GROUP_COLUMNS`."""
        import pandas as pd

        window, _ = self.reduction.sections["window"]
        labels = self.reduction.labels
        people = self.reduction.part("people", self.levels.mean)
        rows = []
        for number, name in enumerate(self.names):
            for place, outcome in enumerate(self.reduction.outcomes):
                for group, (dimension, label) in enumerate(labels):
                    column, behind = window + place * len(labels) + group, people[number, place, group]
                    difference = self._difference(number, column)[:4] if number else (np.nan,) * 4
                    rows.append((
                        name, dimension, label, outcome.name, outcome.label, outcome.unit,
                        *self._level(number, column)[:3], *difference, behind, behind < SMALL,
                        " ".join(filter(None, (outcome.caveat, GROUP_CAVEATS.get(dimension, "")))),
                    ))  # fmt: skip
        return pd.DataFrame(rows, columns=list(GROUP_COLUMNS))

    @cached_property
    def series(self) -> pd.DataFrame:
        """Outcomes over time: which, when, mean with interval, nine of ten runs, difference with interval."""
        import pandas as pd

        reduction, d = self.reduction, self.differences
        weeks = [stop - 1 for _, stop in reduction.periods]
        nothing = np.full((1, reduction.n_columns), np.nan)
        stats = {"mean": self.levels.mean, "low": self.levels.low, "high": self.levels.high}
        stats |= {"p5": self.spread[0], "p95": self.spread[1]}
        for name, values in (("difference", d.mean), ("difference_low", d.low), ("difference_high", d.high)):
            stats[name] = np.concatenate((nothing, values))
        lines = [(reduction.over_time[place].name, *reduction.labels[group]) for place, group in reduction.lines]
        scenario, line, week = np.indices((len(self.names), len(lines), len(weeks))).reshape(3, -1)

        def column(values: list[str], index: np.ndarray) -> pd.Categorical[str]:
            kinds = list(dict.fromkeys(values))
            codes = np.array([kinds.index(value) for value in values], int)
            return pd.Categorical.from_codes(codes[index], pd.Index(kinds))

        table = {
            "scenario": pd.Categorical.from_codes(scenario, pd.Index(self.names)),
            "week": np.array(weeks, np.int64)[week],
            "date": column([monday_of(number).isoformat() for number in weeks], week),
            "dimension": column([dimension for _, dimension, _ in lines], line),
            "group": column([label for _, _, label in lines], line),
            "outcome": column([name for name, _, _ in lines], line),
        }
        return pd.DataFrame(table | {name: reduction.part("series", values).ravel() for name, values in stats.items()})

    @cached_property
    def barriers(self) -> pd.DataFrame:
        """Weeks without a real budget by barrier: scenario, barrier, label, choice, first, ..., would_close, ..."""
        import pandas as pd

        rows = []
        for number, name in enumerate(self.names):
            for barrier in Barrier:
                code = barrier.name.lower()
                numbers: list[float] = []
                for kind in ("first", "any"):
                    column = self._place[f"weeks_{kind}_{code}"]
                    numbers += self._level(number, column)[:3]
                    numbers += self._difference(number, column)[:3] if number else (np.nan,) * 3
                rows.append((name, code, BARRIER_LABELS[code], barrier == Barrier.DECLINED, *numbers))
        ends = ("", "_low", "_high", "_difference", "_difference_low", "_difference_high")
        columns = [
            "scenario",
            "barrier",
            "label",
            "choice",
            *(f"{kind}{end}" for kind in ("first", "would_close") for end in ends),
        ]
        return pd.DataFrame(rows, columns=columns).assign(caveat=BY_NAME["weeks_first_role"].caveat)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """From eligible to real, at the end of the run; `kept_from_last` is the share of the step before."""
        import pandas as pd

        found = self.reduction.part("steps", self.levels.mean)
        rows = []
        for number, name in enumerate(self.names):
            before = found[number, 0]
            for place, (step, label) in enumerate(STEPS):
                people = found[number, place]
                share, kept = (people / base if base > 0.0 else np.nan for base in (found[number, 0], before))
                rows.append((name, step, label, people, 100.0 * share, kept))
                before = people
        return pd.DataFrame(rows, columns=["scenario", "step", "label", "people", "per_100_eligible", "kept_from_last"])

    @cached_property
    def waits(self) -> pd.DataFrame:
        """How long each stage of the pathway lasts in each scenario, people still waiting included, all runs together.

        Columns as `persim.people.waits_table` has them; `waiting` is the share still there after so many weeks.
        """
        import pandas as pd

        tables = []
        for name, counts in zip(self.names, self.wait_counts, strict=True):
            if isinstance(counts.ends, np.ndarray) and isinstance(counts.still, np.ndarray):
                table = survival(counts.ends, counts.still)
                table.insert(0, "scenario", name)
                tables.append(table)
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def run_parts(self) -> Iterator[pd.DataFrame]:
        """Every run's own values over the window, long, a few runs at a time."""
        import pandas as pd

        reduction, n = self.reduction, len(self.names)
        n_groups = len(reduction.labels)
        dimension = np.repeat([[pair[0] for pair in reduction.labels]], len(reduction.outcomes), 0).ravel().tolist()
        group = np.repeat([[pair[1] for pair in reduction.labels]], len(reduction.outcomes), 0).ravel().tolist()
        outcome = np.repeat([o.name for o in reduction.outcomes], n_groups).tolist() + list(DERIVED)
        dimension, group = (column + ["all"] * len(DERIVED) for column in (dimension, group))
        kinds = [pd.CategoricalDtype(sorted(set(column))) for column in (dimension, group, outcome)]
        for first in range(0, self.replicates * n, RUNS_IN_A_PART):
            runs = range(first, min(first + RUNS_IN_A_PART, self.replicates * n))
            rows = np.stack([self.spool.read(row) for row in runs])
            values = np.concatenate((
                reduction.part("window", rows).reshape(len(runs), -1), reduction.part("derived", rows)
            ), axis=1)  # fmt: skip
            each = values.shape[1]
            yield pd.DataFrame({
                "scenario": pd.Categorical.from_codes(np.repeat([r % n for r in runs], each), pd.Index(self.names)),
                "replicate": np.repeat([r // n for r in runs], each),
                "seed": np.repeat([self.seed + r // n for r in runs], each),
                "dimension": pd.Categorical(dimension * len(runs), dtype=kinds[0]),
                "group": pd.Categorical(group * len(runs), dtype=kinds[1]),
                "outcome": pd.Categorical(outcome * len(runs), dtype=kinds[2]),
                "value": values.ravel(),
            })  # fmt: skip
