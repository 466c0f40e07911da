"""One field of a scenario file: its text becomes a number, a date or a name, or a fault that says how to write it.

The traps of YAML are closed here, where the field is known: `yes` and `no` are not numbers and not names, `3e-2` is the
number 0.03, `0,3`, `30%` and quoted numbers are refused with the right way to write them.
"""

import difflib
import math
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from persim.errors import Fault
from persim.parameters import BY_NAME, Parameter
from persim.policy import COMPUTED
from persim.scenario_yaml import Node

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
NAME_EXPECTED = "a name of small letters, digits and _, starting with a letter, at most 64"
LONGEST_TEXT = 4000
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 1, 1)
_NUMBER = re.compile(r"[-+]?(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)([eE][-+]?\d{1,4})?")
_BOOLEANS = {"yes", "no", "on", "off", "true", "false", "y", "n"}
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
UNUSABLE = _BOOLEANS | _DEVICES | {"null"}  # names that would mean something else
_WHOLE = {"n_localities"}
# A broken value is allowed, but the model takes the whole part of it, wherever it uses it.
TAKEN_WHOLE = frozenset({"handoff_full", "judgement_weeks", "rest_weeks", "rows_per_post"})


def is_whole(parameter: Parameter) -> bool:
    """Does only a whole number make sense: a switch or a count of localities?"""
    return parameter.unit == "0 or 1" or parameter.name in _WHOLE


def is_taken_whole(parameter: Parameter) -> bool:
    """Do only its whole values differ for the model, so that nothing is to be searched between them?"""
    return is_whole(parameter) or parameter.name in TAKEN_WHOLE


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint with the known word nearest to this one; empty if none is near."""
    names = list(known)
    tidy = word.strip().lower().replace("-", "_").replace(" ", "_")
    close = [tidy] if tidy in names else difflib.get_close_matches(tidy, names, n=1, cutoff=0.55)
    return f"did you mean {close[0]!r}?" if close else ""


def value_fault(parameter: Parameter, value: float) -> tuple[str, str] | None:
    """What is wrong with a parameter's value, and what was expected; None if it may be used."""
    unit = "" if parameter.unit in ("0-1", "0 or 1") else f", {parameter.unit}"
    expected = f"{parameter.low:g} to {parameter.high:g}{unit}"
    if not math.isfinite(value):
        return "is not a finite number", expected
    if value < parameter.low:
        return f"is below {parameter.low:g}", expected
    if value > parameter.high:
        return f"is above {parameter.high:g}", expected
    if is_whole(parameter) and value != int(value):
        return "is not a whole number", parameter.unit if parameter.unit == "0 or 1" else expected
    return None


def _number_hint(node: Node) -> str:
    """How to write what was probably meant as a number."""
    text = node.text.strip()
    if text.lower() in _BOOLEANS:
        return f"YAML reads {text} as true or false: write 1 or 0"
    if node.quoted and _NUMBER.fullmatch(text):
        return "write it without quotes"
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return "use a decimal point"
    if re.fullmatch(r"\d+(\.\d+)?\s*%", text):
        return f"write {float(text.rstrip('% ')) / 100:g}"
    if re.fullmatch(r"[-+]?0\d+", text):
        return f"YAML reads it as a number to base eight: write {text.lstrip('+-0') or '0'}"
    return ""


