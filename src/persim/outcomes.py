"""What is observed: every outcome with its unit, meaning, base and caveat, made from the counts of `persim.measures`.

An outcome is a count, or a rate of two counts. Rates on the published base say so: take-up is a share of people eligible
for council-funded social care who are on the caseload, on one day or during the year.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from persim.measures import COLUMN, STOCKS
from persim.phases.counting import (
    CARER_GROUP,
    DIAGNOSIS_GROUP,
    N_DIMENSIONS,
    N_PROFESSIONS,
    N_STATUSES,
    N_THIRDS,
    POST_GROUP,
    RISK_GROUP,
    STATUS_GROUP,
)
from persim.state import Barrier, Carer, Stage

Kind = Literal["stock", "flow"]
YEAR_WEEKS = 52


@dataclass(frozen=True, slots=True)
class Outcome:
    """One observed quantity: the sum of `top` counts, over the sum of `bottom` counts if there are any.

    `scale` turns the ratio into its unit (52 for a yearly rate of a weekly flow over a stock). `yearly` sums both counts
    since the start of the financial year (week 0, 52, ...), for figures published "during the year".
    """

    name: str
    label: str
    unit: str
    meaning: str
    top: tuple[str, ...]
    bottom: tuple[str, ...] = ()
    scale: float = 1.0
    yearly: bool = False
    caveat: str = ""

    @property
    def kind(self) -> Kind:
        """A stock of the period's last week, or a flow over the period."""
        return "stock" if all(name.rstrip("-") in STOCKS for name in self.top) else "flow"


def _rate(
    name: str, label: str, meaning: str, top: str, bottom: str = "eligible", unit: str = "share", **more
) -> Outcome:
    return Outcome(name, label, unit, meaning, tuple(top.split()), tuple(bottom.split()), **more)


def _count(name: str, label: str, meaning: str, top: str, unit: str = "people", **more) -> Outcome:
    return Outcome(name, label, unit, meaning, tuple(top.split()), **more)


_REAL = "Reported and real differ by counting rules and preference too; the size of the gap is an assumption."
_FIRST = "The first gate that closed only; the order of gates decides. Read beside every gate that would have closed."
_COST = "Council staff view only; unstable near zero gain. Leadership, a leaner process, pooled money, default offers, plain language and a broader market cost nothing here."
_INDEX = "An index of this model, not a QALY or ASCOT score."
_HARM = "Incidents are as frequent with as without a budget by construction; what differs is what they are put down to."
_BENEFIT = "An appraisal of those still under review; the model gives orders no effect on relapse."
_RISK = "Set by the modeller; no service can see it."

_TAKE_UP = [
    _rate("reported_take_up", "Reported take-up", "Counted by the council, one day, one-off budgets left out", "reported", caveat=_REAL),
    _rate("real_take_up", "Real take-up", "In use, plan agreed, and sum known or free to vary (broad)", "real_broad", caveat=_REAL),
    _rate("real_take_up_strict", "Real take-up (strict)", "In use with all three truths: sum known, plan agreed, free to vary", "real_strict", caveat=_REAL),
    _rate("notional_take_up", "Notional", "Counted with none of the three truths", "notional", caveat=_REAL),
    _rate("relabelled_take_up", "Relabelled services", "Existing services counted as budgets", "relabelled", caveat=_REAL),
    _rate("reported_with_one_off", "Reported, one-off included", "Counted by the council, one-off budgets included", "reported_with_one_off"),
    _rate("reported_during_year", "Reported during the year", "Counted at any time since April, of all eligible at any time since April", "first_counted_in_year", "first_eligible_in_year", yearly=True, caveat=_REAL),
    _rate("real_during_year", "Real during the year", "Real (broad) at any time since April, likewise", "first_real_in_year", "first_eligible_in_year", yearly=True, caveat=_REAL),
    _rate("real_strict_during_year", "Real (strict) during the year", "All three truths at any time since April, likewise", "first_strict_in_year", "first_eligible_in_year", yearly=True, caveat=_REAL),
    _rate("notional_during_year", "Notional during the year", "Notional at any time since April, likewise", "first_notional_in_year", "first_eligible_in_year", yearly=True, caveat=_REAL),
    _count("people_reported_during_year", "People reported during the year", "Counted at any time since April", "first_counted_in_year", yearly=True, caveat=_REAL),
    _count("people_real_during_year", "People with a real budget during the year", "Real (broad) at any time since April", "first_real_in_year", yearly=True, caveat=_REAL),
    _rate("council_rate", "The council's own rate", "Share of all the council's clients with a budget, mean of localities. For all, and by locality", "council_rate", "localities"),
    _rate("localities_on_target", "Localities on target", "Share of localities whose council meets the target in force; 0 without a target. For all, and by locality", "localities_on_target", "localities"),
    _rate("reality_gap", "Reality gap", "Reported less real take-up", "reported real_broad-", caveat=_REAL),
    _rate("direct_payment_take_up", "Direct payments", "Budget in use as a direct payment", "direct_payments"),
    _rate("third_party_take_up", "Third-party budgets", "Budget in use held by a third party", "third_party_budgets"),
    _rate("managed_take_up", "Council-managed budgets", "Budget in use managed by the council", "managed_budgets"),
    _rate("direct_payment_share", "Direct payments among reported", "Direct payments as a share of what is reported", "direct_payments_reported", "reported_with_one_off"),
    _count("eligible_people", "Eligible people", "On the caseload and eligible for council-funded social care", "eligible"),
    _count("people_with_real_budget", "People with a real budget", "Count of real (broad)", "real_broad", caveat=_REAL),
    _count("people_reported", "People reported", "Count of reported", "reported", caveat=_REAL),
    _count("caseload", "People on the caseload", "All people on the caseload, eligible or not", "on_caseload"),
]  # fmt: skip

