"""A much simpler model in plain Mesa, as a fixed mark: what a week of one person costs in an everyday Mesa model.

PB-lite has nine attributes a person, teams, one panel and thirteen weekly series. Users live (mental state, information,
community treatment orders, quality of life); practitioners spend their hours on crises and orders, then raise budgets, do
paperwork or hand cases on; a panel decides the oldest cases; attitudes follow the team and what happens. It is no part of
persim and answers no question about budgets: it stands here because its cost does not change when persim's rules do.
"""

from types import SimpleNamespace

import mesa
import numpy as np
from mesa.datacollection import DataCollector

STABLE, RELAPSE, CRISIS = range(3)
NURSE, SOCIAL_WORKER, THERAPIST = range(3)
NO_BUDGET, RAISED, ASSESSED, AT_PANEL, SET_UP, IN_USE = range(6)
PEOPLE_PER_POST, POSTS_PER_TEAM = 25, 10
MIX = (0, 1, 0, 1, 0, 2, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 0, 1, 0, 2)  # professions of twenty posts

NUMBERS = SimpleNamespace(
    # weekly changes of mental state: constant, and per unit of risk; a budget in use protects a little
    relapse=0.015, relapse_risk=0.04, crisis=0.001, crisis_risk=0.008, worsen=0.03, worsen_risk=0.07,
    recover=0.22, recover_risk=0.10, calm=0.40, calm_risk=0.15, end_crisis=0.05, protection=0.8,
    # hearing of budgets; orders
    hear=0.001, hear_caseload=0.03,
    order=0.04, order_lifted=0.004, order_review_weeks=26, order_kept=0.3, order_kept_risk=0.5,
    # quality of life
    quality=0.7, quality_relapse=0.25, quality_crisis=0.5, quality_order=0.1, quality_budget=0.12,
    quality_speed=0.1, quality_noise=0.04,
    # the practitioner's week
    hours=30.0, crisis_hours=4.0, order_hours=1.0, raise_rate=0.04, raise_on_order=0.3, raise_hours=1.0,
    assessment_hours=3.0, plan_hours=5.0, forms_done=0.3, forms_done_legitimacy=0.4,
    handing_hours=0.5, handing_lost=0.15, largest_caseload=40,
    # panel and after
    refused=0.05, refused_risk=0.35, set_up_weeks=4, dropped=0.005, ended=0.012,
    # attitudes
    norm=0.05, bad_turn=0.02, good_turn=0.01,
)  # fmt: skip


