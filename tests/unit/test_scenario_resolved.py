"""A scenario back from its resolved form, as a manifest holds it: the same to the digest, or every fault at once."""

import copy
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim.errors import ScenarioError
from persim.policy import PolicyStep
from persim.scenario import read_scenario, shipped_names
from persim.scenario_resolved import KEYS, scenario_of

SHIPPED = {name: read_scenario(name) for name in shipped_names()}
ARMS = {f"{name}/{arm.name}": whole.arm(arm.name) for name, whole in SHIPPED.items() for arm in whole.arms}
BASELINE = SHIPPED["baseline"].resolved()


def through_json(value):
    return json.loads(json.dumps(value, allow_nan=False))


def faults_of(resolved) -> str:
    with pytest.raises(ScenarioError) as caught:
        scenario_of(resolved)
    return str(caught.value)


def broken(change) -> str:
    resolved = copy.deepcopy(BASELINE)
    change(resolved)
    return faults_of(resolved)


@pytest.mark.parametrize("name", [*SHIPPED, *ARMS])
def test_every_shipped_scenario_and_arm_comes_back_to_the_digest(name):
    scenario = {**SHIPPED, **ARMS}[name]
    again = scenario_of(through_json(scenario.resolved()))
    assert again.digest() == scenario.digest()
    assert again.resolved() == scenario.resolved()
    assert (again.weekly_parameters() == scenario.weekly_parameters()).all() or (
        again.weekly_parameters().tobytes() == scenario.weekly_parameters().tobytes()
    )


@pytest.mark.parametrize("name", ["baseline", "cto_rights"])
def test_arms_of_what_came_back_are_the_arms_of_the_scenario(name):
    again = scenario_of(through_json(SHIPPED[name].resolved()))
    assert [v.digest() for v in again.variants()] == [v.digest() for v in SHIPPED[name].variants()]


def test_changed_numbers_a_share_drawn_more_often_and_whole_numbers_come_back():
    scenario = replace(
        SHIPPED["cto_rights"].changed(n_users=150, n_weeks=20, risk_aversion=0.1 + 0.2, n_localities=2),
        enrich=0.4,
        name="made by hand",
        start=date(2009, 4, 8),  # no Monday: files may not say so, but it can be run
    )
    scenario = replace(scenario, parameters={**scenario.parameters, "n_localities": 2})
    again = scenario_of(through_json(scenario.resolved()))
    assert again.digest() == scenario.digest()
    assert again.enrich == 0.4


@given(
    value=st.floats(0, 1),
    begin=st.dates(date(2008, 1, 1), date(2012, 1, 1)),
    ramp=st.integers(0, 520),
    text=st.text(max_size=20).filter(lambda text: text.isprintable()),
)
def test_any_step_comes_back(value, begin, ramp, text):
    step = PolicyStep(begin, {"training": value, "market": value}, date(2013, 1, 1), ramp, None, text, text)
    scenario = replace(SHIPPED["baseline"], policy=(step,), title=text)
    assert scenario_of(through_json(scenario.resolved())).digest() == scenario.digest()


def test_a_parameter_of_another_version_is_named_and_so_is_one_that_is_missing():
    def change(resolved):
        resolved["parameters"]["risk_avertion"] = resolved["parameters"].pop("risk_aversion")
        resolved["parameters"]["zzz_gone_since"] = 1.0

    words = broken(change)
    assert "parameters.risk_avertion: is not known here - did you mean 'risk_aversion'?" in words
    assert "parameters.risk_aversion: is missing" in words
    assert "parameters.zzz_gone_since: is not known here - was it resolved by another version of the model?" in words


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_key_is_named(key):
    assert f"{key}: is missing" in broken(lambda resolved: resolved.pop(key))


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_another_type_is_named(key):
    def change(resolved):
        resolved[key] = {"a": 1} if key != "parameters" else [1]

    assert key in broken(change)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("risk_aversion", 1.5, "is above 1"),
        ("risk_aversion", -0.1, "is below 0"),
        ("risk_aversion", True, "is not a number"),
        ("risk_aversion", "0.5", "is not a number"),
        ("risk_aversion", None, "is not a number"),
        ("risk_aversion", float("nan"), "is not a finite number"),
        ("n_localities", 2.5, "is not a whole number"),
        ("n_localities", 10**400, "is not a finite number"),
    ],
)
def test_a_number_that_cannot_be_is_refused(name, value, words):
    told = broken(lambda resolved: resolved["parameters"].__setitem__(name, value))
    assert f"parameters.{name}" in told
    assert words in told


@pytest.mark.parametrize(
    ("key", "value"),
    [("n_weeks", 0), ("n_weeks", 20.0), ("n_weeks", True), ("n_users", 10**9), ("enrich", 1), ("enrich", False),
     ("start", "2009-02-30"), ("start", "20090406"), ("start", "1812-01-06"), ("schema_version", 2),
     ("schema_version", True), ("name", ""), ("sources", [1]), ("sources", "S1"), ("start", 3)],
)  # fmt: skip
def test_a_size_or_a_date_that_cannot_be_is_refused(key, value):
    assert key in broken(lambda resolved: resolved.__setitem__(key, value))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"from": None}, "policy[0].from"),
        ({"from": "2010-04-05", "until": "2010-04-05"}, "policy[0].until"),
        ({"ramp_weeks": 521}, "policy[0].ramp_weeks"),
        ({"set": {"training": None}}, "policy[0].set.training"),
        ({"set": {"n_localities": 4}}, "policy[0].set.n_localities"),
        ({"set": {"target_deadline_weeks": 4}}, "policy[0].set.target_deadline_weeks"),
        ({"set": {"trainning": 0.4}}, "policy[0].set.trainning: is not a parameter - did you mean 'training'?"),
        ({"set": [1]}, "policy[0].set"),
        ({"extra": 1}, "policy[0].extra"),
        ({"why": None}, "policy[0].why"),
    ],
)
def test_a_step_that_cannot_be_is_refused(change, words):
    def on(resolved):
        resolved["policy"][0].update(change)

    assert words in broken(on)


def test_two_arms_of_one_name_are_refused():
    resolved = copy.deepcopy(SHIPPED["cto_rights"].resolved())
    resolved["arms"].append(resolved["arms"][0])
    assert "is there twice" in faults_of(resolved)


@pytest.mark.parametrize("value", [None, [], "baseline", 3, [{}]])
def test_what_is_no_mapping_is_refused(value):
    assert "the scenario" in faults_of(value)


def test_all_faults_are_told_at_once():
    def change(resolved):
        resolved["n_weeks"] = 0
        resolved["start"] = "yesterday"
        resolved["parameters"]["market"] = 7

    assert len(broken(change).splitlines()) == 3
