"""A ledger: whose rows, as a table, written and read; and a run that keeps one is the same run."""

import dataclasses
import json
import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from persim import PersonalisationModel, simulate
from persim import events as e
from persim import ledger as ledgers
from persim.errors import InputError, StoreError
from persim.events import EVENT, KINDS
from persim.ledger import FILE, Ledger, read_ledger, rows_a_week, weeks_that_fit, with_room, written
from persim.model_version import MODEL_VERSION
from persim.outcomes import ALL_GROUPS
from persim.phases.counting import empty_ledger, scratch
from persim.policy import monday_of
from persim.population import start_world
from persim.replay import Replay
from persim.scenario import read_scenario
from persim.simulate import run_scenario
from persim.state import POSTS_PER_TEAM, Barrier, Stage


@pytest.fixture(scope="module")
def run():
    return simulate("baseline", 3, n_users=700, n_weeks=80, ledger=True)


@pytest.fixture(scope="module")
def ledger(run) -> Ledger:
    return run.ledger


# Whose rows


def test_rows_of_a_person_are_all_of_theirs_in_order(ledger):
    assert len(ledger) == len(ledger.rows) > 5000
    for person in (0, 17, 699):
        assert ledger.of_person(person).tolist() == np.flatnonzero(ledger.rows["person"] == person).tolist()
    everyone = sorted(n for person in range(700) for n in ledger.of_person(person).tolist())
    assert everyone == np.flatnonzero(ledger.rows["person"] >= 0).tolist()


def test_rows_of_practitioners_and_teams(run, ledger):
    assert ledger.n_posts == len(run.world.practitioners) - 2 * len(run.world.localities)
    assert ledger.of_practitioner(3).tolist() == np.flatnonzero(ledger.rows["practitioner"] == 3).tolist()
    assert len(ledger.of_practitioner(3)) >= 2 * 80
    n_teams = len(run.world.teams)
    together = np.concatenate([ledger.of_team(team) for team in range(n_teams)])
    posts = ledger.rows["practitioner"]
    assert sorted(together.tolist()) == np.flatnonzero((posts >= 0) & (posts < ledger.n_posts)).tolist()
    assert set(posts[ledger.of_team(1)].tolist()) <= set(range(POSTS_PER_TEAM, 2 * POSTS_PER_TEAM))


def test_rows_of_kinds(ledger):
    both = ledger.of_kind(e.E_ASKED, e.E_OFFER)
    assert set(ledger.rows["kind"][both].tolist()) == {e.E_ASKED, e.E_OFFER}
    assert (np.diff(both) > 0).all()
    assert len(ledger.of_kind()) == 0


@pytest.mark.parametrize(
    ("ask", "number", "told"),
    [
        ("of_person", -1, "people are numbered 0 to 699"), ("of_person", 700, "there is no person 700"),
        ("of_practitioner", -1, "posts are numbered 0 to 22"), ("of_practitioner", 23, "there is no practitioner 23"),
        ("of_team", -1, "teams are numbered 0 to 2"), ("of_team", 3, "there is no team 3"),
    ],
)  # fmt: skip
def test_who_is_not_there_is_an_error_with_the_range(ledger, ask, number, told):
    assert (ledger.n_posts, ledger.scenario.n_users) == (23, 700)
    with pytest.raises(InputError, match=told):
        getattr(ledger, ask)(number)


def test_a_table_has_dates_and_words(ledger):
    table = ledger.table()
    assert list(table.columns) == [
        "row", "week", "date", "event", "outcome", "person", "practitioner", "detail", "first", "second", "threshold",
        "draw",
    ]  # fmt: skip
    assert len(table) == len(ledger)
    assert table["row"].tolist() == list(range(len(ledger)))
    assert table["date"][0] == monday_of(int(ledger.rows["week"][0])).isoformat()
    some = ledger.of_kind(e.E_OFFER)
    offers = ledger.table(some)
    assert offers["row"].tolist() == some.tolist()
    assert set(offers["event"]) == {"offer"}
    assert offers["outcome"].map({"yes": 1, "no": 0}).tolist() == ledger.rows["outcome"][some].tolist()
    assert set(table["event"]) <= {kind.name for kind in KINDS.values()}
    assert ledger.table(some[:0]).empty


