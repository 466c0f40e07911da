"""What the rows about a person's caseload, health, orders and knowledge of budgets should hold (see `ledger_witness`)."""

from ledger_witness import copied, holds, named

from persim import events as e
from persim import purposes as purpose
from persim.rules import caseload, compulsion, information
from persim.rules import wellbeing as health
from persim.state import (
    ADMITTED,
    CRISIS,
    IN_USE,
    KNOWS,
    NOT_INFORMED,
    PEER_BLOCK,
    PEERS,
    SECTION_2,
    SECTION_3,
    UNDERSTANDS,
    UNSETTLED,
    VOLUNTARY,
)

# Caseload


@holds(e.E_REFERRED)
def _(w, user):
    eligible = user.s117 == 1 or user.social_need >= caseload.need_threshold(w.p)
    u = w.u(purpose.REPLACE)
    return named(outcome=eligible, practitioner=user.coordinator, threshold=w.p.new_referral_rate, draw=u)


@holds(e.E_RETURNED)
def _(w, user):
    outcome = CRISIS if w.u(purpose.REPLACE) < w.p.return_in_crisis else UNSETTLED
    return named(outcome=outcome, threshold=caseload.chance_of_return(user, w.p), draw=w.u(purpose.MOVE))


@holds(e.E_DISCHARGED)
def _(w, user):
    return named(threshold=caseload.chance_of_discharge(w.before, w.p), draw=w.u(purpose.MOVE))


@holds(e.E_NEW_COORDINATOR)
def _(w, user):
    after, team = copied(w.before), w.team
    caseload.user_meets_new_coordinator(after, w.p)
    after.coordinator = w.at_turn.coordinator
    moved = w.u(purpose.TRANSFER) < w.p.transfer_rate and team.n_posts > 1
    if moved:
        caseload.user_is_transferred(after, team, w.u(purpose.TRANSFER_TO))
    return named(outcome=moved, practitioner=after.coordinator, first=after.perceived_risk, second=after.trust)


@holds(e.E_REASSESSED)
def _(w, user):
    eligible, least = caseload.user_is_assessed(user, w.p), caseload.need_threshold(w.p)
    return named(outcome=eligible, detail=user.s117, first=user.social_need, second=least)


# Mental state and compulsion


@holds(e.E_STATE)
def _(w, user):
    before, after = w.before, copied(w.before)
    health.user_changes_state(after, w.p, w.u(purpose.MENTAL))
    hazard = health.hazard_now(before, w.p)
    chance = health.chance_of_change(before.mental_state, hazard, w.p)
    weeks, u = before.weeks_in_state, w.u(purpose.MENTAL)
    return named(
        outcome=after.mental_state, detail=before.mental_state, first=hazard, second=weeks, threshold=chance, draw=u
    )


@holds(e.E_INCIDENT)
def _(w, user):
    u, share = w.u(purpose.ATTRIBUTE), w.p.attributed_share
    outcome, chance = w.before.pathway_stage == IN_USE and u < share, w.p.incident_at_crisis
    return named(
        outcome=outcome, practitioner=user.coordinator, first=share, second=u, threshold=chance,
        draw=w.u(purpose.INCIDENT),
    )  # fmt: skip


@holds(e.E_DETAINED)
def _(w, user):
    section, share = w.u(purpose.SECTION), w.p.section2_share
    chance, u = compulsion.chance_of_detention(w.before, w.org, w.p), w.u(purpose.DETAIN)
    return named(outcome=SECTION_2 if section < share else SECTION_3, first=share, threshold=chance, draw=u)


@holds(e.E_SECTION_2_ENDS)
def _(w, user):
    chance, u = w.p.section2_to_3, w.u(purpose.SECTION)
    return named(outcome=SECTION_3 if u < chance else VOLUNTARY, threshold=chance, draw=u)


@holds(e.E_LEFT_SECTION)
def _(w, user):
    post, after, section = w.duty_amhp(), copied(w.before), w.before.legal_status
    outcome = compulsion.user_leaves_hospital(after, w.posts[post], w.org, w.p, w.s)
    chance = compulsion.chance_of_order(w.before, w.org, w.p) if section == SECTION_3 else 0.0
    return named(
        outcome=outcome, practitioner=post, detail=section, first=user.vulnerability, threshold=chance,
        draw=w.u(purpose.ORDER),
    )  # fmt: skip


