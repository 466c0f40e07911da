"""How rows on care are told: the caseload, the coordinator, mental state, the Mental Health Act, what is known of budgets.

Each teller takes a row and its setting and gives a telling, or None for a row that the default story leaves out. No
teller narrates a death, a motive or a diagnosis.
"""

from __future__ import annotations

import numpy as np

from persim import events
from persim.events import BENEFIT_BIT, INFORMED_BIT, MANAGED_BIT, RIGHTS_BIT
from persim.sentence import Fact, Setting, Telling, coded, counted, index, told
from persim.state import CRISIS, INPATIENT, MentalState

_ELIGIBLE = {0: "not eligible for social care", 1: "eligible for social care"}
_SECTIONS = {1: "section 2", 2: "section 3"}


def referred(row: np.void, setting: Setting) -> Telling:
    """A new person takes the place."""
    return told(
        "The place was taken by another synthetic person, newly referred, {eligible}.",
        eligible=coded(row, "outcome", _ELIGIBLE),
    )


def returned(row: np.void, setting: Setting) -> Telling:
    """Back on the caseload."""
    return told(
        "Referred again after a discharge, {state}.",
        state=coded(row, "outcome", {0: "stable", 1: "unsettled", 2: "in crisis", 3: "in hospital"}),
    )


def discharged(row: np.void, setting: Setting) -> Telling:
    """Off the caseload."""
    return told("Discharged to primary care.")


def new_coordinator(row: np.void, setting: Setting) -> Telling:
    """Another holder of the post, or another post."""
    post = int(row["practitioner"])
    words = {0: "Somebody new came to the coordinator's post", 1: "The care coordinator changed"}
    return told(
        "{how}: now {who}. Perceived risk is then recorded as {risk}, trust as {trust}.",
        how=coded(row, "outcome", words), who=Fact(setting.posts.named(post), "practitioner", post),
        risk=index(row, "first"), trust=index(row, "second"),
    )  # fmt: skip


def reassessed(row: np.void, setting: Setting) -> Telling | None:
    """Eligibility, where it changed."""
    if int(row["outcome"]) == setting.eligible:
        return None
    return told("Eligibility was assessed anew: now {eligible}.", eligible=coded(row, "outcome", _ELIGIBLE))


def mental_state(row: np.void, setting: Setting) -> Telling | None:
    """Crises, admissions and leaving hospital; weekly changes between stable and unsettled are left out."""
    if row["outcome"] in (CRISIS, INPATIENT):
        words = {int(CRISIS): "A crisis began", int(INPATIENT): "Admitted to hospital"}
        return told("{what}.", what=coded(row, "outcome", words))
    if row["detail"] == INPATIENT:
        return told("{before}.", before=coded(row, "detail", {int(INPATIENT): "Left hospital"}))
    return None


def any_mental_state(row: np.void, setting: Setting) -> Telling:
    """A change that only the whole story tells."""
    words = {int(state): state.name.lower() for state in MentalState}
    return told(
        "The mental state changed from {before} to {now}.",
        before=coded(row, "detail", words), now=coded(row, "outcome", words),
    )  # fmt: skip


def incident(row: np.void, setting: Setting) -> Telling:
    """A serious incident review, and whether it was put down to a budget."""
    words = {
        0: "It was not put down to a budget",
        1: "It was put down to the budget in use; in this model incidents are as frequent without one",
    }
    return told("A serious incident review was held. {put_down}.", put_down=coded(row, "outcome", words))


def detained(row: np.void, setting: Setting) -> Telling:
    """The admission is under the Act."""
    return told("The admission was under {section} of the Mental Health Act.", section=coded(row, "outcome", _SECTIONS))


def section_2_ends(row: np.void, setting: Setting) -> Telling:
    """On to section 3, or informal."""
    words = {0: "the stay went on without a section", 2: "the stay went on under section 3"}
    return told("Section 2 ended; {then}.", then=coded(row, "outcome", words))


def left_section(row: np.void, setting: Setting) -> Telling:
    """Aftercare after section 3, said where it did not hold before; perhaps an order."""
    if row["detail"] == 1:
        return told("{section} ended on leaving hospital.", section=coded(row, "detail", {1: "Section 2"}))
    words = {
        0: "no community treatment order was made",
        1: "a community treatment order (CTO) was made",
        2: "a community treatment order was proposed, and the AMHP did not agree to it",
    }
    began = ", and the duty of aftercare (section 117) began" if setting.aftercare == 0 else ""
    section = coded(row, "detail", {2: f"Section 3 ended on leaving hospital{began}"})
    return told("{section}; {order}.", section=section, order=coded(row, "outcome", words))


