"""The store of a sweep: one folder that holds every finished run, whatever happens to the process that makes them.

    design.json      what is run: scenarios, worlds, what is kept; written once, never changed
    ledger.sqlite    one row a finished run; numbers of runs wait here until their part is written
    parts/           Parquet files of `part_rows` runs each, in the order of runs, named by number and SHA-256

A run is finished when its row is committed to the ledger (write-ahead log, synced): a kill or a power cut after that
loses nothing. A part holds the runs of a fixed range of numbers, so the parts of a sweep that was interrupted are those
of one that was not, to the last byte. A part is written under another name, synced and renamed; then the ledger takes
note of it, and what the ledger does not name is left over from a kill and removed. The last part may be short; its
numbers stay in the ledger too, so that more runs can be added.

One process at a time may write (`persim.run_writer`): it holds a lock on the file `.lock`, which the system gives back
when the process ends, however it ends. Reading needs no lock, and holds nothing open, so that a sweep can go on and end
while others read it.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.durable_files import clear_errors
from persim.errors import StoreError
from persim.store import MADE_BY, MANIFEST, seal_of, sha256

if TYPE_CHECKING:
    import pyarrow as pa

DESIGN, LEDGER, PARTS, LOCK = "design.json", "ledger.sqlite", "parts", ".lock"
DESIGN_SEAL = "design_sha256"  # of what design.json says, in design.json
WRITTEN = "written"  # the note of the ledger that lists the files beside the store
FORMAT = 1
DONE, FAILED = 1, 2
PART_BYTES = 16 << 20  # about so much in a part, between 16 and 4,096 runs
LOST = "put it back from a copy, or begin anew in another folder"
AGAIN = ": the same command with --resume --repair makes it again from the parts"
REPAIR = "the same command with --resume --repair makes what is damaged again"
PART_NAME = re.compile(r"(\d{6})-([0-9a-f]{16})\.parquet")
_TABLE_NAMES = {"head", "runs", "parts"}
_NAME = re.compile(r"(figures/|scenarios/)?[^./\\:\0][^/\\:\0]*")  # of a file beside the store
_DAMAGE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class DamagedDesignError(StoreError):
    """The store's design.json is no longer what was written."""


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


def read_content(folder: Path) -> dict[str, Any]:
    """What the store's design.json says.

    Raises: StoreError if there is no store, it cannot be read, or it was written by another version of the format.
    """
    place = folder / DESIGN
    try:
        content = json.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{folder} holds neither a sweep nor an attribution: there is no {DESIGN}") from None
    except OSError as error:
        raise StoreError(f"{place} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        raise DamagedDesignError(f"{place} is damaged: {error}; {LOST}") from None
    if not isinstance(content, dict) or content.get("made_by") != MADE_BY:
        raise StoreError(f"{place} was not written by persim")
    if content.get("format") != FORMAT:
        raise StoreError(f"{place} has the format {content.get('format')!r}; this version of persim reads {FORMAT}")
    if content.pop(DESIGN_SEAL, None) != seal_of(content):
        raise DamagedDesignError(f"{place} is damaged: it does not say what it said when it was written; {LOST}")
    return content


def named_by_manifest(folder: Path) -> set[str]:
    """Names of tables, texts and figures that the manifest of a sweep lists; none if there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        names = [str(name) for name in manifest["files"]] if manifest["made_by"] == MADE_BY else []
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return set()
    return {name for name in names if _NAME.fullmatch(name) and name not in (DESIGN, LEDGER, MANIFEST)}


class RunStore:
    """The ledger and parts of a sweep, for reading: also while another process writes.

    Raises: StoreError that names what is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.content = read_content(folder)
        self.part_rows = int(self.content["part_rows"])
        self.columns: list[str] = list(self.content["columns"])
        self._check()

    def _check(self) -> None:
        with closing(self._connected("ro")) as ledger:
            self._check_ledger(ledger)

    def __enter__(self) -> RunStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is held open."""

    def _connected(self, mode: str) -> sqlite3.Connection:
        place = self.folder / LEDGER
        if mode == "ro" and not place.exists():
            raise DamagedLedgerError(f"{place} is missing{AGAIN}")
        if place.is_dir():
            raise DamagedLedgerError(f"{place} is damaged (it is a folder){AGAIN}")
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
            raise DamagedLedgerError(f"{self.folder / LEDGER} is damaged ({found[0]}){AGAIN}")
        return bool(names)

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
                raise DamagedLedgerError(f"{place} is damaged ({error}){AGAIN}") from None

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Rows of the ledger, which is opened for this one question."""
        with closing(self._connected("ro")) as ledger, self._clear():
            return ledger.execute(sql, values).fetchall()

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

    def all_waiting(self) -> list[tuple[int, bytes]]:
        """(number, bytes) of every finished run whose numbers are still in the ledger: those of a part or two."""
        return self._rows("SELECT number, numbers FROM runs WHERE numbers IS NOT NULL")

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

    def numbers_of(self, columns: Sequence[str], n_runs: int) -> np.ndarray:
        """Some columns of the first runs, shape (n_runs, n_columns); NaN for a run that is not there."""
        found = np.full((n_runs, len(columns)), np.nan)
        for part in self.parts():
            table = self.read_part(part, ["number", *columns])
            numbers = table["number"].to_numpy()
            here = numbers < n_runs
            for place, name in enumerate(columns):
                found[numbers[here], place] = table[name].to_numpy()[here]
        places = [self.columns.index(name) for name in columns]
        for number, content in self.all_waiting():  # of runs that go on, or of a last part that is short
            if number < n_runs:
                found[number] = np.frombuffer(content, "<f8")[places]
        return found

    def names_between(self, first: int, stop: int) -> list[tuple[int, str]]:
        """(number, name) of the runs from `first` to `stop` that have ended, in order."""
        return self._rows("SELECT number, run FROM runs WHERE number >= ? AND number < ? ORDER BY 1", (first, stop))

    def numbers_between(self, first: int, stop: int) -> np.ndarray:
        """All columns of the runs from `first` to `stop`, shape (stop - first, n_columns); NaN for a run not there."""
        found = np.full((stop - first, len(self.columns)), np.nan)
        for part in self.parts():
            if part.part * self.part_rows < stop and (part.part + 1) * self.part_rows > first:
                table = self.read_part(part, ["number", *self.columns])
                numbers = table["number"].to_numpy()
                here = (numbers >= first) & (numbers < stop)
                values = np.column_stack([table[name].to_numpy() for name in self.columns])
                found[numbers[here] - first] = values[here]
        for number, content in self.all_waiting():
            if first <= number < stop:
                found[number - first] = np.frombuffer(content, "<f8")
        return found

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


def _is_filled(place: Path) -> bool:
    return place.exists() and place.stat().st_size > 0


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
