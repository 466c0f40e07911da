"""The worlds of a design: lists crossed with sampled points, or with draws from a posterior sample."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from persim.design_file import DesignFile, between, tidy
from persim.design_sample import POSTERIOR, Sample, Spread
from persim.drawn_worlds import is_lever, without_steps_of
from persim.errors import Fault, InputError, ScenarioError
from persim.parameters import BY_NAME
from persim.posterior import Posterior, read_posterior
from persim.scenario import Scenario, read_scenario
from persim.scenario_search import shipped_folder


def worlds_of(factors: Sequence[Spread], sample: Sample | None, posterior: Posterior | None = None) -> np.ndarray:
    """Every combination of listed values with every sampled point: shape (n_worlds, n_factors).

    The first listed parameter varies slowest, samples fastest. Values have six digits, so that a table shows all of them,
    but for those of a posterior sample, which stay as they are.
    """
    sampled = [factor for factor in factors if not factor.values]
    points = np.zeros((1, 0))
    if sampled and sample:
        points = posterior.draw(sample.points, sample.seed) if posterior else _points(sampled, sample)
    lists = [factor.values for factor in factors if factor.values]
    rows = []
    for values in itertools.product(*lists):
        for point in points:
            listed, drawn = iter(values), iter(point)
            rows.append([next(listed) if factor.values else next(drawn) for factor in factors])
    return np.array(rows, float).reshape(len(rows), len(factors))


def _points(factors: Sequence[Spread], sample: Sample) -> np.ndarray:
    """Sampled values, shape (points, n_factors)."""
    from scipy.stats import qmc

    rng = np.random.default_rng(sample.seed)
    if sample.method == "sobol":
        shares = qmc.Sobol(len(factors), scramble=True, rng=rng).random(sample.points)
    elif sample.method == "latin_hypercube":
        shares = qmc.LatinHypercube(len(factors), rng=rng).random(sample.points)
    else:
        shares = rng.random((sample.points, len(factors)))
    values = [
        [tidy(BY_NAME[f.parameter], between(f.low, f.high, float(share), f.log)) for f, share in zip(factors, row, strict=True)]
        for row in shares
    ]  # fmt: skip
    return np.array(values).reshape(sample.points, len(factors))


def posterior_of(content: DesignFile) -> Posterior | None:
    """The posterior sample that worlds are drawn from. Raises: ScenarioError, at its key, if it cannot be used."""
    sample = content.sample
    if sample is None or sample.method != POSTERIOR:
        return None
    near = content.path.parent / sample.file
    try:
        return read_posterior(None if not sample.file else near if near.exists() else sample.file)
    except InputError as error:
        key = "sample.file" if sample.file else "sample"
        raise ScenarioError([content.fault(key, "cannot be used", "", str(error), sample.file)]) from None


def drawn_clashes(content: DesignFile, posterior: Posterior | None) -> list[Fault]:
    """Parameters that a design varies although the posterior sample holds them."""
    names = () if posterior is None else posterior.parameters
    problem, expected = "is varied, but the posterior sample holds it too", "a number that it does not hold"
    return [
        content.fault(f"parameters.{spread.parameter}", problem, expected)
        for spread in content.spreads
        if spread.parameter in names
    ]


def with_posterior(
    content: DesignFile, alternatives: Sequence[Scenario], names: Sequence[str], posterior: Posterior | None
) -> tuple[DesignFile, Sequence[Scenario], list[str]]:
    """The content with what a posterior sample varies, alternatives to act from drawn values, and remarks on both."""
    if posterior is None or content.sample is None:
        return content, alternatives, []
    drawn = posterior.parameters
    baseline = read_scenario(shipped_folder() / "baseline.yaml")
    alternatives = [without_steps_of(scenario, baseline, drawn) for scenario in alternatives]
    sample = replace(content.sample, file=Path(content.sample.file).name, digest=posterior.digest)
    ends = zip(drawn, posterior.points.min(axis=0), posterior.points.max(axis=0), strict=True)
    spreads = (*content.spreads, *(Spread(name, (), float(low), float(high)) for name, low, high in ends))
    remarks = [
        f"Worlds are {sample.points:,} draws from a posterior sample of {len(drawn)} numbers ({posterior.n:,} particles, "
        f"worth {posterior.ess:,.0f} of equal weight; SHA-256 {sample.digest[:12]}...)."
    ]
    for scenario, called in zip(alternatives, names, strict=True):
        if levers := [name for name in drawn if is_lever(scenario, name)]:
            remarks.append(
                f"{called} changes {', '.join(levers)}, which the posterior sample holds: its change acts from the drawn "
                "value, in the same relation as in its file."
            )
    return replace(content, spreads=spreads, sample=sample), alternatives, remarks
