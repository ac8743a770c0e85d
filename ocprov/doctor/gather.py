"""Read what the checks of persistence look at; nothing is started or changed."""

import os
import re
import shlex
import subprocess
import time
from pathlib import Path

from ocprov.doctor.facts import Conf, Facts, Last, Running, Shown
from ocprov.errors import OcprovError, TmuxError
from ocprov.persistence import conf, place, saves, saving, units
from ocprov.persistence.service import Call
from ocprov.state import base, home, state_dir
from ocprov.tmux import live, options
from ocprov.tmux.client import Server, run
from ocprov.tmux.files import files
from ocprov.tmux.observe import Sessions, find, observe

_LAUNCHER = re.compile(r"/bin/sh (/.*/ocprov/run/.+)")
_SESSION = "#{session_name}:#{status}|#{m:*continuum_save.sh*,#{status-right}}"


def gather(server: Server) -> Facts:
    """What there is now; OcprovError when tmux, ps or the directory of the saves cannot be read."""
    sessions = observe(server)
    there = server if sessions is not None else None
    last = read_last(place.last(there))
    gone = _gone(last)
    return Facts(
        last=last,
        state=state_dir(),
        now=int(time.time()),
        running=None if sessions is None else _running(server, sessions),
        good=saves.newest_good(last.path.parent) if last.useless else None,
        gone=gone,
        layouts={name: _alias(server, sessions, name) for name in {path.parent.name for path in gone}},
        confs=tuple(_confs(there if sessions else None)),
        halted=os.access(home() / "tmux_no_auto_restore", os.F_OK),
        timer=any(
            os.access(unit.path, os.F_OK) for unit in units.timer(units.manager(), Call(("ocprov",)), 15)
        ),
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


def _running(server: Server, sessions: Sessions) -> Running:
    def option(name: str) -> str:
        return options.value(server, name)

    script, reconcile = option(saving.OPTION), option(conf.RECONCILE)
    return Running(
        save_script=script,
        save_script_there=not script or os.access(script, os.X_OK),
        processes=option(conf.PROCESSES),
        hook=option(conf.HOOK),
        reconcile=reconcile,
        reconcile_there=_runs(reconcile),
        restore=option("@continuum-restore"),
        interval=option("@continuum-save-interval"),
        last_autosave=option("@continuum-save-last-timestamp"),
        status=option("status"),
        status_right=option("status-right"),
        pane_base_index=int(option("pane-base-index") or 0),
        sessions=_shown(server, sessions),
        # Without a session tmux tells neither its clients nor its own process id.
        clients=len(_clients(server, drawing=True)) if sessions else 0,
        others=_others(server) if sessions else (),
    )


def _runs(line: str) -> bool:
    """Whether the programs that a shell line names by their paths are there; a line that no shell reads has none."""
    try:
        return all(os.access(word, os.X_OK) for word in shlex.split(line) if word.startswith("/"))
    except ValueError:
        return False


def _shown(server: Server, sessions: Sessions) -> tuple[Shown, ...]:
    rows = (line.partition(":") for line in _lines(server, "list-sessions", "-F", _SESSION))
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


def _clients(server: Server, *, drawing: bool) -> list[int]:
    """The process ids of the clients; with `drawing` only of those that draw a status line."""
    rows = [
        line.split() for line in _lines(server, "list-clients", "-F", "#{client_pid} #{client_control_mode}")
    ]
    return [int(pid) for pid, control in rows if not (drawing and control == "1")]


def _others(server: Server) -> tuple[int, ...]:
    """The process ids of this user's other tmux servers, which tmux-continuum looks for in the same way."""
    own = {*_clients(server, drawing=False), *map(int, _lines(server, "display-message", "-p", "#{pid}"))}
    try:
        listed = subprocess.run(
            ["ps", "-u", str(os.geteuid()), "-o", "pid=,comm="],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise TmuxError("cannot list processes with ps", "install it: apt install procps") from error
    rows = (line.split(None, 1) for line in listed.splitlines())
    found = {int(pid): name for pid, name in rows if re.match(r"(/.*/)?tmux(: server)?$", name.strip())}
    return tuple(pid for pid in found if pid not in own)


def _lines(server: Server, *arguments: str) -> list[str]:
    answer = run(server, arguments)
    if answer.code:
        raise TmuxError(f"cannot read tmux: {answer.err}", "is it running? tmux ls")
    return answer.out.splitlines()


def _confs(server: Server | None) -> list[Conf]:
    told = _lines(server, "display-message", "-p", "#{config_files}") if server else []
    paths = [Path(word) for line in told for word in line.split(",") if word] or [
        Path("/etc/tmux.conf"),
        home() / ".tmux.conf",
        base("XDG_CONFIG_HOME", ".config") / "tmux/tmux.conf",
    ]
    return [read for path in dict.fromkeys(paths) if (read := _read(path))]


def _read(path: Path) -> Conf | None:
    try:
        # /dev/null says that no conf file is wanted
        return Conf(path, path.read_text("utf-8", "surrogateescape") if path.is_file() else "")
    except FileNotFoundError:
        return None
    except OSError:
        return Conf(path, None)
