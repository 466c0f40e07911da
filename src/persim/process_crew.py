"""Runs in processes of their own, each with a pipe of its own, so that the death of one cannot be missed.

A pool whose processes share one pipe waits for ever if one is killed in the middle of a message, since the others hold the
pipe open. Here each pipe has two ends in two processes: when the worker dies, at whatever moment, its pipe ends. A worker
says first that it is there; it is then sent the maker and two batches, and another for each that comes back, so that one
waits while one is in work.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import multiprocessing
import os
import pickle
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from persim.crews import LOOK_SECONDS, Arrived, Batches
from persim.errors import StoreError
from persim.experiment import n_threads
from persim.run_maker import Maker, make_all
from persim.run_store import Settled
from persim.simulate import ready_the_compiled_model

KILLED = (
    "a process that made runs was killed, perhaps for want of memory; every finished run is kept: "
    "go on with --resume, and fewer --jobs"
)
BATCHES_A_PROCESS = 2
Made = tuple[list[Settled], float]  # runs, and the seconds they took
HERE: Made = ([], 0.0)  # the first answer of a process


@dataclass(eq=False)
class _Worker:
    """A process that makes runs, and how many answers it owes: one from the beginning, that it is there."""

    process: BaseProcess
    pipe: Connection
    owes: int = 1


def by_processes(maker: Maker, numbers: Iterator[int], jobs: int = 0) -> Arrived:
    """Make runs in processes of their own.

    Raises: StoreError if one is killed; what a worker raised, if it is no fault of a run.
    """
    ready_the_compiled_model()  # so that they find it in the cache
    first = list(itertools.islice(numbers, n_threads(jobs)))  # no more processes than runs
    batches = Batches(itertools.chain(first, numbers))
    content = pickle.dumps(maker)
    workers: list[_Worker] = []
    try:
        for _ in first:
            _start_one(workers)
        while owing := [worker for worker in workers if worker.owes]:
            found: list[Settled] = []
            wrong: Exception | None = None
            ready = wait([worker.pipe for worker in owing], LOOK_SECONDS)
            for worker in owing:
                try:
                    if worker.pipe in ready:
                        found += _received(worker, content, batches)
                    elif not worker.process.is_alive():  # where the end of one that never began is held here
                        raise StoreError(KILLED)
                except Exception as error:
                    wrong = wrong or error
            yield found  # before what went wrong is told
            if wrong is not None:
                raise wrong
    finally:
        _end(workers)


def _start_one(workers: list[_Worker]) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), daemon=True)
    with theirs, _without_ctrl_c():  # once it has begun, nobody but the process holds its end
        process.start()
        workers.append(_Worker(process, ours))


def _received(worker: _Worker, content: bytes, batches: Batches) -> list[Settled]:
    """The runs of the answer that stands in a worker's pipe, whole or in part; the worker is given more to do."""
    answer: Made | BaseException = pickle.loads(_alive(worker.pipe.recv_bytes))
    if isinstance(answer, BaseException):
        raise answer
    settled, seconds = answer
    if settled:
        batches.took(len(settled), seconds)
    else:
        _alive(worker.pipe.send_bytes, content)  # it waits for this, so that a large one does not keep others waiting
    worker.owes -= 1
    while worker.owes < BATCHES_A_PROCESS and (batch := batches.take()):
        # So small that the pipe takes it whatever the worker does. As bytes: `send` keeps a view of its buffer, of which the
        # interpreter complains when Ctrl-C comes in the middle.
        _alive(worker.pipe.send_bytes, pickle.dumps(batch))
        worker.owes += 1
    return settled


def _alive[**P, T](call: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Use a worker's pipe, which ends when the worker has."""
    try:
        return call(*args, **more)
    except (EOFError, OSError):
        raise StoreError(KILLED) from None


def _end(workers: list[_Worker]) -> None:
    """End the processes at once, whatever they do: they hold nothing that must be put in order."""
    for worker in workers:
        worker.process.kill()  # which works where the polite signal is ignored, too
    for worker in workers:
        worker.process.join()
        worker.process.close()
        worker.pipe.close()


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


# In a worker process ----------------------------------------------------------------------------------------------------


def _work(pipe: Connection) -> None:
    """Answer batches until the parent is gone. Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):  # the parent has gone, and so does this process
        pipe.send(HERE)
        content = pipe.recv_bytes()
        while True:
            pipe.send_bytes(_answer(content, pickle.loads(pipe.recv_bytes())))


def _leave_with_the_parent() -> None:
    """Without a parent nobody wants the batch in work, however long it takes."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _answer(content: bytes, numbers: list[int]) -> bytes:
    """The runs, or what was raised instead, as they are sent."""
    try:
        maker = _maker(content)
        started = time.monotonic()
        return pickle.dumps((make_all(maker, numbers), time.monotonic() - started))
    except BaseException as error:
        return _as_bytes(error)


@functools.cache
def _maker(content: bytes) -> Maker:
    ready_the_compiled_model()
    return pickle.loads(content)


def _as_bytes(error: BaseException) -> bytes:
    """An error with its traceback here as a note; one that cannot be sent is told by another."""
    said = "".join(traceback.format_exception(error)).strip()
    try:
        error.add_note(f"In a process that made runs:\n{said}")
        content = pickle.dumps(error)
        pickle.loads(content)
    except Exception:
        return pickle.dumps(RuntimeError(f"a process that made runs met what cannot be told elsewhere:\n{said}"))
    return content
