"""Twins: the same history before the scenarios differ, the parting where it is, and the same draw at the same decision."""

import json
from collections import Counter
from functools import cache

import numpy as np
import pytest

import persim
from persim import events as e
from persim.errors import InputError
from persim.events import EVENT, KINDS
from persim.figure_frames import as_bytes
from persim.policy import week_of
from persim.scenario import read_scenario
from persim.state import Barrier
from persim.store import plain
from persim.twin_line import words_of
from persim.twin_pairs import is_one_scenario, one_scenario_words, read_pair
from persim.twin_reasons import decision_of, of_person
from persim.twin_rows import Parting, gates_that_differ, other_chances, parting_of
from persim.twin_words import NEVER_PART, parting_texts, parting_words, three_apart, why_texts
from persim.twins import Twins, paired_lives, twins

PEOPLE = 330
DATED = (
    "role_clarity/usual_load", "lean_process", "positive_risk_taking", "brokers_and_peers", "gold_standard", "austerity",
    "perceived_risk/belief", "thirty_percent_target/default_offer",
)  # fmt: skip


@cache
def pair(b, a="baseline", people=PEOPLE):
    return paired_lives(a, b, 1, people, None, {})


def first_other_week(a, b):
    """The calendar week from which any number of two scenarios differs."""
    one, other = (scenario.weekly_parameters() for scenario in (a, b))
    for index in range(len(one)):
        if one[index].tobytes() != other[index].tobytes():
            return a.start_week + index
    raise AssertionError("the scenarios are the same")


# Before the scenarios differ


@pytest.mark.parametrize("name", DATED)
def test_every_row_of_everybody_is_the_same_before_the_scenarios_differ(name):
    a, b = pair(name)
    week = first_other_week(a.ledger.scenario, b.ledger.scenario)
    rows, others = (lives.rows[lives.rows["week"] < week] for lives in (a, b))
    assert week > 10
    assert rows.tobytes() == others.tobytes()
    assert len(rows) > 1000
    assert a.rows.tobytes() != b.rows.tobytes()


@pytest.mark.parametrize("name", DATED)
def test_nobody_parts_before_the_scenarios_differ(name):
    a, b = pair(name)
    week = first_other_week(a.ledger.scenario, b.ledger.scenario)
    partings = [Twins(a, b, person).parting for person in range(PEOPLE)]
    weeks = [parting.week for parting in partings if parting is not None]
    assert weeks
    assert min(weeks) >= week


def test_the_first_week_of_the_dated_step_is_known():
    a, b = pair("role_clarity/usual_load")
    assert first_other_week(a.ledger.scenario, b.ledger.scenario) == week_of(
        read_scenario("role_clarity").policy[-1].from_
    )


@pytest.mark.parametrize("name", ["role_clarity/usual_load", "lean_process", "positive_risk_taking"])
def test_the_same_draw_stands_at_the_same_decision_in_both(name):
    a, b = pair(name)
    n = 0
    for person in range(PEOPLE):
        twin = Twins(a, b, person)
        one, other = (rows.rows[numbers[: twin.n_common]] for rows, numbers in zip((a, b), twin.numbers, strict=True))
        kept = np.isin(one["kind"], [kind for kind, what in KINDS.items() if what.by_chance])
        assert (one["draw"][kept] == other["draw"][kept]).all()
        n += int(kept.sum())
        for decision in twin.decisions:
            kind = int(a.rows["kind"][decision.rows[0]])
            if kind > e.E_GATE and decision.outcomes[0] != decision.outcomes[1]:
                assert decision.same_draw, (person, decision)
                low, high = sorted(decision.chances)
                assert low <= decision.draws[0] < high, (person, decision)
    assert n > 1000


@pytest.mark.parametrize("name", ["role_clarity/usual_load", "austerity"])
def test_all_rows_stand_on_one_side_of_the_parting_or_the_other(name):
    a, b = pair(name)
    for person in range(0, PEOPLE, 3):
        twin = Twins(a, b, person)
        for lives, told, side in zip((a, b), twin.told, (0, 1), strict=True):
            after = {sentence.row for sentence in twin.after[side]}
            before = {pair_of[side].row for pair_of in twin.shared}
            assert before | after == {sentence.row for sentence in told.sentences}
            assert not before & after
            assert (lives.rows["person"][sorted(before | after)] == person).all()


