"""The yardstick's practitioners, teams and localities, in plain Mesa (see `plain_mesa`)."""

import math

import mesa

from persim.state import (
    AT_PANEL,
    B_FUNDING_DISPUTE,
    B_HAND_OFF,
    B_INFORMATION,
    B_KNOWLEDGE,
    B_LEGAL_BAR,
    B_NOT_RECOGNISED,
    B_NOT_RECOMMENDED,
    B_PANEL,
    B_READINESS,
    B_RISK,
    B_ROLE,
    B_STEPS_AND_WAITS,
    B_TIME,
    BROKER,
    CO_LOCATED,
    COUNCIL_TEAM,
    INTEGRATED,
    N_BARRIERS,
    NURSE,
    OCCUPATIONAL_THERAPIST,
    POSTS_PER_TEAM,
    SEPARATE,
    SOCIAL_WORKER,
    YEAR,
)

AIM_NONE, AIM_INFORMATION, AIM_ROLE, AIM_KNOWLEDGE, AIM_RISK, AIM_STEPS = range(6)


def unit(x):
    """`x` held within [0, 1]."""
    return 0.0 if x < 0.0 else 1.0 if x > 1.0 else x


def odds_shift(x, ratio):
    """Multiply the odds of `x` by `ratio`."""
    return x * ratio / (x * ratio + 1.0 - x)


def by_dial(chosen, lean, heavy, dial):
    """A number that a scenario may choose; else it lies between `lean` and `heavy`, by a dial."""
    return lean + (heavy - lean) * dial if chosen != chosen else chosen


class Worker(mesa.Agent):
    """Anyone who can lead on a budget."""

    profession = -1

    def __init__(self, model, locality):
        super().__init__(model)
        self.locality = locality
        self.works = True
        self.holder = 0
        self.worry_person = self.worry_self = 0.0
        self.legitimacy = self.medical_orientation = 0.0
        self.knowledge = self.social_care_knowledge = 0.0
        self.hours_due = self.social_hours = self.hours_forms = 0.0
        self.gate_open = self.case_share = 1.0
        self.involvement_possible = self.squeeze = 0.0
        self.lead_cases = self.next_lead_cases = 0
        self.completed = 0

    def take_case(self, user, p):
        """Put a person's forms on this week; nothing can be done in hospital."""
        self.next_lead_cases += 1
        if user.work_left > 0.0 and not user.in_hospital:
            self.hours_due += min(user.work_left, p.most_case_hours)


