"""Who makes the runs of a design: threads, here; processes or a Dask cluster, beside. What they make does not depend on it.

A crew is given the numbers of the runs to make and yields what has arrived since it was last asked, some ten times a
second also if nothing has, so that whoever asks can commit, show progress and notice Ctrl-C. Runs arrive once each, in
any order. When the generator is closed, nothing more is begun.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections.abc import Iterator
from typing import Literal

from persim.experiment import n_threads
from persim.run_maker import Maker
from persim.run_store import Settled
from persim.simulate import ready_the_compiled_model

Workers = Literal["threads", "processes"]
LOOK_SECONDS = 0.1
BATCH_SECONDS = 1.0  # of work that is handed to a process at once
MOST_IN_A_BATCH = 256
Arrived = Iterator[list[Settled]]


def by_threads(maker: Maker, numbers: Iterator[int], jobs: int = 0) -> Arrived:
    """Make runs on threads of this process: the compiled model lets go of the interpreter's lock."""
    ready_the_compiled_model()
    n = n_threads(jobs)
    arrived: queue.Queue[Settled | BaseException | None] = queue.Queue(maxsize=8 * n)
    taking, stop = threading.Lock(), threading.Event()

    def put(item: Settled | BaseException | None) -> None:
        while not stop.is_set():
            with contextlib.suppress(queue.Full):
                arrived.put(item, timeout=LOOK_SECONDS)
                return

    def work() -> None:
        try:
            while not stop.is_set():
                with taking:
                    number = next(numbers, None)
                if number is None:
                    break
                put(maker.make(number))
            put(None)
        except BaseException as error:
            put(error)

    threads = [threading.Thread(target=work, name=f"persim-{place}", daemon=True) for place in range(n)]
    for thread in threads:
        thread.start()
    try:
        yield from _drained(arrived, n)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _drained(arrived: queue.Queue[Settled | BaseException | None], n_workers: int) -> Arrived:
    """What stands in the queue, as it comes, until every worker has said that it is done."""
    wrong: BaseException | None = None
    while n_workers and wrong is None:
        found: list[Settled] = []
        with contextlib.suppress(queue.Empty):
            item = arrived.get(timeout=LOOK_SECONDS)
            while True:
                if item is None:
                    n_workers -= 1
                elif isinstance(item, BaseException):
                    wrong = wrong or item
                else:
                    found.append(item)
                item = arrived.get_nowait()
        yield found  # before what went wrong is told
    if wrong is not None:
        raise wrong


class Batches:
    """Numbers in batches of about `BATCH_SECONDS` of work, as the batches before have shown."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers = numbers
        self._seconds_a_run = 0.0
        self.size = 1

    def take(self) -> list[int]:
        """The next batch; empty when there are no more."""
        return list(itertools.islice(self._numbers, self.size))

    def took(self, n: int, seconds: float) -> None:
        """A worker took so long for a batch of n."""
        each = seconds / max(1, n)
        self._seconds_a_run = each if not self._seconds_a_run else 0.5 * (self._seconds_a_run + each)
        self.size = max(1, min(MOST_IN_A_BATCH, round(BATCH_SECONDS / max(1e-6, self._seconds_a_run))))
