"""PyYAML's events to a tree of nodes.

Not `yaml.compose`: libyaml's composer recurses on the C stack without a limit, and keeps half a million nodes
of a hostile file before anybody can count them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml.composer import ComposerError
    from yaml.events import Event

MOST_EVENTS = 50_000
DEEPEST = 40

Item = tuple["Node | None", "Node"]


class Node:
    """A scalar (`content` is its text) or a collection (`content` None; a sequence's items have no key)."""

    __slots__ = ("content", "items", "line", "tag")

    def __init__(self, tag: str, line: int, content: str | None = None) -> None:
        self.tag = tag
        self.line = line
        self.content = content
        self.items: list[Item] = []


def compose(text: str) -> Node | None:
    """The root node of the only document in `text`; None when there is none. Raises yaml.YAMLError."""
    import yaml

    loader = (yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)(text)
    try:
        return _Composer(loader).document()
    finally:
        loader.dispose()


def _refusal(message: str, event: Any) -> "ComposerError":
    from yaml.composer import ComposerError

    return ComposerError(None, None, message, event.start_mark)


class _Composer:
    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._events = self._counted()
        self._anchors: dict[str, Node] = {}

    def _counted(self) -> Iterator["Event"]:
        count = 0
        while self._loader.check_event():
            event = self._loader.get_event()
            count += 1
            if count > MOST_EVENTS:
                raise _refusal("more values than a layout can need", event)
            yield event

    def document(self) -> Node | None:
        from yaml.events import DocumentStartEvent, StreamEndEvent

        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            return None
        root = self._node(next(self._events), 0)
        next(self._events)
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            raise _refusal("a second document starts here", after)
        return root

    def _node(self, event: "Event", depth: int) -> Node:
        from yaml.events import AliasEvent, ScalarEvent

        if isinstance(event, AliasEvent):
            # An anchor counts once its node is complete, so that no node can contain itself.
            if event.anchor not in self._anchors:
                raise _refusal(f"no complete value has the anchor &{event.anchor}", event)
            return self._anchors[event.anchor]
        if depth > DEEPEST:
            raise _refusal(f"nested deeper than {DEEPEST} levels", event)
        node = self._scalar(event) if isinstance(event, ScalarEvent) else self._collection(event, depth)
        if anchor := getattr(event, "anchor", None):
            self._anchors[anchor] = node
        return node

    def _scalar(self, event: Any) -> Node:
        from yaml import ScalarNode

        tag = event.tag
        if tag is None or tag == "!":
            tag = self._loader.resolve(ScalarNode, event.value, event.implicit)
        return Node(tag, event.start_mark.line + 1, event.value)

    def _collection(self, event: Any, depth: int) -> Node:
        from yaml.events import CollectionEndEvent, MappingStartEvent

        keyed = isinstance(event, MappingStartEvent)
        tag = event.tag if event.tag not in (None, "!") else f"tag:yaml.org,2002:{'map' if keyed else 'seq'}"
        node = Node(tag, event.start_mark.line + 1)
        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                break
            first = self._node(event, depth + 1)
            node.items.append((first, self._node(next(self._events), depth + 1)) if keyed else (None, first))
        return node
