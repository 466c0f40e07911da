"""What holds for every rule: it writes only the record of the one who acts, which its first word names."""

import importlib
import inspect
import pkgutil
import random

import numpy as np
import pytest

import persim.phases
import persim.rules
from persim import state
from persim.parameters import TABLE

N_TRIES = 120
LARGEST_DRAW = 1.0 - 2.0**-53

# The records that a rule may take, by the name of the argument; one word for each who acts.
RECORDS = {
    "user": state.USER,
    "worker": state.PRACTITIONER,
    "amhp": state.PRACTITIONER,
    "broker": state.PRACTITIONER,
    "lead": state.PRACTITIONER,
    "team": state.TEAM,
    "org": state.LOCALITY,
}
ACTORS = {
    "user": {"user"},
    "practitioner": {"worker", "amhp"},
    "outside": {"worker"},
    "lead": {"lead"},
    "team": {"team"},
    "organisation": {"org"},
    "locality": {"org"},
}
# Rules that write another record than their first word says, and why they must.
EXCEPTIONS = {
    "person_ends_week": (
        {"user", "org"},
        "the week's end of a person is added to what the locality reckons with next week",
    ),
}
# Rules of bookkeeping, which take arrays of the kernel and no agent.
NO_AGENT = {
    "note", "note_wait", "has_notes", "is_kept", "keeps_ledger", "ledger_turns", "turn_to", "record",
}  # fmt: skip
CODES = {
    "place": 2,
    "mental_state": 4,
    "legal_status": 4,
    "pathway_stage": 11,
    "eligible": 2,
    "informed": 3,
    "carer": 4,
    "counted": 2,
    "peer_signal": 4,
    "s117": 2,
    "barrier": 20,
    "asked": 2,
    "package": 2,
    "traits": 8,
    "paused": 2,
    "activity_goes_on": 2,
    "budget_form": 4,
    "nearest_relative": 3,
    "order_informed": 2,
    "rights_informed": 2,
    "conditions": 5,
    "cto_felt_benefit": 2,
    "absent": 8,
    "amount_known": 2,
    "plan_agreed": 2,
    "can_vary": 2,
    "one_off": 2,
    "contribution": 2,
    "joint_funded": 2,
    "planned_with": 2,
    "profession": 5,
    "amhp": 2,
    "works": 2,
    "fresh_holder": 2,
    "integration": 3,
    "rural": 2,
    "spiral_aim": 6,
    "vacant_weeks": 3,
    "sick_weeks": 3,
    "incidents": 4,
}
SUMS = {"budget_gbp_per_year", "pot", "committed", "running_cost"}
LIKELY_WEEKS = (0, 4, 10, 25, 26, 51, 52, 104, 156)  # the weeks at which something falls due


class Recorded:
    """An object with given attributes that remembers which of them were written."""

    def __init__(self, values: dict) -> None:
        self.__dict__.update(values, written=set())

    def __setattr__(self, name: str, value: object) -> None:
        self.written.add(name)
        self.__dict__[name] = value


def random_value(name: str, is_float: bool, luck: random.Random) -> float | int:
    """A value that a field could hold, its ends included."""
    if name in SUMS:
        return luck.uniform(100.0, 12000.0)
    if name.startswith(("hours", "odds")):
        return luck.uniform(0.0, 12.0)
    if is_float:
        return luck.choice((0.0, luck.random(), 1.0))
    if name == "lead_worker":
        return state.LEAD_COORDINATOR
    if name == "n_posts":
        return luck.randrange(2, 11)
    if name in CODES:
        return luck.randrange(CODES[name])
    return luck.choice((luck.randrange(200), luck.choice(LIKELY_WEEKS)))


def random_record(dtype: np.dtype, luck: random.Random) -> Recorded:
    """A record with any state at all."""
    return Recorded({name: random_value(name, dtype[name] == np.float64, luck) for name in dtype.names})


def modules() -> list:
    """Every module that holds rules."""
    found = [importlib.import_module(name) for name in ("persim.population", "persim.week")]
    for package in (persim.rules, persim.phases):
        found += [
            importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)
        ]
    return found


def rules() -> list:
    """Every rule: compiled functions decorated with `@rule`, each from the module that it stands in."""
    found = []
    for module in modules():
        for name, value in vars(module).items():
            function = getattr(value, "py_func", None)
            if function is None or function.__module__ != module.__name__ or name in NO_AGENT:
                continue
            if inspect.getsource(function).lstrip().startswith("@rule"):
                found.append(value)
    return found


