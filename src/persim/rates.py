"""Many outcomes of one run at once, over spans of weeks: counts in, figures and the people behind them out.

`Rates` is made once for a list of outcomes and used for every run. It adds up the same counts in the same order as
`persim.outcomes.value_of` does for one outcome, so both give the same bits; a test holds them together.

Stocks are those of a span's last week, flows and rates those of the whole span, weeks by barrier those lived through.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from persim.measures import COLUMN, N_FIELDS, N_STOCKS, STOCKS
from persim.outcomes import YEAR_WEEKS, Outcome, group_table
from persim.simulate import Run

BARRIER_PREFIXES = ("weeks_first_", "weeks_any_")
CTO_FIELDS = ("on_cto", "orders_made", "orders_reviewed", "conditions", "benefit_asked", "paired_reviews", "recalls")
CLOSING, LIVED, SINCE_APRIL = range(3)


def is_stock(outcome: Outcome) -> bool:
    """Is all of it taken on one day?"""
    return all(name.rstrip("-") in STOCKS for name in (*outcome.top, *outcome.bottom))


def is_barrier(outcome: Outcome) -> bool:
    """Is it a share of weeks without a budget, by barrier?"""
    return outcome.name.startswith(BARRIER_PREFIXES)


class Rates:
    """A list of outcomes, ready to be taken from runs."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = tuple(outcomes)
        sources = np.array([_source(outcome) for outcome in outcomes], np.int64)
        self._kinds = [
            (source, _Kind([outcomes[int(place)] for place in chosen]), chosen)
            for source in (CLOSING, LIVED, SINCE_APRIL)
            if len(chosen := np.flatnonzero(sources == source))
        ]
        self._bases = _Bases([outcome.bottom[0].rstrip("-") if outcome.bottom else "eligible" for outcome in outcomes])
        yearly = [outcome for outcome in outcomes if outcome.yearly]
        self._april_fields = sorted({COLUMN[n.rstrip("-")] for o in yearly for n in (*o.top, *o.bottom)})

    def over_spans(
        self, run: Run, dimensions: tuple[str, ...], spans: Sequence[tuple[int, int]]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The outcomes over spans of weeks, and what they were made from.

        Args:
            run: recorded weekly with these dimensions. spans: (first, stop) weeks since the record's start, any order.
        Returns: values, shape (n_outcomes, n_spans, n_groups); and for the first span the counts by group, shape
            (n_groups, N_FIELDS), with stocks as at its end and with stocks added up over its weeks.
        """
        closing, lived = (group_table(table, run.rural, dimensions) for table in tables_of(run.record, spans))
        tables = [closing, lived]
        if self._april_fields:
            tables.append(group_table(self._since_april(run, spans), run.rural, dimensions))
        values = np.empty((len(self.outcomes), *closing.shape[:2]))
        for source, kind, chosen in self._kinds:
            values[chosen] = np.moveaxis(kind.values(tables[source]), -1, 0)
        return values, closing[0], lived[0]

    def people(self, closing: np.ndarray, lived: np.ndarray, labels: Sequence[tuple[str, str]]) -> np.ndarray:
        """How many people, unweighted, each outcome rests on by group: shape (n_outcomes, n_groups).

        NaN for what is about posts or places. People on the caseload or eligible are counted on the last day, events
        (starts, orders) over the span.
        """
        return self._bases.people(closing, lived, _people_per_weight(closing, labels))

    def _since_april(self, run: Run, spans: Sequence[tuple[int, int]]) -> np.ndarray:
        """Counts since the April before the end of each span, of the fields that are needed; others are 0."""
        table = np.zeros((len(spans), *run.record.shape[1:]))
        for number, (_, stop) in enumerate(spans):
            april = max(0, (run.first_week + stop - 1) // YEAR_WEEKS * YEAR_WEEKS - run.first_week)
            table[number][:, self._april_fields] = run.record[april:stop][:, :, self._april_fields].sum(axis=0)
        return table


class _Kind:
    """Outcomes that are all taken from the same table of counts."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._top, self._bottom = _Sums([o.top for o in outcomes]), _Sums([o.bottom for o in outcomes])
        self._scales = np.array([outcome.scale for outcome in outcomes])
        self._counts_only = np.array([not outcome.bottom for outcome in outcomes])

    def values(self, table: np.ndarray) -> np.ndarray:
        """The outcomes of counts of shape (n_spans, n_groups, N_FIELDS): shape (n_spans, n_groups, n_outcomes)."""
        top, bottom = self._top.of(table), self._bottom.of(table)
        there = bottom > 0.0
        rates = np.where(there, top / np.where(there, bottom, 1.0) * self._scales, np.nan)
        return np.where(self._counts_only, top, rates)


class _Sums:
    """Sums of a few counts each, for many outcomes: one addition after another, as a plain loop would."""

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        self._n = len(names)
        self._terms = []  # for each place in the sum: which outcomes have one there, its column, its sign
        for place in range(max(map(len, names), default=0)):
            which = np.array([number for number, own in enumerate(names) if len(own) > place])
            columns = np.array([COLUMN[names[number][place].rstrip("-")] for number in which])
            signs = np.array([-1.0 if names[number][place].endswith("-") else 1.0 for number in which])
            self._terms.append((which, columns, signs))

    def of(self, table: np.ndarray) -> np.ndarray:
        """Sums of counts of shape (..., N_FIELDS): shape (..., n_outcomes)."""
        total = np.zeros((*table.shape[:-1], self._n))
        for which, columns, signs in self._terms:
            total[..., which] += signs * table[..., columns]
        return total


class _Bases:
    """Which count of people stands behind each outcome."""

    def __init__(self, bases: Sequence[str]) -> None:
        self._nobody = np.array([base.startswith(("posts", "localities")) for base in bases])
        self._weighted = np.array([base in CTO_FIELDS for base in bases])
        known = [base if not nobody else "n_people" for base, nobody in zip(bases, self._nobody, strict=True)]
        self._lived = np.array([base not in STOCKS for base in known])
        self._columns = np.array([COLUMN[_counted(base)] for base in known], np.int64)

    def people(self, closing: np.ndarray, lived: np.ndarray, factor: float) -> np.ndarray:
        """From counts of shape (n_groups, N_FIELDS): people, shape (n_bases, n_groups)."""
        found = np.where(self._lived, lived[:, self._columns], closing[:, self._columns])
        found = np.where(self._weighted, found * factor, found)
        return np.where(self._nobody, np.nan, found).T


def _counted(base: str) -> str:
    """The unweighted count of the people that a base is made of."""
    if base in CTO_FIELDS or base not in STOCKS:
        return base
    return "n_people" if base in ("on_caseload", "n_people") else "n_eligible"


def _source(outcome: Outcome) -> int:
    if outcome.yearly:
        return SINCE_APRIL
    return CLOSING if is_stock(outcome) and not is_barrier(outcome) else LIVED


def _people_per_weight(closing: np.ndarray, labels: Sequence[tuple[str, str]]) -> float:
    """People on an order per unit of weight on an order: 1 unless such people are drawn more often than their share."""
    if ("legal_status", "CTO") not in labels:
        return 1.0
    order = closing[labels.index(("legal_status", "CTO"))]
    weighted = order[COLUMN["on_caseload"]]
    return float(order[COLUMN["n_people"]] / weighted) if weighted > 0.0 else 1.0


def tables_of(record: np.ndarray, spans: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Weekly counts added up over spans, twice: with stocks as at the end, and with stocks as lived through.

    Args:
        record: shape (n_weeks, n_rows, N_FIELDS). spans: (first, stop) rows of weeks.
    Returns: two arrays of shape (n_spans, n_rows, N_FIELDS); flows are sums in both. The second holds sums of stocks
        over weeks, so a flow over a stock is per person-week.
    """
    lived = np.empty((len(spans), record.shape[1], N_FIELDS))
    for number, (first, stop) in enumerate(spans):
        record[first:stop].sum(axis=0, out=lived[number])
    closing = lived.copy()
    closing[:, :, :N_STOCKS] = record[[stop - 1 for _, stop in spans], :, :N_STOCKS]
    return closing, lived