_WAY = [
    _rate("opportunities", "Opportunities", "Occasions to speak of budgets, a year per eligible person", "opportunities", unit="per person-year", scale=YEAR_WEEKS),
    _rate("offers", "Offers", "Offers made, a year per eligible person", "offers", unit="per person-year", scale=YEAR_WEEKS),
    _rate("offers_per_opportunity", "Offers per opportunity", "Share of opportunities that bring an offer", "offers", "opportunities"),
    _rate("acceptance", "Acceptance", "Share of offers accepted; declining is a choice", "accepted", "offers", caveat="Declining is a choice, not a barrier."),
    _rate("starts", "Starts", "Budgets that came into use, a year per eligible person", "started", unit="per person-year", scale=YEAR_WEEKS),
    _rate("starts_per_raised", "Starts per process begun", "Budgets that came into use per process begun", "started", "raised"),
    _rate("opportunities_on_request", "Opportunities on request", "Share of opportunities that the person asked for", "opportunities_asked", "opportunities"),
    _rate("opportunities_at_review", "Opportunities at reviews", "Share of opportunities that a care review brought", "opportunities_review", "opportunities"),
    _rate("opportunities_by_default", "Opportunities by default", "Share of opportunities that a default offer brought", "opportunities_default", "opportunities"),
    _rate("opportunities_passed_on", "Opportunities after a hand-off", "Share of opportunities with somebody else", "opportunities_passed_on", "opportunities"),
    _rate("declined", "Declined", "Share of offers declined; a choice, not a barrier", "declined", "offers", caveat="Declining is a choice, not a barrier."),
    _rate("carer_wishes", "Carers who wish for it", "Share of carers, at offers; asked apart from the person", "carer_wishes", "offers_with_carer"),
    _rate("ended", "Budgets ended", "A year per eligible person", "ended", unit="per person-year", scale=YEAR_WEEKS),
    _rate("reviews_slipped", "Reviews slipped", "Weeks in which a due review slipped, per review held", "reviews_slipped", "reviews_held", unit="weeks"),
    _rate("never_had_opportunity", "Never had an opportunity", "Eligible people with whom budgets were never spoken of", "eligible had_opportunity-"),
    _rate("wait_weeks", "Wait from raised to in use", "Mean weeks of those who started in the period", "weeks_to_start", "started", unit="weeks", caveat="Of those who started; people still waiting are in the waits table."),
    _rate("in_process", "In the process", "Between hand-off and set-up", "stage_handed_on stage_raised stage_assessment stage_indicative stage_plan stage_funding stage_panel stage_contested stage_set_up"),
    _rate("left_process", "Left the process", "People who left the process, a year per eligible person", "left_process", unit="per person-year", scale=YEAR_WEEKS),
    _rate("refused", "Refused by panel", "Refusals per process begun", "refused", "raised"),
    _rate("sent_back", "Plans sent back", "Plans that a panel sent back, per process begun", "sent_back", "raised"),
    _rate("contested", "Refusals contested", "Share of refusals", "contested", "refused"),
    _rate("contest_won", "Contests won", "Share of contested refusals", "contest_won", "contested"),
    _rate("set_up_failed", "No support found", "Set-ups that found nothing to buy, per process begun", "set_up_failed", "raised"),
    _rate("disputes", "Funding disputes", "Disputes per plan", "disputes", "plans"),
    _rate("dispute_weeks", "Weeks in dispute", "Weeks per dispute", "disputed_weeks", "disputes", unit="weeks"),
    _rate("passed_on", "Hand-offs", "Hand-offs, a year per eligible person", "passed_on", unit="per person-year", scale=YEAR_WEEKS),
    _rate("passed_on_taken", "Hand-offs taken up", "Share of hand-offs that ended in the period", "passed_on_taken", "passed_on_taken passed_on_bounced passed_on_lost"),
    _rate("passed_on_bounced", "Hand-offs bounced", "Share of hand-offs that ended in the period", "passed_on_bounced", "passed_on_taken passed_on_bounced passed_on_lost"),
    _rate("passed_on_lost", "Hand-offs lost", "Share of hand-offs that ended in the period", "passed_on_lost", "passed_on_taken passed_on_bounced passed_on_lost"),
    _rate("assessment_without_person", "Assessments without the person", "Share of assessments made without the person", "assessments_without_person", "assessments"),
    _rate("budget_review_without_person", "Budget reviews without the person", "Share of budget reviews held without the person", "budget_reviews_without_person", "budget_reviews"),
    _rate("plan_without_person", "Plans without the person", "Share of support plans written without the person", "plans_without_person", "plans"),
    _rate("plan_involvement", "Involvement in plans", "Mean involvement at the plan, 0-1", "plan_involvement", "plans", unit="0-1"),
    _rate("involved_in_care", "Planned with the person", "Last care review planned with the person", "involved"),
    _rate("support_without_budget", "Personalised support without a budget", "Planned with the person, choice recorded, no real budget", "support_without_budget"),
    _rate("informed", "Informed", "Know of budgets", "informed"),
    _rate("understands", "Understand budgets", "Understand how a budget works", "understands"),
    _rate("asked", "Asked", "Requests, a year per eligible person", "asked", unit="per person-year", scale=YEAR_WEEKS),
]  # fmt: skip

