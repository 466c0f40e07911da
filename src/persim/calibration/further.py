"""What a further datum would tell of a finished calibration: its folder in, candidates with what each would leave out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from persim.calibration.candidate_data import Asked, asked
from persim.calibration.identified import moments
from persim.calibration.plan import plan_of
from persim.calibration.words import in_columns
from persim.errors import InputError
from persim.posterior import read_posterior
from persim.run_store import read_content
from persim.scenario import read_scenario

PAIRS, BEST = 3, 8


def further_data(folder: Path, seed: int = 1, jobs: int = 0) -> Asked:
    """Run draws of a calibration's sample anew, and see what each candidate would tell of the last stage's parameters.

    Args:
        folder: of a finished calibration. seed: of the first run; every draw is run once, with a seed of its own, since a
            draw that came twice would recognise itself in a datum made up of it. jobs: threads, 0 for all.

    Returns: what each candidate leaves, also along the ridges of the strongest correlations, the strongest first.

    Raises: StoreError if the folder holds no calibration; InputError if it has no sample of this version of the model, or its
        last stage has one parameter only.
    """
    plan, sample = plan_of(read_content(folder)), read_posterior(folder)
    space = plan.stages[-1].space
    if space.n < 2:
        raise InputError(f"{folder}: its last stage has one parameter, so there is nothing to tell apart")
    unit = space.unit(sample.points[:, [sample.parameters.index(name) for name in space.names]])
    _, spread = moments(unit, sample.weights)
    sd = np.sqrt(np.diag(spread))
    correlation = spread / np.outer(sd, sd)
    first, second = np.triu_indices(space.n, 1)
    strongest = np.argsort(-np.abs(correlation[first, second]), kind="stable")[:PAIRS]
    pairs = [
        (space.names[i], space.names[j], float(np.sign(correlation[i, j])))
        for i, j in zip(first[strongest], second[strongest], strict=True)
    ]
    scenario = read_scenario(plan.scenario.name).changed(plan.people)
    return asked(
        scenario, space, sample.points, sample.weights, pairs, n_draws=sample.n, seed=seed, jobs=jobs, names=sample.parameters
    )  # fmt: skip


def further_lines(found: Asked) -> list[str]:
    """Candidates, one a line, those first that leave least along some ridge; then what would tell each pair apart."""
    left = found.found.directions
    rows = [("spread left by this datum along", *(f"{first}/{second}" for first, second, _ in found.pairs))]
    for one in np.argsort(left.min(axis=1), kind="stable")[:BEST]:
        shares = zip(left[one], found.found.directions_se[one], strict=True)
        rows.append(
            (found.candidates[one].name, *(f"{100.0 * share:.0f} ± {100.0 * se:.0f} %" for share, se in shares))
        )
    return [*in_columns(rows), "", *(found.answer(pair) for pair in range(len(found.pairs)))]
