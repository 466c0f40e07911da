"""What each row about a stage of the pathway does to the person in a replay."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING

from persim import events as e
from persim.rules.information import user_is_let_down
from persim.rules.pathway import (
    DISPUTE_JOINT,
    user_enters_stage,
    user_leaves_pathway,
    user_starts_using,
    user_waits_for,
)
from persim.state import ABSENT_ASSESSMENT, ABSENT_PLAN

if TYPE_CHECKING:
    from persim.replayed_life import Life

Row = SimpleNamespace


def _left(life: Life, row: Row) -> None:
    user_leaves_pathway(life.user, life.p, row.outcome, life.number)


def _stage(life: Life, row: Row) -> None:
    user_waits_for(life.user, row.detail)
    user_enters_stage(life.user, row.outcome, row.threshold, row.draw)


def _assessed(life: Life, row: Row) -> None:
    _presence(life, row, ABSENT_ASSESSMENT)


def _planned(life: Life, row: Row) -> None:
    _presence(life, row, ABSENT_PLAN)


def _presence(life: Life, row: Row, bit: int) -> None:
    life.user.absent = life.user.absent & ~bit if row.outcome == 1 else life.user.absent | bit


def _involved(life: Life, row: Row) -> None:
    life.user.involvement = row.threshold


def _sum(life: Life, row: Row) -> None:
    life.user.budget_gbp_per_year, life.user.one_off = row.threshold, row.outcome


def _sum_told(life: Life, row: Row) -> None:
    life.user.amount_known, life.user.contribution = row.outcome, 0


def _contribution(life: Life, row: Row) -> None:
    life.user.contribution = 1


def _plan_agreed(life: Life, row: Row) -> None:
    life.user.plan_agreed = row.outcome


def _dispute_ends(life: Life, row: Row) -> None:
    life.joint = int(row.outcome == DISPUTE_JOINT)


def _signed(life: Life, row: Row) -> None:
    life.user.joint_funded = life.joint


def _contest_heard(life: Life, row: Row) -> None:
    if row.outcome == 0:
        user_is_let_down(life.user, life.p)


def _set_up(life: Life, row: Row) -> None:
    life.user.budget_form = row.outcome


def _free(life: Life, row: Row) -> None:
    life.user.can_vary = row.outcome


def _in_use(life: Life, row: Row) -> None:
    user_starts_using(life.user, life.p, life.number)
    life.user.counted = row.detail


def _nothing(life: Life, row: Row) -> None:
    """A row that says what was weighed, and changes nobody."""


STAGE_EFFECTS: dict[int, Callable[[Life, Row], None]] = {
    e.E_STAGE: _stage, e.E_LEFT: _left, e.E_ASSESSED: _assessed, e.E_PLANNED: _planned,
    e.E_INVOLVED: _involved, e.E_SUM: _sum, e.E_SUM_TOLD: _sum_told,
    e.E_CONTRIBUTION: _contribution, e.E_PLAN_AGREED: _plan_agreed, e.E_DISPUTE: _nothing,
    e.E_DISPUTE_ENDS: _dispute_ends, e.E_SIGNED: _signed, e.E_CONTEST_HEARD: _contest_heard,
    e.E_SET_UP: _set_up, e.E_FREE_TO_VARY: _free, e.E_IN_USE: _in_use,
}  # fmt: skip
