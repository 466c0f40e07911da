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
however it ends. Reading needs no lock.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.durable_files import UNFINISHED, clear_errors, locked, write_whole
from persim.errors import StoreError
from persim.run_parts import part_bytes
from persim.store import MADE_BY, MANIFEST, plain, sha256

if TYPE_CHECKING:
    import pyarrow as pa

DESIGN, LEDGER, PARTS, LOCK = "design.json", "ledger.sqlite", "parts", ".lock"
FORMAT = 1
DONE, FAILED = 1, 2
PART_BYTES = 16 << 20  # about so much in a part, between 16 and 4,096 runs
MOST_CAUSE = 20_000  # signs of a traceback kept
REPAIR = "`persim sweep ... --resume --repair` makes what is damaged again"
_PART_NAME = re.compile(r"(\d{6})-([0-9a-f]{16})\.parquet")
_TABLES = """
CREATE TABLE IF NOT EXISTS head (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, state INTEGER NOT NULL, numbers BLOB, cause TEXT, made TEXT);
CREATE TABLE IF NOT EXISTS parts (
    part INTEGER PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL, rows INTEGER NOT NULL);
"""


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
    except ValueError as error:
        raise StoreError(f"{place} is damaged: {error}") from None
    if not isinstance(content, dict) or content.get("made_by") != MADE_BY:
        raise StoreError(f"{place} was not written by persim")
    if content.get("format") != FORMAT:
        raise StoreError(f"{place} has the format {content.get('format')!r}; this version of persim reads {FORMAT}")
    return content


