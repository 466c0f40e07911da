"""What every state variable means, and the page `docs/state.md` made of it.

`PEOPLE`, `PRACTITIONERS`, `TEAMS` and `LOCALITIES` describe every field of the record types in `persim.state`: topic ->
field -> (what it is, what values it takes). A name that stands alone as the values is an enumeration of that module. Fields
in `FIXED` keep the value they get when the actor enters; all others may change.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from persim import state

Topics = dict[str, dict[str, tuple[str, str]]]

_FLAG, _SHARE, _HOURS, _WEEK, _GBP = "0 or 1", "0 to 1", "hours a week, from 0", "week of the run", "GBP a year"
_LONG_AGO = "week of the run; -100000 for never"
_GAIN = "0 to 1, share of what is missing"

PEOPLE: Topics = {
    "Where the person is": {
        "key": ("the person's own luck: every draw about them is made from it", "64-bit integer"),
        "weight": (
            "how many people the row stands for where a rare group was enriched",
            "above 0; 1 without enrichment",
        ),
        "place": ("on a caseload, or discharged to primary care", "Place"),
        "coordinator": ("the post that coordinates care", "row of the practitioners"),
        "weeks_to_review": ("weeks until the next care review is due; 0 or less: due", "weeks"),
    },
    "Need and entitlement": {
        "social_need": ("need for social care", _SHARE),
        "health_need": ("need for health care", _SHARE),
        "eligible": ("eligible for council-funded social care", _FLAG),
        "package": ("has a commissioned service that is no budget", _FLAG),
        "s117": ("under the duty of aftercare, section 117", _FLAG),
    },
    "Health": {
        "mental_state": ("how the person is this week", "MentalState"),
        "weeks_in_state": ("weeks in this mental state; for someone away, weeks away", "weeks"),
        "vulnerability": ("actual risk of relapse, which no coordinator sees", _SHARE),
        "hazard": ("what vulnerability multiplies chances of getting worse by", "above 0; 1 at vulnerability 0.4"),
    },
    "How the person is seen": {
        "perceived_risk": ("the coordinator's belief about risk", _SHARE),
        "file_risk": ("what the record says about risk", _SHARE),
    },
    "Who the person is": {
        "autonomy_preference": ("wish to decide for oneself", _SHARE),
        "confidence": ("confidence in dealing with services", _SHARE),
        "trust": ("trust in the service", _SHARE),
        "self_stigma": ("stigma taken into oneself", _SHARE),
        "informed": ("what the person knows of budgets", "Informed"),
        "heard": ("the last story from peers", "-1 a bad one, 0 none, 1 a good one"),
        "carer": ("what a carer, if any, does about budgets", "Carer"),
        "nearest_relative": ("who holds the legal role under the Act", "NearestRelative"),
        "traits": (
            "what is drawn at birth: prone to detention (to whom most happen), psychosis (a marker for counting; no rule of "
            "behaviour reads it), lives alone",
            "bits 1, 2, 4",
        ),
    },
    "Compulsion": {
        "legal_status": ("status under the Mental Health Act", "LegalStatus"),
        "cto_weeks": ("weeks on the present order", "weeks"),
        "cto_review_in": ("weeks until the order is reviewed", "weeks"),
        "order_informed": ("understands the order", _FLAG),
        "rights_informed": ("understands the rights under it", _FLAG),
        "conditions": ("conditions of the order", "count, from 0 to `max_conditions`"),
        "conditions_negotiated": ("how far the conditions were negotiated with the person", _SHARE),
        "cto_involvement_making": ("involvement in the making of the order", _SHARE),
        "cto_involvement_review": ("involvement at its latest review", "0 to 1; -1 before a review"),
        "cto_felt_benefit": ("says, looking back, that the limits helped", _FLAG),
        "amhp": ("who agreed to the order", "row of the practitioners; -1 for nobody"),
    },
    "The way to a budget": {
        "pathway_stage": ("stage of the way", "Stage"),
        "weeks_in_stage": ("weeks in this stage; with a budget in use, weeks in use", "weeks"),
        "lead_worker": ("who leads on the budget", "row of the practitioners; -1 for the coordinator"),
        "work_left": ("staff hours that this stage still needs", "hours"),
        "wait_left": ("least weeks that this stage still lasts", "weeks"),
        "worked_hours": ("hours worked on this stage", "hours"),
        "worked_with": ("those hours, each times the involvement that the week allowed", "hours"),
        "raised_week": ("when budgets were raised with someone willing", _LONG_AGO),
        "in_use_week": ("when the latest budget came into use", _LONG_AGO),
        "rest_until": ("no new process before", _LONG_AGO),
        "asked": ("asked for a budget this week, or is handed on having asked", _FLAG),
        "n_opportunities": ("occasions so far", "count"),
        "n_offers": ("offers so far", "count"),
        "planned_with": ("the latest care review was planned with the person", _FLAG),
        "involvement": ("the person's part in assessment and plan", _SHARE),
        "absent": ("meetings held without the person", "bits: 1 assessment, 2 plan, 4 budget review"),
        "barrier": ("the gate that closed first, or what holds the person up", "Barrier"),
        "gates": ("every gate that would have closed", "bits, 1 << `Barrier`"),
    },
    "A budget": {
        "budget_form": ("who holds the money", "BudgetForm"),
        "budget_gbp_per_year": ("the sum", _GBP),
        "amount_known": ("first truth: the person knows the sum", _FLAG),
        "plan_agreed": ("second truth: the person agreed the plan", _FLAG),
        "can_vary": ("third truth: the person is free to vary what it buys", _FLAG),
        "one_off": ("a single payment", _FLAG),
        "contribution": ("the person was asked to contribute", _FLAG),
        "joint_funded": ("health and social care share the cost", _FLAG),
        "counted": ("the council counts it, or a relabelled service", _FLAG),
        "paused": ("paused in hospital", _FLAG),
        "activity_goes_on": ("what it paid for goes on after its end", _FLAG),
    },
    "Outcomes and accounts": {
        "control_felt": ("felt choice and control, an index of this model", _SHARE),
        "control_before": ("felt control on the day the latest budget came into use", _SHARE),
        "control_recorded": ("control as forms record it", _SHARE),
        "social_contact": ("social contact, an index of this model", _SHARE),
        "quality_of_life": ("quality of life, an index of this model", _SHARE),
        "peer_signal": ("what peers can hear next week", "0 nothing, 1 budgets exist, 2 a good story, 3 a bad one"),
        "year_marks": (
            "what the person has been at any time this financial year",
            "bits, the year's number above them",
        ),
    },
}

PRACTITIONERS: Topics = {
    "The post and its holder": {
        "key": ("the post's own luck", "64-bit integer"),
        "profession": ("profession of the holder, or broker, or council team", "Profession"),
        "team": ("the team", "row of the teams; -1 outside them"),
        "locality": ("the locality", "row of the localities"),
        "amhp": ("approved mental health professional", _FLAG),
        "holder": ("which holder of the post this is", "count"),
        "vacant_weeks": ("the post is vacant if above 0", "weeks"),
        "sick_weeks": ("the holder is ill if above 0", "weeks"),
        "fresh_holder": ("a new holder came this week", _FLAG),
        "works": ("somebody is at work in this post this week", _FLAG),
    },
    "Attitudes and knowledge": {
        "worry_person": ("worry for the person", _SHARE),
        "worry_self": ("worry for oneself: blame", _SHARE),
        "legitimacy": ("holds that budgets are one's own job", _SHARE),
        "role_protection": ("how slowly that moves", _SHARE),
        "medical_orientation": ("treatment, stability and risk first", _SHARE),
        "social_care_knowledge": ("recognises eligible need", _SHARE),
        "knowledge": ("knows how a budget is got", _SHARE),
    },
    "What the week asks": {
        "hours_direct": ("direct hours there are", _HOURS),
        "hours_crisis": ("contacts with people in crisis, cover for others included", _HOURS),
        "hours_detained": ("contacts with detained people", _HOURS),
        "hours_cto": ("contacts with people on a CTO", _HOURS),
        "hours_unsettled": ("contacts with people unsettled, or in hospital informally", _HOURS),
        "hours_routine": ("contacts with people who are stable", _HOURS),
        "hours_reviews": ("care reviews and budget reviews that are due", _HOURS),
        "hours_talk": ("talk about budgets that is due", _HOURS),
        "hours_due": ("forms that are due", _HOURS),
        "lead_cases": ("budget cases led on, as of last week", "people"),
        "next_lead_cases": ("the same, added up for next week", "people"),
    },
    "What comes of it": {
        "social_hours": ("hours that social care keeps", _HOURS),
        "overtime": ("overtime", _HOURS),
        "displaced": ("contacts that do not take place", _HOURS),
        "gate_open": ("chance that there is time", _SHARE),
        "involvement_possible": ("how far forms can be done with the person", _SHARE),
        "case_share": ("share of its hours that each case gets", _SHARE),
        "squeeze": ("how much social care is squeezed", _SHARE),
        "hours_forms": ("hours spent on forms", _HOURS),
        "completed": ("budgets that came into use under this lead this week", "count"),
    },
}

TEAMS: Topics = {
    "Who belongs to it": {
        "key": ("the team's own luck", "64-bit integer"),
        "locality": ("the locality", "row of the localities"),
        "first_post": ("its first post", "row of the practitioners"),
        "n_posts": ("its posts", f"count, at most {state.POSTS_PER_TEAM}"),
        "first_user": ("its first person", "row of the people"),
        "n_users": ("its people, those away included", "count"),
    },
    "Norms, alarm and the week": {
        "mean_worry_person": ("the norm: mean worry for the person", _SHARE),
        "mean_worry_self": ("the norm: mean worry for oneself", _SHARE),
        "mean_legitimacy": ("the norm: mean legitimacy", _SHARE),
        "mean_medical": ("the norm: mean medical orientation", _SHARE),
        "alarm": ("alarm after incidents put down to a budget", _SHARE),
        "incidents": ("incidents put down to a budget this week", "count"),
        "n_working": ("posts with somebody at work", "count"),
        "cover_hours": ("contacts on caseloads without a coordinator that cannot wait", _HOURS),
        "duty_amhp": ("the AMHP on duty", "row of the practitioners"),
    },
}

_ODDS = "above 0; 1 is the national value"

LOCALITIES: Topics = {
    "What it is": {
        "key": ("the locality's own luck", "64-bit integer"),
        "integration": ("how health and social care are joined", "Integration"),
        "rural": ("rural", _FLAG),
        "n_teams": ("its teams", "count"),
        "odds_risk_aversion": ("its own odds on this dial", _ODDS),
        "odds_role_boundary": ("its own odds on this dial", _ODDS),
        "odds_bureaucracy": ("its own odds on this dial", _ODDS),
        "odds_medical_model": ("its own odds on this dial", _ODDS),
        "odds_information": ("its own odds on this dial", _ODDS),
        "odds_market": ("its own odds on this dial", _ODDS),
        "odds_target_pressure": ("its own odds on this dial", _ODDS),
        "odds_compulsion_practice": ("its own odds on this dial", _ODDS),
        "odds_other_clients": ("its own odds on the rate among the council's other clients", _ODDS),
    },
    "The dials as they stand here": {
        "risk_aversion": ("worry about risk", _SHARE),
        "role_boundary": ("how far budgets are somebody else's job", _SHARE),
        "bureaucracy": ("steps, pages and strictness", _SHARE),
        "medical_model": ("treatment first", _SHARE),
        "information": ("how far people are informed, action research included", _SHARE),
        "market": ("breadth of local options", _SHARE),
        "target_pressure": ("how hard a target presses", _SHARE),
        "compulsion_practice": ("how readily the Act is used", _SHARE),
    },
    "The process": {
        "steps": ("steps to a budget", "count"),
        "pages": ("pages of forms", "count"),
        "effort": ("what the forms ask of the person", _SHARE),
        "assessment_hours": ("staff hours of an assessment", "hours"),
        "plan_hours": ("staff hours of a support plan", "hours"),
        "set_up_hours": ("staff hours of the set-up", "hours"),
        "assessment_weeks": ("least weeks of the assessment", "weeks"),
        "indicative_weeks": ("least weeks until the sum is indicated", "weeks"),
        "plan_weeks": ("least weeks of the plan", "weeks"),
        "funding_weeks": ("least weeks of funding", "weeks"),
        "set_up_weeks": ("least weeks of the set-up", "weeks"),
        "panel_places": ("panel places a week for each 1000 eligible people", "count"),
        "panel_carried": ("panel places there are now, unused ones carried over", "places"),
        "contact_hours": ("staff hours of one contact", "hours"),
    },
    "Climate": {
        "blame": ("how far practitioners must expect blame", _SHARE),
        "media_blame": ("part of it that a media event left", "from 0"),
        "stigma": ("stigma in society", _SHARE),
        "stigma_raised": ("part of it that a media event left", "from 0"),
        "power_distance": ("power distance between service and person", _SHARE),
        "plain_language": ("how plain forms are", _SHARE),
        "change_speed": ("how fast levers move attitudes", "from 0"),
        "pooling": ("how far health and social care pool money", _SHARE),
        "peers": ("how much peers meet", "1; less in a rural locality"),
        "tell": ("chance that budgets are explained", _SHARE),
    },
    "Money, target and counts": {
        "pot": ("the year's money for budgets", _GBP),
        "pot_factor": ("how the pot has grown", "above 0; 1 at the start"),
        "committed": ("money committed this financial year", _GBP),
        "running_cost": ("what budgets in use cost, added up this week", _GBP),
        "caseload_factor": ("how the caseload has grown", "above 0; 1 at the start"),
        "council_rate": ("share of all the council's clients that it counts", _SHARE),
        "push": ("how hard the council pushes this week", _SHARE),
        "compelled_share": ("share of people under the Act, as of last week", _SHARE),
        "eligible_now": ("eligible people, added up this week", "people"),
        "eligible_before": ("the same, as of last week", "people"),
        "counted_now": ("those whom the council counts, added up this week", "people"),
        "compelled_now": ("people under the Act, added up this week", "people"),
        "people_now": ("people on caseloads, added up this week", "people"),
    },
    "Action research": {
        "spiral_aim": ("what the spiral aims at", "0 none, 1 information, 2 role, 3 knowledge, 4 risk, 5 steps"),
        "spiral_week": ("weeks into the spiral", "weeks"),
        "spirals": ("spirals begun", "count"),
        "gain_information": ("gain in information", _GAIN),
        "gain_role": ("gain in role", _GAIN),
        "gain_knowledge": ("gain in knowledge", _GAIN),
        "gain_risk": ("gain in shared worry", _GAIN),
        "gain_steps": ("gain in steps", _GAIN),
        "gain_involvement": ("gain in involvement", _GAIN),
    },
}

ACTORS = {
    "People": (PEOPLE, state.USER),
    "Practitioners": (PRACTITIONERS, state.PRACTITIONER),
    "Teams": (TEAMS, state.TEAM),
    "Localities": (LOCALITIES, state.LOCALITY),
}

FIXED = {
    "People": {
        "key", "weight", "social_need", "health_need", "vulnerability", "hazard", "autonomy_preference",
        "self_stigma", "carer", "nearest_relative", "traits",
    },
    "Practitioners": {"key", "profession", "team", "locality", "amhp"},
    "Teams": {"key", "locality", "first_post", "n_posts", "first_user", "n_users"},
    "Localities": {name for name in state.LOCALITY.names or () if name.startswith("odds_")}
    | {"key", "integration", "rural", "n_teams"},
}  # fmt: skip

_INTRODUCTION = """\
# State variables

