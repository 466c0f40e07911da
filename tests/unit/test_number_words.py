"""How numbers read."""

import math

import pytest

from persim.number_words import difference_words, level_words, pounds, ratio_words, unit_words
from persim.outcomes import OUTCOMES

NAN = math.nan


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("share", 0.0823, "8.2 %"),
        ("share", 0.00012, "0.01 %"),
        ("share", 0.0, "0.0 %"),
        ("0-1", 0.4123, "0.412"),
        ("weeks", 31.46, "31.5"),
        ("hours", 1234.5, "1,234"),
        ("hours", 20.81, "20.8"),
        ("per person-year", 0.0541, "5.4"),
        ("GBP", 640.4, "£640"),
        ("GBP", 31_412.0, "£31.4k"),
        ("GBP", 640_630.0, "£641k"),
        ("share", NAN, "–"),
    ],
)
def test_level_reads_in_its_unit(unit, value, words):
    assert level_words(unit, value) == words


@pytest.mark.parametrize(
    ("unit", "numbers", "words"),
    [
        ("share", (0.0231, 0.0201, 0.0262), "+2.3 (2.0 to 2.6)"),
        ("share", (-0.0231, -0.0262, -0.0201), "−2.3 (−2.6 to −2.0)"),
        ("share", (0.0, 0.0, 0.0), "0 exactly"),
        ("share", (0.0, -0.01, 0.01), "+0.0 (−1.0 to 1.0)"),
        ("share", (0.0231, NAN, NAN), "+2.3 (no interval)"),
        ("share", (0.0, NAN, NAN), "0 (no interval)"),
        ("share", (NAN, NAN, NAN), "–"),
        ("share", (0.00044, 0.00042, 0.00046), "+0.044 (0.042 to 0.046)"),
        ("GBP", (-1300.0, -3000.0, 400.0), "−£1.3k (−3.0 to 0.4)"),
    ],
)
def test_difference_reads_in_points_with_its_interval(unit, numbers, words):
    assert difference_words(unit, *numbers) == words


def test_difference_can_read_short():
    assert difference_words("share", 0.0231, 0.0201, 0.0262, short=True) == "+2.3 ± 0.3"


def test_ratio_keeps_both_ends_since_it_need_not_be_symmetric():
    assert ratio_words(12_400.0, 11_000.0, 14_500.0) == "£12.4k (11.0 to 14.5)"
    assert ratio_words(12_400.0, 11_000.0, 14_500.0, short=True) == "£12.4k (11.0–14.5)"
    assert ratio_words(-500.0, -900.0, 100.0) == "−£500 (−900 to 100)"


def test_pounds_below_nought_have_their_sign_in_front():
    assert pounds(-1500.0) == "−£1.5k"


def test_every_unit_of_an_outcome_has_words_of_its_own():
    assert all(unit_words(outcome.unit) != "" for outcome in OUTCOMES)
    unknown = {outcome.unit for outcome in OUTCOMES if unit_words(outcome.unit) == outcome.unit}
    assert unknown <= {"weeks", "hours", "people"}
