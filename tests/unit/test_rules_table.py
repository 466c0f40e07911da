"""The table of rules in docs/rules.md, and the descriptions in docs/model.md, hold what the code holds."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from persim.parameters import TABLE
from persim.rule_numbers import MECHANICS, NO_WEIGHTS, functions_in, is_switch, weights_of
from persim.week import PHASES

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "src" / "persim" / "rules"
RULES_PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
MODEL_PAGE = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")

ACTORS = {  # the first word of a rule -> the column of the table
    "user": 1,
    "practitioner": 2,
    **dict.fromkeys(("team", "organisation", "council", "panel", "manager"), 3),
}
RECKONINGS = 4


def named(text: str) -> list[str]:
    """The names in backticks."""
    return re.findall(r"`(\w+)`", text)


def table_after(heading: str, page: str) -> list[list[str]]:
    """The cells of the first table under a heading, header left out."""
    lines = page.split(f"{heading}\n", 1)[1].splitlines()
    rows = []
    for line in lines:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


CODE = {rule.name: (path.stem, rule) for path in sorted(RULES.glob("*.py")) for rule in functions_in(path)}
ELSEWHERE = {
    rule.name: rule
    for path in [
        *sorted((ROOT / "src/persim/phases").glob("*.py")),
        ROOT / "src/persim/population.py",
        ROOT / "src/persim/week.py",
    ]
    for rule in functions_in(path)
}


def test_every_rule_stands_in_the_table_once_in_its_process_under_its_actor() -> None:
    found = [
        (name, named(row[0])[0], column)
        for row in table_after("## Who acts in which process", RULES_PAGE)
        for column in range(1, 5)
        for name in named(row[column])
    ]
    expected = [(name, stem, ACTORS.get(name.split("_")[0], RECKONINGS)) for name, (stem, _) in CODE.items()]
    assert sorted(found) == sorted(expected)


def test_every_decision_that_lives_in_the_phases_is_listed() -> None:
    paragraph = RULES_PAGE.split("**Decisions that live in the phases**", 1)[1].split("\n\n", 1)[0]
    assert sorted(named(paragraph)) == sorted(ELSEWHERE)


def entries() -> dict[str, str]:
    """Name of a rule -> its description in docs/model.md, from the bold name to the next one or heading."""
    found: dict[str, str] = {}
    current: list[str] = []
    lines: list[str] = []
    for line in [*MODEL_PAGE.splitlines(), "#"]:
        bold = re.findall(r"\*\*`(\w+)`\*\*", line)
        if line.startswith(("#", "**`")):
            found |= dict.fromkeys(current, "\n".join(lines))
            current, lines = [], []
        current += bold
        lines.append(line)
    return found


def test_every_rule_is_described_once() -> None:
    described = Counter(re.findall(r"\*\*`(\w+)`\*\*", MODEL_PAGE))
    assert dict(described) == dict.fromkeys([*CODE, *ELSEWHERE], 1)


@pytest.mark.parametrize("name", CODE)
def test_every_fixed_weight_of_a_rule_stands_in_its_description(name: str) -> None:
    weights = set(weights_of(CODE[name][1]))
    described = {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", entries()[name])}
    assert weights - described - NO_WEIGHTS - MECHANICS.get(name, set()) == set()


def test_every_parameter_stands_in_the_description_of_the_model() -> None:
    words = set(re.findall(r"\w+", MODEL_PAGE))
    assert [p.name for p in TABLE if p.name not in words] == []


def test_the_week_runs_in_the_order_that_is_described() -> None:
    rows = table_after("## 3 Process overview and scheduling", MODEL_PAGE)
    assert [(row[0], row[1], *named(row[3])) for row in rows] == [tuple(phase) for phase in PHASES]


SWITCHES = "### 7.10 Barriers that can be switched off"


def test_every_switch_is_on_from_the_same_number_and_read_where_it_is_said() -> None:
    paths = [*RULES.glob("*.py"), *(ROOT / "src/persim/phases").glob("*.py")]
    functions = [
        node for path in paths for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    ]  # fmt: skip
    readers: dict[str, set[str]] = {p.name: set() for p in TABLE if p.group == "barriers"}
    for function in functions:
        looks = [node for node in ast.walk(function) if is_switch(node)]
        assert all(look.comparators[0].value == 0.5 for look in looks), function.name
        for look in looks:
            readers[look.left.attr].add(function.name)
    told = {named(row[0])[0]: set(named(row[2])) for row in table_after(SWITCHES, MODEL_PAGE)}
    assert told == readers
    assert "(from 0.5)" in MODEL_PAGE.split(SWITCHES, 1)[1].split("###", 1)[0]
