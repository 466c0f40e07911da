"""Tables inside hand-written pages that are made from the program: between two marks, by `generate_docs.py`."""

import re
from collections import Counter
from pathlib import Path

from persim.evidence import Evidence, docs, read_evidence
from persim.parameter_docs import count_by_grade
from persim.parameters import TABLE
from persim.rule_numbers import fixed_numbers

ROOT = Path(__file__).resolve().parents[1]
BEGINS, ENDS = "<!-- table: {}, made by scripts/generate_docs.py -->", "<!-- end of table -->"
MARKED = re.compile(
    r"(<!-- table: ([\w ]+), made by scripts/generate_docs\.py -->\n).*?(<!-- end of table -->)", re.DOTALL
)
PAGES = ("evidence.md", "model.md", "rat-rs.md", "stress-abs.md", "trace.md")


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


TABLES = {
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
