"""The world before the first week of a run: the people of one seed, and the luck of the same seed or of another.

People, posts, teams and localities are drawn from a seed. What happens later is drawn from the keys in their records. So
another luck is the same world with the keys of another seed: everybody is as they were at the start, and from the first
week on chance falls otherwise. With the keys go what is drawn from them late: who is linked with whom, what a budget would
come to, who takes a place or a post that falls free.
"""

from __future__ import annotations

from persim.population import start_world
from persim.scenario import Scenario
from persim.state import World


def start_of(scenario: Scenario, seed: int, luck: int | None = None) -> World:
    """The world at week 0 of a run.

    Args:
        scenario: a resolved one. seed: of the people. luck: the seed of everything after, if not the same.
    """
    numbers, enriched = scenario.weekly_parameters(), enriched_share(scenario)
    world = start_world(scenario.n_users, numbers, seed, enriched)
    if luck is not None and luck != seed:
        other = start_world(scenario.n_users, numbers, luck, enriched)
        for kind in ("users", "practitioners", "teams", "localities"):
            getattr(world, kind)["key"] = getattr(other, kind)["key"]
    return world


def enriched_share(scenario: Scenario) -> float:
    """The share drawn from people prone to detention as compiled code takes it: -1 for the natural share."""
    return -1.0 if scenario.enrich is None else float(scenario.enrich)


def seed_words(seed: int, luck: int | None) -> str:
    """The seed of a run in words, and that of its luck if it is another."""
    return f"seed {seed}" + ("" if luck is None else f" with the luck of seed {luck}")
