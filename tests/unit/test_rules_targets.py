"""Rules of the target: pressure, relabelling, counting, the council's money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import state
from persim.rules.targets import (
    council_counts,
    council_shortfall,
    is_real,
    organisation_reckons_money,
    push,
    user_label_lapses,
    user_service_is_relabelled,
)

JUST_UNDER_1 = 1.0 - 2.0**-53
shares = st.floats(0.0, 1.0)


def test_without_a_target_there_is_no_shortfall_and_no_push(locality, parameters):
    p = parameters(target=0.0, target_deadline_weeks=0)
    assert council_shortfall(locality(council_rate=0.0), p) == 0.0
    assert push(locality(council_rate=0.0), p) == 0.0


@given(shares, shares, st.floats(0.05, 1.0))
def test_shortfall_falls_with_the_councils_rate_and_is_nought_once_met(locality, parameters, one, other, target):
    low, high = sorted((one, other))
    p = parameters(target=target)
    assert (
        0.0
        <= council_shortfall(locality(council_rate=high), p)
        <= council_shortfall(locality(council_rate=low), p)
        <= 1.0
    )
    assert council_shortfall(locality(council_rate=target), p) == 0.0


@given(st.integers(0, 300), st.integers(0, 300), shares)
def test_the_push_grows_as_the_deadline_nears(locality, parameters, weeks, more, rate):
    org = locality(council_rate=rate)
    near = push(org, parameters(target=0.3, target_deadline_weeks=weeks))
    far = push(org, parameters(target=0.3, target_deadline_weeks=weeks + more))
    assert 0.0 <= far <= near <= 1.0


@pytest.mark.parametrize("spared", [{"package": 0}, {"counted": 1}, {"pathway_stage": state.IN_USE}, {"eligible": 0}])
def test_only_uncounted_services_of_eligible_people_without_a_budget_are_relabelled(
    spared, person, locality, parameters
):
    org = locality(push=1.0)
    assert user_service_is_relabelled(person(package=1), org, parameters(), 0.0)
    assert not user_service_is_relabelled(person(**{"package": 1, **spared}), org, parameters(), 0.0)


def test_no_relabelling_without_a_push_or_under_an_audit(person, locality, parameters):
    assert not user_service_is_relabelled(person(package=1), locality(push=0.0), parameters(), 0.0)
    assert not user_service_is_relabelled(person(package=1), locality(push=1.0), parameters(audit=1), 0.0)
    assert not user_service_is_relabelled(person(package=1), locality(push=1.0), parameters(), JUST_UNDER_1)


def test_a_label_lapses_by_chance_and_at_once_under_an_audit(person, parameters):
    assert user_label_lapses(person(counted=1), parameters(), 0.0)
    assert not user_label_lapses(person(counted=1), parameters(), JUST_UNDER_1)
    assert user_label_lapses(person(counted=1), parameters(audit=1), JUST_UNDER_1)


@pytest.mark.parametrize(
    ("known", "agreed", "vary", "real"),
    [(1, 1, 1, True), (1, 1, 0, True), (0, 1, 1, True), (0, 1, 0, False), (1, 0, 1, False), (0, 0, 0, False)],
)
def test_real_means_a_plan_agreed_and_one_other_truth(known, agreed, vary, real, holder, parameters):
    user = holder(amount_known=known, plan_agreed=agreed, can_vary=vary)
    assert is_real(user) is real
    assert council_counts(user, parameters()) == 1
    assert council_counts(user, parameters(audit=1)) == int(real)


def test_nothing_is_real_before_it_is_in_use(holder):
    assert not is_real(holder(pathway_stage=state.SET_UP))


def test_the_year_begins_with_what_running_budgets_commit(locality, parameters):
    org = locality(committed=5.0, running_cost=777.0)
    organisation_reckons_money(org, parameters(), 53)
    assert org.committed == 5.0
    org = locality(committed=5.0, running_cost=777.0)
    organisation_reckons_money(org, parameters(), 52)
    assert (org.committed, org.running_cost) == (777.0, 0.0)


def test_the_councils_rate_is_mostly_that_of_its_other_clients(locality, parameters):
    p = parameters(other_clients_rate=0.2, mental_health_weight=0.1)
    org = locality(eligible_now=100.0, counted_now=50.0, people_now=400.0, compelled_now=20.0)
    organisation_reckons_money(org, p, 1)
    assert org.council_rate == pytest.approx(0.1 * 0.5 + 0.9 * 0.2)
    assert (org.eligible_before, org.compelled_share, org.pot) == (100.0, 0.05, p.pot_per_eligible * 100.0)
    assert (org.eligible_now, org.counted_now, org.people_now) == (0.0, 0.0, 0.0)


def test_a_locality_without_people_divides_by_nothing(locality, parameters):
    org = locality(eligible_now=0.0, people_now=0.0)
    organisation_reckons_money(org, parameters(), 1)
    assert (org.compelled_share, org.pot) == (0.0, 0.0)


def test_growth_compounds_to_its_yearly_rate(locality, parameters):
    org, p = locality(), parameters(pot_growth=-0.05, caseload_growth=0.04)
    for week in range(52):
        organisation_reckons_money(org, p, week)
    assert org.pot_factor == pytest.approx(0.951, abs=0.001)
    assert org.caseload_factor == pytest.approx(1.041, abs=0.001)
