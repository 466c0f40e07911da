"""A sensitivity study on the model: what is run, what goes on, that nothing depends on who runs it; what is refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import persim
from persim import cli
from persim.design_schema import design_schema
from persim.design_search import SENSITIVITY, is_design, known_designs, shipped_design_folder
from persim.errors import InputError, ScenarioError, StoreError
from persim.outcomes import BY_NAME
from persim.rates import Rates
from persim.reproduce import reproduce_folder
from persim.scenario import read_scenario
from persim.sensitivity.asked import Indices, Keep
from persim.sensitivity.estimates import Screened
from persim.sensitivity.maker import maker_of
from persim.sensitivity.plan import content_of, plan_of, read_plan
from persim.sensitivity.result import Sensitivity
from persim.sensitivity.schema import sensitivity_schema
from persim.sensitivity.study import sensitivity_of
from persim.sensitivity.tables import kept_factors
from persim.simulate import run_scenario

pytest.importorskip("SALib", reason="SALib is not installed: pip install 'persim[calibrate]'")

HEAD = "schema_version: 1\nname: mine\ntitle: Mine\nquestion: What decides it?\n"
BODY = """\
scenarios: [baseline, lean_process]
outcomes: [real_take_up, offers_per_opportunity]
parameters:
  role_boundary: {low: 0.1, high: 0.9}
  risk_aversion: sampled
  turnover: {low: 0.05, high: 0.3}
  vacancy_weeks: {low: 10, high: 60}
  threshold: [1, 2, 3]
moved_together:
  staffing: [turnover, vacancy_weeks]
choices:
  peers:
    none: {}
    peers: {parameters: {peer_support: 1, campaign: 1}}
    later: {policy: [{from: 2010-04-05, set: {campaign: 1}, why: Later, source: S5}]}
