"""An attribution in words: the answer in a few sentences, what to bear in mind; tables are in `attribution_tables`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from persim.attribution_plan import AttributionPlan
from persim.attribution_result import EVERYONE, Attribution
from persim.barriers import BARRIERS, BY_KEY
from persim.comparison_words import PURPOSE
from persim.number_words import MINUS, NOTHING
from persim.outcomes import BY_NAME, GROUP_CAVEATS
from persim.policy import monday_of
from persim.reduction import SMALL
from persim.sweep_words import Estimate, bytes_words, time_words

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
ONE_SEED_CHANCE = "No intervals: one seed cannot tell chance. Directions are better founded than sizes."
ALL_OFF_CAVEAT = "With other barriers left on, another share would go to each: shares are of this list of barriers."
PANEL_NOTE = (
    "The panel's places are few and fixed: enough while other gates are shut, too few once they are open. That is "
    "capacity, no verdict on panels."
)
MOST_NAMED = 4
PLURAL = ("steps", "disputes", "language_and_power")
ENOUGH = 0.0005  # share of eligible people below which a barrier is said to add nothing


def caveats(found: Attribution) -> list[str]:
    """What must stand beside the results."""
    told = [SHARES_CAVEAT, BASE_CAVEAT, FAULT_CAVEAT, TALLY_CAVEAT]
    told += [GROUPS_CAVEAT] if found.shown else []
    told += [ALL_OFF_CAVEAT] if len(found.plan.barriers) < len(BARRIERS) else []
    return [*told, BY_NAME["real_take_up"].caveat, chance(found), PURPOSE]


def chance(found: Attribution) -> str:
    """What intervals hold, where there are any."""
    return CHANCE if found.n_seeds > 1 else ONE_SEED_CHANCE


def notes(found: Attribution) -> list[str]:
    """What is particular to these runs."""
    plan = found.plan
    told = off_already_words(plan)
    if found.n_unsettled:
        told.append(f"{found.n_unsettled:,} of {plan.n_runs:,} runs are not made yet: go on with --resume.")
    if found.n_failed:
        told.append(f"{runs_words(found.n_failed)} failed.")
    if found.n_unsettled or found.n_failed:
        told.append(f"Seeds without all of their runs are left out whole: {_counted(found)}.")
    if found.n_empty:
        told.append(f"In {found.n_empty} of {seeds_words(plan.replicates)} nobody is eligible: left out.")
    if found.n_seeds == 1:
        told.append("One seed: there are shares but no intervals. Ask for more with --replicates.")
    return [*told, *fewer_seeds(found), *_small_groups(found), *([PANEL_NOTE] if _is_panel_large(found) else [])]


def off_already_words(plan: AttributionPlan) -> list[str]:
    """The barriers that the scenario itself has off, in a sentence; nothing if there are none."""
    names = [barrier.short for barrier in plan.off_already]
    return [f"Already off in this scenario: {listed(names)}. That this adds nothing is no finding."] if names else []


def runs_words(n: int) -> str:
    """1 run, 2 runs."""
    return f"{n:,} run{'s' if n != 1 else ''}"


def people_words(n: int) -> str:
    """1 person, 2 people."""
    return f"{n:,} {'people' if n != 1 else 'person'}"


def seeds_words(n: int) -> str:
    """1 seed, 2 seeds."""
    return f"{n:,} seed{'s' if n != 1 else ''}"


def _counted(found: Attribution) -> str:
    are = "is" if found.n_seeds == 1 else "are"
    return f"{found.n_seeds} of {seeds_words(found.plan.replicates)} {are} counted"


def fewer_seeds(found: Attribution) -> list[str]:
    """Groups that rest on fewer seeds than everyone does, in a sentence; nothing if there are none."""
    groups = [
        f"{row['group']} ({row['n_seeds']})"
        for row in rows_of(found.levels)
        if (row["dimension"], row["group"]) in found.shown and row["n_seeds"] < found.n_seeds
    ]
    if not groups:
        return []
    return [
        f"Of {seeds_words(found.n_seeds)}, fewer stand behind {listed(groups)}: in the others a run ended with nobody eligible "
        "in the group."
    ]


def _small_groups(found: Attribution) -> list[str]:
    rows = [row for row in rows_of(found.levels) if row["small"]]
    groups = [row["group"] for row in rows if (row["dimension"], row["group"]) in found.shown]
    told = [f"Fewer than {SMALL} people in a run are eligible: read with care."]
    if rows and rows[0]["dimension"] == EVERYONE:
        return told
    return [f"Fewer than {SMALL} eligible people in a run: {listed(groups)}. Read with care."] if groups else []


def _is_panel_large(found: Attribution) -> bool:
    """Is the panel among the barriers that the answer names, and more so the later it goes?"""
    if not is_gap_beyond_chance(rows_of(found.levels)[0]) or len(found.plan.barriers) == 1:
        return False
    gains = [{row["barrier"]: row["gain"] for row in rows_of(table)} for table in (found.singles, found.last)]
    return "panel" in _named(found) and gains[1]["panel"] > gains[0]["panel"] + ENOUGH


# The answer --------------------------------------------------------------------------------------------------------------


def answer(found: Attribution) -> list[str]:
    """The answer in a few sentences; one that says so if no seed has all of its runs."""
    if found.n_seeds == 0:
        return ["No seed has all of its runs and people eligible in them, so nothing can be said."]
    level = rows_of(found.levels)[0]
    day = monday_of(found.plan.window[1] - 1)
    n = len(found.plan.barriers)
    what = "every barrier" if n == len(BARRIERS) else f"these {n} barriers" if n > 1 else "this barrier"
    beyond = is_gap_beyond_chance(level)
    return [
        f"{found.plan.scenario.name}: of 100 eligible people {_points(level['as_is'])[0]} have a real budget in the week of "
        f"{day.day} {day:%B %Y}; were {what} gone, it would be {_points(level['all_off'])[0]}.",
        _shares_sentence(found, level["missing"]) if beyond else _no_gap_sentence(level, n),
        *([_ways_sentence(found)] if n - len(found.plan.off_already) > 1 and beyond else []),
        _remainder_sentence(found),
    ]


def is_gap_beyond_chance(level: Mapping[str, Any]) -> bool:
    """Does take-up rise beyond chance with all barriers off, so that there is a gap to share out?

    One seed has no interval: there the rise alone says so, and a note that it is one seed.
    """
    low = level["missing_low"]
    return bool(level["missing"] > ENOUGH and (low > 0.0 or not math.isfinite(low)))


def _no_gap_sentence(level: Mapping[str, Any], n: int) -> str:
    """What is said instead of shares: of nothing there are none."""
    off = "Switching them off together" if n > 1 else "Switching it off"
    change, low, high = (float(level[f"missing{end}"]) for end in ("", "_low", "_high"))
    if change == 0.0 and (low == high or not math.isfinite(low)):
        return f"{off} brings nothing, so there is nothing to share out."
    told = f"{off} changes real take-up by {_with_interval(change, low, high)} points"
    if high < 0.0:
        return f"{told}: there is no gap to share out."
    return f"{told}, which may be chance, so there is nothing to share out."


def _named(found: Attribution) -> list[str]:
    """The barriers that the answer names, largest share first."""
    return [row["barrier"] for row in still_on(found, found.shares) if row["share"] > ENOUGH][:MOST_NAMED]


def still_on(found: Attribution, table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of the barriers that the scenario has not off already."""
    off = {barrier.key for barrier in found.plan.off_already}
    return [row for row in rows_of(table) if row["barrier"] not in off]


