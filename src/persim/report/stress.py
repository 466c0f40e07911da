"""The method, point by point, after STRESS-ABS, the reporting guideline for agent-based simulation.

What is general about the model is said here, in short; what belongs to these results is taken from their folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import persim
from persim.parameters import TABLE
from persim.report.folder import ResultFiles, text_of
from persim.report.own_steps import own_steps
from persim.report.views import clipped
from persim.report.wording import period, question_of, size

GUIDELINE = (
    "STRESS-ABS: Monks and others (2019), Strengthening the reporting of empirical simulation studies, Journal of "
    "Simulation 13(1)."
)
Point = tuple[str, str]


def method(files: ResultFiles) -> list[tuple[str, list[Point]]]:
    """The guideline's sections, each with its points: (heading, [(point, words)])."""
    return [
        ("1 Objectives", _objectives(files)),
        ("2 Logic", _logic(files)),
        ("3 Data", _evidence()),
        ("4 Experimentation", _experimentation(files)),
        ("5 Implementation", _implementation(files)),
        ("6 Code access", [("6.1 Computer model sharing", _code_access(files))]),
    ]


def _objectives(files: ResultFiles) -> list[Point]:
    return [
        (
            "1.1 Purpose of the model",
            "To think through which known barriers hold back personal budgets in mental health services in England, 2008 "
            "to 2013, what each lever would change, for whom and at what cost, and whether reported take-up is real.",
        ),
        (
            "1.2 Model outputs",
            "Take-up reported and real, as a share of people eligible for council-funded social care who are on the "
            "caseload; offers, starts, waits and people who left the process; felt choice and control and quality of life, "
            "as indices from 0 to 1; gaps between groups; weeks without a real budget by barrier; costs a year in pounds.",
        ),
        ("1.3 Aims of experimentation", f"{question_of(files)} {_aims(files)}".strip()),
    ]


def _aims(files: ResultFiles) -> str:
    if len(files.names) < 2:
        return f"One scenario was run: {_names(files)}."
    worlds = files.manifest.get("n_worlds")
    over = f" in each of {worlds:,} worlds" if isinstance(worlds, int) and worlds > 1 else ""
    return f"Compared{over}, with the first as reference: {_names(files)}."


def _names(files: ResultFiles) -> str:
    named = [clipped(title, 80) for title in files.titles.values()]
    return "; ".join(named[:12]) + (f"; and {len(named) - 12} more" if len(named) > 12 else "")


def _logic(files: ResultFiles) -> list[Point]:
    return [
        (
            "2.1 Overview",
            "Each week: policy and levers set the terms; the panel decides; posts and caseloads change; people live "
            "(mental state, the Mental Health Act, information, asking); coordinators share out their hours; reviews and "
            "requests meet the gates and stages of the process go on; attitudes move; the week is counted.",
        ),
        (
            "2.2 Base model logic",
            "An offer is made when a practitioner recognises the need, finds the person ready, has time, recommends a "
            "budget, holds that it is their job, knows the process, accepts the risk, sees no legal bar and tells the "
            "person. After these gates stands a process that costs hours, effort and weeks. What one agent reads of "
            "others was fixed before the phase began, so order does not matter.",
        ),
        ("2.3 Scenario logic", _scenario_logic(files)),
        (
            "2.4 Algorithms",
            "Odds shifted by ratios hold every chance within 0 and 1. Judgements about a person are drawn once for about "
            "two years; time, knowledge and telling are weekly. Panels take cases oldest first, within places and money.",
        ),
        (
            "2.5.1 Components: environment",
            "Localities (a council with its Trust) with eight dials, money, a panel, a market of support, blame, stigma "
            "and power distance; teams of ten posts. No map: space is who shares a team, a panel, a locality.",
        ),
        (
            "2.5.2 Components: agents",
            "Service users; nurses, social workers and occupational therapists, who coordinate care; brokers and council "
            "teams, who can lead on a budget. None of them is a real person.",
        ),
        (
            "2.5.3 Components: interaction",
            "People meet their coordinator; practitioners meet through team norms, hand-offs and alarm after incidents; "
            "people hear from four peers of their team within blocks of 33 people; everyone in a locality shares the "
            "panel, its pot and its culture.",
        ),
        (
            "2.5.4 Components: entry and exit",
            "People are discharged, come back, or after two years give way to the next person; posts fall vacant and are "
            "filled. The n-th person of a place is the same in every scenario.",
        ),
    ]


def _scenario_logic(files: ResultFiles) -> str:
    counts = [f"{scenario.name} {len(own_steps(files, scenario))}" for scenario in files.scenarios[1:13]]
    own = f" Steps beyond the reference: {', '.join(counts)}; they are listed under “What was run”." if counts else ""
    return (
        "A scenario changes numbers from the first week or from a date, at once or over some weeks; the national policy "
        f"calendar is shared by all.{own}"
    )


