"""Flows in words: who gains, who loses, who stays, by group; where lives part; a few typical stories; the answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from persim.answer_words import CHANCE
from persim.biography import SYNTHETIC, wrapped
from persim.comparison_words import PURPOSE
from persim.flow_counts import (
    FIRST_WITH,
    FIRST_WITHOUT,
    GAINS,
    LOSES,
    MOVES,
    N_COMPARED,
    STATES,
    STAYS_WITH,
    STAYS_WITHOUT,
)
from persim.number_words import MINUS, NOTHING
from persim.outcomes import GROUP_CAVEATS
from persim.policy import monday_of
from persim.reduction import SMALL
from persim.text_table import Notes, Row, TextTable
from persim.twin_pairs import one_scenario_words
from persim.twin_words import TWIN_LUCK, parting_texts, turn_texts

if TYPE_CHECKING:
    from persim.flow_stories import FlowStories, Story
    from persim.flows import Flows

COLUMNS = ("gain", "lose", "net", "stay with", "stay without", "people")
SHOWN = (GAINS, LOSES, 4, STAYS_WITH, STAYS_WITHOUT)  # columns of `Flows.rates`
HEADINGS = {
    "profession": "Profession of the coordinator", "legal_status": "Legal status", "perceived_risk": "Perceived risk",
    "actual_risk": "Actual risk", "perceived_by_actual": "Perceived and actual risk", "section_117": "Aftercare",
    "carer": "Carer", "rural": "Where",
}  # fmt: skip
BASE = (
    "Of 100 people who are eligible and on the caseload in the last week of both runs; people: how many they are in a run. "
    "Real: a budget in use with a plan the person agreed, and a sum known or free to vary."
)
GROUPS_NOTE = (
    "Groups are those of the first scenario in the last week. They differ in much besides what they are named for."
)
NOT_BLAME = (
    "Who loses has not done anything wrong, and who gains nothing right: the same people meet other practice, other hours and "
    "other queues. More take-up is not always better; declining is a choice."
)
TYPICAL = "Typical: of those who make the move, whose two lives are nearest to the middle of theirs; ties by row."
SMALL_NOTE = f"Rests on fewer than {SMALL} people in a run: read with care, or run more people."
MOST_WAYS = 6
MOVE_WORDS = {
    GAINS: "Gains", LOSES: "Loses", STAYS_WITH: "Stays with a real budget", STAYS_WITHOUT: "Stays without",
}  # fmt: skip


def text_of(flows: Flows, width: int) -> str:
    """The whole page."""
    lines = [line for line, _ in table_of(flows).lines(width)]
    lines += ["", *(line for text in net_texts(flows) for line in wrapped(text, width))]
    lines += ["", *parting_lines(flows, flows.stories, width)]
    lines += ["", f"Typical stories (seed {flows.stories.seed}; a number in brackets is the row of its ledger)"]
    for story in flows.stories.stories:
        lines += ["", *story_lines(story, width)]
    lines.append("")
    for note in notes_of(flows):
        lines += wrapped(note, width)
    lines += ["", *wrapped(answer(flows), width)]
    return "\n".join(lines) + "\n"


def notes_of(flows: Flows) -> list[str]:
    """What to bear in mind, below the stories."""
    return [TYPICAL, TWIN_LUCK, NOT_BLAME, CHANCE, SYNTHETIC, PURPOSE]


# Tables


def size_words(flows: Flows) -> str:
    """How many pairs of runs of how many people."""
    n, people = flows.replicates, flows.scenarios[0].n_users
    first, last = flows.seeds
    seeds = f"seed {first}" if last == first else f"seeds {first} to {last}"
    return f"{n} pair{'' if n == 1 else 's'} of runs of {people:,} people, {seeds}"


def week_words(flows: Flows) -> str:
    """The week in which people are counted."""
    day = monday_of(flows.last_week)
    return f"the week of {day.day} {day:%B %Y}"


def table_of(flows: Flows) -> TextTable:
    """Rates by group with intervals."""
    notes, found = Notes(), flows.means()
    rows, heading = [], ""
    for number, (dimension, label) in enumerate(flows.labels):
        if dimension != heading and dimension != "all":
            rows.append(Row(f"{HEADINGS[dimension]}{notes.mark(GROUP_CAVEATS.get(dimension, ''))}"))
        heading = dimension
        people = flows.people[number]
        cells = [
            _rate(found.mean[number, c], found.low[number, c], found.high[number, c], signed=c == 4) for c in SHOWN
        ]
        mark = notes.mark(SMALL_NOTE) if 0 < people < SMALL else ""
        indent = "" if dimension == "all" else "  "
        rows.append(Row(f"{indent}{group_words(dimension, label)}{mark}", (*cells, f"{people:,.0f}")))
    title = f"A real budget, from {flows.names[0]} to {flows.names[1]}: who gains, who loses, who stays"
    under = f"Of 100 eligible people, in {week_words(flows)}, with 95 % intervals: {size_words(flows)}"
    return TextTable((title, under), COLUMNS, tuple(rows), (BASE, GROUPS_NOTE, *notes.lines()))


def group_words(dimension: str, label: str) -> str:
    """A group's name under the heading of its dimension."""
    short = label.removeprefix(f"{dimension.replace('_', ' ')} ")
    return f"{short[:1].upper()}{short[1:]}"


