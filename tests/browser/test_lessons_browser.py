"""Lessons in a real browser with no network: predict, commit, reveal, reload, a way round, and a class."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("starlette", reason="the page needs persim[app]")

from browsing import NEEDS_CHROMIUM, PHONE, SIZES, axe_faults, cut_off, opened, served

from persim.app.server import make_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_CHROMIUM
ROOT = Path(__file__).parents[2]
DRAWN = """  - kind: question
    id: drawn
    title: Draw it
    text: Draw real take-up.
    predict: curve
    from_week: 60
    high: 0.5
    given: [usual]
  - kind: reveal
    question: drawn
    worlds:
      usual: {title: as it was, scenario: baseline}
      open: {title: everybody's job, scenario: baseline, dials: {role_boundary: 0.1}}
    outcomes: [real_take_up]
    people: 100
    replicates: 4
"""


@pytest.fixture(scope="module")
def seminar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    """A server with a teacher's own folder: the lesson of the handbook, smaller, and a curve to be drawn."""
    folder = tmp_path_factory.mktemp("lessons")
    page = (ROOT / "docs" / "lessons.md").read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert found
    text = found[1].replace("people: 400", "people: 150").replace("replicates: 20", "replicates: 6")
    (folder / "open_doors.yaml").write_text(text.rstrip() + "\n" + DRAWN, "utf-8")
    app = make_app(lessons=folder)
    with served(app) as address:
        yield address, app


@pytest.fixture
def lesson(browser: "Browser", seminar: tuple[str, Any]) -> "Iterator[Any]":
    """Opens a lesson at a part; closes it again."""
    pages = []

    def open_lesson(name: str = "open_doors", part: str = "", **options: Any) -> "tuple[Page, list[str]]":
        page, troubles = opened(browser, f"{seminar[0]}/lessons/{name}{part and '#'}{part}", **options)
        pages.append(page)
        page.locator("#part-title").wait_for()
        return page, troubles

    yield open_lesson
    for page in pages:
        page.close()


def settled(page: "Page") -> None:
    """Wait until nothing is being run."""
    page.locator(".waiting").wait_for(state="detached")


def commit(page: "Page") -> None:
    page.get_by_role("button", name="Commit to it").click()


def test_the_list_has_ones_own_lessons_first_and_all_that_come_with_persim(browser, seminar):
    page, troubles = opened(browser, f"{seminar[0]}/lessons", PHONE)
    page.locator(".lesson-list li").first.wait_for()
    titles = page.locator(".lesson-list h2").all_inner_texts()
    assert titles[:2] == ["One door or two", "Whose order is it?"]
    assert len(titles) == 7
    assert "content note" in page.locator(".lesson-list li").nth(1).inner_text()
    assert axe_faults(page) == []
    assert troubles == []
    page.close()


@SIZES
def test_a_lesson_from_its_first_part_to_its_last(lesson, size):
    page, troubles = lesson(size=size)
    parts = page.locator("#progress li").count()
    for number in range(parts):
        settled(page)
        if page.locator(".answer").count():
            page.locator(".answer").first.click()
            commit(page)
        if page.locator(".part-question .handle").count():
            page.locator(".part-question .handle").first.press("PageUp")
            commit(page)
        assert cut_off(page) == [], number
        assert axe_faults(page) == [], number
        if number < parts - 1:
            page.locator("#go-on").click()
    assert page.locator(".how-far").count() == 1
    assert troubles == []


def test_a_reveal_stays_closed_until_a_prediction_is_committed_and_then_keeps_it(lesson):
    page, _ = lesson(part="part_3")
    assert "opens when you have committed" in page.locator(".part").inner_text()
    page.get_by_role("button", name="Predict first").click()
    assert page.get_by_role("button", name="Commit to it").is_disabled()
    page.get_by_text("It falls").click()
    commit(page)
    assert page.locator(".answer input").first.is_disabled()
    page.get_by_role("button", name="See what happened").click()
    settled(page)
    assert "You said: It falls." in page.locator(".how-far").inner_text()
    page.reload()
    settled(page)
    assert "You said: It falls." in page.locator(".how-far").inner_text()
    page.get_by_role("button", name="Back").click()
    assert page.get_by_role("button", name="Committed").is_disabled()


def test_a_curve_is_drawn_by_pointer_and_kept_over_a_reload(lesson):
    page, _ = lesson(part="drawn")
    settled(page)
    box = page.locator(".chart-plot").bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"], steps=6)
    page.mouse.up()
    drawn = page.locator(".chart .drawn").get_attribute("d")
    assert len(drawn) > 100
    page.reload()
    settled(page)
    assert page.locator(".chart .drawn").get_attribute("d") == drawn
    commit(page)
    page.locator("#go-on").click()
    settled(page)
    said = page.locator(".how-far").inner_text()
    assert "At the end you drew" in said
    assert "within the band of the runs" in said


def test_keys_go_on_and_back_but_not_out_of_a_field(lesson):
    page, _ = lesson()
    page.keyboard.press("ArrowRight")
    assert page.url.endswith("#boundary")
    page.locator(".answer input").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.url.endswith("#boundary")
    page.locator("#part-title").focus()
    page.keyboard.press("ArrowLeft")
    assert page.url.endswith("#part_1")


def test_the_note_on_compulsion_has_two_ways_round(lesson):
    page, _ = lesson("whose_order")
    assert "This lesson is about compulsion" in page.locator(".part").inner_text()
    page.get_by_role("button", name="Skip to: Where this comes from").click()
    assert page.url.endswith("#sources")
    page.get_by_role("button", name="Back").click()
    page.goto(page.url.split("#")[0] + "#note")
    page.get_by_role("link", name="Leave the lesson").click()
    assert page.url.endswith("/lessons")


def test_a_class_gathers_predictions_and_opens_a_reveal_together(lesson, seminar):
    address, app = seminar
    teach(address, app, "choose", "boundary")
    try:
        page, _ = lesson(part="boundary")
        page.get_by_text("It rises").click()
        commit(page)
        page.get_by_text("given to your class without a name").wait_for()
        page.get_by_role("button", name="See what happened").click()
        page.get_by_text("Your teacher opens this for everybody").wait_for()
        assert page.locator(".how-far").count() == 0
        teach(address, app, "reveal", "boundary")
        page.locator(".how-far").wait_for()
    finally:
        teach(address, app, "afresh", "")


def teach(address: str, app: Any, does: str, part: str) -> None:
    """What the teacher's page does."""
    body = json.dumps({"do": does, "lesson": "open_doors", "part": part}).encode()
    headers = {"content-type": "application/json", "x-room-key": app.state.room.key}
    urllib.request.urlopen(urllib.request.Request(f"{address}/api/room/state", body, headers), timeout=10)
