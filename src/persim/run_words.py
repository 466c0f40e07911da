"""One run in words: the headline year by year, groups at its end, and what stood in the way."""

from __future__ import annotations

import math

import numpy as np

from persim.comparison_words import CHOICE, GATES, NEGLIGIBLE_WEEKS, PURPOSE
from persim.number_words import NOTHING, level_words, unit_words
from persim.outcomes import BARRIER_LABELS, BY_NAME, GROUP_CAVEATS, YEAR_WEEKS
from persim.policy import monday_of
from persim.rates import Rates, is_stock
from persim.reduction import SMALL
from persim.simulate import Run
from persim.start import seed_words
from persim.state import Barrier
from persim.text_table import Notes, Row, TextTable

SECTIONS = (
    ("Take-up, of eligible people", ("reported_take_up", "real_take_up", "real_take_up_strict", "notional_take_up")),
    ("On the way", ("informed", "offers", "wait_weeks", "left_process", "plan_without_person", "forms_hours")),
    ("Lives of eligible people", ("control_felt", "quality_of_life")),
)
SHOWN = tuple(measure for _, measures in SECTIONS for measure in measures)
BY_GROUP = ("reported_take_up", "real_take_up", "offers", "informed", "control_felt", "quality_of_life")
APART = {"none": "No barrier closed", "declined": "A choice, shown apart"}
ONE_RUN = "One run: luck is in every number. `persim compare` tells luck from effect."


def years_of(run: Run) -> list[tuple[str, tuple[int, int]]]:
    """(name, weeks since the start) of the first week, and of each financial year, April to March."""
    start, n_weeks = run.scenario.start_week, run.scenario.n_weeks
    found = [("start", (0, 1))]
    first = 0
    while first < n_weeks:
        year = (start + first) // YEAR_WEEKS
        stop = min((year + 1) * YEAR_WEEKS - start, n_weeks)
        whole = stop - first == YEAR_WEEKS
        found.append((f"{2008 + year}-{(9 + year) % 100:02d}{'' if whole else '*'}", (first, stop)))
        first = stop
    return found


def yearly_values(run: Run) -> np.ndarray:
    """The headline in the first week and in each year, shape (n_outcomes, n_years + 1); no flows in the first week."""
    outcomes = [BY_NAME[name] for name in SHOWN]
    values, _, _ = Rates(outcomes).over_spans(run, (), [span for _, span in years_of(run)])
    for number, outcome in enumerate(outcomes):
        if not is_stock(outcome):
            values[number, 0] = np.nan
    return values[:, :, 0]


def yearly_table(run: Run) -> TextTable:
    """The headline over time."""
    years, values, notes = years_of(run), yearly_values(run), Notes()
    rows = []
    for heading, measures in SECTIONS:
        rows.append(Row(heading))
        for measure in measures:
            outcome = BY_NAME[measure]
            unit = "" if outcome.unit in ("share", "hours") else f", {unit_words(outcome.unit)}"
            caveat = outcome.caveat if measure != "wait_weeks" else ""
            cells = (level_words(outcome.unit, value) for value in values[SHOWN.index(measure)])
            rows.append(Row(f"  {outcome.label}{unit}{notes.mark(caveat)}", tuple(cells)))
    scenario = run.scenario
    title = f"{scenario.name}: {scenario.title}" if scenario.title else scenario.name
    who = f"{scenario.n_users:,} people, {seed_words(run.seed, run.luck)}"
    size = f"One run of {who}; shares at the end of a year, flows and rates over it"
    part = ("* Part of a year.",) if any(name.endswith("*") for name, _ in years) else ()
    return TextTable(
        (title, size), tuple(name for name, _ in years), tuple(rows), (*part, *notes.lines(), ONE_RUN, PURPOSE)
    )


def last_year(run: Run) -> tuple[int, int]:
    """The last 52 weeks of a run, or all of a shorter one."""
    return max(0, run.scenario.n_weeks - YEAR_WEEKS), run.scenario.n_weeks


