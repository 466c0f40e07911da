"""Feedback loops: the table agrees with the model, and a loop switched off is off, from its first act on and not before."""

import ast
import importlib
import inspect
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pytest

from persim.errors import InputError
from persim.loop_parts import Link, Loop, Node, ring_kind
from persim.loop_strength import loop_strength
from persim.loops import BY_KEY, LOOPS, chosen_loops, loop_json, loops_json, switched_off
from persim.outcomes import BY_NAME as OUTCOME
from persim.parameters import BY_NAME as PARAMETER
from persim.scenario import read_scenario
from persim.simulate import run_scenario
from persim.state import IN_USE, World

ROOT = Path(__file__).resolve().parents[2]
every_loop = pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.key)
PEOPLE, SEED = 600, 2  # in a world this small some loops never act with other seeds
State = dict[str, np.ndarray]

# Where a loop acts for the first time when it is on: in the records of people, practitioners or teams. A field of somebody
# differs there, in that week, between the run with the loop and the run without it.
ACTS_ON = {
    "blame": ("teams", {"alarm"}),
    "learning": ("practitioners", {"legitimacy", "knowledge", "social_care_knowledge"}),
    "target": ("users", {"counted", "gates", "pathway_stage"}),
    "word_of_mouth": ("users", {"informed", "heard"}),
    "bad_stories": ("users", {"asked"}),
    "time": ("users", {"work_left"}),
    "let_down": ("users", {"trust", "confidence"}),
    "queue": ("users", {"pathway_stage"}),
    "money": ("users", {"pathway_stage"}),
    "norms": ("practitioners", {"legitimacy", "worry_person", "worry_self", "medical_orientation"}),
    "habit": ("practitioners", {"legitimacy", "worry_person", "worry_self", "medical_orientation", "knowledge"}),
    "action_research": ("users", {"informed", "involvement", "gates", "pathway_stage"}),
}
# What is there in the run with the loop when the loop first acts, and not a week before.
FIRST_SIGN = {
    "blame": lambda state: bool((state["teams"]["alarm"] > 0).any()),
    "learning": lambda state: bool((state["practitioners"]["completed"] > 0).any()),
    "time": lambda state: bool((state["users"]["work_left"] > 0).any()),
}
# Found by how the mean differs; what is seen in the spread of attitudes instead has a test of its own.
SEEN_IN_MEANS = tuple(loop for loop in LOOPS if loop.key != "norms")


@dataclass(frozen=True)
class Without:
    """A run with a loop off beside the usual one: the first week that differs, what differs then, and how both end."""

    week: int | None
    changed: set[tuple[str, str]]
    usual: State
    last: State


@lru_cache(maxsize=1)
def usual_weeks(scenario: str) -> list[State]:
    """The state after each week of the run with every loop on."""
    weeks: list[State] = []
    world = read_scenario(scenario).changed(n_users=PEOPLE)
    run_scenario(world, SEED, "final", watch=lambda week, state: weeks.append(kept(state)))
    return weeks


def kept(world: World) -> State:
    """A copy of everybody, every post and every team."""
    return {name: getattr(world, name).copy() for name in ("users", "practitioners", "teams")}


def differing(one: State, other: State) -> set[tuple[str, str]]:
    """(records, field) of everything that differs between two states."""
    return {
        (name, field)
        for name in one
        if one[name].tobytes() != other[name].tobytes()
        for field in one[name].dtype.names or ()
        if one[name][field].tobytes() != other[name][field].tobytes()
    }


@cache
def without(key: str) -> Without:
    """The run with this loop off, compared week by week, byte by byte, with the run that has it."""
    loop = BY_KEY[key]
    usual = usual_weeks(loop.seen_in)
    first: list[tuple[int, set[tuple[str, str]]]] = []
    last: State = {}

    def compare(week: int, world: World) -> None:
        last.update(kept(world) if week == len(usual) - 1 else {})
        if not first and (changed := differing(usual[week], kept(world))):
            first.append((week, changed))

    world = read_scenario(loop.seen_in).changed(n_users=PEOPLE).changed(**switched_off([key]))
    run_scenario(world, SEED, "final", watch=compare)
    week, changed = first[0] if first else (None, set())
    return Without(week, changed, usual[-1], last)


@cache
def final_pairs(key: str, outcome: str, n: int) -> np.ndarray:
    """One outcome over the whole of n runs with the loop, less the same without it."""
    loop = BY_KEY[key]
    world = read_scenario(loop.seen_in).changed(n_users=1000)
    other = world.changed(**switched_off([key]))
    runs = [[run_scenario(each, seed, "final").series(outcome)[0] for each in (world, other)] for seed in range(n)]
    return np.array([on - off for on, off in runs])


