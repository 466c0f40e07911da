"""What a report says in sentences: title, question, answer, what it is not for, limits, how it was made.

A folder may say some of this itself; the rest is told from its tables, so that older folders can be reported too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from persim.number_words import difference_words, level_words
from persim.policy import monday_of
from persim.report.effects import of_one_run
from persim.report.folder import ATTRIBUTE, ResultFiles, rows_of, text_of, texts_of
from persim.report.views import clipped

MOST_SENTENCES = 3
TITLE_SIGNS = 160
QUESTION_SIGNS = 600
NOT_FOR = (
    "This is a thinking aid about synthetic people. Nobody in it exists, and nothing in it came from anyone's records. "
    "It is not for decisions on anyone's eligibility, risk or budget, nor on staff or sites, and it predicts nothing "
    "for a person, a team or a named Trust. No equality impact assessment can rest on it."
)
CHANCE = (
    "Intervals cover chance between runs only, not doubt about the numbers put in or about the model; directions are "
    "better founded than sizes."
)
LIMITS = (
    "Directions are better founded than sizes. The sources say what gets in the way; hardly any says how much. One "
    "published figure on take-up in mental health carries the level, and it is known at third hand.",
    "Intervals cover chance between runs only. What is wrong in the numbers put in, or in the structure of the model, "
    "is not in them. About half of the numbers are assumptions; vary them before you believe an answer.",
    "Reported take-up is what a council would count. Real take-up is a budget in use with a plan the person agreed, and "
    "a sum that is known or free to vary. The gap is not fraud: counting rules and preference differ too, and its size "
    "is an assumption.",
    "The barrier that closed first is not thereby the cause to attack: the order of gates decides which closes first. "
    "Read it beside every gate that would have closed.",
    "Declining a budget is a choice. More take-up is not always better, and a budget is not all of personalised care.",
    "Groups are not ranked. Roles, hours and training differ between professions, and needs differ between people. "
    "Actual risk is set by the modeller; no service can see it.",
    "Felt control and quality of life are indices of this model from 0 to 1, not ASCOT or QALY scores.",
    "Costs leave out much, and cost for each real budget is unstable where the gain is near nought: look at cost and "
    "gain apart.",
    "There is no ethnicity, age, sex, poverty, housing or diagnosis in the model. It cannot show who bears compulsion or "
    "who is left out by any of these.",
    "England, 2008 to 2013. The Care Act 2014 and what followed lie outside. Default numbers describe no named Trust.",
    "People who use services, and carers, should read the rules before results are used, and be credited and paid for it.",
)
WORLDS_LIMIT = (
    "A share of worlds is one of this design's parameter sets, under its ranges; not a chance of success here. Other "
    "bounds, or other factors, give other shares."
)


def title_of(files: ResultFiles) -> str:
    """The title: the folder's own, or what was compared with what."""
    own = text_of(files.manifest.get("title"))
    if own:
        return clipped(own, TITLE_SIGNS)
    titles = [clipped(title, 60) for title in files.titles.values()] or ["Results of persim"]
    if files.command == ATTRIBUTE:
        return f"What holds people back: {titles[0]}"
    if len(titles) == 1:
        return titles[0]
    first, *others = titles
    if files.topic:
        return f"{clipped(files.topic, 80)}: {len(others)} alternative{'s' if len(others) > 1 else ''} to “{first}”"
    if len(others) > 3:
        return f"{len(others)} alternatives to “{first}”"
    return f"{_listed([f'“{other}”' for other in others])}, compared with “{first}”"


def question_of(files: ResultFiles) -> str:
    """The question: the folder's own, the one that the scenarios share, or the general one."""
    own = text_of(files.manifest.get("question"))
    if own:
        return clipped(own, QUESTION_SIGNS)
    if files.command == ATTRIBUTE:
        return "Of the real budgets that eligible people do not have, how much goes back to which barrier?"
    chosen = files.scenarios[1:] or files.scenarios
    asked = list(dict.fromkeys(scenario.question for scenario in chosen if scenario.question))
    if len(asked) == 1:
        return clipped(asked[0], QUESTION_SIGNS)
    return "Which of these raises real take-up of personal budgets, by how much, for whom, and at what cost?"


def answer_of(files: ResultFiles) -> list[str]:
    """The answer in up to three sentences: the folder's own, or told from its tables."""
    own = texts_of(files.manifest.get("answer"))
    if own:
        if files.command == ATTRIBUTE and files.names:  # whose name stands in the title already
            own = [text[:1].upper() + text[1:] for text in (one.removeprefix(f"{files.names[0]}: ") for one in own)]
        return [with_titles(files, sentence) for sentence in own[:MOST_SENTENCES]]
    return [sentence for sentence in _told(files) if sentence][:MOST_SENTENCES]