_LIVES = [
    _rate("control_felt", "Felt choice and control", "Mean felt control of eligible people", "control_felt", unit="0-1", caveat=_INDEX),
    _rate("control_recorded", "Recorded control", "Control as forms record it", "control_recorded", unit="0-1", caveat=_INDEX),
    _rate("quality_of_life", "Quality of life", "Mean quality of life of eligible people", "quality_of_life", unit="0-1", caveat=_INDEX),
    _rate("social_contact", "Social contact", "Mean social contact of eligible people", "social_contact", unit="0-1", caveat=_INDEX),
    _rate("voluntary_control", "Felt control, voluntary people", "Mean felt control of people not under the Act", "voluntary_control", "voluntary", unit="0-1", caveat=_INDEX),
    _rate("crises", "Crises", "Onsets a year per person on the caseload", "crises", "on_caseload", unit="per person-year", scale=YEAR_WEEKS),
    _rate("admissions", "Admissions", "Admissions a year per person on the caseload", "admissions", "on_caseload", unit="per person-year", scale=YEAR_WEEKS),
    _rate("hospital_days", "Hospital days", "Days a year per person on the caseload", "hospital_weeks", "on_caseload", unit="days per person-year", scale=7.0 * YEAR_WEEKS),
    _rate("crisis_this_year", "Any crisis this year", "Share of the caseload with a crisis since April; read it at the end of March", "crisis_this_year", "on_caseload"),
    _rate("admitted_this_year", "Any admission this year", "Share of the caseload admitted since April; read it at the end of March", "admitted_this_year", "on_caseload"),
    _rate("control_better", "Say that control is better", "Share of people with a budget in use whose felt control has grown noticeably since before it", "control_better", "stage_in_use", caveat=_INDEX),
    _rate("incidents", "Serious incidents", "A year per person on the caseload", "incidents", "on_caseload", unit="per person-year", scale=YEAR_WEEKS, caveat=_HARM),
    _rate("incidents_attributed", "Incidents put down to a budget", "A year per person on the caseload", "incidents_attributed", "on_caseload", unit="per person-year", scale=YEAR_WEEKS, caveat=_HARM),
    _rate("disputed_spending", "Disputed spending", "A year per eligible person", "disputed_spending", unit="per person-year", scale=YEAR_WEEKS),
    _rate("perceived_risk", "Perceived risk", "Mean belief of coordinators", "perceived_risk", unit="0-1", caveat=_RISK),
    _rate("actual_risk", "Actual risk", "Mean vulnerability", "actual_risk", unit="0-1", caveat=_RISK),
]  # fmt: skip

