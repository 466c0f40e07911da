"""Run the notebooks in docs/notebooks/ from top to bottom, and keep what they print and draw.

python scripts/execute_notebooks.py           # run them, write them
python scripts/execute_notebooks.py --check   # fail if what they print has changed, write nothing
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
SECONDS = 600  # for one cell


def executed(path: Path) -> Any:
    """The notebook, run in an empty folder; what differs from machine to machine is left out."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}},
            coalesce_streams=True,
        )  # fmt: skip
        client.execute()
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return notebook


def printed(notebook: Any) -> list[str]:
    """What the cells print, in order; pictures depend on fonts and are left out."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            if "image/png" not in output.get("data", {}):
                found.append("".join(text))
    return found


def main() -> int:
    """Run or check; 1 if a check fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail if what they print has changed, write nothing")
    check = parser.parse_args().check
    stale = 0
    for path in sorted(FOLDER.glob("*.ipynb")):
        old = printed(nbformat.read(path, as_version=4))
        new = executed(path)
        if check and printed(new) != old:
            print(f"{path.name} prints something else now: run `python scripts/execute_notebooks.py`", file=sys.stderr)
            stale = 1
        elif not check:
            nbformat.write(new, path)
            print(f"wrote {path.relative_to(FOLDER.parents[1])}")
    return stale


if __name__ == "__main__":
    sys.exit(main())
