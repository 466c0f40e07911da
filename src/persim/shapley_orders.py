"""Shapley shares of a game on subsets: what each of n players adds, averaged over the orders in which they could come.

Pure arithmetic; a game is a function on *coalitions*, sets of players held as bits of a whole number. With few players
every coalition is asked for, and shares are exact. With more, orders are drawn at random in antithetic pairs (an order
and its reverse); each order's parts add up to v(all) - v(none) whatever the order, so shares do as well.

Read `Layout` first: it says which coalitions a replicate asks for. Then `shares`, `alone`, `last`, `interactions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, factorial

import numpy as np

MOST_EXACT = 12  # players of whom all coalitions may be asked for: 4,096
REPLICATES, PAIRS, ORDERS = 30, 10, 4  # as usual: seeds, seeds of each pair, random orders of a seed
_TRIES = 100  # to find orders that share no coalition with each other
_SALT = 0x5A1E


@dataclass(frozen=True)
class Layout:
    """Which coalitions each replicate asks for, and in which orders they are walked through.

    Attributes:
        n: players. coalitions: shape (replicates, n_slots), bits. orders: players in order, shape
            (replicates, n_orders, n); no orders if every coalition is asked for, which is then its own slot.
    """

    n: int
    coalitions: np.ndarray
    orders: np.ndarray

    @property
    def exact(self) -> bool:
        """Are all coalitions asked for?"""
        return self.orders.shape[1] == 0

    @property
    def n_slots(self) -> int:
        """Coalitions in a replicate."""
        return self.coalitions.shape[1]


def exact_layout(n: int, replicates: int) -> Layout:
    """Every coalition in every replicate: the slot is the coalition."""
    whole = np.broadcast_to(np.arange(1 << n, dtype=np.int64), (replicates, 1 << n))
    return Layout(n, whole, np.zeros((replicates, 0, n), np.int64))


def n_slots_sampled(n: int, pairs_of_orders: int, pairs_each: int) -> int:
    """Coalitions in a replicate of a sampled layout: none, all, each alone, each left out, orders, some pairs."""
    return 2 + 2 * n + 2 * pairs_of_orders * max(0, n - 3) + pairs_each


def sampled_layout(n: int, replicates: int, pairs_of_orders: int, pairs_each: int, seed: int) -> Layout:
    """None, all, each player alone, all but each, antithetic orders, and some pairs of players, for each replicate.

    Pairs go round, so that all of them come about equally often. The layout of the first replicates does not depend on
    how many there are.

    Args:
        n: players, at least 4. pairs_of_orders: orders with their reverses in a replicate. pairs_each: pairs of players in
            a replicate, at most `most_pairs_each`. seed: of the orders, 0 or more.
    """
    rng = np.random.default_rng([_SALT, seed])
    everyone = (1 << n) - 1
    fixed = [0, everyone, *(1 << i for i in range(n)), *(everyone ^ 1 << i for i in range(n))]
    round_of_pairs = _round([1 << i | 1 << j for i, j in combinations(range(n), 2)])
    coalitions, orders = [], []
    for _ in range(replicates):
        own = _antithetic_orders(rng, n, pairs_of_orders)
        between = [mask for order in own for mask in prefixes(order)[2 : n - 1]]
        taken = set(between)
        pairs: list[int] = []
        while len(pairs) < pairs_each:
            pair = next(round_of_pairs)
            if pair not in taken:
                pairs.append(pair)
        orders.append(own)
        coalitions.append([*fixed, *between, *pairs])
    n_slots = n_slots_sampled(n, pairs_of_orders, pairs_each)
    masks = np.array(coalitions, np.int64).reshape(replicates, n_slots)
    return Layout(n, masks, np.array(orders, np.int64).reshape(replicates, 2 * pairs_of_orders, n))


def most_pairs_each(n: int, pairs_of_orders: int) -> int:
    """Pairs of players that a replicate can ask for besides those that its orders pass through."""
    return max(0, comb(n, 2) - 2 * pairs_of_orders)


def _round(items: Sequence[int]) -> Iterator[int]:
    while True:
        yield from items


def _antithetic_orders(rng: np.random.Generator, n: int, n_pairs: int) -> list[np.ndarray]:
    """Orders, each followed by its reverse; if possible none passes through a coalition of another.

    Which orders are drawn does not depend on the players' names, so each of them is as likely as any other.
    """
    found: list[np.ndarray] = []
    for tries in range(_TRIES):
        found = []
        for _ in range(n_pairs):
            order = rng.permutation(n)
            found += [order, order[::-1]]
        between = [mask for order in found for mask in prefixes(order)[2 : n - 1]]
        if len(set(between)) == len(between) or tries == _TRIES - 1:
            break
    return found


def prefixes(order: Sequence[int] | np.ndarray) -> list[int]:
    """The coalitions that an order passes through, from nobody to everybody: n + 1 of them."""
    found = [0]
    for player in order:
        found.append(found[-1] | 1 << int(player))
    return found


# What players add --------------------------------------------------------------------------------------------------------


def shares(layout: Layout, values: np.ndarray) -> np.ndarray:
    """Shapley shares, exact or by orders: shape (replicates, n, ...). In each replicate they add up to v(all) - v(none).

    Args:
        values: of each coalition of the layout, shape (replicates, n_slots, ...).
    """
    if layout.exact:
        return exact_shares(values)
    found = np.zeros((len(values), layout.n, *values.shape[2:]))
    for replicate, orders in enumerate(layout.orders):
        place = _places(layout, replicate)
        for order in orders:
            passed = np.stack([values[replicate, place[mask]] for mask in prefixes(order)])
            found[replicate, order] += np.diff(passed, axis=0)
    return found / layout.orders.shape[1]


def exact_shares(values: np.ndarray) -> np.ndarray:
    """Shapley shares from all coalitions: shape (replicates, n, ...).

    Args:
        values: by coalition as bits, shape (replicates, 2**n, ...).
    """
    n = values.shape[1].bit_length() - 1
    masks = np.arange(1 << n)
    sizes = np.array([int(mask).bit_count() for mask in masks])
    weights = np.array([factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)])
    found = np.zeros((len(values), n, *values.shape[2:]))
    for player in range(n):
        without = masks[masks >> player & 1 == 0]
        added = values[:, without | 1 << player] - values[:, without]
        found[:, player] = np.tensordot(added, weights[sizes[without]], axes=([1], [0]))
    return found


def total(layout: Layout, values: np.ndarray) -> np.ndarray:
    """What all players add together, v(all) - v(none): shape (replicates, ...)."""
    return of_coalition(layout, values, (1 << layout.n) - 1) - of_coalition(layout, values, 0)


def alone(layout: Layout, values: np.ndarray) -> np.ndarray:
    """What each player adds where there is nobody else: shape (replicates, n, ...)."""
    nobody = of_coalition(layout, values, 0)
    return np.stack([of_coalition(layout, values, 1 << i) - nobody for i in range(layout.n)], axis=1)


def last(layout: Layout, values: np.ndarray) -> np.ndarray:
    """What each player adds where all others are there already: shape (replicates, n, ...)."""
    everyone = (1 << layout.n) - 1
    whole = of_coalition(layout, values, everyone)
    return np.stack([whole - of_coalition(layout, values, everyone ^ 1 << i) for i in range(layout.n)], axis=1)


def interactions(layout: Layout, values: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    """What two players add together beyond what each adds alone, v(ij) - v(i) - v(j) + v(none), by pair i < j.

    Returns: for each pair of which a replicate asks, one value for each such replicate, shape (n_asked, ...).
    """
    by_place = [_places(layout, replicate) for replicate in range(len(values))]
    found = {}
    for i, j in combinations(range(layout.n), 2):
        wanted = (1 << i | 1 << j, 1 << i, 1 << j, 0)
        rows = [
            [own[place[mask]] for mask in wanted]
            for own, place in zip(values, by_place, strict=True)
            if wanted[0] in place
        ]
        if rows:
            both, first, second, nobody = np.moveaxis(np.array(rows), 1, 0)
            found[i, j] = both - first - second + nobody
    return found


def of_coalition(layout: Layout, values: np.ndarray, mask: int) -> np.ndarray:
    """The value of a coalition that every replicate asks for: shape (replicates, ...)."""
    if len(values) == 0:
        return values[:, 0]
    places = [_places(layout, replicate)[mask] for replicate in range(len(values))]
    return values[np.arange(len(values)), places]


def _places(layout: Layout, replicate: int) -> dict[int, int]:
    """Coalition -> its slot in a replicate."""
    return {int(mask): slot for slot, mask in enumerate(layout.coalitions[replicate])}
