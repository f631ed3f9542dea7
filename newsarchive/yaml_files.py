"""Reads YAML files within limits: a file that is too large, too deep or expands too far is refused.

The C loader composes nodes recursively and expands aliases without a limit: 100,000 brackets end the process with
SIGSEGV. Its events need neither, so they are counted first.
"""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import yaml

from newsarchive.errors import OutletError

MAX_BYTES = 1_000_000
"""Longest YAML file."""
MAX_DEPTH = 20
"""Deepest nesting of mappings and lists."""
MAX_VALUES = 50_000
"""Keys, values and lists of a file, with its aliases expanded."""
_MAX_NUMBER_LENGTH = 40
# SQLite stores no larger integer.
_MAX_INTEGER = 2**63

_TAG = "tag:yaml.org,2002:"
_NUMBERS = frozenset({"int", "float"})
_SCALARS = ("null", "bool", "int", "float", "timestamp")


def read_octets(file: Path, *, max_bytes: int) -> bytes:
    """Return the content of a regular file; a directory, a pipe or a device is refused. Raises `OutletError`."""
    expected = "a file that can be read"
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise OutletError(file, [("file", "a directory or a device", "a regular file")])
        with file.open("rb") as stream:
            octets = stream.read(max_bytes + 1)
    except OSError as error:
        raise OutletError(file, [("file", str(error.strerror), expected)]) from error
    if len(octets) > max_bytes:
        raise OutletError(file, [("file", f"more than {max_bytes:,} bytes", f"at most {max_bytes:,} bytes")])
    return octets


def read_mapping(file: Path) -> dict[str, Any]:
    """Return the keys and values of a YAML file; lists are tuples. Raises `OutletError`."""
    try:
        text = read_octets(file, max_bytes=MAX_BYTES).decode("utf-8-sig")
        _require_bounded(file, text)
        # The loader is a subclass of the safe one.
        facts = yaml.load(text, Loader=_Loader)  # noqa: S506
    except UnicodeDecodeError as error:
        raise OutletError(file, [("file", f"the byte at {error.start}", "UTF-8")]) from error
    except yaml.YAMLError as error:
        raise OutletError(file, [(_place(error), _problem(error), "valid YAML")]) from error
    if not isinstance(facts, dict) or not all(isinstance(key, str) for key in facts):
        kind = "an empty file" if facts is None else type(facts).__name__
        raise OutletError(file, [("file", kind, "keys and values, such as name: The Example Times")])
    return facts


def _require_bounded(file: Path, text: str) -> None:
    """Raise `OutletError` at the first event beyond a limit; an alias counts as all values of its anchor."""
    anchors: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    count = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = f"line {event.start_mark.line + 1}" if event.start_mark else "file"
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, count))
            count += 1
            if len(open_nodes) > MAX_DEPTH:
                raise OutletError(file, [(line, "deeper nesting", f"at most {MAX_DEPTH} levels")])
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                anchors[anchor] = count - before
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor:
                anchors[event.anchor] = 1
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_nodes):
                raise OutletError(file, [(line, f"the alias *{event.anchor} inside its own value", "valid YAML")])
            count += anchors.get(event.anchor or "", 1)
        if count > MAX_VALUES:
            raise OutletError(file, [(line, "more values", f"at most {MAX_VALUES:,}, with aliases expanded")])


class _Loader(yaml.CSafeLoader):
    """Builds tuples for lists, refuses repeated keys, and knows no tags beyond those of JSON and of dates."""

    yaml_constructors: ClassVar[dict[Any, Any]] = {}


def _construct_mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise _mistake_at(node, "a value with the tag of a mapping")
    facts: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True) if isinstance(key_node, yaml.ScalarNode) else None
        if key is None:
            raise _mistake_at(key_node, "a key that is a list, a mapping or empty")
        if key in facts:
            raise _mistake_at(key_node, f"the key {key!r} twice")
        facts[key] = loader.construct_object(value_node, deep=True)
    return facts


def _construct_sequence(loader: _Loader, node: yaml.SequenceNode) -> tuple[Any, ...]:
    return tuple(loader.construct_sequence(node, deep=True))


def _construct_unknown(_: _Loader, node: yaml.Node) -> Any:
    raise _mistake_at(node, "the merge key <<" if node.tag == _TAG + "merge" else f"a value with the tag {node.tag}")


def _mistake_at(node: yaml.Node, problem: str) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _scalar(kind: str) -> Callable[[_Loader, yaml.ScalarNode], Any]:
    """Return a constructor that leaves text as it is if it only looks like a value, such as the day 2025-02-30."""
    construct = yaml.SafeLoader.yaml_constructors[_TAG + kind]

    def constructed(loader: _Loader, node: yaml.ScalarNode) -> Any:
        # An integer such as 1:1:1:... takes quadratic time.
        if kind in _NUMBERS and len(node.value) > _MAX_NUMBER_LENGTH:
            return node.value
        try:
            value = construct(loader, node)
        except (ValueError, KeyError, AttributeError, OverflowError):
            return node.value
        return node.value if kind == "int" and abs(value) >= _MAX_INTEGER else value

    return constructed


for _kind in _SCALARS:
    _Loader.add_constructor(_TAG + _kind, _scalar(_kind))
_Loader.add_constructor(_TAG + "str", yaml.SafeLoader.yaml_constructors[_TAG + "str"])
_Loader.add_constructor(_TAG + "map", _construct_mapping)
_Loader.add_constructor(_TAG + "seq", _construct_sequence)
_Loader.add_constructor(None, _construct_unknown)


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else "file"


def _problem(error: yaml.YAMLError) -> str:
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    return problem.removeprefix("found ")
