"""Sentences of a life: each tells one row, each fact in it is a column of that row, and no word says why."""

import re
from functools import cache

import numpy as np
import pytest

from persim import events as e
from persim.biography import biography
from persim.budget_sentences import review
from persim.events import EVENT, KINDS
from persim.life_sentences import tell, telling_of
from persim.lives import Lives
from persim.replay import Replay
from persim.scenario import read_scenario
from persim.sentence import PROFESSIONS, Posts, Setting, chance_and_draw, label, weighed
from persim.simulate import run_scenario
from persim.state import Barrier, LegalStatus

SCENARIOS = ("baseline", "cto_rights/all", "thirty_percent_target", "brokers_and_peers", "rural_action_research")
POSTS = Posts(np.array([0, 1, 2, 0, 3, 4]))  # nurse, social worker, therapist, nurse; a broker and a council team
# What the law and the model call by a number, which is no fact of a row.
NAMES_WITH_NUMBERS = re.compile(r"[Ss]ection (117|[23])\b")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
# docs/responsible-use.md and the ethics of the field: words that make a person a risk, a burden or a case, and motives.
NEVER_SAID = (
    "sufferer", "mentally ill", "patient", "risky", "non-complian", "revolving", "frequent flyer", "drop-out", "dropped out",
    "pushes", "gaming", "lost person", "misuse", "because", "fear", "afraid", "refused to", "blame", "fault", "lazy", "died",
    "death", "suicide", "killed", "violen", "dangerous", "schizo", "psychosis", "bipolar", "unfortunately", "failed",
)  # fmt: skip


def row(kind, **columns):
    """One hand-made row of the ledger; all that is not named is 0."""
    made = np.zeros(1, EVENT)
    made["kind"], made["person"], made["practitioner"] = kind, 0, -1
    for name, value in columns.items():
        made[name] = value
    return made[0]


def setting(coordinator=0, eligible=1, informed=0):
    return Setting(POSTS, coordinator, eligible, informed)


def text(kind, **columns):
    """The usual telling of one hand-made row; None where it is left out."""
    telling = telling_of(row(kind, **columns), setting())
    return None if telling is None else telling.text


@cache
def lives_of(name):
    scenario = read_scenario(name).changed(n_users=330)
    return Lives(run_scenario(scenario, 3, "final", ledger=True).ledger)


def stories(name, every):
    lives = lives_of(name)
    for person in range(0, lives.ledger.scenario.n_users, 2):
        yield lives, person, tell(lives.rows, lives.of_person(person), lives.setting(person), every)


