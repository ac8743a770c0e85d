"""Read what the checks look at in a tmux server that runs, and beside it; nothing is changed."""

import os
import re
import shlex
import subprocess

from ocprov.core.names import printable
from ocprov.doctor.command import commands
from ocprov.doctor.facts import Running, Shown
from ocprov.errors import TmuxError
from ocprov.persistence import conf, saving
from ocprov.tmux import options
from ocprov.tmux.client import Server, run
from ocprov.tmux.observe import Sessions

_SESSION = "#{session_name}:#{status}|#{m:*continuum_save.sh*,#{status-right}}"
_CLIENT = "#{client_pid} #{client_control_mode}"
_OPTIONS = (
    saving.OPTION,
    conf.PROCESSES,
    conf.HOOK,
    conf.RECONCILE,
    "@continuum-restore",
    "@continuum-save-interval",
    "@continuum-save-last-timestamp",
    "status",
    "status-right",
    "pane-base-index",
)


def read(server: Server, sessions: Sessions) -> Running:
    """The server, which has these sessions; TmuxError when it cannot be read."""
    told = options.values(server, _OPTIONS)
    script, reconcile = told[saving.OPTION], told[conf.RECONCILE]
    # Without a session tmux tells neither its clients nor its own process id.
    clients = [row.split() for row in lines(server, "list-clients", "-F", _CLIENT)] if sessions else []
    return Running(
        save_script=script,
        save_script_there=not script or os.access(script, os.X_OK),
        processes=told[conf.PROCESSES],
        hook=told[conf.HOOK],
        reconcile=reconcile,
        reconcile_there=_runs(reconcile),
        restore=told["@continuum-restore"],
        interval=told["@continuum-save-interval"],
        last_autosave=told["@continuum-save-last-timestamp"],
        status=told["status"],
        status_right=told["status-right"],
        pane_base_index=int(told["pane-base-index"] or 0),
        sessions=_shown(server, sessions),
        clients=sum(control != "1" for _, control in clients),
        others=_others(server, {int(pid) for pid, _ in clients}) if sessions else (),
    )


def lines(server: Server, *arguments: str) -> list[str]:
    """What one client prints; TmuxError when it fails."""
    answer = run(server, arguments)
    if answer.code:
        raise TmuxError(
            f"cannot read tmux: {printable(answer.err)}", f"is it running? {commands(server).tmux('ls')}"
        )
    return answer.out.splitlines()


def _runs(line: str) -> bool:
    """Whether the programs that a shell line names by their paths are there; a line that no shell reads has none."""
    try:
        return all(os.access(word, os.X_OK) for word in shlex.split(line) if word.startswith("/"))
    except ValueError:
        return False


def _shown(server: Server, sessions: Sessions) -> tuple[Shown, ...]:
    rows = (line.partition(":") for line in lines(server, "list-sessions", "-F", _SESSION))
    drawn = {name: told.split("|") for name, _, told in rows}
    return tuple(
        Shown(
            session.name,
            session.ours,
            drawn[session.name][0] != "off",
            drawn[session.name][1] == "1",
        )
        for session in sessions
        if session.name in drawn
    )


def _others(server: Server, clients: set[int]) -> tuple[int, ...] | None:
    """The process ids of this user's other tmux servers, which tmux-continuum looks for in the same way."""
    own = {*clients, *map(int, lines(server, "display-message", "-p", "#{pid}"))}
    try:
        listed = subprocess.run(
            ["ps", "-u", str(os.geteuid()), "-o", "pid=,comm="],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    # A process may have no name at all.
    found = re.findall(r"^\s*(\d+)\s+(?:/.*/)?tmux(?:: server)?\s*$", listed, re.MULTILINE)
    return tuple(pid for pid in map(int, found) if pid not in own)
