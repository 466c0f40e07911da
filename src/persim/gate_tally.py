"""Which gate closed an opportunity: counted in the fixed order of the rules, and with that order shuffled.

Several gates would often have closed at the same opportunity, and the one that stands first is counted in the usual
tally. Over all orders in which the gates could stand, each of k closed gates stands first in one order out of k, so the
shuffled tally is an expectation over every order, not a sample. Whatever the order, a gate's count lies between the
opportunities that it alone closed and all those that it would have closed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class GateTally(NamedTuple):
    """Weighted opportunities by gate, each of shape (n_gates,), and how many there were in all.

    `fixed` and `shuffled` add up to the opportunities at which any gate was closed.
    """

    fixed: np.ndarray
    shuffled: np.ndarray
    by_itself: np.ndarray
    at_all: np.ndarray
    opportunities: float


def gate_tally(bits: np.ndarray, weights: np.ndarray, n_gates: int) -> GateTally:
    """Count closed gates of opportunities in every way.

    Args:
        bits: 1 << gate of every gate that would have closed, 0 for none; whole numbers, shape (n_opportunities,).
        weights: of the people, shape (n_opportunities,). n_gates: gates to count, numbered from 0 in their fixed order.
    """
    bits = np.asarray(bits, np.int64)
    weights = np.asarray(weights, float)
    closed = (bits[:, None] >> np.arange(n_gates)) & 1 == 1  # (n_opportunities, n_gates)
    how_many = closed.sum(axis=1)
    first = closed & (np.cumsum(closed, axis=1) == 1)
    with np.errstate(divide="ignore"):
        shared = np.where(how_many > 0, weights / how_many, 0.0)
    return GateTally(
        fixed=(first * weights[:, None]).sum(axis=0),
        shuffled=(closed * shared[:, None]).sum(axis=0),
        by_itself=(closed * np.where(how_many == 1, weights, 0.0)[:, None]).sum(axis=0),
        at_all=(closed * weights[:, None]).sum(axis=0),
        opportunities=float(weights.sum()),
    )