def with_titles(files: ResultFiles, sentence: str) -> str:
    """A sentence with titles in the place of names that no reader would say, such as brokers_and_peers."""
    for name, title in sorted(files.titles.items(), key=lambda pair: -len(pair[0])):
        if ("_" in name or "/" in name) and title != name:
            quoted = f"“{clipped(title, 60)}”"
            sentence = re.sub(rf"(?<![\w/“]){re.escape(name)}(?![\w/])", lambda _, words=quoted: words, sentence)
    return sentence


def _told(files: ResultFiles) -> list[str]:
    summary, differences = files.tables.get("summary"), files.tables.get("differences")
    if summary is None:
        run = _of_run(files)
        return run or [
            "This folder holds no summary from which an answer could be told; the tables below stand for themselves."
        ]
    levels = {(row.scenario, row.measure): row for row in rows_of(summary)}
    gains = (
        {}
        if differences is None
        else {(row.scenario, row.measure): row for row in rows_of(differences) if math.isfinite(row.difference)}
    )
    order = sorted(
        (name for name, measure in gains if measure == "real_take_up"),
        key=lambda name: -gains[name, "real_take_up"].difference,
    )
    return _of_several(files, levels, gains, order) if order else _of_one(files, levels)


def _of_run(files: ResultFiles) -> list[str]:
    """The end of one run; nothing if it does not tell real take-up."""
    table = of_one_run(files)
    if table is None or not len(table):
        return []
    last = int(table["week"].max())
    values = {row.outcome: row.value for row in rows_of(table[table["week"] == last])}
    if not math.isfinite(values.get("real_take_up", math.nan)):
        return []
    real, reported = (level_words("share", values.get(name, math.nan)) for name in ("real_take_up", "reported_take_up"))
    return [
        f"In this one run, {real} of eligible people have a real budget in the week of {_day(last)}, and {reported} are "
        "reported to have one.",
        "One run: luck is in every number, and no interval can be given.",
        "The gap is not fraud: counting rules and preference differ too, and its size is an assumption.",
    ]


def _of_one(files: ResultFiles, levels: Mapping[tuple[str, str], Any]) -> list[str]:
    name = files.names[0] if files.names else ""
    row, reported = levels.get((name, "real_take_up")), levels.get((name, "reported_take_up"))
    if row is None:
        return [CHANCE]
    title = files.title(name)
    between = f"95 % interval {level_words('share', row.low)} to {level_words('share', row.high)}"
    told = between if math.isfinite(row.low) else "one run, so no interval"
    beside = (
        "" if reported is None else f"Reported take-up is {level_words('share', reported.mean)}: the gap is not fraud."
    )
    return [
        f"In “{title}”, {level_words('share', row.mean)} of eligible people have a real budget ({told}; {size(files)}).",
        beside,
        CHANCE,
    ]


def _of_several(files: ResultFiles, levels: Mapping, gains: Mapping, order: list[str]) -> list[str]:
    best, reference = order[0], gains[order[0], "real_take_up"].reference
    row = gains[best, "real_take_up"]
    title, other = files.title(best), files.title(reference)
    if not any(gains[name, "real_take_up"].difference for name in order):
        same = f"Real take-up does not differ from “{other}” in any alternative, to the last person ({size(files)})."
        return [same, "", CHANCE]
    if not row.low > 0.0 and math.isfinite(row.low):
        first = (
            f"No alternative raises real take-up beyond chance; the largest difference to “{other}” is that of "
            f"“{title}”: {_points(row)} ({size(files)})."
        )
        return [first, "", CHANCE]
    before, after = levels.get((reference, "real_take_up")), levels.get((best, "real_take_up"))
    span = (
        f"from {level_words('share', before.mean)} to {level_words('share', after.mean)} of eligible people, "
        if before is not None and after is not None
        else ""
    )
    first = f"“{title}” raises real take-up most: {span}{_points(row)} against “{other}” ({size(files)})."
    return [first, _besides(files, gains, order), CHANCE]


def _besides(files: ResultFiles, gains: Mapping, order: list[str]) -> str:
    best = order[0]
    told = []
    reported, control = gains.get((best, "reported_take_up")), gains.get((best, "control_felt"))
    if reported is not None:
        told.append(f"reported take-up changes by {_points(reported)}")
    if control is not None:
        words = difference_words("0-1", control.difference, control.low, control.high)
        told.append(f"felt choice and control by {words} on a scale of 0 to 1")
    text = f"With it, {' and '.join(told)}" if told else ""
    if len(order) > 1:
        following = f"next comes “{files.title(order[1])}”, {_points(gains[order[1], 'real_take_up'])}"
        text = f"{text}; {following}" if text else following[:1].upper() + following[1:]
    return f"{text}." if text else ""


