"""One meeting seen three ways: facts that stand in the rows, and no account that knows more than whoever gives it."""

import numpy as np
import pytest
from told_facts import check_facts, check_numbers, first_closed

from persim import events
from persim.explain import ledger_of
from persim.lives import Lives
from persim.meeting_scene import chance_words
from persim.meeting_views import KINDS_OF_MEETING, best, meetings_of
from persim.scenario import read_scenario


@pytest.fixture(scope="module")
def lives():
    return Lives(ledger_of(read_scenario("thirty_percent_target").changed(n_users=400), 2))


@pytest.fixture(scope="module")
def meetings(lives):
    return [meeting for person in range(400) for meeting in meetings_of(lives, person)]


@pytest.fixture(scope="module")
def some(lives, meetings):
    """A few meetings of every kind and course, with their accounts and the state at the end of the week."""
    chosen = {}
    for one in meetings:
        own = lives.rows[list(one.numbers)]
        course = zip(own["kind"].tolist(), own["outcome"].tolist(), strict=True)
        chosen.setdefault(tuple(turn for turn in course if turn[0] in {*KINDS_OF_MEETING, *TURNS}), one)
    return [(one, one.views(), lives.states(one.person)[one.week - lives.weeks[0]]) for one in chosen.values()]


TURNS = (events.E_OFFER, events.E_HANDED_ON, events.E_CONTEST, events.E_ORDER_ENDED)


def test_every_kind_of_meeting_is_met(some):
    kinds = {one.kind.title for one, _, _ in some}
    assert kinds == {kind.title for kind in KINDS_OF_MEETING.values()}
    assert len(some) > 15


def test_every_fact_stands_in_its_row_or_in_the_persons_state(lives, some):
    for _, views, state in some:
        for account in views:
            assert account
            for sentence in account:
                check_facts(lives, sentence, state)
                check_numbers(sentence)


def test_a_meeting_is_made_of_rows_of_its_own_week_and_person(lives, meetings):
    taken = set()
    for one in meetings:
        rows = lives.rows[list(one.numbers)]
        assert set(rows["week"].tolist()) == {one.week}
        assert set(rows["person"].tolist()) == {one.person}
        assert not taken & set(one.numbers), "a row is in two meetings"
        taken |= set(one.numbers)


def test_the_coordinator_is_whoever_coordinated_then(lives, meetings):
    changed = 0
    for one in meetings:
        assert one.coordinator == lives.coordinators(one.week)[one.person]
        changed += one.coordinator != lives.start.users["coordinator"][one.person]
    assert changed > 20


def test_no_meeting_is_left_out(lives, meetings):
    mains = {one.main for one in meetings}
    kinds, outcomes = lives.rows["kind"], lives.rows["outcome"]
    for kind in (events.E_ASSESSED, events.E_PLANNED, events.E_PANEL, events.E_HAND_OFF, events.E_ORDER_REVIEWED):
        assert set(np.flatnonzero(kinds == kind).tolist()) <= mains
    assert set(np.flatnonzero((kinds == events.E_REVIEW) & (outcomes == 1)).tolist()) <= mains
    assert set(np.flatnonzero((kinds == events.E_OPPORTUNITY) & (outcomes == 2)).tolist()) <= mains


def test_the_person_is_never_told_the_reason_of_a_hand_off(lives, some):
    handed = [(one, views) for one, views, _ in some if one.numbers and _has(lives, one, events.E_HANDED_ON)]
    assert handed
    for one, views in handed:
        said = " ".join(sentence.text for sentence in views.person)
        assert "not told why" in said
        assert "part of the job" not in said
        assert "part of the job" in " ".join(sentence.text for sentence in views.coordinator)
        assert _code(lives, one) in " ".join(sentence.text for sentence in views.record)


def test_no_gate_and_no_hours_are_known_to_the_person(some):
    for _, views, _ in some:
        said = " ".join(sentence.text for sentence in views.person).lower()
        assert "gate" not in said
        assert "hours" not in said
        assert "perceived" not in said
        columns = {fact.column for sentence in views.coordinator for fact in sentence.facts.values()}
        assert "state.control_felt" not in columns, "the coordinator does not know how it felt"


