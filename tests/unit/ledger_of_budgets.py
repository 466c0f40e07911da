"""What the rows about the pathway and budgets should hold (see `ledger_witness`)."""

from ledger_witness import copied, holds, named

from persim import events as e
from persim import purposes as purpose
from persim.draws import draw
from persim.rules import budgets, panels, pathway, practice, targets
from persim.rules.forms import chance_of_presence
from persim.state import (
    ABSENT_ASSESSMENT,
    ABSENT_PLAN,
    ABSENT_REVIEW,
    BROKER,
    HANDED_ON,
    IN_USE,
    NO_FORM,
    Barrier,
)


@holds(e.E_STAGE)
def _(w, user):
    return named(
        outcome=user.pathway_stage, practitioner=w.led_by(user), detail=user.barrier,
        first=w.week - user.raised_week, threshold=user.work_left, draw=user.wait_left,
    )  # fmt: skip


def presence(bit):
    def columns(w, user):
        lead, u = w.led_by(user), w.u(purpose.ABSENT)
        possible, voice = pathway.hours_allowed(user, w.p), practice.share_of_voice(user, w.posts[lead], w.org, w.p)
        chance = chance_of_presence(possible, w.p)
        w.after = copied(user)
        w.after.involvement, w.after.absent = w.before.involvement, w.before.absent
        outcome = pathway.user_takes_part(w.after, w.p, voice, bit, u)
        return named(outcome=outcome, practitioner=lead, first=possible, second=voice, threshold=chance, draw=u)

    return columns


holds(e.E_ASSESSED)(presence(ABSENT_ASSESSMENT))
holds(e.E_PLANNED)(presence(ABSENT_PLAN))


@holds(e.E_INVOLVED)
def _(w, user):
    stage = 1 if w.last == e.E_ASSESSED else 2
    return named(practitioner=w.led_by(w.before), detail=stage, threshold=w.after.involvement)


@holds(e.E_SUM)
def _(w, user):
    gbp, u = pathway.budget_sum(user, w.p), draw(user.key, purpose.AMOUNT + 600)
    return named(outcome=gbp < 1000.0 and u < w.p.one_off_share, threshold=gbp, draw=u)


@holds(e.E_SUM_TOLD)
def _(w, user):
    chance, u = pathway.chance_sum_is_told(w.before, w.org, w.p), w.u(purpose.SUM_TOLD)
    told = w.org.plain_language
    return named(outcome=u < chance, practitioner=w.led_by(user), first=told, threshold=chance, draw=u)


@holds(e.E_CONTRIBUTION)
def _(w, user):
    u, chance = w.u(purpose.CONTRIBUTION_DECLINED), w.p.contribution_declines
    return named(outcome=u >= chance, threshold=chance, draw=u)


@holds(e.E_PLAN_AGREED)
def _(w, user):
    present = w.after.absent & ABSENT_PLAN == 0
    chance, u = pathway.chance_plan_is_agreed(w.after, w.p, present), w.u(purpose.AGREED)
    return named(
        outcome=u < chance, practitioner=w.led_by(user), first=w.after.involvement, threshold=chance, draw=u
    )  # fmt: skip


@holds(e.E_DISPUTE)
def _(w, user):
    chance, u = pathway.chance_of_dispute(user, w.org, w.p), w.u(purpose.DISPUTE)
    return named(outcome=u < chance, first=user.health_need, second=user.social_need, threshold=chance, draw=u)


@holds(e.E_DISPUTE_ENDS)
def _(w, user):
    u = w.u(purpose.DISPUTE_END)
    return named(outcome=pathway.dispute_ends(w.p, u), threshold=w.p.dispute_nowhere, draw=u)


@holds(e.E_SIGNED)
def _(w, user):
    signs, gbp = panels.manager_signs(user, w.p), user.budget_gbp_per_year
    return named(outcome=signs, first=gbp, second=user.perceived_risk, threshold=w.p.delegated_sign_off)


@holds(e.E_PANEL)
def _(w, user):
    chance, u, outcome = panels.chance_of_refusal(user, w.org, w.p), w.u(purpose.PANEL), panels.FUNDED
    if u < chance:
        outcome = panels.REFUSED
    elif w.org.committed > w.org.pot and w.u(purpose.PANEL_MONEY) < w.p.refuse_when_spent:
        outcome = e.REFUSED_FOR_MONEY
    elif w.u(purpose.PANEL_PLAN) < w.p.panel_sends_back * w.org.bureaucracy * (1.0 - user.involvement):
        outcome = panels.SENT_BACK
    worry, weeks = panels.worry_at_panel(w.org, w.p), w.before.weeks_in_stage
    return named(
        outcome=outcome, detail=weeks, first=worry, second=user.perceived_risk, threshold=chance, draw=u
    )  # fmt: skip


@holds(e.E_CONTEST)
def _(w, user):
    chance, u = panels.chance_of_contesting(w.before, w.org, w.p), w.u(purpose.CONTEST)
    first, second = w.before.confidence, w.org.power_distance
    return named(outcome=u < chance, first=first, second=second, threshold=chance, draw=u)


@holds(e.E_CONTEST_HEARD)
def _(w, user):
    u, chance = w.u(purpose.CONTEST_WON), w.p.contest_won
    return named(outcome=u < chance, threshold=chance, draw=u)