def seen_effect(loop: Loop) -> tuple[str, int]:
    """The outcome next after the link that is cut, going on along the ring, and the sign of what the link does to it."""
    ring = next(ring for ring in loop.rings() if any(link.cut for link in ring))
    start = next(place for place, link in enumerate(ring) if link.cut)
    sign = 1
    for link in ring[start:] + ring[:start]:
        sign *= 1 if link.sign == "+" else -1
        outcome = loop.node(link.effect).outcome
        if outcome is not None:
            return outcome, sign
    raise AssertionError(f"{loop.key}: no outcome along the ring")


@every_loop
def test_every_ring_of_a_loop_has_its_kind(loop):
    rings = loop.rings()
    assert rings, "no way round"
    assert {ring_kind(ring) for ring in rings} == {loop.kind}


@every_loop
def test_every_node_and_link_lies_on_a_ring_and_the_switch_cuts_every_ring(loop):
    rings = loop.rings()
    assert {link for ring in rings for link in ring} == set(loop.links)
    assert {link.cause for link in loop.links} == {node.key for node in loop.nodes}
    assert all(any(link.cut for link in ring) for ring in rings)


@every_loop
def test_every_rule_that_a_link_names_is_there(loop):
    for link in loop.links:
        place, _, name = link.rule.rpartition(".")
        assert place.startswith(("rules.", "phases.")), link.rule
        function = getattr(importlib.import_module(f"persim.{place}"), name)
        assert callable(function)


