"""How rows on the way to a personal budget are told: reviews, offers, hand-offs, each stage, and a budget in use.

Each teller takes a row and its setting and gives a telling, or None for a row that the default story leaves out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from persim import events
from persim.events import ASKED_BIT, CARER_BIT, CARER_WISHES_BIT
from persim.sentence import Fact, Setting, Telling, coded, counted, decimal, index, money, told
from persim.state import Barrier, Stage

_FORMS = {1: "a direct payment", 2: "a budget held by a third party", 3: "a managed budget"}
_STAGES = {
    0: "before budgets were raised", 1: "handed on", 2: "budgets raised", 3: "assessment", 4: "indicative sum",
    5: "support plan", 6: "funding", 7: "funding panel", 8: "contested refusal", 9: "setting up", 10: "in use",
}  # fmt: skip
_STAGES_TOLD = {
    int(Stage.ASSESSMENT): "The assessment began", int(Stage.PLAN): "Work on the support plan began",
    int(Stage.SET_UP): "Setting the budget up began",
}  # fmt: skip
_ENDINGS = {
    int(Barrier.CONTRIBUTION): "a contribution was asked", int(Barrier.FUNDING_DISPUTE): "the dispute over funding",
    int(Barrier.PANEL): "the panel's refusal", int(Barrier.MARKET): "no support could be found",
    int(Barrier.ENDED): "discharge, or no longer eligible",
}  # fmt: skip
_FUNDED = {0: "social care pays", 1: "health and social care both pay", 2: "there is no budget"}
_PRESENT = {0: "without the person there", 1: "with the person there"}


def review(row: np.void, setting: Setting) -> Telling | None:
    """A care review: held, or slipped (the first week of slipping is told)."""
    if row["outcome"] == 1:
        words = {0: "the person's own choices are not recorded in it", 1: "it was planned with the person"}
        held = coded(row, "outcome", {1: "A care review was held"})
        return told("{held}; {planned}.", held=held, planned=coded(row, "detail", words))
    if setting.slipped:
        return None
    return told("{slipped}.", slipped=coded(row, "outcome", {0: "A care review was due, and was not held that week"}))


def offer(row: np.void, setting: Setting) -> Telling:
    """The offer and the person's own choice; a carer's wish apart from it."""
    bits = int(row["detail"])
    asked = "As the person had asked, a" if bits & ASKED_BIT else "A"
    carer = ""
    if bits & CARER_BIT:
        wish = "wished for it too" if bits & CARER_WISHES_BIT and row["outcome"] else "wished for it"
        carer = f" The carer, asked apart, {wish if bits & CARER_WISHES_BIT else 'did not wish for it'}."
    chosen = {0: "and the person declined it: a choice, not a barrier", 1: "and the person accepted it"}
    who = setting.who(row)
    by = "" if row["practitioner"] == setting.coordinator else f" by {who.words}"
    return told(
        "{asked} personal budget was offered{who}, {chosen}.{carer}",
        asked=Fact(asked, "detail", bits), who=who._replace(words=by), chosen=coded(row, "outcome", chosen),
        carer=Fact(carer, "detail", bits),
    )  # fmt: skip


def handed_on(row: np.void, setting: Setting) -> Telling:
    """To whom, and how long it takes at least."""
    return told(
        "The person was handed on to {who}, with {weeks} to wait.",
        who=setting.who(row), weeks=counted(row, "threshold", "week"),
    )  # fmt: skip


def hand_off(row: np.void, setting: Setting) -> Telling:
    """Lost, taken, or not taken with every reason that held."""
    who = setting.who(row)
    if row["outcome"] == events.LOST:
        return told("{what} on the way to {who}.", what=coded(row, "outcome", {0: "The hand-off was lost"}), who=who)
    if row["outcome"] == events.TAKEN:
        return told("The hand-off arrived, and was {what} by {who}.", what=coded(row, "outcome", {2: "taken"}), who=who)
    bits = setting.gate_bits(row)
    facts = {"what": coded(row, "outcome", {1: "not taken"}), "who": who}
    reasons: list[str] = []
    if bits & events.NOBODY_BIT:
        facts["nobody"] = Fact("nobody was at work in the post", "detail", bits)
        reasons.append("{nobody}")
    if bits & events.FULL_BIT:
        facts |= {"held": decimal(row, "first", " cases held"), "room": decimal(row, "second", " can be held")}
        reasons.append("{held}, {room}")
    if bits >> Barrier.ROLE & 1:
        facts["role"] = Fact("it was not held to be part of the job", "detail", bits)
        reasons.append("{role}")
    return told(f"The hand-off arrived, and was {{what}} by {{who}}: {'; '.join(reasons)}.", **facts)


def stage(row: np.void, setting: Setting) -> Telling | None:
    """The three stages that take work; what ends each stage has a row of its own."""
    if int(row["outcome"]) not in _STAGES_TOLD:
        return None
    return told(
        "{stage}: {hours} of staff time and at least {weeks} to come.",
        stage=coded(row, "outcome", _STAGES_TOLD), hours=decimal(row, "threshold", " hours"),
        weeks=counted(row, "draw", "week"),
    )  # fmt: skip


def any_stage(row: np.void, setting: Setting) -> Telling:
    """A stage that only the whole story tells."""
    return told("The process came to this stage: {stage}.", stage=coded(row, "outcome", _STAGES))


def took_part(row: np.void, setting: Setting) -> Telling:
    """An index that only the whole story tells."""
    after = coded(row, "detail", {1: "the assessment", 2: "the support plan"})
    return told("Involvement after {after}: {involvement}.", after=after, involvement=index(row, "threshold"))


def any_ending(row: np.void, setting: Setting) -> Telling:
    """An ending whose reason another row tells."""
    words = {int(barrier): barrier.name.lower().replace("_", " ") for barrier in Barrier}
    return told("No process is under way any more ({ending}).", ending=coded(row, "outcome", words))


def indicative_sum(row: np.void, setting: Setting) -> Telling:
    """What the points of the assessment give."""
    kind = coded(row, "outcome", {0: "a year", 1: "as a single payment"})
    return told(
        "The points of the assessment gave an indicative sum of {sum} {kind}.", sum=money(row, "threshold"), kind=kind
    )


def dispute(row: np.void, setting: Setting) -> Telling | None:
    """A dispute over who pays; that there is none is left out."""
    if row["outcome"] == 0:
        return None
    return told("{disputed}.", disputed=coded(row, "outcome", {1: "Whether health or social care pays was disputed"}))


def signed(row: np.void, setting: Setting) -> Telling:
    """A manager's signature, or the panel: beside the limit if that explains it, else beside the perceived risk."""
    how = coded(row, "outcome", {0: "The papers went to the funding panel", 1: "A team manager signed"})
    total, limit = money(row, "first"), money(row, "threshold")
    within = total.value <= limit.value
    if within == bool(row["outcome"]):
        may = f"a manager may sign up to {limit.words}" if limit.value > 0.0 else "managers may not sign alone"
        limit = limit._replace(words=may)
        return told("{how}: a sum of {sum} a year, where {limit}.", how=how, sum=total, limit=limit)
    if within:
        risk = index(row, "second")
        return told(
            "{how}: a sum of {sum} a year, with perceived risk recorded as {risk}.", how=how, sum=total, risk=risk
        )
    return told("{how}: a sum of {sum} a year.", how=how, sum=total)


