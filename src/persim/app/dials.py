"""The nine dials of the page: plain names, what either end means, and from the table of parameters all the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from persim.parameters import BY_NAME


@dataclass(frozen=True)
class Dial:
    """One dial. `low_end` and `high_end` say what its ends mean; `first` ones are turned first and always shown."""

    name: str
    title: str
    low_end: str
    high_end: str
    means: str
    first: bool = False

    @property
    def low(self) -> float:
        """The lowest value that a scenario may use."""
        return BY_NAME[self.name].low

    @property
    def high(self) -> float:
        """The highest value that a scenario may use."""
        return BY_NAME[self.name].high

    def as_json(self) -> dict[str, Any]:
        """What the page needs to draw it."""
        parameter = BY_NAME[self.name]
        return {
            "name": self.name, "title": self.title, "low_end": self.low_end, "high_end": self.high_end,
            "means": self.means, "first": self.first, "meaning": parameter.meaning, "unit": parameter.unit,
            "low": self.low, "high": self.high, "step": 0.01, "default": parameter.default,
            "grade": parameter.grade, "source": parameter.source,
        }  # fmt: skip


_ALL = (
    Dial("risk_aversion", "Risk aversion", "risk is shared and accepted", "risk is avoided",
         "How far practitioners worry about risk, for the person and for themselves. It closes the risk gate, most for "
         "people who are seen as risky, and the funding panel refuses more.", first=True),
    Dial("role_boundary", "Role boundary", "budgets are everybody's job", "somebody else's job",
         "How firmly practitioners hold that budgets are somebody else's job. It closes the role gate: nothing happens, or "
         "the person is handed on, and hand-offs wait and get lost.", first=True),
    Dial("bureaucracy", "Bureaucracy", "short and plain", "long and many-stepped",
         "Signatures, pages, weeks and refusals on the way to a budget. It costs staff hours and the person's effort, and "
         "more people leave on the way.", first=True),
    Dial("medical_model", "Medical model", "social care comes first", "treatment comes first",
         "How far treatment and stability come before social care. It closes the gate 'not stable enough now', and gives "
         "the person's own view less weight in plans."),
    Dial("information", "Information", "few hear of budgets", "most hear of budgets",
         "How much information on budgets reaches people and is passed on. Who does not know of budgets cannot ask."),
    Dial("market", "Market", "little to choose from", "much to choose from",
         "How much support there is locally to choose from. Without it a budget cannot be set up as wished, and choice "
         "brings less control."),
    Dial("workload", "Workload", "half the contact work", "twice the contact work",
         "Contact work per practitioner; 1 is as published. When hours are short, budgets are not recommended, or done "
         "without the person."),
    Dial("target_pressure", "Target pressure", "no push", "hard push",
         "How hard the council pushes to meet its target for budgets. It opens the role gate a little, and existing "
         "services are relabelled as budgets."),
    Dial("compulsion_practice", "Use of compulsion", "seldom used", "readily used",
         "How readily the Mental Health Act, community treatment orders (CTOs) included, is used locally."),
)  # fmt: skip
DIALS: dict[str, Dial] = {dial.name: dial for dial in _ALL}
