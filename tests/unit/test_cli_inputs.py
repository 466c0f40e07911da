"""The commands on inputs (validate, parameters, diff, new), and what the package shows to the world."""

import csv
import importlib
import io
import json
import os
import pickle
import subprocess
import sys
import types
from pathlib import Path

import pytest
from typer.testing import CliRunner

import persim
from persim import cli, terminal
from persim.design_search import shipped_design_folder
from persim.evidence import shipped_evidence
from persim.parameters import GROUPS, TABLE
from persim.scenario import read_scenario
from persim.scenario_search import shipped_folder, shipped_names

ROOT = Path(__file__).parents[2]
BAD = """\
schema_version: 1
name: bad
title: Bad
question: What if?
extends: baseline
parameters: {panel_hevy: 3, risk_aversion: yes}
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str):
    """A command, in this process."""
    return CliRunner().invoke(cli.app, list(words))


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command, as a person would call it."""
    settings = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-m", "persim", *words], capture_output=True, text=True, env=settings)


# validate


def test_all_shipped_scenarios_are_fine():
    result = run("validate", *(str(shipped_folder() / f"{name}.yaml") for name in shipped_names()))
    assert result.exit_code == 0
    assert result.stdout.count(": fine (") == len(shipped_names())
    assert result.stderr == ""


def test_validate_tells_every_fault_on_stderr_and_ends_with_2():
    Path("bad.yaml").write_text(BAD)
    result = run("validate", "bad.yaml", "baseline")
    assert result.exit_code == 2
    assert result.stdout.startswith("baseline: fine")
    lines = result.stderr.splitlines()
    assert lines[0].startswith("bad.yaml:6:14: parameters.panel_hevy: unknown key 'panel_hevy'")
    assert lines[1].startswith("bad.yaml:6:44: parameters.risk_aversion = yes is not a number")
    assert len(lines) == 2


def test_validate_tells_a_parents_faults_once():
    Path("bad.yaml").write_text(BAD)
    Path("child.yaml").write_text(BAD.replace("bad", "child").replace("baseline", "bad").split("parameters")[0])
    result = run("validate", "bad.yaml", "child.yaml")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 2


def test_validate_as_json():
    Path("bad.yaml").write_text(BAD)
    result = run("validate", "bad.yaml", "baseline", "--json")
    assert result.exit_code == 2
    bad, fine = json.loads(result.stdout)
    assert (bad["ok"], fine["ok"]) == (False, True)
    assert bad["faults"][0]["line"] == 6
    assert bad["faults"][0]["hint"] == "did you mean 'panel_heavy'?"


def test_validate_knows_every_kind_of_shipped_file_by_its_path():
    places = [*shipped_design_folder().glob("*.yaml"), *shipped_evidence().glob("*.yaml")]
    result = run("validate", *map(str, places))
    assert result.exit_code == 0
    assert result.stdout.count(": fine (") == len(places)


def test_validate_tells_the_faults_of_an_evidence_file_and_of_those_beside_it():
    text = (shipped_evidence() / "targets.yaml").read_text("utf-8").replace("schema_version: 1", "schema_version: 7")
    Path("targets.yaml").write_text(text, encoding="utf-8")
    result = run("validate", "targets.yaml")
    assert result.exit_code == 2
    assert "patterns.yaml: there is no such file (expected a findings file)" in result.stderr


@pytest.mark.parametrize("file", ["nowhere.yaml", "basline", ".", "", "a\0b", "mine.txt", "../../etc/passwd"])
def test_validate_refuses_what_is_no_scenario(file: str):
    result = run("validate", file)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_validate_without_a_file_says_how_it_is_called():
    result = run("validate")
    assert result.exit_code == 2
    assert "Missing argument" in result.stderr


# parameters


def test_parameters_as_csv_holds_every_number():
    result = run("parameters", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["name"] for row in rows] == [p.name for p in TABLE]
    assert all(row["unit"] and row["grade"] and row["source"] for row in rows)


@pytest.mark.parametrize("group", GROUPS)
def test_parameters_of_one_group_as_json(group: str):
    rows = json.loads(run("parameters", "--group", group, "--format", "json").stdout)
    assert {row["group"] for row in rows} == {group}


def test_parameters_as_a_table_names_every_dial_with_its_unit():
    lines = run("parameters", "--group", "dials").stdout.splitlines()
    names = [line.split("│")[1].strip() for line in lines if "│" in line]
    assert [name for name in names if name] == [p.name for p in TABLE if p.group == "dials"]


def test_an_unknown_group_is_told_with_the_nearest():
    result = run("parameters", "--group", "lever")
    assert result.exit_code == 2
    assert result.stderr == "there is no group 'lever' - did you mean 'levers'?\n"


def test_an_unknown_format_is_refused():
    assert run("parameters", "--format", "xml").exit_code == 2


# diff


def test_diff_says_what_differs_in_words():
    output = run("diff", "baseline", "lean_process").stdout
    assert output.startswith("lean_process compared with baseline\n")
    assert "title: The baseline -> A leaner process" in output
    assert "from 5 April 2010 (week 104): Half the steps and pages" in output
    assert "Share of steps and pages taken out (lean_process) becomes 0.5 instead of 0" in output
    assert "(delegated_sign_off) becomes 2000 GBP a year instead of 0 GBP a year" in output


