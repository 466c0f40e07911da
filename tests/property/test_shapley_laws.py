"""The axioms of Shapley shares, for any game: they add up, equals are equal, who adds nothing gets nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persim.shapley_orders import Layout, alone, exact_layout, last, sampled_layout, shares, total


@st.composite
def games(draw, least=1):
    """(players, value of each coalition), values as large and as small as take-up and money are."""
    n = draw(st.integers(least, 6))
    size = draw(st.sampled_from((1e-3, 1.0, 1e6)))
    seed = draw(st.integers(0, 10_000))
    return n, size * np.random.default_rng(seed).normal(size=1 << n)


def layouts(n: int, seed: int) -> list[Layout]:
    sampled = [sampled_layout(n, 3, 1, 0, seed)] if n >= 4 else []
    return [exact_layout(n, 2), *sampled]


def of(layout: Layout, game: np.ndarray) -> np.ndarray:
    return game[layout.coalitions]


@given(games(), st.integers(0, 50))
def test_shares_add_up_in_every_replicate(game, seed):
    n, values = game
    for layout in layouts(n, seed):
        found = shares(layout, of(layout, values))
        assert found.sum(axis=1) == pytest.approx(total(layout, of(layout, values)), abs=1e-12 * np.abs(values).max())


@given(games(), st.integers(0, 50), st.data())
def test_who_adds_nothing_gets_nothing(game, seed, data):
    n, values = game
    nobody = data.draw(st.integers(0, n - 1))
    without = values[np.arange(1 << n) & ~(1 << nobody)]
    for layout in layouts(n, seed):
        for reading in (shares, alone, last):
            assert np.all(reading(layout, of(layout, without))[:, nobody] == 0.0)


@given(games(least=2), st.data())
def test_who_do_the_same_get_the_same(game, data):
    n, values = game
    one, other = data.draw(st.lists(st.integers(0, n - 1), min_size=2, max_size=2, unique=True))
    masks = np.arange(1 << n)
    swapped = masks & ~(1 << one | 1 << other) | (masks >> one & 1) << other | (masks >> other & 1) << one
    alike = (values + values[swapped]) / 2.0
    layout = exact_layout(n, 1)
    found = shares(layout, of(layout, alike))[0]
    assert found[one] == pytest.approx(found[other], abs=1e-12 * np.abs(values).max())


@given(games(), st.integers(0, 50))
def test_where_nothing_interacts_every_reading_is_the_same(game, seed):
    n, values = game
    members = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    added = members @ values[:n]
    for layout in layouts(n, seed):
        for reading in (shares, alone, last):
            close = 1e-9 * max(1e-12, np.abs(values).max())
            assert reading(layout, of(layout, added))[0] == pytest.approx(values[:n], abs=close)
