"""Rules of information: who hears, who asks, what people tell each other, trust."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import state
from persim.rules.information import (
    HEARD_BAD,
    HEARD_GOOD,
    HEARD_NOTHING,
    SIGNAL_BAD,
    SIGNAL_GOOD,
    SIGNAL_KNOWS,
    SIGNAL_NONE,
    chance_of_asking,
    peer_row,
    user_asks,
    user_can_ask,
    user_forgets,
    user_grows,
    user_hears,
    user_is_let_down,
    user_takes_in,
    what_user_tells,
)

JUST_UNDER_1 = 1.0 - 2.0**-53
WEEK = 100


def least_draw_that_fails(decides):
    """The chance of a yes: by halving, the draw from which the rule says no."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if decides(middle) else (low, middle)
    return low


def test_everyone_may_hear_and_nobody_must(person, locality, parameters):
    assert user_hears(person(), locality(), parameters(), 0.0, 0.0)
    assert not user_hears(person(), locality(), parameters(), 1.0, JUST_UNDER_1)


def test_peers_carers_campaign_and_peer_workers_tell(person, locality, parameters):
    def chance(user, p, peers=0.0):
        return least_draw_that_fails(lambda u: user_hears(user, locality(p), p, peers, u))

    plain = chance(person(), parameters())
    assert chance(person(), parameters(), 1.0) > plain
    assert chance(person(carer=state.CARER_ADVOCATES), parameters()) > plain
    assert chance(person(carer=state.CARER_SUPPORTS), parameters()) > plain
    assert chance(person(carer=state.CARER_WORRIED), parameters()) == plain
    assert chance(person(), parameters(campaign=1.0)) > plain
    assert chance(person(), parameters(information=0.8)) > plain
    assert (
        chance(person(confidence=0.9), parameters(peer_support=1.0))
        > chance(person(confidence=0.1), parameters(peer_support=1.0))
        > plain
    )


def test_where_information_is_nought_nobody_hears_but_from_peer_workers(person, locality, parameters):
    shut = parameters(information=0.0)
    user = person(carer=state.CARER_ADVOCATES)
    assert not user_hears(user, locality(shut), shut, 1.0, 0.0)
    open_door = parameters(information=0.0, peer_support=1.0)
    assert user_hears(user, locality(open_door), open_door, 0.0, 0.0)


def test_what_was_heard_is_forgotten_only_outside_the_pathway(person, holder, parameters):
    assert user_forgets(person(informed=1), parameters(), 0.0)
    assert not user_forgets(person(informed=1), parameters(), JUST_UNDER_1)
    assert not user_forgets(person(pathway_stage=state.RAISED), parameters(), 0.0)
    assert not user_forgets(holder(), parameters(), 0.0)


@pytest.mark.parametrize(
    ("good", "bad", "informed", "heard"),
    [
        (1, 0, state.UNDERSTANDS, HEARD_GOOD),
        (0, 1, state.KNOWS, HEARD_BAD),
        (1, 1, state.KNOWS, HEARD_NOTHING),
        (0, 0, state.KNOWS, HEARD_NOTHING),
        (2, 1, state.UNDERSTANDS, HEARD_GOOD),
    ],
)
def test_a_good_story_is_understood_and_a_bad_one_remembered(good, bad, informed, heard, person):
    user = person()
    user_takes_in(user, good, bad)
    assert (user.informed, user.heard) == (informed, heard)


def test_a_story_never_takes_away_what_is_understood(person):
    user = person(informed=state.UNDERSTANDS)
    user_takes_in(user, 0, 3)
    assert user.informed == state.UNDERSTANDS


def test_user_never_asks_before_being_informed(person, locality, parameters):
    assert not user_asks(person(informed=0), locality(), parameters(), WEEK, 0.0)
    assert user_asks(person(informed=1), locality(), parameters(), WEEK, 0.0)
    assert not user_asks(person(informed=1), locality(), parameters(), WEEK, JUST_UNDER_1)


@pytest.mark.parametrize(
    "cannot",
    [
        {"pathway_stage": state.PLAN},
        {"pathway_stage": state.IN_USE},
        {"mental_state": state.INPATIENT},
        {"rest_until": WEEK + 1},
    ],
)
def test_nobody_asks_on_the_way_in_hospital_or_while_it_rests(cannot, person, locality, parameters):
    user = person(informed=2, **cannot)
    assert not user_can_ask(user, WEEK)
    assert not user_asks(user, locality(), parameters(), WEEK, 0.0)


