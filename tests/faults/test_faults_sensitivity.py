"""A sensitivity study that is killed at any moment ends as one that was left alone, whoever makes its runs."""

import random
import signal
import time
from pathlib import Path

import pytest
from fault_tools import SMALL_PARTS, Command, assert_same, contents, persim, runs_in, verified

pytest.importorskip("SALib", reason="SALib is not installed: pip install 'persim[calibrate]'")
pytestmark = pytest.mark.usefixtures("no_process_is_left")
DESIGN = """\
schema_version: 1
name: mini
title: A small study
question: Does it survive?
scenarios: [baseline, lean_process]
parameters:
  risk_aversion: sampled
  role_boundary: sampled
  brokers: [0, 1]
population: {people: 60}
horizon: {weeks: 40}
replicates: 3
morris: {trajectories: 6}
sobol: {points: 16}
keep: {most: 2}
bootstrap: {resamples: 100}
"""  # 144 runs of the screening, then 384 of the indices


@pytest.fixture(scope="module")
def design(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("design") / "mini.yaml"
    place.write_text(DESIGN, "utf-8")
    return place


def begun(out: Path, design: Path, part_rows: int = SMALL_PARTS) -> Path:
    """A study without runs, as a kill just after its beginning leaves it, whose parts are small."""
    from persim.run_writer import create
    from persim.sensitivity.plan import content_of, read_plan

    out.mkdir()
    create(out, {**content_of(read_plan(design)), "part_rows": part_rows})
    return out


def command(design: Path, out: Path, *more: str) -> list[str | Path]:
    return ["sensitivity", design, "--out", out, "--jobs", "2", "--no-figures", "--resume", *more]


@pytest.fixture(scope="module")
def whole(tmp_path_factory, design):
    """What a study that nobody interrupts comes to."""
    place = tmp_path_factory.mktemp("whole")
    told = Command(*command(design, begun(place / "out", design)), cwd=place).ended()
    assert told.code == 0, told.err
    return contents(place / "out")


def test_a_study_killed_at_random_moments_loses_nothing_that_was_finished(whole, design, tmp_path):
    folder, luck = begun(tmp_path / "out", design), random.Random(1)
    kept: dict[int, int] = {}
    for _ in range(6):
        child = Command(*command(design, folder), cwd=tmp_path)
        time.sleep(luck.uniform(0.0, 2.0))
        child.signal(signal.SIGKILL)
        assert child.ended().code in (-signal.SIGKILL, 0)
        now = runs_in(folder)
        assert kept.items() <= now.items()
        kept = now
    told = Command(*command(design, folder), cwd=tmp_path).ended()
    assert told.code == 0, told.err
    assert_same(folder, whole)
    assert verified(folder)


def test_a_study_killed_at_any_lasting_step_goes_on_from_there(whole, design, tmp_path):
    folder, luck = begun(tmp_path / "out", design), random.Random(2)
    for _ in range(5):
        step = int(1.5 ** luck.uniform(0.0, 15.0))
        told = Command(*command(design, folder), cwd=tmp_path, dies_at=("any", step)).ended()
        assert told.code in (-signal.SIGKILL, 0), told.err
    assert Command(*command(design, folder), cwd=tmp_path).ended().code == 0
    assert_same(folder, whole)


def test_damage_in_either_stage_is_named_and_made_again(whole, design, tmp_path):
    folder = begun(tmp_path / "out", design)
    assert persim(*command(design, folder)).exit_code == 0
    for number in (2, 20):
        part = sorted((folder / "parts").iterdir())[number]
        part.write_bytes(part.read_bytes()[:-50])
        told = persim(*command(design, folder))
        assert told.exit_code == 2
        assert part.name in told.output
        assert persim(*command(design, folder), "--repair").exit_code == 0
        assert_same(folder, whole)


def test_a_lost_ledger_is_made_again_from_the_parts(whole, design, tmp_path):
    folder = begun(tmp_path / "out", design)
    assert persim(*command(design, folder)).exit_code == 0
    (folder / "ledger.sqlite").unlink()
    assert persim(*command(design, folder)).exit_code == 2
    assert persim(*command(design, folder), "--repair").exit_code == 0
    assert_same(folder, whole)


@pytest.mark.study
def test_a_cluster_makes_the_same_bytes(whole, design, tmp_path):
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'persim[cluster]'")
    from test_faults_dask import cluster

    folder = begun(tmp_path / "out", design)
    with cluster(tmp_path) as dask:
        told = Command(*command(design, folder, "--scheduler", dask.address), cwd=tmp_path).ended()
        assert told.code == 0, told.err
    assert_same(folder, whole)
