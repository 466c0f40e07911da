"""Who is offered a personal budget, who takes one up, and what follows: an agent-based simulation.

    import persim

    run = persim.simulate("baseline", seed=1)
    run.weekly, run.people

The names below are the public ones. Each is loaded when it is first used, so that `persim --help` starts at once.
"""

import importlib
import sys
import types
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from persim.attribution import attribute
    from persim.attribution_result import Attribution
    from persim.biography import Biography
    from persim.calibration.study import calibrate
    from persim.compare import compare
    from persim.design import Design, read_design
    from persim.drawn_compare import compare_posterior
    from persim.drawn_parts import parts_table
    from persim.errors import InputError, PersimError, ScenarioError, StoreError
    from persim.explain import explain
    from persim.flows import Flows, flows
    from persim.mesa_model import (
        Nurse,
        OccupationalTherapist,
        PersonalisationModel,
        ServiceUser,
        SocialWorker,
    )
    from persim.parameter_docs import parameters
    from persim.posterior import read_posterior
    from persim.practice_view import Practice, practice
    from persim.scenario import Scenario, read_scenario
    from persim.sensitivity.result import Sensitivity
    from persim.sensitivity.study import sensitivity_of
    from persim.simulate import Run, simulate
    from persim.sweep import sweep
    from persim.sweep_result import Sweep
    from persim.twins import Twins, twins

__all__ = [
    "Attribution",
    "Biography",
    "Design",
    "Flows",
    "InputError",
    "Nurse",
    "OccupationalTherapist",
    "PersimError",
    "PersonalisationModel",
    "Practice",
    "Run",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "ServiceUser",
    "SocialWorker",
    "StoreError",
    "Sweep",
    "Twins",
    "__version__",
    "attribute",
    "calibrate",
    "compare",
    "compare_posterior",
    "explain",
    "flows",
    "parameters",
    "parts_table",
    "practice",
    "read_design",
    "read_posterior",
    "read_scenario",
    "sensitivity_of",
    "simulate",
    "sweep",
    "twins",
]

_HOMES = {
    "Attribution": "persim.attribution_result",
    "Biography": "persim.biography",
    "Design": "persim.design",
    "Flows": "persim.flows",
    "InputError": "persim.errors",
    "Nurse": "persim.mesa_model",
    "OccupationalTherapist": "persim.mesa_model",
    "PersimError": "persim.errors",
    "PersonalisationModel": "persim.mesa_model",
    "Practice": "persim.practice_view",
    "Run": "persim.simulate",
    "Scenario": "persim.scenario",
    "ScenarioError": "persim.errors",
    "Sensitivity": "persim.sensitivity.result",
    "ServiceUser": "persim.mesa_model",
    "SocialWorker": "persim.mesa_model",
    "StoreError": "persim.errors",
    "Sweep": "persim.sweep_result",
    "Twins": "persim.twins",
    "attribute": "persim.attribution",
    "calibrate": "persim.calibration.study",
    "compare": "persim.compare",
    "compare_posterior": "persim.drawn_compare",
    "explain": "persim.explain",
    "flows": "persim.flows",
    "parameters": "persim.parameter_docs",
    "parts_table": "persim.drawn_parts",
    "practice": "persim.practice_view",
    "read_design": "persim.design",
    "read_posterior": "persim.posterior",
    "read_scenario": "persim.scenario",
    "sensitivity_of": "persim.sensitivity.study",
    "simulate": "persim.simulate",
    "sweep": "persim.sweep",
    "twins": "persim.twins",
}


class _Package(types.ModuleType):
    """The package, in which public names win over submodules of the same name.

    `simulate`, `compare` and `parameters` are functions and also the names of submodules. Importing a submodule sets
    it as an attribute of its package, which would replace the function; that one assignment is ignored here. So
    `persim.simulate(...)` is always the function, and `from persim.simulate import Run` still finds the submodule,
    which Python looks up in `sys.modules`. Not to be written: `import persim.simulate as x`, which gives the function.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(_HOMES[name]), name)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _HOMES and isinstance(value, types.ModuleType):
            return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
