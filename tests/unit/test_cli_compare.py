"""`persim compare --posterior`: what it prints and writes, what cannot be asked."""

import numpy as np
import pytest
from typer.testing import CliRunner

from persim import cli
from persim.posterior import write_posterior
from persim.terminal import BAD_INPUT


def run(*words: str):
    """A command, in this process."""
    return CliRunner().invoke(cli.app, list(words))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_both_parts_are_told_and_the_sweep_can_go_on(tmp_path):
    write_posterior(tmp_path, ["turnover"], np.array([[0.1], [0.3]]), np.array([0.5, 0.5]), {})
    asked = ["compare", "baseline", "lean_process", "--posterior-file", "posterior.parquet", "--draws", "3"]
    asked += ["--replicates", "2", "--people", "60", "--weeks", "110", "--no-figures"]
    result = run(*asked)
    assert result.exit_code == 0, result.stderr
    assert "of it numbers" in result.stdout
    assert "both kinds of doubt" in " ".join(result.stdout.split())
    place = tmp_path / "outputs" / "baseline-and-lean_process-posterior"
    before = (place / "two_parts.csv").read_bytes()
    assert run("sweep", str(place), "--resume", "--no-figures").exit_code == 0
    assert (place / "two_parts.csv").read_bytes() == before
    assert run(*asked).exit_code == 0
    assert place.with_name(f"{place.name}-2").is_dir()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--draws", "5"], "it goes with --posterior"),
        (["--posterior-file", "gone.parquet"], "gone.parquet: there is no such file"),
        (["--posterior", "--precision", "1pp"], "--precision is that of chance only"),
        (["--posterior-file", "x", "--outcome", "offers"], "--precision is that of chance only"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_is_written(tmp_path, options, words):
    result = run("compare", "baseline", *options)
    assert result.exit_code == BAD_INPUT
    assert words in result.stderr
    assert not list(tmp_path.iterdir())