_ACT = [
    _rate("entitled_under_117", "Entitled without a test", "Eligible under section 117: no eligibility test, no charge", "s117_entitled"),
    _rate("order_reaches_review", "Orders that reach a review", "First reviews per order made", "paired_reviews", "orders_made"),
    _rate("orders_refused", "Orders that the AMHP refused", "Share of orders proposed", "orders_refused", "orders_refused orders_made"),
    _rate("detentions", "Detentions", "A year per person on the caseload", "detentions", "on_caseload", unit="per person-year", scale=YEAR_WEEKS),
    _rate("cto_share", "On a CTO", "Share of the caseload on a CTO", "on_cto", "on_caseload"),
    _rate("detained_share", "Detained", "Share of the caseload detained", "detained", "on_caseload"),
    _rate("cto_new", "New CTOs", "A year per person on a CTO", "orders_made", "on_cto", unit="per person-year", scale=YEAR_WEEKS),
    _rate("cto_recalls", "Recalls", "A year per person on a CTO", "recalls", "on_cto", unit="per person-year", scale=YEAR_WEEKS),
    _rate("cto_revoked", "Recalls that end in revocation", "Share of recalls", "revocations", "recalls"),
    _rate("cto_ended", "CTO discharges", "A year per person on a CTO", "orders_ended", "on_cto", unit="per person-year", scale=YEAR_WEEKS),
    _rate("order_informed", "Understood the order at its making", "Share of orders made", "order_informed", "orders_made"),
    _rate("rights_informed", "Understood their rights at the making", "Share of orders made", "rights_informed", "orders_made"),
    _rate("involvement_making", "Involvement at the making", "Mean of orders made", "involvement_making", "orders_made", unit="0-1"),
    _rate("involvement_review", "Involvement at review", "Mean of reviews", "involvement_review", "orders_reviewed", unit="0-1"),
    _rate("involvement_gain", "Involvement, review less making", "Same people, at their first review", "paired_involvement_gain", "paired_reviews", unit="0-1"),
    _rate("conditions_negotiated", "Conditions negotiated", "Share of conditions set", "conditions_negotiated", "conditions"),
    _rate("felt_benefit", "Say the limits helped", "Share of reviews", "benefit_felt", "benefit_asked", caveat=_BENEFIT),
]  # fmt: skip

_HOURS = [
    _rate(f"hours_{name}", label, "Hours a week per post at work", f"hours_{name}", "posts_working", unit="hours per week")
    for name, label in (
        ("crisis", "Hours, crises"),
        ("detained", "Hours, people detained"),
        ("cto", "Hours, people on CTOs"),
        ("unsettled", "Hours, unsettled people"),
        ("routine", "Hours, routine contacts"),
        ("reviews", "Hours, care reviews"),
        ("talk", "Hours, talking of budgets"),
        ("forms", "Hours, budget forms"),
        ("amhp", "Hours, AMHP duty"),
    )
] + [
    _rate("overtime", "Overtime", "Hours a week per post at work", "overtime", "posts_working", unit="hours per week"),
    _rate("displaced", "Contacts displaced", "Hours of contacts that slipped, per post at work", "displaced", "posts_working", unit="hours per week"),
    _rate("time_gate_shut", "Time gate shut", "Share of posts at work without time for even the shortest forms", "time_gate_shut", "posts_working"),
    _rate("caseload_per_post", "Caseload per filled post", "People on the caseload per filled post", "on_caseload", "posts_filled", unit="people"),
    _rate("contact_minutes", "Contact minutes", "Minutes of contact a week per person on the caseload, travel and notes included", "hours_crisis hours_detained hours_cto hours_unsettled hours_routine", "on_caseload", unit="minutes per week", scale=60.0),
    _rate("contacts", "Contacts", "Contacts a week per person on the caseload", "contacts", "on_caseload", unit="per week"),
    _rate("referred_again", "Referred again", "Share of people discharged who are back within two years, of those whose two years or return fell in the period", "returned", "returned stayed_away"),
    _rate("vacancies", "Posts vacant", "Share of posts", "posts posts_filled-", "posts"),
    _rate("worry", "Worry for the person", "Mean of practitioners", "worry_person", "posts_filled", unit="0-1"),
    _rate("worry_self", "Worry for oneself", "Mean of practitioners", "worry_self", "posts_filled", unit="0-1"),
    _rate("legitimacy", "Role legitimacy", "Mean of practitioners", "legitimacy", "posts_filled", unit="0-1"),
    _rate("knowledge", "Knowledge of the process", "Mean of practitioners", "knowledge", "posts_filled", unit="0-1"),
    _rate("medical_orientation", "Medical orientation", "Mean of practitioners", "medical_orientation", "posts_filled", unit="0-1"),
    _rate("alarm", "Team alarm", "Mean over filled posts", "alarm", "posts_filled", unit="0-1"),
]  # fmt: skip

