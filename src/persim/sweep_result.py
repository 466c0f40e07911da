"""What a sweep has found so far, read from its store: runs as tables, worlds beside each other, one world compared.

Reading is by columns, a few at a time: a number of every run takes 8 bytes a run, all of them are never in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from persim.compare import size_notes, summarised
from persim.comparison import Comparison
from persim.design import Design
from persim.errors import InputError
from persim.experiment import Failure, Task
from persim.gaps_and_costs import DERIVED
from persim.intervals import Differences, paired
from persim.outcomes import Outcome
from persim.reduction import Waits
from persim.run_store import FAILED, RunStore
from persim.scenario_fields import nearest
from persim.store import SPOOL_BLOCK_BYTES
from persim.stored_design import design_of

if TYPE_CHECKING:
    import pandas as pd

MOST_FAILURES_TOLD = 1000


class Sweep:
    """A sweep's folder, read.

    Attributes:
        folder: where it is. design: what is run. replicates: runs asked for of each scenario in each world. names: of
        the scenarios, the first is the reference.

    Raises: StoreError if there is no sweep, or a part is missing or damaged, which it names.
    """

    def __init__(self, folder: Path | str, check: bool = True) -> None:
        self.folder = Path(folder)
        self._store = RunStore(self.folder)
        if check:
            self._store.check_parts()
        self.content = self._store.content
        self.design: Design = design_of(self.content)
        self.names = self.design.names
        self.replicates = int(self._store.head("replicates") or self.design.replicates)

    def close(self) -> None:
        """Let go of the files."""
        self._store.close()

    @property
    def n_runs(self) -> int:
        """Runs asked for."""
        return self.replicates * self.design.n_cells

    @cached_property
    def settled(self) -> np.ndarray:
        """0, 1 (finished) or 2 (failed) for each run, shape (n_runs,)."""
        return self._store.settled(self.n_runs)

    @property
    def n_failed(self) -> int:
        """Runs that raised."""
        return int((self.settled == FAILED).sum())

    @property
    def is_whole(self) -> bool:
        """Have all runs ended?"""
        return bool(np.all(self.settled > 0))

    @cached_property
    def measures(self) -> dict[str, Outcome]:
        """Everything kept for everyone, by name: outcomes, gaps and costs."""
        return {outcome.name: outcome for outcome in self.design.reduction.outcomes} | DERIVED

    @cached_property
    def failures(self) -> pd.DataFrame:
        """Runs that raised: number, run, scenario, world, replicate, seed, cause (with its traceback)."""
        import pandas as pd

        design = self.design
        rows = []
        for number, run, cause in self._store.failures():
            replicate, cell = divmod(number, design.n_cells)
            world, alternative = divmod(cell, design.n_alternatives)
            rows.append((number, run, design.names[alternative], world, replicate, design.seed + replicate, cause))
        return pd.DataFrame(rows, columns=["number", "run", "scenario", "world", "replicate", "seed", "cause"])

    # Values ---------------------------------------------------------------------------------------------------------

    def columns(self, names: Sequence[str]) -> np.ndarray:
        """Numbers of every run, shape (replicates, n_worlds, n_alternatives, n_names); NaN for a run that is not there.

        Raises: InputError for a name that is not kept, with the nearest.
        """
        for name in names:
            if name not in self._store.columns:
                raise InputError(f"no number called {name!r} is kept of a run - {nearest(name, self._store.columns)}")
        found = self._store.numbers_of(names, self.n_runs)
        return found.reshape(self.replicates, self.design.n_worlds, self.design.n_alternatives, len(names))

    def values(self, measure: str) -> np.ndarray:
        """One number of every run, shape (replicates, n_worlds, n_alternatives)."""
        return self.columns([measure])[..., 0]

    def measure_blocks(self) -> Iterator[tuple[list[str], np.ndarray]]:
        """All measures, a few at a time, as `columns` gives them."""
        names = list(self.measures)
        width = max(1, SPOOL_BLOCK_BYTES // (8 * max(1, self.n_runs)))
        for first in range(0, len(names), width):
            some = names[first : first + width]
            yield some, self.columns(some)

    def differences(self, measure: str) -> list[Differences]:
        """Paired differences to the reference in each world, one entry per other scenario, arrays of shape (n_worlds,)."""
        values = self.values(measure)
        return [paired(values[..., 0], values[..., other]) for other in range(1, self.design.n_alternatives)]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Every run's headline, tidy: scenario, world, replicate, seed, varied numbers, outcome, value."""
        return self.table([name for name in self.measures if not name.startswith("weeks_")])

    def table(self, outcomes: Sequence[str]) -> pd.DataFrame:
        """Tidy table of some numbers of every run: scenario, world, replicate, seed, varied numbers, outcome, value.

        Args:
            outcomes: names as in the parts: `real_take_up`, `real_take_up[nurse]`, `real_take_up@207`.
        """
        import pandas as pd

        outcomes = [outcomes] if isinstance(outcomes, str) else list(outcomes)
        design, n = self.design, len(outcomes)
        values = self.columns(outcomes)
        replicate, world, alternative = np.indices(values.shape[:3]).reshape(3, -1)
        found: dict[str, object] = {
            "scenario": pd.Categorical.from_codes(np.repeat(alternative, n), pd.Index(design.names)),
            "world": np.repeat(world, n),
            "replicate": np.repeat(replicate, n),
            "seed": np.repeat(design.seed + replicate, n),
        }
        for place, factor in enumerate(design.factors):
            found[factor.parameter] = np.repeat(design.worlds[world, place], n)
        found["outcome"] = pd.Categorical.from_codes(np.tile(np.arange(n), len(world)), pd.Index(outcomes))
        return pd.DataFrame(found | {"value": values.ravel()})

    # One world, compared ----------------------------------------------------------------------------------------------

    def comparison(self, world: int = 0) -> Comparison:
        """The scenarios of one world compared, as `persim.compare` does; waits are not kept in sweeps."""
        design = self.design
        if not 0 <= world < design.n_worlds:
            raise InputError(f"world is {world}; there are {design.n_worlds}, counted from 0")
        rows = WorldRows(self, world)
        levels, spread, differences = summarised(rows, design.n_alternatives)
        variants = tuple(design.cell(world * design.n_alternatives + place) for place in range(design.n_alternatives))
        failures = [self._failure(row) for row in self._failed_in(world)]
        notes = [*design.remarks, *size_notes(self.replicates, design.n_users)]
        if failures:
            notes.append(f"{len(failures)} runs failed and are left out with their pairs.")
        options: dict[str, object] = {"outcomes": list(self.content["asked_outcomes"])}
        return Comparison(
            variants, design.names, self.replicates, design.seed, design.reduction, levels, spread, differences,
            tuple(failures), tuple(notes), tuple(Waits() for _ in variants), rows, options,
        )  # fmt: skip

    def _failed_in(self, world: int) -> list[tuple[int, str]]:
        n = self.design.n_alternatives
        found = []
        for number, _, cause in self._store.failures():
            replicate, cell = divmod(number, self.design.n_cells)
            if cell // n == world and number < self.n_runs:
                found.append((replicate * n + cell % n, cause.rsplit("\n", 1)[-1]))
        return found[:MOST_FAILURES_TOLD]

    def _failure(self, row: tuple[int, str]) -> Failure:
        replicate, alternative = divmod(row[0], self.design.n_alternatives)
        return Failure(Task(row[0], alternative, replicate, self.design.seed + replicate), row[1])


