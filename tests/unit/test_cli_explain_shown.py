"""`persim explain` with another luck, with meetings seen three ways, and with one week of one post."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from persim import cli

SMALL = ("--people", "310", "--weeks", "156")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "biographies.md"
SHOWN = re.findall(r"<!-- part of: persim (.*?) -->\n\n```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*words):
    """A command, in this process."""
    return CliRunner().invoke(cli.app, list(words))


def test_a_life_with_another_luck_begins_the_same_and_goes_on_otherwise():
    usual, other = (run("explain", "baseline", "--person", "6", *SMALL, *luck).stdout for luck in ((), ("--luck", "5")))
    assert "seed 1 with the luck of seed 5, 310 people" in other
    begin = [text[text.index("At the start") : text.index("2008\n")] for text in (usual, other)]
    assert begin[0] == begin[1]
    assert usual[usual.index("2008\n") :] != other[other.index("2008\n") :]


def test_ones_own_luck_is_no_other_luck():
    usual, own = (run("explain", "baseline", "--person", "6", *SMALL, *luck).stdout for luck in ((), ("--luck", "1")))
    assert usual == own


def test_a_folder_of_a_story_with_another_luck_is_made_again_to_the_last_byte():
    assert run("explain", "baseline", "--person", "6", "--luck", "5", "--out", "story", *SMALL).exit_code == 0
    assert json.loads(Path("story/manifest.json").read_text("utf-8"))["story"]["luck"] == 5
    assert "seed 1 with the luck of seed 5" in Path("story/README.txt").read_text("utf-8")
    again = run("reproduce", "story")
    assert again.exit_code == 0, again.stderr
    assert "to the last byte" in again.stdout
    kept = run("explain", "story", "--person", "7").stdout
    assert kept == run("explain", "baseline", "--person", "7", "--luck", "5", *SMALL).stdout


def test_twins_with_another_luck_share_it_and_are_made_again_to_the_last_byte():
    words = ("--person", "6", "--versus", "gold_standard", "--luck", "5", "--out", "twins", "--no-figures", *SMALL)
    result = run("explain", "baseline", *words)
    assert result.exit_code == 0, result.stderr
    assert "seed 1 with the luck of seed 5, 310 people" in result.stdout
    again = run("reproduce", "twins")
    assert again.exit_code == 0, again.stderr
    refused = run("explain", "twins/first.parquet", "--versus", "baseline", "--person", "6", "--luck", "6")
    assert "its luck cannot be changed" in refused.stderr


def test_meetings_are_shown_and_nothing_is_written(tmp_path):
    result = run("explain", "baseline", "--person", "6", "--meetings", *SMALL)
    assert result.exit_code == 0, result.stderr
    for heading in ("What the person met", "What the coordinator had", "What the record holds"):
        assert heading in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    assert list(tmp_path.iterdir()) == []
    found = json.loads(run("explain", "baseline", "--person", "6", "--meetings", "--json", *SMALL).stdout)
    assert found["meetings"][found["best"]]["person"][0]["facts"]
    picked = run("explain", "baseline", "--pick", "typical", "--meetings", *SMALL)
    assert "meetings seen three ways" in picked.stdout


def test_a_week_is_shown():
    words = ("explain", "baseline", "--practitioner", "4", "--week", "2010-02-24", *SMALL)
    assert "(post 4): from 22 February 2010" in run(*words).stdout  # the Monday of that week
    found = json.loads(run(*words, "--json").stdout)
    assert (found["post"], found["week"]) == (4, 98)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--person", "6", "--week", "2010-02-22"), "--week is of one post"),
        (("--practitioner", "4", "--meetings"), "--meetings is of a person"),
        (("--person", "6", "--meetings", "--all"), "not written"),
        (("--person", "6", "--meetings", "--out", "x"), "not written"),
        (("--practitioner", "4", "--week", "2010-02-22", "--year", "2010-11"), "not written"),
        (("--practitioner", "4", "--week", "soon"), "is not a date"),
        (("--practitioner", "4", "--week", "2030-01-07"), "is not a span of this run"),
        (("--practitioner", "40", "--week", "2010-02-22"), "numbered 0 to 9"),
        (("--person", "999", "--meetings"), "numbered 0 to 309"),
        (("--versus", "gold_standard", "--luck", "5"), "--luck is for one person"),
        (("--person", "6", "--versus", "gold_standard", "--meetings"), "are for one scenario"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_run(words, said, tmp_path):
    result = run("explain", "baseline", *words, *SMALL)
    assert result.exit_code == 2
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("command", "shown"), SHOWN, ids=[command for command, _ in SHOWN])
def test_what_the_documentation_shows_is_what_the_command_tells(command, shown):
    told = run(*command.split()).stdout
    assert shown.strip("\n") in told, f"put what `persim {command}` tells into docs/biographies.md"


def test_the_documentation_shows_a_meeting_a_week_and_another_luck():
    assert {word for command, _ in SHOWN for word in command.split()} >= {"--meetings", "--week", "--luck"}
