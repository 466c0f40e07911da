"""The command that makes reports: `persim report`. What it does stands in `persim.report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from persim import terminal
from persim.errors import InputError

if TYPE_CHECKING:
    from persim.experiment import Progress


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(report)


def report(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A result folder of `compare`, `run --out`, `sweep` or `demo`.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="The page to write; report.html in DIR if none.", show_default=False),
    ] = None,
    said: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Plain text: what people who use services said of the results.", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier report.")] = False,
    attribution: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="A folder of `attribute` to show; a small one is made now if none.", show_default=False
        ),
    ] = None,
    no_attribution: Annotated[
        bool, typer.Option("--no-attribution", help="Nothing on what holds people back; some ten seconds quicker.")
    ] = False,
    no_stories: Annotated[bool, typer.Option("--no-stories", help="No stories of synthetic people.")] = False,
    no_excel: Annotated[bool, typer.Option("--no-excel", help="Write no workbook.")] = False,
) -> None:
    """Turn a result folder into one page for reading, printing and sending, and a workbook of its tables."""
    from persim.cli_runs import _interruptible, _progress, _say_if_compiling
    from persim.report import write_report

    if attribution is not None and no_attribution:
        raise InputError("--attribution or --no-attribution, not both")
    if not (no_attribution and no_stories):
        _say_if_compiling(ledger=True)
    with _interruptible(), _progress("what holds people back") as bar:
        written = write_report(
            folder, out, said, force, not no_excel, not no_attribution if attribution is None else attribution,
            not no_stories, progress=bar or _said_once(),
        )  # fmt: skip
    if written.changed:
        terminal.say(f"changed since it was written, and said so on the page: {', '.join(written.changed)}")
    terminal.show(f"Wrote {written.page}" + (f" and {written.workbook}" if written.workbook else ""))


def _said_once() -> Progress:
    """A line when a small attribution begins, where there is no terminal for a bar."""
    said: list[int] = []

    def show(done: int, total: int, failed: int) -> None:
        if not said:
            terminal.say(f"what holds people back: {total:,} small runs (--no-attribution leaves them out)")
        said.append(done)

    return show
