"""What the documentation names exists: parameters, rules, outcomes, scenarios, files, links, evidence; its language."""

import ast
import importlib
import re
from enum import IntEnum
from functools import cache
from pathlib import Path

import pytest
import typer

import persim
from persim import state
from persim.cli import app
from persim.measures import FIELDS
from persim.outcomes import ALL_GROUPS, DIMENSIONS, OUTCOMES
from persim.parameters import BY_NAME, GROUPS
from persim.scenario import read_scenario
from persim.scenario_file import ARM_KEYS, STEP_KEYS, TOP_KEYS
from persim.scenario_search import shipped_names
from persim.scenario_words import new_scenario_text

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
]
# Pages whose names in backticks are checked one by one: what the documentation of the model stands on.
RESEARCH = "odd-summary odd-d stress-abs rat-rs trace state outcomes"
NAMING_PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{name}.md" for name in f"model {RESEARCH} rules decisions evidence responsible-use".split()),
]
# Where a file that a page names may lie.
FOLDERS = [ROOT, *(ROOT / "src" / "persim" / folder for folder in ("", "app", "app/static"))]
# Words in backticks that are no names of the program.
ALLOWED = {
    "code", "p", "s", "u", "note", "main", "numba", "pytest", "py", "python3", "math", "math.*", "x * x", "x ** 2",
    "x**2", "u=0.0", "role_boundary: 0.55", "role_boundary: 0.30", "my_question.yaml",
    "test_user_never_asks_before_being_informed", "manifest.json", "pip",
}  # fmt: skip


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def without_blocks(text: str) -> str:
    """The text without fenced blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


@cache
def known_names() -> frozenset[str]:
    """Every name a page may use for something of the program."""
    names = set(BY_NAME) | set(GROUPS) | {outcome.name for outcome in OUTCOMES} | set(FIELDS) | set(ALL_GROUPS)
    names |= set(shipped_names()) | set(TOP_KEYS) | set(STEP_KEYS) | set(ARM_KEYS) | set(persim.__all__)
    for records in (state.USER, state.PRACTITIONER, state.TEAM, state.LOCALITY):
        names |= set(records.names or ())
    for value in vars(state).values():
        if isinstance(value, type) and issubclass(value, IntEnum):
            names |= {value.__name__, *(member.name.lower() for member in value)}
    for path in (ROOT / "src" / "persim").rglob("*.py"):
        names.add(path.stem)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
    return frozenset(names)


def commands() -> dict[str, set[str]]:
    """Command -> its options."""
    group = typer.main.get_command(app)
    return {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


def is_known(name: str) -> bool:
    """Is this text in backticks a name of the program, a file, a command, a scenario's arm, or allowed?"""
    if name in ALLOWED or name in known_names() or any((folder / name).exists() for folder in FOLDERS):
        return True
    if re.fullmatch(r"[\w.]+\(.*\)", name):
        return is_known(name.split("(", 1)[0])
    if name.startswith("persim."):
        return name.removeprefix("persim.") in dir(persim) or attribute_exists(name)
    if match := re.fullmatch(r"(?:persim|python3? run\.py) ([\w-]+)(.*)", name):
        return is_command(match[1], match[2])
    if match := re.fullmatch(r"pytest -m (\w+)", name):
        return f'"{match[1]}: ' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    if re.match(r"--\w", name):
        return any(name.split()[0] in options for options in commands().values())
    if match := re.fullmatch(r"\.venv/bin/python (\S+)", name):
        return (ROOT / match[1]).exists()
    if re.fullmatch(r"\w+/\w+", name):
        return is_arm(name)
    if re.fullmatch(r"\w+\.\w+", name):
        return attribute_exists(f"persim.{name}")
    return False


def is_command(word: str, rest: str) -> bool:
    """Is this a command of persim or of run.py, with options that it has?"""
    if word in ("test", "gate", "--version"):
        return True
    return word in commands() and set(re.findall(r"--[\w-]+", rest)) <= commands()[word]


def attribute_exists(dotted: str) -> bool:
    """Is there such an attribute of a module, or of a public class?"""
    module, _, attribute = dotted.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), attribute)
    except ImportError:
        owner = module.rpartition(".")[2]
        return hasattr(persim, owner) and hasattr(getattr(persim, owner), attribute)


