"""Ctrl-C, polite and impolite kills, worker processes that go away, two sweeps at once, readers meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from fault_tools import (
    Command,
    assert_same,
    begin,
    children_of,
    contents,
    design_text,
    is_alive,
    persim,
    refused,
    runs_in,
    wait_until,
)  # fmt: skip

import persim as library

QUIET = ("--no-figures",)
LONG = 20_000  # replicates: 160,000 runs, which take some minutes
pytestmark = pytest.mark.usefixtures("no_process_is_left")


@pytest.fixture
def endless(tmp_path):
    """(design, store) of a sweep that would take minutes; tests stop it and then ask for fewer runs."""
    design = tmp_path / "mini.yaml"
    design.write_text(design_text(LONG))
    return design, begin(tmp_path / "out", design)


def started(design, folder, tmp_path, *words):
    """The sweep, on its way."""
    before = len(runs_in(folder))
    child = Command("sweep", design, "--out", folder, "--resume", *words, *QUIET, cwd=tmp_path)
    wait_until(lambda: len(runs_in(folder)) > before + 40 or not child.is_running(), "runs")
    assert child.is_running()
    return child


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("workers", ["threads", "processes"])
def test_a_polite_end_says_how_to_go_on_and_keeps_every_run(number, code, workers, whole, tmp_path):
    design, reference = whole
    large = tmp_path / "mini.yaml"
    large.write_text(design_text(LONG))
    folder = begin(tmp_path / "a folder", large)
    child = started(large, folder, tmp_path, "--workers", workers)
    wait_until(lambda: len(list((folder / "parts").glob("00000[01]-*.parquet"))) == 2, "the first parts")
    child.signal(number)
    told = child.ended()
    assert told.code == code
    assert told.err == 'interrupted; every finished run is kept: go on with `persim sweep "a folder" --resume`\n'
    assert told.out == ""
    assert len(runs_in(folder)) > 40
    assert set(runs_in(folder).values()) == {1}
    # The same runs asked for by a design of 40 replicates are these runs, to the byte.
    with closing(library.Sweep(folder, check=True)):
        pass
    kept = {p.name: p.read_bytes() for p in (folder / "parts").iterdir()}
    wanted = {name.removeprefix("parts/"): content for name, content in reference.items() if name.startswith("parts/")}
    first = [name for name in kept if name < "000020"]
    assert first
    assert all(kept[name] == wanted[name] for name in first)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_sweep_is_resumed_by_what_the_message_says(number, whole, tmp_path):
    design, reference = whole
    folder = begin(tmp_path / "out", design)
    child = Command("sweep", design, "--out", folder, "--resume", "--jobs", "1", *QUIET, cwd=tmp_path)
    wait_until(lambda: runs_in(folder) or not child.is_running(), "runs")
    child.signal(number)
    told = child.ended()
    if told.code:  # else it was quicker than the signal
        words = told.err.split("`")[1].split()
        assert words == ["persim", "sweep", "out", "--resume"]
        assert Command(*words[1:], *QUIET, cwd=tmp_path).ended().code == 0
    assert_same(folder, reference)


def test_the_command_as_a_person_runs_it_ends_on_ctrl_c_with_its_processes(endless, tmp_path):
    design, folder = endless
    command = [sys.executable, "-m", "persim", "sweep", str(design), "--out", str(folder), "--resume"]
    child = subprocess.Popen(
        [*command, "--workers", "processes", "--jobs", "2", *QUIET], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        wait_until(lambda: children_of(child.pid) or child.poll() is not None, "processes")
        wait_until(lambda: runs_in(folder) or child.poll() is not None, "runs")
        os.killpg(child.pid, signal.SIGINT)  # as a terminal does: to all of them
        _, err = child.communicate(timeout=120.0)
    finally:
        child.kill()
        child.wait()
    assert child.returncode == 130
    assert err.strip().splitlines()[-1].startswith("interrupted; every finished run is kept")
    assert "Traceback" not in err


def test_a_killed_worker_process_is_told_in_one_line_and_the_rest_is_made_on_resume(whole, tmp_path):
    design, reference = whole
    large = tmp_path / "large" / "mini.yaml"
    large.parent.mkdir()
    large.write_text(design_text(LONG))
    folder = begin(tmp_path / "out", large)
    child = started(large, folder, tmp_path, "--workers", "processes", "--jobs", "2")
    workers = [pid for pid in children_of(child.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(workers[0], signal.SIGKILL)
    told = child.ended()
    assert told.code == 2, told.err
    assert len(told.err.strip().splitlines()) == 1, told.err
    assert "a process that made runs was killed" in told.err
    assert "--resume" in told.err
    wait_until(lambda: not any(map(is_alive, workers)), "the other process to end")
    kept = runs_in(folder)
    assert len(kept) > 40
    # On by processes, to the end, in a store that asks for fewer.
    small = begin(tmp_path / "small", design)
    result = Command("sweep", small, "--resume", "--workers", "processes", "--jobs", "2", *QUIET, cwd=tmp_path).ended()
    assert result.code == 0, result.err
    assert_same(small, reference)  # processes make the bytes that threads make


def test_worker_processes_end_when_their_parent_is_killed(endless, tmp_path):
    design, folder = endless
    child = started(design, folder, tmp_path, "--workers", "processes", "--jobs", "2")
    others = children_of(child.pid)
    assert len(others) >= 2
    child.signal(signal.SIGKILL)
    child.ended()
    wait_until(lambda: not any(map(is_alive, others)), "worker processes to end")
    # Their lock is gone with them.
    child = started(design, folder, tmp_path)
    child.signal(signal.SIGTERM)
    assert child.ended().code == 143


def test_a_second_sweep_on_one_store_is_refused_by_the_name_of_the_first_until_that_ends(endless, tmp_path):
    design, folder = endless
    first = started(design, folder, tmp_path)
    for words in (("--resume",), ("--force",), ("--repair",)):
        refused(
            persim("sweep", design, "--out", folder, *words, *QUIET),
            f"{folder} is being written to by process {first.pid}; wait for it, or stop it",
        )
    assert first.is_running()
    first.signal(signal.SIGTERM)
    assert first.ended().code == 143
    second = started(design, folder, tmp_path)
    second.signal(signal.SIGKILL)
    second.ended()
    third = started(design, folder, tmp_path)  # a lock does not outlive a killed process
    third.signal(signal.SIGTERM)
    assert third.ended().code == 143


def test_two_sweeps_begun_at_once_in_a_new_folder_make_one(small, tmp_path):
    design, place = small
    folder = tmp_path / "out"
    both = [Command("sweep", design, "--out", folder, *QUIET, cwd=tmp_path) for _ in range(2)]
    told = [child.ended() for child in both]
    assert min(one.code for one in told) == 0, told
    for one in told:
        if one.code:
            assert one.code == 2
            assert "is being written to by process" in one.err or "holds a sweep: go on with --resume" in one.err
    assert (folder / "worlds.csv").read_bytes() == (place / "worlds.csv").read_bytes()


def test_readers_and_a_sweep_do_not_disturb_each_other(small, whole, tmp_path):
    design, reference = whole
    _, place = small
    folder = tmp_path / "out"
    shutil.copytree(place, folder)  # 48 of 320 runs, the last part written anew as more come
    reading = library.Sweep(folder)  # stays open all the time
    child = Command("sweep", folder, "--resume", "--replicates", "40", "--jobs", "1", *QUIET, cwd=tmp_path)
    n_read = 0
    while child.is_running():
        with closing(library.Sweep(folder)) as found:
            assert found.values("real_take_up").shape[0] in (6, 40)
        assert reading.values("real_take_up").shape[0] == 6
        report = persim("report", folder)
        assert "Traceback" not in report.output
        assert persim("verify", folder).exit_code in (0, 1, 2)
        n_read += 1
    told = child.ended()
    assert told.code == 0, told.err
    assert n_read
    (folder / "report.html").unlink(missing_ok=True)
    (folder / "report.xlsx").unlink(missing_ok=True)
    assert_same(folder, reference, without=("design.json",))  # which says that 6 replicates were asked for first
    reading.close()
    assert contents(folder)