EXPECTED = [
    (
        {"kind": e.E_OPPORTUNITY, "outcome": 1, "practitioner": 0, "detail": 1 << Barrier.ROLE | 1 << Barrier.RISK},
        "At the review, the coordinator (a nurse, post 0) did not raise personal budgets. The gate that closed first: role "
        "(not held to be part of the job). Also closed: risk (the risk that was seen was not accepted).",
    ),
    (
        {"kind": e.E_OPPORTUNITY, "outcome": 2, "practitioner": 4, "detail": 0},
        "At this request, a broker (post 4) raised personal budgets: every gate stood open.",
    ),
    (
        {"kind": e.E_OPPORTUNITY, "outcome": 2, "practitioner": 0, "detail": 1 << Barrier.NO_COORDINATOR},
        "At this request, personal budgets were not raised: nobody was at work in the coordinator's post.",
    ),
    (
        {"kind": e.E_OFFER, "outcome": 0, "practitioner": 0, "detail": e.CARER_BIT | e.CARER_WISHES_BIT},
        "A personal budget was offered, and the person declined it: a choice, not a barrier. The carer, asked apart, wished "
        "for it.",
    ),
    (
        {"kind": e.E_OFFER, "outcome": 1, "practitioner": 4, "detail": e.ASKED_BIT},
        "As the person had asked, a personal budget was offered by a broker (post 4), and the person accepted it.",
    ),
    (
        {"kind": e.E_HANDED_ON, "practitioner": 5, "threshold": 12.0},
        "The person was handed on to the council's team (post 5), with 12 weeks to wait.",
    ),
    (
        {"kind": e.E_HAND_OFF, "outcome": e.LOST, "practitioner": 5},
        "The hand-off was lost on the way to the council's team (post 5).",
    ),
    (
        {"kind": e.E_HAND_OFF, "outcome": e.BOUNCED, "practitioner": 1, "detail": e.FULL_BIT, "first": 4.0, "second": 4.0},
        "The hand-off arrived, and was not taken by a social worker (post 1): 4.0 cases held, 4.0 can be held.",
    ),
    ({"kind": e.E_STATE, "outcome": 2, "detail": 0}, "A crisis began."),
    ({"kind": e.E_STATE, "outcome": 1, "detail": 3, "second": 6.0}, "Left hospital."),
    ({"kind": e.E_DETAINED, "outcome": 1}, "The admission was under section 2 of the Mental Health Act."),
    (
        {"kind": e.E_ORDER_MADE, "practitioner": 5, "outcome": e.INFORMED_BIT, "detail": 2, "threshold": 0.25, "draw": 0.5},
        "The order, agreed by the council's AMHP (post 5), has 2 conditions; share of them that was negotiated: 0.50. "
        "Involvement in its making: 0.25; the person was informed of the order, and is not recorded as informed of their "
        "rights.",
    ),
    (
        {"kind": e.E_PANEL, "outcome": 3, "detail": 5},
        "The funding panel did not fund the plan, the year's money being committed.",
    ),
    (
        {"kind": e.E_IN_USE, "outcome": 1, "detail": 1, "first": 36.0, "threshold": 6973.6},
        "The personal budget is in use: a direct payment, £6,974 a year, 36 weeks after budgets were raised; the council "
        "counts it.",
    ),
    (
        {"kind": e.E_LEFT, "outcome": Barrier.STEPS_AND_WAITS, "detail": 5, "first": 30.0},
        "The person left the process, 30 weeks after budgets were raised, at this stage: support plan.",
    ),
    ({"kind": e.E_LEFT, "outcome": Barrier.DECLINED}, None),
    (
        {"kind": e.E_COUNTED, "outcome": 1, "detail": e.COUNT_RELABELLED},
        "An existing service was relabelled as a personal budget, and the council counts it; nothing else changed.",
    ),
    (
        {"kind": e.E_REFERRED, "outcome": 1},
        "The place was taken by another synthetic person, newly referred, eligible for social care.",
    ),
    (
        {"kind": e.E_INCIDENT, "outcome": 1},
        "A serious incident review was held. It was put down to the budget in use; in this model incidents are as frequent "
        "without one.",
    ),
    ({"kind": e.E_ASSESSED, "outcome": 0}, "The assessment was made without the person there."),
    ({"kind": e.E_REASSESSED, "outcome": 1}, None),
    ({"kind": e.E_REASSESSED, "outcome": 0}, "Eligibility was assessed anew: now not eligible for social care."),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "expected"), EXPECTED, ids=lambda value: str(value)[:60])
def test_a_row_is_told_in_these_words(columns, expected):
    assert text(**columns) == expected


OUTCOMES = {
    e.E_DETAINED: (1, 2),
    e.E_SECTION_2_ENDS: (0, 2),
    e.E_ORDER_MADE: range(8),
    e.E_ORDER_REVIEWED: range(8),
    e.E_HEARD: (1, 2),
    e.E_FORGOT: (0, 1),
    e.E_IN_USE: (1, 2, 3),
}
DETAILS = {
    e.E_LEFT_SECTION: (1, 2), e.E_INVOLVED: (1, 2), e.E_HEARD: (-1, 0, 1), e.E_COUNTED: (1, 2, 3), e.E_SET_UP: (1, 2, 3),
    e.E_BUDGET_ENDED: (0, 1, 2), e.E_LEFT: range(10), e.E_OPPORTUNITY: (0, *(1 << gate for gate in range(1, 11))),
    e.E_STATE: range(4), e.E_REVIEW: (0, 1), e.E_ASSESSED: (0,), e.E_IN_USE: (0, 1), e.E_BUDGET_REVIEW: (0, 1),
    e.E_HAND_OFF: (e.FULL_BIT, e.NOBODY_BIT, 1 << Barrier.ROLE),
}  # fmt: skip


