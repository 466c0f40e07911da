"""persim's model in Mesa's own SolaraViz, for those who know Mesa: sliders, step, play, plots.

    pip install "persim[solara]"
    SOLARA_TELEMETRY_MIXPANEL_ENABLE=False solara run examples/solaraviz.py --host 127.0.0.1 --production

Every visitor has a model of their own: it is made inside `Page`, which is drawn anew for each. A model at the top of this
file would be shared by all. docs/solara.md says what to expect.
"""

import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

import persim
from persim.state import Place, Stage

PEOPLE = 400
SCENARIO = "baseline"  # whose dials stay as they are: a slider holds in every week, over what a scenario would change
DIALS = {
    "risk_aversion": "Risk aversion",
    "role_boundary": "Role boundary: somebody else's job",
    "bureaucracy": "Bureaucracy of forms",
}


class VisualModel(persim.PersonalisationModel):
    """The model without the attribute `scenario`, which SolaraViz takes for one of Mesa's own scenarios."""

    @property
    def scenario(self):
        """Nothing for SolaraViz; what is run stands in `run.scenario`."""
        return None

    @scenario.setter
    def scenario(self, value):
        """Mesa sets an empty one; there is nothing to keep."""


def make_model():
    """The model that a visitor starts with: the sliders' values, 400 people, seed 1."""
    return VisualModel(SCENARIO, rng=1, n_users=PEOPLE)


def sliders():
    """What can be changed before a Reset: each dial from 0 to 1, at what the scenario has at first."""
    first = persim.read_scenario(SCENARIO).parameters
    dials = {
        name: {"type": "SliderFloat", "label": label, "value": first[name], "min": 0.0, "max": 1.0, "step": 0.05}
        for name, label in DIALS.items()
    }
    seed = {"type": "SliderInt", "label": "Seed", "value": 1, "min": 1, "max": 100, "step": 1}
    return {"scenario": SCENARIO, "rng": seed, **dials, "n_users": PEOPLE}


def as_percent(axes):
    """Take-up as a share from 0 on, by weeks."""
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.set_ylim(bottom=0.0)
    axes.set_title("Eligible people with a personal budget")


@solara.component
def WhatIsRun(model):
    """Which week it is, and with which numbers, since sliders show none and act at the next Reset only."""
    update_counter.get()
    scenario = model.run.scenario
    dials = ", ".join(f"{label.split(':')[0].lower()} {scenario.parameters[name]:.2f}" for name, label in DIALS.items())
    with solara.Card("This run"), solara.Column():
        solara.Text(f"{scenario.name}, seed {model.seed}: {dials}. Sliders hold from the next Reset.")
        solara.Text(f"Week of {model.date:%d %B %Y}" if model.week >= 0 else "Before the first week")
        solara.Text("Synthetic people: true of the rules of this model only.")


@solara.component
def OnTheWay(model):
    """How many people are at each stage of the way to a budget."""
    update_counter.get()
    users = model.world.users
    stages = [stage for stage in Stage if stage != Stage.OUTSIDE]
    here = users["pathway_stage"][users["place"] == Place.ON_CASELOAD]
    figure = Figure(figsize=(6.4, 4.2))
    axes = figure.subplots()
    axes.barh([stage.name.lower().replace("_", " ") for stage in stages], [(here == stage).sum() for stage in stages])
    axes.invert_yaxis()
    axes.set_title("People on the way to a budget")
    solara.FigureMatplotlib(figure, format="png", bbox_inches="tight")


TAKE_UP = make_plot_component(
    {"reported_take_up": "tab:orange", "real_take_up": "tab:blue"}, post_process=as_percent, backend="matplotlib"
)


@solara.component
def Page():
    """One visitor's page, with a model of its own."""
    model = solara.use_memo(make_model, [])
    params = solara.use_memo(sliders, [])
    SolaraViz(
        model, components=[(WhatIsRun, 0), TAKE_UP, (OnTheWay, 0)], model_params=params, name="persim", play_interval=50
    )
