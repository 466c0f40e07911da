"""Lessons on the page: what is said of predictions, how persons are told, and the whole lesson of docs/lessons.md."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from test_app_scripts import node

from persim.app.films import Films
from persim.app.joined_scripts import STATIC
from persim.app.lesson_pages import lesson_json
from persim.app.lesson_runs import run_reveal
from persim.app.lesson_told import told_json
from persim.errors import InputError
from persim.lessons.file import read_lesson
from persim.lessons.lesson import Lesson, Question, Reveal, Told

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).parent / "app_scripts" / "lesson.test.mjs"
STORY = """schema_version: 1
lesson: mine
title: Mine
question: Who?
minutes: 5
sources: [S4]
parts:
  - kind: {kind}
    worlds: {{usual: {{title: usual, scenario: seminar}}}}
    people: 150
    pick: {pick}
"""


@pytest.fixture
def told_of(tmp_path):
    """What a part about one person shows, of a lesson that has only this part."""

    def tell(kind: str, pick: str, more: str = "", note: str = "") -> dict:
        place = tmp_path / "mine.yaml"
        text = STORY.format(kind=kind, pick=pick).replace("parts:\n", f"parts:\n{note}") + more
        place.write_text(text, encoding="utf-8")
        part = read_lesson(place).parts[-1]
        assert isinstance(part, Told)
        return told_json(Films(), part)

    return tell


def test_scripts_say_rightly_how_far_off_a_prediction_was():
    done = subprocess.run(
        [node(), "--test", "--test-reporter=spec", str(TESTS)],
        env=os.environ | {"STATIC": str(STATIC)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.fixture
def example(tmp_path) -> Lesson:
    """The lesson of docs/lessons.md, from its file."""
    page = (ROOT / "docs" / "lessons.md").read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert found
    place = tmp_path / "open_doors.yaml"
    place.write_text(found[1], encoding="utf-8")
    return read_lesson(place)


def test_the_lesson_of_the_handbook_is_fine_and_its_runs_show_what_it_says(example, tmp_path):
    assert [part["kind"] for part in lesson_json("open_doors", tmp_path)["parts"]] == [
        part.kind for part in example.parts
    ]
    reveal = next(part for part in example.parts if isinstance(part, Reveal))
    question = next(part for part in example.parts if isinstance(part, Question))
    told = run_reveal(reveal, question.choices)
    assert [told.right(choice) for choice in question.choices] == [True, False, False]
    person = next(part for part in example.parts if isinstance(part, Told))
    assert told_json(Films(), person)["week"]["hours"]


def test_the_handbook_names_every_kind_of_part():
    from persim.lessons.part_keys import PART_KEYS

    page = (ROOT / "docs" / "lessons.md").read_text("utf-8")
    for kind, keys in PART_KEYS.items():
        row = re.search(rf"^\| `{kind}` \|.*$", page, re.MULTILINE)
        assert row, kind
        assert all(f"`{key}" in page for key in keys.every), kind


def test_a_story_stands_beside_the_week_of_its_coordinator(told_of):
    found = told_of("person_and_coordinator", "never offered", "    week: fullest\n")
    assert found["story"]["person"] == found["person"]
    assert found["week"]["at_work"] is not None
    assert "Picked by: never offered" in found["picked"]


def test_the_week_of_a_hand_off_is_told_if_asked_for(told_of):
    found = told_of("person_and_coordinator", "handed on", "    week: handed_on\n")
    weeks = [one["week"] for one in found["story"]["sentences"] if one["kind"] == "handed on"]
    assert found["week"]["week"] == weeks[0]


def test_what_was_done_under_the_act_is_told_only_after_a_content_note(told_of):
    without = told_of("person_and_coordinator", "detained")
    note = "  - {kind: content_note, text: This is about compulsion.}\n"
    after = told_of("person_and_coordinator", "detained", note=note)
    kinds = [{one["kind"] for one in found["story"]["sentences"]} for found in (without, after)]
    assert "detained" not in kinds[0]
    assert "detained" in kinds[1]


def test_other_luck_begins_with_the_same_person(told_of):
    found = told_of("luck", "typical", "    luck: [7, 8]\n")
    assert len(found["lucks"]["lucks"]) == 3
    assert found["lucks"]["shares"]["of"] == 100


def test_where_nobody_in_the_first_run_matches_the_next_are_looked_through(told_of):
    found = told_of("three_views", "refused by panel")
    assert found["seed"] > 1
    assert found["meetings"]["meetings"]


def test_words_that_nobody_in_ten_runs_matches_are_told(told_of):
    with pytest.raises(InputError, match="nobody in 10 runs of 150 people"):
        told_of("three_views", "never eligible, real budget, never had an opportunity")
