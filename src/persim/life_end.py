"""How it stands at the end of a run for one person, in a few words: facts of the final state, not of a row."""

from __future__ import annotations

import numpy as np

from persim.people import NEVER
from persim.state import BudgetForm, Place, Stage

IN_A_STORY = (
    "Who", "Social care", "Way to a budget", "Real budget", "Counted by the council", "Wait", "Choice and control felt",
    "Opportunities, offers",
)  # fmt: skip


def end_of(user: np.ndarray) -> dict[str, str]:
    """A person's state in a few words, for the end of a run."""
    stage, in_use = Stage(int(user["pathway_stage"])), user["pathway_stage"] == Stage.IN_USE
    form = BudgetForm(int(user["budget_form"])).name.lower().replace("_", " ")
    found = {
        "Social care": "eligible" if user["eligible"] else "not eligible",
        "Way to a budget": f"in use: {form}" if in_use else "not on the way" if stage == Stage.OUTSIDE
        else stage.name.lower().replace("_", " "),
        "Real budget": _real_words(user) if in_use else "no budget",
        "Counted by the council": "yes" if user["counted"] else "no",
    }  # fmt: skip
    if user["place"] == Place.AWAY:
        found["Social care"] = "discharged to primary care"
    if user["raised_week"] != NEVER["raised_week"] and in_use and user["in_use_week"] >= user["raised_week"]:
        found["Wait"] = f"{user['in_use_week'] - user['raised_week']} weeks from raised to in use"
    return found | {
        "Choice and control felt": f"{user['control_felt']:.2f}",
        "Quality of life": f"{user['quality_of_life']:.2f}",
        "Perceived risk": f"{user['perceived_risk']:.2f}",
        "Trust": f"{user['trust']:.2f}",
        "Opportunities, offers": f"{user['n_opportunities']}, {user['n_offers']}",
    }


def _real_words(user: np.ndarray) -> str:
    truths = {
        "plan agreed": user["plan_agreed"], "sum known": user["amount_known"], "free to vary": user["can_vary"],
    }  # fmt: skip
    real = user["plan_agreed"] == 1 and (user["amount_known"] == 1 or user["can_vary"] == 1)
    held = ", ".join(name for name, value in truths.items() if value) or "none of the three truths"
    once = "; a single payment" if user["one_off"] else ""
    return f"{'yes' if real else 'no'} ({held}{once})"
