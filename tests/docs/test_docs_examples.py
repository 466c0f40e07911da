"""The Python blocks of the README and of every page in docs/ run, each page from top to bottom."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^(?P<indent> *)```python[^\n]*\n(?P<code>.*?)^(?P=indent)```", re.DOTALL | re.MULTILINE)
NOT_RUN = "<!-- not run -->"


def blocks(page):
    """(line number, code) of every block of a page, but for those that follow `<!-- not run -->`."""
    text = page.read_text("utf-8")
    for match in FENCE.finditer(text):
        if text[: match.start()].rstrip().endswith(NOT_RUN):
            continue
        indent = match["indent"]
        code = "\n".join(line.removeprefix(indent) for line in match["code"].split("\n"))
        yield text[: match.start("code")].count("\n"), code


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(blocks(page))], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_every_block_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space = {"__name__": f"docs_{page.stem}"}
    for line, code in blocks(page):
        exec(
            compile("\n" * line + code, str(page), "exec"), space
        )  # the empty lines make a traceback name the true line


def test_a_block_marked_as_not_run_is_left_out(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"```python\none\n```\n\n{NOT_RUN}\n```python\ntwo\n```\n\n- item\n\n  ```python\n  three\n  ```\n")
    assert list(blocks(page)) == [(1, "one\n"), (12, "three\n")]


def test_there_are_pages_with_blocks():
    assert any(any(blocks(page)) for page in PAGES)
