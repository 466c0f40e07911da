"""Elementary effects and Sobol' indices against functions whose values are known, with and without luck."""

import warnings

import numpy as np
import pytest

from persim.design_file import Spread
from persim.sensitivity.asked import Indices, Screening
from persim.sensitivity.estimates import (
    across,
    blocks_of,
    elementary_effects,
    interval,
    noise_of,
    resampled,
    screened,
    sobol_indices,
)
from persim.sensitivity.inputs import Factor, Input, factors_of
from persim.sensitivity.points import index_points, screening_points, values_of
from persim.sensitivity.tables import base_rows

pytest.importorskip("SALib", reason="SALib is not installed: pip install 'persim[calibrate]'")

A, B = 7.0, 0.1
ISHIGAMI_FIRST = np.array([0.3139, 0.4424, 0.0])
ISHIGAMI_TOTAL = np.array([0.5576, 0.4424, 0.2437])
ISHIGAMI_VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5


def ranges(n: int) -> tuple[Input, ...]:
    """Inputs over the whole way, whose values are their shares but for rounding."""
    names = ("risk_aversion", "role_boundary", "bureaucracy", "medical_model", "information", "market")
    return tuple(Input(name, Spread(name, (), 0.0, 1.0)) for name in names[:n])


def alone(inputs) -> tuple[Factor, ...]:
    return factors_of([one.name for one in inputs], {})


def ishigami(shares: np.ndarray) -> np.ndarray:
    x = np.pi * (2.0 * shares - 1.0)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def everything(blocks) -> np.ndarray:
    return np.full((1, blocks.n), 1.0 / blocks.n)


def with_luck(values: np.ndarray, n: int, sd: float, seed: int = 5, common: float = 0.0) -> np.ndarray:
    """Values with luck of each point and seed, and a shift that a seed brings to all points: shape (n_points, n)."""
    rng = np.random.default_rng(seed)
    return values[:, None] + common * rng.normal(size=n) + sd * rng.normal(size=(len(values), n))


# Sobol' ----------------------------------------------------------------------------------------------------------------------


def test_ishigami_has_its_analytic_indices():
    points = index_points(ranges(3), alone(ranges(3)), Indices(4096, True))
    values = np.repeat(ishigami(points)[:, None], 2, axis=1)  # no luck: two seeds, the same
    blocks = blocks_of(values, 3, True)
    found = sobol_indices(blocks, everything(blocks))
    assert found.first[0] == pytest.approx(ISHIGAMI_FIRST, abs=0.01)
    assert found.total[0] == pytest.approx(ISHIGAMI_TOTAL, abs=0.01)
    assert found.variance[0] == pytest.approx(ISHIGAMI_VARIANCE, rel=0.01)
    assert found.second is not None
    assert found.second[0, 0, 2] == pytest.approx(0.2437, abs=0.02)  # all of the total of the third is with the first
    assert found.second[0, 0, 1] == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("second", [False, True])
def test_without_luck_the_indices_are_those_of_salib(second):
    from SALib.analyze import sobol

    inputs = ranges(3)
    points = index_points(inputs, alone(inputs), Indices(64, second, 3))
    values = ishigami(points)
    blocks = blocks_of(np.repeat(values[:, None], 3, axis=1), 3, second)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = sobol.analyze(
            {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}, values, calc_second_order=second, seed=1
        )
    for corrected in (True, False):
        ours = sobol_indices(blocks, everything(blocks), corrected)
        assert ours.first[0] == pytest.approx(theirs["S1"], abs=1e-12)
        assert ours.total[0] == pytest.approx(theirs["ST"], abs=1e-12)
        if second:
            upper = np.triu_indices(3, 1)
            assert ours.second is not None
            assert ours.second[0][upper] == pytest.approx(theirs["S2"][upper], abs=1e-12)


