"""Following events until there is an end; see `events`."""

import asyncio
import os
import shutil
import sys
from collections.abc import Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import click

from ocprov.cli import show_events
from ocprov.cli.app import App
from ocprov.cli.outgoing import Outgoing
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode import places, spec
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.feed import feed
from ocprov.opencode.heard.telling import Teller
from ocprov.opencode.heard.titles import Titles
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record
from ocprov.opencode.talk import owner

_LOOK = 1.0
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of which servers, of which conversation, of which types; `verbose`: also those that have no words."""

    directories: tuple[Path, ...] = ()
    conversation: str = ""
    types: tuple[str, ...] = ()
    verbose: bool = False


class _Printer:
    """What is printed of events, and how."""

    def __init__(self, wanted: Wanted, out: Outgoing, *, as_json: bool, servers: int) -> None:
        self._wanted = wanted
        self._out = out
        self._as_json = as_json
        self._teller = Teller()
        self._screen = show_events.Screen(servers)
        self._titles = Titles()

    def fits(self, event: Event) -> bool:
        """Whether an event is one of those that are wanted."""
        wanted = self._wanted
        if wanted.types:
            right = any(fnmatchcase(event.type, one) for one in wanted.types)
        else:
            right = wanted.verbose or self._as_json or self._teller.tells(event.type)
        of_server = event.type in (events.UP, events.DOWN)
        return right and (not wanted.conversation or of_server or event.conversation == wanted.conversation)

    async def show(self, event: Event) -> bool:
        """Print an event; whether there was anything to print."""
        if self._as_json:
            await self._out.line(show_events.data(event))
            return True
        text = self._teller.line(event)
        if not text and not (self._wanted.types or self._wanted.verbose):
            return False
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        title = await self._title(event) if event.conversation else ""
        for line in self._screen.lines(event, title, text or show_events.plain(event), width):
            await self._out.line(line)
        return True

    async def close(self) -> None:
        """End the connections."""
        await self._titles.close()

    async def _title(self, event: Event) -> str:
        told = self._teller.title(event.conversation)
        if told:
            self._titles.note(event.conversation, told)
        return await self._titles.of(event.conversation, places.of(Path(event.directory)))


@dataclass(frozen=True, slots=True)
class Until:
    """When it ends: after so many events, so many seconds; `wait` for a server where none runs."""

    limit: int | None = None
    seconds: float | None = None
    wait: bool = True


def follow(app: App, wanted: Wanted, until: Until, *, as_json: bool) -> None:
    """Print events until there is an end, or nobody reads them any more."""
    try:
        asyncio.run(_follow(app, wanted, until, as_json=as_json))
    except BrokenPipeError:
        # The interpreter would flush what is left, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def _follow(app: App, wanted: Wanted, until: Until, *, as_json: bool) -> None:
    chosen = await _chosen(wanted)
    there = _expected(chosen)
    _say_what_is_waited_for(app, wanted, there, wait=until.wait)
    out = Outgoing(click.get_current_context().color)
    printer = _Printer(wanted, out, as_json=as_json, servers=max(len(there), len(chosen or ())))
    tasks = [asyncio.create_task(out.gone(_LOOK)), asyncio.create_task(_print(printer, chosen, until.limit))]
    try:
        done, _ = await asyncio.wait(tasks, timeout=until.seconds, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await printer.close()


async def _print(printer: _Printer, chosen: Collection[Places] | None, limit: int | None) -> None:
    printed = 0
    async with aclosing(feed(chosen, wanted=printer.fits)) as told:
        async for event in told:
            printed += await printer.show(event)
            if printed == limit:
                return


async def _chosen(wanted: Wanted) -> frozenset[Places] | None:
    """The servers; None for all."""
    if wanted.directories:
        return frozenset(places.of(spec.real(one)) for one in wanted.directories)
    if wanted.conversation:
        return frozenset([(await owner.find(wanted.conversation)).places])
    return None


def _expected(chosen: Collection[Places] | None) -> tuple[Record, ...]:
    """Which of the servers run, or are to."""
    return tuple(one for one in owner.expected(owner.readable()) if chosen is None or one.places in chosen)


def _say_what_is_waited_for(app: App, wanted: Wanted, there: Sequence[Record], *, wait: bool) -> None:
    """Nothing where one can be heard now; OcprovError where none is to run, and nobody is to `wait`."""
    if there:
        if all(one.state != "ready" for one in there):
            told = ", ".join(f"{one.name}, which is {one.state}" for one in there[:_SHOWN])
            app.tell(f"waiting for server {told}")
        return
    one = wanted.directories[0] if len(wanted.directories) == 1 else None
    hint = owner.start(str(one)) if one else "ocprov server ensure --dir DIR"
    if not wait:
        raise OcprovError("no server runs that could tell anything", hint)
    which = f"the server of {printable(str(spec.real(one)))}" if one else "a server"
    app.tell(f"waiting for {which}; where nothing starts it: {hint}")
