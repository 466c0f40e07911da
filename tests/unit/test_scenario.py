"""What a scenario means: what it extends, what its policy steps make of the weeks, its arms, and keyword changes."""

import json
import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persim.errors import InputError, ScenarioError
from persim.parameters import BY_NAME, PARAMETERS, TABLE
from persim.policy import COMPUTED, NO_TARGET_WEEKS, PolicyStep, monday_of, week_of, weekly_rows
from persim.scenario import Scenario, parse_scenario, read_scenario
from persim.scenario_search import shipped_folder, shipped_names

TWELVE = (
    "baseline",
    "cto_rights",
    "integrated_teams",
    "perceived_risk",
    "thirty_percent_target",
    "rural_action_research",
    "gold_standard",
    "lean_process",
    "role_clarity",
    "positive_risk_taking",
    "brokers_and_peers",
    "austerity",
)


def mine(body: str = "", extends: str = "baseline") -> Scenario:
    """A scenario from a short text."""
    head = "schema_version: 1\nname: mine\ntitle: Mine\nquestion: What if?\n"
    return parse_scenario(f"{head}extends: {extends}\n{body}", "mine.yaml")


def step(begin: str, numbers: str, more: str = "") -> str:
    """The text of a policy step."""
    return f"  - from: {begin}\n    set: {{{numbers}}}\n" + (f"    {more}\n" if more else "")


# Time


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2008, 4, 7), 0),
        (date(2008, 4, 13), 0),
        (date(2008, 4, 14), 1),
        (date(2008, 4, 6), -1),
        (date(2007, 4, 2), -53),
        (date(2008, 11, 3), 30),
        (date(2009, 9, 2), 73),
        (date(2009, 11, 9), 83),
        (date(2011, 3, 31), 155),
        (date(2012, 10, 26), 237),
    ],
)
def test_a_date_stands_for_the_week_that_contains_it(day: date, week: int):
    assert week_of(day) == week


@given(st.integers(-500, 3000))
def test_a_week_starts_on_its_monday(week: int):
    assert monday_of(week).weekday() == 0
    assert week_of(monday_of(week)) == week


# The scenarios that come with persim


def test_the_twelve_the_calendar_and_the_seminar_are_shipped():
    assert set(shipped_names()) == {*TWELVE, "policy_calendar", "seminar"}


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_says_what_it_asks_and_where_it_comes_from(name: str):
    scenario = read_scenario(name)
    assert scenario.title
    assert scenario.question.endswith("?")
    assert scenario.expected
    assert scenario.sources
    text = (shipped_folder() / f"{name}.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=scenario.schema.json\n")


@pytest.mark.parametrize("name", shipped_names())
def test_every_variant_of_a_shipped_scenario_gives_a_number_in_bounds_for_every_week(name: str):
    for variant in read_scenario(name).variants():
        weekly = variant.weekly_parameters()
        assert weekly.dtype == PARAMETERS
        assert weekly.shape == (variant.n_weeks,)
        for p in TABLE:
            column = weekly[p.name]
            if np.isnan(column).any():
                assert p.default is None
            else:
                assert p.low <= column.min() <= column.max() <= p.high, p.name


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_policy_step_says_why_and_by_which_source(name: str):
    scenario = read_scenario(name)
    for policy_step in (*scenario.policy, *(s for arm in scenario.arms for s in arm.policy)):
        assert policy_step.why
        assert policy_step.source


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_texts_use_respectful_words(name: str):
    text = (shipped_folder() / f"{name}.yaml").read_text("utf-8").lower()
    for word in (
        "sufferer",
        "the mentally ill",
        "patient",
        "risky person",
        "non-compliant",
        "revolving door",
        "gaming",
    ):
        assert word not in text
    for word in ("frequent flyer", "the vulnerable", "drop-out", "dropout", "misuse"):
        assert word not in text


