"""The folder of a finished attribution: tables, figures, a page that says what is what, the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import persim
from persim.attribution_figures import figures
from persim.attribution_plan import AttributionPlan
from persim.attribution_result import Attribution
from persim.attribution_tables import tables
from persim.attribution_words import answer, caveats, notes, size_words
from persim.figure_frames import as_bytes
from persim.model_version import MODEL_VERSION
from persim.reduction import SMALL
from persim.run_store import DESIGN, LEDGER, PARTS
from persim.run_writer import RunWriter
from persim.store import MANIFEST, machine
from persim.sweep_folder import SweepFolder, write_beside
from persim.text_table import wrapped

LINE, PAGE = 100, 200
ANSWER, TABLE = "answer.txt", "table.txt"
TABLES = ("levels", "shares", "singles", "last", "interactions", "groups", "remainder", "tally")
FILES = (
    ("answer.txt", "the answer in a few sentences, and what to bear in mind"),
    ("table.txt", "the tables as a terminal shows them"),
    ("levels.csv", "real take-up as it is and with all barriers off, for everyone and by group, and the difference"),
    ("shares.csv", "each barrier's Shapley share of that difference; they add up to it"),
    ("singles.csv", "what each brings when it alone is switched off"),
    ("last.csv", "what each brings when all others are off already"),
    ("interactions.csv", "what two barriers bring together beyond what each brings alone"),
    ("groups.csv", f"Shapley shares by group; `small` marks groups of fewer than {SMALL} eligible people in a run"),
    ("remainder.csv", "eligible people without a real budget by where they stand: as it is, and with all barriers off"),
    ("tally.csv", "opportunities by closed gate: first in the order of the rules, shuffled, alone, at all"),
    ("barriers.csv", "each barrier, its parameter, and what `off` means"),
    ("failures.csv", "runs that failed, with their cause"),
    ("*.parquet", "the tables again with all digits"),
    ("parts/", "every run's own numbers, one row a run; read all of it with pandas.read_parquet"),
    ("design.json", "what was run, complete"),
    ("ledger.sqlite", "one row a run: which have ended, and how"),
    ("figures/", "PNG for slides, SVG for print"),
    ("manifest.json", "versions, seeds, options, and the SHA-256 of every file"),
)


def write_attribution(store: RunWriter, started: float, with_figures: bool = True) -> None:
    """Write tables, figures and the manifest of an attribution whose runs have ended.

    Args:
        started: `time.time()` when the command began.
    """
    found = Attribution(store.folder, check=False)

    def write(folder: SweepFolder) -> dict[str, Any]:
        _write_tables(found, folder, with_figures)
        return _manifest(found, started)

    write_beside(store, write, started)


def _write_tables(found: Attribution, folder: SweepFolder, with_figures: bool) -> None:
    import pandas as pd

    for name in TABLES:
        table = getattr(found, name)
        if len(table):
            folder.write_table(name, table)
    barriers = found.plan.barriers
    folder.write_table("barriers", pd.DataFrame({
        "barrier": [b.key for b in barriers], "label": [b.label for b in barriers],
        "parameter": [b.parameter for b in barriers], "off": [b.off for b in barriers],
    }))  # fmt: skip
    if found.n_failed:
        folder.write_table("failures", found.failures)
    if with_figures and found.n_seeds:
        for name, words, figure in figures(found):
            for kind in ("png", "svg"):
                folder.write_bytes(f"figures/{name}.{kind}", as_bytes(figure, kind, words))
    text = "\n".join("\n".join(line for line, _ in table.lines(PAGE)) + "\n" for table in tables(found))
    folder.write_text(TABLE, text)
    paragraphs = [" ".join(answer(found)), *notes(found), *caveats(found)]
    folder.write_text(ANSWER, "\n\n".join("\n".join(_lines(text)) for text in paragraphs) + "\n")
    folder.write_text("README.txt", _readme(found, folder))


def _readme(found: Attribution, folder: SweepFolder) -> str:
    written = {path.name for path in folder.place.iterdir()} | {DESIGN, LEDGER, PARTS, MANIFEST, "*.parquet"}
    plan = found.plan
    last = plan.seed + plan.replicates - 1
    parts = (
        ("What this folder says", [line for sentence in answer(found) for line in _lines(sentence)]),
        ("What to bear in mind", _points([*notes(found), *caveats(found)])),
        ("What each file holds", [f"{name:<19}{what}" for name, what in FILES if name.rstrip("/") in written]),
        ("What `off` means", [f"{barrier.key:<20}{line}" if n == 0 else f"{'':<20}{line}"
                              for barrier in plan.barriers for n, line in enumerate(_lines(barrier.off))]),
        ("How it was made", _lines(f"persim {persim.__version__}, {size_words(plan)}, seeds {plan.seed} to {last}")),
    )  # fmt: skip
    return "\n".join(f"{heading}\n{'-' * len(heading)}\n" + "\n".join(lines) + "\n" for heading, lines in parts)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in wrapped(text, LINE)]


def _points(texts: Sequence[str]) -> list[str]:
    lines = []
    for first, *rest in map(_lines, texts):
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return lines


def _manifest(found: Attribution, started: float) -> dict[str, Any]:
    plan: AttributionPlan = found.plan
    return {
        "command": "attribute",
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        **machine(),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "answer": answer(found),
        "replicates": plan.replicates,
        "seed": plan.seed,
        "seeds": [plan.seed, plan.seed + plan.replicates - 1],
        "runs": found.n_runs,
        "n_failed": found.n_failed,
        "n_seeds": found.n_seeds,
        "people": plan.scenario.n_users,
        "weeks": [plan.scenario.start_week, plan.window[1] - 1],
        "window": [plan.window[0], plan.window[1] - 1],
        "groups": list(plan.groups),
        "barriers": [barrier.key for barrier in plan.barriers],
        "exact": plan.exact,
        "orders": plan.orders,
        "pairs": plan.pairs,
        "scenarios": [{
            "name": plan.scenario.name, "digest": plan.scenario.digest(), "resolved": plan.scenario.resolved(),
        }],
        "failed": [
            {"seed": row.seed, "off": row.off, "cause": str(row.cause).rsplit("\n", 1)[-1]}
            for row in found.failures.head(100).itertuples()
        ],
        "notes": [*notes(found), *caveats(found)],
    }  # fmt: skip
