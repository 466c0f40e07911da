"""A report in a real browser: nothing fetched, nothing cut off, nothing that keeps anybody out; and on paper."""

import re
from pathlib import Path

import pytest
from browsing import NEEDS_CHROMIUM, axe_faults, cut_off, opened
from typer.testing import CliRunner

from persim import cli
from persim.report import held_back, write_report

pytestmark = NEEDS_CHROMIUM
DESKTOP, A4, PHONE = (1280, 900), (794, 1123), (360, 740)
LONG_TITLE = "<script>alert(1)</script> Averylongwordthatdoesnotbreak" + "x" * 300 + "\u202e עברית"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small comparison, one of its titles long and hostile."""
    place = tmp_path_factory.mktemp("reports") / "compared"
    more = tmp_path_factory.mktemp("scenarios") / "odd.yaml"
    more.write_text(
        f'schema_version: 1\nname: odd\nextends: lean_process\ntitle: "{LONG_TITLE[:150]}"\nquestion: "<b>Why?</b>"\n',
        "utf-8",
    )
    small = ("--people", "150", "--weeks", "130", "--replicates", "2", "--groups", "legal_status,profession")
    result = CliRunner().invoke(
        cli.app, ["compare", "baseline", str(more), "role_clarity", *small, "--out", str(place)]
    )
    assert result.exit_code == 0, result.output
    return place


@pytest.fixture(scope="module")
def report(folder: Path) -> str:
    """The address of its report, with a barrier attribution that is smaller than for people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(held_back, "MOST_PEOPLE", 100)
        patch.setattr(held_back, "MOST_SEEDS", 3)
        return write_report(folder, excel=False).page.as_uri()


@pytest.mark.parametrize("size", [DESKTOP, A4, PHONE], ids=["desktop", "a4", "phone"])
def test_page_fetches_nothing_complains_of_nothing_and_fits(browser, report, size):
    page, troubles = opened(browser, report, size)
    try:
        assert troubles == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0]
        assert cut_off(page) == []
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    finally:
        page.close()


def test_nothing_keeps_anybody_out(browser, report):
    page, _ = opened(browser, report, PHONE)
    try:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert axe_faults(page) == []
    finally:
        page.close()


def test_wide_tables_scroll_by_keyboard_and_the_first_stop_skips_to_the_report(browser, report):
    page, _ = opened(browser, report, PHONE)
    try:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        region = page.get_by_role("region", name=re.compile("Headline")).first
        region.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        for _ in range(
            50
        ):  # scrolling takes its time; waiting inside the page would need eval, which its policy forbids
            if page.evaluate("document.activeElement.scrollLeft") > 0:
                break
            page.wait_for_timeout(100)
        assert page.evaluate("document.activeElement.scrollLeft") > 0
    finally:
        page.close()


def test_page_prints_on_a4_with_everything_on_it(browser, report):
    page, _ = opened(browser, report, DESKTOP)
    try:
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert printed.startswith(b"%PDF")
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
        assert 5 <= len(boxes) <= 30
        assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 1000})  # the width between the margins of A4
        assert page.evaluate("document.documentElement.scrollWidth") <= 680
        cut = "[...document.querySelectorAll('table, img')].filter(e => e.getBoundingClientRect().right > 681).length"
        assert page.evaluate(cut) == 0
        assert not page.locator("nav").is_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
        for words in (
            "The answer", "What this is not for", "Figures", "What holds people back", "Method", "Limits", "Provenance",
        ):  # fmt: skip
            assert page.get_by_role("heading", name=words, exact=True).is_visible()
        assert page.locator(".ruled i").count() == 6
        assert page.get_by_text("summary.parquet").first.is_visible()  # what is folded on a screen is open on paper
    finally:
        page.close()


def test_hostile_titles_stay_text(browser, report):
    page, troubles = opened(browser, report, DESKTOP)
    try:
        assert page.locator("script").count() == 0
        assert page.get_by_text("<script>alert(1)</script>").first.is_visible()
        assert troubles == []
    finally:
        page.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_stories_can_be_read_with_their_life_lines(browser, report, size):
    page, _ = opened(browser, report, size)
    try:
        stories = page.get_by_role("article")
        assert 1 <= stories.count() <= 3
        for number in range(stories.count()):
            story = stories.nth(number)
            assert story.get_by_role("heading", name=re.compile(r"^Synthetic person \d+$")).is_visible()
            assert story.get_by_text("nothing here came from records").is_visible()
            line = story.get_by_role("img", name=re.compile("^Life line of synthetic person"))
            box = line.bounding_box()
            assert box is not None
            assert box["width"] <= size[0]
            words = "e => Math.min(...[...e.querySelectorAll('text')].map(t => t.getBoundingClientRect().height))"
            assert line.evaluate(words) > 8.0  # of a telephone's pixels, so that it can be read
            assert 1 <= story.locator(".life li").count() <= 12
    finally:
        page.close()


def test_stories_print_whole_with_two_lives_side_by_side(browser, report):
    page, _ = opened(browser, report, DESKTOP)
    try:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 1000})
        for sides in page.locator(".sides").all():
            tops = sides.evaluate("e => [...e.children].map(one => one.getBoundingClientRect().top)")
            assert len(set(tops)) == 1
        cut = "[...document.querySelectorAll('.story *')].filter(e => e.getBoundingClientRect().right > 681).length"
        assert page.evaluate(cut) == 0
    finally:
        page.close()
