"""Runs kept for a while: the film of a world, ready to be sent, and its lives, from which stories are told.

The same settings give the same run, so thirty visitors who begin alike share one. What is kept is bounded; what was
dropped is made again in some 30 ms.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property

from persim.film import Film, filmed
from persim.ledger import Ledger
from persim.lives import Lives
from persim.scenario import Scenario

MOST_KEPT = 48  # runs: about 3 MB each for 1,000 people


@dataclass(frozen=True)
class Filmed:
    """One run: what is played, and what stories are told from. Its record of outcomes is not kept: it is the largest part."""

    film: Film
    ledger: Ledger

    @cached_property
    def lives(self) -> Lives:
        """The lives of the run."""
        return Lives(self.ledger)


class Films:
    """Runs by scenario, seed and luck; the least asked for is dropped first. Safe for many threads."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[str, int, int | None], Filmed] = OrderedDict()
        self._making: dict[tuple[str, int, int | None], threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, scenario: Scenario, seed: int, luck: int | None = None) -> Filmed:
        """The run of a scenario, made now if it is not kept; never made twice at once."""
        key = (scenario.digest(), seed, luck)
        if found := self._look(key):
            return found
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            found = self._look(key)
            if found is None:
                run, film = filmed(scenario, seed, luck)
                assert run.ledger is not None
                found = Filmed(film, replace(run.ledger, rows=run.ledger.rows.copy()))  # without the room for more rows
                self._keep(key, found)
        with self._lock:
            self._making.pop(key, None)
        return found

    def _look(self, key: tuple[str, int, int | None]) -> Filmed | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: tuple[str, int, int | None], made: Filmed) -> None:
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