@holds(e.E_SET_UP)
def _(w, user):
    lead, after = w.led_by(user), copied(user)
    chosen = after.budget_form = budgets.user_chooses_form(user, w.posts[lead], w.org, w.p, w.s)
    form = budgets.user_finds_support(after, w.org, w.p, w.s)
    chance, u = budgets.chance_of_no_support(w.org, w.p), w.u(purpose.MARKET)
    assert (form == NO_FORM) <= (u < chance)
    return named(outcome=form, practitioner=lead, detail=chosen, first=w.org.market, threshold=chance, draw=u)


@holds(e.E_FREE_TO_VARY)
def _(w, user):
    chance, u = budgets.chance_of_varying(user, w.org, w.p), w.u(purpose.VARY)
    return named(outcome=u < chance, threshold=chance, draw=u)


@holds(e.E_IN_USE)
def _(w, user):
    return named(
        outcome=user.budget_form, practitioner=w.led_by(w.before), detail=targets.council_counts(user, w.p),
        first=w.week - w.before.raised_week, threshold=user.budget_gbp_per_year,
    )  # fmt: skip


# What ended the process, by what was written just before about the person.
ENDS = {
    e.E_DISCHARGED: Barrier.ENDED, e.E_ORDER_ENDED: Barrier.ENDED, e.E_REASSESSED: Barrier.ENDED,
    e.E_HAND_OFF: Barrier.HAND_OFF, e.E_GATE + Barrier.INFORMATION: Barrier.NONE,
    e.E_CONTRIBUTION: Barrier.CONTRIBUTION, e.E_DISPUTE_ENDS: Barrier.FUNDING_DISPUTE, e.E_CONTEST: Barrier.PANEL,
    e.E_CONTEST_HEARD: Barrier.PANEL, e.E_SET_UP: Barrier.MARKET,
}  # fmt: skip


@holds(e.E_LEFT)
def _(w, user):
    stage, why = user.pathway_stage, ENDS.get(w.last, Barrier.STEPS_AND_WAITS)
    lead, chance, u = w.led_by(w.before), 0.0, 0.0
    if why == Barrier.STEPS_AND_WAITS:
        peer = draw(user.key, purpose.PEER_WORKER) < w.p.peer_reach * w.p.peer_support
        helped = int(w.posts[lead].profession == BROKER or peer)
        chance, u = pathway.chance_of_leaving(user, w.org, w.p, w.week, helped), w.u(purpose.LEAVE)
        assert u < chance
    weeks = w.week - user.raised_week if stage > HANDED_ON else 0
    return named(outcome=why, practitioner=lead, detail=stage, first=weeks, threshold=chance, draw=u)


# A budget in use, and the council's count


@holds(e.E_PAUSE)
def _(w, user):
    return named(outcome=budgets.user_budget_pauses(user, w.p))


@holds(e.E_BUDGET_REVIEW)
def _(w, user):
    after, post = copied(w.before), user.coordinator
    outcome = budgets.user_budget_is_reviewed(after, w.posts[post], w.org, w.p, w.s)
    there, u = after.absent & ABSENT_REVIEW == 0, w.u(purpose.BUDGET_REVIEW)
    return named(outcome=outcome, practitioner=post, detail=there, threshold=after.budget_gbp_per_year, draw=u)


@holds(e.E_BUDGET_ENDED)
def _(w, user):
    post = user.coordinator
    if w.last == e.E_REASSESSED:
        weeks = w.before.weeks_in_stage
        return named(outcome=0, practitioner=post, detail=e.BUDGET_NOT_ELIGIBLE, first=weeks, threshold=0.0, draw=0.0)
    one_off, u = w.before.one_off == 1, w.u(purpose.END)
    chance, goes_on = 1.0 if one_off else w.p.budget_ends, w.u(purpose.GOES_ON)
    outcome, why = budgets.activity_can_go_on(w.org, w.p, goes_on), e.BUDGET_ONE_OFF if one_off else e.BUDGET_BY_CHANCE
    weeks = w.before.weeks_in_stage + 1
    assert u < chance
    return named(outcome=outcome, practitioner=post, detail=why, first=weeks, threshold=chance, draw=u)


@holds(e.E_DISPUTED_SPENDING)
def _(w, user):
    chance = w.p.disputed_spending * (1.0 - w.p.qa_strictness)
    return named(threshold=chance, draw=w.u(purpose.DISPUTED_SPENDING))


@holds(e.E_COUNTED)
def _(w, user):
    push, before = w.org.push, w.before
    if user.pathway_stage == IN_USE:
        counts = targets.council_counts(user, w.p)
        return named(outcome=counts, detail=e.COUNT_IN_USE, first=push, threshold=0.0, draw=0.0)
    if before.counted == 1 and before.pathway_stage != IN_USE:
        chance, u = 1.0 if w.p.audit >= 0.5 else w.p.relabel_lapses, w.u(purpose.LAPSE)
        columns = named(outcome=0, detail=e.COUNT_LAPSED)
    else:
        chance, u = targets.chance_of_relabelling(w.org, w.p), w.u(purpose.RELABEL)
        columns = named(outcome=1, detail=e.COUNT_RELABELLED)
    assert u < chance
    return columns | named(first=push, threshold=chance, draw=u)