# Written and read


def test_a_ledger_comes_back_as_it_was_written(ledger, tmp_path):
    ledger.write(tmp_path / FILE)
    for place in (tmp_path, tmp_path / FILE, str(tmp_path)):
        again = read_ledger(place)
        assert again.rows.dtype == EVENT
        assert again.rows.tobytes() == ledger.rows.tobytes()
        assert (again.seed, again.n_posts, again.model_version) == (3, 23, MODEL_VERSION)
        assert again.scenario.digest() == ledger.scenario.digest()
    assert (tmp_path / FILE).read_bytes() == _written_again(ledger, tmp_path / "again.parquet")
    columns = pd.read_parquet(tmp_path / FILE)
    assert tuple(columns.columns) == EVENT.names
    assert columns["draw"].to_numpy().tobytes() == ledger.rows["draw"].tobytes()


def _written_again(ledger, place) -> bytes:
    ledger.write(place)
    return place.read_bytes()


def test_an_empty_ledger_comes_back(ledger, tmp_path):
    dataclasses.replace(ledger, rows=ledger.rows[:0]).write(tmp_path / FILE)
    assert len(read_ledger(tmp_path)) == 0


def test_a_ledger_of_another_version_of_the_model_is_refused(ledger, tmp_path):
    dataclasses.replace(ledger, model_version="0123456789abcdef").write(tmp_path / FILE)
    with pytest.raises(InputError, match="another version of the model.*0123456789abcdef") as told:
        read_ledger(tmp_path)
    assert MODEL_VERSION in str(told.value)


def test_where_there_is_no_ledger_it_is_said_how_to_get_one(tmp_path):
    for place in (tmp_path, tmp_path / "none.parquet"):
        with pytest.raises(InputError, match="--ledger --out"):
            read_ledger(place)


def other_table(place):
    pq.write_table(pa.table({"week": [1, 2]}), place)


def without_a_column(place):
    table = pq.read_table(place)
    pq.write_table(table.drop_columns(["draw"]), place)


def with_other_words(place):
    table = pq.read_table(place)
    pq.write_table(table.replace_schema_metadata({ledgers._META: b"{not json"}), place)


def without_a_seed(place):
    table = pq.read_table(place)
    about = json.loads(table.schema.metadata[ledgers._META])
    del about["seed"]
    pq.write_table(table.replace_schema_metadata({ledgers._META: json.dumps(about).encode()}), place)


def text(place):
    place.write_text("week,kind\n1,2\n")


def cut_short(place):
    place.write_bytes(place.read_bytes()[:-100])


@pytest.mark.parametrize("damage", [other_table, without_a_column, with_other_words, without_a_seed, text, cut_short])
def test_what_is_no_ledger_is_refused(ledger, tmp_path, damage):
    ledger.write(tmp_path / FILE)
    damage(tmp_path / FILE)
    with pytest.raises(InputError, match="is not a ledger that persim wrote"):
        read_ledger(tmp_path)


def test_a_ledger_that_cannot_be_written_is_told_in_a_line(ledger, tmp_path):
    with pytest.raises(StoreError, match=r"ledger\.parquet cannot be written"):
        ledger.write(tmp_path / "no" / "such" / FILE)


# Room


def test_a_ledger_grows_before_a_week_might_not_fit():
    scenario = read_scenario("baseline").changed(n_users=50, n_weeks=2)
    world = start_world(50, scenario.weekly_parameters(), 1)
    _, notes = scratch(empty_ledger())
    need = rows_a_week(world)
    notes = with_room(notes, world)
    assert len(notes.ledger) >= need
    assert with_room(notes, world) is notes
    notes.ledger[1:3]["week"] = 7
    used = notes.ledger["person"][0] = len(notes.ledger) - need
    assert weeks_that_fit(notes, world) == 0
    longer = with_room(notes, world)
    assert len(longer.ledger) - 1 - used >= need
    assert weeks_that_fit(longer, world) >= 1
    assert len(written(longer)) == used
    assert written(longer)["week"][:2].tolist() == [7, 7]


