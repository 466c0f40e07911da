"""The tables of a study, from its plan and the outcomes of its runs: screening, indices, noise, swings.

Outcomes of a stage are arrays of shape (n_points, replicates, n_scenarios, n_outcomes), NaN for a run that is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from persim.sensitivity.asked import FEWEST_KEPT
from persim.sensitivity.estimates import (
    Noise,
    Screened,
    blocks_of,
    elementary_effects,
    interval,
    noise_of,
    resampled,
    screened,
    sobol_indices,
)
from persim.sensitivity.inputs import Factor, Input
from persim.sensitivity.plan import Plan
from persim.sensitivity.points import steps_of, values_of

if TYPE_CHECKING:
    import pandas as pd

FEWEST_BLOCKS = 8  # points of a base sample, or trajectories (2), with all runs there
FIFTH = 0.2  # of its range: what is the low and the high end of an input in a swing
SCREENING_COLUMNS = (
    "outcome", "target", "factor", "kind", "moves", "mu", "mu_star", "low", "high", "sigma", "own_sigma", "noise", "by_luck",
    "beyond_luck", "of_largest", "n_trajectories", "kept",
)  # fmt: skip
INDEX_COLUMNS = ("outcome", "target", "order", "factor", "other", "index", "low", "high", "with_luck", "n_points")
NOISE_COLUMNS = (
    "outcome", "target", "replicates", "n_points", "mean", "sd_points", "sd_luck", "sd_seeds", "share_of_run",
    "share_of_run_low", "share_of_run_high", "share_of_mean", "share_of_mean_low", "share_of_mean_high",
)  # fmt: skip
SWING_COLUMNS = (
    "outcome",
    "target",
    "input",
    "factor",
    "low_is",
    "high_is",
    "at_low",
    "at_high",
    "se",
    "swing",
    "n_low",
    "n_high",
)


def target_values(plan: Plan, outcomes: np.ndarray, target: tuple[str, str]) -> np.ndarray:
    """Values of a target, shape (n_points, replicates): the first scenario's level, or the paired difference to it."""
    place = plan.outcomes.index(target[0])
    level = outcomes[:, :, 0, place]
    return level if target[1] == "level" else outcomes[:, :, 1, place] - level


def kind_of(inputs: tuple[Input, ...], factor: Factor) -> str:
    """range, listed, choice, or together."""
    return inputs[factor.members[0]].kind if len(factor.members) == 1 else "together"


# Screening -------------------------------------------------------------------------------------------------------------------


def screen(plan: Plan, outcomes: np.ndarray) -> dict[tuple[str, str], Screened]:
    """Elementary effects of every target; trajectories with a run missing are left out. Targets with fewer than 2: absent."""
    members = [factor.members for factor in plan.factors]
    by_step = [all(plan.inputs[place].kind == "range" for place in own) for own in members]
    found = {}
    for target in plan.targets:
        effects = elementary_effects(plan.shares, members, by_step, target_values(plan, outcomes, target))
        effects = effects[np.isfinite(effects).all(axis=(1, 2))]
        if len(effects) > 1:
            found[target] = screened(effects, plan.bootstrap.resamples, plan.bootstrap.seed)
    return found


def shares_of_largest(found: Screened) -> np.ndarray:
    """Each factor's mu_star as a share of the largest, shape (n_factors,); 0 where nothing has an effect."""
    largest = float(found.mu_star.max())
    return found.mu_star / largest if largest > 0.0 else np.zeros(len(found.mu_star))


def best_shares(found: dict[tuple[str, str], Screened]) -> tuple[np.ndarray, np.ndarray]:
    """Each factor's largest share of the largest mu_star: over targets where it is beyond luck (or 0), and over all."""
    shares = np.array([shares_of_largest(one) for one in found.values()])
    beyond = np.array([one.beyond_luck for one in found.values()])
    return np.where(beyond, shares, 0.0).max(axis=0), shares.max(axis=0)


