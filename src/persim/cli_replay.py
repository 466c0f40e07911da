"""The command `persim replay`: one file that plays a run, or two worlds, with no network and nothing installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from persim import terminal
from persim.cli_options import Changes, Weeks
from persim.cli_runs import _interruptible, _say_if_compiling, changes
from persim.scenario_search import complete_scenario

PEOPLE = 400


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(replay)


def replay(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A name or a file, such as baseline or cto_rights/all.",
                            autocompletion=complete_scenario)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, such as seminar.html.")],
    versus: Annotated[
        str | None,
        typer.Option(help="A second world beside it, with the same people and luck.", show_default=False,
                     autocompletion=complete_scenario),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the run that is played.")] = 1,
    people: Annotated[int, typer.Option(help="People under the Trust, 50 to 1,000.")] = PEOPLE,
    weeks: Weeks = None,
    set_: Changes = None,
    legal: Annotated[
        bool, typer.Option("--legal", help="Tell in stories what was done under the Mental Health Act too.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:  # fmt: skip
    """Write one file under 5 MB that plays a run in a browser: scrubbing, stories on click, two worlds; no network.

    Takes some 10 seconds for 400 people, for everybody's story is told beforehand.
    """
    from persim.app.replay_file import check_place, replay_of, write_replay
    from persim.scenario import read_scenario
    from persim.simulate import checked_seed
    from persim.twin_pairs import read_pair

    check_place(out, force)
    number = checked_seed(seed)
    given = changes(set_)
    if versus is None:
        scenarios = (read_scenario(scenario).changed(n_users=people, n_weeks=weeks, **given),)
    else:
        scenarios = read_pair(scenario, versus, people, weeks, given)
    with _interruptible():
        _say_if_compiling(ledger=True)
        made = replay_of(scenarios, number, legal=legal)
        if sys.stderr.isatty():
            terminal.say(f"telling the stories of {people:,} people")
        size = write_replay(made, out, force)
    terminal.show(
        f"Written to {out}: {size / 1e6:.1f} MB. Open it in any browser of 2023 or later; it needs no network."
    )
