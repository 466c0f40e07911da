"""`persim reproduce`: the same again from the manifest alone, anywhere; what differs is told with its place and size."""

import importlib
import json
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import persim
from persim import cli
from persim.compare import carried_out
from persim.comparison_folder import write_comparison
from persim.comparison_plan import planned
from persim.errors import PersimError, StoreError
from persim.reproduce import MAKERS, reproduce_folder
from persim.run_maker import RunMaker, run_maker
from persim.store import SEAL, ResultFolder, json_text, seal_of, sha256
from persim.table_differences import ROWS_AT_A_TIME, table_difference

MINE = """
schema_version: 1
name: mine
title: Mine
question: Does it come back?
extends: baseline
parameters: {role_boundary: 0.2}
arms:
  plain: {title: As it is}
  trained: {title: With training, parameters: {training: 0.4}}
"""


def run(*words: str):
    return CliRunner().invoke(cli.app, list(words))


def compared(place: Path, scenarios, people=150, weeks=26, command="compare", figures=False, **options) -> Path:
    """A small comparison written to a folder, as `persim compare` does."""
    usual = {"outcomes": None, "groups": None, "record": "quarterly", "window": None, "parameters": {}} | options
    plan = planned(scenarios, 2, 7, 1, people, weeks, *usual.values())
    with ResultFolder(place, "") as folder:
        return write_comparison(carried_out(plan, None, folder), folder, 0.0, figures, command)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """A small comparison without figures. Not to be changed."""
    return compared(tmp_path_factory.mktemp("results") / "both", ["baseline", "lean_process"])


@pytest.fixture
def copy(results, tmp_path) -> Path:
    return Path(shutil.copytree(results, tmp_path / "copy"))


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """Where temporary folders go in this test."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def n_tables(folder: Path) -> int:
    n = sum(path.suffix in (".csv", ".parquet") for path in folder.iterdir())
    assert n > 10
    return n


def sealed_again(folder: Path, change=lambda manifest: None) -> Path:
    """The folder with a changed manifest and the sums of its files as they are now: whole, but another's."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for name in manifest["files"]:
        manifest["files"][name] = sha256(folder / name)
        manifest["sizes"][name] = (folder / name).stat().st_size
    change(manifest)
    manifest[SEAL] = seal_of(manifest)
    (folder / "manifest.json").write_text(json_text(manifest), "utf-8")
    return folder


def test_a_comparison_comes_back_to_the_last_byte_and_leaves_nothing_behind(results, temporary, tmp_path, monkeypatch):
    monkeypatch.chdir(temporary)
    answer = run("reproduce", str(results), "--jobs", "2")
    n = n_tables(results)
    assert (answer.exit_code, answer.stdout) == (0, f"reproduced: {n} of {n} tables to the last byte\n")
    assert os.listdir(temporary) == []


