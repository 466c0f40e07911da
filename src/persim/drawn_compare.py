"""Scenarios compared in worlds that are drawn from a posterior sample, so that intervals hold both kinds of doubt.

It is a sweep: every draw is a world, every scenario runs in each of them with the same luck, and it is kept, resumed and
made again as sweeps are. What comes of it stands in `persim.drawn_parts`.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from persim.comparison_plan import Source, Window, planned, whole_number
from persim.design import Design, made_of
from persim.design_file import MOST_REPLICATES, DesignFile, Levers
from persim.design_sample import MOST_POINTS, POSTERIOR, Sample
from persim.errors import InputError
from persim.experiment import Progress
from persim.posterior import read_posterior
from persim.sweep import sweep
from persim.sweep_result import Sweep

DRAWS, RUNS_IN_A_DRAW = 50, 10  # where none are asked for


def compare_posterior(
    scenarios: Sequence[Source] | Source,
    posterior: str | os.PathLike[str] | None = None,
    draws: int = DRAWS,
    replicates: int = RUNS_IN_A_DRAW,
    seed: int = 1,
    jobs: int = 0,
    *,
    n_users: int | None = None,
    n_weeks: int | None = None,
    outcomes: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    window: Window = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
    figures: bool = True,
    progress: Progress | None = None,
    **parameters: float | None,
) -> Sweep:
    """Run scenarios in draws from a posterior sample and compare each with the first.

    Args:
        posterior: a file or folder; the sample that comes with persim if None. draws: worlds, at least 2.
        replicates: runs of each scenario in each draw, with the same seeds in all. seed: of the first, and of the draws.
        out: a folder for the runs and what comes of them, which `persim sweep FOLDER --resume` can go on with; none: they
            go when the result goes.
        Others as for `persim.compare`.

    Returns: a sweep; `persim.drawn_parts.parts_table` gives each number's interval and its two parts.
    Raises: ScenarioError, InputError for what cannot be compared or drawn; StoreError if the folder cannot be used.
    """
    design = drawn_design(
        scenarios, posterior, draws, replicates, seed, n_users, n_weeks, outcomes, groups, window, parameters
    )
    kept = tempfile.TemporaryDirectory(prefix="persim-") if out is None else None
    place = out if kept is None else Path(kept.name) / "sweep"
    found = sweep(design, place, jobs=jobs, force=force, figures=figures and out is not None, progress=progress)
    if kept:
        weakref.finalize(found, _clear, found._store, kept)
    return found


def drawn_design(
    scenarios: Sequence[Source] | Source, posterior: str | os.PathLike[str] | None, draws: int, replicates: int,
    seed: int, n_users: int | None, n_weeks: int | None, outcomes: Sequence[str] | None, groups: Sequence[str] | None,
    window: Window, parameters: dict[str, Any],
) -> Design:  # fmt: skip
    """The design that such a comparison is. Arguments and errors as for `compare_posterior`."""
    for name, value, least, most in (("draws", draws, 2, MOST_POINTS), ("replicates", replicates, 1, MOST_REPLICATES)):
        whole_number(name, value, least)
        if value > most:
            raise InputError(f"{name} is {value:,}; it can be {most:,} at most")
    whole_number("seed", seed, 0)
    sample = read_posterior(None if posterior is None else Path(posterior))
    sample.check_not_set(parameters)
    plan = planned(
        scenarios, replicates, seed, 0, n_users, n_weeks, outcomes, groups, "final", window, parameters
    )  # fmt: skip
    first, stop = plan.reduction.window
    content = DesignFile(
        path=Path("compare.yaml"), shown="", name="compare",
        texts={
            "title": f"{' and '.join(plan.names[:6])}{' ...' if len(plan.names) > 6 else ''} over a posterior sample",
            "question": "How do the scenarios differ, given what is known of the model's numbers and what is not?",
        },
        scenarios=plan.names, levers=Levers(), spreads=(),
        sample=Sample(POSTERIOR, int(draws), int(seed), "" if posterior is None else os.fspath(posterior)),
        n_users=None, n_weeks=None, replicates=int(replicates), seed=int(seed), record="final", window=f"{first}:{stop}",
        groups=() if groups is None else plan.reduction.groups,
        outcomes=tuple([outcomes] if isinstance(outcomes, str) else outcomes or ()), deciding_outcome="real_take_up",
        places={},
    )  # fmt: skip
    return replace(made_of(content, plan.variants), path=None)


def _clear(store: Any, folder: tempfile.TemporaryDirectory[str]) -> None:
    store.close()
    folder.cleanup()
