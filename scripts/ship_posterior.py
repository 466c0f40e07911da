"""Make a finished calibration the model's own: its sample goes into the package, and the defaults become a point of it.

    python scripts/ship_posterior.py outputs/calibration            # says which point it would take
    python scripts/ship_posterior.py outputs/calibration --write    # copies the sample, writes the defaults

Any point of the sample could stand for it: where published figures say nothing, no point is better than another. The rule
is fixed beforehand. Points are ordered by their distance from the usual: for parameters that the sample informs the
sample's mean, for the others the default that the model has had, in standard deviations of the sample. The first at which
larger runs meet every figure that was fitted is taken. What a sample does not inform thus stays near the value that was
chosen by hand and argued for, and the story of the baseline changes no more than the evidence asks.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path

import numpy as np

from persim.calibration.tables import NOT_INFORMED
from persim.evidence import Measures, read_evidence
from persim.experiment import Task, paired_tasks, run_tasks
from persim.intervals import means
from persim.parameters import BY_NAME
from persim.posterior import SHIPPED, Posterior, read_posterior
from persim.scenario import read_scenario
from persim.simulate import run_scenario

TABLE = Path(__file__).resolve().parents[1] / "src" / "persim" / "parameters.py"
PEOPLE, SEEDS, CANDIDATES = 3000, 24, 24
MET = 1.5  # errors of observation, of the mean over runs


def usual_order(sample: Posterior, informed: np.ndarray) -> np.ndarray:
    """Rows of the sample, the most usual first, shape (n,); see above.

    Args:
        informed: which parameters the sample informs, bool of shape (k,).
    """
    mean = sample.weights @ sample.points
    spread = np.sqrt(sample.weights @ np.square(sample.points - mean))
    now = np.array([float(BY_NAME[name].default or 0.0) for name in sample.parameters])
    apart = (sample.points - np.where(informed, mean, now)) / np.where(spread > 0.0, spread, 1.0)
    distance = np.square(apart).mean(axis=1)
    return np.argsort(np.where(sample.weights > 0.0, distance, np.inf), kind="stable")


def informed_by(folder: Path, sample: Posterior) -> np.ndarray:
    """Which parameters the calibration informs, bool of shape (k,)."""
    import pandas as pd

    table = pd.read_parquet(folder / "parameters.parquet").set_index("parameter")
    return np.array([table.loc[name, "shrinkage"] >= NOT_INFORMED for name in sample.parameters])


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


def main() -> None:
    """Choose a point; with --write, ship the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    sample = read_posterior(asked.folder)
    order = usual_order(sample, informed_by(asked.folder, sample))
    for place, row in enumerate(order[:CANDIDATES]):
        numbers = dict(zip(sample.parameters, sample.points[row].tolist(), strict=True))
        apart = distances(numbers)
        print(
            f"{place + 1}. row {row}: " + ", ".join(f"{code} {value:+.1f}" for code, value in apart.items()), flush=True
        )
        if all(abs(value) <= MET for value in apart.values()):
            break
    else:
        sys.exit(f"none of the {CANDIDATES} most usual points meets every figure")
    for name, value in numbers.items():
        print(f"  {name:<24}{BY_NAME[name].default!s:>10} -> {value:g}")
    if asked.write:
        SHIPPED.mkdir(exist_ok=True)
        for kind in ("parquet", "json"):
            shutil.copyfile(asked.folder / f"posterior.{kind}", SHIPPED / f"posterior.{kind}")
        TABLE.write_text(with_defaults(TABLE.read_text("utf-8"), numbers), "utf-8")


if __name__ == "__main__":
    main()
