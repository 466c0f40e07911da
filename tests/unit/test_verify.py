"""`persim verify`: one byte of any result changed is found and named; so is what is missing, added or no longer ours."""

import json
import os
import random
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import persim
from persim import cli
from persim.errors import StoreError
from persim.store import SEAL, ResultFolder, json_text, seal_of
from persim.verify import MORE_CHECKS, FileFault, verify_folder

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def run(*words: str):
    return CliRunner().invoke(cli.app, ["verify", *words])


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """A comparison with figures, written once. Not to be changed for good."""
    place = tmp_path_factory.mktemp("results") / "both"
    persim.compare(["baseline", "lean_process"], 2, n_users=150, n_weeks=26, out=place)
    return place


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder of two texts, one of them in a folder of its own."""
    with ResultFolder(tmp_path / "small", "") as folder:
        folder.write_text("table.txt", "1 2 3\n")
        folder.write_text("scenarios/baseline.json", '{"name": "baseline"}\n')
        return folder.commit({"command": "test"})


def faults_of(folder: Path) -> dict[str, str]:
    return {fault.file: fault.problem for fault in verify_folder(folder).faults}


def with_manifest(folder: Path, change) -> Path:
    """The folder with a changed manifest that is sealed again, as someone would who knows how."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    change(manifest)
    if SEAL in manifest:
        manifest[SEAL] = seal_of(manifest)
    (folder / "manifest.json").write_text(json_text(manifest), "utf-8")
    return folder


def test_results_as_written_are_fine_in_one_line(results):
    answer = run(str(results))
    n_files = sum(path.is_file() for path in results.rglob("*"))
    assert (answer.exit_code, answer.stdout) == (0, f"fine: {n_files} files as they were written\n")


def test_one_flipped_bit_of_any_file_is_found_and_the_file_named(results):
    chance = random.Random(1)
    files = [path for path in sorted(results.rglob("*")) if path.is_file()]
    assert len(files) > 20
    for path in files:
        name, whole = path.relative_to(results).as_posix(), path.read_bytes()
        n = 250 if name == "manifest.json" else 6
        offsets = {0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(n))}
        if name == "manifest.json":  # its first and last keys say whose it is, how old, and its seal
            offsets |= {*range(120), *range(len(whole) - 90, len(whole))}
        try:
            for offset in sorted(offsets):
                flipped = bytearray(whole)
                flipped[offset] ^= 1 << chance.randrange(8)
                path.write_bytes(flipped)
                assert name in faults_of(results), f"byte {offset} of {name}"
        finally:
            path.write_bytes(whole)
    assert verify_folder(results).fine


@pytest.mark.parametrize(("old", "new"), [(b"\n", b" "), (b" ", b"\t"), (b"\n", b"\r\n")])
def test_a_manifest_that_says_the_same_in_other_bytes_was_changed(small, old, new):
    whole = (small / "manifest.json").read_bytes()
    (small / "manifest.json").write_bytes(whole.replace(old, new, 1))
    assert json.loads((small / "manifest.json").read_bytes()) == json.loads(whole)
    assert faults_of(small) == {"manifest.json": "has been changed"}


def test_all_faults_are_told_at_once_each_on_a_line_of_its_own(results, tmp_path):
    folder = Path(shutil.copytree(results, tmp_path / "copy"))
    (folder / "summary.csv").unlink()
    (folder / "scenarios" / "mine.json").write_text("{}")
    cut = folder / "groups.parquet"
    cut.write_bytes(cut.read_bytes()[:5000])
    with (folder / "table.txt").open("a") as file:
        file.write("one line more\n")
    answer = run(str(folder))
    assert answer.exit_code == 1
    assert sorted(answer.stdout.splitlines()) == [
        f"groups.parquet: is cut short: 5,000 of {(results / 'groups.parquet').stat().st_size:,} bytes",
        "scenarios/mine.json: was not written by persim: move it elsewhere",
        "summary.csv: is missing",
        "table.txt: has been changed",
    ]


@pytest.mark.parametrize(
    "name", [".DS_Store", "Thumbs.db", "desktop.ini", "report.html", "report.xlsx", "~$report.xlsx", ".git/config"]
)
def test_what_systems_and_reports_leave_is_harmless(small, name):
    (small / name).parent.mkdir(exist_ok=True)
    (small / name).write_text("x")
    assert verify_folder(small).fine


def test_a_report_that_the_manifest_lists_is_checked(tmp_path):
    with ResultFolder(tmp_path / "reported", "") as folder:
        folder.write_text("report.html", "<p>")
        place = folder.commit({})
    (place / "report.html").write_text("<b>")
    assert faults_of(place) == {"report.html": "has been changed"}


