"""The tables that a decision rests on: where a difference in real take-up comes from, and who pays what a year.

`persim.comparison.Comparison` has both as attributes, which is how they are meant to be asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from persim.gaps_and_costs import DERIVED
from persim.intervals import means, paired
from persim.outcomes import YEAR_WEEKS
from persim.pathway_parts import pathway_parts
from persim.reduction import STEPS

if TYPE_CHECKING:
    import pandas as pd

    from persim.comparison import Comparison

PART_COLUMNS = ("scenario", "reference", "step", "label", "part", "low", "high", "n_pairs", "unit", "caveat")
COST_COLUMNS = (
    "scenario", "payer", "measure", "label", "is_sum", "unit", "mean", "low", "high", "difference", "difference_low",
    "difference_high", "n_pairs", "caveat",
)  # fmt: skip
# What a part is of, by the stage that it leads to.
PART_LABELS = {
    "opportunity": "Opportunities, of eligible people",
    "offered": "Offers, of people with an opportunity",
    "accepted": "Acceptance, of people offered",
    "in_use": "Budgets in use, of people who accepted",
    "real": "Real budgets, of budgets in use",
}
TOTAL, TOTAL_LABEL = "total", "Real take-up, all stages together"
PARTS_CAVEAT = (
    "At the run's end. Each part is what its stage adds, averaged over every order in which stages could change "
    "(Shapley): shares of this difference, not what changing that stage alone would bring. Declining is a choice."
)
ALL_PAYERS = "all three"
EMPLOYERS = (
    "All hours of coordinators are put down to the council, also those of nurses and occupational therapists whom the "
    "NHS employs."
)


@dataclass(frozen=True)
class CostItem:
    """A sum of money a year and whose it is: the measures it adds up, and the factor that makes each a year's."""

    payer: str
    measure: str
    label: str
    parts: tuple[str, ...]
    caveat: str = ""
    is_sum: bool = False


_COUNCIL = tuple(
    CostItem("council", name, label, (name,), caveat)
    for name, label, caveat in (
        ("cost_forms", "Staff time on forms", EMPLOYERS),
        ("cost_levers", "Running cost of levers", "Brokers' time is in it; what it takes to set up is not."),
        ("cost_budgets", "Budgets, the council's share", "Less people's contributions and the NHS share."),
        ("cost_services", "Commissioned services", "Of eligible people with no budget in use; budgets replace them."),
    )
)
_OTHERS = (
    CostItem("NHS", "nhs_budgets_year", "Budgets, the NHS share", ("spend_nhs",), "Of jointly funded budgets only."),
    CostItem(
        "person", "contributions_year", "Contributions to budgets", ("spend_person",), "Time and worry are not in it."
    ),
)
COST_ITEMS = (
    *_COUNCIL,
    CostItem("council", "cost_net_year", "All that the council pays", ("cost_net_year",), DERIVED["cost_net_year"].caveat, True),
    *_OTHERS,
    CostItem(
        ALL_PAYERS, "all_payers_year", "Council, NHS and person", ("cost_net_year", "spend_nhs", "spend_person"),
        "What carers give, and NHS services besides budgets, are left out.", True,
    ),
)  # fmt: skip


def parts_table(c: Comparison) -> pd.DataFrame:
    """Each scenario's difference in real take-up by stage: a row a stage and a `total`; shares, with 95 % intervals.

    The people at each stage are those at the end of the last shared week, so the total is the paired difference of
    `real_take_up` where the window ends there (`parts_are_of_the_window`), and that at the run's end if it does not.
    """
    import pandas as pd

    names = [step for step, _ in STEPS[1:]]
    labels = [PART_LABELS[step] for step in names]
    reference = c.rows("steps", 0)
    rows = []
    for number in range(1, len(c.names)):
        own = c.rows("steps", number)
        with np.errstate(invalid="ignore", divide="ignore"):
            total = own[:, -1:] / own[:, :1] - reference[:, -1:] / reference[:, :1]
        found = means(np.concatenate((pathway_parts(reference, own), total), axis=1))
        for place, (step, label) in enumerate(zip([*names, TOTAL], [*labels, TOTAL_LABEL], strict=True)):
            numbers = (found.mean[place], found.low[place], found.high[place], int(found.n[place]))
            rows.append((c.names[number], c.reference, step, label, *numbers, "share", PARTS_CAVEAT))
    return pd.DataFrame(rows, columns=list(PART_COLUMNS))


def parts_are_of_the_window(c: Comparison) -> bool:
    """Does the window end with the run, so that the parts add up to the reported difference in real take-up?"""
    return c.reduction.window[1] == c.reduction.stop


def costs_table(c: Comparison) -> pd.DataFrame:
    """Who pays what, in pounds a year: a row for each scenario and item; rows with `is_sum` add up others."""
    import pandas as pd

    rows = []
    reference = {item.measure: _yearly(c, item, 0) for item in COST_ITEMS}
    for number, name in enumerate(c.names):
        for item in COST_ITEMS:
            own = _yearly(c, item, number)
            level, n_pairs = means(own), 0
            numbers = [float(level.mean), float(level.low), float(level.high), np.nan, np.nan, np.nan]
            if number:
                found = paired(reference[item.measure], own)
                numbers[3:] = [float(found.mean), float(found.low), float(found.high)]
                n_pairs = int(found.n)
            rows.append(
                (name, item.payer, item.measure, item.label, item.is_sum, "GBP", *numbers, n_pairs, item.caveat)
            )
    return pd.DataFrame(rows, columns=list(COST_COLUMNS))


def _yearly(c: Comparison, item: CostItem, scenario: int) -> np.ndarray:
    """The item in every run of a scenario, pounds a year, shape (replicates,)."""
    first, stop = c.reduction.window
    a_year = YEAR_WEEKS / (stop - first)
    total = np.zeros(c.replicates)
    for measure in item.parts:
        total = total + c.values(measure, scenario) * (1.0 if measure in DERIVED else a_year)
    return total


def gains_and_costs(c: Comparison, scenario: int) -> tuple[np.ndarray, np.ndarray]:
    """Extra people with a real budget, and extra cost to the council in pounds a year, of each pair: (replicates,)."""
    gain, cost = (
        c.values(measure, scenario) - c.values(measure, 0) for measure in ("people_with_real_budget", "cost_net_year")
    )
    return gain, cost
