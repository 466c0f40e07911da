"""The figures of a comparison: what goes into each, and the words around it. `plots` and `decision_plots` draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from persim.answer_words import CHANCE, size_words, window_words
from persim.comparison import Comparison
from persim.comparison_words import ratio_why
from persim.decision_plots import PlanePanel, cost_plane, differences, stages_of_a_difference
from persim.decision_tables import PARTS_CAVEAT, TOTAL, gains_and_costs
from persim.decision_words import parts_notes
from persim.figure_frames import Words
from persim.gaps_and_costs import GAPS
from persim.number_words import level_words
from persim.outcomes import BY_NAME
from persim.plots import Event, barriers, steps_to_a_budget, take_up_over_time
from persim.policy import PolicyStep, monday_of
from persim.reduction import SMALL
from persim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What a marked policy date is called, by the parameter that changes.
POLICY_WORDS = {
    "ctos_exist": "community treatment orders begin",
    "direct_payment_barred": "direct payments open to people under the Act",
    "default_offer": "offers expected for new people and at reviews",
}
DRAWN = (
    "reported_take_up", "real_take_up", "informed", "offers", "wait_weeks", "plan_without_person", "control_felt",
    "quality_of_life", "forms_hours_year", *(gap.name for gap in GAPS[:2]), "cost_per_real_budget",
)  # fmt: skip
DRAWN_IF_ENRICHED = (
    "order_informed",
    "rights_informed",
    "involvement_making",
    "involvement_gain",
    "conditions_negotiated",
    "cto_recalls",
)


def figures(c: Comparison) -> Iterator[tuple[str, Words, Figure]]:
    """(file name, words, figure), one after another."""
    titles = short_titles(c)
    if c.reduction.over_time:
        words = take_up_words(c)
        levers = {name: own_dates(c, number) for number, name in enumerate(c.names)}
        yield "take_up", words, take_up_over_time(c.series, titles, words, policy_dates(c), levers)
    words = Words(
        "From eligible to a real budget",
        f"How far 100 eligible people came by {_day(monday_of(c.reduction.stop - 1))}; a step includes all later ones. "
        f"Means of {size_words(c)}." + (" Black ticks: the first scenario." if len(c.names) > 1 else ""),
        "Offered and accepted: since the person last came onto the caseload; declining is a choice. One-off budgets "
        "are in use, but no real take-up. " + BY_NAME["real_take_up"].caveat,
    )
    yield "funnel", words, steps_to_a_budget(c.steps, titles, words)
    words = Words(
        "What stood in the way",
        f"Share of the weeks that eligible people lived without a real budget, {_span(c)}. Filled dot: the gate that "
        f"closed first. Open dot: every gate that would have closed. Means of {size_words(c)}.",
        BY_NAME["weeks_first_role"].caveat
        + " Gates stand in order from the top; declining is a choice, shown apart in "
        "grey. A gate that closes often is not thereby the cause to attack.",
    )
    yield "barriers", words, barriers(c.barriers, titles, words)
    if len(c.names) > 1:
        yield difference_figure(c, titles)
        yield stages_figure(c, titles)
        yield plane_figure(c, titles)


def take_up_words(c: Comparison) -> Words:
    """Words around take-up over time."""
    band = "band: nine of ten runs" if c.replicates > 1 else "one run, so no band"
    return Words(
        "Reported and real take-up over time",
        f"Share of eligible people with a budget. Line: mean of {size_words(c)}; {band}.",
        BY_NAME["real_take_up"].caveat + " Bands show luck and how places differ, not doubt about the numbers put in.",
    )


def difference_figure(c: Comparison, titles: dict[str, str]) -> tuple[str, Words, Figure]:
    """Differences with intervals, in natural units."""
    words = Words(
        f"What changes, compared with “{titles[c.reference]}”",
        f"Mean paired differences with 95 % intervals, {size_words(c)}; {window_words(c)}. "
        "Blue: the interval leaves out 0. Under each panel: its unit, and the level before.",
        f"{CHANCE} † Rests on fewer than {SMALL} people in a run. {BY_NAME['control_felt'].caveat} "
        "Cost: council staff and money only, unstable near zero gain.",
    )
    drawn = [*DRAWN, *(DRAWN_IF_ENRICHED if c.scenarios[0].enrich is not None else ())]
    table = c.paired_differences
    table = table[table["measure"].isin(drawn)].copy()
    place = {name: number for number, name in enumerate(drawn)}
    table = table.assign(place=table["measure"].map(place)).sort_values("place", kind="stable")
    table["label"] = [
        f"Gap in real take-up: {label[0].lower()}{label[1:]}" if measure.startswith("gap_") else label
        for measure, label in zip(table["measure"], table["label"], strict=True)
    ]
    table["label"] = table["label"] + table["small"].map({True: "\N{NO-BREAK SPACE}†", False: ""})
    levels = {measure: c.estimate(measure, 0).mean for measure in drawn}
    others = {name: title for name, title in titles.items() if name != c.reference}
    return "differences", words, differences(table, levels, others, words)


def stages_figure(c: Comparison, titles: dict[str, str]) -> tuple[str, Words, Figure]:
    """Where each difference in real take-up comes from."""
    level = level_words("share", c.estimate("real_take_up", 0).mean)
    words = Words(
        "Where the difference in real take-up comes from",
        f"Percentage points of real take-up that each stage adds to that of “{titles[c.reference]}” ({level}). Lines and "
        f"±: 95 % intervals, {size_words(c)}. Grey: the interval holds 0.",
        " ".join((PARTS_CAVEAT, *parts_notes(c), CHANCE)),
    )
    others = {name: title for name, title in titles.items() if name != c.reference}
    return "decomposition", words, stages_of_a_difference(c.decomposition, others, TOTAL, words)


def plane_figure(c: Comparison, titles: dict[str, str]) -> tuple[str, Words, Figure]:
    """Extra real budgets against extra cost to the council."""
    shape = "blue dot: their mean; shaded: its 95 % region" if c.replicates > 2 else "too few for a region of the mean"
    words = Words(
        "Extra real budgets against extra cost to the council",
        f"Differences to “{titles[c.reference]}”, {size_words(c)}. Grey dots: pairs of runs; {shape}. Dashed: extra cost "
        f"per extra real budget.{' Axes differ between panels.' if len(c.names) > 2 else ''}",
        "Council view: its staff and money, services that budgets replace taken off; what the NHS, people and carers "
        "give is left out, and what it takes to set levers up. A ratio is unstable near zero gain, and none is given "
        f"there. Not value for money. {CHANCE}",
    )
    panels = []
    for number in range(1, len(c.names)):
        ratio = c.extra_cost[number - 1]
        said = ratio_why(ratio)
        key = f"No ratio: {said}" if ratio.why_not else f"{said} a year per extra real budget, paid by the council"
        panels.append(PlanePanel(titles[c.names[number]], *gains_and_costs(c, number), ratio.value, key))
    return "cost_plane", words, cost_plane(panels, words)


def short_titles(c: Comparison) -> dict[str, str]:
    """Scenario -> title for a panel."""
    return titles_of(c.scenarios, c.names)


def titles_of(scenarios: Sequence[Scenario], names: Sequence[str]) -> dict[str, str]:
    """Name -> title for a panel; what all titles begin with is left out."""
    titles = [scenario.title or name for scenario, name in zip(scenarios, names, strict=True)]
    heads = {title.partition(": ")[0] for title in titles}
    if len(titles) > 1 and len(heads) == 1 and all(": " in title for title in titles):
        titles = [title.partition(": ")[2] for title in titles]
    counted = {title: titles.count(title) for title in titles}
    titles = [title if counted[title] == 1 else f"{title} ({name})" for title, name in zip(titles, names, strict=True)]
    return {name: title[0].upper() + title[1:] for name, title in zip(names, titles, strict=True)}


def policy_dates(c: Comparison) -> list[Event]:
    """Dated national policy that every scenario shares, in order: law, targets with their deadlines, expectations."""
    shared = [step for step in c.scenarios[0].policy if all(step in other.policy for other in c.scenarios)]
    events: dict[date, str] = {}

    def add(day: date, label: str) -> None:
        if monday_of(c.reduction.first) <= day <= monday_of(c.reduction.stop):
            events[day] = f"{events[day]}; {label}" if day in events else label

    for step in shared:
        for parameter in step.set:
            if parameter in POLICY_WORDS:
                add(step.from_, POLICY_WORDS[parameter])
        if "target" in step.set:
            add(
                step.from_,
                f"target of {100 * step.set['target']:.0f} % by {step.deadline:%B %Y}" if step.deadline else "target",
            )
    return [Event(day, events[day]) for day in sorted(events)]


def own_dates(c: Comparison, number: int) -> list[date]:
    """Days on which a scenario's own steps begin: those that the first scenario does not have."""
    if number == 0:
        return []
    first, last = monday_of(c.reduction.first), monday_of(c.reduction.stop)
    own: list[PolicyStep] = [step for step in c.scenarios[number].policy if step not in c.scenarios[0].policy]
    return sorted({step.from_ for step in own if first <= step.from_ <= last})


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _span(c: Comparison) -> str:
    first, stop = c.reduction.window
    return f"{_day(monday_of(first))} to {_day(monday_of(stop - 1))}"