def _shares_sentence(found: Attribution, missing: float) -> str:
    shares = still_on(found, found.shares)
    gap = _points(missing)[0]
    if len(shares) == 1:
        row = shares[0]
        whose = "its share" if len(found.plan.barriers) == 1 else f"the share of {BY_KEY[row['barrier']].short}"
        return f"All of the {_with_interval(row['share'], row['low'], row['high'])} points between are {whose}."
    named, rest = (shares[: len(_named(found))], shares[len(_named(found)) :])
    if not named:
        return f"Of the {gap} points between, no barrier accounts for as much as {_points(ENOUGH)[0]}."
    parts = [
        f"{BY_KEY[row['barrier']].short} {_verb(row['barrier']) if number == 0 else ''}for "
        f"{_with_interval(row['share'], row['low'], row['high'])}"
        for number, row in enumerate(named)
    ]
    others, away = sum(row["share"] for row in rest), ""
    who = f"the other {len(rest)} together" if len(rest) > 1 else "the last"
    if others < -ENOUGH:
        away = f", while {who} {'take' if len(rest) > 1 else 'takes'} {_points(-others)[0]} away"
    elif rest:
        parts.append(f"{who} for {_points(others)[0]}")
    return f"Of the {gap} points between, {listed(parts)}{away} (Shapley shares).{_unsure_words(named)}"


