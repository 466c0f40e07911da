"""What holds people back: a barrier attribution of the reference scenario, taken from a folder or made small with the report.

Read `HeldBack` first. What does not fit the folder that is reported (another scenario, version, number of people, time)
is said in words, never passed over.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persim.attribution import attribute
from persim.attribution_figures import figures
from persim.attribution_plan import AttributionPlan
from persim.attribution_result import Attribution
from persim.attribution_words import SHARES_CAVEAT, answer, notes, size_words
from persim.errors import PersimError, StoreError
from persim.experiment import Progress
from persim.figure_frames import as_bytes
from persim.report.folder import ResultFiles, text_of
from persim.report.pictures import Picture, picture_of
from persim.report.reference import first_seed, other_version, reference_of
from persim.report.views import clipped
from persim.run_store import read_content
from persim.scenario import Scenario
from persim.store import MANIFEST, sha256

if TYPE_CHECKING:
    import pandas as pd

MOST_PEOPLE = 1_000  # in each run of a small attribution
PERSON_WEEKS = 6 * MOST_PEOPLE * 260  # six seeds of a thousand people over five years
FEWEST_SEEDS, MOST_SEEDS = 3, 12
FRAMES = ("levels", "shares", "singles", "last", "remainder", "tally")


@dataclass(frozen=True)
class HeldBack:
    """An attribution as a report shows it.

    Attributes:
        sentences: the answer. caveat: what must follow it. source: where it is from, and how large it is.
        warnings: what does not fit this folder. frames: the tables of `FRAMES`, by name. picture: the waterfall.
        terms: provenance, (term, words).
    """

    sentences: tuple[str, ...]
    source: str
    warnings: tuple[str, ...]
    frames: Mapping[str, pd.DataFrame]
    picture: Picture
    terms: tuple[tuple[str, str], ...]
    caveat: str = SHARES_CAVEAT


def held_back_of(folder: str | os.PathLike[str], files: ResultFiles) -> HeldBack:
    """The attribution that `persim attribute` left in a folder.

    Raises: StoreError, in one line, if there is none, or it is damaged or came to nothing.
    """
    place = Path(folder)
    if not place.is_dir():
        raise StoreError(f"--attribution {place}: there is no such folder")
    try:
        found = Attribution(place)
        content = read_content(place)
    except StoreError as error:
        raise StoreError(f"--attribution {place}: {str(error).splitlines()[0]}") from error
    if found.n_seeds == 0:
        raise StoreError(f"--attribution {place}: no seed of it has all of its runs, so nothing can be shown")
    source = f"From a barrier attribution of “{_title(found.plan)}”: {size_words(found.plan)}."
    digest = sha256(place / MANIFEST) if (place / MANIFEST).is_file() else "not finished: no manifest.json"
    terms = (*_terms(found, text_of(content.get("model_version"))), ("Its manifest.json, SHA-256", digest))
    warnings = () if files.command == "attribute" else misfits(found.plan, files, text_of(content.get("model_version")))
    return _shown(found, source, (*warnings, *notes(found)), terms)


def small_held_back(files: ResultFiles, jobs: int = 0, progress: Progress | None = None) -> HeldBack | None:
    """A small attribution of the folder's reference scenario, run now; None if the folder does not hold its numbers."""
    scenario = reference_of(files)
    if scenario is None:
        return None
    people, seeds = small_size(scenario)
    window = _window(files, scenario)
    with tempfile.TemporaryDirectory(prefix="persim-", ignore_cleanup_errors=True) as folder:
        try:
            found = attribute(
                scenario, Path(folder) / "attribution", replicates=seeds, seed=first_seed(files), pairs=0, orders=1,
                n_users=people, window=window, groups=(), jobs=jobs, figures=False, progress=progress,
            )  # fmt: skip
        except PersimError:
            return None  # what this folder ran cannot be run now
        if found.n_seeds == 0:
            return None
        fewer = f" (the runs of this folder have {scenario.n_users:,} people)" if people < scenario.n_users else ""
        source = (
            f"Made small, together with this report: {size_words(found.plan)}{fewer}. Its intervals are wide, and barriers "
            "that lie close may stand in another order. To show a larger one: persim attribute, then persim report with "
            "--attribution."
        )
        warnings = tuple(filter(None, (_worlds(files), other_version(files))))
        return _shown(found, source, warnings, _terms(found, ""))


