"""Measure persim's speed and memory against its goals: `python benchmarks/run_benchmarks.py [--quick]`.

Prints a table with goal, measured value and verdict, and what the machine is. `--quick` measures less (about five
minutes instead of half an hour); `--only mesa face` measures some; `--long` adds `persim compare` at full size;
`--json FILE` keeps the table as data; `--write-docs` puts it into docs/performance.md, where the ledger and sweeps have
tables of their own. Sweeps take a quarter of an hour and are measured when asked for: `--only sweep batch large`; so is
the seminar's page: `--only room browser replay`.
"""

import argparse
import json
import os
import platform
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

# One thread in NumPy's linear algebra: versions are compared on one core.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from app_measurements import APP  # noqa: E402 - after the lines above
from calibration_measurements import CALIBRATION  # noqa: E402
from ledger_measurements import LEDGER  # noqa: E402 - after the lines above
from measurements import LONG, MEASUREMENTS, measure  # noqa: E402
from rows import FULL, QUICK, Row  # noqa: E402
from sweep_measurements import SWEEPS  # noqa: E402

DOCS = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
TABLE, LEDGER_TABLE, SWEEP_TABLE, APP_TABLE = (
    "table",
    "ledger",
    "sweeps",
    "app",
)  # the marks around each table in docs/performance.md


def machine() -> dict[str, str]:
    """What the machine and its software are; no names of hosts, people or folders."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": _processor(),
        "cores": str(cores),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{name: version(name) for name in ("numba", "numpy", "mesa")},
        "persim": version("persim"),
        "load at the start": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
        "date": date.today().isoformat(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def as_markdown(rows: list[Row], about: dict[str, str]) -> str:
    """The machine, then the table."""
    lines = [", ".join(f"{name} {value}" for name, value in about.items()) + ".", ""]
    lines += ["| what | measured | goal | verdict |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.goal} | {row.verdict} |" for row in rows]
    return "\n".join(lines)


def write_docs(text: str, table: str) -> None:
    """Put a table between its marks in docs/performance.md; rows of sweeps that were not measured now stay."""
    begin, end = f"<!-- {table}: begin -->", f"<!-- {table}: end -->"
    before, _, rest = DOCS.read_text(encoding="utf-8").partition(begin)
    old, _, after = rest.partition(end)
    if table == SWEEP_TABLE:
        measured = {line.split("|")[1] for line in text.splitlines() if line.startswith("|")}
        kept = [line for line in old.splitlines() if line.startswith("| ") and line.split("|")[1] not in measured]
        text = "\n".join([text, *kept])
    DOCS.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def table_of(name: str) -> str:
    """The table of docs/performance.md that a measurement belongs to."""
    if name in APP:
        return APP_TABLE
    return LEDGER_TABLE if name in LEDGER else SWEEP_TABLE if name in {**SWEEPS, **CALIBRATION} else TABLE


def main(arguments: list[str] | None = None) -> int:
    """Measure, print; 0 if no goal was missed, else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter runs, fewer rounds")
    parser.add_argument("--long", action="store_true", help=f"also {', '.join(LONG)}: minutes on all cores")
    parser.add_argument("--only", nargs="+", choices=list(MEASUREMENTS), metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the table as data")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/performance.md")
    chosen = parser.parse_args(arguments)
    names = chosen.only or [
        name
        for name in MEASUREMENTS
        if name not in {**SWEEPS, **CALIBRATION, **APP} and (chosen.long or name not in LONG)
    ]
    about = machine()
    size = QUICK if chosen.quick else FULL
    tables: dict[str, list[Row]] = {}
    for name in names:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        tables.setdefault(table_of(name), []).extend(measure(name, size))
    rows = [row for table in tables.values() for row in table]
    about["measured"] = "quickly" if chosen.quick else "in full"
    print(as_markdown(rows, about))
    if chosen.json:
        chosen.json.write_text(json.dumps({"machine": about, "rows": [vars(row) for row in rows]}, indent=2) + "\n")
    if chosen.write_docs:
        for table, measured in tables.items():
            write_docs(as_markdown(measured, about), table)
    return int(any(row.verdict == "missed" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
