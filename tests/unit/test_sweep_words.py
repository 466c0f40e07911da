"""The words of a sweep do not say the opposite of its numbers, whichever way is good."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import persim
from persim.number_words import share_of_worlds
from persim.sweep_figures import sweep_figures
from persim.sweep_words import one_world_answer, scenario_lines, sweep_answer, together_words
from persim.worlds import ACROSS_COLUMNS, BETTER_IF_HIGHER, BETTER_IF_LOWER, across_worlds, fails_table, where_it_fails

LEVERS = """schema_version: 1
name: worse
title: Worse
question: What if?
scenarios: [baseline]
levers:
  combine: alone_and_together
  which:
    heavy: {parameters: {workload: 1.9}}
    firm: {parameters: {role_boundary: 0.95}}
population: {people: 300}
horizon: {weeks: 200}
replicates: 12
"""
WORLDS = """schema_version: 1
name: few
title: Few
question: What if?
scenarios: [baseline, lean_process]
parameters: {role_boundary: [0.2, 0.8]}
population: {people: 60}
horizon: {weeks: 30}
replicates: 2
deciding_outcome: wait_weeks
"""


@pytest.fixture(scope="module")
def worse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worse")
    (folder / "worse.yaml").write_text(LEVERS)
    return persim.sweep(folder / "worse.yaml", folder / "out", figures=False).comparison()


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Thirty weeks are too short for anybody to have come through: nobody has waited."""
    folder = tmp_path_factory.mktemp("few")
    (folder / "few.yaml").write_text(WORLDS)
    return persim.sweep(folder / "few.yaml", folder / "out")


def test_what_harms_least_is_not_said_to_help_most(worse):
    words = one_world_answer(worse, "people_with_real_budget")[0]
    assert words.startswith("No scenario raises people with a real budget beyond chance")
    assert together_words(worse, "people_with_real_budget") == ""


def test_the_best_scenario_stands_first_also_where_less_is_better(worse):
    lines = scenario_lines(worse, "forms_hours_year")
    order = [line.split()[0] for line in lines if line.split() and line.split()[0] in worse.names[1:]]
    hours = {name: worse.estimate("forms_hours_year", name).difference or 0.0 for name in worse.names[1:]}
    assert order == sorted(order, key=lambda name: hours[name])


def test_a_figure_that_no_run_has_crashes_nothing(few):
    across = across_worlds(few)
    assert across.query("measure == 'wait_weeks'")["n_worlds"].max() == 0
    answer = sweep_answer(few, across, where_it_fails(few))
    assert "an unknown amount" in " ".join(answer)
    assert [name for name, _, _ in sweep_figures(few)] == ["worlds", "factors-1"]
    assert list(fails_table(few, where_it_fails(few)).columns)


def test_a_scenario_without_the_figure_is_not_the_best():
    """NaN is neither the longest nor the shortest wait."""

    @dataclasses.dataclass
    class Plain:
        deciding_outcome: str = "wait_weeks"
        n_worlds: int = 10
        sample: None = None

    @dataclasses.dataclass
    class Found:
        design: Plain
        names: tuple[str, ...] = ("a", "b", "c")
        replicates: int = 5

    rows = [
        (name, reference, "wait_weeks", "Wait", "weeks", middle, middle, middle, middle, "lower", 0.5, 0.1, 10, 5, "")
        for name, reference, middle in (("a", "", 30.0), ("b", "a", np.nan), ("c", "a", -2.0))
    ]
    words = sweep_answer(Found(Plain()), pd.DataFrame(rows, columns=list(ACROSS_COLUMNS)), [])
    assert words[0].startswith("With c, wait changes by \N{MINUS SIGN}2.0 weeks")


def test_what_differs_nowhere_is_not_said_to_fail(few):
    """Thirty weeks change nobody's take-up: a tie everywhere is no failure."""
    differs = dataclasses.replace(few.design, deciding_outcome="real_take_up")
    few.design, before = differs, few.design
    try:
        (told,) = set(fails_table(few, where_it_fails(few))["sentence"])
    finally:
        few.design = before
    assert told == "lean_process does not differ from baseline in any of 2 plausible worlds."


def test_declining_and_reporting_are_neither_good_nor_bad():
    assert not {"acceptance", "reported_take_up"} & (BETTER_IF_HIGHER | BETTER_IF_LOWER)


def test_a_share_is_all_or_nothing_only_if_it_is():
    assert [share_of_worlds(share) for share in (0.0, 0.001, 0.5, 0.997, 1.0)] == [
        "0 %", "under 1 %", "50 %", "over 99 %", "100 %",
    ]  # fmt: skip
    assert share_of_worlds(float("nan")) == ""
