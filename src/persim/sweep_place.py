"""The folder that a sweep runs in: a new one is made, the one that is there is opened, or thrown away on request.

`open_to_write` is the way in. Only what persim wrote is ever removed.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from persim.design import Design
from persim.durable_files import UNFINISHED, clear_errors, locked
from persim.errors import InputError, StoreError
from persim.model_version import MODEL_VERSION
from persim.run_store import DESIGN, LEDGER, LOCK, LOST, PARTS, WRITTEN, RunStore, named_by_manifest, read_content
from persim.run_writer import RunWriter, create
from persim.store import MANIFEST, NOT_OURS_BUT_HARMLESS
from persim.stored_design import changes, content_of
from persim.sweep_folder import table_names

_OURS = (DESIGN, LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", f"{LEDGER}-journal", LOCK, PARTS)
_OUR_HIDDEN = re.compile(rf"\.tables-[0-9a-f]+|\.{re.escape(LEDGER)}\.damaged-\d+(-wal|-shm|-journal)?")
_KINDS = {PARTS: (".parquet", UNFINISHED), "scenarios": (".json",), "figures": (".png", ".svg")}  # in our folders


def open_to_write(design: Design, place: Path, resume: bool, repair: bool, force: bool) -> RunWriter:
    """The store of this design, open for writing: a new one, or the one that is there."""
    return open_store(content_of(design), lambda: check_same(place, design), place, resume, repair, force)


def open_store(
    content: dict[str, Any], check: Callable[[], None], place: Path, resume: bool, repair: bool, force: bool,
    noun: str = "sweep",
) -> RunWriter:  # fmt: skip
    """A store open for writing: a new one, or the one that is there.

    Args:
        content: what the design.json of a new one says. check: raises if what is there was begun for something else.
        noun: what such a store holds, in words that follow "a".
    """
    check_place(place, resume, force, noun)
    if not (place / DESIGN).is_file():
        _make_place(place, noun)
    lock = locked(place / LOCK, str(place))
    try:
        there = (place / DESIGN).is_file()  # another process may have begun it just before
        if there and force:
            _throw_away(place)
            there = False
        if not there:
            create(place, content)
        elif not resume:
            raise _is_taken(place)
        check()
        return RunWriter(place, lock=lock, repair=repair)
    except BaseException:
        lock.close()
        raise


def check_place(place: Path, resume: bool, force: bool, noun: str = "sweep") -> None:
    """What can be refused before anything is made or measured; nothing is written. Arguments as for `open_store`.

    Raises: InputError for options that exclude each other; StoreError for a folder that cannot be used with them.
    """
    if force and resume:
        raise InputError(
            f"--force throws a {noun} away; --resume, --rerun-failed and --repair go on with it: choose one"
        )
    there = (place / DESIGN).is_file()
    if there and not (resume or force):
        raise _is_taken(place)
    if there and force and (foreign := sorted(_foreign(place, _may_be_ours(place)))):
        raise _has_others(place, foreign[0])
    if not there and resume and not place.exists():
        raise StoreError(f"there is nothing to resume: {place} does not exist")
    if not there and place.exists():
        _check_free(place, noun)


def _has_others(place: Path, name: str) -> StoreError:
    return StoreError(f"{place} also holds {name}, which persim did not write: move it away first")


def _is_taken(place: Path) -> StoreError:
    noun = read_content(place).get("kind", "sweep")
    return StoreError(f"{place} holds a {noun}: go on with --resume, begin anew with --force, or choose another --out")


def _make_place(place: Path, noun: str) -> None:
    with clear_errors(place):
        if place.exists() and not place.is_dir():
            raise StoreError(f"{place} is a file; a {noun} needs a folder")
        place.mkdir(parents=True, exist_ok=True)
    _check_free(place, noun)


def _check_free(place: Path, noun: str) -> None:
    """Raises: StoreError if a place that exists is no folder that a store can be begun in."""
    with clear_errors(place):
        if not place.is_dir():
            raise StoreError(f"{place} is a file; a {noun} needs a folder")
        unfinished = {PARTS, LOCK, f"{DESIGN}{UNFINISHED}"}
        held = sorted(p.name for p in place.iterdir() if p.name not in unfinished and not _is_harmless(p.name))
        in_parts = (place / PARTS).is_dir() and not all(_is_harmless(p.name) for p in (place / PARTS).iterdir())
        if (place / DESIGN).is_file():
            return  # another process has just begun here; its design comes before all else
        if LEDGER in held or in_parts:
            raise StoreError(f"{place} has lost its {DESIGN}, which says what was run: {LOST}")
        if held:
            raise StoreError(f"{place} holds {held[0]} and is no {noun}; choose another folder with --out")


def _throw_away(place: Path) -> None:
    """Remove a sweep, unless something else is in its folder; hidden files of others stay.

    Its design goes last: until then it can be thrown away. The lock is held meanwhile, so its file stays.
    """
    with clear_errors(place):
        ours = _may_be_ours(place)
        if foreign := sorted(_foreign(place, ours)):
            raise _has_others(place, foreign[0])
        (place / MANIFEST).unlink(missing_ok=True)
        for found in place.iterdir():
            if found.name in _KINDS and found.is_dir():
                _empty(found)
            elif _OUR_HIDDEN.fullmatch(found.name) and found.is_dir():
                shutil.rmtree(found)
            elif _OUR_HIDDEN.fullmatch(found.name) or (found.name in ours and found.name not in (DESIGN, LOCK)):
                found.unlink()
        (place / DESIGN).unlink()


def _empty(folder: Path) -> None:
    """Remove what is ours of a folder, and the folder unless something is left in it."""
    for found in folder.iterdir():
        if not _is_harmless(found.name):
            found.unlink()
    with suppress(OSError):
        folder.rmdir()


def _is_harmless(name: str) -> bool:
    """Is it hidden, or what file managers leave? Such files are others', and do no harm."""
    return name.startswith(".") or name in NOT_OURS_BUT_HARMLESS


