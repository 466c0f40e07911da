"""The commands that check results: `verify` (as written?) and `reproduce` (the same again?). Exit 1 says no."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from persim import terminal
from persim.errors import StoreError

AsJson = Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(verify)
    app.command()(reproduce)


def verify(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Result folders.", show_default=False)],
    json: AsJson = False,
) -> None:
    """Check that result folders are as persim wrote them, to the last byte; name every file that is not."""
    from persim.verify import shown, verify_folder

    told: list[dict[str, Any]] = []
    exits = [terminal.FINE]
    for folder in folders:
        before = f"{shown(str(folder))}: " if len(folders) > 1 else ""
        try:
            findings = verify_folder(folder)
        except StoreError as error:
            exits.append(terminal.BAD_INPUT)
            told.append({"folder": shown(str(folder)), "fine": False, "error": str(error)})
            terminal.say(str(error))
            continue
        exits.append(terminal.FINE if findings.fine else terminal.SOME_FAILED)
        told.append(findings.as_json())
        if not json:
            terminal.show("\n".join(f"{before}{line}" for line in findings.lines()))
    if json:
        terminal.show_json(told)
    if max(exits):
        raise typer.Exit(terminal.SOME_FAILED if terminal.SOME_FAILED in exits else terminal.BAD_INPUT)


def reproduce(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A result folder.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(help="Keep what is made again in this new folder.", show_default=False)
    ] = None,
    jobs: Annotated[int, typer.Option(help="Threads; 0 for all cores. Results do not depend on it.")] = 0,
    json: AsJson = False,
) -> None:
    """Make the results of a folder again from its manifest alone, and compare file by file, to the last byte."""
    from persim.cli_runs import _interruptible, _progress, _say_if_compiling
    from persim.reproduce import reproduce_folder

    def words(note: str) -> None:
        terminal.say(note)

    with _interruptible(), _progress("running again") as progress:
        _say_if_compiling()
        found = reproduce_folder(folder, out, jobs, progress, words)
    if json:
        terminal.show_json(found.as_json())
    else:
        terminal.show("\n".join(found.lines()))
    if not found.ok:
        raise typer.Exit(terminal.SOME_FAILED)
