"""The runs of a calibration, step after step in one store: what is there is read, what is missing is made.

A step is a wave, a generation, or the patterns of a stage. Its runs are numbered on from those of the step before, so that a
calibration that was killed does the same steps over, finds their runs, and goes on where it was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from persim.calibration.maker import Arm, CalibrationMaker
from persim.calibration.plan import Plan
from persim.errors import StoreError
from persim.experiment import Progress
from persim.run_store import FAILED
from persim.run_writer import RunWriter
from persim.sweep import Crew, run_missing


@dataclass
class Runs:
    """The runs so far, and how many are planned in all; `seconds` counts those spent on making runs."""

    store: RunWriter
    plan: Plan
    crew: Crew
    progress: Progress | None = None
    planned: int = 0
    done: int = 0
    steps: int = 0
    seconds: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.planned = self.planned or self.plan.n_runs

    def step(self, stage: int, arms: tuple[Arm, ...], names: tuple[str, ...], points: np.ndarray) -> np.ndarray:
        """The rows of a step's runs, shape (n_points, n_replicates, n_arms, n_columns).

        Args:
            points: values, shape (n_points, n_parameters), with their `names`.

        Raises: StoreError if a run failed, or the store has runs of other points at this place.
        """
        replicates = self.plan.stages[stage].replicates
        n_runs = len(points) * len(arms) * replicates
        columns = self.plan.columns
        places = tuple(columns.index(f"parameter.{name}") for name in names)
        maker = CalibrationMaker(
            arms, names, points, places, (stage, self.steps), len(points), len(columns), self.plan.seed, self.done
        )  # fmt: skip
        last = self.done + n_runs
        self._check_names(maker, last)
        started = time.monotonic()
        run_missing(self.store, maker, last, self.crew, self._told)
        self.seconds += time.monotonic() - started
        self._check_failed()
        rows = self.store.numbers_between(self.done, last)
        self.done, self.steps = last, self.steps + 1
        shape = (replicates, len(points), len(arms), len(columns))
        return np.moveaxis(rows.reshape(shape), 0, 1)

    def left_out(self, n_runs: int) -> None:
        """So many of the runs planned are not needed."""
        self.planned -= n_runs

    def _told(self, done: int, total: int, failed: int) -> None:
        if self.progress is not None:
            self.progress(done, max(total, self.planned), failed)

    def _check_names(self, maker: CalibrationMaker, last: int) -> None:
        for number, name in self.store.names_between(self.done, last):
            if name != maker.name(number):
                raise StoreError(
                    f"{self.store.folder}: step {self.steps + 1} comes out with other points than when it was begun, perhaps "
                    "because of other versions of libraries: begin anew with --force"
                )

    def _check_failed(self) -> None:
        failures = self.store.failures()
        if failures:
            cause = failures[0][2].rsplit("\n", 1)[-1]
            raise StoreError(
                f"{len(failures)} runs failed, the first with: {cause}; without them nothing can be inferred. --resume makes "
                "them again"
            )

    @property
    def n_failed(self) -> int:
        """Runs in the store that failed."""
        return int((self.store.settled(self.planned) == FAILED).sum())
