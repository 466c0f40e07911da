"""A posterior sample: settings of the model's numbers that agree with what is known, each with a weight.

Two files beside each other: `posterior.parquet` (a column for each parameter, then `weight`; one row for each particle)
and `posterior.json` (its manifest). How a sample is come by is no matter here. It is a statement about one version of
the model, so it is refused under another: where the version differs, the small run described under `check` is made again
and must give the same counts.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import persim
from persim.draws import PLAIN
from persim.durable_files import write_whole
from persim.errors import InputError
from persim.measures import COLUMN, FIELDS
from persim.model_version import MODEL_VERSION
from persim.parameters import BY_NAME, Parameter
from persim.policy import COMPUTED
from persim.scenario import read_scenario
from persim.scenario_fields import is_whole, nearest
from persim.scenario_file import SHARES
from persim.scenario_search import shipped_folder
from persim.simulate import checked_seed, run_scenario
from persim.store import MADE_BY, json_text

FORMAT = 1
NAME, WEIGHT = "posterior", "weight"
SHIPPED = Path(__file__).resolve().parent / "_posterior"
SUM_TOLERANCE = 1e-9
CHECK_PEOPLE, CHECK_WEEKS, CHECK_SEED = 300, 260, 1
CHECK_DIGITS = 9  # of each count that is compared: other processors may add up in another last digit
_LUCK = 101  # a kind of key of its own, beside those of people, posts, teams and localities
_SHIFT, _ORDER = 1, 2


@dataclass(frozen=True)
class Posterior:
    """A weighted sample of parameter values.

    Attributes:
        parameters: names, of the table in `persim.parameters`. points: shape (n, k), within the table's bounds.
        weights: shape (n,), none below 0, sum 1. manifest: what `posterior.json` says. path: the Parquet file.
    """

    parameters: tuple[str, ...]
    points: np.ndarray
    weights: np.ndarray
    manifest: Mapping[str, Any]
    path: Path

    @property
    def n(self) -> int:
        """How many particles there are."""
        return len(self.points)

    @property
    def digest(self) -> str:
        """The SHA-256 of the Parquet file."""
        return self.manifest["sha256"]

    @property
    def ess(self) -> float:
        """Kish's effective sample size: how many particles of equal weight would be worth as much."""
        return effective_size(self.weights)

    def draw(self, n: int, seed: int) -> np.ndarray:
        """Particles drawn in proportion to their weights, shape (n, k), in random order.

        Systematic resampling: a particle of weight w comes n x w times, rounded down or up. The same n and seed give the
        same draws everywhere; draws of a smaller n are not the beginning of those of a larger one.

        Raises: InputError unless n is a whole number of at least 1 and the seed one of at most 62 bits.
        """
        return self.points[self.drawn(n, seed)]

    def drawn(self, n: int, seed: int) -> np.ndarray:
        """The rows that `draw` takes, shape (n,)."""
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
            raise InputError(f"draws is {n!r}; it must be a whole number of at least 1")
        key = PLAIN["key_of"](checked_seed(seed), _LUCK, 0, 0)
        places = (np.arange(n) + PLAIN["draw"](PLAIN["stream"](key, 0), _SHIFT)) / n
        rows = np.minimum(np.searchsorted(self._steps, places, side="right"), self._last)
        order = [PLAIN["draw"](PLAIN["stream"](key, number), _ORDER) for number in range(int(n))]
        return rows[np.argsort(order, kind="stable")]

    @cached_property
    def _steps(self) -> np.ndarray:
        return np.cumsum(self.weights)

    @cached_property
    def _last(self) -> int:
        """The last particle that has a weight."""
        return int(np.flatnonzero(self.weights)[-1])

    def check_not_set(self, names: Iterable[str]) -> None:
        """Raises: InputError if one of these parameters, which are to have another value, is drawn."""
        if both := sorted(set(names) & set(self.parameters)):
            raise InputError(f"{', '.join(both)}: drawn from {self.path.name}, so no other value can be set")

    def centre(self) -> np.ndarray:
        """The weighted medoid, shape (k,): the particle nearest to all others, in weighted standard deviations."""
        return self.points[centre_row(self.points, self.weights)]


def effective_size(weights: np.ndarray) -> float:
    """Kish's effective sample size of weights, shape (n,), from 1 to n."""
    return float(weights.sum() ** 2 / np.square(weights).sum())


def centre_row(points: np.ndarray, weights: np.ndarray) -> int:
    """The row of the weighted medoid: least weighted sum of distances, each column in its weighted standard deviation."""
    mean = weights @ points
    spread = np.sqrt(weights @ np.square(points - mean))
    scaled = (points - mean) / np.where(spread > 0.0, spread, 1.0)
    sums = [weights @ np.sqrt(np.square(scaled - row).sum(axis=1)) if weight > 0.0 else np.inf
            for row, weight in zip(scaled, weights, strict=True)]  # fmt: skip
    return int(np.argmin(sums))


