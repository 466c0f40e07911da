"""What a comparison keeps of a run: a finished run becomes one row of numbers (`persim.rates` takes the outcomes).

A row holds every chosen outcome by group over the window, how many people stand behind each, gaps and costs, the steps
from eligible to real, how people and teams differ, and the chosen outcomes over time. Stocks are those of the window's
last week, flows and rates those of the whole window, weeks by barrier those lived through in it.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from persim.gaps_and_costs import DERIVED, EQUITY, GAPS, Gap, count_of, derived_values
from persim.measures import COLUMN
from persim.outcomes import BY_NAME, HEADLINE, OUTCOMES, YEAR_WEEKS, Outcome, group_labels, group_table
from persim.people import real_broad, still_waiting
from persim.rates import BARRIER_PREFIXES, Rates
from persim.simulate import Record, Run, checked_groups, outcome_named, period_weeks
from persim.state import ON_CASELOAD, Stage, World
from persim.study_size import VARIANCE_PARTS, variance_parts


class Rows(Protocol):
    """The numbers of many runs, one row a run, wherever they are kept: on disk rather than in memory."""

    n_rows: int
    n_columns: int

    def read(self, row: int, first: int = 0, stop: int | None = None) -> np.ndarray:
        """Columns `first` to `stop` of one row."""
        ...

    def blocks(self) -> Iterator[tuple[int, int, np.ndarray]]:
        """Blocks of columns: (first, stop, values of shape (n_rows, stop - first)), one at a time."""
        ...


SMALL = 200  # people; a figure on fewer is flagged
# Outcomes kept when none are named: the headline, what figures show, and what happens on and under an order.
LEAN = tuple(dict.fromkeys((
    *HEADLINE, "relabelled_take_up", "reported_during_year", "real_during_year", "council_rate",
    "localities_on_target", "reality_gap", "direct_payment_share", "opportunities",
    "offers_per_opportunity", "acceptance", "starts", "never_had_opportunity", "left_process", "refused", "passed_on",
    "plan_involvement", "involved_in_care", "support_without_budget", "social_contact", "control_recorded",
    "perceived_risk", "crises", "admissions", "incidents_attributed", "cto_share", "cto_recalls", "order_informed",
    "rights_informed", "involvement_making", "involvement_review", "involvement_gain", "conditions_negotiated",
    "felt_benefit", "hours_forms", "overtime", "displaced", "eligible_people", "people_with_real_budget",
    "spend_council", "spend_nhs", "spend_person", "spend_packages", "lever_cost",
)))  # fmt: skip


# Steps from eligible to real, each including all later ones.
STEPS = (
    ("eligible", "Eligible"),
    ("opportunity", "Had an opportunity"),
    ("offered", "Offered a budget"),
    ("accepted", "Accepted"),
    ("in_use", "Budget in use"),
    ("real", "Real budget"),
)


def chosen_outcomes(names: Sequence[str] | str | None) -> tuple[Outcome, ...]:
    """The outcomes to keep: the lean set, with what is named added to it; "all" for every one.

    Raises: InputError for an unknown name, with the nearest.
    """
    asked = [names] if isinstance(names, str) else list(names or ())
    if "all" in asked:
        return OUTCOMES
    for name in asked:
        outcome_named(name)
    wanted = {*LEAN, *asked, *(name for name in BY_NAME if name.startswith(BARRIER_PREFIXES))}
    return tuple(outcome for outcome in OUTCOMES if outcome.name in wanted)


@dataclass(frozen=True)
class Reduction:
    """How a run of any of the scenarios becomes a row.

    Attributes:
        first, stop: the calendar weeks that all scenarios share. window: (first, stop) of the weeks reported.
        outcomes: over the window. over_time: those also kept over time, and apart_over_time: of these, by group too.
        every: weeks in a period, calendar quarters if 13. groups: names of dimensions. n_localities: for labels.
        also: dimensions that a run records besides; a gap whose dimension is not recorded is NaN.
    """

    first: int
    stop: int
    window: tuple[int, int]
    outcomes: tuple[Outcome, ...]
    over_time: tuple[Outcome, ...]
    apart_over_time: frozenset[str]
    every: int
    groups: tuple[str, ...]
    n_localities: int
    also: tuple[str, ...] = EQUITY

    @cached_property
    def _rates(self) -> Rates:
        return Rates(self.outcomes)

    @cached_property
    def recorded(self) -> tuple[str, ...]:
        """The dimensions a run has to record: those asked for, and by default those of the gaps."""
        return checked_groups((*self.groups, *self.also))

    @cached_property
    def _all_labels(self) -> list[tuple[str, str]]:
        return group_labels(self.n_localities, self.recorded)

    @cached_property
    def labels(self) -> list[tuple[str, str]]:
        """(dimension, label) of the groups kept, everyone first."""
        return [pair for pair in self._all_labels if pair[0] == "all" or pair[0] in self.groups]

    @cached_property
    def _kept(self) -> np.ndarray:
        return np.array([self._all_labels.index(pair) for pair in self.labels])

    @cached_property
    def periods(self) -> list[tuple[int, int]]:
        """(first week, week after the last) of each period; quarters are the calendar's, so the ends may be short."""
        if not self.over_time:
            return []
        stops = [week for week in range(self.first + 1, self.stop + 1) if week % self.every == 0 or week == self.stop]
        return list(zip([self.first, *stops], stops, strict=False))

    @cached_property
    def lines(self) -> list[tuple[int, int]]:
        """What is kept over time: (place in `over_time`, place in `labels`); all for everyone, some by group."""
        everyone = [(place, 0) for place in range(len(self.over_time))]
        apart = [place for place, outcome in enumerate(self.over_time) if outcome.name in self.apart_over_time]
        return everyone + [(place, group) for place in apart for group in range(1, len(self.labels))]

    @cached_property
    def sections(self) -> dict[str, tuple[int, tuple[int, ...]]]:
        """Where each part of a row starts, and its shape."""
        n_groups, n_outcomes = len(self.labels), len(self.outcomes)
        shapes = {
            "window": (n_outcomes, n_groups),
            "people": (n_outcomes, n_groups),
            "derived": (len(DERIVED),),
            "gap_people": (len(GAPS),),
            "steps": (len(STEPS),),
            "variance": (len(VARIANCE_PARTS),),
            "series": (len(self.lines), len(self.periods)),
        }
        starts: dict[str, tuple[int, tuple[int, ...]]] = {}
        start = 0
        for name, shape in shapes.items():
            starts[name] = (start, shape)
            start += int(np.prod(shape))
        return starts

    @cached_property
    def n_columns(self) -> int:
        """Numbers in a row."""
        return sum(int(np.prod(shape)) for _, shape in self.sections.values())

    def part(self, name: str, rows: np.ndarray) -> np.ndarray:
        """One part of rows of shape (..., n_columns), in its own shape."""
        start, shape = self.sections[name]
        return rows[..., start : start + int(np.prod(shape))].reshape(*rows.shape[:-1], *shape)

    def unread_weeks(self, start_week: int) -> int:
        """Weeks at the start of a run, from calendar week `start_week`, that `row` does not look at."""
        spans = [self.window, *self.periods]
        april = min((stop - 1) // YEAR_WEEKS * YEAR_WEEKS for _, stop in spans)  # for figures during the year
        return max(0, min(april, *(first for first, _ in spans)) - start_week)

    def row(self, run: Run) -> np.ndarray:
        """The run's numbers, shape (n_columns,).

        The run must be recorded weekly, with the groups of `recorded`, at least since `unread_weeks`.
        """
        start = run.first_week
        first, stop = self.window[0] - start, self.window[1] - start
        spans = [(first, stop), *((early - start, late - start) for early, late in self.periods)]
        values, closing, lived = self._rates.over_spans(run, self.recorded, spans)
        people = self._rates.people(closing, lived, self._all_labels)
        gap_people = [self._people_of_gap(gap, closing) for gap in GAPS]
        council = (
            run.record[first:stop, :, COLUMN["hours_forms"]] + run.record[first:stop, :, COLUMN["hours_forms_council"]]
        )
        hours = group_table(council[:, :, None], run.rural, ())[:, 0, 0]
        hourly = run.world.parameters["staff_cost"][first + run.since : stop + run.since]
        derived = derived_values(closing, hours, hourly, self._all_labels)
        places = [self.outcomes.index(outcome) for outcome in self.over_time]
        over_time = [values[places[place], 1:, self._kept[group]] for place, group in self.lines]
        at_end = (steps_of(run.world), variance_parts(run.world))
        parts = (values[:, 0, self._kept], people[:, self._kept], derived, gap_people, *at_end, over_time)
        return np.concatenate([np.ravel(part) for part in parts])

    def _people_of_gap(self, gap: Gap, closing: np.ndarray) -> float:
        if gap.dimension not in self.recorded:
            return float("nan")
        return min(
            count_of(closing, self._all_labels, gap.dimension, label, "n_eligible") for label in (gap.first, gap.second)
        )


def steps_of(world: World) -> np.ndarray:
    """Weighted eligible people who came at least as far as each of `STEPS`, at the end of the run."""
    users = world.users[(world.users["eligible"] == 1) & (world.users["place"] == ON_CASELOAD)]
    in_use = users["pathway_stage"] == Stage.IN_USE
    accepted = in_use | (users["pathway_stage"] >= Stage.RAISED) | (users["raised_week"] > NEVER)
    offered = accepted | (users["n_offers"] > 0)
    opportunity = offered | (users["n_opportunities"] > 0)
    reached = (
        np.ones(len(users), bool),
        opportunity,
        offered,
        accepted,
        in_use,
        real_broad(users) & (users["one_off"] == 0),
    )
    return np.array([float(users["weight"][who].sum()) for who in reached])


NEVER = -100_000  # `raised_week` of a person for whom no process was ever begun


class Waits:
    """How long people were at each stage of the pathway, added up over the runs of a scenario, by any thread."""

    def __init__(self) -> None:
        self.ends: np.ndarray | int = 0
        self.still: np.ndarray | int = 0
        self._lock = threading.Lock()

    def add(self, world: World) -> None:
        """Add one run: whole numbers, so that the order does not matter."""
        still = still_waiting(world)
        with self._lock:
            self.ends = self.ends + world.waits
            self.still = self.still + still


def period_of(record: Record, n_weeks: int) -> int:
    """Weeks in a period over time; 0 if nothing is kept over time."""
    return 0 if record == "final" else period_weeks(record, n_weeks)
