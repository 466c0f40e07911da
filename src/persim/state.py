"""The state of the world: one NumPy record dtype per actor, the codes, and `World`.

All fields are float64 or int64, so that a record and a plain Python object with the same attributes compute alike.
Fields are in the order in which a week touches them: a week reads the first cache lines of a person and seldom the
last. A new field changes the record type and makes every compiled function compile once more.

Read in this order: the codes, then `USER`, `PRACTITIONER`, `TEAM`, `LOCALITY`, then `World`.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np


class MentalState(IntEnum):
    """How a person is this week."""

    STABLE = 0
    UNSETTLED = 1
    CRISIS = 2
    INPATIENT = 3


class LegalStatus(IntEnum):
    """Status under the Mental Health Act."""

    VOLUNTARY = 0
    SECTION_2 = 1
    SECTION_3 = 2
    CTO = 3


class Place(IntEnum):
    """Where a row's person is: on a coordinator's caseload, or discharged to primary care."""

    ON_CASELOAD = 0
    AWAY = 1


class Carer(IntEnum):
    """What a person's carer, if any, does about budgets."""

    NONE = 0
    SUPPORTS = 1
    ADVOCATES = 2
    WORRIED = 3


class NearestRelative(IntEnum):
    """The legal role under the Act, which is not the carer's."""

    NONE = 0
    CARER = 1
    OTHER = 2


class Informed(IntEnum):
    """What a person knows of personal budgets."""

    NO = 0
    KNOWS = 1
    UNDERSTANDS = 2


class Profession(IntEnum):
    """Professions of care coordinators, then those outside the teams who can lead on a budget."""

    NURSE = 0
    SOCIAL_WORKER = 1
    OCCUPATIONAL_THERAPIST = 2
    BROKER = 3
    COUNCIL_TEAM = 4


class Integration(IntEnum):
    """How health and social care are joined in a locality."""

    INTEGRATED = 0
    CO_LOCATED = 1
    SEPARATE = 2


class Stage(IntEnum):
    """Stages of the pathway to a personal budget."""

    OUTSIDE = 0
    HANDED_ON = 1
    RAISED = 2
    ASSESSMENT = 3
    INDICATIVE = 4
    PLAN = 5
    FUNDING = 6
    PANEL = 7
    CONTESTED = 8
    SET_UP = 9
    IN_USE = 10


class BudgetForm(IntEnum):
    """Who holds the money of a budget."""

    NONE = 0
    DIRECT_PAYMENT = 1
    THIRD_PARTY = 2
    MANAGED = 3


class Barrier(IntEnum):
    """Gates in the order in which they stand, then what ends a process. Declining is a choice, not a barrier."""

    NONE = 0
    NO_COORDINATOR = 1
    NOT_RECOGNISED = 2
    READINESS = 3
    TIME = 4
    NOT_RECOMMENDED = 5
    ROLE = 6
    KNOWLEDGE = 7
    RISK = 8
    LEGAL_BAR = 9
    INFORMATION = 10
    DECLINED = 11
    HAND_OFF = 12
    STEPS_AND_WAITS = 13
    CONTRIBUTION = 14
    FUNDING_DISPUTE = 15
    PANEL = 16
    MARKET = 17
    ENDED = 18
    NO_OPPORTUNITY = 19


# Plain integers for compiled code: the same numbers as the enumerations above.
STABLE, UNSETTLED, CRISIS, INPATIENT = 0, 1, 2, 3
VOLUNTARY, SECTION_2, SECTION_3, CTO = 0, 1, 2, 3
ON_CASELOAD, AWAY = 0, 1
NO_CARER, CARER_SUPPORTS, CARER_ADVOCATES, CARER_WORRIED = 0, 1, 2, 3
NO_RELATIVE, RELATIVE_IS_CARER, OTHER_RELATIVE = 0, 1, 2
NOT_INFORMED, KNOWS, UNDERSTANDS = 0, 1, 2
NURSE, SOCIAL_WORKER, OCCUPATIONAL_THERAPIST, BROKER, COUNCIL_TEAM = 0, 1, 2, 3, 4
INTEGRATED, CO_LOCATED, SEPARATE = 0, 1, 2
OUTSIDE, HANDED_ON, RAISED, ASSESSMENT, INDICATIVE, PLAN, FUNDING, AT_PANEL, CONTESTED, SET_UP, IN_USE = range(11)
NO_FORM, DIRECT_PAYMENT, THIRD_PARTY, MANAGED = 0, 1, 2, 3
(B_NONE, B_NO_COORDINATOR, B_NOT_RECOGNISED, B_READINESS, B_TIME, B_NOT_RECOMMENDED, B_ROLE, B_KNOWLEDGE, B_RISK,
 B_LEGAL_BAR, B_INFORMATION, B_DECLINED, B_HAND_OFF, B_STEPS_AND_WAITS, B_CONTRIBUTION, B_FUNDING_DISPUTE, B_PANEL,
 B_MARKET, B_ENDED, B_NO_OPPORTUNITY) = range(20)  # fmt: skip
N_BARRIERS = 20

# What a person's mental state did this week.
NOTHING, CRISIS_STARTS, ADMITTED, LEFT_HOSPITAL = 0, 1, 2, 3

