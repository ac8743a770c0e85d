"""Following events of other machines until there is an end; see `events`."""

from collections.abc import Sequence

import click

from ocprov.cli.app import App
from ocprov.cli.events_print import Printer, Until, Wanted, print_all, run
from ocprov.cli.outgoing import Outgoing
from ocprov.cli.show_events import Screen
from ocprov.cli.watching import ended_properly
from ocprov.errors import OcprovError
from ocprov.fleet import ssh
from ocprov.fleet.remote_host import RemoteServer
from ocprov.fleet.remote_servers import RemoteServers
from ocprov.fleet.targets import Target
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.feed import feed_of
from ocprov.settings.read import read


def follow(app: App, targets: Sequence[Target], wanted: Wanted, until: Until, *, as_json: bool) -> None:
    """Print the events of those hosts until there is an end, or nobody reads them any more."""
    names = ", ".join(one.name for one in targets[:3]) + (" and others" if len(targets) > 3 else "")
    app.tell(f"connecting to {names}")
    with ended_properly():
        run(_follow(targets, wanted, until, as_json=as_json))


async def _follow(targets: Sequence[Target], wanted: Wanted, until: Until, *, as_json: bool) -> None:
    remote = RemoteServers(ssh.of(read()), targets, tuple(map(str, wanted.directories)))

    def source(event: Event) -> RemoteServer | None:
        return remote.source(event.host, event.server)

    out = Outgoing(click.get_current_context().color)
    screen = Screen(hosts=len(targets))
    printer = Printer(wanted, out, screen, source, as_json=as_json, hosted=True)
    beside = () if until.wait else (_refuse_none(remote),)
    await print_all(feed_of(remote, wanted=printer.fits), printer, out, until, beside)


async def _refuse_none(remote: RemoteServers) -> None:
    """OcprovError where no server runs on any of the hosts, or none can be reached; else for ever."""
    import asyncio

    if not await remote.running():
        raise OcprovError(
            "no server runs there that could tell anything", "ocprov server ensure --dir DIR, on a host"
        )
    await asyncio.Event().wait()
