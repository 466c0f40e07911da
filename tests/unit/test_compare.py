"""Scenario against scenario: pairs with the same luck, windows, groups, failures, and what must not be compared."""

import dataclasses
import os
import sys
import threading
import tracemalloc
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import persim
from persim.comparison import Comparison
from persim.comparison_plan import read_window
from persim.comparison_words import answer, barrier_table, headline, luck_words
from persim.errors import InputError, ScenarioError, StoreError
from persim.gaps_and_costs import DERIVED, GAPS
from persim.measures import COLUMN
from persim.reduction import LEAN, SMALL, Reduction, chosen_outcomes, steps_of
from persim.scenario import read_scenario
from persim.simulate import run_scenario

PEOPLE, WEEKS, REPLICATES = 660, 130, 3
LEVER = {"default_offer": 0.9, "role_boundary": 0.1}


@pytest.fixture(scope="module")
def small() -> Comparison:
    """The baseline, the baseline again, and the baseline with two numbers changed, over two and a half years."""
    base = read_scenario("baseline")
    changed = dataclasses.replace(base.changed(**LEVER), name="changed", title="Two numbers changed")
    return persim.compare([base, base, changed], replicates=REPLICATES, n_users=PEOPLE, n_weeks=WEEKS)


def run_of(seed: int, groups: tuple[str, ...] = (), **changes: float):
    scenario = read_scenario("baseline").changed(n_users=PEOPLE, n_weeks=WEEKS, **changes)
    return run_scenario(scenario, seed, "weekly", groups)


def test_a_scenario_against_itself_differs_by_exactly_nothing_in_every_number(small):
    d = small.differences
    known = d.n[0] > 1
    assert not np.nan_to_num(d.mean[0]).any()
    assert not d.low[0][known].any()
    assert not d.high[0][known].any()
    tables = [small.paired_differences, small.groups]
    for table in tables:
        same = table[table["scenario"] == "baseline (2)"]
        assert (same["difference"].fillna(0.0) == 0.0).all()


def test_replicate_r_has_the_seed_plus_r_in_every_scenario(small):
    for number, seed in enumerate((1, 2, 3)):
        assert small.values("real_take_up", 0)[number] == run_of(seed).series("real_take_up")[-1]
        assert small.values("real_take_up", 2)[number] == run_of(seed, **LEVER).series("real_take_up")[-1]


def test_difference_has_the_interval_of_a_paired_t_test(small):
    first, other = small.values("control_felt", 0), small.values("control_felt", 2)
    known = stats.ttest_rel(other, first).confidence_interval(0.95)
    found = small.estimate("control_felt", "changed")
    assert found.difference_low == pytest.approx(known.low, rel=1e-9)
    assert found.difference_high == pytest.approx(known.high, rel=1e-9)
    assert found.n_pairs == REPLICATES


def test_stocks_are_those_of_the_last_week_and_flows_those_of_the_last_year(small):
    run = run_of(1)
    weekly = run.counts[-52:, 0]
    offers = weekly[:, COLUMN["offers"]].sum() / weekly[:, COLUMN["eligible"]].sum() * 52.0
    assert small.values("offers", 0)[0] == pytest.approx(offers, rel=1e-12)
    assert small.values("quality_of_life", 0)[0] == run.series("quality_of_life")[-1]
    forms = weekly[:, [COLUMN["hours_forms"], COLUMN["hours_forms_council"]]].sum()
    assert small.values("forms_hours_year", 0)[0] == pytest.approx(forms, rel=1e-12)


def test_weeks_by_barrier_are_those_lived_through(small):
    weekly = run_of(1).counts[-52:, 0]
    share = weekly[:, COLUMN["first_role"]].sum() / weekly[:, COLUMN["without_budget"]].sum()
    assert small.values("weeks_first_role", 0)[0] == pytest.approx(share, rel=1e-12)
    firsts = [first for first, _ in small.barrier_shares(0).values()]
    assert sum(firsts) == pytest.approx(1.0)


def test_series_are_those_of_a_quarterly_run(small):
    run = run_scenario(read_scenario("baseline").changed(n_users=PEOPLE, n_weeks=WEEKS), 1, "quarterly", ("carer",))
    one = persim.compare("baseline", 1, n_users=PEOPLE, n_weeks=WEEKS, groups=["carer"])
    table = one.series
    for outcome in ("real_take_up", "reported_during_year", "quality_of_life"):
        mine = table[(table["outcome"] == outcome) & (table["group"] == "all")]
        assert mine["mean"].to_numpy() == pytest.approx(run.series(outcome), rel=1e-12, nan_ok=True)
        assert mine["week"].tolist() == run.weeks.tolist()
    advocates = table[(table["outcome"] == "real_take_up") & (table["group"] == "carer advocates")]
    place = run.labels.index(("carer", "carer advocates"))
    assert advocates["mean"].to_numpy() == pytest.approx(run.values("real_take_up")[:, place], nan_ok=True)


