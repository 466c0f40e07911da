"""Every number of the table changes something that is recorded: a dead one goes.

A number that acts only together with a lever, a dial or something rare is given what it needs, each with its reason.
"""

import dataclasses
import functools

import pytest

from persim.parameters import BY_NAME, TABLE
from persim.policy import COMPUTED
from persim.scenario import read_scenario
from persim.simulate import Run, run_scenario

N_USERS, N_WEEKS, SEED = 1320, 200, 1
MANY_INCIDENTS = {"incident_at_crisis": 0.3, "initial_budget_share": 0.05}
FIVE_LOCALITIES = {"n_localities": 5}
PEER_WORKERS = {"peer_support": 1.0}
SMALL_POT = {"pot_per_eligible": 100}
SPIRALS = {"action_research": 1.0}
PANEL = {"risk_enablement_panel": 1.0}
MANY_BUDGETS = {"initial_budget_share": 0.05, "role_boundary": 0.1, "risk_aversion": 0.3, "tell": 1.0}
MANY_HAND_OFFS = {"handoff_tried": 1.0, "role_boundary": 0.7}
ORDERS = {"cto_at_discharge": 0.6}
OPEN_DOORS = {
    "role_boundary": 0.0,
    "risk_aversion": 0.0,
    "medical_model": 0.0,
    "ask_rate": 0.2,
    "workload": 0.5,
    "tell": 1.0,
    "legal_bar_cto": 0.0,
    **ORDERS,
}
INTEGRATED = {"integrated_share": 1.0, "co_located_share": 0.0}

# Number -> what it needs to show, why. "enrich" draws more people prone to detention: orders are rare.
NEEDS: dict[str, tuple[dict[str, float], str]] = {
    "integrated_share": (FIVE_LOCALITIES, "with few localities the same ones may be integrated"),
    "co_located_share": (FIVE_LOCALITIES, "likewise"),
    "boundary_co_located": ({"integrated_share": 0.0, "co_located_share": 1.0}, "needs co-located teams"),
    "boundary_separate": ({"integrated_share": 0.0, "co_located_share": 0.0}, "needs separate services"),
    "section75_pooling": ({**INTEGRATED, **MANY_BUDGETS}, "needs integrated teams"),
    "rural_panel_interval": ({"rural_share": 1.0, **MANY_BUDGETS}, "needs rural localities with cases at the panel"),
    "band_width": ({"threshold": 2.0}, "the middle threshold does not use it"),
    "attributed_share": (MANY_INCIDENTS, "incidents of people with a budget are rare"),
    "alarm_closes": (MANY_INCIDENTS, "likewise"),
    "alarm_jump": (MANY_INCIDENTS, "likewise"),
    "alarm_half_life": (MANY_INCIDENTS, "likewise"),
    "peer_worker_tells": (PEER_WORKERS, "needs peer workers"),
    "confidence_support": (PEER_WORKERS, "likewise"),
    "helper_keeps": ({**PEER_WORKERS, **MANY_BUDGETS}, "likewise"),
    "peer_reach": ({**PEER_WORKERS, **MANY_BUDGETS}, "likewise"),
    "hours_of_peer_support": (PEER_WORKERS, "likewise"),
    "risk_panel_relief": (PANEL, "needs a risk enablement panel"),
    "hours_of_risk_panel": (PANEL, "likewise"),
    "handoff_weeks": (MANY_HAND_OFFS, "hand-offs are rare"),
    "handoff_lost": (MANY_HAND_OFFS, "likewise"),
    "handoff_full": ({**MANY_HAND_OFFS, **INTEGRATED, "handoff_lost": 0.0}, "needs a busy social worker"),
    "council_weeks": ({**MANY_HAND_OFFS, "integrated_share": 0.0, "co_located_share": 0.0}, "needs separate services"),
    "council_cases": ({**MANY_HAND_OFFS, "integrated_share": 0.0}, "needs hand-offs to the council team"),
    "council_case_hours": ({**MANY_HAND_OFFS, "integrated_share": 0.0, "boundary_council": 0.05}, "likewise"),
    "boundary_council": ({**MANY_HAND_OFFS, "integrated_share": 0.0, "handoff_lost": 0.0}, "likewise"),
    "broker_cases": ({"brokers": 0.3}, "needs brokers"),
    "broker_direct_share": ({"brokers": 0.1}, "likewise, with much to do"),
    "broker_worry": ({"brokers": 1.0}, "likewise"),
    "broker_reach": ({"brokers": 1.0}, "likewise"),
    "carer_keeps": (MANY_BUDGETS, "needs people on the way"),
    "one_off_weeks": (MANY_BUDGETS, "likewise"),
    "contest": (MANY_BUDGETS, "likewise"),
    "contest_won": (MANY_BUDGETS, "likewise"),
    "contribution_size": (MANY_BUDGETS, "likewise"),
    "pause_weeks": ({**MANY_BUDGETS, "inpatient_discharge": 0.03}, "needs long stays of people with direct payments"),
    "disputed_spending": (MANY_BUDGETS, "needs budgets in use"),
    "sign_off_risk": ({**MANY_BUDGETS, "delegated_sign_off": 50000.0}, "needs sign-off by managers"),
    "pot_growth": (SMALL_POT, "needs a pot that is spent"),
    "refuse_when_spent": (SMALL_POT, "likewise"),
    "media_stigma": ({"media_event": 0.05}, "needs a media event"),
    "media_blame": ({"media_event": 0.05}, "likewise"),
    "media_half_life": ({"media_event": 0.05}, "likewise"),
    "spiral_weeks": (SPIRALS, "needs action research"),
    "spiral_strength": (SPIRALS, "likewise"),
    "spiral_fades": (SPIRALS, "likewise"),
    "co_researchers": (SPIRALS, "likewise"),
    "hours_of_research": (SPIRALS, "likewise"),
    "hours_of_supervision": ({"role_clarity": 1.0}, "needs role clarity"),
    "hours_of_campaign": ({"campaign": 1.0}, "needs a campaign"),
    "hours_of_advocacy": ({"advocacy": 1.0}, "needs advocates"),
    "hours_of_rights": ({"rights_meeting": 1.0}, "needs rights practice"),
    "ask_on_cto": ({**ORDERS, "enrich": 0.8}, "needs people on orders who know of budgets"),
    "trust_condition": ({**ORDERS, "enrich": 0.8}, "needs orders with conditions"),
    "condition_narrows": ({**OPEN_DOORS, "ask_on_cto": 1.0, "enrich": 0.8}, "needs budgets on orders"),
    "direct_payment_barred": ({**ORDERS, **MANY_BUDGETS, "enrich": 0.8}, "needs direct payments on orders"),
    "legal_bar_cto": ({**ORDERS, "enrich": 0.8}, "needs opportunities on orders"),
    "rights_relative": ({**ORDERS, "enrich": 0.8}, "needs orders with a nearest relative"),
    "dispute_section_117": ({**MANY_BUDGETS, "enrich": 0.8, "dispute_share": 1.0}, "needs plans under section 117"),
}  # fmt: skip


