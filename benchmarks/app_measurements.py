"""Measurements of the seminar's page: how soon it is there, how soon a dial answers, and a class of thirty on one server."""

import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rows import NOTED, Row, Size, at_most, spread

VISITORS, THINKING = 30, 0.5  # people in a class; seconds between two turns of a dial
FIRST_PAINT_GOAL, CURVE_GOAL, REPLAY_GOAL = 2.0, 200.0, 5.0  # seconds, milliseconds, MB
CHROMIUM = next((at for name in ("chromium", "chromium-browser", "google-chrome") if (at := shutil.which(name))), None)
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
OUTCOMES = ["reported_take_up", "real_take_up", "control_felt"]


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """A server of its own: its port and its process."""
    command = [sys.executable, "-m", "persim", "app", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found, "the server did not say where it is"
        try:
            yield int(found[1]), process.pid
        finally:
            process.send_signal(signal.SIGINT)


def asked(port: int, route: str, body: dict[str, Any] | None, visitor: str) -> float:
    """Milliseconds until an answer is there, its connection made anew."""
    begin = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"content-type": "application/json", "accept-encoding": "gzip", "x-visitor": visitor}
    connection.request(
        "POST" if body is not None else "GET", route, json.dumps(body) if body is not None else None, headers
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{route} answered {answer.status}")
    return 1000.0 * (time.perf_counter() - begin)


def one_turn(number: int, seed: int) -> dict[str, Any]:
    """What the page asks for while a dial is turned: six runs of 400 people, no two alike."""
    dials = {"role_boundary": round((number * 37 % 97) / 100, 2), "bureaucracy": round((seed * 13 % 89) / 100, 2)}
    return {"settings": {"seed": seed, "worlds": [{"dials": dials}]}, "replicates": 6, "outcomes": OUTCOMES}


def room(size: Size) -> list[Row]:
    """One visitor who turns a dial without a rest; then thirty at once, while others open the page."""
    with served() as (port, pid):
        asked(port, "/api/curves", one_turn(0, 1), "warm-up-visitor")
        alone = [asked(port, "/api/curves", one_turn(n, 2), "lonely-visitor") for n in range(20 * size.rounds)]
        turns: list[float] = []
        films: list[float] = []
        pages: list[float] = []
        until = time.monotonic() + 4.0 * size.rounds
        visitors = [threading.Thread(target=_visit, args=(port, n, until, turns, films)) for n in range(VISITORS)]
        for visitor in visitors:
            visitor.start()
        while time.monotonic() < until:
            pages.append(asked(port, "/", None, "newcomer-visitor"))
            time.sleep(0.2)
        for visitor in visitors:
            visitor.join()
        memory = _memory(pid)
    return [
        Row("a dial's curve with its band (6 runs of 400 people x 260 weeks), one visitor", spread(alone, " ms", 0),
            f"under {CURVE_GOAL:.0f} ms", at_most(statistics.median(alone), CURVE_GOAL)),
        Row(f"the same with {VISITORS} visitors at once, each turning a dial every half second", _tail(turns)),
        Row(f"a film of 400 people, {VISITORS} visitors at once", _tail(films)),
        Row(f"the page itself, while {VISITORS} visitors turn dials", _tail(pages)),
        Row(f"memory of the server after {VISITORS} visitors", f"{memory:.0f} MB"),
    ]  # fmt: skip


def _visit(port: int, number: int, until: float, turns: list[float], films: list[float]) -> None:
    """A visitor turns a dial every half second, and lets it rest every fifth time, which asks for a film."""
    turn = 0
    while time.monotonic() < until:
        turn += 1
        body = one_turn(turn * VISITORS + number, number)
        turns.append(asked(port, "/api/curves", body, f"visitor-{number:03d}"))
        if turn % 5 == 0:
            films.append(asked(port, "/api/film", {"settings": body["settings"]}, f"visitor-{number:03d}"))
        time.sleep(THINKING)


def _tail(values: list[float]) -> str:
    ordered = sorted(values)
    worst = ordered[int(0.95 * (len(ordered) - 1))]
    return f"{statistics.median(ordered):,.0f} ms, 95 % within {worst:,.0f} ms ({len(ordered):,} answers)"


def _memory(pid: int) -> float:
    """Memory that a process holds, MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def browser(size: Size) -> list[Row]:
    """The page in a real browser: the first paint, the first curves, and from a turn of a dial to the curve that is drawn."""
    if CHROMIUM is None:
        return [Row("the page in a browser", "no Chromium here")]
    from playwright.sync_api import sync_playwright

    paints, ready, drawn, requests = [], [], [], []
    with served() as (port, _), sync_playwright() as playwright:
        address = f"http://127.0.0.1:{port}/"
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for number in range(size.rounds + 1):
            page = opened.new_context(viewport={"width": 1280, "height": 900}).new_page()
            sizes: list[int] = []
            page.on("requestfinished", lambda request, kept=sizes: kept.append(request.sizes()["responseBodySize"]))
            begin = time.perf_counter()
            page.goto(address)
            page.wait_for_selector("body[data-ready]")
            if number == 0:
                continue  # the first visit warms the server's and the browser's caches of code
            ready.append(time.perf_counter() - begin)
            paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000.0)
            requests.append(sum(sizes) / 1000.0)
            drawn += [page.evaluate(TURN, value / 20) for value in range(3, 13)]
            page.context.close()
        opened.close()
    return [
        Row("first paint of the page", spread(paints, " s", 2), f"under {FIRST_PAINT_GOAL:.0f} s",
            at_most(statistics.median(paints), FIRST_PAINT_GOAL)),
        Row("everything drawn: people, curves with bands", spread(ready, " s", 2), "", NOTED),
        Row("all that is loaded", f"{statistics.median(requests):,.0f} kB"),
        Row("from a turn of a dial to five years redrawn, in the browser", spread(drawn, " ms", 0),
            f"under {CURVE_GOAL:.0f} ms", at_most(statistics.median(drawn), CURVE_GOAL)),
    ]  # fmt: skip


# Turns a dial as a hand does, and waits until the line of real take-up is another path on the screen.
TURN = """async (value) => {
  const dial = document.getElementById("dial-role_boundary");
  const line = () => [...document.querySelectorAll("#charts .line")].map((path) => path.getAttribute("d")).join();
  const before = line();
  const begin = performance.now();
  dial.value = String(value);
  dial.dispatchEvent(new Event("input", { bubbles: true }));
  while (line() === before) await new Promise((frame) => requestAnimationFrame(frame));
  const taken = performance.now() - begin;
  await new Promise((rest) => setTimeout(rest, 700));
  return taken;
}"""


def replay(size: Size) -> list[Row]:
    """The file that `persim replay` writes: two worlds, 400 people, five years, every story."""
    seconds, megabytes = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "seminar.html"
        for _ in range(min(3, size.rounds)):
            begin = time.perf_counter()
            words = ["replay", "baseline", "--versus", "gold_standard", "--people", "400", "-o", str(place), "--force"]
            subprocess.run(
                [sys.executable, "-m", "persim", *words], check=True, capture_output=True, env=dict(os.environ)
            )
            seconds.append(time.perf_counter() - begin)
            megabytes = place.stat().st_size / 1e6
    return [
        Row("`persim replay`: two worlds, 400 people x 260 weeks, every story, in one file", f"{megabytes:.2f} MB",
            f"under {REPLAY_GOAL:.0f} MB", at_most(megabytes, REPLAY_GOAL)),
        Row("writing that file, in all", spread(seconds, " s", 1)),
    ]  # fmt: skip


APP: dict[str, Callable[[Size], list[Row]]] = {"room": room, "browser": browser, "replay": replay}