@pytest.mark.parametrize("code", [code for code, kind in KINDS.items() if kind.concerns == "person"])
def test_every_outcome_of_every_kind_can_be_told(code):
    for outcome in OUTCOMES.get(code) or [number for number, _ in KINDS[code].outcomes] or [0]:
        for detail in DETAILS.get(code, (0,)):
            made = row(code, outcome=outcome, detail=detail, practitioner=0)
            telling = telling_of(made, setting(), every=True)
            assert telling is not None
            assert telling.text.endswith(".")
            assert telling.text[0].isupper()
            assert "{" not in telling.text + weighed(made, set()).text


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_fact_is_in_the_text_and_is_what_its_column_holds(name):
    n_facts = 0
    for lives, _, story in stories(name, every=True):
        for sentence in story.sentences:
            own = lives.rows[sentence.row]
            whole = f"{sentence.text} {sentence.weighed}"
            for fact in sentence.facts.values():
                n_facts += 1
                assert fact.words.strip() in whole
                assert fact.value == float(own[fact.column])
                for number in numbers_in(fact.words):
                    assert says(number, fact.words, float(own[fact.column])), (fact, sentence)
    assert n_facts > 10_000


def numbers_in(words):
    """The numbers of a text, without those in the names of sections."""
    return NUMBER.findall(NAMES_WITH_NUMBERS.sub("", words))


def says(number, words, value):
    """Does this number, as it stands in words, say the value, to the decimals that it shows?"""
    decimals = len(number.partition(".")[2])
    shown = float(number.replace(",", ""))
    close = abs(shown - value) <= 0.5 * 10.0**-decimals + 1e-9 or np.isclose(shown, value, rtol=6e-4)
    return bool(close or np.isclose(shown * 1000.0, value, rtol=6e-3))  # per mille


