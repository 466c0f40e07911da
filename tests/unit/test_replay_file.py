"""The file that `persim replay` writes: what lies in it, what it lets run, when it is refused."""

import base64
import hashlib
import json
import re
import zlib

import numpy as np
import pytest
from typer.testing import CliRunner

from persim import cli
from persim.app import replay_file
from persim.app.replay_file import check_place, page, replay_of, write_replay
from persim.biography import SYNTHETIC
from persim.errors import InputError
from persim.scenario import read_scenario
from persim.simulate import run_scenario

SMALL = {"n_users": 60, "n_weeks": 60}


@pytest.fixture(scope="module")
def two():
    """Two small worlds."""
    return replay_of([read_scenario(name).changed(**SMALL) for name in ("baseline", "gold_standard")], 3, replicates=2)


@pytest.fixture(scope="module")
def text(two) -> str:
    """Their page."""
    return page(two)


def carried(text: str, what: str) -> bytes:
    found = re.search(rf'<script type="text/plain" id="{what}">([^<]*)</script>', text)
    assert found is not None
    return zlib.decompress(base64.b64decode(found[1]))


def test_the_page_lets_only_its_own_script_and_style_run_and_fetches_nothing(text):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    for element, kind in (("script", "script-src"), ("style", "style-src")):
        (inside,) = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy[1]
    assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?!data:|#)""", text)
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)


def test_it_carries_the_films_of_both_worlds_as_they_would_be_played(text, two):
    content = carried(text, "films")
    for world in two.worlds:
        length = int.from_bytes(content[:4], "little")
        assert content[4 : 4 + length] == world.film.as_bytes()
        content = content[4 + length :]
    assert content == b""


def test_the_first_curve_is_the_run_that_is_played(text, two):
    curves = json.loads(carried(text, "curves"))
    assert curves["replicates"] == 2
    run = run_scenario(two.scenarios[1], 3)
    own = np.array(curves["worlds"][1]["outcomes"]["real_take_up"]["own"], float)
    assert np.allclose(own, run.series("real_take_up"), atol=1e-5, equal_nan=True)
    assert set(curves["differences"]) >= {"real_take_up"}


def test_everybody_has_a_story_of_two_lives_and_every_caseload_one_for_every_year(text, two):
    stories = json.loads(carried(text, "stories"))
    assert [story["person"] for story in stories["twins"]] == list(range(60))
    assert all(story["synthetic"] == SYNTHETIC and story["headline"] for story in stories["twins"])
    assert stories["people"] == []
    for world, of_world in zip(two.worlds, stories["posts"], strict=True):
        n_posts = int(world.lives.start.teams["n_posts"].sum())
        assert [len(years) for years in of_world] == [2] * n_posts
        assert of_world[1][1]["first_week"] == 52


def test_it_says_what_it_is_of_whom_and_not_for_what(text, two):
    for words in (
        "The baseline beside The gold standard", "seed 3", two.scenarios[0].digest()[:12], "60 people",
        "not for decisions on", "synthetic person", "nothing\nhere came from records",
    ):  # fmt: skip
        assert words in text


def test_one_world_has_the_stories_of_its_people_and_no_difference():
    one = page(replay_of([read_scenario("baseline").changed(**SMALL)], 1, replicates=1))
    stories = json.loads(carried(one, "stories"))
    assert stories["twins"] == []
    assert len(stories["people"]) == 60
    assert json.loads(carried(one, "curves"))["differences"] is None


def test_the_same_replay_is_the_same_file(two, text):
    assert page(two) == text


def test_a_hostile_title_stays_text(two, tmp_path):
    odd = tmp_path / "odd.yaml"
    odd.write_text(
        'schema_version: 1\nname: odd\nextends: baseline\ntitle: "</script><b>$x</b>"\nquestion: "<i>?"\n', "utf-8"
    )
    made = page(replay_of([read_scenario(odd).changed(**SMALL)], 1, replicates=1))
    assert "<b>" not in made
    assert "&lt;/script&gt;&lt;b&gt;$x&lt;/b&gt;" in made


@pytest.mark.parametrize("sizes", [{"n_users": 3000}, {"n_users": 20}, {"n_weeks": 600}], ids=["many", "few", "long"])
def test_sizes_that_the_page_cannot_show_are_refused_before_anything_runs(sizes, monkeypatch):
    monkeypatch.setattr(replay_file, "filmed", None)
    with pytest.raises(InputError, match="a replay shows"):
        replay_of([read_scenario("baseline").changed(**{**SMALL, **sizes})], 1)


def test_a_file_that_is_there_stays_unless_forced(two, tmp_path):
    place = tmp_path / "seminar.html"
    place.write_text("mine")
    with pytest.raises(InputError, match="--force"):
        write_replay(two, place)
    assert place.read_text() == "mine"
    assert write_replay(two, place, force=True) == place.stat().st_size
    assert place.read_text("utf-8").startswith("<!doctype html>")
    assert sorted(tmp_path.iterdir()) == [place]


def test_a_place_that_cannot_be_written_is_said_plainly(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        check_place(tmp_path, force=True)
    with pytest.raises(InputError, match="no folder"):
        check_place(tmp_path / "away" / "seminar.html", force=False)


def test_a_file_that_would_be_too_large_is_not_written(two, tmp_path, monkeypatch):
    monkeypatch.setattr(replay_file, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match="fewer --people"):
        write_replay(two, tmp_path / "seminar.html")
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_one_small_file_and_says_where(tmp_path):
    place = tmp_path / "seminar.html"
    asked = [
        "replay",
        "baseline",
        "--versus",
        "gold_standard",
        "--people",
        "60",
        "--weeks",
        "40",
        "--set",
        "market=0.6",
    ]
    done = CliRunner().invoke(cli.app, [*asked, "-o", str(place)])
    assert done.exit_code == 0, done.output
    assert "needs no network" in done.output
    assert 50_000 < place.stat().st_size < 1_000_000
    again = CliRunner().invoke(cli.app, [*asked, "-o", str(place)])
    assert isinstance(again.exception, InputError) or again.exit_code != 0


def test_worlds_with_other_people_are_refused(tmp_path):
    pair = ["replay", "integrated_teams/usual", "--versus", "rural_action_research/usual"]
    done = CliRunner().invoke(cli.app, [*pair, "--people", "60", "-o", str(tmp_path / "x.html")])
    assert done.exit_code != 0
    assert "differ in" in f"{done.output} {done.exception}"
    assert not (tmp_path / "x.html").exists()
