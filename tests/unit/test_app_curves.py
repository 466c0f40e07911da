"""Numbers behind the page's charts, reckoned again by hand: flows over a quarter, weeks without a base, readings of lessons."""

import numpy as np
import pytest

from persim.app.curves import curves_json, drawn
from persim.app.lesson_runs import over_time, over_weeks
from persim.lessons.lesson import Reading
from persim.measures import COLUMN
from persim.scenario import read_scenario
from persim.simulate import Run, run_scenario


@pytest.fixture(scope="module")
def run() -> Run:
    return run_scenario(read_scenario("gold_standard").changed(n_users=200, n_weeks=120), 3)


def count(run: Run, name: str) -> np.ndarray:
    return run.counts[:, 0, COLUMN[name]]


@pytest.mark.parametrize("week", [0, 5, 12, 13, 100, 119])
def test_a_flow_is_drawn_over_the_last_quarter_and_a_stock_as_it_stands(run, week):
    offers, talk, real = drawn(run, ["offers", "hours_talk", "real_take_up"])[:, week]
    quarter = slice(max(0, week - 12), week + 1)
    assert offers == pytest.approx(52 * count(run, "offers")[quarter].sum() / count(run, "eligible")[quarter].sum())
    assert talk == pytest.approx(count(run, "hours_talk")[quarter].sum() / count(run, "posts_working")[quarter].sum())
    assert real == run.series("real_take_up")[week]


def test_a_week_without_a_base_is_left_out_of_means_and_differences():
    scenario = read_scenario("baseline").changed(n_weeks=2)
    left = [np.array([[np.nan, 0.2]]), np.array([[0.1, 0.4]]), np.array([[0.3, 0.3]])]
    right = [np.array([[0.5, 0.3]]), np.array([[np.nan, 0.5]]), np.array([[0.4, 0.4]])]
    found = curves_json([scenario, scenario], ["informed"], [left, right])
    lines, apart = found["worlds"][0]["outcomes"]["informed"], found["differences"]["informed"]
    assert (lines["own"], lines["middle"]) == ([None, 0.2], [0.2, 0.3])
    assert apart["middle"] == [0.1, 0.1]
    assert apart["low"][0] is None, "one pair has no interval"
    assert apart["low"][1] == apart["high"][1] == 0.1


def test_a_lesson_reads_a_rate_of_all_its_weeks_a_flow_s_sum_and_a_stock_s_mean(run):
    def read(outcome: str) -> float:
        return over_weeks(run, Reading(outcome, "any", (10, 61)))

    assert read("offers") == pytest.approx(52 * count(run, "offers")[10:62].sum() / count(run, "eligible")[10:62].sum())
    assert read("forms_hours") == pytest.approx(run.series("forms_hours")[10:62].sum())
    assert read("incidents_attributed") == run.series("incidents_attributed")[10:62].sum()
    assert read("caseload") == pytest.approx(run.series("caseload")[10:62].mean())


def test_a_line_that_adds_up_weeks_begins_where_there_are_so_many_and_is_then_the_reading_of_those_weeks(run):
    line = over_time(run, "offers", "all", 13)
    assert np.isnan(line[:12]).all()
    for week in (12, 40, 119):
        assert line[week] == pytest.approx(over_weeks(run, Reading("offers", "any", (week - 12, week))))