def test_the_record_sets_control_on_paper_beside_control_as_felt(some):
    for _, views, state in some:
        if state["eligible"] != 1:
            continue
        fact = next(s.facts for s in views.record if "paper" in s.facts)
        assert (fact["paper"].value, fact["own"].value) == (state["control_recorded"], state["control_felt"])


def test_the_coordinator_has_the_hours_of_that_week(lives, some):
    told = 0
    for one, views, _ in some:
        asked = lives.week_of_post(events.E_POST_WEEK, one.week, one._lead)
        rows = {sentence.row for sentence in views.coordinator}
        if lives.rows["outcome"][asked] == 1 and not lives.posts.is_outside(one._lead) and one.kind.title != _ARRIVES:
            told += asked in rows
            assert asked in rows
    assert told > 5


_ARRIVES = "A hand-off arrives"


def test_an_offer_is_the_persons_own_choice_in_every_account(lives, some):
    offers = [(one, views) for one, views, _ in some if _has(lives, one, events.E_OFFER)]
    assert {int(lives.rows["outcome"][_row(lives, one, events.E_OFFER)]) for one, _ in offers} == {0, 1}
    for one, views in offers:
        accepted = lives.rows["outcome"][_row(lives, one, events.E_OFFER)] == 1
        assert ("said yes" if accepted else "did not want it") in " ".join(s.text for s in views.person)
        assert ("accepted" if accepted else "declined") in " ".join(s.text for s in views.record)
        # What was known is that of the time before the offer, which explained it.
        gate = _row(lives, one, events.E_GATE + 10)
        assert next(s for s in views.person if s.row == gate).facts["what"].value == lives.rows["first"][gate]


def test_without_legal_status_no_gate_of_law_is_told(lives, meetings):
    bars = [one for one in meetings if _has(lives, one, events.E_GATE + 9)]
    bars = [one for one in bars if lives.rows["second"][_row(lives, one, events.E_GATE + 9)] != 0]
    assert bars
    for one in bars[:20]:
        number = _row(lives, one, events.E_GATE + 9)
        assert number in {sentence.row for sentence in one.views().coordinator}
        assert number not in {sentence.row for sentence in one.views(legal=False).coordinator}


def test_the_best_meeting_is_the_one_with_most_to_see(lives, meetings):
    everyone = [meetings_of(lives, person) for person in range(400)]
    for own in everyone:
        chosen = best(own)
        if chosen is not None:
            assert chosen.telling == max(one.telling for one in own if one.another == chosen.another)
    without = next(one for one in meetings if one.kind.title == "The assessment" and one.telling == 9)
    assert "without them there" in without.views().person[0].text
    assert best(()) is None


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.0, "no chance"), (0.01, "hardly any chance"), (0.2, "a small chance"), (0.44, "less than an even chance"),
     (0.5, "about an even chance"), (0.7, "better than an even chance"), (0.9, "a good chance"),
     (0.99, "near certainty"), (1.0, "certainty")],
)  # fmt: skip
def test_a_chance_is_told_in_words(chance, words):
    assert chance_words(chance) == words


def test_a_gate_that_closes_by_its_chance_is_told_by_the_chance_of_standing_open(lives, some):
    seen = 0
    for _, views, _ in some:
        for sentence in views.coordinator:
            if sentence.text.startswith("Readiness:"):
                chance = sentence.facts["chance"]
                assert chance.words == chance_words(1.0 - chance.value)
                seen += 1
            if sentence.text.startswith("Role:"):
                assert sentence.facts["chance"].words == chance_words(sentence.facts["chance"].value)
    assert seen > 3


def _has(lives, meeting, kind):
    return bool((lives.rows["kind"][list(meeting.numbers)] == kind).any())


def _row(lives, meeting, kind):
    return next(number for number in meeting.numbers if lives.rows["kind"][number] == kind)


def _code(lives, meeting):
    return first_closed(lives.rows["detail"][_row(lives, meeting, events.E_OPPORTUNITY)])
