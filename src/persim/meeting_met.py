"""What the person met at a meeting: what was said to them or not, whether they were there, what they knew and felt."""

from __future__ import annotations

from persim import events
from persim.events import BENEFIT_BIT, E_GATE, INFORMED_BIT, RIGHTS_BIT
from persim.meeting_scene import KNOWN, Scene, of_state
from persim.sentence import Fact, Sentence, coded, counted, index
from persim.state import Barrier, Informed, Stage

IN_USE_OR_NOT = {
    Stage.OUTSIDE: "no process under way", Stage.HANDED_ON: "handed on", Stage.RAISED: "budgets raised",
    Stage.ASSESSMENT: "assessment", Stage.INDICATIVE: "indicative sum", Stage.PLAN: "support plan",
    Stage.FUNDING: "funding", Stage.PANEL: "funding panel", Stage.CONTESTED: "contested refusal",
    Stage.SET_UP: "setting up", Stage.IN_USE: "a budget in use",
}  # fmt: skip


def felt(scene: Scene) -> list[Sentence]:
    """What was known of budgets, and how it felt that week."""
    state, information = scene.state, scene.row_of(E_GATE + Barrier.INFORMATION)
    if information is not None and scene.row_of(events.E_OFFER) is not None:  # since the offer they know
        before = coded(scene.lives.rows[information], "first", KNOWN)
        knew = scene.say(information, "Until then they knew {what} of personal budgets.", what=before)
    else:
        known = of_state(state, "informed", KNOWN[Informed(int(state["informed"]))])
        knew = scene.say(scene.main, "Of personal budgets they knew {what}.", what=known)
    control = of_state(state, "control_felt", f"{state['control_felt']:.2f}")
    trust = of_state(state, "trust", f"{state['trust']:.2f}")
    felt_then = "Choice and control as they felt it that week: {control}; trust in the service: {trust} (from 0 to 1)."
    return [knew, scene.say(scene.main, felt_then, control=control, trust=trust)]


def review_met(scene: Scene) -> list[Sentence]:
    """A care review, from the person's chair."""
    row = scene.lives.rows[scene.main]
    with_them = coded(row, "detail", {0: "what they would choose was not written down", 1: "it was planned with them"})
    held = coded(row, "outcome", {1: "The coordinator held their care review"})
    return [scene.say(scene.main, "{held}; {planned}.", held=held, planned=with_them), *opportunity_met(scene)]


def opportunity_met(scene: Scene) -> list[Sentence]:
    """What came of budgets: nothing said, an offer, or somebody else to wait for."""
    number = scene.row_of(events.E_OPPORTUNITY)
    if number is None:
        return _nothing_met(scene)
    row, found = scene.lives.rows[number], []
    if row["outcome"] == 2:
        asked = coded(row, "outcome", {2: "They had asked for a personal budget"})
        found.append(scene.say(number, "{asked}.", asked=asked))
    offer, handed = scene.row_of(events.E_OFFER), scene.row_of(events.E_HANDED_ON)
    if offer is not None:
        chose = coded(scene.lives.rows[offer], "outcome", {0: "did not want it", 1: "said yes"})
        found.append(
            scene.say(
                offer, "A personal budget was explained and offered. They {chose}; the choice was theirs.", chose=chose
            )
        )
    elif handed is not None:
        sent = scene.lives.rows[handed]
        weeks = counted(sent, "threshold", "week")
        to = Fact(scene.lives.posts.profession(int(sent["practitioner"])), "practitioner", int(sent["practitioner"]))
        found.append(
            scene.say(
                handed, "They were to wait for {to}, {weeks} at least, and were not told why.", to=to, weeks=weeks
            )
        )
    else:
        words = "No budget was offered; no reason that they were given is on record"
        if row["outcome"] != 2:
            words = "No budget was offered to them"
        found.append(scene.say(number, "{none}.", none=Fact(words, "detail", int(row["detail"]))))
    return found


