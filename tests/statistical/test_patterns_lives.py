"""What it means for people: patterns P6, P7, P8, P13, P14 and P15.

Unless a test says otherwise: 20 seeds, 3 000 people, 260 weeks, 99 % intervals. A part with one bound is passed by a
world without the effect in at most 1 of 200 sets of seeds. The false alarm that each test states is the chance that the
model as it is would fail with other seeds, from the spread between seeds.
"""

import numpy as np
import pytest
from pattern_runs import QUARTER, WHOLE, Arm, Interval, Notes, Verdict, arm, interval, mean_where

from persim.measures import COLUMN
from persim.parameters import defaults
from persim.people import notional, real_strict
from persim.phases.counting import LOWER_THIRD, UPPER_THIRD
from persim.rules.compulsion import user_goes_on_order
from persim.state import CTO, IN_USE, STABLE, UNSETTLED, VOLUNTARY, World

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

# P6

FROM_APRIL_2010 = slice(104, 260)
YEAR_OF_RIGHTS = slice(195, 247)  # 2012, when the arms of the scenario differ
LIFTED = ("order_informed", "rights_informed", "involvement_making")


def review_involves_more_than_making(orders: Arm) -> Verdict:
    """P6: involvement at review above that at making in the same people; benefit felt by many, not all; control low."""
    control = {
        who: orders.rate("control_felt", "eligible", FROM_APRIL_2010, group)
        for who, group in (("order", "CTO"), ("none", "voluntary"))
    }
    return Verdict(
        gain=interval(orders.rate("paired_involvement_gain", "paired_reviews", FROM_APRIL_2010)).above(0.1),
        felt_benefit=interval(orders.rate("benefit_felt", "benefit_asked", FROM_APRIL_2010)).within(0.25, 0.75),
        control_low=interval(control["order"] - control["none"]).below(-0.03),
    )


def usual_orders(**more) -> Arm:
    return arm("cto_rights/usual", dimensions=("legal_status",), **more)


def test_p6_people_take_more_part_in_the_review_of_an_order_than_in_its_making():
    """P6: same people, making and first review: a gain of more than 0.1; many feel a benefit, while control stays low.

    Basis: S1; PAT11, PAT12, PAT14. n: 20 seeds of 3 000 people, those prone to detention drawn more often and weighted.
    False alarm: below 1 in 10 000.
    """
    verdict = review_involves_more_than_making(usual_orders())
    assert verdict.holds, verdict


def test_p6_fails_when_a_review_is_as_the_making_and_nobody_is_asked_to_look_back():
    verdict = review_involves_more_than_making(usual_orders(involvement_review=0.15, felt_benefit=0.0))
    assert verdict.fails_in("gain", "felt_benefit"), verdict


def test_p6_fails_when_an_order_leaves_control_as_it_is():
    verdict = review_involves_more_than_making(usual_orders(control_cto=1.0, control_condition=0.0))
    assert verdict.fails_in("control_low"), verdict


def rights_practice_lifts_making(lifts: dict[str, np.ndarray]) -> Verdict:
    """P6: with rights practice more people understand order and rights, and take more part, by 0.1 at the least."""
    return Verdict(**{name: interval(values).above(0.1) for name, values in lifts.items()})


def test_p6_rights_practice_lifts_the_making_of_an_order():
    """P6: rights practice in 2012 against usual practice, at the making of orders.

    Basis: S1; PAT13. n: 20 seeds of 3 000 people, about thirty orders in each. False alarm: below 1 in 10 000.
    """
    usual, practised = (arm(f"cto_rights/{name}") for name in ("usual", "all"))
    lifts = {
        name: practised.rate(name, "orders_made", YEAR_OF_RIGHTS) - usual.rate(name, "orders_made", YEAR_OF_RIGHTS)
        for name in LIFTED
    }
    verdict = rights_practice_lifts_making(lifts)
    assert verdict.holds, verdict


def user_goes_on_order_as_usual(user, amhp, org, p, s):
    """A broken rule: rights practice is announced and changes nothing."""
    announced = {name: value for name, value in vars(p).items() if name.startswith("rights_")}
    vars(p).update(dict.fromkeys(announced, 0.0) | {"rights_informed_making": p.rights_informed_making})
    user_goes_on_order(user, amhp, org, p, s)
    vars(p).update(announced)


