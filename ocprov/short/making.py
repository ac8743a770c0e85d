"""The files of a session and its batch, as `core.prepared` and `cli.prepare` made them ready."""

import os
import stat
import time

from ocprov.replace import replace
from ocprov.short import tmux
from ocprov.tmux import here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ocprov.core.prepared import Prepared

# Seconds; where a tmux.conf loads tmux-continuum with run-shell, and not -b, its restore comes before our commands.
_PATIENCE_OF_START = 90
_PATIENCE = 30
_LOG_LIMIT = 1_000_000


def written(ready: "Prepared") -> bool:
    """Whether every launcher is there as it would be written now."""
    rest = ready["rest"]
    return all(_read(_path(ready, key)) == head + rest for key, head in ready["launchers"].items())


def declared(ready: "Prepared") -> bool:
    """Whether every launcher runs what is declared now, be it for another PATH."""
    return all(
        _read(_path(ready, key)).startswith(head[: ready["declared"][key]])
        for key, head in ready["launchers"].items()
    )


def write(ready: "Prepared") -> None:
    """Write the launchers that differ; OSError when that cannot be, or where a link leads to another place."""
    run = ready["run"]
    for part in (os.path.dirname(os.path.dirname(run)), os.path.dirname(run)):
        _require_ours(part)
    if not os.path.lexists(run):
        os.mkdir(run, mode=0o700)
    _require_ours(run)
    for key, head in ready["launchers"].items():
        text = head + ready["rest"]
        if _read(_path(ready, key)) != text:
            replace(_path(ready, key), text)


def _require_ours(folder: str) -> None:
    about = os.lstat(folder)
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
        raise OSError(folder)


def likely(ready: "Prepared", server: tmux.Server) -> bool:
    """Whether an ocprov was at work on the session since its server started; to be asked before the lock is taken."""
    try:
        return os.stat(ready["lock"]).st_mtime_ns > os.stat(server.socket).st_mtime_ns
    except OSError:
        return False


def look(server: tmux.Server, ready: "Prepared") -> "list[str]":
    """How the session looks, or that it is free to be made; nothing where tmux cannot plainly tell."""
    return tmux.ask(server, "source-file", "-", stdin=ready["look"]) or []


def send(
    server: tmux.Server,
    ready: "Prepared",
    batch: "tuple[bytes, bytes]",
    slow: "Callable[[], None]",
    *,
    starts: bool,
) -> "list[str]":
    """What tmux answers to the batch in the session's directory; nothing when it fails."""
    size = "-x '{}' -y '{}'".format(*here.size()).encode()
    first, last = ready["start"] if starts else ready["add"]
    try:
        answer = tmux.ask(
            server,
            *(("start-server", ";") if starts else ()),
            *("source-file", "-"),
            stdin=first + size.join(batch) + last,
            cwd=ready["directory"],
            patience=_PATIENCE_OF_START if starts else _PATIENCE,
            slow=slow,
        )
    except BaseException:  # also of Ctrl-C
        _undo(server, ready)
        raise
    if not answer:
        _undo(server, ready)
    return answer or []


def _undo(server: tmux.Server, ready: "Prepared") -> None:
    """No half of a session stays; only ocprov makes that name, under the lock that is held."""
    tmux.ask(server, "kill-session", "-t", f"={ready['building']}:")


def open_log(ready: "Prepared") -> int:
    """A descriptor of the session's log; OSError when it cannot be written, or is full."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    log = os.open(ready["log"], flags, 0o600)
    if os.fstat(log).st_size > _LOG_LIMIT:  # the long way rotates it
        os.close(log)
        raise OSError(ready["log"])
    return log


def kept(ready: "Prepared") -> bool:
    """Whether what is kept of the last `up` is what would be kept of this one."""
    return bool(_read(_kept(ready)) == ready["kept"])


def keep(ready: "Prepared", log: int) -> None:
    """Keep what this `up` was told and declared, and note in the log what it did."""
    replace(_kept(ready), ready["kept"])
    stamp = f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {os.getpid()}"
    os.write(log, "".join(f"{stamp} {line}\n" for line in ready["record"]).encode())


def _kept(ready: "Prepared") -> str:
    return f"{ready['run']}/.up"


def _path(ready: "Prepared", key: str) -> str:
    return f"{ready['run']}/{key}"


def _read(path: str) -> bytes:
    """A file's bytes; none where it is missing. OSError when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""
