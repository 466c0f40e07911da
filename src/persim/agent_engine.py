"""The model uncompiled, one agent at a time: the same rules and phases, run on objects with ordinary attributes.

This is what `engine="agents"` of `persim.PersonalisationModel` runs on: for a debugger, for coverage, for teaching, and
for rules that a subclass overrides. Nothing is written twice: rules and phases are the compiled ones' own code, the
records are objects with the same attributes, and a rule whose first argument is a person or a practitioner is called as
that agent's method. Both engines give the same bytes.

Read in this order: `_uncompiled`, `METHODS`, `PlainWorld`.
"""

import importlib
import operator
import pkgutil
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from persim import draws, phases, population, rules, week
from persim.jit import plain_twins
from persim.phases.counting import Notes
from persim.state import World

# The first argument of a rule, and the field of `World` that holds those who act in it.
ACTORS: Mapping[str, str] = {"user": "users", "worker": "practitioners", "amhp": "practitioners"}
# What the name of a rule leaves out as the name of a method: `practitioner_accepts_risk` is `Nurse.accepts_risk`.
PREFIXES = ("user_", "practitioner_")


def _modules_of(package: types.ModuleType) -> list[types.ModuleType]:
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


RULE_MODULES = _modules_of(rules)
MODEL_MODULES = [draws, *RULE_MODULES, *_modules_of(phases), population, week]


def method_name(rule_name: str) -> str:
    """What a rule is called as a method of the agent who acts: `user_asks` -> `asks`, `home_worry` -> `home_worry`."""
    for prefix in PREFIXES:
        if rule_name.startswith(prefix):
            return rule_name.removeprefix(prefix)
    return rule_name


def actor_rules() -> Iterator[tuple[str, str]]:
    """(name, field of `World`) of every rule whose first argument is a person or a practitioner."""
    for module in RULE_MODULES:
        for name, value in vars(module).items():
            code = getattr(getattr(value, "py_func", None), "__code__", None)
            if code is None or value.py_func.__module__ != module.__name__ or code.co_argcount == 0:
                continue
            kind = ACTORS.get(code.co_varnames[0])
            if kind is not None:
                yield name, kind


def _sent_to(method: str) -> Callable[..., Any]:
    """A function that calls the first argument's method of that name: what stands in the place of an actor's rule."""

    def send(actor: Any, *rest: Any) -> Any:
        return getattr(actor, method)(*rest)

    return send


def _uncompiled() -> tuple[dict[str, Any], dict[str, dict[str, Callable[..., Any]]]]:
    """The model's functions uncompiled, by name, and the actors' rules as methods, by field of `World` and name."""
    functions = plain_twins(MODEL_MODULES, draws.PLAIN)
    methods: dict[str, dict[str, Callable[..., Any]]] = {kind: {} for kind in ACTORS.values()}
    for name, kind in actor_rules():
        method = method_name(name)
        if method in methods[kind]:
            raise ValueError(f"two rules of the {kind} would be the method {method!r}; one of them is {name}")
        twin = functions[name]
        twin.__name__ = method
        methods[kind][method] = twin
        functions[name] = _sent_to(method)  # `functions` holds the twins' globals, so all of them now call the method
    return functions, methods


FUNCTIONS, METHODS = _uncompiled()


def fields_of(array: np.ndarray, row: int) -> dict[str, float | int]:
    """One record as plain Python numbers by name: int fields stay int, float fields stay float."""
    return dict(zip(array.dtype.names or (), array[row].item(), strict=True))


def whole_number(value: Any) -> int:
    """An integer, a flag or a code as an int. Raises: TypeError for anything else, 1.0 included."""
    return int(value) if isinstance(value, bool | np.bool_) else operator.index(value)


def write_records(objects: Iterable[Any], array: np.ndarray) -> None:
    """Write the attributes of objects into their records, in order.

    Raises: TypeError if an attribute that stands for an int field holds anything but a whole number.
    """
    objects = list(objects)
    for name in array.dtype.names or ():
        values = map(operator.attrgetter(name), objects)
        if array.dtype[name].kind == "i":
            values = map(whole_number, values)
        array[name] = np.fromiter(values, array.dtype[name], len(objects))


class _WeeklyParameters:
    """The parameters of one week at a time as an object, asked for by the week's row as phases do."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows
        self._index = -1
        self._current = SimpleNamespace()

    def __getitem__(self, index: int) -> SimpleNamespace:
        if index != self._index:
            self._current = SimpleNamespace(**fields_of(self._rows, index))
            self._index = index
        return self._current


class _LedgerRows:
    """The rows of a ledger by number, each with its columns as attributes to be set."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows.view(np.recarray)

    def __getitem__(self, place: int) -> Any:
        return self._rows[int(place)]


def _plain(value: Any) -> Any:
    """An argument of `run_weeks` as uncompiled code takes it; what is written to the ledger goes into its own array."""
    if isinstance(value, Notes):
        return Notes(value.counted.tolist(), None if value.ledger is None else _LedgerRows(value.ledger))
    return value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value


class PlainWorld:
    """A world as lists of objects, which the uncompiled phases step as the compiled ones step records.

    Args:
        world: the arrays it starts from, and into which `write_back` writes.
        agents: field of `World` -> the agents who stand for its records, in order. Records of other fields (teams,
            localities, a week's parameters) become light objects with the record's fields as attributes.
    """

    def __init__(self, world: World, agents: Mapping[str, list[Any]]) -> None:
        self._arrays = world
        self.objects = World._make(
            agents.get(name) or _as_objects(name, getattr(world, name)) for name in World._fields
        )

    def run_weeks(self, world: World, *rest: Any) -> None:
        """Run weeks, with the arguments of the compiled `persim.week.run_weeks`; `world` is not touched."""
        FUNCTIONS["run_weeks"](self.objects, *map(_plain, rest))

    def write_back(self) -> None:
        """Write the state of all objects into the arrays.

        Raises: TypeError if an attribute that stands for an int field holds anything but a whole number.
        """
        for objects, array in zip(self.objects, self._arrays, strict=True):
            if isinstance(objects, list):
                if array.dtype.names:
                    write_records(objects, array)
                else:
                    array[:] = objects


def _as_objects(name: str, array: np.ndarray) -> Any:
    """Records as objects, flat numbers as a list, tables of counts as they are."""
    if name == "parameters":
        return _WeeklyParameters(array)
    if array.dtype.names:
        return [SimpleNamespace(**fields_of(array, row)) for row in range(len(array))]
    return array.tolist() if array.ndim == 1 else array
