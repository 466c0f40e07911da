"""Where the labels of flags stand over a life line, so that no label touches another, nor a pole.

A flag is a pole with its label on the right of it. Nothing here draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from matplotlib.textpath import TextPath

from persim.figure_frames import WIDTH

LEFT, RIGHT = 1.25, 1.55  # inches beside the panels; more on the right where a label asks for it
FLAG_SIZE, MOST_FLAGS = 8.8, 9  # points; lines of flags


@dataclass(frozen=True)
class Flag:
    """A mark over the life line: its week, its few words, and whose it is (a key of `persim.life_line.MARKERS`).

    Labels of the lowest `weight` are left out first where there is no room; their marks stay.
    """

    week: int
    label: str
    whose: str
    weight: int


@cache
def label_width(label: str) -> float:
    """Inches that a label takes beside its pole."""
    return 0.16 + TextPath((0, 0), label, size=FLAG_SIZE).get_extents().width / 72.0


def room_for(flags: Sequence[Flag], start_week: int, n_weeks: int) -> float:
    """Inches to leave on the right, so that the last labels end within the figure."""
    whole, needed = WIDTH - LEFT, RIGHT
    for flag in flags:
        along = (flag.week - start_week) / n_weeks
        if along > 0.0:
            needed = max(needed, whole - (whole - label_width(flag.label)) / along)
    return needed


def placed(
    flags: Sequence[Flag], start_week: int, n_weeks: int, right: float = RIGHT
) -> tuple[list[Flag], list[int]]:  # fmt: skip
    """Flags by week, and on which line each label stands: labels and poles never touch; -1 where a label found no room.

    A label runs to the right of its pole. So a flag stands above all later ones whose poles its label reaches, and the
    lines fill from below. `right` is the margin on the right, in inches.
    """
    shown = sorted(flags, key=lambda flag: flag.week)
    inches = (WIDTH - LEFT - right) / max(1, n_weeks)
    places = [(flag.week - start_week) * inches for flag in shown]
    widths = [label_width(flag.label) for flag in shown]
    silent: set[int] = set()
    rows = _rows(places, widths, silent)
    while max(rows, default=0) >= MOST_FLAGS:
        too_high = max(number for number, row in enumerate(rows) if row >= MOST_FLAGS)
        crowd = _under(too_high, places, widths, silent)
        silent.add(min(crowd, key=lambda number: (shown[number].weight, -number)))
        rows = _rows(places, widths, silent)
    for number in sorted(silent, key=lambda number: (-shown[number].weight, number)):
        again = _rows(places, widths, silent - {number})
        if max(again) < MOST_FLAGS:  # it was left out for one that went too
            rows = again
            silent.discard(number)
    return shown, rows


def _rows(places: Sequence[float], widths: Sequence[float], silent: set[int]) -> list[int]:
    rows = [-1] * len(places)
    for number in reversed(range(len(places))):
        if number in silent:
            continue
        end = places[number] + widths[number]
        under = [rows[later] for later in range(number + 1, len(places)) if places[later] < end]
        rows[number] = 1 + max(under, default=-1)
    return rows


def _under(number: int, places: Sequence[float], widths: Sequence[float], silent: set[int]) -> set[int]:
    """A flag and all that it stands above: whose poles its label reaches, and theirs in turn."""
    found = {number}
    for later in range(number, len(places)):
        if later in found:
            end = places[later] + widths[later]
            found |= {n for n in range(later + 1, len(places)) if places[n] < end and n not in silent}
    return found
