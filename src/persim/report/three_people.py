"""Three people: short stories of synthetic people, each sentence one row of a ledger, told beside another scenario's.

A story holds only the sentences that weigh most for the way to a budget; what is left out is not said to be nothing. No
sentence has a motive, none tells a death, and a note stands before a story with compulsion in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from persim import events
from persim.biography import SYNTHETIC, Biography, biography
from persim.life_marks import flag_of, flags_of
from persim.lives import Lives
from persim.policy import monday_of
from persim.report.folder import ResultFiles
from persim.report.people_chosen import Chosen, Runs, chosen_of, runs_of
from persim.report.reference import other_version
from persim.report.small_line import KEY, LifeLane, small_line, swatch
from persim.sentence import Sentence
from persim.state import MentalState
from persim.twin_words import LINKED, NEVER_PART, parting_words
from persim.twins import Twins, end_of

if TYPE_CHECKING:
    import pandas as pd

SHARED, AFTER, ALONE = 3, 4, 9  # sentences before the parting, of each life after it, and of a life told by itself
COMPULSION = frozenset({
    events.E_DETAINED, events.E_LEFT_SECTION, events.E_ORDER_MADE, events.E_ORDER_REVIEWED, events.E_ORDER_ENDED,
    events.E_RECALLED,
})  # fmt: skip
CONTENT_NOTE = "Content note: this story tells of compulsion under the Mental Health Act."
ENDS = {
    "Way to a budget": "Way to a budget", "Real budget": "Real budget",
    "Opportunities, offers": "Times budgets could have come up, and offers",
    "Choice and control felt": "Choice and control felt, 0 to 1", "Quality of life": "Quality of life, 0 to 1",
}  # fmt: skip
ORDER_MADE = 1  # outcome of leaving hospital from a section
CARE_SHOWN = 6  # weight from which on what belongs to care is among the main sentences
BUT_FELT = "What is felt differs all the same: the services around the person are not the same."
ALIKE = 0.005  # felt control that reads the same
MADE_OF = (
    "Luck is the same in both scenarios: where two lives part, the rules made the difference. "
    f"{LINKED} None of this says what would have happened to anybody real."
)
LEAD = (
    "One life is one draw of luck. A story is here to show how the rules act, and to find where they ring false; it proves "
    "nothing. It says what was recorded, never why; the number behind a sentence is its row in the run's ledger. A gate "
    "that closed is a record of practice in its circumstances, not of anybody's worth."
)


@dataclass(frozen=True)
class Told:
    """A sentence as shown: its day, its text, its row in the ledger."""

    day: str
    text: str
    row: int


@dataclass(frozen=True)
class LifeStory:
    """One person's story.

    Attributes:
        note: a content note, if one is needed. start: who, in a line. shared: before the parting, or all of one life.
        parting: where and how the lives part. sides: each life after it, (name, sentences). ends: (what, in each life).
        line: the small life line, an SVG element of our own making.
    """

    person: int
    case: str
    rule: str
    note: str
    start: str
    shared: tuple[Told, ...]
    parting: str
    sides: tuple[tuple[str, tuple[Told, ...]], ...]
    ends: tuple[tuple[str, ...], ...]
    line: str

    @property
    def title(self) -> str:
        """What stands over it."""
        return f"Synthetic person {self.person}"


@dataclass(frozen=True)
class Stories:
    """The stories of a report, and what stands before and after them."""

    stories: tuple[LifeStory, ...]
    names: tuple[str, ...]
    lead: tuple[str, ...]
    source: str
    key: tuple[tuple[str, str], ...]
    foot: str = SYNTHETIC

    @property
    def heading(self) -> str:
        """How many people there are."""
        return {1: "One person", 2: "Two people", 3: "Three people"}.get(len(self.stories), "People")


def stories_of(files: ResultFiles) -> Stories | None:
    """Up to three stories of the folder's reference scenario; None if it cannot be run again, or nobody fits a rule."""
    runs = runs_of(files)
    if runs is None:
        return None
    told = tuple(_story(runs, chosen) for chosen in chosen_of(runs))
    if not told:
        return None
    people = runs.scenarios[0].n_users
    source = (
        f"From one seed, {runs.seed}, with {people:,} people: {' beside '.join(runs.names)}. {runs.counts} People are chosen "
        "by rule, the typical one of each case (the life nearest to the mean of theirs, in seventeen numbers); nobody is "
        "picked for a striking story."
    )
    lead = (LEAD, *((MADE_OF,) if len(runs.runs) > 1 else ()), *filter(None, (other_version(files),)))
    return Stories(told, runs.names, lead, source, tuple((swatch(kind), words) for kind, words in KEY))


