"""Designs: scenarios, levers and worlds out of a file, and what they are refused for."""

import json
from pathlib import Path

import numpy as np
import pytest

from persim.design import read_design
from persim.design_schema import design_schema
from persim.design_search import find_design, is_design, known_designs, shipped_design_folder
from persim.errors import ScenarioError
from persim.parameters import FIXED_AT_START, TABLE
from persim.policy import COMPUTED
from persim.scenario import read_scenario
from persim.stored_design import changes, content_of, design_of

HEAD = "schema_version: 1\nname: mine\ntitle: Mine\nquestion: What if?\n"


@pytest.fixture
def write(tmp_path):
    def put(text: str, head: str = HEAD) -> Path:
        place = tmp_path / "mine.yaml"
        place.write_text(head + text, encoding="utf-8")
        return place

    return put


def faults_of(place: Path) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        read_design(place)
    return str(error.value).splitlines()


@pytest.mark.parametrize("name", known_designs())
def test_shipped_designs_are_read_and_say_what_they_expect(name):
    design = read_design(shipped_design_folder() / f"{name}.yaml")
    assert design.question.endswith("?")
    assert design.expected
    assert design.n_cells * design.replicates >= 1000  # real studies, not toys
    assert design_of(json.loads(json.dumps(content_of(design)))).worlds.tolist() == design.worlds.tolist()


def test_the_five_designs_are_there():
    assert {"levers", "dials", "cto", "targets", "austerity"} <= set(known_designs())


def test_a_grid_a_list_and_a_sample_make_every_combination(write):
    place = write(
        "scenarios: [baseline]\nparameters:\n  risk_aversion: {grid: 3, low: 0.2, high: 0.6}\n  role_boundary: [0.1, 0.9]\n"
        "  bureaucracy: sampled\nsample: {method: latin_hypercube, points: 4, seed: 3}\n"
    )
    design = read_design(place)
    assert design.worlds.shape == (3 * 2 * 4, 3)
    assert sorted(set(design.worlds[:, 0])) == [0.2, 0.4, 0.6]
    assert sorted(set(design.worlds[:, 1])) == [0.1, 0.9]
    drawn = sorted(set(design.worlds[:, 2]))
    assert [int(4 * value) for value in drawn] == [0, 1, 2, 3]  # a Latin hypercube has one in each quarter
    assert read_design(place).worlds.tobytes() == design.worlds.tobytes()


def test_sobol_points_fill_every_cell_of_a_coarse_grid_once(write):
    design = read_design(write(
        "scenarios: [baseline]\nparameters: {risk_aversion: sampled, role_boundary: sampled}\nsample: {points: 16, seed: 5}\n"
    ))  # fmt: skip
    cells = {(int(4 * a), int(4 * b)) for a, b in design.worlds}
    assert len(cells) == 16


def test_a_log_scale_spreads_over_orders_of_magnitude(write):
    design = read_design(write(
        "scenarios: [baseline]\nparameters: {risk_aversion: {grid: 3, low: 0.01, high: 1, scale: log}}\n"
    ))  # fmt: skip
    assert design.worlds[:, 0].tolist() == pytest.approx([0.01, 0.1, 1.0])


def test_levers_are_tried_alone_and_together(write):
    levers = (
        "levers:\n  combine: {combine}\n  which:\n    a: {{parameters: {{training: 0.5}}}}\n"
        "    b: {{policy: [{{from: 2010-04-05, set: {{campaign: 1}}}}]}}\n    c: {{parameters: {{leadership: 1}}}}\n"
    )
    wanted = {
        "alone": ["baseline", "a", "b", "c"],
        "alone_and_together": ["baseline", "a", "b", "c", "all_levers"],
        "pairs": ["baseline", "a", "b", "c", "a+b", "a+c", "b+c"],
        "every_combination": ["baseline", "a", "b", "c", "a+b", "a+c", "b+c", "all_levers"],
    }
    for combine, names in wanted.items():
        design = read_design(write("scenarios: [baseline]\n" + levers.format(combine=combine)))
        assert list(design.names) == names
    together = design.alternatives[-1]
    assert together.parameters["training"] == 0.5
    assert together.parameters["leadership"] == 1
    assert together.weekly_parameters()["campaign"][-1] == 1
    two = read_design(write("scenarios: [baseline, austerity]\n" + levers.format(combine="alone")))
    assert list(two.names) == [
        "baseline",
        *(f"baseline+{x}" for x in "abc"),
        "austerity",
        *(f"austerity+{x}" for x in "abc"),
    ]


