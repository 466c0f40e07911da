"""How large a real study would have to be to see a difference that the model shows.

A real study has no common luck: people of one arm are other people than those of the other, and people of one team are
alike. So the size comes from the differences between persons and between teams within runs, not from paired runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from persim.state import ON_CASELOAD, World

# (1.96 + 0.84) squared: 5 % two-sided, 80 % power.
SURE_ENOUGH = 7.849
VARIANCE_PARTS = ("within_teams", "between_teams", "people_per_team")


@dataclass(frozen=True)
class StudySize:
    """People in each arm if persons are allotted, or teams in each arm if whole teams are; infinite without an effect.

    `share_between` is the share of the variance that lies between teams (the intra-class correlation).
    """

    people: float
    teams: float
    people_per_team: float
    share_between: float


def variance_parts(world: World, field: str = "control_felt") -> np.ndarray:
    """Variance within and between teams, and people per team, of an outcome of eligible people: shape (3,), in that order.

    One-way analysis of variance, unweighted people; NaN with fewer than two teams of two people.
    """
    users = world.users[(world.users["eligible"] == 1) & (world.users["place"] == ON_CASELOAD)]
    team = world.practitioners["team"][users["coordinator"]]
    values = users[field].astype(float)
    n = np.bincount(team, minlength=len(world.teams)).astype(float)
    total = np.bincount(team, weights=values, minlength=len(world.teams))
    n, total = n[n > 0], total[n > 0]
    if len(n) < 2 or n.sum() <= len(n):
        return np.full(3, np.nan)
    mean = values.mean()
    among = float(np.sum(n * (total / n - mean) ** 2)) / (len(n) - 1)
    squares = float(np.sum(values * values) - np.sum(total * total / n))
    within = squares / (n.sum() - len(n))
    typical = (n.sum() - float(np.sum(n * n)) / n.sum()) / (len(n) - 1)
    return np.array([within, max(0.0, (among - within) / typical), n.sum() / len(n)])


def study_size(difference: float, within: float, between: float, people_per_team: float) -> StudySize:
    """Size of a study of two arms that finds `difference` in four of five trials, at 5 %, two-sided."""
    if not math.isfinite(difference) or difference == 0.0 or not math.isfinite(within + between):
        return StudySize(math.inf, math.inf, people_per_team, math.nan)
    scale = 2.0 * SURE_ENOUGH / (difference * difference)
    whole = within + between
    return StudySize(
        people=math.ceil(scale * whole),
        teams=max(2, math.ceil(scale * (between + within / people_per_team))),
        people_per_team=people_per_team,
        share_between=between / whole if whole > 0.0 else math.nan,
    )
