"""Some conversations of one server, used by many, one at a time each."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from ocprov.errors import OcprovError
from ocprov.opencode.conversation import Conversation, identified
from ocprov.opencode.failures import NotFoundError
from ocprov.opencode.server import Server

MAX = 10
_GONE = "gone"
_DEAD = (_GONE, "error", "interrupted")


class Pool:
    """At most `max_conversations` conversations of `server`: those in use, and idle ones that are used again.

    An async context manager. When more are wanted the idle one that was used longest ago is forgotten; leaving the pool
    forgets all. With `delete` those that the pool made are deleted then. New ones get `title`, `model` and `agent`.
    """

    def __init__(
        self,
        server: Server,
        max_conversations: int = MAX,
        *,
        title: str = "",
        model: str = "",
        agent: str = "",
        delete: bool = False,
    ) -> None:
        if max_conversations < 1:
            raise OcprovError("a pool needs room for a conversation", "raise max_conversations")
        self.server = server
        self.max_conversations = max_conversations
        self._new = (title, model, agent)
        self._delete = delete
        self._idle: OrderedDict[str, Conversation] = OrderedDict()  # the one used last at the end
        self._used: set[str] = set()
        self._made: set[str] = set()
        self._places = 0  # in use, or soon
        self._changed = asyncio.Condition()

    @property
    def idle(self) -> tuple[str, ...]:
        """The ids of those that nobody uses, the one used longest ago first."""
        return tuple(self._idle)

    @property
    def used(self) -> frozenset[str]:
        """The ids of those in use."""
        return frozenset(self._used)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._idle:
            await self._forget(next(iter(self._idle)))

    @asynccontextmanager
    async def conversation(self, name: str = "", *, fresh: bool = False) -> AsyncIterator[Conversation]:
        """The one of that id; without it an idle one, the last used first, or a new one, which `fresh` always gives.

        Waits while all, or that one, are in use. NotFoundError where the server does not have it.
        """
        if name:
            identified(name)
        async with self._changed:
            await self._changed.wait_for(lambda: self._free(name))
            self._places += 1
            self._used |= {name} if name else set()
        found: Conversation | None = None
        try:
            found = await self._named(name) if name else await self._any(fresh=fresh)
            self._used.add(found.id)
            yield found
        finally:
            await self._give_back(name, found)

    async def cleanup(self) -> tuple[str, ...]:
        """Forget idle ones that cannot be used, deleted elsewhere, failed or interrupted; their ids."""
        dead = [name for name, one in tuple(self._idle.items()) if await _state(one) in _DEAD]
        for name in dead:
            await self._forget(name)
        return tuple(dead)

    def _free(self, name: str) -> bool:
        return self._places < self.max_conversations and name not in self._used

    async def _named(self, name: str) -> Conversation:
        found = self._idle.pop(name, None) or self.server.conversation(name)
        await found.info()
        await self._shrink()
        return found

    async def _any(self, *, fresh: bool) -> Conversation:
        one = None if fresh else await self._reused()
        await self._shrink()
        if one is None:
            one = await self.server.create(*self._new)
            self._made.add(one.id)
        return one

    async def _reused(self) -> Conversation | None:
        """An idle one, the last used first. One that works is somebody else's for now; the dead are forgotten."""
        for name in reversed(self.idle):
            one = self._idle.pop(name, None)
            if one is None:
                continue  # another task took it meanwhile
            state = ""
            try:
                state = await _state(one)
            finally:
                if state != "idle":
                    self._idle[name] = one
            if state == "idle":
                return one
            if state in _DEAD:
                await self._forget(name)
        return None

    async def _give_back(self, name: str, found: Conversation | None) -> None:
        async with self._changed:
            self._places -= 1
            self._used -= {name, found.id if found else name}
            if found:
                self._idle[found.id] = found
            self._changed.notify_all()

    async def _shrink(self) -> None:
        """Forget what is too many, the one used longest ago first."""
        while self._idle and self._places + len(self._idle) > self.max_conversations:
            await self._forget(next(iter(self._idle)))

    async def _forget(self, name: str) -> None:
        one = self._idle.pop(name, None)
        if one is None:
            return  # in use again meanwhile
        made = name in self._made
        self._made.discard(name)
        if made and self._delete:
            await _deleted(one)


async def _state(one: Conversation) -> str:
    try:
        return (await one.state()).state
    except NotFoundError:
        return _GONE


async def _deleted(one: Conversation) -> None:
    try:
        await one.delete()
    except NotFoundError:
        return  # by somebody else, which is as well
