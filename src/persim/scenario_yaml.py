"""The text of a scenario file as a tree of nodes that know their line and column: safe, bounded, nothing constructed.

YAML is read as a stream of events, so no object is ever made from a tag, depth and size are checked while reading, and
every scalar stays the text that was written (`no` stays "no"; what it means is decided where the field is known).
What the fields mean is in `scenario_file.py`.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml
from yaml.reader import Reader

from persim.errors import Fault, ScenarioError

MAX_BYTES = 1_000_000
MAX_NODES = 20_000  # with every alias counted as what it stands for
MAX_DEPTH = 20
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
}


@dataclass(slots=True)
class Node:
    """A scalar (`text`), a list (`items`) or a mapping (`entries`: key -> key node and value node)."""

    kind: Literal["scalar", "list", "mapping"]
    line: int
    column: int
    text: str = ""
    quoted: bool = False
    items: list["Node"] = field(default_factory=list)
    entries: dict[str, tuple["Node", "Node"]] = field(default_factory=dict)
    size: int = 1

    @property
    def blank(self) -> bool:
        """Is nothing written here, as after `parameters:` with all its lines commented out?"""
        return self.kind == "scalar" and not self.text and not self.quoted

    def described(self) -> str:
        """What stands here, for a message: short, on one line."""
        if self.blank:
            return "nothing"
        if self.kind == "scalar":
            text = repr(self.text) if self.quoted or not self.text.isprintable() else self.text
            return text if len(text) <= 60 else text[:57] + "..."
        return f"a list of {len(self.items)}" if self.kind == "list" else "a mapping"


def shown_path(path: Path) -> str:
    """The path as a person would write it from here: relative where it lies below the working folder."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except (OSError, ValueError):
        return str(path)


def read_nodes(path: Path, kind: str = "scenario") -> tuple[Node, list[Fault]]:
    """The file's tree, and the duplicate keys found on the way.

    Args:
        kind: what the file should be, in messages: a scenario, a design, a findings file.
    Raises: ScenarioError if the file cannot be read at all or is not YAML.
    """
    shown = shown_path(path)
    return parse_nodes(_decode(_bytes_of(path, shown, kind), shown), shown, kind)


def parse_nodes(text: str, shown: str, kind: str = "scenario") -> tuple[Node, list[Fault]]:
    """The tree of a text, and its duplicate keys; `shown` is the file's name in messages."""
    _check_signs(text, shown)
    composer = _Composer(text, shown, kind)
    return composer.document(), composer.faults


def _whole_file(shown: str, problem: str, expected: str = "", hint: str = "") -> ScenarioError:
    return ScenarioError([Fault(shown, 0, 0, "", "", expected, hint, problem)])


