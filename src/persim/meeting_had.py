"""What the coordinator had at a meeting: hours that week, gates with their chances, what was seen and known.

A gate is told with its chance in words and with what went into it, never with a motive.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from persim import events
from persim.events import E_GATE, KINDS
from persim.gate_sentences import WORDS
from persim.life_sentences import telling_of
from persim.lives import risk_group
from persim.meeting_scene import KNOWN, Scene, chance_words, of_state
from persim.sentence import Fact, Sentence, _value_words, coded, decimal, index, label
from persim.state import Barrier, LegalStatus

CLOSES = (Barrier.READINESS, Barrier.NOT_RECOMMENDED, Barrier.LEGAL_BAR)  # gates whose chance is that of closing


def who_works(scene: Scene) -> list[Sentence]:
    """The hours of that week of who leads at the meeting, and how far the time gate stood open."""
    lives, found = scene.lives, []
    asked = lives.week_of_post(events.E_POST_WEEK, scene.week, scene.lead)
    spent = lives.week_of_post(events.E_POST_HOURS, scene.week, scene.lead)
    who = Fact(lives.posts.named(scene.lead), "practitioner", scene.lead)
    if asked is not None and lives.rows["outcome"][asked] == 0:
        away = coded(lives.rows[asked], "outcome", {0: "Nobody was at work that week"})
        return [scene.say(asked, "{away} in the post of {who}.", away=away, who=who)]
    if asked is not None and not lives.posts.is_outside(scene.lead):
        row = lives.rows[asked]
        found.append(
            scene.say(
                asked,
                "For {who} that week called for {contacts} of contacts, and {talks} of reviews and talks; time for them stood "
                "open {gate} of the way.",
                who=who, contacts=decimal(row, "first", " hours"), talks=decimal(row, "second", " hours"),
                gate=Fact(f"{row['detail'] / 10.0:.0f} %", "detail", int(row["detail"])),
            )
        )  # fmt: skip
    if spent is not None:
        row = lives.rows[spent]
        found.append(
            scene.say(
                spent,
                "Kept for social care: {social}, {forms} of them on forms for budgets. Overtime: {over}. Contacts that "
                "slipped: {slipped}.",
                social=decimal(row, "threshold", " hours"), forms=decimal(row, "draw"),
                over=decimal(row, "first", " hours"), slipped=decimal(row, "second", " hours"),
            )
        )  # fmt: skip
    return found


def gates_tried(scene: Scene) -> list[Sentence]:
    """Each gate of the opportunity: what was found, how likely it was to be open, and what went into it."""
    found = []
    for number in scene.numbers:
        row = scene.lives.rows[number]
        gate = int(row["kind"]) - E_GATE
        if gate not in WORDS or (gate == Barrier.LEGAL_BAR and not _law_is_told(scene, row)):
            continue
        name, closed, stood_open = WORDS[gate]
        chance = float(row["threshold"])
        chance = 1.0 - chance if gate in CLOSES else chance
        weighed = {column: _weighed(row, column) for column in ("first", "second")}
        template = "{found} ({chance} of an open gate). Behind it: {first}; {second}."
        found.append(
            scene.say(
                number, f"{name.capitalize()}: {template}", **weighed,
                found=coded(row, "outcome", {0: closed, 1: stood_open}),
                chance=Fact(chance_words(chance), "threshold", float(row["threshold"])),
            )
        )  # fmt: skip
    return found


def _law_is_told(scene: Scene, row: np.void) -> bool:
    return scene.legal and row["second"] != LegalStatus.VOLUNTARY


def _weighed(row: np.void, column: str) -> Fact:
    meaning = getattr(KINDS[int(row["kind"])], column)
    value = float(row[column])
    if column == "first" and row["kind"] == E_GATE + Barrier.INFORMATION:
        return Fact(f"of budgets the person knew {KNOWN[int(value)]}", column, value)
    words = _value_words(meaning, value)
    return Fact(f"{label(meaning)} {f'{value:.2g}' if words.replace('.', '').isdigit() else words}", column, value)


def seen_as(scene: Scene) -> list[Sentence]:
    """The risk that was seen, where no gate tells it."""
    risk = float(scene.state["perceived_risk"])
    seen = of_state(scene.state, "perceived_risk", f"{risk_group(risk)} ({risk:.2f}, from 0 to 1)")
    return [scene.say(scene.main, "The risk that was seen in the person: {seen}.", seen=seen)]


def opportunity_had(scene: Scene) -> list[Sentence]:
    """Hours, then the gates."""
    number = scene.row_of(events.E_OPPORTUNITY)
    if number is not None and int(scene.lives.rows["detail"][number]) == 1 << Barrier.NO_COORDINATOR:
        nobody = Fact("Nobody was at work in the coordinator's post that week", "detail", 1 << Barrier.NO_COORDINATOR)
        return [scene.say(number, "{nobody}.", nobody=nobody)]
    gates = gates_tried(scene)
    return [*who_works(scene), *(gates or seen_as(scene))]


def hand_off_had(scene: Scene) -> list[Sentence]:
    """What stood before who was to take it."""
    row, found = scene.lives.rows[scene.main], []
    if row["outcome"] == events.LOST:
        return [
            scene.say(scene.main, "It never reached {who}.", who=scene.named(row)),
            *who_works(replace(scene, lead=scene.coordinator)),
        ]
    found.append(
        scene.say(
            scene.main, "For {who}: {held} held, of {room} that can be held.",
            who=scene.named(row), held=decimal(row, "first", " cases"), room=decimal(row, "second"),
        )
    )  # fmt: skip
    setting = scene.lives.setting(scene.person, scene.legal)
    setting.coordinator = setting.introduced = scene.coordinator
    taken = telling_of(row, setting)
    if taken is not None and row["outcome"] == events.BOUNCED:
        found.append(scene.say(scene.main, taken.text, **taken.facts))
    return [*found, *who_works(scene), *gates_tried(scene)]


def made_had(scene: Scene) -> list[Sentence]:
    """What the hours and the voice allowed when an assessment or plan was made."""
    row = scene.lives.rows[scene.main]
    allowed = scene.say(
        scene.main,
        "Of the person's full part, the hours on this stage allowed {hours}, and {voice} of their view counts here; {chance} "
        "of the person being there.",
        hours=Fact(f"{100 * row['first']:.0f} %", "first", float(row["first"])),
        voice=Fact(f"{100 * row['second']:.0f} %", "second", float(row["second"])),
        chance=Fact(chance_words(float(row["threshold"])), "threshold", float(row["threshold"])),
    )
    return [*who_works(scene), allowed, *seen_as(scene)]


def panel_had(scene: Scene) -> list[Sentence]:
    """A decision that was not the coordinator's."""
    row = scene.lives.rows[scene.main]
    decided = scene.say(
        scene.main,
        "The decision was the panel's, not the coordinator's: worry in the locality {worry}, perceived risk {risk}; {chance} "
        "of a refusal before money came into it.",
        worry=index(row, "first"), risk=index(row, "second"),
        chance=Fact(chance_words(float(row["threshold"])), "threshold", float(row["threshold"])),
    )  # fmt: skip
    return [*who_works(scene), decided]


def order_had(scene: Scene) -> list[Sentence]:
    """Who agreed, and the coordinator's week."""
    row = scene.lives.rows[scene.main]
    amhp = scene.lives.setting(scene.person).amhp(row)
    named = scene.say(scene.main, "Beside the coordinator, {amhp} has to agree.", amhp=amhp)
    if row["detail"] == 0:
        return [named, *who_works(scene), *seen_as(scene)]
    share = Fact(f"{100 * row['draw']:.0f} %", "draw", float(row["draw"]))
    talked = scene.say(scene.main, "Of the conditions {share} had been negotiated.", share=share)
    return [named, talked, *who_works(scene), *seen_as(scene)]
