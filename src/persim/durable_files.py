"""Files that survive: written whole or not at all, and folders that one process at a time may write to."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from persim.errors import StoreError

UNFINISHED = ".unfinished"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
KEPT = "every finished run is kept; free some room, then go on with --resume"


def write_whole(place: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut.

    Raises: OSError if there is no room; what was written of it is removed.
    """
    beside = place.with_name(f"{place.name}{UNFINISHED}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync_folder(place.parent)


def sync(places: Iterable[Path]) -> None:
    """Make files last as they are, and their names in their folders: a power cut after that loses none of it.

    Raises: OSError if a file is not there, or the disk fails.
    """
    places = list(places)
    for place in places:
        with place.open("r+b") as file:
            os.fsync(file.fileno())
    for folder in sorted({place.parent for place in places}):
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make names in a folder last, new ones and that others are gone; systems that cannot do so keep names by themselves."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def clear_errors(place: Path) -> Iterator[None]:
    """Turn what the system or SQLite refuses into one plain line."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "full" in text or "disk I/O" in text:
            raise StoreError(f"{place}: there is no room, or the disk fails ({text}); {KEPT}") from error
        raise StoreError(f"{place} cannot be used: {text}") from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StoreError(f"{place}: there is no room ({error.strerror}); {KEPT}") from error
        raise StoreError(f"{place} cannot be used: {(error.strerror or str(error)).lower()}") from error


def locked(place: Path, what: str) -> IO[str]:
    """An open file that only this process holds until it is closed, or the process ends, however it ends.

    Raises: StoreError if another process holds it, and which.
    """
    with clear_errors(place):
        file = place.open("a+", encoding="utf-8")
    try:
        _lock(file)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            file.close()
            reason = (error.strerror or str(error)).lower()
            raise StoreError(f"{place} cannot be locked, so two sweeps could write there at once: {reason}") from None
        with suppress(OSError):
            file.seek(0)
        owner = file.read(100).strip() or "another process"
        file.close()
        raise StoreError(f"{what} is being written to by {owner}; wait for it, or stop it") from None
    with suppress(OSError):  # a full disk: the lock holds all the same
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), f"process {os.getpid()}\n".encode())
    return file


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(1000)  # past the text, which others read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        return
    import fcntl

    fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
