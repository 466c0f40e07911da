"""Worlds drawn from a posterior sample: what scenarios change in them, designs that ask for them, and what comes of it."""

import json

import numpy as np
import pandas as pd
import pytest

import persim
from persim.design import read_design
from persim.drawn_compare import compare_posterior
from persim.drawn_parts import parts_table
from persim.drawn_worlds import carried, in_drawn_world, is_lever, without_steps_of
from persim.errors import InputError, ScenarioError
from persim.parameters import BY_NAME
from persim.posterior import read_posterior, write_posterior
from persim.run_store import read_content
from persim.scenario import read_scenario
from persim.stored_design import design_of
from persim.sweep import sweep
from persim.two_parts import two_parts

FROM_THREE, FROM_FOUR, FROM_TEN = (
    f"sample: {{method: posterior, points: {n}, file: posterior.parquet}}\n" for n in (3, 4, 10)
)
NAMES = ("role_boundary", "turnover", "implicit_tightening")
POINTS = np.array([[0.3, 0.1, 0.0], [0.55, 0.15, 0.01], [0.8, 0.2, 0.03], [0.6, 0.3, 0.02]])
HEAD = "schema_version: 1\nname: mine\ntitle: T\nquestion: Q\n"
SMALL = "population: {people: 60}\nhorizon: {weeks: 130}\nwindow: '100:130'\nreplicates: 2\n"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A folder with a made-up posterior sample."""
    folder = tmp_path_factory.mktemp("sample")
    write_posterior(folder, NAMES, POINTS, np.array([0.4, 0.3, 0.2, 0.1]), {"seed": 1})
    return folder


@pytest.fixture
def design(sample, tmp_path):
    """`design(text)`: the design of a file that ends so, beside the sample."""
    for path in sample.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())

    def read(text):
        (tmp_path / "mine.yaml").write_text(f"{HEAD}{text}", "utf-8")
        return read_design(tmp_path / "mine.yaml")

    return read


# Levers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["role_boundary", "turnover", "caseload_growth", "locality_spread", "rows_per_post"])
def test_a_lever_does_what_its_file_says_where_the_tables_value_is_drawn(name):
    parameter = BY_NAME[name]
    other = (parameter.low + 2.0 * parameter.high) / 3.0
    assert carried(parameter, other, parameter.default) == other
    assert carried(parameter, parameter.default, other) == other


@pytest.mark.parametrize("name", ["role_boundary", "turnover", "caseload_growth", "locality_spread", "rows_per_post"])
def test_a_lever_goes_the_same_way_from_every_drawn_value_and_stays_in_bounds(name):
    parameter = BY_NAME[name]
    for share in (0.1, 0.4, 0.7, 0.95):
        drawn = parameter.low + share * (parameter.high - parameter.low)
        for value in np.linspace(parameter.low, parameter.high, 7)[1:-1]:
            found = carried(parameter, float(value), drawn)
            assert parameter.low <= found <= parameter.high
            assert (found - drawn) * (value - parameter.default) >= -1e-12


def test_a_share_is_carried_on_its_odds_and_ends_stay_ends():
    one = BY_NAME["role_boundary"]  # 0.55: odds 11/9; 0.2: odds 1/4, so 9/44 of it
    odds = 0.8 / 0.2 * 9 / 44
    assert carried(one, 0.2, 0.8) == pytest.approx(odds / (1 + odds))
    assert carried(one, 0.0, 0.8) == 0.0
    assert carried(one, 1.0, 0.8) == 1.0
    assert carried(one, 0.2, 1.0) == 1.0


def test_a_scenario_keeps_its_lever_in_a_drawn_world_and_others_share_the_drawn_value():
    gold, baseline = read_scenario("gold_standard"), read_scenario("baseline")
    numbers = {"role_boundary": 0.8, "turnover": 0.3}
    found = in_drawn_world(gold, numbers, ("role_boundary", "turnover")).weekly_parameters()
    plain = in_drawn_world(baseline, numbers, ("role_boundary", "turnover")).weekly_parameters()
    assert found["role_boundary"][0] == plain["role_boundary"][0] == 0.8
    assert found["role_boundary"][-1] == pytest.approx(0.45)
    assert (plain["role_boundary"] == 0.8).all()
    assert (found["turnover"] == 0.3).all()
    np.testing.assert_array_equal(found["lean_process"], gold.weekly_parameters()["lean_process"])


def test_what_the_baseline_does_to_a_drawn_number_at_a_date_gives_way_and_what_a_scenario_does_stays():
    austerity, baseline = read_scenario("austerity"), read_scenario("baseline")
    drawn = ("implicit_tightening",)
    plain, hard = (without_steps_of(scenario, baseline, drawn) for scenario in (baseline, austerity))
    assert not is_lever(plain, "implicit_tightening")
    assert is_lever(hard, "implicit_tightening")
    assert (in_drawn_world(plain, {"implicit_tightening": 0.01}, drawn).weekly_parameters()[drawn[0]] == 0.01).all()


# Designs --------------------------------------------------------------------------------------------------------------


def test_worlds_are_draws_and_lists_cross_them(design):
    found = design("scenarios: [baseline]\nparameters: {bureaucracy: [0.3, 0.6]}\n" + FROM_TEN)
    draws = read_posterior(found.path.parent).draw(10, 1)
    assert found.drawn == NAMES
    assert found.n_worlds == 20
    np.testing.assert_array_equal(found.worlds[:10], np.column_stack([np.full(10, 0.3), draws]))
    np.testing.assert_array_equal(found.worlds[10:], np.column_stack([np.full(10, 0.6), draws]))
    assert found.sample.digest == read_posterior(found.path.parent).digest


def test_a_stored_design_makes_the_same_runs(design, tmp_path):
    text = "scenarios: [baseline, gold_standard]\n" + FROM_THREE
    found = design(text + SMALL)
    sweep(found, tmp_path / "out", jobs=1, figures=False)
    again = design_of(read_content(tmp_path / "out"))
    assert again.drawn == NAMES
    for cell in range(found.n_cells):
        assert again.cell(cell).digest() == found.cell(cell).digest()
    assert [r for r in again.remarks if "gold_standard changes role_boundary" in r]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("scenarios: [baseline]\nparameters: {turnover: [0.1, 0.2]}\nsample: {method: posterior, file: posterior.parquet}\n",
         6, "parameters.turnover: is varied, but the posterior sample holds it too"),
        ("scenarios: [baseline]\nparameters:\n  market: sampled\nsample: {method: posterior, file: posterior.parquet}\n",
         8, "so market cannot be sampled beside it"),
        ("scenarios: [baseline]\nsample:\n  method: posterior\n  file: gone.parquet\n", 8, "gone.parquet: there is no such file"),
        ("scenarios: [baseline]\nparameters: {market: sampled}\nsample:\n  file: posterior.parquet\n",
         8, "is that of a posterior sample"),
        ("scenarios: [baseline]\nsample:\n  method: posterior\n  file: posterior.parquet\n  points: 1\n", 9, "points"),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_lines(design, text, line, words):
    with pytest.raises(ScenarioError) as caught:
        design(text)
    assert f"mine.yaml:{line}:" in str(caught.value)
    assert words in str(caught.value)


def test_a_damaged_sample_is_told_at_its_line(design, tmp_path):
    (tmp_path / "posterior.parquet").write_bytes(b"PAR1")
    with pytest.raises(ScenarioError, match=r"mine.yaml:\d+:\d+: sample.file.*posterior.parquet is damaged"):
        design("scenarios: [baseline]\n" + FROM_FOUR)


def test_shares_that_come_to_more_than_the_whole_are_told(tmp_path):
    write_posterior(tmp_path, ("nurse_share",), np.array([[0.3], [0.65]]), np.array([0.5, 0.5]), {})
    text = "scenarios: [baseline]\nparameters: {social_worker_share: [0.3, 0.4]}\n" + FROM_FOUR
    (tmp_path / "mine.yaml").write_text(f"{HEAD}{text}", "utf-8")
    with pytest.raises(ScenarioError, match="to more than the whole in 2 of 8 worlds"):
        read_design(tmp_path / "mine.yaml")


# Runs -----------------------------------------------------------------------------------------------------------------

ASKED = {"draws": 4, "replicates": 3, "n_users": 60, "n_weeks": 130, "window": "100:130"}


@pytest.fixture(scope="module")
def compared(sample, tmp_path_factory):
    """A small comparison over draws, with its folder."""
    place = tmp_path_factory.mktemp("compared") / "out"
    return compare_posterior(["baseline", "gold_standard"], sample, jobs=2, out=place, **ASKED)


def test_runs_are_those_of_the_drawn_worlds_with_the_same_seeds_in_each(compared, sample):
    values = compared.values("real_take_up")
    assert values.shape == (3, 4, 2)
    numbers = dict(zip(NAMES, read_posterior(sample).draw(4, 1)[2], strict=True))
    run = persim.compare("baseline", 3, n_users=60, n_weeks=130, window="100:130", **numbers)
    np.testing.assert_array_equal(run.values("real_take_up", 0), values[:, 2, 0])


def test_results_do_not_depend_on_jobs_and_are_made_again(compared, sample, tmp_path):
    again = compare_posterior(["baseline", "gold_standard"], sample, jobs=1, out=tmp_path / "again", **ASKED)
    for name in ("two_parts.csv", "two_parts.parquet", "across_worlds.csv", "answer.txt", "figures/two_parts.png"):
        assert (again.folder / name).read_bytes() == (compared.folder / name).read_bytes(), name


def test_the_table_holds_both_parts_of_every_interval(compared):
    table = pd.read_parquet(compared.folder / "two_parts.parquet")
    pd.testing.assert_frame_equal(table, parts_table(compared))
    row = table[(table["measure"] == "real_take_up") & (table["reference"] == "baseline")].iloc[0]
    values = compared.values("real_take_up")
    expected = two_parts(values[..., 1] - values[..., 0])
    assert (row["mean"], row["low"], row["high"]) == (expected.mean, expected.low, expected.high)
    assert (row["n_draws"], row["n_runs"]) == (4, 3)
    shares = table[["numbers_share", "chance_share"]].dropna().sum(axis=1)
    np.testing.assert_allclose(shares, 1.0)


def test_the_folder_says_what_its_intervals_hold(compared):
    readme = " ".join((compared.folder / "README.txt").read_text("utf-8").split())
    assert "both kinds of doubt" in readme
    assert "two_parts.csv" in readme
    assert "Intervals cover chance between runs only" not in readme
    assert "drawn from the posterior sample" in readme
    manifest = json.loads((compared.folder / "manifest.json").read_text("utf-8"))
    assert manifest["sample"]["digest"] == compared.design.sample.digest
    assert "figures/two_parts.svg" in manifest["files"]
    rows = {(row["alternative"], row["reference"]) for row in manifest["two_parts"]}
    assert rows == {("baseline", ""), ("gold_standard", ""), ("gold_standard", "baseline")}


def test_processes_make_the_same_runs(compared, sample, tmp_path):
    again = sweep(compared.design, tmp_path / "out", jobs=2, workers="processes", figures=False)
    np.testing.assert_array_equal(again.values("real_take_up"), compared.values("real_take_up"))


def test_a_sweep_that_draws_nothing_has_no_parts(design, tmp_path):
    found = sweep(design(f"scenarios: [baseline]\n{SMALL}"), tmp_path / "out", jobs=1, figures=False)
    with pytest.raises(InputError, match="not drawn from a posterior sample"):
        parts_table(found)


def test_without_a_folder_nothing_is_left(sample):
    found = compare_posterior("baseline", sample, draws=2, replicates=1, n_users=40, n_weeks=60)
    folder = found.folder
    assert folder.exists()
    del found
    assert not folder.exists()


def test_each_combination_of_listed_values_has_intervals_of_its_own(design, tmp_path):
    text = "scenarios: [baseline, lean_process]\nparameters: {bureaucracy: [0.3, 0.6]}\n" + FROM_THREE
    found = sweep(design(text + SMALL), tmp_path / "out", jobs=1, figures=False)
    table = parts_table(found)
    own = table[(table["measure"] == "real_take_up") & (table["reference"] != "")]
    assert own["bureaucracy"].tolist() == [0.3, 0.6]
    values = found.values("real_take_up")
    assert own["mean"].iloc[1] == pytest.approx((values[:, 3:, 1] - values[:, 3:, 0]).mean())


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"draws": 1}, "draws is 1"), ({"replicates": 0}, "replicates is 0"), ({"turnover": 0.2}, "drawn from posterior.parquet"),
     ({"seed": -1}, "seed is -1"), ({"draws": 100_000}, "at most")],
)  # fmt: skip
def test_what_cannot_be_compared_is_told_before_anything_runs(sample, tmp_path, asked, words):
    with pytest.raises(InputError, match=words):
        compare_posterior(["baseline"], sample, out=tmp_path / "out", **asked)
    assert not (tmp_path / "out").exists()
