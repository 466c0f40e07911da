"""Targets over draws from a posterior sample, beside the same at the defaults: intervals that hold both kinds of doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from persim.errors import InputError
from persim.evidence.held import Held, HeldTarget, hold
from persim.evidence.rows import Target
from persim.experiment import Failure, Progress
from persim.posterior import Posterior
from persim.scenario import Scenario
from persim.two_parts import TwoParts, two_parts

DRAWS, RUNS_IN_A_DRAW = 50, 10  # where none are asked for


@dataclass(frozen=True)
class DrawnTarget:
    """One target beside the model at its defaults and over draws.

    Attributes:
        usual: at the defaults; its interval holds chance only. over: over draws; its interval holds what is not known of
            the numbers too, and nine of ten single runs lie in its spread. parts: both kinds of doubt, apart.
    """

    usual: HeldTarget
    over: HeldTarget
    parts: TwoParts

    @property
    def target(self) -> Target:
        """The published figure."""
        return self.over.target


@dataclass(frozen=True)
class HeldDrawn:
    """The targets beside the model at its defaults (`usual`), and over so many draws of a posterior sample."""

    usual: Held
    targets: tuple[DrawnTarget, ...]
    posterior: Posterior
    draws: int
    seeds: tuple[int, ...]
    failures: tuple[Failure, ...]

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.usual.scenario


def hold_drawn(
    targets: Sequence[Target],
    scenario: Scenario,
    posterior: Posterior,
    draws: int,
    seeds: Sequence[int],
    usual_seeds: Sequence[int],
    jobs: int = 0,
    progress: Progress | None = None,
) -> HeldDrawn:
    """Run the scenario at its defaults and in draws of a posterior sample, and hold both against the targets.

    Args:
        draws: how many, at least 2; they are those of `posterior.draw(draws, seeds[0])`. seeds: of the runs in each draw,
            the same in all. usual_seeds: of the runs at the defaults. jobs: threads, 0 for all cores; results do not
            depend on it.

    Raises: InputError if draws cannot be drawn, or a target's weeks are not run.
    """
    if draws < 2:
        raise InputError(f"draws is {draws}; it must be 2 or more")
    points = [dict(zip(posterior.parameters, row, strict=True)) for row in posterior.draw(draws, seeds[0]).tolist()]
    usual = hold(targets, scenario, usual_seeds, jobs, progress=progress)
    each = [point for point in points for _ in seeds]
    over = hold(targets, scenario, list(seeds) * draws, jobs, each, progress)
    found = tuple(_both(one, other, len(seeds)) for one, other in zip(usual.targets, over.targets, strict=True))
    return HeldDrawn(usual, found, posterior, draws, tuple(seeds), (*usual.failures, *over.failures))


def _both(usual: HeldTarget, over: HeldTarget, n_runs: int) -> DrawnTarget:
    parts = two_parts(over.values.reshape(-1, n_runs).T)
    ends = (parts.run_low, parts.run_high)
    over = replace(over, mean=parts.mean, low=parts.low, high=parts.high, spread=ends)
    return DrawnTarget(usual, over, parts)
