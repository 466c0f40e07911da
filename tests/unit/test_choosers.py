"""Choosers: every word of the vocabulary holds for whom it picks, found the slow way; nothing else is taken."""

from collections import defaultdict

import numpy as np
import pytest

from persim import events as e
from persim.choosers import CONDITIONS, ORDERINGS, Features, checked, pick, typical, vocabulary
from persim.errors import InputError
from persim.explain import ledger_of
from persim.lives import Lives, risk_group
from persim.scenario import read_scenario
from persim.state import Barrier, Profession, Stage


@pytest.fixture(scope="module")
def lives():
    return Lives(ledger_of(read_scenario("thirty_percent_target/target").changed(n_users=990), 2))


@pytest.fixture(scope="module")
def own_rows(lives):
    """person -> the rows of the first person of that place, as plain tuples by name."""
    found = defaultdict(list)
    for row in lives.rows[lives.rows["person"] >= 0]:
        if row["week"] < lives.first_week_of_next[row["person"]]:
            found[int(row["person"])].append(row)
    return found


def ever(rows, kind, *outcomes, detail=None):
    return any(
        row["kind"] == kind
        and (not outcomes or row["outcome"] in outcomes)
        and (detail is None or row["detail"] == detail)
        for row in rows
    )


def held_eligible(user, rows):
    return bool(user["eligible"]) or ever(rows, e.E_REASSESSED, 1)


def real_ever(user, rows):
    """Was a budget real when it began, following the three truths row by row?"""
    if user["pathway_stage"] == Stage.IN_USE:
        return True
    known = agreed = vary = False
    for row in rows:
        kind, yes = row["kind"], row["outcome"] == 1
        if kind == e.E_OFFER:
            known = agreed = vary = False
        known = yes if kind == e.E_SUM_TOLD else known
        agreed = yes if kind == e.E_PLAN_AGREED else agreed
        vary = yes if kind == e.E_FREE_TO_VARY else vary
        if kind == e.E_IN_USE and agreed and (known or vary):
            return True
    return False


def profession_of(lives, user):
    return lives.start.practitioners["profession"][user["coordinator"]]


def is_rural(lives, user):
    return bool(lives.start.localities["rural"][lives.start.practitioners["locality"][user["coordinator"]]])


def never(lives, user, rows, kind):
    return held_eligible(user, rows) and user["pathway_stage"] != Stage.IN_USE and not ever(rows, kind)


SLOWLY = {
    "never offered": lambda lives, user, rows: never(lives, user, rows, e.E_OFFER),
    "never had an opportunity": lambda lives, user, rows: never(lives, user, rows, e.E_OPPORTUNITY),
    "offered": lambda lives, user, rows: ever(rows, e.E_OFFER),
    "declined": lambda lives, user, rows: ever(rows, e.E_OFFER, 0),
    "asked": lambda lives, user, rows: ever(rows, e.E_ASKED),
    "handed on": lambda lives, user, rows: ever(rows, e.E_HANDED_ON),
    "hand-off lost": lambda lives, user, rows: ever(rows, e.E_HAND_OFF, 0),
    "funding disputed": lambda lives, user, rows: ever(rows, e.E_DISPUTE, 1),
    "refused by panel": lambda lives, user, rows: ever(rows, e.E_PANEL, 1, 3),
    "left the process": lambda lives, user, rows: ever(rows, e.E_LEFT, Barrier.STEPS_AND_WAITS),
    "budget in use": lambda lives, user, rows: user["pathway_stage"] == Stage.IN_USE or ever(rows, e.E_IN_USE),
    "real budget": lambda lives, user, rows: real_ever(user, rows),
    "counted but no budget": lambda lives, user, rows: ever(rows, e.E_COUNTED, 1, detail=e.COUNT_RELABELLED),
    "low perceived risk": lambda lives, user, rows: risk_group(user["perceived_risk"]) == "low",
    "middle perceived risk": lambda lives, user, rows: risk_group(user["perceived_risk"]) == "middle",
    "high perceived risk": lambda lives, user, rows: risk_group(user["perceived_risk"]) == "high",
    "low actual risk": lambda lives, user, rows: risk_group(user["vulnerability"]) == "low",
    "high actual risk": lambda lives, user, rows: risk_group(user["vulnerability"]) == "high",
    "detained": lambda lives, user, rows: ever(rows, e.E_DETAINED),
    "on a CTO": lambda lives, user, rows: ever(rows, e.E_ORDER_MADE),
    "section 117": lambda lives, user, rows: user["s117"] == 1,
    "eligible all along": lambda lives, user, rows: user["eligible"] == 1 and not ever(rows, e.E_REASSESSED, 0),
    "never eligible": lambda lives, user, rows: not held_eligible(user, rows),
    "with a carer": lambda lives, user, rows: user["carer"] != 0,
    "without a carer": lambda lives, user, rows: user["carer"] == 0,
    "nurse": lambda lives, user, rows: profession_of(lives, user) == Profession.NURSE,
    "social worker": lambda lives, user, rows: profession_of(lives, user) == Profession.SOCIAL_WORKER,
    "occupational therapist": lambda lives, user, rows: profession_of(lives, user) == Profession.OCCUPATIONAL_THERAPIST,
    "rural": lambda lives, user, rows: is_rural(lives, user),
    "urban": lambda lives, user, rows: not is_rural(lives, user),
}


