"""Who makes the runs of a design: threads, processes, or a Dask cluster. What they make does not depend on it.

A crew is given the numbers of the runs to make and yields what has arrived since it was last asked, some ten times a
second also if nothing has, so that whoever asks can commit, show progress and notice Ctrl-C. Runs arrive once each, in
any order. When the generator is closed, nothing more is begun.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import pickle
import queue
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Literal

from persim.errors import StoreError
from persim.experiment import n_threads
from persim.run_maker import Maker, make_all
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


def by_processes(maker: Maker, numbers: Iterator[int], jobs: int = 0) -> Arrived:
    """Make runs in processes of their own."""
    ready_the_compiled_model()  # so that they find it in the cache
    n = n_threads(jobs)
    batches = Batches(numbers)
    pool = ProcessPoolExecutor(n, multiprocessing.get_context("spawn"), _receive, (pickle.dumps(maker), os.getpid()))
    pending: set[Future[tuple[list[Settled], float]]] = set()
    try:
        while True:
            while len(pending) < 2 * n and (batch := batches.take()):
                with _without_ctrl_c():
                    pending.add(pool.submit(_make_here, batch))
            if not pending:
                return
            finished, pending = wait(pending, LOOK_SECONDS, FIRST_COMPLETED)
            found: list[Settled] = []
            for future in finished:
                if future.exception() is None:
                    settled, seconds = future.result()
                    batches.took(len(settled), seconds)
                    found += settled
            yield found  # before what went wrong is told
            for future in finished:
                future.result()
    except BrokenProcessPool:
        raise StoreError(
            "a process that made runs was killed, perhaps for want of memory; every finished run is kept: "
            "go on with --resume, and fewer --jobs"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Processes that begin here never hear of Ctrl-C, which goes to all of a terminal's; here it is heard afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_MAKER: Maker | None = None


def _receive(content: bytes, parent: int) -> None:
    """Begin a worker process: Ctrl-C is the parent's business, and without the parent there is nothing to do."""
    global _MAKER
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _MAKER = pickle.loads(content)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    ready_the_compiled_model()


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _make_here(numbers: list[int]) -> tuple[list[Settled], float]:
    if _MAKER is None:
        raise AssertionError("this process was not told what to make")
    started = time.monotonic()
    return make_all(_MAKER, numbers), time.monotonic() - started
