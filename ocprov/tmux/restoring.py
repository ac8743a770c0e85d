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

CAP = 60.0
_EVERY = 0.25

# From the loading of plugins to the end of the restore a shell runs one of these at every moment.
_PLUGINS = re.compile(
    r"\S*sh (-c )?['\"]?(\S*/(tpm|source_plugins\.sh|continuum\.tmux|continuum_restore\.sh)"
    r"|\S*resurrect\S*/scripts/restore\.sh)['\"]?( |$)"
)


def under_way(server: Server) -> bool:
    """Whether a restore runs on this server, or its plugins are being loaded; TmuxError when ps cannot tell.

    One that this very process is a part of, as a hook is, does not count: it would wait for us as we for it.
    """
    table = processes.table()
    ours = processes.ancestors(table)
    return any(
        _PLUGINS.match(process.arguments) and process.pid not in ours and _on(server, process.pid)
        for process in table.values()
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
        if waited >= cap:
            tell(f"tmux-resurrect is still at work after {cap:.0f} s; not waiting any longer")
            return
        if waited >= SAY_AFTER and not said:
            said = True
            tell("waiting for tmux-resurrect to restore what was saved")
        time.sleep(_EVERY)


def _on(server: Server, pid: int) -> bool:
    """Whether a process was started by this server; one whose environment cannot be read is taken for such."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc/self/environ").exists()
    except PermissionError:
        return False  # another user's
    told = next((word for word in environment.split(b"\0") if word.startswith(b"TMUX=")), b"")
    socket = told.removeprefix(b"TMUX=").rsplit(b",", 2)[0]
    return bool(socket) and os.path.realpath(os.fsdecode(socket)) == os.path.realpath(server.socket)
