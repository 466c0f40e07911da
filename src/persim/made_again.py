"""How the results of each command are made again from a manifest alone, for `persim.reproduce`.

A new command that writes a folder gets a function here, and a line in `MAKERS` under the name that its manifests have for
it. It writes into the folder it is given, or, if it makes folders in its own way, at that folder's `target`; it returns
where the results are.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from persim.errors import StoreError
from persim.experiment import Progress
from persim.scenario import Scenario, read_scenario
from persim.scenario_resolved import scenario_of
from persim.store import MANIFEST, ResultFolder

Manifest = Mapping[str, Any]
Maker = Callable[[Manifest, Path, ResultFolder, int, Progress | None], Path]


def _scenario(entry: Manifest, folder: Path) -> Scenario:
    """A scenario as it was run, of the manifest or, where an older one leaves it out, of its own file."""
    resolved = entry.get("resolved")
    if resolved is None:
        resolved = json.loads(folder.joinpath(*entry["file"].split("/")).read_text("utf-8"))
    scenario = scenario_of(resolved)
    if scenario.digest() != entry["digest"]:
        raise StoreError(f"the scenario {entry['name']!r} of {MANIFEST} is not the one whose digest it gives")
    return scenario


def _scenarios(manifest: Manifest, folder: Path) -> list[Scenario]:
    return [_scenario(entry, folder) for entry in manifest["scenarios"]]


def _has_figures(manifest: Manifest) -> bool:
    return any(name.endswith(".svg") for name in manifest["files"])


def _comparison_again(
    manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None
) -> Path:
    from persim.compare import carried_out
    from persim.comparison_folder import write_comparison
    from persim.comparison_plan import planned

    started = time.time()
    options = manifest["options"]
    first, last = manifest["window"]
    plan = planned(
        _scenarios(manifest, folder), options["replicates"], options["seed"], jobs, None,
        None, options["outcomes"], manifest["groups"], options["record"], (first, last + 1), {},
    )  # fmt: skip
    plan = replace(plan, options=dict(options))  # people, weeks and changed numbers are in the scenarios already
    return write_comparison(
        carried_out(plan, progress, made), made, started, _has_figures(manifest), manifest["command"]
    )


def _run_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.run_folder import write_run
    from persim.simulate import checked_groups, run_scenario

    started, groups = time.time(), checked_groups(manifest["groups"])
    scenario = _scenario(manifest["scenarios"][0], folder)
    ledger, luck = manifest.get("ledger", False), manifest.get("luck")
    run = run_scenario(scenario, manifest["seed"], "weekly", groups, ledger=ledger, luck=luck)
    return write_run(run, manifest["record"], made, started)


def _sweep_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.sweep import sweep_again

    figures = _has_figures(manifest)
    return sweep_again(folder, made.target, manifest["replicates"], manifest["stopped"], figures, jobs, progress)


def _shares_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.attribution import attribute_again

    return attribute_again(folder, made.target, manifest["replicates"], _has_figures(manifest), jobs, progress)


def _study_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.sensitivity.study import study_again

    return study_again(folder, made.target, _has_figures(manifest), jobs, progress)


def _story_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.explain import told_again

    return told_again(_scenario(manifest["scenarios"][0], folder), manifest["seed"], manifest["story"], made)


def _twins_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.twin_folder import write_twins
    from persim.twins import paired_lives, twins_of

    started, (one, other) = time.time(), _scenarios(manifest, folder)
    lives = paired_lives(one, other, manifest["seed"], None, None, {}, manifest.get("luck"))
    return write_twins(twins_of(lives, manifest["person"], manifest["every"]), made, started, _has_figures(manifest))


def _flows_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.flows import flows_of
    from persim.twin_folder import write_flows

    started, (one, other) = time.time(), _scenarios(manifest, folder)
    found = flows_of((one, other), manifest["replicates"], manifest["seeds"][0], manifest["groups"], jobs, progress)
    return write_flows(found, made, started, _has_figures(manifest))


def _practice_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.practice_folder import write_practice
    from persim.practice_view import practice_of

    first, last = manifest["window"]
    started = time.time()
    found = practice_of(
        _scenarios(manifest, folder), {}, manifest["replicates"], manifest["seed"], window=(first, last + 1), jobs=jobs,
        progress=progress,
    )  # fmt: skip
    return write_practice(found, made, started, _has_figures(manifest))


def _targets_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.evidence.folder import SAMPLE, hold_targets, hold_targets_drawn, write_drawn_targets, write_targets
    from persim.posterior import read_posterior

    started, seeds, place = time.time(), _seeds(manifest), folder / "evidence"
    scenario, told = _scenario(manifest["scenarios"][0], folder), manifest.get("posterior")
    if told is None:
        held = hold_targets(place, scenario, seeds, jobs, progress)
        return write_targets(held, place, made, started, _has_figures(manifest))
    sample, runs = read_posterior(folder / SAMPLE), seeds[: told["replicates"]]
    drawn = hold_targets_drawn(place, scenario, sample, told["draws"], runs, seeds, jobs, progress)
    return write_drawn_targets(drawn, place, made, started, _has_figures(manifest))


def _patterns_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.evidence.folder import try_patterns, write_patterns

    started, seeds, place = time.time(), _seeds(manifest), folder / "evidence"
    for name, digest in manifest["digests"].items():
        if read_scenario(name).digest() != digest:
            raise StoreError(f"the scenario {name!r} is not the one that these patterns were run with")
    tried = try_patterns(place, manifest["changes"], seeds, manifest["people"], jobs, progress)
    return write_patterns(tried, place, made, started, _has_figures(manifest))


def _seeds(manifest: Manifest) -> range:
    return range(manifest["seed"], manifest["seed"] + manifest["replicates"])


def _calibrated_again(
    manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None
) -> Path:
    from persim.calibration.study import calibrated_again

    return calibrated_again(folder, made.target, _has_figures(manifest), jobs, progress)


MAKERS: dict[str, Maker] = {
    "compare": _comparison_again, "demo": _comparison_again, "run": _run_again, "sweep": _sweep_again,
    "attribute": _shares_again, "explain": _story_again, "twins": _twins_again, "flows": _flows_again,
    "practice": _practice_again, "evidence": _targets_again, "patterns": _patterns_again, "sensitivity": _study_again,
    "calibrate": _calibrated_again,
}  # fmt: skip
