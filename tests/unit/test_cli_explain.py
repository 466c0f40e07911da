"""The command `persim explain`: stories, choices, folders, and errors that say what to do."""

import json
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from persim import cli
from persim.errors import InputError
from persim.ledger import read_ledger

SMALL = ("--people", "310", "--weeks", "156")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*words):
    """A command, in this process."""
    return CliRunner().invoke(cli.app, list(words))


def test_a_person_is_told_and_nothing_is_written(tmp_path):
    result = run("explain", "baseline", "--person", "17", *SMALL)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Synthetic person 17\nScenario baseline, seed 1, 310 people")
    assert "nothing here came from" in " ".join(result.stdout.split())
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    assert list(tmp_path.iterdir()) == []


def test_the_usual_story_shows_no_chance_and_the_whole_one_does():
    usual = run("explain", "baseline", "--person", "6", *SMALL).stdout
    whole = run("explain", "baseline", "--person", "6", "--all", *SMALL).stdout
    assert "draw 0." not in usual
    assert "chance" in whole
    assert "draw 0." in whole
    assert "the same in every scenario of the same seed" in " ".join(whole.split())
    assert whole.count("[") > usual.count("[")


def test_json_holds_the_rows_and_their_facts():
    told = json.loads(run("explain", "baseline", "--person", "6", "--json", *SMALL).stdout)
    assert told["about"] == "Synthetic person 6"
    assert told["seed"] == 1
    assert all(sentence["row"] >= 0 and sentence["text"] for sentence in told["sentences"])


def test_a_choice_says_how_it_was_made():
    result = run("explain", "baseline", "--pick", "never offered, high perceived risk", *SMALL)
    assert result.exit_code == 0, result.stderr
    text = " ".join(result.stdout.split())
    assert "Picked by: never offered, high perceived risk." in text
    assert "people match of 310" in text


def test_the_words_of_pick_are_listed():
    result = run("explain", "--pick", "help")
    assert result.exit_code == 0
    for word in ("never offered", "hand-off lost", "longest wait", "typical", "no service can see it"):
        assert word in result.stdout


def test_a_caseload_and_a_team_are_told():
    caseload = run("explain", "baseline", "--practitioner", "4", "--year", "2009-10", *SMALL)
    assert caseload.exit_code == 0, caseload.stderr
    assert caseload.stdout.startswith("Post 4, ")
    assert "6 April 2009 to 29 March 2010" in " ".join(caseload.stdout.split())
    team = run("explain", "baseline", "--team", "0", "--from", "2009-04-06", "--to", "2009-07-05", "--json", *SMALL)
    assert json.loads(team.stdout)["weeks"] == [52, 64]


def test_the_whole_story_of_a_caseload_adds_three_kinds_and_no_chance():
    span = ("--practitioner", "4", "--year", "2009-10", "--json", *SMALL)
    usual, whole = (json.loads(run("explain", "baseline", *span, *more).stdout) for more in ((), ("--all",)))
    kinds = [{sentence["kind"] for sentence in told["sentences"]} for told in (usual, whole)]
    assert kinds[1] - kinds[0] <= {"care review", "asked", "opportunity"}
    assert "care review" in kinds[1]
    assert not any(sentence["weighed"] for sentence in whole["sentences"])
    said = " ".join(run("explain", "--help").stdout.replace("│", " ").split())
    assert "Of a post or team: care reviews, requests and opportunities too, and no chances." in said


def test_every_model_that_has_to_be_compiled_is_said(monkeypatch):
    monkeypatch.setattr("persim.jit.is_compiled_already", lambda ledger=False: False)
    small = ("--people", "66", "--weeks", "20")
    one = run("explain", "baseline", "--person", "3", *small).stderr
    assert "with its ledger" in one
    assert "compiling the model, once" not in one
    both = run("explain", "baseline", "--versus", "brokers_and_peers", "--replicates", "2", *small).stderr
    assert "compiling the model, once" in both  # for the pairs
    assert "with its ledger" in both  # for what is told of the first


