"""docs/validation.md is made from stored results of this model; verdicts, closed forms and what is followed are right."""

import copy
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from persim import events
from persim.evidence import read_evidence
from persim.ledger import Ledger
from persim.measures import FIELDS
from persim.parameters import defaults
from persim.posterior import check_digest, write_posterior
from persim.scenario import read_scenario
from persim.state import CRISIS, INPATIENT, UNSETTLED

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
try:
    import validation_closed_forms as forms
    import validation_page as page
    import validation_runs as runs
    import validation_study as study
    import validation_verdicts as verdicts
    import validation_words as words
finally:
    sys.path.remove(str(SCRIPTS))

USUAL = {name: float(defaults()[name]) for name in forms.USED}


@pytest.fixture
def results():
    return study.stored()


# Page and stored results


def test_the_stored_results_are_of_this_model_evidence_and_posterior(results):
    assert study.stale(results) == []


def test_the_page_is_made_from_the_stored_results(results):
    assert page.out_of_date(results) == []


def test_every_figure_of_the_page_is_there(results):
    assert (page.IMAGES / "validation.png").exists()
    assert (page.IMAGES / "validation_posterior.png").exists() == bool(results["targets_of_posterior"])


def test_a_model_that_gives_other_counts_makes_the_results_stale(results):
    check = study.CHECK | {"fields": list(FIELDS)}
    results["made_with"] |= {"model_version": "another", "check": check | {"digest": check_digest({}, check)}}
    assert not any("counts" in fault for fault in study.stale(results))  # other sources, same counts
    results["made_with"]["check"]["digest"] = "0"
    assert any("counts" in fault and words.COMMAND in fault for fault in study.stale(results))


def test_a_count_that_is_gone_makes_the_results_stale(results):
    results["made_with"]["check"]["fields"] = ["no such count"]
    assert not study.same_model(results["made_with"]["check"])


@pytest.mark.parametrize("what", ["evidence", "posterior"])
def test_other_evidence_or_another_posterior_makes_the_results_stale(results, what):
    results["made_with"][what] = "0"
    assert any(words.COMMAND in fault for fault in study.stale(results))


def test_every_held_out_and_every_fitted_target_stands_on_the_page(results):
    text = page.page(results)
    for target in read_evidence().targets:
        if target.use != "specification":
            assert f"| {target.id} {target.quantity} |" in text, target.id


def test_a_target_moved_out_of_its_range_is_shown_as_a_miss(results):
    before = page.summary(results)
    for row in results["targets"]:
        if row["id"] == "TGT03":
            row |= {"simulated": 9.0, "interval": [8.9, 9.1]}
    line = next(line for line in page.page(results).splitlines() if line.startswith("| TGT03"))
    assert "**misses**" in line
    assert "reason not known" in line
    assert page.summary(results) != before
    assert "TGT03 (misses)" in page.summary(results)


def test_a_failed_test_and_a_gate_that_lets_somebody_through_are_misses(results):
    results["tests"]["engines"] = {"collected": 5, "passed": 4}
    next(row for row in results["internal"] if row["id"] == "panel shut")["started"] = 1.0
    summary = page.summary(results)
    assert "engines (misses)" in summary
    assert "one gate shut, run here (misses)" in summary


def test_with_a_posterior_sample_its_intervals_stand_beside(results):
    results = copy.deepcopy(results)
    results["targets_of_posterior"] = results["targets"]
    text = page.page(results)
    assert "over the posterior (nine of ten draws)" in text
    assert "validation_posterior.png" in text


@pytest.mark.parametrize("with_posterior", [False, True])
def test_every_table_of_the_page_has_rows_of_one_width(results, with_posterior):
    results["targets_of_posterior"] = results["targets"] if with_posterior else None
    tables, last = [], ""
    for line in page.page(results).splitlines():
        if line.startswith("|"):
            if not last.startswith("|"):
                tables.append([])
            tables[-1].append(line.count("|"))
        last = line
    assert len(tables) > 8
    assert all(len(set(widths)) == 1 for widths in tables), tables


def test_stored_results_are_plain_json_without_paths(results):
    assert str(Path.home()) not in json.dumps(results)


