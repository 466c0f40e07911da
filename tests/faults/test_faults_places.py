"""What a sweep does to files of others in its folder, and which of its own are on disk before they are sealed."""

import json
import os
import shutil
from pathlib import Path

import pytest
from fault_tools import assert_same, begin, contents, design_text, persim, refused, verified

import persim as library
from persim.errors import InputError, StoreError

QUIET = ("--no-figures",)


@pytest.fixture
def copy(small, tmp_path):
    """(design, a copy of its finished sweep, what the sweep holds)."""
    design, place = small
    folder = tmp_path / "out"
    shutil.copytree(place, folder)
    return design, folder, contents(place)


def test_a_sweeps_folder_alone_says_to_go_on_and_force_to_begin_anew(copy, made_runs):
    design, folder, reference = copy
    assert library.sweep(folder, figures=False).is_whole
    assert persim("sweep", folder, *QUIET).exit_code == 0
    assert made_runs == []
    assert_same(folder, reference)
    assert persim("sweep", folder, "--replicates", "7", *QUIET).exit_code == 0
    assert sorted(made_runs) == list(range(48, 56))
    made_runs.clear()
    assert persim("sweep", folder, "--force", *QUIET).exit_code == 0
    assert sorted(made_runs) == list(range(48))
    # A design, by name or file, still has to say what is to become of a sweep that is there.
    refused(persim("sweep", design, "--out", folder, *QUIET), "holds a sweep: go on with --resume")
    with pytest.raises(StoreError, match="holds a sweep"):
        library.sweep(design, folder)


def test_force_leaves_hidden_files_of_others_alone_and_takes_its_own(copy):
    design, folder, reference = copy
    others = [
        ".git/config",
        ".dvc/config",
        ".gitignore",
        "figures/.keep",
        "scenarios/.dvc/x",
        "parts/.DS_Store",
        "Thumbs.db",
    ]
    ours = [".tables-0a1b2c3d/worlds.csv", ".ledger.sqlite.damaged-1", ".ledger.sqlite.damaged-1-wal"]
    for name in (*others, *ours):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text("kept")
    assert persim("sweep", design, "--out", folder, "--force", *QUIET).exit_code == 0
    assert [name for name in others if (folder / name).read_text() != "kept"] == []
    assert [name for name in ours if (folder / name).exists()] == []
    assert (folder / "worlds.csv").read_bytes() == reference["worlds.csv"]
    assert verified(folder)


@pytest.mark.parametrize("how", [("--resume",), ("--repair",), ("--resume", "--replicates", "7")])
def test_a_table_of_ones_own_that_bears_a_name_of_ours_stays(how, copy):
    design, folder, _ = copy
    own = ("summary.csv", "failures.csv", "costs.parquet", "table.txt")
    for name in own:
        (folder / name).write_text("mine")
    assert persim("sweep", design, "--out", folder, *how, *QUIET).exit_code == 0
    assert [(folder / name).read_text() for name in own] == ["mine"] * 4
    refused(
        persim("sweep", design, "--out", folder, "--force", *QUIET), "also holds costs.parquet", "move it away first"
    )
    assert [(folder / name).read_text() for name in own] == ["mine"] * 4


def test_a_table_of_ones_own_stays_also_when_the_ledger_is_made_again_and_our_own_old_ones_go(
    small, tmp_path, monkeypatch
):
    design, place = small
    from persim.run_maker import RunMaker

    folder, whole = begin(tmp_path / "out", design), RunMaker._row

    def row(self, number):
        if number == 0:
            raise ZeroDivisionError
        return whole(self, number)

    monkeypatch.setattr(RunMaker, "_row", row)
    assert persim("sweep", design, "--out", folder, "--resume", *QUIET).exit_code == 1
    monkeypatch.undo()
    assert (folder / "failures.csv").exists()
    (folder / "summary.csv").write_text("mine")
    (folder / "ledger.sqlite").unlink()  # with it, the note of what was written is gone: the manifest says it still
    assert persim("sweep", folder, "--repair", *QUIET).exit_code == 0
    assert not (folder / "failures.csv").exists()
    assert (folder / "summary.csv").read_text() == "mine"
    (folder / "summary.csv").unlink()
    assert_same(folder, contents(place))


def test_no_name_in_a_manifest_leads_to_a_file_that_is_removed(copy, tmp_path):
    design, folder, _ = copy
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    (folder / "parts" / "mine").write_text("mine")
    for name in ("../precious.txt", str(precious), "figures/../../precious.txt", "parts/mine", ".lock"):
        manifest["files"][name] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "ledger.sqlite").unlink()
    assert persim("sweep", design, "--out", folder, "--repair", *QUIET).exit_code == 0
    assert precious.read_text() == "mine"
    assert (folder / "parts" / "mine").read_text() == "mine"


def test_everything_that_a_manifest_seals_is_on_disk_before_it_is(tmp_path, monkeypatch):
    design = tmp_path / "mini.yaml"
    design.write_text(design_text(2))
    folder = tmp_path / "out"
    synced: dict[int, int] = {}  # inode: how many steps had gone before it was synced last
    named: dict[Path, int] = {}  # folder: at which step it was given its last name
    steps, at_manifest = iter(range(10**9)), []
    fsync, replace = os.fsync, os.replace

    def syncing(number):
        fsync(number)
        synced[os.fstat(number).st_ino] = next(steps)

    def naming(old, new):
        if Path(new).name == "manifest.json":
            at_manifest.append((dict(synced), dict(named)))
        replace(old, new)
        named[Path(new).parent] = next(steps)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "replace", naming)
    library.sweep(design, folder)
    monkeypatch.undo()
    ((then_synced, then_named),) = at_manifest
    names = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    written = [name for name in names if name != "ledger.sqlite"]  # SQLite syncs its own
    assert len([name for name in written if name.startswith("figures/")]) > 1
    assert [name for name in written if (folder / name).stat().st_ino not in then_synced] == []
    for place, step in then_named.items():
        if place.exists():
            assert then_synced[place.stat().st_ino] > step, place


def test_a_manifest_that_goes_is_gone_for_good_before_anything_changes(copy, monkeypatch):
    _, folder, _ = copy
    told, fsync, unlink = [], os.fsync, Path.unlink

    def syncing(number):
        told.append(os.fstat(number).st_ino)
        fsync(number)

    def removing(self, missing_ok=False):
        told.append(self.name)
        unlink(self, missing_ok)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "unlink", removing)
    assert persim("sweep", folder, *QUIET).exit_code == 0
    first = told.index("manifest.json")
    assert told[first + 1] == folder.stat().st_ino


@pytest.mark.parametrize("words", [("--cap", "5"), ("--cap", "5", "--replicates", "6")])
def test_a_cap_below_the_replicates_that_are_asked_for_is_refused(words, small, tmp_path):
    design, _ = small
    out = tmp_path / "out"
    refused(persim("sweep", design, "--out", out, "--precision", "1pp", *words, *QUIET), "replicates is 6", "cap of 5")
    with pytest.raises(InputError, match="cap of 5"):
        library.sweep(design, out, precision="1pp", cap=5)
    assert not out.exists()
