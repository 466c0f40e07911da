"""What a visitor's page may ask for: bounds on everything, every fault at once, no path and no other file."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim.app.dials import DIALS
from persim.app.scenario_text import command_of, scenario_text
from persim.app.settings import MOST_TEXT, Settings, read_settings, scenario_names
from persim.cli_runs import changes
from persim.errors import InputError, PersimError
from persim.loops import switched_off
from persim.scenario import parse_scenario, read_scenario
from persim.scenario_search import shipped_folder
from persim.simulate import run_scenario

MINE = "schema_version: 1\nname: mine\ntitle: Mine\nquestion: Why?\nextends: baseline\n"


def refused(given: object) -> str:
    with pytest.raises(PersimError) as caught:
        read_settings(given).scenario()
    return str(caught.value)


def test_no_settings_are_the_baseline_with_four_hundred_people() -> None:
    settings = read_settings({})
    assert settings == Settings()
    scenario = settings.scenario()
    assert (scenario.name, scenario.n_users, scenario.n_weeks) == ("baseline", 400, 260)


def test_every_fault_is_told_at_once_with_the_nearest_right_word() -> None:
    told = refused({
        "people": 3, "seed": "one", "luck": -1, "world": [],
        "worlds": [{"scenario": "baselin", "dials": {"risk_aversio": 0.5, "workload": 9}, "off": ["lerning"],
                    "steps": [{"week": -1, "dials": {"market": 2}}]}],
    })  # fmt: skip
    for words in (
        "people = 3: expected a whole number from 50 to 1,000", 'seed = "one"', "luck = -1", "did you mean 'worlds'?",
        "did you mean 'baseline'?", "did you mean 'risk_aversion'?", "dials.workload = 9: expected a number from 0.5 to 2",
        "did you mean 'learning'?", "steps.0.week = -1", "steps.0.dials.market = 2",
    ):  # fmt: skip
        assert words in told


@pytest.mark.parametrize("people", [49, 1001, 400.0, True, None, "400", [400], math.nan])
def test_people_are_a_whole_number_within_bounds(people: object) -> None:
    assert "people" in refused({"people": people})


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan, math.inf, "0.5", None, True, [0.5], {}])
def test_dials_are_numbers_within_the_bounds_of_scenarios(value: object) -> None:
    assert "dials.risk_aversion" in refused({"worlds": [{"dials": {"risk_aversion": value}}]})


@pytest.mark.parametrize("worlds", [[], [{}, {}, {}], {}, "baseline", [None], [[]], [{"dials": []}], [{"steps": {}}],
                                    [{"off": "learning"}], [{"off": [1]}], [{"steps": [[]]}]])  # fmt: skip
def test_worlds_that_are_none_are_refused(worlds: object) -> None:
    assert "world" in refused({"worlds": worlds})


def test_a_dial_may_not_be_turned_after_the_end() -> None:
    assert "runs for 156 weeks" in refused(
        {"worlds": [{"scenario": "seminar", "steps": [{"week": 200, "dials": {"market": 1}}]}]}
    )


@pytest.mark.parametrize(
    "name", ["../baseline", "scenarios/baseline.yaml", "/etc/passwd", "baseline.yaml", "cto_rights/", "~"]
)
def test_a_scenario_is_never_a_path(name: str) -> None:
    assert "no such scenario comes with persim" in refused({"worlds": [{"scenario": name}]})


@pytest.mark.parametrize("parent", ["../../secret", "/elsewhere/secret", "secret", "./baseline"])
def test_a_scenario_that_is_brought_extends_only_what_comes_with_persim(
    parent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.yaml").write_text(MINE.replace("mine", "secret"), "utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "secret.yaml").write_text(MINE.replace("mine", "secret"), "utf-8")
    monkeypatch.chdir(tmp_path)
    told = refused({"worlds": [{"text": MINE.replace("extends: baseline", f"extends: {parent}")}]})
    assert "your file:5" in told
    assert str(tmp_path) not in told


def test_faults_of_a_brought_scenario_are_located_and_name_no_folder() -> None:
    told = refused({"worlds": [{"text": MINE + "parameters: {risk_aversoin: 0.3}\n"}]})
    assert told.startswith("your file:6:14: parameters.risk_aversoin")
    assert "did you mean" in told
    assert "/" not in told.replace("and/or", "")


@pytest.mark.parametrize(
    "text", ["x" * (MOST_TEXT + 1), 17, ["a"], "\x00", "a: &x [*x]", "!!python/object:os.system x", "a: " + "[" * 5000]
)
def test_hostile_texts_are_refused(text: object) -> None:
    assert refused({"worlds": [{"text": text}]})


def test_a_brought_scenario_is_run_with_the_pages_people_and_dials() -> None:
    settings = read_settings({"people": 200, "worlds": [{"text": MINE, "dials": {"market": 0.9}}]})
    scenario = settings.scenario()
    assert (scenario.name, scenario.n_users, scenario.parameters["market"]) == ("mine", 200, 0.9)


def test_a_scenario_longer_than_the_page_shows_is_refused() -> None:
    assert "at most 520" in refused({"worlds": [{"text": MINE + "horizon: {weeks: 600}\n"}]})


def test_a_dial_turned_in_a_week_leaves_earlier_weeks_as_they_are() -> None:
    plain = run_scenario(read_settings({}).scenario(), 1)
    turned = read_settings({"worlds": [{"steps": [{"week": 100, "dials": {"role_boundary": 0.0}}]}]}).scenario()
    other = run_scenario(turned, 1)
    assert (plain.record[:100] == other.record[:100]).all()
    assert (plain.record[100:] != other.record[100:]).any()


def test_the_same_settings_in_any_order_are_one() -> None:
    one = {"worlds": [{"dials": {"market": 0.5, "risk_aversion": 0.1}, "off": ["learning", "word_of_mouth"]}]}
    other = {"worlds": [{"off": ["word_of_mouth", "learning"], "dials": {"risk_aversion": 0.1, "market": 0.5}}]}
    assert read_settings(one) == read_settings(other)


WORLDS = [
    {}, {"scenario": "gold_standard"}, {"scenario": "cto_rights/all"}, {"dials": {"risk_aversion": 0.125}, "off": ["learning"]},
    {"scenario": "thirty_percent_target/audit", "dials": {"market": 0.3}, "steps": [{"week": 60, "dials": {"bureaucracy": 0.1}}]},
    {"text": MINE, "steps": [{"week": 10, "dials": {"workload": 1.5}}, {"week": 20, "dials": {"workload": 1.0}}]},
    {"scenario": "rural_action_research/staff_only"},
    {"scenario": "austerity", "steps": [{"week": 140, "dials": {"workload": 1.4}}]},
    {"text": MINE.replace("baseline", "austerity")
     + "policy:\n  - {from: 2010-01-04, set: {target: 0.2}, deadline: 2012-01-02}\n"},
]  # fmt: skip


@pytest.mark.parametrize("world", WORLDS, ids=range(len(WORLDS)))
def test_the_scenario_file_to_take_along_makes_the_same_run(world: dict[str, object]) -> None:
    settings = read_settings({"people": 120, "worlds": [world]})
    again = parse_scenario(scenario_text(settings), "from_the_page.yaml")
    assert (again.weekly_parameters() == settings.scenario().weekly_parameters()).all() or _same_numbers(
        again, settings
    )
    assert (run_scenario(again, 4).record == run_scenario(settings.scenario(), 4).record).all()


def _same_numbers(again: object, settings: Settings) -> bool:
    ours, theirs = settings.scenario().weekly_parameters(), again.weekly_parameters()  # type: ignore[attr-defined]
    return ours.tobytes() == theirs.tobytes()


def test_a_file_to_take_along_says_with_which_luck_it_was_run() -> None:
    settings = read_settings({"seed": 7, "luck": 9, "worlds": [{"steps": [{"week": 9, "dials": {"market": 0.2}}]}]})
    assert "persim run from_the_page.yaml --seed 7 --luck 9" in scenario_text(settings)
    assert command_of(settings) == "persim run from_the_page.yaml --seed 7 --luck 9"


def test_the_command_to_take_along_makes_the_same_run() -> None:
    dials = {"market": 0.2, "risk_aversion": 0.123456789}
    settings = read_settings({"people": 120, "seed": 7, "worlds": [{"dials": dials, "off": ["learning"]}]})
    words = command_of(settings).split()
    assert words[:3] == ["persim", "run", "baseline"]
    given = [words[at + 1] for at, word in enumerate(words) if word == "--set"]
    scenario = read_scenario("baseline").changed(n_users=120, **changes(given))
    assert scenario.parameters == settings.scenario().parameters
    assert switched_off(["learning"]).items() <= dict(scenario.parameters).items()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["people", "seed", "luck", "worlds", "dials", "steps", "week", "text", "off", "scenario", *DIALS]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
def test_whatever_json_comes_is_read_or_refused(value: object) -> None:
    try:
        settings = read_settings(value)
    except InputError:
        return
    assert all(world.scenario in scenario_names() or world.text for world in settings.worlds)


def test_settings_are_told_in_json_that_a_browser_sends() -> None:
    with pytest.raises(InputError, match="expected an object"):
        read_settings(json.loads("[1, 2]"))


def test_two_worlds_last_as_long_as_the_shorter_and_what_is_taken_along_says_so() -> None:
    both = read_settings({"people": 60, "worlds": [{}, {"scenario": "integrated_teams", "dials": {"market": 0.4}}]})
    assert [both.scenario(world).n_weeks for world in (0, 1)] == [260, 260]
    assert parse_scenario(scenario_text(both, 1), shipped_folder() / "from_the_page.yaml").n_weeks == 260
    assert "--weeks 260 --set market=0.4" in command_of(both, 1)
    assert "--weeks" not in command_of(both, 0)
    alone = read_settings({"people": 60, "worlds": [{"scenario": "integrated_teams"}]})
    assert alone.scenario().n_weeks == 312


@pytest.mark.parametrize("other", ["rural_action_research", "seminar"])
def test_two_worlds_that_cannot_hold_the_same_people_are_refused(other: str) -> None:
    with pytest.raises(InputError, match=f"baseline and {other} .* cannot hold the same people"):
        read_settings({"worlds": [{}, {"scenario": other}]}).scenario()
    read_settings({"worlds": [{"scenario": other}, {"scenario": other, "dials": {"market": 0.1}}]}).scenario(1)


def test_a_text_may_not_ask_for_more_than_a_page_can_bear() -> None:
    head = "schema_version: 1\nname: mine\ntitle: T\nquestion: Why?\n"
    with pytest.raises(InputError, match="localities"):
        read_settings({"worlds": [{"text": head + "parameters: {n_localities: 150}"}]}).scenario()
    for many in ("parameters:\n" + "".join(f"  zz{n}: 1\n" for n in range(4000)),
                 "arms:\n" + "".join(f"  a{n}: {{title: T}}\n" for n in range(2000))):  # fmt: skip
        with pytest.raises(InputError, match="more than 3,000 values"):
            read_settings({"worlds": [{"text": head + many}]}).scenario()


def test_very_many_faults_are_not_all_looked_up() -> None:
    with pytest.raises(InputError) as told:
        read_settings({f"key{n}": 1 for n in range(5000)} | {"worlds": [{"off": ["learnin"] * 5000}]})
    assert len(str(told.value).splitlines()) < 40