def test_a_year_counts_from_its_april_also_when_the_window_is_longer():
    found = persim.compare("baseline", 1, n_users=330, n_weeks=120, window="0:120", record="final")
    run = run_scenario(read_scenario("baseline").changed(n_users=330, n_weeks=120), 1)
    assert found.values("reported_during_year", 0)[0] == run.series("reported_during_year")[-1]


def test_a_gap_is_the_take_up_of_one_group_less_that_of_the_other(small):
    run = run_of(2, ("perceived_risk",))
    low, high = (run.labels.index(("perceived_risk", f"perceived risk {word}")) for word in ("low", "high"))
    shares = run.values("real_take_up")[-1]
    assert small.values("gap_perceived_risk", 0)[1] == pytest.approx(shares[low] - shares[high], rel=1e-12)


def test_steps_from_eligible_to_real_only_ever_lose_people(small):
    for scenario in small.names:
        people = small.steps[small.steps["scenario"] == scenario]["people"].to_numpy()
        assert (np.diff(people) <= 0.0).all()
    run = run_of(1)
    assert steps_of(run.world)[-1] == run.series("people_with_real_budget")[-1]
    assert steps_of(run.world)[0] == run.series("eligible_people")[-1]


def test_waits_add_up_over_runs(small):
    table = small.waits[small.waits["scenario"] == "baseline"]
    runs = [run_of(seed).waits for seed in (1, 2, 3)]
    assert table["went_on"].sum() == sum(run["went_on"].sum() for run in runs)
    assert table["still_waiting"].sum() == sum(run["still_waiting"].sum() for run in runs)


def test_cost_per_real_budget_is_cost_over_people_at_the_end(small):
    parts = ("cost_forms", "cost_levers", "cost_budgets")
    cost = sum(small.values(name, 0) for name in parts)
    people = small.values("people_with_real_budget", 0)
    assert small.values("cost_per_real_budget", 0) == pytest.approx(cost / people, nan_ok=True)
    extra = small.values("cost_net_year", 2) - small.values("cost_net_year", 0)
    gain = small.values("people_with_real_budget", 2) - small.values("people_with_real_budget", 0)
    ratio = small.extra_cost[1]
    assert ratio.why_not or ratio.value == pytest.approx(extra.mean() / gain.mean())
    assert small.extra_cost[0].why_not == "no difference"


def test_cells_on_few_people_are_marked(small):
    table = small.groups
    take_up = table[table["outcome"] == "real_take_up"]
    assert take_up[take_up["group"] == "CTO"]["small"].all()
    assert (take_up["small"] == (take_up["people"] < SMALL)).all()
    assert small.summary.set_index(["scenario", "measure"]).loc[("baseline", "gap_legal_status"), "small"]


def test_unweighted_people_are_behind_an_enriched_cell():
    plain = dataclasses.replace(read_scenario("baseline"), enrich=None).changed(n_users=PEOPLE, n_weeks=60)
    rich = dataclasses.replace(plain, enrich=0.4)
    reduction = persim.compare(rich, 1).reduction
    place = [outcome.name for outcome in reduction.outcomes].index("cto_share")
    group = reduction.labels.index(("legal_status", "CTO"))
    run = run_scenario(rich, 1, "weekly", ("legal_status",))
    known = run.counts[-1, run.labels.index(("legal_status", "CTO")), COLUMN["n_people"]]
    assert (
        reduction.part("people", reduction.row(run_scenario(rich, 1, "weekly", reduction.recorded)))[place, group]
        == known
    )


def test_results_do_not_depend_on_the_number_of_threads(tmp_path):
    kept = {}
    for jobs in (1, 2, 3):
        out = tmp_path / str(jobs)
        persim.compare(["baseline", "lean_process"], 4, jobs=jobs, n_users=330, n_weeks=120, out=out)
        files = sorted(path for path in out.rglob("*") if path.is_file() and path.name != "manifest.json")
        kept[jobs] = {path.relative_to(out).as_posix(): path.read_bytes() for path in files}
    assert "figures/take_up.svg" in kept[1]
    assert "runs.parquet" in kept[1]
    assert kept[1] == kept[2] == kept[3]


def test_one_more_replicate_leaves_the_others_as_they_were():
    few, more = (persim.compare("baseline", n, n_users=330, n_weeks=60, record="final") for n in (2, 3))
    assert few.values("offers", 0).tolist() == more.values("offers", 0)[:2].tolist()


