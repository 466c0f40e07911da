"""The options of the commands that run the model: what each is called, and what its help says."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class RecordChoice(StrEnum):
    """How often outcomes are kept."""

    weekly = "weekly"
    quarterly = "quarterly"
    final = "final"


Scenarios = Annotated[
    list[str],
    typer.Argument(
        metavar="SCENARIO...", help="Names or files; the first is compared with. One with arms is all of them."
    ),
]
Window = Annotated[
    str | None,
    typer.Option(
        metavar="FROM:TO",
        help="Weeks or dates to report on, TO left out, such as 195:247 or 2012-01-02:2012-12-31; the last 52 if none.",
        show_default=False,
    ),
]
Outcomes = Annotated[
    str | None,
    typer.Option(
        help="Outcomes to keep and show besides the usual, such as crises,overtime; `all` keeps all.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option(help="Seed of the first run; the same seed gives the same people and luck.")]
Luck = Annotated[
    int | None,
    typer.Option(
        help="Another seed: the same people at the start, its luck from the first week on.", show_default=False
    ),
]
People = Annotated[int | None, typer.Option(help="People under the Trust, if not the scenario's.", show_default=False)]
Weeks = Annotated[int | None, typer.Option(help="Weeks to run, if not the scenario's.", show_default=False)]
Groups = Annotated[
    str | None, typer.Option(help="Groups to show apart, such as carer,rural; `none` for none.", show_default=False)
]
Replicates = Annotated[
    int | None,
    typer.Option(help="Runs of each scenario, 100 if not said; with --precision, to begin with.", show_default=False),
]
Precision = Annotated[
    str | None,
    typer.Option(
        metavar="HALF_WIDTH",
        help="Add pairs until the interval of every difference has this half-width, such as 0.5pp (points).",
        show_default=False,
    ),
]
Deciding = Annotated[
    str | None, typer.Option(help="Whose interval that is; real_take_up if not said.", show_default=False)
]
Cap = Annotated[int | None, typer.Option(help="The most pairs for --precision; 2000 if not said.", show_default=False)]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Change a number in every week; may be repeated.", show_default=False
    ),
]
Posterior = Annotated[
    bool, typer.Option("--posterior", help="Draw the model's numbers from the posterior sample that persim brings.")
]
PosteriorFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The same, from this posterior sample.", show_default=False)
]
Draws = Annotated[
    int | None,
    typer.Option(help="Draws, each with so many runs of each scenario; 50 x 10 if not said.", show_default=False),
]
KeepLedger = Annotated[
    bool, typer.Option("--ledger", help="Keep every event with its cause, as ledger.parquet in the folder of --out.")
]
Out = Annotated[Path | None, typer.Option(help="The folder to write results to.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a result folder that persim wrote.")]
