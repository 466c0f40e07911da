"""Which inputs decide an outcome, and a difference between two scenarios: Morris screening, then Sobol' indices.

    found = persim.sensitivity_of("sensitivity_quick", n_users=200)
    found.sobol, found.noise

`study` carries a study out, `result` reads one, `estimates` holds the estimators as plain functions of arrays.
"""

from persim.sensitivity.result import Sensitivity
from persim.sensitivity.study import sensitivity_of

__all__ = ["Sensitivity", "sensitivity_of"]
