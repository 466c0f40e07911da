"""Tables as a page shows them: captions, heads, rows of cells with a small line under each, caveats in their rows.

Nothing here knows what the numbers mean; `persim.report.tables` fills these in. Many columns become several tables of a
few, so that none is wider than a printed page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

# Control signs but tab and line end, and those that turn the order of other signs round.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Cell:
    """A number as read: `text`, its interval or other reading in `small`, `few` if few people stand behind it."""

    text: str
    small: str = ""
    few: bool = False


@dataclass(frozen=True)
class Line:
    """A row: a label with its unit, cells, and the caveats that stand in the row; a heading has no cells."""

    label: str
    cells: tuple[Cell, ...] = ()
    unit: str = ""
    caveats: tuple[str, ...] = ()
    is_sum: bool = False

    @property
    def is_heading(self) -> bool:
        """Whether this line names the lines that follow."""
        return not self.cells


@dataclass(frozen=True)
class View:
    """A table. `heads` name the cells, `under` (if any) are the columns within each head, `lead` says how to read it.

    Cells of a line: one for each head, or for each head and each of `under`. The first `fixed` heads are repeated in
    every part of a table that is too wide.
    """

    name: str
    title: str
    lead: tuple[str, ...]
    label: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    under: tuple[str, ...] = ()
    fixed: int = 0
    wordy: bool = False
    small_note: str = ""


@dataclass(frozen=True)
class Mark:
    """A caveat in a row: its number in this table, and its words where it stands first."""

    number: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Row:
    """A line with its caveats numbered."""

    line: Line
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Part:
    """A table or a part of a wide one, ready for the page."""

    view: View
    number: int
    parts: int
    heads: tuple[str, ...]
    rows: tuple[Row, ...] = field(default=())

    @property
    def name(self) -> str:
        """An identifier, once on a page."""
        return self.view.name if self.parts == 1 else f"{self.view.name}-{self.number}"

    @property
    def bodies(self) -> list[list[Row]]:
        """Rows in groups, each begun by its heading if it has one."""
        found: list[list[Row]] = []
        for row in self.rows:
            if row.line.is_heading or not found:
                found.append([])
            found[-1].append(row)
        return found

    @property
    def width(self) -> int:
        """Columns, that of the labels included."""
        return 1 + len(self.heads) * max(1, len(self.view.under))

    @property
    def has_few(self) -> bool:
        """Whether a cell rests on few people."""
        return any(cell.few for row in self.rows for cell in row.line.cells)


def parts_of(view: View, most: int) -> list[Part]:
    """The table in parts of at most `most` heads, the fixed ones included; caveats numbered anew in each."""
    moving = range(view.fixed, len(view.heads))
    most_moving = max(1, most - view.fixed)
    n_parts = max(1, -(-len(moving) // most_moving))
    room = max(1, -(-len(moving) // n_parts))  # parts of much the same width
    chosen = [list(moving[start : start + room]) for start in range(0, len(moving), room)] or [[]]
    return [_part(view, number, len(chosen), [*range(view.fixed), *heads]) for number, heads in enumerate(chosen, 1)]


def _part(view: View, number: int, parts: int, heads: Sequence[int]) -> Part:
    each = max(1, len(view.under))
    name = view.name if parts == 1 else f"{view.name}-{number}"
    seen: dict[str, int] = {}
    rows = []
    for line in view.lines:
        cells = tuple(line.cells[head * each + place] for head in heads for place in range(each)) if line.cells else ()
        marks = []
        for text in filter(None, line.caveats):
            is_new = text not in seen
            seen.setdefault(text, len(seen) + 1)
            marks.append(Mark(seen[text], text if is_new else "", f"{name}-caveat-{seen[text]}"))
        rows.append(Row(Line(line.label, cells, line.unit, line.caveats, line.is_sum), tuple(marks)))
    return Part(view, number, parts, tuple(view.heads[head] for head in heads), tuple(rows))


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """The text without signs that are never shown or that turn the order of others round; lone surrogates replaced."""
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", HIDDEN.sub("", text))


def clipped(text: str, most: int) -> str:
    """The text in one line of at most that many signs."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
