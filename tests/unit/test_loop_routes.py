"""What the page is told of a loop's strength."""

import numpy as np
import pytest

pytest.importorskip("starlette", reason="the page needs persim[app]")

from starlette.applications import Starlette
from starlette.testclient import TestClient

from persim.app import loop_routes as module
from persim.app.loop_routes import loop_routes
from persim.app.routing import Seminar, refused
from persim.errors import PersimError
from persim.scenario import read_scenario
from persim.simulate import run_scenario


@pytest.fixture
def client():
    app = Starlette(routes=loop_routes(), exception_handlers={PersimError: refused})
    app.state.seminar = Seminar(1)
    yield TestClient(app)
    app.state.seminar.pool.close()


def test_a_loop_is_told_with_and_without_it_as_the_runs_have_it(client, monkeypatch):
    monkeypatch.setattr(module, "PEOPLE", 200)
    monkeypatch.setattr(module, "PAIRS", 2)
    told = client.get("/api/loops/target").json()
    world = read_scenario("baseline").changed(n_users=200)
    on = np.mean([run_scenario(world, seed).series("reported_take_up") for seed in (1, 2)], axis=0)
    assert np.allclose(told["on"], on, atol=1e-6)
    assert told["off"][-1] < told["on"][-1]
    assert (told["label"], told["unit"], told["n"], told["title"]) == ("Reported take-up", "share", 2, "The baseline")


def test_a_loop_is_reckoned_once_however_many_ask(client, monkeypatch):
    made = []
    usual = module.loop_strength
    monkeypatch.setattr(module, "PEOPLE", 60)
    monkeypatch.setattr(module, "loop_strength", lambda *given: made.append(given) or usual(*given))
    first = client.get("/api/loops/blame").json()
    assert client.get("/api/loops/blame").json() == first
    assert len(made) == 1


def test_an_unknown_loop_is_refused_with_the_nearest(client):
    answer = client.get("/api/loops/lerning")
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        "no feedback loop is called 'lerning' - did you mean 'learning'?",
    )
