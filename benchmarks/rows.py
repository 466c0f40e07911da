"""Rows of the table, verdicts on goals, and versions that take turns: what all measurements share."""

import gc
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MET, MISSED, NOTED = "met", "missed", ""


@dataclass(frozen=True)
class Row:
    """One line of the table. `verdict` is empty where there is no goal."""

    what: str
    measured: str
    goal: str = ""
    verdict: str = NOTED


@dataclass(frozen=True)
class Size:
    """How much to measure: rounds, weeks of a run, and how many times the shortest runs are repeated in a round."""

    rounds: int
    weeks: int
    few_weeks: int
    repeats: int


FULL = Size(rounds=7, weeks=260, few_weeks=104, repeats=8)
QUICK = Size(rounds=3, weeks=260, few_weeks=26, repeats=4)


def at_least(value: float, goal: float) -> str:
    """The verdict on a goal that is a floor."""
    return MET if value >= goal else MISSED


def at_most(value: float, goal: float) -> str:
    """The verdict on a goal that is a ceiling."""
    return MET if value <= goal else MISSED


def spread(values: list[float], unit: str = "", digits: int = 1) -> str:
    """Median [smallest-largest]."""
    return f"{statistics.median(values):,.{digits}f}{unit} [{min(values):,.{digits}f}-{max(values):,.{digits}f}]"


def processor_time(work: Callable[[], object]) -> float:
    """Seconds of processor time that `work` takes in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


@contextmanager
def one_core() -> Iterator[None]:
    """Stay on one core, so that a time does not hold a move to another."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def in_turn(versions: dict[str, Callable[[int], float]], rounds: int) -> dict[str, list[float]]:
    """Call every version once a round, in random order, with the number of the round: what they return, by version."""
    order = random.Random(rounds)
    found: dict[str, list[float]] = {name: [] for name in versions}
    for number in range(1, rounds + 1):
        for name in order.sample(list(versions), len(versions)):
            gc.collect()
            found[name].append(versions[name](number))
    return found


def ratios(above: list[float], below: list[float]) -> list[float]:
    """Ratios within rounds."""
    return [a / b for a, b in zip(above, below, strict=True)]
