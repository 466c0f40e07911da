"""Are the yardstick and the kernel the same model? Means of main series over seeds, compared within sampling error."""

from typing import NamedTuple

import numpy as np
from plain_mesa import PlainMesaModel, totals

from persim.measures import COLUMN
from persim.scenario import Scenario
from persim.simulate import run_scenario

MAIN = {
    "reported": "People reported",
    "real_broad": "People with a real budget",
    "informed": "People who know of budgets",
    "crises": "Crises a week",
    "on_cto": "People on a CTO",
    "opportunities": "Opportunities a week",
    "offers": "Offers a week",
    "raised": "Processes begun a week",
    "control_felt": "Felt control, sum",
    "quality_of_life": "Quality of life, sum",
    "hours_forms": "Hours on forms a week",
    "worry_person": "Worry, sum over posts",
}
KERNEL_RUNS = 4  # kernel runs for each run of the yardstick: they cost next to nothing


class Agreement(NamedTuple):
    """One series: mean over runs of its mean over weeks, and how many standard errors lie between the two."""

    name: str
    plain: float
    kernel: float
    z: float


def agreement(scenario: Scenario, n_seeds: int, names: tuple[str, ...] = tuple(MAIN)) -> list[Agreement]:
    """Compare the second half of each run, `n_seeds` runs of plain Mesa against four times as many of the kernel."""
    weeks = slice(scenario.n_weeks // 2, None)
    plain, kernel = [], []
    for seed in range(1, n_seeds + 1):
        model = PlainMesaModel(scenario, rng=seed)
        for _ in range(scenario.n_weeks):
            model.step()
        series = totals(model)
        plain.append([series[name][weeks].mean() for name in names])
    for seed in range(1, KERNEL_RUNS * n_seeds + 1):
        counts = run_scenario(scenario, 1000 + seed).counts[weeks, 0]
        kernel.append([counts[:, COLUMN[name]].mean() for name in names])
    ours, theirs = np.array(kernel), np.array(plain)
    error = np.sqrt(ours.var(axis=0, ddof=1) / len(ours) + theirs.var(axis=0, ddof=1) / len(theirs))
    z = (theirs.mean(axis=0) - ours.mean(axis=0)) / np.where(error > 0.0, error, 1.0)
    means = zip(names, theirs.mean(axis=0).tolist(), ours.mean(axis=0).tolist(), z.tolist(), strict=True)
    return [Agreement(*row) for row in means]
