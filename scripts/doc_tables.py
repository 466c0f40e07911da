"""Tables inside hand-written pages that are made from the program: between two marks, by `generate_docs.py`."""

import csv
import re
from collections import Counter
from pathlib import Path

from persim.evidence import Evidence, docs, read_evidence
from persim.number_words import MINUS
from persim.parameter_docs import count_by_grade
from persim.parameters import BY_NAME, TABLE
from persim.rule_numbers import fixed_numbers

ROOT = Path(__file__).resolve().parents[1]
BEGINS, ENDS = "<!-- table: {}, made by scripts/generate_docs.py -->", "<!-- end of table -->"
MARKED = re.compile(
    r"(<!-- table: ([\w ]+), made by scripts/generate_docs\.py -->\n).*?(<!-- end of table -->)", re.DOTALL
)
CALIBRATED = ROOT / "docs" / "studies" / "calibration"  # tables of the calibration whose sample comes with persim
PAGES = ("calibration.md", "evidence.md", "model.md", "rat-rs.md", "stress-abs.md", "trace.md")


def table_of_fixed_numbers() -> list[str]:
    """Every number that stands in a rule or a loop."""
    lines = ["| file | rule or loop | numbers |", "| --- | --- | --- |"]
    return [
        *lines,
        *(f"| `{file}` | `{name}` | {', '.join(f'{x:g}' for x in xs)} |" for file, name, xs in fixed_numbers()),
    ]


