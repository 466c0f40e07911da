"""The figures of an attribution: what goes into each, and the words around it. `attribution_plots` draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from persim.attribution_plots import (
    gates_in_any_order,
    interaction_map,
    shares_by_group,
    three_readings,
    waterfall,
)
from persim.attribution_result import Attribution
from persim.attribution_words import (
    BASE_CAVEAT,
    FAULT_CAVEAT,
    GROUPS_CAVEAT,
    SHARES_CAVEAT,
    TALLY_CAVEAT,
    fewer_seeds,
    rows_of,
    size_words,
)
from persim.barriers import BARRIERS, BY_KEY
from persim.figure_frames import Words
from persim.policy import monday_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUP_TITLES = {
    "profession": "Profession of the coordinator",
    "legal_status": "Legal status",
    "perceived_risk": "Perceived risk",
    "rural": "Place",
    "actual_risk": "Actual risk",
    "section_117": "Section 117",
    "carer": "Carer",
    "perceived_by_actual": "Perceived by actual risk",
    "locality": "Locality",
}
WHISKERS = "whiskers: 95 % over seeds"


def whiskers(found: Attribution) -> str:
    """What whiskers are, where there are any."""
    return WHISKERS if found.n_seeds > 1 else "one seed: no whiskers"


def figures(found: Attribution) -> Iterator[tuple[str, Words, Figure]]:
    """(file name, words, figure), one after another."""
    size, level = size_words(found.plan), rows_of(found.levels)[0]
    below = "; sky blue: a share below nought" if (found.shares["share"] < 0.0).any() else ""
    words = Words(
        f"What holds back real budgets: {found.plan.scenario.title or found.plan.scenario.name}",
        f"Of 100 eligible people in the week of {_day(found)}. Orange: each barrier's Shapley share{below} "
        f"({whiskers(found)}). Dark grey: people's own choice. Light grey: others without one, all barriers off. {size}.",
        f"{SHARES_CAVEAT} {BASE_CAVEAT} {FAULT_CAVEAT}",
    )
    yield (
        "waterfall",
        words,
        waterfall(level, rows_of(found.shares), rows_of(found.remainder), goal_words(len(found.plan.barriers)), words),
    )
    words = Words(
        "Three readings of each barrier",
        f"Points of real take-up: when it alone is switched off, on average over orders, and when all others are off "
        f"already ({whiskers(found)}). {size}.",
        f"Where barriers stand one behind another, opening one alone does little while the others stay. {SHARES_CAVEAT}",
    )
    yield "readings", words, three_readings(found.shares, found.singles, found.last, words)
    if len(found.interactions):
        yield interaction_figure(found, size)
    if found.shown:
        yield groups_figure(found, size)
    if np.isfinite(found.tally["at_all"]).all():
        weeks = found.plan.window[1] - found.plan.window[0]
        words = Words(
            "Which gate closed an opportunity depends on which is asked first",
            f"Share of all opportunities in {weeks} weeks to {_day(found)}, as it is. Filled: the gate that closed first, over "
            "every order in which the gates could stand. Open: in the order of the rules. Bar: whatever the order.",
            TALLY_CAVEAT,
        )
        yield "tally", words, gates_in_any_order(found.tally, words)


def goal_words(n: int) -> str:
    """What take-up with all of so many barriers off is called."""
    if n == len(BARRIERS):
        return "Were every barrier gone"
    return f"Were these {n} barriers gone" if n > 1 else "Were this barrier gone"


def interaction_figure(found: Attribution, size: str) -> tuple[str, Words, Figure]:
    """Pairs of barriers."""
    words = Words(
        "What two barriers bring together, beyond their sum",
        "Points of real take-up with both switched off, less what each brings alone; all others left on. Bold: beyond chance "
        f"(95 %); grey: may be chance. {found.interactions['n_seeds'].min()} or more seeds each. {size}.",
        "Above nought the two stand one behind the other, so opening both brings more than one and one. Of so many pairs "
        f"one in twenty looks beyond chance by chance alone. {SHARES_CAVEAT}",
    )
    keys = found.shares["barrier"].tolist()
    names = [BY_KEY[key].short for key in keys]
    return "interactions", words, interaction_map(keys, names, rows_of(found.interactions), words)


def groups_figure(found: Attribution, size: str) -> tuple[str, Words, Figure]:
    """Shares by group."""
    words = Words(
        "For whom which barrier counts",
        f"Shapley shares within each group, in points of 100 eligible people of the group ({whiskers(found)}). {size}.",
        " ".join([*fewer_seeds(found), GROUPS_CAVEAT, FAULT_CAVEAT]),
    )
    titles = {name: GROUP_TITLES[name] for name in dict.fromkeys(dimension for dimension, _ in found.shown)}
    return "groups", words, shares_by_group(found.shares, found.groups, titles, words)


def _day(found: Attribution) -> str:
    day = monday_of(found.plan.window[1] - 1)
    return f"{day.day} {day:%B %Y}"
