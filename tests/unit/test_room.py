"""Class mode: what a room takes, pools, keeps to itself and forgets; the teacher's key; the link that others can open."""

import itertools
import random

import numpy as np
import pytest

pytest.importorskip("starlette", reason="the page needs persim[app]")

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from persim.app.guard import Guard
from persim.app.lan import own_addresses, reach
from persim.app.lesson_pages import lesson_named
from persim.app.room import (
    MOST_CURVES,
    MOST_OF_ADDRESS,
    MOST_POINTS,
    MOST_VISITORS,
    Asked,
    ClosedError,
    Room,
    checked_answer,
)
from persim.app.room_routes import qr_picture, room_pages, room_routes, teacher_link
from persim.app.routing import refused
from persim.errors import InputError, PersimError

LESSON, CHOICE, CURVE = "thirty_percent", "real", "headline"
NUMBER = Asked("number", "How many?", "Take-up", "percent", (), 0.0, 0.5, 0, 259)


def visitor(number: int) -> str:
    return f"visitor-{number:08d}"


@pytest.fixture
def room() -> Room:
    opened = Room(lesson_named)
    opened.choose(LESSON, CHOICE)
    return opened


@pytest.fixture
def client(room: Room) -> TestClient:
    routes = [*room_pages(room), Mount("/api/room", routes=room_routes(room, reach("0.0.0.0", 8080, ["192.168.1.20"])))]
    app = Starlette(routes=routes, exception_handlers={PersimError: refused})
    return TestClient(Guard(app), follow_redirects=False)


def answers(client: TestClient, number: int, answer, part=CHOICE, lesson=LESSON):
    body = {"lesson": lesson, "part": part, "answer": answer}
    return client.post("/api/room/answers", json=body, headers={"x-visitor": visitor(number)})


def teacher(client: TestClient, room: Room, **body):
    return client.post("/api/room/state", json=body, headers={"x-room-key": room.key})


def pooled(client: TestClient, key: str | None = None, part=CHOICE):
    headers = {} if key is None else {"x-room-key": key}
    return client.get("/api/room/pooled", params={"lesson": LESSON, "part": part}, headers=headers)


# What is pooled


def test_choices_are_counted_and_a_second_answer_takes_the_place_of_the_first(room):
    for number, choice in enumerate([0, 1, 1, 2, 1]):
        room.answer(visitor(number), LESSON, CHOICE, choice)
    room.answer(visitor(0), LESSON, CHOICE, 1)
    found = room.pooled(LESSON, CHOICE)
    assert (found["n"], found["counts"]) == (5, [0, 4, 1])


def test_fewer_than_three_answers_are_only_counted(room):
    room.answer(visitor(1), LESSON, CHOICE, 0)
    room.answer(visitor(2), LESSON, CHOICE, 2)
    found = room.pooled(LESSON, CHOICE)
    assert (found["n"], found["few"]) == (2, True)
    assert not {"counts", "median", "curves"} & set(found)


def test_curves_are_pooled_at_each_quarter_as_numpy_has_it(room):
    grid = room.asked(LESSON, CURVE).grid
    chance = random.Random(4)
    drawn = [[chance.random() * 0.4 for _ in grid] for _ in range(21)]
    for number, values in enumerate(drawn):
        room.answer(visitor(number), LESSON, CURVE, [list(pair) for pair in zip(grid, values, strict=True)])
    found = room.pooled(LESSON, CURVE)
    assert found["weeks"] == grid
    assert grid[-1] == 207
    assert grid[0] >= 73
    assert {late - early for early, late in itertools.pairwise(grid)} == {13}
    assert np.allclose(found["median"], np.median(drawn, axis=0), atol=1e-5)
    assert np.allclose(found["low"], np.quantile(drawn, 0.25, axis=0), atol=1e-5)
    assert np.allclose(found["high"], np.quantile(drawn, 0.75, axis=0), atol=1e-5)
    assert np.allclose(found["curves"], drawn, atol=1e-4)


