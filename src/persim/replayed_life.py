"""One person rebuilt week by week from the rows of a ledger. Read `Life.week` first: it is the order of a week.

A row says what came of a decision; the rules say what follows from it and what drifts meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from persim import events as e
from persim.draws import PERSON, key_of
from persim.phases.census import marks_of_today, marks_so_far, user_is_marked
from persim.replayed_stages import STAGE_EFFECTS
from persim.rules import compulsion
from persim.rules.caseload import (
    WEEKS_AWAY,
    user_enters,
    user_goes_away,
    user_is_newly_referred,
    user_meets_new_coordinator,
)
from persim.rules.forms import unit
from persim.rules.gates import first_gate
from persim.rules.information import user_grows, user_is_let_down, what_user_tells
from persim.rules.pathway import (
    user_budget_ends,
    user_enters_stage,
    user_leaves_pathway,
    user_starts_pathway,
)
from persim.rules.practice import practitioner_can_act, user_is_seen_anew
from persim.rules.wellbeing import control_on_paper, user_feels_week
from persim.state import (
    ABSENT_ASSESSMENT,
    ABSENT_PLAN,
    ABSENT_REVIEW,
    AWAY,
    B_DECLINED,
    CRISIS,
    CTO,
    HANDED_ON,
    IN_USE,
    INPATIENT,
    LEAD_COORDINATOR,
    MANAGED,
    ON_CASELOAD,
    OUTSIDE,
    SECTION_3,
    UNDERSTANDS,
    VOLUNTARY,
    YEAR,
    YEAR_BITS,
)

if TYPE_CHECKING:
    from persim.replay import Replay

Row = SimpleNamespace


class Life:
    """One person, week by week.

    Attributes:
        user: the person's state so far, an object with the fields of `persim.state.USER`.

    Raises: AssertionError in a week in which the rows make no sense in their order.
    """

    def __init__(self, replay: Replay, row: int) -> None:
        self.replay, self.row = replay, row
        self.user: Any = replay.person_at_start(row)
        self.joint = 0
        self._by_week = replay.rows_by_week(row)
        self._here = replay.locality(int(self.user.coordinator))  # everyone stays in the team's locality

    def week(self, index: int) -> None:
        """One week: the panel, the person's life, what the service does, how it felt, the census."""
        replay, user = self.replay, self.user
        self.index, self.number = index, replay.first_week + index
        self.p, self.org = replay.parameters(index), replay.terms(index, self._here)
        self.rows = self._by_week.get(index, deque())
        self._panel()
        self._lives()
        if user.place == AWAY:
            user.peer_signal = 0
        else:
            self._is_met()
            user_feels_week(user, self.org, self.p)
            user.peer_signal = what_user_tells(user, self.number, self.p)
            user_is_marked(user, self._year)
            if user.eligible == 1:
                user.control_recorded = control_on_paper(user)
                self._marks_of_year()
        if self.rows:
            raise AssertionError(f"person {self.row}, week {self.number}: rows left over: {list(self.rows)}")

    def _take(self, *kinds: int) -> Row | None:
        """The next row of the week if it is of one of these kinds."""
        return self.rows.popleft() if self.rows and self.rows[0].kind in kinds else None

    def _each(self, *kinds: int) -> Iterator[Row]:
        """Rows of these kinds, as long as they come."""
        while (row := self._take(*kinds)) is not None:
            yield row

    def _panel(self) -> None:
        panel = self._take(e.E_PANEL)
        if panel is None:
            return
        contest = self._take(e.E_CONTEST)
        if contest is not None and contest.outcome == 0:
            user_is_let_down(self.user, self.p)
        if (
            row := self._take(e.E_STAGE)
        ) is not None:  # one row only: what follows may be this week's work on the stage
            STAGE_EFFECTS[e.E_STAGE](self, row)
        self._left(self._take(e.E_LEFT))

    def _lives(self) -> None:
        """Phases 2 to 5: caseload, mental state, compulsion, information."""
        user, p = self.user, self.p
        if user.place == AWAY:
            user.weeks_in_state += 1
            self._away()
        if user.place != ON_CASELOAD:
            return
        moved = self._take(e.E_NEW_COORDINATOR)
        if moved is not None:
            user.coordinator = moved.practitioner
            user_meets_new_coordinator(user, p)
        worker = self.replay.post(self.index, user.coordinator)
        if user.pathway_stage != HANDED_ON:
            user.asked = 0
        if self._take(e.E_DISCHARGED) is not None:
            self._order_ends(self._take(e.E_ORDER_ENDED))
            self._left(self._take(e.E_LEFT))
            user_goes_away(user)
            return
        self._health()
        if (row := self._take(e.E_REASSESSED)) is not None:
            self._reassessed(row)
        for row in self._each(e.E_HEARD, e.E_FORGOT):
            user.informed, user.heard = row.outcome, self._heard(row)
        if self._take(e.E_ASKED) is not None:
            user.asked = 1
        user_grows(user, worker, p)
        user.weeks_to_review -= 1

    def _heard(self, row: Row) -> int:
        if row.kind == e.E_HEARD:
            return row.detail
        return self.user.heard if row.outcome else 0

    def _away(self) -> None:
        user = self.user
        if user.weeks_in_state <= WEEKS_AWAY:
            if (row := self._take(e.E_RETURNED)) is not None:
                user.place, user.mental_state, user.weeks_in_state, user.weeks_to_review = (
                    ON_CASELOAD,
                    row.outcome,
                    0,
                    4,
                )
                row = self._take(e.E_REASSESSED)
                if row is None:
                    raise AssertionError(f"person {self.row}, week {self.number}: returned and not assessed")
                self._reassessed(row)
        elif self._take(e.E_REFERRED) is not None:
            user.key = key_of(self.replay.ledger.weekly_seed, PERSON, self.row, user.key)
            user_enters(user, self.org, self.p, self.replay.enriched)
            user_is_newly_referred(user)

    def _reassessed(self, row: Row) -> None:
        user = self.user
        user.s117, user.eligible = row.detail, row.outcome
        if user.eligible == 1:
            return
        user.package = 0
        if self._take(e.E_BUDGET_ENDED) is not None:
            user_budget_ends(user, self.p, self.number, False)
        self._left(self._take(e.E_LEFT))
        user.counted = 0

    def _health(self) -> None:
        """Phases 3 and 4: mental state, compulsion, how the person is seen."""
        user, p = self.user, self.p
        was_on_order = user.legal_status == CTO
        state = self._take(e.E_STATE)
        if state is None:
            user.weeks_in_state += 1
        else:
            user.mental_state, user.weeks_in_state = state.outcome, 0
        self._take(e.E_INCIDENT)
        if (row := self._take(e.E_DETAINED)) is not None:
            user.legal_status = row.outcome
            user.trust = unit(user.trust - p.trust_detained)
        if (row := self._take(e.E_LEFT_SECTION)) is not None:
            user.legal_status = VOLUNTARY
            user.s117 = 1 if row.detail == SECTION_3 else user.s117
        if (row := self._take(e.E_ORDER_MADE)) is not None:
            self._order_made(row)
        if (row := self._take(e.E_SECTION_2_ENDS)) is not None:
            user.legal_status = row.outcome
        if was_on_order:
            self._week_on_order()
        user_is_seen_anew(user, p, state is not None and state.outcome == CRISIS)

    def _order_made(self, row: Row) -> None:
        user = self.user
        user.order_informed, user.rights_informed = int(row.outcome & 1 != 0), int(row.outcome & 2 != 0)
        user.cto_involvement_making, user.cto_involvement_review = row.threshold, -1.0
        user.conditions, user.conditions_negotiated = row.detail, row.draw
        if row.outcome & e.MANAGED_BIT:
            user.budget_form = MANAGED
        user.cto_weeks, user.cto_review_in, user.cto_felt_benefit = 0, compulsion.FIRST_CTO_REVIEW, 0
        user.legal_status, user.amhp = CTO, row.practitioner
        user.trust = unit(user.trust - self.p.trust_condition * user.conditions * (1.0 - user.conditions_negotiated))

    def _week_on_order(self) -> None:
        user, p = self.user, self.p
        user.cto_weeks += 1
        user.cto_review_in -= 1
        if (row := self._take(e.E_RECALLED)) is not None and row.detail == 0:
            user.trust = unit(user.trust - 0.5 * p.trust_detained)
        if (row := self._take(e.E_ORDER_REVIEWED)) is not None:
            later = user.cto_weeks >= compulsion.SECOND_CTO_REVIEW
            between = compulsion.SECOND_CTO_REVIEW - compulsion.FIRST_CTO_REVIEW
            user.cto_review_in = compulsion.YEARLY if later else between
            user.order_informed, user.rights_informed = int(row.outcome & 1 != 0), int(row.outcome & 2 != 0)
            user.cto_felt_benefit = int(row.outcome & e.BENEFIT_BIT != 0)
            user.conditions, user.conditions_negotiated = row.detail, row.draw
            user.cto_involvement_review = row.threshold
        self._order_ends(self._take(e.E_ORDER_ENDED))

    def _order_ends(self, row: Row | None) -> None:
        if row is not None and row.outcome == e.ENDED_REVOKED:
            compulsion.user_order_is_revoked(self.user, self.p)
        elif row is not None:
            compulsion.user_order_ends(self.user)

    def _is_met(self) -> None:
        """Phases 6 to 8: reviews and opportunities, the pathway, a budget in use, the council's count."""
        user = self.user
        if (row := self._take(e.E_REVIEW)) is not None and row.outcome == 1:
            user.weeks_to_review, user.planned_with = int(self.p.review_weeks), row.detail
        if user.pathway_stage == OUTSIDE:
            self._opportunity()
        else:
            user.weeks_in_stage += 1
            if user.pathway_stage == IN_USE:
                self._uses_budget()
            elif user.pathway_stage == HANDED_ON:
                user.wait_left -= 1.0
                self._hand_off()
            else:
                self._on_pathway()
        for row in self._each(e.E_COUNTED):
            user.counted = row.outcome

    def _opportunity(self) -> None:
        """An opportunity, if there was one, with its gates, an offer or a hand-off."""
        user, row = self.user, self._take(e.E_OPPORTUNITY)
        if row is None:
            return
        user.n_opportunities += 1
        for _ in self._each(*_GATES):
            pass
        if (offer := self._take(e.E_OFFER)) is not None:
            self._offered(offer)
            return
        self._left(self._take(e.E_LEFT))  # the taker of a hand-off found a gate closed
        user.barrier, user.gates = first_gate(row.detail), row.detail
        if (handed := self._take(e.E_HANDED_ON)) is not None:
            user_enters_stage(user, HANDED_ON, 0.0, handed.threshold)
            user.lead_worker = handed.practitioner

    def _offered(self, offer: Row) -> None:
        user = self.user
        user.n_offers += 1
        user.informed = UNDERSTANDS
        if offer.outcome == 1:
            leads = LEAD_COORDINATOR if offer.detail & e.COORDINATOR_LEADS_BIT else offer.practitioner
            user_starts_pathway(user, self.org, self.p, leads, self.number)
            self._stage_rows()
        else:
            user_leaves_pathway(user, self.p, B_DECLINED, self.number)

    def _hand_off(self) -> None:
        arrived = self._take(e.E_HAND_OFF)
        if arrived is None:
            return
        if arrived.outcome == e.TAKEN:
            self._opportunity()
            return
        if arrived.outcome == e.LOST:
            user_is_let_down(self.user, self.p)
        self._left(self._take(e.E_LEFT))

    def _on_pathway(self) -> None:
        user, p = self.user, self.p
        user.wait_left -= 1.0
        if user.mental_state == INPATIENT:
            return
        if (left := self._take(e.E_LEFT)) is not None:
            self._left(left)
            return
        lead = self.replay.post(
            self.index, user.coordinator if user.lead_worker == LEAD_COORDINATOR else user.lead_worker
        )
        if user.work_left > 0.0 and practitioner_can_act(lead, p):
            done = min(user.work_left, p.most_case_hours) * lead.case_share
            user.work_left -= done
            user.worked_hours += done
            user.worked_with += done * lead.involvement_possible
        self._stage_rows()

    def _stage_rows(self) -> None:
        """Whatever happens when a stage is done, up to the next stage, the use of the budget, or the end."""
        self.joint = 0
        for row in self._each(*STAGE_EFFECTS):
            STAGE_EFFECTS[row.kind](self, row)

    def _left(self, row: Row | None) -> None:
        if row is not None:
            STAGE_EFFECTS[e.E_LEFT](self, row)

    def _uses_budget(self) -> None:
        user = self.user
        if (row := self._take(e.E_PAUSE)) is not None:
            user.paused = row.outcome
        self._take(e.E_DISPUTED_SPENDING)
        if (row := self._take(e.E_BUDGET_REVIEW)) is not None:
            user.absent &= ABSENT_ASSESSMENT | ABSENT_PLAN
            user.absent |= 0 if row.detail == 1 else ABSENT_REVIEW
            user.budget_gbp_per_year = row.threshold
        if (row := self._take(e.E_BUDGET_ENDED)) is not None:
            user_budget_ends(user, self.p, self.number, row.outcome == 1)

    @property
    def _year(self) -> int:
        return (self.number + 100 * YEAR) // YEAR

    def _marks_of_year(self) -> None:
        before = marks_so_far(self.user, self._year)
        marks = before | marks_of_today(self.user)
        if marks != before:
            self.user.year_marks = (self._year << YEAR_BITS) | marks


_GATES = tuple(kind for kind in e.KINDS if kind > e.E_GATE)