def group_values(run: Run) -> list[dict[str, object]]:
    """Every recorded group in the last year, with how many eligible people it has."""
    outcomes = [BY_NAME[name] for name in BY_GROUP]
    rates = Rates(outcomes)
    values, closing, lived = rates.over_spans(run, run.dimensions, [last_year(run)])
    people = rates.people(closing, lived, run.labels)[0]
    found: list[dict[str, object]] = []
    for number, (dimension, label) in enumerate(run.labels):
        found.append({"dimension": dimension, "group": label})
        found[-1] |= {"eligible": float(people[number]), "small": bool(people[number] < SMALL)}
        found[-1] |= {name: float(values[place, 0, number]) for place, name in enumerate(BY_GROUP)}
    return found


def groups_table(run: Run) -> TextTable:
    """The recorded groups beside each other, in the last year."""
    rows, dimension = [], ""
    for group in group_values(run):
        if group["dimension"] != dimension:
            dimension = str(group["dimension"])
            rows.append(Row("Everyone" if dimension == "all" else dimension.replace("_", " ").capitalize()))
        cells = [level_words(BY_NAME[name].unit, float(group[name])) for name in BY_GROUP]  # type: ignore[arg-type]
        mark = " †" if group["small"] else ""
        rows.append(Row(f"  {group['group']}", (f"{group['eligible']:,.0f}{mark}", *cells)))
    columns = ("eligible people", *(f"{BY_NAME[n].label}{_unit(BY_NAME[n].unit)}" for n in BY_GROUP))
    note = f"† Fewer than {SMALL} people: read with care, or run more people."
    told = tuple(GROUP_CAVEATS[name] for name in run.dimensions if name in GROUP_CAVEATS)
    return TextTable(("By group, last year",), columns, tuple(rows), (note, *told))


def _unit(unit: str) -> str:
    return "" if unit in ("share", "0-1") else f", {unit_words(unit)}"


def barrier_shares(run: Run) -> dict[str, tuple[float, float]]:
    """Barrier -> shares of weeks without a real budget in the last year: closed first, and would have closed."""
    names = [barrier.name.lower() for barrier in Barrier]
    outcomes = [BY_NAME[f"weeks_{kind}_{name}"] for name in names for kind in ("first", "any")]
    values, _, _ = Rates(outcomes).over_spans(run, (), [last_year(run)])
    pairs = values[:, 0, 0].reshape(-1, 2)
    return {name: (float(first), float(anyway)) for name, (first, anyway) in zip(names, pairs, strict=True)}


def barrier_table(run: Run) -> TextTable:
    """What stood in the way in the last year, most weeks first; declining apart."""
    shares = barrier_shares(run)
    order = sorted(shares, key=lambda name: -shares[name][1] if math.isfinite(shares[name][1]) else 0.0)
    known = [name for name in order if max(shares[name]) >= NEGLIGIBLE_WEEKS]
    rows = [_barrier_row(name, shares) for name in known if name not in APART]
    for name, heading in APART.items():
        rows += [Row(heading), _barrier_row(name, shares)] if name in known else []
    first = monday_of(run.scenario.start_week + last_year(run)[0])
    title = f"Of 100 weeks that eligible people lived without a real budget, from {first.day} {first:%B %Y}"
    return TextTable((title,), ("first", "any"), tuple(rows), (GATES, CHOICE))


def _barrier_row(name: str, shares: dict[str, tuple[float, float]]) -> Row:
    cells = (f"{100.0 * share:.1f}" if math.isfinite(share) else NOTHING for share in shares[name])
    return Row(f"  {BARRIER_LABELS[name]}", tuple(cells))


def as_json(run: Run) -> dict[str, object]:
    """The run's headline for programs."""
    years, values = years_of(run), yearly_values(run)
    start = run.scenario.start_week
    return {
        "scenario": run.scenario.name, "title": run.scenario.title, "digest": run.scenario.digest(), "seed": run.seed,
        **({} if run.luck is None else {"luck": run.luck}),
        "people": run.scenario.n_users,
        "years": [{"name": name, "weeks": [start + first, start + stop - 1]} for name, (first, stop) in years],
        "headline": [
            {"outcome": name, "label": BY_NAME[name].label, "unit": BY_NAME[name].unit, "values": values[number]}
            for number, name in enumerate(SHOWN)
        ],
        "groups": group_values(run) if run.dimensions else [],
        "barriers": [
            {"barrier": name, "label": BARRIER_LABELS[name], "choice": name == "declined", "first": pair[0]}
            | {"would_close": pair[1]}
            for name, pair in barrier_shares(run).items()
        ],
        "notes": [ONE_RUN, PURPOSE],
    }  # fmt: skip