# What must stand in a sentence of a row with this outcome, written down apart from the program's own words.
OUTCOME_SAYS = {
    e.E_REVIEW: {0: "not held", 1: "was held"}, e.E_OFFER: {0: "declined", 1: "accepted"},
    e.E_OPPORTUNITY: {1: "At the review", 2: "request", 3: "offer was due", 4: "hand-off"},
    e.E_HAND_OFF: {0: "lost", 1: "not taken", 2: "was taken"}, e.E_ASSESSED: {0: "without the person", 1: "with the person"},
    e.E_PLANNED: {0: "without the person", 1: "with the person"}, e.E_SUM: {0: "a year", 1: "single payment"},
    e.E_SUM_TOLD: {0: "not recorded as told", 1: "was told"}, e.E_CONTRIBUTION: {0: "did not go on", 1: "went on"},
    e.E_PLAN_AGREED: {0: "not recorded as one", 1: "is recorded as one"}, e.E_DISPUTE: {0: "not disputed", 1: "was disputed"},
    e.E_DISPUTE_ENDS: {0: "social care pays", 1: "both pay", 2: "no budget"}, e.E_SIGNED: {0: "panel", 1: "signed"},
    e.E_PANEL: {0: "funded the plan", 1: "did not fund", 2: "sent the plan back", 3: "money being committed"},
    e.E_CONTEST: {0: "not contested", 1: "contested"}, e.E_CONTEST_HEARD: {0: "upheld", 1: "reconsidered"},
    e.E_SET_UP: {0: "No support", 1: "with a direct payment", 2: "with a budget held", 3: "with a managed"},
    e.E_FREE_TO_VARY: {0: "cannot be changed", 1: "can be changed"},
    e.E_IN_USE: {1: "direct payment", 2: "third party", 3: "managed"}, e.E_PAUSE: {0: "pause ended", 1: "paused"},
    e.E_BUDGET_REVIEW: {-1: "cut", 0: "stays at", 1: "raised"}, e.E_REASSESSED: {0: "now not eligible", 1: "now eligible"},
    e.E_BUDGET_ENDED: {0: "does not go on", 1: "goes on without"}, e.E_STATE: {2: "crisis"},
    e.E_HEARD: {1: "exist", 2: "understands"}, e.E_FORGOT: {0: "What was known", 1: "Some of what"},
    e.E_RETURNED: {1: "unsettled", 2: "crisis"}, e.E_INCIDENT: {0: "not put down", 1: "was put down"},
    e.E_DETAINED: {1: "section 2", 2: "section 3"}, e.E_SECTION_2_ENDS: {0: "without a section", 2: "section 3"},
    e.E_ORDER_ENDED: {0: "between", 1: "at a review", 2: "discharge", 3: "revoked"},
    e.E_RECALLED: {0: "went on", 1: "revoked"}, e.E_REFERRED: {0: "not eligible", 1: ", eligible"},
    e.E_NEW_COORDINATOR: {0: "Somebody new", 1: "changed"},
}  # fmt: skip
FIRST_GATE_SAYS = {
    1: "nobody was at work", 2: "not recognised", 3: "stable enough", 4: "no time", 5: "not recommended", 6: "part of the job",
    7: "not known", 8: "not accepted", 9: "law", 10: "not explained",
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_came_of_it_is_what_the_row_says(name):
    told_kinds = set()
    for lives, _, story in stories(name, every=True):
        for sentence in story.sentences:
            own = lives.rows[sentence.row]
            kind, outcome = int(own["kind"]), int(own["outcome"])
            words = OUTCOME_SAYS.get(kind, {})
            if words:
                told_kinds.add(kind)
                assert words.get(outcome, "") in sentence.text, sentence
                others = [
                    word for code, word in words.items() if code != outcome and word not in words.get(outcome, "")
                ]
                assert kind in (e.E_STATE, e.E_OPPORTUNITY) or not any(word in sentence.text for word in others), (
                    sentence
                )
            if kind == e.E_OPPORTUNITY and own["detail"]:
                lowest = (int(own["detail"]) & -int(own["detail"])).bit_length() - 1
                first = sentence.text.partition("first:")[2].partition("Also closed")[0] or sentence.text
                assert FIRST_GATE_SAYS[lowest] in first
            if kind >= e.E_GATE:
                assert (", open:" in sentence.text) == (outcome == 1)
    assert len(told_kinds) > 25


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("every", [False, True])
def test_no_sentence_has_a_number_that_is_not_in_its_facts(name, every):
    for _, _, story in stories(name, every):
        for sentence in story.sentences:
            known = {number for fact in sentence.facts.values() for number in numbers_in(fact.words)}
            assert set(numbers_in(f"{sentence.text} {sentence.weighed}")) <= known, sentence


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_told_to_have_happened_agrees_with_draw_and_chance_as_shown(name):
    shown = re.compile(r"(?:chance|stood open)[^;]*? (\d[\d.e-]*)(?:;|$).*?draw (\d[\d.e-]*)$")
    n = 0
    for lives, _, story in stories(name, every=True):
        for sentence in story.sentences:
            own = lives.rows[sentence.row]
            kind = KINDS[int(own["kind"])]
            match = shown.search(sentence.weighed)
            if not kind.by_chance or match is None or len(kind.met) == len(kind.outcomes):
                continue
            n += 1
            assert (float(match[2]) < float(match[1])) == (int(own["outcome"]) in kind.met), (sentence, own)
    assert n > 1000


@pytest.mark.parametrize("name", SCENARIOS)
def test_rows_are_told_in_order_once_and_the_rest_is_counted(name):
    for every in (False, True):
        for lives, person, story in stories(name, every):
            numbers = [sentence.row for sentence in story.sentences]
            own = lives.of_person(person).tolist()
            assert numbers == sorted(set(numbers))
            assert set(numbers) <= set(own)
            assert len(numbers) + sum(story.left_out.values()) == len(own)
            if every:
                assert numbers == own


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_sentence_says_why_or_makes_a_person_a_case(name):
    said = set()
    for _, _, story in stories(name, every=True):
        said.update(sentence.text.lower() for sentence in story.sentences)
    found = {word for word in NEVER_SAID for sentence in said if word in sentence}
    assert found == set()


@pytest.mark.parametrize("name", SCENARIOS)
def test_who_is_called_the_coordinator_coordinates_at_that_time(name):
    n_others = 0
    for lives, person, story in stories(name, every=False):
        own = lives.of_person(person)
        moves = [number for number in own if lives.rows["kind"][number] == e.E_NEW_COORDINATOR]
        slips = {int(number) for number in own if lives.rows["kind"][number] == e.E_REVIEW}
        for sentence in story.sentences:
            before = [number for number in moves if number < sentence.row]
            now = lives.rows["practitioner"][before[-1]] if before else lives.start.users["coordinator"][person]
            who = sentence.facts.get("who")
            if who is not None and sentence.kind not in ("new coordinator", "offer"):
                assert ("the coordinator" in who.words) == (who.value == now), sentence
                n_others += who.value != now
            if sentence.kind == "care review" and lives.rows["outcome"][sentence.row] == 0:
                last = max((number for number in slips if number < sentence.row), default=None)
                assert last is None or lives.rows["outcome"][last] == 1
    assert n_others > 0


def test_a_coordinator_is_introduced_once_and_again_after_a_change():
    here = setting(coordinator=0)
    closed = row(e.E_OPPORTUNITY, outcome=1, practitioner=0, detail=1 << Barrier.TIME)
    assert "the coordinator (a nurse, post 0)" in telling_of(closed, here).text
    assert "the coordinator did not raise" in telling_of(closed, here).text
    moved = row(e.E_NEW_COORDINATOR, outcome=1, practitioner=1)
    assert telling_of(moved, here).text.startswith("The care coordinator changed: now a social worker (post 1).")
    here.moved_by(moved)
    closed["practitioner"] = 1
    assert "the coordinator did not raise" in telling_of(closed, here).text


def test_only_the_first_week_of_a_review_that_slips_is_told():
    here = setting()
    slipped = row(e.E_REVIEW, outcome=0)
    assert review(slipped, here) is not None
    here.moved_by(slipped)
    assert review(slipped, here) is None
    here.moved_by(row(e.E_REVIEW, outcome=1))
    assert review(slipped, here) is not None


def test_hearing_again_what_is_known_is_left_out():
    assert text(e.E_HEARD, outcome=1) == "Heard of personal budgets, and knows that they exist."
    assert telling_of(row(e.E_HEARD, outcome=1), setting(informed=1)) is None
    assert telling_of(row(e.E_HEARD, outcome=1), setting(informed=1), every=True) is not None


def test_chance_and_draw_show_which_is_less():
    assert chance_and_draw(0.31, 0.58) == ("0.31", "0.58")
    assert chance_and_draw(0.3101, 0.3102) == ("0.3101", "0.3102")
    assert chance_and_draw(0.0015, 0.9) == ("0.0015", "0.9000")
    assert chance_and_draw(1.0, 0.99999) == ("1.00000", "0.99999")


def test_labels_hold_no_codes():
    assert label("aftercare duty (section 117), 0 or 1") == "aftercare duty"
    assert label("push of the council, 0-1") == "push of the council"
    assert label("GBP a year") == "GBP a year"
    for kind in KINDS.values():
        for column in (kind.detail, kind.first, kind.second, kind.threshold, kind.draw):
            assert not column or (label(column) and not re.search(r"\d", label(column)))


def test_professions_have_words():
    assert len(PROFESSIONS) == 5
    assert biography(lives_of("baseline"), 3).lives.posts.named(0).endswith("(post 0)")


def test_aftercare_begins_where_it_did_not_hold_before_and_only_there():
    began = "the duty of aftercare (section 117) began"
    leaving = row(e.E_LEFT_SECTION, detail=LegalStatus.SECTION_3)
    for held in (-1, 0, 1):
        told = telling_of(leaving, Setting(POSTS, 0, 1, 0, aftercare=held))
        assert told is not None
        assert (began in told.text) == (held == 0)
    rows = np.stack([
        leaving, leaving, row(e.E_REASSESSED, outcome=1, detail=0), leaving, row(e.E_DISCHARGED), leaving,
        row(e.E_REFERRED, outcome=1), leaving,
    ])  # fmt: skip
    for every in (False, True):
        told = tell(rows, range(len(rows)), Setting(POSTS, 0, 1, 0, aftercare=0), every).sentences
        assert [began in one.text for one in told if one.kind == "left hospital from section"] == [
            True, False, True, True, False,
        ]  # fmt: skip


def test_aftercare_of_the_stories_is_that_of_the_lives():
    lives = lives_of("cto_rights/all")
    replay = Replay(lives.ledger)
    leavers = np.unique(lives.rows["person"][lives.rows["kind"] == e.E_LEFT_SECTION])
    for person in leavers[:12].tolist():
        own, taken = lives.setting(person), False
        states = replay.weekly(person)
        for number in lives.of_person(person).tolist():
            one = lives.rows[number]
            own.moved_by(one)
            taken |= one["kind"] == e.E_REFERRED
            if one["kind"] == e.E_LEFT_SECTION and not taken:
                assert own.aftercare == states[one["week"] - lives.weeks[0]]["s117"]
