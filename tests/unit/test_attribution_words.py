"""What `persim attribute` says and draws: the sentence, tables, caveats that stand beside them, figures, bad input."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from persim import attribution_words as words
from persim.attribution_figures import figures
from persim.attribution_folder import FILES
from persim.attribution_plan import planned_attribution
from persim.attribution_plots import gates_in_any_order, interaction_map, signed, three_readings, waterfall
from persim.barriers import BARRIERS
from persim.cli import app
from persim.cli_attribute import attribute as attribute_command
from persim.figure_frames import Words
from persim.reduction import SMALL
from persim.shapley_orders import MOST_EXACT, ORDERS, PAIRS, REPLICATES

RUN = ("--people", "120", "--weeks", "60", "--replicates", "3", "--jobs", "2")
FEW = "time,role,steps"
AROUND = Words("title", "subtitle", "caveat")
SHARES = [
    {"label": "Role", "share": 0.30, "low": 0.25, "high": 0.35},
    {"label": "Time", "share": 0.20, "low": 0.15, "high": 0.25},
    {"label": "Law", "share": -0.05, "low": np.nan, "high": np.nan},
]
REMAINDER = [
    {"label": "Declined (a choice)", "choice": True, "all_off": 0.10},
    {"label": "Ended", "choice": False, "all_off": 0.05},
    {"label": "On the way", "choice": False, "all_off": 0.25},
    {"label": "Hardly any", "choice": False, "all_off": 0.002},
]


def persim(*options):
    return CliRunner().invoke(app, ["attribute", *map(str, options)])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An attribution of three barriers: its answer on the terminal, and its folder."""
    out = tmp_path_factory.mktemp("made") / "out"
    result = persim("baseline", "--barriers", FEW, *RUN, "--set", "knowledge_nurse=0.9", "--out", out)
    assert result.exit_code == 0, result.output
    return result, out


@pytest.fixture(scope="module")
def found(made):
    from persim.attribution_result import Attribution

    return Attribution(made[1])


def test_runs_and_time_are_told_before_it_begins_and_the_answer_in_the_end(made, found):
    result, out = made
    assert "baseline: 24 runs of 120 people: 3 seeds, 3 barriers, every subset" in result.stderr
    assert " ms a run on this machine, as measured now" in result.stderr
    answer = " ".join(words.answer(found))
    assert answer in " ".join(result.stdout.split())
    assert answer in " ".join((out / "answer.txt").read_text("utf-8").split())


@pytest.mark.parametrize(
    ("share", "told"), [(0.1449, "14"), (0.0144, "1.4"), (0.0996, "10"), (-0.0204, "−2.0"), (-0.0001, "0.0")]
)
def test_points_have_as_many_decimals_as_they_need_and_no_negative_nought(share, told):
    assert words._points(share) == [told]


def test_caveats_stand_beside_the_results_everywhere(made, found):
    result, out = made
    told = " ".join(words.caveats(found))
    for said in (
        "a world without barriers that never existed",
        "Levers are weaker than switches",
        "first closed gate only, and the order of gates decides",
        "Not a ranking of professions",
        "Declining is a choice",
        "no fault of theirs, nor of a profession",
        "With other barriers left on",
    ):
        assert said in told
    for name in ("answer.txt", "README.txt"):
        text = " ".join((out / name).read_text("utf-8").replace("\n- ", " ").split())
        assert all(caveat in text for caveat in words.caveats(found))
    printed = " ".join(result.stdout.split())
    for caveat in (words.SHARES_CAVEAT, words.BASE_CAVEAT, words.TALLY_CAVEAT, words.GROUPS_CAVEAT, words.FAULT_CAVEAT):
        assert caveat in printed


def test_every_figure_has_its_caveat_and_a_description(found, made):
    drawn = list(figures(found))
    assert [name for name, _, _ in drawn] == ["waterfall", "readings", "interactions", "groups", "tally"]
    assert all(around.caveat for _, around, _ in drawn)
    assert words.SHARES_CAVEAT in drawn[0][1].caveat
    assert words.BASE_CAVEAT in drawn[0][1].caveat
    assert "in 52 weeks to " in drawn[-1][1].subtitle
    negative = bool((found.shares["share"] < 0.0).any())
    assert ("sky blue: a share below nought" in drawn[0][1].subtitle) == negative
    assert len(list((made[1] / "figures").iterdir())) == 10