@pytest.mark.parametrize("common", [0.0, 3.0])
def test_luck_attenuates_the_usual_indices_as_theory_says_and_is_taken_off_ours(common):
    inputs = ranges(3)
    points = index_points(inputs, alone(inputs), Indices(4096))
    n, sd = 4, 6.0
    blocks = blocks_of(with_luck(ishigami(points), n, sd, common=common), 3, False)
    ours, usual = (sobol_indices(blocks, everything(blocks), corrected) for corrected in (True, False))
    # n = 4096; with 20 other seeds of luck, either way, corrected indices were off by 0.072 at most, usual ones by 0.042.
    assert ours.first[0] == pytest.approx(ISHIGAMI_FIRST, abs=0.1)
    assert ours.total[0] == pytest.approx(ISHIGAMI_TOTAL, abs=0.1)
    assert ours.variance[0] == pytest.approx(ISHIGAMI_VARIANCE, rel=0.08)
    luck = sd**2 / n
    whole = ISHIGAMI_VARIANCE + luck
    assert usual.first[0] == pytest.approx(ISHIGAMI_FIRST * ISHIGAMI_VARIANCE / whole, abs=0.06)
    assert usual.total[0] == pytest.approx((ISHIGAMI_TOTAL * ISHIGAMI_VARIANCE + luck) / whole, abs=0.06)


def test_parts_of_the_variance_are_what_they_were_made_of():
    inputs = ranges(3)
    points = index_points(inputs, alone(inputs), Indices(4096))
    n, sd, common = 40, 3.0, 2.0
    base = base_rows(with_luck(ishigami(points), n, sd, common=common), 5)
    found = noise_of(base, np.full((1, 4096), 1 / 4096))
    assert found.points[0] == pytest.approx(ISHIGAMI_VARIANCE, rel=0.04)
    assert found.luck[0] == pytest.approx(sd**2, rel=0.02)
    assert found.seeds == pytest.approx(common**2, rel=0.6)  # of 40 seeds: chi-squared, 39 degrees of freedom
    whole = found.points[0] + found.luck[0] + found.seeds
    assert found.share_of_run[0] == pytest.approx((found.luck[0] + found.seeds) / whole)
    assert found.share_of_mean[0] == pytest.approx(sd**2 / n / (ISHIGAMI_VARIANCE + sd**2 / n), rel=0.06)


def test_a_seed_that_shifts_all_points_alike_changes_no_index():
    inputs = ranges(3)
    points = index_points(inputs, alone(inputs), Indices(64))
    values = with_luck(ishigami(points), 3, 1.0)
    shifted = values + np.array([100.0, -50.0, 7.0])
    one, other = (blocks_of(v, 3, False) for v in (values, shifted))
    first, second = (sobol_indices(blocks, everything(blocks)) for blocks in (one, other))
    assert second.first == pytest.approx(first.first, abs=1e-9)
    assert second.total == pytest.approx(first.total, abs=1e-9)


def test_a_factor_that_only_shuffles_luck_has_a_total_index_of_nought():
    inputs = ranges(2)
    points = index_points(inputs, alone(inputs), Indices(2048))
    values = with_luck(points[:, 0], 4, 0.3)  # the second input decides nothing, but each point has luck of its own
    blocks = blocks_of(values, 2, False)
    ours, usual = (sobol_indices(blocks, everything(blocks), corrected) for corrected in (True, False))
    assert ours.total[0, 1] == pytest.approx(0.0, abs=0.04)
    assert usual.total[0, 1] > 0.15  # 0.0225 / (1/12 + 0.0225) = 0.21 is luck


# A noisy categorical function: a choice of three levels, two listed values, a range that works at one level only.
LEVELS = (0.0, 1.0, 5.0)
CATEGORICAL = (
    Input("way", None, ("none", "some", "much")),
    Input("risk_aversion", Spread("risk_aversion", (0.1, 0.3), 0.1, 0.3)),
    Input("bureaucracy", Spread("bureaucracy", (), 0.0, 1.0)),
)


def categorical(points: np.ndarray) -> np.ndarray:
    """f = level(way) + 2 [risk_aversion = 0.3] + 6 bureaucracy [way = much]."""
    values = values_of(CATEGORICAL, points)
    way = np.array(LEVELS)[values[:, 0].astype(int)]
    return way + 2.0 * (values[:, 1] > 0.2) + 6.0 * values[:, 2] * (values[:, 0] == 2.0)


