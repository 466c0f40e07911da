"""Rules of the caseload: who comes, leaves, returns and is assessed; who holds a post."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim import purposes as purpose
from persim import state
from persim.draws import PERSON, POST, key_of, stream
from persim.rules.caseload import (
    holder_stream,
    judgement_period,
    need_threshold,
    practitioner_arrives,
    practitioner_stays_in_post,
    profession_of,
    user_aftercare_ends,
    user_comes_back,
    user_enters,
    user_goes_away,
    user_is_assessed,
    user_is_discharged,
    user_is_transferred,
    user_meets_new_coordinator,
    user_returns,
)

JUST_UNDER_1 = 1.0 - 2.0**-53
NOT_WRITTEN_AT_BIRTH = {
    "key",
    "coordinator",
    "peer_signal",
    "worked_with",
    "worked_hours",
}  # set by loops, or at a stage


def new_person(person, locality, p, number=0, enriched=-1.0, seed=5):
    """A person as `user_enters` makes one, from a record in which every field holds rubbish."""
    user = person(**dict.fromkeys(state.USER.names, -777))
    user.key = key_of(seed, PERSON, number, 0)
    user_enters(user, locality(p), p, enriched)
    return user


def test_a_new_person_takes_over_nothing_from_the_one_before(person, locality, parameters):
    user = new_person(person, locality, parameters())
    left = {name for name in state.USER.names if getattr(user, name) == -777}
    assert left <= NOT_WRITTEN_AT_BIRTH


def test_a_new_person_has_no_order_no_budget_and_has_met_no_opportunity(person, locality, parameters):
    for number in range(20):
        user = new_person(person, locality, parameters(), number)
        assert (user.legal_status, user.pathway_stage, user.counted, user.asked) == (0, state.OUTSIDE, 0, 0)
        assert (user.barrier, user.n_opportunities, user.n_offers) == (state.B_NO_OPPORTUNITY, 0, 0)
        assert user.carer != state.NO_CARER or user.nearest_relative != state.RELATIVE_IS_CARER
        assert user.eligible == 1 or user.package == 0


def test_traits_do_not_depend_on_the_services_numbers(person, locality, parameters):
    ours, theirs = parameters(), parameters(public_stigma=0.9, threshold=0, package_share=1, s117_share=0.5)
    for number in range(20):
        one, other = new_person(person, locality, ours, number), new_person(person, locality, theirs, number)
        for name in (
            "vulnerability",
            "social_need",
            "health_need",
            "autonomy_preference",
            "confidence",
            "trust",
            "carer",
        ):
            assert getattr(one, name) == getattr(other, name)
        assert one.perceived_risk <= other.perceived_risk


@given(st.integers(0, 10**6), st.floats(0.05, 0.95))
def test_enriched_weights_restore_the_natural_share(person, locality, parameters, number, share):
    p = parameters()
    user = new_person(person, locality, p, number, enriched=share)
    expected = p.prone_share / share if user.traits & state.TRAIT_PRONE else (1.0 - p.prone_share) / (1.0 - share)
    assert user.weight == expected
    assert share * p.prone_share / share + (1 - share) * (1 - p.prone_share) / (1 - share) == pytest.approx(1.0)


def test_belief_exceeds_risk_only_by_stigma(person, locality, parameters):
    for number in range(30):
        fair = new_person(person, locality, parameters(unbiased_belief=1.0), number)
        biased = new_person(person, locality, parameters(unbiased_belief=0.0), number)
        assert fair.perceived_risk == fair.vulnerability <= biased.perceived_risk <= 1.0
        assert fair.file_risk >= fair.perceived_risk


def test_a_lower_band_and_less_tightening_make_more_people_eligible(parameters):
    critical, substantial, moderate = (need_threshold(parameters(threshold=band)) for band in (0, 1, 2))
    assert critical > substantial > moderate
    assert need_threshold(parameters(implicit_tightening=0.1)) > substantial


def test_need_is_tested_at_the_threshold_and_section_117_needs_no_test(person, parameters):
    p = parameters()
    limit = need_threshold(p)
    assert user_is_assessed(person(social_need=limit), p) == 1
    assert user_is_assessed(person(social_need=limit - 1e-9), p) == 0
    assert user_is_assessed(person(social_need=0.0, s117=1), p) == 1


def test_only_people_long_stable_are_discharged(person, parameters):
    p = parameters()
    assert user_is_discharged(person(), p, 0.0)
    assert not user_is_discharged(person(), p, JUST_UNDER_1)
    for user in (person(mental_state=state.UNSETTLED), person(weeks_in_state=11), person(mental_state=state.INPATIENT)):
        assert not user_is_discharged(user, p, 0.0)


def test_neither_a_budget_nor_the_way_to_one_nor_an_order_changes_discharge(person, holder, on_cto, parameters):
    p = parameters()
    for u in (0.0, p.discharge_rate, 1.3 * p.discharge_rate, JUST_UNDER_1):
        outcomes = {user_is_discharged(user, p, u) for user in (person(), holder(), on_cto(), person(pathway_stage=5))}
        assert len(outcomes) == 1


def test_the_more_vulnerable_are_discharged_less_and_return_more(person, parameters):
    p = parameters()
    low, high = person(vulnerability=0.1), person(vulnerability=0.9)
    u = p.discharge_rate
    assert user_is_discharged(low, p, u)
    assert not user_is_discharged(high, p, u)
    assert not user_returns(low, p, p.return_rate)
    assert user_returns(high, p, p.return_rate)
    assert user_returns(low, p, 0.0)


def test_who_comes_back_does_so_in_crisis_or_unsettled_and_is_reviewed_soon(person, parameters):
    p = parameters()
    for u, expected in ((0.0, state.CRISIS), (JUST_UNDER_1, state.UNSETTLED)):
        user = person(place=state.AWAY, weeks_in_state=70)
        user_comes_back(user, p, u)
        assert (user.place, user.mental_state, user.weeks_in_state) == (state.ON_CASELOAD, expected, 0)
        assert user.weeks_to_review <= 4


def test_a_budget_in_use_is_still_there_on_return(holder, parameters):
    user = holder(s117=1)
    user_goes_away(user)
    assert (user.place, user.s117) == (state.AWAY, 0)
    user_comes_back(user, parameters(), 0.5)
    assert (user.pathway_stage, user.plan_agreed) == (state.IN_USE, 1)


def test_aftercare_ends_only_for_those_stable_and_voluntary(person, on_cto, parameters):
    p = parameters()
    assert user_aftercare_ends(person(s117=1), p, 0.0)
    assert not user_aftercare_ends(person(s117=1), p, JUST_UNDER_1)
    for user in (person(s117=0), on_cto(), person(s117=1, mental_state=state.CRISIS)):
        assert not user_aftercare_ends(user, p, 0.0)


@given(st.integers(0, 9), st.integers(2, 10), st.floats(0.0, JUST_UNDER_1))
def test_a_transfer_goes_to_another_post_of_the_same_team(person, team, place, n_posts, u):
    ours = team(first_post=40, n_posts=n_posts)
    before = 40 + place % n_posts
    user = person(coordinator=before)
    user_is_transferred(user, ours, u)
    assert 40 <= user.coordinator < 40 + n_posts
    assert user.coordinator != before


def test_a_new_coordinator_goes_by_the_file_and_trust_falls(person, parameters):
    user = person(perceived_risk=0.3, file_risk=0.9, trust=0.6)
    user_meets_new_coordinator(user, parameters(file_weight=0.5))
    assert user.perceived_risk == pytest.approx(0.6)
    assert user.trust < 0.6


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-100, 500))
def test_a_judgement_lasts_for_two_years_and_people_are_out_of_step(person, parameters, key, week):
    p = parameters(judgement_weeks=104)
    periods = [judgement_period(person(key=key), p, week + more) for more in range(105)]
    assert periods == sorted(periods)
    assert periods[-1] - periods[0] == 1


def test_professions_come_in_the_shares_of_the_table(parameters):
    p = parameters(nurse_share=0.5, social_worker_share=0.3)
    found = [profession_of(x / 100, p) for x in range(100)]
    assert [found.count(code) for code in (0, 1, 2)] == [50, 30, 20]


def test_newcomers_differ_around_what_is_usual_in_their_profession(practitioner, locality, parameters):
    p, org = parameters(person_spread=0.0), locality()
    same = [practitioner(profession=state.NURSE) for _ in range(3)]
    for number, worker in enumerate(same):
        practitioner_arrives(worker, org, p, holder_stream(1, number, 0))
    assert len({worker.legitimacy for worker in same}) == 1
    for number, worker in enumerate(same):
        practitioner_arrives(worker, org, parameters(), holder_stream(1, number, 0))
    assert len({worker.legitimacy for worker in same}) == 3
    assert all(0.0 < worker.worry_person < 1.0 for worker in same)


def test_a_vacant_post_is_filled_by_a_new_holder(practitioner, parameters, luck):
    worker = practitioner(vacant_weeks=5, holder=2)
    luck(JUST_UNDER_1)
    assert practitioner_stays_in_post(worker, parameters(), 1) == 0
    assert (worker.vacant_weeks, worker.holder) == (6, 2)
    luck(0.0)
    assert practitioner_stays_in_post(worker, parameters(), 1) == 1
    assert (worker.vacant_weeks, worker.holder) == (0, 3)


def test_who_leaves_leaves_the_post_vacant(practitioner, parameters, luck):
    worker = practitioner(sick_weeks=3)
    luck(JUST_UNDER_1, {purpose.LEAVE_POST: 0.0})
    assert practitioner_stays_in_post(worker, parameters(), 1) == 0
    assert (worker.vacant_weeks, worker.sick_weeks) == (1, 0)


def test_sickness_lasts_its_weeks_and_ends(practitioner, parameters, luck):
    worker, p = practitioner(), parameters()
    luck(JUST_UNDER_1, {purpose.SICK: 0.0, purpose.SICK_LENGTH: 0.5})
    practitioner_stays_in_post(worker, p, 1)
    assert worker.sick_weeks == 1 + int(p.sickness_weeks * math.log(2.0))
    luck(JUST_UNDER_1)
    for _ in range(worker.sick_weeks):
        practitioner_stays_in_post(worker, p, 1)
    assert worker.sick_weeks == 0


def test_turnover_in_the_long_run_is_that_of_the_table(practitioner, parameters):
    """100 000 post-weeks, some 1 750 filled years: sd of the rate 0.009, so the bound of 0.04 errs once in 100 000."""
    p, left, filled = parameters(), 0, 0
    for post in range(20):
        worker = practitioner(key=key_of(1, POST, post, 0))
        for week in range(5000):
            filled += worker.vacant_weeks == 0
            practitioner_stays_in_post(worker, p, stream(worker.key, week))
            left += worker.vacant_weeks == 1
    assert left / (filled / 52) == pytest.approx(p.turnover, abs=0.04)