class WorldRows:
    """The runs of one world, as `persim.store.Spool` gives those of a comparison: rows are runs, scenarios in turn."""

    def __init__(self, sweep: Sweep, world: int) -> None:
        self._sweep, self._world = sweep, world
        self.n_rows = sweep.replicates * sweep.design.n_alternatives
        self.n_columns = sweep.design.reduction.n_columns
        self._kept: dict[int, np.ndarray] = {}

    def _columns(self, first: int, stop: int) -> np.ndarray:
        names = self._sweep.content["columns"][first:stop]
        return self._sweep.columns(names)[:, self._world].reshape(self.n_rows, stop - first)

    def read(self, row: int, first: int = 0, stop: int | None = None) -> np.ndarray:
        """Columns `first` to `stop` of one row; single columns are kept for the next row."""
        stop = self.n_columns if stop is None else stop
        if stop - first > 1:
            return self._columns(first, stop)[row]
        if first not in self._kept:
            self._kept[first] = self._columns(first, stop)
        return self._kept[first][row]

    def blocks(self) -> Iterator[tuple[int, int, np.ndarray]]:
        """Blocks of columns: (first, stop, values of shape (n_rows, stop - first)), one at a time."""
        width = max(1, SPOOL_BLOCK_BYTES // (8 * max(1, self._sweep.n_runs)))
        for first in range(0, self.n_columns, width):
            stop = min(first + width, self.n_columns)
            yield first, stop, self._columns(first, stop)

    def close(self) -> None:
        """Nothing is held open."""