def random_parameters(luck: random.Random) -> Recorded:
    """Parameters anywhere within their bounds; where a dial places a number, perhaps chosen and perhaps not."""
    values = {}
    for parameter in TABLE:
        value = luck.choice((parameter.low, parameter.high, luck.uniform(parameter.low, parameter.high)))
        if parameter.default is None and luck.random() < 0.5:
            value = float("nan")
        values[parameter.name] = value
    return Recorded(values)


def argument(name: str, luck: random.Random, p: Recorded) -> object:
    """Something sensible for an argument of a rule."""
    if name in RECORDS:
        return random_record(RECORDS[name], luck)
    if name == "p":
        return p
    if name in ("u", "x", "lean", "heavy", "peers_tell", "possible", "shared", "risk", "by_dial"):
        return luck.choice((0.0, luck.random(), LARGEST_DRAW))
    if name in ("s", "judgement", "week_stream", "seed", "key"):
        return luck.getrandbits(62) - 2**61
    if name in ("crisis_starts", "goes_on", "present", "excused", "helped", "went_on"):
        return luck.choice((0, 1))
    if name in (
        "ratio",
        "hours",
        "half_life",
        "weeks",
        "enriched",
        "control",
        "now",
        "level",
        "voice",
        "value",
        "hazard",
    ):
        return luck.uniform(0.05, 0.95)
    if name in ("information", "role", "knowledge", "steps"):
        return float(luck.randrange(50))
    if name in ("nurse", "social_worker", "occupational_therapist"):
        return luck.random()
    small = {
        "change": 4,
        "stage": 11,
        "barrier": 20,
        "stage_bit": 5,
        "profession": 5,
        "good": 5,
        "bad": 5,
        "slot": 4,
        "legal_status": 4,
        "mental_state": 4,
        "budget_form": 4,
        "closed": 2048,
    }
    if name in small:
        return luck.randrange(small[name])
    if name in (
        "week",
        "year",
        "number",
        "first_row",
        "post",
        "holder",
        "posts",
        "lead_row",
        "purpose",
        "cto_weeks",
        "weeks_in_use",
    ):
        return luck.randrange(300)
    raise AssertionError(f"the argument {name} is new: say here what can stand for it")


RULES = rules()


def test_the_rules_are_found():
    names = {rule.__name__ for rule in RULES}
    assert len(names) > 120
    assert {"user_asks", "practitioner_accepts_risk", "panel_decides", "organisation_sets_terms"} <= names


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.__module__.split('.')[-1]}.{rule.__name__}")
def test_a_rule_writes_only_the_record_of_the_one_who_acts(rule):
    allowed = EXCEPTIONS.get(rule.__name__, (ACTORS.get(rule.__name__.split("_")[0], set()), ""))[0]
    names = list(inspect.signature(rule.py_func).parameters)
    luck = random.Random(rule.__name__)
    for attempt in range(N_TRIES):
        if attempt % 10 == 0:
            p = random_parameters(luck)
        arguments = {name: argument(name, luck, p) for name in names}
        if rule.__name__ == "user_moves_to_section_3":
            arguments["user"].__dict__["legal_status"] = state.SECTION_2
        rule(*arguments.values())
        wrote = {name for name, value in arguments.items() if isinstance(value, Recorded) and value.written}
        assert wrote <= allowed, f"{rule.__name__} writes {wrote - allowed}, it may write {allowed or 'nothing'}"


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_needed(name):
    rule = next(rule for rule in RULES if rule.__name__ == name)
    luck = random.Random(name)
    p = random_parameters(luck)
    arguments = {key: argument(key, luck, p) for key in inspect.signature(rule.py_func).parameters}
    rule(*arguments.values())
    own = ACTORS.get(name.split("_")[0], set())
    assert {key for key, value in arguments.items() if isinstance(value, Recorded) and value.written} - own


def test_the_check_sees_a_rule_that_writes_somebody_else(monkeypatch):
    asks = next(rule for rule in RULES if rule.__name__ == "user_asks")

    def meddles(user, org, *others):
        org.stigma = 0.0
        return False

    monkeypatch.setattr(asks, "plain", meddles)
    with pytest.raises(AssertionError, match="user_asks writes"):
        test_a_rule_writes_only_the_record_of_the_one_who_acts(asks)
