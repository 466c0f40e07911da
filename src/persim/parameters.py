"""Every number of the model, once: default, plausible bounds, unit, evidence grade and source.

The schema of scenario files, `persim parameters`, `docs/parameters.md`, sweep bounds and the record that compiled rules
read are all made from `TABLE`. A scenario changes a number from the first week; a dated policy step changes it for some
weeks. Numbers that a dial places (`by dial` in the table) have no default of their own: set one to override the dial.

Grades: `measured` (a published figure for this quantity), `published estimate` (a published figure for something near
it), `qualitative` (the source states a direction, the size is ours), `assumption` (no source; vary it).
Sources: S1 Banks, Stroud and Doughty 2016; S2 Hamilton and others 2015/16; S3 Bogg 2008; S4 the call for good practice of
2011-12; S5 Hitchen 2013; TGT, PAR and PAT codes are rows of `docs/evidence.md`. `calibrated`: fitted to them (`docs/calibration.md`).
The defaults are one draw of the posterior sample that comes with persim; a test holds them to it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Grade = Literal["measured", "published estimate", "qualitative", "assumption"]
MEASURED, ESTIMATE, QUALITATIVE, ASSUMPTION = "measured", "published estimate", "qualitative", "assumption"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number: `default` is None where a dial places it; `low` and `high` are the bounds a scenario may use."""

    name: str
    group: str
    meaning: str
    unit: str
    default: float | None
    low: float
    high: float
    grade: Grade
    source: str


def _p(
    name: str,
    group: str,
    meaning: str,
    unit: str,
    default: float | None,
    low: float,
    high: float,
    grade: str,
    source: str,
) -> Parameter:
    return Parameter(name, group, meaning, unit, default, low, high, grade, source)  # type: ignore[arg-type]


A, Q, E, M = ASSUMPTION, QUALITATIVE, ESTIMATE, MEASURED

_DIALS = [
    _p("risk_aversion", "dials", "How far practitioners worry about risk, for the person and for themselves", "0-1", 0.55, 0, 1, Q, "S3; PAR21; PAT06; level an assumption"),
    _p("role_boundary", "dials", "How firmly practitioners hold that budgets are somebody else's job", "0-1", 0.55, 0, 1, Q, "S2; PAT01; level an assumption"),
    _p("bureaucracy", "dials", "How many steps, pages, weeks and refusals lie on the way to a budget", "0-1", 0.6, 0, 1, Q, "S4, S5; PAR24; PAT09; level an assumption"),
    _p("medical_model", "dials", "How far treatment and stability come before social care", "0-1", 0.5, 0, 1, Q, "S2, S3, S5; PAT03"),
    _p("information", "dials", "How much information on budgets reaches people and is passed on", "0-1", 0.3, 0, 1, Q, "S5; PAR20; PAR23; PAT10"),
    _p("market", "dials", "How much support there is locally to choose from", "0-1", 0.45, 0, 1, Q, "S3; PAT24"),
    _p("target_pressure", "dials", "How hard the council pushes to meet its target", "0-1", 0.50, 0, 1, Q, "S4; PAT16"),
    _p("compulsion_practice", "dials", "How readily the Mental Health Act is used locally", "0-1", 0.20, 0, 1, A, "level an assumption; PAR46"),
    _p("workload", "dials", "Contact work per practitioner, 1 = as published", "ratio", 1.0, 0.5, 2.0, E, "TGT07; TGT08; PAR13"),
    _p("locality_spread", "dials", "How much dials differ between localities (standard deviation of the log odds)", "log odds", 0.5, 0, 2, A, "local variation under one national policy was wide"),
]  # fmt: skip

_LOCALITY = [
    _p("n_localities", "locality", "Localities (a council with its Trust)", "count", 3, 1, 150, A, "choice of the study"),
    _p("integrated_share", "locality", "Localities with an integrated team (section 75 agreement)", "share", 0.55, 0, 1, M, "PAR54"),
    _p("co_located_share", "locality", "Localities whose social workers share the building only", "share", 0.20, 0, 1, A, "remainder of PAR54 split by judgement"),
    _p("rural_share", "locality", "Localities that are rural", "share", 0.33, 0, 1, A, "S5 was one rural Trust"),
    _p("rural_travel", "locality", "Extra length of a contact in a rural locality (travel)", "share", 0.25, 0, 1, A, "S5 names distance; size ours"),
    _p("rural_market", "locality", "Market of a rural locality as a share of an urban one", "ratio", 0.75, 0.2, 1, A, "S5, S3; size ours"),
    _p("rural_peers", "locality", "Contact between peers in a rural locality as a share of an urban one", "ratio", 0.6, 0.1, 1, A, "S5; size ours"),
    _p("rural_panel_interval", "locality", "Weeks between two panels in a rural locality", "weeks", 4, 1, 13, A, "rare panels; size ours"),
    _p("usual_leadership", "locality", "Leadership, vision and front-line ownership: speeds every change of culture", "0-1", 0.30, 0, 1, Q, "S4; PAT27"),
    _p("culture_inertia", "locality", "How far the organisation slows every lever on attitudes", "0-1", 0.30, 0, 0.95, Q, "S4; size ours"),
    _p("blame_culture", "locality", "How far practitioners expect blame when something goes wrong", "0-1", 0.50, 0, 1, Q, "S3; PAR65"),
    _p("power_distance", "locality", "How hard it is for a person to ask, object or take part", "0-1", 0.60, 0, 1, Q, "S3, S5"),
    _p("plain_language", "locality", "How plain forms and letters are", "0-1", 0.30, 0, 1, Q, "S5"),
    _p("qa_strictness", "locality", "How strict quality assurance of providers is: fewer disputed arrangements, fewer providers, more weeks", "0-1", 0.40, 0, 1, Q, "S5"),
    _p("public_stigma", "locality", "Stigma in society", "0-1", 0.50, 0, 1, Q, "S3"),
    _p("service_stigma", "locality", "Stigma in services, a norm that the media do not move", "0-1", 0.50, 0, 1, Q, "S3"),
    _p("section75_pooling", "locality", "Share of disputes that an integrated locality's agreement prevents", "share", 0.40, 0, 1, A, "section 75 pools money in part"),
]  # fmt: skip

