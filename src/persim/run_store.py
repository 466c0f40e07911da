"""The store of a sweep: one folder that holds every finished run, whatever happens to the process that makes them.

    design.json      what is run: scenarios, worlds, what is kept; written once, never changed
    ledger.sqlite    one row a finished run; numbers of runs wait here until their part is written
    parts/           Parquet files of `part_rows` runs each, in the order of runs, named by number and SHA-256

A run is finished when its row is committed to the ledger (write-ahead log, synced): a kill or a power cut after that
loses nothing. A part holds the runs of a fixed range of numbers, so the parts of a sweep that was interrupted are those
of one that was not, to the last byte. A part is written under another name, synced and renamed; then the ledger takes
note of it, and what the ledger does not name is left over from a kill and removed. The last part may be short; its
numbers stay in the ledger too, so that more runs can be added.

One process at a time may write: it holds a lock on the file `.lock`, which the system gives back when the process ends,
however it ends. Reading needs no lock, and holds nothing open, so that a sweep can go on and end while others read it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from persim.durable_files import UNFINISHED, clear_errors, locked, write_whole
from persim.errors import StoreError
from persim.run_parts import part_bytes
from persim.store import MADE_BY, MANIFEST, plain, seal_of, sha256

if TYPE_CHECKING:
    import pyarrow as pa

DESIGN, LEDGER, PARTS, LOCK = "design.json", "ledger.sqlite", "parts", ".lock"
DESIGN_SEAL = "design_sha256"  # of what design.json says, in design.json
FORMAT = 1
DONE, FAILED = 1, 2
PART_BYTES = 16 << 20  # about so much in a part, between 16 and 4,096 runs
MOST_CAUSE = 20_000  # signs of a traceback kept
LOST = "put it back from a copy, or begin anew in another folder"
_AGAIN = ": `persim sweep ... --resume --repair` makes it again from the parts"
REPAIR = "`persim sweep ... --resume --repair` makes what is damaged again"
_PART_NAME = re.compile(r"(\d{6})-([0-9a-f]{16})\.parquet")
_TABLES = """
CREATE TABLE IF NOT EXISTS head (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, run TEXT NOT NULL, state INTEGER NOT NULL, numbers BLOB, cause TEXT, made TEXT);
CREATE TABLE IF NOT EXISTS parts (
    part INTEGER PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL, rows INTEGER NOT NULL);
