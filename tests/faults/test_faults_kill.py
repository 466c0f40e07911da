"""A sweep that is killed at any moment, again and again, ends as one that was left alone."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fault_tools import Command, assert_same, begin, runs_in, verified, wait_until

KILLS = 10  # for each of two seeds: 20 moments in all
WORDS = ("--no-figures", "--jobs", "2")
pytestmark = pytest.mark.usefixtures("no_process_is_left")


def _finish(design: Path, folder: Path, tmp_path: Path) -> None:
    told = Command("sweep", design, "--out", folder, "--resume", *WORDS, cwd=tmp_path).ended()
    assert told.code == 0, told.err
    assert told.err == ""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_sweep_killed_at_random_moments_loses_nothing_that_was_finished(seed, whole, tmp_path):
    design, reference = whole
    folder, luck = begin(tmp_path / "out", design), random.Random(seed)
    kept: dict[int, int] = {}
    for _ in range(KILLS):
        child = Command("sweep", design, "--out", folder, "--resume", *WORDS, cwd=tmp_path)
        time.sleep(luck.uniform(0.0, 0.8))  # from before it reads anything to about the tables
        child.signal(signal.SIGKILL)
        assert child.ended().code in (-signal.SIGKILL, 0)
        now = runs_in(folder)
        assert kept.items() <= now.items()
        kept = now
    _finish(design, folder, tmp_path)
    assert_same(folder, reference)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_sweep_killed_at_any_lasting_step_goes_on_from_there(seed, whole, tmp_path):
    design, reference = whole
    folder, luck = begin(tmp_path / "out", design), random.Random(seed)
    for _ in range(8):
        step = int(1.5 ** luck.uniform(0.0, 14.0))  # 1 to 292: many early ones, since every resume begins with them
        told = Command(
            "sweep", design, "--out", folder, "--resume", *WORDS, cwd=tmp_path, dies_at=("any", step)
        ).ended()
        assert told.code in (-signal.SIGKILL, 0), told.err
    _finish(design, folder, tmp_path)
    assert_same(folder, reference)


def test_a_sweep_killed_while_tables_and_manifest_take_their_places_writes_them_anew(whole, tmp_path):
    design, reference = whole
    folder = begin(tmp_path / "out", design)
    _finish(design, folder, tmp_path)
    before = {name: (folder / name).stat().st_mtime_ns for name in reference if name.startswith("parts/")}
    for step in (1, 2, 5, 10, 15):  # the old manifest goes, 13 files take their places, the new one comes
        told = Command(
            "sweep", design, "--out", folder, "--resume", *WORDS, cwd=tmp_path, dies_at=("tables", step)
        ).ended()
        assert told.code in (-signal.SIGKILL, 0), told.err
        assert (folder / "manifest.json").exists() <= verified(folder)
    _finish(design, folder, tmp_path)
    assert_same(folder, reference)
    assert before == {name: (folder / name).stat().st_mtime_ns for name in before}  # parts were left alone


def test_the_command_as_a_person_runs_it_survives_a_kill(whole, tmp_path):
    design, reference = whole
    folder = begin(tmp_path / "out", design)
    command = [sys.executable, "-m", "persim", "sweep", str(design), "--out", str(folder), "--resume", *WORDS]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: len(runs_in(folder)) > 20 or child.poll() is not None, "runs")
    finally:
        child.kill()
        child.wait()
    kept = runs_in(folder)
    assert len(kept) > 20
    _finish(design, folder, tmp_path)
    assert_same(folder, reference)


def test_a_new_sweep_killed_at_its_first_steps_can_be_resumed_or_begun_again(small, tmp_path):
    design, place = small
    for step in (1, 3, 4, 5, 7):
        folder = tmp_path / f"out{step}"
        Command("sweep", design, "--out", folder, *WORDS, cwd=tmp_path, dies_at=("any", step)).ended()
        told = Command("sweep", design, "--out", folder, "--resume", *WORDS, cwd=tmp_path)
        if not folder.exists():
            told = Command("sweep", design, "--out", folder, *WORDS, cwd=tmp_path)
        assert told.ended().code == 0
        assert (folder / "across_worlds.csv").read_bytes() == (place / "across_worlds.csv").read_bytes()


def test_a_kill_while_a_sweep_is_thrown_away_leaves_one_that_can_be_thrown_away(small, tmp_path):
    design, place = small
    for step in (1, 4, 11):
        folder = tmp_path / f"out{step}"
        shutil.copytree(place, folder)
        told = Command(
            "sweep", design, "--out", folder, "--force", *WORDS, cwd=tmp_path, dies_at=("tables", step)
        ).ended()
        assert told.code == -signal.SIGKILL
        told = Command("sweep", design, "--out", folder, "--force", *WORDS, cwd=tmp_path).ended()
        assert told.code == 0, told.err
        assert (folder / "across_worlds.csv").read_bytes() == (place / "across_worlds.csv").read_bytes()
