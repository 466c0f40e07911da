"""Loaded by the process that forks commands: persim with all that a sweep needs, compiled and used once."""

import tempfile
from pathlib import Path

from fault_tools import design_text

import persim.cli
from persim.sweep import sweep

with tempfile.TemporaryDirectory() as folder:
    design = Path(folder, "mini.yaml")
    design.write_text(design_text(2))
    sweep(design, Path(folder, "out"), jobs=1, figures=False)

__all__ = ["persim"]
