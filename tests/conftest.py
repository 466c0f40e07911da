"""What several tests share: people, practitioners, localities and parameters made by hand, set luck, a tiny world.

The builders make plain objects with every field of the real records, so that a rule called from Python takes them as it
takes a record: `user_asks(person(informed=1), locality(), parameters(), 0.0)`.
"""

import dataclasses
import inspect
import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import settings

from persim import state
from persim.measures import FIELDS, N_FIELDS
from persim.outcomes import group_rows
from persim.parameters import TABLE
from persim.phases.counting import scratch
from persim.population import start_world
from persim.rules.culture import organisation_feels_media, organisation_sets_terms
from persim.rules.information import HEARD_NOTHING
from persim.scenario import read_scenario
from persim.simulate import run_scenario
from persim.week import run_weeks

# The same examples every time, so that a failure is news; no deadline, since the first example may compile.
settings.register_profile("persim", deadline=None, derandomize=True)
settings.load_profile("persim")

NEVER = -100000

# A stable, voluntary, eligible person of middling traits, outside the pathway, who knows nothing of budgets.
PERSON = {
    "key": 123456789, "weight": 1.0, "eligible": 1, "weeks_in_state": 30, "weeks_to_review": 20, "hazard": 1.0,
    "vulnerability": 0.4, "perceived_risk": 0.5, "file_risk": 0.55, "trust": 0.6, "confidence": 0.5,
    "autonomy_preference": 0.5, "self_stigma": 0.5, "social_need": 0.75, "health_need": 0.45, "control_felt": 0.4,
    "control_recorded": 0.45, "social_contact": 0.4, "quality_of_life": 0.5, "nearest_relative": state.OTHER_RELATIVE,
    "lead_worker": state.LEAD_COORDINATOR, "barrier": state.B_NO_OPPORTUNITY, "cto_involvement_review": -1.0,
    "amhp": -1, "raised_week": NEVER, "in_use_week": NEVER, "rest_until": NEVER,
    "heard": HEARD_NOTHING,
}  # fmt: skip
BUDGET_IN_USE = {
    "pathway_stage": state.IN_USE, "budget_form": state.DIRECT_PAYMENT, "budget_gbp_per_year": 3000.0,
    "amount_known": 1, "plan_agreed": 1, "can_vary": 1, "involvement": 0.6, "weeks_in_stage": 20, "raised_week": 10,
    "in_use_week": 30, "informed": state.UNDERSTANDS, "barrier": state.B_NONE, "counted": 1,
}  # fmt: skip
ON_THE_WAY = {
    "pathway_stage": state.PLAN, "raised_week": 80, "informed": state.UNDERSTANDS, "budget_gbp_per_year": 3000.0,
    "barrier": state.B_STEPS_AND_WAITS,
}  # fmt: skip
ON_CTO = {
    "legal_status": state.CTO, "s117": 1, "cto_weeks": 10, "cto_review_in": 16, "conditions": 2,
    "conditions_negotiated": 0.2, "cto_involvement_making": 0.15, "amhp": 0,
}  # fmt: skip
# A nurse at work with a full, orderly week: everything known, nothing feared, every door ajar.
PRACTITIONER = {
    "profession": state.NURSE, "works": 1, "worry_person": 0.5, "worry_self": 0.5, "legitimacy": 0.5,
    "role_protection": 0.5, "medical_orientation": 0.5, "social_care_knowledge": 0.8, "knowledge": 0.5,
    "hours_direct": 18.6, "hours_routine": 8.0, "social_hours": 6.0, "gate_open": 1.0, "involvement_possible": 0.6,
    "case_share": 1.0, "squeeze": 0.2,
}  # fmt: skip
DEFAULTS = {p.name: math.nan if p.default is None else float(p.default) for p in TABLE}
TEAM = {
    "mean_worry_person": 0.5, "mean_worry_self": 0.5, "mean_legitimacy": 0.5, "mean_medical": 0.5,
    "n_posts": state.POSTS_PER_TEAM, "n_users": 330,
}  # fmt: skip


