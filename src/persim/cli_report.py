"""The command that makes reports: `persim report`. What it does stands in `persim.report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from persim import terminal


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
    no_excel: Annotated[bool, typer.Option("--no-excel", help="Write no workbook.")] = False,
) -> None:
    """Turn a result folder into one page for reading, printing and sending, and a workbook of its tables."""
    from persim.report import write_report

    written = write_report(folder, out, said, force, not no_excel)
    if written.changed:
        terminal.say(f"changed since it was written, and said so on the page: {', '.join(written.changed)}")
    terminal.show(f"Wrote {written.page}" + (f" and {written.workbook}" if written.workbook else ""))
