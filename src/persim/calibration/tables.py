"""The tables of a finished calibration: parameters, targets, waves, generations, patterns, correlations, chains, points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from persim.calibration.plan import Plan
from persim.calibration.space import effective_of_groups, luck, quantiles, systematic
from persim.calibration.stages import StageResult, point_rows
from persim.parameters import BY_NAME
from persim.posterior import centre_row

NOT_INFORMED = (
    0.1  # share by which a prior's standard deviation must shrink, or the targets say nothing of the parameter
)
INTERVAL = (0.05, 0.5, 0.95)
CHAIN_DRAWS = 400
RIDGE = 0.5  # correlation from which two parameters are said to stand in for each other
CHAINS_LUCK = 901


@dataclass(frozen=True)
class Calibrated:
    """A finished calibration: its plan, what each stage found, and the rows of all its runs, shape (n_runs, n_columns)."""

    plan: Plan
    stages: tuple[StageResult, ...]
    rows: np.ndarray
    seconds_of_runs: float
    seconds: float

    @property
    def last(self) -> StageResult:
        """The last stage, which carries the parameters of all."""
        return self.stages[-1]

    @property
    def n_runs(self) -> int:
        """Runs that were made."""
        return len(self.rows)

    @property
    def kept(self) -> np.ndarray:
        """Rows of the last stage's draws that have a weight."""
        return np.flatnonzero(self.last.weights > 0.0)

    @cached_property
    def worth(self) -> dict[str, tuple[int, float]]:
        """By stage: how many distinct values of its parameters the sample holds, and how many independent draws they are worth.

        Draws of an earlier stage are drawn anew for every particle of a later one, so they repeat in the sample.
        """
        found, most = {}, np.inf
        for stage in reversed(self.stages):
            points = self.last.draws[:, : len(stage.names)]
            size, distinct = effective_of_groups(points, self.last.weights)
            most = min(most, size, stage.ess)
            found[stage.stage.name] = distinct, most
        return dict(reversed(found.items()))

    @property
    def overhead(self) -> float:
        """Time beside runs, as a share of the time of runs; NaN if no run was made now."""
        return (self.seconds - self.seconds_of_runs) / self.seconds_of_runs if self.seconds_of_runs > 0.0 else np.nan

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Every parameter: its prior, its posterior, and whether the targets say anything of it."""
        found, rows = self.last, []
        centre = found.draws[self.kept][centre_row(found.draws[self.kept], found.weights[self.kept])]
        for stage in self.plan.stages:
            means, spreads = stage.space.prior_moments()
            for place, axis in enumerate(stage.space.axes):
                column = found.names.index(axis.name)
                values = found.draws[:, column]
                mean = float(found.weights @ values)
                sd = float(np.sqrt(max(0.0, found.weights @ np.square(values - mean))))
                low, middle, high = quantiles(values, found.weights, INTERVAL)
                shrinkage = 1.0 - sd / float(spreads[place])
                rows.append({
                    "stage": stage.name, "parameter": axis.name, "meaning": BY_NAME[axis.name].meaning,
                    "unit": BY_NAME[axis.name].unit, "default": BY_NAME[axis.name].default, "low": axis.low,
                    "high": axis.high, "scale": "log" if axis.log else "linear", "prior_mean": means[place],
                    "prior_sd": spreads[place], "mean": mean, "sd": sd, "p5": low, "median": middle, "p95": high,
                    "centre": float(centre[column]), "shrinkage": shrinkage, "informed": shrinkage >= NOT_INFORMED,
                })  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """Every target: observed, and what the prior and the posterior predict."""
        rows = []
        for found in self.stages:
            prior = found.history.waves[0].simulated
            for place, target in enumerate(self.plan.targets_of(found.stage)):
                before = prior[np.isfinite(prior[:, place]), place]
                values = found.figures[:, place]
                low, middle, high = quantiles(values, found.weights, INTERVAL)
                rows.append({
                    "stage": found.stage.name, "target": target.id, "quantity": target.quantity, "unit": target.unit,
                    "observed": target.high if target.value is None else target.value, "one_sided": target.one_sided,
                    "sd": target.sd, "prior_p5": np.quantile(before, 0.05), "prior_median": np.median(before),
                    "prior_p95": np.quantile(before, 0.95), "p5": low, "median": middle, "p95": high,
                    "mean": float(found.weights @ values), "distance": float(target.distance(float(found.weights @ values))),
                    "chance_kept": found.smc.own[place],
                })  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def waves(self) -> pd.DataFrame:
        """Every wave and target: the share of space left, and how the emulator does on points held out."""
        return pd.DataFrame([
            {
                "stage": found.stage.name, "wave": number + 1, "points": len(wave.points), "share_left": wave.share,
                "cut": wave.cut, "target": code, "held_out": len(check.errors), "error_spread": check.spread,
                "within_two": check.within_two, "emulator_variance": wave.uncertainty[place],
            }
            for found in self.stages
            for number, wave in enumerate(found.history.waves)
            for place, (code, check) in enumerate(zip(found.stage.targets, wave.emulator.check, strict=True))
        ])  # fmt: skip

    @cached_property
    def generations(self) -> pd.DataFrame:
        """Every generation: the width it reached, and the effective sample size of each chain."""
        return pd.DataFrame([
            {
                "stage": found.stage.name, "generation": number + 1, "points": len(one.points), "width": one.width,
                "least_ess": one.ess.min(), "most_ess": one.ess.max(), "accepted": one.accepted.mean(),
            }
            for found in self.stages
            for number, one in enumerate(found.smc.generations)
        ])  # fmt: skip

    @cached_property
    def patterns(self) -> pd.DataFrame:
        """Every comparison of every pattern: its effect over draws, and how many draws contradict it."""
        rows = []
        for found in self.stages:
            for one in found.shown:
                there = np.isfinite(one.effects)
                values = one.effects[there] if there.any() else np.full(1, np.nan)
                rows.append({
                    "stage": found.stage.name, "pattern": one.pattern, "comparison": one.contrast.name,
                    "sign": one.contrast.sign, "mean": values.mean(), "p5": np.quantile(values, 0.05),
                    "p95": np.quantile(values, 0.95), "error": float(one.error[0]), "draws": len(one.effects),
                    "contradicted": float(one.contradicts.mean()),
                })  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def correlations(self) -> pd.DataFrame:
        """Every pair of parameters with its correlation in the posterior, the strongest first."""
        found = self.last
        apart = found.draws - found.weights @ found.draws
        spread = (apart * found.weights[:, None]).T @ apart
        sd = np.sqrt(np.diag(spread))
        with np.errstate(invalid="ignore", divide="ignore"):
            matrix = np.nan_to_num(spread / np.outer(sd, sd))
        first, second = np.triu_indices(len(found.names), 1)
        table = pd.DataFrame({
            "one": [found.names[place] for place in first], "other": [found.names[place] for place in second],
            "correlation": matrix[first, second],
        })  # fmt: skip
        order = np.argsort(-table["correlation"].abs().to_numpy(), kind="stable")
        return table.iloc[order].reset_index(drop=True)

    @cached_property
    def chains(self) -> pd.DataFrame:
        """How far chains agree, by stage and parameter: ArviZ's rank-normalised R-hat, and the spread of their means."""
        tables = [chain_table(found, self.plan.seed, number) for number, found in enumerate(self.stages)]
        return pd.concat(tables, ignore_index=True)

    @cached_property
    def points(self) -> pd.DataFrame:
        """Every point that was run: where it belongs, its parameters, its mean figures, its weight in its stage."""
        plan, rows = self.plan, point_rows(self.plan, self.rows)
        table = pd.DataFrame(rows, columns=plan.columns).drop(columns=["world", "replicate"])
        table = table[[name for name in table if not str(name).startswith("side.")]]
        stage = table["stage"].to_numpy().astype(int)
        weights, kind = np.zeros(len(table)), np.array(["wave"] * len(table), dtype=object)
        for number, found in enumerate(self.stages):
            own = np.flatnonzero(stage == number)[-len(found.smc.weights) :]
            weights[own], kind[own] = found.smc.weights, "generation"
        table["stage"] = [plan.stages[number].name for number in stage]
        table.insert(2, "kind", kind)
        table["weight"] = weights
        return table.astype({"step": int, "point": int})


