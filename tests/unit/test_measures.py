"""What is counted: columns and their numbers, outcomes, identities that any run must keep, weights."""

import numpy as np
import pytest

from persim import measures, state
from persim.measures import COLUMN, FIELDS, FLOWS, N_FIELDS, N_STOCKS, STOCKS
from persim.outcomes import ALL_GROUPS, DIMENSIONS, OUTCOMES, group_labels, value_of
from persim.people import notional, real_broad, real_strict
from persim.phases.counting import LOWER_THIRD, NOTES_SIZE, UPPER_THIRD
from persim.simulate import run_scenario

# Heads of lists of columns, one a barrier or a stage: M_FIRST + barrier, and so on.
STAGES_OF_THE_WAY = [stage for stage in state.Stage if stage != state.Stage.OUTSIDE]
FAMILIES = {
    "M_STAGE": ("stage_", STAGES_OF_THE_WAY),
    "M_FIRST": ("first_", state.Barrier),
    "M_GATE": ("gate_", state.Barrier),
    "M_CLOSED_FIRST": ("closed_first_", state.Barrier),
    "M_CLOSED_ANY": ("closed_any_", state.Barrier),
    "M_LEFT_AT": ("left_at_", state.Stage),
}
# Columns that stay empty: gates that no opportunity can close, stages that nobody can leave.
GATES = range(state.B_NO_COORDINATOR, state.B_DECLINED)
EMPTY = {
    f"{way}_{barrier.name.lower()}"
    for way in ("closed_first", "closed_any")
    for barrier in state.Barrier
    if barrier not in GATES
}
EMPTY |= {"left_at_outside", "left_at_in_use"}
MAY_STAY_EMPTY = {"left_at_raised"}  # one week long


@pytest.fixture(scope="module")
def run(tiny):
    """3 300 people for 200 weeks, everybody of weight 1, all groups, begun without holders."""
    return run_scenario(
        tiny(n_users=3300, n_weeks=200, initial_budget_share=0.0, role_boundary=0.4), 2, "weekly", tuple(ALL_GROUPS)
    )


@pytest.fixture(scope="module")
def total(run):
    """Column -> its sum over the run, for everyone."""
    sums = run.counts[:, 0].sum(0)
    return {name: float(sums[number]) for name, number in COLUMN.items()}


def stock(run, name, week=-1):
    return run.counts[week, 0, COLUMN[name]]


# Columns


def test_columns_and_their_numbers_agree():
    numbers = {name[2:].lower(): value for name, value in vars(measures).items() if name.startswith("M_")}
    for head, (prefix, codes) in FAMILIES.items():
        base = numbers.pop(head[2:].lower())
        for code in codes:
            name = f"{prefix}{code.name.lower()}".replace("stage_at_panel", "stage_panel")
            assert numbers.setdefault(name, base + code) == base + code, name
    assert numbers == COLUMN


def test_every_column_has_one_name_and_stocks_come_first():
    assert len(set(FIELDS)) == len(FIELDS) == N_FIELDS
    assert FIELDS[:N_STOCKS] == STOCKS
    assert FIELDS[N_STOCKS:] == FLOWS


def test_every_column_is_written_but_those_that_must_stay_empty(run, tiny):
    from dataclasses import replace

    busy = tiny(
        n_users=3300,
        n_weeks=200,
        brokers=0.2,
        role_boundary=0.3,
        integrated_share=0.5,
        incident_at_crisis=0.3,
        default_offer=0.3,
        handoff_tried=1.0,
        initial_budget_share=0.05,
        training=0.5,
        delegated_sign_off=2000,
        contest=1.0,
        contest_won=0.9,
        panel_refuses=0.9,
    )
    written = sum(np.abs(r.counts[:, 0]).sum(0) for r in (run, run_scenario(replace(busy, enrich=0.6), 1)))
    empty = {FIELDS[number] for number in np.flatnonzero(written == 0)}
    assert empty - MAY_STAY_EMPTY == EMPTY


def test_a_persons_notes_fit_into_their_buffer():
    """The week in which most can happen: every gate closed at an opportunity, and a stage of the pathway besides."""
    assert NOTES_SIZE > 2 * (3 * state.N_BARRIERS + 40)


# Outcomes


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.name)
def test_an_outcome_uses_columns_that_exist_and_says_what_it_is(outcome):
    for name in (*outcome.top, *outcome.bottom):
        assert name.removesuffix("-") in COLUMN
    assert outcome.label
    assert outcome.meaning
    assert outcome.unit
    assert outcome.scale > 0.0


