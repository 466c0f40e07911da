"""Can the calibration find what it should? Known parameters recovered, ridges shown, further data weighed.

python scripts/identifiability_study.py                 # the whole study, a quarter of an hour; stores its results
python scripts/identifiability_study.py --posterior     # only what is known of the posterior anew; recovery as stored
python scripts/identifiability_study.py --cases 20 --points 200 --dry   # smaller, and nothing is stored
python scripts/identifiability_study.py --write         # docs/identifiability.md and figures from the stored results
python scripts/identifiability_study.py --check         # do they still agree?

For each stage of experiments/calibration.yaml: emulators are fitted to runs spread over the whole prior; other runs, with
other seeds, make the figures of parameters drawn from the prior, an error of observation is added, and `infer` is asked
for them, with the emulator in place of the model and its error in the kernel.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import identifiability_page
import numpy as np
import scipy
import sklearn

import persim
from persim.calibration import at_points, recovery
from persim.calibration.candidate_data import asked
from persim.calibration.emulator import Emulator, fit
from persim.calibration.history import Simulator
from persim.calibration.identified import Informed, identified
from persim.calibration.plan import Plan, Stage, observed_of
from persim.calibration.plan_file import read_calibration
from persim.calibration.smc import SmcSettings, infer
from persim.calibration.space import luck, spread_out
from persim.calibration.targets import averaged
from persim.model_version import MODEL_VERSION

ROOT = Path(__file__).resolve().parents[1]
CALIBRATION = ROOT / "experiments" / "calibration.yaml"
RESULTS = ROOT / "docs" / "studies" / "identifiability.json"
KEPT = ROOT / "outputs" / "identifiability"  # runs already made, so that a study can go on
SEED = 20_261
FIT_SEED, TRUTH_SEED, ASK_SEED = 1_000_000, 5_000_000, 9_000_000  # of runs: none is used twice
DESIGN, NOISE, POSTERIOR = 4101, 4102, 4103  # purposes of luck
TRUTH_RUNS = 12
SETTINGS = SmcSettings(particles=1000, generations=6, chains=1, ess_share=0.2)
SHOWN = ("risk_aversion", "role_boundary")  # the pair that the ridge is drawn for
DIGITS = 4
SIDE = 25  # points along a side of that figure


def main() -> None:
    """Run, or write, or check."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--write", action="store_true")
    reader.add_argument("--check", action="store_true")
    reader.add_argument("--posterior", action="store_true")
    reader.add_argument("--dry", action="store_true")
    reader.add_argument("--cases", type=int, default=100)
    reader.add_argument("--points", type=int, default=400)
    reader.add_argument("--jobs", type=int, default=1)
    reader.add_argument("--stage", default="")
    reader.add_argument("--calibration", type=Path, default=CALIBRATION)
    asked_for = reader.parse_args()
    if not (asked_for.write or asked_for.check):
        study(asked_for)
    if not asked_for.dry:
        identifiability_page.bring_up_to_date(RESULTS, only_check=asked_for.check)


