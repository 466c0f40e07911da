"""Barrier attribution: of the real budgets that eligible people do not have, how much goes back to which barrier?

`attribute` does all of it: the same people and the same luck are run with barriers switched off alone, together and in
many orders; finished runs are kept at once (`persim.run_store`), and to resume is to make what is missing.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from persim.attribution_folder import write_attribution
from persim.attribution_maker import maker_of
from persim.attribution_plan import (
    KIND,
    ORDERS,
    PAIRS,
    AttributionPlan,
    content_of,
    continued,
    differences_to,
    plan_of,
    planned_attribution,
)
from persim.attribution_result import Attribution, shown_of
from persim.comparison_plan import Window
from persim.crews import Workers
from persim.errors import InputError, StoreError
from persim.experiment import Progress, n_threads
from persim.run_store import DESIGN, LEDGER, RunStore, read_content
from persim.scenario import Scenario
from persim.simulate import ready_the_compiled_model
from persim.store import DEFAULT_PLACE, safe_name
from persim.sweep import Crew, run_missing
from persim.sweep_estimate import probed
from persim.sweep_place import check_kind, check_place, open_store
from persim.sweep_words import Estimate


def attribute(
    scenario: Scenario | str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    barriers: Sequence[str] | str | None = None,
    replicates: int | None = None,
    seed: int = 1,
    pairs: int = PAIRS,
    orders: int = ORDERS,
    exact: bool = False,
    n_users: int | None = None,
    n_weeks: int | None = None,
    window: Window = None,
    groups: Sequence[str] | None = None,
    jobs: int = 0,
    workers: Workers = "threads",
    resume: bool = False,
    rerun_failed: bool = False,
    repair: bool = False,
    force: bool = False,
    figures: bool = True,
    progress: Progress | None = None,
    **parameters: float | None,
) -> Attribution:
    """Share the missing real take-up of a scenario out over barriers.

    Args:
        scenario: a scenario, the name of a shipped one, a path, or one arm.
        out: the folder of the attribution; outputs/attribution_NAME if none.
        barriers: keys of `persim.barriers.BARRIERS`; all of them if none are named. Those left out stay as they are.
        replicates: seeds, 30 if not said; more are added to those that are there. seed: of the first.
        pairs: seeds with which each pair of barriers is switched off, for interactions; 0 for none.
        orders: random orders for each seed, each with its reverse. exact: all subsets instead of sampled orders; so it is,
            too, where that takes no more runs.
        n_users, n_weeks: instead of what the scenario says. window: weeks or dates to report on, the last 52 if none.
        groups: dimensions to keep apart; profession, legal status, perceived risk and rural if none. Words and pictures
            show legal status only if it is named.
        jobs: threads or processes, 0 for all cores. workers: "threads" or "processes".
        resume: go on with the attribution in the folder. rerun_failed: make runs that failed again. repair: make again
            what is damaged. force: throw away what is there and begin anew.
        progress: called with (runs done, of how many, failed) now and then.
        parameters: numbers to change in every week, by name.

    Raises: ScenarioError, InputError for what cannot be run; StoreError if the folder cannot be used, holds something
        else, or there is no room. Whatever is raised, finished runs are kept.
    """
    started = time.time()
    crew = Crew(jobs, workers)
    check_crew(crew)
    plan = planned_attribution(
        scenario, barriers=barriers, replicates=replicates, seed=seed, pairs=pairs, orders=orders, exact=exact,
        n_users=n_users, n_weeks=n_weeks, window=window, groups=groups, parameters=parameters,
    )  # fmt: skip
    options = Carrying(place_of(plan, out), crew, exact, resume, rerun_failed, repair, force, figures)
    return carried_out(plan, options, started, progress)


@dataclass(frozen=True)
class Carrying:
    """How a plan is carried out; see `attribute`. shown: dimensions that words and pictures show, the plan's if None."""

    place: Path
    crew: Crew
    exact: bool = False
    resume: bool = False
    rerun_failed: bool = False
    repair: bool = False
    force: bool = False
    figures: bool = True
    shown: tuple[str, ...] | None = None