# Hand-made ledgers


def ledger(*rows):
    made = np.zeros(len(rows), EVENT)
    for row, columns in zip(made, rows, strict=True):
        row["practitioner"] = -1
        for name, value in columns.items():
            row[name] = value
    return made


def parted(a, b):
    return parting_of(a, np.arange(len(a)), b, np.arange(len(b)))


REVIEW = {"week": 5, "kind": e.E_REVIEW, "outcome": 1, "threshold": 0.6, "draw": 0.3}
HEARD = {"week": 7, "kind": e.E_HEARD, "outcome": 1, "threshold": 0.02, "draw": 0.01}
ROLE = e.E_GATE + Barrier.ROLE


def test_lives_with_the_same_rows_never_part():
    one = ledger(REVIEW, HEARD)
    other = ledger({**REVIEW, "threshold": 0.9, "first": 3.0}, HEARD)
    assert parted(one, other) is None
    assert other_chances(one, np.arange(2), other, np.arange(2), 2).tolist() == [0]


def test_lives_part_at_a_decision_that_ended_otherwise():
    one, other = (
        ledger(HEARD, {**REVIEW, "week": 8}),
        ledger(HEARD, {**REVIEW, "week": 8, "outcome": 0, "threshold": 0.2}),
    )
    assert parted(one, other) == Parting(1, 8, 1, 1)
    found = decision_of(one, other, 1, 1, None)
    assert found.outcomes == ("held", "slipped")
    assert found.same_draw
    assert found.chances == (0.6, 0.2)


def test_an_event_of_one_life_only_is_told_of_that_life():
    one, other = ledger(REVIEW, {**REVIEW, "week": 30}), ledger(REVIEW, HEARD, {**REVIEW, "week": 30})
    assert parted(one, other) == Parting(1, 7, None, 1)
    assert parted(other, one) == Parting(1, 7, 1, None)


def test_an_event_of_one_life_only_is_found_within_the_week():
    asked = {"week": 5, "kind": e.E_ASKED, "threshold": 0.1, "draw": 0.05}
    assert parted(ledger(asked, REVIEW), ledger(REVIEW)) == Parting(0, 5, 0, None)
    assert parted(ledger(REVIEW), ledger(asked, REVIEW)) == Parting(0, 5, None, 0)


def test_two_events_in_place_of_each_other_are_both_told():
    left = {"week": 5, "kind": e.E_LEFT, "outcome": int(Barrier.STEPS_AND_WAITS)}
    panel = {"week": 5, "kind": e.E_PANEL, "outcome": 0}
    assert parted(ledger(left), ledger(panel)) == Parting(0, 5, 0, 0)


def test_a_life_that_goes_on_longer_parts_where_the_other_ends():
    assert parted(ledger(REVIEW), ledger(REVIEW, HEARD)) == Parting(1, 7, None, 1)
    assert parted(ledger(REVIEW, HEARD), ledger(REVIEW)) == Parting(1, 7, 1, None)


def test_another_practitioner_or_detail_is_a_parting():
    for column, value in (("practitioner", 4), ("detail", 1)):
        assert parted(ledger(REVIEW), ledger({**REVIEW, column: value})) == Parting(0, 5, 0, 0)


def test_of_an_opportunity_the_gates_that_differ_are_found():
    def opportunity(bits, role):
        return ledger(
            {"week": 5, "kind": e.E_OPPORTUNITY, "outcome": 1, "detail": bits, "practitioner": 0},
            {"week": 5, "kind": e.E_GATE + Barrier.TIME, "outcome": 1, "practitioner": 0},
            {"week": 5, "kind": ROLE, "outcome": role, "practitioner": 0},
            {"week": 9, "kind": e.E_GATE + Barrier.RISK, "outcome": role, "practitioner": 0},
        )

    one, other = opportunity(1 << Barrier.ROLE, 0), opportunity(0, 1)
    numbers = np.arange(4)
    assert gates_that_differ(one, numbers, other, numbers, 0)[0] == (2, 2)


def test_chances_and_draw_are_told_apart_with_enough_decimals():
    assert three_apart(0.3, 0.6, 0.4) == ("0.30", "0.60", "0.40")
    assert three_apart(0.21926, 0.21930, 0.30597) == ("0.21926", "0.21930", "0.30597")
    assert three_apart(0.5, 0.5, 0.4) == ("0.50", "0.50", "0.40")


