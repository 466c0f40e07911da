"""What a week counts: the columns of the record, by number.

Two kinds. A *stock* is taken at the end of a week over people on the caseload who are eligible for council-funded social
care (the base of every take-up figure), unless it says otherwise. A *flow* is what happened in the week. Every count
adds the person's weight, which is 1 unless a rare group was enriched. Rates are made from these in `persim.outcomes`.
"""

from persim.state import N_BARRIERS, Barrier, Stage

_STOCKS = """
n_people on_caseload n_eligible eligible
reported reported_with_one_off real_strict real_broad notional relabelled
direct_payments third_party_budgets managed_budgets paused direct_payments_reported
stage_handed_on stage_raised stage_assessment stage_indicative stage_plan stage_funding stage_panel stage_contested
stage_set_up stage_in_use
informed understands on_cto detained s117_entitled with_coordinator
control_felt control_recorded social_contact quality_of_life perceived_risk actual_risk involved
had_opportunity support_without_budget
without_budget voluntary voluntary_control
localities localities_on_target council_rate
admitted_this_year crisis_this_year control_better
"""

_FLOWS = """
referred discharged returned stayed_away transferred
first_eligible_in_year first_counted_in_year first_real_in_year first_strict_in_year first_notional_in_year
crises admissions crisis_weeks hospital_weeks incidents incidents_attributed
detentions orders_made orders_refused order_informed rights_informed involvement_making conditions conditions_negotiated
orders_reviewed rights_informed_review involvement_review paired_reviews paired_involvement_gain
orders_ended recalls revocations benefit_asked benefit_felt
asked reviews_held reviews_slipped opportunities offers offers_with_carer carer_wishes accepted declined raised started ended
opportunities_review opportunities_asked opportunities_default opportunities_passed_on
passed_on passed_on_lost passed_on_bounced passed_on_taken
left_process refused sent_back contested contest_won disputes disputed_weeks set_up_failed
assessments plans plans_without_person assessments_without_person budget_reviews budget_reviews_without_person
plan_involvement weeks_to_start relabelled_now relabel_lapsed budgets_cut budgets_raised disputed_spending
spend_council spend_nhs spend_person spend_packages cost_levers
hours_crisis hours_detained hours_cto hours_unsettled hours_routine hours_reviews hours_talk hours_forms
hours_forms_brokers hours_forms_council hours_amhp
overtime displaced posts posts_filled posts_working worry_person worry_self legitimacy knowledge medical_orientation alarm
time_gate_shut contacts
"""

STOCKS: tuple[str, ...] = (
    *_STOCKS.split(),
    *(f"first_{barrier.name.lower()}" for barrier in Barrier),
    *(f"gate_{barrier.name.lower()}" for barrier in Barrier),
)
FLOWS: tuple[str, ...] = (
    *_FLOWS.split(),
    *(f"closed_first_{barrier.name.lower()}" for barrier in Barrier),
    *(f"closed_any_{barrier.name.lower()}" for barrier in Barrier),
    *(f"left_at_{stage.name.lower()}" for stage in Stage),
)
FIELDS: tuple[str, ...] = STOCKS + FLOWS
COLUMN: dict[str, int] = {name: number for number, name in enumerate(FIELDS)}
N_STOCKS, N_FIELDS = len(STOCKS), len(FIELDS)

