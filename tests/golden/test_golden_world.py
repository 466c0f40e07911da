"""Results do not change unnoticed: see `golden_world.py` for what is kept, why, and how to change it on purpose."""

import copy
import json

import pytest
from golden_world import KEPT, SCENARIOS, differences, golden_run, kept_of, machine

ADVICE = "If this is meant, run `{how}` and say in the commit and the changelog what changed and why."


@pytest.fixture(scope="module")
def kept():
    return json.loads(KEPT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=SCENARIOS)
def both(request, kept):
    """What was kept of a scenario, and what it gives now."""
    return kept["runs"][request.param], kept_of(golden_run(request.param))


def message(name, lines, how, most=25):
    """What differs, in words."""
    shown = "\n  ".join(lines[:most]) + (f"\n  and {len(lines) - most} more" if len(lines) > most else "")
    return f"{name} no longer gives what was kept:\n  {shown}\n" + ADVICE.format(how=how)


def test_the_golden_world_gives_the_numbers_that_were_kept(both, kept):
    was, now = both
    lines = [line for part in ("numbers", "people") for line in differences(was, now, part)]
    assert not lines, message(was["scenario"], lines, kept["how"])


def test_the_golden_world_is_the_same_to_the_last_byte_on_the_machine_it_was_taken_on(both, kept):
    if kept["machine"] != machine():
        pytest.skip(f"taken on {kept['machine']}, this is {machine()}: the last bits may differ")
    was, now = both
    lines = differences(was, now, "digests")
    assert not lines, message(was["scenario"], lines, kept["how"])


def test_a_change_is_named(both):
    was, _ = both
    changed = copy.deepcopy(was)
    changed["numbers"]["offers"] = -1.0
    (line,) = differences(was, changed, "numbers")
    assert line == f"offers: {was['numbers'].get('offers', 0)} was kept, -1.0 now"
    assert "golden_world.py --write" in message("x", [line], "python tests/golden/golden_world.py --write")
