"""Make a finished calibration the model's own: its sample goes into the package, and the defaults become a point of it.

    python scripts/ship_posterior.py outputs/calibration            # says which point it would take
    python scripts/ship_posterior.py outputs/calibration --write    # writes the sample and the defaults

Where published figures say nothing, no point of the sample is better than another, and a baseline that jumped to any of
them would change its story for no reason. So the rule is this. Parameters that are fitted to figures of
services take the values of one draw: of all draws, in the order of their distance from the sample's mean, the first with
which larger runs meet every fitted figure. The parameters of the last stage keep the values that were chosen by hand and
argued for, if with them every fitted figure is met and no pattern of the calibration contradicted; else nothing is
shipped. That point joins the sample with the weight of one draw; the manifest says which it is.

Stages before the last were fitted with things switched off. So all figures are measured anew with everything on: over draws
of the sample, beside the same draws with the same seeds and things switched off as in those stages, and at that point.
docs/calibration.md shows it, with tables and figures of the calibration, which are kept in docs/ too.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from readme_results import smaller

from persim.evidence import Measures, read_evidence
from persim.evidence.effects import pattern_effects
from persim.experiment import Task, paired_tasks, run_tasks
from persim.intervals import means
from persim.parameters import BY_NAME
from persim.posterior import SHIPPED, Posterior, read_posterior, write_posterior
from persim.run_store import read_content
from persim.scenario import read_scenario
from persim.scenario_fields import TAKEN_WHOLE
from persim.simulate import run_scenario

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "src" / "persim" / "parameters.py"
KEPT, IMAGES = ROOT / "docs" / "studies" / "calibration", ROOT / "docs" / "images"
TABLES = ("parameters", "targets", "waves", "generations", "patterns", "correlations")
FIGURES = ("marginals", "predictive", "space_left", "ridge")
PEOPLE, SEEDS, CANDIDATES, DRAWS = 3000, 24, 24, 200
MET = 1.5  # errors of observation, of the mean over runs


def nearest_to_the_mean(sample: Posterior, fitted: np.ndarray) -> np.ndarray:
    """Rows of the sample, the nearest to its mean first, shape (n,).

    Args:
        fitted: the columns that are looked at, bool of shape (k,).
    """
    points = sample.points[:, fitted]
    mean = sample.weights @ points
    spread = np.sqrt(sample.weights @ np.square(points - mean))
    distance = np.square((points - mean) / np.where(spread > 0.0, spread, 1.0)).mean(axis=1)
    return np.argsort(np.where(sample.weights > 0.0, distance, np.inf), kind="stable")


def distances(points: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float]]:
    """How far the baseline lies from every figure that is fitted, in errors of observation: mean over settings, standard error.

    Each setting is run once, with a seed of its own.
    """
    targets = [one for one in read_evidence().targets if one.use == "calibration"]
    scenario = read_scenario("baseline").changed(n_users=PEOPLE)
    measures = Measures([one.measured for one in targets], scenario.start_week, scenario.n_weeks)
    found = np.empty((len(points), len(targets)))

    def work(task: Task) -> None:
        own = scenario.changed(None, None, **points[task.replicate])
        run = run_scenario(own, task.seed, "weekly", measures.dimensions, measures.unread_weeks)
        found[task.replicate] = measures.row(run)

    if run_tasks(paired_tasks(1, len(points), 1), len(points), work):
        raise SystemExit("runs failed")
    told = means(found)
    errors = told.sd / np.sqrt(told.n)
    return {
        one.id: (one.distance(float(value)), float(error) / one.sd)
        for one, value, error in zip(targets, told.mean, errors, strict=True)
    }


def with_defaults(text: str, numbers: dict[str, float]) -> str:
    """The source of the table of parameters with other defaults."""
    for name, value in numbers.items():
        row = re.compile(rf'(    _p\("{name}", "[^"]*", "[^"]*", "[^"]*", )[^,]+(,)')
        text, n = row.subn(lambda found, value=value: f"{found[1]}{value:g}{found[2]}", text)
        if n != 1:
            raise SystemExit(f"{TABLE.name} has {n} rows for {name}")
    return text


def contradicted(numbers: dict[str, float], codes: Sequence[str]) -> list[str]:
    """Comparisons of these patterns that go the wrong way with these numbers."""
    patterns = [one for one in read_evidence().patterns if one.id in codes]
    found = pattern_effects(patterns, numbers, range(1, SEEDS + 1), PEOPLE)
    effects = [effect for one in found for effect in one.effects]
    return [f"{effect.contrast.name}: {effect.verdict}" for effect in effects if effect.verdict != "shown"]


def chosen(sample: Posterior, fitted: np.ndarray) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """The point that becomes the defaults, and its distances. Ends the program if there is none."""
    usual = {name: BY_NAME[name].default for name in sample.parameters}
    for place, row in enumerate(nearest_to_the_mean(sample, fitted)[:CANDIDATES]):
        own = zip(sample.parameters, sample.points[row].tolist(), fitted.tolist(), strict=True)
        numbers = {name: value if told else float(usual[name] or 0.0) for name, value, told in own}
        apart = distances([numbers] * SEEDS)
        print(
            f"{place + 1}. row {row}: " + ", ".join(f"{code} {value:+.1f}" for code, (value, _) in apart.items()),
            flush=True,
        )
        if all(abs(value) <= MET for value, _ in apart.values()):
            codes = [code for code in sample.manifest["evidence"] if code.startswith("PAT")]
            if wrong := contradicted(numbers, codes):
                sys.exit("with it: " + "; ".join(wrong))
            return numbers, apart
    sys.exit(f"none of the {CANDIDATES} most usual points meets every figure")


def ship(sample: Posterior, numbers: dict[str, float]) -> None:
    """Write the sample, and the point that becomes the defaults as its last draw, into the package."""
    points = np.vstack([sample.points, [numbers[name] for name in sample.parameters]])
    weights = np.append(sample.weights, 1.0 / sample.n)
    made = ("made_by", "format", "persim", "model_version", "parameters", "n", "ess", "sha256", "check")
    entries = {key: value for key, value in sample.manifest.items() if key not in made}
    SHIPPED.mkdir(exist_ok=True)
    write_posterior(SHIPPED, sample.parameters, points, weights / weights.sum(), {**entries, "defaults": sample.n})


def keep(folder: Path, sample: Posterior, at_defaults: Mapping[str, tuple[float, float]]) -> None:
    """Keep in docs/ what docs/calibration.md shows of the calibration: tables, answer, figures, figures met with all on."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in (*(f"{table}.csv" for table in TABLES), "answer.txt"):
        shutil.copyfile(folder / name, KEPT / name)
    for name in FIGURES:
        (IMAGES / f"calibration-{name}.png").write_bytes(smaller((folder / "figures" / f"{name}.png").read_bytes()))
    points = [dict(zip(sample.parameters, point, strict=True)) for point in sample.draw(DRAWS, 1).tolist()]
    fixed = {name: value for stage in read_content(folder)["stages"][:-1] for name, value in stage["fixed"].items()}
    on, off = distances(points), distances([{**point, **fixed} for point in points])
    with (KEPT / "defaults.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["target", "draws", "draws_se", "switched_off", "defaults", "defaults_se"])
        for code, at_point in at_defaults.items():
            rows.writerow([code, *(f"{value:.6f}" for value in (*on[code], off[code][0], *at_point))])


def main() -> None:
    """Choose a point; with --write, ship the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--write", action="store_true", help="write sample, defaults, and what docs/calibration.md shows"
    )
    asked = parser.parse_args()
    sample = read_posterior(asked.folder)
    whole = [place for place, name in enumerate(sample.parameters) if name in TAKEN_WHOLE]
    sample.points[:, whole] = np.floor(sample.points[:, whole])  # as the model takes them
    last = {one["name"] for one in read_content(asked.folder)["stages"][-1]["parameters"]}
    numbers, apart = chosen(sample, np.array([name not in last for name in sample.parameters]))
    for name, value in numbers.items():
        print(f"  {name:<24}{BY_NAME[name].default!s:>10} -> {value:g}")
    if asked.write:
        ship(sample, numbers)
        keep(asked.folder, sample, apart)
        TABLE.write_text(with_defaults(TABLE.read_text("utf-8"), numbers), "utf-8")


if __name__ == "__main__":
    main()
