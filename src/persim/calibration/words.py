"""What a calibration says, in words: how it fits, what is known and what is not, which parameters stand in for each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from persim.calibration.plan import Plan
from persim.calibration.tables import NOT_INFORMED, RIDGE, Calibrated, rows_of
from persim.number_words import MINUS
from persim.sweep_words import bytes_words, time_words

FEW_EFFECTIVE = 100.0
R_HAT = 1.05
FAR = 2.0  # errors of observation beyond which a target is said to be missed
TOO_SURE = 1.5  # spread of standardised errors on held-out points from which an emulator is said to be too sure
BEAR_IN_MIND = (
    "Parameters are fitted to a few published figures with wide errors. What the sample does not narrow stays as uncertain as "
    "it was; a single best point would hide that.",
    "Targets fitted here are no test of the model. Only figures that were held out are.",
)


def size_words(plan: Plan) -> str:
    """How large a calibration is."""
    stages = "1 stage" if len(plan.stages) == 1 else f"{len(plan.stages)} stages"
    return f"{stages}, {len(plan.parameters)} parameters, {len(plan.targets)} targets, {plan.people:,} people in a run"


def cost_lines(plan: Plan, missing: int, seconds_a_run: float, seconds: float, place: str) -> list[str]:
    """What is to come, before it begins."""
    lines = [f"{plan.name}: {size_words(plan)}, at most {plan.n_runs:,} runs"]
    for stage in plan.stages:
        waves = f"{stage.waves.waves} waves of {stage.waves.points:,} points"
        generations = f"{stage.smc.generations} generations of {stage.smc.particles:,}"
        patterns = (
            f", {len(stage.patterns)} patterns at {min(stage.draws, stage.pattern_draws):,} draws"
            if stage.patterns
            else ""
        )
        lines.append(f"  {stage.name}: {waves}, {generations}{patterns}; {stage.replicates} seeds each")
    if missing < plan.n_runs:
        lines.append(f"{plan.n_runs - missing:,} of them are made already, in {place}")
    if missing:
        each = f"{1000.0 * seconds_a_run:.0f} ms a run on this machine, as measured now"
        lines.append(f"about {time_words(seconds)} ({each}), and a tenth more for emulators, weights and figures")
    lines.append(f"about {bytes_words(plan.n_runs * (8 * len(plan.columns) + 120))} on disk, in {place}")
    return lines


def answer(found: Calibrated) -> list[str]:
    """The answer: fit, what is informed, the ridge, and how many draws it rests on."""
    return [_fit_sentence(found), _informed_sentence(found), ridge_sentence(found), _sample_sentence(found)]


def _fit_sentence(found: Calibrated) -> str:
    targets = found.targets
    missed = targets[targets["distance"].abs() > FAR]
    said = f"{len(targets) - len(missed)} of {len(targets)} targets are met within {FAR:g} errors of observation"
    if missed.empty:
        return f"{said}."
    names = ", ".join(f"{row.target} ({signed(row.distance)})" for row in rows_of(missed))
    return f"{said}; missed: {names}."


def _informed_sentence(found: Calibrated) -> str:
    table = found.parameters
    unknown = table[~table["informed"]]["parameter"].tolist()
    known = table[table["informed"]].sort_values("shrinkage", ascending=False)
    best = (
        f"{known['parameter'].iloc[0]} most ({100.0 * known['shrinkage'].iloc[0]:.0f} % less spread)"
        if len(known)
        else ""
    )
    said = f"The targets narrow {len(known)} of {len(table)} parameters" + (f", {best}." if best else ".")
    if not unknown:
        return said
    return f"{said} Not informed (spread falls by less than {100.0 * NOT_INFORMED:.0f} %): {', '.join(unknown)}."


def ridge_sentence(found: Calibrated) -> str:
    """The strongest correlation, named."""
    if found.correlations.empty:
        return "There is one parameter, so none stands in for another."
    row = rows_of(found.correlations)[0]
    r = float(row.correlation)
    if abs(r) < RIDGE:
        return f"No two parameters stand in for each other: the strongest correlation is {signed(r, 2)} ({row.one}, {row.other})."
    how = "they rise together" if r > 0 else "one rises as the other falls"
    return (
        f"Ridge: {row.one} and {row.other} cannot be told apart by these targets; along it {how} (correlation "
        f"{signed(r, 2)}), and the fit stays the same."
    )


def _sample_sentence(found: Calibrated) -> str:
    *before, (_, (_, worth)) = found.worth.items()
    said = f"The posterior sample has {len(found.kept):,} draws, worth {worth:,.0f} independent ones"
    for name, (distinct, own) in before:
        said += f"; parameters of {name} have {distinct:,} distinct values among them, worth {own:,.0f}"
    return f"{said}; {found.n_runs:,} runs."


def notes(found: Calibrated) -> list[str]:
    """What to be careful about in this calibration."""
    said = [note for stage in found.stages for note in (f"{stage.stage.name}, {text}" for text in stage.history.notes)]
    for stage in found.stages:
        if not stage.smc.reached:
            width = stage.smc.generations[-1].width
            said.append(
                f"{stage.stage.name}: the error of observation could not be narrowed all the way while enough particles "
                f"counted (it was {width:.2f} times as wide in the last generation); more generations or particles help."
            )
        worth = found.worth[stage.stage.name][1]
        if worth < FEW_EFFECTIVE:
            said.append(f"{stage.stage.name}: the sample is worth {worth:.0f} independent draws only.")
        own = found.chains[found.chains["stage"] == stage.stage.name]
        apart = own[own["r_hat"] > R_HAT]
        if len(apart):
            worst = ", ".join(f"{row.parameter} {row.r_hat:.2f}" for row in rows_of(apart))
            said.append(f"{stage.stage.name}: chains do not agree (R-hat above {R_HAT:g}): {worst}.")
        said += _emulator_notes(stage.stage.name, found)
        said += _pattern_notes(stage.stage.name, found)
    return said


def _emulator_notes(stage: str, found: Calibrated) -> list[str]:
    own = found.waves[found.waves["stage"] == stage]
    poor = own[own["error_spread"] > TOO_SURE]
    if poor.empty:
        return []
    names = ", ".join(f"{row.target} in wave {row.wave} ({row.error_spread:.1f})" for row in rows_of(poor))
    return [
        f"{stage}: emulators are surer than they should be on points held out (spread of errors, 1 is right): {names}."
    ]


def _pattern_notes(stage: str, found: Calibrated) -> list[str]:
    if found.patterns.empty:
        return []
    own = found.patterns[(found.patterns["stage"] == stage) & (found.patterns["contradicted"] > 0.0)]
    return [f"{stage}: {_contradicted(round(row.contradicted * row.draws), row)}" for row in rows_of(own)]


def _contradicted(count: int, row: Any) -> str:
    verbs = ("contradicts", "has") if count == 1 else ("contradict", "have")
    return f"{count:,} of {row.draws:,} draws {verbs[0]} {row.pattern} ({row.comparison}) and {verbs[1]} no weight."


def signed(value: float, decimals: int = 1) -> str:
    """+1.2, or with a real minus sign."""
    if not np.isfinite(value):
        return "none"
    return f"{MINUS if value < 0 else '+'}{abs(value):.{decimals}f}"


def parameter_lines(found: Calibrated) -> list[str]:
    """The parameters, one a line, for a terminal."""
    rows = [("parameter", "prior", "posterior mean", "90 % interval", "less spread")]
    for row in rows_of(found.parameters):
        share = f"{100.0 * row.shrinkage:.0f} %" if row.informed else "not informed"
        rows.append(
            (row.parameter, f"{row.low:g} to {row.high:g}", f"{row.mean:.3g}", f"{row.p5:.3g} to {row.p95:.3g}", share)
        )
    return in_columns(rows)


def target_lines(found: Calibrated) -> list[str]:
    """The targets, one a line, for a terminal."""
    rows = [("target", "observed", "before", "after, 90 %", "distance")]
    for row in rows_of(found.targets):
        bound = "at most " if row.one_sided else ""
        rows.append((
            row.target, f"{bound}{row.observed:.3g} ± {row.sd:.2g}", f"{row.prior_p5:.3g} to {row.prior_p95:.3g}",
            f"{row.p5:.3g} to {row.p95:.3g}", signed(row.distance),
        ))  # fmt: skip
    return in_columns(rows)


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of strings side by side, the first column to the left."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for first, *rest in rows:
        cells = [text.rjust(width) for text, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]))
    return lines