# Bits of `year_marks`: what a person has been at any time of the financial year (the year's number is above the bits).
YEAR_ELIGIBLE, YEAR_COUNTED, YEAR_REAL, YEAR_STRICT, YEAR_NOTIONAL, YEAR_CRISIS, YEAR_ADMITTED = 1, 2, 4, 8, 16, 32, 64
YEAR_FIRSTS, YEAR_BITS = 5, 7  # those counted when they first come true, and all

# `lead_worker` when the care coordinator leads on a person's budget; a row of the practitioners otherwise. After the
# posts of the teams come two rows for each locality: its brokers, and its council team.
LEAD_COORDINATOR = -1

# Bits of `traits`, drawn at birth: most detentions happen to people who are prone to them; a marker; lives alone.
TRAIT_PRONE, TRAIT_PSYCHOSIS, TRAIT_ALONE = 1, 2, 4

# Stages at which the person was absent (bits of `absent`).
ABSENT_ASSESSMENT, ABSENT_PLAN, ABSENT_REVIEW = 1, 2, 4

POSTS_PER_TEAM = 10
PEERS, PEER_BLOCK = 4, 33
FIRST_REVIEW_WEEKS, YEAR = 10, 52


def _record(floats: str, integers: str, hot: str = "") -> np.dtype:
    """A record dtype: the fields of `hot` first, in that order, then the rest."""
    kinds = dict.fromkeys(floats.split(), np.float64) | dict.fromkeys(integers.split(), np.int64)
    order = [*hot.split(), *(name for name in kinds if name not in hot.split())]
    return np.dtype([(name, kinds[name]) for name in order])


USER = _record(
    hot="""place mental_state weeks_in_state legal_status pathway_stage eligible coordinator key
        hazard perceived_risk file_risk vulnerability weeks_to_review informed trust weight
        control_felt social_contact quality_of_life carer counted peer_signal s117 barrier
        asked package traits activity_goes_on confidence weeks_in_stage gates heard
        autonomy_preference self_stigma paused year_marks involvement budget_form""",
    floats="""hazard perceived_risk file_risk vulnerability trust weight control_felt social_contact quality_of_life
        confidence autonomy_preference self_stigma involvement social_need health_need
        cto_involvement_making cto_involvement_review conditions_negotiated control_before
        work_left wait_left budget_gbp_per_year control_recorded worked_with worked_hours""",
    integers="""place mental_state weeks_in_state legal_status pathway_stage eligible coordinator key weeks_to_review
        informed carer counted peer_signal s117 barrier asked package traits activity_goes_on weeks_in_stage gates
        heard paused year_marks budget_form
        lead_worker nearest_relative
        cto_weeks cto_review_in order_informed rights_informed conditions amhp cto_felt_benefit
        absent amount_known plan_agreed can_vary one_off contribution joint_funded
        raised_week in_use_week rest_until n_opportunities n_offers planned_with""",
)

PRACTITIONER = _record(
    floats="""worry_person worry_self legitimacy role_protection medical_orientation social_care_knowledge knowledge
        hours_direct hours_crisis hours_detained hours_cto hours_unsettled hours_routine hours_reviews hours_talk hours_due
        hours_forms social_hours overtime displaced gate_open involvement_possible case_share squeeze
        lead_cases next_lead_cases""",
    integers="""key profession team locality amhp holder vacant_weeks sick_weeks fresh_holder works completed""",
)

TEAM = _record(
    floats="""mean_worry_person mean_worry_self mean_legitimacy mean_medical alarm cover_hours""",
    integers="""key locality duty_amhp n_working first_post n_posts first_user n_users incidents""",
)

LOCALITY = _record(
    floats="""odds_risk_aversion odds_role_boundary odds_bureaucracy odds_medical_model odds_information odds_market
        odds_target_pressure odds_compulsion_practice odds_other_clients
        risk_aversion role_boundary bureaucracy medical_model information market target_pressure compulsion_practice
        steps pages effort assessment_hours plan_hours set_up_hours
        assessment_weeks indicative_weeks plan_weeks funding_weeks set_up_weeks panel_places panel_carried
        pot pot_factor committed caseload_factor blame media_blame stigma stigma_raised power_distance plain_language
        change_speed pooling contact_hours peers tell council_rate push
        compelled_share eligible_now eligible_before counted_now compelled_now people_now running_cost
        gain_information gain_role gain_knowledge gain_risk gain_steps gain_involvement""",
    integers="""key integration rural n_teams spiral_aim spiral_week spirals""",
)


class World(NamedTuple):
    """All that one run holds: arrays only, passed to the compiled week as one tuple.

    Shapes: users (n_users,), practitioners (n_posts,), teams (n_teams,), localities (n_localities,), parameters
    (n_weeks,); queue (n_users + 1,) holds the number of rows that wait for a panel, then those rows; tally
    (n_localities, N_BARRIERS) counts what closed since the last reflection of an action research spiral; waits
    (N_STAGES, WAIT_BINS, 2) counts ends of stages by their length in weeks, as [.., 1] led on and [.., 0] ended otherwise.
    """

    users: np.ndarray
    practitioners: np.ndarray
    teams: np.ndarray
    localities: np.ndarray
    parameters: np.ndarray
    queue: np.ndarray
    tally: np.ndarray
    waits: np.ndarray


WAIT_BINS = 157
N_STAGES = 11
