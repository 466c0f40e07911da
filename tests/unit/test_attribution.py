"""Barrier attribution on the model: shares add up, equals get equal shares, what is off already gets nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import persim
from persim import shapley_orders
from persim.attribution import Carrying, attribute, check_early
from persim.attribution_maker import (
    GATES,
    HOLDS_UP,
    LEFT_THE_WAY,
    ON_THE_WAY,
    STANDINGS,
    maker_of,
    standings,
    tally_of,
    weights_at,
)
from persim.attribution_plan import planned_attribution
from persim.attribution_result import KINDS, Attribution
from persim.barriers import BARRIERS, BY_KEY, chosen_barriers
from persim.errors import InputError, StoreError
from persim.events import E_REFERRED
from persim.measures import COLUMN
from persim.parameters import TABLE
from persim.reduction import SMALL
from persim.run_writer import create
from persim.scenario import read_scenario
from persim.simulate import run_scenario
from persim.state import Barrier as Gate
from persim.state import Place, Stage
from persim.stored_design import content_of
from persim.sweep import Crew

FEW = (
    "time",
    "role",
    "risk",
    "steps",
    "panel",
)  # panel is off already in the small world below, so it is a null barrier


def small(**more):
    """A small world in which something happens soon."""
    return read_scenario("baseline").changed(n_users=150, n_weeks=70, lift_panel=1.0, lift_knowledge=1.0, **more)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """Five barriers in sampled orders."""
    out = tmp_path_factory.mktemp("sampled") / "out"
    return attribute(small(), out, barriers=FEW, replicates=4, pairs=2, orders=1, jobs=2)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The same barriers, every subset."""
    out = tmp_path_factory.mktemp("whole") / "out"
    return attribute(small(), out, barriers=FEW, replicates=3, exact=True, figures=False, jobs=2)


# Barriers -----------------------------------------------------------------------------------------------------------------


def test_every_barrier_has_a_parameter_that_is_off_at_one_and_a_written_meaning():
    own = [parameter for parameter in TABLE if parameter.group == "barriers"]
    assert [barrier.parameter for barrier in BARRIERS] == [parameter.name for parameter in own]
    assert all((parameter.default, parameter.low, parameter.high) == (0, 0, 1) for parameter in own)
    assert all(barrier.off.endswith(".") and barrier.label and barrier.short for barrier in BARRIERS)


def test_every_gate_belongs_to_one_barrier_and_no_choice_does():
    covered = [gate for barrier in BARRIERS for gate in barrier.gates]
    assert len(set(covered)) == len(covered)
    others = {Gate.NONE, Gate.DECLINED, Gate.CONTRIBUTION, Gate.ENDED, Gate.NO_OPPORTUNITY}
    assert set(Gate) - set(covered) == others


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["roles"], "did you mean 'role'"),
        (["lift_role"], "did you mean 'role'"),
        (["xyz"], "barriers are information, "),
        (["role", "role"], "named twice"),
        ([], "at least one"),
    ],
)
def test_a_barrier_that_cannot_be_used_is_told_with_the_nearest(names, told):
    with pytest.raises(InputError, match=told):
        chosen_barriers(names)


# Plans --------------------------------------------------------------------------------------------------------------------


def test_thirteen_barriers_are_sampled_and_few_are_run_in_every_subset():
    plan = planned_attribution("baseline")
    assert (len(plan.barriers), plan.exact, plan.n_runs) == (13, False, 30 * 134)
    few = planned_attribution("baseline", barriers=["role", "risk", "time"], replicates=7)
    assert (few.exact, few.n_runs) == (True, 7 * 8)
    assert planned_attribution("baseline", barriers=FEW, exact=True).n_slots == 32
    assert planned_attribution("baseline", pairs=0).n_slots == 108
    assert len(set(planned_attribution("baseline", pairs=30).layout.coalitions[0].tolist())) == 108 + 70


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"exact": True}, "8,192 runs for each seed"),
        ({"replicates": 0}, "replicates"),
        ({"seed": -1}, "seed"),
        ({"pairs": -1}, "pairs"),
        ({"orders": 0}, "orders"),
        ({"groups": ["professions"]}, "did you mean 'profession'"),
        ({"window": "1:2:3"}, "window"),
    ],
)
def test_what_cannot_be_run_is_told_before_anything_is(asked, told):
    with pytest.raises(InputError, match=told):
        planned_attribution("baseline", **asked)


