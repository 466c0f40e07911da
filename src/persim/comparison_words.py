"""A comparison in words: the headline table, the barriers, and what to bear in mind; the answer is in `answer_words`.

Plain strings only; `persim.cli_runs` prints them and the result folder keeps them. A caveat's mark stands in the row
it belongs to, and its text right under the table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from persim.answer_words import CHANCE, answer, answer_sentences, difference_of, size_words, window_words
from persim.comparison import EXTRA_COST_LABEL, Comparison
from persim.gaps_and_costs import GAPS
from persim.intervals import Ratio
from persim.number_words import NOTHING, level_words, ratio_words, unit_words
from persim.outcomes import BARRIER_LABELS, BY_NAME
from persim.reduction import SMALL
from persim.state import Barrier
from persim.text_table import Notes, Row, TextTable

PURPOSE = "A thinking aid on synthetic people: not for decisions on eligibility, risk, budgets, staff or sites."
GATES = (
    "First: the gate that closed first, so the order of gates decides. Any: every gate that would have closed; a week "
    "can have several, so they add up to more than 100."
)
CHOICE = "Declining is a choice, not a barrier."
EXTRA_COST = "extra_cost_per_extra_real_budget"
TAKE_UP = ("reported_take_up", "real_take_up", "real_take_up_strict", "notional_take_up")
ON_TARGET = "localities_on_target"
ON_TARGET_NOTE = (
    "Share of localities whose council meets the target in force in the last week. It counts what the council reports, "
    "over all its clients, mental health being few of them: meeting it says little of real budgets."
)
NEGLIGIBLE_WEEKS = 0.0005  # share of weeks below which a barrier has no row
EXTRA_COST_NOTE = (
    "Against the first scenario; services that budgets replace are taken off. Given only where more people have a real "
    "budget for more money, and the gain is beyond chance."
)
WHY_NO_RATIO = {
    "unstable": "unstable",
    "no difference": "no difference",
    "fewer for less": "fewer, for less",
    "fewer for more": "fewer, for more",
    "more for less": "more, for less",
}


def sections(c: Comparison) -> list[tuple[str, tuple[str, ...]]]:
    """The headline's measures under their headings."""
    found = [
        ("Take-up, of eligible people", TAKE_UP),
        ("On the way", (
            "informed", "offers", "wait_weeks", "left_process", "plan_without_person", "forms_hours_year",
            "forms_hours_per_start",
        )),
        ("Lives of eligible people", ("control_felt", "quality_of_life")),
        ("Equity: gap in real take-up", tuple(gap.name for gap in GAPS)),
        ("Cost to the council", ("cost_per_real_budget", EXTRA_COST)),
    ]  # fmt: skip
    if target_in_force(c):
        found.insert(1, ("The council's target", (ON_TARGET,)))
    if c.scenarios[0].enrich is not None:
        found.append(("Community treatment orders", (
            "order_informed", "rights_informed", "involvement_making", "involvement_review", "involvement_gain",
            "conditions_negotiated", "felt_benefit", "cto_recalls",
        )))  # fmt: skip
    told = {measure for _, measures in found for measure in measures}
    asked = tuple(name for name in c.options.get("outcomes") or () if name in BY_NAME and name not in told)  # type: ignore[union-attr]
    return [*found, ("Also asked for", asked)] if asked else found


def target_in_force(c: Comparison) -> bool:
    """Has any of the scenarios a target in the window?"""
    first, stop = c.reduction.window
    return any(
        bool(
            (scenario.weekly_parameters()["target"][first - scenario.start_week : stop - scenario.start_week] > 0).any()
        )
        for scenario in c.scenarios
    )


def headline(c: Comparison, short: bool = False) -> TextTable:
    """The main table: the reference's level, then each scenario's difference with its interval (short: as ± half)."""
    notes = Notes()
    rows = []
    for heading, measures in sections(c):
        rows.append(Row(heading))
        rows += [_row(c, measure, notes, short) for measure in measures if measure != EXTRA_COST]
        if EXTRA_COST in measures and len(c.names) > 1:
            label = f"  {EXTRA_COST_LABEL}{notes.mark(EXTRA_COST_NOTE)}"
            rows.append(Row(label, (NOTHING, *(ratio_why(ratio, short) for ratio in c.extra_cost))))
    if len(c.names) > 1:
        title = f"Differences to {c.reference}, with 95 % intervals: {size_words(c)}"
    else:
        title = f"{c.reference}: {size_words(c)}"
    return TextTable((title, capital(window_words(c))), c.names, tuple(rows), (CHANCE, *notes.lines()))


def headline_lines(c: Comparison, width: int) -> list[tuple[str, bool]]:
    """The main table as lines for a page of that width: intervals in full if all scenarios then fit side by side."""
    full = headline(c)
    return full.lines(width) if full.width <= width else headline(c, short=True).lines(width)


def _row(c: Comparison, measure: str, notes: Notes, short: bool) -> Row:
    outcome = c.measures[measure]
    estimates = [c.estimate(measure, number) for number in range(len(c.names))]
    small = few = ""
    if c.people_behind(measure) < SMALL:
        small = f"Rests on fewer than {SMALL} people in a run: read with care, or run more people."
    if min(estimate.n for estimate in estimates) < c.replicates - len(c.failures):
        few = "Not every run has this figure (nobody in a group, or no start); runs without it are left out in pairs."
    label = f"  {outcome.label}{_unit(outcome.unit)}{notes.mark(_caveat(c, measure), small, few)}"
    first = level_words(outcome.unit, estimates[0].mean)
    return Row(label, (first, *(difference_of(outcome.unit, estimate, short) for estimate in estimates[1:])))


