"""The yardstick's people under the Trust, in plain Mesa (see `plain_mesa`): who they are and how they live."""

import math

import mesa
from plain_mesa_pathway import OnPathway
from plain_mesa_staff import unit

from persim.state import (
    AT_PANEL,
    AWAY,
    B_ENDED,
    B_NO_OPPORTUNITY,
    B_NONE,
    B_PANEL,
    CARER_ADVOCATES,
    CARER_SUPPORTS,
    CARER_WORRIED,
    CRISIS,
    CTO,
    DIRECT_PAYMENT,
    FIRST_REVIEW_WEEKS,
    HANDED_ON,
    IN_USE,
    INPATIENT,
    KNOWS,
    MANAGED,
    NO_CARER,
    NOT_INFORMED,
    ON_CASELOAD,
    OUTSIDE,
    RAISED,
    SECTION_2,
    SECTION_3,
    SET_UP,
    STABLE,
    THIRD_PARTY,
    UNDERSTANDS,
    UNSETTLED,
    VOLUNTARY,
    YEAR,
)

LONG_AGO = -100000
NOTHING_TOLD, TELLS, TELLS_GOOD, TELLS_BAD = range(4)
LOWER_THIRD, UPPER_THIRD = 0.2914, 0.4865


def third_of(risk):
    """0, 1 or 2: low, middle or high."""
    return 0 if risk < LOWER_THIRD else 1 if risk < UPPER_THIRD else 2


