"""The model at points, without a store: for studies and for what is asked of a posterior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from persim.calibration.history import Simulator
from persim.calibration.maker import Arm, Reading
from persim.errors import InputError
from persim.evidence import Measured
from persim.experiment import Task, run_tasks
from persim.scenario import Scenario
from persim.simulate import ready_the_compiled_model


def measuring(scenario: Scenario, measured: Sequence[Measured]) -> Arm:
    """A world in which these quantities are measured, in the order given."""
    return Arm(scenario, scenario.digest(), tuple(Reading(place, (one,)) for place, one in enumerate(measured)))


def model_at(
    arm: Arm, names: Sequence[str], replicates: int, seed: int, jobs: int = 1, each_its_own: bool = False
) -> Simulator:
    """A simulator of the model itself.

    Args:
        arm: from `measuring`. names: parameters, in the order of the columns of points.
        replicates: runs of each point. seed: of the first; the others follow. jobs: threads, on which nothing depends.
        each_its_own: give every point seeds of its own, by its number, so that points share no luck.

    Returns: values of points, shape (n, n_names), and their numbers, to what is measured, (n, replicates, n_measured).
    """
    n_measured = len(arm.readings)

    def simulate(points: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        ready_the_compiled_model()
        out = np.full((len(points), replicates, n_measured), np.nan)

        def work(task: Task) -> None:
            run = arm.run(dict(zip(names, points[task.scenario].tolist(), strict=True)), task.seed)
            arm.read(run, out[task.scenario, task.replicate])

        tasks = [
            Task(
                point * replicates + one,
                point,
                one,
                seed + one + (int(numbers[point]) * replicates if each_its_own else 0),
            )
            for point in range(len(points))
            for one in range(replicates)
        ]
        failures = run_tasks(iter(tasks), len(tasks), work, jobs)
        if failures:
            raise InputError(f"{len(failures)} of {len(tasks)} runs failed, the first with: {failures[0].cause}")
        return out

    return simulate
