"""Reading a result folder: its manifest, tables, figures and scenarios, with one located line for whatever is wrong.

Nothing outside the folder is read, so a folder may be moved or sent before it is reported. Every table and figure may be
absent; what the manifest lists must be there, and whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persim.errors import StoreError
from persim.report.views import clean, clipped
from persim.run_store import LEDGER, read_content
from persim.store import MADE_BY, MANIFEST, sha256

if TYPE_CHECKING:
    import pandas as pd

MOST_JSON_BYTES = 64 << 20
MOST_WEEKS = 20_000
ATTRIBUTE = "attribute"  # the command whose folders hold an attribution and none of the tables below
# What a table must hold to be shown: columns of text, columns of numbers. Others may be there too.
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "summary": (("scenario", "measure", "label", "unit"), ("mean", "low", "high")),
    "differences": (("scenario", "reference", "measure", "label", "unit"), ("difference", "low", "high")),
    "groups": (
        ("scenario", "dimension", "group", "outcome", "label", "unit"),
        ("mean", "difference", "difference_low", "difference_high", "people"),
    ),
    "barriers": (("scenario", "barrier", "label"), ("first", "would_close")),
    "funnel": (("scenario", "step", "label"), ("per_100_eligible",)),
    "waits": (("scenario", "stage"), ("weeks", "waiting")),
    "series": (("scenario", "outcome"), ("week", "mean")),
    "decomposition": (("scenario", "reference", "step", "label", "unit"), ("part", "low", "high")),
    "costs": (("scenario", "payer", "measure", "label", "unit"), ("mean", "low", "high")),
    "across_worlds": (
        ("alternative", "reference", "measure", "label", "unit"),
        ("mean", "p5", "p50", "p95", "share_better", "share_clearly_better"),
    ),
    "worlds": (("alternative", "measure"), ("world", "value", "difference")),
    "fails": (
        ("alternative", "reference", "measure", "sentence"),
        ("n_worlds", "failing", "coverage", "density", "coverage_held_out", "density_held_out"),
    ),
    "weekly": (("group", "outcome"), ("week", "value")),
    "quarterly": (("group", "outcome"), ("week", "value")),
    "final": (("group", "outcome"), ("week", "value")),
}
NAMED_COLUMN = {"waits": "scenario"}  # a run's waits are of one scenario, and do not name it


@dataclass(frozen=True)
class ScenarioWords:
    """What a scenario says of itself. `name` is what results call it; the digest names its numbers exactly."""

    name: str
    title: str
    question: str = ""
    expected: str = ""
    digest: str = ""
    resolved: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ResultFiles:
    """A result folder, read: manifest, tables by name, scenarios in their order, where figures lie.

    Attributes:
        figures: SVG files in figures/, by name. manifest_sha256: of manifest.json itself. changed: files read whose
        SHA-256 is not the one that the manifest gives.
    """

    path: Path
    manifest: Mapping[str, Any]
    manifest_sha256: str
    tables: Mapping[str, pd.DataFrame]
    scenarios: tuple[ScenarioWords, ...]
    figures: Mapping[str, Path]
    changed: tuple[str, ...]

    @property
    def command(self) -> str:
        """What made the folder: compare, demo, run, sweep or attribute."""
        return text_of(self.manifest.get("command"))

    @property
    def names(self) -> list[str]:
        """What the scenarios are called in the tables, the reference first."""
        return [scenario.name for scenario in self.scenarios]

    @property
    def topic(self) -> str:
        """What the titles of all scenarios begin with, before a colon, as those of arms do; nothing if they differ."""
        heads = {scenario.title.partition(": ")[0] for scenario in self.scenarios if ": " in scenario.title}
        shared = len(self.scenarios) > 1 and all(": " in scenario.title for scenario in self.scenarios)
        return heads.pop() if shared and len(heads) == 1 else ""

    @property
    def titles(self) -> dict[str, str]:
        """Scenario -> title, the name where there is none; what all titles begin with is left out, each is there once."""
        titles = [scenario.title or scenario.name for scenario in self.scenarios]
        if self.topic:
            tails = [title.partition(": ")[2].strip() or title for title in titles]
            titles = [tail[:1].upper() + tail[1:] for tail in tails]
        return {
            scenario.name: title if titles.count(title) == 1 else f"{title} ({scenario.name})"
            for scenario, title in zip(self.scenarios, titles, strict=True)
        }

    def title(self, name: Any) -> str:
        """The title of a scenario; its name if the folder knows no more of it."""
        return self.titles.get(str(name), str(name))


def read_folder(place: str | os.PathLike[str]) -> ResultFiles:
    """Read a result folder.

    Raises: StoreError, in one line that names the file, if it is no folder of persim's, or something in it is damaged,
    missing or cannot be read.
    """
    path = Path(place)
    if not path.is_dir():
        raise StoreError(f"{path}: {'is a file, not a result folder' if path.exists() else 'there is no such folder'}")
    manifest = _read_manifest(path)
    listed = set(manifest["files"])
    is_attribution = manifest.get("command") == ATTRIBUTE  # whose tables `held_back` reads
    names = () if is_attribution else COLUMNS
    tables = {name: _read_table(path, f"{name}.parquet", name) for name in names if _is_here(path, name, listed)}
    if not tables and not is_attribution:
        raise StoreError(f"{path}: holds no table that a report could show")
    figures = {name[8:-4]: path / name for name in _figure_files(path, listed)}
    read = [f"{name}.parquet" for name in tables] + [f"figures/{name}.svg" for name in figures]
    scenarios = _scenarios(path, manifest, tables)
    with _located(path / MANIFEST):
        own = sha256(path / MANIFEST)
        changed = tuple(name for name in read if manifest["files"].get(name) not in (None, sha256(path / name)))
    return ResultFiles(path, manifest, own, tables, scenarios, figures, changed)


def _read_manifest(path: Path) -> dict[str, Any]:
    place = path / MANIFEST
    if not place.exists() and (path / LEDGER).exists():
        raise StoreError(
            f"{path} holds a {read_content(path).get('kind', 'sweep')} that is not finished: go on with --resume first"
        )
    if not place.exists():
        raise StoreError(f"{path}: no {MANIFEST} here, so this is no result folder of persim")
    manifest = _read_json(place)
    if not isinstance(manifest, dict) or manifest.get("made_by") != MADE_BY:
        raise StoreError(f"{place}: not written by persim")
    if not isinstance(manifest.get("files"), dict):
        raise StoreError(f"{place}: damaged: `files` is missing or not a list of files with their SHA-256")
    if not isinstance(manifest.get("scenarios", []), list):
        raise StoreError(f"{place}: damaged: `scenarios` is not a list")
    return manifest


def _read_json(place: Path) -> Any:
    with _located(place):
        if place.stat().st_size > MOST_JSON_BYTES:
            raise StoreError(f"{place}: larger than {MOST_JSON_BYTES >> 20} MB, which no file of persim is")
        text = place.read_bytes()
    try:
        return json.loads(text.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise StoreError(f"{place}:{error.lineno}:{error.colno}: damaged: {error.msg}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise StoreError(f"{place}: damaged: not JSON in UTF-8") from error


def _is_here(path: Path, name: str, listed: set[str]) -> bool:
    """Whether a table is in the folder. Raises: StoreError if the manifest lists it and it is gone."""
    file = f"{name}.parquet"
    if (path / file).is_file():
        return True
    if file in listed:
        raise StoreError(f"{path / file}: missing, though {MANIFEST} lists it")
    return False


def _figure_files(path: Path, listed: set[str]) -> list[str]:
    """SVG files in figures/. Raises: StoreError if the manifest lists one that is gone."""
    gone = [name for name in sorted(listed) if name.startswith("figures/") and not (path / name).is_file()]
    if gone:
        raise StoreError(f"{path / gone[0]}: missing, though {MANIFEST} lists it")
    return [f"figures/{file.name}" for file in sorted((path / "figures").glob("*.svg")) if file.is_file()]


def _read_table(path: Path, file: str, name: str) -> pd.DataFrame:
    """A table with the columns that a report needs, text as text and numbers as numbers."""
    import pandas as pd
    import pyarrow as pa

    place = path / file
    texts, numbers = COLUMNS[name]
    with _located(place):
        try:
            table = pd.read_parquet(place)
        except (pa.ArrowException, ValueError, KeyError) as error:
            cause = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
            raise StoreError(f"{place}: damaged or cut short: {cause}") from error
    optional = NAMED_COLUMN.get(name)
    lacking = [column for column in (*texts, *numbers) if column not in table.columns and column != optional]
    if lacking:
        raise StoreError(f"{place}: lacks the column {lacking[0]!r}")
    for column in (column for column in texts if column in table.columns):
        table[column] = [text_of(value) for value in table[column]]
    _check_numbers(place, table, numbers)
    return table


def _check_numbers(place: Path, table: pd.DataFrame, numbers: tuple[str, ...]) -> None:
    """Make columns of numbers floats. Raises: StoreError if they hold anything else, or weeks of no calendar."""
    import pandas as pd

    for column in numbers:
        try:
            table[column] = pd.to_numeric(table[column]).astype(float)
        except (TypeError, ValueError) as error:
            raise StoreError(f"{place}: the column {column!r} holds something other than numbers") from error
    if "week" in numbers and not table["week"].abs().le(MOST_WEEKS).all():
        raise StoreError(f"{place}: the column 'week' holds weeks out of any calendar")


def _scenarios(
    path: Path, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> tuple[ScenarioWords, ...]:
    """The scenarios in their order: from the manifest, from the files it names, or from the tables alone."""
    found = [_scenario(path, entry) for entry in manifest.get("scenarios", []) if isinstance(entry, dict)]
    found += [
        ScenarioWords(text_of(entry["name"]), text_of(entry.get("title")))
        for entry in _dicts(manifest.get("alternatives"))
        if entry.get("name") and text_of(entry["name"]) not in [scenario.name for scenario in found]
    ]
    if not found:
        for table in tables.values():
            column = next((c for c in ("scenario", "alternative") if c in table.columns), None)
            if column:
                return tuple(ScenarioWords(name, "") for name in dict.fromkeys(map(text_of, table[column])))
    return tuple({scenario.name: scenario for scenario in found}.values())


def _scenario(path: Path, entry: Mapping[str, Any]) -> ScenarioWords:
    resolved = entry.get("resolved")
    file = text_of(entry.get("file"))
    if not isinstance(resolved, dict) and file and ".." not in Path(file).parts and not Path(file).is_absolute():
        place = path / clipped(clean(file), 200)
        if not place.is_file():
            raise StoreError(f"{place}: missing, though {MANIFEST} names it")
        resolved = _read_json(place)
    if not isinstance(resolved, dict):
        resolved = {}
    title, question, expected = (text_of(resolved.get(key)) for key in ("title", "question", "expected"))
    name = text_of(entry.get("name")) or text_of(resolved.get("name"))
    return ScenarioWords(
        name, title or text_of(entry.get("title")), question, expected, text_of(entry.get("digest")), resolved
    )


def rows_of(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, columns as attributes."""
    return list(table.itertuples(index=False))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """A value that ought to be text, as text; nothing for None, NaN and what is no plain value."""
    if value is None or value != value or isinstance(value, (dict, list)):
        return ""
    return str(value)


def texts_of(value: Any) -> list[str]:
    """The texts of what ought to be a list of texts; one text counts as a list of one."""
    items = value if isinstance(value, (list, tuple)) else [value]
    return [text for text in map(text_of, items) if text]


@contextmanager
def _located(place: Path) -> Iterator[None]:
    """Turn what the system refuses into one line that names the file."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{place}: cannot be read: {(error.strerror or str(error)).lower()}") from error
