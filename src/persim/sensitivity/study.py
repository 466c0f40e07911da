"""A sensitivity study is carried out: screening, the factors that go on, indices; kept run by run, resumed after anything."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from persim.crews import Workers
from persim.errors import InputError, StoreError
from persim.experiment import Progress, n_threads
from persim.run_store import DESIGN, LEDGER, RunStore, read_content
from persim.run_writer import RunWriter
from persim.sensitivity.folder import write_study
from persim.sensitivity.maker import maker_of
from persim.sensitivity.plan import KIND, Plan, content_of, differences_to, plan_of, read_plan
from persim.sensitivity.result import POINTS, Sensitivity
from persim.store import DEFAULT_PLACE
from persim.sweep import Crew, run_missing
from persim.sweep_estimate import probed
from persim.sweep_place import check_kind, check_place, open_store
from persim.sweep_words import Estimate


def sensitivity_of(
    design: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    n_users: int | None = None,
    n_weeks: int | None = None,
    jobs: int = 0,
    workers: Workers = "threads",
    scheduler: str | None = None,
    resume: bool = False,
    rerun_failed: bool = False,
    repair: bool = False,
    force: bool = False,
    figures: bool = True,
    progress: Progress | None = None,
) -> Sensitivity:
    """Which inputs decide an outcome, and a difference between two scenarios: Morris screening, then Sobol' indices.

    Args:
        design: the name of a shipped sensitivity design, or a file.
        out: the folder of the study; outputs/NAME if none.
        replicates: seeds for each point (at least 2). seed: of the first. n_users, n_weeks: people and weeks of a run.
            Each instead of what the design says.
        jobs: threads or processes, 0 for all cores. workers: "threads" or "processes". scheduler: a Dask scheduler,
            tcp://host:port, instead. Results do not depend on any of them.
        resume: go on with the study in the folder. rerun_failed: make runs that failed again. repair: make again what is
            damaged. force: throw away what is there and begin anew.
        progress: called with (runs done, of how many, failed) now and then; of how many is known once screening has
            ended.

    Raises: ScenarioError, InputError for what cannot be run; StoreError if the folder cannot be used, holds something
        else, or there is no room. Whatever is raised, finished runs are kept.
    """
    started = time.time()
    how = Carrying(Crew(jobs, workers, scheduler), resume, rerun_failed, repair, force, figures)
    check_crew(how.crew)
    plan = asked_for(design, replicates=replicates, seed=seed, n_users=n_users, n_weeks=n_weeks)
    return carried_out(plan, place_of(plan, out), how, started, progress)


@dataclass(frozen=True)
class Carrying:
    """How a study is carried out; see `sensitivity_of`."""

    crew: Crew
    resume: bool = False
    rerun_failed: bool = False
    repair: bool = False
    force: bool = False
    figures: bool = True

    @property
    def goes_on(self) -> bool:
        """Is what is there to be gone on with?"""
        return self.resume or self.rerun_failed or self.repair


def check_crew(crew: Crew) -> None:
    """Raises: InputError if there can be no such crew."""
    n_threads(crew.jobs)
    if crew.workers not in ("threads", "processes"):
        raise InputError(f"workers is {crew.workers!r}; it can be 'threads' or 'processes'")


def asked_for(
    design: str | os.PathLike[str],
    *,
    replicates: int | None,
    seed: int | None,
    n_users: int | None,
    n_weeks: int | None,
) -> Plan:
    """The plan of a design, with these numbers instead of its own. Raises: ScenarioError, InputError."""
    for name, value, least in (("replicates", replicates, 2), ("seed", seed, 0)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise InputError(f"{name} is {value!r}; it must be a whole number of at least {least}")
    return read_plan(os.fspath(design), n_users=n_users, n_weeks=n_weeks, replicates=replicates, seed=seed)


def place_of(plan: Plan, out: str | os.PathLike[str] | None) -> Path:
    """The folder that a study runs in."""
    return (DEFAULT_PLACE / plan.texts["name"] if out is None else Path(out)).resolve()


def carried_out(
    plan: Plan, place: Path, how: Carrying, started: float, progress: Progress | None = None
) -> Sensitivity:
    """Make the runs of a study that are missing, then tables and figures, and read the result."""
    content = content_of(plan)
    check = lambda: check_same(place, plan)  # noqa: E731 - what `open_store` asks before it opens
    with closing(open_store(content, check, place, how.goes_on, how.repair, how.force, KIND)) as store:
        if how.rerun_failed:
            store.forget_failed()
        maker = maker_of(plan)
        if how.repair:  # what is there of the second stage is looked at once the first is whole
            store.forget_foreign(maker.name, plan.n_screening)
        run_missing(store, maker, plan.n_screening, how.crew, progress)
        store.seal(everything=True)
        if plan.indices is not None:
            _second_stage(store, how, progress)
        write_study(store, started, how.figures)
    return Sensitivity(place, check=False)


def _second_stage(store: RunWriter, how: Carrying, progress: Progress | None) -> None:
    """The runs of the kept factors."""
    found = Sensitivity(store.folder, check=False)
    digest, before = found.points_digest, store.head(POINTS)
    if before not in (None, digest):
        if not (how.rerun_failed or how.repair):
            raise StoreError(
                f"{store.folder}: the points of the second stage are others than those it was begun with, perhaps made by "
                "another version of SALib or SciPy; --repair makes their runs again"
            )
        store.forget_foreign(found.maker.name)
    elif how.repair:
        store.forget_foreign(found.maker.name)
    store.note(POINTS, digest)
    run_missing(store, found.maker, found.n_runs, how.crew, progress)
    store.seal(everything=True)


def study_again(folder: Path, out: Path, figures: bool, jobs: int = 0, progress: Progress | None = None) -> Path:
    """Make a study again from its design.json, in a new folder."""
    plan = plan_of(read_content(folder))
    carried_out(plan, out, Carrying(Crew(jobs), figures=figures), time.time(), progress)
    return out


def check_early(plan: Plan, place: Path, how: Carrying, dry_run: bool = False) -> None:
    """Refuse what `carried_out` would refuse, before anything is measured; a forecast may look at what is there.

    Raises: InputError, StoreError as `carried_out`.
    """
    there = (place / DESIGN).is_file()
    check_place(place, how.goes_on or (dry_run and not how.force and there), how.force, KIND)
    if there and not how.force:
        check_same(place, plan)


def check_same(place: Path, plan: Plan) -> None:
    """Raises: StoreError with the differences in words, if the store was begun for something else."""
    old = read_content(place)
    check_kind(place, old, KIND)
    if lines := differences_to(old, content_of(plan)):
        raise StoreError("\n".join([f"{place} was begun for another study:", *(f"  {line}" for line in lines)]))


@dataclass(frozen=True)
class Forecast:
    """What a study would take: `screening` alone, and `most` if as many factors go on as the rule lets through."""

    screening: Estimate
    most: Estimate


def forecast(plan: Plan, place: Path | None, jobs: int = 0) -> Forecast:
    """What a study would take, from a few runs made now and thrown away; what is there is not made again.

    Args:
        place: the folder it would run in; None if what is there does not count. jobs: threads or processes, 0 for all.
    """
    made = 0
    if place is not None and (place / LEDGER).exists():
        check_same(place, plan)
        with closing(RunStore(place)) as store:
            made = int((store.settled(plan.n_screening + plan.n_index_runs(plan.most_kept)) > 0).sum())
    maker = maker_of(plan)
    seconds = list(probed(maker, plan.n_screening // plan.replicates))
    each = sum(seconds) / len(seconds) if seconds else 0.0  # all of them failed

    def of(n_runs: int) -> Estimate:
        missing = max(0, n_runs - made)
        return Estimate(n_runs, missing, each * missing / n_threads(jobs), n_runs * (8 * len(plan.columns) + 200), each)

    return Forecast(of(plan.n_screening), of(plan.n_screening + plan.n_index_runs(plan.most_kept)))


__all__ = ["Carrying", "Forecast", "carried_out", "check_early", "forecast", "sensitivity_of", "study_again"]
