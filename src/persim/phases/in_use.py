"""Phases 7 and 8 for a budget in use and for a service that is counted as one: spending, reviews, ends, relabelling."""

from persim import purposes as purpose
from persim.draws import draw, stream
from persim.events import (
    BUDGET_BY_CHANCE,
    BUDGET_ONE_OFF,
    COUNT_IN_USE,
    COUNT_LAPSED,
    COUNT_RELABELLED,
    E_BUDGET_ENDED,
    E_BUDGET_REVIEW,
    E_COUNTED,
    E_DISPUTED_SPENDING,
    E_PAUSE,
)
from persim.jit import loop
from persim.measures import (
    M_BUDGET_REVIEWS,
    M_BUDGET_REVIEWS_WITHOUT_PERSON,
    M_BUDGETS_CUT,
    M_BUDGETS_RAISED,
    M_DISPUTED_SPENDING,
    M_ENDED,
    M_RELABEL_LAPSED,
    M_RELABELLED_NOW,
    M_SPEND_COUNCIL,
    M_SPEND_NHS,
    M_SPEND_PERSON,
)
from persim.phases.counting import keeps_ledger, note, note_wait, record
from persim.rules.budgets import (
    activity_can_go_on,
    budget_review_is_due,
    user_budget_is_due_to_end,
    user_budget_is_reviewed,
    user_budget_pauses,
)
from persim.rules.pathway import user_budget_ends
from persim.rules.practice import practitioner_can_act
from persim.rules.targets import chance_of_relabelling, council_counts, user_label_lapses, user_service_is_relabelled
from persim.state import ABSENT_REVIEW, YEAR


@loop
def person_uses_budget(user, worker, org, p, week, notes):
    """Phase 7 for a budget in use: paused in hospital, reviewed, ended; what it spends and who pays."""
    s = stream(user.key, week)
    weight = user.weight
    paused = user.paused
    user.paused = int(user_budget_pauses(user, p))
    if keeps_ledger(notes) and user.paused != paused:
        record(notes, E_PAUSE, user.paused, -1, 0, 0.0, 0.0, 0.0, 0.0)
    if user.paused == 0:
        weekly = user.budget_gbp_per_year * weight / (p.one_off_weeks if user.one_off == 1 else YEAR)
        person = p.contribution_size * weekly if user.contribution == 1 else 0.0
        nhs = p.joint_share * weekly if user.joint_funded == 1 else 0.0
        org.running_cost += user.budget_gbp_per_year * weight
        note(notes, M_SPEND_PERSON, person)
        note(notes, M_SPEND_NHS, nhs)
        note(notes, M_SPEND_COUNCIL, max(0.0, weekly - person - nhs))
        rate = p.disputed_spending * (1.0 - p.qa_strictness)
        u = draw(s, purpose.DISPUTED_SPENDING)
        if u < rate:
            note(notes, M_DISPUTED_SPENDING, weight)
            if keeps_ledger(notes):
                record(notes, E_DISPUTED_SPENDING, 0, -1, 0, 0.0, 0.0, rate, u)
    if user.one_off == 0 and budget_review_is_due(user.weeks_in_stage) and practitioner_can_act(worker, p):
        note(notes, M_BUDGET_REVIEWS, weight)
        change = user_budget_is_reviewed(user, worker, org, p, s)
        if keeps_ledger(notes):
            there, gbp = int(user.absent & ABSENT_REVIEW == 0), user.budget_gbp_per_year
            u = draw(s, purpose.BUDGET_REVIEW)
            record(notes, E_BUDGET_REVIEW, change, user.coordinator, there, 0.0, 0.0, gbp, u)
        if user.absent & ABSENT_REVIEW != 0:
            note(notes, M_BUDGET_REVIEWS_WITHOUT_PERSON, weight)
        if change < 0:
            note(notes, M_BUDGETS_CUT, weight)
        elif change > 0:
            note(notes, M_BUDGETS_RAISED, weight)
    if user_budget_is_due_to_end(user, p, draw(s, purpose.END)):
        note(notes, M_ENDED, weight)
        note_wait(notes, user, 0)
        goes_on = activity_can_go_on(org, p, draw(s, purpose.GOES_ON))
        if keeps_ledger(notes):
            why = BUDGET_ONE_OFF if user.one_off == 1 else BUDGET_BY_CHANCE
            chance, weeks = 1.0 if user.one_off == 1 else p.budget_ends, user.weeks_in_stage
            u = draw(s, purpose.END)
            record(notes, E_BUDGET_ENDED, int(goes_on), user.coordinator, why, weeks, 0.0, chance, u)
        user_budget_ends(user, p, week, goes_on)
        return
    counted = user.counted
    user.counted = council_counts(user, p)
    if keeps_ledger(notes) and user.counted != counted:
        record(notes, E_COUNTED, user.counted, -1, COUNT_IN_USE, org.push, 0.0, 0.0, 0.0)


@loop
def person_is_counted_anew(user, org, p, s, notes):
    """Phase 8: an existing service is relabelled, or drops out of the count."""
    if user.counted == 1:
        if user_label_lapses(user, p, draw(s, purpose.LAPSE)):
            user.counted = 0
            note(notes, M_RELABEL_LAPSED, user.weight)
            if keeps_ledger(notes):
                chance, u = 1.0 if p.audit >= 0.5 else p.relabel_lapses, draw(s, purpose.LAPSE)
                record(notes, E_COUNTED, 0, -1, COUNT_LAPSED, org.push, 0.0, chance, u)
    elif user_service_is_relabelled(user, org, p, draw(s, purpose.RELABEL)):
        user.counted = 1
        note(notes, M_RELABELLED_NOW, user.weight)
        if keeps_ledger(notes):
            chance, u = chance_of_relabelling(org, p), draw(s, purpose.RELABEL)
            record(notes, E_COUNTED, 1, -1, COUNT_RELABELLED, org.push, 0.0, chance, u)
