"""A comparison that adds pairs of runs until its intervals are as narrow as was asked for."""

import dataclasses
import errno
import json
import os
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import persim
from persim import cli
from persim.comparison_folder import write_comparison
from persim.errors import InputError, StoreError
from persim.precision import PILOT
from persim.store import ResultFolder, Spool

SIZE = {"n_users": 150, "n_weeks": 60, "record": "final"}
PAIR = ["baseline", "gold_standard"]


@pytest.fixture(scope="module")
def narrow() -> persim.comparison.Comparison:  # type: ignore[name-defined]
    """Informed is soon different, and needs more than the pilot for five points."""
    return persim.compare(PAIR, precision="0.4pp", outcome="informed", cap=90, jobs=2, **SIZE)


def half_width(c) -> float:
    found = c.estimate("informed", 1)
    return (found.difference_high - found.difference_low) / 2.0


def test_pairs_are_added_until_the_interval_is_narrow_enough_and_the_number_is_told(narrow):
    assert PILOT < narrow.replicates < 90
    assert half_width(narrow) <= 0.004
    told = [note for note in narrow.notes if note.startswith("Precision: ")]
    reached = f"{100 * half_width(narrow):.2g} percentage points for informed"
    assert told == [f"Precision: stopped at {narrow.replicates} pairs: half-width {reached}."]
    assert narrow.estimate("informed", 1).n_pairs == narrow.replicates


def test_the_first_runs_are_those_of_a_comparison_without_precision(narrow):
    fixed = persim.compare(PAIR, 12, **SIZE)
    for measure in ("informed", "quality_of_life", "cost_year"):
        for scenario in (0, 1):
            assert np.array_equal(narrow.values(measure, scenario)[:12], fixed.values(measure, scenario))


def test_rounds_do_not_depend_on_the_number_of_threads(narrow):
    again = persim.compare(PAIR, precision=0.004, outcome="informed", cap=90, jobs=1, **SIZE)
    assert again.replicates == narrow.replicates
    assert again.notes == narrow.notes
    for one, other in ((narrow.levels, again.levels), (narrow.differences, again.differences)):
        for left, right in zip(one, other, strict=True):
            assert np.array_equal(left, right, equal_nan=True)


def test_a_cap_that_is_reached_is_told_with_the_half_width_that_is_left():
    c = persim.compare(PAIR, precision="0.001pp", outcome="informed", cap=PILOT + 3, **SIZE)
    assert c.replicates == PILOT + 3
    (told,) = [note for note in c.notes if note.startswith("Precision: ")]
    assert f"the cap of {PILOT + 3} pairs was reached" in told
    assert "not 0.001 percentage points" in told


def test_replicates_are_then_those_to_begin_with():
    c = persim.compare(PAIR, PILOT + 5, precision="50pp", outcome="informed", **SIZE)
    assert c.replicates == PILOT + 5
    assert persim.compare(PAIR, 3, precision="50pp", outcome="informed", **SIZE).replicates == PILOT


def test_the_plan_of_a_manifest_gives_the_same_rounds_again(narrow, tmp_path):
    with ResultFolder(tmp_path / "there", "") as folder:
        place = write_comparison(narrow, folder, 0.0, with_figures=False)
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    module = sys.modules["persim.compare"]
    options = manifest["options"]
    plan = module.planned(PAIR, options["replicates"], 1, 0, 150, 60, options["outcomes"], None, "final", None, {})
    again = module.carried_out(dataclasses.replace(plan, options=options))
    assert manifest["replicates"] == again.replicates == narrow.replicates
    assert again.notes == narrow.notes


def test_progress_counts_on_over_rounds():
    seen: list[tuple[int, int, int]] = []
    c = persim.compare(
        PAIR, precision="0.4pp", outcome="informed", cap=90, progress=lambda *now: seen.append(now), **SIZE
    )
    assert seen[-1] == (2 * c.replicates, 2 * c.replicates, 0)
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)


@pytest.mark.parametrize(
    ("scenarios", "asked", "words"),
    [
        (PAIR, {"precision": "2%"}, "write 2pp"),
        (PAIR, {"precision": "1pp", "outcome": "wait_weeks"}, "such as 3 weeks"),
        (PAIR, {"precision": "1pp", "outcome": "rel_take_up"}, "real_take_up"),
        (PAIR, {"outcome": "offers"}, "goes with precision"),
        (PAIR, {"precision": "1pp", "cap": 1}, "cap"),
        (PAIR, {"precision": "1pp", "cap": 50, "replicates": 60}, "more than the cap"),
        (PAIR, {"precision": "1pp", "replicates": 0}, "replicates"),
        (["baseline"], {"precision": "1pp"}, "name two scenarios"),
        (PAIR, {"precision": "1pp", "seed": 2**62 - 200}, "62 bits"),
    ],
)
def test_a_precision_that_cannot_be_had_is_refused_before_anything_runs(scenarios, asked, words, monkeypatch):
    monkeypatch.setattr(sys.modules["persim.compare"], "run_scenario", None)
    with pytest.raises(InputError, match=words):
        persim.compare(scenarios, **asked, **SIZE)


def test_a_gap_or_a_cost_can_be_what_decides():
    c = persim.compare(PAIR, precision="£1000k", outcome="cost_year", **SIZE)
    assert c.replicates == PILOT
    assert "for cost_year" in " ".join(c.notes)


def test_an_outcome_that_is_not_usually_kept_is_kept():
    c = persim.compare(PAIR, precision="90pp", outcome="understands", **SIZE)
    assert "understands" in c.measures


def test_the_command_says_why_it_stopped(tmp_path):
    command = ["compare", *PAIR, "--people", "150", "--weeks", "60", "--precision", "60pp", "--outcome", "informed"]
    result = CliRunner().invoke(cli.app, [*command, "--no-figures", "--out", str(tmp_path / "there")])
    assert result.exit_code == 0, result.output
    assert f"Precision: stopped at {PILOT} pairs" in result.stdout


def test_the_command_refuses_a_cap_without_a_precision(tmp_path):
    result = CliRunner().invoke(cli.app, ["compare", *PAIR, "--cap", "50", "--out", str(tmp_path / "there")])
    assert result.exit_code != 0
    assert isinstance(result.exception, InputError) or "--precision" in result.output


def test_a_spool_grows_and_keeps_what_it_holds():
    spool = Spool(2, 3)
    spool.write(1, np.array([1.0, 2.0, 3.0]))
    spool.grow(5)
    assert spool.n_rows == 5
    assert spool.read(1).tolist() == [1.0, 2.0, 3.0]
    spool.write(4, np.array([7.0, 8.0, 9.0]))
    assert np.concatenate([block for _, _, block in spool.blocks()], axis=1)[[1, 4]].tolist() == [[1, 2, 3], [7, 8, 9]]


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="room cannot be reserved here")
def test_a_disk_without_room_for_another_round_is_told_before_it_begins(monkeypatch):
    spool = Spool(2, 3)

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(StoreError, match=r"[Nn]o (space|room)"):
        spool.grow(5)
