"""The feedback loops of the model: what feeds back on itself, by which rules, and the parameters that cut each loop.

A loop is a ring of links, each with a sign: `+` where more leads to more, `-` where more leads to less. Where the signs of
a ring multiply to `+` the loop reinforces, else it balances. Nothing here acts: the rules named do. "Off" means that the
links marked `cut` no longer act; everything else goes on as before. How much a loop does in a run: `persim.loop_strength`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from persim.errors import InputError
from persim.loop_parts import Loop
from persim.loop_table import LOOPS
from persim.parameters import BY_NAME as PARAMETER
from persim.scenario_fields import nearest

BY_KEY: Mapping[str, Loop] = {loop.key: loop for loop in LOOPS}


def chosen_loops(keys: Iterable[str]) -> tuple[Loop, ...]:
    """The loops of these keys, in the table's order, each once. Raises: InputError for an unknown one, with the nearest."""
    wanted = set(keys)
    for key in sorted(wanted):
        if key not in BY_KEY:
            hint = nearest(key, BY_KEY) or f"loops are {', '.join(BY_KEY)}"
            raise InputError(f"no feedback loop is called {key!r} - {hint}")
    return tuple(loop for loop in LOOPS if loop.key in wanted)


def switched_off(keys: Iterable[str]) -> dict[str, float]:
    """The parameters that cut these loops, and their values. No two loops share a parameter.

    Raises: InputError for an unknown loop, with the nearest.
    """
    return {name: value for loop in chosen_loops(keys) for name, value in loop.off.items()}


def loop_json(loop: Loop) -> dict[str, Any]:
    """A loop as plain types, for the seminar's page: `static/loops.js` draws it."""
    return {
        "key": loop.key,
        "title": loop.title,
        "sentence": loop.sentence,
        "kind": loop.kind,
        "main": loop.main,
        "nodes": [{"key": node.key, "label": node.label, "outcome": node.outcome} for node in loop.nodes],
        "links": [
            {
                "from": link.cause,
                "to": link.effect,
                "sign": link.sign,
                "rule": link.rule,
                "why": link.why,
                "cut": link.cut,
            }
            for link in loop.links
        ],
        "off": [{"name": name, "value": value, "meaning": PARAMETER[name].meaning} for name, value in loop.off.items()],
        "off_means": loop.off_means,
        "outcome": loop.outcome,
        "seen_in": loop.seen_in,
        "source": loop.source,
        "grade": loop.grade,
        "caveat": loop.caveat,
    }


def loops_json() -> list[dict[str, Any]]:
    """Every loop as plain types, in the table's order."""
    return [loop_json(loop) for loop in LOOPS]
