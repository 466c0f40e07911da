"""Stories of a caseload or a team: nobody's legal status, the right columns, the right people."""

import importlib
import json

import numpy as np
import pytest

from persim import events as e
from persim.biography import biography, counts_of
from persim.caseload_year import caseload_year, hours_of, team_year
from persim.choosers import Features, pick
from persim.errors import InputError
from persim.explain import ledger_of
from persim.gate_sentences import gates_in
from persim.lives import Lives, risk_group
from persim.phases.counting import LOWER_THIRD, UPPER_THIRD
from persim.post_sentences import of_person
from persim.scenario import read_scenario
from persim.sentence import Posts
from persim.state import Barrier, MentalState

LAW_BIT = 1 << Barrier.LEGAL_BAR


@pytest.fixture(scope="module")
def lives():
    """Many orders, in most of which the law is taken to stand in the way."""
    # more contacts are asked than by default, so that some slip
    return Lives(ledger_of(read_scenario("cto_rights").changed(n_users=660, contacts_stable=0.5), 1))


# Legal status


def of_law(rows):
    """Which opportunities had the gate of law closed."""
    return (rows["kind"] == e.E_OPPORTUNITY) & (rows["detail"].astype(int) & LAW_BIT > 0)


@pytest.mark.parametrize("every", [False, True])
def test_no_caseload_or_team_tells_of_a_gate_of_law(lives, every):
    seen = 0
    for year in [team_year(lives, team, lives.weeks, every) for team in range(2)] + [
        caseload_year(lives, post, lives.weeks, every) for post in range(20)
    ]:
        seen += int(of_law(lives.rows[year.numbers]).sum())
        text = " ".join(year.text().split())
        assert "law (" not in text
        assert "law " not in text.partition("gates, times closed first")[2].partition(" The number behind")[0]
        assert "Gates of law are left out here, as legal status is" in text
        told = json.dumps(year.as_json())
        assert "the law was taken" not in told
        assert "closed: law" not in told
        assert "No other gate closed" not in told  # which would be wrong, or say who has the gate of law open
        for sentence in year.sentences:
            for name, fact in sentence.facts.items():
                assert not (fact.column == "detail" and int(fact.value) & LAW_BIT and sentence.kind != "offer"), name
    assert seen > 0, "no gate of law closed in this run: the test sees nothing"


def told_of(bits):
    made = np.zeros(1, e.EVENT)
    made["kind"], made["outcome"], made["practitioner"], made["detail"] = e.E_OPPORTUNITY, 1, 0, bits
    sentence = of_person(0, made[0], Posts(np.array([0])), -1)
    return None if sentence is None else sentence.text


def test_with_and_without_the_gate_of_law_a_person_reads_the_same():
    for bits in (1 << Barrier.ROLE, 1 << Barrier.TIME | 1 << Barrier.INFORMATION):
        assert told_of(bits) == told_of(bits | LAW_BIT)


def test_an_opportunity_at_which_the_law_closed_first_is_counted_only():
    assert told_of(LAW_BIT) is None
    assert told_of(LAW_BIT | 1 << Barrier.INFORMATION) is None
    assert "every gate stood open" in told_of(0)


def test_a_hand_off_keeps_the_gate_of_law_to_itself():
    made = np.zeros(1, e.EVENT)
    made["kind"], made["outcome"], made["detail"] = e.E_HAND_OFF, e.BOUNCED, LAW_BIT | 1 << Barrier.ROLE
    sentence = of_person(0, made[0], Posts(np.array([0])), -1)
    assert sentence.facts["role"].value == 1 << Barrier.ROLE


def test_a_person_s_own_story_tells_the_gate_of_law(lives):
    row = lives.rows[np.flatnonzero(of_law(lives.rows))[0]]
    assert gates_in(int(row["detail"])).count(Barrier.LEGAL_BAR) == 1
    story = biography(lives, int(row["person"]))
    assert any("the law was taken" in sentence.text for sentence in story.sentences)


# Hours and people


def test_each_mean_of_hours_is_of_its_own_column(lives):
    found = hours_of(lives.rows, (4, 5), (52, 104))
    own = lives.rows[
        np.isin(lives.rows["practitioner"], (4, 5)) & (lives.rows["week"] >= 52) & (lives.rows["week"] < 104)
    ]
    asked, spent = (own[own["kind"] == kind] for kind in (e.E_POST_WEEK, e.E_POST_HOURS))
    spent, asked = spent[asked["outcome"] == 1], asked[asked["outcome"] == 1]
    slowly = {
        "contacts called for, hours": asked["first"], "reviews and talks due, hours": asked["second"],
        "time gate open, % of weeks at work": asked["detail"] / 10.0, "overtime, hours": spent["first"],
        "contacts that slipped, hours": spent["second"], "kept for social care, hours": spent["threshold"],
        "on forms for budgets, hours": spent["draw"],
    }  # fmt: skip
    assert len({round(float(column.mean()), 6) for column in slowly.values()}) == len(slowly), (
        "two columns look the same"
    )
    for name, column in slowly.items():
        assert found[name] == pytest.approx(column.mean(), rel=1e-5), name


def test_who_coordinates_at_the_end_of_a_week_is_who_came_in_that_week(lives):
    moves = lives.rows[lives.rows["kind"] == e.E_NEW_COORDINATOR]
    n_changed = 0
    for move in moves[:200]:
        week, person = int(move["week"]), int(move["person"])
        last = moves[(moves["person"] == person) & (moves["week"] == week)][-1]
        assert lives.coordinators(week)[person] == last["practitioner"]
        n_changed += lives.coordinators(week - 1)[person] != last["practitioner"]
    assert n_changed > 0


def test_bands_of_risk_have_their_words():
    assert risk_group(LOWER_THIRD - 0.01) == "low"
    assert [risk_group(LOWER_THIRD), risk_group(UPPER_THIRD - 0.01)] == ["middle", "middle"]
    assert risk_group(UPPER_THIRD) == "high"


def test_a_return_in_crisis_is_a_crisis_in_numbers_and_in_a_life_s_summary(lives):
    rows = np.zeros(3, e.EVENT)
    rows["kind"], rows["outcome"] = [e.E_STATE, e.E_RETURNED, e.E_RETURNED], [2, 2, 1]
    assert counts_of(rows)["crises"] == 2
    features = Features(lives)
    own = features.rows[features.rows["outcome"] == MentalState.CRISIS]
    crises = np.bincount(own["person"][np.isin(own["kind"], (e.E_STATE, e.E_RETURNED))], minlength=features.n)
    only_states = np.bincount(own["person"][own["kind"] == e.E_STATE], minlength=features.n)
    assert (crises != only_states).any(), "nobody came back in crisis in this run"
    scaled = (crises - crises.mean()) / crises.std()
    assert any(np.allclose(column, scaled) for column in features.summaries.T)


def test_the_longest_wait_is_of_those_for_whom_budgets_were_raised(lives):
    features = Features(lives)
    assert pick(lives, "longest wait").matching.tolist() == np.flatnonzero(features.wait >= 0).tolist()
    with pytest.raises(InputError, match="nobody in this run"):
        pick(lives, "longest wait, never offered")


def test_lives_of_a_ledger_compile_no_second_model(lives, monkeypatch):
    def compiles(ledger):
        raise AssertionError(f"compiles another model (ledger={ledger})")

    simulate = importlib.import_module("persim.simulate")  # the package has a function of that name
    monkeypatch.setattr(simulate, "_READY", {True})
    monkeypatch.setattr(simulate, "_compile", compiles)
    assert len(Lives(lives.ledger).start.users) == 660