def _story(runs: Runs, chosen: Chosen) -> LifeStory:
    return _of_two(runs, chosen) if len(runs.lives) == 2 else _of_one(runs, chosen)


def _of_one(runs: Runs, chosen: Chosen) -> LifeStory:
    lives = runs.lives[0]
    story = biography(lives, chosen.person)
    shared = main_sentences(lives, story.sentences, ALONE)
    ends = end_of(story.states[-1])
    return LifeStory(
        chosen.person, chosen.case, chosen.rule, _note(lives, shared), _start(lives, chosen.person),
        _told(shared), "", (), tuple((words, ends[what]) for what, words in ENDS.items() if what in ends),
        _line_of_one(runs, story),
    )  # fmt: skip


def _of_two(runs: Runs, chosen: Chosen) -> LifeStory:
    a, b = runs.lives
    twins = Twins(a, b, chosen.person)
    parts, ends = twins.parting is not None, {what: values for what, *values in twins.ends}
    shared = main_sentences(a, [one.first for one in twins.shared], SHARED if parts else ALONE)
    sides = [main_sentences(lives, after, AFTER) for lives, after in zip((a, b), twins.after, strict=True)]
    note = _note(a, [*shared, *sides[0]]) or _note(b, sides[1])
    return LifeStory(
        chosen.person, chosen.case, chosen.rule, note, _start(a, chosen.person), _told(shared), _parting(twins),
        tuple((name, _told(side)) for name, side in zip(runs.names, sides, strict=True)) if parts else (),
        tuple((words, *ends[what]) for what, words in ENDS.items() if what in ends), _line_of_two(twins),
    )  # fmt: skip


def main_sentences(lives: Lives, sentences: Sequence[Sentence], most: int) -> list[Sentence]:
    """The sentences that weigh most for the way to a budget, in order; what comes again weighs less each time."""
    left = {sentence.row: sentence for sentence in sentences if _weight(lives, sentence)}
    seen: Counter[int] = Counter()
    kept: list[Sentence] = []
    while left and len(kept) < most:
        row, best = max(
            left.items(), key=lambda one: (_weight(lives, one[1]) - 3 * seen[_kind(lives, one[1])], -one[0])
        )
        seen[_kind(lives, best)] += 1
        kept.append(left.pop(row))
    return sorted(kept, key=lambda sentence: sentence.row)


def _kind(lives: Lives, sentence: Sentence) -> int:
    return int(lives.rows["kind"][sentence.row])


def _weight(lives: Lives, sentence: Sentence) -> int:
    """How much a sentence weighs; 0 for what a short story leaves out."""
    row = lives.rows[sentence.row]
    kind = int(row["kind"])
    if kind == events.E_DETAINED or (kind == events.E_STATE and row["outcome"] == MentalState.INPATIENT):
        return CARE_SHOWN - 1
    if kind == events.E_LEFT_SECTION:
        return CARE_SHOWN if row["outcome"] == ORDER_MADE else 0
    if kind == events.E_ORDER_MADE:
        return 0  # its details; that it was made is told where the person leaves hospital
    flag = flag_of(row)
    return 0 if flag is None or (flag.whose == "care" and flag.weight < CARE_SHOWN) else flag.weight


