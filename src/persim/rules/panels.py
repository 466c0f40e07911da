"""Who decides on the money: a manager's signature, the funding panel, and the person who contests a refusal."""

from persim import purposes as purpose
from persim.draws import draw
from persim.jit import rule
from persim.rules.forms import unit

FUNDED, REFUSED, SENT_BACK = 0, 1, 2


@rule
def manager_signs(user, p):
    """Can a team manager sign instead of the panel? Below the limit, and not where the risk looks high."""
    if p.lift_panel >= 0.5:
        return True
    return user.budget_gbp_per_year <= p.delegated_sign_off and user.perceived_risk < p.sign_off_risk


@rule
def worry_at_panel(org, p):
    """The locality's worry as the funding panel feels it, less where a risk enablement panel advised."""
    return org.risk_aversion * (1.0 - p.risk_panel_relief * p.risk_enablement_panel)


@rule
def chance_of_refusal(user, org, p):
    """Chance that the panel refuses before it looks at money: by strictness, the locality's worry and perceived risk."""
    return unit(p.panel_refuses * org.bureaucracy * (0.4 + 1.2 * worry_at_panel(org, p) * user.perceived_risk))


@rule
def panel_decides(user, org, p, s):
    """The panel's decision on one case: fund, refuse, or send a thin plan back. Source: PAR25; S4.

    Refusal for risk grows with strictness, the locality's worry and perceived risk, less where a risk enablement panel
    advised; once the year's pot is committed, money refuses too.
    """
    if draw(s, purpose.PANEL) < chance_of_refusal(user, org, p):
        return REFUSED
    if org.committed > org.pot and draw(s, purpose.PANEL_MONEY) < p.refuse_when_spent:
        return REFUSED
    if draw(s, purpose.PANEL_PLAN) < p.panel_sends_back * org.bureaucracy * (1.0 - user.involvement):
        return SENT_BACK
    return FUNDED


@rule
def chance_of_contesting(user, org, p):
    """Chance that the person contests a refusal: confidence and advocates help, power distance deters."""
    return unit(p.contest * (0.5 + user.confidence) * (1.0 - 0.8 * org.power_distance) + 0.3 * p.advocacy)


@rule
def user_contests(user, org, p, u):
    """Does the person contest a refusal? Source: S3."""
    return u < chance_of_contesting(user, org, p)


@rule
def panel_keeps(org, p):
    """Weeks for which unused panel places keep: at least until the next panel."""
    return max(p.panel_keeps_weeks, p.rural_panel_interval) if org.rural == 1 else p.panel_keeps_weeks


@rule
def panel_sits(org, p, week):
    """Does the locality's funding panel meet this week? Weekly, or every few weeks in a rural one."""
    interval = int(p.rural_panel_interval) if org.rural == 1 else 1
    return week % max(1, interval) == 0
