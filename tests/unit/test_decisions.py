"""What a decision rests on: stages of a difference, who pays, the answer in three sentences, localities on target."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

import persim
from persim.answer_words import answer, answer_sentences
from persim.comparison import Comparison
from persim.comparison_words import ON_TARGET, as_json, headline, sections, target_in_force
from persim.decision_tables import COST_COLUMNS, PART_COLUMNS, parts_are_of_the_window
from persim.decision_words import costs_in_words, parts_in_words
from persim.gaps_and_costs import DERIVED, GAPS
from persim.scenario import read_scenario

PEOPLE, WEEKS = 450, 120


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Comparison, dict, pd.DataFrame]:
    """The baseline, itself and the gold standard, with the manifest and one table of the folder."""
    place = tmp_path_factory.mktemp("made") / "results"
    base = read_scenario("baseline")
    c = persim.compare([base, base, "gold_standard"], 5, n_users=PEOPLE, n_weeks=WEEKS, record="final", out=place)
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    return c, manifest, pd.read_parquet(place / "costs.parquet")


@pytest.fixture(scope="module")
def c(made) -> Comparison:
    return made[0]


def test_parts_by_stage_add_up_to_the_reported_difference_in_real_take_up(c):
    table = c.decomposition
    assert tuple(table.columns) == PART_COLUMNS
    assert parts_are_of_the_window(c)
    for name in c.names[1:]:
        own = table[table["scenario"] == name].set_index("step")
        reported = c.estimate("real_take_up", name)
        assert own.loc["total", "part"] == pytest.approx(reported.difference, abs=1e-12)
        assert own.loc["total", "low"] == pytest.approx(reported.difference_low, abs=1e-12)
        assert own.drop("total")["part"].sum() == pytest.approx(reported.difference, abs=1e-9)
        assert (own["n_pairs"] == 5).all()


def test_a_scenario_against_itself_has_parts_of_exactly_nothing(c):
    own = c.decomposition[c.decomposition["scenario"] == "baseline (2)"]
    assert not own[["part", "low", "high"]].to_numpy().any()


def test_a_window_that_ends_early_is_said_to_have_other_parts():
    early = persim.compare(["baseline", "gold_standard"], 2, n_users=450, n_weeks=120, record="final", window="0:40")
    assert not parts_are_of_the_window(early)
    total = early.decomposition.set_index("step").loc["total", "part"]
    assert total != early.estimate("real_take_up", 1).difference
    text = "\n".join(parts_in_words(early).notes)
    assert "those of the run's end" in text


def test_costs_say_whose_they_are_and_count_nothing_twice(c):
    table = c.costs
    assert tuple(table.columns) == COST_COLUMNS
    for name in c.names:
        own = table[table["scenario"] == name]
        council = own[own["payer"] == "council"]
        assert council[~council["is_sum"]]["mean"].sum() == pytest.approx(
            float(council[council["is_sum"]]["mean"].iloc[0])
        )
        parts = own[~own["is_sum"]]["mean"].sum()
        assert own[own["payer"] == "all three"]["mean"].tolist() == pytest.approx([parts])
        assert council[council["is_sum"]]["mean"].tolist() == pytest.approx([c.estimate("cost_net_year", name).mean])
    assert set(table["payer"]) == {"council", "NHS", "person", "all three"}
    assert (table["caveat"] != "").all()


def test_a_cost_in_pounds_a_year_is_that_of_the_window_made_yearly():
    half = persim.compare("baseline", 2, n_users=300, n_weeks=104, record="final", window="78:104")
    own = half.costs.set_index("measure")
    for measure, outcome in (("nhs_budgets_year", "spend_nhs"), ("contributions_year", "spend_person")):
        assert own.loc[measure, "mean"] == pytest.approx(2.0 * half.estimate(outcome, 0).mean)


def test_differences_in_cost_are_paired(c):
    own = c.costs[c.costs["scenario"] == "gold_standard"].set_index("measure").loc["cost_levers"]
    found = c.estimate("cost_levers", "gold_standard")
    assert own["difference"] == pytest.approx(found.difference)
    assert own["difference_low"] == pytest.approx(found.difference_low)
    assert c.costs[c.costs["scenario"] == "baseline"]["difference"].isna().all()


def test_both_tables_stand_in_the_folder_and_in_json(made):
    c, manifest, costs = made
    assert {"costs.csv", "decomposition.csv", "figures/cost_plane.png", "figures/decomposition.svg"} <= set(
        manifest["files"]
    )
    pd.testing.assert_frame_equal(costs, c.costs)
    found = as_json(c)
    assert len(found["decomposition"]) == len(c.decomposition)
    assert found["costs"][0]["payer"] == "council"


def test_tables_in_words_show_levels_differences_and_payers(c):
    parts = "\n".join(text for text, _ in parts_in_words(c).lines(200))
    assert "Offers, of people with an opportunity" in parts
    assert "0 exactly" in parts
    assert "Shapley" in parts
    costs = "\n".join(text for text, _ in costs_in_words(c).lines(200))
    for words in ("The council pays", "The NHS pays", "People pay", "put down to the council"):
        assert words in costs


def test_the_answer_is_at_most_three_sentences_and_in_the_manifest(made):
    c, manifest, _ = made
    sentences = answer_sentences(c)
    assert manifest["answer"] == sentences
    assert 2 <= len(sentences) <= 3
    assert answer(c).startswith(sentences[0])
    assert "gold_standard raises real take-up most" in sentences[0]
    assert "costs the council" in sentences[1]
    assert "chance between runs only" in sentences[-1]


def test_no_cost_and_no_gap_is_claimed_where_nothing_is_raised(c):
    same = persim.compare([read_scenario("baseline"), read_scenario("baseline")], 2, n_users=150, n_weeks=30)
    assert len(answer_sentences(same)) == 2
    alone = persim.compare("baseline", 1, n_users=150, n_weeks=30)
    assert len(answer_sentences(alone)) == 2
    assert "One run of each tells nothing of chance" in answer_sentences(alone)[1]


def with_gap(c: Comparison, name: str, before: float, after: float, half: float) -> Comparison:
    """The comparison with a gap between large groups that goes from `before` to `after` in the last scenario."""
    column = c.place[name]
    levels, differences = c.levels._replace(mean=c.levels.mean.copy()), c.differences
    gaps = [c.place[gap.name] for gap in GAPS]
    levels.mean[:, gaps] = np.nan
    levels.mean[0, column], levels.mean[-1, column] = before, after
    ends = {key: getattr(differences, key).copy() for key in ("mean", "low", "high")}
    for key, shift in (("mean", 0.0), ("low", -half), ("high", half)):
        ends[key][-1, column] = after - before + shift
    start, shape = c.reduction.sections["gap_people"]
    levels.mean[:, start : start + shape[0]] = 50.0
    levels.mean[:, start + list(DERIVED).index(name)] = 5000.0
    return dataclasses.replace(c, levels=levels, differences=differences._replace(**ends))


@pytest.mark.parametrize(("before", "after"), [(0.02, 0.06), (-0.02, -0.06)])
def test_the_gap_that_widens_beyond_chance_is_told_by_who_has_more(c, before, after):
    sentence = answer_sentences(with_gap(c, "gap_perceived_risk", before, after, 0.01))[1]
    more, less = ("low", "high") if after > 0.0 else ("high", "low")
    start = f"People seen as {less} risk gain less: the gap in real take-up to people seen as {more} risk goes from "
    assert sentence.startswith(start + "2.0 to 6.0 percentage points, by 4.0 (95 % interval 3.0 to 5.0")


def test_a_gap_between_small_groups_is_told_with_its_mark(c):
    found = with_gap(c, "gap_legal_status", 0.02, 0.06, 0.01)
    start, shape = c.reduction.sections["gap_people"]
    found.levels.mean[:, start : start + shape[0]] = 30.0
    assert "; groups of fewer than 200 people in a run)" in answer_sentences(found)[1]


def test_professions_are_not_ranked(c):
    assert "gain less" not in answer_sentences(with_gap(c, "gap_profession", 0.02, 0.06, 0.01))[1]


@pytest.mark.parametrize(("before", "after", "half"), [(0.06, 0.02, 0.01), (0.02, 0.06, 0.035), (0.05, -0.02, 0.01)])
def test_a_gap_that_narrows_or_may_be_chance_is_not_told(c, before, after, half):
    assert "gap" not in answer_sentences(with_gap(c, "gap_perceived_risk", before, after, half))[1]


def test_localities_on_target_stand_in_the_headline_while_a_target_is_in_force(c):
    assert target_in_force(c)  # the national target of 30 % from September 2009, weeks 73 and on
    assert ON_TARGET in [measure for _, measures in sections(c) for measure in measures]
    text = "\n".join(text for text, _ in headline(c).lines(200))
    assert "Localities on target" in text
    assert "meeting it says little of real budgets" in text
    before = persim.compare("thirty_percent_target", 1, n_users=150, n_weeks=40)
    assert not target_in_force(before)
    assert ON_TARGET not in [measure for _, measures in sections(before) for measure in measures]
    assert np.isfinite(c.estimate(ON_TARGET, 0).mean)
