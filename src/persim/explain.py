"""`persim.explain` and the folder it writes: from a scenario, or a ledger that was kept, to a story.

A story comes from a ledger. A scenario is run for it, with its ledger kept; a folder or file with a ledger is read.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import persim
from persim.biography import SYNTHETIC, Biography, biography, counts_words
from persim.caseload_year import CaseloadYear, caseload_year, team_year
from persim.choosers import pick
from persim.errors import InputError
from persim.ledger import FILE, Ledger, read_ledger
from persim.lives import Lives
from persim.scenario import Scenario, read_scenario
from persim.simulate import run_scenario
from persim.store import MANIFEST, ResultFolder, machine, safe_name
from persim.story_page import story_page

Story = Biography | CaseloadYear
README = """{title}, from persim {version}: {name}, {seed}, {people:,} people.

story.txt        the story; the number behind a sentence is the row of the ledger that it tells
story.html       the same as a page, to open in any browser or to print
story.json       the same for programs: each fact of each sentence with the column it is from
{figure}ledger.parquet   every event of the run; `persim explain THIS_FOLDER --person 3` tells of somebody else
scenario.json    the scenario as it was run, complete
manifest.json    versions, options, and the SHA-256 of every file

{synthetic}
"""
FIGURE = "life_line.*      the life line\n"


def explain(
    scenario: Scenario | str | Path, seed: int | None = None, person: int | None = None, *, choose: str = "",
    every: bool = False, n_users: int | None = None, n_weeks: int | None = None, luck: int | None = None,
    **parameters: float | None,
) -> Biography:  # fmt: skip
    """The story of one synthetic person.

    Args:
        scenario: a scenario, its name or path; or a ledger that was kept, or the folder it lies in.
        seed: of the run, 1 if none. person: row of the people, from 0; or `choose`: conditions of `persim.choosers`,
            such as "never offered, high perceived risk".
        every: tell every row, with its chance and draw. n_users, n_weeks, luck, parameters: as for `persim.simulate`.

    Raises: ScenarioError for a bad scenario, InputError for anything else: no such person, nobody who matches, a ledger
        of another version of the model.
    """
    if (person is None) == (not choose):
        raise InputError(
            "explain takes a person or a choice: person=17, or choose='never offered, high perceived risk'"
        )
    lives = lives_of(scenario, seed, n_users, n_weeks, parameters, luck)
    return story_of_person(lives, person, choose, every)


def story_of_person(lives: Lives, person: int | None, choose: str = "", every: bool = False) -> Biography:
    """The story of a person by row or by choice. Raises: InputError as `explain` does."""
    if person is not None:
        return biography(lives, person, every)
    picked = pick(lives, choose)
    return biography(lives, picked.person, every, picked.words)


def lives_of(
    source: Scenario | str | Path, seed: int | None = None, n_users: int | None = None, n_weeks: int | None = None,
    parameters: Mapping[str, float | None] | None = None, luck: int | None = None,
) -> Lives:  # fmt: skip
    """The lives of a run: of a ledger that was kept, or of a scenario that is run now.

    Raises: InputError if a ledger is given together with a seed, a size or a number to change, or cannot be read.
    """
    if is_ledger(source):
        given = {"seed": seed, "luck": luck, "people": n_users, "weeks": n_weeks} | dict(parameters or {})
        fixed = [name for name, value in given.items() if value is not None]
        if fixed:
            raise InputError(f"{source} is a ledger of a run that is made; {fixed[0]} cannot be changed in it")
        return Lives(read_ledger(Path(str(source))))
    found = source if isinstance(source, Scenario) else read_scenario(source)
    found = found.changed(n_users=n_users, n_weeks=n_weeks, **(parameters or {}))
    return Lives(ledger_of(found, 1 if seed is None else seed, luck))


def is_ledger(source: Scenario | str | Path) -> bool:
    """Is this a ledger's file, or a result folder (which holds one or not), rather than a scenario?"""
    if isinstance(source, Scenario):
        return False
    place = Path(source)
    return place.suffix == ".parquet" or (place / FILE).is_file() or (place / MANIFEST).is_file()