def test_every_option_comes_back_without_the_scenario_file_and_in_another_place(tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    scenarios = ["mine.yaml", "baseline", "baseline", "cto_rights/all"]
    options = {
        "outcomes": ["overtime", "crises"], "groups": ["carer"], "record": "weekly", "window": (5, 20),
        "parameters": {"risk_aversion": 0.4},
    }  # fmt: skip
    folder = compared(tmp_path / "first", [*scenarios[:3]], **options)
    (tmp_path / "mine.yaml").unlink()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = reproduce_folder("../first", "kept")
    assert found.ok, found.lines()
    assert (found.n_identical, found.n_tables, found.notes) == (n_tables(folder), n_tables(folder), ())
    then, now = (json.loads((place / "manifest.json").read_text()) for place in (folder, tmp_path / "elsewhere/kept"))
    assert then["options"] == now["options"]
    assert then["files"] == now["files"]
    assert [entry["name"] for entry in now["scenarios"]] == ["mine/plain", "mine/trained", "baseline", "baseline (2)"]
    assert reproduce_folder("kept").ok


def test_the_window_only_and_no_groups_come_back(tmp_path):
    folder = compared(tmp_path / "final", ["baseline"], groups=[], record="final", window="3:9", command="demo")
    found = reproduce_folder(folder, tmp_path / "again")
    assert found.ok, found.lines()
    assert json.loads((tmp_path / "again" / "manifest.json").read_text())["command"] == "demo"


def test_scenarios_of_different_weeks_come_back(tmp_path):
    folder = compared(tmp_path / "weeks", ["baseline", "thirty_percent_target"], weeks=None, people=60)
    found = reproduce_folder(folder)
    assert found.ok, found.lines()


def test_figures_come_back_and_other_pictures_are_only_noted(tmp_path):
    folder = compared(tmp_path / "drawn", ["baseline"], figures=True)
    pictures = sorted((folder / "figures").iterdir())
    pictures[0].write_bytes(pictures[0].read_bytes() + b" ")
    found = reproduce_folder(sealed_again(folder))
    assert found.ok
    assert found.notes == ("1 pictures differ in bytes; fonts and versions draw them, so this says little",)


@pytest.mark.parametrize("record", ["weekly", "quarterly"])
def test_a_run_comes_back_also_with_a_manifest_that_leaves_its_scenario_to_the_file(tmp_path, monkeypatch, record):
    (tmp_path / "mine.yaml").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    words = ("--people", "150", "--weeks", "26", "--seed", "3", "--groups", "carer", "--set", "risk_aversion=0.4")
    assert run("run", "mine.yaml", *words, "--record", record, "--out", "one").exit_code == 0
    (tmp_path / "mine.yaml").unlink()
    assert reproduce_folder("one").verdict == "reproduced: 6 of 6 tables to the last byte"
    sealed_again(Path("one"), lambda manifest: manifest["scenarios"][0].pop("resolved", None))
    assert reproduce_folder("one").ok


def test_a_damaged_folder_is_refused_by_name_and_nothing_is_run(copy, monkeypatch):
    monkeypatch.setitem(MAKERS, "compare", None)
    with (copy / "summary.csv").open("a") as file:
        file.write(" ")
    answer = run("reproduce", str(copy))
    assert answer.exit_code == 1
    assert answer.stdout.startswith(
        "not made again: the folder is not as it was written: summary.csv: has been changed"
    )


def test_a_file_of_others_in_the_folder_is_no_damage(copy):
    (copy / "my notes.txt").write_text("mine")
    assert reproduce_folder(copy).ok


def test_another_number_is_told_with_its_place_and_both_values(copy):
    lines = (copy / "summary.csv").read_text("utf-8").split("\n")
    number = next(n for n, line in enumerate(lines) if line.startswith("lean_process,real_take_up,"))
    cells = lines[number].split(",")
    true, cells[4] = float(cells[4]), "0.875"
    lines[number] = ",".join(cells)
    (copy / "summary.csv").write_text("\n".join(lines), "utf-8", newline="\n")
    answer = run("reproduce", str(sealed_again(copy)))
    assert answer.exit_code == 1
    place = f"real_take_up of lean_process, mean: {true:.6g} here, 0.875 there"
    assert answer.stdout == f"differs: summary.csv ({place})\n"


def test_other_seeds_give_other_numbers_and_every_file_that_differs_is_named(copy):
    def change(manifest):
        manifest["options"]["seed"] = 8

    found = reproduce_folder(sealed_again(copy, change))
    assert not found.ok
    files = {difference.file for difference in found.differences}
    assert {"summary.csv", "summary.parquet", "runs.parquet", "table.txt", "manifest.json", "README.txt"} <= files
    assert found.as_json()["reproduced"] is False
    assert len(found.lines()) == len(found.differences) + 1


def test_a_table_with_the_same_values_in_other_bytes_is_the_same_table(copy):
    table = pd.read_parquet(copy / "runs.parquet")
    table.to_parquet(copy / "runs.parquet", index=False, compression="gzip", row_group_size=1000)
    found = reproduce_folder(sealed_again(copy))
    n = n_tables(copy)
    assert found.verdict == f"reproduced: {n} of {n} tables, {n - 1} of them to the last byte and 1 in every value"


def test_a_table_that_is_not_made_again_and_one_that_is_not_there_are_told(copy):
    (copy / "funnel.csv").rename(copy / "tunnel.csv")

    def change(manifest):
        manifest["files"]["tunnel.csv"] = manifest["files"].pop("funnel.csv")
        manifest["sizes"]["tunnel.csv"] = manifest["sizes"].pop("funnel.csv")

    manifest = json.loads((copy / "manifest.json").read_text())
    change(manifest)
    manifest[SEAL] = seal_of(manifest)
    (copy / "manifest.json").write_text(json_text(manifest))
    found = reproduce_folder(copy)
    told = {difference.file: difference.words for difference in found.differences}
    assert told == {"funnel.csv": "made here only", "tunnel.csv": "not made here"}


def test_other_versions_are_told_first_and_in_the_verdict(copy):
    def change(manifest):
        manifest["model_version"] = "0123456789abcdef"
        manifest["packages"]["numpy"] = "1.0"
        manifest["persim"] = "0.0.1"
        manifest["options"]["seed"] = 8

    said = []
    found = reproduce_folder(sealed_again(copy, change), say=said.append)
    assert said[0].startswith("made by model version 0123456789abcdef, this is ")
    assert said[0].endswith("numbers may rightly differ")
    assert any("numpy 1.0 (here" in line for line in said)
    assert found.verdict.endswith("it was made by other versions, so numbers may rightly differ")
    assert found.versions == tuple(said)


def test_a_scenario_of_another_version_is_refused_in_words_after_the_version_is_told(copy):
    def change(manifest):
        manifest["model_version"] = "0123456789abcdef"
        manifest["scenarios"][0]["resolved"]["parameters"].pop("risk_aversion")

    answer = run("reproduce", str(sealed_again(copy, change)))
    assert answer.exit_code == 2
    assert "made by model version 0123456789abcdef" in answer.stderr
    assert "parameters.risk_aversion: is missing - was it resolved by another version of the model?" in answer.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.__setitem__("command", "foretell"), "not known how to make 'foretell' again"),
        (lambda m: m.pop("options"), "does not say enough"),
        (lambda m: m.__setitem__("window", None), "does not say enough"),
        (lambda m: m["options"].__setitem__("replicates", 0), "replicates is 0"),
        (lambda m: m["scenarios"][0].__setitem__("digest", "0" * 64), "not the one whose digest"),
        (lambda m: m["scenarios"][0].pop("resolved") and None, "no error"),
    ],
)
def test_a_manifest_that_does_not_say_enough_is_refused_in_words(copy, change, words):
    sealed_again(copy, change)
    if words == "no error":  # the scenario's own file says it as well
        assert reproduce_folder(copy).ok
        return
    with pytest.raises(PersimError, match=words):
        reproduce_folder(copy)