def _may_be_ours(place: Path) -> set[str]:
    """Names at the top of a sweep's folder that persim wrote; of tables and texts those that the store has noted.

    A store that is damaged knows none; then they are told by their names alone.
    """
    ours = {*_OURS, MANIFEST, "report.html", "report.xlsx", *(f"{name}{UNFINISHED}" for name in (DESIGN, MANIFEST))}
    named = named_by_manifest(place)
    try:
        with closing(RunStore(place)) as store:
            named |= set(json.loads(store.head(WRITTEN) or "[]"))
    except StoreError:
        named = named or table_names()
    return ours | {name.split("/")[0] for name in named}


def _foreign(place: Path, ours: set[str]) -> Iterator[str]:
    """What a sweep's folder holds beside what persim writes there, hidden files apart."""
    for found in place.iterdir():
        if _is_harmless(found.name):
            continue
        if found.name in _KINDS and found.is_dir():
            inside = (p for p in found.iterdir() if not _is_harmless(p.name))
            yield from (f"{found.name}/{p.name}" for p in inside if p.is_dir() or p.suffix not in _KINDS[found.name])
        elif found.name not in ours or found.is_dir():
            yield found.name


def check_kind(place: Path, old: dict[str, Any], kind: str) -> None:
    """Raises: StoreError if the store of this design.json holds another kind of thing, or runs of another model."""
    if old.get("kind") != kind:
        raise StoreError(f"{place} holds a {old.get('kind', 'sweep')}, not a {kind}; choose another --out")
    if old["model_version"] != MODEL_VERSION:
        raise StoreError(
            f"{place} was begun with version {old['model_version']} of the model (persim {old['persim']}); this is "
            f"{MODEL_VERSION}. Their runs must not be mixed: begin anew with --force or in another folder"
        )


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
