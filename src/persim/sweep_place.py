"""The folder that a sweep runs in: a new one is made, the one that is there is opened, or thrown away on request.

`open_to_write` is the way in. Only what persim wrote is ever removed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from persim.design import Design
from persim.durable_files import UNFINISHED, clear_errors, locked
from persim.errors import InputError, StoreError
from persim.model_version import MODEL_VERSION
from persim.run_store import DESIGN, LEDGER, LOCK, LOST, PARTS, read_content
from persim.run_writer import RunWriter, create
from persim.store import MANIFEST, NOT_OURS_BUT_HARMLESS
from persim.stored_design import changes, content_of
from persim.sweep_folder import FILES

OURS = (DESIGN, LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", f"{LEDGER}-journal", LOCK, PARTS)


def open_to_write(design: Design, place: Path, resume: bool, repair: bool, force: bool) -> RunWriter:
    """The store of this design, open for writing: a new one, or the one that is there."""
    if force and resume:
        raise InputError("force throws a sweep away, resume, rerun_failed and repair go on with it: choose one")
    there = (place / DESIGN).is_file()
    if there and not (resume or force):
        raise _holds_a_sweep(place)
    if not there:
        if resume and not place.exists():
            raise StoreError(f"there is nothing to resume: {place} does not exist")
        _make_place(place)
    lock = locked(place / LOCK, str(place))
    try:
        there = (place / DESIGN).is_file()  # another process may have begun it just before
        if there and force:
            _throw_away(place)
            there = False
        if not there:
            create(place, content_of(design))
        elif not resume:
            raise _holds_a_sweep(place)
        check_same(place, design)
        return RunWriter(place, lock=lock, repair=repair)
    except BaseException:
        lock.close()
        raise


def _holds_a_sweep(place: Path) -> StoreError:
    return StoreError(f"{place} holds a sweep: go on with --resume, begin anew with --force, or choose another --out")


def _make_place(place: Path) -> None:
    with clear_errors(place):
        if place.exists() and not place.is_dir():
            raise StoreError(f"{place} is a file; a sweep needs a folder")
        place.mkdir(parents=True, exist_ok=True)
        unfinished = {PARTS, LOCK, f"{DESIGN}{UNFINISHED}"}
        held = sorted(p.name for p in place.iterdir() if p.name not in unfinished and not p.name.startswith("."))
        in_parts = any((place / PARTS).glob("*"))
        if (place / DESIGN).is_file():
            return  # another process has just begun here; its design comes before all else
        if LEDGER in held or in_parts:
            raise StoreError(f"{place} has lost its {DESIGN}, which says what was run: {LOST}")
        if held:
            raise StoreError(f"{place} holds {held[0]} and is no sweep; choose another folder with --out")


def _throw_away(place: Path) -> None:
    """Remove a sweep, unless something else is in its folder. Its design goes last: until then it can be thrown away."""
    with clear_errors(place):
        if foreign := sorted(_foreign(place)):
            raise StoreError(f"{place} also holds {foreign[0]}, which persim did not write: move it away first")
        (place / MANIFEST).unlink(missing_ok=True)
        for found in place.iterdir():
            if found.name not in (DESIGN, LOCK):
                shutil.rmtree(found) if found.is_dir() else found.unlink()
        (place / DESIGN).unlink()


def _foreign(place: Path) -> Iterator[str]:
    """What a sweep's folder holds beside what persim writes there, hidden files apart."""
    ours = {*OURS, MANIFEST, "README.txt", "report.html", "report.xlsx", *NOT_OURS_BUT_HARMLESS}
    for name, _ in FILES:
        ours |= {name.rstrip("/"), name.replace(".csv", ".parquet")}
    ours |= {f"{name}{UNFINISHED}" for name in (DESIGN, MANIFEST)}
    kinds = {PARTS: (".parquet", UNFINISHED), "scenarios": (".json",), "figures": (".png", ".svg")}
    for found in place.iterdir():
        if found.name.startswith("."):
            continue
        if found.name not in ours or (found.is_dir() and found.name not in kinds):
            yield found.name
        elif found.name in kinds and found.is_dir():
            inside = (p for p in found.iterdir() if not p.name.startswith(".") and p.name not in NOT_OURS_BUT_HARMLESS)
            yield from (f"{found.name}/{p.name}" for p in inside if p.is_dir() or p.suffix not in kinds[found.name])


def check_same(place: Path, design: Design) -> None:
    """Raises: StoreError with the differences in words, if the store was begun for another design or model."""
    old, new = read_content(place), content_of(design)
    if old["model_version"] != MODEL_VERSION:
        raise StoreError(
            f"{place} was begun with version {old['model_version']} of the model (persim {old['persim']}); this is "
            f"{MODEL_VERSION}. Their runs must not be mixed: begin anew in another folder, or use that version"
        )
    if lines := changes(old, new):
        as_begun = f"to go on as it was begun, whatever the design says now: persim sweep {place} --resume"
        raise StoreError(
            "\n".join([f"{place} was begun for another design:", *(f"  {line}" for line in lines), as_begun])
        )
