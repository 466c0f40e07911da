"""Designs that are wrong, and places where no sweep can be: told in lines with file and line, nothing is written."""

import os
import shutil

import pytest
from fault_tools import Command, assert_same, contents, design_text, persim, refused

QUIET = ("--no-figures",)
HEAD = "schema_version: 1\nname: wrong\ntitle: Wrong\nquestion: Is it told?\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scenarios: [baseline]\nparametres: {}\n", ["6:", "did you mean 'parameters'"]),
        ("scenarios: [baseline]\nparameters: {risk_aversoin: sampled}\nsample: {points: 8}\n", ["6:", "risk_aversion"]),
        ("scenarios: [baseline]\nparameters:\n  market: {low: -1, high: 0.5}\nsample: {points: 8}\n", ["7:", "below 0"]),
        ("scenarios: [baseline]\nparameters:\n  market: {low: 0.6, high: 0.5}\nsample: {points: 8}\n", ["7:", "not above"]),
        ("scenarios: [baseline]\nparameters:\n  market: {grid: 1}\n", ["7:", "grid"]),
        ("scenarios: [baseline]\nparameters:\n  market: [0.2, 0.2]\n", ["7:", "stands twice"]),
        ("scenarios: [baseline]\nparameters:\n  market: []\n", ["7:", "lists no value"]),
        ("scenarios: [baseline]\nparameters:\n  market: [high]\n", ["7:", "market[0]"]),
        ("scenarios: [baseline]\nparameters:\n  market: {low: 0, high: 1, scale: log}\nsample: {points: 8}\n", ["7:", "log"]),
        ("scenarios: [baseline]\nparameters: {market: sampled}\n", ["sample", "is missing"]),
        ("scenarios: [baseline]\nparameters: {market: sampled}\nsample: {method: sobol, points: 100}\n",
         ["7:", "power of two", "64 or 128"]),
        ("scenarios: [baseline]\nsample: {points: 8}\n", ["6:", "nothing to sample"]),
        ("scenarios: [baseline, brokers_and_peers]\nparameters: {brokers: [0, 1]}\n", ["6:", "brokers_and_peers changes"]),
        ("scenarios: [baseline]\nlevers:\n  which:\n    a: {title: a, parameters: {audit: 1}}\n"
         "    b: {title: b, parameters: {audit: 1}}\n", ["9:", "lever a changes too"]),
        ("scenarios: [baseline]\nlevers:\n  which:\n    a: {title: a}\n", ["8:", "changes nothing"]),
        ("scenarios: [baseline]\nlevers: {}\n", ["6:"]),
        ("scenarios: [baseline]\nlevers: {combine: alone, which: {}}\n", ["6:"]),
        ("scenarios: []\n", ["5:", "names no scenario"]),
        ("scenarios:\n", ["5:", "names no scenario"]),
        ("scenarios: [baseline, baseline]\n", ["5:", "named twice"]),
        ("scenarios: [baselin]\n", ["5:", "did you mean 'baseline'"]),
        ("scenarios: [other/none.yaml]\n", ["5:"]),
        ("scenarios: baseline\n", ["5:"]),
        ("scenarios: [baseline]\nreplicates: 0\n", ["6:", "replicates"]),
        ("scenarios: [baseline]\nreplicates: 1.5\n", ["6:", "whole number"]),
        ("scenarios: [baseline]\nreplicates: yes\n", ["6:", "replicates"]),
        ("scenarios: [baseline]\nseed: -1\n", ["6:", "seed"]),
        ("scenarios: [baseline]\nseed: 0x10\n", ["6:", "seed"]),
        ("scenarios: [baseline]\npopulation: 60\n", ["6:", "population"]),
        ("scenarios: [baseline]\npopulation: {people: 0}\n", ["6:", "people"]),
        ("scenarios: [baseline]\nhorizon: {weeks: 1e9}\n", ["6:", "weeks"]),
        ("scenarios: [baseline]\nwindow: 900:1\n", ["window"]),
        ("scenarios: [baseline]\nrecord: daily\n", ["6:", "record"]),
        ("scenarios: [baseline]\noutcomes: [rel_take_up]\n", ["6:", "real_take_up"]),
        ("scenarios: [baseline]\ngroups: [carers]\n", ["6:", "carer"]),
        ("scenarios: [baseline]\ndeciding_outcome: luck\n", ["6:", "deciding_outcome"]),
        ("scenarios: [baseline]\nscenarios: [lean_process]\n", ["6:"]),
        ("scenarios: [*baseline]\n", ["5:"]),
        ("scenarios: [baseline]\nreplicates: !!python/object:os.system 3\n", ["6:"]),
        ("scenarios: [baseline\n", [":"]),
        ("scenarios: [baseline]\n\tparameters: {}\n", ["6:"]),
        ("scenarios: [baseline]\nnotes: no\nreplicates: 010\n", ["replicates"]),
    ],
)  # fmt: skip
def test_a_wrong_design_is_told_in_a_line_with_file_and_line_and_nothing_is_written(text, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.yaml").write_text(HEAD + text)
    result = persim("sweep", "wrong.yaml", *QUIET)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    lines = result.stderr.strip().splitlines()
    assert all(line.startswith("wrong.yaml:") for line in lines), result.stderr
    for word in told:
        assert any(word in line for line in lines), result.stderr
    assert os.listdir() == ["wrong.yaml"]


def test_all_that_is_wrong_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.yaml").write_text(
        "schema_version: 2\nname: other\ntitle: Wrong\nquestion: Is it told?\nscenarios: [baseline, baselin]\n"
        "parameters: {market: [2], workload: {low: 9}}\nreplicates: 0\nrecord: daily\nextra: 1\n"
    )
    result = persim("sweep", "wrong.yaml")
    lines = {int(line.split(":")[1]) for line in result.stderr.strip().splitlines()}
    assert lines == {1, 2, 5, 6, 7, 8, 9}
    assert os.listdir() == ["wrong.yaml"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--replicates", "0"), "replicates"),
        (("--jobs", "-1"), "jobs"),
        (("--people", "0"), "--people"),
        (("--weeks", "0"), "--weeks"),
        (("--seed", "-1"), "seed"),
        (("--precision", "5%"), "precision"),
        (("--precision", "narrow"), "precision"),
        (("--outcome", "real_take_up"), "precision"),
        (("--precision", "1pp", "--cap", "1"), "cap"),
        (("--cap", "50"), "--cap"),
        (("--resume",), "nothing to resume"),
        (("--force", "--resume"), "choose one"),
    ],
)
def test_a_wrong_option_ends_in_one_line_and_nothing_is_written(words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.yaml").write_text(design_text(2))
    refused(persim("sweep", "mini.yaml", *words, *QUIET), told)
    assert os.listdir() == ["mini.yaml"]


# Places -------------------------------------------------------------------------------------------------------------------


def test_a_place_that_holds_something_else_stays_as_it_is(small, tmp_path):
    design, _ = small
    (tmp_path / "file").write_text("mine")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "thesis.tex").write_text("mine")
    compared = persim(
        "compare",
        "baseline",
        "--people",
        "60",
        "--weeks",
        "20",
        "--replicates",
        "2",
        "--out",
        tmp_path / "compared",
        *QUIET,
    )
    assert compared.exit_code == 0
    before = contents(tmp_path)
    for name, told in (("file", "is a file"), ("others", "thesis.tex"), ("compared", "is no sweep")):
        for words in ((), ("--resume",), ("--force",), ("--repair",)):
            refused(persim("sweep", design, "--out", tmp_path / name, *words, *QUIET), str(tmp_path / name), told)
    refused(persim("sweep", design, "--out", tmp_path / "file" / "below", *QUIET), "not a directory")
    refused(persim("sweep", design, "--out", "/proc/no/such", *QUIET), "/proc/no")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["thesis.tex", "figures/mine.odt", "scenarios/notes.txt", "parts/mine/data.csv"])
