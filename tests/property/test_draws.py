"""Draws are pure, uniform and independent across weeks, agents and purposes; compiled and plain draws are the same.

Samples are large and their seeds fixed, so a test either always passes or always fails; the chance of a false alarm is
that of picking seeds unlucky at the bound, 1 in 10 000 for each check unless said otherwise.
"""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from persim import draws, purposes
from persim.draws import LOCALITY_KEY, PERSON, POST, TEAM_KEY, draw, judgement_stream, key_of, mix, normal_draw, stream
from persim.jit import entry

FALSE_ALARM = 1e-4
N = 20_000
ANY = st.integers(-(2**63), 2**63 - 1)
SEEDS = st.integers(-(2**62) + 1, 2**62 - 1)
WEEKS = st.integers(-60, 1000)
PURPOSES = {name: value for name, value in vars(purposes).items() if name.isupper()}


@entry
def compiled_draws(seed, kind, number, generation, other, week, purpose, out):
    """The same calls as `plain_draws`, compiled."""
    key = key_of(seed, kind, number, generation)
    out[0] = draw(stream(key, week), purpose)
    out[1] = draw(judgement_stream(key, other, week), purpose)
    out[2] = normal_draw(key, purpose)
    return key


def plain_draws(seed, kind, number, generation, other, week, purpose, out):
    """A key, and draws from its week, from a lasting judgement, and normal."""
    key = key_of(seed, kind, number, generation)
    out[0] = draw(stream(key, week), purpose)
    out[1] = draw(judgement_stream(key, other, week), purpose)
    out[2] = normal_draw(key, purpose)
    return key


@pytest.fixture(scope="module")
def table():
    """Draws of 200 people in 100 weeks for one purpose: shape (people, weeks)."""
    keys = [key_of(1, PERSON, number, 0) for number in range(200)]
    return np.array([[draw(stream(key, week), purposes.MENTAL) for week in range(100)] for key in keys])


def assert_uniform(sample, cells=100):
    """Chi-squared against equal cells, and Kolmogorov-Smirnov, at 1 in 10 000 each."""
    sample = np.ravel(sample)
    counts = np.bincount((sample * cells).astype(int), minlength=cells)
    assert stats.chisquare(counts).pvalue > FALSE_ALARM
    assert stats.kstest(sample, "uniform").pvalue > FALSE_ALARM


def assert_uncorrelated(one, other):
    """Pearson, Spearman and a table of tenths against tenths, at 1 in 10 000 each."""
    one, other = np.ravel(one), np.ravel(other)
    bound = stats.norm.isf(FALSE_ALARM / 2) / math.sqrt(len(one))
    assert abs(np.corrcoef(one, other)[0, 1]) < bound
    assert abs(stats.spearmanr(one, other).statistic) < bound
    tenths = np.histogram2d(one, other, 10, ((0, 1), (0, 1)))[0]
    assert stats.chi2_contingency(tenths).pvalue > FALSE_ALARM


@given(SEEDS, st.integers(1, 4), st.integers(0, 2**31), st.integers(0, 2**21), ANY, WEEKS, st.integers(1, 700))
def test_compiled_and_plain_draws_are_the_same_to_the_last_bit(seed, kind, number, generation, other, week, purpose):
    plain, compiled = np.zeros(3), np.zeros(3)
    arguments = (seed, kind, number, generation, other, week, purpose)
    assert plain_draws(*arguments, plain) == compiled_draws(*arguments, compiled)
    assert plain.tobytes() == compiled.tobytes()


@given(ANY, st.integers(1, 700))
def test_a_draw_lies_in_nought_to_one_and_never_reaches_one(s, purpose):
    assert 0.0 <= draw(s, purpose) < 1.0
    assert draw(s, purpose) == draw(s, purpose)