def _told(sentences: Sequence[Sentence]) -> tuple[Told, ...]:
    return tuple(Told(day_words(sentence.week), sentence.text, sentence.row) for sentence in sentences)


def day_words(week: int) -> str:
    """A week's Monday: 5 April 2010."""
    day = monday_of(week)
    return f"{day.day} {day:%B %Y}"


def _note(lives: Lives, sentences: Sequence[Sentence]) -> str:
    return CONTENT_NOTE if any(_kind(lives, sentence) in COMPULSION for sentence in sentences) else ""


def _start(lives: Lives, person: int) -> str:
    """Who, in a line; without legal status, which is told only as it happens."""
    who = dict(lives.who(person))
    need = who["Social care"].partition(",")[0]
    words = (
        need, f"perceived risk {who['Perceived risk']}", who["Carer"],
        f"care coordinator: {who['Care coordinator'].partition(' (')[0]}",
        f"known of personal budgets: {who['Known of personal budgets']}",
        f"a service from the council: {who['Service from the council']}",
    )  # fmt: skip
    return f"At the start, {lives.first_day()}: {'; '.join(words)}."


def _parting(twins: Twins) -> str:
    if twins.parting is None:
        first, second = twins.states
        felt_alike = abs(float(first["control_felt"][-1]) - float(second["control_felt"][-1])) < ALIKE
        return NEVER_PART if felt_alike else f"{NEVER_PART} {BUT_FELT}"
    day, turn = day_words(twins.parting.week), twins.turn
    if turn is None:
        return f"The two lives part in the week of {day}: {parting_words(twins)}."
    if turn.week == twins.parting.week:
        return f"The two lives part, and it is decided, in the week of {day}: {turn.words(twins.names)}."
    return (
        f"The two lives part in the week of {day}: {parting_words(twins)}. The offer behind the budget comes in the week of "
        f"{day_words(turn.week)}: {turn.words(twins.names)}."
    )


def _line_of_two(twins: Twins) -> str:
    lanes = [
        LifeLane(name, states, flags_of(told.sentences, lives.rows))
        for name, states, told, lives in zip(twins.names, twins.states, twins.told, (twins.a, twins.b), strict=True)
    ]
    week = None if twins.parting is None else twins.parting.week
    return small_line(lanes, twins.a.weeks[0], week, _label(twins.person))


def _line_of_one(runs: Runs, story: Biography) -> str:
    lives = runs.lives[0]
    lane = LifeLane(runs.names[0], story.states, flags_of(story.sentences, lives.rows))
    return small_line([lane], lives.weeks[0], None, _label(story.person))


def _label(person: int) -> str:
    return f"Life line of synthetic person {person}; the sentences below tell its main events"


# For the workbook


def frame_of(found: Stories) -> pd.DataFrame:
    """Every sentence shown: person, case, rule, scenario, date, sentence, row; the parting has no row."""
    import pandas as pd

    rows: list[tuple[str, str, str, str, str, str, float]] = []
    for story in found.stories:
        head = (story.title, story.case, story.rule)
        both = " and ".join(found.names)
        rows += [(*head, both, one.day, one.text, one.row) for one in story.shared]
        if story.parting:
            rows.append((*head, both, "", story.parting, float("nan")))
        rows += [(*head, name, one.day, one.text, one.row) for name, told in story.sides for one in told]
        for what, *values in story.ends:
            ended = zip(found.names, values, strict=True)
            rows += [(*head, name, "at the end", f"{what}: {value}", float("nan")) for name, value in ended]
        rows.append((*head, "", "", found.foot, float("nan")))
    names = ["person", "case", "chosen as", "scenario", "week of", "sentence", "row of the ledger"]
    return pd.DataFrame(rows, columns=names)
