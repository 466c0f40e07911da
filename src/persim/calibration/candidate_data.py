"""Data on the way to a budget that nobody has published, and that somebody could collect: what is asked of whom, and how many.

Sizes are ours: what a study of one Trust could do in a year. The standard error is that of chance in the answers only: of a
share, the binomial one; of a count a year, Poisson's; of a mean, its spread over the root of the number asked. Bias of who
answers, and how far a scale of the model is a scale that can be asked, are not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from persim.calibration.at_points import measuring, model_at
from persim.calibration.candidates import Shrinkage, expected_shrinkage
from persim.calibration.identified import contrast
from persim.calibration.space import Space, luck, systematic
from persim.evidence import Measured
from persim.scenario import Scenario

YEAR = (156, 207)  # April 2011 to March 2012, as the figure for take-up
LEAST_SHARE = 0.01  # below which a binomial error is not let fall
DRAWN = 3501  # purpose of luck


@dataclass(frozen=True)
class Candidate:
    """A datum that could be collected.

    Attributes:
        name: short. question: what would be asked or counted, of whom. n: how many are asked (people, occasions, plans).
        kind: "share" (n answers yes or no), "yearly" (a count a year in n person-years), or "mean" (n answers, whose
            standard deviation is `spread` times the mean, or `spread` itself on a scale from 0 to 1).
    """

    name: str
    question: str
    measured: Measured
    n: int
    kind: Literal["share", "yearly", "mean", "scale"] = "share"
    spread: float = 1.0

    def standard_error(self, usual: float) -> float:
        """Of the datum, where its usual value is `usual`."""
        if self.kind == "share":
            share = min(max(usual, LEAST_SHARE), 1.0 - LEAST_SHARE)
            return float(np.sqrt(share * (1.0 - share) / self.n))
        if self.kind == "yearly":
            return float(np.sqrt(max(usual, 1.0 / self.n) / self.n))
        return float(self.spread * (abs(usual) if self.kind == "mean" else 1.0) / np.sqrt(self.n))


def _c(name: str, question: str, outcome: str, n: int, kind: str = "share", group: str = "all", spread: float = 1.0):
    return Candidate(name, question, Measured(outcome, group, *YEAR), n, kind, spread)  # type: ignore[arg-type]


TAKE_UP: tuple[Candidate, ...] = (
    *(
        _c(f"offers, {who}s", f"of 200 reviews and talks that a {who} could have used, how many brought an offer",
           "offers_per_opportunity", 200, group=who)
        for who in ("nurse", "social worker", "occupational therapist")
    ),
    _c("offers in all", "of 200 reviews and talks, how many brought an offer", "offers_per_opportunity", 200),
    _c("why not: role", "of 200 occasions, at how many does the practitioner hold that it was somebody else's job",
       "closed_any_role", 200),
    _c("why not: risk", "of 200 occasions, at how many does the practitioner say that the risk was too high",
       "closed_any_risk", 200),
    _c("why not: readiness", "of 200 occasions, at how many is the person said not to be stable enough",
       "closed_any_readiness", 200),
    _c("role legitimacy", "100 practitioners asked on a scale how far budgets are their own job", "legitimacy", 100, "scale",
       spread=0.25),
    _c("worry", "100 practitioners asked on a scale how far they worry for the person", "worry", 100, "scale", spread=0.25),
    _c("informed", "of 200 eligible people, how many know of budgets", "informed", 200),
    _c("understand", "of 200 eligible people, how many understand how a budget works", "understands", 200),
    _c("asked for", "of 200 occasions, how many the person asked for", "opportunities_on_request", 200),
    _c("declined", "of 100 offers, how many were declined", "declined", 100),
    _c("hand-offs lost", "of 100 hand-offs, how many were lost", "passed_on_lost", 100),
    _c("wait", "100 people with a budget asked how many weeks it took", "wait_weeks", 100, "mean", spread=0.7),
    _c("left the process", "how many of 200 eligible people left the process within a year", "left_process", 200, "yearly"),
    _c("refused by panel", "of 200 processes begun, how many a panel refused", "refused", 200),
    _c("plans without the person", "of 100 support plans, how many were written without the person", "plan_without_person",
       100),
    _c("budgets that are real", "files of 200 eligible people read: how many have a budget that they know, agreed and can vary",
       "real_take_up", 200),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Candidates tried on a posterior.

    Attributes:
        candidates: in the order of rows. usual, sd: mean outcome in the posterior, and the standard error of the datum.
        draws: values of the particles, shape (n_draws, n). outcomes: theirs, shape (n_draws, n_candidates).
        found: what each candidate leaves; `directions` in the order of `pairs` (first, second, sign of the ridge).
    """

    candidates: tuple[Candidate, ...]
    usual: np.ndarray
    sd: np.ndarray
    draws: np.ndarray
    outcomes: np.ndarray
    pairs: tuple[tuple[str, str, float], ...]
    found: Shrinkage

    def answer(self, pair: int = 0, n: int = 3) -> str:
        """In words: what to ask to tell two parameters apart."""
        first, second, _ = self.pairs[pair]
        best = self.found.best(pair)
        worth = [
            one
            for one in best[:n]
            if self.found.directions[one, pair] < 1.0 - 2.0 * self.found.directions_se[one, pair]
        ]
        if not worth:
            return f"None of {len(self.candidates)} data would tell {first} from {second}."
        told = "; ".join(
            f"{self.candidates[one].question} (leaves {100 * self.found.directions[one, pair]:.0f} % of the spread along "
            "the ridge)"
            for one in worth
        )
        return f"To tell {first} from {second}, ask: {told}."


def asked(
    scenario: Scenario, space: Space, points: np.ndarray, weights: np.ndarray, pairs: Sequence[tuple[str, str, float]],
    candidates: Sequence[Candidate] = TAKE_UP, n_draws: int = 600, seed: int = 1, jobs: int = 1,
    names: Sequence[str] | None = None,
) -> Asked:  # fmt: skip
    """Run a posterior anew and see what each candidate would tell.

    Args:
        scenario: the world, at least up to week 207. space: parameters that may become clearer.
        points: values, shape (n_points, n_names). weights: shape (n_points,). names: of the columns, if more than `space`'s.
        pairs: ridges, as (first, second, sign): -1 where more of one makes up for less of the other.
        n_draws: runs, one a particle, each with luck of its own. seed: of the draws and of the first run.
    """
    rows = systematic(weights / weights.sum(), n_draws, luck(seed, DRAWN))
    arm = measuring(scenario, [one.measured for one in candidates])
    simulate = model_at(arm, names or space.names, 1, seed, jobs, each_its_own=True)
    outcomes = simulate(points[rows], np.arange(n_draws))[:, 0]
    usual = np.nanmean(outcomes, axis=0)
    sd = np.array([one.standard_error(value) for one, value in zip(candidates, usual, strict=True)])
    columns = [list(names or space.names).index(name) for name in space.names]
    own = points[rows][:, columns]
    directions = np.array([contrast(space, *pair) for pair in pairs]).reshape(len(pairs), space.n)
    found = expected_shrinkage(space.unit(own), np.ones(n_draws), outcomes, sd, seed, directions)
    return Asked(tuple(candidates), usual, sd, own, outcomes, tuple(pairs), found)
