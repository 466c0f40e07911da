"""The version of the model changes with every source that decides the numbers of a run."""

import subprocess
import sys

from persim import jit, model_version

# What is imported to make a row and does not touch its numbers: it reads files, names things, keeps the rows of a ledger or
# stops on bad input. What the rows of a ledger are, and what writes them, is compiled and counts.
HARMLESS = {
    "__init__.py", "errors.py", "ledger.py", "model_version.py", "scenario_fields.py", "scenario_file.py",
    "scenario_resolved.py", "scenario_search.py", "scenario_yaml.py",
}  # fmt: skip


def test_every_module_that_makes_a_row_counts():
    code = "import sys, persim.reduction, persim.simulate\nprint(*sorted(m for m in sys.modules if m.startswith('persim')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    compiled = {path.relative_to(jit.PACKAGE).as_posix() for path in jit.source_files()}
    for module in done.stdout.split():
        place = jit.PACKAGE.parent.joinpath(*module.split("."))
        name = (
            (place / "__init__.py" if place.is_dir() else place.with_suffix(".py")).relative_to(jit.PACKAGE).as_posix()
        )
        assert name in compiled | HARMLESS | set(model_version.READING_SOURCES), f"{name}: does it decide numbers?"


def test_an_edited_source_is_another_version(monkeypatch, tmp_path):
    before = model_version._digest()
    for name in model_version.READING_SOURCES:
        (tmp_path / name).write_bytes((jit.PACKAGE / name).read_bytes())
    monkeypatch.setattr(model_version, "PACKAGE", tmp_path)
    assert model_version._digest() == before == model_version.MODEL_VERSION
    with (tmp_path / "rates.py").open("a") as file:
        file.write("# another\n")
    assert model_version._digest() != before
