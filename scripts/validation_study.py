"""Validate persim by the five kinds of ISPOR and SMDM, store the results, and make docs/validation.md from them.

python scripts/validation_study.py            # run everything (some minutes), store results, make page and figure
python scripts/validation_study.py --tests    # the same, and the tests that stand behind the table (longer)
python scripts/validation_study.py --write    # only make page and figure from the stored results
python scripts/validation_study.py --check    # fail if the page or the stored results are out of date, write nothing
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import validation_page
import validation_runs as runs
import validation_verdicts as verdicts

import persim
from persim.evidence import Evidence, read_evidence
from persim.evidence.held import Held
from persim.evidence.words import figure_words, targets_json
from persim.measures import COLUMN, FIELDS
from persim.model_version import MODEL_VERSION
from persim.posterior import SHIPPED, check_digest
from persim.store import plain

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "docs" / "studies" / "validation.json"
COMMAND = "python scripts/validation_study.py"
CHECK = {"scenario": "baseline", "people": 300, "weeks": 260, "seed": 1}
# What is run: people, and how many seeds, from 1 on.
SIZES = {
    "targets": (3000, 100), "posterior": (3000, 200), "patterns": (2000, 12), "ledgers": (3000, 48), "closed": (3000, 40),
    "orders": (3000, 24), "extremes": (2000, 12), "yardstick": (500, 12), "engines": (200, 1), "threads": (500, 4),
    "replay": (300, 1), "margins": (3000, 24),
}  # fmt: skip
ORDERS_FROM, ORDERS_WEEKS, YARDSTICK_WEEKS, SHORT_WEEKS = 260, 1040, 78, 104


def main() -> int:
    """Run and store, write, or check; 1 if a check fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="only make page and figure from stored results")
    parser.add_argument("--check", action="store_true", help="fail if page or results are out of date, write nothing")
    parser.add_argument("--tests", action="store_true", help="also run the tests that stand behind the table")
    parser.add_argument("--jobs", type=int, default=2, help="threads; results do not depend on it")
    options = parser.parse_args()
    if options.check:
        faults = [*stale(stored()), *validation_page.out_of_date(stored())]
        for fault in faults:
            print(fault, file=sys.stderr)
        return int(bool(faults))
    if not options.write:
        results = studied(options.jobs, options.tests)
        STORED.parent.mkdir(parents=True, exist_ok=True)
        STORED.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    for path in validation_page.write(stored()):
        print(f"wrote {path.relative_to(ROOT).as_posix()}")
    return 0


