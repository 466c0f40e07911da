"""The numbers that stand in the text of rules without being parameters: read from the source, for documents and tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

MODEL = Path(__file__).resolve().parent
# Numbers in a rule that are no weight of a form: ends of ranges, purposes of further draws, long ago, hardly anything.
NO_WEIGHTS = frozenset({0, 1, 200, 400, 600, 100000, 1e-9})
# Bits of keys, and the natural logarithm of 2.
MECHANICS = {
    "peer_row": frozenset({8, 1023}),
    "judgement_period": frozenset({20, 1023}),
    "fading": frozenset({0.6931471805599453}),
}


def sources() -> list[Path]:
    """The files in which behaviour stands: rules, phases, the world at the start, the week."""
    folders = (MODEL / "rules", MODEL / "phases")
    return [*(path for folder in folders for path in sorted(folder.glob("*.py"))), MODEL / "population.py"]


def functions_in(path: Path, marks: tuple[str, ...] = ("rule",)) -> Iterator[ast.FunctionDef]:
    """The functions of a file with one of these decorators."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
            if names & set(marks):
                yield node


def is_switch(node: ast.AST) -> bool:
    """Is this the look at a switch: `p.lift_... < 0.5` or `>= 0.5`?"""
    return isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr.startswith("lift_")


def weights_of(function: ast.AST) -> list[float]:
    """The numbers in a function, each once, as they come; those with which switches are compared left out."""
    switches = {id(number) for node in ast.walk(function) if is_switch(node) for number in ast.walk(node)}
    found = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and id(node) not in switches
    ]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return list(dict.fromkeys(abs(float(node.value)) for node in found))  # type: ignore[arg-type]


def fixed_numbers() -> list[tuple[str, str, list[float]]]:
    """(file, function, numbers) for every function of the model with numbers of its own.

    Outside `rules/` only fractions count: whole numbers there are bits, places and codes.
    """
    rows = []
    for path in sources():
        for function in functions_in(path, ("rule", "loop")):
            skipped = NO_WEIGHTS | MECHANICS.get(function.name, frozenset())
            whole_too = path.parent.name == "rules"
            numbers = [x for x in weights_of(function) if x not in skipped and (whole_too or x % 1.0 > 0.0)]
            if numbers:
                rows.append((path.stem, function.name, numbers))
    return rows
