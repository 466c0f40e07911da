"""What the scenarios change: the headline, the same by group of people, and one run year by year."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from persim.number_words import MINUS, NOTHING, difference_words, level_words, ratio_words, unit_words
from persim.policy import monday_of
from persim.report.folder import ResultFiles, rows_of, text_of, texts_of
from persim.report.views import Cell, Line, View

if TYPE_CHECKING:
    import pandas as pd

SMALL = 200  # people; a cell on fewer is flagged
EXTRA_COST = "extra_cost_per_extra_real_budget"
LEGAL_STATUS = "legal_status"
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Take-up, of eligible people", ("reported_take_up", "real_take_up", "real_take_up_strict", "notional_take_up")),
    ("On the way", (
        "informed", "offers", "wait_weeks", "left_process", "plan_without_person", "forms_hours_year",
        "forms_hours_per_start",
    )),
    ("Lives of eligible people", ("control_felt", "quality_of_life")),
    ("Gaps in real take-up between groups", (
        "gap_perceived_risk", "gap_legal_status", "gap_rural", "gap_profession", "gap_carer",
    )),
    ("Cost to the council", ("cost_per_real_budget", EXTRA_COST)),
    ("Community treatment orders", (
        "order_informed", "rights_informed", "involvement_making", "involvement_review", "involvement_gain",
        "conditions_negotiated", "felt_benefit", "cto_recalls",
    )),
)  # fmt: skip
ON_ORDERS = frozenset(SECTIONS[-1][1])
BY_GROUP = ("real_take_up", "offers", "control_felt")
DIMENSIONS = {
    "all": "Everyone",
    "profession": "Profession of the coordinator",
    "legal_status": "Legal status",
    "perceived_risk": "How coordinators see risk",
    "actual_risk": "Vulnerability as set in the model",
    "perceived_by_actual": "Perceived beside actual risk",
    "section_117": "Aftercare duty (section 117)",
    "carer": "Carer",
    "rural": "Where people live",
    "locality": "Locality",
}
YEARLY = (
    "reported_take_up", "real_take_up", "real_take_up_strict", "notional_take_up", "informed", "control_felt",
    "quality_of_life",
)  # fmt: skip
POINTS = "Differences between percentages are in percentage points."
INTERVALS = "Under each number: its 95 % interval, which covers chance between runs only."
FEW = f"† Rests on fewer than {SMALL} people in a run: read with care, or run more people."
MOST_BY_GROUP = 4  # scenarios beside the first in tables by group


def is_few(row: Any) -> bool:
    """Whether a row of a table rests on fewer than 200 people in a run."""
    marked = getattr(row, "small", None)
    if marked is not None and marked == marked:
        return bool(marked)
    people = getattr(row, "people", math.nan)
    return bool(people < SMALL)


def level_cell(unit: str, mean: float, low: float = math.nan, high: float = math.nan, few: bool = False) -> Cell:
    """A level with its interval under it, where there is one."""
    text = level_words(unit, mean)
    if not (math.isfinite(low) and math.isfinite(high)) or text == NOTHING:
        return Cell(text, few=few and text != NOTHING)
    return Cell(text, f"{level_words(unit, low)} to {level_words(unit, high)}", few)


def difference_cell(unit: str, value: float, low: float, high: float, few: bool = False) -> Cell:
    """A difference with its interval under it."""
    text, _, interval = difference_words(unit, value, low, high).partition(" (")
    interval = interval.rstrip(")")
    is_thousands = text.endswith("k") and " to " in interval
    return Cell(text, _each_in_pounds(interval) if is_thousands else interval, few and text != NOTHING)


def _each_in_pounds(interval: str) -> str:
    """An interval of thousands of pounds with sign and k at both ends: −6.6 to 10.5 as −£6.6k to £10.5k."""
    ends = interval.split(" to ")
    return " to ".join(f"{MINUS}£{end[1:]}k" if end.startswith(MINUS) else f"£{end}k" for end in ends)


def unit_of(unit: str) -> str:
    """What a row is counted in, as shown beside its label."""
    return unit_words(unit)


def shows_legal_status(files: ResultFiles) -> bool:
    """Whether groups by legal status were asked for, or the scenarios are about community treatment orders."""
    options = files.manifest.get("options")
    asked = texts_of(options.get("groups")) if isinstance(options, dict) else texts_of(files.manifest.get("groups"))
    words = [part.strip() for text in asked for part in text.split(",")]
    return LEGAL_STATUS in words or any(scenario.resolved.get("enrich") for scenario in files.scenarios)


def levels_and_gains(files: ResultFiles) -> tuple[list[str], dict, dict] | None:
    """The scenarios, and rows of levels and of differences by (scenario, measure); None if there are no levels."""
    summary, differences = files.tables.get("summary"), files.tables.get("differences")
    if summary is None or not len(summary):
        return None
    levels = {(row.scenario, row.measure): row for row in rows_of(summary)}
    gains = {} if differences is None else {(row.scenario, row.measure): row for row in rows_of(differences)}
    return present(files, summary), levels, gains


def headline(files: ResultFiles) -> View | None:
    """The main table: the level of the first scenario, then each scenario's difference to it."""
    found = levels_and_gains(files)
    if found is None:
        return None
    names, levels, gains = found
    lines: list[Line] = []
    for heading, measures in headline_sections(files):
        rows = [line for measure in measures if (line := _headline_line(measure, names, levels, gains)) is not None]
        lines += [Line(heading), *rows] if rows else []
    others = names[1:]
    lead = [
        f"First column: the level in “{files.title(names[0])}”. Other columns: the difference to it." if others else "",
        f"{INTERVALS} Directions are better founded than sizes.",
        POINTS if others else "",
    ]
    heads = (files.title(names[0]), *(files.title(name) for name in others))
    return View("headline", "Headline", tuple(filter(None, lead)), "Measure", heads, tuple(lines), fixed=1)


