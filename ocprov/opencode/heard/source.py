"""Where a listener finds a server and how it asks it: here by its files, elsewhere by what is told of it."""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

from ocprov.errors import OcprovError
from ocprov.opencode import password, process, record
from ocprov.opencode.api.client import Client
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record

STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Found:
    """The record of a server that can be asked; else why not, whether that stays so, and whether its supervisor said it."""

    record: Record | None = None
    why: str = ""
    final: bool = False
    told: bool = False
    directory: str = ""  # empty where it is not known any more


class Source(Protocol):
    """A server that is listened to, for as long as it may come back."""

    @property
    def name(self) -> str:
        """What people call the server."""

    @property
    def host(self) -> str:
        """The machine that it is on; empty for this one."""

    def look(self) -> Found:
        """How it is now."""

    def mark(self) -> Hashable:
        """Another value whenever `look` may have changed; cheap, as many servers are waited for."""

    def supervised(self, known: Record) -> bool:
        """Whether its supervisor runs, who will say why it ended."""

    def client(self, known: Record, timeout: float) -> Client:
        """Ask the server that `look` found; OcprovError where that cannot be."""

    def explain(self, reason: str) -> str:
        """Why it broke off, where more is known than the reason that was found."""

    def now(self) -> float:
        """The time by its machine's clock (epoch, seconds)."""


@dataclass(frozen=True, slots=True)
class Local:
    """A server of this machine."""

    place: Places

    @property
    def name(self) -> str:
        """As its state directory."""
        return self.place.name

    @property
    def host(self) -> str:
        """This machine."""
        return ""

    def look(self) -> Found:
        """What its record says, and whether its process runs."""
        try:
            known = record.read(self.place)
        except OcprovError as error:
            return Found(None, error.message)
        if known is None:
            return Found(None, STOPPED, final=True, told=True)
        return judged(known, runs=known.state == "ready" and process.runs(known.server))

    def mark(self) -> tuple[int, int]:
        """Which record is there, without reading it."""
        try:
            found = self.place.record.stat()
        except OSError:
            return 0, 0
        return found.st_ino, found.st_mtime_ns

    def supervised(self, known: Record) -> bool:
        """Whether that process runs."""
        return process.runs(known.supervisor)

    def client(self, known: Record, timeout: float) -> Client:
        """At its port of loopback."""
        return Client(known.url, password.read(self.place), known.directory, timeout=timeout)

    def explain(self, reason: str) -> str:
        """The reason: there is nothing between."""
        return reason

    def now(self) -> float:
        """This machine's clock."""
        return time.time()


def judged(known: Record, *, runs: bool) -> Found:
    """What a record says of its server, of which it is known whether its process `runs`."""
    if known.state == "ready":
        if runs:
            return Found(known, directory=known.directory)
        return Found(None, known.reason or "its process ended", directory=known.directory)
    final = known.state in (STOPPED, "failed")
    why = STOPPED if known.state == STOPPED else known.reason
    return Found(None, why or known.state, final=final, told=True, directory=known.directory)