def test_the_calendar_has_the_dates_of_the_time():
    weekly = read_scenario("baseline").weekly_parameters()
    assert np.flatnonzero(np.diff(weekly["ctos_exist"])).tolist() == [29]
    assert np.flatnonzero(np.diff(weekly["direct_payment_barred"])).tolist() == [82]
    assert weekly["target"][[72, 73, 155, 156, 236, 237, 259]].tolist() == [0, 0.3, 0.3, 1, 1, 0.7, 0.7]
    assert weekly["target_deadline_weeks"][[72, 73, 154, 156, 236, 237]].tolist() == [260, 82, 1, 103, 23, 22]
    assert weekly["default_offer"][[128, 129]].tolist() == [0, 0.1]
    assert weekly["implicit_tightening"][103] == 0 < weekly["implicit_tightening"][104]


def test_other_clients_follow_the_published_path():
    other = read_scenario("baseline").weekly_parameters()["other_clients_rate"]
    assert np.all(np.diff(other) > 0)
    assert other[50] == 0.08  # March 2009
    assert other[128] == 0.25  # September 2010
    assert other[154] == 0.333  # March 2011
    assert 0.40 <= other[155:207].mean() <= 0.53  # 2011-12
    assert 0.556 <= other[208:260].mean() <= 0.76  # 2012-13


def test_the_calendar_is_the_same_for_a_run_that_starts_earlier():
    earlier = read_scenario("rural_action_research").weekly_parameters()
    usual = read_scenario("baseline").weekly_parameters()
    shared = len(earlier) - 53
    for name in ("other_clients_rate", "target", "target_deadline_weeks", "ctos_exist", "implicit_tightening"):
        np.testing.assert_array_equal(earlier[name][53:], usual[name][:shared])


def test_rural_action_research_starts_in_april_2007():
    scenario = read_scenario("rural_action_research")
    assert scenario.start_week == -53
    spirals = scenario.arm("co_researchers").weekly_parameters()["action_research"]
    assert spirals.sum() == 3 * 56


def test_rights_practice_has_each_part_alone_and_all_in_2012():
    scenario = read_scenario("cto_rights")
    assert scenario.enrich == 0.4
    parts = ("rights_information", "rights_meeting", "rights_advocate", "rights_relative")
    for arm, on in (("usual", ()), ("information", parts[:1]), ("relative", parts[3:]), ("all", parts)):
        weekly = scenario.arm(arm).weekly_parameters()
        for part in parts:
            weeks = np.flatnonzero(weekly[part])
            assert (weeks[0], weeks[-1]) == (195, 246) if part in on else len(weeks) == 0


def test_the_target_arms_differ_in_one_thing_each():
    scenario = read_scenario("thirty_percent_target")
    weekly = {arm.name: scenario.arm(arm.name).weekly_parameters() for arm in scenario.arms}
    assert weekly["none"]["target"].max() == 0
    assert np.flatnonzero(weekly["target"]["target"]).tolist() == list(range(73, 156))
    assert weekly["none"]["target_deadline_weeks"].min() == NO_TARGET_WEEKS
    for arm, name in (("audit", "audit"), ("default_offer", "default_offer")):
        different = [
            p for p in TABLE if not np.array_equal(*(weekly[a][p.name] for a in (arm, "target")), equal_nan=True)
        ]
        assert [p.name for p in different] == [name]


# Extending


def test_an_extending_file_inherits_what_it_does_not_say():
    scenario, baseline = mine(), read_scenario("baseline")
    assert scenario.policy == baseline.policy
    assert scenario.parameters == baseline.parameters
    assert (scenario.start, scenario.n_weeks, scenario.n_users) == (baseline.start, 260, 3000)
    assert scenario.title == "Mine"


