"""Published findings that the model is held against: targets, patterns of direction, figures for parameters.

Read `rows` first (what a row says), then `measured` (what a run has in place of a target). The files lie in `evidence/`.
"""

from persim.evidence.measured import Measures
from persim.evidence.reading import read_evidence, shipped_evidence
from persim.evidence.rows import Contrast, Evidence, Measured, Pattern, People, Range, Side, Target

__all__ = [
    "Contrast",
    "Evidence",
    "Measured",
    "Measures",
    "Pattern",
    "People",
    "Range",
    "Side",
    "Target",
    "read_evidence",
    "shipped_evidence",
]
