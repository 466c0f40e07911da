"""`PersonalisationModel` does what a Mesa user expects of a model, and its agents are views of their rows."""

import copy
import gc
import inspect
import math
import pickle
import random

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.datacollection import DataCollector

import persim
from persim import Nurse, OccupationalTherapist, PersonalisationModel, ServiceUser, SocialWorker
from persim.agent_engine import FUNCTIONS, METHODS, MODEL_MODULES, actor_rules, method_name
from persim.errors import InputError, PersimError, ScenarioError
from persim.mesa_agents import PUBLIC, RECORDS, VIEWS, Actor
from persim.mesa_model import Broker, CouncilTeam, Practitioner
from persim.outcomes import HEADLINE
from persim.state import BudgetForm, LegalStatus, MentalState, Profession, Stage

SMALL = {"n_users": 200, "n_weeks": 40}
ENGINES = ("compiled", "agents")


def small(**more):
    return PersonalisationModel(**{**SMALL, **more})


def state_of(model):
    return [array.tobytes() for array in model.world] + [model.run.record.tobytes()]


def agents_alive():
    gc.collect()
    return sum(isinstance(thing, mesa.Agent) for thing in gc.get_objects())


# --- running


def test_a_run_gives_what_simulate_gives():
    model = PersonalisationModel("lean_process", rng=7, n_users=200, n_weeks=30, groups=("rural",), risk_aversion=0.7)
    model.run_for(30)
    run = persim.simulate("lean_process", seed=7, n_users=200, n_weeks=30, groups=("rural",), risk_aversion=0.7)
    assert model.run.record.tobytes() == run.record.tobytes()
    assert [a.tobytes() for a in model.run.world] == [a.tobytes() for a in run.world]
    pd.testing.assert_frame_equal(model.run.weekly, run.weekly)


def test_the_baseline_is_the_default_and_keywords_change_its_numbers():
    model = small(risk_aversion=0.7)
    assert model.scenario.name == "baseline"
    assert model.scenario.parameters["risk_aversion"] == 0.7
    assert (model.scenario.n_users, model.n_weeks) == (200, 40)


@pytest.mark.parametrize("engine", ENGINES)
def test_steps_weeks_and_dates_go_together(engine):
    model = small(engine=engine)
    assert (model.steps, model.time, model.week) == (0, 0.0, -1)
    model.step()
    assert (model.steps, model.time, model.week, model.date.isoformat()) == (1, 1.0, 0, "2008-04-07")
    model.run_for(9)
    assert (model.steps, model.time, model.week, model.date.isoformat()) == (10, 10.0, 9, "2008-06-09")
    model.run_until(12)
    assert (model.steps, model.week) == (12, 11)


def test_running_ends_with_the_last_week():
    model = small(n_weeks=3)
    model.run_model()
    assert (model.steps, model.running) == (3, False)


@pytest.mark.parametrize("go_on", [lambda m: m.step(), lambda m: m.run_for(1), lambda m: m.run_until(6)])
def test_a_week_past_the_end_is_refused_and_changes_nothing(go_on):
    model = small(n_weeks=5)
    model.run_for(5)
    before = state_of(model)
    for _ in range(2):
        with pytest.raises(InputError, match="there is no week 6: 5 of 5 weeks are run"):
            go_on(model)
    assert (model.steps, model.time) == (5, 5.0)
    assert state_of(model) == before


def test_a_stretch_that_is_too_long_is_refused_before_it_starts():
    model = small(n_weeks=5)
    with pytest.raises(InputError, match="there is no week 52"):
        model.run_for(52)
    model.run_for(5)
    assert model.steps == 5


