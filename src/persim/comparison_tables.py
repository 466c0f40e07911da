"""The long tables of a comparison: by group, over time, by barrier, by step, by wait, and every run's own numbers.

`persim.comparison.Comparison` has each as an attribute, which is how they are meant to be asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from persim.gaps_and_costs import DERIVED
from persim.outcomes import BARRIER_LABELS, BY_NAME, GROUP_CAVEATS
from persim.people import survival
from persim.policy import monday_of
from persim.reduction import SMALL, STEPS
from persim.state import Barrier

if TYPE_CHECKING:
    import pandas as pd

    from persim.comparison import Comparison

RUNS_IN_A_PART = 64
GROUP_COLUMNS = (
    "scenario", "dimension", "group", "outcome", "label", "unit", "mean", "low", "high", "difference",
    "difference_low", "difference_high", "n_pairs", "people", "small", "caveat",
)  # fmt: skip


def groups_table(c: Comparison) -> pd.DataFrame:
    """Levels and differences by group: `GROUP_COLUMNS`."""
    import pandas as pd

    window, _ = c.reduction.sections["window"]
    labels = c.reduction.labels
    people = c.reduction.part("people", c.levels.mean)
    rows = []
    for number, name in enumerate(c.names):
        for place, outcome in enumerate(c.reduction.outcomes):
            for group, (dimension, label) in enumerate(labels):
                column, behind = window + place * len(labels) + group, people[number, place, group]
                difference = c.difference(number, column)[:4] if number else (np.nan,) * 4
                rows.append((
                    name, dimension, label, outcome.name, outcome.label, outcome.unit,
                    *c.level(number, column)[:3], *difference, behind, behind < SMALL,
                    " ".join(filter(None, (outcome.caveat, GROUP_CAVEATS.get(dimension, "")))),
                ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(GROUP_COLUMNS))


def series_table(c: Comparison) -> pd.DataFrame:
    """Outcomes over time: which, when, mean with interval, nine of ten runs, difference with interval."""
    import pandas as pd

    reduction, d = c.reduction, c.differences
    weeks = [stop - 1 for _, stop in reduction.periods]
    nothing = np.full((1, reduction.n_columns), np.nan)
    stats = {"mean": c.levels.mean, "low": c.levels.low, "high": c.levels.high}
    stats |= {"p5": c.spread[0], "p95": c.spread[1]}
    for name, values in (("difference", d.mean), ("difference_low", d.low), ("difference_high", d.high)):
        stats[name] = np.concatenate((nothing, values))
    lines = [(reduction.over_time[place].name, *reduction.labels[group]) for place, group in reduction.lines]
    scenario, line, week = np.indices((len(c.names), len(lines), len(weeks))).reshape(3, -1)

    def column(values: list[str], index: np.ndarray) -> pd.Categorical[str]:
        kinds = list(dict.fromkeys(values))
        codes = np.array([kinds.index(value) for value in values], int)
        return pd.Categorical.from_codes(codes[index], pd.Index(kinds))

    table = {
        "scenario": pd.Categorical.from_codes(scenario, pd.Index(c.names)),
        "week": np.array(weeks, np.int64)[week],
        "date": column([monday_of(number).isoformat() for number in weeks], week),
        "dimension": column([dimension for _, dimension, _ in lines], line),
        "group": column([label for _, _, label in lines], line),
        "outcome": column([name for name, _, _ in lines], line),
    }
    return pd.DataFrame(table | {name: reduction.part("series", values).ravel() for name, values in stats.items()})


def barriers_table(c: Comparison) -> pd.DataFrame:
    """Weeks without a real budget by barrier: scenario, barrier, label, choice, first, ..., would_close, ..."""
    import pandas as pd

    rows = []
    for number, name in enumerate(c.names):
        for barrier in Barrier:
            code = barrier.name.lower()
            numbers: list[float] = []
            for kind in ("first", "any"):
                column = c.place[f"weeks_{kind}_{code}"]
                numbers += c.level(number, column)[:3]
                numbers += c.difference(number, column)[:3] if number else (np.nan,) * 3
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


def steps_table(c: Comparison) -> pd.DataFrame:
    """From eligible to real, at the end of the run; `kept_from_last` is the share of the step before."""
    import pandas as pd

    found = c.reduction.part("steps", c.levels.mean)
    rows = []
    for number, name in enumerate(c.names):
        before = found[number, 0]
        for place, (step, label) in enumerate(STEPS):
            people = found[number, place]
            share, kept = (people / base if base > 0.0 else np.nan for base in (found[number, 0], before))
            rows.append((name, step, label, people, 100.0 * share, kept))
            before = people
    return pd.DataFrame(rows, columns=["scenario", "step", "label", "people", "per_100_eligible", "kept_from_last"])


def waits_table(c: Comparison) -> pd.DataFrame:
    """How long each stage of the pathway lasts in each scenario, people still waiting included, all runs together.

    Columns as `persim.people.waits_table` has them; `waiting` is the share still there after so many weeks.
    """
    import pandas as pd

    tables = []
    for name, counts in zip(c.names, c.wait_counts, strict=True):
        if isinstance(counts.ends, np.ndarray) and isinstance(counts.still, np.ndarray):
            table = survival(counts.ends, counts.still)
            table.insert(0, "scenario", name)
            tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def run_tables(c: Comparison) -> Iterator[pd.DataFrame]:
    """Every run's own values over the window, long, a few runs at a time."""
    import pandas as pd

    reduction, n = c.reduction, len(c.names)
    n_groups = len(reduction.labels)
    dimension = np.repeat([[pair[0] for pair in reduction.labels]], len(reduction.outcomes), 0).ravel().tolist()
    group = np.repeat([[pair[1] for pair in reduction.labels]], len(reduction.outcomes), 0).ravel().tolist()
    outcome = np.repeat([o.name for o in reduction.outcomes], n_groups).tolist() + list(DERIVED)
    dimension, group = (column + ["all"] * len(DERIVED) for column in (dimension, group))
    kinds = [pd.CategoricalDtype(sorted(set(column))) for column in (dimension, group, outcome)]
    for first in range(0, c.replicates * n, RUNS_IN_A_PART):
        runs = range(first, min(first + RUNS_IN_A_PART, c.replicates * n))
        rows = np.stack([c.spool.read(row) for row in runs])
        values = np.concatenate((
            reduction.part("window", rows).reshape(len(runs), -1), reduction.part("derived", rows)
        ), axis=1)  # fmt: skip
        each = values.shape[1]
        yield pd.DataFrame({
            "scenario": pd.Categorical.from_codes(np.repeat([r % n for r in runs], each), pd.Index(c.names)),
            "replicate": np.repeat([r // n for r in runs], each),
            "seed": np.repeat([c.seed + r // n for r in runs], each),
            "dimension": pd.Categorical(dimension * len(runs), dtype=kinds[0]),
            "group": pd.Categorical(group * len(runs), dtype=kinds[1]),
            "outcome": pd.Categorical(outcome * len(runs), dtype=kinds[2]),
            "value": values.ravel(),
        })  # fmt: skip
