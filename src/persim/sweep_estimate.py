"""What a sweep would take: runs, time and disk, from a few runs that are made now and thrown away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from persim.design import Design
from persim.experiment import n_threads
from persim.run_maker import Maker, run_maker
from persim.run_store import DESIGN, LEDGER, RunStore
from persim.sweep_place import check_same
from persim.sweep_words import Estimate

PROBES = 4  # runs that an estimate is made from


def estimate(design: Design, place: Path, replicates: int, jobs: int = 0) -> Estimate:
    """What a sweep would take, from a few runs made now and thrown away; what is there already is not made again.

    Args:
        place: the folder it would run in. jobs: threads or processes, 0 for all cores.

    Raises: StoreError if the folder holds another sweep.
    """
    n_runs = replicates * design.n_cells
    missing = n_runs
    if (place / DESIGN).is_file():
        check_same(place, design)
        if (place / LEDGER).exists():
            with closing(RunStore(place)) as store:
                missing = int((store.settled(n_runs) == 0).sum())
    maker = run_maker(design)
    seconds = list(probed(maker, design.n_cells))
    each = sum(seconds) / len(seconds) if seconds else 0.0  # all of them failed
    return Estimate(
        n_runs, missing, each * missing / n_threads(jobs), n_runs * (8 * design.reduction.n_columns + 200), each
    )


def probed(maker: Maker, n_cells: int) -> Iterator[float]:
    """Seconds that a few of the first `n_cells` runs take, now; the first, which may compile, is not counted."""
    cells = sorted({int(place) for place in np.linspace(0, n_cells - 1, min(PROBES, n_cells))})
    maker.make(cells[0])
    for cell in cells:
        start = time.perf_counter()
        settled = maker.make(cell)
        if settled.numbers is not None:
            yield time.perf_counter() - start


def as_plain(found: Estimate) -> dict[str, Any]:
    """The estimate for programs."""
    return {
        "runs": found.n_runs, "missing": found.n_missing, "seconds": round(found.seconds, 1), "bytes": found.n_bytes,
        "seconds_a_run": found.seconds_a_run,
    }  # fmt: skip
