"""The commands that run the model: `run`, `compare`, `demo`."""

import csv
import importlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from persim import cli, cli_runs, jit
from persim.errors import InputError
from persim.ledger import read_ledger
from persim.model_version import MODEL_VERSION
from persim.scenario import read_scenario
from persim.simulate import simulate
from persim.store import SEAL, json_text, seal_of

SMALL = ("--people", "330", "--weeks", "60")
QUICK = (*SMALL, "--replicates", "3")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str):
    """A command, in this process."""
    return CliRunner().invoke(cli.app, list(words))


def program(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command, as a person runs it."""
    command = [sys.executable, "-m", "persim", *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **env})


def test_run_shows_years_groups_and_barriers_and_writes_nothing():
    result = run("run", "baseline", *SMALL, "--groups", "carer")
    assert result.exit_code == 0
    for word in ("2008-09", "2009-10*", "Real take-up", "carer advocates", "Somebody else's job", "One run: luck"):
        assert word in result.stdout
    assert os.listdir() == []


def test_run_shows_the_numbers_of_simulate():
    result = run("run", "baseline", *SMALL, "--json", "--seed", "3")
    told = json.loads(result.stdout)
    import persim

    series = persim.simulate("baseline", 3, n_users=330, n_weeks=60).series("real_take_up")
    row = next(row for row in told["headline"] if row["outcome"] == "real_take_up")
    assert row["values"] == [series[0], series[51], series[59]]
    assert [year["weeks"] for year in told["years"]] == [[0, 0], [0, 51], [52, 59]]
    assert told["groups"] == []


@pytest.mark.parametrize("record", ["weekly", "quarterly", "final"])
def test_run_writes_outcomes_people_and_manifest(record):
    result = run("run", "baseline", *SMALL, "--record", record, "--out", "here")
    assert result.exit_code == 0
    written = {path.name for path in Path("here").iterdir()}
    assert {
        f"{record}.csv",
        f"{record}.parquet",
        "people.csv",
        "waits.csv",
        "scenario.json",
        "manifest.json",
    } <= written
    with open(f"here/{record}.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    weeks = {int(row["week"]) for row in rows}
    assert len(weeks) == {"weekly": 60, "quarterly": 5, "final": 1}[record]
    assert json.loads(Path("here/manifest.json").read_text("utf-8"))["seed"] == 1
    assert run("run", "baseline", *SMALL, "--out", "here").exit_code == 2  # never over it


@pytest.mark.parametrize("record", ["weekly", "quarterly"])
def test_run_keeps_its_ledger_in_its_folder_and_it_is_verified_and_made_again(record):
    words = ("run", "cto_rights/all", *SMALL, "--seed", "4", "--record", record, "--groups", "carer")
    assert run(*words, "--out", "plain").exit_code == 0
    assert run(*words, "--ledger", "--out", "kept").exit_code == 0
    kept, plain = Path("kept"), Path("plain")
    ledger = read_ledger(kept)
    expected = simulate("cto_rights/all", 4, n_users=330, n_weeks=60, ledger=True).ledger
    assert expected is not None
    assert ledger.rows.tobytes() == expected.rows.tobytes()
    told, usual = (json.loads((place / "manifest.json").read_text("utf-8")) for place in (kept, plain))
    assert set(told["files"]) - set(usual["files"]) == {"ledger.parquet"}
    assert (told["ledger"], usual["ledger"]) == (True, False)
    same = set(usual["files"]) - {"README.txt"}
    assert {told["files"][name] == usual["files"][name] for name in same} == {True}
    assert "\nledger.parquet " in (kept / "README.txt").read_text("utf-8")
    assert "ledger" not in (plain / "README.txt").read_text("utf-8")
    for folder, n_tables in (("kept", 7), ("plain", 6)):
        assert run("verify", folder).exit_code == 0
        again = run("reproduce", folder, "--out", f"{folder} again")
        assert (again.exit_code, again.stdout.splitlines()[0]) == (
            0, f"reproduced: {n_tables} of {n_tables} tables to the last byte",
        )  # fmt: skip
    assert (Path("kept again") / "ledger.parquet").read_bytes() == (kept / "ledger.parquet").read_bytes()
    damaged = bytearray((kept / "ledger.parquet").read_bytes())
    damaged[200] ^= 1
    (kept / "ledger.parquet").write_bytes(damaged)
    found = run("verify", "kept")
    assert found.exit_code != 0
    assert "ledger.parquet: has been changed" in found.output


def test_a_folder_from_before_there_were_ledgers_is_made_again():
    assert run("run", "baseline", *SMALL, "--out", "old").exit_code == 0
    manifest = json.loads(Path("old/manifest.json").read_text("utf-8"))
    del manifest["ledger"]
    manifest[SEAL] = seal_of(manifest)
    Path("old/manifest.json").write_text(json_text(manifest), "utf-8")
    assert run("reproduce", "old").stdout == "reproduced: 6 of 6 tables to the last byte\n"


def test_run_of_a_scenario_with_arms_says_so():
    result = run("run", "cto_rights", *SMALL)
    assert result.exit_code == 0
    assert "cto_rights/all" in result.stderr


def test_compare_prints_the_table_and_writes_the_folder():
    result = program("compare", "baseline", "gold_standard", *QUICK)
    assert result.returncode == 0, result.stderr
    for word in (
        "Real take-up",
        "Wait from raised",
        "Cost per real budget",
        "Voluntary, less on a CTO",
        "first |  any",
    ):
        assert word in result.stdout
    assert "outputs/baseline-and-gold_standard/README.txt" in result.stdout.replace(os.sep, "/")
    assert result.stderr in ("", f"{cli_runs.COMPILING}\n")  # quiet when piped
    place = Path("outputs/baseline-and-gold_standard")
    drawn = {path.stem for path in (place / "figures").iterdir()}
    assert drawn == {"take_up", "funnel", "barriers", "differences", "decomposition", "cost_plane"}
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    assert manifest["model_version"] == MODEL_VERSION
    assert [s["digest"] for s in manifest["scenarios"]] == [
        read_scenario(name).changed(n_users=330, n_weeks=60).digest() for name in ("baseline", "gold_standard")
    ]
    assert manifest["seeds"] == [1, 3]
    home = str(Path.home())
    assert home not in json.dumps(manifest)
    assert str(Path.cwd()) not in json.dumps(manifest)


def test_compare_json_is_json_and_says_where():
    result = program("compare", "baseline", "lean_process", *QUICK, "--json", "--no-figures", "--out", "here")
    told = json.loads(result.stdout)
    assert told["folder"] == "here"
    assert told["reference"] == "baseline"
    row = next(row for row in told["headline"] if row["measure"] == "real_take_up")
    assert row["scenarios"]["lean_process"]["n_pairs"] == 3
    assert not Path("here/figures").exists()
    assert told["failed"] == []


def test_compare_takes_changes_a_window_groups_and_outcomes():
    result = run(
        "compare", "baseline", "lean_process", *QUICK, "--no-figures", "--set", "risk_aversion=0.9",
        "--set", "workload=1.2", "--window", "10:40", "--groups", "rural", "--outcomes", "vacancies",
        "--record", "final", "--seed", "7", "--jobs", "1",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "Posts vacant" in result.stdout
    assert "(30 weeks)" in result.stdout
    manifest = json.loads(Path("outputs/baseline-and-lean_process/manifest.json").read_text("utf-8"))
    assert manifest["options"]["parameters"] == {"risk_aversion": 0.9, "workload": 1.2}
    assert manifest["scenarios"][0]["resolved"]["parameters"]["risk_aversion"] == 0.9
    assert manifest["groups"] == ["rural"]
    assert not Path("outputs/baseline-and-lean_process/series.csv").exists()


def test_compare_never_overwrites_without_force():
    words = ("compare", "baseline", *QUICK, "--no-figures", "--out", "here")
    assert run(*words).exit_code == 0
    before = Path("here/manifest.json").read_bytes()
    refused = run(*words)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert Path("here/manifest.json").read_bytes() == before
    assert run(*words, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("compare", "baselin"), "did you mean 'baseline'"),
        (("compare", "baseline", "seminar"), "--people 3000"),
        (("compare", "baseline", "cto_rights"), "enrich_compulsion"),
        (("compare", "baseline", "--replicates", "0"), "replicates"),
        (("compare", "baseline", "--window", "900:1"), "window"),
        (("compare", "baseline", "--groups", "carers"), "carer"),
        (("compare", "baseline", "--outcomes", "rel_take_up"), "real_take_up"),
        (("compare", "baseline", "--set", "risk_aversion"), "NAME=VALUE"),
        (("compare", "baseline", "--set", "risk_aversoin=1"), "risk_aversion"),
        (("compare", "baseline", "--set", "risk_aversion=7"), "above 1"),
        (("run", "baseline", "--set", "risk_aversion=high"), "not a number"),
        (("run", "baseline", "--people", "0"), "n_users"),
        (("run", "baseline", "--ledger"), "say in which folder with --out"),
        (("run", "baseline", "--out", "/proc/no/such"), "cannot be written"),
        (("run", "baseline/none"), "no arms"),
        (("compare", "baseline", "--out", "taken"), "is a file"),
    ],
)
def test_bad_input_ends_in_one_message_and_exit_2_with_nothing_written(words, told):
    Path("taken").write_text("mine")
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.output
    assert os.listdir() == ["taken"]


def test_a_failed_run_is_told_and_ends_in_exit_1(monkeypatch):
    module = importlib.import_module("persim.compare")
    whole = module.run_scenario

    def fragile(scenario, seed, *rest):
        if seed == 2:
            raise MemoryError
        return whole(scenario, seed, *rest)

    monkeypatch.setattr(module, "run_scenario", fragile)
    result = run("compare", "baseline", *QUICK, "--no-figures", "--out", "here")
    assert result.exit_code == 1
    assert "failed: baseline, seed 2: MemoryError" in result.stderr
    manifest = json.loads(Path("here/manifest.json").read_text("utf-8"))
    assert manifest["failed"] == [{"scenario": "baseline", "replicate": 1, "seed": 2, "cause": "MemoryError"}]


def test_a_single_run_that_fails_ends_in_one_line_and_exit_1(monkeypatch):
    def fail(*_args, **_options):
        raise MemoryError("too many people")

    monkeypatch.setattr(importlib.import_module("persim.simulate"), "run_scenario", fail)
    result = run("run", "baseline", *SMALL)
    assert result.exit_code == 1
    assert result.stderr == "failed: baseline, seed 1: MemoryError: too many people\n"


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
def test_ctrl_c_ends_soon_with_exit_130_and_leaves_nothing():
    command = [sys.executable, "-m", "persim", "compare", "baseline", "lean_process", "--replicates", "5000"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120.0
    while not Path("outputs").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(4.0)
    child.send_signal(signal.SIGINT)
    try:
        out, err = child.communicate(timeout=90.0)
    finally:
        child.kill()
    assert child.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert out == ""
    assert os.listdir("outputs") == []


def test_demo_compares_shipped_scenarios_and_replaces_its_own_folder(monkeypatch):
    monkeypatch.setattr(cli_runs, "DEMO", ("baseline", "lean_process", "no_such"))
    monkeypatch.setattr(cli_runs, "DEMO_REPLICATES", 2)
    scenarios = cli_runs.demo_scenarios()
    assert scenarios == ["baseline", "lean_process"]
    for _ in range(2):
        result = run("demo")
        assert result.exit_code == 0, result.output
        assert "Differences to baseline" in result.stdout
    assert os.listdir("outputs") == ["demo"]


def test_demo_names_only_scenarios_that_are_shipped():
    assert cli_runs.demo_scenarios() == list(cli_runs.DEMO)


def test_changes_are_read_as_numbers_or_refused():
    assert cli_runs.changes(["a=1", " b = 2e-3", "c=none"]) == {"a": 1.0, "b": 0.002, "c": None}
    for wrong in (["a"], ["=1"], ["a=x"], ["a=1", "a=2"], ["n_users=3"]):
        with pytest.raises(InputError):
            cli_runs.changes(wrong)


def test_a_list_with_commas_leaves_out_nothing_but_none():
    assert cli_runs.listed("carer, rural,") == ["carer", "rural"]
    assert cli_runs.listed("none") == cli_runs.listed(None) == []


def test_no_colour_where_none_is_wanted():
    result = program("run", "baseline", *SMALL, NO_COLOR="1")
    assert "\x1b" not in result.stdout


def test_the_first_run_of_a_new_model_is_announced(monkeypatch):
    monkeypatch.setattr(jit, "is_compiled_already", lambda ledger: False)
    result = run("run", "baseline", *SMALL)
    assert "compiling the model, once" in result.stderr
    assert "compiling" not in result.stdout


def test_help_names_every_option():
    text = run("compare", "--help").stdout
    for option in (
        "--replicates",
        "--seed",
        "--jobs",
        "--out",
        "--window",
        "--set",
        "--force",
        "--json",
        "--no-figures",
    ):
        assert option in text


def test_csv_tables_open_in_any_spreadsheet():
    assert run("compare", "baseline", *QUICK, "--no-figures", "--out", "here").exit_code == 0
    text = Path("here/summary.csv").read_text("utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
