"""Both engines give the same bytes for every scenario and arm: state, tallies, waits, recorded weeks and ledger."""

import sys
from dataclasses import replace
from types import FunctionType

import numpy as np
import pytest

from persim import PersonalisationModel, read_scenario
from persim.agent_engine import FUNCTIONS, METHODS, MODEL_MODULES
from persim.measures import FIELDS
from persim.outcomes import ALL_GROUPS
from persim.parameters import TABLE
from persim.policy import COMPUTED, monday_of
from persim.scenario import shipped_folder
from persim.scenario_fields import is_whole
from persim.scenario_file import share_faults

N_PEOPLE, N_WEEKS = 200, 60
FILES = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
RUNS = [(variant.name, 1) for name in FILES for variant in read_scenario(name).variants()]
RUNS += [(name, seed) for name in FILES for seed in (-7, 20080407)]


def busiest_weeks(scenario):
    """The scenario over the stretch of `N_WEEKS` in which most of its numbers change, so that its policies act."""
    rows = scenario.weekly_parameters()
    columns = np.array([np.nan_to_num(rows[name], nan=-1.0) for name in rows.dtype.names])
    changes = np.minimum(
        np.count_nonzero(np.diff(columns, axis=1), axis=0), 10
    )  # a week with ten counts as busy enough
    starts = range(max(1, scenario.n_weeks - N_WEEKS + 1))
    first = max(starts, key=lambda start: (changes[start : start + N_WEEKS - 1].sum(), -start))
    return replace(scenario, start=monday_of(scenario.start_week + first), n_weeks=N_WEEKS, n_users=N_PEOPLE)


def differences(one, other):
    """Where two finished models differ in any byte, in words."""
    found = []
    for table, first, second in zip(one.world._fields, one.world, other.world, strict=True):
        for name in first.dtype.names or (None,):
            a, b = (first, second) if name is None else (first[name], second[name])
            if a.tobytes() != b.tobytes():
                rows = [tuple(place) for place in np.argwhere(a != b)[:3].tolist()]
                found.append(f"{table}.{name} at {rows}: {[(a[row], b[row]) for row in rows]}")
    if one.run.ledger is not None and one.run.ledger.rows.tobytes() != other.run.ledger.rows.tobytes():
        rows, others = one.run.ledger.rows, other.run.ledger.rows
        same = min(len(rows), len(others))
        place = next((n for n in range(same) if rows[n] != others[n]), same)
        found.append(f"ledger at row {place}: {rows[place : place + 1]}, {others[place : place + 1]}")
    a, b = one.run.record, other.run.record
    if a.tobytes() != b.tobytes():
        places = np.argwhere(a != b)
        week, group, field = places[0] if len(places) else (-1, -1, -1)
        found.append(f"record, first in week {week}, group {group}: {FIELDS[field]}")
    return found


@pytest.mark.parametrize(("name", "seed"), RUNS)
def test_both_engines_give_the_same_bytes(name, seed):
    scenario = busiest_weeks(read_scenario(name))
    groups = ALL_GROUPS if seed == 1 else ("all",)
    models = [
        PersonalisationModel(scenario, rng=seed, engine=engine, groups=groups, ledger=True)
        for engine in ("compiled", "agents")
    ]
    for model in models:
        model.run_model()
    assert differences(*models) == []


def test_the_comparison_sees_one_changed_bit():
    scenario = busiest_weeks(read_scenario("baseline"))
    one, other = (PersonalisationModel(scenario, engine=engine, n_weeks=8) for engine in ("compiled", "agents"))
    for model in (one, other):
        model.run_for(7)
    trust = other.service_users[5].trust
    other.service_users[5].trust = float(np.nextafter(trust, 1.0))
    assert differences(one, other) == [
        f"users.trust at [(5,)]: [({np.float64(trust)!r}, {np.nextafter(trust, 1.0)!r})]"
    ]


@pytest.mark.parametrize("n_people", [1, 9, 34, 331])
def test_both_engines_agree_at_odd_sizes(n_people):
    assert differences(*finished("seminar", 3, n_people, 20, n_localities=3)) == []