def why_not_varied(parameter: Parameter) -> str:
    """Why a posterior may not vary a parameter; empty if it may."""
    if parameter.name in COMPUTED:
        return "is counted down by the model"
    if parameter.name == "target":
        return "is a policy with a deadline, which scenarios set"
    if parameter.name == "n_localities":
        return "is the size of the study"
    if parameter.unit == "0 or 1":
        return "is a switch, which scenarios set"
    if parameter.default is None:
        return "is placed by a dial: vary the dial"
    return ""


def read_posterior(path: str | Path | None = None) -> Posterior:
    """A posterior sample: the one that comes with persim, or that of a file or folder.

    Args:
        path: the folder, or one of the two files in it; None for the shipped one.
    Raises: InputError, with the file's name, if it is not there, damaged, made by another version of the model, or holds
        what the model cannot take.
    """
    place = _place_of(path)
    manifest = _manifest(place.with_suffix(".json"))
    try:
        content = place.read_bytes()
    except OSError as error:
        raise InputError(f"{place} cannot be read: {(error.strerror or str(error)).lower()}") from None
    if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
        raise InputError(f"{place} is damaged, or not the file that {place.with_suffix('.json').name} was made for")
    parameters, points, weights = _columns(place, content)
    posterior = Posterior(parameters, points, weights, manifest, place)
    _check(place, parameters, points, weights)
    _check_manifest(posterior)
    if manifest["model_version"] != MODEL_VERSION:
        _check_model(posterior)
    return posterior


