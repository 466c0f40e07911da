"""Gaps between groups and costs: what a comparison reports that is not one of `persim.outcomes`.

They are made from a run's counts over a window, like outcomes, and have a label, a unit and a caveat like them.
"""

from dataclasses import dataclass

import numpy as np

from persim.measures import COLUMN
from persim.outcomes import YEAR_WEEKS, Outcome


@dataclass(frozen=True, slots=True)
class Gap:
    """Real take-up of one group less that of another."""

    name: str
    label: str
    dimension: str
    first: str
    second: str


GAPS = (
    Gap(
        "gap_perceived_risk",
        "Seen as low risk, less as high risk",
        "perceived_risk",
        "perceived risk low",
        "perceived risk high",
    ),
    Gap("gap_legal_status", "Voluntary, less on a CTO", "legal_status", "voluntary", "CTO"),
    Gap("gap_rural", "Urban, less rural", "rural", "urban", "rural"),
    Gap("gap_profession", "Social worker coordinates, less nurse", "profession", "social worker", "nurse"),
    Gap("gap_carer", "Carer who advocates, less no carer", "carer", "carer advocates", "no carer"),
)
EQUITY = tuple(gap.dimension for gap in GAPS)  # the dimensions a run has to record for them

_GAP = "Above 0, the first group has more. A gap is no ranking of people or professions: needs, roles and hours differ."
_COUNCIL = (
    "Council staff and money only; what the NHS, people and carers give is left out. Leadership, a leaner process, pooled "
    "money, default offers and a broader market cost nothing here."
)
_HOURS = "Of care coordinators and council team; brokers' time is a cost of levers."
_NET = "Unstable near zero gain. " + _COUNCIL

# name, label, unit, meaning, caveat
_COSTS = (
    ("forms_hours_year", "Staff hours on forms, a year", "hours", "Of coordinators and council team", _HOURS),
    (
        "forms_hours_per_start",
        "Hours on forms per budget started",
        "hours",
        "Whoever fills them in, over all starts",
        "",
    ),
    ("cost_forms", "Staff time on forms, a year", "GBP", "Hours on forms at the cost of an hour", _COUNCIL),
    ("cost_levers", "Running cost of levers, a year", "GBP", "Staff and posts added, brokers included", _COUNCIL),
    ("cost_budgets", "Budgets paid by the council, a year", "GBP", "Less contributions and the NHS share", _COUNCIL),
    ("cost_services", "Commissioned services, a year", "GBP", "Of eligible people with no budget in use", _COUNCIL),
    ("cost_year", "Forms, levers and budgets, a year", "GBP", "Sum of the three", _COUNCIL),
    ("cost_net_year", "The same and commissioned services, a year", "GBP", "All that the council pays", _COUNCIL),
    ("cost_per_real_budget", "Cost per real budget, a year", "GBP", "Forms, levers, budgets over real budgets", _NET),
)
DERIVED: dict[str, Outcome] = {
    gap.name: Outcome(gap.name, gap.label, "share", f"Real take-up, {gap.first} less {gap.second}", (), caveat=_GAP)
    for gap in GAPS
} | {name: Outcome(name, label, unit, meaning, (), caveat=caveat) for name, label, unit, meaning, caveat in _COSTS}


def derived_values(
    closing: np.ndarray, hours: np.ndarray, hourly: np.ndarray, labels: list[tuple[str, str]]
) -> np.ndarray:
    """Gaps and costs of one run, in the order of `DERIVED`.

    Args:
        closing: by group, flows of the window and stocks at its end, shape (n_groups, N_FIELDS).
        hours: coordinators' hours on forms in each week of the window. hourly: what an hour of staff costs in each.
    """
    a_year = YEAR_WEEKS / len(hours)
    started = closing[0, COLUMN["started"]]
    everybody = sum(closing[0, COLUMN[f"hours_forms{who}"]] for who in ("", "_brokers", "_council"))
    forms = float((hours * hourly).sum()) * a_year
    levers, budgets, services = (
        float(closing[0, COLUMN[name]]) * a_year for name in ("cost_levers", "spend_council", "spend_packages")
    )
    cost = forms + levers + budgets
    real = closing[0, COLUMN["real_broad"]]
    values = {gap.name: gap_of(gap, closing, labels) for gap in GAPS} | {
        "forms_hours_year": float(hours.sum()) * a_year,
        "forms_hours_per_start": float(everybody / started) if started > 0.0 else np.nan,
        "cost_forms": forms,
        "cost_levers": levers,
        "cost_budgets": budgets,
        "cost_services": services,
        "cost_year": cost,
        "cost_net_year": cost + services,
        "cost_per_real_budget": cost / real if real > 0.0 else np.nan,
    }
    return np.array([values[name] for name in DERIVED])


def gap_of(gap: Gap, closing: np.ndarray, labels: list[tuple[str, str]]) -> float:
    """Real take-up of the first group less the second; NaN if one has nobody eligible, or if they were not recorded."""
    if (gap.dimension, gap.first) not in labels:
        return np.nan
    shares = []
    for label in (gap.first, gap.second):
        eligible = count_of(closing, labels, gap.dimension, label, "eligible")
        real = count_of(closing, labels, gap.dimension, label, "real_broad")
        shares.append(real / eligible if eligible > 0.0 else np.nan)
    return shares[0] - shares[1]


def count_of(closing: np.ndarray, labels: list[tuple[str, str]], dimension: str, label: str, field: str) -> float:
    """One count of one group."""
    return float(closing[labels.index((dimension, label)), COLUMN[field]])
