"""A sweep: a design is run, however long that takes and whatever interrupts it, and its results are kept in a folder.

`sweep` does all of it. Runs are made in the order of their numbers, replicate after replicate and within one through all
cells, so that a sweep that is stopped has about as many runs of each scenario in each world. What is finished is
committed at once (`persim.run_store`); to resume is to make what is missing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from persim.comparison_plan import whole_number
from persim.crews import Arrived, Workers, by_threads
from persim.design import Design, read_design
from persim.durable_files import clear_errors
from persim.errors import InputError, StoreError
from persim.experiment import Progress, n_threads
from persim.gaps_and_costs import DERIVED
from persim.outcomes import BY_NAME as OUTCOMES_BY_NAME
from persim.precision import CAP, Precision, next_replicates, read_half_width, stopping_words
from persim.process_crew import by_processes
from persim.run_maker import Maker, run_maker
from persim.run_store import DESIGN, FAILED, read_content
from persim.run_writer import RunWriter
from persim.store import DEFAULT_PLACE
from persim.stored_design import design_of
from persim.sweep_folder import write_sweep
from persim.sweep_place import open_to_write
from persim.sweep_result import Sweep


@dataclass(frozen=True)
class Crew:
    """Who makes the runs: `jobs` threads or processes here (0 for all cores), or a Dask cluster. Results do not depend."""

    jobs: int = 0
    workers: Workers = "threads"
    scheduler: str | None = None


def sweep(
    design: Design | str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    n_users: int | None = None,
    n_weeks: int | None = None,
    jobs: int = 0,
    workers: Workers = "threads",
    scheduler: str | None = None,
    precision: str | float | None = None,
    outcome: str | None = None,
    cap: int = CAP,
    resume: bool = False,
    rerun_failed: bool = False,
    repair: bool = False,
    force: bool = False,
    figures: bool = True,
    progress: Progress | None = None,
) -> Sweep:
    """Run a design, or what is missing of it, and read the result.

    Args:
        design: a design, the name of a shipped one, a file, or the folder of a sweep that is to go on.
        out: the folder of the sweep; outputs/NAME if none.
        replicates, seed, n_users, n_weeks: instead of what the design says. More replicates than before are added to
            those that are there.
        jobs: threads or processes, 0 for all cores. workers: "threads" or "processes". scheduler: a Dask scheduler,
            tcp://host:port, instead. Results do not depend on any of them.
        precision, outcome, cap: add paired runs until the 95 % interval of every difference in that outcome, in every
            world, has this half-width ("0.5pp", "0.005"), or `cap` replicates are made.
        resume: go on with the sweep in the folder; that is meant, too, where `design` is a sweep's folder.
        rerun_failed: make runs that failed again. repair: make again what is damaged. force: throw away a sweep that is
            there and begin anew.
        progress: called with (runs done, of how many, failed) now and then.

    Raises: ScenarioError, InputError for what cannot be run; StoreError if the folder cannot be used, holds another
        sweep, or there is no room. Whatever is raised, finished runs are kept.
    """
    started = time.time()
    order = Crew(jobs, workers, scheduler)
    _check_numbers(order, cap)
    plan, place = planned(design, out, replicates, seed, n_users, n_weeks)
    wanted = plan.replicates if replicates is None else replicates
    asked = precision_asked(precision, outcome, cap, plan, wanted)
    resume = resume or rerun_failed or repair or (is_a_sweep(design) and not force)
    with closing(open_to_write(plan, place, resume, repair, force)) as store:
        if repair:
            store.forget_foreign(run_maker(design_of(store.content)).name)
        if rerun_failed:
            store.forget_failed()
        target = max(int(store.head("replicates") or 0), wanted)
        stopped = _run_all(store, design_of(store.content), order, target, asked, progress)
        with _kept_if_it_fails(place):
            write_sweep(store, started, stopped, figures)
    return Sweep(place, check=False)


@contextmanager
def _kept_if_it_fails(place: Path) -> Iterator[None]:
    """Say that runs are kept, and where, if tables cannot be written."""
    try:
        with clear_errors(place):
            yield
    except StoreError as error:
        if str(place) in str(error):
            raise
        raise StoreError(f"{place}: {error}; every finished run is kept: go on with --resume") from error


def sweep_again(
    folder: Path,
    out: Path,
    replicates: int,
    stopped: str,
    figures: bool,
    jobs: int = 0,
    progress: Progress | None = None,
) -> Path:
    """Make a sweep again from its design.json alone, in a new folder.

    Args:
        replicates: how many it came to. stopped: why no more were added, in its words.
    """
    started = time.time()
    with closing(open_to_write(design_of(read_content(folder)), out, resume=False, repair=False, force=False)) as store:
        _run_all(store, design_of(store.content), Crew(jobs), replicates, None, progress)
        write_sweep(store, started, stopped, figures)
    return out


def _check_numbers(order: Crew, cap: int) -> None:
    n_threads(order.jobs)
    whole_number("cap", cap, 2)
    if order.workers not in ("threads", "processes"):
        raise InputError(f"workers is {order.workers!r}; it can be 'threads' or 'processes'")


def is_a_sweep(source: Design | str | os.PathLike[str]) -> bool:
    """Is this the folder of a sweep, which is then to go on?"""
    return not isinstance(source, Design) and (Path(source) / DESIGN).is_file()


def planned(
    source: Design | str | os.PathLike[str], out: str | os.PathLike[str] | None, replicates: int | None,
    seed: int | None, n_users: int | None, n_weeks: int | None,
) -> tuple[Design, Path]:  # fmt: skip
    """The design to run and the folder it runs in. Raises: ScenarioError, InputError as `read_design` does."""
    if seed is not None:
        whole_number("seed", seed, 0)
    if replicates is not None:
        whole_number("replicates", replicates, 1)
    if isinstance(source, Design):
        if n_users is not None or n_weeks is not None:
            raise InputError("n_users and n_weeks belong to reading a design: persim.read_design(..., n_users=...)")
        design = replace(source, seed=source.seed if seed is None else seed)
    elif is_a_sweep(source):
        place = Path(source)
        if out is not None and Path(out).resolve() != place.resolve():
            raise InputError(f"{place} is a sweep's folder: it goes on where it is, not in {out}")
        given = {"seed": seed, "people": n_users, "weeks": n_weeks}
        if wrong := [name for name, value in given.items() if value is not None]:
            raise InputError(f"{place} is a sweep's folder: its {' and '.join(wrong)} cannot change")
        return design_of(read_content(place)), place.resolve()
    else:
        design = read_design(os.fspath(source), n_users=n_users, n_weeks=n_weeks, replicates=replicates, seed=seed)
    return design, (DEFAULT_PLACE / design.name if out is None else Path(out)).resolve()


def precision_asked(
    precision: str | float | None, outcome: str | None, cap: int, design: Design, replicates: int
) -> Precision | None:
    """The precision asked for. Raises: InputError if it cannot be had from this design, which begins with `replicates`."""
    if precision is None:
        if outcome is not None:
            raise InputError("outcome says whose interval is to be narrow: it goes with precision, such as 0.5pp")
        return None
    kept = {one.name: one for one in design.reduction.outcomes} | DERIVED
    name = design.deciding_outcome if outcome is None else outcome
    if name not in kept:
        known = "is not kept by this design: list it under `outcomes:`" if name in OUTCOMES_BY_NAME else "is no outcome"
        raise InputError(f"outcome {name!r} {known}")
    if design.n_alternatives < 2:
        raise InputError("precision is that of a difference: the design has one scenario only")
    if replicates > cap:
        raise InputError(f"replicates is {replicates}, more than the cap of {cap} pairs")
    return Precision(name, kept[name].unit, read_half_width(precision, kept[name].unit, name), cap)


# The runs -----------------------------------------------------------------------------------------------------------------


def _run_all(
    store: RunWriter, design: Design, order: Crew, replicates: int, asked: Precision | None, progress: Progress | None
) -> str:
    """Make every missing run; with a precision asked for, add replicates until it is reached. Returns why it stopped."""
    maker = run_maker(design)
    while True:
        store.note("replicates", str(replicates))
        run_missing(store, maker, replicates * design.n_cells, order, progress)
        store.seal(everything=True)
        if asked is None:
            return ""
        pairs = _pairs(store.folder, asked.outcome)
        more = next_replicates(pairs, asked.half_width, replicates, asked.cap)
        if not more:
            return stopping_words(pairs, asked, replicates)
        replicates += more


def run_missing(store: RunWriter, maker: Maker, n_runs: int, order: Crew, progress: Progress | None) -> None:
    """Make those of the first runs that have not ended, committing each as it comes."""
    settled = store.settled(n_runs)
    missing = np.flatnonzero(settled == 0)
    failed, done = int((settled == FAILED).sum()), n_runs - len(missing)
    if not len(missing):
        return
    arrived = _crew(maker, (int(number) for number in missing), order)
    with closing(arrived):  # type: ignore[type-var]  # a generator
        for runs in arrived:
            if runs:
                store.add(runs)
                store.seal()
                done += len(runs)
                failed += sum(run.numbers is None for run in runs)
            if progress is not None:
                progress(done, n_runs, failed)


def _crew(maker: Maker, numbers: Iterator[int], order: Crew) -> Arrived:
    """The crew asked for: a Dask cluster if a scheduler is named, else processes or threads here."""
    if order.scheduler is not None:
        from persim.dask_crew import by_dask

        return by_dask(maker, numbers, order.scheduler)
    crew = by_processes if order.workers == "processes" else by_threads
    return crew(maker, numbers, order.jobs)


def _pairs(folder: Path, outcome: str) -> list[np.ndarray]:
    """Paired differences of the outcome in every world and scenario, each of shape (replicates,)."""
    with closing(Sweep(folder, check=False)) as found:
        values = found.values(outcome)
    return [
        values[:, world, other] - values[:, world, 0]
        for world in range(values.shape[1])
        for other in range(1, values.shape[2])
    ]