@pytest.mark.parametrize(("rule", "holds"), [(user_goes_on_order, True), (user_goes_on_order_as_usual, False)])
def test_p6_fails_when_rights_practice_changes_nothing(rule, holds, person, practitioner, locality, parameters):
    """The same check on the rule alone, uncompiled, whole and broken: 400 people in two worlds with the same luck."""
    worlds = [parameters(), parameters(rights_information=1, rights_meeting=1, rights_advocate=1, rights_relative=1)]
    made = np.zeros((2, 400, 3))
    for number, p in enumerate(worlds):
        for key in range(400):
            user = person(key=key, legal_status=VOLUNTARY)
            rule(user, practitioner(medical_orientation=0.5), locality(p), p, 1000 + key)
            made[number, key] = user.order_informed, user.rights_informed, user.cto_involvement_making
    lifts = dict(zip(LIFTED, (made[1] - made[0]).T, strict=True))
    verdict = rights_practice_lifts_making(lifts)
    assert verdict.holds == holds, verdict


# P7

END = 260
HALF_A_YEAR = 26


def note_people_at_the_end(world: World, week: int, notes: Notes) -> None:
    """The last state of everyone."""
    if week == END:
        notes["users"] = world.users.copy()


def a_label_feels_like_control(world: World, week: int, notes: Notes) -> None:
    """A broken rule: being counted raises felt control, whatever stands behind it."""
    users = world.users
    named = (users["counted"] == 1) & (users["pathway_stage"] != IN_USE)
    users["control_felt"][named] += 0.03 * (0.6 - users["control_felt"][named])
    note_people_at_the_end(world, week, notes)


def truths_make_the_difference(world: Arm, without: Arm) -> Verdict:
    """P7: people with three truths have more control and quality of life than in a twin world without budgets.

    Relabelled services, and budgets in use with none of the truths, make no difference. The twin is the same person
    with the same health and luck: the most comparable non-holder there is.
    """
    gains: dict[str, list[float]] = {}
    for one, other in zip(world.notes, without.notes, strict=True):
        users, twins = one["users"], other["users"]
        same = (users["key"] == twins["key"]) & (users["place"] == 0) & (users["eligible"] == 1)
        hollow = notional(users)
        groups = {
            "real": real_strict(users) & (users["weeks_in_stage"] >= HALF_A_YEAR),
            "relabelled": hollow & (users["pathway_stage"] != IN_USE),
            "hollow_in_use": hollow & (users["pathway_stage"] == IN_USE),
        }
        for group, chosen in groups.items():
            for field, short in (("control_felt", "control"), ("quality_of_life", "quality")):
                gain = mean_where(users[field] - twins[field], same & chosen, users["weight"])
                gains.setdefault(f"{group}_{short}", []).append(gain)
    found = {name: interval(values) for name, values in gains.items()}
    return Verdict(
        real_control=found["real_control"].above(0.05),
        real_quality=found["real_quality"].above(0.02),
        **{name: found[name].within(-0.01, 0.01) for name in found if not name.startswith("real")},
    )


def with_and_without_budgets(watch=note_people_at_the_end, **more) -> list[Arm]:
    """A world and its twin in which no budget starts and no service is relabelled."""
    none = {"panel_places": 0.0, "delegated_sign_off": 0.0, "initial_budget_share": 0.0, "relabel_rate": 0.0}
    return [arm("baseline", watch=watch, **more), arm("baseline", watch=note_people_at_the_end, **(more | none))]


def test_p7_budgets_with_the_three_truths_raise_control_and_quality_of_life_and_labels_do_not():
    """P7: after half a year with all three truths over 0.05 of control and 0.02 of quality more; labels under 0.01.

    Basis: S4, S5; PAT19. n: 20 seeds of 3 000 people; about 18 real holders, 90 relabelled and 4 hollow in each.
    False alarm: below 1 in 10 000.
    """
    verdict = truths_make_the_difference(*with_and_without_budgets())
    assert verdict.holds, verdict


