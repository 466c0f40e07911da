"""The patterns of the evidence files as `persim evidence --patterns` tries them: each verdict, and checks with teeth.

The tests of P1 to P15 beside this one go further into single patterns; here all of the file are tried in one way.
"""

import pytest

from persim.evidence import read_evidence
from persim.evidence.effects import pattern_effects
from persim.evidence.words import pattern_table

pytestmark = [pytest.mark.statistical, pytest.mark.slow, pytest.mark.study]  # docs/validation.md keeps what they say

SEEDS, PEOPLE = range(1, 13), 3000
PATTERNS = read_evidence().patterns
# Patterns that the model does not show as it is, and why; one that comes to be shown has to leave this list.
NOT_SHOWN: dict[str, str] = {}


@pytest.fixture(scope="module")
def found() -> dict:
    effects = pattern_effects(PATTERNS, seeds=SEEDS, n_users=PEOPLE, jobs=2)
    print("\n".join(line for line, _ in pattern_table(effects, len(SEEDS), PEOPLE).lines(200)))
    return {one.pattern.id: one for one in effects}


@pytest.mark.parametrize("code", [pattern.id for pattern in PATTERNS])
def test_every_pattern_is_shown_or_is_known_not_to_be(found, code):
    """n: 12 pairs of 3 000 people for each comparison, 95 % intervals.

    A comparison of two equal worlds is taken for shown in at most 1 of 40 sets of seeds.
    """
    one = found[code]
    told = [(effect.contrast.name, effect.mean, effect.low, effect.high) for effect in one.effects]
    assert (one.verdict == "shown") == (code not in NOT_SHOWN), (one.verdict, told)


# The pattern, which of its comparisons, and what takes its mechanism away.
BROKEN = [
    ("PAT05", 0, {"lift_time": 1.0}),  # contact work cannot squeeze social care
    ("PAT11", 1, {"control_cto": 1.0, "control_condition": 0.0, "control_shadow": 0.0}),
    ("PAT12", 0, {"involvement_review": 0.15}),
    ("PAT16", 0, {"relabel_rate": 0.0}),
    ("PAT20", 0, {"control_protects": 0.5}),
    ("PAT20", 2, {"package_cost": 0.87}),  # a budget costs more than the service that it takes the place of
    ("PAT30", 0, {"control_protects": 1.0}),
    ("PAT34", 0, {"contact_budget": 0.0}),
]


@pytest.mark.parametrize(("code", "place", "broken"), BROKEN, ids=[f"{code}-{place}" for code, place, _ in BROKEN])
def test_fails_when_the_mechanism_is_taken_away(code, place, broken):
    """n: 8 pairs of 3 000 people."""
    (one,) = pattern_effects([read_evidence().pattern(code)], broken, range(1, 9), PEOPLE, 2)
    effect = one.effects[place]
    assert effect.verdict != "shown", (effect.contrast.name, effect.mean, effect.low, effect.high)