def test_what_differs_in_a_person_is_told_in_words():
    a, _ = pair("austerity")
    before = a.start.users[3].copy()
    after = before.copy()
    after["trust"], after["informed"], after["hazard"] = 0.25, 2, 9.0
    found = {one.column: one.words for one in of_person(before, after)}
    assert found["informed"][1] == "understands"
    assert found["trust"][1] == "0.25"
    assert "hazard" not in found  # mechanics


# The story


def test_twins_tell_the_draw_the_chances_and_both_rows():
    a, b = pair("role_clarity/usual_load")
    told = 0
    for person in range(PEOPLE):
        twin = Twins(a, b, person)
        if any(decision.same_draw for decision in twin.decisions):
            text = " ".join(parting_texts(twin))
            assert "The same draw, " in text
            assert f"[{twin.decisions[0].rows[0]} | {twin.decisions[0].rows[1]}]" in text
            told += 1
    assert told > 20


@pytest.mark.parametrize(
    "name", ["role_clarity/usual_load", "gold_standard", "austerity", "thirty_percent_target/default_offer"]
)
def test_every_parting_has_words(name):
    a, b = pair(name)
    seen = set()
    for person in range(PEOPLE):
        twin = Twins(a, b, person)
        if twin.parting is None:
            continue
        words = parting_words(twin)
        assert words not in ("", "nothing")
        if words in seen:
            continue
        seen.add(words)
        for text in why_texts(twin):
            assert text.endswith((".", "]")), text
            assert "nan" not in text.replace("dominant", ""), text
            assert "because" not in text.lower()
    assert seen


def test_where_a_budget_was_decided_the_gates_stood_open_for_whoever_has_it():
    a, b = pair("role_clarity/usual_load", people=1000)
    words = Counter()
    for person in range(1000):
        twin = Twins(a, b, person)
        turn = twin.turn
        if turn is None:
            continue
        own = (a, b)[turn.side].rows[turn.offer]
        assert (own["kind"], own["outcome"], own["person"], own["week"]) == (e.E_OFFER, 1, person, turn.week)
        words[turn.words(twin.names)] += 1
        for decision in turn.decisions:
            kind = int(a.rows["kind"][decision.rows[0]])
            if kind > e.E_GATE and not turn.later:
                outcomes = [lives.rows["outcome"][row] for lives, row in zip((a, b), decision.rows, strict=True)]
                assert outcomes[turn.side] == 1
                assert outcomes[1 - turn.side] == 0
    assert sum(words.values()) > 5
    assert any("role: closed in baseline, open in role_clarity" in word for word in words)


def test_nothing_was_decided_where_both_or_neither_have_a_budget():
    a, b = pair("role_clarity/usual_load")
    for person in range(0, PEOPLE, 7):
        twin = Twins(a, b, person)
        if twin.parting is None:
            assert twin.turn is None


def test_a_wide_page_has_two_columns_and_a_narrow_one_tells_in_turn():
    a, b = pair("gold_standard")
    twin = next(
        t for t in (Twins(a, b, person) for person in range(PEOPLE)) if t.parting is not None and min(map(len, t.after))
    )
    wide, narrow = twin.text(150), twin.text(90)
    assert "In gold_standard\n" in narrow
    assert "In gold_standard\n" not in wide
    assert max(map(len, narrow.splitlines())) <= 90
    assert max(map(len, wide.splitlines())) <= 150
    for sentence in twin.after[1]:
        assert f"{sentence.row}]" in wide
        assert f"{sentence.row}]" in narrow


def test_every_row_is_told_where_all_is_asked():
    a, b = pair("role_clarity/usual_load")
    twin = Twins(a, b, 5, every=True)
    assert len(twin.shared) + len(twin.after[0]) == len(twin.numbers[0])


def test_twins_of_one_scenario_never_part():
    twin = twins("baseline", "baseline", person=3, n_users=100, n_weeks=60)
    assert twin.is_one_scenario
    assert twin.parting is None
    assert "The two scenarios are the same: no parting." in twin.text()
    assert twin.names == ("baseline", "baseline (2)")
    assert twin.as_json()["parting"] is None