def test_a_step_is_the_same_with_and_without_other_events():
    plain, busy = small(), small()
    heard = []

    class Listener:
        def hear(self):
            heard.append((busy.time, busy.steps))

    listener = Listener()
    busy.step()
    for time in (3.0, 4.5):
        busy.schedule_event(listener.hear, at=time)
    for _ in range(9):
        busy.step()
    plain.run_for(10)
    assert heard == [(3.0, 3), (4.5, 4)]
    assert state_of(busy) == state_of(plain)
    busy.run_for(2)
    plain.step()
    plain.step()
    assert (busy.time, busy.steps) == (plain.time, plain.steps) == (12.0, 12)
    assert state_of(busy) == state_of(plain)


def test_mesas_own_generators_are_seeded_too():
    assert small(rng=5).random.random() == random.Random(5).random()
    assert small(rng=5).rng.random() == np.random.default_rng(5).random()


@pytest.mark.parametrize(
    "rng",
    [np.int64(9), -3, np.random.default_rng(3), np.random.SeedSequence(3), [1, 2, 3], None],
    ids=["numpy integer", "negative", "generator", "seed sequence", "list", "none"],
)
def test_rng_may_be_what_mesa_allows_and_seed_repeats_the_run(rng):
    model = small(rng=rng)
    again = small(rng=model.seed)
    model.run_for(10)
    again.run_for(10)
    assert state_of(model) == state_of(again)


def test_rng_none_is_new_each_time_and_a_generator_moves_on():
    assert small(rng=None).seed != small(rng=None).seed
    generator = np.random.default_rng(1)
    assert small(rng=generator).seed != small(rng=generator).seed
    assert small(rng=np.random.default_rng(1)).seed == small(rng=np.random.default_rng(1)).seed


@pytest.mark.parametrize("rng", ["one", True, 2**62, -(2**62), 0.5, [-1]])
def test_any_other_rng_is_refused(rng):
    with pytest.raises(InputError, match="rng is"):
        small(rng=rng)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"engine": "fast"}, "engine is 'fast'; it can be 'compiled' or 'agents'"),
        ({"groups": ("localty",)}, "did you mean 'locality'"),
        ({"agent_classes": (Nurse,)}, r"agent_classes \(Nurse\) needs engine='agents'"),
        ({"agent_classes": Nurse}, "needs engine='agents'"),
        ({"engine": "agents", "agent_classes": (mesa.Agent,)}, "extends none of ServiceUser, Nurse"),
        ({"engine": "agents", "agent_classes": (Practitioner,)}, "extends none of ServiceUser, Nurse"),
        ({"engine": "agents", "agent_classes": (3,)}, "holds 3, which extends none"),
    ],
)
def test_what_is_wrong_is_said(bad, message):
    with pytest.raises(InputError, match=message):
        small(**bad)


def test_two_classes_in_one_place_are_refused():
    class One(Nurse):
        pass

    class Two(Nurse):
        pass

    with pytest.raises(InputError, match="two classes in the place of Nurse"):
        small(engine="agents", agent_classes=(One, Two))


def test_a_method_that_cannot_be_called_as_its_rule_is_refused():
    class Hasty(Nurse):
        def accepts_risk(self, user, u):
            return True

    with pytest.raises(InputError, match=r"Hasty.accepts_risk must take \(self, user, team, org, p, u\)"):
        small(engine="agents", agent_classes=(Hasty,))


def test_bad_parameters_and_scenarios_are_refused_as_everywhere():
    with pytest.raises(ScenarioError, match="risk_aversion"):
        small(risk_averison=0.7)
    with pytest.raises(ScenarioError):
        small(risk_aversion=2.0)
    with pytest.raises(PersimError):
        small(scenario="no_such_scenario")


# --- agents


def test_no_agent_is_made_until_one_is_asked_for():
    before = agents_alive()
    model = small()
    model.run_for(20)
    assert agents_alive() == before
    assert len(model.agents) == len(model.world.users) + len(model.world.practitioners)
    assert agents_alive() == before + len(model.agents)
    assert next(iter(model.agents)) is next(iter(model.agents))


