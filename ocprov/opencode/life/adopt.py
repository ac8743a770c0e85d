"""Servers of ocprov's whose supervisor is gone: found again, by their record or among all processes."""

from dataclasses import replace

from ocprov import lock
from ocprov.opencode import process
from ocprov.opencode.life import found, ports
from ocprov.opencode.places import Places
from ocprov.opencode.record import Process, Record


def orphan(known: Record) -> Record | None:
    """The record with the server that runs for its directory, supervised or not; None where none does."""
    if process.runs(known.server):
        return known
    # A supervisor that was killed right after it had started a server did not come to write who that is.
    server, port = found.ours(known.places) or (None, 0)
    return replace(known, server=server, port=port, url=ports.url(port)) if server and port else None


def supervised(place: Places) -> bool:
    """Whether a process holds the server of that place."""
    return lock.busy(place.lock)


def runs(known: Record) -> bool:
    """Whether the server's process runs, by its record."""
    return process.runs(known.server)


def ended(known: Record) -> Record:
    """The record without processes."""
    return replace(known, server=Process(), supervisor=Process())
