"""Parts of a difference in real take-up by stage: laws for any numbers of people."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from persim.pathway_parts import pathway_parts, shapley_of_product

N_STAGES = 6


@st.composite
def ways(draw):
    """People at each stage of a few runs: never more than at the stage before, and some at the first."""
    runs = []
    for _ in range(draw(st.integers(1, 5))):
        people = [float(draw(st.integers(1, 500)))]
        for _ in range(N_STAGES - 1):
            people.append(people[-1] * draw(st.sampled_from([0.0, 1.0, 0.25]) | st.floats(0.0, 1.0)))
        runs.append(people)
    return np.array(runs)


@given(ways(), ways())
def test_parts_add_up_to_the_difference_in_real_take_up(first, second):
    n = min(len(first), len(second))
    reference, other = first[:n], second[:n]
    parts = pathway_parts(reference, other)
    difference = other[:, -1] / other[:, 0] - reference[:, -1] / reference[:, 0]
    assert np.abs(parts.sum(axis=1) - difference).max() <= 1e-9


@given(ways(), ways())
def test_parts_turn_with_the_direction_of_the_comparison(first, second):
    n = min(len(first), len(second))
    there, back = pathway_parts(first[:n], second[:n]), pathway_parts(second[:n], first[:n])
    assert np.abs(there + back).max() <= 1e-12


@given(ways())
def test_nothing_differs_from_itself(way):
    assert not pathway_parts(way, way.copy()).any()


@given(ways(), st.integers(0, N_STAGES - 2), st.floats(0.0, 1.0))
def test_a_stage_that_alone_changes_has_the_whole_difference(way, stage, share):
    shares = np.full((1, N_STAGES - 1), 0.5)
    changed = shares.copy()
    changed[0, stage] = share
    parts = shapley_of_product(shares, changed)
    assert np.abs(np.delete(parts[0], stage)).max() <= 1e-15
    assert abs(parts[0, stage] - (changed.prod() - shares.prod())) <= 1e-12


def test_two_factors_share_what_they_do_together_equally():
    parts = shapley_of_product(np.array([[0.2, 0.5]]), np.array([[0.4, 1.0]]))
    assert np.allclose(parts, [[0.2 * 0.75, 0.5 * 0.3]])


def test_a_pair_with_a_failed_or_empty_run_has_no_parts():
    whole = np.array([[10.0, 8.0, 4.0, 2.0, 1.0, 1.0]])
    assert np.isnan(pathway_parts(whole, np.full((1, 6), np.nan))).all()
    assert np.isnan(pathway_parts(np.zeros((1, 6)), whole)).all()
