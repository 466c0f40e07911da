"""The page: what of a result folder is shown where, and the template that shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import persim
from persim.report.across_worlds import PRIORS, factors, fails, is_sweep, shares_better
from persim.report.effects import FEW, by_group, headline, year_by_year
from persim.report.folder import ATTRIBUTE, ResultFiles, text_of
from persim.report.gates_and_costs import barriers, costs, decomposition, funnel
from persim.report.own_steps import own_steps
from persim.report.pictures import pictures_of
from persim.report.stress import GUIDELINE, method
from persim.report.views import Part, View, clean, clipped, parts_of
from persim.report.why import Why
from persim.report.wording import (
    NOT_FOR,
    answer_of,
    limits_of,
    made_by,
    notes_of,
    period,
    question_of,
    size,
    title_of,
)

GENERATOR = "persim report"
PURPOSE = "A thinking aid on synthetic people: not for decisions on eligibility, risk, budgets, staff or sites."
MOST_HEADS = 5  # side by side on a printed page
MOST_PAIRS = 4  # of heads with two columns each
HELD_BACK, PEOPLE = "held-back", "people"  # sections with more than tables
BEFORE_HELD_BACK = ("numbers", "worlds", "groups", "barriers")
UNBROKEN = re.compile(r"(\d) %")  # a number and its sign stay on one line


@dataclass(frozen=True)
class Section:
    """A heading with its tables."""

    anchor: str
    heading: str
    words: tuple[str, ...]
    parts: tuple[Part, ...]


def sections_of(files: ResultFiles) -> list[Section]:
    """The sections with tables, in the order of the page; those without a table are left out."""
    planned = [
        (
            "numbers",
            "What changes" if "differences" in files.tables and len(files.names) > 1 else "The numbers",
            (),
            [headline(files), year_by_year(files)],
        ),
        ("worlds", "Across worlds", (f"{PRIORS} The caveat stands in each row.",), _of_worlds(files)),
        ("groups", "For whom", (), by_group(files)),
        ("barriers", "What stood in the way", (), [barriers(files), funnel(files)]),
        ("costs", "Costs", (), [costs(files)]),
        ("made", "Where the difference is made", (), [decomposition(files)]),
    ]
    found = []
    for anchor, heading, words, views in planned:
        shown = [view for view in views if view is not None and view.lines]
        if shown:
            parts = tuple(part for view in shown for part in parts_of(view, MOST_PAIRS if view.under else MOST_HEADS))
            found.append(Section(anchor, heading, tuple(words), parts))
    return found


def _of_worlds(files: ResultFiles) -> Sequence[View | None]:
    return [shares_better(files), fails(files), factors(files)] if is_sweep(files) else []


def _with_why(sections: Sequence[Section], why: Why) -> list[Section]:
    """The sections with those on what holds people back, and on a few of them, in their places."""
    found = list(sections)
    if why.held_back is not None:
        from persim.report.held_back_views import views_of

        parts = tuple(part for view in views_of(why.held_back) for part in parts_of(view, MOST_HEADS))
        place = sum(section.anchor in BEFORE_HELD_BACK for section in found)
        found.insert(place, Section(HELD_BACK, "What holds people back", why.held_back.sentences, parts))
    if why.stories is not None:
        found.append(Section(PEOPLE, why.stories.heading, why.stories.lead, ()))
    return found


def page(files: ResultFiles, said: Sequence[str], workbook: str = "", why: Why | None = None) -> str:
    """The whole page.

    Args:
        said: paragraphs of what people who use services said; none for an empty box.
        workbook: the name of the workbook beside the page; nothing if there is none.
        why: an attribution and stories; none of them if None.
    Raises: StoreError for a damaged figure. ImportError without Jinja2.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=_cleaned)
    environment.filters["clipped"] = lambda text, most: clipped(str(text), most)
    template = environment.from_string(_packaged("page.html.j2"))
    why = why or Why()
    sections = _with_why(sections_of(files), why)
    pictures = [
        picture for picture in pictures_of(files, size(files)) if why.held_back is None or picture.name != "waterfall"
    ]
    scenarios = [(scenario, own_steps(files, scenario)) for scenario in files.scenarios]
    after = [("What was run", "compared"), ("Method", "method"), ("Limits", "limits")]
    after += [("What people said", "said"), ("Provenance", "provenance")]
    return template.render(
        generator=f"{GENERATOR} {persim.__version__}", style=Markup(_packaged("page.css")),
        title=title_of(files), question=question_of(files), answer=answer_of(files), not_for=NOT_FOR,
        size=size(files).capitalize(), period=period(files), notes=notes_of(files) if files.command != ATTRIBUTE else [],
        pictures=pictures, sections=sections, few_note=FEW,
        contents=[*((section.heading, section.anchor) for section in sections), *after],
        scenarios=scenarios, expected=text_of(files.manifest.get("expected")),
        guideline=GUIDELINE, method=method(files), limits=limits_of(files), said=said,
        version=text_of(files.manifest.get("persim")), model_version=text_of(files.manifest.get("model_version")),
        held_back=why.held_back, stories=why.stories,
        provenance=[*made_by(files), *(why.held_back.terms if why.held_back else ())],
        hashes=sorted((str(k), text_of(v)) for k, v in files.manifest["files"].items()),
        digests=[(scenario.name, scenario.digest) for scenario in files.scenarios if scenario.digest],
        changed=files.changed, purpose=PURPOSE, made_with=persim.__version__, workbook=workbook,
    )  # fmt: skip


def _cleaned(value: Any) -> Any:
    return UNBROKEN.sub("\\1\N{NO-BREAK SPACE}%", clean(value)) if type(value) is str else value


def _packaged(name: str) -> str:
    return resources.files("persim.report").joinpath(name).read_text("utf-8")
