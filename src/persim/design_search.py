"""Where design files are found: here, in the folder `experiments` here, and among those that come with persim."""

from __future__ import annotations

import re
from pathlib import Path

from persim.errors import Fault, ScenarioError
from persim.scenario_fields import NAME, nearest
from persim.scenario_search import SUFFIXES, find_named, is_file, search_folders
from persim.scenario_yaml import read_nodes

SWEEP, SENSITIVITY, CALIBRATION = "sweep", "sensitivity", "calibration"
EVIDENCE = ("targets.yaml", "patterns.yaml", "ranges.yaml")
_ONLY = {
    SENSITIVITY: re.compile(r"^(morris|sobol)\s*:", re.MULTILINE),
    CALIBRATION: re.compile(r"^stages\s*:", re.MULTILINE),
}


def find_design(path: str | Path, kind: str = SWEEP) -> Path:
    """The file a name or path stands for: here, in the folder `experiments` here, or among those that come with persim.

    Args:
        kind: of design that is wanted; names of its kind are told where there is none.
    """
    text = path.as_posix() if isinstance(path, Path) else path
    place = Path(text)
    if NAME.fullmatch(text) and (named := find_named(text, design_folders())):
        return named
    if place.suffix in SUFFIXES:
        return place
    known = known_designs(kind)
    is_scenario = NAME.fullmatch(text) and find_named(text, search_folders())
    hint = f"{text} is a scenario: persim compare baseline {text}" if is_scenario else ""
    hint = hint or nearest(place.stem, known) or "persim brings " + ", ".join(known)
    shown = text if text.isprintable() else ascii(text)
    raise ScenarioError(
        [Fault(shown[:200], 0, 0, "", "", "a design's name, or a file NAME.yaml", hint, "there is no such design")]
    )


def is_design(path: str) -> bool:
    """Does this name or file stand for a design rather than a scenario? A scenario of that name comes first."""
    place = Path(path)
    if NAME.fullmatch(path):
        return find_named(path, search_folders()) is None and find_named(path, design_folders()) is not None
    if place.suffix not in SUFFIXES or not is_file(place):
        return False
    try:
        tree, _ = read_nodes(place, "design")
    except ScenarioError:
        return place.parent.name == "experiments"
    return "scenarios" in tree.entries or any(
        kinds.search(f"{key}:") for kinds in _ONLY.values() for key in tree.entries
    )


def is_evidence(path: str) -> bool:
    """Is this one of the three evidence files, told by its name and by the key of its rows?"""
    place = Path(path)
    if place.name not in EVIDENCE or not is_file(place):
        return False
    try:
        return place.stem in read_nodes(place)[0].entries
    except ScenarioError:
        return False


def shipped_design_folder() -> Path:
    """The folder of the designs that come with persim: inside a wheel, or at the root of a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "experiments"
    return inside if inside.is_dir() else package.parents[1] / "experiments"


def design_folders() -> list[Path]:
    """Where a bare name is looked for, in this order."""
    return [Path(), Path("experiments"), shipped_design_folder()]


def known_designs(kind: str = SWEEP) -> list[str]:
    """The names of designs of a kind in the folders for them."""
    found: set[str] = set()
    for folder in design_folders()[1:]:
        found |= {path.stem for path in folder.glob("*.yaml") if NAME.fullmatch(path.stem) and kind_of(path) == kind}
    return sorted(found)


def kind_of(path: Path) -> str:
    """The kind of a design file, told by keys that only this kind has; a sweep's, if it has none of them."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return SWEEP
    return next((kind for kind, keys in _ONLY.items() if keys.search(text)), SWEEP)
