"""Intervals of means and paired differences, and the ratio of extra cost to extra gain."""

import numpy as np
import pytest
from scipy import stats

from persim.intervals import extra_cost_per_gain, means, paired, quantiles, t_quantile

RNG = np.random.default_rng(20080407)
A = RNG.normal(10.0, 2.0, 25)
B = A + RNG.normal(1.5, 0.4, 25)


def test_interval_of_a_mean_is_students():
    found = means(A)
    low, high = stats.t.interval(0.95, len(A) - 1, A.mean(), stats.sem(A))
    assert (found.low, found.high) == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))
    assert found.sd == pytest.approx(A.std(ddof=1), rel=1e-12)


def test_interval_of_a_paired_difference_is_that_of_the_paired_t_test():
    found = paired(A, B)
    known = stats.ttest_rel(B, A).confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(known.low, rel=1e-12), pytest.approx(known.high, rel=1e-12))
    assert found.mean == pytest.approx((B - A).mean(), rel=1e-12)


def test_correlation_and_worth_of_pairing():
    found = paired(A, B)
    assert found.correlation == pytest.approx(np.corrcoef(A, B)[0, 1], rel=1e-12)
    assert found.worth == pytest.approx((A.var(ddof=1) + B.var(ddof=1)) / (B - A).var(ddof=1), rel=1e-12)
    assert found.worth > 10.0  # most of the luck is shared here


def test_a_pair_of_equal_runs_differs_by_exactly_nothing():
    found = paired(A, A.copy())
    assert (found.mean, found.low, found.high) == (0.0, 0.0, 0.0)
    assert np.isinf(found.worth)


def test_one_run_has_a_mean_and_no_interval():
    found = paired(A[:1], B[:1])
    assert found.mean == B[0] - A[0]
    assert found.n == 1
    assert np.isnan([found.low, found.high]).all()


def test_a_missing_number_takes_its_partner_with_it():
    b = B.copy()
    b[3] = np.nan
    keep = np.arange(len(A)) != 3
    assert np.allclose(paired(A, b), paired(A[keep], B[keep]), rtol=1e-12)
    assert means(b).n == len(A) - 1


def test_nothing_but_missing_numbers_has_no_mean():
    found = means(np.full((4, 2), np.nan))
    assert np.isnan(found.mean).all()
    assert (found.n == 0).all()


def test_columns_do_not_touch_each_other():
    both = paired(np.column_stack((A, B)), np.column_stack((B, A)))
    assert both.mean[0] == -both.mean[1]
    assert both.low[0] == pytest.approx(paired(A, B).low, rel=1e-12)


def test_student_factor_needs_two_runs():
    assert np.isnan(t_quantile(1.0))
    assert t_quantile(2.0) == pytest.approx(stats.t.ppf(0.975, 1), rel=1e-9)


def test_quantiles_leave_missing_numbers_out():
    values = np.column_stack((A, np.where(np.arange(len(A)) < 5, np.nan, A)))
    low, high = quantiles(values, (0.05, 0.95))
    assert low == pytest.approx(np.nanquantile(values, 0.05, axis=0), rel=1e-12)
    assert high == pytest.approx(np.nanquantile(values, 0.95, axis=0), rel=1e-12)


def test_extra_cost_has_the_interval_whose_ends_just_pass_the_paired_test():
    """Fieller: a ratio r is outside when cost - r x gain differs from 0 in a paired t test at 5 %."""
    gain = RNG.normal(5.0, 1.0, 20)
    cost = 3.0 * gain + RNG.normal(0.0, 2.0, 20)
    found = extra_cost_per_gain(cost, gain)
    assert found.value == pytest.approx(cost.mean() / gain.mean())
    assert found.low < found.value < found.high
    for end in (found.low, found.high):
        assert stats.ttest_1samp(cost - end * gain, 0.0).pvalue == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("cost", "gain", "word"),
    [
        ([100.0, 110.0, 90.0], [-1.0, 1.0, 0.5], "unstable"),
        ([100.0, 110.0, 90.0], [-5.0, -6.0, -5.5], "fewer for more"),
        ([-100.0, -110.0, -90.0], [-5.0, -6.0, -5.5], "fewer for less"),
        ([-100.0, -110.0, -90.0], [5.0, 6.0, 5.5], "more for less"),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], "no difference"),
        ([100.0], [5.0], "unstable"),
        ([np.nan, np.nan], [np.nan, np.nan], "no difference"),
    ],
)
def test_no_ratio_is_given_where_it_would_mislead(cost, gain, word):
    found = extra_cost_per_gain(np.array(cost), np.array(gain))
    assert found.why_not == word
    assert np.isnan(found.value)
