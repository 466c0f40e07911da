"""Biographies, caseloads' years and life lines: whole, sober, the same again, and plain about what they are."""

import json
import re

import numpy as np
import pytest

import persim
from persim import events as e
from persim.biography import SYNTHETIC, Biography, biography, counts_of
from persim.caseload_year import caseload_year, hours_of, span_within, team_year, weeks_asked
from persim.errors import InputError
from persim.explain import ledger_of, lives_of, page_of
from persim.figure_frames import WIDTH, Words, as_bytes
from persim.flag_places import LEFT, MOST_FLAGS, Flag, label_width, placed, room_for
from persim.ledger import read_ledger
from persim.life_line import lanes_of
from persim.life_marks import flags_of
from persim.lives import Lives
from persim.post_sentences import of_post
from persim.scenario import read_scenario
from persim.sentence import Posts
from persim.state import POSTS_PER_TEAM, Barrier, MentalState


@pytest.fixture(scope="module")
def lives():
    return Lives(ledger_of(read_scenario("baseline").changed(n_users=620), 1))


@pytest.fixture(scope="module")
def stories(lives):
    return [biography(lives, person) for person in range(0, 620, 6)]


def test_every_page_says_that_the_person_is_synthetic(stories):
    for story in stories[:5]:
        assert story.text().startswith(f"Synthetic person {story.person}\n")
        assert SYNTHETIC in " ".join(story.text().split())
        page = page_of(story)
        assert page.count("Synthetic person") >= 3
        assert f"<footer>Synthetic person {story.person}." in page  # printed at the foot of every sheet
        assert story.as_json()["notes"][-1] == SYNTHETIC


def test_the_story_of_the_same_run_is_the_same(lives):
    again = Lives(ledger_of(lives.ledger.scenario, 1))
    assert biography(again, 17).text() == biography(lives, 17).text()
    assert page_of(biography(again, 17)) == page_of(biography(lives, 17))


def test_a_kept_ledger_tells_the_same_story(lives, tmp_path):
    lives.ledger.write(tmp_path / "ledger.parquet")
    kept = Lives(read_ledger(tmp_path / "ledger.parquet"))
    assert biography(kept, 17).text() == biography(lives, 17).text()


def test_the_head_is_the_person_at_the_start_and_holds_no_legal_status(lives):
    for person in range(50):
        who = dict(lives.who(person))
        user = lives.start.users[person]
        assert who["Social care"].startswith("eligible") == bool(user["eligible"])
        assert f"(post {user['coordinator']})" in who["Care coordinator"]
        assert f"{user['perceived_risk']:.2f}" in who["Perceived risk"]
        assert not {"CTO", "section 2", "section 3", "detained"} & set(" ".join(who.values()).split())


def test_each_sentence_stands_in_the_text_with_its_row(stories):
    for story in stories:
        text = " ".join(story.text().split())
        for sentence in story.sentences:
            assert f"{sentence.text} [{sentence.row}]" in text


def test_as_json_is_plain_and_names_the_column_of_each_fact(lives):
    told = json.loads(json.dumps(biography(lives, 6, every=True).as_json()))
    assert told["scenario"] == "baseline"
    assert told["model_version"] == lives.ledger.model_version
    for sentence in told["sentences"]:
        assert all(set(fact) == {"words", "column", "value"} for fact in sentence["facts"].values())


def test_what_comes_after_a_new_person_takes_the_place_is_said_to_be_another_s(lives):
    taken = lives.rows[lives.rows["kind"] == e.E_REFERRED]
    person = int(taken["person"][0])
    story = biography(lives, person)
    said = [sentence for sentence in story.sentences if sentence.kind == "referred"]
    assert "another synthetic person" in said[0].text
    own = lives.rows[lives.of_person(person)]
    before = own[own["week"] < lives.first_week_of_next[person]]
    assert story.counts == counts_of(before)


