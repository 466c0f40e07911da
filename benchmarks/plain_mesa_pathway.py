"""The yardstick's people on the way to a budget, in plain Mesa (see `plain_mesa`)."""

import math

from plain_mesa_staff import odds_shift, unit

from persim.state import (
    ASSESSMENT,
    AT_PANEL,
    B_CONTRIBUTION,
    B_DECLINED,
    B_ENDED,
    B_FUNDING_DISPUTE,
    B_HAND_OFF,
    B_INFORMATION,
    B_KNOWLEDGE,
    B_LEGAL_BAR,
    B_MARKET,
    B_NO_COORDINATOR,
    B_NONE,
    B_NOT_RECOGNISED,
    B_NOT_RECOMMENDED,
    B_PANEL,
    B_READINESS,
    B_RISK,
    B_ROLE,
    B_STEPS_AND_WAITS,
    B_TIME,
    BROKER,
    CARER_ADVOCATES,
    CARER_WORRIED,
    CONTESTED,
    COUNCIL_TEAM,
    CRISIS,
    CTO,
    DIRECT_PAYMENT,
    FIRST_REVIEW_WEEKS,
    FUNDING,
    HANDED_ON,
    IN_USE,
    INDICATIVE,
    INPATIENT,
    INTEGRATED,
    MANAGED,
    NO_CARER,
    NO_FORM,
    NOT_INFORMED,
    OUTSIDE,
    PLAN,
    RAISED,
    SEPARATE,
    SET_UP,
    SOCIAL_WORKER,
    STABLE,
    THIRD_PARTY,
    UNDERSTANDS,
    VOLUNTARY,
    YEAR,
)

FORMS_OF = {BROKER: "hours_forms_brokers", COUNCIL_TEAM: "hours_forms_council"}