def test_a_step_overrides_its_parents_in_the_weeks_it_covers():
    body = "policy:\n" + step("2009-09-07", "default_offer: 0.5", "until: 2011-01-03")
    offer = mine(body).weekly_parameters()["default_offer"]
    first, end = week_of(date(2009, 9, 7)), week_of(date(2011, 1, 3))
    assert set(offer[first:end]) == {0.5}
    assert offer[first - 1] == 0
    assert set(offer[end:]) == {0.1}  # as the calendar has it from October 2010


def test_a_parameter_in_an_extending_file_holds_in_every_week():
    weekly = mine("parameters: {implicit_tightening: 0.01, target: 0}\n").weekly_parameters()
    assert set(weekly["implicit_tightening"]) == {0.01}
    assert set(weekly["target"]) == {0.0}
    assert set(weekly["target_deadline_weeks"]) == {NO_TARGET_WEEKS}


def test_own_steps_change_own_parameters():
    training = mine("parameters: {training: 0.2}\npolicy:\n" + step("2010-04-05", "training: 0.6")).weekly_parameters()
    assert training["training"][[0, 103, 104, 259]].tolist() == [0.2, 0.2, 0.6, 0.6]


def test_a_file_in_the_same_folder_comes_before_a_shipped_one(tmp_path: Path):
    text = "schema_version: 1\nname: {}\ntitle: T\nquestion: Q?\n"
    (tmp_path / "baseline.yaml").write_text(text.format("baseline") + "parameters: {training: 0.9}\n")
    (tmp_path / "mine.yaml").write_text(text.format("mine") + "extends: baseline\n")
    assert read_scenario(tmp_path / "mine.yaml").parameters["training"] == 0.9
    assert read_scenario(tmp_path / "mine.yaml").policy == ()


def test_a_bare_name_is_looked_for_here_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert read_scenario("baseline").path == shipped_folder() / "baseline.yaml"
    (tmp_path / "scenarios").mkdir()
    text = "schema_version: 1\nname: quicker\ntitle: T\nquestion: Q?\n"
    (tmp_path / "scenarios" / "quicker.yaml").write_text(text)
    assert read_scenario("quicker").path == Path("scenarios/quicker.yaml")
    (tmp_path / "quicker").mkdir()  # a folder of results with the same name is not in the way
    assert read_scenario("quicker").path == Path("scenarios/quicker.yaml")


# Ramps


def test_a_ramp_goes_in_equal_parts_from_the_value_in_force_and_ends_exactly():
    body = "policy:\n" + step("2010-04-05", "training: 0.45", "ramp_weeks: 4")
    training = mine(body).weekly_parameters()["training"]
    assert training[103] == 0.05
    np.testing.assert_allclose(training[104:108], [0.15, 0.25, 0.35, 0.45])
    assert set(training[107:]) == {0.45}


def test_a_ramp_continues_from_the_step_before_it():
    body = "policy:\n" + step("2009-04-06", "training: 0.25", "until: 2010-04-05")
    body += step("2010-04-05", "training: 0.05", "ramp_weeks: 2")
    training = mine(body).weekly_parameters()["training"]
    np.testing.assert_allclose(training[[103, 104, 105]], [0.25, 0.15, 0.05])


def test_a_ramp_of_one_week_is_at_once():
    body = "policy:\n" + step("2010-04-05", "training: 0.3", "ramp_weeks: 1")
    assert mine(body).weekly_parameters()["training"][104] == 0.3


def test_a_ramp_does_not_depend_on_where_the_run_starts():
    body = "policy:\n" + step("2009-04-06", "training: 0.85", "ramp_weeks: 80")
    usual = mine(body).weekly_parameters()["training"]
    late = mine("horizon: {start: 2010-04-05, weeks: 100}\n" + body).weekly_parameters()["training"]
    np.testing.assert_array_equal(late, usual[104:204])


def test_steps_beyond_the_horizon_change_nothing():
    body = "horizon: {weeks: 50}\npolicy:\n" + step("2010-04-05", "training: 0.6")
    assert set(mine(body).weekly_parameters()["training"]) == {0.05}


