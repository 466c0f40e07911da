"""The seminar's server under fault: visitors who never finish a request, too many connections, a port that is taken, kills."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the page needs persim[app]")

from persim.app import connections
from persim.cli_app import listening
from persim.errors import InputError

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def started(*options: str, cwd: Path | None = None) -> "tuple[subprocess.Popen[str], int]":
    command = [sys.executable, "-m", "persim", "app", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r":(\d+)/", line)
    assert found, line + (process.stderr.read() if process.stderr else "")
    port = int(found[1])
    for _ in range(200):
        try:
            asked(port, "/")
            break
        except OSError:
            time.sleep(0.05)
    return process, port


def asked(port: int, route: str, body: object = None, visitor: str = "some-visitor") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        headers = {"content-type": "application/json", "x-visitor": visitor}
        connection.request(
            "GET" if body is None else "POST", route, None if body is None else json.dumps(body), headers
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    process, found = started(cwd=tmp_path_factory.mktemp("empty"))
    yield found
    process.kill()
    process.communicate()


def test_many_connections_that_say_nothing_leave_room_for_others(port: int) -> None:
    if not _reaches("127.0.0.2", port):
        pytest.skip("this system has one loopback address only")
    with ExitStack() as kept:
        for number in range(connections.MOST_OF_ONE + 60):
            kept.enter_context(socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.2", 0)))
            if number % 40 == 39:
                time.sleep(0.05)  # what waits to be taken is bounded, too
        assert asked(port, "/")[0] == 200
        # The system may hand connections over late, so the address need not have all its places at once.
        assert any(_is_turned_away("127.0.0.2", port) for _ in range(20)), "the address had its places already"


def _is_turned_away(address: str, port: int) -> bool:
    """Is one more connection of this address closed without an answer?"""
    time.sleep(0.2)
    with socket.create_connection(("127.0.0.1", port), source_address=(address, 0)) as more:
        more.settimeout(5)
        try:
            more.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            return more.recv(100) == b""
        except ConnectionError:
            return True


def _reaches(address: str, port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1, source_address=(address, 0)).close()
    except OSError:
        return False
    return True


def test_a_request_that_never_ends_is_given_up(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        slow.settimeout(connections.SLOWEST + 10)
        begin = time.monotonic()
        with suppress(ConnectionResetError):
            assert slow.recv(1000) == b""
        assert time.monotonic() - begin > 1.0


@pytest.mark.parametrize("noise", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 70_000,
                                   b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\n\r\n"])  # fmt: skip
def test_noise_is_refused_and_the_page_goes_on(port: int, noise: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as other:
        other.settimeout(20)
        with suppress(OSError):
            other.sendall(noise)
            other.shutdown(socket.SHUT_WR)
            other.recv(1000)
    assert asked(port, "/")[0] == 200


def test_a_visitor_who_asks_for_all_there_is_does_not_hold_up_another(port: int) -> None:
    heavy = {"settings": {"people": 1000, "worlds": [{}, {"scenario": "gold_standard"}]}, "replicates": 40}
    greedy = [threading.Thread(target=asked, args=(port, "/api/curves", heavy, f"greedy-{n:04d}")) for n in range(6)]
    for thread in greedy:
        thread.start()
    time.sleep(0.2)
    light = {"settings": {"people": 50}, "replicates": 1}
    status, _ = asked(port, "/api/curves", light)
    still = sum(thread.is_alive() for thread in greedy)
    for thread in greedy:
        thread.join(120)
    assert status == 200
    assert still > 0, "the heavy questions were over before the light one: this showed nothing"


@POSIX
def test_interrupted_it_ends_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    process, port = started(cwd=tmp_path)
    assert asked(port, "/api/curves", {"settings": {"people": 60}, "replicates": 2})[0] == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(15) in (0, 130)
    said = process.stderr.read() if process.stderr else ""
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_said_in_one_line(port: int) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "persim", "app", "--port", str(port)], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 2
    assert told.stderr.splitlines() == [
        f"cannot listen on 127.0.0.1, port {port}: address already in use - try --port {port + 1}"
    ]


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.1.1.1", ""])
def test_an_address_that_is_not_this_machine_s_is_said_in_one_line(host: str) -> None:
    told = subprocess.run([sys.executable, "-m", "persim", "app", "--port", "0", "--host", host], capture_output=True,
                          text=True, timeout=60)  # fmt: skip
    assert told.returncode == 2
    assert len(told.stderr.splitlines()) == 1
    assert "cannot listen on" in told.stderr or "needs an address" in told.stderr


@pytest.mark.parametrize(
    ("host", "port", "way"), [("8.8.8.8", 0, "--host has to be"), ("256.1.1.1", 65535, "--host has")]
)
def test_what_helps_is_said_of_an_address_that_is_not_this_machine_s(host: str, port: int, way: str) -> None:
    with pytest.raises(InputError, match=way):
        listening(host, port)


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_of_lessons_that_is_none_is_said_at_once(tmp_path: Path, there: bool) -> None:
    place = tmp_path / "mine"
    if there:
        place.write_text("lesson: mine")
    told = subprocess.run([sys.executable, "-m", "persim", "app", "--port", "0", "--lessons", str(place)],
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert told.returncode == 2
    assert len(told.stderr.splitlines()) == 1
    assert ("is not a folder" if there else "there is no such folder") in told.stderr


def test_a_body_that_breaks_off_is_not_told_on_the_terminal(tmp_path: Path) -> None:
    process, port = started(cwd=tmp_path)
    head = (
        b"POST /api/curves HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    )
    with socket.create_connection(("127.0.0.1", port)) as other:
        other.sendall(head)
        time.sleep(0.3)
    assert asked(port, "/")[0] == 200
    process.terminate()
    _, said = process.communicate(timeout=20)
    assert "Traceback" not in said