@pytest.mark.parametrize("engine", ENGINES)
def test_people_come_first_and_ids_do_not_move(engine):
    model = small(engine=engine)
    agents = list(model.agents)
    assert [agent.unique_id for agent in agents] == list(range(1, len(agents) + 1))
    assert [agent.row for agent in agents[:200]] == list(range(200))
    assert all(isinstance(agent, ServiceUser) for agent in agents[:200])
    assert [agent.row for agent in agents[200:]] == list(range(len(agents) - 200))
    assert repr(agents[0]) == "<ServiceUser 1>"


@pytest.mark.parametrize("engine", ENGINES)
def test_agents_by_type_has_the_public_classes(engine):
    model = small(engine=engine)
    by_type = model.agents_by_type
    assert set(by_type) <= set(PUBLIC)
    assert set(model.agent_types) == set(by_type)
    assert len(by_type[ServiceUser]) == 200
    for cls, profession in zip(PUBLIC[1:], Profession, strict=True):
        assert len(by_type[cls]) == (model.world.practitioners["profession"] == profession).sum()
    assert len(by_type[Practitioner]) == len(model.world.practitioners)
    assert len(by_type[Broker]) == len(by_type[CouncilTeam]) == len(model.world.localities)
    with pytest.raises(KeyError):
        by_type[mesa.Agent]


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_set_verbs_work_on_real_attributes(engine):
    model = small(engine=engine)
    model.run_for(20)
    people = model.agents_by_type[ServiceUser]
    users = model.world.users
    assert people.agg("quality_of_life", np.mean) == np.mean(users["quality_of_life"])
    assert people.get("coordinator") == users["coordinator"].tolist()
    eligible = people.select(lambda person: person.eligible == 1)
    assert len(eligible) == users["eligible"].sum() > 0
    seen = []
    people.shuffle_do(lambda person: seen.append(person.row))
    assert seen != sorted(seen) == list(range(200))
    eligible.set("trust", 0.25)
    assert (model.world.users["trust"][users["eligible"] == 1] == 0.25).all()
    groups = people.groupby("stage").count()
    assert sum(groups.values()) == 200
    assert set(groups) <= set(Stage)
    assert model.agents_by_type[Nurse].map("home_knowledge", FakeParameters()) == [0.5] * len(
        model.agents_by_type[Nurse]
    )


class FakeParameters:
    knowledge_nurse = knowledge_social_worker = knowledge_occupational_therapist = 0.5


def test_a_view_reads_and_writes_its_row_in_plain_python_numbers():
    model = small()
    model.run_for(3)
    for agent in (model.service_users[17], model.practitioners[2], model.practitioners[-1]):
        record = getattr(model.world, agent.kind)
        for name in record.dtype.names:
            kind = float if record.dtype[name].kind == "f" else int
            value = getattr(agent, name)
            assert type(value) is kind
            assert value == record[name][agent.row]
            setattr(agent, name, kind(1))
            assert record[name][agent.row] == 1


def test_a_whole_number_is_asked_for_where_the_record_has_one():
    person = small().service_users[0]
    person.eligible = True
    assert person.eligible == 1
    assert type(person.eligible) is int
    person.pathway_stage = Stage.PLAN
    assert (person.pathway_stage, person.stage) == (5, Stage.PLAN)
    person.counted = np.bool_(True)
    for wrong in (0.5, 1.0, "1", None):
        with pytest.raises(TypeError):
            person.eligible = wrong


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_set_between_weeks_moves_the_next(engine):
    model, usual = small(engine=engine), small(engine=engine)
    for one in (model, usual):
        one.run_for(10)
    model.agents_by_type[ServiceUser].set("mental_state", int(MentalState.CRISIS))
    assert state_of(model) != state_of(usual)
    for one in (model, usual):
        one.step()
    assert model.world.practitioners["hours_crisis"].sum() > 2 * usual.world.practitioners["hours_crisis"].sum()


