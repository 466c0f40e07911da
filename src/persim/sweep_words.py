"""A sweep in words: what was asked, the answer in at most three sentences, and what to bear in mind."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from persim.compare import size_notes
from persim.comparison import Comparison
from persim.comparison_words import PURPOSE, answer_sentences, size_words, window_words
from persim.design import TOGETHER, Design
from persim.discovery import CAVEAT, Discovery, can_discover
from persim.drawn_parts import DRAWN_CAVEAT, parts_lines, parts_sentences
from persim.intervals import means
from persim.number_words import MINUS, difference_words, level_words, share_of_worlds, shown
from persim.sweep_result import Sweep
from persim.worlds import better_if, fail_sentence

WORLDS_CAVEAT = CAVEAT
STOPPED_EARLY = "Not every run has ended, so some worlds have fewer runs than others."


@dataclass(frozen=True)
class Estimate:
    """What a sweep would take: runs still to make of all, seconds, bytes on disk."""

    n_runs: int
    n_missing: int
    seconds: float
    n_bytes: int
    seconds_a_run: float


def sweep_answer(
    sweep: Sweep, across: pd.DataFrame, fails: list[tuple[str, Discovery]], parts: pd.DataFrame | None = None
) -> list[str]:
    """The answer over many worlds in a few sentences; `parts`: of drawn worlds, as `persim.drawn_parts` has them."""
    drawn = parts if parts is not None and _drawn_only(sweep) else None
    measure = sweep.design.deciding_outcome
    own = across[across["measure"] == measure]
    if len(sweep.names) == 1:
        return [_level_sentence(sweep, own)] if drawn is None else parts_sentences(sweep, drawn, sweep.names[0])
    told = own[own["reference"] != ""]
    told = told.sort_values("p50", ascending=better_if(measure) == "lower", kind="stable", na_position="last")
    best, found = str(told["alternative"].iloc[0]), dict(fails)
    clearly = float(told["share_clearly_better"].iloc[0])
    sentences = [fail_sentence(sweep, best, found[best], clearly)] if best in found else []
    if drawn is not None:
        return [*parts_sentences(sweep, drawn, best), *sentences]
    sentences.append(_size_sentence(sweep, told.iloc[0]))
    others = [str(name) for name in told["alternative"].iloc[1:] if str(name) in found]
    if others:
        sentences.append(_others_sentence(told, others))
    return sentences[:3]


def _drawn_only(sweep: Sweep) -> bool:
    """Are worlds draws from a posterior sample and nothing else, so that one interval holds all of them?"""
    return len(sweep.design.drawn) == len(sweep.design.factors) > 0


def _level_sentence(sweep: Sweep, own: pd.DataFrame) -> str:
    row = own.iloc[0]
    unit = str(row["unit"])
    low, middle, high = (level_words(unit, float(row[name])) for name in ("p5", "p50", "p95"))
    return (
        f"{row['label']} in {sweep.names[0]} is {middle} in the middle one of {sweep.design.n_worlds:,} worlds, and lies "
        f"between {low} and {high} in nine of ten."
    )


def _size_sentence(sweep: Sweep, row: pd.Series) -> str:
    way = shown(str(row["unit"]))
    low, middle, high = (_signed(way.factor * float(row[name])) for name in ("p5", "p50", "p95"))
    label = str(row["label"])
    return (
        f"With {row['alternative']}, {label[0].lower()}{label[1:]} changes by {middle} {way.of_difference} against "
        f"{sweep.names[0]} in the middle one of {int(row['n_worlds']):,} worlds, by {low} to {high} in nine of ten."
    )


def _others_sentence(told: pd.DataFrame, others: list[str]) -> str:
    shares = {str(row.alternative): (row.share_better, row.share_clearly_better) for row in told.itertuples()}
    words = []
    for name in others[:4]:
        better, clearly = (share_of_worlds(float(share)) for share in shares[name])  # type: ignore[arg-type]
        words.append(
            f"{name} in {better or 'an unknown share'}" + (f" (beyond chance in {clearly})" if clearly else "")
        )
    more = f" and {len(others) - 4} more are in the table" if len(others) > 4 else ""
    return f"Others go the good way in these shares of worlds: {', '.join(words)}{more}."


def _signed(value: float) -> str:
    if not math.isfinite(value):
        return "an unknown amount"
    digits = 1 if abs(value) >= 1.0 else 2 if abs(value) >= 0.1 else 3
    text = f"{abs(value):.{digits}f}"
    return text if float(text) == 0.0 else f"{'+' if value > 0 else MINUS}{text}"


def sweep_notes(sweep: Sweep, stopped: str) -> list[str]:
    """What a reader has to know."""
    notes = [*sweep.design.remarks, *size_notes(sweep.replicates, sweep.design.n_users)]
    if stopped:
        notes.append(stopped)
    if sweep.n_failed:
        notes.append(
            f"{sweep.n_failed:,} of {sweep.n_runs:,} runs failed and are left out with their pairs; see failures.csv."
        )
    if not sweep.is_whole:
        notes.append(STOPPED_EARLY)
    if sweep.design.drawn:
        notes.append(DRAWN_CAVEAT)
    if sweep.design.n_worlds > 1:
        notes.append(WORLDS_CAVEAT)
        if len(sweep.names) > 1 and not can_discover():
            notes.append(
                "Where scenarios fail was not looked for: that needs `pip install 'persim[decide]'`, then --resume."
            )
    return [*notes, PURPOSE]


def size_of(sweep: Sweep) -> str:
    """How many runs of what."""
    design = sweep.design
    scenarios = f"{design.n_alternatives} scenario{'s' if design.n_alternatives > 1 else ''}"
    worlds = f" in {design.n_worlds:,} worlds" if design.n_worlds > 1 else ""
    runs = f"{sweep.replicates:,} runs" if sweep.replicates > 1 else "one run"
    return f"{scenarios}{worlds}, {runs} of each, of {design.n_users:,} people"


def table_lines(sweep: Sweep, across: pd.DataFrame, parts: pd.DataFrame | None = None, most: int = 12) -> list[str]:
    """The deciding outcome of every scenario over worlds, as lines of text."""
    measure = sweep.design.deciding_outcome
    own = across[across["measure"] == measure]
    unit = str(own["unit"].iloc[0])
    way = shown(unit)
    lines = [f"{own['label'].iloc[0]} over {sweep.design.n_worlds:,} worlds: {size_of(sweep)}", ""]
    if parts is not None and _drawn_only(sweep):
        return [*lines, *parts_lines(sweep, parts, most)]
    lines.append(f"{'':<44}{'level':>9}{'middle':>11}{'nine of ten worlds':>24}{'goes the good way in':>24}")
    levels = own[own["reference"] == ""].set_index("alternative")["p50"]
    told = own[own["reference"] != ""].set_index("alternative")
    for name in sweep.names[: most + 1]:
        line = f"{name[:43]:<44}{level_words(unit, float(levels[name])):>9}"
        if name in told.index:
            row = told.loc[name].to_dict()
            span = f"{_signed(way.factor * float(row['p5']))} to {_signed(way.factor * float(row['p95']))}"
            share = share_of_worlds(float(row["share_better"]))
            good = f"{share} of worlds" if share else ""
            line += f"{_signed(way.factor * float(row['p50'])):>11}{span:>24}{good:>24}"
        lines.append(line.rstrip())
    if len(sweep.names) > most + 1:
        lines.append(f"and {len(sweep.names) - most - 1} more scenarios in across_worlds.csv")
    if len(sweep.names) > 1:
        middle = "Middle worlds, of each column by itself: levels and differences do not subtract."
        lines.append(f"Differences to {sweep.names[0]}, {way.of_difference}. {middle}")
    return lines


def estimate_lines(design: Design, replicates: int, found: Estimate, place: str) -> list[str]:
    """What a sweep would take, for people."""
    scenarios = f"{design.n_alternatives} scenario{'s' if design.n_alternatives > 1 else ''}"
    lines = [
        f"{design.title}: {scenarios} x {design.n_worlds:,} world{'s' if design.n_worlds > 1 else ''} x {replicates:,} "
        f"replicates = {found.n_runs:,} runs of {design.n_users:,} people",
    ]
    if found.n_missing < found.n_runs:
        lines.append(f"{found.n_runs - found.n_missing:,} of them are made already, in {place}")
    each = f"{1000.0 * found.seconds_a_run:.0f} ms a run on this machine, as measured now"
    lines.append(f"about {time_words(found.seconds)} ({each}), and some seconds for tables and figures")
    lines.append(f"about {bytes_words(found.n_bytes)} on disk, in {place}")
    return lines


def time_words(seconds: float) -> str:
    """A time in seconds, minutes or hours."""
    if seconds < 90.0:
        return f"{round(seconds)} seconds" if seconds >= 1.5 else "a second"
    if seconds < 5400.0:
        return f"{round(seconds / 60.0)} minutes"
    return f"{seconds / 3600.0:.1f} hours"


def bytes_words(n: int) -> str:
    """A size on disk."""
    for size, unit in ((1 << 30, "GB"), (1 << 20, "MB")):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{max(1, n >> 10)} kB"


def scenario_lines(c: Comparison, deciding: str) -> list[str]:
    """One world's scenarios, one a line, the largest difference in the deciding outcome first: for a terminal."""
    outcome = c.measures[deciding]
    others = sorted(range(1, len(c.names)), key=lambda number: -_gain(c, deciding, number))
    lines = [f"{outcome.label}: {size_words(c)}; {window_words(c)}", ""]
    lines.append(f"{'':<44}{'level':>9}{'difference (95 % interval)':>30}{'all that the council pays':>30}")
    for number in (0, *others):
        own, cost = c.estimate(deciding, number), c.estimate("cost_net_year", number)
        line = f"{c.names[number][:43]:<44}{level_words(outcome.unit, own.mean):>9}"
        for unit, one in ((outcome.unit, own), ("GBP", cost)):
            if one.difference is not None and one.difference_low is not None and one.difference_high is not None:
                line += f"{difference_words(unit, one.difference, one.difference_low, one.difference_high):>30}"
            elif unit == "GBP":
                line += f"{'':>30}{level_words(unit, one.mean):>30}"
        lines.append(line.rstrip())
    if others:
        lines.append(
            f"Differences to {c.reference}, {shown(outcome.unit).of_difference}; the council's cost is that of a year."
        )
    return lines


