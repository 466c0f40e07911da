"""Two files of one table, CSV or Parquet: the same values? If not, how many differ, by how much at most, and where.

Rows are read and compared some at a time, so tables may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_A_TIME = 1 << 17


@dataclass(frozen=True, slots=True)
class TableDifference:
    """How two tables differ.

    `n_differing` of `n_values` values differ; `where`, `here` and `there` are the place and the values of the largest
    difference. `size` is that difference as a share of the largest number in its column; infinite for texts, for a number
    against none, and for tables of another shape, whose `n_differing` is 0.
    """

    n_differing: int
    n_values: int
    size: float
    where: str
    here: str
    there: str

    def __str__(self) -> str:
        return f"{self.where}: {self.here} here, {self.there} there"


def table_difference(
    here: Path, there: Path, subjects: Sequence[str], keys: Sequence[str], without: Collection[str] = ()
) -> TableDifference | None:
    """What differs between the values of two tables, rows taken in their order; None if nothing does.

    Args:
        subjects: columns of which the first that a table has says what a row is about ("real_take_up").
        keys: further columns that tell rows apart, in the order to name them. without: columns that are left out.

    Raises: OSError or ValueError (of pandas and pyarrow) for a file that is no such table.
    """
    n_values = n_differing = n_rows = 0
    worst: TableDifference | None = None
    for mine, other in _side_by_side(_parts(here), _parts(there)):
        if mine is None or other is None:
            longer = "here" if other is None else "there"
            return TableDifference(0, n_values, np.inf, "rows", *_more(longer, n_rows))
        mine, other = (part.drop(columns=[name for name in without if name in part.columns]) for part in (mine, other))
        if list(mine.columns) != list(other.columns):
            return TableDifference(0, n_values, np.inf, "columns", *(_listed(part.columns) for part in (mine, other)))
        for column in mine.columns:
            n_values += len(mine)
            sizes = _sizes(mine[column], other[column])
            n_differing += int((sizes > 0).sum())
            row = int(np.argmax(sizes)) if len(sizes) else 0
            if len(sizes) and sizes[row] > (worst.size if worst else 0.0):
                where = _place(mine.iloc[row], str(column), n_rows + row + 1, subjects, keys)
                values = _told_apart(mine[column].iloc[row], other[column].iloc[row])
                worst = TableDifference(0, 0, float(sizes[row]), where, *values)
        n_rows += len(mine)
    if worst is None:
        return None
    return TableDifference(n_differing, n_values, worst.size, worst.where, worst.here, worst.there)


def _parts(path: Path) -> Iterator[pd.DataFrame]:
    """The table some rows at a time; at least one part, of no rows if the table has none."""
    import pandas as pd

    if path.suffix == ".csv":
        with pd.read_csv(path, chunksize=ROWS_AT_A_TIME, low_memory=False) as parts:
            yield from parts
        return
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield file.schema_arrow.empty_table().to_pandas()
        for batch in file.iter_batches(ROWS_AT_A_TIME):
            yield batch.to_pandas()


def _side_by_side(
    mine: Iterator[pd.DataFrame], other: Iterator[pd.DataFrame]
) -> Iterator[tuple[pd.DataFrame | None, pd.DataFrame | None]]:
    """Parts of equal length of both; at last (part, None) or (None, part) if one table is longer."""
    left, right = next(mine, None), next(other, None)
    while left is not None and right is not None:
        n = min(len(left), len(right))
        yield left.iloc[:n], right.iloc[:n]
        left = left.iloc[n:] if n < len(left) else next(mine, None)
        right = right.iloc[n:] if n < len(right) else next(other, None)
        while left is not None and left.empty:
            left = next(mine, None)
        while right is not None and right.empty:
            right = next(other, None)
    if left is not None or right is not None:
        yield left, right


def _sizes(mine: pd.Series, other: pd.Series) -> np.ndarray:
    """How far values differ, shape (n_rows,): 0 where they do not, infinity for what is not a number."""
    from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

    kinds = [is_numeric_dtype(column) and not is_bool_dtype(column) for column in (mine, other)]
    if not all(kinds):
        none = np.asarray(mine.isna()), np.asarray(other.isna())
        same = (np.asarray(mine.astype(object), str) == np.asarray(other.astype(object), str)) | (none[0] & none[1])
        return np.where(same & (none[0] == none[1]), 0.0, np.inf)
    a, b = mine.to_numpy(np.float64, na_value=np.nan), other.to_numpy(np.float64, na_value=np.nan)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if is_integer_dtype(mine) and is_integer_dtype(other):  # seeds may be larger than any number a float can hold
        same = mine.to_numpy() == other.to_numpy()
    finite = np.abs(np.concatenate([a, b]))
    largest = np.max(finite, initial=0.0, where=np.isfinite(finite))
    with np.errstate(invalid="ignore", over="ignore"):
        sizes = np.maximum(np.abs(a - b) / (largest or 1.0), np.finfo(float).tiny)
    return np.where(same, 0.0, np.where(np.isnan(sizes), np.inf, sizes))


def _place(row: pd.Series, column: str, number: int, subjects: Sequence[str], keys: Sequence[str]) -> str:
    """The place in words: "real_take_up of lean_process, week 12, mean"; the row's number if nothing names it."""
    subject = next((str(row[name]) for name in subjects if name in row.index), "")
    scenario = str(row["scenario"]) if "scenario" in row.index else ""
    named = " of ".join(part for part in (subject, scenario) if part)
    further = [f"{name} {row[name]}" for name in keys if name in row.index and str(row[name]) not in ("all", "nan")]
    return ", ".join([named or f"row {number}", *further, column])


def _told_apart(here: object, there: object) -> tuple[str, str]:
    """Two values in few digits, or in all where few would look the same."""
    if isinstance(here, (float, np.floating)) and isinstance(there, (float, np.floating)):
        short = f"{here:.6g}", f"{there:.6g}"
        return short if short[0] != short[1] else (repr(float(here)), repr(float(there)))
    return str(here), str(there)


def _more(longer: str, n_rows: int) -> tuple[str, str]:
    more, end = f"more than {n_rows:,}", f"{n_rows:,}"
    return (more, end) if longer == "here" else (end, more)


def _listed(columns: Iterable[object]) -> str:
    return ", ".join(map(str, columns))