BUSY = {
    "information": 1, "informed_at_start": 0.5, "ask_rate": 0.1, "default_offer": 1, "review_weeks": 13, "willing": 1,
    "stable_to_crisis": 0.05, "bureaucracy": 0, "rest_weeks": 0, "turnover": 0.6, "sickness_rate": 0.05,
    "reassessment_rate": 0.1, "transfer_rate": 0.02,
}  # fmt: skip


def test_no_week_writes_more_than_there_is_room_for():
    run = simulate("gold_standard", 1, n_users=300, n_weeks=120, ledger=True, **BUSY)
    assert run.ledger is not None
    rows = run.ledger.rows
    most = np.bincount(rows["week"]).max()
    assert most <= rows_a_week(run.world)
    by_person = rows[rows["person"] >= 0]
    busiest = np.unique(by_person["week"].astype(np.int64) * 300 + by_person["person"], return_counts=True)[1].max()
    assert 12 < busiest <= e.MOST_A_PERSON


# The same run


def same_run(one, other):
    assert one.record.tobytes() == other.record.tobytes()
    for table, first, second in zip(one.world._fields, one.world, other.world, strict=True):
        assert first.tobytes() == second.tobytes(), table


@pytest.mark.parametrize("name", ["baseline", "gold_standard", "cto_rights/all", "thirty_percent_target"])
@pytest.mark.parametrize("record", ["weekly", "quarterly", "final"])
def test_a_run_with_a_ledger_is_the_run_without_one(name, record):
    scenario = read_scenario(name).changed(n_users=400, n_weeks=100)
    assert (scenario.enrich is not None) == name.startswith("cto_rights")
    plain = run_scenario(scenario, 5, record, ALL_GROUPS)
    kept = run_scenario(scenario, 5, record, ALL_GROUPS, ledger=True)
    same_run(plain, kept)
    assert plain.ledger is None
    assert kept.ledger.rows.tobytes() == run_scenario(scenario, 5, "weekly", ledger=True).ledger.rows.tobytes()


@pytest.mark.parametrize(("record", "since"), [("weekly", 30), ("quarterly", 30), ("final", 99), ("quarterly", 0)])
def test_weeks_that_are_not_recorded_are_in_the_ledger(record, since):
    scenario = read_scenario("baseline").changed(n_users=200, n_weeks=100)
    plain = run_scenario(scenario, 2, record, since=since)
    kept = run_scenario(scenario, 2, record, since=since, ledger=True)
    same_run(plain, kept)
    assert set(kept.ledger.rows["week"].tolist()) == set(range(scenario.start_week, scenario.start_week + 100))
    assert kept.ledger.rows.tobytes() == run_scenario(scenario, 2, ledger=True).ledger.rows.tobytes()


def test_one_week_and_one_person_have_a_ledger():
    run = simulate("seminar", n_users=1, n_weeks=1, ledger=True)
    assert len(run.ledger) > 0
    assert set(run.ledger.rows["person"].tolist()) <= {-1, 0}


# Unfinished models


@pytest.mark.parametrize("engine", ["compiled", "agents"])
def test_the_ledger_of_an_unfinished_model_is_as_long_as_what_was_run(engine):
    model = PersonalisationModel("baseline", engine=engine, n_users=66, n_weeks=40, ledger=True)
    assert model.run.ledger is None
    model.run_for(17)
    run = model.run
    assert run.ledger is not None
    assert run.ledger.scenario.n_weeks == 17
    found = Replay(run.ledger).people()
    assert all(found[name].tobytes() == run.world.users[name].tobytes() for name in found.dtype.names or ())


