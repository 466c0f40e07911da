"""What is kept for a while: the film of a world and its lives, from which stories are told, and shares over many lucks.

The same settings give the same run, so thirty visitors who begin alike share one. What is kept is bounded; what was
dropped is made again in some 30 ms.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property

from persim.film import Film, filmed
from persim.ledger import Ledger
from persim.lives import Lives
from persim.other_lucks import LuckShares, luck_shares
from persim.scenario import Scenario

MOST_KEPT = 48  # runs: about 3 MB each for 1,000 people
MOST_BYTES = 300_000_000  # of them together: a scenario that is brought may make runs of 30 MB
LUCKS_COUNTED = 60  # over which shares are taken: half a second for 400 people
LUCK_PARTS = tuple(
    range(first, first + 5) for first in range(0, LUCKS_COUNTED, 5)
)  # each a turn, so that nobody waits long


class Kept[Made]:
    """What was made, by key; what was not asked for the longest goes first. Safe for threads: nothing is made twice at once."""

    def __init__(self, most: int, size: Callable[[Made], int] = lambda made: 0) -> None:
        """Keep `most` at most, and no more than fits into `MOST_BYTES` if `size` tells the bytes of each."""
        self.most, self._size, self._bytes = most, size, 0
        self._kept: OrderedDict[Hashable, Made] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is kept under a key, made now if nothing is. Raises: what the making raises."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            try:
                made = make()
            except BaseException:
                with self._lock:
                    self._making.pop(key, None)
                raise
            with self._lock:  # kept and no longer being made, at once: between the two somebody would make it again
                self._making.pop(key, None)
                self._kept[key] = made
                self._bytes += self._size(made)
                while len(self._kept) > self.most or (self._bytes > MOST_BYTES and len(self._kept) > 1):
                    self._bytes -= self._size(self._kept.popitem(last=False)[1])
            return made


@dataclass(frozen=True)
class Filmed:
    """One run: what is played, and what stories are told from. Its record of outcomes is not kept: it is the largest part."""

    film: Film
    ledger: Ledger

    @cached_property
    def lives(self) -> Lives:
        """The lives of the run."""
        return Lives(self.ledger)

    @property
    def size(self) -> int:
        """Its bytes, but for what stories add: rows, their order by person, and the film."""
        rows = self.ledger.rows
        return rows.nbytes + 8 * len(rows) + sum(layer.values.nbytes for layer in self.film.layers)


class Films:
    """Runs by scenario, seed and luck, and shares over many lucks by scenario and seed."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        """Keep `most` runs at most."""
        self._runs: Kept[Filmed] = Kept(most, lambda made: made.size)
        self._shares: Kept[LuckShares] = Kept(most * len(LUCK_PARTS))

    def get(self, scenario: Scenario, seed: int, luck: int | None = None) -> Filmed:
        """The run of a scenario, made now if it is not kept."""
        return self._runs.get((scenario.digest(), seed, luck), lambda: _filmed(scenario, seed, luck))

    def shares(self, scenario: Scenario, seed: int, lucks: range) -> LuckShares:
        """How often what became of each person of a seed, over some of the lucks of `LUCK_PARTS`."""
        return self._shares.get((scenario.digest(), seed, lucks), lambda: luck_shares(scenario, seed, lucks))


def _filmed(scenario: Scenario, seed: int, luck: int | None) -> Filmed:
    run, film = filmed(scenario, seed, luck)
    assert run.ledger is not None
    return Filmed(film, replace(run.ledger, rows=run.ledger.rows.copy()))  # without the room for more rows
