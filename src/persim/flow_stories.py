"""Behind the flows: where the lives of one pair of runs part, and the most typical person of each move.

Nobody is picked for a striking story: of those who make a move, the one whose two lives are nearest to the middle of theirs
is told, ties by row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from persim.choosers import Features, typical
from persim.flow_counts import GAINS, LOSES, MOVES, N_COMPARED, STAYS_WITH, STAYS_WITHOUT, moves_of
from persim.life_marks import flag_of
from persim.lives import Lives
from persim.sentence import Sentence
from persim.simulate import run_scenario
from persim.twins import Twins, end_of

if TYPE_CHECKING:
    from persim.flows import Flows

SHORT = 4  # sentences of each life in a short story


class Story(NamedTuple):
    """A typical person of a move: of how many, their two lives, and how both end."""

    move: int
    person: int
    of: int
    twins: Twins
    ends: tuple[dict[str, str], dict[str, str]]

    def highlights(self, side: int) -> list[Sentence]:
        """The sentences on budgets in one life that weigh most, in order: after the parting, or of all, if there is none."""
        lives, parts = (self.twins.a, self.twins.b)[side], self.twins.parting is not None
        sentences = self.twins.after[side] if parts else self.twins.told[side].sentences
        weighed = []
        for number, sentence in enumerate(sentences):
            flag = flag_of(lives.rows[sentence.row])
            if flag is not None and flag.whose != "care":
                weighed.append((-flag.weight, -number, sentence))
        chosen = sorted(weighed, key=lambda one: one[:2])[:SHORT]
        return sorted((sentence for _, _, sentence in chosen), key=lambda sentence: sentence.row)


@dataclass(frozen=True)
class FlowStories:
    """What one pair of runs tells behind the counts.

    Attributes:
        seed: of the pair. partings: for each move of people compared, how many lives part how, in words; "" never part.
        turns: likewise, where it was decided that only one life has the budget; "" where both have one in use.
        stories: a typical one for each move that anybody makes.
    """

    seed: int
    partings: dict[int, Counter[str]]
    turns: dict[int, Counter[str]]
    stories: tuple[Story, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain types."""
        return {
            "seed": self.seed,
            "partings": {
                MOVES[move]: [{"how": how or "never part", "people": n} for how, n in found.most_common()]
                for move, found in self.partings.items()
            },
            "turns": {
                MOVES[move]: [{"how": how or "a budget in use in both", "people": n} for how, n in found.most_common()]
                for move, found in self.turns.items()
            },
            "stories": [
                {"move": MOVES[story.move], "person": story.person, "of": story.of, **story.twins.as_json()}
                for story in self.stories
            ],
        }


def stories_of(flows: Flows) -> FlowStories:
    """Run the first pair again with its ledgers, and tell."""
    from persim.twin_words import parting_words

    failed = {failure.task.seed for failure in flows.failures}
    seed = next(number for number in range(flows.seed, flows.seeds[1] + 1) if number not in failed)
    runs = [run_scenario(scenario, seed, "final", ledger=True) for scenario in flows.scenarios]
    lives = [Lives(run.ledger) for run in runs if run.ledger is not None]
    moves = moves_of(runs[0].world, runs[1].world)
    partings, turns = ({move: Counter[str]() for move in range(N_COMPARED)} for _ in range(2))
    for move in range(N_COMPARED):
        for person in moves[move].tolist():
            twins = Twins(lives[0], lives[1], person)
            partings[move][parting_words(twins) if twins.parting is not None else ""] += 1
            if move in (GAINS, LOSES):
                turns[move][twins.turn.words(twins.names) if twins.turn is not None else ""] += 1
    summaries = np.concatenate([Features(one).summaries for one in lives], axis=1)
    stories = []
    for move in (GAINS, LOSES, STAYS_WITH, STAYS_WITHOUT):
        if len(moves[move]):
            person = typical(summaries, moves[move])
            ends = end_of(runs[0].world.users[person]), end_of(runs[1].world.users[person])
            stories.append(Story(move, person, len(moves[move]), Twins(lives[0], lives[1], person), ends))
    return FlowStories(seed, partings, turns, tuple(stories))
