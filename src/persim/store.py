"""outputs/: the only writer of result folders.

A folder is made under a hidden name beside its place and renamed whole when it is finished, so that a run that is
killed leaves nothing half-written under the final name. A folder is replaced only on request, and only if persim wrote
everything in it. Read `ResultFolder` first; `Spool` holds the numbers of finished runs outside of memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_PLACE = Path("outputs")
MANIFEST = "manifest.json"
MADE_BY = "persim"
MANIFEST_VERSION = 2  # from 2 on a manifest is sealed; before, it had neither a version nor a seal
SEAL = "manifest_sha256"
REPORT_PAGE, REPORT_WORKBOOK = "report.html", "report.xlsx"  # `persim report` adds them to a finished folder
NOT_OURS_BUT_HARMLESS = ("Thumbs.db", "desktop.ini")  # left by file managers; hidden files are harmless too
SPOOL_BLOCK_BYTES = 32 << 20


class ResultFolder:
    """A folder of results while it is written. Use it in a `with` block: what is not committed is thrown away.

    Args:
        out: where the results go; None for a new folder in outputs/ named after `name`, with a counter.
        force: replace a folder that persim wrote.

    Raises: StoreError at once if the place cannot be used, so that no run is computed in vain.
    """

    def __init__(self, out: str | os.PathLike[str] | None, name: str, force: bool = False) -> None:
        self.force = force
        self._named = out is not None
        with _clear_errors(f"the folder {out if out is not None else DEFAULT_PLACE / name}"):
            self.target = Path(out).resolve() if out is not None else DEFAULT_PLACE.resolve() / safe_name(name)
            if out is not None:
                _check_free(self.target, force)
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self.place = self.target.parent / f".{self.target.name}.unfinished-{secrets.token_hex(4)}"
            self.place.mkdir()

    def __enter__(self) -> ResultFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.place.exists():
            shutil.rmtree(self.place, ignore_errors=True)

    def path(self, name: str) -> Path:
        """Where a file of that name (parts separated by /) is to be written; its folder is made."""
        place = self.place.joinpath(*name.split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def write_text(self, name: str, text: str) -> None:
        """Write a text file, UTF-8 with plain line ends."""
        with _clear_errors(name):
            self.path(name).write_text(text, encoding="utf-8", newline="\n")

    def write_bytes(self, name: str, content: bytes) -> None:
        """Write a file as it is."""
        with _clear_errors(name):
            self.path(name).write_bytes(content)

    def write_json(self, name: str, value: Any) -> None:
        """Write JSON; numbers that are not finite become null."""
        self.write_text(name, json_text(value))

    def write_table(self, name: str, table: pd.DataFrame) -> None:
        """Write a table as NAME.csv (8 digits) and NAME.parquet (all digits)."""
        with _clear_errors(name):
            table.to_csv(self.path(f"{name}.csv"), index=False, lineterminator="\n", float_format="%.8g")
            table.to_parquet(self.path(f"{name}.parquet"), index=False)

    def write_parts(self, name: str, parts: Iterator[pd.DataFrame]) -> None:
        """Write a long table as NAME.parquet, one part after another, never all at once in memory."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        with _clear_errors(name):
            writer: pq.ParquetWriter | None = None
            for part in parts:
                rows = pa.Table.from_pandas(part, preserve_index=False)
                writer = writer or pq.ParquetWriter(self.path(f"{name}.parquet"), rows.schema)
                writer.write_table(rows)
            if writer is not None:
                writer.close()

    def commit(self, manifest: Mapping[str, Any]) -> Path:
        """Write the manifest, with the SHA-256 of every file and of itself, and give the folder its name.

        Returns: the folder. If another one took a wanted name meanwhile, the results get the next free name.
        """
        with _clear_errors(f"the folder {self.target}"):
            self.write_text(MANIFEST, sealed(self.place, manifest, _files(self.place)))
            if self._named and self.force and self.target.exists():
                self._replace()
                return self.target
            for place in _names(self.target):
                if _rename(self.place, place):
                    self.target = place
                    return place
        raise AssertionError("names never end")

    def _replace(self) -> None:
        """Put the new folder in the place of the old one, which comes back if that fails."""
        _check_free(self.target, force=True)
        old = self.target.parent / f".{self.target.name}.old-{secrets.token_hex(4)}"
        os.rename(self.target, old)
        try:
            os.rename(self.place, self.target)
        except OSError:
            os.rename(old, self.target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def sealed(folder: Path, manifest: Mapping[str, Any], files: Iterable[Path]) -> str:
    """The text of a folder's manifest: what it says, then the size and SHA-256 of each of these files, and of itself."""
    names = [path.relative_to(folder).as_posix() for path in files]
    whole = {
        "made_by": MADE_BY,
        "manifest_version": MANIFEST_VERSION,
        **manifest,
        "files": {name: sha256(folder / name) for name in names},
        "sizes": {name: (folder / name).stat().st_size for name in names},
    }
    return json_text({**whole, SEAL: seal_of(whole)})


class Spool:
    """Rows of float64 in a nameless file: written in any order by any thread, read by blocks of columns or of rows.

    The file goes when the object goes, also after a kill. Not more than `SPOOL_BLOCK_BYTES` is in memory at a time,
    whatever the number of rows (up to four million).

    Raises: StoreError if the disk has no room for all rows, before the first is computed, or before it grows.
    """

    def __init__(self, n_rows: int, n_columns: int, folder: Path | None = None) -> None:
        self.n_rows, self.n_columns = n_rows, n_columns
        self._lock = threading.Lock()
        with _clear_errors("the numbers of the runs"):
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - lives as long as the spool
            weakref.finalize(self, self._file.close)
            _reserve(self._file.fileno(), n_rows * n_columns * 8)

    def grow(self, n_rows: int) -> None:
        """Make room for more rows, on disk only."""
        with self._lock, _clear_errors("the numbers of the runs"):
            self.n_rows = n_rows
            _reserve(self._file.fileno(), self.n_rows * self.n_columns * 8)

    def write(self, row: int, values: np.ndarray) -> None:
        """Keep one run's numbers, shape (n_columns,). Nothing happens if the spool is closed."""
        whole = np.ascontiguousarray(values, np.float64)
        if whole.shape != (self.n_columns,):
            raise ValueError(f"a row has {self.n_columns} numbers, not {whole.shape}")
        with self._lock, _clear_errors("the numbers of the runs"):
            if not self._file.closed:
                self._file.seek(row * self.n_columns * 8)
                self._file.write(whole.tobytes())

    def read(self, row: int, first: int = 0, stop: int | None = None) -> np.ndarray:
        """Columns `first` to `stop` of one row."""
        n = (self.n_columns if stop is None else stop) - first
        with self._lock:
            self._file.seek((row * self.n_columns + first) * 8)
            return np.frombuffer(self._file.read(n * 8), np.float64)

    def blocks(self) -> Iterator[tuple[int, int, np.ndarray]]:
        """Blocks of columns: (first, stop, values of shape (n_rows, stop - first)), one at a time."""
        width = max(1, SPOOL_BLOCK_BYTES // (8 * max(1, self.n_rows)))
        for first in range(0, self.n_columns, width):
            stop = min(first + width, self.n_columns)
            block = np.empty((self.n_rows, stop - first))
            for row in range(self.n_rows):
                block[row] = self.read(row, first, stop)
            yield first, stop, block

    def close(self) -> None:
        """Give the file back; later rows are dropped."""
        with self._lock:
            self._file.close()


def safe_name(name: str) -> str:
    """A name that is one harmless part of a path: letters, digits, `_`, `-` and `+` only, at most 80 of them."""
    return re.sub(r"[^A-Za-z0-9_+-]+", "-", name).strip("-")[:80] or "results"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_text(value: Any) -> str:
    """The JSON that persim writes for a value, to the byte: a file that says the same otherwise is not persim's."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def seal_of(manifest: Mapping[str, Any]) -> str:
    """The SHA-256 of a manifest without its seal: of its JSON with sorted keys and no spaces, UTF-8."""
    unsealed = plain({key: value for key, value in manifest.items() if key != SEAL})
    text = json.dumps(unsealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value made of JSON's own types: NumPy numbers become Python's, numbers that are not finite None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value


def machine() -> dict[str, Any]:
    """The versions and the kind of machine that results were made with, in general words."""
    from importlib.metadata import version

    packages = ("numpy", "numba", "pandas", "scipy", "mesa", "matplotlib", "pyarrow")
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}",
        "packages": {name: version(name) for name in packages},
        "platform": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }


def _reserve(descriptor: int, n_bytes: int) -> None:
    if n_bytes and hasattr(os, "posix_fallocate"):
        with suppress_unsupported():
            os.posix_fallocate(descriptor, 0, n_bytes)
            return
    os.ftruncate(descriptor, n_bytes)


@contextmanager
def suppress_unsupported() -> Iterator[None]:
    """Let pass that a file system cannot reserve room, but not that it has none."""
    import errno

    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
            raise


@contextmanager
def _clear_errors(what: str) -> Iterator[None]:
    """Turn what the system refuses into one plain line."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{what} cannot be written: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:
        if "null" not in str(error):
            raise
        raise StoreError(f"{what!r} cannot be written: the name holds a null character") from error


def _check_free(target: Path, force: bool) -> None:
    """Raises: StoreError if something is there that must not be replaced."""
    if not target.exists():
        return
    if not target.is_dir():
        raise StoreError(f"{target} is a file; results go into a folder")
    held = [path for path in target.iterdir() if not _is_harmless(path)]
    if not held:
        return
    try:
        manifest = json.loads((target / MANIFEST).read_text("utf-8"))
        listed = set(manifest["files"]) if manifest.get("made_by") == MADE_BY else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        listed = None
    if listed is None:
        raise StoreError(f"{target} holds files that persim did not write, and stays as it is; choose another folder")
    if not force:
        raise StoreError(f"{target} holds results already; choose another folder, or --force to replace them")
    names = [path.relative_to(target).as_posix() for path in _files(target) if not _is_harmless(path)]
    own = listed | {MANIFEST, REPORT_PAGE, REPORT_WORKBOOK}
    foreign = sorted(name for name in names if name not in own)
    if foreign:
        raise StoreError(f"{target} also holds {foreign[0]}, which persim did not write: move it away first")


def _is_harmless(path: Path) -> bool:
    return path.name.startswith(".") or path.name in NOT_OURS_BUT_HARMLESS


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def free_place(name: str) -> Path:
    """A folder in outputs/ for results of that name, which is not there yet; a counter says so if it is not the first."""
    return next(place for place in _names(DEFAULT_PLACE / safe_name(name)) if not place.exists())


def _names(target: Path) -> Iterator[Path]:
    """The wanted name, then the same with a counter."""
    yield target
    number = 2
    while True:
        yield target.with_name(f"{target.name}-{number}")
        number += 1


def _rename(place: Path, target: Path) -> bool:
    """Give the folder that name; False if the name is taken."""
    with suppress(OSError):
        target.rmdir()  # an empty folder may be in the way
    if target.exists() or target.is_symlink():
        return False
    try:
        os.rename(place, target)
    except OSError:
        if target.exists():
            return False
        raise
    return True
