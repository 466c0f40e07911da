"""The curves that rules share, and what is usual in each profession."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import purposes, state
from persim.draws import draw
from persim.rules.forms import (
    between,
    chosen_or,
    middle_of_three,
    odds_shift,
    second_of_four,
    soft_excess,
    third_of_four,
    unit,
)
from persim.rules.professions import (
    home_knowledge,
    home_legitimacy,
    home_medical,
    home_recognition,
    home_worry,
    mean_boundary,
)

shares = st.floats(0.0, 1.0)
ratios = st.floats(0.01, 100.0)
streams = st.integers(-(2**63), 2**63 - 1)


@given(ratios)
def test_a_dial_at_its_end_binds_every_locality(ratio):
    assert odds_shift(0.0, ratio) == 0.0
    assert odds_shift(1.0, ratio) == 1.0


@given(shares, ratios, ratios)
def test_odds_rise_with_the_ratio_and_stay_within_one(x, ratio, other):
    low, high = sorted((ratio, other))
    assert 0.0 <= odds_shift(x, low) <= odds_shift(x, high) + 1e-15
    assert odds_shift(x, high) <= 1.0
    assert odds_shift(x, 1.0) == pytest.approx(x)


@given(st.floats(-1e6, 1e6))
def test_unit_holds_a_number_within_one(x):
    assert 0.0 <= unit(x) <= 1.0
    if 0.0 <= x <= 1.0:
        assert unit(x) == x


def test_between_goes_from_lean_to_heavy():
    assert (between(3.0, 15.0, 0.0), between(3.0, 15.0, 0.5), between(3.0, 15.0, 1.0)) == (3.0, 9.0, 15.0)


def test_a_chosen_number_wins_over_the_dial_and_nought_is_a_choice():
    assert chosen_or(math.nan, 7.0) == 7.0
    assert chosen_or(0.0, 7.0) == 0.0


@given(st.floats(-50.0, 50.0), st.floats(0.0, 5.0))
def test_soft_excess_is_positive_rising_and_above_the_plain_residue(x, more):
    assert soft_excess(x) >= max(0.0, x)
    assert soft_excess(x + more) >= soft_excess(x)


def test_soft_excess_has_no_step_where_the_formula_changes():
    assert soft_excess(30.0 + 1e-9) == pytest.approx(soft_excess(30.0), abs=1e-6)


@given(streams)
def test_order_statistics_are_the_sorted_draws(s):
    four = sorted(draw(s, 9 + more) for more in (0, 200, 400, 600))
    three = sorted(draw(s, 9 + more) for more in (0, 200, 400))
    assert second_of_four(s, 9) == four[1]
    assert third_of_four(s, 9) == 1.0 - four[1]
    assert middle_of_three(s, 9) == three[1]


@pytest.mark.parametrize("home", [home_worry, home_legitimacy, home_medical])
@pytest.mark.parametrize("profession", [state.NURSE, state.SOCIAL_WORKER, state.OCCUPATIONAL_THERAPIST])
def test_a_dial_at_its_end_binds_every_profession(home, profession, practitioner, locality, parameters):
    for dial in (0.0, 1.0):
        org = locality(parameters(risk_aversion=dial, role_boundary=dial, medical_model=dial))
        expected = 1.0 - dial if home is home_legitimacy else dial
        assert home(practitioner(profession=profession), org, parameters()) == expected


def test_each_profession_has_its_own_numbers(practitioner, locality, parameters):
    p = parameters(
        knowledge_nurse=0.1,
        knowledge_social_worker=0.2,
        knowledge_occupational_therapist=0.3,
        recognises_nurse=0.4,
        recognises_social_worker=0.5,
        recognises_occupational_therapist=0.6,
    )
    three = [practitioner(profession=code) for code in (state.NURSE, state.SOCIAL_WORKER, state.OCCUPATIONAL_THERAPIST)]
    assert [home_knowledge(worker, p) for worker in three] == [0.1, 0.2, 0.3]
    assert [home_recognition(worker, p) for worker in three] == [0.4, 0.5, 0.6]


def test_the_boundary_is_firmer_for_nurses_where_duties_are_not_delegated(practitioner, locality, parameters):
    p = parameters()
    nurse, social_worker = practitioner(profession=state.NURSE), practitioner(profession=state.SOCIAL_WORKER)
    joined, shared, apart = (locality(p, integration=code) for code in range(3))
    assert mean_boundary(nurse, joined, p) < mean_boundary(nurse, shared, p) < mean_boundary(nurse, apart, p)
    assert mean_boundary(social_worker, joined, p) == mean_boundary(social_worker, apart, p)
    assert home_legitimacy(nurse, joined, p) > home_legitimacy(nurse, apart, p)


def test_every_purpose_has_a_draw_of_its_own():
    """Purposes that need several draws use +200, +400 and +600 too, normal draws the next number: none may meet."""
    normal = ["VULNERABILITY", "WORRY_PERSON", "WORRY_SELF", "LEGITIMACY", "MEDICAL", "PROTECTION"]
    more = {
        "VULNERABILITY": (200, 400, 600),
        "SOCIAL_NEED": (200, 400, 600),
        "HEALTH_NEED": (200, 400),
        "AUTONOMY": (200, 400),
        "CONFIDENCE": (200, 400),
        "SELF_STIGMA": (200, 400),
        "MENTAL_START": (400,),
        "HOLDER": (400,),
        "AMOUNT": (600,),
        "TICKET": (200, 400),
        "FORM": (200,),
        "SPREAD": tuple(range(1, 18)),
    }
    numbers = {name: value for name, value in vars(purposes).items() if name.isupper()}
    used = list(numbers.values())
    used += [numbers[name] + 1 for name in normal]
    used += [numbers[name] + step for name, steps in more.items() for step in steps]
    assert len(used) == len(set(used))