def present(files: ResultFiles, table: pd.DataFrame) -> list[str]:
    """Scenarios of a table in the folder's order; those that only the table knows come last."""
    inside = list(dict.fromkeys(table["scenario"]))
    return [name for name in files.names if name in inside] + [name for name in inside if name not in files.titles]


def headline_sections(files: ResultFiles) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The measures of the headline under their headings; what a reader asked for besides comes last."""
    legal = shows_legal_status(files)
    options = files.manifest.get("options")
    chosen = options.get("outcomes") if isinstance(options, dict) else None
    told = {measure for _, measures in SECTIONS for measure in measures}
    yield from (
        (heading, tuple(m for m in measures if legal or (m != "gap_legal_status" and m not in ON_ORDERS)))
        for heading, measures in SECTIONS
    )
    asked = [part.strip() for text in texts_of(chosen) for part in text.split(",")]
    yield "Also asked for", tuple(measure for measure in asked if measure not in told)


def _headline_line(measure: str, names: list[str], levels: dict, gains: dict) -> Line | None:
    if measure == EXTRA_COST:
        return _extra_cost_line(names, gains)
    first = levels.get((names[0], measure))
    if first is None:
        return None
    cells = [level_cell(first.unit, first.mean, first.low, first.high, is_few(first))]
    for name in names[1:]:
        row = gains.get((name, measure))
        few = row is not None and is_few(row)
        cells.append(
            Cell(NOTHING) if row is None else difference_cell(row.unit, row.difference, row.low, row.high, few)
        )
    return Line(first.label, tuple(cells), unit_of(first.unit), (text_of(getattr(first, "caveat", "")),))


def _extra_cost_line(names: list[str], gains: dict) -> Line | None:
    rows = [gains.get((name, EXTRA_COST)) for name in names[1:]]
    first = next((row for row in rows if row is not None), None)
    if first is None:
        return None
    return Line(
        first.label,
        (Cell(NOTHING), *(ratio_cell(row) for row in rows)),
        unit_of("GBP"),
        (
            text_of(getattr(first, "caveat", "")),
            "Given only where more people have a real budget for more money, and the gain is beyond chance.",
        ),
    )


def ratio_cell(row: Any) -> Cell:
    """Extra cost for each extra real budget with its interval, or in words why there is none."""
    if row is None:
        return Cell(NOTHING)
    why = text_of(getattr(row, "note", ""))
    if why or not math.isfinite(row.difference):
        return Cell(why or NOTHING)
    text, _, interval = ratio_words(row.difference, row.low, row.high).partition(" (")
    interval = interval.rstrip(")")
    return Cell(text, _each_in_pounds(interval) if text.endswith("k") else interval)


def by_group(files: ResultFiles) -> list[View]:
    """Real take-up, offers and felt control by group of people: the first scenario's level, then differences."""
    table = files.tables.get("groups")
    if table is None:
        return []
    every = present(files, table)
    if not shows_legal_status(files):
        table = table[table["dimension"] != LEGAL_STATUS]
    views = []
    for outcome in BY_GROUP:
        rows = table[table["outcome"] == outcome]
        if len(rows):
            names = _most_different(rows, every)
            views.append(_group_view(files, outcome, rows, names, len(every) - len(names)))
    return views