@functools.cache
def run_with(numbers: tuple[tuple[str, float], ...]) -> Run:
    """The baseline, small, with these numbers from the first week."""
    chosen = dict(numbers)
    enrich = chosen.pop("enrich", None)
    scenario = read_scenario("baseline").changed(n_users=N_USERS, n_weeks=N_WEEKS, **chosen)
    return run_scenario(dataclasses.replace(scenario, enrich=enrich), SEED, "final", ("diagnosis",))


def matters(name: str) -> bool:
    """Does any move of this number within its bounds change a count? Ends that shares rule out are drawn in."""
    parameter, needs = BY_NAME[name], dict(NEEDS.get(name, ({}, ""))[0])
    needs.pop(name, None)
    usual = run_with(tuple(sorted(needs.items())))
    now = usual.scenario.parameters[name]
    middle = parameter.low if now is None else now
    for value in (parameter.high, parameter.low, 0.5 * (middle + parameter.high)):
        if value == now:
            continue
        try:
            other = run_with(tuple(sorted({**needs, name: value}.items())))
        except Exception as error:
            if "more than the whole" in str(error):
                continue
            raise
        if other.record.shape != usual.record.shape or other.record.tobytes() != usual.record.tobytes():
            return True
    return False


@pytest.mark.parametrize("name", [p.name for p in TABLE if p.name not in COMPUTED])
def test_a_parameter_changes_a_recorded_outcome(name):
    assert matters(name), f"{name} changes nothing that is recorded: it is dead, or needs more than NEEDS gives it"


def test_what_is_given_to_a_number_is_needed_by_name():
    assert set(NEEDS) <= set(BY_NAME)
    for name, (needs, why) in NEEDS.items():
        assert why, name
        assert set(needs) <= {*BY_NAME, "enrich"}, name


def test_a_number_that_nobody_reads_would_be_seen(monkeypatch):
    """With every start and every way to a budget shut, the size of a contribution is dead; the check says so."""
    shut = {"initial_budget_share": 0.0, "ask_rate": 0.0, "tell": 0.0, "informed_at_start": 0.0, "information": 0.0}
    monkeypatch.setitem(NEEDS, "contribution_size", (shut, "shut on purpose"))
    assert not matters("contribution_size")
