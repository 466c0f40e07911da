"""Rows of the ledger that need more than one line: what was weighed, beside what came of it.

Nothing here changes the world, and nothing here runs unless the run keeps a ledger.
"""

from persim import purposes as purpose
from persim.draws import draw
from persim.events import (
    ASKED_BIT,
    BENEFIT_BIT,
    CARER_BIT,
    CARER_WISHES_BIT,
    COORDINATOR_LEADS_BIT,
    E_ASSESSED,
    E_CLIMATE,
    E_GATE,
    E_INVOLVED,
    E_LEFT,
    E_OFFER,
    E_OPPORTUNITY,
    E_ORDER_ENDED,
    E_ORDER_MADE,
    E_ORDER_REVIEWED,
    E_PANEL,
    E_POST,
    E_POST_HOURS,
    E_POST_WEEK,
    E_RECALLED,
    E_STAGE,
    E_STATE,
    E_TERMS,
    ENDED_AT_REVIEW,
    ENDED_BETWEEN,
    ENDED_REVOKED,
    INFORMED_BIT,
    MANAGED_BIT,
    POST_BACK,
    POST_FILLED,
    POST_ILL,
    POST_LEFT,
    REFUSED_FOR_MONEY,
    RIGHTS_BIT,
)
from persim.jit import loop, rule
from persim.phases.counting import record
from persim.rules.compulsion import ORDER_ENDED, ORDER_ENDED_AT_REVIEW, RECALLED, REVOKED, chance_of_end_between
from persim.rules.forms import chance_of_presence
from persim.rules.gates import (
    chance_need_is_recognised,
    chance_of_avoiding,
    chance_of_bar,
    chance_of_doubt,
    chance_of_explaining,
    chance_process_is_known,
    chance_risk_is_accepted,
    chance_role_is_seen,
    shared_worry,
)
from persim.rules.panels import REFUSED, chance_of_refusal, worry_at_panel
from persim.rules.pathway import hours_allowed
from persim.rules.wellbeing import chance_of_change
from persim.state import (
    ADMITTED,
    B_INFORMATION,
    B_KNOWLEDGE,
    B_LEGAL_BAR,
    B_NOT_RECOGNISED,
    B_NOT_RECOMMENDED,
    B_READINESS,
    B_RISK,
    B_ROLE,
    B_TIME,
    BROKER,
    HANDED_ON,
    LEAD_COORDINATOR,
    NO_CARER,
    YEAR,
)


@rule
def leader_of(user):
    """The row of the practitioner who leads on this person's budget."""
    return user.coordinator if user.lead_worker == LEAD_COORDINATOR else user.lead_worker


@loop
def record_opportunity(notes, user, team, occasion, lead_row, closed):
    """An opportunity, what brought it, and the gates that closed."""
    record(notes, E_OPPORTUNITY, occasion, lead_row, closed, user.perceived_risk, team.alarm, 0.0, 0.0)


@loop
def record_gate(notes, gate, lead_row, closed, weighed, also_weighed, chance, u):
    """One gate that was tried."""
    is_open = 1 - ((closed >> gate) & 1)
    record(notes, E_GATE + gate, is_open, lead_row, 0, weighed, also_weighed, chance, u)