def _caveat(c: Comparison, measure: str) -> str:
    return ON_TARGET_NOTE if measure == ON_TARGET else c.measures[measure].caveat


def _unit(unit: str) -> str:
    return "" if unit in ("share", "hours", "GBP") else f", {unit_words(unit)}"


def ratio_why(ratio: Ratio, short: bool = False) -> str:
    """Extra cost per extra real budget with its interval, or why there is none."""
    return WHY_NO_RATIO[ratio.why_not] if ratio.why_not else ratio_words(ratio.value, ratio.low, ratio.high, short)


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def barrier_table(c: Comparison) -> TextTable:
    """Weeks without a real budget by barrier: the first gate that closed beside every gate that would have."""
    shares = [c.barrier_shares(number) for number in range(len(c.names))]
    rows = [Row("Gates, in the order in which they stand")]
    for barrier in Barrier:
        name = barrier.name.lower()
        if barrier == Barrier.HAND_OFF:
            rows.append(Row("On the way, and after"))
        if barrier in (Barrier.DECLINED, Barrier.NONE) or _is_negligible(shares, name):
            continue
        rows.append(Row(f"  {BARRIER_LABELS[name]}", tuple(_two(share[name]) for share in shares)))
    for barrier, heading in ((Barrier.NONE, "No barrier closed"), (Barrier.DECLINED, "A choice, shown apart")):
        name = barrier.name.lower()
        if not _is_negligible(shares, name):
            rows += [Row(heading), Row(f"  {BARRIER_LABELS[name]}", tuple(_two(share[name]) for share in shares))]
    title = "Of 100 weeks that eligible people live without a real budget: first gate that closed, any that would have"
    return TextTable((title,), c.names, tuple(rows), (GATES, CHOICE), under="first |  any")


def _is_negligible(shares: Iterable[dict[str, tuple[float, float]]], name: str) -> bool:
    return all(not max(share[name]) >= NEGLIGIBLE_WEEKS for share in shares)


def _two(pair: tuple[float, float]) -> str:
    first, anyway = (f"{100.0 * share:.1f}" if math.isfinite(share) else NOTHING for share in pair)
    return f"{first} |{anyway:>5}"


def luck_words(c: Comparison) -> str:
    """What common luck is worth for real take-up; nothing if it cannot be told."""
    worth = [c.estimate("real_take_up", number).worth for number in range(1, len(c.names))]
    known = [value for value in worth if value is not None and math.isfinite(value)]
    if not known:
        return ""
    span = f"{min(known):.1f}" if max(known) - min(known) < 0.05 else f"{min(known):.1f} to {max(known):.1f}"
    return f"Common luck: for real take-up, one pair of runs tells as much as {span} pairs of independent runs."


def study_words(c: Comparison) -> str:
    """How large a real study of felt control would have to be, for scenarios whose effect is beyond chance."""
    told = []
    for number in range(1, len(c.names)):
        found = c.estimate("control_felt", number)
        low, high = found.difference_low, found.difference_high
        if low is None or high is None or not (low > 0.0 or high < 0.0):
            continue
        size = c.study(number)
        if math.isfinite(size.people):
            told.append(f"{c.names[number]} {size.people:,.0f} people or {size.teams:,.0f} teams")
    if not told:
        return ""
    return (
        "A real study, in each arm, to see the difference in felt control in four of five trials: " + "; ".join(told)
        + ". People differ in more than the model knows, so real studies need more."
    )  # fmt: skip


def as_json(c: Comparison) -> dict[str, object]:
    """The headline and the barriers for programs; units as in the tables of the result folder."""
    measures = [m for _, names in sections(c) for m in names if m != EXTRA_COST]
    rows = []
    for measure in measures:
        outcome = c.measures[measure]
        estimates = {name: vars(c.estimate(measure, name)) for name in c.names}
        behind = c.people_behind(measure)
        rows.append({
            "measure": measure, "label": outcome.label, "unit": outcome.unit, "meaning": outcome.meaning,
            "caveat": _caveat(c, measure), "people": behind, "small": behind < SMALL, "scenarios": estimates,
        })  # fmt: skip
    extra = {c.names[n]: c.extra_cost[n - 1]._asdict() for n in range(1, len(c.names))}
    barriers = [
        {
            "scenario": name,
            "barrier": barrier,
            "label": BARRIER_LABELS[barrier],
            "choice": barrier == "declined",
            "first": first,
            "would_close": anyway,
        }
        for number, name in enumerate(c.names)
        for barrier, (first, anyway) in c.barrier_shares(number).items()
    ]
    return {
        "answer": answer(c), "answer_sentences": answer_sentences(c), "reference": c.reference,
        "scenarios": list(c.names), "replicates": c.replicates,
        "seed": c.seed, "people": c.n_users, "weeks": [c.reduction.first, c.reduction.stop - 1],
        "window": list(c.reduction.window), "headline": rows, EXTRA_COST: extra, "barriers": barriers,
        "study": {
            name: vars(c.study(number)) for number, name in enumerate(c.names) if number and c.replicates > 1
        },
        "decomposition": c.decomposition.to_dict("records"), "costs": c.costs.to_dict("records"),
        "failed": failed_json(c), "notes": [*c.notes, CHANCE, PURPOSE],
    }  # fmt: skip


def failed_json(c: Comparison) -> list[dict[str, object]]:
    """Runs that failed, each with its cause."""
    return [
        {"scenario": c.names[f.task.scenario], "replicate": f.task.replicate, "seed": f.task.seed, "cause": f.cause}
        for f in c.failures
    ]
