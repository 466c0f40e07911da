"""Every state variable is described, those called fixed stay as they are, and tables in pages are made from the program."""

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import persim
from persim import state
from persim.outcome_docs import markdown as outcome_page
from persim.outcomes import OUTCOMES
from persim.rule_numbers import fixed_numbers, functions_in, weights_of
from persim.state_docs import ACTORS, FIXED, markdown

ROOT = Path(__file__).resolve().parents[2]


def load_tables():
    """The module `scripts/doc_tables.py`."""
    spec = importlib.util.spec_from_file_location("doc_tables", ROOT / "scripts" / "doc_tables.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["doc_tables"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("actor", ACTORS)
def test_every_field_of_an_actor_is_described_once(actor: str) -> None:
    topics, dtype = ACTORS[actor]
    described = [name for fields in topics.values() for name in fields]
    assert sorted(described) == sorted(dtype.names or ())
    assert set(described) >= FIXED[actor]
    assert all(meaning and values for fields in topics.values() for meaning, values in fields.values())


def test_the_page_names_every_field_and_every_code() -> None:
    page = markdown()
    fields = [name for _, dtype in ACTORS.values() for name in dtype.names or ()]
    assert [name for name in fields if f"| `{name}` |" not in page] == []
    assert "| `Barrier` | 0 none, 1 no coordinator," in page


def test_what_is_called_fixed_stays_and_much_else_varies() -> None:
    more = {"risk_aversion": 0.2, "role_boundary": 0.2, "action_research": 1.0, "media_event": 1.0}
    first, last = (persim.simulate("baseline", seed=3, n_users=660, n_weeks=n, **more).world for n in (1, 120))
    for actor, name in zip(ACTORS, ("users", "practitioners", "teams", "localities"), strict=True):
        before, after = getattr(first, name), getattr(last, name)
        same = before["key"] == after["key"] if actor == "People" else np.ones(len(before), bool)
        assert same.any()
        changed = {field for field in before.dtype.names if (before[field] != after[field])[same].any()}
        assert changed & FIXED[actor] == set()
        assert len(changed) > 0.3 * (len(before.dtype.names) - len(FIXED[actor]))


def test_every_outcome_stands_on_its_page() -> None:
    page = outcome_page()
    assert [outcome.name for outcome in OUTCOMES if f"| `{outcome.name}` |" not in page] == []
    assert "reported - real_broad" in page


def test_fixed_numbers_are_those_of_the_rules() -> None:
    rows = {name: numbers for _, name, numbers in fixed_numbers()}
    assert rows["chance_plan_is_agreed"] == [0.55, 0.9]
    assert rows["decide_case"] == [0.5]
    assert "odds_shift" not in rows


def test_the_number_that_a_switch_is_compared_with_is_no_weight(tmp_path: Path) -> None:
    path = tmp_path / "made_up.py"
    path.write_text("@rule\ndef f(p):\n    if p.lift_role >= 0.5:\n        return 0.3 + 0.7 * p.x\n    return 0.3\n")
    (function,) = functions_in(path)
    assert weights_of(function) == [0.3, 0.7]


def test_tables_between_marks_are_made_anew_and_the_rest_is_kept() -> None:
    tables = load_tables()
    begins = tables.BEGINS.format("parameters by grade")
    text = f"before\n\n{begins}\nstale\n{tables.ENDS}\n\nafter\n"
    made = tables.with_tables(text)
    assert made.startswith("before\n")
    assert made.endswith("after\n")
    assert "stale" not in made
    assert "| **all** |" in made
    assert tables.with_tables(made) == made
    with pytest.raises(KeyError):
        tables.with_tables(text.replace("parameters by grade", "no such table"))


def test_every_mark_in_a_page_begins_a_table_that_is_made() -> None:
    tables = load_tables()
    for path in (ROOT / "docs").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        marks = re.findall(r"<!-- table: ([^,]+), made by", text)
        assert text.count(tables.ENDS) == len(marks) == len(tables.MARKED.findall(text)), path.name
        assert not marks or path.name in tables.PAGES
        assert set(marks) <= set(tables.TABLES)


def test_enumerations_named_as_values_exist() -> None:
    named = {values for topics, _ in ACTORS.values() for fields in topics.values() for _, values in fields.values()}
    assert {name for name in named if re.fullmatch(r"[A-Z][A-Za-z]+", name)} <= set(vars(state))
