"""What the rows about reviews, gates, offers and hand-offs should hold (see `ledger_witness`)."""

from ledger_witness import holds, named

from persim import events as e
from persim import purposes as purpose
from persim.draws import draw, judgement_stream
from persim.phases.meeting import find_taker
from persim.rules import gates, pathway, practice
from persim.state import (
    BROKER,
    COUNCIL_TEAM,
    HANDED_ON,
    INPATIENT,
    NO_CARER,
    SEPARATE,
    Barrier,
)

AT_REVIEW, ON_REQUEST, BY_DEFAULT, PASSED_ON = 1, 2, 3, 4


@holds(e.E_REVIEW)
def _(w, user):
    post, u = w.posts[user.coordinator], w.u(purpose.REVIEW_HELD)
    held = u < post.gate_open
    planned = held and practice.user_is_involved(user, post, w.org, w.p, w.u(purpose.PLANNED_WITH))
    return named(
        outcome=held, practitioner=user.coordinator, detail=planned, first=post.social_hours, threshold=post.gate_open,
        draw=u,
    )  # fmt: skip


def occasion_of(w, user) -> int:
    """What brought the opportunity of this week."""
    before, post = w.before, w.posts[user.coordinator]
    if before.pathway_stage == HANDED_ON:
        return PASSED_ON
    can_meet = practice.practitioner_can_act(post, w.p) and user.mental_state != INPATIENT
    if before.weeks_to_review <= 0 and can_meet and w.u(purpose.REVIEW_HELD) < post.gate_open:
        return BY_DEFAULT if w.u(purpose.DEFAULT_OFFER) < w.p.default_offer else AT_REVIEW
    return ON_REQUEST


@holds(e.E_OPPORTUNITY)
def _(w, user):
    occasion, lead, broker = occasion_of(w, user), user.coordinator, w.n_posts + 2 * w.team.locality
    if occasion == PASSED_ON:
        lead = w.before.lead_worker
    elif occasion == ON_REQUEST and practice.user_goes_to_broker(
        user, w.posts[broker], w.org, w.p, w.u(purpose.SELF_REFER)
    ):
        lead = broker
    judgement = w.judgement(user, w.posts[lead])
    if occasion != PASSED_ON and lead != broker and not practice.practitioner_can_act(w.posts[lead], w.p):
        closed = 1 << Barrier.NO_COORDINATOR
    else:
        closed = gates.gates_closed(w.posts[lead], user, w.team, w.org, w.p, judgement, w.s, occasion == BY_DEFAULT)
    w.occasion = lead, closed, judgement
    return named(
        outcome=occasion, practitioner=lead, detail=closed, first=user.perceived_risk, second=w.team.alarm
    )  # fmt: skip


def hours_due(lead) -> float:
    return 0.0 if lead.profession >= BROKER else lead.hours_reviews + lead.hours_talk + lead.hours_due


def gate(barrier, chance, judged, what, weighs):
    """One gate: its chance, whether the draw lasts, its purpose, and what it weighs, each of (w, person, who leads)."""

    @holds(e.E_GATE + barrier)
    def _(w, user):
        row, closed, judgement = w.occasion
        lead = w.posts[row]
        first, second = weighs(w, user, lead)
        return named(
            outcome=1 - ((closed >> barrier) & 1), practitioner=row, first=first, second=second,
            threshold=chance(w, user, lead), draw=draw(judgement if judged else w.s, what),
        )  # fmt: skip


