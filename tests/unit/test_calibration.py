"""Calibration on plain arrays: the grid, weights, emulators, history matching, weighing, chance taken out."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from persim.calibration import (
    Axis,
    Carried,
    HistorySettings,
    SmcSettings,
    Space,
    effective,
    emulator_simulator,
    infer,
    luck,
    match,
    observed,
    quantiles,
    systematic,
)
from persim.calibration.emulator import fit
from persim.calibration.smoothing import smoothed
from persim.calibration.space import effective_of_groups
from persim.calibration.targets import averaged
from persim.calibration.words import _pattern_notes
from persim.errors import InputError

SQUARE = Space((Axis("one", 0.0, 1.0), Axis("other", 0.0, 1.0)))


def test_points_have_three_digits_and_stay_within_bounds():
    space = Space((Axis("a", 0.012, 0.0456, log=True), Axis("b", 20.0, 45.0), Axis("c", 1.0, 9.0, whole=True)))
    values = space.values(luck(1, 0).random((200, 3)))
    assert all(float(f"{value:.3g}") == value for value in values[:, :2].ravel())
    assert (values[:, 2] == np.round(values[:, 2])).all()
    assert (values >= [0.012, 20.0, 1.0]).all()
    assert (values <= [0.0456, 45.0, 9.0]).all()


def test_a_value_on_the_grid_is_a_point_that_can_be_run():
    space = Space((Axis("a", 0.01, 0.06, log=True), Axis("b", 0.0, 1.0)))
    wanted = np.array([[0.027, 0.55]])
    assert (space.values(space.unit(wanted)) == wanted).all()


def test_luck_depends_on_its_place_only():
    assert (luck(1, 2, 3).random(5) == luck(1, 2, 3).random(5)).all()
    assert not (luck(1, 2, 3).random(5) == luck(1, 3, 2).random(5)).any()


def test_systematic_draws_come_as_often_as_they_weigh():
    weights = np.array([0.5, 0.25, 0.25, 0.0])
    counts = np.bincount(systematic(weights, 400, luck(1)), minlength=4)
    assert (np.abs(counts - 400 * weights) <= 1).all()


def test_effective_size_of_even_weights_is_their_number():
    assert effective(np.full(7, 1 / 7)) == pytest.approx(7.0)
    assert effective(np.array([1.0, 0.0])) == 1.0
    assert effective(np.zeros(3)) == 0.0


def test_weighted_quantiles_of_even_weights_are_the_usual_ones():
    values = np.arange(101.0)
    assert quantiles(values, np.full(101, 1 / 101), (0.5,))[0] == pytest.approx(50.0)


def test_a_bound_from_above_is_met_anywhere_below():
    aims = observed([1.0, 1.0], [0.5, 0.5], [True, False])
    assert aims.distances(np.array([[-5.0, 0.5], [2.0, 1.0]])).tolist() == [[0.0, -1.0], [2.0, 0.0]]
    assert aims.implausibility(np.array([[-5.0, 1.0]]), np.zeros((1, 2)))[0] == 0.0


def test_a_point_without_a_figure_has_no_weight():
    assert observed([0.0], [1.0]).log_kernel(np.array([[np.nan], [0.0]])).tolist() == [-np.inf, 0.0]


def test_a_replicate_without_a_base_is_left_out_until_most_have_none():
    runs = np.array([[[1.0], [3.0], [np.nan]], [[np.nan], [np.nan], [2.0]]])
    means, chance = averaged(runs)
    assert means[0, 0] == 2.0
    assert np.isnan(means[1, 0])
    assert chance[0] == pytest.approx(1.0)  # variance 2 of two replicates, over two


def test_an_emulator_knows_a_curve_and_how_far_to_trust_itself():
    unit = luck(1).random((120, 2))
    figures = np.column_stack([np.sin(4.0 * unit[:, 0]) + unit[:, 1], unit[:, 0] * unit[:, 1]])
    emulator = fit(SQUARE, unit, figures, np.zeros(2), 1)
    there = luck(2).random((50, 2))
    mean, variance = emulator.predict(there)
    assert np.abs(mean[:, 0] - np.sin(4.0 * there[:, 0]) - there[:, 1]).max() < 0.05
    assert (variance > 0.0).all()
    assert all(len(check.errors) == 24 for check in emulator.check)
    mimic = emulator_simulator(emulator, chance=False)
    assert (mimic(SQUARE.values(there), np.arange(50)) == emulator.predict(SQUARE.unit(SQUARE.values(there)))[0]).all()


def test_history_matching_keeps_a_disc_and_tells_its_share():
    """Distance from a corner is known to be 0.5 with error 0.02: a quarter ring of known area is left."""

    def radius(points, numbers):
        return np.hypot(points[:, :1], points[:, 1:])

    found = match(radius, SQUARE, observed([0.5], [0.02]), HistorySettings(waves=2, points=80, small=1e-9), 3, 0)
    radii = np.hypot(*found.pool.T)
    assert (np.abs(radii - 0.5) < 0.075).mean() > 0.95
    area = np.pi / 4.0 * ((0.5 + 0.06) ** 2 - (0.5 - 0.06) ** 2)
    assert found.share == pytest.approx(area, rel=0.25)  # 4,096 points: 0.6 % standard error of a share of 9 %
    assert found.region.allows(np.array([[0.5, 0.0], [0.1, 0.1]])).tolist() == [True, False]
    angles = np.arctan2(found.pool[:, 1], found.pool[:, 0])
    assert angles.min() < 0.2
    assert angles.max() > 1.37  # not only one end of the ring


def test_history_matching_says_when_no_point_will_do():
    def constant(points, numbers):
        return points[:, :1] * 0.1

    found = match(constant, SQUARE, observed([5.0], [0.1]), HistorySettings(waves=1, points=40), 1, 0)
    assert found.waves[0].cut > 3.0
    assert "no point comes within" in found.notes[0]


def test_the_posterior_of_a_straight_line_is_the_known_one():
    """Normal figures of a linear simulator well inside the box: the posterior is normal. Chance of a false alarm below
    1e-4: 4,000 weighted points worth over 1,500, so a mean is known to 0.03 of its spread, and we allow 0.12."""
    slopes = np.array([[1.0, 0.5], [0.2, 1.0]])
    sd = np.array([0.04, 0.06])
    truth = np.array([0.5, 0.45])
    found = infer(lambda points, numbers: points @ slopes, SQUARE, truth @ slopes, sd, SmcSettings(800, 5), 1, 0)
    covariance = np.linalg.inv(slopes @ np.diag(1.0 / sd**2) @ slopes.T)
    spread = np.sqrt(np.diag(covariance))
    mean = found.weights @ found.points
    apart = found.points - mean
    assert found.reached
    assert found.ess > 1500
    assert np.abs((mean - truth) / spread).max() < 0.12
    assert np.sqrt(found.weights @ apart**2) / spread == pytest.approx(1.0, abs=0.1)
    correlation = (found.weights * apart[:, 0]) @ apart[:, 1] / spread.prod()
    assert correlation == pytest.approx(covariance[0, 1] / spread.prod(), abs=0.1)
    for chain in range(4):
        own = found.chain == chain
        assert found.chain_weights[own].sum() == pytest.approx(1.0)
        assert np.abs((found.chain_weights[own] @ found.points[own] - truth) / spread).max() < 0.25


def test_chance_of_small_runs_does_not_widen_the_posterior():
    """The same line, seen through replicates with chance twice the error of observation."""
    slopes, sd, truth = np.array([[1.0, 0.5], [0.2, 1.0]]), np.array([0.04, 0.06]), np.array([0.5, 0.45])

    def noisy(points, numbers):
        chance = luck(9, int(numbers[0])).normal(size=(len(points), 4, 2)) * 4.0 * sd
        return (points @ slopes)[:, None, :] + chance

    found = infer(noisy, SQUARE, truth @ slopes, sd, SmcSettings(800, 5), 1, 0)
    spread = np.sqrt(np.diag(np.linalg.inv(slopes @ np.diag(1.0 / sd**2) @ slopes.T)))
    mean = found.weights @ found.points
    assert found.own.max() < 0.2
    assert np.abs((mean - truth) / spread).max() < 0.4
    assert np.sqrt(found.weights @ (found.points - mean) ** 2) / spread == pytest.approx(1.0, abs=0.25)


def test_without_chance_figures_stay_as_they_are():
    points = luck(1).random((40, 2))
    figures = np.sin(9.0 * points)
    found = smoothed(points, figures, np.zeros(2), np.zeros(2), np.ones(2))
    assert (found.figures == figures).all()
    assert found.unknown.tolist() == [0.0, 0.0]


def test_numbers_of_a_stage_before_are_drawn_anew_and_keep_their_spread():
    before = Carried(np.array([[0.0], [1.0]]), np.array([0.25, 0.75]))
    line = Space((Axis("one", 0.0, 1.0),))
    found = infer(
        lambda p, n: p[:, 1:], line, np.array([0.5]), np.array([0.1]), SmcSettings(400, 3), 1, 0, carried=before
    )
    assert found.points.shape[1] == 2
    assert found.weights @ found.points[:, 0] == pytest.approx(0.75, abs=0.06)


def test_inference_is_the_same_again():
    first, again = (
        infer(lambda p, n: p, SQUARE, np.full(2, 0.4), np.full(2, 0.1), SmcSettings(64, 2, 2), 5, 1) for _ in range(2)
    )
    assert (first.points == again.points).all()
    assert (first.weights == again.weights).all()


def test_particles_that_cannot_be_split_are_refused():
    with pytest.raises(InputError, match="cannot be split over 4 chains"):
        infer(lambda p, n: p, SQUARE, np.zeros(2), np.ones(2), SmcSettings(30), 1)


def test_a_simulator_that_gives_nothing_is_told():
    with pytest.raises(InputError, match="no point of chain 1 gives every target"):
        infer(lambda p, n: p * np.nan, SQUARE, np.zeros(2), np.ones(2), SmcSettings(32, 2), 1)


def test_equal_rows_are_worth_one_draw():
    points = np.array([[1.0, 5.0], [1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    assert effective_of_groups(points, np.array([0.25, 0.25, 0.5, 0.0])) == (pytest.approx(2.0), 2)
    assert effective_of_groups(points, np.full(4, 0.25)) == (pytest.approx(1.0 / 0.375), 3)


@pytest.mark.parametrize(("count", "said"), [(1, "1 of 300 draws contradicts PAT09 (this) and has"),
                                             (2, "2 of 300 draws contradict PAT09 (this) and have")])  # fmt: skip
def test_draws_that_contradict_a_pattern_are_counted(count, said):
    table = pd.DataFrame([
        {"stage": "take_up", "pattern": "PAT09", "comparison": "this", "draws": 300, "contradicted": count / 300},
        {"stage": "take_up", "pattern": "PAT10", "comparison": "that", "draws": 300, "contradicted": 0.0},
    ])  # fmt: skip
    assert _pattern_notes("take_up", SimpleNamespace(patterns=table)) == [f"take_up: {said} no weight."]