_CASELOAD = [
    _p("rows_per_post", "caseload", "People under the Trust per care coordinator post (on the caseload or away)", "people", 31, 10, 60, E, "TGT07: 30 of them on the caseload; calibrated"),
    _p("discharge_rate", "caseload", "Weekly chance of discharge to primary care, stable for 12 weeks", "per week", 0.0022, 0, 0.02, E, "PAR36 (0.07-0.10 a year)"),
    _p("return_rate", "caseload", "Weekly chance that a discharged person is referred again", "per week", 0.00927, 0, 0.05, M, "TGT14; calibrated"),
    _p("return_in_crisis", "caseload", "Share of those who return that do so in crisis", "share", 0.60, 0, 1, M, "TGT14 note"),
    _p("new_referral_rate", "caseload", "Weekly chance that a place away for two years goes to a new person", "per week", 0.02, 0.001, 0.2, A, "keeps the caseload level"),
    _p("caseload_growth", "caseload", "Growth of contact work per year (more people on each caseload)", "per year", 0.0, -0.2, 0.3, A, "lever for austerity"),
    _p("transfer_rate", "caseload", "Weekly chance of moving to another coordinator of the team", "per week", 0.001, 0, 0.02, A, "no source"),
    _p("turnover", "caseload", "Practitioners who leave, a year", "per year", 0.15, 0, 0.6, M, "PAR14"),
    _p("vacancy_weeks", "caseload", "Mean weeks until a post is filled", "weeks", 33, 1, 104, E, "PAR15 (9.5 % vacant), PAR16"),
    _p("sickness_rate", "caseload", "Weekly chance that a spell of sickness starts", "per week", 0.012, 0, 0.1, E, "PAR17 (10.4 days a year)"),
    _p("sickness_weeks", "caseload", "Mean length of a spell of sickness", "weeks", 3, 1, 26, A, "PAR17 gives days, not spells"),
    _p("s117_share", "caseload", "People under aftercare duty (section 117) when they come under the Trust; times prone_ratio where prone to detention", "share", 0.04, 0, 0.5, A, "no source for caseloads"),
    _p("s117_ends", "caseload", "Weekly chance that aftercare ends for someone stable and voluntary", "per week", 0.004, 0, 0.05, A, "ends when no longer needed; no rate published"),
    _p("eligible_at", "caseload", "Social need from which the assessed band meets a 'substantial' threshold", "need 0-1", 0.72, 0.3, 0.99, A, "31 % of people by need alone; no source for the share"),
    _p("band_width", "caseload", "Need between two bands (critical, substantial, moderate)", "need 0-1", 0.12, 0.02, 0.3, A, "form ours"),
    _p("threshold", "caseload", "Council threshold: 0 critical, 1 substantial, 2 moderate, 3 low", "band", 1, 0, 3, M, "72 % of councils were at substantial in 2010"),
    _p("implicit_tightening", "caseload", "Tightening of assessed need beyond the formal threshold", "need 0-1", 0.0, 0, 0.2, E, "PAR66; mattered more than the formal threshold"),
    _p("reassessment_rate", "caseload", "Weekly chance that eligibility is assessed anew", "per week", 0.01, 0, 0.1, A, "about every two years"),
    _p("psychosis_share", "caseload", "People with psychosis at mean vulnerability, of those not prone to detention", "share", 0.44, 0, 1, E, "PAR33; a marker without an effect of its own"),
    _p("psychosis_slope", "caseload", "Log odds of psychosis over the range of vulnerability", "log odds", 2.0, 0, 8, A, "form ours"),
    _p("psychosis_prone", "caseload", "Odds of psychosis of people prone to detention, to those of others", "odds ratio", 6.0, 1, 30, A, "most people on orders have psychosis; size ours"),
    _p("package_share", "caseload", "Eligible people with a commissioned service when they come under the Trust", "share", 0.45, 0, 1, A, "no source"),
    _p("package_cost", "caseload", "Cost of a commissioned service, to the sum that the same person would be given as a budget", "ratio", 1.0, 0.2, 5, A, "ENG13, PAT20: a budget replaces the cost of what it takes the place of"),
    _p("initial_budget_share", "caseload", "Eligible people with a direct payment at the start", "share", 0.01, 0, 0.05, E, "TGT02 (at most 5 %)"),
    _p("carer_share", "caseload", "People with a carer", "share", 0.35, 0, 1, A, "PAR37 bounds it"),
    _p("carer_advocates", "caseload", "Carers who advocate", "share", 0.35, 0, 1, A, "S5; no count"),
    _p("carer_worried", "caseload", "Carers who hold back out of worry", "share", 0.25, 0, 1, A, "S5; no count"),
    _p("lives_alone_share", "caseload", "People who live alone", "share", 0.474, 0, 1, M, "PAR37"),
    _p("nurse_share", "caseload", "Coordinators who are nurses", "share", 0.55, 0, 1, E, "PAR02, without support workers"),
    _p("social_worker_share", "caseload", "Coordinators who are social workers", "share", 0.30, 0, 1, E, "PAR01, without support workers"),
    _p("amhp_share", "caseload", "Social workers approved under the Act (AMHPs)", "share", 0.45, 0, 1, E, "PAR52, PAR53"),
]  # fmt: skip

_WELLBEING = [
    _p("stable_to_unsettled", "wellbeing", "Weekly chance, stable to unsettled, at mean vulnerability", "per week", 0.0238, 0, 0.2, E, "TGT10; calibrated"),
    _p("unsettled_to_stable", "wellbeing", "Weekly chance, unsettled to stable", "per week", 0.15, 0.01, 0.6, E, "TGT10"),
    _p("unsettled_to_crisis", "wellbeing", "Weekly chance, unsettled to crisis, at mean vulnerability", "per week", 0.0325, 0, 0.3, E, "TGT10; calibrated"),
    _p("stable_to_crisis", "wellbeing", "Weekly chance, stable to crisis, at mean vulnerability", "per week", 0.0020, 0, 0.05, E, "TGT10"),
    _p("crisis_to_unsettled", "wellbeing", "Weekly chance that a crisis passes at home", "per week", 0.20, 0.02, 0.9, E, "TGT09"),
    _p("crisis_to_inpatient", "wellbeing", "Weekly chance of admission in a crisis", "per week", 0.184, 0, 0.9, E, "TGT09; PAR39; calibrated"),
    _p("inpatient_discharge", "wellbeing", "Weekly chance of leaving hospital", "per week", 0.093, 0.01, 0.5, E, "PAR40; calibrated"),
    _p("vulnerability_slope", "wellbeing", "Log rise of the chance of relapse over the range of vulnerability", "log", 1.8, 0, 4, A, "form ours"),
    _p("control_protects", "wellbeing", "Hypothesis: log fall of the chance of relapse per unit of felt control above the usual", "log", 0.0, 0, 1, M, "PAT20: none by default"),
    _p("control_base", "wellbeing", "Felt control without budget or compulsion", "0-1", 0.40, 0, 1, E, "PAR44"),
    _p("control_direct_payment", "wellbeing", "Felt control added by a direct payment of two thirds of the full worth", "0-1", 0.35, 0, 0.6, E, "TGT15; PAT19"),
    _p("control_third_party", "wellbeing", "The same, a third-party budget", "0-1", 0.28, 0, 0.6, A, "between the other two"),
    _p("control_managed", "wellbeing", "The same, a council-managed budget", "0-1", 0.20, 0, 0.6, A, "TGT15; may be what the person prefers"),
    _p("worth_known", "wellbeing", "Share of a budget's worth that knowing the sum gives", "share", 0.25, 0, 1, A, "S4: three truths; weights ours"),
    _p("worth_agreed", "wellbeing", "Share that an agreed plan gives", "share", 0.40, 0, 1, A, "as above"),
    _p("worth_vary", "wellbeing", "Share that freedom to vary gives", "share", 0.35, 0, 1, A, "as above"),
    _p("control_detained", "wellbeing", "Share of felt control left while detained", "ratio", 0.40, 0, 1, Q, "S1, S3; PAT11"),
    _p("control_cto", "wellbeing", "Share of felt control left on a CTO before conditions", "ratio", 0.80, 0, 1, Q, "S1; PAT11"),
    _p("control_condition", "wellbeing", "Felt control lost to each condition that was not negotiated", "0-1", 0.03, 0, 0.1, Q, "S1; size ours"),
    _p("control_shadow", "wellbeing", "Loss of felt control of others per share of the caseload under compulsion", "0-1", 0.50, 0, 3, Q, "S3: control under the Act casts a shadow"),
    _p("contact_base", "wellbeing", "Social contact without budget, carer or peers", "0-1", 0.40, 0, 1, A, "scale ours"),
    _p("contact_carer", "wellbeing", "Social contact added by a carer", "0-1", 0.10, 0, 0.4, A, "S3 (social model); size ours"),
    _p("contact_peers", "wellbeing", "Social contact added by peers and peer workers", "0-1", 0.06, 0, 0.4, A, "S3; size ours"),
    _p("contact_budget", "wellbeing", "Social contact added by a budget in use, at its best", "0-1", 0.20, 0, 0.5, Q, "S5; size ours"),
    _p("quality_base", "wellbeing", "Quality of life of a stable person without a budget (an index of this model)", "0-1", 0.50, 0, 1, A, "scale ours"),
    _p("quality_control", "wellbeing", "Quality of life per unit of felt control above its base", "ratio", 0.30, 0, 1, Q, "S5; PAT19"),
    _p("quality_contact", "wellbeing", "Quality of life per unit of social contact above its base", "ratio", 0.30, 0, 1, Q, "S3; PAT19"),
    _p("quality_unsettled", "wellbeing", "Quality of life lost while unsettled", "0-1", 0.08, 0, 0.4, A, "scale ours"),
    _p("quality_crisis", "wellbeing", "Quality of life lost in crisis or hospital", "0-1", 0.22, 0, 0.6, A, "scale ours"),
    _p("noticed_gain", "wellbeing", "Gain of felt control since before the budget that a person would call better", "0-1", 0.10, 0, 0.5, A, "TGT15 asks for better or not; the margin is ours"),
    _p("gain_speed", "wellbeing", "Share of the way to a better level gone in a week", "per week", 0.05, 0.005, 0.5, A, "months, not weeks"),
    _p("fade_speed", "wellbeing", "Share of the way to a worse level gone in a week", "per week", 0.02, 0.002, 0.5, Q, "PAT34; size ours"),
    _p("activity_goes_on", "wellbeing", "Chance that the activity can go on when a budget ends, in a middling market", "share", 0.40, 0, 1, Q, "PAT34"),
    _p("incident_at_crisis", "wellbeing", "Chance of a serious incident at the onset of a crisis", "share", 0.05, 0, 0.3, A, "about 0.027 a person-year; independent of holding a budget"),
    _p("attributed_share", "wellbeing", "Share of incidents of people with a budget that are put down to it", "share", 0.80, 0, 1, Q, "S3; PAT07"),
]  # fmt: skip

