"""A film shows the run that `persim run` makes, and its bytes say what they hold."""

import json

import numpy as np
import pytest

from persim import film as films
from persim.film import AWAY, Film, differing, events_of, filmed
from persim.people import notional, real_broad, real_strict
from persim.scenario import Scenario, read_scenario
from persim.simulate import Run, run_scenario
from persim.state import Place


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario("baseline").changed(n_users=150, n_weeks=160)


@pytest.fixture(scope="module")
def made(scenario: Scenario) -> tuple[Run, Film]:
    return filmed(scenario, 3)


def test_the_run_behind_a_film_is_the_run_of_its_seed(scenario: Scenario, made: tuple[Run, Film]) -> None:
    assert (made[0].record == run_scenario(scenario, 3).record).all()


def test_every_week_of_a_film_is_as_a_shorter_run_ends(scenario: Scenario, made: tuple[Run, Film]) -> None:
    _, film = made
    for weeks in (1, 77, 160):
        users = run_scenario(scenario.changed(n_weeks=weeks), 3, "final").world.users
        here = users["place"] == Place.ON_CASELOAD
        assert (film.layer("stage")[:, weeks - 1] == np.where(here, users["pathway_stage"], AWAY)).all()
        for layer, field in (("barrier", "barrier"), ("legal", "legal_status"), ("post", "coordinator"),
                             ("eligible", "eligible"), ("informed", "informed")):  # fmt: skip
            assert (film.layer(layer)[:, weeks - 1] == users[field]).all()


def test_posts_and_teams_of_a_film_are_as_the_ledger_has_them(made: tuple[Run, Film]) -> None:
    run, film = made
    assert run.ledger is not None
    rows = run.ledger.rows
    weeks = rows[rows["kind"] == films.events.E_POST_WEEK]
    place = weeks["practitioner"], weeks["week"] - run.first_week
    at_work = weeks["outcome"] == 1
    assert ((film.layer("working")[place] == films.AT_WORK) == at_work).all()
    assert (abs(film.layer("gate")[place] - weeks["detail"] / 10.0)[at_work] <= 0.5).all()
    assert set(np.unique(film.layer("working"))) <= {films.VACANT, films.OFF_WORK, films.AT_WORK}
    assert {accepted for *_, accepted in film.header["offers"]} == {0, 1}
    for week, person, accepted in film.header["offers"]:
        assert (0 < film.layer("stage")[person, week] < AWAY) == (accepted == 1)


def test_a_team_that_is_alarmed_is_as_alarmed_as_its_layer_says(scenario: Scenario) -> None:
    _, film = filmed(scenario.changed(n_users=600), 3)
    assert film.header["alarms"], "nobody is alarmed in this run: take another seed"
    for week, team, level in film.header["alarms"]:
        assert abs(film.layer("alarm")[team, week] - 100 * level) <= 0.6
        assert film.layer("alarm")[team, week] > film.layer("alarm")[team, week - 1]


def test_budgets_are_real_strict_counted_or_neither_as_in_the_table_of_people() -> None:
    users = filmed(read_scenario("gold_standard").changed(n_users=300), 2)[0].world.users
    budget = films.budgets(users)
    assert ((budget == films.REAL_STRICT) == real_strict(users)).all()
    assert (np.isin(budget, (films.REAL, films.REAL_STRICT)) == real_broad(users)).all()
    only_counted = budget == films.COUNTED_ONLY
    assert only_counted.sum() + real_strict(users).sum() > 10
    assert notional(users)[only_counted].all()


def test_hand_offs_go_from_who_led_to_who_was_to_take_them(made: tuple[Run, Film]) -> None:
    run, film = made
    hand_offs = film.header["hand_offs"]
    assert len(hand_offs) > 5
    assert run.ledger is not None
    for week, _, sender, taker, outcome, sent in hand_offs:
        assert 0 <= sent <= week < 160
        assert sender != taker
        assert outcome in (0, 1, 2)
        assert sender >= 0, "an opportunity comes before it"


def test_who_is_told_of_budgets_by_peers_has_a_peer_who_could_tell(made: tuple[Run, Film]) -> None:
    _, film = made
    told = film.header["told"]
    assert len(told) > 3
    for week, person, peers in told:
        assert peers, "the ledger says that a peer told"
        assert person not in peers
        assert film.layer("informed")[person, week] > 0


def test_a_place_taken_by_somebody_new_is_another_generation(made: tuple[Run, Film]) -> None:
    run, film = made
    assert run.ledger is not None
    referred = run.ledger.rows[run.ledger.rows["kind"] == films.events.E_REFERRED]
    steps = np.diff(film.layer("generation").astype(int), axis=1)
    assert len(referred) > 0
    assert steps.sum() == (referred["week"] > 0).sum()
    for row in referred[referred["week"] > 0]:
        assert steps[row["person"], row["week"] - 1] == 1


def test_the_bytes_hold_a_header_and_every_layer_where_it_says(made: tuple[Run, Film]) -> None:
    _, film = made
    content = film.as_bytes()
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    begin = -(-(4 + length) // 8) * 8
    assert {layer["name"] for layer in header["layers"]} == {layer.name for layer in film.layers}
    for place in header["layers"]:
        kind = "<u1" if place["type"] == "u1" else "<u2"
        n = place["rows"] * header["weeks"]
        values = np.frombuffer(content, kind, n, begin + place["offset"]).reshape(place["rows"], header["weeks"])
        assert (values == film.layer(place["name"])).all()


def test_two_films_of_one_scenario_never_differ_and_a_policy_parts_lives_only_from_its_date(scenario: Scenario) -> None:
    _, first = filmed(scenario, 3)
    _, again = filmed(scenario, 3)
    assert first.as_bytes() == again.as_bytes()
    assert (differing(first, again) == 160).all()
    _, other = filmed(scenario.changed(risk_aversion=0.05, role_boundary=0.05), 3)
    assert (differing(first, other) < 160).sum() > 5


def test_no_events_give_empty_lists() -> None:
    rows = np.zeros(0, films.events.EVENT)
    assert events_of(rows, 0, None) == {"hand_offs": [], "told": [], "alarms": [], "offers": []}
