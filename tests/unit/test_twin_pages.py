"""The commands `persim explain --versus` and `persim practice`, and the examples of their pages, which are what they print."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from persim.cli import app
from persim.reproduce import reproduce_folder
from persim.terminal import BAD_INPUT
from persim.verify import verify_folder

DOCS = Path(__file__).resolve().parents[2] / "docs"
PART = re.compile(r"<!-- part of: persim (.*?) -->\n\n```text\n(.*?)```", re.DOTALL)


def persim(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def examples():
    return [
        (page, *match.groups())
        for page in ("twins.md", "practice-view.md")
        for match in PART.finditer((DOCS / page).read_text("utf-8"))
    ]


def in_words(text):
    return " ".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command", "text"), examples(), ids=lambda value: str(value)[:40])
def test_what_a_page_shows_is_what_the_command_prints(page, command, text):
    printed = in_words(persim(*command.split()).output)
    for part in text.strip().split("\n\n"):  # parts that are left out lie between paragraphs
        assert in_words(part) in printed, f"docs/{page}: make the example again with persim {command}"


def test_there_are_examples():
    assert len(examples()) == 3


SMALL = ("--people", 120, "--weeks", 130)


def test_twins_are_written_with_both_ledgers_and_can_be_verified(tmp_path):
    out = tmp_path / "twins"
    result = persim("explain", "baseline", "--versus", "role_clarity/usual_load", "--person", 5, *SMALL, "--out", out)
    assert result.exit_code == 0, result.output
    assert {"twins.txt", "twins.json", "twin_lines.svg", "first.parquet", "second.parquet"} <= {
        p.name for p in out.iterdir()
    }
    assert verify_folder(out).fine
    again = persim("explain", out / "first.parquet", "--versus", out / "second.parquet", "--person", 5)
    assert again.exit_code == 0, again.output
    assert again.output.split("In the end")[0] in result.output


def test_flows_are_written_with_tables_and_figures(tmp_path):
    out = tmp_path / "flows"
    result = persim(
        "explain", "baseline", "--versus", "gold_standard", "--replicates", 2, *SMALL, "--out", out, "--json"
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["scenarios"] == ["baseline", "gold_standard"]
    assert {"flows.txt", "flows.csv", "flows.parquet", "figures", "first.json"} <= {path.name for path in out.iterdir()}
    assert verify_folder(out).fine
    assert (
        persim("explain", "baseline", "--versus", "gold_standard", "--replicates", 2, *SMALL, "--out", out).exit_code
        == BAD_INPUT
    )


def test_the_practitioners_side_is_written(tmp_path):
    out = tmp_path / "practice"
    result = persim("practice", "baseline", "austerity", "--replicates", 2, *SMALL, "--out", out)
    assert result.exit_code == 0, result.output
    assert "Not a ranking of professions" in result.output
    assert {"practice.txt", "hours.csv", "hand_offs.csv", "scenarios", "figures"} <= {
        path.name for path in out.iterdir()
    }
    assert verify_folder(out).fine


def test_nothing_is_written_unless_it_is_said_where(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert persim("practice", "seminar", "--replicates", 1, "--people", 60, "--weeks", 20).exit_code == 0
    assert persim(
        "explain", "seminar", "--versus", "baseline", "--people", 60, "--weeks", 20, "--replicates", 1
    ).exit_code in (0, BAD_INPUT)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "baseline", "--versus", "gold_standard", "--team", 1), "--versus takes --person or nobody"),
        (
            ("explain", "baseline", "--versus", "gold_standard", "--pick", "typical"),
            "--versus takes --person or nobody",
        ),
        (
            ("explain", "baseline", "--versus", "gold_standard", "--person", 1, "--replicates", 3),
            "--replicates is for everybody",
        ),
        (("explain", "baseline", "--versus", "gold_standard", "--all"), "--all is for one person"),
        (("explain", "baseline", "--person", 1, "--no-figures"), "are for --versus"),
        (("explain", "baseline", "--versus", "cto_rights/all"), "no twins"),
        (("practice", "baseline", "--window", "500:600"), "does not lie in the weeks"),
        (("practice", "nothing_such"), "there is no such scenario"),
    ],
)
def test_bad_input_is_one_line(words, said):
    result = persim(*words)
    assert result.exit_code == BAD_INPUT
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_scenario_with_arms_is_run_without_any_and_it_is_said():
    result = persim("explain", "baseline", "--versus", "role_clarity", "--person", 1, "--people", 60, "--weeks", 20)
    assert "role_clarity has arms" in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "baseline", "--versus", "role_clarity/usual_load", "--person", 5),
        ("explain", "baseline", "--versus", "gold_standard", "--replicates", 2, "--seed", 4, "--groups", "rural"),
        ("practice", "cto_rights/usual", "cto_rights/all", "--replicates", 2, "--window", "60:100"),
    ],
    ids=("twins", "flows", "practice"),
)
def test_results_come_out_the_same_again(words, tmp_path):
    out = tmp_path / "out"
    assert persim(*words, *SMALL, "--out", out).exit_code == 0
    found = reproduce_folder(out)
    assert found.ok, found.differences
    assert not any("pictures differ" in note for note in found.notes)