# The columns as plain integers, for compiled code: M_OFFERS is COLUMN["offers"]. A test holds the two lists together.
# fmt: off
(
    M_N_PEOPLE, M_ON_CASELOAD, M_N_ELIGIBLE, M_ELIGIBLE, M_REPORTED, M_REPORTED_WITH_ONE_OFF, M_REAL_STRICT,
    M_REAL_BROAD, M_NOTIONAL, M_RELABELLED, M_DIRECT_PAYMENTS, M_THIRD_PARTY_BUDGETS, M_MANAGED_BUDGETS,
    M_PAUSED, M_DIRECT_PAYMENTS_REPORTED, M_STAGE_HANDED_ON, M_STAGE_RAISED, M_STAGE_ASSESSMENT,
    M_STAGE_INDICATIVE, M_STAGE_PLAN, M_STAGE_FUNDING, M_STAGE_PANEL, M_STAGE_CONTESTED, M_STAGE_SET_UP,
    M_STAGE_IN_USE, M_INFORMED, M_UNDERSTANDS, M_ON_CTO, M_DETAINED, M_S117_ENTITLED, M_WITH_COORDINATOR,
    M_CONTROL_FELT, M_CONTROL_RECORDED, M_SOCIAL_CONTACT, M_QUALITY_OF_LIFE, M_PERCEIVED_RISK, M_ACTUAL_RISK,
    M_INVOLVED, M_HAD_OPPORTUNITY, M_SUPPORT_WITHOUT_BUDGET, M_WITHOUT_BUDGET, M_VOLUNTARY,
    M_VOLUNTARY_CONTROL, M_LOCALITIES, M_LOCALITIES_ON_TARGET, M_COUNCIL_RATE,
    M_ADMITTED_THIS_YEAR, M_CRISIS_THIS_YEAR, M_CONTROL_BETTER,
) = range(49)
M_STAGE = M_STAGE_HANDED_ON - 1  # the column of a stage is M_STAGE + stage, for stages after OUTSIDE
M_FIRST = 49  # M_FIRST + barrier: weeks without a budget, by the gate that closed first
M_GATE = M_FIRST + N_BARRIERS  # M_GATE + barrier: the same, by every gate that would have closed
(
    M_REFERRED, M_DISCHARGED, M_RETURNED, M_STAYED_AWAY, M_TRANSFERRED, M_FIRST_ELIGIBLE_IN_YEAR, M_FIRST_COUNTED_IN_YEAR,
    M_FIRST_REAL_IN_YEAR, M_FIRST_STRICT_IN_YEAR, M_FIRST_NOTIONAL_IN_YEAR, M_CRISES, M_ADMISSIONS,
    M_CRISIS_WEEKS, M_HOSPITAL_WEEKS, M_INCIDENTS, M_INCIDENTS_ATTRIBUTED, M_DETENTIONS, M_ORDERS_MADE,
    M_ORDERS_REFUSED, M_ORDER_INFORMED, M_RIGHTS_INFORMED, M_INVOLVEMENT_MAKING, M_CONDITIONS,
    M_CONDITIONS_NEGOTIATED, M_ORDERS_REVIEWED, M_RIGHTS_INFORMED_REVIEW, M_INVOLVEMENT_REVIEW,
    M_PAIRED_REVIEWS, M_PAIRED_INVOLVEMENT_GAIN, M_ORDERS_ENDED, M_RECALLS, M_REVOCATIONS, M_BENEFIT_ASKED,
    M_BENEFIT_FELT, M_ASKED, M_REVIEWS_HELD, M_REVIEWS_SLIPPED, M_OPPORTUNITIES, M_OFFERS, M_OFFERS_WITH_CARER,
    M_CARER_WISHES, M_ACCEPTED, M_DECLINED, M_RAISED, M_STARTED, M_ENDED, M_OPPORTUNITIES_REVIEW,
    M_OPPORTUNITIES_ASKED, M_OPPORTUNITIES_DEFAULT, M_OPPORTUNITIES_PASSED_ON, M_PASSED_ON, M_PASSED_ON_LOST,
    M_PASSED_ON_BOUNCED, M_PASSED_ON_TAKEN, M_LEFT_PROCESS, M_REFUSED, M_SENT_BACK, M_CONTESTED, M_CONTEST_WON,
    M_DISPUTES, M_DISPUTED_WEEKS, M_SET_UP_FAILED, M_ASSESSMENTS, M_PLANS, M_PLANS_WITHOUT_PERSON,
    M_ASSESSMENTS_WITHOUT_PERSON, M_BUDGET_REVIEWS, M_BUDGET_REVIEWS_WITHOUT_PERSON, M_PLAN_INVOLVEMENT,
    M_WEEKS_TO_START, M_RELABELLED_NOW, M_RELABEL_LAPSED, M_BUDGETS_CUT, M_BUDGETS_RAISED, M_DISPUTED_SPENDING,
    M_SPEND_COUNCIL, M_SPEND_NHS, M_SPEND_PERSON, M_SPEND_PACKAGES, M_COST_LEVERS, M_HOURS_CRISIS,
    M_HOURS_DETAINED, M_HOURS_CTO, M_HOURS_UNSETTLED, M_HOURS_ROUTINE, M_HOURS_REVIEWS, M_HOURS_TALK,
    M_HOURS_FORMS, M_HOURS_FORMS_BROKERS, M_HOURS_FORMS_COUNCIL, M_HOURS_AMHP, M_OVERTIME, M_DISPLACED,
    M_POSTS, M_POSTS_FILLED, M_POSTS_WORKING, M_WORRY_PERSON, M_WORRY_SELF, M_LEGITIMACY, M_KNOWLEDGE,
    M_MEDICAL_ORIENTATION, M_ALARM, M_TIME_GATE_SHUT, M_CONTACTS,
) = range(N_STOCKS, N_STOCKS + 104)
M_CLOSED_FIRST = N_STOCKS + 104  # + barrier: opportunities by the gate that closed first
M_CLOSED_ANY = M_CLOSED_FIRST + N_BARRIERS  # + barrier: the same, by every gate that would have closed
M_LEFT_AT = M_CLOSED_ANY + N_BARRIERS  # + stage: people who left the process at that stage
# fmt: on
