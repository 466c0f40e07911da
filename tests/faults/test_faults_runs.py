"""Runs that fail, more runs later, designs edited meanwhile, a clock set back: results are those of a calm sweep."""

import importlib
import json
import shutil
import time
from datetime import datetime, timedelta

import pandas as pd
import pytest
from fault_tools import assert_same, begin, contents, design_text, persim, refused

import persim as library
from persim import run_writer
from persim.run_maker import RunMaker

QUIET = ("--no-figures",)
BAD_SEED = 3  # of the third replicate: 8 of 48 runs


@pytest.fixture
def fragile(monkeypatch):
    """Runs with one seed raise until `mend` is called."""
    whole = RunMaker._row

    def row(self, number):
        if self.seed + self.place(number)[0] == BAD_SEED:
            raise ZeroDivisionError("a model that breaks, here")
        return whole(self, number)

    monkeypatch.setattr(RunMaker, "_row", row)
    return lambda: monkeypatch.setattr(RunMaker, "_row", whole)


def test_a_run_that_raises_is_recorded_with_its_traceback_and_made_again_on_request(
    small, tmp_path, fragile, monkeypatch
):
    design, place = small
    folder = begin(tmp_path / "out", design)
    result = persim("sweep", design, "--out", folder, "--resume", *QUIET)
    assert result.exit_code == 1
    assert "failed: baseline, world 0, seed 3: ZeroDivisionError: a model that breaks, here" in result.stderr
    failures = pd.read_csv(folder / "failures.csv")
    assert list(failures["number"]) == list(range(16, 24))  # 8 cells of the third replicate
    assert all("Traceback" in cause and "ZeroDivisionError" in cause for cause in failures["cause"])
    assert library.Sweep(folder).n_failed == 8
    before = contents(folder)
    assert persim("sweep", folder, "--resume", *QUIET).exit_code == 1  # they are not tried again unasked
    assert contents(folder) == before

    fragile()
    made, whole = [], RunMaker._row
    monkeypatch.setattr(RunMaker, "_row", lambda self, number: (made.append(number), whole(self, number))[1])
    result = persim("sweep", folder, "--rerun-failed", *QUIET)
    assert result.exit_code == 0, result.output
    assert sorted(made) == list(range(16, 24))
    assert_same(folder, contents(place))  # failures.csv is gone, too
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["failed"] == []


def test_a_sweep_in_which_every_run_fails_ends_with_exit_1(small, tmp_path, monkeypatch):
    design, place = small

    def row(self, number):
        raise MemoryError

    monkeypatch.setattr(RunMaker, "_row", row)
    folder = begin(tmp_path / "out", design)
    result = persim("sweep", design, "--out", folder, "--resume", *QUIET)
    assert result.exit_code == 1, result.output
    assert "MemoryError" in result.stderr
    monkeypatch.undo()
    assert persim("sweep", folder, "--rerun-failed", *QUIET).exit_code == 0
    assert_same(folder, contents(place))


def test_more_replicates_later_are_those_of_asking_at_once_and_reuse_what_is_there(small, tmp_path, made_runs):
    design, place = small
    folder = tmp_path / "out"
    shutil.copytree(place, folder)
    assert persim("sweep", design, "--out", folder, "--resume", "--replicates", "11", *QUIET).exit_code == 0
    assert sorted(made_runs) == list(range(48, 88))  # 8 cells, replicates 7 to 11
    at_once = begin(tmp_path / "at_once", design)
    assert persim("sweep", design, "--out", at_once, "--resume", "--replicates", "11", *QUIET).exit_code == 0
    assert_same(folder, contents(at_once))
    made_runs.clear()
    assert persim("sweep", design, "--out", folder, "--resume", "--replicates", "4", *QUIET).exit_code == 0
    assert made_runs == []  # fewer than before are none the fewer
    assert_same(folder, contents(at_once))


def test_precision_adds_runs_until_it_is_reached_or_the_cap_is_and_says_so(small, tmp_path, made_runs):
    design, place = small
    folder = tmp_path / "out"
    shutil.copytree(place, folder)
    # 40 pairs are the pilot; no interval is wider than 99 points, so it stops there.
    result = persim("sweep", design, "--out", folder, "--resume", "--precision", "99pp", *QUIET)
    assert result.exit_code == 0, result.output
    assert "stopped at 40 pairs" in (folder / "answer.txt").read_text("utf-8").replace("\n", " ")
    assert sorted(made_runs) == list(range(48, 320))
    # A billionth of a point is never reached by 60 people unless all differences are the same.
    words = ("--precision", "0.0000001pp", "--outcome", "informed", "--cap", "45")
    result = persim("sweep", design, "--out", folder, "--resume", *words, *QUIET)
    if result.exit_code == 2:
        pytest.fail(result.stderr)
    assert "cap of 45 pairs was reached" in (folder / "answer.txt").read_text("utf-8").replace("\n", " ")
    refused(persim("sweep", design, "--out", folder, "--resume", "--precision", "5%"), "5pp")
    refused(
        persim("sweep", design, "--out", folder, "--resume", "--precision", "1pp", "--outcome", "no_such"), "no_such"
    )