def _rate(mean: float, low: float, high: float, signed: bool = False) -> str:
    if not math.isfinite(mean):
        return NOTHING
    sign = "" if not signed else MINUS if mean < 0.0 else "+"
    size = f"{sign}{abs(mean):.1f}"
    return size if not math.isfinite(low) else f"{size} ± {(high - low) / 2.0:.1f}"


def net_texts(flows: Flows) -> list[str]:
    """How the moves add up to the difference of the runs' own real take-up."""
    moved, others, difference = flows.net.mean(axis=0)
    take_up = 100.0 * flows.take_up.mean(axis=0)
    gain, lose = flows.means().mean[0, [GAINS, LOSES]]
    sum_up = (
        f"Real take-up is {take_up[0]:.2f} % in {flows.names[0]} and {take_up[1]:.2f} % in {flows.names[1]}, a difference of "
        f"{_signed(difference)} points: gains {gain:.2f} less losses {lose:.2f}, net {_signed(moved)}"
    )
    if abs(others) < 0.005:
        return [f"{sum_up}. The same people are eligible in both runs, so that is all of it."]
    return [
        f"{sum_up}; and {_signed(others)} from people who are eligible and on the caseload in one of the runs only, who "
        "cannot be compared."
    ]


def _signed(value: float) -> str:
    return f"{MINUS if value < -0.005 else '+'}{abs(value):.2f}"


def answer(flows: Flows) -> str:
    """The answer in a sentence or two."""
    if flows.is_one_scenario:
        return one_scenario_words(*flows.scenarios, "nobody gains, nobody loses")
    found = flows.means()
    gain, lose, net = (found.mean[0, column] for column in (GAINS, LOSES, 4))
    low, high = found.low[0, 4], found.high[0, 4]
    between = f" (95 % interval {_one(low)} to {_one(high)})" if math.isfinite(low) else ""
    stay = found.mean[0, STAYS_WITH]
    people = flows.moves[:, 0].mean(axis=0)
    gone = 100.0 * people[FIRST_WITH] / max(1e-9, people[: FIRST_WITHOUT + 1].sum())
    left = (
        f" Besides, {gone:.1f} have one in the first and are not eligible, or discharged, in the second."
        if gone >= 0.05
        else ""
    )
    return (
        f"From {flows.names[0]} to {flows.names[1]}, of 100 eligible people {gain:.1f} gain a real budget and {lose:.1f} "
        f"lose one: net {'+' if net >= 0 else MINUS}{abs(net):.1f}{between}. {stay:.1f} have one in both.{left}"
    )


def _one(value: float) -> str:
    return f"{MINUS if value < -0.05 else ''}{abs(value):.1f}"


# Where lives part


def parting_lines(flows: Flows, stories: FlowStories, width: int) -> list[str]:
    """What decided on budgets, and how lives first part, of those who gain and who lose, in one pair of runs."""
    lines = [f"Where it was decided (the pair with seed {stories.seed})"]
    lines += _tallies(stories.turns, "a budget in use in both; only one is real", width)
    lines += ["", "Where lives first part (the same pair)"]
    lines += _tallies(stories.partings, "the lives never part", width)
    return lines + wrapped(untouched_words(stories), width, "  ", "  ")