@pytest.mark.parametrize("word", [word for word in CONDITIONS if word != "notional"])
def test_a_word_holds_for_exactly_those_it_names(lives, own_rows, word):
    slow = [person for person in range(990) if SLOWLY[word](lives, lives.start.users[person], own_rows[person])]
    assert slow, "nobody in this run shows the word"
    assert pick(lives, word).matching.tolist() == slow


def test_notional_is_counted_with_no_truth_and_holds_all_that_is_relabelled(lives):
    relabelled, notional = pick(lives, "counted but no budget").matching, pick(lives, "notional").matching
    assert set(relabelled.tolist()) <= set(notional.tolist())
    assert not set(notional.tolist()) - set(relabelled.tolist()) - set(pick(lives, "budget in use").matching.tolist())


def test_words_are_joined_by_and(lives):
    both = set(pick(lives, "never offered, high perceived risk").matching.tolist())
    assert both == set(pick(lives, "never offered").matching.tolist()) & set(
        pick(lives, "high perceived risk").matching.tolist()
    )


def test_the_longest_wait_is_the_longest_and_ties_go_by_row(lives, own_rows):
    waits = {}
    for person, rows in own_rows.items():
        since, longest = None, -1
        for row in rows:
            if row["kind"] == e.E_STAGE and row["outcome"] == Stage.RAISED:
                since = int(row["week"])
            elif row["kind"] in (e.E_IN_USE, e.E_LEFT) and since is not None:
                longest, since = max(longest, int(row["week"]) - since), None
        if since is not None:
            longest = max(longest, int(min(lives.first_week_of_next[person], lives.weeks[1])) - 1 - since)
        waits[person] = longest
    most = max(waits.values())
    picked = pick(lives, "longest wait")
    assert picked.person == min(person for person, wait in waits.items() if wait == most)
    assert f"the longest wait, {most} weeks" in picked.words


def test_the_typical_person_is_the_medoid(lives):
    features = Features(lives)
    matching = np.flatnonzero(features.eligible_all_along)
    own = features.summaries[matching]
    total = ((own[:, None, :] - own[None, :, :]) ** 2).sum(axis=(1, 2))
    assert typical(features.summaries, matching) == matching[np.argmin(total)]
    assert pick(lives, "typical").person == matching[np.argmin(total)]


def test_the_same_run_gives_the_same_person_and_says_how_many_match(lives):
    first, again = pick(lives, "never offered, urban"), pick(lives, " URBAN ,never  offered")
    assert first.person == again.person
    assert f"{len(first.matching)} people match of 990" in first.words


def test_unknown_words_are_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'never offered'"):
        checked("never ofered")
    with pytest.raises(InputError, match="--pick help"):
        checked("risky people")
    with pytest.raises(InputError, match="not both"):
        checked("typical, longest wait")
    with pytest.raises(InputError, match="--pick does not know ''"):
        checked("")


def test_nobody_who_matches_is_said(lives):
    with pytest.raises(InputError, match="nobody in this run of 990 people matches"):
        pick(lives, "never offered, offered")


def test_the_vocabulary_explains_every_word():
    words = dict(vocabulary())
    assert set(words) == {*CONDITIONS, *ORDERINGS}
    assert all(len(meaning) > 5 for meaning in words.values())
