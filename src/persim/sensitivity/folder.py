"""The folder of a finished study: tables, figures, a page that says what is what, the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import persim
from persim.figure_frames import as_bytes
from persim.model_version import MODEL_VERSION
from persim.run_store import DESIGN, LEDGER, PARTS
from persim.run_writer import RunWriter
from persim.sensitivity.figures import figures
from persim.sensitivity.result import Sensitivity
from persim.sensitivity.words import answer, dropped, notes, size_words
from persim.store import MANIFEST, machine
from persim.sweep_folder import SweepFolder, write_beside
from persim.text_table import wrapped

LINE = 100
ANSWER = "answer.txt"
TABLES = ("morris", "sobol", "noise", "swings")
FILES = (
    ("answer.txt", "the answer in a few sentences, and what to bear in mind"),
    ("morris.csv", "elementary effects of every factor: mu, mu*, sigma, what luck alone would give, what went on"),
    ("sobol.csv", "Sobol' indices with 95 % intervals, luck taken off; `with_luck` is the usual estimate, from means"),
    ("noise.csv", "standard deviation between points, by luck, between seeds; the share that is noise of replicates"),
    ("swings.csv", "what each target comes to at both ends of each input: the tornado figures"),
    ("failures.csv", "runs that failed, with their cause"),
    ("*.parquet", "the tables again with all digits"),
    ("parts/", "every run's own numbers, one row a run; read all of it with pandas.read_parquet"),
    ("design.json", "what was run, complete"),
    ("ledger.sqlite", "one row a run: which have ended, and how"),
    ("figures/", "PNG for slides, SVG for print"),
    ("manifest.json", "versions, seeds, options, and the SHA-256 of every file"),
)


def write_study(store: RunWriter, started: float, with_figures: bool = True) -> None:
    """Write tables, figures and the manifest of a study whose runs have ended.

    Args:
        started: `time.time()` when the command began.
    """
    found = Sensitivity(store.folder, check=False)

    def write(folder: SweepFolder) -> dict[str, Any]:
        _write_tables(found, folder, with_figures)
        return _manifest(found, started)

    write_beside(store, write, started)


def _write_tables(found: Sensitivity, folder: SweepFolder, with_figures: bool) -> None:
    for name in TABLES:
        table = getattr(found, name)
        if len(table):
            folder.write_table(name, table)
    if found.n_failed:
        folder.write_table("failures", found.failures)
    if with_figures:
        for name, words, figure in figures(found):
            for kind in ("png", "svg"):
                folder.write_bytes(f"figures/{name}.{kind}", as_bytes(figure, kind, words))
    folder.write_text(ANSWER, "\n\n".join("\n".join(_lines(text)) for text in (*answer(found), *notes(found))) + "\n")
    folder.write_text("README.txt", _readme(found, folder))


def _readme(found: Sensitivity, folder: SweepFolder) -> str:
    written = {path.name for path in folder.place.iterdir()} | {DESIGN, LEDGER, PARTS, MANIFEST, "*.parquet"}
    plan = found.plan
    last = plan.seed + plan.replicates - 1
    rule, *rows = dropped(found)
    parts = (
        ("What was asked", _lines(plan.texts["question"])),
        ("What this folder says", _points(answer(found))),
        ("What to bear in mind", _points(notes(found))),
        ("What went on to indices", [*_lines(rule), "", *rows]),
        ("What was varied", [f"{one.name:<34}{one.said()}" for one in plan.inputs]),
        ("What each file holds", [f"{name:<19}{what}" for name, what in FILES if name.rstrip("/") in written]),
        ("How it was made", _lines(
            f"persim {persim.__version__}, {size_words(plan)}, seeds {plan.seed} to {last}, {found.n_runs:,} runs")),
    )  # fmt: skip
    return "\n".join(
        f"{heading}\n{'-' * len(heading)}\n" + "\n".join(lines) + "\n" for heading, lines in parts if lines
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in wrapped(text, LINE)] if text else []


def _points(texts: Sequence[str]) -> list[str]:
    lines = []
    for first, *rest in map(_lines, texts):
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return lines


def _manifest(found: Sensitivity, started: float) -> dict[str, Any]:
    plan = found.plan
    names = dict(zip(plan.names, plan.alternatives[:: plan.n_combinations], strict=True))
    return {
        "command": "sensitivity",
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        **machine(),
        "salib": _salib_version(),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        **plan.texts,
        "answer": answer(found),
        "replicates": plan.replicates,
        "seed": plan.seed,
        "seeds": [plan.seed, plan.seed + plan.replicates - 1],
        "runs": found.n_runs,
        "n_failed": found.n_failed,
        "people": plan.n_people,
        "window": [plan.window[0], plan.window[1] - 1],
        "outcomes": list(plan.outcomes),
        "factors": [factor.name for factor in plan.factors],
        "kept": [plan.factors[place].name for place in found.kept],
        "scenarios": [
            {"name": name, "digest": scenario.digest(), "resolved": scenario.resolved()} for name, scenario in names.items()
        ],
        "failed": [
            {"stage": row.stage, "point": row.point, "seed": row.seed, "cause": str(row.cause).rsplit("\n", 1)[-1]}
            for row in found.failures.head(100).itertuples()
        ],
        "notes": notes(found),
    }  # fmt: skip


def _salib_version() -> str:
    from importlib.metadata import version

    return version("SALib")