<!-- Made from src/persim/state_docs.py by scripts/generate_docs.py: change it there. -->

All that a run remembers from one week to the next: every field of the records in `persim.state`, {n} in all. What the
actors are is said in [model.md](model.md#2-entities-state-variables-and-scales). A *number* is a float64, an *integer* an
int64. *Fixed*: set when the actor enters (for a person, each new person of the row). *Varies*: may change from week to
week. Beside the records, a run holds the parameters of each week, the queue before the panels, the tally that action
research reads, and how long stages lasted.
"""

_OF_PERSON_IN = " Profession and approval belong to the post, not to the holder: a new holder has the same."


def markdown() -> str:
    """The page `docs/state.md`."""
    lines = [_INTRODUCTION.format(n=sum(len(dtype.names or ()) for _, dtype in ACTORS.values()))]
    for actor, (topics, dtype) in ACTORS.items():
        lines += [
            f"## {actor}",
            "",
            f"{len(dtype.names or ())} fields.{_OF_PERSON_IN * (actor == 'Practitioners')}",
            "",
        ]
        for topic, fields in topics.items():
            lines += [f"### {actor}: {topic[0].lower()}{topic[1:]}", ""]
            lines += ["| field | meaning | kind | values | |", "| --- | --- | --- | --- | --- |"]
            lines += [_row(actor, name, meaning, values, dtype) for name, (meaning, values) in fields.items()]
            lines.append("")
    lines += ["## Codes", "", "| enumeration | members |", "| --- | --- |"]
    lines += [_code_row(name) for name in sorted(_codes_named())]
    return "\n".join(lines) + "\n"


def _row(actor: str, name: str, meaning: str, values: str, dtype: np.dtype) -> str:
    kind = "number" if dtype[name] == np.float64 else "integer"
    shown = f"[`{values}`](#codes)" if values in _codes_named() else values
    return f"| `{name}` | {meaning} | {kind} | {shown} | {'fixed' if name in FIXED[actor] else 'varies'} |"


def _codes_named() -> set[str]:
    """The enumerations that stand as values."""
    used = {values for topics, _ in ACTORS.values() for fields in topics.values() for _, values in fields.values()}
    return {name for name in used if isinstance(getattr(state, name, None), type)}


def _code_row(name: str) -> str:
    members: type[IntEnum] = getattr(state, name)
    return f"| `{name}` | {', '.join(f'{m.value} {m.name.lower().replace("_", " ")}' for m in members)} |"
