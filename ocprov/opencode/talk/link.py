"""The connection to the server of one record, which follows it through restarts, to another port too."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ocprov.core.names import printable
from ocprov.opencode import password, process, record
from ocprov.opencode.api.client import TIMEOUT, Client
from ocprov.opencode.failures import ForeignError, UnreachableError
from ocprov.opencode.record import Process, Record

# A server that is still starting may never answer what it was asked then.
_PROBE = 5.0
_NAP = 0.1
# For what a supervisor does before it starts a server again.
_MORE = 15.0

T = TypeVar("T")


class Link:
    """A client of the record's server, made anew when that has another address or another process."""

    def __init__(self, known: Record, timeout: float = TIMEOUT) -> None:
        self.record = known
        self._timeout = timeout
        self._client: Client | None = None
        self._left: list[Client] = []  # of servers before; others may still wait for them to fail
        self._sure = Process()  # the process that is known to answer
        self._turn = asyncio.Lock()

    @property
    def client(self) -> Client:
        """The client of the record as it was read last."""
        if self._client is None:
            self._client = self._made()
        return self._client

    @property
    def process(self) -> Process:
        """The process that answered last."""
        return self._sure

    async def close(self) -> None:
        """End the connections."""
        left, self._left = self._left, []
        client, self._client, self._sure = self._client, None, Process()
        for one in (*left, client):
            if one is not None:
                await one.close()

    async def ready(self) -> Client:
        """The client of a server that answers as ours, at once where it did before; waits for one that starts.

        UnreachableError where none is to be expected, or not in time; ForeignError where another one answers.
        """
        async with self._turn:
            known = self._read()
            same = known.server == self._sure and known.url == self.record.url
            if not (same and known.state == "ready" and process.runs(known.server)):
                await self._wait(time.monotonic() + known.options.startup_timeout + _MORE)
            return self.client

    async def again(self, ask: Callable[[Client], Awaitable[T]]) -> T:
        """The answer to what may be asked twice; it is, when the first time nobody answers."""
        try:
            return await ask(await self.ready())
        except UnreachableError:
            self.doubt()
            return await ask(await self.ready())

    def doubt(self) -> None:
        """Look at the server again before the next request."""
        self._sure = Process()

    async def _wait(self, deadline: float) -> None:
        while True:
            known = self._read()
            self._refuse_down(known)
            if known.state == "ready":
                self._follow(known)
                if await self._answers():
                    self._sure = known.server
                    return
            if time.monotonic() >= deadline:
                raise UnreachableError(
                    f"the server of {known.directory} is not ready: {known.reason or known.state}",
                    f"see what it says: ocprov server logs --dir {known.quoted}",
                )
            await asyncio.sleep(_NAP)

    def _follow(self, known: Record) -> None:
        moved = known.url != self.record.url or known.server != self.record.server
        self.record = known
        if moved and self._client is not None:
            self._left.append(self._client)
            self._client = None

    async def _answers(self) -> bool:
        try:
            where = await self.client.where(patience=_PROBE)
        except UnreachableError:
            return False
        if where.directory != self.record.directory:
            raise ForeignError(
                f"the server at {self.record.url} works in another directory than {self.record.directory}",
                "ocprov server ls",
            )
        return True

    def _read(self) -> Record:
        found = record.read(self.record.places)
        if found is None:
            raise self._down(self.record, "removed")
        return found

    def _refuse_down(self, known: Record) -> None:
        if known.state in ("stopped", "failed"):
            raise self._down(known, known.state)
        if not process.runs(known.supervisor) and not process.runs(known.server):
            raise self._down(known, "not running")

    def _down(self, known: Record, how: str) -> UnreachableError:
        why = f": {known.reason}" if known.reason else ""
        return UnreachableError(
            f"the server of {printable(known.directory)} is {how}{why}",
            f"ocprov server ensure --dir {known.quoted}",
        )

    def _made(self) -> Client:
        known = self.record
        return Client(known.url, password.read(known.places), known.directory, timeout=self._timeout)
