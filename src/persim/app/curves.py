"""Curves: the outcomes of one or two worlds over the weeks, over several runs, with a band; and their paired difference.

The first run is the one that the film shows; the others have the seeds after it, so their chance is another service's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from persim.errors import InputError
from persim.intervals import means, quantiles
from persim.outcomes import BY_NAME, value_of
from persim.scenario import Scenario
from persim.simulate import Run, outcome_named, run_scenario

CHARTED = (
    "reported_take_up", "real_take_up", "notional_take_up", "council_rate", "informed", "never_had_opportunity", "in_process",
    "offers", "control_felt", "control_recorded", "plan_involvement", "involved_in_care", "quality_of_life", "social_contact",
    "plan_without_person", "reviews_slipped", "time_gate_shut", "legitimacy", "knowledge", "worry", "alarm", "cto_share",
    "order_informed", "rights_informed", "involvement_making", "involvement_review", "voluntary_control", "wait_weeks",
    "left_process", "passed_on", "passed_on_lost", "forms_hours", "overtime", "displaced",
    "hours_crisis", "hours_detained", "hours_cto", "hours_unsettled", "hours_routine", "hours_reviews", "hours_talk",
    "hours_forms", "hours_amhp",
)  # fmt: skip
MOST_REPLICATES = 40
MOST_OUTCOMES = 16
BAND = (0.05, 0.95)
BAND_WORDS = "9 in 10 runs"
DIGITS = 5
FLOW_WEEKS = 13  # weekly flows of a few hundred people are drawn as the mean of the last quarter


def checked_outcomes(names: Any) -> tuple[str, ...]:
    """The outcomes asked for. Raises: InputError for one that is unknown, or too many."""
    if not isinstance(names, list | tuple) or not 1 <= len(names) <= MOST_OUTCOMES:
        raise InputError(f"outcomes: expected a list of 1 to {MOST_OUTCOMES} outcomes")
    for name in names:
        if not isinstance(name, str):
            raise InputError("outcomes: expected names of outcomes")
        outcome_named(name)
    return tuple(dict.fromkeys(names))


def checked_replicates(n: Any) -> int:
    """How many runs are asked for. Raises: InputError unless it is a whole number from 1 to 40."""
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MOST_REPLICATES:
        raise InputError(f"replicates: expected a whole number from 1 to {MOST_REPLICATES}")
    return n


def one_run(scenario: Scenario, seed: int, luck: int | None, outcomes: Sequence[str]) -> np.ndarray:
    """The outcomes of one run, float64 (n_outcomes, n_weeks): the job of one thread."""
    return drawn(run_scenario(scenario, seed, luck=luck), outcomes)


def drawn(run: Run, outcomes: Sequence[str]) -> np.ndarray:
    """The outcomes of a run as they are drawn, float64 (n_outcomes, n_weeks): flows as means of the last quarter."""
    return np.stack([smoothed(run, name) for name in outcomes])


def smoothed(run: Run, name: str) -> np.ndarray:
    """One outcome a week: a stock as it stands, a flow as the mean of the last 13 weeks, top and base apart."""
    outcome = BY_NAME[name]
    if outcome.yearly or outcome.kind == "stock":
        return run.series(name)
    return value_of(outcome, quarterly_means(run.counts[:, :1]), run.weeks, 1)[:, 0]


def quarterly_means(counts: np.ndarray) -> np.ndarray:
    """Means over the last 13 weeks, or as many as there are yet, along the first axis."""
    lengths = np.minimum(np.arange(1, len(counts) + 1), FLOW_WEEKS)
    return added_up(counts, FLOW_WEEKS) / lengths.reshape(-1, *[1] * (counts.ndim - 1))


def added_up(counts: np.ndarray, weeks: int) -> np.ndarray:
    """Sums over the last `weeks` weeks, or as many as there are yet, along the first axis."""
    total = np.cumsum(counts, axis=0)
    total[weeks:] = total[weeks:] - total[:-weeks]
    return total


def curves_json(
    scenarios: Sequence[Scenario], outcomes: Sequence[str], runs: Sequence[Sequence[np.ndarray]]
) -> dict[str, Any]:
    """What is drawn.

    Args:
        runs: of each scenario, the arrays of `one_run` in the order of seeds: the film's own first.
    """
    stacks = [np.stack(list(of_world)) for of_world in runs]  # (n_runs, n_outcomes, n_weeks) each
    first = scenarios[0]
    found: dict[str, Any] = {
        "weeks": first.n_weeks, "start": first.start.isoformat(), "replicates": len(stacks[0]), "interval": BAND_WORDS,
        "worlds": [
            {"name": scenario.name, "weeks": scenario.n_weeks, "outcomes": _bands(stack, outcomes)}
            for scenario, stack in zip(scenarios, stacks, strict=True)
        ],
        "differences": None,
        "final": [
            dict(zip(outcomes, _numbers(stack[0, :, -1]), strict=True)) for stack in stacks
        ],
    }  # fmt: skip
    if len(stacks) == 2:
        found["differences"] = _differences(stacks[0], stacks[1], outcomes)
    return found


def _bands(stack: np.ndarray, outcomes: Sequence[str]) -> dict[str, Any]:
    low, high = quantiles(stack, BAND)
    middle = means(stack).mean
    return {
        name: {
            "own": _numbers(stack[0, number]), "middle": _numbers(middle[number]), "low": _numbers(low[number]),
            "high": _numbers(high[number]),
        }
        for number, name in enumerate(outcomes)
    }  # fmt: skip


def _differences(left: np.ndarray, right: np.ndarray, outcomes: Sequence[str]) -> dict[str, Any]:
    """Right minus left of the same people and luck: mean over the pairs with its 95 % interval; weeks both worlds have."""
    n_weeks = min(left.shape[2], right.shape[2])
    apart = right[:, :, :n_weeks] - left[:, :, :n_weeks]
    found = {}
    for number, name in enumerate(outcomes):
        of_pairs = means(apart[:, number, :])
        found[name] = {
            "middle": _numbers(of_pairs.mean), "low": _numbers(of_pairs.low), "high": _numbers(of_pairs.high),
        }  # fmt: skip
    return found


def _numbers(values: np.ndarray) -> list[float | None]:
    rounded = np.round(values, DIGITS).tolist()
    if np.isfinite(values).all():
        return rounded
    return [value if math.isfinite(value) else None for value in rounded]
