"""The agents as Mesa sees them: the fields of a record are their attributes, the rules are their methods.

Every agent stands for one row of the world. Under `engine="compiled"` it is a view: an attribute reads and writes the
record (the classes called `...View`, which are their public class in every other way). Under `engine="agents"` its
attributes are its own. The methods are the rules themselves, uncompiled (`persim.agent_engine`); under
`engine="agents"` the week calls them, so that a subclass which overrides one behaves otherwise.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import mesa
from mesa.agentset import AgentSet

from persim.agent_engine import METHODS, whole_number
from persim.errors import InputError
from persim.state import (
    ON_CASELOAD,
    PRACTITIONER,
    USER,
    Barrier,
    BudgetForm,
    LegalStatus,
    MentalState,
    Profession,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from persim.mesa_model import PersonalisationModel

RECORDS: dict[str, np.dtype] = {"users": USER, "practitioners": PRACTITIONER}


def _with_rules[A: Actor](cls: type[A]) -> type[A]:
    """Give a class the rules of its kind as methods."""
    for name, method in METHODS[cls.kind].items():
        method.__qualname__ = f"{cls.__name__}.{name}"
        setattr(cls, name, method)
    return cls


class Actor(mesa.Agent["PersonalisationModel"]):
    """One row of the world as a Mesa agent.

    Attributes:
        row: its row among people, or among practitioners, from 0. `unique_id` is Mesa's: people first, from 1, then
            practitioners; both stay the same in every run of the same size.

    The fields of the record are attributes too: plain Python numbers, float or int; flags are 0 or 1, codes are the
    numbers of the enumerations in `persim.state`. An attribute can be set between two weeks, and the next week goes on
    from it.
    """

    kind: ClassVar[str]
    public: ClassVar[type[Actor]]

    def __init__(self, model: PersonalisationModel, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.__dict__.update(model._own_fields(self.kind, row))

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.public = cls

    def __repr__(self) -> str:
        return f"<{self.public.__name__} {self.unique_id}>"

    def remove(self) -> NoReturn:
        """Not to be called: who is in the world is decided by its rules.

        Raises: InputError always.
        """
        raise InputError("an agent of this model cannot be removed: people and practitioners come and go by its rules")

    if TYPE_CHECKING:  # fields and rules, which are made from the record and from `persim.rules`

        def __getattr__(self, name: str) -> Any: ...


@_with_rules
class ServiceUser(Actor):
    """A row for a person under the Trust: on a coordinator's caseload, or discharged and away.

    When someone who was discharged does not come back, the row's next person takes it: the key changes, and
    all that was theirs is drawn anew.

    Attributes:
        quality_of_life, control_felt, social_contact: indices of this model in [0, 1].
        trust, confidence, autonomy_preference, self_stigma: traits in [0, 1].
        vulnerability: actual risk in [0, 1], which nobody in the model can see; perceived_risk: what the coordinator
            believes, in [0, 1].
        pathway_stage, mental_state, legal_status, budget_form, barrier: codes; as words: `stage`, `state`, `status`,
            `form`, `gate`.
        weeks_in_stage, weeks_in_state: weeks so far.
        eligible, informed, counted, amount_known, plan_agreed, can_vary: flags, 0 or 1 (`informed` is 2 for someone who
            understands budgets).
        budget_gbp_per_year: pounds a year, 0 without a budget.
        coordinator: the care coordinator's row among practitioners.
        weight: how many people this row stands for; 1 unless a rare group was enriched.

    and every other field of `persim.state.USER`. Rules are methods: `user_accepts(user, org, p, u)` is
    `accepts(org, p, u)`.
    """

    kind = "users"

    @property
    def stage(self) -> Stage:
        """The stage of the pathway to a budget."""
        return Stage(self.pathway_stage)

    @property
    def state(self) -> MentalState:
        """How the person is this week."""
        return MentalState(self.mental_state)

    @property
    def status(self) -> LegalStatus:
        """Status under the Mental Health Act."""
        return LegalStatus(self.legal_status)

    @property
    def form(self) -> BudgetForm:
        """Who holds the money of the budget."""
        return BudgetForm(self.budget_form)

    @property
    def gate(self) -> Barrier:
        """What stands between this person and a real budget: the gate that closed first, or what ended it."""
        return Barrier(self.barrier)

    @property
    def care_coordinator(self) -> Practitioner:
        """The practitioner who coordinates this person's care; after a discharge, the last one."""
        return self.model.practitioners[self.coordinator]


@_with_rules
class Practitioner(Actor):
    """A post of a team, or a locality's brokers or council team; `holder` goes up by one when a post changes hands.

    Attributes:
        worry_person, worry_self: worry for the person and for oneself, in [0, 1].
        legitimacy: how far budgets are held to be one's own job, in [0, 1]. role_protection: in [0, 1].
        medical_orientation, social_care_knowledge, knowledge: in [0, 1].
        hours_crisis, hours_reviews, hours_forms and the other `hours_...`, overtime, displaced: hours this week.
        gate_open: how far the time gate stood open this week, in [0, 1].
        works: 1 if at work this week. vacant_weeks, sick_weeks: weeks so far, weeks to go.
        team, locality: their numbers, from 0; team is -1 for brokers and council teams.

    and every other field of `persim.state.PRACTITIONER`. Rules are methods:
    `practitioner_accepts_risk(worker, user, team, org, p, u)` is `accepts_risk(user, team, org, p, u)`.
    """

    kind = "practitioners"

    @property
    def role(self) -> Profession:
        """The profession."""
        return Profession(self.profession)

    @property
    def caseload(self) -> AgentSet[ServiceUser]:
        """The people on this coordinator's caseload, in order of rows."""
        people = self.model.service_users
        mine = [user for user in people if user.coordinator == self.row and user.place == ON_CASELOAD]
        return AgentSet(mine, random=self.model.random)

    @property
    def colleagues(self) -> AgentSet[Practitioner]:
        """The other posts of the team; none for brokers and council teams."""
        others = [post for post in self.model.practitioners if post.team == self.team and post is not self]
        return AgentSet(others if self.team >= 0 else [], random=self.model.random)