@given(ANY)
def test_the_mixing_function_loses_nothing(z):
    """It is a bijection: undone step by step it gives the input back."""
    mask = 2**64 - 1
    x = mix(z & mask)
    x = x ^ (x >> 31) ^ (x >> 62)
    x = (x * pow(int(draws.SECOND), -1, 2**64)) & mask
    x = x ^ (x >> 27) ^ (x >> 54)
    x = (x * pow(int(draws.FIRST), -1, 2**64)) & mask
    x = x ^ (x >> 30) ^ (x >> 60)
    assert x == z & mask


def test_draws_are_uniform(table):
    assert_uniform(table)


@pytest.mark.parametrize("name", PURPOSES)
def test_draws_for_every_purpose_are_uniform_over_people(name):
    """2 000 people in one week; 1 in 10 000 for each of about a hundred purposes, so 1 in 50 for the whole test."""
    sample = [draw(stream(key_of(3, PERSON, number, 0), 60), PURPOSES[name]) for number in range(2000)]
    assert_uniform(sample, cells=20)


@pytest.mark.parametrize("lag", [1, 2, 4, 13, 52])
def test_a_persons_weeks_do_not_hang_together(table, lag):
    assert_uncorrelated(table[:, :-lag], table[:, lag:])


@pytest.mark.parametrize("distance", [1, 2, 33, 64, 128])
def test_neighbours_do_not_hang_together(table, distance):
    assert_uncorrelated(table[:-distance], table[distance:])


def test_purposes_of_one_week_do_not_hang_together():
    """Every pair of twelve purposes that meet in one week, and pairs +1, +200 and +400 apart; n = 4 000 each."""
    streams = [stream(key_of(2, PERSON, number, 0), 70) for number in range(4000)]
    chosen = [31, 32, 35, 36, 37, 38, 52, 54, 59, 60, 68, 77, 235, 435]
    drawn = {purpose: np.array([draw(s, purpose) for s in streams]) for purpose in chosen}
    for one, other in itertools.combinations(chosen, 2):
        assert_uncorrelated(drawn[one], drawn[other])


def test_seeds_do_not_hang_together():
    samples = [
        np.array([draw(stream(key_of(seed, PERSON, number, 0), 5), purposes.ASK) for number in range(4000)])
        for seed in (0, 1, 2, -1, 2**40)
    ]
    for one, other in itertools.combinations(samples, 2):
        assert_uncorrelated(one, other)


def test_judgements_of_different_coordinators_and_periods_do_not_hang_together():
    keys = [key_of(4, PERSON, number, 0) for number in range(4000)]
    kinds = [(0, 900), (1, 900), (4096, 900), (4097, 900), (0, 901), (-1, 900)]
    drawn = [np.array([draw(judgement_stream(key, *kind), purposes.RISK) for key in keys]) for kind in kinds]
    for sample in drawn:
        assert_uniform(sample, cells=40)
    for one, other in itertools.combinations(drawn, 2):
        assert_uncorrelated(one, other)


def test_normal_draws_are_normal():
    sample = [normal_draw(key_of(6, POST, number, 0), purposes.WORRY_PERSON) for number in range(N)]
    assert stats.kstest(sample, "norm").pvalue > FALSE_ALARM


def test_keys_are_distinct_over_kinds_numbers_generations_and_seeds():
    """60 000 keys of 64 bits: two would meet by chance once in 10 000 million."""
    keys = {
        key_of(seed, kind, number, generation)
        for seed in (0, 1, -1, 2**61)
        for kind in (PERSON, POST, TEAM_KEY, LOCALITY_KEY)
        for number in range(1250)
        for generation in (0, 1, 2**20)
    }
    assert len(keys) == 4 * 4 * 1250 * 3


def test_streams_of_a_persons_weeks_are_distinct_also_before_april_2008():
    key = key_of(1, PERSON, 7, 0)
    assert len({stream(key, week) for week in range(-200, 2000)}) == 2200


def test_a_biased_draw_would_be_seen(table):
    with pytest.raises(AssertionError):
        assert_uniform(table**1.06)
    with pytest.raises(AssertionError):
        assert_uncorrelated(table[:, :-1], 0.95 * table[:, 1:] + 0.05 * table[:, :-1])