@every_loop
def test_the_rule_of_a_link_that_is_cut_reads_a_parameter_of_the_switch_or_what_it_places(loop):
    """A rule may get the number through the locality's terms or the ring's next rule: then the module reads it."""
    text = "\n".join(
        inspect.getsource(importlib.import_module(f"persim.{link.rule.rpartition('.')[0]}"))
        for link in loop.links
        if link.cut
    )
    text += inspect.getsource(importlib.import_module("persim.rules.culture"))  # the terms of a locality
    read = {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    assert set(loop.off) <= read


@every_loop
def test_every_outcome_and_parameter_of_a_loop_is_there_and_off_is_another_value_within_bounds(loop):
    assert loop.outcome in OUTCOME
    assert {node.outcome for node in loop.nodes} - {None} <= set(OUTCOME)
    for name, value in loop.off.items():
        assert PARAMETER[name].low <= value <= PARAMETER[name].high
        assert PARAMETER[name].default != value


@every_loop
def test_every_code_of_a_source_stands_in_the_evidence(loop):
    evidence = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    codes = re.findall(r"\b(?:PAR|PAT|TGT|ENG)\d\d\b", loop.source)
    assert all(code in evidence for code in codes)
    assert codes or re.search(r"\bS[1-5]\b|assumption", loop.source)


def test_no_two_loops_share_a_key_or_a_parameter():
    assert len(BY_KEY) == len(LOOPS)
    names = [name for loop in LOOPS for name in loop.off]
    assert len(names) == len(set(names))


def test_the_four_that_lessons_begin_with_come_first():
    assert [loop.key for loop in LOOPS if loop.main] == ["blame", "learning", "target", "word_of_mouth"]
    assert [loop.key for loop in LOOPS[:4]] == ["blame", "learning", "target", "word_of_mouth"]


def test_several_loops_are_switched_off_together_and_an_unknown_one_is_refused_with_the_nearest():
    assert switched_off([]) == {}
    assert switched_off(["learning", "blame"]) == {"alarm_jump": 0.0, "learning_by_doing": 0.0}
    assert [loop.key for loop in chosen_loops(["time", "blame", "time"])] == ["blame", "time"]
    with pytest.raises(InputError, match="did you mean 'learning'"):
        switched_off(["lerning"])


def test_a_ring_with_an_odd_number_of_minus_signs_balances():
    nodes = (Node("a", "A"), Node("b", "B"), Node("c", "C"))
    links = tuple(
        Link(cause, effect, sign, "rules.gates.first_gate", "")
        for cause, effect, sign in (("a", "b", "+"), ("b", "a", "-"), ("b", "c", "-"), ("c", "a", "-"))
    )
    loop = Loop("k", "K", "", "balancing", nodes, links, {}, "", "offers", "", "assumption", "")
    assert [[link.effect for link in ring] for ring in loop.rings()] == [["b", "a"], ["b", "c", "a"]]
    assert [ring_kind(ring) for ring in loop.rings()] == ["balancing", "reinforcing"]


def test_loops_are_told_as_plain_types():
    import json

    told = json.loads(json.dumps(loops_json(), allow_nan=False))
    assert [loop["key"] for loop in told] == [loop.key for loop in LOOPS]
    blame = loop_json(BY_KEY["blame"])
    assert blame["links"][1] == {
        "from": "incidents", "to": "alarm", "sign": "+", "rule": "rules.culture.team_alarm_moves",
        "why": BY_KEY["blame"].links[1].why, "cut": True,
    }  # fmt: skip
    assert blame["off"] == [{"name": "alarm_jump", "value": 0.0, "meaning": PARAMETER["alarm_jump"].meaning}]


def test_words_of_loops_are_respectful():
    words = " ".join(str(loop) for loop in loops_json()).lower()
    for never in ("patient", "gaming", "sufferer", "drop-out", "non-compliant", "vulnerable", "mentally ill"):
        assert never not in words


@every_loop
def test_with_a_loop_off_nobody_differs_until_it_first_acts_and_somebody_differs_then(loop):
    """Exact: everybody, every post and team, byte by byte, week by week, in one pair of runs of 600 people."""
    found = without(loop.key)
    assert found.week is not None, "switching the loop off changed nothing in five years"
    records, fields = ACTS_ON[loop.key]
    assert found.changed & {(records, field) for field in fields}, found.changed


@pytest.mark.parametrize("key", FIRST_SIGN)
def test_the_first_difference_comes_in_the_week_of_the_first_act(key):
    acted = [FIRST_SIGN[key](week) for week in usual_weeks(BY_KEY[key].seen_in)]
    assert acted.index(True) == without(key).week


def test_with_the_loop_of_blame_off_no_team_is_alarmed():
    found = without("blame")
    assert found.usual["teams"]["alarm"].any()
    assert not found.last["teams"]["alarm"].any()


def test_nobody_is_relabelled_with_the_loop_of_the_target_off():
    found = without("target")
    for users, relabelled in ((found.usual["users"], True), (found.last["users"], False)):
        assert ((users["counted"] == 1) & (users["pathway_stage"] != IN_USE)).any() == relabelled


@every_loop
def test_health_is_the_same_whichever_loop_is_off(loop):
    found = without(loop.key)
    assert np.array_equal(found.usual["users"]["mental_state"], found.last["users"]["mental_state"])


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("loop", SEEN_IN_MEANS, ids=lambda loop: loop.key)
def test_the_link_that_is_cut_works_in_its_direction(loop):
    """n = 24 pairs of 1,000 people; the mean difference is over three standard errors: by chance once in 300 or fewer."""
    outcome, sign = seen_effect(loop)
    differences = final_pairs(loop.key, outcome, 24)
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    assert sign * differences.mean() > 3.0 * error, (outcome, differences.mean(), error)


@pytest.mark.statistical
def test_a_team_grows_alike_by_its_norm():
    """One pair of runs, 20 posts; the spread of legitimacy within teams after five years is less than two thirds."""

    def spread(last: State) -> float:
        return float(
            np.mean(
                [
                    last["practitioners"]["legitimacy"][team["first_post"] : team["first_post"] + team["n_posts"]].std()
                    for team in last["teams"]
                ]
            )
        )

    found = without("norms")
    assert spread(found.usual) < 2 / 3 * spread(found.last)


@pytest.mark.statistical
def test_alarm_closes_the_risk_gate_to_people_at_low_perceived_risk_too():
    """n = 24 pairs; closed risk gates at occasions with people of the lowest third of perceived risk: over 3 errors."""
    world = read_scenario("baseline").changed(n_users=1000)
    other = world.changed(**switched_off(["blame"]))

    def low_third(each, seed):
        run = run_scenario(each, seed, "final", ("perceived_risk",))
        return run.values("closed_any_risk")[0, run.labels.index(("perceived_risk", "perceived risk low"))]

    differences = np.array([low_third(world, seed) - low_third(other, seed) for seed in range(24)])
    assert differences.mean() > 3.0 * differences.std(ddof=1) / np.sqrt(24)


def test_strength_is_the_paired_difference_week_by_week():
    found = loop_strength(read_scenario("baseline").changed(n_users=300), "target", range(4))
    assert found.outcome == "reported_take_up"
    assert found.difference.shape == found.low.shape == found.weeks.shape == (260,)
    assert np.allclose(found.on - found.off, found.difference)
    assert (found.low <= found.difference).all()
    assert not found.difference[:20].any()  # no target in force yet
    assert found.difference[-1] > 0.02


def test_strength_of_another_outcome_can_be_asked_for_and_is_nought_before_the_loop_acts():
    found = loop_strength(read_scenario("baseline").changed(n_users=300), "learning", [5, 6], outcome="real_take_up")
    assert found.outcome == "real_take_up"
    assert not found.difference[:10].any()


def test_strength_is_told_as_plain_types_with_none_where_there_was_no_base():
    import json

    told = loop_strength(read_scenario("baseline").changed(n_users=60, n_weeks=20), "queue", [1, 2]).as_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["difference"][0] is None  # nobody started in the first week, so there was no wait
    assert (told["unit"], told["n"], told["weeks"]) == ("weeks", 2, 20)


@pytest.mark.parametrize("seeds", [[], range(61)])
def test_strength_needs_some_seeds_and_not_too_many(seeds):
    with pytest.raises(InputError, match="seeds"):
        loop_strength("baseline", "blame", seeds)