class Person(mesa.Agent):
    """A service user."""

    def __init__(self, model, coordinator, risk, quality, state):
        super().__init__(model)
        self.coordinator = coordinator
        self.risk = risk
        self.quality = quality
        self.state = state
        self.informed = self.random.random() < 0.05
        self.on_order = self.random.random() < 0.05
        self.order_weeks = self.random.randrange(26)
        self.stage = NO_BUDGET
        self.weeks = 0
        coordinator.caseload.append(self)

    def go_to(self, stage):
        """Enter a stage."""
        self.stage = stage
        self.weeks = 0

    def live(self):
        """A week outside the service."""
        self.change()
        if not self.informed:
            self.hear()
        self.be_on_order()
        self.feel()

    def change(self):
        """Mental state; the coordinator sees the turns of those with a budget."""
        p, x, old = self.model.p, self.random.random(), self.state
        eased = p.protection if self.stage == IN_USE else 1.0
        if old == STABLE:
            crisis = (p.crisis + p.crisis_risk * self.risk) * eased
            if x < crisis:
                self.state = CRISIS
            elif x < crisis + (p.relapse + p.relapse_risk * self.risk) * eased:
                self.state = RELAPSE
        elif old == RELAPSE:
            crisis = (p.worsen + p.worsen_risk * self.risk) * eased
            if x < crisis:
                self.state = CRISIS
            elif x < crisis + p.recover - p.recover_risk * self.risk:
                self.state = STABLE
        else:
            calm = p.calm - p.calm_risk * self.risk
            if x < calm:
                self.state = RELAPSE
            elif x < calm + p.end_crisis:
                self.state = STABLE
        if self.stage == IN_USE and self.state != old:
            if self.state == CRISIS:
                self.coordinator.bad_turns += 1
            elif self.state == STABLE:
                self.coordinator.good_turns += 1

    def hear(self):
        """Others on the same caseload tell."""
        p = self.model.p
        if self.random.random() < p.hear + p.hear_caseload * self.coordinator.share_informed:
            self.informed = True

    def be_on_order(self):
        """An order starts in a crisis, is reviewed, ends."""
        p = self.model.p
        if self.on_order:
            self.order_weeks += 1
            if self.order_weeks % p.order_review_weeks == 0:
                self.on_order = self.random.random() < p.order_kept + p.order_kept_risk * self.risk
            elif self.state == STABLE and self.random.random() < p.order_lifted:
                self.on_order = False
        elif self.state == CRISIS and self.random.random() < p.order * self.risk:
            self.on_order = True
            self.order_weeks = 0

    def feel(self):
        """Quality of life goes part of the way to this week's level."""
        p = self.model.p
        level = p.quality
        if self.state == RELAPSE:
            level -= p.quality_relapse
        elif self.state == CRISIS:
            level -= p.quality_crisis
        if self.on_order:
            level -= p.quality_order
        if self.stage == IN_USE:
            level += p.quality_budget
        now = self.quality + p.quality_speed * (level - self.quality) + p.quality_noise * (self.random.random() - 0.5)
        self.quality = min(1.0, max(0.0, now))

    def wait(self):
        """Time passes on the way: set-up ends, people drop out, budgets end."""
        self.weeks += 1
        if RAISED <= self.stage <= SET_UP:
            if self.random.random() < self.model.p.dropped:
                self.go_to(NO_BUDGET)
            elif self.stage == SET_UP and self.weeks >= self.model.p.set_up_weeks:
                self.go_to(IN_USE)
        elif self.stage == IN_USE and self.random.random() < self.model.p.ended:
            self.go_to(NO_BUDGET)


class Worker(mesa.Agent):
    """A practitioner with a caseload."""

    def __init__(self, model, team, profession, aversion, legitimacy):
        super().__init__(model)
        self.team = team
        self.profession = profession
        self.aversion = aversion
        self.legitimacy = legitimacy
        self.caseload = []
        self.cases = 0
        self.share_informed = self.hours = 0.0
        self.bad_turns = self.good_turns = 0
        team.members.append(self)

    def look(self):
        """What is known on the caseload, and how large it is this week."""
        self.cases = len(self.caseload)
        self.share_informed = sum(user.informed for user in self.caseload) / self.cases if self.cases else 0.0

    def work(self):
        """Crises and orders first; then budgets, while hours last."""
        p = self.model.p
        self.hours = p.hours
        for user in self.caseload:
            if user.state == CRISIS:
                self.hours -= p.crisis_hours
            if user.on_order:
                self.hours -= p.order_hours
        for user in self.caseload:
            if self.hours <= 0:
                break
            if user.stage == NO_BUDGET:
                self.perhaps_raise(user)
            elif user.stage in (RAISED, ASSESSED):
                self.do_forms(user)

    def perhaps_raise(self, user):
        """People who know of budgets raise them; else the worker may."""
        p = self.model.p
        if not user.informed:
            chance = p.raise_rate * self.legitimacy * (1.0 - self.aversion * user.risk)
            if user.on_order:
                chance *= p.raise_on_order
            if self.random.random() >= chance:
                return
        user.go_to(RAISED)
        self.hours -= p.raise_hours

    def do_forms(self, user):
        """Forms, or a hand-over to a social worker of the team."""
        p = self.model.p
        if self.profession == NURSE and self.random.random() < 1.0 - self.legitimacy:
            colleagues = self.team.social_workers
            if colleagues:
                colleague = self.random.choice(colleagues)
                if colleague.cases < p.largest_caseload:
                    self.hours -= p.handing_hours
                    if self.random.random() < p.handing_lost:
                        user.go_to(NO_BUDGET)
                    self.model.handed_over.append((user, colleague))
                    return
        self.hours -= p.assessment_hours if user.stage == RAISED else p.plan_hours
        if self.random.random() < p.forms_done + p.forms_done_legitimacy * self.legitimacy:
            user.go_to(user.stage + 1)

    def learn(self):
        """Attitudes follow the team and what happened to people with budgets."""
        p, team = self.model.p, self.team
        self.legitimacy += p.norm * (team.legitimacy - self.legitimacy)
        aversion = self.aversion + p.norm * (team.aversion - self.aversion)
        aversion += p.bad_turn * self.bad_turns - p.good_turn * self.good_turns
        self.aversion = min(1.0, max(0.0, aversion))
        self.bad_turns = self.good_turns = 0


