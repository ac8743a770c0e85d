"""A restore of tmux-resurrect's that is under way, or about to be: found by its processes, and waited for.

No tmux client is run here: tmux-continuum counts them, and skips its restore when there are several.
"""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from ocprov.lock import SAY_AFTER
from ocprov.tmux import processes
from ocprov.tmux.client import Server
from ocprov.tmux.processes import Process

CAP = 60.0
_EVERY = 0.25
# Seconds that a process takes to become another at most, on a busy machine, and how often that is believed.
_PASSING = 0.03
_LOOKS = 6
_ENOUGH = 2

# From the loading of plugins to the end of the restore a shell runs one of these at every moment, or is about to.
_PLUGINS = re.compile(
    r"(?:\S*/env )?\S*sh (-c )?['\"]?(\S*/(tpm|source_plugins\.sh|continuum\.tmux|continuum_restore\.sh)"
    r"|\S*resurrect\S*/scripts/restore\.sh)['\"]?( |$)"
)
_TMUX = re.compile(r"(\S*/)?tmux(:? |$)")


def under_way(server: Server) -> bool:
    """Whether a restore runs on this server, or its plugins are being loaded; TmuxError when ps cannot tell.

    One that this very process is a part of, as a hook is, does not count: it would wait for us as we for it.
    """
    quiet = 0
    for _ in range(_LOOKS):
        seen = _look(server)
        if seen:
            return True
        # Once is not enough: ps first lists the processes and then reads them, so when one hands over to its child
        # meanwhile it finds neither.
        quiet += seen is False
        if quiet == _ENOUGH:
            break
        if seen is None:
            time.sleep(_PASSING)
    return False


def _look(server: Server) -> bool | None:
    """Whether one of them is seen; None when a process was just becoming, or ceasing to be, what may be one."""
    table = processes.table()
    ours = processes.ancestors(table)
    told = [
        _on(server, process.pid)
        for process in table.values()
        if _PLUGINS.match(process.arguments) and process.pid not in ours
    ]
    if any(told):
        return True
    return None if None in told or any(_forked(process, table) for process in table.values()) else False


def _forked(process: Process, table: dict[int, Process]) -> bool:
    """Whether it is a tmux server's child that is not yet what it will be."""
    parent = table.get(process.parent)
    return (
        parent is not None
        and parent.arguments == process.arguments
        and _TMUX.match(parent.arguments) is not None
    )


def part_of() -> bool:
    """Whether this process was started by a restore and is waited for by it."""
    table = processes.table()
    return any(_PLUGINS.match(table[pid].arguments) for pid in processes.ancestors(table))


def wait(server: Server, tell: Callable[[str], None], cap: float = CAP) -> None:
    """Return when no restore is under way on this server, or after `cap` seconds with a word about it."""
    start = time.monotonic()
    said = False
    while under_way(server):
        waited = time.monotonic() - start
        if waited >= SAY_AFTER and not said:
            said = True
            tell("waiting for tmux-resurrect to restore what was saved")
        if waited >= cap:
            tell(f"tmux-resurrect is still at work after {cap:.0f} s; not waiting any longer")
            return
        time.sleep(_EVERY)


def _on(server: Server, pid: int) -> bool | None:
    """Whether a process was started by this server, where no environment can be read always; None when it is gone."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None if Path("/proc/self/environ").exists() else True
    except PermissionError:
        return False  # another user's
    if not environment:  # so it is while a program takes another's place
        return None
    told = next((word for word in environment.split(b"\0") if word.startswith(b"TMUX=")), b"")
    socket = told.removeprefix(b"TMUX=").rsplit(b",", 2)[0]
    return bool(socket) and os.path.realpath(os.fsdecode(socket)) == os.path.realpath(server.socket)