def rows_of(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, with columns as attributes."""
    return list(table.itertuples())


def chain_table(found: StageResult, seed: int, number: int) -> pd.DataFrame:
    """Chains of one stage beside each other, over all parameters known then.

    Raises: InputError if ArviZ is missing.
    """
    from persim.errors import InputError

    try:
        import arviz
    except ImportError:
        raise InputError("calibration needs ArviZ: pip install 'persim[calibrate]'") from None
    smc, drawn = found.smc, []
    chains = range(found.stage.smc.chains)
    for chain in chains:
        own = np.flatnonzero(smc.chain == chain)
        rng = luck(seed, number, CHAINS_LUCK, chain)
        rows = own[systematic(smc.chain_weights[own], CHAIN_DRAWS, rng)]
        drawn.append(smc.points[rng.permutation(rows)])
    values = np.stack(drawn)  # chains, draws, parameters
    data = {name: values[:, :, place] for place, name in enumerate(found.names)}
    told = arviz.rhat(arviz.from_dict({"posterior": data}))
    means, sd = values.mean(axis=1), values.reshape(-1, values.shape[2]).std(axis=0)
    return pd.DataFrame({
        "stage": found.stage.name, "parameter": list(found.names),
        "r_hat": [_of(told, name) for name in found.names] if len(chains) > 1 else np.nan,
        "spread_of_means": np.ptp(means, axis=0) / np.where(sd > 0.0, sd, 1.0),
    })  # fmt: skip


def _of(told: object, name: str) -> float:
    """One variable of what ArviZ gives back: a dataset, or a tree with a group of that name."""
    tree = told["posterior"] if "posterior" in getattr(told, "children", {}) else told  # type: ignore[index]
    return float(tree[name])  # type: ignore[index]
