"""The answer of a comparison, in a sentence or in three: what raises real take-up, for whom or at what cost, what limits it.

Nothing is said to widen, or to cost more, unless that is beyond chance.
"""

from __future__ import annotations

import math

from persim.comparison import Comparison, Estimate
from persim.gaps_and_costs import GAPS, Gap
from persim.number_words import difference_words, level_words, pounds
from persim.policy import monday_of
from persim.reduction import SMALL

CHANCE = (
    "Intervals are 95 % and cover chance between runs only: not doubt about the numbers put in, nor about the model. "
    "Directions are better founded than sizes."
)
# Who is meant by the groups of a gap, the one that has more if the gap is above 0 first.
PEOPLE_OF = {
    "perceived_risk": ("people seen as low risk", "people seen as high risk"),
    "legal_status": ("voluntary people", "people on a CTO"),
    "rural": ("people in towns", "people in rural places"),
    "carer": ("people whose carer advocates", "people without a carer"),
}
STRICTER = 2.576 / 1.960  # five gaps are looked at: each interval is taken as wide as one of 99 %


def size_words(c: Comparison) -> str:
    """How many runs of how many people."""
    pairs = "paired runs" if len(c.names) > 1 else "runs"
    return f"{c.replicates} {pairs} of {c.n_users:,} people" if c.replicates > 1 else f"one run of {c.n_users:,} people"


def window_words(c: Comparison) -> str:
    """What the window means: stocks on a day, flows over weeks."""
    first, stop = c.reduction.window
    last, start = (f"{day.day} {day:%B %Y}" for day in (monday_of(stop - 1), monday_of(first)))
    return f"shares of people in the week of {last}, flows and rates from {start} ({stop - first} weeks)"


def difference_of(unit: str, estimate: Estimate, short: bool = False) -> str:
    """An estimate's difference with its interval, in the unit's points."""
    assert estimate.difference is not None
    assert estimate.difference_low is not None
    assert estimate.difference_high is not None
    return difference_words(unit, estimate.difference, estimate.difference_low, estimate.difference_high, short)


def answer(c: Comparison) -> str:
    """One sentence: which scenario raises real take-up most, by how much, with what uncertainty."""
    if len(c.names) < 2:
        own = c.estimate("real_take_up", 0)
        level = level_words("share", own.mean)
        return f"Real take-up in {c.reference} is {level} of eligible people ({_between(own)}; {size_words(c)})."
    order = sorted(range(1, len(c.names)), key=lambda n: -_gain(c, n))
    best, gain = order[0], c.estimate("real_take_up", order[0])
    if not any(_gain(c, number) for number in order):
        return f"Real take-up does not differ from {c.reference} in any scenario, to the last person ({size_words(c)})."
    if c.replicates > 1 and not (gain.difference_low is not None and gain.difference_low > 0.0):
        return (
            f"No scenario raises real take-up beyond chance; the largest difference to {c.reference} is "
            f"{c.names[best]}'s: {_points(gain)} ({size_words(c)})."
        )
    start = level_words("share", c.estimate("real_take_up", 0).mean)
    most = " most" if len(order) > 1 else ""
    text = (
        f"{c.names[best]} raises real take-up{most}: from {start} to {level_words('share', gain.mean)} of eligible "
        f"people, {_points(gain)} against {c.reference} ({size_words(c)})."
    )
    if len(order) > 1:
        text += f" Next: {c.names[order[1]]}, {_points(c.estimate('real_take_up', order[1]))}."
    return text


def _gain(c: Comparison, number: int) -> float:
    found = c.estimate("real_take_up", number).difference
    return found if found is not None and math.isfinite(found) else -math.inf


def _points(estimate: Estimate) -> str:
    size, _, ends = difference_of("share", estimate).rstrip(")").partition(" (")
    interval = f"95 % interval {ends}" if " to " in ends else "one run, so no interval" if ends else "exactly"
    return f"{size} percentage points ({interval})"


def _between(own: Estimate) -> str:
    if not math.isfinite(own.low):
        return "one run, so no interval"
    low, high = max(0.0, own.low), min(1.0, own.high)  # of few runs the interval would leave what a share can be
    return f"95 % interval {level_words('share', low)} to {level_words('share', high)}"


