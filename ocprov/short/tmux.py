"""Which tmux server is meant, and what it answers, where both are plain; whatever is odd is for the long way.

Of `ocprov.tmux` nothing else is used: it takes longer to import than tmux takes to answer.
"""

import os

from ocprov.short.arguments import Call
from ocprov.tmux import here
from ocprov.tmux.child import Child
from ocprov.tmux.here import BLINK, LONGEST_SOCKET, inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 2.0  # seconds; a tmux that is slower to tell something is waited for by the long way


class Server:
    """A tmux server, running or not: the flags that name it, the path of its socket, whether we are inside it."""

    __slots__ = ("flags", "ours", "socket")

    def __init__(self, flags: tuple[str, str], socket: str) -> None:
        self.flags = flags
        self.socket = socket
        self.ours = bool(inside()) and os.path.realpath(inside()) == os.path.realpath(socket)


def server(call: Call) -> Server | None:
    """The tmux server that is meant; None where its socket is in a strange place."""
    path = call.socket_path or ("" if call.socket_name else inside())
    name = call.socket_name or "default"
    base = os.environ.get("TMUX_TMPDIR") or "/tmp"  # noqa: S108 # tmux's own default
    socket = path or f"{base}/tmux-{os.getuid()}/{name}"
    folder = os.path.dirname(path) if path else base
    if (
        "/" in name
        or len(os.fsencode(socket)) > LONGEST_SOCKET
        or not (socket[0] == "/" and os.path.isdir(folder))
    ):
        return None
    return Server(("-S", socket) if path else ("-L", name), socket)


def runs(to: Server) -> bool:
    """Whether somebody listens at the server's socket; a server that ended leaves its socket behind."""
    if not os.path.lexists(to.socket):
        return False
    from _socket import AF_UNIX, socket  # `socket` itself would take longer than tmux

    asking = socket(AF_UNIX)
    try:
        asking.connect(to.socket)
    except ConnectionRefusedError:
        return False
    finally:
        asking.close()
    return True


def switch(to: Server, session: str) -> str:
    """Switch this tmux's client to a session; what tmux complained of, or nothing."""
    with _client(to, ("switch-client", "-t", f"={session}:")) as client:
        client.ends(PATIENCE)
        return "" if client.code == 0 else client.err.strip() or "no answer"


def ask(
    to: Server,
    *arguments: str,
    stdin: bytes = b"",
    cwd: str | None = None,
    patience: float | None = None,
    slow: "Callable[[], object]" = lambda: None,
) -> "list[str] | None":
    """The lines that one tmux client answers; None when there is none, when it fails, or takes too many seconds.

    `slow` is called when it takes longer than a blink.
    """
    try:
        with _client(to, arguments, stdin, cwd) as client:
            if not client.ends(BLINK):
                slow()
                client.ends(PATIENCE if patience is None else patience)
            return client.out.split("\n") if client.code == 0 else None
    except OSError:
        return None


def _client(to: Server, arguments: "tuple[str, ...]", stdin: bytes = b"", cwd: str | None = None) -> Child:
    return Child(["tmux", "-u", *to.flags, *arguments], here.environment(), stdin, cwd)
