"""Read what the checks of persistence look at; nothing is started or changed."""

import os
import re
import time
from pathlib import Path

from ocprov.doctor import conffiles, running
from ocprov.doctor.command import commands
from ocprov.doctor.facts import Facts, Last
from ocprov.doctor.timer import timer
from ocprov.errors import OcprovError
from ocprov.persistence import place, saves
from ocprov.state import base, home, state_dir
from ocprov.tmux import live
from ocprov.tmux.client import Server
from ocprov.tmux.files import files
from ocprov.tmux.observe import Sessions, find, observe

_LAUNCHER = re.compile(r"/bin/sh (/.*/ocprov/run/.+)")


def gather(server: Server) -> Facts:
    """What there is now; OcprovError when tmux or the directory of the saves cannot be read."""
    sessions = observe(server)
    there = server if sessions is not None else None
    last = read_last(place.last(there))
    gone = _gone(last)
    return Facts(
        last=last,
        state=state_dir(),
        now=int(time.time()),
        running=None if sessions is None else running.read(server, sessions),
        good=saves.newest_good(last.path.parent) if last.useless else None,
        gone=gone,
        layouts={name: _alias(server, sessions, name) for name in {path.parent.name for path in gone}},
        confs=conffiles.read(_confs(there if sessions else None)),
        halted=os.access(home() / "tmux_no_auto_restore", os.F_OK),
        timer=timer() if there else False,
        commands=commands(server),
    )


def read_last(path: Path) -> Last:
    """What `last` is and holds."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return Last("missing", path)
    except OSError as error:
        return Last("unreadable", path, why=f"cannot look into {path.parent}: {error.strerror}")
    try:
        return Last("read", path, saves.read(path), int(path.stat().st_mtime))
    except FileNotFoundError:
        return Last("dangling", path, why=str(path.readlink()))
    except OcprovError as error:
        return Last("unreadable", path, why=error.message, hint=error.hint)


def _gone(last: Last) -> tuple[Path, ...]:
    panes = last.save.panes if last.save else ()
    found = (match[1] for pane in panes if (match := _LAUNCHER.fullmatch(pane.command)))
    return tuple(path for path in map(Path, found) if not os.access(path, os.R_OK))


def _alias(server: Server, sessions: Sessions | None, name: str) -> str:
    session = find(sessions, name)
    if session:
        return live.alias(server, session)
    known = files(server, name).kept()
    return known.told.layout if known else ""


def _confs(server: Server | None) -> list[Path]:
    """The conf files that the server read, or that one would read."""
    told = running.lines(server, "display-message", "-p", "#{config_files}") if server else []
    return [Path(word) for line in told for word in line.split(",") if word] or [
        Path("/etc/tmux.conf"),
        home() / ".tmux.conf",
        base("XDG_CONFIG_HOME", ".config") / "tmux/tmux.conf",
    ]
