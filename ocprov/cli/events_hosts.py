"""Following events of other machines until there is an end; see `events`."""

from collections.abc import Mapping, Sequence

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

_SHOWN = 3


def follow(app: App, targets: Sequence[Target], wanted: Wanted, until: Until, *, as_json: bool) -> None:
    """Print the events of those hosts until there is an end, or nobody reads them any more."""
    names = ", ".join(one.name for one in targets[:_SHOWN])
    names += " and others" if len(targets) > _SHOWN else ""
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
    beside = () if until.wait else (_refuse_none(remote, len(targets)),)
    await print_all(feed_of(remote, wanted=printer.fits), printer, out, until, beside)


async def _refuse_none(remote: RemoteServers, hosts: int) -> None:
    """OcprovError where no server runs on any of the hosts, or none can be reached; else for ever."""
    import asyncio

    if not await remote.running():
        raise _none(remote.away(), hosts)
    await asyncio.Event().wait()


def _none(away: Mapping[str, str], hosts: int) -> OcprovError:
    """What was not reached is not known to have no server."""
    more = f"; and {len(away) - _SHOWN} more" if len(away) > _SHOWN else ""
    told = "; ".join(f"{name}: {why}" for name, why in list(away.items())[:_SHOWN]) + more
    if len(away) == hosts:
        return OcprovError(f"no host was reached: {told}", f"look at one: ssh {next(iter(away))}")
    what = "no server runs there that could tell anything" + (f"; not reached: {told}" if away else "")
    return OcprovError(what, "ocprov server ensure --dir DIR, on a host")
