"""A calibration that is killed at any moment ends as one that was left alone, whoever makes its runs."""

import random
import signal
import time
from pathlib import Path

import pytest
from fault_tools import SMALL_PARTS, Command, assert_same, contents, persim, runs_in, verified

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'persim[calibrate]'")
pytest.importorskip("arviz", reason="ArviZ is not installed: pip install 'persim[calibrate]'")
pytestmark = [pytest.mark.usefixtures("no_process_is_left"), pytest.mark.slow]
CALIBRATION = """\
schema_version: 1
name: mini
title: A small calibration
people: 60
stages:
  - name: services
    targets: [TGT07, TGT08]
    fixed: {budgets_offered: 0}
    weeks: 208
    parameters:
      rows_per_post: {low: 20, high: 45}
      contacts_stable: {low: 0.1, high: 0.7}
    waves: {number: 1, points: 25}
    smc: {particles: 32, generations: 2, chains: 2, draws: 20}
  - name: take_up
    targets: [TGT01]
    weeks: 208
    parameters:
      information: {low: 0.1, high: 0.7}
    waves: {number: 1, points: 25}
    smc: {particles: 32, generations: 2, chains: 2, draws: 20}
    patterns: {which: [PAT10], draws: 10}
"""  # two seeds each: 178 runs, then 178 and those of the pattern
SHORT = """\
schema_version: 1
name: mini
title: A calibration of two steps
people: 60
stages:
  - name: take_up
    targets: [TGT01]
    weeks: 208
    parameters:
      information: {low: 0.1, high: 0.7}
      tell: {low: 0.3, high: 0.9}
    waves: {number: 1, points: 25}
    smc: {particles: 32, generations: 1, chains: 2, draws: 20}
"""  # processes and clusters begin anew with every step, which takes seconds


@pytest.fixture(scope="module")
def calibration(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("calibration") / "mini.yaml"
    place.write_text(CALIBRATION, "utf-8")
    return place


@pytest.fixture(scope="module")
def short(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("short") / "mini.yaml"
    place.write_text(SHORT, "utf-8")
    return place


def begun(out: Path, file: Path, part_rows: int = SMALL_PARTS) -> Path:
    """A calibration without runs, as a kill just after its beginning leaves it, whose parts are small."""
    from persim.calibration.plan import plain_content
    from persim.calibration.plan_file import read_calibration
    from persim.run_writer import create

    out.mkdir()
    create(out, {**plain_content(read_calibration(file)), "part_rows": part_rows})
    return out


def command(file: Path, out: Path, *more: str) -> list[str | Path]:
    return ["calibrate", file, "--out", out, "--jobs", "2", "--no-figures", "--resume", *more]


@pytest.fixture(scope="module")
def whole(tmp_path_factory, calibration):
    """What a calibration that nobody interrupts comes to."""
    place = tmp_path_factory.mktemp("whole")
    told = Command(*command(calibration, begun(place / "out", calibration)), cwd=place).ended()
    assert told.code == 0, told.err
    return contents(place / "out")


def test_a_calibration_killed_at_random_moments_loses_nothing_that_was_finished(whole, calibration, tmp_path):
    folder, luck = begun(tmp_path / "out", calibration), random.Random(1)
    kept: dict[int, int] = {}
    for _ in range(5):
        child = Command(*command(calibration, folder), cwd=tmp_path)
        time.sleep(luck.uniform(0.5, 6.0))
        child.signal(signal.SIGKILL)
        assert child.ended().code in (-signal.SIGKILL, 0)
        now = runs_in(folder)
        assert kept.items() <= now.items()
        kept = now
    told = Command(*command(calibration, folder), cwd=tmp_path).ended()
    assert told.code == 0, told.err
    assert_same(folder, whole)
    assert verified(folder)


def test_one_job_makes_the_same_calibration(whole, calibration, tmp_path):
    folder = begun(tmp_path / "out", calibration)
    told = Command(*command(calibration, folder, "--jobs", "1"), cwd=tmp_path).ended()
    assert told.code == 0, told.err
    assert_same(folder, whole)


@pytest.fixture(scope="module")
def whole_short(tmp_path_factory, short):
    """What the short calibration comes to on threads."""
    folder = begun(tmp_path_factory.mktemp("whole_short") / "out", short)
    assert persim(*command(short, folder)).exit_code == 0
    return contents(folder)


def test_processes_make_the_same_bytes(whole_short, short, tmp_path):
    folder = begun(tmp_path / "out", short)
    told = Command(*command(short, folder, "--workers", "processes"), cwd=tmp_path).ended()
    assert told.code == 0, told.err
    assert_same(folder, whole_short)


@pytest.mark.study
def test_a_cluster_makes_the_same_bytes(whole_short, short, tmp_path):
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'persim[cluster]'")
    from test_faults_dask import cluster

    folder = begun(tmp_path / "out", short)
    with cluster(tmp_path) as dask:
        told = Command(*command(short, folder, "--scheduler", dask.address), cwd=tmp_path).ended()
        assert told.code == 0, told.err
    assert_same(folder, whole_short)


def test_a_damaged_part_is_named_and_made_again(whole, calibration, tmp_path):
    folder = begun(tmp_path / "out", calibration)
    assert persim(*command(calibration, folder)).exit_code == 0
    part = sorted((folder / "parts").iterdir())[3]
    part.write_bytes(part.read_bytes()[:-50])
    told = persim(*command(calibration, folder))
    assert told.exit_code == 2
    assert part.name in told.output
    assert persim(*command(calibration, folder, "--repair")).exit_code == 0
    assert_same(folder, whole)


def test_a_calibration_is_not_gone_on_with_as_another(calibration, tmp_path):
    folder = begun(tmp_path / "out", calibration)
    told = persim(*command(calibration, folder, "--seed", "2"))
    assert told.exit_code == 2
    assert "seed was 1, and is 2" in told.output
