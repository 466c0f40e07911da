"""Figures of stages and of costs: what is drawn is what the numbers say."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from persim.decision_plots import PlanePanel, cost_plane, region_of_mean, stages_of_a_difference
from persim.figure_frames import Words

WORDS = Words("A title", "What is drawn, on how many runs.", "A caveat.")


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def stages() -> pd.DataFrame:
    rows = [
        ("b", "offered", "Offers", 0.02, 0.01, 0.03),
        ("b", "real", "Real budgets", -0.005, -0.01, 0.001),
        ("b", "total", "All together", 0.015, 0.01, 0.02),
        ("c", "offered", "Offers", 0.0, 0.0, 0.0),
        ("c", "real", "Real budgets", np.nan, np.nan, np.nan),
        ("c", "total", "All together", 0.001, -0.001, 0.003),
    ]
    return pd.DataFrame(rows, columns=["scenario", "step", "label", "part", "low", "high"])


def test_parts_are_bars_in_percentage_points_with_their_numbers_beside_them():
    figure = stages_of_a_difference(stages(), {"b": "Another way", "c": "A third"}, "total", WORDS)
    first = figure.axes[0]
    assert [bar.get_width() for bar in first.patches] == pytest.approx([2.0, -0.5, 1.5])
    intervals = [segment[:, 0] for segment in first.collections[0].get_segments()]
    assert np.array(intervals) == pytest.approx(np.array([[1.0, 3.0], [-1.0, 0.1], [1.0, 2.0]]))
    assert "+2.0 ± 1.0" in texts(figure)
    assert "0 exactly" in texts(figure)


def test_parts_beyond_chance_have_a_colour_and_the_total_stands_apart():
    figure = stages_of_a_difference(stages(), {"b": "Another way", "c": "A third"}, "total", WORDS)
    offered, real, total = figure.axes[0].patches
    assert len({offered.get_facecolor(), real.get_facecolor(), total.get_facecolor()}) == 3
    assert figure.axes[1].patches[2].get_facecolor() != total.get_facecolor()
    gaps = np.diff(figure.axes[0].get_yticks())
    assert gaps[-1] > gaps[0]


def panel(figure: Figure, label: str) -> np.ndarray:
    (found,) = [line for line in figure.axes[0].lines if line.get_label() == label]
    return np.array(found.get_data())


def test_the_cost_plane_draws_pairs_their_mean_and_the_ratio_through_it():
    gain, cost = np.array([1.0, 3.0, np.nan, 2.0]), np.array([100.0, 320.0, 50.0, 180.0])
    figure = cost_plane([PlanePanel("Another way", gain, cost, 100.0, "£100 a year")], WORDS)
    assert panel(figure, "pairs").shape == (2, 3)
    assert panel(figure, "mean").ravel() == pytest.approx([2.0, 200.0])
    across, up = panel(figure, "ratio")
    assert up == pytest.approx(across * 100.0)
    assert "£100 a year" in texts(figure)


def test_the_cost_plane_names_all_quadrants_and_shows_both_sides_of_nought():
    gain, cost = np.array([5.0, 6.0, 7.0]), np.array([-100.0, -200.0, -150.0])
    figure = cost_plane([PlanePanel("Another way", gain, cost, np.nan, "No ratio: more, for less")], WORDS)
    named = {" ".join(text.split()) for text in texts(figure) if "budgets,\n" in text}
    assert named == {f"{more} budgets, costs {cost}" for more in ("more", "fewer") for cost in ("more", "less")}
    (left, right), (low, high) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
    assert left < 0.0 < 7.0 < right
    assert low < -200.0 < 0.0 < high
    assert not [line for line in figure.axes[0].lines if line.get_label() == "ratio"]


def test_a_plane_without_any_pair_is_drawn_empty():
    nothing = np.full(3, np.nan)
    figure = cost_plane([PlanePanel("Another way", nothing, nothing, np.nan, "No ratio: unstable")], WORDS)
    assert "No ratio: unstable" in texts(figure)


def test_the_region_holds_the_true_mean_as_often_as_it_says():
    # 1,000 samples of 12 correlated pairs; 93 to 97 % is missed by chance once in 250 suites.
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(1000):
        x = rng.normal(0.0, 1.0, 12)
        y = 50.0 * (0.8 * x + rng.normal(0.0, 0.6, 12))
        outline = region_of_mean(x, y)
        assert outline is not None
        middle, spread = np.array([x.mean(), y.mean()]), np.linalg.inv(np.cov(x, y))
        reach = (outline - middle[:, None])[:, 0]
        held += middle @ spread @ middle <= reach @ spread @ reach
    assert 0.93 <= held / 1000 <= 0.97


def test_too_few_pairs_have_no_region():
    assert region_of_mean(np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None