gate(
    Barrier.NOT_RECOGNISED, lambda w, user, lead: gates.chance_need_is_recognised(lead, user, w.p), True,
    purpose.RECOGNISE, lambda w, user, lead: (lead.social_care_knowledge, user.s117),
)  # fmt: skip
gate(
    Barrier.READINESS, lambda w, user, lead: gates.chance_of_doubt(lead, user, w.p), True, purpose.READY,
    lambda w, user, lead: (lead.medical_orientation, user.weeks_in_state),
)  # fmt: skip
gate(
    Barrier.TIME, lambda w, user, lead: lead.gate_open, False, purpose.TIME,
    lambda w, user, lead: (lead.social_hours, hours_due(lead)),
)  # fmt: skip
gate(
    Barrier.NOT_RECOMMENDED, lambda w, user, lead: gates.chance_of_avoiding(lead, w.p), False, purpose.AVOID,
    lambda w, user, lead: (lead.squeeze, lead.medical_orientation),
)  # fmt: skip
gate(
    Barrier.ROLE, lambda w, user, lead: gates.chance_role_is_seen(lead, w.org, w.p), True, purpose.ROLE,
    lambda w, user, lead: (lead.legitimacy, w.org.push),
)  # fmt: skip
gate(
    Barrier.KNOWLEDGE, lambda w, user, lead: gates.chance_process_is_known(lead, w.org, w.p), False, purpose.KNOWLEDGE,
    lambda w, user, lead: (lead.knowledge, w.org.gain_knowledge),
)  # fmt: skip
gate(
    Barrier.RISK, lambda w, user, lead: gates.chance_risk_is_accepted(lead, user, w.team, w.org, w.p), True,
    purpose.RISK, lambda w, user, lead: (gates.shared_worry(lead, w.org, w.p), user.perceived_risk),
)  # fmt: skip
gate(
    Barrier.LEGAL_BAR, lambda w, user, lead: gates.chance_of_bar(lead, user, w.p), True, purpose.LEGAL,
    lambda w, user, lead: (lead.knowledge, user.legal_status),
)  # fmt: skip
gate(
    Barrier.INFORMATION, lambda w, user, lead: gates.chance_of_explaining(user, w.org, w.p), False, purpose.TELL,
    lambda w, user, lead: (user.informed, w.org.information),
)  # fmt: skip


@holds(e.E_OFFER)
def _(w, user):
    lead, _, _ = w.occasion
    own, asked = judgement_stream(user.key, -1, w.period(user)), user.asked == 1
    u, chance = draw(own, purpose.WILLING), 1.0 if asked else gates.chance_of_accepting(user, w.org, w.p)
    carer = user.carer != NO_CARER
    wishes = carer and pathway.carer_wishes_it(user, w.p, draw(own, purpose.CARER_WISH))
    return named(
        outcome=u < chance, practitioner=lead, detail=asked + 2 * carer + 4 * wishes + 8 * (lead == user.coordinator),
        first=user.autonomy_preference, second=user.confidence, threshold=chance, draw=u,
    )  # fmt: skip


@holds(e.E_HANDED_ON)
def _(w, user):
    _, _, judgement = w.occasion
    taker = find_taker(user, w.posts, w.world.localities, w.team, w.n_posts, w.p, w.s)
    far = w.org.integration == SEPARATE and w.posts[taker].profession == COUNCIL_TEAM
    return named(
        practitioner=taker, first=practice.chance_of_handing_on(w.org, w.p),
        threshold=w.p.council_weeks if far else w.p.handoff_weeks, draw=draw(judgement, purpose.HAND_ON),
    )  # fmt: skip


@holds(e.E_HAND_OFF)
def _(w, user):
    row, u, chance = w.before.lead_worker, w.u(purpose.LOST), w.p.handoff_lost
    columns = named(outcome=e.LOST, practitioner=row, detail=0, first=0.0, second=0.0, threshold=chance, draw=u)
    if u < chance:
        return columns
    taker = w.posts[row]
    limit, there = practice.room_for_cases(taker, w.org, w.p), practice.practitioner_can_act(taker, w.p)
    full = taker.lead_cases >= limit and w.p.lift_time < 0.5
    closed = gates.gates_closed(taker, w.before, w.team, w.org, w.p, w.judgement(user, taker), w.s, False)
    bounced = full or not there or closed & 1 << Barrier.ROLE
    bits = closed | 2048 * full | 4096 * (not there)
    return columns | named(outcome=e.BOUNCED if bounced else e.TAKEN, detail=bits, first=taker.lead_cases, second=limit)