def test_outcomes_have_one_name_each():
    assert len({outcome.name for outcome in OUTCOMES}) == len(OUTCOMES)


def test_an_outcome_of_stocks_less_stocks_is_a_stock():
    kinds = {outcome.name: outcome.kind for outcome in OUTCOMES}
    assert kinds["reality_gap"] == kinds["never_had_opportunity"] == kinds["reported_take_up"] == "stock"
    assert kinds["offers"] == kinds["wait_weeks"] == "flow"


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.name)
def test_an_outcome_means_the_same_weekly_and_quarterly(outcome, run):
    """Stocks: that of the quarter's last week. Rates of flows: the mean over its weeks, by their base at its end."""
    weekly = run.counts[:195, :1]
    quarterly = weekly.reshape(15, 13, 1, N_FIELDS).sum(1)
    quarterly[..., :N_STOCKS] = weekly[12::13, :, :N_STOCKS]
    fine = value_of(outcome, weekly, np.arange(195), 1)
    coarse = value_of(outcome, quarterly, np.arange(15) * 13 + 12, 13)
    stock_over_flow = outcome.kind == "stock" and any(name.rstrip("-") not in STOCKS for name in outcome.bottom)
    if stock_over_flow:  # the last week's stock over the mean of the quarter's weeks
        np.testing.assert_allclose(coarse, fine[12::13], rtol=0.1)
    elif outcome.kind == "stock" or outcome.yearly:
        np.testing.assert_allclose(coarse, fine[12::13], 1e-9)
    elif outcome.bottom and all(name in STOCKS for name in outcome.bottom):
        mean = np.nanmean(np.nan_to_num(fine).reshape(15, 13), 1)
        known = ~np.isnan(coarse[:, 0]) & (mean > 0)
        np.testing.assert_allclose(coarse[known, 0], mean[known], rtol=0.6)


def test_shares_lie_between_nought_and_one(run):
    for outcome in OUTCOMES:
        if outcome.unit == "share" and outcome.name not in (
            "reality_gap",
            "passed_on_taken",
            "passed_on_bounced",
            "passed_on_lost",
            "refused",
            "sent_back",
            "set_up_failed",
            "starts_per_raised",
            "contested",
            "contest_won",
            "order_reaches_review",
            "disputes",
        ):
            values = run.series(outcome.name)
            values = values[~np.isnan(values)]
            assert ((values >= 0.0) & (values <= 1.0 + 1e-12)).all(), outcome.name


# Identities


def test_what_is_reported_holds_what_is_real_and_what_is_notional(run):
    counts = run.counts[:, 0]
    for part in ("notional", "relabelled", "real_broad"):
        assert (
            counts[:, COLUMN["reported_with_one_off"]] + counts[:, COLUMN["without_budget"]] >= counts[:, COLUMN[part]]
        ).all()
    assert (counts[:, COLUMN["reported"]] >= counts[:, COLUMN["notional"]]).all()
    assert (counts[:, COLUMN["reported_with_one_off"]] >= counts[:, COLUMN["reported"]]).all()
    assert (counts[:, COLUMN["real_broad"]] >= counts[:, COLUMN["real_strict"]]).all()
    assert (counts[:, COLUMN["eligible"]] >= counts[:, COLUMN["reported_with_one_off"]]).all()
    assert (counts[:, COLUMN["informed"]] >= counts[:, COLUMN["understands"]]).all()


def test_the_census_agrees_with_the_people_at_the_end(run):
    users = run.world.users
    here = (users["place"] == state.ON_CASELOAD) & (users["eligible"] == 1)
    lasting = here & (users["one_off"] == 0)
    assert stock(run, "eligible") == here.sum()
    assert stock(run, "real_broad") == (lasting & real_broad(users)).sum()
    assert stock(run, "real_strict") == (lasting & real_strict(users)).sum()
    # Who is on the way to a one-off payment may have a label; it counts until the payment is in use.
    one_off_in_use = (users["one_off"] == 1) & (users["pathway_stage"] == state.IN_USE)
    assert stock(run, "notional") == (here & ~one_off_in_use & notional(users)).sum()
    assert stock(run, "on_caseload") == (users["place"] == state.ON_CASELOAD).sum()
    for stage in state.Stage:
        if stage != state.Stage.OUTSIDE:
            name = f"stage_{stage.name.lower().replace('at_panel', 'panel')}"
            assert stock(run, name) == (here & (users["pathway_stage"] == stage)).sum(), name


