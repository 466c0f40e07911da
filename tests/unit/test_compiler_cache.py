"""An edited rule is never answered with the old one: the cache of compiled code is named after its every source.

A copy of the package is edited and run in processes of its own, with a cache of its own. What is compiled there is one
rule and one entry that calls it, not the whole week.
"""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from persim import jit

RULE = """
from persim.jit import rule

@rule
def user_answers(user, x):
    return x + 1.0
"""
CHAIN = """
from persim.jit import entry, CACHE_FOLDER, COMPILED_VERSION
from persim.rules.answers import user_answers

@entry
def ask_everyone(numbers):
    total = 0.0
    for x in numbers:
        total += user_answers(0, x)
    return total

if __name__ == "__main__":
    import numpy as np
    answers = ask_everyone(np.array([1.0, 2.0])), user_answers(0, 1.0)
    print(COMPILED_VERSION, *answers, sum(ask_everyone.stats.cache_hits.values()))
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the package with a rule and a chain of its own, and an empty cache."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(jit.PACKAGE, root / "persim", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "persim" / "rules" / "answers.py").write_text(RULE)
    (root / "persim" / "chain.py").write_text(CHAIN)
    return root


def run_there(root: Path, code: str) -> list[str]:
    """Run Python on the copy; its words."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "PERSIM_CACHE": str(root / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, *code.split(" ", 1)], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_an_edited_rule_is_compiled_anew_and_an_unedited_one_is_not(copied):
    chain = "-m persim.chain"
    first = run_there(copied, chain)
    again = run_there(copied, chain)
    assert first[1:] == ["5.0", "2.0", "0"]
    assert again == [first[0], "5.0", "2.0", "1"]  # from the cache
    rule = copied / "persim" / "rules" / "answers.py"
    rule.write_text(rule.read_text().replace("x + 1.0", "x * 10.0"))
    edited = run_there(copied, chain)
    assert edited[0] != first[0]
    assert edited[1:] == ["30.0", "10.0", "0"]  # the chain's own file was not touched
    rule.write_text(RULE)
    assert run_there(copied, chain) == again  # and the old version is still there


@pytest.mark.parametrize(
    "name", ["rules/gates.py", "phases/meeting.py", "events.py", "purposes.py", "measures.py", "state.py", "draws.py"]
)
def test_an_edit_of_any_source_of_the_model_gives_another_version(name, copied, monkeypatch):
    monkeypatch.setattr(jit, "PACKAGE", copied / "persim")
    before = jit.source_digest()
    source = copied / "persim" / name
    text = source.read_text()
    source.write_text(text + "\n# a remark\n")
    assert jit.source_digest() != before
    source.write_text(text)
    assert jit.source_digest() == before


def imported_by(path: Path) -> set[str]:
    """The modules of persim that a module imports, as paths below the package."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "persim":
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                place = jit.PACKAGE.joinpath(*name.split(".")[1:]).with_suffix(".py")
                if place.is_file():
                    names.add(place.relative_to(jit.PACKAGE).as_posix())
    return names


def test_every_module_that_compiled_code_comes_from_counts_for_the_version():
    """The modules that the week and the population import, and what those import."""
    counted = {path.relative_to(jit.PACKAGE).as_posix() for path in jit.source_files()}
    seen, waiting = set(), {"week.py", "population.py"}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= imported_by(jit.PACKAGE / name) - seen
    assert seen <= counted, f"an edit of {sorted(seen - counted)} would go unnoticed"
    assert {"rules/practice.py", "phases/living.py", "purposes.py"} <= seen


def test_the_cache_says_what_it_was_made_with():
    name = jit.CACHE_FOLDER.name
    assert name.startswith(jit.COMPILED_VERSION)
    assert "numba" in name
    assert "numpy" in name


def test_a_cache_that_cannot_be_written_is_made_elsewhere(copied):
    blocked = copied / "blocked"
    blocked.write_text("a file where the folder should be")
    environment = {**os.environ, "PYTHONPATH": str(copied), "PERSIM_CACHE": str(blocked)}
    code = "from persim.jit import CACHE_FOLDER; print(CACHE_FOLDER.is_dir(), CACHE_FOLDER)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("True")
    assert str(blocked) not in done.stdout
