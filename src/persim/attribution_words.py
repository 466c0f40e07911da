"""An attribution in words: the answer in a few sentences, tables for a terminal, and what to bear in mind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from persim.attribution_plan import AttributionPlan
from persim.attribution_result import Attribution
from persim.barriers import BARRIERS, BY_KEY
from persim.comparison_words import PURPOSE
from persim.number_words import MINUS, NOTHING, difference_words
from persim.outcomes import BY_NAME, GROUP_CAVEATS
from persim.policy import monday_of
from persim.reduction import SMALL
from persim.sweep_words import Estimate, bytes_words, time_words
from persim.text_table import Row, TextTable

if TYPE_CHECKING:
    import pandas as pd

SHARES_CAVEAT = (
    "Shapley shares are shares of the gap to a world without barriers that never existed. Levers are weaker than "
    "switches: no share is what a policy would gain, nor a forecast."
)
BASE_CAVEAT = (
    "The base is eligible people. Declining is a choice, and so is ending it when asked for a contribution: both are "
    "shown apart and belong to no barrier. Nobody has to have a budget."
)
FAULT_CAVEAT = (
    "A barrier is a part of how services work. That few people have a real budget is no fault of theirs, nor of a "
    "profession."
)
GROUPS_CAVEAT = (
    f"{GROUP_CAVEATS['profession']} Groups are as they are at the end of each run, and who is in a group can change with "
    "the barriers; groups differ in much besides."
)
TALLY_CAVEAT = (
    "The tally counts the first closed gate only, and the order of gates decides which is first: so it stands beside the "
    "same with the order shuffled. It counts opportunities that came, not people who never had one."
)
CHANCE = (
    "Intervals are 95 % over seeds: chance between runs and, for sampled orders, chance of the orders; not doubt about "
    "the numbers put in, nor about the model. Directions are better founded than sizes."
)
ALL_OFF_CAVEAT = "With other barriers left on, another share would go to each: shares are of this list of barriers."
MOST_NAMED, MOST_PAIRS = 4, 8
PLURAL = ("steps", "disputes", "language_and_power")
ENOUGH = 0.0005  # share of eligible people below which a barrier is said to add nothing


def caveats(found: Attribution) -> list[str]:
    """What must stand beside the results."""
    told = [SHARES_CAVEAT, BASE_CAVEAT, FAULT_CAVEAT, TALLY_CAVEAT]
    told += [GROUPS_CAVEAT] if found.shown else []
    told += [ALL_OFF_CAVEAT] if len(found.plan.barriers) < len(BARRIERS) else []
    return [*told, BY_NAME["real_take_up"].caveat, CHANCE, PURPOSE]


def notes(found: Attribution) -> list[str]:
    """What is particular to these runs."""
    told = []
    plan = found.plan
    if found.n_failed:
        told.append(
            f"{found.n_failed} runs failed; the seeds they belong to are left out whole, so {found.n_seeds} of "
            f"{plan.replicates} seeds are counted."
        )
    elif found.n_seeds < plan.replicates:
        told.append(f"In {plan.replicates - found.n_seeds} of {plan.replicates} seeds nobody is eligible: left out.")
    if found.n_seeds == 1:
        told.append("One seed: there are shares but no intervals. Ask for more with --replicates.")
    if plan.scenario.n_users < 4 * SMALL:
        told.append(f"A run of {plan.scenario.n_users:,} has fewer than {SMALL} eligible people in most groups.")
    return told


# The answer --------------------------------------------------------------------------------------------------------------


def answer(found: Attribution) -> list[str]:
    """The answer in a few sentences; one that says so if no seed has all of its runs."""
    if found.n_seeds == 0:
        return ["No seed has all of its runs, so nothing can be said."]
    level = rows_of(found.levels)[0]
    day = monday_of(found.plan.window[1] - 1)
    n = len(found.plan.barriers)
    what = "every barrier" if n == len(BARRIERS) else f"these {n} barriers" if n > 1 else "this barrier"
    return [
        f"{found.plan.scenario.name}: of 100 eligible people {_points(level['as_is'])[0]} have a real budget in the week of "
        f"{day.day} {day:%B %Y}; were {what} gone, it would be {_points(level['all_off'])[0]}.",
        _shares_sentence(found, level["missing"]),
        *([_ways_sentence(found)] if n > 1 else []),
        _remainder_sentence(found),
    ]


def _shares_sentence(found: Attribution, missing: float) -> str:
    shares = rows_of(found.shares)
    named = [row for row in shares if row["share"] > ENOUGH][:MOST_NAMED]
    if not named:
        return "Switching them off together brings nothing, so there is nothing to share out."
    rest = shares[len(named) :]
    parts = [
        f"{BY_KEY[row['barrier']].short} {_verb(row['barrier']) if number == 0 else ''}for "
        f"{_with_interval(row['share'], row['low'], row['high'])}"
        for number, row in enumerate(named)
    ]
    if rest:
        together = _points(sum(row["share"] for row in rest))[0]
        parts.append(f"the other {len(rest)} together for {together}" if len(rest) > 1 else f"the last for {together}")
    return f"Of the {_points(missing)[0]} points between, {listed(parts)} (Shapley shares)."


def _verb(barrier: str) -> str:
    return "account " if barrier in PLURAL else "accounts "


def listed(parts: Sequence[str]) -> str:
    """Parts of a sentence: a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _ways_sentence(found: Attribution) -> str:
    single, last = (max(rows_of(table), key=lambda row: row["gain"]) for table in (found.singles, found.last))
    return (
        f"Switched off alone, none brings more than {_points(single['gain'])[0]} points "
        f"({BY_KEY[single['barrier']].short}); with all others off already, the most is {_points(last['gain'])[0]} "
        f"({BY_KEY[last['barrier']].short})."
    )