def test_lives_that_never_part_are_said_so():
    a, b = pair("lean_process")
    twin = next(t for t in (Twins(a, b, person) for person in range(PEOPLE)) if t.parting is None)
    assert NEVER_PART in twin.text(200)
    assert "What followed" not in twin.text()


def test_json_holds_the_parting_and_both_lives():
    a, b = pair("role_clarity/usual_load")
    twin = next(t for t in (Twins(a, b, person) for person in range(PEOPLE)) if t.decisions)
    found = json.loads(json.dumps(plain(twin.as_json()), allow_nan=False))
    assert found["parting"]["week"] == twin.parting.week
    assert found["parting"]["decisions"][0]["chances"] == list(twin.decisions[0].chances)
    assert len(found["after"]) == 2
    assert {row["what"] for row in found["in_the_end"]} >= {"Way to a budget", "Real budget"}


def test_the_end_states_are_those_of_the_runs():
    a, b = pair("gold_standard")
    twin = Twins(a, b, 12)
    run = persim.simulate("gold_standard", seed=1, n_users=PEOPLE, record="final")
    assert twin.states[1][-1].tobytes() == run.world.users[12].tobytes()


def test_the_twin_line_names_both_scenarios():
    a, b = pair("gold_standard")
    twin = next(t for t in (Twins(a, b, person) for person in range(PEOPLE)) if t.parting is not None)
    figure = twin.figure()
    texts = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {"baseline", "gold_standard", "they part"} <= texts
    assert as_bytes(figure, "png", words_of(twin))[:4] == b"\x89PNG"


# What cannot be


@pytest.mark.parametrize(
    ("b", "options", "words"),
    [
        ("integrated_teams/usual", {}, "differ in weeks"),
        ("rural_action_research/usual", {}, "differ in first day"),
        ("cto_rights/all", {}, "share drawn from people prone to detention"),
        ("role_clarity/usual_load", {"person": 100}, "there is no person 100"),
        ("role_clarity/usual_load", {"person": -1}, "there is no person -1"),
    ],
)
def test_two_runs_of_other_people_have_no_twins(b, options, words):
    with pytest.raises(InputError, match=words):
        twins("baseline", b, **{"person": 0, "n_users": 100, **options})


def test_another_size_is_refused_and_named():
    one = read_scenario("baseline").changed(n_users=100)
    with pytest.raises(InputError, match="people .100 and 200."):
        twins(one, one.changed(n_users=200))


def test_other_people_at_the_start_are_refused_and_named():
    one = read_scenario("baseline").changed(n_users=100)
    with pytest.raises(InputError, match="prone_share"):
        read_pair(one, one.changed(prone_share=0.2))


def test_how_services_are_joined_makes_nobody_another():
    one, other = (read_scenario(f"integrated_teams/{arm}") for arm in ("section_75", "separate"))
    first, second = read_pair(one, other, n_users=100, n_weeks=20)
    assert not is_one_scenario(first, second)


def test_two_ledgers_of_other_seeds_are_refused(tmp_path):
    for seed in (1, 2):
        run = persim.simulate("seminar", seed=seed, n_users=60, n_weeks=20, ledger=True)
        run.ledger.write(tmp_path / f"{seed}.parquet")
    with pytest.raises(InputError, match="seeds 1 and 2"):
        twins(tmp_path / "1.parquet", tmp_path / "2.parquet")
    kept = twins(tmp_path / "1.parquet", tmp_path / "1.parquet", person=4)
    assert kept.parting is None
    with pytest.raises(InputError, match="cannot be changed"):
        twins(tmp_path / "1.parquet", tmp_path / "1.parquet", n_users=50)
    beside = twins(tmp_path / "2.parquet", "seminar", person=4)  # run with the ledger's seed, people and weeks
    assert beside.parting is None
    with pytest.raises(InputError, match="seeds 2 and 3"):
        twins(tmp_path / "2.parquet", "seminar", seed=3)


def test_scenarios_that_agree_over_the_weeks_run_are_not_called_the_same():
    first, second = read_pair("baseline", "gold_standard", 34, 2)
    assert is_one_scenario(first, second)
    said = one_scenario_words(first, second, "nobody gains, nobody loses")
    assert said == "Over these 2 weeks the two scenarios do not differ: nobody gains, nobody loses."
    assert one_scenario_words(first, first, "no parting") == "The two scenarios are the same: no parting."
