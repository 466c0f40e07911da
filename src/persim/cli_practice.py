"""The command `persim practice`: where practitioners' hours went, and who hands on to whom."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from persim import terminal
from persim.cli_options import Changes, Force, Json, Out, People, Scenarios, Seed, Weeks, Window
from persim.cli_runs import (
    _folder,
    _in_colour,
    _interruptible,
    _nowhere,
    _page,
    _print_tables,
    _progress,
    _say_if_compiling,
    _shown,
    changes,
)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(practice)


def practice(
    scenarios: Scenarios,
    replicates: Annotated[int, typer.Option(help="Runs of each scenario.")] = 20,
    seed: Seed = 1,
    jobs: Annotated[int, typer.Option(help="Threads; 0 for all cores. Results do not depend on it.")] = 0,
    people: People = None,
    weeks: Weeks = None,
    window: Window = None,
    set_: Changes = None,
    out: Out = None,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Write tables only.")] = False,
    json: Json = False,
    force: Force = False,
) -> None:
    """Show where practitioners' hours went, how often the time gate closed, and who hands on to whom.

    Writes nothing unless --out says where.
    """
    from persim.practice_folder import write_practice
    from persim.practice_view import practice_of
    from persim.practice_words import answer_sentences, notes_of, tables
    from persim.store import plain
    from persim.text_table import wrapped

    with _interruptible(), _folder(out, "practice", force) if out else _nowhere() as folder:
        _say_if_compiling(ledger=True)
        started = time.time()
        with _progress("running") as bar:
            found = practice_of(scenarios, changes(set_), replicates, seed, people, weeks, window, jobs, bar)
        for failure in found.failures[:10]:
            terminal.say(f"failed: {found.names[failure.task.scenario]}, seed {failure.task.seed}: {failure.cause}")
        place = write_practice(found, folder, started, not no_figures) if folder else None
    if json:
        terminal.show_json(plain(found.as_json()) | ({"folder": str(_shown(place))} if place else {}))
    else:
        page = _page()
        _print_tables([table.lines(page) for table in tables(found)])
        for note in notes_of(found):
            for line in wrapped(note, page):
                terminal.show(line)
        terminal.show("")
        for sentence in answer_sentences(found):
            for line in wrapped(sentence, page):
                terminal.show(typer.style(line, bold=True) if _in_colour() else line)
        if place:
            terminal.show(f"Tables, figures and how to read them: {_shown(place) / 'README.txt'}")
    if found.failures:
        raise typer.Exit(terminal.SOME_FAILED)
