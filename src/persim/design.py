"""A design: scenarios that are compared with each other, in every one of many worlds, again and again.

An *alternative* is what can be chosen: a scenario, an arm, a scenario with levers. A *world* is what cannot: a setting of
uncertain numbers that every alternative is run in. A *cell* is one alternative in one world; a *run* is a cell with a
seed. Replicate r has the same seed in every cell, so alternatives, and worlds, are compared person by person.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from persim.comparison_plan import checked_to_compare, read_window, reduction_for, shared_weeks, unique_names
from persim.design_file import DesignFile, Levers, read_design_file
from persim.design_sample import POSTERIOR, Sample, Spread
from persim.design_search import find_design
from persim.design_worlds import drawn_clashes, posterior_of, with_posterior, worlds_of
from persim.drawn_worlds import in_drawn_world, is_lever
from persim.errors import Fault, InputError, ScenarioError
from persim.gaps_and_costs import GAPS
from persim.outcomes import BY_NAME as OUTCOMES_BY_NAME
from persim.posterior import Posterior
from persim.reduction import Reduction
from persim.scenario import Scenario, read_scenario
from persim.scenario_fields import NAME
from persim.scenario_file import MOST_PEOPLE, MOST_WEEKS, SHARES
from persim.scenario_search import SUFFIXES, find_named, is_file, search_folders

MOST_CELLS = 1_000_000
TOGETHER = "all_levers"


@dataclass(frozen=True)
class Design:
    """A design that has been read and checked, ready to be run.

    Attributes:
        alternatives: the first is what the others are compared with; all horizons end where their shared weeks end.
        factors: what is varied, one per column of `worlds`, an array of shape (n_worlds, n_factors).
        reduction: what is kept of a run.
    """

    name: str
    title: str
    question: str
    expected: str
    notes: str
    alternatives: tuple[Scenario, ...]
    names: tuple[str, ...]
    factors: tuple[Spread, ...]
    worlds: np.ndarray
    sample: Sample | None
    replicates: int
    seed: int
    reduction: Reduction
    deciding_outcome: str
    asked_outcomes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    path: Path | None = None

    @property
    def n_alternatives(self) -> int:
        """Scenarios compared, the reference included."""
        return len(self.alternatives)

    @property
    def n_worlds(self) -> int:
        """Settings of the varied numbers; 1 if nothing is varied."""
        return len(self.worlds)

    @property
    def n_cells(self) -> int:
        """Alternatives times worlds; a cell's number is world x n_alternatives + alternative."""
        return self.n_worlds * self.n_alternatives

    @property
    def record(self) -> str:
        """How often outcomes are kept: weekly, quarterly or final."""
        every = self.reduction.every
        return "final" if every == 0 else "weekly" if every == 1 else "quarterly"

    @cached_property
    def n_users(self) -> int:
        """People in a run."""
        return self.alternatives[0].n_users

    def world(self, number: int) -> dict[str, float]:
        """The numbers of one world, by parameter."""
        return {factor.parameter: float(value) for factor, value in zip(self.factors, self.worlds[number], strict=True)}

    def cell(self, number: int) -> Scenario:
        """The scenario of one cell."""
        world, alternative = divmod(number, self.n_alternatives)
        scenario = self.alternatives[alternative]
        return in_drawn_world(scenario, self.world(world), self.drawn) if self.factors else scenario

    @property
    def drawn(self) -> tuple[str, ...]:
        """The parameters that come from a posterior sample; none if worlds are not drawn from one."""
        if self.sample is None or self.sample.method != POSTERIOR:
            return ()
        return tuple(factor.parameter for factor in self.factors if not factor.values)


def read_design(
    path: str | Path, *, n_users: int | None = None, n_weeks: int | None = None, replicates: int | None = None,
    seed: int | None = None,
) -> Design:  # fmt: skip
    """The design of a file, or of a name: `levers`, `experiments/mine.yaml`.

    Args:
        n_users, n_weeks, replicates, seed: instead of what the file says.
    Raises: ScenarioError with every fault of the file and of the scenarios it names.
    """
    place = find_design(path)
    content, faults = read_design_file(place)
    scenarios, more = scenarios_of(content, n_users, n_weeks)
    faults = [*faults, *more]
    if faults:
        raise ScenarioError(faults)
    apart = len(scenarios) > 1
    alternatives = [s for scenario in scenarios for s in with_levers(scenario, content.levers, apart)]
    return made_of(content, alternatives, replicates, seed)


def made_of(
    content: DesignFile, alternatives: Sequence[Scenario], replicates: int | None = None, seed: int | None = None
) -> Design:
    """The design of a file's content and its alternatives, in order. Raises: ScenarioError with every fault."""
    posterior = posterior_of(content)
    names = unique_names([scenario.name for scenario in alternatives])
    faults = [*_clashes(content, alternatives, names), *drawn_clashes(content, posterior)]
    if faults:
        raise ScenarioError(faults)
    try:
        return _design(content, alternatives, names, replicates, seed, posterior)
    except InputError as error:
        raise ScenarioError([content.fault("scenarios", str(error))]) from None


