"""Two lives in lines: what they share told once, then side by side on a wide page, one after the other on a narrow one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from persim.biography import wrapped
from persim.policy import monday_of
from persim.sentence import Sentence

if TYPE_CHECKING:
    from persim.twins import Twins

SIDE_BY_SIDE = 120  # signs of a page from which two columns stand side by side


def shared_lines(twins: Twins, width: int) -> list[str]:
    """What both lives share, told once, with the rows of both ledgers."""
    lines, year, week = [], 0, None
    for one, other in twins.shared:
        day = one.date
        if day.year != year:
            lines.append(str(day.year))
            year, week = day.year, None
        date = f"{day.day:>4} {day:%b}  " if one.week != week else " " * 10
        week = one.week
        otherwise = f" (in {twins.names[1]}: {other.text})" if other.text != one.text else ""
        text = f"{one.text}{otherwise}{_behind(one)} [{one.row} | {other.row}]"
        lines += wrapped(text, width, date, " " * 10)
    return lines or ["  Nothing was recorded before."]


def _behind(sentence: Sentence) -> str:
    return f" ({sentence.weighed})" if sentence.weighed else ""


def after_lines(twins: Twins, width: int) -> list[str]:
    """The two lives after the parting: side by side from `SIDE_BY_SIDE` signs on, else one after the other."""
    return _columns(twins, width) if width >= SIDE_BY_SIDE else _in_turn(twins, width)


def _in_turn(twins: Twins, width: int) -> list[str]:
    """The two lives after the parting, one after the other."""
    lines: list[str] = []
    for name, sentences in zip(twins.names, twins.after, strict=True):
        lines += ["", f"In {name}"]
        year, week = 0, None
        for sentence in sentences:
            day = sentence.date
            if day.year != year:
                lines.append(str(day.year))
                year, week = day.year, None
            date = f"{day.day:>4} {day:%b}  " if sentence.week != week else " " * 10
            week = sentence.week
            lines += wrapped(f"{sentence.text}{_behind(sentence)} [{sentence.row}]", width, date, " " * 10)
        if not sentences:
            lines.append("  Nothing more is told.")
    return lines[1:]


def _columns(twins: Twins, width: int) -> list[str]:
    """The two lives side by side; what is the same in the same week stands across both."""
    room = (width - 10 - 3) // 2
    lines = [f"{'':10}{twins.names[0].ljust(room)}   {twins.names[1]}", f"{'':10}{'-' * room}   {'-' * room}"]
    year = 0
    for week, entries in _by_week(*twins.after):
        day = monday_of(week)
        if day.year != year:
            lines.append(str(day.year))
            year = day.year
        date = f"{day.day:>4} {day:%b}  "
        for first, second in entries:
            if first is not None and second is not None and first.text == second.text and not first.weighed:
                lines += wrapped(f"In both: {first.text} [{first.row} | {second.row}]", width, date, " " * 10)
            else:
                lines += _pair_of_cells(first, second, date, room)
            date = " " * 10
    return lines


def _pair_of_cells(first: Sentence | None, second: Sentence | None, date: str, room: int) -> list[str]:
    cells = [
        wrapped(f"{one.text}{_behind(one)} [{one.row}]", room) if one is not None else [] for one in (first, second)
    ]
    lines = []
    for number in range(max(len(cell) for cell in cells)):
        left, right = (cell[number] if number < len(cell) else "" for cell in cells)
        lines.append(f"{date if not number else ' ' * 10}{left.ljust(room)}   {right}".rstrip())
    return lines


Entry = tuple[Sentence | None, Sentence | None]


def _by_week(first: Sequence[Sentence], second: Sequence[Sentence]) -> list[tuple[int, list[Entry]]]:
    """Weeks in which anything is told, with what each life has then: pairs, where the same is told in both."""
    found = []
    for week in sorted({sentence.week for sentence in (*first, *second)}):
        left, right = ([sentence for sentence in told if sentence.week == week] for told in (first, second))
        entries: list[Entry] = []
        texts = [[sentence.text for sentence in told] for told in (left, right)]
        for tag, i, i_end, j, j_end in SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_opcodes():
            if tag == "equal":
                entries += list(zip(left[i:i_end], right[j:j_end], strict=True))
                continue
            for step in range(max(i_end - i, j_end - j)):
                one = left[i + step] if i + step < i_end else None
                other = right[j + step] if j + step < j_end else None
                entries.append((one, other))
        found.append((week, entries))
    return found
