"""What a sweep finds, world by world and over worlds, against the same worked out by hand."""

import numpy as np
import pandas as pd
import pytest

import persim
from persim.design import read_design
from persim.errors import InputError
from persim.run_parts import column_names
from persim.sweep_words import together_words
from persim.worlds import across_worlds, better_if, fails_table, where_it_fails, world_differences, worlds_table

DESIGN = """schema_version: 1
name: small
title: Small
question: What if?
scenarios: [baseline, brokers_and_peers]
parameters: {role_boundary: [0.2, 0.8], bureaucracy: [0.3, 0.7]}
population: {people: 150}
horizon: {weeks: 130}
replicates: 3
groups: [profession]
outcomes: [crises]
"""
LEVERS = """schema_version: 1
name: levers_small
title: Levers
question: What if?
scenarios: [baseline]
levers:
  combine: alone_and_together
  which:
    brokers: {parameters: {brokers: 1}}
    training: {parameters: {training: 1}}
population: {people: 150}
horizon: {weeks: 130}
replicates: 4
record: quarterly
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="module")
def found(folder):
    (folder / "small.yaml").write_text(DESIGN)
    sweep = persim.sweep(folder / "small.yaml", folder / "out")
    yield sweep
    sweep.close()


@pytest.fixture(scope="module")
def levers(folder):
    (folder / "levers_small.yaml").write_text(LEVERS)
    sweep = persim.sweep(folder / "levers_small.yaml", folder / "levers", figures=False)
    yield sweep
    sweep.close()


def test_one_world_of_a_sweep_is_what_compare_gives(found):
    """The same runs, the same rows, the same intervals, to the last byte."""
    for world in (0, 3):
        one = found.comparison(world)
        same = persim.compare(
            ["baseline", "brokers_and_peers"], replicates=3, n_users=150, n_weeks=130, record="final",
            groups=["profession"], outcomes=["crises"], **found.design.world(world),
        )  # fmt: skip
        for measure in ("real_take_up", "crises", "cost_year", "wait_weeks"):
            for scenario in (0, 1):
                assert one.values(measure, scenario).tobytes() == same.values(measure, scenario).tobytes(), measure
            ours, theirs = one.estimate(measure, 1), same.estimate(measure, 1)
            np.testing.assert_equal(vars(ours), vars(theirs))


def test_a_sweep_of_one_world_writes_the_tables_of_compare(levers, folder):
    names = {path.name for path in (folder / "levers").iterdir()}
    assert {"summary.csv", "differences.csv", "series.csv", "decomposition.csv", "costs.csv", "scenarios.txt"} <= names
    assert not {"waits.csv", "worlds.csv"} & names


def test_gaps_between_groups_that_were_not_recorded_are_missing_rather_than_nought(found):
    assert np.isnan(found.values("gap_legal_status")).all()
    assert not np.isnan(found.values("gap_profession")).all()
    assert np.isfinite(found.values("real_take_up[nurse]")).all()


def test_columns_have_a_name_each(found):
    names = column_names(found.design.reduction)
    assert len(names) == len(set(names)) == found.design.reduction.n_columns


def test_an_unknown_number_is_refused_with_the_nearest(found):
    with pytest.raises(InputError, match="real_take_up"):
        found.values("real_takeup")
    with pytest.raises(InputError, match="there are 4"):
        found.comparison(4)


def test_runs_are_tidy_and_name_their_world(found):
    table = found.table(["real_take_up", "crises"])
    assert len(table) == 3 * 4 * 2 * 2
    assert set(table.columns) == {
        "scenario",
        "world",
        "replicate",
        "seed",
        "role_boundary",
        "bureaucracy",
        "outcome",
        "value",
    }
    one = table.query("scenario == 'baseline' and world == 2 and replicate == 1 and outcome == 'real_take_up'")
    assert one["role_boundary"].item() == 0.8
    assert one["bureaucracy"].item() == 0.3
    run = persim.simulate("baseline", seed=2, n_users=150, n_weeks=130, role_boundary=0.8, bureaucracy=0.3)
    assert one["value"].item() == run.series("real_take_up")[-1]


def test_parts_can_be_read_by_anybody_with_parquet(found, folder):
    table = pd.read_parquet(folder / "out" / "parts")
    assert len(table) == found.n_runs
    assert table["number"].tolist() == list(range(found.n_runs))
    assert sorted(set(table["world.role_boundary"])) == [0.2, 0.8]
    assert table["run"].is_unique


def test_shares_of_worlds_are_those_counted_by_hand(found):
    table = across_worlds(found).query("measure == 'real_take_up' and reference == 'baseline'")
    values = found.values("real_take_up")
    gains = (values[..., 1] - values[..., 0]).mean(axis=0)
    assert table["mean"].item() == pytest.approx(gains.mean())
    assert table["p50"].item() == pytest.approx(np.median(gains))
    assert table["share_better"].item() == np.mean(gains > 1e-9)
    by_world = worlds_table(found, ["real_take_up"]).query("alternative == 'brokers_and_peers'")
    np.testing.assert_allclose(by_world["difference"], gains)


def test_crises_are_the_same_in_every_scenario_and_nowhere_better(found):
    """In the model no policy changes crises; then no world may count as better."""
    table = across_worlds(found).query("measure == 'crises' and reference == 'baseline'")
    assert table["mean"].item() == 0.0
    assert table["share_better"].item() == 0.0


def test_the_good_way_is_up_down_or_neither():
    assert better_if("real_take_up") == "higher"
    assert better_if("wait_weeks") == "lower"
    assert better_if("eligible_people") == ""
    values = np.zeros((2, 3, 2))
    values[:, 0, 1], values[:, 1, 1] = 0.1, -0.1
    (found,) = world_differences(values)
    assert found.better("real_take_up").tolist() == [True, False, False]
    assert found.better("wait_weeks").tolist() == [False, True, False]
    assert found.better("eligible_people").tolist() == [False, False, False]


def test_where_it_fails_says_so_when_there_are_too_few_worlds_to_tell(found):
    told = fails_table(found, where_it_fails(found))
    assert len(told) == 1
    assert "plausible worlds" in told["sentence"].item()
    assert "not a chance of success here" in told["caveat"].item()


def test_levers_together_are_held_against_their_sum(levers):
    words = together_words(levers.comparison(), "real_take_up")
    assert words.startswith("Of single levers brokers does most")
    assert "sum" in words


def test_a_design_read_anew_from_its_store_is_the_same(found, folder):
    again = persim.Sweep(folder / "out")
    assert again.design.worlds.tobytes() == found.design.worlds.tobytes()
    assert [s.digest() for s in again.design.alternatives] == [s.digest() for s in found.design.alternatives]
    assert read_design(folder / "small.yaml").reduction == again.design.reduction
    again.close()