"""
_TABLE_NAMES = {"head", "runs", "parts"}
_DAMAGE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_LOOK_SECONDS, _LET_READ_SECONDS = 0.05, 60.0


class DamagedLedgerError(StoreError):
    """The ledger is missing or no longer what was written; it can be made again from the parts."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A run that has ended: its numbers, shape (n_columns,), or why it failed (`cause` with its traceback)."""

    number: int
    run: str
    numbers: np.ndarray | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that the ledger names: `rows` runs of the range from `part` x `part_rows`."""

    part: int
    file: str
    sha256: str
    rows: int


def rows_in_a_part(n_columns: int) -> int:
    """Runs in a part: a power of two, so that parts have about `PART_BYTES`."""
    wanted = max(16, min(4096, PART_BYTES // (8 * n_columns)))
    return 1 << (wanted.bit_length() - 1)


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


def read_content(folder: Path) -> dict[str, Any]:
    """What the store's design.json says.

    Raises: StoreError if there is no store, it cannot be read, or it was written by another version of the format.
    """
    place = folder / DESIGN
    try:
        content = json.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{folder} holds no sweep: there is no {DESIGN}") from None
    except OSError as error:
        raise StoreError(f"{place} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{place} is damaged: {error}; {LOST}") from None
    if not isinstance(content, dict) or content.get("made_by") != MADE_BY:
        raise StoreError(f"{place} was not written by persim")
    if content.get("format") != FORMAT:
        raise StoreError(f"{place} has the format {content.get('format')!r}; this version of persim reads {FORMAT}")
    if content.pop(DESIGN_SEAL, None) != seal_of(content):
        raise StoreError(f"{place} is damaged: it does not say what it said when it was written; {LOST}")
    return content


class RunStore:
    """The ledger and parts of a sweep, for reading, or for writing by one process (`writing`).

    Args:
        lock: of the folder, if it is held already; it is let go with the store. repair: forget what is damaged instead of
            refusing it; a damaged ledger is set aside and made again from the parts.

    Raises: StoreError that names what is damaged, before anything is changed.
    """

    def __init__(
        self, folder: Path, writing: bool = False, *, lock: IO[str] | None = None, repair: bool = False
    ) -> None:
        self.folder = folder
        self._lock = lock or (locked(folder / LOCK, str(folder)) if writing else None)
        self._ledger: sqlite3.Connection | None = None
        try:
            self.content = read_content(folder)
            self.part_rows = int(self.content["part_rows"])
            self.columns: list[str] = list(self.content["columns"])
            if writing:
                self._open_to_write(repair)
            else:
                with closing(self._connected("ro")) as ledger:
                    self._check_ledger(ledger)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> RunStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

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
            (self.folder / MANIFEST).unlink(missing_ok=True)  # what it seals is about to change
            self._execute("PRAGMA journal_mode = WAL")
            self._execute("PRAGMA synchronous = FULL")
        if lost:
            self._rebuild()
        if repair:
            self._forget_parts([part.part for part, _ in self.damaged()])
        self._begin()

    def _open_ledger(self, wanted: bool) -> None:
        """Open the ledger for writing; it is made if it is not there, unless it is `wanted`, since there are parts."""
        place = self.folder / LEDGER
        if wanted and not place.exists():
            raise DamagedLedgerError(f"{place} is missing{_AGAIN}")
        self._ledger = ledger = self._connected("rwc")
        try:
            if not self._check_ledger(ledger, wanted):
                with self._clear():
                    ledger.executescript(_TABLES)
        except BaseException:
            ledger.close()
            self._ledger = None
            raise

    def _connected(self, mode: str) -> sqlite3.Connection:
        place = self.folder / LEDGER
        if mode == "ro" and not place.exists():
            raise DamagedLedgerError(f"{place} is missing{_AGAIN}")
        if place.is_dir():
            raise DamagedLedgerError(f"{place} is damaged (it is a folder){_AGAIN}")
        if mode == "ro" and not os.access(self.folder, os.W_OK) and not _is_filled(self.folder / f"{LEDGER}-wal"):
            mode = "ro&immutable=1"  # nobody writes there, and SQLite could not make the files it reads with
        with self._clear():
            uri = f"{place.absolute().as_uri()}?mode={mode}"
            ledger = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            try:
                ledger.execute("PRAGMA busy_timeout = 10000")
            except BaseException:
                ledger.close()
                raise
        return ledger

    def _check_ledger(self, ledger: sqlite3.Connection, wanted: bool = True) -> bool:
        """Are its tables there? Raises: DamagedLedgerError if it is damaged, or if they are not there, but `wanted`."""
        with self._clear():
            found = [str(row[0]) for row in ledger.execute("PRAGMA quick_check(3)")]
            names = {str(row[0]) for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if found == ["ok"] and names and not names >= _TABLE_NAMES:
            found = ["it holds other tables"]
        if found == ["ok"] and wanted and not names:
            found = ["it is empty"]
        if found != ["ok"]:
            raise DamagedLedgerError(f"{self.folder / LEDGER} is damaged ({found[0]}){_AGAIN}")
        return bool(names)

    def _set_ledger_aside(self) -> None:
        number = 1
        while (aside := self.folder / f".{LEDGER}.damaged-{number}").exists():
            number += 1
        with clear_errors(self.folder):
            for suffix in ("-wal", "-shm", "-journal", ""):
                place = self.folder / f"{LEDGER}{suffix}"
                if place.exists():
                    place.replace(aside.with_name(f"{aside.name}{suffix}"))

    @contextmanager
    def _clear(self) -> Iterator[None]:
        """Clear errors; those that say that the ledger is damaged are told apart."""
        place = self.folder / LEDGER
        with clear_errors(place):
            try:
                yield
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
                    raise
                raise DamagedLedgerError(f"{place} is damaged ({error}){_AGAIN}") from None

    def _execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        if self._ledger is None:
            raise AssertionError("the store is not open for writing")
        return self._ledger.execute(sql, values)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Rows of the ledger; a reader opens it for this one question."""
        if self._ledger is not None:
            with self._clear():
                return self._ledger.execute(sql, values).fetchall()
        with closing(self._connected("ro")) as ledger, self._clear():
            return ledger.execute(sql, values).fetchall()

    def _begin(self) -> None:
        self._remove_left_over()
        rows = self._rows(f"SELECT number / {self.part_rows}, count(*), sum(state = {DONE}) FROM runs GROUP BY 1")
        self._settled = {part: n for part, n, _ in rows}
        written = {part.part: part.rows for part in self.parts()}
        self._unwritten = {part for part, _, done in rows if written.get(part, 0) != done}

    def _part_files(self) -> list[Path]:
        return sorted(p for p in (self.folder / PARTS).glob("*.parquet") if _PART_NAME.fullmatch(p.name))

    def _remove_left_over(self) -> None:
        """Parts that a kill left without an entry in the ledger."""
        known = {part.file for part in self.parts()}
        with clear_errors(self.folder / PARTS):
            for place in (self.folder / PARTS).glob("*"):
                if place.name not in known and (_PART_NAME.fullmatch(place.name) or place.suffix == UNFINISHED):
                    place.unlink()

    # Reading --------------------------------------------------------------------------------------------------------

    def head(self, key: str) -> str | None:
        """A note of the ledger."""
        rows = self._rows("SELECT value FROM head WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def parts(self) -> list[Part]:
        """The parts that are written, in order."""
        return [Part(*row) for row in self._rows("SELECT part, file, sha256, rows FROM parts ORDER BY part")]

    def settled(self, n: int) -> np.ndarray:
        """Which of the first `n` runs are finished or failed: 0, `DONE` or `FAILED`, int8 of shape (n,)."""
        found = np.zeros(n, np.int8)
        for number, state in self._rows("SELECT number, state FROM runs WHERE number < ?", (n,)):
            found[number] = state
        return found

    def failures(self) -> list[tuple[int, str, str]]:
        """(number, name of the run, cause with traceback) of failed runs, in order."""
        return self._rows("SELECT number, run, cause FROM runs WHERE state = ? ORDER BY number", (FAILED,))

    def waiting(self, part: int) -> list[tuple[int, str, bytes]]:
        """Finished runs of a part whose numbers are still in the ledger: (number, name, bytes), in order."""
        first = part * self.part_rows
        return self._rows(
            "SELECT number, run, numbers FROM runs WHERE number >= ? AND number < ? AND numbers IS NOT NULL ORDER BY 1",
            (first, first + self.part_rows),
        )

    def read_part(self, part: Part, columns: Sequence[str] | None = None) -> pa.Table:
        """A part's table, or some columns of it.

        Raises: StoreError if it is missing or damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        while True:
            place = self.folder / PARTS / part.file
            try:
                return pq.read_table(place, columns=None if columns is None else list(columns), memory_map=False)
            except (OSError, pa.ArrowException) as error:
                now = self._now(part)
                if now is None or now == part:
                    raise StoreError(f"{place} is damaged: {_one_line(error)}; {REPAIR}") from None
                part = now  # a short part was written anew, with more runs, since its name was read

    def _now(self, part: Part) -> Part | None:
        """The part of this number as the ledger has it now."""
        rows = self._rows("SELECT part, file, sha256, rows FROM parts WHERE part = ?", (part.part,))
        return Part(*rows[0]) if rows else None

    def damaged(self) -> list[tuple[Part, str]]:
        """Parts that are not as they were written, each with what is wrong."""
        found = []
        for part in self.parts():
            while wrong := self._wrong(part):
                now = self._now(part)
                if now is None or now == part:
                    found.append((part, wrong))
                    break
                part = now  # written anew meanwhile, by a sweep that goes on
        return found

    def _wrong(self, part: Part) -> str:
        try:
            return "" if sha256(self.folder / PARTS / part.file) == part.sha256 else "its bytes have changed"
        except FileNotFoundError:
            return "it is missing"
        except OSError as error:
            return f"it cannot be read: {(error.strerror or str(error)).lower()}"

    def check_parts(self) -> None:
        """Raises: StoreError that names every damaged part."""
        lines = [
            f"{self.folder / PARTS / part.file} is damaged: {wrong} ({part.rows} runs)"
            for part, wrong in self.damaged()
        ]
        if lines:
            raise StoreError("\n".join([*lines, REPAIR]))

    # Writing --------------------------------------------------------------------------------------------------------

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

    def forget_foreign(self, name_of: Callable[[int], str]) -> int:
        """Let parts be made again that hold a run of another name than `name_of` its number; returns how many."""
        wrong = {
            number // self.part_rows
            for number, run in self._rows("SELECT number, run FROM runs")
            if run != name_of(number)
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
            if last is not None:  # so many replicates had been asked for, at least
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

    def close(self) -> None:
        """Close the ledger and let others write."""
        if self._ledger is not None:
            with suppress(sqlite3.Error):
                self._ledger.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _execute_all(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self._execute(sql, row)

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


def _is_filled(place: Path) -> bool:
    return place.exists() and place.stat().st_size > 0


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
