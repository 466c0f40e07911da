"""What stands in a part of a sweep's store: a Parquet table with one row a run, the same bytes for the same runs.

The first columns say which run a row is: `number`, `run` (its name), `scenario`, `world`, `replicate`, `seed`, then the
varied numbers of its world as `world.NAME`. After them come the numbers kept of a run, as `column_names` calls them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from persim.gaps_and_costs import DERIVED, GAPS
from persim.reduction import STEPS, Reduction
from persim.study_size import VARIANCE_PARTS

if TYPE_CHECKING:
    import pyarrow as pa

PLAIN_KIND = "calibration"  # a store whose rows say themselves which world they are of
PEOPLE, STEP, VARIANCE, GAP_PEOPLE = "people:", "step:", "control_felt:", "people:"


def column_names(reduction: Reduction) -> list[str]:
    """A name for each number of a row, each once.

    `real_take_up` is an outcome for everyone, `real_take_up[nurse]` for a group, `people:real_take_up` how many people it
    rests on, `step:accepted` eligible people who came so far, `real_take_up@207` its value in the period that ends with
    calendar week 207.
    """
    of_groups = ["" if dimension == "all" else f"[{label}]" for dimension, label in reduction.labels]
    window = [f"{outcome.name}{group}" for outcome in reduction.outcomes for group in of_groups]
    found = [*window, *(f"{PEOPLE}{name}" for name in window), *DERIVED]
    found += [f"{GAP_PEOPLE}{gap.name}" for gap in GAPS]
    found += [f"{STEP}{step}" for step, _ in STEPS]
    found += [f"{VARIANCE}{part}" for part in VARIANCE_PARTS]
    lines = [f"{reduction.over_time[place].name}{of_groups[group]}" for place, group in reduction.lines]
    found += [f"{line}@{stop - 1}" for line in lines for _, stop in reduction.periods]
    if len(set(found)) != reduction.n_columns:
        raise AssertionError(f"{len(set(found))} names for {reduction.n_columns} numbers")
    return found


def part_bytes(content: Mapping[str, Any], rows: Sequence[tuple[int, str, bytes]]) -> bytes:
    """A Parquet file of finished runs.

    Args:
        content: of the store's design.json. rows: (number, name of the run, its numbers) in order.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = content["columns"]
    numbers = np.array([row[0] for row in rows], np.int64)
    values = np.frombuffer(b"".join(row[2] for row in rows), "<f8").reshape(len(rows), len(columns))
    names, arrays = _which_runs(content, numbers, [row[1] for row in rows])
    arrays += [pa.array(np.ascontiguousarray(values[:, place])) for place in range(len(columns))]
    sink = pa.BufferOutputStream()
    table = pa.Table.from_arrays(arrays, names=[*names, *columns])
    pq.write_table(table, sink, compression="zstd", compression_level=1, use_dictionary=names)  # type: ignore[arg-type]
    return sink.getvalue().to_pybytes()


def _which_runs(content: Mapping[str, Any], numbers: np.ndarray, runs: list[str]) -> tuple[list[str], list[pa.Array]]:
    import pyarrow as pa

    found: dict[str, pa.Array] = {"number": pa.array(numbers), "run": pa.array(runs, pa.string())}
    if "worlds" not in content:  # its runs are found on the way: their own numbers say which they are
        return list(found), list(found.values())
    if content.get("kind") == PLAIN_KIND:
        return ["number", "run"], [pa.array(numbers), pa.array(runs, pa.string())]
    n_alternatives = len(content["alternatives"])
    worlds = np.array(content["worlds"], float).reshape(len(content["worlds"]), -1)
    cells = n_alternatives * len(worlds)
    replicates, cell = np.divmod(numbers, cells)
    world, alternative = np.divmod(cell, n_alternatives)
    found |= {
        "scenario": pa.array([content["alternatives"][place]["name"] for place in alternative], pa.string()),
        "world": pa.array(world),
        "replicate": pa.array(replicates),
        "seed": pa.array(int(content["seed"]) + replicates),
    }
    for place, factor in enumerate(content["factors"]):
        found[f"world.{factor['parameter']}"] = pa.array(worlds[world, place])
    return list(found), list(found.values())