def test_a_world_is_the_scenario_with_its_numbers_changed():
    """The quick way, over ready weekly records, gives what reading the scenario with these numbers gives."""
    scenario = read_scenario("cto_rights/all").changed(n_weeks=220)
    rng = np.random.default_rng(1)
    for p in TABLE:
        if p.name in COMPUTED or p.name == "target":
            continue
        value = p.low if p.unit == "0 or 1" else float(round(p.low + (p.high - p.low) * rng.random(), 6))
        if p.name == "n_localities":
            value = 2.0
        if p.name in FIXED_AT_START and value > 0.45:
            value = max(p.low, min(p.high, 0.2 * value))
        try:
            slow = scenario.changed(**{p.name: value})
        except ScenarioError:  # shares of one whole
            continue
        quick = scenario.in_world({p.name: float(value)})
        assert quick.weekly_parameters().tobytes() == slow.weekly_parameters().tobytes(), p.name
        assert quick.digest() == slow.digest()


def test_a_design_is_told_from_a_scenario(write):
    assert is_design(str(write("scenarios: [baseline]\n")))
    assert is_design("levers")
    assert not is_design("baseline")
    assert not is_design("austerity")  # both are called so; the scenario comes first
    assert find_design("austerity").parent.name == "experiments"


FAULTS = {
    "scenarios: []\n": "scenarios = a list of 0 names no scenario",
    "scenarios: [basline]\n": "did you mean 'baseline'?",
    "scenarios: [baseline, baseline]\n": "is named twice",
    "scenarios: [baseline]\nscenario: x\n": "unknown key 'scenario'",
    "scenarios: [baseline]\nrisk_aversion: 0.3\n": "it belongs below `parameters:`",
    "scenarios: [baseline]\nparameters: {risk_aversion: 0.3}\n": "does not say how it is varied",
    "scenarios: [baseline]\nparameters: {risk_aversion: [0.3, 1.3]}\n": "is above 1",
    "scenarios: [baseline]\nparameters: {risk_aversion: [0.3, 0.3]}\n": "stands twice",
    "scenarios: [baseline]\nparameters: {risk_aversion: []}\n": "lists no value",
    "scenarios: [baseline]\nparameters: {risk_aversion: {low: 0.8, high: 0.2}}\n": "is not above low, 0.8",
    "scenarios: [baseline]\nparameters: {risk_aversion: {grid: 1}}\n": "is below 2",
    "scenarios: [baseline]\nparameters: {audit: {grid: 5}}\n": "gives a value twice",
    "scenarios: [baseline]\nparameters: {risk_aversion: {grid: 4, scale: log}}\n": "needs a low above 0",
    "scenarios: [baseline]\nparameters: {risk_aversion: sampled}\n": "is missing, but risk_aversion is to be sampled",
    "scenarios: [baseline]\nsample: {points: 8}\n": "has nothing to sample",
    "scenarios: [baseline]\nparameters: {risk_aversion: sampled}\nsample: {points: 100}\n": "use 64 or 128",
    "scenarios: [baseline]\nparameters: {target: [0.1, 0.2]}\n": "needs a deadline",
    "scenarios: [baseline]\nreplicates: 0\n": "is below 1",
    "scenarios: [baseline]\nreplicates: no\n": "YAML reads no as true or false",
    "scenarios: [baseline]\nrecord: wekly\n": "did you mean 'weekly'?",
    "scenarios: [baseline]\ngroups: [profesion]\n": "did you mean 'profession'?",
    "scenarios: [baseline]\noutcomes: [crisis]\n": "did you mean 'crises'?",
    "scenarios: [baseline]\ndeciding_outcome: realtakeup\n": "did you mean 'real_take_up'?",
    "scenarios: [baseline]\nwindow: 900:950\n": "does not lie in the weeks compared",
    "scenarios: [baseline]\ndeciding_outcome: gap_carer\n": "expected `groups: [carer]`",
    "scenarios: [baseline]\nparameters: {n_localities: [1, 2]}\ngroups: [locality]\n": "would not have the same ones",
    "scenarios: [baseline]\nparameters: {risk_aversion: {grid: 1000}, role_boundary: {grid: 1000}}\n"
    "levers: {which: {a: {parameters: {training: 1}}}}\n": "1,000,000 worlds of 2 scenarios are more than 1,000,000",
    "scenarios: [baseline]\nlevers: {which: {a: {}}}\n": "changes nothing",
    "scenarios: [baseline]\nlevers: {combine: all, which: {a: {parameters: {training: 1}}}}\n": "is not known here",
    "scenarios: [baseline, lean_process]\nparameters: {lean_process: [0.1, 0.2]}\n": "it is what lean_process changes",
    "scenarios: [baseline, cto_rights]\n": "do not hold the same people",
    "scenarios: [baseline]\nparameters: {integrated_share: [0.8, 1], co_located_share: [0.5]}\n": "more than the whole",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_told_with_file_and_line(text, write):
    lines = faults_of(write(text))
    assert any(FAULTS[text] in line for line in lines), lines
    assert all("mine.yaml:" in line for line in lines)


def test_all_faults_are_told_at_once(write):
    lines = faults_of(
        write("scenarios: [nowhere]\nparameters: {risk_aversio: sampled}\nreplicates: x\nrecord: never\n")
    )
    assert len(lines) >= 4


def test_runs_end_with_the_window_unless_outcomes_are_kept_over_time(write):
    """So what is counted at a run's end, as the steps to a real budget are, is counted at the window's end."""
    early = read_design(write("scenarios: [baseline]\nwindow: 52:104\n"))
    assert {scenario.n_weeks for scenario in early.alternatives} == {104}
    whole = read_design(write("scenarios: [baseline]\nwindow: 52:104\nrecord: quarterly\n"))
    assert {scenario.n_weeks for scenario in whole.alternatives} == {260}


def test_two_levers_may_not_change_one_number(write):
    text = (
        "scenarios: [baseline]\nlevers: {which: {a: {parameters: {training: 1}}, b: {parameters: {training: 0.5}}}}\n"
    )
    assert any("which the lever a changes too" in line for line in faults_of(write(text)))


def test_what_is_no_design_is_refused(tmp_path, write):
    assert "there is no such design" in faults_of(Path("lever"))[0]
    (tmp_path / "empty.yaml").write_text("")
    assert "is empty (expected a design)" in faults_of(tmp_path / "empty.yaml")[0]
    assert "is missing" in "".join(faults_of(write("", head="schema_version: 1\nname: other\n")))


def test_changes_are_told_in_words(write):
    old = content_of(read_design(write("scenarios: [baseline]\nparameters: {risk_aversion: [0.1, 0.2]}\n")))
    same = content_of(
        read_design(write("scenarios: [baseline]\nparameters: {risk_aversion: [0.1, 0.2]}\nreplicates: 99\n"))
    )
    assert changes(old, same) == []
    new = content_of(read_design(write("scenarios: [baseline]\nparameters: {risk_aversion: [0.1, 0.3]}\nseed: 4\n")))
    assert changes(old, new) == [
        "risk_aversion was varied over 0.1, 0.2, and is over 0.1, 0.3",
        "the first seed was 1, and is 4",
    ]
    other = content_of(read_design(write("scenarios: [lean_process]\nparameters: {risk_aversion: [0.1, 0.2]}\n")))
    assert "the scenario baseline was left out" in changes(old, other)


def test_the_schema_beside_the_designs_is_the_one_of_the_code():
    text = (shipped_design_folder() / "design.schema.json").read_text("utf-8")
    assert json.loads(text) == design_schema()
    assert len(text) < 200_000


def test_a_design_taken_for_a_scenario_and_the_reverse_are_told(write):
    with pytest.raises(ScenarioError, match=r"is a design \(expected a scenario\) - persim sweep"):
        read_scenario(write("scenarios: [baseline]\n"))
    with pytest.raises(ScenarioError, match=r"is a scenario \(expected a design\) - persim compare baseline"):
        read_design(write("extends: baseline\n"))
    with pytest.raises(ScenarioError, match="dials is a design: persim sweep dials"):
        read_scenario("dials")
    with pytest.raises(ScenarioError, match="baseline is a scenario: persim compare baseline"):
        read_design("baseline")