@pytest.mark.parametrize("trait", ["autonomy_preference", "confidence", "trust"])
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_autonomy_confidence_and_trust_raise_asking(person, locality, parameters, trait, one, other):
    low, high = sorted((one, other))
    p = parameters()
    assert chance_of_asking(person(informed=1, **{trait: low}), locality(), p) <= chance_of_asking(
        person(informed=1, **{trait: high}), locality(), p
    )


@pytest.mark.parametrize(
    "less",
    [
        {"self_stigma": 0.9},
        {"package": 1},
        {"carer": state.CARER_WORRIED},
        {"heard": HEARD_BAD},
        {"legal_status": state.CTO},
    ],
)
def test_stigma_fear_worry_bad_stories_and_orders_lower_asking(less, person, locality, parameters):
    p = parameters()
    assert chance_of_asking(person(**less), locality(), p) < chance_of_asking(person(), locality(), p)


@pytest.mark.parametrize("more", [{"informed": state.UNDERSTANDS}, {"carer": state.CARER_ADVOCATES}])
def test_understanding_and_an_advocating_carer_raise_asking(more, person, locality, parameters):
    p = parameters()
    assert chance_of_asking(person(**more), locality(), p) > chance_of_asking(person(), locality(), p)


def test_power_distance_and_public_stigma_lower_asking_and_advocacy_raises_it(person, locality, parameters):
    p = parameters()
    plain = chance_of_asking(person(), locality(), p)
    assert chance_of_asking(person(), locality(power_distance=0.9), p) < plain
    assert chance_of_asking(person(), locality(stigma=0.9), p) < plain
    assert chance_of_asking(person(), locality(), parameters(advocacy=1.0)) > plain


def test_trust_returns_with_a_coordinator_who_is_there(person, practitioner, parameters):
    seen, left_alone = person(trust=0.3), person(trust=0.3)
    user_grows(seen, practitioner(), parameters())
    user_grows(left_alone, practitioner(works=0), parameters())
    assert seen.trust > left_alone.trust == 0.3


def test_confidence_grows_with_peers_or_co_research_only(person, practitioner, parameters):
    grown = []
    for p in (
        parameters(),
        parameters(peer_support=1.0),
        parameters(co_researchers=1.0, action_research=1.0),
        parameters(co_researchers=1.0),
    ):
        user = person()
        user_grows(user, practitioner(), p)
        grown.append(user.confidence > 0.5)
    assert grown == [False, True, True, False]


def test_what_peers_can_hear_follows_what_happened(person, holder, parameters):
    p = parameters()
    well = {"control_felt": p.control_base + 0.2}
    stories = {
        SIGNAL_NONE: person(informed=0),
        SIGNAL_KNOWS: person(informed=1),
        SIGNAL_GOOD: holder(**well, weeks_in_stage=13),
        SIGNAL_BAD: holder(**well, weeks_in_stage=13, raised_week=10, in_use_week=63),
    }
    assert {signal: what_user_tells(user, WEEK, p) for signal, user in stories.items()} == {s: s for s in stories}
    assert what_user_tells(holder(**well, weeks_in_stage=12, raised_week=60, in_use_week=88), WEEK, p) == SIGNAL_KNOWS
    assert what_user_tells(holder(control_felt=p.control_base), WEEK, p) == SIGNAL_KNOWS


def test_who_holds_a_budget_from_the_start_tells_no_bad_story(holder, parameters):
    for weeks in (1, 12, 13, 40):
        user = holder(weeks_in_stage=weeks, raised_week=-100000, in_use_week=-100000)
        assert what_user_tells(user, 0, parameters()) != SIGNAL_BAD


def test_forms_that_drag_on_and_a_refusal_are_bad_stories(person, parameters):
    p = parameters()
    dragging = person(informed=2, pathway_stage=state.PLAN, raised_week=WEEK - 53)
    refused = person(informed=2, barrier=state.B_PANEL, rest_until=WEEK + 5)
    long_ago = person(informed=2, barrier=state.B_PANEL, rest_until=WEEK)
    assert [what_user_tells(user, WEEK, p) for user in (dragging, refused, long_ago)] == [
        SIGNAL_BAD,
        SIGNAL_BAD,
        SIGNAL_KNOWS,
    ]


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 3), st.integers(0, 100))
def test_peers_live_in_the_same_block(key, slot, block):
    first = block * state.PEER_BLOCK
    assert first <= peer_row(key, slot, first) < first + state.PEER_BLOCK


def test_being_let_down_costs_trust_and_confidence(person, parameters):
    user = person()
    user_is_let_down(user, parameters())
    assert user.trust < 0.6
    assert user.confidence < 0.5
    already_low = person(trust=0.01)
    user_is_let_down(already_low, parameters())
    assert already_low.trust == 0.0
