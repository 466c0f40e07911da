"""One file that plays a run, or two worlds, from a USB stick: no server, no Python, no network.

The film, its curves and everybody's story are made beforehand and lie in the page, packed, beside the very scripts of the
seminar's page. Its policy lets nothing else run and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import persim
from persim.app.catalogue import PURPOSE
from persim.app.curves import curves_json, one_run
from persim.app.joined_scripts import STATIC, joined
from persim.app.settings import FEWEST_PEOPLE, MOST_PEOPLE, MOST_WEEKS
from persim.app.stories import person_json, post_json, twins_json
from persim.comparison_plan import unique_names
from persim.durable_files import write_whole
from persim.errors import InputError
from persim.film import Film, filmed
from persim.lives import Lives
from persim.outcomes import BY_NAME
from persim.scenario import Scenario
from persim.state import YEAR
from persim.twins import Twins

MOST_BYTES = 5_000_000
REPLICATES = 20
STYLES = ("persim.css", "explore.css", "replay.css")  # the charts are those of the explore page
OUTCOMES = (
    "reported_take_up", "real_take_up", "control_felt", "control_recorded", "hours_crisis", "hours_detained", "hours_cto",
    "hours_unsettled", "hours_routine", "hours_reviews", "hours_talk", "hours_forms",
)  # fmt: skip
CAVEATS = (
    "Bands show chance over other people and luck; they say nothing of how sure the model's numbers are, most of which are "
    "assumptions.",
    "A barrier is the gate that closed first: the order in which gates stand decides which that is.",
    "Directions are better founded than sizes. England, 2008 to 2013; the Care Act 2014 is out.",
)


@dataclass(frozen=True)
class Played:
    """One run: what is played, and what stories are told from."""

    film: Film
    lives: Lives


@dataclass(frozen=True)
class Replay:
    """What goes into the file: one scenario or two with the same people, and the runs to be played."""

    scenarios: tuple[Scenario, ...]
    seed: int
    worlds: tuple[Played, ...]
    replicates: int = REPLICATES
    legal: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the worlds, told apart."""
        return list(unique_names([scenario.name for scenario in self.scenarios]))


def replay_of(scenarios: Sequence[Scenario], seed: int, replicates: int = REPLICATES, legal: bool = False) -> Replay:
    """The runs of one scenario or two. Raises: InputError for a size that the page cannot show.

    Args:
        legal: tell in stories what was done under the Mental Health Act too.
    """
    for scenario in scenarios:
        if not FEWEST_PEOPLE <= scenario.n_users <= MOST_PEOPLE:
            sizes = f"{FEWEST_PEOPLE} to {MOST_PEOPLE:,}"
            raise InputError(
                f"{scenario.name} has {scenario.n_users:,} people; a replay shows {sizes}: give --people 400"
            )
        if scenario.n_weeks > MOST_WEEKS:
            raise InputError(
                f"{scenario.name} runs for {scenario.n_weeks:,} weeks; a replay shows at most {MOST_WEEKS}"
            )
    return Replay(tuple(scenarios), seed, tuple(_played(one, seed) for one in scenarios), replicates, legal)


def _played(scenario: Scenario, seed: int) -> Played:
    run, film = filmed(scenario, seed)
    assert run.ledger is not None
    return Played(film, Lives(run.ledger))


def check_place(place: Path, force: bool) -> None:
    """Raises: InputError unless the file may be written there; asked before anything is run."""
    if place.is_dir():
        raise InputError(f"{place} is a folder: name a file in it, such as {place / 'seminar.html'}")
    if os.path.lexists(place) and not force:
        raise InputError(f"{place} exists: give another name, or --force to write over it")
    if not place.absolute().parent.is_dir():
        raise InputError(f"there is no folder {place.absolute().parent}")


