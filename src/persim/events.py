"""The ledger's rows: one fixed-width record per dated event, the kinds of event, and what each column means for each.

A run that keeps a ledger writes a row for every change that a rule makes to a person and for what was decided on the way:
who, with whom, what was weighed, the chance, the draw and the outcome. With the scenario and the seed the rows rebuild
every person to the last bit (`persim.replay`). `KINDS` is the one place that says what a column holds; the compiled engine
writes the numbers, and sentences, tables and `docs/ledger.md` are made from it.

A decision is open, held or made where `draw < threshold`, unless its kind says otherwise. Rows are in the order in which
things happened: by week, then panels, then team by team.
"""

from dataclasses import dataclass

import numpy as np

from persim.state import Barrier

# 38 bytes, packed. `person` and `practitioner` are rows of `World`, -1 for none; `week` is the calendar week.
EVENT = np.dtype([
    ("week", np.int16), ("kind", np.int8), ("outcome", np.int8), ("person", np.int32), ("practitioner", np.int32),
    ("detail", np.int16), ("first", np.float32), ("second", np.float32), ("threshold", np.float64), ("draw", np.float64),
])  # fmt: skip

# The most rows that one week can write: for each person, each post and each locality.
MOST_A_PERSON, MOST_A_POST, MOST_A_LOCALITY = 40, 4, 4


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: what happened, and what each column holds ("" where it holds nothing, and 0).

    Attributes:
        name: its name in tables. concerns: "person", "post", "team" or "locality" (the last two by `detail`).
        outcomes: number -> word, where the outcome is a code.
        by_chance: is it decided by `draw < threshold`?
        met: the outcomes that go with `draw < threshold`; all others go with `draw >= threshold`.
    """

    name: str
    concerns: str
    meaning: str
    practitioner: str = ""
    outcome: str = ""
    outcomes: tuple[tuple[int, str], ...] = ()
    detail: str = ""
    first: str = ""
    second: str = ""
    threshold: str = ""
    draw: str = ""
    by_chance: bool = False
    met: tuple[int, ...] = (1,)


# Codes for compiled code; KINDS below says what each is. Numbers are never reused.
(
    E_REFERRED, E_RETURNED, E_DISCHARGED, E_NEW_COORDINATOR, E_REASSESSED, E_STATE, E_INCIDENT,
    E_DETAINED, E_SECTION_2_ENDS, E_LEFT_SECTION, E_ORDER_MADE, E_ORDER_REVIEWED, E_ORDER_ENDED, E_RECALLED,
    E_HEARD, E_FORGOT, E_ASKED,
    E_REVIEW, E_OPPORTUNITY, E_OFFER, E_HANDED_ON, E_HAND_OFF,
    E_STAGE, E_ASSESSED, E_INVOLVED, E_PLANNED, E_SUM, E_SUM_TOLD, E_CONTRIBUTION, E_PLAN_AGREED, E_DISPUTE,
    E_DISPUTE_ENDS, E_SIGNED, E_PANEL, E_CONTEST, E_CONTEST_HEARD, E_SET_UP, E_FREE_TO_VARY, E_IN_USE, E_LEFT,
    E_PAUSE, E_BUDGET_REVIEW, E_BUDGET_ENDED, E_DISPUTED_SPENDING, E_COUNTED,
    E_POST, E_POST_WEEK, E_POST_HOURS, E_ALARM, E_TERMS, E_CLIMATE, E_SPIRAL,
) = range(1, 53)  # fmt: skip
E_GATE = 60  # + barrier: one gate tried at an opportunity

POST_LEFT, POST_FILLED, POST_ILL, POST_BACK = 0, 1, 2, 3
ENDED_BETWEEN, ENDED_AT_REVIEW, ENDED_DISCHARGED, ENDED_REVOKED = 0, 1, 2, 3
INFORMED_BIT, RIGHTS_BIT, MANAGED_BIT, BENEFIT_BIT = 1, 2, 4, 4
LOST, BOUNCED, TAKEN = 0, 1, 2
# Of a hand-off, past the bits of gates: the taker was full, or nobody was at work.
FULL_BIT, NOBODY_BIT = 1 << 11, 1 << 12
ASKED_BIT, CARER_BIT, CARER_WISHES_BIT, COORDINATOR_LEADS_BIT = 1, 2, 4, 8
REFUSED_FOR_MONEY = 3
BUDGET_BY_CHANCE, BUDGET_ONE_OFF, BUDGET_NOT_ELIGIBLE = 0, 1, 2
COUNT_RELABELLED, COUNT_LAPSED, COUNT_IN_USE = 1, 2, 3

_YES_NO = ((0, "no"), (1, "yes"))
_STATES = ((0, "stable"), (1, "unsettled"), (2, "crisis"), (3, "inpatient"))
_STATUSES = ((0, "voluntary"), (1, "section 2"), (2, "section 3"), (3, "on a CTO"))
_FORMS = ((0, "none"), (1, "direct payment"), (2, "third party"), (3, "managed"))
_INFORMED = ((0, "no"), (1, "knows"), (2, "understands"))
_STAGES = (
    (0, "outside"), (1, "handed on"), (2, "raised"), (3, "assessment"), (4, "indicative"), (5, "plan"), (6, "funding"),
    (7, "panel"), (8, "contested"), (9, "set up"), (10, "in use"),
)  # fmt: skip
_BARRIERS = tuple((int(barrier), barrier.name.lower().replace("_", " ")) for barrier in Barrier)


def _gate(name: str, meaning: str, first: str, second: str, threshold: str, closes: bool = False) -> Kind:
    return Kind(
        f"gate: {name}", "person", meaning, "who leads: the coordinator, a broker, or the taker of a hand-off",
        "1 open, 0 closed", ((0, "closed"), (1, "open")), "", first, second, threshold, "draw", by_chance=True,
        met=(0,) if closes else (1,),
    )  # fmt: skip


KINDS: dict[int, Kind] = {
    E_REFERRED: Kind("referred", "person", "A new person takes the row; all that was there is drawn anew",
        "the coordinator's post", "eligible", _YES_NO, threshold="weekly chance that the place goes to a new person",
        draw="draw", by_chance=True, met=(0, 1)),
    E_RETURNED: Kind("returned", "person", "Referred again after a discharge",
        outcome="mental state", outcomes=_STATES, threshold="weekly chance of returning", draw="draw", by_chance=True,
        met=(1, 2)),
    E_DISCHARGED: Kind("discharged", "person", "Discharged to primary care",
        threshold="weekly chance of discharge", draw="draw", by_chance=True, met=(0,)),
    E_NEW_COORDINATOR: Kind("new coordinator", "person", "The care coordinator changes",
        "the coordinator's post now", "why", ((0, "the post has a new holder"), (1, "moved to another post")), "",
        "perceived risk after", "trust after"),
    E_REASSESSED: Kind("reassessed", "person", "Eligibility is assessed anew",
        outcome="eligible", outcomes=_YES_NO, detail="aftercare duty (section 117), 0 or 1", first="social need",
        second="need from which someone is eligible"),
    E_STATE: Kind("mental state", "person", "The mental state changes",
        outcome="state now", outcomes=_STATES, detail="state before", first="hazard (relapse, as a ratio)",
        second="weeks in the state before", threshold="weekly chance of leaving the state", draw="draw", by_chance=True,
        met=(0, 1, 2, 3)),
    E_INCIDENT: Kind("incident", "person", "A serious incident review was held after the onset of a crisis",
        "the coordinator's post", "put down to the budget", _YES_NO, first="chance of being put down to a budget in use",
        second="draw for that", threshold="chance of an incident at the onset", draw="draw", by_chance=True, met=(0, 1)),
    E_DETAINED: Kind("detained", "person", "Admitted under the Mental Health Act",
        outcome="section", outcomes=_STATUSES, first="share that starts as section 2", threshold="chance", draw="draw",
        by_chance=True, met=(1, 2)),
    E_SECTION_2_ENDS: Kind("section 2 ends", "person", "After four weeks section 2 ends",
        outcome="status now", outcomes=_STATUSES, threshold="chance of going on to section 3", draw="draw",
        by_chance=True, met=(2,)),
    E_LEFT_SECTION: Kind("left hospital from section", "person", "Leaves hospital from a section",
        "the AMHP on duty", "order", ((0, "no order"), (1, "order made"), (2, "order not agreed by the AMHP")),
        "section left (1: section 2, 2: section 3, which brings aftercare)", first="vulnerability",
        threshold="chance that an order is proposed (0 from section 2)", draw="draw", by_chance=True, met=(1, 2)),
    E_ORDER_MADE: Kind("order made", "person", "A community treatment order (CTO) is made",
        "the AMHP", "bits: 1 informed of the order, 2 of rights, 4 a direct payment became managed",
        detail="conditions", first="trust after", threshold="involvement in the making, 0-1",
        draw="share of the conditions that was negotiated, 0-1"),
    E_ORDER_REVIEWED: Kind("order reviewed", "person", "A CTO review",
        "the AMHP", "bits: 1 informed of the order, 2 of rights, 4 says the limits helped", detail="conditions",
        first="weeks on the order", threshold="involvement in the review, 0-1",
        draw="share of the conditions that was negotiated, 0-1"),
    E_ORDER_ENDED: Kind("order ended", "person", "A CTO ends",
        "the AMHP, at a review or a revocation", "how",
        ((0, "between reviews"), (1, "at a review"), (2, "on discharge"), (3, "revoked")), first="weeks on the order",
        threshold="weekly chance between reviews (0 where it ended otherwise)", draw="draw"),
    E_RECALLED: Kind("recalled", "person", "Recalled to hospital under a CTO",
        "the AMHP", "order revoked", _YES_NO, "0 at the onset of a crisis, 1 at an admission",
        threshold="chance of a recall", draw="draw", by_chance=True, met=(0, 1)),
    E_HEARD: Kind("heard", "person", "Hears of personal budgets",
        outcome="informed now", outcomes=_INFORMED, detail="story heard so far: 1 good, -1 bad, 0 neither",
        first="share of linked peers who tell", second="the locality's information", threshold="weekly chance", draw="draw",
        by_chance=True, met=(1, 2)),
    E_FORGOT: Kind("forgot", "person", "What was known of budgets fades",
        outcome="informed now", outcomes=_INFORMED, threshold="weekly chance", draw="draw", by_chance=True, met=(0, 1)),
    E_ASKED: Kind("asked", "person", "Asks for a personal budget",
        first="trust", second="confidence", threshold="weekly chance", draw="draw", by_chance=True, met=(0,)),
    E_REVIEW: Kind("care review", "person", "A care review is due",
        "the coordinator", "held", ((0, "slipped"), (1, "held")), "planned with the person, 0 or 1",
        first="hours for social care this week", threshold="how far the time gate stood open", draw="draw", by_chance=True),
    E_OPPORTUNITY: Kind("opportunity", "person", "An opportunity to speak of budgets",
        "who would lead", "what brought it",
        ((1, "care review"), (2, "the person's request"), (3, "offer due at every review"), (4, "hand-off")),
        "gates that closed, bits 1 << barrier; 0 when all stood open", "perceived risk", "alarm in the team"),
    E_OFFER: Kind("offer", "person", "A budget is offered; the person chooses",
        "who leads", "accepted", _YES_NO,
        "bits: 1 the person had asked, 2 a carer is there, 4 the carer wishes it, 8 the coordinator leads",
        "wish to decide for oneself", "confidence", "chance of accepting (1 for someone who asked)", "draw", by_chance=True),
    E_HANDED_ON: Kind("handed on", "person", "Handed on to somebody else",
        "who is to take it", first="chance of handing on rather than doing nothing", threshold="weeks to wait",
        draw="draw of handing on"),
    E_HAND_OFF: Kind("hand-off arrives", "person", "What becomes of a hand-off",
        "who was to take it", "what", ((0, "lost on the way"), (1, "not taken"), (2, "taken")),
        "gates closed for the taker, bits 1 << barrier; 2048 the taker was full; 4096 nobody was at work",
        "cases held", "cases that can be held", "chance of being lost", "draw",
        by_chance=True, met=(0,)),
    E_STAGE: Kind("stage", "person", "Moves to a stage of the pathway",
        "who leads", "stage", _STAGES, "what it waits for (barrier)", "weeks since budgets were raised", "",
        "staff hours to come", "least weeks to come"),
    E_ASSESSED: Kind("assessed", "person", "The assessment is made",
        "who leads", "the person was there", _YES_NO, "", "share of taking part that hours allowed",
        "share of the person's view that counts", "chance of being there", "draw", by_chance=True),
    E_INVOLVED: Kind("took part", "person", "How far the person took part so far",
        "who leads", "", (), "1 assessment, 2 plan", threshold="involvement, 0-1"),
    E_PLANNED: Kind("planned", "person", "The support plan is written",
        "who leads", "the person was there", _YES_NO, "", "share of taking part that hours allowed",
        "share of the person's view that counts", "chance of being there", "draw", by_chance=True),
    E_SUM: Kind("indicative sum", "person", "The points of the assessment give a sum",
        outcome="one-off", outcomes=_YES_NO, threshold="GBP a year", draw="draw for one-off"),
    E_SUM_TOLD: Kind("sum told", "person", "Is the sum told and understood?",
        "who leads", "told", _YES_NO, "", "plainness of language", "", "chance", "draw", by_chance=True),
    E_CONTRIBUTION: Kind("contribution", "person", "A contribution is asked",
        outcome="goes on", outcomes=_YES_NO, threshold="chance of ending the process", draw="draw", by_chance=True,
        met=(0,)),
    E_PLAN_AGREED: Kind("plan agreed", "person", "Is the plan one that the person agreed?",
        "who leads", "agreed", _YES_NO, "", "involvement", "", "chance", "draw", by_chance=True),
    E_DISPUTE: Kind("funding question", "person", "Is there a dispute over who pays?",
        outcome="disputed", outcomes=_YES_NO, first="health need", second="social need", threshold="chance", draw="draw",
        by_chance=True),
    E_DISPUTE_ENDS: Kind("dispute ends", "person", "A funding dispute ends",
        outcome="how", outcomes=((0, "social care pays"), (1, "both pay"), (2, "no budget")),
        threshold="chance of no budget", draw="draw", by_chance=True, met=(2,)),
    E_SIGNED: Kind("sign-off", "person", "Can a team manager sign?",
        outcome="signed", outcomes=((0, "to the panel"), (1, "signed")), first="GBP a year", second="perceived risk",
        threshold="limit, GBP a year"),
    E_PANEL: Kind("panel", "person", "The funding panel decides",
        outcome="decision", outcomes=((0, "funded"), (1, "refused"), (2, "sent back"), (3, "refused: money committed")),
        detail="weeks waited", first="worry in the locality", second="perceived risk",
        threshold="chance of refusal before money", draw="draw", by_chance=True, met=(1,)),
    E_CONTEST: Kind("contest", "person", "Does the person contest the refusal?",
        outcome="contested", outcomes=_YES_NO, first="confidence", second="power distance", threshold="chance", draw="draw",
        by_chance=True),
    E_CONTEST_HEARD: Kind("contest heard", "person", "The contested refusal is heard",
        outcome="reconsidered", outcomes=_YES_NO, threshold="chance", draw="draw", by_chance=True),
    E_SET_UP: Kind("support found", "person", "Who holds the money, and can support be found?",
        "who leads", "form in the end", _FORMS, "form chosen", "breadth of the market", "",
        "chance that support cannot be found as wished", "draw"),
    E_FREE_TO_VARY: Kind("free to vary", "person", "Can spending be changed without a new panel?",
        outcome="free", outcomes=_YES_NO, threshold="chance", draw="draw", by_chance=True),
    E_IN_USE: Kind("in use", "person", "The budget is in use",
        "who led", "form", _FORMS, "counted by the council, 0 or 1", "weeks since budgets were raised", "",
        "GBP a year"),
    E_LEFT: Kind("left", "person", "The process ends without a budget",
        "who led", "what ended it", _BARRIERS, "stage left",
        "weeks since budgets were raised (0 before that)", "", "weekly chance of leaving worn out (0 for other endings)",
        "draw"),
    E_PAUSE: Kind("pause", "person", "A direct payment pauses in hospital, or goes on",
        outcome="paused", outcomes=_YES_NO),
    E_BUDGET_REVIEW: Kind("budget review", "person", "A budget in use is reviewed",
        "the coordinator", "sum", ((-1, "cut"), (0, "as before"), (1, "raised")), "the person was there, 0 or 1",
        threshold="GBP a year after", draw="draw"),
    E_BUDGET_ENDED: Kind("budget ended", "person", "A budget in use ends",
        "the coordinator", "the activity goes on", _YES_NO,
        "why: 0 ended, 1 a one-off was over, 2 no longer eligible", "weeks in use", "", "weekly chance of ending",
        "draw"),
    E_DISPUTED_SPENDING: Kind("disputed spending", "person", "Spending from the budget is disputed",
        threshold="weekly chance", draw="draw", by_chance=True, met=(0,)),
    E_COUNTED: Kind("count", "person", "The council's count changes",
        outcome="counted", outcomes=_YES_NO,
        detail="1 a service is relabelled, 2 the label lapses, 3 a budget in use is counted anew",
        first="push of the council, 0-1", threshold="weekly chance", draw="draw"),
    E_POST: Kind("post", "post", "A practitioner leaves, comes, falls ill or is back",
        "the post", "what", ((0, "leaves"), (1, "new holder"), (2, "falls ill"), (3, "back at work")), "number of the holder",
        "weeks vacant, or weeks of sickness to come", "role legitimacy of who comes",
        "weekly chance (0 for who is back at work)", "draw"),
    E_POST_WEEK: Kind("week of a post", "post", "What the week asked and allowed",
        "the post", "at work", _YES_NO, "how far the time gate stood open, per mille", "hours of contacts",
        "hours of reviews and talks that were due", "involvement that the hours allowed, 0-1",
        "share of each case's hours that could be worked, 0-1"),
    E_POST_HOURS: Kind("hours of a post", "post", "Where the week's hours went",
        "the post", "", (), "budgets completed", "overtime", "contact hours that slipped", "hours kept for social care",
        "hours on forms"),
    E_ALARM: Kind("alarm", "team", "An incident put down to a budget alarms the team",
        "the team's first post", "incidents", (), "team", "alarm before", "alarm after"),
    E_TERMS: Kind("terms", "locality", "The week's terms of a locality",
        detail="locality", first="push to the target, 0-1", second="the council's rate", threshold="effort of forms, 0-1",
        draw="breadth of the market, 0-1"),
    E_CLIMATE: Kind("climate", "locality", "The week's climate of a locality",
        detail="locality", first="blame, 0-1", second="power distance, 0-1", threshold="share of people under compulsion",
        draw="public stigma, 0-1"),
    E_SPIRAL: Kind("spiral", "locality", "Action research reflects and sets its next aim",
        outcome="aim",
        outcomes=((0, "none"), (1, "information"), (2, "role"), (3, "knowledge"), (4, "risk"), (5, "steps")),
        detail="locality", first="number of the spiral"),
    E_GATE + Barrier.NOT_RECOGNISED: _gate("eligible need recognised", "Is eligible need recognised?",
        "social care knowledge", "aftercare duty (section 117), 0 or 1", "chance of recognising it"),
    E_GATE + Barrier.READINESS: _gate("readiness", "Is the person found 'stable enough now'?",
        "medical orientation", "weeks in the present mental state", "chance of closing (1 in crisis or hospital)",
        closes=True),
    E_GATE + Barrier.TIME: _gate("time", "Is there time this week, even for the shortest forms?",
        "hours for social care", "hours of reviews, talks and forms due (0 for workers outside the teams)",
        "how far the time gate stood open"),
    E_GATE + Barrier.NOT_RECOMMENDED: _gate("recommending", "Is a budget recommended although it costs time?",
        "squeeze on social care time, 0-1", "medical orientation", "chance of closing", closes=True),
    E_GATE + Barrier.ROLE: _gate("role", "Are budgets held to be one's own job?",
        "role legitimacy", "push of the council, 0-1", "chance"),
    E_GATE + Barrier.KNOWLEDGE: _gate("knowledge", "Is it known how a budget is got?",
        "knowledge of the process", "gain by action research", "chance"),
    E_GATE + Barrier.RISK: _gate("risk", "Is the risk that is seen accepted?",
        "worry", "perceived risk", "chance of accepting it (alarm: see the opportunity)"),
    E_GATE + Barrier.LEGAL_BAR: _gate("legal bar", "Does the law seem to allow it?",
        "knowledge of the process", "legal status", "chance of closing", closes=True),
    E_GATE + Barrier.INFORMATION: _gate("information", "Are budgets explained, where the person does not know of them?",
        "the person knows of budgets (0, 1, 2)", "the locality's information", "chance of explaining"),
}  # fmt: skip
BY_NAME: dict[str, int] = {kind.name: code for code, kind in KINDS.items()}
