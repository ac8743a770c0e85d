"""What a supervisor hears of its server's conversations."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal, NoReturn

from ocprov.opencode.api.values import Permission, Question
from ocprov.opencode.heard import activity, standing
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.activity import Activity, Wait
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.stream import Stream
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record

# Seconds between two writes: at least, unless what waits changed, and at most.
_OFTEN, _SELDOM = 1.0, 10.0
# Before it goes on after something that nobody foresaw.
_PAUSE = 5.0
_LONGEST = 200


def _silent(_: str) -> None: ...


async def watch(known: Record, changed: Callable[[], None], tell: Callable[[str], None] = _silent) -> None:
    """Keep the activity of the server written until cancelled; then it is unknown again.

    `changed` is called, in a thread, when the number of conversations that wait changed, and at the start and the end.
    What goes wrong is told once, and never ends it.
    """
    keeper = _Keeper(known.places, changed, tell)
    keeper.forget()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(keeper.always(keeper.listen))
            group.create_task(keeper.always(keeper.keep))
    finally:
        keeper.forget()
        keeper.say(changed)


class _Keeper:
    """What is heard of one server, on its way to the file."""

    def __init__(self, place: Places, changed: Callable[[], None], tell: Callable[[str], None]) -> None:
        self._place = place
        self._changed = changed
        self._tell = tell
        self._stream = Stream(place, self._hear)
        self._last: dict[str, float] = {}
        self._what: dict[str, str] = {}
        self._up = False
        self._waits: tuple[Wait, ...] = ()
        self._number = -1  # that was told last
        self._said: set[str] = set()
        self._any, self._soon = asyncio.Event(), asyncio.Event()

    async def always(self, work: Callable[[], Awaitable[NoReturn]]) -> NoReturn:
        """Do it, whatever happens."""
        while True:
            try:
                await work()
            except Exception as error:  # a supervisor outlives its watcher's mistakes
                self._once(f"the watch over its conversations failed, and goes on: {error!r}")
            await asyncio.sleep(_PAUSE)

    async def listen(self) -> NoReturn:
        """Hear the server."""
        await self._stream.follow()

    async def keep(self) -> NoReturn:
        """Write what was heard: at once when what waits changed, else once a second."""
        while True:
            # Not wait_for: Python 3.11's loses a cancellation that comes with the event, and the supervisor waits for ever.
            with suppress(TimeoutError):
                async with asyncio.timeout(_SELDOM):
                    await self._any.wait()
            self._any.clear()
            self._soon.clear()
            self._write()
            number = len({one.conversation for one in self._waits})
            if number != self._number:
                self._number = number
                await asyncio.to_thread(self.say, self._changed)
            with suppress(TimeoutError):
                async with asyncio.timeout(_OFTEN):
                    await self._soon.wait()

    def forget(self) -> None:
        """Nothing is known from now on."""
        try:
            activity.forget(self._place)
        except OSError as error:
            self._once(f"{self._place.activity} stays: {error.strerror}")

    def say(self, changed: Callable[[], None]) -> None:
        """Call `changed`, whatever it does."""
        try:
            changed()
        except Exception as error:  # as in always
            self._once(f"what waits cannot be told: {error!r}")

    def _hear(self, event: Event) -> None:
        if event.type in (events.UP, events.DOWN):
            self._up = event.type == events.UP
        status = self._stream.memory.status
        self._last = {name: at for name, at in self._last.items() if name in status}
        if event.conversation in status:
            self._last[event.conversation] = event.time
            self._what[event.conversation] = event.type
        waits = self._waiting()
        if waits != self._waits:
            self._waits = waits
            self._soon.set()
        self._any.set()

    def _waiting(self) -> tuple[Wait, ...]:
        """What is asked; nothing by a server that is down, which forgets it."""
        return tuple(map(_wait, self._stream.memory.asked.values())) if self._up else ()

    def _write(self) -> None:
        if not self._up:
            self.forget()
            return
        what = {name: self._what.get(name, "") for name in self._last}
        self._what = what
        try:
            activity.write(self._place, Activity(True, time.time(), dict(self._last), what, self._waits))
        except OSError as error:
            self._once(f"cannot write {self._place.activity}: {error.strerror}")

    def _once(self, what: str) -> None:
        if what not in self._said:
            self._said.add(what)
            self._tell(what)


def _wait(one: Permission | Question) -> Wait:
    kind: Literal["permission", "question"] = "permission" if isinstance(one, Permission) else "question"
    return Wait(one.id, one.conversation, kind, standing.asked(one)[:_LONGEST])
