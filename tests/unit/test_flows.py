"""Flows: gains and losses add up to the difference in real take-up, group by group, whatever happens to the base."""

import json
import sys
from functools import cache

import numpy as np
import pytest

from persim.errors import InputError
from persim.experiment import Failure, Task
from persim.figure_frames import as_bytes
from persim.flow_counts import (
    FIRST_WITH,
    FIRST_WITHOUT,
    GAINS,
    LOSES,
    MOVES,
    N_COMPARED,
    REAL,
    SECOND_WITH,
    SECOND_WITHOUT,
    STATES,
    STAYS_WITH,
    STAYS_WITHOUT,
    counted,
    is_real,
    memberships,
    moves_of,
    state_of,
)
from persim.flow_plots import all_figures
from persim.flow_words import answer, json_of, net_texts, parting_lines, story_lines, table_of
from persim.flows import GROUPS, flows, flows_of
from persim.population import start_world
from persim.ribbons import spread, tops_of
from persim.scenario import read_scenario
from persim.simulate import run_scenario
from persim.state import Place, Stage
from persim.store import plain
from persim.twin_pairs import read_pair
from persim.twin_words import parting_texts

PEOPLE, WEEKS = 400, 200


@cache
def found(b, a="baseline", replicates=3):
    return flows(a, b, replicates=replicates, n_users=PEOPLE, n_weeks=WEEKS)


def runs_of(result, seed):
    return [run_scenario(scenario, seed, "final", ("profession", "rural")) for scenario in result.scenarios]


@pytest.mark.parametrize("name", ["gold_standard", "austerity", "role_clarity/usual_load"])
def test_net_is_the_difference_of_the_runs_own_real_take_up(name):
    result = found(name)
    for number, seed in enumerate(range(1, 4)):
        own = [float(run.series("real_take_up")[-1]) for run in runs_of(result, seed)]
        moved, others, difference = result.net[number]
        assert result.take_up[number] == pytest.approx(own, abs=0)
        assert difference == pytest.approx(100.0 * (own[1] - own[0]), abs=1e-9)
        assert moved + others == pytest.approx(difference, abs=1e-9)


@pytest.mark.parametrize("name", ["gold_standard", "role_clarity/usual_load"])
def test_where_the_same_people_are_eligible_gains_less_losses_are_all_of_it(name):
    result = found(name)
    assert result.moves[:, :, N_COMPARED:].sum() == 0.0
    assert np.abs(result.net[:, 1]).max() < 1e-9
    assert "that is all of it" in net_texts(result)[0]


def test_where_eligibility_moves_the_counts_still_add_up_to_both_bases():
    result = found("austerity")
    assert result.moves[:, 0, [FIRST_WITH, FIRST_WITHOUT]].sum() > 0.0
    for number, seed in enumerate(range(1, 4)):
        first, second = runs_of(result, seed)
        people = result.moves[number, 0]
        real = [float(run.series("people_with_real_budget")[-1]) for run in (first, second)]
        base = [float(run.series("eligible_people")[-1]) for run in (first, second)]
        assert people[[LOSES, STAYS_WITH, FIRST_WITH]].sum() == real[0]
        assert people[[GAINS, STAYS_WITH, SECOND_WITH]].sum() == real[1]
        assert people[: FIRST_WITHOUT + 1].sum() == base[0]
        assert people[[*range(N_COMPARED), SECOND_WITH, SECOND_WITHOUT]].sum() == base[1]
    assert "cannot be compared" in net_texts(result)[0]


def test_the_groups_of_a_dimension_add_up_to_everyone():
    for name in ("gold_standard", "austerity"):
        result = found(name)
        for dimension in GROUPS:
            rows = [number for number, (own, _) in enumerate(result.labels) if own == dimension]
            assert np.allclose(result.moves[:, rows].sum(axis=1), result.moves[:, 0], atol=1e-9)


def test_the_groups_net_is_the_difference_within_the_group():
    result = found("gold_standard")  # nobody changes coordinator or locality between these two
    for number, seed in enumerate(range(1, 4)):
        first, second = runs_of(result, seed)
        for row, label in enumerate(result.labels):
            if label[0] not in ("profession", "rural"):
                continue
            column = first.labels.index(label)
            own = [run.values("real_take_up")[-1, column] for run in (first, second)]
            assert result.rates[number, row, 4] == pytest.approx(100.0 * (own[1] - own[0]), abs=1e-9, nan_ok=True)


