"""Who moves where between two final worlds of the same people: counts by group and move, and by state in each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from persim.errors import InputError
from persim.outcomes import DIMENSIONS
from persim.people import real_broad
from persim.phases.counting import LOWER_THIRD, UPPER_THIRD
from persim.simulate import checked_groups
from persim.state import LegalStatus, Place, Stage, World

# What becomes of a person's real budget from the first scenario to the second; the first four are of people compared.
MOVES = ("gains", "loses", "stays with", "stays without", "only in first, with", "only in first, without",
         "only in second, with", "only in second, without")  # fmt: skip
GAINS, LOSES, STAYS_WITH, STAYS_WITHOUT, FIRST_WITH, FIRST_WITHOUT, SECOND_WITH, SECOND_WITHOUT = range(8)
N_COMPARED = 4
# Where somebody stands in the last week.
STATES = ("real budget", "budget in use, not real", "on the way", "offered before, not on the way", "never offered",
          "not eligible, or discharged")  # fmt: skip
REAL, IN_USE_NOT_REAL, ON_THE_WAY, OFFERED_BEFORE, NEVER_OFFERED, OUT_OF_BASE = range(6)


# Who moves where


def counted(a: World, b: World, groups: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """People of two final worlds by group and move, (n_groups, 8), and by state in each, (6, 6), weighted."""
    moves, own = np.zeros((len(group_labels(groups)), len(MOVES))), moves_of(a, b)
    labels = memberships(a, groups), memberships(b, groups)
    for move, rows in own.items():
        side = 1 if move in (SECOND_WITH, SECOND_WITHOUT) else 0
        weight = (a, b)[side].users["weight"][rows]
        np.add.at(moves[:, move], labels[side][:, rows].ravel(), np.tile(weight, len(labels[side])))
    states = np.zeros((len(STATES), len(STATES)))
    np.add.at(states, (state_of(a), state_of(b)), a.users["weight"])
    return moves, states


def moves_of(a: World, b: World) -> dict[int, np.ndarray]:
    """Rows of people by move; somebody can be among those of the first only and another person of the row of the second."""
    same = a.users["key"] == b.users["key"]
    in_a, in_b = in_base(a), in_base(b)
    real_a, real_b = is_real(a), is_real(b)
    both = same & in_a & in_b
    found = {
        GAINS: both & ~real_a & real_b, LOSES: both & real_a & ~real_b, STAYS_WITH: both & real_a & real_b,
        STAYS_WITHOUT: both & ~real_a & ~real_b, FIRST_WITH: in_a & ~both & real_a, FIRST_WITHOUT: in_a & ~both & ~real_a,
        SECOND_WITH: in_b & ~both & real_b, SECOND_WITHOUT: in_b & ~both & ~real_b,
    }  # fmt: skip
    return {move: np.flatnonzero(held) for move, held in found.items()}


def in_base(world: World) -> np.ndarray:
    """Who is on the caseload and eligible, the base of take-up: bool (n_users,)."""
    return (world.users["place"] == Place.ON_CASELOAD) & (world.users["eligible"] == 1)


def is_real(world: World) -> np.ndarray:
    """Who counts in real take-up: a real budget (broad) that is no single payment, bool (n_users,)."""
    return real_broad(world.users) & (world.users["one_off"] == 0) & in_base(world)


def state_of(world: World) -> np.ndarray:
    """Where everybody stands, a number of `STATES`, int64 (n_users,)."""
    users = world.users
    stage = users["pathway_stage"]
    cases = [~in_base(world), is_real(world), stage == Stage.IN_USE, stage != Stage.OUTSIDE, users["n_offers"] > 0]
    return np.select(cases, [OUT_OF_BASE, REAL, IN_USE_NOT_REAL, ON_THE_WAY, OFFERED_BEFORE], NEVER_OFFERED)


# Groups


def checked_flow_groups(groups: Sequence[str]) -> tuple[str, ...]:
    """The dimensions, in their order. Raises: InputError for one that is unknown, or cannot be told apart here."""
    chosen = checked_groups(groups)
    if "locality" in chosen:
        raise InputError("flows are not shown by locality; groups are " + ", ".join(DIMENSIONS))
    return chosen


def group_labels(groups: Sequence[str]) -> list[tuple[str, str]]:
    """(dimension, label) of everyone and of each group, in the order in which they are counted."""
    return [("all", "everyone"), *((name, label) for name in groups for label in DIMENSIONS[name])]


def memberships(world: World, groups: Sequence[str]) -> np.ndarray:
    """Numbers of the groups of each person, as in `group_labels`: int64 (1 + n_dimensions, n_users)."""
    users = world.users
    post = world.practitioners[users["coordinator"]]
    thirds = {
        name: np.digitize(users[name], [LOWER_THIRD, UPPER_THIRD]) for name in ("perceived_risk", "vulnerability")
    }
    status = users["legal_status"]
    known = {
        "profession": post["profession"],
        "legal_status": np.where(status == LegalStatus.VOLUNTARY, 0, np.where(status == LegalStatus.CTO, 2, 1)),
        "perceived_risk": thirds["perceived_risk"],
        "actual_risk": thirds["vulnerability"],
        "perceived_by_actual": 3 * thirds["perceived_risk"] + thirds["vulnerability"],
        "section_117": users["s117"],
        "carer": users["carer"],
        "rural": world.localities["rural"][post["locality"]],
    }
    found, first = [np.zeros(len(users), np.int64)], 1
    for name in groups:
        found.append(first + known[name].astype(np.int64))
        first += len(DIMENSIONS[name])
    return np.stack(found)