def _unsure_words(named: Sequence[Mapping[str, Any]]) -> str:
    """Which of the shares that are told may as well be nothing; nothing if none may."""
    unsure = [BY_KEY[row["barrier"]].short for row in named if row["low"] <= 0.0 <= row["high"]]
    if not unsure:
        return ""
    intervals = "The interval" if len(unsure) == 1 else "The intervals"
    across = "goes across nought" if len(unsure) == 1 else "go across nought"
    return f" {intervals} of {listed(unsure)} {across}: more seeds are needed."


def _verb(barrier: str) -> str:
    return "account " if barrier in PLURAL else "accounts "


def listed(parts: Sequence[str]) -> str:
    """Parts of a sentence: a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _ways_sentence(found: Attribution) -> str:
    single, last = (max(still_on(found, table), key=lambda row: row["gain"]) for table in (found.singles, found.last))
    if single["gain"] <= ENOUGH and last["gain"] <= ENOUGH:
        return "Switched off alone none brings anything, nor does any with all others off already."
    alone = (
        f"none brings more than {_points(single['gain'])[0]} points ({BY_KEY[single['barrier']].short})"
        if single["gain"] > ENOUGH
        else "none brings anything"
    )
    most = (
        f"the most is {_points(last['gain'])[0]} ({BY_KEY[last['barrier']].short})"
        if last["gain"] > ENOUGH
        else "none brings anything"
    )
    return f"Switched off alone, {alone}; with all others off already, {most}."


def _remainder_sentence(found: Attribution) -> str:
    left = rows_of(found.remainder)
    chosen = sum(row["all_off"] for row in left if row["choice"])
    rest = sum(row["all_off"] for row in left if not row["choice"])
    whole = len(found.plan.barriers) == len(BARRIERS)
    why = (
        "no occasion so far, a one-off payment, on the way, ended, not real, or in crisis or hospital when an occasion came"
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


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by column."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def size_words(plan: AttributionPlan) -> str:
    """How the runs are made up."""
    way = "every subset" if plan.exact else f"{2 * plan.orders} sampled orders a seed"
    seeds = f"{plan.replicates} seeds" if plan.replicates > 1 else "one seed"
    n = len(plan.barriers)
    made = f"{runs_words(plan.n_runs)} of {people_words(plan.scenario.n_users)}"
    return f"{made}: {seeds}, {n} barrier{'s' if n > 1 else ''}, {way}"


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
    """The results for programs: all tables but the runs, of groups those that are shown."""
    names = ("levels", "shares", "singles", "last", "interactions", "groups", "remainder", "tally")
    shown = {EVERYONE, *found.plan.shown}
    made = {name: rows_of(getattr(found, name)) for name in names}
    for name in ("levels", "groups"):
        made[name] = [row for row in made[name] if row["dimension"] in shown]
    return {
        "scenario": found.plan.scenario.name,
        "answer": answer(found),
        "runs": found.n_runs,
        "n_failed": found.n_failed,
        "n_seeds": found.n_seeds,
        "exact": found.plan.exact,
        **made,
        "caveats": caveats(found),
        "notes": notes(found),
    }