_MONEY = [
    _count("spend_council", "Council spending on budgets", "In the period", "spend_council", unit="GBP"),
    _count("spend_nhs", "NHS spending on budgets", "In the period", "spend_nhs", unit="GBP"),
    _count("spend_person", "People's contributions", "In the period", "spend_person", unit="GBP"),
    _count("spend_packages", "Council spending on commissioned services", "In the period", "spend_packages", unit="GBP"),
    _count("forms_hours_outside", "Hours of brokers and council team on forms", "In the period", "hours_forms_brokers hours_forms_council", unit="hours"),
    _count("lever_cost", "Cost of levers", "Running cost of levers in the period", "cost_levers", unit="GBP", caveat=_COST),
    _count("forms_hours", "Hours on budget forms", "Of coordinators, brokers and council team, in the period", "hours_forms hours_forms_brokers hours_forms_council", unit="hours"),
]  # fmt: skip

BARRIER_LABELS: Mapping[str, str] = {
    "none": "In use, not real",
    "no_coordinator": "No coordinator in post",
    "not_recognised": "Eligible need not recognised",
    "readiness": "Not thought stable enough",
    "time": "No time",
    "not_recommended": "Not recommended, to save time",
    "role": "Somebody else's job",
    "knowledge": "Process not known",
    "risk": "Risk",
    "legal_bar": "Taken as barred in law",
    "information": "Not told of budgets",
    "declined": "Declined (a choice)",
    "hand_off": "Hand-off lost or bounced",
    "steps_and_waits": "Steps and waits",
    "contribution": "Contribution asked",
    "funding_dispute": "Funding dispute",
    "panel": "Panel",
    "market": "No support to buy",
    "ended": "Budget or process ended",
    "no_opportunity": "Never an opportunity",
}

_BARRIERS = [
    _rate(f"weeks_first_{b.name.lower()}", BARRIER_LABELS[b.name.lower()], "Share of weeks without a real budget, by the gate that closed first", f"first_{b.name.lower()}", "without_budget", caveat=_FIRST)
    for b in Barrier
] + [
    _rate(f"weeks_any_{b.name.lower()}", BARRIER_LABELS[b.name.lower()], "Share of weeks without a real budget in which this gate would have closed", f"gate_{b.name.lower()}", "without_budget")
    for b in Barrier
] + [
    _rate(f"closed_first_{b.name.lower()}", BARRIER_LABELS[b.name.lower()], "Share of opportunities that this gate closed first", f"closed_first_{b.name.lower()}", "opportunities", caveat=_FIRST)
    for b in Barrier
] + [
    _rate(f"closed_any_{b.name.lower()}", BARRIER_LABELS[b.name.lower()], "Share of opportunities that this gate would have closed", f"closed_any_{b.name.lower()}", "opportunities")
    for b in Barrier
]  # fmt: skip

_STAGES = [
    _rate(f"at_{stage.name.lower()}", f"At stage: {stage.name.lower().replace('_', ' ')}", "Share of eligible people at this stage", f"stage_{stage.name.lower()}")
    for stage in Stage
    if stage != Stage.OUTSIDE
] + [
    _rate(f"left_at_{stage.name.lower()}", f"Ended at {stage.name.lower().replace('_', ' ')}", "Processes that ended at this stage, a year per eligible person", f"left_at_{stage.name.lower()}", unit="per person-year", scale=YEAR_WEEKS)
    for stage in Stage
    if Stage.OUTSIDE < stage < Stage.IN_USE
]  # fmt: skip

