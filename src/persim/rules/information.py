"""Who knows of budgets, who asks, and what people say to each other."""

from persim.jit import rule
from persim.rules.forms import unit
from persim.state import (
    B_PANEL,
    CARER_ADVOCATES,
    CARER_SUPPORTS,
    CARER_WORRIED,
    CTO,
    IN_USE,
    INPATIENT,
    KNOWS,
    NOT_INFORMED,
    OUTSIDE,
    PEER_BLOCK,
    UNDERSTANDS,
)

HEARD_NOTHING, HEARD_GOOD, HEARD_BAD = 0, 1, -1
SIGNAL_NONE, SIGNAL_KNOWS, SIGNAL_GOOD, SIGNAL_BAD = 0, 1, 2, 3


@rule
def chance_of_hearing(user, org, p, peers_tell):
    """Weekly chance that a person hears of budgets. Campaign, carer, peers, peer worker.

    Args:
        peers_tell: share in [0, 1] of the person's linked peers who know.
    Source: S5 (information and knowledge); PAT10, PAT23; sizes are assumptions.
    """
    through_others = p.campaign_rate * (1.0 + 4.0 * p.campaign) + p.peers_tell * peers_tell * org.peers
    if user.carer == CARER_SUPPORTS or user.carer == CARER_ADVOCATES:
        through_others += p.carer_tells
    rate = through_others * org.information / 0.3
    return rate + p.peer_worker_tells * p.peer_support * (0.4 + 0.6 * user.confidence)


@rule
def user_hears(user, org, p, peers_tell, u):
    """Does a person who does not know of budgets hear of them this week? See `chance_of_hearing`."""
    return u < chance_of_hearing(user, org, p, peers_tell)


@rule
def user_forgets(user, p, u):
    """Is what was heard forgotten? Not by people in the pathway or with a budget."""
    return user.pathway_stage == OUTSIDE and p.lift_information < 0.5 and u < p.forget_rate


@rule
def user_is_told_of_budgets(user, p):
    """Does this person understand budgets because information is no barrier? Writes `informed`."""
    if p.lift_information < 0.5 or user.informed == UNDERSTANDS:
        return False
    user.informed = UNDERSTANDS
    return True


@rule
def user_takes_in(user, good, bad):
    """What a peer's story does: a good one is understood, a bad one is remembered. Source: S5; story 11."""
    if good > bad:
        user.heard = HEARD_GOOD
        user.informed = UNDERSTANDS
    elif bad > good:
        user.heard = HEARD_BAD
        user.informed = max(user.informed, KNOWS)
    else:
        user.informed = max(user.informed, KNOWS)


@rule
def chance_of_asking(user, org, p):
    """Weekly chance that someone who knows of budgets and is outside the pathway asks for one.

    The wish to decide for oneself, confidence and trust raise it; stigma, power distance, an order and the fear of
    losing an existing service lower it; an advocating carer and a good story raise it. Source: S3, S5; PAT23.
    """
    rate = p.ask_rate * user.autonomy_preference * (0.3 + 0.7 * user.confidence) * (0.3 + 0.7 * user.trust)
    rate *= 1.0 - 0.5 * user.self_stigma * (0.5 + org.stigma)
    rate *= 1.0 - 0.5 * org.power_distance * (1.0 - 0.6 * p.advocacy)
    if user.informed == UNDERSTANDS:
        rate *= 1.5
    if user.legal_status == CTO:
        rate *= p.ask_on_cto
    if user.package == 1:
        rate *= 1.0 - p.fear_of_losing
    if user.carer == CARER_ADVOCATES:
        rate *= p.carer_asks
    if user.carer == CARER_WORRIED:
        rate *= 0.7
    if user.heard == HEARD_BAD:
        rate *= p.bad_story
    return rate


@rule
def user_can_ask(user, week):
    """Can this person ask? Only someone who knows of budgets, outside the pathway and not resting from it, out of hospital."""
    if week < user.rest_until:
        return False
    return user.informed != NOT_INFORMED and user.pathway_stage == OUTSIDE and user.mental_state != INPATIENT


@rule
def user_asks(user, org, p, week, u):
    """Does this person ask for a personal budget this week? Only someone outside the pathway who knows of them can.

    Args:
        user: reads `pathway_stage`, `informed`, `mental_state` and what moves `chance_of_asking`; writes nothing.
        u: uniform draw in [0, 1), purpose ASK.
    """
    return p.budgets_offered > 0.0 and user_can_ask(user, week) and u < chance_of_asking(user, org, p)


@rule
def user_grows(user, worker, p):
    """Trust returns with a coordinator who stays; peers and co-research build confidence. Source: ENG19; S5."""
    if worker.works == 1:
        user.trust += p.trust_continuity * (0.75 - user.trust)
    support = p.peer_support + p.co_researchers * p.action_research
    if support > 0.0:
        user.confidence += p.confidence_support * min(1.0, support) * (1.0 - user.confidence)


@rule
def what_user_tells(user, week, p):
    """What peers can hear from this person next week: nothing, that budgets exist, a good story or a bad one.

    Good: a budget in use for a quarter of a year that has raised control. Bad: a process that took over a year, or one
    that ended in refusal. Source: S5; story 11.
    """
    if user.informed == NOT_INFORMED:
        return SIGNAL_NONE
    if user.pathway_stage == IN_USE and user.weeks_in_stage >= 13:
        if user.in_use_week - user.raised_week > 52:
            return SIGNAL_BAD
        if user.control_felt > p.control_base + 0.08:
            return SIGNAL_GOOD
    elif (OUTSIDE < user.pathway_stage < IN_USE and week - user.raised_week > 52) or (
        user.rest_until > week and user.barrier == B_PANEL
    ):
        return SIGNAL_BAD
    return SIGNAL_KNOWS


@rule
def peer_row(key, slot, first_row):
    """The row of one of a person's four linked peers: fixed by the key, within the post's block of rows."""
    return first_row + ((key >> (8 * slot)) & 1023) % PEER_BLOCK


@rule
def user_is_let_down(user, p):
    """A refusal without a reason or a lost hand-off costs trust and confidence. Source: ENG19; S3."""
    user.trust = unit(user.trust - p.trust_setback)
    user.confidence *= 1.0 - p.confidence_setback
