"""What `events` prints, and until when; see `events_follow` and `events_hosts`."""

import asyncio
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ocprov.cli import show_events
from ocprov.cli.outgoing import Outgoing
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.source import Source
from ocprov.opencode.heard.telling import Teller
from ocprov.opencode.heard.titles import Titles

_LOOK = 1.0
# Told whatever conversation is wanted.
_OF_NO_CONVERSATION = (events.UP, events.DOWN, events.HOST_UP, events.HOST_DOWN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of which servers, of which conversation, of which types; `verbose`: also those that have no words."""

    directories: tuple[Path, ...] = ()
    conversation: str = ""
    types: tuple[str, ...] = ()
    verbose: bool = False


class Printer:
    """What is printed of events, and how; `source` tells whom to ask for an event's conversation."""

    def __init__(
        self,
        wanted: Wanted,
        out: Outgoing,
        screen: show_events.Screen,
        source: Callable[[Event], Source | None],
        *,
        as_json: bool,
        hosted: bool = False,
    ) -> None:
        self._wanted = wanted
        self._out = out
        self._screen = screen
        self._source = source
        self._as_json = as_json
        self._hosted = hosted
        # Of each host: machines that were copied have conversations of the same ids.
        self._known: defaultdict[str, tuple[Teller, Titles]] = defaultdict(lambda: (Teller(), Titles()))

    def fits(self, event: Event) -> bool:
        """Whether an event is one of those that are wanted."""
        wanted = self._wanted
        if wanted.types:
            right = any(fnmatchcase(event.type, one) for one in wanted.types)
        else:
            right = wanted.verbose or self._as_json or self._known[event.host][0].tells(event.type)
        of_server = event.type in _OF_NO_CONVERSATION
        return right and (not wanted.conversation or of_server or event.conversation == wanted.conversation)

    async def show(self, event: Event) -> bool:
        """Print an event; whether there was anything to print."""
        if self._as_json:
            await self._out.line(show_events.data(event, hosted=self._hosted))
            return True
        text = self._known[event.host][0].line(event)
        if not text and not (self._wanted.types or self._wanted.verbose):
            return False
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        title = await self._title(event) if event.conversation else ""
        for line in self._screen.lines(event, title, text or show_events.plain(event), width):
            await self._out.line(line)
        return True

    async def close(self) -> None:
        """End the connections."""
        for _, titles in self._known.values():
            await titles.close()

    async def _title(self, event: Event) -> str:
        teller, titles = self._known[event.host]
        told = teller.title(event.conversation)
        if told:
            titles.note(event.conversation, told)
        return await titles.of(event.conversation, self._source(event))


@dataclass(frozen=True, slots=True)
class Until:
    """When it ends: after so many events, so many seconds; `wait` for a server where none runs."""

    limit: int | None = None
    seconds: float | None = None
    wait: bool = True


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run it until there is an end, or nobody reads it any more."""
    try:
        asyncio.run(work)
    except BrokenPipeError:
        # The interpreter would flush what is left, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def print_all(
    feed: AsyncGenerator[Event, None],
    printer: Printer,
    out: Outgoing,
    until: Until,
    beside: Sequence[Coroutine[Any, Any, None]] = (),
) -> None:
    """Print events until there is an end; what is done `beside` it ends it too when it fails, or ends."""
    work = (out.gone(_LOOK), _print(feed, printer, until.limit), *beside)
    tasks = [asyncio.create_task(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, timeout=until.seconds, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await printer.close()


async def _print(feed: AsyncGenerator[Event, None], printer: Printer, limit: int | None) -> None:
    printed = 0
    async with aclosing(feed) as told:
        async for event in told:
            printed += await printer.show(event)
            if printed == limit:
                return