OUTCOMES: tuple[Outcome, ...] = tuple(_TAKE_UP + _WAY + _LIVES + _ACT + _HOURS + _MONEY + _STAGES + _BARRIERS)
BY_NAME: Mapping[str, Outcome] = {outcome.name: outcome for outcome in OUTCOMES}
HEADLINE: tuple[str, ...] = (
    "reported_take_up", "real_take_up", "real_take_up_strict", "notional_take_up", "wait_weeks", "forms_hours",
    "control_felt", "quality_of_life", "offers", "informed", "plan_without_person",
)  # fmt: skip

_THIRDS = ("low", "middle", "high")
# Groups: name of a dimension -> the label of each group.
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "profession": ("nurse", "social worker", "occupational therapist"),
    "legal_status": ("voluntary", "detained", "CTO"),
    "perceived_risk": ("perceived risk low", "perceived risk middle", "perceived risk high"),
    "actual_risk": ("actual risk low", "actual risk middle", "actual risk high"),
    "perceived_by_actual": tuple(f"perceived {p}, actual {a}" for p in _THIRDS for a in _THIRDS),
    "section_117": ("no section 117", "section 117"),
    "carer": ("no carer", "carer supports", "carer advocates", "carer worried"),
    "diagnosis": ("other diagnoses", "psychosis"),
    "rural": ("urban", "rural"),
}
GROUP_CAVEATS: Mapping[str, str] = {
    "profession": "Not a ranking of professions: roles, hours and training differ, and doubt was found in all three.",
    "legal_status": "Legal status is shown only when asked for; the groups differ in much else.",
    "actual_risk": _RISK,
    "perceived_by_actual": _RISK,
    "diagnosis": "Psychosis is a marker without an effect of its own; it goes with vulnerability and with detention.",
}
ALL_GROUPS: tuple[str, ...] = (*DIMENSIONS, "locality")
# Which pair of dimensions the kernel has to record for a dimension; (locality, profession) is always recorded.
_RECORDED = {
    "legal_status": STATUS_GROUP,
    "section_117": STATUS_GROUP,
    "perceived_risk": RISK_GROUP,
    "actual_risk": RISK_GROUP,
    "perceived_by_actual": RISK_GROUP,
    "carer": CARER_GROUP,
    "diagnosis": DIAGNOSIS_GROUP,
}
_ROWS = {STATUS_GROUP: N_STATUSES * 2, RISK_GROUP: N_THIRDS * N_THIRDS, CARER_GROUP: len(Carer), DIAGNOSIS_GROUP: 2}


def group_rows(n_localities: int, dimensions: Iterable[str]) -> tuple[np.ndarray, int]:
    """First row of each pair of dimensions in the kernel's record (-1 where not recorded), and the number of rows.

    Returns: int64 array of shape (N_DIMENSIONS,), and the count. (locality, profession) comes first, always recorded.
    """
    first = np.full(N_DIMENSIONS, -1, np.int64)
    first[POST_GROUP] = 0
    n_rows = n_localities * N_PROFESSIONS
    wanted = {_RECORDED[name] for name in dimensions if name in _RECORDED}
    for pair, rows in _ROWS.items():
        if pair in wanted:
            first[pair] = n_rows
            n_rows += rows
    return first, n_rows


def group_labels(n_localities: int, dimensions: Sequence[str]) -> list[tuple[str, str]]:
    """(dimension, label) of every group that `group_table` gives for these dimensions, in its order; "all" first."""
    labels = [("all", "all")]
    for name, names in DIMENSIONS.items():
        if name in dimensions:
            labels += [(name, label) for label in names]
    if "locality" in dimensions:
        labels += [("locality", f"locality {number + 1}") for number in range(n_localities)]
    return labels


