"""The servers of other machines, listened to from here: a connection for each host, tried again for ever."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from ocprov.fleet import command, sockets
from ocprov.fleet.remote_host import RemoteHost, RemoteServer
from ocprov.fleet.serving import BEAT
from ocprov.fleet.ssh import Ssh
from ocprov.fleet.targets import Target
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.source import Source

SHORTEST, LONGEST = 1.0, 30.0
SILENCE = 3.5 * BEAT


class RemoteServers:
    """All servers of these hosts, or those of the directories alone, as a feed's `Sources`.

    OcprovError for a directory that no host can be told.
    """

    def __init__(
        self,
        ssh: Ssh,
        targets: Sequence[Target],
        directories: Sequence[str] = (),
        *,
        pause: tuple[float, float] = (SHORTEST, LONGEST),
        silence: float = SILENCE,
    ) -> None:
        line = command.reading(("host", "servers", "--follow", *(f"--dir={one}" for one in directories)))
        self._hosts = {one.name: RemoteHost(ssh, one, line, pause, silence) for one in targets}

    def there(self) -> Collection[Source]:
        """Those that their hosts told last; they stay while their host is away."""
        return [one for host in self._hosts.values() for one in host.servers.values()]

    def source(self, host: str, server: str) -> RemoteServer | None:
        """A server by name."""
        found = self._hosts.get(host)
        return found.servers.get(server) if found else None

    async def keep(self, hear: Callable[[Event], None]) -> None:
        """Be connected to all hosts until cancelled."""
        with sockets.folder() as folder:
            async with asyncio.TaskGroup() as group:
                for number, host in enumerate(self._hosts.values()):
                    group.create_task(host.keep(folder / str(number), hear))

    async def running(self) -> int:
        """How many servers run on the hosts that can be reached, once each was tried."""
        for host in self._hosts.values():
            await host.tried.wait()
        return sum(host.running for host in self._hosts.values())

    def away(self) -> dict[str, str]:
        """Why hosts are not connected, by name."""
        return {host.name: host.why for host in self._hosts.values() if host.why}
