"""What a reveal shows: its worlds run with many seeds, read as the lesson asks, and held against each other run by run.

Worlds of one seed have the same people and luck, so a difference is taken seed by seed and its interval is that of the mean
over seeds; the band is where nine of ten runs lie. A test reads the lessons' expectations through the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from persim.app.curves import BAND, added_up
from persim.app.settings import Settings, read_settings
from persim.evidence.measured import GROUP_LABELS
from persim.intervals import means, paired, quantiles
from persim.lessons.lesson import (
    EVERYBODY,
    FALLS,
    HARDLY_CHANGES,
    RISES,
    Choice,
    Compared,
    Reading,
    Reveal,
    Runs,
    World,
)
from persim.outcomes import BY_NAME, value_of
from persim.simulate import Run, checked_groups, run_scenario
from persim.study_size import VARIANCE_PARTS, study_size, variance_parts

NOT_SETTLED = "not_settled"


class Line(NamedTuple):
    """One line of a chart: an outcome of a group in a world."""

    world: str
    outcome: str
    group: str


@dataclass(frozen=True)
class OneSeed:
    """What is kept of the runs of one seed.

    Attributes:
        lines: shape (n_lines, n_weeks). readings: shape (n_readings,).
        parts: variance within and between teams and people per team of what a study asks for, at the end; shape (3,).
    """

    lines: np.ndarray
    readings: np.ndarray
    parts: np.ndarray


def settings_of(runs: Runs, worlds: Sequence[World]) -> dict[str, Any]:
    """Worlds of a lesson as the settings of a request."""
    return {"people": runs.people, "seed": runs.seed, "luck": None, "worlds": [world.settings() for world in worlds]}


def checked_settings(runs: Runs, world: World) -> Settings:
    """One world as checked settings."""
    return read_settings(settings_of(runs, [world]))


def lines_of(reveal: Reveal) -> list[Line]:
    """The lines of its chart, in order."""
    names = [world.name for world in reveal.runs.worlds]
    return [Line(w, o, g) for o in reveal.outcomes for g in reveal.groups for w in names]


def readings_of(reveal: Reveal, choices: Sequence[Choice] = ()) -> list[Reading]:
    """Every reading that is needed: the reveal's own, those of its expectations, of its bars, and of `largest` answers."""
    found: list[Reading] = []
    for compared in (reveal.compared, *(one.compared for one in reveal.expect), *named(reveal, choices)):
        found += [compared.reading] if compared.against is None else [compared.reading, compared.against]
    weeks = reveal.compared.reading.weeks
    found += [Reading(line.outcome, line.world, weeks, line.group) for line in lines_of(reveal)]
    return list(dict.fromkeys(found))


def named(reveal: Reveal, choices: Sequence[Choice]) -> list[Compared]:
    """The readings that answers with `largest` name: the reveal's, with that world, outcome or group instead."""
    worlds = {world.name for world in reveal.runs.worlds}
    found = []
    for choice in choices:
        if not choice.largest:
            continue
        kind = "world" if choice.largest in worlds else "outcome" if choice.largest in BY_NAME else "group"
        reading, against = reveal.compared.reading, reveal.compared.against
        same = against is not None and getattr(against, kind) == getattr(reading, kind)
        found.append(Compared(
            _with(reading, kind, choice.largest), _with(against, kind, choice.largest) if against and same else against,
        ))  # fmt: skip
    return found


def _with(reading: Reading, kind: str, value: str) -> Reading:
    values = {"outcome": reading.outcome, "world": reading.world, "group": reading.group} | {kind: value}
    return Reading(values["outcome"], values["world"], reading.weeks, values["group"])


def jobs_of(reveal: Reveal, choices: Sequence[Choice] = ()) -> list[partial[OneSeed]]:
    """What is to be run: one job for each seed."""
    lines, readings = tuple(lines_of(reveal)), tuple(readings_of(reveal, choices))
    seeds = range(reveal.runs.seed, reveal.runs.seed + reveal.runs.replicates)
    against = reveal.compared.against
    studied = (against.world, against.outcome) if reveal.study and against else None
    return [partial(one_seed, reveal.runs, reveal.over, lines, readings, seed, studied) for seed in seeds]


def one_seed(
    runs: Runs, over: int, lines: Sequence[Line], readings: Sequence[Reading], seed: int,
    studied: tuple[str, str] | None = None,
) -> OneSeed:  # fmt: skip
    """Every world with one seed, read. `studied`: the world and outcome whose variance a study would meet."""
    groups = {one.group for one in (*lines, *readings)} - {EVERYBODY}
    dimensions = checked_groups([GROUP_LABELS[group] for group in groups])
    series: dict[int, np.ndarray] = {}
    values, parts = np.full(len(readings), np.nan), np.full(len(VARIANCE_PARTS), np.nan)
    for world in runs.worlds:
        run = run_scenario(checked_settings(runs, world).scenario(), seed, "weekly", dimensions)
        if studied and studied[0] == world.name:
            parts = variance_parts(run.world, studied[1])
        for number, line in enumerate(lines):
            if line.world == world.name:
                series[number] = over_time(run, line.outcome, line.group, over)
        for number, reading in enumerate(readings):
            if reading.world == world.name:
                values[number] = over_weeks(run, reading)
    n_weeks = min((len(line) for line in series.values()), default=0)
    return OneSeed(np.stack([series[number][:n_weeks] for number in range(len(lines))]), values, parts)


