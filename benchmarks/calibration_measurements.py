"""Measurements of calibration: runs a second on its whole path, and what emulators and weights cost beside the runs."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rows import FULL, Row, Size, at_most

from persim.calibration.plan_file import read_calibration
from persim.calibration.study import Carrying, carried_out
from persim.design_search import CALIBRATION as KIND
from persim.design_search import find_design
from persim.sweep import Crew

RUNS, GOAL_MINUTES, GOAL_SHARE = 50_000, 40.0, 0.15


def calibration(size: Size) -> list[Row]:
    """The first stage of the shipped calibration at 1,000 people, on all cores: one wave, two generations.

    Points of waves and of generations are as 1 to 4, nearly as in the whole (900 to 4,200), so the overhead is, too.
    """
    plan = read_calibration(find_design("calibration", KIND), people=1000)
    stage = plan.stages[0]
    points, particles = (
        (300, 600) if size == FULL else (100, 160)
    )  # in full as shipped; one or two minutes on two cores
    waves = replace(stage.waves, waves=1, points=points)
    stage = replace(stage, waves=waves, smc=replace(stage.smc, particles=particles, generations=2), draws=particles)
    with tempfile.TemporaryDirectory() as folder:
        how = Carrying(Path(folder) / "out", Crew(), figures=False)
        found = carried_out(replace(plan, stages=(stage,)), how, 0.0)
    minutes = RUNS / found.n_runs * found.seconds / 60.0
    return [
        Row(
            f"{RUNS:,} calibration runs of 1,000 people",
            f"{minutes:.0f} minutes ({found.n_runs / found.seconds:.0f} runs a second, over {found.n_runs:,})",
            f"at most {GOAL_MINUTES:.0f} minutes on two cores", at_most(minutes, GOAL_MINUTES),
        ),
        Row(
            "emulators and weights beside the runs of a calibration", f"{100.0 * found.overhead:.1f} % of their time",
            f"at most {100.0 * GOAL_SHARE:.0f} %", at_most(found.overhead, GOAL_SHARE),
        ),
    ]  # fmt: skip


CALIBRATION: dict[str, Callable[[Size], list[Row]]] = {"calibration": calibration}