def test_moves_of_people_compared_are_four_that_exclude_each_other():
    result = found("gold_standard")
    first, second = runs_of(result, 1)
    moves = moves_of(first.world, second.world)
    for one in range(len(MOVES)):
        for other in range(one):
            shared = set(moves[one].tolist()) & set(moves[other].tolist())
            assert not shared or {one, other} & {SECOND_WITH, SECOND_WITHOUT}
    assert result.rates[0, 0, :4].sum() == pytest.approx(100.0)


def made(n=6):
    """Two worlds of the same few eligible people without budgets."""
    numbers = read_scenario("baseline").weekly_parameters()
    worlds = []
    for _ in range(2):
        world = start_world(n, numbers, 1)
        world.users["eligible"], world.users["pathway_stage"], world.users["weight"] = 1, Stage.OUTSIDE, 1.0
        world.users["place"] = Place.ON_CASELOAD
        worlds.append(world)
    return worlds


def give_real(world, row, one_off=0):
    user = world.users[row : row + 1]
    user["pathway_stage"], user["plan_agreed"], user["amount_known"], user["one_off"] = Stage.IN_USE, 1, 1, one_off


def test_each_move_of_a_hand_made_pair_is_found():
    a, b = made()
    give_real(b, 0)  # gains
    give_real(a, 1)  # loses
    give_real(a, 2)
    give_real(b, 2)  # stays with
    give_real(a, 4)
    b.users["eligible"][4] = 0  # only in the first
    b.users["key"][5] += 1  # another person
    moves = {move: rows.tolist() for move, rows in moves_of(a, b).items()}
    assert moves == {
        GAINS: [0], LOSES: [1], STAYS_WITH: [2], STAYS_WITHOUT: [3], FIRST_WITH: [4], FIRST_WITHOUT: [5],
        SECOND_WITH: [], SECOND_WITHOUT: [5],
    }  # fmt: skip
    people, states = counted(a, b, ("rural",))
    assert people[0].tolist() == [1, 1, 1, 1, 1, 1, 0, 1]
    assert people[1:].sum(axis=0).tolist() == people[0].tolist()
    assert states.sum() == 6
    assert states[REAL].sum() == 3


def test_a_single_payment_is_no_take_up():
    a, _ = made()
    give_real(a, 0, one_off=1)
    assert not is_real(a)[0]
    assert STATES[state_of(a)[0]] == "budget in use, not real"


def test_weights_of_an_enriched_population_are_counted():
    result = flows("cto_rights/usual", "cto_rights/all", replicates=1, n_users=300, n_weeks=240)
    first = run_scenario(result.scenarios[0], 1, "final")
    base = first.world.users[(first.world.users["place"] == Place.ON_CASELOAD) & (first.world.users["eligible"] == 1)]
    assert len(np.unique(base["weight"])) > 1
    assert result.moves[0, 0].sum() == pytest.approx(base["weight"].sum())


def test_groups_are_those_that_the_run_records():
    run = run_scenario(
        read_scenario("baseline").changed(n_users=300, n_weeks=40),
        1,
        "final",
        ("legal_status", "carer", "perceived_by_actual"),
    )
    dimensions = ("legal_status", "perceived_by_actual", "carer")
    held = memberships(run.world, dimensions)
    base = (run.world.users["place"] == Place.ON_CASELOAD) & (run.world.users["eligible"] == 1)
    column = list(run.labels)
    counts = np.bincount(held[1:, base].ravel(), minlength=1 + 3 + 9 + 4)[1:]
    own = [run.values("eligible_people")[-1, column.index(label)] for label in column if label[0] in dimensions]
    assert counts.tolist() == own


# Words, figures, stories


def test_the_same_scenario_twice_moves_nobody():
    result = flows("baseline", "baseline", replicates=2, n_users=200, n_weeks=60)
    assert result.is_one_scenario
    assert result.moves[:, 0, [GAINS, LOSES]].sum() == 0.0
    assert answer(result) == "The two scenarios are the same: nobody gains, nobody loses."
    assert result.names == ("baseline", "baseline (2)")