def test_table_figure_and_words_say_which_groups_rest_on_fewer_seeds(made):
    from persim.attribution_figures import groups_figure
    from persim.attribution_result import Attribution
    from persim.attribution_tables import tables

    found = Attribution(made[1])
    assert found.n_seeds == 3
    found.levels.loc[found.levels["group"] == "nurse", "n_seeds"] = 2
    found.levels.loc[found.levels["group"] == "detained", "n_seeds"] = 1  # legal status is not shown
    notes = [note for table in tables(found) for note in table.notes]
    for said in (notes, words.notes(found), [groups_figure(found, "")[1].caveat]):
        told = " ".join(said)
        assert "fewer stand behind " in told
        assert "nurse (2)" in told
        assert "detained" not in told


def test_legal_status_is_shown_to_those_who_ask(found):
    assert {"detained", "voluntary"} <= set(found.groups["group"])
    assert "legal_status" not in dict(found.shown)
    assert set(dict(found.shown)) == {"profession", "perceived_risk", "rural"}
    assert planned_attribution("baseline", groups=["legal_status"]).shown == ("legal_status",)


def test_json_holds_every_table_and_no_number_that_is_not_finite(tmp_path):
    result = persim("baseline", "--barriers", "role,time", *RUN, "--out", tmp_path / "out", "--no-figures", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert {row["barrier"] for row in said["shares"]} == {"role", "time"}
    assert {"levels", "singles", "last", "interactions", "groups", "remainder", "tally", "caveats"} <= set(said)
    for name in ("levels", "groups"):
        dimensions = {row["dimension"] for row in said[name]}
        assert "profession" in dimensions
        assert "legal_status" not in dimensions
    assert not (tmp_path / "out" / "figures").exists()


def test_one_seed_and_one_barrier_are_told_without_intervals(tmp_path):
    result = persim("baseline", "--barriers", "steps", *RUN[:4], "--replicates", "1", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "One seed: there are shares but no intervals" in result.stdout
    assert "nan" not in result.stdout


def test_where_nothing_is_missing_nothing_is_shared_out(tmp_path):
    result = persim(
        "baseline", "--barriers", "legal_bar", *RUN[:2], "--weeks", "2", *RUN[4:], "--out", tmp_path / "out"
    )
    assert result.exit_code == 0, result.output
    assert "brings nothing, so there is nothing to share out" in " ".join(result.stdout.split())


def test_runs_of_few_people_say_so_on_the_terminal(made):
    assert "Fewer than 200 people in a run are eligible: read with care." in " ".join(made[0].stdout.split())


def test_help_takes_its_numbers_from_the_plan():
    said = " ".join(persim("--help").stdout.replace("│", " ").split())
    for text in (f"all {len(BARRIERS)} if none", f"Seeds, {REPLICATES} if not said", f"[default: {PAIRS}]"):
        assert text in said
    assert attribute_command.__defaults__[3:5] == (PAIRS, ORDERS)
    assert f"at most {MOST_EXACT} of them" in said
    groups = next(what for name, what in FILES if name == "groups.csv")
    assert f"fewer than {SMALL} eligible people" in groups


def test_a_dry_run_says_how_many_runs_and_writes_nothing(tmp_path):
    result = persim("baseline", *RUN[:4], "--dry-run", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "4,020 runs of 120 people: 30 seeds, 13 barriers, 8 sampled orders a seed" in result.stdout
    assert list(tmp_path.iterdir()) == []
    plain = json.loads(persim("baseline", *RUN[:4], "--dry-run", "--json", "--out", tmp_path / "out").stdout)
    assert plain["runs"] == plain["missing"] == 4020


def test_both_builds_are_announced_where_they_are_still_to_be_compiled(monkeypatch, tmp_path):
    from persim import jit
    from persim.cli_runs import COMPILING, COMPILING_LEDGER

    monkeypatch.setattr(jit, "is_compiled_already", lambda ledger=False: False)
    told = persim("baseline", "--barriers", "role", *RUN[:4], "--dry-run", "--out", tmp_path / "out").stderr
    assert COMPILING in told
    assert COMPILING_LEDGER in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("baseline", "--barriers", "rolle"), "no barrier is called 'rolle' - did you mean 'role'?"),
        (("baseline", "--barriers", "none"), "name at least one barrier"),
        (("baseline", "--exact"), "8,192 runs for each seed"),
        (("baselin",), "did you mean 'baseline'?"),
        (("role_clarity",), "has arms; name one of them"),
        (("baseline", "--set", "lift_roles=1"), "did you mean 'lift_role'?"),
        (("baseline", "--groups", "colour"), "no group is called 'colour'"),
        (("baseline", "--replicates", "0"), "replicates is 0"),
        (("baseline", "--jobs", "-1"), "jobs is -1"),
        (("baseline", "--resume"), "there is nothing to resume"),
    ],
)
def test_bad_input_ends_in_a_line_that_says_so(options, told, tmp_path):
    result = persim(*options, *RUN[:4], "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_kept_unless_told_otherwise(made):
    _, out = made
    before = (out / "shares.csv").read_bytes()
    again = ("baseline", "--barriers", FEW, *RUN, "--set", "knowledge_nurse=0.9", "--out", out)
    refused = persim(*again)
    assert refused.exit_code == 2
    assert "go on with --resume, begin anew with --force" in refused.stderr
    assert persim(*again, "--resume").exit_code == 0
    assert persim(*again, "--force").exit_code == 0
    assert (out / "shares.csv").read_bytes() == before


# Figures ------------------------------------------------------------------------------------------------------------------


def test_the_waterfall_goes_step_by_step_from_as_it_is_to_everybody():
    figure = waterfall({"as_is": 0.148, "all_off": 0.598}, SHARES, REMAINDER, "All off", AROUND)
    bars = [(bar.get_x(), bar.get_width()) for bar in figure.axes[0].patches]
    wanted = [(0, 14.8), (14.8, 30), (44.8, 20), (64.8, -5), (0, 59.8), (59.8, 10), (69.8, 25), (94.8, 5), (99.8, 0.2)]
    assert np.array(bars) == pytest.approx(np.array(wanted))
    labels = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert labels == [
        "Have a real budget, as it is", "Role", "Time", "Law", "All off", "Declined (a choice)", "On the way", "Ended",
        "Others",
    ]  # fmt: skip
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert {"14.8", "+30.0", "+20.0", "−5.0", "59.8", "10.0"} <= set(texts)


def test_the_dumbbell_stands_at_each_reading(found):
    figure = three_readings(found.shares, found.singles, found.last, AROUND)
    drawn = {line.get_label(): np.asarray(line.get_xdata(), float) for line in figure.axes[0].lines}
    assert drawn["Shapley share"] == pytest.approx(100.0 * found.shares["share"].to_numpy())
    last = found.last.set_index("barrier").loc[found.shares["barrier"]]["gain"]
    assert drawn["last, all others off"] == pytest.approx(100.0 * last.to_numpy())


def test_the_map_of_pairs_says_each_number_once():
    rows = [
        {"first": "a", "second": "b", "interaction": 0.021, "low": 0.01, "high": 0.03},
        {"first": "c", "second": "a", "interaction": -0.013, "low": -0.03, "high": 0.004},
        {"first": "b", "second": "c", "interaction": 0.0, "low": 0.0, "high": 0.0},
    ]
    figure = interaction_map(["a", "b", "c"], ["one", "two", "three"], rows, AROUND)
    texts = {(text.get_position()): text for text in figure.axes[0].texts}
    assert {place: text.get_text() for place, text in texts.items()} == {(0, 0): "+2.1", (0, 1): "−1.3", (1, 1): "·"}
    assert [texts[place].get_fontweight() for place in ((0, 0), (0, 1))] == ["bold", "normal"]


def test_the_tally_shows_both_orders(found):
    figure = gates_in_any_order(found.tally, AROUND)
    drawn = {line.get_label(): np.asarray(line.get_xdata(), float) for line in figure.axes[0].lines}
    for label, way in (
        ("closed first, in the order of the rules", "fixed"),
        ("closed first, order shuffled", "shuffled"),
    ):
        assert drawn[label] == pytest.approx(100.0 * found.tally[way].to_numpy())


def test_signs_are_told_and_nought_has_a_plus():
    assert [signed(2.04), signed(-2.04), signed(-0.04)] == ["+2.0", "−2.0", "+0.0"]


def test_what_is_said_of_barriers_blames_nobody():
    text = " ".join(f"{barrier.label} {barrier.off}" for barrier in BARRIERS).lower()
    assert not any(word in text for word in ("refus", "unwilling", "fail", "fault", "resist", "patient"))
