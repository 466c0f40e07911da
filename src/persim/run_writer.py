"""Writing a sweep's store: what it begins with, how a run is committed and a part sealed, and how damage is mended."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from persim.durable_files import UNFINISHED, clear_errors, locked, sync_folder, write_whole
from persim.errors import StoreError
from persim.run_parts import part_bytes
from persim.run_store import (
    AGAIN,
    DESIGN,
    DESIGN_SEAL,
    DONE,
    FAILED,
    FORMAT,
    LEDGER,
    LOCK,
    PART_NAME,
    PARTS,
    WRITTEN,
    DamagedLedgerError,
    Part,
    RunStore,
    Settled,
    named_by_manifest,
)
from persim.store import MADE_BY, MANIFEST, plain, seal_of, sha256

if TYPE_CHECKING:
    import pyarrow as pa

MOST_CAUSE = 20_000  # signs of a traceback kept
_TABLES = """
CREATE TABLE IF NOT EXISTS head (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, run TEXT NOT NULL, state INTEGER NOT NULL, numbers BLOB, cause TEXT, made TEXT);
CREATE TABLE IF NOT EXISTS parts (
    part INTEGER PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL, rows INTEGER NOT NULL);
"""
_LOOK_SECONDS, _LET_READ_SECONDS = 0.05, 60.0


def create(folder: Path, content: dict[str, Any]) -> None:
    """Begin a store in a folder that is there and empty: write its design.

    Raises: StoreError if it cannot be written.
    """
    with clear_errors(folder):
        (folder / PARTS).mkdir(exist_ok=True)
        whole = {"made_by": MADE_BY, "format": FORMAT, **content}
        whole[DESIGN_SEAL] = seal_of(whole)
        text = json.dumps(plain(whole), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        write_whole(folder / DESIGN, text.encode())


class RunWriter(RunStore):
    """The ledger and parts of a sweep, open for writing by this one process.

    Args:
        lock: of the folder, if it is held already; it is let go with the store. repair: forget what is damaged instead of
            refusing it; a damaged ledger is set aside and made again from the parts.

    Raises: StoreError that names what is damaged, before anything is changed.
    """

    def __init__(self, folder: Path, *, lock: IO[str] | None = None, repair: bool = False) -> None:
        self._lock: IO[str] | None = lock or locked(folder / LOCK, str(folder))
        self._ledger: sqlite3.Connection | None = None
        self._repair = repair
        try:
            super().__init__(folder)
        except BaseException:
            self.close()
            raise

    def _check(self) -> None:
        self._open_to_write(self._repair)

    def close(self) -> None:
        """Close the ledger and let others write."""
        if self._ledger is not None:
            with suppress(sqlite3.Error):
                self._ledger.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _open_to_write(self, repair: bool) -> None:
        lost = False
        try:
            self._open_ledger(bool(self._part_files()))
        except DamagedLedgerError:
            if not repair:
                raise
            self._set_ledger_aside()
            self._open_ledger(False)
            lost = True
        if not repair:
            self.check_parts()
        with self._clear():
            (self.folder / PARTS).mkdir(exist_ok=True)
        known = not lost and self.head(WRITTEN) is not None
        if known:
            self._remove_manifest()
        with self._clear():
            self._execute("PRAGMA journal_mode = WAL")
            self._execute("PRAGMA synchronous = FULL")
        if lost:
            self._rebuild()
        if not known:  # the manifest still says which files beside the store are ours
            if named := named_by_manifest(self.folder):
                self.note(WRITTEN, json.dumps(sorted(named)))
            self._remove_manifest()
        if repair:
            self._forget_parts([part.part for part, _ in self.damaged()])
        self._begin()

    def _remove_manifest(self) -> None:
        """Before what it seals changes; it must not come back after a power cut, when that has changed."""
        with clear_errors(self.folder):
            if (self.folder / MANIFEST).exists():
                (self.folder / MANIFEST).unlink()
                sync_folder(self.folder)

    def _open_ledger(self, wanted: bool) -> None:
        """Open the ledger for writing; it is made if it is not there, unless it is `wanted`, since there are parts."""
        place = self.folder / LEDGER
        if wanted and not place.exists():
            raise DamagedLedgerError(f"{place} is missing{AGAIN}")
        self._ledger = ledger = self._connected("rwc")
        try:
            if not self._check_ledger(ledger, wanted):
                with self._clear():
                    ledger.executescript(_TABLES)
        except BaseException:
            ledger.close()
            self._ledger = None
            raise

    def _set_ledger_aside(self) -> None:
        number = 1
        while (aside := self.folder / f".{LEDGER}.damaged-{number}").exists():
            number += 1
        with clear_errors(self.folder):
            for suffix in ("-wal", "-shm", "-journal", ""):
                place = self.folder / f"{LEDGER}{suffix}"
                if place.exists():
                    place.replace(aside.with_name(f"{aside.name}{suffix}"))

    def _execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        if self._ledger is None:
            raise AssertionError("the store is not open for writing")
        return self._ledger.execute(sql, values)

    def _execute_all(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self._execute(sql, row)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._clear():
            return self._execute(sql, values).fetchall()

    def _begin(self) -> None:
        self._remove_left_over()
        rows = self._rows(f"SELECT number / {self.part_rows}, count(*), sum(state = {DONE}) FROM runs GROUP BY 1")
        self._settled = {part: n for part, n, _ in rows}
        written = {part.part: part.rows for part in self.parts()}
        self._unwritten = {part for part, _, done in rows if written.get(part, 0) != done}

    def _part_files(self) -> list[Path]:
        return sorted(p for p in (self.folder / PARTS).glob("*.parquet") if PART_NAME.fullmatch(p.name))

    def _remove_left_over(self) -> None:
        """Parts that a kill left without an entry in the ledger."""
        known = {part.file for part in self.parts()}
        with clear_errors(self.folder / PARTS):
            for place in (self.folder / PARTS).glob("*"):
                if place.name not in known and (PART_NAME.fullmatch(place.name) or place.suffix == UNFINISHED):
                    place.unlink()

    def note(self, key: str, value: str) -> None:
        """Write a note into the ledger."""
        with clear_errors(self.folder):
            self._execute("INSERT OR REPLACE INTO head VALUES (?, ?)", (key, value))

    def add(self, runs: Iterable[Settled]) -> None:
        """Commit runs that have ended: when this returns, nothing loses them.

        Raises: StoreError if there is no room; the runs are then not kept, all earlier ones are.
        """
        made = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(run.number, run.run, *_outcome(run), made) for run in runs]
        with clear_errors(self.folder), self._transaction():
            self._execute_all("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", rows)
        for number, *_ in rows:
            part = number // self.part_rows
            self._settled[part] = self._settled.get(part, 0) + 1
            self._unwritten.add(part)

    def seal(self, everything: bool = False) -> None:
        """Write the parts whose runs have all ended; with `everything`, also those that are short."""
        for part in sorted(self._unwritten):
            full = self._settled.get(part, 0) == self.part_rows
            if full or everything:
                self._write_part(part, full)

    def _write_part(self, part: int, full: bool) -> None:
        rows = self.waiting(part)
        old = self._execute("SELECT file FROM parts WHERE part = ?", (part,)).fetchone()
        entry = None
        with clear_errors(self.folder):
            if rows:
                content = part_bytes(self.content, rows)
                digest = hashlib.sha256(content).hexdigest()
                entry = (part, f"{part:06d}-{digest[:16]}.parquet", digest, len(rows))
                write_whole(self.folder / PARTS / entry[1], content)
            with self._transaction():
                self._execute("DELETE FROM parts WHERE part = ?", (part,))
                if entry:
                    self._execute("INSERT INTO parts VALUES (?, ?, ?, ?)", entry)
                if full:
                    range_ = (part * self.part_rows, (part + 1) * self.part_rows)
                    self._execute("UPDATE runs SET numbers = NULL WHERE number >= ? AND number < ?", range_)
            if old and (entry is None or old[0] != entry[1]):
                (self.folder / PARTS / old[0]).unlink(missing_ok=True)
        self._unwritten.discard(part)

    def forget_failed(self) -> int:
        """Let failed runs be made again; returns how many. Their parts are opened again."""
        numbers = [number for number, _, _ in self.failures()]
        self._forget(numbers)
        return len(numbers)

    def forget_foreign(self, name_of: Callable[[int], str], stop: int | None = None) -> int:
        """Let parts be made again that hold a run of another name than `name_of` its number; returns how many.

        Args:
            stop: only runs below this number are looked at.
        """
        wrong = {
            number // self.part_rows
            for number, run in self._rows("SELECT number, run FROM runs")
            if (stop is None or number < stop) and run != name_of(number)
        }
        self._forget_parts(sorted(wrong))
        self._begin()
        return len(wrong)

    def _forget_parts(self, parts: Sequence[int]) -> None:
        """Forget all runs of some parts, and the parts; files without an entry are removed as left over."""
        with clear_errors(self.folder), self._transaction():
            for part in parts:
                first, stop = part * self.part_rows, (part + 1) * self.part_rows
                self._execute("DELETE FROM runs WHERE number >= ? AND number < ?", (first, stop))
                self._execute("DELETE FROM parts WHERE part = ?", (part,))

    def _forget(self, numbers: Sequence[int]) -> None:
        parts = {part.part: part for part in self.parts()}
        with clear_errors(self.folder), self._transaction():
            for number in sorted({number // self.part_rows for number in numbers} & set(parts)):
                self._put_back(self.read_part(parts[number]))
            self._execute_all("DELETE FROM runs WHERE number = ?", [(number,) for number in numbers])
        self._begin()

    def _put_back(self, table: pa.Table) -> None:
        """Put the numbers of a part back into the ledger, where those of a short part still are."""
        values = np.column_stack([table[name].to_numpy() for name in self.columns]).astype("<f8")
        rows = [(values[place].tobytes(), number) for place, number in enumerate(table["number"].to_pylist())]
        self._execute_all("UPDATE runs SET numbers = ? WHERE number = ?", rows)

    def _rebuild(self) -> None:
        """Fill an empty ledger from the parts, whose names tell whether they are whole."""
        best: dict[int, tuple[str, str, pa.Table]] = {}
        for place in self._part_files():
            digest = sha256(place)
            part, wanted = place.stem.split("-")
            if not digest.startswith(wanted):
                continue
            table = self.read_part(Part(int(part), place.name, digest, 0))
            if not self._belongs(table, int(part)):
                continue
            if int(part) not in best or len(table) > len(best[int(part)][2]):
                best[int(part)] = (place.name, digest, table)
        with clear_errors(self.folder), self._transaction():
            for part, (name, digest, table) in best.items():
                self._execute("INSERT INTO parts VALUES (?, ?, ?, ?)", (part, name, digest, len(table)))
                runs = zip(table["number"].to_pylist(), table["run"].to_pylist(), strict=True)
                rows = [(number, run, DONE, None, None, None) for number, run in runs]
                self._execute_all("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", rows)
                if len(table) < self.part_rows:
                    self._put_back(table)
            last = self._execute("SELECT max(number) FROM runs").fetchone()[0]
            if last is not None and "worlds" in self.content:  # so many replicates had been asked for, at least
                replicates = last // (len(self.content["worlds"]) * len(self.content["alternatives"])) + 1
                self._execute("INSERT OR REPLACE INTO head VALUES ('replicates', ?)", (str(replicates),))

    def _belongs(self, table: pa.Table, part: int) -> bool:
        """Has the table the columns of this sweep, and only runs of this part?"""
        if not {"number", "run", *self.columns} <= set(table.column_names):
            return False
        return all(number // self.part_rows == part for number in table["number"].to_pylist())

    def tidy(self) -> None:
        """Put the log into the ledger's file, so that the file is all there is.

        Raises: StoreError if somebody goes on reading the ledger for a minute.
        """
        until = time.monotonic() + _LET_READ_SECONDS
        with clear_errors(self.folder):
            while True:
                try:
                    if self._execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete":
                        return
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                        raise
                if time.monotonic() > until:
                    raise StoreError(
                        f"{self.folder / LEDGER} is kept open by another program; close it, then go on with --resume"
                    )
                time.sleep(_LOOK_SECONDS)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
            self._execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._execute("ROLLBACK")
            raise


def _outcome(run: Settled) -> tuple[int, bytes | None, str | None]:
    """State, numbers and cause of a run, as the ledger has them."""
    if run.numbers is None:
        return FAILED, None, run.cause[-MOST_CAUSE:]
    return DONE, run.numbers.astype("<f8", copy=False).tobytes(), None
