"""The practitioners' side in words: hours by use, the time gate, hand-offs, what to bear in mind, the answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.answer_words import CHANCE
from persim.biography import wrapped
from persim.comparison_words import PURPOSE
from persim.hand_offs import (
    ACCEPTED,
    ENDED_BEFORE,
    FATES,
    FULL,
    IN_USE,
    LOST,
    NO_OFFER,
    NOBODY,
    NOT_ARRIVED,
    OFFERED,
    ROLE,
)
from persim.intervals import means, paired
from persim.number_words import MINUS, NOTHING
from persim.policy import monday_of
from persim.practice_counts import PROFESSIONS, STEPS, USE_WORDS, USES, WEEK_ROWS
from persim.state import Profession
from persim.text_table import Row, TextTable

if TYPE_CHECKING:
    from persim.practice_view import Practice

NOT_A_RANKING = "Not a ranking of professions: roles, hours and training differ; the same doubt was found in all three."
OTHER_PEOPLE = (
    "The scenarios do not hold the same people, and differences hold that too; --people gives all the same number."
)
HOURS_NOTE = (
    "Hours a week per post at work, of the contract's hours for direct work; administration, meetings and travel between are "
    "not in them. Contacts come first and by people's states; contacts that slipped are not in the uses. Forms: of who did "
    "them, brokers and the council's team apart. AMHP duty, which only social workers have here, comes out of the same hours."
)
GATE_NOTE = (
    "Time gate: how far it stood shut, mean of weeks at work; and of the opportunities that the profession would have led, "
    "with somebody at work, the share at which there was no time, even for the shortest forms (first: and no gate before it "
    "closed)."
)
HAND_OFF_NOTE = (
    "Hand-offs made in the window, followed to the end of the run: late ones had little time to become a budget. To hand on "
    "is a way of coping where a job has a boundary; the person is not told why, and it is nobody's fault."
)
ROW_WORDS = USE_WORDS | {
    "all": "All of these", "overtime": "Overtime, within these", "slipped": "Contact hours that slipped",
    "gate_shut": "Time gate shut, of weeks at work", "gate_closed": "Time gate closed, of opportunities",
    "gate_closed_first": "  of these, first of all gates",
}  # fmt: skip
SHARES = ("gate_shut", "gate_closed", "gate_closed_first")
SENDER_WORDS = {
    Profession.NURSE: "nurses", Profession.SOCIAL_WORKER: "social workers",
    Profession.OCCUPATIONAL_THERAPIST: "occupational therapists", Profession.BROKER: "brokers",
    Profession.COUNCIL_TEAM: "the council's team",
}  # fmt: skip


def text_of(found: Practice, width: int) -> str:
    """The whole page."""
    lines: list[str] = []
    for table in tables(found):
        lines += [*(line for line, _ in table.lines(width)), ""]
    for note in notes_of(found):
        lines += wrapped(note, width)
    lines.append("")
    for sentence in answer_sentences(found):
        lines += wrapped(sentence, width)
    return "\n".join(lines) + "\n"


def notes_of(found: Practice) -> list[str]:
    """What to bear in mind."""
    return [NOT_A_RANKING, *([OTHER_PEOPLE] if _sizes(found)[1:] else []), CHANCE, PURPOSE]


def _sizes(found: Practice) -> list[int]:
    """How many people the scenarios hold, each number once."""
    return list(dict.fromkeys(scenario.n_users for scenario in found.scenarios))


def size_words(found: Practice) -> str:
    """Runs, people, weeks."""
    n, people = found.replicates, " and ".join(f"{size:,}" for size in _sizes(found))
    first, last = monday_of(found.window[0]), monday_of(found.window[1] - 1)
    runs = "1 run" if n == 1 else f"{n} runs each" if len(found.names) > 1 else f"{n} runs"
    intervals = ", 95 % intervals" if n > 1 else ""
    return f"{runs} of {people} people, weeks of {first.day} {first:%B %Y} to {last.day} {last:%B %Y}{intervals}"


# Tables


def tables(found: Practice) -> list[TextTable]:
    """Hours and gates of each scenario by profession, then hand-offs of all."""
    return [*(_week_table(found, number) for number in range(len(found.names))), _hand_off_table(found)]


def _week_table(found: Practice, number: int) -> TextTable:
    """The first scenario's levels; another's levels, with the difference to the first."""
    level, against = found.week_of(number), paired(found.weeks[0], found.weeks[number])
    rows = [Row("Hours a week per post at work")]
    for r, row in enumerate(WEEK_ROWS):
        if row == "gate_shut":
            rows.append(Row("The time gate"))
        cells = []
        for p in range(len(PROFESSIONS)):
            cells.append(_level(row, level.mean[p, r], level.low[p, r], level.high[p, r]))
            if number:
                cells.append(_difference(row, against.mean[p, r], against.low[p, r], against.high[p, r]))
        rows.append(Row(f"  {ROW_WORDS[row]}", tuple(cells)))
    names = [name.capitalize() for name in PROFESSIONS]
    columns = [column for name in names for column in ((name, f"against {found.names[0]}") if number else (name,))]
    title = f"Where the hours went: {found.names[number]}"
    notes = () if number else (HOURS_NOTE, GATE_NOTE)
    return TextTable((title, f"{size_words(found)}"), tuple(columns), tuple(rows), notes)


def _level(row: str, mean: float, low: float, high: float) -> str:
    if not math.isfinite(mean):
        return NOTHING
    factor, decimals, after = (100.0, 1, " %") if row in SHARES else (1.0, 2, "")
    half = f" ± {factor * (high - low) / 2.0:.{decimals}f}" if math.isfinite(low) else ""
    return f"{factor * mean:.{decimals}f}{half}{after}"


def _difference(row: str, mean: float, low: float, high: float) -> str:
    if not math.isfinite(mean):
        return NOTHING
    factor, decimals = (100.0, 1) if row in SHARES else (1.0, 2)
    size, half = (f"{factor * value:.{decimals}f}" for value in (abs(mean), (high - low) / 2.0))
    if not float(size) and (mean == 0.0 or not math.isfinite(low) or not float(half)):
        return size
    sized = f"{MINUS if mean < 0.0 else '+'}{size}"
    return f"{sized} ± {half}" if math.isfinite(low) else sized


def _hand_off_table(found: Practice) -> TextTable:
    """Hand-offs by sender, by taker, and as far as they came."""
    by = found.hand_offs
    rows = [Row("A year per 1,000 eligible people"), _row("  All hand-offs", by.sum(axis=(2, 3, 4)))]
    for heading, axis in (("Sent by", (3, 4)), ("Sent to", (2, 4))):
        sums = by.sum(axis=axis)
        rows.append(Row(heading))
        for profession in Profession:
            if sums[:, :, profession].any():
                rows.append(_row(f"  {SENDER_WORDS[profession].capitalize()}", sums[:, :, profession]))
    fates = by.sum(axis=(2, 3))
    total = np.where(fates.sum(axis=2) > 0.0, fates.sum(axis=2), np.nan)
    rows.append(Row("Of 100 hand-offs"))
    told = (
        ("  Lost on the way", (LOST,)), ("  Not taken: full", (FULL,)), ("  Not taken: somebody else's job", (ROLE,)),
        ("  Not taken: nobody at work", (NOBODY,)), ("  Ended before it arrived", (ENDED_BEFORE,)),
        ("  Not arrived yet", (NOT_ARRIVED,)), ("  Taken", (NO_OFFER, *OFFERED)), ("    and offered a budget", OFFERED),
        ("    and accepted", ACCEPTED), ("    and in use in the end", (IN_USE,)),
    )  # fmt: skip
    rows += [_row(label, 100.0 * fates[:, :, list(kinds)].sum(axis=2) / total) for label, kinds in told]
    return TextTable(
        ("Who hands on to whom, and what comes of it", size_words(found)), found.names, tuple(rows), (HAND_OFF_NOTE,)
    )


def _row(label: str, values: np.ndarray) -> Row:
    """A row of means with intervals. Values: shape (n_scenarios, n_seeds)."""
    one = means(values.T)
    cells = []
    for mean, low, high in zip(one.mean, one.low, one.high, strict=True):
        size = NOTHING if not math.isfinite(mean) else f"{mean:.1f}"
        cells.append(f"{size} ± {(high - low) / 2.0:.1f}" if math.isfinite(low) else size)
    return Row(label, tuple(cells))


# The answer


def answer_sentences(found: Practice) -> list[str]:
    """The practitioners' side of each scenario in a sentence or two, then the caveat."""
    return [*(_sentence(found, number) for number in range(len(found.names))), NOT_A_RANKING]