def _design(
    content: DesignFile,
    alternatives: Sequence[Scenario],
    names: tuple[str, ...],
    replicates: int | None,
    seed: int | None,
    posterior: Posterior | None,
) -> Design:
    remarks = checked_to_compare(list(alternatives), names)
    content, alternatives, more = with_posterior(content, alternatives, names, posterior)
    first, stop = shared_weeks(list(alternatives), names)
    n_worlds = math.prod(len(spread.values) or 1 for spread in content.spreads)
    n_worlds *= content.sample.points if content.sample and not all(s.values for s in content.spreads) else 1
    if n_worlds * len(alternatives) > MOST_CELLS:
        raise InputError(f"{n_worlds:,} worlds of {len(alternatives)} scenarios are more than {MOST_CELLS:,}")
    try:
        read_window(content.window, first, stop)
    except InputError as error:
        raise ScenarioError([content.fault("window", str(error))]) from None
    outcomes = [*content.outcomes, content.deciding_outcome]
    outcomes = [name for name in outcomes if name in OUTCOMES_BY_NAME or name == "all"]
    reduction = reduction_for(
        alternatives, first, stop, content.window, outcomes, content.groups, content.record  # type: ignore[arg-type]
    )  # fmt: skip
    # Groups cost time, so only those asked for are recorded; a gap whose groups are not is missing.
    reduction = replace(reduction, also=() if alternatives[0].enrich is None else ("legal_status",))
    if not reduction.periods:  # nothing is read of what comes after the window
        stop = reduction.window[1]
        reduction = replace(reduction, stop=stop)
    design = Design(
        name=content.name,
        title=content.texts["title"],
        question=content.texts["question"],
        expected=content.texts.get("expected", ""),
        notes=content.texts.get("notes", ""),
        alternatives=tuple(replace(scenario, n_weeks=stop - scenario.start_week) for scenario in alternatives),
        names=names,
        factors=content.spreads,
        worlds=worlds_of(content.spreads, content.sample, posterior),
        sample=content.sample,
        replicates=content.replicates if replicates is None else replicates,
        seed=content.seed if seed is None else seed,
        reduction=reduction,
        deciding_outcome=content.deciding_outcome,
        asked_outcomes=content.outcomes,
        remarks=(*remarks, *_overridden(content, alternatives), *more),
        path=content.path,
    )
    faults = list(_share_faults(content, design))
    if faults:
        raise ScenarioError(faults)
    return design


def scenarios_of(content: DesignFile, n_users: int | None, n_weeks: int | None) -> tuple[list[Scenario], list[Fault]]:
    """The scenarios a design names, of its own size; faults of all of them."""
    found: list[Scenario] = []
    faults: list[Fault] = []
    people = content.n_users if n_users is None else n_users
    weeks = content.n_weeks if n_weeks is None else n_weeks
    for key, value, most in (("--people", n_users, MOST_PEOPLE), ("--weeks", n_weeks, MOST_WEEKS)):
        if value is not None and not 1 <= value <= most:
            faults.append(Fault("", 0, 0, key, str(value), f"1 to {most:,}", "", "cannot be used"))
    if faults:
        return found, faults
    for number, name in enumerate(content.scenarios):
        key = f"scenarios[{number}]"
        try:
            scenario = read_scenario(_place_of(name, content.path.parent))
            found += scenario.changed(n_users=people, n_weeks=weeks).variants()
        except ScenarioError as error:
            own = [content.fault(key, f.problem, f.expected, f.hint, name) if not f.line else f for f in error.faults]
            faults += own
        except InputError as error:
            faults.append(content.fault(key, "cannot be used", "", str(error), name))
    return found, faults


def _place_of(name: str, folder: Path) -> str:
    """A scenario's name as it is looked for: in the design's neighbour `scenarios`, as anywhere, beside the design.

    Beside comes last, since designs stand there too, and one may be called as a scenario is.
    """
    stem, _, arm = name.partition("/")
    places = (folder.parent / "scenarios", *search_folders()[1:], folder)
    if NAME.fullmatch(stem) and (place := find_named(stem, places)):
        return f"{place}/{arm}" if arm else str(place)
    if Path(stem).suffix in SUFFIXES or "/" in name:
        near = folder / name
        return str(near) if is_file(near) else name
    return name


