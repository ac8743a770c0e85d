"""`ocprov up` of one layout that is cached: built, or found in place, by one tmux client."""

import os

from ocprov import cache
from ocprov.cli.terminal import echo
from ocprov.errors import OcprovError, TmuxError
from ocprov.lock import busy, held
from ocprov.questions import search_path
from ocprov.short import judge, making, tmux
from ocprov.short.arguments import Call
from ocprov.tmux import here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ocprov.core.prepared import Prepared


# A batch of so many bytes, about 25 windows, takes tmux no longer to read than a second client would.
_SMALL = 32_768

# Instead of an exit code: the session was built, and is not yet as declared.
BUILT = -1


def run(call: Call) -> int | None:
    """Make it live, or see that it is; None or BUILT where that takes more, which the long way then does or says."""
    server = tmux.server(call)
    attaches = not call.detach and here.at_terminal()
    if server is None or (attaches and here.inside() and not server.ours):
        return None
    ready = prepared(call, server)
    if ready is None or not all(map(entered, ready["directories"])):
        return None
    likely = making.likely(ready, server)
    try:
        with held(ready["lock"], wait=0, blocked=lambda: None):
            lines = _up(call, server, ready, likely=likely)
    except (OSError, OcprovError):
        return None
    if not lines:
        return None if lines is None else BUILT
    for line in lines:
        echo(line)
    if attaches:
        _attach(server, ready)
    else:
        _tell(call, f"attach with: {ready['how']}")
    return 0


def _attach(server: tmux.Server, ready: "Prepared") -> None:
    if not server.ours:
        here.attach(server.flags, f"={ready['name']}")
    if complaint := tmux.switch(server, ready["name"]):
        from ocprov.core.names import printable

        raise TmuxError(f"cannot switch: {printable(complaint)}", f"try: {ready['how']}")


def prepared(call: Call, server: tmux.Server) -> "Prepared | None":
    """What is cached for the call, this server and this PATH."""
    place = _place(call.directory)
    if len(call.names) != 1 or ":" in call.names[0] or not place:
        return None
    entry = cache.find(call.names[0], call.settings, place, bool(call.directory))
    if not entry or entry["missing"]:
        return None
    purpose = (server.flags, os.path.realpath(server.socket), search_path())
    return next((one for one in entry["prepared"] if one["purpose"] == purpose), None)


def _place(directory: str) -> str:
    """The real path of `--dir`, or of where we are; empty when it cannot be used."""
    try:
        path = os.path.realpath(directory or os.curdir, strict=True)
    except OSError:
        return ""
    return path if directory[:1] != "~" and entered(path) else ""


def entered(path: str) -> bool:
    """Whether a directory is there that we may enter."""
    try:
        os.stat(f"{path}/.")
    except OSError:
        return False
    return True


def _up(call: Call, server: tmux.Server, ready: "Prepared", *, likely: bool) -> "list[str] | None":
    """What to print once the session is as declared; None where it is not, nothing when it was built and is not.

    Its lock is held; `likely` is whether the session is probably there.
    """
    if busy(ready["server_lock"]) and not server.ours:
        return None
    log = making.open_log(ready)
    try:
        if not tmux.runs(server):
            with held(ready["server_lock"], wait=0, blocked=lambda: None):
                return _made(call, server, ready, log, starts=True)
        if not _at_once(ready, likely=likely):
            lines = making.look(server, ready)
            if lines[:1] != [ready["free"]]:
                return in_place(lines, ready)
        return _made(call, server, ready, log, starts=False)
    finally:
        os.close(log)


def _at_once(ready: "Prepared", *, likely: bool) -> bool:
    """Whether the batch, which looks too, may go first: it is small, or the session is hardly there.

    Its launchers are written before that, so they have to be as they are, or gone altogether.
    """
    if ready["batch"] is None:
        return False
    if not os.path.lexists(ready["run"]):
        return True
    small = sum(map(len, ready["batch"])) < _SMALL
    return (small or not likely) and making.written(ready)


def _made(
    call: Call, server: tmux.Server, ready: "Prepared", log: int, *, starts: bool
) -> "list[str] | None":
    """Send the batch, which does nothing but look where the session is there, and judge by what it answers."""
    if ready["batch"] is None:
        return None
    making.write(ready)
    lines = making.send(
        server, ready, ready["batch"], lambda: _tell(call, f"working on {ready['name']}"), starts=starts
    )
    if ready["built"] not in lines:
        return in_place(lines, ready)
    # A hook of the user's may have printed too.
    if judge.notes(lines[lines.index(ready["built"]) + 1 :], ready, here.alive) != []:
        return []
    making.keep(ready, log)
    for notice in ready["notices"]:
        _tell(call, notice)
    return [ready["created"]]


def in_place(lines: "list[str]", ready: "Prepared") -> "list[str] | None":
    """What to print when the session is as declared, and what is kept of the last `up` says so too."""
    foreign = judge.notes(lines, ready, here.alive)
    if foreign is None or not making.declared(ready) or not making.kept(ready):
        return None
    width = max((len(name) for _, name in foreign), default=0)
    said = (f"  ? {name.ljust(width)}  {ready['foreign'].format(index)}" for index, name in foreign)
    return [ready["unchanged"], *said]


def _tell(call: Call, text: str) -> None:
    if not call.quiet:
        echo(f"ocprov: {text}", err=True)
