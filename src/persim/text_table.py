"""Tables of strings for a terminal or a text file: columns side by side as the page allows, notes right underneath."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

NARROWEST, WIDEST_NOTE = 40, 120


@dataclass(frozen=True)
class Row:
    """A row of a table: a label and its cells, or a heading without cells."""

    label: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextTable:
    """A table of strings. `columns` name the cells; `under` stands under every name; `title` is one line or more."""

    title: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    under: str = ""

    @property
    def _labels(self) -> int:
        return max((len(row.label) for row in self.rows if row.cells), default=0)

    @property
    def _widths(self) -> list[int]:
        found = []
        for number, name in enumerate(self.columns):
            cells = max((len(row.cells[number]) for row in self.rows if row.cells), default=0)
            found.append(2 + max(cells, len(self.under), *(len(part) for part in broken(name, max(cells, 13)))))
        return found

    @property
    def width(self) -> int:
        """Signs that the whole table takes side by side."""
        return self._labels + sum(self._widths)

    def lines(self, width: int) -> list[tuple[str, bool]]:
        """(line, is it a heading) for a page of `width` signs: as many columns side by side as fit, the rest below.

        The first column of cells is repeated in every panel, for the others are read against it.
        """
        widths = self._widths
        out = [(line, number == 0) for number, text in enumerate(self.title) for line in wrapped(text, width)]
        for panel in _panels(widths, width - self._labels):
            out.append(("", False))
            out += [(line, True) for line in self._heads(panel, widths)]
            for row in self.rows:
                cells = "".join(row.cells[number].rjust(widths[number]) for number in panel) if row.cells else ""
                out.append((f"{row.label.ljust(self._labels)}{cells}".rstrip(), not row.cells))
        out += [("", False)] if self.notes else []
        return out + [(line, False) for note in self.notes for line in wrapped(note, width)]

    def _heads(self, panel: list[int], widths: list[int]) -> list[str]:
        names = {number: broken(self.columns[number], widths[number] - 2) for number in panel}
        height = max(len(parts) for parts in names.values())
        lines = []
        for line in range(height):
            parts = {number: ([""] * (height - len(name)) + name)[line] for number, name in names.items()}
            lines.append(" " * self._labels + "".join(parts[number].rjust(widths[number]) for number in panel))
        if self.under:
            lines.append(" " * self._labels + "".join(self.under.rjust(widths[number]) for number in panel))
        return lines


def broken(name: str, width: int) -> list[str]:
    """A name in lines of at most `width` signs where it can be broken: after `_`, `/` and spaces."""
    lines = [""]
    for part in re.findall(r"[^_/ ]*[_/ ]?", name):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return [line.strip() for line in lines]


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` signs, the later ones indented."""
    return textwrap.wrap(text, max(NARROWEST, min(width, WIDEST_NOTE)), subsequent_indent="   ") or [""]


def _panels(widths: list[int], room: int) -> list[list[int]]:
    panels, panel, left = [], [0], room - widths[0]
    for number in range(1, len(widths)):
        if widths[number] > left and len(panel) > 1:
            panels.append(panel)
            panel, left = [0], room - widths[0]
        panel.append(number)
        left -= widths[number]
    return [*panels, panel]


@dataclass
class Notes:
    """Notes under a table, numbered as they are first needed."""

    found: list[str] = field(default_factory=list)

    def mark(self, *texts: str) -> str:
        """The marks of these notes, such as " [1][3]"; nothing for an empty text."""
        for text in texts:
            if text and text not in self.found:
                self.found.append(text)
        marks = "".join(f"[{self.found.index(text) + 1}]" for text in texts if text)
        return f" {marks}" if marks else ""

    def lines(self) -> tuple[str, ...]:
        """The notes, numbered."""
        return tuple(f"[{number}] {text}" for number, text in enumerate(self.found, 1))
