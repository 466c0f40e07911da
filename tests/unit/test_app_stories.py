"""What the page is given of stories: the sentences of `persim explain`, plain, bounded, by the weeks of a film."""

import json
import sys
import threading
from types import SimpleNamespace

import pytest

from persim import events
from persim.app import stories
from persim.app.stories import lucks_json, meetings_json, person_json, post_json, twins_json, week_json
from persim.biography import biography
from persim.errors import InputError
from persim.explain import ledger_of
from persim.lives import Lives
from persim.other_lucks import luck_shares
from persim.scenario import read_scenario
from persim.twins import Twins, twins_of

N_WEEKS = 260


@pytest.fixture(scope="module")
def scenario():
    return read_scenario("baseline").changed(n_users=400)


@pytest.fixture(scope="module")
def lives(scenario):
    return Lives(ledger_of(scenario, 1))


@pytest.fixture(scope="module")
def others(scenario):
    gold = read_scenario("gold_standard").changed(n_users=400)
    return Lives(ledger_of(gold, 1)), [Lives(ledger_of(scenario, 1, luck)) for luck in (2, 3)]


@pytest.fixture(scope="module")
def detained(lives):
    """Somebody who was detained and on an order."""
    rows = lives.rows
    return int(rows["person"][rows["kind"] == events.E_ORDER_MADE][0])


def sentences_of(found):
    """Every sentence in a story."""
    if isinstance(found, dict):
        if {"text", "row", "week"} <= set(found):
            yield found
        for value in found.values():
            yield from sentences_of(value)
    elif isinstance(found, list):
        for value in found:
            yield from sentences_of(value)


def every_story(lives, others, person=3):
    gold, lucky = others
    return [
        person_json(lives, person), person_json(lives, person, legal=False), post_json(lives, 4), post_json(lives, 4, 30),
        twins_json(twins_of((lives, gold), person)), twins_json(twins_of((lives, lives), person)),
        meetings_json(lives, person), week_json(lives, 4), week_json(lives, 4, 30), lucks_json([lives, *lucky], person),
    ]  # fmt: skip


def test_every_story_is_plain_says_that_it_is_synthetic_and_stays_small(lives, others, detained):
    for person in (3, 6, detained):
        for story in every_story(lives, others, person):
            sent = json.dumps(story, allow_nan=False)
            assert len(sent) < 80_000
            assert "ynthetic" in story["synthetic"]
            assert story["kind"] in ("person", "post", "twins", "meetings", "week", "lucks")
            assert "--" not in sent, "options of the command line are nothing for a page"
            assert "persim diff" not in sent


def test_weeks_are_those_of_the_film_and_rows_those_of_the_ledger(lives, others):
    first = lives.weeks[0]
    for story in [person_json(lives, 6), post_json(lives, 4), meetings_json(lives, 6), week_json(lives, 4)]:
        found = list(sentences_of(story))
        assert found
        for one in found:
            assert 0 <= one["week"] < N_WEEKS
            assert int(lives.rows["week"][one["row"]]) - first == one["week"]
            assert events.KINDS[int(lives.rows["kind"][one["row"]])].name == one["kind"]


def test_a_run_that_starts_later_counts_its_weeks_from_its_own_start():
    later = Lives(ledger_of(read_scenario("integrated_teams/separate").changed(n_users=200), 1))
    assert later.weeks[0] != 0 or later.weeks[1] != N_WEEKS
    for one in sentences_of(person_json(later, 3)):
        assert int(later.rows["week"][one["row"]]) - later.weeks[0] == one["week"]


def test_a_persons_story_is_the_biography(lives):
    story, told = person_json(lives, 6), biography(lives, 6)
    assert [one["text"] for one in story["sentences"]] == [one.text for one in told.sentences]
    assert [(one["what"], one["words"]) for one in story["end"]] == told.end
    counted = {one["what"]: one["n"] for one in story["counts"]}
    assert counted == {
        what: n for what, n in told.counts.items() if not what.startswith("closed") and (n or what in counted)
    }
    assert story["gates"]


def test_legal_status_can_be_left_out(lives, detained):
    with_status, without = (
        json.dumps(person_json(lives, detained)),
        json.dumps(person_json(lives, detained, legal=False)),
    )
    for words in ("Mental Health Act.", "community treatment order", "ection 117"):
        assert words not in without
    assert "community treatment order" in with_status
    assert stories.ACT_LEFT_OUT in without
    barred = lives.rows["person"][(lives.rows["kind"] == events.E_OPPORTUNITY) & (lives.rows["detail"] >> 9 & 1 == 1)]
    assert len(barred) > 5
    for person in set(barred.tolist()):
        assert "the law was taken" in json.dumps(person_json(lives, person))
        assert "the law was taken" not in json.dumps(person_json(lives, person, legal=False))
    text = json.dumps(meetings_json(lives, detained, legal=False))
    assert "treatment order" not in text
    assert "the law" not in text