def _gain(c: Comparison, deciding: str, number: int) -> float:
    """How far a scenario goes the good way: the difference, or less of it where lower is better; least if unknown."""
    found = c.estimate(deciding, number).difference
    if found is None or not math.isfinite(found):
        return -math.inf
    return -found if better_if(deciding) == "lower" else found


def one_world_answer(c: Comparison, deciding: str) -> list[str]:
    """The answer of a sweep in one world, in at most three sentences: about the deciding outcome, and what levers add up to."""
    if deciding == "real_take_up" or len(c.names) < 2:
        found = answer_sentences(c)
    else:
        found = [_most_sentence(c, deciding), *answer_sentences(c)[-1:]]
    if together := together_words(c, deciding):
        found = [found[0], together, *found[1:]]
    return found[:3]


def _most_sentence(c: Comparison, deciding: str) -> str:
    outcome = c.measures[deciding]
    best = max(range(1, len(c.names)), key=lambda number: _gain(c, deciding, number))
    own = c.estimate(deciding, best)
    label = f"{outcome.label[0].lower()}{outcome.label[1:]}"
    if (
        own.difference is None
        or own.difference_low is None
        or own.difference_high is None
        or not math.isfinite(own.difference)
    ):
        return f"Nothing can be said of {label}: no pair of runs has it."
    size = difference_words(outcome.unit, own.difference, own.difference_low, own.difference_high)
    verb = "lowers" if better_if(deciding) == "lower" else "raises"
    if _gain(c, deciding, best) <= 0.0 or own.difference_low <= 0.0 <= own.difference_high:
        return f"No scenario {verb} {label} beyond chance; {c.names[best]} comes nearest: {size} ({size_words(c)})."
    return (
        f"{c.names[best]} {verb} {label} most: from {level_words(outcome.unit, c.estimate(deciding, 0).mean)} to "
        f"{level_words(outcome.unit, own.mean)}, {size} {shown(outcome.unit).of_difference} against {c.reference} "
        f"({size_words(c)})."
    )


