"""The folder of a finished sweep: beside the store stand tables, figures, a page that says what is what, the manifest.

They are written beside their places and moved there when all are done; the manifest, with the SHA-256 of every file,
comes last, so that a folder with a manifest is a whole one.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

import persim
from persim.comparison_folder import BEAR_IN_MIND, CHANCE_ONLY, write_contents
from persim.design_file import Spread
from persim.drawn_parts import parts_table
from persim.durable_files import clear_errors, sync, sync_folder, write_whole
from persim.figure_frames import as_bytes
from persim.model_version import MODEL_VERSION
from persim.parameters import BY_NAME
from persim.run_store import DESIGN, LEDGER, PARTS, WRITTEN
from persim.run_writer import RunWriter
from persim.store import MANIFEST, ResultFolder, machine, safe_name, sealed
from persim.sweep_figures import sweep_figures
from persim.sweep_result import Sweep
from persim.sweep_words import one_world_answer, scenario_lines, size_of, sweep_answer, sweep_notes, table_lines
from persim.text_table import wrapped
from persim.worlds import across_worlds, fails_table, told_measures, where_it_fails, worlds_table

LINE = 100
FEWEST_WORLDS = 2
ANSWER, SHORT = "answer.txt", "scenarios.txt"
FILES = (
    ("answer.txt", "the answer in a few sentences, and what to bear in mind"),
    ("scenarios.txt", "the deciding outcome, one scenario a line"),
    ("table.txt", "differences to the first scenario, and what stood in the way"),
    ("two_parts.csv", "each number with both kinds of doubt, apart: what is not known of the numbers, and chance"),
    ("across_worlds.csv", "every measure over worlds: level of each scenario, difference to the first"),
    ("worlds.csv", "world by world: the varied numbers, and what each scenario came to"),
    ("fails.csv", "where a scenario does no better: conditions, coverage, density, the same in worlds left out"),
    ("summary.csv", "every measure for everyone: mean over runs with its 95 % interval, and how far runs spread"),
    ("differences.csv", "paired differences to the first scenario with 95 % intervals, correlation, worth of pairing"),
    ("groups.csv", "the same by group of people; `small` marks cells on fewer than 200 people in a run"),
    ("barriers.csv", "weeks without a real budget: the gate that closed first, every gate that would have"),
    ("funnel.csv", "how far 100 eligible people came, from an opportunity to a real budget"),
    ("decomposition.csv", "the difference in real take-up by step of the way; parts add up to the whole"),
    ("costs.csv", "what it costs, and whom"),
    ("series.csv", "outcomes over time: mean, interval, nine of ten runs (p5 to p95), difference"),
    ("failures.csv", "runs that failed, with their cause"),
    ("*.parquet", "the tables again with all digits"),
    ("parts/", "every run's own numbers, one row a run; read all of it with pandas.read_parquet"),
    ("design.json", "what was run, complete: every scenario, every world"),
    ("ledger.sqlite", "one row a run: which have ended, and how"),
    ("scenarios/", "each scenario as it was run, complete: every number, every dated step"),
    ("figures/", "PNG for slides, SVG for print"),
    ("manifest.json", "versions, seeds, options, and the SHA-256 of every file"),
)


class SweepFolder(ResultFolder):
    """Where the tables of a sweep are written, until they take their places in the sweep's folder."""

    def __init__(self, target: Path) -> None:
        self.target, self.force = target, True
        self.place = target / f".tables-{secrets.token_hex(4)}"
        with clear_errors(target):
            for left_over in target.glob(".tables-*"):
                shutil.rmtree(left_over, ignore_errors=True)
            self.place.mkdir()

    def names(self) -> list[str]:
        """The files that were written."""
        return sorted(p.relative_to(self.place).as_posix() for p in self.place.rglob("*") if p.is_file())

    def take_places(self, before: Iterable[str]) -> None:
        """Move what was written into the sweep's folder, and remove of the files `before` those that are no more."""
        names = self.names()
        with clear_errors(self.target):
            sync(self.place / name for name in names)
            for name in names:
                (self.target / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(self.place / name, self.target / name)
            for name in set(before) - set(names):
                (self.target / name).unlink(missing_ok=True)
                with suppress(OSError):  # of a folder that still holds something
                    (self.target / name).parent.rmdir()
            shutil.rmtree(self.place, ignore_errors=True)
            for folder in sorted({(self.target / name).parent for name in names} | {self.target}):
                sync_folder(folder)


def table_names() -> set[str]:
    """Names of tables and texts that a sweep may have beside its store."""
    names = {name for name, _ in FILES if name.endswith((".csv", ".txt"))} | {"README.txt"}
    return names | {name.replace(".csv", ".parquet") for name in names}


def write_sweep(store: RunWriter, started: float, stopped: str, figures: bool = True) -> None:
    """Write tables, figures and the manifest of a sweep whose runs have ended.

    Args:
        started: `time.time()` when the command began. stopped: why no more replicates were added, if that was asked.
    """
    with closing(Sweep(store.folder, check=False)) as sweep:

        def write(folder: SweepFolder) -> dict[str, Any]:
            answer = _write_tables(sweep, folder, stopped, figures)
            return _manifest(sweep, answer, started, stopped)

        write_beside(store, write, started)


def write_beside(store: RunWriter, write: Callable[[SweepFolder], dict[str, Any]], started: float) -> None:
    """Let `write` write tables and figures, put them into the store's folder, and seal it with the manifest.

    Args:
        write: writes into the folder it is given, and returns what the manifest says besides the files.
    """
    seconds = _seconds_since(started)
    folder = SweepFolder(store.folder)
    with folder:
        manifest = write(folder)
        names = folder.names()
        before = set(json.loads(store.head(WRITTEN) or "[]"))  # others may have files of such names, which stay
        everything = json.dumps(sorted(before | set(names)))
        store.note(WRITTEN, everything)  # so that a kill while they move leaves none behind
        folder.take_places(before)
    store.note(WRITTEN, json.dumps(names))
    store.tidy()
    parts = [f"{PARTS}/{part.file}" for part in store.parts()]
    files = sorted([*names, DESIGN, LEDGER, *parts])
    manifest["seconds"] = round(seconds(), 1)
    text = sealed(store.folder, manifest, [store.folder / name for name in files])
    with clear_errors(store.folder):
        write_whole(store.folder / MANIFEST, text.encode())


def _seconds_since(started: float) -> Callable[[], float]:
    """Tells the seconds since `started`, never fewer than before though somebody sets the clock back."""
    begun = time.monotonic()
    before = max(0.0, time.time() - started)
    return lambda: before + time.monotonic() - begun


def _write_tables(sweep: Sweep, folder: SweepFolder, stopped: str, figures: bool) -> list[str]:
    if sweep.design.n_worlds < FEWEST_WORLDS:
        comparison = sweep.comparison()
        write_contents(comparison, folder, figures)
        folder.write_text(SHORT, "\n".join(scenario_lines(comparison, sweep.design.deciding_outcome)) + "\n")
        answer = one_world_answer(comparison, sweep.design.deciding_outcome)
    else:
        across, fails = across_worlds(sweep), where_it_fails(sweep)
        folder.write_table("across_worlds", across)
        folder.write_table("worlds", worlds_table(sweep, told_measures(sweep)))
        if fails:
            folder.write_table("fails", fails_table(sweep, fails))
        parts = parts_table(sweep) if sweep.design.drawn else None
        if parts is not None:
            folder.write_table("two_parts", parts)
        answer = sweep_answer(sweep, across, fails, parts)
        folder.write_text(SHORT, "\n".join(table_lines(sweep, across, parts)) + "\n")
        for name, scenario in zip(sweep.names, sweep.design.alternatives, strict=True):
            folder.write_json(f"scenarios/{safe_name(name)}.json", scenario.resolved())
        if figures:
            for name, words, figure in sweep_figures(sweep, parts):
                for kind in ("png", "svg"):
                    folder.write_bytes(f"figures/{name}.{kind}", as_bytes(figure, kind, words))
    if sweep.n_failed:
        folder.write_table("failures", sweep.failures)
    notes = sweep_notes(sweep, stopped)
    folder.write_text(ANSWER, "\n\n".join("\n".join(_lines(text)) for text in (*answer, *notes)) + "\n")
    folder.write_text("README.txt", _readme(sweep, folder, answer, notes))
    return answer


def _readme(sweep: Sweep, folder: SweepFolder, answer: Sequence[str], notes: Sequence[str]) -> str:
    written = {path.name for path in folder.place.iterdir()} | {DESIGN, LEDGER, PARTS, MANIFEST, "*.parquet"}
    here = [(name, what) for name, what in FILES if name.rstrip("/") in written]
    design = sweep.design
    last = design.seed + sweep.replicates - 1
    made = f"persim {persim.__version__}, {size_of(sweep)}, seeds {design.seed} to {last}"
    how = "drawn from the posterior sample" if design.drawn else "sampled"
    factors = [f"{factor.parameter:<29}{_range(factor, how)}" for factor in design.factors]
    in_mind = [text for text in BEAR_IN_MIND if text not in notes and not (design.drawn and text == CHANCE_ONLY)]
    parts = (
        ("What was asked", _lines(design.question)),
        ("What this folder says", [line for sentence in answer for line in _lines(sentence)]),
        ("What to bear in mind", _points([*notes, *in_mind])),
        ("What each file holds", [f"{name:<19}{what}" for name, what in here]),
        ("Which scenarios", [f"{name:<29}{one.title}" for name, one in zip(design.names, design.alternatives, strict=True)]),
        *([("What was varied", factors)] if factors else []),
        ("How it was made", _lines(made)),
    )  # fmt: skip
    return "\n".join(f"{heading}\n{'-' * len(heading)}\n" + "\n".join(lines) + "\n" for heading, lines in parts)


def _range(factor: Spread, how: str) -> str:
    unit = BY_NAME[factor.parameter].unit
    if factor.values:
        said = ", ".join(f"{value:g}" for value in factor.values[:12]) + (", ..." if len(factor.values) > 12 else "")
    else:
        said = f"{factor.low:g} to {factor.high:g}, {how}{' over orders of magnitude' if factor.log else ''}"
    return f"{said} ({unit})" if unit not in ("0-1", "0 or 1", "") else said


def _lines(text: str) -> list[str]:
    return [line.strip() for line in wrapped(text, LINE)] if text else []


def _points(texts: Sequence[str]) -> list[str]:
    lines = []
    for first, *rest in map(_lines, texts):
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return lines


def _manifest(sweep: Sweep, answer: list[str], started: float, stopped: str) -> dict[str, Any]:
    design = sweep.design
    return {
        "command": "sweep",
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        **machine(),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "name": design.name,
        "title": design.title,
        "question": design.question,
        "expected": design.expected,
        "answer": answer,
        "stopped": stopped,
        "replicates": sweep.replicates,
        "seed": design.seed,
        "seeds": [design.seed, design.seed + sweep.replicates - 1],
        "runs": sweep.n_runs,
        "n_failed": sweep.n_failed,
        "people": design.n_users,
        "weeks": [design.reduction.first, design.reduction.stop - 1],
        "window": [design.reduction.window[0], design.reduction.window[1] - 1],
        "groups": list(design.reduction.groups),
        "outcomes": [outcome.name for outcome in design.reduction.outcomes],
        "deciding_outcome": design.deciding_outcome,
        "options": {
            "outcomes": list(dict.fromkeys([design.deciding_outcome, *design.asked_outcomes])),
            "groups": list(design.reduction.groups),
        },
        "n_worlds": design.n_worlds,
        "factors": [{**factor, "kind": "list" if factor["values"] else "sampled"} for factor in sweep.content["factors"]],
        "sample": sweep.content["sample"],
        **({"two_parts": _deciding_parts(sweep)} if design.drawn else {}),
        "alternatives": [{"name": n, "title": s.title} for n, s in zip(design.names, design.alternatives, strict=True)],
        "scenarios": [
            {"name": name, "digest": scenario.digest(), "resolved": scenario.resolved()}
            for name, scenario in zip(design.names, design.alternatives, strict=True)
        ],
        "failed": _failed(sweep.failures),
        "notes": sweep_notes(sweep, stopped),
    }  # fmt: skip


def _deciding_parts(sweep: Sweep) -> list[Any]:
    """Both parts of the intervals of the deciding outcome, a row for each level and difference."""
    table = parts_table(sweep, [sweep.design.deciding_outcome])
    return table.drop(columns=["label", "unit", "caveat"]).to_dict("records")


def _failed(failures: pd.DataFrame) -> list[dict[str, Any]]:
    """The first failed runs, each with the last line of its traceback."""
    return [
        {"scenario": row.scenario, "world": row.world, "seed": row.seed, "cause": str(row.cause).rsplit("\n", 1)[-1]}
        for row in failures.head(100).itertuples()
    ]
