"""Where scenario files are found: in a folder of one's own, in `scenarios/`, and among those that come with persim."""

from collections.abc import Iterable
from pathlib import Path

from persim.errors import Fault, ScenarioError
from persim.scenario_fields import NAME, nearest

SUFFIXES = (".yaml", ".yml")


def shipped_folder() -> Path:
    """The folder of the scenarios that come with persim: inside a wheel, or at the root of a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parents[1] / "scenarios"


def shipped_names() -> list[str]:
    """The names of the scenarios that come with persim; baseline first."""
    names = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
    return sorted(names, key=lambda name: name != "baseline")


def find_scenario(path: str | Path) -> tuple[Path, str]:
    """The file a path or name stands for, and the arm asked for ("" for the scenario as it is)."""
    text = path.as_posix() if isinstance(path, Path) else path
    place = Path(text)
    if NAME.fullmatch(text) and (named := find_named(text, search_folders())):
        return named, ""
    if place.suffix in SUFFIXES:
        return place, ""
    folder, _, arm = text.rpartition("/")
    if folder and NAME.fullmatch(arm):
        if NAME.fullmatch(folder) and (named := find_named(folder, search_folders())):
            return named, arm
        if Path(folder).suffix in SUFFIXES:
            return Path(folder), arm
    raise _not_found(text, place)


def is_file(place: Path) -> bool:
    """Is there an ordinary file, whatever the path looks like?"""
    try:
        return place.is_file()
    except (OSError, ValueError):
        return False


def search_folders() -> list[Path]:
    """Where a bare name is looked for, in this order."""
    return [Path(), Path("scenarios"), shipped_folder()]


def find_named(name: str, folders: Iterable[Path]) -> Path | None:
    """The file of the scenario `name` in the first folder that has one."""
    for folder in folders:
        for suffix in SUFFIXES:
            place = folder / f"{name}{suffix}"
            if is_file(place):
                return place
    return None


def _not_found(text: str, place: Path) -> ScenarioError:
    shown = text if text.isprintable() else repr(text)
    shown = shown if len(shown) <= 200 else shown[:197] + "..."
    try:
        is_folder = place.is_dir()
    except (OSError, ValueError):
        is_folder = False
    expected = "a scenario's name, or a file NAME.yaml"
    if is_folder or is_file(place):
        problem = "is a folder" if is_folder else "does not end in .yaml"
        return ScenarioError([Fault(shown, 0, 0, "", "", expected, "", problem)])
    hint = nearest(place.stem, known_names()) or _as_design(text) or "persim brings " + ", ".join(shipped_names())
    return ScenarioError([Fault(shown, 0, 0, "", "", expected, hint, "there is no such scenario")])


def _as_design(text: str) -> str:
    """What to do with the name of a design."""
    named = (
        find_named(text, (Path("experiments"), shipped_folder().parent / "experiments"))
        if NAME.fullmatch(text)
        else None
    )
    return f"{text} is a design: persim sweep {text}" if named else ""


def complete_scenario(incomplete: str) -> list[str]:
    """The names a shell offers while one is being typed."""
    return [name for name in known_names() if name.startswith(incomplete)]


def known_names(*folders: Path) -> list[str]:
    """The names of the scenarios in these folders and where a bare name is looked for."""
    names: set[str] = set()
    for folder in (*folders, *search_folders()):
        try:
            names |= {path.stem for path in folder.glob("*.yaml")}
        except (OSError, ValueError):
            continue
    return sorted(name for name in names if NAME.fullmatch(name))