class Practitioner(Worker):
    """A post of a team and who holds it: care coordinator of some thirty people."""

    def __init__(self, model, locality, team, p):
        super().__init__(model, locality)
        self.team = team
        random = self.random.random
        self.is_amhp = self.profession == SOCIAL_WORKER and random() < p.amhp_share
        self.vacant_weeks = int(random() < p.turnover / YEAR * p.vacancy_weeks)
        self.sick_weeks = 0
        self.is_new = False
        self.start_sheet()
        self.overtime = self.displaced = 0.0
        self.arrive(p)
        team.members.append(self)

    def usual_attitudes(self, p):
        """Worry, legitimacy and medical orientation usual in this profession here."""
        here = self.locality
        boundary = self.boundary(p)
        if self.profession != SOCIAL_WORKER and here.integration != INTEGRATED:
            boundary *= p.boundary_co_located if here.integration == CO_LOCATED else p.boundary_separate
        return (
            odds_shift(here.risk_aversion, self.usual_worry(p)),
            1.0 - odds_shift(here.role_boundary, boundary),
            odds_shift(here.medical_model, self.usual_medical(p)),
        )

    def arrive(self, p):
        """A new holder takes the post."""
        worry, legitimacy, medical = self.usual_attitudes(p)
        gauss, spread = self.random.gauss, p.person_spread
        self.worry_person = odds_shift(worry, math.exp(spread * gauss(0.0, 1.0)))
        self.worry_self = odds_shift(worry, math.exp(spread * gauss(0.0, 1.0)))
        self.legitimacy = odds_shift(legitimacy, math.exp(spread * gauss(0.0, 1.0)))
        self.medical_orientation = odds_shift(medical, math.exp(spread * gauss(0.0, 1.0)))
        self.role_protection = odds_shift(p.role_protection, math.exp(spread * gauss(0.0, 1.0)))
        self.social_care_knowledge = self.usual_recognition(p)
        self.knowledge = self.usual_knowledge(p)

    def start_sheet(self):
        """A blank sheet of hours for the week."""
        self.hours_crisis = self.hours_detained = self.hours_cto = 0.0
        self.hours_unsettled = self.hours_routine = 0.0
        self.hours_reviews = self.hours_talk = self.hours_due = self.hours_forms = 0.0

    def open_week(self, p):
        """Turnover, vacancy and sickness; then a blank sheet."""
        random = self.random.random
        self.is_new = False
        if self.vacant_weeks > 0:
            self.vacant_weeks += 1
            if random() < 1.0 / p.vacancy_weeks:
                self.vacant_weeks = 0
                self.holder += 1
                self.is_new = True
                self.arrive(p)
        else:
            if self.sick_weeks > 0:
                self.sick_weeks -= 1
            elif random() < p.sickness_rate:
                self.sick_weeks = 1 + int(self.random.expovariate(1.0 / p.sickness_weeks))
            if random() < p.turnover / 52.0:
                self.vacant_weeks = 1
                self.sick_weeks = 0
        self.works = self.vacant_weeks == 0 and self.sick_weeks == 0
        self.lead_cases, self.next_lead_cases = self.next_lead_cases, 0
        self.completed = 0
        self.start_sheet()

    def share_hours(self, p):
        """Contacts come first; what is left decides time for budgets, and forms with or without the person."""
        if self.works:
            self.hours_crisis += self.team.cover_hours / self.team.n_working
        hours = p.contract_hours * p.direct_share
        if self.is_amhp:
            hours -= p.ctos_exist * p.amhp_duty_hours
        hours = max(1.0, hours)
        contacts = self.hours_crisis + self.hours_detained + self.hours_cto
        contacts += self.hours_unsettled + self.hours_routine
        slack = (1.0 - contacts / hours) / p.protection_width
        left = slack if slack > 30.0 else math.log(1.0 + math.exp(slack))
        social = hours * p.protection_width * left * (1.0 - p.medical_claim * self.medical_orientation)
        social = max(social, p.protected_hours * 12.0 / 52.0)
        self.social_hours = social
        first = self.hours_reviews + self.hours_talk
        due = self.hours_due
        excess = max(0.0, contacts + min(social, first + due) - hours)
        self.overtime = min(excess, p.overtime_share * hours)
        self.displaced = min(contacts, excess - self.overtime)
        self.squeeze = math.exp(-social / (p.squeeze_width * hours))
        least = first + p.shortest_forms * due
        self.gate_open = 1.0 if least <= social else social / least
        best = 1.0 - 0.5 * self.medical_orientation
        if due <= 0.0:
            self.involvement_possible, self.case_share = best, 1.0
            return
        rest = max(0.0, social - first)
        part = (rest / due - p.shortest_forms) / max(0.01, 1.0 - p.shortest_forms)
        part = min(best, max(p.least_involvement, part))
        need = due * (p.shortest_forms + (1.0 - p.shortest_forms) * part)
        self.involvement_possible = part
        self.case_share = 1.0 if need <= rest else rest / need

    def learn(self, p):
        """Attitudes move to the team's norm, to the profession's mean, and by levers and experience."""
        norm, home, team = p.norm_rate, p.home_rate, self.team
        gain = p.lever_rate * self.locality.change_speed
        done = p.learning_by_doing * self.completed
        calm = gain * unit(0.4 * p.training + p.positive_risk_taking)
        clear = (gain * unit(p.role_clarity + 0.4 * p.leadership) + done) * (1.0 - self.role_protection)
        knowing = gain * unit(p.training + 0.5 * p.role_clarity) + done
        away = 0.3 * gain * unit(p.leadership + p.role_clarity)
        worry, legitimacy, medical = self.usual_attitudes(p)
        x = self.worry_person
        self.worry_person = unit(x + norm * (team.mean_worry_person - x) + home * (worry - x) - calm * x)
        x = self.worry_self
        self.worry_self = unit(x + norm * (team.mean_worry_self - x) + home * (worry - x) - 0.5 * calm * x)
        x = self.legitimacy
        pull = norm * (team.mean_legitimacy - x) + home * (legitimacy - x)
        self.legitimacy = unit(x + pull + clear * (1.0 - x))
        x = self.medical_orientation
        self.medical_orientation = unit(x + norm * (team.mean_medical - x) + home * (medical - x) - away * x)
        x = self.knowledge
        self.knowledge = unit(x + home * (self.usual_knowledge(p) - x) + knowing * (1.0 - x))
        x = self.social_care_knowledge
        self.social_care_knowledge = unit(x + home * (self.usual_recognition(p) - x) + 0.7 * knowing * (1.0 - x))

    # What a weekly figure of hours needs, after slipping contacts: routine ones slip first.
    @property
    def hours_routine_kept(self):
        """Hours of routine contacts that did not slip."""
        return max(0.0, self.hours_routine - self.displaced)

    @property
    def hours_unsettled_kept(self):
        """Hours with unsettled people that did not slip."""
        return max(0.0, self.hours_unsettled - max(0.0, self.displaced - self.hours_routine))


