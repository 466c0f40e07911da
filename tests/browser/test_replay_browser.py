"""The replay file in a real browser, from file://, with no network: it plays, is read by eye, keyboard and in words."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import LAPTOP, NEEDS_CHROMIUM, PHONE, SIZES, axe_faults, cut_off, opened

from persim.app.replay_file import Replay, replay_of, write_replay
from persim.film import differing
from persim.scenario import read_scenario
from persim.simulate import run_scenario

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_CHROMIUM
SMALL = {"n_users": 120, "n_weeks": 160}
SEED = 2


@pytest.fixture(scope="module")
def two() -> Replay:
    """Two worlds."""
    return replay_of(
        [read_scenario(name).changed(**SMALL) for name in ("baseline", "gold_standard")], SEED, replicates=3
    )


@pytest.fixture(scope="module")
def address(two: Replay, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Their file."""
    place: Path = tmp_path_factory.mktemp("stick") / "seminar.html"
    write_replay(two, place)
    return place.as_uri()


def ready(browser: "Browser", address: str, size: tuple[int, int] = LAPTOP) -> "tuple[Page, list[str]]":
    """The file in a window of that size, unpacked, and what it complained of or asked for."""
    page, troubles = opened(browser, address, size)
    page.locator("html[data-ready=yes]").wait_for(state="attached")
    return page, troubles


def turn_to(page: "Page", week: int) -> None:
    page.get_by_role("slider", name="Week of the run").fill(str(week))
    page.get_by_text(f"week {week + 1} of {SMALL['n_weeks']}").wait_for()


def settled_picture(page: "Page") -> bytes:
    page.wait_for_timeout(600)  # until everybody has arrived
    return page.locator(".stage-canvas canvas").first.screenshot()


@SIZES
def test_it_fetches_nothing_complains_of_nothing_and_fits(browser, address, size):
    page, troubles = ready(browser, address, size)
    try:
        turn_to(page, 100)
        assert troubles == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert cut_off(page) == []
        small = """() => [...document.querySelectorAll('button, select, .choices label, input[type=range]')]
            .filter(e => e.offsetParent).map(e => [e.outerHTML.slice(0, 60), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24).map(([html]) => html)"""
        assert page.evaluate(small) == []
    finally:
        page.close()


def test_it_plays_to_the_end_and_the_last_numbers_are_those_of_the_run(browser, address, two):
    page, troubles = ready(browser, address)
    try:
        turn_to(page, SMALL["n_weeks"] - 40)
        page.get_by_label("Speed").select_option("very fast")
        page.get_by_role("button", name="Play").click()
        page.get_by_text(f"week {SMALL['n_weeks']} of").wait_for()
        page.get_by_role("button", name="Play").wait_for()
        readout = page.locator(".chart-readout").first.inner_text().replace("\xa0", " ")
        for scenario, name in zip(two.scenarios, ("left, real", "right, real"), strict=True):
            share = 100 * run_scenario(scenario, SEED).series("real_take_up")[-1]
            said = f"{share:.0f} %" if share >= 9.95 or share == 0 else f"{share:.1f} %"
            assert f"{name} {said}" in readout
        assert troubles == []
    finally:
        page.close()


def test_scrubbing_moves_the_picture_the_words_and_the_charts_and_back_again(browser, address):
    page, _ = ready(browser, address)
    try:
        turn_to(page, 30)
        early, words = settled_picture(page), page.locator(".stage-words").first.text_content()
        turn_to(page, 140)
        assert settled_picture(page) != early
        assert page.locator(".stage-words").first.text_content() != words
        turn_to(page, 30)
        assert settled_picture(page) == early
        assert page.locator(".stage-words").first.text_content() == words
    finally:
        page.close()


