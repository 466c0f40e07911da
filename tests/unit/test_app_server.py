"""The seminar's server: what it answers, what it refuses, and that visitors do not disturb each other."""

import concurrent.futures
import json
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("starlette", reason="the page needs persim[app]")

from starlette.testclient import TestClient

from persim import cli
from persim.app.guard import MOST_BYTES
from persim.app.server import make_app
from persim.app.settings import MOST_FAULTS
from persim.scenario import read_scenario
from persim.simulate import run_scenario

STORIES = {
    "story": {"person": 17}, "twins": {"person": 17}, "meetings": {"person": 17}, "week": {"post": 2, "week": 30},
    "lucks": {"person": 17, "lucks": [5, 6]},
}  # fmt: skip
TWO = {"people": 120, "worlds": [{}, {"scenario": "gold_standard"}]}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(make_app(), raise_server_exceptions=False) as opened:
        yield opened


def said(client: TestClient, route: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"/api/{route}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_final_numbers_are_those_of_persim_run_with_the_same_seed(client: TestClient) -> None:
    outcomes = ["reported_take_up", "real_take_up"]
    settings = {"people": 150, "seed": 4, "worlds": [{"dials": {"role_boundary": 0.2}}]}
    found = said(client, "curves", settings=settings, replicates=3, outcomes=outcomes)
    told = CliRunner().invoke(
        cli.app, ["run", "baseline", "--people", "150", "--seed", "4", "--set", "role_boundary=0.2", "--json"]
    )
    assert told.exit_code == 0, told.output
    headline = {row["outcome"]: row["values"][-1] for row in json.loads(told.stdout)["headline"]}
    last = run_scenario(read_scenario("baseline").changed(n_users=150, role_boundary=0.2), 4)
    assert headline["real_take_up"] > 0.0
    for name in outcomes:
        assert found["final"][0][name] == round(headline[name], 5)
        assert found["worlds"][0]["outcomes"][name]["own"] == [round(float(x), 5) for x in last.series(name)]


def test_a_band_holds_nine_in_ten_runs_and_the_middle_is_their_mean(client: TestClient) -> None:
    found = said(client, "curves", settings={"people": 100}, replicates=9, outcomes=["informed"])
    scenario = read_scenario("baseline").changed(n_users=100)
    runs = np.stack([run_scenario(scenario, seed).series("informed") for seed in range(1, 10)])
    lines = found["worlds"][0]["outcomes"]["informed"]
    low, high = np.quantile(runs, (0.05, 0.95), axis=0)
    assert np.allclose(lines["middle"], runs.mean(axis=0), atol=1e-5)
    assert np.allclose(lines["low"], low, atol=1e-5)
    assert np.allclose(lines["high"], high, atol=1e-5)


def test_differences_are_of_the_same_people_and_luck(client: TestClient) -> None:
    found = said(client, "curves", settings=TWO, replicates=6, outcomes=["real_take_up"])
    apart = np.stack([
        run_scenario(read_scenario("gold_standard").changed(n_users=120), seed).series("real_take_up")
        - run_scenario(read_scenario("baseline").changed(n_users=120), seed).series("real_take_up")
        for seed in range(1, 7)
    ])  # fmt: skip
    lines = found["differences"]["real_take_up"]
    assert np.allclose(lines["middle"], apart.mean(axis=0), atol=1e-5)
    half = 2.5706 * apart.std(axis=0, ddof=1) / np.sqrt(6)  # Student's t with 5 degrees of freedom
    assert np.allclose(np.array(lines["high"]) - np.array(lines["middle"]), half, atol=2e-5)


def test_two_worlds_with_the_same_dials_are_identical(client: TestClient) -> None:
    settings = {"people": 100, "worlds": [{"dials": {"market": 0.7}}, {"dials": {"market": 0.7}}]}
    found = said(client, "curves", settings=settings, replicates=4, outcomes=["real_take_up", "informed"])
    assert found["worlds"][0]["outcomes"] == found["worlds"][1]["outcomes"]
    assert set(found["differences"]["informed"]["middle"]) == {0.0}
    films = client.post("/api/film", json={"settings": settings}).content
    first = struct.unpack("<I", films[:4])[0]
    assert films[4 : 4 + first] == films[8 + first :]


@pytest.mark.parametrize("route", STORIES)
def test_every_story_is_told_and_says_that_its_people_are_synthetic(client: TestClient, route: str) -> None:
    found = said(client, route, settings=TWO, **STORIES[route])
    assert "ynthetic" in found["synthetic"]
    assert "NaN" not in json.dumps(found)


@pytest.mark.parametrize(
    ("route", "body"),
    [("story", {"person": 120}), ("story", {"person": -1}), ("story", {}), ("story", {"person": "17"}),
     ("story", {"person": 1.5}),
     ("story", {"post": 99}), ("story", {"person": 1, "world": 2}), ("story", {"person": 10**30}),
     ("week", {"post": 1, "week": 9999}),
     ("week", {"post": 1, "week": None}), ("lucks", {"person": 1, "lucks": []}), ("lucks", {"person": 1, "lucks": [True]}),
     ("lucks", {"person": 1, "lucks": list(range(7))}), ("curves", {"outcomes": ["take_up"]}), ("curves", {"outcomes": []}),
     ("curves", {"outcomes": [[]]}), ("curves", {"replicates": 0}), ("curves", {"replicates": 41}),
     ("curves", {"replicates": True}),
     ("scenario", {"world": 5}), ("check", {"text": ""}), ("check", {"text": 5}), ("check", {"text": "name: [1"}),
     ("film", {"settings": {"people": 10**9}}), ("film", {"settings": None})],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_words(client: TestClient, route: str, body: dict[str, Any]) -> None:
    words = said(client, route, 400, **({"settings": TWO} | body))["error"]
    assert words
    assert "Traceback" not in words
    assert "/" not in words.replace("and/or", "").replace("0/1", "")


def test_twins_need_two_worlds(client: TestClient) -> None:
    assert "two worlds" in said(client, "twins", 400, settings={"people": 60}, person=1)["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 20000, b'{"settings": Infinity}', b"null"])
def test_a_body_that_is_no_json_object_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/curves", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_a_body_that_is_too_large_is_refused_whatever_length_it_names(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 1000 + 2):
            yield b" " * 1000

    kind = {"content-type": "application/json"}
    assert client.post("/api/curves", content=b" " * (MOST_BYTES + 1), headers=kind).status_code == 413
    assert client.post("/api/curves", content=pieces(), headers=kind).status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"origin": "http://elsewhere.example"}, 403), ({"content-type": "text/plain"}, 415), ({"host": "elsewhere.example"}, 421),
     ({"origin": "http://testserver"}, 200), ({"host": "192.168.1.5:8080"}, 200), ({"host": "[::1]:8080"}, 200),
     ({"origin": "null"}, 403), ({"host": ""}, 421)],
)  # fmt: skip
def test_requests_come_from_the_page_itself(client: TestClient, headers: dict[str, str], status: int) -> None:
    body = json.dumps({"text": "schema_version: 1\nname: mine\ntitle: t\nquestion: q\nextends: baseline\n"})
    answer = client.post("/api/check", content=body, headers={"content-type": "application/json"} | headers)
    assert answer.status_code == status