class Nurse(Practitioner):
    """A community psychiatric nurse."""

    profession = NURSE

    def boundary(self, p):
        return p.boundary_nurse

    def usual_worry(self, p):
        return p.worry_nurse

    def usual_medical(self, p):
        return p.medical_nurse

    def usual_recognition(self, p):
        return p.recognises_nurse

    def usual_knowledge(self, p):
        return p.knowledge_nurse


class SocialWorker(Practitioner):
    """A social worker, perhaps approved under the Act (AMHP)."""

    profession = SOCIAL_WORKER

    def boundary(self, p):
        return p.boundary_social_worker

    def usual_worry(self, p):
        return p.worry_social_worker

    def usual_medical(self, p):
        return p.medical_social_worker

    def usual_recognition(self, p):
        return p.recognises_social_worker

    def usual_knowledge(self, p):
        return p.knowledge_social_worker


class OccupationalTherapist(Practitioner):
    """An occupational therapist."""

    profession = OCCUPATIONAL_THERAPIST

    def boundary(self, p):
        return p.boundary_occupational_therapist

    def usual_worry(self, p):
        return p.worry_occupational_therapist

    def usual_medical(self, p):
        return p.medical_occupational_therapist

    def usual_recognition(self, p):
        return p.recognises_occupational_therapist

    def usual_knowledge(self, p):
        return p.knowledge_occupational_therapist


class OutsideWorker(Worker):
    """Those outside the teams who can lead: this week's hours are shared over last week's demand."""

    def open_week(self, p):
        """Attitudes, hours and room for this week."""
        self.lead_cases, self.next_lead_cases = self.next_lead_cases, 0
        self.take_position(p)
        hours, due = self.hours_of_week(p), self.hours_due
        self.social_hours = hours
        self.hours_due = 0.0
        best = 1.0 - 0.5 * self.medical_orientation
        if due <= 0.0:
            self.involvement_possible, self.case_share = best, 1.0
            return
        part = (hours / due - p.shortest_forms) / max(0.01, 1.0 - p.shortest_forms)
        part = min(best, max(p.least_involvement, part))
        self.involvement_possible = part
        self.case_share = min(1.0, hours / (due * (p.shortest_forms + (1.0 - p.shortest_forms) * part)))


class Broker(OutsideWorker):
    """The independent brokers of a locality: they know the process and hold it their own job."""

    profession = BROKER

    def take_position(self, p):
        """Attitudes of this week."""
        self.legitimacy = self.knowledge = self.social_care_knowledge = 1.0
        self.medical_orientation = self.worry_self = 0.0
        self.worry_person = odds_shift(self.locality.risk_aversion, p.worry_social_worker) * p.broker_worry

    def hours_of_week(self, p):
        """Hours for people."""
        return p.brokers * len(self.locality.teams) * p.contract_hours * p.broker_direct_share

    def room(self, p):
        """Cases that can be held."""
        return int(p.brokers * len(self.locality.teams) * p.broker_cases)


class CouncilTeam(OutsideWorker):
    """The council's own social work team of a locality."""

    profession = COUNCIL_TEAM

    def take_position(self, p):
        """Attitudes of this week."""
        here = self.locality
        self.legitimacy = 1.0 - odds_shift(here.role_boundary, p.boundary_council)
        self.knowledge = p.knowledge_social_worker
        self.social_care_knowledge = p.recognises_social_worker
        self.medical_orientation = 0.5 * here.medical_model
        self.worry_person = self.worry_self = odds_shift(here.risk_aversion, p.worry_social_worker)

    def hours_of_week(self, p):
        """Hours for people."""
        return p.council_cases * len(self.locality.teams) * p.council_case_hours

    def room(self, p):
        """Cases that can be held."""
        return int(p.council_cases * len(self.locality.teams))