def _remainder_sentence(found: Attribution) -> str:
    left = rows_of(found.remainder)
    chosen = sum(row["all_off"] for row in left if row["choice"])
    rest = sum(row["all_off"] for row in left if not row["choice"])
    whole = len(found.plan.barriers) == len(BARRIERS)
    why = (
        "no occasion so far, a one-off payment, on the way, ended, or not real"
        if whole
        else "above all for other barriers"
    )
    return (
        f"Then {_points(chosen)[0]} of 100 have none by their own choice (they declined, or ended it when asked for a "
        f"contribution), and {_points(rest)[0]} have none yet or no longer: {why}."
    )


def _points(*shares: float) -> list[str]:
    """Points of 100 eligible people, all with as many decimals: none if the first is ten or more, else one."""
    decimals = 0 if abs(100.0 * shares[0]) >= 9.95 else 1
    texts = [f"{100.0 * share:.{decimals}f}" if math.isfinite(share) else NOTHING for share in shares]
    return [text.replace("-", MINUS if text.strip("-0.") else "") for text in texts]


def _with_interval(value: float, low: float, high: float) -> str:
    middle, *ends = _points(value, low, high)
    return f"{middle} [{ends[0]} to {ends[1]}]" if math.isfinite(low) else middle


# Tables ------------------------------------------------------------------------------------------------------------------


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by column."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def tables(found: Attribution) -> list[TextTable]:
    """The tables for a terminal: shares, who is left, groups, pairs, the tally."""
    if found.n_seeds == 0:
        return []
    made = [_shares_table(found), _remainder_table(found)]
    made += [_groups_table(found)] if found.shown else []
    made += [_pairs_table(found)] if len(found.interactions) else []
    return [*made, _tally_table(found)]


def size_words(plan: AttributionPlan) -> str:
    """How the runs are made up."""
    way = "every subset" if plan.exact else f"{2 * plan.orders} sampled orders a seed"
    seeds = f"{plan.replicates} seeds" if plan.replicates > 1 else "one seed"
    n = len(plan.barriers)
    return (
        f"{plan.n_runs:,} runs of {plan.scenario.n_users:,} people: {seeds}, {n} barrier{'s' if n > 1 else ''}, {way}"
    )


def _shown(row: Mapping[str, Any], name: str) -> str:
    return difference_words("share", row[name], row["low"], row["high"], short=True)


def _shares_table(found: Attribution) -> TextTable:
    single, last = ({row["barrier"]: row for row in rows_of(table)} for table in (found.singles, found.last))
    rows = [
        Row(
            f"  {row['label']}",
            (_shown(row, "share"), _shown(single[row["barrier"]], "gain"), _shown(last[row["barrier"]], "gain")),
        )
        for row in rows_of(found.shares)
    ]
    level = rows_of(found.levels)[0]
    whole = difference_words("share", level["missing"], level["missing_low"], level["missing_high"], short=True)
    title = (
        f"{found.plan.scenario.name}: what holds back real take-up, in points of 100 eligible people",
        size_words(found.plan),
    )
    columns = ("Shapley share", "switched off alone", "last, others off")
    return TextTable(title, columns, (*rows, Row("  All together", (whole, "", ""))), (SHARES_CAVEAT,))