# What was edited meanwhile ------------------------------------------------------------------------------------------------

SCENARIO = """\
schema_version: 1
name: mine
title: Mine
question: What then?
extends: baseline
parameters:
  workload: 1.2
policy:
  - {from: 2008-06-02, set: {brokers: 0.5}, why: Brokers come, source: PAR26}
"""
DESIGN = """\
schema_version: 1
name: edited
title: A sweep that is edited
question: Is it noticed?
scenarios: [baseline, mine.yaml]
levers:
  which:
    peers: {title: peers, parameters: {peer_support: 0.5}}
parameters:
  risk_aversion: {grid: 2, low: 0.2, high: 0.8}
  market: {low: 0.2, high: 0.8}
sample: {method: sobol, points: 2, seed: 1}
population: {people: 60}
horizon: {weeks: 40}
replicates: 1
seed: 5
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("mine", "workload: 1.2", "workload: 1.3", ("mine: workload", "was 1.2, and is 1.3")),
        ("mine", "2008-06-02", "2008-07-07", ("2008-06-02", "2008-07-07", "brokers")),
        ("mine", "brokers: 0.5", "brokers: 0.75", ("brokers 0.5", "brokers 0.75")),
        ("edited", "people: 60", "people: 61", ("population was 60, and is 61",)),
        ("edited", "weeks: 40", "weeks: 39", ("length was 40, and is 39",)),
        ("edited", "peer_support: 0.5", "peer_support: 0.6", ("peer_support", "was 0.5, and is 0.6")),
        ("edited", "peers: {title", "others: {title", ("baseline+peers was left out", "baseline+others was added")),
        ("edited", "grid: 2", "grid: 3", ("risk_aversion was varied over 0.2, 0.8, and is over 0.2, 0.5, 0.8",)),
        ("edited", "market: {low: 0.2", "market: {low: 0.1", ("market was varied over 0.2 to 0.8, and is over 0.1",)),
        ("edited", "  market: {low: 0.2, high: 0.8}\nsample: {method: sobol, points: 2, seed: 1}\n", "",
         ("market is no longer varied", "the sample was")),
        ("edited", "points: 2", "points: 4", ("the sample was", "'points': 2", "'points': 4")),
        ("edited", "seed: 5", "seed: 6", ("first seed was 5, and is 6",)),
        ("edited", "replicates: 1", "replicates: 1\ngroups: [rural]", ("groups", "rural")),
        ("edited", "replicates: 1", "replicates: 1\nwindow: 10:30", ("window", "10")),
        ("edited", "replicates: 1", "replicates: 1\noutcomes: [vacancies]", ("now has vacancies",)),
        ("edited", "replicates: 1", "replicates: 1\nrecord: weekly", ("every",)),
        ("edited", "replicates: 1", "replicates: 1\ndeciding_outcome: reality_gap", ("reality_gap",)),
        ("edited", "[baseline, mine.yaml]", "[mine.yaml, baseline]", ("order of scenarios",)),
        ("edited", "[baseline, mine.yaml]", "[baseline, mine.yaml, lean_process]", ("lean_process was added",)),
    ],
)  # fmt: skip
def test_an_edit_between_two_runs_is_refused_in_words(file, old, new, told, edited, tmp_path):
    for name in ("edited.yaml", "mine.yaml", "out"):
        copy = shutil.copytree if name == "out" else shutil.copy
        copy(edited / name, tmp_path / name)
    place = tmp_path / f"{file}.yaml"
    text = place.read_text()
    assert old in text
    place.write_text(text.replace(old, new))
    before = contents(tmp_path / "out")
    result = persim("sweep", tmp_path / "edited.yaml", "--out", tmp_path / "out", "--resume", *QUIET)
    assert result.exit_code == 2, result.output
    first, *lines = result.stderr.strip().splitlines()
    assert first == f"{tmp_path / 'out'} was begun for another design:"
    for word in told:
        assert any(word in line for line in lines), result.stderr
    assert contents(tmp_path / "out") == before
    # The folder still knows its own design.
    assert persim("sweep", tmp_path / "out", "--resume", *QUIET).exit_code == 0
    assert contents(tmp_path / "out") == before


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """A folder with a design, a scenario of its own, and its sweep."""
    folder = tmp_path_factory.mktemp("edited")
    (folder / "edited.yaml").write_text(DESIGN)
    (folder / "mine.yaml").write_text(SCENARIO)
    result = persim("sweep", folder / "edited.yaml", "--out", folder / "out", *QUIET)
    assert result.exit_code == 0, result.output
    return folder


def test_another_title_alone_is_accepted(edited, tmp_path):
    for name in ("edited.yaml", "mine.yaml"):
        text = (edited / name).read_text()
        (tmp_path / name).write_text(text.replace("title: Mine", "title: My own").replace("Is it noticed?", "Is it?"))
    shutil.copytree(edited / "out", tmp_path / "out")
    result = persim("sweep", tmp_path / "edited.yaml", "--out", tmp_path / "out", "--resume", *QUIET)
    assert result.exit_code == 0, result.output
    assert_same(tmp_path / "out", contents(edited / "out"))


def test_another_version_of_the_model_is_refused_in_words(small, tmp_path, monkeypatch):
    design, place = small
    folder = tmp_path / "out"
    shutil.copytree(place, folder)
    before = contents(folder)
    for module in ("sweep_place", "stored_design"):
        monkeypatch.setattr(importlib.import_module(f"persim.{module}"), "MODEL_VERSION", "0123456789ab")
    refused(persim("sweep", design, "--out", folder, "--resume"), str(folder), "0123456789ab", "must not be mixed")
    assert contents(folder) == before


# Clock and crew -----------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_changes_no_result_and_gives_no_negative_duration(small, tmp_path, monkeypatch):
    design, place = small
    folder = begin(tmp_path / "out", design)
    real, hours = time.time, iter(range(10**9))

    class Back(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(hours=next(hours))

    monkeypatch.setattr(time, "time", lambda: real() - 3600.0 * next(hours))  # an hour back at every look
    monkeypatch.setattr(run_writer, "datetime", Back)
    assert persim("sweep", design, "--out", folder, "--resume", "--replicates", "3", *QUIET).exit_code == 0
    monkeypatch.undo()
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["seconds"] >= 0.0

    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=36500)

    monkeypatch.setattr(run_writer, "datetime", Ahead)  # the ledger has times that are yet to come
    assert persim("sweep", design, "--out", folder, "--resume", "--replicates", "5", *QUIET).exit_code == 0
    monkeypatch.undo()
    assert persim("sweep", design, "--out", folder, "--resume", "--replicates", "6", *QUIET).exit_code == 0
    assert_same(folder, contents(place))
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["seconds"] >= 0.0


@pytest.mark.parametrize("jobs", ["1", "2", "5"])
def test_the_number_of_threads_changes_no_byte(jobs, small, tmp_path):
    design, place = small
    folder = begin(tmp_path / "out", design)
    assert persim("sweep", design, "--out", folder, "--resume", "--jobs", jobs, *QUIET).exit_code == 0
    assert_same(folder, contents(place))


def test_figures_are_the_same_after_an_interruption_and_go_when_none_are_wanted(tmp_path):
    design = tmp_path / "mini.yaml"
    design.write_text(design_text(2))
    at_once, later = begin(tmp_path / "at_once", design), begin(tmp_path / "later", design)
    assert persim("sweep", design, "--out", at_once, "--resume").exit_code == 0
    assert persim("sweep", design, "--out", later, "--resume", "--replicates", "1").exit_code == 0
    (later / "figures" / "mine.txt").write_text("a note of my own")
    assert persim("sweep", design, "--out", later, "--resume").exit_code == 0
    assert (later / "figures" / "mine.txt").read_text() == "a note of my own"
    (later / "figures" / "mine.txt").unlink()
    assert_same(later, contents(at_once))
    assert any(name.startswith("figures/") for name in contents(later))
    assert persim("sweep", later, "--resume", *QUIET).exit_code == 0
    assert not any(name.startswith("figures/") for name in contents(later))


def test_worlds_that_are_alike_are_each_run(tmp_path):
    design = tmp_path / "mini.yaml"
    text = design_text(2).replace("risk_aversion: {grid: 4, low: 0.2, high: 0.8}", "audit: sampled")
    design.write_text(f"{text}sample: {{method: sobol, points: 8}}\n")  # audit is 0 or 1, so worlds come several times
    result = persim("sweep", design, "--out", tmp_path / "out", *QUIET)
    assert result.exit_code == 0, result.output
    assert library.Sweep(tmp_path / "out").n_runs == 32