def test_force_never_throws_away_what_others_wrote(name, small, tmp_path):
    design, place = small
    folder = tmp_path / "out"
    shutil.copytree(place, folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine")
    before = contents(folder)
    result = persim("sweep", design, "--out", folder, "--force", *QUIET)
    refused(result, name if name.count("/") < 2 else "parts/mine", "move it away first")
    assert contents(folder) == before
    (folder / name).unlink()
    if name.count("/") == 2:
        (folder / name).parent.rmdir()
    refused(persim("sweep", design, "--out", folder, *QUIET), "--resume", "--force")
    assert persim("sweep", design, "--out", folder, "--force", *QUIET).exit_code == 0
    assert (folder / "worlds.csv").read_bytes() == (place / "worlds.csv").read_bytes()


def test_odd_names_other_working_folders_and_a_folder_that_was_moved_do_no_harm(small, tmp_path, monkeypatch):
    _, place = small
    away = tmp_path / "Grüße aus Łódź & “Oslo” #1 100% ü"
    away.mkdir()
    design = away / "mini.yaml"
    design.write_text(design_text(6))
    monkeypatch.chdir(away)
    assert persim("sweep", "mini.yaml", "--out", "mein ordner?", "--replicates", "2", *QUIET).exit_code == 0
    monkeypatch.chdir(tmp_path)
    moved = tmp_path / "neuer Ort"
    shutil.move(away / "mein ordner?", moved)
    assert persim("sweep", "neuer Ort", "--resume", "--replicates", "6", *QUIET).exit_code == 0
    monkeypatch.chdir("/")
    assert persim("sweep", design, "--out", moved, "--resume", *QUIET).exit_code == 0
    assert persim("verify", moved).exit_code == 0
    reference = contents(place)
    without = (*(name for name in {**reference, **contents(moved)} if name.startswith("parts/")), "design.json")
    assert_same(moved, reference, without)  # here parts have 4,096 rows


def test_a_name_that_the_shell_would_take_apart_is_told_in_quotes(tmp_path):
    (tmp_path / "mini.yaml").write_text(design_text(2))
    told = Command("sweep", "mini.yaml", "--out", "a b", *QUIET, cwd=tmp_path, dies_at=("any", 12)).ended()
    assert told.code == -9
    told = Command("sweep", "a b", "--resume", *QUIET, cwd=tmp_path).ended()
    assert told.code == 0, told.err