@loop
def record_gates(notes, lead, row, user, team, org, p, judgement, today, excused, closed):
    """Every gate that was tried at an opportunity: what was weighed, its chance, its draw, and whether it closed.

    Args:
        row: of `lead`, who leads. judgement, today: the streams of lasting judgements and of the week.
        excused, closed: as in `gates_closed`.
    """
    chance, u = chance_need_is_recognised(lead, user, p), draw(judgement, purpose.RECOGNISE)
    record_gate(notes, B_NOT_RECOGNISED, row, closed, lead.social_care_knowledge, user.s117, chance, u)
    chance, u = chance_of_doubt(lead, user, p), draw(judgement, purpose.READY)
    record_gate(notes, B_READINESS, row, closed, lead.medical_orientation, user.weeks_in_state, chance, u)
    wanted = lead.hours_reviews + lead.hours_talk + lead.hours_due
    if lead.profession >= BROKER:
        wanted = 0.0  # workers outside the teams plan by last week's demand, and this week's is still being added up
    u = draw(today, purpose.TIME)
    record_gate(notes, B_TIME, row, closed, lead.social_hours, wanted, lead.gate_open, u)
    if not excused:
        chance, u = chance_of_avoiding(lead, p), draw(today, purpose.AVOID)
        record_gate(notes, B_NOT_RECOMMENDED, row, closed, lead.squeeze, lead.medical_orientation, chance, u)
        chance, u = chance_role_is_seen(lead, org, p), draw(judgement, purpose.ROLE)
        record_gate(notes, B_ROLE, row, closed, lead.legitimacy, org.push, chance, u)
    chance, u = chance_process_is_known(lead, org, p), draw(today, purpose.KNOWLEDGE)
    record_gate(notes, B_KNOWLEDGE, row, closed, lead.knowledge, org.gain_knowledge, chance, u)
    chance, u = chance_risk_is_accepted(lead, user, team, org, p), draw(judgement, purpose.RISK)
    record_gate(notes, B_RISK, row, closed, shared_worry(lead, org, p), user.perceived_risk, chance, u)
    chance, u = chance_of_bar(lead, user, p), draw(judgement, purpose.LEGAL)
    record_gate(notes, B_LEGAL_BAR, row, closed, lead.knowledge, user.legal_status, chance, u)
    chance, u = chance_of_explaining(user, org, p), draw(today, purpose.TELL)
    record_gate(notes, B_INFORMATION, row, closed, user.informed, org.information, chance, u)


@loop
def record_offer(notes, user, lead, accepted, asked, carer_wishes, chance, u):
    """An offer and the person's choice. `lead` is a row, or LEAD_COORDINATOR."""
    lead_row = user.coordinator if lead == LEAD_COORDINATOR else lead
    bits = ASKED_BIT if asked else 0
    if user.carer != NO_CARER:
        bits |= CARER_BIT
    if carer_wishes:
        bits |= CARER_WISHES_BIT
    if lead == LEAD_COORDINATOR:
        bits |= COORDINATOR_LEADS_BIT
    record(notes, E_OFFER, accepted, lead_row, bits, user.autonomy_preference, user.confidence, chance, u)


@loop
def record_left(notes, user, barrier, week, chance, u):
    """The end of a process without a budget, before it is written to the person."""
    weeks = week - user.raised_week if user.pathway_stage > HANDED_ON else 0
    record(notes, E_LEFT, barrier, leader_of(user), user.pathway_stage, weeks, 0.0, chance, u)


@loop
def record_stage(notes, user, week):
    """The stage that a person has just come to, with the work and the waiting before it."""
    weeks = week - user.raised_week
    record(
        notes, E_STAGE, user.pathway_stage, leader_of(user), user.barrier, weeks, 0.0, user.work_left, user.wait_left
    )


@loop
def record_presence(notes, kind, user, p, voice, present, u):
    """Whether the person was there when an assessment or a plan was made. Call it before the stage's hours are cleared."""
    possible = hours_allowed(user, p)
    lead = leader_of(user)
    record(notes, kind, int(present), lead, 0, possible, voice, chance_of_presence(possible, p), u)
    stage = 1 if kind == E_ASSESSED else 2
    record(notes, E_INVOLVED, 0, lead, stage, 0.0, 0.0, user.involvement, 0.0)


@loop
def record_panel(notes, user, org, p, s, decision):
    """What the panel decided; call it before the person moves on. Refusals are told apart: before money, or for money."""
    chance, u = chance_of_refusal(user, org, p), draw(s, purpose.PANEL)
    outcome = REFUSED_FOR_MONEY if decision == REFUSED and u >= chance else decision
    waited = min(9999, user.weeks_in_stage)
    record(notes, E_PANEL, outcome, -1, waited, worry_at_panel(org, p), user.perceived_risk, chance, u)


@loop
def record_order_made(notes, user, amhp_row, became_managed):
    """The order that has just been made."""
    bits = INFORMED_BIT * user.order_informed + RIGHTS_BIT * user.rights_informed + MANAGED_BIT * int(became_managed)
    involvement, negotiated = user.cto_involvement_making, user.conditions_negotiated
    record(notes, E_ORDER_MADE, bits, amhp_row, user.conditions, user.trust, 0.0, involvement, negotiated)