_COMPULSION = [
    _p("ctos_exist", "compulsion", "Are CTOs and AMHPs in force (0 before 3 November 2008)?", "0 or 1", 1, 0, 1, M, "Mental Health Act 2007"),
    _p("detained_share", "compulsion", "Share of admissions under the Act at mean vulnerability", "share", 0.35, 0, 1, E, "fitted with PAR46, PAR47"),
    _p("section2_share", "compulsion", "Share of detentions that start as section 2 (assessment)", "share", 0.75, 0, 1, A, "no source opened"),
    _p("section2_to_3", "compulsion", "Share of section 2 that go on to section 3 after four weeks", "share", 0.25, 0, 1, A, "no source opened"),
    _p("prone_share", "compulsion", "People to whom most detentions happen", "share", 0.12, 0.01, 0.5, A, "detention is concentrated; a class of the model, not a trait of persons"),
    _p("prone_ratio", "compulsion", "How much likelier detention and CTO are for them", "ratio", 3.0, 1, 10, A, "as above"),
    _p("cto_at_discharge", "compulsion", "Chance that leaving hospital from section 3 is to a CTO, at mean vulnerability", "share", 0.325, 0, 1, E, "PAR47; calibrated"),
    _p("amhp_agrees", "compulsion", "Chance that an AMHP of middling person-centredness agrees to an order", "share", 0.85, 0, 1, A, "no source"),
    _p("amhp_duty_hours", "compulsion", "Hours of AMHP duty that leave the caseload", "hours a week", 3.0, 0, 20, A, "no source"),
    _p("order_informed_making", "compulsion", "Chance of understanding the order when it is made, not hurried", "share", 0.45, 0, 1, Q, "S1: poorly informed; PAT13"),
    _p("rights_informed_making", "compulsion", "Chance of understanding legal rights when it is made, not hurried", "share", 0.30, 0, 1, Q, "S1; PAT13"),
    _p("informed_at_review", "compulsion", "Chance that someone not yet informed is so after a review", "share", 0.25, 0, 1, A, "the source makes no claim"),
    _p("involvement_making", "compulsion", "Involvement in the making of an order, usual practice", "0-1", 0.15, 0, 0.6, Q, "S1; PAT12"),
    _p("involvement_review", "compulsion", "Involvement in a review, usual practice", "0-1", 0.40, 0, 0.9, Q, "S1; PAT12"),
    _p("hurried_share", "compulsion", "Discharges that leave no time to prepare", "share", 0.50, 0, 1, A, "S1 describes haste, no count"),
    _p("advocate_share", "compulsion", "People on a new order who see an advocate", "share", 0.20, 0, 1, A, "statutory from 2009; uptake no source"),
    _p("nr_consulted_share", "compulsion", "Nearest relatives who are consulted", "share", 0.35, 0, 1, Q, "S1; size ours"),
    _p("max_conditions", "compulsion", "Most discretionary conditions on one order", "count", 4, 0, 8, A, "S1 gives a range"),
    _p("cto_end_review", "compulsion", "Chance that a review ends the order, at mean vulnerability", "share", 0.243, 0, 1, E, "TGT11; calibrated"),
    _p("cto_end_between", "compulsion", "Weekly chance of an end between reviews (clinician, tribunal, nearest relative)", "per week", 0.0016, 0, 0.02, E, "TGT11; PAR49"),
    _p("recall_at_crisis", "compulsion", "Chance of a recall, and home again, at the onset of a crisis", "share", 0.159, 0, 1, E, "TGT12; calibrated"),
    _p("recall_at_admission", "compulsion", "Chance that an admission on a CTO is by recall", "share", 0.854, 0, 1, E, "TGT12; half are for deterioration; calibrated"),
    _p("felt_benefit", "compulsion", "Chance that a stable person says at review that the limits helped", "share", 0.55, 0, 1, Q, "S1: many, not all; PAT14"),
]  # fmt: skip

