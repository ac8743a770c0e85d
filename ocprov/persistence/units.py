"""Services of ocprov's here: which manager there is, their files, installed and removed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocprov import itself
from ocprov.configfile import atomic
from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError, TmuxError
from ocprov.persistence import service
from ocprov.persistence.service import Call
from ocprov.state import base, home, private_dir, search_path
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


@dataclass(frozen=True, slots=True)
class Unit:
    """A file that a service manager reads; `link` is the link that enables it."""

    path: Path
    text: str
    link: Path | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a unit's file."""

    action: Literal["created", "replaced", "unchanged", "removed"]
    path: Path


def manager(*, booted: Path = Path("/run/systemd/system"), platform: str = sys.platform) -> Manager:
    """What runs services here; `booted` is a directory where systemd is the init of this machine."""
    if platform == "darwin":
        return "launchd"
    return "systemd" if booted.is_dir() else "cron"


def call(server: Server, *arguments: str) -> Call:
    """A call of this ocprov for that server; OcprovError where a file of services cannot hold it."""
    made = Call((*itself.command(), *_flags(server), *arguments), _environment())
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


def _environment() -> tuple[tuple[str, str], ...]:
    folders = [folder for folder in search_path().split(os.pathsep) if folder.startswith("/")]
    kept = [(name, os.environ[name]) for name in _KEPT if os.environ.get(name)]
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


def install(units: Sequence[Unit]) -> list[Change]:
    """Write the files and their links; ConflictError, and nothing touched, where another's is in the way."""
    there = [_ours(unit) for unit in units]
    return [_write(unit, old) for unit, old in zip(units, there, strict=True)]


def uninstall(units: Sequence[Unit]) -> list[Change]:
    """Remove the files and their links; what is not there is no change. ConflictError as for `install`."""
    there = [_ours(unit) is not None or _linked(unit) for unit in units]
    return [_remove(unit) for unit, found in zip(units, there, strict=True) if found]


def _ours(unit: Unit) -> bytes | None:
    """What the file holds; None where there is none; ConflictError where ocprov did not write it."""
    if unit.link is not None and os.path.lexists(unit.link) and not _linked(unit):
        raise _in_the_way(unit.link)
    if not os.path.lexists(unit.path):
        return None
    if unit.path.is_symlink() or not unit.path.is_file():
        raise _in_the_way(unit.path)
    with atomic.understood(unit.path):
        old = unit.path.read_bytes()
    if not any(service.MARK.encode() in line for line in old.split(b"\n")[:2]):
        raise _in_the_way(unit.path)
    return old


def _linked(unit: Unit) -> bool:
    if unit.link is None or not unit.link.is_symlink():
        return False
    return os.path.realpath(unit.link) == os.path.realpath(unit.path)


def _in_the_way(path: Path) -> ConflictError:
    return ConflictError(
        f"{path} is in the way: ocprov did not write it", f"nothing was touched; look at it: ls -l {path}"
    )


def _write(unit: Unit, old: bytes | None) -> Change:
    data = unit.text.encode()
    linked = unit.link is None or _linked(unit)
    if old != data:
        atomic.replace(private_dir(unit.path.parent) / unit.path.name, data, mode=0o644, expected=old)
    if unit.link is not None and not linked:
        private_dir(unit.link.parent)
        with atomic.understood(unit.link):
            unit.link.symlink_to(unit.path)
    if old is None:
        return Change("created", unit.path)
    return Change("unchanged" if old == data and linked else "replaced", unit.path)


def _remove(unit: Unit) -> Change:
    with atomic.understood(unit.path):
        if unit.link is not None:
            unit.link.unlink(missing_ok=True)
        unit.path.unlink(missing_ok=True)
    return Change("removed", unit.path)


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