def test_counts_are_counts_of_rows(lives):
    story = biography(lives, 6)
    own = lives.rows[lives.of_person(6)]
    assert lives.first_week_of_next[6] == lives.weeks[1]
    assert story.counts["opportunities to speak of budgets"] == int((own["kind"] == e.E_OPPORTUNITY).sum())
    crisis = own["outcome"] == MentalState.CRISIS
    assert story.counts["crises"] == int((np.isin(own["kind"], (e.E_STATE, e.E_RETURNED)) & crisis).sum())


def test_explain_takes_one_person_or_a_choice():
    with pytest.raises(InputError, match="a person or a choice"):
        persim.explain("baseline")
    with pytest.raises(InputError, match="a person or a choice"):
        persim.explain("baseline", person=1, choose="typical")
    story = persim.explain("seminar", 1, 3, n_users=66, n_weeks=30)
    assert isinstance(story, Biography)
    assert story.person == 3


def test_no_such_person_is_said_with_the_numbers_there_are(lives):
    for person in (-1, 620):
        with pytest.raises(InputError, match="numbered 0 to 619"):
            biography(lives, person)


def test_a_ledger_of_a_made_run_cannot_be_given_another_seed(lives, tmp_path):
    lives.ledger.write(tmp_path / "ledger.parquet")
    with pytest.raises(InputError, match="seed cannot be changed"):
        lives_of(tmp_path, seed=2)
    with pytest.raises(InputError, match="role_boundary cannot be changed"):
        lives_of(tmp_path / "ledger.parquet", parameters={"role_boundary": 0.1})


# The life line


def test_labels_of_flags_never_touch_and_poles_cross_no_label():
    rng = np.random.default_rng(4)  # 200 crowds of flags
    for _ in range(200):
        weeks = np.sort(rng.integers(0, 260, rng.integers(1, 45)))
        flags = [Flag(int(week), "x" * int(rng.integers(3, 28)), "care", int(rng.integers(1, 9))) for week in weeks]
        right = room_for(flags, 0, 260)
        shown, rows = placed(flags, 0, 260, right)
        inches = (WIDTH - LEFT - right) / 260
        spoken = [
            (flag.week * inches, label_width(flag.label), row)
            for flag, row in zip(shown, rows, strict=True)
            if row >= 0
        ]
        assert len(shown) == len(flags)
        assert max(row for _, _, row in spoken) < MOST_FLAGS
        for number, (x, width, row) in enumerate(spoken):
            assert x + width <= WIDTH - LEFT + 1e-6
            for later, _, other in spoken[number + 1 :]:
                assert later >= x + width or other < row  # its pole ends below this label


def test_flags_stand_where_the_story_says(lives, stories):
    for story in stories:
        flags = flags_of(story.sentences, lives.rows)
        weeks = {sentence.week for sentence in story.sentences}
        assert {flag.week for flag in flags} <= weeks
        n_offers = sum("offered" in flag.label for flag in flags)
        assert n_offers == sum(sentence.kind == "offer" for sentence in story.sentences)


def test_lanes_follow_the_person_s_own_states(lives):
    story = biography(lives, 6)
    lanes = {lane.name: lane for lane in lanes_of(story.states)}
    names = {name: held for held, _, _, name in lanes["Where"].bars}
    assert (names["in hospital"] == (story.states["mental_state"] == MentalState.INPATIENT)).all()


def test_the_life_line_is_the_same_bytes_again(lives):
    words = Words("a", "b", "c")
    first, again = (as_bytes(biography(lives, 39).figure(), "svg", words) for _ in range(2))
    assert first == again
    assert b"<image" not in first


def test_the_page_fetches_nothing_and_holds_the_drawing(lives):
    story = biography(lives, 39)
    page = page_of(story, as_bytes(story.figure(), "svg", Words("a", "b", "c")).decode())
    assert "<svg" in page
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "<script" not in page


# A caseload's year


