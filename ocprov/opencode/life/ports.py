"""Ports of servers: a stable one for each directory, which no two servers of ocprov's share."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256

from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError
from ocprov.lock import held
from ocprov.opencode import places, record
from ocprov.opencode.record import Record
from ocprov.opencode.spec import LOOPBACK
from ocprov.state import private_dir

# Below the ports that systems give to whoever asks for any.
FIRST, LAST = 20000, 29999
_WAIT = 10.0
_SETTLE, _NAP = 2.0, 0.05


def taken(port: int) -> bool:
    """Whether somebody uses that port, on loopback or on every address."""
    return not all(_free(address, port) for address in (LOOPBACK, "0.0.0.0"))  # noqa: S104 # to ask, not to listen


def claim(known: Record, tell: Callable[[str], None]) -> Record:
    """The record with a port that is free and no other server's, written.

    The one asked for, or OcprovError where that is taken; else the one of before, or another, told.
    """
    private_dir(places.folder())
    with held(places.folder() / "ports.lock", wait=_WAIT, blocked=lambda: None):
        others = _others(known)
        port = known.options.port
        if port:
            if port == known.port:
                _settled(port)
            _refuse(port, others)
        else:
            port = _choose(known, others, tell)
        claimed = replace(known, port=port, url=url(port))
        record.write(claimed)
    return claimed


def url(port: int) -> str:
    """The address of the server with that port."""
    return f"http://{LOOPBACK}:{port}"


def stable(directory: str) -> Iterator[int]:
    """The ports of a directory, the best first; always the same."""
    count = LAST - FIRST + 1
    start = int(sha256(directory.encode()).hexdigest()[:8], 16) % count
    return (FIRST + (start + step) % count for step in range(count))


def _choose(known: Record, others: dict[int, str], tell: Callable[[str], None]) -> int:
    before = [known.port] if known.port else []
    if known.port not in others:
        _settled(known.port)
    for port in dict.fromkeys((*before, *stable(known.directory))):
        if port not in others and not taken(port):
            return port
        if port not in others:
            tell(f"port {port} is taken by another program: the server gets another one")
    raise OcprovError(f"no port from {FIRST} to {LAST} is free", "choose one with --port")


def _refuse(port: int, others: dict[int, str]) -> None:
    if port in others:
        raise ConflictError(
            f"port {port} is that of server {printable(others[port])}",
            f"choose another --port, or: ocprov server stop {printable(others[port])} --delete",
        )
    if taken(port):
        raise ConflictError(
            f"port {port} is taken by another program",
            f"choose another --port, or see whose it is: ss -ltnp 'sport = :{port}'",
        )


def _settled(port: int) -> None:
    """Give a server that was killed a moment ago the time to let go of its port: its threads end after itself."""
    deadline = time.monotonic() + _SETTLE
    while port and taken(port) and time.monotonic() < deadline:
        time.sleep(_NAP)


def _others(known: Record) -> dict[int, str]:
    """The ports of the other servers, running or not, with their names."""
    found = (one for one in record.every() if isinstance(one, Record))
    return {one.port: one.name for one in found if one.port and one.directory != known.directory}


def _free(address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        # Without it a port that was used a minute ago counts as taken; what listens is found all the same.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((address, port))
        except OSError:
            return False
    return True
