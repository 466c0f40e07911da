"""The result folder of a comparison: tables, figures, scenarios, a page that says what is what, and the manifest."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import persim
from persim.answer_words import answer, answer_sentences, size_words
from persim.comparison import Comparison
from persim.comparison_figures import figures
from persim.comparison_words import PURPOSE, barrier_table, failed_json, headline, luck_words, study_words
from persim.decision_words import costs_in_words, parts_in_words
from persim.figure_frames import as_bytes
from persim.model_version import MODEL_VERSION
from persim.policy import monday_of
from persim.store import ResultFolder, machine, safe_name
from persim.text_table import wrapped

TABLE_WIDTH = 220
LINE = 100
FILES = (
    ("table.txt", "the tables as text: differences to the first scenario, what stood in the way, stages, costs"),
    ("summary.csv", "every measure for everyone: mean over runs with its 95 % interval, and how far runs spread"),
    ("differences.csv", "paired differences to the first scenario with 95 % intervals, correlation, worth of pairing"),
    ("series.csv", "outcomes over time: mean, interval, nine of ten runs (p5 to p95), difference"),
    ("groups.csv", "the same by group of people; `small` marks cells on fewer than 200 people in a run"),
    ("barriers.csv", "weeks without a real budget: the gate that closed first, every gate that would have"),
    ("funnel.csv", "how far 100 eligible people came, from an opportunity to a real budget"),
    (
        "waits.csv",
        "how long each step of the way takes, people still waiting included (Kaplan-Meier), all runs together",
    ),
    ("decomposition.csv", "which stage of the way each difference in real take-up comes from; the parts add up"),
    ("costs.csv", "who pays what a year: council, NHS, person; rows with `is_sum` add up others"),
    ("runs.parquet", "every run's own numbers, long"),
    ("*.parquet", "the tables again with all digits, for R, Python or a database"),
    (
        "figures/",
        "take-up over time, the way to a budget, its parts, barriers, differences, costs; PNG for slides, SVG for print",
    ),
    ("scenarios/", "each scenario as it was run, complete: every number, every dated step"),
    ("manifest.json", "versions, seeds, options, and the SHA-256 of every file"),
)


def folder_name(names: list[str]) -> str:
    """A name for the result folder of these scenarios: baseline-and-lean_process, baseline-and-5-others."""
    first, *others = (safe_name(Path(name).stem if name.endswith((".yaml", ".yml")) else name) for name in names)
    if not others:
        return first
    return f"{first}-and-{others[0] if len(others) == 1 else f'{len(others)}-others'}"


def write_comparison(
    c: Comparison, folder: ResultFolder, started: float, with_figures: bool = True, command: str = "compare"
) -> Path:
    """Write everything into the folder and give it its name.

    Args:
        started: `time.time()` when the runs began.
    Returns: the folder.
    """
    write_contents(c, folder, with_figures)
    folder.write_parts("runs", c.run_parts())
    folder.write_text("README.txt", readme(c, folder))
    return folder.commit(_manifest(c, started, command))


def write_contents(c: Comparison, folder: ResultFolder, with_figures: bool = True) -> None:
    """Write the tables, the figures and the scenarios: all but every run's own numbers and what describes the folder."""
    for name, table in (
        ("summary", c.summary),
        ("differences", c.paired_differences),
        ("groups", c.groups),
        ("barriers", c.barriers),
        ("funnel", c.steps),
        ("waits", c.waits),
        ("decomposition", c.decomposition),
        ("costs", c.costs),
    ):
        if len(table.columns):
            folder.write_table(name, table)
    if c.reduction.over_time:
        folder.write_table("series", c.series)
    if with_figures:
        for name, words, figure in figures(c):
            for kind in ("png", "svg"):
                folder.write_bytes(f"figures/{name}.{kind}", as_bytes(figure, kind, words))
    for scenario, file in zip(c.scenarios, _scenario_files(c), strict=True):
        folder.write_json(file, scenario.resolved())
    folder.write_text("table.txt", _table_text(c))


def _scenario_files(c: Comparison) -> list[str]:
    """A file for each scenario, each once also where names differ only in signs that no file should have."""
    safe = [safe_name(name) for name in c.names]
    return [
        f"scenarios/{name}{'' if safe.count(name) == 1 else f'-{number + 1}'}.json" for number, name in enumerate(safe)
    ]