def test_a_folder_is_written_whole_and_somebody_else_is_told_from_it(tmp_path):
    result = run("explain", "baseline", "--pick", "typical", "--out", "story", *SMALL)
    assert result.exit_code == 0, result.stderr
    assert "Written to story" in result.stdout
    names = {path.name for path in Path("story").iterdir()}
    assert names == {
        "story.txt", "story.html", "story.json", "life_line.svg", "life_line.png", "ledger.parquet", "scenario.json",
        "README.txt", "manifest.json",
    }  # fmt: skip
    assert run("verify", "story").exit_code == 0
    for source in ("story", "story/ledger.parquet"):
        other = run("explain", source, "--person", "5")
        assert other.exit_code == 0, other.stderr
        assert other.stdout == run("explain", "baseline", "--person", "5", *SMALL).stdout
    assert run("explain", "baseline", "--person", "5", "--out", "story", *SMALL).exit_code == 2
    assert run("explain", "baseline", "--person", "5", "--out", "story", "--force", *SMALL).exit_code == 0


@pytest.mark.parametrize(
    "whose", [("--pick", "typical"), ("--practitioner", "2"), ("--team", "0", "--year", "2009-10")]
)
def test_a_story_comes_out_the_same_again(whose):
    assert run("explain", "baseline", *whose, "--all", "--out", "story", *SMALL).exit_code == 0
    result = run("reproduce", "story")
    assert result.exit_code == 0, result.stdout


def test_a_caseload_has_a_folder_without_a_life_line():
    assert run("explain", "baseline", "--practitioner", "2", "--out", "year", *SMALL).exit_code == 0
    names = {path.name for path in Path("year").iterdir()}
    assert "story.html" in names
    assert not any(name.startswith("life_line") for name in names)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "whose story?"),
        (("--person", "3", "--team", "1"), "not both"),
        (("--person", "310"), "numbered 0 to 309"),
        (("--person", "-1"), "numbered 0 to 309"),
        (("--practitioner", "10"), "numbered 0 to 9"),
        (("--team", "1"), "numbered 0 to 0"),
        (("--pick", "ofered"), "did you mean 'offered'"),
        (("--pick", "real"), "did you mean 'real budget'"),
        (("--pick", "carer"), "did you mean 'with a carer'"),
        (("--person", "3", "--year", "2010-11"), "for --practitioner and --team"),
        (("--practitioner", "3", "--year", "2012-13"), "is not a span of this run"),
        (("--person", "3", "--set", "role_boundary=7"), "role_boundary"),
    ],
)
def test_bad_input_is_said_in_a_line(words, said):
    result = run("explain", "baseline", *words, *SMALL)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_ledger_of_another_version_is_refused():
    assert run("explain", "baseline", "--person", "1", "--out", "story", *SMALL).exit_code == 0
    ledger = read_ledger("story")
    object.__setattr__(ledger, "model_version", "0123456789abcdef")
    ledger.write(Path("old.parquet"))
    result = run("explain", "old.parquet", "--person", "1")
    assert result.exit_code == 2
    assert "another version of the model" in result.stderr


def test_what_is_no_ledger_is_refused():
    Path("no.parquet").write_bytes(b"PAR1 but not really")
    result = run("explain", "no.parquet", "--person", "1")
    assert result.exit_code == 2
    assert "not a ledger" in result.stderr
    assert run("explain", "missing.parquet", "--person", "1").exit_code == 2


def test_options_of_a_run_do_not_go_with_a_ledger_that_is_made():
    assert run("explain", "baseline", "--person", "1", "--out", "story", *SMALL).exit_code == 0
    result = run("explain", "story", "--person", "1", "--seed", "2")
    assert result.exit_code == 2
    assert "seed cannot be changed" in result.stderr


def test_the_ledger_in_the_folder_is_the_run_s_own():
    assert run("explain", "baseline", "--person", "1", "--out", "story", "--seed", "4", *SMALL).exit_code == 0
    import persim

    own = persim.simulate("baseline", 4, n_users=310, n_weeks=156, ledger=True).ledger
    assert own is not None
    assert np.array_equal(read_ledger("story").rows, own.rows)


def test_the_story_in_the_documentation_is_what_its_command_tells():
    page = (Path(__file__).resolve().parents[2] / "docs" / "biographies.md").read_text("utf-8")
    match = re.search(r"<!-- story: persim (.*?) -->\n\n```text\n(.*?)```\n\n<!-- end of story -->", page, re.DOTALL)
    assert match is not None
    told = run(*match[1].split()).stdout.rstrip() + "\n"
    assert match[2] == told, f"put what `persim {match[1]}` tells into docs/biographies.md"