def test_budgets_by_form_add_up_to_budgets_in_use(run):
    counts = run.counts[:, 0]
    forms = sum(counts[:, COLUMN[name]] for name in ("direct_payments", "third_party_budgets", "managed_budgets"))
    np.testing.assert_array_equal(forms, counts[:, COLUMN["stage_in_use"]])


def test_first_barriers_add_up_to_people_without_a_real_budget(run):
    counts = run.counts[:, 0]
    first = sum(counts[:, COLUMN[f"first_{barrier.name.lower()}"]] for barrier in state.Barrier)
    np.testing.assert_array_equal(first, counts[:, COLUMN["without_budget"]])
    for barrier in state.Barrier:
        if barrier not in (state.B_NO_OPPORTUNITY, state.B_NO_COORDINATOR):
            any_gate = counts[:, COLUMN[f"gate_{barrier.name.lower()}"]]
            assert (any_gate >= counts[:, COLUMN[f"first_{barrier.name.lower()}"]]).all(), barrier.name


def test_every_opportunity_brings_an_offer_or_a_first_gate(run):
    counts = run.counts[:, 0]
    closed = sum(counts[:, COLUMN[f"closed_first_{barrier.name.lower()}"]] for barrier in state.Barrier)
    np.testing.assert_array_equal(closed, counts[:, COLUMN["opportunities"]] - counts[:, COLUMN["offers"]])
    occasions = ("opportunities_review", "opportunities_asked", "opportunities_default", "opportunities_passed_on")
    np.testing.assert_array_equal(
        sum(counts[:, COLUMN[name]] for name in occasions), counts[:, COLUMN["opportunities"]]
    )
    for gate in GATES[1:]:
        name = state.Barrier(gate).name.lower()
        assert (counts[:, COLUMN[f"closed_any_{name}"]] >= counts[:, COLUMN[f"closed_first_{name}"]]).all(), name


def test_every_offer_is_accepted_or_declined(total):
    assert total["offers"] == total["accepted"] + total["declined"] > 50
    assert total["accepted"] == total["raised"]


def test_every_process_begun_starts_ends_or_goes_on(run, total):
    on_the_way = range(state.RAISED, state.IN_USE)
    left = sum(total[f"left_at_{state.Stage(stage).name.lower()}"] for stage in on_the_way)
    going_on = np.isin(run.world.users["pathway_stage"], on_the_way).sum()
    assert total["raised"] == total["started"] + left + going_on


def test_every_hand_off_is_taken_ends_or_waits(run, total):
    waiting = (run.world.users["pathway_stage"] == state.HANDED_ON).sum()
    assert total["passed_on"] == total["passed_on_taken"] + total["left_at_handed_on"] + waiting
    assert total["left_at_handed_on"] >= total["passed_on_lost"] + total["passed_on_bounced"]


def test_every_budget_started_ends_or_is_in_use_somewhere(run, total):
    """Begun without holders; people replaced by the row's next person take their budget with them."""
    in_use = (run.world.users["pathway_stage"] == state.IN_USE).sum()
    gone = total["started"] - total["ended"] - in_use
    assert 0 <= gone <= total["referred"]


def test_waits_count_every_end_of_a_stage_once(run, total):
    went_on, ended = run.world.waits[:, :, 1].sum(1), run.world.waits[:, :, 0].sum(1)
    for stage in range(state.RAISED, state.IN_USE):
        left = total[f"left_at_{state.Stage(stage).name.lower()}"]
        if stage == state.AT_PANEL:
            left += total["sent_back"] + total["contested"]
        assert ended[stage] == left, state.Stage(stage).name
    assert went_on[state.ASSESSMENT] == total["assessments"]
    assert went_on[state.PLAN] == total["plans"]
    assert went_on[state.CONTESTED] == total["contest_won"]
    assert went_on[state.SET_UP] == total["started"]
    assert ended[state.IN_USE] == total["ended"]


def test_hours_of_the_week_are_sensible(run):
    """Direct hours and overtime hold all contacts, reviews, talk and forms, but for a little given away twice."""
    p = run.scenario.parameters
    direct = p["contract_hours"] * p["direct_share"]
    spent = sum(
        run.series(f"hours_{name}") for name in ("crisis", "detained", "cto", "unsettled", "routine", "reviews", "talk")
    )
    spent += run.series("hours_amhp")
    assert (spent > 0.4 * direct).all()
    assert (spent < direct * (1.0 + p["overtime_share"]) + 1.0).all()
    assert (run.series("overtime") <= direct * p["overtime_share"] + 1e-9).all()
    assert (run.series("displaced") >= 0.0).all()


