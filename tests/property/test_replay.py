"""A ledger rebuilds everyone: every field of every person, to the bit, for every scenario and arm, and in odd worlds."""

import dataclasses

import numpy as np
import pytest
from test_engines_agree import LIVELY, MORE_LIVELY, any_world, busiest_weeks

from persim import events as e
from persim import read_scenario
from persim.replay import Replay
from persim.scenario import shipped_folder
from persim.simulate import run_scenario
from persim.state import USER

FILES = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
VARIANTS = [variant.name for name in FILES for variant in read_scenario(name).variants()]
ENRICHED = dataclasses.replace(busiest_weeks(read_scenario("cto_rights/all")), enrich=0.5)

# Rows that say what was weighed, or what the week of a post was, and change nobody by themselves.
SAY_ONLY = {e.E_INCIDENT, e.E_DISPUTE, e.E_SIGNED, e.E_DISPUTED_SPENDING, *(k for k in e.KINDS if k > e.E_GATE)}


def wrong_fields(run, people=None):
    """The fields in which a replay of the run's ledger differs from the run's own final state."""
    found = Replay(run.ledger).people(people)
    kept = run.world.users if people is None else run.world.users[list(people)]
    return [name for name in USER.names if found[name].tobytes() != np.ascontiguousarray(kept[name]).tobytes()]


@pytest.mark.parametrize("name", VARIANTS)
def test_replay_equals_state_in_every_scenario(name):
    assert wrong_fields(run_scenario(busiest_weeks(read_scenario(name)), 2, ledger=True)) == []


@pytest.mark.parametrize("name", ["baseline", "gold_standard", "thirty_percent_target/audit"])
def test_replay_equals_state_over_the_whole_time(name):
    scenario = read_scenario(name).changed(n_users=150)
    assert wrong_fields(run_scenario(scenario, 11, ledger=True)) == []


@pytest.mark.parametrize("more", MORE_LIVELY)
def test_replay_equals_state_where_much_happens(more):
    scenario = read_scenario("seminar").changed(n_users=120, n_weeks=150, **{**LIVELY, **more})
    assert wrong_fields(run_scenario(scenario, 5, ledger=True)) == []


@pytest.mark.parametrize("seed", range(12))
def test_replay_equals_state_in_any_world(seed):
    scenario = read_scenario("seminar").changed(n_users=120, n_weeks=80, **any_world(seed))
    assert wrong_fields(run_scenario(scenario, seed, ledger=True)) == []


def test_replay_equals_state_where_a_rare_group_is_enriched():
    assert wrong_fields(run_scenario(ENRICHED, 4, ledger=True)) == []


def test_weekly_states_are_those_of_the_run_stepped_week_by_week():
    scenario = busiest_weeks(read_scenario("gold_standard"))
    run = run_scenario(scenario, 1, ledger=True)
    weekly = Replay(run.ledger).weekly(17)
    for n_weeks in (1, 2, 13, 37, scenario.n_weeks):
        stepped = run_scenario(dataclasses.replace(scenario, n_weeks=n_weeks), 1).world.users[17]
        assert weekly[n_weeks - 1].tobytes() == stepped.tobytes()


@pytest.fixture(scope="module")
def ledgers():
    """One of a world in which much happens, one of a long stretch of the baseline, one of many people on orders."""
    lively = read_scenario("seminar").changed(n_users=120, n_weeks=150, **{**LIVELY, **MORE_LIVELY[2]})
    usual = read_scenario("baseline").changed(n_users=600)
    orders = dataclasses.replace(read_scenario("cto_rights/all"), enrich=0.5, n_users=600)
    return [run_scenario(scenario, 5, ledger=True).ledger for scenario in (lively, usual, orders)]


@pytest.mark.parametrize(
    "kind", [kind for kind, known in e.KINDS.items() if known.concerns == "person" and kind not in SAY_ONLY]
)
def test_a_ledger_that_lost_a_row_does_not_rebuild_the_person(ledgers, kind):
    """Of every kind that changes people: without one row of it some person's weeks come out wrong, or cannot be rebuilt."""
    tried = 0
    for ledger in ledgers:
        outcome, detail = ledger.rows["outcome"], ledger.rows["detail"]
        places = sorted(ledger.of_kind(kind).tolist(), key=lambda place: (abs(int(outcome[place])), int(detail[place])))
        for place in (*places[:9], *places[-9:]):
            tried += 1
            person = int(ledger.rows["person"][place])
            lost = dataclasses.replace(ledger, rows=np.delete(ledger.rows, place))
            try:
                if Replay(lost).weekly(person).tobytes() != Replay(ledger).weekly(person).tobytes():
                    return
            except AssertionError:
                return
    raise AssertionError(f"none of {tried} rows of kind {e.KINDS[kind].name!r} was missed")


def test_a_ledger_with_one_wrong_number_does_not_rebuild_the_person(ledgers):
    ledger = ledgers[0]
    place = int(ledger.of_kind(e.E_SUM)[0])
    rows = ledger.rows.copy()
    rows["threshold"][place] = np.nextafter(rows["threshold"][place], 0.0)
    person = int(rows["person"][place])
    states, ours = Replay(dataclasses.replace(ledger, rows=rows)).weekly(person), Replay(ledger).weekly(person)
    assert states["budget_gbp_per_year"].tobytes() != ours["budget_gbp_per_year"].tobytes()
