"""A calibration as a whole: it is run, however long that takes and whatever interrupts it, and kept in a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from persim.calibration.folder import write_calibration
from persim.calibration.maker import CalibrationMaker, arm_of
from persim.calibration.plan import KIND, Plan, plain_content, plan_of, quick
from persim.calibration.plan_file import read_calibration
from persim.calibration.runs import Runs
from persim.calibration.stages import carry_out
from persim.calibration.tables import Calibrated
from persim.crews import Workers
from persim.errors import InputError, StoreError
from persim.experiment import Progress, n_threads
from persim.model_version import MODEL_VERSION
from persim.run_store import DESIGN, LEDGER, RunStore, read_content
from persim.run_writer import RunWriter
from persim.store import DEFAULT_PLACE
from persim.sweep import Crew
from persim.sweep_estimate import probed
from persim.sweep_place import check_place, open_store


@dataclass(frozen=True)
class Carrying:
    """How a calibration is carried out; see `calibrate`."""

    place: Path
    crew: Crew
    resume: bool = False
    repair: bool = False
    force: bool = False
    figures: bool = True

    @property
    def goes_on(self) -> bool:
        """Is what is there to be gone on with?"""
        return self.resume or self.repair


def calibrate(
    file: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    seed: int | None = None,
    n_users: int | None = None,
    small: bool = False,
    jobs: int = 0,
    workers: Workers = "threads",
    scheduler: str | None = None,
    resume: bool = False,
    repair: bool = False,
    force: bool = False,
    figures: bool = True,
    progress: Progress | None = None,
) -> Calibrated:
    """Fit parameters to published figures, and keep the posterior sample and all that led to it in a folder.

    Args:
        file: a calibration file. out: the folder; outputs/NAME if none.
        seed, n_users: instead of what the file says. small: on a small budget, in minutes.
        jobs: threads or processes, 0 for all cores. workers: "threads" or "processes". scheduler: a Dask scheduler
            instead. Results do not depend on any of them.
        resume: go on with the calibration in the folder. repair: make again what is damaged. force: throw away what is
            there and begin anew.
        progress: called with (runs done, of how many at most, failed) now and then.

    Raises: ScenarioError, InputError for what cannot be run; StoreError if the folder cannot be used, a run fails, or there
        is no room. Whatever is raised, finished runs are kept.
    """
    started, crew = time.time(), Crew(jobs, workers, scheduler)
    check_crew(crew)
    plan = asked_for(file, seed, n_users, small)
    return carried_out(plan, Carrying(place_of(plan, out), crew, resume, repair, force, figures), started, progress)


def asked_for(
    file: str | os.PathLike[str], seed: int | None = None, n_users: int | None = None, small: bool = False
) -> Plan:
    """The plan of a file, with these numbers instead of its own. Arguments and errors as for `calibrate`."""
    from persim.design_search import CALIBRATION, find_design

    plan = read_calibration(find_design(os.fspath(file), CALIBRATION), people=n_users, seed=seed)
    return quick(plan) if small else plan


def check_crew(crew: Crew) -> None:
    """Raises: InputError if there can be no such crew."""
    n_threads(crew.jobs)
    if crew.workers not in ("threads", "processes"):
        raise InputError(f"workers is {crew.workers!r}; it can be 'threads' or 'processes'")


def place_of(plan: Plan, out: str | os.PathLike[str] | None) -> Path:
    """The folder that a calibration runs in."""
    return (DEFAULT_PLACE / plan.name if out is None else Path(out)).resolve()


def carried_out(plan: Plan, how: Carrying, started: float, progress: Progress | None = None) -> Calibrated:
    """Make the runs of a calibration that are missing, then sample, tables and figures."""
    _check_extras()
    began = time.monotonic()
    content = plain_content(plan)
    check = lambda: check_same(how.place, plan)  # noqa: E731 - what `open_store` asks before it opens
    with closing(open_store(content, check, how.place, how.goes_on, how.repair, how.force, KIND)) as store:
        if how.goes_on:
            store.forget_failed()
        runs = Runs(store, plan, how.crew, progress)
        try:
            stages = carry_out(plan, runs)
        finally:
            store.seal(everything=True)
        seconds = time.monotonic() - began
        rows = store.numbers_between(0, runs.done)
        found = Calibrated(plan, tuple(stages), rows, runs.seconds, seconds)
        write_calibration(store, found, started, how.figures)
    return found


def _check_extras() -> None:
    """Raises: InputError if what emulators and diagnostics need is not installed, before anything is run."""
    import importlib.util

    for module, name in (("sklearn", "scikit-learn"), ("arviz", "ArviZ")):
        if importlib.util.find_spec(module) is None:
            raise InputError(f"calibration needs {name}: pip install 'persim[calibrate]'")


def calibrated_again(folder: Path, out: Path, figures: bool, jobs: int = 0, progress: Progress | None = None) -> Path:
    """Make a calibration again from its design.json, in a new folder."""
    plan = plan_of(read_content(folder))
    carried_out(plan, Carrying(out, Crew(jobs), figures=figures), time.time(), progress)
    return out


def check_early(plan: Plan, how: Carrying, dry_run: bool = False) -> None:
    """Refuse what `carried_out` would refuse, before anything is measured.

    Raises: InputError, StoreError as `carried_out`.
    """
    _check_extras()
    there = (how.place / DESIGN).is_file()
    check_place(how.place, how.goes_on or (dry_run and not how.force and there), how.force, KIND)
    if there and not how.force:
        check_same(how.place, plan)


def check_same(place: Path, plan: Plan) -> None:
    """Raises: StoreError with the differences in words, if the store was begun for something else."""
    old = read_content(place)
    if old.get("kind") != KIND:
        raise StoreError(f"{place} holds a {old.get('kind', 'sweep')}, not a {KIND}; choose another --out")
    if old["model_version"] != MODEL_VERSION:
        raise StoreError(
            f"{place} was begun with version {old['model_version']} of the model (persim {old['persim']}); this is "
            f"{MODEL_VERSION}. Their runs must not be mixed: begin anew with --force or in another folder"
        )
    if lines := differences(old, plain_content(plan)):
        raise StoreError("\n".join([f"{place} was begun for another calibration:", *(f"  {line}" for line in lines)]))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What differs between the calibration of a store and the one asked for, in words; titles do not matter."""
    lines = [f"{key} was {old[key]}, and is {new[key]}" for key in ("seed", "people") if old[key] != new[key]]
    before, after = ([stage["name"] for stage in content["stages"]] for content in (old, new))
    if before != after:
        return [*lines, f"the stages were {', '.join(before)}, and are {', '.join(after)}"]
    for was, now in zip(old["stages"], new["stages"], strict=True):
        lines += [
            f"{was['name']}: {key} was {_said(was[key])}, and is {_said(now[key])}"
            for key in was
            if was[key] != now[key]
        ]
    lines += ["the evidence has changed"] if old["evidence"] != new["evidence"] else []
    lines += ["the scenario has changed"] if old["alternatives"] != new["alternatives"] and not lines else []
    return lines


