"""Following events of this machine until there is an end; see `events`."""

from collections.abc import Collection, Sequence
from pathlib import Path

import click

from ocprov.cli.app import App
from ocprov.cli.events_print import Printer, Until, Wanted, print_all, run
from ocprov.cli.outgoing import Outgoing
from ocprov.cli.show_events import Screen
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode import places, spec
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.feed import feed
from ocprov.opencode.heard.source import Local
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record
from ocprov.opencode.talk import owner

_SHOWN = 3


def follow(app: App, wanted: Wanted, until: Until, *, as_json: bool) -> None:
    """Print events until there is an end, or nobody reads them any more."""
    run(_follow(app, wanted, until, as_json=as_json))


async def _follow(app: App, wanted: Wanted, until: Until, *, as_json: bool) -> None:
    chosen = await _chosen(wanted)
    there = _expected(chosen)
    _say_what_is_waited_for(app, wanted, there, wait=until.wait)
    out = Outgoing(click.get_current_context().color)
    screen = Screen(max(len(there), len(chosen or ())))
    printer = Printer(wanted, out, screen, _source, as_json=as_json)
    await print_all(feed(chosen, wanted=printer.fits), printer, out, until)


def _source(event: Event) -> Local:
    return Local(places.of(Path(event.directory)))


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