def test_p7_fails_when_a_budget_brings_nothing():
    nothing = {"control_direct_payment": 0.0, "control_third_party": 0.0, "control_managed": 0.0, "contact_budget": 0.0}
    verdict = truths_make_the_difference(*with_and_without_budgets(**nothing))
    assert verdict.fails_in("real_control", "real_quality"), verdict


def test_p7_fails_when_a_label_feels_like_control():
    verdict = truths_make_the_difference(*with_and_without_budgets(a_label_feels_like_control))
    assert verdict.fails_in("relabelled_control"), verdict


# P8

END_OF_FIRST, END_OF_SECOND, END_OF_THIRD = slice(78, 91), slice(130, 143), slice(182, 195)
AT_THE_END = slice(247, 260)
FIELDS = ("informed", "involved", "real_broad")


def gain_over(arm_: Arm, without: Arm, field: str, weeks: slice) -> np.ndarray:
    return arm_.rate(field, "eligible", weeks) - without.rate(field, "eligible", weeks)


def information_and_involvement_come_first(usual: Arm, research: Arm) -> Verdict:
    """P8, the order: both rise in the first spiral, before take-up; after the second more of their gain is there."""
    early = {field: gain_over(research, usual, field, END_OF_FIRST) for field in FIELDS}
    after_second = {field: gain_over(research, usual, field, END_OF_SECOND) for field in FIELDS}
    at_the_end = {field: gain_over(research, usual, field, AT_THE_END).mean() for field in FIELDS}

    def ahead_of_take_up(field: str) -> Interval:
        share = after_second[field] / at_the_end[field] - after_second["real_broad"] / at_the_end["real_broad"]
        return interval(share)

    return Verdict(
        informed_early=interval(early["informed"]).above(0.005),
        involved_early=interval(early["involved"]).above(0.005),
        take_up_not_yet=interval(early["real_broad"]).within(-0.005, 0.005),
        informed_ahead=ahead_of_take_up("informed").above(0),
        involved_ahead=ahead_of_take_up("involved").above(0),
    )


def partnership_adds(usual: Arm, staff: Arm, together: Arm, usual_shared: Arm, shared: Arm) -> Verdict:
    """P8, the size: more than staff alone with co-researchers, and more again where power distance is low."""
    parts = {}
    for field, margin in (("informed", 0.005), ("involved", 0.02)):
        alone, joined = (gain_over(one, usual, field, END_OF_THIRD) for one in (staff, together))
        levelled = gain_over(shared, usual_shared, field, END_OF_THIRD)
        parts[f"{field}_more_with_co_researchers"] = interval(joined - alone).above(margin)
        parts[f"{field}_more_with_shared_power"] = interval(levelled - joined).above(margin / 2)
    return Verdict(**parts)


def research_arms(**more) -> list[Arm]:
    """No research, staff alone, co-researchers; then no research and co-researchers where power distance is low."""
    name = "rural_action_research/"
    low = {"power_distance": 0.3} | more
    high = [arm(name + one, **more) for one in ("usual", "staff_only", "co_researchers")]
    return [*high, arm(name + "usual", **low), arm(name + "co_researchers", **low)]


def test_p8_spirals_raise_information_and_involvement_before_take_up():
    """P8: by the end of the first spiral more people are informed and involved, and take-up has hardly moved.

    Basis: S5; the order is a hypothesis of the model. n: 20 seeds of 3 000 people. False alarm: below 1 in 1 000.
    """
    usual, _, together, _, _ = research_arms()
    verdict = information_and_involvement_come_first(usual, together)
    assert verdict.holds, verdict


def test_p8_spirals_do_more_with_co_researchers_and_low_power_distance():
    """P8: after three spirals: staff alone, with co-researchers, and with them where power distance is halved.

    Basis: S5. n: 20 seeds of 3 000 people. False alarm: below 1 in 1 000.
    """
    verdict = partnership_adds(*research_arms())
    assert verdict.holds, verdict


def test_p8_fails_when_spirals_lift_no_barrier():
    usual, _, together, _, _ = arms = research_arms(spiral_strength=0.0)
    order, size = information_and_involvement_come_first(usual, together), partnership_adds(*arms)
    assert order.fails_in("involved_early", "involved_ahead"), order
    assert size.fails_in("involved_more_with_co_researchers", "involved_more_with_shared_power"), size


