"""A study in words: what decides the outcome, what does not, what is noise, what to bear in mind, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.comparison_words import PURPOSE
from persim.sensitivity.plan import Plan
from persim.sensitivity.points import steps_of
from persim.sensitivity.result import Sensitivity
from persim.sensitivity.tables import best_shares
from persim.sweep_words import bytes_words, time_words

if TYPE_CHECKING:
    import pandas as pd

    from persim.sensitivity.study import Forecast

MATTERS = 0.05  # a total index whose interval lies above this is said to matter
MOST_NAMED = 5
MUCH_NOISE = 0.5
RANGES_CAVEAT = (
    "Indices belong to these ranges: a factor that hardly moves within its range matters little, however strong its "
    "effect would be beyond it. Ranges are taken as independent of each other and each value as equally likely."
)
LUCK_CAVEAT = (
    "Indices are those of the expectation over luck: noise of replicates is taken off and told apart. Intervals are "
    "bootstrap intervals over sampled points, with the seeds as they are; they hold neither doubt about the ranges nor about "
    "the model."
)
SCREENING_CAVEAT = (
    "What screening leaves out stays as the scenarios have it, and its part of the variance is in no index. The sign and "
    "the spread of elementary effects say little for factors of several inputs, so they are left empty."
)


def answer(found: Sensitivity) -> list[str]:
    """The answer, a few sentences for each target."""
    plan = found.plan
    if not found.screened:
        return ["No trajectory of the screening has all of its runs, so nothing can be said."]
    if not len(found.sobol):
        return [_screening_sentence(found, target) for target in found.screened]
    told = []
    for target in plan.targets:
        own = found.sobol[(found.sobol["outcome"] == target[0]) & (found.sobol["target"] == target[1])]
        if len(own):
            told.append(_index_sentence(found, target, own))
    return told


def target_words(plan: Plan, target: tuple[str, str]) -> str:
    """A target as it is called: `Real take-up in baseline`, `Difference in real take-up, lean_process less baseline`."""
    label = plan.outcome(target[0]).label
    if target[1] == "level":
        return f"{label} in {plan.names[0]}"
    return f"Difference in {label[0].lower()}{label[1:]}, {plan.names[1]} less {plan.names[0]}"


def factor_words(name: str) -> str:
    """A factor's name as words."""
    return name.replace("_", " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str]) -> str:
    words = [factor_words(name) for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _screening_sentence(found: Sensitivity, target: tuple[str, str]) -> str:
    own = found.morris[(found.morris["outcome"] == target[0]) & (found.morris["target"] == target[1])]
    beyond = own[own["beyond_luck"]]
    if not len(beyond):
        return f"{target_words(found.plan, target)}: no factor's elementary effects are beyond luck."
    return (
        f"{target_words(found.plan, target)}: by elementary effects {_listed(beyond['factor'].tolist()[:MOST_NAMED])} matter "
        "most, in this order."
    )


def _index_sentence(found: Sensitivity, target: tuple[str, str], own: pd.DataFrame) -> str:
    total = own[own["order"] == "total"].sort_values("index", ascending=False, kind="stable")
    first = own[own["order"] == "first"].set_index("factor")["index"]
    noise = _noise_row(found, target)
    name = target_words(found.plan, target)
    if not np.isfinite(total["index"]).any():
        return f"{name}: nothing varies between points beyond luck, so no index can be given."
    matter = total[total["low"] > MATTERS]
    little = total[total["high"] < MATTERS]
    if len(matter):
        top = matter.iloc[0]
        parts = [
            f"{name}: {_listed(matter['factor'].tolist()[:MOST_NAMED])} {'are' if len(matter) > 1 else 'is'} told apart from "
            f"having little part{' (the largest first)' if len(matter) > 1 else ''}. "
            f"{_capital(factor_words(str(top['factor'])))} has a part in {_share(top['index'])} of the variance between "
            f"points ({_share(top['low'])} to {_share(top['high'])}), {_share(first[top['factor']])} by itself."
        ]
    else:
        parts = [f"{name}: no factor is told apart from having little part."]
    if len(little):
        parts.append(f"Hardly any part: {_listed(little['factor'].tolist()[: 2 * MOST_NAMED])}.")
    if noise is not None and np.isfinite(noise["share_of_run"]):
        parts.append(
            f"{_share(noise['share_of_run'])} of the variance of single runs is noise of replicates, and "
            f"{_share(noise['share_of_mean'])} of that of means of {int(noise['replicates'])} seeds."
        )
    return " ".join(parts)


def _noise_row(found: Sensitivity, target: tuple[str, str]) -> dict[str, Any] | None:
    rows = found.noise[(found.noise["outcome"] == target[0]) & (found.noise["target"] == target[1])]
    return None if not len(rows) else {str(key): value for key, value in rows.iloc[0].items()}


def _share(value: Any) -> str:
    """A share in per cent; below nought or above all, which chance can bring, as nought or all."""
    percent = 100.0 * min(1.0, max(0.0, float(value)))
    return "under 1 %" if 0.0 <= percent < 1.0 else f"{percent:.0f} %"


def dropped(found: Sensitivity) -> list[str]:
    """The rule, then every factor: whether it goes on, and how near it comes."""
    plan = found.plan
    if not found.screened:
        return [rule_words(plan)]
    best, _ = best_shares(found.screened)
    rows = []
    for place, factor in enumerate(plan.factors):
        said = f"{100.0 * best[place]:.0f} % of the largest" if best[place] > 0.0 else "not beyond luck"
        if place not in found.kept and best[place] >= plan.keep.share:
            said += f": passes, but no more than {plan.keep.most} go on"
        rows.append(f"{factor.name:<34}{'goes on' if place in found.kept else 'stays as it is':<16}{said}")
    return [rule_words(plan), *rows]


def rule_words(plan: Plan) -> str:
    """The rule by which factors go on."""
    most = f", and no more than {plan.keep.most} of them" if plan.keep.most else ""
    return (
        f"A factor goes on if for at least one target its mean effect (mu*) is {100.0 * plan.keep.share:g} % or more of the "
        f"largest, and beyond what luck alone would give{most}; two go on in any case."
    )


def notes(found: Sensitivity) -> list[str]:
    """What to bear in mind."""
    plan = found.plan
    told = [RANGES_CAVEAT, LUCK_CAVEAT, SCREENING_CAVEAT]
    if found.n_failed:
        told.append(
            f"{found.n_failed:,} of {found.n_runs:,} runs failed; their trajectories, or blocks of points, are left out whole."
        )
    if untold := [target_words(plan, target) for target in plan.targets if target not in _told(found)]:
        told.append(
            "Too few points of which every run has a value, so nothing is told of: "
            f"{'; '.join(untold)}. A rate has none where nobody is behind it; more people a run help."
        )
    much = found.noise[found.noise["share_of_mean"] > MUCH_NOISE] if len(found.noise) else found.noise
    if len(much):
        names = "; ".join(target_words(plan, (row.outcome, row.target)) for row in much.itertuples())  # type: ignore[arg-type]
        told.append(f"More than half of what means vary by is luck for: {names}. More seeds or people would tell more.")
    low = (
        found.sobol[(found.sobol["index"] < 0.0) & (found.sobol["order"] != "second")]
        if len(found.sobol)
        else found.sobol
    )
    if len(low):
        told.append("Indices below nought are chance: the estimate of an index near nought falls on both sides.")
    caveats = [plan.outcome(name).caveat for name in plan.outcomes]
    return [*told, *dict.fromkeys(text for text in caveats if text), PURPOSE]


def _told(found: Sensitivity) -> set[tuple[str, str]]:
    """Targets that every stage has something to tell of."""
    if found.plan.indices is None:
        return set(found.screened)
    rows = found.noise
    return set(zip(rows["outcome"], rows["target"], strict=True)) if len(rows) else set()


def size_words(plan: Plan) -> str:
    """How many runs of what."""
    scenarios = " and ".join(plan.names)
    return f"{scenarios}, {len(plan.factors)} factors, {plan.replicates} seeds a point, {plan.n_people:,} people a run"


def cost_lines(plan: Plan, found: Forecast, place: str) -> list[str]:
    """What a study would take, for people: its runs are counted out."""
    n, scenarios = len(plan.factors), plan.n_scenarios
    times = f" x {scenarios} scenario{'s' if scenarios > 1 else ''} x {plan.replicates} seeds"
    lines = [
        f"{plan.texts['title']}: {size_words(plan)}",
        f"screening: {plan.screening.trajectories} trajectories x {n + 1} points{times} = {plan.n_screening:,} runs",
    ]
    if plan.indices is not None:
        for kept in dict.fromkeys((2, plan.most_kept)):
            steps = steps_of(plan.indices, kept)
            lines.append(
                f"indices, if {kept} factors go on: {plan.indices.points} x {steps} points{times} = "
                f"{plan.n_index_runs(kept):,} runs"
            )
    if found.most.n_missing < found.most.n_runs:
        lines.append(f"{found.most.n_runs - found.most.n_missing:,} of them are made already, in {place}")
    each = f"{1000.0 * found.most.seconds_a_run:.0f} ms a run on this machine, as measured now"
    time_taken = f"at most about {time_words(found.most.seconds)}"
    if plan.indices is not None:
        time_taken += f", {time_words(found.screening.seconds)} of it for the screening"
    lines.append(f"{time_taken} ({each}), and some seconds for tables and figures")
    lines.append(f"about {bytes_words(found.most.n_bytes)} on disk, in {place}")
    return lines
