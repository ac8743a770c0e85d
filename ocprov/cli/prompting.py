"""Waiting for an answer with a person: what its tools do, and what it waits for, told meanwhile."""

import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocprov.cli import show_chat, show_messages
from ocprov.cli.app import App
from ocprov.cli.chatting import talk
from ocprov.cli.output import counted, envelope
from ocprov.core.names import printable
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocprov.opencode.api.values import Message
    from ocprov.opencode.conversation import Conversation

# Seconds between two looks.
_INTERVAL = 1.0
_TAIL = 20


def answered(
    app: App,
    conversation: str,
    directory: Path | None,
    ask: "Callable[[Conversation], Coroutine[Any, Any, Message]]",
) -> "Message":
    """The answer of a conversation; after Ctrl-C it is told that this goes on."""

    async def asked(found: "Conversation") -> "Message":
        async with meanwhile(app, found):
            return await ask(found)

    try:
        return talk(conversation, directory, asked)
    except KeyboardInterrupt:
        told_to_go_on(app, conversation)
        raise


def told_to_go_on(app: App, conversation: str) -> None:
    """Tell somebody who does not wait any more that it goes on."""
    if sys.stderr.isatty():
        click.echo(err=True)  # behind what the terminal shows of Ctrl-C
    app.tell(f"it goes on without you; stop it: ocprov chat abort {conversation}")


def show(
    app: App, answer: "Message", command: str, conversation: str, *, as_json: bool, told: bool = False
) -> None:
    """Print an answer, but its text where that was `told`; OcprovError for one that has a problem."""
    if as_json:
        found = {
            "conversation": conversation,
            "answer": show_messages.data(answer),
            "merged": answer.merged,
        }
        click.echo(envelope(command, found))
    elif not told and answer.text:
        click.echo(plain(answer.text))
    if answer.merged:
        app.tell(f"this answers a prompt that came later too: {answer.parent}")
    if answer.problem:
        why = ": ".join(filter(None, (answer.problem.name, answer.problem.message)))
        raise OcprovError(
            "it was aborted" if answer.problem.aborted else printable(why), f"ocprov chat show {conversation}"
        )


def plain(text: str) -> str:
    """Foreign text as it is where nobody looks, else without what a terminal would obey."""
    if not sys.stdout.isatty():
        return text
    return "".join(char if char in "\n\t" else printable(char) for char in text)


@asynccontextmanager
async def meanwhile(app: App, asked: "Conversation") -> AsyncIterator[None]:
    """Tell what it does for as long as the block runs."""
    import asyncio

    state = await asked.state()
    if state.works:
        behind = counted(len(state.unanswered), "prompt")
        app.tell(
            f"it is {state.state}: this comes behind what it does"
            + (f" and {behind}" if state.unanswered else "")
        )
    elif state.unanswered:
        app.tell(
            f"{counted(len(state.unanswered), 'prompt')} before this got no answer: this answers them too"
        )
    telling = _Telling(app, asked)
    await telling.begin()
    task = asyncio.create_task(telling.go_on())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await telling.tools()


class _Telling:
    """What was told already."""

    def __init__(self, app: App, asked: "Conversation") -> None:
        self.app = app
        self.asked = asked
        self.last = ""
        self.told: set[str] = set()

    async def begin(self) -> None:
        """What is there now is not told."""
        self.last = max((one.id for one in (await self.asked.messages(limit=1)).items), default="")

    async def go_on(self) -> None:
        """Look until cancelled; a server that does not answer now is waited for elsewhere."""
        import asyncio

        from ocprov.opencode.failures import ServerError

        while True:
            await asyncio.sleep(_INTERVAL)
            with suppress(ServerError):
                await self.tools()
                await self.waits()

    async def tools(self) -> None:
        """Calls of tools that ended."""
        for message in (await self.asked.messages(limit=_TAIL)).items:
            for part in message.parts if message.id > self.last else ():
                if part.type == "tool" and part.status in ("completed", "error") and part.id not in self.told:
                    self.told.add(part.id)
                    self.app.tell(click.unstyle(show_messages.tool(part)))

    async def waits(self) -> None:
        """What it waits for, each once."""
        state = await self.asked.state()
        for entry in state.asks:
            if entry.id not in self.told:
                self.told.add(entry.id)
                for line in show_chat.waiting(self.asked.id, entry, several=len(state.asks) > 1):
                    self.app.tell(line.strip())
