"""Reveals in a lesson file: which worlds are run, what is drawn, what is read, and which direction the words rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from persim.errors import InputError, ScenarioError
from persim.evidence.measured import GROUP_LABELS
from persim.lessons.lesson import (
    BARS,
    CHARTS,
    CURVES,
    DIRECTIONS,
    EVERYBODY,
    HARDLY_CHANGES,
    STUDIED,
    STUDIES,
    Compared,
    Expected,
    Reading,
    Reveal,
    Runs,
    World,
)
from persim.lessons.part_keys import SIDE_KEYS, WORLD_KEYS, WORLD_NEEDS
from persim.lessons.place import Place
from persim.loops import BY_KEY as LOOPS
from persim.outcomes import BY_NAME as OUTCOMES
from persim.parameters import BY_NAME, TABLE
from persim.scenario import read_scenario
from persim.scenario_fields import nearest
from persim.scenario_search import shipped_names
from persim.scenario_yaml import Node

DIALS = tuple(p.name for p in TABLE if p.group == "dials" and p.name != "locality_spread")
FEWEST_PEOPLE, MOST_PEOPLE, MOST_REPLICATES, MOST_SEED, MOST_STEPS = 50, 1000, 100, 999_000, 12
MOST_WORK = 120_000  # people x replicates x worlds of one reveal: some seconds of one processor
MOST_WORLDS = 4
MOST_SERIES = {CURVES: 6, BARS: 9}  # that can be told apart
LAST_WEEK = 519  # the longest run of the seminar's page
YEAR = 52


def read_runs(place: Place, found: Mapping[str, Node], most_worlds: int, replicates: int = 1) -> Runs:
    """The worlds of a part and how they are run."""
    worlds = _worlds(place, found.get("worlds"), most_worlds)
    people = place.whole(found, "people", FEWEST_PEOPLE, MOST_PEOPLE, "people", 400 if replicates == 1 else 1000)
    return Runs(worlds, people, replicates, place.whole(found, "seed", 0, MOST_SEED, "seeds", 1))


def _worlds(place: Place, node: Node | None, most: int) -> tuple[World, ...]:
    if node is None:
        return ()
    key = f"{place.key}.worlds"
    if node.kind != "mapping" or not 1 <= len(node.entries) <= most:
        many = "one world" if most == 1 else f"one to {most} worlds"
        place.fields.fault(node, key, f"are not {many}", "a name for each, and below it `scenario:`", got="")
        return ()
    found = []
    for name, (key_node, below) in node.entries.items():
        place.fields.name(key_node, f"{key}.{name}")
        found.append(_world(place.below(f"worlds.{name}", below), name))
    return tuple(found)


def _world(place: Place, name: str) -> World:
    found = place.mapping(*WORLD_KEYS)
    place.need(found, *WORLD_NEEDS)
    scenario = place.text(found, "scenario") or "baseline"
    _check_scenario(place, scenario)
    return World(
        name=name,
        title=place.text(found, "title") or name,
        scenario=scenario,
        dials=_dials(place, found.get("dials"), "dials"),
        steps=_steps(place, found.get("steps")),
        off=place.fields.names({f"{place.key}.off": found["off"]}, f"{place.key}.off", LOOPS) if "off" in found else (),
    )


def _check_scenario(place: Place, scenario: str) -> None:
    known = shipped_names()
    name, _, arm = scenario.partition("/")
    if name not in known:
        return place.fault("scenario", "does not come with persim", "", nearest(name, known))
    try:
        if arm:
            read_scenario(name).arm(arm)
        else:
            read_scenario(name)
    except (InputError, ScenarioError) as error:
        place.fault("scenario", str(error))


def _dials(place: Place, node: Node | None, key: str) -> dict[str, float]:
    path = f"{place.key}.{key}"
    found = place.fields.mapping(node, path, DIALS) if node else {}
    values = {name: place.fields.parameter(below, f"{path}.{name}", BY_NAME[name]) for name, below in found.items()}
    return {name: value for name, value in values.items() if value is not None}


def _steps(place: Place, node: Node | None) -> tuple[tuple[int, dict[str, float]], ...]:
    if node is None:
        return ()
    steps = []
    for number, item in enumerate(
        place.fields.items(node, f"{place.key}.steps", "a list of `{week: ..., dials: ...}`")
    ):
        one = place.below(f"steps[{number}]", item)
        found = one.mapping("week", "dials")
        one.need(found, "week", "dials")
        steps.append((one.whole(found, "week", 0, LAST_WEEK, "weeks", 0), _dials(one, found.get("dials"), "dials")))
    if len(steps) > MOST_STEPS:
        place.fault("steps", f"are more than {MOST_STEPS}", "a few")
    return tuple(steps)


def read_reveal(place: Place, kind: str) -> Reveal:
    """A reveal; or a look at runs, or at two worlds side by side, which are reveals without a question."""
    found = place.part(kind)
    replicates = place.whole(found, "replicates", 2, MOST_REPLICATES, "runs", 40)
    runs = read_runs(place, found, 2 if kind == "two_worlds" else MOST_WORLDS, replicates)
    if (work := runs.people * replicates * len(runs.worlds)) > MOST_WORK:
        problem = f"make {work:,} people to run with {runs.people} people and {len(runs.worlds)} worlds"
        place.fault("replicates", problem, f"at most {MOST_WORK:,} in all")
    key = f"{place.key}.outcomes"
    outcomes = place.fields.names({key: found["outcomes"]}, key, OUTCOMES) if "outcomes" in found else ()
    groups = place.words(found, "groups") or (EVERYBODY,)
    for group in groups:
        _check_group(place, "groups", group)
    n_weeks = _shortest(runs)
    chart = place.fields.choice(found, "chart", CHARTS, f"{place.key}.") or (CURVES if len(groups) == 1 else BARS)
    most = MOST_SERIES.get(chart, 6)
    if len(outcomes) * len(groups) * max(1, len(runs.worlds)) > most:
        place.fault("outcomes", "times worlds times groups are too many to tell apart", f"at most {most} in all")
    if kind == "two_worlds" and len(runs.worlds) == 1:
        place.fault("worlds", "is one world", "two worlds")
    weeks = _weeks(place, found.get("weeks"), "weeks", n_weeks) or (0, n_weeks - 1)
    usual = Reading(
        outcomes[0] if outcomes else "real_take_up",
        runs.worlds[-1].name if runs.worlds else "",
        (max(0, n_weeks - YEAR), n_weeks - 1),
        groups[-1],
    )
    compared = _compared(place, found.get("read"), "read", Compared(usual), runs, n_weeks)
    study = place.fields.choice(found, "study", STUDIES, f"{place.key}.") or ""
    if study and (compared.reading.outcome not in STUDIED or compared.against is None):
        place.fault(
            "study",
            "needs a reading of what a study could ask people for, held against another world",
            f"`outcome:` one of {', '.join(STUDIED)}, and `against:`",
        )
    return Reveal(
        **place.common(found, kind), question=place.name(found, "question"), runs=runs, outcomes=outcomes, groups=groups,
        chart=chart, weeks=weeks, over=place.whole(found, "over", 1, 104, "weeks", 1), compared=compared,
        expect=_expected(place, found.get("expect"), compared, runs, n_weeks), after=place.text(found, "after"), study=study,
    )  # fmt: skip


def _shortest(runs: Runs) -> int:
    """The weeks that all worlds have."""
    lengths = []
    for world in runs.worlds:
        try:
            lengths.append(read_scenario(world.scenario).n_weeks)
        except (InputError, ScenarioError):
            continue
    return min([LAST_WEEK + 1, *lengths])


def _weeks(place: Place, node: Node | None, key: str, n_weeks: int) -> tuple[int, int] | None:
    if node is None:
        return None
    path, expected = f"{place.key}.{key}", f"first and last week of the run, such as [0, {n_weeks - 1}]"
    items = place.fields.items(node, path, expected)
    if len(items) != 2:
        return place.fields.fault(node, path, "has not a first and a last week", expected)
    first, last = (place.fields.whole(item, path, 0, n_weeks - 1, "weeks") for item in items)
    if first is None or last is None:
        return None
    if first > last:
        return place.fields.fault(node, path, "ends before it begins", expected)
    return first, last


def _compared(place: Place, node: Node | None, key: str, usual: Compared, runs: Runs, n_weeks: int) -> Compared:
    """A reading, and what it is held against; what is not written is as in `usual`."""
    if node is None:
        return usual
    below = place.below(key, node)
    direction = ("direction",) if key.startswith("expect") else ()
    found = below.mapping(*SIDE_KEYS, "against", "smallest", *direction)
    reading = _side(below, found, usual.reading, runs, n_weeks)
    against = None
    if "against" in found:
        other = below.below("against", found["against"])
        sides = other.mapping(*SIDE_KEYS)
        against = _side(other, sides, reading, runs, n_weeks)
        if against == reading:
            below.fault("against", "is the same as what is read", "another world, group, outcome or other weeks")
    elif usual.against is not None:
        changed = {name: value for name, value in vars(usual.against).items() if value != getattr(usual.reading, name)}
        against = replace(reading, **changed)
    return Compared(reading, against, below.number(found, "smallest", usual.smallest))


def _side(place: Place, found: Mapping[str, Node], usual: Reading, runs: Runs, n_weeks: int) -> Reading:
    names = [world.name for world in runs.worlds]
    for word in ("outcome", "world"):
        place.fields.choice(found, word, OUTCOMES if word == "outcome" else names, f"{place.key}.")
    group = place.text(found, "group") or usual.group
    _check_group(place, "group", group)
    outcome, world = place.text(found, "outcome"), place.text(found, "world")
    return Reading(
        outcome=outcome if outcome in OUTCOMES else usual.outcome,
        world=world if world in names else usual.world,
        weeks=_weeks(place, found.get("weeks"), "weeks", n_weeks) or usual.weeks,
        group=group,
    )


def _check_group(place: Place, key: str, group: str) -> None:
    if group != EVERYBODY and group not in GROUP_LABELS:
        hint = nearest(group, GROUP_LABELS) or f"groups are {', '.join(GROUP_LABELS)}"
        place.fault(key, f"names {group!r}, which is no group", "", hint)


def _expected(place: Place, node: Node | None, usual: Compared, runs: Runs, n_weeks: int) -> tuple[Expected, ...]:
    if node is None:
        return ()
    found = []
    for number, item in enumerate(place.fields.items(node, f"{place.key}.expect", "a list, each with `direction:`")):
        key = f"expect[{number}]"
        one = place.below(key, item)
        compared = _compared(place, item, key, usual, runs, n_weeks)
        direction = item.entries.get("direction")
        if direction is None:
            one.fault("direction", "is missing", f"one of {', '.join(DIRECTIONS)}")
            continue
        said = place.fields.choice({"direction": direction[1]}, "direction", DIRECTIONS, f"{one.key}.")
        if compared.against is None:
            one.fault("against", "is missing", "another world, group, outcome or other weeks")
        elif said == HARDLY_CHANGES and compared.smallest <= 0:
            one.fault("smallest", "is missing", "the smallest difference of interest, above 0")
        elif said in DIRECTIONS:
            found.append(Expected(compared, said))  # type: ignore[arg-type]  # one of DIRECTIONS
    return tuple(found)
