"""Class mode in a real browser: a teacher's screen and visitors' pages, on one server; and loops that are switched."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

pytest.importorskip("starlette", reason="the page needs persim[app]")

from browsing import LAPTOP, NEEDS_CHROMIUM, PHONE, SIZES, axe_faults, cut_off, opened, served

from persim.app.room import Room
from persim.app.server import make_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_CHROMIUM
LESSON, CHOICE = "thirty_percent", "real"


@pytest.fixture
def server() -> "Iterator[tuple[str, Room]]":
    """A server with an empty room: its address, and the room."""
    app = make_app()
    with served(app) as address:
        yield address, app.state.room


def answer(address: str, number: int, choice: int, part: str = CHOICE) -> None:
    """A visitor's prediction, without a page."""
    body = {"lesson": LESSON, "part": part, "answer": choice}
    headers = {"x-visitor": f"visitor-{number:08d}"}
    httpx.post(f"{address}/api/room/answers", json=body, headers=headers).raise_for_status()


def teaching(browser: "Browser", server: tuple[str, Room], size: tuple[int, int]) -> "tuple[Page, list[str]]":
    """The teacher's screen with the question on it."""
    address, room = server
    page, troubles = opened(browser, f"{address}/room#{room.key}", size)
    page.select_option("#room-lesson", LESSON)
    page.click("#room-questions button:nth-child(2)")
    page.wait_for_selector("#room-questions button:nth-child(2)[aria-pressed=true]")
    return page, troubles


def test_without_the_key_the_teachers_screen_stays_shut(browser, server):
    page, troubles = opened(browser, f"{server[0]}/room")
    page.wait_for_selector("text=The teacher's screen")
    assert page.locator("#room-lesson").count() == 0
    assert troubles == []


def test_the_key_leaves_the_address_at_once_and_a_reload_keeps_it(browser, server):
    page, _ = opened(browser, f"{server[0]}/room#{server[1].key}")
    page.wait_for_selector("#room-lesson")
    assert server[1].key not in page.url
    page.reload()
    page.wait_for_selector("#room-lesson")


def test_a_server_that_was_started_anew_is_told_to_the_teacher(browser, server):
    page, _ = teaching(browser, server, LAPTOP)
    server[1].key = "another-key-than-before"
    page.wait_for_selector("#trouble:has-text('started anew')", timeout=8000)
    assert page.locator("#room-lesson").count() == 0


@SIZES
def test_predictions_come_in_live_and_nothing_is_cut_off_or_keeps_anybody_out(browser, server, size):
    page, troubles = teaching(browser, server, size)
    for number in range(2):
        answer(server[0], number, 0)
    page.wait_for_selector("text=2 predictions. They are shown from 3 on.")
    for number in range(2, 6):
        answer(server[0], number, 1)
    page.wait_for_selector("text=4 of 6")
    page.check("#room-covered")
    page.wait_for_selector("text=6 predictions, covered.")
    page.uncheck("#room-covered")
    page.click("#room-reveal")
    page.wait_for_selector("text=✓ what the runs show")
    assert page.text_content(".is-right .room-choice-words") == "Real take-up hardly changed"
    assert cut_off(page) == []
    assert axe_faults(page) == []
    assert troubles == []


def test_a_visitor_waits_for_the_teacher_and_then_sees_the_reveal(browser, server):
    screen, _ = teaching(browser, server, LAPTOP)
    visitor, troubles = opened(browser, f"{server[0]}/join", PHONE)
    visitor.goto(f"{visitor.url.partition('#')[0]}#{CHOICE}")
    visitor.reload()
    visitor.click("text=Real take-up rose too")
    visitor.click("text=Commit to it")
    visitor.click("#go-on")
    visitor.wait_for_selector("text=Your teacher opens this for everybody")
    screen.wait_for_selector("text=1 prediction. They are shown from 3 on.")
    screen.click("#room-reveal")
    visitor.wait_for_selector(".how-far", timeout=30_000)
    assert troubles == []


def test_starting_afresh_forgets_the_room(browser, server):
    page, _ = teaching(browser, server, LAPTOP)
    for number in range(4):
        answer(server[0], number, 1)
    page.wait_for_selector("text=4 of 4")
    page.on("dialog", lambda asked: asked.accept())
    page.click("text=Start afresh")
    page.wait_for_selector("text=Choose a lesson: the link then leads to it")
    assert server[1].state["here"] == 0


@SIZES
def test_a_loop_is_switched_by_keyboard_and_shows_what_it_does(browser, server, size):
    parts = httpx.get(f"{server[0]}/api/lessons/{LESSON}").json()["parts"]
    loop = next(part["id"] for part in parts if part["kind"] == "loops")
    page, troubles = opened(browser, f"{server[0]}/lessons/{LESSON}#{loop}", size)
    page.focus("[role=switch]")
    page.keyboard.press("Space")
    page.wait_for_selector(".loop.is-off")
    assert "switched off" in (page.get_attribute(".loop-plot", "aria-label") or "")
    page.wait_for_selector(".loop-strength .chart")
    page.wait_for_selector(".loop-strength :text('the loop has raised it')")
    assert cut_off(page) == []
    assert axe_faults(page) == []
    page.keyboard.press("Space")
    page.wait_for_selector(".loop:not(.is-off)")
    assert troubles == []