# Much of what a budget needs is in place here, so that many are raised, decided and used within three years.
LIVELY = {
    "role_boundary": 0.1, "risk_aversion": 0.1, "medical_model": 0.1, "information": 0.9, "informed_at_start": 0.5,
    "ask_rate": 0.1, "default_offer": 0.5, "workload": 0.6, "review_weeks": 13, "knowledge_nurse": 0.9, "willing": 1.0,
    "eligible_at": 0.4, "discharge_rate": 0.02, "return_rate": 0.01, "new_referral_rate": 0.2, "n_steps": 2,
    "n_pages": 8, "panel_places": 200, "action_research": 1, "spiral_weeks": 13, "brokers": 1, "cto_at_discharge": 0.8,
}  # fmt: skip
MORE_LIVELY = (
    {},
    {"pot_per_eligible": 10, "refuse_when_spent": 1, "contest": 1, "set_up_fails": 1, "market": 0.1, "brokers": 0},
    {"panel_refuses": 1, "bureaucracy": 1, "contest": 1, "reassessment_rate": 0.1, "eligible_at": 0.7, "audit": 1},
    {"delegated_sign_off": 5000, "dispute_share": 1, "dispute_weeks": 2, "budget_ends": 0.03, "one_off_weeks": 4},
    {"panel_sends_back": 1, "bureaucracy": 1, "incident_at_crisis": 0.3, "stable_to_crisis": 0.05, "co_researchers": 1},
)


def any_world(seed):
    """About half of all numbers drawn anew within their bounds, some of them at a bound."""
    rng = np.random.default_rng(seed)
    numbers = {}
    for parameter in TABLE:
        value = rng.choice(
            [parameter.low, rng.uniform(parameter.low, parameter.high), parameter.high], p=[0.1, 0.8, 0.1]
        )
        if rng.random() < 0.5 and parameter.name not in COMPUTED:
            numbers[parameter.name] = float(np.round(value) if is_whole(parameter) else value)
    usual = read_scenario("seminar").parameters
    for first, second, _ in share_faults({**usual, **numbers}):
        numbers.pop(first, None), numbers.pop(second, None)
    return {**numbers, "n_localities": int(rng.integers(1, 4)), "rows_per_post": int(rng.integers(10, 60))}


def finished(scenario, seed, n_people, n_weeks, **numbers):
    """The finished models of both engines."""
    models = [
        PersonalisationModel(
            scenario, rng=seed, engine=engine, n_users=n_people, n_weeks=n_weeks, ledger=True, **numbers
        )
        for engine in ("compiled", "agents")
    ]
    for model in models:
        model.run_model()
    return models


@pytest.mark.parametrize("more", MORE_LIVELY, ids=lambda more: next(iter(more), "usual"))
def test_both_engines_agree_where_many_budgets_flow(more):
    models = finished("positive_risk_taking", 5, 120, 140, groups=ALL_GROUPS, **{**LIVELY, **more})
    assert differences(*models) == []
    assert models[0].run.record[:, :, FIELDS.index("raised")].sum() > 30


@pytest.mark.parametrize("seed", range(12))
def test_both_engines_agree_in_any_world(seed):
    assert differences(*finished("seminar", seed, 120, 80, **any_world(seed))) == []


def lines_of_the_model():
    """(code, line) of every line of the uncompiled rules, phases and week, but for what only compiled runs use."""
    twins = [FUNCTIONS[name] for name in FUNCTIONS if isinstance(FUNCTIONS[name], FunctionType)]
    twins += [method for methods in METHODS.values() for method in methods.values()]
    where = tuple(module.__name__ for module in MODEL_MODULES if not module.__name__.endswith(("draws", "population")))
    files = {sys.modules[name].__file__ for name in where}
    codes = {twin.__code__ for twin in twins if twin.__code__.co_filename in files and twin.__name__ != "run_weeks"}
    return {(code, line) for code in codes for *_, line in code.co_lines() if line and line != code.co_firstlineno}


def test_nearly_every_line_of_the_rules_is_run_by_worlds_like_these():
    """What is not run is not compared. The worlds of the two tests above, the agents' engine only."""
    wanted, seen = lines_of_the_model(), set()
    monitoring, tool = sys.monitoring, sys.monitoring.PROFILER_ID
    monitoring.use_tool_id(tool, "lines")
    try:
        monitoring.register_callback(
            tool, monitoring.events.LINE, lambda code, line: seen.add((code, line)) or monitoring.DISABLE
        )
        for code in {code for code, _ in wanted}:
            monitoring.set_local_events(tool, code, monitoring.events.LINE)
        for numbers in (*({**LIVELY, **more} for more in MORE_LIVELY), *map(any_world, range(4))):
            model = PersonalisationModel(
                "positive_risk_taking", 5, "agents", n_users=80, n_weeks=140, groups=ALL_GROUPS, ledger=True, **numbers
            )
            model.run_model()
    finally:
        for code in {code for code, _ in wanted}:
            monitoring.set_local_events(tool, code, monitoring.events.NO_EVENTS)
        monitoring.free_tool_id(tool)
    missed = sorted(f"{code.co_filename}:{line} in {code.co_name}" for code, line in wanted - seen)
    assert len(missed) < 0.05 * len(wanted), "\n".join(missed)