def stored() -> dict[str, Any]:
    """The stored results."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def stale(results: Mapping[str, Any]) -> list[str]:
    """Why the stored results are not of this model, evidence and posterior sample; empty if they are."""
    made, faults = results["made_with"], []
    if made["model_version"] != MODEL_VERSION and not same_model(made["check"]):
        faults.append(f"the model gives other counts than when validation was studied: run `{COMMAND}`")
    if made["evidence"] != evidence_digest(read_evidence()):
        faults.append(f"the evidence files say something else than when validation was studied: run `{COMMAND}`")
    if made["posterior"] != posterior_digest():
        faults.append(f"another posterior sample is shipped than when validation was studied: run `{COMMAND}`")
    return faults


def same_model(check: Mapping[str, Any]) -> bool:
    """Does a small run at the defaults give the counts that it gave then? Comments and layout of the sources do not matter."""
    return all(name in COLUMN for name in check["fields"]) and check_digest({}, check) == check["digest"]


def evidence_digest(evidence: Evidence) -> str:
    """Of targets and patterns as they are read, and of figures that are followed in ledgers: comments do not matter."""
    followed = [one for one in evidence.ranges if one.id in verdicts.FOLLOWED]
    return hashlib.sha256(repr((evidence.targets, evidence.patterns, followed)).encode()).hexdigest()


def posterior_digest() -> str | None:
    """The digest of the shipped posterior sample, None if there is none."""
    place = SHIPPED / "posterior.parquet"
    return hashlib.sha256(place.read_bytes()).hexdigest() if place.exists() else None


def studied(jobs: int, with_tests: bool) -> dict[str, Any]:
    """Everything run anew."""
    started = time.time()
    fields = list(FIELDS)
    check = {**CHECK, "fields": fields, "digest": check_digest({}, {**CHECK, "fields": fields})}
    evidence = read_evidence()
    results: dict[str, Any] = {
        "made_with": {
            "persim": persim.__version__, "model_version": MODEL_VERSION, "check": check,
            "evidence": evidence_digest(evidence), "posterior": posterior_digest(), "sizes": SIZES, "first_seed": 1,
        }
    }  # fmt: skip
    _internal(results)
    _cross(results)
    _external(results, evidence, jobs)
    results["tests"] = tests_of(with_tests)
    _say(started, "done")
    results["made_with"]["seconds"] = round(time.time() - started)
    return plain(results)


def _seeds(name: str) -> range:
    return range(1, 1 + SIZES[name][1])


def _internal(results: dict[str, Any]) -> None:
    started = time.time()
    people = {name: size[0] for name, size in SIZES.items()}
    results["internal"] = [
        runs.engines(people["engines"], SHORT_WEEKS, 1),
        runs.threads(people["threads"], _seeds("threads")),
        runs.rebuilt(people["replay"], SHORT_WEEKS, 1),
        *runs.extremes(people["extremes"], _seeds("extremes")),
    ]
    _say(started, "internal")


def _cross(results: dict[str, Any]) -> None:
    started = time.time()
    ledgers = runs.from_ledgers(SIZES["ledgers"][0], _seeds("ledgers"))
    results["followed"] = {code: runs.share_of(parts) for code, parts in ledgers.items()}
    results["closed"] = runs.closed_forms(SIZES["closed"][0], _seeds("closed"), ledgers["TGT14"])
    results["orders"] = runs.orders(SIZES["orders"][0], _seeds("orders"), ORDERS_FROM, ORDERS_WEEKS)
    people, n_seeds = SIZES["yardstick"]
    results["yardstick"] = runs.yardstick(n_seeds, people, YARDSTICK_WEEKS)
    _say(started, "cross")


def _external(results: dict[str, Any], evidence: Evidence, jobs: int) -> None:
    started = time.time()
    results["targets"] = _rows(runs.targets(evidence, SIZES["targets"][0], _seeds("targets"), jobs))
    found = runs.targets_of_posterior(evidence, SIZES["posterior"][0], _seeds("posterior"), jobs)
    results["targets_of_posterior"] = _rows(found[0]) if found else None
    results["patterns"] = runs.patterns(evidence, SIZES["patterns"][0], _seeds("patterns"), jobs)
    results["margins"] = runs.margins(evidence, SIZES["margins"][0], _seeds("margins"), jobs)
    ranges = {one.id: one for one in evidence.ranges}
    for code in verdicts.FOLLOWED:
        one = ranges[code]
        words = {"quantity": one.quantity, "year": one.year, "figure": figure_words(one)}
        results["followed"][code] |= {**words, "range": [one.low, one.high]}
    _say(started, "external")


def _rows(held: Held) -> list[dict[str, Any]]:
    rows = targets_json(held)["targets"]
    for row, one in zip(rows, held.targets, strict=True):
        row |= {"year": one.target.year, "figure": figure_words(one.target)}
    return rows


def tests_of(run: bool) -> dict[str, dict[str, int | None]]:
    """How many tests stand behind each row of the table: counted by collecting them, and how many of them passed."""
    paths = sorted({path for group in verdicts.TESTS.values() for path in group})
    names = [line for line in _pytest("--collect-only", "-q", *paths) if "::" in line]
    passed = None
    if run:
        passed = [
            line.removeprefix("PASSED ")
            for line in _pytest("-q", "-n", "2", "-rA", *paths)
            if line.startswith("PASSED ")
        ]
    return {
        group: {"collected": tests_in(group, names), "passed": None if passed is None else tests_in(group, passed)}
        for group in verdicts.TESTS
    }


def tests_in(group: str, names: Sequence[str]) -> int:
    """How many of these tests belong to a row of the table."""
    paths, word = verdicts.TESTS[group], verdicts.ONLY.get(group, "")
    return sum(name.startswith(paths) and word in name for name in names)


def _pytest(*options: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True).stdout.splitlines()


def _say(started: float, what: str) -> None:
    print(f"{what}: {time.time() - started:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
