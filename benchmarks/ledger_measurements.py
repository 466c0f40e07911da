"""Measurements of the ledger: what keeping every event costs in time, in memory and on disk."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rows import Row, Size, in_turn, one_core, processor_time, ratios, spread

from persim.events import EVENT
from persim.ledger import FILE, Ledger
from persim.scenario import Scenario, read_scenario
from persim.simulate import ready_the_compiled_model, run_scenario
from persim.state import YEAR


def kept(scenario: Scenario, seed: int) -> Ledger:
    """The ledger of one run."""
    ledger = run_scenario(scenario, seed, "quarterly", ledger=True).ledger
    assert ledger is not None
    return ledger


def ledger(size: Size) -> list[Row]:
    """Runs with a ledger against the same runs without, from the start; how many events there are, and how large."""
    ready_the_compiled_model(ledger=True)
    n_users = 1_000
    scenario = read_scenario("baseline").changed(n_users=n_users, n_weeks=size.weeks)

    def run(seed: int, keeps: bool) -> None:
        run_scenario(scenario, seed, "quarterly", ledger=keeps)

    def repeated(keeps: bool) -> Callable[[int], float]:
        def measure(number: int) -> float:
            seeds = range(number * size.repeats, (number + 1) * size.repeats)
            return sum(processor_time(partial(run, seed, keeps)) for seed in seeds)

        return measure

    with one_core():
        found = in_turn({"without": repeated(False), "with": repeated(True)}, 3 * size.rounds)
    ledgers = [kept(scenario, seed) for seed in range(1, size.rounds + 1)]
    person_years = n_users * size.weeks / YEAR
    with tempfile.TemporaryDirectory() as folder:
        on_disk = []
        for each in ledgers:
            each.write(Path(folder) / FILE)
            on_disk.append((Path(folder) / FILE).stat().st_size / len(each))
    label = f"{n_users:,} people x {size.weeks} weeks"
    return [
        Row(f"a run with a ledger over one without, {label}", spread(ratios(found["with"], found["without"]), "", 2)),
        Row(
            "events per person and year, posts and localities included",
            spread([len(x) / person_years for x in ledgers]),
        ),
        Row("bytes an event", f"{EVENT.itemsize} in memory, {spread(on_disk)} on disk"),
        Row(f"a whole ledger in memory, {label}", spread([x.rows.nbytes / 1e6 for x in ledgers], " MB", 2)),
    ]


LEDGER: dict[str, Callable[[Size], list[Row]]] = {"ledger": ledger}