@st.composite
def policies(draw: st.DrawFn) -> list[PolicyStep]:
    """Some steps on one number, one after the other."""
    weeks = sorted(draw(st.lists(st.integers(-60, 320), min_size=2, max_size=8, unique=True)))
    steps = []
    for first, end in zip(weeks[::2], weeks[1::2], strict=False):
        value, ramp = draw(st.floats(0, 1)), draw(st.integers(0, end - first))
        steps.append(PolicyStep(monday_of(first), {"training": value}, monday_of(end), ramp))
    return steps


@settings(deadline=None)
@given(policies(), st.integers(-60, 60), st.integers(1, 300))
def test_weekly_numbers_stay_between_those_that_were_set(policy: list[PolicyStep], start: int, n_weeks: int):
    parameters = Scenario("x").parameters
    column = weekly_rows(parameters, policy, start, n_weeks)["training"]
    values = [0.05, *(policy_step.set["training"] for policy_step in policy)]
    assert min(values) - 1e-12 <= column.min() <= column.max() <= max(values) + 1e-12
    for week in range(n_weeks):
        covered = any(s.weeks[0] <= start + week < s.weeks[1] for s in policy)
        assert covered or column[week] == 0.05


@settings(deadline=None)
@given(policies(), st.integers(1, 259))
def test_a_step_changes_no_week_before_it(policy: list[PolicyStep], week: int):
    parameters = Scenario("x").parameters
    later = PolicyStep(monday_of(week), {"training": 0.77})
    without, with_it = (weekly_rows(parameters, p, 0, 260) for p in (policy, [*policy, later]))
    assert without[:week].tobytes() == with_it[:week].tobytes()


# Arms


def test_an_arm_adds_to_its_scenario():
    arm = read_scenario("rural_action_research").arm("shared_power")
    assert arm.name == "rural_action_research/shared_power"
    assert arm.title.startswith("Action research in a rural Trust: ")
    assert arm.arms == ()
    assert arm.parameters["power_distance"] == 0.3
    assert arm.parameters["rural_share"] == 1


def test_a_scenario_without_arms_is_its_own_only_variant():
    assert [v.name for v in read_scenario("baseline").variants()] == ["baseline"]


def test_an_arm_can_be_asked_for_by_name(tmp_path: Path):
    assert read_scenario("cto_rights/all").name == "cto_rights/all"
    place = tmp_path / "mine.yaml"
    place.write_text("schema_version: 1\nname: mine\ntitle: T\nquestion: Q?\narms: {a: {parameters: {training: 1}}}\n")
    assert read_scenario(f"{place}/a").parameters["training"] == 1


def test_an_unknown_arm_is_told_with_the_nearest():
    with pytest.raises(InputError, match="no arm 'al' - did you mean 'all'"):
        read_scenario("cto_rights").arm("al")
    with pytest.raises(InputError, match="it has no arms"):
        read_scenario("baseline").arm("all")


def test_a_parameter_in_an_arm_holds_in_every_week():
    scenario = mine("arms: {a: {parameters: {implicit_tightening: 0}}}\n")
    assert scenario.arm("a").weekly_parameters()["implicit_tightening"].max() == 0


# Keyword changes


def test_a_keyword_holds_in_every_week_whatever_the_policy_says():
    changed = read_scenario("lean_process").changed(lean_process=0.9, n_weeks=120, n_users=77)
    assert set(changed.weekly_parameters()["lean_process"]) == {0.9}
    assert (changed.n_weeks, changed.n_users) == (120, 77)
    assert read_scenario("lean_process").weekly_parameters()["lean_process"][0] == 0


def test_a_keyword_holds_in_the_arms_too():
    changed = read_scenario("thirty_percent_target").changed(audit=0, power_distance=0.1)
    assert changed.arm("audit").weekly_parameters()["audit"].max() == 0


