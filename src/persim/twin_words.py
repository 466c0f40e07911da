"""Twins in words: what both lives share, where and why they part, what followed, how it stands in the end.

A number in brackets is the row of the ledger that a sentence tells; two numbers are the rows in the two ledgers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from persim import events
from persim.biography import GATES, INDICES, LEFT_OUT, LUCK, SYNTHETIC, run_json, short_words, wrapped
from persim.life_sentences import telling_of
from persim.policy import monday_of
from persim.sentence import chance_and_draw
from persim.twin_columns import after_lines, shared_lines
from persim.twin_pairs import one_scenario_words
from persim.twin_reasons import Decision, Difference, difference_json, gate_name, outcome_words

if TYPE_CHECKING:
    from persim.twins import Twins

MARGIN = (
    "Two numbers in brackets are the rows of the two ledgers that a sentence tells, one number is the row of its own "
    "ledger; dates are those of a week's Monday."
)
WHY = (
    "The lives part where the scenarios differ, and luck is the same: this is what the rules make of one synthetic person, "
    "and says nothing of what would have happened to anybody real."
)
TWIN_LUCK = "A draw is luck from 0 to 1, keyed to the person, the week and what it is for: the same in both scenarios."
NEVER_PART = "The two lives never part: every event is the same, in the same week, with the same outcome."
LINKED = "Lives are linked too, through peers, the panel's queue, the year's money and the hours that others need."
MOST_TOLD = 6
# Kinds that are written only where something comes of the draw.
WRITTEN_IF_IT_HAPPENS = (
    events.E_REFERRED, events.E_RETURNED, events.E_DISCHARGED, events.E_STATE, events.E_INCIDENT, events.E_HEARD,
    events.E_FORGOT, events.E_ASKED, events.E_DISPUTED_SPENDING,
)  # fmt: skip


def text_of(twins: Twins, width: int) -> str:
    """The whole page."""
    lines = [*wrapped(twins.title, width), *wrapped(twins.subtitle, width), ""]
    lines.append(f"At the start, in both ({twins.a.first_day()})")
    who = twins.a.who(twins.person)
    longest = max(len(label) for label, _ in who)
    for label, words in who:
        lines += wrapped(words, width, f"  {label.ljust(longest)}  ", " " * (longest + 4))
    lines += ["", "The same in both" if twins.parting is None else "Up to where they part: the same in both"]
    lines += shared_lines(twins, width)
    lines += ["", *parting_lines(twins, width)]
    if twins.parting is not None:
        lines += ["", "What followed", *after_lines(twins, width)]
    if twins.turn is not None:
        lines += ["", "Where the budget was decided"]
        lines += [line for text in turn_texts(twins) for line in wrapped(text, width, "  ", "    ")]
    lines += ["", f"In the end (week of {twins.a.last_day()})", *_end_lines(twins, width), ""]
    for note in notes_of(twins):
        lines += wrapped(note, width)
    return "\n".join(lines) + "\n"


def notes_of(twins: Twins) -> list[str]:
    """What to bear in mind, below every face of the story."""
    short = short_words([*twins.told[0].sentences, *twins.told[1].sentences])
    return [MARGIN, INDICES, LUCK if twins.every else TWIN_LUCK, GATES, *short, WHY, LEFT_OUT, SYNTHETIC]


# Where and why


def parting_lines(twins: Twins, width: int) -> list[str]:
    """Where the lives part and what stands behind it."""
    if twins.is_one_scenario:
        return wrapped(one_scenario_text(twins), width)
    if twins.parting is None:
        return [line for text in (NEVER_PART, _earlier(twins)) for line in wrapped(text, width)]
    day = monday_of(twins.parting.week)
    lines = [f"Where they part: week of {day.day} {day:%B %Y}"]
    for text in why_texts(twins):
        lines += wrapped(text, width, "  ", "    ")
    return lines


def one_scenario_text(twins: Twins) -> str:
    """That there is no parting, since the scenarios do not differ."""
    return one_scenario_words(twins.a.ledger.scenario, twins.b.ledger.scenario, "no parting")


def why_texts(twins: Twins) -> list[str]:
    """Why the lives part, and whether chances differed before, in a few sentences."""
    if twins.parting is None:
        return [_earlier(twins)]
    texts = list(parting_texts(twins))
    if not any(decision.same_draw for decision in twins.decisions):
        texts += _before_texts(twins)
    numbers = twins.scenario_numbers
    if numbers:
        more = f"; and {len(numbers) - MOST_TOLD} more (`persim diff` tells all)" if len(numbers) > MOST_TOLD else ""
        texts.append(f"What differs between the scenarios that week: {'; '.join(numbers[:MOST_TOLD])}{more}.")
    else:
        texts.append("In that week no number of the scenarios differs: what had differed before still showed.")
    return [*texts, _earlier(twins)]


def parting_texts(twins: Twins) -> list[str]:
    """The parting itself: the decisions that ended otherwise, or the event that stands in one ledger only."""
    parting, names = twins.parting, twins.names
    if parting is None:
        return []
    if twins.decisions:
        return [decision_text(decision, names, twins.a.rows["kind"][decision.rows[0]]) for decision in twins.decisions]
    return [
        _only_in(twins, side, number)
        for side, number in enumerate((parting.first, parting.second))
        if number is not None
    ]


def decision_text(decision: Decision, names: tuple[str, str], kind: int) -> str:
    """One decision of both ledgers: outcomes, draw, chances, what was weighed, and the rows."""
    what = f"gate of {gate_name(kind)}" if kind > events.E_GATE else decision.kind
    first, second = decision.outcomes
    ended = f"{what}: {first} in {names[0]}; {second} in {names[1]}"
    differ = [one for one in decision.weighed if not one.is_one]
    alike = [one for one in decision.weighed if one.is_one]
    weighed = "; ".join(one.told() for one in [*differ, *alike])
    behind = f" Behind it, in {names[0]} and in {names[1]}: {weighed}." if weighed else ""
    return (
        f"{ended[:1].upper()}{ended[1:]}. {_chances(decision, names)}{behind} [{decision.rows[0]} | {decision.rows[1]}]"
    )


def _chances(decision: Decision, names: tuple[str, str]) -> str:
    (first, second), (draw, other) = decision.chances, decision.draws
    if math.isnan(first):
        return "No chance stands in these rows."
    if decision.same_draw:
        one, two, drawn = three_apart(first, second, draw)
        of = "" if decision.chance_of == "chance" else f" ({decision.chance_of})"
        return f"The same draw, {drawn}, met another chance{of}: {one} in {names[0]}, {two} in {names[1]}."
    if draw == other:
        chance, drawn = chance_and_draw(first, draw)
        return f"The draw, {drawn}, and the chance, {chance}, are the same in both."
    (chance, drawn), (chance_2, drawn_2) = chance_and_draw(first, draw), chance_and_draw(second, other)
    return (
        f"Another stream of luck: a draw of {drawn} against {chance} in {names[0]}, of {drawn_2} against {chance_2} in "
        f"{names[1]} (luck goes with who decides, and with how often it was decided)."
    )


def three_apart(first: float, second: float, draw: float) -> tuple[str, str, str]:
    """Two chances and a draw, with as many decimals as it takes to tell all three apart; at least two, at most nine."""
    for decimals in range(2, 10):
        words = tuple(f"{value:.{decimals}f}" for value in (first, second, draw))
        if len(set(words)) == len({first, second, draw}):
            break
    return words[0], words[1], words[2]


def _only_in(twins: Twins, side: int, number: int) -> str:
    lives = (twins.a, twins.b)[side]
    row = lives.rows[number]
    setting = lives.setting(twins.person)
    setting.aftercare = -1  # as it was at the start, which need not be as it is here
    telling = telling_of(row, setting, every=True)
    text = telling.text if telling is not None else outcome_words(row)
    kind = events.KINDS[int(row["kind"])]
    by = ""
    if kind.by_chance and kind.threshold:
        chance, draw = chance_and_draw(float(row["threshold"]), float(row["draw"]))
        by = f" The chance there was {chance}, the draw {draw}."
        if row["kind"] in WRITTEN_IF_IT_HAPPENS:
            by = f"{by[:-1]}; where nothing comes of such a draw, no row is written."
    return f"Only in {twins.names[side]}: {text}{by} [{number}]"


def _before_texts(twins: Twins) -> list[str]:
    """What differed just before: in the person, for the practitioner, in the locality."""
    person, service = twins.person_before, twins.service_before
    names = f"in {twins.names[0]} and in {twins.names[1]}"
    texts = [
        f"Just before, the person's state differed, {names}: {_listed(person)}."
        if person
        else "Just before, the person's state was the same in both."
    ]
    if not person and all(decision.chances[0] == decision.chances[1] for decision in twins.decisions):
        texts[0] += f" {LINKED}"
    if service:
        texts.append(f"That week the terms of who leads and of the locality differed, {names}: {_listed(service)}.")
    return texts


def _listed(found: Sequence[Difference]) -> str:
    more = f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return "; ".join(one.told() for one in found[:MOST_TOLD]) + more


def _earlier(twins: Twins) -> str:
    other = twins.other_chance
    until = "in all these years" if twins.parting is None else "up to there"
    if other is None:
        return f"In the decisions that stand in both ledgers {until}, every chance was the same."
    first, day = other.first, monday_of(other.week)
    one, two, draw = three_apart(*first.chances, first.draws[0])
    how_often = "this once" if other.n == 1 else f"so did {other.n - 1} more of {other.of} decisions"
    return (
        f"A chance had differed before, and it did not matter: first on {day.day} {day:%B %Y} ({first.kind}: {one} and "
        f"{two}, with the draw {draw}, came to the same [{first.rows[0]} | {first.rows[1]}]); {how_often} {until}."
    )


def _end_lines(twins: Twins, width: int) -> list[str]:
    label = max(len(what) for what, _, _ in twins.ends)
    cells = [("", *twins.names), *twins.ends]
    longest = [max(len(cell[side]) for cell in cells) for side in (1, 2)]
    if label + sum(longest) + 6 <= width:
        return [f"  {what:{label}}  {first:{longest[0]}}  {second}".rstrip() for what, first, second in cells]
    room = max(8, (width - label - 6) // 2)
    lines = []
    for what, *both in cells:
        pair = [wrapped(words, room) for words in both]
        for number, (first, second) in enumerate(zip_longest(*pair, fillvalue="")):
            lines.append(f"  {what if not number else '':{label}}  {first:{room}}  {second}".rstrip())
    return lines


def turn_texts(twins: Twins) -> list[str]:
    """What decided that only one life has a budget in use in the end."""
    turn, names = twins.turn, twins.names
    if turn is None:
        return []
    has, has_not, day = names[turn.side], names[1 - turn.side], monday_of(turn.week)
    text = f"The budget in {has} goes back to an offer in the week of {day.day} {day:%B %Y} [{turn.offer}]."
    if not turn.decisions:
        none = f"In {has_not} there was no opportunity that week."
        return [f"{text} {'In both the offer was made; what came after differs.' if turn.later else none}"]
    if turn.later:
        text += f" In {has_not} it was made too; this came after:"
    else:
        text += f" That week in {has_not}:"
    told = [decision_text(one, names, twins.a.rows["kind"][one.rows[0]]) for one in turn.decisions]
    return [text, *told]


# Other faces


def json_of(twins: Twins) -> dict[str, Any]:
    """The twins for programs."""
    parting, other = twins.parting, twins.other_chance
    return {
        "about": twins.title, "person": twins.person, "scenarios": list(twins.names),
        "runs": [run_json(twins.a), run_json(twins.b)], "same_scenario": twins.is_one_scenario,
        "at_the_start": dict(twins.a.who(twins.person)),
        "shared": [{"first": one.as_json(), "second": two.as_json()} for one, two in twins.shared],
        "parting": None if parting is None else {
            "week": parting.week, "date": monday_of(parting.week).isoformat(), "rows": [parting.first, parting.second],
            "rows_in_common": parting.common, "decisions": [decision.as_json() for decision in twins.decisions],
            "person_before": [difference_json(one) for one in twins.person_before],
            "service_before": [difference_json(one) for one in twins.service_before],
            "scenario_numbers": twins.scenario_numbers,
        },
        "other_chances_before": None if other is None else {
            "first": other.first.as_json(), "week": other.week, "n": other.n, "of": other.of,
        },
        "why": why_texts(twins),
        "turn": None if twins.turn is None else {
            "week": twins.turn.week, "side": twins.turn.side, "offer": twins.turn.offer, "later": twins.turn.later,
            "decisions": [decision.as_json() for decision in twins.turn.decisions],
        },
        "after": [[sentence.as_json() for sentence in side] for side in twins.after],
        "in_the_end": [{"what": what, "first": one, "second": two} for what, one, two in twins.ends],
        "notes": notes_of(twins),
    }  # fmt: skip


def parting_words(twins: Twins) -> str:
    """What parts the lives in a few words, for a figure and a tally: "role gate closed in A, open in B"."""
    parting, names = twins.parting, twins.names
    if parting is None:
        return "nothing"
    if twins.decisions:
        first = twins.decisions[0]
        kind = int(twins.a.rows["kind"][first.rows[0]])
        if kind > events.E_GATE:
            gates = [gate_name(int(twins.a.rows["kind"][one.rows[0]])) for one in twins.decisions]
            found = f"gate{'s' if len(gates) > 1 else ''} of {' and '.join(gates)}"
            ends = [end.partition(" (")[0] for end in first.outcomes]
            return f"{found}: {ends[0]} in {names[0]}, {ends[1]} in {names[1]}"
        return f"{first.kind}: {first.outcomes[0]} in {names[0]}, {first.outcomes[1]} in {names[1]}"
    sides = [side for side, number in enumerate((parting.first, parting.second)) if number is not None]
    rows = [(twins.a.rows[parting.first] if side == 0 else twins.b.rows[parting.second]) for side in sides]
    meanings = [events.KINDS[int(row["kind"])].meaning for row in rows]
    told = [
        f"{what[:1].lower()}{what[1:].rstrip('?')}, in {names[side]} only"
        for side, what in zip(sides, meanings, strict=True)
    ]
    return "; ".join(told)