def _nothing_met(scene: Scene) -> list[Sentence]:
    state = scene.state
    if state["pathway_stage"] != Stage.OUTSIDE:
        stage = of_state(state, "pathway_stage", IN_USE_OR_NOT[Stage(int(state["pathway_stage"]))])
        return [scene.say(scene.main, "As to a personal budget, this was under way already: {stage}.", stage=stage)]
    so_far = of_state(state, "n_opportunities", "did not come up")
    return [scene.say(scene.main, "Personal budgets {so_far}.", so_far=so_far)]


def hand_off_met(scene: Scene) -> list[Sentence]:
    """A hand-off that arrives, for the person who waited."""
    row = scene.lives.rows[scene.main]
    words = {
        events.LOST: "Nothing came of the wait: the hand-off was lost, and nobody told them",
        events.BOUNCED: "The wait ended without anybody taking it up, and they were not told why",
        events.TAKEN: "Somebody else took it up",
    }
    return [
        scene.say(scene.main, "{what}.", what=coded(row, "outcome", words)),
        *(opportunity_met(scene) if scene.row_of(events.E_OPPORTUNITY) is not None else []),
    ]


def made_met(scene: Scene) -> list[Sentence]:
    """An assessment or a plan that was made with the person, or about them."""
    row = scene.lives.rows[scene.main]
    what = "assessment" if row["kind"] == events.E_ASSESSED else "support plan"
    there = coded(row, "outcome", {0: "was made without them there", 1: "was made with them there"})
    found = [scene.say(scene.main, f"The {what} {{there}}.", there=there)]
    part, agreed = scene.row_of(events.E_INVOLVED), scene.row_of(events.E_PLAN_AGREED)
    if agreed is not None:
        words = {0: "The plan is not one that they agreed", 1: "The plan is one that they agreed"}
        found.append(scene.say(agreed, "{agreed}.", agreed=coded(scene.lives.rows[agreed], "outcome", words)))
    if part is not None:
        involved = index(scene.lives.rows[part], "threshold")
        found.append(scene.say(part, "How far they had taken part by then: {part} (from 0 to 1).", part=involved))
    return found


def panel_met(scene: Scene) -> list[Sentence]:
    """A panel's decision, as it reached the person."""
    row = scene.lives.rows[scene.main]
    words = {
        0: "Word came that the plan was funded", 1: "Word came that the plan was not funded",
        2: "Word came that the plan had to be written again", 3: "Word came that the plan was not funded",
    }  # fmt: skip
    waited = counted(row, "detail", "week")
    waited = waited._replace(words="without a wait" if row["detail"] == 0 else f"after {waited.words}")
    found = [
        scene.say(scene.main, "{word}, {weeks} before the panel.", word=coded(row, "outcome", words), weeks=waited)
    ]
    contest = scene.row_of(events.E_CONTEST)
    if contest is not None:
        did = coded(scene.lives.rows[contest], "outcome", {0: "did not contest it", 1: "contested it"})
        found.append(scene.say(contest, "They {did}.", did=did))
    return found


def order_met(scene: Scene) -> list[Sentence]:
    """A review of a community treatment order, for the person on it."""
    row = scene.lives.rows[scene.main]
    bits = int(row["outcome"])
    informed = {
        0: "neither of the order nor of their rights", INFORMED_BIT: "of the order, not of their rights",
        RIGHTS_BIT: "of their rights, not of the order", INFORMED_BIT | RIGHTS_BIT: "of the order and of their rights",
    }[bits & (INFORMED_BIT | RIGHTS_BIT)]  # fmt: skip
    helped = "said that the limits helped" if bits & BENEFIT_BIT else "did not say that the limits helped"
    return [
        scene.say(
            scene.main, "Their order was reviewed, with {conditions}. They were informed {informed}.",
            conditions=counted(row, "detail", "condition"), informed=Fact(informed, "outcome", bits),
        ),
        scene.say(
            scene.main, "How far they took part in the review: {part} (from 0 to 1). Asked, they {helped}.",
            part=index(row, "threshold"), helped=Fact(helped, "outcome", bits),
        ),
    ]  # fmt: skip