def test_all_wrong_keywords_are_told_at_once():
    with pytest.raises(ScenarioError) as caught:
        read_scenario("baseline").changed(n_users=0, risk_averson=0.1, market=2, workload=float("nan"), training=True)
    assert [fault.key for fault in caught.value.faults] == ["n_users", "risk_averson", "market", "workload", "training"]
    assert "did you mean 'risk_aversion'?" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("target_deadline_weeks", 3), ("risk_aversion", None), ("risk_aversion", "0.3"), ("integrated_share", 0.9)],
)
def test_a_keyword_that_cannot_be_used_is_refused(name: str, value: object):
    with pytest.raises(ScenarioError):
        read_scenario("baseline").changed(**{name: value})  # type: ignore[arg-type]


def test_numpy_numbers_are_numbers():
    assert read_scenario("baseline").changed(risk_aversion=np.float64(0.2)).parameters["risk_aversion"] == 0.2
    assert read_scenario("baseline").changed(n_users=np.int64(50)).n_users == 50  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.sampled_from([p for p in TABLE if p.name not in COMPUTED]), st.floats(0, 1))
def test_any_value_within_its_bounds_is_taken(parameter, at: float):
    value = parameter.low + at * (parameter.high - parameter.low)
    value = float(round(value)) if parameter.unit == "0 or 1" or parameter.name == "n_localities" else value
    changes = {parameter.name: min(value, parameter.high)}
    alone = {"integrated_share": "co_located_share", "nurse_share": "social_worker_share", "small_share": "large_share"}
    alone |= {
        "carer_advocates": "carer_worried",
        "dispute_nowhere": "dispute_joint",
        "cut_at_review": "raise_at_review",
    }
    other = (alone | {b: a for a, b in alone.items()}).get(parameter.name)
    scenario = read_scenario("baseline").changed(**(changes | ({other: 0.0} if other else {})))
    assert scenario.parameters[parameter.name] == changes[parameter.name]


# Manifest, copies, speed


@pytest.mark.parametrize("name", shipped_names())
def test_a_resolved_scenario_is_plain_json_and_complete(name: str):
    resolved = read_scenario(name).resolved()
    assert json.loads(json.dumps(resolved, allow_nan=False)) == resolved
    assert list(resolved["parameters"]) == list(BY_NAME)


def test_the_digest_tells_scenarios_apart_and_equal_ones_together():
    digests = {read_scenario(name).digest() for name in shipped_names()}
    assert len(digests) == len(shipped_names())
    assert read_scenario("baseline").digest() == read_scenario(shipped_folder() / "baseline.yaml").digest()
    assert (
        read_scenario("baseline").changed(training=0).digest()
        == read_scenario("baseline").changed(training=0.0).digest()
    )


def test_a_scenario_survives_pickling():
    scenario = read_scenario("cto_rights")
    scenario.weekly_parameters()
    copy = pickle.loads(pickle.dumps(scenario))
    assert copy == scenario
    assert copy.weekly_parameters().tobytes() == scenario.weekly_parameters().tobytes()


def test_changing_the_weekly_rows_leaves_the_scenario_alone():
    scenario = read_scenario("baseline")
    scenario.weekly_parameters()["training"] = 1
    assert scenario.weekly_parameters()["training"][0] == 0.05


def test_weekly_rows_are_made_once(monkeypatch: pytest.MonkeyPatch):
    made = []
    monkeypatch.setattr("persim.scenario.weekly_rows", lambda *args: made.append(1) or weekly_rows(*args))
    scenario = read_scenario("baseline")
    first, second = scenario.weekly_parameters(), scenario.weekly_parameters()
    assert first.tobytes() == second.tobytes()
    assert len(made) == 1


def test_reading_a_scenario_loads_nothing_heavy():
    code = (
        "import sys, persim.scenario as s; s.read_scenario('baseline').weekly_parameters(); print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for module in ("pandas", "matplotlib", "mesa", "numba", "pydantic", "scipy"):
        assert f"'{module}'" not in done.stdout
