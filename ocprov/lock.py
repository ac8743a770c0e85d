"""One lock for one thing: flock on a file that is never removed, so that two runs cannot both hold it."""

import fcntl
import os
import stat
import time

from ocprov.errors import BusyError, OcprovError

TYPE_CHECKING = False  # even `collections` takes longer to import than a lock takes
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SAY_AFTER = 1.0
_RETRY_EVERY = 0.05


class held:  # noqa: N801 # read as words: with held(path, …)
    """Hold the lock file `path` (made when missing; its directory must be there) for the `with` block.

    `wait` is in seconds; `blocked` is called once when it took longer than a second. The kernel frees the
    lock when the process ends, however it ends; programs that the process starts do not inherit it.
    Raises BusyError after `wait`, OcprovError where `path` is not a plain file of this user.
    """

    __slots__ = ("_blocked", "_descriptor", "_path", "_wait")

    def __init__(self, path: "Path | str", *, wait: float, blocked: "Callable[[], None]") -> None:
        self._path = path
        self._wait = wait
        self._blocked = blocked
        self._descriptor = -1

    def __enter__(self) -> None:
        descriptor = _open(self._path)
        try:
            _acquire(descriptor, self._path, self._wait, self._blocked)
            _sign(descriptor, self._path)
        except BaseException:  # also of Ctrl-C while it waits
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def __exit__(self, *_: object) -> None:
        # Closing is not enough: a forked child that still has the descriptor would keep the lock.
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)


def busy(path: "Path | str") -> bool:
    """Whether somebody holds the lock now; nothing is made or waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False  # none there, or none that can be used: whoever takes it says so
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _open(path: "Path | str") -> int:
    """A descriptor of the lock file, which child programs do not get."""
    try:
        descriptor = os.open(
            path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600
        )
    except OSError as error:
        raise OcprovError(f"cannot use the lock file {path}: {error.strerror}", _look(path)) from error
    reason = _why_not_ours(os.fstat(descriptor))
    if reason:
        os.close(descriptor)
        raise OcprovError(f"cannot use the lock file {path}: {reason}", _look(path))
    return descriptor


def _why_not_ours(status: os.stat_result) -> str:
    """Why an open file cannot be a lock of this user, or an empty string when it can."""
    if not stat.S_ISREG(status.st_mode):
        return "it is not a plain file"
    return "" if status.st_uid == os.geteuid() else "it belongs to another user"


def _acquire(descriptor: int, path: "Path | str", wait: float, blocked: "Callable[[], None]") -> None:
    """Try until the lock is ours or `wait` seconds are over."""
    start = time.monotonic()
    said = False
    while not _try(descriptor, path):
        waited = time.monotonic() - start
        if waited >= wait:
            raise BusyError(
                f"{_holder(descriptor)} is still at work after {wait:g} s", _who(descriptor, path)
            )
        if waited >= SAY_AFTER and not said:
            said = True
            blocked()
        time.sleep(min(_RETRY_EVERY, wait - waited))


def _try(descriptor: int, path: "Path | str") -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        hint = "set XDG_STATE_HOME to a directory on a local disk"
        raise OcprovError(f"cannot lock {path}: {error.strerror}", hint) from error
    return True


def _sign(descriptor: int, path: "Path | str") -> None:
    """Write this process's id into the file, for whoever waits."""
    try:
        # Cut afterwards: on a full disk, what was given back first could not be had again.
        os.ftruncate(descriptor, os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0))
    except OSError as error:
        raise OcprovError(f"cannot write the lock file {path}: {error.strerror}", f"df -h {path}") from error


def _pid(descriptor: int) -> str:
    """The process that wrote itself into the lock file last, or an empty string."""
    text = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return text if text.isdecimal() else ""


def _holder(descriptor: int) -> str:
    pid = _pid(descriptor)
    return f"another ocprov (process {pid})" if pid else "another ocprov"


def _who(descriptor: int, path: "Path | str") -> str:
    pid = _pid(descriptor)
    look = f"ps -p {pid} -o pid,lstart,args" if pid else f"fuser {path}"
    return f"wait for it and run this again, or see what it does: {look}"


def _look(path: "Path | str") -> str:
    return f"look at it, and move it away if it is not needed: ls -ld {path}"
