"""How persim speaks on a terminal: results to stdout, progress and errors to stderr, no traceback for bad input.

Exit codes: 0 fine, 1 some runs failed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import typer
import typer.core

from persim.errors import PersimError

if TYPE_CHECKING:
    from rich.console import Console

FINE, SOME_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
WIDE = 200  # columns of a table that does not go to a terminal


class PersimGroup(typer.core.TyperGroup):
    """The command group: what persim refuses ends in its message and exit code 2, Ctrl-C in one line and 130."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except PersimError as error:
            say(str(error))
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            say("interrupted")
            raise typer.Exit(INTERRUPTED) from None


def say(text: str) -> None:
    """A line of progress or an error, to stderr."""
    typer.echo(text, err=True)


def show(text: str) -> None:
    """A line of results, to stdout."""
    typer.echo(text)


def show_json(value: Any) -> None:
    """A result as JSON, to stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def results() -> Console:
    """Where rich tables go: stdout, as wide as the terminal, or wide enough for a file. Honours NO_COLOR."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDE, markup=False, highlight=False)


def messages() -> Console:
    """Where progress goes: stderr. Honours NO_COLOR."""
    from rich.console import Console

    return Console(stderr=True, markup=False, highlight=False)


def tolerate_narrow_encodings() -> None:
    """Write signs that a terminal's encoding lacks as escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
