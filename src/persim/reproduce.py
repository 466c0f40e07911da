"""Results made again from their manifest alone, and compared with what is in the folder, file by file.

`reproduce_folder` is the way in. It needs no scenario file: a manifest holds every scenario as it was run. How the
results of each command are made again stands in `persim.made_again`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import persim
from persim.errors import StoreError
from persim.experiment import Progress
from persim.made_again import MAKERS, Manifest
from persim.model_version import MODEL_VERSION
from persim.run_store import DESIGN, DESIGN_SEAL, PART_NAME, PARTS
from persim.store import MANIFEST, ResultFolder, machine, sha256
from persim.table_differences import table_difference
from persim.verify import LEDGER, Findings, shown, verify_folder

TABLES, PICTURES = (".csv", ".parquet"), (".png", ".svg")
NOT_COMPARED = frozenset({LEDGER})  # when each run was made, which is another time now; its numbers are in the parts
SUBJECTS = ("measure", "outcome", "barrier", "step", "stage")  # what a row of our tables is about
NAME_OF_RUN = "run"  # a column of what a sweep writes: it holds the version of the model
OF_VERSIONS = ("persim", "model_version", DESIGN_SEAL)  # what design.json says of versions, and the seal of all
KEYS = ("dimension", "group", "locality", "world", "week", "weeks", "replicate")
ANSWERS = (  # what a manifest says beside files, times and machines
    "command", "replicates", "seeds", "seed", "luck", "people", "weeks", "window", "record", "groups", "outcomes", "failed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileDifference:
    """A file that came out otherwise, and how. `size` orders them: a share of the largest number, or infinity."""

    file: str
    words: str
    size: float

    def __str__(self) -> str:
        return f"{self.file}: {self.words}"


@dataclass(frozen=True)
class Reproduction:
    """What came of making results again.

    `damage` names the files that were not as written: nothing is made again then. `versions` says what was another
    version; `n_identical` of `n_tables` tables are the same to the last byte, `n_same_values` more in every value.
    """

    folder: Path
    out: Path | None
    damage: tuple[str, ...]
    versions: tuple[str, ...]
    n_tables: int = 0
    n_identical: int = 0
    n_same_values: int = 0
    differences: tuple[FileDifference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Are all results the same again?"""
        return not self.damage and not self.differences

    @property
    def verdict(self) -> str:
        """The answer in a line."""
        if self.damage:
            return f"not made again: the folder is not as it was written: {'; '.join(self.damage)}"
        if not self.differences:
            return self._reproduced()
        worst = max(self.differences, key=lambda difference: difference.size)
        others = len(self.differences) - 1
        more = f", and {others} other file{'s' if others > 1 else ''}" if others else ""
        why = "; it was made by other versions, so numbers may rightly differ" if self.versions else ""
        return f"differs: {worst.file} ({worst.words}){more}{why}"

    def _reproduced(self) -> str:
        if not self.n_same_values:
            return f"reproduced: {self.n_identical} of {self.n_tables} tables to the last byte"
        return (
            f"reproduced: {self.n_identical + self.n_same_values} of {self.n_tables} tables, {self.n_identical} of them "
            f"to the last byte and {self.n_same_values} in every value"
        )

    def lines(self) -> list[str]:
        """The verdict, a line for each file that differs if there are several, and notes."""
        told = [f"  {difference}" for difference in self.differences] if len(self.differences) > 1 else []
        kept = [f"what was made again is in {shown(str(self.out))}"] if self.out else []
        return [self.verdict, *told, *(f"note: {note}" for note in self.notes), *kept]

    def as_json(self) -> dict[str, Any]:
        """The same as plain types."""
        return {
            "folder": shown(str(self.folder)), "reproduced": self.ok, "verdict": self.verdict,
            "damage": list(self.damage), "versions": list(self.versions), "tables": self.n_tables,
            "identical": self.n_identical, "same_values": self.n_same_values,
            "differences": [{"file": each.file, "difference": each.words} for each in self.differences],
            "notes": list(self.notes), "out": shown(str(self.out)) if self.out else None,
        }  # fmt: skip


