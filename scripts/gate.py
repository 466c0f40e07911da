"""Run every check, also after one fails, and say for each how it went: `python3 run.py gate [--fast]`.

`--fast` leaves out the tests. What a check prints is shown only if it fails; the tests print as they go.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable

CHECKS = {
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "--diff"],
    "ruff check": [PYTHON, "-m", "ruff", "check"],
    "lint-imports": [str(BIN / "lint-imports"), "--no-logo"],
    "pyright": [PYTHON, "-m", "pyright", "--pythonpath", PYTHON],
}
TESTS = {"pytest": [PYTHON, "-m", "pytest", "-n", "2"]}

ENVIRONMENT = {
    "PYRIGHT_PYTHON_GLOBAL_NODE": "0",  # the node that came with pyright, not an unknown one on the PATH
    "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",  # no look-up of newer versions
}


def passes(name: str, command: list[str], live: bool) -> bool:
    """Run one check, print its verdict in one line, and say whether it passed."""
    start = time.perf_counter()
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        stdout=None if live else subprocess.PIPE,
        stderr=None if live else subprocess.STDOUT,
        text=True,
    )
    failed = result.returncode != 0
    if failed and result.stdout:
        print(result.stdout.rstrip())
    print(f"{'FAILED' if failed else 'passed'}  {name:<12} {time.perf_counter() - start:6.1f} s", flush=True)
    return not failed


def main() -> int:
    """Run the checks; 0 if all passed, else 1."""
    parser = argparse.ArgumentParser(prog="run.py gate", description="Run every check.")
    parser.add_argument("--fast", action="store_true", help="leave out the tests")
    fast = parser.parse_args().fast
    failures = [name for name, command in CHECKS.items() if not passes(name, command, live=False)]
    if not fast:
        failures += [name for name, command in TESTS.items() if not passes(name, command, live=True)]
    print(f"gate: failed: {', '.join(failures)}" if failures else "gate: all passed")
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