def test_the_tally_of_partings_counts_everybody_once_and_stories_are_of_their_move():
    result = found("gold_standard")
    stories = result.stories
    moves = moves_of(*(run.world for run in runs_of(result, stories.seed)))
    for move in (GAINS, LOSES, STAYS_WITH, STAYS_WITHOUT):
        assert sum(stories.partings[move].values()) == len(moves[move])
        assert sum(stories.turns[move].values()) == (len(moves[move]) if move in (GAINS, LOSES) else 0)
    assert {story.move for story in stories.stories} == {move for move in range(N_COMPARED) if len(moves[move])}
    for story in stories.stories:
        assert story.person in moves[story.move]
        assert story.ends[1]["Real budget"].startswith("yes") == (story.move in (GAINS, STAYS_WITH))
    assert not stories.partings[GAINS][""]  # who gains has another life
    assert "who gain" in "\n".join(parting_lines(result, stories, 100))


def test_the_same_flows_come_whatever_the_number_of_threads():
    pair = read_pair("baseline", "gold_standard", 200, 100)
    one, two = (flows_of(pair, 3, 5, jobs=jobs) for jobs in (1, 2))
    assert one.moves.tobytes() == two.moves.tobytes()
    assert one.states.tobytes() == two.states.tobytes()


def test_text_and_json_say_the_same():
    result = found("gold_standard")
    text = result.text(110)
    whole = json.loads(json.dumps(plain(json_of(result)), allow_nan=False))
    assert whole["answer"] == answer(result)
    assert " ".join(text.split()).endswith(whole["answer"])
    everyone = whole["groups"][0]
    assert f"{everyone['rates']['gains']['per_100']:.1f} ± " in text
    assert max(map(len, text.splitlines())) <= 110
    assert "Not a ranking of professions" in text
    assert "legal" not in " ".join(label for _, label in result.labels)  # only where it is asked for


def test_small_groups_are_marked():
    lines = [line for line, _ in table_of(found("gold_standard")).lines(120)]
    assert any("Rests on fewer than 200 people" in line for line in lines)


def test_figures_name_states_scenarios_and_groups():
    figures = all_figures(found("gold_standard"))
    assert [name for name, _, _ in figures] == ["flows", "flows_by_group"]
    for _, words, figure in figures:
        drawn = as_bytes(figure, "svg", words)
        assert drawn == as_bytes(figure, "svg", words)
    texts = " ".join(text.get_text() for axes in figures[0][2].axes for text in axes.texts)
    assert {"baseline", "gold_standard"} <= set(texts.split())
    assert "never offered" in texts
    labels = [label.get_text() for label in figures[1][2].axes[0].get_yticklabels()]
    assert {"Everyone", "Nurse", "Rural"} <= set(labels)


def test_labels_are_pushed_apart_and_stay_in_order():
    places = spread([0.1, 0.15, 0.2, 3.0], 0.3)
    assert places == sorted(places)
    assert np.diff(places).min() > 0.299
    assert places[-1] == 3.0
    assert tops_of(np.array([1.0, 2.0]), [0, 1], 0.5, 0.1, 0.0) == {0: 0.0, 1: 0.6}


def test_a_run_that_fails_takes_its_pair_with_it(monkeypatch):
    module = sys.modules["persim.flows"]
    real = module.run_scenario

    def breaks(scenario, seed, *rest, **more):
        if seed == 2 and scenario.name == "gold_standard":
            raise ZeroDivisionError("by hand")
        return real(scenario, seed, *rest, **more)

    monkeypatch.setattr(module, "run_scenario", breaks)
    result = flows("baseline", "gold_standard", replicates=3, n_users=100, n_weeks=60)
    assert result.replicates == 2
    assert result.failures == (Failure(Task(3, 1, 1, 2), "ZeroDivisionError: by hand"),)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"replicates": 0}, "replicates is 0"),
        ({"seed": "one"}, "seed is 'one'"),
        ({"jobs": -1}, "jobs is -1"),
        ({"groups": ("profesion",)}, "did you mean 'profession'"),
        ({"groups": ("locality",)}, "not shown by locality"),
    ],
)
def test_bad_options_are_told_before_anything_runs(options, words):
    with pytest.raises(InputError, match=words):
        flows("baseline", "gold_standard", n_users=100, n_weeks=20, **options)


def test_no_decision_is_told_twice_in_a_short_story():
    for story in flows("baseline", "gold_standard", replicates=1, n_users=330).stories.stories:
        told = " ".join(" ".join(story_lines(story, 100)).split())
        for text in parting_texts(story.twins):
            assert told.count(text) <= 1