class ServiceUser(OnPathway, mesa.Agent):
    """A place under the Trust and whoever holds it: on the caseload, away, or replaced by the next person."""

    def __init__(self, model, number, coordinator, p):
        super().__init__(model)
        self.number = number
        self.coordinator = coordinator
        self.team = coordinator.team
        self.locality = coordinator.locality
        self.block = []
        self.enter(p)

    # Coming and going

    def enter(self, p):
        """A new person: traits, need, carer and what is known."""
        random, beta = self.random.random, self.random.betavariate
        v = beta(2.0, 3.0)
        self.vulnerability = v
        self.hazard = math.exp(p.vulnerability_slope * (v - 0.4))
        self.prone = random() < p.prone_share
        usual = 1.0 - p.prone_share + p.prone_share * p.prone_ratio
        self.proneness = (p.prone_ratio if self.prone else 1.0) / usual
        self.social_need = beta(3.0, 2.0)
        self.health_need = 0.5 * v + 0.5 * beta(2.0, 2.0)
        self.autonomy_preference = beta(2.0, 2.0)
        self.confidence = beta(2.0, 2.0)
        self.self_stigma = beta(2.0, 2.0)
        self.trust = 0.3 + 0.5 * random()
        stigma = 0.5 * (self.locality.stigma + p.service_stigma)
        bias = p.stigma_bias * stigma * (1.0 - p.unbiased_belief) * 2.0 * random() * (1.0 - v)
        self.perceived_risk = unit(v + bias)
        self.file_risk = unit(self.perceived_risk + 0.05)
        self.carer = NO_CARER
        if random() < p.carer_share:
            kind = random()
            self.carer = CARER_SUPPORTS
            if kind < p.carer_advocates:
                self.carer = CARER_ADVOCATES
            elif kind < p.carer_advocates + p.carer_worried:
                self.carer = CARER_WORRIED
        self.carer_helps = self.carer in (CARER_SUPPORTS, CARER_ADVOCATES)
        self.has_relative = random() < 0.85
        self.lives_alone = random() < p.lives_alone_share
        self.contact_offset = (p.contact_carer if self.carer != NO_CARER else 0.0) - (
            0.5 * p.contact_carer if self.lives_alone else 0.0
        )
        self.s117 = random() < p.s117_share * (p.prone_ratio if self.prone else 1.0)
        self.eligible = self.meets_threshold(p)
        self.package = self.eligible and random() < p.package_share
        self.informed = KNOWS if random() < p.informed_at_start else NOT_INFORMED
        self.weeks_to_review = 1 + int(random() * p.review_weeks)
        x = random()
        self.mental_state = STABLE if x < 0.8 else UNSETTLED if x < 0.97 else CRISIS
        self.weeks_in_state = int(26.0 * random())
        self.control_felt = p.control_base
        self.social_contact = p.contact_base
        self.quality_of_life = p.quality_base
        # what is drawn once in a life
        self.objects_to_relative = random() < 0.25
        self.benefit_trait = random()
        self.place_of_sum = random()
        self.one_off_luck = random()
        self.means = random()
        self.peer_worker_luck = random()
        self.judgement_phase = self.random.randrange(1024)
        self.judgement_period = None
        self.judgements = {}
        self.peers = self.random.choices(self.block, k=4) if self.block else []
        # no order, no budget, no history
        self.place = ON_CASELOAD
        self.legal_status = VOLUNTARY
        self.stage = OUTSIDE
        self.lead = None
        self.barrier = B_NO_OPPORTUNITY
        self.gates = 0
        self.weeks_in_stage = 0
        self.counted = False
        self.conditions = 0
        self.conditions_negotiated = 0.0
        self.cto_weeks = self.cto_review_in = 0
        self.order_informed = self.rights_informed = False
        self.involvement_making, self.involvement_review = 0.0, -1.0
        self.felt_benefit = False
        self.contribution = False
        self.involvement = 0.0
        self.absent_from_assessment = False
        self.work_left = self.wait_left = self.worked_with = self.worked_hours = 0.0
        self.raised_week = self.in_use_week = self.rest_until = LONG_AGO
        self.heard_bad = False
        self.asked = False
        self.activity_goes_on = False
        self.n_opportunities = 0
        self.planned_with = False
        self.model.forget_year(self.number)
        self.tells = NOTHING_TOLD
        self.lose_budget()

    def start_with_budget(self, p):
        """One of the few who hold a direct payment at the start."""
        self.stage, self.form = IN_USE, DIRECT_PAYMENT
        self.budget = self.indicative_sum(p)
        self.amount_known = self.plan_agreed = self.can_vary = True
        self.counted = True
        self.informed = UNDERSTANDS
        self.involvement = 0.6
        self.weeks_in_stage = 1 + int(self.random.random() * YEAR)
        self.barrier = B_NONE
        self.n_opportunities = 1

    def meets_threshold(self, p):
        """Is assessed need at the council's threshold, or is there a duty of aftercare?"""
        need = p.eligible_at + p.band_width * (1.0 - p.threshold) + p.implicit_tightening
        return self.s117 or self.social_need >= need

    @property
    def in_hospital(self):
        """Is the person an inpatient?"""
        return self.mental_state == INPATIENT

    def be_away(self, p):
        """Away still, back again, or the place's next person."""
        random = self.random.random
        self.weeks_in_state += 1
        if self.weeks_in_state <= 104:
            if random() < p.return_rate * (0.6 + self.vulnerability):
                self.place = ON_CASELOAD
                self.mental_state = CRISIS if random() < p.return_in_crisis else UNSETTLED
                self.weeks_in_state = 0
                self.weeks_to_review = 4
                self.note("returned")
                if self.mental_state == CRISIS:
                    self.note("crises")
                self.be_reassessed(p)
        elif random() < p.new_referral_rate:
            self.enter(p)
            self.mental_state = UNSETTLED
            self.weeks_in_state = 0
            self.weeks_to_review = 4
            self.note("referred")

    def be_discharged(self, p):
        """Discharge to primary care; a budget in use goes on with the council."""
        self.note("discharged")
        if self.legal_status == CTO:
            self.end_order()
        if OUTSIDE < self.stage < IN_USE:
            self.note_left()
            self.leave_pathway(p, B_ENDED)
        self.place = AWAY
        self.weeks_in_state = 0
        self.s117 = False
        self.lead = None

    def meet_new_coordinator(self, p):
        """Belief goes part of the way to the file, and trust falls."""
        self.perceived_risk += p.file_weight * (self.file_risk - self.perceived_risk)
        self.trust = unit(self.trust - p.trust_change)

    def transfer(self, p):
        """To another coordinator of the team."""
        members = self.team.members
        step = 1 + int(self.random.random() * (len(members) - 1))
        self.coordinator = members[(members.index(self.coordinator) + step) % len(members)]
        self.meet_new_coordinator(p)
        self.note("transferred")

    # A week of life

    def live(self, p):
        """Caseload, mental state, compulsion, information; and what the person asks of the coordinator's week."""
        if self.place == AWAY:
            self.be_away(p)
            if self.place == AWAY:
                return
        random = self.random.random
        if random() < p.transfer_rate and len(self.team.members) > 1:
            self.transfer(p)
        elif self.coordinator.is_new:
            self.meet_new_coordinator(p)
        worker = self.coordinator
        if self.stage != HANDED_ON:  # a request that was handed on is still a request when it arrives
            self.asked = False
        if (
            self.mental_state == STABLE
            and self.weeks_in_state >= 12
            and random() < p.discharge_rate * (1.6 - 1.2 * self.vulnerability)
        ):
            self.be_discharged(p)
            return
        before, was_on_order = self.mental_state, self.legal_status == CTO
        self.change_state(p, random())
        changed = self.mental_state != before
        if changed:
            self.have_changed(p, before)
        if self.legal_status != VOLUNTARY:
            if self.legal_status == SECTION_2:
                if self.weeks_in_state >= 4:
                    self.legal_status = SECTION_3 if random() < p.section2_to_3 else VOLUNTARY
            elif was_on_order:
                self.live_on_order(p, changed)
        self.be_seen_anew(p, changed and self.mental_state == CRISIS)
        if (self.s117 and not self.eligible) or random() < p.reassessment_rate:
            self.be_reassessed(p)
        if self.eligible:
            if self.informed != UNDERSTANDS:
                self.hear(p)
            elif self.stage == OUTSIDE and random() < p.forget_rate:
                self.informed = KNOWS
            if (
                self.informed != NOT_INFORMED
                and self.stage == OUTSIDE
                and self.mental_state != INPATIENT
                and self.model.week >= self.rest_until
                and random() < self.chance_of_asking(p)
            ):
                self.asked = True
                self.note("asked")
        if worker.works:
            self.trust += p.trust_continuity * (0.75 - self.trust)
        support = p.peer_support + p.co_researchers * p.action_research
        if support > 0.0:
            self.confidence += p.confidence_support * min(1.0, support) * (1.0 - self.confidence)
        self.ask_of_week(p, worker)
        if RAISED <= self.stage <= SET_UP:
            (self.lead or worker).take_case(self, p)

    def change_state(self, p, x):
        """The Markov chain of mental states."""
        state, hazard = self.mental_state, self.hazard
        if p.control_protects > 0.0:
            hazard *= math.exp(-p.control_protects * (self.control_felt - p.control_base))
        new = state
        if state == STABLE:
            to_crisis = p.stable_to_crisis * hazard
            if x < to_crisis:
                new = CRISIS
            elif x < to_crisis + p.stable_to_unsettled * hazard:
                new = UNSETTLED
        elif state == UNSETTLED:
            to_crisis = p.unsettled_to_crisis * hazard
            if x < to_crisis:
                new = CRISIS
            elif x < to_crisis + p.unsettled_to_stable:
                new = STABLE
        elif state == CRISIS:
            if x < p.crisis_to_unsettled:
                new = UNSETTLED
            elif x < p.crisis_to_unsettled + p.crisis_to_inpatient:
                new = INPATIENT
        elif x < p.inpatient_discharge:
            new = UNSETTLED
        if new == state:
            self.weeks_in_state += 1
        else:
            self.mental_state = new
            self.weeks_in_state = 0

    def have_changed(self, p, before):
        """Crisis and incident, admission, or leaving hospital."""
        random = self.random.random
        if self.mental_state == CRISIS:
            self.note("crises")
            if random() < p.incident_at_crisis:
                self.note("incidents")
                if self.stage == IN_USE and random() < p.attributed_share:
                    self.note("incidents_attributed")
                    self.team.incidents += 1
        elif self.mental_state == INPATIENT:
            self.note("admissions")
            if self.legal_status == VOLUNTARY:
                chance = p.detained_share * (0.5 + 1.25 * self.vulnerability) * self.locality.local_use * self.proneness
                if random() < chance:
                    self.legal_status = SECTION_2 if random() < p.section2_share else SECTION_3
                    self.trust = unit(self.trust - p.trust_detained)
                    self.note("detentions")
        elif before == INPATIENT and self.legal_status in (SECTION_2, SECTION_3):
            self.leave_section(p)

    def be_seen_anew(self, p, crisis_starts):
        """Perceived risk: slow learning, a jump at a crisis, a file that hardly fades."""
        v = self.vulnerability
        self.perceived_risk += (p.risk_learning + 0.25 * p.unbiased_belief) * (v - self.perceived_risk)
        self.file_risk += (p.file_fades + 0.25 * p.unbiased_belief) * (v - self.file_risk)
        if crisis_starts:
            self.perceived_risk = unit(self.perceived_risk + p.crisis_jump * (1.0 - p.unbiased_belief))
            self.file_risk = unit(max(self.file_risk, self.perceived_risk))

    def be_reassessed(self, p):
        """Someone no longer eligible loses process, budget and service."""
        if self.s117 and self.mental_state == STABLE and self.legal_status == VOLUNTARY:
            if self.random.random() < p.s117_ends / max(p.reassessment_rate, p.s117_ends, 1e-9):
                self.s117 = False
        self.eligible = self.meets_threshold(p)
        if self.eligible:
            return
        self.package = False
        if self.stage == IN_USE:
            self.note("ended")
            self.end_budget(p, False)
        elif self.stage != OUTSIDE:
            self.note_left()
            self.leave_pathway(p, B_ENDED)
        self.counted = False

    # The Mental Health Act

    def leave_section(self, p):
        """Leaving hospital: aftercare duty after section 3, and perhaps a CTO."""
        random, amhp = self.random.random, self.team.duty_amhp
        was_section_3 = self.legal_status == SECTION_3
        self.legal_status = VOLUNTARY
        if not was_section_3:
            return
        self.s117 = True
        chance = p.cto_at_discharge * (0.4 + 1.2 * self.vulnerability) * self.locality.local_use * self.proneness
        if p.ctos_exist < 0.5 or random() >= chance:
            return
        person_centred = 1.0 - amhp.medical_orientation
        if random() >= 1.0 - (1.0 - p.amhp_agrees) * 2.0 * person_centred * (1.4 - self.vulnerability):
            self.note("orders_refused")
            return
        self.go_on_order(p, person_centred)

    def go_on_order(self, p, person_centred):
        """The making of a CTO: who is informed, who takes part, which conditions are set."""
        random = self.random.random
        practice = p.rights_practice
        meeting, informing = max(p.rights_meeting, practice), max(p.rights_information, practice)
        hurried = random() < p.hurried_share * (1.0 - meeting)
        advocate = random() < max(p.advocate_share, max(p.rights_advocate, practice, p.advocacy) * 0.85)
        consulted = max(p.nr_consulted_share, 0.9 * max(p.rights_relative, practice))
        relative = self.has_relative and not self.objects_to_relative and random() < consulted
        haste = 0.5 if hurried else 1.0
        helped = 0.2 if advocate else 0.0
        self.order_informed = random() < unit(p.order_informed_making * haste + 0.5 * informing + helped)
        self.rights_informed = random() < unit(p.rights_informed_making * haste + 0.5 * informing + 1.5 * helped)
        part = p.involvement_making * haste * (0.6 + 0.8 * person_centred) + 0.5 * helped
        part += (0.0 if hurried else 0.08 * meeting) + 0.10 * informing * self.order_informed
        if relative:
            part += 0.06
        part = part * (1.0 - 0.3 * self.locality.power_distance) + 0.2 * (random() - 0.5)
        self.involvement_making, self.involvement_review = unit(part), -1.0
        self.conditions = int(random() * (p.max_conditions + 1.0))
        self.conditions_negotiated = unit(self.involvement_making * (0.5 + random()))
        if p.direct_payment_barred >= 0.5 and self.form == DIRECT_PAYMENT:
            self.form = MANAGED
        self.cto_weeks, self.cto_review_in = 0, 26
        self.felt_benefit = False
        self.legal_status = CTO
        self.trust = unit(self.trust - p.trust_condition * self.conditions * (1.0 - self.conditions_negotiated))
        self.note("orders_made")
        self.note_rights_cost(p)
        self.note("order_informed", self.order_informed)
        self.note("rights_informed", self.rights_informed)
        self.note("involvement_making", self.involvement_making)
        self.note("conditions", self.conditions)
        self.note("conditions_negotiated", self.conditions * self.conditions_negotiated)

    def live_on_order(self, p, changed):
        """One week on a CTO: recall, review or end."""
        random = self.random.random
        self.cto_weeks += 1
        self.cto_review_in -= 1
        if changed and self.mental_state == CRISIS and random() < p.recall_at_crisis:
            self.trust = unit(self.trust - 0.5 * p.trust_detained)
            self.note("recalls")
            return
        if changed and self.mental_state == INPATIENT and random() < p.recall_at_admission:
            self.note("recalls")
            person_centred = 1.0 - self.team.duty_amhp.medical_orientation
            if random() < 1.0 - (1.0 - p.amhp_agrees) * person_centred:
                self.note("revocations")
                self.lift_order()
                self.legal_status = SECTION_3
                self.trust = unit(self.trust - p.trust_detained)
            return
        if self.mental_state == INPATIENT:
            return
        if self.cto_review_in <= 0:
            self.cto_review_in = 52 if self.cto_weeks >= 52 else 26
            self.review_order(p)
        elif random() < p.cto_end_between * (1.4 - self.vulnerability):
            self.end_order()

    def review_order(self, p):
        """A CTO review: information and involvement again, conditions varied, appraisal asked, perhaps the end."""
        random = self.random.random
        person_centred = 1.0 - self.team.duty_amhp.medical_orientation
        told = unit(p.informed_at_review + 0.4 * max(p.rights_information, p.rights_practice))
        self.order_informed = self.order_informed or random() < told
        self.rights_informed = self.rights_informed or random() < told
        part = p.involvement_review * (0.8 + 0.4 * person_centred) + 0.10 * self.rights_informed
        part = unit(part * (1.0 - 0.3 * self.locality.power_distance) + 0.3 * (random() - 0.5))
        first, self.involvement_review = self.involvement_review < 0.0, part
        if self.conditions > 0 and random() < part:
            self.conditions -= 1
        self.conditions_negotiated = max(self.conditions_negotiated, part)
        stable = self.mental_state == STABLE
        benefit = p.felt_benefit if stable else 0.5 * p.felt_benefit
        self.felt_benefit = self.benefit_trait < benefit * (0.7 + 0.6 * self.conditions_negotiated)
        self.note("orders_reviewed")
        self.note_rights_cost(p)
        self.note("rights_informed_review", self.rights_informed)
        self.note("involvement_review", part)
        self.note("benefit_asked")
        self.note("benefit_felt", self.felt_benefit)
        if first:
            self.note("paired_reviews")
            self.note("paired_involvement_gain", part - self.involvement_making)
        ends = p.cto_end_review * (1.4 - self.vulnerability) * (1.3 if stable else 0.6)
        ends += (1.0 - ends) * (1.0 - p.amhp_agrees) * person_centred * 0.5
        if random() < ends:
            self.end_order()

    def end_order(self):
        """The order ends; aftercare stays."""
        self.note("orders_ended")
        self.lift_order()

    def lift_order(self):
        """Nothing of the order is left."""
        self.legal_status = VOLUNTARY
        self.conditions = 0
        self.conditions_negotiated = 0.0

    # Information

    def hear(self, p):
        """Hearing of budgets from leaflets, carers, peers and peer workers, or forgetting."""
        random, here = self.random.random, self.locality
        if self.informed != NOT_INFORMED and self.stage == OUTSIDE and random() < p.forget_rate:
            self.informed = NOT_INFORMED
            self.heard_bad = False
            return
        rate = here.tell_rate
        if self.carer_helps:
            rate += here.carer_tell_rate
        if p.peer_support > 0.0:
            rate += p.peer_worker_tells * p.peer_support * (0.4 + 0.6 * self.confidence)
        x = random()
        if x >= rate + here.peer_tell_rate:  # not even if all peers told
            return
        told = [peer.tells for peer in self.peers if peer is not self and peer is not None]
        n_told = len(told) - told.count(NOTHING_TOLD)
        if x >= rate + here.peer_tell_rate * n_told / 4.0:
            return
        good, bad = told.count(TELLS_GOOD), told.count(TELLS_BAD)
        if good > bad:
            self.heard_bad = False
            self.informed = UNDERSTANDS
            return
        if bad > good:
            self.heard_bad = True
        self.informed = max(self.informed, KNOWS)

    def chance_of_asking(self, p):
        """Weekly chance that someone who knows of budgets asks for one."""
        here = self.locality
        rate = here.asking * self.autonomy_preference * (0.3 + 0.7 * self.confidence) * (0.3 + 0.7 * self.trust)
        rate *= 1.0 - 0.5 * self.self_stigma * (0.5 + here.stigma)
        if self.informed == UNDERSTANDS:
            rate *= 1.5
        if self.legal_status == CTO:
            rate *= p.ask_on_cto
        if self.package:
            rate *= 1.0 - p.fear_of_losing
        if self.carer == CARER_ADVOCATES:
            rate *= p.carer_asks
        elif self.carer == CARER_WORRIED:
            rate *= 0.7
        if self.heard_bad:
            rate *= p.bad_story
        return rate

    def ask_of_week(self, p, worker):
        """Contacts, review and talk go on the coordinator's week; urgent contacts on the team's if nobody is there."""
        state, status = self.mental_state, self.legal_status
        if state == STABLE:
            contacts = p.contacts_stable
        elif state == UNSETTLED:
            contacts = p.contacts_unsettled
        elif state == CRISIS:
            contacts = p.contacts_crisis
        else:
            contacts = p.contacts_inpatient
        if status == CTO:
            contacts += p.contacts_cto
        hours = contacts * self.locality.contact_hours
        if not worker.works:
            if state == CRISIS or status != VOLUNTARY:
                self.team.cover_hours += hours
        elif state == CRISIS:
            worker.hours_crisis += hours
        elif status == CTO:
            worker.hours_cto += hours
        elif status != VOLUNTARY:
            worker.hours_detained += hours
        elif state == STABLE:
            worker.hours_routine += hours
        else:
            worker.hours_unsettled += hours
        self.weeks_to_review -= 1
        if self.weeks_to_review <= 0:
            worker.hours_reviews += p.review_hours
            if self.stage == OUTSIDE and self.eligible and not self.asked and self.model.week >= self.rest_until:
                worker.hours_talk += p.talk_hours
        if self.asked and self.stage == OUTSIDE:
            worker.hours_talk += p.talk_hours
        if self.stage == IN_USE:
            weeks = self.weeks_in_stage + 1
            if weeks == FIRST_REVIEW_WEEKS or weeks % YEAR == 0:
                worker.hours_reviews += p.review_hours

    # The end of a week

    def meet(self, p):
        """Opportunities, pathway, budget, target; then how the week felt."""
        if self.place == AWAY:
            self.tells = NOTHING_TOLD
            return
        if self.stage != OUTSIDE or self.weeks_to_review <= 0 or self.asked or (self.package and self.eligible):
            self.be_met(p)
            if self.stage == AT_PANEL:
                self.locality.panel_queue.append(self)
        self.feel_week(p)
        self.tells = self.story(p)
        here = self.locality
        here.people_now += 1
        if self.legal_status != VOLUNTARY:
            here.compelled_now += 1
        if self.eligible:
            here.eligible_now += 1
            if self.counted and (not self.one_off or self.stage != IN_USE):
                here.counted_now += 1

    def budget_worth(self, p):
        """What a budget in use is worth to this person, in [0, 1]."""
        if self.stage != IN_USE or self.paused:
            return 0.0
        here = self.locality
        truths = p.worth_known * self.amount_known + p.worth_agreed * self.plan_agreed + p.worth_vary * self.can_vary
        worth = min(1.0, truths) * (0.5 + 0.5 * self.involvement) * (1.1 - 0.3 * here.effort)
        return unit(worth * (0.6 + 0.4 * here.market) * (0.85 + 0.15 * self.trust))

    def feel_week(self, p):
        """Felt control, social contact and quality of life move towards this week's levels."""
        here, status, state = self.locality, self.legal_status, self.mental_state
        control, contact = p.control_base, here.contact_level + self.contact_offset
        felt, now = self.control_felt, self.social_contact
        slowly = False
        if self.stage == IN_USE or self.activity_goes_on:
            worth = self.budget_worth(p)
            slowly = self.activity_goes_on and worth == 0.0
            if worth > 0.0:
                if self.form == DIRECT_PAYMENT:
                    gain = p.control_direct_payment
                else:
                    gain = p.control_third_party if self.form == THIRD_PARTY else p.control_managed
                control += gain * 1.5 * worth
                contact += p.contact_budget * worth
        if status == VOLUNTARY:
            control -= here.control_lost
        elif status == CTO:
            control *= p.control_cto
            control -= p.control_condition * self.conditions * (1.0 - self.conditions_negotiated)
        else:
            control *= p.control_detained
        control = 0.0 if control < 0.0 else 1.0 if control > 1.0 else control
        contact = 0.0 if contact < 0.0 else 1.0 if contact > 1.0 else contact
        quality = p.quality_base + p.quality_control * (felt - p.control_base)
        quality += p.quality_contact * (now - p.contact_base)
        if state == UNSETTLED:
            quality -= p.quality_unsettled
        elif state != STABLE:
            quality -= p.quality_crisis
        quality = 0.0 if quality < 0.0 else 1.0 if quality > 1.0 else quality
        control_step = (p.gain_speed if control > felt else p.fade_speed) * (control - felt)
        contact_step = (p.gain_speed if contact > now else p.fade_speed) * (contact - now)
        if slowly:
            control_step *= 0.25
            contact_step *= 0.25
        self.control_felt = felt + control_step
        self.social_contact = now + contact_step
        self.quality_of_life += 0.15 * (quality - self.quality_of_life)

    def story(self, p):
        """What peers can hear from this person next week."""
        if self.informed == NOT_INFORMED:
            return NOTHING_TOLD
        week, stage = self.model.week, self.stage
        if stage == IN_USE and self.weeks_in_stage >= 13:
            if self.in_use_week - self.raised_week > 52:
                return TELLS_BAD
            if self.control_felt > p.control_base + 0.08:
                return TELLS_GOOD
        elif (OUTSIDE < stage < IN_USE and week - self.raised_week > 52) or (
            self.rest_until > week and self.barrier == B_PANEL
        ):
            return TELLS_BAD
        return TELLS

    # What is observed

    def note(self, event, amount=1.0):
        """Count an event of this person for every group they are in."""
        self.model.note(event, self, amount)

    def note_left(self):
        """Count at which stage a process ended."""
        self.note(("left_at", self.stage))

    def note_rights_cost(self, p):
        """What rights practice costs at the making or review of an order."""
        whole = p.rights_practice
        parts = max(p.rights_information, whole) + max(p.rights_meeting, whole)
        parts += max(p.rights_advocate, whole) + max(p.rights_relative, whole)
        self.note("cost_levers", p.hours_of_rights * parts / 4.0 * p.staff_cost)

    def groups(self):
        """Places of this person's groups in the record: one in each dimension."""
        here, status = self.locality.number, self.legal_status
        return (
            0,
            1 + self.coordinator.profession,
            4 + (0 if status == VOLUNTARY else 2 if status == CTO else 1),
            7 + third_of(self.perceived_risk),
            10 + third_of(self.vulnerability),
            13 + self.s117,
            15 + self.carer,
            19 + self.locality.rural,
            21 + here,
        )
