"""The explore page in a real browser with no network: dials, play, two worlds, stories, what is taken along."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("starlette", reason="the page needs persim[app]")

from browsing import (
    LAPTOP,
    NEEDS_CHROMIUM,
    PHONE,
    SIZES,
    axe_faults,
    cut_off,
    opened,
    served,
)

from persim.app.server import make_app
from persim.scenario import parse_scenario, read_scenario
from persim.simulate import run_scenario

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_CHROMIUM
SMALL = "people=100"
LINES = "[...document.querySelectorAll('#charts .line')].map(line => line.getAttribute('d')).join()"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(make_app()) as found:
        yield found


@pytest.fixture
def ready(browser: "Browser", address: str) -> "Iterator[Any]":
    """Opens the page and waits until all of it is drawn; closes it again."""
    pages = []

    def open_page(query: str = "", size: tuple[int, int] = LAPTOP, **context: Any) -> "tuple[Page, list[str]]":
        page, troubles = opened(browser, f"{address}/?{SMALL}&{query}", size, **context)
        pages.append(page)
        page.locator("body[data-ready]").wait_for(state="attached")
        return page, troubles

    yield open_page
    for page in pages:
        page.close()


def after_change(page: "Page", act: Any) -> None:
    """Do something that changes settings, and wait until the new film and all of the curves are shown."""
    film, curves = (int(page.evaluate(f"document.body.dataset.{name}")) for name in ("film", "curves"))
    act()
    page.locator(f"body[data-film='{film + 1}'][data-curves='{curves + 1}']").wait_for(state="attached")


@SIZES
def test_page_asks_for_nothing_outside_complains_of_nothing_and_fits(ready: Any, size: tuple[int, int]) -> None:
    page, troubles = ready("", size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert cut_off(page) == []
    assert troubles == []


@pytest.mark.parametrize(
    "query", ["week=100", "right.scenario=gold_standard&week=100"], ids=["one world", "two worlds"]
)
def test_nothing_keeps_anybody_out(ready: Any, query: str) -> None:
    page, _ = ready(query, PHONE)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert axe_faults(page) == []


def test_a_dial_moves_the_curves_while_it_is_turned_and_the_film_when_it_rests(ready: Any) -> None:
    page, troubles = ready()
    before = page.evaluate(LINES)
    dial = page.get_by_label("Role boundary", exact=True)
    after_change(page, lambda: dial.fill("0.05"))
    assert page.evaluate(LINES) != before
    assert "role_boundary=0.05" in page.url
    assert troubles == []


def test_a_dial_is_turned_by_keyboard_and_told_in_words(ready: Any) -> None:
    page, _ = ready()
    dial = page.get_by_label("Risk aversion", exact=True)
    dial.focus()
    after_change(page, lambda: page.keyboard.press("Home"))
    assert dial.get_attribute("aria-valuetext") == "0.00"
    after_change(
        page, lambda: page.get_by_role("button", name="Risk aversion: back to the scenario's own, 0.55").click()
    )
    assert dial.input_value() == "0.55"


def test_what_a_dial_means_is_said_on_hover_and_on_press_and_goes_with_escape(ready: Any) -> None:
    page, _ = ready()
    about = page.get_by_role("button", name="What bureaucracy means")
    tip = page.locator("#dial-bureaucracy-about")
    about.hover()
    assert "Signatures, pages, weeks" in tip.inner_text()
    assert "Source: S4" in tip.inner_text()
    page.mouse.move(2, 2)
    tip.wait_for(state="hidden")
    about.focus()
    tip.wait_for(state="visible")
    page.keyboard.press("Escape")
    tip.wait_for(state="hidden")


def test_play_reaches_the_end_and_the_numbers_there_are_those_of_persim_run(ready: Any) -> None:
    page, troubles = ready("seed=3&scenario=seminar")
    page.get_by_label("Speed").select_option("52")
    page.get_by_role("button", name="Play").click()
    page.get_by_text("week 156 of 156").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    run = run_scenario(read_scenario("seminar").changed(n_users=100), 3)
    told = page.locator("#charts .chart").first.locator(".chart-readout").inner_text().replace("\u00a0", " ")
    for name, outcome in (("reported", "reported_take_up"), ("real", "real_take_up")):
        share = 100 * float(run.series(outcome)[-1])
        assert f"{name} {share:.1f} %" in told or f"{name} {share:.0f} %" in told, told
    assert troubles == []


def test_a_week_on_and_back_and_the_ends(ready: Any) -> None:
    page, _ = ready("week=10")
    for button, week in (("A week on", 12), ("A week back", 11), ("To the end", 260), ("To the start", 1)):
        page.get_by_role("button", name=button, exact=True).click()
        assert f"week {week} of 260" in page.locator(".clock").inner_text()


def test_a_dial_turned_from_a_week_on_leaves_the_weeks_before(ready: Any) -> None:
    page, _ = ready("week=130")
    line = "[...document.querySelectorAll('#charts .line')].at(0).getAttribute('d')"
    before = page.evaluate(line)
    page.get_by_label("from this week on").check()
    after_change(page, lambda: page.get_by_label("Role boundary", exact=True).fill("0.1"))
    assert "from=130.role_boundary.0.1" in page.url
    page.get_by_role("button", name="Undo from October 2010: role boundary 0.10").wait_for()
    after_change(page, lambda: page.get_by_role("button", name="Undo from October 2010").click())
    assert page.evaluate(line) == before


def test_two_worlds_with_the_same_dials_are_identical_and_part_when_one_is_turned(ready: Any) -> None:
    page, troubles = ready("week=200")
    after_change(page, lambda: page.get_by_role("button", name="Compare two worlds").click())
    assert "every life is the same in both" in page.locator("#parted").inner_text()
    assert "right − left 0.0" in page.get_by_text("right − left").first.inner_text()
    after_change(page, lambda: page.get_by_label("Scenario", exact=True).select_option("gold_standard"))
    told = page.locator("#parted").inner_text()
    assert "A ring marks a life that has come to differ" in told
    assert int(told.split(": ")[1].split()[0]) > 0
    assert "right.scenario=gold_standard" in page.url
    after_change(page, lambda: page.get_by_role("button", name="Back to one world").click())
    assert troubles == []


def test_a_person_is_found_by_keyboard_and_the_story_opens_and_closes(ready: Any) -> None:
    page, troubles = ready("week=150")
    board = page.locator(".stage-canvas")
    board.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    panel.wait_for()
    assert "Synthetic person" in panel.inner_text()
    assert "nothing here came from records" in panel.inner_text()
    assert axe_faults(page) == []
    page.keyboard.press("Escape")
    panel.wait_for(state="detached")
    assert page.evaluate("document.activeElement.classList.contains('stage-canvas')")
    assert troubles == []


def test_a_click_on_a_dot_opens_the_story_of_that_person(ready: Any) -> None:
    page, _ = ready("week=100")
    box = page.locator(".stage-canvas").bounding_box()
    tip = page.locator(".stage-tip")
    for x in range(20, int(box["width"]), 12):
        page.mouse.move(box["x"] + x, box["y"] + 90)
        if tip.is_visible() and "erson" in tip.inner_text():
            break
    page.mouse.click(box["x"] + x, box["y"] + 90)
    page.get_by_role("dialog").get_by_text("Synthetic person").first.wait_for()


def test_the_same_person_in_two_worlds_is_told_side_by_side(ready: Any) -> None:
    page, _ = ready("right.scenario=gold_standard&week=200&person=5")
    panel = page.get_by_role("dialog")
    assert "in two scenarios" in panel.inner_text()


def test_an_address_holds_all_that_was_set(ready: Any) -> None:
    query = (
        "seed=7&risk_aversion=0.2&from=60.market.0.9&right.scenario=lean_process&right.workload=1.4&right.off=learning"
        "&week=99&colour=barrier"
    )
    page, _ = ready(query)
    for part in query.split("&"):
        assert part in page.url
    assert "week 100 of 260" in page.locator(".clock").inner_text()
    assert page.get_by_label("what stands in the way").is_checked()
    drawn = page.evaluate(LINES)
    page.reload()
    page.locator("body[data-ready]").wait_for(state="attached")
    assert page.evaluate(LINES) == drawn


@pytest.mark.parametrize(
    "query", ["seed=x", "risk_aversion=7", "scenario=nothing", "from=1.2", "right.scenario=../etc", "off=loop"]
)
def test_an_address_that_says_nonsense_is_refused_in_words(browser: "Browser", address: str, query: str) -> None:
    page, _ = opened(browser, f"{address}/?people=60&{query}")
    page.locator("#trouble:not([hidden])").wait_for()
    assert "expected" in page.locator("#trouble").inner_text() or "no " in page.locator("#trouble").inner_text()
    page.close()


def test_a_scenario_file_is_opened_checked_and_kept_in_the_address(ready: Any, tmp_path: Path) -> None:
    page, _ = ready()
    text = "schema_version: 1\nname: mine\ntitle: My own place\nquestion: What if?\nextends: lean_process\n"
    bad, good = tmp_path / "bad.yaml", tmp_path / "mine.yaml"
    bad.write_text(text + "parameters: {risk_aversoin: 0.1}\n", "utf-8")
    good.write_text(text, "utf-8")
    page.locator("#own-file").set_input_files(bad)
    page.locator("#trouble:not([hidden])").wait_for()
    assert "your file:6:14" in page.locator("#trouble").inner_text()
    after_change(page, lambda: page.locator("#own-file").set_input_files(good))
    page.get_by_text("My own place").first.wait_for(state="attached")
    page.wait_for_url("**#files=*")
    page.reload()
    page.locator("body[data-ready]").wait_for(state="attached")
    assert page.locator("#trouble").is_hidden()
    assert "My own place" in page.locator(".stage-heading").inner_text()


def test_table_scenario_and_picture_are_taken_along(ready: Any) -> None:
    page, troubles = ready("seed=2&role_boundary=0.3")

    def taken(button: str) -> Path:
        with page.expect_download() as waiting:
            page.get_by_role("button", name=button, exact=True).click()
        return Path(waiting.value.path())

    rows = list(csv.DictReader(io.StringIO(taken("Table (CSV)").read_text("utf-8"))))
    run = run_scenario(read_scenario("baseline").changed(n_users=100, role_boundary=0.3), 2)
    own = [float(row["this_run"]) for row in rows if row["outcome"] == "real_take_up"]
    assert own == pytest.approx(run.series("real_take_up").tolist(), abs=1e-5)
    again = parse_scenario(taken("Scenario file").read_text("utf-8"), "from_the_page.yaml")
    assert (run_scenario(again, 2).record == run.record).all()
    picture = taken("Picture (PNG)").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 30_000
    assert troubles == []


def test_visitors_in_their_own_windows_do_not_disturb_each_other(ready: Any) -> None:
    pages = [ready(f"seed={seed}")[0] for seed in (1, 2, 3)]
    drawn = [page.evaluate(LINES) for page in pages]
    assert len(set(drawn)) == 3
    after_change(pages[0], lambda: pages[0].get_by_label("Bureaucracy", exact=True).fill("0"))
    assert pages[0].evaluate(LINES) != drawn[0]
    assert [page.evaluate(LINES) for page in pages[1:]] == drawn[1:]


def test_whoever_wants_less_motion_gets_it(ready: Any) -> None:
    page, _ = ready("week=50", reduced_motion="reduce")
    assert page.get_by_label("Speed").input_value() == "2"


def test_the_first_stop_skips_to_the_content(ready: Any) -> None:
    page, _ = ready()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
