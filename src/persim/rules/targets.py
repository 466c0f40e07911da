"""The council's target: pressure, relabelling and counting.

A target is council-wide. Mental health is a small part of the council's clients, whose rate follows a published path,
so pressure is the whole council's shortfall. As the deadline nears, people *with a commissioned service* are relabelled
and counted; nothing else changes for them.
"""

import math

from persim.jit import rule
from persim.rules.forms import unit
from persim.state import IN_USE


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
def user_service_is_relabelled(user, org, p, u):
    """Is this person's existing service called a budget and counted? Needs a service, and no budget. Source: S4; story 9."""
    if user.package == 0 or user.counted == 1 or user.pathway_stage == IN_USE or p.audit >= 0.5:
        return False
    return u < 2.0 * p.relabel_rate * org.push


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