def with_levers(scenario: Scenario, levers: Levers, apart: bool = True) -> list[Scenario]:
    """The scenario as it is, and with each wanted combination of levers.

    Args:
        apart: there are other scenarios, so the scenario's name stands before the levers' names.
    """
    n = len(levers.arms)
    if not n:
        return [scenario]
    sizes = {"alone": [1], "alone_and_together": [1, n], "pairs": [1, 2], "every_combination": range(1, n + 1)}
    found = [scenario]
    for size in dict.fromkeys(sizes[levers.combine]):
        for chosen in itertools.combinations(levers.arms, size):
            everything = size == n and n > 1
            name = TOGETHER if everything else "+".join(arm.name for arm in chosen)
            title = "all levers" if everything else " and ".join(arm.title or arm.name for arm in chosen)
            name, title = (f"{scenario.name}+{name}", f"{scenario.title}: {title}") if apart else (name, title)
            expected = " ".join(arm.expected for arm in chosen if arm.expected) or scenario.expected
            found.append(replace(
                scenario.with_arms(chosen), name=name, title=_capital(title), expected=expected, arms=(),
            ))  # fmt: skip
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _clashes(content: DesignFile, alternatives: Sequence[Scenario], names: Sequence[str]) -> list[Fault]:
    """What cannot be asked together: above all to vary what an alternative changes, which would take its difference away."""
    faults = []
    for gap in GAPS:
        if content.deciding_outcome == gap.name and gap.dimension not in content.groups:
            problem = f"needs the groups of {gap.dimension}, which are not recorded"
            expected = f"`groups: [{gap.dimension}]`"
            faults.append(content.fault("deciding_outcome", problem, expected, got=gap.name))
    for spread in content.spreads:
        if spread.parameter == "n_localities" and "locality" in content.groups:
            problem = "cannot be varied where localities are shown apart: worlds would not have the same ones"
            faults.append(content.fault("parameters.n_localities", problem, "other groups"))
        if called := changed_by(spread.parameter, alternatives, names):
            problem = f"is varied, but it is what {called} changes: a world's value would take that away"
            faults.append(content.fault(f"parameters.{spread.parameter}", problem, "a number that all scenarios share"))
    return faults


def changed_by(parameter: str, alternatives: Sequence[Scenario], names: Sequence[str]) -> str:
    """The name of the first alternative in which a parameter is another than in the reference; empty if there is none."""
    first = alternatives[0]
    for other, called in zip(alternatives[1:], names[1:], strict=True):
        if other.parameters[parameter] != first.parameters[parameter] or _steps(other, parameter) != _steps(
            first, parameter
        ):
            return called
    return ""


def _steps(scenario: Scenario, name: str) -> list[tuple[object, ...]]:
    return [(s.from_, s.until, s.ramp_weeks, s.set[name], s.deadline) for s in scenario.policy if name in s.set]


def _overridden(content: DesignFile, alternatives: Sequence[Scenario]) -> list[str]:
    """A remark on varied numbers that the scenarios change at a date: the world's value holds in every week."""
    drawn = content.sample is not None and content.sample.method == POSTERIOR  # levers on drawn numbers act
    spreads = [s for s in content.spreads if s.values or not drawn]
    names = [s.parameter for s in spreads if _steps(alternatives[0], s.parameter)]
    if not names:
        return []
    return [
        f"{', '.join(names)}: the scenarios change {'this' if len(names) == 1 else 'these'} at a date; a world's value "
        "holds in every week instead."
    ]


def _share_faults(content: DesignFile, design: Design) -> Iterator[Fault]:
    """Worlds in which shares of one whole come to more than 1."""
    columns: Mapping[str, int] = {factor.parameter: number for number, factor in enumerate(design.factors)}
    for first, second in SHARES:
        varied = [name for name in (first, second) if name in columns]
        if not varied:
            continue
        for number, (scenario, called) in enumerate(zip(design.alternatives, design.names, strict=True)):
            weekly = scenario.weekly_parameters()
            most = sum(
                _drawn_most(design, number, n) if n in design.drawn and is_lever(scenario, n)
                else design.worlds[:, columns[n]] if n in columns else np.full(design.n_worlds, weekly[n].max())
                for n in (first, second)
            )  # fmt: skip
            if np.any(over := np.asarray(most) > 1 + 1e-9):
                problem = (
                    f"comes with {second if varied[0] == first else first} to more than the whole in "
                    f"{int(over.sum())} of {design.n_worlds} worlds of {called}"
                )
                key = "sample" if varied[0] in design.drawn else f"parameters.{varied[0]}"
                yield content.fault(key, problem, "shares that come to at most 1 together", got=varied[0])
                break


def _drawn_most(design: Design, alternative: int, name: str) -> np.ndarray:
    """The largest value that a drawn number has in any week of an alternative, in each world, shape (n_worlds,)."""
    cells = range(alternative, design.n_cells, design.n_alternatives)
    return np.array([design.cell(cell).weekly_parameters()[name].max() for cell in cells])