def categorical_indices() -> tuple[np.ndarray, np.ndarray]:
    """Analytic indices: means given the level are 0, 1, 8; the range's variance is 36/12 at one level of three."""
    way = np.var([0.0, 1.0, 8.0])
    listed = 1.0
    range_first = np.var(2.0 * np.linspace(0, 1, 100_001))  # its mean effect is 6 x / 3
    range_total = 36.0 / 12.0 / 3.0
    both = range_total - range_first
    whole = way + listed + range_first + both
    return np.array([way, listed, range_first]) / whole, np.array([way + both, listed, range_total]) / whole


def test_a_noisy_categorical_function_has_its_known_indices():
    points = index_points(CATEGORICAL, alone(CATEGORICAL), Indices(4096))
    blocks = blocks_of(with_luck(categorical(points), 5, 3.0), 3, False)
    found = sobol_indices(blocks, everything(blocks))
    first, total = categorical_indices()
    assert found.first[0] == pytest.approx(first, abs=0.04)
    assert found.total[0] == pytest.approx(total, abs=0.04)


def test_levels_and_listed_values_have_equal_parts():
    points = index_points(CATEGORICAL, alone(CATEGORICAL), Indices(1024))
    values = values_of(CATEGORICAL, points)
    for place, n in ((0, 3), (1, 2)):
        _, counts = np.unique(values[:, place], return_counts=True)
        assert counts / len(values) == pytest.approx(np.full(n, 1 / n), abs=0.02)


def test_inputs_moved_together_have_the_index_of_both():
    inputs = ranges(3)
    factors = factors_of([one.name for one in inputs], {"both": (inputs[0].name, inputs[2].name)})
    assert [factor.name for factor in factors] == ["both", "role_boundary"]
    points = index_points(inputs, factors, Indices(4096))
    blocks = blocks_of(np.repeat(ishigami(points)[:, None], 2, axis=1), 2, False)
    found = sobol_indices(blocks, everything(blocks))
    assert found.total[0] == pytest.approx([0.5576, 0.4424], abs=0.01)  # the third works with the first alone
    assert found.first[0] == pytest.approx(found.total[0], abs=0.02)


def test_what_does_not_go_on_is_left_as_it_is():
    inputs = ranges(3)
    points = index_points(inputs, alone(inputs)[1:], Indices(8))
    assert points.shape == (8 * 4, 3)
    assert np.isnan(points[:, 0]).all()
    assert np.isfinite(points[:, 1:]).all()
    assert np.isnan(values_of(inputs, points)[:, 0]).all()


def test_blocks_with_a_run_missing_are_left_out_whole():
    inputs = ranges(2)
    values = np.repeat(index_points(inputs, alone(inputs), Indices(16))[:, :1], 2, axis=1)
    values[5, 1] = np.nan  # in the second block of four points
    assert blocks_of(values, 2, False).n == 15


# Morris ----------------------------------------------------------------------------------------------------------------------


def test_elementary_effects_are_those_of_salib():
    from SALib.analyze import morris

    from persim.sensitivity.points import problem_of

    inputs = ranges(3)
    factors = alone(inputs)
    shares = screening_points(inputs, factors, Screening(12))
    values = ishigami(shares)
    effects = elementary_effects(
        shares, [f.members for f in factors], [True] * 3, np.repeat(values[:, None], 2, axis=1)
    )
    ours = screened(effects, 200, 1)
    theirs = morris.analyze(problem_of(inputs, factors), shares, values, num_levels=4, seed=1)
    for name in ("mu", "mu_star", "sigma"):
        assert getattr(ours, name) == pytest.approx(np.asarray(theirs[name], float), abs=1e-9)
    assert ours.noise == pytest.approx(0.0)
    assert ours.by_luck == pytest.approx(0.0)
    assert ours.own_sigma == pytest.approx(ours.sigma)


