"""Where ssh has its sockets here: a directory of ours for as long as somebody listens, and what a killed one left."""

import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ocprov.errors import OcprovError

# A Unix socket's path has at least 103 bytes, of which ours and ssh need 57; ssh reads more than names in a path.
_PLAIN = re.compile(r"/[A-Za-z0-9_./+-]{0,45}")
_PREFIX = "ocprov-ssh-"
_OURS = re.compile(_PREFIX + "[a-z0-9_]{8}")


@contextmanager
def folder() -> Iterator[Path]:
    """A directory of our own, mode 0700, with a short path, for as long as the block lasts; OcprovError without one.

    It is locked meanwhile, so that nobody who tidies up takes it for one that was left.
    """
    made, lock = _made()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


def _made() -> tuple[Path, int]:
    why = ""
    for parent in (os.environ.get("XDG_RUNTIME_DIR", ""), _usual(), "/tmp"):  # noqa: S108 # mode 0700
        if not _PLAIN.fullmatch(parent):
            continue
        try:
            _tidy(parent)
            return _new(parent)
        except OSError as error:
            why = f": {parent}: {error.strerror}"
    raise OcprovError(
        f"there is no directory for the sockets of ssh{why}", "set XDG_RUNTIME_DIR to a directory of yours"
    )


def _usual() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return ""  # it writes a file to find out, which a full disk does not take


def _new(parent: str) -> tuple[Path, int]:
    while True:
        made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        lock = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if made.exists():  # else another one tidied up before it was locked
                return made, lock
        except BaseException:  # also of Ctrl-C
            os.close(lock)
            made.rmdir()
            raise
        os.close(lock)


def _tidy(parent: str) -> None:
    """Remove what one that was killed left: sockets, and nothing else."""
    for one in os.scandir(parent):
        if _OURS.fullmatch(one.name):
            with suppress(OSError):  # another user's, or in use, or something else is in it
                _remove(Path(one.path))


def _remove(left: Path) -> None:
    lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(lock).st_uid == os.geteuid():
            for place in left.iterdir():
                _empty(place)
            left.rmdir()
    finally:
        os.close(lock)


def _empty(place: Path) -> None:
    if place.is_symlink():
        return  # it leads to what is not ours
    for one in place.iterdir():
        if stat.S_ISSOCK(one.lstat().st_mode):
            one.unlink()
    place.rmdir()