def is_arm(name: str) -> bool:
    scenario, _, arm = name.partition("/")
    return scenario in shipped_names() and arm in [found.name for found in read_scenario(scenario).arms]


@pytest.mark.parametrize("page", NAMING_PAGES)
def test_every_name_in_backticks_exists(page: str) -> None:
    names = set(re.findall(r"`([^`\n]+)`", without_blocks(text_of(page))))
    assert sorted(name for name in names if not is_known(name)) == []


def test_every_name_in_a_form_exists() -> None:
    blocks = re.findall(r"^```text\n(.*?)^```", text_of("docs/model.md"), flags=re.DOTALL | re.MULTILINE)
    words = {word for block in blocks for word in re.findall(r"[a-z]+(?:_[a-z0-9]+)+", block)}
    assert sorted(words - known_names()) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    missing = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text_of(page).replace("](\n", "](")):
        path, _, anchor = target.partition("#")
        place = (ROOT / page).parent / path if path else ROOT / page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            missing.append(target)
    assert missing == []


def anchors(place: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", without_blocks(place.read_text(encoding="utf-8")), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_evidence_code_is_a_row_of_the_evidence_page() -> None:
    places = [ROOT / page for page in PAGES]
    places += [*(ROOT / "src").rglob("*.py"), *(ROOT / "scenarios").glob("*.yaml")]
    rows = set(re.findall(r"^\| ([A-Z]{1,3}\d{1,2}) \|", text_of("docs/evidence.md"), flags=re.MULTILINE))
    unused = set(
        re.findall(
            r"\b(?:TGT|PAR|PAT|ENG)\d\d\b",
            text_of("docs/evidence.md").split("**Known and not used", 1)[1].split("\n\n", 1)[0],
        )
    )
    named: dict[str, str] = {}
    for place in places:
        text = place.read_text(encoding="utf-8")
        for code in re.findall(r"\b(?:S[1-5]|TGT\d\d|PAR\d\d|PAT\d\d|ENG\d\d)\b", text):
            named.setdefault(code, place.name)
        for kind, first, last in re.findall(r"\b(TGT|PAR|PAT|ENG)(\d\d)(?:-| to (?:TGT|PAR|PAT|ENG))(\d\d)\b", text):
            for number in range(int(first), int(last) + 1):
                named.setdefault(f"{kind}{number:02d}", place.name)
    # Ranges leap over numbers that no row has; only codes written out must be there.
    assert {code: place for code, place in named.items() if code not in rows | unused} == {}


def test_every_scenario_stands_in_the_readme() -> None:
    readme = text_of("README.md")
    assert [name for name in shipped_names() if f"`{name}`" not in readme] == []


def test_the_number_that_the_readme_changes_stands_in_a_new_file(tmp_path: Path) -> None:
    readme = text_of("README.md")
    told = re.search(r"Change `(\w+: [\d.]+)` to\s+`(\w+): ([\d.]+)`", readme)
    assert told
    text = new_scenario_text("my_question", "baseline", tmp_path)
    assert re.search(rf"^  {re.escape(told[1])}\s", text, flags=re.MULTILINE)
    assert BY_NAME[told[2]].low <= float(told[3]) <= BY_NAME[told[2]].high


def test_every_group_of_people_is_named_in_the_readme() -> None:
    readme = text_of("README.md")
    assert [name for name in (*DIMENSIONS, "locality") if f"`{name}`" not in readme] == []


# Words that make a person a burden or a risk, or name a thing by its reproach.
AVOIDED = (
    "sufferer", "the mentally ill", "patient", "patients", "risky person", "risky people", "non-compliant",
    "revolving door", "frequent flyer", "the vulnerable", "drop-out", "dropout", "gaming", "person-weeks", "misuse",
)  # fmt: skip


def test_the_documentation_speaks_of_people_with_respect() -> None:
    places = [ROOT / page for page in PAGES if page != "docs/responsible-use.md"]
    places += [*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "src" / "persim").rglob("*.py")]
    found = {
        (place.name, word)
        for place in places
        for word in AVOIDED
        if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", place.read_text(encoding="utf-8").lower())
    }
    assert found == set()