_INFORMATION = [
    _p("informed_at_start", "information", "People who know of budgets when they come under the Trust", "share", 0.04, 0, 0.5, A, "PAR20 for staff; none for people"),
    _p("campaign_rate", "information", "Weekly chance of learning from leaflets and press, information dial at 0.3", "per week", 0.0015, 0, 0.02, A, "no source"),
    _p("carer_tells", "information", "Weekly chance of learning from a carer, likewise", "per week", 0.004, 0, 0.03, A, "S5; size ours"),
    _p("peers_tell", "information", "Weekly chance of learning if all linked peers tell, likewise", "per week", 0.015, 0, 0.1, A, "S5; size ours"),
    _p("peer_worker_tells", "information", "Weekly chance of learning from a full peer worker service", "per week", 0.02, 0, 0.1, A, "SCIE practice reports; size ours"),
    _p("forget_rate", "information", "Weekly chance that what was heard is forgotten", "per week", 0.004, 0, 0.05, A, "no source"),
    _p("tell", "information", "Chance that a practitioner explains budgets at an opportunity, information dial at 0.3", "share", 0.65, 0, 1, A, "sensitive; no source"),
    _p("ask_rate", "information", "Weekly chance of asking, before all that lowers it (to about a tenth)", "per week", 0.10, 0, 0.2, A, "no source"),
    _p("ask_on_cto", "information", "Asking on a CTO as a share of asking otherwise", "ratio", 0.40, 0, 1, Q, "S1, S3"),
    _p("fear_of_losing", "information", "How far an existing service keeps people from asking, for fear of a cut", "share", 0.25, 0, 1, Q, "budgets and cuts came in one breath, 2011"),
    _p("bad_story", "information", "Asking after a bad story as a share of asking otherwise", "ratio", 0.50, 0, 1, Q, "S5; size ours"),
    _p("trust_continuity", "information", "Weekly return of trust with a coordinator who stays", "per week", 0.003, 0, 0.05, A, "ENG19; size ours"),
    _p("trust_change", "information", "Trust lost when the coordinator changes", "0-1", 0.08, 0, 0.5, A, "as above"),
    _p("trust_detained", "information", "Trust lost when detained or recalled to hospital", "0-1", 0.15, 0, 0.6, A, "S1; size ours"),
    _p("trust_condition", "information", "Trust lost per condition imposed without negotiation", "0-1", 0.03, 0, 0.2, A, "S1; size ours"),
    _p("trust_setback", "information", "Trust lost by a lost hand-off or a refusal without reason", "0-1", 0.10, 0, 0.5, A, "size ours"),
    _p("trust_promise", "information", "Trust gained when a budget starts", "0-1", 0.10, 0, 0.5, A, "size ours"),
    _p("confidence_setback", "information", "Share of confidence lost by a refusal or a lost hand-off", "share", 0.06, 0, 0.5, A, "S3; size ours"),
    _p("confidence_support", "information", "Weekly gain of confidence with peers or co-research", "per week", 0.002, 0, 0.05, A, "S5; size ours"),
    _p("carer_asks", "information", "Asking with a carer who advocates, as a ratio", "ratio", 1.6, 1, 4, Q, "PAT23"),
]  # fmt: skip

_PRACTICE = [
    _p("contract_hours", "practice", "Contracted hours", "hours a week", 37.2, 20, 48, M, "PAR11"),
    _p("direct_share", "practice", "Share of hours left after administration and meetings", "share", 0.50, 0.2, 0.9, E, "PAR10"),
    _p("overtime_share", "practice", "Overtime at most, as a share of direct hours", "share", 0.23, 0, 0.5, M, "PAR11 (8.7 hours)"),
    _p("contact_hours", "practice", "Length of a contact with its travel and notes", "hours", 0.93, 0.3, 2, E, "TGT08; PAR13 (26 minutes a person a week)"),
    _p("contacts_stable", "practice", "Contacts a stable person needs", "per week", 0.329, 0, 2, E, "TGT08; calibrated"),
    _p("contacts_unsettled", "practice", "Contacts an unsettled person needs", "per week", 0.65, 0, 3, E, "TGT08"),
    _p("contacts_crisis", "practice", "Contacts in a crisis", "per week", 1.6, 0, 5, E, "TGT08"),
    _p("contacts_inpatient", "practice", "Contacts in hospital", "per week", 0.3, 0, 2, A, "form ours"),
    _p("contacts_cto", "practice", "More contacts on a CTO", "per week", 0.25, 0, 2, A, "2 to 4 contacts a month in OCTET"),
    _p("protection_width", "practice", "How gently social care time gives way as contacts fill the week", "share", 0.12, 0.02, 0.4, E, "PAR11; a plain residue is a knife-edge"),
    _p("medical_claim", "practice", "Share of social care time that goes to treatment at full medical orientation", "share", 0.50, 0, 1, Q, "S2"),
    _p("talk_hours", "practice", "Hours to talk about budgets", "hours", 1.0, 0.2, 4, A, "no source"),
    _p("shortest_forms", "practice", "Hours of the shortest forms as a share of the full ones", "ratio", 0.5, 0.1, 1, Q, "S2; PAT05"),
    _p("least_involvement", "practice", "Involvement when forms are done without the person", "0-1", 0.10, 0, 0.5, Q, "S2; PAT05"),
    _p("most_case_hours", "practice", "Most hours a week on one case", "hours", 3.0, 0.5, 10, A, "form ours"),
    _p("review_weeks", "practice", "Weeks between care reviews that are due", "weeks", 52, 13, 104, E, "yearly under CPA"),
    _p("review_hours", "practice", "Hours of a care review beyond the contact it is part of", "hours", 0.5, 0.1, 6, A, "no source"),
    _p("not_recommended", "practice", "Highest chance of not recommending a budget to save time", "share", 0.35, 0, 1, Q, "S2"),
    _p("readiness_unsettled", "practice", "Chance, at full medical orientation, of 'not stable enough now' when unsettled or just settled", "share", 0.6, 0, 1, Q, "S2"),
    _p("readiness_stable", "practice", "The same after long stability", "share", 0.06, 0, 1, Q, "S2"),
    _p("settling_weeks", "practice", "Weeks in which that doubt fades by two thirds", "weeks", 12, 1, 104, A, "form ours"),
    _p("legal_bar_cto", "practice", "Chance that a CTO is taken as a bar", "share", 0.55, 0, 1, Q, "S1; PAT11"),
    _p("judgement_weeks", "practice", "Weeks for which a judgement about a person lasts", "weeks", 104, 1, 520, A, "judgements last"),
    _p("stigma_bias", "practice", "How far perceived exceeds actual risk at full stigma", "0-1", 0.4, 0, 1, Q, "S3; PAT06"),
    _p("risk_learning", "practice", "Share of the way to actual risk that belief goes in a week", "per week", 0.006, 0, 0.1, A, "learning is slow"),
    _p("crisis_jump", "practice", "Rise of perceived risk at a crisis", "0-1", 0.10, 0, 0.5, Q, "S3"),
    _p("file_fades", "practice", "Share of the way to actual risk that the record goes in a week", "per week", 0.001, 0, 0.05, A, "the file follows"),
    _p("file_weight", "practice", "How far a new coordinator goes by the file", "share", 0.50, 0, 1, A, "S3; size ours"),
    _p("alarm_closes", "practice", "How far full alarm closes the risk gate", "share", 1.0, 0, 1, A, "PAT07; size and length unknown"),
    _p("risk_panel_relief", "practice", "Share of worry lifted where a risk enablement panel shares the decision", "share", 0.60, 0, 1, Q, "SCIE Report 36; size ours"),
    _p("handoff_tried", "practice", "Chance that one who holds it is not their job hands the person on", "share", 0.4, 0, 1, A, "S2; no count"),
    _p("handoff_lost", "practice", "Chance that a hand-off is lost", "share", 0.25, 0, 1, A, "S2; no count"),
    _p("handoff_weeks", "practice", "Weeks a hand-off waits", "weeks", 5, 0, 52, A, "no source"),
    _p("handoff_full", "practice", "Budget cases with which a social worker is full", "cases", 4, 1, 30, A, "no source"),
    _p("council_weeks", "practice", "Weeks a referral to the council team waits", "weeks", 12, 0, 52, A, "no source"),
    _p("council_cases", "practice", "Budget cases that a council team can hold per mental health team", "cases", 4, 0, 200, A, "no source"),
    _p("council_case_hours", "practice", "Council team hours a week per case it can hold", "hours a week", 1.5, 0.2, 10, A, "no source"),
    _p("squeeze_width", "practice", "Share of direct hours for social care at which the pull to save time falls to a third", "share", 0.20, 0.02, 1, A, "form ours"),
    _p("broker_cases", "practice", "Budget cases that one broker can hold", "cases", 12, 1, 60, E, "PAR26: about ten hours a plan"),
    _p("broker_direct_share", "practice", "Share of a broker's hours that goes to cases", "share", 0.7, 0.2, 1, A, "no source"),
    _p("broker_reach", "practice", "Chance that someone who asks goes straight to a broker, at middling confidence", "share", 0.55, 0, 1, A, "PAR27 bounds it; help reaches those who look for it"),
    _p("pressure_opens_role", "practice", "How far full target pressure opens the role gate (rise of its odds)", "ratio", 0.5, 0, 3, A, "S4; little changed"),
    _p("usual_involvement", "practice", "Share of people who definitely take part in planning their care, without a budget", "share", 0.53, 0, 1, E, "PAR45"),
]  # fmt: skip