def test_a_shipped_posterior_sample_is_drawn_from(tmp_path, monkeypatch):
    evidence = read_evidence()
    monkeypatch.setattr(runs, "SHIPPED", tmp_path)
    assert runs.targets_of_posterior(evidence, 200, range(1, 3), 1) is None
    usual = float(defaults()["ask_rate"])
    write_posterior(tmp_path, ["ask_rate"], np.array([[usual], [1.5 * usual]]), np.array([0.5, 0.5]), {})
    found = runs.targets_of_posterior(evidence, 200, range(1, 5), 1)
    assert found is not None
    assert found[0].draws
    assert len(found[0].seeds) == 4
    assert len(found[1]) == 64


# Verdicts


@pytest.mark.parametrize(
    ("mean", "low", "high", "verdict"),
    [
        (0.15, 0.14, 0.16, "holds"),
        (0.11, 0.09, 0.13, "undecided"),
        (0.21, 0.19, 0.23, "misses"),
        (0.30, 0.29, 0.31, "misses"),
        (float("nan"), float("nan"), float("nan"), "misses"),
    ],
)
def test_verdict_on_a_figure(mean, low, high, verdict):
    assert verdicts.verdict_in_range(mean, (low, high), (0.10, 0.20)) == verdict


@pytest.mark.parametrize(("z", "verdict"), [(0.0, "holds"), (-3.9, "holds"), (4.1, "misses"), (float("nan"), "misses")])
def test_verdict_on_agreement(z, verdict):
    assert verdicts.verdict_of_z(z, 4.0) == verdict


@pytest.mark.parametrize(
    ("collected", "passed", "verdict"),
    [(3, 3, "holds"), (3, 2, "misses"), (0, 0, "misses"), (3, None, "by tests"), (0, None, "misses")],
)
def test_verdict_of_tests(collected, passed, verdict):
    assert verdicts.verdict_of_tests(collected, passed) == verdict


def test_what_a_pattern_cannot_show_is_not_done_and_all_else_misses():
    found = [verdicts.in_pattern_words(v) for v in ("shown", "not shown", "opposite", "cannot be shown")]
    assert found == ["holds", "misses", "misses", "not done"]


# Closed forms


def test_the_nodes_average_over_the_distribution_of_vulnerability():
    v, weights = forms.vulnerability_nodes()
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ v == pytest.approx(0.4)
    assert weights @ (v - 0.4) ** 2 == pytest.approx(0.04)


def test_lasting_shares_stay_as_they_are():
    moves = forms.transitions(np.array([0.2, 0.7]), USUAL)
    shares = forms.stationary(moves)
    assert moves.sum(axis=2) == pytest.approx(1.0)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert np.einsum("ni,nij->nj", shares, moves) == pytest.approx(shares)


def test_where_nobody_leaves_the_whole_caseload_comes_to_the_lasting_shares():
    told = forms.expected(USUAL | {"discharge_rate": 0.0}, 1500, 155)
    lasting = forms.lasting(USUAL)
    assert told.on_caseload == pytest.approx(1.0)
    assert 52 * told.admissions[-1] == pytest.approx(lasting["admissions"], rel=1e-4)
    assert 52 * told.crises[-1] == pytest.approx(lasting["crises"], rel=1e-4)
    assert told.hospital_weeks[-1] == pytest.approx(lasting["in_hospital"], rel=1e-4)


def test_nobody_is_lost_between_caseload_and_being_away():
    told = forms.expected(USUAL, 260, 155)
    away = np.cumsum(told.discharged - told.returned - told.referred)
    assert told.on_caseload + away == pytest.approx(1.0)


def test_returns_within_two_years_by_hand():
    v = np.array([0.4])
    assert forms.back_within_two_years(v, {"return_rate": 0.01})[0] == pytest.approx(1.0 - 0.99**104)
    assert forms.expected(USUAL | {"return_rate": 0.0}, 200, 155).back == 0.0


