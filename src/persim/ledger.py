"""The ledger of a run: every dated event with its cause, in the order in which things happened.

The compiled engine writes the rows (`persim.phases.recording`), the Mesa agents the same bytes; `persim.events` says what
each column holds. With its scenario and seed a ledger rebuilds every person (`persim.replay`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from persim.errors import InputError, StoreError
from persim.events import EVENT, KINDS, MOST_A_LOCALITY, MOST_A_PERSON, MOST_A_POST
from persim.model_version import MODEL_VERSION
from persim.phases.counting import Notes
from persim.policy import monday_of
from persim.scenario import Scenario
from persim.scenario_resolved import scenario_of
from persim.state import POSTS_PER_TEAM, World

if TYPE_CHECKING:
    import pandas as pd

FILE = "ledger.parquet"
_META = b"persim ledger"


@dataclass(frozen=True)
class Ledger:
    """What happened in one run.

    Attributes:
        rows: the events, dtype `persim.events.EVENT`, shape (n_events,), in the order in which they happened.
        scenario: the scenario that was run. seed: its seed. model_version: the version of the model that wrote it.
        n_posts: posts of the teams; rows of practitioners from there on are brokers and council teams, two a locality.
        luck: the seed of what happened from the first week on, if another than that of the people (see `persim.start`).
    """

    rows: np.ndarray
    scenario: Scenario
    seed: int
    n_posts: int
    model_version: str = field(default=MODEL_VERSION)
    luck: int | None = None

    @property
    def weekly_seed(self) -> int:
        """The seed of what happened from the first week on."""
        return self.seed if self.luck is None else self.luck

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def _by_person(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of rows in order of persons, and where each person's begin; shape (n_events,), (n_users + 2,)."""
        order = np.argsort(self.rows["person"], kind="stable")
        starts = np.searchsorted(self.rows["person"][order], np.arange(-1, self.scenario.n_users + 1))
        return order, starts

    def of_person(self, person: int) -> np.ndarray:
        """Numbers of the rows about one person, in order. Raises: InputError if there is no such person."""
        if not 0 <= person < self.scenario.n_users:
            raise InputError(f"there is no person {person}: people are numbered 0 to {self.scenario.n_users - 1}")
        order, starts = self._by_person
        return order[starts[person + 1] : starts[person + 2]]

    def of_practitioner(self, row: int) -> np.ndarray:
        """Numbers of the rows that name a post, in order. Raises: InputError if there is no such post of a team."""
        if not 0 <= row < self.n_posts:
            raise InputError(f"there is no practitioner {row}: posts are numbered 0 to {self.n_posts - 1}")
        return np.flatnonzero(self.rows["practitioner"] == row)

    def of_team(self, team: int) -> np.ndarray:
        """Numbers of the rows that name a post of a team, in order. Raises: InputError if there is no such team."""
        n_teams = -(-self.n_posts // POSTS_PER_TEAM)
        if not 0 <= team < n_teams:
            raise InputError(f"there is no team {team}: teams are numbered 0 to {n_teams - 1}")
        posts = self.rows["practitioner"]
        first = team * POSTS_PER_TEAM
        return np.flatnonzero((posts >= first) & (posts < min(first + POSTS_PER_TEAM, self.n_posts)))

    def of_kind(self, *kinds: int) -> np.ndarray:
        """Numbers of the rows of some kinds (`persim.events.E_...`), in order."""
        return np.flatnonzero(np.isin(self.rows["kind"], kinds))

    def table(self, numbers: np.ndarray | None = None) -> pd.DataFrame:
        """Rows as a table: row, week, date, event, what came of it in words, then every column as it is."""
        import pandas as pd

        rows = self.rows if numbers is None else self.rows[numbers]
        words = {(kind, code): word for kind, known in KINDS.items() for code, word in known.outcomes}
        kinds, outcomes = rows["kind"].tolist(), rows["outcome"].tolist()
        columns = {name: rows[name] for name in EVENT.names or () if name not in ("week", "kind", "outcome")}
        return pd.DataFrame(
            {
                "row": np.arange(len(rows)) if numbers is None else numbers,
                "week": rows["week"],
                "date": [monday_of(int(week)).isoformat() for week in rows["week"]],
                "event": [KINDS[kind].name for kind in kinds],
                "outcome": [words.get((k, o), str(o)) for k, o in zip(kinds, outcomes, strict=True)],
                **columns,
            }
        )

    def write(self, path: Path) -> None:
        """Write the ledger as Parquet, with the scenario, the seed and the model's version in the file.

        Raises: StoreError if the file cannot be written.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        about: dict[str, object] = {
            "scenario": self.scenario.resolved(), "seed": self.seed, "n_posts": self.n_posts,
            "model_version": self.model_version,
        }  # fmt: skip
        if self.luck is not None:
            about["luck"] = self.luck
        about["digest"] = _digest(self.rows, about)
        table = pa.table({name: np.ascontiguousarray(self.rows[name]) for name in EVENT.names or ()})
        table = table.replace_schema_metadata({_META: json.dumps(about).encode()})
        try:
            pq.write_table(table, path, compression="zstd")
        except OSError as error:
            raise StoreError(f"{path.name} cannot be written: {(error.strerror or str(error)).lower()}") from None


def read_ledger(path: str | Path) -> Ledger:
    """A ledger back from a file that `Ledger.write` or `persim run --ledger` wrote, or from the folder it lies in.

    Raises: InputError if there is none, if it is no ledger of persim, if another version of the model wrote it, or if it
        is not as it was written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = Path(path)
    place = place / FILE if place.is_dir() else place
    if not place.is_file():
        raise InputError(f"there is no ledger at {path}: `persim run SCENARIO --ledger --out FOLDER` writes one")
    try:
        table = pq.read_table(place)
        about = json.loads((table.schema.metadata or {})[_META])
        rows = np.zeros(len(table), EVENT)
        for name in EVENT.names or ():
            rows[name] = table[name].to_numpy()
        version, seed, n_posts = str(about["model_version"]), int(about["seed"]), int(about["n_posts"])
        luck = int(about["luck"]) if "luck" in about else None
        resolved, digest = dict(about["scenario"]), str(about.pop("digest"))
    except (pa.ArrowInvalid, KeyError, TypeError, ValueError, OSError) as error:
        raise InputError(f"{place} is not a ledger that persim wrote ({error})") from None
    if version != MODEL_VERSION:
        raise InputError(
            f"{place} was written by another version of the model ({version}; this is {MODEL_VERSION}): its rows would be "
            "read wrongly here. Explain it with the persim that wrote it, or run the scenario again"
        )
    if digest != _digest(rows, about):
        raise InputError(
            f"{place} is not as it was written: rows, or what it says of its run, were changed or are missing"
        )
    return Ledger(rows, scenario_of(resolved), seed, n_posts, version, luck)


def _digest(rows: np.ndarray, about: dict[str, object]) -> str:
    """SHA-256 of the rows and of what the file says of its run."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(rows).tobytes())
    return digest.hexdigest()


def rows_a_week(world: World) -> int:
    """The most rows that one week of this world can write."""
    most = MOST_A_PERSON * len(world.users) + MOST_A_POST * len(world.practitioners)
    return most + MOST_A_LOCALITY * len(world.localities)


def with_room(notes: Notes, world: World) -> Notes:
    """The notes, with a longer ledger if the next week might not fit; as they are if none is kept."""
    if notes.ledger is None or weeks_that_fit(notes, world) > 0:
        return notes
    used = int(notes.ledger["person"][0]) + 1
    usual = len(world.users) * len(
        world.parameters
    )  # more than a whole run of the baseline writes; not touched until used
    longer = np.empty(max(2 * used, usual) + rows_a_week(world), EVENT)
    longer[:used] = notes.ledger[:used]
    return notes._replace(ledger=longer)


def cut_to_size(notes: Notes) -> Notes:
    """The notes, with no more of the ledger than is written: what lies past that is not ours to keep or to send."""
    return (
        notes
        if notes.ledger is None
        else notes._replace(ledger=notes.ledger[: int(notes.ledger["person"][0]) + 1].copy())
    )


def weeks_that_fit(notes: Notes, world: World) -> int:
    """How many weeks can be run before there may be no room left in the ledger."""
    return (len(notes.ledger) - int(notes.ledger["person"][0]) - 1) // rows_a_week(world)


def written(notes: Notes) -> np.ndarray:
    """The rows written so far: without the first record, which is no event. Later weeks do not change them."""
    return notes.ledger[1 : int(notes.ledger["person"][0]) + 1]