_ATTITUDES = [
    _p("worry_nurse", "attitudes", "Odds of worry, nurses to the dial", "odds ratio", 1.3, 0.2, 5, A, "S2: priorities differ"),
    _p("worry_occupational_therapist", "attitudes", "Odds of worry, occupational therapists to the dial", "odds ratio", 1.0, 0.2, 5, A, "as above"),
    _p("worry_social_worker", "attitudes", "Odds of worry, social workers to the dial", "odds ratio", 0.8, 0.2, 5, A, "as above"),
    _p("boundary_nurse", "attitudes", "Odds of the role boundary, nurses to the dial", "odds ratio", 2.4, 0.2, 8, Q, "S2: doubt in all three; size ours"),
    _p("boundary_occupational_therapist", "attitudes", "Odds of the role boundary, occupational therapists to the dial", "odds ratio", 1.3, 0.2, 8, Q, "as above"),
    _p("boundary_social_worker", "attitudes", "Odds of the role boundary, social workers to the dial", "odds ratio", 0.5, 0.1, 8, Q, "as above"),
    _p("boundary_council", "attitudes", "Odds of the role boundary, council team to the dial", "odds ratio", 0.3, 0.05, 8, A, "it is their job; S2 found doubt in all"),
    _p("broker_worry", "attitudes", "Worry of a broker as a share of a social worker's", "ratio", 0.5, 0, 1, A, "independent of the Trust"),
    _p("boundary_co_located", "attitudes", "More odds of the boundary for nurses and therapists where teams only share a building", "odds ratio", 1.5, 0.5, 5, A, "delegated duties are missing"),
    _p("boundary_separate", "attitudes", "More odds of the boundary for nurses and therapists where services are separate", "odds ratio", 2.2, 0.5, 8, A, "as above"),
    _p("medical_nurse", "attitudes", "Odds of medical orientation, nurses to the dial", "odds ratio", 1.4, 0.2, 5, A, "S2, S5"),
    _p("medical_occupational_therapist", "attitudes", "Odds of medical orientation, occupational therapists to the dial", "odds ratio", 0.9, 0.2, 5, A, "as above"),
    _p("medical_social_worker", "attitudes", "Odds of medical orientation, social workers to the dial", "odds ratio", 0.6, 0.2, 5, A, "as above"),
    _p("recognises_nurse", "attitudes", "Social care knowledge of nurses: recognises eligible need", "share", 0.75, 0, 1, Q, "S5; PAT25"),
    _p("recognises_occupational_therapist", "attitudes", "The same, occupational therapists", "share", 0.80, 0, 1, Q, "S5; PAT25"),
    _p("recognises_social_worker", "attitudes", "The same, social workers", "share", 0.93, 0, 1, Q, "S5; PAT25"),
    _p("knowledge_nurse", "attitudes", "Knowledge of the process, nurses", "share", 0.36, 0, 1, E, "PAR20"),
    _p("knowledge_occupational_therapist", "attitudes", "Knowledge of the process, occupational therapists", "share", 0.43, 0, 1, E, "PAR20"),
    _p("knowledge_social_worker", "attitudes", "Knowledge of the process, social workers", "share", 0.55, 0, 1, E, "PAR19, PAR20"),
    _p("person_spread", "attitudes", "How much attitudes differ between practitioners (log odds)", "log odds", 0.6, 0, 2, A, "form ours"),
    _p("role_protection", "attitudes", "How far practitioners defend the role they have (slows every gain of legitimacy)", "0-1", 0.50, 0, 0.95, Q, "S2: protection of roles"),
]  # fmt: skip

