"""What tests of faults share: a small sweep, how it is begun with small parts, processes that can be killed at any step."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

GENEROUS = 120.0  # seconds until a test gives up waiting; nothing is measured by it
SMALL_PARTS = 16  # the fewest rows a part may have, so that a small sweep has many parts
NOT_COMPARED = {"ledger.sqlite", "manifest.json"}  # when runs were made, and how long it took


def design_text(replicates: int = 40) -> str:
    """Two scenarios in four worlds: with 40 replicates 320 runs of about 2 ms, in 20 parts of 16."""
    return f"""\
schema_version: 1
name: mini
title: A small sweep
question: Does it survive?
scenarios: [baseline]
levers:
  which:
    peers: {{title: peers, parameters: {{peer_support: 1, campaign: 1, brokers: 1}}}}
parameters:
  risk_aversion: {{grid: 4, low: 0.2, high: 0.8}}
population: {{people: 60}}
horizon: {{weeks: 40}}
replicates: {replicates}
"""


def begin(folder: Path, design: Path | str, part_rows: int = SMALL_PARTS) -> Path:
    """A store without runs, as a kill just after its beginning leaves it, whose parts are small. `--resume` fills it."""
    from persim.design import read_design
    from persim.run_writer import create
    from persim.stored_design import content_of

    folder.mkdir(parents=True, exist_ok=True)
    create(folder, {**content_of(read_design(design)), "part_rows": part_rows})
    return folder


def contents(folder: Path, without: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Every file that must be the same, by name, with its bytes."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    left_out = NOT_COMPARED | set(without)
    return {
        name: content for name, content in found.items() if name not in left_out and not name.startswith((".", "._"))
    }


def assert_same(folder: Path, reference: dict[str, bytes], without: tuple[str, ...] = ()) -> None:
    """The folder holds what an uninterrupted sweep holds, to the byte, and nothing else."""
    found = contents(folder, without)
    wanted = {name: content for name, content in reference.items() if name not in without}
    assert sorted(found) == sorted(wanted)
    assert [name for name in wanted if found[name] != wanted[name]] == []
    assert (folder / "manifest.json").is_file()


def runs_in(folder: Path) -> dict[int, int]:
    """State of each run that the ledger has, by number: read beside whatever else goes on."""
    place = folder / "ledger.sqlite"
    if not place.exists():
        return {}
    with closing(sqlite3.connect(place, timeout=30.0)) as ledger, suppress(sqlite3.OperationalError):
        return dict(ledger.execute("SELECT number, state FROM runs"))
    return {}


def wait_until(happened: Callable[[], Any], what: str) -> Any:
    """What `happened` returns as soon as it is true."""
    until = time.monotonic() + GENEROUS
    while time.monotonic() < until:
        if found := happened():
            return found
        time.sleep(0.005)
    raise AssertionError(f"waited {GENEROUS:g} s in vain for {what}")


def is_alive(pid: int) -> bool:
    """Is there such a process, that is no zombie?"""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"


def children_of(pid: int) -> list[int]:
    """Processes whose parent this is."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            if int(place.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(place.parent.name))
    return found


# Processes that can be killed -------------------------------------------------------------------------------------------


@dataclass
class Told:
    """How a process ended and what it said."""

    code: int
    out: str
    err: str


class Command:
    """`persim WORDS` in a process of its own, forked from one that has persim loaded, so that it begins at once.

    Args:
        dies_at: the step at which it kills itself, as `kill -9` would: see `die_at`. largest: bytes that a file may have.
    """

    def __init__(self, *words: str | Path, cwd: Path, dies_at: tuple[str, int] | None = None, largest: int = 0) -> None:
        self._said = cwd / f".said-{time.monotonic_ns()}"
        args = ([str(word) for word in words], str(cwd), str(self._said), dies_at, largest)
        self.process = _forks().Process(target=_run_command, args=args)
        self.process.start()

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.is_alive()

    def signal(self, number: int) -> None:
        if self.process.is_alive():
            os.kill(self.pid, number)

    def ended(self) -> Told:
        """How it ended; it is killed if it does not for a long time."""
        self.process.join(GENEROUS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
            raise AssertionError("it did not end")
        texts = []
        for kind in ("out", "err"):
            place = Path(f"{self._said}.{kind}")
            texts.append(place.read_text("utf-8") if place.exists() else "")
            place.unlink(missing_ok=True)
        assert self.process.exitcode is not None
        return Told(self.process.exitcode, *texts)


def _forks() -> Any:
    """The process that forks others, with persim loaded and compiled."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fault_loaded"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent)  # where it finds what it loads
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
    return context


def _run_command(words: list[str], cwd: str, said: str, dies_at: tuple[str, int] | None, largest: int) -> None:
    for number, kind in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{said}.{kind}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.chdir(cwd)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if largest:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    if dies_at:
        die_at(*dies_at)
    sys.argv = ["persim", *words]
    try:
        importlib.import_module("persim.cli").main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def die_at(kind: str, step: int) -> None:
    """Let this process kill itself at its n-th step that lasts on disk.

    Steps are: a file is synced, gets its name, is removed, a folder is made, the ledger is asked or told something. Of
    kind `tables`, only names and removals outside of parts/ count. Odd steps die before, even ones after it is done.
    """
    from persim.run_writer import RunWriter

    count = 0

    def stepping(call: Callable[..., Any], counts: Callable[..., bool]) -> Callable[..., Any]:
        def stepped(*args: Any, **more: Any) -> Any:
            nonlocal count
            here = counts(*args)
            count += here
            if here and count == step and step % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            done = call(*args, **more)
            if here and count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return stepped

    def outside_of_parts(*args: Any) -> bool:
        return f"{os.sep}parts{os.sep}" not in os.fspath(args[-1])

    def always(*_args: Any) -> bool:
        return True

    if kind == "tables":
        for name in ("replace", "unlink", "rmdir"):
            setattr(os, name, stepping(getattr(os, name), outside_of_parts))
        return
    for name in ("replace", "unlink", "fsync", "mkdir"):
        setattr(os, name, stepping(getattr(os, name), always))
    RunWriter._execute = stepping(RunWriter._execute, always)


def persim(*words: str | Path) -> Any:
    """A command in this process: `.exit_code`, `.stdout`, `.stderr`."""
    from typer.testing import CliRunner

    from persim import cli

    return CliRunner().invoke(cli.app, [str(word) for word in words])


def verified(folder: Path) -> bool:
    """Does `persim verify` find every file as it was written?"""
    from persim.verify import verify_folder

    return verify_folder(folder).fine


def refused(result: Any, *told: str, lines: int = 1) -> None:
    """The command ended with exit 2 and so many lines, without a traceback, that say all of this."""
    assert result.exit_code == 2, result.output
    for word in told:
        assert word in result.stderr, result.stderr
    assert "Traceback" not in result.output
    assert len(result.stderr.strip().splitlines()) == lines, result.stderr


@pytest.fixture
def no_process_is_left() -> Iterator[None]:
    """No child of this test lives on."""
    before = set(children_of(os.getpid()))
    yield
    left = [pid for pid in set(children_of(os.getpid())) - before if "forkserver" not in _command_line(pid)]
    wait_until(lambda: not [pid for pid in left if is_alive(pid) and not _is_tracker(pid)], "processes to end")


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    return ""


def _is_tracker(pid: int) -> bool:
    return "resource_tracker" in _command_line(pid)