def _evidence() -> list[Point]:
    grades = Counter(parameter.grade for parameter in TABLE)
    counted = ", ".join(
        f"{grades[grade]} {words}"
        for grade, words in (
            ("measured", "measured"),
            ("published estimate", "published estimates"),
            ("qualitative", "qualitative (a direction is published, the size is ours)"),
            ("assumption", "assumptions"),
        )
    )
    return [
        (
            "3.1 Data sources",
            "Published figures and law and practice of the time; on the question itself five sources: 102 interviews on "
            "community treatment orders, 28 interviews in integrated teams, one practitioner's column, one call for good "
            "practice, one doctoral thesis read as an abstract. No records of people. Only one take-up figure for mental "
            "health (14.6 % in 2011-12, at third hand).",
        ),
        (
            "3.2 Pre-processing",
            "Published figures were put on one base where that was possible: people eligible for council-funded social "
            "care. Weeks count from 7 April 2008; a financial year is taken as 52 weeks.",
        ),
        (
            "3.3 Input parameters",
            f"{len(TABLE)} numbers in persim {persim.__version__}, each with unit, bounds, evidence grade and source: "
            f"{counted}. Those used here are kept whole in the folder, for each scenario.",
        ),
        (
            "3.4 Assumptions",
            "Incidents, crises and admissions do not depend on budgets. Orders change no relapse. Leadership, a leaner "
            "process, pooled money and a broader market cost nothing. Role boundaries, knowledge, information and "
            "bureaucracy scale the same total and cannot be told apart by it.",
        ),
    ]


def _experimentation(files: ResultFiles) -> list[Point]:
    return [
        (
            "4.1 Initialisation",
            "Localities, teams, posts and people are drawn from scenario and seed; at the start at most one eligible "
            "person in twenty has a direct payment. No warm-up: growth from this start is what is studied.",
        ),
        ("4.2 Run length", period(files) or "Not told by this folder."),
        ("4.3 Estimation approach", _estimation(files)),
    ]


def _estimation(files: ResultFiles) -> str:
    if files.command == "run":
        return f"{size(files).capitalize()}: no interval can be given."
    how = size(files).capitalize()
    if len(files.names) > 1:
        how += (
            ". The same people and the same luck in every scenario, so differences are taken pair by pair; means with 95 % "
            "intervals over pairs"
        )
    else:
        how += ". Means with 95 % intervals over runs"
    failed = files.manifest.get("failed")
    n_failed = len(failed) if isinstance(failed, list) else 0
    return f"{how}. Runs that failed: {n_failed or 'none'}."


def _implementation(files: ResultFiles) -> list[Point]:
    manifest = files.manifest
    packages = manifest.get("packages")
    versions = (
        ", ".join(f"{name} {version}" for name, version in packages.items()) if isinstance(packages, dict) else ""
    )
    seeds = manifest.get("seeds")
    seeded = f" Seeds {seeds[0]} to {seeds[1]}." if isinstance(seeds, list) and len(seeds) == 2 else ""
    seeded = seeded or (f" Seed {text_of(manifest['seed'])}." if text_of(manifest.get("seed")) else "")
    return [
        (
            "5.1 Software",
            f"persim {text_of(manifest.get('persim'))}, model version {text_of(manifest.get('model_version'))}; Python "
            f"{text_of(manifest.get('python'))}; {versions}.",
        ),
        (
            "5.2 Random sampling",
            "Every draw is a pure function of seed, agent, week and purpose (a counter-based generator), so the same seed "
            f"means the same luck whatever else changes.{seeded}",
        ),
        ("5.3 Model execution", "Weekly steps in fixed phases; results do not depend on the number of threads."),
        ("5.4 System specification", _system(manifest)),
    ]


def _system(manifest: Mapping[str, Any]) -> str:
    seconds, cores = manifest.get("seconds"), manifest.get("cores")
    took = f" These results took {seconds:,} seconds." if isinstance(seconds, int | float) else ""
    many = f", {cores} processor cores" if isinstance(cores, int) else ""
    return f"{text_of(manifest.get('platform')) or 'Not told by this folder'}{many}.{took}"


def _code_access(files: ResultFiles) -> str:
    other = text_of(files.manifest.get("persim"))
    differs = (
        f" This page was made by persim {persim.__version__}; the results by {other}."
        if other and other != persim.__version__
        else ""
    )
    return (
        "persim is open source under the MIT licence. The version above, the scenario files kept in the folder and the "
        f"seeds give the same numbers again.{differs}"
    )
