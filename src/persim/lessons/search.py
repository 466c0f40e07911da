"""Where lessons are found: in a teacher's own folder, in `lessons/` here, and among those that come with persim."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from persim.errors import Fault, ScenarioError
from persim.scenario_fields import NAME, nearest
from persim.scenario_search import SUFFIXES, find_named, is_file
from persim.scenario_yaml import read_nodes

KEY = "lesson"  # the key that only lessons have: the lesson's name


def shipped_lesson_folder() -> Path:
    """The folder of the lessons that come with persim: inside a wheel, or at the root of a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "files"
    return inside if inside.is_dir() else package.parents[2] / "lessons"


def lesson_folders() -> list[Path]:
    """Where a bare name is looked for, in this order."""
    return [Path(), Path("lessons"), shipped_lesson_folder()]


def find_lesson(path: str | Path) -> Path:
    """The file that a name or path stands for. Raises: ScenarioError if there is none, with the nearest name."""
    text = path.as_posix() if isinstance(path, Path) else path
    place = Path(text)
    if NAME.fullmatch(text) and (named := _named(text)):
        return named
    if place.suffix in SUFFIXES:
        return place
    known = sorted(lesson_places())
    hint = nearest(place.stem, known) or "persim brings " + ", ".join(known)
    shown = text if text.isprintable() else ascii(text)
    expected = "a lesson's name, or a file NAME.yaml"
    raise ScenarioError([Fault(shown[:200], 0, 0, "", "", expected, hint, "there is no such lesson")])


def _named(name: str) -> Path | None:
    here, *others = lesson_folders()
    own = find_named(name, (here,))  # a file that only has the name may be a scenario
    return own if own and is_lesson_file(own) else find_named(name, others)


def lesson_places(folder: Path | None = None) -> dict[str, Path]:
    """Name -> file of every lesson that comes with persim, and of a teacher's own folder, whose lessons come first."""
    found: dict[str, Path] = {}
    for place in (*((folder,) if folder is not None else ()), shipped_lesson_folder()):
        for path in sorted(place.glob("*.yaml")):
            if NAME.fullmatch(path.stem) and path.stem not in found and is_lesson_file(path, place == folder):
                found[path.stem] = path
    return found


def is_lesson(path: str) -> bool:
    """Does this name or file stand for a lesson? Names of scenarios and designs are the caller's to try first."""
    place = Path(path)
    if NAME.fullmatch(path):
        return _named(path) is not None
    return place.suffix in SUFFIXES and is_file(place) and is_lesson_file(place)


def is_lesson_file(place: Path, among: bool = False) -> bool:
    """Has this file the key that only lessons have? One that cannot be read counts if it lies among lessons."""
    try:
        stamp = place.stat()
    except OSError:
        return among
    known = _is_lesson(place, (stamp.st_mtime_ns, stamp.st_size))
    return (among or place.parent.name == "lessons") if known is None else known


@lru_cache(maxsize=512)
def _is_lesson(place: Path, stamp: tuple[int, int]) -> bool | None:
    """Has the file, as it is now, the key? None if it cannot be read."""
    try:
        return KEY in read_nodes(place, KEY)[0].entries
    except ScenarioError:
        return None
