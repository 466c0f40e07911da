"""The table of parameters as people read it: a DataFrame, a page of the documentation, rows to print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from persim.errors import InputError
from persim.parameters import FIXED_AT_START, GROUPS, TABLE, Parameter
from persim.scenario_fields import nearest

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("name", "group", "meaning", "unit", "default", "low", "high", "grade", "source", "when")

GROUP_TITLES = {
    "dials": "Dials: turn these first",
    "locality": "Localities and their organisation",
    "caseload": "Caseload, posts and eligibility",
    "wellbeing": "Mental state, felt control, contact and quality of life",
    "compulsion": "Compulsion and rights",
    "information": "Information and asking",
    "practice": "The practitioner's week",
    "attitudes": "Attitudes and knowledge by profession",
    "pathway": "From a budget raised to a budget in use",
    "targets": "Targets and counting",
    "culture": "Culture and learning",
    "costs": "Costs and who pays",
    "levers": "Levers: what a dated policy step changes",
    "barriers": "Barriers: 1 switches one off",
}


_INTRODUCTION = """\
# Parameters

<!-- Made from src/persim/parameters.py by scripts/generate_docs.py: change it there. -->

Every number of the model: {n} of them, each once. A scenario changes a number under `parameters` (for the whole run) or
in a `policy` step (for some weeks). *Low* and *high* are the bounds a scenario may use. A number without a default of
its own is placed by a dial; set it to override the dial. Numbers marked † shape the population at the start, so that a
policy step cannot change them.

**Evidence grades.** *measured*: a published figure for this quantity. *published estimate*: a published figure for
something near it. *qualitative*: the source states a direction, the size is ours. *assumption*: no source; vary it.

**Sources.** S1 Banks, Stroud and Doughty 2016; S2 Hamilton and others 2015/16; S3 Bogg 2008; S4 the call for good
practice of 2011-12; S5 Hitchen 2013. TGT, PAR and PAT codes are rows of the table of evidence.
"""


def parameters(group: str | None = None) -> pd.DataFrame:
    """Every number of the model with its unit, bounds, evidence grade and source, one row each.

    Args:
        group: only the numbers of this group, such as "levers".

    Raises: InputError for an unknown group.
    """
    import pandas as pd

    return pd.DataFrame(rows(group), columns=list(COLUMNS))


def rows(group: str | None = None) -> list[dict[str, str | float | None]]:
    """The same as plain rows; `default` is None where a dial places the number."""
    return [_row(p) for p in _chosen(group)]


def default_text(parameter: Parameter) -> str:
    """The default as it is written in the documentation."""
    return "by dial" if parameter.default is None else f"{parameter.default:g}"


def markdown() -> str:
    """The page `docs/parameters.md`."""
    lines = [_INTRODUCTION.format(n=len(TABLE)), *count_by_grade()]
    for group in GROUPS:
        lines += ["", f"## {GROUP_TITLES.get(group, group.capitalize())}", ""]
        lines += [
            "| name | meaning | unit | default | low | high | grade | source |",
            "| --- | --- | --- | ---: | ---: | ---: | --- | --- |",
        ]
        lines += [_markdown_row(p) for p in _chosen(group)]
    return "\n".join(lines) + "\n"


def _chosen(group: str | None) -> Iterable[Parameter]:
    if group is None:
        return TABLE
    if group not in GROUPS:
        hint = nearest(group, GROUPS) or f"the groups are {', '.join(GROUPS)}"
        raise InputError(f"there is no group {group!r} - {hint}")
    return [p for p in TABLE if p.group == group]


def _row(p: Parameter) -> dict[str, str | float | None]:
    when = "at the start" if p.name in FIXED_AT_START else "any week"
    return {column: getattr(p, column) for column in COLUMNS[:-1]} | {"when": when}


def count_by_grade() -> list[str]:
    """A table in Markdown: how many parameters of each group have which evidence grade."""
    grades = ("measured", "published estimate", "qualitative", "assumption")
    lines = [
        f"| group | {' | '.join(grades)} | all |",
        f"| --- | {' | '.join('---:' for _ in grades)} | ---: |",
    ]
    for group in (*GROUPS, None):
        chosen = list(_chosen(group))
        counts = [sum(p.grade == grade for p in chosen) for grade in grades]
        lines.append(f"| {group or '**all**'} | {' | '.join(str(n) for n in counts)} | {len(chosen)} |")
    return lines


def _markdown_row(p: Parameter) -> str:
    mark = " †" if p.name in FIXED_AT_START else ""
    cells = (
        f"`{p.name}`{mark}",
        p.meaning,
        p.unit,
        default_text(p),
        f"{p.low:g}",
        f"{p.high:g}",
        p.grade,
        p.source,
    )
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
