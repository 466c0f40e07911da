"""Verdicts of docs/validation.md, how strict they are, and which tests stand behind which row."""

from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FAR, FAR_FROM_YARDSTICK = 4.0, 5.0  # standard errors
FOLLOWED = ("PAR41", "PAR50")
UNKNOWN = "reason not known"
LATER = ("TGT05", "TGT15")  # held out, and of years after 2011-12
TESTS = {
    "stories": ("tests/unit/test_stories.py", "tests/unit/test_group_stories.py"),
    "must_not": ("tests/unit/test_must_not_happen.py",),
    "directions": (
        "tests/statistical/test_patterns_lives.py", "tests/statistical/test_patterns_practice.py",
        "tests/statistical/test_patterns_take_up.py",
    ),
    "engines": ("tests/property/test_engines_agree.py",),
    "randomness": ("tests/property/test_randomness_laws.py", "tests/property/test_draws.py"),
    "replay": ("tests/property/test_replay.py",),
    "resume": ("tests/faults/test_faults_kill.py", "tests/faults/test_faults_crews.py"),
    "golden": ("tests/golden",),
    "rules": tuple(sorted(f"tests/unit/{path.name}" for path in (ROOT / "tests" / "unit").glob("test_rules_*.py"))),
    "parameters": ("tests/unit/test_parameters_matter.py",),
    "barriers": ("tests/unit/test_lifted_barriers.py", "tests/unit/test_lifted_runs.py"),
    "extremes": ("tests/statistical/test_patterns_take_up.py",),
}  # fmt: skip
ONLY = {"extremes": "test_p12"}  # what the name of a test must hold to count


def verdict_in_range(mean: float, interval: Sequence[float], plausible: Sequence[float]) -> str:
    """Holds if the whole interval lies in the plausible range; undecided if only the mean does; else misses."""
    if not plausible[0] <= mean <= plausible[1]:
        return "misses"
    return "holds" if plausible[0] <= interval[0] and interval[1] <= plausible[1] else "undecided"


def verdict_of_z(z: float, far: float) -> str:
    """Holds if no further than so many standard errors lie between; a missing number misses."""
    return "holds" if abs(z) <= far else "misses"


def verdict_of_tests(collected: int, passed: int | None) -> str:
    """Holds if all passed; by tests if they were only counted."""
    if collected == 0:
        return "misses"
    return "by tests" if passed is None else "holds" if passed == collected else "misses"


def shown(verdict: str) -> str:
    """A verdict as the page has it: what does not hold stands out."""
    return verdict if verdict in ("holds", "by tests") else f"**{verdict}**"


def in_pattern_words(verdict: str) -> str:
    """The verdict on a pattern in the words of this page."""
    return {"shown": "holds", "cannot be shown": "not done"}.get(verdict, "misses")