def test_a_year_counts_what_happened_to_the_people_of_the_caseload(lives):
    year = caseload_year(lives, 4, (52, 104))
    rows = lives.rows[year.numbers]
    assert ((rows["week"] >= 52) & (rows["week"] < 104)).all()
    coordinator = lives.start.users["coordinator"].copy()
    n_slow = 0
    for row in lives.rows:  # one row after another, as it happened
        if row["kind"] == e.E_NEW_COORDINATOR:
            coordinator[row["person"]] = row["practitioner"]
        n_slow += bool(row["person"] >= 0 and 52 <= row["week"] < 104 and coordinator[row["person"]] == 4)
    assert len(year.numbers) == n_slow > 100


def test_people_on_caseloads_add_up_to_the_run_s_end(lives):
    run = persim.simulate("baseline", 1, n_users=620)
    assert (lives.coordinators(lives.weeks[1] - 1) == run.world.users["coordinator"]).all()
    assert (lives.on_caseload(lives.weeks[1] - 1) == (run.world.users["place"] == 0)).all()


def test_hours_of_a_year_are_means_over_weeks_at_work(lives):
    found = hours_of(lives.rows, (4,), (52, 104))
    weeks = [
        row
        for row in lives.rows
        if row["kind"] == e.E_POST_WEEK and row["practitioner"] == 4 and 52 <= row["week"] < 104
    ]
    at_work = [row for row in weeks if row["outcome"] == 1]
    assert len(weeks) == 52
    assert found["weeks at work, of all weeks, %"] == pytest.approx(100.0 * len(at_work) / 52)
    assert found["contacts called for, hours"] == pytest.approx(np.mean([row["first"] for row in at_work]), rel=1e-5)


def test_a_team_is_its_posts_and_tells_of_each_by_number(lives):
    year = team_year(lives, 1, (52, 104))
    assert year.posts == tuple(range(POSTS_PER_TEAM, 20))
    assert year.title.startswith("Team 1: synthetic")
    single = sum(len(caseload_year(lives, post, (52, 104)).numbers) for post in year.posts)
    assert len(year.numbers) == single
    assert not any("the coordinator" in sentence.text for sentence in year.sentences if sentence.kind == "offer")


@pytest.mark.parametrize("every", [False, True])
def test_every_fact_of_a_caseload_s_year_is_what_its_column_holds(lives, every):
    for year in (team_year(lives, 0, every=every), caseload_year(lives, 4, (52, 156), every)):
        assert len(year.sentences) > 5
        for sentence in year.sentences:
            row = lives.rows[sentence.row]
            assert year.weeks[0] <= row["week"] < year.weeks[1]
            known = set()
            gates = sentence.kind in ("opportunity", "hand-off arrives")
            for fact in sentence.facts.values():
                hidden = 1 << Barrier.LEGAL_BAR if gates and fact.column == "detail" else 0  # legal status is not told
                value = int(row["detail"]) & ~hidden if hidden else row[fact.column]
                assert fact.value == float(value)
                assert fact.words.strip().lower() in sentence.text.lower()
                known |= set(re.findall(r"\d+", fact.words))
            assert set(re.findall(r"\d+", re.sub(r"section 117", "", sentence.text))) <= known


def test_an_alarm_and_a_post_are_told_as_recorded():
    rows = np.zeros(4, e.EVENT)
    rows["kind"] = [e.E_ALARM, e.E_POST, e.E_POST, e.E_POST]
    rows["outcome"] = [1, e.POST_LEFT, e.POST_FILLED, e.POST_ILL]
    rows["first"], rows["second"] = [0.1, 0.0, 9.0, 1.0], [0.6, 0.0, 0.3, 0.0]
    told = [of_post(number, row, Posts(np.array([0]))).text for number, row in enumerate(rows)]
    assert told == [
        "After 1 serious incident review put down to a budget, alarm in the team went from 0.10 to 0.60.",
        "The post of a nurse (post 0) fell vacant.",
        "The post of a nurse (post 0) has a new holder, after 9 weeks vacant.",
        "The post of a nurse (post 0) is without its holder, ill for 1 week.",
    ]


