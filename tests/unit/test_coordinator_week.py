"""One week of one coordinator: hours that are the ledger's, people who were met, and what did not fit beside them."""

import pytest
from told_facts import check_facts, check_numbers

from persim import events
from persim.coordinator_week import coordinator_week, fullest_week
from persim.errors import InputError
from persim.explain import ledger_of
from persim.lives import Lives
from persim.scenario import read_scenario


@pytest.fixture(scope="module")
def lives():
    return Lives(ledger_of(read_scenario("baseline").changed(n_users=400, workload=1.3), 1))


@pytest.fixture(scope="module")
def weeks(lives):
    """The fullest and a few other weeks of every post."""
    chosen = [
        (post, week) for post in range(lives.ledger.n_posts) for week in (fullest_week(lives, post), 20, 100, 259)
    ]
    return [coordinator_week(lives, *one) for one in chosen]


def test_the_hours_are_those_of_the_ledger(lives, weeks):
    worked = 0
    for one in weeks:
        asked, spent = (
            lives.rows[
                (lives.rows["kind"] == kind)
                & (lives.rows["week"] == one.week)
                & (lives.rows["practitioner"] == one.post)
            ]
            for kind in (events.E_POST_WEEK, events.E_POST_HOURS)
        )
        assert (len(asked), len(spent)) == (1, 1)
        if not one.at_work:
            assert one.activities == ()
            continue
        contacts, talks, forms, overtime = one.activities
        assert (contacts.due, contacts.left_over) == (asked["first"][0], spent["second"][0])
        assert contacts.worked == pytest.approx(contacts.due - contacts.left_over)
        assert talks.due == asked["second"][0]
        assert talks.worked + talks.left_over == pytest.approx(talks.due)
        assert (forms.worked, overtime.worked) == (spent["draw"][0], spent["first"][0])
        worked += 1
    assert worked > 20


def test_every_fact_stands_in_its_row(lives, weeks):
    for one in weeks:
        for sentence in [*one.in_words, *one.slipped, *(s for _, told in one.people for s in told)]:
            check_facts(lives, sentence)
        for sentence in [*one.in_words, *one.slipped]:
            check_numbers(sentence)


def test_a_review_is_either_among_those_met_or_among_what_did_not_fit(lives, weeks):
    held = slipped = 0
    for one in weeks:
        met = {sentence.row for _, told in one.people for sentence in told}
        left = {sentence.row for sentence in one.slipped}
        assert not met & left
        rows = lives.rows
        due = (rows["kind"] == events.E_REVIEW) & (rows["week"] == one.week) & (rows["practitioner"] == one.post)
        for number in due.nonzero()[0].tolist():
            assert number in (met if rows["outcome"][number] == 1 else left)
            held, slipped = held + int(rows["outcome"][number] == 1), slipped + int(rows["outcome"][number] == 0)
    assert held > 5
    assert slipped > 5


def test_nobody_is_told_of_who_was_not_on_the_caseload_or_met(lives, weeks):
    for one in weeks:
        mine = set((lives.coordinators(one.week) == one.post).nonzero()[0].tolist())
        mine |= set((lives.coordinators(one.week - 1) == one.post).nonzero()[0].tolist())
        for person, told in one.people:
            named = {int(lives.rows["practitioner"][sentence.row]) for sentence in told}
            assert person in mine or one.post in named


def test_legal_status_is_not_told(lives, weeks):
    for one in weeks:
        text = " ".join(sentence.text for _, told in one.people for sentence in told)
        assert "Act" not in text
        assert "treatment order" not in text
        assert "law (" not in text


def test_the_fullest_week_is_that_in_which_time_stood_least_open(lives):
    rows = lives.rows
    for post in range(lives.ledger.n_posts):
        own = rows[(rows["kind"] == events.E_POST_WEEK) & (rows["practitioner"] == post) & (rows["outcome"] == 1)]
        found = coordinator_week(lives, post, fullest_week(lives, post))
        assert found.at_work
        assert found.gate == own["detail"].min() / 1000.0


def test_a_week_in_which_nobody_was_at_work_says_so(lives):
    rows = lives.rows
    away = rows[
        (rows["kind"] == events.E_POST_WEEK) & (rows["outcome"] == 0) & (rows["practitioner"] < lives.ledger.n_posts)
    ][0]
    found = coordinator_week(lives, int(away["practitioner"]), int(away["week"]))
    assert not found.at_work
    assert found.in_words[0].text.startswith("Nobody was at work in the post")


def test_no_such_post_or_week(lives):
    with pytest.raises(InputError, match="no practitioner 99"):
        coordinator_week(lives, 99, 5)
    with pytest.raises(InputError, match="not a span of this run"):
        coordinator_week(lives, 0, 260)