def reproduce_folder(
    path: str | os.PathLike[str], out: str | os.PathLike[str] | None = None, jobs: int = 0,
    progress: Progress | None = None, say: Callable[[str], None] | None = None,
) -> Reproduction:  # fmt: skip
    """Make the results of a folder again and compare.

    Args:
        out: a new folder to keep them in; None for a temporary one that is removed.
        jobs: threads, 0 for all cores. progress: called with (runs done, of how many, failed) now and then.
        say: called at once with each line on versions that differ, before anything is run.

    Raises: StoreError if the folder is none of persim's or its manifest does not say enough; ScenarioError if this
        version of the model cannot run its scenarios; InputError for options it does not know.
    """
    findings = verify_folder(path)
    manifest, folder = findings.manifest, findings.folder
    if not findings.finished:
        raise StoreError(f"{shown(str(path))} is not finished: go on with --resume first")
    if damage := _damage(findings):
        return Reproduction(folder, None, damage, ())
    if out is not None and Path(out).resolve().is_relative_to(folder):
        raise StoreError(f"{shown(str(out))} lies in the folder that is made again; choose one outside")
    versions = tuple(_versions_apart(manifest))
    for line in versions:
        if say is not None:
            say(line)
    maker = MAKERS.get(str(manifest.get("command")))
    if maker is None:
        raise StoreError(f"{shown(str(path))}: it is not known how to make {manifest.get('command')!r} again")
    with _place(out) as target, ResultFolder(target, "") as made:
        try:
            again = maker(manifest, folder, made, jobs, progress)
        except (KeyError, TypeError, IndexError) as error:
            raise StoreError(
                f"{shown(str(path))}: {MANIFEST} does not say enough to make it again: {error!r}"
            ) from error
        return _compared(findings, again, out is not None, versions)


def _damage(findings: Findings) -> tuple[str, ...]:
    """Faults of the results themselves; a file of others' beside them harms nothing."""
    listed = {MANIFEST, *findings.manifest.get("files", ())}
    return tuple(str(fault) for fault in findings.faults if fault.file in listed)


