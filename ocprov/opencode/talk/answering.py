"""The text of an answer while it is being written."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocprov.core.names import printable
from ocprov.opencode.api import ident, reading
from ocprov.opencode.api.values import Message
from ocprov.opencode.failures import UnreachableError
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.event import Event, Nothing
from ocprov.opencode.talk.sending import afterwards, unanswered

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation


@dataclass(slots=True)
class Hearing:
    """What was heard of the answer to `prompt`: which messages are its, and what they said so far."""

    prompt: str
    asked: bool = False
    over: bool = False
    problem: str = ""
    said: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    ended: bool = False

    def hear(self, event: Event) -> str:
        """The piece of text that an event of the conversation brings, or nothing."""
        told = event.properties
        match event.type:
            case "message.updated":
                self._message(reading.table(told.get("info")))
            case "message.part.updated":
                part = reading.table(told.get("part"))
                self.kinds[reading.text(part.get("id"))] = reading.text(part.get("type"))
            case "message.part.delta":
                return self._delta(
                    reading.text(told.get("messageID")),
                    reading.text(told.get("partID")),
                    reading.text(told.get("delta")) if told.get("field") == "text" else "",
                )
            case "session.error":
                problem = reading.problem(reading.table(told.get("error")))
                self.problem = printable(f"{problem.name}: {problem.message}")
                self.over = True
            case "session.idle" | "session.deleted":
                self.over = self.asked
        return ""

    def rest(self, answer: Message) -> str:
        """What was not heard of the whole answer."""
        return answer.text.removeprefix(self.said.get(answer.id, ""))

    def _message(self, info: reading.Document) -> None:
        name = reading.text(info.get("id"))
        self.asked |= name == self.prompt
        parent = reading.text(info.get("parentID"))
        if info.get("role") != "assistant" or parent < self.prompt:
            return
        if self.ended and parent != self.prompt:
            self.over = True  # what follows is the answer to another one
            return
        self.said.setdefault(name, "")
        if parent == self.prompt:
            done = reading.table(info.get("time")).get("completed") or info.get("error")
            self.ended = bool(done) and info.get("finish") != "tool-calls"

    def _delta(self, message: str, part: str, text: str) -> str:
        if message not in self.said or self.kinds.get(part) != "text":
            return ""
        self.said[message] += text
        return text


async def stream(
    conversation: "Conversation", text: str, model: str, agent: str
) -> AsyncGenerator[str | Message, None]:
    """The pieces of the answer to `text` as they come, then the whole of it, which is there when the stream was lost too."""
    link, hearing = conversation.server.link, Hearing(ident.message())
    client = await link.ready()
    before = link.process
    sent = False
    try:
        async with client.lines() as lines:
            await anext(lines)  # it listens from its first line on
            await conversation.post(text, model, agent, message=hearing.prompt)
            sent = True
            async for piece in _pieces(lines, conversation, hearing):
                yield piece
    except UnreachableError:
        if not sent:
            raise
        link.doubt()
    answer = await afterwards(link, before, conversation.id, hearing.prompt)
    if answer is None:
        raise unanswered(conversation.id, hearing.problem)
    if rest := hearing.rest(answer):
        yield rest
    yield answer


async def _pieces(
    lines: AsyncIterator[bytes], conversation: "Conversation", hearing: Hearing
) -> AsyncIterator[str]:
    directory = conversation.server.record.directory
    async for line in lines:
        event = events.read(line, time.time(), directory=directory)
        if isinstance(event, Nothing) or event.conversation != conversation.id:
            continue
        if piece := hearing.hear(event):
            yield piece
        if hearing.over:
            return
