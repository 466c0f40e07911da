"""What a barrier attribution will run, checked: the scenario, the barriers, which of them are off in which run.

A run is the scenario with some barriers off for all of its weeks, and a seed. Every replicate has one seed and a fixed
number of runs, its *slots*: as it is, all barriers off, each off alone, each alone left on, the coalitions that a few
random orders (each with its reverse) pass through, and some pairs of barriers. With few barriers all subsets are run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, comb
from typing import Any

import persim
from persim.barriers import BY_KEY, Barrier, chosen_barriers
from persim.comparison_plan import Window, read_window, whole_number
from persim.errors import InputError, StoreError
from persim.model_version import MODEL_VERSION
from persim.run_store import rows_in_a_part
from persim.scenario import Scenario, read_scenario
from persim.scenario_resolved import scenario_of
from persim.shapley_orders import (
    MOST_EXACT,
    ORDERS,
    PAIRS,
    REPLICATES,
    Layout,
    exact_layout,
    most_pairs_each,
    n_slots_sampled,
    sampled_layout,
)
from persim.simulate import checked_groups

KIND = "barrier attribution"  # what the folder's design.json calls itself
GROUPS = ("profession", "legal_status", "perceived_risk", "rural")
ON_REQUEST = ("legal_status",)  # in tables always, in words and pictures for those who named it
FEWEST_SAMPLED = 4  # barriers; of fewer all subsets are run


@dataclass(frozen=True)
class AttributionPlan:
    """An attribution that has been checked and can be carried out.

    Attributes:
        scenario: ends with the window. barriers: in the table's order. replicates: seeds, from `seed` on.
        pairs: seeds asked for each pair of barriers; pairs_each: pairs in a replicate. orders: random orders in a
            replicate, each with its reverse. exact: are all subsets run? window: (first, stop) calendar weeks.
        groups: dimensions to keep apart. shown: those of them that words and pictures show.
    """

    scenario: Scenario
    barriers: tuple[Barrier, ...]
    replicates: int
    seed: int
    pairs: int
    pairs_each: int
    orders: int
    exact: bool
    window: tuple[int, int]
    groups: tuple[str, ...]
    shown: tuple[str, ...]

    @property
    def n_slots(self) -> int:
        """Runs in a replicate."""
        n = len(self.barriers)
        return 1 << n if self.exact else n_slots_sampled(n, self.orders, self.pairs_each)

    @property
    def n_runs(self) -> int:
        """Runs in all."""
        return self.replicates * self.n_slots

    @cached_property
    def layout(self) -> Layout:
        """Which barriers are off in each run."""
        n = len(self.barriers)
        if self.exact:
            return exact_layout(n, self.replicates)
        return sampled_layout(n, self.replicates, self.orders, self.pairs_each, self.seed)

    @cached_property
    def off_already(self) -> tuple[Barrier, ...]:
        """Barriers that the scenario itself has off in every week, so that switching them off changes nothing."""
        weekly = self.scenario.weekly_parameters()
        return tuple(barrier for barrier in self.barriers if (weekly[barrier.parameter] >= 1.0).all())


def planned_attribution(
    scenario: Scenario | str | os.PathLike[str],
    *,
    barriers: Sequence[str] | str | None = None,
    replicates: int | None = None,
    seed: int = 1,
    pairs: int = PAIRS,
    orders: int = ORDERS,
    exact: bool = False,
    n_users: int | None = None,
    n_weeks: int | None = None,
    window: Window = None,
    groups: Sequence[str] | None = None,
    parameters: Mapping[str, float | None] | None = None,
) -> AttributionPlan:
    """Everything that can be wrong is found here, before anything is run. Arguments and errors as for `attribute`."""
    for name, value, least in (("seed", seed, 0), ("pairs", pairs, 0), ("orders", orders, 1)):
        whole_number(name, value, least)
    replicates = REPLICATES if replicates is None else replicates
    whole_number("replicates", replicates, 1)
    chosen = chosen_barriers(barriers)
    found = scenario if isinstance(scenario, Scenario) else read_scenario(os.fspath(scenario))
    if n_users is not None or n_weeks is not None or parameters:
        found = found.changed(n_users=n_users, n_weeks=n_weeks, **dict(parameters or {}))
    if found.arms:
        names = ", ".join(f"{found.name}/{arm.name}" for arm in found.arms)
        raise InputError(f"{found.name} has arms; name one of them: {names}")
    start = found.start_week
    weeks = read_window(window, start, start + found.n_weeks)
    pairs_each = _pairs_each(len(chosen), replicates, pairs, orders)
    kept = checked_groups(GROUPS if groups is None else groups)
    return AttributionPlan(
        scenario=replace(found, n_weeks=weeks[1] - start),
        barriers=chosen,
        replicates=int(replicates),
        seed=int(seed),
        pairs=int(pairs),
        pairs_each=pairs_each,
        orders=int(orders),
        exact=_is_exact(len(chosen), orders, pairs_each, exact),
        window=weeks,
        groups=kept,
        shown=tuple(name for name in kept if groups is not None or name not in ON_REQUEST),
    )


def _pairs_each(n: int, replicates: int, pairs: int, orders: int) -> int:
    """Pairs of barriers in a replicate, so that each pair comes with about `pairs` seeds."""
    return min(most_pairs_each(n, orders), ceil(comb(n, 2) * min(pairs, replicates) / replicates))


def _is_exact(n: int, orders: int, pairs_each: int, asked: bool) -> bool:
    """Are all subsets run: asked for, or no more runs than sampled orders? Raises: InputError if that is too many."""
    if asked and n > MOST_EXACT:
        raise InputError(
            f"all subsets of {n} barriers are {1 << n:,} runs for each seed; name at most {MOST_EXACT} with --barriers, "
            "or leave out --exact for sampled orders"
        )
    return asked or n < FEWEST_SAMPLED or (1 << n) <= n_slots_sampled(n, orders, pairs_each)


# As the store holds it ---------------------------------------------------------------------------------------------------


def content_of(plan: AttributionPlan, columns: Sequence[str]) -> dict[str, Any]:
    """What the store's design.json says of an attribution. A slot of a replicate stands where a sweep has a world."""
    scenario = plan.scenario
    return {
        "kind": KIND,
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        "seed": plan.seed,
        "replicates": plan.replicates,
        "barriers": [barrier.key for barrier in plan.barriers],
        "pairs": plan.pairs,
        "pairs_each": plan.pairs_each,
        "orders": plan.orders,
        "exact": plan.exact,
        "window": list(plan.window),
        "groups": list(plan.groups),
        "shown": list(plan.shown),
        "factors": [],
        "worlds": [[] for _ in range(plan.n_slots)],
        "alternatives": [{"name": scenario.name, "digest": scenario.digest(), "resolved": scenario.resolved()}],
        "part_rows": rows_in_a_part(len(columns)),
        "columns": list(columns),
    }


