"""Calibration files: what is read, and every fault with its line."""

import re
from collections import Counter
from pathlib import Path

import pytest

from persim.calibration.plan import plain_content, plan_of, quick, worlds_of
from persim.calibration.plan_file import read_calibration
from persim.design_search import CALIBRATION, find_design, known_designs
from persim.errors import InputError, ScenarioError
from persim.jit import PACKAGE
from persim.parameters import BY_NAME
from persim.scenario_fields import TAKEN_WHOLE

SMALL = """\
schema_version: 1
name: small
title: Small
people: 60
stages:
  - name: services
    targets: [TGT07, TGT08]
    fixed: {budgets_offered: 0}
    weeks: 208
    parameters:
      rows_per_post: {low: 20, high: 45}
      contacts_stable:
  - name: take_up
    targets: [TGT01]
    weeks: 208
    parameters:
      relabel_rate: {low: 0.005, high: 0.08, scale: log}
    patterns: [PAT10]
"""


@pytest.fixture
def write(tmp_path):
    def written(text: str) -> Path:
        path = tmp_path / "small.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def faults(path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_calibration(path)
    return str(caught.value)


def test_a_file_says_what_is_fitted_to_what(write):
    plan = read_calibration(write(SMALL))
    assert plan.parameters == ("rows_per_post", "contacts_stable", "relabel_rate")
    assert plan.targets == ("TGT07", "TGT08", "TGT01")
    services, take_up = plan.stages
    assert services.space.axes[1].low == 0.0  # the bounds of the table
    assert services.space.axes[1].high == 2.0
    assert services.fixed == {"budgets_offered": 0.0}
    assert take_up.space.axes[0].log
    assert take_up.patterns == ("PAT10",)
    assert plan.scenario.n_users == 60
    assert len(worlds_of(plan.patterns_of(take_up))) == 4


def test_what_the_model_takes_whole_is_searched_whole(write):
    services, take_up = read_calibration(write(SMALL)).stages
    assert [axis.whole for axis in (*services.space.axes, *take_up.space.axes)] == [True, False, False]


def test_what_is_taken_whole_is_what_every_rule_takes_whole():
    """Parameters that stand in `int(...)` by themselves wherever a rule reads them."""
    sources = "\n".join(path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py")))
    cast, read = (Counter(re.findall(rule, sources)) for rule in (r"\bint\(p\.(\w+)\)", r"\bp\.(\w+)"))
    found = {name for name in cast if name in BY_NAME and cast[name] == read[name]}
    assert found == TAKEN_WHOLE


def test_a_store_gives_the_same_calibration_back(write):
    plan = read_calibration(write(SMALL))
    assert plain_content(plan_of(plain_content(plan))) == plain_content(plan)


def test_people_and_seed_can_be_others(write):
    plan = read_calibration(write(SMALL), people=80, seed=7)
    assert (plan.people, plan.seed, plan.scenario.n_users) == (80, 7, 80)
    with pytest.raises(InputError, match="people is 0"):
        read_calibration(write(SMALL), people=0)


def test_the_shipped_calibration_can_be_read_and_made_small():
    assert "calibration" in known_designs(CALIBRATION)
    plan = read_calibration(find_design("calibration", CALIBRATION))
    small = quick(plan)
    assert small.n_runs < plan.n_runs / 5
    assert small.scenario.n_users == small.people < plan.people


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("high: 45", "high: 450", 11, "is above 60"),
        ("low: 20", "low: 50", 11, "is not above low"),
        ("low: 0.005", "low: 0", 17, "needs a low above 0"),
        ("[TGT07, TGT08]", "[TGT07, TGT99]", 7, "is no target"),
        ("[TGT07, TGT08]", "[TGT07, TGT03]", 7, "is for validation, so nothing may be fitted to it"),
        ("[TGT07, TGT08]", "[TGT07, TGT07]", 7, "stands twice"),
        ("[TGT07, TGT08]", "[TGT07, TGT11]", 7, "cannot be measured"),
        ("[PAT10]", "[PAT99]", 18, "is no pattern"),
        ("rows_per_post:", "rows_per_pots:", 11, "did you mean 'rows_per_post'"),
        ("rows_per_post: {low: 20, high: 45}", "n_localities:", 11, "is the size of the study"),
        (
            "weeks: 208\n    parameters:\n      rows",
            "weeks: 999\n    parameters:\n      rows",
            9,
            "beyond the scenario",
        ),
        ("budgets_offered: 0", "budgets_offered: 2", 8, "is above 1"),
        ("fixed: {budgets_offered: 0}", "fixed: {rows_per_post: 30}", 8, "is fitted in the same stage"),
        (
            "relabel_rate: {low: 0.005, high: 0.08, scale: log}",
            "contacts_stable:",
            17,
            "is fitted in the stage services",
        ),
        ("    patterns", "    smc: {particles: 30, chains: 4}\n    patterns", 18, "cannot be split over 4 chains"),
        ("    patterns", "    waves: {cut: 0}\n    patterns", 18, "is not within 1 to 10"),
        ("people: 60", "people: many", 4, "is not a number"),
        ("name: take_up", "name: services", 13, "stands twice"),
    ],
)
def test_a_fault_is_told_with_its_line(write, old, new, line, said):
    text = SMALL.replace(old, new, 1)
    assert text != SMALL
    message = faults(write(text))
    assert said in message
    assert f"small.yaml:{line}:" in message


def test_all_faults_are_told_at_once(write):
    message = faults(write(SMALL.replace("TGT08", "TGT98").replace("PAT10", "PAT98").replace("title: Small\n", "")))
    assert "TGT98" in message
    assert "PAT98" in message
    assert "title: is missing" in message


def test_a_fault_names_the_place_in_the_file(write):
    message = faults(write(SMALL.replace("[TGT07, TGT08]", "[TGT99, TGT03]").replace("relabel_rate", "relabel_rat")))
    assert "targets[0] = TGT99 is no target" in message
    assert "targets[1] = TGT03 is for validation" in message
    assert "names no parameter" not in message
