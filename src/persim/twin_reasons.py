"""Why two lives part: the same draw against another chance, or what differed just before an event of one life only.

Each number is a column of a row of both ledgers, a field of the person's rebuilt state, or a number of the scenarios.
Nothing here says a motive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from persim import events
from persim.events import EVENT, KINDS
from persim.gate_sentences import WORDS, gates_in
from persim.people import INTERNAL, USER_CODES, USER_FLAGS
from persim.sentence import Posts, _value_words, label
from persim.state import LEAD_COORDINATOR, Stage

# Fields of a person's state in words, in the order in which they are told; others by their own names.
FIELD_WORDS = {
    "pathway_stage": "stage on the way", "eligible": "eligible", "legal_status": "legal status",
    "mental_state": "mental state", "coordinator": "coordinator's post", "lead_worker": "who leads",
    "weeks_to_review": "weeks to the next review", "perceived_risk": "perceived risk", "file_risk": "risk in the file",
    "trust": "trust", "confidence": "confidence", "self_stigma": "self-stigma", "informed": "knows of budgets",
    "asked": "has asked", "control_felt": "choice and control felt", "social_contact": "social contact",
    "quality_of_life": "quality of life", "involvement": "involvement", "work_left": "staff hours to come at this stage",
    "wait_left": "weeks to wait at this stage", "budget_gbp_per_year": "sum, £ a year", "counted": "counted by the council",
    "package": "service from the council", "rest_until": "week until which nobody raises budgets again",
    "n_opportunities": "opportunities so far", "n_offers": "offers so far", "planned_with": "last review planned with the person",
}  # fmt: skip
DETAIL_IS_A_RESULT = (events.E_REVIEW, events.E_HAND_OFF)  # what came of it, not what went into it
NOT_TOLD = {*INTERNAL, "control_recorded", "weeks_in_stage", "barrier", "weight", "raised_week", "in_use_week", "heard"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One number or word in both runs.

    Attributes:
        what: what it is, in words. values, words: in the first and the second run. column: of the ledger or the state.
    """

    what: str
    values: tuple[float, float]
    words: tuple[str, str]
    column: str

    @property
    def is_one(self) -> bool:
        """Is it the same in both?"""
        return self.values[0] == self.values[1]

    def told(self) -> str:
        """The words: "role legitimacy 0.31 and 0.58", "push of the council 0.2 in both"."""
        first, second = self.words
        return f"{self.what} {first} in both" if first == second else f"{self.what} {first} and {second}"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision that stands in both ledgers.

    Attributes:
        kind: name of the event. rows: its row in each ledger. outcomes: what came of it, in words.
        chances, draws: in each, NaN where it is not left to chance. chance_of: what the chance is of.
        weighed: what went into it.
    """

    kind: str
    rows: tuple[int, int]
    outcomes: tuple[str, str]
    chances: tuple[float, float]
    draws: tuple[float, float]
    chance_of: str
    weighed: tuple[Difference, ...]

    @property
    def same_draw(self) -> bool:
        """Did the same draw meet another chance?"""
        return self.draws[0] == self.draws[1] and self.chances[0] != self.chances[1]

    def as_json(self) -> dict[str, Any]:
        """Plain types."""
        return {
            "kind": self.kind, "rows": self.rows, "outcomes": self.outcomes, "chances": self.chances, "draws": self.draws,
            "chance_of": self.chance_of, "weighed": [difference_json(one) for one in self.weighed],
        }  # fmt: skip


def difference_json(one: Difference) -> dict[str, Any]:
    """Plain types."""
    return {"what": one.what, "column": one.column, "values": one.values, "words": one.words}


# One decision in both ledgers


def decision_of(a: np.ndarray, b: np.ndarray, first: int, second: int, posts: Posts) -> Decision:
    """The decision of two rows of one kind."""
    one, other = a[first], b[second]
    kind = KINDS[int(one["kind"])]
    nothing = float("nan")
    chances = (float(one["threshold"]), float(other["threshold"])) if kind.by_chance else (nothing, nothing)
    draws = (float(one["draw"]), float(other["draw"])) if kind.by_chance else (nothing, nothing)
    columns = ("detail", "first", "second") if kind.by_chance else ("detail", "first", "second", "threshold", "draw")
    weighed = []
    for column in columns:
        meaning = getattr(kind, column)
        is_result = column == "detail" and int(one["kind"]) in DETAIL_IS_A_RESULT
        if meaning and "bits" not in meaning and not is_result:
            weighed.append(_of_column(meaning, column, one, other))
    return Decision(
        kind.name, (first, second), _outcomes(one, other, posts), chances, draws,
        label(kind.threshold) if kind.by_chance else "", tuple(weighed),
    )  # fmt: skip


def _of_column(meaning: str, column: str, one: np.void, other: np.void) -> Difference:
    values = float(one[column]), float(other[column])
    if "per mille" in meaning:
        values = values[0] / 1000.0, values[1] / 1000.0
        return Difference(label(meaning), values, _apart(values, [f"{value:.4g}" for value in values]), column)
    return Difference(
        label(meaning), values, _apart(values, [_value_words(meaning, value) for value in values]), column
    )


def _apart(values: tuple[float, float], words: Sequence[str]) -> tuple[str, str]:
    """The words, short where the values are far apart, and so long that values which differ read differently."""
    if not all(_is_number(word) for word in words):
        return words[0], words[1]
    for digits in (2, 3, 4, 6, 9):
        first, second = (_short(value, digits) for value in values)
        if (first != second) == (values[0] != values[1]):
            return first, second
    return words[0], words[1]


def _is_number(word: str) -> bool:
    return word.replace(".", "").replace("e-", "").replace("-", "").isdigit()


def _short(value: float, digits: int) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.{digits}g}" if abs(value) < 100.0 else f"{value:.1f}"


def outcome_words(row: np.void) -> str:
    """What came of a row, in words: "closed (not held to be part of the job)", "held", "not agreed"."""
    kind = int(row["kind"])
    if kind > events.E_GATE:
        _, closed, stood_open = WORDS[kind - events.E_GATE]
        return f"open ({stood_open})" if row["outcome"] == 1 else f"closed ({closed})"
    known = dict(KINDS[kind].outcomes)
    word = known.get(int(row["outcome"]), "")
    meaning = KINDS[kind].outcome
    if set(known.values()) == {"no", "yes"}:
        if " " in meaning:
            return f"{meaning}: {word}"
        return meaning if word == "yes" else f"not {meaning}"
    return word


def _outcomes(one: np.void, other: np.void, posts: Posts) -> tuple[str, str]:
    """What came of two rows of a kind; where that is one word, what else is another: the practitioner, or the detail."""
    first, second = outcome_words(one), outcome_words(other)
    if first != second:
        return first, second
    with_whom = one["practitioner"] != other["practitioner"]
    meaning = KINDS[int(one["kind"])].detail
    ends = []
    for row in (one, other):
        if with_whom:
            post = int(row["practitioner"])
            how = f"with {posts.named(post)}" if post >= 0 else "with nobody"
        elif "gates" in meaning:
            how = f"gates closed: {', '.join(WORDS[gate][0] for gate in gates_in(int(row['detail']))) or 'none'}"
        else:
            how = f"{label(meaning)} {_value_words(meaning, float(row['detail']))}"
        ends.append(f"{first}, {how}" if first else how)
    return ends[0], ends[1]


def gate_name(kind: int) -> str:
    """The name of a gate's row: role, risk, time."""
    return WORDS[kind - events.E_GATE][0]


