"""Figures: what is drawn is what the table says, nothing is cut off, the same figure gives the same bytes."""

from collections.abc import Iterator
from datetime import date

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

import persim
from persim.comparison import Comparison
from persim.comparison_figures import figures, own_dates, policy_dates, short_titles
from persim.decision_plots import differences
from persim.figure_frames import Words, as_bytes
from persim.plots import Event, barriers, steps_to_a_budget, take_up_over_time

WORDS = Words("A title", "What is drawn, on how many runs.", "A caveat.")
TITLES = {"a": "What happened", "b": "Another way"}
FIGURES = ["take_up", "funnel", "barriers", "differences", "decomposition", "cost_plane"]
DAYS = ["2008-06-30", "2008-09-29", "2008-12-29"]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return persim.compare(
        ["baseline", "thirty_percent_target"], 2, n_users=330, n_weeks=90, outcomes=None, groups=["carer"]
    )  # fmt: skip


@pytest.fixture(scope="module")
def drawn(comparison) -> dict[str, tuple[Words, Figure]]:
    return {name: (words, figure) for name, words, figure in figures(comparison)}


def series() -> pd.DataFrame:
    rows = [
        (scenario, day, "all", outcome, base + 0.01 * number, base, base + 0.05)
        for scenario in "ab"
        for outcome, base in (("reported_take_up", 0.10), ("real_take_up", 0.04))
        for number, day in enumerate(DAYS)
    ]
    rows.append(("a", DAYS[0], "carer advocates", "real_take_up", 0.9, 0.9, 0.9))
    return pd.DataFrame(rows, columns=["scenario", "date", "group", "outcome", "mean", "p5", "p95"])


def line(figure: Figure, panel: int, label: str) -> np.ndarray:
    found = [artist for artist in figure.axes[panel].lines if artist.get_label() == label]
    assert len(found) == 1
    return np.asarray(found[0].get_ydata(), float)


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def test_take_up_draws_means_as_lines_and_nine_of_ten_runs_as_bands():
    figure = take_up_over_time(
        series(), TITLES, WORDS, [Event(date(2008, 11, 3), "orders begin")], {"b": [date(2008, 9, 1)]}
    )
    assert line(figure, 0, "real_take_up") == pytest.approx([4.0, 5.0, 6.0])
    assert line(figure, 1, "reported_take_up") == pytest.approx([10.0, 11.0, 12.0])
    band = figure.axes[0].collections[0].get_paths()[0].vertices
    assert np.asarray(band)[:, 1].max() == pytest.approx(15.0)
    assert line(figure, 1, "reference") == pytest.approx([4.0, 5.0, 6.0])
    assert len(line(figure, 1, "levers")) == 1
    assert len(line(figure, 0, "levers")) == 0
    assert "1  Nov 2008: orders begin" in texts(figure)


def test_panels_share_their_axes_and_begin_at_nought():
    figure = take_up_over_time(series(), TITLES, WORDS)
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()
    assert figure.axes[0].get_ylim()[0] == 0.0
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()


def test_steps_are_bars_as_long_as_the_share_of_eligible_people():
    steps = pd.DataFrame(
        [(s, step, label, v) for s, values in (("a", (100.0, 40.0, 5.0)), ("b", (100.0, 60.0, 9.0)))
         for step, label, v in zip("xyz", ("Eligible", "Offered", "Real"), values, strict=True)],
        columns=["scenario", "step", "label", "per_100_eligible"],
    )  # fmt: skip
    figure = steps_to_a_budget(steps, TITLES, WORDS)
    assert [bar.get_width() for bar in figure.axes[1].patches] == [100.0, 60.0, 9.0]
    ticks = figure.axes[1].collections[0].get_segments()
    assert [segment[0][0] for segment in ticks] == [100.0, 40.0, 5.0]
    assert "60" in texts(figure)


def barrier_rows() -> pd.DataFrame:
    rows = [
        (scenario, code, label, code == "declined", first, anyway)
        for scenario in "ab"
        for code, label, first, anyway in (
            ("none", "In use, not real", 0.05, 0.05),
            ("role", "Somebody else's job", 0.2, 0.5),
            ("risk", "Risk", 0.1, 0.4),
            ("declined", "Declined (a choice)", 0.02, 0.02),
            ("panel", "Panel", 0.0001, 0.0001),
        )
    ]
    return pd.DataFrame(rows, columns=["scenario", "barrier", "label", "choice", "first", "would_close"])


