"""The practitioners' side of scenarios: where a week's hours went, how often the time gate closed, who hands on to whom.

`practice` runs each scenario with the same seeds and counts (`practice_counts`); `practice_words` and `practice_plots` show
it. Professions are those of who does something, not of who coordinates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.comparison_plan import LARGEST_SEED, Source, Window, read_all, read_window, unique_names, whole_number
from persim.errors import InputError
from persim.experiment import Failure, Progress, Task, paired_tasks, run_tasks
from persim.hand_offs import ACCEPTED, FATES, IN_USE, LOST, NOT_TAKEN, OFFERED, TAKEN
from persim.intervals import Means, means, paired
from persim.practice_counts import (
    CLOSED,
    CLOSED_FIRST,
    PROFESSIONS,
    TRIED,
    WEEK_ROWS,
    PracticeCounts,
    counts_of_run,
)
from persim.scenario import Scenario
from persim.simulate import checked_seed
from persim.state import Profession

if TYPE_CHECKING:
    import pandas as pd

REPLICATES = 20


@dataclass(frozen=True)
class Practice:
    """What runs of some scenarios say of practitioners.

    Attributes:
        scenarios, names: what was run. seed: of the first run; window: calendar weeks, first and after the last.
        weeks: hours and shares, shape (n_scenarios, n_seeds, 3 professions, n_rows), rows as in `WEEK_ROWS`.
        hand_offs: a year per 1,000 eligible people, by profession of sender and taker (`persim.state.Profession`) and by
            what came of them (`persim.hand_offs.FATES`): shape (n_scenarios, n_seeds, 5, 5, n_fates).
        failures: runs that failed; their seeds are left out of every scenario.
    """

    scenarios: tuple[Scenario, ...]
    names: tuple[str, ...]
    seed: int
    window: tuple[int, int]
    weeks: np.ndarray
    hand_offs: np.ndarray
    failures: tuple[Failure, ...] = ()

    @property
    def replicates(self) -> int:
        """Runs of each scenario."""
        return self.weeks.shape[1]

    @property
    def professions(self) -> tuple[str, ...]:
        """Of care coordinators."""
        return PROFESSIONS

    def week_of(self, number: int) -> Means:
        """Means over seeds of one scenario's `weeks`, with 95 % intervals: shape (3, n_rows)."""
        return means(self.weeks[number])

    @cached_property
    def steps(self) -> np.ndarray:
        """Hand-offs a year per 1,000 eligible people as far as they came: (n_scenarios, n_seeds, n_steps); see `STEPS`."""
        fates = self.hand_offs.sum(axis=(2, 3))
        chosen = ((*range(len(FATES)),), (LOST,), NOT_TAKEN, TAKEN, OFFERED, ACCEPTED, (IN_USE,))
        return np.stack([fates[:, :, list(kinds)].sum(axis=2) for kinds in chosen], axis=2)

    @property
    def direct_hours(self) -> tuple[float, ...]:
        """Contract hours a week for direct work in each scenario, mean over the window: what uses and overtime share."""
        found = []
        for scenario in self.scenarios:
            rows = scenario.weekly_parameters()[
                self.window[0] - scenario.start_week : self.window[1] - scenario.start_week
            ]
            found.append(float((rows["contract_hours"] * rows["direct_share"]).mean()))
        return tuple(found)

    @cached_property
    def hours(self) -> pd.DataFrame:
        """Tidy: scenario, profession, row, mean, low, high, difference (to the first scenario), difference_low, .._high."""
        import pandas as pd

        rows = []
        for number, name in enumerate(self.names):
            level, against = self.week_of(number), paired(self.weeks[0], self.weeks[number])
            for p, profession in enumerate(PROFESSIONS):
                for r, row in enumerate(WEEK_ROWS):
                    rows.append((name, profession, row, level.mean[p, r], level.low[p, r], level.high[p, r],
                                 against.mean[p, r], against.low[p, r], against.high[p, r]))  # fmt: skip
        columns = [
            "scenario",
            "profession",
            "row",
            "mean",
            "low",
            "high",
            "difference",
            "difference_low",
            "difference_high",
        ]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Tidy: scenario, sender, taker, fate, a_year_per_1000, low, high; only what ever happened."""
        import pandas as pd

        kinds = [member.name.lower().replace("_", " ") for member in Profession]
        found = means(self.hand_offs.swapaxes(0, 1))
        rows = [
            (self.names[s], kinds[one], kinds[other], FATES[fate], found.mean[s, one, other, fate],
             found.low[s, one, other, fate], found.high[s, one, other, fate])
            for s, one, other, fate in np.argwhere(self.hand_offs.sum(axis=1) > 0.0).tolist()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["scenario", "sender", "taker", "fate", "a_year_per_1000", "low", "high"])

    def text(self, width: int = 110) -> str:
        """Tables, what to bear in mind, and the answer."""
        from persim.practice_words import text_of

        return text_of(self, width)

    def as_json(self) -> dict[str, Any]:
        """Plain types."""
        from persim.practice_words import json_of

        return json_of(self)


def practice(
    scenarios: Sequence[Source] | Source, *, replicates: int = REPLICATES, seed: int = 1, n_users: int | None = None,
    n_weeks: int | None = None, window: Window = None, jobs: int = 0, progress: Progress | None = None,
    **parameters: float | None,
) -> Practice:  # fmt: skip
    """Where practitioners' hours went, how often the time gate closed, and who hands on to whom.

    Args:
        scenarios: one or several; of one with arms, all arms. replicates: runs of each. seed: of the first.
        n_users, n_weeks, parameters: as for `persim.simulate`. window: weeks or dates to report on, the last 52 if none.
        jobs: threads, 0 for all cores. progress: called with (runs done, of how many, failed) now and then.

    Raises: ScenarioError, InputError for what cannot be run.
    """
    return practice_of(scenarios, parameters, replicates, seed, n_users, n_weeks, window, jobs, progress)


def practice_of(
    scenarios: Sequence[Source] | Source, parameters: Mapping[str, float | None], replicates: int = REPLICATES,
    seed: int = 1, n_users: int | None = None, n_weeks: int | None = None, window: Window = None, jobs: int = 0,
    progress: Progress | None = None,
) -> Practice:  # fmt: skip
    """`practice`, with the numbers to change as a mapping."""
    whole_number("replicates", replicates, 1)
    whole_number("jobs", jobs, 0)
    seed = checked_seed(seed)
    if seed + replicates > LARGEST_SEED:
        raise InputError(f"seed is {seed}; it must be an integer of at most 62 bits")
    variants = read_all(scenarios, n_users, n_weeks, parameters)
    names = unique_names([variant.name for variant in variants])
    span = _shared_window(variants, window)
    counts: dict[int, PracticeCounts] = {}

    def work(task: Task) -> None:
        counts[task.number] = counts_of_run(variants[task.scenario], task.seed, span)

    n_tasks = len(variants) * replicates
    failures = run_tasks(paired_tasks(len(variants), replicates, seed), n_tasks, work, jobs, progress)
    failed = {failure.task.replicate for failure in failures}
    whole = [number for number in range(replicates) if number not in failed]
    if not whole:
        raise InputError(f"runs failed with every seed, the first with {failures[0].cause}")
    kept = [[counts[r * len(variants) + s] for r in whole] for s in range(len(variants))]
    weeks = np.array([[week_rows(one) for one in runs] for runs in kept])
    handed = np.array([[1000.0 * one.hand_offs / max(one.eligible, 1e-9) for one in runs] for runs in kept])
    return Practice(tuple(variants), names, seed, span, weeks, handed, tuple(failures))


def _shared_window(variants: Sequence[Scenario], window: Window) -> tuple[int, int]:
    first = max(variant.start_week for variant in variants)
    stop = min(variant.start_week + variant.n_weeks for variant in variants)
    if first >= stop:
        raise InputError("the scenarios have no week in common")
    return read_window(window, first, stop)


def week_rows(one: PracticeCounts) -> np.ndarray:
    """`WEEK_ROWS` of one run: (3, n_rows); NaN where a profession has nobody at work or no opportunity."""
    with np.errstate(divide="ignore", invalid="ignore"):
        posts = np.where(one.post_weeks > 0.0, one.post_weeks, np.nan)
        tried = np.where(one.gate[:, TRIED] > 0.0, one.gate[:, TRIED], np.nan)
        uses = one.hours / posts[:, None]
        apart = [one.overtime / posts, one.slipped / posts, one.gate_shut / posts]
        gate = [one.gate[:, CLOSED] / tried, one.gate[:, CLOSED_FIRST] / tried]
    return np.concatenate([uses, uses.sum(axis=1, keepdims=True), np.stack([*apart, *gate], axis=1)], axis=1)