def _bytes_of(path: Path, shown: str, kind: str) -> bytes:
    kind = kind.removesuffix(" file")
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise _whole_file(shown, "is a folder", f"a {kind} file")
        if not stat.S_ISREG(mode):
            raise _whole_file(shown, "is not an ordinary file", f"a {kind} file")
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _whole_file(shown, "there is no such file", f"a {kind} file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _whole_file(shown, f"cannot be read: {reason}", f"a {kind} file") from None
    if len(content) > MAX_BYTES:
        raise _whole_file(shown, f"is larger than {MAX_BYTES:,} bytes", f"a {kind} file of a few thousand bytes")
    return content


def _decode(content: bytes, shown: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        got = f"byte 0x{content[error.start]:02x}"
        fault = Fault(shown, line, column, "", got, "UTF-8 text", "save the file as UTF-8", "is not UTF-8")
        raise ScenarioError([fault]) from None
    return text


def _check_signs(text: str, shown: str) -> None:
    if found := Reader.NON_PRINTABLE.search(text):
        at, sign = found.start(), found.group()
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        problem = "is a control character"
        raise ScenarioError([Fault(shown, line, column, "", f"character {ord(sign)}", "text", "", problem)])


class _Composer:
    """Events to nodes, with a bound on depth and size, so that no file can exhaust memory or the stack."""

    def __init__(self, text: str, shown: str, kind: str) -> None:
        self.shown = shown
        self.kind = kind
        self.faults: list[Fault] = []
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self.anchors: dict[str, Node | None] = {}
        self.n_nodes = 0

    def document(self) -> Node:
        """The one document of the file."""
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            raise ScenarioError([_syntax_fault(error, self.shown)]) from None
        except yaml.YAMLError as error:
            raise _whole_file(self.shown, f"is not YAML: {str(error).splitlines()[0]}") from None

    def _document(self) -> Node:
        top: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and top is not None:
                raise self._fault(event, "a second document starts here", f"one {self.kind} in a file")
            if isinstance(event, yaml.NodeEvent):
                top = self._node(event, depth=1)
        if top is None or top.blank:
            start = ", `persim new NAME` writes one to start from" if self.kind == "scenario" else ""
            raise _whole_file(self.shown, "is empty", f"a {self.kind}{start}")
        if top.kind != "mapping":
            got = top.described()
            fault = Fault(
                self.shown, top.line, top.column, "", got, "keys such as `name:`", "", f"is not a {self.kind}"
            )
            raise ScenarioError([fault])
        return top

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._fault(
                event, f"nested more than {MAX_DEPTH} levels deep", f"a {self.kind} is at most six levels deep"
            )
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if tag is not None and tag not in _PLAIN_TAGS:
            raise self._fault(event, f"the tag {tag} is not used in {self.kind}s", "plain text, numbers and lists")
        self._count(event, 1)
        if anchor is not None:
            self.anchors[anchor] = None  # open: an alias to it from inside would be a circle
        if isinstance(event, yaml.ScalarEvent):
            node = Node("scalar", line, column, text=event.value, quoted=event.style is not None)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node("list", line, column)
            self._fill_list(node, depth)
        else:
            node = Node("mapping", line, column)
            self._fill_mapping(node, depth)
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def _fill_list(self, node: Node, depth: int) -> None:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            item = self._node(event, depth + 1)
            node.items.append(item)
            node.size += item.size

    def _fill_mapping(self, node: Node, depth: int) -> None:
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            node.size += key.size + value.size
            if key.kind != "scalar":
                raise self._fault(event, f"{key.described()} cannot be a key", "a word")
            if key.text == "<<" and not key.quoted:
                raise self._fault(event, f"merge keys (<<) are not used in {self.kind}s", "`extends: NAME`")
            if key.text in node.entries:
                first = node.entries[key.text][0]
                problem = f"the key {key.text!r} stands twice, first in line {first.line}"
                self.faults.append(Fault(self.shown, key.line, key.column, "", "", "each key once", "", problem))
            else:
                node.entries[key.text] = (key, value)

    def _alias(self, event: yaml.AliasEvent) -> Node:
        if event.anchor not in self.anchors:
            raise self._fault(event, f"nothing is marked &{event.anchor}", "an anchor that stands before its alias")
        node = self.anchors[event.anchor]
        if node is None:
            raise self._fault(event, f"*{event.anchor} stands inside itself", "an anchor that is complete")
        self._count(event, node.size)
        return node

    def _count(self, event: yaml.Event, size: int) -> None:
        self.n_nodes += size
        if self.n_nodes > MAX_NODES:
            raise self._fault(event, f"holds more than {MAX_NODES:,} values with its aliases", "a few hundred")

    def _fault(self, event: yaml.Event, problem: str, expected: str) -> ScenarioError:
        mark = event.start_mark
        return ScenarioError(
            [
                *self.faults,
                Fault(self.shown, mark.line + 1, mark.column + 1, "", "", expected, "", problem),
            ]
        )


def _syntax_fault(error: yaml.MarkedYAMLError, shown: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem, hint = (error.problem or "not understood").split("\n")[0], ""
    if "'\\t'" in problem:
        problem, hint = "a tab stands where spaces are needed", "indent with spaces"
    elif "mapping values are not allowed" in problem:
        hint = "a colon inside text: put the text in quotes, or check the indentation"
    elif "could not find expected ':'" in problem:
        hint = "write `key: value`"
    context = f" ({error.context})" if error.context else ""
    return Fault(shown, line, column, "", "", "", hint, f"is not YAML: {problem}{context}")
