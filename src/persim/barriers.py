"""The barriers that can be switched off for a whole run, one parameter each, and what "off" means in the rules.

A barrier is a part of how services work that stands between an eligible person and a real budget. Declining is a choice
and no barrier; neither is ending it when asked for a contribution. Nothing here acts: the rules read the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persim.errors import InputError
from persim.scenario_fields import nearest
from persim.state import Barrier as Gate


@dataclass(frozen=True, slots=True)
class Barrier:
    """A barrier: its key, its name in words and short, its parameter (1 is off), the gates it stands at, what off means."""

    key: str
    label: str
    short: str
    off: str
    gates: tuple[Gate, ...] = ()

    @property
    def parameter(self) -> str:
        """The parameter that switches it off: 0 as usual, 1 off."""
        return f"lift_{self.key}"


BARRIERS: tuple[Barrier, ...] = (
    Barrier(
        "information", "People not told of budgets", "information",
        "Every eligible person knows and understands what a personal budget is, and nobody forgets.",
        (Gate.INFORMATION,),
    ),
    Barrier(
        "recognition", "Eligible need not recognised", "recognition",
        "The practitioner recognises every eligible need.",
        (Gate.NOT_RECOGNISED,),
    ),
    Barrier(
        "readiness", "Not thought stable enough", "readiness",
        "Outside crisis and hospital nobody is judged 'not stable enough now'.",
        (Gate.READINESS,),
    ),
    Barrier(
        "time", "No time", "time",
        "Reviews never slip, there is always time to speak of budgets and to fill in forms with the person, nobody keeps "
        "quiet to save time or is too full to take a hand-off, and a vacant or absent coordinator is stood in for.",
        (Gate.TIME, Gate.NOT_RECOMMENDED, Gate.NO_COORDINATOR),
    ),
    Barrier(
        "role", "Seen as somebody else's job", "role",
        "Every practitioner holds budgets to be their job, so nobody is handed on.",
        (Gate.ROLE, Gate.HAND_OFF),
    ),
    Barrier(
        "knowledge", "Process not known", "knowledge",
        "Every practitioner knows how a budget is got.",
        (Gate.KNOWLEDGE,),
    ),
    Barrier(
        "risk", "Held back for perceived risk", "perceived risk",
        "No practitioner keeps a budget back for the risk they see, nor for alarm in the team.",
        (Gate.RISK,),
    ),
    Barrier(
        "legal_bar", "Taken as barred in law", "legal bar",
        "An order or a section is never taken as a bar to a budget, and its conditions do not narrow what it may be spent "
        "on.",
        (Gate.LEGAL_BAR,),
    ),
    Barrier(
        "language_and_power", "Language and power", "language and power",
        "Forms are plain, the person's view counts in full, and whoever is there is told the sum and has a plan they "
        "agreed.",
    ),
    Barrier(
        "steps", "Steps and waits", "steps and waits",
        "No stage costs hours or weeks, and nobody leaves worn out.",
        (Gate.STEPS_AND_WAITS,),
    ),
    Barrier(
        "disputes", "Disputes over who pays", "funding disputes",
        "There is no dispute over who pays.",
        (Gate.FUNDING_DISPUTE,),
    ),
    Barrier(
        "panel", "Funding panel", "the panel",
        "Every case is signed without a panel.",
        (Gate.PANEL,),
    ),
    Barrier(
        "market", "No support to be found", "the market",
        "There is always support to be found, and a thin market puts nobody off.",
        (Gate.MARKET,),
    ),
)  # fmt: skip
BY_KEY: Mapping[str, Barrier] = {barrier.key: barrier for barrier in BARRIERS}


def chosen_barriers(names: Sequence[str] | str | None) -> tuple[Barrier, ...]:
    """The barriers of these keys, in the table's order; all of them for None.

    Raises: InputError for none at all, one named twice, or an unknown one, with the nearest.
    """
    if names is None:
        return BARRIERS
    keys = [name.strip() for name in ([names] if isinstance(names, str) else names)]
    if not keys:
        raise InputError("name at least one barrier, or leave the list out for all of them")
    for key in keys:
        if key not in BY_KEY:
            hint = nearest(key.removeprefix("lift_"), BY_KEY) or f"barriers are {', '.join(BY_KEY)}"
            raise InputError(f"no barrier is called {key!r} - {hint}")
        if keys.count(key) > 1:
            raise InputError(f"the barrier {key} is named twice")
    return tuple(barrier for barrier in BARRIERS if barrier.key in keys)
