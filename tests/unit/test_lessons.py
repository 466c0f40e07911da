"""Lessons: what a file may hold, faults with their places, what the page is told, and that words rest on directions."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from persim.app.lesson_pages import lesson_json, lesson_list, lesson_named, reveal_json
from persim.app.lesson_runs import direction, jobs_of, run_reveal
from persim.errors import InputError, ScenarioError
from persim.lessons.file import read_lesson
from persim.lessons.lesson import Lesson, Question, Reveal, Told
from persim.lessons.part_keys import PART_KEYS
from persim.lessons.schema import lesson_schema
from persim.lessons.search import find_lesson, is_lesson, lesson_places, shipped_lesson_folder
from persim.lessons.sources import SOURCES, known_sources

ROOT = Path(__file__).parents[2]
SHIPPED = ("whose_order", "whose_job", "belief_and_risk", "thirty_percent", "learning_together", "could_it_work")
HEAD = """schema_version: 1
lesson: mine
title: Mine
question: What?
minutes: 5
sources: [S4]
parts:
"""
QUESTION = """  - kind: question
    id: asked
    text: What happens?
    predict: choice
    choices:
      - {text: more, direction: rises}
      - {text: less, direction: falls}
"""
REVEAL = """  - kind: reveal
    question: asked
    worlds:
      usual: {title: usual, scenario: baseline}
      calm: {title: calm, scenario: baseline, dials: {role_boundary: 0.1}}
    outcomes: [offers]
    people: 200
    replicates: 4
    read: {outcome: offers, world: calm, weeks: [0, 103], against: {world: usual}}
"""


@pytest.fixture
def read(tmp_path):
    """Read a lesson of these parts."""

    def reader(parts: str, head: str = HEAD) -> Lesson:
        place = tmp_path / "mine.yaml"
        place.write_text(head + parts, encoding="utf-8")
        return read_lesson(place)

    return reader


@pytest.fixture
def faults(read):
    """The faults of a lesson of these parts, without the file's name."""

    def reader(parts: str, head: str = HEAD) -> list[str]:
        with pytest.raises(ScenarioError) as error:
            read(parts, head)
        return [str(fault).partition("mine.yaml:")[2] for fault in error.value.faults]

    return reader