def panel(row: np.void, setting: Setting) -> Telling:
    """The panel's decision."""
    words = {
        0: "funded the plan", 1: "did not fund the plan", 2: "sent the plan back",
        3: "did not fund the plan, the year's money being committed",
    }  # fmt: skip
    return told("The funding panel {decision}.", decision=coded(row, "outcome", words))


def set_up(row: np.void, setting: Setting) -> Telling:
    """The form in the end, beside the form chosen, which need not be what the person wished for."""
    if row["outcome"] == 0:
        return told("{none}.", none=coded(row, "outcome", {0: "No support could be found for the plan"}))
    form = coded(row, "outcome", _FORMS)
    if row["outcome"] == row["detail"] or int(row["detail"]) not in _FORMS:
        return told("Support was found, with {form}.", form=form)
    chosen = coded(row, "detail", _FORMS)
    return told("The choice was {chosen}; support could be found with {form}.", chosen=chosen, form=form)


def in_use(row: np.void, setting: Setting) -> Telling:
    """The start of a budget."""
    counted_by = {0: "the council does not count it", 1: "the council counts it"}
    return told(
        "The personal budget is in use: {form}, {sum} a year, {weeks} after budgets were raised; {counted}.",
        form=coded(row, "outcome", _FORMS), sum=money(row, "threshold"), weeks=counted(row, "first", "week"),
        counted=coded(row, "detail", counted_by),
    )  # fmt: skip


def left(row: np.void, setting: Setting) -> Telling | None:
    """The end without a budget; a declined offer, or a hand-off that was lost or taken, is told in its own row."""
    ending = int(row["outcome"])
    if ending == Barrier.STEPS_AND_WAITS:
        how = coded(row, "outcome", {ending: "The person left the process"})
    elif ending in _ENDINGS:
        how = coded(row, "outcome", {ending: f"The process ended without a budget ({_ENDINGS[ending]})"})
    else:
        return None
    at = coded(row, "detail", _STAGES)
    if row["detail"] <= Stage.HANDED_ON:
        return told("{how}, at this stage: {stage}.", how=how, stage=at)
    weeks = counted(row, "first", "week")
    return told("{how}, {weeks} after budgets were raised, at this stage: {stage}.", how=how, weeks=weeks, stage=at)


