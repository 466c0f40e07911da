"""Tables of agents: the records of people and practitioners with codes as words."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from persim.state import (
    TRAIT_ALONE,
    TRAIT_PSYCHOSIS,
    Barrier,
    BudgetForm,
    Carer,
    Informed,
    LegalStatus,
    MentalState,
    NearestRelative,
    Place,
    Profession,
    Stage,
    World,
)

if TYPE_CHECKING:
    import pandas as pd

USER_CODES: dict[str, type[IntEnum]] = {
    "place": Place,
    "mental_state": MentalState,
    "legal_status": LegalStatus,
    "pathway_stage": Stage,
    "informed": Informed,
    "carer": Carer,
    "nearest_relative": NearestRelative,
    "budget_form": BudgetForm,
    "barrier": Barrier,
}
# Flags, shown as true or false.
USER_FLAGS = (
    "eligible", "counted", "package", "s117", "order_informed", "rights_informed", "cto_felt_benefit",
    "amount_known", "plan_agreed", "can_vary", "one_off", "contribution", "joint_funded", "paused", "planned_with",
)  # fmt: skip
# Mechanics that a reader of results has no use for.
INTERNAL = ("key", "hazard", "peer_signal", "asked", "year_marks", "traits", "worked_with", "worked_hours", "gates")
# What is missing where there was none: value that stands for it in the record.
NEVER = {
    "cto_involvement_review": -1.0,
    "raised_week": -100000,
    "in_use_week": -100000,
    "rest_until": -100000,
    "amhp": -1,
}


def words(codes: type[IntEnum]) -> list[str]:
    """The names of a code, as words in its order."""
    return [member.name.lower().replace("_", " ") for member in codes]


def people_table(world: World) -> pd.DataFrame:
    """One row per person under the Trust: codes as words, flags as booleans, coordinator's profession and locality."""
    import pandas as pd

    users, practitioners = world.users, world.practitioners
    columns: dict[str, object] = {"person": np.arange(len(users))}
    for name in users.dtype.names or ():
        if name in INTERNAL:
            continue
        if name in USER_CODES:
            columns[name] = pd.Categorical.from_codes(users[name], pd.Index(words(USER_CODES[name])))
        elif name in USER_FLAGS:
            columns[name] = users[name].astype(bool)
        elif name in NEVER:
            columns[name] = np.where(users[name] == NEVER[name], np.nan, users[name])
        else:
            columns[name] = users[name].copy()
    post = practitioners[users["coordinator"]]
    columns["lives_alone"] = (users["traits"] & TRAIT_ALONE) != 0
    columns["psychosis"] = (users["traits"] & TRAIT_PSYCHOSIS) != 0
    columns["coordinator_profession"] = pd.Categorical.from_codes(post["profession"], pd.Index(words(Profession)))
    columns["team"] = post["team"]
    columns["locality"] = post["locality"]
    columns["rural"] = world.localities["rural"][post["locality"]].astype(bool)
    columns["real_strict"] = real_strict(users)
    columns["real_broad"] = real_broad(users)
    columns["notional"] = notional(users)
    return pd.DataFrame(columns)


def real_strict(users: np.ndarray) -> np.ndarray:
    """Budget in use with all three truths, bool of shape (n_users,)."""
    in_use = users["pathway_stage"] == Stage.IN_USE
    return in_use & (users["amount_known"] == 1) & (users["plan_agreed"] == 1) & (users["can_vary"] == 1)


def real_broad(users: np.ndarray) -> np.ndarray:
    """Budget in use, plan agreed, and the sum known or free to vary, bool of shape (n_users,)."""
    in_use = users["pathway_stage"] == Stage.IN_USE
    return in_use & (users["plan_agreed"] == 1) & ((users["amount_known"] == 1) | (users["can_vary"] == 1))


def notional(users: np.ndarray) -> np.ndarray:
    """Counted with none of the three truths, bool of shape (n_users,)."""
    none = (users["amount_known"] == 0) & (users["plan_agreed"] == 0) & (users["can_vary"] == 0)
    in_use = users["pathway_stage"] == Stage.IN_USE
    return (users["counted"] == 1) & (~in_use | none)


def waits_table(world: World) -> pd.DataFrame:
    """Survival of each stage's wait by the Kaplan-Meier method: stage, weeks, at_risk, went_on, ended, still_waiting,
    waiting (share still at the stage after so many weeks).

    Moving on and ending otherwise both end a wait; people still at the stage when the run ends are censored.
    """
    return survival(world.waits, still_waiting(world))


def still_waiting(world: World) -> np.ndarray:
    """People at each stage when the run ends, by weeks at it, int64 (n_stages, WAIT_BINS)."""
    users = world.users
    here = users[users["place"] == Place.ON_CASELOAD]
    found = np.zeros(world.waits.shape[:2], np.int64)
    np.add.at(found, (here["pathway_stage"], np.minimum(here["weeks_in_stage"], found.shape[1] - 1)), 1)
    return found


def survival(waits: np.ndarray, waiting_now: np.ndarray) -> pd.DataFrame:
    """`waits_table` of one run or many: ends of waits, (n_stages, WAIT_BINS, 2), and people still at each stage."""
    import pandas as pd

    rows = []
    for stage in Stage:
        if stage == Stage.OUTSIDE:
            continue
        still, ended, went_on = waiting_now[stage], waits[stage, :, 0], waits[stage, :, 1]
        at_risk = int(still.sum() + ended.sum() + went_on.sum())
        waiting = 1.0
        for weeks in np.flatnonzero(still + ended + went_on):
            waiting *= 1.0 - (ended[weeks] + went_on[weeks]) / at_risk
            rows.append(
                (
                    stage.name.lower().replace("_", " "),
                    int(weeks),
                    at_risk,
                    int(went_on[weeks]),
                    int(ended[weeks]),
                    int(still[weeks]),
                    waiting,
                )
            )
            at_risk -= int(still[weeks] + ended[weeks] + went_on[weeks])
    return pd.DataFrame(rows, columns=["stage", "weeks", "at_risk", "went_on", "ended", "still_waiting", "waiting"])