_PATHWAY = [
    _p("budgets_offered", "pathway", "Are there personal budgets at all (0: personalisation switched off)?", "0 or 1", 1, 0, 1, A, "thought experiment; for calibration of all else"),
    _p("willing", "pathway", "Chance that an informed person of middling autonomy and confidence accepts an offer", "share", 0.9, 0, 1, A, "no source; declining is a choice"),
    _p("thin_market_declines", "pathway", "How far no local options lower acceptance", "share", 0.20, 0, 0.8, Q, "S3"),
    _p("carer_wish_advocates", "pathway", "Carers who advocate that wish for an offered budget", "share", 0.9, 0, 1, A, "S5; asked apart, changes nothing"),
    _p("carer_wish_supports", "pathway", "The same, carers who support", "share", 0.6, 0, 1, A, "as above"),
    _p("carer_wish_worried", "pathway", "The same, carers who hold back", "share", 0.25, 0, 1, A, "as above"),
    _p("steps_lean", "pathway", "Signatures and hand-overs in a lean process", "count", 3, 1, 20, A, "S4, S5; PAT09"),
    _p("steps_heavy", "pathway", "Signatures and hand-overs in a heavy process", "count", 15, 1, 40, A, "S4, S5; PAT09"),
    _p("pages_lean", "pathway", "Pages of forms in a lean process", "count", 10, 1, 60, A, "S4, S5; PAR24"),
    _p("pages_heavy", "pathway", "Pages of forms in a heavy process", "count", 60, 1, 200, A, "S4, S5; PAR24"),
    _p("n_steps", "pathway", "Signatures and hand-overs", "count", None, 0, 60, A, "by dial: bureaucracy"),
    _p("n_pages", "pathway", "Pages of forms", "count", None, 0, 300, A, "by dial: bureaucracy"),
    _p("assessment_hours", "pathway", "Staff hours of an assessment apart from its pages", "hours", 0.8, 0, 10, E, "PAR26"),
    _p("assessment_page_hours", "pathway", "Staff hours of an assessment per page of the process", "hours", 0.12, 0, 1, A, "2 to 8 hours lean to heavy"),
    _p("plan_hours", "pathway", "Staff hours of a support plan apart from its pages", "hours", 2.0, 0, 20, E, "PAR26"),
    _p("plan_page_hours", "pathway", "Staff hours of a support plan per page", "hours", 0.20, 0, 1, A, "4 to 14 hours lean to heavy"),
    _p("set_up_hours", "pathway", "Staff hours of set-up apart from its pages", "hours", 0.2, 0, 10, A, "no source"),
    _p("set_up_page_hours", "pathway", "Staff hours of set-up per page", "hours", 0.08, 0, 1, A, "1 to 5 hours lean to heavy"),
    _p("assessment_step_weeks", "pathway", "Weeks an assessment waits per step", "weeks", 0.55, 0, 3, E, "PAR32; PAR58"),
    _p("indicative_step_weeks", "pathway", "Weeks an indicative budget waits per step", "weeks", 0.15, 0, 3, A, "no source"),
    _p("plan_step_weeks", "pathway", "Weeks a plan waits per step", "weeks", 0.40, 0, 3, A, "no source"),
    _p("funding_step_weeks", "pathway", "Weeks of signatures before money is decided, per step", "weeks", 0.15, 0, 3, A, "no source"),
    _p("set_up_step_weeks", "pathway", "Weeks set-up waits per step", "weeks", 0.60, 0, 3, E, "PAR58"),
    _p("qa_weeks", "pathway", "More weeks of set-up at the strictest quality assurance", "weeks", 6, 0, 26, A, "S5; size ours"),
    _p("qa_thins_market", "pathway", "Share of the market lost at the strictest quality assurance", "share", 0.30, 0, 1, Q, "S5; size ours"),
    _p("leave_rate", "pathway", "Weekly chance of leaving the process at its start", "per week", 0.0035, 0, 0.1, A, "no source"),
    _p("leave_growth", "pathway", "Growth of that chance per week since budgets were raised", "per week", 0.03, 0, 0.3, A, "form ours"),
    _p("carer_keeps", "pathway", "Leaving with a supporting or advocating carer, as a ratio", "ratio", 0.70, 0.1, 1, Q, "PAT23"),
    _p("helper_keeps", "pathway", "Leaving with a broker or peer worker, as a ratio", "ratio", 0.65, 0.1, 1, Q, "PAR27; size ours"),
    _p("peer_reach", "pathway", "Share of people on the way whom full peer support reaches", "share", 0.6, 0, 1, A, "no source"),
    _p("sum_told", "pathway", "Chance that the indicative sum is told, in the person's presence and plain language", "share", 0.85, 0, 1, A, "no source"),
    _p("plan_agreed", "pathway", "Chance that a plan made with the person is one they agreed", "share", 0.9, 0, 1, A, "no source"),
    _p("plan_agreed_absent", "pathway", "The same for a plan written without the person", "share", 0.10, 0, 1, A, "S2: hollow; size ours"),
    _p("presence_least", "pathway", "Chance that the person is there when forms are done in the least time", "share", 0.10, 0, 1, Q, "S2; PAT05; size ours"),
    _p("condition_narrows", "pathway", "Freedom to vary lost per condition that was not negotiated", "share", 0.10, 0, 0.25, A, "S1; size ours"),
    _p("can_vary", "pathway", "Chance that a direct payment can be varied without a new panel", "share", 0.85, 0, 1, A, "no source"),
    _p("can_vary_managed", "pathway", "The same for managed and third-party budgets", "share", 0.55, 0, 1, A, "no source"),
    _p("small_share", "pathway", "Budgets from GBP 100 to 1 000 a year", "share", 0.20, 0, 1, M, "PAR28"),
    _p("large_share", "pathway", "Budgets from GBP 10 000 to 12 000 a year", "share", 0.25, 0, 1, M, "PAR29, PAR30"),
    _p("one_off_share", "pathway", "Small budgets that are one-off", "share", 0.50, 0, 1, E, "PAR31"),
    _p("one_off_weeks", "pathway", "Weeks a one-off budget is in use", "weeks", 13, 1, 52, A, "form ours"),
    _p("contribution_share", "pathway", "People asked for a contribution (none under section 117)", "share", 0.35, 0, 1, A, "means-tested; no source"),
    _p("contribution_declines", "pathway", "Chance of ending the process when asked for a contribution", "share", 0.10, 0, 1, A, "no source"),
    _p("dispute_share", "pathway", "Chance of a funding dispute at full overlap of needs without pooled money", "share", 0.45, 0, 1, Q, "S4"),
    _p("dispute_weeks", "pathway", "Weeks in dispute", "weeks", 14, 1, 104, A, "S4; no figure"),
    _p("dispute_nowhere", "pathway", "Disputes that end without a budget", "share", 0.15, 0, 1, A, "S4; no figure"),
    _p("dispute_joint", "pathway", "Disputes that end in joint funding", "share", 0.25, 0, 1, A, "S4; no figure"),
    _p("dispute_section_117", "pathway", "Disputes under section 117 as a share of those otherwise", "ratio", 0.3, 0, 1, A, "joint duty, money apart"),
    _p("panel_lean", "pathway", "Panel places a week per 1 000 eligible people, lean", "per week", 4.0, 0, 100, A, "no source"),
    _p("panel_heavy", "pathway", "Panel places a week per 1 000 eligible people, heavy", "per week", 1.2, 0, 100, A, "no source"),
    _p("panel_places", "pathway", "Panel places a week per 1 000 eligible people", "per week", None, 0, 1000, A, "by dial: bureaucracy"),
    _p("panel_keeps_weeks", "pathway", "Weeks for which unused panel places keep", "weeks", 4, 0, 26, A, "form ours"),
    _p("sign_off_risk", "pathway", "Perceived risk from which a manager leaves it to the panel", "0-1", 0.8, 0, 1, A, "no source"),
    _p("panel_refuses", "pathway", "Chance of refusal at full bureaucracy, worry x perceived risk at a half", "share", 0.25, 0, 1, E, "PAR25"),
    _p("panel_sends_back", "pathway", "Highest chance that a thin plan is sent back", "share", 0.30, 0, 1, A, "no source"),
    _p("pot_per_eligible", "pathway", "Yearly pot for budgets per eligible person", "GBP", 2500, 0, 20000, E, "PAR30, PAR60"),
    _p("pot_growth", "pathway", "Growth of the pot per year", "per year", 0.0, -0.3, 0.3, A, "lever for austerity"),
    _p("refuse_when_spent", "pathway", "Chance of refusal once the year's pot is committed", "share", 0.50, 0, 1, A, "form ours"),
    _p("contest", "pathway", "Chance that a person of middling confidence contests a refusal at no power distance", "share", 0.50, 0, 1, Q, "S3"),
    _p("contest_won", "pathway", "Contested refusals that are reconsidered", "share", 0.35, 0, 1, A, "no source"),
    _p("contest_weeks", "pathway", "Weeks until a contested refusal is heard", "weeks", 8, 1, 52, A, "no source"),
    _p("direct_payment_wish", "pathway", "Chance of wishing for a direct payment of GBP 2 500", "share", 0.55, 0, 1, E, "TGT05"),
    _p("direct_payment_size", "pathway", "Power of the sum in that chance", "power", 0.4, 0, 1, E, "PAT29 (1.8 times larger)"),
    _p("direct_payment_barred", "pathway", "Are direct payments barred for people under the Act (1 until 9 November 2009)?", "0 or 1", 0, 0, 1, M, "SI 2009/1887"),
    _p("third_party_wish", "pathway", "Chance of a third-party budget among those without a direct payment", "share", 0.20, 0, 1, A, "no source"),
    _p("set_up_fails", "pathway", "Highest chance that support cannot be found", "share", 0.30, 0, 1, Q, "PAT24"),
    _p("budget_ends", "pathway", "Weekly chance that a budget ends", "per week", 0.0015, 0, 0.03, A, "no source"),
    _p("cut_at_review", "pathway", "Chance that a yearly budget review cuts the sum by a fifth", "share", 0.10, 0, 1, A, "no source"),
    _p("raise_at_review", "pathway", "Chance that it raises the sum by a tenth", "share", 0.10, 0, 1, A, "no source"),
    _p("cut_size", "pathway", "Share by which a sum is cut", "share", 0.2, 0, 1, A, "no source"),
    _p("raise_size", "pathway", "Share by which a sum is raised", "share", 0.1, 0, 1, A, "no source"),
    _p("pause_weeks", "pathway", "Weeks in hospital after which a direct payment pauses", "weeks", 6, 1, 26, A, "ENG15: practice varied"),
    _p("disputed_spending", "pathway", "Weekly chance that spending from a budget is disputed, without quality assurance", "per week", 0.0008, 0, 0.02, A, "S5: safety worries; most budgets see none"),
    _p("rest_weeks", "pathway", "Weeks before a process that ended can start again", "weeks", 26, 0, 104, A, "form ours"),
]  # fmt: skip