def test_diff_names_numbers_with_meaning_and_unit():
    output = run("diff", "baseline", "rural_action_research").stdout
    assert "first day: 2008-04-07 -> 2007-04-02" in output
    assert "Weeks of one spiral of action research (spiral_weeks): 52 weeks -> 56 weeks" in output
    assert "shared_power, only in rural_action_research" in output
    assert "How hard it is for a person to ask, object or take part (power_distance): 0.6 -> 0.3" in output


def test_diff_tells_what_was_left_out():
    output = run("diff", "baseline", "thirty_percent_target").stdout
    assert "Policy only in baseline" in output
    assert "from 4 April 2011 (week 156) until 26 October 2012, deadline 31 March 2013" in output


def test_diff_of_a_scenario_with_itself_says_so():
    assert run("diff", "seminar", "seminar").stdout == "seminar and seminar say the same\n"


def test_diff_of_two_arms():
    output = run("diff", "cto_rights/usual", "cto_rights/meeting").stdout
    assert "Rights practice: a meeting before discharge (rights_meeting) becomes 1 instead of 0" in output


def test_diff_as_json_tells_the_same():
    found = json.loads(run("diff", "baseline", "cto_rights", "--json").stdout)
    assert found["frame"][0]["name"] == "enrich"
    assert [arm["name"] for arm in found["arms"]] == [arm.name for arm in read_scenario("cto_rights").arms]


@pytest.mark.parametrize("name", shipped_names())
def test_diff_works_for_every_shipped_scenario_both_ways(name: str):
    assert run("diff", "baseline", name).exit_code == 0
    assert run("diff", name, "baseline", "--json").exit_code == 0


def test_diff_of_an_unknown_scenario_is_refused():
    result = run("diff", "baseline", "lean_proces")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean 'lean_process'?" in result.stderr


# new


def test_new_writes_a_file_that_says_what_its_parent_says():
    result = run("new", "quicker")
    assert result.exit_code == 0
    assert "wrote quicker.yaml" in result.stdout
    assert [path.name for path in Path().iterdir()] == ["quicker.yaml"]
    assert run("validate", "quicker").exit_code == 0
    scenario, parent = read_scenario("quicker"), read_scenario("baseline")
    assert scenario.weekly_parameters().tobytes() == parent.weekly_parameters().tobytes()


@pytest.mark.parametrize("parent", shipped_names())
def test_new_from_every_shipped_scenario_can_be_read_as_written_and_with_its_examples(parent: str):
    assert run("new", "mine", "--extends", parent).exit_code == 0
    scenario = read_scenario("mine")
    assert scenario.weekly_parameters().tobytes() == read_scenario(parent).weekly_parameters().tobytes()
    text = Path("mine.yaml").read_text("utf-8").replace("parameters: {}", "parameters:")
    head, examples = text.split("# Dated changes")
    lines = [line.replace("  # ", "  ", 1) if line.startswith("  # ") else line for line in head.splitlines()]
    lines += [line.removeprefix("# ") for line in examples.splitlines()[1:] if not line.startswith("# Variants")]
    Path("mine.yaml").write_text("\n".join(lines))
    assert run("validate", "mine").exit_code == 0
    assert read_scenario("mine").arm("half").parameters["bureaucracy"] == 0.3


def test_new_changes_one_number_and_diff_shows_it():
    run("new", "quicker")
    file = Path("quicker.yaml")
    file.write_text(file.read_text().replace("bureaucracy: 0.6", "bureaucracy: 0.3"))
    assert "(bureaucracy): 0.6 -> 0.3" in run("diff", "baseline", "quicker").stdout


def test_new_never_writes_over_a_file_without_force():
    Path("mine.yaml").write_text("precious")
    result = run("new", "mine")
    assert result.exit_code == 2
    assert "mine.yaml exists" in result.stderr
    assert Path("mine.yaml").read_text() == "precious"
    assert run("new", "mine", "--force").exit_code == 0
    assert read_scenario("mine").name == "mine"


def test_new_does_not_follow_a_link_out_of_its_folder(tmp_path: Path):
    Path("elsewhere").mkdir()
    Path("elsewhere/precious").write_text("precious")
    Path("mine.yaml").symlink_to(tmp_path / "elsewhere" / "precious")
    assert run("new", "mine").exit_code == 2
    assert run("new", "mine", "--force").exit_code == 0
    assert Path("elsewhere/precious").read_text() == "precious"


@pytest.mark.parametrize(
    "name", ["../mine", "/tmp/mine", "a/b", "a\\b", "..", ".", "", "Mine", "no", "con", "a\nb", "x" * 65, "mine.yaml"]
)
def test_new_refuses_a_name_that_could_point_elsewhere_and_writes_nothing(name: str):
    result = run("new", name)
    assert result.exit_code == 2
    assert "cannot be the name of a scenario" in result.stderr
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("extends", ["basline", "../baseline", "/etc/passwd", "", "baseline\npolicy: 3", "mine"])
def test_new_refuses_to_extend_what_is_not_there_and_writes_nothing(extends: str):
    assert run("new", "mine", "--extends", extends, "--out", "folder").exit_code == 2
    assert list(Path().iterdir()) == []