def plan_of(content: Mapping[str, Any], replicates: int) -> AttributionPlan:
    """The plan that a store's design.json says, with so many replicates.

    Raises: StoreError if it holds something else, or was written by a version with other barriers.
    """
    if content.get("kind") != KIND:
        raise StoreError(f"the folder holds a {content.get('kind', 'sweep')}, not a {KIND}")
    try:
        return AttributionPlan(
            scenario=scenario_of(content["alternatives"][0]["resolved"]),
            barriers=tuple(BY_KEY[key] for key in content["barriers"]),
            replicates=replicates,
            seed=int(content["seed"]),
            pairs=int(content["pairs"]),
            pairs_each=int(content["pairs_each"]),
            orders=int(content["orders"]),
            exact=bool(content["exact"]),
            window=(int(content["window"][0]), int(content["window"][1])),
            groups=tuple(content["groups"]),
            shown=tuple(content["shown"]),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise StoreError(f"design.json cannot be read by this version of persim: {problem}") from None


def continued(plan: AttributionPlan, content: Mapping[str, Any]) -> AttributionPlan:
    """The plan as it goes on in a store that was begun for it: more replicates change nothing of the earlier ones."""
    exact, pairs_each = bool(content["exact"]), int(content["pairs_each"])
    return replace(plan, exact=exact, pairs_each=pairs_each)


_SAME = {
    "seed": "the first seed", "barriers": "the barriers", "pairs": "the number of seeds for each pair",
    "orders": "the number of orders",
    "window": "the window", "groups": "the groups",
}  # fmt: skip


def differences_to(old: Mapping[str, Any], new: Mapping[str, Any], exact: bool) -> list[str]:
    """What differs between the attribution of a store and the one asked for, in words; nothing if it can go on.

    Args:
        exact: are all subsets asked for?
    """
    lines = [
        f"{words} {_changed(key, old[key], new[key])}"
        for key, words in _SAME.items()
        if old[key] != new[key] and not (key in ("pairs", "orders") and old["exact"])
    ]
    if not lines and old["columns"] != new["columns"]:
        lines.append("what is kept of a run has changed")
    before, after = (content["alternatives"][0] for content in (old, new))
    if before["digest"] != after["digest"]:
        lines += _scenario_differences(before, after)
    if exact and not old["exact"]:
        lines.append("orders were sampled, and all subsets are asked for")
    return lines


def _scenario_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What is another in the scenario, in words."""
    if before["name"] != after["name"]:
        return [f"the scenario was {before['name']}, and is {after['name']}"]
    old, new = before["resolved"], after["resolved"]
    named = (("people", "n_users"), ("start", "start"))
    pairs = [(words, old[key], new[key]) for words, key in named]
    pairs += [(name, old["parameters"].get(name), value) for name, value in new["parameters"].items()]
    told = [f"{name}: {_number(was)}, now {_number(now)}" for name, was, now in pairs if was != now]
    is_told_by_window = old["n_weeks"] != new["n_weeks"]  # runs end with it
    return told or ([] if is_told_by_window else [f"the scenario {after['name']} has changed"])


def _number(value: Any) -> str:
    return "by dial" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _changed(key: str, old: Any, new: Any) -> str:
    if key == "window":
        return f"was {old[0]}:{old[1]}, and is {new[0]}:{new[1]}"
    if isinstance(old, list) and old and isinstance(old[0], str) and len(old) > len(GROUPS):
        gone, came = ([str(x) for x in one if x not in other] for one, other in ((old, new), (new, old)))
        parts = [f"{verb} {', '.join(names)}" for verb, names in (("now have", came), ("now lack", gone)) if names]
        return " and ".join(parts)
    return f"were {old}, and are {new}" if isinstance(old, list) else f"was {old}, and is {new}"