def record(dtype: np.dtype, usual: dict, changes: dict) -> SimpleNamespace:
    """A plain object with every field of a record: noughts, then what is usual, then the changes."""
    fields = {name: 0.0 if dtype[name] == np.float64 else 0 for name in dtype.names}
    unknown = [name for name in {**usual, **changes} if name not in fields]
    if unknown:
        raise KeyError(f"no such field: {', '.join(unknown)}")
    return SimpleNamespace(**{**fields, **usual, **changes})


def make_parameters(**changes: float) -> SimpleNamespace:
    unknown = [name for name in changes if name not in DEFAULTS]
    if unknown:
        raise KeyError(f"no such parameter: {', '.join(unknown)}")
    return SimpleNamespace(**{**DEFAULTS, **changes})


def make_locality(p: SimpleNamespace | None = None, **changes: float) -> SimpleNamespace:
    """An urban, co-located locality with the terms that `p` gives, then the changes."""
    usual = {name: 1.0 for name in state.LOCALITY.names if name.startswith("odds_")}
    usual |= {"integration": state.CO_LOCATED, "n_teams": 1, "pot_factor": 1.0, "caseload_factor": 1.0}
    usual |= {"eligible_now": 100.0, "eligible_before": 100.0, "people_now": 300.0, "pot": 250000.0}
    fixed = {name: changes[name] for name in changes if name in ("integration", "rural") or name.startswith("odds_")}
    org = record(state.LOCALITY, usual, fixed)
    p = make_parameters() if p is None else p
    organisation_feels_media(org, p)
    organisation_sets_terms(org, p)
    return record(state.LOCALITY, vars(org), changes)


@pytest.fixture(scope="session")
def person():
    """`person(**changes)`: a plain service user."""
    return lambda **changes: record(state.USER, PERSON, changes)


@pytest.fixture(scope="session")
def holder():
    """`holder(**changes)`: a person with a real budget in use, a direct payment."""
    return lambda **changes: record(state.USER, PERSON, {**BUDGET_IN_USE, **changes})


@pytest.fixture(scope="session")
def on_the_way():
    """`on_the_way(**changes)`: a person whose budget was raised in week 80, now at the plan. Tests live in week 100."""
    return lambda **changes: record(state.USER, PERSON, {**ON_THE_WAY, **changes})


@pytest.fixture(scope="session")
def on_cto():
    """`on_cto(**changes)`: a person ten weeks into a CTO."""
    return lambda **changes: record(state.USER, PERSON, {**ON_CTO, **changes})


@pytest.fixture(scope="session")
def practitioner():
    """`practitioner(**changes)`: a plain coordinator, a nurse."""
    return lambda **changes: record(state.PRACTITIONER, PRACTITIONER, changes)


@pytest.fixture(scope="session")
def team():
    """`team(**changes)`: a plain team."""
    return lambda **changes: record(state.TEAM, TEAM, changes)


@pytest.fixture(scope="session")
def locality():
    """`locality(p, **changes)`: a locality with the terms that the parameters give."""
    return make_locality


@pytest.fixture(scope="session")
def parameters():
    """`parameters(**changes)`: the defaults with changes."""
    return make_parameters