def test_new_refuses_the_name_of_a_shipped_scenario():
    assert "comes with persim" in run("new", "baseline", "--extends", "policy_calendar").stderr


def test_new_refuses_a_parent_with_faults_and_tells_them():
    Path("bad.yaml").write_text(BAD)
    result = run("new", "mine", "--extends", "bad")
    assert result.exit_code == 2
    assert "bad.yaml:6:14" in result.stderr
    assert not Path("mine.yaml").exists()


def test_new_writes_into_a_folder_it_makes():
    assert run("new", "mine", "--out", "a/b").exit_code == 0
    assert read_scenario("a/b/mine.yaml").name == "mine"


def test_new_refuses_a_folder_that_is_a_file():
    Path("file").write_text("precious")
    result = run("new", "mine", "--out", "file")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert Path("file").read_text() == "precious"


# The program as a whole


def test_an_interrupt_ends_with_130_and_one_line(monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("persim.scenario.read_scenario", interrupted)
    result = run("validate", "baseline")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "interrupted\n")


def test_an_interrupt_before_any_command_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys):
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", interrupted)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == terminal.INTERRUPTED
    assert capsys.readouterr().err == "interrupted\n"


def test_python_dash_m_persim_refuses_bad_input_without_a_traceback():
    Path("bad.yaml").write_text(BAD)
    done = command("validate", "bad.yaml")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 2


def test_no_color_is_respected():
    assert "\x1b[" not in command("--help", NO_COLOR="1", FORCE_COLOR="").stdout
    assert "\x1b[" not in command("parameters", "--group", "dials", NO_COLOR="1").stdout


def test_a_terminal_that_lacks_a_sign_gets_an_escape():
    run("new", "mine")
    text = Path("mine.yaml").read_text("utf-8").replace("Mine", "A \u2192 B")
    Path("mine.yaml").write_text(text, "utf-8")
    done = command("validate", "mine", PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "A \\u2192 B" in done.stdout


def test_help_and_version_are_told():
    assert run("--version").stdout == f"persim {persim.__version__}\n"
    output = run("--help").stdout
    for word in ("validate", "parameters", "diff", "new", "--install-completion"):
        assert word in output


def test_help_and_validate_load_nothing_heavy():
    code = (
        "import sys, persim.cli\n"
        "try: persim.cli.app(['validate', 'baseline'])\n"
        "except SystemExit: pass\n"
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for module in ("pandas", "matplotlib", "mesa", "numba", "scipy"):
        assert f"'{module}'" not in done.stderr


def test_generated_documents_are_up_to_date():
    script = ROOT / "scripts" / "generate_docs.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_schema_knows_every_key_of_the_shipped_files():
    schema = json.loads((shipped_folder() / "scenario.schema.json").read_text("utf-8"))
    numbers = schema["properties"]["parameters"]["properties"]
    steps = schema["properties"]["policy"]["items"]["properties"]["set"]["properties"]
    assert all(schema["definitions"][name]["description"] for name in numbers)
    for name in shipped_names():
        scenario = read_scenario(name)
        assert set(scenario.parameters) - set(numbers) == {"target_deadline_weeks"}
        assert all(set(step.set) <= set(steps) for step in scenario.policy)


# The public names


@pytest.mark.parametrize("name", persim.__all__)
def test_every_public_name_is_there(name: str):
    assert getattr(persim, name) is not None
    assert name in dir(persim)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        persim.nothing  # noqa: B018  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["parameters", "simulate", "compare"])
def test_a_function_stays_a_function_when_the_submodule_of_its_name_is_imported(name: str):
    module = importlib.import_module(f"persim.{name}")
    assert isinstance(module, types.ModuleType)
    assert isinstance(getattr(persim, name), types.FunctionType)
    setattr(persim, name, module)  # what Python does when it imports a submodule
    assert isinstance(getattr(persim, name), types.FunctionType)
    assert sys.modules[f"persim.{name}"] is module


@pytest.mark.parametrize("name", ["parameters", "simulate", "compare"])
def test_such_a_function_can_be_sent_to_another_process(name: str):
    function = getattr(persim, name)
    assert pickle.loads(pickle.dumps(function)).__qualname__ == function.__qualname__


@pytest.mark.parametrize("first", ["import persim.parameters", "from persim.parameters import TABLE", "import persim"])
def test_parameters_can_be_called_whatever_was_imported_first(first: str):
    code = f"{first}\nimport persim\nprint(len(persim.parameters()), persim.parameters('dials').name[0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{len(TABLE)} risk_aversion\n"


def test_parameters_is_a_table_of_every_number():
    table = persim.parameters()
    assert list(table.name) == [p.name for p in TABLE]
    assert table.default.isna().sum() == sum(p.default is None for p in TABLE)
