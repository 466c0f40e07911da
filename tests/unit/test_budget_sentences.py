"""Sentences on the way to a budget say what decided it, and nothing that did not."""

from functools import cache

import numpy as np
import pytest

from persim import events as e
from persim.events import EVENT
from persim.hand_offs import FATES, NOT_TAKEN, hand_offs
from persim.life_sentences import tell, telling_of
from persim.lives import Lives
from persim.scenario import read_scenario
from persim.sentence import Posts, Setting
from persim.simulate import run_scenario
from persim.state import Barrier, BudgetForm, Informed, Stage

POSTS = Posts(np.array([0, 1]))  # a nurse, a social worker
ROLE_BIT = 1 << Barrier.ROLE
SIGNED, TO_PANEL = 1, 0


def row(kind, **columns):
    made = np.zeros(1, EVENT)
    made["kind"], made["practitioner"] = kind, -1
    for name, value in columns.items():
        made[name] = value
    return made


def text(kind, **columns):
    return telling_of(row(kind, **columns)[0], Setting(POSTS, 0, 1, 0)).text


def whole(kind, **columns):
    """The sentence with what was weighed."""
    return tell(row(kind, **columns), [0], Setting(POSTS, 0, 1, 0), every=True).sentences[0]


@cache
def lives_of(name, **numbers):
    scenario = read_scenario(name).changed(n_users=330, **numbers)
    return Lives(run_scenario(scenario, 3, "final", ledger=True).ledger)


def rows_told(lives, kind):
    """Each row of a kind with its sentence."""
    for number in np.flatnonzero(lives.rows["kind"] == kind).tolist():
        one = lives.rows[number]
        yield one, telling_of(one, lives.setting(int(one["person"]))).text


# A manager's signature


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"outcome": SIGNED, "first": 3075.0, "threshold": 5000.0},
            "A team manager signed: a sum of £3,075 a year, where a manager may sign up to £5,000.",
        ),
        ({"outcome": SIGNED, "first": 6974.0, "threshold": 0.0}, "A team manager signed: a sum of £6,974 a year."),
        ({"outcome": SIGNED, "first": 6974.0, "threshold": 5000.0}, "A team manager signed: a sum of £6,974 a year."),
        (
            {"outcome": TO_PANEL, "first": 6974.0, "threshold": 5000.0, "second": 0.9},
            "The papers went to the funding panel: a sum of £6,974 a year, where a manager may sign up to £5,000.",
        ),
        (
            {"outcome": TO_PANEL, "first": 6974.0, "threshold": 0.0, "second": 0.2},
            "The papers went to the funding panel: a sum of £6,974 a year, where managers may not sign alone.",
        ),
        (
            {"outcome": TO_PANEL, "first": 3075.0, "threshold": 5000.0, "second": 0.84},
            "The papers went to the funding panel: a sum of £3,075 a year, with perceived risk recorded as 0.84.",
        ),
    ],
)
def test_a_limit_is_told_only_where_it_explains_who_decides(columns, expected):
    assert text(e.E_SIGNED, **columns) == expected


def test_runs_in_which_the_panel_is_lifted_or_looks_at_risk_tell_no_limit_against_the_outcome():
    lifted, risky = (
        lives_of("baseline", lift_panel=1.0),
        lives_of("baseline", delegated_sign_off=9000, sign_off_risk=0.4),
    )
    told = [words for _, words in rows_told(lifted, e.E_SIGNED)]
    assert told
    assert all("may" not in words for words in told)
    n = 0
    for one, words in rows_told(risky, e.E_SIGNED):
        if one["outcome"] == TO_PANEL and one["first"] <= one["threshold"]:
            n += 1
            assert f"perceived risk recorded as {one['second']:.2f}" in words
    assert n > 0


# Hand-offs that are not taken

START = "The hand-off arrived, and was not taken by a social worker (post 1): "
NOBODY, FULL, ROLE = (
    "nobody was at work in the post", "4.0 cases held, 4.0 can be held", "it was not held to be part of the job",
)  # fmt: skip


@pytest.mark.parametrize(
    ("bits", "reasons"),
    [
        (e.FULL_BIT, [FULL]),
        (ROLE_BIT | 1 << Barrier.RISK, [ROLE]),  # the other gates do not decide
        (e.NOBODY_BIT, [NOBODY]),
        (e.FULL_BIT | ROLE_BIT, [FULL, ROLE]),
        (e.NOBODY_BIT | e.FULL_BIT | ROLE_BIT, [NOBODY, FULL, ROLE]),
    ],
)
def test_every_reason_that_held_is_told_and_no_other(bits, reasons):
    told = text(e.E_HAND_OFF, outcome=e.BOUNCED, practitioner=1, detail=bits, first=4.0, second=4.0)
    assert told == f"{START}{'; '.join(reasons)}."


@pytest.mark.parametrize("numbers", [{}, {"lift_time": 1.0}])
def test_the_reasons_of_a_run_are_those_of_its_bits(numbers):
    lives = lives_of("baseline", n_weeks=208, **numbers)
    told = {one.row: FATES[one.fate] for one in hand_offs(lives.ledger) if one.fate in NOT_TAKEN}
    n = 0
    for one, words in rows_told(lives, e.E_HAND_OFF):
        if one["outcome"] == e.BOUNCED:
            n += 1
            bits = int(one["detail"])
            for bit, said in ((e.NOBODY_BIT, "at work"), (e.FULL_BIT, "can be held"), (ROLE_BIT, "part of the job")):
                assert (said in words) == bool(bits & bit)
            assert not (numbers and bits & e.FULL_BIT)
    assert n == len(told) > 3


# Smaller things


def test_the_form_chosen_is_not_called_a_wish():
    told = text(e.E_SET_UP, outcome=BudgetForm.MANAGED, detail=BudgetForm.DIRECT_PAYMENT)
    assert told == "The choice was a direct payment; support could be found with a managed budget."
    assert e.KINDS[e.E_SET_UP].detail == "form chosen"
    none = whole(e.E_SET_UP, outcome=0, detail=BudgetForm.THIRD_PARTY)
    assert "form chosen third party" in none.weighed


def test_the_end_of_a_pause_says_nothing_of_the_form():
    assert text(e.E_PAUSE, outcome=0) == "The pause ended."


def test_a_stage_that_was_left_is_told_in_words():
    for stage in Stage:
        ended = whole(e.E_LEFT, outcome=Barrier.DECLINED, detail=stage)
        assert f"stage left {stage.name.lower().replace('_', ' ')}" in ended.weighed


@pytest.mark.parametrize("heard_before", [-1, 1])
def test_a_story_heard_before_is_not_told_again_where_everybody_is_told(heard_before):
    columns = {"outcome": Informed.UNDERSTANDS, "detail": heard_before}
    told = whole(e.E_HEARD, **columns, threshold=1.0)
    assert told.text == "Heard of personal budgets, and understands what they are."
    assert "story" not in told.weighed
    assert "story" in text(e.E_HEARD, **columns, threshold=0.02, draw=0.01)
