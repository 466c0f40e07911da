"""The life line: whose mark is whose, and what its lanes hold."""

import numpy as np
import pytest

from persim import events as e
from persim.life_line import lanes_of
from persim.life_marks import flag_of
from persim.state import USER, Barrier, Stage


def row(kind, **columns):
    made = np.zeros(1, e.EVENT)
    made["kind"] = kind
    for name, value in columns.items():
        made[name] = value
    return made[0]


@pytest.mark.parametrize(
    ("ending", "whose"),
    [(Barrier.STEPS_AND_WAITS, "budget"), (Barrier.CONTRIBUTION, "person"), (Barrier.PANEL, "budget")],
)
def test_only_an_ending_that_the_person_chose_is_marked_as_a_choice(ending, whose):
    flag = flag_of(row(e.E_LEFT, outcome=ending))
    assert flag is not None
    assert flag.whose == whose


def test_a_counted_budget_in_use_is_told_apart_from_a_label():
    states = np.zeros(3, USER)
    states["counted"] = [1, 1, 0]
    states["pathway_stage"] = [Stage.IN_USE, Stage.OUTSIDE, Stage.IN_USE]
    lanes = {lane.name: lane for lane in lanes_of(states)}
    held = {name: weeks.tolist() for weeks, _, _, name in lanes["Counted"].bars}
    assert held == {"counted, a budget in use": [True, False, False], "counted, no budget": [False, True, False]}
