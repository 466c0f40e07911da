"""Calibration: which numbers of the model agree with published findings, and which the findings say nothing about.

Read `space` first (what is searched), then `targets` (what it is held against), `history` (how the space is cut) and `smc`
(how what is left is weighed). `infer` and `match` work on any simulator that takes arrays. `recovered` tells whether known
parameters are found again, `identified` what a posterior leaves open, `asked` what a further datum would tell. The whole of
it, from a file to a folder, is `persim.calibrate` (in `study`); its result is a `Calibrated` (in `tables`).
"""

from persim.calibration.candidate_data import Asked, Candidate, asked
from persim.calibration.candidates import Shrinkage, expected_shrinkage
from persim.calibration.emulator import Emulator, emulator_simulator
from persim.calibration.history import History, HistorySettings, match
from persim.calibration.identified import Identified, identified
from persim.calibration.recovery import Recovery, by_smc
from persim.calibration.recovery import recovery as recovered
from persim.calibration.smc import Carried, Generation, SmcResult, SmcSettings, Start, infer
from persim.calibration.space import Axis, Space, effective, luck, quantiles, systematic
from persim.calibration.targets import Observed, observed

__all__ = [
    "Asked",
    "Axis",
    "Candidate",
    "Carried",
    "Emulator",
    "Generation",
    "History",
    "HistorySettings",
    "Identified",
    "Observed",
    "Recovery",
    "Shrinkage",
    "SmcResult",
    "SmcSettings",
    "Space",
    "Start",
    "asked",
    "by_smc",
    "effective",
    "emulator_simulator",
    "expected_shrinkage",
    "identified",
    "infer",
    "luck",
    "match",
    "observed",
    "quantiles",
    "recovered",
    "systematic",
]
