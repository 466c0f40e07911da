"""The notebooks run from top to bottom, and print what stands in them."""

import importlib.util
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("execute_notebooks", ROOT / "scripts" / "execute_notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_is_a_notebook_for_analysts():
    assert "analyst" in [path.stem for path in NOTEBOOKS]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_prints_what_stands_in_it(path, script):
    kept = script.printed(nbformat.read(path, as_version=4))
    assert len(kept) > 5
    assert script.printed(script.executed(path)) == kept


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_names_no_folder_of_a_machine(path):
    text = path.read_text("utf-8")
    assert not any(sign in text for sign in ("/home/", "/root/", "/tmp/", "/Users/", "C:\\\\"))
