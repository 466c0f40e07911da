"""The yardstick: the rules of persim as an ordinary Mesa model, agent by agent, without regard to the compiled kernel.

Written as an experienced Mesa modeller would write it: agent classes with methods, `AgentSet.do`, Mesa's own random
generator, a DataCollector; the weekly census reads the people once and sums by group in NumPy, which is several times
faster than counting in Python. It has its own random stream, so it is compared with the kernel in distribution
(`agreement`), not bit for bit. Left out, in its favour: weights of enriched populations, the table of waits.

Read `plain_mesa_people`, `plain_mesa_pathway`, then `plain_mesa_staff`; here are the model and what it records.
"""

from operator import attrgetter
from types import SimpleNamespace

import mesa
import numpy as np
from mesa.datacollection import DataCollector
from plain_mesa_people import LOWER_THIRD, UPPER_THIRD, ServiceUser
from plain_mesa_staff import Locality, Nurse, OccupationalTherapist, SocialWorker, Team

from persim.parameters import PARAMETERS
from persim.scenario import Scenario
from persim.state import (
    B_DECLINED,
    B_NO_COORDINATOR,
    B_NO_OPPORTUNITY,
    CRISIS,
    CTO,
    DIRECT_PAYMENT,
    FUNDING,
    IN_USE,
    INPATIENT,
    MANAGED,
    N_BARRIERS,
    NOT_INFORMED,
    ON_CASELOAD,
    OUTSIDE,
    PEER_BLOCK,
    POSTS_PER_TEAM,
    THIRD_PARTY,
    UNDERSTANDS,
    VOLUNTARY,
    YEAR,
    Barrier,
    Stage,
)

LOCALITY_GROUPS = 21  # place of the first locality; before it all, and six dimensions of people (`ServiceUser.groups`)
_EVENTS = """
referred discharged returned transferred
crises admissions incidents incidents_attributed detentions
orders_made orders_refused order_informed rights_informed involvement_making conditions conditions_negotiated
orders_reviewed rights_informed_review involvement_review paired_reviews paired_involvement_gain
orders_ended recalls revocations benefit_asked benefit_felt
asked reviews_held reviews_slipped opportunities opportunities_review opportunities_asked opportunities_default
opportunities_passed_on offers offers_with_carer carer_wishes accepted declined raised started ended
passed_on passed_on_lost passed_on_bounced passed_on_taken
left_process refused sent_back contested contest_won disputes disputed_weeks set_up_failed
assessments assessments_without_person plans plans_without_person plan_involvement weeks_to_start
budget_reviews budget_reviews_without_person budgets_cut budgets_raised disputed_spending
relabelled_now relabel_lapsed spend_council spend_nhs spend_person cost_levers hours_forms
hours_forms_brokers hours_forms_council
"""
EVENTS = (
    *_EVENTS.split(),
    *(("closed_first", int(barrier)) for barrier in Barrier),
    *(("closed_any", int(barrier)) for barrier in Barrier if barrier < B_DECLINED),
    *(("left_at", int(stage)) for stage in Stage),
)
PEOPLE = ("on_caseload", "crisis_weeks", "hospital_weeks", "on_cto", "detained")
_ELIGIBLE = """
eligible control_felt control_recorded social_contact quality_of_life perceived_risk actual_risk involved
informed understands had_opportunity s117_entitled with_coordinator voluntary voluntary_control
real_strict real_broad notional reported reported_with_one_off relabelled direct_payments third_party_budgets
managed_budgets paused direct_payments_reported spend_packages without_budget support_without_budget
first_eligible_in_year first_counted_in_year first_real_in_year first_strict_in_year first_notional_in_year
"""
ELIGIBLE = (
    *_ELIGIBLE.split(),
    *(f"stage_{stage.name.lower()}" for stage in Stage if stage != OUTSIDE),
    *(f"first_{barrier.name.lower()}" for barrier in Barrier),
    *(f"gate_{barrier.name.lower()}" for barrier in Barrier),
)
_POSTS = """
posts posts_filled worry_person worry_self legitimacy knowledge medical_orientation alarm posts_working
hours_crisis hours_detained hours_cto hours_unsettled hours_routine hours_reviews hours_talk hours_amhp overtime
displaced time_gate_shut
"""
POSTS = tuple(_POSTS.split())
_caseload_row = attrgetter(
    "number", "coordinator.profession", "legal_status", "perceived_risk", "vulnerability", "s117", "carer",
    "locality.number", "mental_state", "eligible",
)  # fmt: skip
_eligible_row = attrgetter(
    "control_felt", "social_contact", "quality_of_life", "planned_with", "informed", "n_opportunities",
    "coordinator.works", "stage", "form", "paused", "one_off", "counted", "package", "amount_known", "plan_agreed",
    "can_vary", "barrier", "gates", "involvement_review",
)  # fmt: skip
_post_row = attrgetter(
    "profession", "locality.number", "vacant_weeks", "works", "worry_person", "worry_self", "legitimacy", "knowledge",
    "medical_orientation", "team.alarm", "hours_crisis", "hours_detained", "hours_cto", "hours_unsettled_kept",
    "hours_routine_kept", "hours_reviews", "hours_talk", "is_amhp", "overtime", "displaced", "gate_open",
)  # fmt: skip