@pytest.mark.parametrize("place", ["/", "/api/catalogue", "/static/explore.js", "/nothing", "/api/curves"])
def test_every_answer_forbids_what_comes_from_elsewhere(client: TestClient, place: str) -> None:
    headers = client.get(place).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "place", ["/static/../server.py", "/static/%2e%2e/server.py", "/static/..%5cserver.py", "/../etc/passwd"]
)
def test_no_file_outside_is_given(client: TestClient, place: str) -> None:
    answer = client.get(place)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_no_page_names_another_origin(client: TestClient) -> None:
    for place in ("/", "/lessons", "/lessons/thirty_percent"):
        text = client.get(place).text
        assert "http://" not in text
        assert "https://" not in text
        assert "style=" not in text
        assert "onclick" not in text


def test_thirty_visitors_get_their_own_answers(client: TestClient) -> None:
    def of(visitor: int) -> dict[str, Any]:
        dial = visitor / 40
        body = {
            "settings": {"people": 60, "seed": visitor, "worlds": [{"dials": {"role_boundary": dial}}]},
            "replicates": 2,
        }
        answer = client.post("/api/curves", json=body, headers={"x-visitor": f"visitor-{visitor:04d}"})
        assert answer.status_code == 200
        return answer.json()

    with concurrent.futures.ThreadPoolExecutor(30) as visitors:
        found = list(visitors.map(of, range(30)))
    for visitor, one in enumerate(found):
        scenario = read_scenario("baseline").changed(n_users=60, role_boundary=visitor / 40)
        own = run_scenario(scenario, visitor).series("real_take_up")
        assert one["worlds"][0]["outcomes"]["real_take_up"]["own"] == [round(float(x), 5) for x in own]


def test_a_table_holds_every_week_world_and_outcome(client: TestClient) -> None:
    outcomes = ["real_take_up", "involvement_review"]
    answer = client.post("/api/table", json={"settings": TWO, "replicates": 2, "outcomes": outcomes})
    lines = answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/csv")
    assert lines[0].startswith("week,monday,world,scenario,outcome,this_run,mean,low,high,runs,seed")
    assert len(lines) == 1 + 260 * 2 * 2
    assert lines[1].startswith("0,2008-04-07,1,baseline,real_take_up,")


def test_a_scenario_is_checked_without_being_run(client: TestClient) -> None:
    text = "schema_version: 1\nname: mine\ntitle: Mine\nquestion: Why?\nextends: lean_process\n"
    found = said(client, "check", text=text)
    assert found["title"] == "Mine"
    assert (
        "did you mean 'baseline'" in said(client, "check", 400, text=text.replace("lean_process", "baselin"))["error"]
    )


@pytest.mark.parametrize(
    ("route", "body"), [("story", {"post": 0, "week": 10**9}), ("week", {"post": 0, "week": 99_999})]
)
def test_a_week_far_outside_the_calendar_is_refused(client: TestClient, route: str, body: dict[str, Any]) -> None:
    said(client, route, 400, settings={"people": 50}, **body)


def test_twins_are_told_where_one_scenario_lasts_longer(client: TestClient) -> None:
    settings = {"people": 50, "worlds": [{}, {"scenario": "integrated_teams"}]}
    for person in range(50):
        assert said(client, "twins", settings=settings, person=person)["kind"] == "twins"


def test_very_many_faults_are_answered_in_a_few_lines(client: TestClient) -> None:
    text = "schema_version: 1\nname: mine\ntitle: T\nquestion: Why?\n" + "".join(f"zz{n}: 1\n" for n in range(1000))
    told = said(client, "check", 400, text=text)["error"].splitlines()
    assert told[-1] == f"and {1000 - MOST_FAULTS} more"
    assert len(told) == MOST_FAULTS + 1


@pytest.mark.parametrize(("place", "status", "words"), [
    ("/static/%00", 404, "nothing at this address"), ("/api/curves", 405, "asked in another way"),
])  # fmt: skip
def test_what_is_asked_for_wrongly_is_no_fault_of_the_server(
    client: TestClient, place: str, status: int, words: str
) -> None:
    answer = client.get(place)
    assert answer.status_code == status
    assert words in answer.json()["error"]
