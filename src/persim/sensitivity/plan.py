"""What a sensitivity study will run, checked: scenarios, inputs, points, seeds, and how it is kept in the store.

A study has two stages. Screening runs Morris trajectories of all factors; the factors that its rule keeps go on to
Sobol' indices, and the others stay as the scenarios have them (a choice at its first level). Each point is run in one or
two scenarios with the same seeds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import persim
from persim.comparison_plan import checked_to_compare, read_window, shared_weeks, unique_names
from persim.design import changed_by, scenarios_of
from persim.design_file import Spread
from persim.design_search import find_design
from persim.errors import Fault, InputError, ScenarioError, StoreError
from persim.model_version import MODEL_VERSION
from persim.outcomes import BY_NAME as OUTCOMES_BY_NAME
from persim.outcomes import Outcome
from persim.run_store import rows_in_a_part
from persim.scenario import Scenario
from persim.scenario_file import SHARES
from persim.scenario_resolved import scenario_of
from persim.sensitivity.asked import Asked, Bootstrap, Indices, Keep, Screening, changed_by_arm, read_asked
from persim.sensitivity.inputs import Factor, Input, factors_of
from persim.sensitivity.points import screening_points, steps_of

KIND = "sensitivity study"  # what the folder's design.json calls itself
TEXTS = ("name", "title", "question", "expected", "notes")
WHICH = ("stage", "point", "scenario", "seed")  # the first columns of a run's row
DEFAULT_OUTCOME = "real_take_up"


@dataclass(frozen=True)
class Plan:
    """A sensitivity study that has been checked and can be carried out.

    Attributes:
        texts: name, title, question, expected, notes. names: of the one or two scenarios.
        alternatives: each scenario in each combination of the choices' levels, the last choice varying fastest; place
            scenario x n_combinations + combination.
        inputs, factors: what is varied. together: factors of several inputs. outcomes: names.
        window: (first, stop) calendar weeks. shares: screening points, shape (n_screening, n_inputs).
    """

    texts: Mapping[str, str]
    names: tuple[str, ...]
    alternatives: tuple[Scenario, ...]
    inputs: tuple[Input, ...]
    factors: tuple[Factor, ...]
    outcomes: tuple[str, ...]
    window: tuple[int, int]
    screening: Screening
    indices: Indices | None
    keep: Keep
    bootstrap: Bootstrap
    replicates: int
    seed: int
    shares: np.ndarray

    @property
    def n_scenarios(self) -> int:
        """One, or two whose difference is studied."""
        return len(self.names)

    @property
    def n_people(self) -> int:
        """People in a run."""
        return self.alternatives[0].n_users

    @cached_property
    def n_combinations(self) -> int:
        """Combinations of the choices' levels."""
        return len(self.alternatives) // len(self.names)

    @property
    def runs_a_point(self) -> int:
        """Runs of one point: scenarios times seeds."""
        return self.n_scenarios * self.replicates

    @property
    def n_screening(self) -> int:
        """Runs of the screening."""
        return len(self.shares) * self.runs_a_point

    def n_index_runs(self, n_kept: int) -> int:
        """Runs of the second stage with so many factors."""
        return 0 if self.indices is None else self.indices.points * steps_of(self.indices, n_kept) * self.runs_a_point

    @property
    def most_kept(self) -> int:
        """The most factors that can go on."""
        return min(len(self.factors), self.keep.most or len(self.factors))

    @property
    def targets(self) -> list[tuple[str, str]]:
        """What is explained: (outcome, "level" of the first scenario), and (outcome, "difference") where there are two."""
        kinds = ("level", "difference") if self.n_scenarios > 1 else ("level",)
        return [(outcome, kind) for outcome in self.outcomes for kind in kinds]

    @property
    def columns(self) -> list[str]:
        """A name for each number of a run's row."""
        return [*WHICH, *(f"input.{one.name}" for one in self.inputs), *self.outcomes]

    def outcome(self, name: str) -> Outcome:
        """An outcome by name."""
        return OUTCOMES_BY_NAME[name]


