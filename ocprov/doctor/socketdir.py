"""Judges the directory of tmux's sockets, and the socket."""

from collections.abc import Iterator

from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes
from ocprov.doctor.place import Place, why_not_ours

_OTHERS = 0o007  # tmux refuses a directory that others may use, and minds no group
_GROUP = 0o070


@dataclass(frozen=True, slots=True)
class Socket:
    """The socket, and its directory where that is tmux's own choice; `inside` is whether TMUX named it.

    `listens` is whether a server listens there, also one that could not be asked.
    """

    socket: Place
    directory: Place | None
    me: int
    listens: bool
    inside: bool = False


def judge(seen: Socket, fixed: Fixes) -> Iterator[Check]:
    """One check for the directory, one for the socket."""
    if seen.directory is not None:
        yield _directory(seen.directory, seen.me)
    yield _socket(seen, fixed)


def _directory(directory: Place, me: int) -> Check:
    what = "socket directory"
    if directory.kind == "nothing":
        return Check(what, "ok", f"{directory.shown}, which tmux makes when it starts")
    why, fix = why_not_ours(directory, me)
    if why:
        return Check(what, "fail", why, fix)
    shown = f"{directory.shown} has mode {directory.mode:04o}"
    if directory.mode & _OTHERS:
        return Check(what, "fail", f"{shown}: tmux refuses to use it", f"chmod 700 {directory.quoted}")
    if directory.mode & _GROUP:
        return Check(what, "warn", f"{shown}: its group may use it", f"chmod 700 {directory.quoted}")
    return Check(what, "ok", directory.shown)


def _socket(seen: Socket, fixed: Fixes) -> Check:
    socket = seen.socket
    if seen.listens:
        return Check("socket", "ok", socket.shown)
    if seen.inside:
        found = f"TMUX names {socket.shown}, where no server answers"
        return Check("socket", "warn", found, "unset TMUX TMUX_PANE")
    if socket.kind == "nothing":
        return Check("socket", "ok", f"{socket.shown}: no server runs")
    if socket.kind in ("socket", "file"):
        return Check("socket", "ok", f"{socket.shown} is left from a server that is gone; tmux replaces it")
    if socket.kind == "unreadable":
        return Check(
            "socket", "fail", f"cannot look at {socket.shown}: {socket.why}", f"ls -ld {socket.quoted}"
        )
    found = f"{socket.shown} is a {socket.kind}: tmux cannot make its socket there"
    return Check("socket", "fail", found, f"mv {socket.quoted} {socket.quoted}.old")