def test_a_manifest_without_a_seal_is_of_an_older_version_and_that_is_noted(small):
    def older(manifest):
        for key in (SEAL, "manifest_version", "sizes"):
            del manifest[key]

    with_manifest(small, older)
    answer = run(str(small))
    assert answer.exit_code == 0
    assert "fine: 3 files" in answer.stdout
    assert "note: manifest.json is of an older persim and not sealed" in answer.stdout
    (small / "table.txt").write_text("3 2 1\n")
    assert faults_of(small) == {"table.txt": "has been changed"}


def test_a_seal_that_was_cut_out_is_missed(small):
    with_manifest(small, lambda manifest: manifest.pop(SEAL))
    assert faults_of(small) == {"manifest.json": "has been changed: its seal is gone"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, 2]{", "\ufeff{}", '{"made_by": "persim", "files": NaN}', "[" * 200_000, '{"files": []}',
     '{"made_by": "persim"}'],
)  # fmt: skip
def test_a_manifest_that_cannot_be_used_is_named(small, text):
    (small / "manifest.json").write_text(text, "utf-8")
    assert list(faults_of(small)) == ["manifest.json"]


def test_a_manifest_that_is_not_text_is_named(small):
    (small / "manifest.json").write_bytes(b"\xff\xfe\x00{")
    assert list(faults_of(small)) == ["manifest.json"]


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/passwd", "scenarios/../../secret.txt", "C:/secret.txt", "..\\secret.txt", "a//b", "",
             ".", "a\0b"],
)  # fmt: skip
def test_a_name_that_leads_out_of_the_folder_is_refused_and_never_opened(small, name, monkeypatch):
    (small.parent / "secret.txt").write_text("secret")
    opened = []
    monkeypatch.setattr("persim.verify.sha256", lambda place: opened.append(place) or "0" * 64)
    with_manifest(small, lambda manifest: manifest["files"].__setitem__(name, "0" * 64))
    assert "was not opened" in faults_of(small)[name]
    assert all(place.resolve().is_relative_to(small) for place in opened)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_that_leads_out_of_the_folder_is_refused_and_named(small):
    outside = small.parent / "outside"
    outside.mkdir()
    for name in ("table.txt", "scenarios/baseline.json", "manifest.json"):
        (small / name).rename(outside / Path(name).name)
    (small / "table.txt").symlink_to(outside / "table.txt")
    (small / "scenarios").rmdir()
    (small / "scenarios").symlink_to(outside)
    (small / "manifest.json").write_bytes((outside / "manifest.json").read_bytes())
    found = faults_of(small)
    assert found["table.txt"] == found["scenarios/baseline.json"]
    assert "link that leads out" in found["table.txt"]
    (small / "manifest.json").unlink()
    (small / "manifest.json").symlink_to(outside / "manifest.json")
    assert "link that leads out" in faults_of(small)["manifest.json"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_the_folder_itself_may_be_a_link_and_links_within_it_are_followed(small):
    (small.parent / "other").symlink_to(small)
    (small / "table.txt").rename(small / ".kept")
    (small / "table.txt").symlink_to(".kept")
    assert verify_folder(small.parent / "other").fine


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_the_place_of_a_file_is_named_and_not_waited_for(small):
    (small / "table.txt").unlink()
    os.mkfifo(small / "table.txt")
    os.mkfifo(small / "other")
    assert set(faults_of(small)) == {"table.txt", "other"}


def test_a_folder_in_the_place_of_a_file_and_a_file_in_that_of_a_folder_are_named(small):
    (small / "table.txt").unlink()
    (small / "table.txt").mkdir()
    (small / "scenarios" / "baseline.json").unlink()
    (small / "scenarios").rmdir()
    (small / "scenarios").write_text("x")
    assert set(faults_of(small)) == {"table.txt", "scenarios/baseline.json", "scenarios"}


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(small):
    (small / "table.txt").chmod(0)
    assert faults_of(small) == {"table.txt": "cannot be read: permission denied"}


def test_a_file_that_cannot_be_read_is_named(small, monkeypatch):
    def fails(place):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("persim.verify.sha256", fails)
    assert faults_of(small)["table.txt"] == "cannot be read: input/output error"


@pytest.mark.parametrize("value", [None, 3, "abc", "G" * 64, "A" * 64, ["0" * 64]])
def test_a_file_without_a_usable_sum_is_named(small, value):
    with_manifest(small, lambda manifest: manifest["files"].__setitem__("table.txt", value))
    assert "holds no SHA-256" in faults_of(small)["table.txt"]


def test_signs_that_would_move_the_cursor_are_not_printed(small):
    (small / "a\x1b[2Jb\n.txt").write_text("x")
    answer = run(str(small))
    assert answer.stdout == "a\\x1b[2Jb\\n.txt: was not written by persim: move it elsewhere\n"


@pytest.mark.parametrize("make", ["nothing", "empty", "file", "another's"])
def test_what_is_none_of_persims_is_bad_input(tmp_path, make):
    place = tmp_path / "place"
    if make in ("empty", "another's"):
        place.mkdir()
    if make == "file":
        place.write_text("x")
    if make == "another's":
        (place / "manifest.json").write_text('{"name": "a web page", "icons": []}')
    assert run(str(place)).exit_code == 2
    with pytest.raises(StoreError):
        verify_folder(place)


def test_several_folders_are_told_apart_and_damage_outweighs_what_is_not_ours(small, results, tmp_path):
    answer = run(str(results), str(tmp_path / "none"))
    assert answer.exit_code == 2
    assert answer.stdout == f"{results}: {verify_folder(results).lines()[0]}\n"
    (small / "table.txt").write_text("3 2 1\n")
    answer = run(str(results), str(small), str(tmp_path / "none"))
    assert answer.exit_code == 1
    assert f"{small}: table.txt: has been changed" in answer.stdout


def test_findings_as_json(small, tmp_path):
    (small / "table.txt").write_text("3 2 1\n")
    answer = run(str(small), str(tmp_path / "none"), "--json")
    told = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert told[0]["faults"] == [{"file": "table.txt", "problem": "has been changed"}]
    assert (told[0]["fine"], told[0]["files"]) == (False, 3)
    assert "no such folder" in told[1]["error"]


def test_a_command_adds_its_own_look(small, monkeypatch):
    monkeypatch.setitem(MORE_CHECKS, "test", lambda folder, manifest: [FileFault("ledger.sqlite", "is missing")])
    assert faults_of(small) == {"ledger.sqlite": "is missing"}


# ------------------------------------------------------------------------------------------------ a sweep on its way

SWEPT = """
schema_version: 1
name: mini
title: A small sweep
question: Is it as it was written?
scenarios: [baseline, lean_process]
population: {people: 60}
horizon: {weeks: 30}
replicates: 3
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Path:
    """A sweep that was stopped before its manifest was written. Not to be changed."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "mini.yaml").write_text(SWEPT)
    persim.sweep(folder / "mini.yaml", folder / "out", figures=False)
    (folder / "out" / "manifest.json").unlink()
    return folder / "out"


@pytest.fixture
def on_its_way(swept, tmp_path) -> Path:
    return Path(shutil.copytree(swept, tmp_path / "out"))


def test_a_sweep_that_is_not_finished_is_fine_so_far_since_its_tables_are_not_looked_at(on_its_way):
    (on_its_way / "summary.csv").write_text("changed")
    answer = run(str(on_its_way))
    first, note = answer.stdout.splitlines()
    assert (answer.exit_code, first) == (0, "fine so far: 3 files as they were written")
    assert "only runs can be verified" in note
    assert "sweep" not in note  # an attribution is told the same
    (told,) = json.loads(run(str(on_its_way), "--json").stdout)
    assert (told["fine"], told["finished"]) == (True, False)
    assert persim.sweep(on_its_way, figures=False).is_whole
    assert run(str(on_its_way)).stdout.startswith("fine: ")
    assert json.loads(run(str(on_its_way), "--json").stdout)[0]["finished"] is True


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("ledger.sqlite", b"this is no ledger " * 300, "ledger.sqlite: is damaged (file is not a database)"),
        ("ledger.sqlite", b"", "ledger.sqlite: is damaged (it is empty)"),
        ("ledger.sqlite", None, "ledger.sqlite: is missing"),
        ("design.json", b"{", "design.json: is damaged"),
    ],
)
def test_damage_to_a_sweep_that_is_not_finished_is_a_finding_with_the_name_of_the_file(on_its_way, name, content, told):
    (on_its_way / name).unlink()
    if content is not None:
        (on_its_way / name).write_bytes(content)
    answer = run(str(on_its_way))
    assert (answer.exit_code, answer.stderr) == (1, "")
    assert answer.stdout.startswith(told)
    assert str(on_its_way) not in answer.stdout.splitlines()[0]


def test_a_folder_that_is_none_of_persims_is_no_sweep_on_its_way_either(on_its_way):
    (on_its_way / "design.json").write_text('{"made_by": "another program"}')
    assert run(str(on_its_way)).exit_code == 2


def test_a_report_of_an_earlier_state_is_named(results, tmp_path):
    from persim.report import write_report

    place = tmp_path / "both"
    shutil.copytree(results, place)
    write_report(place, attribution=False, stories=False)
    assert verify_folder(place).fine
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    manifest["seconds"] = 1.0
    (place / "manifest.json").write_text(json_text({**manifest, SEAL: seal_of(manifest)}), "utf-8", newline="\n")
    (fault,) = verify_folder(place).faults
    assert fault.file == "report.html"
    assert "earlier state" in fault.problem
    write_report(place, force=True, attribution=False, stories=False)
    assert verify_folder(place).fine
