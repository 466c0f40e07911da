"""What runs have in place of evidence: measures against the outcomes they stand for, distances, effects, verdicts."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from persim.cli import app
from persim.errors import InputError, ScenarioError
from persim.evidence import Contrast, Measured, Measures, People, Side, read_evidence
from persim.evidence.drawn import hold_drawn
from persim.evidence.effects import Effect, pattern_effects
from persim.evidence.held import hold
from persim.evidence.people_read import mean_of_people
from persim.evidence.words import interval_words
from persim.posterior import read_posterior, write_posterior
from persim.scenario import read_scenario
from persim.simulate import run_scenario

PEOPLE, WEEKS = 300, 110
MEASURED = (
    Measured("reported_take_up", "all", 60, 100),
    Measured("offers", "nurse", 52, 103),
    Measured("people_reported", "all", 60, 69, ratio_to=(50, 54)),
    Measured("crisis_this_year", "psychosis", 103, 103),
    Measured("reported_during_year", "all", 90, 100),
    Measured("spend_council", "all", 100, 109),
    Measured("cto_recalls", "all", 0, 5),
)


@pytest.fixture(scope="module")
def scenario():
    return read_scenario("baseline").changed(n_users=PEOPLE, n_weeks=WEEKS)


@pytest.fixture(scope="module")
def measured(scenario):
    measures = Measures(MEASURED, scenario.start_week, scenario.n_weeks)
    run = run_scenario(scenario, 5, "weekly", measures.dimensions)
    return run, dict(zip((one.outcome for one in MEASURED), measures.row(run), strict=True))


def counts(run, name: str, first: int, last: int) -> np.ndarray:
    return run.series(name)[first : last + 1]


def test_a_share_over_weeks_is_per_person_week(measured):
    run, found = measured
    top = counts(run, "people_reported", 60, 100).sum()
    assert found["reported_take_up"] == pytest.approx(top / counts(run, "eligible_people", 60, 100).sum())


def test_growth_is_a_mean_over_a_mean_of_an_earlier_time(measured):
    run, found = measured
    growth = counts(run, "people_reported", 60, 69).mean() / counts(run, "people_reported", 50, 54).mean()
    assert found["people_reported"] == pytest.approx(growth)


def test_a_stock_of_one_week_in_a_group_is_the_outcome_of_that_week(measured):
    run, found = measured
    place = run.labels.index(("diagnosis", "psychosis"))
    assert found["crisis_this_year"] == run.values("crisis_this_year")[103, place]


def test_a_yearly_flow_of_a_group_weighs_weeks_by_their_people(measured):
    run, found = measured
    place = run.labels.index(("profession", "nurse"))
    eligible = run.values("eligible_people")[52:104, place]
    rates = run.values("offers")[52:104, place]
    assert found["offers"] == pytest.approx((rates * eligible).sum() / eligible.sum())


def test_a_figure_during_the_year_counts_from_april(measured):
    run, found = measured
    assert found["reported_during_year"] == pytest.approx(run.series("reported_during_year")[100])


def test_a_flow_without_a_base_adds_up_and_a_rate_without_a_base_is_missing(measured):
    run, found = measured
    assert found["spend_council"] == pytest.approx(counts(run, "spend_council", 100, 109).sum())
    assert np.isnan(found["cto_recalls"])  # there were no orders yet


def test_weeks_that_nothing_reads_may_be_left_out(scenario, measured):
    late = Measures(MEASURED[:1], scenario.start_week, scenario.n_weeks)
    assert late.unread_weeks == 60
    run = run_scenario(scenario, 5, "weekly", late.dimensions, late.unread_weeks)
    assert late.row(run)[0] == measured[1]["reported_take_up"]


@pytest.mark.parametrize(
    "wrong", [Measured("nothing", "all", 1, 2), Measured("offers", "nobody", 1, 2), Measured("offers", "all", 1, 400)]
)
def test_what_cannot_be_measured_is_refused(wrong):
    with pytest.raises(InputError):
        Measures([wrong], 0, WEEKS)


def test_people_at_the_end_are_read_by_what_they_have(measured):
    run, _ = measured
    people = run.people[(run.people["place"] == "on caseload") & run.people["eligible"]]
    chosen = people[people["carer"] == "advocates"]
    found = mean_of_people(run.world, People("control_felt", {"carer": "advocates"}))
    assert found == pytest.approx(np.average(chosen["control_felt"], weights=chosen["weight"]))
    assert np.isnan(
        mean_of_people(run.world, People("control_felt", {"pathway_stage": "in use", "budget_form": "none"}))
    )


def effect(sign: int, low: float, high: float, smallest: float = 0.0) -> Effect:
    contrast = Contrast("one", sign, Side(), Side(constant=1.0), smallest)
    return Effect(contrast, np.zeros(2), (low + high) / 2, low, high, 2, 0.0, 0.0)


VERDICTS = [
    (1, 0.1, 0.2, 0.0, "shown"), (1, -0.1, 0.2, 0.0, "not shown"), (1, -0.2, -0.1, 0.0, "opposite"),
    (-1, -0.2, -0.1, 0.0, "shown"), (-1, 0.1, 0.2, 0.0, "opposite"), (1, 0.0, 0.0, 0.0, "not shown"),
    (0, -0.01, 0.02, 0.05, "shown"), (0, 0.0, 0.0, 0.05, "shown"), (0, -0.1, 0.01, 0.05, "not shown"),
    (0, 0.06, 0.2, 0.05, "opposite"), (1, np.nan, np.nan, 0.0, "not shown"), (0, np.nan, np.nan, 0.05, "not shown"),
]  # fmt: skip


@pytest.mark.parametrize(("sign", "low", "high", "smallest", "verdict"), VERDICTS)
def test_a_verdict_goes_by_the_whole_interval(sign, low, high, smallest, verdict):
    assert effect(sign, low, high, smallest).verdict == verdict


def test_effects_are_paired_and_do_not_depend_on_jobs():
    chosen = [read_evidence().pattern(code) for code in ("PAT26", "PAT12")]
    one = pattern_effects(chosen, seeds=(1, 2), n_users=200, jobs=1)
    two = pattern_effects(chosen, seeds=(1, 2), n_users=200, jobs=2)
    assert [e.values.tobytes() for p in one for e in p.effects] == [e.values.tobytes() for p in two for e in p.effects]
    control, _ = one[0].effects
    assert control.values.tolist() == [0.0, 0.0]  # the same people and luck: nothing but what was changed


def test_changes_below_a_pattern_reach_its_worlds_and_give_way_to_its_own():
    (pattern,) = [read_evidence().pattern("PAT26")]
    less = [
        pattern_effects([pattern], changes, (1,), 200)[0].effects[0].less
        for changes in ({}, {"control_base": 0.5}, {"involvement_drive": 1.0})
    ]
    assert less[1] > less[0]
    assert less[2] == less[0]


def test_levers_of_a_scenario_act_in_a_drawn_world_too():
    """The gold standard lowers blame; where blame is drawn higher, it still lowers it, and the pattern is still tried."""
    pattern = read_evidence().pattern("PAT24")
    plain, drawn = (
        pattern_effects([pattern], changes, (1, 2), 400)[0].effects[0] for changes in ({}, {"blame_culture": 0.9})
    )
    assert np.isfinite([plain.mean, drawn.mean]).all()
    with pytest.raises(ScenarioError, match="is above 1"):
        pattern_effects([pattern], {"blame_culture": 1.9}, (1,), 400)


def test_targets_are_held_against_draws_of_parameters(scenario):
    target = read_evidence().target("TGT02")
    lean = scenario.changed(n_weeks=20)
    plain = hold([target], lean, (1, 2), 1)
    drawn = hold([target], lean, (1, 2), 1, [{"initial_budget_share": 0.0}, {"initial_budget_share": 0.1}])
    assert drawn.draws
    assert drawn.targets[0].values[0] <= plain.targets[0].values[0] < drawn.targets[0].values[1]
    with pytest.raises(InputError, match="3 draws for 2 runs"):
        hold([target], lean, (1, 2), 1, [{}] * 3)


def test_the_command_shows_targets_and_writes_a_folder_that_can_be_made_again(tmp_path):
    place = tmp_path / "made"
    options = ["--replicates", "2", "--people", "150", "--no-figures"]
    told = CliRunner().invoke(app, ["evidence", *options, "--json", "--out", str(place)])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert {row["id"] for row in found["targets"]} == {target.id for target in read_evidence().targets}
    assert {"evidence.csv", "evidence.txt", "manifest.json", "README.txt"} <= {path.name for path in place.iterdir()}
    again = CliRunner().invoke(app, ["reproduce", str(place)])
    assert again.exit_code == 0, again.output


@pytest.fixture
def sample(tmp_path):
    (tmp_path / "sample").mkdir()
    points = np.array([[0.0, 0.2], [0.02, 0.4], [0.05, 0.6]])
    write_posterior(
        tmp_path / "sample", ("initial_budget_share", "risk_aversion"), points, np.array([0.25, 0.5, 0.25]), {}
    )
    return tmp_path / "sample"


def test_draws_stand_beside_the_defaults_with_both_kinds_of_doubt(scenario, sample):
    targets = [read_evidence().target(code) for code in ("TGT02", "PAR16")]
    lean, posterior = scenario.changed(n_weeks=210), read_posterior(sample)
    found = hold_drawn(targets, lean, posterior, 4, (1, 2), (1, 2, 3), 1)
    payments, vacancies = found.targets
    draws = posterior.draw(4, 1)[:, 0]
    assert payments.over.values.reshape(4, 2)[np.argsort(draws)].mean(axis=1).tolist() == sorted(
        payments.over.values.reshape(4, 2).mean(axis=1)
    )  # more budgets at the start, more direct payments
    assert payments.parts.numbers_sd > 0.005
    assert (
        vacancies.over.values.reshape(4, 2)[:, 0].tolist() == [vacancies.usual.values[0]] * 4
    )  # nothing drawn bears on it
    assert vacancies.parts.numbers_sd == 0.0
    assert [one.usual.n for one in found.targets] == [3, 3]
    assert payments.over.low < payments.usual.low
    with pytest.raises(InputError, match="2 or more"):
        hold_drawn(targets, lean, posterior, 1, (1, 2), (1, 2, 3), 1)


def test_an_interval_that_begins_below_nought_can_be_read(scenario):
    (one,) = hold([read_evidence().target("TGT02")], scenario.changed(n_weeks=20), (1, 2), 1).targets
    told = [interval_words(replace(one, mean=0.2, low=low, high=0.428)) for low in (0.1, -0.02)]
    assert told == ["20 % (10-42.8)", "20 % (−2 to 42.8)"]


def test_the_command_over_draws_writes_a_folder_that_can_be_made_again(tmp_path, sample):
    place = tmp_path / "made"
    options = ["--replicates", "2", "--people", "120", "--draws", "2", "--posterior-file", str(sample)]
    told = CliRunner().invoke(app, ["evidence", *options, "--json", "--out", str(place)])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert (found["draws"], found["runs_in_a_draw"], found["runs"]) == (2, 2, 2)
    row = next(row for row in found["targets"] if row["id"] == "TGT02")
    assert row["posterior_interval"] != row["interval"]
    assert (place / "figures" / "targets.png").is_file()
    assert "over the posterior" in (place / "evidence.txt").read_text("utf-8")
    shutil.rmtree(sample)  # the folder holds what it needs
    again = CliRunner().invoke(app, ["reproduce", str(place)])
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--draws", "3"], "goes with --posterior"),
        (["--patterns", "--posterior-file", "."], "tried at the defaults"),
        (["--set", "risk_aversion=0.2"], "drawn from posterior.parquet"),
        (["--draws", "1"], "2 or more"),
    ],
)
def test_what_cannot_be_held_over_draws_is_refused_and_nothing_is_written(tmp_path, sample, options, words):
    file = [] if words == "goes with --posterior" or "--patterns" in options else ["--posterior-file", str(sample)]
    told = CliRunner().invoke(app, ["evidence", *file, *options, "--out", str(tmp_path / "made")])
    assert told.exit_code == 2
    assert words in told.output
    assert not (tmp_path / "made").exists()


def test_the_command_refuses_bad_files_before_it_runs(tmp_path):
    told = CliRunner().invoke(app, ["evidence", "--files", str(tmp_path), "--out", str(tmp_path / "made")])
    assert told.exit_code == 2
    assert "targets.yaml" in told.output
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--replicates", "0"], "replicates is 0; it must be a whole number from 1 to 100,000"),
        (["--replicates", "1000000000"], "replicates is 1000000000; it must be"),
        (["--posterior", "--draws", "1000000000"], "draws is 1000000000; it must be"),
        (["--seed", "-1"], "seed is -1; it must be"),
    ],
)
def test_numbers_that_no_study_has_are_refused_before_anything_is_run(words, said):
    result = CliRunner().invoke(app, ["evidence", *words])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