def _table_text(c: Comparison) -> str:
    found = [headline(c), barrier_table(c), *([parts_in_words(c)] if len(c.names) > 1 else []), costs_in_words(c)]
    lines = [line for table in found for line in ("", *(text for text, _ in table.lines(TABLE_WIDTH)))][1:]
    return "\n".join(lines) + "\n"


def readme(c: Comparison, folder: ResultFolder) -> str:
    """The page that says what is what, of what has been written into the folder so far."""
    written = {path.name for path in folder.place.iterdir()}
    here = [
        (name, what) for name, what in FILES if name.rstrip("/") in written or name in ("*.parquet", "manifest.json")
    ]
    made = f"persim {persim.__version__}, {size_words(c)}, seeds {c.seed} to {c.seed + c.replicates - 1}"
    parts = (
        (
            "What this folder says",
            [
                *_paragraph(answer(c)),
                *_paragraph(luck_words(c)),
                *_paragraph(study_words(c)),
                *_points(c.notes),
            ],
        ),
        ("What to bear in mind", _points(BEAR_IN_MIND)),
        ("What each file holds", [f"{name:<19}{what}" for name, what in here]),
        ("Which scenarios", [f"{n:<29}{scenario.title}" for n, scenario in zip(c.names, c.scenarios, strict=True)]),
        ("How it was made", [*_paragraph(made), *_paragraph(_weeks(c)), *_failed(c)]),
    )  # fmt: skip
    return "\n".join(f"{heading}\n{'-' * len(heading)}\n" + "\n".join(lines) + "\n" for heading, lines in parts)


CHANCE_ONLY = (
    "Intervals cover chance between runs only: not doubt about the numbers put in, nor about the model. Many of those "
    "numbers are assumptions: `persim parameters` says which."
)
BEAR_IN_MIND = (
    PURPOSE,
    CHANCE_ONLY,
    "Reported take-up is what a council would count; real take-up is a budget in use with a plan the person agreed, "
    "and a sum known or free to vary. The size of the gap between them is an assumption.",
    "The barrier that closed first is not thereby the cause to attack: read it beside all that would have closed.",
    "Declining a budget is a choice. More take-up is not always better, and a budget is not all of personalised care.",
    "Control and quality of life are indices of this model, not ASCOT or QALY scores.",
    "Cost per real budget is the council's staff and money only, and unstable where the gain is near nought.",
    "Figures marked `small` rest on fewer than 200 people in a run.",
    "The model has no ethnicity, age, sex, poverty, housing or diagnosis: no equality assessment can rest on it.",
    "A run of default numbers does not describe any named Trust. Quote intervals, version and scenario file.",
)  # fmt: skip


def _paragraph(text: str) -> list[str]:
    return [line.strip() for line in wrapped(text, LINE)] if text else []


def _points(texts: Iterable[str]) -> list[str]:
    lines = []
    for first, *rest in map(_paragraph, texts):
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return lines


def _weeks(c: Comparison) -> str:
    first, stop = c.reduction.first, c.reduction.stop
    start, end = c.reduction.window
    return (
        f"Weeks {first} to {stop - 1} ({monday_of(first)} to {monday_of(stop - 1)}; week 0 is that of 7 April 2008). "
        f"The tables report weeks {start} to {end - 1}: shares of people in the last of them, flows and rates over all."
    )


def _failed(c: Comparison) -> list[str]:
    return [f"Failed: {f['scenario']}, seed {f['seed']}: {f['cause']}" for f in failed_json(c)[:20]]


def _manifest(c: Comparison, started: float, command: str) -> dict[str, object]:
    return {
        "command": command,
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        **machine(),
        "answer": answer_sentences(c),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 1),
        "options": c.options,
        "replicates": c.replicates,
        "seeds": [c.seed, c.seed + c.replicates - 1],
        "people": c.n_users,
        "weeks": [c.reduction.first, c.reduction.stop - 1],
        "window": [c.reduction.window[0], c.reduction.window[1] - 1],
        "groups": list(c.reduction.groups),
        "outcomes": [outcome.name for outcome in c.reduction.outcomes],
        "failed": failed_json(c),
        "notes": list(c.notes),
        "scenarios": [
            {"name": name, "digest": scenario.digest(), "file": file, "resolved": scenario.resolved()}
            for scenario, name, file in zip(c.scenarios, c.names, _scenario_files(c), strict=True)
        ],
    }  # fmt: skip
