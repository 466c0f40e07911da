"""Runs on an existing Dask cluster: batches go out, a few for each thread; what comes back is as if made here.

If a worker is lost, the scheduler gives its batches to others; a batch counts when it has come back, so each run arrives
once. Every batch says which version of the model made it, since runs of two versions must not be mixed.
"""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from persim.crews import LOOK_SECONDS, Arrived, Batches
from persim.errors import InputError, PersimError, StoreError
from persim.model_version import MODEL_VERSION
from persim.run_maker import Maker, RunMaker, make_all
from persim.run_store import Settled
from persim.simulate import ready_the_compiled_model

if TYPE_CHECKING:
    from distributed import Client

GONE = "the scheduler has gone; every finished run is kept: go on with --resume"
CONNECT_SECONDS = 10
CLOSE_SECONDS = 2
WAIT_FOR_WORKERS_SECONDS = 120
BATCHES_A_THREAD = 2


@runtime_checkable
class Sendable(Maker, Protocol):
    """A maker that can be sent to other machines, a batch of runs at a time."""

    def only(self, numbers: Sequence[int]) -> Sendable:
        """A copy that can make these runs, small enough to be sent with them."""
        ...


def by_dask(maker: Maker, numbers: Iterator[int], scheduler: str) -> Arrived:
    """Make runs on the cluster of a scheduler such as tcp://host:8786.

    Raises: InputError if there is no such scheduler or the extra is missing; StoreError if it goes away meanwhile, or
        a worker has another version of the model.
    """
    try:
        import distributed  # noqa: F401 - its logs are to be quiet from the beginning
    except ImportError:
        raise InputError("--scheduler needs Dask: pip install 'persim[cluster]'") from None
    with _quiet():
        client = _connected(scheduler)
        try:
            with _gone_is_told(client):
                _check_versions(client)
            yield from _made(client, maker, numbers)
        finally:
            _close(client)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the lines and tracebacks that Dask logs when something goes away; persim says it in one."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _gone_is_told(client: Client) -> Iterator[None]:
    """Turn whatever Dask raises when its scheduler has gone into one line."""
    try:
        yield
    except PersimError:
        raise
    except Exception as error:
        if isinstance(error, (OSError, TimeoutError)) or client.status != "running":
            raise StoreError(GONE) from error
        raise


def _connected(scheduler: str) -> Client:
    from distributed import Client

    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError):
        raise InputError(f"there is no Dask scheduler at {scheduler}") from None
    except ValueError as error:
        raise InputError(f"--scheduler {scheduler!r} is no address such as tcp://host:8786 ({error})") from None
    try:
        client.wait_for_workers(1, timeout=WAIT_FOR_WORKERS_SECONDS)
    except BaseException as error:
        _close(client)
        if isinstance(error, TimeoutError):
            raise InputError(
                f"the scheduler {scheduler} has no workers after {WAIT_FOR_WORKERS_SECONDS} seconds"
            ) from None
        if isinstance(error, OSError):
            raise StoreError(GONE) from error
        raise
    return client


def _close(client: Client) -> None:
    with suppress(Exception):  # a scheduler that has gone is waited for no longer
        client.close(timeout=CLOSE_SECONDS)


def model_version() -> str:
    """The version of the model where this is called; the model is compiled there."""
    ready_the_compiled_model()
    return MODEL_VERSION


def make_batch(content: bytes, numbers: list[int]) -> tuple[list[Settled], float, str]:
    """What a worker does: runs by number, the seconds they took, and the version of the model."""
    ready_the_compiled_model()
    started = time.monotonic()
    settled = make_all(pickle.loads(content), numbers)
    return settled, time.monotonic() - started, MODEL_VERSION


def _check_versions(client: Client) -> None:
    found: Any = client.run(model_version, on_error="return")
    wrong = {where: said for where, said in found.items() if said != MODEL_VERSION}
    if wrong:
        where, said = next(iter(wrong.items()))
        what = f"cannot run persim: {said!r}" if isinstance(said, BaseException) else f"has version {said} of the model"
        raise StoreError(
            f"{len(wrong)} of {len(found)} workers cannot take part; {where} {what}, here it is {MODEL_VERSION}: "
            "install the same persim everywhere"
        )


def _sent(maker: Maker, batch: list[int]) -> bytes:
    """What a worker needs to make a batch: of a sweep's maker only its part of the worlds, any other whole."""
    return pickle.dumps(maker.only(batch) if isinstance(maker, RunMaker) else maker)


def _made(client: Client, maker: Maker, numbers: Iterator[int]) -> Arrived:
    batches = Batches(numbers)
    pending: dict[Any, list[int]] = {}
    while True:
        with _gone_is_told(client):
            threads: Any = client.nthreads()
            room = BATCHES_A_THREAD * max(1, sum(threads.values())) - len(pending)
            while room > 0 and (batch := batches.take()):
                pending[client.submit(make_batch, _sent(maker, batch), batch, pure=False)] = batch
                room -= 1
            if not pending:
                return
            found, wrong = _arrived(client, maker, pending, batches)
        yield found  # before what went wrong is told
        if wrong is not None:
            raise wrong


def _arrived(
    client: Client, maker: Maker, pending: dict[Any, list[int]], batches: Batches
) -> tuple[list[Settled], StoreError | None]:
    """What has come back, and the first thing that went wrong; batches that have come back are no longer pending."""
    from distributed import KilledWorker

    found: list[Settled] = []
    wrong: StoreError | None = None
    finished = [future for future in pending if future.done()]
    if not finished:
        if client.status not in ("running", "connecting"):
            return found, StoreError(GONE)
        time.sleep(LOOK_SECONDS)
    for future in finished:
        batch = pending.pop(future)
        if future.status in ("cancelled", "lost"):
            wrong = wrong or StoreError(GONE)
            continue
        try:
            settled, seconds, version = future.result()
        except KilledWorker as error:
            cause = f"every worker that was given it died, perhaps for want of memory ({error})"
            found += [Settled(number, maker.name(number), None, cause) for number in batch]
            continue
        except Exception as error:
            wrong = wrong or _cannot(error, future.status == "error")
            continue
        if version != MODEL_VERSION:
            wrong = wrong or StoreError(f"a worker has version {version} of the model, here it is {MODEL_VERSION}")
            continue
        batches.took(len(settled), seconds)
        found += settled
    return found, wrong


def _cannot(error: Exception, raised_there: bool) -> StoreError:
    """In one line, what a worker raised, or that its answer cannot be fetched any more."""
    if not raised_there and isinstance(error, (OSError, TimeoutError)):
        return StoreError(GONE)
    told = StoreError(f"a worker cannot make runs: {type(error).__name__}: {error}")
    told.__cause__ = error
    return told
