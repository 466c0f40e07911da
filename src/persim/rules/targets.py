"""The council's target: pressure, relabelling and counting.

A target is council-wide. Mental health is a small part of the council's clients, whose rate follows a published path,
so pressure is the whole council's shortfall. As the deadline nears, people *with a commissioned service* are relabelled
and counted; nothing else changes for them.
"""

import math

from persim.jit import rule
from persim.rules.forms import odds_shift, unit
from persim.state import IN_USE, YEAR


@rule
def council_shortfall(org, p):
    """How far the council is from its target, as a share of the target in [0, 1]; 0 without a target."""
    if p.target <= 0.0:
        return 0.0
    return unit((p.target - org.council_rate) / p.target)


@rule
def push(org, p):
    """How hard the council pushes this week, in [0, 1]: pressure x shortfall x nearness of the deadline. Source: PAT16."""
    nearness = math.exp(-p.target_deadline_weeks / p.push_weeks)
    return org.target_pressure * council_shortfall(org, p) * nearness


@rule
def chance_of_relabelling(org, p):
    """Weekly chance that an existing service is called a budget and counted: by the council's push."""
    return 2.0 * p.relabel_rate * org.push


@rule
def user_service_is_relabelled(user, org, p, u):
    """Is this person's existing service called a budget and counted? Needs a service and eligibility, and no budget.

    Source: S4; story 9.
    """
    if user.eligible == 0 or user.package == 0 or user.counted == 1 or user.pathway_stage == IN_USE or p.audit >= 0.5:
        return False
    return p.budgets_offered > 0.0 and u < chance_of_relabelling(org, p)


@rule
def user_label_lapses(user, p, u):
    """Does a relabelled service drop out of the count? At once under an audit that counts only what is real."""
    if p.audit >= 0.5:
        return True
    return u < p.relabel_lapses


@rule
def is_real(user):
    """Is a budget in use real in the broad sense: a plan the person agreed, and the sum known or free to vary?"""
    if user.pathway_stage != IN_USE or user.plan_agreed == 0:
        return False
    return user.amount_known == 1 or user.can_vary == 1


@rule
def council_counts(user, p):
    """Does the council count this budget in use? All of them, or under an audit only real ones. Source: S4."""
    if p.audit < 0.5:
        return 1
    return 1 if is_real(user) else 0


@rule
def organisation_reckons_money(org, p, week):
    """The year's pot, what it has committed, and how far the council is from its target."""
    org.caseload_factor *= 1.0 + p.caseload_growth / YEAR
    org.pot_factor *= 1.0 + p.pot_growth / YEAR
    if week % YEAR == 0:
        org.committed = org.running_cost
    org.pot = p.pot_per_eligible * org.eligible_now * org.pot_factor
    org.eligible_before = org.eligible_now
    here = org.counted_now / org.eligible_now if org.eligible_now > 0.0 else 0.0
    others = odds_shift(p.other_clients_rate, org.odds_other_clients)
    org.council_rate = p.mental_health_weight * here + (1.0 - p.mental_health_weight) * others
    org.push = push(org, p)
    org.compelled_share = org.compelled_now / org.people_now if org.people_now > 0.0 else 0.0
    org.eligible_now = 0.0
    org.counted_now = 0.0
    org.compelled_now = 0.0
    org.people_now = 0.0
    org.running_cost = 0.0