def write_posterior(
    folder: str | Path,
    parameters: Sequence[str],
    points: np.ndarray,
    weights: np.ndarray,
    manifest_entries: Mapping[str, Any],
) -> Path:
    """Write a posterior sample into a folder that is there, replacing one; it takes one small run.

    Args:
        points: shape (n, k). weights: shape (n,), sum 1.
        manifest_entries: what else the manifest says, such as seed, scenario digest, evidence used.
    Returns: the Parquet file.
    Raises: InputError, and nothing is written, if `read_posterior` would refuse it; OSError if there is no room.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = Path(folder) / f"{NAME}.parquet"
    names, points, weights = tuple(parameters), np.array(points, float), np.array(weights, float)
    _check(place, names, points, weights)
    sink = io.BytesIO()
    columns = [*(pa.array(column) for column in points.T), pa.array(weights)]
    pq.write_table(pa.table(columns, names=[*names, WEIGHT]), sink, compression="zstd")
    particle = centre_row(points, weights)
    check = _check_of(dict(zip(names, points[particle].tolist(), strict=True)), particle)
    manifest = {
        **manifest_entries,
        "made_by": MADE_BY, "format": FORMAT, "persim": persim.__version__, "model_version": MODEL_VERSION,
        "parameters": list(names), "n": len(points), "ess": effective_size(weights),
        "sha256": hashlib.sha256(sink.getvalue()).hexdigest(), "check": check,
    }  # fmt: skip
    write_whole(place, sink.getvalue())
    write_whole(place.with_suffix(".json"), json_text(manifest).encode())
    return place


def check_digest(numbers: Mapping[str, float], check: Mapping[str, Any]) -> str:
    """The SHA-256 of what a small run at one particle counts: fields by name, everyone, summed over weeks.

    Raises: KeyError if a field is not counted any more; ScenarioError if a number cannot be used.
    """
    columns = [COLUMN[name] for name in check["fields"]]
    shipped = read_scenario(
        shipped_folder() / f"{check['scenario']}.yaml"
    )  # whatever lies in the folder `scenarios` here
    scenario = shipped.changed(check["people"], check["weeks"], **numbers)
    counts = run_scenario(scenario, check["seed"]).counts[:, 0, columns].sum(axis=0)
    return hashlib.sha256(" ".join(f"{value:.{CHECK_DIGITS}g}" for value in counts.tolist()).encode()).hexdigest()


def _check_of(numbers: Mapping[str, float], particle: int) -> dict[str, Any]:
    check = {
        "scenario": "baseline", "people": CHECK_PEOPLE, "weeks": CHECK_WEEKS, "seed": CHECK_SEED, "particle": particle,
        "fields": list(FIELDS),
    }  # fmt: skip
    return {**check, "digest": check_digest(numbers, check)}


def _place_of(path: str | Path | None) -> Path:
    """The Parquet file. Raises: InputError if there is none."""
    place = SHIPPED if path is None else Path(path)
    if place.is_dir() or path is None:
        place = place / f"{NAME}.parquet"
    place = place.with_suffix(".parquet")
    if not place.is_file():
        if path is None:
            raise InputError("no posterior sample comes with this persim; name a file, such as posterior.parquet")
        raise InputError(f"{place}: there is no such file; a posterior sample is a file such as {NAME}.parquet")
    return place


def _manifest(place: Path) -> Mapping[str, Any]:
    try:
        manifest = json.loads(place.read_text("utf-8"))
    except OSError:
        raise InputError(f"{place} is not there: a posterior sample needs its manifest beside it") from None
    except ValueError:
        raise InputError(f"{place} is damaged: it is not JSON") from None
    if not isinstance(manifest, dict) or manifest.get("made_by") != MADE_BY:
        raise InputError(f"{place} is no manifest of a posterior sample that persim wrote")
    if manifest.get("format") != FORMAT:
        raise InputError(f"{place} has the format {manifest.get('format')!r}; this persim reads {FORMAT}")
    kinds = {"sha256": str, "model_version": str, "persim": str, "parameters": list, "n": int, "check": dict}
    for key, kind in kinds.items():
        if not isinstance(manifest.get(key), kind):
            raise InputError(f"{place} is damaged: {key} is missing, or not what it should be")
    return manifest


def _columns(place: Path, content: bytes) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
        columns = [np.asarray(column.to_numpy(), float) for column in table.columns]
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise InputError(f"{place} holds no table of numbers: {error}") from None
    if not table.column_names or table.column_names[-1] != WEIGHT:
        raise InputError(f"{place}: the last column must be {WEIGHT!r}")
    names = tuple(table.column_names[:-1])
    return names, np.column_stack(columns[:-1]) if names else np.empty((table.num_rows, 0)), columns[-1]


def _check(place: Path, names: Sequence[str], points: np.ndarray, weights: np.ndarray) -> None:
    """Raises: InputError with everything that is wrong with a sample, up to ten things."""
    if points.ndim != 2 or weights.ndim != 1 or points.shape != (len(weights), len(names)):
        raise InputError(
            f"{place}: {len(names)} parameters, points {points.shape} and weights {weights.shape} do not fit"
        )
    wrong = [*_wrong_weights(weights), *_wrong_names(names), *_wrong_values(names, points)]
    if wrong:
        more = [f"... and {len(wrong) - 10} more"] if len(wrong) > 10 else []
        raise InputError("\n".join([f"{place}: {text}" for text in wrong[:10]] + more))


def _wrong_weights(weights: np.ndarray) -> Iterator[str]:
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0.0)))
    if not len(weights):
        yield "holds no particle"
    elif len(bad):
        yield f"the weight of row {bad[0] + 1} is {weights[bad[0]]:g}; a weight is a number of at least 0"
    elif abs(weights.sum() - 1.0) > SUM_TOLERANCE:
        yield f"the weights sum to {weights.sum():.10g}, not to 1"


def _wrong_names(names: Sequence[str]) -> Iterator[str]:
    if not names:
        yield "holds no parameter"
    for place, name in enumerate(names):
        if name not in BY_NAME:
            hint = nearest(name, BY_NAME)
            yield f"no parameter is called {name!r}" + (f" - {hint}" if hint else "")
        elif why := why_not_varied(BY_NAME[name]):
            yield f"{name} {why}, so a posterior sample cannot hold it"
        elif name in names[:place]:
            yield f"{name} stands there twice"


def _wrong_values(names: Sequence[str], points: np.ndarray) -> Iterator[str]:
    columns = {name: points[:, place] for place, name in enumerate(names) if name in BY_NAME}
    for name, values in columns.items():
        one = BY_NAME[name]
        bad = np.flatnonzero(~((values >= one.low) & (values <= one.high)))
        if len(bad):
            yield f"{name} = {values[bad[0]]:g} in row {bad[0] + 1} is outside {one.low:g} to {one.high:g}"
        elif is_whole(one) and (values != np.round(values)).any():
            yield f"{name} must be whole in every row"
    for first, second in SHARES:
        if first in columns or second in columns:
            a, b = (columns.get(name, np.full(len(points), BY_NAME[name].default)) for name in (first, second))
            if len(over := np.flatnonzero(a + b > 1 + 1e-9)):
                yield f"{first} and {second} come to more than the whole in row {over[0] + 1}"


def _check_manifest(posterior: Posterior) -> None:
    """Raises: InputError if the manifest tells of another sample."""
    manifest, place = posterior.manifest, posterior.path.with_suffix(".json")
    if manifest["parameters"] != list(posterior.parameters) or manifest["n"] != posterior.n:
        raise InputError(
            f"{place} is damaged: it tells of other parameters or particles than {posterior.path.name} holds"
        )
    check = manifest["check"]
    fields, particle = check.get("fields"), check.get("particle")
    whole = all(type(check.get(key)) is int and check[key] > 0 for key in ("people", "weeks", "seed"))
    if not (
        whole and check["people"] <= 100_000 and check["weeks"] <= 2000 and check.get("scenario") == "baseline"
        and type(particle) is int and 0 <= particle < posterior.n and isinstance(check.get("digest"), str)
        and isinstance(fields, list) and fields and all(isinstance(name, str) for name in fields)
    ):  # fmt: skip
        raise InputError(f"{place} is damaged: its check cannot be made again")


def _check_model(posterior: Posterior) -> None:
    """Raises: InputError unless the model gives the counts that it gave when the sample was made."""
    check = posterior.manifest["check"]
    numbers = dict(zip(posterior.parameters, posterior.points[check["particle"]].tolist(), strict=True))
    known = all(name in COLUMN for name in check["fields"])
    if not known or check_digest(numbers, check) != check["digest"]:
        raise InputError(
            f"{posterior.path} was made by another version of the model ({posterior.manifest['model_version']}, persim "
            f"{posterior.manifest['persim']}; this is {MODEL_VERSION}), which gave other counts: calibrate again"
        )
