"""A store that is damaged, gone, or has no room: what is wrong is named, nothing is lost, and it can be mended."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from fault_tools import Command, assert_same, begin, contents, persim, refused, runs_in, verified

import persim as library
from persim.errors import StoreError

QUIET = ("--no-figures",)


@pytest.fixture
def copy(small, tmp_path):
    """(design, a copy of its finished sweep, what the sweep holds)."""
    design, place = small
    folder = tmp_path / "out"
    shutil.copytree(place, folder)
    return design, folder, contents(place)


def parts_of(folder: Path) -> list[Path]:
    return sorted((folder / "parts").iterdir())


# Parts ------------------------------------------------------------------------------------------------------------------


def cut(part: Path, other: Path) -> None:
    part.write_bytes(part.read_bytes()[:-100])


def flipped(part: Path, other: Path) -> None:
    content = bytearray(part.read_bytes())
    content[len(content) // 3] ^= 1
    part.write_bytes(content)


def swapped(part: Path, other: Path) -> None:
    here, there = part.read_bytes(), other.read_bytes()
    part.write_bytes(there)
    other.write_bytes(here)


def missing(part: Path, other: Path) -> None:
    part.unlink()


def folder_instead(part: Path, other: Path) -> None:
    part.unlink()
    part.mkdir()


DAMAGES = [cut, flipped, swapped, missing]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_part_is_named_by_resume_by_verify_and_in_python_and_made_again_by_repair(damage, copy):
    design, folder, reference = copy
    part, other = parts_of(folder)[1], parts_of(folder)[2]
    damage(part, other)
    before = contents(folder)
    n = 2 if damage is swapped else 1
    refused(persim("sweep", design, "--out", folder, "--resume"), part.name, "--repair", lines=n + 1)
    assert contents(folder) == before  # nothing was changed, nothing removed
    found = persim("verify", folder)
    assert found.exit_code != 0
    assert part.name in found.output
    with pytest.raises(StoreError, match=part.name):
        library.Sweep(folder)
    result = persim("sweep", design, "--out", folder, "--repair", *QUIET)
    assert result.exit_code == 0, result.output
    assert_same(folder, reference)
    assert verified(folder)


def test_a_damaged_part_of_a_sweep_that_was_interrupted_is_named_by_verify_too(copy):
    _, folder, _ = copy
    (folder / "manifest.json").unlink()
    flipped(parts_of(folder)[0], parts_of(folder)[1])
    found = persim("verify", folder)
    assert found.exit_code != 0
    assert parts_of(folder)[0].name in found.output


def test_repair_makes_only_the_runs_of_the_damaged_part_again(copy, made_runs):
    design, folder, reference = copy
    cut(parts_of(folder)[1], parts_of(folder)[2])
    assert persim("sweep", design, "--out", folder, "--repair", *QUIET).exit_code == 0
    assert sorted(made_runs) == list(range(16, 32))  # the second of the parts of 16
    assert_same(folder, reference)


# The ledger -------------------------------------------------------------------------------------------------------------


def garbage(ledger: Path) -> None:
    ledger.write_bytes(b"this is no ledger " * 300)


def truncated(ledger: Path) -> None:
    content = ledger.read_bytes()
    ledger.write_bytes(content[: len(content) // 2])


def emptied(ledger: Path) -> None:
    ledger.write_bytes(b"")


def gone(ledger: Path) -> None:
    ledger.unlink()


def a_folder(ledger: Path) -> None:
    ledger.unlink()
    ledger.mkdir()


def of_another_program(ledger: Path) -> None:
    ledger.unlink()
    with closing(sqlite3.connect(ledger)) as other:
        other.execute("CREATE TABLE films (title TEXT)")
        other.commit()


LEDGERS = [garbage, truncated, emptied, gone, a_folder, of_another_program]


@pytest.mark.parametrize("damage", LEDGERS)
def test_a_damaged_ledger_is_named_and_made_again_from_the_parts(damage, copy, made_runs):
    design, folder, reference = copy
    damage(folder / "ledger.sqlite")
    before = contents(folder)
    for words in (("--resume",), ("--rerun-failed",)):
        refused(persim("sweep", design, "--out", folder, *words), "ledger.sqlite", "--repair")
    assert contents(folder) == before
    with pytest.raises(StoreError, match="ledger.sqlite"):
        library.Sweep(folder)
    made_runs.clear()
    result = persim("sweep", folder, "--repair", *QUIET)
    assert result.exit_code == 0, result.output
    assert made_runs == []  # all of them stood in parts
    assert_same(folder, reference)
    assert verified(folder)


def test_a_ledger_made_again_knows_how_many_replicates_had_been_added(copy, made_runs):
    design, folder, _ = copy
    assert persim("sweep", design, "--out", folder, "--resume", "--replicates", "9", *QUIET).exit_code == 0
    reference = contents(folder)
    made_runs.clear()
    gone(folder / "ledger.sqlite")
    assert persim("sweep", folder, "--repair", *QUIET).exit_code == 0
    assert made_runs == []
    assert_same(folder, reference)


def test_a_part_of_another_sweep_is_not_taken_for_one_of_this(copy, tmp_path):
    design, folder, reference = copy
    text = design.read_text().replace("high: 0.8", "high: 0.7")
    other_design = tmp_path / "mini.yaml"
    other_design.write_text(text)
    other = begin(tmp_path / "other", other_design)
    assert persim("sweep", other_design, "--out", other, "--resume", *QUIET).exit_code == 0
    parts_of(folder)[1].unlink()
    shutil.copy(parts_of(other)[1], folder / "parts")
    gone(folder / "ledger.sqlite")
    assert persim("sweep", design, "--out", folder, "--repair", *QUIET).exit_code == 0
    assert_same(folder, reference)


# The design -------------------------------------------------------------------------------------------------------------


def written_by_others(place: Path) -> None:
    place.write_text('{"made_by": "another program"}')


def of_another_format(place: Path) -> None:
    place.write_text(json.dumps({**json.loads(place.read_text("utf-8")), "format": 99}))


def no_json(place: Path) -> None:
    place.write_text('{"made_by": ')


def a_list(place: Path) -> None:
    place.write_text("[]")


def deeply_nested(place: Path) -> None:
    place.write_text("[" * 100_000)


def no_text(place: Path) -> None:
    place.write_bytes(b"\xff\xfe\x00garbage")


def one_number_changed(place: Path) -> None:
    place.write_text(place.read_text("utf-8").replace("0.2,", "0.3,"), "utf-8")


def one_key_less(place: Path) -> None:
    content = json.loads(place.read_text("utf-8"))
    del content["part_rows"]
    place.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (written_by_others, "was not written by persim"),
        (of_another_format, "has the format 99; this version of persim reads"),
        (no_json, "is damaged"),
        (a_list, "was not written by persim"),
        (deeply_nested, "is damaged"),
        (no_text, "is damaged"),
        (one_number_changed, "does not say what it said"),
        (one_key_less, "does not say what it said"),
    ],
)
def test_a_design_that_is_not_as_it_was_written_is_refused_in_one_line(damage, told, copy):
    design, folder, _ = copy
    damage(folder / "design.json")
    before = contents(folder)
    for words in (
        (design, "--out", folder, "--resume"),
        (folder, "--resume"),
        (folder, "--repair"),
        (folder, "--dry-run"),
    ):
        refused(persim("sweep", *words), str(folder / "design.json"), told)
    assert contents(folder) == before
    with pytest.raises(StoreError, match=r"design\.json"):
        library.Sweep(folder)


def test_a_store_that_lost_its_design_says_so_and_stays_as_it_is(copy):
    design, folder, _ = copy
    (folder / "design.json").unlink()
    before = contents(folder)
    for words in ((), ("--resume",), ("--repair",), ("--force",)):
        refused(persim("sweep", design, "--out", folder, *words), str(folder), "lost its design.json")
    assert contents(folder) == before
    with pytest.raises(StoreError, match=r"no design\.json"):
        library.Sweep(folder)


# Room and rights ----------------------------------------------------------------------------------------------------------


def test_a_file_that_may_not_grow_ends_in_one_line_and_keeps_what_is_finished(whole, tmp_path):
    design, reference = whole
    folder, luck, ends = begin(tmp_path / "out", design), random.Random(3), []
    kept: dict[int, int] = {}
    # From what one table needs to what the ledger needs: it fails in a part, the log, the ledger, a table, the manifest.
    for largest in sorted(luck.randrange(8_000, 120_000) for _ in range(4)):
        told = Command("sweep", design, "--out", folder, "--resume", *QUIET, cwd=tmp_path, largest=largest).ended()
        ends.append(told.code)
        assert told.code in (0, 2), told.err
        assert "Traceback" not in told.err
        if told.code == 2:
            assert len(told.err.strip().splitlines()) == 1, told.err
            assert str(folder) in told.err
            assert "room" in told.err
            assert "damaged" not in told.err
        now = runs_in(folder)
        assert kept.items() <= now.items()
        kept = now
    assert 2 in ends
    assert Command("sweep", design, "--out", folder, "--resume", *QUIET, cwd=tmp_path).ended().code == 0
    assert_same(folder, reference)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 600 kB: a sweep of 320 runs needs about 1.5 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no small disk can be had: {error}")
    if done.returncode:
        pytest.skip(f"no small disk can be had: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_ends_in_one_line_and_the_sweep_goes_on_when_there_is_room(whole, tmp_path, small_disk):
    design, reference = whole
    folder = begin(small_disk / "out", design)
    told = Command("sweep", design, "--out", folder, "--resume", *QUIET, cwd=tmp_path).ended()
    assert told.code == 2, told.err
    assert len(told.err.strip().splitlines()) == 1, told.err
    assert str(folder) in told.err
    assert "no room" in told.err
    assert "--resume" in told.err
    kept = runs_in(folder)
    assert kept
    again = Command("sweep", design, "--out", folder, "--resume", *QUIET, cwd=tmp_path).ended()
    assert again.code == 2, again.err  # still full
    assert "no room" in again.err
    assert kept.items() <= runs_in(folder).items()
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    assert Command("sweep", design, "--out", folder, "--resume", *QUIET, cwd=tmp_path).ended().code == 0
    assert_same(folder, reference)


def test_a_folder_that_cannot_be_written_to_can_be_read_and_is_told_in_one_line(copy, small_disk, tmp_path):
    design, folder, _ = copy
    shutil.move(folder, small_disk / "out")
    folder = small_disk / "out"
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    before = contents(folder)
    refused(persim("sweep", design, "--out", folder, "--resume"), str(folder), "read-only")
    refused(persim("sweep", design, "--out", small_disk / "new"), str(small_disk / "new"), "read-only")
    assert library.Sweep(folder).is_whole
    assert verified(folder)
    assert contents(folder) == before


def test_a_folder_without_rights_is_told_in_one_line(copy):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    design, folder, _ = copy
    folder.chmod(0o555)
    try:
        refused(persim("sweep", design, "--out", folder, "--resume"), str(folder))
    finally:
        folder.chmod(0o755)
