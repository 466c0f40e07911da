"""What must not change anything: other people, other localities, later policy, threads, order, what is recorded."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persim.measures import COLUMN, N_STOCKS
from persim.outcomes import ALL_GROUPS
from persim.parameters import FIXED_AT_START, TABLE
from persim.phases.counting import N_PROFESSIONS
from persim.policy import COMPUTED, PolicyStep, monday_of
from persim.population import start_world
from persim.scenario import read_scenario
from persim.simulate import run_scenario

HEALTH = (
    "key",
    "place",
    "mental_state",
    "weeks_in_state",
    "legal_status",
    "vulnerability",
    "hazard",
    "s117",
    "cto_weeks",
)
BASELINE = read_scenario("baseline").changed(n_users=330, n_weeks=60)
DIALS_OF_POLICY = [p for p in TABLE if p.name not in FIXED_AT_START | COMPUTED]


def same_bytes(one, other):
    """Are two arrays the same to the last byte?"""
    return one.dtype == other.dtype and one.tobytes() == other.tobytes()


def same_runs(one, other):
    """Are two runs the same to the last byte, record and final world?"""
    return same_bytes(one.record, other.record) and all(
        same_bytes(a, b)
        for name, a, b in zip(one.world._fields, one.world, other.world, strict=True)
        if name != "parameters"
    )


def rows_of_localities(world, localities):
    """Which rows of users, practitioners and record belong to these localities."""
    of_post = np.isin(world.practitioners["locality"], localities)
    record_rows = [loc * N_PROFESSIONS + n for loc in localities for n in range(N_PROFESSIONS)]
    return of_post[world.users["coordinator"]], of_post, record_rows


# One more person


@settings(max_examples=40)
@given(st.integers(1, 1500), st.integers(1, 700), st.integers(-5, 2**40))
def test_a_bigger_population_starts_with_the_smaller_ones_people(n, more, seed):
    p = BASELINE.weekly_parameters()[:1]
    small, big = start_world(n, p, seed), start_world(n + more, p, seed)
    assert same_bytes(small.users, big.users[:n])
    n_posts = len(small.practitioners) - 2 * len(small.localities)
    assert same_bytes(small.practitioners[:n_posts], big.practitioners[:n_posts])


def with_outside_rows_named(users, world):
    """People with the rows of outside workers made the same whatever the number of posts, which shifts them."""
    users = users.copy()
    n_posts = len(world.practitioners) - 2 * len(world.localities)
    for name in ("lead_worker", "amhp"):
        users[name] += (users[name] >= n_posts) * (10**6 - n_posts)
    return users


BUSY_HAND_OFFS = {
    "handoff_tried": 1,
    "handoff_lost": 0,
    "council_weeks": 1,
    "integrated_share": 0,
    "role_boundary": 0.7,
    "council_cases": 50,
    "ask_rate": 0.2,
    "brokers": 0.2,
}


@pytest.mark.parametrize("numbers", [{}, BUSY_HAND_OFFS], ids=["baseline", "many hand-offs"])
@pytest.mark.parametrize("n", [989, 990, 1000, 1155, 1500])
def test_one_more_person_changes_nothing_in_other_localities(n, numbers):
    """Also where one more person means one more post (990, 1155) or one more team (990)."""
    scenario = BASELINE.changed(n_users=n, n_weeks=110, **numbers)
    few, more = run_scenario(scenario, 3), run_scenario(scenario.changed(n_users=n + 1), 3)
    joined = int(more.world.practitioners["locality"][more.world.users["coordinator"][n]])
    others = [number for number in range(3) if number != joined]
    people, posts, rows = rows_of_localities(few.world, others)
    more_posts = rows_of_localities(more.world, others)[1]
    assert people.sum() > 300
    users = with_outside_rows_named(few.world.users, few.world)
    assert same_bytes(users[people], with_outside_rows_named(more.world.users, more.world)[:n][people])
    assert same_bytes(few.world.practitioners[posts], more.world.practitioners[more_posts])
    assert same_bytes(few.world.localities[others], more.world.localities[others])
    assert same_bytes(few.record[:, rows], more.record[:, rows])
    assert not same_bytes(few.record, more.record)


def test_one_more_person_changes_nobodys_health_in_the_same_team():
    scenario = BASELINE.changed(n_users=1000, n_weeks=150)
    few, more = run_scenario(scenario, 5).world.users, run_scenario(scenario.changed(n_users=1001), 5).world.users
    for name in HEALTH:
        assert same_bytes(few[name], more[name][:1000]), name


# Policy and time


@settings(max_examples=30)
@given(st.sampled_from(DIALS_OF_POLICY), st.booleans(), st.integers(0, 1000))
def test_a_policy_step_from_week_52_leaves_the_weeks_before_it_as_they_were(parameter, up, seed):
    value = parameter.high if up else parameter.low
    step = PolicyStep(monday_of(52), {parameter.name: value})
    changed = dataclasses.replace(BASELINE, policy=(*BASELINE.policy, step))
    before, after = run_scenario(BASELINE, seed).record, run_scenario(changed, seed).record
    assert same_bytes(before[:52], after[:52])


def test_a_strong_policy_step_changes_the_weeks_after_it():
    step = PolicyStep(monday_of(52), {"role_boundary": 0.0, "workload": 0.5, "ask_rate": 0.2})
    changed = dataclasses.replace(BASELINE, policy=(*BASELINE.policy, step))
    assert not same_bytes(run_scenario(BASELINE, 1).record[52:], run_scenario(changed, 1).record[52:])


@pytest.mark.parametrize("n_weeks", [1, 13, 52, 59])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(n_weeks):
    long = run_scenario(BASELINE, 2).record
    assert same_bytes(run_scenario(BASELINE.changed(n_weeks=n_weeks), 2).record, long[:n_weeks])


def test_a_run_in_two_parts_is_the_run_in_one(stepped):
    whole, parts = stepped(BASELINE), stepped(BASELINE)
    one = whole.run(60)
    two = np.concatenate([parts.run(23), parts.run(37)])
    assert same_bytes(one, two)
    assert all(same_bytes(a, b) for a, b in zip(whole.world, parts.world, strict=True))


# Repetition, threads, order, recording


@pytest.mark.parametrize("name", ["baseline", "gold_standard", "cto_rights", "rural_action_research"])
def test_a_scenario_against_itself_differs_by_nothing(name):
    scenario = read_scenario(name).variants()[-1].changed(n_users=400, n_weeks=60)
    assert same_runs(run_scenario(scenario, 7), run_scenario(scenario, 7))


def test_another_seed_is_another_run():
    assert not same_bytes(run_scenario(BASELINE, 1).record, run_scenario(BASELINE, 2).record)


def test_threads_do_not_change_a_byte():
    tasks = [(BASELINE.changed(workload=workload), seed) for workload in (0.8, 1.2) for seed in range(4)]
    alone = [run_scenario(*task) for task in tasks]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda task: run_scenario(*task), tasks))
    assert all(same_runs(one, other) for one, other in zip(alone, together, strict=True))


def test_the_order_of_teams_does_not_matter(stepped):
    """Whole numbers are the same; sums over a locality may differ in their last bits, so fractions to 1 in 10^9."""
    scenario = BASELINE.changed(n_users=2640, n_weeks=104, role_boundary=0.4, brokers=0.3)
    in_order, shuffled = stepped(scenario), stepped(scenario)
    order = np.random.default_rng(1).permutation(len(shuffled.world.teams))
    assert (order != np.arange(len(order))).any()
    shuffled.world.teams[:] = shuffled.world.teams[order]
    one, other = in_order.run(104), shuffled.run(104)
    for table in ("users", "practitioners", "localities"):
        first, second = getattr(in_order.world, table), getattr(shuffled.world, table)
        for name in first.dtype.names:
            if first[name].dtype == np.int64:
                assert same_bytes(first[name], second[name]), f"{table}.{name}"
            else:
                np.testing.assert_allclose(first[name], second[name], 1e-9, 1e-12, err_msg=f"{table}.{name}")
    np.testing.assert_allclose(one, other, 1e-9, 1e-9)
    assert one[..., COLUMN["started"]].sum() > 10


@pytest.mark.parametrize("n_weeks", [52, 60])
def test_a_quarterly_record_is_the_sum_of_the_weekly_one(n_weeks):
    scenario = BASELINE.changed(n_weeks=n_weeks)
    weekly, quarterly = run_scenario(scenario, 4, "weekly"), run_scenario(scenario, 4, "quarterly")
    ends = [*range(13, n_weeks, 13), n_weeks]
    assert quarterly.record.shape[0] == len(ends)
    for number, end in enumerate(ends):
        part = weekly.record[13 * number : end]
        np.testing.assert_array_equal(quarterly.record[number, :, :N_STOCKS], part[-1, :, :N_STOCKS])
        np.testing.assert_allclose(quarterly.record[number, :, N_STOCKS:], part[:, :, N_STOCKS:].sum(0), 1e-12, 1e-9)
    final = run_scenario(scenario, 4, "final").record
    np.testing.assert_allclose(final[0, :, N_STOCKS:], weekly.record[:, :, N_STOCKS:].sum(0), 1e-12, 1e-9)
    np.testing.assert_array_equal(final[0, :, :N_STOCKS], weekly.record[-1, :, :N_STOCKS])


def test_what_is_recorded_changes_nothing_that_happens():
    plain, grouped = run_scenario(BASELINE, 6), run_scenario(BASELINE, 6, "weekly", tuple(ALL_GROUPS))
    assert all(same_bytes(a, b) for a, b in zip(plain.world, grouped.world, strict=True))
    assert same_bytes(np.ascontiguousarray(plain.counts[:, 0]), np.ascontiguousarray(grouped.counts[:, 0]))


# Paths


@pytest.mark.parametrize("locality", [0, 1, 2])
def test_another_localitys_coordinators_attitudes_and_incidents_reach_nobody_here(stepped, locality):
    scenario = BASELINE.changed(n_users=1650, n_weeks=130)
    as_was, changed = stepped(scenario, 2), stepped(scenario, 2)
    as_was.run(60)
    changed.run(60)
    team = int(np.flatnonzero(changed.world.teams["locality"] == locality)[0])
    post = changed.world.practitioners[changed.world.teams["first_post"][team] + 2]
    post["worry_person"], post["worry_self"], post["legitimacy"], post["knowledge"] = 1.0, 1.0, 0.0, 0.0
    changed.world.teams["incidents"][team] = 3
    changed.world.users["perceived_risk"][changed.world.teams["first_user"][team]] = 1.0
    one, other = as_was.run(70), changed.run(70)
    others = [number for number in range(3) if number != locality]
    people, posts, rows = rows_of_localities(as_was.world, others)
    assert same_bytes(as_was.world.users[people], changed.world.users[people])
    assert same_bytes(as_was.world.practitioners[posts], changed.world.practitioners[posts])
    assert same_bytes(as_was.world.localities[others], changed.world.localities[others])
    assert same_bytes(one[:, rows], other[:, rows])
    assert not same_bytes(one, other)
