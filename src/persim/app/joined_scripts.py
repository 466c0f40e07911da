"""The page's scripts as one text, for a file that holds all it needs: modules in the order in which they need each other.

Kept simple by rules that a test holds the modules to: imports and exports of one form each, and no name at the top of a
module that another module has at its top.
"""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import\s*\{[^}]*\}\s*from\s*"\./([a-z_]+\.js)";[^\S\n]*\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_TOP = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
_LEFT = re.compile(r"^\s*(?:import|export)\b.*|\bimport\(.*", re.MULTILINE)


def needed(entry: str, folder: Path = STATIC) -> list[str]:
    """The modules that an entry needs, itself the last, each after those that it needs."""
    found: list[str] = []

    def add(name: str, wanted_by: tuple[str, ...]) -> None:
        if name in wanted_by:
            raise ValueError(f"{name} needs itself, by way of {' and '.join(wanted_by)}")
        if name in found:
            return
        for other in _IMPORT.findall((folder / name).read_text("utf-8")):
            add(other, (*wanted_by, name))
        found.append(name)

    add(entry, ())
    return found


def joined(entry: str, folder: Path = STATIC) -> str:
    """The modules that an entry needs as one script that exports nothing.

    Raises: ValueError where two modules have a name in common, or an import or export has another form.
    """
    owners: dict[str, str] = {}
    parts = []
    for module in needed(entry, folder):
        text = (folder / module).read_text("utf-8")
        for name in _TOP.findall(text):
            if owners.setdefault(name, module) != module:
                raise ValueError(f"{owners[name]} and {module} both have {name} at their top")
        text = _EXPORT.sub("", _IMPORT.sub("", text))
        if odd := _LEFT.search(text):
            raise ValueError(f"{module} imports or exports in a form that cannot be joined: {odd.group().strip()}")
        parts.append(f"// {module}\n{text.strip()}\n")
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"