def _remainder_table(found: Attribution) -> TextTable:
    level = rows_of(found.levels)[0] | {"label": "Have a real budget"}
    rows = tuple(
        Row(f"  {row['label']}", (_level(row, "as_is"), _level(row, "all_off")))
        for row in (level, *rows_of(found.remainder))
    )
    title = ("Of 100 eligible people, at the end of the window",)
    return TextTable(title, ("as it is", "all off"), rows, (BASE_CAVEAT,))


def _level(row: Mapping[str, Any], name: str) -> str:
    value, low, high = (100.0 * row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if not math.isfinite(value):
        return NOTHING
    return f"{value:.1f} ± {(high - low) / 2.0:.1f}" if math.isfinite(low) else f"{value:.1f}"


def _groups_table(found: Attribution) -> TextTable:
    own = {(row["dimension"], row["group"], row["barrier"]): row for row in rows_of(found.groups)}
    level = {(row["dimension"], row["group"]): row for row in rows_of(found.levels)}
    groups = found.shown
    rows = [
        Row(f"  {row['label']}", tuple(_shown(own[(*group, row["barrier"])], "share") for group in groups))
        for row in rows_of(found.shares)
    ]
    for label, name in (("  As it is, of 100", "as_is"), ("  All off, of 100", "all_off")):
        rows.append(Row(label, tuple(_level(level[group], name) for group in groups)))
    small = [group[1] for group in groups if level[group]["small"]]
    few = f"Fewer than {SMALL} eligible people in a run: {', '.join(small)}. Read with care."
    return TextTable(
        ("Shapley shares by group, in points of 100 eligible people of the group",), tuple(g[1] for g in groups),
        tuple(rows), (GROUPS_CAVEAT, *((few,) if small else ())),
    )  # fmt: skip


def _pairs_table(found: Attribution) -> TextTable:
    rows = [
        Row(f"  {BY_KEY[row['first']].short}, {BY_KEY[row['second']].short}", (_shown(row, "interaction"),))
        for row in rows_of(found.interactions)[:MOST_PAIRS]
    ]
    note = (
        "Both off together, less each off alone, all other barriers on. Above nought: one stands behind the other, so "
        f"both together bring more than their sum. The largest {len(rows)} of {len(found.interactions)} pairs."
    )
    return TextTable(("Two barriers together, in points beyond their sum",), ("interaction",), tuple(rows), (note,))


def _tally_table(found: Attribution) -> TextTable:
    ways = ("fixed", "shuffled", "by_itself", "at_all")
    rows = [
        Row(f"  {row['label']}", tuple(_share(row[way]) for way in ways))
        for row in rows_of(found.tally)
        if row["at_all"] > ENOUGH
    ]
    columns = ("first, order of the rules", "first, order shuffled", "it alone closed", "closed at all")
    return TextTable(("Opportunities by closed gate, as it is, % of all",), columns, tuple(rows), (TALLY_CAVEAT,))


def _share(value: float) -> str:
    return f"{100.0 * value:.1f}" if math.isfinite(value) else NOTHING


# Before it begins, and for programs ----------------------------------------------------------------------------------------


def estimate_lines(plan: AttributionPlan, found: Estimate, place: str) -> list[str]:
    """What an attribution would take, for people."""
    lines = [f"{plan.scenario.name}: {size_words(plan)}"]
    if not found.n_missing:
        return [*lines, f"all of them are made already, in {place}"]
    if found.n_missing < found.n_runs:
        lines.append(f"{found.n_runs - found.n_missing:,} of them are made already, in {place}")
    each = f"{1000.0 * found.seconds_a_run:.0f} ms a run on this machine, as measured now"
    lines.append(f"about {time_words(found.seconds)} ({each}), and some seconds for tables and figures")
    lines.append(f"about {bytes_words(found.n_bytes)} on disk, in {place}")
    return lines


def as_json(found: Attribution) -> dict[str, Any]:
    """The results for programs: all tables but the runs."""
    names = ("levels", "shares", "singles", "last", "interactions", "groups", "remainder", "tally")
    return {
        "scenario": found.plan.scenario.name,
        "answer": answer(found),
        "runs": found.n_runs,
        "n_failed": found.n_failed,
        "n_seeds": found.n_seeds,
        "exact": found.plan.exact,
        **{name: rows_of(getattr(found, name)) for name in names},
        "caveats": caveats(found),
        "notes": notes(found),
    }