population: {people: 150}
horizon: {weeks: 104}
replicates: 3
morris: {trajectories: 4}
sobol: {points: 8}
keep: {most: 3}
bootstrap: {resamples: 100}
"""


@pytest.fixture(scope="module")
def design(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("design") / "mine.yaml"
    place.write_text(HEAD + BODY, "utf-8")
    return place


@pytest.fixture(scope="module")
def study(design, tmp_path_factory) -> Sensitivity:
    return sensitivity_of(design, tmp_path_factory.mktemp("study") / "out", jobs=2)


@pytest.fixture
def write(tmp_path):
    def put(text: str, head: str = HEAD) -> Path:
        place = tmp_path / "mine.yaml"
        place.write_text(head + text, "utf-8")
        return place

    return put


def tables(folder: Path) -> dict[str, bytes]:
    """Everything but when it was made."""
    left_out = {"ledger.sqlite", "manifest.json", ".lock"}
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: content for name, content in found.items() if name not in left_out}


# What is run -----------------------------------------------------------------------------------------------------------------


def test_the_plan_counts_its_runs_out(design):
    plan = read_plan(design)
    assert [factor.name for factor in plan.factors] == [
        "role_boundary",
        "risk_aversion",
        "staffing",
        "threshold",
        "peers",
    ]
    assert plan.n_screening == 4 * 6 * 2 * 3
    assert plan.n_index_runs(3) == 8 * 5 * 2 * 3
    assert plan.n_combinations == 3
    assert (plan.inputs[1].spread.low, plan.inputs[1].spread.high) == (0.0, 1.0)  # the parameter table's bounds
    assert plan_of(json.loads(json.dumps(content_of(plan)))).shares.tolist() == plan.shares.tolist()


def test_a_run_is_the_scenario_with_its_inputs_and_the_replicates_seed(design):
    plan = read_plan(design)
    maker = maker_of(plan)
    number = 2 * len(plan.shares) * 2 + 7 * 2 + 1  # the third replicate, point 7, the second scenario
    assert maker.place(number) == (0, 2, 7, 1)
    row = dict(zip(plan.columns, maker.make(number).numbers, strict=True))
    assert (row["stage"], row["point"], row["scenario"], row["seed"]) == (0, 7, 1, plan.seed + 2)
    levels = ({}, {"peer_support": 1.0, "campaign": 1.0}, {"campaign": 1.0})
    numbers = {name: row[f"input.{name}"] for name in ("role_boundary", "risk_aversion", "turnover", "vacancy_weeks")}
    numbers |= {"threshold": row["input.threshold"], **levels[int(row["input.peers"])]}
    scenario = read_scenario("lean_process").changed(n_users=150, n_weeks=104, **numbers)
    run = run_scenario(scenario, plan.seed + 2, "weekly", ())
    values, _, _ = Rates([BY_NAME[name] for name in plan.outcomes]).over_spans(run, (), [(52, 104)])
    assert [row[name] for name in plan.outcomes] == values[:, 0, 0].tolist()  # over the last 52 weeks


def test_each_replicate_has_one_seed_in_all_points_and_both_scenarios(study):
    rows = pd.concat([pd.read_parquet(place) for place in sorted((study.folder / "parts").glob("*.parquet"))])
    assert len(rows) == study.n_runs
    seeds = rows.groupby(["stage", "point", "scenario"])["seed"].apply(lambda found: tuple(sorted(found)))
    assert set(seeds) == {(1.0, 2.0, 3.0)}


def test_the_difference_is_paired(study):
    rows = pd.concat([pd.read_parquet(place) for place in sorted((study.folder / "parts").glob("*.parquet"))])
    own = rows[(rows["stage"] == 1) & (rows["point"] == 4)].set_index(["scenario", "seed"])["real_take_up"]
    found = study.index_outcomes[4, :, 1, 0] - study.index_outcomes[4, :, 0, 0]
    assert found.tolist() == [own[1, seed] - own[0, seed] for seed in (1, 2, 3)]


def test_tables_hold_every_target_and_factor(study):
    targets = {
        (outcome, kind) for outcome in ("real_take_up", "offers_per_opportunity") for kind in ("level", "difference")
    }
    assert set(zip(study.morris["outcome"], study.morris["target"], strict=True)) == targets
    assert len(study.morris) == 4 * 5
    together = study.morris[study.morris["factor"] == "staffing"]
    assert together["mu"].isna().all()
    assert together["mu_star"].notna().all()
    assert set(study.sobol["factor"]) == {study.plan.factors[place].name for place in study.kept}
    assert 2 <= len(study.kept) <= 3
    assert set(study.noise["replicates"]) == {3}
    shares = study.noise[["share_of_run", "share_of_mean"]].dropna().to_numpy()
    assert len(shares) >= 2
    assert shares.min() >= 0.0
    assert shares.max() <= 1.0
    assert (shares[:, 1] <= shares[:, 0]).all()


def test_the_folder_says_what_is_what(study):
    names = {path.name for path in study.folder.iterdir()}
    assert {"README.txt", "answer.txt", "morris.csv", "sobol.csv", "noise.csv", "swings.csv", "manifest.json"} <= names
    figures = {path.name for path in (study.folder / "figures").glob("*.png")}
    assert {"screening.png", "indices.png", "heat_map.png", "tornado-1.png"} <= figures
    readme = (study.folder / "README.txt").read_text("utf-8")
    for words in ("goes on", "stays as it is", "noise of replicates", "not for decisions on eligibility", "mu*"):
        assert words in " ".join(readme.split())


@pytest.mark.slow
def test_results_do_not_depend_on_jobs_or_workers(study, design, tmp_path):
    reference = tables(study.folder)
    one = sensitivity_of(design, tmp_path / "one", jobs=1)
    assert tables(one.folder) == reference
    other = sensitivity_of(design, tmp_path / "other", jobs=2, workers="processes")
    assert tables(other.folder) == reference


@pytest.mark.slow
def test_a_study_is_made_again_from_its_manifest(study):
    assert reproduce_folder(study.folder).ok


def test_a_study_that_has_ended_goes_on_without_a_run_and_another_one_is_refused(study, design, tmp_path):
    folder = Path(shutil.copytree(study.folder, tmp_path / "copy"))
    told = []
    sensitivity_of(design, folder, resume=True, progress=lambda *numbers: told.append(numbers))
    assert told == []
    assert tables(folder) == tables(study.folder)
    with pytest.raises(StoreError, match="the number of seeds was 3, and is 4"):
        sensitivity_of(design, folder, resume=True, replicates=4)
    with pytest.raises(StoreError, match="holds a sensitivity study"):
        sensitivity_of(design, folder)


@pytest.mark.slow
def test_a_run_that_fails_takes_its_trajectory_or_block_out_and_is_made_again(study, design, tmp_path, monkeypatch):
    from persim.sensitivity import maker

    true = maker.run_scenario

    def failing(scenario, seed, *rest):
        if seed == 2 and scenario.parameters["threshold"] == 3.0 and scenario.parameters["role_boundary"] > 0.6:
            raise RuntimeError("on purpose")
        return true(scenario, seed, *rest)

    monkeypatch.setattr(maker, "run_scenario", failing)
    found = sensitivity_of(design, tmp_path / "out", jobs=1, figures=False)
    assert found.n_failed > 0
    assert set(found.failures["seed"]) == {2}
    assert found.morris["n_trajectories"].max() < 4 if len(found.morris) else True
    assert "runs failed" in " ".join((found.folder / "README.txt").read_text("utf-8").split())
    monkeypatch.setattr(maker, "run_scenario", true)
    sensitivity_of(design, tmp_path / "out", rerun_failed=True)
    assert tables(tmp_path / "out") == tables(study.folder)


def test_screening_alone_needs_no_indices(write, tmp_path):
    place = write("scenarios: [baseline]\nparameters: {risk_aversion: sampled, market: sampled}\nmorris: {trajectories: 2}\n"
                  "replicates: 2\n")  # fmt: skip
    found = sensitivity_of(place, tmp_path / "out", n_users=60, n_weeks=30)
    assert found.n_runs == 2 * 3 * 2
    assert not len(found.sobol)
    assert set(found.morris["target"]) == {"level"}
    assert not (tmp_path / "out" / "sobol.csv").exists()


def test_second_orders_have_a_figure_and_outcomes_without_a_value_are_named(write, tmp_path):
    place = write(
        "scenarios: [baseline]\noutcomes: [real_take_up, involvement_making]\n"
        "parameters: {information: sampled, bureaucracy: sampled, brokers: [0, 1]}\n"
        "population: {people: 60}\nhorizon: {weeks: 104}\nreplicates: 2\n"
        "morris: {trajectories: 4}\nsobol: {points: 8, second_order: 1}\nbootstrap: {resamples: 100}\n"
    )
    found = sensitivity_of(place, tmp_path / "out")
    n = len(found.kept)
    assert found.n_runs == 4 * 4 * 2 + 8 * (2 * n + 2) * 2
    assert (found.sobol["order"] == "second").sum() == n * (n - 1) / 2 * found.noise["outcome"].nunique()
    assert (tmp_path / "out" / "figures" / "pairs-1.png").exists() == (n > 2)
    assert "involvement_making" not in set(found.noise["outcome"])
    assert "nothing is told of: Involvement" in " ".join((tmp_path / "out" / "README.txt").read_text("utf-8").split())


# What goes on ----------------------------------------------------------------------------------------------------------------


def screening(mu_star, low, by_luck) -> Screened:
    blank = np.zeros(len(mu_star))
    return Screened(blank, np.array(mu_star), blank, np.array(low), blank, blank, np.array(by_luck), blank, 9)


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        (Keep(0.1), (0, 1, 4)),  # the third is luck, the fourth below a tenth
        (Keep(0.02), (0, 1, 3, 4)),
        (Keep(0.1, 2), (0, 4)),  # those with the largest shares of any target
        (Keep(0.95), (0, 4)),
    ],
)
def test_the_rule_of_what_goes_on(design, keep, kept):
    from dataclasses import replace

    plan = replace(read_plan(design), keep=keep)
    found = {
        ("real_take_up", "level"): screening(
            [10.0, 2.0, 5.0, 0.5, 0.0], [8.0, 1.5, 3.0, 0.4, 0.0], [1.0, 1.0, 4.0, 0.1, 0.0]
        ),
        ("offers_per_opportunity", "level"): screening(
            [0.0, 0.1, 0.2, 0.01, 3.0], [0.0, 0.0, 0.1, 0.0, 2.0], [0.1, 0.1, 0.2, 0.1, 0.1]
        ),
    }
    assert kept_factors(plan, found) == kept


def test_two_go_on_even_if_all_is_luck(design):
    found = {("real_take_up", "level"): screening([1.0, 3.0, 2.0, 0.5, 0.1], [0.0] * 5, [1.0] * 5)}
    assert kept_factors(read_plan(design), found) == (1, 2)


# Bad input -------------------------------------------------------------------------------------------------------------------

TWO = "parameters: {risk_aversion: sampled, market: sampled}\n"
MORRIS = "morris: {trajectories: 2}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"scenarios: [baseline]\n{TWO}", ["morris", "is missing"]),
        (f"scenarios: [baseline]\n{MORRIS}", ["leave 0 factors"]),
        (f"scenarios: [baseline]\nparameters: {{market: sampled}}\n{MORRIS}", ["leave 1 factor"]),
        (f"scenarios: [baseline, lean_process, austerity]\n{TWO}{MORRIS}", [":5:", "names 3 scenarios"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}replicates: 1\n", [":8:", "cannot tell chance"]),
        (f"scenarios: [baseline]\n{TWO}morris: {{trajectories: 1}}\n", [":7:", "below 2"]),
        (f"scenarios: [baseline]\n{TWO}morris: {{levels: 5}}\n", [":7:", "is odd"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}sobol: {{points: 100}}\n", [":8:", "power of two", "64 or 128"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}sobol: {{second_order: yes}}\n", [":8:", "1 or 0"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}keep: {{share: 2}}\n", [":8:", "between 0 and 1"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}bootstrap: {{resamples: 9}}\n", [":8:", "below 100"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}moved_together: {{both: [market, risk]}}\n", [":8:", "risk_aversion"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}moved_together: {{both: [market]}}\n", [":8:", "no two inputs"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}moved_together: {{market: [market, risk_aversion]}}\n", ["name of an input"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}choices: {{a: {{b: {{}}}}}}\n", [":8:", "no two levels"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}choices: {{a: {{b: {{}}, c: {{parameters: {{market: 1}}}}}}}}\n",
         [":8:", "market, which is varied"]),
        (f"scenarios: [baseline]\nparameters:\n  market: {{low: 0, high: 1.5}}\n{MORRIS}", [":7:", "above 1"]),
        (f"scenarios: [baseline]\nparameters:\n  market: {{low: 0.5, high: 0.2}}\n{MORRIS}", [":7:", "not above low"]),
        (f"scenarios: [baseline]\nparameters:\n  marcket: sampled\n{MORRIS}", [":7:", "'market'"]),
        (f"scenarios: [baseline, lean_process]\nparameters: {{lean_process: sampled, market: sampled}}\n{MORRIS}",
         [":6:", "lean_process changes"]),
        (f"scenarios: [baseline, lean_process]\n{TWO}{MORRIS}"
         "choices: {a: {b: {}, c: {parameters: {lean_process: 0.5}}}}\n",
         [":8:", "lean_process changes"]),
        (f"scenarios: [baseline]\nparameters:\n  integrated_share: sampled\n  market: sampled\n{MORRIS}",
         [":7:", "co_located_share", "more than the whole"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}outcomes: [real_take_upp]\n", [":8:", "real_take_up"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}outcomes: [all]\n", [":8:", "by name"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}window: 900:901\n", [":8:", "window"]),
        (f"scenarios: [baseline]\n{TWO}{MORRIS}levers: {{}}\n", [":8:", "levers"]),
        (f"scenarios: [baselin]\n{TWO}{MORRIS}", [":5:", "'baseline'"]),
    ],
)  # fmt: skip
def test_what_cannot_be_studied_is_told_with_its_line_and_nothing_is_written(write, tmp_path, text, told):
    place = write(text)
    with pytest.raises(ScenarioError) as error:
        sensitivity_of(place, tmp_path / "out")
    assert "mine.yaml" in str(error.value)
    for words in told:
        assert words in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.yaml"]


@pytest.mark.parametrize("given", [{"replicates": 1}, {"seed": -1}, {"jobs": -1}, {"workers": "people"}])
def test_numbers_that_cannot_be_used_are_refused(design, tmp_path, given):
    with pytest.raises(InputError):
        sensitivity_of(design, tmp_path / "out", **given)
    assert not list(tmp_path.iterdir())


def test_a_sweeps_design_and_a_study_are_told_apart(design):
    with pytest.raises(ScenarioError, match="persim sensitivity"):
        persim.read_design(design)
    with pytest.raises(ScenarioError, match="persim sweep"):
        read_plan("levers")
    assert is_design(str(design))


# Designs that come with persim, schema, command -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", known_designs(SENSITIVITY))
def test_shipped_studies_are_read_and_say_what_they_expect(name):
    plan = read_plan(shipped_design_folder() / f"{name}.yaml")
    assert plan.texts["question"].endswith("?")
    assert plan.texts["expected"]
    assert plan.indices is not None
    assert plan.n_scenarios == 2


def test_the_shipped_studies_are_no_designs_of_sweeps():
    assert {"sensitivity", "sensitivity_quick"} == set(known_designs(SENSITIVITY))
    assert not set(known_designs()) & set(known_designs(SENSITIVITY))


def test_the_schema_is_the_one_that_is_shipped_and_shares_what_is_shared():
    schema = sensitivity_schema()
    place = shipped_design_folder() / "sensitivity.schema.json"
    assert json.loads(place.read_text("utf-8")) == schema
    assert schema["properties"]["parameters"] == design_schema()["properties"]["parameters"]
    assert schema["properties"]["sobol"]["properties"]["points"]["minimum"] == 8
    assert Indices().points == 128


def test_the_command_says_what_it_costs_runs_and_tells(design, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        return CliRunner().invoke(cli.app, ["sensitivity", str(design), *words])

    told = run("--dry-run")
    assert told.exit_code == 0, told.output
    assert "screening: 4 trajectories x 6 points x 2 scenarios x 3 seeds = 144 runs" in told.output
    assert "indices, if 3 factors go on: 8 x 5 points x 2 scenarios x 3 seeds = 240 runs" in told.output
    assert not list(tmp_path.iterdir())
    found = json.loads(run("--json", "--dry-run").stdout)
    assert (found["screening"]["runs"], found["at_most"]["runs"]) == (144, 384)
    told = run("--out", "out", "--no-figures", "--jobs", "1")
    assert told.exit_code == 0, told.output
    assert "noise of replicates" in " ".join(told.output.split())
    assert run("--out", "out").exit_code == 2
    assert CliRunner().invoke(cli.app, ["verify", "out"]).exit_code == 0
    told = CliRunner().invoke(cli.app, ["validate", str(design)])
    assert "at most 384 runs" in told.output
