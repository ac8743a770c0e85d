"""Every group of checks, gathered at the same time: some have to wait for other programs."""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from ocprov.core.names import printable
from ocprov.doctor import (
    folders,
    keys,
    lingering,
    locales,
    locks,
    ocmonitor,
    opencode,
    paths,
    persistence,
    plans,
    programs,
    servers,
    settings,
    shells,
    socketdir,
    tmux,
    tmuxconf,
    variables,
)
from ocprov.doctor.check import Check, Group
from ocprov.doctor.programs import Programs
from ocprov.doctor.seen import folders as seen_folders
from ocprov.doctor.seen import keys as seen_keys
from ocprov.doctor.seen import layouts as seen_layouts
from ocprov.doctor.seen import logout as seen_logout
from ocprov.doctor.seen import ocmonitor as seen_ocmonitor
from ocprov.doctor.seen import opencode as seen_opencode
from ocprov.doctor.seen import servers as seen_servers
from ocprov.doctor.seen import shell as seen_shell
from ocprov.doctor.seen import socketdir as seen_socket
from ocprov.doctor.seen import tmuxconf as seen_tmuxconf
from ocprov.doctor.seen import variables as seen_variables
from ocprov.doctor.seen.around import Around
from ocprov.errors import OcprovError

_AT_ONCE = 4

Look = Callable[[], Iterable[Check]]
Looks = Mapping[str, Look]


def report(around: Around, compared: Callable[[], str]) -> tuple[Group, ...]:
    """Every group; what cannot be gathered is a check that fails, and hides no other.

    `compared` tells what `deploy` would do; OcprovError where it could not tell.
    """
    found: list[Programs] = []
    layouts = seen("layouts", lambda: _layouts(around, found))
    known = found[0] if found else Programs((), frozenset(), ccze=False)
    groups = _groups(around, known, compared)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = {
            name: [pool.submit(seen, what, look) for what, look in looks.items()]
            for name, looks in groups.items()
        }
        told = {name: tuple(check for one in all_ for check in one.result()) for name, all_ in asked.items()}
    told["layouts"] = layouts
    return tuple(Group(name, told[name]) for name in _ORDER if told[name])


_ORDER = ("tmux", "shell", "layouts", "ocmonitor", "OpenCode", "files", "after a logout or reboot")


def seen(what: str, look: Look) -> tuple[Check, ...]:
    """What a look comes to; where it fails, that."""
    try:
        return tuple(look())
    except OcprovError as error:
        return (
            Check(what, "fail", f"cannot be looked at: {printable(error.message)}", printable(error.hint)),
        )
    except OSError as error:
        place = printable(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else ""
        why = f"cannot be looked at: {(error.strerror or str(error)).lower()}"
        return (
            Check(what, "fail", f"{why}: {place}" if place else why, f"look at it: ls -ld {place}".rstrip()),
        )
    except Exception as error:  # a doctor that fails over one part would hide all others
        found = f"cannot be looked at: {type(error).__name__}: {printable(str(error))}"
        return (Check(what, "fail", found, "please report it"),)


def _layouts(around: Around, found: list[Programs]) -> Iterable[Check]:
    found.append(seen_layouts.programs(seen_layouts.layouts()))
    return programs.judge(found[0], around.fixes)


def _groups(around: Around, known: Programs, compared: Callable[[], str]) -> dict[str, Looks]:
    fixes = around.fixes
    needed = sorted({name for layout in known.layouts for name in layout.requires})
    return {
        "tmux": {
            "tmux": lambda: tmux.judge(around.tmux, fixes),
            "socket": lambda: _socket(around),
            "tmux.conf": lambda: tmuxconf.judge(seen_tmuxconf.lines(around), fixes),
            "keys": lambda: keys.judge(seen_keys.bound(around), fixes),
        },
        "shell": {
            "locale": lambda: locales.judge(seen_shell.locale(around), fixes),
            "shell": lambda: shells.judge(seen_shell.shells(around), fixes),
            "PATH": lambda: paths.judge(seen_shell.paths(around, needed), fixes),
        },
        "ocmonitor": {
            "ocmonitor": lambda: ocmonitor.judge(
                seen_ocmonitor.ocmonitor(known.needing("ocmonitor"), compared), fixes
            )
        },
        "OpenCode": {
            "opencode": lambda: opencode.judge(seen_opencode.opencode(known.needing("opencode")), fixes),
            "variables": lambda: variables.judge(seen_variables.variables(around), fixes),
            "servers": lambda: servers.judge(seen_servers.servers()),
        },
        "files": {
            "directories": lambda: folders.judge(seen_folders.folders()),
            "locks": lambda: locks.judge(seen_folders.locks()),
            "config.toml": settings.judge,
            "plan cache": lambda: _plans(around),
        },
        "after a logout or reboot": {
            "logout": lambda: _logout(around),
            "persistence": lambda: _persistence(around),
        },
    }


def _socket(around: Around) -> Iterable[Check]:
    if around.server is None:
        return () if around.refused is None else (around.refused,)
    return socketdir.judge(seen_socket.socket(around, around.server), around.fixes)


def _plans(around: Around) -> Iterable[Check]:
    return () if around.server is None else plans.report(around.server)


def _logout(around: Around) -> Iterable[Check]:
    found = seen_logout.logout()
    return () if found is None else lingering.judge(found, around.fixes)


def _persistence(around: Around) -> Iterable[Check]:
    why = around.unusable
    if around.server is None or why:
        return (Check("persistence", "warn", f"not looked at: {why}", "mend that first"),)
    return persistence.report(around.server)
