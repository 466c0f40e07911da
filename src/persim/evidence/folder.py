"""Result folders of evidence: the table, a figure, the files that were read, and the manifest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import persim
from persim.evidence import drawn_words, words
from persim.evidence.drawn import HeldDrawn, hold_drawn
from persim.evidence.effects import PatternEffect, tried
from persim.evidence.held import Held, hold
from persim.evidence.reading import FILES, read_evidence, shipped_evidence
from persim.experiment import Failure, Progress
from persim.model_version import MODEL_VERSION
from persim.posterior import NAME, Posterior
from persim.scenario import Scenario, read_scenario
from persim.store import ResultFolder, machine
from persim.text_table import TextTable

README = """{title}, from persim {version}.

{answer}

evidence.txt               the table
evidence.json              the same for programs
evidence.csv, .parquet     one row for each {row}
{figures}evidence/                  the evidence files as they were read
{sample}manifest.json              versions, options, and the SHA-256 of every file

{notes}
"""
PAGE = 180
SAMPLE = "posterior"  # folder of the sample's two files
PAIRS = ("range", "interval", "spread", "posterior_interval", "posterior_spread")


@dataclass(frozen=True)
class TriedPatterns:
    """Patterns beside the model, and what they were run with."""

    found: tuple[PatternEffect, ...]
    seeds: tuple[int, ...]
    n_users: int
    changes: Mapping[str, float]
    failures: tuple[Failure, ...]


def hold_targets(
    evidence: Path | None, scenario: Scenario, seeds: Sequence[int], jobs: int, progress: Progress | None
) -> Held:
    """The targets of a folder of evidence files beside a scenario."""
    return hold(read_evidence(evidence).targets, scenario, seeds, jobs, progress=progress)


def hold_targets_drawn(
    evidence: Path | None, scenario: Scenario, sample: Posterior, draws: int, seeds: Sequence[int],
    usual_seeds: Sequence[int], jobs: int, progress: Progress | None,
) -> HeldDrawn:  # fmt: skip
    """The same over draws of a posterior sample, beside the defaults."""
    return hold_drawn(read_evidence(evidence).targets, scenario, sample, draws, seeds, usual_seeds, jobs, progress)


def try_patterns(
    evidence: Path | None, changes: Mapping[str, float], seeds: Sequence[int], n_users: int, jobs: int,
    progress: Progress | None,
) -> TriedPatterns:  # fmt: skip
    """The patterns of a folder of evidence files beside the model with these changes."""
    found, failures = tried(read_evidence(evidence).patterns, changes, seeds, n_users, jobs, progress)
    return TriedPatterns(tuple(found), tuple(seeds), n_users, dict(changes), tuple(failures))


def write_targets(
    held: Held, evidence: Path | None, folder: ResultFolder, started: float, figures: bool = True
) -> Path:
    """Write targets beside the model, and give the folder its name."""
    if figures:
        from persim.evidence.figures import target_figure, target_words

        _write_figure(folder, "targets", target_words(held), target_figure(held))
    found, table = words.targets_json(held), words.target_table(held)
    return _write_held(held, found, table, {}, evidence, folder, started, figures)


def write_drawn_targets(
    held: HeldDrawn, evidence: Path | None, folder: ResultFolder, started: float, figures: bool = True
) -> Path:
    """Write targets beside the defaults and beside draws of a posterior sample, which is copied, and name the folder."""
    if figures:
        from persim.evidence.figures import drawn_figure, drawn_target_words

        _write_figure(folder, "targets", drawn_target_words(held), drawn_figure(held))
    for place in (held.posterior.path, held.posterior.path.with_suffix(".json")):
        folder.write_bytes(f"{SAMPLE}/{NAME}{place.suffix}", place.read_bytes())
    told = {"draws": held.draws, "replicates": len(held.seeds), "sha256": held.posterior.digest}
    found, table = drawn_words.drawn_json(held), drawn_words.drawn_table(held)
    return _write_held(held.usual, found, table, {"posterior": told}, evidence, folder, started, figures)


def _write_held(
    held: Held, found: Mapping[str, Any], table: TextTable, more: Mapping[str, Any], evidence: Path | None,
    folder: ResultFolder, started: float, figures: bool,
) -> Path:  # fmt: skip
    import pandas as pd

    flat = [_flat(row, PAIRS) for row in found["targets"]]
    folder.write_table("evidence", pd.DataFrame(flat))
    _write_texts(folder, "Published figures beside the model", table, found, "target", figures, bool(more))
    scenario = held.scenario
    manifest = {
        "command": "evidence", "replicates": len(held.seeds), "seed": held.seeds[0], "people": scenario.n_users,
        "scenarios": [{"name": scenario.name, "digest": scenario.digest(), "resolved": scenario.resolved()}], **more,
    }  # fmt: skip
    return _committed(folder, evidence, manifest, started, found["answer"])


def write_patterns(
    one: TriedPatterns, evidence: Path | None, folder: ResultFolder, started: float, figures: bool = True
) -> Path:
    """Write patterns beside the model, and give the folder its name."""
    import pandas as pd

    if figures:
        from persim.evidence.figures import pattern_figure, pattern_words

        shown = pattern_words(len(one.seeds), one.n_users)
        _write_figure(folder, "patterns", shown, pattern_figure(one.found, len(one.seeds), one.n_users))
    found = words.patterns_json(one.found)
    flat = [
        {"id": row["id"], "pattern": row["verdict"], **_flat(part, ("interval",))}
        for row in found["patterns"]
        for part in row["comparisons"]
    ]
    folder.write_table("evidence", pd.DataFrame(flat))
    table = words.pattern_table(one.found, len(one.seeds), one.n_users)
    _write_texts(folder, "Directions of effect in the model", table, found, "comparison", figures)
    used = {name for row in one.found for name, _ in row.pattern.arms()}
    manifest = {
        "command": "patterns", "replicates": len(one.seeds), "seed": one.seeds[0], "people": one.n_users,
        "changes": dict(one.changes), "digests": {name: read_scenario(name).digest() for name in sorted(used)},
    }  # fmt: skip
    return _committed(folder, evidence, manifest, started, found["answer"])


def _write_figure(folder: ResultFolder, name: str, said: Any, figure: Any) -> None:
    from persim.figure_frames import as_bytes

    for kind in ("png", "svg"):
        folder.write_bytes(f"figures/{name}.{kind}", as_bytes(figure, kind, said))


def _write_texts(
    folder: ResultFolder, title: str, table: TextTable, found: Mapping[str, Any], row: str, figures: bool,
    sample: bool = False,
) -> None:  # fmt: skip
    lines = [line for line, _ in table.lines(PAGE)]
    folder.write_text("evidence.txt", "\n".join([*lines, "", found["answer"]]) + "\n")
    folder.write_json("evidence.json", found)
    drawn = "figures/                   the same as a picture\n" if figures else ""
    copied = f"{SAMPLE + '/':<27}the posterior sample as it was read\n" if sample else ""
    folder.write_text("README.txt", README.format(
        title=title, version=persim.__version__, answer=found["answer"], row=row, figures=drawn, sample=copied,
        notes="\n".join(table.notes),
    ))  # fmt: skip


def _committed(
    folder: ResultFolder, evidence: Path | None, manifest: Mapping[str, Any], started: float, answer: str
) -> Path:
    place = evidence or shipped_evidence()
    for name in FILES:
        folder.write_bytes(f"evidence/{name}", (place / name).read_bytes())
    return folder.commit({
        **manifest, "persim": persim.__version__, "model_version": MODEL_VERSION, **machine(), "answer": answer,
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 1),
    })  # fmt: skip


def _flat(row: Mapping[str, Any], pairs: Sequence[str]) -> dict[str, Any]:
    """A row with pairs as two columns and lists as words."""
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if key in pairs:
            flat[f"{key}_low"], flat[f"{key}_high"] = value
        else:
            flat[key] = ", ".join(value) if isinstance(value, list) else value
    return flat