class RunStore:
    """The ledger and parts of a sweep, open for reading, or for writing by one process (`writing`)."""

    def __init__(self, folder: Path, writing: bool = False) -> None:
        self.folder = folder
        self.content = read_content(folder)
        self.part_rows = int(self.content["part_rows"])
        self.columns: list[str] = list(self.content["columns"])
        self._lock = locked(folder / LOCK, str(folder)) if writing else None
        try:
            if writing:  # what the manifest seals is about to change
                with clear_errors(folder):
                    (folder / MANIFEST).unlink(missing_ok=True)
            self._ledger = self._opened(writing)
            if writing:
                self._begin()
        except BaseException:
            self._unlock()
            raise

    def __enter__(self) -> RunStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _opened(self, writing: bool) -> sqlite3.Connection:
        place = self.folder / LEDGER
        if not writing and not place.exists():
            raise StoreError(f"{place} is missing: `persim sweep ... --resume --repair` makes it again from the parts")
        with clear_errors(place):
            if writing:
                ledger = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
            else:
                ledger = sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            try:
                ledger.execute("PRAGMA busy_timeout = 10000")
                if writing:
                    ledger.execute("PRAGMA journal_mode = WAL")
                    ledger.execute("PRAGMA synchronous = FULL")
                    ledger.executescript(_TABLES)
                found = [str(row[0]) for row in ledger.execute("PRAGMA quick_check(3)")]
            except sqlite3.DatabaseError as error:
                ledger.close()
                found = [str(error)]
            if found != ["ok"]:
                raise StoreError(
                    f"{place} is damaged ({found[0]}): `persim sweep ... --resume --repair` makes it again from the parts"
                )
        return ledger

    def _begin(self) -> None:
        self._remove_left_over()
        rows = self._ledger.execute(
            f"SELECT number / {self.part_rows}, count(*), sum(state = {DONE}) FROM runs GROUP BY 1"
        ).fetchall()
        self._settled = {part: n for part, n, _ in rows}
        written = {part.part: part.rows for part in self.parts()}
        self._unwritten = {part for part, _, done in rows if written.get(part, 0) != done}

    def _remove_left_over(self) -> None:
        """Parts that a kill left without an entry in the ledger."""
        known = {part.file for part in self.parts()}
        for place in (self.folder / PARTS).glob("*"):
            if place.name not in known and (_PART_NAME.fullmatch(place.name) or place.suffix == UNFINISHED):
                place.unlink()

    # Reading --------------------------------------------------------------------------------------------------------

    def head(self, key: str) -> str | None:
        """A note of the ledger."""
        row = self._ledger.execute("SELECT value FROM head WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def parts(self) -> list[Part]:
        """The parts that are written, in order."""
        return [Part(*row) for row in self._ledger.execute("SELECT part, file, sha256, rows FROM parts ORDER BY part")]

    def settled(self, n: int) -> np.ndarray:
        """Which of the first `n` runs are finished or failed: 0, `DONE` or `FAILED`, int8 of shape (n,)."""
        found = np.zeros(n, np.int8)
        for number, state in self._ledger.execute("SELECT number, state FROM runs WHERE number < ?", (n,)):
            found[number] = state
        return found

    def failures(self) -> Iterator[tuple[int, str, str]]:
        """(number, name of the run, cause with traceback) of failed runs, in order."""
        yield from self._ledger.execute(
            "SELECT number, run, cause FROM runs WHERE state = ? ORDER BY number", (FAILED,)
        )

    def waiting(self, part: int) -> list[tuple[int, str, bytes]]:
        """Finished runs of a part whose numbers are still in the ledger: (number, name, bytes), in order."""
        first = part * self.part_rows
        return self._ledger.execute(
            "SELECT number, run, numbers FROM runs WHERE number >= ? AND number < ? AND numbers IS NOT NULL ORDER BY 1",
            (first, first + self.part_rows),
        ).fetchall()

    def read_part(self, part: Part, columns: Sequence[str] | None = None) -> pa.Table:
        """A part's table, or some columns of it.

        Raises: StoreError if it is missing or damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        place = self.folder / PARTS / part.file
        try:
            return pq.read_table(place, columns=None if columns is None else list(columns), memory_map=False)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{place} is damaged: {error}; {REPAIR}") from None

    def damaged(self) -> list[tuple[Part, str]]:
        """Parts that are not as they were written, each with what is wrong."""
        found = []
        for part in self.parts():
            place = self.folder / PARTS / part.file
            try:
                wrong = "" if sha256(place) == part.sha256 else "its bytes have changed"
            except FileNotFoundError:
                wrong = "it is missing"
            except OSError as error:
                wrong = f"it cannot be read: {(error.strerror or str(error)).lower()}"
            if wrong:
                found.append((part, wrong))
        return found

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
            self._ledger.execute("INSERT OR REPLACE INTO head VALUES (?, ?)", (key, value))

    def add(self, runs: Iterable[Settled]) -> None:
        """Commit runs that have ended: when this returns, nothing loses them.

        Raises: StoreError if there is no room; the runs are then not kept, all earlier ones are.
        """
        made = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(run.number, run.run, *_outcome(run), made) for run in runs]
        with clear_errors(self.folder), self._transaction():
            self._ledger.executemany("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", rows)
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
        old = self._ledger.execute("SELECT file FROM parts WHERE part = ?", (part,)).fetchone()
        entry = None
        with clear_errors(self.folder):
            if rows:
                content = part_bytes(self.content, rows)
                digest = hashlib.sha256(content).hexdigest()
                entry = (part, f"{part:06d}-{digest[:16]}.parquet", digest, len(rows))
                write_whole(self.folder / PARTS / entry[1], content)
            with self._transaction():
                self._ledger.execute("DELETE FROM parts WHERE part = ?", (part,))
                if entry:
                    self._ledger.execute("INSERT INTO parts VALUES (?, ?, ?, ?)", entry)
                if full:
                    range_ = (part * self.part_rows, (part + 1) * self.part_rows)
                    self._ledger.execute("UPDATE runs SET numbers = NULL WHERE number >= ? AND number < ?", range_)
            if old and (entry is None or old[0] != entry[1]):
                (self.folder / PARTS / old[0]).unlink(missing_ok=True)
        self._unwritten.discard(part)

    def forget_failed(self) -> int:
        """Let failed runs be made again; returns how many. Their parts are opened again."""
        numbers = [number for number, _, _ in self.failures()]
        self._forget(numbers)
        return len(numbers)

    def forget_damaged(self) -> list[tuple[Part, str]]:
        """Let the runs of damaged parts be made again; returns the parts."""
        found = self.damaged()
        for part, _ in found:
            first, stop = part.part * self.part_rows, (part.part + 1) * self.part_rows
            with clear_errors(self.folder), self._transaction():
                self._ledger.execute("DELETE FROM runs WHERE number >= ? AND number < ?", (first, stop))
                self._ledger.execute("DELETE FROM parts WHERE part = ?", (part.part,))
            (self.folder / PARTS / part.file).unlink(missing_ok=True)
        self._begin()
        return found

    def _forget(self, numbers: Sequence[int]) -> None:
        parts = {part.part: part for part in self.parts()}
        with clear_errors(self.folder), self._transaction():
            for number in sorted({number // self.part_rows for number in numbers} & set(parts)):
                self._put_back(self.read_part(parts[number]))
            self._ledger.executemany("DELETE FROM runs WHERE number = ?", [(number,) for number in numbers])
        self._begin()

    def _put_back(self, table: pa.Table) -> None:
        """Put the numbers of a part back into the ledger, where those of a short part still are."""
        values = np.column_stack([table[name].to_numpy() for name in self.columns]).astype("<f8")
        rows = [(values[place].tobytes(), number) for place, number in enumerate(table["number"].to_pylist())]
        self._ledger.executemany("UPDATE runs SET numbers = ? WHERE number = ?", rows)

    def rebuild(self) -> int:
        """Fill an empty ledger from the parts, whose names tell whether they are whole; returns the runs found."""
        best: dict[int, tuple[str, str, pa.Table]] = {}
        for place in sorted((self.folder / PARTS).glob("*.parquet")):
            named = _PART_NAME.fullmatch(place.name)
            digest = sha256(place) if named else ""
            if named is None or digest[:16] != named[2]:
                continue
            part = int(named[1])
            table = self.read_part(Part(part, place.name, digest, 0))
            if part not in best or len(table) > len(best[part][2]):
                best[part] = (place.name, digest, table)
        with clear_errors(self.folder), self._transaction():
            for part, (name, digest, table) in best.items():
                self._ledger.execute("INSERT INTO parts VALUES (?, ?, ?, ?)", (part, name, digest, len(table)))
                runs = zip(table["number"].to_pylist(), table["run"].to_pylist(), strict=True)
                rows = [(number, run, DONE, None, None, None) for number, run in runs]
                self._ledger.executemany("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", rows)
                if len(table) < self.part_rows:
                    self._put_back(table)
        self._begin()
        return sum(len(table) for _, _, table in best.values())

    def tidy(self) -> None:
        """Put the log into the ledger's file, so that the file is all there is."""
        with clear_errors(self.folder):
            self._ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._ledger.execute("PRAGMA journal_mode = DELETE")

    def close(self) -> None:
        """Close the ledger and let others write."""
        with suppress(sqlite3.Error):
            self._ledger.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._ledger.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._ledger.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._ledger.execute("ROLLBACK")
            raise


def _outcome(run: Settled) -> tuple[int, bytes | None, str | None]:
    """State, numbers and cause of a run, as the ledger has them."""
    if run.numbers is None:
        return FAILED, None, run.cause[-MOST_CAUSE:]
    return DONE, run.numbers.astype("<f8", copy=False).tobytes(), None


def remade(folder: Path) -> RunStore:
    """A store whose ledger is set aside and made again from its parts, open for writing."""
    with clear_errors(folder):
        for suffix in ("", "-wal", "-shm"):
            place = folder / f"{LEDGER}{suffix}"
            if place.exists():
                place.replace(place.with_name(f".{place.name}.damaged"))
    store = RunStore(folder, writing=True)
    try:
        store.rebuild()
    except BaseException:
        store.close()
        raise
    return store
