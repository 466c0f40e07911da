"""Where a policy fails, over many worlds."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from persim.discovery import CAVEAT, Discovery, condition_words, discover, discovery_sentence, share_interval
from persim.errors import InputError
from persim.failure_boxes import Box, Worlds

LABELS = {"panel": "Panel capacity", "role": "Role boundary"}
UNITS = {"panel": "per week", "role": "0-1"}


def worlds(n=256, seed=1):
    table = pd.DataFrame(qmc.Sobol(5, seed=seed).random(n), columns=["panel", "role", "risk", "staff", "trust"])
    table["panel"] *= 10.0
    return table


def planted(table):
    return ((table["panel"] < 4.0) & (table["role"] > 0.5)).to_numpy()


def test_a_planted_box_is_found():
    table = worlds()
    found = discover(table, planted(table), LABELS, UNITS)
    (box,) = found.boxes
    (first, below, panel), (second, above, role) = box.conditions
    assert (first, below, second, above) == ("panel", "<", "role", ">")
    assert panel == pytest.approx(4.0, abs=0.2)
    assert role == pytest.approx(0.5, abs=0.02)
    assert box.coverage == box.density == 1.0
    assert box.n_inside == planted(table).sum()
    assert box.held_out_coverage > 0.85
    assert box.held_out_density > 0.85
    assert not box.unstable


def test_a_planted_box_is_found_among_noise():
    table = worlds(512)
    fails = planted(table) ^ (np.random.default_rng(3).random(512) < 0.05)
    (box,) = discover(table, fails).boxes
    assert {(name, side) for name, side, _ in box.conditions} == {("panel", "<"), ("role", ">")}
    assert box.density > 0.85


def test_two_planted_boxes_are_found_and_told_in_two_sentences():
    table = worlds(512)
    second = ((table["risk"] > 0.7) & (table["staff"] < 0.4)).to_numpy()
    found = discover(table, planted(table) | second, LABELS, UNITS)
    named = [{name for name, _, _ in box.conditions} for box in found.boxes]
    assert {frozenset(names) for names in named} == {frozenset({"panel", "role"}), frozenset({"risk", "staff"})}
    assert "It also fails where" in discovery_sentence(found, "B", "A")


def test_the_same_worlds_give_the_same_boxes():
    table = worlds()
    fails = planted(table) ^ (np.random.default_rng(3).random(256) < 0.1)
    assert discover(table, fails, seed=5) == discover(table, fails, seed=5)


def test_thresholds_are_short_and_keep_every_world_on_its_side():
    table = worlds(128)
    table["panel"] = np.round(table["panel"])
    fails = (table["panel"] < 3).to_numpy()
    (box,) = discover(table, fails, LABELS, UNITS).boxes
    assert box.conditions == (("panel", "<", 3.0),)
    inside = Worlds(table.to_numpy(float), fails, list(table.columns)).inside(box.conditions)
    assert np.array_equal(inside, fails)


def test_failures_that_follow_nothing_give_no_box():
    # 40 tries; a box is told by chance in at most 1 of 100, so 4 or more happen once in a thousand.
    rng = np.random.default_rng(7)
    told = sum(bool(discover(worlds(128, seed), rng.random(128) < 0.4).boxes) for seed in range(40))
    assert told <= 3


@pytest.mark.parametrize(
    ("fails", "n", "words"),
    [
        (lambda n: np.zeros(n, bool), 64, "beats A in 100 % of 64 plausible worlds (95 % interval 94 % to 100 %)"),
        (lambda n: np.zeros(n, bool), 64, "it fails in none of them"),
        (lambda n: np.ones(n, bool), 64, "it fails in all of them"),
        (lambda n: np.arange(n) < 10, 20, "20 worlds are too few"),
        (lambda n: np.arange(n) < 3, 64, "3 worlds of the rarer kind are too few"),
        (lambda n: np.random.default_rng(1).random(n) < 0.5, 64, "does not follow from any"),
    ],
)
def test_what_cannot_be_told_is_said(fails, n, words):
    found = discover(worlds(64).iloc[:n], fails(n))
    assert found.boxes == ()
    assert words in discovery_sentence(found, "B", "A")


def test_the_sentence_names_labels_units_and_both_shares():
    table = worlds()
    text = discovery_sentence(discover(table, planted(table), LABELS, UNITS), "lean_process", "baseline")
    assert text.startswith("lean_process beats baseline in 80 % of 256 plausible worlds (95 % interval 74 % to 84 %)")
    assert "it fails where panel capacity < 4" in text
    assert " per week and role boundary > 0." in text
    assert text.endswith("(coverage 100 %, density 100 %).")
    assert "chance of success" in CAVEAT


def test_an_acronym_keeps_its_capitals():
    assert condition_words(("x", ">", 0.25), {"x": "CTO share"}, {}) == "CTO share > 0.25"


def test_a_box_that_does_worse_elsewhere_is_called_unstable():
    box = Box((("panel", "<", 3.0),), 0.7, 0.9, 20, held_out_coverage=0.5, held_out_density=0.88)
    found = Discovery(100, 20, (box,), "", LABELS, UNITS)
    assert box.unstable
    assert "(coverage 70 %, density 90 %; unstable: 50 % and 88 % in worlds left out)" in discovery_sentence(
        found, "B", "A"
    )


def test_faulty_input_is_refused():
    table = worlds(64)
    with pytest.raises(InputError, match="must be bool of shape"):
        discover(table, np.zeros(63, bool))
    with pytest.raises(InputError, match="risk has a value that is missing"):
        discover(table.assign(risk=np.nan), np.zeros(64, bool))
    with pytest.raises(InputError, match="must be numbers"):
        discover(table.assign(risk="high"), np.zeros(64, bool))


def test_without_the_extra_the_way_to_install_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.delitem(sys.modules, "sklearn.tree", raising=False)
    table = worlds()
    with pytest.raises(InputError, match=r"pip install 'persim\[decide\]'"):
        discover(table, planted(table))


def test_wilsons_interval_is_the_textbooks():
    assert share_interval(82, 100) == pytest.approx((0.7333, 0.8830), abs=1e-4)  # scipy.stats.binomtest, method wilson
    assert share_interval(0, 0) == (0.0, 1.0)
    low, high = share_interval(50, 50)
    assert high == 1.0
    assert low == pytest.approx(0.9287, abs=1e-4)
