"""Many outcomes at once give the bits of one outcome at a time."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from persim.comparison_plan import planned
from persim.measures import FIELDS
from persim.outcomes import OUTCOMES, value_of
from persim.policy import PolicyStep
from persim.rates import Rates
from persim.scenario import read_scenario
from persim.simulate import run_scenario

RECORDED = ("profession", "legal_status")


@pytest.fixture(scope="module")
def run():
    """A little over a financial year, so that a span can begin in one year and end in the next."""
    return run_scenario(read_scenario("thirty_percent_target").changed(n_users=150, n_weeks=80), 3, "weekly", RECORDED)


def test_rates_of_one_week_equal_the_outcome_taken_alone(run):
    week = 79
    values, _, _ = Rates(OUTCOMES).over_spans(run, RECORDED, [(week, week + 1)])
    one = dataclasses.replace(run, record=run.record[week:])
    for number, outcome in enumerate(OUTCOMES):
        if not outcome.yearly:
            alone = value_of(outcome, one.counts, np.array([week]), 1)[0]
            assert values[number, 0].tobytes() == alone.tobytes(), outcome.name


def test_figures_during_the_year_add_up_since_april(run):
    yearly = [outcome for outcome in OUTCOMES if outcome.yearly]
    assert yearly
    values, _, _ = Rates(yearly).over_spans(run, RECORDED, [(60, 80), (30, 52)])
    for number, outcome in enumerate(yearly):
        np.testing.assert_allclose(values[number].T, run.values(outcome.name)[[79, 51]].T, rtol=1e-12)


def test_a_record_without_its_first_weeks_gives_the_same_row(run):
    plan = planned(["baseline"], 1, 1, 1, 150, 110, ["all"], None, "final", None, {})
    reduction, scenario = plan.reduction, plan.variants[0]
    dearer = PolicyStep(
        date(2008, 4, 7), {"staff_cost": 10.0}, until=date(2009, 9, 7)
    )  # what an hour costs changes late
    scenario = dataclasses.replace(scenario, policy=(*scenario.policy, dearer))
    since = reduction.unread_weeks(scenario.start_week)
    assert since == 110 - 58 // 52 * 52
    whole = run_scenario(scenario, 5, "weekly", reduction.recorded)
    late = run_scenario(scenario, 5, "weekly", reduction.recorded, since)
    assert len(late.record) == 110 - since
    assert late.weeks.tolist() == list(range(since, 110))
    assert reduction.row(whole).tobytes() == reduction.row(late).tobytes()


def test_people_behind_a_figure_are_whole_and_unweighted(run):
    rates = Rates(OUTCOMES)
    _, closing, lived = rates.over_spans(run, RECORDED, [(28, 80)])
    people = rates.people(closing, lived, run.labels)
    eligible = people[[o.name for o in OUTCOMES].index("real_take_up"), 0]
    assert eligible == closing[0, list(FIELDS).index("n_eligible")] > 0
