"""Another machine, connected to for as long as somebody listens to its servers, and what it tells of them."""

import asyncio
import random
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.fleet import served, tunnel
from ocprov.fleet.served import Served, Told
from ocprov.fleet.ssh import Ssh
from ocprov.fleet.targets import Target
from ocprov.fleet.tunnel import Tunnel
from ocprov.opencode.api.client import Client
from ocprov.opencode.heard import event as events
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.source import Found, judged
from ocprov.opencode.record import Record

Hear = Callable[[Event], None]


class RemoteServer:
    """A server of another machine, as its host told last: a `Source`."""

    def __init__(self, host: "RemoteHost", name: str) -> None:
        self._host = host
        self.name = name
        self.served = Served(name)

    @property
    def host(self) -> str:
        """The machine, as people call it."""
        return self._host.name

    def look(self) -> Found:
        """How it is; with its host it is gone too."""
        known = self.served.record
        directory = known.directory if known else ""
        if self._host.why:
            return Found(None, f"{self.host}: {self._host.why}", told=True, directory=directory)
        if known is None:
            return Found(None, self.served.problem)
        found = judged(known, runs=self.served.runs)
        problem = self.served.problem if found.record else ""
        return Found(None, problem, directory=directory) if problem else found

    def mark(self) -> int:
        """How often its host told something."""
        return self._host.told

    def supervised(self, known: Record) -> bool:
        """Whether its host says so."""
        return not self._host.why and self.served.supervised

    def client(self, known: Record, timeout: float) -> Client:
        """Through the connection to its host."""
        socket = self._host.leads.path(self.name)
        return Client(known.url, self.served.password, known.directory, timeout=timeout, socket=socket)

    def explain(self, reason: str) -> str:
        """What the host's sshd says, where it lets nothing through."""
        return self._host.leads.refused or reason

    def now(self) -> float:
        """By the clock of its host."""
        return time.time() + self._host.ahead


class Leads:
    """The sockets of a connection, for servers by name."""

    def __init__(self, connection: Tunnel | None = None) -> None:
        self._connection = connection
        self._there: dict[str, tuple[int, str]] = {}

    @property
    def refused(self) -> str:
        """Why nothing gets through, where the host's sshd says so."""
        found = self._connection and self._connection.prohibited
        return "the host's sshd allows no forwards: AllowTcpForwarding" if found else ""

    def path(self, name: str) -> str:
        """The socket that leads to a server; OcprovError where none does."""
        if name not in self._there:
            raise OcprovError("nothing leads to its host")
        return self._there[name][1]

    async def follow(self, ports: Mapping[str, int]) -> None:
        """Let there be one for each of the servers, at their ports, and no other; OcprovError where ssh makes none."""
        if self._connection is None:
            return
        old = [name for name, (port, _) in self._there.items() if ports.get(name) != port]
        await self._connection.cancel([self._there.pop(name)[1] for name in old])
        new = {name: port for name, port in ports.items() if name not in self._there}
        made = await self._connection.forward(list(new.values()))
        self._there |= {name: (new[name], path) for name, path in zip(new, made, strict=True)}


class RemoteHost:
    """A host and its servers; `why` it is not connected, empty where it is; `told` counts what it told, and its losses.

    Seconds between two attempts: from `pause[0]`, doubled each time, to `pause[1]`. `silence`: seconds after which a host
    that tells nothing, not even that it lives, is away.
    """

    def __init__(
        self, ssh: Ssh, target: Target, line: str, pause: tuple[float, float], silence: float
    ) -> None:
        self.name = target.name
        self.why = "not connected yet"
        self.told = 0
        self.ahead = 0.0  # seconds of its clock before this one's
        self.servers: dict[str, RemoteServer] = {}
        self.leads = Leads()
        self.tried = asyncio.Event()
        self._reach = ssh, target, line
        self._pause = pause
        self._silence = silence

    @property
    def running(self) -> int:
        """How many servers run there."""
        return 0 if self.why else sum(one.served.runs for one in self.servers.values())

    async def keep(self, folder: Path, hear: Hear) -> None:
        """Be connected until cancelled; that it is, and is not, is told, each once. `folder-N` are made for sockets."""
        pause = self._pause[0]
        while True:
            began = time.monotonic()
            place = folder.with_name(f"{folder.name}-{self.told}")
            try:
                place.mkdir(mode=0o700)  # and none above it: that is held, so nobody else's
                await self._follow(place, hear)
            except OcprovError as error:
                self._lost(error.message, hear)
            except OSError as error:
                self._lost(f"{place}: {error.strerror}", hear)
            finally:
                shutil.rmtree(place, ignore_errors=True)
            if time.monotonic() - began > self._pause[1]:
                pause = self._pause[0]
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 # apart from others that wait
            pause = min(pause * 2, self._pause[1])

    async def _follow(self, place: Path, hear: Hear) -> None:
        async with tunnel.opened(*self._reach, place, self._silence) as connection:
            self.leads = Leads(connection)
            try:
                async with aclosing(connection.lines()) as lines:
                    async for line in lines:
                        await self._take(_parsed(line), hear)
            except OcprovError as error:
                # Before its connections are ended, so that those who listened through them know why.
                self._lost(error.message, hear)

    async def _take(self, told: Told, hear: Hear) -> None:
        """What the host tells is so from now on; a socket leads to what runs before anybody looks at it."""
        ahead = told.time - time.time()  # before what takes time: late, it would be no clock's but ours
        await self.leads.follow(
            {one.name: one.record.port for one in told.servers if one.record and one.password}
        )
        before = self.servers
        self.servers = {
            one.name: before.get(one.name) or RemoteServer(self, one.name) for one in told.servers
        }
        for one in told.servers:
            self.servers[one.name].served = one
        self.told += 1
        if self.why:
            self.why, self.ahead = "", ahead
            self.tried.set()
            self._tell(events.HOST_UP, {"servers": self.running}, hear)

    def _lost(self, why: str, hear: Hear) -> None:
        news = not self.why or not self.tried.is_set()
        self.why = why
        self.told += 1
        self.tried.set()
        if news:
            self._tell(events.HOST_DOWN, {"reason": why}, hear)

    def _tell(self, kind: str, properties: dict[str, object], hear: Hear) -> None:
        hear(Event(kind, time.time(), properties=properties, host=self.name))


def _parsed(line: bytes) -> Told:
    try:
        return served.parse(line)
    except ValueError as error:
        raise OcprovError("it answers with something else than its servers") from error
