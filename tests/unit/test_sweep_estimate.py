"""What `persim sweep --dry-run` says: runs, seconds and bytes, from a few runs that are made; and what its help says."""

import inspect
import json
import time

import numpy as np
import pytest
from typer.testing import CliRunner

from persim import cli, cli_options, cli_sweep, sweep_estimate
from persim.design import read_design
from persim.precision import CAP
from persim.run_store import Settled
from persim.sweep_estimate import PROBES, as_plain, estimate

DESIGN = """
schema_version: 1
name: mini
title: A small sweep
question: How long?
scenarios: [baseline, lean_process]
parameters:
  risk_aversion: {grid: 4, low: 0.2, high: 0.8}
population: {people: 60}
horizon: {weeks: 30}
replicates: 5
"""
SECONDS = {0: 1.0, 2: 2.0, 4: 3.0, 7: 10.0}  # of a run, by its cell: four of eight are tried


class Maker:
    """Makes runs that take `SECONDS` on a clock of their own; the first takes a minute, as if it compiled."""

    def __init__(self, failing=()):
        self.now, self.made, self._failing = 0.0, [], failing

    def make(self, number):
        self.now += SECONDS[number] if self.made else 60.0
        self.made.append(number)
        return Settled(number, "a run", None if number in self._failing else np.zeros(1))


@pytest.fixture
def place(tmp_path):
    (tmp_path / "mini.yaml").write_text(DESIGN)
    return tmp_path / "mini.yaml"


@pytest.fixture
def made(monkeypatch):
    """Lets `estimate` use a maker, and its clock."""

    def use(maker):
        monkeypatch.setattr(sweep_estimate, "run_maker", lambda design: maker)
        monkeypatch.setattr(time, "perf_counter", lambda: maker.now)
        return maker

    return use


def test_seconds_a_run_are_the_mean_of_the_probes_without_the_first_that_compiles(place, made):
    maker = made(Maker())
    found = estimate(read_design(place), place.parent / "out", 5, jobs=2)
    assert maker.made == [0, *SECONDS]
    assert len(SECONDS) == PROBES
    assert found.seconds_a_run == 4.0
    assert (found.n_runs, found.n_missing, found.seconds) == (40, 40, 80.0)  # 40 runs of 4 s on two threads
    assert as_plain(found)["seconds_a_run"] == 4.0


def test_probes_that_fail_are_left_out_and_if_all_do_nothing_is_said_of_time(place, made):
    made(Maker(failing=(7,)))
    assert estimate(read_design(place), place.parent / "out", 5, jobs=1).seconds_a_run == 2.0
    made(Maker(failing=tuple(SECONDS)))
    found = estimate(read_design(place), place.parent / "out", 5, jobs=1)
    assert (found.seconds_a_run, found.seconds) == (0.0, 0.0)


def test_a_dry_run_says_so_and_writes_nothing(place, made, monkeypatch):
    monkeypatch.chdir(place.parent)
    made(Maker())
    answer = CliRunner().invoke(cli.app, ["sweep", "mini.yaml", "--dry-run", "--jobs", "2", "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert (told["design"], told["runs"], told["missing"], told["seconds"]) == ("mini", 40, 40, 80.0)
    assert [path.name for path in place.parent.iterdir()] == ["mini.yaml"]


def test_the_cap_that_help_tells_is_the_one_that_is_used():
    for option in (inspect.signature(cli_sweep.sweep, eval_str=True).parameters["cap"].annotation, cli_options.Cap):
        (told,) = option.__metadata__
        assert f"; {CAP} if not said." in told.help