def together_words(c: Comparison, deciding: str) -> str:
    """Which lever does most alone, and whether all of them do more than the sum; nothing if that was not tried."""
    alone = [number for number, name in enumerate(c.names) if number and "+" not in name and name != TOGETHER]
    if TOGETHER not in c.names or len(alone) < 2 or c.replicates < 2:
        return ""
    outcome = c.measures[deciding]
    reference = c.values(deciding, 0)
    gains = [c.values(deciding, number) - reference for number in alone]
    more = means(c.values(deciding, TOGETHER) - reference - sum(gains))
    total = float(np.nansum([np.nanmean(gain) for gain in gains]))
    best = max(alone, key=lambda number: _gain(c, deciding, number))
    if not _gain(c, deciding, best) > 0.0:
        return ""
    way = shown(outcome.unit)
    low, high = way.factor * float(more.low), way.factor * float(more.high)
    most = float(np.nanmean(c.values(deciding, best) - reference))
    said = (
        f"Of single levers {c.names[best]} does most ({_signed(way.factor * most)}); alone they add up to "
        f"{_signed(way.factor * total)} {way.of_difference}"
    )
    if low <= 0.0 <= high:
        return f"{said}, and all together do not differ from that sum beyond chance."
    beyond = f"{_signed(abs(way.factor * float(more.mean))).lstrip('+')} {'more' if low > 0.0 else 'less'}"
    return f"{said}, and all together bring {beyond} than that sum (95 % interval {_signed(low)} to {_signed(high)})."
