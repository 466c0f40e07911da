"""Whether what a sentence says stands where it says: in a column of its row, or in a field of the person's state."""

import re

import numpy as np

from persim.gate_sentences import WORDS
from persim.state import Barrier

HARSH = (
    "patient",
    "sufferer",
    "refused to",
    "failed to",
    "gaming",
    "drop",
    "burden",
    "because",
    "died",
    "death",
    "wanted to save",
)


def check_facts(lives, sentence, state=None):
    """Every fact of a sentence is the value of its column, and its words stand in the text."""
    row = lives.rows[sentence.row]
    assert sentence.facts, f"{sentence.text} says nothing that stands anywhere"
    assert int(row["week"]) == sentence.week
    for name, fact in sentence.facts.items():
        if fact.column.startswith("state."):
            found = float(state[fact.column.removeprefix("state.")])
        else:
            found = float(row[fact.column])
        assert found == fact.value, f"{name} of {sentence.text!r}: {found}, not {fact.value}"
        assert fact.words.lower() in sentence.text.lower(), f"{fact.words!r} is not in {sentence.text!r}"
    assert "{" not in sentence.text
    assert not [word for word in HARSH if re.search(rf"\b{word}", sentence.text.lower())], sentence.text


def numbers_in(text):
    """The numbers of a text, but for posts, persons, and what is always the same (scales, section 117)."""
    text = re.sub(r"\(from 0 to 1\)|from 0 to 1|\(section 117\)|post \d+|person \d+", "", text)
    return re.findall(r"\d[\d,]*(?:\.\d+)?", text)


def check_numbers(sentence):
    """No number stands in the text without a fact that says it."""
    said = " ".join(fact.words for fact in sentence.facts.values())
    for number in numbers_in(sentence.text):
        assert number in said, f"{number} in {sentence.text!r}"


def first_closed(bits):
    """The name of the first gate of some bits."""
    return next(WORDS[gate][0] for gate in Barrier if gate in WORDS and int(bits) >> gate & 1)


def is_sorted(values):
    return bool((np.diff(np.array(values)) >= 0).all())