def table_of_evidence_use() -> list[str]:
    """How many rows of evidence serve for what, and how they were seen."""
    rows = read_evidence()
    kinds = ("yes", "derived", "third hand")
    lines = [
        "| evidence | rows | read | derived | third hand | what for |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, chosen, purpose in _uses(rows):
        seen = Counter(row.verified for row in chosen)
        lines.append(f"| {name} | {len(chosen)} | {' | '.join(str(seen[kind] or '-') for kind in kinds)} | {purpose} |")
    return lines


def _uses(rows: Evidence) -> list[tuple[str, list, str]]:
    targets = {use: [t for t in rows.targets if t.use == use] for use in ("specification", "calibration", "validation")}
    purposes = {
        "specification": "the model was built or set with it",
        "calibration": "parameters are fitted to it",
        "validation": "held out",
    }
    found = [(f"targets for {use}", chosen, purposes[use]) for use, chosen in targets.items()]
    shown = [p for p in rows.patterns if p.contrasts]
    used = [r for r in rows.ranges if r.parameters]
    return [
        *found,
        ("patterns compared", shown, "direction of an effect, in paired runs"),
        ("of these, not shown in part", [p for p in shown if p.not_shown], "named, with the reason"),
        ("figures behind parameters", used, "default and bounds of a parameter"),
        ("figures used by no parameter", [r for r in rows.ranges if not r.parameters], "named, with the reason"),
    ]


def table_of_targets() -> list[str]:
    """Each target with its use and what stands for it in the model."""
    lines = ["| code | what | use | outcome | group | weeks |", "| --- | --- | --- | --- | --- | --- |"]
    for t in read_evidence().targets:
        m = t.measured
        weeks = f"{m.first}-{m.last}" + (f" over {m.ratio_to[0]}-{m.ratio_to[1]}" if m.ratio_to else "")
        use = f"{t.use}, {t.stage.replace('_', '-')}" if t.stage else t.use
        lines.append(f"| {t.id} | {t.quantity} | {use} | `{m.outcome}` | {m.group} | {weeks} |")
    return lines


def table_of_grades() -> list[str]:
    """Parameters by group and evidence grade."""
    return [*count_by_grade(), "", f"{len(TABLE)} parameters; each with its source in [parameters.md](parameters.md)."]


def calibrated(name: str) -> list[dict[str, str]]:
    """The rows of a stored table of the calibration whose sample comes with persim."""
    with (CALIBRATED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answer_of_calibration() -> list[str]:
    """What it says of itself: answer.txt, a paragraph a list item."""
    paragraphs = (CALIBRATED / "answer.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return [f"- {' '.join(text.split())}" for text in paragraphs]


def table_of_calibration_size() -> list[str]:
    """What was run in each stage, and how far it came."""
    waves, generations, patterns = (calibrated(name) for name in ("waves", "generations", "patterns"))
    lines = [
        "| stage | points in waves | of the prior space left | points in generations | error of observation at the end | "
        "draws tried on patterns |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for stage in dict.fromkeys(row["stage"] for row in generations):
        own = {row["wave"]: row for row in waves if row["stage"] == stage}
        made = [row for row in generations if row["stage"] == stage]
        tried = {row["draws"] for row in patterns if row["stage"] == stage}
        left = 100.0 * float(list(own.values())[-1]["share_left"])
        cells = (
            stage, f"{sum(int(row['points']) for row in own.values()):,}", f"{left:.2g} %",
            f"{sum(int(row['points']) for row in made):,}", f"{float(made[-1]['width']):.2f} times", max(tried, default="-"),
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def table_of_calibrated_parameters() -> list[str]:
    """Prior and posterior of each parameter, and the default that the model has now."""
    lines = [
        "| parameter | prior | mean | 90 % interval | less spread | default now |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in calibrated("parameters"):
        low, high, mean, p5, p95 = (_3(row[key]) for key in ("low", "high", "mean", "p5", "p95"))
        less = f"{100.0 * float(row['shrinkage']):.0f} %" if row["informed"] == "True" else "not informed"
        now = _3(BY_NAME[row["parameter"]].default)
        lines.append(f"| `{row['parameter']}` | {low} to {high} | {mean} | {p5} to {p95} | {less} | {now} |")
    return lines


def table_of_calibrated_targets() -> list[str]:
    """What was observed, and what the model gives before and after, in its stage and with everything switched on."""
    lines = [
        "| target | what | observed | before | after | distance | all on: draws | all on: defaults |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    all_on = {row["target"]: row for row in calibrated("defaults")}
    for row in calibrated("targets"):
        bound, now = "at most " if row["one_sided"] else "", all_on[row["target"]]
        lines.append(
            f"| {row['target']} | {row['quantity']} | {bound}{_3(row['observed'])} ± {float(row['sd']):.2g} | "
            f"{_3(row['prior_p5'])} to {_3(row['prior_p95'])} | {_3(row['p5'])} to {_3(row['p95'])} | "
            f"{_apart(row['distance'])} | {_apart(now['draws'])} ± {float(now['draws_se']):.1f} | "
            f"{_apart(now['defaults'])} ± {float(now['defaults_se']):.1f} |"
        )
    return lines


def _3(value: str | float | None) -> str:
    return "-" if value is None else f"{float(value):.3g}"


def _apart(value: str) -> str:
    return f"{float(value):+.1f}".replace("-", MINUS)


TABLES = {
    "calibration in words": answer_of_calibration,
    "calibration size": table_of_calibration_size,
    "calibrated parameters": table_of_calibrated_parameters,
    "calibrated targets": table_of_calibrated_targets,
    "fixed numbers": table_of_fixed_numbers,
    "evidence use": table_of_evidence_use,
    "targets": table_of_targets,
    "parameters by grade": table_of_grades,
    "published targets": docs.table_of_published_targets,
    "figures for parameters": docs.table_of_figures_for_parameters,
    "figures not used": docs.table_of_figures_not_used,
    "patterns": docs.table_of_patterns,
}


def pages_with_tables() -> dict[Path, str]:
    """Path and text of every hand-written page, its tables made anew."""
    paths = [ROOT / "docs" / name for name in PAGES]
    return {path: with_tables(path.read_text(encoding="utf-8")) for path in paths if path.exists()}


def with_tables(text: str) -> str:
    """The text with what stands between marks made anew. Raises KeyError for a table that nobody makes."""
    return MARKED.sub(lambda m: "\n".join([m[1].rstrip("\n"), "", *TABLES[m[2]](), "", m[3]]), text)