class OnPathway:
    """What happens between a person and budgets: opportunities, hand-offs, the pathway, a budget in use."""

    def be_met(self, p):
        """A review or a request, a step on the pathway, a budget in use, a relabelled service."""
        occasion = self.occasion(p) if self.weeks_to_review <= 0 or self.asked else None
        stage = self.stage
        if stage == OUTSIDE:
            if occasion and self.eligible and self.model.week >= self.rest_until:
                self.have_opportunity(p, occasion)
        else:
            self.weeks_in_stage += 1
            if stage == IN_USE:
                self.use_budget(p)
            elif stage == HANDED_ON:
                self.wait_left -= 1.0
                if self.wait_left <= 0.0 and self.mental_state != INPATIENT:
                    self.arrive_with_taker(p)
            else:
                self.go_on_pathway(p)
        if self.package and self.eligible and self.stage != IN_USE:
            self.be_relabelled(p)

    def occasion(self, p):
        """What brings an occasion to speak of budgets this week, if anything."""
        random, worker = self.random.random, self.coordinator
        if self.weeks_to_review <= 0 and worker.works and self.mental_state != INPATIENT:
            if random() < worker.gate_open:
                self.weeks_to_review = int(p.review_weeks)
                chance = p.usual_involvement * (0.6 + 0.4 * self.voice(p, worker)) * (1.15 - 0.5 * worker.squeeze)
                chance += 0.35 * p.involvement_drive + 0.30 * self.locality.gain_involvement
                self.planned_with = random() < unit(chance)
                if self.eligible:
                    self.note("reviews_held")
                return "opportunities_default" if random() < p.default_offer else "opportunities_review"
            if self.eligible:
                self.note("reviews_slipped")
        return "opportunities_asked" if self.asked else None

    def voice(self, p, worker):
        """How far the person's view counts where stages are worked with them."""
        here = self.locality
        voice = 0.6 * self.confidence + 0.4 * p.advocacy + (0.2 if self.carer == CARER_ADVOCATES else 0.0)
        voice = unit(voice + here.gain_involvement)
        silenced = here.power_distance * (1.0 - 0.5 * p.plain_language) * (1.0 - voice)
        return unit(1.0 - silenced - 0.2 * worker.medical_orientation)

    def judgement(self, p, worker):
        """The luck of a worker's lasting judgement about this person (of the person's own, if `worker` is None)."""
        length = max(1, int(p.judgement_weeks))
        period = (self.model.week + self.judgement_phase % length) // length
        if period != self.judgement_period:
            self.judgement_period = period
            self.judgements.clear()
        key = (worker, worker.holder) if worker else None
        if key not in self.judgements:
            random = self.random.random
            self.judgements[key] = (random(), random(), random(), random(), random(), random())
        return self.judgements[key]

    def count_opportunity(self, brought_by):
        """Count an opportunity and what brought it."""
        self.n_opportunities += 1
        self.note("opportunities")
        self.note(brought_by)

    def have_opportunity(self, p, occasion):
        """Every gate is tried; if all are open an offer is made; a closed role gate may mean a hand-off."""
        worker, here = self.coordinator, self.locality
        self.count_opportunity(occasion)
        lead, broker = worker, here.broker
        requested = occasion == "opportunities_asked"
        if (
            requested
            and p.brokers > 0.0
            and broker.lead_cases < p.brokers * len(here.teams) * p.broker_cases
            and self.random.random() < p.broker_reach * (0.4 + 1.2 * self.confidence)
        ):
            lead = broker
        elif not worker.works:
            self.remember_gates([B_NO_COORDINATOR])
            return
        closed = self.gates_closed(p, lead, occasion == "opportunities_default")
        if not closed:
            self.be_offered(p, None if lead is worker else lead, self.asked)
            return
        self.remember_gates(closed)
        if closed[0] == B_ROLE:
            chance = p.handoff_tried * (0.7 if here.rural else 1.0)
            if self.judgement(p, lead)[5] < chance:
                self.be_handed_on(p)

    def gates_closed(self, p, worker, excused):
        """The gates that close at this opportunity, in the order in which they stand."""
        random, here = self.random.random, self.locality
        recognise, ready, role, risk, legal, _ = self.judgement(p, worker)
        state, status = self.mental_state, self.legal_status
        medical = worker.medical_orientation
        closed = []
        knows = worker.social_care_knowledge
        if recognise >= (1.0 - 0.5 * (1.0 - knows) if self.s117 else knows):
            closed.append(B_NOT_RECOGNISED)
        if state >= CRISIS:
            closed.append(B_READINESS)
        else:
            doubt = p.readiness_unsettled
            if state == STABLE:
                fading = math.exp(-self.weeks_in_state / p.settling_weeks)
                doubt = p.readiness_stable + (doubt - p.readiness_stable) * fading
            if ready < medical * doubt:
                closed.append(B_READINESS)
        if random() >= worker.gate_open:
            closed.append(B_TIME)
        if not excused:
            if random() < p.not_recommended * worker.squeeze * (0.5 + medical) * (1.0 - 0.5 * p.role_clarity):
                closed.append(B_NOT_RECOMMENDED)
            legitimacy = odds_shift(worker.legitimacy, 1.0 + p.pressure_opens_role * here.push)
            if role >= legitimacy + (1.0 - legitimacy) * here.gain_role:
                closed.append(B_ROLE)
        if random() >= worker.knowledge + (1.0 - worker.knowledge) * here.gain_knowledge:
            closed.append(B_KNOWLEDGE)
        worry = 1.0 - (1.0 - worker.worry_person) * (1.0 - here.blame * worker.worry_self)
        worry *= (1.0 - p.risk_panel_relief * p.risk_enablement_panel) * (1.0 - here.gain_risk)
        alarm = p.alarm_closes * self.team.alarm * min(1.0, 2.0 * worry)
        if risk >= (1.0 - worry * self.perceived_risk) * (1.0 - alarm):
            closed.append(B_RISK)
        if status == CTO:
            bar = p.legal_bar_cto * (1.0 - 0.5 * worker.knowledge) * (1.0 - 0.3 * p.positive_risk_taking)
            if legal < bar:
                closed.append(B_LEGAL_BAR)
        elif status != VOLUNTARY:
            closed.append(B_LEGAL_BAR)
        if self.informed == NOT_INFORMED and random() >= here.tell:
            closed.append(B_INFORMATION)
        return closed

    def remember_gates(self, closed):
        """Keep what closed on the person, and count the first and all of them."""
        first = closed[0]
        self.barrier = first
        self.gates = sum(1 << gate for gate in closed)
        self.locality.closed[first] += 1
        self.note(("closed_first", first))
        for gate in closed:
            self.note(("closed_any", gate))

    def be_offered(self, p, lead, requested):
        """The offer, and the person's own choice."""
        self.informed = UNDERSTANDS
        self.note("offers")
        willing, wish, *_ = self.judgement(p, None)
        if self.carer != NO_CARER:
            self.note("offers_with_carer")
            if self.carer == CARER_ADVOCATES:
                wishes = wish < p.carer_wish_advocates
            elif self.carer == CARER_WORRIED:
                wishes = wish < p.carer_wish_worried
            else:
                wishes = wish < p.carer_wish_supports
            if wishes:
                self.note("carer_wishes")
        if requested or willing < self.chance_of_accepting(p):
            self.note("accepted")
            self.note("raised")
            self.start_pathway(lead)
        else:
            self.note("declined")
            self.leave_pathway(p, B_DECLINED)

    def chance_of_accepting(self, p):
        """A lasting wish, stronger with autonomy and confidence."""
        chance = p.willing * (0.5 + 0.5 * self.autonomy_preference) * (0.8 + 0.4 * self.confidence)
        chance *= 1.0 - p.thin_market_declines * (1.0 - self.locality.market)
        if self.carer == CARER_ADVOCATES:
            chance *= 1.15
        elif self.carer == CARER_WORRIED:
            chance *= 0.80
        if self.package:
            chance *= 1.0 - 0.3 * p.fear_of_losing
        return chance * 4.0 / 3.0

    # Hand-offs

    def be_handed_on(self, p):
        """To a broker with room, a social worker of an integrated team, else the council team; to wait there."""
        here = self.locality
        taker = here.council_team
        if p.brokers > 0.0 and here.broker.lead_cases < here.broker.room(p):
            taker = here.broker
        elif here.integration == INTEGRATED:
            colleagues = [x for x in self.team.members if x.profession == SOCIAL_WORKER and x is not self.coordinator]
            if colleagues:
                taker = self.random.choice(colleagues)
        to_council = taker.profession == COUNCIL_TEAM and here.integration == SEPARATE
        self.enter_stage(HANDED_ON, 0.0, p.council_weeks if to_council else p.handoff_weeks)
        self.lead = taker
        self.note("passed_on")

    def arrive_with_taker(self, p):
        """A hand-off reaches its taker: lost on the way, bounced, or taken and weighed anew."""
        taker = self.lead
        if self.random.random() < p.handoff_lost:
            self.note("passed_on_lost")
            self.be_let_down(p)
            self.end_process(p, B_HAND_OFF)
            return
        limit = taker.room(p) if taker.profession >= BROKER else int(p.handoff_full)
        closed = self.gates_closed(p, taker, False)
        if not taker.works or taker.lead_cases >= limit or B_ROLE in closed:
            self.note("passed_on_bounced")
            self.end_process(p, B_HAND_OFF)
            return
        self.note("passed_on_taken")
        self.count_opportunity("opportunities_passed_on")
        if not closed:
            self.be_offered(p, taker, self.asked)
            return
        self.leave_pathway(p, B_NONE)
        self.remember_gates(closed)

    # The pathway

    def enter_stage(self, stage, hours, weeks):
        """A stage with its staff hours and least weeks to come."""
        self.stage = stage
        self.weeks_in_stage = 0
        self.work_left = hours
        self.worked_with = self.worked_hours = 0.0
        self.wait_left = weeks

    def wait_for(self, barrier):
        """What holds the person up now."""
        self.barrier = barrier
        self.gates = 1 << barrier

    def start_pathway(self, lead):
        """The way begins."""
        self.lead = lead
        self.raised_week = self.model.week
        self.involvement = 0.0
        self.absent_from_assessment = False
        self.amount_known = self.plan_agreed = self.can_vary = False
        self.wait_for(B_STEPS_AND_WAITS)
        self.enter_stage(RAISED, 0.0, 1.0)

    def lose_budget(self):
        """No sum, no form and none of the three truths."""
        self.form = NO_FORM
        self.budget = 0.0
        self.amount_known = self.plan_agreed = self.can_vary = False
        self.paused = self.one_off = self.joint_funded = False

    def leave_pathway(self, p, barrier):
        """The process ends without a budget; it rests a while."""
        self.stage = OUTSIDE
        self.weeks_in_stage = 0
        self.lead = None
        self.wait_for(barrier)
        self.rest_until = self.model.week + int(p.rest_weeks)
        self.lose_budget()

    def end_process(self, p, barrier):
        """Count at which stage it ended, and leave."""
        self.note_left()
        self.locality.closed[barrier] += 1
        self.leave_pathway(p, barrier)

    def be_let_down(self, p):
        """A refusal or a lost hand-off costs trust and confidence."""
        self.trust = unit(self.trust - p.trust_setback)
        self.confidence *= 1.0 - p.confidence_setback

    def go_on_pathway(self, p):
        """Work, wait, leave or go on."""
        self.wait_left -= 1.0
        if self.barrier == B_FUNDING_DISPUTE:
            self.note("disputed_weeks")
        if self.mental_state == INPATIENT:
            return
        if self.stage == SET_UP:
            self.locality.running_cost += self.budget
        lead = self.lead or self.coordinator
        chance = p.leave_rate * (0.5 + self.locality.effort)
        chance *= 1.0 + p.leave_growth * (self.model.week - self.raised_week)
        if self.carer_helps:
            chance *= p.carer_keeps
        if lead.profession == BROKER or self.peer_worker_luck < p.peer_reach * p.peer_support:
            chance *= p.helper_keeps
        chance *= (1.4 - 0.8 * self.confidence) * (1.3 - 0.6 * self.involvement)
        if self.mental_state == CRISIS:
            chance *= 2.0
        if self.random.random() < chance:
            self.note("left_process")
            self.end_process(p, B_STEPS_AND_WAITS)
            return
        if self.work_left > 0.0 and lead.works:
            done = min(self.work_left, p.most_case_hours) * lead.case_share
            self.work_left -= done
            self.worked_hours += done
            self.worked_with += done * lead.involvement_possible
            spent = done * (p.shortest_forms + (1.0 - p.shortest_forms) * lead.involvement_possible)
            lead.hours_forms += spent
            self.note(FORMS_OF.get(lead.profession, "hours_forms"), spent)
        if self.stage != AT_PANEL and self.work_left <= 1e-9 and self.wait_left <= 0.0:
            self.finish_stage(p, lead)

    def finish_stage(self, p, lead):
        """Work and waiting of a stage are over: on to the next."""
        here, stage = self.locality, self.stage
        if stage == RAISED:
            self.enter_stage(ASSESSMENT, here.assessment_hours, here.assessment_weeks)
        elif stage == ASSESSMENT:
            self.finish_assessment(p, lead)
        elif stage == INDICATIVE:
            self.hear_sum(p)
        elif stage == PLAN:
            self.finish_plan(p, lead)
        elif stage == FUNDING:
            self.settle_funding(p)
        elif stage == CONTESTED:
            self.hear_contest(p)
        else:
            self.finish_set_up(p, lead)

    def take_part(self, p, lead):
        """Was the person there, and how far could they take part? Returns both."""
        possible = self.worked_with / self.worked_hours if self.worked_hours > 0.0 else 0.0
        part = unit(possible * (0.4 + 0.6 * self.voice(p, lead)))
        present = self.random.random() < p.presence_least + (1.15 - p.presence_least) * possible
        return present, part if present else 0.3 * part

    def finish_assessment(self, p, lead):
        """The assessment, with or without the person; the points give an indicative sum."""
        present, self.involvement = self.take_part(p, lead)
        self.absent_from_assessment = not present
        self.note("assessments")
        if not present:
            self.note("assessments_without_person")
        self.budget = self.indicative_sum(p)
        self.one_off = self.budget < 1000.0 and self.one_off_luck < p.one_off_share
        self.enter_stage(INDICATIVE, 0.0, self.locality.indicative_weeks)

    def indicative_sum(self, p):
        """Small, ordinary or large: log-uniform within each."""
        place = self.place_of_sum
        if place < p.small_share:
            return 100.0 * 10.0 ** (place / p.small_share)
        if place >= 1.0 - p.large_share:
            return 10000.0 * 1.2 ** ((place - 1.0 + p.large_share) / p.large_share)
        return 1000.0 * 10.0 ** ((place - p.small_share) / (1.0 - p.small_share - p.large_share))

    def hear_sum(self, p):
        """The sum is told or not; a contribution asked may end it here."""
        random, here = self.random.random, self.locality
        chance = p.sum_told * (0.6 + 0.4 * p.plain_language) * (0.4 if self.absent_from_assessment else 1.0)
        self.amount_known = random() < unit(chance)
        self.contribution = not self.s117 and self.means < p.contribution_share
        if self.contribution and random() < p.contribution_declines:
            self.end_process(p, B_CONTRIBUTION)
            return
        self.enter_stage(PLAN, here.plan_hours, here.plan_weeks)

    def finish_plan(self, p, lead):
        """The support plan, with or without the person; then the question who pays."""
        random, here = self.random.random, self.locality
        present, part = self.take_part(p, lead)
        self.involvement = 0.4 * self.involvement + 0.6 * part
        self.note("plans")
        self.note("plan_involvement", self.involvement)
        if not present:
            self.note("plans_without_person")
        agreed = p.plan_agreed * (0.55 + 0.9 * self.involvement) if present else p.plan_agreed_absent
        self.plan_agreed = random() < unit(agreed)
        self.enter_stage(FUNDING, 0.0, here.funding_weeks)
        overlap = unit(2.0 * min(self.health_need, self.social_need))
        disputed = p.dispute_share * overlap * (1.0 - here.pooling)
        if self.s117:
            disputed *= p.dispute_section_117
        if random() < disputed:
            self.note("disputes")
            self.wait_left += p.dispute_weeks
            self.wait_for(B_FUNDING_DISPUTE)

    def settle_funding(self, p):
        """A dispute, if any, is over: a manager signs, or the papers go to the panel."""
        self.joint_funded = False
        if self.barrier == B_FUNDING_DISPUTE:
            x = self.random.random()
            if x < p.dispute_nowhere:
                self.end_process(p, B_FUNDING_DISPUTE)
                return
            self.joint_funded = x < p.dispute_nowhere + p.dispute_joint
        if self.budget <= p.delegated_sign_off and self.perceived_risk < p.sign_off_risk:
            self.be_funded()
            return
        self.enter_stage(AT_PANEL, 0.0, 0.0)
        self.wait_for(B_PANEL)

    def be_funded(self):
        """The money is committed; set-up begins."""
        here = self.locality
        here.committed += self.budget
        self.wait_for(B_STEPS_AND_WAITS)
        self.enter_stage(SET_UP, here.set_up_hours, here.set_up_weeks)

    def face_panel(self, p):
        """The panel funds, refuses, or sends a thin plan back."""
        random, here = self.random.random, self.locality
        worry = here.risk_aversion * (1.0 - p.risk_panel_relief * p.risk_enablement_panel)
        refused = random() < p.panel_refuses * here.bureaucracy * (0.4 + 1.2 * worry * self.perceived_risk)
        refused = refused or (here.committed > here.pot and random() < p.refuse_when_spent)
        if not refused:
            if random() < p.panel_sends_back * here.bureaucracy * (1.0 - self.involvement):
                self.note("sent_back")
                self.enter_stage(PLAN, 0.5 * here.plan_hours, 0.5 * here.plan_weeks)
                self.wait_for(B_STEPS_AND_WAITS)
            else:
                self.be_funded()
            return
        self.note("refused")
        chance = p.contest * (0.5 + self.confidence) * (1.0 - 0.8 * here.power_distance) + 0.3 * p.advocacy
        if random() < chance:
            self.note("contested")
            self.enter_stage(CONTESTED, 0.0, p.contest_weeks)
        else:
            self.be_let_down(p)
            self.end_process(p, B_PANEL)

    def hear_contest(self, p):
        """A contested refusal is reconsidered, or upheld."""
        if self.random.random() >= p.contest_won:
            self.be_let_down(p)
            self.end_process(p, B_PANEL)
            return
        self.note("contest_won")
        self.be_funded()

    def finish_set_up(self, p, lead):
        """A form that the market can bear, or nothing to buy; then the budget is in use."""
        random, here = self.random.random, self.locality
        form = self.chosen_form(p, lead)
        if random() < p.set_up_fails * (1.0 - here.market):
            if random() < 0.5:
                self.note("set_up_failed")
                self.end_process(p, B_MARKET)
                return
            form = MANAGED
        self.form = form
        free = p.can_vary if form == DIRECT_PAYMENT else p.can_vary_managed
        if self.legal_status == CTO:
            free *= max(0.0, 1.0 - p.condition_narrows * self.conditions * (1.0 - self.conditions_negotiated))
        self.can_vary = random() < free * (1.15 - 0.35 * here.bureaucracy)
        self.note("started")
        self.note("weeks_to_start", self.model.week - self.raised_week)
        lead.completed += 1
        self.stage = IN_USE
        self.weeks_in_stage = 0
        self.in_use_week = self.model.week
        self.lead = None
        self.barrier, self.gates = B_NONE, 0
        self.paused = self.activity_goes_on = False
        self.trust = unit(self.trust + p.trust_promise)
        self.counted = p.audit < 0.5 or self.is_real

    def chosen_form(self, p, lead):
        """The person's wish, as far as law and expertise given to the person allow."""
        random, here, status = self.random.random, self.locality, self.legal_status
        heard = random() < 1.0 - 0.4 * lead.medical_orientation * here.power_distance
        allowed = status == VOLUNTARY or (status == CTO and p.direct_payment_barred < 0.5)
        if heard and allowed:
            chance = p.direct_payment_wish * (self.budget / 2500.0) ** p.direct_payment_size
            chance *= (0.6 + 0.8 * self.autonomy_preference) * (0.7 + 0.6 * p.direct_payment_support)
            if self.carer_helps:
                chance *= 1.2
            elif self.carer == CARER_WORRIED:
                chance *= 0.8
            if random() < min(0.95, chance * (0.75 + 0.25 * self.confidence)):
                return DIRECT_PAYMENT
        return THIRD_PARTY if random() < p.third_party_wish * (0.5 + here.market) else MANAGED

    # A budget in use

    def use_budget(self, p):
        """Paused in hospital, spent, reviewed, ended."""
        random, here = self.random.random, self.locality
        self.paused = (
            self.form == DIRECT_PAYMENT and self.mental_state == INPATIENT and self.weeks_in_state > p.pause_weeks
        )
        if not self.paused:
            weekly = self.budget / (p.one_off_weeks if self.one_off else YEAR)
            person = p.contribution_size * weekly if self.contribution else 0.0
            nhs = p.joint_share * weekly if self.joint_funded else 0.0
            here.running_cost += self.budget
            self.note("spend_person", person)
            self.note("spend_nhs", nhs)
            self.note("spend_council", max(0.0, weekly - person - nhs))
            if random() < p.disputed_spending * (1.0 - p.qa_strictness):
                self.note("disputed_spending")
        weeks = self.weeks_in_stage
        if not self.one_off and (weeks == FIRST_REVIEW_WEEKS or weeks % YEAR == 0) and self.coordinator.works:
            self.review_budget(p)
        if weeks >= p.one_off_weeks if self.one_off else random() < p.budget_ends:
            self.note("ended")
            self.end_budget(p, random() < p.activity_goes_on * 2.0 * here.market)
            return
        self.counted = p.audit < 0.5 or self.is_real

    def review_budget(self, p):
        """The sum may be cut or raised."""
        random = self.random.random
        self.note("budget_reviews")
        possible = self.coordinator.involvement_possible
        if random() >= p.presence_least + (1.15 - p.presence_least) * possible:
            self.note("budget_reviews_without_person")
        x = random()
        if x < p.cut_at_review:
            self.budget *= 1.0 - p.cut_size
            self.note("budgets_cut")
        elif x >= 1.0 - p.raise_at_review:
            self.budget *= 1.0 + p.raise_size
            self.note("budgets_raised")

    def end_budget(self, p, goes_on):
        """A budget ends; the activity may go on without it."""
        self.stage = OUTSIDE
        self.weeks_in_stage = 0
        self.counted = False
        self.lose_budget()
        self.wait_for(B_ENDED)
        self.rest_until = self.model.week + int(p.rest_weeks)
        self.activity_goes_on = goes_on

    @property
    def is_real(self):
        """Is a budget in use real: a plan agreed, and the sum known or free to vary?"""
        return self.stage == IN_USE and self.plan_agreed and (self.amount_known or self.can_vary)

    def be_relabelled(self, p):
        """An existing service is counted as a budget, or drops out of the count."""
        if self.counted:
            if p.audit >= 0.5 or self.random.random() < p.relabel_lapses:
                self.counted = False
                self.note("relabel_lapsed")
        elif p.audit < 0.5 and self.random.random() < 2.0 * p.relabel_rate * self.locality.push:
            self.counted = True
            self.note("relabelled_now")