def test_the_chain_agrees_with_a_run_of_the_model():
    """n: one run of 20 000 people; within 5 standard errors of a Poisson count. False alarm: below 1 in a million."""
    scenario = runs.baseline(20_000, 60)
    told = forms.expected(runs.numbers_of(scenario), 60, 59)
    counts = runs.run_scenario(scenario, 1).counts[:, 0]
    for name in ("crises", "admissions"):
        mean = 20_000 * getattr(told, name).sum()
        assert counts[:, runs.COLUMN[name]].sum() == pytest.approx(mean, abs=5.0 * mean**0.5)
    other = forms.expected(runs.numbers_of(scenario) | {"unsettled_to_crisis": 0.035}, 60, 59)
    assert counts[:, runs.COLUMN["crises"]].sum() != pytest.approx(20_000 * other.crises.sum(), abs=5.0 * mean**0.5)


# Followed in ledgers


def ledger_of(*rows):
    """A ledger of (kind, person, week, outcome, detail)."""
    table = np.zeros(len(rows), events.EVENT)
    for number, (kind, person, week, outcome, detail) in enumerate(rows):
        table["kind"][number], table["person"][number], table["week"][number] = kind, person, week
        table["outcome"][number], table["detail"][number] = outcome, detail
    return Ledger(table, read_scenario("baseline"), 1, 10)


def left_and_again(person, left, again):
    home = (events.E_STATE, person, left, UNSETTLED, INPATIENT)
    return [
        home,
        (events.E_STATE, person, again - 1, CRISIS, UNSETTLED),
        (events.E_STATE, person, again, INPATIENT, CRISIS),
    ]


def test_readmission_counts_the_same_persons_next_admission_within_thirteen_weeks():
    rows = [*left_and_again(1, 160, 173), *left_and_again(2, 160, 174), (events.E_STATE, 3, 165, UNSETTLED, INPATIENT)]
    rows += left_and_again(0, 150, 152)  # before the weeks that count
    rows += [(events.E_STATE, 4, 250, UNSETTLED, INPATIENT)]  # too late to be followed
    assert runs.readmitted(ledger_of(*rows)) == (1, 3)


def test_following_ends_with_the_person_and_in_time():
    made, recalled = events.E_ORDER_MADE, events.E_RECALLED
    ledger = ledger_of((made, 1, 40, 0, 0), (recalled, 1, 50, 0, 0), (made, 2, 40, 0, 0), (recalled, 3, 45, 0, 0),
                       (made, 4, 40, 0, 0), (recalled, 4, 250, 0, 0))  # fmt: skip
    assert runs.followed(ledger, made, recalled, 0, 103, 156) == (1, 3)
    gone, back, new = events.E_DISCHARGED, events.E_RETURNED, events.E_REFERRED
    ledger = ledger_of((gone, 1, 10, 0, 0), (new, 1, 120, 0, 0), (gone, 2, 10, 0, 0), (back, 2, 20, 0, 0))
    assert runs.followed(ledger, gone, back, 0, 155, 104, new) == (1, 2)


def test_a_share_of_counts_has_the_ratio_of_sums_and_an_interval_around_it():
    found = runs.share_of([(5, 10), (20, 40), (8, 10)])
    assert found["found"] == pytest.approx(33 / 60)
    assert found["low"] < found["found"] < found["high"]
    assert found["of"] == 60


def test_a_mean_far_from_what_it_should_be_is_told_in_standard_errors():
    row = runs.compared("x", [1.0, 2.0, 3.0], 4.0)
    assert row["z"] == pytest.approx(-2.0 / (1.0 / 3**0.5))
    assert runs.compared("x", [1.0, 1.0], 1.0)["z"] == 0.0
    assert runs.compared("x", [1.0, 1.0], 2.0)["z"] == -np.inf


def test_tests_are_counted_for_the_rows_that_they_stand_behind():
    path = "tests/statistical/test_patterns_take_up.py"
    names = [f"{path}::test_p12_x", f"{path}::test_p1_y", "tests/property/test_replay.py::test_z"]
    assert [study.tests_in(group, names) for group in ("extremes", "directions", "replay", "rules")] == [1, 2, 1, 0]


def test_every_file_of_tests_that_is_counted_is_there():
    assert all((study.ROOT / path).exists() for paths in verdicts.TESTS.values() for path in paths)
