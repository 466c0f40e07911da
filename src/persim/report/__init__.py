"""Reports: a result folder as one page that needs nothing else, and its tables as an Excel workbook.

Start at `write_report`. `folder` reads and checks; `effects`, `gates_and_costs` and `across_worlds` choose what is
shown, `wording` and `stress` say it, `pictures` brings the figures, `page` and `workbook` write. `why` adds what holds
people back (`held_back`) and a few people's stories (`three_people`). Only the folder is read, and the attribution that is
named, so a folder can be reported wherever it was moved to.
"""

from __future__ import annotations

import os
import secrets
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from persim.errors import InputError, StoreError
from persim.report.folder import read_folder
from persim.report.page import GENERATOR, page
from persim.report.why import why_of
from persim.report.workbook import workbook_bytes
from persim.store import REPORT_PAGE

if TYPE_CHECKING:
    from persim.experiment import Progress

__all__ = ["Written", "said_in", "write_report"]

ENDINGS = (".html", ".htm")
MOST_SAID_BYTES = 100_000
NEEDED = ("jinja2", "xlsxwriter")


@dataclass(frozen=True)
class Written:
    """Where a report was written: the page, and the workbook if one was asked for.

    `changed` names files that the page rests on and that are not as they were written.
    """

    page: Path
    workbook: Path | None
    changed: tuple[str, ...] = ()


def write_report(
    folder: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    said: str | os.PathLike[str] | None = None,
    force: bool = False,
    excel: bool = True,
    attribution: str | os.PathLike[str] | bool = True,
    stories: bool = True,
    jobs: int = 0,
    progress: Progress | None = None,
) -> Written:
    """Make a report of a result folder.

    Args:
        folder: of `persim compare`, `run`, `sweep` or `demo`.
        out: the page to write, ending in .html; None for report.html in the folder. The workbook gets the same name,
            ending in .xlsx.
        said: a plain text file (UTF-8, at most 100 kB) with what people who use services said of the results.
        force: replace an earlier report.
        attribution: a folder of `persim attribute` to show; True for a small one that is made now, some ten seconds; False
            for none. stories: tell of up to three synthetic people? Both are of the folder's reference scenario.
        jobs: threads for a small attribution, 0 for all cores. progress: called with (runs done, of how many, failed).
    Raises: InputError or StoreError, in one line, before anything is written.
    """
    lacking = [name for name in NEEDED if find_spec(name) is None]
    if lacking:
        raise InputError(f"reports need {' and '.join(lacking)}: pip install 'persim[report]'")
    place = Path(out) if out is not None else Path(folder) / REPORT_PAGE
    if place.suffix.lower() not in ENDINGS:
        raise InputError(f"--out {place}: the name of a page ends in .html")
    book = place.with_suffix(".xlsx") if excel else None
    files = read_folder(folder)
    paragraphs = said_in(said) if said is not None else []
    for target in filter(None, (place, book)):
        _check_free(target, force)
    why = why_of(files, attribution, stories, jobs, progress)
    text = page(files, paragraphs, book.name if book else "", why)
    contents = [(place, text.encode("utf-8"))]
    if book:
        contents.append((book, workbook_bytes(files, why)))
    _write_all(contents)
    old_book = place.with_suffix(".xlsx")
    if not excel and force and _is_report(old_book):
        old_book.unlink()  # of an earlier page; beside this one it would be taken for its workbook
    return Written(place, book, files.changed)


def said_in(file: str | os.PathLike[str]) -> list[str]:
    """The paragraphs of a plain text file. Raises: InputError if it is missing, too large, empty or not text."""
    place = Path(file)
    try:
        with place.open("rb") as opened:
            content = opened.read(MOST_SAID_BYTES + 1)
    except OSError as error:
        raise InputError(f"--said {place}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    if len(content) > MOST_SAID_BYTES:
        raise InputError(f"--said {place}: longer than {MOST_SAID_BYTES:,} bytes; shorten it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"--said {place}:{line}: not plain text in UTF-8; save it as such") from error
    if "\0" in text:
        raise InputError(f"--said {place}: holds null characters, so it is not plain text")
    lines = [line.strip() for line in text.splitlines()]
    paragraphs = [part.strip() for part in "\n".join(lines).split("\n\n") if part.strip()]
    if not paragraphs:
        raise InputError(f"--said {place}: is empty; leave --said out for a box to write in")
    return paragraphs


def _check_free(place: Path, force: bool) -> None:
    """Raises: StoreError if something is there that must not be replaced, or there is no folder to write to."""
    if not place.parent.is_dir():
        raise StoreError(f"{place}: cannot be written: there is no folder {place.parent}")
    if not os.path.lexists(place):
        return
    if place.is_dir():
        raise StoreError(f"{place}: is a folder; give the name of a file")
    if not force:
        raise StoreError(f"{place}: is there already; --force replaces it, --out FILE.html writes elsewhere")
    if not _is_report(place):
        raise StoreError(f"{place}: not written by persim report, and stays as it is; choose another --out")


def _is_report(place: Path) -> bool:
    """Whether a file is a page or a workbook that `persim report` wrote."""
    with suppress(OSError, zipfile.BadZipFile, KeyError):
        if place.suffix.lower() == ".xlsx":
            with zipfile.ZipFile(place) as book:
                return b"<dc:creator>persim</dc:creator>" in book.read("docProps/core.xml")
        with place.open("rb") as file:
            return f'name="generator" content="{GENERATOR}'.encode() in file.read(2000)
    return False


def _write_all(contents: list[tuple[Path, bytes]]) -> None:
    """Write every file beside its place first, then give all of them their names.

    Raises: StoreError, with no file left behind, if one cannot be written.
    """
    waiting = [(place.with_name(f".{place.name}.{secrets.token_hex(4)}"), place) for place, _ in contents]
    try:
        for (temporary, place), (_, content) in zip(waiting, contents, strict=True):
            try:
                temporary.write_bytes(content)
            except OSError as error:
                raise _unwritable(place, error) from error
        for temporary, place in waiting:
            try:
                os.replace(temporary, place)
            except OSError as error:
                raise _unwritable(place, error) from error
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


def _unwritable(place: Path, error: OSError) -> StoreError:
    return StoreError(f"{place}: cannot be written: {(error.strerror or str(error)).lower()}")