def read_plan(
    path: str | Path, *, n_users: int | None = None, n_weeks: int | None = None, replicates: int | None = None,
    seed: int | None = None,
) -> Plan:  # fmt: skip
    """The study of a file, or of a name: `sensitivity`, `experiments/mine.yaml`.

    Args:
        n_users, n_weeks, replicates, seed: instead of what the file says.
    Raises: ScenarioError with every fault of the file and of the scenarios it names; InputError if SALib is missing.
    """
    asked, faults = read_asked(find_design(path, "sensitivity"))
    base = asked.base
    scenarios, more = scenarios_of(base, n_users, n_weeks)
    if faults := [*faults, *more]:
        raise ScenarioError(faults)
    names = unique_names([scenario.name for scenario in scenarios])
    faults = [*_clashes(asked, scenarios, names), *_shares_of_one(asked, scenarios, names)]
    if faults:
        raise ScenarioError(faults)
    try:
        checked_to_compare(scenarios, names)
        first, stop = shared_weeks(scenarios, names)
        window = read_window(base.window, first, stop)
    except InputError as error:
        key = "window" if "window" in str(error) else "scenarios"
        raise ScenarioError([base.fault(key, str(error))]) from None
    inputs = (
        *(Input(spread.parameter, spread) for spread in base.spreads),
        *(Input(name, None, tuple(arm.name for arm in arms)) for name, arms in asked.choices.items()),
    )
    factors = factors_of([one.name for one in inputs], dict(asked.together))
    return Plan(
        texts={"name": base.name, **{key: base.texts.get(key, "") for key in TEXTS[1:]}},
        names=names,
        alternatives=tuple(_alternatives(asked, scenarios, names, window[1])),
        inputs=inputs,
        factors=factors,
        outcomes=base.outcomes or (DEFAULT_OUTCOME,),
        window=window,
        screening=asked.screening,
        indices=asked.indices,
        keep=asked.keep,
        bootstrap=asked.bootstrap,
        replicates=base.replicates if replicates is None else replicates,
        seed=base.seed if seed is None else seed,
        shares=screening_points(inputs, factors, asked.screening),
    )


def _alternatives(asked: Asked, scenarios: Sequence[Scenario], names: Sequence[str], stop: int) -> Iterator[Scenario]:
    """Each scenario in each combination of the choices' levels, ending with the window."""
    for scenario, name in zip(scenarios, names, strict=True):
        for arms in itertools.product(*asked.choices.values()):
            changed = scenario.with_arms(arms)
            yield replace(changed, name=name, n_weeks=stop - scenario.start_week, arms=())


def _clashes(asked: Asked, scenarios: Sequence[Scenario], names: Sequence[str]) -> Iterator[Fault]:
    """What cannot be varied: above all what the second scenario changes, whose difference that would take away."""
    base = asked.base
    varied = {spread.parameter: f"parameters.{spread.parameter}" for spread in base.spreads}
    owners = dict(varied)
    for choice, arms in asked.choices.items():
        key = f"choices.{choice}"
        if choice in varied:
            yield base.fault(key, "is the name of a parameter that is varied", "another name")
        changed = sorted({name for arm in arms for name in changed_by_arm(arm)})
        for name in changed:
            if name in varied:
                yield base.fault(key, f"changes {name}, which is varied below `parameters:`", "one of the two")
            owners.setdefault(name, key)
    for name, key in owners.items():
        if called := changed_by(name, scenarios, names):
            problem = f"is varied ({name}), but it is what {called} changes: a value for both would take that away"
            yield base.fault(key, problem, "a number that both scenarios share")


def _shares_of_one(asked: Asked, scenarios: Sequence[Scenario], names: Sequence[str]) -> Iterator[Fault]:
    """Shares of one whole that come to more than 1 at the upper ends of their ranges."""
    high = {spread.parameter: spread.high for spread in asked.base.spreads}
    for pair in SHARES:
        varied = [name for name in pair if name in high]
        for scenario, called in zip(scenarios, names, strict=True) if varied else ():
            weekly = scenario.weekly_parameters()
            most = sum(high[name] if name in high else float(weekly[name].max()) for name in pair)
            if most > 1.0 + 1e-9:
                other = pair[1] if varied[0] == pair[0] else pair[0]
                problem = f"comes with {other} to {most:g} in {called}, more than the whole"
                yield asked.base.fault(f"parameters.{varied[0]}", problem, "ranges whose upper ends come to at most 1")
                break


# As the store holds it ---------------------------------------------------------------------------------------------------