def test_money_is_paid_by_somebody(run, total):
    assert min(total[f"spend_{who}"] for who in ("council", "nhs", "person", "packages")) > 0
    assert total["spend_council"] > total["spend_person"] + total["spend_nhs"]


@pytest.mark.parametrize("dimension", [*DIMENSIONS, "locality"])
def test_groups_add_up_to_everyone(dimension, run):
    """People's columns only: posts are counted by locality and profession alone."""
    groups = [number for number, (name, _) in enumerate(group_labels(3, tuple(ALL_GROUPS))) if name == dimension]
    columns = [COLUMN[name] for name in ("eligible", "reported", "real_broad", "opportunities", "crises", "informed")]
    everyone = run.counts[:, 0][:, columns]
    np.testing.assert_array_equal(run.counts[:, groups][:, :, columns].sum(1), everyone)


# Weights


def test_thirds_of_actual_risk_are_thirds():
    from scipy import stats

    np.testing.assert_allclose(stats.beta(2, 3).cdf([LOWER_THIRD, UPPER_THIRD]), [1 / 3, 2 / 3], atol=1e-3)


@pytest.fixture(scope="module")
def natural_and_enriched(tiny):
    """Six seeds of 6 600 people for 160 weeks, with the natural share of people prone to detention and a larger one."""
    scenarios = [tiny(n_users=6600, n_weeks=160), tiny(n_users=6600, n_weeks=160, enrich=0.4)]
    return [[run_scenario(scenario, seed, "quarterly") for seed in range(6)] for scenario in scenarios]


@pytest.mark.parametrize("name", ["cto_share", "detained_share", "crises", "admissions", "real_take_up", "informed"])
def test_weights_lead_back_from_an_enriched_run_to_the_natural_one(name, natural_and_enriched):
    """Bound: 5 standard errors of six seeds each way, which errs once in 2 000 if both are the same. Fixed seeds."""
    natural, enriched = (np.array([run.series(name)[-1] for run in runs]) for runs in natural_and_enriched)
    error = np.sqrt(natural.var(ddof=1) / 6 + enriched.var(ddof=1) / 6)
    assert abs(natural.mean() - enriched.mean()) < 5.0 * error


# Columns that count posts, places or people one by one, and never add a weight.
WITHOUT_WEIGHT = {"n_people", "n_eligible", "localities", "localities_on_target", "council_rate", "cost_levers"}


def test_every_count_of_people_adds_their_weight(natural_and_enriched):
    """Every column with 60 events or more, per person-week on the caseload; 6.5 errors, so 1 in 15 000 for each of 150."""
    per_person = []
    for runs in natural_and_enriched:
        sums = np.array([run.counts[:, 0].sum(0) for run in runs])
        per_person.append(sums / sums[:, [COLUMN["on_caseload"]]])
    posts = {name for name in FIELDS if name.startswith(("posts", "hours", "overtime", "displaced", "time_gate"))}
    attitudes = {"worry_person", "worry_self", "legitimacy", "knowledge", "medical_orientation", "alarm"}
    natural, enriched = per_person
    error = np.sqrt(natural.var(0, ddof=1) / 6 + enriched.var(0, ddof=1) / 6)
    enough = np.array([run.counts[:, 0].sum(0) for run in natural_and_enriched[0]]).sum(0) > 60
    off = np.abs(natural.mean(0) - enriched.mean(0)) > 6.5 * error
    wrong = {FIELDS[number] for number in np.flatnonzero(off & enough)}
    assert wrong - WITHOUT_WEIGHT - posts - attitudes == set()


def test_without_weights_an_enriched_run_would_look_different(natural_and_enriched):
    shares = []
    for runs in natural_and_enriched:
        shares.append(np.mean([(run.world.users["legal_status"] == state.CTO).mean() for run in runs]))
    assert shares[1] > 1.5 * shares[0]


def test_enriching_makes_rare_groups_less_rare(tiny):
    plain = run_scenario(tiny(n_users=1650, n_weeks=160), 1)
    enriched = run_scenario(tiny(n_users=1650, n_weeks=160, enrich=0.6), 1)
    on_order = [(r.world.users["legal_status"] == state.CTO).sum() for r in (plain, enriched)]
    assert on_order[1] > 2 * on_order[0]
    assert enriched.world.users["weight"].mean() == pytest.approx(1.0, abs=0.05)
