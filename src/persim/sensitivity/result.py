"""What a study has found, read from its store: every table of it."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from persim.run_store import FAILED, RunStore
from persim.sensitivity.estimates import Screened
from persim.sensitivity.maker import SensitivityMaker, maker_of
from persim.sensitivity.plan import Plan, plan_of
from persim.sensitivity.points import index_points
from persim.sensitivity.tables import index_tables, kept_factors, screen, screening_table, swing_table

if TYPE_CHECKING:
    import pandas as pd

POINTS = "points_sha256"  # the note of the ledger that tells the points of the second stage


class Sensitivity:
    """A sensitivity study, read.

    Attributes:
        folder: where it is. plan: what is run.

    Raises: StoreError if there is no study, or a part is missing or damaged, which it names; InputError without SALib.
    """

    def __init__(self, folder: Path | str, check: bool = True) -> None:
        self.folder = Path(folder)
        self._store = RunStore(self.folder)
        if check:
            self._store.check_parts()
        self.plan: Plan = plan_of(self._store.content)

    # Runs ---------------------------------------------------------------------------------------------------------------

    @cached_property
    def maker(self) -> SensitivityMaker:
        """The maker of all runs, once it is known which factors go on."""
        return maker_of(self.plan, self.index_shares)

    @cached_property
    def settled(self) -> np.ndarray:
        """0, 1 (finished) or 2 (failed) for each run, shape (n_runs,)."""
        return self._store.settled(self.n_runs)

    @property
    def n_runs(self) -> int:
        """Runs of both stages."""
        return self.plan.n_screening + self.plan.n_index_runs(len(self.kept))

    @property
    def n_failed(self) -> int:
        """Runs that raised."""
        return int((self.settled == FAILED).sum())

    @property
    def n_unsettled(self) -> int:
        """Runs that are still to be made."""
        return int((self.settled == 0).sum())

    @cached_property
    def failures(self) -> pd.DataFrame:
        """Runs that raised: number, run, stage, point, scenario, seed, cause (with its traceback)."""
        import pandas as pd

        rows = []
        for number, run, cause in self._store.failures():
            stage, replicate, point, scenario = self.maker.place(number)
            name = ("screening", "indices")[stage]
            rows.append((number, run, name, point, self.plan.names[scenario], self.plan.seed + replicate, cause))
        return pd.DataFrame(rows, columns=["number", "run", "stage", "point", "scenario", "seed", "cause"])

    def _outcomes(self, first: int, n_points: int) -> np.ndarray:
        """Outcomes of the runs of a stage: shape (n_points, replicates, n_scenarios, n_outcomes)."""
        plan = self.plan
        shape = (plan.replicates, n_points, plan.n_scenarios, len(plan.outcomes))
        last = first + n_points * plan.runs_a_point
        values = self._store.numbers_of(plan.outcomes, last)[first:]
        return np.moveaxis(values.reshape(shape), 0, 1)

    @cached_property
    def screening_outcomes(self) -> np.ndarray:
        """Outcomes of the screening, shape (n_points, replicates, n_scenarios, n_outcomes)."""
        return self._outcomes(0, len(self.plan.shares))

    @cached_property
    def index_outcomes(self) -> np.ndarray:
        """Outcomes of the second stage, in the same shape."""
        return self._outcomes(self.plan.n_screening, 0 if self.index_shares is None else len(self.index_shares))

    # Screening ----------------------------------------------------------------------------------------------------------

    @cached_property
    def screened(self) -> dict[tuple[str, str], Screened]:
        """Elementary effects by target."""
        return screen(self.plan, self.screening_outcomes)

    @cached_property
    def kept(self) -> tuple[int, ...]:
        """Places of the factors that go on; the rule is that of `persim.sensitivity.tables.kept_factors`."""
        return kept_factors(self.plan, self.screened)

    @cached_property
    def morris(self) -> pd.DataFrame:
        """The screening, one row a target and factor."""
        return screening_table(self.plan, self.screened, self.kept)

    # Indices ------------------------------------------------------------------------------------------------------------

    @cached_property
    def index_shares(self) -> np.ndarray | None:
        """Points of the second stage; None if the design asks for none."""
        plan = self.plan
        if plan.indices is None:
            return None
        return index_points(plan.inputs, [plan.factors[place] for place in self.kept], plan.indices)

    @property
    def points_digest(self) -> str:
        """The SHA-256 of the points of the second stage."""
        return hashlib.sha256(b"" if self.index_shares is None else self.index_shares.tobytes()).hexdigest()

    @cached_property
    def _tables(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        import pandas as pd

        if self.index_shares is None:
            return pd.DataFrame(), pd.DataFrame(), pd.DataFrame()
        swings = swing_table(self.plan, self.kept, self.index_shares, self.index_outcomes)
        return (*index_tables(self.plan, self.kept, self.index_outcomes), swings)

    @property
    def sobol(self) -> pd.DataFrame:
        """Sobol' indices by target, order and factor."""
        return self._tables[0]

    @property
    def noise(self) -> pd.DataFrame:
        """The noise of replicates by target."""
        return self._tables[1]

    @property
    def swings(self) -> pd.DataFrame:
        """What a target comes to at both ends of each input."""
        return self._tables[2]
