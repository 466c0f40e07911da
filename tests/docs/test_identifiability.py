"""docs/identifiability.md is made from stored results, and says what they say."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "studies" / "identifiability.json"


@pytest.fixture(scope="module")
def page():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import identifiability_page

        yield identifiability_page
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def results() -> dict:
    return json.loads(RESULTS.read_text("utf-8"))


def test_page_says_what_the_stored_results_say(page, results) -> None:
    page.bring_up_to_date(RESULTS, only_check=True)
    assert all((page.IMAGES / f"{name}.png").exists() for name in page.figures(results))


def test_page_that_drifted_is_found(page, results, tmp_path, monkeypatch) -> None:
    path = tmp_path / "page.md"
    path.write_text(page.page(results).replace("90 %", "91 %", 1), encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", path)
    monkeypatch.setattr(page, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="out of date"):
        page.bring_up_to_date(RESULTS, only_check=True)


def test_verdict_follows_coverage_and_ranks(page) -> None:
    good = {"pooled": [0.9, 0.88, 0.92], "even": [0.5, 0.4]}
    assert page.verdict(good) == "coverage as it should be, ranks even"
    assert "outside the goal" in page.verdict({**good, "pooled": [0.8, 0.78, 0.82]})
    assert "not even" in page.verdict({**good, "even": [0.5, 0.001]})
