"""The server of one directory, for a program: `async with await Server.ensure(spec) as server: …`."""

import asyncio
from collections.abc import Sequence
from typing import Self

from ocprov.opencode import process, record
from ocprov.opencode.api.client import PAGE, Client
from ocprov.opencode.api.values import Info, Known, Page
from ocprov.opencode.conversation import Conversation, identified
from ocprov.opencode.places import of
from ocprov.opencode.record import Process, Record
from ocprov.opencode.spec import ServerSpec, real
from ocprov.opencode.talk.changes import Changes
from ocprov.opencode.talk.link import Link
from ocprov.opencode.talk.offered import refuse_unknown


class Server:
    """A server that runs, and its conversations; every method raises OcprovError.

    An async context manager: leaving it ends the connections, and the server goes on.
    """

    def __init__(self, known: Record, *, remove: bool = False) -> None:
        self.link = Link(known)
        self._remove = remove
        self._known: Known | None = None
        self._known_of = Process()
        self._fetching = asyncio.Lock()
        self._changes = Changes()

    @classmethod
    async def ensure(cls, spec: ServerSpec, *, wait: float = 60) -> Self:
        """The server of the spec's directory, started where it does not run; waits `wait` seconds for another ocprov.

        With `spec.delete_on_exit` one that was started here is stopped and removed when the context is left.
        """
        return await asyncio.to_thread(cls.started, spec, wait=wait)

    @classmethod
    def started(cls, spec: ServerSpec, *, wait: float = 60) -> Self:
        """As `ensure`, for where there is no loop."""
        from ocprov.opencode.life import ensure

        there = _runs(spec)
        known = ensure.ensure(spec, tell=_silent, wait=wait)
        return cls(known, remove=spec.delete_on_exit and not there)

    @classmethod
    def of(cls, known: Record) -> Self:
        """The server of a record; nothing is started."""
        return cls(known)

    @property
    def record(self) -> Record:
        """What is known of it, as it was read last."""
        return self.link.record

    @property
    def client(self) -> Client:
        """The adapter to its HTTP API, without the checks that are made here."""
        return self.link.client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._remove:
            await self.stop(delete=True)
        else:
            await self.link.close()

    async def stop(self, *, delete: bool = False) -> None:
        """Stop it, whatever it works on; `delete`: and remove its state directory, an isolated one's data with it."""
        from ocprov.opencode.life import stop

        await self.link.close()
        await asyncio.to_thread(stop.stop, self.record.places, force=True, delete=delete)

    async def known(self, *, fresh: bool = False) -> Known:
        """Its models, agents and commands; fetched once, and again when `fresh`, or when it was started again."""
        async with self._fetching:
            await self.link.ready()
            if self._known is None or fresh or self._known_of != self.link.process:
                self._known = await self.link.again(lambda client: client.known())
                self._known_of = self.link.process
            return self._known

    async def refuse_unknown(self, *, model: str = "", agent: str = "", command: str = "") -> None:
        """OcprovError for what it does not offer; nothing is asked where nothing is named."""
        if model or agent or command:
            refuse_unknown(await self.known(), model=model, agent=agent, command=command)

    async def page(
        self, *, limit: int = PAGE, cursor: str = "", search: str = "", children: bool = False
    ) -> Page:
        """Conversations of its directory, those that changed last first; `children`: those of sub-agents too."""
        return await self.link.again(
            lambda client: client.page(limit=limit, cursor=cursor, search=search, children=children)
        )

    async def since(self, updated: float | None = None) -> Sequence[Info]:
        """Conversations that changed at or after `updated` (epoch, seconds), in the order of their change.

        Without it those that changed since this was called last; the first time the newest 50.
        """
        return await self.link.again(lambda client: self._changes.ask(client, updated))

    async def create(self, title: str = "", model: str = "", agent: str = "") -> Conversation:
        """A new conversation; `model` is `provider/model`. An unknown model or agent is refused before."""
        await self.refuse_unknown(model=model, agent=agent)
        made = await (await self.link.ready()).create(title, agent, model)
        return self.conversation(made.id)

    def conversation(self, name: str) -> Conversation:
        """The conversation of that id; NotFoundError for what cannot be one. Whether it exists its methods tell."""
        return Conversation(self, identified(name))


def _runs(spec: ServerSpec) -> bool:
    known = record.read(of(real(spec.directory)))
    return known is not None and process.runs(known.server)


def _silent(_: str) -> None:
    """A program has no terminal to talk to."""
