"""Shapley shares on games with known answers: they add up, equals get equal shares, who adds nothing gets nothing."""

import itertools

import numpy as np
import pytest

from persim.shapley_orders import (
    alone,
    exact_layout,
    exact_shares,
    interactions,
    last,
    most_pairs_each,
    n_slots_sampled,
    prefixes,
    sampled_layout,
    shares,
    total,
)

GLOVES = (0, 0, 1)  # two left gloves and a right one: a pair is worth 1; shares 1/6, 1/6, 4/6 (a textbook's answer)


def game(layout, value):
    """Values of a game on the coalitions of a layout: shape (replicates, n_slots)."""
    return np.array(
        [[value({i for i in range(layout.n) if mask >> i & 1}) for mask in row] for row in layout.coalitions]
    )


def gloves(coalition):
    return float(any(GLOVES[i] == 0 for i in coalition) and any(GLOVES[i] == 1 for i in coalition))


def gates_in_a_row(coalition):
    """Like gates one behind another: each open one lets more through; player 5 stands at no gate at all."""
    open_ = {0: (0.2, 0.9), 1: (0.3, 0.8), 2: (0.3, 0.8), 3: (0.6, 1.0), 4: (0.5, 0.7)}
    return float(np.prod([high if i in coalition else low for i, (low, high) in open_.items()]))


def test_gloves_get_the_shares_of_the_textbook():
    layout = exact_layout(3, 1)
    assert shares(layout, game(layout, gloves))[0] == pytest.approx([1 / 6, 1 / 6, 4 / 6], abs=1e-15)


def test_exact_shares_are_means_over_every_order():
    layout = exact_layout(6, 1)
    values = game(layout, gates_in_a_row)
    orders = list(itertools.permutations(range(6)))
    added = np.zeros(6)
    for order in orders:
        added[list(order)] += np.diff(values[0, prefixes(order)])
    assert exact_shares(values)[0] == pytest.approx(added / len(orders), abs=1e-14)


@pytest.mark.parametrize("layout", [exact_layout(6, 2), sampled_layout(6, 8, 2, 3, 1)], ids=["exact", "sampled"])
def test_shares_add_up_to_the_total_in_each_replicate(layout):
    values = game(layout, gates_in_a_row) + np.arange(len(layout.coalitions))[:, None]
    found = shares(layout, values)
    assert np.abs(found.sum(axis=1) - total(layout, values)).max() < 1e-12
    assert np.abs(found.mean(axis=0).sum() - total(layout, values).mean()) < 1e-12


@pytest.mark.parametrize("layout", [exact_layout(6, 1), sampled_layout(6, 8, 2, 3, 1)], ids=["exact", "sampled"])
def test_who_adds_nothing_gets_exactly_nothing(layout):
    values = game(layout, gates_in_a_row)
    for reading in (shares, alone, last):
        assert np.all(reading(layout, values)[:, 5] == 0.0)
    assert all(np.abs(found).max() < 1e-15 for pair, found in interactions(layout, values).items() if 5 in pair)


def test_equals_get_equal_shares():
    layout = exact_layout(6, 1)
    found = shares(layout, game(layout, gates_in_a_row))[0]
    assert found[1] == pytest.approx(found[2], abs=1e-15)
    assert found[1] != pytest.approx(found[0], abs=1e-3)


def test_shares_of_a_sum_of_games_are_sums_of_shares():
    layout = exact_layout(6, 1)
    first, second = game(layout, gates_in_a_row), game(layout, lambda c: float(len(c) ** 2))
    assert exact_shares(first + second) == pytest.approx(exact_shares(first) + exact_shares(second), abs=1e-13)


def test_sampled_orders_come_near_the_exact_shares():
    """3,200 orders: the largest of six errors has a chance of about 1e-5 to lie beyond 4.5 standard errors."""
    exact = exact_shares(game(exact_layout(6, 1), gates_in_a_row))[0]
    layout = sampled_layout(6, 800, 2, 0, 5)
    found = shares(layout, game(layout, gates_in_a_row))
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - exact) <= 4.5 * error + 1e-12)
    assert np.all(error[:5] > 0.0)


def test_alone_and_last_are_read_off_the_game():
    layout = sampled_layout(6, 2, 1, 0, 1)
    values = game(layout, gates_in_a_row)
    everyone, none = gates_in_a_row(set(range(6))), gates_in_a_row(set())
    assert alone(layout, values)[1] == pytest.approx([gates_in_a_row({i}) - none for i in range(6)])
    assert last(layout, values)[1] == pytest.approx([everyone - gates_in_a_row(set(range(6)) - {i}) for i in range(6)])


def test_interactions_are_what_two_add_beyond_each_alone():
    layout = exact_layout(3, 2)
    found = interactions(layout, game(layout, gloves))
    assert {pair: list(values) for pair, values in found.items()} == {(0, 1): [0, 0], (0, 2): [1, 1], (1, 2): [1, 1]}


def test_every_pair_is_asked_for_about_equally_often_and_never_twice_in_a_replicate():
    n, replicates, each = 13, 30, 26
    layout = sampled_layout(n, replicates, 2, each, 1)
    assert layout.coalitions.shape == (replicates, n_slots_sampled(n, 2, each)) == (30, 94)
    assert all(len(set(row)) == len(row) for row in layout.coalitions.tolist())
    counts = {pair: len(v) for pair, v in interactions(layout, np.zeros(layout.coalitions.shape)).items()}
    assert len(counts) == 78
    assert min(counts.values()) >= 9


def test_all_pairs_at_once_are_each_asked_for():
    layout = sampled_layout(6, 3, 1, most_pairs_each(6, 1), 1)
    assert {len(v) for v in interactions(layout, np.zeros(layout.coalitions.shape)).values()} == {3}


def test_orders_come_with_their_reverses_and_do_not_depend_on_how_many_replicates_there_are():
    short, long = sampled_layout(13, 3, 2, 5, 7), sampled_layout(13, 9, 2, 5, 7)
    assert np.array_equal(short.coalitions, long.coalitions[:3])
    assert np.array_equal(short.orders[:, 0], short.orders[:, 1, ::-1])
    assert not np.array_equal(short.orders, sampled_layout(13, 3, 2, 5, 8).orders)


def test_values_may_have_more_axes_such_as_groups():
    layout = sampled_layout(6, 4, 2, 3, 1)
    values = game(layout, gates_in_a_row)
    both = np.stack([values, 2.0 * values], axis=2)
    found = shares(layout, both)
    assert found.shape == (4, 6, 2)
    assert found[..., 1] == pytest.approx(2.0 * found[..., 0])
    exact = exact_layout(3, 2)
    assert shares(exact, np.stack([game(exact, gloves)] * 2, axis=2)).shape == (2, 3, 2)