def test_a_linear_function_has_its_slopes_and_no_spread():
    inputs = ranges(3)
    factors = alone(inputs)
    shares = screening_points(inputs, factors, Screening(8, 6))
    values = shares @ np.array([3.0, -2.0, 0.0])
    found = screened(
        elementary_effects(shares, [f.members for f in factors], [True] * 3, with_luck(values, 2, 0.0)), 200, 1
    )
    assert found.mu == pytest.approx([3.0, -2.0, 0.0], abs=1e-9)
    assert found.mu_star == pytest.approx([3.0, 2.0, 0.0], abs=1e-9)
    assert found.sigma == pytest.approx(0.0, abs=1e-9)
    assert found.beyond_luck.tolist()[:2] == [True, True]


def test_luck_alone_gives_what_by_luck_says_and_is_not_beyond_it():
    inputs = ranges(4)
    factors = alone(inputs)
    shares = screening_points(inputs, factors, Screening(400))
    values = with_luck(np.zeros(len(shares)), 5, 1.0)
    found = screened(elementary_effects(shares, [f.members for f in factors], [True] * 4, values), 200, 1)
    expected = np.sqrt(2.0 / np.pi) * np.sqrt(2.0 / 5.0) * 1.5  # of a difference of two means of five, over two thirds
    assert found.by_luck == pytest.approx(expected, rel=0.1)
    assert found.mu_star == pytest.approx(expected, rel=0.15)
    assert not found.beyond_luck.any()
    assert found.own_sigma == pytest.approx(0.0, abs=0.45)


def test_steps_between_levels_go_between_different_ones_and_count_whole():
    factors = alone(CATEGORICAL)
    shares = screening_points(CATEGORICAL, factors, Screening(300))
    effects = elementary_effects(
        shares, [f.members for f in factors], [False, False, True], with_luck(categorical(shares), 2, 0.0)
    )
    listed = effects[:, 1, 0]
    assert listed == pytest.approx(2.0)  # from 0.1 to 0.3, whichever way the trajectory goes
    pairs = values_of(CATEGORICAL, shares)[:, 0].reshape(300, 4)
    assert all(len(set(row)) == 2 for row in pairs.tolist())
    seen = [tuple(sorted(set(row))) for row in pairs.tolist()]
    assert {pair: seen.count(pair) > 60 for pair in set(seen)} == {(0.0, 1.0): True, (0.0, 2.0): True, (1.0, 2.0): True}


# Intervals -------------------------------------------------------------------------------------------------------------------


@pytest.mark.statistical
def test_intervals_hold_the_truth_as_often_as_they_say():
    """n = 100 studies of 128 points; that 95 % intervals of one index hold fewer than 86 times would come once in 5,000."""
    inputs = ranges(3)
    held = np.zeros((100, 3))
    for study in range(100):
        points = index_points(inputs, alone(inputs), Indices(128, False, study))
        blocks = blocks_of(with_luck(ishigami(points), 4, 2.0, study), 3, False)
        low, high = interval(sobol_indices(blocks, resampled(blocks.n, 300, study)).total)
        held[study] = (low <= ISHIGAMI_TOTAL) & (high >= ISHIGAMI_TOTAL)
    assert held.sum(axis=0).min() >= 86


def test_the_bootstrap_is_the_same_for_the_same_seed():
    assert np.array_equal(resampled(20, 50, 7), resampled(20, 50, 7))
    assert not np.array_equal(resampled(20, 50, 7), resampled(20, 50, 8))
    assert resampled(20, 50, 7).sum(axis=1) == pytest.approx(1.0)


def test_intervals_of_what_has_no_value_are_missing():
    values = np.column_stack([np.linspace(0, 1, 100), np.full(100, np.nan), np.where(np.arange(100) < 3, np.nan, 2.0)])
    low, high = interval(values)
    assert low[0] == pytest.approx(0.025)
    assert np.isnan([low[1], high[1]]).all()
    assert (low[2], high[2]) == (2.0, 2.0)


def test_the_product_across_seeds_leaves_luck_out():
    x, y = np.array([[1.0, 2.0, 4.0]]), np.array([[3.0, 5.0, 7.0]])
    pairs = [x[0, r] * y[0, q] for r in range(3) for q in range(3) if r != q]
    assert across(x, y)[0] == pytest.approx(np.mean(pairs))