def _informed(row: np.void) -> Fact:
    bits = int(row["outcome"]) & (INFORMED_BIT | RIGHTS_BIT)
    words = {
        0: "the person is not recorded as informed of the order, nor of their rights",
        INFORMED_BIT: "the person was informed of the order, and is not recorded as informed of their rights",
        RIGHTS_BIT: "the person was informed of their rights, and is not recorded as informed of the order",
        INFORMED_BIT | RIGHTS_BIT: "the person was informed of the order and of their rights",
    }
    return Fact(words[bits], "outcome", int(row["outcome"]))


def order_made(row: np.void, setting: Setting) -> Telling:
    """Conditions, what was told, how far the person took part."""
    became = {False: "", True: " The direct payment became a managed budget, as the law then asked."}
    share = index(row, "draw")
    share = Fact(f"; share of them that was negotiated: {share.words}" if row["detail"] else "", *share[1:])
    return told(
        "The order, agreed by {amhp}, has {conditions}{negotiated}. Involvement in its making: {involvement}; "
        "{informed}.{managed}",
        amhp=setting.amhp(row), conditions=counted(row, "detail", "condition"), informed=_informed(row),
        involvement=index(row, "threshold"), negotiated=share,
        managed=Fact(became[bool(row["outcome"] & MANAGED_BIT)], "outcome", int(row["outcome"])),
    )  # fmt: skip


def order_reviewed(row: np.void, setting: Setting) -> Telling:
    """The same at a review, and what the person says of the limits, looking back."""
    said = {False: "the person did not say that the limits helped", True: "the person said that the limits helped"}
    return told(
        "The community treatment order was reviewed after {weeks}, with {conditions}; {informed}. Involvement in the "
        "review: {involvement}. Asked, {benefit}.",
        weeks=counted(row, "first", "week"), conditions=counted(row, "detail", "condition"), informed=_informed(row),
        involvement=index(row, "threshold"),
        benefit=Fact(said[bool(row["outcome"] & BENEFIT_BIT)], "outcome", int(row["outcome"])),
    )  # fmt: skip


def order_ended(row: np.void, setting: Setting) -> Telling:
    """How an order ended, after how long."""
    words = {0: "between reviews", 1: "at a review", 2: "on discharge", 3: "by being revoked"}
    return told(
        "The community treatment order ended {how}, after {weeks}.",
        how=coded(row, "outcome", words), weeks=counted(row, "first", "week"),
    )  # fmt: skip


def recalled(row: np.void, setting: Setting) -> Telling:
    """Recall, and whether the order was revoked."""
    words = {0: "The order went on", 1: "The order was revoked, and the stay in hospital is under section 3"}
    when = coded(row, "detail", {0: "at the onset of a crisis", 1: "on an admission"})
    return told("Recalled under the order, {when}. {order}.", when=when, order=coded(row, "outcome", words))


def heard(row: np.void, setting: Setting) -> Telling | None:
    """News of budgets; hearing again what is known already is left out."""
    if row["outcome"] <= setting.informed and row["detail"] == 0:
        return None
    known = coded(row, "outcome", {1: "knows that they exist", 2: "understands what they are"})
    stories = {-1: " through a bad story", 0: "", 1: " through a good story"}
    if row["threshold"] >= 1.0 and row["draw"] == 0.0:  # everybody is told: a story in the row was heard before
        stories = dict.fromkeys(stories, "")
    story = coded(row, "detail", stories)
    return told("Heard of personal budgets{story}, and {known}.", story=story, known=known)


def forgot(row: np.void, setting: Setting) -> Telling:
    """What was heard fades."""
    words = {0: "What was known of personal budgets faded", 1: "Some of what was known of personal budgets faded"}
    return told("{faded}.", faded=coded(row, "outcome", words))


def asked(row: np.void, setting: Setting) -> Telling:
    """A request."""
    return told("The person asked for a personal budget.")


TELLERS = {
    events.E_REFERRED: referred, events.E_RETURNED: returned, events.E_DISCHARGED: discharged,
    events.E_NEW_COORDINATOR: new_coordinator, events.E_REASSESSED: reassessed, events.E_STATE: mental_state,
    events.E_INCIDENT: incident, events.E_DETAINED: detained, events.E_SECTION_2_ENDS: section_2_ends,
    events.E_LEFT_SECTION: left_section, events.E_ORDER_MADE: order_made, events.E_ORDER_REVIEWED: order_reviewed,
    events.E_ORDER_ENDED: order_ended, events.E_RECALLED: recalled, events.E_HEARD: heard, events.E_FORGOT: forgot,
    events.E_ASKED: asked,
}  # fmt: skip
WHOLE_TELLERS = {events.E_STATE: any_mental_state}
