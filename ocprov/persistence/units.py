"""Services of ocprov's here: which manager there is, and their files."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocprov import itself
from ocprov.core.names import printable
from ocprov.errors import OcprovError, TmuxError
from ocprov.persistence import service
from ocprov.persistence.service import Call
from ocprov.questions import search_path
from ocprov.state import base, home
from ocprov.tmux import client
from ocprov.tmux.client import Server

Manager = Literal["systemd", "launchd", "cron"]

# What a service manager does not know of the caller, and nothing that may be a secret.
_KEPT = (
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "SHELL",
    "TMUX_TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
)
# What is set anew, or by the manager, or of no use when tmux runs no more.
_OTHER_THEN = frozenset({"PATH", "HOME", "TMUX", "TMUX_PANE"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A file that a service manager reads; `link` is the link that enables it."""

    path: Path
    text: str
    link: Path | None = None


def manager(*, booted: Path = Path("/run/systemd/system"), platform: str = sys.platform) -> Manager:
    """What runs services here; `booted` is a directory where systemd is the init of this machine."""
    if platform == "darwin":
        return "launchd"
    return "systemd" if booted.is_dir() else "cron"


def call(server: Server, *arguments: str, variables: Sequence[str] = ()) -> Call:
    """A call of this ocprov for that server; OcprovError where a file of services cannot hold it.

    `variables` are names of the environment's that it needs besides those that every call does.
    """
    made = Call((*itself.command(), *_flags(server), *arguments), _environment(variables))
    for text in (*made.argv, *(value for _, value in made.environment)):
        if not text.isprintable():
            raise OcprovError(f"a service cannot be told {printable(text)}", "use printable UTF-8 only")
    return made


def _flags(server: Server) -> tuple[str, ...]:
    """By name where the socket is where tmux makes it: a service is in no tmux."""
    try:
        named = client.server(server.socket.name)
    except TmuxError:
        return ("-S", str(server.socket))
    same = os.path.realpath(named.socket) == os.path.realpath(server.socket)
    return named.flags if same else ("-S", str(server.socket))


def _environment(variables: Sequence[str]) -> tuple[tuple[str, str], ...]:
    folders = [folder for folder in search_path().split(os.pathsep) if folder.startswith("/")]
    names = [name for name in variables if name not in _OTHER_THEN and not name.startswith("OPENCODE_")]
    kept = [(name, os.environ[name]) for name in dict.fromkeys((*_KEPT, *names)) if os.environ.get(name)]
    return (("PATH", os.pathsep.join(dict.fromkeys(folders))), *kept)


def timer(kind: Manager, save: Call, minutes: int) -> tuple[Unit, ...]:
    """The files that save every so many minutes; none for cron, whose table is the user's own."""
    if kind == "launchd":
        return (_agent(service.SAVE, service.launchd_save(save, minutes)),)
    if kind == "cron":
        return ()
    return (
        _systemd("ocprov-save.service", service.systemd_save(save)),
        _systemd("ocprov-save.timer", service.systemd_timer(minutes), "timers.target"),
    )


def boot(kind: Manager, start: Call, stop: Call) -> tuple[Unit, ...]:
    """The files that bring sessions back at login."""
    if kind == "launchd":
        return (_agent(service.BOOT, service.launchd_boot(start)),)
    if kind == "cron":
        return ()
    return (_systemd("ocprov-boot.service", service.systemd_boot(start, stop), "default.target"),)


def _systemd(name: str, text: str, wanted_by: str = "") -> Unit:
    directory = systemd_directory()
    return Unit(directory / name, text, directory / f"{wanted_by}.wants" / name if wanted_by else None)


def systemd_directory() -> Path:
    """Where the user's own units are."""
    return base("XDG_CONFIG_HOME", ".config") / "systemd/user"


def _agent(name: str, text: str) -> Unit:
    return Unit(home() / "Library/LaunchAgents" / f"ocprov.{name}.plist", text)


def ask_manager(arguments: Sequence[str]) -> str:
    """Run systemctl or launchctl; why it did not do it, or an empty string."""
    try:
        done = subprocess.run(
            arguments, capture_output=True, text=True, errors="replace", timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return printable(str(error))
    return printable(done.stderr.strip() or f"it ended with {done.returncode}") if done.returncode else ""


def lingers(marks: Path = Path("/var/lib/systemd/linger")) -> bool:
    """Whether the user's services run without a login."""
    import pwd

    try:
        return (marks / pwd.getpwuid(os.getuid()).pw_name).exists()
    except KeyError:
        return False  # a user without a name, as in a container
