"""Means over people at the end of a run: what counts by group do not hold, such as the size of a direct payment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from persim.evidence.rows import People
from persim.people import INTERNAL, USER_CODES, notional, real_broad, real_strict, words
from persim.state import ON_CASELOAD, USER, World

MADE = {"real_broad": real_broad, "real_strict": real_strict, "notional": notional}
COLUMNS = (*(name for name in USER.names or () if name not in INTERNAL), *MADE)


def allowed_words(column: str) -> tuple[str, ...]:
    """The words that a coded column may have; none for a number or a truth."""
    return tuple(words(USER_CODES[column])) if column in USER_CODES else ()


def mean_of_people(world: World, wanted: People) -> float:
    """The weighted mean of a column over eligible people on the caseload who fit; NaN if there are none."""
    users = world.users
    chosen = (users["place"] == ON_CASELOAD) & (users["eligible"] == 1) & _fits(users, wanted.where)
    if not chosen.any():
        return float("nan")
    return float(np.average(_column(users, wanted.column)[chosen], weights=users["weight"][chosen]))


def _fits(users: np.ndarray, where: Mapping[str, str | float | bool]) -> np.ndarray:
    fits = np.ones(len(users), bool)
    for column, value in where.items():
        code = allowed_words(column).index(value) if isinstance(value, str) else float(value)
        fits &= _column(users, column) == code
    return fits


def _column(users: np.ndarray, name: str) -> np.ndarray:
    return MADE[name](users).astype(float) if name in MADE else users[name].astype(float)
