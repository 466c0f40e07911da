"""Twins, flows and the practitioners' side made again from a manifest alone, for `persim.reproduce`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from persim.errors import StoreError
from persim.experiment import Progress
from persim.scenario import Scenario
from persim.scenario_resolved import scenario_of
from persim.store import MANIFEST, ResultFolder

Manifest = Mapping[str, Any]


def _scenarios(manifest: Manifest) -> list[Scenario]:
    """The scenarios as they were run. Raises: StoreError if one is not that whose digest stands beside it."""
    found = []
    for entry in manifest["scenarios"]:
        scenario = scenario_of(entry["resolved"])
        if scenario.digest() != entry["digest"]:
            raise StoreError(f"the scenario {entry['name']!r} of {MANIFEST} is not the one whose digest it gives")
        found.append(scenario)
    return found


def _has_figures(manifest: Manifest) -> bool:
    return any(name.endswith(".svg") for name in manifest["files"])


def _twins_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.twin_folder import write_twins
    from persim.twins import paired_lives, twins_of

    started, (one, other) = time.time(), _scenarios(manifest)
    lives = paired_lives(one, other, manifest["seed"], None, None, {})
    return write_twins(twins_of(lives, manifest["person"], manifest["every"]), made, started, _has_figures(manifest))


def _flows_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.flows import flows_of
    from persim.twin_folder import write_flows

    started, (one, other) = time.time(), _scenarios(manifest)
    found = flows_of((one, other), manifest["replicates"], manifest["seeds"][0], manifest["groups"], jobs, progress)
    return write_flows(found, made, started, _has_figures(manifest))


def _practice_again(manifest: Manifest, folder: Path, made: ResultFolder, jobs: int, progress: Progress | None) -> Path:
    from persim.practice_folder import write_practice
    from persim.practice_view import practice_of

    first, last = manifest["window"]
    started = time.time()
    found = practice_of(
        _scenarios(manifest), {}, manifest["replicates"], manifest["seed"], window=(first, last + 1), jobs=jobs,
        progress=progress,
    )  # fmt: skip
    return write_practice(found, made, started, _has_figures(manifest))


MORE_MAKERS: dict[str, Callable[[Manifest, Path, ResultFolder, int, Progress | None], Path]] = {
    "twins": _twins_again, "flows": _flows_again, "practice": _practice_again,
}  # fmt: skip