def test_barriers_draw_the_first_gate_beside_every_gate_and_a_choice_apart():
    figure = barriers(barrier_rows(), TITLES, WORDS)
    axes = figure.axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [
        "Somebody else's job",
        "Risk",
        "Declined (a choice)",
    ]
    pairs = [np.asarray(artist.get_xdata(), float) for artist in axes.lines if len(artist.get_xdata()) == 2]
    assert pairs[0] == pytest.approx([20.0, 50.0])
    gaps = np.diff(axes.get_yticks())
    assert gaps[-1] > gaps[0]


def test_differences_draw_the_interval_and_mark_those_that_leave_out_nought():
    table = pd.DataFrame(
        [
            ("b", "real_take_up", "Real take-up", "share", 0.02, 0.01, 0.03),
            ("c", "real_take_up", "Real take-up", "share", 0.01, -0.01, 0.03),
        ],
        columns=["scenario", "measure", "label", "unit", "difference", "low", "high"],
    )  # fmt: skip
    figure = differences(table, {"real_take_up": 0.04}, {"b": "Another way", "c": "A third"}, WORDS)
    bars = [artist for artist in figure.axes[0].lines if len(np.unique(artist.get_xdata())) == 2]
    assert np.asarray(bars[0].get_xdata(), float) == pytest.approx([1.0, 3.0])
    assert bars[0].get_color() != bars[1].get_color()
    assert "percentage points (from 4.0 %)" in texts(figure)


def test_a_difference_too_small_to_matter_looks_small():
    table = pd.DataFrame(
        [("b", "m", "Control", "0-1", 0.00002, 0.00001, 0.00003)],
        columns=["scenario", "measure", "label", "unit", "difference", "low", "high"],
    )
    figure = differences(table, {"m": 0.4}, {"b": "Another way"}, WORDS)
    left, right = figure.axes[0].get_xlim()
    assert right - left >= 0.01


def test_a_missing_number_is_not_drawn():
    table = pd.DataFrame(
        [("b", "m", "Wait", "weeks", np.nan, np.nan, np.nan)],
        columns=["scenario", "measure", "label", "unit", "difference", "low", "high"],
    )
    figure = differences(table, {"m": np.nan}, {"b": "Another way"}, WORDS)
    assert len(figure.axes[0].lines) == 1  # the line at nought


def test_every_figure_of_a_comparison_says_n_what_is_drawn_and_a_caveat(drawn):
    assert list(drawn) == FIGURES
    for words, figure in drawn.values():
        assert "330 people" in words.subtitle
        assert words.title in texts(figure)
        assert len(words.caveat) > 40


def beyond(axis: Axis) -> Iterator[Text]:
    """Labels of ticks that lie beyond the ends of the axis and are not drawn."""
    low, high = sorted(axis.get_view_interval())
    for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
        if not low <= tick.get_loc() <= high:
            yield from (tick.label1, tick.label2)


def boxes(figure: Figure) -> Iterator[tuple[str, float, float, float, float]]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    hidden = {label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in beyond(axis)}
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible() and text not in hidden:
            box = text.get_window_extent(canvas.get_renderer())
            yield text.get_text(), box.x0, box.y0, width - box.x1, height - box.y1


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off_at_an_edge(name, drawn):
    for text, *room in boxes(drawn[name][1]):
        assert min(room) >= 0.0, f"{text!r} is cut"


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_figure_gives_the_same_bytes_whatever_the_users_settings(kind, drawn):
    words, figure = drawn["funnel"]
    first = as_bytes(figure, kind, words)
    with mpl.rc_context({"font.size": 30, "svg.hashsalt": None, "savefig.dpi": 10}):
        assert as_bytes(figure, kind, words) == first
    assert words.title.encode() in first  # for those who cannot see it


def test_titles_leave_out_what_all_of_them_begin_with():
    arms = persim.compare("thirty_percent_target", 1, n_users=66, n_weeks=26, record="final")
    assert list(short_titles(arms).values())[:2] == ["No target", "The target"]


def test_marked_dates_are_those_all_scenarios_share_and_triangles_a_scenarios_own(comparison):
    days = [event.day for event in policy_dates(comparison)]
    assert date(2008, 11, 3) in days
    assert own_dates(comparison, 0) == []
    assert date(2009, 9, 2) in own_dates(comparison, 2)  # the target, which the first arm lacks