def test_memory_does_not_grow_with_the_number_of_runs():
    def peak(replicates: int) -> int:
        tracemalloc.start()
        persim.compare(
            ["baseline", "lean_process"], replicates, jobs=1, n_users=66, n_weeks=26, record="final", groups=[]
        )
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2)
    few, many = peak(4), peak(60)
    block = 2 * (60 - 4) * 500 * 8  # rows of about 500 numbers that are read back a block at a time, some copies of it
    assert many < few + 4 * block  # 1.8 MB; keeping the runs would take 75 MB more


def test_a_run_that_fails_is_noted_with_its_cause_and_the_others_go_on(monkeypatch):
    module = sys.modules["persim.compare"]
    whole = module.run_scenario

    def fragile(scenario, seed, *rest):
        if scenario.name == "lean_process" and seed == 2:
            raise FloatingPointError("lost count")
        return whole(scenario, seed, *rest)

    monkeypatch.setattr(module, "run_scenario", fragile)
    found = persim.compare(["baseline", "lean_process"], 3, n_users=330, n_weeks=60, jobs=2)
    assert [(f.task.seed, f.cause) for f in found.failures] == [(2, "FloatingPointError: lost count")]
    assert found.estimate("real_take_up", 0).n == 3
    assert found.estimate("real_take_up", 1).n_pairs == 2
    assert "lost count" in " ".join(found.notes)


def test_a_full_disk_stops_everything(monkeypatch):
    module = sys.modules["persim.compare"]

    def refuse(*_args):
        raise StoreError("the numbers of the runs cannot be written: no space left on device")

    monkeypatch.setattr(module.Spool, "write", refuse)
    with pytest.raises(StoreError, match="no space left"):
        persim.compare("baseline", 3, n_users=66, n_weeks=26)


def test_ctrl_c_stops_at_once_and_leaves_no_folder(monkeypatch, tmp_path):
    calls = []

    def progress(done: int, total: int, failed: int) -> None:
        calls.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        persim.compare("baseline", 40, n_users=330, n_weeks=120, out=tmp_path / "here", progress=progress)
    assert len(calls) == 1
    assert list(tmp_path.iterdir()) == []
    for thread in threading.enumerate():
        if thread.name.startswith("persim"):
            thread.join(30)


def test_arms_are_compared_side_by_side_and_the_first_is_the_reference():
    found = persim.compare("cto_rights", 1, n_users=330, n_weeks=60, record="final")
    assert found.names[0] == found.reference == "cto_rights/usual"
    assert found.names[-1] == "cto_rights/all"
    assert any("Community treatment orders" in row.label for row in headline(found).rows)


def test_one_scenario_alone_has_levels_and_nothing_to_differ_from():
    found = persim.compare("baseline", 2, n_users=330, n_weeks=60)
    assert found.paired_differences.empty
    assert found.extra_cost == ()
    assert answer(found).startswith("Real take-up in baseline is")
    assert headline(found).columns == ("baseline",)


def test_one_replicate_has_no_interval_and_says_so():
    found = persim.compare(["baseline", "gold_standard"], 1, n_users=330, n_weeks=120)
    estimate = found.estimate("informed", 1)
    assert estimate.difference is not None
    assert np.isnan([estimate.difference_low, estimate.difference_high]).all()
    assert "no interval" in answer(found) + " ".join(found.notes)
    assert any("(no interval)" in cell for row in headline(found).rows for cell in row.cells)


def test_scenarios_are_compared_on_the_weeks_they_share_and_say_so():
    found = persim.compare(["baseline", "rural_action_research/usual"], 1, n_users=330, n_weeks=100)
    assert (found.reduction.first, found.reduction.stop) == (0, 47)
    assert "share" in " ".join(found.notes)
    assert found.series["week"].max() == 46


def test_weeks_after_the_last_shared_one_change_nothing():
    short = read_scenario("baseline").changed(n_users=330, n_weeks=60)
    alone, beside = persim.compare(short, 1), persim.compare([short, short.changed(n_weeks=90)], 1)
    assert beside.values("offers", 0) == alone.values("offers", 0)
    assert beside.values("offers", 1) == alone.values("offers", 0)


@pytest.mark.parametrize(
    ("scenarios", "words"),
    [
        (["baseline", "seminar"], "--people 3000"),
        (["baseline", "cto_rights"], "enrich_compulsion"),
        ([], "nothing to compare"),
    ],
)
def test_what_does_not_hold_the_same_people_is_not_compared(scenarios, words):
    with pytest.raises(InputError, match=words):
        persim.compare(scenarios)


