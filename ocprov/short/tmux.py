"""Which tmux server is meant, and what it answers, where both are plain; whatever is odd is for the long way.

Of `ocprov.tmux` nothing else is used: it takes longer to import than tmux takes to answer.
"""

import os
import sys

from ocprov.short.arguments import Call
from ocprov.tmux.child import Child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_SOCKET = 103 if sys.platform == "darwin" else 107  # bytes
_PATIENCE = 2.0  # seconds; a tmux that is slower to tell something is waited for by the long way
_BLINK = 0.5


class Server:
    """A tmux server, running or not: the flags that name it, the path of its socket, whether we are inside it."""

    __slots__ = ("flags", "ours", "socket")

    def __init__(self, flags: tuple[str, str], socket: str) -> None:
        self.flags = flags
        self.socket = socket
        here = inside()
        self.ours = bool(here) and os.path.realpath(here) == os.path.realpath(socket)


def inside() -> str:
    """The socket of the tmux that we are in, or an empty string."""
    return os.environ.get("TMUX", "").rsplit(",", 2)[0]


def at_terminal() -> bool:
    """Whether a person sits at a terminal that tmux could take over."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def server(call: Call) -> Server | None:
    """The tmux server that is meant; None where its socket is in a strange place."""
    path = call.socket_path or ("" if call.socket_name else inside())
    name = call.socket_name or "default"
    base = os.environ.get("TMUX_TMPDIR") or "/tmp"  # noqa: S108 # tmux's own default
    socket = path or f"{base}/tmux-{os.getuid()}/{name}"
    folder = os.path.dirname(path) if path else base
    if (
        "/" in name
        or len(os.fsencode(socket)) > _LONGEST_SOCKET
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


def environment() -> dict[str, str]:
    """The caller's environment without what must not settle in a tmux server."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENCODE_", "OCPROV_"))
    }


def attach(to: Server, session: str) -> int | None:
    """Switch this tmux's client to a session, or become a client; None where it cannot be switched."""
    if to.ours:
        return None if ask(to, "switch-client", "-t", f"={session}:") is None else 0
    arguments = ["tmux", *to.flags, "attach-session", "-t", f"={session}"]
    return os.execvpe("tmux", arguments, environment())  # noqa: S606 # an argument list, no shell


def ask(
    to: Server,
    *arguments: str,
    stdin: bytes = b"",
    cwd: str | None = None,
    patience: float = _PATIENCE,
    slow: "Callable[[], object]" = lambda: None,
) -> "list[str] | None":
    """The lines that one tmux client answers; None when there is none, when it fails, or takes over `patience` seconds.

    `slow` is called when it takes longer than a blink.
    """
    try:
        with Child(["tmux", "-u", *to.flags, *arguments], environment(), stdin, cwd) as client:
            if not client.ends(_BLINK):
                slow()
                client.ends(patience)
            return client.out.split("\n") if client.code == 0 else None
    except OSError:
        return None