def test_a_curve_drawn_at_other_weeks_is_read_between_its_points(room):
    first, last = room.asked(LESSON, CURVE).grid[0], room.asked(LESSON, CURVE).last_week
    for number in range(3):
        room.answer(visitor(number), LESSON, CURVE, [[first, 0.1], [last, 0.3]])
    found = room.pooled(LESSON, CURVE)
    assert np.allclose(found["median"], np.interp(found["weeks"], [first, last], [0.1, 0.3]), atol=1e-5)


def test_no_more_than_sixty_curves_are_told_one_by_one(room):
    for number in range(MOST_CURVES + 15):
        room.answer(visitor(number), LESSON, CURVE, [[80, 0.1], [207, 0.2]])
    found = room.pooled(LESSON, CURVE)
    assert (found["n"], len(found["curves"])) == (MOST_CURVES + 15, MOST_CURVES)


def test_numbers_are_put_into_bins_with_median_and_quartiles_as_numpy_has_them(room):
    room.keep("made", "up", NUMBER)
    values = [0.0, 0.049, 0.05, 0.11, 0.32, 0.33, 0.5]
    for number, value in enumerate(values):
        room.answer(visitor(number), "made", "up", value)
    found = room.pooled("made", "up")
    assert found["counts"] == [2, 1, 1, 0, 0, 0, 2, 0, 0, 1]
    assert found["edges"] == [round(0.05 * step, 6) for step in range(11)]
    assert found["median"] == pytest.approx(np.median(values), abs=1e-6)
    assert (found["low"], found["high"]) == pytest.approx(tuple(np.quantile(values, (0.25, 0.75))), abs=1e-6)


# What is refused


@pytest.mark.parametrize("answer", [None, -1, 3, 10**30, True, "1", 1.0, [1], {"a": 1}, float("nan")])
def test_a_choice_that_is_none_is_refused(room, answer):
    with pytest.raises(InputError, match="number of a choice"):
        room.answer(visitor(1), LESSON, CHOICE, answer)


@pytest.mark.parametrize("answer", [None, True, "0.2", -0.01, 0.51, float("nan"), float("inf"), [0.2], 10**400])
def test_a_number_out_of_bounds_or_none_at_all_is_refused(answer):
    with pytest.raises(InputError, match="from 0 to 0.5"):
        checked_answer(NUMBER, answer)


@pytest.mark.parametrize(
    "answer",
    [
        None, [], "curve", 10**400, [[80, 0.1]], [[80, 0.1], [80, 0.2]], [[90, 0.1], [80, 0.2]], [[72, 0.1], [80, 0.2]],
        [[80, 0.1], [208, 0.2]], [[80, 0.1], [81.5, 0.2]], [[80, 0.1], [True, 0.2]], [[80, 0.1], [90, 9.0]],
        [[80, 0.1], [90, float("nan")]], [[80, 0.1], [90]], [[80, 0.1], 90],
        [[week, 0.1] for week in range(80, 80 + MOST_POINTS + 1)],
    ],
)  # fmt: skip
def test_a_curve_that_cannot_have_been_drawn_is_refused(room, answer):
    with pytest.raises(InputError, match="answer: "):
        room.answer(visitor(1), LESSON, CURVE, answer)


def test_parts_that_ask_nothing_and_lessons_that_are_not_there_are_refused(room):
    with pytest.raises(InputError, match="asks for no prediction"):
        room.answer(visitor(1), LESSON, "real_seen", 1)
    with pytest.raises(InputError, match="no part"):
        room.choose(LESSON, "nowhere")
    with pytest.raises(InputError, match="no lesson"):
        room.choose("../../etc/passwd", "real")


def test_there_are_no_answers_without_a_class_or_after_the_reveal(room):
    with pytest.raises(ClosedError, match="no class"):
        Room(lesson_named).answer(visitor(1), LESSON, CHOICE, 1)
    room.reveal(LESSON, CHOICE)
    with pytest.raises(ClosedError, match="reveal is open"):
        room.answer(visitor(1), LESSON, CHOICE, 1)


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "with space", "né-token-12345", "a/b" * 5])
def test_a_token_that_no_page_makes_is_refused(room, token):
    with pytest.raises(InputError, match="token"):
        room.answer(token, LESSON, CHOICE, 1)
    room.joins(token)
    assert room.state["here"] == 0


