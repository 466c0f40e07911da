"""What goes wrong on a cluster, or in a thread, while other runs come back: those are kept, and the fault is told."""

import itertools
import pickle
import queue

import numpy as np
import pytest

from persim import crews, dask_crew
from persim.errors import InputError, StoreError
from persim.run_store import Settled

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'persim[cluster]'")


class Maker:
    """Makes runs of one number."""

    def only(self, numbers):
        return self

    def name(self, number):
        return f"run {number}"

    def make(self, number):
        return Settled(number, self.name(number), np.array([float(number)]))


class Done:
    """A batch that has come back: with its runs, or with an error."""

    def __init__(self, status, answer):
        self.status, self._answer = status, answer

    def done(self):
        return True

    def result(self):
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


class Client:
    """A cluster of two threads whose second batch meets a fault."""

    status = "running"

    def __init__(self, status="finished", answer=None):
        self._fault, self._count = (status, answer), itertools.count()

    def nthreads(self):
        return {"tcp://127.0.0.1:1": 2}

    def submit(self, call, content, batch, pure):
        if next(self._count) == 1:
            return Done(*self._fault)
        return Done(
            "finished", ([pickle.loads(content).make(number) for number in batch], 0.1, dask_crew.MODEL_VERSION)
        )


def collect(arrived, found):
    """Put the numbers of all runs that arrive into `found`."""
    for runs in arrived:
        found += [run.number for run in runs]


FAULTS = [
    ("error", ModuleNotFoundError("No module named 'persim'"), "a worker cannot make runs: ModuleNotFoundError"),
    ("error", PermissionError("no rights"), "a worker cannot make runs: PermissionError"),
    ("finished", OSError("connection closed"), "the scheduler has gone"),
    ("cancelled", None, "the scheduler has gone"),
    ("finished", ([], 0.1, "another"), "a worker has version another of the model"),
]


@pytest.mark.parametrize(("status", "answer", "told"), FAULTS)
def test_batches_that_have_come_back_are_handed_on_before_a_fault_of_another_is_told(status, answer, told):
    found = []
    with pytest.raises(StoreError, match=told):
        collect(dask_crew._made(Client(status, answer), Maker(), iter(range(4))), found)
    assert found == [0, 2, 3]


def test_runs_of_other_threads_are_handed_on_before_a_fault_of_one_is_told():
    arrived = queue.Queue()
    for item in (Maker().make(0), Maker().make(1), SystemError("of one thread"), Maker().make(2)):
        arrived.put(item)
    found = []
    with pytest.raises(SystemError, match="of one thread"):
        collect(crews._drained(arrived, 2), found)
    assert found == [0, 1, 2]


class Waiting:
    """A client of Dask that cannot connect, or waits for workers in vain."""

    def __init__(self, address, **more):
        self.closed = False
        Waiting.made.append(self)
        if Waiting.connecting is not None:
            raise Waiting.connecting

    def wait_for_workers(self, n, timeout):
        raise Waiting.waiting

    def close(self, timeout):
        self.closed = True


@pytest.mark.parametrize(
    ("connecting", "waiting", "error", "told"),
    [
        (
            OSError("Timed out trying to connect to tcp://worker-3:8786"),
            None,
            InputError,
            "there is no Dask scheduler at",
        ),
        (None, TimeoutError("Only 0/1 arrived"), InputError, "has no workers after"),
        (None, OSError("closed"), StoreError, "the scheduler has gone"),
        (None, KeyboardInterrupt(), KeyboardInterrupt, None),
    ],
)
def test_no_scheduler_and_no_workers_are_told_apart_and_no_client_stays_open(
    connecting, waiting, error, told, monkeypatch
):
    import distributed

    Waiting.made, Waiting.connecting, Waiting.waiting = [], connecting, waiting
    monkeypatch.setattr(distributed, "Client", Waiting)
    with pytest.raises(error, match=told):
        next(dask_crew.by_dask(Maker(), iter(range(4)), "tcp://worker-3:8786"))
    assert [client.closed for client in Waiting.made] == [connecting is None]
