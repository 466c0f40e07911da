"""Which stage of the way from eligible to a real budget a difference in real take-up comes from.

Real take-up is a product of shares: of eligible people who had an opportunity, of those who were offered a budget, and
so on. The difference between two runs is shared out over these factors by their Shapley values: what a factor adds when
it changes from one scenario's share to the other's, averaged over every order in which the factors could change. The
parts add up to the difference, whatever is zero, and no stage comes first.
"""

from __future__ import annotations

from math import factorial

import numpy as np

DUST = 1e-14


def conditional_shares(people: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How many of those who came to a stage came to the next, shape (n_runs, n_stages - 1).

    Where nobody came to a stage, the share of the paired run stands in, or 1 if there too nobody did: the product is 0
    through an earlier stage already. A run without anybody at the first stage, or that failed, is NaN.

    Args:
        people: at each stage, first all of them, shape (n_runs, n_stages). others: the same of the paired runs.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        own, other = (each[:, 1:] / each[:, :-1] for each in (people, others))
    own = np.where(people[:, :-1] > 0.0, own, np.where(others[:, :-1] > 0.0, other, 1.0))
    there = np.isfinite(people).all(axis=1) & np.isfinite(others).all(axis=1)
    there &= (people[:, 0] > 0.0) & (others[:, 0] > 0.0)
    return np.where(there[:, None], own, np.nan)


def pathway_parts(reference: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Parts of the difference in real take-up, `other - reference`, by stage: shape (n_runs, n_stages - 1).

    Each row adds up to the difference of last stage over first. NaN where one of a pair is missing. What rounding alone
    leaves (less than DUST) is nought, so that equal shares give exactly nothing.

    Args:
        reference, other: people at each stage, each stage including all later ones, shape (n_runs, n_stages).
    """
    parts = shapley_of_product(conditional_shares(reference, other), conditional_shares(other, reference))
    return np.where(np.abs(parts) < DUST, 0.0, parts)


def shapley_of_product(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """What each factor adds to the change of a product, over all orders of change; all of shape (n_runs, n_factors)."""
    n = before.shape[1]
    products = np.empty((1 << n, len(before)))  # by the set of factors that have changed, as bits
    for changed in range(1 << n):
        is_changed = np.array([changed >> factor & 1 for factor in range(n)], bool)
        products[changed] = np.where(is_changed, after, before).prod(axis=1)
    parts = np.zeros(before.shape)
    for factor in range(n):
        for changed in range(1 << n):
            if changed >> factor & 1:
                continue
            already = changed.bit_count()
            weight = factorial(already) * factorial(n - already - 1) / factorial(n)
            parts[:, factor] += weight * (products[changed | 1 << factor] - products[changed])
    return parts
