"""Laws of the paired interval and of the spool, for any numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from persim import store
from persim.intervals import means, paired, quantiles
from persim.store import Spool

NUMBERS = st.floats(-1e6, 1e6, width=32)
RUNS = arrays.arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(1, 4)), elements=NUMBERS)


@given(RUNS)
def test_equal_runs_always_differ_by_exactly_nothing(runs):
    found = paired(runs, runs.copy())
    assert not found.mean.any()
    assert not found.low.any()
    assert not found.high.any()


@given(RUNS, NUMBERS)
def test_the_interval_holds_the_mean_and_turns_with_the_sign(runs, shift):
    there, back = paired(runs, runs[::-1] + shift), paired(runs[::-1] + shift, runs)
    assert (there.low <= there.mean).all()
    assert (there.mean <= there.high).all()
    assert np.array_equal(there.mean, -back.mean)
    assert np.array_equal(there.low, -back.high)


@given(RUNS)
def test_quantiles_lie_between_the_least_and_the_most(runs):
    low, high = quantiles(runs, (0.05, 0.95))
    assert (runs.min(axis=0) <= low).all()
    assert (low <= high).all()
    assert (high <= runs.max(axis=0)).all()


@given(RUNS, st.integers(0, 11))
def test_leaving_a_run_out_is_the_same_as_marking_it_missing(runs, number):
    place = number % len(runs)
    marked = runs.copy()
    marked[place] = np.nan
    without = means(np.delete(runs, place, axis=0))
    with_gap = means(marked)
    assert np.array_equal(without.n, with_gap.n)
    assert np.allclose(without.mean, with_gap.mean, rtol=1e-12, atol=1e-9)


@given(RUNS, st.integers(1, 64), st.permutations(range(12)))
def test_the_spool_gives_back_what_was_written_in_any_order(runs, width, order):
    spool = Spool(*runs.shape)
    for row in order:
        if row < len(runs):
            spool.write(row, runs[row])
    usual, store.SPOOL_BLOCK_BYTES = store.SPOOL_BLOCK_BYTES, width * 8
    try:
        found = np.concatenate([block.copy() for _, _, block in spool.blocks()], axis=1)
    finally:
        store.SPOOL_BLOCK_BYTES = usual
    spool.close()
    assert np.array_equal(found, runs)