class Fields:
    """Reads the fields of one file and keeps every fault, so that all are told at once.

    Each reader returns None for a value that is at fault (and has noted why).
    """

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.faults: list[Fault] = []

    def fault(
        self, node: Node, key: str, problem: str, expected: str = "", hint: str = "", got: str | None = None
    ) -> None:
        """Note a fault at a node."""
        described = node.described() if got is None else got
        self.faults.append(Fault(self.shown, node.line, node.column, key, described, expected, hint, problem))

    def mapping(self, node: Node, key: str, known: Iterable[str], elsewhere: str = "") -> dict[str, Node]:
        """The known entries of a mapping, none where nothing is written; unknown keys are faults."""
        if node.blank:
            return {}
        if node.kind != "mapping":
            self.fault(node, key, "is not a mapping", "lines such as `key: value` below it")
            return {}
        names, found = list(known), {}
        for name, (key_node, value) in node.entries.items():
            if name in names:
                found[name] = value
                continue
            hint = elsewhere if elsewhere and name in BY_NAME else nearest(name, names)
            path = f"{key}.{name}" if key else name
            self.fault(key_node, path, f"unknown key {name!r}", "", hint or _listed(names), got="")
        return found

    def items(self, node: Node, key: str, expected: str) -> list[Node]:
        """The entries of a list, none where nothing is written."""
        if node.blank:
            return []
        if node.kind != "list":
            self.fault(node, key, "is not a list", expected)
            return []
        return node.items

    def text(self, node: Node, key: str) -> str | None:
        """Words for people: anything but nothing, without control characters."""
        if node.kind != "scalar":
            return self.fault(node, key, "is not text", "one line of words, or a block after `>`")
        text = node.text.strip()
        if not text:
            return self.fault(node, key, "is empty", "words")
        if len(text) > LONGEST_TEXT:
            return self.fault(node, key, f"is longer than {LONGEST_TEXT} signs", "a few sentences")
        if any(not sign.isprintable() and sign not in "\n\t" for sign in text):
            return self.fault(node, key, "holds a control character", "plain text")
        return text

    def name(self, node: Node, key: str) -> str | None:
        """A name that is safe as a folder's name and in YAML."""
        text = node.text
        if node.kind != "scalar" or not NAME.fullmatch(text):
            return self.fault(node, key, "is not a name", NAME_EXPECTED)
        if text in UNUSABLE:
            return self.fault(node, key, "is a word that YAML or some system keeps for itself", "another name")
        return text

    def plain_number(self, node: Node, key: str, expected: str) -> float | None:
        """A finite number, as it is written."""
        text = node.text.strip()
        if node.kind != "scalar" or node.quoted or not _NUMBER.fullmatch(text) or re.fullmatch(r"[-+]?0\d+", text):
            infinite = node.kind == "scalar" and text.lower().lstrip("+-.") in ("inf", "nan", "infinity")
            problem = "is not a finite number" if infinite else "is not a number"
            return self.fault(node, key, problem, expected, _number_hint(node))
        try:
            value = float(text)
        except ValueError:  # underscores in odd places
            return self.fault(node, key, "is not a number", expected)
        if not math.isfinite(value):
            return self.fault(node, key, "is not a finite number", expected)
        return value

    def whole(self, node: Node, key: str, low: int, high: int, what: str) -> int | None:
        """A whole number within bounds."""
        expected = f"a whole number of {what}, {low:,} to {high:,}"
        value = self.plain_number(node, key, expected)
        if value is None:
            return None
        if value != int(value):
            return self.fault(node, key, "is not a whole number", expected)
        if not low <= value <= high:
            bound = f"is below {low:,}" if value < low else f"is above {high:,}"
            return self.fault(node, key, bound, expected)
        return int(value)

    def whole_if_there(
        self, found: Mapping[str, Node], key: str, low: int, high: int, what: str, above: str = ""
    ) -> int | None:
        """A whole number within bounds, None if the key is not written; `above` stands before the key in faults."""
        return self.whole(found[key], f"{above}{key}", low, high, what) if key in found else None

    def choice(self, found: Mapping[str, Node], key: str, known: Collection[str], above: str = "") -> str | None:
        """One of the known words, None if the key is not written."""
        if key not in found:
            return None
        text = self.text(found[key], f"{above}{key}")
        if text is None or text in known:
            return text
        expected = f"one of {', '.join(known)}" if len(known) <= 8 else ""
        return self.fault(found[key], f"{above}{key}", "is not known here", expected, nearest(text, known))

    def names(self, found: Mapping[str, Node], key: str, known: Collection[str]) -> tuple[str, ...]:
        """The known words of a list, each once; none if the key is not written."""
        names: list[str] = []
        for number, item in enumerate(self.items(found[key], key, "a list of names") if key in found else ()):
            text = self.text(item, f"{key}[{number}]")
            if text is not None and text not in known:
                hint = nearest(text, known) or (f"known here: {', '.join(known)}" if len(known) <= 16 else "")
                self.fault(item, f"{key}[{number}]", "is not known here", "", hint)
            elif text is not None and text not in names:
                names.append(text)
        return tuple(names)

    def share(self, node: Node, key: str) -> float | None:
        """A share above 0 and below 1."""
        value = self.plain_number(node, key, "a share between 0 and 1")
        if value is not None and not 0 < value < 1:
            return self.fault(node, key, "is not between 0 and 1", "a share such as 0.4")
        return value

    def parameter(self, node: Node, key: str, parameter: Parameter) -> float | None:
        """A parameter's value within its bounds."""
        if parameter.name in COMPUTED:
            return self.fault(node, key, "is counted down by the model", "a policy step with `deadline: DATE`")
        unit = "" if parameter.unit == "0-1" else f", {parameter.unit}"
        expected = "0 or 1" if parameter.unit == "0 or 1" else f"{parameter.low:g} to {parameter.high:g}{unit}"
        value = self.plain_number(node, key, expected)
        if value is None:
            return None
        if wrong := value_fault(parameter, value):
            return self.fault(node, key, wrong[0], wrong[1])
        return value

    def day(self, node: Node, key: str) -> date | None:
        """A date as YEAR-MONTH-DAY."""
        expected = "a date such as 2010-04-05"
        match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", node.text.strip()) if node.kind == "scalar" else None
        if match is None:
            return self.fault(node, key, "is not a date", expected)
        try:
            day = date(*(int(part) for part in match.groups()))
        except ValueError:
            return self.fault(node, key, "does not exist", expected)
        if not FIRST_DAY <= day <= LAST_DAY:
            return self.fault(node, key, "is out of range", f"a date from {FIRST_DAY.year} to {LAST_DAY.year}")
        return day

    def monday(self, node: Node, key: str) -> date | None:
        """A date that is a Monday."""
        day = self.day(node, key)
        if day is not None and day.weekday():
            before, after = day - timedelta(days=day.weekday()), day + timedelta(days=7 - day.weekday())
            return self.fault(node, key, "is not a Monday", "a Monday", f"the nearest are {before} and {after}")
        return day


def _listed(names: list[str]) -> str:
    return f"known here: {', '.join(names)}" if len(names) <= 16 else "`persim parameters` lists the names"