_TARGETS = [
    _p("target", "targets", "The council-wide target in force (0 = none)", "share", 0.0, 0, 1, M, "PAR62, PAR63, PAR64"),
    _p("target_deadline_weeks", "targets", "Weeks left to the deadline", "weeks", 260, 0, 520, M, "from the policy calendar"),
    _p("other_clients_rate", "targets", "Share of the council's other clients with a budget", "share", 0.05, 0, 1, M, "PAR61; 8 % in March 2009"),
    _p("mental_health_weight", "targets", "Mental health's share of the council's clients", "share", 0.10, 0, 1, E, "about 113 000 of 1.2 million"),
    _p("relabel_rate", "targets", "Weekly chance that a service is relabelled at half the full push", "per week", 0.028, 0, 0.2, A, "TGT01; PAT16"),
    _p("push_weeks", "targets", "Weeks before the deadline in which the push grows", "weeks", 39, 4, 156, A, "form ours"),
    _p("relabel_lapses", "targets", "Weekly chance that a relabelled service drops out of the count", "per week", 0.004, 0, 0.05, A, "no source"),
]  # fmt: skip

_CULTURE = [
    _p("norm_rate", "culture", "Share of the way to the team's mean that attitudes go in a week", "per week", 0.010, 0, 0.1, A, "form ours"),
    _p("home_rate", "culture", "Share of the way to the profession's mean that attitudes go in a week", "per week", 0.005, 0, 0.1, A, "form ours"),
    _p("lever_rate", "culture", "Share of the way that a full lever on attitudes goes in a week", "per week", 0.020, 0, 0.2, A, "form ours"),
    _p("learning_by_doing", "culture", "Gain of legitimacy and knowledge per completed budget", "0-1", 0.03, 0, 0.3, A, "no source"),
    _p("alarm_jump", "culture", "Alarm in a team after one attributed incident, full blame culture", "0-1", 0.80, 0, 1, Q, "PAT07; size unknown"),
    _p("alarm_half_life", "culture", "Weeks in which alarm halves", "weeks", 26, 2, 104, A, "PAT07; length unknown"),
    _p("media_stigma", "culture", "Rise of public stigma at a media event", "0-1", 0.25, 0, 0.5, Q, "S3; size ours"),
    _p("media_blame", "culture", "Rise of blame at a media event", "0-1", 0.40, 0, 1, Q, "S3; size ours"),
    _p("media_half_life", "culture", "Weeks in which the effect of a media event halves", "weeks", 20, 2, 104, A, "S3; length unknown"),
    _p("spiral_weeks", "culture", "Weeks of one spiral of action research", "weeks", 52, 13, 104, M, "S5: three spirals in four years"),
    _p("spiral_strength", "culture", "Share of the aimed-at barrier that a full spiral lifts", "share", 0.60, 0, 1, A, "S5 claims gains; size ours"),
    _p("spiral_fades", "culture", "Share of that gain lost in a week after the spiral", "per week", 0.004, 0, 0.1, A, "no source"),
]  # fmt: skip

_COSTS = [
    _p("staff_cost", "costs", "Cost of a staff hour", "GBP", 35, 15, 80, E, "PSSRU unit costs of the period, near"),
    _p("contribution_size", "costs", "Share of a budget that a person with a contribution pays", "share", 0.15, 0, 1, A, "means-tested; no source"),
    _p("joint_share", "costs", "Share of a jointly funded budget that the NHS pays", "share", 0.5, 0, 1, A, "no source"),
    _p("hours_of_training", "costs", "Hours of full training per post", "hours a week", 0.7, 0, 10, E, "PAR12"),
    _p("hours_of_supervision", "costs", "Hours of supervision per post under full role clarity or positive risk-taking", "hours a week", 0.4, 0, 10, A, "no source"),
    _p("hours_of_risk_panel", "costs", "Staff hours of a weekly risk enablement panel per team", "hours a week", 2.0, 0, 40, A, "no source"),
    _p("hours_of_peer_support", "costs", "Paid hours of full peer support per team", "hours a week", 37, 0, 200, A, "one post"),
    _p("hours_of_campaign", "costs", "Staff hours of a full campaign per team", "hours a week", 4, 0, 100, A, "no source"),
    _p("hours_of_advocacy", "costs", "Paid hours of full advocacy per team", "hours a week", 30, 0, 200, A, "no source"),
    _p("hours_of_payment_support", "costs", "Paid hours of full direct payment support per team", "hours a week", 20, 0, 200, A, "no source"),
    _p("hours_of_research", "costs", "Hours of action research per team, co-researchers' paid hours included", "hours a week", 12, 0, 100, A, "S5; no figure"),
    _p("hours_of_rights", "costs", "Hours of full rights practice per order made or reviewed", "hours", 4, 0, 40, A, "no source"),
]  # fmt: skip