def budget_review(row: np.void, setting: Setting) -> Telling:
    """A budget in use is reviewed."""
    words = {-1: "it was cut, to", 0: "it stays at", 1: "it was raised, to"}
    return told(
        "The budget was reviewed {present}; {change} {sum} a year.",
        present=coded(row, "detail", _PRESENT), change=coded(row, "outcome", words), sum=money(row, "threshold"),
    )  # fmt: skip


def budget_ended(row: np.void, setting: Setting) -> Telling:
    """A budget in use ends."""
    why = {
        0: "The personal budget ended", 1: "The single payment was used up",
        2: "The personal budget ended with eligibility",
    }  # fmt: skip
    goes_on = {0: "what it paid for does not go on", 1: "what it paid for goes on without it"}
    return told(
        "{why}, after {weeks} in use; {goes_on}.",
        why=coded(row, "detail", why), weeks=counted(row, "first", "week"), goes_on=coded(row, "outcome", goes_on),
    )  # fmt: skip


def disputed_spending(row: np.void, setting: Setting) -> Telling:
    """Disputed spending."""
    return told("Spending from the budget was disputed.")


def council_count(row: np.void, setting: Setting) -> Telling:
    """What the council counts."""
    words = {0: "The council no longer counts the budget in use", 1: "The council counts the budget in use"}
    if row["detail"] == events.COUNT_IN_USE:
        return told("{counted}.", counted=coded(row, "outcome", words))
    words = {
        events.COUNT_RELABELLED: "An existing service was relabelled as a personal budget, and the council counts it; "
        "nothing else changed",
        events.COUNT_LAPSED: "The relabelled service dropped out of the council's count",
    }
    return told("{counted}.", counted=coded(row, "detail", words))


def _by_outcome(*words: str) -> Callable[[np.void, Setting], Telling]:
    """A teller of one of these sentences: the first for outcome 0, the second for 1."""

    def teller(row: np.void, setting: Setting) -> Telling:
        return told("{what}.", what=coded(row, "outcome", dict(enumerate(words))))

    return teller


TELLERS: dict[int, Callable[[np.void, Setting], Telling | None]] = {
    events.E_REVIEW: review, events.E_OFFER: offer, events.E_HANDED_ON: handed_on, events.E_HAND_OFF: hand_off,
    events.E_STAGE: stage, events.E_SUM: indicative_sum, events.E_DISPUTE: dispute, events.E_SIGNED: signed,
    events.E_PANEL: panel, events.E_SET_UP: set_up, events.E_IN_USE: in_use, events.E_LEFT: left,
    events.E_BUDGET_REVIEW: budget_review, events.E_BUDGET_ENDED: budget_ended,
    events.E_DISPUTED_SPENDING: disputed_spending, events.E_COUNTED: council_count,
    events.E_ASSESSED: _by_outcome(*(f"The assessment was made {there}" for there in _PRESENT.values())),
    events.E_PLANNED: _by_outcome(*(f"The support plan was written {there}" for there in _PRESENT.values())),
    events.E_SUM_TOLD: _by_outcome(
        "The sum is not recorded as told and understood", "The sum was told and understood"
    ),
    events.E_CONTRIBUTION: _by_outcome(
        "A contribution from the person's own means was asked; the person did not go on",
        "A contribution from the person's own means was asked; the person went on",
    ),
    events.E_PLAN_AGREED: _by_outcome(
        "The plan is not recorded as one that the person agreed", "The plan is recorded as one that the person agreed"
    ),
    events.E_DISPUTE_ENDS: _by_outcome(*(f"The dispute over funding ended: {how}" for how in _FUNDED.values())),
    events.E_CONTEST: _by_outcome("The refusal was not contested", "The person contested the refusal"),
    events.E_CONTEST_HEARD: _by_outcome(
        "The contested refusal was upheld", "The contested refusal was reconsidered, and the plan funded"
    ),
    events.E_FREE_TO_VARY: _by_outcome(
        "What it is spent on cannot be changed without a new panel", "What it is spent on can be changed without a new panel"
    ),
    events.E_PAUSE: _by_outcome("The pause ended", "The direct payment paused during the stay in hospital"),
}  # fmt: skip
# Rows that only the whole story tells.
WHOLE_TELLERS: dict[int, Callable[[np.void, Setting], Telling]] = {
    events.E_STAGE: any_stage, events.E_INVOLVED: took_part, events.E_LEFT: any_ending,
    events.E_DISPUTE: _by_outcome("Whether health or social care pays was not disputed"),
}  # fmt: skip