def small_size(scenario: Scenario) -> tuple[int, int]:
    """People and seeds of an attribution that takes some ten seconds, about as long for any scenario."""
    people = min(scenario.n_users, MOST_PEOPLE)
    return people, max(FEWEST_SEEDS, min(MOST_SEEDS, PERSON_WEEKS // (people * scenario.n_weeks)))


def misfits(plan: AttributionPlan, files: ResultFiles, version: str) -> tuple[str, ...]:
    """In what an attribution is not of the folder's reference scenario, in sentences; none if it fits."""
    told = []
    reference = reference_of(files)
    title = clipped(files.title(files.names[0]), 80) if files.names else "the reference"
    if reference is None:
        told.append(
            "This folder does not hold its scenarios whole, so it cannot be checked that the scenario is the same."
        )
    elif not _is_same(plan.scenario, reference):
        told.append(
            f"Another scenario: it is of “{_title(plan)}”, and the reference of this report, “{title}”, differs."
        )
    own = text_of(files.manifest.get("model_version"))
    if version != own:
        told.append(f"Another version of the model: it is of version {version}, this folder of version {own}.")
    people = files.manifest.get("people")
    if isinstance(people, int) and people != plan.scenario.n_users:
        told.append(
            f"Another number of people: its runs have {plan.scenario.n_users:,}, those of this folder {people:,}."
        )
    window = files.manifest.get("window")
    if isinstance(window, list) and window != [plan.window[0], plan.window[1] - 1]:
        told.append("Another time: it reports on other weeks than this folder.")
    return (*told, *filter(None, (_worlds(files),)))


def _is_same(one: Scenario, other: Scenario) -> bool:
    """Do two scenarios say the same, whatever their size, their length and what they are called?"""
    alike = {"name": "", "title": "", "question": "", "expected": "", "n_users": one.n_users, "n_weeks": one.n_weeks}
    return replace(one, **alike).digest() == replace(other, **alike).digest()


def _worlds(files: ResultFiles) -> str:
    if "across_worlds" not in files.tables:
        return ""
    return "It is of one world: the reference with its own numbers, not with those that the sweep varied."


def _window(files: ResultFiles, scenario: Scenario) -> tuple[int, int] | None:
    """The window of the folder, if the scenario as it stands covers it."""
    window: Any = files.manifest.get("window")
    if not (isinstance(window, list) and len(window) == 2 and all(isinstance(week, int) for week in window)):
        return None
    first, stop = window[0], window[1] + 1
    covered = scenario.start_week <= first < stop <= scenario.start_week + scenario.n_weeks
    return (first, stop) if covered else None


def _shown(
    found: Attribution, source: str, warnings: tuple[str, ...], terms: tuple[tuple[str, str], ...]
) -> HeldBack:  # fmt: skip
    first, *rest = answer(found)
    first = first.removeprefix(f"{found.plan.scenario.name}: ")
    _, words, figure = next(figures(found))  # the waterfall is the first
    drawing = as_bytes(figure, "svg", words)
    frames = {name: getattr(found, name).copy() for name in FRAMES}
    picture = picture_of("waterfall", drawing, size_words(found.plan))
    return HeldBack((first[:1].upper() + first[1:], *rest), source, warnings, frames, picture, terms)


def _terms(found: Attribution, version: str) -> tuple[tuple[str, str], ...]:
    plan = found.plan
    seeds = f"seeds {plan.seed} to {plan.seed + plan.replicates - 1}"
    words = f"{size_words(plan)}, {seeds}, weeks {plan.window[0]} to {plan.window[1] - 1}"
    return (("Barrier attribution", words), ("Its scenario", f"{plan.scenario.name}, digest {plan.scenario.digest()}"),
            *((("Its model version", version),) if version else ()))  # fmt: skip


def _title(plan: AttributionPlan) -> str:
    return clipped(plan.scenario.title or plan.scenario.name, 80)