def _points(row: Any) -> str:
    size, _, interval = difference_words("share", row.difference, row.low, row.high).rstrip(")").partition(" (")
    ends = f"95 % interval {interval}" if " to " in interval else "one run, so no interval" if interval else "exactly"
    return f"{size} percentage points ({ends})"


def size(files: ResultFiles) -> str:
    """How many runs of how many people, and worlds if there are several."""
    manifest = files.manifest
    people, runs, worlds = (manifest.get(key) for key in ("people", "replicates", "n_worlds"))
    of = f" of {people:,} people" if isinstance(people, int) else ""
    if files.command == ATTRIBUTE and isinstance(manifest.get("runs"), int):
        return f"{manifest['runs']:,} runs{of}, with {runs} seeds"
    if files.command == "run":
        return f"one run{of}"
    pairs = "paired runs" if len(files.names) > 1 else "runs"
    text = f"{runs:,} {pairs if runs != 1 else 'run'}{of}" if isinstance(runs, int) else f"runs{of}"
    return f"{worlds:,} worlds, {text} in each" if isinstance(worlds, int) and worlds > 1 else text


def period(files: ResultFiles) -> str:
    """Which weeks were run and which are reported, in dates; nothing if the manifest does not say."""
    weeks, window = (_pair(files.manifest.get(key)) for key in ("weeks", "window"))
    told = []
    if weeks:
        told.append(f"Runs cover {_day(weeks[0])} to {_day(weeks[1])} ({weeks[1] - weeks[0] + 1:,} weeks).")
    if window:
        told.append(
            f"Tables report {_day(window[0])} to {_day(window[1])}: shares of people in the last of these weeks, flows "
            "and rates over all of them."
        )
    return " ".join(told)


def _pair(value: Any) -> tuple[int, int] | None:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(end, int) and abs(end) < 20_000 for end in value):
        return value[0], value[1]
    return None


def _day(week: int) -> str:
    day = monday_of(week)
    return f"{day.day} {day:%B %Y}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def made_by(files: ResultFiles) -> list[tuple[str, str]]:
    """Provenance, term by term: versions, seeds, dates, options, machine, and files that are no longer as written."""
    manifest = files.manifest
    packages = manifest.get("packages")
    seeds = _pair(manifest.get("seeds"))
    options = manifest.get("options")
    rows = [
        ("Command", f"persim {files.command}"),
        ("persim", text_of(manifest.get("persim"))),
        ("Model version", text_of(manifest.get("model_version"))),
        ("Runs", size(files)),
        ("Seeds", f"{seeds[0]} to {seeds[1]}" if seeds else text_of(manifest.get("seed"))),
        ("Weeks", period(files)),
        ("Begun", text_of(manifest.get("started")).replace("T", " ").replace("+00:00", " UTC")),
        ("Took", f"{manifest['seconds']:,} seconds" if isinstance(manifest.get("seconds"), int | float) else ""),
        ("Python", text_of(manifest.get("python"))),
        ("Packages", _pairs_in_words(packages)),
        ("Machine", _machine(manifest)),
        ("Options", _pairs_in_words(options)),
        ("Failed runs", _failed(manifest)),
        ("manifest.json, SHA-256", files.manifest_sha256),
        (
            "Not as written",
            ", ".join(files.changed) + " (SHA-256 differs from the manifest's)" if files.changed else "",
        ),
    ]
    return [(term, words) for term, words in rows if words]


def _machine(manifest: Mapping[str, Any]) -> str:
    cores = manifest.get("cores")
    platform = text_of(manifest.get("platform"))
    return f"{platform}, {cores} cores" if platform and isinstance(cores, int) else platform


def _pairs_in_words(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    told = []
    for key, item in value.items():
        if item in (None, "", [], {}):
            continue
        words = _pairs_in_words(item) if isinstance(item, dict) else ", ".join(texts_of(item))
        told.append(f"{key} {words}")
    return "; ".join(told)


def _failed(manifest: Mapping[str, Any]) -> str:
    failed = manifest.get("failed")
    if not isinstance(failed, list):
        return ""
    told = [
        f"{text_of(f.get('scenario'))}, seed {text_of(f.get('seed'))}: {text_of(f.get('cause'))}"
        for f in failed[:10]
        if isinstance(f, dict)
    ]
    return f"{len(failed)}: {'; '.join(told)}" if failed else "none"


def notes_of(files: ResultFiles) -> list[str]:
    """What this folder itself says a reader has to know."""
    return texts_of(files.manifest.get("notes") or [])


def limits_of(files: ResultFiles) -> list[str]:
    """The limits, those of this folder first."""
    worlds = [WORLDS_LIMIT] if "across_worlds" in files.tables else []
    return [*notes_of(files), *worlds, *LIMITS]
