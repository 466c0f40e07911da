"""The result folder of one run: its outcomes over time, the people at its end, its ledger if kept, and the manifest."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import persim
from persim.comparison_words import PURPOSE
from persim.ledger import FILE
from persim.model_version import MODEL_VERSION
from persim.outcomes import OUTCOMES
from persim.run_words import ONE_RUN, barrier_table, groups_table, yearly_table
from persim.simulate import Record, Run, run_scenario
from persim.start import seed_words
from persim.store import ResultFolder, machine, safe_name

README = """One run of persim {version}: {name}, {seed}, {people:,} people.

table.txt        the headline year by year, and what stood in the way in the last year
{record:<17}every outcome over time and by group; week 0 is the week of 7 April 2008
waits.*          how long each step of the way takes, people still waiting included (Kaplan-Meier)
people.*         everyone under the Trust in the last week
{ledger}scenario.json    the scenario as it was run, complete
manifest.json    versions, options, and the SHA-256 of every file

{one_run}
{purpose}
The people are synthetic. A row is nobody real, and predicts nobody.
"""
LEDGER_LINE = f"{FILE}   every event with its cause: `persim explain THIS_FOLDER --person 3` tells of somebody\n"


def write_run(run: Run, record: Record, folder: ResultFolder, started: float) -> Path:
    """Write a run's tables, and its ledger if it kept one, and give the folder its name.

    Another record than weekly is run again for.
    """
    kept = run if record == "weekly" else run_scenario(run.scenario, run.seed, record, run.dimensions, luck=run.luck)
    folder.write_table(record, kept.table([outcome.name for outcome in OUTCOMES]))
    folder.write_table("people", run.people)
    folder.write_table("waits", run.waits)
    if run.ledger is not None:
        run.ledger.write(folder.path(FILE))
    folder.write_json("scenario.json", run.scenario.resolved())
    tables = [yearly_table(run), *([groups_table(run)] if run.dimensions else []), barrier_table(run)]
    folder.write_text(
        "table.txt", "\n".join("\n".join(text for text, _ in table.lines(220)) + "\n" for table in tables)
    )
    words = {
        "version": persim.__version__,
        "name": run.scenario.name,
        "seed": seed_words(run.seed, run.luck),
        "people": run.scenario.n_users,
    }
    words |= {"record": f"{record}.*", "one_run": ONE_RUN, "purpose": PURPOSE}
    folder.write_text("README.txt", README.format(**words, ledger="" if run.ledger is None else LEDGER_LINE))
    return folder.commit({
        "command": "run",
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        **machine(),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 1),
        "seed": run.seed,
        **({} if run.luck is None else {"luck": run.luck}),
        "people": run.scenario.n_users,
        "weeks": [run.scenario.start_week, run.scenario.start_week + run.scenario.n_weeks - 1],
        "record": record,
        "groups": list(run.dimensions),
        "ledger": run.ledger is not None,
        "scenarios": [
            {"name": safe_name(run.scenario.name), "digest": run.scenario.digest(), "file": "scenario.json",
             "resolved": run.scenario.resolved()}
        ],
    })  # fmt: skip