@pytest.mark.parametrize("engine", ENGINES)
def test_people_know_their_coordinator_and_coordinators_their_caseload(engine):
    model = small(engine=engine)
    model.run_for(20)
    for person in model.service_users[::7]:
        coordinator = person.care_coordinator
        assert coordinator.row == person.coordinator
        assert (person in coordinator.caseload) == (person.place == 0)
    posts = [post for post in model.practitioners if not isinstance(post, Broker | CouncilTeam)]
    assert sum(len(post.caseload) for post in posts) == sum(person.place == 0 for person in model.service_users)
    first, outside = model.practitioners[0], model.practitioners[-1]
    assert {post.team for post in first.colleagues} <= {first.team}
    assert len(first.colleagues) == sum(post.team == first.team for post in posts) - 1
    assert len(outside.colleagues) == 0
    model.service_users[3].lead_worker = outside.row
    assert model.service_users[3] in outside.caseload


def test_codes_have_words():
    model = small()
    person = model.service_users[0]
    assert isinstance(person.stage, Stage)
    assert isinstance(person.state, MentalState)
    assert person.status is LegalStatus.VOLUNTARY
    assert isinstance(person.form, BudgetForm)
    assert person.gate.name
    roles = {Nurse: "NURSE", SocialWorker: "SOCIAL_WORKER", OccupationalTherapist: "OCCUPATIONAL_THERAPIST"}
    for cls, name in roles.items():
        assert {post.role.name for post in model.agents_by_type[cls]} <= {name}


def test_people_cannot_be_removed_by_hand():
    with pytest.raises(InputError, match="cannot be removed"):
        small().service_users[0].remove()


def test_agents_of_ones_own_can_join():
    class Journalist(mesa.Agent):
        pass

    model = small()
    journalist = Journalist(model)
    n_own = len(model.world.users) + len(model.world.practitioners)
    assert journalist.unique_id == n_own + 1
    assert len({agent.unique_id for agent in model.agents}) == n_own + 1
    assert list(model.agents_by_type[Journalist]) == [journalist]
    assert Journalist(model).unique_id == n_own + 2


def test_no_field_method_or_helper_hides_another():
    helpers = {
        name for cls in (*PUBLIC, Practitioner, Actor, mesa.Agent) for name in vars(cls) if not name.startswith("__")
    }
    instance = {"model", "unique_id", "pos", "row"}
    for kind, methods in METHODS.items():
        fields = set(RECORDS[kind].names)
        assert not fields & set(methods)
        assert not fields & (helpers - set(methods))
        assert not fields & instance
        by_hand = {name for name in helpers if not any(name in rules for rules in METHODS.values())}
        assert not set(methods) & by_hand
        assert not set(methods) & instance
        assert not set(methods) & {name for name in dir(mesa.Agent) if not name.startswith("__")}


def test_every_attribute_that_a_docstring_names_is_there():
    model = small()
    for agent in (model.service_users[0], model.practitioners[0]):
        cls = agent.public if isinstance(agent, ServiceUser) else Practitioner
        lines = inspect.getdoc(cls).split("Attributes:")[1].split("and every other field")[0].splitlines()
        named = [name for line in lines if ":" in line for name in line.split(":")[0].split(",")]
        fields = [name.split()[0] for name in named if name.strip()]
        assert len(fields) > 10
        for name in fields:
            getattr(agent, name)


def test_rules_are_methods_with_the_rules_docstrings():
    assert ServiceUser.asks.__doc__ == persim.rules.information.user_asks.py_func.__doc__
    assert Nurse.accepts_risk.__qualname__ == "Practitioner.accepts_risk"
    names = dict(actor_rules())
    assert {"user_asks", "practitioner_accepts_risk"} <= set(names)
    for name, kind in names.items():
        cls = ServiceUser if kind == "users" else Practitioner
        assert inspect.getdoc(getattr(cls, method_name(name)))


def test_a_view_can_be_asked_what_a_rule_says():
    model = small()
    person = model.service_users[0]
    assert person.is_real() is False
    person.pathway_stage, person.plan_agreed, person.can_vary = Stage.IN_USE, 1, 1
    assert person.is_real() is True


