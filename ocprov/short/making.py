"""The files of a session and its batch, as `core.prepared` and `cli.prepare` made them ready."""

import os
import stat
import time

from ocprov.replace import replace
from ocprov.short import tmux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Prepared = dict[str, Any]

# Seconds; before it is over, the batch is made, or a tmux.conf that waits for its plugins has been read.
_PATIENCE = 90


def written(wanted: "Prepared") -> bool:
    """Whether every launcher is there as it would be written now."""
    rest = wanted["rest"]
    return all(_read(_path(wanted, key)) == head + rest for key, head in wanted["launchers"].items())


def declared(wanted: "Prepared") -> bool:
    """Whether every launcher runs what is declared now, be it for another PATH."""
    return all(
        _read(_path(wanted, key)).startswith(head[: wanted["told"][key]])
        for key, head in wanted["launchers"].items()
    )


def write(wanted: "Prepared") -> None:
    """Write the launchers that differ; OSError when that cannot be, or where a link leads to another place."""
    run = wanted["run"]
    for part in (os.path.dirname(os.path.dirname(run)), os.path.dirname(run)):
        _require_ours(part)
    if not os.path.lexists(run):
        os.mkdir(run, mode=0o700)
    _require_ours(run)
    for key, head in wanted["launchers"].items():
        text = head + wanted["rest"]
        if _read(_path(wanted, key)) != text:
            replace(_path(wanted, key), text)


def _require_ours(folder: str) -> None:
    about = os.lstat(folder)
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
        raise OSError(folder)


def likely(wanted: "Prepared", server: tmux.Server) -> bool:
    """Whether the session has come up since the server started, as far as the times of two files tell."""
    try:
        return os.stat(_kept(wanted)).st_mtime_ns > os.stat(server.socket).st_mtime_ns
    except OSError:
        return False


def look(server: tmux.Server, wanted: "Prepared") -> "list[str]":
    """How the session looks, or that it is free to be made; nothing where tmux cannot plainly tell."""
    return tmux.ask(server, "source-file", "-", stdin=wanted["look"]) or []


def send(server: tmux.Server, wanted: "Prepared", how: str, slow: "Callable[[], None]") -> "list[str]":
    """What tmux answers to the batch in the session's directory; `how` is `start` or `add`. Nothing when it fails."""
    columns, lines = os.get_terminal_size() if tmux.at_terminal() else (200, 50)
    size = f"-x '{max(columns, 40)}' -y '{max(lines, 10)}'".encode()
    (first, last), (before, after) = wanted[how], wanted["batch"]
    try:
        answer = tmux.ask(
            server,
            *(("start-server", ";") if how == "start" else ()),
            *("source-file", "-"),
            stdin=first + before + size + after + last,
            cwd=wanted["directory"],
            patience=_PATIENCE,
            slow=slow,
        )
    except BaseException:  # also of Ctrl-C: no half of a session stays
        tmux.ask(server, "kill-session", "-t", f"={wanted['building']}:")
        raise
    return answer or []


def open_log(wanted: "Prepared") -> int:
    """A descriptor of the session's log; OSError when it cannot be written."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    return os.open(wanted["log"], flags, 0o600)


def kept(wanted: "Prepared") -> bool:
    """Whether what is kept of the last `up` is what would be kept of this one."""
    return bool(_read(_kept(wanted)) == wanted["kept"])


def keep(wanted: "Prepared", log: int) -> None:
    """Keep what this `up` was told and declared, and note in the log what it did."""
    replace(_kept(wanted), wanted["kept"])
    stamp = f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {os.getpid()}"
    os.write(log, "".join(f"{stamp} {line}\n" for line in wanted["record"]).encode())


def touch(wanted: "Prepared") -> None:
    """Note for `likely` that the session is there."""
    os.utime(_kept(wanted))


def _kept(wanted: "Prepared") -> str:
    return f"{wanted['run']}/.up"


def _path(wanted: "Prepared", key: str) -> str:
    return f"{wanted['run']}/{key}"


def _read(path: str) -> bytes:
    """A file's bytes; none where it is missing. OSError when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""
