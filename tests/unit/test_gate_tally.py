"""Closed gates of opportunities, counted in the fixed order and in every order."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim.gate_tally import gate_tally


def test_each_of_k_closed_gates_counts_one_kth_when_the_order_is_shuffled():
    found = gate_tally(np.array([0b0110, 0b0100, 0b0000, 0b1110]), np.array([1.0, 2.0, 5.0, 3.0]), 4)
    assert found.fixed.tolist() == [0.0, 4.0, 2.0, 0.0]
    assert found.shuffled.tolist() == pytest.approx([0.0, 1.5, 3.5, 1.0])
    assert found.by_itself.tolist() == [0.0, 0.0, 2.0, 0.0]
    assert found.at_all.tolist() == [0.0, 4.0, 6.0, 3.0]
    assert found.opportunities == 11.0


@given(st.lists(st.tuples(st.integers(0, 15), st.floats(0.1, 2.0)), max_size=12))
def test_the_shuffled_tally_is_the_mean_over_every_order(rows):
    bits = np.array([row[0] for row in rows], np.int64)
    weights = np.array([row[1] for row in rows])
    orders = list(itertools.permutations(range(4)))
    found = np.zeros(4)
    for order in orders:
        for closed, weight in rows:
            first = next((gate for gate in order if closed >> gate & 1), None)
            if first is not None:
                found[first] += weight
    tally = gate_tally(bits, weights, 4)
    assert tally.shuffled == pytest.approx(found / len(orders))
    assert tally.shuffled.sum() == pytest.approx(tally.fixed.sum())
    assert np.all(tally.by_itself <= tally.shuffled + 1e-9)
    assert np.all(tally.shuffled <= tally.at_all + 1e-9)


def test_no_opportunity_gives_noughts():
    found = gate_tally(np.zeros(0, np.int64), np.zeros(0), 4)
    assert found.opportunities == 0.0
    assert found.fixed.tolist() == [0.0] * 4