@loop
def record_order_reviewed(notes, user, amhp_row):
    """The review of an order that has just been held."""
    bits = INFORMED_BIT * user.order_informed + RIGHTS_BIT * user.rights_informed + BENEFIT_BIT * user.cto_felt_benefit
    involvement, negotiated = user.cto_involvement_review, user.conditions_negotiated
    record(notes, E_ORDER_REVIEWED, bits, amhp_row, user.conditions, user.cto_weeks, 0.0, involvement, negotiated)


@loop
def record_order_event(notes, user, amhp_row, event, change, p, s):
    """A recall, a review or an end of an order, before its end is written to the person."""
    weeks = user.cto_weeks
    if event == RECALLED or event == REVOKED:
        admitted = change == ADMITTED
        chance, u = p.recall_at_admission if admitted else p.recall_at_crisis, draw(s, purpose.RECALL)
        record(notes, E_RECALLED, int(event == REVOKED), amhp_row, int(admitted), 0.0, 0.0, chance, u)
        if event == REVOKED:
            record(notes, E_ORDER_ENDED, ENDED_REVOKED, amhp_row, 0, weeks, 0.0, 0.0, 0.0)
    elif event == ORDER_ENDED:
        chance, u = chance_of_end_between(user, p), draw(s, purpose.END_ORDER)
        record(notes, E_ORDER_ENDED, ENDED_BETWEEN, -1, 0, weeks, 0.0, chance, u)
    else:
        record_order_reviewed(notes, user, amhp_row)
        if event == ORDER_ENDED_AT_REVIEW:
            record(notes, E_ORDER_ENDED, ENDED_AT_REVIEW, amhp_row, 0, weeks, 0.0, 0.0, 0.0)


@loop
def record_state(notes, user, before, weeks_before, hazard, p, u):
    """A change of mental state."""
    chance = chance_of_change(before, hazard, p)
    record(notes, E_STATE, user.mental_state, -1, before, hazard, weeks_before, chance, u)


@loop
def record_post_change(notes, worker, row, vacant_before, sick_before, p, s):
    """A practitioner who leaves, comes, falls ill or is back this week, if any."""
    chance, u = p.turnover / YEAR, draw(s, purpose.LEAVE_POST)
    if vacant_before > 0 and worker.vacant_weeks == 0:
        fill, u = 1.0 / p.vacancy_weeks, draw(s, purpose.FILL_POST)
        record(notes, E_POST, POST_FILLED, row, worker.holder, vacant_before, worker.legitimacy, fill, u)
    elif vacant_before == 0 and worker.vacant_weeks > 0:
        record(notes, E_POST, POST_LEFT, row, worker.holder, 0.0, 0.0, chance, u)
    elif sick_before == 0 and worker.sick_weeks > 0:
        u = draw(s, purpose.SICK)
        record(notes, E_POST, POST_ILL, row, worker.holder, worker.sick_weeks, 0.0, p.sickness_rate, u)
    elif sick_before > 0 and worker.sick_weeks == 0:
        record(notes, E_POST, POST_BACK, row, worker.holder, 0.0, 0.0, 0.0, 0.0)


@loop
def record_week_of_post(notes, worker, row):
    """What a week asked of a post and allowed it, and where its hours went."""
    contacts = worker.hours_crisis + worker.hours_detained + worker.hours_cto + worker.hours_unsettled
    contacts += worker.hours_routine
    talks = worker.hours_reviews + worker.hours_talk
    gate = int(1000.0 * worker.gate_open)
    possible, share = worker.involvement_possible, worker.case_share
    record(notes, E_POST_WEEK, worker.works, row, gate, contacts, talks, possible, share)
    social, forms = worker.social_hours, worker.hours_forms
    record(notes, E_POST_HOURS, 0, row, worker.completed, worker.overtime, worker.displaced, social, forms)


@loop
def record_terms(notes, org, number):
    """A locality's terms in a week, as far as they move people."""
    record(notes, E_TERMS, 0, -1, number, org.push, org.council_rate, org.effort, org.market)
    record(notes, E_CLIMATE, 0, -1, number, org.blame, org.power_distance, org.compelled_share, org.stigma)