class Scene:
    """A team of two, its locality, brokers and council team, for the loops that move one person through a week.

    Post 0 is the coordinator, a nurse; post 1 a social worker; rows 2 and 3 the locality's brokers and council team.
    """

    def __init__(self, p: SimpleNamespace, coordinator: dict, social_worker: dict, org: dict) -> None:
        self.p, self.week = p, 100
        self.locality = make_locality(p, **org)
        self.team = record(state.TEAM, TEAM, {"n_posts": 2})
        professions = (state.NURSE, state.SOCIAL_WORKER, state.BROKER, state.COUNCIL_TEAM)
        changes = ({**coordinator}, {**social_worker}, {}, {})
        self.practitioners = [
            record(state.PRACTITIONER, PRACTITIONER, {"profession": profession, "key": 1000 + row, **changes[row]})
            for row, profession in enumerate(professions)
        ]

    def happens(self, loop, user: SimpleNamespace, **more) -> dict[str, float]:
        """Run one loop for one person, giving it what it asks for by name; returns what was noted, by measure."""
        _, notes = scratch()
        lead = self.practitioners[max(0, user.lead_worker)]
        known = {
            "user": user, "practitioners": self.practitioners, "localities": [self.locality], "org": self.locality,
            "team": self.team, "n_posts": 2, "p": self.p, "week": self.week, "notes": notes, "s": user.key + self.week,
            "worker": self.practitioners[0], "amhp": self.practitioners[1], "taker": lead, "lead": lead, **more,
        }  # fmt: skip
        loop(*(known[name] for name in inspect.signature(loop.py_func).parameters))
        noted: dict[str, float] = {}
        counted = notes.counted
        for n in range(int(counted[0])):
            number = int(counted[2 * n + 1])
            name = FIELDS[number] if number < len(FIELDS) else "past the measures"
            noted[name] = noted.get(name, 0.0) + float(counted[2 * n + 2])
        return noted


@pytest.fixture(scope="session")
def scene():
    """`scene(p, coordinator={...}, social_worker={...}, org={...})`: a `Scene`."""

    def make(p=None, coordinator=None, social_worker=None, org=None) -> Scene:
        return Scene(p or make_parameters(), coordinator or {}, social_worker or {}, org or {})

    return make


@pytest.fixture
def luck(monkeypatch):
    """`luck(usual, {purpose: draw})`: what the rules that draw for themselves get, whatever their stream."""

    def set_luck(usual: float, by_purpose: dict[int, float] | None = None) -> None:
        chosen = by_purpose or {}
        for name, module in list(sys.modules.items()):
            if name.startswith(("persim.rules.", "persim.phases.")) and hasattr(module, "draw"):
                monkeypatch.setattr(module, "draw", lambda s, purpose: chosen.get(purpose, usual))

    return set_luck


class Stepped:
    """A world that is run some weeks at a time."""

    def __init__(self, scenario, seed=1):
        self.scenario, self.seed, self.index = scenario, seed, 0
        self.enriched = -1.0 if scenario.enrich is None else scenario.enrich
        self.world = start_world(scenario.n_users, scenario.weekly_parameters(), seed, self.enriched)

    def run(self, n_weeks):
        """Run on; returns the weekly record of these weeks."""
        first, n_rows = group_rows(len(self.world.localities), ())
        out = np.zeros((n_weeks, n_rows, N_FIELDS))
        cells, notes = scratch()
        start = self.scenario.start_week
        run_weeks(self.world, self.seed, self.enriched, start, self.index, 0, n_weeks, 1, out, cells, first, notes)
        self.index += n_weeks
        return out


@pytest.fixture(scope="session")
def stepped():
    """`stepped(scenario, seed)`: a world at week 0 that is run some weeks at a time."""
    return Stepped


@pytest.fixture(scope="session")
def tiny():
    """`tiny(name, enrich=..., n_users=..., n_weeks=..., **parameters)`: a shipped scenario made small."""

    def make(name: str = "baseline", enrich: float | None = None, n_users: int = 330, n_weeks: int = 60, **parameters):
        made = read_scenario(name).changed(n_users=n_users, n_weeks=n_weeks, **parameters)
        return made if enrich is None else dataclasses.replace(made, enrich=enrich)

    return make


@pytest.fixture(scope="session")
def tiny_run(tiny):
    """The baseline with 660 people for 120 weeks, seed 1, recorded weekly with every group. Not to be written to."""
    made = tiny(n_users=660, n_weeks=120)
    groups = ("profession", "legal_status", "perceived_risk", "actual_risk", "section_117", "carer")
    return run_scenario(made, 1, "weekly", groups)
