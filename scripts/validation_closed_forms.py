"""What persim should give where mathematics can say it: chains worked out as expectations, without draws and without rules.

Mental state, discharge, return and new referral of one row of people read nothing of others, so their expectation is exact:
a chain over mental states and weeks, at each vulnerability, averaged over its distribution. It shares no code with the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

STABLE, UNSETTLED, CRISIS, INPATIENT = range(4)
STABLE_WEEKS = 12  # a discharge needs so many weeks stable
AWAY_WEEKS = 104  # after so many weeks away the place goes to someone new
START = (0.80, 0.17, 0.03)  # stable, unsettled, in crisis, at the start
MOST_WEEKS_AT_START = 26
YEAR = 52
NODES = 32
USED = (
    "vulnerability_slope", "stable_to_unsettled", "stable_to_crisis", "unsettled_to_stable", "unsettled_to_crisis",
    "crisis_to_unsettled", "crisis_to_inpatient", "inpatient_discharge", "discharge_rate", "return_rate",
    "return_in_crisis", "new_referral_rate",
)  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """Expectations per row of people, week by week, each of shape (n_weeks,); `back` is a share.

    `back`: of those discharged by week `back_until`, expected to be referred again within two years.
    """

    on_caseload: np.ndarray
    crises: np.ndarray
    admissions: np.ndarray
    hospital_weeks: np.ndarray
    discharged: np.ndarray
    returned: np.ndarray
    referred: np.ndarray
    back: float


def vulnerability_nodes(n: int = NODES) -> tuple[np.ndarray, np.ndarray]:
    """Places in (0, 1) and weights, each of shape (n,), that average over Beta(2, 3): Gauss-Legendre."""
    x, w = np.polynomial.legendre.leggauss(n)
    v = 0.5 * (x + 1.0)
    return v, 0.5 * w * 12.0 * v * (1.0 - v) ** 2


def transitions(v: np.ndarray, p: Mapping[str, float]) -> np.ndarray:
    """Weekly chances of moving between mental states at each vulnerability, shape (n, 4, 4); rows sum to 1."""
    hazard = np.exp(p["vulnerability_slope"] * (v - 0.4))
    moves = np.zeros((len(v), 4, 4))
    moves[:, STABLE, UNSETTLED] = p["stable_to_unsettled"] * hazard
    moves[:, STABLE, CRISIS] = p["stable_to_crisis"] * hazard
    moves[:, UNSETTLED, CRISIS] = p["unsettled_to_crisis"] * hazard
    moves[:, UNSETTLED, STABLE] = p["unsettled_to_stable"]
    moves[:, CRISIS, UNSETTLED] = p["crisis_to_unsettled"]
    moves[:, CRISIS, INPATIENT] = p["crisis_to_inpatient"]
    moves[:, INPATIENT, UNSETTLED] = p["inpatient_discharge"]
    states = np.arange(4)
    moves[:, states, states] = 1.0 - moves.sum(axis=2)
    return moves


def stationary(moves: np.ndarray) -> np.ndarray:
    """The lasting shares of each state, shape (n, 4), of chains of shape (n, 4, 4)."""
    system = np.swapaxes(moves, 1, 2) - np.eye(4)
    system[:, 3, :] = 1.0
    right = np.zeros((len(moves), 4, 1))
    right[:, 3] = 1.0
    return np.linalg.solve(system, right)[:, :, 0]


def lasting(p: Mapping[str, float]) -> dict[str, float]:
    """Shares of weeks lived in crisis and in hospital, crises and admissions per person-year, where nobody leaves."""
    v, weights = vulnerability_nodes()
    moves = transitions(v, p)
    shares = stationary(moves)
    onsets = shares[:, STABLE] * moves[:, STABLE, CRISIS] + shares[:, UNSETTLED] * moves[:, UNSETTLED, CRISIS]
    admitted = shares[:, CRISIS] * moves[:, CRISIS, INPATIENT]
    return {
        "in_crisis": float(weights @ shares[:, CRISIS]),
        "in_hospital": float(weights @ shares[:, INPATIENT]),
        "crises": float(YEAR * weights @ onsets),
        "admissions": float(YEAR * weights @ admitted),
    }


def back_within_two_years(v: np.ndarray, p: Mapping[str, float]) -> np.ndarray:
    """1 - (1 - h)^104 at each vulnerability, with h the weekly chance of being referred again."""
    return 1.0 - (1.0 - p["return_rate"] * (0.6 + v)) ** AWAY_WEEKS


def expected(p: Mapping[str, float], n_weeks: int, back_until: int) -> Expected:
    """The whole caseload as an expectation: states, weeks stable, weeks away and new people, week by week."""
    v, weights = vulnerability_nodes()
    rows = _Rows(v, weights, p)
    found = np.zeros((n_weeks, 7))
    gone = np.zeros(len(v))
    for week in range(n_weeks):
        found[week], left = rows.week()
        if week <= back_until:
            gone += left
    back = float(gone @ back_within_two_years(v, p) / gone.sum()) if gone.sum() > 0.0 else float("nan")
    here, crises, admissions, hospital, discharged, returned, referred = found.T
    return Expected(here, crises, admissions, hospital, discharged, returned, referred, back)


class _Rows:
    """The distribution of a row of people: stable by weeks so far, three other states, away by weeks so far."""

    def __init__(self, v: np.ndarray, weights: np.ndarray, p: Mapping[str, float]) -> None:
        self.weights, self.p, self.moves = weights, p, transitions(v, p)
        self.leaves = p["discharge_rate"] * (1.6 - 1.2 * v)
        self.returns = p["return_rate"] * (0.6 + v)
        so_far = np.bincount(np.minimum(np.arange(MOST_WEEKS_AT_START), STABLE_WEEKS)) / MOST_WEEKS_AT_START
        self.stable = START[0] * weights[:, None] * so_far
        self.other = weights[:, None] * np.array([START[1], START[2], 0.0])
        self.away = np.zeros((len(v), AWAY_WEEKS + 1))

    def week(self) -> tuple[np.ndarray, np.ndarray]:
        """One week on. Returns: the counts of `Expected` in its order, and who was discharged at each vulnerability."""
        returned, new = self._leave_being_away()
        left = self.stable[:, -1] * self.leaves
        self.stable[:, -1] -= left
        back = returned.sum()
        self.other[:, 0] += returned * (1.0 - self.p["return_in_crisis"]) + new * self.weights
        self.other[:, 1] += returned * self.p["return_in_crisis"]
        onsets, admitted = self._change_state()
        self.away[:, 0] = left
        here = self.stable.sum() + self.other.sum()
        crises = onsets + back * self.p["return_in_crisis"]
        return np.array([here, crises, admitted, self.other[:, 2].sum(), left.sum(), back, new]), left

    def _leave_being_away(self) -> tuple[np.ndarray, float]:
        """Weeks away go on by one. Returns: those who return at each vulnerability, and how many are new."""
        may_return, over = self.away[:, :-1], self.away[:, -1]
        returned = may_return * self.returns[:, None]
        new = over * self.p["new_referral_rate"]
        on = np.zeros_like(self.away)
        on[:, 1:] = may_return - returned
        on[:, -1] += over - new
        self.away = on
        return returned.sum(axis=1), float(new.sum())

    def _change_state(self) -> tuple[float, float]:
        """One week of the chain. Returns: onsets of a crisis, and admissions."""
        moves, stable = self.moves, self.stable.sum(axis=1)
        stays = self.stable * moves[:, STABLE, STABLE, None]
        before = np.column_stack((np.zeros_like(stable), self.other))
        onsets = stable * moves[:, STABLE, CRISIS] + before[:, UNSETTLED] * moves[:, UNSETTLED, CRISIS]
        admitted = before[:, CRISIS] * moves[:, CRISIS, INPATIENT]
        after = np.einsum("ni,nij->nj", before, moves) + stable[:, None] * moves[:, STABLE, :] * (np.arange(4) > 0)
        self.stable = np.zeros_like(self.stable)
        self.stable[:, 1:] = stays[:, :-1]
        self.stable[:, -1] += stays[:, -1]
        self.stable[:, 0] = after[:, STABLE]
        self.other = after[:, 1:]
        return float(onsets.sum()), float(admitted.sum())
