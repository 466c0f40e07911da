"""What can go wrong at persim's borders, as one small tree: catch `PersimError` to catch all of it.

A fault in a scenario file says where it stands, what was got, what was expected and the nearest right word; a
`ScenarioError` carries all faults of a file, and of the files it extends, at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass


class PersimError(Exception):
    """The root: anything persim refuses, with a message meant for the person who asked."""


class InputError(PersimError):
    """A value given by hand (a command, a keyword) that cannot be used."""


class StoreError(PersimError):
    """Results that cannot be written or read: a folder that holds others' files, a missing or broken run."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    `file` is empty for a value given by keyword; `line` and `column` count from 1, and are 0 where the fault concerns
    the whole file. `got` is what stands there and `problem` what is wrong with it.
    """

    file: str
    line: int
    column: int
    key: str
    got: str
    expected: str
    hint: str = ""
    problem: str = ""

    def __str__(self) -> str:
        """One line: `scenarios/early.yaml:14:3: parameters.panel_heavy = -3 is below 0 (expected ...)`."""
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else f"{self.file}: " if self.file else ""
        subject = " = ".join(part for part in (self.key, self.got) if part)
        words = [part for part in (subject, self.problem) if part]
        text = " ".join(words) if self.got or not self.key else ": ".join(words)
        expected = f" (expected {self.expected})" if self.expected else ""
        hint = f" - {self.hint}" if self.hint else ""
        line = f"{place}{text}{expected}{hint}"
        return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


class ScenarioError(PersimError):
    """A scenario that cannot be read or changed as asked: every fault at once, one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = sorted(dict.fromkeys(faults), key=lambda f: (f.file, f.line, f.column))
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)