class Team(mesa.Agent):
    """Ten posts and their people."""

    def __init__(self, model, locality, n_posts, p):
        super().__init__(model)
        self.locality = locality
        self.members = []
        self.alarm = 0.0
        self.incidents = 0
        self.cover_hours, self.n_working = 0.0, 0
        locality.teams.append(self)
        mix = self.random.random()
        for place in range(n_posts):
            x = ((place * 7) % POSTS_PER_TEAM + mix) / POSTS_PER_TEAM
            if x < p.nurse_share:
                profession = Nurse
            elif x < p.nurse_share + p.social_worker_share:
                profession = SocialWorker
            else:
                profession = OccupationalTherapist
            profession(model, locality, self, p)
        self.duty_amhp = locality.council_team

    def open_week(self, p):
        """Who is there, and which AMHP is on duty: the council's if none is at work."""
        for member in self.members:
            member.open_week(p)
        self.cover_hours = 0.0
        self.n_working = sum(member.works for member in self.members)
        approved = [member for member in self.members if member.is_amhp and member.works]
        self.duty_amhp = self.random.choice(approved) if approved else self.locality.council_team

    def share_hours(self, p):
        """Every post shares out its week."""
        for member in self.members:
            member.share_hours(p)

    def learn(self, p):
        """Norms, attitudes, alarm."""
        members = self.members
        n = len(members)
        self.mean_worry_person = sum(x.worry_person for x in members) / n
        self.mean_worry_self = sum(x.worry_self for x in members) / n
        self.mean_legitimacy = sum(x.legitimacy for x in members) / n
        self.mean_medical = sum(x.medical_orientation for x in members) / n
        for member in members:
            member.learn(p)
        relief = 1.0 - p.risk_panel_relief * p.risk_enablement_panel
        self.alarm *= 0.5 ** (1.0 / (p.alarm_half_life * (0.4 + 0.6 * relief)))
        jump = unit(p.alarm_jump * (0.3 + 0.7 * self.locality.blame) * relief)
        for _ in range(self.incidents):
            self.alarm = 1.0 - (1.0 - self.alarm) * (1.0 - jump)
        self.incidents = 0

    def lever_cost(self, p):
        """What the levers in force cost the team this week, in GBP."""
        hours = p.hours_of_training * p.training
        hours += p.hours_of_supervision * unit(p.role_clarity + p.positive_risk_taking)
        hours *= len(self.members)
        hours += p.brokers * p.contract_hours + p.hours_of_risk_panel * p.risk_enablement_panel
        hours += p.hours_of_peer_support * p.peer_support + p.hours_of_campaign * p.campaign
        hours += p.hours_of_advocacy * p.advocacy + p.hours_of_payment_support * p.direct_payment_support
        hours += p.hours_of_research * p.action_research
        return hours * p.staff_cost