def test_a_full_room_forgets_who_never_answered_but_nobody_who_did(room):
    for number in range(MOST_VISITORS):
        room.joins(visitor(number))
    room.answer(visitor(0), LESSON, CHOICE, 1)
    for number in range(1000, 1000 + MOST_VISITORS - 1):
        room.answer(visitor(number), LESSON, CHOICE, 2)
    assert room.state["here"] == MOST_VISITORS
    with pytest.raises(ClosedError, match="full"):
        room.answer(visitor(5000), LESSON, CHOICE, 0)
    assert room.pooled(LESSON, CHOICE)["counts"] == [0, 1, MOST_VISITORS - 1]


def test_starting_afresh_forgets_everything_and_says_so(room):
    for number in range(4):
        room.answer(visitor(number), LESSON, CHOICE, 1)
    room.reveal(LESSON, CHOICE)
    run = room.state["run"]
    room.start_afresh()
    assert room.state == {"in_session": False, "lesson": "", "part": "", "here": 0, "revealed": {}, "run": run + 1}
    room.choose(LESSON, CHOICE)
    assert room.pooled(LESSON, CHOICE)["n"] == 0


# By HTTP


def test_only_the_teacher_sees_what_is_pooled_until_it_is_revealed(client, room):
    for number in range(4):
        assert answers(client, number, 1).status_code == 200
    assert pooled(client).status_code == 403
    assert pooled(client, room.key).json()["counts"] == [0, 4, 0]
    assert teacher(client, room, do="reveal", lesson=LESSON, part=CHOICE).json()["revealed"] == {LESSON: [CHOICE]}
    assert pooled(client).json()["counts"] == [0, 4, 0]
    late = answers(client, 9, 1)
    assert (late.status_code, late.json()["error"]) == (403, "the reveal is open, so answers are closed")


@pytest.mark.parametrize("change", [lambda key: "", lambda key: key[:-1], lambda key: key + "x", lambda key: "x" * 22])
def test_a_wrong_key_opens_nothing(client, room, change):
    wrong = {"x-room-key": change(room.key)}
    for does in ("choose", "reveal", "afresh"):
        body = {"do": does, "lesson": LESSON, "part": CURVE}
        assert client.post("/api/room/state", json=body, headers=wrong).status_code == 403
    assert client.get("/api/room/state", headers=wrong).json()["teacher"] is False
    assert pooled(client, change(room.key)).status_code == 403
    assert room.state["part"] == CHOICE
    assert room.state["revealed"] == {}


def test_a_key_with_odd_letters_is_only_wrong(room):
    assert not room.is_teacher("schlüssel")
    assert not room.is_teacher(None)
    assert Room(lesson_named).key != room.key
    assert len(room.key) >= 20


def test_visitors_are_counted_when_their_page_asks_how_the_class_stands_and_the_teacher_is_not(client, room):
    for number in (1, 2, 2):
        client.get("/api/room/state", headers={"x-visitor": visitor(number)})
    told = client.get("/api/room/state", headers={"x-visitor": visitor(9), "x-room-key": room.key}).json()
    assert (told["here"], told["teacher"], told["in_session"]) == (2, True, True)
    assert visitor(1) not in str(told)


