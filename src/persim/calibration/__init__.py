"""Calibration: which numbers of the model agree with published findings, and which the findings say nothing about.

Read `space` first (what is searched), then `targets` (what it is held against), `history` (how the space is cut) and `smc`
(how what is left is weighed). `infer` and `match` work on any simulator that takes arrays.
"""

from persim.calibration.emulator import Emulator, emulator_simulator
from persim.calibration.history import History, HistorySettings, match
from persim.calibration.smc import Carried, Generation, SmcResult, SmcSettings, Start, infer
from persim.calibration.space import Axis, Space, effective, luck, quantiles, systematic
from persim.calibration.targets import Observed, observed

__all__ = [
    "Axis",
    "Carried",
    "Emulator",
    "Generation",
    "History",
    "HistorySettings",
    "Observed",
    "SmcResult",
    "SmcSettings",
    "Space",
    "Start",
    "effective",
    "emulator_simulator",
    "infer",
    "luck",
    "match",
    "observed",
    "quantiles",
    "systematic",
]