class Locality(mesa.Agent):
    """A council with its Trust: terms, money, panel, push, action research."""

    def __init__(self, model, p):
        super().__init__(model)
        gauss, random = self.random.gauss, self.random.random
        spread = p.locality_spread
        self.odds = {
            dial: math.exp(spread * gauss(0.0, 1.0))
            for dial in (
                "risk_aversion", "role_boundary", "bureaucracy", "medical_model", "information", "market",
                "target_pressure", "compulsion_practice", "other_clients",
            )
        }  # fmt: skip
        x = random()
        self.integration = SEPARATE
        if x < p.integrated_share:
            self.integration = INTEGRATED
        elif x < p.integrated_share + p.co_located_share:
            self.integration = CO_LOCATED
        self.rural = random() < p.rural_share
        self.teams = []
        self.panel_queue = []
        self.panel_carried = 0.0
        self.pot = self.committed = 0.0
        self.pot_factor = self.caseload_factor = 1.0
        self.stigma_raised = self.media_blame = 0.0
        self.gain_information = self.gain_role = self.gain_knowledge = 0.0
        self.gain_risk = self.gain_steps = self.gain_involvement = 0.0
        self.spiral_aim, self.spiral_week, self.spirals = AIM_NONE, 0, 0
        self.closed = [0] * N_BARRIERS
        self.push = self.compelled_share = self.council_rate = 0.0
        self.eligible_before = 0
        self.eligible_now = self.counted_now = self.compelled_now = self.people_now = 0
        self.running_cost = 0.0
        self.feel_media(p)
        self.set_terms(p)
        self.broker = Broker(model, self)
        self.council_team = CouncilTeam(model, self)

    def open_week(self, p):
        """Terms, money and push of the week; outside workers; the funding panel."""
        self.feel_media(p)
        self.set_terms(p)
        self.reckon_money(p)
        self.broker.open_week(p)
        self.council_team.open_week(p)
        self.hold_panel(p)

    def feel_media(self, p):
        """A media event raises stigma and blame for a time."""
        left = 0.5 ** (1.0 / p.media_half_life)
        self.stigma_raised = self.stigma_raised * left + p.media_stigma * p.media_event
        self.media_blame = self.media_blame * left + p.media_blame * p.media_event
        self.stigma = unit(p.public_stigma + self.stigma_raised)

    def set_terms(self, p):
        """The locality's dials and what they place."""
        odds, rural = self.odds, self.rural
        self.risk_aversion = odds_shift(p.risk_aversion, odds["risk_aversion"])
        self.role_boundary = odds_shift(p.role_boundary, odds["role_boundary"])
        self.bureaucracy = odds_shift(p.bureaucracy, odds["bureaucracy"])
        self.medical_model = odds_shift(p.medical_model, odds["medical_model"])
        self.target_pressure = odds_shift(p.target_pressure, odds["target_pressure"])
        self.local_use = 0.6 + 2.0 * odds_shift(p.compulsion_practice, odds["compulsion_practice"])
        information = odds_shift(p.information, odds["information"])
        self.information = information + (1.0 - information) * self.gain_information
        market = odds_shift(p.market, odds["market"]) * (1.0 - p.qa_thins_market * p.qa_strictness)
        self.market = market * p.rural_market if rural else market
        leadership = unit(p.usual_leadership + p.leadership * (1.0 - p.usual_leadership))
        self.change_speed = (0.4 + 1.2 * leadership) * (1.0 - p.culture_inertia)
        self.blame = unit(p.blame_culture * (1.0 - 0.5 * p.positive_risk_taking) + self.media_blame)
        self.power_distance = p.power_distance * (1.0 - 0.3 * p.leadership) * (1.0 - 0.5 * self.gain_involvement)
        pooled = p.section75_pooling if self.integration == INTEGRATED else 0.0
        self.pooling = unit(p.pooled_funding + pooled)
        self.tell = unit(p.tell * (0.4 + 2.0 * self.information)) if self.information > 0.0 else 0.0
        self.peers = p.rural_peers if rural else 1.0
        travel = 1.0 + p.rural_travel if rural else 1.0
        self.contact_hours = p.contact_hours * p.workload * self.caseload_factor * travel
        # the same for everyone here this week
        self.contact_level = p.contact_base + p.contact_peers * (0.5 + 0.5 * p.peer_support) * self.peers
        self.tell_rate = p.campaign_rate * (1.0 + 4.0 * p.campaign) * self.information / 0.3
        self.carer_tell_rate = p.carer_tells * self.information / 0.3
        self.peer_tell_rate = p.peers_tell * self.peers * self.information / 0.3
        self.asking = p.ask_rate * (1.0 - 0.5 * self.power_distance * (1.0 - 0.6 * p.advocacy))
        kept = (1.0 - p.lean_process) * (1.0 - self.gain_steps)
        self.steps = math.floor(by_dial(p.n_steps, p.steps_lean, p.steps_heavy, self.bureaucracy) * kept + 0.5)
        self.pages = math.floor(by_dial(p.n_pages, p.pages_lean, p.pages_heavy, self.bureaucracy) * kept + 0.5)
        self.effort = unit((self.pages / p.pages_heavy) * (1.0 - 0.4 * p.plain_language))
        self.assessment_hours = p.assessment_hours + p.assessment_page_hours * self.pages
        self.plan_hours = p.plan_hours + p.plan_page_hours * self.pages
        self.set_up_hours = p.set_up_hours + p.set_up_page_hours * self.pages
        self.assessment_weeks = p.assessment_step_weeks * self.steps
        self.indicative_weeks = p.indicative_step_weeks * self.steps
        self.plan_weeks = p.plan_step_weeks * self.steps
        self.funding_weeks = p.funding_step_weeks * self.steps
        self.set_up_weeks = p.set_up_step_weeks * self.steps + p.qa_weeks * p.qa_strictness
        self.panel_places = by_dial(p.panel_places, p.panel_lean, p.panel_heavy, self.bureaucracy)

    def reckon_money(self, p):
        """The year's pot and what is committed; how far the council is from its target."""
        self.caseload_factor *= 1.0 + p.caseload_growth / YEAR
        self.pot_factor *= 1.0 + p.pot_growth / YEAR
        if self.model.week % YEAR == 0:
            self.committed = self.running_cost
        eligible = self.eligible_now
        self.pot = p.pot_per_eligible * eligible * self.pot_factor
        self.eligible_before = eligible
        here = self.counted_now / eligible if eligible > 0 else 0.0
        others = odds_shift(p.other_clients_rate, self.odds["other_clients"])
        self.council_rate = p.mental_health_weight * here + (1.0 - p.mental_health_weight) * others
        shortfall = unit((p.target - self.council_rate) / p.target) if p.target > 0.0 else 0.0
        self.push = self.target_pressure * shortfall * math.exp(-p.target_deadline_weeks / p.push_weeks)
        self.compelled_share = self.compelled_now / self.people_now if self.people_now > 0 else 0.0
        self.control_lost = p.control_shadow * self.compelled_share
        self.eligible_now = self.counted_now = self.compelled_now = self.people_now = 0
        self.running_cost = 0.0

    def hold_panel(self, p):
        """Oldest cases first, as many as there are places; unused places keep for some weeks."""
        weekly = self.panel_places * self.eligible_before / 1000.0
        keeps = max(p.panel_keeps_weeks, p.rural_panel_interval) if self.rural else p.panel_keeps_weeks
        self.panel_carried = min(self.panel_carried + weekly, weekly * keeps + 1.0) if weekly > 0.0 else 0.0
        queue, self.panel_queue = self.panel_queue, []
        interval = int(p.rural_panel_interval) if self.rural else 1
        if not queue or self.model.week % max(1, interval) != 0:
            return
        self.random.shuffle(queue)
        queue.sort(key=lambda user: -user.weeks_in_stage)
        for user in queue:
            if self.panel_carried <= 0.0:
                break
            if self.panel_carried < 1.0 and self.random.random() >= self.panel_carried:
                break
            self.panel_carried -= 1.0
            if user.stage == AT_PANEL:
                user.face_panel(p)

    def close_week(self, p):
        """Action research acts, and reflects on what closed since the last reflection."""
        keep = 1.0 - p.spiral_fades
        self.gain_information *= keep
        self.gain_role *= keep
        self.gain_knowledge *= keep
        self.gain_risk *= keep
        self.gain_steps *= keep
        self.gain_involvement *= keep
        if p.action_research <= 0.0:
            return
        shared = p.co_researchers * (1.0 - self.power_distance)
        step = p.action_research * p.spiral_strength * (0.4 + 0.6 * shared) / p.spiral_weeks
        self.gain_information += 0.5 * step * (1.0 - self.gain_information)
        self.gain_involvement += (0.2 + 0.8 * shared) * step * (1.0 - self.gain_involvement)
        if self.spiral_aim == AIM_INFORMATION:
            self.gain_information += step * (1.0 - self.gain_information)
        elif self.spiral_aim == AIM_ROLE:
            self.gain_role += step * (1.0 - self.gain_role)
        elif self.spiral_aim == AIM_KNOWLEDGE:
            self.gain_knowledge += step * (1.0 - self.gain_knowledge)
        elif self.spiral_aim == AIM_RISK:
            self.gain_risk += step * (1.0 - self.gain_risk)
        elif self.spiral_aim == AIM_STEPS:
            self.gain_steps += step * (1.0 - self.gain_steps)
        self.spiral_week += 1
        if self.spirals == 0 or self.spiral_week >= int(p.spiral_weeks):
            self.reflect(shared)

    def reflect(self, shared):
        """Aim at the largest barrier known; co-researchers reveal what staff do not record."""
        closed = self.closed
        seen = {
            AIM_INFORMATION: closed[B_INFORMATION] * shared,
            AIM_ROLE: closed[B_ROLE] + closed[B_HAND_OFF] + closed[B_NOT_RECOMMENDED],
            AIM_KNOWLEDGE: closed[B_NOT_RECOGNISED] + closed[B_KNOWLEDGE],
            AIM_RISK: closed[B_READINESS] + closed[B_RISK] + closed[B_LEGAL_BAR],
            AIM_STEPS: (0.4 + 0.6 * shared)
            * (closed[B_STEPS_AND_WAITS] + closed[B_FUNDING_DISPUTE] + closed[B_PANEL] + closed[B_TIME]),
        }
        self.spiral_aim = max(seen, key=seen.__getitem__) if max(seen.values()) > 0 else AIM_NONE
        self.spiral_week = 0
        self.spirals += 1
        self.closed = [0] * N_BARRIERS