def test_there_is_a_lesson_for_each_source_and_for_the_gold_standard():
    lessons = {name: read_lesson(name) for name in SHIPPED}
    assert set(SHIPPED) == set(lesson_places())
    assert {lesson.sources[0] for lesson in lessons.values()} == set(SOURCES)
    assert all(15 <= lesson.minutes <= 25 for lesson in lessons.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_lesson_asks_first_shows_both_sides_and_says_what_is_left_out(name):
    lesson = read_lesson(name)
    kinds = [part.kind for part in lesson.parts]
    assert kinds.count("question") >= 3
    assert {"person_and_coordinator", "explain", "leaves_out", "discuss", "try"} <= set(kinds)
    assert {"three_views", "luck", "loops"} & set(kinds)
    assert all(
        part.expect for part in lesson.parts if isinstance(part, Reveal) and part.question and _says(lesson, part)
    )


def _says(lesson: Lesson, reveal: Reveal) -> bool:
    """Can an answer to it be right by a direction, so that words will rest on one?"""
    question = lesson.part(reveal.question)
    return isinstance(question, Question) and any(choice.direction or choice.largest for choice in question.choices)


def test_the_lesson_on_compulsion_begins_with_a_note_and_a_way_round():
    first, *others = read_lesson("whose_order").parts
    assert first.kind == "content_note"
    target = getattr(first, "skip_to", "")
    skipped = [part.id for part in others].index(target)
    assert all(part.kind not in ("three_views", "person_and_coordinator") for part in others[skipped:])


def test_legal_status_is_told_only_after_a_content_note():
    for name in SHIPPED:
        lesson = read_lesson(name)
        assert all(part.legal == lesson.has_content_note for part in lesson.parts if isinstance(part, Told))


def test_no_lesson_types_a_result():
    """Numbers in the words are dates, law, counts of interviews, or policy; a per cent sign only names the target."""
    for name in SHIPPED:
        words = (shipped_lesson_folder() / f"{name}.yaml").read_text("utf-8")
        found = re.findall(r"(\d[\d.,]*) ?(?:%|per cent)", words)
        assert set(found) <= {"30"}, name


def test_words_about_people_are_respectful():
    avoided = r"\bpatients?\b|sufferer|drop-?out|\bgaming\b|vulnerable people|the mentally ill|non-?complian|service-resistant"
    for name in SHIPPED:
        words = (shipped_lesson_folder() / f"{name}.yaml").read_text("utf-8")
        assert not re.search(avoided, words, re.IGNORECASE), name


def test_sources_are_those_of_the_evidence_page():
    page = " ".join((ROOT / "docs" / "evidence.md").read_text("utf-8").split())
    for code in ("S1", "S2", "S5"):
        head = SOURCES[code].split(" (")[0]
        assert f"- {code}: {head}" in page, code
    assert "third hand" in known_sources()["TGT01"]


# Files


def test_the_schema_is_what_the_reader_reads():
    schema = lesson_schema()
    Draft7Validator.check_schema(schema)
    kinds = {part["properties"]["kind"]["const"]: part for part in schema["properties"]["parts"]["items"]["oneOf"]}
    assert {kind: set(part["properties"]) for kind, part in kinds.items()} == {
        kind: set(keys.every) for kind, keys in PART_KEYS.items()
    }
    for name in SHIPPED:
        text = (shipped_lesson_folder() / f"{name}.yaml").read_text("utf-8")
        assert text.startswith("# yaml-language-server: $schema=lesson.schema.json\n")
        assert not list(Draft7Validator(schema).iter_errors(yaml.safe_load(text))), name


def test_all_faults_are_told_at_once_with_their_places_and_the_nearest_word(faults):
    found = faults(
        QUESTION.replace("rises", "rise")
        + REVEAL.replace("role_boundary", "role_bundary").replace("[offers]", "[offer]")
    )
    assert [fault.split(":")[0] for fault in found] == ["13", "19", "20"]
    assert "did you mean 'rises'?" in found[0]
    assert "did you mean 'role_boundary'?" in found[1]
    assert "did you mean 'offers'?" in found[2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: reveal", "kind: revel", "did you mean 'reveal'?"),
        ("question: asked", "question: askd", "is no question before this reveal"),
        ("replicates: 4", "replicates: 4000", "is above 100"),
        ("people: 200", "people: 20000", "is above 1,000"),
        ("scenario: baseline}", "scenario: baselin}", "does not come with persim"),
        ("world: calm", "world: clam", "did you mean 'calm'?"),
        ("weeks: [0, 103]", "weeks: [0, 1030]", "is above 259"),
        (", against: {world: usual}", "", "needs something that the reveal's reading is held against"),
        ("    outcomes: [offers]\n", "", "outcomes: is missing"),
        ("{role_boundary: 0.1}", "{role_boundary: 7}", "is above 1"),
        ("against: {world: usual}", "against: {world: calm}", "is the same as what is read"),
    ],
)
def test_a_reveal_with_a_fault_is_refused(faults, old, new, said):
    assert any(said in fault for fault in faults(QUESTION + REVEAL.replace(old, new)))


def test_a_question_needs_its_reveal(faults):
    assert any("has no reveal" in fault for fault in faults(QUESTION))


def test_a_curve_needs_a_chart_to_be_drawn_on(faults):
    curve = "  - {kind: question, id: asked, text: Draw., predict: curve, from_week: 300, high: 1}\n"
    found = faults(curve + REVEAL + "    chart: bars\n")
    assert any("is a curve, but its reveal draws bars" in fault for fault in found)
    assert any("is not among the weeks 0 to 259" in fault for fault in found)


def test_words_that_pick_nobody_are_refused(faults):
    told = "  - kind: luck\n    worlds: {a: {title: a, scenario: baseline}}\n    pick: never ofered\n    luck: [2]\n"
    assert any("did you mean 'never offered'?" in fault for fault in faults(told))


def test_more_runs_than_a_room_can_wait_for_are_refused(faults):
    wide = REVEAL.replace("people: 200", "people: 1000").replace("replicates: 4", "replicates: 100")
    assert any("at most 120,000 in all" in fault for fault in faults(QUESTION + wide))


