"""What a run has in place of published figures: counts added up over each figure's own weeks, in its own group.

Only the counts that are needed are read, so that thousands of runs a minute can be measured.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from persim.errors import InputError
from persim.evidence.rows import EVERYBODY, Measured
from persim.measures import COLUMN
from persim.outcomes import DIMENSIONS, YEAR_WEEKS, Outcome, group_labels, group_table
from persim.simulate import Run, checked_groups, outcome_named

GROUP_LABELS: dict[str, str] = {label: name for name, labels in DIMENSIONS.items() for label in labels}


class Measures:
    """A list of measured quantities, ready to be taken from runs.

    Args:
        start_week, n_weeks: of the runs; every week measured must lie in them.

    Raises: InputError for an unknown outcome or group, or weeks that are not run.
    """

    def __init__(self, measured: Sequence[Measured], start_week: int, n_weeks: int) -> None:
        self.measured = tuple(measured)
        self.start_week, self.n_weeks = start_week, n_weeks
        outcomes = [outcome_named(one.outcome) for one in self.measured]
        self.dimensions = checked_groups([_dimension(one.group) for one in self.measured])
        for one in self.measured:
            _check_weeks(one, start_week, start_week + n_weeks - 1)
        self._spans: list[tuple[int, int]] = []
        self._over, self._under = self._places(outcomes)
        names = sorted({name.rstrip("-") for outcome in outcomes for name in (*outcome.top, *outcome.bottom)})
        self._columns = np.array([COLUMN[name] for name in names], np.int64)
        self._top = _signs([outcome.top for outcome in outcomes], names)
        self._bottom = _signs([outcome.bottom for outcome in outcomes], names)
        self._is_rate = np.array([bool(outcome.bottom) for outcome in outcomes], bool)
        self._is_mean = np.array([not outcome.bottom and outcome.kind == "stock" for outcome in outcomes], bool)
        self._scale = np.array([outcome.scale for outcome in outcomes])
        labels = [label for _, label in group_labels(0, self.dimensions)]
        self._group = np.array([labels.index(one.group) for one in self.measured], np.int64)

    @property
    def unread_weeks(self) -> int:
        """Weeks at the start of a run that nothing is read from."""
        return min((first for first, _ in self._spans), default=self.start_week) - self.start_week

    def row(self, run: Run) -> np.ndarray:
        """The measured quantities of one run, shape (n_measured,); NaN where there was no base.

        The run must be recorded weekly, with `dimensions`, at least since `unread_weeks`.
        """
        sums = np.empty((len(self._spans), run.record.shape[1], len(self._columns)))
        start = run.first_week
        for number, (first, stop) in enumerate(self._spans):
            sums[number] = run.record[first - start : stop - start, :, self._columns].sum(axis=0)
        counts = group_table(sums, run.rural, self.dimensions)
        values = self._values(counts, self._over)
        ratios = self._under >= 0
        if ratios.any():
            before = self._values(counts, np.maximum(self._under, 0))
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(ratios, np.where(before > 0.0, values / before, np.nan), values)
        return values

    def _values(self, counts: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Every quantity over the spans at `places`, from counts of shape (n_spans, n_groups, n_columns)."""
        own = counts[places, self._group]
        top, bottom = (self._top * own).sum(axis=1), (self._bottom * own).sum(axis=1)
        weeks = np.array([stop - first for first, stop in self._spans], float)[places]
        there = bottom > 0.0
        rates = np.where(there, top / np.where(there, bottom, 1.0) * self._scale, np.nan)
        return np.where(self._is_rate, rates, np.where(self._is_mean, top / weeks, top))

    def _places(self, outcomes: Sequence[Outcome]) -> tuple[np.ndarray, np.ndarray]:
        """Places in the list of spans: of each quantity's weeks, and of those it is divided by, or -1."""
        over, under = [], []
        for one, outcome in zip(self.measured, outcomes, strict=True):
            over.append(self._place(one.first, one.last, outcome))
            under.append(self._place(*one.ratio_to, outcome) if one.ratio_to else -1)
        return np.array(over, np.int64), np.array(under, np.int64)

    def _place(self, first: int, last: int, outcome: Outcome) -> int:
        april = max(self.start_week, last // YEAR_WEEKS * YEAR_WEEKS)
        span = (april if outcome.yearly else first, last + 1)
        if span not in self._spans:
            self._spans.append(span)
        return self._spans.index(span)


def _dimension(group: str) -> str:
    """The dimension that a group belongs to. Raises: InputError with the nearest label."""
    if group != EVERYBODY and group not in GROUP_LABELS:
        import difflib

        near = difflib.get_close_matches(group, GROUP_LABELS, 1)
        raise InputError(f"no group is called {group!r}" + (f" - did you mean {near[0]!r}?" if near else ""))
    return GROUP_LABELS.get(group, EVERYBODY)


def _check_weeks(one: Measured, first: int, last: int) -> None:
    for early, late in ((one.first, one.last), *((one.ratio_to,) if one.ratio_to else ())):
        if not first <= early <= late <= last:
            raise InputError(
                f"{one.outcome} is measured in weeks {early} to {late}; the runs have weeks {first} to {last}"
            )


def _signs(names: Sequence[tuple[str, ...]], columns: Sequence[str]) -> np.ndarray:
    """Which counts are added and which taken away, float64 of shape (n_outcomes, n_columns)."""
    signs = np.zeros((len(names), len(columns)))
    for number, own in enumerate(names):
        for name in own:
            signs[number, columns.index(name.rstrip("-"))] += -1.0 if name.endswith("-") else 1.0
    return signs
