"""What an attribution has found, read from its store: every table of it.

Each table has one row a thing (a barrier, a pair, a group), values as shares of eligible people (0.14 is 14 of 100), and
95 % intervals over seeds. An interval of a Shapley share holds both chance between runs and that orders are a sample.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from persim import shapley_orders
from persim.attribution_maker import (
    GATES,
    LEFT_THE_WAY,
    ON_THE_WAY,
    ONE_OFF,
    OUTCOME,
    STANDINGS,
    TALLIES,
    group_column,
    maker_of,
)
from persim.attribution_plan import plan_of
from persim.barriers import BARRIERS
from persim.errors import StoreError
from persim.intervals import Means, means
from persim.outcomes import BARRIER_LABELS
from persim.reduction import SMALL
from persim.run_store import DONE, FAILED, RunStore
from persim.state import Barrier as Gate

if TYPE_CHECKING:
    import pandas as pd

EVERYONE = "all"
# Where eligible people without a real budget stand, put together; choices first. The rest is `BARRIER_STANDING`.
KINDS: dict[str, tuple[str, bool, tuple[str, ...]]] = {
    "declined": ("Declined (a choice)", True, ("declined",)),
    "contribution": ("Ended it when asked for a contribution (a choice)", True, ("contribution",)),
    "one_off": ("Have a real one-off payment in use", False, (ONE_OFF,)),
    "in_use": ("In use, but not real (budget or one-off payment)", False, ("none",)),
    "ended": ("Had a budget or a process that has ended", False, ("ended",)),
    "on_the_way": ("On the way, at the panel or in a dispute", False, (ON_THE_WAY,)),
    "left_the_way": ("Process ended: steps, a dispute or the panel", False, (LEFT_THE_WAY,)),
    "no_occasion": ("Have not yet had an occasion", False, ("no_opportunity",)),
    "no_coordinator": ("No coordinator in post (some: no occasion yet)", False, ("no_coordinator",)),
}
BARRIER_STANDING = ("at_a_barrier", "A barrier closed the last occasion or process", False)


class Attribution:
    """An attribution's folder, read.

    Attributes:
        folder: where it is. plan: what is run. labels: (dimension, label) of each group, everyone first.

    Raises: StoreError if there is no attribution, or a part is missing or damaged, which it names.
    """

    def __init__(self, folder: Path | str, check: bool = True) -> None:
        self.folder = Path(folder)
        self._store = RunStore(self.folder)
        if check:
            self._store.check_parts()
        replicates = int(self._store.head("replicates") or self._store.content["replicates"])
        plan = plan_of(self._store.content, replicates)
        self.plan = replace(plan, shown=shown_of(self._store, plan.shown))
        self._maker = maker_of(self.plan)
        if self._maker.columns != self._store.columns:
            raise StoreError("design.json keeps other numbers of a run than this version of persim does")
        self.labels = self._maker.labels

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The groups that words and pictures show, everyone left out: legal status only if it was asked for."""
        return [label for label in self.labels if label[0] in self.plan.shown]

    # Runs -----------------------------------------------------------------------------------------------------------

    @property
    def n_runs(self) -> int:
        """Runs asked for."""
        return self.plan.n_runs

    @cached_property
    def n_failed(self) -> int:
        """Runs that raised."""
        return int((self._settled == FAILED).sum())

    @cached_property
    def _settled(self) -> np.ndarray:
        """Which runs are made, shape (replicates, n_slots): 0, `DONE` or `FAILED`."""
        return self._store.settled(self.n_runs).reshape(self.plan.replicates, self.plan.n_slots)

    @cached_property
    def n_unsettled(self) -> int:
        """Runs that are still to be made."""
        return int((self._settled == 0).sum())

    @cached_property
    def n_empty(self) -> int:
        """Seeds all of whose runs are made, and with nobody eligible at the end of one."""
        return int((self._settled == DONE).all(axis=1).sum()) - self.n_seeds

    @cached_property
    def failures(self) -> pd.DataFrame:
        """Runs that raised: number, run, replicate, seed, off (barriers switched off), cause (with its traceback)."""
        import pandas as pd

        rows = []
        for number, run, cause in self._store.failures():
            replicate, coalition = self._maker.place(number)
            off = [barrier.key for place, barrier in enumerate(self.plan.barriers) if coalition >> place & 1]
            rows.append((number, run, replicate, self.plan.seed + replicate, " ".join(off), cause))
        return pd.DataFrame(rows, columns=["number", "run", "replicate", "seed", "off", "cause"])

    def _numbers(self, columns: list[str]) -> np.ndarray:
        """Numbers of every run, shape (replicates, n_slots, n_columns); NaN for a run that is not there."""
        found = self._store.numbers_of(columns, self.n_runs)
        return found.reshape(self.plan.replicates, self.plan.n_slots, len(columns))

    @cached_property
    def _take_up(self) -> np.ndarray:
        """Real take-up of every run, shape (replicates, n_slots, n_groups)."""
        return self._numbers([group_column(OUTCOME, *label) for label in self.labels])

    def _whole(self, group: int) -> tuple[shapley_orders.Layout, np.ndarray]:
        """The replicates of which every run has a value for this group: their layout, values (n, n_slots)."""
        values = self._take_up[:, :, group]
        there = np.isfinite(values).all(axis=1)
        layout = self.plan.layout
        return shapley_orders.Layout(layout.n, layout.coalitions[there], layout.orders[there]), values[there]

    @cached_property
    def n_seeds(self) -> int:
        """Replicates all of whose runs are there: the others are left out whole."""
        return len(self._whole(0)[1])

    def _of(self, coalition: int, columns: list[str]) -> np.ndarray:
        """Numbers of the runs of one coalition of every whole replicate, shape (n_seeds, n_columns)."""
        there = np.isfinite(self._take_up[:, :, 0]).all(axis=1)
        layout = self.plan.layout
        kept = shapley_orders.Layout(layout.n, layout.coalitions[there], layout.orders[there])
        return shapley_orders.of_coalition(kept, self._numbers(columns)[there], coalition)

    @property
    def all_off(self) -> int:
        """The coalition of all barriers."""
        return (1 << len(self.plan.barriers)) - 1

    # Tables ---------------------------------------------------------------------------------------------------------

    @cached_property
    def share_values(self) -> np.ndarray:
        """Shapley shares seed by seed, shape (n_seeds, n_barriers); a row adds up to the seed's total."""
        return shapley_orders.shares(*self._whole(0))

    @cached_property
    def totals(self) -> np.ndarray:
        """Take-up with all barriers off less take-up as it is, seed by seed, shape (n_seeds,)."""
        return shapley_orders.total(*self._whole(0))

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Real take-up by group: dimension, group, as_is, all_off, missing (their difference), intervals, people."""
        import pandas as pd

        rows = []
        for group, (dimension, label) in enumerate(self.labels):
            layout, values = self._whole(group)
            ends = [shapley_orders.of_coalition(layout, values, mask) for mask in (0, self.all_off)]
            found = [means(each) for each in (*ends, ends[1] - ends[0])]
            numbers = [float(x) for each in found for x in (each.mean, each.low, each.high)]
            people = self._people[group]
            rows.append((dimension, label, *numbers, len(values), people, people < SMALL))
        names = [f"{name}{end}" for name in ("as_is", "all_off", "missing") for end in ("", "_low", "_high")]
        return pd.DataFrame(rows, columns=["dimension", "group", *names, "n_seeds", "people", "small"])

    @cached_property
    def _people(self) -> np.ndarray:
        """Eligible people behind each group, the mean of runs as they are, shape (n_groups,)."""
        found = self._of(0, [group_column("people", *label) for label in self.labels])
        return found.mean(axis=0) if len(found) else np.full(len(self.labels), np.nan)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Shapley shares: barrier, label, share, low, high, of_missing (share of the total), n_seeds; largest first.

        `share` adds up to the total, `levels.missing` of everyone, exactly.
        """
        found = self._by_barrier(self.share_values, "share")
        total = float(self.totals.mean()) if len(self.totals) else np.nan
        found.insert(5, "of_missing", found["share"] / total if total else np.nan)
        return found.sort_values("share", ascending=False, kind="stable", ignore_index=True)

    @cached_property
    def singles(self) -> pd.DataFrame:
        """What each barrier adds when it alone is switched off: barrier, label, gain, low, high, n_seeds."""
        return self._by_barrier(shapley_orders.alone(*self._whole(0)), "gain")

    @cached_property
    def last(self) -> pd.DataFrame:
        """What each barrier adds when all others are off already: barrier, label, gain, low, high, n_seeds."""
        return self._by_barrier(shapley_orders.last(*self._whole(0)), "gain")

    def _by_barrier(self, values: np.ndarray, name: str) -> pd.DataFrame:
        import pandas as pd

        found = means(values)
        keys, labels = ([getattr(b, key) for b in self.plan.barriers] for key in ("key", "label"))
        return pd.DataFrame(
            {
                "barrier": keys,
                "label": labels,
                name: found.mean,
                "low": found.low,
                "high": found.high,
                "n_seeds": found.n,
            }
        )

    @cached_property
    def interactions(self) -> pd.DataFrame:
        """What two barriers add together beyond what each adds alone: first, second, interaction, low, high, n_seeds."""
        import pandas as pd

        keys = [barrier.key for barrier in self.plan.barriers]
        rows = []
        for (i, j), values in shapley_orders.interactions(*self._whole(0)).items():
            found = means(values)
            rows.append((keys[i], keys[j], *map(float, (found.mean, found.low, found.high)), int(found.n)))
        table = pd.DataFrame(rows, columns=["first", "second", "interaction", "low", "high", "n_seeds"])
        order = table["interaction"].abs().sort_values(ascending=False, kind="stable").index
        return table.loc[order].reset_index(drop=True)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Shapley shares by group: dimension, group, barrier, label, share, low, high, n_seeds, people, small."""
        import pandas as pd

        tables = []
        for group, (dimension, label) in enumerate(self.labels[1:], 1):
            own = self._by_barrier(shapley_orders.shares(*self._whole(group)), "share")
            own.insert(0, "dimension", dimension)
            own.insert(1, "group", label)
            own["people"], own["small"] = self._people[group], self._people[group] < SMALL
            tables.append(own)
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    @cached_property
    def remainder(self) -> pd.DataFrame:
        """Eligible people without a real budget by where they stand: kind, label, choice, as_is, all_off, intervals.

        With real take-up the kinds add up to 1. Declining, and ending it when asked for a contribution, are choices.
        """
        import pandas as pd

        names = [f"standing:{name}" for name in STANDINGS]
        both = [self._of(mask, names) for mask in (0, self.all_off)]
        named = {name for _, _, standings in KINDS.values() for name in standings}
        others = tuple(name for name in STANDINGS if name not in named)
        kinds = {**KINDS, BARRIER_STANDING[0]: (*BARRIER_STANDING[1:], others)}
        rows = []
        for kind, (label, choice, standings) in kinds.items():
            places = [STANDINGS.index(name) for name in standings]
            found = [means(values[:, places].sum(axis=1)) for values in both]
            rows.append((kind, label, choice, *(float(x) for each in found for x in (each.mean, each.low, each.high))))
        ends = [f"{name}{end}" for name in ("as_is", "all_off") for end in ("", "_low", "_high")]
        return pd.DataFrame(rows, columns=["kind", "label", "choice", *ends])

    @cached_property
    def tally(self) -> pd.DataFrame:
        """Opportunities by closed gate, as they are, shares of all: gate, label, barrier, and each way of counting.

        Ways: `fixed` (the first in the order of the rules), `shuffled` (the first, over every order), `by_itself` (it
        alone closed), `at_all` (it would have closed), each with its interval as `_low` and `_high`.
        """
        import pandas as pd

        names = [f"tally_{kind}:{gate.name.lower()}" for kind in TALLIES for gate in GATES]
        values = self._of(0, names)
        found: Means = means(values.reshape(len(values), len(TALLIES), len(GATES)))
        columns = {}
        for place, kind in enumerate(TALLIES):
            for end, each in (("", found.mean), ("_low", found.low), ("_high", found.high)):
                columns[f"{kind}{end}"] = each[place]
        gates = [gate.name.lower() for gate in GATES]
        labels = [BARRIER_LABELS[gate] for gate in gates]
        return pd.DataFrame({"gate": gates, "label": labels, "barrier": [_barrier_at(g) for g in GATES], **columns})

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Every run: replicate, seed, a column off:BARRIER of 0 and 1 for each barrier, real_take_up."""
        import pandas as pd

        names = [f"off:{barrier.key}" for barrier in self.plan.barriers]
        numbers = self._numbers([*names, OUTCOME]).reshape(-1, len(names) + 1)
        replicate = np.repeat(np.arange(self.plan.replicates), self.plan.n_slots)
        found = pd.DataFrame(numbers, columns=[*names, OUTCOME])
        found.insert(0, "replicate", replicate)
        found.insert(1, "seed", self.plan.seed + replicate)
        return found[np.isfinite(found[OUTCOME])].astype(dict.fromkeys(names, int)).reset_index(drop=True)


def shown_of(store: RunStore, begun_with: tuple[str, ...]) -> tuple[str, ...]:
    """The dimensions that words and pictures of a store show: those last asked for, or those it was begun with."""
    noted = store.head("shown")
    return begun_with if noted is None else tuple(json.loads(noted))


def _barrier_at(gate: Gate) -> str:
    """The barrier that a gate belongs to."""
    return next((barrier.key for barrier in BARRIERS if gate in barrier.gates), "")