def test_a_name_means_the_same_in_every_module_of_the_model():
    """The uncompiled twins share one namespace."""
    for module in MODEL_MODULES:
        for value in list(vars(module).values()):
            compiled = getattr(value, "py_func", None)
            if compiled is None or compiled.__module__ != module.__name__ or compiled.__name__ in ("mix", "draw"):
                continue
            for name in compiled.__code__.co_names:
                meant = compiled.__globals__.get(name)
                if isinstance(meant, int | float) and not isinstance(meant, np.generic):
                    assert FUNCTIONS[name] == meant, f"{name} in {module.__name__}"


# --- the agents' engine


class CautiousNurse(Nurse):
    def __init__(self, model, row):
        super().__init__(model, row)
        self.n_refused = 0

    def accepts_risk(self, user, team, org, p, u):
        assert user.model is self.model
        assert 0.0 <= u < 1.0
        assert 0.0 <= p.risk_aversion <= 1.0
        assert 0.0 <= org.blame <= 1.0
        assert team.n_posts >= 1
        self.n_refused += 1
        return False


class PoliteNurse(Nurse):
    def accepts_risk(self, user, team, org, p, u):
        return super().accepts_risk(user, team, org, p, u)


class EagerUser(ServiceUser):
    def asks(self, *what_the_rule_is_given):
        return self.pathway_stage == Stage.OUTSIDE


def test_a_nurse_who_accepts_no_risk_changes_what_nurses_do():
    model = small(engine="agents", n_weeks=30, agent_classes=(CautiousNurse,))
    usual = small(n_weeks=30)
    for one in (model, usual):
        one.run_for(30)
    nurses = model.agents_by_type[CautiousNurse]
    assert all(type(nurse) is CautiousNurse for nurse in nurses)
    assert list(model.agents_by_type[Nurse]) == list(nurses)
    assert sum(nurse.n_refused for nurse in nurses) > 0
    assert state_of(model) != state_of(usual)


def test_a_method_that_calls_the_rule_changes_nothing():
    model = small(engine="agents", agent_classes=PoliteNurse, n_weeks=30)
    usual = small(n_weeks=30)
    for one in (model, usual):
        one.run_for(30)
    assert state_of(model) == state_of(usual)


def test_people_can_have_rules_of_their_own():
    model = small(engine="agents", agent_classes=(EagerUser, PoliteNurse), n_weeks=10)
    model.run_for(10)
    usual = small(n_weeks=10)
    usual.run_for(10)
    assert model.world.users["n_opportunities"].sum() > 2 * usual.world.users["n_opportunities"].sum()


def test_attributes_are_the_agents_own_and_are_written_back():
    model = small(engine="agents")
    model.run_for(5)
    person = model.service_users[4]
    assert vars(person)["trust"] == model.world.users["trust"][4]
    person.trust = 0.125
    person.paused = True
    written = model.world.users[4]
    assert (written["trust"], written["paused"]) == (0.125, 1)


def test_a_fraction_in_a_whole_field_is_refused_when_written_back():
    model = small(engine="agents")
    model.step()
    model.service_users[4].s117 = 0.5
    with pytest.raises(TypeError):
        _ = model.world


# --- collecting


def test_the_frame_has_the_headline_outcomes_of_every_week():
    model = small()
    model.run_for(25)
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(HEADLINE)
    assert len(frame) == 25
    for name in HEADLINE:
        np.testing.assert_array_equal(frame[name].to_numpy(), model.run.series(name))
        assert all(type(value) is float for value in model.datacollector.model_vars[name])
        assert math.isclose(model.outcome(name), model.run.series(name)[-1]) or math.isnan(model.outcome(name))
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 26


def test_a_value_before_the_first_week_is_nan():
    model = small()
    assert math.isnan(model.outcome("informed"))
    model.datacollector.collect(model)
    model.step()
    values = model.datacollector.model_vars["informed"]
    assert math.isnan(values[0])
    assert 0.0 <= values[1] <= 1.0
    assert len(small().datacollector.get_model_vars_dataframe()) == 0


