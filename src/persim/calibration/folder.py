"""The folder of a finished calibration: posterior sample, tables, figures, a page that says what is what, the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

import persim
from persim.calibration.figures import figures
from persim.calibration.tables import Calibrated
from persim.calibration.words import BEAR_IN_MIND, answer, notes, parameter_lines, size_words, target_lines
from persim.figure_frames import as_bytes
from persim.model_version import MODEL_VERSION
from persim.posterior import write_posterior
from persim.run_store import DESIGN, LEDGER, PARTS
from persim.run_writer import RunWriter
from persim.store import MANIFEST, machine
from persim.sweep_folder import SweepFolder, write_beside
from persim.text_table import wrapped

LINE = 100
ANSWER, TABLE = "answer.txt", "table.txt"
TABLES = ("parameters", "targets", "waves", "generations", "patterns", "correlations", "chains")
FILES = (
    ("answer.txt", "the answer in a few sentences, and what to bear in mind"),
    ("table.txt", "parameters and targets as a terminal shows them"),
    ("posterior.parquet", "the posterior sample: a column for each parameter, then the weight; one row a draw"),
    ("posterior.json", "what the sample rests on, and a small run by which another model is found out"),
    ("parameters.csv", "prior, posterior mean, spread and 90 % interval of each parameter; is it informed?"),
    ("targets.csv", "each target: observed, before (prior predictive), after (posterior predictive)"),
    ("waves.csv", "history matching: share of space left; how emulators do on points held out from fitting"),
    ("generations.csv", "each generation: width of the error, effective sample size of chains"),
    ("patterns.csv", "each comparison of each pattern: effect over draws, share of draws that contradict it"),
    ("correlations.csv", "every pair of parameters, the strongest correlation first"),
    ("chains.csv", "how far independent chains agree: R-hat (ArviZ), spread of their means"),
    ("points.parquet", "every point that was run: parameters, mean figures, weight in its stage"),
    ("*.parquet", "the tables again with all digits"),
    ("parts/", "every run's own numbers, one row a run; read all of it with pandas.read_parquet"),
    ("design.json", "what was run, complete"),
    ("ledger.sqlite", "one row a run: which have ended, and how"),
    ("figures/", "PNG for slides, SVG for print"),
    ("manifest.json", "versions, seeds, options, and the SHA-256 of every file"),
)


def write_calibration(store: RunWriter, found: Calibrated, started: float, with_figures: bool = True) -> None:
    """Write sample, tables, figures and manifest beside the store of a calibration whose runs have ended.

    Args:
        started: `time.time()` when the command began.
    """

    def write(folder: SweepFolder) -> dict[str, Any]:
        _write_tables(found, folder, with_figures)
        return _manifest(found, started)

    write_beside(store, write, started)


def _write_tables(found: Calibrated, folder: SweepFolder, with_figures: bool) -> None:
    for name in TABLES:
        table = getattr(found, name)
        if len(table):
            folder.write_table(name, table)
    found.points.to_parquet(folder.path("points.parquet"), index=False)
    _write_posterior(found, folder)
    if with_figures:
        for name, words, figure in figures(found):
            for kind in ("png", "svg"):
                folder.write_bytes(f"figures/{name}.{kind}", as_bytes(figure, kind, words))
    folder.write_text(TABLE, "\n".join([*parameter_lines(found), "", *target_lines(found)]) + "\n")
    paragraphs = [" ".join(answer(found)), *notes(found), *BEAR_IN_MIND]
    folder.write_text(ANSWER, "\n\n".join("\n".join(_lines(text)) for text in paragraphs) + "\n")
    folder.write_text("README.txt", _readme(found, folder))


def _write_posterior(found: Calibrated, folder: SweepFolder) -> None:
    last, rows, plan = found.last, found.kept, found.plan
    weights = last.weights[rows] / last.weights[rows].sum()
    entries = {
        "calibration": plan.name, "seed": plan.seed, "scenario": plan.scenario.name,
        "scenario_digest": plan.scenario.digest(), "people": plan.people, "evidence": [*plan.targets, *plan.patterns],
        "effective": round(last.ess, 1), "effective_by_stage": _worth(found), "runs": found.n_runs,
    }  # fmt: skip
    write_posterior(folder.place, last.names, last.draws[rows], np.asarray(weights), entries)


def _worth(found: Calibrated) -> dict[str, float]:
    return {name: round(worth, 1) for name, (_, worth) in found.worth.items()}


def _readme(found: Calibrated, folder: SweepFolder) -> str:
    written = {path.name for path in folder.place.iterdir()} | {DESIGN, LEDGER, PARTS, MANIFEST, "*.parquet"}
    plan = found.plan
    parts = (
        ("What this folder says", [line for sentence in answer(found) for line in _lines(sentence)]),
        ("What to bear in mind", _points([*notes(found), *BEAR_IN_MIND])),
        ("What each file holds", [f"{name:<19}{what}" for name, what in FILES if name.rstrip("/") in written]),
        ("How to use it", _lines("persim compare baseline SCENARIO --posterior posterior.parquet draws parameters from it.")),
        ("How it was made", _lines(f"persim {persim.__version__}, {size_words(plan)}, {found.n_runs:,} runs, seed {plan.seed}")),
    )  # fmt: skip
    return "\n".join(f"{heading}\n{'-' * len(heading)}\n" + "\n".join(lines) + "\n" for heading, lines in parts)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in wrapped(text, LINE)]


def _points(texts: Sequence[str]) -> list[str]:
    lines = []
    for first, *rest in map(_lines, texts):
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return lines


def _manifest(found: Calibrated, started: float) -> dict[str, Any]:
    plan = found.plan
    return {
        "command": "calibrate",
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        **machine(),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "name": plan.name,
        "title": plan.title,
        "answer": answer(found),
        "seed": plan.seed,
        "people": plan.people,
        "runs": found.n_runs,
        "n_failed": 0,
        "seconds_of_runs": round(found.seconds_of_runs, 1),
        "overhead": None if np.isnan(found.overhead) else round(found.overhead, 4),
        "parameters": list(plan.parameters),
        "targets": list(plan.targets),
        "patterns": list(plan.patterns),
        "effective": round(found.last.ess, 1),
        "effective_by_stage": _worth(found),
        "scenarios": [
            {"name": plan.scenario.name, "digest": plan.scenario.digest(), "resolved": plan.scenario.resolved()}
        ],
        "notes": notes(found),
    }