def test_p8_fails_where_power_distance_makes_co_research_a_token():
    verdict = partnership_adds(*research_arms(power_distance=1.0))
    assert verdict.fails_in("informed_more_with_co_researchers", "involved_more_with_co_researchers"), verdict


# P13


def involvement_alone_changes_no_control(usual: Arm, promoted: Arm) -> Verdict:
    """P13: promoted without budgets, involvement rises and control stays, to the last bit."""

    def change(field: str) -> Interval:
        return interval(promoted.rate(field, "eligible", WHOLE) - usual.rate(field, "eligible", WHOLE))

    return Verdict(involved=change("involved").above(0.1), control=change("control_felt").within(-1e-12, 1e-12))


def part_taken_feels_like_control(world: World, week: int, notes: Notes) -> None:
    """A broken rule: a review planned with the person raises felt control."""
    users = world.users
    users["control_felt"] += 0.01 * users["planned_with"] * (1.0 - users["control_felt"])


def test_p13_involvement_promoted_without_budgets_leaves_control_unchanged():
    """P13: one more in ten is involved, control is the same. Basis: S3; PAT26.

    n: 20 seeds of 3 000 people. False alarm: below 1 in 10 000; on control none, it is exact.
    """
    verdict = involvement_alone_changes_no_control(arm("baseline"), arm("baseline", involvement_drive=1.0))
    assert verdict.holds, verdict


def test_p13_fails_when_taking_part_raises_control():
    worlds = [arm("baseline", involvement_drive=x, watch=part_taken_feels_like_control) for x in (0.0, 1.0)]
    verdict = involvement_alone_changes_no_control(*worlds)
    assert verdict.fails_in("control"), verdict


# P14

SETTLED_WEEKS = 12
THRESHOLD = defaults()["eligible_at"]
N_CELLS = 60  # thirds of actual by tenths of perceived risk, long stable or not


def risk_cells(users: np.ndarray) -> np.ndarray:
    """The cell of each person: people in one cell are similar."""
    actual = np.digitize(users["vulnerability"], [LOWER_THIRD, UPPER_THIRD])
    perceived = np.minimum(9, 10 * users["perceived_risk"]).astype(int)
    settled = (users["mental_state"] == STABLE) & (users["weeks_in_state"] >= SETTLED_WEEKS)
    return (actual * 10 + perceived) * 2 + settled


def note_people_on_orders_and_like_them(world: World, week: int, notes: Notes) -> None:
    """Each quarter from April 2010, by voluntary or on a CTO and by cell: people, eligible, control, offers to come."""
    if week < FROM_APRIL_2010.start or week % QUARTER:
        return
    users = world.users
    if "base" not in notes:
        notes |= {
            name: np.zeros((2, N_CELLS)) for name in ("people", "entitled", "eligible", "control", "open", "offers")
        }
    else:
        stayed = notes["base"] & (notes["key"] == users["key"])
        place = notes["order"][stayed], notes["cell"][stayed]
        weight = users["weight"][stayed]
        np.add.at(notes["open"], place, weight)
        np.add.at(notes["offers"], place, weight * (users["n_offers"] - notes["before"])[stayed])
    order, cell, weight = (users["legal_status"] == CTO).astype(int), risk_cells(users), users["weight"]
    compared = np.isin(users["legal_status"], (VOLUNTARY, CTO)) & np.isin(users["mental_state"], (STABLE, UNSETTLED))
    here = compared & (users["place"] == 0)
    entitled = here & (users["eligible"] == 1)
    np.add.at(notes["people"], (order[here], cell[here]), weight[here])
    np.add.at(notes["entitled"], (order[here], cell[here]), (weight * users["eligible"])[here])
    np.add.at(notes["eligible"], (order[entitled], cell[entitled]), weight[entitled])
    np.add.at(notes["control"], (order[entitled], cell[entitled]), (weight * users["control_felt"])[entitled])
    base = entitled & (users["pathway_stage"] == 0)
    notes |= {
        "base": base,
        "order": order,
        "cell": cell,
        "key": users["key"].copy(),
        "before": users["n_offers"].copy(),
    }