def test_a_scenario_with_arms_asks_which_of_them():
    with pytest.raises(InputError, match=r"has arms; name one of them: role_clarity/"):
        planned_attribution("role_clarity")


def test_runs_end_with_the_window():
    plan = planned_attribution("baseline", window="100:152")
    assert (plan.scenario.n_weeks, plan.window) == (152 - plan.scenario.start_week, (100, 152))


# The axioms on the model -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["sampled", "whole"])
def test_shares_add_up_to_the_missing_take_up_in_every_seed_and_in_the_table(which, request):
    found = request.getfixturevalue(which)
    ends = found.runs.set_index("seed")
    off = [name for name in ends.columns if name.startswith("off:")]
    none = ends[ends[off].sum(axis=1) == 0]["real_take_up"]
    everything = ends[ends[off].sum(axis=1) == len(off)]["real_take_up"]
    assert found.share_values.sum(axis=1) == pytest.approx((everything - none).to_numpy(), abs=1e-12)
    level = found.levels.iloc[0]
    assert level["missing"] > 0.05
    assert found.shares["share"].sum() == pytest.approx(level["missing"], abs=1e-12)
    assert level["as_is"] + level["missing"] == pytest.approx(level["all_off"], abs=1e-12)
    assert found.shares["of_missing"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("which", ["sampled", "whole"])
def test_a_barrier_that_is_off_already_gets_exactly_nothing(which, request):
    found = request.getfixturevalue(which)
    for table, name in ((found.shares, "share"), (found.singles, "gain"), (found.last, "gain")):
        assert table.set_index("barrier").loc["panel", name] == 0.0
    pairs = found.interactions
    assert np.all(pairs[(pairs["first"] == "panel") | (pairs["second"] == "panel")]["interaction"] == 0.0)
    assert found.shares.set_index("barrier")["share"].drop("panel").abs().max() > 0.01


def test_barriers_that_do_the_same_get_equal_shares():
    """Time stands twice in the list: switching off either, or both, is the same run."""
    plan = planned_attribution(small(), barriers=["time", "role", "risk"], replicates=2)
    twice = replace(plan, barriers=(BY_KEY["time"], BY_KEY["time"], BY_KEY["role"]), groups=())
    maker = maker_of(twice)
    place = maker.columns.index("real_take_up")
    values = np.array([maker.make(number).numbers[place] for number in range(twice.n_runs)]).reshape(2, 8)
    found = shapley_orders.exact_shares(values)
    assert found[:, 0] == pytest.approx(found[:, 1], abs=1e-15)
    assert np.all(np.abs(found[:, 0] - found[:, 2]) > 1e-6)


def test_alone_and_last_are_differences_of_runs_of_the_same_people_and_luck(whole):
    plan = whole.plan

    def take_up(seed, **off):
        return run_scenario(plan.scenario.changed(**off), seed).series("real_take_up")[-1]

    everything = {barrier.parameter: 1.0 for barrier in plan.barriers}
    gains, last = [], []
    for seed in (1, 2, 3):
        gains.append(take_up(seed, lift_role=1.0) - take_up(seed))
        last.append(take_up(seed, **everything) - take_up(seed, **(everything | {"lift_role": 0.0})))
    assert whole.singles.set_index("barrier").loc["role", "gain"] == pytest.approx(np.mean(gains), abs=1e-15)
    assert whole.last.set_index("barrier").loc["role", "gain"] == pytest.approx(np.mean(last), abs=1e-15)


def test_shares_of_each_group_add_up_to_what_the_group_misses(sampled):
    missing = sampled.levels.set_index(["dimension", "group"])["missing"]
    own = sampled.groups.groupby(["dimension", "group"])["share"].sum(min_count=1)
    there = missing.index.drop(("all", "all"))
    assert own[there].to_numpy() == pytest.approx(missing[there].to_numpy(), abs=1e-12, nan_ok=True)
    assert {"profession", "legal_status", "perceived_risk", "rural"} == set(sampled.groups["dimension"])


# Who is left, and the tally ---------------------------------------------------------------------------------------------------


def test_take_up_and_those_left_add_up_to_everybody(sampled):
    level, left = sampled.levels.iloc[0], sampled.remainder
    for end in ("as_is", "all_off"):
        assert level[end] + left[end].sum() == pytest.approx(1.0, abs=1e-9)
    assert left["choice"].tolist()[:2] == [True, True]
    assert not left["choice"].iloc[2:].any()
    named = [name for _, _, names in KINDS.values() for name in names]
    assert len(set(named)) == len(named)
    assert set(named) <= set(STANDINGS)


@pytest.mark.parametrize("off", [{}, {"lift_panel": 0.0, "lift_role": 1.0, "lift_risk": 1.0, "lift_time": 1.0}])
def test_who_is_on_the_way_is_told_apart_from_who_has_left_it(off):
    """Held against every person at the end: waiting at the panel or in a dispute is on the way."""
    run = run_scenario(small().changed(n_users=600, **off), 4)
    users = run.world.users
    people = users[(users["eligible"] == 1) & (users["place"] == Place.ON_CASELOAD)]
    stage, gate = people["pathway_stage"], people["barrier"]
    found = dict(zip(STANDINGS, standings(run.counts[-1, 0]), strict=True))
    on_the_way = (stage > Stage.OUTSIDE) & (stage < Stage.IN_USE)
    assert found[ON_THE_WAY] == pytest.approx(on_the_way.mean(), abs=1e-12)
    assert found[LEFT_THE_WAY] == pytest.approx(((stage == Stage.OUTSIDE) & np.isin(gate, HOLDS_UP)).mean(), abs=1e-12)
    assert found["role"] == pytest.approx(((stage == Stage.OUTSIDE) & (gate == Gate.ROLE)).mean(), abs=1e-12)
    if off:
        assert found[LEFT_THE_WAY] > 0.0
        assert (stage == Stage.PANEL).mean() > 0.05


def test_with_every_barrier_off_only_crisis_and_hospital_close_an_occasion():
    off = {barrier.parameter: 1.0 for barrier in BARRIERS}
    found = dict(zip(STANDINGS, standings(run_scenario(small().changed(**off), 5).counts[-1, 0]), strict=True))
    named = {name for _, _, names in KINDS.values() for name in names}
    assert {name for name, share in found.items() if share > 0.0 and name not in named} <= {"readiness"}
    assert found[LEFT_THE_WAY] == 0.0


def test_each_kind_has_its_own_standings(sampled):
    """What a kind is made of, by hand: each column of the runs goes into one kind only."""
    kinds = sampled.remainder.set_index("kind")
    wanted = {
        "declined": "declined", "contribution": "contribution", "one_off": "one_off", "in_use": "none", "ended": "ended",
        "on_the_way": "on_the_way", "left_the_way": "left_the_way", "no_occasion": "no_opportunity",
        "no_coordinator": "no_coordinator",
    }  # fmt: skip
    for kind, standing in wanted.items():
        value = sampled._of(0, [f"standing:{standing}"]).mean()
        assert kinds.loc[kind, "as_is"] == pytest.approx(value, abs=1e-15)
    others = [f"standing:{name}" for name in STANDINGS if name not in wanted.values()]
    assert kinds.loc["at_a_barrier", "as_is"] == pytest.approx(sampled._of(0, others).sum(axis=1).mean(), abs=1e-12)


def test_groups_of_few_people_are_marked(sampled, monkeypatch):
    assert sampled.levels["small"].tolist() == (sampled.levels["people"] < SMALL).tolist()
    assert sampled.groups["small"].all()
    assert sampled.levels["people"].iloc[0] > 50
    monkeypatch.setattr("persim.attribution_result.SMALL", 20)
    again = Attribution(sampled.folder)
    assert not again.levels["small"].iloc[0]
    assert set(again.groups["small"]) == {True, False}


def test_parts_of_what_is_missing_are_shares_of_the_total(sampled):
    total = sampled.levels["missing"].iloc[0]
    assert sampled.shares["of_missing"].to_numpy() == pytest.approx(sampled.shares["share"].to_numpy() / total)


def enriched():
    """A small world of people prone to detention, in which places are taken by other people again and again."""
    found = small().changed(n_weeks=200, discharge_rate=0.02, return_rate=0.0, new_referral_rate=0.2)
    return replace(found, enrich=0.4)


def test_the_tally_weighs_people_as_they_weighed_at_the_time():
    run = run_scenario(enriched(), 3, since=60, ledger=True)
    rows = run.ledger.rows
    weights = weights_at(run.ledger)
    assert (rows["kind"] == E_REFERRED).sum() > 20
    assert (weights != run.world.users["weight"][rows["person"]]).any()
    assert len(set(weights[rows["person"] >= 0].tolist())) == 2
    counts = run.counts[:, 0].sum(axis=0)
    fixed, _, _, at_all = tally_of(run)
    for way, name in ((fixed, "closed_first"), (at_all, "closed_any")):
        wanted = [counts[COLUMN[f"{name}_{gate.name.lower()}"]] / counts[COLUMN["opportunities"]] for gate in GATES]
        assert way == pytest.approx(wanted, abs=1e-12)


def test_the_tally_in_the_order_of_the_rules_is_that_of_the_model():
    run = run_scenario(small(), 3, ledger=True)
    fixed, shuffled, by_itself, at_all = tally_of(run)
    counts = run.counts[:, 0].sum(axis=0)
    met = counts[COLUMN["opportunities"]]
    assert met > 20
    for way, name in ((fixed, "closed_first"), (at_all, "closed_any")):
        wanted = [counts[COLUMN[f"{name}_{gate.name.lower()}"]] / met for gate in GATES]
        assert way == pytest.approx(wanted, abs=1e-12)
    assert shuffled.sum() == pytest.approx(fixed.sum())
    assert np.all(by_itself <= shuffled + 1e-12)
    assert np.all(shuffled <= at_all + 1e-12)


def test_the_tally_is_taken_over_the_window_only(sampled):
    plan = sampled.plan
    run = run_scenario(plan.scenario, 1, since=plan.window[0] - plan.scenario.start_week, ledger=True)
    names = [f"tally_fixed:{gate.name.lower()}" for gate in GATES]
    assert sampled._of(0, names)[0] == pytest.approx(tally_of(run)[0])


# The folder -------------------------------------------------------------------------------------------------------------------


def test_more_seeds_are_added_to_those_that_are_there(sampled, tmp_path):
    asked = {"barriers": FEW, "pairs": 2, "orders": 1, "figures": False, "jobs": 2}
    attribute(small(), tmp_path / "out", replicates=4, **asked)
    more = attribute(small(), tmp_path / "out", replicates=6, resume=True, **asked)
    assert more.n_seeds == 6
    assert more.share_values[:4] == pytest.approx(sampled.share_values, abs=0.0)
    again = attribute(small(), tmp_path / "out", replicates=2, resume=True, **asked)  # never fewer
    assert again.n_seeds == 6


def test_legal_status_named_on_going_on_is_shown_and_comes_out_so_again(tmp_path):
    from persim.reproduce import reproduce_folder

    asked = {"barriers": ["role"], "replicates": 2, "figures": False, "jobs": 2}
    first = attribute(small(), tmp_path / "out", **asked)
    assert "legal_status" not in dict(first.shown)
    named = attribute(small(), tmp_path / "out", resume=True, groups=list(first.plan.groups), **asked)
    assert "legal_status" in dict(named.shown)
    assert "detained" in (tmp_path / "out" / "table.txt").read_text("utf-8")
    assert "legal_status" in dict(Attribution(tmp_path / "out").shown)
    assert reproduce_folder(tmp_path / "out", jobs=2).ok


def test_a_folder_whose_runs_are_not_all_made_says_so(monkeypatch, tmp_path):
    from persim import attribution
    from persim.attribution_words import notes

    whole_work = attribution.run_missing
    monkeypatch.setattr(attribution, "run_missing", lambda *args: whole_work(*args[:2], 5, *args[3:]))
    monkeypatch.setattr(attribution, "write_attribution", lambda *_: None)
    found = attribute(small(), tmp_path / "out", barriers=["role", "time"], replicates=2, jobs=1)
    assert (found.n_unsettled, found.n_empty, found.n_seeds) == (3, 0, 1)
    assert notes(found)[0] == "3 of 8 runs are not made yet: go on with --resume."
    assert not any("nobody is eligible" in note for note in notes(found))


def test_the_sentence_holds_the_numbers_of_the_tables(sampled):
    from persim import attribution_words as words

    level, first = sampled.levels.iloc[0], sampled.shares.iloc[0]
    sentences = words.answer(sampled)
    for value in (level["as_is"], level["all_off"]):
        assert words._points(value)[0] in sentences[0]
    assert sentences[1].startswith(f"Of the {words._points(level['missing'])[0]} points between, ")
    assert words._with_interval(first["share"], first["low"], first["high"]) in sentences[1]
    assert "by their own choice" in sentences[-1]


def test_both_builds_of_the_model_are_ready_before_speed_is_measured(monkeypatch):
    import persim.attribution as module

    order = []
    monkeypatch.setattr(module, "ready_the_compiled_model", order.append)
    monkeypatch.setattr(module, "probed", lambda *_: order.append("measured") or [0.01])
    module.estimated(planned_attribution(small(), barriers=FEW), None)
    assert order == [False, True, "measured"]


def test_another_question_is_refused_with_the_differences(sampled):
    place, asked = sampled.folder, {"replicates": 4, "pairs": 2, "orders": 1, "resume": True}
    for change, told in (
        ({"barriers": ["role", *FEW[2:]]}, "the barriers"),
        ({"barriers": FEW, "seed": 9}, "the first seed was 1, and is 9"),
        ({"barriers": FEW, "exact": True}, "all subsets are asked for"),
        ({"barriers": FEW, "risk_aversion": 0.9}, r"risk_aversion: [0-9.]+, now 0\.9"),
        ({"barriers": FEW, "n_users": 100}, "people: 150, now 100"),
        ({"barriers": FEW, "window": "0:52"}, "the window was 18:70, and is 0:52"),
        ({"barriers": FEW, "resume": False}, "holds a barrier attribution: go on with --resume"),
    ):
        with pytest.raises(StoreError, match=told):
            attribute(small(), place, **(asked | change))


def test_what_is_refused_is_refused_before_anything_is_measured(sampled, tmp_path):
    plan = planned_attribution(small(), barriers=FEW, replicates=4, pairs=2, orders=1)
    (tmp_path / "letter.txt").write_text("mine")
    for how, told in (
        (Carrying(tmp_path, Crew()), "holds letter.txt and is no barrier attribution"),
        (Carrying(sampled.folder, Crew(), resume=True, force=True), "--rerun-failed and --repair go on with it"),
        (Carrying(sampled.folder, Crew()), "go on with --resume"),
        (Carrying(tmp_path / "new", Crew(), resume=True), "nothing to resume"),
    ):
        with pytest.raises((InputError, StoreError), match=told):
            check_early(plan, how)
    assert not (tmp_path / "new").exists()
    another = planned_attribution(small(), barriers=FEW[1:])
    check_early(another, Carrying(sampled.folder, Crew(), force=True), dry_run=True)  # to be thrown away
    check_early(plan, Carrying(sampled.folder, Crew()), dry_run=True)


def test_a_report_names_what_is_not_finished(sampled, tmp_path):
    import shutil

    from persim.report.folder import read_folder

    copy = shutil.copytree(sampled.folder, tmp_path / "copy")
    (copy / "manifest.json").unlink()
    with pytest.raises(StoreError, match="holds a barrier attribution that is not finished"):
        read_folder(copy)


def test_an_attribution_is_no_sweep_and_a_sweep_no_attribution(sampled, tmp_path):
    with pytest.raises(StoreError, match="holds a barrier attribution, not a sweep"):
        persim.sweep(str(sampled.folder), resume=True)
    create(tmp_path, content_of(persim.read_design("dials")))
    with pytest.raises(StoreError, match="holds a sweep, not a barrier attribution"):
        attribute(small(), tmp_path, resume=True)


def test_the_folder_is_verified_and_comes_out_the_same_again(whole):
    from persim.reproduce import reproduce_folder
    from persim.verify import verify_folder

    assert verify_folder(whole.folder).fine
    assert reproduce_folder(whole.folder, jobs=2).ok


def test_a_report_of_an_attribution_shows_it(whole, tmp_path):
    from persim.report import write_report

    written = write_report(whole.folder, tmp_path / "report.html", stories=False)
    assert "What holds people back" in written.page.read_text("utf-8")


def test_results_do_not_depend_on_the_number_of_threads(whole, tmp_path):
    one = attribute(small(), tmp_path / "one", barriers=FEW, replicates=3, exact=True, figures=False, jobs=1)
    name = "parts/" + next(one.folder.glob("parts/*")).name
    assert (one.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_a_seed_with_a_failed_run_is_left_out_whole(monkeypatch, tmp_path):
    from persim.attribution_maker import AttributionMaker

    row = AttributionMaker._row

    def fragile(self, number):
        if number == 9:  # of the second seed
            raise ValueError("no such luck")
        return row(self, number)

    monkeypatch.setattr(AttributionMaker, "_row", fragile)
    asked = {"barriers": FEW[:3], "replicates": 3, "figures": False, "jobs": 1}
    found = attribute(small(), tmp_path / "out", **asked)
    assert (found.n_failed, found.n_seeds) == (1, 2)
    assert found.failures["off"].tolist() == ["time"]
    monkeypatch.setattr(AttributionMaker, "_row", row)
    mended = attribute(small(), tmp_path / "out", rerun_failed=True, **asked)
    assert (mended.n_failed, mended.n_seeds) == (0, 3)


def test_python_finds_it_among_the_public_names():
    assert persim.attribute is attribute
    assert persim.Attribution.__name__ == "Attribution"


def test_the_page_on_attribution_says_how_many_runs_go_without_pairs():
    page = (Path(__file__).parents[2] / "docs" / "attribution.md").read_text("utf-8")
    with_pairs, without = (planned_attribution("baseline", pairs=pairs).n_slots for pairs in (10, 0))
    assert round(with_pairs / (with_pairs - without)) == 5
    assert "no interactions, a fifth fewer runs" in page


def test_the_page_on_attribution_says_what_each_off_means():
    page = (Path(__file__).parents[2] / "docs" / "attribution.md").read_text("utf-8")
    for barrier in BARRIERS:
        assert f"| `{barrier.key}` | {barrier.label} | {barrier.off} |" in page