def study(wanted: argparse.Namespace) -> None:
    """The stages asked for, one after another; what was stored of the others stays if it was made alike."""
    plan = read_calibration(wanted.calibration)
    head = {
        "seed": SEED, "model_version": MODEL_VERSION, "cases": wanted.cases, "points": wanted.points,
        "people": plan.people, "truth_runs": TRUTH_RUNS, "settings": asdict(SETTINGS),
        "versions": {"persim": persim.__version__, "python": platform.python_version(), "numpy": np.__version__,
                     "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    }  # fmt: skip
    for number, stage in enumerate(plan.stages):
        if wanted.stage in ("", stage.name):
            told = rounded(stage_study(plan, number, wanted))
            if not wanted.dry:
                stages = stored_stages(rounded(head))
                stages[stage.name] = {**stages.get(stage.name, {}), **told}
                RESULTS.parent.mkdir(parents=True, exist_ok=True)
                RESULTS.write_text(json.dumps({**rounded(head), "stages": stages}) + "\n", encoding="utf-8")


def stored_stages(head: dict[str, Any]) -> dict[str, Any]:
    """Stages stored before, if they were made alike."""
    stored = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    return stored["stages"] if {key: stored.get(key) for key in head} == head else {}


def stage_study(plan: Plan, number: int, wanted: argparse.Namespace) -> dict[str, Any]:
    """Recovery of one stage, and what its own figures say; for the last stage, what further data would say."""
    stage = plan.stages[number]
    emulator, chance = emulated(plan, number, wanted)
    check = [{"within_two": one.within_two, "spread": one.spread} for one in emulator.check]
    told = {
        "name": stage.name, "targets": list(stage.targets), "parameters": [asdict(axis) for axis in stage.space.axes],
        "emulator": check,
    }  # fmt: skip
    if not wanted.posterior:
        told |= recovered(plan, number, emulator, chance, wanted)
    return told | {"posterior": posterior_of(plan, number, emulator, chance, wanted.jobs)}


def recovered(
    plan: Plan, number: int, emulator: Emulator, chance: np.ndarray, wanted: argparse.Namespace
) -> dict[str, Any]:
    """Known parameters of a stage, looked for again."""
    stage = plan.stages[number]
    sd = observed_of(plan.targets_of(stage)).sd
    unknown = chance * plan_replicates() / TRUTH_RUNS  # variance by chance of the figures of a truth
    whole = np.sqrt(np.square(sd) + unknown + not_followed(emulator, chance, number))
    inference = recovery.by_smc(standing_in(emulator), stage.space, whole, SETTINGS, SEED + number)
    truths = mean_of(kept(model(plan, number, TRUTH_RUNS, TRUTH_SEED, wanted.jobs), plan, number, "truths"))
    result = recovery.recovery(truths, inference, stage.space, sd, wanted.cases, SEED + number)
    told = told_of(result)
    print(stage.name, json.dumps(rounded({k: told[k] for k in ("coverage", "pooled", "even", "ess")})), flush=True)
    return {"sd": sd, "sd_whole": whole, "recovery": told}


def plan_replicates() -> int:
    """Runs at each point that the emulators are fitted to."""
    return 2


def model(plan: Plan, number: int, replicates: int, seed: int, jobs: int) -> Simulator:
    """The model itself, in the world of a stage; every point has seeds of its own."""
    stage = plan.stages[number]
    scenario = plan.scenario.changed(None, stage.weeks, **stage.fixed)
    arm = at_points.measuring(scenario, [target.measured for target in plan.targets_of(stage)])
    return at_points.model_at(arm, stage.space.names, replicates, seed, jobs, each_its_own=True)


def mean_of(simulator: Simulator) -> Simulator:
    """Means over replicates that have a base (a run of a thousand people may have no recall at all)."""
    return lambda points, numbers: np.nanmean(simulator(points, numbers), axis=1)


def kept(simulator: Simulator, plan: Plan, number: int, what: str) -> Simulator:
    """The same simulator; what it made is kept, and read if the same is asked again."""

    def simulate(points: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        stage = plan.stages[number]
        world = (stage.space, stage.targets, dict(stage.fixed), stage.weeks)
        said = f"{MODEL_VERSION} {plan.people} {world} {what}".encode() + points.tobytes()
        place = KEPT / f"{what}-{stage.name}-{hashlib.sha256(said).hexdigest()[:16]}.npy"
        if not place.exists():
            KEPT.mkdir(parents=True, exist_ok=True)
            np.save(place, simulator(points, numbers))
        return np.load(place)

    return simulate


def emulated(plan: Plan, number: int, wanted: argparse.Namespace) -> tuple[Emulator, np.ndarray]:
    """Emulators over the whole prior, and the variance by chance of a mean over the runs of a point."""
    space = plan.stages[number].space
    points = space.values(spread_out(wanted.points, space.n, luck(SEED, DESIGN, number)))
    simulator = kept(model(plan, number, plan_replicates(), FIT_SEED, wanted.jobs), plan, number, "design")
    simulated, chance = averaged(simulator(points, np.arange(wanted.points)))
    return fit(space, space.unit(points), simulated, chance, SEED, number), chance


def standing_in(emulator: Emulator) -> Simulator:
    """The emulator's mean in place of the model."""
    return lambda points, numbers: emulator.mean(emulator.space.unit(points))


def not_followed(emulator: Emulator, chance: np.ndarray, number: int) -> np.ndarray:
    """Variance by which the emulator's mean misses the model's, on average over the prior, shape (n_targets,).

    It is added to the error of observation: with the emulator's own uncertainty, what its points show beyond chance.
    """
    _, variance = emulator.predict(luck(SEED, NOISE, number).random((400, emulator.space.n)))
    return variance.mean(axis=0) + np.maximum(0.0, emulator.chance - chance)


def told_of(result: recovery.Recovery) -> dict[str, Any]:
    """A recovery as it is stored."""
    rows = recovery.evenness(result)
    return {
        "names": result.names, "ranks": result.ranks, "coverage": result.coverage(), "pooled": result.pooled(),
        "coverage_50": result.coverage(0.5), "learnt": result.learnt, "even": [row.chance for row in rows],
        "all_even": recovery.all_even(rows), "ess": [float(result.ess.min()), float(np.median(result.ess))],
    }  # fmt: skip


def posterior_of(plan: Plan, number: int, emulator: Emulator, chance: np.ndarray, jobs: int) -> dict[str, Any]:
    """What the stage's published figures say of its parameters, by the emulator; and what further data would."""
    stage = plan.stages[number]
    aims = observed_of(plan.targets_of(stage))
    aims = replace(aims, sd=np.sqrt(np.square(aims.sd) + not_followed(emulator, chance, number)))
    settings = SmcSettings(particles=2000, generations=SETTINGS.generations, chains=2)
    found = infer(standing_in(emulator), stage.space, aims, None, settings, SEED, POSTERIOR, number)
    said = identified(stage.space, found.points, found.weights, SEED)
    out: dict[str, Any] = {
        "ess": found.ess, "rows": [asdict(row) | {"verdict": row.verdict} for row in said.rows],
        "partial": said.partial, "correlation": said.correlation, "ridges": [asdict(ridge) for ridge in said.ridges],
        "sample": sample(stage, found.points, found.weights),
    }  # fmt: skip
    if set(SHOWN) <= set(stage.space.names):
        out["surface"] = surface(stage, emulator, said.rows)
        out["asked"] = further(plan, stage, found.points, found.weights, jobs)
    return out


def sample(stage: Stage, points: np.ndarray, weights: np.ndarray, n: int = 600) -> np.ndarray:
    """Some draws of the posterior in the unit cube, to be drawn in a figure."""
    rng = luck(SEED, POSTERIOR, 9)
    return stage.space.unit(points[rng.choice(len(points), n, p=weights / weights.sum())])


def surface(stage: Stage, emulator: Emulator, rows: Sequence[Informed]) -> np.ndarray:
    """The first target over the pair that is shown, all others at their posterior means; shape (SIDE, SIDE), first along x."""
    at = np.tile([row.mean for row in rows], (SIDE * SIDE, 1))
    across, up = np.meshgrid(np.linspace(0.0, 1.0, SIDE), np.linspace(0.0, 1.0, SIDE))
    for name, values in zip(SHOWN, (across, up), strict=True):
        at[:, stage.space.names.index(name)] = values.ravel()
    return emulator.mean(at)[:, 0].reshape(SIDE, SIDE)


def further(plan: Plan, stage: Stage, points: np.ndarray, weights: np.ndarray, jobs: int) -> dict[str, Any]:
    """What each further datum is expected to leave."""
    scenario = plan.scenario.changed(None, stage.weeks, **stage.fixed)
    pairs = [(*SHOWN, -1.0)]
    found = asked(scenario, stage.space, points, weights, pairs, n_draws=800, seed=ASK_SEED, jobs=jobs)
    return {
        "names": [one.name for one in found.candidates], "questions": [one.question for one in found.candidates],
        "n": [one.n for one in found.candidates], "usual": found.usual, "sd": found.sd, "left": found.found.left,
        "left_se": found.found.left_se, "ridge": found.found.directions[:, 0], "ridge_se": found.found.directions_se[:, 0],
        "ess": found.found.ess, "pair": SHOWN, "answer": found.answer(),
    }  # fmt: skip


def rounded(value: Any) -> Any:
    """Numbers with as many digits as mean something, arrays as lists."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(one) for one in value]
    if isinstance(value, np.ndarray):
        return rounded(value.tolist())
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