class Nurse(Practitioner):
    """A community psychiatric nurse who coordinates care."""


class SocialWorker(Practitioner):
    """A social worker who coordinates care; `amhp` is 1 for an approved mental health professional."""


class OccupationalTherapist(Practitioner):
    """An occupational therapist who coordinates care."""


class _Outside(Practitioner):
    @property
    def caseload(self) -> AgentSet[ServiceUser]:
        """The people whose way to a budget is led from here, in order of rows."""
        mine = [user for user in self.model.service_users if user.lead_worker == self.row]
        return AgentSet(mine, random=self.model.random)


class Broker(_Outside):
    """All independent brokers of one locality."""


class CouncilTeam(_Outside):
    """The council's own team in one locality, to which people are handed on."""


BY_PROFESSION: dict[Profession, type[Practitioner]] = {
    Profession.NURSE: Nurse,
    Profession.SOCIAL_WORKER: SocialWorker,
    Profession.OCCUPATIONAL_THERAPIST: OccupationalTherapist,
    Profession.BROKER: Broker,
    Profession.COUNCIL_TEAM: CouncilTeam,
}
PUBLIC: tuple[type[Actor], ...] = (ServiceUser, *BY_PROFESSION.values())


def _field(kind: str, name: str) -> property:
    """A field of a record as an attribute that reads and writes the agent's row."""
    is_whole = RECORDS[kind][name].kind == "i"

    def read(agent: Actor) -> Any:
        return agent.model._columns[kind][name].item(agent.row)

    def write(agent: Actor, value: Any) -> None:
        agent.model._columns[kind][name][agent.row] = whole_number(value) if is_whole else value

    return property(read, write, doc=f"The record's {name}, {'int' if is_whole else 'float'}.")


def _view_of[A: Actor](cls: type[A]) -> type[A]:
    """The class of a view: an agent whose attributes are the fields of its record."""
    members: dict[str, Any] = {name: _field(cls.kind, name) for name in RECORDS[cls.kind].names or ()}
    view: Any = type(f"{cls.__name__}View", (cls,), {**members, "__doc__": cls.__doc__, "__module__": __name__})
    view.public = cls
    return view


ServiceUserView = _view_of(ServiceUser)
NurseView = _view_of(Nurse)
SocialWorkerView = _view_of(SocialWorker)
OccupationalTherapistView = _view_of(OccupationalTherapist)
BrokerView = _view_of(Broker)
CouncilTeamView = _view_of(CouncilTeam)
VIEWS: dict[type[Actor], type[Actor]] = {
    view.public: view
    for view in (
        ServiceUserView,
        NurseView,
        SocialWorkerView,
        OccupationalTherapistView,
        BrokerView,
        CouncilTeamView,
    )
}


def classes_for(engine: str, replacements: Sequence[type[Actor]] | type[Actor]) -> dict[type[Actor], type[Actor]]:
    """Public class -> the class to make agents of: views, or own attributes with replacements in their places.

    Raises: InputError for an unknown engine, for replacements that the engine cannot call, for a class that extends
        none of the public ones, for two in one place, and for a method that cannot be called as its rule is.
    """
    given = (replacements,) if isinstance(replacements, type) else tuple(replacements)
    if engine not in ("compiled", "agents"):
        raise InputError(f"engine is {engine!r}; it can be 'compiled' or 'agents'")
    if engine == "compiled":
        if given:
            names = ", ".join(getattr(cls, "__name__", repr(cls)) for cls in given)
            raise InputError(
                f"agent_classes ({names}) needs engine='agents': the compiled week calls no Python methods"
            )
        return VIEWS
    chosen: dict[type[Actor], type[Actor]] = {cls: cls for cls in PUBLIC}
    for cls in given:
        place = next((base for base in PUBLIC if isinstance(cls, type) and issubclass(cls, base)), None)
        if place is None:
            names = ", ".join(base.__name__ for base in PUBLIC)
            raise InputError(f"agent_classes holds {cls!r}, which extends none of {names}")
        if chosen[place] is not place:
            raise InputError(
                f"agent_classes holds two classes in the place of {place.__name__}: {chosen[place]}, {cls}"
            )
        _check_methods(cls)
        chosen[place] = cls
    return chosen


def _check_methods(cls: type[Actor]) -> None:
    """Raises: InputError if a method that overrides a rule does not take what the rule takes."""
    for name, rule in METHODS[cls.kind].items():
        if getattr(cls, name) is rule:
            continue
        _, *given = inspect.signature(rule).parameters
        try:
            inspect.signature(getattr(cls, name)).bind("self", *given)
        except TypeError:
            raise InputError(f"{cls.__name__}.{name} must take (self, {', '.join(given)}), as the rule does") from None


class AgentsByType(dict[type, Any]):
    """Public class -> its agents, as in Mesa; a class that is no key itself gives the agents of all its subclasses."""

    def __init__(self, agents: Mapping[type, Any], model: PersonalisationModel) -> None:
        super().__init__({getattr(cls, "public", cls): members for cls, members in agents.items()})
        self._model = model

    def __missing__(self, cls: type) -> AgentSet:
        if not (isinstance(cls, type) and issubclass(cls, Actor)):
            raise KeyError(cls)
        return AgentSet([agent for agent in self._model.agents if isinstance(agent, cls)], random=self._model.random)
