"""How many paired runs are enough."""

import math

import numpy as np
import pytest

from persim.errors import InputError
from persim.precision import (
    PILOT,
    Precision,
    half_width_words,
    half_widths,
    next_replicates,
    read_half_width,
    stopping_words,
)

NOISE = np.random.default_rng(1).normal(0.0, 1.0, 400)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0.5pp", "share", 0.005), (" 0.5 pp ", "share", 0.005), ("0.005", "share", 0.005), (0.005, "share", 0.005),
        ("2 percentage points", "share", 0.02), ("3 weeks", "weeks", 3.0), ("3", "weeks", 3.0), ("£500", "GBP", 500.0),
        ("2k", "GBP", 2000.0), ("1e-3", "0-1", 0.001), (".1", "per person-year", 0.1), ("4 people", "people", 4.0),
    ],
)  # fmt: skip
def test_a_half_width_is_read_in_the_outcomes_own_unit(text, unit, value):
    assert read_half_width(text, unit, "outcome") == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("2%", "share", "write 2pp for percentage points"), ("2 %", "weeks", "a part of what, is not clear"),
        ("0", "share", "above 0"), ("-1", "weeks", "above 0"), ("nan", "share", "above 0"), ("", "share", "above 0"),
        ("half", "share", "such as 0.5pp"), ("0.5pp", "weeks", "such as 3 weeks"), ("£5", "weeks", "weeks"),
        ("5 weeks", "GBP", "such as £500"), ("500", "share", "100 percentage points or more"), (True, "share", "True"),
        ("1e999", "GBP", "above 0"),
    ],
)  # fmt: skip
def test_a_half_width_that_could_mean_two_things_or_none_is_refused(text, unit, words):
    with pytest.raises(InputError, match=words):
        read_half_width(text, unit, "wait")


def test_the_first_round_is_the_pilot_and_no_more_than_the_cap():
    assert next_replicates([np.empty(0)], 0.1, 0, 2000) == PILOT
    assert next_replicates([np.empty(0)], 0.1, 0, 7) == 7
    assert next_replicates([NOISE[:7]], 0.1, 7, 7) == 0


def test_nothing_is_added_where_every_interval_is_narrow_enough():
    assert next_replicates([NOISE[:100], 0.1 * NOISE[:100]], 0.3, 100, 2000) == 0
    assert next_replicates([np.zeros(PILOT)], 1e-9, PILOT, 2000) == 0


def test_the_widest_interval_decides_and_a_round_is_at_most_half_of_what_there_is():
    assert next_replicates([0.001 * NOISE[:100], NOISE[:100]], 0.1, 100, 2000) == 50
    assert next_replicates([NOISE[:100]], 0.1, 100, 120) == 20
    assert next_replicates([NOISE[:100]], float(half_widths([NOISE[:100]])[0]) * 0.999, 100, 2000) == 10


def test_the_round_is_as_large_as_the_spread_predicts():
    more = next_replicates([NOISE[:300]], 0.1, 300, 2000)
    assert 300 + more == pytest.approx((1.97 * NOISE[:300].std() / 0.1) ** 2, abs=15)


def test_a_figure_that_no_pair_has_is_not_waited_for():
    nothing = np.full(100, np.nan)
    assert next_replicates([nothing], 0.1, 100, 2000) == 0
    assert next_replicates([nothing, NOISE[:100]], 0.1, 100, 2000) == 50
    asked = Precision("cto_recalls", "share", 0.1)
    assert "no pair of runs has cto_recalls" in stopping_words([nothing], asked, 100)
    assert "1 of 2 differences never have this figure" in stopping_words([nothing, NOISE[:100]], asked, 100)


def test_a_figure_that_one_pair_has_is_waited_for():
    rare = np.full(100, np.nan)
    rare[3] = 1.0
    assert math.isinf(half_widths([rare])[0])
    assert next_replicates([rare], 0.1, 100, 2000) == 50
    text = stopping_words([np.concatenate([rare, rare[4:]])], Precision("wait_weeks", "weeks", 1.0, 196), 196)
    assert "the cap of 196 pairs was reached; the half-width for wait_weeks is still not known, not 1 weeks" in text


def test_why_it_stopped_is_said_with_numbers():
    asked = Precision("real_take_up", "share", 0.005, 2000)
    narrow = 0.04 * NOISE[:340]
    half = 100 * half_widths([narrow])[0]
    assert stopping_words([narrow], asked, 340) == (
        f"Precision: stopped at 340 pairs: half-width {half:.2f} percentage points for real_take_up."
    )
    wide = stopping_words([0.4 * NOISE[:340]], Precision("real_take_up", "share", 0.005, 340), 340)
    assert wide.startswith("Precision: the cap of 340 pairs was reached; the half-width for real_take_up is still 3.9")
    assert wide.endswith("percentage points, not 0.5 percentage points.")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.0049, "share", "0.49 percentage points"),
        (1234.0, "GBP", "£1,200"),
        (2.0, "weeks", "2 weeks"),
        (0.0, "weeks", "0 weeks"),
    ],
)  # fmt: skip
def test_half_widths_are_shown_with_the_digits_that_count(value, unit, words):
    assert half_width_words(value, unit) == words
