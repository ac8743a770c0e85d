"""Gathers what is so of the tmux server's socket."""

import os

from ocprov.doctor.place import at
from ocprov.doctor.seen.around import Around
from ocprov.doctor.socketdir import Socket
from ocprov.tmux.client import Server
from ocprov.tmux.here import inside

_SECONDS = 1.0


def socket(around: Around, server: Server) -> Socket:
    """The socket; its directory counts where tmux chose it by itself."""
    named = server.flags[0] == "-L"
    return Socket(
        at(server.socket),
        at(server.socket.parent) if named else None,
        os.geteuid(),
        around.answers or _listens(server),
        inside() == str(server.socket),
    )


def _listens(server: Server) -> bool:
    """Whether a server takes a connection, which is ended at once: for where no client of tmux's can ask."""
    import socket as sockets

    with sockets.socket(sockets.AF_UNIX) as probe:
        probe.settimeout(_SECONDS)
        try:
            probe.connect(os.fspath(server.socket))
        except (BlockingIOError, TimeoutError):  # it has more clients to take than it takes
            return True
        except OSError:
            return False
    return True
