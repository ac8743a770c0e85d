"""Gathers what is so of the shell, its PATH and its locale."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ocprov import __version__, itself
from ocprov.doctor.locales import NAMES, Locale
from ocprov.doctor.paths import Found, Paths
from ocprov.doctor.seen.around import Around
from ocprov.doctor.seen.program import ask
from ocprov.doctor.seen.search import everywhere, search
from ocprov.doctor.shells import Shells
from ocprov.state import base

_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


def locale(around: Around) -> Locale:
    """The locale here and in the server."""
    server = around.environment
    return Locale(
        {name: os.environ[name] for name in NAMES if os.environ.get(name) and not _of_python(name)},
        None if server is None else {name: server[name] for name in NAMES if server.get(name)},
        "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
    )


def _of_python(name: str) -> bool:
    """Whether Python itself set the variable when it started, for want of a locale: the shell has none."""
    if name != "LC_CTYPE" or os.environ[name] not in _COERCED:
        return False
    others = {os.environ.get(other, "") for other in ("LC_ALL", "LANG")}
    try:
        given = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return others <= {"", "C", "POSIX"} and not any(entry.startswith(b"LC_CTYPE=") for entry in given)


def paths(around: Around, needed: Sequence[str]) -> Paths:
    """PATH here and in the server, where programs `needed` are looked for, and each ocprov."""
    path, command = os.environ.get("PATH", os.defpath), itself.command()
    own = os.path.realpath(command[0])
    found = tuple(
        Found(one, _version(one, own), os.path.realpath(one) == own) for one in everywhere("ocprov", path)
    )
    server = (around.environment or {}).get("PATH", os.defpath)
    lacking = [
        name for name in dict.fromkeys(("ocprov", *needed)) if search(name, path) and not search(name, server)
    ]
    return Paths(
        tuple(path.split(os.pathsep)),
        found,
        command[0],
        __version__,
        around.answers,
        tuple(lacking) if around.answers else (),
    )


def _version(path: str, own: str) -> str:
    if os.path.realpath(path) == own:
        return __version__
    said = ask([path, "--version"])
    name, _, version = said.text.strip().rpartition(" ")
    return version if name == "ocprov" and not said.code and not said.trouble else ""


def shells(around: Around) -> Shells:
    """The shells; nothing is run."""
    login, pane = (
        os.environ.get("SHELL") or _of_user(),
        around.tmux.server.shell if around.tmux.server else "",
    )
    own = _of_person(_in_use(), os.path.basename(login))  # noqa: PTH119 # text in, text out
    usable = frozenset(
        shell for shell in (login, pane) if os.access(shell, os.X_OK) and Path(shell).is_file()
    )
    return Shells(login, pane, usable, own, _completed(own))


def _of_person(used: str, login: str) -> str:
    """The shell that a person types in: where sh calls, as in a popup or a script, that is the login shell."""
    return login if used in ("", "sh", "dash") and login else used


def _of_user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_shell
    except KeyError:
        return ""  # a user without a name, as in a container


def _in_use() -> str:
    """The shell that ocprov was called from, where that can be told."""
    import shellingham  # type: ignore[import-untyped] # it has no py.typed

    try:
        return str(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, OSError, RuntimeError):
        return ""


def _completed(shell: str) -> bool | None:
    """Whether completion is there; None for a shell that has none."""
    places = {
        "bash": base("XDG_DATA_HOME", ".local/share") / "bash-completion/completions/ocprov",
        "zsh": base("XDG_DATA_HOME", ".local/share") / "zsh/site-functions/_ocprov",
        "fish": base("XDG_CONFIG_HOME", ".config") / "fish/completions/ocprov.fish",
    }
    return places[shell].is_file() if shell in places else None
