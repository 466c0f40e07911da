"""Published figures beside the baseline: TGT01, TGT05 and TGT07 to TGT14.

Defaults were fitted to these by hand, so this checks the fit and validates nothing. A target is met if the mean over
seeds lies in its plausible range, definition error included; the interval says how sure that mean is.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from pattern_runs import YEAR, YEAR_2011, Arm, Notes, arm, interval

from persim.parameters import defaults
from persim.state import AWAY, CRISIS, INPATIENT, ON_CASELOAD, World

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

# People are followed for the year 2011-12, and for two years from any discharge between these weeks.
FIRST_DISCHARGE, LAST_DISCHARGE, FOLLOWED = 52, 156, 104
# Orders are few and their stock was still growing before: all weeks from April 2011.
ORDERS_SETTLED = slice(156, 260)
CONTACTS = "hours_crisis hours_detained hours_cto hours_unsettled hours_routine"
NEVER = -1


def note_returns(users: np.ndarray, week: int, notes: Notes) -> None:
    """Discharges in the window, and those of them who are back within two years."""
    if week == 0:
        notes["left"] = np.full(len(users), NEVER)
        notes["discharged"], notes["back"] = np.zeros(1), np.zeros(1)
    else:
        same, was_away = users["key"] == notes["key"], notes["away"]
        gone = same & ~was_away & (users["place"] == AWAY)
        returned = same & was_away & (users["place"] == ON_CASELOAD)
        in_time = returned & (notes["left"] != NEVER) & (week - notes["left"] <= FOLLOWED)
        notes["back"] += in_time.sum()
        notes["left"][returned | ~same] = NEVER
        if FIRST_DISCHARGE <= week <= LAST_DISCHARGE:
            notes["discharged"] += gone.sum()
            notes["left"][gone] = week
    notes["key"], notes["away"] = users["key"].copy(), users["place"] == AWAY


def note_year(users: np.ndarray, week: int, notes: Notes) -> None:
    """Of people on the caseload at its start and at its end: any admission, any crisis in the year 2011-12."""
    if week == YEAR_2011.start:
        notes["cohort"] = users["place"] == ON_CASELOAD
        notes["who"] = users["key"].copy()
        notes["admitted"], notes["in_crisis"] = np.zeros(len(users), bool), np.zeros(len(users), bool)
    elif YEAR_2011.start < week <= YEAR_2011.stop:
        here = users["place"] == ON_CASELOAD
        notes["admitted"] |= here & (users["mental_state"] == INPATIENT) & (notes["state"] != INPATIENT)
        notes["in_crisis"] |= here & (users["mental_state"] == CRISIS)
    if week == YEAR_2011.stop:
        followed = notes["cohort"] & (users["key"] == notes["who"]) & (users["place"] == ON_CASELOAD)
        notes["any_admission"], notes["any_crisis"] = (notes[n][followed].mean() for n in ("admitted", "in_crisis"))
    notes["state"] = users["mental_state"].copy()


def follow_people(world: World, week: int, notes: Notes) -> None:
    """What a year or two meant for the same people."""
    note_returns(world.users, week, notes)
    note_year(world.users, week, notes)


@dataclass(frozen=True)
class Target:
    """A published figure, its plausible range, and what the baseline has in its place: one number a seed."""

    code: str
    quantity: str
    observed: float
    low: float
    high: float
    simulated: Callable[[Arm], np.ndarray]


TARGETS = (
    Target("TGT01", "recorded with a budget, 2011-12", 0.146, 0.10, 0.20,
           lambda world: world.rate("reported", "eligible", YEAR_2011)),
    Target("TGT05", "direct payments among recorded", 0.234, 0.15, 0.35,
           lambda world: world.rate("direct_payments_reported", "reported_with_one_off", YEAR_2011)),
    Target("TGT07", "people per care coordinator", 30, 21, 40,
           lambda world: world.rate("on_caseload", "posts", YEAR_2011)),
    Target("TGT08", "contacts per person and week, where nobody travels far", 0.47, 0.35, 0.92,
           lambda world: world.rate(CONTACTS, "on_caseload", YEAR_2011, "urban", 1 / defaults()["contact_hours"])),
    Target("TGT09", "any admission in a year", 0.174, 0.12, 0.22,
           lambda world: world.noted("any_admission")),
    Target("TGT10", "any crisis in a year", 0.316, 0.21, 0.40,
           lambda world: world.noted("any_crisis")),
    Target("TGT11", "full discharges per person on a CTO and year", 0.456, 0.36, 0.475,
           lambda world: world.rate("orders_ended", "on_cto", ORDERS_SETTLED, scale=YEAR)),
    Target("TGT12", "recalls per person on a CTO and year", 0.43, 0.42, 0.48,
           lambda world: world.rate("recalls", "on_cto", ORDERS_SETTLED, scale=YEAR)),
    Target("TGT13", "recalls that end in revocation", 0.65, 0.60, 0.71,
           lambda world: world.rate("revocations", "recalls", ORDERS_SETTLED)),
    Target("TGT14", "referred again within two years of discharge", 0.582, 0.48, 0.68,
           lambda world: (world.noted("back") / world.noted("discharged"))[:, 0]),
)  # fmt: skip


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.code)
def test_baseline_meets_published_figure(target):
    """n: 12 seeds of 9 900 people in 30 localities: a level differs more between localities than between people."""
    baseline = arm("baseline", people=9900, n_localities=30, seeds=12, dimensions=("rural",), watch=follow_people)
    found = interval(target.simulated(baseline))
    told = (
        f"{target.code} {target.quantity}: observed {target.observed} ({target.low}-{target.high}), simulated {found}"
    )
    print(told)
    assert target.low <= found.mean <= target.high, told
