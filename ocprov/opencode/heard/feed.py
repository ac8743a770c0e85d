"""What happens on every server, in one stream."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import suppress
from typing import Protocol

from ocprov.opencode import places
from ocprov.opencode.api.client import SILENCE
from ocprov.opencode.heard import backlog
from ocprov.opencode.heard.backlog import Backlog
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.source import Local, Source
from ocprov.opencode.heard.stream import Stream
from ocprov.opencode.places import Places

# Seconds between two looks for new servers.
_LOOK = 1.0

Wanted = Callable[[Event], bool] | None


class Sources(Protocol):
    """Servers that are listened to, which come and go."""

    def there(self) -> Collection[Source]:
        """Those that there are now; each is the same value for as long as it is there."""

    async def keep(self, hear: Callable[[Event], None]) -> None:
        """What there is to do for it to stay so, and to tell; may end, and is cancelled at the end."""


def feed(
    chosen: Collection[Places] | None = None,
    *,
    wanted: Wanted = None,
    limit: int = backlog.LIMIT,
    silence: float = SILENCE,
) -> AsyncGenerator[Event, None]:
    """The events of all servers, or of the `chosen` ones, as they come, for ever; also of servers that come later.

    Those of one server are in its order. `wanted` chooses events before they wait for the reader: at most `limit` do,
    and one who reads slowly loses pieces of text first, and is told so (`ocprov.dropped`). Each server is told up
    (`ocprov.server.up`) and down (`ocprov.server.down`, with `reason`); after an up follow, with `missed`, what works or
    asks then and what changed since it was heard last. Close it (`aclose`, or `contextlib.aclosing`) when done.
    """
    return feed_of(_Here(chosen), wanted=wanted, limit=limit, silence=silence)


async def feed_of(
    sources: Sources, *, wanted: Wanted = None, limit: int = backlog.LIMIT, silence: float = SILENCE
) -> AsyncGenerator[Event, None]:
    """The events of servers wherever they are, and what their `sources` tell; as `feed` else."""
    queue = Backlog(limit)
    crew = _Crew(sources, queue, wanted, silence)
    work = asyncio.create_task(crew.work())
    work.add_done_callback(lambda done: None if done.cancelled() else queue.fail(_why(done)))
    try:
        while True:
            yield await queue.get()
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError, Exception):  # the reader has it, or left
            await work


class _Here:
    """All servers of this machine, or the chosen ones of them."""

    def __init__(self, chosen: Collection[Places] | None) -> None:
        self._chosen = chosen

    def there(self) -> Collection[Source]:
        return [Local(one) for one in places.every() if self._chosen is None or one in self._chosen]

    async def keep(self, hear: Callable[[Event], None]) -> None:
        """Nothing: files tell."""


class _Crew:
    """A task for each server; what goes wrong in one ends them all, and the reader is told."""

    def __init__(self, sources: Sources, queue: Backlog, wanted: Wanted, silence: float) -> None:
        self._sources = sources
        self._queue = queue
        self._wanted = wanted
        self._silence = silence
        self._streams: dict[Source, tuple[Stream, asyncio.Task[None]]] = {}

    async def work(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sources.keep(self._hear))
            while True:
                there = set(self._sources.there())
                for source in there - self._streams.keys():
                    stream = Stream(source, self._hear, silence=self._silence)
                    self._streams[source] = stream, group.create_task(stream.follow())
                for source in self._streams.keys() - there:
                    stream, task = self._streams.pop(source)
                    task.cancel()
                    stream.leave()
                await asyncio.sleep(_LOOK)

    def _hear(self, event: Event) -> None:
        if self._wanted is None or self._wanted(event):
            self._queue.put(event)


def _why(done: asyncio.Task[None]) -> BaseException:
    error = done.exception()
    if isinstance(error, BaseExceptionGroup):
        return error.exceptions[0]
    return error or RuntimeError("the events ended")
