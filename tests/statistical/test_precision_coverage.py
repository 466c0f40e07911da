"""Do 95 % intervals hold the truth 95 times of 100, also where the number of pairs was not fixed beforehand?

Each check draws TRIALS studies from a known law. A coverage of 94.5 % has a standard error of 0.5 % then, so one of the
nine checks leaves 93 to 97 % by chance once in about 80 suites; seeds are fixed. Seen to fail with a pilot of 5 and a
look after every pair, which the last test keeps.
"""

import numpy as np
import pytest

from persim import precision
from persim.intervals import means
from persim.precision import next_replicates

pytestmark = pytest.mark.statistical
TRIALS = 2000


def normal(rng, n):
    return rng.normal(1.0, 1.0, n)


def skewed(rng, n):
    return rng.gamma(4.0, 0.5, n) - 1.0  # skewness 1, mean 1, standard deviation 1


def paired_shares(rng, n):
    """Differences of take-up among 300 people, as a multiple of its standard deviation, 0.0187."""
    return (rng.binomial(300, 0.06, n) - rng.binomial(300, 0.05, n)) / 300.0 / 0.0187


LAWS = [(normal, 1.0), (skewed, 1.0), (paired_shares, 0.01 / 0.0187)]


def holds(pairs, truth):
    of_mean = means(pairs)
    return of_mean.low <= truth <= of_mean.high


def studied(law, rng, target):
    pairs = np.empty(0)
    while more := next_replicates([pairs], target, len(pairs), 5000):
        pairs = np.concatenate([pairs, law(rng, more)])
    return pairs


@pytest.mark.parametrize(("law", "truth"), LAWS)
def test_intervals_of_a_fixed_number_of_pairs_hold_the_truth(law, truth):
    rng = np.random.default_rng(1)
    held = np.mean([holds(law(rng, 60), truth) for _ in range(TRIALS)])
    assert 0.93 <= held <= 0.97


@pytest.mark.parametrize("n", [50, 150])
@pytest.mark.parametrize(("law", "truth"), LAWS)
def test_intervals_stopped_when_narrow_enough_hold_the_truth(law, truth, n):
    rng = np.random.default_rng(2)
    target = 1.96 / np.sqrt(n)
    studies = [studied(law, rng, target) for _ in range(TRIALS)]
    assert 0.93 <= np.mean([holds(pairs, truth) for pairs in studies]) <= 0.97
    assert all(float(means(pairs).high - means(pairs).mean) <= target for pairs in studies[:200])


def test_looking_after_every_pair_from_the_fifth_holds_the_truth_too_seldom(monkeypatch):
    monkeypatch.setattr(precision, "PILOT", 5)
    monkeypatch.setattr(precision, "SMALLEST_ROUND", 1)
    monkeypatch.setattr(precision, "LARGEST_GROWTH", 0.0)
    monkeypatch.setattr(precision, "MARGIN_PAIRS", 0.0)
    rng = np.random.default_rng(3)
    assert np.mean([holds(studied(normal, rng, 0.5), 1.0) for _ in range(500)]) < 0.93
