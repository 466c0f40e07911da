"""Whose turn it is: a few threads for the model, shared fairly, so that one visitor cannot take the class down.

Jobs stand in line by visitor, and the threads take one job of each address in turn, and there one of each visitor in turn:
a page may invent visitors, but hardly addresses. A visitor who asks anew gives up what is still waiting of the same kind.
The model runs outside Python's lock, so threads use every core.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

MOST_WAITING = 4000  # runs in line, of all visitors
MOST_OF_ADDRESS = 2500  # of one address: thirty visitors behind one proxy have 80 each
MOST_OF_ONE = 200  # of one visitor

Line = deque[tuple[Future[Any], Callable[[], Any]]]


class BusyError(Exception):
    """Too much stands in line already: ask again later."""


class Pool:
    """Threads that take the jobs of visitors in turn. A visitor is an address, with a token after a space if there is one."""

    def __init__(self, threads: int | None = None) -> None:
        """Start the threads: one for each core, unless told."""
        self.threads = threads or max(1, os.cpu_count() or 1)
        self._lines: OrderedDict[str, OrderedDict[str, Line]] = OrderedDict()
        self._waiting = 0
        self._turn = threading.Condition()
        self._closed = False
        self._workers = [threading.Thread(target=self._work, daemon=True) for _ in range(self.threads)]
        for worker in self._workers:
            worker.start()

    @property
    def waiting(self) -> int:
        """Jobs in line."""
        return self._waiting

    @property
    def visitors(self) -> int:
        """Visitors with jobs in line."""
        return sum(map(len, self._lines.values()))

    def submit(self, visitor: str, job: Callable[[], Any]) -> Future[Any]:
        """Put a job in the visitor's line. Raises: BusyError if the line is full."""
        future: Future[Any] = Future()
        address = visitor.partition(" ")[0]
        with self._turn:
            if self._closed or self._is_full(address, visitor):
                raise BusyError
            self._lines.setdefault(address, OrderedDict()).setdefault(visitor, deque()).append((future, job))
            self._waiting += 1
            self._turn.notify()
        return future

    def _is_full(self, address: str, visitor: str) -> bool:
        here = self._lines.get(address, {})
        of_address = sum(map(len, here.values()))
        own = len(here.get(visitor, ()))
        return self._waiting >= MOST_WAITING or of_address >= MOST_OF_ADDRESS or own >= MOST_OF_ONE

    def give_up(self, visitor: str, futures: Iterable[Future[Any]]) -> None:
        """Take a visitor's jobs out of the line, as far as they still wait there: they take no turn and no room any more."""
        for future in futures:
            future.cancel()
        address = visitor.partition(" ")[0]
        with self._turn:
            here = self._lines.get(address, OrderedDict())
            line = here.get(visitor)
            if line is None:
                return
            left = deque(entry for entry in line if not entry[0].cancelled())
            self._waiting -= len(line) - len(left)
            if left:
                here[visitor] = left  # in its place in the round
                return
            del here[visitor]
            if not here:
                del self._lines[address]

    def close(self) -> None:
        """Take no more jobs, give up those in line, and let the threads end."""
        with self._turn:
            self._closed = True
            for here in self._lines.values():
                for line in here.values():
                    for future, _ in line:
                        future.cancel()
            self._lines.clear()
            self._waiting = 0
            self._turn.notify_all()

    def _work(self) -> None:
        while True:
            with self._turn:
                while not self._lines and not self._closed:
                    self._turn.wait()
                if self._closed:
                    return
                address, here = self._lines.popitem(last=False)
                visitor, line = here.popitem(last=False)
                future, job = line.popleft()
                self._waiting -= 1
                if line:
                    here[visitor] = line  # to the end of the address's round
                if here:
                    self._lines[address] = here  # to the end of the round
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # whatever a job raises belongs to whoever waits for it
                future.set_exception(error)
