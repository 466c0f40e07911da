"""Is a result folder as persim wrote it? Every file is read again and held against the manifest.

`verify_folder` is the way in. A folder that is not persim's is refused; whatever else is wrong is a finding, all of them
at once, each with the name of its file. A command whose folders hold more than a manifest knows adds its own look to
`MORE_CHECKS`, under the name that its manifests have for it.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from persim.errors import StoreError
from persim.run_store import DESIGN, LEDGER, PARTS, DamagedDesignError, DamagedLedgerError, RunStore
from persim.store import MADE_BY, MANIFEST, NOT_OURS_BUT_HARMLESS, REPORT_PAGE, SEAL, json_text, seal_of, sha256

HARMLESS = frozenset({*NOT_OURS_BUT_HARMLESS, "report.html", "report.xlsx", "Icon\r"})  # made later, or by the system
REPORT_MARK = b'name="generator" content="persim'  # of a page that `persim report` wrote
LOCK_PREFIX = "~$"  # an office program has the file open
OUR_KEYS = ("model_version", "files", "manifest_version", SEAL)  # one is enough: any may be what was damaged
LARGEST_MANIFEST = 512 << 20
UNFINISHED_NOTE = (
    "not all runs are made yet, or they go on just now: go on with --resume; until then only runs can be verified"
)


@dataclass(frozen=True, slots=True)
class FileFault:
    """A file that is not as it was written, by its name in the folder (parts separated by /), and in what way."""

    file: str
    problem: str

    def __str__(self) -> str:
        return f"{shown(self.file)}: {self.problem}"


@dataclass(frozen=True)
class Findings:
    """What was found in a result folder. `n_files` were looked at, the manifest among them.

    `manifest` is what could be read of it, empty if nothing could. `finished` is False for a sweep that is still to go
    on: only its runs could be looked at, since tables and the manifest come last.
    """

    folder: Path
    n_files: int
    faults: tuple[FileFault, ...]
    notes: tuple[str, ...] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict, repr=False)
    finished: bool = True

    @property
    def fine(self) -> bool:
        """Is every file as it was written?"""
        return not self.faults

    def lines(self) -> list[str]:
        """A line for each fault, or one that all is fine; then notes."""
        fine = "fine" if self.finished else "fine so far"
        verdict = [str(fault) for fault in self.faults] or [f"{fine}: {self.n_files} files as they were written"]
        return [*verdict, *(f"note: {note}" for note in self.notes)]

    def as_json(self) -> dict[str, Any]:
        """The same as plain types."""
        faults = [{"file": shown(fault.file), "problem": fault.problem} for fault in self.faults]
        return {
            "folder": shown(str(self.folder)), "fine": self.fine, "finished": self.finished, "files": self.n_files,
            "faults": faults, "notes": list(self.notes),
        }  # fmt: skip


MoreChecks = Callable[[Path, Mapping[str, Any]], Iterable[FileFault]]
MORE_CHECKS: dict[str, MoreChecks] = {}  # by the manifest's `command`: what else must hold in such a folder


def verify_folder(path: str | os.PathLike[str]) -> Findings:
    """Hold every file of a result folder against its manifest. Nothing is written.

    Raises: StoreError if there is no such folder, or it is none of persim's.
    """
    folder = _folder_at(path)
    place = folder / MANIFEST
    if not place.is_symlink() and not place.exists():
        if (folder / LEDGER).exists() or ((folder / DESIGN).exists() and any((folder / PARTS).glob("*.parquet"))):
            return verify_ledger(folder)
        raise StoreError(f"{shown(str(path))} holds no {MANIFEST}: it is none of persim's results, or has lost it")
    return _held_against_manifest(folder, str(path))


def verify_ledger(folder: Path) -> Findings:
    """A sweep that is not finished: its ledger and parts are held against each other; tables are not there yet.

    A damaged ledger or design is a finding, too; without it, parts cannot be looked at.

    Raises: StoreError if the design is gone, or was written by another program or version.
    """
    try:
        with RunStore(folder) as store:
            faults = [FileFault(f"{PARTS}/{part.file}", problem) for part, problem in store.damaged()]
            n_files = 2 + len(store.parts())
    except (DamagedLedgerError, DamagedDesignError) as error:
        name = LEDGER if isinstance(error, DamagedLedgerError) else DESIGN
        faults, n_files = [FileFault(name, str(error).removeprefix(f"{folder / name} "))], 2
    return Findings(folder, n_files, tuple(faults), (UNFINISHED_NOTE,), finished=False)


def shown(text: str) -> str:
    """A name from elsewhere as it may be printed: signs that would move the cursor or cannot be written are escaped."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _folder_at(path: str | os.PathLike[str]) -> Path:
    try:
        folder = Path(path).resolve(strict=True)
        if folder.is_dir():
            return folder
    except (OSError, RuntimeError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        problem = "there is no such folder" if missing else f"cannot be read: {_reason(error)}"
        raise StoreError(f"{shown(str(path))}: {problem}") from None
    raise StoreError(f"{shown(str(path))} is a file; name the folder of the results")


def _held_against_manifest(folder: Path, path: str) -> Findings:
    manifest, faults, notes = _read_manifest(folder, path)
    listed = manifest.get("files", {})
    files = {name: value for name, value in listed.items() if name != MANIFEST} if isinstance(listed, dict) else {}
    sizes = manifest.get("sizes")
    for name, wanted in files.items():
        problem = _problem_of(folder, name, wanted, sizes.get(name) if isinstance(sizes, dict) else None)
        if problem:
            faults.append(FileFault(name, problem))
    if files or not faults:  # of a manifest that cannot be read, every file would be said to be foreign
        known = {*files, MANIFEST}
        faults += [FileFault(name, problem) for name, problem in _others(folder) if name not in known]
    if len(faults) > 1 and any(fault.file == MANIFEST for fault in faults):
        notes.append(f"{MANIFEST} itself was changed, so what it says of the other files may be wrong")
    faults += () if REPORT_PAGE in files else _report_faults(folder)
    more = MORE_CHECKS.get(str(manifest.get("command")))
    faults += more(folder, manifest) if more and not faults else ()
    return Findings(folder, len(files) + 1, tuple(dict.fromkeys(faults)), tuple(notes), manifest)


def _report_faults(folder: Path) -> Iterator[FileFault]:
    """A page that names another manifest was made before these results; its words themselves are not sealed."""
    place = folder / REPORT_PAGE
    with suppress(OSError):
        page = place.read_bytes()
        if REPORT_MARK in page[:2000] and sha256(folder / MANIFEST).encode() not in page:
            yield FileFault(
                REPORT_PAGE, "is of an earlier state of these results: `persim report --force` makes it again"
            )


def _read_manifest(folder: Path, path: str) -> tuple[dict[str, Any], list[FileFault], list[str]]:
    """The manifest, what is wrong with it, and notes. Raises: StoreError if another program wrote it."""

    def bad(problem: str, manifest: dict[str, Any] | None = None) -> tuple[dict[str, Any], list[FileFault], list[str]]:
        return manifest or {}, [FileFault(MANIFEST, problem)], []

    if problem := _not_within(folder, MANIFEST):
        return bad(problem)
    try:
        kept = (folder / MANIFEST).stat()
        if not stat.S_ISREG(kept.st_mode) or kept.st_size > LARGEST_MANIFEST:
            return bad("is not a file any more, or far larger than any manifest")
        text = (folder / MANIFEST).read_bytes().decode()
        manifest = json.loads(text)
    except OSError as error:
        return bad(f"cannot be read: {_reason(error)}")
    except (ValueError, RecursionError):
        return bad("has been changed: it is not JSON any more, so nothing can be held against it")
    ours = isinstance(manifest, dict) and (
        manifest.get("made_by") == MADE_BY or any(key in manifest for key in OUR_KEYS)
    )
    if not ours:
        raise StoreError(f"{shown(path)} is none of persim's results: another program wrote its {MANIFEST}")
    if not isinstance(manifest.get("files"), dict):
        return bad("has been changed: it does not list the files any more", manifest)
    return manifest, *_seal_looked_at(manifest, text)


def _seal_looked_at(manifest: Mapping[str, Any], text: str) -> tuple[list[FileFault], list[str]]:
    """What is wrong with a manifest as a whole, and notes on it."""
    changed = [FileFault(MANIFEST, "has been changed")]
    if manifest.get("made_by") != MADE_BY:
        return changed, []
    try:
        if SEAL not in manifest:
            if "manifest_version" in manifest:
                return [FileFault(MANIFEST, "has been changed: its seal is gone")], []
            note = f"{MANIFEST} is of an older persim and not sealed: it cannot be told whether it was changed itself"
            return [], [note]
        # The seal holds what the manifest says; the text is compared as well, since other spaces would say the same.
        return ([] if manifest[SEAL] == seal_of(manifest) and text == json_text(manifest) else changed), []
    except (ValueError, RecursionError):
        return changed, []


def _problem_of(folder: Path, name: str, wanted: object, size: object) -> str | None:
    """What is wrong with a listed file; None if its bytes are those that were written."""
    if not isinstance(wanted, str) or not re.fullmatch("[0-9a-f]{64}", wanted):
        return f"{MANIFEST} holds no SHA-256 for it"
    if problem := _not_within(folder, name):
        return problem
    place = folder.joinpath(*name.split("/"))
    try:
        kept = place.stat()
        if not stat.S_ISREG(kept.st_mode):  # a pipe would be waited for without end
            return "is not a file any more"
        if isinstance(size, int) and kept.st_size < size:
            return f"is cut short: {kept.st_size:,} of {size:,} bytes"
        return None if sha256(place) == wanted else "has been changed"
    except (FileNotFoundError, NotADirectoryError):
        return "is missing"
    except OSError as error:
        return f"cannot be read: {_reason(error)}"


def _not_within(folder: Path, name: str) -> str | None:
    """Why a listed name must not be opened: it would lead out of the folder; None if it stays within."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or re.search(r"[\\\0]|^[A-Za-z]:", name):
        return "leads out of the folder or is no name of a file here, and was not opened"
    try:
        if not folder.joinpath(*parts).resolve().is_relative_to(folder):
            return "is a link that leads out of the folder, and was not opened"
    except (OSError, RuntimeError, ValueError) as error:
        return f"cannot be read: {_reason(error)}"
    return None


def _others(folder: Path) -> Iterator[tuple[str, str]]:
    """Everything in the folder that is not harmless, by name, with what is said if the manifest does not list it."""
    unreadable: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in sorted([*files, *links]):
            if not (name.startswith((".", LOCK_PREFIX)) or name in HARMLESS):
                within = Path(place, name).relative_to(folder).as_posix()
                yield within, "was not written by persim: move it elsewhere"
    for error in unreadable:
        where = Path(os.fsdecode(error.filename)) if error.filename else folder
        within = where.relative_to(folder).as_posix() if where.is_relative_to(folder) else str(where)
        yield within, f"cannot be read: {_reason(error)}"


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
