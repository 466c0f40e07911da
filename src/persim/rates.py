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
        self._sources = np.array([_source(outcome) for outcome in outcomes], np.int64)
        self._tops = _Sums([outcome.top for outcome in outcomes])
        self._bottoms = _Sums([outcome.bottom for outcome in outcomes])
        self._scales = np.array([outcome.scale for outcome in outcomes])
        self._counts_only = np.array([not outcome.bottom for outcome in outcomes])
        self._bases = [outcome.bottom[0].rstrip("-") if outcome.bottom else "eligible" for outcome in outcomes]
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
        for source, table in enumerate(tables):
            chosen = np.flatnonzero(self._sources == source)
            values[chosen] = np.moveaxis(self._values(table, chosen), -1, 0)
        return values, closing[0], lived[0]

    def _values(self, table: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        top, bottom = self._tops.of(table, chosen), self._bottoms.of(table, chosen)
        there = bottom > 0.0
        rates = np.where(there, top / np.where(there, bottom, 1.0) * self._scales[chosen], np.nan)
        return np.where(self._counts_only[chosen], top, rates)

    def people(self, closing: np.ndarray, lived: np.ndarray, labels: Sequence[tuple[str, str]]) -> np.ndarray:
        """How many people, unweighted, each outcome rests on by group: shape (n_outcomes, n_groups).

        NaN for what is about posts or places. People on the caseload or eligible are counted on the last day, events
        (starts, orders) over the span.
        """
        factor = _people_per_weight(closing, labels)
        return np.stack([_people_of(base, closing, lived, factor) for base in self._bases])

    def _since_april(self, run: Run, spans: Sequence[tuple[int, int]]) -> np.ndarray:
        """Counts since the April before the end of each span, of the fields that are needed; others are 0."""
        table = np.zeros((len(spans), *run.record.shape[1:]))
        for number, (_, stop) in enumerate(spans):
            april = max(0, (run.first_week + stop - 1) // YEAR_WEEKS * YEAR_WEEKS - run.first_week)
            table[number][:, self._april_fields] = run.record[april:stop][:, :, self._april_fields].sum(axis=0)
        return table


class _Sums:
    """Sums of a few counts each, for many outcomes: one addition after another, as a plain loop would."""

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        longest = max(map(len, names), default=0)
        self._columns = np.zeros((longest, len(names)), np.int64)
        self._signs = np.zeros((longest, len(names)))
        for number, own in enumerate(names):
            for place, name in enumerate(own):
                self._columns[place, number] = COLUMN[name.rstrip("-")]
                self._signs[place, number] = -1.0 if name.endswith("-") else 1.0

    def of(self, table: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Sums of counts of shape (..., N_FIELDS), for the chosen outcomes: shape (..., n_chosen)."""
        total = np.zeros((*table.shape[:-1], len(chosen)))
        for columns, signs in zip(self._columns[:, chosen], self._signs[:, chosen], strict=True):
            total += signs * table[..., columns]
        return total


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


def _people_of(base: str, closing: np.ndarray, lived: np.ndarray, factor: float) -> np.ndarray:
    if base.startswith(("posts", "localities")):
        return np.full(len(closing), np.nan)
    if base in CTO_FIELDS:
        return (closing if base in STOCKS else lived)[:, COLUMN[base]] * factor
    if base in STOCKS:
        return closing[:, COLUMN["n_people" if base == "on_caseload" else "n_eligible"]]
    return lived[:, COLUMN[base]]


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