def kept_factors(plan: Plan, found: dict[tuple[str, str], Screened]) -> tuple[int, ...]:
    """Places of the factors that go on to indices, in the order of factors.

    The rule: for at least one target, mu_star is at least `keep.share` of that target's largest, and the lower end of its
    interval is above what luck alone would give. Of those, at most `keep.most`, by their largest share. At least two go
    on in any case, those with the largest shares.
    """
    n = len(plan.factors)
    if not found:
        return tuple(range(min(n, plan.most_kept)))
    best, any_share = best_shares(found)
    order = np.lexsort((np.arange(n), -any_share, -best))
    chosen = [int(place) for place in order if best[place] >= plan.keep.share][: plan.most_kept]
    for place in order:
        if len(chosen) < min(FEWEST_KEPT, n) and int(place) not in chosen:
            chosen.append(int(place))
    return tuple(sorted(chosen))


def screening_table(plan: Plan, found: dict[tuple[str, str], Screened], kept: tuple[int, ...]) -> pd.DataFrame:
    """One row a target and factor, the largest mu_star first: columns `SCREENING_COLUMNS`."""
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for target, one in found.items():
        shares = shares_of_largest(one)
        for place in np.argsort(-one.mu_star, kind="stable"):
            factor = plan.factors[place]
            moves = " ".join(plan.inputs[member].name for member in factor.members)
            single = len(factor.members) == 1  # several inputs go up and down at once: no direction, no spread
            rows.append((
                *target, factor.name, kind_of(plan.inputs, factor), moves, one.mu[place] if single else np.nan,
                one.mu_star[place], one.low[place], one.high[place], one.sigma[place] if single else np.nan,
                one.own_sigma[place] if single else np.nan, one.noise[place], one.by_luck[place],
                bool(one.beyond_luck[place]), shares[place], one.n, int(place) in kept,
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(SCREENING_COLUMNS))


# Indices ---------------------------------------------------------------------------------------------------------------------


def index_tables(plan: Plan, kept: tuple[int, ...], outcomes: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sobol' indices (columns `INDEX_COLUMNS`) and the noise of replicates (`NOISE_COLUMNS`), by target."""
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    noise: list[tuple[Any, ...]] = []
    assert plan.indices is not None
    for target in plan.targets:
        values = target_values(plan, outcomes, target)
        blocks = blocks_of(values, len(kept), plan.indices.second_order)
        if blocks.n < FEWEST_BLOCKS:
            continue
        weights = np.vstack([
            np.full((1, blocks.n), 1.0 / blocks.n),
            resampled(blocks.n, plan.bootstrap.resamples, plan.bootstrap.seed),
        ])  # fmt: skip
        own, raw = sobol_indices(blocks, weights), sobol_indices(blocks, weights[:1], corrected=False)
        names = [plan.factors[place].name for place in kept]
        for order, table, plain in (("first", own.first, raw.first), ("total", own.total, raw.total)):
            low, high = interval(table[1:])
            for place, name in enumerate(names):
                numbers = (table[0, place], low[place], high[place], plain[0, place])
                rows.append((*target, order, name, "", *numbers, blocks.n))
        if own.second is not None and raw.second is not None:
            low, high = interval(own.second[1:])
            for one in range(len(names)):
                for two in range(one + 1, len(names)):
                    at = (one, two)
                    numbers = (own.second[0][at], low[at], high[at], raw.second[0][at])
                    rows.append((*target, "second", names[one], names[two], *numbers, blocks.n))
        noise.append(_noise_row(plan, target, values, weights))
    return pd.DataFrame(rows, columns=list(INDEX_COLUMNS)), pd.DataFrame(noise, columns=list(NOISE_COLUMNS))


def base_rows(values: np.ndarray, steps: int) -> np.ndarray:
    """Both halves of the base sample, shape (2, n, replicates), of blocks of which every run is there."""
    cut = values.reshape(-1, steps, values.shape[-1])
    cut = cut[np.isfinite(cut).all(axis=(1, 2))]
    return np.stack([cut[:, 0], cut[:, -1]])


def _noise_row(plan: Plan, target: tuple[str, str], values: np.ndarray, weights: np.ndarray) -> tuple[Any, ...]:
    assert plan.indices is not None
    base = base_rows(values, len(values) // plan.indices.points)
    found: Noise = noise_of(base, weights)
    shares = []
    for table in (found.share_of_run, found.share_of_mean):
        low, high = interval(table[1:])
        shares += [table[0], float(low), float(high)]
    spreads = (np.sqrt(max(0.0, part)) for part in (found.points[0], found.luck[0], found.seeds))
    return (*target, plan.replicates, base.shape[1], base.mean(), *spreads, *shares)


# Swings ----------------------------------------------------------------------------------------------------------------------


def swing_table(plan: Plan, kept: tuple[int, ...], shares: np.ndarray, outcomes: np.ndarray) -> pd.DataFrame:
    """What a target comes to at the two ends of each input, all others varied: columns `SWING_COLUMNS`.

    Ends are the lowest and highest fifth of a range; of listed values and choices, the level with the lowest mean and the
    one with the highest. `se` is the standard error of the swing over points.
    """
    import pandas as pd

    assert plan.indices is not None
    steps = steps_of(plan.indices, len(kept))
    rows: list[tuple[Any, ...]] = []
    for target in plan.targets:
        values = target_values(plan, outcomes, target).mean(axis=1)
        ends = np.arange(len(values)) % steps
        here = np.isfinite(values) & ((ends == 0) | (ends == steps - 1))
        if here.sum() < 2 * FEWEST_BLOCKS:
            continue
        for place in kept:
            for member in plan.factors[place].members:
                row = _swing(plan.inputs[member], shares[here, member], values[here])
                rows.append((*target, plan.inputs[member].name, plan.factors[place].name, *row))
    table = pd.DataFrame(rows, columns=list(SWING_COLUMNS))
    table["size"] = table["swing"].abs()
    order = {outcome: place for place, outcome in enumerate(plan.outcomes)}
    table["place"] = table["outcome"].map(order) if len(table) else 0
    table = table.sort_values(["place", "target", "size"], ascending=[True, False, False], kind="stable")
    return table.drop(columns=["size", "place"]).reset_index(drop=True)


def _swing(one: Input, shares: np.ndarray, values: np.ndarray) -> tuple[Any, ...]:
    """(what the low end is, the high end, means at both, standard error, swing, points at both) of one input."""
    if one.n_levels:
        level = np.minimum((shares * one.n_levels).astype(int), one.n_levels - 1)
        groups = [values[level == number] for number in range(one.n_levels)]
        there = [number for number, group in enumerate(groups) if len(group)]
        means = [groups[number].mean() for number in there]
        low, high = there[int(np.argmin(means))], there[int(np.argmax(means))]
        if one.kind == "listed" and low > high:
            low, high = high, low
        ends, labels = (groups[low], groups[high]), (_label(one, low), _label(one, high))
    else:
        ends = (values[shares < FIFTH], values[shares >= 1.0 - FIFTH])
        cuts = values_of((one,), np.array([[0.0], [FIFTH], [1.0 - FIFTH], [1.0]]))[:, 0]
        labels = (f"{cuts[0]:g} to {cuts[1]:g}", f"{cuts[2]:g} to {cuts[3]:g}")
    at_low, at_high = (float(end.mean()) if len(end) else np.nan for end in ends)
    errors = [end.var(ddof=1) / len(end) if len(end) > 1 else np.nan for end in ends]
    return (*labels, at_low, at_high, float(np.sqrt(sum(errors))), at_high - at_low, len(ends[0]), len(ends[1]))


def _label(one: Input, level: int) -> str:
    return one.levels[level] if one.spread is None else f"{one.spread.values[level]:g}"