def test_results_are_never_made_again_over_anything(copy, results, tmp_path):
    for out in (copy / "again", copy):
        with pytest.raises(StoreError):
            reproduce_folder(copy, out)
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "letter.txt").write_text("mine")
    assert run("reproduce", str(copy), "--out", str(tmp_path / "held")).exit_code == 2
    assert os.listdir(tmp_path / "held") == ["letter.txt"]


def test_what_is_none_of_persims_is_bad_input(tmp_path):
    assert run("reproduce", str(tmp_path)).exit_code == 2


# --------------------------------------------------------------------------------------------------------- sweeps

SWEPT = """
schema_version: 1
name: mini
title: A small sweep
question: Does it come back?
scenarios: [baseline, lean_process]
parameters:
  risk_aversion: {grid: 2, low: 0.2, high: 0.8}
population: {people: 60}
horizon: {weeks: 30}
replicates: 5
"""
OTHER_VERSION = "0123456789ab"


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Path:
    """A sweep of 20 runs, two of which fail, by another version of the model. Not to be changed."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "mini.yaml").write_text(SWEPT)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("stored_design", "sweep_place", "sweep_folder"):
            patch.setattr(importlib.import_module(f"persim.{name}"), "MODEL_VERSION", OTHER_VERSION)
        module = importlib.import_module("persim.sweep")
        patch.setattr(module, "run_maker", lambda design: replace(run_maker(design), model_version=OTHER_VERSION))
        patch.setattr(RunMaker, "_row", _fragile)
        persim.sweep(folder / "mini.yaml", folder / "out", figures=False)
    return folder / "out"


WHOLE_ROW = RunMaker._row


def _fragile(self: RunMaker, number: int) -> np.ndarray:
    if number in (3, 9):
        raise ZeroDivisionError("a model that breaks, here")
    return WHOLE_ROW(self, number)


@pytest.fixture
def swept_copy(swept, tmp_path, monkeypatch) -> Path:
    """A copy of the sweep; runs fail here that failed there."""
    monkeypatch.setattr(RunMaker, "_row", _fragile)
    return Path(shutil.copytree(swept, tmp_path / "copy"))


def test_a_sweep_by_a_version_that_changes_no_number_comes_back_in_every_value(swept_copy, tmp_path):
    answer = run("reproduce", str(swept_copy), "--out", str(tmp_path / "again"))
    assert answer.exit_code == 0, answer.stdout
    names = ["/".join(path.relative_to(swept_copy).parts) for path in swept_copy.rglob("*.*")]
    tables = [name for name in names if name.endswith((".csv", ".parquet"))]
    assert answer.stdout.splitlines()[0] == (
        f"reproduced: {len(tables)} of {len(tables)} tables, {len(tables) - 3} of them to the last byte and 3 in every value"
    )  # the part and failures.csv, failures.parquet
    assert f"made by model version {OTHER_VERSION}" in answer.stderr
    parts = [path.name for place in (swept_copy, tmp_path / "again") for path in (place / "parts").iterdir()]
    assert len(set(parts)) == 2  # of other names
    assert [name.split("-")[0] for name in parts] == ["000000", "000000"]
    assert (
        reproduce_folder(tmp_path / "again").verdict
        == f"reproduced: {len(tables)} of {len(tables)} tables to the last byte"
    )


def test_a_number_in_a_part_of_a_sweep_that_differs_is_told_with_its_place(swept_copy):
    (part,) = (swept_copy / "parts").iterdir()
    table = pq.read_table(part).to_pandas()
    true = table.loc[7, "real_take_up"]
    table.loc[7, "real_take_up"] = 0.875
    table.to_parquet(part, index=False)
    found = reproduce_folder(sealed_again(swept_copy))
    (difference,) = found.differences
    row = table.loc[7]
    place = f"{row['scenario']}, world {row['world']}, replicate {row['replicate']}, real_take_up"
    assert str(difference) == f"parts/{part.name}: {place}: {true:.6g} here, 0.875 there"


def test_a_design_of_a_sweep_that_says_something_else_is_told_versions_are_not(swept_copy):
    place = swept_copy / "design.json"
    content = json.loads(place.read_text("utf-8"))
    content.pop("design_sha256")
    content["factors"][0]["label"] = "another label"
    content["persim"] = "0.0.1"
    content["design_sha256"] = seal_of(content)
    place.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    found = reproduce_folder(sealed_again(swept_copy))
    assert [str(difference) for difference in found.differences] == ["design.json: factors differs"]


def test_a_part_that_is_not_made_again_is_told(swept_copy):
    def change(manifest):
        for kind in ("files", "sizes"):
            manifest[kind]["parts/000007-0123456789abcdef.parquet"] = manifest[kind][f"parts/{part.name}"]

    (part,) = (swept_copy / "parts").iterdir()
    shutil.copy(part, swept_copy / "parts" / "000007-0123456789abcdef.parquet")
    found = reproduce_folder(sealed_again(swept_copy, change))
    assert [str(each) for each in found.differences] == ["parts/000007-0123456789abcdef.parquet: not made here"]


def test_a_sweep_that_is_not_finished_is_refused_in_a_line(swept_copy):
    (swept_copy / "manifest.json").unlink()
    answer = run("reproduce", str(swept_copy))
    assert answer.exit_code == 2
    assert answer.stderr == f"{swept_copy} is not finished: go on with --resume first\n"


# ------------------------------------------------------------------------------------------------ tables side by side

PLAIN = pd.DataFrame(
    {"scenario": ["a", "a", "b"], "measure": ["x", "y", "x"], "week": [1, 2, 3], "mean": [1.0, np.nan, 2e6],
     "small": [True, False, True], "note": ["", None, "n"]}
)  # fmt: skip
SUBJECTS, KEYS = ("measure",), ("week",)


def apart(tmp_path, mine, other, kind="parquet", **options):
    places = tmp_path / f"mine.{kind}", tmp_path / f"other.{kind}"
    for table, place in zip((mine, other), places, strict=True):
        table.to_csv(place, index=False) if kind == "csv" else table.to_parquet(place, index=False, **options)
    return table_difference(*places, SUBJECTS, KEYS)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_equal_tables_do_not_differ(tmp_path, kind):
    assert apart(tmp_path, PLAIN, PLAIN.copy(), kind) is None
    assert apart(tmp_path, PLAIN.iloc[:0], PLAIN.iloc[:0], kind) is None


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (0, "mean", 1.5, "x of a, week 1, mean: 1 here, 1.5 there"),
        (0, "mean", 1.00000001, "x of a, week 1, mean: 1.0 here, 1.00000001 there"),
        (1, "mean", 3.0, "y of a, week 2, mean: nan here, 3 there"),
        (2, "mean", np.inf, "x of b, week 3, mean: 2e+06 here, inf there"),
        (2, "small", False, "x of b, week 3, small: True here, False there"),
        (2, "note", "m", "x of b, week 3, note: n here, m there"),
    ],
)
def test_a_value_that_differs_is_told_with_its_place(tmp_path, kind, row, column, value, words):
    other = PLAIN.copy()
    other.loc[row, column] = value
    found = apart(tmp_path, PLAIN, other, kind)
    assert str(found) == words
    assert (found.n_differing, found.n_values) == (1, 18)


def test_the_largest_difference_is_the_one_told_as_a_share_of_its_column(tmp_path):
    other = PLAIN.assign(mean=[1.1, np.nan, 1e6])
    found = apart(tmp_path, PLAIN, other)
    assert (found.n_differing, found.size) == (2, 0.5)
    assert found.where == "x of b, week 3, mean"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_of_another_shape_are_told_so(tmp_path, kind):
    assert str(apart(tmp_path, PLAIN, PLAIN.iloc[:2], kind)) == "rows: more than 2 here, 2 there"
    assert str(apart(tmp_path, PLAIN.iloc[:0], PLAIN, kind)) == "rows: 0 here, more than 0 there"
    assert "columns" in str(apart(tmp_path, PLAIN, PLAIN.drop(columns="note"), kind))


def test_whole_numbers_larger_than_a_float_can_tell_apart_are_told_apart(tmp_path):
    mine = pd.DataFrame({"seed": [2**62, 1]})
    found = apart(tmp_path, mine, pd.DataFrame({"seed": [2**62 + 1, 1]}))
    assert str(found) == f"row 1, seed: {2**62} here, {2**62 + 1} there"


def test_tables_longer_than_one_part_are_compared_whatever_their_row_groups(tmp_path):
    mine = pd.DataFrame({"value": np.arange(ROWS_AT_A_TIME + 100.0)})
    other = mine.copy()
    other.loc[ROWS_AT_A_TIME + 50, "value"] = -1.0
    mine.to_parquet(tmp_path / "a.parquet", row_group_size=999)
    other.to_parquet(tmp_path / "b.parquet", row_group_size=100_000)
    mine.to_parquet(tmp_path / "c.parquet")
    assert table_difference(tmp_path / "a.parquet", tmp_path / "c.parquet", (), ()) is None
    found = table_difference(tmp_path / "a.parquet", tmp_path / "b.parquet", (), ())
    assert str(found) == f"row {ROWS_AT_A_TIME + 51}, value: {ROWS_AT_A_TIME + 50} here, -1 there"


def test_categories_and_words_say_the_same(tmp_path):
    assert apart(tmp_path, PLAIN, PLAIN.astype({"measure": "category"})) is None