def test_a_folder_of_ones_own_comes_first_and_faults_are_listed(tmp_path):
    (tmp_path / "mine.yaml").write_text(HEAD + QUESTION + REVEAL, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(HEAD.replace("mine", "wrong") + QUESTION, encoding="utf-8")
    (tmp_path / "other.yaml").write_text("name: other\n", encoding="utf-8")
    first, second, *others = lesson_list(tmp_path)
    assert first["name"] == "mine"
    assert first["own"]
    assert second["name"] == "wrong"
    assert "has no reveal" in second["faults"]
    assert str(tmp_path) not in second["faults"]
    assert [row["name"] for row in others] == list(SHIPPED)
    assert lesson_json("mine", tmp_path)["parts"][0]["choices"] == ["more", "less"]


def test_a_lesson_is_known_by_its_key_and_by_its_name(tmp_path):
    place = tmp_path / "mine.yaml"
    place.write_text(HEAD + QUESTION + REVEAL, encoding="utf-8")
    assert is_lesson(str(place))
    assert is_lesson("thirty_percent")
    assert not is_lesson("baseline")
    assert not is_lesson(str(ROOT / "scenarios" / "baseline.yaml"))
    with pytest.raises(ScenarioError, match="did you mean 'thirty_percent'"):
        find_lesson("thirty_percents")
    with pytest.raises(InputError, match="there is no lesson"):
        lesson_named("../baseline")


# What is shown


def test_what_will_be_revealed_is_not_sent_before():
    told = json.dumps(lesson_json("thirty_percent"))
    after = [part.after for part in read_lesson("thirty_percent").parts if isinstance(part, Reveal)]
    assert after
    assert not any(json.dumps(text)[1:60] in told for text in after)


def test_the_right_answer_comes_from_the_runs(read):
    many = REVEAL.replace("people: 200", "people: 400").replace("replicates: 4", "replicates: 12")
    question, reveal = read(QUESTION + many).parts
    assert isinstance(question, Question)
    assert isinstance(reveal, Reveal)
    seeds = [job() for job in jobs_of(reveal, question.choices)]
    shown = reveal_json(reveal, seeds, question.choices)
    assert shown["difference"]["direction"] == "rises"
    assert shown["right"] == [True, False]
    assert len(shown["series"][0]["middle"]) == 260
    assert json.loads(json.dumps(shown)) == shown


def test_answers_that_chance_leaves_open_are_right_for_nobody(read):
    lesson = read(
        QUESTION
        + REVEAL.replace("role_boundary: 0.1", "role_boundary: 0.5499").replace("replicates: 4", "replicates: 2")
    )
    question, reveal = lesson.parts
    assert isinstance(question, Question)
    assert isinstance(reveal, Reveal)
    told = run_reveal(reveal, question.choices)
    assert [told.right(choice) for choice in question.choices] == [None, None]


@pytest.mark.parametrize(
    ("low", "high", "smallest", "settled"),
    [(0.1, 0.2, 0, "rises"), (-0.2, -0.1, 0, "falls"), (-0.1, 0.1, 0, "not_settled"), (-0.01, 0.01, 0.02, "hardly_changes"),
     (0.001, 0.01, 0.02, "hardly_changes"), (0.01, 0.03, 0.02, "not_settled"), (0, 0, 0.01, "hardly_changes")],
)  # fmt: skip
def test_an_interval_settles_a_direction_or_nothing(low, high, smallest, settled):
    assert direction(low, high, smallest) == settled


@pytest.mark.parametrize("content", [b"lesson: [", b"\xff\xfe", b"lesson: a\n" + b"#" * 1_000_001])
def test_a_file_of_ones_own_folder_that_cannot_be_read_is_listed_with_its_fault(tmp_path, content):
    (tmp_path / "mine.yaml").write_bytes(content)
    (first,) = [row for row in lesson_list(tmp_path) if row["own"]]
    assert first["name"] == "mine"
    assert first["faults"].startswith("mine.yaml")


def test_a_lesson_that_is_saved_anew_is_seen(tmp_path):
    place = tmp_path / "mine.yaml"
    place.write_text("title: not a lesson", "utf-8")
    assert "mine" not in lesson_places(tmp_path)
    place.write_text("lesson: mine", "utf-8")
    assert "mine" in lesson_places(tmp_path)
