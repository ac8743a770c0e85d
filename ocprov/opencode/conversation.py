"""One conversation on one server, for a program and for `ocprov chat`."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode.api import ident
from ocprov.opencode.api.client import PAGE, Client
from ocprov.opencode.api.values import Info, Message, Messages, Reply
from ocprov.opencode.failures import NotFoundError, OccupiedError, RefusedError
from ocprov.opencode.heard import activity
from ocprov.opencode.heard.standing import STUCK, Standing
from ocprov.opencode.talk import running, standings
from ocprov.opencode.talk.answering import stream
from ocprov.opencode.talk.resuming import resume
from ocprov.opencode.talk.sending import answered, posted
from ocprov.opencode.talk.shell import LIMIT, Ran

if TYPE_CHECKING:
    from ocprov.opencode.server import Server

_ID = re.compile(r"ses_[A-Za-z0-9]+")

T = TypeVar("T")


class Conversation:
    """The conversation `id` of `server`; every method raises OcprovError, OccupiedError where it has to wait."""

    def __init__(self, server: "Server", name: str) -> None:
        self.server = server
        self.id = name

    async def info(self) -> Info:
        """Its title, times, cost; NotFoundError where the server does not have it."""
        return await self._ask(lambda client: client.get(self.id))

    async def messages(self, *, limit: int = PAGE, before: str = "") -> Messages:
        """The newest messages, oldest first; `before` is the cursor of a page."""
        return await self._ask(lambda client: client.messages(self.id, limit=limit, before=before))

    async def state(self, *, stuck: float = STUCK) -> Standing:
        """How it stands: idle, busy, retry, waiting, error, interrupted or stuck (`stuck` seconds without an event)."""
        last = activity.read(self.server.record.places).last

        async def look(client: Client) -> Standing:
            found = await standings.look(client, [await client.get(self.id)], last, stuck=stuck)
            if self.id not in found:
                raise NotFoundError(f"conversation {self.id} was removed meanwhile")
            return found[self.id]

        return await self._ask(look)

    async def prompt(self, text: str, model: str = "", agent: str = "", *, message: str = "") -> Message:
        """Send a prompt and wait for its answer, whose `problem` tells what went wrong at the model.

        An unknown model or agent is refused before. When the connection is lost it is sent again, once, with the same
        `message` id (`ident.message`), which makes it the same prompt; CutOffError when the server was restarted.
        """
        await self._refuse(text, model, agent)
        name = message or ident.message()
        return await self._told(
            answered(
                self.server.link,
                self.id,
                name,
                lambda client: client.prompt(self.id, text, message=name, model=model, agent=agent),
            )
        )

    async def post(self, text: str, model: str = "", agent: str = "", *, message: str = "") -> str:
        """Send a prompt as `prompt` does, and do not wait for the answer; the prompt's message id."""
        await self._refuse(text, model, agent)
        name = message or ident.message()
        await self._told(
            posted(
                self.server.link,
                self.id,
                name,
                lambda client: client.post(self.id, text, message=name, model=model, agent=agent),
            )
        )
        return name

    def stream(self, text: str, model: str = "", agent: str = "") -> AsyncGenerator[str | Message, None]:
        """Send a prompt; the pieces of its answer's text as they come, and then the whole answer."""
        return stream(self, text, model, agent)

    async def shell(self, line: str, agent: str = "build", limit: int = LIMIT) -> Ran:
        """Run any line of shell in its directory; the exit code, and at most `limit` bytes of output."""
        await self.server.refuse_unknown(agent=agent)
        return await self._told(running.line(self.server.link, self.id, line, agent, limit))

    async def command(self, name: str, arguments: str = "") -> Message:
        """Run a command of OpenCode's (`/name arguments`) and wait for its answer."""
        if not (bare := name.removeprefix("/")):
            raise OcprovError("no command is named", "name one of OpenCode's, as in: init")
        await self.server.refuse_unknown(command=bare)
        return await self._told(running.command(self.server.link, self.id, bare, arguments))

    async def abort(self) -> None:
        """Stop what it does; nothing where it does nothing. NotFoundError where the server does not have it."""
        await self.info()
        await self._ask(lambda client: client.abort(self.id))

    async def revert(self, message: str) -> Info:
        """Go back to before `message`, files of a git project included; NotFoundError for an unknown one."""
        await self._refuse_unknown(message)
        return await self._ask(lambda client: client.revert(self.id, message))

    async def unrevert(self) -> Info:
        """Take a revert back, as long as no prompt came after it."""
        return await self._ask(lambda client: client.unrevert(self.id))

    async def fork(self, message: str = "") -> "Conversation":
        """A copy, up to before `message`, or whole."""
        if message:
            await self._refuse_unknown(message)
        client = await self.server.link.ready()
        made = await self._told(client.fork(self.id, message))
        return self.server.conversation(made.id)

    async def delete(self) -> None:
        """Remove it and its messages; NotFoundError where the server does not have it."""
        await self.info()
        with suppress(NotFoundError):  # by a first attempt whose answer was lost, or by another program
            await self.server.link.again(lambda client: client.delete(self.id))

    async def reply(self, permission: str, reply: Reply, message: str = "") -> None:
        """Answer a request to be allowed something; NotFoundError where nothing of that id waits."""
        self._refuse_idle(permission, [one.id for one in (await self.state()).permissions])
        await self._ask(lambda client: client.reply(permission, reply, message))

    async def answer(self, question: str, answers: Sequence[Sequence[str]]) -> None:
        """Answer a question: the chosen labels, or free text, for each of its parts; none at all declines."""
        self._refuse_idle(question, [one.id for one in (await self.state()).questions])
        chosen = [list(one) for one in answers]
        if chosen:
            await self._ask(lambda client: client.answer(question, chosen))
        else:
            await self._ask(lambda client: client.reject(question))

    async def resume(self) -> Message | None:
        """Send an interrupted prompt again, and wait for the answer; None where there is nothing to resume."""
        return await resume(self)

    async def _refuse(self, text: str, model: str, agent: str) -> None:
        """OcprovError for a prompt that would fail: without text, to an unknown agent or model, its own where none is named.

        OpenCode keeps an unknown model for the conversation, and says nothing when a prompt then fails.
        """
        if not text:
            raise OcprovError("the prompt is empty", "say something")
        own = "" if model else (await self.info()).model
        await self.server.refuse_unknown(model=model or own, agent=agent)

    # --- what they have in common -----------------------------------------------------------------------------

    async def _ask(self, ask: Callable[[Client], Awaitable[T]]) -> T:
        """What may be asked twice."""
        return await self._told(self.server.link.again(ask))

    async def _told(self, asked: Awaitable[T]) -> T:
        """The answer; what the server says of this conversation, for a person."""
        try:
            return await asked
        except NotFoundError as error:
            if error.hint:
                raise
            raise NotFoundError(
                f"{self.server.record.directory}: the server has no conversation {self.id}", "ocprov chat ls"
            ) from error
        except OccupiedError as error:
            raise OccupiedError(
                f"conversation {self.id} is busy", f"wait for it, or stop it: ocprov chat abort {self.id}"
            ) from error

    async def _refuse_unknown(self, message: str) -> None:
        """The server answers as if it had gone back to a message that there is not."""
        await self.info()
        try:
            await self.server.link.again(lambda client: client.message(self.id, message))
        except (NotFoundError, RefusedError) as error:
            raise NotFoundError(
                f"conversation {self.id} has no message {printable(message)}",
                f"ocprov chat show {self.id}",
            ) from error

    def _refuse_idle(self, request: str, waiting: Sequence[str]) -> None:
        if request not in waiting:
            there = f"it waits for {' and '.join(waiting)}" if waiting else f"ocprov chat show {self.id}"
            raise NotFoundError(f"conversation {self.id} does not wait for {printable(request)}", there)


def identified(name: str) -> str:
    """A conversation's id; NotFoundError for what is none, which the server fails at."""
    if not _ID.fullmatch(name):
        raise NotFoundError(f"{printable(name)} is not the id of a conversation", "ocprov chat ls")
    return name
