"""The notebooks run from top to bottom, and print what stands in them."""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
ABSOLUTE = re.compile(r"(^|[\s'\"(=])(/[\w.-]+){2,}|[A-Z]:\\", re.MULTILINE)
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
LONG = ("analyst", "calibration")  # executed with the studies only


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("execute_notebooks", ROOT / "scripts" / "execute_notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_notebooks_for_analysts_and_researchers():
    assert {"analyst", "calibration"} <= {path.stem for path in NOTEBOOKS}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.study) if path.stem in LONG else path for path in NOTEBOOKS],
    ids=lambda path: path.stem,
)
def test_the_notebook_prints_what_stands_in_it(path, script):
    kept = script.printed(nbformat.read(path, as_version=4))
    assert len(kept) > 5
    assert script.printed(script.executed(path)) == kept


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_names_no_folder_of_a_machine(path, script):
    notebook = nbformat.read(path, as_version=4)
    for text in (*(cell.source for cell in notebook.cells), *script.printed(notebook)):
        assert not ABSOLUTE.search(text), text


def test_an_absolute_path_is_noticed():
    assert all(ABSOLUTE.search(text) for text in ("in '/some/where/x.csv'", "/a/b", "at C:\\\\x"))
    assert not any(ABSOLUTE.search(text) for text in ("outputs/worlds", "a / b", "1/2", "persim sweep worlds.yaml"))
