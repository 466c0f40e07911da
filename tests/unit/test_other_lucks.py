"""The same person under several lucks: what is the same, what luck decided, and shares over many lucks."""

import numpy as np
import pytest

from persim import events
from persim.errors import InputError
from persim.explain import ledger_of
from persim.lives import Lives
from persim.other_lucks import SHARES, luck_shares, other_lucks
from persim.scenario import read_scenario
from persim.simulate import run_scenario
from persim.state import Stage

LUCKS = (None, 2, 3, 4, 5, 6)
MANY = range(1, 25)


@pytest.fixture(scope="module")
def scenario():
    return read_scenario("thirty_percent_target").changed(n_users=400)


@pytest.fixture(scope="module")
def lives(scenario):
    return [Lives(ledger_of(scenario, 1, luck)) for luck in LUCKS]


@pytest.fixture(scope="module")
def everyone(lives):
    return [other_lucks(lives, person) for person in range(0, 400, 4)]


def test_the_person_is_the_same_at_the_start_under_every_luck(lives, everyone):
    for found in everyone:
        assert len({tuple(one.who(found.person)) for one in lives}) == 1
        assert [luck.seed for luck in found.lucks] == [1, 2, 3, 4, 5, 6]


def test_a_life_with_a_budget_in_the_end_is_said_to_have_one(lives, everyone):
    with_budget = 0
    for found in everyone:
        for luck in found.lucks:
            in_use = luck.lives.states(found.person)[-1]["pathway_stage"] == Stage.IN_USE
            if luck.is_another:
                continue
            begun = luck.lives.start.users["pathway_stage"][found.person] == Stage.IN_USE
            if luck.budget is not None:
                assert in_use
                with_budget += 1
            elif in_use:
                assert begun, "a budget came of an offer, and no offer was found"
    assert with_budget > 10


def test_what_luck_decided_names_who_has_the_budget(everyone):
    seen = set()
    for found in everyone:
        first, *others = found.lucks
        for luck in others:
            have = (first.budget is not None, luck.budget is not None)
            seen.add(have)
            begin = {
                (False, True): "Luck decided that a budget came of it: every gate stood open",
                (True, False): "Luck decided that no budget came of it: ",
                (True, True): "A budget in the end under both: luck decided when",
                (False, False): "No budget in the end under either",
            }[have]
            assert luck.decided.startswith(begin)
    assert seen == {(False, False), (False, True), (True, False), (True, True)}


def test_the_words_of_how_far_it_came_are_counts_of_the_rows(everyone):
    checked = 0
    for found in everyone:
        for luck in found.lucks:
            own = luck.own
            offers = int((own["kind"] == events.E_OFFER).sum())
            times = int((own["kind"] == events.E_OPPORTUNITY).sum())
            if luck.first is None and "budgets came up" in luck.decided.lower():
                words = {1: "once", 2: "twice"}.get(times, f"{times} times")
                assert f"came up {words}," in luck.decided
                assert offers == 0
                checked += 1
            if luck.first is None and "never came up" in luck.decided:
                assert times == 0
    assert checked > 10


def test_lives_part_where_their_rows_first_differ(everyone):
    names = ("week", "kind", "outcome", "practitioner", "detail")
    for found in everyone:
        first, *others = found.lucks
        for luck in others:
            parting = luck.parting
            if parting is None:
                assert luck.own[list(names)].tobytes() == first.own[list(names)].tobytes()
                continue
            for name in names:
                assert np.array_equal(first.own[name][: parting.common], luck.own[name][: parting.common])
            number = parting.second if parting.second is not None else parting.first
            side = luck if parting.second is not None else first
            assert side.lives.rows["week"][number] == parting.week
            assert ("here: " if side is luck else "with the first luck: ") in luck.parting_words


def test_nothing_is_told_of_who_took_the_place_later(everyone):
    later = [luck for found in everyone for luck in found.lucks if luck.is_another]
    assert later
    for luck in later:
        taken = luck.lives.first_week_of_next[luck.person]
        assert luck.own["week"][-1] == taken
        assert luck.own["kind"][-1] == events.E_REFERRED
        assert luck.end[0] == ("Who", "another synthetic person has the place by then")


def test_shares_are_counts_over_the_runs(scenario):
    shares = luck_shares(scenario, 1, MANY)
    person = 32
    assert set(shares.counts(person)) == set(SHARES)
    expected = 0
    for luck in MANY:
        run = run_scenario(scenario, 1, "final", ledger=True, luck=luck)
        lives = Lives(run.ledger)
        user = run.world.users[person]
        if user["key"] == lives.start.users["key"][person] and user["pathway_stage"] == Stage.IN_USE:
            expected += int(user["plan_agreed"] and (user["amount_known"] or user["can_vary"]))
    assert shares.counts(person)["real"] == expected
    for name in ("strict", "real"):
        wider = {"strict": "real", "real": "in_use"}[name]
        assert (shares.found[name] <= shares.found[wider]).all()
    found = shares.as_json(person)
    assert (found["of"], found["lucks"]) == (24, [1, 24])


def test_who_took_the_place_is_not_counted_as_the_person(scenario):
    shares = luck_shares(scenario, 1, MANY)
    assert 0.02 < shares.found["away"].mean() < 0.5
    others = 0
    for number, luck in enumerate(MANY):
        run = run_scenario(scenario, 1, "final", ledger=True, luck=luck)
        taken = Lives(run.ledger).first_week_of_next < run.scenario.start_week + run.scenario.n_weeks
        assert shares.found["away"][number, taken].all()
        assert not shares.found["opportunity"][number, taken].any()
        others += (run.world.users["n_opportunities"][taken] > 0).sum()
    assert others > 5, "of those who took a place, none had an opportunity, so nothing was tried"


def test_runs_that_differ_in_more_than_luck_are_refused(scenario, lives):
    other = Lives(ledger_of(scenario, 2))
    with pytest.raises(InputError, match="more than their luck"):
        other_lucks([lives[0], other], 3)
    harder = Lives(ledger_of(scenario.changed(bureaucracy=0.9), 1, 2))
    with pytest.raises(InputError, match="more than their luck"):
        other_lucks([lives[0], harder], 3)
    with pytest.raises(InputError, match="at least one"):
        other_lucks([], 3)
    with pytest.raises(InputError, match="no person 400"):
        other_lucks(lives, 400)
    with pytest.raises(InputError, match="at least one luck"):
        luck_shares(scenario, 1, [])
