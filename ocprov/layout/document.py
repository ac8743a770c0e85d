"""YAML to plain data, with the line of every key and item; what could mean two things is refused."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import LayoutError
from ocprov.layout.nodes import Item, Node, compose

if TYPE_CHECKING:
    from yaml import YAMLError

KeyPath = tuple[str | int, ...]
Where = Callable[[int], str]

MOST_NODES = 20_000

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_AS_WRITTEN = ("str", "timestamp", "value", "merge")
_TAGS = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data (dict, list, str, int, float, bool, None) and the line on which each path of it starts."""

    data: dict[str, object]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line of `path`, or of what is around it where it is not written out."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str, where: Where) -> Document:
    """The one mapping that `text` holds; `where` gives `file:line` for one of its lines (from 1).

    Raises LayoutError, located, for anything else.
    """
    _refuse_unreadable(text, where)
    import yaml  # late: ls and completion read no body

    try:
        root = compose(text)
    except yaml.YAMLError as error:
        raise _error(error, text, where) from error
    if root is None or root.content == "":
        raise LayoutError(f"{where(1)}: it is empty", "write session_name: and windows:")
    if root.content is not None or root.tag != _TAGS + "map":
        raise LayoutError(
            f"{where(root.line)}: the top level is not a mapping", "start with session_name: NAME"
        )
    reader = _Reader(where)
    data = reader.mapping(root, ())
    reader.lines[()] = root.line
    return Document(data, reader.lines)


def _refuse_unreadable(text: str, where: Where) -> None:
    if found := _UNREADABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise LayoutError(f"{where(line)}: a control character, {printable(found.group())}", "take it out")


def _error(error: "YAMLError", text: str, where: Where) -> LayoutError:
    from yaml import MarkedYAMLError

    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    if not isinstance(error, MarkedYAMLError) or mark is None:
        return LayoutError(f"{where(1)}: {str(error).splitlines()[0]}", "correct the YAML")
    line = text.split("\n")[mark.line : mark.line + 1]
    if line and re.match(r" *\t", line[0]):
        return LayoutError(f"{where(mark.line + 1)}: a tab in the indentation", "YAML wants spaces")
    # YAML reports the end of the text when something stays open; the last line is the last one written.
    last = min(mark.line + 1, max(1, len(text.rstrip("\n").split("\n"))))
    context = f"{error.context}: " if error.context else ""
    return LayoutError(f"{where(last)}: {context}{error.problem}", "correct the YAML there or just before")


class _Reader:
    def __init__(self, where: Where) -> None:
        self.where = where
        self.lines: dict[KeyPath, int] = {}
        self.seen = 0

    def value(self, node: Node, path: KeyPath) -> object:
        self._count(node)
        kind = node.tag.removeprefix(_TAGS)
        if isinstance(node.content, str):
            return self._scalar(node, node.content, kind)
        if kind == "map":
            return self.mapping(node, path)
        if kind == "seq":
            return self._items(node, path)
        raise self._tag(node)

    def _count(self, node: Node) -> None:
        self.seen += 1
        if self.seen > MOST_NODES:
            message = f"{self.where(node.line)}: more than {MOST_NODES} values once aliases are followed"
            raise LayoutError(message, "use fewer aliases")

    def _items(self, node: Node, path: KeyPath) -> list[object]:
        result = []
        for number, (_, item) in enumerate(node.items):
            self.lines[(*path, number)] = item.line
            result.append(self.value(item, (*path, number)))
        return result

    def mapping(self, node: Node, path: KeyPath) -> dict[str, object]:
        result: dict[str, object] = {}
        for name, (line, item) in self._entries(node).items():
            self.lines[(*path, name)] = line
            result[name] = self.value(item, (*path, name))
        return result

    def _entries(self, node: Node) -> dict[str, tuple[int, Node]]:
        """The entries by key as written (so `on:` stays a word), merged ones (`<<`) under the own ones."""
        own: dict[str, tuple[int, Node]] = {}
        merged: dict[str, tuple[int, Node]] = {}
        for key, item in node.items:
            if key is None or not isinstance(key.content, str):
                raise LayoutError(f"{self.where(node.line)}: a key that is not text", "put it in quotes")
            if key.tag == _TAGS + "merge":
                for parent in self._merged(item):
                    merged = {**self._entries(parent), **merged}
                continue
            name = key.content
            if name in own:
                first = self.where(own[name][0])
                message = f'{self.where(key.line)}: key "{printable(name)}" is given twice, first at {first}'
                raise LayoutError(message, "keep one of them")
            own[name] = (key.line, item)
        return {**merged, **own}

    def _merged(self, node: Node) -> Iterator[Node]:
        parents: list[Item] = node.items if node.tag == _TAGS + "seq" else [(None, node)]
        for _, parent in parents:
            self._count(parent)
            if parent.tag != _TAGS + "map":
                raise LayoutError(
                    f"{self.where(node.line)}: << takes a mapping or a list of them", "<<: *name"
                )
            yield parent

    def _scalar(self, node: Node, text: str, kind: str) -> object:
        if kind in _AS_WRITTEN:
            return text
        if kind not in ("null", "bool", "int", "float"):
            raise self._tag(node)
        from yaml import ScalarNode
        from yaml.constructor import SafeConstructor

        scalar = ScalarNode(node.tag, text)
        construct = getattr(SafeConstructor(), f"construct_yaml_{kind}")
        try:
            result: object = construct(scalar)
        except (ValueError, KeyError, OverflowError, IndexError) as error:
            message = f'{self.where(node.line)}: "{printable(text[:40])}" is no {kind}'
            raise LayoutError(message, "put it in quotes") from error
        return result

    def _tag(self, node: Node) -> LayoutError:
        tag = node.tag.replace(_TAGS, "!!")
        return LayoutError(
            f"{self.where(node.line)}: the tag {printable(tag)} is not for layouts", "take the tag out"
        )