def answer_sentences(c: Comparison) -> list[str]:
    """At most three sentences: what raises real take-up most; for whom least, or at what cost; what limits this."""
    first = answer(c).partition(" Next: ")[0]
    best = _best(c)
    found = [first]
    if best is not None:
        clauses = [clause for clause in (_gap_clause(c, best), _cost_clause(c, best)) if clause]
        if clauses:
            text = "; ".join(clauses)
            found.append(f"{text[0].upper()}{text[1:]}.")
    return [*found, _limits(c)]


def _best(c: Comparison) -> int | None:
    """The scenario that raises real take-up most, if any does, beyond chance where chance can be told."""
    order = sorted(range(1, len(c.names)), key=lambda number: -_gain(c, number))
    if not order or not _gain(c, order[0]) > 0.0:
        return None
    low = c.estimate("real_take_up", order[0]).difference_low
    return order[0] if c.replicates == 1 or (low is not None and low > 0.0) else None


def _gap_clause(c: Comparison, number: int) -> str:
    """The gap in real take-up that widens most beyond chance: who gains less. Professions are not ranked."""
    found = [(_grown(c, gap, number), gap) for gap in GAPS if gap.dimension in PEOPLE_OF]
    grown, gap = max(found, key=lambda pair: pair[0])
    if grown <= 0.0:
        return ""
    before, after = c.estimate(gap.name, 0), c.estimate(gap.name, number)
    more, less = (PEOPLE_OF[gap.dimension][:: 1 if after.mean > 0.0 else -1])[:2]
    low, high = sorted(abs(edge) for edge in (after.difference_low or 0.0, after.difference_high or 0.0))
    levels = (f"{100.0 * abs(value):.1f}" for value in (before.mean, after.mean))
    small = f"; groups of fewer than {SMALL} people in a run" if c.people_behind(gap.name) < SMALL else ""
    return (
        f"{less} gain less: the gap in real take-up to {more} goes from {' to '.join(levels)} percentage points, by "
        f"{100.0 * abs(after.difference or 0.0):.1f} (95 % interval {100.0 * low:.1f} to {100.0 * high:.1f}{small})"
    )


def _grown(c: Comparison, gap: Gap, number: int) -> float:
    """By how much a gap has grown, as a share; 0 if it has not beyond chance, or turned round."""
    before, after = c.estimate(gap.name, 0).mean, c.estimate(gap.name, number)
    return abs(after.mean) - abs(before) if _widens(before, after) else 0.0


def _widens(before: float, after: Estimate) -> bool:
    """Has the gap grown, away from nought, beyond chance?"""
    middle, low, high = after.difference, after.difference_low, after.difference_high
    if middle is None or low is None or high is None or not math.isfinite(low + high) or not math.isfinite(before):
        return False
    sign = math.copysign(1.0, after.mean)
    return sign * before >= 0.0 and sign * middle > STRICTER * (high - low) / 2.0


def _cost_clause(c: Comparison, number: int) -> str:
    """What it costs the council a year beyond what it cost, and per extra person with a real budget if that is stable."""
    found = c.estimate("cost_net_year", number)
    low, high, middle = found.difference_low, found.difference_high, found.difference
    if middle is None or low is None or high is None or not (low > 0.0 or high < 0.0):
        return ""
    word = "more" if middle > 0.0 else "less"
    ends = sorted((abs(low), abs(high)))
    text = f"it costs the council {pounds(abs(middle))} a year {word} (95 % interval {pounds(ends[0])} to {pounds(ends[1])})"
    ratio = c.extra_cost[number - 1]
    return text if ratio.why_not else f"{text}, {pounds(ratio.value)} for each extra person with a real budget"


def _limits(c: Comparison) -> str:
    """What limits the answer most."""
    doubts = "the numbers put in, nor about the model, whose directions are better founded than its sizes"
    if c.replicates == 1:
        return f"One run of each tells nothing of chance between runs, of doubt about {doubts}."
    failed = f"{len(c.failures)} runs failed and are left out; " if c.failures else ""
    text = f"{failed}intervals cover chance between runs only, not doubt about {doubts}."
    return text[0].upper() + text[1:]
