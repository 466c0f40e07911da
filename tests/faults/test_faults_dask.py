"""A sweep on a Dask cluster of a real scheduler and workers on this machine, some of which go away."""

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from fault_tools import Command, assert_same, begin, persim, refused, runs_in, wait_until

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'persim[cluster]'")
pytestmark = pytest.mark.usefixtures("no_process_is_left")
QUIET = ("--no-figures",)


class Cluster:
    """A scheduler and workers of one thread each, in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._log = folder, (folder / "cluster.log").open("wb")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port))
        self.workers: list[subprocess.Popen[bytes]] = []

    def _start(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{what}", *words, "--no-dashboard"]
        process = subprocess.Popen(command, cwd=self._folder, stdout=self._log, stderr=self._log)
        self.processes.append(process)
        return process

    def add_worker(self, *words: str) -> None:
        place = str(self._folder / f"worker{len(self.workers)}")
        more = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory", place)
        self.workers.append(self._start("dask_worker", self.address, *more, *words))

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self._log.close()


@contextmanager
def cluster(folder: Path, n_workers: int = 2):
    made = Cluster(folder)
    try:
        for _ in range(n_workers):
            made.add_worker()
        yield made
    finally:
        made.close()


@pytest.mark.study
def test_a_worker_that_is_killed_loses_no_run_and_doubles_none_and_a_lost_scheduler_is_told(whole, tmp_path):
    design, reference = whole
    with cluster(tmp_path) as dask:
        words = ("sweep", design, "--resume", *QUIET, "--scheduler", dask.address, "--out")
        first = begin(tmp_path / "first", design)
        child = Command(*words, first, cwd=tmp_path)
        wait_until(lambda: runs_in(first) or not child.is_running(), "runs")
        dask.workers[0].send_signal(signal.SIGKILL)
        told = child.ended()
        assert told.code == 0, told.err
        assert told.err == ""
        assert_same(first, reference)  # the same bytes as on threads here, each run once

        second = begin(tmp_path / "second", design)
        child = Command(*words, second, cwd=tmp_path)
        wait_until(lambda: runs_in(second) or not child.is_running(), "runs")
        dask.scheduler.send_signal(signal.SIGKILL)
        told = child.ended()
        kept = runs_in(second)
        assert told.code == 2, (told.err, len(kept))
        assert len(told.err.strip().splitlines()) == 1, told.err
        assert "the scheduler has gone" in told.err
        assert "--resume" in told.err
        assert kept
    finished = persim("sweep", design, "--out", second, "--resume", *QUIET)
    assert finished.exit_code == 0
    assert_same(second, reference)


def test_a_worker_with_another_version_of_the_model_is_refused(small, tmp_path):
    design, _ = small
    other = tmp_path / "other_version.py"
    other.write_text("from persim import dask_crew\ndask_crew.MODEL_VERSION = 'another'\n")
    with cluster(tmp_path, n_workers=0) as dask:
        dask.add_worker("--preload", str(other))
        result = persim("sweep", design, "--out", tmp_path / "out", "--scheduler", dask.address, *QUIET)
        refused(result, "has version another of the model", "127.0.0.1", "install the same persim everywhere")
    assert runs_in(tmp_path / "out") == {}


def test_a_scheduler_that_is_not_there_is_told_in_one_line(small, tmp_path, monkeypatch):
    design, place = small
    monkeypatch.setattr("persim.dask_crew.CONNECT_SECONDS", 1)
    with socket.socket() as taken:  # bound but not listening: nothing answers
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        result = persim("sweep", design, "--out", tmp_path / "out", "--scheduler", address, *QUIET)
    refused(result, "there is no Dask scheduler at", address)
    for wrong in ("nonsense://x", "tcp://", "127.0.0.1:port"):
        result = persim("sweep", design, "--out", tmp_path / "out", "--resume", "--scheduler", wrong, *QUIET)
        refused(result, wrong)
    assert persim("sweep", design, "--out", tmp_path / "out", "--resume", *QUIET).exit_code == 0
    assert (tmp_path / "out" / "worlds.csv").read_bytes() == (place / "worlds.csv").read_bytes()
