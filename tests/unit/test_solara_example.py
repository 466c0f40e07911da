"""The example for Mesa's SolaraViz runs: it draws, steps, resets with the sliders, and gives each visitor a model."""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("solara", reason="Solara is not installed: persim[solara] brings it")
pytest.importorskip("mesa.visualization", reason="Mesa's visualization is not installed: persim[solara] brings it")

import ipyvuetify
import ipywidgets
import solara

pytestmark = pytest.mark.slow
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "solaraviz.py"


@pytest.fixture
def example(monkeypatch):
    """The example as a module, with the models that it makes in `made`."""
    spec = importlib.util.spec_from_file_location("solaraviz_example", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make, module.made = module.make_model, []

    def kept():
        module.made.append(make())
        return module.made[-1]

    monkeypatch.setattr(module, "make_model", kept)
    return module


def button(drawn, label):
    return drawn.find(ipyvuetify.Btn, children=[label]).widget


def words(drawn):
    return " ".join(str(span.children) for span in drawn.find(ipyvuetify.Html, tag="span").widgets)


@pytest.fixture
def draw(example):
    """Draw one visitor's page, as Solara's server would for a new visitor."""
    drawn = []

    def new_visitor():
        box, context = solara.render(solara.AppLayout(children=[example.Page()]), handle_error=False)
        drawn.append(context)
        return context

    yield new_visitor
    for context in drawn:
        context.close()


def test_a_page_is_drawn_with_its_buttons_sliders_and_plots(draw):
    page = draw()
    assert [one.children[0] for one in page.find(ipyvuetify.Btn).widgets] == ["Reset", "▶", "Step"]
    labels = [one.label for one in page.find(ipyvuetify.Slider).widgets]
    assert labels[2:] == ["Seed", "Risk aversion", "Role boundary: somebody else's job", "Bureaucracy of forms"]
    assert "Before the first week" in words(page)
    assert len(page.find(ipywidgets.Image).widgets) == 2


def test_a_step_is_one_week_and_the_page_says_which(draw, example):
    page = draw()
    for _ in range(3):
        button(page, "Step").click()
    (model,) = example.made
    assert model.week == 2
    assert "Week of 21 April 2008" in words(page)


def test_a_slider_holds_from_the_next_reset(draw, example):
    page = draw()
    next(one for one in page.find(ipyvuetify.Slider).widgets if one.label == "Risk aversion").v_model = 0.9
    button(page, "Step").click()
    assert "risk aversion 0.55" in words(page)
    button(page, "Reset").click()
    assert "risk aversion 0.90" in words(page)
    assert "Before the first week" in words(page)


def test_a_reset_without_a_change_makes_the_model_that_was_there_first(draw, example):
    page = draw()
    first = example.make_model()
    again = example.VisualModel(
        **{name: one["value"] if isinstance(one, dict) else one for name, one in example.sliders().items()}
    )
    assert page is not None
    for model in (first, again):
        model.run_for(30)
    assert first.world.users.tobytes() == again.world.users.tobytes()


def test_each_visitor_has_a_model_of_their_own(draw, example):
    ours, theirs = draw(), draw()
    button(ours, "Step").click()
    assert len(example.made) == 2
    assert [model.week for model in example.made] == [0, -1]
    assert "Before the first week" in words(theirs)


def test_the_last_week_ends_the_play(draw, example):
    page = draw()
    (model,) = example.made
    model.run_for(model.n_weeks - 1)
    button(page, "Step").click()
    assert not model.running
    assert button(page, "Step").disabled
