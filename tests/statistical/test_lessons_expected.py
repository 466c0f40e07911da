"""What the words of lessons rest on: every direction that a shipped lesson expects, on the runs that its page shows."""

from dataclasses import replace

import pytest

from persim.app.films import Films
from persim.app.lesson_runs import RevealRuns, jobs_of
from persim.app.lesson_told import told_json
from persim.lessons.file import read_lesson
from persim.lessons.lesson import Lesson, Question, Reveal, Told
from persim.lessons.search import lesson_places

pytestmark = [pytest.mark.statistical, pytest.mark.slow]
# Half a minute each for the longest (four worlds, a hundred pairs); one is tried with every change, to hold the machinery.
NAMES = [pytest.param(name, marks=() if name == "learning_together" else pytest.mark.study) for name in lesson_places()]


def shown(lesson: Lesson, reveal: Reveal) -> RevealRuns:
    question = lesson.part(reveal.question)
    choices = question.choices if isinstance(question, Question) else ()
    return RevealRuns(reveal, [job() for job in jobs_of(reveal, choices)], choices)


@pytest.mark.parametrize("name", NAMES)
def test_the_runs_show_what_a_lesson_says(name):
    """Each expectation, and one right answer to each question that has one.

    n: the lesson's own runs, 30 to 100 pairs with common luck, of 1,000 people. The seeds are the lesson's, so there is no
    false alarm; a failure is a change of the model, or a lesson that says what is not so.
    """
    lesson = read_lesson(name)
    for reveal in [part for part in lesson.parts if isinstance(part, Reveal)]:
        told = shown(lesson, reveal)
        for expected in reveal.expect:
            found = told.difference(expected.compared)
            assert found is not None
            assert found["direction"] == expected.direction, (reveal.id, expected, found)
        right = [told.right(choice) for choice in told.choices if choice.can_be_right]
        assert not right or right.count(True) == 1, (reveal.id, right)


@pytest.mark.parametrize("name", lesson_places())
def test_words_pick_somebody_for_every_story(name):
    films = Films()
    for part in read_lesson(name).parts:
        if isinstance(part, Told):
            found = told_json(films, part)
            assert found["person"] >= 0
            assert found.get("story") or found.get("meetings") or found.get("lucks")


def test_an_expectation_fails_where_a_world_changes_nothing():
    """The same check where the letter of the target never comes: the direction is not what the lesson says."""
    lesson = read_lesson("thirty_percent")
    reveal = next(part for part in lesson.parts if isinstance(part, Reveal))
    none, letter = reveal.runs.worlds
    runs = replace(reveal.runs, worlds=(none, replace(letter, scenario=none.scenario)), replicates=4)
    broken = replace(reveal, runs=runs)
    first = broken.expect[0]
    found = shown(lesson, broken).difference(first.compared)
    assert found is not None
    assert found["direction"] != first.direction
