"""What happens on one server, for ever: through its restarts, its stops and its silences."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from typing import NoReturn

from ocprov.errors import OcprovError
from ocprov.opencode.api.client import SILENCE, TIMEOUT, Client
from ocprov.opencode.failures import ForeignError, UnreachableError
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.catching_up import catch_up
from ocprov.opencode.heard.event import Event, Nothing
from ocprov.opencode.heard.memory import Memory
from ocprov.opencode.heard.source import STOPPED, Found, Local, Source
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record

SHORTEST, LONGEST = 0.5, 15.0

# Seconds between two looks whether a record changed, and until it is read although it did not.
_NAP, _REST = 0.25, 5.0


class Stream:
    """The events of a server (of this machine, by its place; of any, by its source), told to `hear` in their order.

    `ocprov.server.up` is told once its state is known; what works or asks then, and what changed since it was heard
    last, follows as events with `missed`. `ocprov.server.down` has a `reason` and whether it was `stopped` on purpose.
    `silence`: seconds without a line of its (a heartbeat comes every 10) after which it is down. Seconds between two
    attempts: from `pause[0]`, doubled each time, to `pause[1]`; at once when its record changes. `settle`: how long its
    record is waited for to say why it broke off: while it runs, when it does not, and when its supervisor does still.
    """

    def __init__(
        self,
        server: Places | Source,
        hear: Callable[[Event], None],
        *,
        silence: float = SILENCE,
        timeout: float = TIMEOUT,
        pause: tuple[float, float] = (SHORTEST, LONGEST),
        settle: tuple[float, float, float] = (1.0, 3.0, 15.0),
    ) -> None:
        self.memory = Memory()
        self._source: Source = Local(server) if isinstance(server, Places) else server
        # Kept, as thousands of events in a second have them.
        self._name, self._host = self._source.name, self._source.host
        self._hear = hear
        self._silence = silence
        self._timeout = timeout
        self._pause = pause
        self._settle = settle
        self._directory = ""
        self._told = ""  # what was told last: up, or why it is down
        self._unreadable = 0
        self._settled = 0  # what OpenCode made until then may be known already

    async def follow(self) -> NoReturn:
        """Listen until cancelled."""
        pause = self._pause[0]
        while True:
            found = self._look()
            known = found.record
            if known is None:
                self._down(found.why, again=found.final)
                await self._change(None, _REST)
                continue
            began = time.monotonic()
            try:
                await self._listen(known)
            except OcprovError as error:
                self._down(await self._reason(known, error.message))
            if time.monotonic() - began > self._pause[1]:
                pause = self._pause[0]
            await self._change(known, pause * random.uniform(0.5, 1))  # noqa: S311 # apart from others that wait
            pause = min(pause * 2, self._pause[1])

    def leave(self) -> None:
        """Its state directory is gone: nothing more is told after this."""
        self._down(STOPPED, again=True)

    def _look(self) -> Found:
        found = self._source.look()
        self._directory = found.directory or self._directory
        return found

    async def _change(self, known: Record | None, patience: float) -> None:
        """Wait for `patience` seconds, or until its record tells of another server than `known`, or of anything."""
        deadline, first = time.monotonic() + patience, self._source.mark()
        while (left := deadline - time.monotonic()) > 0:
            await asyncio.sleep(min(_NAP, left))
            if self._source.mark() != first and (known is None or self._another(known)):
                return

    def _another(self, known: Record) -> bool:
        found = self._look().record
        return found is not None and found.server != known.server

    async def _reason(self, known: Record, reason: str) -> str:
        """Why it broke off: what its record says, where it says so soon, else `reason`."""
        began = time.monotonic()
        while self._told == "up":
            found = self._look()
            if found.told:
                return found.why
            another = found.record is not None and found.record.server != known.server
            which = 0 if found.record else 2 if self._source.supervised(known) else 1
            if another or time.monotonic() - began > self._settle[which]:
                break
            await asyncio.sleep(_NAP / 5)
        return self._source.explain(reason)

    async def _listen(self, known: Record) -> NoReturn:
        client = self._source.client(known, self._timeout)
        async with client, client.lines(self._silence) as lines:
            await self._up(client, known)
            await self._hear_all(lines, known)
        raise UnreachableError(f"the server at {known.url} ended its stream", "ocprov server ls")

    async def _hear_all(self, lines: AsyncIterator[bytes], known: Record) -> None:
        """Hear until it ends; a peer that sends bytes, and never a line of OpenCode's, is silent too."""
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(self._silence) as limit:
                async for line in lines:
                    if self._line(line, known):
                        limit.reschedule(now() + self._silence)
        except TimeoutError as error:
            why = f"the server at {known.url} was silent for {self._silence:g} s"
            raise UnreachableError(why, "ocprov server ls") from error

    async def _up(self, client: Client, known: Record) -> None:
        self.memory.mark = self.memory.mark or self._source.now()
        if (await client.where()).directory != known.directory:
            raise ForeignError(f"the server at {known.url} works in another directory", "ocprov server ls")
        changes = await catch_up(client, self.memory)
        self._settled = events.moment(self._source.now())
        self._own(events.UP, {"url": known.url})
        self._told = "up"
        for one in changes:
            self._tell(one.type, one.conversation, dict(one.properties), missed=True)

    def _down(self, reason: str, *, again: bool | None = None) -> None:
        """Tell it once; `again`: whether a reason is told that came later. One that was never up, nor tried, did not go down."""
        first = self._told in ("", "up") and (again is None or self._told == "up")
        if first or (again and self._told not in ("", reason)):
            self._told = reason
            self._own(events.DOWN, {"reason": reason, "stopped": reason == STOPPED})

    def _line(self, line: bytes, known: Record) -> bool:
        """Tell what a line says; whether it was one of OpenCode's."""
        told = events.read(line, time.time(), server=self._name, directory=known.directory, host=self._host)
        if told is Nothing.UNREADABLE:
            self._unreadable += 1
            if str(self._unreadable).strip("0") == "1":  # 1, 10, 100 …: a flood of them is none of events
                self._own(events.UNREADABLE, {"count": self._unreadable})
        if isinstance(told, Event):
            news = self.memory.hear(told)
            if news or not 0 <= events.made(told) <= self._settled:
                self._hear(told)
        return told not in (Nothing.UNREADABLE, Nothing.EMPTY)

    def _own(self, kind: str, properties: dict[str, object]) -> None:
        self._tell(kind, "", properties)

    def _tell(
        self, kind: str, conversation: str, properties: dict[str, object], *, missed: bool = False
    ) -> None:
        about = (self._name, self._directory, conversation, properties, missed)
        self._hear(Event(kind, time.time(), *about, host=self._host))