@pytest.mark.parametrize("columns", [60, 80, 140])
@pytest.mark.parametrize(
    "whose", [("--person", "6"), ("--team", "0"), ("--versus", "gold_standard", "--person", "6"), ("--pick", "help")]
)
def test_a_story_is_as_wide_as_the_terminal_and_at_most_100(monkeypatch, columns, whose):
    monkeypatch.setattr("persim.cli_told._is_terminal", lambda: True)
    monkeypatch.setattr("persim.cli_runs._page", lambda: columns)
    result = run("explain", "baseline", *whose, *SMALL)
    assert result.exit_code == 0, result.stderr
    longest = max(len(line) for line in result.stdout.splitlines())
    assert longest <= (columns if "--versus" in whose else min(columns, 100))
    if "--versus" in whose:
        assert ("   ----" in result.stdout) == (columns >= 120)  # side by side


def test_two_lives_in_a_pipe_are_told_one_after_the_other():
    result = run("explain", "baseline", "--versus", "gold_standard", "--person", "6", *SMALL)
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    assert "\nIn gold_standard\n" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--person", "99999"), "numbered 0 to 309"),
        (("--practitioner", "10"), "numbered 0 to 9"),
        (("--team", "1"), "numbered 0 to 0"),
        (("--team", "0", "--year", "2030-31"), "is not a span of this run"),
        (("--team", "0", "--year", "2010"), "is not a financial year"),
        (("--team", "0", "--from", "soon", "--to", "later"), "is not a date"),
        (("--pick", "ofered"), "did you mean 'offered'"),
        (("--versus", "gold_standard", "--person", "310"), "numbered 0 to 309"),
    ],
)
def test_what_can_be_checked_is_checked_before_anything_is_run(monkeypatch, words, said):
    def never(*_):
        raise AssertionError("run in vain")

    monkeypatch.setattr(import_module("persim.explain"), "ledger_of", never)
    result = run("explain", "baseline", *words, *SMALL)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_scenario_with_arms_is_told_without_any_and_says_so():
    result = run("explain", "cto_rights", "--person", "1", "--people", "66", "--weeks", "20")
    assert "cto_rights has arms, and this runs it without any; also to be run: cto_rights/" in result.stderr


@pytest.mark.parametrize(
    ("words", "writer"),
    [
        (("--person", "1"), "persim.explain.write_story"),
        (("--versus", "gold_standard", "--person", "1"), "persim.twin_folder.write_twins"),
        (("--versus", "gold_standard", "--replicates", "2"), "persim.twin_folder.write_flows"),
    ],
)
def test_what_cannot_be_written_is_shown_all_the_same(monkeypatch, words, writer):
    def full(*_):
        raise InputError("no space left on the disk")

    module, _, name = writer.rpartition(".")
    monkeypatch.setattr(import_module(module), name, full)
    result = run("explain", "baseline", *words, "--out", "story", "--people", "66", "--weeks", "60")
    assert result.exit_code == 2
    assert "no space left" in result.stderr
    assert "nothing here came from records" in " ".join(result.stdout.split())
    assert "Written to" not in result.stdout


def test_a_source_that_cannot_be_read_or_would_be_replaced_is_refused():
    for words in (("",), ("baseline", "--versus", " ")):
        assert "an empty name" in run("explain", *words, "--person", "1", *SMALL).stderr
    assert "a folder without ledger.parquet" in run("explain", ".", "--person", "1").stderr
    small = ("--people", "66", "--weeks", "20")
    assert run("explain", "baseline", "--person", "1", "--out", "led", *small).exit_code == 0
    for source in ("led", "led/ledger.parquet"):
        result = run("explain", source, "--person", "2", "--out", "led", "--force")
        assert result.exit_code == 2
        assert "is the folder that the ledger is read from" in result.stderr


def test_beside_a_ledger_another_size_is_refused_and_its_own_is_taken():
    assert run("explain", "baseline", "--person", "1", "--out", "led", "--people", "66", "--weeks", "20").exit_code == 0
    result = run("explain", "led", "--versus", "gold_standard", "--person", "1", "--people", "99")
    assert result.exit_code == 2
    assert (
        "led is a ledger of 66 people, and the other scenario is run with as many: leave --people out" in result.stderr
    )
    assert run("explain", "led", "--versus", "gold_standard", "--person", "1").exit_code == 0
