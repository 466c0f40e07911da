"""Make a finished calibration the model's own: its sample goes into the package, and the defaults become a point of it.

    python scripts/ship_posterior.py outputs/calibration            # says which point it would take
    python scripts/ship_posterior.py outputs/calibration --write    # writes the sample and the defaults

Where published figures say nothing, no point of the sample is better than another, and a baseline that jumped to any of
them would change its story for no reason. So the rule is this. Parameters that are fitted to figures of
services take the values of one draw: of all draws, in the order of their distance from the sample's mean, the first with
which larger runs meet every fitted figure. The parameters of the last stage keep the values that were chosen by hand and
argued for, if with them every fitted figure is met and no pattern of the calibration contradicted; else nothing is
shipped. That point joins the sample with the weight of one draw; the manifest says which it is.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from persim.evidence import Measures, read_evidence
from persim.evidence.effects import pattern_effects
from persim.experiment import Task, paired_tasks, run_tasks
from persim.intervals import means
from persim.parameters import BY_NAME
from persim.posterior import SHIPPED, Posterior, read_posterior, write_posterior
from persim.run_store import read_content
from persim.scenario import read_scenario
from persim.simulate import run_scenario

TABLE = Path(__file__).resolve().parents[1] / "src" / "persim" / "parameters.py"
PEOPLE, SEEDS, CANDIDATES = 3000, 24, 24
MET = 1.5  # errors of observation, of the mean over runs
TAKEN_WHOLE = ("rows_per_post",)  # the model takes their whole part


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


def distances(numbers: dict[str, float]) -> dict[str, float]:
    """How far the baseline with these numbers lies from every figure that is fitted, in errors of observation."""
    targets = [one for one in read_evidence().targets if one.use == "calibration"]
    scenario = read_scenario("baseline").changed(n_users=PEOPLE, n_weeks=None, **numbers)
    measures = Measures([one.measured for one in targets], scenario.start_week, scenario.n_weeks)
    found = np.empty((SEEDS, len(targets)))

    def work(task: Task) -> None:
        run = run_scenario(scenario, task.seed, "weekly", measures.dimensions, measures.unread_weeks)
        found[task.replicate] = measures.row(run)

    if run_tasks(paired_tasks(1, SEEDS, 1), SEEDS, work):
        raise SystemExit(f"runs failed at {numbers}")
    simulated = means(found).mean
    return {one.id: (float(value) - one.value) / one.sd for one, value in zip(targets, simulated, strict=True)}


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


def chosen(sample: Posterior, fitted: np.ndarray) -> dict[str, float]:
    """The point that becomes the defaults. Ends the program if there is none."""
    usual = {name: BY_NAME[name].default for name in sample.parameters}
    for place, row in enumerate(nearest_to_the_mean(sample, fitted)[:CANDIDATES]):
        own = zip(sample.parameters, sample.points[row].tolist(), fitted.tolist(), strict=True)
        numbers = {name: value if told else float(usual[name] or 0.0) for name, value, told in own}
        apart = distances(numbers)
        print(
            f"{place + 1}. row {row}: " + ", ".join(f"{code} {value:+.1f}" for code, value in apart.items()), flush=True
        )
        if all(abs(value) <= MET for value in apart.values()):
            codes = [code for code in sample.manifest["evidence"] if code.startswith("PAT")]
            if wrong := contradicted(numbers, codes):
                sys.exit("with it: " + "; ".join(wrong))
            return numbers
    sys.exit(f"none of the {CANDIDATES} most usual points meets every figure")


def ship(sample: Posterior, numbers: dict[str, float]) -> None:
    """Write the sample, and the point that becomes the defaults as its last draw, into the package."""
    points = np.vstack([sample.points, [numbers[name] for name in sample.parameters]])
    weights = np.append(sample.weights, 1.0 / sample.n)
    made = ("made_by", "format", "persim", "model_version", "parameters", "n", "ess", "sha256", "check")
    entries = {key: value for key, value in sample.manifest.items() if key not in made}
    SHIPPED.mkdir(exist_ok=True)
    write_posterior(SHIPPED, sample.parameters, points, weights / weights.sum(), {**entries, "defaults": sample.n})


def main() -> None:
    """Choose a point; with --write, ship the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    sample = read_posterior(asked.folder)
    whole = [place for place, name in enumerate(sample.parameters) if name in TAKEN_WHOLE]
    sample.points[:, whole] = np.floor(sample.points[:, whole])  # as the model takes them
    last = {one["name"] for one in read_content(asked.folder)["stages"][-1]["parameters"]}
    numbers = chosen(sample, np.array([name not in last for name in sample.parameters]))
    for name, value in numbers.items():
        print(f"  {name:<24}{BY_NAME[name].default!s:>10} -> {value:g}")
    if asked.write:
        ship(sample, numbers)
        TABLE.write_text(with_defaults(TABLE.read_text("utf-8"), numbers), "utf-8")


if __name__ == "__main__":
    main()