@holds(e.E_ORDER_MADE)
def _(w, user):
    post, after = w.duty_amhp(), copied(w.before)
    compulsion.user_leaves_hospital(after, w.posts[post], w.org, w.p, w.s)
    compulsion.user_goes_on_order(after, w.posts[post], w.org, w.p, w.s)
    managed = after.budget_form != w.before.budget_form
    return named(
        outcome=1 * after.order_informed + 2 * after.rights_informed + 4 * managed, practitioner=post,
        detail=after.conditions, first=after.trust, threshold=after.cto_involvement_making,
        draw=after.conditions_negotiated,
    )  # fmt: skip


def week_on_order(w):
    """The person after the week on an order, what happened, and what the mental state did."""
    after = copied(w.before)
    change = health.user_changes_state(after, w.p, w.u(purpose.MENTAL))
    event = compulsion.user_lives_on_order(after, w.posts[w.duty_amhp()], w.org, w.p, change, w.s)
    return after, event, change


@holds(e.E_ORDER_REVIEWED)
def _(w, user):
    after, _, _ = week_on_order(w)
    return named(
        outcome=1 * after.order_informed + 2 * after.rights_informed + 4 * after.cto_felt_benefit,
        practitioner=w.duty_amhp(), detail=after.conditions, first=w.before.cto_weeks + 1,
        threshold=after.cto_involvement_review, draw=after.conditions_negotiated,
    )  # fmt: skip


@holds(e.E_ORDER_ENDED)
def _(w, user):
    row = named(practitioner=-1, first=w.before.cto_weeks + 1, threshold=0.0, draw=0.0)
    if w.last == e.E_DISCHARGED:
        return row | named(outcome=e.ENDED_DISCHARGED, first=w.before.cto_weeks)
    _, event, _ = week_on_order(w)
    if event == compulsion.ORDER_ENDED:
        chance = compulsion.chance_of_end_between(w.before, w.p)
        return row | named(outcome=e.ENDED_BETWEEN, threshold=chance, draw=w.u(purpose.END_ORDER))
    outcome = e.ENDED_REVOKED if event == compulsion.REVOKED else e.ENDED_AT_REVIEW
    return row | named(outcome=outcome, practitioner=w.duty_amhp())


@holds(e.E_RECALLED)
def _(w, user):
    _, event, change = week_on_order(w)
    chance = w.p.recall_at_admission if change == ADMITTED else w.p.recall_at_crisis
    return named(
        outcome=event == compulsion.REVOKED, practitioner=w.duty_amhp(), detail=change == ADMITTED, threshold=chance,
        draw=w.u(purpose.RECALL),
    )  # fmt: skip


# Information


@holds(e.E_HEARD)
def _(w, user):
    before, first = copied(w.before), w.row - w.row % PEER_BLOCK
    if w.p.lift_information >= 0.5:
        return named(
            outcome=UNDERSTANDS, detail=before.heard, first=0.0, second=w.org.information, threshold=1.0, draw=0.0
        )
    peers = {slot: information.peer_row(before.key, slot, first) for slot in range(PEERS)}
    near = range(w.team.first_user, w.team.first_user + w.team.n_users)
    told = [w.users[peer].peer_signal for peer in peers.values() if peer in near and peer != w.row]
    good, bad = told.count(information.SIGNAL_GOOD), told.count(information.SIGNAL_BAD)
    share = sum(signal != information.SIGNAL_NONE for signal in told) / PEERS
    chance = information.chance_of_hearing(before, w.org, w.p, share)
    information.user_takes_in(before, good, bad)
    return named(
        outcome=before.informed, detail=before.heard, first=share, second=w.org.information, threshold=chance,
        draw=w.u(purpose.HEAR),
    )  # fmt: skip


@holds(e.E_FORGOT)
def _(w, user):
    outcome = KNOWS if w.before.informed == UNDERSTANDS else NOT_INFORMED
    return named(outcome=outcome, threshold=w.p.forget_rate, draw=w.u(purpose.FORGET))


@holds(e.E_ASKED)
def _(w, user):
    chance = information.chance_of_asking(user, w.org, w.p)
    return named(first=user.trust, second=user.confidence, threshold=chance, draw=w.u(purpose.ASK))