@contextmanager
def _place(out: str | os.PathLike[str] | None) -> Iterator[Path]:
    """Where to write: the wanted folder, or one that is removed at the end."""
    if out is not None:
        yield Path(out)
        return
    with tempfile.TemporaryDirectory(prefix="persim-again-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "again"


def _versions_apart(manifest: Manifest) -> Iterator[str]:
    """What made the results and is another version here, a line each; the model first."""
    model, version = manifest.get("model_version"), manifest.get("persim")
    if model != MODEL_VERSION:
        yield f"made by model version {model}, this is {MODEL_VERSION}: numbers may rightly differ"
    if version != persim.__version__:
        yield f"made by persim {version}, this is {persim.__version__}"
    here = machine()
    then = manifest.get("packages")
    then = dict(then) if isinstance(then, dict) else {}
    apart = [
        f"{name} {then.get(name, 'none')} (here {here['packages'].get(name, 'none')})"
        for name in sorted({*then, *here["packages"]})
        if then.get(name) != here["packages"].get(name)
    ]
    if apart:
        yield f"made with other versions of packages: {', '.join(apart)}"
    for name in ("python", "platform"):
        if manifest.get(name) != here[name]:
            yield f"made with another {name}: {manifest.get(name)} (here {here[name]})"


# --------------------------------------------------------------------------------------------------------- comparing


def _compared(findings: Findings, again: Path, keep: bool, versions: tuple[str, ...]) -> Reproduction:
    """The folder against what was made again; only here it is decided what counts."""
    manifest, folder = findings.manifest, findings.folder
    renewed = verify_folder(again).manifest
    differences: list[FileDifference] = list(_other_answers(manifest, renewed))
    notes: list[str] = []
    n_identical = n_same_values = n_pictures = 0
    for there, here in _pairs(manifest["files"], renewed["files"]):
        name = there or here
        if not (there and here):
            where = "made here only" if here else "not made here"
            differences.append(FileDifference(name, where, float("inf")))
        elif sha256(folder / there) == sha256(again / here):
            n_identical += name.endswith(TABLES)
        elif name.endswith(PICTURES):
            n_pictures += 1
        elif name.endswith(TABLES):
            found = _table_apart(name, again / here, folder / there)
            n_same_values += found is None
            differences += [found] if found else []
        elif name == DESIGN:
            differences += _design_apart(again / here, folder / there)
        elif name == "README.txt" and manifest.get("persim") != persim.__version__:
            notes.append("README.txt differs; it names the version of persim")
        else:
            differences.append(FileDifference(name, _line_apart(again / name, folder / name), float("inf")))
    if n_pictures:
        notes.append(f"{n_pictures} pictures differ in bytes; fonts and versions draw them, so this says little")
    n_tables = sum(name.endswith(TABLES) for name in manifest["files"])
    return Reproduction(
        folder, again if keep else None, (), versions, n_tables, n_identical, n_same_values, tuple(differences),
        tuple(notes),
    )  # fmt: skip


def _pairs(there: Iterable[str], here: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(name there, name here) of every file to compare, in order; "" where there is none.

    Names of a sweep's parts hold the SHA-256 of their bytes, so parts are matched by their numbers.
    """

    def by_number(names: Iterable[str]) -> dict[str, str]:
        found = {}
        for name in sorted(set(names) - NOT_COMPARED):
            part = PART_NAME.fullmatch(name.removeprefix(f"{PARTS}/")) if name.startswith(f"{PARTS}/") else None
            found[f"{PARTS}/{part.group(1)}" if part else name] = name
        return found

    then, now = by_number(there), by_number(here)
    for key in sorted({*then, *now}):
        yield then.get(key, ""), now.get(key, "")


def _design_apart(here: Path, there: Path) -> Iterator[FileDifference]:
    """What two design.json say otherwise, versions apart."""
    try:
        now, then = (json.loads(place.read_text("utf-8")) for place in (here, there))
        keys = [key for key in {**then, **now} if key not in OF_VERSIONS and now.get(key) != then.get(key)]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        yield FileDifference(DESIGN, f"cannot be compared: {error}", float("inf"))
        return
    if keys:
        yield FileDifference(DESIGN, f"{', '.join(keys)} differ{'s' if len(keys) == 1 else ''}", float("inf"))


def _other_answers(then: Manifest, now: Manifest) -> Iterator[FileDifference]:
    for key in ANSWERS:
        if then.get(key) != now.get(key):
            values = [text if len(text := str(each.get(key))) < 100 else f"{text[:96]}..." for each in (now, then)]
            yield FileDifference(MANIFEST, f"{key}: {values[0]} here, {values[1]} there", 0.0)


def _table_apart(name: str, here: Path, there: Path) -> FileDifference | None:
    """How a table differs; None if every value is the same. Names of a sweep's runs are left out."""
    without = (NAME_OF_RUN,) if name.startswith((f"{PARTS}/", "failures.")) else ()
    try:
        found = table_difference(here, there, SUBJECTS, KEYS, without)
    except (OSError, ValueError) as error:
        return FileDifference(name, f"cannot be compared: {str(error).splitlines()[0]}", float("inf"))
    return None if found is None else FileDifference(name, str(found), found.size)


def _line_apart(here: Path, there: Path) -> str:
    """The first line in which two files differ, read as texts."""
    with here.open(encoding="utf-8", errors="replace") as new, there.open(encoding="utf-8", errors="replace") as old:
        number = 1
        for mine, other in zip(new, old, strict=False):
            if mine != other:
                return f"line {number}: {mine.strip()[:60]!r} here, {other.strip()[:60]!r} there"
            number += 1
    return f"one ends before line {number}"