def test_a_year_is_told_fairly(lives):
    for year in (caseload_year(lives, 4), team_year(lives, 0)):
        text = " ".join(year.text().split())
        assert "no judgement of a practitioner or a profession" in text
        assert "all posts" in text
        assert "Synthetic people and practitioners" in text
        json.dumps(year.as_json())


def test_the_last_whole_financial_year_is_told_if_none_is_asked_for(lives):
    assert span_within(lives, None) == (208, 260)
    short = Lives(ledger_of(read_scenario("baseline").changed(n_users=66, n_weeks=20), 1))
    assert span_within(short, None) == (0, 20)


def test_spans_are_read_and_held_to_the_run(lives):
    assert weeks_asked("2010-11", None, None) == (104, 156)
    assert weeks_asked(None, "2010-04-05", "2010-04-18") == (104, 106)
    assert weeks_asked(None, None, None) is None
    for bad in ("2010", "2010-12", "10-11"):
        with pytest.raises(InputError, match="financial year"):
            weeks_asked(bad, None, None)
    with pytest.raises(InputError, match="not both"):
        weeks_asked("2010-11", "2010-04-05", None)
    with pytest.raises(InputError, match="--from needs --to"):
        weeks_asked(None, "2010-04-05", None)
    with pytest.raises(InputError, match="not a date"):
        weeks_asked(None, "April", "2010-04-05")
    with pytest.raises(InputError, match="is not a span of this run"):
        span_within(lives, (250, 300))
    with pytest.raises(InputError, match="is not a span of this run"):
        span_within(lives, (60, 50))


def test_no_such_post_or_team_is_said_with_the_numbers_there_are(lives):
    with pytest.raises(InputError, match="no practitioner 20: posts are numbered 0 to 19"):
        caseload_year(lives, 20)
    with pytest.raises(InputError, match="no team 2: teams are numbered 0 to 1"):
        team_year(lives, 2)


# The end


def test_a_story_says_how_it_ends_from_the_final_state(lives, stories):
    final = persim.simulate(lives.ledger.scenario, 1).world.users
    for story in stories[:20]:
        end, user = dict(story.end), final[story.person]
        assert end["Choice and control felt"] == f"{user['control_felt']:.2f}"
        assert end["Opportunities, offers"] == f"{user['n_opportunities']}, {user['n_offers']}"
        assert end["Counted by the council"] == ("yes" if user["counted"] else "no")
        assert ("Who" in end) == (lives.first_week_of_next[story.person] < lives.weeks[1])
        text = story.text()
        assert (
            text.index(story.sentences[-1].text[:20])
            < text.index("\nIn the end (week of ")
            < text.index("\nIn numbers")
        )
        assert story.as_json()["in_the_end"] == end
        assert story.end_heading in page_of(story)


def test_somebody_never_found_eligible_is_told_so_and_nobody_else(lives):
    kinds = []
    for person in range(200):
        story, own = biography(lives, person), lives.rows[lives.of_person(person)]
        kinds.append(bool(story.never_eligible))
        if story.never_eligible:
            assert not lives.start.users[person]["eligible"]
            assert not (own["kind"] == e.E_OFFER).any()
            assert not ((own["kind"] == e.E_REASSESSED) & (own["outcome"] == 1)).any()
            assert text_has(story, "so no budget could be offered.")
    assert 0 < sum(kinds) < 200


def text_has(story, words):
    return words in " ".join(story.text().split())


def test_short_words_are_spelt_out_below_a_story_that_has_them(stories):
    for story in stories:
        notes, said = " ".join(story.notes()), " ".join(sentence.text for sentence in story.sentences)
        assert ("AMHP: approved mental health professional." in notes) == ("AMHP" in said)
        assert ("CTO: community treatment order." in notes) == ("CTO" in said)
    assert any("AMHP" in " ".join(story.notes()) for story in stories)