def _sentence(found: Practice, number: int) -> str:
    level = found.week_of(number).mean
    contacts = [WEEK_ROWS.index(use) for use in USES[:5]]
    budgets = [WEEK_ROWS.index(use) for use in ("talk", "forms")]
    care = _between(level[:, contacts].sum(axis=1))
    talk = _between(level[:, budgets].sum(axis=1), 2)
    shut = _between(100.0 * level[:, WEEK_ROWS.index("gate_shut")], 0)
    steps = found.steps[number]
    text = (
        f"In {found.names[number]} a post at work gives {care} hours a week to contacts and {talk} to budgets (talks and "
        f"forms), by profession; the time gate stood shut {shut} % of the weeks at work."
    )
    some = steps[:, 0] > 0.0
    if not some.any():
        return f"{text} Nobody is handed on."
    shares = 100.0 * (steps[some] / steps[some, :1]).mean(axis=0)  # as in the table: the mean of each run's own share
    each = dict(zip(STEPS, shares, strict=True))
    return (
        f"{text} Of 100 hand-offs {each['lost']:.0f} are lost on the way, {each['not_taken']:.0f} are not taken, "
        f"{each['offered']:.0f} lead to the offer of a budget, and {_few(each['in_use'])} to one in use in the end."
    )


def _between(values: np.ndarray, decimals: int = 1) -> str:
    low, high = (f"{value:.{decimals}f}" for value in (np.nanmin(values), np.nanmax(values)))
    return low if low == high else f"{low} to {high}"


def _few(value: float) -> str:
    return f"{value:.0f}" if value >= 1.0 or value == 0.0 else "under 1"


# For programs


def json_of(found: Practice) -> dict[str, Any]:
    """The result for programs: hours and shares with intervals and differences, hand-offs a year per 1,000 eligible people."""
    return {
        "answer": " ".join(answer_sentences(found)), "answer_sentences": answer_sentences(found),
        "scenarios": list(found.names), "replicates": found.replicates, "seed": found.seed,
        "people": found.scenarios[0].n_users, "window": list(found.window),
        "hours": found.hours.to_dict("records"), "direct_hours": dict(zip(found.names, found.direct_hours, strict=True)),
        "hand_offs": found.flows.to_dict("records"),
        "steps": {
            name: dict(zip(STEPS, found.steps[number].mean(axis=0).tolist(), strict=True))
            for number, name in enumerate(found.names)
        },
        "fates": list(FATES), "failed": [
            {"scenario": found.names[one.task.scenario], "seed": one.task.seed, "cause": one.cause} for one in found.failures
        ],
        "notes": [HOURS_NOTE, GATE_NOTE, HAND_OFF_NOTE, *notes_of(found)],
    }  # fmt: skip