def orders_less_others(world: Arm, top: str, bottom: str) -> Interval:
    """People on CTOs less voluntary people of the same cells, each cell weighted by the people on CTOs in it."""
    differences = []
    for notes in world.notes:
        tops, bottoms = notes[top], notes[bottom]
        both = (bottoms[0] > 0) & (bottoms[1] > 0)
        rates = tops[:, both] / bottoms[:, both]
        differences.append(np.average(rates[1] - rates[0], weights=bottoms[1, both]) if both.any() else np.nan)
    return interval(differences)


def entitled_but_not_offered(world: Arm) -> Verdict:
    """P14: on a CTO more are entitled, fewer are offered a budget, and control is lower, than among similar others."""
    return Verdict(
        entitled=orders_less_others(world, "entitled", "people").above(0.2),
        offers=orders_less_others(world, "offers", "open").below(-0.001),
        control=orders_less_others(world, "control", "eligible").below(-0.03),
    )


def people_on_orders(**more) -> Arm:
    return arm("cto_rights/usual", seeds=40, watch=note_people_on_orders_and_like_them, **more)


def test_p14_on_an_order_entitlement_is_wider_and_offers_and_control_are_lower():
    """P14, the paradox: against voluntary people of the same actual and perceived risk and the same stability.

    Basis: S1; PAT11. n: 40 seeds of 3 000 people, those prone to detention drawn more often and weighted; about 30
    eligible people on a CTO at a time in each. False alarm: below 1 in 100.
    """
    verdict = entitled_but_not_offered(people_on_orders())
    assert verdict.holds, verdict


def test_p14_fails_when_an_order_bars_nothing_and_leaves_control():
    free = {"legal_bar_cto": 0.0, "ask_on_cto": 1.0, "control_cto": 1.0, "control_condition": 0.0}
    verdict = entitled_but_not_offered(people_on_orders(**free))
    assert verdict.fails_in("offers", "control"), verdict


def no_duty_of_aftercare(world: World, week: int, notes: Notes) -> None:
    """A broken rule: an order entitles to nothing; the social need of its bearer must meet the threshold as others' must."""
    users = world.users
    on_order = users["legal_status"] == CTO
    users["s117"][on_order] = 0
    users["eligible"][on_order] = users["social_need"][on_order] >= THRESHOLD
    note_people_on_orders_and_like_them(world, week, notes)


def test_p14_fails_when_an_order_entitles_to_nothing():
    verdict = entitled_but_not_offered(arm("cto_rights/usual", seeds=40, watch=no_duty_of_aftercare))
    assert verdict.fails_in("entitled"), verdict


# P15

HEALTH = ("crises", "admissions", "crisis_weeks", "hospital_weeks", "on_caseload")
POLICIES = {
    "without_orders": ("baseline", {"ctos_exist": 0.0}),
    "without_budgets": ("baseline", {"panel_places": 0.0, "delegated_sign_off": 0.0, "initial_budget_share": 0.0}),
    "gold_standard": ("gold_standard", {}),
}


def health_is_the_same(one: Arm, other: Arm) -> bool:
    """P15: crises, admissions, weeks in crisis and in hospital agree in every quarter of every seed, exactly."""
    columns = [COLUMN[name] for name in HEALTH]
    return bool(np.array_equal(one.counts[:, :, 0, columns], other.counts[:, :, 0, columns]))


@pytest.mark.parametrize("policy", POLICIES)
def test_p15_crises_and_admissions_do_not_depend_on_orders_or_budgets(policy):
    """P15: exactly the same crises and admissions with and without CTOs, with and without budgets. Basis: PAT20, PAT30.

    n: 20 seeds of 3 000 people. False alarm: none, it is exact.
    """
    name, numbers = POLICIES[policy]
    assert health_is_the_same(arm("baseline"), arm(name, **numbers))


@pytest.mark.parametrize("policy", POLICIES)
def test_p15_fails_when_felt_control_protects(policy):
    name, numbers = POLICIES[policy]
    protects = {"control_protects": 0.5}
    assert not health_is_the_same(arm("baseline", **protects), arm(name, **(numbers | protects)))
