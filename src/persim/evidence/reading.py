"""Where the evidence files are found, and all of them read at once, with every fault."""

from __future__ import annotations

from pathlib import Path

from persim.errors import ScenarioError
from persim.evidence.read_patterns import read_patterns
from persim.evidence.read_ranges import read_ranges
from persim.evidence.read_targets import read_targets
from persim.evidence.rows import Evidence

FILES = ("targets.yaml", "patterns.yaml", "ranges.yaml")


def shipped_evidence() -> Path:
    """The folder of the evidence that comes with persim: inside a wheel, or at the root of a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "files"
    return inside if inside.is_dir() else package.parents[2] / "evidence"


def read_evidence(folder: Path | None = None) -> Evidence:
    """Targets, patterns and figures for parameters, of a folder or those that come with persim.

    Raises: ScenarioError with every fault of the three files, each with file and line.
    """
    place = shipped_evidence() if folder is None else Path(folder)
    targets, of_targets = read_targets(place / "targets.yaml")
    patterns, of_patterns = read_patterns(place / "patterns.yaml")
    ranges, of_ranges = read_ranges(place / "ranges.yaml")
    for file, others in ((of_patterns, (of_targets,)), (of_ranges, (of_targets, of_patterns))):
        for code in file.rows:
            if any(code in other.rows for other in others):
                file.fields.fault(
                    file.rows[code], code, "stands in another evidence file too", "each code once", got=""
                )
    if faults := [*of_targets.faults, *of_patterns.faults, *of_ranges.faults]:
        raise ScenarioError(faults)
    return Evidence(tuple(targets), tuple(patterns), tuple(ranges))