@pytest.mark.parametrize(
    "body",
    [
        "[]", "not json", '{"lesson": 1, "part": "real", "answer": 1}', '{"lesson": "", "part": "real"}', "{}",
        '{"lesson": "thirty_percent", "part": ["real"], "answer": 1}', "[" * 5000,
        '{"lesson": "thirty_percent", "part": "' + "x" * 200 + '", "answer": 1}',
        '{"lesson": "thirty_percent", "part": "real", "answer": 1e999}',
    ],
)  # fmt: skip
def test_hostile_bodies_are_refused_in_words(client, room, body):
    headers = {"content-type": "application/json", "x-visitor": visitor(1)}
    answer = client.post("/api/room/answers", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert room.pooled(LESSON, CHOICE)["n"] == 0


def test_a_body_that_is_too_large_and_a_class_steered_by_nonsense_are_refused(client, room):
    answer = answers(client, 1, [[80, 0.1]] * 40_000, CURVE)
    assert answer.status_code == 413
    assert teacher(client, room, do="destroy").status_code == 400
    assert teacher(client, room, do="choose", lesson=LESSON, part="real_seen").status_code == 400


def test_the_short_address_leads_to_the_lesson_of_the_class(client, room):
    assert client.get("/join").headers["location"] == f"/lessons/{LESSON}"
    teacher(client, room, do="afresh")
    assert client.get("/join").headers["location"] == "/lessons"


def test_the_link_and_its_code_are_those_that_others_can_open(client, room):
    told = client.get("/api/room/link").json()
    assert (told["link"], told["by_others"]) == ("http://192.168.1.20:8080/join", True)
    picture = client.get("/api/room/link.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")
    assert "<script" not in picture.text
    assert picture.text == qr_picture("http://192.168.1.20:8080/join")
    assert teacher_link(room, "http://127.0.0.1:8080") == f"http://127.0.0.1:8080/room#{room.key}"


# The link


def test_private_addresses_come_first_and_those_that_no_phone_reaches_not_at_all():
    found = own_addresses(
        {"192.168.255.254": "192.168.1.20", "192.0.2.1": "8.8.4.4"}.get,
        lambda: ["127.0.0.1", "169.254.3.4", "192.168.1.20", "10.0.0.7", "0.0.0.0"],
    )
    assert found == ["192.168.1.20", "10.0.0.7", "8.8.4.4"]


def test_without_a_network_the_link_is_this_machine_and_says_so():
    assert own_addresses(lambda target: None, list) == []
    found = reach("0.0.0.0", 8080, [])
    assert (found.link, found.by_others) == ("http://127.0.0.1:8080", False)
    assert "no network" in found.words


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_server_on_loopback_says_that_only_this_machine_can_open_it(host):
    found = reach(host, 8123)
    assert not found.by_others
    assert "--host 0.0.0.0" in found.words
    assert found.link.endswith(":8123")


def test_a_server_on_one_address_or_several_gives_their_links():
    assert reach("10.1.2.3", 80).link == "http://10.1.2.3:80"
    assert reach("fd00::1", 80).link == "http://[fd00::1]:80"
    found = reach("0.0.0.0", 8080, ["192.168.1.20", "10.0.0.7"])
    assert (found.link, found.others) == ("http://192.168.1.20:8080", ("http://10.0.0.7:8080",))


def test_looking_for_addresses_sends_nothing(monkeypatch):
    """The only calls on sockets are connect on datagrams, which sends nothing, and what the system tells of interfaces."""
    import socket

    def never(*arguments, **options):
        raise AssertionError("asked somebody")

    for name in ("getaddrinfo", "gethostbyname", "gethostbyaddr", "create_connection"):
        monkeypatch.setattr(socket, name, never)
    for address in own_addresses():
        assert not address.startswith("127.")


def test_a_page_that_invents_visitors_does_not_fill_the_room(room: Room) -> None:
    for number in range(MOST_OF_ADDRESS):
        room.answer(visitor(number), LESSON, CHOICE, 0, "192.168.1.9")
    with pytest.raises(ClosedError, match="full"):
        room.answer(visitor(999), LESSON, CHOICE, 0, "192.168.1.9")
    room.answer(visitor(0), LESSON, CHOICE, 1, "192.168.1.9")
    room.answer(visitor(1000), LESSON, CHOICE, 1, "192.168.1.10")
    assert room.pooled(LESSON, CHOICE)["n"] == MOST_OF_ADDRESS + 1
    assert "192.168" not in repr(vars(room))
    room.start_afresh()
    room.choose(LESSON, CHOICE)
    room.answer(visitor(999), LESSON, CHOICE, 0, "192.168.1.9")
