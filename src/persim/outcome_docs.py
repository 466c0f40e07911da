"""The page `docs/outcomes.md`: every outcome with its unit, base and how it is reckoned. Made from `persim.outcomes`."""

from __future__ import annotations

from persim.outcomes import ALL_GROUPS, OUTCOMES, Outcome

_INTRODUCTION = """\
# Outcomes

<!-- Made from src/persim/outcomes.py by scripts/generate_docs.py: change it there. -->

All that a run reports, {n} outcomes. Each is a sum of counts (*top*; what stands after a minus is taken away), divided by
another sum (*bottom*) where there is one, and multiplied by a *scale*. Counts are made once a week for every recorded
group, each person with their weight ([model.md](model.md#711-what-is-counted)); their names are columns of
`persim.measures`. Of a period longer than a week a *stock* is read in its last week and a *flow* is added up over it; a
flow over a stock is divided by that stock times the weeks of the period, so that a scale of 52 makes it a rate a year. *In
the year* adds up both parts since April, for figures published so. An outcome without anything below the line in a period
is missing, not nought.

Groups that can be recorded apart: {groups}. How chance between runs becomes an interval is said in [sweeps.md](sweeps.md)
and under each table that `persim compare` prints. Caveats stand under this table.

| outcome | meaning | unit | kind | top | bottom | scale |
| --- | --- | --- | --- | --- | --- | ---: |
"""


def markdown() -> str:
    """The page `docs/outcomes.md`."""
    caveats: dict[str, list[str]] = {}
    for outcome in OUTCOMES:
        if outcome.caveat:
            caveats.setdefault(outcome.caveat, []).append(f"`{outcome.name}`")
    groups = ", ".join(ALL_GROUPS)
    head = _INTRODUCTION.format(n=len(OUTCOMES), groups=groups)
    lines = [_row(outcome) for outcome in OUTCOMES]
    lines += ["", "## Caveats", "", *(f"- {caveat} ({', '.join(names)})" for caveat, names in caveats.items())]
    return head + "\n".join(lines) + "\n"


def _row(outcome: Outcome) -> str:
    kind = outcome.kind + (" in the year" if outcome.yearly else "")
    top, bottom = _sum(outcome.top), _sum(outcome.bottom)
    cells = (f"`{outcome.name}`", outcome.meaning, outcome.unit, kind, top, bottom, f"{outcome.scale:g}")
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _sum(names: tuple[str, ...]) -> str:
    """Counts as they are added up: a name that ends in a hyphen is taken away."""
    signed = [f"- {name[:-1]}" if name.endswith("-") else f"+ {name}" for name in names]
    return " ".join(signed).removeprefix("+ ")