def test_scenarios_without_a_common_week_are_not_compared():
    late = dataclasses.replace(read_scenario("baseline"), start=date(2012, 4, 2))
    with pytest.raises(InputError, match="no week in common"):
        persim.compare([read_scenario("baseline").changed(n_weeks=52), late])


def test_faults_of_all_scenarios_are_told_at_once():
    with pytest.raises(ScenarioError) as caught:
        persim.compare(["baselin", "lean_proces"])
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"replicates": 0}, "replicates"),
        ({"replicates": 2.5}, "replicates"),
        ({"seed": "x"}, "seed"),
        ({"seed": 2**62}, "62 bits"),
        ({"jobs": -1}, "jobs"),
        ({"outcomes": ["rel_take_up"]}, "real_take_up"),
        ({"groups": ["carers"]}, "carer"),
        ({"record": "daily"}, "quarterly"),
        ({"window": "1:900"}, "weeks compared"),
        ({"window": "soon"}, "FROM:TO"),
        ({"window": "a:b"}, "neither a week nor a date"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_before_anything_runs(asked, words, monkeypatch):
    monkeypatch.setattr(sys.modules["persim.compare"], "run_scenario", None)
    with pytest.raises(InputError, match=words):
        persim.compare("baseline", **asked)


@pytest.mark.parametrize(
    ("asked", "weeks"),
    [
        (None, (208, 260)),
        ("195:247", (195, 247)),
        ("2012-01-02:2012-12-31", (195, 247)),
        ("0:", (0, 260)),
        (":52", (0, 52)),
        ((10, 20), (10, 20)),
    ],
)
def test_a_window_is_weeks_or_dates_and_leaves_its_end_out(asked, weeks):
    assert read_window(asked, 0, 260) == weeks


def test_the_lean_set_grows_by_what_is_asked_and_keeps_the_barriers():
    names = {outcome.name for outcome in chosen_outcomes(["vacancies"])}
    assert {*LEAN, "vacancies", "weeks_first_role", "weeks_any_role"} <= names
    assert len(chosen_outcomes(["all"])) > len(names)


@pytest.mark.parametrize("asked", ["vacancies", ["vacancies"]])
def test_outcomes_asked_for_stand_in_the_table(asked):
    found = persim.compare("baseline", 1, n_users=330, n_weeks=60, record="final", outcomes=asked, groups="carer")
    rows = headline(found).rows
    assert rows[-2].label == "Also asked for"
    assert rows[-1].label.strip().startswith("Posts vacant")


def test_every_gap_and_cost_has_a_label_and_a_unit(small):
    assert set(DERIVED) <= set(small.measures)
    assert all(outcome.label and outcome.unit and outcome.meaning for outcome in DERIVED.values())
    assert len(GAPS) == 5


def test_words_carry_the_caveats_and_the_answer(small):
    table = headline(small)
    assert any("chance between runs only" in note for note in table.notes)
    assert any("not a QALY" in note for note in table.notes)
    text = "\n".join(line for line, _ in barrier_table(small).lines(120))
    assert "Declining is a choice" in text
    assert "changed" in answer(small)
    assert luck_words(small) == "" or "pairs of independent runs" in luck_words(small)


def test_the_folder_holds_every_table_and_reads_back(small, tmp_path):
    again = persim.compare(
        ["baseline", "lean_process"], 2, n_users=330, n_weeks=60, out=tmp_path / "here", groups=["carer"]
    )  # fmt: skip
    place = tmp_path / "here"
    for name in ("summary", "differences", "series", "groups", "barriers", "funnel", "waits"):
        from_csv, from_parquet = pd.read_csv(place / f"{name}.csv"), pd.read_parquet(place / f"{name}.parquet")
        assert len(from_csv) == len(from_parquet) > 0
        assert list(from_csv.columns) == list(from_parquet.columns)
    runs = pd.read_parquet(place / "runs.parquet")
    mine = runs[(runs["outcome"] == "offers") & (runs["group"] == "all") & (runs["scenario"] == "lean_process")]
    assert mine["value"].tolist() == again.values("offers", 1).tolist()
    assert mine["seed"].tolist() == [1, 2]
    assert "not for decisions" in (place / "README.txt").read_text("utf-8")


def test_a_row_of_another_reduction_has_parts_of_the_right_shape(small):
    reduction: Reduction = small.reduction
    row = reduction.row(run_of(1, reduction.recorded))
    assert row.shape == (reduction.n_columns,)
    assert reduction.part("window", row).shape == (len(reduction.outcomes), len(reduction.labels))
    assert reduction.part("series", row).shape == (len(reduction.lines), len(reduction.periods))


def test_nothing_is_written_without_a_place(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    persim.compare("baseline", 1, n_users=66, n_weeks=26)
    assert os.listdir(tmp_path) == []
