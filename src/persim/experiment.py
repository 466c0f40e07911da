"""Many runs on threads: tasks in, each handed to `work`; a task that fails is noted and the others go on.

The compiled model lets go of the interpreter's lock, so threads run side by side. What a task does depends on the task
only, never on the thread or the order.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from persim.errors import InputError, PersimError

LOOK_SECONDS = 0.1  # how often the waiting thread looks at progress, and at Ctrl-C

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One run to make: `number` is its row in the spool, `scenario` the scenario's place in the list."""

    number: int
    scenario: int
    replicate: int
    seed: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that raised, and why."""

    task: Task
    cause: str


def paired_tasks(n_scenarios: int, replicates: int, seed: int) -> Iterator[Task]:
    """Every scenario with every seed, scenarios in turn, so that a pair is finished before the next begins.

    Replicate r has seed `seed + r` in all scenarios: common random numbers.
    """
    for replicate in range(replicates):
        for scenario in range(n_scenarios):
            yield Task(replicate * n_scenarios + scenario, scenario, replicate, seed + replicate)


def n_threads(jobs: int) -> int:
    """Threads to use: `jobs`, or as many as there are cores for this process if it is 0."""
    if jobs < 0:
        raise InputError(f"jobs is {jobs}; it must be 0 (all cores) or more")
    if jobs:
        return jobs
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_tasks(
    tasks: Iterator[Task], n_tasks: int, work: Callable[[Task], None], jobs: int = 0, progress: Progress | None = None
) -> list[Failure]:
    """Hand every task to `work`, on threads.

    Args:
        progress: called in the calling thread with (done, of how many, failed), several times a second.

    Returns: the tasks that raised, in their order. Nothing else is kept, however many tasks there are.
    Raises: PersimError from `work` (a full disk, say), and KeyboardInterrupt at once; runs under way are left to end.
    """
    crew = _Crew(tasks, work)
    with_threads = ThreadPoolExecutor(min(n_threads(jobs), max(1, n_tasks)), thread_name_prefix="persim")
    try:
        waiting = {with_threads.submit(crew.works) for _ in range(with_threads._max_workers)}
        while waiting:
            finished, waiting = wait(waiting, LOOK_SECONDS)
            if progress is not None:
                progress(crew.done, n_tasks, len(crew.failures))
            for future in finished:
                future.result()
    finally:
        crew.stopped = True
        with_threads.shutdown(wait=False, cancel_futures=True)
    return sorted(crew.failures, key=lambda failure: failure.task.number)


class _Crew:
    """Threads that take the next task until none is left, or one of them meets a fault that concerns all."""

    def __init__(self, tasks: Iterator[Task], work: Callable[[Task], None]) -> None:
        self._tasks, self._work = tasks, work
        self._lock = threading.Lock()
        self.done = 0
        self.failures: list[Failure] = []
        self.stopped = False

    def works(self) -> None:
        while not self.stopped:
            with self._lock:
                task = next(self._tasks, None)
            if task is None:
                return
            try:
                self._work(task)
            except PersimError:
                self.stopped = True
                raise
            except Exception as error:
                cause = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                with self._lock:
                    self.failures.append(Failure(task, cause))
            with self._lock:
                self.done += 1
