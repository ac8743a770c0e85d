"""Prompts, answers and tools in words; see `telling`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ocprov.opencode.api import reading
from ocprov.opencode.api.values import Message
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.recent import Recent

# As much of a text as a line may show.
_WORDS = 200
# What is asked of a tool, by the name of its input; the first one that it has.
_INPUTS = ("command", "filePath", "pattern", "url", "path", "query", "description")


@dataclass(frozen=True, slots=True)
class _Spent:
    tokens: int = 0
    cost: float = 0.0


class Messages:
    """What was told of messages, and what is to be told at their end; `born` has when conversations were created."""

    def __init__(self, born: Recent[float]) -> None:
        self._born = born
        self._roles: Recent[str] = Recent()  # of messages
        self._texts: Recent[str] = Recent()  # of answers, their beginning
        self._done: Recent[str] = Recent()  # messages and parts that were told
        self._spent: Recent[_Spent] = Recent()  # on answers to a prompt, until the last one

    def ways(self) -> dict[str, Callable[[Event], str]]:
        """What tells an event, by its type."""
        return {
            "message.updated": self._message,
            "message.part.updated": self._part,
        }

    def _message(self, event: Event) -> str:
        message = reading.message(event.properties)
        info = reading.table(event.properties.get("info"))
        self._roles.note(message.id, message.role)
        finish = reading.text(info.get("finish"))
        if message.created < self._born.get(event.conversation, 0.0):
            self._roles.note(message.id, "copy")  # a fork's, of what happened before
            return ""
        if message.role == "user" or not finish or not message.completed:
            return ""
        if self._done.note(message.id, finish) == finish:
            return ""
        spent = self._sum(message, reading.table(info.get("tokens")))
        words = self._texts.pop(message.id, "")
        if finish == "tool-calls":  # the answer goes on in another message
            self._spent.note(message.parent, spent)
            return ""
        return f"answered ({spent.tokens} tokens, ${spent.cost:.4f})" + (f": {words}" if words else "")

    def _sum(self, message: Message, tokens: Mapping[str, Any]) -> _Spent:
        before = self._spent.pop(message.parent, _Spent())
        told = message.tokens or int(reading.number(tokens.get("total")))
        return _Spent(before.tokens + told, before.cost + message.cost)

    def _part(self, event: Event) -> str:
        document = reading.table(event.properties.get("part"))
        part = reading.part(document)
        if part.type == "tool":
            return self._tool(document)
        if part.type != "text" or not part.text.strip() or document.get("synthetic"):
            return ""
        message, text = reading.text(document.get("messageID")), part.text[:_WORDS]
        if self._roles.get(message) == "user":
            return "" if self._done.note(part.id, "told") else f"prompt: {text}"
        self._texts.note(message, text)
        return ""

    def _tool(self, document: Mapping[str, Any]) -> str:
        part, state = reading.part(document), reading.table(document.get("state"))
        if part.status == "pending" or self._done.note(part.id, part.status) == part.status:
            return ""
        what = next((text for key in _INPUTS if (text := reading.text(part.given.get(key)))), "")
        said = f"{part.tool}: {what[:_WORDS]}" if what else part.tool
        if part.status == "running":
            return f"runs {said}"
        if part.status == "error":
            return f"failed {said}: {part.output}"
        code = reading.table(state.get("metadata")).get("exit")
        return f"ran {said}" + (f", exit {code}" if isinstance(code, int) and code else "")
