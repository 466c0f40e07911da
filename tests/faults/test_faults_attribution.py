"""An attribution that is killed at any moment ends as one that was left alone."""

import random
import signal
import time
from pathlib import Path

import pytest
from fault_tools import SMALL_PARTS, Command, assert_same, contents, refused, runs_in, verified

BARRIERS = "time,role,steps,panel"  # 14 runs a seed, and 2 pairs of barriers
WORDS = ("--people", "60", "--weeks", "60", "--replicates", "20", "--orders", "1", "--pairs", "4", "--no-figures")
pytestmark = pytest.mark.usefixtures("no_process_is_left")


def command(out: Path, *more: str) -> list[str | Path]:
    return ["attribute", "baseline", "--barriers", BARRIERS, *WORDS, "--out", out, "--jobs", "2", *more]


def begun(out: Path) -> Path:
    """An attribution without runs, as a kill just after its beginning leaves it, whose parts are small."""
    from persim.attribution_maker import maker_of
    from persim.attribution_plan import content_of, planned_attribution
    from persim.run_writer import create

    plan = planned_attribution(
        "baseline", barriers=BARRIERS.split(","), n_users=60, n_weeks=60, replicates=20, orders=1, pairs=4
    )
    assert not plan.exact
    out.mkdir()
    create(out, {**content_of(plan, maker_of(plan).columns), "part_rows": SMALL_PARTS})
    return out


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What an attribution that nobody interrupts comes to."""
    place = tmp_path_factory.mktemp("whole")
    told = Command(*command(begun(place / "out"), "--resume"), cwd=place).ended()
    assert told.code == 0, told.err
    return contents(place / "out")


def test_an_attribution_killed_at_random_moments_loses_nothing_that_was_finished(whole, tmp_path):
    folder, luck = begun(tmp_path / "out"), random.Random(1)
    kept: dict[int, int] = {}
    for _ in range(6):
        child = Command(*command(folder, "--resume"), cwd=tmp_path)
        time.sleep(luck.uniform(0.0, 1.0))
        child.signal(signal.SIGKILL)
        assert child.ended().code in (-signal.SIGKILL, 0)
        now = runs_in(folder)
        assert kept.items() <= now.items()
        kept = now
    told = Command(*command(folder, "--resume"), cwd=tmp_path).ended()
    assert told.code == 0, told.err
    assert_same(folder, whole)
    assert verified(folder)


def test_an_attribution_killed_at_any_lasting_step_goes_on_from_there(whole, tmp_path):
    folder, luck = begun(tmp_path / "out"), random.Random(2)
    for _ in range(4):
        step = int(1.5 ** luck.uniform(0.0, 13.0))
        told = Command(*command(folder, "--resume"), cwd=tmp_path, dies_at=("any", step)).ended()
        assert told.code in (-signal.SIGKILL, 0), told.err
    assert Command(*command(folder, "--resume"), cwd=tmp_path).ended().code == 0
    assert_same(folder, whole)


def test_a_damaged_part_is_named_and_made_again(whole, tmp_path):
    from fault_tools import persim

    folder = begun(tmp_path / "out")
    assert persim(*command(folder, "--resume")).exit_code == 0
    part = sorted((folder / "parts").iterdir())[2]
    part.write_bytes(part.read_bytes()[:-50])
    refused(persim(*command(folder, "--resume")), part.name, "is damaged", "all of them are made already", lines=4)
    assert persim(*command(folder, "--repair")).exit_code == 0
    assert_same(folder, whole)