def carried_out(
    plan: AttributionPlan, how: Carrying, started: float, progress: Progress | None = None, replicates: int = 0
) -> Attribution:
    """Make the runs of a plan that are missing, then tables and figures, and read the result.

    Args:
        replicates: to make at least, though the store is begun with the plan's.
    """
    going_on = how.resume or how.rerun_failed or how.repair
    content = content_of(plan, maker_of(replace(plan, replicates=1)).columns)
    with closing(
        open_store(content, lambda: check_same(how.place, plan, how.exact), how.place, going_on, how.repair, how.force,
                   KIND)
    ) as store:  # fmt: skip
        target = max(int(store.head("replicates") or 0), plan.replicates, replicates)
        store.note("shown", json.dumps(plan.shown if how.shown is None else how.shown))
        plan = plan_of(store.content, target)
        maker = maker_of(plan)
        if how.repair:
            store.forget_foreign(maker.name)
        if how.rerun_failed:
            store.forget_failed()
        store.note("replicates", str(target))
        run_missing(store, maker, plan.n_runs, how.crew, progress)
        store.seal(everything=True)
        write_attribution(store, started, how.figures)
    return Attribution(how.place, check=False)


def attribute_again(
    folder: Path, out: Path, replicates: int, figures: bool, jobs: int = 0, progress: Progress | None = None
) -> Path:
    """Make an attribution again from its design.json, in a new folder; the groups that it shows are those it showed last.

    Args:
        replicates: how many it came to.
    """
    content = read_content(folder)
    plan, shown = plan_of(content, int(content["replicates"])), None
    if (folder / LEDGER).exists():
        with closing(RunStore(folder)) as store:
            shown = shown_of(store, plan.shown)
    how = Carrying(out, Crew(jobs), figures=figures, shown=shown)
    carried_out(plan, how, time.time(), progress, replicates)
    return out


def check_crew(crew: Crew) -> None:
    """Raises: InputError if there can be no such crew."""
    n_threads(crew.jobs)
    if crew.workers not in ("threads", "processes"):
        raise InputError(f"workers is {crew.workers!r}; it can be 'threads' or 'processes'")


def place_of(plan: AttributionPlan, out: str | os.PathLike[str] | None) -> Path:
    """The folder that an attribution runs in."""
    return (DEFAULT_PLACE / safe_name(f"attribution_{plan.scenario.name}") if out is None else Path(out)).resolve()


def check_early(plan: AttributionPlan, how: Carrying, dry_run: bool = False) -> None:
    """Refuse what `carried_out` would refuse, before anything is measured; a forecast may look at what is there.

    Raises: InputError, StoreError as `carried_out`.
    """
    going_on = how.resume or how.rerun_failed or how.repair
    check_place(how.place, going_on or (dry_run and not how.force and (how.place / DESIGN).is_file()), how.force, KIND)
    if not how.force and (how.place / DESIGN).is_file():
        check_same(how.place, plan, how.exact)


def check_same(place: Path, plan: AttributionPlan, exact: bool) -> None:
    """Raises: StoreError with the differences in words, if the store was begun for something else."""
    old = read_content(place)
    check_kind(place, old, KIND)
    new = content_of(continued(plan, old), maker_of(replace(plan, replicates=1)).columns)
    if lines := differences_to(old, new, exact):
        raise StoreError("\n".join([f"{place} was begun for another attribution:", *(f"  {line}" for line in lines)]))


def estimated(plan: AttributionPlan, place: Path | None, jobs: int = 0, exact: bool = False) -> Estimate:
    """What an attribution would take, from a few runs made now and thrown away; what is there is not made again.

    Args:
        place: the folder it would run in; None if what is there does not count. jobs: threads or processes, 0 for all.

    Raises: StoreError if the folder holds something else.
    """
    missing = plan.n_runs
    if place is not None and (place / DESIGN).is_file():
        check_same(place, plan, exact)
        plan = continued(plan, read_content(place))
        missing = plan.n_runs
        if (place / LEDGER).exists():
            with closing(RunStore(place)) as store:
                plan = replace(plan, replicates=max(plan.replicates, int(store.head("replicates") or 0)))
                missing = int((store.settled(plan.n_runs) == 0).sum())
    for ledger in (False, True):  # runs as they are keep one, all others do not: two builds, neither to be timed
        ready_the_compiled_model(ledger)
    maker = maker_of(plan)
    seconds = list(probed(maker, min(plan.n_slots, plan.n_runs)))
    each = sum(seconds) / len(seconds) if seconds else 0.0  # all of them failed
    n_bytes = plan.n_runs * (8 * len(maker.columns) + 200)
    return Estimate(plan.n_runs, missing, each * missing / n_threads(jobs), n_bytes, each)