_LEVERS = [
    _p("training", "levers", "Training of staff: knowledge, worry for the person", "0-1", 0.05, 0, 1, Q, "S4, S5; PAR12, PAR23"),
    _p("leadership", "levers", "Leadership and vision beyond the usual", "0-1", 0, 0, 1, Q, "S4; PAT27"),
    _p("lean_process", "levers", "Share of steps and pages taken out", "share", 0, 0, 0.95, Q, "S4"),
    _p("delegated_sign_off", "levers", "Sum below which a team manager signs instead of the panel", "GBP a year", 0, 0, 50000, Q, "S4; SCIE"),
    _p("default_offer", "levers", "Reviews that must bring an offer or a written reason", "share", 0, 0, 1, Q, "S4; letter of September 2009"),
    _p("role_clarity", "levers", "Budgets written into every role, with supervision", "0-1", 0, 0, 1, Q, "S2"),
    _p("protected_hours", "levers", "Hours a month kept free for social care", "hours a month", 0, 0, 20, Q, "S2"),
    _p("risk_enablement_panel", "levers", "A panel that shares hard decisions on risk", "0-1", 0, 0, 1, Q, "SCIE Report 36"),
    _p("positive_risk_taking", "levers", "Policy, training and supervision for positive risk-taking; at 1 it halves blame", "0-1", 0, 0, 1, Q, "S3"),
    _p("unbiased_belief", "levers", "Share of stigma's bias in perceived risk that is taken away", "share", 0, 0, 1, Q, "S3, thought experiment"),
    _p("brokers", "levers", "Independent brokers per team", "posts", 0, 0, 5, E, "PAR26, PAR27"),
    _p("peer_support", "levers", "Peer workers and user-led groups", "0-1", 0, 0, 1, Q, "S5; SCIE"),
    _p("campaign", "levers", "Information campaign", "0-1", 0, 0, 1, Q, "S5; PAT10"),
    _p("direct_payment_support", "levers", "Support service, payroll and managed accounts for direct payments", "0-1", 0.3, 0, 1, Q, "S5; SCIE"),
    _p("pooled_funding", "levers", "Share of disputes prevented by pooled health and social money", "share", 0, 0, 1, Q, "S4"),
    _p("advocacy", "levers", "Advocates beyond the usual", "0-1", 0, 0, 1, Q, "S1; statutory from 2009"),
    _p("rights_practice", "levers", "All four parts of rights practice at once", "0-1", 0, 0, 1, Q, "S1; PAT13"),
    _p("rights_information", "levers", "Rights practice: plain information on order and rights, twice", "0-1", 0, 0, 1, Q, "S1; PAT13"),
    _p("rights_meeting", "levers", "Rights practice: a meeting before discharge", "0-1", 0, 0, 1, Q, "S1"),
    _p("rights_advocate", "levers", "Rights practice: referral to an advocate", "0-1", 0, 0, 1, Q, "S1"),
    _p("rights_relative", "levers", "Rights practice: the nearest relative is consulted", "0-1", 0, 0, 1, Q, "S1"),
    _p("audit", "levers", "Counts only what is real", "0 or 1", 0, 0, 1, Q, "S4"),
    _p("action_research", "levers", "Spirals of plan, act, observe, reflect", "0-1", 0, 0, 1, Q, "S5"),
    _p("co_researchers", "levers", "Users and carers research with staff", "0-1", 0, 0, 1, Q, "S5"),
    _p("media_event", "levers", "A sensational story in the press (set for one week)", "0-1", 0, 0, 1, Q, "S3; exogenous"),
    _p("involvement_drive", "levers", "Involvement promoted without budgets", "0-1", 0, 0, 1, Q, "S3; PAT26"),
]  # fmt: skip

# Thought experiments: 1 switches a barrier off for everyone, 0 leaves it as it is. `persim attribute` uses them.
_BARRIERS = [
    _p("lift_information", "barriers", "Every eligible person understands what a personal budget is, and nobody forgets", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_recognition", "barriers", "Every eligible need is recognised", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_readiness", "barriers", "Outside crisis and hospital nobody is found 'not stable enough now'", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_time", "barriers", "There is always time: reviews do not slip, forms are done with the person, absence is stood in for", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_role", "barriers", "Every practitioner holds budgets to be their own job", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_knowledge", "barriers", "Every practitioner knows how a budget is got", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_risk", "barriers", "No practitioner keeps a budget back for the risk that they see", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_legal_bar", "barriers", "An order or a section is never taken as a bar, and conditions do not narrow a budget", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_language_and_power", "barriers", "Forms are plain, the person's view counts in full; who is there is told the sum and agrees the plan", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_steps", "barriers", "No stage costs hours or weeks, and nobody leaves worn out", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_disputes", "barriers", "There is no dispute over who pays", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_panel", "barriers", "Every case is signed without a panel", "0 or 1", 0, 0, 1, A, "thought experiment"),
    _p("lift_market", "barriers", "Support can always be found, and a thin market puts nobody off", "0 or 1", 0, 0, 1, A, "thought experiment"),
]  # fmt: skip

TABLE: tuple[Parameter, ...] = tuple(
    _DIALS
    + _LOCALITY
    + _CASELOAD
    + _WELLBEING
    + _COMPULSION
    + _INFORMATION
    + _PRACTICE
    + _ATTITUDES
    + _PATHWAY
    + _TARGETS
    + _CULTURE
    + _COSTS
    + _LEVERS
    + _BARRIERS
)
BY_NAME: Mapping[str, Parameter] = {p.name: p for p in TABLE}
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(p.group for p in TABLE))

# The record that compiled rules read: one float64 per number; NaN where a dial places it.
PARAMETERS = np.dtype([(p.name, np.float64) for p in TABLE])

# Numbers that shape the population at the start: a dated policy step cannot change them.
FIXED_AT_START = frozenset({
    "n_localities", "integrated_share", "co_located_share", "rural_share", "locality_spread", "rows_per_post",
    "informed_at_start", "initial_budget_share", "carer_share", "carer_advocates", "carer_worried", "lives_alone_share",
    "nurse_share", "social_worker_share", "amhp_share", "vulnerability_slope", "prone_share", "package_share",
    "psychosis_share", "psychosis_slope", "psychosis_prone",
})  # fmt: skip


def defaults() -> dict[str, float | None]:
    """Name -> default, in the order of the table; None where a dial places the number."""
    return {p.name: p.default for p in TABLE}


def parameter_rows(weekly: Mapping[str, np.ndarray]) -> np.ndarray:
    """The records that rules read, one a week.

    Args:
        weekly: name -> float64 array of shape (n_weeks,), NaN where a dial places the number; every name of the table.

    Returns: array of dtype `PARAMETERS`, shape (n_weeks,).
    """
    n_weeks = len(next(iter(weekly.values())))
    rows = np.zeros(n_weeks, PARAMETERS)
    for p in TABLE:
        rows[p.name] = weekly[p.name]
    return rows


def record_of(**changes: float) -> np.ndarray:
    """One record of defaults with changes, shape (1,): for tests and for trying a rule by hand."""
    row = np.zeros(1, PARAMETERS)
    for p in TABLE:
        value = changes.pop(p.name, p.default)
        row[p.name] = math.nan if value is None else value
    if changes:
        raise KeyError(f"no parameter is called {', '.join(sorted(changes))}")
    return row
