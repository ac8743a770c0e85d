"""`ocprov up` of one layout that is cached: built, or found in place, by one tmux client."""

import os
import sys

from ocprov import cache
from ocprov.errors import OcprovError
from ocprov.lock import busy, held
from ocprov.questions import search_path
from ocprov.short import judge, making, tmux
from ocprov.short.arguments import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Prepared = dict[str, Any]


# Instead of an exit code: the session was built, and is not yet as declared.
BUILT = -1


def run(call: Call) -> int | None:
    """Make it live, or see that it is; None or BUILT where that takes more, which the long way then does or says."""
    server = tmux.server(call)
    attaches = not call.detach and tmux.at_terminal()
    if server is None or (attaches and tmux.inside() and not server.ours):
        return None
    wanted = _prepared(call, server)
    if wanted is None or not all(map(_entered, wanted["directories"])):
        return None
    try:
        with held(wanted["lock"], wait=0, blocked=lambda: None):
            lines = _up(call, server, wanted)
    except (OSError, OcprovError):
        return None
    if not lines:
        return None if lines is None else BUILT
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
    if attaches:
        return tmux.attach(server, wanted["name"])
    _tell(call, f"attach with: {wanted['how']}")
    return 0


def _prepared(call: Call, server: tmux.Server) -> "Prepared | None":
    """What is cached for the call, this server and this PATH."""
    place = _place(call.directory)
    if len(call.names) != 1 or ":" in call.names[0] or not place:
        return None
    entry = cache.find(call.names[0], call.settings, place, bool(call.directory))
    if not entry or entry["missing"]:
        return None
    purpose = (server.flags, os.path.realpath(server.socket), search_path())
    return next((one for one in entry["prepared"] if one["for"] == purpose), None)


def _place(directory: str) -> str:
    """The real path of `--dir`, or of where we are; empty when it cannot be used."""
    try:
        path = os.path.realpath(directory or os.curdir, strict=True)
    except OSError:
        return ""
    return path if directory[:1] != "~" and _entered(path) else ""


def _entered(path: str) -> bool:
    """Whether a directory is there that we may enter."""
    try:
        os.stat(f"{path}/.")
    except OSError:
        return False
    return True


def _up(call: Call, server: tmux.Server, wanted: "Prepared") -> "list[str] | None":
    """What to print once the session is as declared; None where it is not, nothing when it was built and is not.

    Its lock is held.
    """
    if busy(wanted["server_lock"]) and not server.ours:
        return None
    log = making.open_log(wanted)
    try:
        if not tmux.runs(server):
            with held(wanted["server_lock"], wait=0, blocked=lambda: None):
                return _made(call, server, wanted, log, "start")
        if not _free(server, wanted):
            lines = making.look(server, wanted)
            if lines[:1] != [wanted["free"]]:
                return _in_place(lines, wanted)
        return _made(call, server, wanted, log, "add")
    finally:
        os.close(log)


def _free(server: tmux.Server, wanted: "Prepared") -> bool:
    """Whether the session is hardly there, so that the batch, which looks too, may go first.

    Its launchers are written before that, so they have to be as they are, or gone altogether.
    """
    if not os.path.lexists(wanted["run"]):
        return True
    return not making.likely(wanted, server) and making.written(wanted)


def _made(call: Call, server: tmux.Server, wanted: "Prepared", log: int, how: str) -> "list[str] | None":
    """Send the batch, which does nothing but look where the session is there, and judge by what it answers."""
    if wanted["batch"] is None:
        return None
    making.write(wanted)
    lines = making.send(server, wanted, how, slow=lambda: _tell(call, f"working on {wanted['name']}"))
    if lines[:1] != [wanted["built"]]:
        return _in_place(lines, wanted)
    if judge.notes(lines[1:], wanted, _alive) != []:
        return []
    making.keep(wanted, log)
    for notice in wanted["notices"]:
        _tell(call, notice)
    return [wanted["created"]]


def _in_place(lines: "list[str]", wanted: "Prepared") -> "list[str] | None":
    """What to print when the session is as declared, and what is kept of the last `up` says so too."""
    foreign = judge.notes(lines, wanted, _alive)
    if foreign is None or not making.declared(wanted) or not making.kept(wanted):
        return None
    making.touch(wanted)
    width = max((len(name) for _, name in foreign), default=0)
    said = (f"  ? {name.ljust(width)}  {wanted['foreign'].format(index)}" for index, name in foreign)
    return [wanted["unchanged"], *said]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0


def _tell(call: Call, text: str) -> None:
    if not call.quiet:
        sys.stderr.write(f"ocprov: {text}\n")
        sys.stderr.flush()