# What differed before


def of_person(before_a: np.ndarray, before_b: np.ndarray) -> list[Difference]:
    """The fields of a person's state (dtype USER, one record each) that differ, in words, in the order of `FIELD_WORDS`."""
    names = [*FIELD_WORDS, *(name for name in before_a.dtype.names or () if name not in FIELD_WORDS)]
    found = []
    for name in names:
        values = float(before_a[name]), float(before_b[name])
        if name not in NOT_TOLD and values[0] != values[1]:
            words = [field_words(name, value) for value in values]
            found.append(Difference(FIELD_WORDS.get(name, name.replace("_", " ")), values, _apart(values, words), name))
    return found


def field_words(name: str, value: float) -> str:
    """A field of a person's state in words."""
    if name in USER_CODES:
        codes: type[IntEnum] = USER_CODES[name]
        return codes(int(value)).name.lower().replace("_", " ")
    if name in USER_FLAGS or name == "asked":
        return "yes" if value else "no"
    if name == "lead_worker" and value == LEAD_COORDINATOR:
        return "the coordinator"
    return f"{value:.4g}"


def of_post(a: np.ndarray, b: np.ndarray, posts: tuple[int, int], week: int) -> list[Difference]:
    """What a week asked of two practitioners (the same post in both runs, or who led in each) and allowed them."""
    found = []
    for kind in (events.E_POST_WEEK, events.E_POST_HOURS):
        rows = [_one(rows, kind, week, "practitioner", post) for rows, post in ((a, posts[0]), (b, posts[1]))]
        found += _columns_that_differ(kind, rows)
    return found


def of_locality(a: np.ndarray, b: np.ndarray, locality: int, week: int) -> list[Difference]:
    """The locality's terms and climate in a week that differ."""
    found = []
    for kind in (events.E_TERMS, events.E_CLIMATE):
        rows = [_one(rows, kind, week, "detail", locality) for rows in (a, b)]
        found += _columns_that_differ(kind, rows)
    return found


def _one(rows: np.ndarray, kind: int, week: int, column: str, value: int) -> np.void | None:
    first, stop = np.searchsorted(rows["week"], [week, week + 1])
    span = rows[first:stop]
    chosen = np.flatnonzero((span["kind"] == kind) & (span[column] == value))
    return span[int(chosen[0])] if len(chosen) else None  # type: ignore[return-value]


def _columns_that_differ(kind: int, rows: Sequence[np.void | None]) -> list[Difference]:
    one, other = rows
    if one is None or other is None:
        return []
    known = [name for name in EVENT.names or () if name not in ("week", "kind", "person", "practitioner")]
    meanings = [(name, getattr(KINDS[kind], name)) for name in known]
    pairs = [_of_column(meaning, name, one, other) for name, meaning in meanings if meaning and meaning != "locality"]
    return [pair for pair in pairs if not pair.is_one]


def leader(user: np.ndarray) -> int:
    """The post that leads on a person's budget, or coordinates them."""
    on_the_way = user["pathway_stage"] not in (Stage.OUTSIDE, Stage.IN_USE)
    leads = on_the_way and user["lead_worker"] != LEAD_COORDINATOR
    return int(user["lead_worker"] if leads else user["coordinator"])