def group_table(record: np.ndarray, rural: Sequence[bool], dimensions: Sequence[str]) -> np.ndarray:
    """Counts by group, in the order of `group_labels`: shape (n_periods, n_labels, N_FIELDS).

    Args:
        record: the kernel's record, shape (n_periods, n_rows, N_FIELDS). rural: which localities are.
    """
    n_localities = len(rural)
    first, _ = group_rows(n_localities, dimensions)
    posts = _pair(record, first[POST_GROUP], n_localities, N_PROFESSIONS)
    local = _plain_sum(posts, axis=2)
    is_rural = np.asarray(rural, bool)
    parts = [_plain_sum(local, axis=1)[:, None]]
    for name in DIMENSIONS:
        if name not in dimensions:
            continue
        if name == "profession":
            parts.append(_plain_sum(posts, axis=1))
        elif name == "rural":
            parts += [_plain_sum(local[:, ~is_rural], axis=1)[:, None], _plain_sum(local[:, is_rural], axis=1)[:, None]]
        else:
            parts.append(_marginal(record, first, name))
    if "locality" in dimensions:
        parts.append(local)
    return np.concatenate(parts, axis=1)


def _marginal(record: np.ndarray, first: np.ndarray, name: str) -> np.ndarray:
    """Counts by one dimension out of the pair in which it was recorded, shape (n_periods, n_groups, N_FIELDS)."""
    pair = _RECORDED[name]
    if pair == STATUS_GROUP:
        both = _pair(record, first[pair], N_STATUSES, 2)
        return _plain_sum(both, axis=2 if name == "legal_status" else 1)
    if pair == RISK_GROUP and name != "perceived_by_actual":
        both = _pair(record, first[pair], N_THIRDS, N_THIRDS)
        return _plain_sum(both, axis=2 if name == "perceived_risk" else 1)
    return record[:, first[pair] : first[pair] + _ROWS[pair]]


def _pair(record: np.ndarray, first: int, rows: int, columns: int) -> np.ndarray:
    """A recorded pair of dimensions, shape (n_periods, rows, columns, N_FIELDS)."""
    return record[:, first : first + rows * columns].reshape(len(record), rows, columns, record.shape[2])


def _plain_sum(counts: np.ndarray, axis: int) -> np.ndarray:
    """Add along an axis one after another, so that the bits do not depend on NumPy's order of addition."""
    total = np.zeros(counts.shape[:axis] + counts.shape[axis + 1 :])
    for number in range(counts.shape[axis]):
        total = total + np.take(counts, number, axis=axis)
    return total


def value_of(outcome: Outcome, counts: np.ndarray, weeks: np.ndarray, lengths: np.ndarray | int) -> np.ndarray:
    """One outcome from counts: shape (n_periods, n_groups); NaN where the base is empty.

    Args:
        counts: shape (n_periods, n_groups, N_FIELDS). weeks: the last calendar week of each period, shape (n_periods,).
        lengths: weeks in each period, shape (n_periods,) or one number; a rate of a flow over a stock is per week.

    A figure "during the year" needs periods that each lie in one financial year (weeks 0-51, 52-103, ...); else it is NaN.
    """
    lengths = np.broadcast_to(np.asarray(lengths, float), (len(counts),))
    top = _sum_of(outcome.top, counts)
    if outcome.yearly:
        top = _since_april(top, weeks, lengths)
    if not outcome.bottom:
        return top
    bottom = _sum_of(outcome.bottom, counts)
    if outcome.yearly:
        bottom = _since_april(bottom, weeks, lengths)
    elif outcome.kind == "stock" and not all(name.rstrip("-") in STOCKS for name in outcome.bottom):
        bottom = bottom / lengths[:, None]
    elif outcome.kind == "flow" and all(name.rstrip("-") in STOCKS for name in outcome.bottom):
        bottom = bottom * lengths[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0.0, top / np.where(bottom > 0.0, bottom, 1.0) * outcome.scale, np.nan)


def _sum_of(names: Iterable[str], counts: np.ndarray) -> np.ndarray:
    total = np.zeros(counts.shape[:-1])
    for name in names:
        total = total - counts[..., COLUMN[name[:-1]]] if name.endswith("-") else total + counts[..., COLUMN[name]]
    return total


def _since_april(counts: np.ndarray, weeks: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Running sums since the start of the financial year that each period lies in; NaN if a period spans two years."""
    first = np.asarray(weeks) - lengths + 1
    if np.any(first // YEAR_WEEKS != np.asarray(weeks) // YEAR_WEEKS):
        return np.full(counts.shape, np.nan)
    sums = np.zeros_like(counts)
    running = np.zeros(counts.shape[1:])
    year = None
    for number, week in enumerate(weeks):
        this_year = int(week) // YEAR_WEEKS
        running = counts[number] if this_year != year else running + counts[number]
        year = this_year
        sums[number] = running
    return sums