class PlainMesaModel(mesa.Model):
    """Who is offered a personal budget and who takes one up, in plain Mesa.

    Args:
        scenario: gives people, weeks and the numbers of every week. rng: Mesa's seed.
    """

    def __init__(self, scenario: Scenario, rng=None):
        super().__init__(rng=rng)
        self.weeks = _weekly_numbers(scenario)
        self.start_week = self.week = scenario.start_week
        p = self.p = self.weeks[0]
        n_users, rows_per_post = scenario.n_users, int(p.rows_per_post)
        n_posts = -(-n_users // rows_per_post)
        self._year_marks = np.zeros((n_users, 5), bool)
        places = [Locality(self, p) for _ in range(int(p.n_localities))]
        for number, place in enumerate(places):
            place.number = number
        for number in range(-(-n_posts // POSTS_PER_TEAM)):
            size = min(POSTS_PER_TEAM, n_posts - number * POSTS_PER_TEAM)
            Team(self, places[number % len(places)], size, p)
        self.localities = self.agents_by_type[Locality]
        self.teams = self.agents_by_type[Team]
        posts = [post for team in self.teams for post in team.members]
        people = [ServiceUser(self, row, posts[row // rows_per_post], p) for row in range(n_users)]
        self.users = self.agents_by_type[ServiceUser]
        self.practitioners = self.agents.select(
            lambda agent: isinstance(agent, Nurse | SocialWorker | OccupationalTherapist)
        )
        for first in range(0, n_users, PEER_BLOCK):
            block = people[first : first + PEER_BLOCK]
            block += [None] * (PEER_BLOCK - len(block))
            for user in block:
                if user is not None:
                    user.block = block
                    user.peers = self.random.choices(block, k=4)
        for user in people:
            self._count_start(user, p)
        self.n_groups = LOCALITY_GROUPS + len(places)
        self.is_rural = np.array([place.rural for place in places])
        self._start_flows()
        self.datacollector = DataCollector(
            {
                "reported_take_up": lambda m: m.share("reported"),
                "real_take_up": lambda m: m.share("real_broad"),
                "informed": lambda m: m.share("informed"),
                "control_felt": lambda m: m.share("control_felt"),
                "quality_of_life": lambda m: m.share("quality_of_life"),
                "people": lambda m: m.people_counts,
                "eligible_people": lambda m: m.eligible_counts,
                "posts": lambda m: m.post_counts,
                "events": lambda m: m.event_counts,
            }
        )

    def _count_start(self, user, p):
        here = user.locality
        if user.eligible:
            if self.random.random() < p.initial_budget_share:
                user.start_with_budget(p)
            here.eligible_now += 1
            here.counted_now += user.counted
            here.running_cost += user.budget
        here.people_now += 1

    def step(self):
        """One week."""
        self.week = self.start_week + self.steps - 1
        p = self.p = self.weeks[self.steps - 1]
        self.localities.do("open_week", p)
        self.teams.do("open_week", p)
        self.users.do("live", p)
        self.teams.do("share_hours", p)
        self.users.do("meet", p)
        self.teams.do("learn", p)
        self.count(p)
        self.localities.do("close_week", p)
        self.datacollector.collect(self)
        self._start_flows()

    # What is recorded, by group

    def _start_flows(self):
        self.flows = {event: [0.0] * self.n_groups for event in EVENTS}

    def note(self, event, user, amount=1.0):
        """Count an event of a person in all their groups."""
        row = self.flows[event]
        for group in user.groups():
            row[group] += amount

    def forget_year(self, number):
        """A new person: nothing has been counted this year."""
        self._year_marks[number] = False

    def share(self, name):
        """A count as a share of eligible people."""
        counts = self.eligible_counts[0]
        return float(counts[ELIGIBLE.index(name)] / counts[0])

    def count(self, p):
        """The census: people on the caseload, eligible people, posts, and the week's events, each by group."""
        people = [user for user in self.users if user.place == ON_CASELOAD]
        rows = np.array([_caseload_row(user) for user in people], float)
        _, profession, status, perceived, actual, s117, carer, place, state, eligible = rows.T
        groups = np.zeros((len(rows), 9), int)
        groups[:, 1] = 1 + profession
        groups[:, 2] = 4 + np.where(status == VOLUNTARY, 0, np.where(status == CTO, 2, 1))
        groups[:, 3] = 7 + np.searchsorted((LOWER_THIRD, UPPER_THIRD), perceived, side="right")
        groups[:, 4] = 10 + np.searchsorted((LOWER_THIRD, UPPER_THIRD), actual, side="right")
        groups[:, 5] = 13 + s117
        groups[:, 6] = 15 + carer
        groups[:, 7] = 19 + self.is_rural[place.astype(int)]
        groups[:, 8] = LOCALITY_GROUPS + place
        measures = (
            np.ones(len(rows)),
            state == CRISIS,
            state == INPATIENT,
            status == CTO,
            (status != VOLUNTARY) & (status != CTO),
        )
        self.people_counts = self._by_group(groups, np.column_stack(measures))
        chosen = eligible > 0
        self.eligible_counts = self._by_group(groups[chosen], self._eligible_measures(people, rows, chosen, p))
        self.post_counts = self._count_posts(p)
        self.event_counts = np.array(list(self.flows.values()))

    def _by_group(self, groups, measures):
        """Sums of each measure over each group, shape (n_groups, n_measures)."""
        member = np.zeros((self.n_groups, len(groups)))
        member[groups.T, np.arange(len(groups))] = 1.0
        return member @ measures

    def _eligible_measures(self, people, caseload, chosen, p):
        """One row per eligible person, one column per name of `ELIGIBLE`."""
        number, _, status, perceived, actual, s117, *_ = caseload[chosen].T
        rows = np.array([_eligible_row(user) for user, wanted in zip(people, chosen, strict=True) if wanted], float)
        rows = rows.reshape(-1, 19)
        sums = np.array([user.indicative_sum(p) for user, wanted in zip(people, chosen, strict=True) if wanted], float)
        control, contact, quality, planned, informed, met, works, stage, form, paused, one_off = rows.T[:11]
        counted, package, known, agreed, vary, barrier, gates, involvement = rows.T[11:]
        in_use, voluntary, whole = stage == IN_USE, status == VOLUNTARY, one_off == 0
        truths = np.where(in_use, known + agreed + vary, 0)
        real = in_use & (agreed > 0) & (known + vary > 0)
        on_paper = 0.45 + 0.30 * counted + 0.15 * (stage >= FUNDING) + 0.05 * ((status == CTO) & (involvement >= 0))
        lasting = (counted > 0) & (~in_use | whole)
        notional = lasting & (truths == 0)
        barrier = np.where((barrier == B_NO_OPPORTUNITY) & (works == 0), B_NO_COORDINATOR, barrier).astype(int)
        gates = np.where(gates > 0, gates.astype(int), 1 << barrier)
        held_up = ~real[:, None] & (barrier[:, None] == np.arange(N_BARRIERS))
        would_hold_up = ~real[:, None] & (gates[:, None] >> np.arange(N_BARRIERS) & 1)
        today = (np.ones(len(rows)), lasting, real & whole, (truths == 3) & whole, notional)
        return np.column_stack(
            (
                np.ones(len(rows)), control, on_paper, contact, quality, perceived, actual, planned,
                informed != NOT_INFORMED, informed == UNDERSTANDS, met > 0, s117, works, voluntary, voluntary * control,
                (truths == 3) & whole, real & whole, notional, lasting, counted, (counted > 0) & ~in_use,
                in_use & (form == DIRECT_PAYMENT), in_use & (form == THIRD_PARTY), in_use & (form == MANAGED),
                in_use & (paused > 0), (counted > 0) & in_use & (form == DIRECT_PAYMENT),
                (~in_use | ~whole) * package * p.package_cost * sums / YEAR, ~real, ~real * planned,
                self._first_this_year(number.astype(int), np.column_stack(today) > 0),
                stage[:, None] == np.arange(1, len(Stage)), held_up, would_hold_up,
            )
        )  # fmt: skip

    def _first_this_year(self, number, today):
        """Who is something for the first time this financial year?"""
        if self.week % YEAR == 0:
            self._year_marks[:] = False
        before = self._year_marks[number]
        self._year_marks[number] = before | today
        return today & ~before

    def _count_posts(self, p):
        """Where the hours of the posts went and what their holders hold, shape (n_groups, len(POSTS))."""
        rows = np.array([_post_row(post) for post in self.practitioners], float)
        profession, place, vacant, works = rows.T[:4]
        filled = vacant == 0
        gate = rows[:, 20]
        hours = rows[:, 10:20] * works[:, None]
        hours[:, 5] *= gate
        hours[:, 6] *= gate
        hours[:, 7] *= p.ctos_exist * p.amhp_duty_hours
        attitudes = rows[:, 4:10] * filled[:, None]
        measures = np.column_stack((np.ones(len(rows)), filled, attitudes, works, hours, works * (1.0 - gate)))
        groups = np.zeros((len(rows), 4), int)
        groups[:, 1] = 1 + profession
        groups[:, 2] = 19 + self.is_rural[place.astype(int)]
        groups[:, 3] = LOCALITY_GROUPS + place
        for team in self.teams:
            share = team.lever_cost(p) / len(team.members)
            for post in team.members:
                for group in (0, 1 + post.profession, 19 + team.locality.rural, LOCALITY_GROUPS + team.locality.number):
                    self.flows["cost_levers"][group] += share
        return self._by_group(groups, measures)


def _weekly_numbers(scenario: Scenario):
    """The numbers of every week, as attributes; weeks with the same numbers share them."""
    made = {}
    weeks = []
    for row in scenario.weekly_parameters():
        key = row.tobytes()
        if key not in made:
            made[key] = SimpleNamespace(**dict(zip(PARAMETERS.names, row.item(), strict=True)))
        weeks.append(made[key])
    return weeks


def totals(model: PlainMesaModel) -> dict[str, np.ndarray]:
    """Name of a measure -> its count for everyone, week by week, named as in `persim.measures`."""
    record = model.datacollector.model_vars
    series = {}
    for key, names in (("people", PEOPLE), ("eligible_people", ELIGIBLE), ("posts", POSTS)):
        counts = np.array(record[key])[:, 0]
        series.update({name: counts[:, column] for column, name in enumerate(names)})
    events = np.array(record["events"])[:, :, 0]
    series.update({event: events[:, row] for row, event in enumerate(EVENTS) if isinstance(event, str)})
    return series