def _most_different(rows: pd.DataFrame, names: list[str]) -> list[str]:
    """The first scenario and the few that differ most from it for everyone: many tables of many columns tell nobody."""
    if len(names) <= 1 + MOST_BY_GROUP:
        return names
    everyone = rows[rows["dimension"] == "all"].set_index("scenario")["difference"].abs()
    ranked = sorted(names[1:], key=lambda name: -float(everyone.get(name, 0.0)))[:MOST_BY_GROUP]
    return [names[0], *(name for name in names[1:] if name in ranked)]


def _group_view(files: ResultFiles, outcome: str, rows: pd.DataFrame, names: list[str], left_out: int) -> View:
    found = {(row.scenario, row.dimension, row.group): row for row in rows_of(rows)}
    lines: list[Line] = []
    for dimension in dict.fromkeys(rows["dimension"]):
        groups = list(dict.fromkeys(rows.loc[rows["dimension"] == dimension, "group"]))
        if dimension != "all":
            lines.append(Line(DIMENSIONS.get(str(dimension), str(dimension).replace("_", " ").capitalize())))
        lines += [_group_line(dimension, group, found, names) for group in groups]
    first = rows.iloc[0]
    lead = ["Under each number: its 95 % interval. People: mean in a run of the first scenario."]
    if not shows_legal_status(files):
        lead.append("Legal status was not asked for, and is not shown apart.")
    if left_out:
        lead.append(
            f"The {MOST_BY_GROUP} scenarios that differ most for everyone; {left_out} more are in the workbook."
        )
    heads = ("People", files.title(names[0]), *(files.title(name) for name in names[1:]))
    title = f"{first['label']} by group, {unit_of(first['unit'])}"
    return View(
        f"group-{outcome}", title, tuple(lead), "Group", heads, tuple(lines), fixed=2,
        small_note=FEW,
    )  # fmt: skip


def _group_line(dimension: str, group: str, found: dict, names: list[str]) -> Line:
    first = found.get((names[0], dimension, group))
    if first is None:
        return Line(group, (Cell(NOTHING),) * (1 + len(names)))
    low, high = getattr(first, "low", math.nan), getattr(first, "high", math.nan)
    cells = [
        Cell(f"{first.people:,.0f}" if math.isfinite(first.people) else NOTHING),
        level_cell(first.unit, first.mean, low, high, is_few(first)),
    ]
    for name in names[1:]:
        row = found.get((name, dimension, group))
        cells.append(
            Cell(NOTHING)
            if row is None
            else difference_cell(row.unit, row.difference, row.difference_low, row.difference_high, is_few(row))
        )
    label = "Everyone" if dimension == "all" else group[:1].upper() + group[1:]
    general = text_of(getattr(found.get((names[0], "all", "all")), "caveat", ""))
    own = text_of(getattr(first, "caveat", ""))
    caveats = (general, own.removeprefix(general).strip()) if own.startswith(general) else (own,)
    return Line(label, tuple(cells), caveats=caveats)


def of_one_run(files: ResultFiles) -> pd.DataFrame | None:
    """Outcomes of one run over time, for everyone everywhere; None for other folders."""
    table = next((files.tables[name] for name in ("weekly", "quarterly", "final") if name in files.tables), None)
    if table is None:
        return None
    table = table[table["group"] == "all"]
    return table[table["locality"].astype(str) == "all"] if "locality" in table.columns else table


def year_by_year(files: ResultFiles) -> View | None:
    """One run at the end of each financial year; None for other folders."""
    from persim.outcomes import BY_NAME

    table = of_one_run(files)
    if table is None:
        return None
    weeks = sorted(set(table["week"].astype(int)))
    ends = [week for week in weeks if week % 52 == 51 or week == weeks[-1]]
    values = {(row.outcome, int(row.week)): row.value for row in rows_of(table)}
    lines = [
        Line(
            BY_NAME[name].label,
            tuple(level_cell(BY_NAME[name].unit, values.get((name, week), math.nan)) for week in ends),
            unit_of(BY_NAME[name].unit),
            (BY_NAME[name].caveat,),
        )
        for name in YEARLY
        if any((name, week) in values for week in ends)
    ]
    lead = ("One run: luck is in every number, and there is no interval. The command compare tells luck from effect.",)
    heads = tuple(f"{monday_of(week):%B %Y}" for week in ends)
    return View("years", "Year by year", lead, "Measure", heads, tuple(lines))
