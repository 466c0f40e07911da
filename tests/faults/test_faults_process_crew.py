"""Worker processes that are killed while they start or in the middle of an answer, errors that cannot be sent, early ends."""

import multiprocessing
import os
import signal
from contextlib import closing
from multiprocessing.connection import Connection

import numpy as np
import pytest

from persim.errors import StoreError
from persim.process_crew import by_processes
from persim.run_store import Settled

pytestmark = [pytest.mark.usefixtures("no_process_is_left"), pytest.mark.timeout(120)]
LARGE = 1 << 20  # bytes: more than a pipe takes before somebody reads


class Maker:
    """Makes runs of one number, but for those that do something else first."""

    def __init__(self, **instead):
        self.instead = instead

    def name(self, number):
        return f"run {number}"

    def make(self, number):
        instead = self.instead.get(f"at_{number}")
        return Settled(number, self.name(number), np.zeros(1) if instead is None else instead())


def dying_in_mid_message():
    """Let this process be killed when it has sent half of the large answer that this is."""
    send = Connection._send

    def send_half(self, content, *more):
        if len(content) < LARGE:
            return send(self, content, *more)
        send(self, memoryview(content)[: len(content) // 2], *more)
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send = send_half
    return np.zeros(LARGE)


def raising_what_cannot_be_sent():
    class LocalError(Exception):
        pass

    raise LocalError("of this place only")


def raising_what_can_be_sent():
    raise FileNotFoundError("no such table")


def collected(maker, n_runs, jobs=2):
    """Numbers of the runs that arrived, and the error that ended them."""
    found = []
    with closing(by_processes(maker, iter(range(n_runs)), jobs)) as arrived:
        try:
            for runs in arrived:
                found += [run.number for run in runs]
        except Exception as error:
            return found, error
    return found, None


def test_a_worker_killed_in_the_middle_of_a_large_answer_is_told_and_does_not_hang():
    found, error = collected(Maker(at_5=dying_in_mid_message), 100_000)
    assert isinstance(error, StoreError)
    assert str(error).startswith("a process that made runs was killed")
    assert 5 not in found
    assert len(set(found)) == len(found)


def test_a_worker_killed_while_it_starts_is_told():
    arrived = by_processes(Maker(), iter(range(1000)), 2)
    assert next(arrived) == []  # they are importing still
    os.kill(multiprocessing.active_children()[-1].pid, signal.SIGKILL)
    with pytest.raises(StoreError, match="a process that made runs was killed"):
        list(arrived)


@pytest.mark.parametrize(
    ("instead", "kind", "told"),
    [
        (raising_what_can_be_sent, FileNotFoundError, "no such table"),
        (raising_what_cannot_be_sent, RuntimeError, "of this place only"),
    ],
)
def test_an_error_in_a_worker_is_raised_here_also_one_that_cannot_be_sent(instead, kind, told):
    found, error = collected(Maker(at_1=instead), 2, 1)
    assert found == [0]
    assert type(error) is kind
    assert told in str(error)
    assert "in raising_what" in "".join([str(error), *getattr(error, "__notes__", [])])  # where it was raised


def test_processes_end_when_nobody_asks_for_more_and_every_run_comes_once():
    arrived = by_processes(Maker(), iter(range(10**9)), 1)
    assert any(runs for runs in arrived)
    arrived.close()
    assert not multiprocessing.active_children()
    found = [run.number for runs in by_processes(Maker(), iter(range(300)), 2) for run in runs]
    assert sorted(found) == list(range(300))
    assert not multiprocessing.active_children()