def test_a_copy_of_a_model_holds_what_is_written_and_goes_on_to_the_same_bytes():
    model = PersonalisationModel("baseline", n_users=300, n_weeks=30, ledger=True)
    model.run_for(9)
    sent = pickle.dumps(model)
    assert sent == pickle.dumps(model)
    without = PersonalisationModel("baseline", n_users=300, n_weeks=30)
    without.run_for(9)
    rows = len(model.run.ledger.rows)
    assert len(sent) < len(pickle.dumps(without)) + (rows + 1) * EVENT.itemsize + 4096
    copy = pickle.loads(sent)
    for other in (model, copy):
        other.run_model()
    assert copy.run.ledger.rows.tobytes() == model.run.ledger.rows.tobytes()


def test_a_person_who_is_not_there_cannot_be_rebuilt(ledger):
    with pytest.raises(InputError, match="there is no person 100000"):
        Replay(ledger).weekly(100_000)


def test_weeks_on_the_way_are_counted_from_when_budgets_were_raised():
    scenario = read_scenario("baseline").changed(n_users=1000)
    rows = run_scenario(scenario, 3, ledger=True).ledger.rows
    left, stages = rows[rows["kind"] == e.E_LEFT], rows[rows["kind"] == e.E_STAGE]
    assert (left["first"][left["detail"] <= Stage.HANDED_ON] == 0).all()
    assert ((left["first"] >= 0) & (left["first"] < 260)).all()
    assert ((stages["first"] >= 0) & (stages["first"] < 260)).all()


def test_a_hand_off_that_was_not_taken_says_every_reason():
    scenario = read_scenario("baseline").changed(n_users=1000, handoff_full=1, council_cases=0.3, handoff_tried=1)
    rows = run_scenario(scenario, 3, ledger=True).ledger.rows
    arrived = rows[(rows["kind"] == e.E_HAND_OFF) & (rows["outcome"] != e.LOST)]
    reasons = arrived["detail"] & (e.FULL_BIT | e.NOBODY_BIT | 1 << Barrier.ROLE)
    assert ((reasons != 0) == (arrived["outcome"] == e.BOUNCED)).all()
    assert ((arrived["detail"] & e.FULL_BIT != 0) == (arrived["first"] >= arrived["second"])).all()
    assert len(set(reasons.tolist())) >= 4


# Damage


def _changed_rows(place, change):
    table = pq.read_table(place)
    kept = table.schema.metadata
    pq.write_table(change(table).replace_schema_metadata(kept), place)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.slice(0, len(table) // 2), lambda table: table.slice(0, 0),
        lambda table: table.take(pa.array(range(len(table) - 1, -1, -1))),
        lambda table: table.set_column(0, "week", pa.array(np.full(len(table), -7, np.int16))),
        lambda table: table.set_column(1, "kind", pa.array(np.full(len(table), 99, np.int8))),
    ],
    ids=["half", "no rows", "reversed", "negative weeks", "no such kind"],
)  # fmt: skip
def test_a_ledger_whose_rows_were_changed_is_refused(ledger, tmp_path, change):
    ledger.write(tmp_path / FILE)
    _changed_rows(tmp_path / FILE, change)
    with pytest.raises(InputError, match="is not as it was written"):
        read_ledger(tmp_path)


@pytest.mark.parametrize("key", ["seed", "n_users", "scenario"])
def test_a_ledger_that_says_something_else_of_its_run_is_refused(ledger, tmp_path, key):
    ledger.write(tmp_path / FILE)
    table = pq.read_table(tmp_path / FILE)
    ((name, text),) = table.schema.metadata.items()
    about = json.loads(text)
    if key == "seed":
        about["seed"] += 1
    elif key == "n_users":
        about["scenario"]["n_users"] += 33
    else:
        del about["scenario"]
    pq.write_table(table.replace_schema_metadata({name: json.dumps(about).encode()}), tmp_path / FILE)
    with pytest.raises(InputError, match=r"is not as it was written|is not a ledger that persim wrote"):
        read_ledger(tmp_path)