def test_a_posts_year_is_the_one_that_was_asked_for(lives):
    story = post_json(lives, 4, 30)
    assert (story["first_week"], story["last_week"]) == (0, 51)
    assert post_json(lives, 4)["last_week"] == N_WEEKS - 1
    assert {one["unit"] for one in story["hours"]} >= {"%", "hours"}
    for one in story["hours"]:
        assert len(one["quarters"]) == len(story["quarters"]) == 4


def test_twins_say_where_they_part_and_why(lives, others):
    gold, _ = others
    parted = [twins_json(twins_of((lives, gold), person)) for person in range(40)]
    parted = [one for one in parted if one["parting"]]
    assert len(parted) > 5
    for one in parted:
        assert one["why"]
        assert one["parting"]["day"] in one["headline"]
        assert all(sentence["week"] <= one["parting"]["week"] for sentence in one["shared"])
    same = twins_json(twins_of((lives, lives), 3))
    assert (same["parting"], same["after"]) == (None, [[], []])
    assert same["headline"].startswith("The two scenarios are the same")


def test_twins_can_keep_still_of_the_act_and_be_called_as_the_page_calls_them(lives, others):
    gold, _ = others
    called = ("the left world", "the right world")
    with_law, told = 0, ""
    for person in range(400):
        without = json.dumps(twins_json(Twins(lives, gold, person, called=called, legal=False)))
        without = without.replace(stories.ACT_LEFT_OUT, "")
        for words in ("Mental Health Act", "treatment order", "ection 117", "the law was taken", "etained"):
            assert words not in without, person
        told += without
        with_law += "treatment order" in json.dumps(twins_json(Twins(lives, gold, person)))
    assert with_law > 10
    assert "in the right world" in told
    assert "gold_standard (" not in told


def test_meetings_are_in_order_of_time_and_the_best_is_one_of_them(lives):
    found = meetings_json(lives, 6)
    weeks = [one["week"] for one in found["meetings"]]
    assert weeks == sorted(weeks)
    assert 0 <= found["best"] < len(weeks)
    for one in found["meetings"]:
        assert one["person"]
        assert one["coordinator"]
        assert one["record"]


def test_many_meetings_are_cut_to_the_most_telling(lives, monkeypatch):
    whole = meetings_json(lives, 6)
    monkeypatch.setattr(stories, "MOST_MEETINGS", 3)
    cut = meetings_json(lives, 6)
    assert (len(cut["meetings"]), cut["left_out"]) == (3, len(whole["meetings"]) - 3)
    assert cut["meetings"][cut["best"]] == whole["meetings"][whole["best"]]
    monkeypatch.setattr(stories, "MOST_SENTENCES", 2)
    story = person_json(lives, 6)
    assert len(story["sentences"]) == 2
    assert story["left_out"] > 0


def test_lucks_stand_beside_the_first_and_shares_where_they_were_counted(scenario, lives, others):
    _, lucky = others
    found = lucks_json([lives, *lucky], 6, luck_shares(scenario, 1, (1, 2, 3)))
    assert [one["luck"] for one in found["lucks"]] == [1, 2, 3]
    assert found["lucks"][0]["parts"] is None
    assert found["shares"]["of"] == 3
    assert lucks_json([lives], 6)["shares"] is None


def test_threads_that_tell_of_one_run_at_once_do_not_trip_over_the_weeks_that_are_kept():
    """Of 160,000 look-ups by eight threads about two dozen failed when the kept weeks were a plain dictionary."""
    usual = sys.getswitchinterval()
    lives = object.__new__(Lives)
    lives.__dict__["replay"] = SimpleNamespace(weekly=lambda person: person)
    wrong: list[object] = []

    def ask(first: int) -> None:
        for number in range(20_000):
            person = (first + 7 * number) % 60
            try:
                wrong.extend([] if lives.states(person) == person else [person])
            except (RuntimeError, KeyError) as error:
                wrong.append(error)

    threads = [threading.Thread(target=ask, args=(13 * number,)) for number in range(8)]
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        sys.setswitchinterval(usual)
    assert wrong == []


@pytest.mark.parametrize(
    "asked",
    [lambda lives: person_json(lives, 400), lambda lives: post_json(lives, 99), lambda lives: post_json(lives, 4, 999),
     lambda lives: meetings_json(lives, -1), lambda lives: week_json(lives, 4, 260), lambda lives: week_json(lives, -1),
     lambda lives: lucks_json([lives], 400), lambda lives: post_json(lives, 4, -1)],
)  # fmt: skip
def test_what_is_not_there_is_refused_in_words(lives, asked):
    with pytest.raises(InputError):
        asked(lives)