class SmallTeam(mesa.Agent):
    """Ten practitioners."""

    def __init__(self, model):
        super().__init__(model)
        self.members = []
        self.social_workers = []
        self.legitimacy = self.aversion = 0.0

    def agree(self):
        """The team's norms."""
        n = len(self.members)
        self.legitimacy = sum(worker.legitimacy for worker in self.members) / n
        self.aversion = sum(worker.aversion for worker in self.members) / n


class Panel(mesa.Agent):
    """Decides the oldest cases."""

    def __init__(self, model, places):
        super().__init__(model)
        self.places = places

    def sit(self):
        """One week's decisions."""
        p = self.model.p
        queue = self.model.people.select(lambda user: user.stage == AT_PANEL).to_list()
        queue.sort(key=lambda user: -user.weeks)
        for user in queue[: self.places]:
            refused = self.random.random() < p.refused + p.refused_risk * user.risk
            user.go_to(NO_BUDGET if refused else SET_UP)


class PBLite(mesa.Model):
    """PB-lite with `n` people."""

    def __init__(self, n=1000, rng=None):
        super().__init__(rng=rng)
        self.p = NUMBERS
        self.handed_over = []
        n_posts = max(1, n // PEOPLE_PER_POST)
        draw = np.random.default_rng([0 if rng is None else int(rng), n])
        self.panel = Panel(self, max(1, n // 100))
        teams = [SmallTeam(self) for _ in range(-(-n_posts // POSTS_PER_TEAM))]
        posts = []
        for number in range(n_posts):
            profession = MIX[number % len(MIX)]
            legitimacy = min(1.0, max(0.0, draw.normal((0.45, 0.65, 0.5)[profession], 0.15)))
            posts.append(Worker(self, teams[number // POSTS_PER_TEAM], profession, draw.beta(2.0, 2.0), legitimacy))
        for team in teams:
            team.social_workers = [worker for worker in team.members if worker.profession == SOCIAL_WORKER]
        risks, qualities = draw.beta(2.0, 3.0, n).tolist(), draw.uniform(0.3, 0.8, n).tolist()
        states = draw.choice(3, n, p=[0.80, 0.15, 0.05]).tolist()
        for number in range(n):
            coordinator = posts[number // PEOPLE_PER_POST % n_posts]
            Person(self, coordinator, risks[number], qualities[number], states[number])
        self.people = self.agents_by_type[Person]
        self.workers = self.agents_by_type[Worker]
        self.teams = self.agents_by_type[SmallTeam]
        self.datacollector = DataCollector(
            {
                "take_up": lambda m: sum(user.stage == IN_USE for user in m.people) / len(m.people),
                "informed": lambda m: sum(user.informed for user in m.people),
                "quality": lambda m: sum(user.quality for user in m.people) / len(m.people),
                "legitimacy": lambda m: sum(worker.legitimacy for worker in m.workers) / len(m.workers),
                "aversion": lambda m: sum(worker.aversion for worker in m.workers) / len(m.workers),
                "in_crisis": lambda m: sum(user.state == CRISIS for user in m.people),
                "on_order": lambda m: sum(user.on_order for user in m.people),
                **{f"stage{s}": lambda m, s=s: sum(user.stage == s for user in m.people) for s in range(6)},
            }
        )

    def step(self):
        """One week."""
        self.workers.do("look")
        self.people.do("live")
        self.workers.shuffle_do("work")
        for user, colleague in self.handed_over:
            user.coordinator.caseload.remove(user)
            colleague.caseload.append(user)
            user.coordinator = colleague
        self.handed_over.clear()
        self.panel.sit()
        self.people.do("wait")
        self.teams.do("agree")
        self.workers.do("learn")
        self.datacollector.collect(self)
