"""Write what is made from tables of the program: pages and tables in docs/, schemas.

python scripts/generate_docs.py           # write them
python scripts/generate_docs.py --check   # fail if one of them is out of date, write nothing
"""

import argparse
import json
import sys
from pathlib import Path

from doc_tables import pages_with_tables

from persim.calibration.schema import calibration_schema
from persim.design_schema import design_schema
from persim.evidence.schema import evidence_schemas
from persim.ledger_docs import markdown as ledger_page
from persim.lessons.schema import lesson_schema
from persim.outcome_docs import markdown as outcome_page
from persim.parameter_docs import markdown as parameter_page
from persim.scenario_schema import scenario_schema
from persim.sensitivity.schema import sensitivity_schema
from persim.state_docs import markdown as state_page

ROOT = Path(__file__).resolve().parents[1]


def generated() -> dict[Path, str]:
    """The path and text of every generated file."""
    schemas = {
        ROOT / "scenarios" / "scenario.schema.json": scenario_schema(),
        ROOT / "experiments" / "design.schema.json": design_schema(),
        ROOT / "experiments" / "calibration.schema.json": calibration_schema(),
        ROOT / "experiments" / "sensitivity.schema.json": sensitivity_schema(),
        ROOT / "lessons" / "lesson.schema.json": lesson_schema(),
    } | {ROOT / "evidence" / name: schema for name, schema in evidence_schemas().items()}
    texts = {path: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for path, schema in schemas.items()}
    pages = {
        "parameters.md": parameter_page(),
        "ledger.md": ledger_page(),
        "state.md": state_page(),
        "outcomes.md": outcome_page(),
    }
    return {**{ROOT / "docs" / name: text for name, text in pages.items()}, **texts, **pages_with_tables()}


def main() -> int:
    """Write or check; 1 if a check fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail if a file is out of date, write nothing")
    check = parser.parse_args().check
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        name = path.relative_to(ROOT).as_posix()
        if check:
            print(f"{name} is out of date: run `python scripts/generate_docs.py`", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(generated()[path], encoding="utf-8", newline="\n")
            print(f"wrote {name}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