def _said(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


@dataclass(frozen=True)
class Forecast:
    """What a calibration would take at most: runs, those not made yet, seconds of one and of all."""

    n_runs: int
    missing: int
    seconds_a_run: float
    seconds: float


def forecast(plan: Plan, place: Path | None, jobs: int = 0) -> Forecast:
    """What a calibration would take, from a few runs made now and thrown away; what is there is not made again.

    Args:
        place: the folder it would run in; None if what is there does not count. jobs: threads or processes, 0 for all.
    """
    made = 0
    if place is not None and (place / LEDGER).exists():
        with closing(RunStore(place)) as store:
            made = int((store.settled(plan.n_runs) > 0).sum())
    seconds = list(probed(_first_maker(plan), 4))
    each = sum(seconds) / len(seconds) if seconds else 0.0
    missing = max(0, plan.n_runs - made)
    return Forecast(plan.n_runs, missing, each, each * missing / n_threads(jobs))


def _first_maker(plan: Plan) -> CalibrationMaker:
    """The maker of a few points of the first stage."""
    space = plan.stages[0].space
    points = space.values(np.tile(np.linspace(0.2, 0.8, 4)[:, None], (1, space.n)))
    columns = plan.columns
    places = tuple(columns.index(f"parameter.{name}") for name in space.names)
    return CalibrationMaker(
        (arm_of(plan, plan.stages[0]),), space.names, points, places, (0, 0), len(points), len(columns), plan.seed, 0
    )  # fmt: skip


__all__ = ["Carrying", "Forecast", "RunWriter", "calibrate", "carried_out", "check_early", "forecast"]
