"""What the record holds of a meeting: held or not, a code, counted or not, control on paper beside control as felt."""

from __future__ import annotations

from persim import events
from persim.events import CARER_BIT, CARER_WISHES_BIT
from persim.gate_sentences import WORDS, gates_in
from persim.meeting_scene import Scene, of_state
from persim.sentence import Fact, Sentence, coded, counted, money
from persim.state import Barrier


def on_file(scene: Scene) -> list[Sentence]:
    """What any file of the person says that week: counted or not, control on paper beside control as felt."""
    state = scene.state
    counted_now = of_state(state, "counted", "yes" if state["counted"] else "no")
    found = [scene.say(scene.main, "Counted by the council as holding a personal budget: {yes}.", yes=counted_now)]
    if state["eligible"] == 1:
        paper = of_state(state, "control_recorded", f"{state['control_recorded']:.2f}")
        own = of_state(state, "control_felt", f"{state['control_felt']:.2f}")
        text = "Control as the forms have it: {paper}; as the person felt it: {own}, which no form holds."
        found.append(scene.say(scene.main, text, paper=paper, own=own))
    else:
        none = of_state(state, "eligible", "not eligible for social care")
        found.append(scene.say(scene.main, "Found {none}, so nobody asks for a figure of control.", none=none))
    return found


def review_recorded(scene: Scene) -> list[Sentence]:
    """A review as a line of a return."""
    row = scene.lives.rows[scene.main]
    held, planned = coded(row, "outcome", {1: "held"}), coded(row, "detail", {0: "no", 1: "yes"})
    line = scene.say(scene.main, "Care review: {held}. Planned with the person: {planned}.", held=held, planned=planned)
    return [line, *opportunity_recorded(scene), *on_file(scene)]


def opportunity_recorded(scene: Scene) -> list[Sentence]:
    """The one code that stands for what came of an opportunity, and what it leaves out."""
    number = scene.row_of(events.E_OPPORTUNITY)
    if number is None:
        return []
    row, offer, handed = scene.lives.rows[number], scene.row_of(events.E_OFFER), scene.row_of(events.E_HANDED_ON)
    if offer is not None:
        return [_offer_recorded(scene, offer)]
    bits = int(row["detail"]) if scene.legal else int(row["detail"]) & ~(1 << Barrier.LEGAL_BAR)
    closed = gates_in(bits)
    if not closed:
        return [scene.say(number, "Personal budget: {none}.", none=Fact("not offered", "detail", int(row["detail"])))]
    code = Fact(WORDS[closed[0]][0], "detail", int(row["detail"]))
    many = Fact(f"{len(closed)} gate{'s' if len(closed) > 1 else ''}", "detail", int(row["detail"]))
    text = "Personal budget: not offered. Code, the first gate that closed: {code}; closed in all: {many}."
    found = [scene.say(number, text, code=code, many=many)]
    if handed is not None:
        found.append(scene.say(handed, "Handed on to {who}.", who=scene.named(scene.lives.rows[handed])))
    return found


def _offer_recorded(scene: Scene, offer: int) -> Sentence:
    row = scene.lives.rows[offer]
    answer = coded(row, "outcome", {0: "declined", 1: "accepted"})
    bits = int(row["detail"])
    wish = "wished for it" if bits & CARER_WISHES_BIT else "did not wish for it"
    carer = Fact(f" The carer, asked apart, {wish}." if bits & CARER_BIT else "", "detail", bits)
    return scene.say(offer, "Personal budget: offered, {answer}.{carer}", answer=answer, carer=carer)


def hand_off_recorded(scene: Scene) -> list[Sentence]:
    """A hand-off as a code."""
    row = scene.lives.rows[scene.main]
    words = {events.LOST: "not received", events.BOUNCED: "not taken", events.TAKEN: "taken"}
    line = scene.say(scene.main, "Hand-off: {what}.", what=coded(row, "outcome", words))
    return [line, *opportunity_recorded(scene), *on_file(scene)]


def made_recorded(scene: Scene) -> list[Sentence]:
    """An assessment or plan as forms hold it."""
    row = scene.lives.rows[scene.main]
    what = "Assessment" if row["kind"] == events.E_ASSESSED else "Support plan"
    there = coded(row, "outcome", {0: "no", 1: "yes"})
    found = [scene.say(scene.main, f"{what}: completed. Person present: {{there}}.", there=there)]
    total = scene.row_of(events.E_SUM)
    if total is not None:
        gbp = scene.lives.rows[total]
        kind = coded(gbp, "outcome", {0: "a year", 1: "as a single payment"})
        found.append(scene.say(total, "Indicative sum: {sum} {kind}.", sum=money(gbp, "threshold"), kind=kind))
    agreed = scene.row_of(events.E_PLAN_AGREED)
    if agreed is not None:
        yes = coded(scene.lives.rows[agreed], "outcome", {0: "no", 1: "yes"})
        found.append(scene.say(agreed, "Agreed by the person: {yes}.", yes=yes))
    return [*found, *on_file(scene)]


def panel_recorded(scene: Scene) -> list[Sentence]:
    """A panel's minute."""
    row = scene.lives.rows[scene.main]
    words = {0: "funded", 1: "not funded", 2: "sent back", 3: "not funded, the year's money being committed"}
    line = scene.say(scene.main, "Funding panel: {decision}.", decision=coded(row, "outcome", words))
    return [line, *on_file(scene)]


def order_recorded(scene: Scene) -> list[Sentence]:
    """A CTO review as a form."""
    row, ended = scene.lives.rows[scene.main], scene.row_of(events.E_ORDER_ENDED)
    found = [scene.say(scene.main, "CTO review: held, after {weeks}.", weeks=counted(row, "first", "week"))]
    if ended is not None:
        how = coded(scene.lives.rows[ended], "outcome", {events.ENDED_AT_REVIEW: "ended at the review"})
        found.append(scene.say(ended, "Order: {how}.", how=how))
    return [*found, *on_file(scene)]
