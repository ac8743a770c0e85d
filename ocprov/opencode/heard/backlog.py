"""Events between who hears them and who reads them, in bounded memory."""

import asyncio
import time
from collections import Counter, OrderedDict, deque
from itertools import count

from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.event import Event, Weight

LIMIT = 10_000
# Some events carry whole outputs of tools.
BYTES = 64 * 1024 * 1024

# What is given up first.
_ORDER: tuple[Weight, ...] = ("delta", "noise", "state")


class Backlog:
    """A queue of at most `limit` events and `size` bytes, which never makes the writer wait.

    When it is full the oldest pieces of text go, then the oldest noise, then the oldest of all; the reader is told how
    many by an `ocprov.dropped` event with `count` and `by` weight, before the next one. For one reader.
    """

    def __init__(self, limit: int = LIMIT, size: int = BYTES) -> None:
        self._limit = limit
        self._most = size
        self._size = 0
        self._numbers = count()
        self._events: OrderedDict[int, Event] = OrderedDict()
        self._queued: dict[Weight, deque[int]] = {one: deque() for one in _ORDER}
        self._dropped: Counter[str] = Counter()
        self._more = asyncio.Event()
        self._failure: BaseException | None = None

    def put(self, event: Event) -> None:
        """Add an event."""
        number = next(self._numbers)
        self._events[number] = event
        self._queued[events.weight(event.type)].append(number)
        self._size += event.size
        while len(self._events) > self._limit or (self._size > self._most and len(self._events) > 1):
            self._drop()
        self._more.set()

    def fail(self, error: BaseException) -> None:
        """Let the reader know that there will be no more."""
        self._failure = error
        self._more.set()

    async def get(self) -> Event:
        """The next event."""
        while not self._events and not self._dropped and self._failure is None:
            self._more.clear()
            await self._more.wait()
        if self._dropped:
            return self._told()
        if not self._events and self._failure is not None:
            raise self._failure
        _, event = self._events.popitem(last=False)
        self._queued[events.weight(event.type)].popleft()
        self._size -= event.size
        return event

    def __len__(self) -> int:
        return len(self._events)

    def _drop(self) -> None:
        weight = next(one for one in _ORDER if self._queued[one])
        event = self._events.pop(self._queued[weight].popleft())
        self._size -= event.size
        self._dropped[weight] += 1

    def _told(self) -> Event:
        by, self._dropped = self._dropped, Counter()
        return Event(events.DROPPED, time.time(), properties={"count": by.total(), "by": dict(by)})