def test_those_whose_lives_have_parted_are_ringed_and_counted(browser, address, two):
    page, _ = ready(browser, address)
    try:
        parted = differing(two.worlds[0].film, two.worlds[1].film)
        for week in (0, 90, SMALL["n_weeks"] - 1):
            turn_to(page, week)
            ringed = page.locator(".stage-key li", has_text="ringed").first
            assert re.findall(r"\d+", ringed.inner_text())[0] == str((parted <= week).sum())
    finally:
        page.close()


def test_somebody_is_found_and_opened_by_keyboard_and_the_story_closes_again(browser, address):
    page, troubles = ready(browser, address)
    try:
        board = page.get_by_role("application").first
        board.focus()
        page.keyboard.press("Home")
        assert page.locator(".stage-tip").first.inner_text().startswith("Synthetic person 0")
        page.keyboard.press("ArrowRight")
        met = page.locator(".stage-tip b").first.inner_text()
        assert met != "Synthetic person 0"
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        story = page.get_by_role("dialog")
        assert story.get_by_role("heading", name="Synthetic person 0 in two scenarios").is_visible()
        assert story.get_by_text("nothing here came from records").first.is_visible()
        assert page.evaluate("document.activeElement.id") == "story-title"
        page.keyboard.press("Escape")
        story.wait_for(state="detached")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "application"
        assert troubles == []
    finally:
        page.close()


def test_a_click_opens_a_story_whose_dates_turn_the_clock(browser, address):
    page, _ = ready(browser, address)
    try:
        box = page.locator(".stage-canvas").first.bounding_box()
        assert box is not None
        for across in range(5, 60, 2):  # until somebody is under the pointer
            page.mouse.click(box["x"] + across / 100 * box["width"], box["y"] + 0.3 * box["height"])
            if page.get_by_role("dialog").count():
                break
        story = page.get_by_role("dialog")
        story.wait_for()
        date = story.locator(".told .date").first
        if date.count():
            date.click()
            assert page.locator(".clock-date span").inner_text() != f"week 1 of {SMALL['n_weeks']}"
        story.get_by_role("button", name="Close").click()
        story.wait_for(state="detached")
    finally:
        page.close()


def test_legal_status_is_shown_only_when_asked_for(browser, address):
    page, _ = ready(browser, address)
    try:
        key = page.locator(".stage-key").first
        assert "order" not in key.inner_text()
        page.get_by_label("legal status").check(force=True)
        assert "community treatment order" in key.inner_text()
        page.get_by_label("what stands in the way").check(force=True)
        assert "need not recognised" in key.inner_text()
    finally:
        page.close()


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_nothing_keeps_anybody_out(browser, address, size):
    page, _ = ready(browser, address, size)
    try:
        turn_to(page, 120)
        for with_story in (False, True):
            if with_story:
                page.get_by_role("application").first.focus()
                page.keyboard.press("Home")
                page.keyboard.press("Enter")
                page.get_by_role("dialog").wait_for()
            assert axe_faults(page) == []
    finally:
        page.close()


def test_less_motion_is_less_motion(browser, address):
    page, _ = ready(browser, address)
    try:
        page.emulate_media(reduced_motion="reduce")
        turn_to(page, 60)
        page.wait_for_timeout(120)
        one = page.locator(".stage-canvas canvas").first.screenshot()
        page.wait_for_timeout(500)
        assert page.locator(".stage-canvas canvas").first.screenshot() == one
    finally:
        page.close()


def test_two_worlds_with_the_same_scenario_are_identical(browser, tmp_path):
    small = read_scenario("baseline").changed(n_users=60, n_weeks=60)
    place = tmp_path / "same.html"
    write_replay(replay_of([small, small], 1, replicates=1), place)
    page, troubles = ready(browser, place.as_uri())
    try:
        page.get_by_role("button", name="To the end").click()
        assert "0" in page.locator(".stage-key li", has_text="ringed").first.inner_text()
        words = page.locator(".stage-words").all_text_contents()
        assert words[0] == words[1]
        assert troubles == []
    finally:
        page.close()
