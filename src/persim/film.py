"""A film: one whole run as small codes a week for every person and post, and what passed between them, to be played.

The seminar's page and the file that `persim replay` writes play it; nothing is computed anew while it plays. The run is
the one that `run_scenario` makes, watched week by week. `as_bytes` is what is sent: a header in JSON, then the layers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from persim import events
from persim.rules.information import SIGNAL_NONE, peer_row
from persim.scenario import Scenario
from persim.simulate import Run, run_scenario
from persim.state import PEER_BLOCK, PEERS, Place, Stage, World

AWAY = 255  # the stage of somebody who is on no caseload
VACANT, OFF_WORK, AT_WORK = 0, 1, 2
NO_BUDGET, COUNTED_ONLY, REAL, REAL_STRICT, IN_USE_NOT_REAL = 0, 1, 2, 3, 4
ALIGNED = 8  # bytes at which the layers begin


@dataclass(frozen=True)
class Layer:
    """One code a week for each row: `values`, uint8 or uint16 of shape (n_rows, n_weeks)."""

    name: str
    of: str
    values: np.ndarray


@dataclass(frozen=True)
class Film:
    """One run to be played.

    Attributes:
        header: what does not change: teams, posts, dates; and events as short lists (see `events_of`).
        layers: of persons `stage` (`persim.state.Stage`, 255 for nobody's caseload), `barrier`, `legal`, `budget` (0 none,
            1 counted only, 2 real, 3 real by the strict measure, 4 in use and not real), `eligible`, `informed`, `post`
            (of the care coordinator), `generation` (rises when a place is taken by somebody new); of posts `working`
            (0 vacant, 1 away, 2 at work), `gate` (how far the time gate stood open, per cent), `cases`; of teams `alarm`
            (per cent).
    """

    header: dict[str, Any]
    layers: tuple[Layer, ...]

    def layer(self, name: str) -> np.ndarray:
        """The values of a layer, shape (n_rows, n_weeks). Raises: KeyError if there is none."""
        return {layer.name: layer.values for layer in self.layers}[name]

    def as_bytes(self) -> bytes:
        """The film to be sent: length of the header (4 bytes, little endian), the header, then the layers, row by row."""
        places, blocks, offset = [], [], 0
        for layer in self.layers:
            block = (
                np.ascontiguousarray(layer.values).astype(layer.values.dtype.newbyteorder("<"), copy=False).tobytes()
            )
            kind = "u1" if layer.values.dtype.itemsize == 1 else "u2"
            places.append({
                "name": layer.name, "of": layer.of, "type": kind, "offset": offset, "rows": len(layer.values),
            })  # fmt: skip
            blocks.append(block + b"\0" * (-len(block) % ALIGNED))
            offset += len(blocks[-1])
        header = json.dumps({**self.header, "layers": places}, separators=(",", ":"), ensure_ascii=False).encode()
        begin = len(header).to_bytes(4, "little") + header
        return begin + b"\0" * (-len(begin) % ALIGNED) + b"".join(blocks)


def filmed(scenario: Scenario, seed: int, luck: int | None = None) -> tuple[Run, Film]:
    """One run, recorded weekly and with its ledger, and its film. `luck` as for `run_scenario`."""
    camera = _Camera(scenario.n_weeks)
    run = run_scenario(scenario, seed, ledger=True, watch=camera, luck=luck)
    return run, camera.film(run)


class _Camera:
    """Looks at the world after each week."""

    def __init__(self, n_weeks: int) -> None:
        self.n_weeks = n_weeks
        self.persons: dict[str, list[np.ndarray]] = {}
        self.posts: dict[str, list[np.ndarray]] = {}
        self.alarm: list[np.ndarray] = []
        self.signals: list[np.ndarray] = []
        self.keys: list[np.ndarray] = []

    def __call__(self, week: int, world: World) -> None:
        users, posts = world.users, world.practitioners
        stage = np.where(users["place"] == Place.ON_CASELOAD, users["pathway_stage"], AWAY)
        self._keep(self.persons, np.uint8, {
            "stage": stage, "barrier": users["barrier"], "legal": users["legal_status"], "budget": budgets(users),
            "eligible": users["eligible"], "informed": users["informed"],
        })  # fmt: skip
        self._keep(self.persons, np.uint16, {"post": users["coordinator"]})
        working = np.where(posts["works"] == 1, AT_WORK, np.where(posts["vacant_weeks"] > 0, VACANT, OFF_WORK))
        gate = np.rint(100.0 * np.clip(posts["gate_open"], 0.0, 1.0))
        cases = np.minimum(np.rint(posts["lead_cases"]), 255)
        self._keep(self.posts, np.uint8, {"working": working, "gate": gate, "cases": cases})
        self.alarm.append(np.rint(100.0 * np.clip(world.teams["alarm"], 0.0, 1.0)).astype(np.uint8))
        self.signals.append(users["peer_signal"] != SIGNAL_NONE)
        self.keys.append(users["key"].copy())

    @staticmethod
    def _keep(kept: dict[str, list[np.ndarray]], kind: type, columns: dict[str, np.ndarray]) -> None:
        for name, values in columns.items():
            kept.setdefault(name, []).append(values.astype(kind))

    def film(self, run: Run) -> Film:
        """The film of the run that was watched."""
        ledger = run.ledger
        assert ledger is not None
        keys = np.stack(self.keys, axis=1)
        changes = np.diff(keys, axis=1, prepend=keys[:, :1]) != 0
        layers = [Layer(name, "person", np.stack(values, axis=1)) for name, values in self.persons.items()]
        layers.append(Layer("generation", "person", np.cumsum(changes, axis=1).astype(np.uint8)))
        layers += [Layer(name, "post", np.stack(values, axis=1)) for name, values in self.posts.items()]
        layers.append(Layer("alarm", "team", np.stack(self.alarm, axis=1)))
        return Film(header_of(run) | events_of(ledger.rows, run.first_week, self._tellers), tuple(layers))

    def _tellers(self, week: int, person: int) -> list[int]:
        """The linked peers who had something to tell of budgets at the start of a week of the run."""
        if week == 0:
            return []
        signals, key = self.signals[week - 1], self.keys[week][person]
        first = person - person % PEER_BLOCK
        peers = {int(peer_row(int(key), slot, first)) for slot in range(PEERS)} - {person}
        return sorted(peer for peer in peers if peer < len(signals) and signals[peer])


def budgets(users: np.ndarray) -> np.ndarray:
    """What budget each person has, as the layer `budget` codes it, int64 (n_users,)."""
    in_use = users["pathway_stage"] == Stage.IN_USE
    known, agreed, free = (users[name] == 1 for name in ("amount_known", "plan_agreed", "can_vary"))
    found = np.where(in_use, IN_USE_NOT_REAL, np.where(users["counted"] == 1, COUNTED_ONLY, NO_BUDGET))
    found = np.where(in_use & agreed & (known | free), REAL, found)
    return np.where(in_use & agreed & known & free, REAL_STRICT, found)


def header_of(run: Run) -> dict[str, Any]:
    """What does not change in a run: dates, teams and their people, posts."""
    world, scenario = run.world, run.scenario
    n_team_posts = len(world.practitioners) - 2 * len(world.localities)
    teams = [
        {
            "locality": int(team["locality"]), "rural": bool(world.localities["rural"][team["locality"]]),
            "first_post": int(team["first_post"]), "n_posts": int(team["n_posts"]),
            "first_person": int(team["first_user"]), "n_people": int(team["n_users"]),
        }
        for team in world.teams
    ]  # fmt: skip
    posts = world.practitioners
    return {
        "weeks": scenario.n_weeks, "first_week": scenario.start_week, "start": scenario.start.isoformat(),
        "people": scenario.n_users, "posts": len(posts), "teams": teams,
        "professions": posts["profession"].tolist(),
        "post_team": [int(team) if post < n_team_posts else -1 for post, team in enumerate(posts["team"])],
        "post_locality": posts["locality"].tolist(), "scenario": scenario.name, "title": scenario.title, "seed": run.seed,
    }  # fmt: skip


def events_of(rows: np.ndarray, first_week: int, tellers: Any) -> dict[str, list[list[Any]]]:
    """What passed between people in a run, weeks counted from the run's first.

    Args:
        rows: of the ledger. tellers: gives the rows of the peers who told a person in a week.

    Returns: `hand_offs` [week, person, from, to, 0 lost, 1 not taken or 2 taken, week in which it was sent], `told` [week,
        person, [peers]], `alarms` [week, team, level], `offers` [week, person, accepted 0 or 1].
    """
    found: dict[str, list[list[Any]]] = {"hand_offs": [], "told": [], "alarms": [], "offers": []}
    leads: dict[int, int] = {}  # who would have led at a person's last opportunity
    sent: dict[int, tuple[int, int]] = {}  # by whom, and in which week
    kinds = (
        events.E_OPPORTUNITY, events.E_HANDED_ON, events.E_HAND_OFF, events.E_HEARD, events.E_ALARM, events.E_OFFER
    )  # fmt: skip
    for row in rows[np.isin(rows["kind"], kinds)]:
        week, person, kind, post = (
            int(row["week"]) - first_week,
            int(row["person"]),
            row["kind"],
            int(row["practitioner"]),
        )
        if kind == events.E_OPPORTUNITY:
            leads[person] = post
        elif kind == events.E_HANDED_ON:
            sent[person] = leads.get(person, -1), week
        elif kind == events.E_HAND_OFF:
            sender, since = sent.pop(person, (-1, week))
            found["hand_offs"].append([week, person, sender, post, int(row["outcome"]), since])
        elif kind == events.E_HEARD and row["first"] > 0.0:
            found["told"].append([week, person, tellers(week, person)])
        elif kind == events.E_ALARM:
            found["alarms"].append([week, int(row["detail"]), round(float(row["second"]), 3)])
        elif kind == events.E_OFFER:
            found["offers"].append([week, person, int(row["outcome"])])
    return found


def differing(first: Film, second: Film, names: Sequence[str] = ("stage", "barrier", "legal", "budget")) -> np.ndarray:
    """From which week of the run each person's codes differ between two films, int64 (n_people,); n_weeks if never."""
    apart = np.zeros(first.layer("stage").shape, bool)
    for name in names:
        apart |= first.layer(name) != second.layer(name)
    return np.where(apart.any(axis=1), apart.argmax(axis=1), apart.shape[1])
