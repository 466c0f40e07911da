"""Lives rebuilt from a ledger: the same state as the run's, to the last bit, without any draw of the run.

What happened is read from the rows; what drifts between them (trust, felt control, perceived risk, work on forms) follows
from the rules, given the terms of the locality and the week of the practitioner, which are rows too. So a ledger that had
lost an event, or had one wrong, would not rebuild the person; tests hold it to every field of every person.
`persim.replayed_life` is the order of a week for one person.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import cached_property
from types import SimpleNamespace

import numpy as np

from persim import events as e
from persim.agent_engine import fields_of, write_records
from persim.ledger import Ledger
from persim.replayed_life import Life, Row
from persim.start import enriched_share, start_of
from persim.state import USER


class Replay:
    """Rebuilds people of one run from its ledger.

    Args:
        ledger: a whole ledger; its scenario and seed give the people at the start and each week's numbers.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        scenario = ledger.scenario
        self.n_weeks, self.first_week = scenario.n_weeks, scenario.start_week
        self.enriched = enriched_share(scenario)
        self._numbers = scenario.weekly_parameters()
        self._start = start_of(scenario, ledger.seed, ledger.luck)
        self._weekly: dict[bytes, SimpleNamespace] = {}

    def people(self, rows: Iterable[int] | None = None) -> np.ndarray:
        """The final state of some people (all, if not said), dtype `persim.state.USER`, shape (n,)."""
        chosen = range(self.ledger.scenario.n_users) if rows is None else rows
        finals = []
        for row in chosen:
            life = Life(self, row)
            for index in range(self.n_weeks):
                life.week(index)
            finals.append(life.user)
        found = np.zeros(len(finals), USER)
        write_records(finals, found)
        return found

    def weekly(self, row: int) -> np.ndarray:
        """One person's state at the end of every week, dtype `persim.state.USER`, shape (n_weeks,).

        Raises: InputError if there is no such person.
        """
        self.ledger.of_person(row)
        life = Life(self, row)
        weeks = []
        for index in range(self.n_weeks):
            life.week(index)
            weeks.append(SimpleNamespace(**vars(life.user)))
        found = np.zeros(self.n_weeks, USER)
        write_records(weeks, found)
        return found

    def parameters(self, index: int) -> SimpleNamespace:
        """The numbers of one week of the run; one object for all weeks that have the same."""
        key = self._numbers[index].tobytes()
        if key not in self._weekly:
            self._weekly[key] = SimpleNamespace(**fields_of(self._numbers, index))
        return self._weekly[key]

    def person_at_start(self, row: int) -> SimpleNamespace:
        """A person at week 0."""
        return SimpleNamespace(**fields_of(self._start.users, row))

    def rows_by_week(self, row: int) -> dict[int, deque[Row]]:
        """The rows about one person by week of the run, in order."""
        found: dict[int, deque[Row]] = {}
        numbers = self.ledger.of_person(row)
        names = e.EVENT.names or ()
        for number, values in zip(numbers.tolist(), self.ledger.rows[numbers].tolist(), strict=True):
            event = Row(number=number, **dict(zip(names, values, strict=True)))
            found.setdefault(event.week - self.first_week, deque()).append(event)
        return found

    def locality(self, post: int) -> int:
        """The locality of a post."""
        return int(self._start.practitioners["locality"][post])

    def terms(self, index: int, locality: int) -> SimpleNamespace:
        """A locality's terms in a week, as far as they move people."""
        effort, market, compelled, stigma = self._terms[index, locality].tolist()
        rural = self._start.localities["rural"][locality] == 1
        peers = self.parameters(index).rural_peers if rural else 1.0
        return SimpleNamespace(effort=effort, market=market, compelled_share=compelled, stigma=stigma, peers=peers)

    def post(self, index: int, row: int) -> SimpleNamespace:
        """What a week allowed a practitioner."""
        works, possible, share = self._posts[index, row].tolist()
        return SimpleNamespace(works=int(works), involvement_possible=possible, case_share=share)

    @cached_property
    def _terms(self) -> np.ndarray:
        found = np.zeros((self.n_weeks, len(self._start.localities), 4))
        for kind, first in ((e.E_TERMS, 0), (e.E_CLIMATE, 2)):
            rows = self.ledger.rows[self.ledger.of_kind(kind)]
            place = rows["week"].astype(int) - self.first_week, rows["detail"].astype(int)
            found[(*place, first)], found[(*place, first + 1)] = rows["threshold"], rows["draw"]
        return found

    @cached_property
    def _posts(self) -> np.ndarray:
        found = np.zeros((self.n_weeks, len(self._start.practitioners), 3))
        rows = self.ledger.rows[self.ledger.of_kind(e.E_POST_WEEK)]
        place = rows["week"].astype(int) - self.first_week, rows["practitioner"]
        found[(*place, 0)], found[(*place, 1)], found[(*place, 2)] = rows["outcome"], rows["threshold"], rows["draw"]
        return found
