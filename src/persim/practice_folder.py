"""The result folder of the practitioners' side: text, JSON, tables, figures, scenarios, and the manifest."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import persim
from persim.figure_frames import as_bytes
from persim.model_version import MODEL_VERSION
from persim.practice_plots import all_figures
from persim.practice_view import Practice
from persim.practice_words import answer_sentences, notes_of
from persim.store import ResultFolder, machine, safe_name

README = """Where practitioners' hours went and who hands on to whom, from persim {version}: {names}.

{answer}

practice.txt           the tables and the answer
practice.json          the same for programs
hours.csv, .parquet    hours a week per post at work by scenario, profession and use, the time gate, with differences
hand_offs.csv, .parquet  a year per 1,000 eligible people, by sender, taker and what came of it
{figures}scenarios/             each scenario as it was run, complete
manifest.json          versions, options, and the SHA-256 of every file

{notes}
"""


def write_practice(found: Practice, folder: ResultFolder, started: float, with_figures: bool = True) -> Path:
    """Write the practitioners' side, and give the folder its name."""
    if with_figures:
        for name, words, figure in all_figures(found):
            for kind in ("png", "svg"):
                folder.write_bytes(f"figures/{name}.{kind}", as_bytes(figure, kind, words))
    folder.write_text("practice.txt", found.text())
    folder.write_json("practice.json", found.as_json())
    folder.write_table("hours", found.hours)
    folder.write_table("hand_offs", found.flows)
    files = [f"scenarios/{number}-{safe_name(name)}.json" for number, name in enumerate(found.names, 1)]
    for scenario, file in zip(found.scenarios, files, strict=True):
        folder.write_json(file, scenario.resolved())
    folder.write_text("README.txt", README.format(
        version=persim.__version__, names=", ".join(found.names), answer="\n".join(answer_sentences(found)),
        figures="figures/               hours, and hand-offs of each scenario\n" if with_figures else "",
        notes="\n".join(notes_of(found)),
    ))  # fmt: skip
    return folder.commit({
        "command": "practice", "persim": persim.__version__, "model_version": MODEL_VERSION, **machine(),
        "answer": answer_sentences(found),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 1), "seed": found.seed,
        "replicates": found.replicates + len({one.task.replicate for one in found.failures}),
        "people": found.scenarios[0].n_users, "window": [found.window[0], found.window[1] - 1],
        "scenarios": [
            {"name": name, "digest": scenario.digest(), "file": file, "resolved": scenario.resolved()}
            for name, scenario, file in zip(found.names, found.scenarios, files, strict=True)
        ],
    })  # fmt: skip