def content_of(plan: Plan) -> dict[str, Any]:
    """What the store's design.json says of a study."""
    return {
        "kind": KIND,
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        **plan.texts,
        "seed": plan.seed,
        "replicates": plan.replicates,
        "outcomes": list(plan.outcomes),
        "window": list(plan.window),
        "inputs": [
            {"name": one.name, "levels": list(one.levels), "spread": _spread_content(one)} for one in plan.inputs
        ],
        "factors": [{"name": factor.name, "members": list(factor.members)} for factor in plan.factors],
        "morris": vars(plan.screening),
        "sobol": None if plan.indices is None else vars(plan.indices),
        "keep": vars(plan.keep),
        "bootstrap": vars(plan.bootstrap),
        "screening_points": plan.shares.tolist(),
        "names": list(plan.names),
        "alternatives": [
            {"name": one.name, "digest": one.digest(), "resolved": one.resolved()} for one in plan.alternatives
        ],
        "part_rows": rows_in_a_part(len(plan.columns)),
        "columns": plan.columns,
    }


def _spread_content(one: Input) -> dict[str, Any] | None:
    return None if one.spread is None else {**vars(one.spread), "values": list(one.spread.values)}


def plan_of(content: Mapping[str, Any]) -> Plan:
    """The study that a store's design.json says.

    Raises: StoreError if it holds something else, or cannot be read by this version.
    """
    if content.get("kind") != KIND:
        raise StoreError(f"the folder holds a {content.get('kind', 'sweep')}, not a {KIND}")
    try:
        spreads = [
            one["spread"] and {**one["spread"], "values": tuple(one["spread"]["values"])} for one in content["inputs"]
        ]
        plan = Plan(
            texts={key: str(content[key]) for key in TEXTS},
            names=tuple(content["names"]),
            alternatives=tuple(scenario_of(one["resolved"]) for one in content["alternatives"]),
            inputs=tuple(
                Input(one["name"], Spread(**spread) if spread else None, tuple(one["levels"]))
                for one, spread in zip(content["inputs"], spreads, strict=True)
            ),
            factors=tuple(Factor(one["name"], tuple(one["members"])) for one in content["factors"]),
            outcomes=tuple(content["outcomes"]),
            window=(int(content["window"][0]), int(content["window"][1])),
            screening=Screening(**content["morris"]),
            indices=None if content["sobol"] is None else Indices(**content["sobol"]),
            keep=Keep(**content["keep"]),
            bootstrap=Bootstrap(**content["bootstrap"]),
            replicates=int(content["replicates"]),
            seed=int(content["seed"]),
            shares=np.array(content["screening_points"], float),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise StoreError(f"design.json cannot be read by this version of persim: {problem}") from None
    if plan.columns != content["columns"] or set(plan.outcomes) - set(OUTCOMES_BY_NAME):
        raise StoreError("design.json keeps other numbers of a run than this version of persim does")
    return plan


_SAME = {
    "seed": "the first seed", "replicates": "the number of seeds", "outcomes": "the outcomes", "window": "the window",
    "inputs": "what is varied", "factors": "what is moved together", "morris": "the screening", "sobol": "the sample for indices",
    "keep": "the rule for factors that go on", "bootstrap": "the bootstrap", "names": "the scenarios",
}  # fmt: skip


def differences_to(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What differs between the study of a store and the one asked for, in words; nothing if it can go on."""
    lines = [f"{words} {_changed(old[key], new[key])}" for key, words in _SAME.items() if old[key] != new[key]]
    if not lines and [one["digest"] for one in old["alternatives"]] != [one["digest"] for one in new["alternatives"]]:
        lines.append("the scenarios, their people or weeks, or the levels of choices have changed")
    if not lines and old["screening_points"] != new["screening_points"]:
        lines.append("the sampled points are others, perhaps made by another version of SALib")
    return lines


def _changed(old: Any, new: Any) -> str:
    """How a value has changed; of lists of things with names, only which came, went or are another."""
    if isinstance(old, dict) and isinstance(new, dict):
        parts = [f"{key} was {old[key]}, and is {new[key]}" for key in old if old[key] != new.get(key)]
        return f"are others: {', '.join(parts)}"
    if isinstance(old, list) and isinstance(new, list):
        before, after = (
            {one["name"] if isinstance(one, dict) else str(one): one for one in each} for each in (old, new)
        )
        parts = [f"without {name}" for name in before if name not in after]
        parts += [f"{name} is new" for name in after if name not in before]
        parts += [f"{name} is another" for name in before if name in after and before[name] != after[name]]
        return f"are others: {', '.join(parts[:8]) or 'their order'}"
    return f"was {old}, and is {new}"
