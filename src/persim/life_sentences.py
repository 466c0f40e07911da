"""A person's rows of the ledger as dated sentences, each of one row.

By default a story tells what a person, a coordinator and a council did; weekly changes between stable and unsettled, gates
one by one, and hours are left out, and it is said how many rows were. With `every` each row has a sentence, and what was
weighed, the chance and the draw stand behind it. How each kind is told: `care_sentences`, `gate_sentences`,
`budget_sentences`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from persim import budget_sentences, care_sentences, gate_sentences
from persim.events import KINDS
from persim.sentence import Fact, Sentence, Setting, Telling, told, weighed

Teller = Callable[[np.void, Setting], Telling | None]
TELLERS: dict[int, Teller] = {
    **care_sentences.TELLERS, **gate_sentences.TELLERS, **budget_sentences.TELLERS,
}  # fmt: skip
WHOLE_TELLERS: dict[int, Teller] = {
    **care_sentences.WHOLE_TELLERS, **gate_sentences.WHOLE_TELLERS, **budget_sentences.WHOLE_TELLERS,
}  # fmt: skip


class Told(NamedTuple):
    """Sentences of some rows in their order, and how many rows of each kind were left out."""

    sentences: tuple[Sentence, ...]
    left_out: dict[str, int]


def tell(rows: np.ndarray, indices: Iterable[int], setting: Setting, every: bool = False) -> Told:
    """The rows of one person in words.

    Args:
        rows: dtype EVENT, of the whole ledger. indices: which of them, in order. every: a sentence for each row, with
            what was weighed, the chance and the draw; else the story as it is usually told.
    """
    sentences, left_out = [], Counter[str]()
    for number in indices:
        row = rows[number]
        if every:
            setting.unknown()
        telling = telling_of(row, setting, every)
        if telling is None:
            left_out[KINDS[int(row["kind"])].name] += 1
        else:
            sentences.append(_sentence(int(number), row, telling, every))
        setting.moved_by(row)
    return Told(tuple(sentences), dict(left_out))


def telling_of(row: np.void, setting: Setting, every: bool = False) -> Telling | None:
    """What one row tells; None where the usual story leaves it out."""
    kind = int(row["kind"])
    telling = TELLERS[kind](row, setting) if kind in TELLERS else None
    if telling is None and every:
        return WHOLE_TELLERS[kind](row, setting) if kind in WHOLE_TELLERS else told(f"{KINDS[kind].meaning}.")
    return telling


def _sentence(number: int, row: np.void, telling: Telling, every: bool) -> Sentence:
    facts: dict[str, Fact] = dict(telling.facts)
    behind = ""
    if every:
        rest = weighed(row, {fact.column for fact in facts.values()})
        behind, facts = rest.text, facts | {f"weighed {name}": fact for name, fact in rest.facts.items()}
    return Sentence(number, int(row["week"]), KINDS[int(row["kind"])].name, telling.text, facts, behind)
