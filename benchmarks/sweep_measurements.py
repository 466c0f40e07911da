"""Measurements of sweeps: what runner, store and statistics cost beside the bare runs, memory, opening a large result.

Times are by the clock on all cores, since that is what a sweep takes; the versions of a row take turns.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import mesa
from rows import Row, Size, at_least, at_most, in_turn, ratios, spread

from persim import PersonalisationModel
from persim.design import Design, read_design
from persim.experiment import n_threads
from persim.simulate import ready_the_compiled_model, run_scenario
from persim.sweep import sweep

DESIGN = """schema_version: 1
name: speed
title: Speed
question: How fast?
scenarios: [baseline, lean_process]
parameters: {worlds}
population: {{people: {people}}}
horizon: {{weeks: {weeks}}}
replicates: {replicates}
"""


def design_of(folder: Path, people: int, weeks: int, replicates: int, worlds: str = "{}") -> Design:
    """A design of two scenarios."""
    place = folder / "speed.yaml"
    place.write_text(DESIGN.format(people=people, weeks=weeks, replicates=replicates, worlds=worlds), encoding="utf-8")
    return read_design(place)


def bare_seconds(design: Design) -> float:
    """Seconds for the bare runs of a design on all cores: the compiled weeks, recorded once, nothing kept."""
    numbers, taking = iter(range(design.n_cells * design.replicates)), threading.Lock()
    cells = [design.cell(place) for place in range(design.n_cells)]
    for scenario in cells:
        scenario.weekly_parameters()

    def work() -> None:
        while True:
            with taking:
                number = next(numbers, None)
            if number is None:
                return
            replicate, cell = divmod(number, design.n_cells)
            run_scenario(cells[cell], design.seed + replicate, "final", ())

    started = time.perf_counter()
    crew = [threading.Thread(target=work) for _ in range(n_threads(0))]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return time.perf_counter() - started


def sweep_seconds(design: Design, place: Path) -> float:
    """Seconds for the same runs as a sweep, from the first run to the manifest."""
    shutil.rmtree(place, ignore_errors=True)
    started = time.perf_counter()
    sweep(design, place, figures=False).close()
    return time.perf_counter() - started


def overhead(size: Size) -> list[Row]:
    """A sweep of runs of 1,000 people over five years, against the bare runs."""
    ready_the_compiled_model()
    rounds, replicates = (3, 300) if size.rounds < 5 else (2, 5000)
    with tempfile.TemporaryDirectory() as folder:
        design = design_of(Path(folder), 1000, 260, replicates)
        out = Path(folder) / "out"
        versions: dict[str, Callable[[int], float]] = {
            "bare": lambda _: bare_seconds(design), "sweep": lambda _: sweep_seconds(design, out),
        }  # fmt: skip
        found = in_turn(versions, rounds)
    n = 2 * replicates
    shares = [100.0 * share for share in ratios(found["bare"], found["sweep"])]
    label = f"{n:,} runs of 1,000 people x 260 weeks, {n_threads(0)} cores"
    return [
        Row(f"sweep, runs a second, {label}", f"{n / statistics.median(found['sweep']):,.0f}"),
        Row(
            f"sweep against the bare runs, throughput, {label}",
            spread(shares, " %"),
            "at least 90 %",
            at_least(statistics.median(shares), 90.0),
        ),
    ]


def against_batch_run(size: Size) -> list[Row]:
    """The same forty runs by `mesa.batch_run`, on plain-Python stepping and on the compiled model."""
    ready_the_compiled_model()
    people, weeks, runs = (200, 52, 8) if size.rounds < 5 else (1000, 260, 40)
    with tempfile.TemporaryDirectory() as folder:
        design = design_of(Path(folder), people, weeks, runs // 2)
        out = Path(folder) / "out"

        def batch(engine: str) -> float:
            parameters = {"scenario": ["baseline", "lean_process"], "n_users": people, "engine": engine}
            started = time.perf_counter()
            mesa.batch_run(
                PersonalisationModel, parameters, rng=list(range(1, runs // 2 + 1)), max_steps=weeks, number_processes=1,
                data_collection_period=-1, display_progress=False,
            )  # fmt: skip
            return time.perf_counter() - started

        versions: dict[str, Callable[[int], float]] = {
            "compiled": lambda _: batch("compiled"), "sweep": lambda _: sweep_seconds(design, out),
        }  # fmt: skip
        if size.rounds < 5:
            versions["agents"] = lambda _: batch("agents")
        found = in_turn(versions, size.rounds)
    label = f"{runs} runs of {people:,} people x {weeks} weeks"
    rows = [
        Row(f"mesa.batch_run of the compiled model, 1 process, over a sweep with its tables, {label}",
            spread(ratios(found["compiled"], found["sweep"]), " times"))
    ]  # fmt: skip
    if "agents" in found:
        times = spread(ratios(found["agents"], found["sweep"]), " times")
        rows.append(
            Row(f'mesa.batch_run with engine="agents", 1 process, over a sweep with its tables, {label}', times)
        )
    return rows


PEAK = """
import resource, sys, time
from pathlib import Path
from persim.design import read_design
from persim.sweep import sweep
if __name__ == "__main__":
    started = time.perf_counter()
    sweep(read_design(sys.argv[1]), sys.argv[2], figures=False).close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.perf_counter() - started)
"""
OPEN = """
import resource, sys, time
started = time.perf_counter()
from persim.report import write_report
write_report(sys.argv[1], force=True, attribution=False, stories=False)  # neither depends on the runs there
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.perf_counter() - started)
"""


def _alone(code: str, *arguments: str) -> tuple[float, float]:
    """Peak memory in MB and seconds that a program says."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    peak, seconds = done.stdout.split()[-2:]
    return float(peak), float(seconds)


def large(size: Size) -> list[Row]:
    """Sweeps of very many very small runs, in processes of their own: memory, and opening the result for a report."""
    many = 20_000 if size.rounds < 5 else 100_000
    worlds = "{risk_aversion: {grid: 10}, role_boundary: {grid: 10}}"
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for runs in (many // 10, many):
            design = design_of(Path(folder), 40, 12, runs // 200, worlds)
            out = Path(folder) / f"out-{runs}"
            assert design.path is not None
            found[runs] = _alone(PEAK, str(design.path), str(out))
            disk = sum(place.stat().st_size for place in out.rglob("*") if place.is_file())
        opened = _alone(OPEN, str(out))
    few_peak, most_peak = found[many // 10][0], found[many][0]
    return [
        Row(f"peak memory of a sweep of {many // 10:,} runs", f"{few_peak:.0f} MB"),
        Row(f"peak memory of a sweep of {many:,} runs", f"{most_peak:.0f} MB", "under 1,000 MB", at_most(most_peak, 1000.0)),
        Row(f"a sweep of {many:,} runs on disk", f"{disk / 1e6:.0f} MB, {disk / many:,.0f} bytes a run"),
        Row(
            f"a report of {many:,} runs, opened and written, in all", f"{opened[1]:.1f} s, {opened[0]:.0f} MB",
            "under 5 s", at_most(opened[1], 5.0),
        ),
    ]  # fmt: skip


SWEEPS: dict[str, Callable[[Size], list[Row]]] = {"sweep": overhead, "batch": against_batch_run, "large": large}