def test_outcomes_that_sum_since_april_are_right_in_any_week():
    model = small(n_weeks=120, n_users=100)
    for weeks in (51, 1, 1, 60):
        model.run_for(weeks)
        assert model.outcome("reported_during_year") == model.run.series("reported_during_year")[-1]


def test_an_unknown_outcome_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'informed'"):
        small().outcome("infromed")


@pytest.mark.parametrize("engine", ENGINES)
def test_another_datacollector_can_take_its_place(engine):
    model = small(engine=engine)
    reporters = {**model.datacollector.model_reporters, "week": "week", "people": lambda m: len(m.service_users)}
    model.datacollector = DataCollector(
        model_reporters=reporters,
        agenttype_reporters={ServiceUser: {"trust": "trust"}, Practitioner: {"worry": "worry_person"}},
    )
    model.run_for(3)
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["week"].tolist() == [0, 1, 2]
    np.testing.assert_array_equal(frame["informed"].to_numpy(), model.run.series("informed"))
    trust = model.datacollector.get_agenttype_vars_dataframe(ServiceUser)
    assert trust.xs(3.0, level="Step")["trust"].tolist() == model.world.users["trust"].tolist()
    assert len(model.datacollector.get_agenttype_vars_dataframe(Practitioner)) == 3 * len(model.practitioners)


def test_the_run_so_far_stays_as_it_is():
    model = small()
    model.run_for(10)
    run = model.run
    before = run.record.tobytes(), run.world.users.tobytes()
    model.run_for(10)
    assert (run.record.tobytes(), run.world.users.tobytes()) == before
    assert (
        run.series("informed").tolist()
        == persim.simulate("baseline", **{**SMALL, "n_weeks": 10}).series("informed").tolist()
    )
    assert run.weeks.tolist() == list(range(10))
    assert len(run.people) == 200
    assert len(small().run.table(["informed"])) == 0


def test_batch_run_works():
    results = mesa.batch_run(
        PersonalisationModel,
        {"scenario": ["baseline", "lean_process"], "risk_aversion": [0.3, 0.8], "n_users": 120, "n_weeks": 20},
        rng=[1, 2],
        number_processes=1,
        data_collection_period=1,
        display_progress=False,
    )
    frame = pd.DataFrame(results)
    assert len(frame) == 2 * 2 * 2 * 20
    one = frame[(frame["scenario"] == "lean_process") & (frame["risk_aversion"] == 0.8) & (frame["rng"] == 2)]
    run = persim.simulate("lean_process", seed=2, n_users=120, n_weeks=20, risk_aversion=0.8)
    np.testing.assert_array_equal(one["informed"].to_numpy(), run.series("informed"))
    assert one["Step"].tolist() == list(range(1, 21))


# --- copies


@pytest.mark.parametrize("copied", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy], ids=["pickle", "copy"])
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("with_agents", [False, True])
def test_a_copy_goes_on_as_the_model_would_have(engine, copied, with_agents):
    model = small(engine=engine)
    model.run_for(12)
    if with_agents:
        model.agents.set("seen", True)
    twin = copied(model)
    assert state_of(twin) == state_of(model)
    twin.run_for(8)
    twin.step()
    assert model.steps == 12
    model.run_for(9)
    assert state_of(twin) == state_of(model)
    pd.testing.assert_frame_equal(
        twin.datacollector.get_model_vars_dataframe(), model.datacollector.get_model_vars_dataframe()
    )
    person = twin.service_users[5]
    assert person.model is twin
    assert hasattr(person, "seen") == with_agents
    person.trust = 0.5
    assert twin.world.users["trust"][5] == 0.5 or engine == "agents"
    assert twin.random.random() == model.random.random()


def test_every_view_can_be_found_by_its_name():
    for cls, view in VIEWS.items():
        assert pickle.loads(pickle.dumps(view)) is view
        assert view.public is cls
        assert view.__doc__ == cls.__doc__