def over_time(run: Run, outcome: str, group: str, over: int) -> np.ndarray:
    """An outcome week by week, each week added up with the `over` - 1 before it; NaN until there are so many."""
    column = _column(run, group)
    if over <= 1 or BY_NAME[outcome].yearly:
        return run.values(outcome)[:, column]
    found = _of_sums(run, outcome, added_up(run.counts[:, column], over), over)
    found[: over - 1] = np.nan
    return found


def over_weeks(run: Run, reading: Reading) -> float:
    """One reading of a run: a rate of all its weeks, a flow's sum, a stock's mean; the last week of a figure "this year"."""
    column, (first, last) = _column(run, reading.group), reading.weeks
    if BY_NAME[reading.outcome].yearly:
        return float(run.values(reading.outcome)[last, column])
    sums = run.counts[first : last + 1, column].sum(axis=0)
    return float(_of_sums(run, reading.outcome, sums[None], last - first + 1)[0])


def _of_sums(run: Run, outcome: str, sums: np.ndarray, weeks: int) -> np.ndarray:
    """An outcome of counts that were added up over so many weeks, shape (n, N_FIELDS); a stock as its mean."""
    found = BY_NAME[outcome]
    values = value_of(found, sums[:, None], run.weeks[: len(sums)], 1)[:, 0]
    return values / weeks if found.kind == "stock" and not found.bottom else values


def _column(run: Run, group: str) -> int:
    return next(number for number, (_, label) in enumerate(run.labels) if label == group)


class RevealRuns:
    """The runs of a reveal, all seeds together: lines with their band, readings, differences and what they settle."""

    def __init__(self, reveal: Reveal, seeds: Sequence[OneSeed], choices: Sequence[Choice] = ()) -> None:
        """Take the results of `jobs_of`, in order."""
        self.reveal, self.choices = reveal, tuple(choices)
        self.lines = np.stack([seed.lines for seed in seeds])
        self._readings = readings_of(reveal, choices)
        self._values = np.stack([seed.readings for seed in seeds])
        self._parts = means(np.stack([seed.parts for seed in seeds])).mean

    def values(self, reading: Reading) -> np.ndarray:
        """A reading in every run."""
        return self._values[:, self._readings.index(reading)]

    def spread(self, reading: Reading) -> dict[str, float | None]:
        """A reading's mean over runs, and where nine of ten lie."""
        values = self.values(reading)
        low, high = quantiles(values, BAND)
        return {"value": number(means(values).mean), "low": number(low), "high": number(high)}

    def read(self) -> dict[str, float | None]:
        """What a prediction is held against: the reading, or the size of a study."""
        if not self.reveal.study:
            return self.spread(self.reveal.compared.reading)
        return {"value": number(self._study()), "low": None, "high": None}

    def _study(self) -> float:
        """Teams or people in each arm of a study with other people and no common luck; persim.study_size has the sum."""
        found = self.difference(self.reveal.compared)
        size = study_size(float(found["value"] or 0.0) if found else 0.0, *(float(part) for part in self._parts))
        return size.teams if self.reveal.study == "teams" else size.people

    def difference(self, compared: Compared) -> dict[str, Any] | None:
        """The reading less what it is held against, run by run: mean, interval, and the direction that they settle."""
        if compared.against is None:
            return None
        apart = paired(self.values(compared.against), self.values(compared.reading))
        low, high = float(apart.low), float(apart.high)
        return {
            "value": number(apart.mean), "low": number(low), "high": number(high), "n": int(apart.n),
            "direction": direction(low, high, compared.smallest),
        }  # fmt: skip

    def right(self, choice: Choice) -> bool | None:
        """Is a choice right? None for an opinion, and where the runs do not settle it."""
        compared = self.reveal.compared
        if choice.direction:
            found = self.difference(compared)
            settled = found is not None and found["direction"] != NOT_SETTLED
            return found["direction"] == choice.direction if found and settled else None
        if choice.between:
            value = self._study() if self.reveal.study else float(means(self.values(compared.reading)).mean)
            low, high = choice.between
            return None if np.isnan(value) else (low is None or value >= low) and (high is None or value < high)
        return self._largest(choice) if choice.largest else None

    def _largest(self, choice: Choice) -> bool | None:
        names = [other.largest for other in self.choices if other.largest]
        each = {name: self._held(one) for name, one in zip(names, named(self.reveal, self.choices), strict=True)}
        order = sorted(each, key=lambda name: -float(means(each[name]).mean))
        if not float(paired(each[order[1]], each[order[0]]).low) > 0.0:
            return None
        return choice.largest == order[0]

    def _held(self, compared: Compared) -> np.ndarray:
        own = self.values(compared.reading)
        return own if compared.against is None else own - self.values(compared.against)


def direction(low: float, high: float, smallest: float) -> str:
    """What an interval of a difference settles, for the smallest difference of interest."""
    if low > smallest:
        return RISES
    if high < -smallest:
        return FALLS
    if smallest > 0.0 and -smallest <= low and high <= smallest:
        return HARDLY_CHANGES
    return NOT_SETTLED


def run_reveal(reveal: Reveal, choices: Sequence[Choice] = ()) -> RevealRuns:
    """A reveal's runs, one after another."""
    return RevealRuns(reveal, [job() for job in jobs_of(reveal, choices)], choices)


def number(value: Any) -> float | None:
    """A number that JSON can hold."""
    return round(float(value), 5) if np.isfinite(value) else None
