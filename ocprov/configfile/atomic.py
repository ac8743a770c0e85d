"""Writing a file so that whoever looks sees the old bytes or the new, never a part."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ocprov.errors import ConflictError, OcprovError

TEMPORARY = ".ocprov-new-"


def replace(path: Path, data: bytes, *, mode: int, expected: bytes | None) -> None:
    """Put `data` at `path`, which holds `expected` now (None: nothing).

    The new file is private from birth, is on disk before it gets the name, and is removed when anything fails.
    Raises ConflictError when `path` changed meanwhile, OcprovError when it cannot be written.
    """
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{os.urandom(4).hex()}")
    with understood(path):
        try:
            write_new(temporary, data, mode)
            if read(path) != expected:
                raise ConflictError(
                    f"{path} changed while it was deployed", "nothing was touched; run it again"
                )
            temporary.replace(path)
            sync(path.parent)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()


def write_new(path: Path, data: bytes, mode: int) -> None:
    """A new file with exactly `mode`, on disk when this returns; FileExistsError when the name is taken."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)


def read(path: Path) -> bytes | None:
    """The bytes of `path`, or None when there is no such file."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return None


def sync(directory: Path) -> None:
    """Make the names in `directory` survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(directory: Path) -> None:
    """Remove what a killed deployment left; call it under the lock, when no other can be at work."""
    for path in directory.glob(f"{TEMPORARY}*"):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
            path.unlink()


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal into one that names `path` and a next step."""
    try:
        yield
    except OSError as error:
        hint = f"nothing was changed; look at the directory: ls -ld {path.parent}; df -h {path.parent}"
        raise OcprovError(f"cannot write {path}: {error.strerror}", hint) from error
