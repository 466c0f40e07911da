"""Result folders: whole or not at all, never over others' files; numbers of runs outside of memory."""

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from persim import store
from persim.errors import StoreError
from persim.store import ResultFolder, Spool, plain, safe_name

TABLE = pd.DataFrame({"name": ["real", "reported"], "value": [1 / 3, np.nan]})


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(out: str | None = None, name: str = "baseline", text: str = "hello\n", force: bool = False) -> Path:
    with ResultFolder(out, name, force) as folder:
        folder.write_text("note.txt", text)
        return folder.commit({"seeds": [1, 2]})


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_a_folder_holds_what_was_written_and_a_manifest_with_every_sum():
    with ResultFolder("here", "x") as folder:
        folder.write_table("table", TABLE)
        folder.write_text("sub/note.txt", "line\n")
        place = folder.commit({"seeds": [1, 2]})
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    assert manifest["made_by"] == "persim"
    assert manifest["seeds"] == [1, 2]
    assert sorted(manifest["files"]) == ["sub/note.txt", "table.csv", "table.parquet"]
    for name, known in manifest["files"].items():
        assert hashlib.sha256((place / name).read_bytes()).hexdigest() == known


def test_csv_has_plain_line_ends_and_parquet_all_digits():
    with ResultFolder("here", "x") as folder:
        folder.write_table("table", TABLE)
        place = folder.commit({})
    assert (place / "table.csv").read_bytes() == b"name,value\nreal,0.33333333\nreported,\n"
    assert pd.read_parquet(place / "table.parquet")["value"][0] == 1 / 3


def test_without_a_place_it_goes_to_outputs_under_the_next_free_name():
    assert write() == Path("outputs/baseline").resolve()
    assert write() == Path("outputs/baseline-2").resolve()
    assert write() == Path("outputs/baseline-3").resolve()


def test_an_existing_folder_is_never_overwritten():
    place = write("here")
    with pytest.raises(StoreError, match="--force"):
        ResultFolder("here", "x")
    assert (place / "note.txt").read_text() == "hello\n"
    assert names(place.parent) == ["here"]


def test_force_replaces_what_persim_wrote():
    write("here")
    place = write("here", text="anew\n", force=True)
    assert (place / "note.txt").read_text() == "anew\n"
    assert names(place.parent) == ["here"]


@pytest.mark.parametrize("held", ["letter.txt", "sub/letter.txt"])
def test_force_leaves_a_folder_alone_that_holds_anything_else(held):
    place = write("here")
    (place / held).parent.mkdir(exist_ok=True)
    (place / held).write_text("mine")
    with pytest.raises(StoreError, match="letter.txt"):
        ResultFolder("here", "x", force=True)
    assert (place / held).read_text() == "mine"


def test_force_leaves_a_folder_alone_that_persim_did_not_write():
    Path("mine").mkdir()
    Path("mine/manifest.json").write_text('{"files": {}}')
    with pytest.raises(StoreError, match="did not write"):
        ResultFolder("mine", "x", force=True)


def test_an_empty_folder_is_used():
    Path("empty").mkdir()
    assert names(write("empty")) == ["manifest.json", "note.txt"]


def test_the_place_of_a_file_is_refused():
    Path("taken").write_text("mine")
    with pytest.raises(StoreError, match="is a file"):
        ResultFolder("taken", "x", force=True)


@pytest.mark.parametrize("place", ["taken/below", "/proc/no/such", "a\0b", "x" * 300])
def test_a_place_that_cannot_be_is_refused_in_one_plain_line(place):
    Path("taken").write_text("mine")
    with pytest.raises(StoreError) as caught:
        ResultFolder(place, "x")
    assert "\n" not in str(caught.value)


def test_what_is_not_committed_is_thrown_away():
    with pytest.raises(RuntimeError), ResultFolder("here", "x") as folder:  # noqa: PT012
        folder.write_text("note.txt", "half")
        raise RuntimeError
    assert names(Path()) == []


def test_results_are_kept_under_another_name_if_the_wanted_one_was_taken_meanwhile():
    with ResultFolder("here", "x") as folder:
        folder.write_text("note.txt", "mine")
        Path("here").mkdir()
        Path("here/other.txt").write_text("theirs")
        place = folder.commit({})
    assert place.name == "here-2"
    assert Path("here/other.txt").read_text() == "theirs"


def test_a_kill_while_writing_leaves_nothing_under_the_final_name():
    program = """
        import time
        from persim.store import ResultFolder
        with ResultFolder("here", "x") as folder:
            folder.write_text("note.txt", "half")
            print("writing", flush=True)
            time.sleep(60)
    """
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert not Path("here").exists()
    assert write("here").exists()  # and what is left is in nobody's way


def test_a_full_disk_is_told_in_plain_words(monkeypatch):
    def refuse(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store, "_reserve", refuse)
    with pytest.raises(StoreError, match="no space left"):
        Spool(10, 10)


def test_a_long_table_is_written_in_parts():
    def parts():
        for start in (0, 3, 6):
            yield pd.DataFrame({"run": range(start, start + 3), "value": 0.5})

    with ResultFolder("here", "x") as folder:
        folder.write_parts("runs", parts())
        place = folder.commit({})
    assert pd.read_parquet(place / "runs.parquet")["run"].tolist() == list(range(9))


def test_numbers_that_json_lacks_become_null():
    found = plain({"a": np.float64("nan"), "b": [np.int64(3), np.array([1.5, np.inf])], "c": (True, None)})
    assert found == {"a": None, "b": [3, [1.5, None]], "c": [True, None]}
    assert type(found["b"][0]) is int


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("cto_rights/all", "cto_rights-all"),
        ("../../etc", "etc"),
        ("..", "results"),
        ("", "results"),
        ("a" * 99, "a" * 80),
    ],
)
def test_a_name_cannot_point_anywhere(name, safe):
    assert safe_name(name) == safe


def test_a_spool_takes_no_rows_of_another_length_and_none_when_closed():
    spool = Spool(2, 3)
    with pytest.raises(ValueError, match="3 numbers"):
        spool.write(0, np.zeros(4))
    spool.close()
    spool.write(0, np.zeros(3))  # a run that was under way when all was called off


def test_a_spool_leaves_no_file_behind(tmp_path):
    spool = Spool(4, 4, tmp_path)
    spool.write(0, np.ones(4))
    if os.name == "posix":
        assert names(tmp_path) == []
    spool.close()
    assert names(tmp_path) == []
