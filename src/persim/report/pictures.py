"""The figures of a result folder, as images inside the page with their captions.

A figure carries its words itself: title and description (what is drawn, n, what a band is, caveat) stand in the head of
its SVG file. An image inside a page runs no script and fetches nothing, whatever the file holds.
"""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from pathlib import Path

from persim.errors import StoreError
from persim.report.folder import ResultFiles

ORDER = ("worlds", "take_up", "differences", "funnel", "barriers", "decomposition", "cost_plane")
MOST_BYTES = 8 << 20
HEAD_BYTES = 20_000  # title and description stand in the first few thousand
NO_BAND = "Means only: no band or interval is drawn."


@dataclass(frozen=True)
class Picture:
    """A figure: file name without ending, title, caption, and the image as a data URI; size in points."""

    name: str
    title: str
    caption: str
    source: str
    width: int
    height: int

    @property
    def alternative(self) -> str:
        """What stands for the image where it cannot be seen."""
        return f"Figure: {self.title}. The caption says what is drawn; its numbers are in the tables below."


def pictures_of(files: ResultFiles, size: str) -> list[Picture]:
    """Every figure of the folder, the well-known ones first.

    Args:
        size: how many runs of how many people, for a caption that does not say it.
    Raises: StoreError for a file that is no whole SVG image, or too large.
    """
    names = [name for name in ORDER if name in files.figures]
    names += [name for name in sorted(files.figures) if name not in ORDER]
    return [_picture(name, files.figures[name], size) for name in names]


def _picture(name: str, place: Path, size: str) -> Picture:
    try:
        content = place.read_bytes()
    except OSError as error:
        raise StoreError(f"{place}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    if len(content) > MOST_BYTES:
        raise StoreError(f"{place}: larger than {MOST_BYTES >> 20} MB, too much for a page")
    return picture_of(name, content, size, place)


def picture_of(name: str, content: bytes, size: str, place: Path | str = "") -> Picture:
    """An SVG image with its own words. Raises: StoreError if it is none, or not whole."""
    head = content[:HEAD_BYTES].decode("utf-8", "replace")
    if "<svg" not in head or b"</svg>" not in content[-200:]:
        raise StoreError(f"{place or name}: damaged or cut short: not a whole SVG image")
    title = _inside(head, "dc:title") or _inside(head, "title") or name.replace("_", " ").capitalize()
    words = _inside(head, "dc:description") or _inside(head, "desc")
    source = f"data:image/svg+xml;base64,{base64.b64encode(_leaner(content)).decode('ascii')}"
    return Picture(name, title, caption_of(words, size), source, *_size_of(head))


def caption_of(words: str, size: str) -> str:
    """The figure's own words; n and what a band is are added where they do not say it."""
    if not re.search(r"\b(runs?|worlds?)\b", words):
        words = f"{words} From {size}.".strip()
    if not re.search(r"\b(bands?|intervals?|regions?|whiskers?|nine of ten|bars?)\b", words, re.IGNORECASE):
        words = f"{words} {NO_BAND}"
    return words


def _inside(head: str, tag: str) -> str:
    found = re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", head, re.DOTALL)
    return " ".join(html.unescape(found.group(1)).split()) if found else ""


def _size_of(head: str) -> tuple[int, int]:
    """Width and height of the image, from its view box; a common shape if it gives none."""
    found = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', head)
    width, height = (float(part) for part in found.groups()) if found else (828.0, 400.0)
    return max(1, round(width)), max(1, round(height))


def _leaner(content: bytes) -> bytes:
    """The image without line ends inside paths, which matplotlib writes after every point."""
    return re.sub(rb" *\r?\n *", b"\n", content)