def _tallies(tallies: Mapping[int, Counter[str]], nothing: str, width: int) -> list[str]:
    lines = []
    for move, verb in ((GAINS, "gain"), (LOSES, "lose")):
        found = tallies[move]
        total = sum(found.values())
        lines.append(f"  Of {total:,} who {verb}:" if total else f"  Nobody {MOVES[move]} in this pair.")
        for how, n in found.most_common(MOST_WAYS):
            lines += wrapped(how or nothing, width, f"  {n:>5}  ", " " * 9)
        rest = total - sum(n for _, n in found.most_common(MOST_WAYS))
        if rest:
            lines.append(f"  {rest:>5}  in {len(found) - MOST_WAYS} other ways")
    return lines


def untouched_words(stories: FlowStories) -> str:
    """How many lives never part at all."""
    everyone = sum(sum(found.values()) for found in stories.partings.values())
    never = sum(found[""] for found in stories.partings.values())
    return (
        f"Of all {everyone:,} people compared, {never:,} live the same life in both. A parting is where two lives first "
        "differ, which need not be what made the difference in the end."
    )


def story_lines(story: Story, width: int) -> list[str]:
    """A story told short."""
    twins, names = story.twins, story.twins.names
    n = story.of
    lines = [
        f"{MOVE_WORDS[story.move]}: synthetic person {story.person} ({'the only one' if n == 1 else f'typical of {n:,}'})"
    ]
    who = dict(twins.a.who(story.person))
    start = "; ".join(who[name] for name in ("Social care", "Carer", "Care coordinator", "Where") if name in who)
    lines += wrapped(f"At the start: {start}; perceived risk {who['Perceived risk']}.", width, "  ", "  ")
    if twins.parting is None:
        lines += wrapped("The two lives never part. In both:", width, "  ", "  ")
        return lines + _life_lines(story, 0, width)
    day = monday_of(twins.parting.week)
    texts = parting_texts(twins)
    lines += wrapped(f"They part in the week of {day.day} {day:%B %Y}. {' '.join(texts)}", width, "  ", "    ")
    if twins.turn is not None:
        first, *decided = turn_texts(twins)
        if decided and decided == texts:  # told as the parting already
            decided = ["the same decision."]
        lines += wrapped(" ".join([first, *decided]), width, "  ", "    ")
    for side, name in enumerate(names):
        lines += [f"  Then, in {name}:", *_life_lines(story, side, width)]
    return lines


def _life_lines(story: Story, side: int, width: int) -> list[str]:
    lines, ends = [], story.ends[side]
    for sentence in story.highlights(side):
        when = f"{sentence.date.day} {sentence.date:%b %Y}"
        lines += wrapped(f"{when}: {sentence.text} [{sentence.row}]", width, "    ", "      ")
    end = (
        f"In the end: {ends['Way to a budget']}; a real budget: {ends['Real budget']}; felt control "
        f"{ends['Choice and control felt']}."
    )
    return lines + wrapped(end, width, "    ", "      ")


# For programs


def json_of(flows: Flows) -> dict[str, Any]:
    """The flows for programs; rates are per 100 people compared."""
    found = flows.means()
    groups = []
    for number, (dimension, label) in enumerate(flows.labels):
        rates = {
            name: {"per_100": found.mean[number, c], "low": found.low[number, c], "high": found.high[number, c]}
            for name, c in zip((*MOVES[:2], "net", *MOVES[2:N_COMPARED]), SHOWN, strict=True)
        }
        people = dict(zip(MOVES, flows.moves[:, number].mean(axis=0).tolist(), strict=True))
        groups.append({
            "dimension": dimension, "group": label, "rates": rates, "people": people,
            "small": bool(flows.people[number] < SMALL), "caveat": GROUP_CAVEATS.get(dimension, ""),
        })  # fmt: skip
    moved, others, difference = flows.net.mean(axis=0)
    return {
        "answer": answer(flows), "scenarios": list(flows.names), "same_scenario": flows.is_one_scenario,
        "replicates": flows.replicates, "seed": flows.seed, "people": flows.scenarios[0].n_users, "week": flows.last_week,
        "groups": groups, "states": {"names": list(STATES), "people": flows.states.mean(axis=0)},
        "real_take_up": flows.take_up.mean(axis=0),
        "points": {"gains less losses": moved, "people not compared": others, "difference": difference},
        "behind": flows.stories.as_json(), "failed": _failed(flows.failures), "notes": notes_of(flows),
    }  # fmt: skip


def _failed(failures: Sequence) -> list[dict[str, object]]:
    return [{"seed": one.task.seed, "scenario": one.task.scenario, "cause": one.cause} for one in failures]