def write_replay(replay: Replay, place: Path, force: bool = False) -> int:
    """Write the file, whole or not at all. Returns: its size in bytes.

    Raises: InputError if it is there already, cannot be written, or would be larger than 5 MB.
    """
    check_place(place, force)
    content = page(replay).encode("utf-8")
    if len(content) > MOST_BYTES:
        raise InputError(f"the file would be {len(content) / 1e6:.1f} MB, more than 5: give fewer --people or --weeks")
    try:
        write_whole(place, content)
    except OSError as error:
        raise InputError(f"{place} cannot be written: {error.strerror or error}") from None
    return len(content)


def page(replay: Replay) -> str:
    """The page as text."""
    script = joined("replay.js")
    style = "".join((STATIC / name).read_text("utf-8") for name in STYLES)
    films = [world.film.as_bytes() for world in replay.worlds]
    template = Template((Path(__file__).parent / "pages" / "replay.html").read_text("utf-8"))
    return template.substitute(
        title=html.escape(title_of(replay)), question=html.escape(question_of(replay)), purpose=PURPOSE,
        script=script, script_hash=_hash(script), style=style, style_hash=_hash(style),
        about=_json({
            "names": replay.names, "outcomes": {name: {"label": BY_NAME[name].label} for name in OUTCOMES},
        }),
        made="".join(f"<li>{line}</li>" for line in made_lines(replay)),
        films=packed(b"".join(len(one).to_bytes(4, "little") + one for one in films)),
        curves=packed(_json(curves_of(replay)).encode()),
        stories=packed(_json(stories_of(replay)).encode()),
    )  # fmt: skip


def title_of(replay: Replay) -> str:
    """The scenario's title; of two, both."""
    return " beside ".join(scenario.title or scenario.name for scenario in replay.scenarios)


def question_of(replay: Replay) -> str:
    """What the scenario asks; of two worlds, the second's question, for the first is what it is compared with."""
    return replay.scenarios[-1].question


def made_lines(replay: Replay) -> list[str]:
    """Scenario, seed, version and caveats, each as a line of HTML."""
    lines = []
    for name, scenario, world in zip(replay.names, replay.scenarios, replay.worlds, strict=True):
        ledger = world.lives.ledger
        lines.append(
            f"Scenario <code>{html.escape(name)}</code>, {scenario.n_users:,} people, {scenario.n_weeks} weeks from "
            f"{scenario.start:%Y-%m-%d}, digest {scenario.digest()[:12]}; seed {replay.seed}; persim {persim.__version__}, "
            f"model {ledger.model_version}."
        )
    return [*lines, *map(html.escape, CAVEATS)]


def curves_of(replay: Replay) -> dict[str, Any]:
    """The curves with their bands: the run that is played first, then those of the seeds after it."""
    seeds = range(replay.seed, replay.seed + replay.replicates)
    runs = [[one_run(scenario, seed, None, OUTCOMES) for seed in seeds] for scenario in replay.scenarios]
    return curves_json(replay.scenarios, OUTCOMES, runs)


def stories_of(replay: Replay) -> dict[str, Any]:
    """Everybody's story; in two worlds the two lives of everybody, with where they part; each caseload's every year."""
    people, twins = [], []
    first = replay.worlds[0].lives
    for person in range(replay.scenarios[0].n_users):
        if len(replay.worlds) == 2:
            twins.append(twins_json(Twins(first, replay.worlds[1].lives, person, legal=replay.legal)))
        else:
            people.append(person_json(first, person, legal=replay.legal))
    return {"people": people, "twins": twins, "posts": [_caseloads(world.lives) for world in replay.worlds]}


def _caseloads(lives: Lives) -> list[list[dict[str, Any]]]:
    begin, stop = lives.weeks
    firsts = sorted({max(begin, week - week % YEAR) for week in range(begin, stop)})
    n_posts = sum(int(team["n_posts"]) for team in lives.start.teams)
    return [[post_json(lives, post, first - begin) for first in firsts] for post in range(n_posts)]


# Packing


def packed(content: bytes) -> str:
    """Bytes as text that a page can hold: deflated, then base64."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def _json(value: Any) -> str:
    """JSON that may stand between tags: it holds no `<`."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
