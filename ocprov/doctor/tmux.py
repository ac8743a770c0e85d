"""Judges tmux itself: its version, what is known to be wrong with it, and whether the server runs another one."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor import fixes
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes
from ocprov.tmux.here import OLDEST, older

_LIMITS = (
    ((3, 3), "popups without a title"),
    ((3, 3), "a detached session's first window is 80x23 until somebody attaches"),
    ((3, 5), "no -mirrored layouts"),
)
_TUI = (3, 4)
_MANUAL = (3, 4)


@dataclass(frozen=True, slots=True)
class Running:
    """A tmux server that answers: its version and options of it; `risky` are names of OpenCode's in its environment.

    `narrow` is whether that has COLUMNS.
    """

    version: str
    exit_unattached: bool = False
    window_size: str = "latest"
    shell: str = ""
    risky: tuple[str, ...] = ()
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Tmux:
    """Each different tmux on PATH with its version (empty: not to be told), the one that runs first.

    `server` is the one that answers; `trouble` is why one that is there does not.
    """

    binaries: tuple[tuple[str, str], ...]
    server: Running | None = None
    trouble: str = ""


def judge(tmux: Tmux, fixed: Fixes) -> Iterator[Check]:
    """One check for its version, and one for each thing that is wrong."""
    if not tmux.binaries:
        yield Check("version", "fail", "tmux is not on PATH", fixed.advice(fixes.TMUX))
        return
    yield from _version(tmux, fixed)
    if tmux.trouble:
        pid = f"look at it: {fixed.commands.tmux('ls')}; a server that hangs: ps -ef | grep tmux"
        yield Check("server", "fail", tmux.trouble, pid)
    elif tmux.server:
        yield from _server(tmux.server, tmux.binaries[0][1], fixed)


def _version(tmux: Tmux, fixed: Fixes) -> Iterator[Check]:
    path, version = tmux.binaries[0]
    upgrade = f"{fixed.advice(fixes.TMUX)}; where that is no newer one: https://github.com/tmux/tmux/wiki"
    found = f"{version}, {printable(path)}"
    if not version:
        yield Check("version", "fail", f"{printable(path)} does not tell its version", f"{path} -V")
    elif older(version, OLDEST):
        needed = ".".join(map(str, OLDEST))
        newer = next((place for place, other in tmux.binaries if other and not older(other, OLDEST)), "")
        fix = f'export PATH="{printable(newer.rpartition("/")[0])}:$PATH", in your shell\'s startup file'
        yield Check("version", "fail", f"{found}: ocprov needs {needed} or newer", fix if newer else upgrade)
    else:
        yield Check("version", "ok", found)
        yield from _known(version, upgrade)
    others = [(printable(path), other) for path, other in tmux.binaries[1:] if other != version]
    if others:
        told = ", ".join(f"{path} ({other or 'version unknown'})" for path, other in others)
        yield Check(
            "other tmux",
            "warn",
            f"also on PATH: {told}",
            "keep one of them: a client and a server should be of one version",
        )


def _known(version: str, upgrade: str) -> Iterator[Check]:
    limits = [f"{text} (from {_said(since)} on)" for since, text in _LIMITS if older(version, since)]
    if limits:
        yield Check("limits", "ok", "; ".join(limits))
    if older(version, _TUI):
        found = f"OpenCode's interface has been seen to end tmux servers older than {_said(_TUI)}"
        yield Check("known bug", "warn", found, upgrade)


def _server(server: Running, client: str, fixed: Fixes) -> Iterator[Check]:
    restart = f"when its sessions can be spared: {fixed.commands.tmux('kill-server')}"
    if older(server.version, OLDEST):
        yield Check("server", "fail", f"the server still runs {printable(server.version)}, too old", restart)
    elif server.version != client:
        found = f"the server runs {printable(server.version)}, the tmux on PATH is {client}"
        yield Check("server", "warn", found, restart)
    else:
        yield Check("server", "ok", f"runs, {printable(server.version)}")
    yield from _options(server, fixed)
    if server.risky:
        names = ", ".join(map(printable, server.risky))
        found = f"every new pane gets {names}, for all that runs there to read"
        fix = fixed.commands.tmux(f"set-environment -gu {printable(server.risky[0])}")
        yield Check("OPENCODE_*", "warn", found, fix)
    if server.narrow:
        found = "every job of the server has COLUMNS: tmux-resurrect saves commands cut at that width"
        yield Check("COLUMNS", "warn", found, fixed.commands.tmux("set-environment -gu COLUMNS"))


def _options(server: Running, fixed: Fixes) -> Iterator[Check]:
    if server.exit_unattached:
        found = "exit-unattached is on: the server ends, with all sessions, when the last client leaves"
        fix = fixed.commands.tmux("set -s exit-unattached off")
        yield Check("option", "fail", found, f"{fix}; and in tmux.conf")
    if server.window_size == "manual" and older(server.version, _MANUAL):
        found = f"window-size manual ends tmux {printable(server.version)} when a session is made detached"
        fix = fixed.commands.tmux("set -g window-size latest")
        yield Check("option", "fail", found, f"{fix}; and in tmux.conf")


def _said(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
