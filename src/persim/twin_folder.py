"""The result folders of twins and flows: text, JSON, tables, figures, scenarios, ledgers of twins, and the manifest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import persim
from persim.biography import SYNTHETIC
from persim.figure_frames import as_bytes
from persim.flow_plots import all_figures
from persim.flows import Flows
from persim.model_version import MODEL_VERSION
from persim.scenario import Scenario
from persim.store import ResultFolder, machine, safe_name
from persim.twin_line import words_of
from persim.twins import Twins

TWINS_README = """{title}, from persim {version}: {names}, seed {seed}, {people:,} people.

twins.txt              the two lives; numbers in brackets are rows of the ledgers
twins.json             the same for programs
{figures}first.parquet          every event of the first run; `persim explain first.parquet --person 3` tells of somebody else
second.parquet         every event of the second run
first.json, second.json  the scenarios as they were run, complete
manifest.json          versions, options, and the SHA-256 of every file

{synthetic}
"""
FLOWS_README = """{title}, from persim {version}.

flows.txt              tables, where lives part, typical stories, the answer
flows.json             the same for programs
flows.csv, .parquet    rates per 100 people compared, by group and move, with 95 % intervals
{figures}first.json, second.json  the scenarios as they were run, complete
manifest.json          versions, options, and the SHA-256 of every file

{synthetic}
"""


def write_twins(twins: Twins, folder: ResultFolder, started: float, with_figures: bool = True) -> Path:
    """Write twins with their ledgers, and give the folder its name."""
    if with_figures:
        figure, words = twins.figure(), words_of(twins)
        for kind in ("png", "svg"):
            folder.write_bytes(f"twin_lines.{kind}", as_bytes(figure, kind, words))
    folder.write_text("twins.txt", twins.text())
    folder.write_json("twins.json", twins.as_json())
    for name, lives in (("first", twins.a), ("second", twins.b)):
        lives.ledger.write(folder.path(f"{name}.parquet"))
        folder.write_json(f"{name}.json", lives.ledger.scenario.resolved())
    ledger = twins.a.ledger
    folder.write_text("README.txt", TWINS_README.format(
        title=twins.title, version=persim.__version__, names=" beside ".join(twins.names), seed=ledger.seed,
        people=ledger.scenario.n_users, figures="twin_lines.*           the two life lines\n" if with_figures else "",
        synthetic=SYNTHETIC,
    ))  # fmt: skip
    about = {"about": twins.title, "seed": ledger.seed, "people": ledger.scenario.n_users}
    about |= {"person": twins.person, "every": twins.every} | ({} if ledger.luck is None else {"luck": ledger.luck})
    return folder.commit(_manifest("twins", (ledger.scenario, twins.b.ledger.scenario), twins.names, started, about))


def write_flows(flows: Flows, folder: ResultFolder, started: float, with_figures: bool = True) -> Path:
    """Write flows, and give the folder its name."""
    if with_figures:
        for name, words, figure in all_figures(flows):
            for kind in ("png", "svg"):
                folder.write_bytes(f"figures/{name}.{kind}", as_bytes(figure, kind, words))
    folder.write_text("flows.txt", flows.text(110))
    folder.write_json("flows.json", flows.as_json())
    folder.write_table("flows", flows.table)
    for name, scenario in zip(("first", "second"), flows.scenarios, strict=True):
        folder.write_json(f"{name}.json", scenario.resolved())
    title = f"Who gains, who loses: {flows.names[0]} to {flows.names[1]}"
    folder.write_text("README.txt", FLOWS_README.format(
        title=title, version=persim.__version__, synthetic=SYNTHETIC,
        figures="figures/               who moves where; gains and losses by group\n" if with_figures else "",
    ))  # fmt: skip
    about = {
        "about": title, "seeds": list(flows.seeds), "replicates": flows.seeds[1] - flows.seeds[0] + 1,
        "people": flows.scenarios[0].n_users, "groups": list(flows.groups),
    }  # fmt: skip
    return folder.commit(_manifest("flows", flows.scenarios, flows.names, started, about))


def _manifest(
    command: str, scenarios: Sequence[Scenario], names: Sequence[str], started: float, about: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "command": command, "persim": persim.__version__, "model_version": MODEL_VERSION, **machine(),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 1), **about,
        "scenarios": [
            {"name": safe_name(name), "digest": scenario.digest(), "file": file, "resolved": scenario.resolved()}
            for name, scenario, file in zip(names, scenarios, ("first.json", "second.json"), strict=True)
        ],
    }  # fmt: skip
