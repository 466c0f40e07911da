"""The same people with the luck of another seed: alike at the start, apart from the first week on, and rebuilt as exactly."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from persim import cli
from persim.biography import biography
from persim.errors import InputError
from persim.explain import ledger_of, lives_of
from persim.ledger import read_ledger
from persim.lives import Lives
from persim.mesa_model import PersonalisationModel
from persim.replay import Replay
from persim.scenario import read_scenario
from persim.simulate import run_scenario, simulate
from persim.start import start_of
from persim.state import LOCALITY, PRACTITIONER, TEAM, USER
from persim.twins import paired_lives, twins_of

RECORDS = {"users": USER, "practitioners": PRACTITIONER, "teams": TEAM, "localities": LOCALITY}


@pytest.fixture(scope="module")
def scenario():
    return read_scenario("baseline").changed(n_users=400, n_weeks=156)


@pytest.fixture(scope="module")
def lucky(scenario):
    """The run of seed 1 with the luck of seed 5."""
    return run_scenario(scenario, 1, ledger=True, luck=5)


@pytest.fixture(scope="module")
def usual(scenario):
    return run_scenario(scenario, 1, ledger=True)


def test_everybody_is_the_same_at_the_start_but_for_the_keys_of_luck(scenario):
    ours, theirs, other = start_of(scenario, 1), start_of(scenario, 1, 5), start_of(scenario, 5)
    for kind, record in RECORDS.items():
        for name in record.names:
            source = other if name == "key" else ours
            assert np.array_equal(getattr(theirs, kind)[name], getattr(source, kind)[name]), f"{kind} {name}"
    assert not np.array_equal(ours.users["key"], theirs.users["key"])
    assert not np.array_equal(ours.users["vulnerability"], other.users["vulnerability"])


def test_lives_differ_from_the_first_week_on(usual, lucky):
    assert usual.ledger.rows[:200].tobytes() != lucky.ledger.rows[:200].tobytes()
    in_crisis = [run.world.users["mental_state"] for run in (usual, lucky)]
    assert (in_crisis[0] != in_crisis[1]).mean() > 0.1
    # Who has another luck is still the same person: whoever kept the place has the traits of the start.
    for run in (usual, lucky):
        first = start_of(run.scenario, run.seed, run.luck).users
        stayed = run.world.users["key"] == first["key"]
        assert stayed.mean() > 0.8
        assert np.array_equal(run.world.users["vulnerability"][stayed], first["vulnerability"][stayed])


def test_ones_own_luck_gives_the_same_bytes_as_none(scenario, usual, tmp_path):
    own = run_scenario(scenario, 1, ledger=True, luck=1)
    assert (own.luck, own.ledger.luck) == (None, None)
    assert own.record.tobytes() == usual.record.tobytes()
    assert own.ledger.rows.tobytes() == usual.ledger.rows.tobytes()
    for run, name in ((own, "own.parquet"), (usual, "usual.parquet")):
        run.ledger.write(tmp_path / name)
    assert (tmp_path / "own.parquet").read_bytes() == (tmp_path / "usual.parquet").read_bytes()


def test_a_run_with_another_luck_is_rebuilt_from_its_ledger_to_the_last_bit(lucky):
    assert Replay(lucky.ledger).people().tobytes() == lucky.world.users.tobytes()
    assert len(np.flatnonzero(lucky.world.users["key"] != Lives(lucky.ledger).start.users["key"])) > 0  # some are new


def test_a_story_of_another_luck_knows_who_is_still_there(lucky):
    lives = Lives(lucky.ledger)
    new = lucky.world.users["key"] != start_of(lucky.scenario, 1, 5).users["key"]
    for person in [*np.flatnonzero(new)[:3].tolist(), *np.flatnonzero(~new)[:3].tolist()]:
        assert ("Who" in dict(biography(lives, person).end)) == new[person]


def test_a_ledger_that_forgot_its_luck_does_not_rebuild_it(lucky):
    forgetful = dataclasses.replace(lucky.ledger, luck=None)
    assert Replay(forgetful).people().tobytes() != lucky.world.users.tobytes()


def test_a_kept_ledger_keeps_its_luck(lucky, tmp_path):
    lucky.ledger.write(tmp_path / "ledger.parquet")
    back = read_ledger(tmp_path)
    assert (back.seed, back.luck) == (1, 5)
    assert back.rows.tobytes() == lucky.ledger.rows.tobytes()


def test_simulate_and_the_mesa_model_have_the_same_luck(lucky):
    run = simulate("baseline", 1, 400, 156, ledger=True, luck=5)
    assert run.ledger.rows.tobytes() == lucky.ledger.rows.tobytes()
    model = PersonalisationModel("baseline", 1, n_users=400, n_weeks=156, ledger=True, luck=5)
    model.run_for(156)
    assert model.run.ledger.rows.tobytes() == lucky.ledger.rows.tobytes()
    assert model.run.ledger.luck == model.run.luck == 5


def test_one_agent_at_a_time_has_the_same_luck_as_the_compiled_week(scenario):
    short = scenario.changed(n_users=60, n_weeks=12)
    models = [PersonalisationModel(short, 1, engine=engine, luck=5) for engine in ("compiled", "agents")]
    for model in models:
        model.run_for(12)
    assert models[0].world.users.tobytes() == models[1].world.users.tobytes()


def test_twins_of_another_luck_share_it(scenario, lucky, tmp_path):
    gold = read_scenario("gold_standard").changed(n_users=400, n_weeks=156)
    other = Lives(ledger_of(gold, 1, 5))
    found = twins_of((Lives(lucky.ledger), other), 3)
    assert "seed 1 with the luck of seed 5" in found.subtitle
    assert found.states[0][-1].tobytes() == lucky.world.users[3].tobytes()
    lucky.ledger.write(tmp_path / "ledger.parquet")
    _, beside = paired_lives(tmp_path, gold, None, None, None, {})  # run with the ledger's luck
    assert beside.rows.tobytes() == other.rows.tobytes()
    ledger_of(gold, 1).write(tmp_path / "unlucky.parquet")
    with pytest.raises(InputError, match="luck"):
        paired_lives(tmp_path / "ledger.parquet", tmp_path / "unlucky.parquet", None, None, None, {})


@pytest.mark.parametrize("luck", [1.5, True, "5", 2**62])
def test_luck_that_is_no_seed_is_refused_by_name(scenario, luck):
    with pytest.raises(InputError, match="luck is"):
        run_scenario(scenario, 1, luck=luck)


def test_the_luck_of_a_kept_ledger_cannot_be_changed(lucky, tmp_path):
    lucky.ledger.write(tmp_path / "ledger.parquet")
    with pytest.raises(InputError, match="luck cannot be changed"):
        lives_of(tmp_path, luck=6)


def test_persim_run_takes_another_luck_and_its_folder_can_be_made_again(tmp_path: Path) -> None:
    place = tmp_path / "lucky"
    words = ("run", "seminar", "--people", "100", "--weeks", "60", "--seed", "3", "--record", "quarterly")
    told = CliRunner().invoke(cli.app, [*words, "--luck", "9", "--out", str(place)])
    assert told.exit_code == 0, told.output
    assert "seed 3 with the luck of seed 9" in told.output
    plain = CliRunner().invoke(cli.app, words)
    assert plain.output.splitlines()[2:] != told.output.splitlines()[2:]
    again = CliRunner().invoke(cli.app, ["reproduce", str(place)])
    assert again.exit_code == 0, again.output