def ledger_of(scenario: Scenario, seed: int, luck: int | None = None) -> Ledger:
    """The ledger of one run of a resolved scenario."""
    ledger = run_scenario(scenario, seed, "final", ledger=True, luck=luck).ledger
    assert ledger is not None
    return ledger


def page_of(story: Story, svg: str = "") -> str:
    """A story as an HTML page."""
    lives = story.lives
    counts = "\n".join(counts_words(story.counts))
    if isinstance(story, CaseloadYear):
        table = "\n".join(line for line, _ in story.table().lines(110))
        blocks = [("Hours", table, "table"), ("What happened on the caseload", counts, "words")]
        return story_page(story.title, [story.subtitle], story.notes()[-1], [], story.sentences, blocks, story.notes())
    end = "\n".join(f"{what}: {words}" for what, words in story.end)
    return story_page(
        story.title, [story.subtitle, story.chosen, story.never_eligible], SYNTHETIC, lives.who(story.person),
        story.sentences, [(story.end_heading, end, "words"), ("In numbers", counts, "words")], story.notes(), svg,
    )  # fmt: skip


def write_story(story: Story, folder: ResultFolder, started: float) -> Path:
    """Write a story with its ledger into a result folder, and give the folder its name."""
    ledger = story.lives.ledger
    svg = ""
    if isinstance(story, Biography):
        svg = _write_life_line(story, folder)
    folder.write_text("story.txt", story.text())
    folder.write_text("story.html", page_of(story, svg))
    folder.write_json("story.json", story.as_json())
    ledger.write(folder.path(FILE))
    folder.write_json("scenario.json", ledger.scenario.resolved())
    words = {
        "title": story.title,
        "version": persim.__version__,
        "name": ledger.scenario.name,
        "seed": story.lives.seed_words,
    }
    words |= {"people": ledger.scenario.n_users, "synthetic": SYNTHETIC, "figure": FIGURE if svg else ""}
    folder.write_text("README.txt", README.format(**words))
    return folder.commit({
        "command": "explain",
        "persim": persim.__version__,
        "model_version": ledger.model_version,
        **machine(),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 1),
        "seed": ledger.seed,
        "people": ledger.scenario.n_users,
        "about": story.title,
        "story": asked_of(story),
        "scenarios": [
            {"name": safe_name(ledger.scenario.name), "digest": ledger.scenario.digest(), "file": "scenario.json",
             "resolved": ledger.scenario.resolved()}
        ],
    })  # fmt: skip


def asked_of(story: Story) -> dict[str, Any]:
    """What was asked for, as a manifest holds it: enough to tell the story again from the same lives."""
    luck = {} if story.lives.ledger.luck is None else {"luck": story.lives.ledger.luck}
    if isinstance(story, CaseloadYear):
        return {
            "posts": list(story.posts),
            "team": story.team,
            "weeks": list(story.weeks),
            "every": story.every,
            **luck,
        }
    return {"person": story.person, "chosen": story.chosen, "every": story.every, **luck}


def story_again(lives: Lives, asked: Mapping[str, Any]) -> Story:
    """The story that `asked_of` was taken from, of the same lives.

    Raises: KeyError if what was asked is not said; InputError if there is no such person, post or team.
    """
    every = bool(asked["every"])
    if "person" in asked:
        return biography(lives, asked["person"], every, asked["chosen"])
    first, stop = asked["weeks"]
    if asked["team"] >= 0:
        return team_year(lives, asked["team"], (first, stop), every)
    return caseload_year(lives, asked["posts"][0], (first, stop), every)


def told_again(scenario: Scenario, seed: int, asked: Mapping[str, Any], made: ResultFolder) -> Path:
    """Run a scenario again and write the story that was asked for into a result folder."""
    started = time.time()
    lives = lives_of(scenario, seed, luck=asked.get("luck"))
    return write_story(story_again(lives, asked), made, started)


def _write_life_line(story: Biography, folder: ResultFolder) -> str:
    from persim.figure_frames import Words, as_bytes

    figure = story.figure()
    words = Words(story.title, story.subtitle, SYNTHETIC)
    drawing = as_bytes(figure, "svg", words)
    folder.write_bytes("life_line.svg", drawing)
    folder.write_bytes("life_line.png", as_bytes(figure, "png", words))
    return drawing.decode("utf-8")
