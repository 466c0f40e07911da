"""Evidence in words: figures with their range, tables of targets and patterns beside the model, and what to bear in mind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from persim.evidence.effects import Effect, PatternEffect
from persim.evidence.held import Held, HeldTarget
from persim.evidence.rows import Contrast, Range, Target
from persim.number_words import MINUS, NOTHING
from persim.outcomes import BY_NAME
from persim.text_table import Row, TextTable

SIGNS = {1: "+", -1: MINUS, 0: "0"}
HOW_NEAR = (
    "Meets: the simulated mean lies in the plausible range. Near: not in it, but within two errors of observation of the "
    "figure. Distance: simulated less observed, in errors of observation, which hold sampling and definition."
)
OF_CHANCE = "Simulated: mean over runs with its 95 % interval, which holds chance only."
OF_DRAWS = (
    "Simulated: mean over draws of the posterior with its 95 % interval; nine of ten draws lie within the spread."
)
USES = (
    "Specification: the model was built or set with it. Calibration: parameters are fitted to it. Validation: held out; a "
    "miss is shown as a miss."
)
IN_SIGHT = "Held out of the calibration, though chosen with this figure in sight: "
HOW_SHOWN = (
    "Effect: mean of paired differences, same people and luck in both worlds, with the 95 % interval. Shown: the interval "
    "lies on the side foretold, beyond the smallest effect of interest if one is set; for 0, within it. That size is ours."
)


def figure_words(row: Target | Range) -> str:
    """A published figure and its range: 14.6 % (10-20), at most 5 %."""
    if isinstance(row, Range) and row.figure:
        return row.figure
    if row.value is None:
        return f"at most {number_words(row.high, row.unit)}" if row.high is not None else NOTHING
    value = number_words(row.value, row.unit)
    if row.low is None or row.high is None:
        return value
    ends = [number_words(end, row.unit).removesuffix(" %").removeprefix("GBP ") for end in (row.low, row.high)]
    return f"{value} ({ends[0]}-{ends[1]})"


def number_words(value: float, unit: str) -> str:
    """A number as it is published: shares in per cent, money in pounds, else three digits."""
    if not math.isfinite(value):
        return NOTHING
    if unit == "share":
        return f"{100.0 * value:.3g} %".replace("-", MINUS)
    text = f"{value:,.0f}".replace(",", " ") if abs(value) >= 1000.0 else f"{value:.3g}"
    text = text.replace("-", MINUS)
    return f"GBP {text}" if unit == "GBP" else text


def target_table(held: Held) -> TextTable:
    """Targets beside the model, one row each."""
    rows = []
    for use in ("calibration", "validation", "specification"):
        own = [one for one in held.targets if one.target.use == use]
        rows += [Row(use.capitalize()), *(_target_row(one) for one in own)] if own else []
    title = f"Targets beside {held.scenario.name}: {len(held.seeds)} runs of {held.scenario.n_users:,} people"
    columns = ("observed (range)", "simulated (interval)", "distance", "verdict")
    return TextTable((title,), columns, tuple(rows), tuple(target_notes(held)))


def _target_row(one: HeldTarget) -> Row:
    cells = (figure_words(one.target), interval_words(one), distance_words(one), one.verdict)
    return Row(f"{one.target.id} {one.target.quantity}", cells)


def interval_words(one: HeldTarget) -> str:
    """The simulated mean with its interval: 14.2 % (14-14.4)."""
    unit, ends = one.target.unit, ""
    if math.isfinite(one.low):
        parts = [number_words(end, unit).removesuffix(" %") for end in (one.low, one.high)]
        ends = f" ({(' to ' if one.low < 0.0 else '-').join(parts)})"
    return f"{number_words(one.mean, unit)}{ends}"


def distance_words(one: HeldTarget) -> str:
    """Errors of observation, with their sign."""
    return NOTHING if math.isnan(one.distance) else f"{one.distance:+.1f}".replace("-", MINUS)


def target_notes(held: Held) -> list[str]:
    """What a reader of the table has to know."""
    return [HOW_NEAR, OF_DRAWS if held.draws else OF_CHANCE, USES, *seen_notes(held.targets)]


def seen_notes(targets: Sequence[HeldTarget]) -> list[str]:
    """Which figures were held out though defaults were chosen with them in sight; nothing if none were."""
    seen = [
        f"{one.target.id} ({', '.join(one.seen_by)})"
        for one in targets
        if one.target.use == "validation" and one.seen_by
    ]
    return [f"{IN_SIGHT}{'; '.join(seen)}."] if seen else []


def target_answer(targets: Sequence[HeldTarget]) -> str:
    """One sentence on what was met."""
    parts = []
    for use in ("calibration", "validation"):
        own = [one for one in targets if one.target.use == use]
        met = sum(one.verdict == "meets" for one in own)
        missed = [one.target.id for one in own if one.verdict in ("misses", "no base")]
        misses = f", missed: {', '.join(missed)}" if missed else ""
        parts.append(f"of {len(own)} targets for {use} {met} are met{misses}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def effect_words(effect: Effect) -> str:
    """An effect with its interval in its own unit: points of a share, per cent of the other side, else as it is."""
    if math.isnan(effect.mean):
        return NOTHING
    factor, after = _scale(effect.contrast)
    values = [factor * value for value in (effect.mean, effect.low, effect.high)]
    digits = _digits(values)
    texts = [f"{value:+.{digits}f}".replace("-", MINUS) for value in values]
    if all(value == 0.0 for value in values):
        return "0 exactly"
    return f"{texts[0]} ({texts[1]} to {texts[2]}){after}"


def _scale(contrast: Contrast) -> tuple[float, str]:
    if contrast.relative:
        return 100.0, " %"
    side = contrast.more if contrast.more.constant is None else contrast.less
    if side.outcomes and all(BY_NAME[name].unit == "share" for name in side.outcomes):
        return 100.0, " points"
    if side.outcomes and all(BY_NAME[name].unit == "per person-year" for name in side.outcomes):
        return 100.0, " a year per 100"
    return 1.0, ""


def _digits(values: Sequence[float]) -> int:
    size = max((abs(value) for value in values if math.isfinite(value)), default=1.0)
    return 0 if size >= 100.0 else 1 if size >= 1.0 else 3


def pattern_table(found: Sequence[PatternEffect], n_seeds: int, n_users: int) -> TextTable:
    """Patterns with their comparisons: expected sign, effect, verdict."""
    rows: list[Row] = []
    for one in found:
        rows.append(Row(f"{one.pattern.id} {one.pattern.quantity} ({SIGNS[one.pattern.sign]}): {one.verdict}"))
        for effect in one.effects:
            cells = (SIGNS[effect.contrast.sign], effect_words(effect), effect.verdict)
            rows.append(Row(f"  {effect.contrast.name}", cells))
        if one.pattern.not_shown:
            rows.append(Row(f"  not by the model: {one.pattern.not_shown}"))
    title = f"Patterns: {n_seeds} pairs of runs of {n_users:,} people for each comparison"
    return TextTable((title,), ("sign", "effect (interval)", "verdict"), tuple(rows), (HOW_SHOWN,))


def pattern_answer(found: Sequence[PatternEffect]) -> str:
    """One sentence on what was shown."""
    parts = []
    for verdict in ("shown", "not shown", "opposite", "cannot be shown"):
        own = [one.pattern.id for one in found if one.verdict == verdict]
        if own and verdict == "shown":
            parts.append(f"{len(own)} of {len(found)} patterns are shown")
        elif own:
            parts.append(f"{verdict}: {', '.join(own)}")
    return f"{'; '.join(parts)}."


def targets_json(held: Held) -> dict[str, Any]:
    """The targets for programs."""
    return {
        "scenario": held.scenario.name, "people": held.scenario.n_users, "runs": len(held.seeds), "posterior": held.draws,
        "targets": [target_json(one) for one in held.targets], "answer": target_answer(held.targets),
    }  # fmt: skip


def target_json(one: HeldTarget) -> dict[str, Any]:
    """One target for programs."""
    return {
        "id": one.target.id, "quantity": one.target.quantity, "unit": one.target.unit, "use": one.target.use,
        "stage": one.target.stage, "observed": one.target.value, "range": [one.target.low, one.target.high],
        "error_of_observation": one.target.sd, "simulated": one.mean, "interval": [one.low, one.high],
        "spread": list(one.spread), "n": one.n, "distance": one.distance, "verdict": one.verdict,
        "defaults_chosen_with_it": list(one.seen_by),
    }  # fmt: skip


def patterns_json(found: Sequence[PatternEffect]) -> dict[str, Any]:
    """The patterns for programs."""
    return {
        "patterns": [
            {
                "id": one.pattern.id, "quantity": one.pattern.quantity, "sign": one.pattern.sign, "verdict": one.verdict,
                "not_shown": one.pattern.not_shown,
                "comparisons": [
                    {
                        "name": effect.contrast.name, "sign": effect.contrast.sign, "smallest": effect.contrast.smallest,
                        "relative": effect.contrast.relative, "effect": effect.mean, "interval": [effect.low, effect.high],
                        "n": effect.n, "less": effect.less, "more": effect.more, "verdict": effect.verdict,
                    }
                    for effect in one.effects
                ],
            }
            for one in found
        ],
        "answer": pattern_answer(found),
    }  # fmt: skip
