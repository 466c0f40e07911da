"""A small world kept exactly, so that no result changes unnoticed.

When results change on purpose, write it anew and say in the commit what changed and why:

    python tests/golden/golden_world.py --write

Two things are kept for each scenario. *Numbers*: the sum of every count over the run, and means of what people hold at
the end, to six figures; these must agree on any machine. *Digests* of every byte of record and final world; these must
agree only where the compiler and the C library are those they were taken with, since exp, log and cos of other
libraries may differ in the last bit. Hardly one run of this size in 10^9 has a decision that hangs on such a bit, so
the numbers do not.
"""

import hashlib
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
from llvmlite.binding import get_host_cpu_features

from persim.measures import FIELDS
from persim.scenario import read_scenario
from persim.simulate import Run, run_scenario

KEPT = Path(__file__).with_name("golden_world.json")
SEED, N_USERS, N_WEEKS = 1, 3300, 156  # large enough for the rarer decisions of the pathway to be met
SCENARIOS = ("baseline", "cto_rights", "gold_standard")
WORLD = ("users", "practitioners", "teams", "localities", "tally", "waits")
HELD = (
    "control_felt",
    "quality_of_life",
    "trust",
    "confidence",
    "perceived_risk",
    "involvement",
    "budget_gbp_per_year",
)


def golden_run(name: str) -> Run:
    """The last arm of a scenario, or the scenario itself, small."""
    return run_scenario(read_scenario(name).variants()[-1].changed(n_users=N_USERS, n_weeks=N_WEEKS), SEED)


def figures(x: float) -> float:
    """A number to six figures."""
    return float(f"{x:.6g}")


def digest(*arrays: np.ndarray) -> str:
    """SHA-256 of the bytes of arrays, shortened."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()[:16]


def kept_of(run: Run) -> dict:
    """What is kept of one run."""
    sums = run.counts[:, 0].sum(0)
    users = run.world.users
    return {
        "scenario": run.scenario.name,
        "numbers": {name: figures(value) for name, value in zip(FIELDS, sums, strict=True) if value != 0.0},
        "people": {name: figures(users[name].mean()) for name in HELD},
        "digests": {
            "record": digest(run.record),
            **{name: digest(getattr(run.world, name)) for name in WORLD},
        },
    }


def machine() -> str:
    """What the last bits depend on."""
    fused = "with" if get_host_cpu_features().get("fma") else "without"  # the C library has exp for either
    libraries = f"{' '.join(platform.libc_ver())}, numba {version('numba')}, llvmlite {version('llvmlite')}"
    return f"{platform.system()} {platform.machine()} {fused} fused multiply-add, {libraries}"


def golden() -> dict:
    """All that is kept, taken now."""
    return {
        "how": "python tests/golden/golden_world.py --write",
        "machine": machine(),
        "runs": {name: kept_of(golden_run(name)) for name in SCENARIOS},
    }


def differences(kept: dict, now: dict, part: str) -> list[str]:
    """What differs in one part of a run, a line each."""
    names = [*kept[part], *(name for name in now[part] if name not in kept[part])]
    return [
        f"{name}: {kept[part].get(name, 0)} was kept, {now[part].get(name, 0)} now"
        for name in names
        if kept[part].get(name, 0) != now[part].get(name, 0)
    ]


def main() -> None:
    """Write the golden world anew, or say what differs."""
    now = golden()
    if "--write" in sys.argv[1:]:
        KEPT.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        print(f"written: {KEPT}")
        return
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    for name in SCENARIOS:
        for part in ("numbers", "people", "digests"):
            for line in differences(kept["runs"][name], now["runs"][name], part):
                print(f"{name}, {part}: {line}")


if __name__ == "__main__":
    main()
